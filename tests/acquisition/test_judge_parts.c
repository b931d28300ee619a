#include "acquisition/judge.h"
#include "acquisition/judge_private.h"
#include "tests/acquisition/fixture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

Suite *judge_parts_suite(void);

/* Z-MR that learns its parts: limits of each from its own first values. Expected figures: numpy; the mean of a part's values, and the mean moving
 * range between neighbours of the part / d2(2) = 2 / sqrt(pi). */

struct bench {
    struct plant *plant;
    struct store *store;
    struct batch *batch;
    struct judge *judge;
    int64_t time_us, id;
};

static void start(struct bench *bench)
{
    struct error err;
    ck_assert_msg(!store_open(&bench->store, bench->plant->store_path, STORE_RECORD, &err), "%s", err.text);
    ck_assert_msg(!store_identify(bench->store, bench->plant, &err), "%s", err.text);
    bench->id = bench->plant->characteristics[0].id;
    bench->batch = batch_create();
    bench->judge = judge_create(&bench->plant->characteristics[0]);
    ck_assert_msg(!judge_restore(bench->judge, bench->store, bench->batch, bench->time_us, &err), "%s", err.text);
}

static void stop(struct bench *bench)
{
    judge_destroy(bench->judge);
    batch_destroy(bench->batch);
    store_close(bench->store);
}

static struct bench bench_of(const char *z)
{
    struct bench bench = {.time_us = 1000 * SECOND_US};
    bench.plant = fixture_plant("links: {hall: {url: \"tcp://127.0.0.1:502\"}}\ninstruments:\n  g:\n    link: hall\n    tags:\n"
                                "      value: {address: 40001, type: f32}\n      part: {address: 40003, type: u16}\n"
                                "characteristics:\n  bore: {source: g.value, chart: z-mr, by: g.part, baseline: 6, rules: nelson, design: {z: %s}}\n",
                                z);
    remove(bench.plant->store_path);
    start(&bench);
    return bench;
}

static void bench_free(struct bench *bench)
{
    stop(bench);
    remove(bench->plant->store_path);
    plant_free(bench->plant);
}

static void commit(struct bench *bench)
{
    struct error err;
    ck_assert(!store_begin(bench->store, &err));
    ck_assert_msg(!batch_write(bench->batch, bench->store, &err) && !store_commit(bench->store, &err), "%s", err.text);
    batch_reset(bench->batch);
}

static void see(struct bench *bench, const char *part, double value)
{
    const struct arrival arrival = {"", part, 1, 0, NULL};
    const struct reading reading = {.value = value};
    judge_measure(bench->judge, bench->time_us += SECOND_US, &reading, &arrival, bench->batch);
    commit(bench);
}

static struct point newest(struct bench *bench)
{
    struct point_cursor *cursor;
    struct point point;
    struct error err;
    ck_assert(!point_cursor_open(&cursor, bench->store, bench->id, 0, INT64_MAX, 1, &err));
    ck_assert_int_eq(point_cursor_next(cursor, &point, &err), 1);
    point_cursor_close(cursor);
    return point;
}

static const struct {
    const char *part;
    double value;
} baseline[] = {{"7", 10.02}, {"7", 9.97}, {"7", 10.05}, {"8", 50.3}, {"8", 49.8},  {"7", 10.01},
                {"7", 9.96},  {"8", 50.1}, {"8", 49.9},  {"8", 50.4}, {"7", 10.03}, {"8", 50.0}};

static struct bench learned(const char *z)
{
    struct bench bench = bench_of(z);
    for (size_t i = 0; i < sizeof baseline / sizeof baseline[0]; i++)
        see(&bench, baseline[i].part, baseline[i].value);
    return bench;
}

START_TEST(each_part_has_limits_from_its_own_values)
{
    static const struct {
        const char *part;
        double center, sigma, next, z;
    } expected[] = {{"7", 10.006666666666668, 0.053173615527164868, 10.10, 1.75525648214857},
                    {"8", 50.083333333333336, 0.35449077018110409, 51.5, 3.99634288346326}};
    struct bench bench = learned("parts");
    struct error err;
    for (size_t i = 0; i < 2; i++) {
        struct limits limits;
        ck_assert_msg(!store_part_limits(bench.store, bench.id, expected[i].part, &limits, &err), "%s", err.text);
        ck_assert_int_eq(limits.state, LIMITS_TRIAL);
        ck_assert_double_eq_tol(limits.center, expected[i].center, 1e-12);
        ck_assert_double_eq_tol(limits.sigma, expected[i].sigma, 1e-12);
        ck_assert_int_eq(limits.points, 6);
        see(&bench, expected[i].part, expected[i].next);
        struct point point = newest(&bench);
        ck_assert_str_eq(point.part, expected[i].part);
        ck_assert_double_eq_tol(point.verdict.plotted[0], expected[i].z, 1e-9);
        ck_assert_double_eq(point.verdict.location.ucl, 3);
        ck_assert_int_eq(point.limits, limits.id);
    }
    bench_free(&bench);
}
END_TEST

