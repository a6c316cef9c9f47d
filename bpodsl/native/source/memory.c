/* Bytes that grow, and numbers by text. */
#include <stdlib.h>
#include <string.h>

#include "bpodsl.h"

void *asked(void *old, size_t size) {
    void *made = realloc(old, size ? size : 1);
    /* As Python does where an object of its own cannot be had at all: there is nothing left to go on with. */
    if (made == NULL) abort();
    return made;
}

uint8_t *room(bytes *to, size_t size) {
    if (to->size - to->used < size) {
        to->size = (to->used + size) * 2 + 64;
        to->at = asked(to->at, to->size);
    }
    uint8_t *found = to->at + to->used;
    to->used += size;
    return found;
}

void put(bytes *to, const void *from, size_t size) {
    if (size) memcpy(room(to, size), from, size);
}

int64_t keep(bytes *to, const void *from, size_t size) {
    int64_t handle = ((int64_t)to->used << HANDLE_BITS) | (int64_t)size;
    put(to, from, size);
    return handle;
}

uint64_t hash_of(const uint8_t *at, size_t size) {
    uint64_t found = 0x9E3779B97F4A7C15ull ^ size, part;
    while (size >= 8) {
        memcpy(&part, at, 8);
        found = (found ^ part) * 0xFF51AFD7ED558CCDull;
        found ^= found >> 32;
        at += 8, size -= 8;
    }
    part = 0;
    memcpy(&part, at, size);
    found = (found ^ part) * 0xC4CEB9FE1A85EC53ull;
    found ^= found >> 29;
    found *= 0xFF51AFD7ED558CCDull;
    return found ^ (found >> 32);
}

int64_t found_in(const table *in, const uint8_t *at, size_t size) {
    if (in->count == 0) return -1;
    for (uint64_t slot = hash_of(at, size) & in->mask; in->slots[slot]; slot = (slot + 1) & in->mask) {
        int64_t entry = in->slots[slot] - 1, handle = in->handles[entry];
        if (SIZE_OF(handle) == size && memcmp(in->texts.at + BEGIN_OF(handle), at, size) == 0) return entry;
    }
    return -1;
}

static void grow(table *in) {
    in->size = in->size ? in->size * 2 : 16;
    in->handles = asked(in->handles, sizeof(int64_t) * in->size);
    in->values = asked(in->values, sizeof(int64_t) * in->size);
    in->mask = in->size * 2 - 1;
    in->slots = asked(in->slots, sizeof(uint32_t) * (in->mask + 1));
    memset(in->slots, 0, sizeof(uint32_t) * (in->mask + 1));
    for (int64_t entry = 0; entry < in->count; entry++) {
        int64_t handle = in->handles[entry];
        uint64_t slot = hash_of(in->texts.at + BEGIN_OF(handle), SIZE_OF(handle)) & in->mask;
        while (in->slots[slot]) slot = (slot + 1) & in->mask;
        in->slots[slot] = (uint32_t)entry + 1;
    }
}

int64_t put_into(table *in, const uint8_t *at, size_t size, int64_t value) {
    if (in->count == in->size) grow(in);
    int64_t entry = in->count++;
    in->handles[entry] = keep(&in->texts, at, size);
    in->values[entry] = value;
    uint64_t slot = hash_of(at, size) & in->mask;
    while (in->slots[slot]) slot = (slot + 1) & in->mask;
    in->slots[slot] = (uint32_t)entry + 1;
    return entry;
}

void clear_table(table *in) {
    in->count = 0;
    in->texts.used = 0;
    if (in->slots) memset(in->slots, 0, sizeof(uint32_t) * (in->mask + 1));
}

void free_table(table *in) {
    free(in->texts.at), free(in->handles), free(in->values), free(in->slots);
    memset(in, 0, sizeof(table));
}

/* What this was made from. */
OUTSIDE const char *made_from(void) { return DIGEST; }
