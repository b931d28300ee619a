/* `gemba retain` beside a collector that records: what is old goes, nothing else does, verdicts and figures stay, and the collector goes on. */
#include "storage/storage.h"
#include "tests/harness.h"
#include "tests/system/process.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OLD = 5400, STEP_S = 2 }; /* values of the three hours before, one each two seconds */

static const char plant_yaml[] = "plant: {name: Works, timezone: UTC}\n"
                                 "store: {path: plant.db, keep: {readings: 1h, values: 1h, events: 1h, counts: 1h}}\n"
                                 "links: {a: {url: \"tcp://127.0.0.1:%d\"}}\n"
                                 "instruments: {g: {link: a, unit: 1, every: 20ms, tags: {bore: {address: 40001, type: f64}}}}\n"
                                 "characteristics: {c: {source: g.bore, every: 20ms, nominal: 10, lsl: 9, usl: 11, chart: i-mr, rules: nelson}}\n";

static char config[300];
static struct process simulator, collector;
static struct error err;
static int64_t begin_us;

#define OK(call) ck_assert_msg(!(call), "%s: %s", #call, err.text)

static char *run(const char *const *argv)
{
    char *output, *errors;
    int status = process_run(&output, &errors, argv);
    ck_assert_msg(status == 0, "gemba %s: exit status %d: %s%s", argv[1], status, output, errors);
    return output;
}

static int64_t old_us(int64_t i)
{
    return begin_us + i * STEP_S * SECOND_US;
}

static double old_value(int64_t i)
{
    return 10 + (double)(i * 7919 % 401 - 200) / 1000 + (i % 700 == 699 ? 2 : 0);
}

/* Three hours of values, judged as they would have been, and of readings; packed. */
static void make_history(void)
{
    char when[40], *text = memory_zero(OLD * 2 + 10, 80), *at = text + sprintf(text, "time,name,value\n");
    begin_us = clock_system_us() / SECOND_US * SECOND_US - (OLD + 30) * STEP_S * SECOND_US;
    for (int64_t i = 0; i < OLD; i++) {
        text_time_iso(old_us(i), when, sizeof when);
        at += sprintf(at, "%s,c,%.17g\n%s,g.bore,%.17g\n", when, old_value(i), when, old_value(i));
    }
    run(ARGV("gemba", "import", test_file("old.csv", text), "-c", config));
    free(text);
    struct problems problems = {0};
    struct plant *plant = plant_load(config, &problems);
    struct store *store;
    bool more = true;
    ck_assert(plant != NULL);
    OK(store_open(&store, test_path("plant.db"), STORE_RECORD, &err) || store_identify(store, plant, &err));
    while (more)
        OK(store_pack(store, 0, SECOND_US, &more, &err));
    for (int64_t i = 0; i < 3; i++) {
        OK(store_begin(store, &err));
        OK(record_event(store, old_us(i * 1000), "counter", "g", "jumped", &err));
        OK(store_commit(store, &err));
    }
    store_close(store);
    plant_free(plant);
    problems_free(&problems);
}

static bool says_ready(void *process)
{
    return strstr(process_output(process), "ready") != NULL;
}

static struct store *reader(void)
{
    struct store *store;
    OK(store_open(&store, test_path("plant.db"), STORE_READ, &err));
    return store;
}

static int64_t points_now(void)
{
    struct store *store = reader();
    struct standing standing;
    OK(store_standing(store, 1, &standing, &err));
    store_close(store);
    return standing.points;
}

static bool has_points(void *least)
{
    return points_now() >= *(int64_t *)least;
}

static void wait_for_more(void)
{
    int64_t least = points_now() + 20;
    ck_assert_msg(process_wait_for(has_points, &least, 20000), "nothing more is recorded: %s", process_errors(&collector));
}

/* --- what is there */

static void check_values(struct store *store, int64_t kept_from_us)
{
    struct measurement_cursor *cursor;
    struct measurement m;
    int64_t first = -1, next = 0, since = 0;
    int more;
    OK(measurement_cursor_open(&cursor, store, 1, 0, INT64_MAX, 0, &err));
    while ((more = measurement_cursor_next(cursor, &m, &err)) == 1) {
        if (m.time_us > old_us(OLD - 1)) { /* the collector's */
            since++;
            continue;
        }
        first = first < 0 ? next = (m.time_us - begin_us) / (STEP_S * SECOND_US) : first;
        ck_assert_int_eq(m.time_us, old_us(next));
        ck_assert_double_eq(m.value, old_value(next));
        ck_assert_int_eq(m.point, next + 1);
        next++;
    }
    ck_assert_int_eq(more, 0);
    measurement_cursor_close(cursor);
    ck_assert_int_gt(first, 0); /* the start went */
    ck_assert_int_le(old_us(first), kept_from_us);
    ck_assert_int_eq(next, OLD);
    ck_assert_int_ge(since, 20);
}

