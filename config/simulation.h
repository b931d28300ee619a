/* Of the checked model: what the simulator plays, `simulation:` in plant.yaml, and how its lines misbehave. A real plant has none. */
#ifndef GEMBA_CONFIG_SIMULATION_H
#define GEMBA_CONFIG_SIMULATION_H

#include "config/characteristic.h"

enum scenario_kind {
    SCENARIO_DRIFT,   /* size: sigmas an hour of plant time */
    SCENARIO_SHIFT,   /* size: sigmas, from `after` on, for `lasts` */
    SCENARIO_SPREAD,  /* size: factor on sigma */
    SCENARIO_OUTLIER, /* size: sigmas, one value each `every` */
    SCENARIO_WEAR,    /* size: sigmas when the tool is changed, each `every` */
    SCENARIO_STICK,   /* the value stays what it was, while parts go on */
    SCENARIO_SILENCE, /* of an instrument: it stops answering */
    SCENARIO_STOP,    /* of a machine: it goes to its fault state */
};
struct scenario {
    const char *name;
    enum scenario_kind kind;
    const struct characteristic *characteristic; /* exactly one of the three */
    const struct instrument *instrument;
    const struct machine *machine;
    int64_t after_us, lasts_us, every_us; /* plant time; lasts 0 = for ever; every 0 = once */
    double size;
};

/* How a simulated line misbehaves: each answer is its victim with some probability. */
enum fault_kind {
    FAULT_DELAY, /* comes delay later */
    FAULT_DROP,
    FAULT_GARBLE,            /* TCP: a byte before the values is another; serial: size neighbours anywhere are */
    FAULT_CRC,               /* its checksum is wrong */
    FAULT_WRONG_UNIT,        /* carries the number of another unit */
    FAULT_WRONG_TRANSACTION, /* carries the number of another request */
    FAULT_DUPLICATE,         /* comes twice, the second time delay later */
    FAULT_TRUNCATE,          /* its last size bytes are missing */
    FAULT_EXCEPTION,         /* is exception code instead */
    FAULT_DRIP,              /* comes byte by byte, delay apart */
    FAULT_DISCONNECT,        /* the connection is closed instead; a serial adapter is unplugged for delay */
    FAULT_REFUSE,            /* of a link: nobody can connect */
    FAULT_ILLEGAL,           /* is exception 2: the addresses do not exist */
};
struct fault {
    const char *name;
    enum fault_kind kind;
    const struct link *link;
    const struct instrument *instrument;  /* NULL: every unit of the link */
    int64_t after_us, lasts_us, every_us; /* plant time; lasts 0 = for ever; every 0 = once */
    int64_t delay_us;                     /* real time, as a link's timeout */
    double probability;
    enum area area; /* with count > 0: only requests that touch these addresses */
    int address, count;
    int size, code;
};

#endif
