#include "spc/chart_settings.h"
#include "spc/runlength.h"

#include "tests/harness.h"
#include "tests/spc/reference.h"
#include "tests/spc/suites.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double shifts[] = {0, 0.5, 1, 2};
static const char *const shift_columns[] = {"arl_shift_0", "arl_shift_0.5", "arl_shift_1", "arl_shift_2"};

/* The table's shifts of MEWMA are squared distances. Its figures for even p carry the error of their own grid, found by refining ours: up to 5e-6
 * from lambda 0.2 on, 1e-4 below, where a run also takes a second. */
static void check_mewma(int p, double lambda, double h4, const double *arl)
{
    if (lambda < 0.2)
        return;
    size_t bytes = runlength_mewma_room(p, lambda, h4);
    void *room = malloc(bytes);
    ck_assert_ptr_nonnull(room);
    ck_assert_close(runlength_mewma(p, lambda, h4, 0, room, bytes), arl[0], 1e-7);
    for (int i = 1; i < 4; i++)
        ck_assert_close(runlength_mewma(p, lambda, h4, sqrt(shifts[i]), room, bytes), arl[i], p % 2 ? 1e-9 : 5e-6);
    ck_assert_double_nan(runlength_mewma(p, lambda, h4, 1, room, bytes - 1));
    free(room);
}

/* One line of arl_design.csv. The file holds the limits with 12 digits, so run lengths follow them to 1e-9 or so. */
static void check_design(const char *chart, double a, double p, double arl0, double limit, const double *arl)
{
    bool fir = !strcmp(chart, "cusum_two_sided_FIR_h/2"), given = fir || !strcmp(chart, "cusum_two_sided_h");
    if (!strncmp(chart, "cusum", 5)) {
        for (int i = 0; i < 4; i++)
            ck_assert_close(runlength_cusum(a, limit, fir ? limit / 2 : 0, shifts[i]), arl[i], 1e-9);
        if (!given)
            ck_assert_close(runlength_cusum_h(a, arl0), limit, 1e-9);
    } else if (!strncmp(chart, "ewma", 4)) {
        for (int i = 0; i < 4; i++)
            ck_assert_close(runlength_ewma(a, limit, shifts[i]), arl[i], 1e-9);
        ck_assert_close(runlength_ewma_limit(a, arl0), limit, 1e-9);
    } else {
        check_mewma((int)p, a, limit, arl);
    }
}

START_TEST(designs_meet_the_reference_table)
{
    size_t count, lines = 0;
    double *a = reference_column("own/arl_design.csv", "param1", &count), *p = reference_column("own/arl_design.csv", "param2", &count);
    double *arl0 = reference_column("own/arl_design.csv", "ARL0", &count), *limit = reference_column("own/arl_design.csv", "limit", &count);
    double *arl[4];
    for (int i = 0; i < 4; i++)
        arl[i] = reference_column("own/arl_design.csv", shift_columns[i], &count);
    char line[400];
    FILE *file = fopen("tests/reference/own/arl_design.csv", "r");
    ck_assert_ptr_nonnull(file);
    ck_assert_ptr_nonnull(fgets(line, sizeof line, file));
    for (; fgets(line, sizeof line, file); lines++) {
        line[strcspn(line, ",")] = '\0';
        check_design(line, a[lines], p[lines], arl0[lines], limit[lines], (double[]){arl[0][lines], arl[1][lines], arl[2][lines], arl[3][lines]});
    }
    fclose(file);
    for (int i = 0; i < 4; i++)
        free(arl[i]);
    free(a), free(p), free(arl0), free(limit);
    ck_assert_uint_eq(lines, count);
    ck_assert_uint_eq(lines, 100);
}
END_TEST

/* "mu0.25" of a map of run lengths by shift. */
static void check_shifts(struct reference known, double (*arl)(double, double, double), double a, double b)
{
    struct reference by_shift = reference_at(known, "arl");
    ck_assert_uint_eq(reference_count(by_shift), 8);
    for (size_t i = 0; i < 8; i++)
        ck_assert_close(arl(a, b, strtod(reference_key(by_shift, i) + 2, NULL)), reference_number(reference_item(by_shift, i)), 1e-9);
}

