#ifndef GEMBA_STORAGE_GROUP_H
#define GEMBA_STORAGE_GROUP_H

#include "storage/store.h"
#include "storage/value.h"

/* Characteristics charted together: what a baseline said of them, and the points judged by it. Rows are only ever added. */
struct group_model {
    int64_t group, number; /* 1, 2, ... in its group; 0: none */
    int64_t time_us;
    char settings[400]; /* chart, members in order, alpha: another configuration needs another model */
    int64_t first_point, last_point;
    double center, ucl, lambda;
    struct t2_model t2;
};
struct group_point {
    int64_t group, number;         /* 1, 2, ... in its group */
    int64_t time_us;               /* of its last part */
    int n;                         /* parts */
    double statistic, center, ucl; /* NAN: not judged, the baseline was not complete */
    int64_t model;                 /* number; 0 none */
    char serial[READING_TEXT];
    double vector[MULTIVARIATE_MAX]; /* means of the members, in order; those behind are NAN */
    struct mewma_state memory;       /* after this point */
};
static inline bool group_signals(const struct group_point *point)
{
    return point->statistic > point->ucl;
}

/* Inside a transaction. */
int record_group_model(struct store *store, const struct group_model *model, struct error *err);
int record_group_point(struct store *store, const struct group_point *point, struct error *err);

/* number 0: the newest. ERR_NOT_FOUND. */
int store_group_model(struct store *store, int64_t group, int64_t number, struct group_model *model, struct error *err);
/* The newest `last` points of [from_us, to_us), oldest first; freed by the caller. */
int store_group_points(struct store *store, int64_t group, int64_t from_us, int64_t to_us, int64_t last, struct group_point **points, size_t *count,
                       struct error *err);

/* Who made a point's statistic: parts[p] and the variables, guiltiest first, in order[p] (Mason, Tracy, Young 1995). False without a model. Pure. */
bool group_blame(const struct group_model *model, const struct group_point *point, struct t2_part *parts, int *order);
/* "bore-dia 25.031 (p 0.0001), face-dia 25.002 (p 0.04)": those that contribute, p below 0.05 or the guiltiest alone. Returns out; "" without a
 * model. */
char *group_words(const struct characteristic_group *group, const struct group_model *model, const struct group_point *point, char *out, size_t size);
/* What a model must have been made with to go on: "t2 n=1 alpha 0.00809 baseline 50: bore-dia, face-dia". Returns out. */
char *group_settings(const struct characteristic_group *group, char *out, size_t size);
const char *group_statistic(const struct characteristic_group *group); /* "T2", "MEWMA" */

#endif
