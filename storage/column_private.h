#ifndef GEMBA_STORAGE_COLUMN_PRIVATE_H
#define GEMBA_STORAGE_COLUMN_PRIVATE_H

#include "storage/column.h"

/* What the files of the column codec share. */

void column_put_byte(struct bytes *out, int byte);
int column_get_byte(struct column_reader *in); /* -1 at the end */

/* Differences may wrap around; adding them up again wraps back. */
static inline int64_t less(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a - (uint64_t)b);
}

static inline int64_t plus(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a + (uint64_t)b);
}

/* Where a column differs from the one that it is compared with. */
struct differences {
    int64_t *places; /* freed by the caller */
    size_t count;
};
/* True when few enough of n differ for it to be worth it. */
bool differences_find(struct differences *differences, size_t n, bool (*same)(const void *a, const void *b, size_t i), const void *a, const void *b);
void differences_put(struct bytes *out, const struct differences *differences);
/* 1 and the places, 0 when the column is not kept so, -1. */
int differences_get(struct column_reader *in, bool has_like, size_t n, struct differences *differences);

#endif
