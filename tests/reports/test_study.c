#include "reports/facts.h"
#include "reports/text_chart.h"
#include "tests/harness.h"
#include "tests/reports/fixture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct period everything = {0, INT64_MAX, "all data"};

static struct study *study_all(struct fixture *fixture, const char *name, int64_t last)
{
    struct study *study;
    struct error err;
    int status = study_make(&study, fixture->store, fixture->plant, plant_characteristic(fixture->plant, name), &everything, last, &err);
    ck_assert_msg(status == 0, "%s", err.text);
    return study;
}

/* Expected figures: tests/reference/own/formulas.json, capability.piston_two, within.pooled and overall. */
START_TEST(piston_capability)
{
    struct fixture fixture = fixture_open();
    double values[200];
    int n = fixture_reference("dist_piston_trial", values, 200);
    ck_assert_int_eq(n, 125);
    ck_assert_int_eq(fixture_record(&fixture, "ring-dia", values, n, FIXTURE_NOW - HOUR_US, 10 * SECOND_US, 74.001176, 0.0098), 25);
    struct study *study = study_all(&fixture, "ring-dia", 0);
    const struct capability *c = &study->capability;
    ck_assert_int_eq(study->n_values, 125);
    ck_assert_int_eq(study->n_points, 25);
    ck_assert_close(c->mean, 74.001176, 1e-12);
    ck_assert_close(c->sd, 0.010069968126290973, 1e-9);
    ck_assert_close(c->sigma_within, 0.0098875472101593668, 1e-9);
    ck_assert_close(c->df_within, 100, 0);
    ck_assert_close(c->cp.value, 1.6856219558215424, 1e-9);
    ck_assert_close(c->cp.lower, 1.4521995360382822, 1e-9);
    ck_assert_close(c->cp.upper, 1.9186583836540765, 1e-9);
    ck_assert_close(c->cp.bound, 1.4880277394772907, 1e-9);
    ck_assert_close(c->cpl.value, 1.725267784222465, 1e-9);
    ck_assert_close(c->cpu.value, 1.6459761274206197, 1e-9);
    ck_assert_close(c->cpk.value, 1.6459761274206197, 1e-9);
    ck_assert_close(c->cpk.lower, 1.4104941751780118, 1e-9);
    ck_assert_close(c->cpk.upper, 1.8814580796632276, 1e-9);
    ck_assert_close(c->cpk.bound, 1.4483534433901461, 1e-9);
    ck_assert_close(c->within.above, 0.39478413199141546, 1e-7);
    ck_assert_double_eq(c->observed.below + c->observed.above, 0);
    ck_assert(study->stable);
    ck_assert_str_eq(study->index_used, "Cpk");
    ck_assert_str_eq(study->index_reason, "in control: no signals in the period");
    ck_assert_int_eq(study->requirement, REQUIREMENT_MET);
    ck_assert_ptr_eq(
        strstr(study->settings, "Xbar-R 3 sigma; sigma Rbar/d2; rules nelson 1-8 (R 1-4); constants exact; false alarm 1 in 74 points; limits "),
        study->settings);
    ck_assert(strstr(study->settings, "calculated from points 1-25"));
    ck_assert(strstr(study->settings, "; capability by sigma pooled (df 100), confidence 95 %"));
    study_free(study);
    fixture_close(&fixture);
}
END_TEST

START_TEST(not_in_control_is_judged_by_ppk)
{
    struct fixture fixture = fixture_open();
    double values[100];
    fixture_normal(values, 100, 74, 0.005);
    values[52] = 74.049;
    fixture_record(&fixture, "ring-dia", values, 100, FIXTURE_NOW - HOUR_US, SECOND_US, 74, 0.005);
    struct study *study = study_all(&fixture, "ring-dia", 0);
    ck_assert(!study->stable);
    ck_assert_uint_ge(study->signals, 1);
    ck_assert_str_eq(study->index_used, "Ppk");
    ck_assert_ptr_nonnull(strstr(study->index_reason, "not in control: "));
    char words[300];
    study_rule_words(study, &study->points[10], words, sizeof words);
    ck_assert_ptr_nonnull(strstr(words, "rule 1: "));
    ck_assert_ptr_nonnull(strstr(words, "R)"));
    study_free(study);
    fixture_close(&fixture);
}
END_TEST

