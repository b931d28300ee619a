#include "reports/reports.h"
#include "tests/harness.h"
#include "tests/reports/fixture.h"
#include "tests/spc/textbook.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *gauged(const char *text, const char *arguments, int status)
{
    char line[500];
    snprintf(line, sizeof line, "%s %s", test_file("gauge.csv", text), arguments);
    return fixture_study(line, status);
}

/* The figure of a row of a section. */
static double figure_of(const char *json, const char *section, const char *name, const char *key)
{
    char quoted[80];
    snprintf(quoted, sizeof quoted, "\"%s\": [", section);
    const char *place = strstr(json, quoted);
    ck_assert_msg(place != NULL, "no section %s in %s", section, json);
    snprintf(quoted, sizeof quoted, "{\"name\": \"%s\"", name);
    place = strstr(place, quoted);
    ck_assert_msg(place != NULL, "no row %s in %s", name, json);
    snprintf(quoted, sizeof quoted, "\"%s\": ", key);
    place = strstr(place, quoted);
    ck_assert_msg(place != NULL, "no %s in %s", key, json);
    return strtod(place + strlen(quoted), NULL);
}

/* Two appraisers, three parts, two trials: sums of squares by hand. Part means 10, 12, 14.5; appraiser means 12, 12.33.. */
#define CROSSED "who,part,x\nA,1,10\nA,1,10\nA,2,12\nA,2,11\nA,3,14\nA,3,15\nB,1,10\nB,1,10\nB,2,12\nB,2,13\nB,3,15\nB,3,14\n"

START_TEST(a_crossed_study_is_the_same_in_any_order_of_rows)
{
    static const char shuffled[] = "part;x;who;trial\n3;14;B;2\n1;10;A;1\n2;11;A;2\n2;12;A;1\n3;14;A;1\n1;10;B;1\n3;15;A;2\n"
                                   "1;10;A;2\n2;12;B;1\n1;10;B;2\n2;13;B;2\n3;15;B;1\n";
    const char *texts[] = {CROSSED, shuffled};
    for (int i = 0; i < 2; i++) {
        const char *json = gauged(texts[i],
                                  i ? "--msa grr --part part --appraiser who --trial trial --value x --tolerance 20 -f json"
                                    : "--msa grr --part part --appraiser who --tolerance 20 -f json --value x",
                                  0);
        /* grand mean 146/12; part means 10, 12, 14.5 of 4; appraiser means 12 and 74/6 of 6; cells of 2 */
        double grand = 146.0 / 12, parts = 4 * (pow(10 - grand, 2) + pow(12 - grand, 2) + pow(14.5 - grand, 2));
        double people = 6 * (pow(12 - grand, 2) + pow(74.0 / 6 - grand, 2)),
               cells = 2 * (2 * pow(10 - grand, 2) + pow(11.5 - grand, 2) + pow(12.5 - grand, 2) + 2 * pow(14.5 - grand, 2));
        ck_assert_close(figure_of(json, "anova", "part", "ss"), parts, 1e-12);
        ck_assert_close(figure_of(json, "anova", "appraiser", "ss"), people, 1e-10);
        ck_assert_close(figure_of(json, "anova", "interaction", "ss"), cells - parts - people, 1e-10);
        ck_assert_close(figure_of(json, "anova", "repeatability", "ss"), 0.5 * 4, 1e-12);
        double share = figure_of(json, "components", "total gauge R&R", "of_tolerance");
        ck_assert_close(share, 100 * 6 * figure_of(json, "components", "total gauge R&R", "sd") / 20, 1e-12);
        ck_assert_double_eq(figure_of(json, "ndc", "ndc", "value"), floor(figure_of(json, "ndc", "before truncation", "value")));
    }
}
END_TEST

