#ifndef GEMBA_SPC_TIMEMODEL_H
#define GEMBA_SPC_TIMEMODEL_H

#include <stddef.h>

/* The process models of ISO 22514-2, by what moves in time: location, spread, and the shape of the whole.
 *   A1 neither moves, normal          A2 neither moves, one peak, not normal       B  only the spread moves
 *   C1 location moves at random, normally    C2 at random, not normally    C3 as a trend    C4 in another ordered way (jumps, waves)
 *   D  location and spread move */
struct time_model {
    const char *id, *words; /* "A1"; NULL without one: why */
    const char *why;
    double p_location; /* equal subgroup means, whatever their spreads: Brown and Forsythe 1974, Mehrotra 1997 */
    double p_spread;   /* Brown and Forsythe 1974: one-way, of distances from the subgroup medians; of subgroups of two, between every five */
    double p_trend;    /* slope of the subgroup means over time */
    double p_shape;    /* Anderson-Darling, of all values (A, B) or of the subgroup means (C, D) */
};
enum { TIME_MODEL_GROUPS = 10, TIME_MODEL_PSEUDO = 5 };

/* values: subgroup after subgroup in order of time, sizes[groups] of them in each, all at least 2. scratch: room for as many values. A movement
 * counts when its p is below 0.01. Fewer than TIME_MODEL_GROUPS subgroups cannot tell. Single values may be passed in fives. */
struct time_model time_model_of(const double *values, const int *sizes, int groups, double *scratch);

#endif
