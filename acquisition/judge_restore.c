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
    bool whole;    /* from the very first one */
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

static void add_gap(struct history *history, int64_t time_us)
{
    memory_grow((void **)&history->gaps, &history->gaps_room, history->n_gaps, sizeof *history->gaps);
    history->gaps[history->n_gaps++] = time_us;
}

/* Bad values of streams: where they are measured together, one that is good speaks for all. */
static int read_stream_gaps(struct judge *judge, struct store *store, struct history *history, struct error *err)
{
    struct measurement_cursor *cursor;
    if (measurement_cursor_open(&cursor, store, judge->characteristic->id, history->points[0].time_us, INT64_MAX, 0, err))
        return -1;
    struct measurement measurement;
    bool streams = judge->characteristic->stream_tags != NULL;
    int64_t good_us = INT64_MIN;
    int more;
    while ((more = measurement_cursor_next(cursor, &measurement, err)) == 1) {
        if (quality_is_good(measurement.quality))
            good_us = measurement.time_us;
        while (streams && quality_is_good(measurement.quality) && history->n_gaps && history->gaps[history->n_gaps - 1] == good_us)
            history->n_gaps--;
        if (!quality_is_bad(measurement.quality) || (streams && measurement.time_us == good_us))
            continue;
        add_gap(history, measurement.time_us);
    }
    measurement_cursor_close(cursor);
    return more;
}

/* What points do not keep, mean, range and squares of their values, from the values themselves, which lie after the point before. gaps: bad values
 * since the first of the points, too. */
