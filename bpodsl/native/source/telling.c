/* Rows in the order of the ledger, and their lines. Also what is made and asked of a machine. */
#include <stdlib.h>
#include <string.h>

#include "machine.h"

/* ---------------------------------------------------------------- order */
static int of_bytes(const uint8_t *one, size_t one_size, const uint8_t *other, size_t other_size) {
    int found = memcmp(one, other, one_size < other_size ? one_size : other_size);
    return found ? found : one_size < other_size ? -1 : one_size > other_size;
}

static int digits(const uint8_t *at, size_t size) {
    for (size_t n = 0; n < size; n++)
        if (at[n] < '0' || at[n] > '9') return 0;
    return size > 0;
}

/* Those that are all digits by value, and first; of one value by their bytes. */
static int of_identity(const uint8_t *one, size_t one_size, const uint8_t *other, size_t other_size) {
    int first = digits(one, one_size), second = digits(other, other_size);
    if (first != second) return first ? -1 : 1;
    if (!first) return of_bytes(one, one_size, other, other_size);
    size_t a = 0, b = 0;
    while (a < one_size && one[a] == '0') a++;
    while (b < other_size && other[b] == '0') b++;
    if (one_size - a != other_size - b) return one_size - a < other_size - b ? -1 : 1;
    int found = memcmp(one + a, other + b, one_size - a);
    return found ? found : of_bytes(one, one_size, other, other_size);
}

static int of_names(const machine *m, int64_t one, int64_t other) {
    if (one == other) return 0;
    const uint8_t *a = m->texts.at + BEGIN_OF(one), *b = m->texts.at + BEGIN_OF(other);
    size_t a_size = SIZE_OF(one), b_size = SIZE_OF(other), a_cut = a_size, b_cut = b_size;
    while (a_cut && a[a_cut - 1] != '/') a_cut--;
    while (b_cut && b[b_cut - 1] != '/') b_cut--;
    int found = of_identity(a, a_cut ? a_cut - 1 : 0, b, b_cut ? b_cut - 1 : 0);
    return found ? found : of_identity(a + a_cut, a_size - a_cut, b + b_cut, b_size - b_cut);
}

static text value_of(const machine *m, int64_t key, int32_t place) {
    const uint8_t *at = m->texts.at + BEGIN_OF(key);
    text found = {NULL, 0};
    for (int32_t n = 0;; n++) {
        int32_t size;
        memcpy(&size, at, 4);
        at += 4;
        found.at = at, found.size = size;
        if (n == place) return found;
        at += size > 0 ? size : 0;
    }
}

static int of_rows(const machine *m, const row *one, const row *other) {
    if (one->at != other->at) return one->at < other->at ? -1 : 1;
    const shape *a = &m->shapes[one->form], *b = &m->shapes[other->form];
    if (a->front != b->front) return a->front < b->front ? -1 : 1;
    int found = of_names(m, one->name, other->name);
    if (found) return found;
    for (int64_t n = 0; n < a->by_count && n < b->by_count; n++) {
        text x = value_of(m, one->key, a->by[n]), y = value_of(m, other->key, b->by[n]);
        found = of_bytes(x.at, (size_t)x.size, y.at, (size_t)y.size);
        if (found) return found;
    }
    if (a->by_count != b->by_count) return a->by_count < b->by_count ? -1 : 1;
    if (a->rank != b->rank) return a->rank < b->rank ? -1 : 1;
    return one->form < other->form ? -1 : one->form > other->form;
}

OUTSIDE void machine_sort(machine *m) {
    row *other = asked(NULL, sizeof(row) * (size_t)(m->row_count + 1)), *from = m->rows, *to = other;
    for (int64_t length = 1; length < m->row_count; length *= 2) {
        for (int64_t begun = 0; begun < m->row_count; begun += 2 * length) {
            int64_t middle = begun + length < m->row_count ? begun + length : m->row_count;
            int64_t end = middle + length < m->row_count ? middle + length : m->row_count, a = begun, b = middle;
            for (int64_t n = begun; n < end; n++)
                to[n] = a < middle && (b >= end || of_rows(m, &from[a], &from[b]) <= 0) ? from[a++] : from[b++];
        }
        row *swapped = from;
        from = to, to = swapped;
    }
    if (from == other) m->row_size = m->row_count + 1;
    m->rows = from;
    free(to);
}

