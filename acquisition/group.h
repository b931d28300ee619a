#ifndef GEMBA_ACQUISITION_GROUP_H
#define GEMBA_ACQUISITION_GROUP_H

#include "acquisition/judge.h"

/* The live T2 or MEWMA chart of characteristics that are measured on the same part. It looks at what their judges measured, finds the values of one
 * part, and lets spc/ judge the vector: points, the limits of the baseline and alarms go into the batch. */
struct group;

/* judges[n_members], in the group's order; they and the group must outlive it. */
struct group *group_create(const struct characteristic_group *characteristics, struct judge *const *judges);
void group_destroy(struct group *group);

/* Goes on where the store's last commit stopped: limits in force, memory of MEWMA, the baseline, parts that still lack values. Before any value is
 * judged. */
int group_restore(struct group *group, struct store *store, struct batch *batch, int64_t now_us, struct error *err);

/* After each poll: takes what is new. */
void group_look(struct group *group, struct batch *batch);

/* Takes over what people decided since: limits in force, from the next point on, and excluded points. All that was judged must be in the store. */
int group_take_decisions(struct group *group, struct store *store, struct batch *batch, int64_t now_us, struct error *err);

#endif
