#include "spc/capability.h"

#include "spc/constants.h"
#include "spc/quantile.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdbool.h>

void within_add_subgroup(struct within *within, const double *values, int n)
{
    if (n < 2)
        return;
    within->ss += scatter_of(values, n).squares;
    within->ss_df += n - 1;
    within->subgroups++;
}

void within_add_moving_range(struct within *within, double range)
{
    within->mr_sum += range;
    within->mr_count++;
}

void within_merge(struct within *into, const struct within *other)
{
    into->subgroups += other->subgroups;
    into->ss += other->ss;
    into->ss_df += other->ss_df;
    into->mr_sum += other->mr_sum;
    into->mr_count += other->mr_count;
}

static const char no_spread[] = "the values do not vary", too_far[] = "the figures are too large, or the spread too small, to reckon with";

double within_sigma(const struct within *within, double *df, const char **method, const char **why)
{
    bool pooled = within->ss_df > 0;
    double sigma = NAN;
    *df = pooled ? within->ss_df : (double)within->mr_count;
    *method = pooled ? "pooled" : "mr";
    *why = NULL;
    if (pooled)
        sigma = sqrt(within->ss / within->ss_df) / constant_c4(within->ss_df + 1);
    else if (within->mr_count)
        sigma = within->mr_sum / (double)within->mr_count / constant_d2(2);
    else
        *why = "no subgroup of two values, and no two values in a row";
    if (sigma == 0) {
        *why = pooled ? "no spread within subgroups" : no_spread;
        return NAN;
    }
    if (isinf(sigma)) {
        *why = too_far;
        return NAN;
    }
    return sigma;
}

/* What one family of indices (within, overall) is made from. */
struct basis {
    double n, mean, sigma, df;
    const char *why; /* sigma is NAN */
    double confidence;
};

static struct index no_index(const char *why)
{
    return (struct index){.value = NAN, .lower = NAN, .upper = NAN, .bound = NAN, .why = why};
}

struct index index_within_reach(struct index index)
{
    bool overflowed = isinf(index.value) || isinf(index.lower) || isinf(index.upper) || isinf(index.bound);
    return overflowed || (isnan(index.value) && !index.why) ? no_index(too_far) : index;
}

/* Interval of Cp and Pp: (df) sigma^2 is chi-square. */
static struct index potential(const struct basis *basis, const struct specification *specification)
{
    bool lower = !isnan(specification->lsl), upper = !isnan(specification->usl);
    if (!lower || !upper)
        return no_index(lower ? "no upper specification limit" : upper ? "no lower specification limit" : "no specification limits");
    if (basis->why)
        return no_index(basis->why);
    double value = (specification->usl - specification->lsl) / (6 * basis->sigma), tail = (1 - basis->confidence) / 2;
    return index_within_reach((struct index){
        .value = value,
        .lower = value * sqrt(chi_square_quantile(tail, basis->df) / basis->df),
        .upper = value * sqrt(chi_square_quantile(1 - tail, basis->df) / basis->df),
        .bound = value * sqrt(chi_square_quantile(2 * tail, basis->df) / basis->df),
    });
}

/* One side, from the mean to its limit; the interval is the normal approximation. */
static struct index one_sided(const struct basis *basis, double distance, const char *absent)
{
    if (isnan(distance))
        return no_index(absent);
    if (basis->why)
        return no_index(basis->why);
    double value = distance / (3 * basis->sigma), tail = (1 - basis->confidence) / 2;
    double error = sqrt(1 / (9 * basis->n) + value * value / (2 * basis->df));
    double wide = gsl_cdf_ugaussian_Qinv(tail) * error;
    return index_within_reach(
        (struct index){.value = value, .lower = value - wide, .upper = value + wide, .bound = value - gsl_cdf_ugaussian_Qinv(2 * tail) * error});
}

static struct index smaller(struct index lower, struct index upper, const struct specification *specification)
{
    if (isnan(specification->lsl) && isnan(specification->usl))
        return no_index("no specification limits");
    if (isnan(specification->lsl))
        return upper;
    return isnan(specification->usl) || lower.value <= upper.value || isnan(lower.value) ? lower : upper;
}

