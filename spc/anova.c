#include "spc/anova.h"

#include "spc/tail.h"

#include <math.h>
#include <stddef.h>

static const char missing[] = "a reading is missing or not a number";
static const char no_readings[] = "no readings";

static const char *unfit(const double *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!isfinite(values[i]))
            return missing;
    return count ? NULL : no_readings;
}

/* Sums of squares this far below the total are what rounding leaves of 0. */
static const double negligible = 1e-28;

static struct anova_row row_of(long double ss, double df, const struct anova_row *total)
{
    struct anova_row row = {.df = df, .ss = ss <= negligible * (long double)total->ss ? 0 : (double)ss, .ms = NAN, .f = NAN, .p = NAN};
    if (df > 0)
        row.ms = row.ss / df;
    return row;
}

static struct anova_row total_row(long double ss, double df)
{
    return (struct anova_row){.df = df, .ss = (double)ss, .ms = NAN, .f = NAN, .p = NAN};
}

static void test_against(struct anova_row *row, const struct anova_row *error)
{
    row->f = row->p = NAN;
    if (!(error->ms > 0) || isnan(row->ms))
        return;
    row->f = row->ms / error->ms;
    row->p = tail_f_above(row->f, row->df, error->df);
}

/* A value near the mean: from it, deviations of large readings are exact. */
static double centre_of(const double *values, size_t count)
{
    long double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += (long double)values[i] - (long double)values[0];
    return (double)((long double)values[0] + sum / (long double)count);
}

static long double mean_of(const double *values, size_t count, double centre)
{
    long double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += (long double)values[i] - (long double)centre;
    return sum / (long double)count;
}

static long double squares_of(const double *values, size_t count, double centre, long double mean)
{
    long double sum = 0;
    for (size_t i = 0; i < count; i++) {
        long double d = (long double)values[i] - (long double)centre - mean;
        sum += d * d;
    }
    return sum;
}

static const struct anova_row absent = {NAN, NAN, NAN, NAN, NAN};

struct anova_one_way anova_one_way(const double *values, const int *sizes, int groups)
{
    struct anova_one_way table = {.between = absent, .within = absent, .total = absent, .r2 = NAN, .sd = NAN};
    size_t count = 0;
    for (int i = 0; i < groups; i++) {
        if (sizes[i] < 1)
            table.why = "a group without readings";
        count += sizes[i] > 0 ? (size_t)sizes[i] : 0;
    }
    if (groups < 2)
        table.why = "fewer than two groups";
    if (!table.why)
        table.why = unfit(values, count);
    if (table.why)
        return table;
    double centre = centre_of(values, count);
    long double mean = mean_of(values, count, centre), between = 0, within = 0;
    const double *group = values;
    for (int i = 0; i < groups; group += sizes[i++]) {
        size_t size = (size_t)sizes[i];
        long double m = mean_of(group, size, centre);
        between += (long double)size * (m - mean) * (m - mean);
        within += squares_of(group, size, centre, m);
    }
    table.total = total_row(squares_of(values, count, centre, mean), (double)count - 1);
    table.between = row_of(between, groups - 1, &table.total);
    table.within = row_of(within, (double)count - groups, &table.total);
    test_against(&table.between, &table.within);
    if (table.total.ss > 0)
        table.r2 = table.between.ss / table.total.ss;
    table.sd = sqrt(table.within.ms);
    if (!(table.within.df > 0))
        table.why = "one reading a group: nothing to test against";
    return table;
}

/* A balanced design and its mean, from which all other means are counted. */
struct cube {
    const double *values;
    int a, b, replicates;
    size_t count;
    double centre;
    long double mean;
};

static const char *cube_fill(struct cube *cube)
{
    if (cube->a < 1 || cube->b < 1 || cube->replicates < 1)
        return no_readings;
    cube->count = (size_t)cube->a * (size_t)cube->b * (size_t)cube->replicates;
    const char *why = unfit(cube->values, cube->count);
    if (why)
        return why;
    cube->centre = centre_of(cube->values, cube->count);
    cube->mean = mean_of(cube->values, cube->count, cube->centre);
    return NULL;
}

