/* Collectors that are killed at any moment: what was committed is there, once, with its verdict, and the judging goes on as if nothing had been. */
#include "acquisition/desk.h"
#include "storage/packer.h"
#include "tests/harness.h"
#include "tests/system/process.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { UNITS = 4, TAGS = 3, SUBGROUP = 5, PACKED_EACH = 8, KEEP = 50, BUDGET_US = 4000, KILLS = 200, SHORTEST_US = 5000, LONGEST_US = 80000 };
static const int64_t start_us = INT64_C(1793600000000000);

static struct error err;
#define OK(call) ck_assert_msg(!(call), "%s: %s", #call, err.text)

static struct plant *make_plant(void)
{
    char *text = memory_zero(16384, 1), *at = text;
    at += sprintf(at, "plant: {name: Works, timezone: UTC}\nstore: {path: plant.db}\nlinks:\n  hall: {url: \"tcp://127.0.0.1:502\"}\ninstruments:\n");
    for (int i = 0; i < UNITS; i++) {
        at += sprintf(at, "  u%d:\n    {link: hall, unit: %d, every: 1s, tags: {", i, i + 1);
        for (int j = 0; j < TAGS; j++)
            at += sprintf(at, "%st%d: {address: %d}", j ? ", " : "", j, 40001 + j);
        at += sprintf(at, "}}\n");
    }
    at += sprintf(at, "characteristics:\n");
    for (int i = 0; i < UNITS * TAGS; i++)
        at += sprintf(at, "  c%d: {source: u%d.t%d, every: 1s, nominal: 1030, lsl: 960, usl: 1100, subgroup: %d, chart: %s, rules: nelson}\n", i,
                      i / TAGS, i % TAGS, i % 2 ? SUBGROUP : 1, i % 2 ? "xbar-r" : "i-mr");
    struct problems problems = {0};
    struct plant *plant = plant_load(test_file("plant.yaml", text), &problems);
    ck_assert_msg(plant != NULL, "%s", problems.count ? problems.items[0].text : "");
    problems_free(&problems);
    free(text);
    return plant;
}

/* Noise that drifts off now and then, so that rules fire. */
static int value_of(int64_t second, int unit, int tag)
{
    uint64_t x = (uint64_t)second * 0x9e3779b97f4a7c15u + (uint64_t)(unit * TAGS + tag) * 0xbf58476d1ce4e5b9u;
    x ^= x >> 31;
    x *= 0x94d049bb133111ebu;
    int noise = (int)((x >> 40 & 15) + (x >> 44 & 15) + (x >> 48 & 15) + (x >> 52 & 15));
    return 1000 + noise + (second % 200 > 180 ? 25 : 0);
}

/* --- the part of a collector from the queue to the disk, one transaction a plant second */

struct line {
    struct plant *plant;
    struct store *store;
    struct batch *batch;
    struct desk *desk;
    struct plan *plans[UNITS];
};

static int line_open(struct line *line, struct plant *plant, const char *path)
{
    *line = (struct line){.plant = plant, .batch = batch_create()};
    if (store_open(&line->store, path, STORE_RECORD, &err) || store_identify(line->store, plant, &err) ||
        !(line->desk = desk_create(plant, line->store, line->batch, &err)))
        return -1;
    for (int i = 0; i < UNITS; i++)
        line->plans[i] = plan_build(plant, &plant->instruments[i]);
    return 0;
}

static int line_record(struct line *line, int64_t second)
{
    for (int i = 0; i < UNITS; i++) {
        struct poll *poll = poll_create(line->plans[i]);
        poll->time_us = start_us + second * SECOND_US + i;
        memset(poll->quality, QUALITY_GOOD, TAGS);
        for (int j = 0; j < TAGS; j++)
            poll->registers[j] = (uint16_t)value_of(second, i, j);
        desk_poll(line->desk, poll, line->batch);
    }
    if (store_begin(line->store, &err) || batch_write(line->batch, line->store, &err) || store_commit(line->store, &err))
        return -1;
    batch_reset(line->batch);
    return 0;
}

