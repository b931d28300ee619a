#ifndef GEMBA_ACQUISITION_RECALL_H
#define GEMBA_ACQUISITION_RECALL_H

#include "storage/storage.h"

/* What a tag said at some moment: for going on after a restart where things stood then. */

/* The newest good reading at or before a time; QUALITY_BAD_NEVER_READ and NAN when the store has none of the hour before. */
int recall_reading(struct store *store, const struct tag *tag, int64_t time_us, struct reading *reading, struct error *err);

#endif
