#include "spc/multivariate.h"

#include "spc/tail.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum { ROOM = MULTIVARIATE_MAX };
static const double suspicious = 0.05; /* a part of T2 is named when its p is below */

/* Adds the products of deviations of count vectors from their mean; the mean is returned in mean[p]. */
static void add_products(const double *values, int count, int p, double *mean, double *products)
{
    for (int v = 0; v < p; v++) {
        long double sum = 0;
        for (int k = 0; k < count; k++)
            sum += (long double)values[k * p + v] - (long double)values[v];
        mean[v] = (double)((long double)values[v] + sum / count);
    }
    for (int k = 0; k < count; k++)
        for (int v = 0; v < p; v++)
            for (int w = 0; w <= v; w++)
                products[v * p + w] += (values[k * p + v] - mean[v]) * (values[k * p + w] - mean[w]);
}

/* Cholesky's factor of a symmetric matrix whose lower half is given. Where it is singular to what doubles carry: the first variable that follows from
 * those before it; else -1. */
static int factorise(const double *matrix, int p, double *root, double *determinant)
{
    *determinant = 1;
    for (int i = 0; i < p; i++)
        for (int j = 0; j <= i; j++) {
            double rest = matrix[i * p + j];
            for (int k = 0; k < j; k++)
                rest -= root[i * p + k] * root[j * p + k];
            if (i == j && !(rest > 1e-13 * matrix[i * p + i]))
                return i;
            root[i * p + j] = i == j ? sqrt(rest) : rest / root[j * p + j];
            *determinant *= i == j ? rest : 1;
        }
    return -1;
}

/* Solves root u = x, in place. */
static void forward(const struct t2_model *model, double *x)
{
    for (int i = 0; i < model->p; i++) {
        for (int k = 0; k < i; k++)
            x[i] -= model->root[i * model->p + k] * x[k];
        x[i] /= model->root[i * model->p + i];
    }
}

/* Solves root' x = u, in place. */
static void backward(const struct t2_model *model, double *u)
{
    for (int i = model->p - 1; i >= 0; i--) {
        for (int k = i + 1; k < model->p; k++)
            u[i] -= model->root[k * model->p + i] * u[k];
        u[i] /= model->root[i * model->p + i];
    }
}

static double squared_length(const double *x, int p)
{
    double sum = 0;
    for (int i = 0; i < p; i++)
        sum += x[i] * x[i];
    return sum;
}

static const char *unfit(const double *values, int m, int n, int p)
{
    if (p < 1 || p > ROOM)
        return "one to sixteen variables can be charted together";
    if (m < 2 || n < 1)
        return "fewer than two points";
    for (ptrdiff_t i = 0; i < (ptrdiff_t)m * n * p; i++)
        if (!isfinite(values[i]))
            return "a value is missing";
    return (n > 1 ? (double)m * (n - 1) : m - 1) < p ? "too few values for so many variables" : NULL;
}

static void estimate(struct t2_model *model, const double *values)
{
    int p = model->p;
    double means[ROOM];
    long double sums[ROOM] = {0};
    if (model->n == 1) {
        add_products(values, model->m, p, model->mean, model->covariance);
    } else {
        for (int i = 0; i < model->m; i++) {
            add_products(values + (ptrdiff_t)i * model->n * p, model->n, p, means, model->covariance);
            for (int v = 0; v < p; v++)
                sums[v] += means[v];
        }
        for (int v = 0; v < p; v++)
            model->mean[v] = (double)(sums[v] / model->m);
    }
    for (int v = 0; v < p; v++)
        for (int w = 0; w <= v; w++)
            model->covariance[w * p + v] = model->covariance[v * p + w] /= model->df;
}

struct t2_model t2_model(const double *values, int m, int n, int p)
{
    struct t2_model model = {.p = p, .m = m, .n = n, .determinant = NAN, .why = unfit(values, m, n, p), .culprit = -1};
    if (model.why)
        return model;
    model.df = n > 1 ? (double)m * (n - 1) : m - 1;
    estimate(&model, values);
    model.culprit = factorise(model.covariance, p, model.root, &model.determinant);
    if (model.culprit >= 0) {
        bool varies = model.covariance[model.culprit * p + model.culprit] > 0;
        model.determinant = NAN;
        model.why = varies ? "a variable follows from the others" : "a variable does not vary";
    }
    return model;
}

