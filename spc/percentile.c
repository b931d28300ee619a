#include "spc/percentile.h"

#include "spc/constants.h"
#include "spc/quantile.h"
#include "spc/standard.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdbool.h>

double sample_quantile(const double *sorted, size_t n, double probability, int type)
{
    double count = (double)n, place; /* from 1 */
    if (!n)
        return NAN;
    if (type == 6)
        place = (count + 1) * probability;
    else if (type == 7)
        place = (count - 1) * probability + 1;
    else
        place = (count + 1.0 / 3) * probability + 1.0 / 3;
    if (place <= 1)
        return sorted[0];
    if (place >= count)
        return sorted[n - 1];
    size_t whole = (size_t)place;
    return sorted[whole - 1] + (place - (double)whole) * (sorted[whole] - sorted[whole - 1]);
}

struct percentiles percentiles_of_fit(const struct fit *fit, double tail)
{
    return (struct percentiles){distribution_quantile(fit->distribution, fit->parameters, tail),
                                distribution_quantile(fit->distribution, fit->parameters, 0.5),
                                distribution_upper_quantile(fit->distribution, fit->parameters, tail)};
}

struct percentiles percentiles_of_sample(const double *sorted, size_t n, double tail, int type)
{
    return (struct percentiles){sample_quantile(sorted, n, tail, type), sample_quantile(sorted, n, 0.5, type),
                                sample_quantile(sorted, n, 1 - tail, type)};
}

static struct index index_of(double value)
{
    return (struct index){.value = value, .lower = NAN, .upper = NAN, .bound = NAN};
}

static struct index absent(const char *why)
{
    struct index index = index_of(NAN);
    index.why = why;
    return index;
}

static const char *const no_limits = "no specification limits", *const no_lower = "no lower specification limit",
                         *const no_upper = "no upper specification limit";

/* The four indices from the spans below and above the middle, and the span of both. */
static void four_indices(const struct specification *specification, double middle, double down, double up, struct index out[4])
{
    bool lower = !isnan(specification->lsl), upper = !isnan(specification->usl);
    out[0] = !lower && !upper ? absent(no_limits)
             : !lower         ? absent(no_lower)
             : !upper         ? absent(no_upper)
                              : index_of((specification->usl - specification->lsl) / (down + up));
    out[1] = lower ? index_of((middle - specification->lsl) / down) : absent(no_lower);
    out[2] = upper ? index_of((specification->usl - middle) / up) : absent(no_upper);
    for (int i = 0; i < 3; i++)
        out[i] = index_within_reach(out[i]);
    out[3] = !lower && !upper ? absent(no_limits) : !lower ? out[2] : !upper || out[1].value <= out[2].value ? out[1] : out[2];
}

static struct shape_capability shape_of(const struct index four[4])
{
    return (struct shape_capability){
        .pp = four[0], .ppl = four[1], .ppu = four[2], .ppk = four[3], .overall = {NAN, NAN}, .z_lsl = NAN, .z_usl = NAN, .z_bench = NAN};
}

static struct shape_capability no_shape(const char *why)
{
    return shape_of((struct index[4]){absent(why), absent(why), absent(why), absent(why)});
}

struct shape_capability capability_by_percentiles(struct percentiles at, struct specification specification)
{
    struct index four[4];
    double down = at.middle - at.low, up = at.high - at.middle;
    if (isnan(down) || isnan(up))
        return no_shape("no percentiles");
    if (isinf(down) || isinf(up))
        return no_shape("the fitted distribution has no finite percentile");
    if (!(down > 0) || !(up > 0))
        return no_shape("the values do not vary");
    four_indices(&specification, at.middle, down, up, four);
    return shape_of(four);
}

/* The normal z of a place whose probabilities below and above are known, each exact where it is small. */
static double z_of(double below, double above)
{
    if (!(below > 0) || !(above > 0))
        return below > 0 ? INFINITY : -INFINITY;
    return below < 0.5 ? gsl_cdf_ugaussian_Pinv(below) : gsl_cdf_ugaussian_Qinv(above);
}

static double or_zero(double value)
{
    return isnan(value) ? 0 : value;
}

static double bench_z(double below, double above)
{
    double total = or_zero(below) + or_zero(above);
    return total < 1 ? z_of(1 - total, total) : -INFINITY;
}

/* What the fit expects beyond the limits, in parts and in z. */
static void expect(const struct fit *fit, const struct specification *specification, struct shape_capability *shape)
{
    double below = NAN, above = NAN;
    if (!isnan(specification->lsl)) {
        below = distribution_below(fit->distribution, fit->parameters, specification->lsl);
        shape->z_lsl = -z_of(below, distribution_above(fit->distribution, fit->parameters, specification->lsl));
    }
    if (!isnan(specification->usl)) {
        above = distribution_above(fit->distribution, fit->parameters, specification->usl);
        shape->z_usl = z_of(distribution_below(fit->distribution, fit->parameters, specification->usl), above);
    }
    shape->overall = (struct ppm){1e6 * below, 1e6 * above};
    if (!isnan(below) || !isnan(above))
        shape->z_bench = bench_z(below, above);
}