/* 30 full subgroups of five, the 29th excluded, and three values of the next: the last 25 that count and are full. */
START_TEST(the_last_subgroups_know_their_values)
{
    struct fixture fixture = fixture_open();
    double values[153];
    fixture_normal(values, 153, 74, 0.005);
    fixture.exclude = 29;
    fixture_record(&fixture, "ring-dia", values, 153, FIXTURE_NOW - HOUR_US, SECOND_US, 74, 0.005);
    struct study *study = study_all(&fixture, "ring-dia", 0);
    ck_assert_int_eq(study->last.count, LAST_SUBGROUPS);
    ck_assert_int_eq(study->last.of[0].number, 5);
    ck_assert_int_eq(study->last.of[23].number, 28);
    ck_assert_int_eq(study->last.of[24].number, 30);
    for (int i = 0; i < study->last.count; i++) {
        const struct last_subgroup *group = &study->last.of[i];
        ck_assert_uint_eq(group->n, 5);
        for (size_t k = 0; k < group->n; k++)
            ck_assert_double_eq(study->values[group->first + k], values[(group->number - 1) * 5 + (int64_t)k]);
    }
    study_free(study);
    fixture_close(&fixture);
}
END_TEST

START_TEST(moving_ranges_stop_at_gaps)
{
    struct fixture fixture = fixture_open();
    const double values[] = {101, 102, 104, NAN, 110, 111, NAN, 90, 95};
    fixture_record(&fixture, "force", values, 9, FIXTURE_NOW - HOUR_US, SECOND_US, NAN, NAN);
    struct study *study = study_all(&fixture, "force", 0);
    ck_assert_int_eq(study->n_values, 7);
    ck_assert_int_eq(study->bad_values, 2);
    ck_assert_int_eq(study->within.mr_count, 4);
    ck_assert_double_eq(study->within.mr_sum, 1 + 2 + 1 + 5);
    ck_assert_int_eq(study->below, 2);
    ck_assert_uint_eq(study->violations, 2);
    ck_assert(!study->stable);
    ck_assert_str_eq(study->index_reason, "no control limits yet: not known to be in control");
    ck_assert(isnan(study->capability.cp.value));
    ck_assert_double_eq(study->capability.cpk.value, study->capability.cpl.value);
    study_free(study);
    fixture_close(&fixture);
}
END_TEST

START_TEST(excluded_points_leave_everything)
{
    struct fixture fixture = fixture_open();
    const double values[] = {101, 102, 504, 110, 111};
    fixture.exclude = 3;
    fixture_record(&fixture, "force", values, 5, FIXTURE_NOW - HOUR_US, SECOND_US, NAN, NAN);
    struct study *study = study_all(&fixture, "force", 0);
    ck_assert_uint_eq(study->n_points, 5);
    ck_assert_uint_eq(study->excluded, 1);
    ck_assert_int_eq(study->n_values, 4);
    ck_assert_double_eq(study->moments.max, 111);
    ck_assert_int_eq(study->within.mr_count, 2);
    ck_assert_double_eq(study->within.mr_sum, 1 + 1);
    ck_assert_int_eq(study->bad_values, 0);
    study_free(study);
    fixture_close(&fixture);
}
END_TEST

