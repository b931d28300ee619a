#ifndef GEMBA_STORAGE_FRAME_H
#define GEMBA_STORAGE_FRAME_H

#include "storage/column.h"

/* Rows kept as columns: so many of whole numbers, so many of doubles, and one of texts. */
struct frame_shape {
    int integers, doubles;
};
enum { FRAME_INTEGERS = 12, FRAME_DOUBLES = 8, FRAME_MOST = 1 << 20 };
struct frame {
    const struct frame_shape *shape;
    size_t count, room;
    int64_t *integers[FRAME_INTEGERS];
    double *doubles[FRAME_DOUBLES];
    struct texts texts;
};

/* Makes room for `more` rows after those that are there; they are not counted yet. */
void frame_grow(struct frame *frame, size_t more);
/* Adds a row of another frame of the same shape. */
void frame_copy(struct frame *to, const struct frame *from, size_t row);
const char *frame_text(const struct frame *frame, size_t row);
/* The last row becomes the first. */
void frame_reverse(struct frame *frame);
/* Forgets the rows and keeps the room. frame_free: an empty frame of that shape remains. */
void frame_clear(struct frame *frame);
void frame_free(struct frame *frame);

/* Columns in one piece of bytes: how many rows and columns, where each column ends, the columns, and a checksum over all of it and `seed`, which
 * says what they belong to. */
void blob_begin(struct bytes *out, size_t columns, size_t rows);
void blob_end_column(struct bytes *out, size_t column); /* what was put since the one before */
void blob_seal(struct bytes *out, uint64_t seed);

struct blob {
    const unsigned char *data;
    size_t size, columns, rows;
};
int blob_open(struct blob *blob, const void *data, size_t size, uint64_t seed); /* -1 when damaged */
struct column_reader blob_column(const struct blob *blob, size_t column);

#endif
