#include "acquisition/plan.h"
#include "tests/acquisition/fixture.h"

#include <stdlib.h>
#include <string.h>

static struct plant *plant_of(const char *url, const char *settings, const char *tags, const char *rest)
{
    return fixture_plant("links:\n  hall: {url: \"%s\"}\ninstruments:\n  g:\n    link: hall\n    unit: 1\n    every: 1s\n%s    tags:\n%s%s", url,
                         settings, tags, rest);
}

static const char tcp[] = "tcp://127.0.0.1:502";

static void check_requests(const struct plan *plan, const char *expected)
{
    char text[512] = "";
    for (size_t i = 0; i < plan->n_requests; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s:%d+%d", i ? " " : "", area_name(plan->requests[i].area),
                 plan->requests[i].first, plan->requests[i].count);
    ck_assert_str_eq(text, expected);
    size_t tags = 0;
    for (size_t i = 0; i < plan->n_requests; i++) {
        const struct request *request = &plan->requests[i];
        ck_assert_uint_eq(request->first_tag, tags);
        tags += request->n_tags;
        for (size_t j = request->first_tag; j < tags; j++) {
            ck_assert_int_ge(plan->order[j]->address, request->first);
            ck_assert_int_le(plan->order[j]->address + plan->order[j]->registers, request->first + request->count);
        }
    }
    ck_assert_uint_eq(tags, plan->instrument->n_tags);
}

START_TEST(merges_over_gaps_on_tcp)
{
    struct plant *plant = plant_of(tcp, "",
                                   "      a: {address: \"holding:0\", type: u16}\n      b: {address: \"holding:100\", type: f32}\n"
                                   "      c: {address: \"holding:124\", type: f32}\n      d: {address: \"input:0\", type: u16}\n"
                                   "      e: {address: \"coil:0\", type: bool}\n      f: {address: \"coil:1999\", type: bool}\n",
                                   "");
    struct plan *plan = plan_build(plant, &plant->instruments[0]);
    check_requests(plan, "coil:0+2000 holding:0+102 holding:124+2 input:0+1");
    plan_free(plan);
    plant_free(plant);
}
END_TEST

START_TEST(keeps_to_the_device_limit)
{
    struct plant *plant = plant_of(tcp, "    max_registers: 4\n",
                                   "      a: {address: \"holding:0\", type: u16}\n      b: {address: \"holding:1\", type: f64}\n"
                                   "      c: {address: \"holding:5\", type: u16}\n      same: {address: \"holding:5\", type: i16}\n",
                                   "");
    struct plan *plan = plan_build(plant, &plant->instruments[0]);
    check_requests(plan, "holding:0+1 holding:1+4 holding:5+1");
    plan_free(plan);
    plant_free(plant);
}
END_TEST

START_TEST(serial_break_even)
{
    struct link link = {.kind = LINK_RTU, .data_bits = 8, .parity = 'E', .stop_bits = 1};
    const struct { /* the smallest and largest whole number that the formula may be rounded to */
        int baud, turnaround_ms, low, high;
    } known[] = {{9600, 5, 12, 12},   {9600, 20, 18, 19},  {9600, 50, 31, 32}, {19200, 5, 14, 14},
                 {19200, 20, 27, 28}, {19200, 50, 53, 54}, {115200, 5, 51, 51}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        link.baud = known[i].baud;
        int gap = plan_break_even(&link, known[i].turnaround_ms * 1000);
        ck_assert_int_ge(gap, known[i].low);
        ck_assert_int_le(gap, known[i].high);
    }
    struct request one = {.area = AREA_HOLDING, .count = 1}, full = {.area = AREA_HOLDING, .count = 125};
    link.baud = 9600;
    ck_assert_int_eq((plan_line_us(&link, &one, 0) + 50) / 100, 252); /* 25.2 ms, and the turnaround */
    ck_assert_int_eq((plan_line_us(&link, &full, 0) + 500) / 1000, 309);
}
END_TEST

START_TEST(serial_gaps)
{
    struct plant *plant = plant_of("rtu:///dev/null?baud=9600&parity=even", "",
                                   "      a: {address: \"holding:0\", type: u16}\n      b: {address: \"holding:19\", type: u16}\n"
                                   "      c: {address: \"holding:39\", type: u16}\n",
                                   "");
    struct plan *plan = plan_build(plant, &plant->instruments[0]);
    check_requests(plan, "holding:0+20 holding:39+1");
    plan_free(plan);
    plant_free(plant);
}
END_TEST

