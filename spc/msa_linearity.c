#include "spc/msa_bias.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stddef.h>

/* Sums of products of deviations, the deviations counted from values near the means so that large offsets cancel exactly. */
struct sums {
    long double x, y, xx, xy, yy;
};

static struct sums sums_about(const double *x, const double *y, int n, double x0, double y0, long double dx, long double dy)
{
    struct sums sums = {0};
    for (int i = 0; i < n; i++) {
        long double u = (long double)x[i] - (long double)x0 - dx, v = (long double)y[i] - (long double)y0 - dy;
        sums.x += u, sums.y += v;
        sums.xx += u * u, sums.xy += u * v, sums.yy += v * v;
    }
    return sums;
}

static const char *unfit(const double *x, const double *y, int n)
{
    bool varies = false;
    for (int i = 0; i < n; i++) {
        if (!isfinite(x[i]) || !isfinite(y[i]))
            return "a reading or a reference is missing";
        varies |= x[i] != x[0];
    }
    return n < 3 ? "fewer than three readings" : varies ? NULL : "one reference only: no line";
}

static double two_sided_p(double t, double df)
{
    return isnan(t) ? NAN : 2 * gsl_cdf_tdist_Q(fabs(t), df);
}

struct line_fit line_fit(const double *x, const double *y, int n)
{
    struct line_fit line = {n, NAN, NAN, NAN, NAN, n - 2.0, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, unfit(x, y, n)};
    if (line.why)
        return line;
    struct sums first = sums_about(x, y, n, x[0], y[0], 0, 0);
    long double dx = first.x / n, dy = first.y / n, residual = 0;
    struct sums sums = sums_about(x, y, n, x[0], y[0], dx, dy);
    long double slope = sums.xy / sums.xx, x_mean = (long double)x[0] + dx;
    for (int i = 0; i < n; i++) {
        long double rest = (long double)y[i] - (long double)y[0] - dy - slope * ((long double)x[i] - (long double)x[0] - dx);
        residual += rest * rest;
    }
    line.x_mean = (double)x_mean;
    line.x_squares = (double)sums.xx;
    line.slope = (double)slope;
    line.intercept = (double)((long double)y[0] + dy - slope * x_mean);
    line.r2 = sums.yy > 0 ? (double)(1 - residual / sums.yy) : NAN;
    line.s = (double)sqrtl(residual / (n - 2));
    line.slope_se = (double)(line.s / sqrtl(sums.xx));
    line.intercept_se = (double)(line.s * sqrtl(1.0L / n + x_mean * x_mean / sums.xx));
    line.slope_t = line.s > 0 ? line.slope / line.slope_se : NAN;
    line.intercept_t = line.s > 0 ? line.intercept / line.intercept_se : NAN;
    line.slope_p = two_sided_p(line.slope_t, line.df);
    line.intercept_p = two_sided_p(line.intercept_t, line.df);
    return line;
}

static double band_squared(const struct line_fit *line, double x, double quantile)
{
    double d = x - line->x_mean, width = quantile * line->s;
    return width * width * (1.0 / line->n + d * d / line->x_squares);
}

static double quantile_of(const struct line_fit *line, double confidence)
{
    return gsl_cdf_tdist_Qinv((1 - confidence) / 2, line->df);
}

double line_at(const struct line_fit *line, double x, double confidence, double *half_width)
{
    *half_width = line->why ? NAN : sqrt(band_squared(line, x, quantile_of(line, confidence)));
    return line->intercept + line->slope * x;
}

/* 0 within the band all over [from, to]: the band's square less the line's is a parabola; where it is lowest decides. */
static bool covers_zero(const struct line_fit *line, double from, double to, double confidence)
{
    double quantile = quantile_of(line, confidence), width = quantile * line->s;
    double curve = width * width / line->x_squares - line->slope * line->slope;
    double level = line->intercept + line->slope * line->x_mean;
    double lowest = curve > 0 ? line->x_mean + line->slope * level / curve : from;
    double at[] = {from, to, fmin(fmax(lowest, from), to)};
    for (int i = 0; i < 3; i++) {
        double fit = line->intercept + line->slope * at[i];
        if (fit * fit > band_squared(line, at[i], quantile))
            return false;
    }
    return true;
}

struct linearity linearity_study(const double *references, const double *values, int n, double confidence, double *scratch)
{
    double from = INFINITY, to = -INFINITY;
    long double sum = 0;
    for (int i = 0; i < n; i++) {
        scratch[i] = values[i] - references[i];
        sum += scratch[i];
        from = fmin(from, references[i]);
        to = fmax(to, references[i]);
    }
    struct linearity study = {.line = line_fit(references, scratch, n), .bias = NAN, .percent = NAN};
    study.why = study.line.why;
    if (study.why)
        return study;
    study.bias = (double)(sum / n);
    study.percent = 100 * fabs(study.line.slope);
    study.acceptable = covers_zero(&study.line, from, to, confidence);
    return study;
}
