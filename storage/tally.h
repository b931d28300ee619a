#ifndef GEMBA_STORAGE_TALLY_H
#define GEMBA_STORAGE_TALLY_H

#include "spc/spc.h"
#include "storage/value.h"

/* What the figures of a period need of its measurements and points: sums that can be put together piece by piece. Zero-initialised is empty. */
struct tally {
    int64_t count;          /* measurements, whatever they are */
    struct moments moments; /* of the good values whose point is not excluded */
    struct within within;
    double mr_squares;                                     /* of the moving ranges in within */
    int64_t subgroup_n;                                    /* of the subgroups in within; 0 none, -1 they differ */
    double range_sum, sd_sum;                              /* of those subgroups */
    double first_value, last_value;                        /* that make a moving range with the piece before, after; NAN: there is none */
    bool touched;                                          /* they say something, if only that there is no moving range */
    int64_t below, above;                                  /* values beyond lsl, usl */
    int64_t bad;                                           /* measurements without a good value, or of no point */
    int64_t points, violations, excluded;                  /* points: all; beyond the specification; excluded */
    int64_t signals, judged;                               /* of those that are not excluded: a rule fired; judged by limits */
};

/* Adds what came after it. The moving range over the border is found. */
void tally_merge(struct tally *into, const struct tally *after);

/* What is to be known of a measurement's point. */
struct tally_point {
    int64_t number;
    int n;
    bool excluded, gap; /* gap: it has no moving range */
    bool signal, violation, judged;
};

/* A piece that is added up value by value, in order of time. */
struct tally_run {
    struct tally tally;
    double lsl, usl;
    double *values;
    size_t n_values, room;
    size_t first;  /* of the subgroup at hand */
    int64_t point; /* its number */
    int n;         /* of points, lately */
    bool single, gap, broken;
    bool complete_only, known; /* the spread of a subgroup counts only when its point is known; that of the one at hand is */
    double previous;
};
void tally_begin(struct tally_run *run, double lsl, double usl);
void tally_add_point(struct tally_run *run, const struct tally_point *point);
/* point NULL: not known, or not of the period. */
void tally_add_value(struct tally_run *run, double value, enum quality quality, int64_t number, const struct tally_point *point);
/* The sums; the run is over and its memory freed. */
struct tally tally_end(struct tally_run *run);

#endif
