/* Lines of JSON, or of cells between separators, to events. A line is taken only if it is one of the forms, to the letter: each form is what stands
 * between the values of a line that was read strictly, with what each value may be. All other lines are left. */
#include <stdlib.h>
#include <string.h>

#include "reading.h"

#define DIGITS 15
#define SHORTEST 19

/* ---------------------------------------------------------------- the forms, as Python has packed them */
static int32_t number_at(const uint8_t **at) {
    int32_t found;
    memcpy(&found, *at, 4);
    *at += 4;
    return found;
}

static text text_at(const uint8_t **at) {
    text found = {NULL, number_at(at)};
    found.at = *at;
    if (found.size > 0) *at += found.size;
    return found;
}

static int same(text one, text other) {
    return one.size == other.size && (one.size <= 0 || memcmp(one.at, other.at, (size_t)one.size) == 0);
}

OUTSIDE forms *forms_new(const uint8_t *packed, int64_t size, int64_t first, int64_t end, int64_t separator) {
    forms *made = asked(NULL, sizeof(forms));
    made->own = asked(NULL, (size_t)size);
    memcpy(made->own, packed, (size_t)size);
    made->first = first, made->end = end, made->separator = separator;
    memset(made->plain, 0, sizeof(made->plain));
    for (int each = 0x20; each < 0x7F; each++)
        if (each != '"' && each != '\\' && each != separator)
            made->plain[each] = each == '%' || each == '/' || each == '@' ? 1 : 3;
    const uint8_t *at = made->own;
    made->count = number_at(&at);
    made->width = number_at(&at);
    made->forms = asked(NULL, sizeof(form) * (size_t)made->count);
    for (int64_t f = 0; f < made->count; f++) {
        form *one = &made->forms[f];
        one->family = number_at(&at), one->kind = number_at(&at), one->keys = number_at(&at);
        one->parts = number_at(&at);
        one->part = asked(NULL, sizeof(part) * (size_t)one->parts);
        for (int32_t p = 0; p < one->parts; p++) {
            part *each = &one->part[p];
            each->type = number_at(&at), each->slot = number_at(&at);
            each->before = text_at(&at);
            each->words = number_at(&at);
            each->word = asked(NULL, sizeof(text) * (size_t)each->words);
            for (int32_t w = 0; w < each->words; w++) each->word[w] = text_at(&at);
            each->optional = number_at(&at), each->otherwise = text_at(&at);
            each->column = number_at(&at);
        }
        one->end = text_at(&at);
        one->given = number_at(&at);
        one->slot = asked(NULL, sizeof(int32_t) * (size_t)one->given);
        one->value = asked(NULL, sizeof(text) * (size_t)one->given);
        for (int32_t g = 0; g < one->given; g++) one->slot[g] = number_at(&at), one->value[g] = text_at(&at);
    }
    made->shared = asked(NULL, sizeof(int32_t) * (size_t)(made->count * made->count));
    for (int64_t a = 0; a < made->count; a++)
        for (int64_t b = 0; b < made->count; b++) {
            form *one = &made->forms[a], *other = &made->forms[b];
            int32_t alike = 0;
            while (alike < one->parts && alike < other->parts && one->part[alike].type == other->part[alike].type &&
                   one->part[alike].type != ONE_OF && one->part[alike].optional == other->part[alike].optional &&
                   same(one->part[alike].before, other->part[alike].before))
                alike++;
            made->shared[a * made->count + b] = alike;
        }
    return made;
}

OUTSIDE void forms_free(forms *made) {
    for (int64_t f = 0; f < made->count; f++) {
        for (int32_t p = 0; p < made->forms[f].parts; p++) free(made->forms[f].part[p].word);
        free(made->forms[f].part), free(made->forms[f].slot), free(made->forms[f].value);
    }
    free(made->forms), free(made->own), free(made->shared), free(made);
}

/* ---------------------------------------------------------------- values */
static int two(const uint8_t *at) {
    unsigned tens = at[0] - '0', ones = at[1] - '0';
    return tens > 9 || ones > 9 ? -1 : (int)(tens * 10 + ones);
}

