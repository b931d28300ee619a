#include "reports/reports.h"
#include "spc/spc.h"
#include "tests/harness.h"
#include "tests/reports/fixture.h"
#include "tests/reports/sound.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* `gemba study` with data that nobody wishes for: every chart and format keeps its head, and any spreadsheet's dialect says the same. */

static unsigned draw(unsigned long long *seed, unsigned below)
{
    *seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return (unsigned)(*seed >> 33) % below;
}

/* --- values */

enum { ROWS = 30, KINDS = 17 };

static double nasty(int kind, int i, unsigned long long *seed)
{
    double noise = (double)draw(seed, 1000000) / 1e6;
    switch (kind) {
    case 0:
        return i ? NAN : 5; /* one value */
    case 1:
        return 3; /* no spread */
    case 2:
        return NAN;
    case 3:
        return i % 3 ? NAN : noise;
    case 4:
        return 1e300 * (1 + noise);
    case 5:
        return i % 2 ? 1.7e308 : -1.7e308; /* the range overflows */
    case 6:
        return 1e-300 * noise; /* the squares vanish */
    case 7:
        return 5e-324 * (i % 4);
    case 8:
        return -noise; /* none for a lognormal */
    case 9:
        return noise - 0.5;
    case 10:
        return 0;
    case 11:
        return i % 5; /* counts */
    case 12:
        return 1e15 + i % 2;
    case 13:
        return i == 17 ? 1e300 : 1 + i % 2;
    case 14:
        return pow(10, 20 * i - 290); /* of every size */
    case 15:
        return i < 2 ? i : NAN;
    default:
        return 10 + noise;
    }
}

static void write_nasty(int kind)
{
    unsigned long long seed = (unsigned)kind + 1;
    FILE *file = fopen(test_path("nasty.csv"), "w");
    ck_assert_ptr_nonnull(file);
    fputs("x,y,part\n", file);
    for (int i = 0; i < ROWS; i++) {
        double value = nasty(kind, i, &seed);
        if (isnan(value))
            fprintf(file, ",%u,%c\n", draw(&seed, 10), 'a' + i / 15);
        else
            fprintf(file, "%.17g,%u,%c\n", value, draw(&seed, 10), 'a' + i / 15);
    }
    fclose(file);
}

static void check(const char *arguments, const char *format)
{
    char line[400];
    snprintf(line, sizeof line, "%s %s --format %s", test_path("nasty.csv"), arguments, format);
    const char *out = fixture_study(line, FIXTURE_EITHER);
    bool failed = !strncmp(out, "gemba study: ", 13), picture = !strcmp(format, "png") || !strcmp(format, "pdf");
    if (!failed && !strcmp(format, "json"))
        ck_assert_msg(sound_json(out), "%s: no JSON: %s", line, out);
    if (failed || !picture) {
        const char *bad = sound_unnumber(out);
        ck_assert_msg(bad == NULL, "%s: %.80s", line, bad ? bad : "");
    }
}

START_TEST(no_data_make_a_number_that_is_none)
{
    static const char *const formats[] = {"json", "text", "csv", "json", "text", "svg", "json", "text", "png", "json", "text", "pdf"};
    static const char *const limits[] = {
        "", "--lsl -1", "--usl 12", "--lsl 7 --usl 13 --target 10", "--lsl 1e300 --usl 1.1e300", "--lsl 0 --usl 1e-300"};
    static const char *const vectors[] = {"--columns x,y", "--columns x,y -n 5", "--columns x", "--columns x,y --baseline 1:2"};
    char line[200];
    unsigned turn = 7 * (unsigned)_i;
    int kind = _i;
    write_nasty(kind);
    for (size_t c = 0; c < spc_chart_count; c++) {
        const struct spc_chart *chart = &spc_charts[c];
        const char *shape = !chart->summarise            ? "--count x --size 10"
                            : !strcmp(chart->id, "z-mr") ? "--value x --by part"
                            : chart->max_n > 1           ? "--value x --subgroup 5"
                                                         : "--value x";
        bool fitted = c % 3 == (size_t)kind % 3;
        snprintf(line, sizeof line, "%s --chart %s %s%s", shape, chart->id, limits[turn % 6], fitted && c < 2 ? " --fit auto" : "");
        check(line, formats[turn % 12]);
        turn += 5 + (turn % 12 == 0); /* every pair of limits and format comes in time */
    }
    for (int v = 0; v < 8; v++) {
        snprintf(line, sizeof line, "--chart %s %s", v % 2 ? "t2" : "mewma", vectors[v / 2]);
        check(line, formats[turn++ % 12]);
    }
}
END_TEST

