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
    VALUE "chart: z-mr, by: g.lot, baseline: 12, rules: nelson",
    VALUE "chart: group, stream: g.size, streams: [0, 1, 2], subgroup: 2, limits: {center: 10, sigma: 1}",
    VALUE "chart: group, stream: g.size, streams: [0, 1, 2], baseline: 12",
    VALUE "chart: group, stream: g.size, streams: [0, 1, 2], subgroup: 2, baseline: 12, design: {sigma: pooled}",
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
    static const char *const streams[] = {"0", "1", "2", "0", "2", "1", "7"}; /* out of turn, one missing now and then, and a stranger */
    size_t turn = i % 23 == 22 ? 6 : i % 17 == 16 ? 0 : i % 6;
    struct arrival arrival = {"S", i / 7 % 2 ? "1" : "0", size, 0, streams[turn]};
    if (c->n_streams)
        size = atof(streams[turn]);
    struct reading readings[] = {reading, {.value = 0}, {.value = size}, {.value = (double)(i / 7 % 2)}};
    struct error err;
    bench->time_us += i % 9 == 8 ? 10 * SECOND_US : SECOND_US;
    judge_measure(bench->judge, bench->time_us, &reading, &arrival, bench->batch);
    ck_assert(!record_journal(bench->store, &bench->plant->instruments[0], bench->time_us, readings, &err));
}

enum { VALUES = 200 };

/* What engineers say about points along the way. */
static const struct {
    size_t after;
    int64_t point;
    bool excluded;
} words[] = {{100, 3, true}, {100, 15, true}, {150, 15, false}};

static void decide(struct bench *bench, size_t i)
{
    struct error err;
    struct store *person;
    ck_assert_msg(!store_open(&person, bench->plant->store_path, STORE_WRITE, &err), "%s", err.text);
    for (size_t k = 0; k < sizeof words / sizeof words[0]; k++) {
        struct exclusion exclusion = {.characteristic = bench->plant->characteristics[0].id,
                                      .point = words[k].point,
                                      .time_us = bench->time_us,
                                      .excluded = words[k].excluded,
                                      .who = "wang",
                                      .reason = "dropped part"};
        if (words[k].after == i)
            ck_assert_msg(!action_exclude(person, &exclusion, &err), "%s", err.text);
    }
    store_close(person);
    ck_assert(!judge_take_decisions(bench->judge, bench->store, bench->batch, bench->time_us, &err));
    commit(bench);
}

static size_t read_points(struct bench *bench, struct point *points)
{
    struct point_cursor *cursor;
    struct error err;
    size_t count = 0;
    ck_assert(!point_cursor_open(&cursor, bench->store, bench->plant->characteristics[0].id, 0, INT64_MAX, 0, &err));
    while (count < VALUES && point_cursor_next(cursor, &points[count], &err) == 1)
        count++;
    point_cursor_close(cursor);
    return count;
}

/* Runs the stream with a restart after every `each` values (0: none), and with words about points; returns the points. */
static size_t judged_with(const char *settings, size_t each, bool decisions, struct point *points, struct standing *standing)
{
    struct bench bench = {.plant = plant_with(settings), .time_us = SECOND_US * 1000000};
    unsigned seed = 11;
    remove(bench.plant->store_path);
    bench_open(&bench);
    for (size_t i = 0; i < VALUES; i++) {
        measure(&bench, i, &seed);
        if (!decisions || i % 25 == 0 || i == VALUES - 1 || (each && i % each == each - 1)) /* decisions come at such a place */
            commit(&bench);
        if (decisions && (i == words[0].after || i == words[2].after))
            decide(&bench, i);
        if (each && i % each == each - 1) {
            bench_close(&bench);
            bench_open(&bench);
        }
    }
    size_t count = read_points(&bench, points);
    *standing = *judge_standing(bench.judge);
    bench_close(&bench);
    remove(bench.plant->store_path);
    plant_free(bench.plant);
    return count;
}