/* The rows of another machine that decides other cases of the same families. */
OUTSIDE void machine_take_rows(machine *m, machine *other) {
    for (int64_t n = 0; n < other->row_count; n++) {
        row taken = other->rows[n];
        if (m->row_count == m->row_size) {
            m->row_size = m->row_size ? m->row_size * 2 : 256;
            m->rows = asked(m->rows, sizeof(row) * (size_t)m->row_size);
        }
        taken.name = keep(&m->texts, other->texts.at + BEGIN_OF(taken.name), SIZE_OF(taken.name));
        taken.key = keep(&m->texts, other->texts.at + BEGIN_OF(taken.key), SIZE_OF(taken.key));
        m->rows[m->row_count++] = taken;
    }
    other->row_count = 0;
}

OUTSIDE void machine_share(machine *m, int64_t share, int64_t shares) {
    m->share = (uint64_t)share, m->shares = (uint64_t)shares;
}

/* ---------------------------------------------------------------- lines */
static size_t shown(uint8_t *into, int64_t at) {
    int64_t days = at / DAY, rest = at % DAY;
    if (rest < 0) days--, rest += DAY;
    int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097, of_era = z - era * 146097;
    int64_t of_cycle = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * of_cycle + of_cycle / 4 - of_cycle / 100), part = (5 * of_year + 2) / 153;
    int64_t day = of_year - (153 * part + 2) / 5 + 1, month = part < 10 ? part + 3 : part - 9;
    int64_t year = of_cycle + era * 400 + (month <= 2), fraction = rest % 1000000, seconds = rest / 1000000;
    int64_t shares[] = {year, month, day, seconds / 3600, seconds / 60 % 60, seconds % 60};
    memcpy(into, "0000-00-00T00:00:00", 19);
    static const int ends[] = {3, 6, 9, 12, 15, 18};
    for (int n = 0; n < 6; n++)
        for (int place = ends[n]; shares[n]; place--, shares[n] /= 10) into[place] = (uint8_t)('0' + shares[n] % 10);
    size_t size = 19;
    if (fraction) {
        into[19] = '.';
        for (int place = 25; place > 19; place--, fraction /= 10) into[place] = (uint8_t)('0' + fraction % 10);
        size = 26;
        while (into[size - 1] == '0') size--;
    }
    into[size++] = 'Z';
    return size;
}

/* The lines of rows from one to another, in `out`; how long they are. */
OUTSIDE int64_t machine_lines(machine *m, int64_t first, int64_t stop) {
    m->out.used = 0;
    int64_t last = NONE;
    uint8_t said[32], due[32];
    size_t said_size = 0;
    for (int64_t n = first; n < stop; n++) {
        const row *each = &m->rows[n];
        const shape *as = &m->shapes[each->form];
        if (each->at != last) last = each->at, said_size = shown(said, last);
        for (int64_t p = 0; p < as->pieces; p++) {
            put(&m->out, as->literal[p].at, (size_t)as->literal[p].size);
            switch (as->piece[p]) {
            case NAME: put(&m->out, m->texts.at + BEGIN_OF(each->name), SIZE_OF(each->name)); break;
            case AT: put(&m->out, said, said_size); break;
            case NUMBER:
                if (each->numbers[0] == NEVER) break;
                put(&m->out, as->due.at, (size_t)as->due.size);
                put(&m->out, "\"", 1);
                if (each->numbers[0] == last) put(&m->out, said, said_size);
                else put(&m->out, due, shown(due, each->numbers[0]));
                put(&m->out, "\"", 1);
                break;
            default: {
                text found = value_of(m, each->key, as->piece[p]);
                put(&m->out, found.at, (size_t)found.size);
            }
            }
        }
        put(&m->out, as->literal[as->pieces].at, (size_t)as->literal[as->pieces].size);
    }
    return (int64_t)m->out.used;
}

OUTSIDE const uint8_t *machine_out(const machine *m) { return m->out.at; }
OUTSIDE int64_t machine_rows(const machine *m) { return m->row_count; }

