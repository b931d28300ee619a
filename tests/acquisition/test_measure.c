#include "acquisition/frozen.h"
#include "acquisition/measure.h"
#include "tests/acquisition/fixture.h"

#include <math.h>
#include <stdlib.h>

enum { SEQ, BIT, VALUE, SERIAL, DONE, STATE, TAGS };

/* A gauge whose parts are told by a counter or a bit, judged without a store. */
struct gauge {
    struct plant *plant;
    struct plan *plan;
    struct judge *judge;
    struct measure measure;
    struct batch *batch;
    int64_t time_us;
    struct reading readings[TAGS];
};

static struct gauge gauge_of(const char *keys)
{
    struct gauge gauge = {.batch = batch_create(), .time_us = 1000 * SECOND_US};
    gauge.plant = fixture_plant("links: {hall: {url: \"tcp://127.0.0.1:502\"}}\ninstruments:\n  g:\n    link: hall\n    tags:\n"
                                "      seq: {address: \"holding:0\"}\n      new: {address: \"holding:1\", type: bit, bit: 0}\n"
                                "      value: {address: \"holding:2\", frozen_after: 10s}\n      serial: {address: \"holding:3\"}\n"
                                "      done: {address: \"coil:0\", writable: true}\n      state: {address: \"holding:4\"}\n"
                                "machines: {press: {state: {tag: g.state, running: [2]}}}\n"
                                "characteristics:\n  bore: {source: g.value, machine: press, serial: g.serial, lsl: 0, usl: 100, %s}\n",
                                keys);
    gauge.plan = plan_build(gauge.plant, &gauge.plant->instruments[0]);
    gauge.judge = judge_create(&gauge.plant->characteristics[0]);
    struct error err;
    ck_assert(!measure_init(&gauge.measure, &gauge.plant->characteristics[0], gauge.judge, NULL, NULL, &err));
    for (int i = 0; i < TAGS; i++)
        gauge.readings[i] = (struct reading){.quality = QUALITY_ABSENT};
    return gauge;
}

static void gauge_free(struct gauge *gauge)
{
    judge_destroy(gauge->judge);
    batch_destroy(gauge->batch);
    plan_free(gauge->plan);
    plant_free(gauge->plant);
}

/* One poll, which brings one tag a value, or all when also is given; returns how many measurements it made. */
static size_t see(struct gauge *gauge, int tag, double value, bool also, double measured)
{
    struct poll *poll = poll_create(gauge->plan);
    poll->time_us = gauge->time_us += SECOND_US;
    for (int i = 0; i < TAGS; i++)
        gauge->readings[i] = (struct reading){.quality = QUALITY_ABSENT, .value = NAN};
    gauge->readings[tag] = (struct reading){.value = value};
    if (also)
        gauge->readings[VALUE] = (struct reading){.value = measured};
    size_t before = batch_measurements(gauge->batch);
    measure_poll(&gauge->measure, poll, gauge->readings, gauge->batch);
    poll_free(poll);
    return batch_measurements(gauge->batch) - before;
}

START_TEST(every_nth_part)
{
    struct gauge gauge = gauge_of("on_new: g.seq, each: 3, counter_modulus: 10");
    const struct {
        double count;
        size_t measured;
    } steps[] = {{5, 0}, {6, 0}, {7, 0}, {8, 1}, {9, 0}, {2, 1}, {2, 0}, {3, 0}, {4, 1}};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        ck_assert_msg(see(&gauge, SEQ, steps[i].count, true, 50) == steps[i].measured, "step %zu", i);
    gauge_free(&gauge);
}
END_TEST

START_TEST(value_after_its_trigger)
{
    struct gauge gauge = gauge_of("on_new: g.seq");
    see(&gauge, SEQ, 5, false, 0);
    ck_assert_uint_eq(see(&gauge, VALUE, 1, false, 0), 0); /* nothing is new yet */
    ck_assert_uint_eq(see(&gauge, SEQ, 6, false, 0), 0);
    ck_assert_uint_eq(see(&gauge, VALUE, 2, false, 0), 1);
    ck_assert_uint_eq(see(&gauge, VALUE, 2, false, 0), 0);
    ck_assert_double_eq(judge_standing(gauge.judge)->last, 2);
    ck_assert_int_eq(judge_standing(gauge.judge)->time_us, gauge.time_us - SECOND_US);
    gauge_free(&gauge);
}
END_TEST

