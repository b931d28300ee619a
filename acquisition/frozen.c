#include "acquisition/frozen.h"

#include <math.h>
#include <stdio.h>

void frozen_init(struct frozen *frozen, const struct tag *tag, const struct machine_watch *machine)
{
    *frozen = (struct frozen){.tag = tag, .machine = machine, .value = NAN, .alarm = -1};
}

static void moved(struct frozen *frozen, int64_t time_us, double value, struct batch *batch)
{
    char key[128];
    frozen->value = value;
    frozen->since_us = time_us;
    if (frozen->stands)
        batch_event(batch, time_us, "frozen", frozen->tag->full_name, "moves again");
    frozen->stands = false;
    if (!frozen->alarm)
        return;
    snprintf(key, sizeof key, "frozen/%s", frozen->tag->full_name);
    batch_clear(batch, time_us, key);
    frozen->alarm = 0;
}

static void stand(struct frozen *frozen, int64_t time_us, struct batch *batch)
{
    char key[128], lasted[32], value[32];
    snprintf(key, sizeof key, "frozen/%s", frozen->tag->full_name);
    struct alarm_source source = {.kind = "frozen",
                                  .key = key,
                                  .object = frozen->tag->full_name,
                                  .machine = frozen->machine ? frozen->machine->machine->name : NULL,
                                  .priority = ALARM_MEDIUM};
    text_duration(time_us - frozen->since_us, lasted, sizeof lasted);
    text_exact(frozen->value, value, sizeof value);
    batch_raise(batch, time_us, &source, "stands at %s for %s: is the sensor alive?", value, lasted);
    batch_event(batch, time_us, "frozen", frozen->tag->full_name, "stands at %s for %s", value, lasted);
    frozen->stands = true;
    frozen->alarm = 1;
}

void frozen_poll(struct frozen *frozen, struct poll *poll, struct reading *readings, struct batch *batch)
{
    size_t column = frozen->tag->column;
    struct reading *reading = &readings[column];
    int64_t time_us = poll_time(poll, column);
    if (reading->quality == QUALITY_ABSENT)
        return;
    if (quality_is_bad(reading->quality)) { /* the time without a value does not count */
        frozen->since_us += frozen->stands ? 0 : time_us - frozen->since_us;
        return;
    }
    if (!frozen->since_us || reading->value != frozen->value)
        moved(frozen, time_us, reading->value, batch);
    else if (!frozen->stands && frozen->machine && !machine_should_move(frozen->machine))
        frozen->since_us = time_us;
    else if (!frozen->stands && time_us - frozen->since_us >= frozen->tag->frozen_after_us)
        stand(frozen, time_us, batch);
    if (!frozen->stands || !quality_is_good(reading->quality))
        return;
    reading->quality = QUALITY_UNCERTAIN_FROZEN;
    poll->quality[column] = QUALITY_UNCERTAIN_FROZEN;
}
