/* Every command that reads, on stores that are damaged: rows, or words and an exit status, never a crash. */
#include "config/config.h"
#include "tests/harness.h"
#include "tests/system/process.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MUTATIONS = 40, PAGE = 4096 };

static char config[400], database[400], copy[400];

static void put(const char *from, const char *to)
{
    char *command = memory_format("cp '%s' '%s' && rm -f '%s-wal' '%s-shm'", from, to, to, to);
    ck_assert_int_eq(system(command), 0);
    free(command);
}

static bool says_ready(void *context)
{
    return strstr(process_output(context), "ready") != NULL;
}

static void record_some(void)
{
    char text[2048];
    snprintf(
        text, sizeof text,
        "plant: {name: W, timezone: UTC}\nstore: {path: plant.db}\nlinks: {a: {url: \"tcp://127.0.0.1:%d\"}}\n"
        "instruments: {g: {link: a, unit: 1, every: 10ms, tags: {t: {address: 40001, type: f32}, s: {address: 40010, type: string, length: 8}}}}\n"
        "characteristics: {c: {source: g.t, every: 10ms, nominal: 10, lsl: 9, usl: 11, chart: xbar-r, subgroup: 5, serial: g.s}}\n"
        "reports: {all: {customer: ACME, characteristics: [c], period: all, formats: [csv]}}\n",
        process_free_port());
    snprintf(config, sizeof config, "%s", test_file("plant.yaml", text));
    snprintf(database, sizeof database, "%s", test_path("plant.db"));
    snprintf(copy, sizeof copy, "%s", test_path("whole.db"));
    struct process simulator = process_start(ARGV("gemba", "simulate", "-c", config));
    ck_assert_msg(process_wait_for(says_ready, &simulator, 10000), "no simulator: %s", process_errors(&simulator));
    char *errors;
    ck_assert_msg(process_run(NULL, &errors, ARGV("gemba", "collect", "--quiet", "-c", config, "--for", "3s")) == 0, "%s", errors);
    process_kill(&simulator, SIGTERM);
    process_wait(&simulator, 5000);
    put(database, copy);
}

static void damage(int number)
{
    struct stat st;
    unsigned char page[PAGE];
    srand((unsigned)number);
    put(copy, database);
    int fd = open(database, O_RDWR);
    ck_assert(fd >= 0 && !fstat(fd, &st) && st.st_size > 8 * PAGE);
    off_t at = number % 5 == 0 ? rand() % (2 * PAGE) : rand() % (int)st.st_size;
    if (number % 3 == 0)
        ck_assert_int_eq(ftruncate(fd, at), 0);
    else {
        off_t first = at / PAGE * PAGE;
        ck_assert_int_eq(pread(fd, page, PAGE, first), PAGE);
        for (int i = 0; i < (number % 3 == 1 ? 6 : 200); i++)
            page[rand() % PAGE] ^= (unsigned char)(1 << rand() % 8);
        ck_assert_int_eq(pwrite(fd, page, PAGE, first), PAGE);
    }
    close(fd);
}

START_TEST(every_reading_command)
{
    static const char *const commands[][5] = {
        {"show", "overview", "--format", "csv"},
        {"show", "chart", "--format", "csv"},
        {"show", "alarms", "--history"},
        {"show", "links"},
        {"export", "samples", "--format", "csv"},
        {"export", "measurements", "--format", "csv"},
        {"report", "all"},
        {"verify"},
    };
    enum { COMMANDS = sizeof commands / sizeof commands[0] };
    int with_words = 0;
    record_some();
    ck_assert_int_eq(chdir(test_directory()), 0); /* reports go here */
    for (int number = 0; number < MUTATIONS; number++) {
        damage(number);
        for (int i = 0; i < COMMANDS; i++) {
            const char *arguments[9] = {"gemba"};
            int n = 1;
            for (int j = 0; j < 5 && commands[i][j]; j++)
                arguments[n++] = commands[i][j];
            arguments[n++] = "-c";
            arguments[n] = config;
            char *errors;
            int status = process_run(NULL, &errors, arguments);
            ck_assert_msg(status >= 0 && status <= 2, "mutation %d: `gemba %s %s` ended with %d: %s", number, commands[i][0],
                          commands[i][1] ? commands[i][1] : "", status, errors);
            ck_assert_msg(status != 2 || *errors, "mutation %d: `gemba %s` failed without a word", number, commands[i][0]);
            with_words += status == 2;
        }
    }
    ck_assert_int_gt(with_words, MUTATIONS);
}
END_TEST

Suite *damage_suite(void);
Suite *damage_suite(void)
{
    const struct named_test cases[] = {{"every command that reads, on damaged stores", every_reading_command}};
    return SUITE_OF("damage", 150, cases);
}
