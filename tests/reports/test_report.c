#include "tests/harness.h"
#include "tests/reports/fixture.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ring-dia: the piston data, met; force: one-sided, single values, missed; empty: nothing. All in November 2026. */
static struct fixture filled(void)
{
    struct fixture fixture = fixture_open();
    double values[125];
    int n = fixture_reference("dist_piston_trial", values, 125);
    fixture_record(&fixture, "ring-dia", values, n, FIXTURE_NOW - HOUR_US, 10 * SECOND_US, 74.001176, 0.0098);
    fixture_normal(values, 80, 104, 2);
    fixture_record(&fixture, "force", values, 80, FIXTURE_NOW - HOUR_US, 10 * SECOND_US, 104, 2);
    return fixture;
}

static int run(const struct fixture *fixture, const char *arguments)
{
    return fixture_run(fixture, report_command, arguments, false);
}

static void printed_nothing(const char *stream)
{
    ck_assert_str_eq(fixture_read(test_path(stream)), "");
}

static void printed(const char *stream, const char *words)
{
    const char *text = fixture_read(test_path(stream));
    ck_assert_msg(strstr(text, words) != NULL, "'%s' is not in: %s", words, text);
}

static const char *shell(const char *format, const char *path)
{
    static char out[20000];
    char command[800];
    snprintf(command, sizeof command, format, path);
    ck_assert_msg(fixture_shell(command, out, sizeof out) == 0, "%s", command);
    return out;
}

static int count_of(const char *text, const char *what)
{
    int count = 0;
    for (const char *at = text; (at = strstr(at, what)); at += strlen(what))
        count++;
    return count;
}

START_TEST(a_configured_report_makes_its_files)
{
    struct fixture fixture = filled();
    ck_assert_int_eq(run(&fixture, "acme"), 0);
    printed_nothing("stdout");
    printed_nothing("stderr");
    ck_assert_str_eq(shell("cd %s && ls -A | grep -v -e gemba.db -e std", test_directory()),
                     "acme-2026-11.csv\nacme-2026-11.pdf\nacme-2026-11.txt\nplant.yaml\n");
    ck_assert_ptr_nonnull(strstr(shell("pdfinfo %s", test_path("acme-2026-11.pdf")), "Pages:           3\n"));
    ck_assert_ptr_nonnull(strstr(shell("pdfinfo %s", test_path("acme-2026-11.pdf")), "(A4)"));
    const char *csv = fixture_read(test_path("acme-2026-11.csv"));
    ck_assert_int_eq(count_of(csv, "\n"), 4);
    ck_assert_int_eq(count_of(csv, "\"ACME, \"\"GmbH\"\"\""), 3);
    ck_assert_ptr_nonnull(strstr(csv, "\"1.645976127420"));
    ck_assert_ptr_nonnull(strstr(csv, "\"MISSED\""));
    fixture_close(&fixture);
}
END_TEST

START_TEST(the_pdf_holds_the_figures)
{
    static const char *const figures[] = {
        "ring-dia",      "P-100",          "critical",   "74.000 mm",     "73.950 mm",    "74.050 mm",   "1.33",
        "MET",           "1.646",          "1.410",      "1.881",         "1.448",        "1.686",       "74.0012",
        "0.01007",       "0.00989",        "pooled",     "UCL",           "rules nelson", "page 1 of 3", "gemba " GEMBA_VERSION,
        "November 2026", "press, line L1", "gauge.ring", "ACME, \"GmbH\"",
        "Last 25 subgroups: their values", "Probability plot"};
    struct fixture fixture = filled();
    ck_assert_int_eq(run(&fixture, "acme --format pdf"), 0);
    const char *text = shell("pdftotext -f 1 -l 1 -layout %s -", test_path("acme-2026-11.pdf"));
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++)
        ck_assert_msg(strstr(text, figures[i]) != NULL, "'%s' is not in: %s", figures[i], text);
    text = shell("pdftotext -f 2 -l 2 -layout %s -", test_path("acme-2026-11.pdf"));
    ck_assert_ptr_nonnull(strstr(text, "MISSED"));
    ck_assert_ptr_nonnull(strstr(text, "no upper specification limit"));
    text = shell("pdftotext -f 3 -l 3 -layout %s -", test_path("acme-2026-11.pdf"));
    ck_assert_ptr_nonnull(strstr(text, "no points in the period"));
    ck_assert_ptr_nonnull(strstr(text, "no values in the period"));
    fixture_close(&fixture);
}
END_TEST

