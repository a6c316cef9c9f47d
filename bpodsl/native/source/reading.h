/* How a line, or a row of columns, looks that may be taken: what was learned from those that were read strictly. */
#ifndef READING_H
#define READING_H

#include "bpodsl.h"

enum { ID, TIME, FILLED, SHORT, ONE_OF, ANY, WHOLE, TRUTH };

#define SHORT_LIMIT 500

typedef struct {
    text before; /* the bytes ahead of the value, with its quotation mark where it has one */
    int32_t type, slot;
    int32_t words;
    text *word;
    int32_t optional; /* it may be empty, or nothing in a column, and is `otherwise` then */
    text otherwise;
    int32_t column; /* where it stands in columns; lines are read as they come */
} part;

typedef struct {
    int32_t family, kind, keys, parts, given;
    part *part;
    text end;
    int32_t *slot; /* of fields that no line gives: where, and what they are then */
    text *value;
} form;

typedef struct {
    int64_t count, width, tells;
    form *forms;
    uint8_t *own;
    /* So many parts two forms share from their first on. */
    int32_t *shared;
    int64_t first, end; /* instants lie between these */
    int64_t separator;  /* of cells; 0: the lines are JSON */
    /* 1: letters that stand in a text as they are; 2: and in a ref, too. */
    uint8_t plain[256];
} forms;

int64_t instant(const uint8_t *at, int64_t size);
int rising(text one, text other);
void by_time(block *of);

#endif
