#include "acquisition/measure.h"

#include "acquisition/codec.h"
#include "acquisition/recall.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

int measure_init(struct measure *measure, const struct characteristic *characteristic, struct judge *judge, const struct reading *latest,
                 struct store *store, struct error *err)
{
    *measure = (struct measure){.characteristic = characteristic, .judge = judge, .last_us = judge_standing(judge)->time_us};
    snprintf(measure->context.gauge, sizeof measure->context.gauge, "%s", characteristic->source->instrument->name);
    const struct tag *counter = characteristic->on_new;
    if (counting_init(&measure->counting, characteristic, store, measure->last_us, err))
        return -1;
    if (!counter)
        return 0;
    measure->trigger.modulus = characteristic->counter_modulus > 1 ? characteristic->counter_modulus : codec_modulus(counter);
    if (latest && quality_is_good(latest[counter->column].quality))
        trigger_base(&measure->trigger, llround(latest[counter->column].value));
    return 0;
}

/* A part was measured that nobody read: said once, with how many. */
static void tell(const struct measure *measure, int64_t time_us, const struct trigger_result *result, struct batch *batch)
{
    const struct tag *counter = measure->characteristic->on_new;
    const char *words = trigger_words(result->kind);
    if (!words)
        return;
    char missed[64] = "";
    if (result->parts > 1)
        snprintf(missed, sizeof missed, ": %lld part%s not read", (long long)result->parts - 1, result->parts == 2 ? " was" : "s were");
    batch_event(batch, time_us, "counter", counter->full_name, "%s from %lld to %lld%s", words, (long long)result->from,
                (long long)measure->trigger.last, missed);
}

static void owe(struct measure *measure, double value)
{
    if (!measure->characteristic->acknowledge)
        return;
    measure->owes = true;
    measure->acknowledgement = value;
}

/* Whether a part that is to be measured is new. A handshake bit that has fallen is acknowledged at once. */
static bool new_part(struct measure *measure, int64_t time_us, const struct reading *count, struct batch *batch)
{
    const struct characteristic *c = measure->characteristic;
    if (!quality_is_good(count->quality))
        return false;
    bool is_bit = measure->trigger.modulus == 1, was_set = measure->trigger.based && measure->trigger.last;
    struct trigger_result result = trigger_step(&measure->trigger, llround(count->value));
    tell(measure, time_us, &result, batch);
    if (is_bit && was_set && !measure->trigger.last)
        owe(measure, 0);
    int64_t each = c->each > 1 ? c->each : 1;
    measure->parts += result.parts;
    bool whole = measure->parts >= each;
    measure->parts %= each;
    return whole;
}

/* Half a poll of slack: polls are as punctual as the network. */
static bool due(const struct measure *measure, int64_t time_us)
{
    const struct characteristic *c = measure->characteristic;
    const struct instrument *instrument = c->source->instrument;
    int64_t period_us = instrument->n_schedules ? instrument->schedules[c->source->schedule].every_us : instrument->every_us;
    return !measure->last_us || time_us - measure->last_us >= c->every_us - period_us / 2 || time_us < measure->last_us;
}

/* A serial number or a lot as words; "" when it is bad. What this poll does not hold stays as it was. */
static void read_words(const struct tag *tag, const struct reading *readings, char text[READING_TEXT])
{
    const struct reading *reading = tag ? &readings[tag->column] : NULL;
    if (!reading || reading->quality == QUALITY_ABSENT)
        return;
    memset(text, 0, READING_TEXT); /* contexts are compared byte by byte */
    reading_words(tag, reading, text, READING_TEXT);
}

static void read_part(struct measure *measure, const struct reading *readings)
{
    const struct characteristic *c = measure->characteristic;
    read_words(c->serial, readings, measure->serial);
    read_words(c->by, readings, measure->key);
    read_words(c->stream, readings, measure->stream);
    read_words(c->lot, readings, measure->context.lot);
    read_words(c->order, readings, measure->context.order);
    read_words(c->operator, readings, measure->context.operator);
}

