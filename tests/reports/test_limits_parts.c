#include "tests/harness.h"
#include "tests/reports/fixture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

Suite *limits_parts_suite(void);

/* What is decided on limits of z-mr that learns its parts. Figures: numpy, as in tests/acquisition/test_judge_parts.c. */

struct bench {
    struct plant *plant;
    struct store *store;
    const struct characteristic *c;
    int64_t points;
};

static const double pooled_sigma[] = {0.20383219285413445, 0.0061980280944668618};
static const double centers[2][2] = {{10.006666666666668, 50.083333333333336}, {2.3032464301721718, 3.9136793754150099}};

static void put_limits(struct bench *bench, const char *part, double center, double sigma, int64_t points)
{
    struct error err;
    struct limits limits = {.characteristic = bench->c->id,
                            .time_us = FIXTURE_NOW,
                            .state = LIMITS_TRIAL,
                            .center = center,
                            .sigma = sigma,
                            .extra = NAN,
                            .lcl = NAN,
                            .ucl = NAN,
                            .points = points,
                            .source = "calculated"};
    snprintf(limits.part, sizeof limits.part, "%s", part);
    limits_made(bench->c, limits.made, sizeof limits.made);
    ck_assert_msg(!record_limits(bench->store, &limits, &err), "%s", err.text);
}

static void put_point(struct bench *bench, const char *part, double value)
{
    static struct subgroup before;
    struct error err;
    struct point point = {.characteristic = bench->c->id, .number = ++bench->points, .time_us = FIXTURE_NOW + bench->points * SECOND_US};
    point.subgroup = bench->c->chart->summarise(&value, 1, bench->points > 1 ? &before : NULL);
    snprintf(point.part, sizeof point.part, "%s", part);
    before = point.subgroup;
    struct standing standing = {.characteristic = bench->c->id, .time_us = point.time_us, .points = point.number, .last = value};
    ck_assert_msg(!record_point(bench->store, &point, &err) && !record_standing(bench->store, &standing, &err), "%s", err.text);
}

static struct bench bench_of(bool relative)
{
    static const struct {
        const char *part;
        double value;
    } baseline[] = {{"7", 10.02}, {"7", 9.97}, {"7", 10.05}, {"8", 50.3}, {"8", 49.8},  {"7", 10.01},
                    {"7", 9.96},  {"8", 50.1}, {"8", 49.9},  {"8", 50.4}, {"7", 10.03}, {"8", 50.0}};
    char text[600];
    struct problems problems = {0};
    struct error err;
    struct bench bench = {0};
    snprintf(text, sizeof text,
             "plant: {name: X}\nlinks: {hall: {url: \"tcp://127.0.0.1:502\"}}\ninstruments:\n  g:\n    link: hall\n    tags:\n"
             "      value: {address: 40001, type: f32, decimals: 3}\n      part: {address: 40003, type: u16}\n"
             "characteristics:\n  bore: {source: g.value, chart: z-mr, by: g.part, baseline: 6, design: {z: %s}}\n",
             relative ? "relative" : "constant");
    bench.plant = plant_load(test_file("plant.yaml", text), &problems);
    ck_assert_msg(bench.plant != NULL, "%s", problems.count ? problems.items[0].text : "no plant");
    ck_assert_msg(!store_open(&bench.store, bench.plant->store_path, STORE_RECORD, &err), "%s", err.text);
    ck_assert_msg(!store_identify(bench.store, bench.plant, &err), "%s", err.text);
    bench.c = &bench.plant->characteristics[0];
    ck_assert(!store_begin(bench.store, &err));
    for (size_t i = 0; i < 12; i++)
        put_point(&bench, baseline[i].part, baseline[i].value);
    for (int part = 0; part < 2; part++)
        put_limits(&bench, part ? "8" : "7", centers[relative][part], pooled_sigma[relative], 6);
    put_limits(&bench, "", 0, pooled_sigma[relative], 6);
    ck_assert(!store_commit(bench.store, &err));
    return bench;
}

static void bench_free(struct bench *bench)
{
    store_close(bench->store);
    plant_free(bench->plant);
}

static struct limits_proposal propose(struct bench *bench, enum limits_decision decision, struct limits_wish wish)
{
    struct limits_proposal proposal;
    struct error err;
    ck_assert_msg(!limits_propose(&proposal, bench->store, bench->c, decision, &wish, &err), "%s", err.text);
    return proposal;
}