static double cusum(double k, double h, double shift)
{
    return runlength_cusum(k, h, 0, shift);
}

/* R package spc (Knoth); Montgomery 2009 tables 9.4, 9.11. */
START_TEST(cusum_and_ewma_meet_the_reference_run_lengths)
{
    struct reference arl = reference_at(reference_open("own/distributions.json"), "arl");
    struct reference cusums = reference_at(arl, "cusum_two_sided"), ewmas = reference_at(arl, "ewma_two_sided_asymptotic"),
                     fir = reference_at(arl, "cusum_fir");
    for (size_t i = 0; i < reference_count(cusums); i++) {
        struct reference known = reference_item(cusums, i);
        check_shifts(known, cusum, reference_number_at(known, "k"), reference_number_at(known, "h"));
    }
    for (size_t i = 0; i < reference_count(ewmas); i++) {
        struct reference known = reference_item(ewmas, i);
        check_shifts(known, runlength_ewma, reference_number_at(known, "lambda"), reference_number_at(known, "L"));
    }
    ck_assert_close(runlength_cusum(0.5, 4, 2, 0), reference_number_at(fir, "arl0"), 1e-9);
    ck_assert_close(runlength_cusum(0.5, 4, 2, 1), reference_number_at(fir, "arl1"), 1e-9);
    ck_assert_close(runlength_shewhart(3, 0), reference_number_at(arl, "shewhart/arl0"), 1e-12);
}
END_TEST

START_TEST(an_ewma_that_forgets_everything_is_a_shewhart_chart)
{
    for (double shift = 0; shift < 4; shift += 0.5)
        ck_assert_close(runlength_ewma(1, 3, shift), runlength_shewhart(3, shift), 1e-9);
    /* A chi-square chart of two variables: P(T2 > h) = exp(-h / 2). */
    size_t bytes = runlength_mewma_room(2, 1, 10);
    void *room = malloc(bytes);
    ck_assert_ptr_nonnull(room);
    ck_assert_close(runlength_mewma(2, 1, 10, 0, room, bytes), exp(5), 1e-7);
    free(room);
}
END_TEST

/* The chart itself, judged until it signals. */
static double simulated_ewma(double lambda, double width, int runs, double *error)
{
    const struct spc_chart *chart = spc_chart_find("ewma");
    const struct spc_rule_set *rules = spc_rule_set_find("shewhart");
    struct chart_settings settings = chart_defaults;
    struct chart_estimate process = {.center = 0, .sigma = 1};
    unsigned long long seed = 3;
    double sum = 0, squares = 0;
    settings.lambda = lambda;
    settings.width = width;
    for (int run = 0; run < runs; run++) {
        struct chart_state state = {0};
        double length = 0;
        for (uint32_t fired = 0; !fired; length++) {
            double value = random_normal(&seed);
            struct subgroup point = {.n = 1, .location = value};
            fired = chart_judge_with(&state, chart, rules, &point, &process, &settings).location_rules;
        }
        sum += length;
        squares += length * length;
    }
    *error = sqrt((squares / runs - sum / runs * (sum / runs)) / runs);
    return sum / runs;
}

/* The reference is an integral equation of 200 nodes whose first points were taken one by one. */
START_TEST(an_ewma_whose_limits_widen_signals_sooner)
{
    double error, found = simulated_ewma(0.05, 2.49, 6000, &error);
    ck_assert_close(runlength_ewma_widening(0.2, 3, 0), 554.48753856, 1e-9);
    ck_assert_close(runlength_ewma_widening(0.05, 2.49, 0), 340.53100204, 1e-9);
    ck_assert_close(runlength_ewma_widening(1, 3, 1), runlength_shewhart(3, 1), 1e-9);
    ck_assert_msg(fabs(found - 340.531) < 4 * error && error < 5, "%g +- %g", found, error);
    ck_assert_double_nan(runlength_ewma(0.005, 3, 0)); /* 80 nodes would be too few: 0.6 % off there, and below 0 at 0.002 */
    ck_assert_double_nan(runlength_ewma_widening(0.005, 3, 0));
    ck_assert_close(runlength_ewma(0.01, 3, 0), 5286.3101561, 5e-9);
}
END_TEST

