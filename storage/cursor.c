/* Reading back points and measurements, in order of time. */
#include "storage/series.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH = 256, BATCH_OF_MANY = 32 };

/* --- points */

struct point_cursor {
    struct store *store;
    sqlite3_stmt *hold;
    struct series series;
    int64_t first_cause, last_cause;
    struct exclusions exclusions;
    int64_t basis;                         /* that was read last */
    struct point like;                     /* what it says, */
    char names[STREAMS_MAX * STREAM_NAME]; /* ... of group the names of streams, a line each, and of z-mr the part */
};

static int read_span(struct point_cursor *cursor, int64_t characteristic, struct error *err)
{
    sqlite3_stmt *statement = query_start(cursor->store, QUERY_CAUSE_SPAN, err, "i", characteristic);
    int found = statement ? query_next(cursor->store, statement, err) : -1;
    if (found == 1)
        query_row(statement, "ii", &cursor->first_cause, &cursor->last_cause);
    if (statement)
        query_end(statement);
    return found == 1 ? exclusions_load(cursor->store, characteristic, 0, INT64_MAX, &cursor->exclusions, err) : -1;
}

int point_cursor_open(struct point_cursor **out, struct store *store, int64_t characteristic, int64_t from_us, int64_t to_us, int64_t last,
                      struct error *err)
{
    *out = NULL;
    struct point_cursor *cursor = memory_zero(1, sizeof *cursor);
    cursor->store = store;
    cursor->hold = series_hold(store, err);
    if (cursor->hold && !read_span(cursor, characteristic, err) &&
        !series_open(&cursor->series, &series_points, store, characteristic, from_us, to_us, last, BATCH, err)) {
        *out = cursor;
        return 0;
    }
    point_cursor_close(cursor);
    return -1;
}

/* What the point was judged by, into what all points of that basis share. */
static int read_basis(struct point_cursor *cursor, int64_t basis, struct error *err)
{
    if (basis == cursor->basis)
        return 0;
    sqlite3_stmt *statement = query_start(cursor->store, QUERY_BASIS, err, "i", basis);
    int found = statement ? query_next(cursor->store, statement, err) : -1;
    if (found == 1) {
        char chart[32], rules[RULE_SET_WORDS];
        struct point *p = &cursor->like;
        struct limit_line *l = &p->verdict.location, *d = &p->verdict.dispersion, *t = &p->verdict.within;
        query_row(statement, "ttddddddddddddtt", chart, sizeof chart, rules, sizeof rules, &l->center, &l->lcl, &l->ucl, &l->sigma, &d->center,
                  &d->lcl, &d->ucl, &d->sigma, &t->center, &t->lcl, &t->ucl, &t->sigma, p->settings, sizeof p->settings, cursor->names,
                  sizeof cursor->names);
        p->chart = spc_chart_find(chart);
        p->rules = rule_set_of(cursor->store, p->chart, rules);
        cursor->basis = basis;
    }
    if (statement)
        query_end(statement);
    return found == 0  ? error_set(err, ERR_CORRUPT, "the store %s is damaged: points name limit lines (%lld) that are not there; restore a backup",
                                   cursor->store->path, (long long)basis)
           : found < 0 ? -1
                       : 0;
}

/* Whose the values are that a group chart shows. */
static void name_streams(const char *names, struct point *p)
{
    for (int place = 0; place < 3; place++) {
        int left = streams_at(&p->subgroup, (enum stream_place)place, NULL);
        const char *name = left < 0 ? "" : names;
        for (; left > 0 && *name; left--) {
            name += strcspn(name, "\n");
            name += *name == '\n';
        }
        snprintf(p->streams[place], sizeof p->streams[place], "%.*s", (int)strcspn(name, "\n"), name);
    }
}

static int read_cause(struct point_cursor *cursor, struct point *p, struct error *err)
{
    if (p->number < cursor->first_cause || p->number > cursor->last_cause)
        return 0;
    sqlite3_stmt *statement = query_start(cursor->store, QUERY_CAUSE, err, "ii", p->characteristic, p->number);
    int found = statement ? query_next(cursor->store, statement, err) : -1;
    if (found == 1)
        query_row(statement, "ttt", p->cause, sizeof p->cause, p->action, sizeof p->action, p->who, sizeof p->who);
    if (statement)
        query_end(statement);
    return found < 0 ? -1 : 0;
}

