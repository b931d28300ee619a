#include "acquisition/judge_private.h"
#include "acquisition/recall.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is read back, oldest first. */
struct history {
    struct point *points;
    size_t n_points, room;
    int64_t *gaps; /* times of bad measurements */
    size_t n_gaps, gaps_room;
};

static void refill(const struct judge *judge, struct history *history, int64_t number, const double *values, int n)
{
    size_t place = number && history->n_points ? (size_t)(number - history->points[0].number) : history->n_points;
    if (n == 0 || place >= history->n_points || history->points[place].number != number || history->points[place].subgroup.n != n)
        return;
    struct subgroup *to = &history->points[place].subgroup, from = judge->characteristic->chart->summarise(values, n, NULL);
    to->mean = from.mean;
    to->range = from.range;
    to->ss = from.ss;
}

/* What points do not keep, mean, range and squares of their values, from the values themselves. */
static int read_values(const struct judge *judge, struct store *store, struct history *history, struct error *err)
{
    double values[CONSTANTS_MAX];
    struct measurement_cursor *cursor;
    struct measurement m;
    int64_t number = 0, all = 0, read;
    int n = 0, more;
    if (!history->n_points)
        return 0;
    for (size_t i = 0; i < history->n_points; i++)
        all += history->points[i].subgroup.n;
    read = all + CONSTANTS_MAX; /* and those that wait for their subgroup */
    if (measurement_cursor_open(&cursor, store, judge->characteristic->id, 0, INT64_MAX, read, err))
        return -1;
    while ((more = measurement_cursor_next(cursor, &m, err)) == 1) {
        if (!m.point || m.attempt || !quality_is_good(m.quality))
            continue;
        if (m.point != number) {
            refill(judge, history, number, values, n);
            number = m.point;
            n = 0;
        }
        if (n < CONSTANTS_MAX)
            values[n++] = m.value;
    }
    refill(judge, history, number, values, n);
    measurement_cursor_close(cursor);
    return more;
}

static int read_points(struct judge *judge, struct store *store, int64_t last, struct history *history, struct error *err)
{
    struct point_cursor *cursor;
    if (point_cursor_open(&cursor, store, judge->characteristic->id, 0, INT64_MAX, last, err))
        return -1;
    struct point point;
    int more;
    while ((more = point_cursor_next(cursor, &point, err)) == 1) {
        memory_grow((void **)&history->points, &history->room, history->n_points, sizeof *history->points);
        point.subgroup.mean = point.subgroup.location;
        point.subgroup.range = NAN;
        history->points[history->n_points++] = point;
    }
    point_cursor_close(cursor);
    return more < 0 || judge->characteristic->subgroup == 1 ? more : read_values(judge, store, history, err);
}

static int read_gaps(struct judge *judge, struct store *store, struct history *history, struct error *err)
{
    struct measurement_cursor *cursor;
    if (!history->n_points)
        return 0;
    if (measurement_cursor_open(&cursor, store, judge->characteristic->id, history->points[0].time_us, INT64_MAX, 0, err))
        return -1;
    struct measurement measurement;
    int more;
    while ((more = measurement_cursor_next(cursor, &measurement, err)) == 1) {
        if (!quality_is_bad(measurement.quality))
            continue;
        memory_grow((void **)&history->gaps, &history->gaps_room, history->n_gaps, sizeof *history->gaps);
        history->gaps[history->n_gaps++] = measurement.time_us;
    }
    measurement_cursor_close(cursor);
    return more;
}

/* The limits a point was judged by; without any: NAN, NAN. The newest stay in *limits. */
static int limits_of(struct store *store, const struct point *point, struct limits *limits, struct error *err)
{
    if (point->limits && point->limits != limits->id)
        return store_limits(store, point->limits, limits, err);
    return 0;
}

/* Judges a point again. What a chart carries on from before the oldest point that was read stands in what that point showed. Parts of z-mr were
 * known when it was judged: its z is all that is needed. */
static void again(struct judge *judge, const struct point *point, const struct limits *limits, bool *resumed)
{
    const struct characteristic *c = judge->characteristic;
    struct chart_settings settings = c->settings;
    struct chart_estimate process = limits_estimate(limits);
    struct subgroup subgroup = point->subgroup;
    if (settings.parts) {
        settings.parts = NULL;
        subgroup.location = point->verdict.plotted[0];
    }
    chart_judge_with(&judge->chart, c->chart, c->rules, &subgroup, &process, &settings);
    if (*resumed || subgroup.excluded || isnan(point->verdict.plotted[0]) || point->chart != c->chart)
        return;
    chart_resume(&judge->chart, c->chart, &point->verdict, &process, &settings);
    *resumed = true;
}

