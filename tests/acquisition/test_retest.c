/* Parts measured again, and what measurements come with. */
#include "acquisition/desk.h"
#include "acquisition/retest.h"
#include "tests/acquisition/fixture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct retest *retest_of(int64_t parts)
{
    struct characteristic c = {.id = 1, .retest = parts};
    return retest_create(&c);
}

START_TEST(first_value_and_later_ones)
{
    struct retest *retest = retest_of(3);
    ck_assert_int_eq(retest_attempt(retest, "A"), 0);
    ck_assert_int_eq(retest_attempt(retest, "B"), 0);
    ck_assert_int_eq(retest_attempt(retest, "A"), 1);
    ck_assert_int_eq(retest_attempt(retest, "A"), 2);
    ck_assert_int_eq(retest_attempt(retest, ""), 0);
    ck_assert_int_eq(retest_attempt(retest, ""), 0); /* no number: each is a part of its own */
    ck_assert_int_eq(retest_attempt(retest, "C"), 0);
    ck_assert_int_eq(retest_attempt(retest, "D"), 0); /* A is forgotten */
    ck_assert_int_eq(retest_attempt(retest, "B"), 1);
    ck_assert_int_eq(retest_attempt(retest, "A"), 0);
    retest_destroy(retest);
}
END_TEST

/* Against a list that is searched from its end. */
START_TEST(many_parts)
{
    enum { ROOM = 50, STEPS = 20000, NUMBERS = 80 };
    struct retest *retest = retest_of(ROOM);
    int list[STEPS], attempts[STEPS], count = 0;
    uint64_t state = 20261121;
    for (int i = 0; i < STEPS; i++) {
        char serial[32];
        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        int number = (int)(state >> 33) % NUMBERS, at = count - 1;
        snprintf(serial, sizeof serial, "SN%d", number);
        while (at >= 0 && at >= count - ROOM && list[at] != number)
            at--;
        bool known = at >= 0 && at >= count - ROOM;
        if (!known) {
            at = count++;
            list[at] = number;
            attempts[at] = -1;
        }
        ck_assert_int_eq(retest_attempt(retest, serial), ++attempts[at]);
    }
    retest_destroy(retest);
}
END_TEST

START_TEST(switched_off)
{
    struct retest *retest = retest_of(0);
    ck_assert_ptr_null(retest);
    ck_assert_int_eq(retest_attempt(retest, "A"), 0);
    ck_assert_int_eq(retest_attempt(retest, "A"), 0);
    retest_destroy(retest);
}
END_TEST

/* --- through the desk into a store */

enum { COUNT, VALUE, SERIAL, LOT, ORDER, OPERATOR, TAGS };

struct bench {
    struct plant *plant;
    struct plan *plan;
    struct store *store;
    struct batch *batch;
    struct desk *desk;
    int64_t time_us;
    int count;
};

static void open_bench(struct bench *bench)
{
    struct error err;
    ck_assert_msg(!store_open(&bench->store, bench->plant->store_path, STORE_RECORD, &err), "%s", err.text);
    ck_assert_msg(!store_identify(bench->store, bench->plant, &err), "%s", err.text);
    bench->batch = batch_create();
    bench->desk = desk_create(bench->plant, bench->store, bench->batch, &err);
    ck_assert_msg(bench->desk != NULL, "%s", err.text);
}

static void close_bench(struct bench *bench)
{
    struct error err;
    ck_assert(!store_begin(bench->store, &err));
    ck_assert_msg(!batch_write(bench->batch, bench->store, &err), "%s", err.text);
    ck_assert(!store_commit(bench->store, &err));
    batch_reset(bench->batch);
    desk_destroy(bench->desk);
    batch_destroy(bench->batch);
    store_close(bench->store);
}

static struct bench bench_of(const char *keys)
{
    struct bench bench = {.time_us = 1000 * SECOND_US};
    bench.plant = fixture_plant("links: {hall: {url: \"tcp://127.0.0.1:502\"}}\ninstruments:\n  g:\n    link: hall\n    tags:\n"
                                "      count: {address: \"holding:0\"}\n      value: {address: \"holding:1\"}\n"
                                "      serial: {address: \"holding:2\"}\n      lot: {address: \"holding:3\"}\n"
                                "      order: {address: \"holding:4\"}\n      operator: {address: \"holding:5\"}\n"
                                "characteristics:\n  bore: {source: g.value, on_new: g.count, serial: g.serial, lot: g.lot, order: g.order,"
                                " operator: g.operator, lsl: 0, usl: 1000, %s}\n",
                                keys);
    bench.plan = plan_build(bench.plant, &bench.plant->instruments[0]);
    open_bench(&bench);
    return bench;
}

