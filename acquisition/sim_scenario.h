#ifndef GEMBA_ACQUISITION_SIM_SCENARIO_H
#define GEMBA_ACQUISITION_SIM_SCENARIO_H

#include "config/config.h"

/* What the scenarios do to a characteristic at one instant, in sigmas and as a factor on sigma. */
struct sim_effect {
    double offset, spread;
    bool stuck; /* the value before stays */
};

/* The occurrence of a scenario that holds elapsed_us after the simulation's start (0, 1, ... for one that comes again), or -1;
 * *into_us: how long it has held. An outlier holds for ever from its first occurrence on: its number says when the next value is due. */
int64_t sim_scenario_occurrence(const struct scenario *scenario, int64_t elapsed_us, int64_t *into_us);

/* played[n_scenarios] is the number of the occurrences whose outlier has been given out; zero at the start. */
struct sim_effect sim_scenario_effect(const struct plant *plant, const struct characteristic *characteristic, int64_t elapsed_us, int64_t *played);

bool sim_scenario_silences(const struct plant *plant, const struct instrument *instrument, int64_t elapsed_us);
bool sim_scenario_stops(const struct plant *plant, const struct machine *machine, int64_t elapsed_us);

#endif