/* What was never made before is recorded, said once, and not judged. */
START_TEST(a_part_without_limits_is_not_judged)
{
    struct bench bench = learned("parts");
    struct limits limits;
    struct error err;
    struct event *events;
    size_t count;
    for (int i = 0; i < 3; i++) {
        see(&bench, "9", 1e6 * i);
        struct point point = newest(&bench);
        ck_assert_double_nan(point.verdict.plotted[0]);
        ck_assert_double_nan(point.verdict.location.center);
        ck_assert_uint_eq(point.verdict.location_rules | point.verdict.dispersion_rules, 0);
        ck_assert_int_eq(point.limits, 0);
        ck_assert_str_eq(point.part, "9");
    }
    ck_assert(!store_part_limits(bench.store, bench.id, "9", &limits, &err)); /* says what it is learned from */
    ck_assert(!limits_are_known(&limits));
    ck_assert_int_eq(limits.points, 3);
    ck_assert_int_eq(limits.last_point, newest(&bench).number);
    ck_assert(!store_events(bench.store, 0, INT64_MAX, 100, &events, &count, &err));
    ck_assert_uint_eq(count, 3); /* parts 7, 8 and 9, each once */
    size_t told = 0;
    for (size_t i = 0; i < count; i++)
        told += !strcmp(events[i].text, "no limits for part '9' yet: they come from its first 6 values");
    ck_assert_uint_eq(told, 1);
    free(events);
    bench_free(&bench);
}
END_TEST

/* Decided for one part, the others stay as they are; a restart holds on to both. */
START_TEST(people_decide_part_by_part)
{
    struct bench bench = learned("parts");
    struct limits limits, other;
    struct store *person;
    struct error err;
    ck_assert(!store_part_limits(bench.store, bench.id, "7", &limits, &err) && !store_part_limits(bench.store, bench.id, "8", &other, &err));
    int64_t seen = limits.id, kept = other.id;
    limits.state = LIMITS_LOCKED;
    limits.center = 10;
    limits.time_us = bench.time_us;
    strcpy(limits.who, "wang");
    strcpy(limits.why, "the drawing says so");
    ck_assert(!store_open(&person, bench.plant->store_path, STORE_WRITE, &err));
    ck_assert_msg(!action_limits(person, &limits, seen, &err), "%s", err.text);
    store_close(person);
    ck_assert(!judge_take_decisions(bench.judge, bench.store, bench.batch, bench.time_us, &err));
    for (int restart = 0; restart < 2; restart++) {
        see(&bench, "7", 10.05);
        ck_assert_double_eq_tol(newest(&bench).verdict.plotted[0], 0.05 / limits.sigma, 1e-9);
        see(&bench, "8", other.center);
        ck_assert_double_eq_tol(newest(&bench).verdict.plotted[0], 0, 1e-9);
        ck_assert(!store_part_limits(bench.store, bench.id, "8", &other, &err));
        ck_assert_int_eq(other.id, kept);
        stop(&bench);
        start(&bench);
    }
    bench_free(&bench);
}
END_TEST

/* One sigma for all parts. numpy: the mean moving range between neighbours of all parts' baselines, of x or of ln x, / d2(2). */
static const struct pooled {
    const char *z;
    bool logs;
    double first;                /* sigma when part 7 alone is known, from 3 ranges */
    double sigma, z7, z8;        /* of both, from 6; and what 10.10 and 51.5 are on the chart */
    double later, center9, z7_9; /* when part 9 came, from 11; its centre; 10.10 again */
} pooled[] = {{"constant", false, 0.053173615527164868, 0.20383219285413445, 0.457892995343099, 6.95016153645785, 0.1554925423748931,
               3.1416666666666671, 0.600243149335773},
              {"relative", true, 0.0053179771687531718, 0.0061980280944668618, 1.49870144721262, 4.50182410105398, 0.017501721771618885,
               1.1445256787643983, 0.530747419954144}};