static const double *cell(const struct cube *cube, int i, int j)
{
    return cube->values + ((size_t)i * (size_t)cube->b + (size_t)j) * (size_t)cube->replicates;
}

static long double cell_mean(const struct cube *cube, int i, int j)
{
    return mean_of(cell(cube, i, j), (size_t)cube->replicates, cube->centre);
}

static long double a_mean(const struct cube *cube, int i)
{
    return mean_of(cell(cube, i, 0), (size_t)cube->b * (size_t)cube->replicates, cube->centre);
}

static long double b_mean(const struct cube *cube, int j)
{
    long double sum = 0;
    for (int i = 0; i < cube->a; i++)
        sum += cell_mean(cube, i, j);
    return sum / cube->a;
}

static long double a_squares(const struct cube *cube)
{
    long double sum = 0;
    for (int i = 0; i < cube->a; i++) {
        long double d = a_mean(cube, i) - cube->mean;
        sum += d * d;
    }
    return sum * cube->b * cube->replicates;
}

static long double error_squares(const struct cube *cube)
{
    long double sum = 0;
    for (int i = 0; i < cube->a; i++)
        for (int j = 0; j < cube->b; j++)
            sum += squares_of(cell(cube, i, j), (size_t)cube->replicates, cube->centre, cell_mean(cube, i, j));
    return sum;
}

struct anova_two_way anova_two_way(const double *values, int a, int b, int replicates, enum anova_effects effects)
{
    struct anova_two_way table = {.a = absent, .b = absent, .interaction = absent, .error = absent, .total = absent};
    struct cube cube = {.values = values, .a = a, .b = b, .replicates = replicates};
    if ((table.why = cube_fill(&cube)))
        return table;
    long double of_b = 0, both = 0;
    for (int j = 0; j < b; j++) {
        long double level = b_mean(&cube, j), d = level - cube.mean;
        of_b += d * d;
        for (int i = 0; i < a; i++) {
            long double rest = cell_mean(&cube, i, j) - a_mean(&cube, i) - d;
            both += rest * rest;
        }
    }
    table.total = total_row(squares_of(values, cube.count, cube.centre, cube.mean), (double)cube.count - 1);
    table.a = row_of(a_squares(&cube), a - 1, &table.total);
    table.b = row_of(of_b * a * replicates, b - 1, &table.total);
    table.interaction = row_of(both * replicates, (a - 1.0) * (b - 1), &table.total);
    table.error = row_of(error_squares(&cube), (double)a * b * (replicates - 1), &table.total);
    const struct anova_row *against = effects == ANOVA_RANDOM ? &table.interaction : &table.error;
    test_against(&table.a, against);
    test_against(&table.b, against);
    test_against(&table.interaction, &table.error);
    return table;
}

struct anova_two_way anova_without_interaction(const struct anova_two_way *full)
{
    struct anova_two_way table = *full;
    if (table.why)
        return table;
    table.interaction = absent;
    table.error = row_of((long double)full->interaction.ss + full->error.ss, full->interaction.df + full->error.df, &table.total);
    test_against(&table.a, &table.error);
    test_against(&table.b, &table.error);
    return table;
}

struct anova_nested anova_nested(const double *values, int a, int b, int replicates)
{
    struct anova_nested table = {.a = absent, .b = absent, .error = absent, .total = absent};
    struct cube cube = {.values = values, .a = a, .b = b, .replicates = replicates};
    if ((table.why = cube_fill(&cube)))
        return table;
    long double of_b = 0;
    for (int i = 0; i < a; i++) {
        long double mean = a_mean(&cube, i);
        for (int j = 0; j < b; j++) {
            long double d = cell_mean(&cube, i, j) - mean;
            of_b += d * d;
        }
    }
    table.total = total_row(squares_of(values, cube.count, cube.centre, cube.mean), (double)cube.count - 1);
    table.a = row_of(a_squares(&cube), a - 1, &table.total);
    table.b = row_of(of_b * replicates, (double)a * (b - 1), &table.total);
    table.error = row_of(error_squares(&cube), (double)a * b * (replicates - 1), &table.total);
    test_against(&table.a, &table.b);
    test_against(&table.b, &table.error);
    return table;
}
