#include "acquisition/recall.h"

#include <math.h>

int recall_reading(struct store *store, const struct tag *tag, int64_t time_us, struct reading *reading, struct error *err)
{
    struct sample_cursor *cursor;
    struct sample sample;
    int more;
    *reading = (struct reading){.value = NAN, .quality = QUALITY_BAD_NEVER_READ};
    if (sample_cursor_open(&cursor, store, tag->id, time_us - 3600 * SECOND_US, time_us + 1, err))
        return -1;
    while ((more = sample_cursor_next(cursor, &sample, err)) == 1)
        if (quality_is_good(sample.reading.quality))
            *reading = sample.reading;
    sample_cursor_close(cursor);
    if (more < 0 && err->code == ERR_CORRUPT) { /* then nobody knows what it was */
        log_error("%s", err->text);
        more = 0;
    }
    return more;
}