static const double nine[] = {3.1, 3.2, 3.05, 3.15, 3.1, 3.25};

static struct limits part_limits(struct bench *bench, const char *part)
{
    struct limits limits;
    struct error err;
    ck_assert_msg(!store_part_limits(bench->store, bench->id, part, &limits, &err), "%s", err.text);
    return limits;
}

static double z_of(struct bench *bench, const char *part, double value)
{
    see(bench, part, value);
    return newest(bench).verdict.plotted[0];
}

START_TEST(parts_share_a_sigma)
{
    const struct pooled *p = &pooled[_i];
    struct bench bench = bench_of(p->z);
    for (size_t i = 0; i < 11; i++)
        see(&bench, baseline[i].part, baseline[i].value);
    ck_assert_double_eq_tol(part_limits(&bench, "7").sigma, p->first, 1e-14);
    ck_assert_int_eq(part_limits(&bench, "").points, 3);
    see(&bench, baseline[11].part, baseline[11].value);
    ck_assert_double_eq_tol(part_limits(&bench, "8").sigma, p->sigma, 1e-14);
    ck_assert_double_eq_tol(part_limits(&bench, "").sigma, p->sigma, 1e-14);
    ck_assert_double_eq(part_limits(&bench, "").center, 0);
    ck_assert_int_eq(part_limits(&bench, "").points, 6);
    ck_assert_int_eq(part_limits(&bench, "").state, LIMITS_TRIAL);
    ck_assert_double_eq_tol(z_of(&bench, "7", 10.10), p->z7, 1e-9);
    struct limits seven = part_limits(&bench, "7"); /* goes by the sigma of both since it is made again */
    ck_assert_double_eq_tol(seven.sigma, p->sigma, 1e-14);
    ck_assert_int_eq(newest(&bench).limits, seven.id);
    ck_assert_int_eq(seven.points, 6);
    ck_assert_double_eq_tol(z_of(&bench, "8", 51.5), p->z8, 1e-9);
    for (size_t i = 0; i < 6; i++)
        see(&bench, "9", nine[i]);
    ck_assert_double_eq_tol(part_limits(&bench, "9").center, p->center9, 1e-14);
    ck_assert_double_eq_tol(part_limits(&bench, "9").sigma, p->later, 1e-14);
    ck_assert_int_eq(part_limits(&bench, "").points, 11);
    ck_assert_double_eq_tol(z_of(&bench, "7", 10.10), p->z7_9, 1e-9);
    bench_free(&bench);
}
END_TEST

/* The live chart and the same points in one piece. */
START_TEST(live_is_as_in_a_study)
{
    struct bench bench = learned(pooled[_i].z);
    struct chart_settings settings = bench.plant->characteristics[0].settings;
    struct subgroup points[12];
    struct chart_part parts[2];
    for (size_t i = 0; i < 12; i++) {
        points[i] = bench.plant->characteristics[0].chart->summarise(&baseline[i].value, 1, i ? &points[i - 1] : NULL);
        points[i].part = baseline[i].part[0] - '7';
    }
    chart_parts(points, 12, &settings, parts, 2);
    for (int part = 0; part < 2; part++) {
        const char name[2] = {(char)('7' + part), 0};
        see(&bench, name, part ? 50 : 10);
        struct limits limits = part_limits(&bench, name);
        ck_assert_double_eq_tol(limits.center, parts[part].center, 1e-14);
        ck_assert_double_eq_tol(limits.sigma, parts[part].sigma, 1e-14);
        ck_assert_int_eq(part_limits(&bench, "").points, parts[part].steps);
    }
    bench_free(&bench);
}
END_TEST

/* Everything again, started anew before each value. */
START_TEST(restarts_change_nothing)
{
    double shown[2][24][2];
    for (int restarts = 0; restarts < 2; restarts++) {
        struct bench bench = bench_of(_i == 2 ? "parts" : pooled[_i].z);
        for (size_t i = 0; i < 24; i++) {
            bool again = i >= 18;
            const char *part = i < 12 ? baseline[i].part : again ? baseline[i - 18].part : "9";
            see(&bench, part, i < 12 ? baseline[i].value : again ? baseline[i - 18].value + 0.1 : nine[i - 12]);
            struct point point = newest(&bench);
            memcpy(shown[restarts][i], point.verdict.plotted, sizeof shown[restarts][i]);
            if (restarts) {
                stop(&bench);
                start(&bench);
            }
        }
        bench_free(&bench);
    }
    ck_assert(!isnan(shown[0][23][0]) && !isnan(shown[0][23][1]));
    for (size_t i = 0; i < 48; i++) {
        double once = shown[0][i / 2][i % 2], again = shown[1][i / 2][i % 2];
        ck_assert_msg((isnan(once) && isnan(again)) || fabs(once - again) < 1e-12, "point %zu: %.17g, restarted %.17g", i / 2 + 1, once, again);
    }
}
END_TEST

