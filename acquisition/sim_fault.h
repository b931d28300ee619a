#ifndef GEMBA_ACQUISITION_SIM_FAULT_H
#define GEMBA_ACQUISITION_SIM_FAULT_H

#include "acquisition/sim_frame.h"

/* What goes wrong on the lines, as the plant's simulation section says. */
struct sim_faults;

/* Their times refer to plant time start_us; the same seed and the same requests have the same faults. */
struct sim_faults *sim_faults_create(const struct plant *plant, uint64_t seed, int64_t start_us);
void sim_faults_free(struct sim_faults *faults);

/* The first fault of the plant's that hits the answer to this request; NULL: none does. */
const struct fault *sim_faults_draw(struct sim_faults *faults, const struct link *link, const struct sim_request *request, int64_t now_us);

/* Whether nobody can connect to the link now. Plants without such a fault need not ask. */
bool sim_faults_refuse(const struct sim_faults *faults, const struct link *link, int64_t now_us);
bool sim_faults_can_refuse(const struct sim_faults *faults);

/* Changes the bytes of a frame on link as the fault wants it; returns their number, 0 when nothing is left. */
int sim_faults_alter(struct sim_faults *faults, const struct fault *fault, const struct link *link, uint8_t *frame, int length);

#endif