static void line_close(struct line *line)
{
    for (int i = 0; i < UNITS; i++)
        plan_free(line->plans[i]);
    desk_destroy(line->desk);
    batch_destroy(line->batch);
    store_close(line->store);
}

/* Goes on with a second, and tells each second whose commit returned. */
static void record_for_ever(struct plant *plant, const char *path, int64_t second, int told)
{
    struct line line;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (line_open(&line, plant, path)) {
        fprintf(stderr, "%s\n", err.text);
        _exit(1);
    }
    for (;; second++) {
        if (line_record(&line, second)) {
            fprintf(stderr, "%s\n", err.text);
            _exit(2);
        }
        if (write(told, &second, sizeof second) != sizeof second)
            _exit(3);
        bool more;
        int64_t keep = second / PACKED_EACH % 8 ? KEEP : 0;
        if (second % PACKED_EACH == 0 && store_pack(line.store, keep, BUDGET_US, &more, &err)) {
            fprintf(stderr, "%s\n", err.text);
            _exit(4);
        }
    }
}

/* --- what the store holds */

/* The seconds from `from` on that are in the store: the same for every characteristic, each once, with its own value. */
static int64_t count_seconds(struct store *store, const struct plant *plant, int64_t from)
{
    int64_t until = -1;
    for (int i = 0; i < UNITS * TAGS; i++) {
        struct measurement_cursor *cursor;
        struct measurement m;
        int64_t second = from;
        int more;
        OK(measurement_cursor_open(&cursor, store, plant->characteristics[i].id, start_us + from * SECOND_US, INT64_MAX, 0, &err));
        while ((more = measurement_cursor_next(cursor, &m, &err)) == 1) {
            ck_assert_int_eq(m.time_us, start_us + second * SECOND_US + i / TAGS);
            ck_assert_int_eq(m.sequence, 0);
            ck_assert_double_eq(m.value, value_of(second++, i / TAGS, i % TAGS));
            ck_assert_int_eq(m.point, (second - 1) / plant->characteristics[i].subgroup + 1);
        }
        ck_assert_msg(more == 0, "%s", err.text);
        measurement_cursor_close(cursor);
        ck_assert(until < 0 || until == second);
        until = second;
    }
    return until;
}

/* Every full subgroup has its point, once. */
static void check_points(struct store *store, const struct plant *plant, int64_t from, int64_t until)
{
    for (int i = 0; i < UNITS * TAGS; i++) {
        struct point_cursor *cursor;
        struct point p;
        int64_t size = plant->characteristics[i].subgroup, number = from / size;
        OK(point_cursor_open(&cursor, store, plant->characteristics[i].id, start_us + from * SECOND_US, INT64_MAX, 0, &err));
        while (point_cursor_next(cursor, &p, &err) == 1) {
            ck_assert_int_eq(p.number, ++number);
            ck_assert_int_eq(p.time_us, start_us + (number * size - 1) * SECOND_US + i / TAGS);
        }
        point_cursor_close(cursor);
        ck_assert_int_eq(number, until / size);
    }
}

static void check_rest(struct store *store, const struct plant *plant, int64_t from, int64_t until)
{
    struct sample_cursor *samples;
    struct sample sample;
    int64_t count = 0;
    OK(sample_cursor_open(&samples, store, 0, start_us + from * SECOND_US, INT64_MAX, &err));
    while (sample_cursor_next(samples, &sample, &err) == 1)
        count++;
    sample_cursor_close(samples);
    ck_assert_int_eq(count, (until - from) * UNITS * TAGS);
    for (int i = 0; until > 0 && i < UNITS * TAGS; i++) {
        struct standing standing;
        OK(store_standing(store, plant->characteristics[i].id, &standing, &err));
        ck_assert_int_eq(standing.moments.n, until);
        ck_assert_int_eq(standing.points, until / plant->characteristics[i].subgroup);
    }
}

