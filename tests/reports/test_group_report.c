/* The report page of characteristics charted together, as text, CSV and PDF. */
#include "tests/harness.h"
#include "tests/reports/fixture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { POINTS = 60, GUILTY = 50, WIDE = 55 };

/* Members move together; at GUILTY the second one leaves the others, at WIDE a subgroup spreads. */
static void vectors_of(int i, int n, int p, unsigned long long *seed, double *out)
{
    for (int k = 0; k < n; k++) {
        *seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
        double common = (double)(*seed >> 40) / (1 << 24) - 0.5;
        for (int v = 0; v < p; v++) {
            *seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
            double own = (double)(*seed >> 40) / (1 << 24) - 0.5;
            out[k * p + v] = (v ? 104 : 74) + (v ? 2 : 0.02) * (common + (i == WIDE && n > 1 ? 6 : 0.4) * own + (i == GUILTY && v == 1 ? 1.2 : 0));
        }
    }
}

static const struct characteristic_group *record(struct fixture *fixture, const char *name)
{
    const struct characteristic_group *group = plant_group(fixture->plant, name);
    int n = group->subgroup, p = (int)group->n_members;
    double vectors[POINTS * 5 * 3], shown[MULTIVARIATE_MAX];
    unsigned long long seed = 7;
    struct error err;
    for (int i = 0; i < POINTS; i++)
        vectors_of(i, n, p, &seed, vectors + i * n * p);
    struct vector_design design = vector_design_of(group_chart_of(group), vectors, group->baseline, n, p, group->alpha, group->lambda);
    ck_assert_ptr_null(design.model.why);
    struct group_model model = {.group = group->id,
                                .time_us = FIXTURE_NOW - HOUR_US,
                                .first_point = 1,
                                .last_point = group->baseline,
                                .center = design.center,
                                .ucl = design.ucl,
                                .alpha = group->alpha,
                                .state = LIMITS_TRIAL,
                                .t2 = design.model};
    struct mewma_state memory = {0};
    group_settings(group, model.settings, sizeof model.settings);
    ck_assert(!store_begin(fixture->store, &err));
    ck_assert_msg(!record_group_model(fixture->store, &model, &err), "%s", err.text);
    for (int i = 0; i < POINTS; i++) {
        struct group_point point = {.group = group->id,
                                    .number = i + 1,
                                    .time_us = FIXTURE_NOW - (POINTS - i) * MINUTE_US,
                                    .n = n,
                                    .statistic = NAN,
                                    .center = NAN,
                                    .ucl = NAN,
                                    .dispersion = NAN,
                                    .spread = {NAN, NAN, NAN, NAN}};
        struct vector_point at = {vectors + i * n * p, T2_FOLLOWS, false};
        for (int v = 0; v < MULTIVARIATE_MAX; v++)
            point.vector[v] = NAN;
        vector_mean(at.vectors, n, p, point.vector);
        if (i >= group->baseline) {
            struct verdict verdict = vector_judge(&design, &memory, &at, shown);
            point.statistic = verdict.plotted[0];
            point.center = verdict.location.center;
            point.ucl = verdict.location.ucl;
            point.dispersion = verdict.plotted[1];
            point.spread = verdict.dispersion;
            point.model = 1;
        }
        ck_assert_msg(!record_group_point(fixture->store, &point, at.vectors, &err), "%s", err.text);
    }
    ck_assert(!store_commit(fixture->store, &err));
    return group;
}

static const char *shell(const char *format, const char *path)
{
    static char out[30000];
    char command[800];
    snprintf(command, sizeof command, format, path);
    ck_assert_msg(fixture_shell(command, out, sizeof out) == 0, "%s", command);
    return out;
}

static void see(const char *text, const char *words)
{
    ck_assert_msg(strstr(text, words) != NULL, "'%s' is not in: %s", words, text);
}

static const char *made(const struct fixture *fixture, const char *arguments)
{
    int status = fixture_run(fixture, report_command, arguments, false);
    ck_assert_msg(status == 0, "%s", fixture_read(test_path("stderr")));
    return fixture_read(test_path("stdout"));
}

START_TEST(a_group_has_a_page_of_text)
{
    struct fixture fixture = fixture_open();
    record(&fixture, "trio");
    record(&fixture, "fives");
    const char *text = made(&fixture, "--group trio");
    see(text, "QUALITY REPORT  trio");
    see(text, "Members        ring-dia, force, empty ");
    see(text, "T2 chart");
    see(text, "mean        sd      1     2     3  CORRELATIONS\n");
    see(text, "point 51: T2 ");
    see(text, "contributing: force ");
    see(text, "calculated from points 1-30; T2 n=1 alpha 0.008078: ring-dia,\n");
    ck_assert_ptr_null(strstr(text, "|S|"));
    text = made(&fixture, "--group fives");
    see(text, "|S| (1e-6) chart");
    see(text, "Signals of |S| 1");
    see(text, "point 56: ");
    see(text, " spreads ");
    see(text, "|S| ");
    see(text, "covariance within subgroups");
    fixture_close(&fixture);
}
END_TEST

