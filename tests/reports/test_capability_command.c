/* `gemba capability` says what `gemba report` says, to 1e-12, from sums instead of values. */
#include "tests/harness.h"
#include "tests/reports/fixture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct error err;

/* ring-dia: the piston data, with bad values and an excluded point; force: single values, one-sided, its requirement missed. */
static struct fixture filled(void)
{
    struct fixture fixture = fixture_open();
    double values[125];
    int n = fixture_reference("dist_piston_trial", values, 125);
    values[33] = values[71] = NAN;
    fixture.exclude = 4;
    fixture_record(&fixture, "ring-dia", values, n, FIXTURE_NOW - HOUR_US, 10 * SECOND_US, 74.001176, 0.0098);
    fixture.exclude = 0;
    fixture_normal(values, 80, 104, 2);
    values[20] = NAN;
    fixture_record(&fixture, "force", values, 80, FIXTURE_NOW - HOUR_US, 10 * SECOND_US, 104, 2);
    return fixture;
}

static int run(const struct fixture *fixture, const char *arguments)
{
    return fixture_run(fixture, capability_command, arguments, false);
}

static const char *output(void)
{
    return fixture_read(test_path("stdout"));
}

static void says(const char *stream, const char *words)
{
    const char *text = fixture_read(test_path(stream));
    ck_assert_msg(strstr(text, words) != NULL, "'%s' is not in: %s", words, text);
}

static void same(const char *what, double a, double b)
{
    ck_assert_msg((isnan(a) && isnan(b)) || fabs(a - b) <= 1e-12 * (1 + fabs(b)), "%s: %.17g, not %.17g", what, a, b);
}

static void compare(const struct fixture *fixture, const struct characteristic *c, const char *words)
{
    struct study *all, *sums;
    struct period period;
    struct fact_index a[FACTS_INDICES], b[FACTS_INDICES];
    ck_assert_msg(period_parse(fixture->plant, words, FIXTURE_NOW, &period, &err) == 0, "%s", err.text);
    ck_assert_msg(study_make(&all, fixture->store, fixture->plant, c, &period, 0, &err) == 0, "%s", err.text);
    study_fit(all);
    ck_assert_msg(study_figures(&sums, fixture->store, fixture->plant, c, &period, &err) == 0, "%s", err.text);
    facts_indices(all, a);
    facts_indices(sums, b);
    for (int i = 0; i < FACTS_INDICES; i++) {
        same(a[i].name, b[i].index.value, a[i].index.value);
        same(a[i].name, b[i].index.bound, a[i].index.bound);
    }
    same("mean", sums->capability.mean, all->capability.mean);
    same("s", sums->capability.sd, all->capability.sd);
    same("within", sums->capability.sigma_within, all->capability.sigma_within);
    ck_assert_uint_eq(sums->n_values, all->n_values);
    ck_assert_uint_eq(sums->n_points, all->n_points);
    ck_assert_uint_eq(sums->signals, all->signals);
    ck_assert_uint_eq(sums->violations, all->violations);
    ck_assert_uint_eq(sums->excluded, all->excluded);
    ck_assert_int_eq(sums->bad_values, all->bad_values);
    ck_assert_int_eq(sums->below, all->below);
    ck_assert_int_eq(sums->above, all->above);
    ck_assert_int_eq(sums->coarse, 0);
    ck_assert_int_eq(sums->stable, all->stable);
    ck_assert_int_eq((int)sums->requirement, (int)all->requirement);
    ck_assert_str_eq(sums->index_used, all->index_used);
    ck_assert_str_eq(sums->index_reason, all->index_reason);
    study_free(all);
    study_free(sums);
}

