#include "reports/panel.h"
#include "reports/scale.h"
#include "reports/text_chart.h"
#include "tests/harness.h"
#include "tests/reports/fixture.h"

#include <math.h>
#include <string.h>

static const struct {
    double low, high;
    int most;
    double first, step;
    int count, decimals;
} scales[] = {
    {0, 10, 5, 0, 2, 6, 0},      {73.945, 74.055, 6, 73.96, 0.02, 5, 2}, {0, 1, 4, 0, 0.25, 5, 2}, {-3.2, 3.1, 7, -3, 1, 7, 0},
    {0, 4.1e6, 5, 0, 1e6, 5, 0}, {1e-6, 9e-6, 4, 2e-6, 2e-6, 4, 6},      {1, 1, 5, 1, 0, 0, 0},
};

START_TEST(round_numbers)
{
    struct scale scale = scale_of(scales[_i].low, scales[_i].high, scales[_i].most);
    ck_assert_close(scale.first, scales[_i].first, 1e-9);
    ck_assert_close(scale.step, scales[_i].step, 1e-9);
    ck_assert_int_eq(scale.count, scales[_i].count);
    ck_assert_int_eq(scale.decimals, scales[_i].decimals);
}
END_TEST

static const struct period everything = {0, INT64_MAX, "all data"};

static struct study *study_of(struct fixture *fixture, const char *name)
{
    struct study *study;
    struct error err;
    ck_assert_int_eq(study_make(&study, fixture->store, fixture->plant, plant_characteristic(fixture->plant, name), &everything, 0, &err), 0);
    return study;
}

/* 20 subgroups, then 40 bad values, then 20 subgroups: the line breaks once, where the values are missing. */
START_TEST(panel_gap)
{
    struct fixture fixture = fixture_open();
    double values[240];
    fixture_normal(values, 240, 74, 0.01);
    for (int i = 100; i < 140; i++)
        values[i] = NAN;
    fixture_record(&fixture, "ring-dia", values, 240, FIXTURE_NOW - HOUR_US, SECOND_US, 74, 0.01);
    struct study *study = study_of(&fixture, "ring-dia");
    struct panel panel = panel_of(study, &(struct study_panel){"Xbar", 0, -1, false});
    ck_assert_uint_eq(study->n_points, 40);
    for (size_t i = 0; i < study->n_points; i++)
        ck_assert_int_eq(panel_is_gap(&panel, i), i == 20);
    struct panel_tick ticks[PANEL_TICKS];
    ck_assert_int_eq(panel_ticks(study, 5, ticks), 5);
    ck_assert_uint_eq(ticks[0].point, 0);
    ck_assert_uint_eq(ticks[4].point, 39);
    ck_assert_str_eq(ticks[0].text, "14:00");
    study_free(study);
    fixture_close(&fixture);
}
END_TEST

START_TEST(panel_range_holds_values_and_limits)
{
    struct fixture fixture = fixture_open();
    double values[50];
    fixture_normal(values, 50, 74, 0.001);
    fixture_record(&fixture, "ring-dia", values, 50, FIXTURE_NOW - HOUR_US, SECOND_US, 74, 0.01);
    struct study *study = study_of(&fixture, "ring-dia");
    struct study_panel panels[STUDY_PANELS];
    ck_assert_int_eq(study_panels(study->characteristic->chart, panels), 2);
    struct panel location = panel_of(study, &panels[0]), dispersion = panel_of(study, &panels[1]);
    ck_assert_double_lt(location.low, location.newest.lcl);
    ck_assert_double_gt(location.high, location.newest.ucl);
    ck_assert_double_eq(dispersion.low, 0);
    ck_assert_double_gt(dispersion.high, dispersion.newest.ucl);
    ck_assert(panel_has_lcl(&location, &location.newest));
    ck_assert(!panel_has_lcl(&dispersion, &dispersion.newest));
    study_free(study);
    fixture_close(&fixture);
}
END_TEST

