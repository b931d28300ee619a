/* Reading back points and measurements, in order of time. */
#include "storage/private.h"

#include <stdlib.h>
#include <string.h>

struct point_cursor {
    struct store *store;
    sqlite3_stmt *statement;
};

int point_cursor_open(struct point_cursor **out, struct store *store, int64_t characteristic, int64_t from_us, int64_t to_us, int64_t last,
                      struct error *err)
{
    *out = NULL;
    sqlite3_stmt *statement = last > 0 ? query_open(store, QUERY_POINTS_LAST, err, "iiii", characteristic, from_us, to_us, last)
                                       : query_open(store, QUERY_POINTS, err, "iii", characteristic, from_us, to_us);
    if (!statement)
        return -1;
    *out = memory_zero(1, sizeof **out);
    **out = (struct point_cursor){store, statement};
    return 0;
}

int point_cursor_next(struct point_cursor *cursor, struct point *p, struct error *err)
{
    int more = query_next(cursor->store, cursor->statement, err);
    if (more != 1)
        return more;
    char chart[32], rules[RULE_SET_WORDS];
    struct limit_line *l = &p->verdict.location, *d = &p->verdict.dispersion, *t = &p->verdict.within;
    double *plotted = p->verdict.plotted;
    memset(p, 0, sizeof *p);
    query_row(cursor->statement, "iiiwddbuuibbtttddddddddddddtddduddttt", &p->characteristic, &p->number, &p->time_us, &p->subgroup.n,
              &p->subgroup.location, &p->subgroup.dispersion, &p->subgroup.excluded, &p->verdict.location_rules, &p->verdict.dispersion_rules,
              &p->limits, &p->below, &p->above, p->serial, sizeof p->serial, chart, sizeof chart, rules, sizeof rules, &l->center, &l->lcl, &l->ucl,
              &l->sigma, &d->center, &d->lcl, &d->ucl, &d->sigma, &t->center, &t->lcl, &t->ucl, &t->sigma, p->settings, sizeof p->settings,
              &plotted[0], &plotted[1], &plotted[2], &p->verdict.within_rules, &p->subgroup.count, &p->subgroup.size, p->cause, sizeof p->cause,
              p->action, sizeof p->action, p->who, sizeof p->who);
    p->chart = spc_chart_find(chart);
    p->rules = rule_set_of(cursor->store, p->chart, rules);
    if (!p->settings[0]) { /* of old, when every chart showed its subgroups as they are */
        plotted[0] = p->subgroup.location;
        plotted[1] = p->subgroup.dispersion;
    }
    return 1;
}

void point_cursor_close(struct point_cursor *cursor)
{
    if (!cursor)
        return;
    sqlite3_finalize(cursor->statement);
    free(cursor);
}

struct measurement_cursor {
    struct store *store;
    sqlite3_stmt *statement;
};

static sqlite3_stmt *measurements(struct store *store, int64_t characteristic, int64_t from_us, int64_t to_us, int64_t last, struct error *err)
{
    if (characteristic)
        return last > 0 ? query_open(store, QUERY_MEASUREMENTS_LAST, err, "iiii", characteristic, from_us, to_us, last)
                        : query_open(store, QUERY_MEASUREMENTS, err, "iii", characteristic, from_us, to_us);
    return last > 0 ? query_open(store, QUERY_MEASUREMENTS_ALL_LAST, err, "iii", from_us, to_us, last)
                    : query_open(store, QUERY_MEASUREMENTS_ALL, err, "ii", from_us, to_us);
}

int measurement_cursor_open(struct measurement_cursor **out, struct store *store, int64_t characteristic, int64_t from_us, int64_t to_us,
                            int64_t last, struct error *err)
{
    *out = NULL;
    sqlite3_stmt *statement = measurements(store, characteristic, from_us, to_us, last, err);
    if (!statement)
        return -1;
    *out = memory_zero(1, sizeof **out);
    **out = (struct measurement_cursor){store, statement};
    return 0;
}

static void read_measurement(sqlite3_stmt *statement, struct measurement *m)
{
    query_row(statement, "iidutiiiw", &m->characteristic, &m->time_us, &m->value, &m->quality, m->serial, sizeof m->serial, &m->point, &m->sequence,
              &m->context, &m->attempt);
}

int measurement_cursor_next(struct measurement_cursor *cursor, struct measurement *measurement, struct error *err)
{
    int more = query_next(cursor->store, cursor->statement, err);
    if (more == 1)
        read_measurement(cursor->statement, measurement);
    return more;
}

void measurement_cursor_close(struct measurement_cursor *cursor)
{
    if (!cursor)
        return;
    sqlite3_finalize(cursor->statement);
    free(cursor);
}

int store_pending(struct store *store, int64_t characteristic, int64_t *last_point, struct measurement *pending, int room, int *count,
                  struct error *err)
{
    *last_point = 0;
    *count = 0;
    int64_t since_us = 0;
    sqlite3_stmt *statement = query_start(store, QUERY_POINT_NEWEST, err, "i", characteristic);
    if (!statement)
        return -1;
    int more = query_next(store, statement, err);
    if (more == 1)
        query_row(statement, "ii", last_point, &since_us);
    query_end(statement);
    if (more < 0 || !(statement = query_start(store, QUERY_PENDING, err, "iiiw", characteristic, since_us, *last_point, room)))
        return -1;
    while ((more = query_next(store, statement, err)) == 1)
        read_measurement(statement, &pending[(*count)++]);
    query_end(statement);
    return more;
}
