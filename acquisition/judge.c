#include "acquisition/judge.h"
#include "acquisition/judge_private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PROVISIONAL_FROM = 8 };

struct judge *judge_create(const struct characteristic *characteristic)
{
    struct judge *judge = memory_zero(1, sizeof *judge);
    judge->characteristic = characteristic;
    judge->values = memory_zero((size_t)characteristic->subgroup, sizeof *judge->values);
    stream_round_init(&judge->round, characteristic);
    judge->base = memory_zero((size_t)characteristic->baseline + 1, sizeof *judge->base);
    judge->limits = judge->pool = (struct limits){.center = NAN, .sigma = NAN, .extra = NAN, .lcl = NAN, .ucl = NAN};
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
    stream_round_free(&judge->round);
    judge_free_parts(judge);
    free(judge);
}

const struct standing *judge_standing(const struct judge *judge)
{
    return &judge->standing;
}

const struct measurement *judge_newest(const struct judge *judge)
{
    return &judge->newest;
}

bool judge_has_locked(const struct characteristic *characteristic)
{
    return !isnan(characteristic->locked_center) && !isnan(characteristic->locked_sigma);
}

void judge_break(struct judge *judge)
{
    rules_break(&judge->chart.location);
    rules_break(&judge->chart.dispersion);
    rules_break(&judge->chart.within);
    judge->has_previous = false;
}

void judge_break_at(struct judge *judge, int64_t time_us)
{
    const struct characteristic *c = judge->characteristic;
    bool open = judge->n_values > 0 && time_us > judge->value_us && c->subgroup > 1 && (c->by || c->gap_us);
    if (open)
        judge->break_us = time_us;
    else
        judge_break(judge);
}

void judge_put_standing(struct judge *judge, struct batch *batch)
{
    if (judge->standing_batch == batch_number(batch))
        return;
    judge->standing_batch = batch_number(batch);
    batch_standing(batch, &judge->standing);
}

void judge_put_limits(struct judge *judge, struct limits limits, struct batch *batch)
{
    judge->limits = limits;
    limits_made(judge->characteristic, judge->limits.made, sizeof judge->limits.made);
    if (judge->part)
        snprintf(judge->limits.part, sizeof judge->limits.part, "%s", judge->part->name);
    judge->place = batch_limits(batch, &judge->limits, judge->part ? &judge->part->id : &judge->standing.limits);
    judge->limits_batch = batch_number(batch);
    judge_keep_part(judge);
    judge_put_standing(judge, batch);
}

void judge_begin_baseline(struct judge *judge, const char *words, int64_t now_us, struct batch *batch)
{
    struct limits none = {.characteristic = judge->characteristic->id,
                          .center = NAN,
                          .sigma = NAN,
                          .extra = NAN,
                          .lcl = NAN,
                          .ucl = NAN,
                          .time_us = now_us,
                          .state = LIMITS_PROVISIONAL,
                          .first_point = judge->last_point + 1};
    snprintf(none.source, sizeof none.source, "new baseline: %s", words);
    judge->n_base = 0;
    if (!judge->part) /* other parts stay what they were */
        judge->chart = (struct chart_state){0};
    judge_put_limits(judge, none, batch);
    batch_event(batch, now_us, "limits", judge->characteristic->name, "%s", none.source);
}

static void add_to_base(struct judge *judge, const struct point *point)
{
    struct judge_part *part = judge->part;
    struct subgroup *to = part ? &part->base[judge->n_base] : &judge->base[judge->n_base];
    *to = point->subgroup;
    if (part && !judge->n_base)
        part->first = point->number;
    if (part && part->last_number != point->number - 1)
        to->dispersion = NAN; /* another part lay between */
    judge->n_base++;
}

/* Nothing moved yet: the oldest point makes room. */
static void forget_oldest(struct judge *judge)
{
    struct subgroup *base = judge->part ? judge->part->base : judge->base;
    judge->n_base--;
    for (size_t i = 0; i < judge->n_base; i++)
        base[i] = base[i + 1];
}

/* A part's baseline has grown by this point, and gives no limits yet. A row says so, as with each later point of it: a restart finds by them which
 * points it consists of. */
static void put_learning(struct judge *judge, const struct point *point, struct batch *batch)
{
    struct limits limits = judge->limits;
    if (!judge->part)
        return;
    limits.id = 0;
    limits.characteristic = judge->characteristic->id;
    limits.time_us = point->time_us;
    limits.state = LIMITS_PROVISIONAL;
    limits.points = (int64_t)judge->n_base;
    limits.first_point = judge->part->first;
    limits.last_point = point->number;
    snprintf(limits.source, sizeof limits.source, "learned from its first %d values", judge->characteristic->baseline);
    judge_put_limits(judge, limits, batch);
}

