#include "tests/config/sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

Suite *options_suite(void);

static const char *config, *format;
static bool strict;
static long last;
static double level;
static int64_t since_us, from_us;
static struct option_list names;

static const struct option_row rows[] = {
    OPTIONS_CONFIG(&config),
    {"format", 'f', OPTION_TEXT, "FORMAT", "text, csv or pdf", &format},
    {"strict", 's', OPTION_FLAG, NULL, "exit 1 when a requirement is missed", &strict},
    {"last", 0, OPTION_INTEGER, "N", "only the newest points", &last},
    {"confidence", 0, OPTION_REAL, "P", "of intervals", &level},
    {"since", 0, OPTION_DURATION, "DURATION", "until now", &since_us},
    {"from", 0, OPTION_TIME, "TIME", "the beginning", &from_us},
    {"name", 'n', OPTION_LIST, "NAMES", "of characteristics", &names},
};
static const struct command_line line = {"gemba report [NAME] [options]", "Makes reports.", rows, sizeof rows / sizeof rows[0], 2};

/* Runs the parser on words (NULL-ended) and keeps what it printed. */
static char said[4000];
static const char *operands[2];

static int parse(const char *const *words)
{
    char *argv[20] = {(char *)"report"};
    int argc = 1;
    const char *path = test_path("said");
    for (; *words; words++)
        argv[argc++] = (char *)*words;
    fflush(stdout);
    int out = dup(1), err = dup(2);
    FILE *file = fopen(path, "w+");
    dup2(fileno(file), 1);
    dup2(fileno(file), 2);
    int result = options_parse(&line, argc, argv, operands);
    fflush(stdout);
    fflush(stderr);
    dup2(out, 1);
    dup2(err, 2);
    close(out);
    close(err);
    rewind(file);
    said[fread(said, 1, sizeof said - 1, file)] = '\0';
    fclose(file);
    return result;
}
#define PARSE(...) parse((const char *const[]){__VA_ARGS__, NULL})

START_TEST(values)
{
    ck_assert_int_eq(PARSE("-cplant.yaml", "acme", "--format=pdf", "--strict", "--last", "-5", "--confidence", "0.95", "--since=8h", "--from",
                           "2026-11-02T00:00:00Z", "-n", "a,b", "--name=c", "--", "-x"),
                     0);
    ck_assert_str_eq(config, "plant.yaml");
    ck_assert_str_eq(format, "pdf");
    ck_assert(strict);
    ck_assert_int_eq(last, -5);
    ck_assert_double_eq(level, 0.95);
    ck_assert_int_eq(since_us, 8 * HOUR_US);
    ck_assert_int_eq(from_us, INT64_C(1793577600) * SECOND_US);
    ck_assert_uint_eq(names.count, 3);
    ck_assert_str_eq(names.items[1], "b");
    ck_assert_str_eq(names.items[2], "c");
    ck_assert_str_eq(operands[0], "acme");
    ck_assert_str_eq(operands[1], "-x");
    ck_assert_str_eq(said, "");
    ck_assert_int_eq(PARSE("-c", "b.yaml", "-"), 0);
    ck_assert_str_eq(config, "b.yaml");
    ck_assert_str_eq(operands[0], "-");
    ck_assert_ptr_null(operands[1]);
}
END_TEST

static const struct {
    const char *words[3], *message;
} wrong[] = {
    {{"--formt", "pdf"}, "gemba report: unknown option '--formt': did you mean '--format'?"},
    {{"--zzz"}, "unknown option '--zzz' (`gemba report --help` lists the options)"},
    {{"-x"}, "unknown option '-x'"},
    {{"--format"}, "--format needs a value: --format FORMAT"},
    {{"--format", "--strict"}, "--format needs a value"},
    {{"--strict=yes"}, "--strict takes no value"},
    {{"-sf"}, "takes no value"},
    {{"--last", "5x"}, "'5x' is not a whole number"},
    {{"--last="}, "'' is not a whole number"},
    {{"--last", "99999999999999999999"}, "is not a whole number"},
    {{"--confidence", "nan"}, "'nan' is not a number"},
    {{"--since", "8"}, "'8' is not a duration such as 500ms"},
    {{"--from", "yesterday"}, "'yesterday' is not a time such as"},
    {{"--name", "a,,b"}, "is not names parted by commas"},
    {{"a", "b", "c"}, "unexpected argument 'c'"},
};

START_TEST(mistakes)
{
    const char *words[4] = {wrong[_i].words[0], wrong[_i].words[1], wrong[_i].words[2], NULL};
    ck_assert_int_eq(parse(words), -1);
    ck_assert_msg(strstr(said, wrong[_i].message) != NULL, "%s", said);
}
END_TEST

START_TEST(help)
{
    ck_assert_int_eq(PARSE("--help"), 1);
    for (size_t i = 0; i < line.count; i++)
        ck_assert_ptr_nonnull(strstr(said, rows[i].help));
    ck_assert_ptr_nonnull(strstr(said, "usage: gemba report [NAME] [options]\n"));
    ck_assert_ptr_nonnull(strstr(said, "-f, --format FORMAT"));
    ck_assert_ptr_nonnull(strstr(said, "DURATION is a duration such as"));
    ck_assert_int_eq(PARSE("-h"), 1);
    ck_assert_int_eq(PARSE("--version"), 1);
    ck_assert_str_eq(said, "gemba " GEMBA_VERSION "\n");
}
END_TEST

Suite *options_suite(void)
{
    Suite *suite = suite_create("options");
    suite_add(suite, "values of options", values);
    TCase *one = tcase_create("wrong options");
    tcase_add_loop_test(one, mistakes, 0, sizeof wrong / sizeof wrong[0]);
    suite_add_tcase(suite, one);
    suite_add(suite, "help and version", help);
    return suite;
}
