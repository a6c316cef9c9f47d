/* Columns, as Arrow has them, to events. A row is taken only if all of its values are what one of the forms may hold;
 * all other rows are left. What texts a column has once for many rows is looked at once for each form. */
#include <stdlib.h>
#include <string.h>

#include "reading.h"

enum { NOTHING, TEXTS, WORDS, INSTANTS };

/* Addresses are numbers here, as Python packs them. */
typedef struct {
    int64_t type;
    int64_t there, first; /* a bit for each value, from the first row's on, or 0: all are there */
    int64_t each;         /* by row: where texts begin and end, the number of a word, or an instant */
    int64_t ends, count;  /* where words begin and end, and how many there are */
    int64_t data, size;   /* the bytes of texts or words */
    int64_t up, down;     /* of an instant: ticks are so many times it, or so much of it */
} column;

#define AT(type, address) ((const type *)(intptr_t)(address))

static int is_there(const column *of, int64_t row) {
    int64_t bit = of->first + row;
    return !of->there || AT(uint8_t, of->there)[bit >> 3] >> (bit & 7) & 1;
}

/* The text between two places; absent, where there is none. */
static text between(const column *of, int64_t ends, int64_t number) {
    int32_t begin = AT(int32_t, ends)[number], end = AT(int32_t, ends)[number + 1];
    text found = {NULL, -1};
    if (begin >= 0 && begin <= end && end <= of->size) found.at = AT(uint8_t, of->data) + begin, found.size = end - begin;
    return found;
}

/* How long the longest is of so many texts, which lie one behind the other. */
OUTSIDE int64_t longest_of(const int32_t *ends, int64_t count) {
    int64_t found = 0;
    for (int64_t n = 0; n < count; n++) {
        int64_t size = (int64_t)ends[n + 1] - ends[n];
        if (size > found) found = size;
    }
    return found;
}

/* Whether a text may be that part; instants are read elsewhere. */
static int may_be(const forms *in, const part *of, text found) {
    uint8_t needed = of->type == ID ? 2 : 1;
    if (found.size < 0 || (of->type != ANY && found.size == 0)) return 0;
    if ((of->type == ID || of->type == SHORT) && found.size > SHORT_LIMIT) return 0;
    for (int64_t n = 0; n < found.size; n++)
        if (!(in->plain[found.at[n]] & needed)) return 0;
    if (of->type != ONE_OF) return 1;
    for (int32_t w = 0; w < of->words; w++)
        if (of->word[w].size == found.size && !memcmp(of->word[w].at, found.at, (size_t)found.size)) return 1;
    return 0;
}

enum { UNKNOWN, MAY_BE, MAY_NOT };

/* Its text, if that may be the part; else absent. `known`: of each word, what was found. */
static text text_of(const forms *in, const part *of, const column *from, int64_t row, uint8_t **known) {
    text none = {NULL, -1}, found;
    if (from->type == TEXTS) {
        found = between(from, from->each, row);
        return may_be(in, of, found) ? found : none;
    }
    int64_t word = from->type == WORDS ? AT(int32_t, from->each)[row] : -1;
    if (word < 0 || word >= from->count) return none;
    found = between(from, from->ends, word);
    if (*known == NULL) {
        *known = asked(NULL, (size_t)from->count);
        memset(*known, UNKNOWN, (size_t)from->count);
    }
    if ((*known)[word] == UNKNOWN) (*known)[word] = may_be(in, of, found) ? MAY_BE : MAY_NOT;
    return (*known)[word] == MAY_BE ? found : none;
}

/* The instant of a row, or -1. */
static int64_t instant_of(const forms *in, const part *of, const column *from, int64_t row, uint8_t **known) {
    int64_t at;
    if (from->type != INSTANTS) {
        text found = text_of(in, of, from, row, known);
        at = found.size > 0 ? instant(found.at, found.size) : -1;
    } else {
        at = AT(int64_t, from->each)[row];
        if (at < 0 || at % from->down || at / from->down >= in->end / from->up) return -1;
        at = at / from->down * from->up;
    }
    return at < in->first || at >= in->end ? -1 : at;
}

/* How many parts of a form a row has, all of which `into` holds then; its texts have `said` bytes. */
static int32_t matched(const forms *in, const form *as, const column *from, int64_t row, uint8_t **known, event *into,
                       int64_t *said) {
    for (int32_t p = 0; p < as->parts; p++) {
        const part *each = &as->part[p];
        const column *of = &from[each->column];
        if (!is_there(of, row)) {
            if (!each->optional) return p;
            if (each->slot >= 0) into->values[each->slot] = each->otherwise;
            continue;
        }
        if (each->type == TIME) {
            into->at = instant_of(in, each, of, row, &known[p]);
            if (into->at < 0) return p;
            continue;
        }
        text found = text_of(in, each, of, row, &known[p]);
        if (found.size < 0) return p;
        *said += found.size;
        if (each->type == ID) into->id = found;
        else if (each->slot >= 0) into->values[each->slot] = found;
    }
    return as->parts;
}

/* So many rows. `longest`: no row is taken whose texts have more bytes. The first part of each form is what tells it
 * from others. The events point into the columns. */
OUTSIDE block *block_of_columns(const forms *of, const int64_t *columns, int64_t rows, int64_t longest) {
    const column *from = (const column *)columns;
    block *made = asked(NULL, sizeof(block));
    memset(made, 0, sizeof(block));
    made->width = of->width, made->rises = 1;
    made->stride = (int64_t)sizeof(event) + (int64_t)sizeof(text) * of->width;
    made->events = asked(NULL, (size_t)(made->stride * rows));
    int64_t parts = 0, left_size = 0;
    for (int64_t f = 0; f < of->count; f++) parts += of->forms[f].parts;
    uint8_t **known = asked(NULL, sizeof(uint8_t *) * (size_t)(parts + 1));
    memset(known, 0, sizeof(uint8_t *) * (size_t)(parts + 1));
    bytes key = {NULL, 0, 0};
    for (int64_t row = 0; row < rows; row++) {
        event *into = EVENT(made, made->count);
        uint8_t **own = known;
        int64_t said = 0, f = 0;
        int32_t found = 0;
        for (int64_t v = 0; v < of->width; v++) into->values[v].at = NULL, into->values[v].size = -1;
        for (; f < of->count; own += of->forms[f++].parts)
            if ((found = matched(of, &of->forms[f], from, row, own, into, &said))) break;
        if (f < of->count && found == of->forms[f].parts && said <= longest) {
            const form *as = &of->forms[f];
            for (int32_t g = 0; g < as->given; g++) into->values[as->slot[g]] = as->value[g];
            into->family = as->family, into->kind = as->kind, into->place = row + 1;
            into->line.at = NULL, into->line.size = -1;
            size_t long_as = packed(&key, into->values, as->keys);
            into->hash = hash_of(key.at, long_as);
            if (made->count && !rising(EVENT(made, made->count - 1)->id, into->id)) made->rises = 0;
            made->said += said;
            made->count++;
            continue;
        }
        if (made->left == left_size) {
            left_size = left_size ? left_size * 2 : 16;
            made->left_at = asked(made->left_at, sizeof(int64_t) * (size_t)left_size);
            made->left_place = asked(made->left_place, sizeof(int64_t) * (size_t)left_size);
        }
        made->left_at[made->left] = row, made->left_place[made->left++] = row + 1;
    }
    for (int64_t p = 0; p < parts; p++) free(known[p]);
    free(known), free(key.at);
    by_time(made);
    return made;
}