int point_cursor_next(struct point_cursor *cursor, struct point *p, struct error *err)
{
    const struct frame *frame;
    size_t row;
    int more = series_next(&cursor->series, &frame, &row, err);
    if (more != 1)
        return more;
    int64_t const *const *column = (int64_t const *const *)frame->integers;
    double const *const *number = (double const *const *)frame->doubles;
    if (read_basis(cursor, column[POINT_BASIS][row], err))
        return -1;
    *p = cursor->like;
    p->characteristic = cursor->series.characteristic;
    p->number = column[POINT_NUMBER][row];
    p->time_us = column[POINT_TIME][row];
    p->subgroup = (struct subgroup){.n = (int)column[POINT_N][row],
                                    .location = number[POINT_LOCATION][row],
                                    .dispersion = number[POINT_DISPERSION][row],
                                    .excluded = column[POINT_EXCLUDED][row] != 0,
                                    .count = number[POINT_COUNT][row],
                                    .size = number[POINT_SIZE][row]};
    exclusions_apply(&cursor->exclusions, p->number, &p->subgroup.excluded);
    p->verdict.location_rules = (uint32_t)column[POINT_LOCATION_RULES][row];
    p->verdict.dispersion_rules = (uint32_t)column[POINT_DISPERSION_RULES][row];
    p->verdict.within_rules = (uint32_t)column[POINT_THIRD_RULES][row];
    for (int i = 0; i < 3; i++)
        p->verdict.plotted[i] = number[POINT_PLOTTED + i][row];
    if (!p->settings[0]) { /* of old, when every chart showed its subgroups as they are */
        p->verdict.plotted[0] = p->subgroup.location;
        p->verdict.plotted[1] = p->subgroup.dispersion;
    }
    if (cursor->names[0] && !(p->chart && chart_has_streams(p->chart)))
        snprintf(p->part, sizeof p->part, "%.*s", (int)sizeof p->part - 1, cursor->names);
    else if (cursor->names[0]) {
        p->subgroup.high = p->verdict.plotted[0];
        p->subgroup.low = p->verdict.plotted[1];
        p->subgroup.streams = (int)p->subgroup.size;
        name_streams(cursor->names, p);
    }
    p->limits = column[POINT_LIMITS][row];
    p->below = column[POINT_BELOW][row] != 0;
    p->above = column[POINT_ABOVE][row] != 0;
    strncpy(p->serial, frame_text(frame, row), sizeof p->serial - 1);
    return read_cause(cursor, p, err) ? -1 : 1;
}

void point_cursor_close(struct point_cursor *cursor)
{
    if (!cursor)
        return;
    series_close(&cursor->series);
    exclusions_free(&cursor->exclusions);
    sqlite3_finalize(cursor->hold);
    free(cursor);
}

/* --- measurements */

/* A characteristic's series and the measurement it stands on. */
struct head {
    struct series series;
    const struct frame *frame;
    size_t row;
    int64_t time_us;
};

struct measurement_cursor {
    struct store *store;
    sqlite3_stmt *hold;
    struct head *heads;
    size_t n_heads, room;
    struct head **heap; /* those that stand on something, the earliest first */
    size_t n_heap;
    bool stale; /* the first was given out: it must step on */
    int64_t skip;
};

static bool comes_before(const struct head *a, const struct head *b)
{
    return a->time_us != b->time_us ? a->time_us < b->time_us : a->series.characteristic < b->series.characteristic;
}

static void sink(struct measurement_cursor *cursor, size_t i)
{
    for (;;) {
        size_t least = i;
        for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < cursor->n_heap; child++)
            if (comes_before(cursor->heap[child], cursor->heap[least]))
                least = child;
        if (least == i)
            return;
        struct head *head = cursor->heap[i];
        cursor->heap[i] = cursor->heap[least];
        cursor->heap[least] = head;
        i = least;
    }
}

/* Steps the first of the heap; one at its end leaves it. A damaged chunk leaves it where it is, to be stepped again. */
static int step_first(struct measurement_cursor *cursor, struct error *err)
{
    struct head *head = cursor->heap[0];
    int more = series_next(&head->series, &head->frame, &head->row, err);
    if (more < 0)
        return -1;
    if (more == 1)
        head->time_us = head->frame->integers[VALUE_TIME][head->row];
    else
        cursor->heap[0] = cursor->heap[--cursor->n_heap];
    sink(cursor, 0);
    return 0;
}

static int add_head(struct measurement_cursor *cursor, int64_t characteristic, int64_t from_us, int64_t to_us, int64_t last, size_t batch,
                    struct error *err)
{
    memory_grow((void **)&cursor->heads, &cursor->room, cursor->n_heads, sizeof *cursor->heads);
    struct head *head = &cursor->heads[cursor->n_heads++];
    head->time_us = INT64_MIN; /* not begun: it comes first, and steps */
    head->frame = NULL;
    return series_open(&head->series, &series_values, cursor->store, characteristic, from_us, to_us, last, batch, err);
}