START_TEST(the_text_page_is_80_columns)
{
    static const char *const figures[] = {"ring-dia",
                                          "MET: Cpk 1.646 (lower bound 1.448), required 1.33",
                                          "1.410 to 1.881",
                                          "UCL 74.0143",
                                          "Xbar chart",
                                          "R chart",
                                          "-- LSL",
                                          "-- USL",
                                          "pooled (df 100)",
                                          "page 1 of 1",
                                          "Werk \xc3\x96st"};
    struct fixture fixture = filled();
    ck_assert_int_eq(run(&fixture, "--characteristic ring-dia --period all -o -"), 0);
    printed_nothing("stderr");
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++)
        printed("stdout", figures[i]);
    char page[20000];
    snprintf(page, sizeof page, "%s", fixture_read(test_path("stdout")));
    for (char *rest = page, *line; (line = strsep(&rest, "\n"));)
        ck_assert_msg(text_columns(line) <= 80, "%s", line);
    fixture_close(&fixture);
}
END_TEST

START_TEST(pages_are_parted_by_form_feeds)
{
    struct fixture fixture = filled();
    ck_assert_int_eq(run(&fixture, "--period all --format text"), 0);
    const char *text = fixture_read(test_path("stdout"));
    ck_assert_int_eq(count_of(text, "\f"), 2);
    ck_assert_int_eq(count_of(text, "of 3\n"), 3);
    fixture_close(&fixture);
}
END_TEST

START_TEST(strict_exits_1_and_names_who_missed)
{
    struct fixture fixture = filled();
    ck_assert_int_eq(run(&fixture, "shifty"), 0);
    printed_nothing("stderr");
    ck_assert_int_eq(run(&fixture, "shifty --strict"), 1);
    printed_nothing("stdout");
    const char *text = fixture_read(test_path("stderr"));
    ck_assert_int_eq(count_of(text, "\n"), 1);
    printed("stderr", "force misses its requirement: ");
    printed("stderr", "required 1.67");
    ck_assert_int_eq(run(&fixture, "--characteristic ring-dia,empty --period all --strict"), 0);
    fixture_close(&fixture);
}
END_TEST

static const struct {
    const char *arguments, *words;
} refusals[] = {
    {"acne", "there is no report 'acne' in the configuration: did you mean 'acme'?"},
    {"--characteristic ring-dai", "did you mean 'ring-dia'?"},
    {"acme --format pfd", "did you mean 'pdf'?"},
    {"acme --period last-mnth", "did you mean 'last-month'?"},
    {"acme --characteristic force", "not both"},
    {"acme -o -", "standard output takes one format"},
    {"acme --format pdf -o -", "standard output takes one format"},
    {"acme -o /nowhere/at/all", "is no directory"},
    {"acme --format csv -o /nowhere/at/all.csv", "cannot make /nowhere/at/all.csv"},
    {"--worst -1", "count from 1"},
    {"--wors 1", "--worst"},
    {"--period all --format csv -o /dev/full", "free some space"},
    {"--period all -o /dev/full --format pdf", "free some space"},
};

START_TEST(what_cannot_be_made_exits_2_with_words)
{
    struct fixture fixture = filled();
    ck_assert_int_eq(run(&fixture, refusals[_i].arguments), 2);
    printed_nothing("stdout");
    printed("stderr", refusals[_i].words);
    ck_assert_int_eq(count_of(fixture_read(test_path("stderr")), "\n"), 1);
    fixture_close(&fixture);
}
END_TEST