char *t2_why(const struct t2_model *model, const char *const *names, char *out, size_t size)
{
    static const char variable[] = "a variable";
    if (model->why && model->culprit >= 0)
        snprintf(out, size, "%s%s", names[model->culprit], model->why + sizeof variable - 1);
    else
        snprintf(out, size, "%s", model->why ? model->why : "");
    return out;
}

static void deviation(const struct t2_model *model, const double *x, double *d)
{
    for (int v = 0; v < model->p; v++)
        d[v] = x[v] - model->mean[v];
}

double t2_statistic(const struct t2_model *model, const double *x, int n)
{
    double d[ROOM];
    if (model->why)
        return NAN;
    deviation(model, x, d);
    forward(model, d);
    return n * squared_length(d, model->p);
}

double t2_alpha(int p)
{
    return -expm1(p * log1p(-0.0027));
}

double t2_limit(const struct t2_model *model, enum t2_phase phase, double alpha)
{
    double p = model->p, m = model->m, rest = model->df - p + 1;
    if (model->why || !(rest > 0))
        return NAN;
    if (phase == T2_MADE_THE_MODEL && model->n == 1)
        return rest > 1 ? (m - 1) * (m - 1) / m * tail_beta(alpha, true, p / 2, (m - p - 1) / 2) : NAN;
    double mean = phase == T2_MADE_THE_MODEL ? (m - 1) / m : (m + 1) / m;
    return mean * p * model->df / rest * tail_f(alpha, p, rest);
}

/* What d is a multiple of, where the others say `rest_t2`: F of 1 and `rest` degrees of freedom, but for single points that made the model, which
 * share the scatter that it was made from: beta. An error of prediction spreads more the farther out the others are. */
struct t2_scale {
    bool beta;
    double scale, rest; /* d / scale is F(1, rest), or beta(1 / 2, rest) */
};

static struct t2_scale scale_of(const struct t2_model *model, enum t2_phase phase, double rest_t2, int p)
{
    double m = model->m, rest = model->df - p + 1;
    if (phase == T2_MADE_THE_MODEL && model->n == 1)
        return (struct t2_scale){true, (m - 1) * (m - 1) / m - rest_t2, (m - p - 1) / 2};
    double mean = phase == T2_MADE_THE_MODEL ? (m - 1) / m : (m + 1) / m;
    return (struct t2_scale){false, (model->df * mean + rest_t2) / rest, rest};
}

static double tail_limit(const struct t2_scale *scale)
{
    if (!(scale->rest > 0))
        return NAN;
    return scale->beta ? tail_beta(suspicious, true, 0.5, scale->rest) : tail_f(suspicious, 1, scale->rest);
}

static double chance(const struct t2_scale *scale, double d)
{
    if (!(scale->rest > 0))
        return NAN;
    if (scale->beta)
        return d < scale->scale ? gsl_cdf_beta_Q(d / scale->scale, 0.5, scale->rest) : 0;
    return gsl_cdf_fdist_Q(d / scale->scale, 1, scale->rest);
}

/* With A the inverse of the covariance, T2 less T2 without v is n (A d)_v^2 / A_vv: the squared error of v's regression on the others, over its
 * residual variance. */
int t2_decompose(const struct t2_model *model, const double *x, int n, enum t2_phase phase, struct t2_part *parts)
{
    int guilty = -1, p = model->p;
    double d[ROOM], solved[ROOM], t2 = t2_statistic(model, x, n);
    if (model->why)
        return -1;
    struct t2_scale single = scale_of(model, phase, 0, 1), all = scale_of(model, phase, 0, p);
    double alone_limit = tail_limit(&single) * single.scale, tail = tail_limit(&all);
    deviation(model, x, d);
    memcpy(solved, d, sizeof d[0] * (size_t)p);
    forward(model, solved);
    backward(model, solved);
    for (int v = 0; v < p; v++) {
        double unit[ROOM] = {0};
        unit[v] = 1;
        forward(model, unit);
        double given_others = n * solved[v] * solved[v] / squared_length(unit, p);
        struct t2_scale scale = scale_of(model, phase, t2 - given_others, p);
        parts[v] = (struct t2_part){.variable = v,
                                    .given_others = given_others,
                                    .limit = tail * scale.scale,
                                    .p = chance(&scale, given_others),
                                    .alone = n * d[v] * d[v] / model->covariance[v * p + v],
                                    .alone_limit = alone_limit};
        if (guilty < 0 || given_others > parts[guilty].given_others)
            guilty = v;
    }
    return guilty;
}

