#ifndef GEMBA_STORAGE_CURSOR_H
#define GEMBA_STORAGE_CURSOR_H

#include "storage/store.h"
#include "storage/value.h"

/* A period is [from_us, to_us); 0 and INT64_MAX are open ends. */

/* A characteristic's points in order of time. last > 0: only the newest `last` of the period, still oldest first. */
struct point_cursor;
int point_cursor_open(struct point_cursor **cursor, struct store *store, int64_t characteristic, int64_t from_us, int64_t to_us, int64_t last,
                      struct error *err);
int point_cursor_next(struct point_cursor *cursor, struct point *point, struct error *err); /* 1, 0 at the end, -1 */
void point_cursor_close(struct point_cursor *cursor);

/* A characteristic's measurements, likewise. characteristic 0: of all, in order of time. */
struct measurement_cursor;
int measurement_cursor_open(struct measurement_cursor **cursor, struct store *store, int64_t characteristic, int64_t from_us, int64_t to_us,
                            int64_t last, struct error *err);
int measurement_cursor_next(struct measurement_cursor *cursor, struct measurement *measurement, struct error *err);
void measurement_cursor_close(struct measurement_cursor *cursor);

/* Recorded readings of one tag, or, tag 0, of all, in order of time; the latter keeps a chunk of every instrument in memory. */
struct sample {
    int64_t tag;
    const char *name; /* "gauge-7.bore", valid until the next call; also of tags no longer in the config */
    int64_t time_us;
    struct reading reading;
};
struct sample_cursor;
int sample_cursor_open(struct sample_cursor **cursor, struct store *store, int64_t tag, int64_t from_us, int64_t to_us, struct error *err);
/* Of all tags of an instrument; of those that are polled together: a series of FEED_POLLS (feed.h). */
int sample_cursor_open_instrument(struct sample_cursor **cursor, struct store *store, int64_t instrument, int64_t from_us, int64_t to_us,
                                  struct error *err);
int sample_cursor_open_layout(struct sample_cursor **cursor, struct store *store, int64_t layout, int64_t from_us, int64_t to_us, struct error *err);
int sample_cursor_next(struct sample_cursor *cursor, struct sample *sample, struct error *err);
void sample_cursor_close(struct sample_cursor *cursor);

/* The newest point number and the measurements after it that wait for their subgroup to be full: what a restarted collector goes on from. */
int store_pending(struct store *store, int64_t characteristic, int64_t *last_point, struct measurement *pending, int room, int *count,
                  struct error *err);

/* What measurements came with; an id of 0 gives an empty one. */
int store_context(struct store *store, int64_t id, struct context *context, struct error *err);

/* The stable name of a characteristic or tag id, also when it is no longer in the config; NULL when unknown. Valid until the store is closed. */
const char *store_characteristic_name(struct store *store, int64_t characteristic);

#endif