static struct ppm expected(const struct basis *basis, const struct specification *specification)
{
    if (basis->why)
        return (struct ppm){NAN, NAN};
    return (struct ppm){
        .below = isnan(specification->lsl) ? NAN : 1e6 * gsl_cdf_ugaussian_P((specification->lsl - basis->mean) / basis->sigma),
        .above = isnan(specification->usl) ? NAN : 1e6 * gsl_cdf_ugaussian_Q((specification->usl - basis->mean) / basis->sigma),
    };
}

static double parts_per_million(double limit, int64_t count, int64_t n)
{
    return isnan(limit) || !n ? NAN : 1e6 * (double)count / (double)n;
}

struct capability capability_of(const struct moments *moments, const struct within *within, struct specification specification, int64_t below,
                                int64_t above, double confidence)
{
    struct within_estimate estimate = {0};
    estimate.sigma = within_sigma(within, &estimate.df, &estimate.method, &estimate.why);
    return capability_by_sigma(moments, &estimate, specification, below, above, confidence);
}

struct capability capability_by_sigma(const struct moments *moments, const struct within_estimate *within, struct specification specification,
                                      int64_t below, int64_t above, double confidence)
{
    struct capability c = {.n = moments->n, .mean = moments->n ? moments->mean : NAN, .sd = moments_sd(moments), .confidence = confidence};
    struct basis inner = {.n = (double)c.n, .mean = c.mean, .confidence = confidence}, outer = inner;
    inner.sigma = c.sigma_within = within->sigma;
    inner.df = c.df_within = within->df;
    inner.why = within->why;
    c.method = within->method;
    outer.sigma = c.sd;
    outer.df = outer.n - 1;
    outer.why = c.n < 2 ? "fewer than two values" : c.sd == 0 ? no_spread : !isfinite(c.mean) || !isfinite(c.sd) ? too_far : NULL;
    if (c.n < 2 || !isfinite(c.mean))
        inner.why = outer.why;
    double down = c.mean - specification.lsl, up = specification.usl - c.mean;
    const char *no_lower = isnan(specification.lsl) ? "no lower specification limit" : outer.why;
    const char *no_upper = isnan(specification.usl) ? "no upper specification limit" : outer.why;

    c.cp = potential(&inner, &specification);
    c.cpl = one_sided(&inner, down, no_lower);
    c.cpu = one_sided(&inner, up, no_upper);
    c.cpk = smaller(c.cpl, c.cpu, &specification);
    c.pp = potential(&outer, &specification);
    c.ppl = one_sided(&outer, down, no_lower);
    c.ppu = one_sided(&outer, up, no_upper);
    c.ppk = smaller(c.ppl, c.ppu, &specification);
    c.observed = (struct ppm){parts_per_million(specification.lsl, below, c.n), parts_per_million(specification.usl, above, c.n)};
    c.within = expected(&inner, &specification);
    c.overall = expected(&outer, &specification);
    return c;
}

struct capability capability_without_within(struct capability capability, const char *why)
{
    const struct index none = {NAN, NAN, NAN, NAN, why};
    capability.cp = capability.cpl = capability.cpu = capability.cpk = none;
    return capability;
}

struct capability capability_without_indices(struct capability capability, const char *why)
{
    const struct index none = {NAN, NAN, NAN, NAN, why};
    capability = capability_without_within(capability, why);
    capability.pp = capability.ppl = capability.ppu = capability.ppk = none;
    return capability;
}

enum requirement capability_requirement(const struct capability *capability, double required, int stable, const char **used)
{
    bool by_cpk = stable && !isnan(capability->cpk.value);
    const struct index *index = by_cpk ? &capability->cpk : &capability->ppk;
    *used = by_cpk ? "Cpk" : "Ppk";
    if (isnan(required))
        return REQUIREMENT_NONE;
    if (isnan(index->value))
        return REQUIREMENT_UNKNOWN;
    if (index->value < required)
        return REQUIREMENT_MISSED;
    return index->bound < required ? REQUIREMENT_MET_UNSURE : REQUIREMENT_MET;
}

const char *requirement_words(enum requirement requirement)
{
    static const char *const words[] = {
        [REQUIREMENT_NONE] = "none",
        [REQUIREMENT_MET] = "met",
        [REQUIREMENT_MISSED] = "MISSED",
        [REQUIREMENT_MET_UNSURE] = "met, lower bound below",
        [REQUIREMENT_UNKNOWN] = "cannot be judged",
    };
    return words[requirement];
}