START_TEST(every_kind_has_text_json_and_csv)
{
    static const struct {
        const char *text, *arguments;
    } studies[] = {
        {CROSSED, "--msa grr --part part --appraiser who --value x"},
        {CROSSED, "--msa grr-range --part part --appraiser who --value x --constants published3"},
        {CROSSED, "--msa grr-nested --part part --appraiser who --value x --process-sd 3"},
        {"x\n1.1\n0.9\n1\n1.05\n", "--msa type1 --reference 1 --tolerance 2"},
        {"x\n1.1\n0.9\n1\n1.05\n", "--msa bias --reference 1 --method range"},
        {"r,x\n1,1.1\n1,0.9\n2,2.1\n2,2\n3,2.9\n3,3.2\n", "--msa linearity --reference r --value x"},
        {"who,part,x,true\nA,1,ok,ok\nA,2,bad,bad\nA,1,ok,ok\nA,2,ok,bad\nB,1,ok,ok\nB,2,bad,bad\nB,1,ok,ok\nB,2,bad,bad\n",
         "--msa attribute --part part --appraiser who --value x --reference true --bad bad"},
    };
    for (size_t i = 0; i < sizeof studies / sizeof studies[0]; i++)
        for (int format = 0; format < 3; format++) {
            static const char *const formats[] = {"text", "json", "csv"};
            char line[300];
            snprintf(line, sizeof line, "%s --format %s", studies[i].arguments, formats[format]);
            const char *out = gauged(studies[i].text, line, 0);
            ck_assert_msg(!strstr(out, "nan") && !strstr(out, "inf\"") && strlen(out) > 100, "%s: %s", line, out);
            for (const char *row = out; format == 0 && *row; row += strcspn(row, "\n") + (strchr(row, '\n') != NULL))
                ck_assert_msg(strcspn(row, "\n") <= 130, "%s: %.160s", line, row);
        }
}
END_TEST

START_TEST(people_are_judged_by_what_they_miss)
{
    const char *json = gauged("who,part,x,true\nA,1,ok,ok\nA,2,bad,bad\nA,1,ok,ok\nA,2,ok,bad\nB,1,ok,ok\nB,2,bad,bad\nB,1,bad,ok\nB,2,bad,bad\n",
                              "--msa attribute --part part --appraiser who --value x --reference true --bad bad -f json", 0);
    ck_assert_double_eq(figure_of(json, "errors", "A", "misses"), 1);
    ck_assert_double_eq(figure_of(json, "errors", "A", "miss_percent"), 50);
    ck_assert_double_eq(figure_of(json, "errors", "B", "false_alarms"), 1);
    ck_assert_double_eq(figure_of(json, "within", "A", "percent"), 50);
    ck_assert_double_eq(figure_of(json, "standard", "B", "matched"), 1);
}
END_TEST

/* Against the counts: A and B differ in one look of six, with marginals of 2, 2, 2 and 1, 3, 2. */
START_TEST(people_are_compared_in_pairs_and_by_category)
{
    const char *json = gauged("who,part,x,true\nA,1,ok,ok\nA,2,bad,bad\nA,3,so,so\nA,1,ok,ok\nA,2,bad,bad\nA,3,so,so\n"
                              "B,1,ok,ok\nB,2,bad,bad\nB,3,so,so\nB,1,bad,ok\nB,2,bad,bad\nB,3,so,so\n",
                              "--msa attribute --part part --appraiser who --value x --reference true -f json", 0);
    const double chance = (2 * 1 + 2 * 3 + 2 * 2) / 36.0;
    ck_assert_close(figure_of(json, "cohen_pairs", "A - B", "kappa"), (5 / 6.0 - chance) / (1 - chance), 1e-14);
    ck_assert_close(figure_of(json, "cohen_standard", "B", "kappa"), (5 / 6.0 - chance) / (1 - chance), 1e-14);
    ck_assert_double_eq(figure_of(json, "cohen_standard", "A", "kappa"), 1);
    ck_assert_double_eq(figure_of(json, "kappa_between", "all: so", "kappa"), 1);
    /* "bad" of four ratings a part, 0 0 0 1 | 1 1 1 1 | 0 0 0 0: Fleiss by hand, p = 5/12 */
    ck_assert_close(figure_of(json, "kappa_between", "all: bad", "kappa"), 1 - 3 / (3.0 * 4 * 3 * (5 / 12.0) * (7 / 12.0)), 1e-14);
}
END_TEST

