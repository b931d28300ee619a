#include "reports/output.h"
#include "tests/harness.h"
#include "tests/reports/fixture.h"

#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct thing {
    const char *name, *words;
    double number;
    int64_t count, time_us;
    bool yes;
    const char *value_text;
};

static void get_name(const void *row, struct cell *cell)
{
    strcpy(cell->text, ((const struct thing *)row)->name);
}
static void get_words(const void *row, struct cell *cell)
{
    strcpy(cell->text, ((const struct thing *)row)->words);
}
static void get_count(const void *row, struct cell *cell)
{
    cell->integer = ((const struct thing *)row)->count;
}
static void get_time(const void *row, struct cell *cell)
{
    cell->integer = ((const struct thing *)row)->time_us;
}
static void get_yes(const void *row, struct cell *cell)
{
    cell->integer = ((const struct thing *)row)->yes;
}

static void get_number(const void *row, struct cell *cell)
{
    cell->number = ((const struct thing *)row)->number;
    cell->decimals = 3;
}

static void get_value(const void *row, struct cell *cell)
{
    get_number(row, cell);
    strcpy(cell->text, ((const struct thing *)row)->value_text);
}

static const struct column columns[] = {
    {"name", "NAME", COLUMN_TEXT, -10, get_name},     {"number", "NUMBER", COLUMN_NUMBER, 8, get_number},
    {"count", "COUNT", COLUMN_INTEGER, 6, get_count}, {"time", "TIME", COLUMN_TIME, -19, get_time},
    {"yes", "YES", COLUMN_BOOLEAN, -3, get_yes},      {"rules", NULL, COLUMN_LIST, 0, get_words},
    {"value", "VALUE", COLUMN_VALUE, 8, get_value},
};
static const struct thing things[] = {
    {"plain", "", 0.1, 7, FIXTURE_NOW + 123456, true, ""},
    {"a \"b\", c\nd\\", "1 2 five", NAN, -9007199254740993, 0, false, "SN,\"1\""},
    {"\xe5\xad\x94\xe5\xbe\x84 d", "1", 1.0 / 3, INT64_MAX, 0, false, ""},
};

static const char *written(enum output_format format, size_t rows)
{
    const char *path = test_path("out");
    FILE *stream = fopen(path, "w");
    struct error err;
    text_set_timezone("Europe/Berlin");
    struct output *output = output_begin(stream, format, columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < rows; i++)
        output_row(output, &things[i]);
    ck_assert_int_eq(output_end(output, &err), 0);
    fclose(stream);
    return fixture_read(path);
}

START_TEST(output_text)
{
    ck_assert_str_eq(written(OUTPUT_TEXT, 3), "NAME         NUMBER  COUNT TIME                YES    VALUE\n"
                                              "plain         0.100      7 2026-11-05 15:00:00 yes    0.100\n"
                                              "a \"b\", c ~       -- ###### --                  no    SN,\"1\"\n"
                                              "\xe5\xad\x94\xe5\xbe\x84 d        0.333 ###### --                  no     0.333\n");
}
END_TEST

/* What a narrow terminal has no room for stands below its row, wrapped; absent figures are left out. */
START_TEST(text_within_a_width)
{
    const char *path = test_path("out");
    FILE *stream = fopen(path, "w");
    struct error err;
    text_set_timezone("Europe/Berlin");
    struct output *output = output_begin_within(stream, OUTPUT_TEXT, columns, sizeof columns / sizeof columns[0], 30);
    for (size_t i = 0; i < 2; i++)
        output_row(output, &things[i]);
    ck_assert_int_eq(output_end(output, &err), 0);
    fclose(stream);
    ck_assert_str_eq(fixture_read(path), "NAME         NUMBER  COUNT\n"
                                         "plain         0.100      7\n"
                                         "    time 2026-11-05 15:00:00\n"
                                         "    yes yes  value 0.100\n"
                                         "a \"b\", c ~       -- ######\n"
                                         "    yes no  value SN,\"1\"\n");
}
END_TEST

START_TEST(columns_that_fit)
{
    struct column fitting[sizeof columns / sizeof columns[0]];
    ck_assert_uint_eq(output_fit(columns, 5, 0, fitting), 5);
    ck_assert_uint_eq(output_fit(columns, 5, 46, fitting), 4);
    ck_assert_uint_eq(output_fit(columns, 5, 30, fitting), 4); /* the time gives way to the narrow one after it */
    ck_assert_str_eq(fitting[3].key, "yes");
    ck_assert_uint_eq(output_fit(columns, 5, 3, fitting), 1);
}
END_TEST

