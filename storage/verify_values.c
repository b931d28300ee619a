/* Checks that read what was recorded: polls, points against their values, standings against theirs. */
#include "storage/chunk.h"
#include "storage/verify_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Rounding differs with the order of the sums, never by more. */
bool verify_agree(double a, double b, double scale)
{
    return a == b || (isnan(a) && isnan(b)) || fabs(a - b) <= 1e-9 * fmax(scale, fmax(fabs(a), fabs(b)));
}

/* --- polls */

static int check_poll(struct verify *verify, sqlite3_stmt *statement, struct reading **readings)
{
    int64_t row = sqlite3_column_int64(statement, 0), time_us = sqlite3_column_int64(statement, 2);
    const char *instrument = (const char *)sqlite3_column_text(statement, 1);
    struct error why;
    const struct layout *layout = layout_get(verify->store, sqlite3_column_int64(statement, 3), &why);
    if (!layout && why.code != ERR_CORRUPT)
        return -1;
    if (!layout) {
        verify_find(verify, "journal", instrument, time_us, row, "its layout is missing or damaged: what its bytes mean is lost");
        return 0;
    }
    *readings = memory_resize(*readings, layout->count + 1, sizeof **readings);
    const void *data = sqlite3_column_blob(statement, 4);
    size_t size = (size_t)sqlite3_column_bytes(statement, 4);
    if (!data || pack_unpack(layout->codes, layout->count, data, size, *readings))
        verify_find(verify, "journal", instrument, time_us, row, "its %zu bytes are not the %zu values of its layout", size, layout->count);
    return 0;
}

int verify_journal(struct verify *verify, struct error *err)
{
    sqlite3_stmt *statement = query_open(verify->store, QUERY_JOURNAL_ALL, err, "");
    if (!statement)
        return -1;
    struct reading *readings = NULL;
    int more;
    while ((more = query_next(verify->store, statement, err)) == 1) {
        check_poll(verify, statement, &readings);
        verify_step(verify);
    }
    free(readings);
    sqlite3_finalize(statement);
    return more;
}

/* --- every characteristic that the store knows */

int verify_each_series(struct verify *verify, int (*check)(struct verify *verify, const struct verify_series *series, struct error *err),
                       struct error *err)
{
    sqlite3_stmt *statement = query_open(verify->store, QUERY_CHARACTERISTICS, err, "");
    if (!statement)
        return -1;
    int more;
    struct verify_series series;
    while ((more = query_next(verify->store, statement, err)) == 1) {
        query_row(statement, "iti", &series.id, series.name, sizeof series.name, &series.dropped_us);
        struct error why = {0};
        if (!check(verify, &series, &why))
            continue;
        if (why.code != ERR_CORRUPT) {
            if (err)
                *err = why;
            more = -1;
            break;
        }
        verify_find(verify, "", series.name, 0, 0, "%s", why.text); /* the others can be read */
    }
    sqlite3_finalize(statement);
    return more;
}

/* --- points against their values */

/* Points that are held at once with their values; a longer history is gone through in pieces. */
enum { PIECE_POINTS = 1 << 20, PIECE_VALUES = 4 << 20 };

struct held {
    int64_t number, time_us;
    const struct spc_chart *chart;
    double location;
    size_t first; /* place of its values */
    int n, seen;
    bool streams;
    bool counts; /* of events: its location is no statistic of its values */
};
struct piece {
    struct held *points; /* in order of number */
    size_t n_points, room, n_values;
    double *values;
    int64_t first, last, newest; /* numbers; newest: of all the characteristic's points */
};

static int by_number(const void *a, const void *b)
{
    int64_t x = ((const struct held *)a)->number, y = ((const struct held *)b)->number;
    return (x > y) - (x < y);
}

/* The points numbered from piece->first on, as many as are held at once. */
static int read_points(struct verify *verify, const struct verify_series *series, struct piece *piece, struct error *err)
{
    struct point_cursor *cursor;
    struct point point;
    int more;
    piece->n_points = piece->n_values = 0;
    piece->newest = 0;
    piece->last = piece->first + PIECE_POINTS - 1;
    if (point_cursor_open(&cursor, verify->store, series->id, 0, INT64_MAX, 0, err))
        return -1;
    while ((more = point_cursor_next(cursor, &point, err)) == 1) {
        piece->newest = point.number > piece->newest ? point.number : piece->newest;
        if (point.number < piece->first || point.number > piece->last)
            continue;
        memory_grow((void **)&piece->points, &piece->room, piece->n_points, sizeof *piece->points);
        bool counts = !point.chart || !point.chart->summarise || point.subgroup.n < 1 || point.subgroup.n > CONSTANTS_MAX;
        bool streams = !counts && chart_has_streams(point.chart);
        piece->points[piece->n_points++] = (struct held){.number = point.number,
                                                         .time_us = point.time_us,
                                                         .chart = point.chart,
                                                         .location = point.subgroup.location,
                                                         .n = point.subgroup.n * (streams ? point.subgroup.streams : 1),
                                                         .streams = streams,
                                                         .counts = counts};
    }
    point_cursor_close(cursor);
    if (piece->n_points)
        qsort(piece->points, piece->n_points, sizeof *piece->points, by_number);
    for (size_t i = 0; i < piece->n_points; i++) {
        if (piece->n_values >= PIECE_VALUES) {
            piece->last = piece->points[i - 1].number;
            piece->n_points = i;
            break;
        }
        piece->points[i].first = piece->n_values;
        piece->n_values += piece->points[i].counts ? 0 : (size_t)piece->points[i].n;
    }
    return more;
}

