/* Deciding cases, an event after another. */
#include <stdlib.h>
#include <string.h>

#include "machine.h"

enum {
    END, MOVE, ADD, SUB, JUMP, IF_EQ, IF_NE, IF_LT, IF_GE, MIN, ASK, GROUP, COUNT, ROW, OUTCOME, SPOIL, KEEP, DROP,
    REF, CALENDAR, HOLD, ASK_OF, GROUP_OF,
};

#define ANSWERS_LIMIT 100000
/* The first instant of the year that stands for none. */
#define LAST_INSTANT 253370764800000000LL

/* ---------------------------------------------------------------- cases by key */
#define STRIDE(of) (RECORD + (of)->slots)
#define RECORD_OF(from, of, number) ((from)->records + STRIDE(of) * (number))

#define NUMBER_OF(slot) ((int64_t)((slot)&UINT32_MAX) - 1)

/* The first place from one on that is free or of that hash. */
static uint64_t place_of(const cases *in, uint64_t hash, uint64_t place) {
    while (in->slots[place] && (uint32_t)(in->slots[place] >> 32) != (uint32_t)hash) place = (place + 1) & in->mask;
    return place;
}

/* Whether texts are those that were packed. */
static int are(const text *values, int64_t count, const uint8_t *packed) {
    for (int64_t n = 0; n < count; n++) {
        int32_t size;
        memcpy(&size, packed, 4);
        packed += 4;
        if (size != (int32_t)values[n].size) return 0;
        if (size <= 0) continue;
        if (memcmp(packed, values[n].at, (size_t)size)) return 0;
        packed += size;
    }
    return 1;
}

static int64_t case_of(const machine *m, const cases *in, const program *of, const event *each) {
    if (in->standing == 0) return -1;
    for (uint64_t place = each->hash & in->mask; in->slots[place = place_of(in, each->hash, place)];
         place = (place + 1) & in->mask) {
        int64_t number = NUMBER_OF(in->slots[place]), *found = RECORD_OF(in, of, number);
        if ((uint64_t)found[1] == each->hash && are(each->values, of->keys, m->texts.at + BEGIN_OF(found[0])))
            return number;
    }
    return -1;
}

static void put_case(cases *in, const program *of, int64_t number) {
    uint64_t hash = (uint64_t)RECORD_OF(in, of, number)[1], place = hash & in->mask;
    while (in->slots[place]) place = (place + 1) & in->mask;
    in->slots[place] = hash << 32 | (uint64_t)(number + 1);
}

static int64_t new_case(cases *in, const program *of) {
    if (in->free_count) return in->free_ones[--in->free_count];
    if (in->count == in->size) {
        in->size = in->size ? in->size * 2 : 64;
        in->records = asked(in->records, sizeof(int64_t) * (size_t)(STRIDE(of) * in->size));
        in->mask = (uint64_t)in->size * 2 - 1;
        in->slots = asked(in->slots, sizeof(uint64_t) * (in->mask + 1));
        memset(in->slots, 0, sizeof(uint64_t) * (in->mask + 1));
        for (int64_t each = 0; each < in->count; each++)
            if (RECORD_OF(in, of, each)[2]) put_case(in, of, each);
    }
    return in->count++;
}

static void drop_case(cases *in, const program *of, int64_t number) {
    uint64_t slot = (uint64_t)RECORD_OF(in, of, number)[1] & in->mask;
    while (NUMBER_OF(in->slots[slot]) != number) slot = (slot + 1) & in->mask;
    /* What was put behind it because it stood there moves up. */
    for (uint64_t next = slot;;) {
        next = (next + 1) & in->mask;
        if (!in->slots[next]) break;
        uint64_t home = in->slots[next] >> 32 & in->mask;
        if (((next - home) & in->mask) >= ((next - slot) & in->mask)) in->slots[slot] = in->slots[next], slot = next;
    }
    in->slots[slot] = 0;
    RECORD_OF(in, of, number)[2] = 0;
    in->standing--;
    if (in->free_count == in->free_size) {
        in->free_size = in->free_size ? in->free_size * 2 : 64;
        in->free_ones = asked(in->free_ones, sizeof(int64_t) * (size_t)in->free_size);
    }
    in->free_ones[in->free_count++] = number;
}

/* What an event will look at soon is fetched before it is its turn: where its case may stand, then that case, then its
 * key. Nearly all that deciding takes with very many cases is waiting for these. */
