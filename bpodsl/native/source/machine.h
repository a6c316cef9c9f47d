/* The machine that decides cases: what stands of each is a row of numbers, and what an event does to it is a program
 * that was made from the text of the Python function for the same family (see `engine.straight.assembled`). */
#ifndef MACHINE_H
#define MACHINE_H

#include "bpodsl.h"

#define NUMBERS 2

/* An entry that is told in short. */
typedef struct {
    int64_t at, name, key, form;
    int64_t numbers[NUMBERS];
} row;

/* An outcome with its instant, where the agreement may end within a part. */
typedef struct {
    int64_t at, table, group, status, place;
} outcome;

/* Cases by key. A record is: the handle of its key, its hash, whether it stands, and its slots. A slot of the table has
 * the lower half of the hash above the number of the record and one: so who looks for a case looks at no other. */
typedef struct {
    int64_t *records;
    int64_t count, size, standing;
    int64_t *free_ones;
    int64_t free_count, free_size;
    uint64_t *slots;
    uint64_t mask;
} cases;

#define RECORD 3

typedef struct {
    int64_t slots, temps, consts, keys;
    int64_t *init;    /* what a new case begins with */
    uint8_t *is_text; /* of each slot: whether it holds a handle */
    int32_t *code;
    int64_t code_size;
    int32_t fall, sweep; /* where the code begins that lets fall due: before an event, and of all that is open */
    int32_t *kind;       /* by kind of event */
    int64_t kinds;
    int64_t *values; /* constants, behind slots and temporaries */
    int64_t begin;   /* no event may lie before it */
} program;

typedef struct {
    program way[2]; /* counting outcomes, and putting them with their instants */
    cases open;
    table odd, spoilt;
    table idle; /* the keys of which nothing stands after an event of the instant `idle_at` */
    int64_t idle_at;
    int64_t *left;
    int64_t left_count, left_size;
} family;

/* How rows of a form are ordered and written. */
typedef struct {
    int64_t front, rank, by_count;
    int32_t *by;
    int64_t pieces;
    text *literal; /* one more than `piece` */
    int32_t *piece; /* NAME, AT, NUMBER, or the place of a value of the key */
    text due;       /* the name of the number, quoted, with its colon */
} shape;

enum { NAME = -1, AT = -2, NUMBER = -3 };

/* Asked for what a table does not hold: Python answers. */
typedef int64_t (*answer)(int64_t which, const uint8_t *values, int64_t size);
/* Asked of a calendar: 0 how long it is open between two instants; 1, 2 when it has been open for so long. */
typedef int64_t (*calendar)(int64_t which, int64_t what, int64_t one, int64_t other);

typedef struct {
    family *families;
    int64_t count;
    table *tables; /* answers and groups, by number */
    int64_t table_count;
    int64_t *counts; /* three of each group: fulfilled, missed, and its entry in its table */
    int64_t groups, groups_size;
    bytes texts;
    int64_t cleaned;
    row *rows;
    int64_t row_count, row_size;
    outcome *outcomes;
    int64_t outcome_count, outcome_size;
    shape *shapes;
    int64_t shape_count;
    bytes out, begin, scratch;
    answer ask;
    calendar calendar;
    uint64_t share, shares; /* only cases whose hash falls to it, of so many machines */
    int64_t *mine;          /* where its own events stand in a block */
    int64_t mine_size;
    int64_t failed; /* 1: an instant that cannot be written, or more text than a handle can name */
    cases *before; /* of each family, where a part may be taken back */
    int64_t rows_before;
    uint8_t *own, *written;
} machine;

void machine_keep(machine *m);
void machine_close(machine *m);

#endif