/* What somebody decided for all parts holds for each that is calculated, and takes no more from parts that come later. */
START_TEST(people_decide_the_sigma_of_all)
{
    struct bench bench = learned("constant");
    struct limits limits = part_limits(&bench, ""), seven = part_limits(&bench, "7");
    struct store *person;
    struct error err;
    limits.state = LIMITS_LOCKED;
    limits.sigma = 0.1;
    limits.time_us = bench.time_us;
    strcpy(limits.who, "wang");
    strcpy(limits.why, "the machine's own");
    ck_assert(!store_open(&person, bench.plant->store_path, STORE_WRITE, &err));
    ck_assert_msg(!action_limits(person, &limits, limits.id, &err), "%s", err.text);
    store_close(person);
    ck_assert(!judge_take_decisions(bench.judge, bench.store, bench.batch, bench.time_us, &err));
    commit(&bench);
    ck_assert_double_eq_tol(z_of(&bench, "7", 10.05), (10.05 - seven.center) / 0.1, 1e-9);
    for (size_t i = 0; i < 6; i++)
        see(&bench, "9", nine[i]);
    ck_assert_double_eq(part_limits(&bench, "9").sigma, 0.1);
    ck_assert_int_eq(part_limits(&bench, "").id, limits.id);
    stop(&bench);
    start(&bench);
    ck_assert_double_eq_tol(z_of(&bench, "8", 50), (50 - part_limits(&bench, "8").center) / 0.1, 1e-9);
    bench_free(&bench);
}
END_TEST

/* No logarithm: drawn nowhere, said once, and the chart goes on. */
START_TEST(relative_takes_values_above_0)
{
    struct bench bench = learned("relative");
    struct event *events;
    size_t count, told = 0;
    struct error err;
    see(&bench, "7", 0);
    ck_assert_double_nan(newest(&bench).verdict.plotted[0]);
    see(&bench, "7", -1);
    ck_assert_double_nan(newest(&bench).verdict.plotted[0]);
    ck_assert_uint_eq(newest(&bench).verdict.location_rules, 0);
    ck_assert_double_eq_tol(z_of(&bench, "7", 10.10), pooled[1].z7, 1e-9);
    see(&bench, "9", 0); /* no part of its baseline */
    for (size_t i = 0; i < 6; i++) {
        stop(&bench);
        start(&bench);
        see(&bench, "9", nine[i]);
    }
    ck_assert_double_eq_tol(part_limits(&bench, "9").center, pooled[1].center9, 1e-14);
    ck_assert_double_eq_tol(part_limits(&bench, "9").sigma, pooled[1].later, 1e-14);
    ck_assert(!store_events(bench.store, 0, INT64_MAX, 100, &events, &count, &err));
    for (size_t i = 0; i < count; i++)
        told += strstr(events[i].text, "takes logarithms") != NULL;
    ck_assert_uint_eq(told, 2);
    free(events);
    bench_free(&bench);
}
END_TEST

Suite *judge_parts_suite(void)
{
    Suite *suite = suite_create("judge_parts");
    const struct {
        const char *name;
        const TTest *test;
        int times;
    } tests[] = {{"parts: limits from their own values", each_part_has_limits_from_its_own_values, 1},
                 {"parts: one without limits", a_part_without_limits_is_not_judged, 1},
                 {"parts: decisions", people_decide_part_by_part, 1},
                 {"parts: one sigma", parts_share_a_sigma, 2},
                 {"parts: as in a study", live_is_as_in_a_study, 2},
                 {"parts: restarts", restarts_change_nothing, 3},
                 {"parts: one sigma, decided", people_decide_the_sigma_of_all, 1},
                 {"parts: logarithms", relative_takes_values_above_0, 1}};
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++) {
        TCase *tcase = tcase_create(tests[i].name);
        tcase_set_timeout(tcase, 60);
        tcase_add_loop_test(tcase, tests[i].test, 0, tests[i].times);
        suite_add_tcase(suite, tcase);
    }
    return suite;
}