START_TEST(last_points_only)
{
    struct fixture fixture = fixture_open();
    double values[125];
    int n = fixture_reference("dist_piston_trial", values, 125);
    fixture_record(&fixture, "ring-dia", values, n, FIXTURE_NOW - HOUR_US, SECOND_US, 74.001, 0.0098);
    struct study *study = study_all(&fixture, "ring-dia", 4);
    ck_assert_uint_eq(study->n_points, 4);
    ck_assert_int_eq(study->points[0].number, 22);
    ck_assert_int_eq(study->n_values, 20);
    for (int i = 0; i < 20; i++)
        ck_assert_double_eq(study->values[i], values[105 + i]);
    ck_assert_double_eq(study->capability.df_within, 16);
    study_free(study);
    study = study_all(&fixture, "ring-dia", 1000);
    ck_assert_uint_eq(study->n_points, 25);
    study_free(study);
    fixture_close(&fixture);
}
END_TEST

START_TEST(a_period_cuts)
{
    struct fixture fixture = fixture_open();
    double values[60];
    fixture_normal(values, 60, 120, 2);
    fixture_record(&fixture, "force", values, 60, FIXTURE_NOW - HOUR_US, MINUTE_US, 120, 2);
    struct period period = {FIXTURE_NOW - 30 * MINUTE_US, FIXTURE_NOW - 10 * MINUTE_US, "x"};
    struct study *study;
    struct error err;
    ck_assert_int_eq(study_make(&study, fixture.store, fixture.plant, plant_characteristic(fixture.plant, "force"), &period, 0, &err), 0);
    ck_assert_int_eq(study->n_values, 20);
    ck_assert_uint_eq(study->n_points, 20);
    ck_assert_int_eq(study->times[0], period.from_us);
    ck_assert_double_eq(study->values[19], values[49]);
    ck_assert_int_eq(study->within.mr_count, 19);
    study_free(study);
    fixture_close(&fixture);
}
END_TEST

START_TEST(nothing_in_the_period)
{
    struct fixture fixture = fixture_open();
    struct study *study = study_all(&fixture, "empty", 0);
    ck_assert_int_eq(study->n_values, 0);
    ck_assert_str_eq(study->index_reason, "no values in the period");
    ck_assert_int_eq(study->histogram.classes, 0);
    ck_assert(isnan(study->limits.center));
    ck_assert_ptr_nonnull(strstr(study->settings, "no limits yet"));
    study_free(study);
    fixture_close(&fixture);
}
END_TEST

/* id 0 means "all characteristics" to the store's cursors: one that the store does not know must not get everybody's values. */
START_TEST(a_characteristic_that_the_store_does_not_know)
{
    struct fixture fixture = fixture_open();
    const double values[] = {101, 102, 104};
    fixture_record(&fixture, "force", values, 3, FIXTURE_NOW - HOUR_US, SECOND_US, NAN, NAN);
    fixture.plant->characteristics[2].id = 0;
    struct study *study = study_all(&fixture, "empty", 0);
    ck_assert_int_eq(study->n_values, 0);
    study_free(study);
    fixture_close(&fixture);
}
END_TEST

