#ifndef GEMBA_ACQUISITION_PLAN_PRIVATE_H
#define GEMBA_ACQUISITION_PLAN_PRIVATE_H

#include "acquisition/plan.h"

/* Shared by plan.c (building), plan_learn.c (what units refuse), plan_line.c (a serial line's arithmetic) and plan_print.c. */
enum { PLAN_GROUP = 6 };

static inline bool plan_is_bits(enum area area)
{
    return area == AREA_COIL || area == AREA_DISCRETE;
}
/* Whether a line's speed is known: a serial one, or behind a serial server whose URL says its baud. */
static inline bool plan_has_line(const struct link *link)
{
    return link->kind != LINK_TCP && link->baud > 0;
}
static inline int plan_end(const struct tag *tag)
{
    return tag->address + tag->registers;
}

/* The next group of tags that should come in one answer; NULL places are absent, and characteristics of a source alone are left out. Returns the owner's name, NULL at the end. */
const char *plan_next_group(const struct plant *plant, size_t *at, const struct tag *group[PLAN_GROUP]);
size_t plan_place(const struct plan *plan, const struct tag *tag);
bool plan_is_refused(const struct plan *plan, const struct tag *tag);
/* Limits and gap from the instrument, its line and the lessons; then all requests anew. */
void plan_lay_out(struct plan *plan);

#endif
