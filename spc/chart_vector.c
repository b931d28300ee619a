#include "spc/chart_vector.h"

#include "spc/chart_private.h"

#include <math.h>
#include <string.h>

static const struct chart_kind kind = {.family = CHART_VARIABLE, .patterns = PATTERNS_BEYOND};

const struct spc_chart vector_charts[VECTOR_CHARTS] = {
    [VECTOR_T2] = {.id = "t2", .name = "T2", .location = "T2", .dispersion = "|S|", .kind = &kind},
    [VECTOR_T2_SINGLE] = {.id = "t2", .name = "T2", .location = "T2", .kind = &kind},
    [VECTOR_MEWMA] = {.id = "mewma", .name = "MEWMA", .location = "MEWMA", .kind = &kind},
};

const struct spc_rule_set vector_rules = {
    "limit", "beyond the limit", {0, 3, 3, 3}, 1, {{.primitive = RULE_BEYOND, .k = 1, .n = 1, .s = 3, .zone = 1, .words = "beyond the limit"}},
    {0, 0}};

const struct spc_chart *vector_chart_find(const char *id, int p, int n)
{
    if (!strcmp(id, "t2"))
        return &vector_charts[n > p ? VECTOR_T2 : VECTOR_T2_SINGLE];
    return strcmp(id, "mewma") ? NULL : &vector_charts[VECTOR_MEWMA];
}

void vector_mean(const double *vectors, int n, int p, double *mean)
{
    for (int v = 0; v < p; v++) {
        mean[v] = 0;
        for (int k = 0; k < n; k++)
            mean[v] += vectors[k * p + v] / n;
    }
}

bool vector_is_chart(const struct spc_chart *chart)
{
    return chart->kind == &kind;
}

static bool is_weighted(const struct vector_design *design)
{
    return design->chart == &vector_charts[VECTOR_MEWMA];
}

struct vector_design vector_design_about(const struct spc_chart *chart, const struct t2_model *model, double alpha, double lambda)
{
    struct vector_design design = {.chart = chart, .model = *model, .alpha = alpha, .lambda = lambda};
    int p = model->p;
    if (is_weighted(&design) && p < 2 && !design.model.why)
        design.model.why = "MEWMA needs two variables or more";
    if (is_weighted(&design)) {
        design.center = p;
        design.ucl = design.first_ucl = design.model.why ? NAN : mewma_limit(p, lambda, 1 / alpha);
    } else {
        design.center = t2_limit(&design.model, T2_FOLLOWS, 0.5);
        design.ucl = t2_limit(&design.model, T2_FOLLOWS, alpha);
        design.first_ucl = t2_limit(&design.model, T2_MADE_THE_MODEL, alpha);
    }
    if (!design.model.why && (!isfinite(design.ucl) || !isfinite(design.first_ucl)))
        design.model.why = "too few points for a limit";
    generalised_variance_limits(&design.model, &design.gv_lcl, &design.gv_center, &design.gv_ucl);
    return design;
}

struct vector_design vector_design_of(const struct spc_chart *chart, const double *base, int m, int n, int p, double alpha, double lambda)
{
    struct t2_model model = t2_model(base, m, n, p);
    return vector_design_about(chart, &model, alpha, lambda);
}

void vector_shown(const struct vector_design *design, const struct mewma_state *memory, const double *mean, double *shown)
{
    const struct t2_model *model = &design->model;
    for (int v = 0; v < model->p; v++)
        shown[v] = is_weighted(design) ? model->mean[v] + memory->z[v] / sqrt(design->lambda / (2 - design->lambda)) : mean[v];
}

struct verdict vector_judge(const struct vector_design *design, struct mewma_state *memory, const struct vector_point *point, double *shown)
{
    static const struct limit_line none = {NAN, NAN, NAN, NAN};
    struct verdict verdict = {.location = none, .dispersion = none, .within = none, .plotted = {NAN, NAN, NAN}};
    const struct t2_model *model = &design->model;
    struct mewma_state after = *memory;
    double mean[MULTIVARIATE_MAX];
    if (model->why)
        return verdict;
    vector_mean(point->vectors, model->n, model->p, mean);
    verdict.plotted[0] = is_weighted(design) ? mewma_next(&after, model, mean, model->n, design->lambda, true) : t2_statistic(model, mean, model->n);
    vector_shown(design, &after, mean, shown);
    verdict.location = (struct limit_line){design->center, 0, point->phase == T2_MADE_THE_MODEL ? design->first_ucl : design->ucl, NAN};
    if (design->chart->dispersion) {
        verdict.plotted[1] = generalised_variance(point->vectors, model->n, model->p);
        verdict.dispersion = (struct limit_line){design->gv_center, design->gv_lcl, design->gv_ucl, NAN};
    }
    if (point->excluded)
        return verdict;
    *memory = after;
    verdict.location_rules = verdict.plotted[0] > verdict.location.ucl;
    verdict.dispersion_rules = verdict.plotted[1] > verdict.dispersion.ucl || verdict.plotted[1] < verdict.dispersion.lcl;
    return verdict;
}
