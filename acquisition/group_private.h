#ifndef GEMBA_ACQUISITION_GROUP_PRIVATE_H
#define GEMBA_ACQUISITION_GROUP_PRIVATE_H

#include "acquisition/group.h"

/* Shared by group_match.c (values to vectors), group.c (vectors to points) and group_restore.c (after a restart, and what people decide). */
struct group {
    const struct characteristic_group *characteristics;
    struct judge *const *judges;
    struct newest {
        int64_t time_us, sequence;
    } seen[MULTIVARIATE_MAX];
    struct vector_design design; /* of the limits in force; model.p 0: none yet */
    double *base;                /* vectors of the newest points that count, without a design, */
    int64_t *base_points;        /* ... and their numbers */
    int n_base;
    int64_t points;
    size_t place; /* of the model in its batch, while it has no number */
    int64_t model_batch, standing_batch;
    bool lacking; /* the newest part lacked values */
    bool alarm;   /* may be active */
    struct group_standing standing;
};

static inline int group_variables(const struct group *group)
{
    return (int)group->characteristics->n_members;
}
static inline size_t group_point_values(const struct group *group)
{
    return (size_t)group->characteristics->subgroup * group->characteristics->n_members;
}

/* The batch at hand will write the standing. */
void group_put_standing(struct group *group, struct batch *batch);
/* One part, all of whose values are there. */
void group_add_vector(struct group *group, int64_t time_us, const char *serial, const double *values, struct batch *batch);
/* A point, or one that was read back, joins the baseline. */
void group_keep(struct group *group, int64_t number, const double *vectors);
/* The limits in force are these from the next point on. */
void group_use(struct group *group, const struct t2_model *model);

#endif