/* How many rows lie before an instant (or at it, with `also`), once they are in order. */
OUTSIDE int64_t machine_before(const machine *m, int64_t at, int64_t also) {
    int64_t low = 0, high = m->row_count;
    while (low < high) {
        int64_t middle = (low + high) / 2;
        if (m->rows[middle].at < at + also) low = middle + 1;
        else high = middle;
    }
    return low;
}

/* The first rows are told. */
OUTSIDE void machine_told(machine *m, int64_t count) {
    m->row_count -= count;
    memmove(m->rows, m->rows + count, sizeof(row) * (size_t)m->row_count);
}

/* One row: its instant, form and numbers into `into`; its name and key into `out`, each behind its size. */
OUTSIDE int64_t machine_row(machine *m, int64_t number, int64_t *into) {
    const row *each = &m->rows[number];
    into[0] = each->at, into[1] = each->form;
    memcpy(into + 2, each->numbers, sizeof(each->numbers));
    int32_t size = (int32_t)SIZE_OF(each->name);
    m->out.used = 0;
    put(&m->out, &size, 4);
    put(&m->out, m->texts.at + BEGIN_OF(each->name), (size_t)size);
    put(&m->out, m->texts.at + BEGIN_OF(each->key), SIZE_OF(each->key));
    return (int64_t)m->out.used;
}

/* ---------------------------------------------------------------- making one */
typedef struct {
    const uint8_t *at;
} reader;

static int64_t number_of(reader *from) {
    int64_t found;
    memcpy(&found, from->at, 8);
    from->at += 8;
    return found;
}

static text text_of(reader *from) {
    text found = {NULL, number_of(from)};
    found.at = from->at;
    from->at += found.size;
    return found;
}

static int32_t *small_of(reader *from, int64_t *count) {
    *count = number_of(from);
    int32_t *made = asked(NULL, sizeof(int32_t) * (size_t)(*count + 1));
    for (int64_t n = 0; n < *count; n++) made[n] = (int32_t)number_of(from);
    return made;
}

static int64_t *numbers_of(reader *from, int64_t *count) {
    *count = number_of(from);
    int64_t *made = asked(NULL, sizeof(int64_t) * (size_t)(*count + 1));
    for (int64_t n = 0; n < *count; n++) made[n] = number_of(from);
    return made;
}

static void read_program(program *into, reader *from) {
    int64_t texts, count;
    into->keys = number_of(from), into->temps = number_of(from), into->begin = number_of(from);
    into->fall = (int32_t)number_of(from), into->sweep = (int32_t)number_of(from);
    into->init = numbers_of(from, &into->slots);
    into->values = numbers_of(from, &into->consts);
    into->code = small_of(from, &into->code_size);
    into->kind = small_of(from, &into->kinds);
    into->is_text = asked(NULL, (size_t)into->slots + 1);
    memset(into->is_text, 0, (size_t)into->slots + 1);
    int32_t *of = small_of(from, &texts);
    for (count = 0; count < texts; count++) into->is_text[of[count]] = 1;
    free(of);
}

OUTSIDE machine *machine_new(const uint8_t *packed, int64_t size, answer ask, calendar asked_of) {
    machine *m = asked(NULL, sizeof(machine));
    memset(m, 0, sizeof(machine));
    m->ask = ask, m->calendar = asked_of, m->shares = 1;
    m->own = asked(NULL, (size_t)size);
    memcpy(m->own, packed, (size_t)size);
    reader from = {m->own};
    m->table_count = number_of(&from);
    m->tables = asked(NULL, sizeof(table) * (size_t)(m->table_count + 1));
    memset(m->tables, 0, sizeof(table) * (size_t)(m->table_count + 1));
    m->count = number_of(&from);
    m->families = asked(NULL, sizeof(family) * (size_t)(m->count + 1));
    memset(m->families, 0, sizeof(family) * (size_t)(m->count + 1));
    for (int64_t n = 0; n < m->count; n++)
        for (int way = 0; way < 2; way++) read_program(&m->families[n].way[way], &from);
    m->shape_count = number_of(&from);
    m->shapes = asked(NULL, sizeof(shape) * (size_t)(m->shape_count + 1));
    for (int64_t n = 0; n < m->shape_count; n++) {
        shape *each = &m->shapes[n];
        each->front = number_of(&from), each->rank = number_of(&from);
        each->by = small_of(&from, &each->by_count);
        each->pieces = 0, each->literal = NULL, each->piece = NULL;
    }
    return m;
}