/* Two stores say the same of every point. */
static void same_verdicts(struct store *a, struct store *b, const struct plant *plant)
{
    int64_t signals = 0;
    for (int i = 0; i < UNITS * TAGS; i++) {
        struct point_cursor *left, *right;
        struct point p, q;
        OK(point_cursor_open(&left, a, plant->characteristics[i].id, 0, INT64_MAX, 0, &err));
        OK(point_cursor_open(&right, b, plant->characteristics[i].id, 0, INT64_MAX, 0, &err));
        while (point_cursor_next(left, &p, &err) == 1) {
            ck_assert_int_eq(point_cursor_next(right, &q, &err), 1);
            ck_assert_msg(p.number == q.number && p.verdict.location_rules == q.verdict.location_rules &&
                              p.verdict.dispersion_rules == q.verdict.dispersion_rules,
                          "c%d point %lld: rules %x %x, but %x %x when nobody is killed", i, (long long)p.number, p.verdict.location_rules,
                          p.verdict.dispersion_rules, q.verdict.location_rules, q.verdict.dispersion_rules);
            ck_assert_close(p.subgroup.location, q.subgroup.location, 1e-12);
            ck_assert_close(p.subgroup.dispersion, q.subgroup.dispersion, 1e-12);
            ck_assert_close(p.verdict.location.ucl, q.verdict.location.ucl, 1e-9);
            signals += p.verdict.location_rules != 0;
        }
        ck_assert_int_eq(point_cursor_next(right, &q, &err), 0);
        point_cursor_close(left);
        point_cursor_close(right);
    }
    ck_assert_int_gt(signals, 0);
}

/* Runs a recorder for a random while and kills it; the last second it told. */
static int64_t run_and_kill(struct plant *plant, const char *path, int64_t next)
{
    int told[2], status;
    int64_t last = next - 1, second;
    ck_assert_int_eq(pipe(told), 0);
    pid_t child = fork();
    if (child == 0)
        record_for_ever(plant, path, next, told[1]);
    close(told[1]);
    usleep((useconds_t)(SHORTEST_US + rand() % (LONGEST_US - SHORTEST_US)));
    kill(child, SIGKILL);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(WIFSIGNALED(status), "the recorder ended by itself with %d", WEXITSTATUS(status));
    while (read(told[0], &second, sizeof second) == sizeof second)
        last = second;
    close(told[0]);
    return last;
}

START_TEST(killed_at_200_moments)
{
    char path[400], whole[400];
    struct plant *plant = make_plant();
    struct store *store, *other;
    struct line line;
    int64_t seconds = 0, unreported = 0, checked = 0;
    srand(11);
    snprintf(path, sizeof path, "%s", test_path("plant.db"));
    snprintf(whole, sizeof whole, "%s", test_path("whole.db"));
    OK(line_open(&line, plant, path)); /* ids are the same in parent and children */
    line_close(&line);
    for (int i = 0; i < KILLS; i++) {
        int64_t last = run_and_kill(plant, path, seconds);
        OK(store_open(&store, path, STORE_READ, &err));
        int64_t held = count_seconds(store, plant, seconds);
        ck_assert_msg(held > last, "second %lld was committed, and is not there", (long long)last);
        unreported += held - last - 1;
        int64_t from = seconds - seconds % SUBGROUP;
        check_points(store, plant, from, held);
        check_rest(store, plant, seconds, held);
        store_close(store);
        seconds = held;
        checked += held > from;
    }
    ck_assert_int_gt(checked, KILLS / 2);
    if (getenv("GEMBA_TEST_FIGURES"))
        fprintf(stderr, "\n%d kills, %lld seconds committed, %lld of them in the instant before they could be told\n", KILLS, (long long)seconds,
                (long long)unreported);
    OK(line_open(&line, plant, whole));
    for (int64_t second = 0; second < seconds; second++)
        OK(line_record(&line, second));
    line_close(&line);
    OK(store_open(&store, path, STORE_READ, &err));
    OK(store_open(&other, whole, STORE_READ, &err));
    ck_assert_int_eq(count_seconds(store, plant, 0), seconds);
    same_verdicts(store, other, plant);
    store_close(store);
    store_close(other);
    plant_free(plant);
}
END_TEST

/* --- the program itself */

