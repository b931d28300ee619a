#include "reports/study.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double NOT_NORMAL = 0.05;

/* Capability where values are not normal: by the percentiles of what fits them (ISO 22514-2). */

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static struct fit best_of(const struct study *study)
{
    const struct characteristic *c = study->characteristic;
    if (c->distribution)
        return fit_of(c->distribution, study->sorted, study->n_values, FIT_LIKELIHOOD);
    if (!(study->normality.p.p < NOT_NORMAL)) /* nothing speaks against it: no more parameters than the data ask for */
        return (struct fit){0};
    struct fit *fits = memory_zero(distribution_count, sizeof *fits);
    fit_all(study->sorted, study->n_values, FIT_LIKELIHOOD, FIT_BY_AD, fits);
    struct fit best = fits[0];
    free(fits);
    return best;
}

/* By its lower bound, where the likelihood of the fit gives one. */
static void judge_shape(struct study *study)
{
    const struct characteristic *c = study->characteristic;
    const char *name = study->fit.distribution->name;
    free((char *)study->index_reason);
    study->index_used = "Ppk";
    study->index_reason = memory_format("by percentiles of the %s distribution%s", name, study->signals ? "; not in control" : "");
    if (isnan(c->required_cpk))
        return;
    const struct capability shaped = {.cpk = {.value = NAN}, .ppk = study->shape.ppk};
    study->requirement = capability_requirement(&shaped, c->required_cpk, false, &study->index_used);
}

bool study_is_fitted(const struct study *study)
{
    return study->fit.distribution && !study->fit.why;
}

static void p_words(const struct p_value *p, char *out, size_t size)
{
    if (isnan(p->p))
        snprintf(out, size, "p --");
    else
        snprintf(out, size, "p %c %.3g", p->relation, p->p);
}

char *study_fit_words(const struct study *study, char *out, size_t size)
{
    char fitted[96] = "", p[32];
    if (!study->sorted || !study->n_values) {
        snprintf(out, size, "--");
        return out;
    }
    if (study->fit.distribution && study->fit.why)
        snprintf(fitted, sizeof fitted, "no %s fit: %.50s; ", study->fit.distribution->id, study->fit.why);
    else if (study->fit.distribution) {
        p_words(&study->fit.p, p, sizeof p);
        snprintf(fitted, sizeof fitted, "%s: A2 %.3g, %s; ", study->fit.distribution->id, study->fit.ad, p);
    }
    p_words(&study->normality.p, p, sizeof p);
    if (study->normality.why)
        snprintf(out, size, "%snormal: %s", fitted, study->normality.why);
    else
        snprintf(out, size, "%snormal: A2 %.3g, %s", fitted, study->normality.statistic, p);
    return out;
}

void study_fit(struct study *study)
{
    const struct characteristic *c = study->characteristic;
    if (study->sorted || !c->chart->summarise)
        return;
    study->sorted = memory_zero(study->n_values + 1, sizeof *study->sorted);
    if (!study->n_values)
        return;
    memcpy(study->sorted, study->values, study->n_values * sizeof *study->sorted);
    qsort(study->sorted, study->n_values, sizeof *study->sorted, ascending);
    study->normality = normality_of(normality_find("anderson-darling"), study->sorted, study->n_values);
    if (!c->distribution && !c->fitted)
        return;
    study->fit = best_of(study);
    if (!study->fit.distribution || study->fit.why) /* normal figures stay, and the reason is said */
        return;
    study->shape = capability_by_fit(&study->fit, characteristic_specification(c));
    shape_intervals(&study->shape, capability_by_fit, &study->fit, study->sorted, characteristic_specification(c), study->capability.confidence);
    judge_shape(study);
}
