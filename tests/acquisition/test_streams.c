#include "acquisition/judge.h"
#include "acquisition/measure.h"
#include "tests/acquisition/fixture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

Suite *streams_suite(void);

/* Cavities that are read at once: polls in, points out. What the collector stores, with restarts or without, is what the engine says of all the
 * values at once. */

enum { CAVITIES = 4, POLLS = 160, EACH = 2 };

static struct plant *mould(const char *settings)
{
    return fixture_plant("links: {hall: {url: \"tcp://127.0.0.1:502\"}}\ninstruments:\n  m:\n    link: hall\n    every: 1s\n    tags:\n"
                         "      c-1: {address: 40001, type: f32}\n      c-2: {address: 40003, type: f32}\n"
                         "      c-3: {address: 40005, type: f32}\n      c-4: {address: 40007, type: f32}\n"
                         "characteristics:\n  weight: {source: m.c-1, streams: [m.c-1, m.c-2, m.c-3, m.c-4], chart: group, %s}\n",
                         settings);
}

/* Values of a poll: cavity 3 heavier from the 100th on; now and then one that is bad, and polls that bring nothing. */
static double value_at(int poll, int cavity)
{
    unsigned seed = (unsigned)(poll * CAVITIES + cavity) * 2654435761u + 1;
    double noise = 0;
    for (int k = 0; k < 12; k++)
        noise += rand_r(&seed) / (double)RAND_MAX - 0.5;
    return 50 + noise + (cavity == 2 && poll > 100 ? 1.5 : 0);
}

static bool is_lost(int poll)
{
    return poll % 37 == 36;
}

static bool is_bad(int poll, int cavity)
{
    return is_lost(poll) || (poll % 11 == 10 && cavity == poll % CAVITIES);
}

struct bench {
    struct plant *plant;
    struct plan *plan;
    struct store *store;
    struct batch *batch;
    struct judge *judge;
    struct measure measure;
};

static void start(struct bench *bench)
{
    struct error err;
    const struct characteristic *c = &bench->plant->characteristics[0];
    ck_assert_msg(!store_open(&bench->store, bench->plant->store_path, STORE_RECORD, &err), "%s", err.text);
    ck_assert_msg(!store_identify(bench->store, bench->plant, &err), "%s", err.text);
    bench->batch = batch_create();
    bench->judge = judge_create(c);
    ck_assert_msg(!judge_restore(bench->judge, bench->store, bench->batch, SECOND_US, &err), "%s", err.text);
    ck_assert(!measure_init(&bench->measure, c, bench->judge, NULL, bench->store, &err));
}

static void stop(struct bench *bench)
{
    judge_destroy(bench->judge);
    batch_destroy(bench->batch);
    store_close(bench->store);
}

static void see(struct bench *bench, int number)
{
    struct error err;
    struct reading readings[CAVITIES];
    struct poll *poll = poll_create(bench->plan);
    poll->time_us = (1000 + number) * SECOND_US;
    for (int s = 0; s < CAVITIES; s++)
        readings[s] =
            is_bad(number, s) ? (struct reading){.value = NAN, .quality = QUALITY_BAD_SENSOR} : (struct reading){.value = value_at(number, s)};
    measure_poll(&bench->measure, poll, readings, bench->batch);
    poll_free(poll);
    ck_assert(!store_begin(bench->store, &err));
    ck_assert_msg(!batch_write(bench->batch, bench->store, &err) && !store_commit(bench->store, &err), "%s", err.text);
    batch_reset(bench->batch);
}

static size_t read_points(struct bench *bench, struct point *points)
{
    struct point_cursor *cursor;
    struct error err;
    size_t count = 0;
    ck_assert(!point_cursor_open(&cursor, bench->store, bench->plant->characteristics[0].id, 0, INT64_MAX, 0, &err));
    while (count < POLLS && point_cursor_next(cursor, &points[count], &err) == 1)
        count++;
    point_cursor_close(cursor);
    return count;
}

/* restart: after every so many polls; 0: never. */
static size_t collected(const char *settings, int restart, struct point *points)
{
    struct bench bench = {.plant = mould(settings)};
    bench.plan = plan_build(bench.plant, &bench.plant->instruments[0]);
    remove(bench.plant->store_path);
    start(&bench);
    for (int i = 0; i < POLLS; i++) {
        see(&bench, i);
        if (restart && i % restart == restart - 1) {
            stop(&bench);
            start(&bench);
        }
    }
    size_t count = read_points(&bench, points);
    stop(&bench);
    remove(bench.plant->store_path);
    plan_free(bench.plan);
    plant_free(bench.plant);
    return count;
}

static bool alike(double a, double b)
{
    return (isnan(a) && isnan(b)) || fabs(a - b) <= 1e-12 * fabs(a);
}

