#ifndef GEMBA_ACQUISITION_SIM_CHANNEL_H
#define GEMBA_ACQUISITION_SIM_CHANNEL_H

#include "acquisition/sim_frame.h"

/* A client's connection or a serial line: what has come and is no whole request yet, and the answers that are still to go. */
struct sim_channel;

/* fd does not block; it stays the caller's. */
struct sim_channel *sim_channel_create(const struct link *link, int fd);
void sim_channel_free(struct sim_channel *channel);

/* Reads what has come. -1: the connection is over. */
int sim_channel_receive(struct sim_channel *channel, int64_t now_us);
/* The next whole request; false: none. A network client that sends anything else is hung up on (-1 from the next receive); what a serial
 * line brings before a silence, and is no request, is forgotten, as by every unit on it. */
bool sim_channel_request(struct sim_channel *channel, struct sim_request *request);

/* Sends a unit's frame at due_us (CLOCK_MONOTONIC), whole, or a byte each step_us. On a serial line a unit answers in order: not before
 * its frame before has been sent. Requests with numbers may overtake each other. */
void sim_channel_answer(struct sim_channel *channel, int unit, const uint8_t *frame, int length, int64_t due_us, int64_t step_us);
/* Sends what is due. Returns when there is more to do, INT64_MAX: never; -1: the connection is over. */
int64_t sim_channel_send(struct sim_channel *channel, int64_t now_us);

#endif
