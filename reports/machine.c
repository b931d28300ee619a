#include "reports/machine.h"

#include <math.h>
#include <stdlib.h>

/* Where an interval's time is booked: a machine that stands in a break was meant to stand, and outside the shifts nobody wants it to run. */
static void book(struct machine_study *study, const struct state_interval *interval)
{
    int64_t length_us = interval->to_us - interval->from_us;
    int64_t break_us = 0;
    enum oee_state state = interval->state;
    bool known = state != OEE_NO_DATA;
    if (known && state != OEE_RUNNING)
        break_us = shift_break_us(&study->shift, interval->from_us, interval->to_us);
    if (!study->shift.working && state == OEE_IDLE)
        state = OEE_OFF;
    study->facts.seconds[OEE_PLANNED] += (double)break_us / SECOND_US;
    study->facts.seconds[state] += (double)(length_us - break_us) / SECOND_US;
}

int machine_study_make(struct machine_study *study, struct store *store, const struct plant *plant, const struct machine *machine, int64_t now_us,
                       struct error *err)
{
    *study = (struct machine_study){.machine = machine, .shift = shift_at(plant, now_us), .to_us = now_us, .state = OEE_NO_DATA};
    study->from_us = study->shift.from_us;
    study->facts.ideal_cycle_s = machine->parts ? machine->ideal_cycle_s : NAN; /* without a counter nothing is known of its pace */
    if (machine->id != 0 && study->from_us < study->to_us) {
        if (store_machine_states(store, machine->id, study->from_us, study->to_us, &study->intervals, &study->n_intervals, err) ||
            store_machine_counts(store, machine->id, study->from_us, study->to_us, &study->facts.parts, &study->facts.rejects, err) ||
            store_machine_state(store, machine->id, &study->state, &study->since_us, err)) {
            machine_study_free(study);
            return -1;
        }
        for (size_t i = 0; i < study->n_intervals; i++)
            book(study, &study->intervals[i]);
    } else
        study->facts.seconds[OEE_NO_DATA] = (double)(study->to_us - study->from_us) / SECOND_US;
    study->oee = oee_of(&study->facts);
    return 0;
}

void machine_study_free(struct machine_study *study)
{
    free(study->intervals);
    study->intervals = NULL;
    study->n_intervals = 0;
}