START_TEST(figures_out_of_reach_say_so)
{
    write_nasty(4);
    char line[300];
    snprintf(line, sizeof line, "%s --value x --usl 1e300 -f json", test_path("nasty.csv"));
    const char *json = fixture_study(line, 0);
    ck_assert_ptr_nonnull(
        strstr(json, "\"ppk\": {\"value\": null, \"lower\": null, \"upper\": null, \"lower_bound\": null, \"why\": \"the figures are too large"));
    ck_assert_ptr_nonnull(strstr(json, "\"lilliefors\": {\"d\": null, \"p\": null, \"why\": \"the values are too large"));
    ck_assert_ptr_null(strstr(json, "\"d\": 0"));
}
END_TEST

/* --- spreadsheets */

static void put_cell(FILE *file, const char *text, char separator, bool quoted)
{
    if (!quoted && !strpbrk(text, (char[]){separator, '"', '\n', '\r', '\0'})) {
        fputs(text, file);
        return;
    }
    putc('"', file);
    for (; *text; text++) {
        if (*text == '"')
            putc('"', file);
        putc(*text, file);
    }
    putc('"', file);
}

/* The same numbers in every dialect come back as they were, to the last bit. */
START_TEST(every_dialect_says_the_same)
{
    enum { TRIALS = 120, MOST = 12 };
    static const char *const ends[] = {"\n", "\r\n", "\r"}, *const labels[] = {"plain",      "two words",         "a \"quoted\" one",
                                                                               "two\nlines", "semi;colon, comma", ""};
    unsigned long long seed = 2;
    for (int trial = 0; trial < TRIALS; trial++) {
        char separator = ",;\t"[draw(&seed, 3)], text[64], wanted[40];
        bool comma = separator != ',' && draw(&seed, 2), quoted = draw(&seed, 2);
        const char *end = ends[draw(&seed, 3)];
        int rows = 2 + (int)draw(&seed, MOST - 2);
        double values[MOST];
        FILE *file = fopen(test_path("dialect.csv"), "wb");
        ck_assert_ptr_nonnull(file);
        if (draw(&seed, 2))
            fputs("\xef\xbb\xbf", file);
        if (draw(&seed, 4) == 0)
            fprintf(file, "sep=%c%s", separator, end);
        put_cell(file, "label", separator, quoted), putc(separator, file), put_cell(file, "the value", separator, quoted), fputs(end, file);
        for (int i = 0; i < rows; i++) {
            values[i] = ((double)draw(&seed, 2000001) - 1e6) / pow(10, draw(&seed, 8)) * (draw(&seed, 2) ? 1 : 1 / 3.0);
            snprintf(text, sizeof text, "%.17g", values[i]);
            if (comma && strchr(text, '.'))
                *strchr(text, '.') = ',';
            put_cell(file, labels[draw(&seed, 6)], separator, quoted);
            putc(separator, file);
            put_cell(file, text, separator, quoted);
            if (i + 1 < rows || draw(&seed, 2))
                fputs(end, file);
        }
        fclose(file);
        snprintf(wanted, sizeof wanted, "%s --value 2 --format csv", test_path("dialect.csv"));
        char line[300];
        snprintf(line, sizeof line, "%s --value 2 --format csv", test_path("dialect.csv"));
        const char *csv = fixture_study(line, 0);
        for (int i = 0; i < rows; i++) {
            snprintf(wanted, sizeof wanted, "\"I\",\"%d\",\"\",\"1\",\"", i + 1);
            const char *row = strstr(csv, wanted);
            ck_assert_msg(row && strtod(row + strlen(wanted), NULL) == values[i], "trial %d row %d: %.17g, %.60s", trial, i, values[i],
                          row ? row : csv);
        }
        snprintf(wanted, sizeof wanted, "\"I\",\"%d\"", rows + 1);
        ck_assert_ptr_null(strstr(csv, wanted));
    }
}
END_TEST