/* The instant that a text tells, such as 2026-04-07T18:00:00.123Z; -1 of any other. */
int64_t instant(const uint8_t *at, int64_t size) {
    static const int64_t parts[] = {100000, 10000, 1000, 100, 10, 1};
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (size < 20 || size > 27 || size == 21 || at[size - 1] != 'Z') return -1;
    if (at[4] != '-' || at[7] != '-' || at[10] != 'T' || at[13] != ':' || at[16] != ':') return -1;
    int century = two(at), rest = two(at + 2), month = two(at + 5), day = two(at + 8);
    int hour = two(at + 11), minute = two(at + 14), second = two(at + 17);
    if (century < 0 || rest < 0 || month < 1 || month > 12 || day < 1) return -1;
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return -1;
    int64_t year = century * 100 + rest;
    int leaps = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    if (day > days[month - 1] + (month == 2 && leaps)) return -1;
    int64_t fraction = 0;
    if (size > 20) {
        if (at[19] != '.') return -1;
        for (int64_t place = 20; place < size - 1; place++) {
            unsigned digit = at[place] - '0';
            if (digit > 9) return -1;
            fraction += digit * parts[place - 20];
        }
    }
    /* Days since 1970 of a year that begins in March. */
    int64_t y = year - (month <= 2), era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t since = era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
    return since * DAY + ((hour * 60 + minute) * 60 + second) * 1000000LL + fraction;
}

/* Whether a text begins so. It is asked several times for each line, of a few bytes. */
static inline int begins(const uint8_t *at, text with) {
    const uint8_t *other = with.at;
    int64_t left = with.size;
    uint64_t one, two;
    for (; left >= 8; at += 8, other += 8, left -= 8) {
        memcpy(&one, at, 8), memcpy(&two, other, 8);
        if (one != two) return 0;
    }
    for (; left > 0; left--)
        if (*at++ != *other++) return 0;
    return 1;
}

#define EACH(byte) ((uint64_t)(byte) * 0x0101010101010101ULL)
/* A bit is set where there is a zero byte, and maybe in those behind it. */
#define ZERO(x) (((x) - EACH(1)) & ~(x) & EACH(0x80))

/* Letters that stand in a text, or in a ref, as they are, are passed over by eights, where that is certain of all. */
static inline const uint8_t *passed(const forms *in, int ref, const uint8_t *at, const uint8_t *stop) {
    const uint64_t separator = EACH(in->separator ? in->separator : '"');
    uint64_t some;
    for (; stop - at >= 8; at += 8) {
        memcpy(&some, at, 8);
        uint64_t odd = (some | (some + EACH(1)) | (some - EACH(0x20))) & EACH(0x80);
        if (odd | ZERO(some ^ EACH('"')) | ZERO(some ^ EACH('\\')) | ZERO(some ^ separator)) break;
        if (ref && (ZERO(some ^ EACH('%')) | ZERO(some ^ EACH('/')) | ZERO(some ^ EACH('@')))) break;
    }
    return at;
}

/* Where the value ends that begins there, or NULL; a line ends with a line feed, which no value may hold. */
static const uint8_t *value(const forms *in, const part *of, const uint8_t *at, const uint8_t *stop) {
    const uint8_t *begun = at;
    if (of->type == WHOLE) {
        if (*at == '-') at++;
        const uint8_t *digits = at;
        while (*at >= '0' && *at <= '9') at++;
        return at == digits || at - digits > DIGITS || (*digits == '0' && at - digits > 1) ? NULL : at;
    }
    if (of->type == TRUTH) {
        if (stop - at >= 5 && memcmp(at, "false", 5) == 0) return at + 5;
        return stop - at >= 4 && memcmp(at, "true", 4) == 0 ? at + 4 : NULL;
    }
    uint8_t needed = of->type == ID ? 2 : 1;
    /* Of an instant every byte is looked at again. */
    if (of->type == TIME && stop - at > SHORTEST) at += SHORTEST;
    else at = passed(in, needed == 2, at, stop);
    while (in->plain[*at] & needed) at++;
    if (!in->separator && *at != '"') return NULL;
    int64_t size = at - begun;
    if (size == 0 && of->optional) return at;
    if (of->type != ANY && size == 0) return NULL;
    if ((of->type == ID || of->type == SHORT) && size > SHORT_LIMIT) return NULL;
    if (of->type == ONE_OF) {
        for (int32_t w = 0; w < of->words; w++)
            if (of->word[w].size == size && memcmp(of->word[w].at, begun, (size_t)size) == 0) return at;
        return NULL;
    }
    return at;
}

