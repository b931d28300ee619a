/* Quantiles of chi-square: published values, and the way back through the distribution function for every df an interval may meet. */
#include "spc/quantile.h"
#include "spc/tail.h"
#include "tests/harness.h"
#include "tests/spc/suites.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

START_TEST(published_values)
{
    /* Abramowitz and Stegun 1964, table 26.8 */
    ck_assert_double_eq_tol(chi_square_quantile(0.95, 1), 3.84146, 5e-6);
    ck_assert_double_eq_tol(chi_square_quantile(0.025, 10), 3.24697, 5e-6);
    ck_assert_double_eq_tol(chi_square_quantile(0.975, 30), 46.9792, 5e-5);
    ck_assert_double_eq_tol(chi_square_quantile(0.005, 1), 3.92704e-5, 5e-11);
}
END_TEST

START_TEST(every_df_comes_back)
{
    static const double tails[] = {0.0005, 0.005, 0.025, 0.05, 0.5, 0.95, 0.975, 0.995, 0.9995};
    for (double df = 0.5; df <= 1e5; df = df < 4000 ? df + 0.5 : df * 1.7)
        for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++) {
            double x = chi_square_quantile(tails[i], df);
            ck_assert_msg(x > 0 && x < 1e7, "df %g, %g: %g", df, tails[i], x);
            double back = tails[i] < 0.5 ? gsl_cdf_chisq_P(x, df) : 1 - gsl_cdf_chisq_Q(x, df);
            ck_assert_close(back, tails[i], 1e-10);
        }
}
END_TEST

START_TEST(many_df_join_without_a_step)
{
    static const double tails[] = {0.025, 0.05, 0.5, 0.95, 0.975};
    for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++) {
        double before = chi_square_quantile(tails[i], 1e5), after = chi_square_quantile(tails[i], nextafter(1e5, 2e5));
        ck_assert_close(before, after, 3e-14);
        ck_assert_close(chi_square_quantile(tails[i], 1e9) / 1e9, 1, 1e-4);
    }
}
END_TEST

/* GSL would end the program. */
START_TEST(what_is_no_df_has_no_quantile)
{
    static const double dfs[] = {NAN, INFINITY, 0, -1};
    for (size_t i = 0; i < sizeof dfs / sizeof dfs[0]; i++) {
        ck_assert_double_nan(chi_square_quantile(0.5, dfs[i]));
        ck_assert_double_nan(tail_f_above(1, dfs[i], 5));
        ck_assert_double_nan(tail_f_above(1, 5, dfs[i]));
    }
    ck_assert_double_nan(tail_f_above(NAN, 3, 5));
    ck_assert_double_nan(tail_f_above(INFINITY, 3, 5));
    ck_assert_close(tail_f_above(3.482, 5, 8), 0.057469772135884986, 1e-12); /* scipy */
}
END_TEST

Suite *quantile_suite(void)
{
    const struct named_test tests[] = {{"quantile: published", published_values},
                                       {"quantile: every df", every_df_comes_back},
                                       {"quantile: many df", many_df_join_without_a_step},
                                       {"quantile: no df", what_is_no_df_has_no_quantile}};
    return SUITE_OF("quantile", 20, tests);
}
