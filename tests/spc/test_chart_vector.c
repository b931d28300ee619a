#include "spc/chart_vector.h"

#include "tests/harness.h"
#include "tests/spc/reference.h"
#include "tests/spc/suites.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { P = 3, N = 5, BASE = 20, POINTS = 60 };

static void random_point(unsigned long long *seed, double *vectors, int n, double shift)
{
    for (int k = 0; k < n; k++) {
        double common = random_normal(seed) + shift;
        for (int v = 0; v < P; v++)
            vectors[k * P + v] = 10 * v + common + 0.5 * random_normal(seed);
    }
}

static struct vector_design random_design(unsigned long long *seed, const char *chart, int n)
{
    static double base[BASE * N * P];
    for (int i = 0; i < BASE; i++)
        random_point(seed, base + i * n * P, n, 0);
    return vector_design_of(vector_chart_find(chart, P, n), base, BASE, n, P, 0.01, 0.2);
}

START_TEST(a_point_is_judged_by_the_figures_of_its_kind)
{
    unsigned long long seed = 4;
    double vectors[N * P], shown[P], mean[P], lcl, center, ucl;
    struct vector_design design = random_design(&seed, "t2", N);
    struct mewma_state memory = {0};
    bool fired = false;
    generalised_variance_limits(&design.model, &lcl, &center, &ucl);
    for (int i = 0; i < POINTS; i++) {
        random_point(&seed, vectors, N, i / 20.0);
        vector_mean(vectors, N, P, mean);
        struct vector_point point = {vectors, i % 2 ? T2_FOLLOWS : T2_MADE_THE_MODEL, false};
        struct verdict verdict = vector_judge(&design, &memory, &point, shown);
        ck_assert_double_eq(verdict.plotted[0], t2_statistic(&design.model, mean, N));
        ck_assert_double_eq(verdict.location.ucl, t2_limit(&design.model, point.phase, 0.01));
        ck_assert_double_eq(verdict.plotted[1], generalised_variance(vectors, N, P));
        ck_assert_double_eq(verdict.dispersion.ucl, ucl);
        ck_assert_int_eq(verdict.location_rules, verdict.plotted[0] > verdict.location.ucl);
        ck_assert_int_eq(verdict.dispersion_rules, verdict.plotted[1] > ucl || verdict.plotted[1] < lcl);
        ck_assert(!memcmp(shown, mean, sizeof mean));
        fired = fired || verdict.location_rules;
    }
    ck_assert(fired);
}
END_TEST

/* With and without the points that are excluded, the others are judged alike. */
START_TEST(an_excluded_vector_is_drawn_and_not_remembered)
{
    unsigned long long seed = 8;
    double vectors[P], shown[P], again[P];
    struct vector_design design = random_design(&seed, "mewma", 1);
    struct mewma_state with = {0}, without = {0};
    for (int i = 0; i < POINTS; i++) {
        random_point(&seed, vectors, 1, 3);
        struct vector_point point = {vectors, T2_FOLLOWS, i % 4 == 3};
        struct mewma_state before = with;
        struct verdict verdict = vector_judge(&design, &with, &point, shown);
        ck_assert(isfinite(verdict.plotted[0]));
        if (point.excluded) {
            ck_assert_int_eq(verdict.location_rules, 0);
            ck_assert(!memcmp(&before, &with, sizeof with));
        } else {
            struct verdict other = vector_judge(&design, &without, &point, again);
            ck_assert_double_eq(verdict.plotted[0], other.plotted[0]);
            ck_assert_int_eq(verdict.location_rules, verdict.plotted[0] > design.ucl);
            ck_assert(!memcmp(shown, again, sizeof shown));
            for (int v = 0; v < P; v++)
                ck_assert_close(shown[v], design.model.mean[v] + with.z[v] / sqrt(0.2 / 1.8), 1e-14);
        }
    }
    ck_assert_double_eq(with.steps, POINTS - POINTS / 4);
}
END_TEST

START_TEST(a_design_about_a_known_model_is_the_same)
{
    static const char *const charts[] = {"t2", "mewma"};
    unsigned long long seed = 15;
    for (int c = 0; c < 2; c++)
        for (int n = 1; n <= N; n += N - 1) {
            struct vector_design made = random_design(&seed, charts[c], n);
            struct vector_design about = vector_design_about(made.chart, &made.model, 0.01, 0.2);
            ck_assert_double_eq(made.ucl, about.ucl);
            ck_assert_double_eq(made.first_ucl, about.first_ucl);
            ck_assert_double_eq(made.center, about.center);
            ck_assert(made.gv_ucl == about.gv_ucl || (isnan(made.gv_ucl) && isnan(about.gv_ucl)));
        }
}
END_TEST

START_TEST(without_a_model_nothing_is_plotted)
{
    double base[BASE * P] = {0}, vectors[P] = {1, 2, 3}, shown[P];
    struct mewma_state memory = {0};
    struct vector_design design = vector_design_of(&vector_charts[VECTOR_T2_SINGLE], base, BASE, 1, P, 0.01, 0.2);
    struct vector_point point = {vectors, T2_FOLLOWS, false};
    struct verdict verdict = vector_judge(&design, &memory, &point, shown);
    ck_assert_str_eq(design.model.why, "a variable does not vary");
    ck_assert_double_nan(verdict.plotted[0]);
    ck_assert_double_nan(verdict.location.ucl);
    ck_assert_int_eq(verdict.location_rules, 0);
}
END_TEST

Suite *chart_vector_suite(void)
{
    Suite *suite = suite_create("chart vector");
    add_test(suite, a_point_is_judged_by_the_figures_of_its_kind);
    add_test(suite, an_excluded_vector_is_drawn_and_not_remembered);
    add_test(suite, a_design_about_a_known_model_is_the_same);
    add_test(suite, without_a_model_nothing_is_plotted);
    return suite;
}
