#include "spc/spc.h"
#include "tests/harness.h"
#include "tests/spc/reference.h"
#include "tests/spc/suites.h"

#include <math.h>
#include <stdlib.h>

/* How often the intervals hold the true index, over seeded samples. The tolerance is four standard errors of the count, and what the normal
 * approximation may lack at these n. */
enum { SAMPLES = 600, VALUES = 200 };

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

struct truth {
    const char *id;
    double p[2];
};

static double draw(const struct distribution *distribution, const double *p, unsigned long long *seed)
{
    return distribution_quantile(distribution, p, random_uniform(seed));
}

static void check_coverage(struct truth truth, shape_method *indices, struct specification specification)
{
    const struct distribution *distribution = distribution_find(truth.id);
    struct fit right = {.distribution = distribution, .n = VALUES, .parameters = {truth.p[0], truth.p[1]}};
    struct shape_capability true_indices = indices(&right, specification);
    unsigned long long seed = 7;
    int pp = 0, ppk = 0, bound = 0;
    for (int sample = 0; sample < SAMPLES; sample++) {
        double values[VALUES];
        for (int i = 0; i < VALUES; i++)
            values[i] = draw(distribution, truth.p, &seed);
        qsort(values, VALUES, sizeof *values, ascending);
        struct fit fit = fit_of(distribution, values, VALUES, FIT_LIKELIHOOD);
        struct shape_capability shape = indices(&fit, specification);
        shape_intervals(&shape, indices, &fit, values, specification, 0.95);
        ck_assert_msg(shape.ppk.lower < shape.ppk.value && shape.ppk.value < shape.ppk.upper && shape.ppk.lower < shape.ppk.bound, "%s %d", truth.id,
                      sample);
        pp += shape.pp.lower <= true_indices.pp.value && true_indices.pp.value <= shape.pp.upper;
        ppk += shape.ppk.lower <= true_indices.ppk.value && true_indices.ppk.value <= shape.ppk.upper;
        bound += shape.ppk.bound <= true_indices.ppk.value;
    }
    const double slack = 4 * sqrt(0.05 * 0.95 / SAMPLES);
    ck_assert_msg(fabs((double)pp / SAMPLES - 0.95) < slack, "%s Pp: %.3f", truth.id, (double)pp / SAMPLES);
    ck_assert_msg(fabs((double)ppk / SAMPLES - 0.95) < slack, "%s Ppk: %.3f", truth.id, (double)ppk / SAMPLES);
    ck_assert_msg(fabs((double)bound / SAMPLES - 0.95) < slack, "%s bound: %.3f", truth.id, (double)bound / SAMPLES);
}

/* Limits as far from the median on both sides, by the spread of each: which side is the smaller one is then chance. */
static struct specification alike(struct truth truth, double times)
{
    const struct distribution *d = distribution_find(truth.id);
    double middle = distribution_quantile(d, truth.p, 0.5);
    return (struct specification){middle - times * (middle - distribution_quantile(d, truth.p, 0.00135)),
                                  middle + times * (distribution_upper_quantile(d, truth.p, 0.00135) - middle), NAN};
}

START_TEST(intervals_hold_the_truth_where_both_sides_are_alike)
{
    static const struct truth truths[] = {{"weibull", {4, 8}}, {"weibull", {2, 8}}, {"gamma", {9, 1}}, {"logistic", {10, 1}}, {"normal", {10, 1}}};
    for (size_t i = 0; i < sizeof truths / sizeof truths[0]; i++)
        check_coverage(truths[i], capability_by_fit, alike(truths[i], 1.33));
}
END_TEST

START_TEST(intervals_of_percentile_indices_hold_the_truth)
{
    check_coverage((struct truth){"weibull", {4, 8}}, capability_by_fit, (struct specification){1, 12, NAN});
    check_coverage((struct truth){"lognormal", {1.9, 0.2}}, capability_by_fit, (struct specification){2, 16, NAN});
}
END_TEST

START_TEST(intervals_of_z_indices_hold_the_truth)
{
    check_coverage((struct truth){"weibull", {4, 8}}, capability_by_z, (struct specification){1, 13, NAN});
}
END_TEST