/* How the lines of each form are put together. */
OUTSIDE void machine_write_as(machine *m, const uint8_t *packed, int64_t size) {
    m->written = asked(m->written, (size_t)size);
    memcpy(m->written, packed, (size_t)size);
    reader from = {m->written};
    for (int64_t n = 0; n < m->shape_count; n++) {
        shape *each = &m->shapes[n];
        free(each->piece), free(each->literal);
        each->due = text_of(&from);
        each->piece = small_of(&from, &each->pieces);
        each->literal = asked(NULL, sizeof(text) * (size_t)(each->pieces + 1));
        for (int64_t p = 0; p <= each->pieces; p++) each->literal[p] = text_of(&from);
    }
}

OUTSIDE void machine_free(machine *m) {
    machine_keep(m);
    machine_close(m);
    for (int64_t n = 0; n < m->count; n++) {
        family *f = &m->families[n];
        for (int way = 0; way < 2; way++)
            free(f->way[way].init), free(f->way[way].values), free(f->way[way].code), free(f->way[way].kind),
                free(f->way[way].is_text);
        free_table(&f->odd), free_table(&f->spoilt), free_table(&f->idle), free(f->left);
    }
    for (int64_t n = 0; n < m->table_count; n++) free_table(&m->tables[n]);
    for (int64_t n = 0; n < m->shape_count; n++)
        free(m->shapes[n].by), free(m->shapes[n].piece), free(m->shapes[n].literal);
    free(m->families), free(m->tables), free(m->shapes), free(m->counts), free(m->texts.at), free(m->rows);
    free(m->outcomes), free(m->out.at), free(m->begin.at), free(m->scratch.at), free(m->own), free(m->written), free(m->mine);
    free(m);
}

/* ---------------------------------------------------------------- what is asked of one */
OUTSIDE void machine_odd(machine *m, int64_t which, const uint8_t *key, int64_t size) {
    put_into(&m->families[which].odd, key, (size_t)size, 0);
}

OUTSIDE int64_t machine_spoilt(const machine *m, int64_t which) { return m->families[which].spoilt.count; }

OUTSIDE const uint8_t *machine_spoilt_key(const machine *m, int64_t which, int64_t number, int64_t *size) {
    const table *of = &m->families[which].spoilt;
    *size = (int64_t)SIZE_OF(of->handles[number]);
    return of->texts.at + BEGIN_OF(of->handles[number]);
}

OUTSIDE int64_t machine_left(const machine *m, int64_t which) { return m->families[which].left_count; }
OUTSIDE const int64_t *machine_left_at(const machine *m, int64_t which) { return m->families[which].left; }
OUTSIDE int64_t machine_standing(const machine *m, int64_t which) { return m->families[which].open.standing; }
OUTSIDE int64_t machine_failed(const machine *m) { return m->failed; }

/* How many groups a table has; of one: its values, and how many outcomes there were since this was asked last. */
OUTSIDE int64_t machine_groups(const machine *m, int64_t which) { return m->tables[which].count; }

OUTSIDE const uint8_t *machine_group(const machine *m, int64_t which, int64_t number, int64_t *size) {
    const table *of = &m->tables[which];
    *size = (int64_t)SIZE_OF(of->handles[number]);
    return of->texts.at + BEGIN_OF(of->handles[number]);
}

OUTSIDE int64_t machine_taken(machine *m, int64_t which, int64_t number, int64_t *into) {
    int64_t *of = m->counts + 3 * m->tables[which].values[number];
    into[0] = of[0], into[1] = of[1];
    of[0] = of[1] = 0;
    return into[0] || into[1];
}

OUTSIDE int64_t machine_outcomes(const machine *m) { return m->outcome_count; }
OUTSIDE void machine_outcome(const machine *m, int64_t number, int64_t *into) {
    memcpy(into, &m->outcomes[number], sizeof(outcome));
}
OUTSIDE void machine_counted(machine *m) { m->outcome_count = 0; }