static int add_all(struct measurement_cursor *cursor, int64_t from_us, int64_t to_us, int64_t last, struct error *err)
{
    sqlite3_stmt *all = query_open(cursor->store, QUERY_CHARACTERISTICS, err, "");
    int more = all ? 0 : -1;
    while (all && (more = query_next(cursor->store, all, err)) == 1)
        if (add_head(cursor, sqlite3_column_int64(all, 0), from_us, to_us, last, BATCH_OF_MANY, err)) {
            more = -1;
            break;
        }
    sqlite3_finalize(all);
    return more;
}

/* Of the newest `last` of each only the newest of all are wanted: how many come before them. */
static int64_t count_before(const struct measurement_cursor *cursor, int64_t last)
{
    int64_t count = 0;
    for (size_t i = 0; i < cursor->n_heads; i++)
        count += cursor->heads[i].series.expected;
    return last > 0 && count > last ? count - last : 0;
}

int measurement_cursor_open(struct measurement_cursor **out, struct store *store, int64_t characteristic, int64_t from_us, int64_t to_us,
                            int64_t last, struct error *err)
{
    *out = NULL;
    struct measurement_cursor *cursor = memory_zero(1, sizeof *cursor);
    cursor->store = store;
    cursor->hold = series_hold(store, err);
    if (!cursor->hold ||
        (characteristic ? add_head(cursor, characteristic, from_us, to_us, last, BATCH, err) : add_all(cursor, from_us, to_us, last, err))) {
        measurement_cursor_close(cursor);
        return -1;
    }
    cursor->skip = count_before(cursor, last);
    cursor->heap = memory_zero(cursor->n_heads + 1, sizeof(struct head *));
    for (size_t i = 0; i < cursor->n_heads; i++)
        cursor->heap[cursor->n_heap++] = &cursor->heads[i];
    *out = cursor;
    return 0;
}

int measurement_cursor_next(struct measurement_cursor *cursor, struct measurement *measurement, struct error *err)
{
    for (;;) {
        if (cursor->n_heap == 0)
            return 0;
        struct head *first = cursor->heap[0];
        if (cursor->stale || !first->frame) {
            cursor->stale = false;
            if (step_first(cursor, err)) {
                cursor->stale = true;
                return -1;
            }
            continue;
        }
        cursor->stale = true;
        if (cursor->skip > 0) {
            cursor->skip--;
            continue;
        }
        chunk_measurement(first->frame, first->row, first->series.characteristic, measurement);
        return 1;
    }
}

void measurement_cursor_close(struct measurement_cursor *cursor)
{
    if (!cursor)
        return;
    for (size_t i = 0; i < cursor->n_heads; i++)
        series_close(&cursor->heads[i].series);
    sqlite3_finalize(cursor->hold);
    free(cursor->heads);
    free(cursor->heap);
    free(cursor);
}

/* --- what a restarted collector goes on from */

int newest_point(struct store *store, int64_t characteristic, int64_t *number, int64_t *time_us, struct error *err)
{
    int64_t packed_us = 0, packed = 0;
    *number = *time_us = 0;
    sqlite3_stmt *statement = query_start(store, QUERY_POINT_NEWEST, err, "i", characteristic);
    int found = statement ? query_next(store, statement, err) : -1;
    if (found == 1)
        query_row(statement, "ii", number, time_us);
    if (statement)
        query_end(statement);
    if (found < 0 || !(statement = query_start(store, QUERY_CHUNK_HORIZON, err, "i", characteristic)))
        return -1;
    found = query_next(store, statement, err);
    if (found == 1)
        query_row(statement, "ii", &packed_us, &packed);
    query_end(statement);
    if (packed > *number) {
        *number = packed;
        *time_us = packed_us;
    }
    return found < 0 ? -1 : 0;
}

int store_pending(struct store *store, int64_t characteristic, int64_t *last_point, struct measurement *pending, int room, int *count,
                  struct error *err)
{
    *count = 0;
    int64_t since_us;
    if (newest_point(store, characteristic, last_point, &since_us, err))
        return -1;
    sqlite3_stmt *statement = query_start(store, QUERY_PENDING, err, "iiiw", characteristic, since_us, *last_point, room);
    int more = statement ? 0 : -1;
    while (statement && (more = query_next(store, statement, err)) == 1) {
        struct measurement *m = &pending[(*count)++];
        query_row(statement, "iidutiiiw", &m->characteristic, &m->time_us, &m->value, &m->quality, m->serial, sizeof m->serial, &m->point,
                  &m->sequence, &m->context, &m->attempt);
    }
    if (statement)
        query_end(statement);
    return more;
}