/* For the normal distribution the delta method has a closed form: se(Ppk) = sqrt(1/(9n) + Ppk^2/(2n)) with divisor n. */
START_TEST(a_normal_fit_has_the_interval_of_the_closed_form)
{
    unsigned long long seed = 3;
    double values[VALUES];
    for (int i = 0; i < VALUES; i++)
        values[i] = 1000 + 0.01 * random_normal(&seed);
    qsort(values, VALUES, sizeof *values, ascending);
    struct specification specification = {999.96, 1000.05, NAN};
    struct fit fit = fit_of(distribution_find("normal"), values, VALUES, FIT_LIKELIHOOD);
    struct shape_capability shape = capability_by_fit(&fit, specification);
    shape_intervals(&shape, capability_by_fit, &fit, values, specification, 0.95);
    double se = sqrt(1 / (9.0 * VALUES) + shape.ppk.value * shape.ppk.value / (2.0 * VALUES));
    ck_assert_double_eq_tol((shape.ppk.upper - shape.ppk.lower) / (2 * 1.959963984540054) / se, 1, 1e-3);
}
END_TEST

START_TEST(an_interval_that_cannot_be_says_why)
{
    unsigned long long seed = 5;
    double values[VALUES], weibull[] = {2, 5};
    for (int i = 0; i < VALUES; i++)
        values[i] = 3 + draw(distribution_find("weibull"), weibull, &seed);
    qsort(values, VALUES, sizeof *values, ascending);
    struct specification specification = {1, 30, NAN};
    static const char *const ids[] = {"weibull3", "johnson_su"};
    for (int i = 0; i < 2; i++) {
        struct fit fit = fit_of(distribution_find(ids[i]), values, VALUES, FIT_LIKELIHOOD);
        struct shape_capability shape = capability_by_fit(&fit, specification);
        shape_intervals(&shape, capability_by_fit, &fit, values, specification, 0.95);
        ck_assert(fit.why || (isnan(shape.ppk.lower) && shape.ppk.why));
    }
    struct fit fit = fit_of(distribution_find("weibull3"), values, VALUES, FIT_LIKELIHOOD);
    ck_assert(!fit.why && isnan(fit.p.p) && fit.p_why);
}
END_TEST

START_TEST(intervals_of_between_and_within_hold_the_truth)
{
    enum { GROUPS = 30, N = 5, TRIALS = 2000 };
    const double between = 1.5, within = 1, both = hypot(between, within);
    const struct specification specification = {-6, 8, NAN};
    const double cp = 14 / (6 * both), cpk = 6 / (3 * both);
    unsigned long long seed = 11;
    int cp_held = 0, cpk_held = 0;
    for (int trial = 0; trial < TRIALS; trial++) {
        double means[GROUPS], all = 0, squares = 0;
        for (int i = 0; i < GROUPS; i++) {
            double values[N], shift = between * random_normal(&seed);
            for (int k = 0; k < N; k++)
                values[k] = shift + within * random_normal(&seed);
            struct scatter scatter = scatter_of(values, N);
            means[i] = scatter.mean;
            all += scatter.mean / GROUPS;
            squares += scatter.squares;
        }
        const double df = GROUPS * (N - 1), sigma = sqrt(squares / df) / constant_c4(df + 1);
        struct between_within found = between_within_of(means, GROUPS, N, sigma, all, specification);
        between_within_intervals(&found, GROUPS, N, df, 0.95);
        cp_held += found.cp.lower <= cp && cp <= found.cp.upper;
        cpk_held += found.cpk.lower <= cpk && cpk <= found.cpk.upper;
    }
    ck_assert_msg(cp_held > 0.93 * TRIALS && cp_held < 0.97 * TRIALS, "Cp %d of %d", cp_held, TRIALS);
    ck_assert_msg(cpk_held > 0.925 * TRIALS && cpk_held < 0.975 * TRIALS, "Cpk %d of %d", cpk_held, TRIALS);
}
END_TEST

START_TEST(ccpk_is_cpk_with_the_mean_on_target)
{
    struct capability capability = {.sigma_within = 0.5, .df_within = 40, .mean = 10.7, .confidence = 0.95, .n = 50};
    ck_assert_close(ccpk_of(&capability, (struct specification){7, 13, NAN}).value, 2, 1e-15);
    ck_assert_close(ccpk_of(&capability, (struct specification){7, 13, 11}).value, 2 / 1.5, 1e-15);
    ck_assert_close(ccpk_of(&capability, (struct specification){NAN, 13, 11}).value, 2 / 1.5, 1e-15);
    struct index one = ccpk_of(&capability, (struct specification){NAN, 13, NAN});
    ck_assert(isnan(one.value) && one.why);
    struct index index = ccpk_of(&capability, (struct specification){7, 13, NAN});
    ck_assert_close(index.lower, 2 * sqrt(chi_square_quantile(0.025, 40) / 40), 1e-14);
}
END_TEST

