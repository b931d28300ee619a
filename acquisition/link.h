#ifndef GEMBA_ACQUISITION_LINK_H
#define GEMBA_ACQUISITION_LINK_H

#include "acquisition/queue.h"
#include "acquisition/write.h"

/* One thread per serial line or connection to a TCP endpoint: asks its instruments in turn, each on its own grid of monotonic time, and hands polls to a queue. */
struct link_worker;

/* Starts the thread of one of the link's connections (0 .. link->connections - 1), with its share of the link's instruments, which may be none; their
 * phases are spread over the period. NULL with err when the
 * thread cannot be made. plant and queue must outlive it. */
struct link_worker *link_start(const struct plant *plant, const struct link *link, int connection, struct queue *queue, struct error *err);

/* Makes it end after the request at hand; waits for that; frees it. In this order. */
void link_ask_to_end(struct link_worker *worker);
void link_end(struct link_worker *worker);
void link_destroy(struct link_worker *worker);

/* The present of its instruments: calls take for each. */
void link_each_status(struct link_worker *worker, void (*take)(const struct link_status *status, void *context), void *context);

/* Hands a write to the thread, which does it after the request at hand; false when the tag is another's. link_written gives back, to the caller, the
 * jobs that are finished, in order; a list. */
bool link_write(struct link_worker *worker, struct write_job *job);
struct write_job *link_written(struct link_worker *worker);

#endif
