#ifndef GEMBA_SPC_OEE_H
#define GEMBA_SPC_OEE_H

#include <stddef.h>
#include <stdint.h>

/* Machine states, from the plant's state word. */
enum oee_state {
    OEE_NO_DATA, /* nothing known: neither downtime nor production */
    OEE_RUNNING,
    OEE_IDLE, /* able, no work: starved */
    OEE_BLOCKED,
    OEE_SETUP,
    OEE_FAULT,
    OEE_PLANNED, /* planned down: maintenance, breaks */
    OEE_OFF,     /* switched off, no shift */
    OEE_STATES,
};
/* "running", "idle", ... as in plant.yaml and JSON; and as the board shows it: "RUN", "IDLE", "STOP", "NO DATA". */
const char *oee_state_name(enum oee_state state);
const char *oee_state_label(enum oee_state state);
/* -1 when unknown. */
int oee_state_find(const char *name);

/* What happened in a period: seconds in each state (breaks already counted as OEE_PLANNED), and counts. */
struct oee_facts {
    double seconds[OEE_STATES];
    int64_t parts, rejects; /* produced and, of these, not good */
    double ideal_cycle_s;   /* PRI, seconds a part; NAN when unknown */
};

/* ISO 22400-2. Planned busy time PBT = all states but planned, off and no data; APT = running.
 * availability APT / PBT, effectiveness PRI x PQ / APT, quality GQ / PQ, OEE their product = PRI x GQ / PBT.
 * Losses are seconds and add up to PBT. A figure without a base is NAN; `why` names the first. */
struct oee {
    double planned_busy_s, actual_production_s, no_data_s, planned_down_s;
    double availability, performance, quality, oee; /* ratios, 0..1 (performance may exceed 1: see warning) */
    double availability_loss_s, performance_loss_s, quality_loss_s, productive_s;
    int64_t parts, good, rejects;
    double planned_parts; /* PBT / ideal cycle; NAN when unknown */
    double ideal_s;       /* PRI x PQ: what rolls up */
    const char *warning;  /* "performance above 100 %: the ideal cycle is wrong", "incomplete data", or NULL */
    const char *why;
};
struct oee oee_of(const struct oee_facts *facts);
/* A line or plant: minutes and ideal minutes are summed, percentages never averaged. */
struct oee oee_sum(const struct oee *machines, size_t count);

#endif
