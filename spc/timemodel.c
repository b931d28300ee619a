#include "spc/timemodel.h"

#include "spc/constants.h"
#include "spc/moments.h"
#include "spc/msa_bias.h"
#include "spc/normality.h"
#include "spc/tail.h"

#include <math.h>
#include <stdlib.h>

static const double moves = 0.01, normal_enough = 0.05;

static const struct {
    const char *id, *words;
} models[] = {
    {"A1", "location and spread constant, normal"},
    {"A2", "location and spread constant, not normal"},
    {"B", "location constant, spread changes"},
    {"C1", "location changes at random, normally"},
    {"C2", "location changes at random, not normally"},
    {"C3", "location has a trend"},
    {"C4", "location changes in an ordered way: jumps or waves"},
    {"D", "location and spread change"},
};
enum { A1, A2, B, C1, C2, C3, C4, D };

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double shape_p(double *values, size_t n)
{
    qsort(values, n, sizeof *values, ascending);
    return normality_of(normality_find("anderson-darling"), values, n).p.p;
}

/* Distances of the values from the medians of their subgroups, which a skewed distribution does not mislead as it does the means. The nearest
 * value of each is left out: it is the median itself, or as far from it as the next (Hines and Hines 2000). */
static void distances(const double *values, const int *sizes, int groups, double *out)
{
    for (int i = 0; i < groups; values += sizes[i], out += sizes[i] - 1, i++) {
        double sorted[CONSTANTS_MAX], nearest = INFINITY;
        int n = sizes[i], at = 0, kept = 0;
        for (int k = 0; k < n; k++)
            sorted[k] = values[k];
        qsort(sorted, (size_t)n, sizeof *sorted, ascending);
        double median = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
        for (int k = 0; k < n; k++)
            if (fabs(values[k] - median) < nearest)
                nearest = fabs(values[at = k] - median);
        for (int k = 0; k < n; k++)
            if (k != at)
                out[kept++] = fabs(values[k] - median);
    }
}

static size_t means(const double *values, const int *sizes, int groups, double *out)
{
    for (int i = 0; i < groups; values += sizes[i], i++)
        out[i] = scatter_of(values, sizes[i]).mean;
    return (size_t)groups;
}

/* Equality of means when the variances differ: Brown and Forsythe 1974 (F*), both degrees of freedom by Mehrotra
 * 1997. */
static double equal_means_p(const double *values, const int *sizes, int groups)
{
    double n = 0, mean = 0, between = 0, inner = 0, inner_df = 0, fourth = 0, pooled = 0, fourth_pooled = 0;
    const double *group = values;
    for (int i = 0; i < groups; group += sizes[i], i++) {
        n += sizes[i];
        mean += sizes[i] * (scatter_of(group, sizes[i]).mean - values[0]);
    }
    mean = values[0] + mean / n;
    group = values;
    for (int i = 0; i < groups; group += sizes[i], i++) {
        struct scatter scatter = scatter_of(group, sizes[i]);
        double size = sizes[i], variance = scatter.squares / (size - 1), part = (1 - size / n) * variance;
        between += size * (scatter.mean - mean) * (scatter.mean - mean);
        inner += part;
        inner_df += part * part / (size - 1);
        fourth += variance * variance;
        pooled += size * variance / n;
        fourth_pooled += size * variance * variance / n;
    }
    if (!(inner > 0))
        return NAN;
    return tail_f_above(between / inner, inner * inner / (fourth + pooled * pooled - 2 * fourth_pooled), inner * inner / inner_df);
}

/* The distances of `each` subgroups in a row, one less than values in each; the last block takes what is over. */
static int block_size(const int *sizes, int groups, int each, int block)
{
    int size = 0, end = block + 1 == groups / each ? groups : (block + 1) * each;
    for (int i = block * each; i < end; i++)
        size += sizes[i] - 1;
    return size;
}

/* Equality of the distances' means: one-way analysis of variance between the subgroups. Those of two values leave one distance, which has no spread
 * of its own: there it is between blocks of subgroups in a row. */
static double equal_spreads_p(const double *values, const int *sizes, int subgroups)
{
    double n = 0, sum = 0, between = 0, inner = 0;
    const double *group = values;
    int each = 1;
    for (int i = 0; i < subgroups; i++)
        each = sizes[i] < 3 ? TIME_MODEL_PSEUDO : each;
    int groups = subgroups / each;
    for (int i = 0, size; i < groups; group += size, i++) {
        size = block_size(sizes, subgroups, each, i);
        n += size;
        sum += size * scatter_of(group, size).mean;
    }
    group = values;
    for (int i = 0, size; i < groups; group += size, i++) {
        size = block_size(sizes, subgroups, each, i);
        struct scatter scatter = scatter_of(group, size);
        between += size * (scatter.mean - sum / n) * (scatter.mean - sum / n);
        inner += scatter.squares;
    }
    return inner > 0 ? tail_f_above(between / (groups - 1) / (inner / (n - groups)), groups - 1, n - groups) : NAN;
}

/* scratch has room for two of each subgroup, since they have two values at least. */
static int how_location_moves(struct time_model *model, const double *values, const int *sizes, int groups, double *scratch)
{
    double *y = scratch, *x = scratch + groups;
    means(values, sizes, groups, y);
    for (int i = 0; i < groups; i++)
        x[i] = i;
    struct line_fit line = line_fit(x, y, groups);
    model->p_trend = line.slope_p;
    if (line.slope_p < moves && line.r2 > 0.5)
        return C3;
    double neighbours = autocorrelation_lag1(y, (size_t)groups);
    model->p_shape = shape_p(y, (size_t)groups);
    if (fabs(neighbours) > 2 / sqrt(groups) || line.slope_p < moves)
        return C4;
    return model->p_shape < normal_enough ? C2 : C1;
}

struct time_model time_model_of(const double *values, const int *sizes, int groups, double *scratch)
{
    struct time_model model = {.p_location = NAN, .p_spread = NAN, .p_trend = NAN, .p_shape = NAN};
    size_t n = 0;
    int largest = 0;
    for (int i = 0; i < groups; i++) {
        n += (size_t)sizes[i];
        largest = sizes[i] > largest ? sizes[i] : largest;
    }
    if (largest > CONSTANTS_MAX) {
        model.why = "subgroups of more than 100 values";
        return model;
    }
    if (groups < TIME_MODEL_GROUPS) {
        model.why = "fewer than 10 subgroups: how the process moves in time cannot be told";
        return model;
    }
    model.p_location = equal_means_p(values, sizes, groups);
    distances(values, sizes, groups, scratch);
    model.p_spread = equal_spreads_p(scratch, sizes, groups);
    if (isnan(model.p_location) || isnan(model.p_spread)) {
        model.why = "no spread within subgroups, or none that can be reckoned with";
        return model;
    }
    int found = how_location_moves(&model, values, sizes, groups, scratch);
    if (model.p_spread < moves)
        found = model.p_location < moves ? D : B;
    else if (!(model.p_location < moves)) {
        for (size_t i = 0; i < n; i++)
            scratch[i] = values[i];
        model.p_shape = shape_p(scratch, n);
        found = model.p_shape < normal_enough ? A2 : A1;
    }
    model.id = models[found].id;
    model.words = models[found].words;
    return model;
}
