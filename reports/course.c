#include "reports/course.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LOOK_BACK = 200 };
static const double confidence = 0.95;

/* --- the points that count */

struct stretch {
    double values[LOOK_BACK];
    const struct point *points[LOOK_BACK]; /* of each value */
    size_t n;
};

/* What the subgroups show, whatever the chart makes of it: an EWMA or a CUSUM would smear a step. */
static void take(struct stretch *stretch, const struct point *points, size_t count)
{
    for (size_t i = count; i-- > 0 && stretch->n < LOOK_BACK;)
        if (!points[i].subgroup.excluded && isfinite(points[i].subgroup.location)) {
            stretch->values[stretch->n] = points[i].subgroup.location;
            stretch->points[stretch->n++] = &points[i];
        }
    for (size_t i = 0; i < stretch->n / 2; i++) {
        size_t k = stretch->n - 1 - i;
        double value = stretch->values[i];
        const struct point *point = stretch->points[i];
        stretch->values[i] = stretch->values[k];
        stretch->points[i] = stretch->points[k];
        stretch->values[k] = value;
        stretch->points[k] = point;
    }
}

static void place_change(struct course *course, const struct stretch *stretch)
{
    const struct change_point *change = &course->change;
    size_t last = stretch->n - 1;
    const struct point *first = stretch->points[change->last < last ? change->last : last];
    course->point = first->number;
    course->time_us = first->time_us;
    course->first_point = stretch->points[change->lower < last ? change->lower : last]->number;
    course->last_point = stretch->points[change->upper < last ? change->upper : last]->number;
}

/* --- what happened near the change */

static void add_event(struct course *course, int64_t time_us, const char *format, const char *a, const char *b, const char *c)
{
    struct course_event event = {.time_us = time_us};
    snprintf(event.words, sizeof event.words, format, a, b, c);
    int place = course->n_events;
    while (place > 0 && llabs(course->events[place - 1].time_us - course->time_us) > llabs(time_us - course->time_us))
        place--;
    if (place == COURSE_EVENTS)
        return;
    int kept = course->n_events < COURSE_EVENTS ? course->n_events : COURSE_EVENTS - 1;
    memmove(course->events + place + 1, course->events + place, sizeof event * (size_t)(kept - place));
    course->events[place] = event;
    course->n_events = kept + 1;
}

static int add_machine(struct course *course, struct store *store, const struct machine *machine, int64_t from_us, int64_t to_us, struct error *err)
{
    struct state_interval *intervals;
    size_t count;
    if (!machine)
        return 0;
    if (store_machine_states(store, machine->id, from_us, to_us, &intervals, &count, err))
        return -1;
    for (size_t i = 1; i < count; i++)
        if (intervals[i].state != OEE_NO_DATA) /* nobody was looking: that changes no process */
            add_event(course, intervals[i].from_us, "%s %s%s", machine->name, oee_state_name(intervals[i].state), "");
    free(intervals);
    return 0;
}

static void add_context(struct course *course, int64_t time_us, const struct context *before, const struct context *after)
{
    const struct {
        const char *name, *before, *after;
    } things[] = {{"lot", before->lot, after->lot}, {"order", before->order, after->order},
                  {"operator", before->operator, after->operator}, {"gauge", before->gauge, after->gauge}};
    for (size_t i = 0; i < sizeof things / sizeof things[0]; i++)
        if (strcmp(things[i].before, things[i].after) != 0)
            add_event(course, time_us, "%s %s -> %s", things[i].name, *things[i].before ? things[i].before : "?",
                      *things[i].after ? things[i].after : "?");
}

static int add_contexts(struct course *course, struct store *store, const struct characteristic *c, int64_t from_us, int64_t to_us, struct error *err)
{
    struct measurement_cursor *cursor;
    struct measurement measurement;
    struct context before = {.lot = ""}, now;
    int64_t known = -1;
    int more;
    if (measurement_cursor_open(&cursor, store, c->id, from_us, to_us, 0, err))
        return -1;
    while ((more = measurement_cursor_next(cursor, &measurement, err)) == 1) {
        if (measurement.context == known)
            continue;
        if (store_context(store, measurement.context, &now, err)) {
            more = -1;
            break;
        }
        if (known >= 0)
            add_context(course, measurement.time_us, &before, &now);
        known = measurement.context;
        before = now;
    }
    measurement_cursor_close(cursor);
    return more;
}

static int add_events(struct course *course, struct store *store, const struct characteristic *c, int64_t from_us, int64_t to_us, struct error *err)
{
    enum { EVENTS_MOST = 200 };
    struct event *events;
    size_t count;
    if (store_events(store, from_us, to_us, EVENTS_MOST, &events, &count, err))
        return -1;
    for (size_t i = 0; i < count; i++)
        if (!strcmp(events[i].object, c->name) || (c->machine && !strcmp(events[i].object, c->machine->name)))
            add_event(course, events[i].time_us, "%s: %s%s", events[i].object, events[i].text, "");
    free(events);
    for (size_t i = 0; i < course->n_notes; i++)
        if (course->notes[i].time_us >= from_us && course->notes[i].time_us < to_us)
            add_event(course, course->notes[i].time_us, "note: %.100s (%s)%s", course->notes[i].text, course->notes[i].who, "");
    return 0;
}

/* From one point before the interval to one after it. */
static int find_events(struct course *course, struct store *store, const struct characteristic *c, const struct stretch *stretch, struct error *err)
{
    size_t lower = course->change.lower > 1 ? course->change.lower - 2 : 0, last = stretch->n - 1;
    size_t upper = course->change.upper + 1 < last ? course->change.upper + 1 : last;
    int64_t from_us = stretch->points[lower]->time_us, to_us = stretch->points[upper]->time_us + 1;
    return add_machine(course, store, c->machine, from_us, to_us, err) || add_contexts(course, store, c, from_us, to_us, err) ||
                   add_events(course, store, c, from_us, to_us, err)
               ? -1
               : 0;
}

