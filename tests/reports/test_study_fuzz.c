#include "spc/spc.h"
#include "tests/harness.h"
#include "tests/reports/fixture.h"
#include "tests/reports/sound.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Small tables of odd numbers through every chart, fit and gauge study: no number that is none is printed, nothing crashes, and what is absent has a
 * reason. Seeded: a case is the same everywhere. */

enum { CASES = 12, TURNS = 25 };

static unsigned long long seed;

static unsigned below(unsigned n)
{
    seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return (unsigned)(seed >> 33) % n;
}

#define PICK(list) list[below(sizeof list / sizeof list[0])]

static const char *const odd[] = {"0",    "-0",  "1",   "-1",  "1e-300", "5e-324", "1e300",  "1.7e308", "-1.7e308",
                                  "1e15", "0.1", "0.2", "3.1", "1e8",    "25.001", "25.002", "4.9",     "5.1"};

static void put_value(FILE *file, unsigned kind)
{
    double unit = (below(1000000) + 0.5) / 1e6, bell = log(unit / (1 - unit));
    const double values[] = {
        bell, 1 + below(2), 5, 1e9 + 1e-3 * bell, unit * 1e-300, exp(bell), 5 + (below(6) == 0), -log(unit) * pow(10, below(400) - 200.0)};
    if (kind < sizeof values / sizeof values[0])
        fprintf(file, "%.17g", values[kind]);
    else
        fputs(PICK(odd), file);
}

enum { KINDS = 9 };

static FILE *begin(const char *heading)
{
    FILE *file = fopen(test_path("fuzz.csv"), "w");
    ck_assert_ptr_nonnull(file);
    fputs(heading, file);
    return file;
}

static void write_columns(int rows)
{
    static const unsigned sizes[] = {1, 5, 50}, holes[] = {1000, 1000, 10, 2};
    FILE *file = begin("x,y,s\n");
    unsigned x = below(KINDS), y = below(KINDS), missing = PICK(holes);
    for (int i = 0; i < rows; i++) {
        if (below(missing))
            put_value(file, x);
        fputc(',', file);
        put_value(file, y);
        fprintf(file, ",%u\n", PICK(sizes));
    }
    fclose(file);
}

/* format: json is whole and gives reasons; nothing holds nan. */
static void check(const char *arguments, const char *format, bool chart)
{
    char line[500];
    snprintf(line, sizeof line, "%s %s --format %s", test_path("fuzz.csv"), arguments, format);
    const char *out = fixture_study(line, FIXTURE_EITHER), *bad = sound_unnumber(out);
    ck_assert_msg(!bad, "%s: %.80s", line, bad ? bad : "");
    if (strcmp(format, "json") || !strncmp(out, "gemba study: ", 13))
        return;
    ck_assert_msg(sound_json(out), "%s: no JSON: %s", line, out);
    bad = chart ? sound_absence(out) : NULL;
    ck_assert_msg(!bad, "%s: no reason: %.300s", line, bad ? bad : "");
}

static const char *any_format(void)
{
    static const char *const formats[] = {"json", "json", "text", "csv"};
    return PICK(formats);
}

START_TEST(odd_columns_through_every_chart_and_fit)
{
    static const int rows[] = {0, 1, 2, 3, 4, 5, 7, 8, 10, 12, 20, 30, 60};
    static const char *const limits[] = {"lsl", "usl", "target"};
    seed = 1000 + (unsigned)_i;
    for (int turn = 0; turn < TURNS; turn++) {
        char arguments[400];
        unsigned at = below((unsigned)spc_chart_count + 2);
        const char *id = at < spc_chart_count ? spc_charts[at].id : at == spc_chart_count ? "t2" : "mewma";
        bool vector = at >= spc_chart_count, counts = !vector && !spc_charts[at].summarise;
        write_columns(PICK(rows));
        int used = snprintf(arguments, sizeof arguments, "--chart %s %s%s", id,
                            vector   ? "--columns x,y"
                            : counts ? "--count x --size s"
                                     : "--value x",
                            !vector && !counts && (spc_charts[at].min_n > 1 || below(2)) ? " --subgroup 3" : "");
        for (int i = 0; i < 3; i++)
            if (below(5) < 3)
                used += snprintf(arguments + used, sizeof arguments - (size_t)used, " --%s=%s", limits[i], PICK(odd));
        if (below(2))
            snprintf(arguments + used, sizeof arguments - (size_t)used, " --fit %s",
                     below(3) ? "auto" : distributions[below((unsigned)distribution_count)].id);
        check(arguments, any_format(), true);
    }
}
END_TEST

static void write_gauge(int appraisers, int parts, int trials, bool ratings)
{
    static const char *const references[] = {"0", "1", "5", "1e-300", "1e300"}, *const words[] = {"ok", "bad"};
    FILE *file = begin("who,part,trial,x,ref\n");
    unsigned kind = below(KINDS);
    for (int i = 0; i < appraisers * parts * trials; i++) {
        fprintf(file, "%d,%d,%d,", i / (parts * trials), i / trials % parts, i % trials);
        if (ratings)
            fprintf(file, "%s,%s", PICK(words), words[i / trials % parts % 2]);
        else {
            put_value(file, kind);
            fprintf(file, ",%s", PICK(references));
        }
        fputc('\n', file);
    }
    fclose(file);
}

START_TEST(odd_readings_through_every_gauge_study)
{
    static const char *const studies[] = {"grr --part part --appraiser who --trial trial",
                                          "grr-range --part part --appraiser who --trial trial",
                                          "grr-nested --part part --appraiser who",
                                          "attribute --part part --appraiser who --reference ref --bad bad",
                                          "linearity --reference ref",
                                          "stability --subgroup 2",
                                          "type1 --reference=5",
                                          "bias --reference=0.1",
                                          "bias --reference=1e300 --method range"};
    static const int few[] = {1, 2, 3}, some[] = {1, 2, 5};
    seed = 2000 + (unsigned)_i;
    for (int turn = 0; turn < TURNS; turn++) {
        char arguments[300];
        const char *study = PICK(studies);
        write_gauge(PICK(few), PICK(some), PICK(few), !strncmp(study, "attribute", 9));
        snprintf(arguments, sizeof arguments, "--msa %s --value x --tolerance=%s", study, PICK(odd));
        check(arguments, any_format(), false);
    }
}
END_TEST

Suite *study_fuzz_suite(void)
{
    Suite *suite = suite_create("study_fuzz");
    TCase *columns = tcase_create("odd_columns_through_every_chart_and_fit"), *gauges = tcase_create("odd_readings_through_every_gauge_study");
    tcase_set_timeout(columns, 60);
    tcase_set_timeout(gauges, 60);
    tcase_add_loop_test(columns, odd_columns_through_every_chart_and_fit, 0, CASES);
    tcase_add_loop_test(gauges, odd_readings_through_every_gauge_study, 0, CASES);
    suite_add_tcase(suite, columns);
    suite_add_tcase(suite, gauges);
    return suite;
}