/* Where a distribution is named, capability goes by its percentiles: of a lognormal they are exp(mu + z s). */
START_TEST(capability_of_a_named_distribution)
{
    enum { VALUES = 200 };
    struct fixture fixture = fixture_open();
    struct characteristic *c = (struct characteristic *)(uintptr_t)plant_characteristic(fixture.plant, "force");
    struct study *study;
    struct error err;
    double values[VALUES], mean = 0, squares = 0;
    fixture_normal(values, VALUES, 5, 0.1);
    for (int i = 0; i < VALUES; i++) {
        mean += values[i] / VALUES;
        values[i] = exp(values[i]);
    }
    for (int i = 0; i < VALUES; i++)
        squares += pow(log(values[i]) - mean, 2) / VALUES;
    fixture_record(&fixture, "force", values, VALUES, FIXTURE_NOW - HOUR_US, SECOND_US, 150, 15);
    c->distribution = distribution_find("lognormal");
    ck_assert_int_eq(study_make(&study, fixture.store, fixture.plant, c, &(struct period){0, INT64_MAX, "all data"}, 0, &err), 0);
    study_fit(study);
    ck_assert(study_is_fitted(study));
    double median = exp(mean), low = exp(mean - 2.999976992703400 * sqrt(squares));
    ck_assert_close(study->shape.ppl.value, (median - c->lsl) / (median - low), 1e-9);
    ck_assert_str_eq(study->index_used, "Ppk");
    ck_assert(strstr(study->index_reason, "percentiles of the lognormal distribution"));
    struct fact_index indices[FACTS_INDICES];
    facts_indices(study, indices);
    ck_assert(isnan(indices[3].index.value));
    ck_assert_close(indices[7].index.value, study->shape.ppk.value, 1e-15);
    ck_assert_double_lt(indices[7].index.bound, indices[7].index.value); /* 200 values leave the index unsure, and the verdict says so */
    double between = (indices[7].index.bound + indices[7].index.value) / 2, was = c->required_cpk;
    study_free(study);
    c->required_cpk = between;
    ck_assert_int_eq(study_make(&study, fixture.store, fixture.plant, c, &(struct period){0, INT64_MAX, "all data"}, 0, &err), 0);
    study_fit(study);
    ck_assert_int_eq(study->requirement, REQUIREMENT_MET_UNSURE);
    c->required_cpk = was;
    study_free(study);
    c->distribution = NULL;
    c->fitted = true; /* nothing speaks against normal in these logarithms' exponentials, or the best fit is taken */
    ck_assert_int_eq(study_make(&study, fixture.store, fixture.plant, c, &(struct period){0, INT64_MAX, "all data"}, 0, &err), 0);
    study_fit(study);
    ck_assert(study_is_fitted(study) == (study->normality.p.p < 0.05));
    study_free(study);
    fixture_close(&fixture);
}
END_TEST

/* A chart is drawn as what it plots, in as many panels as it has. */
START_TEST(panels_of_charts)
{
    static const struct {
        const char *chart, *titles[3];
    } rows[] = {{"cusum", {"C+", "C-", NULL}}, {"ewma", {"EWMA", NULL, NULL}}, {"i-mr-r", {"Xbar", "MR", "R"}}, {"run", {"Run", NULL, NULL}}};
    double values[200];
    fixture_normal(values, 200, 74, 0.01);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct fixture fixture = fixture_open();
        struct characteristic *c = (struct characteristic *)(uintptr_t)plant_characteristic(fixture.plant, "ring-dia");
        struct study *study;
        struct error err;
        c->chart = spc_chart_find(rows[i].chart);
        c->settings = chart_defaults;
        fixture_record(&fixture, "ring-dia", values, 200, FIXTURE_NOW - HOUR_US, SECOND_US, 74, 0.01);
        ck_assert_int_eq(study_make(&study, fixture.store, fixture.plant, c, &(struct period){0, INT64_MAX, "all data"}, 0, &err), 0);
        char *text, title[32];
        size_t size;
        FILE *stream = open_memstream(&text, &size);
        text_chart(stream, study);
        fclose(stream);
        for (int k = 0; k < 3; k++) {
            snprintf(title, sizeof title, "%s chart\n", rows[i].titles[k] ? rows[i].titles[k] : "");
            ck_assert_msg(!rows[i].titles[k] || strstr(text, title), "no %s in: %s", title, text);
        }
        ck_assert(strstr(study->settings, c->chart->name) == study->settings);
        free(text);
        study_free(study);
        fixture_close(&fixture);
    }
}
END_TEST

Suite *study_suite(void);
Suite *study_suite(void)
{
    Suite *suite = suite_create("study");
    fixture_add(suite, piston_capability);
    fixture_add(suite, not_in_control_is_judged_by_ppk);
    fixture_add(suite, the_last_subgroups_know_their_values);
    fixture_add(suite, moving_ranges_stop_at_gaps);
    fixture_add(suite, excluded_points_leave_everything);
    fixture_add(suite, last_points_only);
    fixture_add(suite, a_period_cuts);
    fixture_add(suite, nothing_in_the_period);
    fixture_add(suite, a_characteristic_that_the_store_does_not_know);
    fixture_add(suite, capability_of_a_named_distribution);
    fixture_add(suite, panels_of_charts);
    return suite;
}
