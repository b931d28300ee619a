#include "acquisition/counting.h"

#include "acquisition/codec.h"
#include "acquisition/recall.h"

#include <math.h>

static int base(struct trigger *trigger, const struct tag *tag, struct store *store, int64_t time_us, struct error *err)
{
    struct reading reading;
    if (!tag)
        return 0;
    trigger->modulus = codec_modulus(tag);
    if (!time_us)
        return 0;
    if (recall_reading(store, tag, time_us, &reading, err))
        return -1;
    if (quality_is_good(reading.quality))
        trigger_base(trigger, llround(reading.value));
    return 0;
}

int counting_init(struct counting *counting, const struct characteristic *c, struct store *store, int64_t last_us, struct error *err)
{
    *counting = (struct counting){.characteristic = c, .last_us = last_us};
    if (!c->running && !chart_is_event(c->chart))
        return 0;
    if (base(&counting->count, c->source, store, last_us, err) || base(&counting->size, c->size, store, last_us, err))
        return -1;
    if (!counting->count.based || (c->size && !counting->size.based))
        counting->last_us = chart_is_event(c->chart) && !c->size ? last_us : 0;
    return 0;
}

static int64_t step(struct trigger *trigger, const struct tag *tag, const struct reading *readings)
{
    const struct reading *reading = tag ? &readings[tag->column] : NULL;
    return reading && quality_is_good(reading->quality) ? trigger_step(trigger, llround(reading->value)).parts : 0;
}

int64_t counting_see(struct counting *counting, const struct reading *readings)
{
    const struct characteristic *c = counting->characteristic;
    if (!c->running && !chart_is_event(c->chart))
        return 0;
    int64_t seen = step(&counting->count, c->source, readings);
    counting->counted += seen;
    counting->sized += step(&counting->size, c->size, readings);
    return seen;
}

static double size_of(const struct counting *counting, const struct reading *readings)
{
    const struct characteristic *c = counting->characteristic;
    if (!c->size)
        return c->fixed_size;
    if (c->running)
        return (double)counting->sized;
    return quality_is_good(readings[c->size->column].quality) ? readings[c->size->column].value : NAN;
}

bool counting_sample(struct counting *counting, int64_t time_us, const struct reading *readings, struct reading *value, double *size)
{
    const struct characteristic *c = counting->characteristic;
    const struct reading *source = &readings[c->source->column];
    *size = size_of(counting, readings);
    if (!quality_is_good(source->quality) || (c->running && !counting->count.based))
        return false;
    bool first = c->running && !counting->last_us;
    if (!first && !(*size > 0))
        return false;
    *value = (struct reading){.value = c->running ? (double)counting->counted : source->value, .quality = source->quality};
    counting->counted = counting->sized = 0;
    counting->last_us = time_us;
    return !first;
}

bool counting_event(struct counting *counting, int64_t time_us, struct reading *value)
{
    bool first = !counting->last_us, parts = counting->characteristic->size != NULL;
    double hours = (double)(time_us - counting->last_us) / (3600.0 * SECOND_US);
    /* the part with the event is none of those between */
    *value = (struct reading){.value = parts ? fmax(0, (double)counting->sized - 1) : fmax(0, hours), .quality = QUALITY_GOOD};
    counting->counted = counting->sized = 0;
    counting->last_us = time_us;
    return !first;
}
