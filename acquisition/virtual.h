#ifndef GEMBA_ACQUISITION_VIRTUAL_H
#define GEMBA_ACQUISITION_VIRTUAL_H

#include "acquisition/poll.h"

/* The plant's virtual tags: calculated whenever one of their inputs arrives. Owned by one thread. A value's quality is the worst of its inputs'; an
 * input that is older than 2.5 periods is stale; what has no result is bad. */
struct virtuals;

struct virtuals *virtuals_create(const struct plant *plant);
void virtuals_destroy(struct virtuals *virtuals);

/* Takes note of a poll's readings (absent ones keep their last value) and calculates what depends on its instrument. */
void virtuals_see(struct virtuals *virtuals, const struct instrument *instrument, int64_t time_us, const struct reading *readings);

/* What is to be recorded of that: one poll a virtual tag, owned by the caller; NULL when there is no more. */
struct poll *virtuals_next(struct virtuals *virtuals);

/* Where a virtual tag's newest value stands; valid as long as virtuals. */
const struct reading *virtuals_reading(const struct virtuals *virtuals, const struct tag *tag);

#endif