/* ---------------------------------------------------------------- a block of whole lines */
static int taken(const forms *of, const form *as, const uint8_t **at, const uint8_t **ends, const uint8_t *stop,
                 int32_t *part_no, event *into) {
    for (int32_t p = *part_no; p < as->parts; p++) {
        const part *each = &as->part[p];
        const uint8_t *here = p ? ends[p - 1] : *at;
        *part_no = p;
        if (stop - here <= each->before.size || !begins(here, each->before)) return 0;
        here += each->before.size;
        ends[p] = value(of, each, here, stop);
        if (ends[p] == NULL) return 0;
    }
    *part_no = as->parts;
    const uint8_t *here = as->parts ? ends[as->parts - 1] : *at;
    if (stop - here <= as->end.size || !begins(here, as->end)) return 0;
    here += as->end.size;
    const uint8_t *last = here;
    if (of->separator && *here == '\r') here++;
    if (*here != '\n') return 0;
    for (int64_t v = 0; v < of->width; v++) into->values[v].at = NULL, into->values[v].size = -1;
    for (int32_t g = 0; g < as->given; g++) into->values[as->slot[g]] = as->value[g];
    for (int32_t p = 0; p < as->parts; p++) {
        const part *each = &as->part[p];
        const uint8_t *begun = (p ? ends[p - 1] : *at) + each->before.size;
        text found = {begun, ends[p] - begun};
        if (each->type == ID) into->id = found;
        else if (each->type == TIME) {
            into->at = instant(begun, found.size);
            if (into->at < of->first || into->at >= of->end) return 0;
        } else if (each->slot >= 0) into->values[each->slot] = found.size || !each->optional ? found : each->otherwise;
    }
    into->family = as->family, into->kind = as->kind;
    into->line.at = *at, into->line.size = last - *at;
    *at = here + 1;
    return 1;
}

/* A longer one, or one of that length behind it in order (see `store.identities`). */
int rising(text one, text other) {
    return one.size < other.size || (one.size == other.size && memcmp(one.at, other.at, (size_t)one.size) < 0);
}

/* `order` by time, stably; by merging. */
void by_time(block *of) {
    of->order = asked(NULL, sizeof(int64_t) * (size_t)(of->count + 1));
    int ordered = 1;
    for (int64_t n = 0; n < of->count; n++) {
        of->order[n] = n;
        if (n && EVENT(of, n - 1)->at > EVENT(of, n)->at) ordered = 0;
    }
    if (!ordered) {
        int64_t *other = asked(NULL, sizeof(int64_t) * (size_t)of->count), *from = of->order, *to = other;
        for (int64_t run = 1; run < of->count; run *= 2) {
            for (int64_t begun = 0; begun < of->count; begun += 2 * run) {
                int64_t middle = begun + run < of->count ? begun + run : of->count;
                int64_t end = middle + run < of->count ? middle + run : of->count, a = begun, b = middle;
                for (int64_t n = begun; n < end; n++)
                    to[n] = a < middle && (b >= end || EVENT(of, from[a])->at <= EVENT(of, from[b])->at) ? from[a++]
                                                                                                         : from[b++];
            }
            int64_t *swapped = from;
            from = to, to = swapped;
        }
        of->order = from;
        free(to);
    }
    of->hashes = asked(NULL, sizeof(uint64_t) * (size_t)(of->count + 1));
    for (int64_t n = 0; n < of->count; n++) of->hashes[n] = EVENT(of, of->order[n])->hash;
    of->first = of->count ? EVENT(of, of->order[0])->at : 0;
    of->last = of->count ? EVENT(of, of->order[of->count - 1])->at : 0;
}

/* What `lines` holds, each line ended by a line feed; `place` is that of the first. The events point into it. */
OUTSIDE block *block_read(const forms *of, const uint8_t *lines, int64_t size, int64_t place) {
    block *made = asked(NULL, sizeof(block));
    memset(made, 0, sizeof(block));
    made->width = of->width;
    made->stride = (int64_t)sizeof(event) + (int64_t)sizeof(text) * of->width;
    int32_t most = 0;
    for (int64_t f = 0; f < of->count; f++)
        if (of->forms[f].parts > most) most = of->forms[f].parts;
    const uint8_t **ends = asked(NULL, sizeof(uint8_t *) * (size_t)(most + 1));
    int64_t capacity = 0, left_capacity = 0;
    bytes key = {NULL, 0, 0};
    const uint8_t *at = lines, *stop = lines + size;
    made->rises = 1;
    if (size && lines[size - 1] != '\n') abort();
    while (at < stop) {
        if (made->count == capacity) {
            capacity = capacity ? capacity * 2 : size / 128 + 16;
            made->events = asked(made->events, (size_t)(made->stride * capacity));
        }
        event *into = EVENT(made, made->count);
        int64_t f = 0, before = -1;
        int32_t done = 0;
        for (; f < of->count; f++) {
            int32_t alike = before < 0 ? 0 : of->shared[before * of->count + f];
            if (alike > done) continue; /* it has the part that failed */
            int32_t from = alike;
            if (taken(of, &of->forms[f], &at, ends, stop, &from, into)) break;
            done = from, before = f;
        }
        if (f < of->count) {
            into->place = place++;
            size_t long_as = packed(&key, into->values, of->forms[f].keys);
            into->hash = hash_of(key.at, long_as);
            if (made->count && !rising(EVENT(made, made->count - 1)->id, into->id)) made->rises = 0;
            made->count++;
            continue;
        }
        if (made->left == left_capacity) {
            left_capacity = left_capacity ? left_capacity * 2 : 16;
            made->left_at = asked(made->left_at, sizeof(int64_t) * (size_t)left_capacity);
            made->left_size = asked(made->left_size, sizeof(int64_t) * (size_t)left_capacity);
            made->left_place = asked(made->left_place, sizeof(int64_t) * (size_t)left_capacity);
        }
        const uint8_t *end = memchr(at, '\n', (size_t)(stop - at));
        if (end == NULL) end = stop;
        made->left_at[made->left] = at - lines, made->left_size[made->left] = end - at;
        made->left_place[made->left++] = place++;
        at = end + 1;
    }
    free(ends), free(key.at);
    by_time(made);
    return made;
}