static void refuse(struct bench *bench, struct limits_wish wish, const char *words)
{
    struct limits_proposal proposal;
    struct error err;
    ck_assert_int_eq(limits_propose(&proposal, bench->store, bench->c, LIMITS_ENTER, &wish, &err), -1);
    ck_assert_msg(strstr(err.text, words) != NULL, "'%s' is not in '%s'", words, err.text);
}

static struct limits_wish wish_of(const char *part, int64_t first, int64_t last)
{
    struct limits_wish wish = limits_no_wish;
    wish.part = part;
    wish.first = first;
    wish.last = last;
    return wish;
}

START_TEST(calculated_anew)
{
    struct bench bench = bench_of(_i);
    struct limits all = propose(&bench, LIMITS_CALCULATE, wish_of(NULL, 1, 12)).then;
    ck_assert_double_eq_tol(all.sigma, pooled_sigma[_i], 1e-14);
    ck_assert_double_eq(all.center, 0);
    ck_assert_int_eq(all.points, 6);
    struct limits seven = propose(&bench, LIMITS_CALCULATE, wish_of("7", 1, 12)).then;
    ck_assert_double_eq_tol(seven.center, centers[_i][0], 1e-14);
    ck_assert_double_eq_tol(seven.sigma, pooled_sigma[_i], 1e-14);
    ck_assert_int_eq(seven.points, 6);
    bench_free(&bench);
}
END_TEST

/* A part's centre is read and written in its unit, whatever the chart takes. */
START_TEST(entered_by_hand)
{
    struct bench bench = bench_of(_i);
    struct limits_wish wish = wish_of("7", 0, 0);
    char text[200];
    wish.center = 10;
    struct limits_proposal proposal = propose(&bench, LIMITS_ENTER, wish);
    ck_assert_double_eq_tol(proposal.then.center, _i ? log(10) : 10, 1e-15);
    ck_assert_double_eq(proposal.then.sigma, pooled_sigma[_i]);
    ck_assert_str_eq(limits_numbers(bench.c, &proposal.then, text, sizeof text),
                     _i ? "center 10.0000  sigma 0.006198 of ln x" : "center 10.0000  sigma 0.20383");
    wish = wish_of(NULL, 0, 0);
    refuse(&bench, wish, "a sigma above 0 is wanted");
    wish.center = 10;
    refuse(&bench, wish, "each has its own centre");
    wish.center = NAN;
    wish.sigma = pooled_sigma[_i] / 100;
    proposal = propose(&bench, LIMITS_ENTER, wish);
    ck_assert_int_eq(proposal.judged, 12);
    ck_assert_int_gt(proposal.signals_then, 6); /* each part about its own centre, with a hundredth of the sigma */
    ck_assert_str_eq(limits_numbers(bench.c, &proposal.then, text, sizeof text),
                     _i ? "sigma 0.000062 of ln x, of all parts" : "sigma 0.00204, of all parts");
    wish.sigma = pooled_sigma[_i];
    ck_assert_int_eq(propose(&bench, LIMITS_ENTER, wish).signals_then, 0);
    bench_free(&bench);
}
END_TEST

START_TEST(approved)
{
    struct bench bench = bench_of(false);
    struct error err;
    struct limits now;
    for (int i = 0; i < 2; i++) {
        struct limits_proposal proposal = propose(&bench, i ? LIMITS_LOCK : LIMITS_APPROVE, wish_of(i ? "8" : NULL, 0, 0));
        ck_assert_msg(!limits_decide(&proposal, bench.store, "wang", "six months", &err), "%s", err.text);
        ck_assert(!store_part_limits(bench.store, bench.c->id, i ? "8" : "", &now, &err));
        ck_assert_int_eq(now.state, i ? LIMITS_LOCKED : LIMITS_APPROVED);
        ck_assert_str_eq(now.who, "wang");
        ck_assert_double_eq(now.center, i ? centers[0][1] : 0);
    }
    bench_free(&bench);
}
END_TEST

Suite *limits_parts_suite(void)
{
    Suite *suite = suite_create("limits_parts");
    const struct {
        const char *name;
        const TTest *test;
        int times;
    } tests[] = {{"limits of parts: calculated", calculated_anew, 2},
                 {"limits of parts: entered", entered_by_hand, 2},
                 {"limits of parts: approved", approved, 1}};
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++) {
        TCase *tcase = tcase_create(tests[i].name);
        tcase_add_loop_test(tcase, tests[i].test, 0, tests[i].times);
        suite_add_tcase(suite, tcase);
    }
    return suite;
}
