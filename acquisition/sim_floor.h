#ifndef GEMBA_ACQUISITION_SIM_FLOOR_H
#define GEMBA_ACQUISITION_SIM_FLOOR_H

#include "acquisition/sim_bank.h"

/* The shop floor: cells that make parts. A cell is a machine with its characteristics, or an instrument that measures on its own every
 * 5 s. A part gives each characteristic of its cell a new value, then the serial number, then moves the counters on. */
struct sim_floor;

/* Starts at plant time start_us, to which the scenarios' times refer. The same seed and start play the same plant, however often and
 * whenever it is looked at. */
struct sim_floor *sim_floor_create(const struct plant *plant, struct sim_banks *banks, uint64_t seed, int64_t start_us);
void sim_floor_free(struct sim_floor *floor);

/* Plays everything up to plant time now_us into the banks. */
void sim_floor_advance(struct sim_floor *floor, int64_t now_us);

#endif
