#ifndef GEMBA_STORAGE_LATE_H
#define GEMBA_STORAGE_LATE_H

#include "storage/private.h"

/* Rows that were recorded when their series had newer ones already: whoever has read on past their place would never meet them, so their keys are
 * kept, in `late`, for storage/feed.c. A key is a time and a rank at that time; series are characteristics, and of polls layouts. */

/* Stored as these numbers: never renumber. */
enum late_kind { LATE_VALUES, LATE_POINTS, LATE_POLLS, LATE_KINDS };
struct late_key {
    int64_t time_us, rank; /* a measurement's sequence, a point's number, 0 of a poll */
};
static inline bool late_before(struct late_key a, struct late_key b)
{
    return a.time_us != b.time_us ? a.time_us < b.time_us : a.rank < b.rank;
}

/* The newest key that a series ever had, also when retention let it go since; INT64_MIN when it had none. 0 or -1. */
int late_newest(struct store *store, enum late_kind kind, int64_t series, struct late_key *newest, struct error *err);
/* Inside a transaction: the row with this key was added to a series that had `newest` before. */
void late_added(struct store *store, enum late_kind kind, int64_t series, struct late_key newest, struct late_key key);
/* Before the commit: what came late, into the table. */
int late_write(struct store *store, struct error *err);
/* Forgets what this connection knows of newest keys, and of late ones that are not written. */
void late_forget(struct store *store);
void late_free(struct store *store);

/* The keys of a row of `late`, in order; allocated for the caller. ERR_CORRUPT when they are damaged. */
int late_unpack(struct store *store, int64_t series, const void *data, size_t size, struct late_key **keys, size_t *count, struct error *err);

#endif