static const char groups[] =
    "characteristics:\n  bore: {part: P, source: g.value, on_new: g.seq, nominal: 1, lsl: 0, usl: 2, chart: i-mr, rules: nelson}\n";

START_TEST(keeps_groups_together)
{
    struct plant *plant = plant_of(tcp, "    max_registers: 10\n",
                                   "      a: {address: \"holding:0\", type: u16}\n      seq: {address: \"holding:8\", type: u16}\n"
                                   "      value: {address: \"holding:9\", type: f32}\n",
                                   groups);
    struct plan *plan = plan_build(plant, &plant->instruments[0]);
    check_requests(plan, "holding:0+1 holding:8+3");
    ck_assert_int_eq(plan_print_torn(plan, plant, stderr), 0);
    plan_free(plan);
    plant_free(plant);
}
END_TEST

START_TEST(says_when_groups_are_torn)
{
    struct plant *plant =
        plant_of(tcp, "", "      seq: {address: \"input:8\", type: u16}\n      value: {address: \"holding:9\", type: f32}\n", groups);
    struct plan *plan = plan_build(plant, &plant->instruments[0]);
    FILE *sink = fopen("/dev/null", "w");
    ck_assert_int_eq(plan_print_torn(plan, plant, sink), 1);
    fclose(sink);
    plan_free(plan);
    plant_free(plant);
}
END_TEST

/* A unit that refuses as told: answers a request, or says which exception. */
struct unit {
    int hole_first, hole_last, refused, most; /* exception 02 over the hole or the refused register; 03 beyond most */
};

static int exception_of(const struct unit *unit, const struct request *request)
{
    int end = request->first + request->count;
    if (unit->most && request->count > unit->most)
        return 3;
    bool over_hole = unit->hole_first <= unit->hole_last && request->first <= unit->hole_last && end > unit->hole_first;
    return over_hole || (unit->refused >= request->first && unit->refused < end) ? 2 : 0;
}

/* One poll; returns how many requests it took. refused: whether tags that were refused are asked for, too. */
static int poll_unit(struct plan *plan, const struct unit *unit, int64_t now_us, bool refused)
{
    int asked = 0;
    for (size_t i = 0; i < plan->n_requests;) {
        int exception = 0;
        ck_assert_int_lt(asked, 400);
        if (!plan->requests[i].refused || refused) {
            asked++;
            if (!(exception = exception_of(unit, &plan->requests[i])))
                plan_answered(plan, i, 10000);
        }
        if (exception == 3 && plan_halve(plan, i, now_us))
            i = 0;
        else if (exception != 2 || !plan_bisect(plan, i, now_us))
            i++;
    }
    plan_conclude(plan, now_us);
    return asked;
}

static const struct unit no_trouble = {.hole_first = 1, .refused = -1};
static const char eight[] = "      a: {address: \"holding:0\", type: u16}\n      b: {address: \"holding:1\", type: u16}\n"
                            "      c: {address: \"holding:10\", type: u16}\n      d: {address: \"holding:11\", type: u16}\n"
                            "      e: {address: \"holding:20\", type: u16}\n      f: {address: \"holding:21\", type: u16}\n"
                            "      g: {address: \"holding:30\", type: f32}\n      h: {address: \"holding:32\", type: u16}\n";

START_TEST(bisects_and_halves)
{
    struct plant *plant = plant_of(tcp, "",
                                   "      a: {address: \"holding:0\", type: u16}\n      b: {address: \"holding:1\", type: u16}\n"
                                   "      c: {address: \"holding:10\", type: u16}\n      d: {address: \"holding:11\", type: u16}\n",
                                   "");
    struct plan *plan = plan_build(plant, &plant->instruments[0]);
    check_requests(plan, "holding:0+12");
    ck_assert(plan_bisect(plan, 0, 1)); /* first without the gap */
    check_requests(plan, "holding:0+2 holding:10+2");
    ck_assert(plan_bisect(plan, 1, 1));
    check_requests(plan, "holding:0+2 holding:10+1 holding:11+1");
    ck_assert(!plan_bisect(plan, 2, 1));
    plan_free(plan);
    plan = plan_build(plant, &plant->instruments[0]);
    ck_assert(plan_halve(plan, 0, 1));
    check_requests(plan, "holding:0+2 holding:10+2");
    ck_assert(plan_halve(plan, 0, 1));
    check_requests(plan, "holding:0+1 holding:1+1 holding:10+1 holding:11+1");
    ck_assert(!plan_halve(plan, 0, 1));
    plan_free(plan);
    plant_free(plant);
}
END_TEST

