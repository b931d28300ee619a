#include "spc/spc.h"
#include "tests/harness.h"
#include "tests/spc/suites.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What named sets say of their rules is what plants write: read back, every set is itself. */
START_TEST(every_named_set_can_be_written_and_read)
{
    for (size_t s = 0; s < spc_rule_set_count; s++) {
        const struct spc_rule_set *set = &spc_rule_sets[s];
        char text[RULE_SET_WORDS];
        struct spc_rule_set again;
        rule_set_words(set, text, sizeof text);
        ck_assert_msg(!rule_set_read(&again, text), "%s", text);
        ck_assert_str_eq(again.id, set->id);
        ck_assert_int_eq(again.count, set->count);
        for (int i = 0; i < set->count; i++) {
            const struct rule *a = &set->rules[i], *b = &again.rules[i];
            ck_assert_msg(a->primitive == b->primitive && a->n == b->n && a->s == b->s && a->steps == b->steps && a->both_sides == b->both_sides &&
                              (a->primitive != RULE_K_OF_N || a->k == b->k) && again.distances[b->zone] == b->s,
                          "%s rule %d: %s", set->id, i + 1, a->words);
        }
    }
}
END_TEST

START_TEST(rules_that_make_no_sense_are_refused)
{
    static const struct {
        const char *words, *why;
    } rows[] = {{"beyond sigma", "none of"},
                {"3 of 2 beyond 1 sigma", "more points"},
                {"beyond 0 sigma", "above 0"},
                {"beyond 11 sigma", "above 0"},
                {"40 in a row on one side", "at most 32"},
                {"2 points rising or falling", "so many points"},
                {"3 in a row beyond 2 sigma, opposite sides", "are two"},
                {"9 in a row on one side ", "none of"},
                {"", "none of"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct spc_rule_set set = {0};
        const char *why = rule_set_add(&set, rows[i].words);
        ck_assert_msg(why && strstr(why, rows[i].why), "%s: %s", rows[i].words, why ? why : "taken");
        ck_assert_int_eq(set.count, 0);
    }
    struct spc_rule_set full = {0};
    static const char *const distances[] = {"beyond 3 sigma", "beyond 2.5 sigma", "beyond 1.5 sigma", "beyond 1 sigma"};
    for (int i = 0; i < 3; i++)
        ck_assert_ptr_null(rule_set_add(&full, distances[i]));
    ck_assert_ptr_nonnull(rule_set_add(&full, distances[3]));
    ck_assert_ptr_null(rule_set_add(&full, "5 of 6 beyond 1.5 sigma"));
}
END_TEST

/* The figures in the table of sets are those of the chain and of simulation. */
START_TEST(false_alarms_of_the_named_sets_hold)
{
    for (size_t s = 0; s < spc_rule_set_count; s++)
        for (int scope = 0; scope < 2; scope++) {
            struct runlength found = runlength_simulated(&spc_rule_sets[s], (enum rule_scope)scope, 0, 4000, 5 + s);
            ck_assert_msg(fabs(found.arl - spc_rule_sets[s].arl[scope]) < 5 * found.error, "%s: %g, simulated %g +- %g", spc_rule_sets[s].id,
                          spc_rule_sets[s].arl[scope], found.arl, found.error);
        }
}
END_TEST

START_TEST(settings_are_said_in_full)
{
    struct chart_settings ewma = chart_defaults, p = chart_defaults, cusum = chart_defaults;
    char text[200];
    ewma.width = 2.7;
    p.alpha = 0.0027;
    cusum.target = 10;
    cusum.head = 2.5;
    const struct spc_rule_set *nelson = spc_rule_set_find("nelson");
    ck_assert_str_eq(chart_words(spc_chart_find("ewma"), &ewma, nelson, 1, text, sizeof text),
                     "EWMA lambda 0.2, 2.7 sigma; sigma MR/d2(2); rules nelson, points beyond only; constants exact");
    ck_assert_str_eq(chart_words(spc_chart_find("p"), &p, nelson, 1, text, sizeof text),
                     "P limits of probability 0.0027; sigma binomial; rules nelson 1-4");
    ck_assert_str_eq(chart_words(spc_chart_find("c"), &chart_defaults, spc_rule_set_find("montgomery"), 1, text, sizeof text),
                     "C 3 sigma; sigma Poisson; rules montgomery 1, 4-5, 7");
    ck_assert_str_eq(chart_words(spc_chart_find("run"), &chart_defaults, nelson, 1, text, sizeof text), "Run about the median; rules nelson 2-4");
    ck_assert_str_eq(chart_words(spc_chart_find("xbar-s"), &chart_defaults, nelson, 5, text, sizeof text),
                     "Xbar-S 3 sigma; sigma Sbar/c4; rules nelson 1-8 (S 1-4); constants exact");
    ck_assert_str_eq(chart_words(spc_chart_find("i-mr-r"), &chart_defaults, spc_rule_set_find("shewhart"), 5, text, sizeof text),
                     "I-MR-R 3 sigma; sigma MR/d2(2); rules shewhart; constants exact");
    ck_assert_str_eq(chart_words(spc_chart_find("i-mr-r"), &chart_defaults, spc_rule_set_find("westgard"), 5, text, sizeof text),
                     "I-MR-R 3 sigma; sigma MR/d2(2); rules westgard 1-13 (MR, R 1-2, 6-8, 11-13); constants exact");
    ck_assert_str_eq(chart_words(spc_chart_find("cusum"), &cusum, spc_rule_set_find("shewhart"), 4, text, sizeof text),
                     "CUSUM k 0.5, h 5, head start 2.5, about 10; sigma Rbar/d2; rules shewhart, points beyond only; constants exact");
    for (size_t i = 0; i < spc_chart_count; i++)
        ck_assert_uint_lt(strlen(chart_words(&spc_charts[i], &chart_defaults, nelson, 5, text, sizeof text)), 192);
}
END_TEST

START_TEST(false_alarms_of_designs)
{
    struct chart_settings settings = chart_defaults;
    const struct spc_rule_set *shewhart = spc_rule_set_find("shewhart"), *we = spc_rule_set_find("western-electric");
    ck_assert_close(chart_false_alarms(spc_chart_find("i-mr"), &settings, shewhart, 0).arl, 370.398347, 1e-7);
    ck_assert_close(chart_false_alarms(spc_chart_find("xbar-r"), &settings, we, 0).arl, 91.75, 1e-3);
    ck_assert_close(chart_false_alarms(spc_chart_find("ewma"), &settings, we, 2).arl, 554.4875385622, 1e-9);
    ck_assert_ptr_nonnull(chart_false_alarms(spc_chart_find("ewma"), &settings, we, 0).why);
    ck_assert_close(chart_false_alarms(spc_chart_find("cusum"), &settings, we, 0).arl, runlength_cusum(0.5, 5, 0, 0), 1e-12);
    ck_assert_ptr_nonnull(chart_false_alarms(spc_chart_find("pre-control"), &settings, we, 0).why);
    settings.alpha = 0.01;
    ck_assert_close(chart_false_alarms(spc_chart_find("p"), &settings, shewhart, 0).arl, 100, 1e-9);
}
END_TEST

/* Champ and Woodall 1987, table 1: Shewhart's rule alone 43.89, all four rules of Western Electric 9.22 points at a shift of one sigma. */
START_TEST(detection_of_a_shift)
{
    struct chart_settings settings = chart_defaults;
    const struct spc_rule_set *shewhart = spc_rule_set_find("shewhart"), *we = spc_rule_set_find("western-electric");
    ck_assert_close(chart_run_length(spc_chart_find("i-mr"), &settings, shewhart, 1, 1, 0, NULL, 0).arl, 43.8947, 1e-5);
    ck_assert_double_eq_tol(chart_run_length(spc_chart_find("i-mr"), &settings, we, 1, 1, 20000, NULL, 0).arl, 9.22, 0.2);
    ck_assert_close(chart_run_length(spc_chart_find("xbar-r"), &settings, shewhart, 4, 1, 0, NULL, 0).arl, runlength_shewhart(3, 2), 1e-12);
    ck_assert_close(chart_run_length(spc_chart_find("ewma"), &settings, we, 4, 1, 0, NULL, 0).arl, runlength_ewma(0.2, 3, 2), 1e-12);
    ck_assert_close(chart_run_length(spc_chart_find("cusum"), &settings, we, 1, 1, 0, NULL, 0).arl, runlength_cusum(0.5, 5, 0, 1), 1e-12);
    static const char *const others[] = {"p", "pre-control", "run", "ma", "median-r", "i-mr-r", "g", "acceptance"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        ck_assert_ptr_nonnull(chart_run_length(spc_chart_find(others[i]), &settings, we, 1, 1, 100, NULL, 0).why);
    ck_assert_ptr_nonnull(chart_run_length(spc_chart_find("i-mr"), &settings, we, 1, 1, 0, NULL, 0).why);
}
END_TEST

START_TEST(words_of_rules_that_are_no_three_sigma)
{
    struct chart_settings settings = chart_defaults;
    const struct spc_rule_set *we = spc_rule_set_find("western-electric");
    ck_assert_str_eq(chart_rule_words(spc_chart_find("xbar-r"), &settings, we, 1), "beyond 3 sigma");
    ck_assert_str_eq(chart_rule_words(spc_chart_find("p"), &settings, we, 1), "beyond 3 sigma");
    ck_assert_str_eq(chart_rule_words(spc_chart_find("cusum"), &settings, we, 1), "beyond the limit");
    ck_assert_str_eq(chart_rule_words(spc_chart_find("g"), &settings, we, 1), "beyond the limit");
    ck_assert_ptr_null(chart_rule_words(spc_chart_find("g"), &settings, we, 9));
    settings.alpha = 0.01;
    ck_assert_str_eq(chart_rule_words(spc_chart_find("xbar-r"), &settings, we, 1), "beyond the limit");
}
END_TEST

/* Champ and Woodall 1987, table 1 (all four rules of Western Electric): shifts of 0, 1, 2, 3 sigma of the mean; Lucas and Crosier 1982 and Lucas and
 * Saccucci 1990 for CUSUM (0.5, 5) and EWMA; the rest by a simulation of its own (6000 runs of Nelson's rules in Python, one sigma: 9.63, se 0.09).
 */
START_TEST(run_lengths_of_designs_after_a_shift)
{
    static const double champ[][2] = {{0, 91.75}, {1, 9.22}, {2, 3.13}, {3, 1.67}};
    const struct chart_settings *settings = &chart_defaults;
    const struct spc_chart *single = spc_chart_find("i-mr"), *means = spc_chart_find("xbar-r");
    const struct spc_rule_set *we = spc_rule_set_find("western-electric"), *nelson = spc_rule_set_find("nelson");
    size_t bytes = runlength_room(RUNLENGTH_STATES);
    void *room = malloc(bytes);
    ck_assert_ptr_nonnull(room);
    for (int i = 0; i < 4; i++) {
        struct runlength found = chart_run_length(single, settings, we, 1, champ[i][0], 0, room, bytes);
        ck_assert_double_eq_tol(found.arl, champ[i][1], 0.006);
        ck_assert_double_eq(found.error, 0);
        ck_assert_double_eq(chart_run_length(means, settings, we, 4, champ[i][0] / 2, 0, room, bytes).arl, found.arl);
    }
    free(room);
    struct runlength simulated = chart_run_length(single, settings, nelson, 1, 1, 4000, NULL, 0);
    ck_assert_double_eq_tol(simulated.arl, 9.63, 0.6);
    ck_assert_double_gt(simulated.error, 0);
    ck_assert_double_nan(chart_run_length(single, settings, nelson, 1, 1, 0, NULL, 0).arl);
    ck_assert_double_eq_tol(chart_run_length(spc_chart_find("cusum"), settings, we, 1, 1, 0, NULL, 0).arl, 10.38, 0.005);
    ck_assert_double_eq_tol(chart_run_length(spc_chart_find("cusum"), settings, we, 4, 1, 0, NULL, 0).arl, 4.01, 0.005);
    ck_assert_close(chart_run_length(spc_chart_find("ewma"), settings, we, 1, 1, 0, NULL, 0).arl, runlength_ewma(0.2, 3, 1), 1e-12);
    ck_assert_close(chart_run_length(single, settings, spc_rule_set_find("shewhart"), 1, 1, 0, NULL, 0).arl, 43.895, 1e-4);
    ck_assert_ptr_nonnull(chart_run_length(spc_chart_find("c"), settings, we, 1, 1, 0, NULL, 0).why);
}
END_TEST

START_TEST(not_every_chart_tells_control)
{
    for (size_t i = 0; i < spc_chart_count; i++) {
        const char *id = spc_charts[i].id;
        ck_assert_int_eq(chart_tells_control(&spc_charts[i]), strcmp(id, "run") && strcmp(id, "acceptance") && strcmp(id, "pre-control"));
    }
}
END_TEST

Suite *chart_words_suite(void)
{
    const struct named_test cases[] = {{"every named set can be written and read", every_named_set_can_be_written_and_read},
                                       {"rules that make no sense are refused", rules_that_make_no_sense_are_refused},
                                       {"false alarms of the named sets hold", false_alarms_of_the_named_sets_hold},
                                       {"settings are said in full", settings_are_said_in_full},
                                       {"false alarms of designs", false_alarms_of_designs},
                                       {"detection of a shift", detection_of_a_shift},
                                       {"words of rules that are no three sigma", words_of_rules_that_are_no_three_sigma},
                                       {"run lengths of designs after a shift", run_lengths_of_designs_after_a_shift},
                                       {"not every chart tells control", not_every_chart_tells_control}};
    return SUITE_OF("chart_words", 60, cases);
}
