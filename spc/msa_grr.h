#ifndef GEMBA_SPC_MSA_GRR_H
#define GEMBA_SPC_MSA_GRR_H

#include "spc/anova.h"

#include <stdbool.h>

/* values[(appraiser * parts + part) * trials + trial]; in a nested study, part counts the appraiser's own parts. */
struct grr_data {
    const double *values;
    int appraisers, parts, trials;
};
struct grr_settings {
    double tolerance;  /* usl - lsl, or NAN */
    double process_sd; /* known from the process, or NAN */
    double multiplier; /* sigmas to a study variation: 6; formerly 5.15 */
    double alpha;      /* crossed ANOVA: the interaction is dropped when its p is above this: 0.05 (Minitab), 0.25 (AIAG) */
    bool published;    /* average and range: K1, K2, K3 to four decimals, as on AIAG's sheet */
};

enum grr_source { GRR_GAUGE, GRR_REPEATABILITY, GRR_REPRODUCIBILITY, GRR_APPRAISER, GRR_INTERACTION, GRR_PART, GRR_TOTAL, GRR_SOURCES };
extern const char *const grr_source_names[GRR_SOURCES];

struct grr_component {
    double variance, sd, study;                /* study: multiplier * sd */
    double contribution;                       /* % of the total variance */
    double of_study, of_tolerance, of_process; /* % of the total sd, of the tolerance, of the process' sd */
};
/* A negative estimate of a variance is 0. With one appraiser reproducibility is NAN and the gauge is its repeatability. */
struct grr_result {
    struct grr_component of[GRR_SOURCES];
    double ndc_raw, ndc; /* 1.41 part sd / gauge sd, and that truncated (AIAG) */
    const char *why;
};

/* Average and range method: EV = R K1, AV^2 = (Xdiff K2)^2 - EV^2 / (parts trials), PV = Rp K3, K = 1 / d2* (K1 of more than 15 ranges: 1 / d2, AIAG
 * MSA 4th ed., appendix C). At most CONSTANTS_MAX of each. */
struct grr_ranges {
    struct grr_result result;
    double mean_range, mean_difference, part_range; /* R double bar, X diff, Rp */
    double range_ucl, k1, k2, k3;                   /* a range above range_ucl: the appraiser was not steady */
};
struct grr_ranges grr_ranges(const struct grr_data *data, const struct grr_settings *settings);
void grr_appraiser(const struct grr_data *data, int appraiser, double *mean, double *range); /* one's mean and mean range */

/* ANOVA method, all effects random: full has the interaction, without has it in the error; dropped says which one the result is from. */
struct grr_anova {
    struct grr_result result;
    struct anova_two_way full, without; /* a: appraiser, b: part */
    bool dropped;
};
struct grr_anova grr_anova(const struct grr_data *data, const struct grr_settings *settings);

/* Each appraiser has parts of his own, as when testing destroys them. */
struct grr_nested {
    struct grr_result result;
    struct anova_nested table; /* a: appraiser, b: part of the appraiser */
};
struct grr_nested grr_nested(const struct grr_data *data, const struct grr_settings *settings);

#endif