/* Judges the last points again, silently, so that runs go on. New limits from the config began a new stage. */
static int replay(struct judge *judge, struct store *store, const struct history *history, struct error *err)
{
    static const struct limits none = {.center = NAN, .sigma = NAN, .extra = NAN, .lcl = NAN, .ucl = NAN};
    struct limits limits = {0};
    size_t gap = 0;
    bool resumed = history->n_points < RULES_WINDOW; /* from the very first point there is nothing to resume */
    for (size_t i = 0; i < history->n_points; i++) {
        const struct point *point = &history->points[i];
        struct limits before = limits;
        if (limits_of(store, point, &limits, err))
            return -1;
        if (before.id && limits.id != before.id && judge_begins_stage(&before, &limits))
            judge->chart = (struct chart_state){0};
        bool broken = false;
        for (; gap < history->n_gaps && history->gaps[gap] <= point->time_us; gap++)
            broken = true;
        if (broken)
            judge_break(judge);
        again(judge, point, point->limits ? &limits : &none, &resumed);
        judge->previous = point->subgroup;
        judge->has_previous = true;
    }
    for (; gap < history->n_gaps; gap++)
        judge_break_at(judge, history->gaps[gap]);
    if (limits.id && judge->limits.id != limits.id && judge_begins_stage(&limits, &judge->limits)) /* no point yet since they came */
        judge->chart = (struct chart_state){0};
    return 0;
}

static int restore_pending(struct judge *judge, struct store *store, struct error *err)
{
    const struct characteristic *c = judge->characteristic;
    int room = c->subgroup + CONSTANTS_MAX, count;
    struct measurement *pending = memory_zero((size_t)room, sizeof *pending);
    int failed = store_pending(store, c->id, &judge->last_point, pending, room, &count, err);
    for (int i = failed || count < c->subgroup ? 0 : count - c->subgroup + 1; !failed && i < count; i++) {
        judge->values[judge->n_values++] = pending[i].value;
        judge->value_us = pending[i].time_us;
        snprintf(judge->serial, sizeof judge->serial, "%s", pending[i].serial);
        judge->below |= pending[i].value < c->lsl;
        judge->above |= pending[i].value > c->usl;
    }
    free(pending);
    if (!failed && c->by && judge->n_values) {
        struct reading key;
        failed = recall_reading(store, c->by, judge->value_us, &key, err);
        recall_words(c->by, &key, judge->key, sizeof judge->key);
    }
    return failed;
}

/* 1 when there are limits in force that go on, 0 when a new stage begins, -1. */
static int restore_limits(struct judge *judge, struct store *store, struct batch *batch, int64_t now_us, struct error *err)
{
    const struct characteristic *c = judge->characteristic;
    struct limits found;
    struct error why;
    bool any = !store_limits_in_force(store, c->id, &found, &why);
    if (!any && why.code != ERR_NOT_FOUND) {
        *err = why;
        return -1;
    }
    if (judge_has_locked(c)) {
        if (any && found.state == LIMITS_LOCKED && !found.who[0] && found.center == c->locked_center && found.sigma == c->locked_sigma &&
            (found.extra == c->locked_extra || isnan(c->locked_extra))) {
            judge->limits = found;
            return 1;
        }
        struct limits limits = {.characteristic = c->id,
                                .extra = c->locked_extra,
                                .lcl = NAN,
                                .ucl = NAN,
                                .time_us = now_us,
                                .state = LIMITS_LOCKED,
                                .center = c->locked_center,
                                .sigma = c->locked_sigma,
                                .source = "config"};
        judge_put_limits(judge, limits, batch);
        return 0;
    }
    if (any && found.state == LIMITS_LOCKED && !found.who[0]) { /* the config no longer locks them: a new baseline */
        judge->standing.limits = 0;
        return 0;
    }
    if (any && found.who[0] && found.id != judge->standing.limits) /* decided while no collector ran: first go on as it stopped */
        any = judge->standing.limits && !store_limits(store, judge->standing.limits, &found, &why);
    if (any)
        judge->limits = found;
    return 1;
}

/* The baseline so far: the points that provisional limits came from, and those since. */
static int restore_base(struct judge *judge, struct store *store, struct error *err)
{
    const struct characteristic *c = judge->characteristic;
    struct history history = {0};
    if (judge_has_locked(c) || limits_are_final(&judge->limits) || judge->last_point == 0)
        return 0;
    int64_t last = judge->limits.id ? judge->limits.points : c->baseline - 1;
    if (last >= c->baseline)
        last = c->baseline - 1;
    int failed = last > 0 ? read_points(judge, store, last, &history, err) : 0;
    for (size_t i = 0; !failed && i < history.n_points; i++)
        judge->base[judge->n_base++] = history.points[i].subgroup;
    free(history.points);
    return failed;
}

int judge_replay(struct judge *judge, struct store *store, struct error *err)
{
    struct history history = {0};
    judge->chart = (struct chart_state){0};
    judge->has_previous = false;
    judge->n_base = 0;
    int failed = restore_base(judge, store, err) || read_points(judge, store, RULES_WINDOW, &history, err) ||
                 read_gaps(judge, store, &history, err) || replay(judge, store, &history, err);
    free(history.points);
    free(history.gaps);
    return failed ? -1 : 0;
}

int judge_restore(struct judge *judge, struct store *store, struct batch *batch, int64_t now_us, struct error *err)
{
    struct error why;
    if (store_standing(store, judge->characteristic->id, &judge->standing, &why)) {
        if (why.code != ERR_NOT_FOUND) {
            *err = why;
            return -1;
        }
        judge->standing = (struct standing){.characteristic = judge->characteristic->id, .last = NAN, .quality = QUALITY_BAD_NEVER_READ};
    }
    if (restore_pending(judge, store, err))
        return -1;
    int goes_on = restore_limits(judge, store, batch, now_us, err);
    if (goes_on < 0)
        return -1;
    if (goes_on && judge_replay(judge, store, err))
        return -1;
    return judge_take_all(judge, store, batch, now_us, goes_on, err);
}
