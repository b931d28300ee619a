/* Every command on stores that are damaged: rows, or words and an exit status, never a crash; and no other values than those that were recorded
 * without `verify` finding something. */
#include "storage/storage.h"
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

static char config[400], database[400], copy[400], serial[64]; /* serial: of some part */

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

/* All but what came last. */
static void pack(void)
{
    struct store *store;
    struct error err;
    ck_assert_msg(!store_open(&store, database, STORE_RECORD, &err), "%s", err.text);
    for (bool more = true; more;)
        ck_assert_msg(!store_pack(store, 0, SECOND_US, &more, &err), "%s", err.text);
    store_close(store);
}

static void record_some(void)
{
    char text[2048];
    snprintf(
        text, sizeof text,
        "plant: {name: W, timezone: UTC}\nstore: {path: plant.db}\nlinks: {a: {url: \"tcp://127.0.0.1:%d\"}}\n"
        "instruments: {g: {link: a, unit: 1, every: 10ms, tags: {t: {address: 40001, type: f32}, s: {address: 40010, type: string, length: 16}}}}\n"
        "characteristics: {c: {source: g.t, every: 10ms, nominal: 10, lsl: 9, usl: 11, chart: xbar-r, subgroup: 5, part: A, serial: g.s}}\n"
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
    ck_assert_msg(process_run(NULL, &errors, ARGV("gemba", "limits", "c", "enter", "--center", "10", "--sigma", "1", "-r", "study", "-c", config)) ==
                      0,
                  "%s", errors);
    ck_assert_msg(process_run(NULL, &errors, ARGV("gemba", "note", "c", "coolant low", "-c", config)) == 0, "%s", errors);
    pack();
    char *rows;
    ck_assert_int_eq(process_run(&rows, &errors, ARGV("gemba", "export", "measurements", "-c", config)), 0);
    ck_assert_int_eq(sscanf(strchr(rows, '\n'), " \"%*[^\"]\",\"c\",\"%*[^\"]\",\"good\",\"\",\"%63[^\"]\"", serial), 1);
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

/* Runs one: 0, 1, 2 with words; -1 with what it said when it ended otherwise. */
static int ask(const char *const command[5], char **answer)
{
    const char *arguments[9] = {"gemba"};
    char *errors;
    int n = 1;
    for (int i = 0; i < 5 && command[i]; i++)
        arguments[n++] = command[i];
    arguments[n++] = "-c";
    arguments[n] = config;
    int status = process_run(answer, &errors, arguments);
    if (status >= 0 && status <= 2 && (status != 2 || *errors))
        return status;
    *answer = errors;
    return -1;
}

/* Its answer depends on nothing but the file, and values are all of it. */
static bool is_stored(const char *const command[5])
{
    return !strcmp(command[0], "export") || !strcmp(command[0], "capability") || !strcmp(command[0], "trace");
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
        {"show", "characteristics", "--format", "csv"},
        {"capability", "--period", "all", "-f", "csv"},
        {"limits", "c", "history"},
        {"export", "signals", "--format", "json"},
        {"trace", serial, "-f", "csv"},
        {"note"},
        {"retain", "--dry-run"},
        {"backup", "copy.db", "--force", "-q"},
        {"note", "c", "still here"},
        {"verify"},
    };
    enum { COMMANDS = sizeof commands / sizeof commands[0], SAID = 2 };
    const char *many = getenv("GEMBA_TEST_MUTATIONS");
    int with_words = 0, mutations = many ? atoi(many) : MUTATIONS;
    char *whole[COMMANDS];
    record_some();
    ck_assert_int_eq(chdir(test_directory()), 0); /* reports go here */
    for (int i = 0; i < COMMANDS; i++)
        ck_assert_msg(ask(commands[i], &whole[i]) < SAID, "gemba %s %s: %s", commands[i][0], commands[i][1] ? commands[i][1] : "", whole[i]);
    for (int number = 0; number < mutations; number++) {
        int different = -1, status = 0;
        damage(number);
        for (int i = 0; i < COMMANDS; i++) {
            char *answer;
            status = ask(commands[i], &answer);
            ck_assert_msg(status >= 0, "mutation %d: `gemba %s %s`: %s", number, commands[i][0], commands[i][1] ? commands[i][1] : "", answer);
            with_words += status == SAID;
            if (status < SAID && is_stored(commands[i]) && strcmp(answer, whole[i]) != 0)
                different = i;
        }
        ck_assert_msg(different < 0 || status > 0, "mutation %d: `gemba %s %s` says something else, and verify nothing", number,
                      commands[different][0], commands[different][1]);
    }
    ck_assert_int_gt(with_words, mutations);
}
END_TEST

Suite *damage_suite(void);
Suite *damage_suite(void)
{
    const struct named_test cases[] = {{"every command that reads, on damaged stores", every_reading_command}};
    return SUITE_OF("damage", 150, cases);
}
