/* Private to the distributions: how x becomes the z of a standard distribution. Parameters are those of the distribution's row. */
#ifndef GEMBA_SPC_TRANSFORM_H
#define GEMBA_SPC_TRANSFORM_H

/* log_slope = ln dz/dx. z is -INFINITY below the support, INFINITY above it. */
struct standardised {
    double z, log_slope;
};
struct transform {
    struct standardised (*to_z)(const double *p, double x);
    double (*to_x)(const double *p, double z);
};
extern const struct transform transform_linear, transform_log, transform_log3, transform_weibull, transform_weibull3, transform_scale,
    transform_exponential, transform_rayleigh, transform_bounded, transform_johnson_log, transform_unbounded, transform_boxcox;

#endif