static int read_values(struct judge *judge, struct store *store, struct history *history, int64_t after_us, bool gaps, struct error *err)
{
    double values[CONSTANTS_MAX];
    struct measurement_cursor *cursor;
    struct measurement m;
    bool single = judge->characteristic->subgroup == 1;
    int64_t number = 0, first_us = history->n_points ? history->points[0].time_us : 0;
    int n = 0, more;
    if (!history->n_points || (single && !gaps))
        return 0;
    if (judge->characteristic->n_streams)
        return (!single && stream_round_refill(&judge->round, store, history->points, history->n_points, after_us, err)) ||
                       (gaps && read_stream_gaps(judge, store, history, err))
                   ? -1
                   : 0;
    if (measurement_cursor_open(&cursor, store, judge->characteristic->id, single ? first_us : after_us, INT64_MAX, 0, err))
        return -1;
    while ((more = measurement_cursor_next(cursor, &m, err)) == 1) {
        if (gaps && quality_is_bad(m.quality) && m.time_us >= first_us)
            add_gap(history, m.time_us);
        if (single || !m.point || m.attempt || !quality_is_good(m.quality))
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

/* The last points; *after_us: when the one before them was. */
static int read_points(struct judge *judge, struct store *store, int64_t last, struct history *history, int64_t *after_us, struct error *err)
{
    struct point_cursor *cursor;
    if (point_cursor_open(&cursor, store, judge->characteristic->id, 0, INT64_MAX, last + 1, err))
        return -1;
    struct point point;
    int more;
    history->n_points = 0;
    *after_us = 0;
    while ((more = point_cursor_next(cursor, &point, err)) == 1) {
        memory_grow((void **)&history->points, &history->room, history->n_points, sizeof *history->points);
        point.subgroup.mean = point.subgroup.location;
        point.subgroup.range = NAN;
        history->points[history->n_points++] = point;
    }
    point_cursor_close(cursor);
    if ((int64_t)history->n_points > last) {
        *after_us = history->points[0].time_us;
        memmove(history->points, history->points + 1, --history->n_points * sizeof *history->points);
    }
    return more;
}

/* From these points on everything can be judged again: as many as rules look back on count, and where the chart has a memory, the oldest one
 * shows it without points that were excluded later. */
static bool reaches_back(const struct judge *judge, const struct history *history, int64_t oldest_excluded)
{
    size_t counted = 0;
    for (size_t i = 0; i < history->n_points; i++)
        counted += !history->points[i].subgroup.excluded;
    return counted >= RULES_WINDOW && (history->points[0].number > judge->standing.exclusion_point || history->points[0].number < oldest_excluded ||
                                       !chart_remembers(judge->characteristic->chart));
}

static int read_window(struct judge *judge, struct store *store, struct history *history, struct error *err)
{
    int64_t after_us, oldest = 0, last = RULES_WINDOW;
    if (judge->standing.exclusion && store_oldest_excluded(store, judge->characteristic->id, &oldest, err))
        return -1;
    for (;; last *= 2) {
        if (read_points(judge, store, last, history, &after_us, err))
            return -1;
        history->whole = (int64_t)history->n_points < last || after_us == 0;
        if (history->whole || reaches_back(judge, history, oldest))
            return read_values(judge, store, history, after_us, true, err);
    }
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
    if (*resumed || subgroup.excluded || isnan(point->verdict.plotted[0]))
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
    bool resumed = history->whole; /* from the very first point there is nothing to resume */
    char settings[POINT_SETTINGS];
    const struct characteristic *c = judge->characteristic;
    chart_words(c->chart, &c->settings, c->rules, c->subgroup, settings, sizeof settings);
    for (size_t i = 0; i < history->n_points; i++) {
        const struct point *point = &history->points[i];
        struct limits before = limits;
        if (limits_of(store, point, &limits, err))
            return -1;
        bool begins = c->learns_parts ? point->limits && judge_part_begins_stage(judge, &limits)
                                      : before.id && limits.id != before.id && judge_begins_stage(&before, &limits);
        if (begins)
            judge->chart = (struct chart_state){0};
        bool broken = false;
        for (; gap < history->n_gaps && history->gaps[gap] <= point->time_us; gap++)
            broken = true;
        if (broken)
            judge_break(judge);
        bool otherwise = point->chart != c->chart || (point->settings[0] && strcmp(point->settings, settings) != 0);
        if (otherwise) /* the config said something else then: what it says now begins anew */
            judge->chart = (struct chart_state){0};
        else
            again(judge, point, point->limits ? &limits : &none, &resumed);
        judge->previous = point->subgroup;
        judge->has_previous = !otherwise;
    }
    for (; gap < history->n_gaps; gap++)
        judge_break_at(judge, history->gaps[gap]);
    if (!c->learns_parts && limits.id && judge->standing.limits != limits.id &&
        judge_begins_stage(&limits, &judge->limits)) /* no point yet since they came */
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
    if (!failed && c->n_streams)
        failed = stream_round_recall(&judge->round, store, pending, count, err);
    free(pending);
    if (!failed && c->by && judge->n_values) {
        struct reading key;
        failed = recall_reading(store, c->by, judge->value_us, &key, err);
        reading_words(c->by, &key, judge->key, sizeof judge->key);
    }
    return failed;
}

static void put_locked(struct judge *judge, struct batch *batch, int64_t now_us)
{
    const struct characteristic *c = judge->characteristic;
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
}

static bool says_the_config(const struct limits *limits)
{
    return limits->state == LIMITS_LOCKED && !limits->who[0];
}

/* "i-mr -> xbar-r, subgroup 1 -> subgroup 5": the items of a list that are others now. */
static void changed(const char *before, const char *now, char *out, size_t size)
{
    size_t used = 0;
    out[0] = 0;
    while ((*before || *now) && used < size) {
        int old = (int)strcspn(before, ","), length = (int)strcspn(now, ",");
        if (old != length || strncmp(before, now, (size_t)length) != 0)
            used += (size_t)snprintf(out + used, size - used, "%s%.*s -> %.*s", used ? ", " : "", old ? old : 7, old ? before : "nothing",
                                     length ? length : 7, length ? now : "nothing");
        before += old + strspn(before + old, ", ");
        now += length + strspn(now + length, ", ");
    }
}

/* The limits that the newest points were judged by, or a new stage. */
static int restore_limits(struct judge *judge, struct store *store, struct batch *batch, int64_t now_us, struct error *err)
{
    const struct characteristic *c = judge->characteristic;
    struct limits found;
    struct error why;
    char words[128], made[sizeof found.made];
    if (c->learns_parts)
        return judge_restore_parts(judge, store, batch, now_us, err);
    bool any = !store_limits_in_force(store, c->id, &found, &why);
    if (!any && why.code != ERR_NOT_FOUND) {
        *err = why;
        return -1;
    }
    if (judge_has_locked(c)) {
        bool same = any && says_the_config(&found) && found.center == c->locked_center && found.sigma == c->locked_sigma &&
                    (found.extra == c->locked_extra || isnan(c->locked_extra)) && limits_fit(&found, c);
        if (same)
            judge->limits = found;
        else
            put_locked(judge, batch, now_us);
        return 0;
    }
    if (any && says_the_config(&found)) {
        judge_begin_baseline(judge, "plant.yaml locks no limits any more", now_us, batch);
        return 0;
    }
    if (any && !limits_fit(&found, c)) {
        changed(found.made, limits_made(c, made, sizeof made), words, sizeof words);
        judge_begin_baseline(judge, words, now_us, batch);
        return 0;
    }
    if (any && found.who[0] && found.id != judge->standing.limits) /* decided while no collector ran: first go on as it stopped */
        any = judge->standing.limits && !store_limits(store, judge->standing.limits, &found, &why);
    if (any)
        judge->limits = found;
    return 0;
}

/* Where the baseline began: when the limits before it ended, or with the first point. */
static int baseline_from(struct judge *judge, struct store *store, int64_t *first, struct error *err)
{
    struct limits *list;
    size_t count;
    *first = 1;
    if (store_limits_history(store, judge->characteristic->id, &list, &count, err))
        return -1;
    for (size_t i = 0; i < count; i++)
        if (!limits_are_known(&list[i]))
            *first = list[i].first_point;
    free(list);
    return 0;
}

/* The baseline so far. */
static int restore_base(struct judge *judge, struct store *store, struct error *err)
{
    const struct characteristic *c = judge->characteristic;
    struct history history = {0};
    int64_t first, after_us;
    if (c->learns_parts)
        return judge_restore_baselines(judge, store, err);
    if (judge_has_locked(c) || limits_are_final(&judge->limits) || judge->last_point == 0)
        return 0;
    if (isnan(judge->limits.center) && judge->limits.first_point)
        first = judge->limits.first_point;
    else if (baseline_from(judge, store, &first, err))
        return -1;
    int64_t last = judge->last_point - first + 1;
    if (last >= c->baseline)
        last = c->baseline - 1;
    int failed =
        last > 0 ? read_points(judge, store, last, &history, &after_us, err) || read_values(judge, store, &history, after_us, false, err) : 0;
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
    int failed = restore_base(judge, store, err) || read_window(judge, store, &history, err) || replay(judge, store, &history, err);
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
    if (restore_limits(judge, store, batch, now_us, err))
        return -1;
    if (judge_replay(judge, store, &why)) {
        judge->chart = (struct chart_state){0}; /* the rules begin anew */
        judge->has_previous = false;
        if (judge_goes_on(judge, now_us, batch, &why)) {
            *err = why;
            return -1;
        }
    }
    return judge_take_decisions(judge, store, batch, now_us, err);
}