static void check_alike(const char *settings, const struct verdict *v, const struct verdict *w, int64_t number)
{
    const struct limit_line *lines[][2] = {{&v->location, &w->location}, {&v->dispersion, &w->dispersion}, {&v->within, &w->within}};
    ck_assert_msg(v->location_rules == w->location_rules && v->dispersion_rules == w->dispersion_rules && v->within_rules == w->within_rules,
                  "%s: point %lld: rules %x/%x/%x and %x/%x/%x", settings, (long long)number, v->location_rules, v->dispersion_rules, v->within_rules,
                  w->location_rules, w->dispersion_rules, w->within_rules);
    for (int i = 0; i < 3; i++)
        ck_assert_msg(alike(v->plotted[i], w->plotted[i]) && alike(lines[i][0]->ucl, lines[i][1]->ucl) && alike(lines[i][0]->lcl, lines[i][1]->lcl),
                      "%s: point %lld, panel %d: %.17g under %.17g and %.17g under %.17g", settings, (long long)number, i, v->plotted[i],
                      lines[i][0]->ucl, w->plotted[i], lines[i][1]->ucl);
}

static const char *const designs[] = {"baseline: 20", "subgroup: 2, baseline: 15", "subgroup: 2, limits: {center: 50, sigma: 1}",
                                      "limits: {center: 50, sigma: 1}"};

START_TEST(restarts_change_nothing)
{
    static struct point whole[POLLS], parts[POLLS];
    ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
    size_t count = collected(designs[_i], 0, whole), fired = 0;
    for (int restart = 1; restart <= 7; restart += 3) {
        ck_assert_uint_eq(collected(designs[_i], restart, parts), count);
        for (size_t i = 0; i < count; i++) {
            check_alike(designs[_i], &whole[i].verdict, &parts[i].verdict, whole[i].number);
            ck_assert_str_eq(whole[i].streams[STREAM_HIGH], parts[i].streams[STREAM_HIGH]);
        }
    }
    for (size_t i = 0; i < count; i++)
        fired += whole[i].verdict.location_rules != 0;
    ck_assert_msg(count > 60 && fired > 5, "the data prove nothing: %zu points, %zu signals", count, fired);
    ck_assert_str_eq(whole[count - 1].streams[STREAM_HIGH], "c-3");
}
END_TEST

/* The same values at once, poll by poll, through the engine alone. */
START_TEST(live_is_recomputed)
{
    static struct point points[POLLS];
    struct chart_settings settings = chart_defaults;
    struct chart_estimate process = {.center = 50, .sigma = 1, .extra = NAN};
    struct chart_state state = {0};
    double before[CAVITIES], values[CAVITIES];
    ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
    size_t count = collected("limits: {center: 50, sigma: 1}", 5, points), at = 0;
    settings.streams = CAVITIES;
    streams_forget(before, CAVITIES);
    for (int i = 0; i < POLLS; i++) {
        if (is_lost(i)) { /* nothing came: every row ends */
            state = (struct chart_state){0};
            streams_forget(before, CAVITIES);
            continue;
        }
        for (int s = 0; s < CAVITIES; s++)
            values[s] = is_bad(i, s) ? NAN : (double)value_at(i, s);
        struct subgroup point = streams_summarise(values, CAVITIES, 1, before);
        struct verdict verdict = chart_judge_with(&state, spc_chart_find("group"), streams_rules(CAVITIES), &point, &process, &settings);
        ck_assert_uint_lt(at, count);
        check_alike("live", &points[at].verdict, &verdict, points[at].number);
        at++;
    }
    ck_assert_uint_eq(at, count);
}
END_TEST

/* After restarts in the baseline: whose the values were is found again. */
START_TEST(baseline_limits_are_those_of_the_values)
{
    static struct point points[POLLS];
    static double values[20][CAVITIES * EACH];
    struct subgroup base[20];
    struct chart_settings settings = chart_defaults;
    ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
    size_t count = collected("subgroup: 2, baseline: 15", 3, points), n = 0;
    for (int i = 0, taken = 0; n < 15 && i < POLLS; i++) {
        for (int s = 0; s < CAVITIES && !is_lost(i); s++)
            values[n][s * EACH + taken] = is_bad(i, s) ? NAN : value_at(i, s);
        taken += !is_lost(i);
        if (taken < EACH)
            continue;
        base[n] = streams_summarise(values[n], CAVITIES, EACH, NULL);
        n++;
        taken = 0;
    }
    settings.streams = CAVITIES;
    struct chart_estimate estimate = chart_estimate_with(spc_chart_find("group"), base, n, &settings);
    ck_assert_uint_gt(count, 40);
    ck_assert_double_eq_tol(points[20].verdict.location.center, estimate.center, 1e-9);
    ck_assert_double_eq_tol(points[20].verdict.location.ucl, estimate.center + 3 * estimate.sigma / sqrt(EACH), 1e-9);
}
END_TEST

Suite *streams_suite(void)
{
    Suite *suite = suite_create("streams");
    TCase *restart = tcase_create("streams: restarts change nothing");
    TCase *live = tcase_create("streams: live is recomputed");
    TCase *base = tcase_create("streams: baseline limits");
    tcase_set_timeout(restart, 60);
    tcase_set_timeout(live, 60);
    tcase_set_timeout(base, 60);
    tcase_add_loop_test(restart, restarts_change_nothing, 0, sizeof designs / sizeof designs[0]);
    tcase_add_test(live, live_is_recomputed);
    tcase_add_test(base, baseline_limits_are_those_of_the_values);
    suite_add_tcase(suite, restart);
    suite_add_tcase(suite, live);
    suite_add_tcase(suite, base);
    return suite;
}
