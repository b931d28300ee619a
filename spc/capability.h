#ifndef GEMBA_SPC_CAPABILITY_H
#define GEMBA_SPC_CAPABILITY_H

#include "spc/moments.h"

#include <stdint.h>

/* NAN = no such limit. */
struct specification {
    double lsl, usl, target;
};

/* Running sums for sigma within, in O(1) a subgroup; zero-initialised is empty. */
struct within {
    int64_t subgroups; /* with a dispersion */
    double ss, ss_df;  /* pooled: sum of squares within, and its degrees of freedom */
    double mr_sum;     /* n = 1: moving ranges of 2 */
    int64_t mr_count;
};
void within_add_subgroup(struct within *within, const double *values, int n);
void within_add_moving_range(struct within *within, double range);
void within_merge(struct within *into, const struct within *other);
/* sigma within for capability: pooled / c4(df + 1) where n > 1, average moving range / d2(2) where n = 1 (SPC.md "Sigma"). df: its degrees of
 * freedom; method: "pooled" or "mr". NAN with a reason. */
double within_sigma(const struct within *within, double *df, const char **method, const char **why);

/* An index with its two-sided interval and one-sided lower bound at the confidence asked for. value NAN: `why` says the reason. */
struct index {
    double value, lower, upper, bound;
    const char *why;
};
/* The index itself, or none with a reason where one of its figures overflowed. */
struct index index_within_reach(struct index index);

struct ppm {
    double below, above; /* parts per million beyond each limit; NAN without that limit */
};

struct capability {
    int64_t n;
    double mean, sd, sigma_within, df_within;
    const char *method; /* of sigma within */
    double confidence;
    struct index cp, cpl, cpu, cpk; /* within */
    struct index pp, ppl, ppu, ppk; /* overall */
    struct ppm observed, within, overall;
};

/* All indices from running sums. below, above: counts of values beyond each limit (strictly). confidence: 0.95.
 * Sources: indices ISO 22514-2, AIAG SPC; Cp/Pp interval chi-square, Cpk/Ppk normal approximation (Bissell 1990; Montgomery 2009 eq. 8.19). */
struct capability capability_of(const struct moments *moments, const struct within *within, struct specification specification, int64_t below,
                                int64_t above, double confidence);

/* The same with a sigma within that was estimated otherwise. sigma NAN: why says the reason. */
struct within_estimate {
    double sigma, df;
    const char *method, *why;
};
struct capability capability_by_sigma(const struct moments *moments, const struct within_estimate *within, struct specification specification,
                                      int64_t below, int64_t above, double confidence);

/* The same without the indices within, of a process that is not known to be in control: Cp, Cpl, Cpu and Cpk are absent, and why says the reason. */
struct capability capability_without_within(struct capability capability, const char *why);
/* Nor with Pp, Ppl, Ppu, Ppk: of values that are not normal. */
struct capability capability_without_indices(struct capability capability, const char *why);

/* How a requirement is met: by the value, and whether also by its lower bound. */
enum requirement { REQUIREMENT_NONE, REQUIREMENT_MET, REQUIREMENT_MET_UNSURE, REQUIREMENT_MISSED, REQUIREMENT_UNKNOWN };
/* stable and within: judged by Cpk; else by Ppk. *used names the index ("Cpk" or "Ppk"). required NAN: NONE. */
enum requirement capability_requirement(const struct capability *capability, double required, int stable, const char **used);
const char *requirement_words(enum requirement requirement); /* "met", "met, lower bound below", "MISSED", "cannot be judged", "none" */

#endif
