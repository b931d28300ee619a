#include "reports/reports.h"
#include "tests/harness.h"
#include "tests/reports/fixture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* `gemba study --chart group`. Expected figures: numpy over the same values, by the formulas beside them. */

enum { TIMES = 6, EACH = 3, STREAMS = 4 };
static const double spindles[TIMES][STREAMS][EACH] = {
    {{50.0, 50.3, 49.73}, {49.31, 49.75, 49.21}, {49.76, 51.04, 49.21}, {50.28, 51.39, 51.26}},
    {{50.11, 49.07, 49.97}, {50.9, 48.86, 49.74}, {47.8, 48.41, 47.86}, {50.66, 49.63, 51.17}},
    {{50.16, 49.81, 47.48}, {49.66, 50.15, 50.31}, {48.17, 49.22, 48.72}, {50.09, 51.96, 50.09}},
    {{49.97, 50.88, 49.42}, {50.09, 50.31, 50.26}, {48.47, 49.78, 51.06}, {49.35, 51.76, 51.02}},
    {{49.36, 52.0, 50.76}, {49.0, 50.27, 50.78}, {49.51, 50.38, 49.63}, {51.57, 52.34, 50.22}},
    {{50.2, 49.54, 50.13}, {49.01, 49.62, 50.0}, {50.6, 50.85, 48.38}, {50.11, 51.55, 48.91}},
};

/* A row for each value, streams in turn; or a row for each of the EACH values with a column a stream. */
static const char *table(bool wide)
{
    static char text[8192];
    size_t used = (size_t)snprintf(text, sizeof text, wide ? "time,s1,s2,s3,s4\n" : "time,spindle,dia\n");
    for (int i = 0; i < TIMES; i++)
        for (int k = 0; k < EACH; k++) {
            const double(*now)[EACH] = spindles[i];
            if (wide)
                used += (size_t)snprintf(text + used, sizeof text - used, "t%d,%g,%g,%g,%g\n", i, now[0][k], now[1][k], now[2][k], now[3][k]);
            for (int s = 0; s < STREAMS && !wide; s++)
                used += (size_t)snprintf(text + used, sizeof text - used, "t%d,s%d,%g\n", i, s + 1, now[s][k]);
        }
    return text;
}

static const char *of(const char *text, const char *arguments, int status)
{
    char line[500];
    snprintf(line, sizeof line, "%s %s", test_file("streams.csv", text), arguments);
    return fixture_study(line, status);
}

static double number_at(const char *json, const char *after, const char *key)
{
    char quoted[64];
    const char *place = strstr(json, after);
    snprintf(quoted, sizeof quoted, "\"%s\": ", key);
    ck_assert_msg(place && (place = strstr(place, quoted)), "no %s after %s in %s", key, after, json);
    return strtod(place + strlen(quoted), NULL);
}

START_TEST(every_way_to_say_streams_gives_the_same_chart)
{
    const struct {
        bool wide;
        const char *arguments;
    } ways[] = {{true, "--chart group --columns s1,s2,s3,s4 --subgroup 3 -f json"},
                {false, "--stream spindle --subgroup 3 --value dia -f json"},
                {false, "--chart group --stream spindle --by time --value dia -f json"}};
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        const char *json = of(table(ways[i].wide), ways[i].arguments, 0);
        ck_assert_double_eq(number_at(json, "{", "n"), TIMES);
        /* mean of all; mean range / d2(3); + 3 sigma / sqrt(3); the means of time 2: s4 leads, s3 is last */
        ck_assert_close(number_at(json, "\"settings\"", "center"), 49.976805555555558, 1e-14);
        ck_assert_close(number_at(json, "\"settings\"", "sigma_within"), 0.89558154299920401, 1e-12);
        ck_assert_close(number_at(json, "\"location\"", "ucl"), 51.527998290351107, 1e-13);
        ck_assert_close(number_at(json, "\"name\": \"max\"", "value"), 50.97666666666667, 1e-13);
        ck_assert_close(number_at(json, "\"name\": \"min\"", "value"), 49.42333333333334, 1e-13);
        ck_assert_close(number_at(json, "\"name\": \"range\"", "value"), 1.83, 1e-12);
        ck_assert_ptr_nonnull(strstr(json, "\"value\": 50.486666666666665, \"stream\": \"s4\""));
        ck_assert_ptr_nonnull(strstr(json, "{\"name\": \"s4\", \"largest\": 6, \"smallest\": 0, \"widest\": 1}"));
        ck_assert_ptr_nonnull(strstr(json, "\"words\": [\"beyond 3 sigma\", \"6 in a row of one stream\"]"));
        ck_assert_double_eq(number_at(json, "{", "signals"), 2); /* s3 at time 2 is below; s4 leads the sixth time in a row */
        ck_assert_double_eq(number_at(json, "\"capability\"", "n"), TIMES * EACH * STREAMS);
    }
}
END_TEST

