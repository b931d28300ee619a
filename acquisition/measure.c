#include "acquisition/measure.h"

#include "acquisition/codec.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void measure_init(struct measure *measure, const struct characteristic *characteristic, struct judge *judge, const struct reading *latest)
{
    *measure = (struct measure){.characteristic = characteristic, .judge = judge, .last_us = judge_standing(judge)->time_us};
    snprintf(measure->context.gauge, sizeof measure->context.gauge, "%s", characteristic->source->instrument->name);
    const struct tag *counter = characteristic->on_new;
    if (!counter)
        return;
    measure->trigger.modulus = characteristic->counter_modulus > 1 ? characteristic->counter_modulus : codec_modulus(counter);
    if (latest && quality_is_good(latest[counter->column].quality))
        trigger_base(&measure->trigger, llround(latest[counter->column].value));
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

/* What a tag says about the part, as text; unchanged when it is not among these readings. */
static void part_text(const struct tag *tag, const struct reading *readings, char text[READING_TEXT])
{
    if (!tag || readings[tag->column].quality == QUALITY_ABSENT)
        return;
    const struct reading *reading = &readings[tag->column];
    memset(text, 0, READING_TEXT); /* contexts are compared byte by byte */
    if (quality_is_bad(reading->quality))
        return;
    if (reading->text[0] || tag->type == TYPE_STRING)
        snprintf(text, READING_TEXT, "%s", reading->text);
    else
        text_exact(reading->value, text, READING_TEXT);
}

static void read_part(struct measure *measure, const struct reading *readings)
{
    const struct characteristic *c = measure->characteristic;
    part_text(c->serial, readings, measure->serial);
    part_text(c->lot, readings, measure->context.lot);
    part_text(c->order, readings, measure->context.order);
    part_text(c->operator, readings, measure->context.operator);
}

/* A part measured again is kept beside its first value, which stays the judged one. The gauge alone is no context: it is the characteristic's, and a
 * row of each gauge in every commit would cost a sixth of the recorder's speed. */
static void take_value(struct measure *measure, int64_t time_us, const struct reading *reading, struct batch *batch)
{
    int attempt = quality_is_good(reading->quality) ? retest_attempt(measure->retest, measure->serial) : 0;
    const struct characteristic *c = measure->characteristic;
    batch_context(batch, c->lot || c->order || c->operator ? &measure->context : NULL, &measure->context_place);
    if (attempt) {
        struct measurement again = {.characteristic = measure->characteristic->id,
                                    .time_us = time_us,
                                    .value = reading->value,
                                    .quality = reading->quality,
                                    .attempt = attempt};
        snprintf(again.serial, sizeof again.serial, "%s", measure->serial);
        batch_measurement(batch, &again);
    } else
        judge_measure(measure->judge, time_us, reading, measure->serial, batch);
    batch_context(batch, NULL, NULL);
}

void measure_poll(struct measure *measure, const struct poll *poll, const struct reading *readings, struct batch *batch)
{
    const struct characteristic *c = measure->characteristic;
    const struct tag *place = measure->source ? c->on_new : c->source;
    const struct reading *source = measure->source ? measure->source : &readings[c->source->column];
    read_part(measure, readings);
    if (c->on_new && readings[c->on_new->column].quality != QUALITY_ABSENT)
        measure->waiting |= new_part(measure, poll_time(poll, c->on_new->column), &readings[c->on_new->column], batch);
    int64_t time_us = poll_time(poll, place->column);
    if (readings[place->column].quality == QUALITY_ABSENT || (c->on_new ? !measure->waiting : !due(measure, time_us)))
        return;
    measure->waiting = false;
    measure->last_us = time_us;
    take_value(measure, time_us, source, batch);
    if (c->on_new)
        owe(measure, measure->trigger.modulus == 1 ? 1 : (double)measure->trigger.last);
}
