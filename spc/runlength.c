#include "spc/runlength.h"

#include "spc/standard.h"

#include <math.h>

double runlength_shewhart(double limit, double shift)
{
    return limit >= 0 ? 1 / (standard_normal.above(0, limit - shift) + standard_normal.above(0, limit + shift)) : NAN;
}

static double density(double z)
{
    return exp(standard_normal.log_density(0, z));
}

enum { NODES = 80 };

/* Gauss-Legendre nodes and weights on (low, high): Newton's method on the polynomial from its three-term recurrence. */
static void quadrature(double low, double high, double nodes[NODES], double weights[NODES])
{
    for (int i = 0; i < (NODES + 1) / 2; i++) {
        double x = cos(M_PI * (i + 0.75) / (NODES + 0.5)), slope = 1;
        for (int step = 0; step < 8; step++) {
            double before = 1, value = x;
            for (int k = 2; k <= NODES; k++) {
                double next = ((2 * k - 1) * x * value - (k - 1) * before) / k;
                before = value;
                value = next;
            }
            slope = NODES * (x * value - before) / (x * x - 1);
            x -= value / slope;
        }
        nodes[i] = (low + high - x * (high - low)) / 2;
        nodes[NODES - 1 - i] = (low + high + x * (high - low)) / 2;
        weights[i] = weights[NODES - 1 - i] = (high - low) / ((1 - x * x) * slope * slope);
    }
}

enum { UNKNOWNS = NODES + 1 };

/* Solves a x = b in place by elimination with partial pivoting. */
static void solve(double a[UNKNOWNS][UNKNOWNS], double b[UNKNOWNS])
{
    for (int k = 0; k < UNKNOWNS; k++) {
        int pivot = k;
        for (int i = k + 1; i < UNKNOWNS; i++)
            if (fabs(a[i][k]) > fabs(a[pivot][k]))
                pivot = i;
        for (int j = 0; j < UNKNOWNS && pivot != k; j++) {
            double held = a[k][j];
            a[k][j] = a[pivot][j];
            a[pivot][j] = held;
        }
        double held = b[k];
        b[k] = b[pivot];
        b[pivot] = held;
        for (int i = k + 1; i < UNKNOWNS; i++) {
            double factor = a[i][k] / a[k][k];
            for (int j = k; j < UNKNOWNS && factor != 0; j++)
                a[i][j] -= factor * a[k][j];
            b[i] -= factor * b[k];
        }
    }
    for (int k = UNKNOWNS - 1; k >= 0; k--) {
        for (int j = k + 1; j < UNKNOWNS; j++)
            b[k] -= a[k][j] * b[j];
        b[k] /= a[k][k];
    }
}

/* A chart whose statistic moves on (0, high) or (low, high): the chance of going from one place to near another, and of falling back to the atom. */
struct recursion {
    double low, high;
    double (*move)(const struct recursion *recursion, double from, double to);
    double (*reset)(const struct recursion *recursion, double from); /* NULL: no atom */
    double k, shift, lambda, order; /* order: of the Bessel function, p / 2 - 1 */
};

/* Average run lengths from the atom and from one place: L(z) = 1 + reset(z) L(atom) + integral of move(z, x) L(x) dx. The atom is at `low`. */
static void run_lengths(const struct recursion *recursion, double from, double *from_atom, double *from_there)
{
    double nodes[NODES], weights[NODES], a[UNKNOWNS][UNKNOWNS], arl[UNKNOWNS];
    quadrature(recursion->low, recursion->high, nodes, weights);
    for (int i = 0; i < UNKNOWNS; i++) {
        double z = i < NODES ? nodes[i] : recursion->low;
        for (int j = 0; j < NODES; j++)
            a[i][j] = (i == j) - weights[j] * recursion->move(recursion, z, nodes[j]);
        a[i][NODES] = (i == NODES) - (recursion->reset ? recursion->reset(recursion, z) : 0);
        arl[i] = 1;
    }
    solve(a, arl);
    double there = 1 + (recursion->reset ? recursion->reset(recursion, from) * arl[NODES] : 0);
    for (int j = 0; j < NODES; j++)
        there += weights[j] * recursion->move(recursion, from, nodes[j]) * arl[j];
    *from_atom = arl[NODES];
    *from_there = there;
}

static double cusum_move(const struct recursion *recursion, double from, double to)
{
    return density(to - from + recursion->k - recursion->shift);
}

static double cusum_reset(const struct recursion *recursion, double from)
{
    return standard_normal.below(0, recursion->k - from - recursion->shift);
}