static bool says_ready(void *context)
{
    return strstr(process_output(context), "ready") != NULL;
}

struct seen {
    int64_t measurements, last_us, points, sequence;
};

/* What an onlooker sees of a characteristic now; zeroes while there is no store. */
static struct seen look(const char *path)
{
    struct seen seen = {0};
    struct store *store;
    struct measurement_cursor *measurements;
    struct point_cursor *points;
    struct measurement m;
    struct point p;
    if (store_open(&store, path, STORE_READ, &err))
        return seen;
    if (!measurement_cursor_open(&measurements, store, 1, 0, INT64_MAX, 0, &err)) {
        for (; measurement_cursor_next(measurements, &m, &err) == 1; seen.measurements++) {
            ck_assert_int_gt(m.time_us, seen.last_us);
            ck_assert(quality_is_bad(m.quality) || m.point == ++seen.sequence);
            seen.last_us = m.time_us;
        }
        measurement_cursor_close(measurements);
    }
    if (!point_cursor_open(&points, store, 1, 0, INT64_MAX, 0, &err)) {
        while (point_cursor_next(points, &p, &err) == 1)
            ck_assert_int_eq(p.number, ++seen.points);
        point_cursor_close(points);
    }
    store_close(store);
    return seen;
}

static bool has_more(void *context)
{
    const struct seen *before = context;
    return look(test_path("plant.db")).measurements > before->measurements;
}

enum { GAUGES = 8, OLD_ROWS = 3000, ROWS_AT_ONCE = 50 };
static const int64_t long_ago_us = INT64_C(1577836800000000); /* 2020 */

/* Gauges under load, and a characteristic whose values only come from files. */
static const char *plant_of_gauges(void)
{
    char *text = memory_zero(8192, 1), *at = text;
    at += sprintf(at,
                  "plant: {name: W, timezone: UTC}\nstore: {path: plant.db}\nlinks: {a: {url: \"tcp://127.0.0.1:%d\"}}\nsimulation: {speed: 1}\n"
                  "instruments:\n",
                  process_free_port());
    for (int i = 0; i < GAUGES; i++)
        at += sprintf(
            at, "  g%d: {link: a, unit: %d, every: 10ms, tags: {t: {address: 40001, type: f32}, file: {address: 40005, type: f32, record: none}}}\n",
            i, i + 1);
    at += sprintf(at, "characteristics:\n");
    for (int i = 0; i < GAUGES; i++)
        at += sprintf(at, "  c%d: {source: g%d.t, every: 10ms, nominal: 10, lsl: 9, usl: 11, chart: %s}\n", i, i,
                      i % 2 ? "xbar-r, subgroup: 5" : "i-mr");
    at += sprintf(at, "  by-file: {source: g0.file, every: 1d, nominal: 10, lsl: 9, usl: 11, chart: i-mr}\n");
    const char *path = test_file("plant.yaml", text);
    free(text);
    return path;
}

/* Rows first..first + count of by-file, through the program; no collector runs. */
static void import_rows(const char *config, int first, int count)
{
    char *text = memory_zero((size_t)count + 1, 80), *at = text + sprintf(text, "time,name,value\n"), when[40], *errors;
    for (int i = first; i < first + count; i++)
        at += sprintf(at, "%s,by-file,%g\n", text_time_iso(long_ago_us + i * SECOND_US, when, sizeof when), 10 + i % 7 * 0.05);
    int status = process_run(NULL, &errors, ARGV("gemba", "import", test_file("rows.csv", text), "-c", config));
    ck_assert_msg(status == 0, "%s", errors);
    free(text);
}

/* An engineer's decision beside the collector; it is told when this returns. */
static void approve(const char *path, int number)
{
    struct store *store;
    struct limits now, limits = {.characteristic = 1,
                                 .time_us = clock_now_us(),
                                 .state = LIMITS_APPROVED,
                                 .center = 10,
                                 .sigma = 0.1 + number * 1e-3,
                                 .extra = NAN,
                                 .lcl = NAN,
                                 .ucl = NAN,
                                 .source = "entered",
                                 .who = "wang",
                                 .why = "study"};
    OK(store_open(&store, path, STORE_WRITE, &err));
    OK(action_limits(store, &limits, store_limits_in_force(store, 1, &now, &err) ? 0 : now.id, &err));
    store_close(store);
}

