#include "acquisition/acquisition.h"
#include "tests/acquisition/device.h"
#include "tests/acquisition/fixture.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int collect(const char *config, const char *duration)
{
    const char *arguments[] = {"collect", "-c", config, "--quiet", "--for", duration, NULL};
    return collect_command(6, (char **)arguments);
}

static pid_t start_collector(const char *config)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(freopen("/dev/null", "w", stderr) ? collect(config, "60s") : 1);
    ck_assert_int_gt(pid, 0);
    return pid;
}

/* --- a server that nobody here wrote */

enum { FOREIGN_MAX = 64, EXPECTED = 32 };

struct foreign {
    pid_t pid;
    int input, port;
    FILE *output;
    size_t count;
    char expected[FOREIGN_MAX][EXPECTED], type[FOREIGN_MAX][8], order[FOREIGN_MAX][8];
    int address[FOREIGN_MAX];
};

static void foreign_start(struct foreign *foreign)
{
    int in[2], out[2];
    ck_assert(!pipe(in) && !pipe(out));
    foreign->pid = fork();
    if (foreign->pid == 0) {
        dup2(in[0], 0);
        dup2(out[1], 1);
        close(in[1]);
        execl("/usr/bin/python3", "python3", "tests/acquisition/pymodbus_server.py", NULL);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    foreign->input = in[1];
    foreign->output = fdopen(out[0], "r");
    foreign->count = 0;
    char line[200];
    ck_assert_msg(fgets(line, sizeof line, foreign->output) && sscanf(line, "%d", &foreign->port) == 1,
                  "the pymodbus server did not start: is python3-pymodbus installed, is this the source directory?");
    while (fgets(line, sizeof line, foreign->output) && strcmp(line, "end\n") != 0) {
        size_t i = foreign->count++;
        ck_assert_int_eq(sscanf(line, "%d %7s %7s %31s", &foreign->address[i], foreign->type[i], foreign->order[i], foreign->expected[i]), 4);
    }
}

static void foreign_stop(struct foreign *foreign)
{
    int status;
    close(foreign->input);
    waitpid(foreign->pid, &status, 0);
    fclose(foreign->output);
    ck_assert_int_eq(status, 0);
}

static struct plant *foreign_plant(const struct foreign *foreign)
{
    char tags[8000] = "";
    for (size_t i = 0; i < foreign->count; i++) {
        char detail[32] = "";
        if (!strcmp(foreign->type[i], "string"))
            snprintf(detail, sizeof detail, ", length: 8");
        else
            snprintf(detail, sizeof detail, ", order: %s", foreign->order[i]);
        snprintf(tags + strlen(tags), sizeof tags - strlen(tags), "      t%zu: {address: \"%s:%d\", type: %s%s}\n", i, i % 2 ? "holding" : "input",
                 foreign->address[i], foreign->type[i], detail);
    }
    return fixture_plant(
        "links:\n  hall: {url: \"tcp://127.0.0.1:%d\", timeout: 5s}\ninstruments:\n  g:\n    link: hall\n    unit: 1\n    every: 200ms\n    tags:\n%s"
        "      coil: {address: \"coil:2\", type: bool}\n      input: {address: \"discrete:1\", type: bool}\n",
        foreign->port, tags);
}

START_TEST(foreign_server)
{
    struct foreign foreign;
    struct store *store;
    struct reading readings[FOREIGN_MAX + 2];
    int64_t time_us;
    struct error err;
    foreign_start(&foreign);
    ck_assert_uint_ge(foreign.count, 33); /* eight types in four orders, a string */
    struct plant *plant = foreign_plant(&foreign);
    ck_assert_int_eq(collect(plant->file, "1s"), 0);
    foreign_stop(&foreign);
    ck_assert_msg(!store_open(&store, plant->store_path, STORE_READ, &err), "%s", err.text);
    ck_assert(!store_identify(store, plant, &err));
    ck_assert(!store_latest(store, &plant->instruments[0], readings, &time_us, &err));
    for (size_t i = 0; i < foreign.count; i++) {
        ck_assert_msg(quality_is_good(readings[i].quality), "%s %s: %s", foreign.type[i], foreign.order[i], quality_reason(readings[i].quality));
        if (!strcmp(foreign.type[i], "string"))
            ck_assert_str_eq(readings[i].text, foreign.expected[i]);
        else
            ck_assert_msg(readings[i].value == strtod(foreign.expected[i], NULL), "%s %s: %.17g instead of %s", foreign.type[i], foreign.order[i],
                          readings[i].value, foreign.expected[i]);
    }
    ck_assert_double_eq(readings[foreign.count].value, 1);
    ck_assert_double_eq(readings[foreign.count + 1].value, 0);
    store_close(store);
    plant_free(plant);
}
END_TEST

/* --- the process */

static struct plant *device_plant(int port)
{
    return fixture_plant(
        "links:\n  hall: {url: \"tcp://127.0.0.1:%d\", timeout: 1s}\ninstruments:\n  g:\n    link: hall\n    unit: 1\n    every: 20ms\n    tags:\n"
        "      value: {address: \"holding:7\", type: u16}\ncharacteristics:\n"
        "  bore: {part: P, source: g.value, every: 20ms, nominal: 3000, lsl: 0, usl: 4000, chart: i-mr, rules: nelson}\n",
        port);
}

struct watch {
    struct plant *plant;
    int64_t points;
};

static int64_t points_of(struct plant *plant, bool check)
{
    struct store *store;
    struct point_cursor *cursor;
    struct point point;
    struct standing standing;
    struct error err;
    int64_t count = 0;
    if (store_open(&store, plant->store_path, STORE_READ, &err))
        return 0;
    if (!store_identify(store, plant, &err) && plant->characteristics[0].id &&
        !point_cursor_open(&cursor, store, plant->characteristics[0].id, 0, INT64_MAX, 0, &err)) {
        while (point_cursor_next(cursor, &point, &err) == 1)
            if (++count != point.number && check)
                ck_abort_msg("point %d has number %d", (int)count, (int)point.number);
        point_cursor_close(cursor);
        if (check) {
            ck_assert(!store_standing(store, plant->characteristics[0].id, &standing, &err));
            ck_assert_int_eq(standing.moments.n, count);
            ck_assert_int_eq(standing.points, count);
        }
    }
    store_close(store);
    return count;
}

static int has_points(void *context)
{
    const struct watch *watch = context;
    return points_of(watch->plant, false) >= watch->points;
}

static int end(pid_t pid, int signal_number)
{
    int status;
    kill(pid, signal_number);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    return status;
}

START_TEST(killed_in_mid_run)
{
    int port;
    struct device *device = device_start(&port);
    struct watch watch = {device_plant(port), 0};
    for (int round = 0; round < 3; round++) {
        pid_t pid = start_collector(watch.plant->file);
        watch.points += 10;
        fixture_wait(has_points, &watch, "ten more points");
        int status = end(pid, round < 2 ? SIGKILL : SIGTERM);
        ck_assert(round < 2 ? WIFSIGNALED(status) : WIFEXITED(status) && WEXITSTATUS(status) == 0);
        int64_t after = points_of(watch.plant, true);
        ck_assert_int_ge(after, watch.points);
        watch.points = after;
    }
    device_stop(device);
    plant_free(watch.plant);
}
END_TEST

START_TEST(one_collector_a_store)
{
    int port;
    struct device *device = device_start(&port);
    struct watch watch = {device_plant(port), 1};
    pid_t pid = start_collector(watch.plant->file);
    fixture_wait(has_points, &watch, "a first point");
    ck_assert_ptr_nonnull(freopen(test_path("log"), "w", stderr));
    ck_assert_int_eq(collect(watch.plant->file, "10s"), 2);
    fflush(stderr);
    char text[600] = "", number[20];
    FILE *file = fopen(test_path("log"), "r");
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    snprintf(number, sizeof number, "(pid %d)", (int)pid);
    ck_assert_msg(strstr(text, number) != NULL, "'%s' does not name %s", text, number);
    ck_assert_int_eq(end(pid, SIGINT), 0);
    device_stop(device);
    plant_free(watch.plant);
}
END_TEST

static int has_second_tag(void *context)
{
    const struct watch *watch = context;
    struct store *store;
    struct reading readings[2];
    int64_t time_us = 0;
    struct error err;
    if (store_open(&store, watch->plant->store_path, STORE_READ, &err))
        return 0;
    int there = !store_identify(store, watch->plant, &err) && !store_latest(store, &watch->plant->instruments[0], readings, &time_us, &err) &&
                time_us && readings[1].value == 3008;
    store_close(store);
    return there;
}

START_TEST(reload)
{
    int port;
    struct device *device = device_start(&port);
    struct watch watch = {device_plant(port), 5};
    char *good = memory_text(watch.plant->text), *value = strstr(good, "characteristics:");
    pid_t pid = start_collector(watch.plant->file);
    fixture_wait(has_points, &watch, "five points");
    test_file("plant.yaml", "plant: {nam: X}\n");
    kill(pid, SIGHUP);
    watch.points = points_of(watch.plant, true) + 60; /* goes on with the old one */
    fixture_wait(has_points, &watch, "more points");
    char *wider = memory_format("%.*s      other: {address: \"holding:8\", type: u16}\n%s", (int)(value - good), good, value);
    plant_free(watch.plant);
    struct problems problems = {0};
    watch.plant = plant_load(test_file("plant.yaml", wider), &problems);
    ck_assert_ptr_nonnull(watch.plant);
    kill(pid, SIGHUP);
    fixture_wait(has_second_tag, &watch, "the new tag");
    ck_assert_int_eq(end(pid, SIGTERM), 0);
    points_of(watch.plant, true);
    device_stop(device);
    plant_free(watch.plant);
    free(good);
    free(wider);
}
END_TEST

Suite *collect_suite(void);
Suite *collect_suite(void)
{
    Suite *suite = suite_create("collect");
    const struct {
        const char *name;
        const TTest *test;
    } all[] = {{"every type and order from pymodbus", foreign_server},
               {"killed in mid-run, then continued", killed_in_mid_run},
               {"one collector a store", one_collector_a_store},
               {"reload", reload}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        TCase *tcase = tcase_create(all[i].name);
        tcase_set_timeout(tcase, 60);
        tcase_add_test(tcase, all[i].test);
        suite_add_tcase(suite, tcase);
    }
    return suite;
}