enum { FAR = 24, NEAR = 16, NEXT = 8, LINE = 64 };

static void fetch(const machine *m, const cases *in, const program *of, uint64_t hash, int64_t how_far) {
    if (in->standing == 0) return;
    if (how_far == FAR) {
        FETCH(in->slots + (hash & in->mask));
        return;
    }
    uint64_t slot = in->slots[place_of(in, hash, hash & in->mask)];
    if (!slot) return;
    const int64_t *found = RECORD_OF(in, of, NUMBER_OF(slot));
    if (how_far == NEXT) FETCH(m->texts.at + BEGIN_OF(found[0]));
    else
        for (const uint8_t *at = (const uint8_t *)found; at < (const uint8_t *)(found + STRIDE(of)); at += LINE) FETCH(at);
}

/* ---------------------------------------------------------------- values as bytes */
static size_t packed_some(bytes *into, const text *values, const int32_t *which, int64_t count) {
    into->used = 0;
    for (int64_t n = 0; n < count; n++) {
        int32_t size = which[n] < 0 ? -1 : (int32_t)values[which[n]].size;
        put(into, &size, 4);
        if (size > 0) put(into, values[which[n]].at, (size_t)size);
    }
    return into->used;
}

/* ---------------------------------------------------------------- the program */
static void *more(void *of, int64_t count, int64_t *size, size_t each) {
    if (count < *size) return of;
    *size = *size ? *size * 2 : 256;
    return asked(of, (size_t)*size * each);
}

enum { KEPT = 1, DROPPED = 2, GIVEN_UP = 4 };

typedef struct {
    int64_t key; /* the handle of the key of the case */
    const event *event;
    const uint8_t *begin;
    size_t begin_size;
    int64_t width;
} about;

static const text *values_at(const about *of) { return of->event ? of->event->values : NULL; }

/* Some values of an event that a case holds; `which`: of each kind, where they stand. */
static size_t packed_of(machine *m, int64_t held, const int32_t *which, int64_t count) {
    m->scratch.used = 0;
    const uint8_t *at = m->texts.at + BEGIN_OF(held), *stop = at + SIZE_OF(held);
    int32_t kind, none = -1;
    memcpy(&kind, at, 4);
    for (int64_t n = 0; n < count; n++) {
        int32_t place = which[kind * count + n], size = none;
        const uint8_t *here = at + 4;
        for (int32_t v = 0; place >= 0 && here < stop; v++) {
            memcpy(&size, here, 4);
            here += 4;
            if (v == place) break;
            here += size > 0 ? size : 0;
            size = none;
        }
        put(&m->scratch, &size, 4);
        if (size > 0) put(&m->scratch, here, (size_t)size);
    }
    return m->scratch.used;
}

/* What a table answers to the values in `scratch`, or the group that they are. */
static int64_t answered(machine *m, int group, int32_t which, size_t size) {
    table *in = &m->tables[which];
    int64_t entry = found_in(in, m->scratch.at, size);
    if (entry < 0 && !group) {
        if (in->count > ANSWERS_LIMIT) clear_table(in);
        entry = put_into(in, m->scratch.at, size, m->ask(which, m->scratch.at, (int64_t)size));
    } else if (entry < 0) {
        m->counts = more(m->counts, m->groups, &m->groups_size, 3 * sizeof(int64_t));
        entry = put_into(in, m->scratch.at, size, m->groups);
        m->counts[3 * m->groups] = m->counts[3 * m->groups + 1] = 0;
        m->counts[3 * m->groups++ + 2] = entry;
    }
    return in->values[entry];
}