/* After each point of a baseline: provisional limits from the 8th, final ones from the last. */
static void learn_limits(struct judge *judge, const struct point *point, struct batch *batch)
{
    const struct characteristic *c = judge->characteristic;
    if (judge_has_locked(c) || limits_are_final(&judge->limits) || !judge_charts(judge, point->subgroup.location))
        return;
    add_to_base(judge, point);
    bool complete = judge->n_base >= (size_t)c->baseline;
    judge_keep_part(judge);
    if (judge->n_base < PROVISIONAL_FROM && !complete) {
        put_learning(judge, point, batch);
        return;
    }
    struct chart_estimate estimate = judge_estimate(judge);
    if (estimate.why || (!(estimate.sigma > 0) && !(estimate.extra > 0))) { /* nothing moved yet: the oldest point makes room */
        if (complete)
            forget_oldest(judge);
        judge_keep_part(judge);
        put_learning(judge, point, batch);
        return;
    }
    struct limits limits = {.characteristic = c->id,
                            .extra = estimate.extra,
                            .lcl = NAN,
                            .ucl = NAN,
                            .time_us = point->time_us,
                            .state = complete ? LIMITS_TRIAL : LIMITS_PROVISIONAL,
                            .center = estimate.center,
                            .sigma = estimate.sigma,
                            .points = (int64_t)judge->n_base,
                            .first_point = judge->part ? judge->part->first : point->number - (int64_t)judge->n_base + 1,
                            .last_point = point->number};
    if (complete)
        judge_add_to_pool(judge, point->time_us, batch);
    judge_name_source(judge, &limits);
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

static int part_of(const struct characteristic *c, const char *key)
{
    for (size_t i = 0; i < c->n_parts; i++)
        if (!strcmp(c->parts[i], key))
            return (int)i;
    return -1;
}

static struct subgroup summarise(struct judge *judge, double size)
{
    const struct characteristic *c = judge->characteristic;
    if (!c->chart->summarise)
        return chart_count(c->chart, judge->values[0], size, &c->settings);
    if (c->n_streams)
        return stream_round_end(&judge->round, judge->has_previous && !judge->previous.excluded);
    struct subgroup subgroup = c->chart->summarise(judge->values, judge->n_values, judge->has_previous ? &judge->previous : NULL);
    const struct subgroup *before = judge->has_previous ? &judge->previous : NULL;
    if (!c->chart->limits && subgroup.n == 1 && before && before->n == 1 && !before->excluded) /* no panel shows it, but sigma within comes from it */
        subgroup.dispersion = fabs(subgroup.location - before->location);
    subgroup.part = c->n_parts ? part_of(c, judge->key) : 0;
    return subgroup;
}

/* For every value: snprintf takes longer than to judge it. */
static void copy_text(char to[READING_TEXT], const char *text)
{
    size_t length = strnlen(text, READING_TEXT - 1);
    memcpy(to, text, length);
    to[length] = '\0';
}

static void complete_point(struct judge *judge, double size, struct batch *batch)
{
    const struct characteristic *c = judge->characteristic;
    judge_take_pool(judge, judge->value_us, batch);
    bool unjudged = judge->part && isnan(judge->limits.center); /* whose row only says what it is learned from */
    if (judge->part)
        judge->standing.limits = unjudged ? 0 : judge->part->id;
    struct point point = {.characteristic = c->id,
                          .number = ++judge->last_point,
                          .time_us = judge->value_us,
                          .limits = judge->standing.limits,
                          .below = judge->below,
                          .above = judge->above};
    copy_text(point.serial, judge->serial);
    if (c->n_parts || c->learns_parts)
        copy_text(point.part, judge->key);
    if (judge->break_us && judge->break_us <= judge->value_us) {
        judge_break(judge);
        judge->break_us = 0;
    }
    point.subgroup = summarise(judge, size);
    struct chart_estimate process = limits_estimate(&judge->limits);
    point.verdict = chart_judge_with(&judge->chart, c->chart, c->rules, &point.subgroup, &process, &c->settings);
    judge->previous = point.subgroup;
    judge->has_previous = true;
    if (judge->break_us)
        judge_break(judge);
    judge->break_us = 0;

    struct standing *s = &judge->standing;
    if (judge->n_values > 1)
        within_add_subgroup(&s->within, judge->values, judge->n_values);
    else if (!isnan(point.subgroup.dispersion))
        within_add_moving_range(&s->within, point.subgroup.dispersion);
    s->points = point.number;
    s->location_rules = point.verdict.location_rules;
    s->dispersion_rules = point.verdict.dispersion_rules | point.verdict.within_rules;
    s->signals += (s->location_rules | s->dispersion_rules) != 0;
    judge->n_values = 0;
    judge->below = judge->above = false;

    batch_point(batch, &point, judge->limits_batch == batch_number(batch) && !unjudged ? judge->place : BATCH_NO_LIMITS);
    judge_alarms(judge, &point, batch);
    learn_limits(judge, &point, batch);
    if (judge->part && judge_charts(judge, point.subgroup.location))
        judge->part->last_number = point.number;
}

/* The values so far are a subgroup: a pause lies behind them, or another lot begins. */
static bool ends_before(const struct judge *judge, int64_t time_us, const char *key)
{
    const struct characteristic *c = judge->characteristic;
    return judge->n_values > 0 && ((c->gap_us && time_us - judge->value_us >= c->gap_us) ||
                                   (c->by && !c->n_parts && !c->learns_parts && *key && judge->key[0] && strcmp(key, judge->key) != 0));
}

void judge_pass(struct judge *judge, int64_t time_us, struct batch *batch)
{
    if (ends_before(judge, time_us, ""))
        complete_point(judge, 1, batch);
}

/* The part that is made now. One that was never seen has no limits, and is told once. */
static void turn_to_part(struct judge *judge, int64_t time_us, const char *name, struct batch *batch)
{
    size_t known = judge->n_parts;
    if (judge->part && !strcmp(judge->part->name, name))
        return;
    judge_select_part(judge, judge_part(judge, name));
    if (judge->n_parts > known)
        batch_event(batch, time_us, "part", judge->characteristic->name, "no limits for part '%s' yet: they come from its first %d values", name,
                    judge->characteristic->baseline);
}

/* Told once. */
static void tell_stranger(struct judge *judge, int64_t time_us, const char *name, struct batch *batch)
{
    const struct characteristic *c = judge->characteristic;
    if (strcmp(name, judge->stranger) != 0)
        batch_event(batch, time_us, "stream", c->name, "%s says '%s', which is none of its streams: values are recorded, but not judged",
                    c->stream->full_name, name);
    copy_text(judge->stranger, name);
}

/* Told once, until there is one with a place on the chart. */
static void tell_if_not_on_chart(struct judge *judge, int64_t time_us, double value, struct batch *batch)
{
    bool before = judge->not_on_chart;
    judge->not_on_chart = !judge_charts(judge, value);
    if (judge->not_on_chart && !before)
        batch_event(batch, time_us, "part", judge->characteristic->name,
                    "%.7g is not judged on the chart: `z: relative` takes logarithms, of values above 0", value);
}

static void end_round(struct judge *judge, struct batch *batch)
{
    if (judge->n_values)
        complete_point(judge, 1, batch);
    else
        stream_round_end(&judge->round, false);
}

/* A value of a stream, or NAN: measured with the others, and missing. */
static void add_to_round(struct judge *judge, int stream, double value, struct batch *batch)
{
    if (stream_round_add(&judge->round, stream, value))
        end_round(judge, batch);
}

void judge_measure(struct judge *judge, int64_t time_us, const struct reading *reading, const struct arrival *arrival, struct batch *batch)
{
    const struct characteristic *c = judge->characteristic;
    int stream = c->n_streams && arrival->stream ? stream_round_find(&judge->round, arrival->stream) : -1;
    if (quality_is_good(reading->quality) && ends_before(judge, time_us, arrival->key))
        complete_point(judge, arrival->size, batch);
    if (stream >= 0 && (quality_is_good(reading->quality) || c->stream_tags) && stream_round_has(&judge->round, stream))
        end_round(judge, batch);
    judge->sequence = time_us == judge->standing.time_us ? judge->sequence + 1 : 0;
    if (judge->sequence < arrival->sequence)
        judge->sequence = arrival->sequence;
    struct measurement measurement = {
        .characteristic = c->id, .time_us = time_us, .value = reading->value, .quality = reading->quality, .sequence = judge->sequence};
    copy_text(measurement.serial, arrival->serial);
    judge->newest = measurement;
    judge->standing.time_us = time_us;
    judge->standing.quality = reading->quality;
    judge_put_standing(judge, batch);
    if (!quality_is_good(reading->quality)) {
        batch_measurement(batch, &measurement);
        if (stream >= 0 && c->stream_tags)
            add_to_round(judge, stream, NAN, batch);
        else if (quality_is_bad(reading->quality))
            judge_break_at(judge, time_us);
        return;
    }
    bool stranger = c->n_streams && stream < 0, nameless = c->learns_parts && !*arrival->key;
    bool unknown = stranger || nameless || (c->n_parts && part_of(c, arrival->key) < 0);
    if (stranger && arrival->stream && c->stream)
        tell_stranger(judge, time_us, arrival->stream, batch);
    else if (unknown && !stranger && !nameless && strcmp(arrival->key, judge->key) != 0)
        batch_event(batch, time_us, "part", c->name, "%s says '%s', which is none of its parts: values are recorded, but not judged",
                    c->by->full_name, arrival->key);
    if (c->learns_parts && !nameless)
        turn_to_part(judge, time_us, arrival->key, batch);
    copy_text(judge->key, arrival->key);
    measurement.point = unknown ? 0 : judge->last_point + 1;
    batch_measurement(batch, &measurement);
    if (unknown)
        return;
    judge->value_us = time_us;
    copy_text(judge->serial, arrival->serial);
    judge->standing.last = reading->value;
    moments_add(&judge->standing.moments, reading->value);
    count_outside(judge, reading->value);
    judge->values[judge->n_values++] = reading->value;
    judge_check_value(judge, &measurement, batch);
    tell_if_not_on_chart(judge, time_us, reading->value, batch);
    if (stream >= 0)
        add_to_round(judge, stream, reading->value, batch);
    else if (judge->n_values == c->subgroup)
        complete_point(judge, arrival->size, batch);
}
