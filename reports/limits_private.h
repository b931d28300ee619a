#ifndef GEMBA_REPORTS_LIMITS_PRIVATE_H
#define GEMBA_REPORTS_LIMITS_PRIVATE_H

#include "reports/limits.h"

/* Shared by limits.c and limits_pool.c. */
struct limits_points {
    struct point *items;
    size_t count, room;
    int64_t after_us; /* when the point before them was: their values came later; 0: there is none */
};

/* Those numbered first .. last into out, which has room for all. Returns how many. */
size_t limits_subgroups(const struct limits_points *points, int64_t first, int64_t last, struct subgroup *out);

/* Of z-mr whose parts share a sigma. */
bool limits_pool_has(const struct characteristic *c);
/* It is that sigma that is asked for, not a part's limits. */
bool limits_pool_is_meant(const struct characteristic *c, const struct limits_wish *wish);
bool limits_pool_is_of_logs(const struct limits *limits);
/* Gives each point its part's place. Returns how many parts there are; *parts, freed by the caller: their centres and sigmas from list, the limits
 * in force, with a why where somebody decided on them; NAN where list has none. */
size_t limits_pool_parts(const struct limits_points *points, const struct limits *list, size_t count, struct chart_part **parts);
/* proposal->then from points of all parts. */
int limits_pool_calculate(struct limits_proposal *proposal, const struct limits_points *points, const struct limits_wish *wish, struct error *err);
/* Centre, and the sigma of all parts, for limits from a part's own points. */
void limits_pool_take(const struct limits_proposal *proposal, const struct subgroup *base, size_t count, struct chart_estimate *estimate);
int limits_pool_enter(struct limits_proposal *proposal, const struct limits_wish *wish, struct error *err);

#endif