struct shape_capability capability_by_fit(const struct fit *fit, struct specification specification)
{
    if (fit->why)
        return no_shape(fit->why);
    struct shape_capability shape = capability_by_percentiles(percentiles_of_fit(fit, 0.00135), specification);
    expect(fit, &specification, &shape);
    return shape;
}

static struct index finite_or_absent(struct index index)
{
    return isinf(index.value) || (isnan(index.value) && !index.why) ? absent("the limit lies outside what the fitted distribution can reach") : index;
}

struct shape_capability capability_by_z(const struct fit *fit, struct specification specification)
{
    if (fit->why)
        return no_shape(fit->why);
    struct shape_capability shape = no_shape(NULL);
    expect(fit, &specification, &shape);
    struct index four[4];
    four_indices(&specification, 0, 3, 3, four);
    bool lower = !isnan(specification.lsl), upper = !isnan(specification.usl);
    four[0] = lower && upper ? index_of((shape.z_usl + shape.z_lsl) / 6) : four[0];
    four[1] = lower ? index_of(shape.z_lsl / 3) : four[1];
    four[2] = upper ? index_of(shape.z_usl / 3) : four[2];
    if (lower || upper)
        four[3] = !lower ? four[2] : !upper || four[1].value <= four[2].value ? four[1] : four[2];
    for (int i = 0; i < 4; i++)
        four[i] = finite_or_absent(four[i]);
    struct shape_capability result = shape_of(four);
    result.overall = shape.overall;
    result.z_lsl = shape.z_lsl;
    result.z_usl = shape.z_usl;
    result.z_bench = shape.z_bench;
    return result;
}

struct z_bench z_bench_of(double mean, double sigma, struct specification specification)
{
    struct z_bench bench = {NAN, NAN, NAN, NULL};
    if (isnan(specification.lsl) && isnan(specification.usl))
        bench.why = no_limits;
    else if (!(sigma > 0) || isinf(sigma))
        bench.why = "no sigma";
    if (bench.why)
        return bench;
    bench.lsl = (mean - specification.lsl) / sigma;
    bench.usl = (specification.usl - mean) / sigma;
    bench.bench = bench_z(standard_normal.below(0, -bench.lsl), standard_normal.above(0, bench.usl));
    if (isinf(bench.bench)) {
        bench.bench = NAN;
        bench.why = bench.lsl < 0 || bench.usl < 0 ? "nothing is expected within the limits" : "nothing is expected beyond the limits";
    }
    return bench;
}

const char *cpm_words(enum cpm_variant variant)
{
    static const char *const words[] = {
        [CPM_N] = "distance from target, divisor n",
        [CPM_N_MINUS_1] = "distance from target, divisor n - 1",
        [CPM_CHAN] = "overall s2 + (mean - target)2",
        [CPM_WITHIN] = "within sigma2 + (mean - target)2",
        [CPM_K] = "nearer limit, overall s2 + (mean - target)2",
    };
    return words[variant];
}

/* The half of the tolerance that counts, from `from`. */
static double nearer(const struct specification *specification, double from)
{
    return fmin(isnan(specification->lsl) ? INFINITY : from - specification->lsl, isnan(specification->usl) ? INFINITY : specification->usl - from);
}

/* The squared distance from target that a variant measures by. */
static double tau2_of(const struct capability *capability, double off, enum cpm_variant variant)
{
    double n = (double)capability->n, s2 = capability->sd * capability->sd, within = capability->sigma_within;
    switch (variant) {
    case CPM_N:
        return s2 * (n - 1) / n + off * off;
    case CPM_N_MINUS_1:
        return s2 + off * off * n / (n - 1);
    case CPM_WITHIN:
        return within * within + off * off;
    case CPM_CHAN:
    case CPM_K:
        break;
    }
    return s2 + off * off;
}

static const char *cpm_obstacle(const struct capability *capability, const struct specification *specification, double target,
                                enum cpm_variant variant)
{
    bool lower = !isnan(specification->lsl), upper = !isnan(specification->usl);
    if (!lower && !upper)
        return no_limits;
    if (isnan(target))
        return "no target";
    if ((variant == CPM_CHAN || variant == CPM_WITHIN) && (!lower || !upper))
        return lower ? no_upper : no_lower;
    if (nearer(specification, target) < 0)
        return "the target lies outside the limits";
    if (capability->n < 2)
        return "fewer than two values";
    if (variant == CPM_WITHIN && !(capability->sigma_within > 0))
        return "no sigma within";
    return tau2_of(capability, capability->mean - target, variant) > 0 ? NULL : "the values do not vary";
}

static const char no_df[] = "no interval: its degrees of freedom cannot be reckoned";

