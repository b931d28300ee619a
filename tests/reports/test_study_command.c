#include "reports/reports.h"
#include "tests/harness.h"
#include "tests/reports/fixture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Studies a file of this text. */
static const char *of(const char *text, const char *arguments, int status)
{
    char line[500];
    snprintf(line, sizeof line, "%s %s", test_file("data.csv", text), arguments);
    return fixture_study(line, status);
}

/* The number behind the first "key": after `after`. */
static double number_at(const char *json, const char *after, const char *key)
{
    char quoted[64];
    const char *place = strstr(json, after);
    snprintf(quoted, sizeof quoted, "\"%s\": ", key);
    ck_assert_msg(place != NULL, "no %s in %s", after, json);
    place = strstr(place, quoted);
    ck_assert_msg(place != NULL, "no %s in %s", key, json);
    place += strlen(quoted);
    return strncmp(place, "null", 4) ? strtod(place, NULL) : NAN;
}

#define PISTON "tests/reference/own/dist_piston_trial.csv"

START_TEST(json_has_the_figures_of_the_reference)
{
    const char *json = fixture_study(PISTON " --subgroup 5 --lsl 73.95 --usl 74.05 --target 74 --format json", 0);
    ck_assert_ptr_nonnull(strstr(json, "\"chart\": \"xbar-r\""));
    ck_assert_ptr_nonnull(strstr(json, "\"sigma\": \"rbar\""));
    ck_assert_double_eq(number_at(json, "{", "n"), 25);
    ck_assert_close(number_at(json, "\"settings\"", "center"), 74.001176, 1e-14);
    ck_assert_close(number_at(json, "\"settings\"", "sigma_within"), 0.0097853376074131366, 1e-12);
    ck_assert_close(number_at(json, "\"settings\"", "sigma_overall"), 0.010069968126290973, 1e-12);
    ck_assert_close(number_at(json, "\"location\": {", "ucl"), 74.0143044080438, 1e-14);
    ck_assert_close(number_at(json, "\"dispersion\": {", "ucl"), 0.0481260005423828, 1e-12);
    ck_assert_double_eq(number_at(json, "\"dispersion\": {", "lcl"), 0);
    ck_assert_double_eq(number_at(json, "\"capability\"", "n"), 125);
    ck_assert_close(number_at(json, "\"capability\"", "sigma_within"), 0.0098875472101593668, 1e-12);
    ck_assert_close(number_at(json, "\"pp\"", "value"), 0.1 / 6 / 0.010069968126290973, 1e-12);
    ck_assert_double_eq(number_at(json, "\"observed\"", "below"), 0);
    ck_assert_double_gt(number_at(json, "\"ad\"", "p"), 0.05);
    ck_assert_ptr_nonnull(strstr(json, "\"warnings\": ["));
}
END_TEST

START_TEST(a_chosen_sigma_carries_into_capability)
{
    const char *json = fixture_study(PISTON " --subgroup 5 --lsl 73.95 --usl 74.05 --sigma sbar -f json", 0);
    ck_assert_close(number_at(json, "\"settings\"", "sigma_within"), 0.0098299767282888079, 1e-12);
    ck_assert_close(number_at(json, "\"cp\"", "value"), 0.1 / 6 / 0.0098299767282888079, 1e-12);
}
END_TEST

/* The same table as different programs write it. */
START_TEST(any_spreadsheet_is_read)
{
    static const char *const texts[] = {
        "part,x\na,1.5\nb,2.5\nc,4\n",
        "\xef\xbb\xbf"
        "part;x\r\na;1,5\r\nb;2,5\r\nc;4\r\n",
        "part\tx\na\t1,5\nb\t2.5\nc\t4",
        "sep=;\r\n\"part\";\"x\"\r\n\"a\";\"1,5\"\r\n\"b \"\"1\"\"\r\n2\";\"2,5\"\r\n\"c\";\" 4 \"\r\n",
        "part , x\na , 1.5\n\nb , 25e-1\nc , +4\n\n",
        "x\r1,5\r2,5\r4\r",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const char *csv = of(texts[i], "--format csv", 0);
        ck_assert_msg(strstr(csv, "\"I\",\"1\",\"\",\"1\",\"1.5\",") && strstr(csv, "\"I\",\"2\",\"\",\"1\",\"2.5\",") &&
                          strstr(csv, "\"I\",\"3\",\"\",\"1\",\"4\",") && !strstr(csv, "\"I\",\"4\""),
                      "text %zu: %s", i, csv);
    }
}
END_TEST