START_TEST(the_figures_of_the_report)
{
    static const char *const periods[] = {"today", "all", "2026-11", "2026-11-05T14:05..2026-11-05T14:17:13", "2026-10"};
    struct fixture fixture = filled();
    for (int packed = 0; packed < 2; packed++) {
        for (size_t i = 0; i < sizeof periods / sizeof periods[0]; i++)
            for (size_t k = 0; k < fixture.plant->n_characteristics; k++)
                compare(&fixture, &fixture.plant->characteristics[k], periods[i]);
        for (bool more = true; more && !packed;)
            ck_assert_msg(store_pack(fixture.store, 0, SECOND_US, &more, &err) == 0, "%s", err.text);
    }
    ck_assert_int_gt(store_packed(fixture.store), 1);
    fixture_close(&fixture);
}
END_TEST

START_TEST(a_line_each_and_a_total)
{
    struct fixture fixture = filled();
    ck_assert_int_eq(run(&fixture, ""), 0);
    says("stdout", "NAME              N   CP  CPK   PP  PPK   OUT  SIG MET         MEAN  WITHIN\n");
    says("stdout", "characteristics: ");
    const char *text = output(), *first = strstr(text, "\nring-dia"), *second = strstr(text, "\nforce");
    ck_assert(first && second && first < second); /* as in the configuration */
    for (const char *line = output(), *end; (end = strchr(line, '\n')); line = end + 1)
        ck_assert_msg(end - line <= 80, "too wide: %.*s", (int)(end - line), line);
    ck_assert_int_eq(run(&fixture, "force --from 2026-11-05 --to 2026-11-06 -f json"), 0);
    says("stdout", "\"name\": \"force\"");
    ck_assert_str_eq(test_undocumented(fixture_read(test_path("stdout"))), "");
    says("stdout", "\"cp\": null, \"cp_why\": \"");
    says("stdout", "\"cpk\": null, \"cpk_why\": \"not in control: 2 signals in the period\"");
    ck_assert_ptr_null(strstr(output(), "ring-dia"));
    ck_assert_int_eq(run(&fixture, "force -f csv"), 0);
    ck_assert_int_eq(strncmp(output(), "\"name\",\"n\",\"mean\",\"sigma_overall\",\"sigma_within\"", 48), 0);
    fixture_close(&fixture);
}
END_TEST

START_TEST(strict_says_who_misses)
{
    struct fixture fixture = filled();
    ck_assert_int_eq(run(&fixture, "--strict ring-dia"), 0);
    ck_assert_str_eq(fixture_read(test_path("stderr")), "");
    ck_assert_int_eq(run(&fixture, "--strict"), 1);
    says("stderr", "gemba capability: force misses its requirement: ");
    char path[400], arguments[500];
    snprintf(path, sizeof path, "%s", test_path("capability.csv"));
    snprintf(arguments, sizeof arguments, "--strict -f csv -o %s", path);
    ck_assert_int_eq(run(&fixture, arguments), 1);
    ck_assert_str_eq(output(), "");
    ck_assert_ptr_nonnull(strstr(fixture_read(path), "\"MISSED\""));
    fixture_close(&fixture);
}
END_TEST

START_TEST(wrong_words)
{
    struct fixture fixture = filled();
    ck_assert_int_eq(run(&fixture, "ring-dai"), 2);
    says("stderr", "no characteristic 'ring-dai': did you mean 'ring-dia'?");
    ck_assert_int_eq(run(&fixture, "--period today --from 2026-11-05"), 2);
    says("stderr", "not both");
    ck_assert_int_eq(run(&fixture, "-f jsn"), 2);
    says("stderr", "json");
    ck_assert_int_eq(run(&fixture, "-p yesteryear"), 2);
    says("stderr", "yesteryear");
    fixture_close(&fixture);
}
END_TEST

Suite *capability_command_suite(void);
Suite *capability_command_suite(void)
{
    Suite *suite = suite_create("capability command");
    fixture_add(suite, the_figures_of_the_report);
    fixture_add(suite, a_line_each_and_a_total);
    fixture_add(suite, strict_says_who_misses);
    fixture_add(suite, wrong_words);
    return suite;
}