static void keep_again(const struct measure *measure, int64_t time_us, const struct reading *reading, int attempt, struct batch *batch)
{
    struct measurement again = {
        .characteristic = measure->characteristic->id, .time_us = time_us, .value = reading->value, .quality = reading->quality, .attempt = attempt};
    snprintf(again.serial, sizeof again.serial, "%s", measure->serial);
    batch_measurement(batch, &again);
}

/* A part measured again is kept beside its first value, which stays the judged one. The gauge alone is no context: it is the characteristic's, and a
 * row of each gauge in every commit would cost a sixth of the recorder's speed. */
static void judge_now(struct measure *measure, int64_t time_us, const struct reading *reading, double size, struct batch *batch)
{
    const struct characteristic *c = measure->characteristic;
    const struct arrival arrival = {measure->serial, measure->key, size, 0, measure->stream};
    int attempt = quality_is_good(reading->quality) ? retest_attempt(measure->retest, measure->serial) : 0;
    measure->last_us = time_us;
    batch_context(batch, c->lot || c->order || c->operator? &measure->context : NULL, &measure->context_place);
    if (attempt)
        keep_again(measure, time_us, reading, attempt, batch);
    else
        judge_measure(measure->judge, time_us, reading, &arrival, batch);
    batch_context(batch, NULL, NULL);
}

/* Streams that are measured at once; where no value is good, nobody is named, and one of them stands for all. */
static void judge_streams(struct measure *measure, int64_t time_us, const struct reading *readings, struct batch *batch)
{
    const struct characteristic *c = measure->characteristic;
    bool good = false;
    for (int s = 0; s < c->n_streams; s++)
        good |= quality_is_good(readings[c->stream_tags[s]->column].quality);
    batch_context(batch, c->lot || c->order || c->operator? &measure->context : NULL, &measure->context_place);
    for (int s = 0; s < c->n_streams; s++) {
        const struct tag *tag = good ? c->stream_tags[s] : c->source;
        const struct arrival arrival = {measure->serial, measure->key, 1, 0, good ? c->streams[s] : NULL};
        judge_measure(measure->judge, time_us, &readings[tag->column], &arrival, batch);
        if (!good)
            break;
    }
    batch_context(batch, NULL, NULL);
}

/* Events are judged as they come; of many at once (a counter that jumped) so many at most. */
static void judge_events(struct measure *measure, int64_t time_us, int64_t events, struct batch *batch)
{
    enum { AT_ONCE = 20 };
    struct reading value;
    for (int64_t i = 0; i < events && i < AT_ONCE; i++)
        if (counting_event(&measure->counting, time_us, &value))
            judge_now(measure, time_us, &value, 1, batch);
}

void measure_poll(struct measure *measure, const struct poll *poll, const struct reading *readings, struct batch *batch)
{
    const struct characteristic *c = measure->characteristic;
    const struct tag *place = measure->source ? c->on_new : c->source;
    const struct reading *source = measure->source ? measure->source : &readings[c->source->column];
    read_part(measure, readings);
    int64_t events = counting_see(&measure->counting, readings);
    if (chart_is_event(c->chart)) {
        judge_events(measure, poll_time(poll, c->source->column), events, batch);
        return;
    }
    if (c->on_new && readings[c->on_new->column].quality != QUALITY_ABSENT)
        measure->waiting |= new_part(measure, poll_time(poll, c->on_new->column), &readings[c->on_new->column], batch);
    int64_t time_us = poll_time(poll, place->column);
    judge_pass(measure->judge, time_us, batch);
    if (readings[place->column].quality == QUALITY_ABSENT || (c->on_new ? !measure->waiting : !due(measure, time_us)))
        return;
    measure->waiting = false;
    struct reading counted;
    double size = 1;
    if (c->stream_tags)
        judge_streams(measure, time_us, readings, batch);
    else if (!chart_is_attribute(c->chart))
        judge_now(measure, time_us, source, size, batch);
    else if (counting_sample(&measure->counting, time_us, readings, &counted, &size))
        judge_now(measure, time_us, &counted, size, batch);
    measure->last_us = time_us;
    if (c->on_new)
        owe(measure, measure->trigger.modulus == 1 ? 1 : (double)measure->trigger.last);
}
