#include "acquisition/recording.h"

#include <math.h>
#include <string.h>

void recording_init(struct recording *recording, const struct tag *tag)
{
    *recording = (struct recording){.tag = tag};
}

static bool has_changed(const struct recording *recording, const struct reading *reading)
{
    const struct reading *last = &recording->last;
    if (!recording->begun || reading->quality != last->quality || strcmp(reading->text, last->text))
        return true;
    if (isnan(reading->value) || isnan(last->value))
        return isnan(reading->value) != isnan(last->value);
    double deadband = recording->tag->deadband;
    return deadband > 0 ? fabs(reading->value - last->value) > deadband : reading->value != last->value;
}

void recording_poll(struct recording *recording, struct poll *poll, const struct reading *readings)
{
    size_t column = recording->tag->column;
    if (readings[column].quality == QUALITY_ABSENT)
        return;
    if (recording->tag->record == RECORD_NOTHING || !has_changed(recording, &readings[column])) {
        poll->quality[column] = QUALITY_ABSENT;
        return;
    }
    recording->begun = true;
    recording->last = readings[column];
}
