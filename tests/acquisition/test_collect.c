#include "acquisition/acquisition.h"
#include "tests/acquisition/device.h"
#include "tests/acquisition/fixture.h"

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
    } all[] = {
        {"killed in mid-run, then continued", killed_in_mid_run},
        {"one collector a store", one_collector_a_store},
        {"reload", reload},
    };
#ifdef __SANITIZE_THREAD__
    size_t count = 0; /* it cannot follow a fork of a process with threads; tests/system does the rest with the program itself */
#else
    size_t count = sizeof all / sizeof all[0];
#endif
    for (size_t i = 0; i < count; i++) {
        TCase *tcase = tcase_create(all[i].name);
        tcase_set_timeout(tcase, 60);
        tcase_add_test(tcase, all[i].test);
        suite_add_tcase(suite, tcase);
    }
    return suite;
}
