/* Somebody sets the clock of a machine that collects. */
#include "acquisition/acquisition.h"
#include "storage/storage.h"
#include "tests/harness.h"
#include "tests/system/process.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile int64_t *set_by_us; /* shared with the collector */
static char config[400];
static struct error err;

static int64_t machine_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * SECOND_US + now.tv_nsec / 1000 + *set_by_us;
}

static pid_t collect(void)
{
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        clock_set_source(machine_clock);
        const char *arguments[] = {"collect", "--quiet", "-c", config, NULL};
        _exit(collect_command(4, (char **)arguments));
    }
    return pid;
}

static void end(pid_t pid)
{
    int status;
    kill(pid, SIGTERM);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_eq(status, 0);
}

static bool says_ready(void *context)
{
    return strstr(process_output(context), "ready") != NULL;
}

/* Points and measurements are in the order in which they came: the numbers rise with time. */
static int64_t look(int64_t *newest_us, int64_t *longest_us)
{
    struct store *store;
    struct measurement_cursor *cursor;
    struct measurement m;
    int64_t count = 0;
    *newest_us = *longest_us = 0;
    if (store_open(&store, test_path("plant.db"), STORE_READ, &err))
        return 0;
    if (!measurement_cursor_open(&cursor, store, 1, 0, INT64_MAX, 0, &err)) {
        for (; measurement_cursor_next(cursor, &m, &err) == 1; count++) {
            if (count && m.time_us - *newest_us > *longest_us)
                *longest_us = m.time_us - *newest_us;
            *newest_us = m.time_us;
            ck_assert_int_eq(m.point, count + 1);
        }
        measurement_cursor_close(cursor);
    }
    store_close(store);
    return count;
}

static bool has_some(void *least)
{
    int64_t newest_us, longest_us;
    return look(&newest_us, &longest_us) >= *(int64_t *)least;
}

static void wait_for_more(void)
{
    int64_t newest_us, longest_us, least = look(&newest_us, &longest_us) + 15;
    ck_assert_msg(process_wait_for(has_some, &least, 15000), "nothing more is recorded");
}

static int events_with(const char *words)
{
    struct store *store;
    struct event *events;
    size_t count;
    int found = 0;
    ck_assert_msg(!store_open(&store, test_path("plant.db"), STORE_READ, &err), "%s", err.text);
    ck_assert(!store_events(store, 0, INT64_MAX, 100, &events, &count, &err));
    for (size_t i = 0; i < count; i++)
        found += !strcmp(events[i].kind, "clock") && strstr(events[i].text, words);
    free(events);
    store_close(store);
    return found;
}

START_TEST(back_and_forward)
{
    char text[1024];
    int64_t newest_us, longest_us;
    snprintf(text, sizeof text,
             "plant: {name: W, timezone: Europe/Berlin}\nstore: {path: plant.db}\nlinks: {a: {url: \"tcp://127.0.0.1:%d\"}}\n"
             "instruments: {g: {link: a, unit: 1, every: 20ms, tags: {t: {address: 40001, type: f32}}}}\n"
             "characteristics: {c: {source: g.t, every: 20ms, nominal: 10, lsl: 9, usl: 11, chart: i-mr}}\n",
             process_free_port());
    snprintf(config, sizeof config, "%s", test_file("plant.yaml", text));
    set_by_us = mmap(NULL, sizeof *set_by_us, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert(set_by_us != MAP_FAILED);
    struct process simulator = process_start(ARGV("gemba", "simulate", "-c", config));
    ck_assert_msg(process_wait_for(says_ready, &simulator, 10000), "no simulator: %s", process_errors(&simulator));
    pid_t collector = collect();
    wait_for_more();
    *set_by_us = -HOUR_US;
    wait_for_more();
    wait_for_more();
    ck_assert_int_eq(events_with("set back by 3600 s: until it has caught up"), 1);
    end(collector);
    collector = collect(); /* the order outlives a restart */
    wait_for_more();
    look(&newest_us, &longest_us);
    ck_assert_int_gt(newest_us, machine_clock() + HOUR_US - MINUTE_US);
    *set_by_us = 0;
    wait_for_more();
    ck_assert_int_eq(events_with("set forward by 3600 s"), 1);
    look(&newest_us, &longest_us);
    ck_assert_int_lt(longest_us, MINUTE_US);
    ck_assert_int_le(newest_us, machine_clock());
    end(collector);
    process_kill(&simulator, SIGTERM);
    process_wait(&simulator, 5000);
}
END_TEST

Suite *clock_steps_suite(void);
Suite *clock_steps_suite(void)
{
    const struct named_test cases[] = {{"the clock is set back and forward", back_and_forward}};
    return SUITE_OF("clock steps", 90, cases);
}
