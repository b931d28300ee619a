#include "tests/config/sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

Suite *log_suite(void);

static char said[4000];

static void read_back(const char *path)
{
    FILE *file = fopen(path, "r");
    said[fread(said, 1, sizeof said - 1, file)] = '\0';
    fclose(file);
}

START_TEST(lines)
{
    char *longer = memory_zero(3000, 1);
    const char *path = test_path("log");
    memset(longer, 'x', 2999);
    ck_assert_ptr_nonnull(freopen(path, "w", stderr));
    unsetenv("JOURNAL_STREAM");
    log_info("started");
    log_quiet(1);
    log_info("not said");
    log_warning("two\nlines of %d", 2);
    log_error("%s", longer);
    read_back(path);
    int year, used = 0;
    ck_assert_int_eq(sscanf(said, "%4d-%*2d-%*2dT%*2d:%*2d:%*2dZ info: started\n%n", &year, &used), 1);
    ck_assert_int_gt(used, 0);
    ck_assert_ptr_null(strstr(said, "not said"));
    ck_assert_ptr_nonnull(strstr(said, "Z warning: two lines of 2\n"));
    ck_assert_ptr_nonnull(strstr(said, "Z error: xxxx"));
    ck_assert_int_eq(said[strlen(said) - 1], '\n');
    free(longer);
}
END_TEST

START_TEST(journal)
{
    struct stat st;
    char stream[64];
    const char *path = test_path("log");
    ck_assert_ptr_nonnull(freopen(path, "w", stderr));
    ck_assert_int_eq(fstat(STDERR_FILENO, &st), 0);
    snprintf(stream, sizeof stream, "%llu:%llu", (unsigned long long)st.st_dev, (unsigned long long)st.st_ino);
    setenv("JOURNAL_STREAM", stream, 1);
    log_error("the disk is full");
    setenv("JOURNAL_STREAM", "1:1", 1);
    log_warning("elsewhere");
    read_back(path);
    ck_assert_int_eq(strncmp(said, "<3>the disk is full\n", 20), 0);
    ck_assert_ptr_nonnull(strstr(said, "Z warning: elsewhere\n"));
}
END_TEST

/* A loose contact: a change a second for three minutes, then still. */
START_TEST(what_changes_without_end_is_said_ten_times_and_then_once_a_minute)
{
    struct log_voice voice = {0};
    int held, spoken = 0, told = 0, last = -1;
    for (int second = 0; second < 400; second++) {
        bool changed = second < 180;
        if (!log_may(&voice, changed, HOUR_US + second * SECOND_US, &held))
            continue;
        spoken++;
        told += held + changed;
        last = second;
        ck_assert_int_eq(held, second < 10 ? 0 : second == 60 ? 50 : 59);
    }
    ck_assert_int_eq(spoken, 13);
    ck_assert_int_eq(told, 180);
    ck_assert_int_eq(last, 180);
    ck_assert(log_may(&voice, true, HOUR_US + 500 * SECOND_US, &held)); /* much later: afresh */
    ck_assert_int_eq(held, 0);
}
END_TEST

Suite *log_suite(void)
{
    Suite *suite = suite_create("log");
    suite_add(suite, "log lines", lines);
    suite_add(suite, "log lines for the journal", journal);
    suite_add(suite, "log voice", what_changes_without_end_is_said_ten_times_and_then_once_a_minute);
    return suite;
}
