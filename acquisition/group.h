#ifndef GEMBA_ACQUISITION_GROUP_H
#define GEMBA_ACQUISITION_GROUP_H

#include "acquisition/judge.h"

/* The live T2 or MEWMA chart of characteristics that are measured on the same part. It looks at what their judges measured, finds the values of one
 * part, and judges the vector: points, the model of the baseline and alarms go into the batch. */
struct group;

/* judges[n_members], in the group's order; they and the group must outlive it. */
struct group *group_create(const struct characteristic_group *characteristics, struct judge *const *judges);
void group_destroy(struct group *group);

/* Goes on where the store's last commit stopped: model, memory of MEWMA, the baseline, parts that still lack values. Before any value is judged. */
int group_restore(struct group *group, struct store *store, struct error *err);

/* After each poll: takes what is new. */
void group_look(struct group *group, struct batch *batch);

#endif