/* The printed correlation is that of the model. */
START_TEST(its_figures_are_those_of_the_limits)
{
    struct fixture fixture = fixture_open();
    const struct characteristic_group *group = record(&fixture, "trio");
    struct group_study *study;
    struct group_member members[MULTIVARIATE_MAX];
    struct period all = {0, INT64_MAX, "all"};
    struct error err;
    char number[80];
    ck_assert(!group_study_make(&study, fixture.store, fixture.plant, group, &all, 0, &err));
    ck_assert_uint_eq(study->n_points, POINTS);
    ck_assert_uint_eq(study->judged, POINTS - 30);
    ck_assert_uint_ge(study->mean_signals, 1);
    group_study_members(study->model, members);
    const struct t2_model *t2 = &study->model->t2;
    ck_assert_double_eq_tol(members[0].correlation[2], t2->covariance[2] / (members[0].sd * members[2].sd), 1e-14);
    ck_assert_double_eq(members[1].correlation[1], 1);
    snprintf(number, sizeof number, "%5.2f %5.2f %5.2f\n", members[2].correlation[0], members[2].correlation[1], 1.0);
    see(made(&fixture, "--group trio"), number);
    snprintf(number, sizeof number, "%.5g, centre %.4g", study->model->ucl, study->model->center);
    see(made(&fixture, "--group trio"), number);
    group_study_free(study);
    fixture_close(&fixture);
}
END_TEST

START_TEST(a_configured_report_may_be_of_groups)
{
    struct fixture fixture = fixture_open();
    char *yaml = memory_format("%s  grouped: {characteristics: [force], groups: [all], period: this-month, formats: [text, csv, pdf]}\n",
                               fixture_read(fixture.config));
    record(&fixture, "trio");
    record(&fixture, "fives");
    snprintf(fixture.config, sizeof fixture.config, "%s", test_file("grouped.yaml", yaml));
    free(yaml);
    ck_assert_str_eq(made(&fixture, "grouped"), "");
    see(shell("pdfinfo %s", test_path("grouped-2026-11.pdf")), "Pages:           3\n");
    const char *text = shell("pdftotext -f 2 -l 2 -layout %s -", test_path("grouped-2026-11.pdf"));
    see(text, "trio");
    see(text, "MEMBERS AND THEIR CORRELATIONS");
    see(text, "T2 ");
    see(text, "force 10");
    see(text, "page 2 of 3");
    see(text, "T2 n=1 alpha 0.008078: ring-dia, force, empty");
    text = shell("pdftotext -f 3 -l 3 -layout %s -", test_path("grouped-2026-11.pdf"));
    see(text, "|S|");
    const char *csv = fixture_read(test_path("grouped-2026-11.csv"));
    see(csv, "\"settings\",\"members\",\"ucl\",\"alpha\",\"judged\",\"dispersion_signals\",\"incomplete\"");
    see(csv, "\"fives\"");
    see(csv, "\"ring-dia, force\"");
    see(fixture_read(test_path("grouped-2026-11.txt")), "page 3 of 3");
    fixture_close(&fixture);
}
END_TEST

START_TEST(a_group_without_points_says_so)
{
    struct fixture fixture = fixture_open();
    const char *text = made(&fixture, "--group trio");
    see(text, "No points in the period");
    see(text, "no limits yet; T2 n=1");
    ck_assert_int_eq(fixture_run(&fixture, report_command, "--group tryo", false), 2);
    see(fixture_read(test_path("stderr")), "there is no group 'tryo' in the configuration: did you mean 'trio'?");
    ck_assert_int_eq(fixture_run(&fixture, report_command, "acme --group trio", false), 2);
    see(fixture_read(test_path("stderr")), "not both");
    fixture_close(&fixture);
}
END_TEST

Suite *group_report_suite(void);
Suite *group_report_suite(void)
{
    Suite *suite = suite_create("group report");
    fixture_add(suite, a_group_has_a_page_of_text);
    fixture_add(suite, its_figures_are_those_of_the_limits);
    fixture_add(suite, a_configured_report_may_be_of_groups);
    fixture_add(suite, a_group_without_points_says_so);
    return suite;
}
