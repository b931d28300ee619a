/* MEWMA after a shift. Only two numbers of the vector matter: its part along the shift, and the length of the rest. The first moves like an EWMA, the
 * second like lambda times a noncentral chi of p - 1 variables; together they stay in a half disc. Source: Rigdon 1995; Runger and Prabhu 1996. */
#include "spc/nystrom.h"
#include "spc/runlength.h"
#include "spc/standard.h"

#include <math.h>

enum { MOST = 96 };

/* The half disc as places along the shift's direction and fractions of the half chord across it there. Counts keep the places about one standard
 * deviation of a step apart, which gives 1e-6 of the run length. */
struct half_disc {
    double radius, lambda, shift, order;
    int places, fractions;
    double along[MOST], along_weight[MOST], chord[MOST], fraction[MOST], fraction_weight[MOST];
};

static struct half_disc half_disc_of(int p, double lambda, double h4, double shift)
{
    struct half_disc disc = {.radius = sqrt(h4 * lambda / (2 - lambda)), .lambda = lambda, .shift = shift, .order = (p - 3) / 2.0};
    double reach = disc.radius / lambda; /* in standard deviations of a step */
    disc.places = (int)fmin(MOST, ceil(2.8 * reach) + 8);
    disc.fractions = (int)fmin(MOST, ceil(1.4 * reach) + 7);
    return disc;
}

/* The integrand holds the chord to the power p - 1: for odd p a smooth function of the place, for even p of the angle round the whole circle, where
 * equal steps are best. */
static void lay_out(struct half_disc *disc, int p)
{
    nystrom_quadrature(disc->fractions, 0, 1, disc->fraction, disc->fraction_weight);
    nystrom_quadrature(disc->places, -disc->radius, disc->radius, disc->along, disc->along_weight);
    for (int i = 0; i < disc->places; i++) {
        double angle = M_PI * (i + 0.5) / disc->places;
        if (p % 2 == 0) {
            disc->along[i] = disc->radius * cos(angle);
            disc->along_weight[i] = disc->radius * sin(angle) * M_PI / disc->places;
        }
        disc->chord[i] = sqrt(disc->radius * disc->radius - disc->along[i] * disc->along[i]);
    }
}

/* Chance density of a step, with the weight of the node it leads to: along x across. */
static double step_along(const struct half_disc *disc, double from, int i)
{
    double z = (disc->along[i] - (1 - disc->lambda) * from) / disc->lambda - disc->shift;
    return exp(standard_normal.log_density(0, z)) / disc->lambda * disc->along_weight[i];
}

static double step_across(const struct half_disc *disc, double from, int i, int k)
{
    double lambda = disc->lambda, to = disc->chord[i] * disc->fraction[k];
    return nystrom_noncentral_chi(to / lambda, (1 - lambda) * from / lambda, disc->order) / lambda * disc->fraction_weight[k] * disc->chord[i];
}

static bool sensible(int p, double lambda, double h4)
{
    return p >= 2 && p <= 50 && lambda > 0 && lambda <= 1 && h4 > 0;
}

size_t runlength_mewma_room(int p, double lambda, double h4)
{
    if (!sensible(p, lambda, h4))
        return 0;
    struct half_disc disc = half_disc_of(p, lambda, h4, 0);
    size_t n = (size_t)disc.places * (size_t)disc.fractions;
    return (n + 1) * n * sizeof(double);
}

double runlength_mewma(int p, double lambda, double h4, double shift, void *room, size_t bytes)
{
    if (!sensible(p, lambda, h4) || bytes < runlength_mewma_room(p, lambda, h4) || !isfinite(shift))
        return NAN;
    struct half_disc disc = half_disc_of(p, lambda, h4, shift);
    int n = disc.places * disc.fractions;
    double *a = room, *arl = a + (size_t)n * (size_t)n, sum = 1;
    lay_out(&disc, p);
    for (int row = 0; row < n; row++) {
        double x = disc.along[row / disc.fractions], y = disc.chord[row / disc.fractions] * disc.fraction[row % disc.fractions];
        arl[row] = 1;
        for (int column = 0; column < n; column++) {
            int i = column / disc.fractions, k = column % disc.fractions;
            a[(size_t)row * (size_t)n + (size_t)column] = (row == column) - step_along(&disc, x, i) * step_across(&disc, y, i, k);
        }
    }
    nystrom_solve(n, a, arl);
    for (int column = 0; column < n; column++) {
        int i = column / disc.fractions, k = column % disc.fractions;
        sum += step_along(&disc, 0, i) * step_across(&disc, 0, i, k) * arl[column];
    }
    return sum;
}
