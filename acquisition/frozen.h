#ifndef GEMBA_ACQUISITION_FROZEN_H
#define GEMBA_ACQUISITION_FROZEN_H

#include "acquisition/machine.h"

/* A tag whose value should move: when it stands still for frozen_after while its machine runs, it is uncertain, and an alarm. */
struct frozen {
    const struct tag *tag;
    const struct machine_watch *machine; /* or NULL: it should always move */
    double value;
    int64_t since_us; /* unchanged; 0: not read yet */
    bool stands;
    int alarm; /* 0 cleared, 1 raised, -1 perhaps raised before the start */
};

void frozen_init(struct frozen *frozen, const struct tag *tag, const struct machine_watch *machine);

/* Looks at one poll of the tag's instrument, after its machine did; marks the value in the poll and among its readings. */
void frozen_poll(struct frozen *frozen, struct poll *poll, struct reading *readings, struct batch *batch);

#endif
