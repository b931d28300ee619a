#ifndef GEMBA_SPC_PERCENTILE_H
#define GEMBA_SPC_PERCENTILE_H

#include "spc/capability.h"
#include "spc/fit.h"

/* Quantile of ascending values; type as numbered by Hyndman and Fan 1996: 6 (Minitab), 7 (R, Excel), 8 (median-unbiased). NAN without values. */
double sample_quantile(const double *sorted, size_t n, double probability, int type);

/* The three points from which indices of any distribution are made. */
struct percentiles {
    double low, middle, high;
};
struct percentiles percentiles_of_fit(const struct fit *fit, double tail);
struct percentiles percentiles_of_sample(const double *sorted, size_t n, double tail, int type);
/* Overall indices of a fitted or empirical distribution; lower, upper, bound are NAN until shape_intervals. */
struct shape_capability {
    struct index pp, ppl, ppu, ppk;
    struct ppm overall; /* expected from the fit; NAN with empirical percentiles */
    double z_lsl, z_usl, z_bench;
};
/* Pp = (USL - LSL) / (high - low), Ppk by the nearer side of the median. tail 0.00135: ISO 22514-2; 0.005: Cnpk (Clements 1989). */
struct shape_capability capability_by_percentiles(struct percentiles at, struct specification specification);
struct shape_capability capability_by_fit(const struct fit *fit, struct specification specification);
/* Z-score method (Minitab): Z = the normal quantile of the fitted probability; Ppl = -Z(LSL) / 3, Ppu = Z(USL) / 3, Pp = their mean. */
struct shape_capability capability_by_z(const struct fit *fit, struct specification specification);

/* Fills the intervals of what `indices` (one of the two above) says of the fit: the delta method with the observed information of the likelihood,
 * ln(Pp) and plain Ppl, Ppu being taken as normal (Meeker and Escobar 1998, 7.2 and 8.4). Only for fits by maximum likelihood without an estimated
 * threshold, since the likelihood of a threshold has no quadratic top: else the indices' `why` says so and lower, upper, bound stay NAN. sorted: of
 * the fit. */
typedef struct shape_capability shape_method(const struct fit *fit, struct specification specification);
void shape_intervals(struct shape_capability *shape, shape_method *indices, const struct fit *fit, const double *sorted,
                     struct specification specification, double confidence);

/* Z.bench: the normal quantile of the total expected fraction outside; each side NAN without its limit. why when neither is there. */
struct z_bench {
    double lsl, usl, bench;
    const char *why;
};
struct z_bench z_bench_of(double mean, double sigma, struct specification specification);

/* Taguchi's index; tau is the root mean square distance from the target T. CPM_N, CPM_N_MINUS_1: tau2 = sum (x - T)2 by n or n - 1, the smaller
 * half of the tolerance over 3 tau. CPM_CHAN: tau2 = s2 + (mean - T)2, the whole tolerance over 6 tau (Chan, Cheng, Spiring 1988); CPM_WITHIN: that
 * with sigma within (R's qcc). CPM_K: the nearer limit from the mean over 3 tau of Chan (Pearn, Kotz, Johnson 1992). */
enum cpm_variant { CPM_N, CPM_N_MINUS_1, CPM_CHAN, CPM_WITHIN, CPM_K };
const char *cpm_words(enum cpm_variant variant);
/* target NAN: halfway between the limits. Interval, of CPM_N: chi-square with n (1 + a2)2 / (1 + 2 a2) degrees of freedom, a = (mean - T) / s
 * (Boyles 1991). */
struct index cpm_of(const struct capability *capability, struct specification specification, enum cpm_variant variant);

/* Between and within subgroups together: sigma between from the moving ranges of the subgroup means, sigma_bw2 = between2 + within2 (Minitab). */
struct between_within {
    double between, within, both;
    struct index cp, cpl, cpu, cpk; /* no intervals */
    const char *why;
};
struct between_within between_within_of(const double *means, size_t subgroups, double n, double sigma_within, double mean,
                                        struct specification specification);
/* Fills its intervals: sigma_bw2 is the sum of two estimates, its degrees of freedom by Satterthwaite 1946; those of the average moving range of k
 * means are 0.605 (k - 1) (Cryer and Ryan 1990), of sigma within df_within. Cpk by the normal approximation, the mean being known as well as k
 * means are. */
void between_within_intervals(struct between_within *result, size_t subgroups, double n, double df_within, double confidence);

/* CCpk: the nearer limit from the target (NAN: halfway) over 3 sigma within: what Cpk would be with the mean on target. Interval: chi-square. */
struct index ccpk_of(const struct capability *capability, struct specification specification);

/* Cm, Cmk: a short machine study is Pp, Ppk of consecutive parts; words: a warning under 50 parts, else NULL. */
struct machine_capability {
    struct index cm, cmk;
    const char *words;
};
struct machine_capability machine_capability_of(const struct moments *moments, struct specification specification, double confidence);

#endif
