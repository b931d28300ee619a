#ifndef GEMBA_ACQUISITION_SIM_LOG_H
#define GEMBA_ACQUISITION_SIM_LOG_H

#include "acquisition/sim_answer.h"

/* What the simulator served, as CSV: a line for every value of every answer, with the plant time at which it was read from the registers,
 * the registers as hexadecimal digits, and the fault that hit the answer ("" when none did). */
struct sim_log;

struct sim_log *sim_log_open(const struct plant *plant, const char *path, struct error *err);
/* -1 with err when not everything could be written. NULL is fine. */
int sim_log_close(struct sim_log *log, struct error *err);

void sim_log_served(struct sim_log *log, const struct sim_bank *bank, const struct sim_span *span, int64_t time_us, const char *fault);
/* Hands on what was written so far. */
void sim_log_flush(struct sim_log *log);

#endif