static void take_value(struct verify *verify, const struct verify_series *series, struct piece *piece, const struct measurement *m)
{
    struct held key = {.number = m->point}, *held;
    if (m->point < piece->first || m->point > piece->last || m->attempt)
        return;
    held = piece->n_points ? bsearch(&key, piece->points, piece->n_points, sizeof key, by_number) : NULL;
    if (!held && m->point <= piece->newest)
        verify_find(verify, "measurement", series->name, m->time_us, m->sequence, "it belongs to point %lld, which is not there",
                    (long long)m->point);
    if (!held)
        return;
    if (!held->counts && held->seen < held->n)
        piece->values[held->first + (size_t)held->seen] = m->value;
    held->seen++;
}

static void check_point(struct verify *verify, const struct verify_series *series, const struct piece *piece, const struct held *held)
{
    verify_step(verify);
    bool dropped = held->seen < held->n && held->time_us < series->dropped_us;
    if (held->counts || dropped || (held->streams && held->seen > held->n)) /* of streams that brought too little, and did not count */
        return;
    if (held->seen != held->n) {
        verify_find(verify, "point", series->name, held->time_us, held->number, "point %lld was made of %d value%s, %d %s there",
                    (long long)held->number, held->n, held->n == 1 ? "" : "s", held->seen, held->seen == 1 ? "is" : "are");
        return;
    }
    double location = held->chart->summarise(&piece->values[held->first], held->n, NULL).location;
    if (!verify_agree(location, held->location, 0))
        verify_find(verify, "point", series->name, held->time_us, held->number, "point %lld stands at %.17g, its values make %.17g",
                    (long long)held->number, held->location, location);
}

static int check_piece(struct verify *verify, const struct verify_series *series, struct piece *piece, struct error *err)
{
    struct measurement_cursor *cursor;
    struct measurement measurement;
    int more;
    piece->values = memory_resize(piece->values, piece->n_values + 1, sizeof *piece->values);
    if (measurement_cursor_open(&cursor, verify->store, series->id, 0, INT64_MAX, 0, err))
        return -1;
    while ((more = measurement_cursor_next(cursor, &measurement, err)) == 1)
        take_value(verify, series, piece, &measurement);
    measurement_cursor_close(cursor);
    for (size_t i = 0; i < piece->n_points && more == 0; i++)
        check_point(verify, series, piece, &piece->points[i]);
    return more;
}

static int check_points(struct verify *verify, const struct verify_series *series, struct error *err)
{
    struct piece piece = {.first = 1};
    int failed = 0;
    do {
        failed = read_points(verify, series, &piece, err) || check_piece(verify, series, &piece, err);
        piece.first = piece.last + 1;
    } while (!failed && piece.first <= piece.newest);
    free(piece.points);
    free(piece.values);
    return failed ? -1 : 0;
}

int verify_points(struct verify *verify, struct error *err)
{
    return verify_each_series(verify, check_points, err);
}

/* --- standings against their values */

static int sum_values(struct verify *verify, const struct verify_series *series, const struct exclusions *exclusions, struct moments *moments,
                      struct error *err)
{
    struct measurement_cursor *cursor;
    struct measurement m;
    int more;
    if (measurement_cursor_open(&cursor, verify->store, series->id, 0, INT64_MAX, 0, err))
        return -1;
    while ((more = measurement_cursor_next(cursor, &m, err)) == 1) {
        bool excluded = false;
        exclusions_apply(exclusions, m.point, &excluded);
        if (quality_is_good(m.quality) && m.point && !excluded)
            moments_add(moments, m.value);
        verify_step(verify);
    }
    measurement_cursor_close(cursor);
    return more;
}

static void compare(struct verify *verify, const struct verify_series *series, const char *what, double standing, double values, double scale)
{
    if (!verify_agree(standing, values, scale))
        verify_find(verify, "standing", series->name, 0, series->id, "its %s is %.17g, its values make %.17g", what, standing, values);
}

static void compare_standing(struct verify *verify, const struct verify_series *series, const struct standing *standing, const struct moments *values)
{
    const struct moments *m = &standing->moments;
    if (m->n != values->n) {
        verify_find(verify, "standing", series->name, standing->time_us, series->id, "it counts %lld good values, %lld are there", (long long)m->n,
                    (long long)values->n);
        return;
    }
    if (values->n == 0)
        return;
    double sd = moments_sd(values);
    compare(verify, series, "mean", m->mean, values->mean, sd);
    compare(verify, series, "sum of squares", m->m2, values->m2, (double)values->n * values->mean * values->mean * 1e-3);
    compare(verify, series, "smallest value", m->min, values->min, 0);
    compare(verify, series, "largest value", m->max, values->max, 0);
}

/* What people said about points since the collector added its figures up is no fault. */
static int check_standing(struct verify *verify, const struct verify_series *series, struct error *err)
{
    struct standing standing = {.characteristic = series->id};
    struct exclusions exclusions = {0};
    struct moments values = {0};
    struct error why;
    if (store_standing(verify->store, series->id, &standing, &why) && why.code != ERR_NOT_FOUND) {
        if (err)
            *err = why;
        return -1;
    }
    int failed = exclusions_load(verify->store, series->id, 0, INT64_MAX, &exclusions, err) || sum_values(verify, series, &exclusions, &values, err);
    if (!failed && !series->dropped_us && exclusions.newest == standing.exclusion)
        compare_standing(verify, series, &standing, &values);
    exclusions_free(&exclusions);
    return failed ? -1 : 0;
}

int verify_standings(struct verify *verify, struct error *err)
{
    return verify_each_series(verify, check_standing, err);
}
