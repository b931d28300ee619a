#include "acquisition/judge.h"
#include "acquisition/judge_private.h"
#include "tests/acquisition/fixture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Suite *judge_charts_suite(void);

/* Every chart, live: a restart before any point changes nothing, and what is in the store is what the engine says of all points at once. */

static struct plant *plant_with(const char *settings)
{
    return fixture_plant("links:\n  hall: {url: \"tcp://127.0.0.1:502\"}\ninstruments:\n  g:\n    link: hall\n    unit: 1\n    tags:\n"
                         "      value: {address: 40001, type: f32}\n      events: {address: 40003, type: u16}\n"
                         "      size: {address: 40004, type: u16}\n      lot: {address: 40005, type: u16}\n"
                         "rules:\n  ours: {name: our own, rules: [beyond 2.5 sigma, 2 of 3 beyond 1.5 sigma, 5 in a row on one side]}\n"
                         "characteristics:\n  bore: {part: P, %s}\n",
                         settings);
}

#define VALUE "source: g.value, "
#define COUNT "source: g.value, counts: sample, size: g.size, "
static const char *const charts[] = {
    VALUE "chart: i-mr, baseline: 20",
    VALUE "chart: i-mr, rules: ours, limits: {center: 10, sigma: 1}",
    VALUE "chart: xbar-r, subgroup: 4, baseline: 12, design: {sigma: pooled}",
    VALUE "chart: xbar-s, subgroup: 5, baseline: 12, design: {alpha: 0.0027}",
    VALUE "chart: median-r, subgroup: 3, limits: {center: 10, sigma: 1}, rules: nelson",
    VALUE "chart: i-mr-r, subgroup: 3, baseline: 20",
    VALUE "chart: i-mr-s, subgroup: 3, limits: {center: 10, sigma: 0.7, within: 1}",
    VALUE "chart: run, baseline: 20",
    VALUE "chart: ewma, design: {lambda: 0.15, width: 2.7}, limits: {center: 10, sigma: 1}",
    VALUE "chart: ewma, subgroup: 3, baseline: 15",
    VALUE "chart: ewma, subgroup: 6, gap: 8s, limits: {center: 10, sigma: 1}",
    VALUE "chart: cusum, design: {k: 0.5, h: 4, head: 2}, limits: {center: 10, sigma: 1}",
    VALUE "chart: cusum, design: {target: 10.2}, baseline: 20",
    VALUE "chart: ma, design: {span: 5}, limits: {center: 10, sigma: 1}",
    VALUE "chart: z-mr, by: g.lot, parts: {0: {center: 10, sigma: 1}, 1: {center: 10.5, sigma: 2}}, rules: nelson",
    VALUE "chart: acceptance, subgroup: 4, lsl: 5, usl: 12, limits: {center: 10, sigma: 1}",
    VALUE "chart: pre-control, lsl: 7, usl: 13",
    VALUE "chart: xbar-r, subgroup: 5, gap: 8s, limits: {center: 10, sigma: 1}",
    VALUE "chart: xbar-s, subgroup: 5, by: g.lot, limits: {center: 10, sigma: 1}, rules: nelson",
    COUNT "chart: p, baseline: 20",
    COUNT "chart: np, limits: {center: 0.05}",
    COUNT "chart: u, limits: {center: 0.03}, design: {alpha: 0.0027}",
    COUNT "chart: laney-p, baseline: 20",
    COUNT "chart: laney-u, limits: {center: 0.05, sigma_z: 1.4}",
    COUNT "chart: dpmo, design: {opportunities: 20}, baseline: 20",
    "source: g.value, counts: sample, chart: c, baseline: 20",
    "source: g.events, size: g.size, chart: g, baseline: 20",
    "source: g.events, chart: t, baseline: 20",
};

struct bench {
    struct plant *plant;
    struct store *store;
    struct batch *batch;
    struct judge *judge;
    int64_t time_us;
};

static void bench_open(struct bench *bench)
{
    struct error err;
    ck_assert_msg(!store_open(&bench->store, bench->plant->store_path, STORE_RECORD, &err), "%s", err.text);
    ck_assert_msg(!store_identify(bench->store, bench->plant, &err), "%s", err.text);
    bench->batch = batch_create();
    bench->judge = judge_create(&bench->plant->characteristics[0]);
    ck_assert_msg(!judge_restore(bench->judge, bench->store, bench->batch, bench->time_us, &err), "%s", err.text);
}

static void bench_close(struct bench *bench)
{
    judge_destroy(bench->judge);
    batch_destroy(bench->batch);
    store_close(bench->store);
}