/* Any bytes are a table or an error with words. */
START_TEST(any_bytes_are_read_or_refused)
{
    enum { TRIALS = 400, MOST = 400 };
    static const char alphabet[] = "0123456789.,;\t\"\n\r -+eExyNA\0\xff\xc3\xa4";
    static const char *const heads[] = {"", "x\n", "x,y\n", "\xef\xbb\xbfx;y\r\n", "sep=|\nx|y\n", "\"x\n", "sep="};
    unsigned long long seed = 3;
    for (int trial = 0; trial < TRIALS; trial++) {
        char bytes[MOST], line[300];
        int length = (int)draw(&seed, MOST);
        unsigned letters = draw(&seed, 2) ? sizeof alphabet - 1 : 18; /* half of them nearly tables */
        for (int i = 0; i < length; i++)
            bytes[i] = alphabet[draw(&seed, letters)];
        FILE *file = fopen(test_path("bytes.csv"), "wb");
        ck_assert_ptr_nonnull(file);
        fputs(heads[draw(&seed, 7)], file);
        fwrite(bytes, 1, (size_t)length, file);
        fclose(file);
        snprintf(line, sizeof line, "%s --format json%s", test_path("bytes.csv"), draw(&seed, 3) ? "" : " --wide");
        const char *out = fixture_study(line, FIXTURE_EITHER);
        ck_assert_msg(*out == 'g' || sound_json(out), "trial %d: %s", trial, out);
    }
}
END_TEST

START_TEST(long_cells_and_lines_are_read)
{
    enum { LONG = 1000000 };
    char line[300];
    FILE *file = fopen(test_path("long.csv"), "wb");
    ck_assert_ptr_nonnull(file);
    fputs("note,x\n", file);
    for (int i = 0; i < LONG; i++)
        putc(i % 80 ? 'a' : ' ', file);
    fputs(",1\n\"", file);
    for (int i = 0; i < LONG; i++)
        putc(i % 80 ? 'b' : '\n', file);
    fputs("\",2\nc,3\n", file);
    fclose(file);
    snprintf(line, sizeof line, "%s --value x --format csv", test_path("long.csv"));
    ck_assert_ptr_nonnull(strstr(fixture_study(line, 0), "\"I\",\"3\",\"\",\"1\",\"3\","));
    snprintf(line, sizeof line, "%s --value note", test_path("long.csv"));
    ck_assert_ptr_nonnull(strstr(fixture_study(line, 2), "long.csv:2, column 1 (note): "));
}
END_TEST

/* A header longer than what is read at once, and numbers with all the digits that a double can have. */
START_TEST(many_columns_and_digits_are_read)
{
    enum { COLUMNS = 12000 };
    char line[300];
    FILE *file = fopen(test_path("wide.csv"), "wb");
    ck_assert_ptr_nonnull(file);
    for (int i = 0; i < COLUMNS; i++)
        fprintf(file, "column-%05d%c", i, i + 1 < COLUMNS ? ',' : '\n');
    for (int row = 0; row < 2; row++)
        for (int i = 0; i < COLUMNS; i++)
            fprintf(file, "%.*f%c", i + 1 < COLUMNS ? 0 : 1074, row + 0.25, i + 1 < COLUMNS ? ',' : '\n');
    fclose(file);
    snprintf(line, sizeof line, "%s --value column-11999 --format csv", test_path("wide.csv"));
    ck_assert_ptr_nonnull(strstr(fixture_study(line, 0), "\"I\",\"2\",\"\",\"1\",\"1.25\","));
    snprintf(line, sizeof line, "%s --wide --chart xbar-s --format csv", test_path("wide.csv"));
    ck_assert_ptr_nonnull(strstr(fixture_study(line, 0), "\"Xbar\",\"1\",\"\",\"12000\","));
}
END_TEST

/* --- rows together */

START_TEST(pauses_make_subgroups)
{
    static const char text[] =
        "t,x\n2026-11-02 10:00:00,1\n2026-11-02T10:04:59Z,2\n2026-11-02 10:15,3\n2026-11-02 10:15:03.5,5\n2026-11-02 09:00,7\n";
    char line[300];
    const char *path = test_file("times.csv", text);
    snprintf(line, sizeof line, "%s --value x --time t --gap 5min -f json", path);
    setenv("TZ", "UTC", 1);
    tzset();
    const char *json = fixture_study(line, 0);
    ck_assert_ptr_nonnull(strstr(json, "{\"i\": 1, \"n\": 2, \"value\": 1.5,"));
    ck_assert_ptr_nonnull(strstr(json, "{\"i\": 2, \"n\": 2, \"value\": 4,"));
    ck_assert_ptr_nonnull(strstr(json, "{\"i\": 3, \"n\": 1, \"value\": 7,"));
    ck_assert_ptr_null(strstr(json, "{\"i\": 4,"));
    snprintf(line, sizeof line, "%s --value x --gap 5min", path);
    ck_assert_ptr_nonnull(strstr(fixture_study(line, 2), "--gap and --time go together"));
    snprintf(line, sizeof line, "%s --value x --time t --gap 5min --subgroup 2", path);
    ck_assert_ptr_nonnull(strstr(fixture_study(line, 2), "excludes --by, --subgroup"));
    snprintf(line, sizeof line, "%s --value x --time t --gap 5min", test_file("times.csv", "t,x\n2026-11-02 10:00,1\nnoon,2\n"));
    ck_assert_ptr_nonnull(strstr(fixture_study(line, 2), "column 1 (t): 'noon' is no time"));
}
END_TEST

