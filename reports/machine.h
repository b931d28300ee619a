#ifndef GEMBA_REPORTS_MACHINE_H
#define GEMBA_REPORTS_MACHINE_H

#include "reports/period.h"
#include "storage/storage.h"

/* A machine in a window: its OEE, state and timeline. */
struct machine_study {
    const struct machine *machine;
    struct shift_window shift; /* that holds `to` */
    int64_t from_us, to_us;
    struct oee_facts facts;
    struct oee oee;
    enum oee_state state;
    int64_t since_us; /* 0: never known */
    struct state_interval *intervals;
    size_t n_intervals;
};

/* From the start of the current shift to now: planned breaks count as planned down time unless the machine ran. */
int machine_study_make(struct machine_study *study, struct store *store, const struct plant *plant, const struct machine *machine, int64_t now_us,
                       struct error *err);
void machine_study_free(struct machine_study *study); /* its lists */

#endif
