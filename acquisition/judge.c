#include "acquisition/judge.h"
#include "acquisition/judge_private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { PROVISIONAL_FROM = 8 };

struct judge *judge_create(const struct characteristic *characteristic)
{
    struct judge *judge = memory_zero(1, sizeof *judge);
    judge->characteristic = characteristic;
    judge->values = memory_zero((size_t)characteristic->subgroup, sizeof *judge->values);
    judge->base = memory_zero((size_t)characteristic->baseline + 1, sizeof *judge->base);
    judge->limits = (struct limits){.center = NAN, .sigma = NAN, .extra = NAN, .lcl = NAN, .ucl = NAN};
    judge->standing = (struct standing){.characteristic = characteristic->id, .last = NAN, .quality = QUALITY_BAD_NEVER_READ};
    judge->signal_alarm = judge->specification_alarm = judge->capability_alarm = true; /* perhaps, from before the start */
    return judge;
}

void judge_destroy(struct judge *judge)
{
    if (!judge)
        return;
    free(judge->values);
    free(judge->base);
    free(judge);
}

const struct standing *judge_standing(const struct judge *judge)
{
    return &judge->standing;
}

bool judge_has_locked(const struct characteristic *characteristic)
{
    return !isnan(characteristic->locked_center) && !isnan(characteristic->locked_sigma);
}

void judge_break(struct judge *judge)
{
    rules_break(&judge->chart.location);
    rules_break(&judge->chart.dispersion);
    judge->has_previous = false;
}

static void put_standing(struct judge *judge, struct batch *batch)
{
    if (judge->standing_batch == batch_number(batch))
        return;
    judge->standing_batch = batch_number(batch);
    batch_standing(batch, &judge->standing);
}

void judge_put_limits(struct judge *judge, struct limits limits, struct batch *batch)
{
    judge->limits = limits;
    judge->place = batch_limits(batch, &judge->limits, &judge->standing.limits);
    judge->limits_batch = batch_number(batch);
    put_standing(judge, batch);
}

/* After each point of a baseline: provisional limits from the 8th, final ones from the last. */
static void learn_limits(struct judge *judge, const struct point *point, struct batch *batch)
{
    const struct characteristic *c = judge->characteristic;
    if (judge_has_locked(c) || judge->limits.state == LIMITS_TRIAL)
        return;
    judge->base[judge->n_base++] = point->subgroup;
    bool complete = judge->n_base >= (size_t)c->baseline;
    if (judge->n_base < PROVISIONAL_FROM && !complete)
        return;
    struct chart_estimate estimate = chart_estimate(c->chart, judge->base, judge->n_base);
    if (!(estimate.sigma > 0)) { /* nothing moved yet: the oldest point makes room */
        if (complete) {
            judge->n_base--;
            for (size_t i = 0; i < judge->n_base; i++)
                judge->base[i] = judge->base[i + 1];
        }
        return;
    }
    struct limits limits = {.characteristic = c->id,
                            .extra = NAN,
                            .lcl = NAN,
                            .ucl = NAN,
                            .time_us = point->time_us,
                            .state = complete ? LIMITS_TRIAL : LIMITS_PROVISIONAL,
                            .center = estimate.center,
                            .sigma = estimate.sigma,
                            .points = (int64_t)judge->n_base};
    snprintf(limits.source, sizeof limits.source, "calculated from points %lld-%lld", (long long)(point->number - (int64_t)judge->n_base + 1),
             (long long)point->number);
    judge_put_limits(judge, limits, batch);
}

static void count_outside(struct judge *judge, double value)
{
    const struct characteristic *c = judge->characteristic;
    judge->standing.below += value < c->lsl;
    judge->standing.above += value > c->usl;
    judge->below |= value < c->lsl;
    judge->above |= value > c->usl;
}

static void complete_point(struct judge *judge, int64_t time_us, const char *serial, struct batch *batch)
{
    const struct characteristic *c = judge->characteristic;
    struct point point = {.characteristic = c->id,
                          .number = ++judge->last_point,
                          .time_us = time_us,
                          .limits = judge->standing.limits,
                          .below = judge->below,
                          .above = judge->above};
    snprintf(point.serial, sizeof point.serial, "%s", serial);
    point.subgroup = c->chart->summarise(judge->values, judge->n_values, judge->has_previous ? &judge->previous : NULL);
    point.verdict = chart_judge(&judge->chart, c->chart, c->rules, &point.subgroup, judge->limits.center, judge->limits.sigma);
    judge->previous = point.subgroup;
    judge->has_previous = true;

    struct standing *s = &judge->standing;
    if (judge->n_values > 1)
        within_add_subgroup(&s->within, judge->values, judge->n_values);
    else if (!isnan(point.subgroup.dispersion))
        within_add_moving_range(&s->within, point.subgroup.dispersion);
    s->points = point.number;
    s->location_rules = point.verdict.location_rules;
    s->dispersion_rules = point.verdict.dispersion_rules;
    s->signals += (s->location_rules | s->dispersion_rules) != 0;
    judge->n_values = 0;
    judge->below = judge->above = false;

    batch_point(batch, &point, judge->limits_batch == batch_number(batch) ? judge->place : BATCH_NO_LIMITS);
    judge_alarms(judge, &point, batch);
    learn_limits(judge, &point, batch);
}

void judge_measure(struct judge *judge, int64_t time_us, const struct reading *reading, const char *serial, struct batch *batch)
{
    const struct characteristic *c = judge->characteristic;
    judge->sequence = time_us == judge->standing.time_us ? judge->sequence + 1 : 0;
    struct measurement measurement = {
        .characteristic = c->id, .time_us = time_us, .value = reading->value, .quality = reading->quality, .sequence = judge->sequence};
    snprintf(measurement.serial, sizeof measurement.serial, "%s", serial);
    judge->standing.time_us = time_us;
    judge->standing.quality = reading->quality;
    put_standing(judge, batch);
    if (!quality_is_good(reading->quality)) {
        batch_measurement(batch, &measurement);
        if (quality_is_bad(reading->quality))
            judge_break(judge);
        return;
    }
    measurement.point = judge->last_point + 1;
    batch_measurement(batch, &measurement);
    judge->standing.last = reading->value;
    moments_add(&judge->standing.moments, reading->value);
    count_outside(judge, reading->value);
    judge->values[judge->n_values++] = reading->value;
    judge_check_value(judge, &measurement, batch);
    if (judge->n_values == c->subgroup)
        complete_point(judge, time_us, measurement.serial, batch);
}
