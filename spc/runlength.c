#include "spc/runlength.h"

#include "spc/nystrom.h"
#include "spc/standard.h"

#include <math.h>

double runlength_shewhart(double limit, double shift)
{
    return limit >= 0 ? 1 / (standard_normal.above(0, limit - shift) + standard_normal.above(0, limit + shift)) : NAN;
}

static double density(double z)
{
    return exp(-z * z / 2) * (M_SQRT1_2 * M_2_SQRTPI / 2);
}

enum { NODES = 80, UNKNOWNS = NODES + 1 };

/* A chart whose statistic moves on (0, high) or (low, high): the chance of going from one place to near another, and of falling back to the atom. */
struct recursion {
    double low, high;
    double (*move)(const struct recursion *recursion, double from, double to);
    double (*reset)(const struct recursion *recursion, double from); /* NULL: no atom */
    double k, shift, lambda;
};

/* Average run lengths from each node, and last from the atom, which is at `low`:
 * L(z) = 1 + reset(z) L(atom) + integral of move(z, x) L(x) dx. */
static void solve_run_lengths(const struct recursion *recursion, double nodes[NODES], double weights[NODES], double arl[UNKNOWNS])
{
    double a[UNKNOWNS][UNKNOWNS];
    nystrom_quadrature(NODES, recursion->low, recursion->high, nodes, weights);
    for (int i = 0; i < UNKNOWNS; i++) {
        double z = i < NODES ? nodes[i] : recursion->low;
        for (int j = 0; j < NODES; j++)
            a[i][j] = (i == j) - weights[j] * recursion->move(recursion, z, nodes[j]);
        a[i][NODES] = (i == NODES) - (recursion->reset ? recursion->reset(recursion, z) : 0);
        arl[i] = 1;
    }
    nystrom_solve(UNKNOWNS, a[0], arl);
}

/* From the atom and from one place. */
static void run_lengths(const struct recursion *recursion, double from, double *from_atom, double *from_there)
{
    double nodes[NODES], weights[NODES], arl[UNKNOWNS];
    solve_run_lengths(recursion, nodes, weights, arl);
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
    return (up_head * (down_zero / (up_zero + down_zero)) + down_head * (up_zero / (up_zero + down_zero))) -
           up_zero * (down_zero / (up_zero + down_zero));
}

static double ewma_move(const struct recursion *recursion, double from, double to)
{
    return density((to - (1 - recursion->lambda) * from) / recursion->lambda - recursion->shift) / recursion->lambda;
}

/* Whether the nodes lie close enough for a step of the statistic, whose standard deviation is lambda, to be seen. */
static bool is_fine_enough(double lambda, double limit)
{
    const double widest = 22; /* half the width between the limits, in such steps: 1e-9 with 80 nodes */
    return lambda > 0 && lambda <= 1 && limit > 0 && limit <= widest * sqrt(lambda * (2 - lambda));
}

double runlength_ewma(double lambda, double limit, double shift)
{
    if (!is_fine_enough(lambda, limit) || !isfinite(shift))
        return NAN;
    double edge = limit * sqrt(lambda / (2 - lambda)), unused, arl;
    struct recursion recursion = {.low = -edge, .high = edge, .move = ewma_move, .lambda = lambda, .shift = shift};
    run_lengths(&recursion, 0, &unused, &arl);
    return arl;
}

/* What runs through the points whose limits still widen: how likely the statistic is near each node, and no signal came yet. */
struct passage {
    double edge, nodes[NODES], weights[NODES], density[NODES];
};

/* One point on, to limits at +- edge; from NULL: the first point. Returns the chance of no signal yet. */
static double pass(const struct recursion *recursion, const struct passage *from, double edge, struct passage *to)
{
    double left = 0;
    to->edge = edge;
    nystrom_quadrature(NODES, -edge, edge, to->nodes, to->weights);
    for (int j = 0; j < NODES; j++) {
        to->density[j] = from ? 0 : recursion->move(recursion, 0, to->nodes[j]);
        for (int i = 0; from && i < NODES; i++)
            to->density[j] += from->weights[i] * from->density[i] * recursion->move(recursion, from->nodes[i], to->nodes[j]);
        left += to->weights[j] * to->density[j];
    }
    return left;
}

double runlength_ewma_widening(double lambda, double limit, double shift)
{
    const double steady = 1 - 1e-10; /* share of the final limits from which on they stand still */
    if (!is_fine_enough(lambda, limit) || !isfinite(shift))
        return NAN;
    double final = limit * sqrt(lambda / (2 - lambda)), kept = (1 - lambda) * (1 - lambda), variance = lambda * lambda, sum = 1;
    struct recursion recursion = {.low = -final, .high = final, .move = ewma_move, .lambda = lambda, .shift = shift};
    struct passage now, next;
    double left = pass(&recursion, NULL, limit * lambda, &now), nodes[NODES], weights[NODES], arl[UNKNOWNS];
    while (now.edge < steady * final) {
        sum += left;
        variance = kept * variance + lambda * lambda;
        left = pass(&recursion, &now, limit * sqrt(variance), &next);
        now = next;
    }
    solve_run_lengths(&recursion, nodes, weights, arl);
    for (int i = 0; i < NODES; i++)
        sum += now.weights[i] * now.density[i] * arl[i];
    return sum;
}

/* Root of a rising function of the limit, to 1e-13: halving on its logarithm after doubling. */
static double limit_for(double arl0, double (*arl)(double limit, double a), double a)
{
    enum { STEPS = 80 };
    double low = 0, high = 1;
    if (!(arl0 > 1) || isnan(arl(high, a)))
        return NAN;
    while (arl(high, a) < arl0 && high < 1e4)
        low = high, high *= 2;
    double below = NAN, above = log(arl(high, a) / arl0);
    if (low > 0)
        below = log(arl(low, a) / arl0);
    for (int i = 0; i < STEPS && high - low > 1e-14 * high; i++) {
        double middle = i % 2 && !isnan(below) ? low + (high - low) * below / (below - above) : (low + high) / 2;
        double miss = log(arl(middle, a) / arl0);
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

static double cusum_of_h(double h, double k)
{
    return runlength_cusum(k, h, 0, 0);
}

static double ewma_of_limit(double limit, double lambda)
{
    return runlength_ewma(lambda, limit, 0);
}

double runlength_cusum_h(double k, double arl0)
{
    return limit_for(arl0, cusum_of_h, k);
}

double runlength_ewma_limit(double lambda, double arl0)
{
    return limit_for(arl0, ewma_of_limit, lambda);
}

struct design_price runlength_price(double arl_in_control, double arl_shifted, double interval_s)
{
    return (struct design_price){86400 / interval_s / arl_in_control, arl_shifted * interval_s};
}