/* The value of the key behind the first `after`. */
static double number_at(const char *json, const char *after, const char *key)
{
    char quoted[64];
    const char *place = strstr(json, after);
    snprintf(quoted, sizeof quoted, "\"%s\": ", key);
    place = place ? strstr(place, quoted) : NULL;
    ck_assert_msg(place != NULL, "no %s after %s in %s", key, after, json);
    return strtod(place + strlen(quoted), NULL);
}

/* Two columns whose covariance is known by hand: sums of squares 10 and 10, of products 9, of five rows; the sixth follows. T2 = d' S^-1 d with
 * S = [2.5 2.25; 2.25 2.5]. */
START_TEST(rows_of_several_columns_make_t2)
{
    static const char text[] = "name,a,b\np,1,1\nq,2,3\nr,3,2\ns,4,4\nt,5,5\nu,5,1\nv,,3\n";
    static const char header[] = "--chart t2 --columns a,b --baseline 1:5 --alpha 0.9";
    char line[300];
    const char *path = test_file("pairs.csv", text);
    const double squares = 10, products = 9, determinant = (squares * squares - products * products) / 16;
    snprintf(line, sizeof line, "%s %s -f json", path, header);
    const char *json = fixture_study(line, 0);
    ck_assert_msg(sound_json(json), "%s", json);
    const double d[] = {2, -2}, t2 = (squares / 4 * (d[0] * d[0] + d[1] * d[1]) - 2 * products / 4 * d[0] * d[1]) / determinant;
    ck_assert_close(number_at(json, "\"i\": 6", "value"), t2, 1e-13);
    ck_assert_close(number_at(json, "{", "extra"), determinant, 1e-13);
    /* the first five by a beta, those after by an F distribution of 2 and 3 degrees of freedom: Q = (1 + 2 f / 3)^-1.5 */
    ck_assert_close(number_at(json, "\"i\": 1", "ucl"), 16 / 5.0 * (1 - 0.9), 1e-12);
    ck_assert_close(number_at(json, "\"i\": 6", "ucl"), 6 / 5.0 * 2 * 4 / 3 * 1.5 * (pow(0.9, -1 / 1.5) - 1), 1e-12);
    ck_assert_ptr_nonnull(strstr(strstr(json, "\"i\": 6"), "\"contributing\": [{\"name\": "));
    ck_assert_close(number_at(strstr(json, "\"i\": 6"), "{\"name\": \"a\"", "alone"), 4 / 2.5, 1e-13);
    ck_assert_ptr_nonnull(strstr(json, "{\"i\": 7, \"n\": 0, \"value\": null"));
    snprintf(line, sizeof line, "%s %s", path, header);
    const char *said = fixture_study(line, 0);
    ck_assert_ptr_nonnull(strstr(said, "T2 of 2 columns, n 1, alpha 0.9"));
    ck_assert_ptr_nonnull(strstr(said, "made by "));
    snprintf(line, sizeof line, "%s --chart mewma --columns a,b --baseline 1:5 --lambda 1 -f json", path);
    ck_assert_close(number_at(fixture_study(line, 0), "\"i\": 6", "value"), t2, 1e-13); /* without memory it is T2 */
    snprintf(line, sizeof line, "%s --chart t2 --columns a,b,c", path);
    ck_assert_ptr_nonnull(strstr(fixture_study(line, 2), "no column 'c'"));
    snprintf(line, sizeof line, "%s --chart t2 --columns a,b --value a", path);
    ck_assert_ptr_nonnull(strstr(fixture_study(line, 2), "--columns excludes"));
}
END_TEST

Suite *study_data_suite(void)
{
    Suite *suite = suite_create("study_data");
    TCase *nasty = tcase_create("no_data_make_a_number_that_is_none");
    tcase_add_loop_test(nasty, no_data_make_a_number_that_is_none, 0, KINDS);
    suite_add_tcase(suite, nasty);
    fixture_add(suite, figures_out_of_reach_say_so);
    fixture_add(suite, every_dialect_says_the_same);
    fixture_add(suite, any_bytes_are_read_or_refused);
    fixture_add(suite, long_cells_and_lines_are_read);
    fixture_add(suite, many_columns_and_digits_are_read);
    fixture_add(suite, pauses_make_subgroups);
    fixture_add(suite, rows_of_several_columns_make_t2);
    return suite;
}