static struct runlength chain_of(const struct spc_rule_set *rules, double shift)
{
    size_t bytes = runlength_room(RUNLENGTH_STATES);
    void *room = malloc(bytes);
    ck_assert_ptr_nonnull(room);
    struct runlength result = runlength_chain(rules, shift, room, bytes);
    free(room);
    return result;
}

/* Western Electric's rules named by their places in the set. */
static struct spc_rule_set chosen(const char *places)
{
    const struct spc_rule_set *all = spc_rule_set_find("western-electric");
    struct spc_rule_set set = *all;
    set.count = 0;
    for (; *places; places++)
        set.rules[set.count++] = all->rules[*places - '1'];
    return set;
}

/* Champ and Woodall 1987, table 1: the four Western Electric rules, and their combinations. */
START_TEST(rule_sets_meet_champ_and_woodall)
{
    static const struct {
        const char *rules;
        double shift, arl;
    } published[] = {{"1", 0, 370.40},   {"12", 0, 225.44},  {"13", 0, 166.05},  {"14", 0, 152.73}, {"123", 0, 132.89},
                     {"124", 0, 122.05}, {"134", 0, 105.78}, {"1234", 0, 91.75}, {"1234", 1, 9.22}, {"1", 1, 43.89}};
    for (size_t i = 0; i < sizeof published / sizeof published[0]; i++) {
        struct spc_rule_set set = chosen(published[i].rules);
        struct runlength result = chain_of(&set, published[i].shift);
        ck_assert_msg(fabs(result.arl - published[i].arl) < 0.006, "rules %s at %g: %.6f, published %.2f", published[i].rules, published[i].shift,
                      result.arl, published[i].arl);
        ck_assert_double_eq(result.error, 0);
    }
    struct spc_rule_set beyond = chosen("1");
    ck_assert_close(chain_of(&beyond, 0).arl, runlength_shewhart(3, 0), 1e-12);
    ck_assert_int_eq(chain_of(&beyond, 0).states, 1);
}
END_TEST

/* A run of r on one side of the centre, closed form: 2^r - 1 (both sides, first point free). */
START_TEST(a_run_rule_alone_has_its_closed_form)
{
    struct spc_rule_set set = chosen("4");
    ck_assert_int_eq(set.rules[0].primitive, RULE_RUN);
    for (int n = 2; n < 16; n++) {
        set.rules[0].n = n;
        ck_assert_close(chain_of(&set, 0).arl, ldexp(1, n) - 1, 1e-9);
    }
}
END_TEST

/* The chain forgets; the judge does not. Every named set, cut to what a chain can hold, at several shifts. */
START_TEST(chain_and_simulation_agree_for_every_set)
{
    enum { RUNS = 5000 };
    for (size_t i = 0; i < spc_rule_set_count; i++) {
        struct spc_rule_set set = spc_rule_sets[i];
        int kept = 0;
        for (int k = 0; k < set.count; k++)
            if (set.rules[k].primitive != RULE_TREND && set.rules[k].primitive != RULE_ALTERNATE)
                set.rules[kept++] = set.rules[k];
        set.count = kept;
        for (double shift = 0; shift < 2; shift += 0.75) {
            struct runlength exact = chain_of(&set, shift), simulated = runlength_simulated(&set, RULES_ALL, shift, RUNS, 7 + i);
            ck_assert_msg(!exact.why, "%s: %s", set.id, exact.why);
            ck_assert_msg(fabs(exact.arl - simulated.arl) < 4.5 * simulated.error, "%s at %g: %.4f, simulated %.4f +- %.4f", set.id, shift, exact.arl,
                          simulated.arl, simulated.error);
        }
    }
}
END_TEST