/* --- notes */

static int in_time(const void *a, const void *b)
{
    const struct note *x = a, *y = b;
    return (x->time_us > y->time_us) - (x->time_us < y->time_us);
}

static int load_notes(struct course *course, struct store *store, const struct characteristic *c, int64_t from_us, int64_t to_us, struct error *err)
{
    const char *const objects[] = {c->name, c->machine ? c->machine->name : NULL, c->part};
    for (size_t i = 0; i < sizeof objects / sizeof objects[0]; i++) {
        struct note *notes;
        size_t count;
        if (!objects[i] || !*objects[i])
            continue;
        if (store_notes(store, objects[i], from_us, to_us, COURSE_NOTES, &notes, &count, err))
            return -1;
        struct note *all = memory_zero(course->n_notes + count + 1, sizeof *all);
        if (course->n_notes)
            memcpy(all, course->notes, course->n_notes * sizeof *all);
        if (count)
            memcpy(all + course->n_notes, notes, count * sizeof *all);
        free(course->notes);
        free(notes);
        course->notes = all;
        course->n_notes += count;
    }
    if (course->n_notes)
        qsort(course->notes, course->n_notes, sizeof *course->notes, in_time);
    return 0;
}

int course_of(struct course *course, struct store *store, const struct characteristic *c, const struct point *points, size_t count, struct error *err)
{
    struct stretch stretch = {.n = 0};
    *course = (struct course){.change.why = "no points", .forecast.why = "no points", .interval_s = NAN, .subgroup = c->subgroup};
    if (!count)
        return 0;
    take(&stretch, points, count);
    course->points = stretch.n;
    if (load_notes(course, store, c, points[0].time_us, INT64_MAX, err))
        return -1;
    if (!stretch.n || chart_is_event(c->chart)) /* times between events are not normal */
        return 0;
    if (stretch.n > 1)
        course->interval_s = (double)(stretch.points[stretch.n - 1]->time_us - stretch.points[0]->time_us) / (double)(stretch.n - 1) / SECOND_US;
    struct specification limits = characteristic_specification(c);
    struct trend trend = trend_of(stretch.values, stretch.n, limits, confidence);
    course->change = trend.change;
    if (!course->change.why)
        place_change(course, &stretch);
    if (c->chart->summarise)
        course->forecast = trend.forecast;
    course->limit = course->forecast.limit > 0 ? limits.usl : limits.lsl;
    return course->change.why ? 0 : find_events(course, store, c, &stretch, err);
}

void course_free(struct course *course)
{
    free(course->notes);
    course->notes = NULL;
    course->n_notes = 0;
}

/* --- in words */

char *change_words(const struct change_point *change, const struct change_place *place, int decimals, char *out, size_t size)
{
    double by = change->after - change->before;
    char amount[32], sigmas[32];
    out[0] = 0;
    if (!change->why)
        snprintf(out, size, "%s %s by %s (%s sigma) %s point %lld%s%s (%lld-%lld)", change->kind == CHANGE_STEP ? "Step" : "Drift",
                 by > 0 ? "up" : "down", text_number(fabs(by), decimals, amount, sizeof amount),
                 text_number(fabs(by) / change->sd, 1, sigmas, sizeof sigmas), change->kind == CHANGE_STEP ? "at" : "from", (long long)place->point,
                 *place->when ? ", " : "", place->when, (long long)place->first, (long long)place->last);
    return out;
}

char *course_change_words(const struct course *course, int decimals, char *out, size_t size)
{
    char time[24];
    text_time_local(course->time_us, "%m-%d %H:%M", time, sizeof time);
    return change_words(&course->change, &(struct change_place){course->point, course->first_point, course->last_point, time}, decimals, out, size);
}

char *course_events_words(const struct course *course, char *out, size_t size)
{
    size_t used = 0;
    out[0] = 0;
    for (int i = 0; i < course->n_events && used < size; i++) {
        char time[24];
        used += (size_t)snprintf(out + used, size - used, "%s%s %s", i ? "; " : "", course->events[i].words,
                                 text_time_local(course->events[i].time_us, "%H:%M:%S", time, sizeof time));
    }
    return out;
}

char *forecast_words(const struct forecast *forecast, double limit, double interval_s, int decimals, char *out, size_t size)
{
    char value[32], lower[32], upper[32], points[32], age[24] = "";
    const char *side = forecast->limit > 0 ? "USL" : "LSL";
    out[0] = 0;
    if (forecast->why)
        return out;
    text_number(limit, decimals, value, sizeof value);
    if (forecast->distance > 0 && isfinite(interval_s))
        text_age((int64_t)fmin(forecast->distance * interval_s * SECOND_US, 1e18), age, sizeof age);
    if (forecast->distance > 0)
        snprintf(out, size, "At this trend the mean meets %s %s in %s points (%s-%s)%s%s", side, value,
                 text_number(ceil(forecast->distance), 0, points, sizeof points), text_number(ceil(forecast->lower), 0, lower, sizeof lower),
                 text_number(ceil(forecast->upper), 0, upper, sizeof upper), *age ? ", about " : "", age);
    else
        snprintf(out, size, "The trend has passed %s %s", side, value);
    return out;
}

char *course_forecast_words(const struct course *course, int decimals, char *out, size_t size)
{
    return forecast_words(&course->forecast, course->limit, course->interval_s, decimals, out, size);
}
