#ifndef GEMBA_ACQUISITION_JUDGE_PRIVATE_H
#define GEMBA_ACQUISITION_JUDGE_PRIVATE_H

#include "acquisition/judge.h"

/* Of z-mr that learns its parts: what is known of one. Those of the part at hand are in the judge. */
struct judge_part {
    char name[READING_TEXT];
    struct limits limits;
    int64_t id; /* of the limits, once they are stored */
    size_t place;
    int64_t batch;
    struct subgroup *base; /* of its own points alone; a moving range of NAN where another part lay between */
    size_t n_base;
    int64_t first;       /* number of the oldest in base */
    int64_t last_number; /* of its newest point */
    struct limits seen;  /* while points are judged again: by which it was judged last */
};

/* Shared by judge.c (measurements to points), judge_restore.c (after a restart) and judge_alarm.c (what people are told). */
struct judge {
    const struct characteristic *characteristic;
    struct chart_state chart;
    struct subgroup previous;
    bool has_previous;
    double *values; /* of the subgroup that is being filled */
    int n_values;
    int64_t value_us;            /* when the newest of them came, */
    char serial[READING_TEXT];   /* ... of which part, */
    int64_t break_us;            /* a bad value came then, while they waited for the end of their subgroup; 0: none */
    char key[READING_TEXT];      /* ... and with which lot or part to make */
    struct stream_round round;   /* of group: the same values by stream */
    char stranger[READING_TEXT]; /* of group: a stream that is none of them, as it was told */
    bool below, above;           /* one of them is outside the specification */
    struct subgroup *base;       /* points that calculated limits come from, until there are `baseline` */
    size_t n_base;
    struct judge_part **parts; /* of z-mr that learns them, in the order they came */
    size_t n_parts, parts_room;
    struct judge_part *part; /* at hand; NULL */
    struct limits pool;   /* of z-mr whose parts share a sigma: it, from so many moving ranges; its centre is that of distances from the parts', 0 */
    int64_t pool_id;      /* of it, once it is stored */
    bool not_on_chart;    /* the newest value has no z: told */
    struct limits limits; /* in force; standing.limits is their id */
    size_t place;         /* of the limits in their batch, while they have no id */
    int64_t limits_batch; /* number of that batch */
    int64_t standing_batch; /* number of the batch that will write the standing */
    struct standing standing;
    int64_t last_point, sequence;
    struct measurement newest;                                /* recorded since the start; time 0: none */
    bool signal_alarm, specification_alarm, capability_alarm; /* may be active */
};

/* The batch at hand will write the standing. */
void judge_put_standing(struct judge *judge, struct batch *batch);
bool judge_has_locked(const struct characteristic *characteristic);
/* A missing value: every run ends. */
void judge_break(struct judge *judge);
/* The same, at a time: where a subgroup may have ended before it, nobody knows yet, that is seen when the next value comes. */
void judge_break_at(struct judge *judge, int64_t time_us);
/* Whether the rules begin anew with these limits: other numbers that somebody set, not calculated ones. */
bool judge_begins_stage(const struct limits *before, const struct limits *now);
/* The baseline so far and the run rules, from the store's last points, as if they had just been judged. */
int judge_replay(struct judge *judge, struct store *store, struct error *err);
/* Of z-mr that learns its parts, in judge_parts.c. Makes one the part at hand; NULL: none. Its limits and its baseline are then the judge's. */
struct judge_part *judge_part(struct judge *judge, const char *name); /* found or added */
void judge_select_part(struct judge *judge, struct judge_part *part);
/* Back into the part at hand what the judge changed. */
void judge_keep_part(struct judge *judge);
/* What the points of the baseline at hand give; where parts share a sigma, with those that the pool comes from. */
struct chart_estimate judge_estimate(const struct judge *judge);
/* Into the pool what a complete baseline adds to it; and the other way, where the part at hand goes by a sigma that the pool had before. */
void judge_add_to_pool(struct judge *judge, int64_t time_us, struct batch *batch);
void judge_take_pool(struct judge *judge, int64_t time_us, struct batch *batch);
bool judge_pools(const struct judge *judge);
/* It has a place on the chart: relative z-mr takes logarithms. */
bool judge_charts(const struct judge *judge, double value);
void judge_name_source(const struct judge *judge, struct limits *limits);
int judge_restore_parts(struct judge *judge, struct store *store, struct batch *batch, int64_t now_us, struct error *err);
int judge_restore_baselines(struct judge *judge, struct store *store, struct error *err);
int judge_take_part_limits(struct judge *judge, struct store *store, struct batch *batch, int64_t now_us, struct error *err);
void judge_free_parts(struct judge *judge);
/* Whether limits of a judged point begin a stage after those that its part was judged by before. */
bool judge_part_begins_stage(struct judge *judge, const struct limits *now);

/* The limits so far no longer hold, and there are no others yet: a stage without limits, whose points the next ones will come from. */
void judge_begin_baseline(struct judge *judge, const char *words, int64_t now_us, struct batch *batch);
/* New limits come into force. */
void judge_put_limits(struct judge *judge, struct limits limits, struct batch *batch);

/* A damaged part of the store costs what lies in it, not the values to come: told as an event and an alarm, 0. Any other error: -1. */
int judge_goes_on(struct judge *judge, int64_t now_us, struct batch *batch, const struct error *err);
/* Raises and clears what a value, and a complete point, say. */
void judge_check_value(struct judge *judge, const struct measurement *measurement, struct batch *batch);
void judge_alarms(struct judge *judge, const struct point *point, struct batch *batch);

#endif
