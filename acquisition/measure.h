#ifndef GEMBA_ACQUISITION_MEASURE_H
#define GEMBA_ACQUISITION_MEASURE_H

#include "acquisition/batch.h"
#include "acquisition/counting.h"
#include "acquisition/judge.h"
#include "acquisition/retest.h"
#include "acquisition/trigger.h"

/* When a reading is a measurement of a characteristic: a counter moved on (so many parts), a handshake bit rose, or it is time. */
struct measure {
    const struct characteristic *characteristic;
    struct judge *judge;
    struct trigger trigger;
    int64_t last_us;           /* of the last measurement; 0 none */
    int64_t parts;             /* since the last one that was measured, where not each is */
    bool waiting;              /* a new part's value comes with the next answer that holds it */
    char serial[READING_TEXT]; /* as last read */
    struct context context;    /* likewise */
    struct batch_place context_place;
    struct retest *retest;     /* or NULL */
    char key[READING_TEXT];    /* likewise, of characteristic->by */
    char stream[READING_TEXT]; /* likewise, of characteristic->stream */
    struct counting counting;
    bool owes; /* an acknowledgement is to be written, when the value is recorded: */
    double acknowledgement;
    const struct reading *source; /* where the value stands when it is not in the counter's poll: calculated from it; else NULL */
};

/* latest: the instrument's last readings in the store, or NULL: a counter that stands where it stood brings nothing new. */
int measure_init(struct measure *measure, const struct characteristic *characteristic, struct judge *judge, const struct reading *latest,
                 struct store *store, struct error *err);

/* Looks at one poll of the source's instrument; events of the counter go into the batch. */
void measure_poll(struct measure *measure, const struct poll *poll, const struct reading *readings, struct batch *batch);

#endif