static int run(machine *m, const program *p, int32_t from, int64_t *frame, const about *of) {
    const int32_t *at = p->code + from;
    int done = 0;
    for (;;) {
        switch (*at) {
        case END: return done;
        case MOVE: frame[at[1]] = frame[at[2]], at += 3; break;
        case ADD: {
            int64_t sum = frame[at[2]] + frame[at[3]];
            if (sum >= LAST_INSTANT) m->failed = 1;
            frame[at[1]] = sum, at += 4;
            break;
        }
        case SUB: frame[at[1]] = frame[at[2]] - frame[at[3]], at += 4; break;
        case JUMP: at = p->code + at[1]; break;
        case IF_EQ: at = frame[at[1]] == frame[at[2]] ? p->code + at[3] : at + 4; break;
        case IF_NE: at = frame[at[1]] != frame[at[2]] ? p->code + at[3] : at + 4; break;
        case IF_LT: at = frame[at[1]] < frame[at[2]] ? p->code + at[3] : at + 4; break;
        case IF_GE: at = frame[at[1]] >= frame[at[2]] ? p->code + at[3] : at + 4; break;
        case MIN: frame[at[1]] = frame[at[2]] < frame[at[3]] ? frame[at[2]] : frame[at[3]], at += 4; break;
        case ASK:
        case GROUP:
            frame[at[1]] = answered(m, *at == GROUP, at[2], packed_some(&m->scratch, values_at(of), at + 4, at[3]));
            at += 4 + at[3];
            break;
        case ASK_OF:
        case GROUP_OF:
            frame[at[1]] = answered(m, *at == GROUP_OF, at[2], packed_of(m, frame[at[4]], at + 6, at[3]));
            at += 6 + at[5];
            break;
        case HOLD: {
            int64_t begun = (int64_t)m->texts.used;
            put(&m->texts, &of->event->kind, 4);
            for (int64_t v = 0; v < of->width; v++) {
                int32_t size = (int32_t)of->event->values[v].size;
                put(&m->texts, &size, 4);
                if (size > 0) put(&m->texts, of->event->values[v].at, (size_t)size);
            }
            if (m->texts.used - (size_t)begun >= (size_t)1 << HANDLE_BITS) m->failed = 1;
            frame[at[1]] = (begun << HANDLE_BITS) | ((int64_t)m->texts.used - begun);
            at += 2;
            break;
        }
        case COUNT: m->counts[3 * frame[at[1]] + at[2]]++, at += 3; break;
        case ROW: {
            m->rows = more(m->rows, m->row_count, &m->row_size, sizeof(row));
            row *made = &m->rows[m->row_count++];
            made->form = at[1], made->at = frame[at[2]], made->name = frame[at[3]], made->key = of->key;
            for (int32_t n = 0; n < NUMBERS; n++) made->numbers[n] = NEVER;
            for (int32_t n = 0; n < at[4]; n++) made->numbers[n] = frame[at[5 + n]];
            at += 5 + at[4];
            break;
        }
        case OUTCOME: {
            m->outcomes = more(m->outcomes, m->outcome_count, &m->outcome_size, sizeof(outcome));
            outcome *made = &m->outcomes[m->outcome_count++];
            made->table = at[1], made->group = m->counts[3 * frame[at[2]] + 2], made->status = at[3];
            made->at = frame[at[4]], made->place = at[5];
            at += 6;
            break;
        }
        case SPOIL: return done | GIVEN_UP;
        case KEEP: done = KEPT, at++; break;
        case DROP: done = DROPPED, at++; break;
        case REF: {
            int64_t begun = (int64_t)m->texts.used;
            put(&m->texts, of->begin, of->begin_size);
            put(&m->texts, of->event->id.at, (size_t)of->event->id.size);
            frame[at[1]] = (begun << HANDLE_BITS) | ((int64_t)m->texts.used - begun);
            at += 2;
            break;
        }
        case CALENDAR: frame[at[1]] = m->calendar(at[2], at[3], frame[at[4]], frame[at[5]]), at += 6; break;
        default: abort();
        }
    }
}

static int is_in(const table *of, text key) {
    return of->count && found_in(of, key.at, (size_t)key.size) >= 0;
}

static void note(table *in, text key) {
    if (!is_in(in, key)) put_into(in, key.at, (size_t)key.size, 0);
}

static text key_of(machine *m, const program *p, const event *of) {
    text found = {NULL, (int64_t)packed(&m->begin, of->values, p->keys)};
    found.at = m->begin.at;
    return found;
}

/* ---------------------------------------------------------------- texts that nothing holds any more */
static int64_t moved(bytes *to, const bytes *from, int64_t handle) {
    return handle < 0 ? handle : keep(to, from->at + BEGIN_OF(handle), SIZE_OF(handle));
}

