#ifndef GEMBA_SPC_MSA_BIAS_H
#define GEMBA_SPC_MSA_BIAS_H

#include <stdbool.h>

/* Type 1: one appraiser reads one master many times. Cg = (percent/100 tolerance) / (multiplier s),
 * Cgk = (percent/200 tolerance - |bias|) / (multiplier/2 s). Bosch and Q-DAS: percent 20, multiplier 6 (formerly 4); Ford and VW: 15. */
struct type1_settings {
    double reference, tolerance, percent, multiplier;
    double resolution; /* of the display, or NAN */
};
struct type1 {
    int n;
    double mean, sd, bias;
    double cg, cgk;
    double t, p;                              /* bias against 0, n - 1 degrees of freedom */
    double of_tolerance, of_tolerance_biased; /* % that the spread, and spread and bias, take: percent / Cg, percent / Cgk */
    double resolution_max;                    /* 5 % of the tolerance */
    bool resolution_poor;
    const char *why;
};
struct type1 type1_study(const double *values, int n, const struct type1_settings *settings);

/* Bias of repeated readings of one reference. The spread of a reading is the standard deviation, or the range / d2* as on AIAG's sheet, where
 * the interval is bias +- (d2/d2*) t(df) sd_mean and n at most CONSTANTS_MAX. */
enum bias_method { BIAS_SD, BIAS_RANGE };
struct bias {
    int n;
    double mean, bias, sd, sd_mean, df, t, p;
    double lower, upper; /* two-sided at the confidence asked for */
    bool acceptable;     /* 0 lies within: no bias is shown */
    const char *why;
};
struct bias bias_study(const double *values, int n, double reference, enum bias_method method, double confidence);

/* A straight line by least squares. NIST StRD Norris to 1e-12. */
struct line_fit {
    int n;
    double slope, intercept, r2, s, df; /* s: residual standard deviation */
    double slope_se, intercept_se, slope_t, intercept_t, slope_p, intercept_p;
    double x_mean, x_squares;
    const char *why;
};
struct line_fit line_fit(const double *x, const double *y, int n);
/* The line at x, and the half width of the confidence band of the mean there. */
double line_at(const struct line_fit *line, double x, double confidence, double *half_width);

/* Bias over the gauge's range: the line of (value - reference) on reference. Each reference's own bias is a bias_study. */
struct linearity {
    struct line_fit line;
    double bias;     /* mean of all */
    double percent;  /* 100 |slope|: linearity as a share of the process variation */
    bool acceptable; /* 0 lies within the band over the whole range of references */
    const char *why;
};
/* scratch: room for n. */
struct linearity linearity_study(const double *references, const double *values, int n, double confidence, double *scratch);

#endif
