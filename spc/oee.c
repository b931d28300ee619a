#include "spc/oee.h"

#include <math.h>
#include <string.h>

static const struct {
    const char *name, *label;
} states[OEE_STATES] = {
    [OEE_NO_DATA] = {"no-data", "NO DATA"}, [OEE_RUNNING] = {"running", "RUN"}, [OEE_IDLE] = {"idle", "IDLE"},
    [OEE_BLOCKED] = {"blocked", "BLOCKED"}, [OEE_SETUP] = {"setup", "SETUP"},   [OEE_FAULT] = {"fault", "STOP"},
    [OEE_PLANNED] = {"planned", "PLANNED"}, [OEE_OFF] = {"off", "OFF"},
};

const char *oee_state_name(enum oee_state state)
{
    return states[state].name;
}

const char *oee_state_label(enum oee_state state)
{
    return states[state].label;
}

int oee_state_find(const char *name)
{
    for (int i = 0; i < OEE_STATES; i++)
        if (!strcmp(states[i].name, name))
            return i;
    return -1;
}

static void blame(struct oee *oee, const char *why)
{
    if (!oee->why)
        oee->why = why;
}

static double ratio(double part, double base, struct oee *oee, const char *why)
{
    if (base > 0 && !isnan(part))
        return part / base;
    blame(oee, why);
    return NAN;
}

/* The figures from the sums; quality's part and base differ between one machine (parts) and several (ideal seconds). */
static void finish(struct oee *oee, double good, double made)
{
    static const char no_cycle[] = "no ideal cycle";
    const char *unknown = isnan(oee->ideal_s) ? no_cycle : NULL;
    oee->availability = ratio(oee->actual_production_s, oee->planned_busy_s, oee, "no planned busy time");
    oee->performance = ratio(oee->ideal_s, oee->actual_production_s, oee, unknown ? unknown : "the machine did not run");
    oee->quality = ratio(good, made, oee, "no parts");
    oee->oee = ratio(oee->productive_s, oee->planned_busy_s, oee, unknown ? unknown : "no planned busy time");
    oee->availability_loss_s = oee->planned_busy_s - oee->actual_production_s;
    oee->performance_loss_s = oee->actual_production_s - oee->ideal_s;
    oee->quality_loss_s = oee->ideal_s - oee->productive_s;
    if (oee->rejects > oee->parts) {
        oee->quality = oee->oee = NAN;
        oee->warning = "more rejects than parts: check the counters";
        blame(oee, "more rejects than parts");
    } else if (oee->performance > 1) {
        oee->warning = "performance above 100 %: the ideal cycle is wrong";
    } else if (oee->no_data_s > 0) {
        oee->warning = "incomplete data";
    }
}

struct oee oee_of(const struct oee_facts *facts)
{
    struct oee oee = {
        .actual_production_s = facts->seconds[OEE_RUNNING],
        .no_data_s = facts->seconds[OEE_NO_DATA],
        .planned_down_s = facts->seconds[OEE_PLANNED],
        .parts = facts->parts,
        .good = facts->parts - facts->rejects,
        .rejects = facts->rejects,
    };
    double cycle = facts->ideal_cycle_s > 0 ? facts->ideal_cycle_s : NAN;
    for (int i = 0; i < OEE_STATES; i++)
        if (i != OEE_PLANNED && i != OEE_OFF && i != OEE_NO_DATA)
            oee.planned_busy_s += facts->seconds[i];
    oee.ideal_s = cycle * (double)oee.parts;
    oee.productive_s = cycle * (double)oee.good;
    oee.planned_parts = oee.planned_busy_s / cycle;
    finish(&oee, (double)oee.good, (double)oee.parts);
    return oee;
}

struct oee oee_sum(const struct oee *machines, size_t count)
{
    struct oee sum = {0};
    for (size_t i = 0; i < count; i++) {
        const struct oee *machine = &machines[i];
        sum.planned_busy_s += machine->planned_busy_s;
        sum.actual_production_s += machine->actual_production_s;
        sum.no_data_s += machine->no_data_s;
        sum.planned_down_s += machine->planned_down_s;
        sum.parts += machine->parts;
        sum.good += machine->good;
        sum.rejects += machine->rejects;
        /* A machine that was not planned and made nothing has nothing to add, whether its cycle is known or not. */
        if (machine->planned_busy_s == 0 && machine->parts == 0)
            continue;
        sum.ideal_s += machine->ideal_s;
        sum.productive_s += machine->productive_s;
        sum.planned_parts += machine->planned_parts;
    }
    if (isnan(sum.ideal_s))
        finish(&sum, (double)sum.good, (double)sum.parts);
    else
        finish(&sum, sum.productive_s, sum.ideal_s);
    return sum;
}
