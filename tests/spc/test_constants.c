#include "spc/constants.h"

#include "tests/harness.h"
#include "tests/spc/reference.h"
#include "tests/spc/suites.h"

#include <math.h>
#include <stdlib.h>

START_TEST(constants_meet_the_reference_table)
{
    static const struct {
        const char *column;
        double (*constant)(int n);
    } columns[] = {{"d2", constant_d2}, {"d3", constant_d3}, {"d4", constant_d4}};
    size_t count;
    for (size_t c = 0; c < sizeof columns / sizeof columns[0]; c++) {
        double *expected = reference_column("own/control_chart_constants_n100.csv", columns[c].column, &count);
        ck_assert_uint_eq(count, CONSTANTS_MAX - 1);
        for (int n = 2; n <= CONSTANTS_MAX; n++)
            ck_assert_close(columns[c].constant(n), expected[n - 2], 0);
        free(expected);
    }
    double *c4 = reference_column("own/control_chart_constants_n100.csv", "c4", &count);
    for (int n = 2; n <= CONSTANTS_MAX; n++)
        ck_assert_close(constant_c4(n), c4[n - 2], 2e-15);
    free(c4);
}
END_TEST

/* P(range of n standard normals <= w) = n int phi(x) [Phi(x + w) - Phi(x)]^(n - 1) dx; trapezoids on a smooth integrand that vanishes at both ends.
 */
static double range_cdf(int n, double w)
{
    double sum = 0, step = 1.0 / 32;
    for (double x = -9 - w; x < 9; x += step) {
        double strip = (erfc(-(x + w) * M_SQRT1_2) - erfc(-x * M_SQRT1_2)) / 2;
        sum += exp(-x * x / 2) * pow(strip, n - 1);
    }
    return n * sum * step / sqrt(2 * M_PI);
}

START_TEST(range_constants_meet_an_integration_of_the_range_distribution)
{
    static const int sizes[] = {2, 3, 5, 10, 25, 50, 100};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        int n = sizes[i];
        double mean = 0, square = 0, step = 1.0 / 256; /* E[W] = int (1 - F), E[W^2] = int 2 w (1 - F): Simpson */
        for (int j = 0; j <= 14 * 256; j++) {
            double weight = (j == 0 || j == 14 * 256 ? 1 : j % 2 ? 4 : 2) * step / 3, w = j * step, tail = 1 - range_cdf(n, w);
            mean += weight * tail;
            square += weight * 2 * w * tail;
        }
        ck_assert_close(constant_d2(n), mean, 1e-10);
        ck_assert_close(constant_d3(n), sqrt(square - mean * mean), 1e-9);
        ck_assert_close(range_cdf(n, constant_d4(n)), 0.5, 1e-12);
    }
}
END_TEST

/* Two neighbours multiply to a closed form, c4(n) c4(n + 1) = sqrt((n - 1) / n), for every real n; one alone is checked by long double log-gammas
 * and, at a million, by the series 1 - 1/4n - 7/32n^2 - 19/128n^3. */
START_TEST(c4_is_exact_for_large_and_for_real_n)
{
    unsigned long long seed = 3;
    for (double n = 2; n <= 1e6; n *= 1 + random_uniform(&seed)) {
        ck_assert_close(constant_c4(n) * constant_c4(n + 1), sqrt((n - 1) / n), 1e-14);
        long double direct = sqrtl(2 / ((long double)n - 1)) * expl(lgammal((long double)n / 2) - lgammal(((long double)n - 1) / 2));
        ck_assert_close(constant_c4(n), (double)direct, n < 1000 ? 1e-14 : 1e-11);
    }
    ck_assert_close(constant_c4(1e6), 1 - 1 / 4e6 - 7 / 32e12 - 19 / 128e18, 1e-15);
    ck_assert_close(constant_c4(2), sqrt(2 / M_PI), 1e-15);
}
END_TEST

START_TEST(constants_out_of_range_are_nan)
{
    ck_assert_double_nan(constant_d2(1));
    ck_assert_double_nan(constant_d2(CONSTANTS_MAX + 1));
    ck_assert_double_nan(constant_d3(0));
    ck_assert_double_nan(constant_d4(-5));
    ck_assert_double_nan(constant_c4(1.999));
    ck_assert_double_nan(constant_c4(NAN));
    ck_assert_double_nan(constant_sbar_df_factor(1));
}
END_TEST

START_TEST(sbar_freedom_factors_are_the_published_ones)
{
    static const struct {
        int n;
        double factor;
    } published[] = {{2, .88}, {3, .92},  {4, .94},  {5, .95},  {6, .96},  {7, .96}, {8, .97},
                     {9, .97}, {10, .98}, {17, .98}, {18, .99}, {64, .99}, {65, 1}};
    for (size_t i = 0; i < sizeof published / sizeof published[0]; i++)
        ck_assert_double_eq(constant_sbar_df_factor(published[i].n), published[i].factor);
}
END_TEST

Suite *constants_suite(void)
{
    Suite *suite = suite_create("constants");
    add_test(suite, constants_meet_the_reference_table);
    add_test(suite, range_constants_meet_an_integration_of_the_range_distribution);
    add_test(suite, c4_is_exact_for_large_and_for_real_n);
    add_test(suite, constants_out_of_range_are_nan);
    add_test(suite, sbar_freedom_factors_are_the_published_ones);
    return suite;
}