START_TEST(a_signal_names_the_stream)
{
    const char *text = of(table(false), "--stream spindle --subgroup 3 --value dia", 0);
    ck_assert_ptr_nonnull(strstr(text, "point 6: Max 50.1900: rule 2, 6 in a row of one stream: s4"));
    ck_assert_ptr_nonnull(strstr(text, "Group of 4 streams, 3 sigma; sigma Rbar/d2; rules group-6"));
    ck_assert_ptr_nonnull(strstr(text, "false alarm 1 in 82 points"));
    const char *csv = of(table(false), "--stream spindle --subgroup 3 --value dia -f csv", 0);
    ck_assert_ptr_nonnull(strstr(csv, "\"false\",\"2\",\"s4\""));
}
END_TEST

/* The picture's plot of single values has all streams of a point in its column; one that misses a value moves nobody else's. */
START_TEST(the_last_values_stand_at_their_points)
{
    char command[300], out[8000];
    snprintf(command, sizeof command, "--wide -o %s", test_path("s.pdf"));
    of("a,b,c\n5.1,5.2,5.3\n5.2,,5.1\n5.3,5.1,5.2\n5.0,5.2,5.1\n7.0,7.2,7.1\n", strcat(command, " --chart group"), 0);
    snprintf(command, sizeof command, "pdftotext -raw %s -", test_path("s.pdf"));
    ck_assert_int_eq(fixture_shell(command, out, sizeof out), 0);
    const char *plot = strstr(out, "Last 5 subgroups: their values");
    ck_assert_msg(plot && !strncmp(strchr(plot, '\n'), "\n5\n6\n7\n", 7), "%.600s", out); /* reaches the last point; the first five values do not */
}
END_TEST

/* A round ends when a stream that has its value comes again: who brought nothing leaves a place, and nothing moves. */
START_TEST(a_stream_that_is_missing_moves_nothing)
{
    const char *csv = of("s,x\na,1\nb,2\nc,3\nc,6\na,4\nb,7\na,9\n", "--stream s --value x -f csv", 0);
    ck_assert_ptr_nonnull(strstr(csv, "\"Max\",\"2\",\"\",\"1\",\"7\""));
    ck_assert_ptr_nonnull(strstr(csv, "\"Min\",\"2\",\"\",\"1\",\"4\""));
    ck_assert_ptr_nonnull(strstr(csv, "\"Range\",\"2\",\"\",\"1\",\"5\"")); /* b, from 2 to 7 */
    ck_assert_ptr_nonnull(strstr(csv, "\"Max\",\"3\",\"\",\"0\",,"));       /* one stream alone is no point */
}
END_TEST

START_TEST(what_streams_cannot_have_is_refused_in_words)
{
    static const struct {
        const char *arguments, *words;
    } refused[] = {{"--chart group", "--stream COLUMN, or --wide"},
                   {"--chart i-mr --stream spindle", "--chart group"},
                   {"--stream spindle --wide", "excludes --wide"},
                   {"--stream spindle --value dia --sigma sbar", "rbar, pooled or mr"},
                   {"--stream spindle --value dia --sigma rbar", "needs subgroups"},
                   {"--stream spindel --value dia", "did you mean 'spindle'"},
                   {"--chart group --columns dia", "2 to 200 streams, not 1"}};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        const char *said = of(table(false), refused[i].arguments, 2);
        ck_assert_msg(strstr(said, refused[i].words), "%s: %s", refused[i].arguments, said);
    }
    const char *said = of("s,x\na,1\n,2\n", "--stream s --value x", 2);
    ck_assert_ptr_nonnull(strstr(said, "data row 2 has no name in column 's'"));
}
END_TEST

/* Stages begin anew: their own centre, and no moving range over the change. */
START_TEST(stages_and_exclusions_part_the_streams_too)
{
    const char *text = "stage,a,b\n1,10,11\n1,12,10\n1,11,13\n2,30,31\n2,32,30\n2,31,34\n";
    const char *csv = of(text, "--chart group --columns a,b --stage stage -f csv", 0);
    ck_assert_ptr_nonnull(strstr(csv, "\"Max\",\"1\",\"\",\"1\",\"11\",\"11.166666666666666\""));
    ck_assert_ptr_nonnull(strstr(csv, "\"Max\",\"4\",\"\",\"1\",\"31\",\"31.333333333333332\""));
    ck_assert_ptr_nonnull(strstr(csv, "\"Range\",\"4\",\"\",\"1\",,"));
    csv = of(text, "--chart group --columns a,b --exclude 2 --baseline 1:3 -f csv", 0);
    ck_assert_ptr_nonnull(strstr(csv, "\"Max\",\"1\",\"\",\"1\",\"11\",\"11.25\""));
    ck_assert_ptr_nonnull(strstr(csv, "\"Range\",\"3\",\"\",\"1\",,"));
}
END_TEST

Suite *study_streams_suite(void)
{
    Suite *suite = suite_create("study_streams");
    fixture_add(suite, every_way_to_say_streams_gives_the_same_chart);
    fixture_add(suite, a_signal_names_the_stream);
    fixture_add(suite, the_last_values_stand_at_their_points);
    fixture_add(suite, a_stream_that_is_missing_moves_nothing);
    fixture_add(suite, what_streams_cannot_have_is_refused_in_words);
    fixture_add(suite, stages_and_exclusions_part_the_streams_too);
    return suite;
}
