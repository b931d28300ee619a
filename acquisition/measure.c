#include "acquisition/measure.h"

#include "acquisition/codec.h"

#include <math.h>
#include <stdio.h>

void measure_init(struct measure *measure, const struct characteristic *characteristic, struct judge *judge, const struct reading *latest)
{
    *measure = (struct measure){.characteristic = characteristic, .judge = judge, .last_us = judge_standing(judge)->time_us};
    const struct tag *counter = characteristic->on_new;
    if (!counter)
        return;
    measure->trigger.modulus = codec_modulus(counter->type);
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

static bool new_part(struct measure *measure, int64_t time_us, const struct reading *count, struct batch *batch)
{
    if (!quality_is_good(count->quality))
        return false;
    struct trigger_result result = trigger_step(&measure->trigger, llround(count->value));
    tell(measure, time_us, &result, batch);
    return result.parts > 0;
}

/* Half a poll of slack: polls are as punctual as the network. */
static bool due(const struct measure *measure, int64_t time_us)
{
    const struct characteristic *c = measure->characteristic;
    return !measure->last_us || time_us - measure->last_us >= c->every_us - c->source->instrument->every_us / 2 || time_us < measure->last_us;
}

static void serial_text(const struct characteristic *c, const struct reading *readings, char *text, size_t size)
{
    text[0] = '\0';
    if (!c->serial)
        return;
    const struct reading *serial = &readings[c->serial->column];
    if (quality_is_bad(serial->quality))
        return;
    if (serial->text[0] || c->serial->type == TYPE_STRING)
        snprintf(text, size, "%s", serial->text);
    else
        text_exact(serial->value, text, size);
}

void measure_poll(struct measure *measure, int64_t time_us, const struct reading *readings, struct batch *batch)
{
    const struct characteristic *c = measure->characteristic;
    if (c->on_new ? !new_part(measure, time_us, &readings[c->on_new->column], batch) : !due(measure, time_us))
        return;
    char serial[READING_TEXT];
    serial_text(c, readings, serial, sizeof serial);
    measure->last_us = time_us;
    judge_measure(measure->judge, time_us, &readings[c->source->column], serial, batch);
}
