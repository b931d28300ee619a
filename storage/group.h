#ifndef GEMBA_STORAGE_GROUP_H
#define GEMBA_STORAGE_GROUP_H

#include "storage/limits.h"
#include "storage/store.h"
#include "storage/value.h"

/* Characteristics charted together: what a baseline said of them, which is their limits, and the points judged by it. Rows are only ever added. */
struct group_model {
    int64_t group, number; /* 1, 2, ... in its group; 0: none */
    int64_t time_us;
    char settings[400]; /* chart, alpha, members in order: another configuration needs another model */
    int64_t first_point, last_point;
    double center, ucl, lambda, alpha;
    enum limits_state state; /* as it was decided */
    int64_t superseded_by;   /* number; 0: in force */
    char who[32], why[128];  /* of a person's decision; "" of the collector */
    struct t2_model t2;
};
struct group_point {
    int64_t group, number;         /* 1, 2, ... in its group */
    int64_t time_us;               /* of its last part */
    int n;                         /* parts */
    double statistic, center, ucl; /* NAN: not judged, the baseline was not complete */
    double dispersion;             /* |S|; NAN: none */
    struct limit_line spread;      /* of |S| */
    int64_t model;                 /* number; 0 none */
    char serial[READING_TEXT];
    double vector[MULTIVARIATE_MAX]; /* means of the members, in order; those behind are NAN */
    struct mewma_state memory;       /* after this point */
    bool excluded;
};
enum { GROUP_VECTORS = GROUP_SUBGROUP_MAX * MULTIVARIATE_MAX }; /* the most values of a point */
bool group_signals_mean(const struct group_point *point);
bool group_signals_spread(const struct group_point *point);
bool group_signals(const struct group_point *point); /* either; not when it is excluded */

/* Inside a transaction. model->number is set; models that were in force before become superseded, but one that the collector made gives way to what
 * a person decided on meanwhile for the same settings. vectors[n * p]: of the point. */
int record_group_model(struct store *store, struct group_model *model, struct error *err);
int record_group_point(struct store *store, const struct group_point *point, const double *vectors, struct error *err);

/* number 0: the one in force. ERR_NOT_FOUND. */
int store_group_model(struct store *store, int64_t group, int64_t number, struct group_model *model, struct error *err);
/* All that ever were, oldest first; freed by the caller. */
int store_group_models(struct store *store, int64_t group, struct group_model **models, size_t *count, struct error *err);
/* The newest `last` points of [from_us, to_us), oldest first; freed by the caller. */
int store_group_points(struct store *store, int64_t group, int64_t from_us, int64_t to_us, int64_t last, struct group_point **points, size_t *count,
                       struct error *err);
/* The newest `most` points from number first to last, with their vectors: vectors[(i * n + k) * p + v]. Those of another subgroup or of other members
 * are left out. Both freed by the caller. */
int store_group_vectors(struct store *store, const struct characteristic_group *group, int64_t first, int64_t last, int64_t most,
                        struct group_point **points, double **vectors, size_t *count, struct error *err);

/* What people decide, as action_limits and action_exclude: model->number is set; seen: the number of the model that the person saw in force. */
int action_group_limits(struct store *store, struct group_model *model, int64_t seen, struct error *err);
int action_group_exclude(struct store *store, const struct exclusion *exclusion, struct error *err); /* characteristic: the group's id */
int store_group_exclusion(struct store *store, int64_t group, int64_t point, struct exclusion *exclusion, struct error *err);
int store_group_newest_exclusion(struct store *store, int64_t group, int64_t *id, struct error *err);

/* Who made a point's statistic: parts[p], guiltiest first. Returns how many are to be named; 0 without a model. Pure. */
int group_blame(const struct group_model *model, const struct group_point *point, struct t2_part *parts);
/* "bore-dia 25.031 (p 0.0001), face-dia 25.002 (p 0.04)": those that are to be named. Returns out; "" without a model. */
char *group_words(const struct characteristic_group *group, const struct group_model *model, const struct group_point *point, char *out, size_t size);
/* "face-dia spreads 8.1 times (p 2e-06)": who made the |S| of a point's vectors. Returns out. */
char *group_spread_words(const struct characteristic_group *group, const struct t2_model *model, const double *vectors, char *out, size_t size);
/* "T2 23.1 above 13.2, |S| 0.004 above 0.001": what signals at the point; "" where nothing does. Returns out. */
char *group_signal_words(const struct characteristic_group *group, const struct group_point *point, char *out, size_t size);
/* What a model must have been made for to hold: "T2 n=1 alpha 0.00809: bore-dia, face-dia". Returns out. */
char *group_settings(const struct characteristic_group *group, char *out, size_t size);
bool group_fits(const struct group_model *model, const struct characteristic_group *group);
/* As limits_words: "approved 2026-11-20 14:05 by wang: after new tool; calculated from points 1-50". Returns out. */
char *group_model_words(const struct group_model *model, char *out, size_t size);
const char *group_statistic(const struct characteristic_group *group); /* "T2", "MEWMA" */
const struct spc_chart *group_chart_of(const struct characteristic_group *group);
/* The members' names, as t2_why wants them. */
void group_names(const struct characteristic_group *group, const char *names[MULTIVARIATE_MAX]);

#endif
