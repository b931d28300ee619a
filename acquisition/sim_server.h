#ifndef GEMBA_ACQUISITION_SIM_SERVER_H
#define GEMBA_ACQUISITION_SIM_SERVER_H

#include "acquisition/sim_bank.h"
#include "acquisition/sim_door.h"
#include "acquisition/sim_fault.h"
#include "acquisition/sim_log.h"

/* Modbus servers at the plant's links, in one thread: a request sees each part whole, its values, serial and counter. Nothing waits for a
 * client: half a request, or one that is not read from, delays nobody. */
struct sim_server;

/* Who answers. bank gives the registers of a unit on a link, brought up to date, or NULL: there is no such unit, which Modbus TCP answers as a
 * gateway does (exception 0B), and a serial line not at all. link NULL: nobody asks, time just passes. A mute bank gets no answer. */
struct sim_play {
    struct sim_bank *(*bank)(void *context, const struct link *link, int unit);
    void *context;
    struct sim_faults *faults;
    struct sim_log *log; /* or NULL */
};

/* Opens every link's door. NULL with words about the address when one cannot be had. From here on SIGINT, SIGTERM and SIGHUP end sim_server_run
 * instead of the process. play must outlive it. */
struct sim_server *sim_server_create(const struct plant *plant, const struct sim_play *play, struct error *err);
void sim_server_free(struct sim_server *server);

const struct sim_door *sim_server_door(const struct sim_server *server, const struct link *link);

/* Serves until a signal comes or CLOCK_MONOTONIC reaches until_us (INT64_MAX: only a signal). */
int sim_server_run(struct sim_server *server, int64_t until_us, struct error *err);

#endif
