#ifndef GEMBA_ACQUISITION_RECORDING_H
#define GEMBA_ACQUISITION_RECORDING_H

#include "acquisition/poll.h"
#include "storage/storage.h"

/* A tag that is not recorded at every poll, and what was recorded of it last. */
struct recording {
    const struct tag *tag;
    bool begun;
    struct reading last;
};
void recording_init(struct recording *recording, const struct tag *tag);
/* Takes the tag out of what the poll brings into the store, unless it is recorded on change and has changed: moved by more than the deadband since
 * it was recorded, or its quality or text is another. The first one after the start is recorded. */
void recording_poll(struct recording *recording, struct poll *poll, const struct reading *readings);

#endif
