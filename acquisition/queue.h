#ifndef GEMBA_ACQUISITION_QUEUE_H
#define GEMBA_ACQUISITION_QUEUE_H

#include "acquisition/poll.h"

/* Bounded queue of polls, many links to one recorder. When it is full the oldest polls are dropped, and counted. */
struct queue;

struct queue *queue_create(size_t most_polls, size_t most_bytes);
/* Frees the polls that are still in it. */
void queue_destroy(struct queue *queue);

/* Takes ownership. */
void queue_push(struct queue *queue, struct poll *poll);

/* Takes up to `most` polls, and no more than most_bytes but for the last, as a list in order, which the caller owns; NULL when there is none.
 * *dropped: polls dropped since the call before. */
struct poll *queue_take(struct queue *queue, size_t most, size_t most_bytes, int64_t *dropped);
/* Frees all, and returns how many they were, with those dropped since. */
int64_t queue_clear(struct queue *queue);

size_t queue_length(struct queue *queue);

#endif