static void commit(struct bench *bench)
{
    struct error err;
    ck_assert(!store_begin(bench->store, &err));
    ck_assert_msg(!batch_write(bench->batch, bench->store, &err), "%s", err.text);
    ck_assert_msg(!store_commit(bench->store, &err), "%s", err.text);
    batch_reset(bench->batch);
}

/* Value i of the same stream each time: noise, then a shift; counts where counts are wanted. Times now and then leave a gap. */
static void measure(struct bench *bench, size_t i, unsigned *seed)
{
    const struct characteristic *c = &bench->plant->characteristics[0];
    double noise = 0, size = 1;
    for (int k = 0; k < 12; k++)
        noise += rand_r(seed) / (double)RAND_MAX - 0.5;
    double value = 10 + noise + (i > 120 ? 1.5 : 0);
    if (!c->chart->summarise) {
        size = 100 + (double)(rand_r(seed) % 50);
        value = chart_is_event(c->chart) ? floor(3 * fabs(noise)) + 1 : floor(fabs(5 + 3 * noise));
    }
    struct reading reading = {.value = value, .quality = i % 61 == 60 ? QUALITY_BAD_SENSOR : QUALITY_GOOD};
    struct arrival arrival = {"S", i / 7 % 2 ? "1" : "0", size};
    struct reading readings[] = {reading, {.value = 0}, {.value = size}, {.value = (double)(i / 7 % 2)}};
    struct error err;
    bench->time_us += i % 9 == 8 ? 10 * SECOND_US : SECOND_US;
    judge_measure(bench->judge, bench->time_us, &reading, &arrival, bench->batch);
    ck_assert(!record_journal(bench->store, &bench->plant->instruments[0], bench->time_us, readings, &err));
}

enum { VALUES = 200 };

/* Runs the stream with a restart after every `each` values (0: none); returns the points. */
static size_t judged(const char *settings, size_t each, struct point *points)
{
    struct bench bench = {.plant = plant_with(settings), .time_us = SECOND_US * 1000000};
    struct point_cursor *cursor;
    struct error err;
    unsigned seed = 11;
    size_t count = 0;
    remove(bench.plant->store_path);
    bench_open(&bench);
    for (size_t i = 0; i < VALUES; i++) {
        measure(&bench, i, &seed);
        commit(&bench);
        if (each && i % each == each - 1) {
            bench_close(&bench);
            bench_open(&bench);
        }
    }
    ck_assert(!point_cursor_open(&cursor, bench.store, bench.plant->characteristics[0].id, 0, INT64_MAX, 0, &err));
    while (count < VALUES && point_cursor_next(cursor, &points[count], &err) == 1)
        count++;
    point_cursor_close(cursor);
    bench_close(&bench);
    remove(bench.plant->store_path);
    plant_free(bench.plant);
    return count;
}

static bool alike(double a, double b)
{
    return (isnan(a) && isnan(b)) || fabs(a - b) <= 1e-12 * fmax(1, fabs(a));
}

static void check_alike(const char *settings, const struct point *a, const struct point *b)
{
    const struct verdict *v = &a->verdict, *w = &b->verdict;
    ck_assert_msg(v->location_rules == w->location_rules && v->dispersion_rules == w->dispersion_rules && v->within_rules == w->within_rules,
                  "%s: point %lld: rules %x/%x/%x and %x/%x/%x", settings, (long long)a->number, v->location_rules, v->dispersion_rules,
                  v->within_rules, w->location_rules, w->dispersion_rules, w->within_rules);
    for (int i = 0; i < 3; i++)
        ck_assert_msg(alike(v->plotted[i], w->plotted[i]), "%s: point %lld plots %.17g and %.17g", settings, (long long)a->number, v->plotted[i],
                      w->plotted[i]);
    const struct limit_line *lines[][2] = {{&v->location, &w->location}, {&v->dispersion, &w->dispersion}, {&v->within, &w->within}};
    for (int i = 0; i < 3; i++)
        ck_assert_msg(alike(lines[i][0]->ucl, lines[i][1]->ucl) && alike(lines[i][0]->lcl, lines[i][1]->lcl) &&
                          alike(lines[i][0]->center, lines[i][1]->center),
                      "%s: point %lld: limits of panel %d: %.17g and %.17g", settings, (long long)a->number, i, lines[i][0]->ucl, lines[i][1]->ucl);
}