static void say_finding(const struct verify_finding *finding, void *count)
{
    ++*(int *)count;
    fprintf(stderr, "%s %s %s: %s\n", finding->check, finding->table, finding->series, finding->text);
}

/* All checks of `verify`, every decision, every row of the files once. */
static void is_whole(const char *path, int decisions, int rows, int64_t *packed)
{
    struct store *store;
    struct limits *list;
    struct measurement_cursor *cursor;
    struct measurement m;
    struct verify_outcome outcome;
    int findings = 0, made = 0;
    int64_t found = 0;
    struct verify_hooks hooks = {say_finding, NULL, &findings};
    size_t count;
    OK(store_open(&store, path, STORE_READ, &err));
    for (size_t i = 0; i < verify_count(); i++) {
        OK(verify_run(store, i, &hooks, &outcome, &err));
        *packed = strcmp(verify_name(i), "chunks") ? *packed : outcome.examined;
    }
    ck_assert_int_eq(findings, 0);
    OK(store_limits_history(store, 1, &list, &count, &err));
    for (size_t i = 0; i < count; i++)
        made += list[i].who[0] != '\0';
    free(list);
    ck_assert_int_eq(made, decisions);
    OK(measurement_cursor_open(&cursor, store, GAUGES + 1, long_ago_us, long_ago_us + DAY_US, 0, &err));
    for (; measurement_cursor_next(cursor, &m, &err) == 1; found++)
        ck_assert_int_eq(m.time_us, long_ago_us + found * SECOND_US);
    measurement_cursor_close(cursor);
    ck_assert_int_eq(found, rows);
    store_close(store);
}

/* GEMBA_TEST_KILLS=200: as often as that. Values come, old ones are packed, limits are approved, files are imported in between. */
START_TEST(the_collector_killed)
{
    const char *many = getenv("GEMBA_TEST_KILLS");
    int kills = many ? atoi(many) : 12, rows = OLD_ROWS;
    char config[400], path[400];
    int64_t packed = 0;
    snprintf(config, sizeof config, "%s", plant_of_gauges());
    snprintf(path, sizeof path, "%s", test_path("plant.db"));
    import_rows(config, 0, OLD_ROWS);
    struct process simulator = process_start(ARGV("gemba", "simulate", "-c", config));
    ck_assert_msg(process_wait_for(says_ready, &simulator, 10000), "no simulator: %s", process_errors(&simulator));
    struct seen before = {0};
    srand(13);
    for (int i = 0; i < kills; i++) {
        struct process collector = process_start(ARGV("gemba", "collect", "--quiet", "-c", config));
        ck_assert_msg(process_wait_for(has_more, &before, 20000), "nothing was recorded: %s", process_errors(&collector));
        approve(path, i);
        usleep((useconds_t)(rand() % 300000));
        struct seen seen = look(path);
        process_kill(&collector, SIGKILL);
        ck_assert_int_eq(process_wait(&collector, 5000), 128 + SIGKILL);
        struct seen after = look(path);
        ck_assert_int_ge(after.measurements, seen.measurements);
        ck_assert_int_ge(seen.measurements, before.measurements);
        ck_assert_int_eq(after.points, after.sequence); /* no value without its verdict */
        before = after;
        is_whole(path, i + 1, rows, &packed);
        if (i % 4 == 3)
            import_rows(config, rows, ROWS_AT_ONCE);
        rows += i % 4 == 3 ? ROWS_AT_ONCE : 0;
    }
    ck_assert_int_gt(packed, 0);
    process_kill(&simulator, SIGTERM);
    process_wait(&simulator, 5000);
}
END_TEST

Suite *kill_suite(void);
Suite *kill_suite(void)
{
    const struct named_test cases[] = {{"killed at 200 random moments", killed_at_200_moments}, {"the collector killed", the_collector_killed}};
    return SUITE_OF("kill", 120, cases);
}
