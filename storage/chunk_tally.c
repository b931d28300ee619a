/* The figures of frames of measurements and points. */
#include "storage/chunk.h"

#include <math.h>
#include <stdlib.h>

/* --- exclusions */

int exclusions_load(struct store *store, int64_t characteristic, int64_t first_point, int64_t last_point, struct exclusions *exclusions,
                    struct error *err)
{
    *exclusions = (struct exclusions){0};
    sqlite3_stmt *statement = query_start(store, QUERY_EXCLUSIONS, err, "iii", characteristic, first_point, last_point);
    if (!statement)
        return -1;
    size_t room = 0;
    int more;
    while ((more = query_next(store, statement, err)) == 1) {
        struct point_word next;
        query_row(statement, "ibi", &next.point, &next.excluded, &next.id);
        exclusions->newest = next.id > exclusions->newest ? next.id : exclusions->newest;
        if (!exclusions->count || exclusions->items[exclusions->count - 1].point != next.point) {
            memory_grow((void **)&exclusions->items, &room, exclusions->count, sizeof next);
            exclusions->count++;
        }
        exclusions->items[exclusions->count - 1] = next;
    }
    query_end(statement);
    if (more < 0)
        exclusions_free(exclusions);
    return more;
}

void exclusions_free(struct exclusions *exclusions)
{
    free(exclusions->items);
    *exclusions = (struct exclusions){0};
}

static int compare_exclusion(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = ((const struct point_word *)b)->point;
    return (x > y) - (x < y);
}

void exclusions_apply(const struct exclusions *exclusions, int64_t point, bool *excluded)
{
    const struct point_word *said =
        exclusions->count ? bsearch(&point, exclusions->items, exclusions->count, sizeof *exclusions->items, compare_exclusion) : NULL;
    if (said)
        *excluded = said->excluded;
}

/* --- sums */

static int compare_points(const void *a, const void *b)
{
    int64_t x = ((const struct tally_point *)a)->number, y = ((const struct tally_point *)b)->number;
    return (x > y) - (x < y);
}

/* Whether a point was judged by limits: its basis has a centre. */
static int is_judged(struct store *store, int64_t basis, bool *judged, struct error *err)
{
    int64_t has_center = 0;
    int found = query_integer(store, QUERY_BASIS_HAS_CENTER, &has_center, err, "i", basis);
    *judged = has_center != 0;
    return found < 0 ? -1 : 0;
}

static int add_points(struct store *store, const struct frame *points, int64_t from_us, int64_t to_us, const struct exclusions *exclusions,
                      struct tally_run *run, struct tally_point *known, size_t *count, struct error *err)
{
    int64_t const *const *column = (int64_t const *const *)points->integers;
    int64_t basis = 0;
    bool judged = false, sorted = true;
    *count = 0;
    for (size_t i = 0; i < points->count; i++) {
        if (column[POINT_TIME][i] < from_us || column[POINT_TIME][i] >= to_us)
            continue;
        if (column[POINT_BASIS][i] != basis && is_judged(store, basis = column[POINT_BASIS][i], &judged, err))
            return -1;
        struct tally_point *point = &known[(*count)++];
        *point = (struct tally_point){
            .number = column[POINT_NUMBER][i],
            .n = (int)column[POINT_N][i],
            .excluded = column[POINT_EXCLUDED][i] != 0,
            .gap = isnan(points->doubles[POINT_DISPERSION][i]),
            .signal = (column[POINT_LOCATION_RULES][i] | column[POINT_DISPERSION_RULES][i] | column[POINT_THIRD_RULES][i]) != 0,
            .violation = column[POINT_BELOW][i] || column[POINT_ABOVE][i],
            .judged = judged,
        };
        exclusions_apply(exclusions, point->number, &point->excluded);
        tally_add_point(run, point);
        sorted = sorted && (*count == 1 || point[-1].number < point->number);
    }
    if (!sorted)
        qsort(known, *count, sizeof *known, compare_points);
    return 0;
}

int chunk_tally(struct store *store, const struct frame *values, const struct frame *points, int64_t from_us, int64_t to_us,
                const struct exclusions *exclusions, struct tally_run *run, struct error *err)
{
    struct tally_point *known = memory_zero(points->count + 1, sizeof *known);
    size_t count, at = 0;
    if (add_points(store, points, from_us, to_us, exclusions, run, known, &count, err)) {
        free(known);
        return -1;
    }
    for (size_t i = 0; i < values->count; i++) {
        int64_t time_us = values->integers[VALUE_TIME][i], number = values->integers[VALUE_POINT][i];
        if (time_us < from_us || time_us >= to_us)
            continue;
        while (at < count && known[at].number < number)
            at++;
        const struct tally_point *point = at < count && known[at].number == number ? &known[at] : NULL;
        if (!point && number && count) /* an earlier one again, or one of another piece */
            point = bsearch(&(struct tally_point){.number = number}, known, count, sizeof *known, compare_points);
        tally_add_value(run, values->doubles[0][i], (enum quality)values->integers[VALUE_QUALITY][i], number, point);
    }
    free(known);
    return 0;
}