static void clean(machine *m) {
    if (m->texts.used < (size_t)m->cleaned * 2 + (1 << 20)) return;
    bytes kept = {NULL, 0, 0};
    for (int64_t n = 0; n < m->row_count; n++) {
        m->rows[n].name = moved(&kept, &m->texts, m->rows[n].name);
        m->rows[n].key = moved(&kept, &m->texts, m->rows[n].key);
    }
    for (int64_t n = 0; n < m->count; n++) {
        family *f = &m->families[n];
        const program *p = &f->way[0];
        for (int64_t number = 0; number < f->open.count; number++) {
            int64_t *found = RECORD_OF(&f->open, p, number), before[2] = {NONE, NONE};
            if (!found[2]) continue;
            found[0] = moved(&kept, &m->texts, found[0]);
            /* Duties that one event opened have one name. */
            for (int64_t s = 0; s < p->slots; s++) {
                if (!p->is_text[s] || found[RECORD + s] < 0) continue;
                if (found[RECORD + s] == before[0]) found[RECORD + s] = before[1];
                else {
                    before[0] = found[RECORD + s];
                    before[1] = found[RECORD + s] = moved(&kept, &m->texts, found[RECORD + s]);
                }
            }
        }
    }
    free(m->texts.at);
    m->texts = kept;
    m->cleaned = (int64_t)kept.used;
}

/* A table that was large once is not laid out anew at each instant. */
static void no_idle(family *f) {
    if (f->idle.mask > 4096) free_table(&f->idle);
    else clear_table(&f->idle);
}

/* ---------------------------------------------------------------- some events of a block, in order of time */
static int64_t find_mine(machine *m, const block *of, int64_t first, int64_t stop) {
    if (m->mine_size < stop - first) {
        m->mine_size = stop - first;
        m->mine = asked(m->mine, sizeof(int64_t) * (size_t)m->mine_size);
    }
    int64_t count = 0;
    for (int64_t n = first; n < stop; n++) {
        m->mine[count] = n;
        count += (of->hashes[n] >> 32) * m->shares >> 32 == m->share;
    }
    return count;
}

OUTSIDE int64_t machine_run(machine *m, int64_t which, int64_t way, const block *of, int64_t first, int64_t stop,
                            const uint8_t *begin, int64_t begin_size) {
    family *f = &m->families[which];
    const program *p = &f->way[way];
    cases *open = &f->open;
    int64_t frame[p->slots + p->temps + p->consts], done = 0;
    memcpy(frame + p->slots + p->temps, p->values, sizeof(int64_t) * (size_t)p->consts);
    if (m->before == NULL) clean(m);
    f->left_count = 0;
    for (int64_t next = 0, count = find_mine(m, of, first, stop); next < count && !m->failed; next++) {
        for (int64_t far = NEXT; far <= FAR && next + far < count; far += NEXT) {
            int64_t later = m->mine[next + far];
            const event *coming = EVENT(of, of->order[later]);
            /* It may have been read by another core. */
            if (far == FAR) FETCH(coming), FETCH((const uint8_t *)coming + LINE);
            if (far == NEXT && p->keys) FETCH(coming->values[0].at);
            fetch(m, open, p, of->hashes[later], far);
        }
        int64_t n = m->mine[next];
        const event *each = EVENT(of, of->order[n]);
        if (each->family != which) continue;
        int64_t number = case_of(m, open, p, each), *record = NULL;
        int result = 0;
        about what = {NONE, each, begin, (size_t)begin_size, of->width};
        done++;
        frame[p->slots] = frame[p->slots + 1] = each->at;
        if (f->idle.count && f->idle_at != each->at) no_idle(f);
        if (number < 0) {
            if (f->odd.count && is_in(&f->odd, key_of(m, p, each))) {
                f->left = more(f->left, f->left_count, &f->left_size, sizeof(int64_t));
                f->left[f->left_count++] = of->order[n];
                continue;
            }
            if (each->at < p->begin) {
                note(&f->spoilt, key_of(m, p, each));
                continue;
            }
            if (f->idle.count && is_in(&f->idle, key_of(m, p, each))) {
                note(&f->spoilt, key_of(m, p, each));
                continue;
            }
            memcpy(frame, p->init, sizeof(int64_t) * (size_t)p->slots);
        } else {
            record = RECORD_OF(open, p, number);
            memcpy(frame, record + RECORD, sizeof(int64_t) * (size_t)p->slots);
            if (each->at <= frame[0]) {
                note(&f->spoilt, key_of(m, p, each));
                continue;
            }
            what.key = record[0];
            if (frame[1] <= each->at) result = run(m, p, p->fall, frame, &what);
        }
        if (!(result & GIVEN_UP)) {
            int so_far = result;
            frame[0] = each->at;
            if (what.key == NONE) {
                text key = key_of(m, p, each);
                what.key = keep(&m->texts, key.at, (size_t)key.size);
            }
            result = run(m, p, p->kind[each->kind], frame, &what);
            if (!(result & (KEPT | DROPPED))) result |= so_far;
        }
        if (result & GIVEN_UP) note(&f->spoilt, key_of(m, p, each));
        int stands = result & KEPT ? 1 : result & DROPPED ? 0 : number >= 0;
        if (!stands && (n + 1 == stop || EVENT(of, of->order[n + 1])->at == each->at)) {
            /* What opens at this instant may still be met by it. */
            f->idle_at = each->at;
            note(&f->idle, key_of(m, p, each));
        }
        if (number >= 0 && !stands) drop_case(open, p, number);
        if (number < 0 && stands) {
            number = new_case(open, p);
            record = RECORD_OF(open, p, number);
            record[0] = what.key, record[1] = (int64_t)each->hash, record[2] = 1;
            put_case(open, p, number);
            open->standing++;
        }
        if (stands) memcpy(record + RECORD, frame, sizeof(int64_t) * (size_t)p->slots);
    }
    return done;
}

