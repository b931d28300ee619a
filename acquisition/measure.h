#ifndef GEMBA_ACQUISITION_MEASURE_H
#define GEMBA_ACQUISITION_MEASURE_H

#include "acquisition/batch.h"
#include "acquisition/judge.h"
#include "acquisition/trigger.h"

/* When a reading is a measurement of a characteristic: a counter moved on, or it is time. */
struct measure {
    const struct characteristic *characteristic;
    struct judge *judge;
    struct trigger trigger;
    int64_t last_us; /* of the last measurement; 0 none */
};

/* latest: the instrument's last readings in the store, or NULL: a counter that stands where it stood brings nothing new. */
void measure_init(struct measure *measure, const struct characteristic *characteristic, struct judge *judge, const struct reading *latest);

/* Looks at one poll of the source's instrument; events of the counter go into the batch. */
void measure_poll(struct measure *measure, int64_t time_us, const struct reading *readings, struct batch *batch);

#endif