double runlength_cusum(double k, double h, double head, double shift)
{
    if (!(h > 0) || !(head >= 0 && head <= h) || !isfinite(k) || !isfinite(shift))
        return NAN;
    struct recursion up = {.high = h, .move = cusum_move, .reset = cusum_reset, .k = k, .shift = shift}, down = up;
    double up_zero, up_head, down_zero, down_head;
    down.shift = -shift;
    run_lengths(&up, head, &up_zero, &up_head);
    run_lengths(&down, head, &down_zero, &down_head);
    /* The slower side may be too long for a double to hold its inverse's difference. */
    return (up_head * (down_zero / (up_zero + down_zero)) + down_head * (up_zero / (up_zero + down_zero))) - up_zero * (down_zero / (up_zero + down_zero));
}

static double ewma_move(const struct recursion *recursion, double from, double to)
{
    return density((to - (1 - recursion->lambda) * from) / recursion->lambda - recursion->shift) / recursion->lambda;
}

double runlength_ewma(double lambda, double limit, double shift)
{
    if (!(lambda > 0 && lambda <= 1) || !(limit > 0) || !isfinite(shift))
        return NAN;
    double edge = limit * sqrt(lambda / (2 - lambda)), unused, arl;
    struct recursion recursion = {.low = -edge, .high = edge, .move = ewma_move, .lambda = lambda, .shift = shift};
    run_lengths(&recursion, 0, &unused, &arl);
    return arl;
}

/* exp(-x) I_order(x): by its series, and by Hankel's asymptotic one. */
static double bessel_scaled(double order, double x)
{
    double term, sum = 0;
    if (x < 60) {
        term = exp(order * log(x / 2) - x - lgamma(order + 1));
        for (int j = 1; term > 1e-17 * sum; j++) {
            sum += term;
            term *= x * x / (4 * j * (order + j));
        }
        return sum;
    }
    term = 1;
    for (int j = 1; fabs(term) > 1e-17 && j < 60; j++) {
        sum += term;
        term *= -(4 * order * order - (2 * j - 1) * (2 * j - 1)) / (8 * j * x);
    }
    return sum / sqrt(2 * M_PI * x);
}

/* The length of the vector: lambda times a noncentral chi. */
static double mewma_move(const struct recursion *recursion, double from, double to)
{
    double r = to / recursion->lambda, center = (1 - recursion->lambda) * from / recursion->lambda, order = recursion->order;
    if (center < 1e-12)
        return exp((2 * order + 1) * log(r) - r * r / 2 - order * M_LN2 - lgamma(order + 1)) / recursion->lambda;
    return r * pow(r / center, order) * exp(-(r - center) * (r - center) / 2) * bessel_scaled(order, r * center) / recursion->lambda;
}

double runlength_mewma(int p, double lambda, double h4)
{
    if (p < 2 || p > 50 || !(lambda > 0 && lambda <= 1) || !(h4 > 0))
        return NAN;
    struct recursion recursion = {.high = sqrt(h4 * lambda / (2 - lambda)), .move = mewma_move, .lambda = lambda, .order = p / 2.0 - 1};
    double unused, arl;
    run_lengths(&recursion, 0, &unused, &arl);
    return arl;
}

/* Root of a rising function of the limit, to 1e-13: halving on its logarithm after doubling. */
static double limit_for(double arl0, double (*arl)(double limit, double a, int p), double a, int p)
{
    enum { STEPS = 80 };
    double low = 0, high = 1;
    if (!(arl0 > 1) || isnan(arl(high, a, p)))
        return NAN;
    while (arl(high, a, p) < arl0 && high < 1e4)
        low = high, high *= 2;
    double below = NAN, above = log(arl(high, a, p) / arl0);
    if (low > 0)
        below = log(arl(low, a, p) / arl0);
    for (int i = 0; i < STEPS && high - low > 1e-14 * high; i++) {
        double middle = i % 2 && !isnan(below) ? low + (high - low) * below / (below - above) : (low + high) / 2;
        double miss = log(arl(middle, a, p) / arl0);
        if (fabs(miss) < 1e-13)
            return middle;
        if (miss < 0) {
            low = middle;
            below = miss;
        } else {
            high = middle;
            above = miss;
        }
    }
    return (low + high) / 2;
}

static double cusum_of_h(double h, double k, int p)
{
    (void)p;
    return runlength_cusum(k, h, 0, 0);
}

static double ewma_of_limit(double limit, double lambda, int p)
{
    (void)p;
    return runlength_ewma(lambda, limit, 0);
}

static double mewma_of_h4(double h4, double lambda, int p)
{
    return runlength_mewma(p, lambda, h4);
}

double runlength_cusum_h(double k, double arl0)
{
    return limit_for(arl0, cusum_of_h, k, 0);
}

double runlength_ewma_limit(double lambda, double arl0)
{
    return limit_for(arl0, ewma_of_limit, lambda, 0);
}

double runlength_mewma_h4(int p, double lambda, double arl0)
{
    return limit_for(arl0, mewma_of_h4, lambda, p);
}

struct design_price runlength_price(double arl_in_control, double arl_shifted, double interval_s)
{
    return (struct design_price){86400 / interval_s / arl_in_control, arl_shifted * interval_s};
}