OUTSIDE void machine_sweep(machine *m, int64_t which, int64_t way, int64_t at, int64_t late) {
    family *f = &m->families[which];
    const program *p = &f->way[way];
    int64_t frame[p->slots + p->temps + p->consts];
    memcpy(frame + p->slots + p->temps, p->values, sizeof(int64_t) * (size_t)p->consts);
    for (int64_t number = 0; number < f->open.count && !m->failed; number++) {
        int64_t *record = RECORD_OF(&f->open, p, number);
        if (!record[2] || record[RECORD + 1] > at) continue;
        memcpy(frame, record + RECORD, sizeof(int64_t) * (size_t)p->slots);
        frame[p->slots] = at, frame[p->slots + 1] = late;
        about what = {record[0], NULL, NULL, 0, 0};
        int result = run(m, p, p->sweep, frame, &what);
        if (result & GIVEN_UP) {
            text key = {m->texts.at + BEGIN_OF(record[0]), (int64_t)SIZE_OF(record[0])};
            note(&f->spoilt, key);
        }
        memcpy(record + RECORD, frame, sizeof(int64_t) * (size_t)p->slots);
        if (result & DROPPED) drop_case(&f->open, p, number);
    }
}

/* ---------------------------------------------------------------- a part that may be taken back */
static void *copied(const void *from, size_t size) {
    void *made = asked(NULL, size);
    if (size) memcpy(made, from, size);
    return made;
}

static cases copy_of(const cases *of, const program *p) {
    cases made = *of;
    made.records = copied(of->records, sizeof(int64_t) * (size_t)(STRIDE(p) * of->size));
    made.free_ones = copied(of->free_ones, sizeof(int64_t) * (size_t)of->free_size);
    made.slots = copied(of->slots, of->slots ? sizeof(uint64_t) * (of->mask + 1) : 0);
    return made;
}

static void free_cases(cases *of) {
    free(of->records), free(of->free_ones), free(of->slots);
    memset(of, 0, sizeof(cases));
}

static void forget(machine *m) {
    if (m->before == NULL) return;
    for (int64_t n = 0; n < m->count; n++) free_cases(&m->before[n]);
    free(m->before);
    m->before = NULL;
}

/* What stands now may be taken up again, until the next call. Texts are only put behind those that are there. */
OUTSIDE void machine_save(machine *m) {
    forget(m);
    clean(m);
    for (int64_t n = 0; n < m->count; n++) no_idle(&m->families[n]);
    m->before = asked(NULL, sizeof(cases) * (size_t)(m->count + 1));
    for (int64_t n = 0; n < m->count; n++) m->before[n] = copy_of(&m->families[n].open, &m->families[n].way[0]);
    m->rows_before = m->row_count;
}

OUTSIDE void machine_keep(machine *m) {
    forget(m);
}

OUTSIDE void machine_back(machine *m) {
    if (m->before == NULL) abort();
    for (int64_t n = 0; n < m->count; n++) {
        free_cases(&m->families[n].open);
        m->families[n].open = m->before[n];
        no_idle(&m->families[n]);
    }
    free(m->before);
    m->before = NULL;
    m->row_count = m->rows_before;
}

OUTSIDE void machine_close(machine *m) {
    for (int64_t n = 0; n < m->count; n++) free_cases(&m->families[n].open);
}
