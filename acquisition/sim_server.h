#ifndef GEMBA_ACQUISITION_SIM_SERVER_H
#define GEMBA_ACQUISITION_SIM_SERVER_H

#include "acquisition/sim_bank.h"

/* Modbus TCP servers at the plant's TCP links, in one thread: a request sees each part whole, its values, serial and counter. */
struct sim_server;

/* Listens at every TCP link's endpoint. NULL with words about the address when one cannot be had. From here on SIGINT, SIGTERM and
 * SIGHUP end sim_server_run instead of the process. */
struct sim_server *sim_server_create(const struct plant *plant, struct error *err);
void sim_server_free(struct sim_server *server);

/* Gives the registers of a unit at a link's endpoint, brought up to date; NULL: no such unit, which is answered as a gateway does
 * (exception 0B). A mute bank gets no answer. unit -1: nobody asks, time just passes. */
typedef struct sim_bank *(*sim_lookup)(void *context, const struct link *link, int unit);

/* Serves until a signal comes or CLOCK_MONOTONIC reaches until_us (INT64_MAX: only a signal). */
int sim_server_run(struct sim_server *server, int64_t until_us, sim_lookup lookup, void *context, struct error *err);

#endif
