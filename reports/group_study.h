#ifndef GEMBA_REPORTS_GROUP_STUDY_H
#define GEMBA_REPORTS_GROUP_STUDY_H

#include "reports/study.h"

/* Characteristics charted together in one period: what the groups screen, `gemba show chart` and every report format show of them. */
struct group_spread {
    int64_t point;
    char words[200]; /* who made it */
};
struct group_study {
    const struct characteristic_group *group;
    struct period period;
    struct group_point *points; /* in order of time */
    size_t n_points;
    struct group_model *models; /* the limits that these were judged by */
    size_t n_models;
    const struct group_model *model;             /* ... the newest of them; NULL: none was judged */
    size_t judged, mean_signals, spread_signals; /* points */
    size_t signals, excluded;
    int64_t incomplete;           /* parts that could not be judged, ever */
    char why[200];                /* there are no limits, or the newest part is not judged; "" */
    char settings[700];           /* the printed settings line */
    struct group_spread *spreads; /* of the newest points whose |S| signals */
    size_t n_spreads;
    char members[300];          /* "bore-dia, seat-dia" */
    struct spc_chart row;       /* its chart, with the power of ten that |S| is drawn in */
    char spread[24];            /* ... as it says it: "|S| (1e-12)" */
    struct characteristic face; /* the group as charts see it, */
    struct study chart;         /* ... with its points */
};
/* last > 0: only the newest `last` points of the period. */
int group_study_make(struct group_study **study, struct store *store, const struct plant *plant, const struct characteristic_group *group,
                     const struct period *period, int64_t last, struct error *err);
void group_study_free(struct group_study *study); /* NULL is fine */

/* The limits that a point was judged by; NULL: it was not. */
const struct group_model *group_study_model(const struct group_study *study, const struct group_point *point);
/* "bore-dia 25.031 (p 0.0001), ...": who made its T2 or MEWMA. Returns out; "" when it was not judged. */
char *group_study_blame(const struct group_study *study, const struct group_point *point, char *out, size_t size);

/* The same of what signals at the point, T2 and |S|; "" where nothing does. Returns out. */
char *group_study_who(const struct group_study *study, const struct group_point *point, char *out, size_t size);

/* A member's part in the limits: mean, standard deviation, and its correlation with every member. */
struct group_member {
    double mean, sd, correlation[MULTIVARIATE_MAX];
};
void group_study_members(const struct group_model *model, struct group_member *members);

#endif
