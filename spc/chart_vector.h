#ifndef GEMBA_SPC_CHART_VECTOR_H
#define GEMBA_SPC_CHART_VECTOR_H

#include "spc/chart.h"
#include "spc/multivariate.h"

/* Charts whose points are vectors: Hotelling's T2 (with the generalised variance, where subgroups are larger than the number of variables) and
 * MEWMA. Rows as those of spc_charts, apart from them, since no single characteristic can have one. */
enum vector_statistic { VECTOR_T2, VECTOR_T2_SINGLE, VECTOR_MEWMA, VECTOR_CHARTS };
extern const struct spc_chart vector_charts[VECTOR_CHARTS];
/* By id, "t2" or "mewma", for p variables in subgroups of n; NULL when unknown. */
const struct spc_chart *vector_chart_find(const char *id, int p, int n);
bool vector_is_chart(const struct spc_chart *chart); /* one of these rows, or a copy of one */
/* One rule: a point beyond its limit. */
extern const struct spc_rule_set vector_rules;

/* What stays the same from point to point. */
struct vector_design {
    const struct spc_chart *chart;
    struct t2_model model;
    double alpha;                  /* chance of a false alarm at a point; of mewma, one over the run length */
    double lambda;                 /* mewma */
    double center, ucl, first_ucl; /* first_ucl: of the points that made the model */
    double gv_lcl, gv_center, gv_ucl;
};
/* base: the vectors of the m points that make the model, as t2_model wants them. */
struct vector_design vector_design_of(const struct spc_chart *chart, const double *base, int m, int n, int p, double alpha, double lambda);
/* The same about a model that is known already. */
struct vector_design vector_design_about(const struct spc_chart *chart, const struct t2_model *model, double alpha, double lambda);

void vector_mean(const double *vectors, int n, int p, double *mean); /* of vectors[n * p], into mean[p] */

/* One point: vectors[n * p]. An excluded one is drawn, but signals nothing and is not remembered. */
struct vector_point {
    const double *vectors;
    enum t2_phase phase;
    bool excluded;
};
/* Judges the next point in a time that does not depend on how many there were. memory: of mewma, zero-initialised at the start of a stage.
 * shown[p]: the vector that was judged, as vector_shown. Without a model nothing is plotted. */
struct verdict vector_judge(const struct vector_design *design, struct mewma_state *memory, const struct vector_point *point, double *shown);
/* What t2_blame is to take apart: the mean of the point's vectors; of mewma what its memory holds after the point, on the scale of single points. */
void vector_shown(const struct vector_design *design, const struct mewma_state *memory, const double *mean, double *shown);

#endif