START_TEST(handshake_is_acknowledged)
{
    struct gauge gauge = gauge_of("on_new: g.new, acknowledge: g.done");
    see(&gauge, BIT, 0, true, 50);
    ck_assert(!gauge.measure.owes);
    ck_assert_uint_eq(see(&gauge, BIT, 1, true, 51), 1);
    ck_assert(gauge.measure.owes);
    ck_assert_double_eq(gauge.measure.acknowledgement, 1);
    gauge.measure.owes = false;
    ck_assert_uint_eq(see(&gauge, BIT, 1, true, 52), 0);
    ck_assert(!gauge.measure.owes);
    ck_assert_uint_eq(see(&gauge, BIT, 0, true, 53), 0);
    ck_assert(gauge.measure.owes); /* the device took its bit back, so we take ours */
    ck_assert_double_eq(gauge.measure.acknowledgement, 0);
    gauge_free(&gauge);
}
END_TEST

START_TEST(own_time_of_the_answer)
{
    struct gauge gauge = gauge_of("on_new: g.seq");
    see(&gauge, SEQ, 5, true, 1);
    struct poll *poll = poll_create(gauge.plan);
    poll->time_us = gauge.time_us + SECOND_US;
    poll->shifts_us = memory_zero(TAGS, sizeof *poll->shifts_us);
    poll->shifts_us[VALUE] = 40000;
    gauge.readings[SEQ].value = 6;
    measure_poll(&gauge.measure, poll, gauge.readings, gauge.batch);
    ck_assert_int_eq(judge_standing(gauge.judge)->time_us, gauge.time_us + SECOND_US + 40000);
    poll_free(poll);
    gauge_free(&gauge);
}
END_TEST

static enum quality look(struct gauge *gauge, struct frozen *frozen, double value, int64_t passed_us)
{
    struct poll *poll = poll_create(gauge->plan);
    poll->time_us = gauge->time_us += passed_us;
    gauge->readings[VALUE] = (struct reading){.value = value};
    frozen_poll(frozen, poll, gauge->readings, gauge->batch);
    enum quality quality = gauge->readings[VALUE].quality;
    ck_assert(quality_is_good(quality) || poll->quality[VALUE] == quality);
    poll_free(poll);
    return quality;
}

START_TEST(frozen_value)
{
    struct gauge gauge = gauge_of("every: 1s");
    struct machine_watch press;
    struct frozen frozen;
    machine_init(&press, &gauge.plant->machines[0]);
    press.state = OEE_RUNNING;
    frozen_init(&frozen, &gauge.plant->instruments[0].tags[VALUE], &press);
    ck_assert_int_eq(look(&gauge, &frozen, 5, SECOND_US), QUALITY_GOOD);
    ck_assert_int_eq(look(&gauge, &frozen, 5, 9 * SECOND_US), QUALITY_GOOD);
    press.state = OEE_IDLE; /* nothing should move now */
    ck_assert_int_eq(look(&gauge, &frozen, 5, 60 * SECOND_US), QUALITY_GOOD);
    press.state = OEE_RUNNING;
    ck_assert_int_eq(look(&gauge, &frozen, 5, 9 * SECOND_US), QUALITY_GOOD);
    ck_assert_int_eq(look(&gauge, &frozen, 5, SECOND_US), QUALITY_UNCERTAIN_FROZEN);
    ck_assert(frozen.alarm == 1);
    ck_assert_int_eq(look(&gauge, &frozen, 5, SECOND_US), QUALITY_UNCERTAIN_FROZEN);
    ck_assert_int_eq(look(&gauge, &frozen, 6, SECOND_US), QUALITY_GOOD);
    ck_assert(frozen.alarm == 0);
    gauge_free(&gauge);
}
END_TEST

Suite *measure_suite(void);
Suite *measure_suite(void)
{
    const struct named_test tests[] = {{"every third part, over the counter's end", every_nth_part},
                                       {"a value that is read after its trigger", value_after_its_trigger},
                                       {"a handshake bit is acknowledged", handshake_is_acknowledged},
                                       {"a value has the time of its own answer", own_time_of_the_answer},
                                       {"a value that stands still", frozen_value}};
    return SUITE_OF("measure", 10, tests);
}