/* AIAG MSA 4th ed., ch. III section B: fifteen readings of a master of 6.0, and what the manual prints of them. */
START_TEST(bias_is_that_of_the_manual)
{
    const char *json = gauged("x\n5.8\n5.7\n5.9\n5.9\n6.0\n6.1\n6.0\n6.1\n6.4\n6.3\n6.0\n6.1\n6.2\n5.6\n6.0\n",
                              "--msa bias --reference 6 --value x --method range -f json", 0);
    static const struct {
        const char *figure;
        double printed, half_digit;
    } figures[] = {{"bias", 0.0067, 5e-5},  {"sd", 0.22514, 1e-5}, {"sd of the mean", 0.05813, 5e-6}, {"df", 10.8, 0.05}, {"lower", -0.1185, 2e-4},
                   {"upper", 0.1319, 2e-4}, {"t", 0.1153, 7e-4}};
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++)
        ck_assert_double_eq_tol(figure_of(json, "figures", figures[i].figure, "value"), figures[i].printed, figures[i].half_digit);
    /* The same readings as a type 1 study, tolerance 3: Cg = 0.2 T / 6 s, Cgk = (0.1 T - |bias|) / 3 s. */
    json = gauged("x\n5.8\n5.7\n5.9\n5.9\n6.0\n6.1\n6.0\n6.1\n6.4\n6.3\n6.0\n6.1\n6.2\n5.6\n6.0\n", "--msa type1 --reference 6 --tolerance 3 -f json",
                  0);
    const double squares = 0.6293333333333333, s = sqrt(squares / 14);
    ck_assert_close(figure_of(json, "figures", "Cg", "value"), 0.6 / (6 * s), 1e-12);
    ck_assert_close(figure_of(json, "figures", "Cgk", "value"), (0.3 - 0.1 / 15) / (3 * s), 1e-12);
}
END_TEST

