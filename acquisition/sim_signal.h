#ifndef GEMBA_ACQUISITION_SIM_SIGNAL_H
#define GEMBA_ACQUISITION_SIM_SIGNAL_H

#include "acquisition/sim_bank.h"

/* The tags that no machine and no characteristic drives: temperatures, pressures, currents that swing slowly and plausibly. */
struct sim_signals;
struct sim_signals *sim_signals_create(const struct plant *plant, struct sim_banks *banks);
void sim_signals_free(struct sim_signals *signals);

/* Brings the signals of one bank to plant time now_us; costs next to nothing when less than a second of plant time has passed. */
void sim_signals_refresh(struct sim_signals *signals, struct sim_bank *bank, int64_t now_us);

/* The value of such a tag at an instant; a pure function. */
double sim_signal_at(const struct tag *tag, int64_t time_us);

#endif