static void check_readings(struct store *store, int64_t kept_from_us)
{
    struct sample_cursor *cursor;
    struct sample sample;
    int64_t first = -1, next = 0;
    OK(sample_cursor_open(&cursor, store, 0, 0, INT64_MAX, &err));
    while (sample_cursor_next(cursor, &sample, &err) == 1 && sample.time_us <= old_us(OLD - 1)) {
        first = first < 0 ? next = (sample.time_us - begin_us) / (STEP_S * SECOND_US) : first;
        ck_assert_int_eq(sample.time_us, old_us(next));
        ck_assert_double_eq(sample.reading.value, old_value(next));
        next++;
    }
    sample_cursor_close(cursor);
    ck_assert_int_gt(first, 0);
    ck_assert_int_le(old_us(first), kept_from_us);
    ck_assert_int_eq(next, OLD);
}

/* Every verdict there ever was, numbered without a gap; and what the series knows of itself. */
static void check_verdicts(struct store *store)
{
    struct point_cursor *cursor;
    struct point p;
    struct standing standing;
    struct summary summary;
    struct limits limits;
    int64_t number = 0, signals = 0, first_us = 0;
    OK(point_cursor_open(&cursor, store, 1, 0, INT64_MAX, 0, &err));
    while (point_cursor_next(cursor, &p, &err) == 1) {
        first_us = number ? first_us : p.time_us;
        ck_assert_int_eq(p.number, ++number);
        signals += (p.verdict.location_rules | p.verdict.dispersion_rules) != 0;
    }
    point_cursor_close(cursor);
    OK(store_standing(store, 1, &standing, &err));
    OK(store_summary(store, 1, 0, INT64_MAX, 9, 11, &summary, &err));
    OK(store_limits(store, standing.limits, &limits, &err));
    ck_assert_int_eq(first_us, begin_us);
    ck_assert_int_gt(signals, OLD / 700 - 2);
    ck_assert_int_eq(standing.signals, signals);
    ck_assert_int_eq(standing.points, number);
    ck_assert_int_eq(standing.moments.n, number);
    ck_assert_int_eq(standing.time_us, p.time_us);
    ck_assert_int_eq(summary.tally.points, number);
    ck_assert_int_eq(summary.tally.moments.n, number); /* dropped values' figures too */
    ck_assert_int_eq(summary.tally.above, standing.above);
    ck_assert_close(summary.tally.moments.mean, standing.moments.mean, 1e-12);
    ck_assert(limits_are_known(&limits) && limits.superseded_by == 0);
}

static int64_t rows_of(const char *csv, const char *class)
{
    char *line = strstr(csv, class);
    ck_assert_msg(line != NULL, "no %s in %s", class, csv);
    return strtoll(strchr(strchr(line, ',') + 1, ',') + 1 + (strstr(csv, "\",\"") != NULL), NULL, 10);
}

START_TEST(beside_a_collector)
{
    char text[1024];
    snprintf(text, sizeof text, plant_yaml, process_free_port());
    snprintf(config, sizeof config, "%s", test_file("plant.yaml", text));
    simulator = process_start(ARGV("gemba", "simulate", "-c", config));
    ck_assert_msg(process_wait_for(says_ready, &simulator, 10000), "no simulator: %s", process_errors(&simulator));
    make_history();
    collector = process_start(ARGV("gemba", "collect", "--quiet", "-c", config));
    wait_for_more();

    char *would = run(ARGV("gemba", "retain", "--dry-run", "-f", "csv", "-c", config));
    struct store *store = reader();
    struct summary summary;
    OK(store_summary(store, 1, 0, old_us(OLD), 9, 11, &summary, &err));
    ck_assert_int_eq(summary.tally.count, OLD); /* a dry run drops nothing */
    store_close(store);
    int64_t kept_from_us = clock_system_us() - HOUR_US;
    char *went = run(ARGV("gemba", "retain", "-f", "csv", "-c", config));
    static const char *const classes[] = {"readings", "values", "events"};
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
        ck_assert_msg(rows_of(would, classes[i]) > 0, "%s", would);
        ck_assert_msg(rows_of(went, classes[i]) >= rows_of(would, classes[i]), "would: %s, went: %s", would, went);
    }
    wait_for_more();
    run(ARGV("gemba", "verify", "-c", config));
    store = reader();
    OK(store_snapshot_begin(store, &err));
    check_values(store, kept_from_us);
    check_readings(store, kept_from_us);
    check_verdicts(store);
    struct collector_status status;
    OK(store_collector_status(store, &status, &err));
    ck_assert_int_eq(status.dropped, 0);
    store_snapshot_end(store);
    store_close(store);
    ck_assert_str_eq(process_errors(&collector), "");

    process_kill(&collector, SIGTERM); /* who starts now goes on from what is left */
    ck_assert_int_eq(process_wait(&collector, 10000), 0);
    collector = process_start(ARGV("gemba", "collect", "--quiet", "-c", config));
    wait_for_more();
    process_kill(&collector, SIGTERM);
    ck_assert_int_eq(process_wait(&collector, 10000), 0);
    store = reader();
    check_values(store, kept_from_us);
    check_verdicts(store);
    store_close(store);
    ck_assert_msg(strstr(run(ARGV("gemba", "verify", "-c", config)), "is whole"), "not whole");
    process_kill(&simulator, SIGTERM);
    process_wait(&simulator, 5000);
}
END_TEST

Suite *retain_suite(void);
Suite *retain_suite(void)
{
    const struct named_test cases[] = {{"retain beside a collector", beside_a_collector}};
    return SUITE_OF("retain", 120, cases);
}
