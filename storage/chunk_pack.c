/* Frames of measurements and points <-> the bytes of a chunk. */
#include "storage/chunk_pack.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const struct frame_shape value_shape = {VALUE_INTEGERS, 1}, point_shape = {POINT_INTEGERS, POINT_DOUBLES};

/* What a column is compared with. */
struct likeness {
    int64_t *integers;
    double *doubles;
    struct texts texts;
};

static bool ascending(const int64_t *numbers, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (numbers[i] <= numbers[i - 1])
            return false;
    return true;
}

/* For each value what its point has: time, location, serial. Those of no point get none of it. */
static void like_points(struct likeness *like, const int64_t *numbers, size_t n, const struct frame *points)
{
    const int64_t *known = points->integers[POINT_NUMBER];
    *like = (struct likeness){.integers = memory_zero(n + 1, sizeof(int64_t)),
                              .doubles = memory_zero(n + 1, sizeof(double)),
                              .texts.at = memory_zero(n + 1, sizeof(uint32_t))};
    for (size_t i = 0, at = 0; i < n; i++) {
        while (at < points->count && known[at] < numbers[i])
            at++;
        if (at > 0 && numbers[i] <= known[at - 1]) /* an earlier one again */
            for (at = 0; at < points->count && known[at] < numbers[i];)
                at++;
        bool found = at < points->count && known[at] == numbers[i];
        like->integers[i] = found ? points->integers[POINT_TIME][at] : 0;
        like->doubles[i] = found ? points->doubles[POINT_LOCATION][at] : (double)NAN;
        texts_set(&like->texts, i, found ? frame_text(points, at) : "");
    }
}

static void like_free(struct likeness *like)
{
    free(like->integers);
    free(like->doubles);
    free(like->texts.at);
    free(like->texts.heap);
}

void chunk_pack_values(struct bytes *out, const struct frame *values, const struct frame *points, uint64_t seed)
{
    size_t n = values->count, column = 0;
    struct likeness like = {0};
    bool comparable = points->count > 0 && ascending(points->integers[POINT_NUMBER], points->count);
    if (comparable)
        like_points(&like, values->integers[VALUE_POINT], n, points);
    blob_begin(out, VALUE_INTEGERS + 2, n);
    for (int i = 0; i < VALUE_INTEGERS; i++) {
        column_put_integers(out, values->integers[i], i == VALUE_TIME && comparable ? like.integers : NULL, n);
        blob_end_column(out, column++);
    }
    column_put_doubles(out, values->doubles[0], comparable ? like.doubles : NULL, n);
    blob_end_column(out, column++);
    column_put_texts(out, &values->texts, comparable ? &like.texts : NULL, n);
    blob_end_column(out, column);
    blob_seal(out, seed);
    like_free(&like);
}

int chunk_values_need_points(const struct blob *blob)
{
    const size_t columns[] = {VALUE_TIME, VALUE_INTEGERS, VALUE_INTEGERS + 1};
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        struct column_reader in = blob_column(blob, columns[i]);
        if (column_needs_like(&in))
            return 1;
    }
    return 0;
}

int chunk_unpack_values(const struct blob *blob, const struct frame *points, struct frame *values)
{
    size_t n = blob->rows;
    struct likeness like = {0};
    if (blob->columns != VALUE_INTEGERS + 2)
        return -1;
    frame_grow(values, n);
    int failed = 0;
    for (int i = VALUE_INTEGERS - 1; i >= 0 && !failed; i--) { /* points' numbers before times */
        struct column_reader in = blob_column(blob, (size_t)i);
        if (i == VALUE_TIME && points)
            like_points(&like, values->integers[VALUE_POINT], n, points);
        failed = column_get_integers(&in, i == VALUE_TIME ? like.integers : NULL, values->integers[i], n);
    }
    struct column_reader doubles = blob_column(blob, VALUE_INTEGERS), texts = blob_column(blob, VALUE_INTEGERS + 1);
    failed = failed || column_get_doubles(&doubles, like.doubles, values->doubles[0], n) ||
             column_get_texts(&texts, points ? &like.texts : NULL, &values->texts, n);
    like_free(&like);
    if (!failed)
        values->count = n;
    return failed ? -1 : 0;
}

/* The moving ranges that the locations would give. */
static void steps_of(const double *locations, double *steps, size_t n)
{
    for (size_t i = 0; i < n; i++)
        steps[i] = i ? fabs(locations[i] - locations[i - 1]) : (double)NAN;
}

/* What a column of points is compared with: of dispersion the steps, of plotted what is plotted. */
static const double *like_of(const struct frame *points, int column, const double *steps)
{
    if (column == POINT_DISPERSION)
        return steps;
    return column == POINT_PLOTTED || column == POINT_PLOTTED + 1 ? points->doubles[POINT_LOCATION + column - POINT_PLOTTED] : NULL;
}

void chunk_pack_points(struct bytes *out, const struct frame *points, uint64_t seed)
{
    size_t n = points->count, column = 0;
    double *steps = memory_zero(n + 1, sizeof *steps);
    steps_of(points->doubles[POINT_LOCATION], steps, n);
    blob_begin(out, POINT_INTEGERS + POINT_DOUBLES + 1, n);
    for (int i = 0; i < POINT_INTEGERS; i++) {
        column_put_integers(out, points->integers[i], NULL, n);
        blob_end_column(out, column++);
    }
    for (int i = 0; i < POINT_DOUBLES; i++) {
        column_put_doubles(out, points->doubles[i], like_of(points, i, steps), n);
        blob_end_column(out, column++);
    }
    column_put_texts(out, &points->texts, NULL, n);
    blob_end_column(out, column);
    blob_seal(out, seed);
    free(steps);
}

int chunk_unpack_points(const struct blob *blob, struct frame *points)
{
    size_t n = blob->rows;
    if (blob->columns != POINT_INTEGERS + POINT_DOUBLES + 1)
        return -1;
    frame_grow(points, n);
    double *steps = memory_zero(n + 1, sizeof *steps);
    int failed = 0;
    for (int i = 0; i < POINT_INTEGERS && !failed; i++) {
        struct column_reader in = blob_column(blob, (size_t)i);
        failed = column_get_integers(&in, NULL, points->integers[i], n);
    }
    for (int i = 0; i < POINT_DOUBLES && !failed; i++) {
        struct column_reader in = blob_column(blob, (size_t)(POINT_INTEGERS + i));
        failed = column_get_doubles(&in, like_of(points, i, steps), points->doubles[i], n);
        if (i == POINT_LOCATION && !failed)
            steps_of(points->doubles[i], steps, n);
    }
    struct column_reader texts = blob_column(blob, POINT_INTEGERS + POINT_DOUBLES);
    failed = failed || column_get_texts(&texts, NULL, &points->texts, n);
    free(steps);
    if (!failed)
        points->count = n;
    return failed ? -1 : 0;
}