START_TEST(restarts_change_nothing)
{
    static struct point whole[VALUES], parts[VALUES];
    const char *settings = charts[_i];
    ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
    size_t count = judged(settings, 0, whole), shown = 0, fired = 0;
    for (size_t each = 1; each <= 17; each += 16) {
        ck_assert_uint_eq(judged(settings, each, parts), count);
        for (size_t i = 0; i < count; i++)
            check_alike(settings, &whole[i], &parts[i]);
    }
    for (size_t i = 0; i < count; i++) {
        shown += !isnan(whole[i].verdict.plotted[0]);
        fired += (whole[i].verdict.location_rules | whole[i].verdict.dispersion_rules | whole[i].verdict.within_rules) != 0;
        ck_assert_ptr_nonnull(whole[i].rules);
        ck_assert_str_ne(whole[i].settings, "");
    }
    ck_assert_msg(count > 30 && shown > count / 2 && fired > 0, "%s: the data prove nothing: %zu points, %zu shown, %zu signals", settings, count,
                  shown, fired);
}
END_TEST

/* With limits that never change, the store holds what one pass of the engine over its subgroups gives. */
START_TEST(live_is_recomputed)
{
    static struct point points[VALUES];
    const char *settings = charts[_i];
    if (!strstr(settings, "limits:") || strstr(settings, "i-mr-s"))
        return;
    struct plant *plant = plant_with(settings);
    const struct characteristic *c = &plant->characteristics[0];
    struct chart_estimate process = {.center = c->locked_center, .sigma = c->locked_sigma, .extra = c->locked_extra};
    struct chart_state state = {0};
    ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
    size_t count = judged(settings, 0, points);
    for (size_t i = 0; i < count; i++) {
        bool gap = c->chart->max_n == 1 && i > 0 && isnan(points[i].subgroup.dispersion);
        struct point again = points[i];
        if (gap || (i && points[i].time_us - points[i - 1].time_us > 12 * SECOND_US)) /* where a bad value lay is not in the points */
            break;
        again.verdict = chart_judge_with(&state, c->chart, c->rules, &points[i].subgroup, &process, &c->settings);
        check_alike(settings, &points[i], &again);
    }
    plant_free(plant);
}
END_TEST

/* A plant's own rules stay with the points that were judged by them, whatever the set says today. */
START_TEST(own_rules_stay_explained)
{
    static struct point points[VALUES];
    ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
    ck_assert_uint_gt(judged(charts[1], 0, points), 100);
    ck_assert_str_eq(points[0].settings, "I-MR 3 sigma; sigma MR/d2(2); rules ours 1-3; constants exact");
    struct bench bench = {.plant = plant_with(charts[1]), .time_us = SECOND_US * 1000000};
    struct spc_rule_set *set = &bench.plant->rule_sets[0];
    struct point_cursor *cursor;
    struct error err;
    unsigned seed = 3;
    bench_open(&bench);
    measure(&bench, 0, &seed);
    commit(&bench);
    bench_close(&bench);
    set->count = 0;
    ck_assert_ptr_null(rule_set_add(set, "beyond 2 sigma"));
    bench_open(&bench);
    measure(&bench, 1, &seed);
    commit(&bench);
    ck_assert(!point_cursor_open(&cursor, bench.store, bench.plant->characteristics[0].id, 0, INT64_MAX, 0, &err));
    for (size_t i = 0; i < 2; i++)
        ck_assert_int_eq(point_cursor_next(cursor, &points[i], &err), 1);
    ck_assert_int_eq(points[0].rules->count, 3);
    ck_assert_str_eq(rule_words(points[0].rules, 2), "2 of 3 beyond 1.5 sigma");
    ck_assert_int_eq(points[1].rules->count, 1);
    ck_assert_str_eq(points[1].rules->id, "ours");
    point_cursor_close(cursor);
    bench_close(&bench);
    plant_free(bench.plant);
}
END_TEST

Suite *judge_charts_suite(void)
{
    Suite *suite = suite_create("judge_charts");
    TCase *restart = tcase_create("restarts change nothing");
    TCase *recomputed = tcase_create("live is recomputed");
    TCase *own = tcase_create("own rules stay explained");
    tcase_set_timeout(restart, 60);
    tcase_add_loop_test(restart, restarts_change_nothing, 0, sizeof charts / sizeof charts[0]);
    tcase_add_loop_test(recomputed, live_is_recomputed, 0, sizeof charts / sizeof charts[0]);
    tcase_add_test(own, own_rules_stay_explained);
    suite_add_tcase(suite, restart);
    suite_add_tcase(suite, recomputed);
    suite_add_tcase(suite, own);
    return suite;
}