static void by_chi_square(struct index *index, double df, double confidence)
{
    double tail = (1 - confidence) / 2;
    index->lower = index->value * sqrt(chi_square_quantile(tail, df) / df);
    index->upper = index->value * sqrt(chi_square_quantile(1 - tail, df) / df);
    index->bound = index->value * sqrt(chi_square_quantile(2 * tail, df) / df);
    if (isnan(index->lower))
        index->why = no_df;
}

struct index cpm_of(const struct capability *capability, struct specification specification, enum cpm_variant variant)
{
    double target = isnan(specification.target) ? (specification.lsl + specification.usl) / 2 : specification.target;
    const char *why = cpm_obstacle(capability, &specification, target, variant);
    if (why)
        return absent(why);
    double n = (double)capability->n, s = capability->sd, off = capability->mean - target;
    double room = nearer(&specification, variant == CPM_K ? capability->mean : target);
    if (variant == CPM_CHAN || variant == CPM_WITHIN)
        room = (specification.usl - specification.lsl) / 2;
    struct index index = index_of(room / (3 * sqrt(tau2_of(capability, off, variant))));
    double a2 = off * off / (s * s), df = n * (1 + a2) * (1 + a2) / (1 + 2 * a2);
    if (variant == CPM_N && s > 0)
        by_chi_square(&index, df, capability->confidence);
    else
        index.why = variant == CPM_N ? "no interval: the values do not vary" : "no interval is published for this variant";
    return index_within_reach(index);
}

struct between_within between_within_of(const double *means, size_t subgroups, double n, double sigma_within, double mean,
                                        struct specification specification)
{
    struct between_within result = {.between = NAN, .within = sigma_within, .both = NAN};
    result.why = subgroups < 2 ? "fewer than two subgroups" : !(sigma_within > 0) ? "no sigma within" : NULL;
    struct index four[4];
    for (int i = 0; i < 4; i++)
        four[i] = absent(result.why);
    if (!result.why) {
        double ranges = 0;
        for (size_t i = 1; i < subgroups; i++)
            ranges += fabs(means[i] - means[i - 1]);
        double of_means = ranges / (double)(subgroups - 1) / constant_d2(2);
        result.between = sqrt(fmax(0, of_means * of_means - sigma_within * sigma_within / n));
        result.both = hypot(result.between, sigma_within);
        four_indices(&specification, mean, 3 * result.both, 3 * result.both, four);
    }
    result.cp = four[0];
    result.cpl = four[1];
    result.cpu = four[2];
    result.cpk = four[3];
    return result;
}

void between_within_intervals(struct between_within *result, size_t subgroups, double n, double df_within, double confidence)
{
    if (result->why)
        return;
    double k = (double)subgroups, inner = result->within * result->within, total = result->both * result->both;
    double of_means = result->between * result->between + inner / n; /* variance of a subgroup mean */
    double rest = total - of_means, df_means = 0.605 * (k - 1);
    double df = total * total / (of_means * of_means / df_means + rest * rest / df_within);
    double tail = (1 - confidence) / 2;
    if (!isnan(result->cp.value))
        by_chi_square(&result->cp, df, confidence);
    result->cp = index_within_reach(result->cp);
    struct index *const sides[] = {&result->cpl, &result->cpu, &result->cpk};
    for (int i = 0; i < 3; i++) {
        double value = sides[i]->value, error = sqrt(of_means / (9 * k * total) + value * value / (2 * df));
        sides[i]->lower = value - gsl_cdf_ugaussian_Qinv(tail) * error;
        sides[i]->upper = value + gsl_cdf_ugaussian_Qinv(tail) * error;
        sides[i]->bound = value - gsl_cdf_ugaussian_Qinv(2 * tail) * error;
        *sides[i] = index_within_reach(*sides[i]);
        if (isnan(sides[i]->lower) && !sides[i]->why)
            sides[i]->why = no_df;
    }
}

struct index ccpk_of(const struct capability *capability, struct specification specification)
{
    double target = isnan(specification.target) ? (specification.lsl + specification.usl) / 2 : specification.target;
    if (isnan(specification.lsl) && isnan(specification.usl))
        return absent(no_limits);
    if (isnan(target))
        return absent("no target");
    if (nearer(&specification, target) < 0)
        return absent("the target lies outside the limits");
    if (!(capability->sigma_within > 0))
        return absent("no sigma within");
    struct index index = index_of(nearer(&specification, target) / (3 * capability->sigma_within));
    if (capability->df_within > 0)
        by_chi_square(&index, capability->df_within, capability->confidence);
    return index_within_reach(index);
}

struct machine_capability machine_capability_of(const struct moments *moments, struct specification specification, double confidence)
{
    enum { PARTS = 50 };
    struct within none = {0};
    struct capability overall = capability_of(moments, &none, specification, 0, 0, confidence);
    return (struct machine_capability){overall.pp, overall.ppk, moments->n < PARTS ? "fewer than 50 consecutive parts" : NULL};
}
