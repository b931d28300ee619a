#include "spc/multivariate.h"

#include "spc/tail.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

enum { ROOM = MULTIVARIATE_MAX };

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

/* Cholesky's factor of a symmetric matrix whose lower half is given; false when it is singular to what doubles carry. */
static bool factorise(const double *matrix, int p, double *root, double *determinant)
{
    *determinant = 1;
    for (int i = 0; i < p; i++)
        for (int j = 0; j <= i; j++) {
            double rest = matrix[i * p + j];
            for (int k = 0; k < j; k++)
                rest -= root[i * p + k] * root[j * p + k];
            if (i == j && !(rest > 1e-13 * matrix[i * p + i]))
                return false;
            root[i * p + j] = i == j ? sqrt(rest) : rest / root[j * p + j];
            *determinant *= i == j ? rest : 1;
        }
    return true;
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
    struct t2_model model = {.p = p, .m = m, .n = n, .determinant = NAN, .why = unfit(values, m, n, p)};
    if (model.why)
        return model;
    model.df = n > 1 ? (double)m * (n - 1) : m - 1;
    estimate(&model, values);
    if (!factorise(model.covariance, p, model.root, &model.determinant)) {
        model.determinant = NAN;
        model.why = "a variable does not vary, or follows from the others";
    }
    return model;
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

/* With A the inverse of the covariance, T2 less T2 without v is n (A d)_v^2 / A_vv: the squared error of v's regression on the others, over its
 * residual variance. An error of prediction spreads more the farther out the others are, by T2 without v / df: so scaled it is F exactly. */
int t2_decompose(const struct t2_model *model, const double *x, int n, struct t2_part *parts)
{
    int guilty = -1, p = model->p;
    double d[ROOM], solved[ROOM], rest = model->df - p + 1, t2 = t2_statistic(model, x, n);
    if (model->why)
        return -1;
    deviation(model, x, d);
    memcpy(solved, d, sizeof d[0] * (size_t)p);
    forward(model, solved);
    backward(model, solved);
    for (int v = 0; v < p; v++) {
        double unit[ROOM] = {0};
        unit[v] = 1;
        forward(model, unit);
        double given_others = n * solved[v] * solved[v] / squared_length(unit, p);
        parts[v] = (struct t2_part){
            .given_others = given_others,
            .alone = n * d[v] * d[v] / model->covariance[v * p + v],
            .p = gsl_cdf_fdist_Q(given_others * rest / (model->df * (model->m + 1) / model->m + t2 - given_others), 1, rest),
        };
        if (guilty < 0 || given_others > parts[guilty].given_others)
            guilty = v;
    }
    return guilty;
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
    return factorise(products, p, root, &determinant) ? determinant / pow(n - 1, p) : 0;
}

bool generalised_variance_limits(const struct t2_model *model, double *lcl, double *center, double *ucl)
{
    double n = model->n, b1 = 1, wider = 1;
    *lcl = *center = *ucl = NAN;
    if (model->why || model->n <= model->p)
        return false;
    for (int i = 1; i <= model->p; i++) {
        b1 *= (n - i) / (n - 1);
        wider *= (n - i + 2) / (n - 1);
    }
    double width = 3 * sqrt(b1 * (wider - b1));
    *center = model->determinant;
    *ucl = model->determinant * (b1 + width) / b1;
    *lcl = fmax(0, model->determinant * (b1 - width) / b1);
    return true;
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