START_TEST(learns_the_one_gap)
{
    struct plant *plant = plant_of(tcp, "", eight, "");
    struct plan *plan = plan_build(plant, &plant->instruments[0]);
    const struct unit unit = {.hole_first = 24, .hole_last = 26, .refused = -1};
    check_requests(plan, "holding:0+33");
    int polls = 0;
    while (poll_unit(plan, &unit, 7, false) > 2)
        ck_assert_int_lt(++polls, 5);
    check_requests(plan, "holding:0+22 holding:30+3"); /* other gaps are still read over */
    ck_assert_int_eq(plan->lessons.count, 1);
    ck_assert_int_eq(plan->lessons.items[0].kind, LESSON_GAP);
    ck_assert_int_eq(plan->lessons.items[0].first, 22);
    ck_assert_int_eq(plan->lessons.items[0].last, 29);
    ck_assert_int_eq(plan->lessons.items[0].time_us, 7);
    plan_free(plan);
    plant_free(plant);
}
END_TEST

START_TEST(learns_the_one_tag)
{
    struct plant *plant = plant_of(tcp, "", eight, "");
    struct plan *plan = plan_build(plant, &plant->instruments[0]);
    const struct unit unit = {.hole_first = 1, .refused = 11};
    int polls = 0;
    while (poll_unit(plan, &unit, 7, false) > 2)
        ck_assert_int_lt(++polls, 5);
    check_requests(plan, "holding:0+11 holding:11+1 holding:20+13");
    ck_assert_int_eq(plan->lessons.count, 1);
    ck_assert_int_eq(plan->lessons.items[0].kind, LESSON_REFUSED);
    ck_assert(plan->requests[1].refused);
    ck_assert_int_eq(poll_unit(plan, &unit, 8, false), 2); /* it is not asked for at every poll */
    poll_unit(plan, &no_trouble, 9, true);                 /* and when it answers, it is in again */
    check_requests(plan, "holding:0+33");
    ck_assert_int_eq(plan->lessons.count, 0);
    plan_free(plan);
    plant_free(plant);
}
END_TEST

/* Polls until nothing new is learned; returns how many of the requests they began with were refused. */
static int settle(struct plan *plan, const struct unit *unit, int64_t now_us)
{
    int refused = 0;
    for (int poll = 0, limit = -1; poll < 20 && (!plan->lessons.count || limit != plan->lessons.items[0].last); poll++) {
        limit = plan->lessons.count ? plan->lessons.items[0].last : -1;
        for (size_t i = 0; i < plan->n_requests; i++)
            refused += exception_of(unit, &plan->requests[i]) != 0;
        poll_unit(plan, unit, now_us, false);
    }
    return refused;
}

/* 100 registers side by side; the limit is found exactly, upwards too. */
START_TEST(limits_are_found_exactly)
{
    char tags[100 * 48] = "";
    for (int i = 0; i < 100; i++)
        snprintf(tags + strlen(tags), sizeof tags - strlen(tags), "      t%d: {address: \"holding:%d\", type: u16}\n", i, i);
    struct plant *plant = plant_of(tcp, "", tags, "");
    for (int most = 2; most < 100; most += 7) {
        const struct unit unit = {.hole_first = 1, .refused = -1, .most = most};
        struct plan *plan = plan_build(plant, &plant->instruments[0]);
        ck_assert_int_le(settle(plan, &unit, 7), 14); /* twice the binary digits of 100 */
        ck_assert_int_eq(plan->max_registers, most);
        ck_assert_uint_eq(plan->n_requests, (size_t)((100 + most - 1) / most));
        ck_assert_int_eq(plan->lessons.items[0].first, most + 1);
        ck_assert(!plan_conclude(plan, 8));
        plan_free(plan);
    }
    plant_free(plant);
}
END_TEST

