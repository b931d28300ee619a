#ifndef GEMBA_ACQUISITION_DEMO_PLANT_H
#define GEMBA_ACQUISITION_DEMO_PLANT_H

#include "config/config.h"

/* A simulated plant of its own: a directory with a copy of a config, whose links lead to free ports of this machine. */
struct demo_plant {
    char directory[256], config[300];
    bool keep;           /* the directory stays */
    struct plant *plant; /* the copy, loaded */
    int *reserved;       /* sockets that hold the ports until the simulator has them */
    size_t n_reserved;
};

/* given: the config file asked for, or NULL: demo.yaml beside the program, in the current directory, or as installed. keep: the directory to make
 * and to leave, or NULL: a temporary one. Refuses plants without a simulation section and stores outside the directory: a demo never
 * touches a real plant's data. On error nothing is left to remove. */
int demo_plant_make(struct demo_plant *demo, const char *given, const char *keep, struct error *err);
/* Lets go of the ports, once the simulator listens. */
void demo_plant_release_ports(struct demo_plant *demo);
/* Removes the directory unless it is kept. */
void demo_plant_remove(struct demo_plant *demo);

#endif
