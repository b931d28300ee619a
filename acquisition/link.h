#ifndef GEMBA_ACQUISITION_LINK_H
#define GEMBA_ACQUISITION_LINK_H

#include "acquisition/queue.h"

/* One thread per TCP endpoint or serial line: asks its instruments in turn, each on its own grid of monotonic time, and hands polls to a queue. */
struct link_worker;

/* Starts the thread for the instruments of the plant that are on this link; their phases are spread over the period. NULL with err when the
 * thread cannot be made. plant and queue must outlive it. */
struct link_worker *link_start(const struct plant *plant, const struct link *link, struct queue *queue, struct error *err);

/* Makes it end after the request at hand; waits for that; frees it. In this order. */
void link_ask_to_end(struct link_worker *worker);
void link_end(struct link_worker *worker);
void link_destroy(struct link_worker *worker);

/* The present of its instruments: calls take for each. */
void link_each_status(struct link_worker *worker, void (*take)(const struct link_status *status, void *context), void *context);

#endif