START_TEST(a_directory_without_permission)
{
    struct fixture fixture = filled();
    char command[600], parent[300], out[8];
    fixture_close(&fixture);
    fixture = fixture_open();
    fixture_close(&fixture);
    snprintf(fixture.config, sizeof fixture.config, "%s", test_path("plant.yaml"));
    snprintf(parent, sizeof parent, "%s", test_directory());
    *strrchr(parent, '/') = '\0';
    const char *directory = test_path("closed");
    ck_assert_int_eq(mkdir(directory, 0555), 0);
    snprintf(command, sizeof command, "chmod a+rx %s %s && chmod a+r %s/* && touch %s/stdout %s/stderr && chmod a+rw %s/std*", parent,
             test_directory(), test_directory(), test_directory(), test_directory(), test_directory());
    ck_assert_int_eq(fixture_shell(command, out, sizeof out), 0);
    snprintf(command, sizeof command, "acme -o %s", directory);
    ck_assert_int_eq(fixture_run(&fixture, report_command, command, true), 2);
    printed("stderr", "closed/acme-2026-11.txt");
    printed("stderr", "Permission denied");
    printed("stderr", "write permission");
    ck_assert_str_eq(shell("ls -A %s", directory), "");
}
END_TEST

START_TEST(a_configured_directory_that_is_missing)
{
    struct fixture fixture = filled();
    char config[8000];
    snprintf(config, sizeof config, "%s", fixture_read(fixture.config));
    strcpy(strrchr(config, '}'), ", directory: lost}\n");
    test_file("plant.yaml", config);
    ck_assert_int_eq(run(&fixture, "shifty"), 2);
    printed("stderr", "lost/shifty-all.csv: No such file or directory: make the directory");
    ck_assert_int_ne(access(test_path("lost"), F_OK), 0);
    ck_assert_int_eq(mkdir(test_path("lost"), 0777), 0);
    ck_assert_int_eq(run(&fixture, "shifty"), 0);
    ck_assert_int_eq(access(test_path("lost/shifty-all.csv"), R_OK), 0);
    fixture_close(&fixture);
}
END_TEST

START_TEST(the_worst_first)
{
    struct fixture fixture = filled();
    ck_assert_int_eq(run(&fixture, "--worst 2 --period all --format csv"), 0);
    const char *text = fixture_read(test_path("stdout"));
    const char *force = strstr(text, "\"force\""), *ring = strstr(text, "\"ring-dia\"");
    ck_assert_ptr_nonnull(force);
    ck_assert_ptr_nonnull(ring);
    ck_assert(force < ring);
    ck_assert_ptr_null(strstr(text, "\"empty\""));
    fixture_close(&fixture);
}
END_TEST

START_TEST(without_a_name_all_configured_reports)
{
    struct fixture fixture = filled();
    ck_assert_int_eq(run(&fixture, "--strict"), 1);
    ck_assert_str_eq(shell("cd %s && ls -A | grep -v -e gemba.db -e std", test_directory()),
                     "acme-2026-11.csv\nacme-2026-11.pdf\nacme-2026-11.txt\nplant.yaml\nshifty-all.csv\n");
    fixture_close(&fixture);
}
END_TEST

START_TEST(a_file_name_says_the_format)
{
    struct fixture fixture = filled();
    char arguments[500];
    snprintf(arguments, sizeof arguments, "--characteristic ring-dia --last 5 --period all -o %s", test_path("x.pdf"));
    ck_assert_int_eq(run(&fixture, arguments), 0);
    ck_assert_ptr_nonnull(strstr(shell("pdfinfo %s", test_path("x.pdf")), "Pages:           1\n"));
    ck_assert_ptr_nonnull(strstr(shell("pdftotext -layout %s -", test_path("x.pdf")), "df 20"));
    fixture_close(&fixture);
}
END_TEST

Suite *report_suite(void);
Suite *report_suite(void)
{
    Suite *suite = suite_create("report");
    fixture_add(suite, a_configured_report_makes_its_files);
    fixture_add(suite, the_pdf_holds_the_figures);
    fixture_add(suite, the_text_page_is_80_columns);
    fixture_add(suite, pages_are_parted_by_form_feeds);
    fixture_add(suite, strict_exits_1_and_names_who_missed);
    fixture_add(suite, a_directory_without_permission);
    fixture_add(suite, a_configured_directory_that_is_missing);
    fixture_add(suite, the_worst_first);
    fixture_add(suite, without_a_name_all_configured_reports);
    fixture_add(suite, a_file_name_says_the_format);
    TCase *tcase = tcase_create("what_cannot_be_made_exits_2_with_words");
    tcase_add_loop_test(tcase, what_cannot_be_made_exits_2_with_words, 0, sizeof refusals / sizeof refusals[0]);
    suite_add_tcase(suite, tcase);
    return suite;
}