/* Processes made to each model are found again, nine times in ten at least. */
START_TEST(time_models_are_told_apart)
{
    enum { GROUPS = 40, N = 5, TRIALS = 60 };
    static const char *const ids[] = {"A1", "A2", "B", "C1", "C2", "C3", "C4", "D"};
    for (int model = 0; model < 8; model++) {
        int found = 0, sizes[GROUPS];
        unsigned long long seed = 100 + (unsigned)model;
        for (int trial = 0; trial < TRIALS; trial++) {
            double values[GROUPS * N], scratch[GROUPS * N];
            for (int g = 0; g < GROUPS; g++) {
                double shift = 0, spread = 1;
                if (model == 3)
                    shift = 2 * random_normal(&seed);
                else if (model == 4)
                    shift = -3 * log(random_uniform(&seed));
                else if (model == 5)
                    shift = 0.2 * g;
                else if (model == 6)
                    shift = g / 10 % 2 ? 3 : 0;
                else if (model == 7)
                    shift = 3 * random_normal(&seed);
                if (model == 2 || model == 7)
                    spread = g % 2 ? 4 : 1;
                sizes[g] = N;
                for (int k = 0; k < N; k++)
                    values[g * N + k] = shift + (model == 1 ? -log(random_uniform(&seed)) : spread * random_normal(&seed));
            }
            struct time_model said = time_model_of(values, sizes, GROUPS, scratch);
            found += said.id && said.id[0] == ids[model][0] && said.id[1] == ids[model][1];
        }
        ck_assert_msg(found >= TRIALS * 85 / 100, "%s found %d times of %d", ids[model], found, TRIALS);
    }
    double few[10] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, scratch[10];
    int sizes[5] = {2, 2, 2, 2, 2};
    ck_assert_ptr_nonnull(time_model_of(few, sizes, 5, scratch).why);
}
END_TEST

/* A steady normal process is A1 whatever the size of its subgroups: each p is below 1 % in one study of a hundred. Spread that grows is seen. */
START_TEST(a_steady_process_is_a1_at_every_size)
{
    enum { GROUPS = 40, MOST = 5, TRIALS = 400 };
    for (int n = 2; n <= MOST; n++) {
        unsigned long long seed = 300 + (unsigned)n;
        int places = 0, spreads = 0, grown = 0, sizes[GROUPS];
        for (int trial = 0; trial < TRIALS; trial++) {
            double values[GROUPS * MOST], growing[GROUPS * MOST], scratch[GROUPS * MOST];
            for (int g = 0; g < GROUPS; g++)
                sizes[g] = n;
            for (int i = 0; i < GROUPS * n; i++)
                growing[i] = (1 + i / (20 * n) * 3) * (values[i] = random_normal(&seed));
            struct time_model steady = time_model_of(values, sizes, GROUPS, scratch);
            places += steady.p_location < 0.01;
            spreads += steady.p_spread < 0.01;
            grown += *time_model_of(growing, sizes, GROUPS, scratch).id == 'B';
        }
        ck_assert_msg(places <= 14 && spreads <= 14, "n %d: location %d, spread %d of %d", n, places, spreads, TRIALS);
        ck_assert_msg(grown >= TRIALS / 2 || n == 3 || n == 4, "n %d: %d", n, grown); /* three values say too little of a spread */
    }
}
END_TEST

Suite *interval_suite(void)
{
    Suite *suite = suite_create("interval");
    add_test(suite, intervals_hold_the_truth_where_both_sides_are_alike);
    add_test(suite, intervals_of_percentile_indices_hold_the_truth);
    add_test(suite, intervals_of_z_indices_hold_the_truth);
    add_test(suite, a_normal_fit_has_the_interval_of_the_closed_form);
    add_test(suite, an_interval_that_cannot_be_says_why);
    add_test(suite, intervals_of_between_and_within_hold_the_truth);
    add_test(suite, ccpk_is_cpk_with_the_mean_on_target);
    add_test(suite, time_models_are_told_apart);
    add_test(suite, a_steady_process_is_a1_at_every_size);
    return suite;
}
