#include "spc/nystrom.h"

#include <math.h>

/* Newton's method on the Legendre polynomial from its three-term recurrence. */
void nystrom_quadrature(int n, double low, double high, double *nodes, double *weights)
{
    for (int i = 0; i < (n + 1) / 2; i++) {
        double x = cos(M_PI * (i + 0.75) / (n + 0.5)), slope = 1;
        for (int step = 0; step < 8; step++) {
            double before = 1, value = x;
            for (int k = 2; k <= n; k++) {
                double next = ((2 * k - 1) * x * value - (k - 1) * before) / k;
                before = value;
                value = next;
            }
            slope = n * (x * value - before) / (x * x - 1);
            x -= value / slope;
        }
        nodes[i] = (low + high - x * (high - low)) / 2;
        nodes[n - 1 - i] = (low + high + x * (high - low)) / 2;
        weights[i] = weights[n - 1 - i] = (high - low) / ((1 - x * x) * slope * slope);
    }
}

static void swap_rows(int n, double *a, double *b, int i, int k)
{
    double held = b[i];
    b[i] = b[k];
    b[k] = held;
    for (int j = 0; j < n; j++) {
        held = a[i * n + j];
        a[i * n + j] = a[k * n + j];
        a[k * n + j] = held;
    }
}

/* Elimination with partial pivoting. */
void nystrom_solve(int n, double *a, double *b)
{
    for (int k = 0; k < n; k++) {
        int pivot = k;
        for (int i = k + 1; i < n; i++)
            if (fabs(a[i * n + k]) > fabs(a[pivot * n + k]))
                pivot = i;
        if (pivot != k)
            swap_rows(n, a, b, pivot, k);
        for (int i = k + 1; i < n; i++) {
            double factor = a[i * n + k] / a[k * n + k];
            for (int j = k; j < n; j++)
                a[i * n + j] -= factor * a[k * n + j];
            b[i] -= factor * b[k];
        }
    }
    for (int k = n - 1; k >= 0; k--) {
        for (int j = k + 1; j < n; j++)
            b[k] -= a[k * n + j] * b[j];
        b[k] /= a[k * n + k];
    }
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

double nystrom_noncentral_chi(double r, double center, double order)
{
    if (center < 1e-12)
        return exp((2 * order + 1) * log(r) - r * r / 2 - order * M_LN2 - lgamma(order + 1));
    return r * pow(r / center, order) * exp(-(r - center) * (r - center) / 2) * bessel_scaled(order, r * center);
}