START_TEST(what_a_gauge_study_cannot_use_is_said)
{
    static const struct {
        const char *text, *arguments, *words;
    } cases[] = {
        {CROSSED, "--msa gr", "did you mean 'grr'"},
        {CROSSED, "--msa grr --appraiser who", "--part COLUMN"},
        {CROSSED, "--msa grr-range --part part --value x", "--appraiser COLUMN"},
        {CROSSED "B,3,14\n", "--msa grr --part part --appraiser who --value x", "more readings than the others"},
        {"who,part,x\nA,1,1\nA,1,2\nA,2,1\nB,1,2\nB,1,2\nB,2,2\nA,2,\nB,2,3\n", "--msa grr --part part --appraiser who --value x", "is missing"},
        {CROSSED, "--msa bias --value x", "--reference NUMBER"},
        {CROSSED, "--msa type1 --value x --reference 3", "--tolerance X"},
        {CROSSED, "--msa linearity --value x", "--reference COLUMN"},
        {CROSSED, "--msa attribute --part part --appraiser who", "--value COLUMN"},
        {CROSSED, "--msa grr --part part --appraiser who --format pdf", "format"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *words = gauged(cases[i].text, cases[i].arguments, 2);
        ck_assert_msg(strstr(words, cases[i].words) != NULL, "%s: %s", cases[i].arguments, words);
    }
}
END_TEST

/* Every row of a study that lacks its figures has words; nan is no word. */
START_TEST(what_a_gauge_study_cannot_know_it_says)
{
    static const struct {
        const char *text, *arguments;
    } cases[] = {
        {"x\n5\n", "--msa type1 --reference 5 --tolerance 1"},
        {"x\n5\n5\n5\n", "--msa type1 --reference 5 --tolerance 1"},
        {"x\n5\n9\n", "--msa type1 --reference 5 --tolerance 1"},
        {"x\n5\n", "--msa bias --reference 5"},
        {"x\n5\n5\n", "--msa bias --reference 5 --method range"},
        {"x,r\n5,5\n6,5\n", "--msa linearity --value x --reference r"},
        {"x,r\n5,5\n6,6\n7,7\n", "--msa linearity --value x --reference r"},
        {"who,part,x\nA,1,5\nA,1,6\nA,2,7\nA,2,9\n", "--msa grr --part part --value x"},
        {"who,part,x\nA,1,5\nA,1,6\nA,2,7\nA,2,9\n", "--msa grr-range --part part --appraiser who --value x"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char line[200];
        snprintf(line, sizeof line, "%s -f json", cases[i].arguments);
        const char *json = gauged(cases[i].text, line, 0);
        ck_assert_msg(!strstr(json, "nan"), "%s: %s", line, json);
        int bare = 0;
        for (const char *row = strstr(json, "{\"name\""), *end; row; row = strstr(end, "{\"name\"")) {
            end = strchr(row, '}');
            const char *words = strstr(row, "\"words\""), *value = strstr(row, "\"value\": null");
            bare += value && value < end && !(words && words < end);
        }
        ck_assert_msg(!bare, "%s: %s", line, json);
    }
}
END_TEST

/* The chart of a master over time is a stability study. */
START_TEST(stability_is_a_chart)
{
    const char *json = gauged("day,x\n1,5\n1,6\n2,5\n2,7\n3,6\n3,5\n", "--msa stability --by day --value x -f json", 0);
    ck_assert_ptr_nonnull(strstr(json, "\"chart\": \"xbar-r\""));
}
END_TEST

/* The published data sets, where they are: AIAG's sheet to its printed digits and the analysis of variance. */
START_TEST(published_gauge_studies_come_out)
{
    const char *folder = "tests/reference/" TEXTBOOK;
    char line[300];
    if (access("tests/reference/" TEXTBOOK "aiag_grr.csv", R_OK))
        return;
    snprintf(line, sizeof line, "%saiag_grr.csv --msa grr --part part --appraiser appraiser --value value -f json", folder);
    const char *json = fixture_study(line, 0);
    ck_assert_double_eq_tol(figure_of(json, "anova", "part", "ss"), 88.36193, 1e-5);
    ck_assert_double_eq_tol(figure_of(json, "components", "total gauge R&R", "of_study"), 27.861, 1e-3);
    ck_assert_double_eq(figure_of(json, "ndc", "ndc", "value"), 4);
    snprintf(line, sizeof line, "%saiag_grr.csv --msa grr-range --part part --appraiser appraiser --value value --constants published3 -f json",
             folder);
    json = fixture_study(line, 0);
    ck_assert_double_eq_tol(figure_of(json, "components", "total gauge R&R", "of_study"), 26.678, 1e-3);
    snprintf(line, sizeof line, "%saiag_linearity.csv --msa linearity --reference reference --value value -f json", folder);
    json = fixture_study(line, 0);
    ck_assert_double_eq_tol(figure_of(json, "line", "slope", "value"), -0.131667, 1e-6);
}
END_TEST

START_TEST(a_pareto_puts_the_most_first)
{
    const char *text = "cause,n\nscratch,3\nburr,10\n,5\nscratch,4\ndent,3\n";
    const char *json = gauged(text, "--pareto cause --count n -f json", 0);
    ck_assert_double_eq(figure_of(json, "causes", "burr", "cumulated"), 50);
    ck_assert_double_eq(figure_of(json, "causes", "scratch", "count"), 7);
    ck_assert_double_eq(figure_of(json, "causes", "dent", "cumulated"), 100);
    ck_assert_ptr_nonnull(strstr(strstr(json, "burr"), "scratch"));
    json = gauged(text, "--pareto cause -f json", 0);
    ck_assert_double_eq(figure_of(json, "causes", "scratch", "percent"), 50);
    ck_assert_ptr_nonnull(strstr(gauged(text, "--pareto caus", 2), "did you mean 'cause'"));
    ck_assert_ptr_nonnull(strstr(gauged("cause,n\na,-1\n", "--pareto cause --count n", 2), "count of -1"));
    ck_assert_ptr_nonnull(strstr(gauged("cause,n\n,1\n", "--pareto cause", 2), "names no cause"));
}
END_TEST

Suite *study_msa_suite(void)
{
    Suite *suite = suite_create("study_msa");
    fixture_add(suite, a_crossed_study_is_the_same_in_any_order_of_rows);
    fixture_add(suite, every_kind_has_text_json_and_csv);
    fixture_add(suite, people_are_judged_by_what_they_miss);
    fixture_add(suite, people_are_compared_in_pairs_and_by_category);
    fixture_add(suite, bias_is_that_of_the_manual);
    fixture_add(suite, what_a_gauge_study_cannot_use_is_said);
    fixture_add(suite, what_a_gauge_study_cannot_know_it_says);
    fixture_add(suite, stability_is_a_chart);
    fixture_add(suite, a_pareto_puts_the_most_first);
    fixture_add(suite, published_gauge_studies_come_out);
    return suite;
}
