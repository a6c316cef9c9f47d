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

void widen(bytes *to, size_t size) {
    to->size = (to->used + size) * 2 + 64;
    to->at = asked(to->at, to->size);
}

/* SipHash-1-3 under a key that nobody outside knows, so that nobody can write keys that fall together. */
static uint64_t secret[2];

OUTSIDE void hash_keyed(uint64_t one, uint64_t other) { secret[0] = one, secret[1] = other; }

#define TURNED(x, by) ((x) << (by) | (x) >> (64 - (by)))
#define ROUND                                                                                      \
    a += b, c += d, b = TURNED(b, 13) ^ a, d = TURNED(d, 16) ^ c, a = TURNED(a, 32), c += b, a += d, \
        b = TURNED(b, 17) ^ c, d = TURNED(d, 21) ^ a, c = TURNED(c, 32)

uint64_t hash_of(const uint8_t *at, size_t size) {
    uint64_t a = secret[0] ^ 0x736F6D6570736575ull, b = secret[1] ^ 0x646F72616E646F6Dull;
    uint64_t c = secret[0] ^ 0x6C7967656E657261ull, d = secret[1] ^ 0x7465646279746573ull;
    uint64_t part, last = (uint64_t)size << 56;
    for (; size >= 8; at += 8, size -= 8) {
        memcpy(&part, at, 8);
        d ^= part;
        ROUND;
        a ^= part;
    }
    for (size_t n = 0; n < size; n++) last |= (uint64_t)at[n] << (8 * n);
    d ^= last;
    ROUND;
    a ^= last, c ^= 0xFF;
    ROUND, ROUND, ROUND;
    return a ^ b ^ c ^ d;
}

size_t packed(bytes *into, const text *values, int64_t count) {
    into->used = 0;
    for (int64_t n = 0; n < count; n++) {
        int32_t size = (int32_t)values[n].size;
        put(into, &size, 4);
        if (size > 0) put(into, values[n].at, (size_t)size);
    }
    return into->used;
}

/* Of some texts, each behind its size. */
OUTSIDE void texts_hashed(const uint8_t *packed, int64_t count, uint64_t salt, uint64_t *into) {
    for (int64_t n = 0; n < count; n++) {
        int32_t size;
        memcpy(&size, packed, 4);
        into[n] = hash_of(packed + 4, (size_t)size) ^ salt;
        packed += 4 + size;
    }
}

/* Whether two of some numbers are alike from a bit on downwards; they are put into other places. */
static int alike(uint64_t *of, int64_t count, int bit) {
    while (count > 1) {
        if (bit < 0) return 1;
        int64_t low = 0, high = count;
        while (low < high) {
            if (of[low] >> bit & 1) {
                uint64_t swapped = of[--high];
                of[high] = of[low], of[low] = swapped;
            } else low++;
        }
        bit--;
        if (alike(of, low, bit)) return 1;
        of += low, count -= low;
    }
    return 0;
}

OUTSIDE int64_t any_twice(uint64_t *of, int64_t count) { return alike(of, count, 63); }

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
