#ifndef GEMBA_ACQUISITION_MACHINE_H
#define GEMBA_ACQUISITION_MACHINE_H

#include "acquisition/batch.h"
#include "acquisition/trigger.h"

/* A counter of a machine, whose parts count only while it was watched. */
struct machine_counter {
    const struct tag *tag; /* or NULL */
    struct trigger trigger;
    bool blind; /* not read since: what was made meanwhile is told, not counted */
};

/* One machine's state and counts, from the polls of the instruments its tags are on. */
struct machine_watch {
    const struct machine *machine;
    struct machine_counter parts, rejects;
    bool known;
    enum oee_state state;
    bool unmapped; /* the last state word is in no list, and that was said */
};

void machine_init(struct machine_watch *watch, const struct machine *machine);
/* Where a counter stood at the last poll before the start, and whether that was just now (then parts since count). */
void machine_restore(struct machine_watch *watch, const struct instrument *instrument, const struct reading *latest, bool fresh);
bool machine_is_on(const struct machine *machine, const struct instrument *instrument);

/* Looks at one poll of an instrument. A bad state word is OEE_NO_DATA. */
void machine_poll(struct machine_watch *watch, const struct instrument *instrument, int64_t time_us, const struct reading *readings,
                  struct batch *batch);

#endif