/* A serial server's line is planned as what it is, when the URL says its baud. */
START_TEST(baud_behind_a_serial_server)
{
    static const char two[] = "      a: {address: \"holding:0\", type: u16}\n      b: {address: \"holding:60\", type: u16}\n";
    static const struct {
        const char *url, *expected;
    } rows[] = {{"rtutcp://127.0.0.1:4001", "holding:0+61"},
                {"rtutcp://127.0.0.1:4001?baud=9600", "holding:0+1 holding:60+1"},
                {"tcp://127.0.0.1:4001", "holding:0+61"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct plant *plant = plant_of(rows[i].url, "", two, "");
        struct plan *plan = plan_build(plant, &plant->instruments[0]);
        check_requests(plan, rows[i].expected);
        ck_assert_int_eq(plan_line_us(plant->instruments[0].link, &plan->requests[0], 0) > 0, i == 1);
        plan_free(plan);
        plant_free(plant);
    }
}
END_TEST

START_TEST(lessons_outlive_and_are_tried_again)
{
    struct plant *plant = plant_of(tcp, "", eight, "");
    struct plan *plan = plan_build(plant, &plant->instruments[0]);
    const struct unit unit = {.hole_first = 1, .refused = -1, .most = 20};
    settle(plan, &unit, 7);
    check_requests(plan, "holding:0+12 holding:20+13");
    plant->instruments[0].lessons = plan->lessons;
    plan_free(plan);
    plan = plan_build(plant, &plant->instruments[0]);
    check_requests(plan, "holding:0+12 holding:20+13");
    ck_assert_int_eq(poll_unit(plan, &unit, DAY_US, false), 2);
    ck_assert_int_eq(poll_unit(plan, &unit, DAY_US + 8, false), 2); /* a day later: the last poll with the limit */
    check_requests(plan, "holding:0+33");
    settle(plan, &unit, DAY_US + 9);
    check_requests(plan, "holding:0+12 holding:20+13"); /* it still holds */
    ck_assert_int_eq(plan->lessons.items[0].time_us, DAY_US + 9);
    poll_unit(plan, &no_trouble, 2 * DAY_US + 10, false);
    poll_unit(plan, &no_trouble, 2 * DAY_US + 11, false);
    check_requests(plan, "holding:0+33"); /* now it does not */
    plan_free(plan);
    plant_free(plant);
}
END_TEST

static const struct {
    const char *settings, *expected;
} quirks[] = {
    {"", "holding:0+33"},
    {"    max_registers: 12\n", "holding:0+12 holding:20+12 holding:32+1"},
    {"    gaps: false\n", "holding:0+2 holding:10+2 holding:20+2 holding:30+3"},
    {"    one_tag: true\n", "holding:0+1 holding:1+1 holding:10+1 holding:11+1 holding:20+1 holding:21+1 holding:30+2 holding:32+1"},
    {"    from_zero: true\n    max_registers: 33\n", "holding:0+33"},
};

START_TEST(device_quirks)
{
    struct plant *plant = plant_of(tcp, quirks[_i].settings, eight, "");
    struct plan *plan = plan_build(plant, &plant->instruments[0]);
    check_requests(plan, quirks[_i].expected);
    plan_free(plan);
    plant_free(plant);
}
END_TEST

START_TEST(counts_addresses_from_one)
{
    struct plant *plant = plant_of(tcp, "    address_base: 1\n    from_zero: true\n",
                                   "      a: {address: \"holding:5\", type: u16}\n      b: {address: 40006, type: u16}\n", "");
    struct plan *plan = plan_build(plant, &plant->instruments[0]);
    ck_assert_int_eq(plant->instruments[0].tags[0].address, 4);
    check_requests(plan, "holding:0+6"); /* Modicon numbers always count from 1 */
    plan_free(plan);
    plant_free(plant);
}
END_TEST

START_TEST(periods_are_not_merged)
{
    struct plant *plant = plant_of(tcp, "",
                                   "      a: {address: \"holding:0\", type: u16}\n      b: {address: \"holding:1\", every: 100ms}\n"
                                   "      c: {address: \"holding:2\", type: u16}\n      d: {address: \"holding:3\", every: 100ms}\n"
                                   "      e: {address: \"holding:4\", on_change: g.a}\n",
                                   "");
    const struct instrument *instrument = &plant->instruments[0];
    struct plan *plan = plan_build(plant, instrument);
    check_requests(plan, "holding:0+3 holding:1+3 holding:4+1");
    ck_assert_uint_eq(instrument->n_schedules, 3);
    ck_assert_int_eq(instrument->every_us, SECOND_US / 10);
    ck_assert_ptr_eq(instrument->schedules[2].on_change, &instrument->tags[0]);
    plan_free(plan);
    plant_free(plant);
}
END_TEST

START_TEST(gaps_follow_the_turnaround)
{
    struct plant *plant = plant_of("rtu:///dev/null?baud=9600&parity=even", "",
                                   "      a: {address: \"holding:0\", type: u16}\n      b: {address: \"holding:16\", type: u16}\n", "");
    struct plan *plan = plan_build(plant, &plant->instruments[0]);
    check_requests(plan, "holding:0+17"); /* 15 in between: with the assumed 20 ms it pays */
    for (int poll = 0; poll < 50; poll++) {
        int64_t frames_us = plan_line_us(plant->instruments[0].link, &plan->requests[0], 0) - 2 * 4010;
        for (size_t i = 0; i < plan->n_requests; i++)
            plan_answered(plan, i, frames_us + 1000);
        plan_conclude(plan, poll);
    }
    check_requests(plan, "holding:0+1 holding:16+1"); /* a unit that answers within a millisecond */
    ck_assert_int_eq(plan->gap, plan_break_even(plant->instruments[0].link, (int64_t)plan->turnaround_us));
    plan_free(plan);
    plant_free(plant);
}
END_TEST

/* The line's time of one round, as planned, and with a request for each run of adjacent tags. */
START_TEST(twice_as_fast_on_a_slow_line)
{
    char tags[60 * 64] = "";
    for (int i = 0, address = 0; i < 60; i++, address += 2 + i * 7 % 5) /* 60 registers with 1 to 5 unused ones between them */
        snprintf(tags + strlen(tags), sizeof tags - strlen(tags), "      t%d: {address: \"holding:%d\", type: u16}\n", i, address);
    int64_t cycle_us[2];
    for (int plain = 0; plain < 2; plain++) {
        struct plant *plant = plant_of("rtu:///dev/null?baud=9600&parity=even", plain ? "    gaps: false\n" : "", tags, "");
        struct plan *plan = plan_build(plant, &plant->instruments[0]);
        cycle_us[plain] = 0;
        for (size_t i = 0; i < plan->n_requests; i++)
            cycle_us[plain] += plan_line_us(plan->instrument->link, &plan->requests[i], 5000);
        ck_assert(!plain || plan->n_requests == 60);
        plan_free(plan);
        plant_free(plant);
    }
    ck_assert_msg(cycle_us[1] >= 2 * cycle_us[0], "%.0f ms instead of %.0f ms", (double)cycle_us[0] / 1000, (double)cycle_us[1] / 1000);
}
END_TEST

Suite *plan_suite(void);
Suite *plan_suite(void)
{
    Suite *suite = suite_create("plan");
    const struct {
        const char *name;
        const TTest *test;
    } all[] = {{"gaps are merged on TCP, areas are not", merges_over_gaps_on_tcp},
               {"the device's limit, values whole", keeps_to_the_device_limit},
               {"break-even and line time", serial_break_even},
               {"gaps on a serial line", serial_gaps},
               {"counter and value in one request", keeps_groups_together},
               {"torn groups are said", says_when_groups_are_torn},
               {"refused requests are cut", bisects_and_halves},
               {"one illegal gap costs one cut", learns_the_one_gap},
               {"a tag that is refused by itself is left out", learns_the_one_tag},
               {"lessons outlive a restart and are tried again after a day", lessons_outlive_and_are_tried_again},
               {"limits are found exactly", limits_are_found_exactly},
               {"the baud rate behind a serial server", baud_behind_a_serial_server},
               {"address_base", counts_addresses_from_one},
               {"different periods are never merged", periods_are_not_merged},
               {"gaps follow the measured turnaround", gaps_follow_the_turnaround},
               {"60 scattered registers at 9600 baud", twice_as_fast_on_a_slow_line}};
    TCase *each = tcase_create("device quirks");
    tcase_add_loop_test(each, device_quirks, 0, sizeof quirks / sizeof quirks[0]);
    suite_add_tcase(suite, each);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        TCase *tcase = tcase_create(all[i].name);
        tcase_add_test(tcase, all[i].test);
        suite_add_tcase(suite, tcase);
    }
    return suite;
}