START_TEST(text_chart_shows_signals)
{
    struct fixture fixture = fixture_open();
    double values[40];
    fixture_normal(values, 40, 112, 1);
    values[30] = 95;
    values[10] = 117;
    fixture_record(&fixture, "force", values, 40, FIXTURE_NOW - HOUR_US, SECOND_US, 112, 1);
    struct study *study = study_of(&fixture, "force");
    const char *path = test_path("chart");
    FILE *stream = fopen(path, "w");
    text_chart(stream, study);
    fclose(stream);
    const char *text = fixture_read(path);
    const char *dispersion = strstr(text, "MR chart"), *beyond = strchr(text, '!'), *signal = strchr(text, '1');
    ck_assert(beyond && beyond < dispersion);
    ck_assert(signal && signal < beyond);
    ck_assert(strstr(text, "UCL 115.00") && strstr(text, "CL  112.00") && strstr(text, "LCL 109.00"));
    ck_assert(strstr(dispersion, "UCL") && !strstr(dispersion, "LCL"));
    study_free(study);
    fixture_close(&fixture);
}
END_TEST

/* What real stores hold sooner or later: every page is made, and none shows "nan" or "inf". */
static const struct {
    const char *what, *characteristic;
    int n;
    double mean, sd, sigma;
} shapes[] = {
    {"one value", "force", 1, 104, 0, NAN},
    {"two equal values", "force", 2, 104, 0, NAN},
    {"equal values", "ring-dia", 60, 74, 0, 0.01},
    {"equal values, no limits", "empty", 30, 100, 0, NAN},
    {"huge values", "empty", 100, 3e12, 1e9, 1e9},
    {"tiny values", "empty", 100, 1e-9, 1e-12, 1e-12},
    {"negative values", "empty", 100, -5000, 3, 3},
    {"part of a subgroup", "ring-dia", 3, 74, 0.01, NAN},
    {"half a million sigma off", "ring-dia", 50, 5e3, 0.01, 0.01},
};

START_TEST(every_shape_of_data)
{
    struct fixture fixture = fixture_open();
    double values[100];
    char arguments[500], text[40000];
    fixture_normal(values, shapes[_i].n, shapes[_i].mean, shapes[_i].sd);
    fixture_record(&fixture, shapes[_i].characteristic, values, shapes[_i].n, FIXTURE_NOW - HOUR_US, SECOND_US,
                   isnan(shapes[_i].sigma) ? NAN : shapes[_i].mean, shapes[_i].sigma);
    snprintf(arguments, sizeof arguments, "--characteristic %s --period all --format pdf,text -o %s/", shapes[_i].characteristic, test_directory());
    ck_assert_int_eq(fixture_run(&fixture, report_command, arguments, false), 0);
    snprintf(arguments, sizeof arguments, "cd %s && pdfinfo %s-all.pdf && pdftotext -layout %s-all.pdf - && cat %s-all.txt", test_directory(),
             shapes[_i].characteristic, shapes[_i].characteristic, shapes[_i].characteristic);
    ck_assert_msg(fixture_shell(arguments, text, sizeof text) == 0, "%s", shapes[_i].what);
    ck_assert_ptr_nonnull(strstr(text, "Pages:           1\n"));
    ck_assert_ptr_nonnull(strstr(text, "CONTROL CHARTS"));
    for (const char *word = text; word; word = strpbrk(word, " \n\t(-")) {
        word += strspn(word, " \n\t(-");
        ck_assert_msg(strncmp(word, "nan", 3) && (strncmp(word, "inf", 3) || word[3] == 'o'), "%s: %.40s", shapes[_i].what, word);
        word += *word == '\0' ? 0 : 1;
    }
    fixture_close(&fixture);
}
END_TEST

Suite *chart_suite(void);
Suite *chart_suite(void)
{
    Suite *suite = suite_create("chart");
    TCase *round = tcase_create("round_numbers"), *shape = tcase_create("every_shape_of_data");
    tcase_add_loop_test(round, round_numbers, 0, sizeof scales / sizeof scales[0]);
    tcase_add_loop_test(shape, every_shape_of_data, 0, sizeof shapes / sizeof shapes[0]);
    suite_add_tcase(suite, round);
    suite_add_tcase(suite, shape);
    fixture_add(suite, panel_gap);
    fixture_add(suite, panel_range_holds_values_and_limits);
    fixture_add(suite, text_chart_shows_signals);
    return suite;
}
