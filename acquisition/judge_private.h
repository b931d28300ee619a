#ifndef GEMBA_ACQUISITION_JUDGE_PRIVATE_H
#define GEMBA_ACQUISITION_JUDGE_PRIVATE_H

#include "acquisition/judge.h"

/* Shared by judge.c (measurements to points), judge_restore.c (after a restart) and judge_alarm.c (what people are told). */
struct judge {
    const struct characteristic *characteristic;
    struct chart_state chart;
    struct subgroup previous;
    bool has_previous;
    double *values; /* of the subgroup that is being filled */
    int n_values;
    bool below, above;     /* one of them is outside the specification */
    struct subgroup *base; /* points that calculated limits come from, until there are `baseline` */
    size_t n_base;
    struct limits limits;   /* in force; standing.limits is their id */
    size_t place;           /* of the limits in their batch, while they have no id */
    int64_t limits_batch;   /* number of that batch */
    int64_t standing_batch; /* number of the batch that will write the standing */
    struct standing standing;
    int64_t last_point, sequence;
    bool signal_alarm, specification_alarm, capability_alarm; /* may be active */
};

bool judge_has_locked(const struct characteristic *characteristic);
/* A missing value: every run ends. */
void judge_break(struct judge *judge);
/* New limits come into force. */
void judge_put_limits(struct judge *judge, struct limits limits, struct batch *batch);

/* Raises and clears what a value, and a complete point, say. */
void judge_check_value(struct judge *judge, const struct measurement *measurement, struct batch *batch);
void judge_alarms(struct judge *judge, const struct point *point, struct batch *batch);

#endif
