#ifndef GEMBA_ACQUISITION_COUNTING_H
#define GEMBA_ACQUISITION_COUNTING_H

#include "acquisition/poll.h"
#include "acquisition/trigger.h"

/* What goes on counting becomes samples: what was added to the source, and to the size, since the sample before; or events, and what lies between
 * them. For charts of counts; measured values have none of it. */
struct counting {
    const struct characteristic *characteristic;
    struct trigger count, size;
    int64_t counted, sized; /* since the last sample or event */
    int64_t last_us;        /* when that was; 0: there was none, so nothing can be said yet */
};

/* last_us: of the last sample in the store, 0 without: goes on from where the counters stood then. */
int counting_init(struct counting *counting, const struct characteristic *characteristic, struct store *store, int64_t last_us, struct error *err);

/* Takes note of a poll of the source's instrument; call it once a poll. Returns the events seen. */
int64_t counting_see(struct counting *counting, const struct reading *readings);

/* The sample that ends now, as the value that is to be judged and its size; false when there is none: the first one begins, nothing was made, or the
 * source is bad. */
bool counting_sample(struct counting *counting, int64_t time_us, const struct reading *readings, struct reading *value, double *size);
/* An event: the hours or parts since the one before. Of several at once all but the first follow at once. */
bool counting_event(struct counting *counting, int64_t time_us, struct reading *value);

#endif