START_TEST(output_csv)
{
    ck_assert_str_eq(written(OUTPUT_CSV, 3), "\"name\",\"number\",\"count\",\"time\",\"yes\",\"rules\",\"value\"\n"
                                             "\"plain\",\"0.1\",\"7\",\"2026-11-05T14:00:00.123456Z\",\"true\",\"\",\"0.1\"\n"
                                             "\"a \"\"b\"\", c\nd\\\",,\"-9007199254740993\",,\"false\",\"1 2 five\",\"SN,\"\"1\"\"\"\n"
                                             "\"\xe5\xad\x94\xe5\xbe\x84 d\",\"0.3333333333333333\",\"9223372036854775807\",,\"false\",\"1\","
                                             "\"0.3333333333333333\"\n");
}
END_TEST

START_TEST(output_json)
{
    ck_assert_str_eq(written(OUTPUT_JSON, 3),
                     "[\n"
                     "  {\"name\": \"plain\", \"number\": 0.1, \"count\": 7, \"time\": \"2026-11-05T14:00:00.123456Z\", \"yes\": true, \"rules\": "
                     "[], \"value\": 0.1},\n"
                     "  {\"name\": \"a \\\"b\\\", c\\nd\\\\\", \"number\": null, \"count\": -9007199254740993, \"time\": null, \"yes\": false, "
                     "\"rules\": [\"1\", \"2\", \"five\"], \"value\": \"SN,\\\"1\\\"\"},\n"
                     "  {\"name\": \"\xe5\xad\x94\xe5\xbe\x84 d\", \"number\": 0.3333333333333333, \"count\": 9223372036854775807, \"time\": null, "
                     "\"yes\": false, "
                     "\"rules\": [\"1\"], \"value\": 0.3333333333333333}\n"
                     "]\n");
}
END_TEST

START_TEST(output_without_rows)
{
    ck_assert_str_eq(written(OUTPUT_JSON, 0), "[]\n");
    ck_assert_ptr_nonnull(strchr(written(OUTPUT_CSV, 0), '\n'));
}
END_TEST

/* 17 digits where they are needed: what is read back is the same double. */
START_TEST(numbers_survive)
{
    static const double numbers[] = {0.1, 1e-300, 74.001176000000001, -2.2250738585072014e-308, 123456789012345678.0, 5e-324};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        const char *path = test_path("number");
        FILE *stream = fopen(path, "w");
        struct json json = {.stream = stream};
        json_open(&json, NULL, '{');
        json_number(&json, "v", numbers[i]);
        json_close(&json, '}');
        fclose(stream);
        ck_assert_double_eq(strtod(strchr(fixture_read(path), ':') + 1, NULL), numbers[i]);
    }
}
END_TEST

START_TEST(json_document)
{
    const char *path = test_path("json");
    FILE *stream = fopen(path, "w");
    struct json json = {.stream = stream};
    json_open(&json, NULL, '{');
    json_text(&json, "text", "tab\t \x01 del\x7f bad\xff\xc3( half\xe5\xad");
    json_text(&json, "none", NULL);
    json_open(&json, "empty", '[');
    json_close(&json, ']');
    json_open(&json, "points", '[');
    for (int i = 1; i <= 2; i++) {
        json_open(&json, NULL, '{');
        json_integer(&json, "i", i);
        json_number(&json, "ucl", i == 1 ? INFINITY : 2.5);
        json_open(&json, "rules", '[');
        json_integer(&json, NULL, 1);
        json_integer(&json, NULL, 5);
        json_close(&json, ']');
        json_close(&json, '}');
    }
    json_close(&json, ']');
    json_boolean(&json, "stable", false);
    json_time(&json, "time", 0);
    json_close(&json, '}');
    fclose(stream);
    ck_assert_str_eq(fixture_read(path), "{\n"
                                         "  \"text\": \"tab\\t \\u0001 del\\u007f bad\xef\xbf\xbd\xef\xbf\xbd( half\xef\xbf\xbd\xef\xbf\xbd\",\n"
                                         "  \"none\": null,\n"
                                         "  \"empty\": [],\n"
                                         "  \"points\": [\n"
                                         "    {\"i\": 1, \"ucl\": null, \"rules\": [1, 5]},\n"
                                         "    {\"i\": 2, \"ucl\": 2.5, \"rules\": [1, 5]}\n"
                                         "  ],\n"
                                         "  \"stable\": false,\n"
                                         "  \"time\": null\n"
                                         "}\n");
}
END_TEST

static const char *text_of_cell(int width, double number, int decimals)
{
    static char out[300];
    const struct column column = {"x", "X", COLUMN_NUMBER, width, get_number};
    const struct cell cell = {.number = number, .decimals = decimals};
    output_cell_text(&column, &cell, out, sizeof out);
    return out;
}

