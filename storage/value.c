#include "storage/value.h"

#include <stdio.h>

static const struct {
    enum quality quality;
    const char *reason;
} reasons[] = {
    {QUALITY_GOOD, ""},
    {QUALITY_UNCERTAIN_STALE, "no newer value in time"},
    {QUALITY_UNCERTAIN_AFTER_TIMEOUT, "first answer after a timeout"},
    {QUALITY_UNCERTAIN_SUBSTITUTED, "entered by hand"},
    {QUALITY_UNCERTAIN_FROZEN, "stands still while it should move"},
    {QUALITY_BAD_NEVER_READ, "never read"},
    {QUALITY_BAD_CONFIGURATION, "the instrument has no such address or function"},
    {QUALITY_BAD_DEVICE, "the instrument reports a failure of its own"},
    {QUALITY_BAD_NOT_CONNECTED, "not connected"},
    {QUALITY_BAD_TIMEOUT, "no answer within the timeout"},
    {QUALITY_BAD_PROTOCOL, "an answer that is no valid Modbus"},
    {QUALITY_BAD_RANGE, "outside the valid range"},
    {QUALITY_BAD_SENSOR, "sensor fault: it sent no value"},
    {QUALITY_BAD_GATEWAY, "the gateway gets no answer from the unit"},
};

const char *quality_name(enum quality quality)
{
    return quality_is_good(quality) ? "good" : quality_is_bad(quality) ? "bad" : "uncertain";
}

const char *quality_reason(enum quality quality)
{
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
        if (reasons[i].quality == quality)
            return reasons[i].reason;
    return quality_is_good(quality) ? "" : "a reason this version does not know";
}

const char *limits_state_name(enum limits_state state)
{
    static const char *const names[] = {"provisional", "trial", "locked", "superseded", "approved"};
    return (unsigned)state < sizeof names / sizeof names[0] ? names[state] : "unknown";
}

char *reading_words(const struct tag *tag, const struct reading *reading, char *out, size_t size)
{
    const char *name = tag_value_name(tag, reading->value);
    out[0] = '\0';
    if (quality_is_bad(reading->quality))
        return out;
    if (name || reading->text[0] || tag->type == TYPE_STRING)
        snprintf(out, size, "%s", name ? name : reading->text);
    else
        text_exact(reading->value, out, size);
    return out;
}