/* Events as Python has packed them: of each its instant, family, kind, id as refs have it, and its values, the first of
 * which are its `keys`. */
OUTSIDE block *block_packed(const uint8_t *from, int64_t size, int64_t count, int64_t width, int64_t keys) {
    block *made = asked(NULL, sizeof(block));
    memset(made, 0, sizeof(block));
    made->width = width;
    made->stride = (int64_t)sizeof(event) + (int64_t)sizeof(text) * width;
    made->own = asked(NULL, (size_t)size);
    memcpy(made->own, from, (size_t)size);
    bytes key = {NULL, 0, 0};
    made->events = asked(NULL, (size_t)(made->stride * count + 1));
    const uint8_t *at = made->own;
    for (made->count = 0; made->count < count; made->count++) {
        event *into = EVENT(made, made->count);
        memcpy(&into->at, at, 8);
        at += 8;
        into->family = number_at(&at), into->kind = number_at(&at);
        into->id = text_at(&at);
        into->line.at = NULL, into->line.size = -1, into->place = 0;
        int32_t values = number_at(&at);
        for (int64_t v = 0; v < width; v++) {
            into->values[v].at = NULL, into->values[v].size = -1;
            if (v < values) into->values[v] = text_at(&at);
        }
        size_t long_as = packed(&key, into->values, keys);
        into->hash = hash_of(key.at, long_as);
    }
    free(key.at);
    by_time(made);
    return made;
}

/* How many events lie before an instant. */
OUTSIDE int64_t block_before(const block *of, int64_t at) {
    int64_t low = 0, high = of->count;
    while (low < high) {
        int64_t middle = (low + high) / 2;
        if (EVENT(of, of->order[middle])->at < at) low = middle + 1;
        else high = middle;
    }
    return low;
}

OUTSIDE void block_times(const block *of, int64_t *into) {
    for (int64_t n = 0; n < of->count; n++) into[n] = EVENT(of, of->order[n])->at;
}

/* An event in the order of the file: its id (0), or its line (1). */
OUTSIDE const uint8_t *block_text(const block *of, int64_t number, int32_t which, int64_t *size) {
    const event *found = EVENT(of, number);
    text asked_for = which ? found->line : found->id;
    *size = asked_for.size;
    return asked_for.at;
}

/* The ids in the order of the file, each ended by a line feed, which none of them holds; how long that is. `into` may
 * be NULL. */
OUTSIDE int64_t block_ids(const block *of, uint8_t *into) {
    int64_t size = 0;
    for (int64_t n = 0; n < of->count; n++) {
        text id = EVENT(of, n)->id;
        if (into != NULL) memcpy(into + size, id.at, (size_t)id.size), into[size + id.size] = '\n';
        size += id.size + 1;
    }
    return size;
}

OUTSIDE void block_hashes(const block *of, uint64_t salt, uint64_t *into) {
    for (int64_t n = 0; n < of->count; n++) into[n] = hash_of(EVENT(of, n)->id.at, (size_t)EVENT(of, n)->id.size) ^ salt;
}

OUTSIDE int64_t block_place(const block *of, int64_t number) {
    return EVENT(of, number)->place;
}

OUTSIDE void block_free(block *of) {
    free(of->events), free(of->order), free(of->hashes), free(of->left_at), free(of->left_size), free(of->left_place), free(of->own);
    free(of);
}
