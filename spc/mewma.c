#include "spc/multivariate.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_bessel.h>
#include <math.h>

/* In control the length r of z is a Markov chain of its own: the square of the next length over lambda is noncentral chi-square. The run length
 * from r is L(r) = 1 + integral over lengths below the limit of density(s | r) L(s) ds, taken at Gauss-Legendre points. */
enum { NODES = 64 };

struct equation {
    int p;
    double lambda;
    double length[NODES], weight[NODES];
    double matrix[NODES][NODES + 1]; /* the last column is the right side, then the run lengths */
};

/* Points and weights of (0, top): roots of Legendre's polynomial by Newton from their asymptotic places. */
static void place_nodes(struct equation *equation, double top)
{
    for (int i = 0; i < NODES; i++) {
        double x = cos(M_PI * (i + 0.75) / (NODES + 0.5)), slope = 1;
        for (int step = 0; step < 8; step++) {
            double value = x, before = 1;
            for (int k = 2; k <= NODES; k++) {
                double next = ((2 * k - 1) * x * value - (k - 1) * before) / k;
                before = value;
                value = next;
            }
            slope = NODES * (x * value - before) / (x * x - 1);
            x -= value / slope;
        }
        equation->length[i] = top * (1 + x) / 2;
        equation->weight[i] = top / ((1 - x * x) * slope * slope);
    }
}

/* Density of the next length s after length r. */
static double density(const struct equation *equation, double r, double s)
{
    double nu = equation->p / 2.0 - 1, y = s / equation->lambda, c = (1 - equation->lambda) * r / equation->lambda;
    if (c * y < 1e-9)
        return exp((2 * nu + 1) * log(y) - (y * y + c * c) / 2 - nu * M_LN2 - lgamma(nu + 1)) / equation->lambda;
    double difference = y - c;
    return y * pow(y / c, nu) * exp(-difference * difference / 2) * gsl_sf_bessel_Inu_scaled(nu, c * y) / equation->lambda;
}

/* Gauss's elimination with row exchange; the solution replaces the last column. */
static void solve(double matrix[NODES][NODES + 1])
{
    for (int i = 0; i < NODES; i++) {
        int pivot = i;
        for (int k = i + 1; k < NODES; k++)
            if (fabs(matrix[k][i]) > fabs(matrix[pivot][i]))
                pivot = k;
        for (int j = i; j <= NODES; j++) {
            double swapped = matrix[i][j];
            matrix[i][j] = matrix[pivot][j];
            matrix[pivot][j] = swapped;
        }
        for (int k = i + 1; k < NODES; k++) {
            double factor = matrix[k][i] / matrix[i][i];
            for (int j = i; j <= NODES; j++)
                matrix[k][j] -= factor * matrix[i][j];
        }
    }
    for (int i = NODES - 1; i >= 0; i--) {
        for (int j = i + 1; j < NODES; j++)
            matrix[i][NODES] -= matrix[i][j] * matrix[j][NODES];
        matrix[i][NODES] /= matrix[i][i];
    }
}

static bool supported(int p, double lambda)
{
    return p >= 2 && p <= MULTIVARIATE_MAX && lambda >= 0.01 && lambda <= 1;
}

double mewma_arl(int p, double lambda, double h)
{
    struct equation equation = {.p = p, .lambda = lambda};
    if (!supported(p, lambda) || !(h > 0))
        return NAN;
    if (lambda == 1)
        return 1 / gsl_cdf_chisq_Q(h, p);
    place_nodes(&equation, sqrt(h * lambda / (2 - lambda)));
    for (int i = 0; i < NODES; i++) {
        for (int j = 0; j < NODES; j++)
            equation.matrix[i][j] = (i == j) - equation.weight[j] * density(&equation, equation.length[i], equation.length[j]);
        equation.matrix[i][NODES] = 1;
    }
    solve(equation.matrix);
    double arl = 1;
    for (int j = 0; j < NODES; j++)
        arl += equation.weight[j] * density(&equation, 0, equation.length[j]) * equation.matrix[j][NODES];
    return arl;
}

/* How far the run length of h is from the one wanted, on the scale of logarithms. Beyond what doubles carry it is only long. */
static double excess(int p, double lambda, double h, double arl)
{
    double ratio = mewma_arl(p, lambda, h) / arl;
    return ratio > 0 && ratio < 1e9 ? log(ratio) : log(1e9);
}

/* The logarithm of the run length is nearly straight in the limit: climb until it is passed, then false position (Illinois). The limit of
 * lambda = 1 is the widest. */
double mewma_limit(int p, double lambda, double arl)
{
    if (!supported(p, lambda) || !(arl > 1))
        return NAN;
    double widest = gsl_cdf_chisq_Qinv(1 / arl, p), low = 0, high = widest / 32, below = -log(arl), above;
    if (lambda == 1)
        return widest;
    for (; (above = excess(p, lambda, high, arl)) < 0; high = high * 1.5)
        low = high, below = above;
    double h = high;
    for (int i = 0; i < 60; i++) {
        double before = h;
        h = (low * above - high * below) / (above - below);
        double off = excess(p, lambda, h, arl);
        if (off == 0 || fabs(h - before) < 1e-14 * h)
            break;
        if (off < 0) {
            low = h, below = off, above /= 2;
        } else {
            high = h, above = off, below /= 2;
        }
    }
    return h;
}