START_TEST(empty_cells_are_missing_values)
{
    const char *csv = of("x\n1\n3\n\n6\nNA\n7\n", "--format csv", 0);
    ck_assert_ptr_nonnull(strstr(csv, "\"I\",\"3\",\"\",\"0\",,,,,"));
    ck_assert_ptr_nonnull(strstr(csv, "\"MR\",\"4\",\"\",\"1\",,")); /* no range over a gap */
    ck_assert_ptr_nonnull(strstr(csv, "\"I\",\"6\",\"\",\"1\",\"7\","));
    const char *json = of("a,b,c\n1,2,4\n2,,5\n1,3,3\n", "--wide --format json", 0);
    ck_assert_ptr_nonnull(strstr(json, "{\"i\": 2, \"n\": 2, \"value\": 3.5"));
}
END_TEST

START_TEST(errors_name_line_and_column)
{
    static const struct {
        const char *text, *arguments, *expected;
    } cases[] = {
        {"part,x\na,1\nb,two\n", "", "data.csv:3, column 2 (x): 'two' is not a number"},
        {"part,x\n\"a\nb\",1\nb,1..5\n", "", "data.csv:4, column 2 (x): '1..5'"},
        {"x,y\n1,2\n1,2,3\n", "", "data.csv:3, column 3"},
        {"x,y\n1,\"2\n", "", "data.csv:2, column 2 (y): the cell begins with a quote that does not end"},
        {"x,y\n1,a\"b\n", "", "data.csv:2, column 2 (y): a quote stands where none can be"},
        {"x,x\n1,2\n", "--value x", "the column 'x' twice: say 1 or 2"},
        {"x;y\n1;1.234,5\n", "--value y", "data.csv:2, column 2 (y): '1.234,5'"},
        {"1,2\n3,4\n", "", "the first row must name the columns"},
        {"", "", "is empty"},
        {"diameter,y\n1,2\n", "--value diametre", "no column 'diametre': did you mean 'diameter'?"},
        {"x\n", "", "has a header but no values"},
        {"x\n1\n2\n", "--chart xbarr", "did you mean 'xbar-r'?"},
        {"x\n1\n2\n", "--chart xbar-r", "needs subgroups"},
        {"x\n1\n2\n", "--rules nelsen", "did you mean 'nelson'?"},
        {"x\n1\n2\n", "--sigma pooled", "needs subgroups"},
        {"x\n1\n2\n", "--count x", "what is counted?"},
        {"x\n1\n2\n", "--count x --chart p", "--size"},
        {"x,n\n1,5\n7,5\n", "--count x --size n --chart p", "data.csv:3, column 1 (x), point 2: 7 defectives in a sample of 5"},
        {"x,n\n\"1\",5\n\n1,0\n", "--count x --size n --chart p", "data.csv:4, column 2 (n), point 2: its size is 0"},
        {"s,k\n\"a\nb\",1\nc,-2\n", "--count k --chart c", "data.csv:4, column 2 (k), point 2: -2 is negative"},
        {"t,x\n2026-01-01,1\nsoon,2\n", "--value x --time t --gap 5min", "data.csv:3, column 1 (t): 'soon' is no time"},
        {"p,x\na,1\n,2\n", "--value x --by p --chart z-mr", "data.csv:3, column 1 (p): the name is missing"},
        {"x\n1\n2.5\n", "--count x --chart c", "point 2: 2.5 is no whole number"},
        {"x\n1\n2\n", "--baseline 1:9", "only 2 points"},
        {"x\n1\n2\n", "--lsl 3 --usl 2", "--lsl must be below --usl"},
        {"x\n1\n2\n", "--format yaml", "unknown format"},
        {"x\n1\n2\n", "--exclude 3", "points 1 to 2"},
        {"x\n1\n2\n", "--chart pre-control", "needs --lsl and --usl"},
        {"\xff\xfex", "", "UTF-16"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *text = of(cases[i].text, cases[i].arguments, 2);
        ck_assert_msg(strstr(text, cases[i].expected) != NULL, "%s\n%s: %s", cases[i].text, cases[i].arguments, text);
    }
    ck_assert_ptr_nonnull(strstr(fixture_study("/nowhere/x.csv", 2), "cannot be opened"));
    ck_assert_ptr_nonnull(strstr(fixture_study("", 2), "study what?"));
}
END_TEST

START_TEST(names_make_subgroups_wherever_they_stand)
{
    const char *json = of("lot,x\nA,1\nB,10\nA,3\nB,14\nC,7\nC,8\n", "--by lot --value x --format json", 0);
    ck_assert_ptr_nonnull(strstr(json, "{\"i\": 1, \"label\": \"A\", \"n\": 2, \"value\": 2,"));
    ck_assert_ptr_nonnull(strstr(json, "{\"i\": 2, \"label\": \"B\", \"n\": 2, \"value\": 12,"));
    ck_assert_ptr_nonnull(strstr(json, "{\"i\": 3, \"label\": \"C\", \"n\": 2, \"value\": 7.5,"));
}
END_TEST

START_TEST(a_baseline_makes_the_limits)
{
    const char *json = of("x\n1\n2\n1\n2\n1\n2\n30\n31\n", "--baseline 1:6 --format json", 0);
    ck_assert_ptr_nonnull(strstr(json, "\"baseline\": ["));
    ck_assert_double_eq(number_at(json, "\"settings\"", "center"), 1.5);
    ck_assert_ptr_nonnull(strstr(json, "\"i\": 7, \"n\": 1, \"value\": 30"));
    ck_assert_double_ge(number_at(json, "{", "signals"), 2);
    ck_assert_ptr_nonnull(strstr(json, "provisional"));
}
END_TEST

START_TEST(stages_have_their_own_limits_and_patterns)
{
    const char *csv = of("x,s\n1,a\n2,a\n1,a\n2,a\n101,b\n102,b\n101,b\n102,b\n", "--value x --stage s --format csv", 0);
    ck_assert_ptr_nonnull(strstr(csv, "\"I\",\"4\",\"\",\"1\",\"2\",\"1.5\","));
    ck_assert_ptr_nonnull(strstr(csv, "\"I\",\"5\",\"\",\"1\",\"101\",\"101.5\","));
    ck_assert_ptr_nonnull(strstr(csv, "\"MR\",\"5\",\"\",\"1\",,"));
    csv = of("x,s,lot\n1,a,l\n5,b,m\n2,a,l\n6,b,m\n1,a,n\n3,a,n\n", "--value x --by lot --stage s --format csv", 0);
    ck_assert_ptr_nonnull(strstr(csv, "\"Xbar\",\"1\",\"l\",\"2\",\"1.5\",\"1.5\","));
    ck_assert_ptr_nonnull(strstr(csv, "\"Xbar\",\"2\",\"m\",\"2\",\"5.5\",\"5.5\","));
    ck_assert_ptr_nonnull(strstr(csv, "\"Xbar\",\"3\",\"n\",\"2\",\"2\",\"2\","));
}
END_TEST

START_TEST(excluded_points_stay_drawn)
{
    const char *json = of("x\n1\n2\n1\n90\n2\n1\n", "--exclude 4 --format json", 0);
    ck_assert_close(number_at(json, "\"settings\"", "center"), 1.4, 1e-15);
    ck_assert_ptr_nonnull(strstr(json, "\"value\": 90, "));
    ck_assert_ptr_nonnull(strstr(json, "\"excluded\": true"));
    ck_assert_double_eq(number_at(json, "\"capability\"", "n"), 5);
}
END_TEST

START_TEST(given_limits_are_used)
{
    const char *json = of("x\n1\n2\n1\n9\n", "--center 2 --sd 1 --rules shewhart --format json", 0);
    ck_assert_double_eq(number_at(json, "\"location\": {", "ucl"), 5);
    ck_assert_double_eq(number_at(json, "{", "signals"), 1);
    ck_assert_ptr_nonnull(strstr(json, "\"sigma\": \"given\""));
}
END_TEST

/* 30 values; the names in s change after the 24th. */
static const char *thirty(void)
{
    static char text[600];
    size_t used = (size_t)snprintf(text, sizeof text, "x,s\n");
    for (int i = 0; i < 30; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%d,%s\n", i * 7 % 11, i < 24 ? "a" : "b");
    return text;
}

START_TEST(limits_from_few_points_are_provisional)
{
    ck_assert_ptr_null(strstr(of(thirty(), "--value x -f json", 0), "provisional"));
    ck_assert_ptr_nonnull(strstr(of(thirty(), "--value x --stage s -f json", 0), "limits of a stage from 6 points, fewer than 20"));
    ck_assert_ptr_nonnull(strstr(of(thirty(), "--value x --exclude 1,2,3,4,5,6,7,8,9,10,11 -f json", 0), "limits from 19 points, fewer than 20"));
    ck_assert_ptr_nonnull(strstr(of("x\n1\n2\n4\n", "--center 2 -f json", 0), "limits from 3 points, fewer than 20")); /* sigma is theirs */
    ck_assert_ptr_null(strstr(of("x\n1\n2\n4\n", "--center 2 --sd 1 -f json", 0), "provisional"));
    ck_assert_ptr_null(strstr(of("x\n1\n2\n4\n", "--chart pre-control --lsl 0 --usl 5 -f json", 0), "provisional"));
    ck_assert_ptr_null(strstr(of("x\n1\n", "-f json", 0), "provisional")); /* no limits at all */
}
END_TEST

START_TEST(what_a_chart_cannot_use_is_refused)
{
    const char *counts = "k,n\n5,100\n7,100\n3,100\n";
    ck_assert_ptr_nonnull(strstr(of(counts, "--chart np --count k --size n --center 5", 2), "between 0 and 1"));
    ck_assert_ptr_nonnull(strstr(of(counts, "--chart p --count k --size n --center 2", 2), "between 0 and 1"));
    ck_assert_ptr_nonnull(strstr(of(counts, "--chart c --count k --center=-2", 2), "above 0"));
    ck_assert_close(number_at(of(counts, "--chart np --count k --size n --center 0.05 -f json", 0), "\"location\": {", "center"), 5, 1e-14);
    const char *charts[] = {"run", "ewma", "cusum", "acceptance --usl 9", "pre-control --lsl 0 --usl 9"};
    for (size_t i = 0; i < sizeof charts / sizeof charts[0]; i++) {
        char line[100];
        snprintf(line, sizeof line, "--alpha 0.01 --chart %s", charts[i]);
        ck_assert_ptr_nonnull(strstr(of("x\n1\n2\n4\n", line, 2), "no limits by probability"));
    }
    const char *json = of("x\n1\n2\n4\n1\n", "--chart acceptance --reject 0.01 --reject-beta 0.1 --lsl 1 --usl 4 -f json", 0);
    ck_assert_ptr_nonnull(strstr(json, "no limits: the tolerance is too narrow"));
    ck_assert_ptr_null(strstr(json, "in control: no signals"));
}
END_TEST

START_TEST(the_rules_that_apply_are_named)
{
    const char *json = of("x\n1\n2\n4\n", "--rules montgomery -f json", 0);
    ck_assert_ptr_nonnull(strstr(json, "\"applied\": {\"location\": [1, 2, 3, 4, 5, 6, 7, 8], \"dispersion\": [1, 4, 5, 7]}"));
    json = of("x\n1\n2\n4\n", "--rules montgomery --chart ewma --width 2.7 -f json", 0);
    ck_assert_ptr_nonnull(strstr(json, "\"applied\": {\"location\": [1]}"));
    ck_assert_ptr_nonnull(strstr(json, "\"limits\": \"lambda 0.2, 2.7 sigma\""));
    ck_assert_ptr_nonnull(strstr(of("x\n1\n2\n4\n", "--chart run", 0), "rules nelson 2-4"));
}
END_TEST

START_TEST(what_cannot_be_known_is_null_and_says_why)
{
    const char *json = of("x\n5\n5\n5\n", "--usl 6 --fit lognormal --format json", 0);
    ck_assert_ptr_nonnull(strstr(json, "the values do not vary"));
    ck_assert_ptr_nonnull(strstr(json, "no lower specification limit"));
    ck_assert_double_nan(number_at(json, "\"cpk\"", "value"));
    ck_assert_ptr_null(strstr(json, "nan"));
    ck_assert_ptr_null(strstr(json, "inf"));
    const char *text = of("x\n5\n5\n5\n", "--usl 6", 0);
    ck_assert_ptr_nonnull(strstr(text, "no limits: the values do not vary"));
    ck_assert_ptr_nonnull(strstr(of("x,y\n,1\n,2\n", "--value x --format json", 0), "\"n\": 2"));
}
END_TEST

/* Every chart, in every format, on data that it can take. */
START_TEST(every_chart_is_rendered_in_every_format)
{
    static const char *const formats[] = {"text", "json", "csv", "pdf", "svg", "png"}, *const starts[] = {"",     "{",     "\"chart\"",
                                                                                                          "%PDF", "<?xml", "\x89PNG"};
    char data[4000] = "part,x,n\n", arguments[200];
    for (int i = 0; i < 60; i++)
        sprintf(data + strlen(data), "%c,%d,%d\n", i < 30 ? 'a' : 'b', 3 + (i * 7) % 11, 50 + i % 3);
    for (size_t c = 0; c < spc_chart_count; c++)
        for (int f = 0; f < 6; f++) {
            const struct spc_chart *chart = &spc_charts[c];
            if (f > 3 && c > 0) /* SVG and PNG are drawn as PDF is */
                continue;
            const char *shape = !chart->summarise            ? "--count x --size n"
                                : !strcmp(chart->id, "z-mr") ? "--value x --by part"
                                : chart_has_streams(chart)   ? "--value x --stream n --subgroup 3"
                                : chart->max_n > 1           ? "--value x --subgroup 3"
                                                             : "--value x";
            snprintf(arguments, sizeof arguments, "%s --chart %s --lsl -5 --usl 25 --format %s", shape, chart->id, formats[f]);
            const char *out = of(data, arguments, 0);
            ck_assert_msg(!strncmp(out, starts[f], strlen(starts[f])), "%s: %.40s", arguments, out);
            if (f > 2)
                continue;
            ck_assert_msg(!strstr(out, "nan") && !strstr(out, " inf"), "%s: %s", arguments, out);
            for (const char *line = out, *end; f == 0 && (end = strchr(line, '\n')); line = end + 1)
                ck_assert_msg(end - line <= 80, "%s: %.*s", arguments, (int)(end - line), line);
        }
}
END_TEST

/* The capability six-pack: both charts, the last 25 subgroups, histogram, probability plot, figures. */
START_TEST(the_picture_is_a_sixpack)
{
    static const char *const parts[] = {
        "Xbar\n", "R\n", "Last 25 subgroups: their values", "Histogram", "Probability plot: normal", "Judge by Ppk. Not in control"};
    char data[8000] = "x\n", arguments[400], text[4000];
    for (int i = 0; i < 150; i++)
        sprintf(data + strlen(data), "%d\n", 50 + (i * 7) % 11);
    snprintf(arguments, sizeof arguments, "--subgroup 5 --lsl 30 --usl 80 --rules aiag1 --format pdf -o %s", test_path("six.pdf"));
    of(data, arguments, 0);
    snprintf(arguments, sizeof arguments, "pdftotext -raw %s -", test_path("six.pdf"));
    ck_assert_int_eq(fixture_shell(arguments, text, sizeof text), 0);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        ck_assert_msg(strstr(text, parts[i]) != NULL, "'%s' is not in: %s", parts[i], text);
}
END_TEST

START_TEST(the_output_names_its_format)
{
    char arguments[300];
    snprintf(arguments, sizeof arguments, PISTON " --subgroup 5 -o %s", test_path("study.json"));
    fixture_study(arguments, 0);
    ck_assert_int_eq(fixture_read(test_path("study.json"))[0], '{');
}
END_TEST

START_TEST(fits_are_ranked)
{
    const char *json = fixture_study("tests/reference/own/dist_weibull100.csv --fit auto --usl 15 --format json", 0);
    ck_assert_ptr_nonnull(strstr(json, "\"distribution\": \"weibull\""));
    ck_assert_ptr_nonnull(strstr(json, "\"fit_capability\""));
    ck_assert_ptr_nonnull(strstr(of("x\n1\n2\n", "--fit weibul", 2), "did you mean 'weibull'?"));
}
END_TEST

/* What does not fit into memory says what it would say if it did: a column of stages makes the same table held. */
START_TEST(values_that_are_not_held_give_the_same_points)
{
    enum { ROWS = 1060000 };
    const char *path = test_path("long.csv");
    FILE *file = fopen(path, "w");
    char line[300];
    unsigned long long seed = 1;
    ck_assert_ptr_nonnull(file);
    fputs("x,s\n", file);
    for (int i = 0; i < ROWS; i++) {
        seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
        if (i % 1000 == 77)
            fputs(",a\n", file);
        else
            fprintf(file, "%llu,a\n", (seed >> 33) % 1000);
    }
    fclose(file);
    char *json[2];
    static const char *const keys[] = {"mean", "sigma_within", "sigma_overall"};
    for (int held = 0; held < 2; held++) {
        snprintf(line, sizeof line, "%s --value x -n 100 --lsl -100 --usl 1100 -f json%s", path, held ? " --stage s" : "");
        json[held] = strdup(fixture_study(line, 0));
    }
    for (int i = 0; i < 3; i++)
        ck_assert_close(number_at(json[0], "\"capability\"", keys[i]), number_at(json[1], "\"capability\"", keys[i]), 1e-12);
    ck_assert_close(number_at(json[0], "\"cpk\"", "lower_bound"), number_at(json[1], "\"cpk\"", "lower_bound"), 1e-12);
    ck_assert(isnan(number_at(json[0], "\"ad\"", "p")) && strstr(json[0], "more than a million values"));
    for (int held = 0; held < 2; held++)
        *strstr(json[held], "\"capability\"") = '\0';
    const char *points = strstr(json[0], "\"location\"");
    ck_assert_msg(strlen(points) > 1000000 && !strcmp(points, strstr(json[1], "\"location\"")), "the points differ");
    free(json[0]);
    free(json[1]);
    snprintf(line, sizeof line, "%s --value x -n 100 --lsl -100 --usl 1100", path);
    const char *text = fixture_study(line, 0);
    ck_assert_msg(strstr(text, "Xbar-S chart of 10600 points") && strstr(text, "Cpk"), "%s", text);
    unlink(path);
}
END_TEST

START_TEST(acceptance_limits_follow_what_is_accepted)
{
    const char *data = "x\n1\n2\n3\n2\n1\n2\n", *arguments = "--chart acceptance --lsl -10 --usl 14 --center 2 --sd 1 -f json";
    char line[300];
    ck_assert_close(number_at(of(data, arguments, 0), "\"location\"", "ucl"), 14, 1e-9); /* z(accept) = z(alpha), n = 1 */
    snprintf(line, sizeof line, "%s --accept 0.0001 --accept-alpha 0.05", arguments);
    ck_assert_close(number_at(of(data, line, 0), "\"location\"", "ucl"), 14 - (3.719016485455709 - 1.6448536269514722), 1e-9);
    snprintf(line, sizeof line, "%s --reject 0.01 --reject-beta 0.1", arguments);
    ck_assert_close(number_at(of(data, line, 0), "\"location\"", "ucl"), 14 - (2.3263478740408408 + 1.2815515655446004), 1e-9);
    snprintf(line, sizeof line, "%s --reject 0.01", arguments);
    ck_assert_ptr_nonnull(strstr(of(data, line, 2), "--reject-beta"));
}
END_TEST

/* Plain numbers take a short way; every one must be the nearest double all the same. */
START_TEST(numbers_are_read_to_the_last_bit)
{
    static const char *const cells[] = {"0.1",
                                        "-0.000001",
                                        "+12.5",
                                        "123456.789012345",
                                        "0.123456789012345",
                                        "9007199254740993",
                                        "1e-3",
                                        "999999999999999",
                                        "-7.",
                                        ".5",
                                        "0.30000000000000004",
                                        "2.2250738585072014e-308"};
    enum { CELLS = sizeof cells / sizeof cells[0] };
    char text[600] = "x\n", wanted[60];
    for (size_t i = 0; i < CELLS; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s\n", cells[i]);
    const char *csv = of(text, "--format csv", 0);
    for (size_t i = 0; i < CELLS; i++) {
        snprintf(wanted, sizeof wanted, "\"I\",\"%zu\",\"\",\"1\",\"", i + 1);
        const char *row = strstr(csv, wanted);
        ck_assert_msg(row && strtod(row + strlen(wanted), NULL) == strtod(cells[i], NULL), "%s: %.60s", cells[i], row ? row : csv);
    }
}
END_TEST

/* No index on the side of a limit that nothing can pass; which index counts is said, and why. */
START_TEST(a_natural_bound_has_no_index)
{
    static const char both[] = PISTON " --subgroup 5 --lsl 73.9 --usl 74.05 -f json", one[] = PISTON " --subgroup 5 --usl 74.05 -f json";
    double cpu = number_at(fixture_study(both, 0), "\"cpu\"", "value"), ppu = number_at(fixture_study(one, 0), "\"ppu\"", "value");
    const char *json = fixture_study(PISTON " --subgroup 5 --lsl 73.9 --usl 74.05 --natural lsl -f json", 0);
    ck_assert_double_eq(number_at(json, "\"capability\"", "lsl"), 73.9);
    ck_assert(isnan(number_at(json, "\"cp\"", "value")));
    ck_assert(isnan(number_at(json, "\"cpl\"", "value")));
    ck_assert_double_eq(number_at(json, "\"cpk\"", "value"), cpu);
    ck_assert_double_eq(number_at(json, "\"ppk\"", "value"), ppu);
    ck_assert_ptr_nonnull(strstr(json, "\"natural\": \"lsl\""));
    ck_assert_ptr_nonnull(strstr(json, "\"judge_by\": \"Cpk\""));
    ck_assert_ptr_nonnull(strstr(json, "in control: no signals"));
    const char *text = of("x\n1\n2\n1\n2\n1\n2\n30\n", "--lsl 0 --usl 40", 0);
    ck_assert_ptr_nonnull(strstr(text, "judge by Ppk: not in control: "));
    ck_assert_ptr_nonnull(strstr(fixture_study(PISTON " --usl 74.05 --natural lsl", 2), "a limit that is not given"));
    ck_assert_ptr_nonnull(strstr(fixture_study(PISTON " --usl 74.05 --natural low", 2), "--natural is lsl or usl"));
}
END_TEST

/* A plant's own rule sets judge a file too. */
START_TEST(a_plant_lends_its_rules)
{
    char arguments[400];
    const char *plant = test_file("plant.yaml", "plant: {name: X}\nlinks: {a: {url: \"tcp://h\"}}\n"
                                                "instruments: {g: {link: a, tags: {v: {address: 1}}}}\n"
                                                "rules: {ours: {rules: [beyond 1 sigma]}}\n");
    snprintf(arguments, sizeof arguments, "--rules ours --config %s -f json", plant);
    const char *json = of("x\n1\n2\n1\n2\n1\n2\n4\n", arguments, 0);
    ck_assert_ptr_nonnull(strstr(json, "\"ours\""));
    ck_assert_ptr_nonnull(strstr(json, "\"rules\": [1]"));
    snprintf(arguments, sizeof arguments, "--rules our --config %s", plant);
    ck_assert_ptr_nonnull(strstr(of("x\n1\n2\n", arguments, 2), "did you mean 'ours'?"));
}
END_TEST

START_TEST(the_price_of_the_rules_is_shown)
{
    ck_assert_close(number_at(fixture_study(PISTON " -n 5 --rules shewhart -f json", 0), "\"rules\"", "false_alarm"), 370.3983473449564, 1e-9);
    /* Champ and Woodall 1987: 91.75 */
    ck_assert_double_eq_tol(number_at(fixture_study(PISTON " -n 5 --rules western-electric -f json", 0), "\"rules\"", "false_alarm"), 91.75, 6);
    ck_assert(isnan(number_at(fixture_study(PISTON " --chart ma -f json", 0), "\"rules\"", "false_alarm")));
    ck_assert_ptr_nonnull(strstr(fixture_study(PISTON " -n 5 --rules shewhart", 0), "false alarm 1 in"));
}
END_TEST

START_TEST(the_time_model_is_named)
{
    const char *json = fixture_study(PISTON " --subgroup 5 --lsl 73.95 --usl 74.05 --fit weibull -f json", 0);
    ck_assert_ptr_nonnull(strstr(json, "\"id\": \"A1\""));
    ck_assert_double_gt(number_at(json, "\"between_within\"", "value"), 0);
    ck_assert_double_lt(number_at(json, "\"z_score\"", "lower"), number_at(json, "\"z_score\"", "value"));
    ck_assert_close(number_at(json, "\"z_bench\"", "overall"), 4.8, 0.1);
}
END_TEST

/* An index is a Cpk only where the chart shows that the process is in control, and sigma is that within. */
START_TEST(an_index_has_the_name_it_deserves)
{
    static const struct {
        const char *arguments, *used, *why;
    } cases[] = {
        {"--rules shewhart", "Cpk", "in control: no signals"},
        {"--rules shewhart --sigma overall", "Ppk", "sigma is that of all values"},
        {"--chart run", "Ppk", "the chart run does not show it"},
        {"--chart acceptance", "Ppk", "the chart acceptance does not show it"},
        {"--chart pre-control", "Ppk", "the chart pre-control does not show it"},
        {"--rules shewhart --center 9", "Ppk", "not in control"},
    };
    static const char even[] = "x\n5\n6\n4\n5.5\n4.5\n5.2\n4.8\n5.1\n4.9\n5\n5.7\n4.4\n";
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char line[120], used[40];
        snprintf(line, sizeof line, "--lsl 0 --usl 10 -f json %s", cases[i].arguments);
        snprintf(used, sizeof used, "\"judge_by\": \"%s\"", cases[i].used);
        const char *json = of(even, line, 0);
        ck_assert_msg(strstr(json, used) && strstr(json, cases[i].why), "%s: %s", line, json);
    }
}
END_TEST

/* A step of 3 after point 12. Mean, change, Grubbs' G by numpy and scipy from these very values. */
START_TEST(change_outlier_and_design_are_told)
{
    const char *json = of("x\n5\n6\n4\n5.5\n4.5\n5.2\n4.8\n5.1\n4.9\n5\n5.7\n4.4\n8\n9\n7\n8.5\n7.5\n8.2\n7.8\n8.1\n",
                          "--lsl 0 --usl 12 --every 5min -f json --rules shewhart", 0);
    ck_assert_ptr_nonnull(strstr(json, "\"kind\": \"step\""));
    ck_assert_double_eq(number_at(json, "\"change\"", "first"), 13);
    ck_assert_close(number_at(json, "\"change\"", "before"), 60.1 / 12, 1e-12);
    ck_assert_close(number_at(json, "\"change\"", "after"), 64.1 / 8, 1e-12);
    ck_assert_double_lt(number_at(json, "\"change\"", "p"), 1e-4);
    ck_assert_double_eq(number_at(json, "\"forecast\"", "since"), 13);
    ck_assert(isnan(number_at(json, "\"forecast\"", "points")));
    ck_assert_close(number_at(json, "\"outlier\"", "value"), 9, 1e-15);
    ck_assert_close(number_at(json, "\"outlier\"", "critical"), 2.7082456, 1e-7); /* scipy */
    ck_assert_close(number_at(json, "{\"shift\": 0,", "false_alarms_per_day"), 288 / 370.3983473449564, 1e-9);
    ck_assert_close(number_at(json, "{\"shift\": 1,", "detect_s"), 300 * 43.8948, 1e-5);
    ck_assert_close(number_at(json, "\"cpm_variants\"", "value"), number_at(json, "\"cpm\"", "value"), 1e-15);
    ck_assert_close(number_at(json, "\"cmk\"", "value"), number_at(json, "\"ppk\"", "value"), 1e-15);
    ck_assert_ptr_nonnull(strstr(json, "fewer than 50 consecutive parts"));
    ck_assert(isnan(number_at(fixture_study(PISTON " --chart z-mr -f json", 0), "{\"shift\": 2,", "arl")));
    const char *text = fixture_study(PISTON " -n 5", 0);
    ck_assert_ptr_nonnull(strstr(text, "Change: "));
    ck_assert_ptr_nonnull(strstr(text, "Points until a signal"));
}
END_TEST

/* In the words of the chart screen, and only where chance would not do it. */
START_TEST(a_change_and_a_trend_are_said_as_on_the_chart)
{
    static const char even[] = "x\n5\n6\n4\n5.5\n4.5\n5.2\n4.8\n5.1\n4.9\n5\n5.7\n4.4\n";
    char values[1200] = "x\n";
    for (int i = 0; i < 40; i++)
        snprintf(values + strlen(values), sizeof values - strlen(values), "%.3f\n", 5 + (i % 3) * 0.1 + (i < 16 ? 0 : 0.08 * (i - 15)));
    const char *text = strstr(of(values, "--usl 9 --every 5min", 0), "Change: ");
    ck_assert_ptr_nonnull(text);
    ck_assert_msg(!strncmp(text, "Change: Drift up by ", 20) && strstr(text, " sigma) from point 1") && strstr(text, "mean from 5.0976\n") &&
                      strstr(text, "to 7.0172, p < 1e-06"),
                  "%.300s", text);
    ck_assert_msg(strstr(text, "Forecast: At this trend the mean meets USL 9.0") && strstr(text, "points (23-28), about 2"), "%.300s", text);
    static const char *const lots[] = {"a-lot-with-a-name-that-fills-the-line-and-more-of-it-and-still-more-of-it-and-more", "b"};
    char named[4000] = "lot,x\n";
    for (int i = 0; i < 24; i++) /* each row has a name of its own, the change's a long one */
        snprintf(named + strlen(named), sizeof named - strlen(named), "%s%d,%g\n", lots[i != 12], i, (i % 3) * 0.1 + (i >= 12));
    text = strstr(of(named, "--by lot --value x", 0), "Change: ");
    ck_assert_ptr_nonnull(text);
    ck_assert_msg(strstr(text, "at point 13, a-lot-with-a-name-that-") && strstr(text, "p < 1e-06"), "%.300s", text);
    text = strstr(of(even, "--usl 9", 0), "Change: ");
    ck_assert_ptr_nonnull(text);
    ck_assert_msg(strstr(text, "Change: no change of the mean") && strstr(text, "Forecast: no trend"), "%.300s", text);
    const char *json = of(even, "--usl 9 -f json", 0);
    ck_assert_ptr_nonnull(strstr(json, "\"kind\": null"));
    ck_assert_double_gt(number_at(json, "\"change\"", "p"), 0.001);
    ck_assert(isnan(number_at(json, "\"forecast\"", "points")));
}
END_TEST

Suite *study_command_suite(void)
{
    Suite *suite = suite_create("study_command");
    fixture_add(suite, json_has_the_figures_of_the_reference);
    fixture_add(suite, a_chosen_sigma_carries_into_capability);
    fixture_add(suite, any_spreadsheet_is_read);
    fixture_add(suite, empty_cells_are_missing_values);
    fixture_add(suite, errors_name_line_and_column);
    fixture_add(suite, names_make_subgroups_wherever_they_stand);
    fixture_add(suite, a_baseline_makes_the_limits);
    fixture_add(suite, stages_have_their_own_limits_and_patterns);
    fixture_add(suite, excluded_points_stay_drawn);
    fixture_add(suite, given_limits_are_used);
    fixture_add(suite, limits_from_few_points_are_provisional);
    fixture_add(suite, what_a_chart_cannot_use_is_refused);
    fixture_add(suite, the_rules_that_apply_are_named);
    fixture_add(suite, what_cannot_be_known_is_null_and_says_why);
    fixture_add(suite, an_index_has_the_name_it_deserves);
    fixture_add(suite, change_outlier_and_design_are_told);
    fixture_add(suite, a_change_and_a_trend_are_said_as_on_the_chart);
    fixture_add(suite, every_chart_is_rendered_in_every_format);
    fixture_add(suite, the_picture_is_a_sixpack);
    fixture_add(suite, the_output_names_its_format);
    fixture_add(suite, fits_are_ranked);
    fixture_add(suite, values_that_are_not_held_give_the_same_points);
    fixture_add(suite, acceptance_limits_follow_what_is_accepted);
    fixture_add(suite, the_time_model_is_named);
    fixture_add(suite, numbers_are_read_to_the_last_bit);
    fixture_add(suite, the_price_of_the_rules_is_shown);
    fixture_add(suite, a_natural_bound_has_no_index);
    fixture_add(suite, a_plant_lends_its_rules);
    return suite;
}