static void bench_free(struct bench *bench)
{
    close_bench(bench);
    plan_free(bench->plan);
    plant_free(bench->plant);
}

/* One more part, as its registers say it. */
static void see(struct bench *bench, int value, int serial, int lot)
{
    struct poll *poll = poll_create(bench->plan);
    const int registers[TAGS] = {++bench->count, value, serial, lot, 900, 77};
    poll->time_us = bench->time_us += SECOND_US;
    for (int i = 0; i < TAGS; i++) {
        poll->registers[i] = (uint16_t)registers[i];
        poll->quality[i] = QUALITY_GOOD;
    }
    desk_poll(bench->desk, poll, bench->batch);
}

static size_t stored(struct bench *bench, struct measurement *all, size_t room)
{
    struct measurement_cursor *cursor;
    struct error err;
    size_t n = 0;
    close_bench(bench);
    open_bench(bench);
    ck_assert(!measurement_cursor_open(&cursor, bench->store, bench->plant->characteristics[0].id, 0, INT64_MAX, 0, &err));
    while (n < room && measurement_cursor_next(cursor, &all[n], &err) == 1)
        n++;
    measurement_cursor_close(cursor);
    return n;
}

START_TEST(lot_order_operator_and_gauge_are_kept)
{
    struct bench bench = bench_of("baseline: 5");
    struct measurement all[10];
    struct context context;
    struct error err;
    for (int i = 0; i < 6; i++)
        see(&bench, 100 + i, i, i / 4);
    ck_assert_uint_eq(stored(&bench, all, 10), 5); /* the first count is where it began */
    for (int i = 0; i < 5; i++) {
        ck_assert(!store_context(bench.store, all[i].context, &context, &err));
        ck_assert_str_eq(context.lot, i < 3 ? "0" : "1");
        ck_assert_str_eq(context.order, "900");
        ck_assert_str_eq(context.operator, "77");
        ck_assert_str_eq(context.gauge, "g");
        ck_assert_int_eq(all[i].attempt, 0);
    }
    ck_assert_int_eq(all[0].context, all[2].context);
    bench_free(&bench);
}
END_TEST

START_TEST(the_first_value_stays_the_judged_one)
{
    struct bench bench = bench_of("baseline: 5, retest: 10");
    struct measurement all[10];
    struct standing standing;
    struct error err;
    see(&bench, 1, 0, 0); /* where the counter stands */
    see(&bench, 100, 5, 0);
    see(&bench, 101, 6, 0);
    see(&bench, 500, 5, 0);
    ck_assert_uint_eq(stored(&bench, all, 10), 3); /* and a restart between */
    see(&bench, 600, 5, 0);
    see(&bench, 102, 7, 0);
    ck_assert_uint_eq(stored(&bench, all, 10), 5);
    static const int attempts[] = {0, 0, 1, 2, 0}, points[] = {1, 2, 0, 0, 3};
    for (int i = 0; i < 5; i++) {
        ck_assert_int_eq(all[i].attempt, attempts[i]);
        ck_assert_int_eq(all[i].point, points[i]);
    }
    ck_assert(!store_standing(bench.store, bench.plant->characteristics[0].id, &standing, &err));
    ck_assert_int_eq(standing.moments.n, 3);
    ck_assert_double_eq(standing.moments.max, 102);
    bench_free(&bench);
}
END_TEST

START_TEST(without_the_key_each_value_is_a_part)
{
    struct bench bench = bench_of("baseline: 5");
    struct measurement all[10];
    for (int i = 0; i < 4; i++)
        see(&bench, 100 + i, 5, 0);
    ck_assert_uint_eq(stored(&bench, all, 10), 3);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(all[i].point, i + 1);
    bench_free(&bench);
}
END_TEST

Suite *retest_suite(void);
Suite *retest_suite(void)
{
    const struct named_test tests[] = {
        {"retest: first and later", first_value_and_later_ones},
        {"retest: many parts", many_parts},
        {"retest: switched off", switched_off},
        {"retest: context", lot_order_operator_and_gauge_are_kept},
        {"retest: first value stays", the_first_value_stays_the_judged_one},
        {"retest: without the key", without_the_key_each_value_is_a_part},
    };
    return SUITE_OF("retest", 60, tests);
}
