#ifndef GEMBA_STORAGE_RETAIN_H
#define GEMBA_STORAGE_RETAIN_H

#include "storage/store.h"

/* Letting go of what is old, by class. Verdicts, limits, notes, the audit chain and the figures of dropped values stay for ever. */
struct retained {
    int64_t rows;           /* polls, values, events, minutes: what goes, or went */
    int64_t chunks, bytes;  /* packed ones among them, and their size */
    int64_t from_us, to_us; /* of what goes; 0: nothing does */
};

/* Adds up what of a class lies before an instant, or drops it, in transactions of a few milliseconds each, so that a collector goes on meanwhile;
 * the audit chain says first what goes. Values go chunk by chunk: a chunk's figures and verdicts stay, values that are not packed yet wait for it. */
int store_retain(struct store *store, enum keep_class class, int64_t before_us, bool dry_run, const char *who, struct retained *retained,
                 struct error *err);
/* Values of the characteristic before *until_us were let go; INT64_MIN: none were. Their figures stay: who brings them again must not record them. */
int store_dropped_until(struct store *store, int64_t characteristic, int64_t *until_us, struct error *err);

#endif