/* A figure that does not fit loses decimals, never digits. */
START_TEST(cells_keep_digits)
{
    ck_assert_str_eq(text_of_cell(8, 1.23456, 3), "   1.235");
    ck_assert_str_eq(text_of_cell(-8, 1.23456, 3), "1.235   ");
    ck_assert_str_eq(text_of_cell(6, 12345.678, 3), " 12346");
    ck_assert_str_eq(text_of_cell(4, 12345.678, 3), "####");
    ck_assert_str_eq(text_of_cell(5, NAN, 3), "   --");
    ck_assert_str_eq(text_of_cell(9, 0.25, -1), "     0.25");
    ck_assert_str_eq(text_of_cell(6, 1.0 / 3, -1), "0.3333");
}
END_TEST

START_TEST(unknown_format_names_the_nearest)
{
    enum output_format format;
    struct error err;
    ck_assert_int_eq(output_format_parse("json", &format, &err), 0);
    ck_assert_int_eq(format, OUTPUT_JSON);
    ck_assert_int_eq(output_format_parse("jsn", &format, &err), -1);
    ck_assert_ptr_nonnull(strstr(err.text, "did you mean 'json'"));
}
END_TEST

START_TEST(a_file_appears_whole)
{
    const char *path = test_file("old.txt", "old");
    char command[600], listing[400];
    struct output_file file;
    struct error err;
    struct stat st;
    ck_assert_int_eq(output_file_open(&file, path, &err), 0);
    fputs("new text", file.stream);
    fflush(file.stream);
    ck_assert_str_eq(fixture_read(path), "old");
    ck_assert_int_eq(output_file_commit(&file, &err), 0);
    ck_assert_str_eq(fixture_read(path), "new text");
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_int_eq(st.st_mode & 0777, 0644);
    ck_assert_int_eq(output_file_open(&file, path, &err), 0);
    fputs("half", file.stream);
    output_file_abandon(&file);
    ck_assert_str_eq(fixture_read(path), "new text");
    snprintf(command, sizeof command, "ls -A %s", test_directory());
    ck_assert_int_eq(fixture_shell(command, listing, sizeof listing), 0);
    ck_assert_str_eq(listing, "old.txt\n");
}
END_TEST

START_TEST(a_link_stays_and_a_device_is_written)
{
    const char *target = test_file("target.txt", "old"), *link = test_path("link.txt");
    struct output_file file;
    struct error err;
    struct stat st;
    ck_assert_int_eq(symlink(target, link), 0);
    ck_assert_int_eq(output_file_open(&file, link, &err), 0);
    fputs("through", file.stream);
    ck_assert_int_eq(output_file_commit(&file, &err), 0);
    ck_assert_str_eq(fixture_read(target), "through");
    ck_assert_int_eq(lstat(link, &st), 0);
    ck_assert(S_ISLNK(st.st_mode));
    ck_assert_int_eq(output_file_open(&file, "/dev/null", &err), 0);
    ck_assert_int_eq(output_file_commit(&file, &err), 0);
    ck_assert_int_eq(stat("/dev/null", &st), 0);
    ck_assert(S_ISCHR(st.st_mode));
}
END_TEST

START_TEST(a_missing_directory_and_a_full_disk_have_words)
{
    struct output_file file;
    struct error err;
    ck_assert_int_eq(output_file_open(&file, test_path("no/where.txt"), &err), -1);
    ck_assert_int_eq(err.code, ERR_NOT_FOUND);
    ck_assert_ptr_nonnull(strstr(err.text, "no/where.txt"));
    ck_assert_int_eq(output_file_open(&file, "/dev/full", &err), 0);
    fputs("x", file.stream);
    ck_assert_int_eq(output_file_commit(&file, &err), -1);
    ck_assert_int_eq(err.code, ERR_FULL);
    ck_assert_ptr_nonnull(strstr(err.text, "free some space"));
}
END_TEST

Suite *output_suite(void);
Suite *output_suite(void)
{
    Suite *suite = suite_create("output");
    fixture_add(suite, output_text);
    fixture_add(suite, text_within_a_width);
    fixture_add(suite, columns_that_fit);
    fixture_add(suite, output_csv);
    fixture_add(suite, output_json);
    fixture_add(suite, output_without_rows);
    fixture_add(suite, numbers_survive);
    fixture_add(suite, json_document);
    fixture_add(suite, cells_keep_digits);
    fixture_add(suite, unknown_format_names_the_nearest);
    fixture_add(suite, a_file_appears_whole);
    fixture_add(suite, a_link_stays_and_a_device_is_written);
    fixture_add(suite, a_missing_directory_and_a_full_disk_have_words);
    return suite;
}