/* A set that seldom signals must not keep a screen waiting for minutes. */
START_TEST(a_simulation_of_seldom_signals_ends)
{
    struct spc_rule_set set = {.id = "seldom", .name = "seldom"};
    ck_assert_ptr_null(rule_set_add(&set, "15 in a row on one side"));
    struct runlength found = runlength_simulated(&set, RULES_ALL, 0, 1000000, 2);
    ck_assert_msg(fabs(found.arl - 32767) < 4 * found.error && found.error < 2000, "%g +- %g", found.arl, found.error);
    ck_assert_ptr_null(rule_set_add(&set, "14 points alternating"));
    ck_assert_double_lt(runlength_simulated(&set, RULES_ALL, 0, 1000000, 2).arl, found.arl);
    struct spc_rule_set none = {.id = "none", .name = "none"};
    ck_assert_ptr_null(rule_set_add(&none, "beyond 9 sigma"));
    ck_assert_ptr_nonnull(runlength_simulated(&none, RULES_ALL, 0, 1000, 2).why);
}
END_TEST

START_TEST(what_a_chain_cannot_hold_is_said)
{
    char room[4096];
    const struct spc_rule_set *nelson = spc_rule_set_find("nelson"), *western = spc_rule_set_find("western-electric");
    ck_assert_ptr_nonnull(strstr(chain_of(nelson, 0).why, "simulate"));
    ck_assert_double_nan(chain_of(nelson, 0).arl);
    ck_assert_ptr_nonnull(strstr(runlength_chain(western, 0, room, sizeof room).why, "room"));
    ck_assert_ptr_nonnull(strstr(runlength_chain(western, 0, room, 10).why, "room"));
    struct runlength once = runlength_simulated(nelson, RULES_ALL, 0, 500, 3), again = runlength_simulated(nelson, RULES_ALL, 0, 500, 3);
    ck_assert_double_eq(once.arl, again.arl);
    ck_assert_double_gt(once.error, 0);
    ck_assert_double_nan(runlength_simulated(nelson, RULES_ALL, 0, 1, 3).arl);
    struct spc_rule_set silent = {.id = "silent", .count = 0};
    ck_assert_str_eq(runlength_simulated(&silent, RULES_ALL, 0, 2, 3).why, "signals are too seldom to be counted");
    ck_assert(isinf(chain_of(&silent, 0).arl));
}
END_TEST

START_TEST(designs_that_make_no_sense_are_nan)
{
    ck_assert_double_nan(runlength_cusum(0.5, 0, 0, 0));
    ck_assert_double_nan(runlength_cusum(0.5, 4, 5, 0));
    ck_assert_double_nan(runlength_ewma(0, 3, 0));
    ck_assert_double_nan(runlength_ewma(1.5, 3, 0));
    ck_assert_double_nan(runlength_mewma(1, 0.1, 8, 0, NULL, 0));
    ck_assert_uint_eq(runlength_mewma_room(1, 0.1, 8), 0);
    ck_assert_double_nan(runlength_cusum_h(0.5, 0.5));
    ck_assert_double_nan(runlength_shewhart(-1, 0));
    struct design_price price = runlength_price(370.4, 10, 3600);
    ck_assert_close(price.false_alarms_per_day, 24 / 370.4, 1e-15);
    ck_assert_close(price.detect_s, 36000, 1e-15);
}
END_TEST

Suite *runlength_suite(void)
{
    Suite *suite = suite_create("runlength");
    add_test(suite, designs_meet_the_reference_table);
    add_test(suite, cusum_and_ewma_meet_the_reference_run_lengths);
    add_test(suite, an_ewma_that_forgets_everything_is_a_shewhart_chart);
    add_test(suite, an_ewma_whose_limits_widen_signals_sooner);
    add_test(suite, rule_sets_meet_champ_and_woodall);
    add_test(suite, a_run_rule_alone_has_its_closed_form);
    add_test(suite, chain_and_simulation_agree_for_every_set);
    add_test(suite, a_simulation_of_seldom_signals_ends);
    add_test(suite, what_a_chain_cannot_hold_is_said);
    add_test(suite, designs_that_make_no_sense_are_nan);
    return suite;
}