int t2_blame(const struct t2_model *model, const double *x, int n, enum t2_phase phase, struct t2_part *parts)
{
    int named = 1;
    if (t2_decompose(model, x, n, phase, parts) < 0)
        return 0;
    for (int v = 1; v < model->p; v++) {
        struct t2_part part = parts[v];
        int place = v;
        for (; place > 0 && parts[place - 1].given_others < part.given_others; place--)
            parts[place] = parts[place - 1];
        parts[place] = part;
    }
    while (named < model->p && parts[named].p < suspicious)
        named++;
    return named;
}

double generalised_variance(const double *values, int n, int p)
{
    double mean[ROOM], products[ROOM * ROOM] = {0}, root[ROOM * ROOM], determinant;
    if (p < 1 || p > ROOM || n <= p)
        return NAN;
    for (int i = 0; i < n * p; i++)
        if (!isfinite(values[i]))
            return NAN;
    add_products(values, n, p, mean, products);
    return factorise(products, p, root, &determinant) < 0 ? determinant / pow(n - 1, p) : 0;
}

/* With df degrees of freedom the determinant of a sample covariance has the mean b1 |Sigma|, b1 = df (df - 1) .. (df - p + 1) / df^p. */
static double shrinkage(double df, int p)
{
    double b1 = 1;
    for (int i = 0; i < p; i++)
        b1 *= (df - i) / df;
    return b1;
}

bool generalised_variance_limits(const struct t2_model *model, double *lcl, double *center, double *ucl)
{
    double df = model->n - 1, wider = 1;
    *lcl = *center = *ucl = NAN;
    if (model->why || model->n <= model->p)
        return false;
    for (int i = 0; i < model->p; i++)
        wider *= (df - i + 2) / df;
    double sigma = model->determinant / shrinkage(model->df, model->p), b1 = shrinkage(df, model->p);
    double width = 3 * sqrt(b1 * (wider - b1));
    *center = sigma * b1;
    *ucl = sigma * (b1 + width);
    *lcl = fmax(0, sigma * (b1 - width));
    return true;
}

/* Of variable v given all others: with a degree of freedom less for each of these. */
static double residual_variance(const struct t2_model *model, int v)
{
    double unit[ROOM] = {0};
    unit[v] = 1;
    forward(model, unit);
    return model->df / (model->df - model->p + 1) / squared_length(unit, model->p);
}

static double either_side(double ratio, double df1, double df2)
{
    return 2 * fmin(gsl_cdf_fdist_Q(ratio, df1, df2), gsl_cdf_fdist_P(ratio, df1, df2));
}

int generalised_variance_blame(const struct t2_model *model, const double *vectors, struct spread_part *parts)
{
    int p = model->p, named = 1;
    if (model->why || model->n <= p)
        return 0;
    struct t2_model own = t2_model(vectors, model->n, 1, p);
    for (int v = 0; v < p; v++) {
        double alone = own.covariance[v * p + v] / model->covariance[v * p + v], given = alone;
        struct spread_part part = {v, alone, either_side(alone, own.df, model->df)};
        if (!own.why)
            given = residual_variance(&own, v) / residual_variance(model, v);
        double chance_given = either_side(given, own.df - p + 1, model->df - p + 1);
        if (!own.why && chance_given < part.p)
            part = (struct spread_part){v, given, chance_given};
        part.p = fmin(1, 2 * part.p);
        int place = v;
        for (; place > 0 && parts[place - 1].p > part.p; place--)
            parts[place] = parts[place - 1];
        parts[place] = part;
    }
    while (named < p && parts[named].p < suspicious)
        named++;
    return named;
}

double mewma_next(struct mewma_state *state, const struct t2_model *model, const double *x, int n, double lambda, bool asymptotic)
{
    double d[ROOM];
    if (model->why)
        return NAN;
    deviation(model, x, d);
    for (int v = 0; v < model->p; v++)
        d[v] = state->z[v] = lambda * d[v] + (1 - lambda) * state->z[v];
    state->steps++;
    double reached = asymptotic ? 1 : 1 - pow(1 - lambda, 2 * state->steps);
    forward(model, d);
    return n * squared_length(d, model->p) / (lambda / (2 - lambda) * reached);
}
