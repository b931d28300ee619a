#ifndef GEMBA_ACQUISITION_SIM_DOOR_H
#define GEMBA_ACQUISITION_SIM_DOOR_H

#include "config/config.h"

/* Where clients of a simulated link come in: a listening socket, or the far end of a serial line. A serial line is a pseudo-terminal; when
 * nothing stands at the link's device path, and that is not in /dev, a symbolic link to it is put there while the door is open. */
struct sim_door {
    const struct link *link;
    int fd;         /* the listener, or the line; -1: closed */
    int slave;      /* the clients' end of a line, held open so that it outlives them */
    char path[128]; /* of a line, as clients open it */
    bool named;     /* the link's device path leads to it */
};

bool sim_door_is_line(const struct link *link);

/* *door belongs to link, closed. */
void sim_door_init(struct sim_door *door, const struct link *link);
/* -1 with words about the address when it cannot be had. The descriptor does not block. */
int sim_door_open(struct sim_door *door, struct error *err);
/* A line that is closed is an adapter that was pulled out: who has it open gets an error. */
void sim_door_close(struct sim_door *door);

#endif
