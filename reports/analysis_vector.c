#include "reports/analysis.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* T2 and MEWMA: a point is a vector of several columns, and a signal names the columns that made it. */

enum { FEW_POINTS = 20 };

static const double *vectors_of(const struct analysis *analysis, size_t i)
{
    return analysis->input->values + analysis->input->starts[i];
}

/* A subgroup is one when all its values are there. */
static bool is_whole(const struct analysis *analysis, size_t i)
{
    const struct analysis_input *input = analysis->input;
    size_t count = input->starts[i + 1] - input->starts[i];
    for (size_t k = 0; k < count; k++)
        if (isnan(input->values[input->starts[i] + k]))
            return false;
    return count == (size_t)(input->vector_n * input->vector_p);
}

static bool makes_the_model(const struct analysis *analysis, size_t i)
{
    const struct analysis_request *request = &analysis->request;
    bool within = !request->baseline_last || ((long)i + 1 >= request->baseline_first && (long)i < request->baseline_last);
    return within && analysis->points[i].n > 0 && !analysis->points[i].excluded;
}

static void learn(struct analysis *analysis)
{
    const struct analysis_input *input = analysis->input;
    size_t size = (size_t)(input->vector_n * input->vector_p), m = 0;
    double *base = memory_zero(analysis->n_points * size + 1, sizeof *base);
    for (size_t i = 0; i < analysis->n_points; i++)
        if (makes_the_model(analysis, i))
            memcpy(base + size * m++, vectors_of(analysis, i), size * sizeof *base);
    const struct chart_settings *s = &analysis->request.settings;
    double alpha = s->alpha > 0 ? s->alpha : t2_alpha(input->vector_p);
    analysis->design = vector_design_of(analysis->request.chart, base, (int)m, input->vector_n, input->vector_p, alpha, s->lambda);
    analysis->estimate = (struct chart_estimate){.center = analysis->design.center,
                                                 .sigma = NAN,
                                                 .extra = analysis->design.model.determinant,
                                                 .points = m,
                                                 .method = "covariance",
                                                 .why = analysis->design.model.why};
    analysis->false_alarm = 1 / alpha;
    free(base);
    if (analysis->estimate.why)
        analysis_warn(analysis, "no limits: %s", t2_why(&analysis->design.model, input->vector_names, (char[200]){0}, 200));
    else if (m < FEW_POINTS)
        analysis_warn(analysis, "provisional: limits from %zu points, fewer than %d", m, FEW_POINTS);
}

static double *shown_at(const struct analysis *analysis, size_t i)
{
    return analysis->shown + i * (size_t)analysis->input->vector_p;
}

static enum t2_phase phase_of(const struct analysis *analysis, size_t i)
{
    return makes_the_model(analysis, i) ? T2_MADE_THE_MODEL : T2_FOLLOWS;
}

static void judge(struct analysis *analysis)
{
    static const struct verdict nothing = {
        .location = {NAN, NAN, NAN, NAN}, .dispersion = {NAN, NAN, NAN, NAN}, .within = {NAN, NAN, NAN, NAN}, .plotted = {NAN, NAN, NAN}};
    struct mewma_state memory = {0};
    for (size_t i = 0; i < analysis->n_points; i++) {
        struct vector_point point = {vectors_of(analysis, i), phase_of(analysis, i), analysis->points[i].excluded};
        analysis->verdicts[i] = analysis->points[i].n > 0 ? vector_judge(&analysis->design, &memory, &point, shown_at(analysis, i)) : nothing;
        analysis_note(analysis, &analysis->verdicts[i]);
    }
}

void analysis_vectors(struct analysis *analysis)
{
    const struct analysis_input *input = analysis->input;
    analysis->rules = &vector_rules;
    analysis->shown = memory_zero(analysis->n_points * (size_t)input->vector_p + 1, sizeof *analysis->shown);
    for (size_t i = 0; i < analysis->n_points; i++)
        analysis->points[i] = (struct subgroup){
            .n = is_whole(analysis, i) ? input->vector_n : 0, .location = NAN, .dispersion = NAN, .excluded = input->excluded && input->excluded[i]};
    learn(analysis);
    judge(analysis);
}

/* --- who made a signal */

int analysis_blame(const struct analysis *analysis, size_t i, struct t2_part parts[MULTIVARIATE_MAX], int *named)
{
    const struct analysis_input *input = analysis->input;
    if (!input->vector_p || !analysis->verdicts[i].location_rules)
        return 0;
    *named = t2_blame(&analysis->design.model, shown_at(analysis, i), input->vector_n, phase_of(analysis, i), parts);
    return *named ? input->vector_p : 0;
}

char *analysis_blame_words(const struct analysis *analysis, size_t i, char *out, size_t size)
{
    struct t2_part parts[MULTIVARIATE_MAX];
    int named = 0;
    size_t used = 0;
    out[0] = '\0';
    analysis_blame(analysis, i, parts, &named);
    for (int k = 0; k < named && used < size; k++)
        used += (size_t)snprintf(out + used, size - used, "%s%.40s (p %.2g)", k ? ", " : "", analysis->input->vector_names[parts[k].variable],
                                 parts[k].p);
    return out;
}

char *analysis_vector_words(const struct analysis *analysis, char *out, size_t size)
{
    const struct analysis_input *input = analysis->input;
    const struct vector_design *design = &analysis->design;
    char weight[32] = "";
    if (!strcmp(design->chart->id, "mewma"))
        snprintf(weight, sizeof weight, ", lambda %g", design->lambda);
    snprintf(out, size, "%s of %d columns, n %d%s, alpha %.4g; covariance %s", design->chart->name, input->vector_p, input->vector_n, weight,
             design->alpha, input->vector_n > 1 ? "within subgroups" : "of the vectors");
    return out;
}
