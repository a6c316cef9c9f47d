/* What the parts of the library share. Texts are never ended by a zero; lengths are in bytes, instants in ticks of a
 * microsecond since 1970. Whatever is given to a function comes from our own Python, but for the lines of a file. */
#ifndef BPODSL_H
#define BPODSL_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(_WIN32)
#define OUTSIDE __declspec(dllexport)
#else
#define OUTSIDE __attribute__((visibility("default")))
#endif

#if defined(__GNUC__)
#define FETCH(at) __builtin_prefetch(at)
#else
#define FETCH(at) ((void)(at))
#endif

#define NONE INT64_MIN
#define NOT_OPEN (INT64_MIN + 1)
#define ODD (INT64_MIN + 2)
#define NEVER ((int64_t)1 << 62)
#define DAY 86400000000LL

/* A text; of what is absent `size` is -1. */
typedef struct {
    const uint8_t *at;
    int64_t size;
} text;

/* ---------------------------------------------------------------- memory: nothing comes back from a failed request */
void *asked(void *old, size_t size);

/* Bytes that grow. A handle of a text in them holds where it begins and how long it is. */
typedef struct {
    uint8_t *at;
    size_t used, size;
} bytes;

#define HANDLE_BITS 24
void widen(bytes *to, size_t size);

/* They are called for each value of each event. */
static inline void put(bytes *to, const void *from, size_t size) {
    if (to->size - to->used < size) widen(to, size);
    if (size) memcpy(to->at + to->used, from, size);
    to->used += size;
}

static inline int64_t keep(bytes *to, const void *from, size_t size) {
    int64_t handle = ((int64_t)to->used << HANDLE_BITS) | (int64_t)size;
    put(to, from, size);
    return handle;
}

#define BEGIN_OF(handle) ((size_t)((handle) >> HANDLE_BITS))
#define SIZE_OF(handle) ((size_t)((handle) & (((int64_t)1 << HANDLE_BITS) - 1)))

uint64_t hash_of(const uint8_t *at, size_t size);

/* Some texts, each behind its size, in place of what was there; how long they are. */
size_t packed(bytes *into, const text *values, int64_t count);

/* Numbers by text: each text has the number of its entry. Nothing is taken out but all at once. */
typedef struct {
    bytes texts;
    int64_t *handles; /* by entry */
    int64_t *values;  /* by entry */
    int64_t count, size;
    uint32_t *slots;
    uint64_t mask;
} table;

int64_t found_in(const table *in, const uint8_t *at, size_t size); /* its entry, or -1 */
int64_t put_into(table *in, const uint8_t *at, size_t size, int64_t value);
void clear_table(table *in);
void free_table(table *in);

/* ---------------------------------------------------------------- events */
typedef struct {
    int64_t at;
    int32_t family, kind;
    text id;   /* as refs have it */
    text line; /* its line, or absent */
    int64_t place;
    uint64_t hash; /* of its key, packed */
    text values[]; /* those of the keys, then of the fields */
} event;

typedef struct {
    int64_t count, width, left, rises;
    uint8_t *events; /* one behind the other, each `stride` long */
    int64_t *order;  /* the events in order of time */
    int64_t stride;
    int64_t *left_at, *left_size, *left_place; /* lines that were not taken */
    uint8_t *own;                              /* what the texts are in, where it is not the caller's */
    int64_t first, last;
    int64_t said; /* so many bytes the values of rows of columns have together */
    uint64_t *hashes; /* of the keys, in order of time */
} block;

#define EVENT(of, number) ((event *)((of)->events + (of)->stride * (number)))

#endif
