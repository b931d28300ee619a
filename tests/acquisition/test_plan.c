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
    ck_assert_int_eq((plan_line_us(&link, &one) - 20000 + 50) / 100, 252); /* 25.2 ms and the turnaround */
    ck_assert_int_eq((plan_line_us(&link, &full) - 20000 + 500) / 1000, 309);
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

START_TEST(bisects_and_halves)
{
    struct plant *plant = plant_of(tcp, "",
                                   "      a: {address: \"holding:0\", type: u16}\n      b: {address: \"holding:1\", type: u16}\n"
                                   "      c: {address: \"holding:10\", type: u16}\n      d: {address: \"holding:11\", type: u16}\n",
                                   "");
    struct plan *plan = plan_build(plant, &plant->instruments[0]);
    check_requests(plan, "holding:0+12");
    ck_assert(plan_bisect(plan, 0)); /* first without the gap */
    check_requests(plan, "holding:0+2 holding:10+2");
    ck_assert(plan_bisect(plan, 1));
    check_requests(plan, "holding:0+2 holding:10+1 holding:11+1");
    ck_assert(!plan_bisect(plan, 2));
    plan_free(plan);
    plan = plan_build(plant, &plant->instruments[0]);
    ck_assert(plan_halve(plan, 0));
    check_requests(plan, "holding:0+2 holding:10+2");
    ck_assert(plan_halve(plan, 0));
    check_requests(plan, "holding:0+1 holding:1+1 holding:10+1 holding:11+1");
    ck_assert(!plan_halve(plan, 0));
    plan_free(plan);
    plant_free(plant);
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
               {"refused requests are cut", bisects_and_halves}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        TCase *tcase = tcase_create(all[i].name);
        tcase_add_test(tcase, all[i].test);
        suite_add_tcase(suite, tcase);
    }
    return suite;
}
