#ifndef GEMBA_ACQUISITION_RECORDER_H
#define GEMBA_ACQUISITION_RECORDER_H

#include "acquisition/link.h"

/* The one thread that writes: takes what is in the queue a few times a second, judges it, and commits it in one transaction. While the store
 * cannot be written (locked, disk full) it keeps what is judged and tries again; the queue holds what follows, and says what it had to drop. */
struct recorder;

/* Goes on where the store stopped. plant, store and queue must outlive it; the store is the recorder's until recorder_stop. NULL with err. */
struct recorder *recorder_start(const struct plant *plant, struct store *store, struct queue *queue, struct error *err);

/* Their statuses are recorded once a second; call it once, before anything is stopped. The array must outlive the recorder. */
void recorder_watch(struct recorder *recorder, struct link_worker *const *workers, size_t count);

/* Something is wrong with the store that waiting does not mend; it was logged. */
bool recorder_has_failed(struct recorder *recorder);

/* Commits what is left in the queue, ends the thread and frees it. What is not committed after most_us of real time, and one transaction more, is
 * dropped, and the store says so if it can be written. Returns the polls that were. Workers that are watched must still be there. */
size_t recorder_stop(struct recorder *recorder, int64_t most_us);

#endif