static size_t judged(const char *settings, size_t each, struct point *points)
{
    struct standing standing;
    return judged_with(settings, each, false, points, &standing);
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

/* What was said about points reaches a chart's memory however far back they lie, and a restart does not lose it. */
START_TEST(exclusions_outlive_restarts)
{
    static struct point whole[VALUES], parts[VALUES];
    struct standing standing, restarted;
    const char *settings = charts[_i];
    ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
    size_t count = judged_with(settings, 0, true, whole, &standing);
    ck_assert_uint_eq(judged_with(settings, 9, true, parts, &restarted), count);
    for (size_t i = 0; i < count; i++)
        check_alike(settings, &whole[i], &parts[i]);
    ck_assert_int_eq(standing.moments.n, restarted.moments.n);
    ck_assert_double_eq_tol(standing.moments.mean, restarted.moments.mean, 1e-12);
    ck_assert_int_eq(standing.within.subgroups, restarted.within.subgroups);
    ck_assert_int_eq(standing.within.mr_count, restarted.within.mr_count);
    ck_assert_double_eq_tol(standing.within.ss, restarted.within.ss, 1e-9);
    struct plant *plant = plant_with(settings);
    const struct characteristic *c = &plant->characteristics[0];
    if (chart_remembers(c->chart) && !isnan(c->locked_center)) { /* after the last word: as one pass that knew it from the start */
        struct chart_estimate process = {.center = c->locked_center, .sigma = c->locked_sigma, .extra = NAN, .lcl = NAN, .ucl = NAN};
        struct chart_state state = {0};
        for (size_t i = 0; i < count; i++) {
            struct point again = whole[i];
            again.verdict = chart_judge_with(&state, c->chart, c->rules, &whole[i].subgroup, &process, &c->settings);
            if (i + 5 > count)
                for (int k = 0; k < 2; k++)
                    ck_assert_msg(alike(again.verdict.plotted[k], whole[i].verdict.plotted[k]), "%s: point %zu plots %.17g, not %.17g", settings, i,
                                  whole[i].verdict.plotted[k], again.verdict.plotted[k]);
        }
    }
    plant_free(plant);
}
END_TEST

/* The figures of lots and pauses, whose newest subgroup may be smaller than it could be. */
START_TEST(figures_of_short_subgroups)
{
    static struct point points[VALUES];
    struct bench bench = {.plant = plant_with(VALUE "chart: xbar-r, subgroup: 5, gap: 8s, limits: {center: 10, sigma: 1}"),
                          .time_us = SECOND_US * 1000000};
    static const double values[] = {10, 11, 12, 9, 10, 14, 8, 13};
    static const int pauses[] = {1, 1, 1, 10, 1, 10, 1, 1};
    struct within within = {0};
    struct arrival arrival = {"S", "", 1, 0, NULL};
    ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
    bench_open(&bench);
    for (size_t i = 0; i < 8; i++) {
        struct reading reading = {.value = values[i]};
        bench.time_us += pauses[i] * SECOND_US;
        judge_measure(bench.judge, bench.time_us, &reading, &arrival, bench.batch);
    }
    judge_pass(bench.judge, bench.time_us + 7 * SECOND_US, bench.batch);
    commit(&bench);
    ck_assert_uint_eq(read_points(&bench, points), 2);
    judge_pass(bench.judge, bench.time_us + 8 * SECOND_US, bench.batch); /* the pause is over: nobody waits for the next value */
    judge_pass(bench.judge, bench.time_us + 9 * SECOND_US, bench.batch);
    commit(&bench);
    ck_assert_uint_eq(read_points(&bench, points), 3);
    ck_assert_int_eq(points[2].subgroup.n, 3);
    struct error err;
    struct store *person;
    struct exclusion exclusion = {
        .characteristic = bench.plant->characteristics[0].id, .point = 1, .time_us = 1, .excluded = true, .who = "wang", .reason = "cold"};
    ck_assert(!store_open(&person, bench.plant->store_path, STORE_WRITE, &err));
    ck_assert(!action_exclude(person, &exclusion, &err));
    store_close(person);
    ck_assert(!judge_take_decisions(bench.judge, bench.store, bench.batch, bench.time_us, &err));
    within_add_subgroup(&within, values + 3, 2);
    within_add_subgroup(&within, values + 5, 3);
    const struct standing *standing = judge_standing(bench.judge);
    ck_assert_double_eq(standing->within.ss, within.ss);
    ck_assert_double_eq(standing->within.ss_df, within.ss_df);
    ck_assert_int_eq(standing->moments.n, 5);
    bench_close(&bench);
    plant_free(bench.plant);
}
END_TEST

/* Another design in plant.yaml. Each step goes on with the same store. */
struct step {
    const char *settings;
    const char *source; /* the limits in force then begin with this */
};

static void run_step(const struct step *step, const char *path, int64_t *time_us, unsigned *seed, size_t restart_each)
{
    struct limits limits;
    struct error err;
    struct bench bench = {.plant = plant_with(step->settings), .time_us = *time_us};
    bench.plant->store_path = path;
    bench_open(&bench);
    commit(&bench);
    ck_assert_msg(!store_limits_in_force(bench.store, bench.plant->characteristics[0].id, &limits, &err) || !step->source, "%s", step->settings);
    if (step->source)
        ck_assert_msg(!strncmp(limits.source, step->source, strlen(step->source)), "%s: '%s'", step->settings, limits.source);
    for (size_t i = 0; i < 60; i++) {
        measure(&bench, i, seed);
        commit(&bench);
        if (restart_each && i % restart_each == restart_each - 1) {
            bench_close(&bench);
            bench_open(&bench);
            commit(&bench);
        }
    }
    *time_us = bench.time_us;
    bench_close(&bench);
    plant_free(bench.plant);
}

static size_t changed(const struct step *steps, size_t n_steps, size_t restart_each, struct point *points, struct limits **history, size_t *n_history)
{
    struct bench bench = {.plant = plant_with(steps[n_steps - 1].settings)};
    int64_t time_us = 1000000 * SECOND_US;
    unsigned seed = 5;
    struct error err;
    remove(bench.plant->store_path);
    for (size_t i = 0; i < n_steps; i++)
        run_step(&steps[i], bench.plant->store_path, &time_us, &seed, restart_each);
    bench.time_us = time_us;
    bench_open(&bench);
    size_t count = read_points(&bench, points);
    ck_assert(!store_limits_history(bench.store, bench.plant->characteristics[0].id, history, n_history, &err));
    bench_close(&bench);
    remove(bench.plant->store_path);
    plant_free(bench.plant);
    return count;
}

START_TEST(another_chart_begins_a_baseline)
{
    static const struct step steps[] = {
        {VALUE "chart: i-mr, baseline: 20", NULL},
        {VALUE "chart: xbar-r, subgroup: 2, baseline: 12", "new baseline: i-mr -> xbar-r, subgroup 1 -> subgroup 2"},
        {VALUE "chart: xbar-r, subgroup: 3, baseline: 12", "new baseline: subgroup 2 -> subgroup 3"},
        {VALUE "chart: ewma, subgroup: 3, baseline: 12", "new baseline: xbar-r -> ewma"},
        {VALUE "chart: ewma, subgroup: 3, baseline: 12, design: {lambda: 0.4}", "calculated from points"},
        {VALUE "chart: ewma, subgroup: 3, baseline: 12, limits: {center: 10, sigma: 1}", "config"},
        {VALUE "chart: ewma, subgroup: 3, baseline: 12", "new baseline: plant.yaml locks"},
    };
    enum { STEPS = sizeof steps / sizeof steps[0] };
    static struct point whole[STEPS * VALUES], parts[STEPS * VALUES];
    struct limits *history, *again;
    size_t n_history, n_again;
    ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
    size_t count = changed(steps, STEPS, 0, whole, &history, &n_history);
    for (size_t each = 5; each <= 17; each += 12) {
        ck_assert_uint_eq(changed(steps, STEPS, each, parts, &again, &n_again), count);
        for (size_t i = 0; i < count; i++)
            check_alike("changed", &whole[i], &parts[i]);
        ck_assert_uint_eq(n_history, n_again);
        free(again);
    }
    size_t baselines = 0;
    for (size_t i = 0; i < n_history; i++) {
        baselines += !strncmp(history[i].source, "new baseline", 12);
        if (!strncmp(history[i].source, "calculated", 10) && baselines == 1) /* xbar-r: not from points of i-mr */
            ck_assert_int_gt(history[i].first_point, 60);
    }
    ck_assert_uint_eq(baselines, 4);
    ck_assert(!isnan(whole[59].verdict.location.ucl));
    ck_assert(isnan(whole[60].verdict.location.ucl)); /* its old limits were for single values */
    free(history);
}
END_TEST

/* A plant's own rules stay with the points that were judged by them, whatever the set says today. */
START_TEST(own_rules_stay_explained)
{
    static struct point points[VALUES];
    ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
    ck_assert_uint_gt(judged(charts[1], 0, points), 100);
    ck_assert_str_eq(points[0].settings, "I-MR 3 sigma; sigma MR/d2(2); rules ours 1-3 (MR 1, 3); constants exact");
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
    TCase *exclusions = tcase_create("exclusions outlive restarts");
    TCase *figures = tcase_create("figures of short subgroups");
    TCase *changes = tcase_create("another chart begins a baseline");
    TCase *own = tcase_create("own rules stay explained");
    tcase_set_timeout(restart, 60);
    tcase_add_loop_test(restart, restarts_change_nothing, 0, sizeof charts / sizeof charts[0]);
    tcase_add_loop_test(recomputed, live_is_recomputed, 0, sizeof charts / sizeof charts[0]);
    tcase_set_timeout(exclusions, 60);
    tcase_set_timeout(changes, 60);
    tcase_add_loop_test(exclusions, exclusions_outlive_restarts, 0, sizeof charts / sizeof charts[0]);
    tcase_add_test(figures, figures_of_short_subgroups);
    tcase_add_test(changes, another_chart_begins_a_baseline);
    tcase_add_test(own, own_rules_stay_explained);
    suite_add_tcase(suite, restart);
    suite_add_tcase(suite, recomputed);
    suite_add_tcase(suite, exclusions);
    suite_add_tcase(suite, figures);
    suite_add_tcase(suite, changes);
    suite_add_tcase(suite, own);
    return suite;
}
