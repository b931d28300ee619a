#include "reports/study.h"

#include "reports/output.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* When the mean of the points began to move, what happened near that time, and when it meets a limit. */

static const double confidence = 0.95;
static const double minute_us = 60e6;

void study_trend_of(struct study_trend *trend, const struct study *study)
{
    size_t n = study->n_points, count = 0;
    double *means = memory_zero(n + 1, sizeof *means), *parts = memory_zero(n + 1, sizeof *parts), *minutes = memory_zero(n + 1, sizeof *minutes);
    const struct point **points = memory_zero(n + 1, sizeof *points);
    struct specification limits = characteristic_specification(study->characteristic);
    double made = 0;
    *trend = (struct study_trend){.first = 0};
    for (size_t i = 0; i < n && study->characteristic->chart->summarise; i++) {
        const struct point *point = &study->points[i];
        made += point->subgroup.n;
        if (point->subgroup.excluded || !isfinite(point->subgroup.location))
            continue;
        points[count] = point;
        means[count] = point->subgroup.location;
        parts[count] = made;
        minutes[count++] = (double)(point->time_us - study->points[0].time_us) / minute_us;
    }
    trend->trend = trend_of(means, parts, count, limits, confidence);
    size_t since = trend->trend.since;
    trend->minutes = forecast_of(means + since, minutes + since, count - since, limits, confidence);
    trend->told = !forecast_of(means + since, parts + since, count - since, limits, 1 - TREND_CHANCE).why;
    const struct change_point *change = &trend->trend.change;
    if (!change->why && change->p < TREND_CHANCE) {
        const struct point *first = points[change->last], *lower = points[change->lower], *upper = points[change->upper];
        trend->first = first->number;
        trend->lower = lower->number;
        trend->upper = upper->number;
        trend->first_us = first->time_us;
        trend->from_us = change->lower ? points[change->lower - 1]->time_us : lower->time_us;
        trend->to_us = upper->time_us + 1;
    }
    free(means);
    free(parts);
    free(minutes);
    free(points);
}

/* --- what happened near the change: events and notes of the characteristic, its machine and its instrument */

static bool concerns(const struct characteristic *c, const char *object)
{
    return !*object || !strcmp(object, c->name) || (c->machine && !strcmp(object, c->machine->name)) ||
           (c->source && !strcmp(object, c->source->instrument->name));
}

struct nearest {
    int64_t change_us, distance_us;
    char *out;
    size_t size;
};

static void nearer(struct nearest *nearest, int64_t time_us, const char *object, const char *text)
{
    char when[16];
    if (nearest->distance_us >= 0 && llabs(time_us - nearest->change_us) >= nearest->distance_us)
        return;
    nearest->distance_us = llabs(time_us - nearest->change_us);
    snprintf(nearest->out, nearest->size, "%s %s: %s", text_time_local(time_us, "%H:%M", when, sizeof when), object, text);
}

int study_trend_event(struct study_trend *trend, struct store *store, const struct study *study, struct error *err)
{
    enum { MOST = 500 };
    struct event *events = NULL;
    struct note *notes = NULL;
    size_t n_events = 0, n_notes = 0;
    struct nearest nearest = {trend->first_us, -1, trend->event, sizeof trend->event};
    if (!trend->first)
        return 0;
    if (store_events(store, trend->from_us, trend->to_us, MOST, &events, &n_events, err))
        return -1;
    int status = store_notes(store, NULL, trend->from_us, trend->to_us, MOST, &notes, &n_notes, err);
    for (size_t i = 0; i < n_events; i++)
        if (concerns(study->characteristic, events[i].object))
            nearer(&nearest, events[i].time_us, events[i].object, events[i].text);
    for (size_t i = 0; i < n_notes; i++)
        if (concerns(study->characteristic, notes[i].object))
            nearer(&nearest, notes[i].time_us, notes[i].object, notes[i].text);
    free(events);
    free(notes);
    return status;
}

/* --- in words */

char *study_trend_words(const struct study_trend *trend, int decimals, char *out, size_t size)
{
    const struct change_point *change = &trend->trend.change;
    const struct forecast *parts = &trend->trend.forecast, *minutes = &trend->minutes;
    char before[32], after[32], when[24];
    int used = 0;
    out[0] = 0;
    if (trend->told)
        used = snprintf(out, size, "the mean meets %s in %.0f parts (%.0f-%.0f)", parts->limit > 0 ? "USL" : "LSL", parts->distance, parts->lower,
                        parts->upper);
    if (trend->told && !minutes->why)
        used += snprintf(out + used, size - (size_t)used, ", %.0f min (%.0f-%.0f)", minutes->distance, minutes->lower, minutes->upper);
    if (trend->first && (size_t)used < size)
        used += snprintf(out + used, size - (size_t)used, "%s%s from #%lld %s on (#%lld-#%lld)", used ? "; " : "",
                         change->kind == CHANGE_STEP ? "step" : "drift", (long long)trend->first,
                         text_time_local(trend->first_us, "%H:%M", when, sizeof when), (long long)trend->lower, (long long)trend->upper);
    if (trend->first && decimals >= 0 && (size_t)used < size)
        used += snprintf(out + used, size - (size_t)used, ", mean %s to %s", text_number(change->before, decimals, before, sizeof before),
                         text_number(change->after, decimals, after, sizeof after));
    if (trend->event[0] && (size_t)used < size)
        snprintf(out + used, size - (size_t)used, "; near it %s", trend->event);
    return out;
}

void study_trend_json(struct json *json, const struct study_trend *trend)
{
    const struct change_point *change = &trend->trend.change;
    const struct forecast *parts = &trend->trend.forecast, *minutes = &trend->minutes;
    json_open(json, "trend", '{');
    json_text(json, "change", !trend->first ? NULL : change->kind == CHANGE_STEP ? "step" : "drift");
    json_integer(json, "first", trend->first);
    json_integer(json, "lower", trend->lower);
    json_integer(json, "upper", trend->upper);
    json_time(json, "time", trend->first_us);
    json_number(json, "before", trend->first ? change->before : NAN);
    json_number(json, "after", trend->first ? change->after : NAN);
    json_number(json, "p", change->p);
    json_text(json, "event", trend->event);
    json_text(json, "limit", parts->limit ? (parts->limit > 0 ? "usl" : "lsl") : NULL);
    json_number(json, "parts", parts->distance);
    json_number(json, "parts_lower", parts->lower);
    json_number(json, "parts_upper", parts->upper);
    json_number(json, "minutes", minutes->distance);
    json_number(json, "minutes_lower", minutes->lower);
    json_number(json, "minutes_upper", minutes->upper);
    json_text(json, "why", parts->why);
    json_close(json, '}');
}
