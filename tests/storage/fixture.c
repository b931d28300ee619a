#include "tests/storage/fixture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char fixture_tags[] = "      bore: {address: 40001, type: f32, unit: mm}\n"
                            "      depth: {address: 40003, type: f32, unit: mm}\n"
                            "      state: {address: 40005, type: u16}\n"
                            "      serial: {address: 40010, type: string, length: 16}\n";

struct plant *fixture_plant(const char *tags)
{
    char *text = memory_format("plant: {name: Test Works, timezone: UTC}\n"
                               "store: {path: plant.db}\n"
                               "links:\n"
                               "  hall: {url: \"tcp://127.0.0.1:502\"}\n"
                               "instruments:\n"
                               "  gauge-7:\n"
                               "    link: hall\n"
                               "    unit: 1\n"
                               "    every: 1s\n"
                               "    tags:\n%s"
                               "machines:\n"
                               "  press-1: {line: L1, ideal_cycle: 2s}\n"
                               "  press-2: {line: L1, ideal_cycle: 2s}\n"
                               "characteristics:\n"
                               "  bore-dia: {part: A-1, source: gauge-7.bore, every: 1s, nominal: 25, lsl: 24, usl: 26, chart: xbar-r, subgroup: 5, "
                               "rules: nelson}\n"
                               "  hole-depth: {part: A-1, source: gauge-7.depth, every: 1s, nominal: 5, lsl: 4, usl: 6, chart: i-mr, rules: "
                               "western-electric}\n"
                               "characteristic_groups: {pair: {characteristics: [bore-dia, hole-depth], subgroup: 2}}\n",
                               tags);
    struct problems problems = {0};
    struct plant *plant = plant_load(test_file("plant.yaml", text), &problems);
    ck_assert_msg(plant != NULL, "line %d: %s", problems.count ? problems.items[0].line : 0, problems.count ? problems.items[0].text : "");
    problems_free(&problems);
    free(text);
    return plant;
}

struct store *fixture_store(enum store_mode mode, struct plant *plant)
{
    struct error err;
    struct store *store;
    OK(store_open(&store, test_path("plant.db"), mode, &err), err);
    if (plant)
        OK(store_identify(store, plant, &err), err);
    return store;
}

void fixture_begin(struct store *store)
{
    struct error err;
    OK(store_begin(store, &err), err);
}

void fixture_commit(struct store *store)
{
    struct error err;
    OK(store_commit(store, &err), err);
}

static int64_t now;
static int64_t standing_clock(void)
{
    return now;
}

void fixture_clock(int64_t now_us)
{
    now = now_us;
    clock_set_source(standing_clock);
}

struct measurement fixture_measurement(int64_t characteristic, int64_t i)
{
    struct measurement m = {.characteristic = characteristic, .time_us = T0 + i * SECOND_US, .value = 25 + 0.1 * (double)(i % 7), .point = i / 5 + 1};
    snprintf(m.serial, sizeof m.serial, "S%lld", (long long)i);
    return m;
}

struct point fixture_point(int64_t characteristic, int64_t number)
{
    struct point p = {.characteristic = characteristic,
                      .number = number,
                      .time_us = T0 + number * 5 * SECOND_US,
                      .subgroup = {.n = 5, .location = 25 + 0.01 * (double)number, .dispersion = 0.3, .excluded = number % 3 == 0},
                      .verdict = {.location_rules = (uint32_t)number,
                                  .dispersion_rules = 0x80000001u,
                                  .location = {25, 24.1, 25.9, 0.3},
                                  .dispersion = {0.5, 0, 1.1, 0.2}},
                      .below = number % 2 == 0,
                      .above = number % 2 == 1};
    snprintf(p.serial, sizeof p.serial, "S%lld", (long long)number * 5);
    return p;
}

Suite *fixture_suite(const char *name, const struct fixture_test *tests, size_t count, void (*setup)(void), void (*teardown)(void))
{
    Suite *suite = suite_create(name);
    for (size_t i = 0; i < count; i++) {
        TCase *one = tcase_create(tests[i].name);
        if (setup)
            tcase_add_checked_fixture(one, setup, teardown);
        tcase_set_timeout(one, 60);
        tcase_add_test(one, tests[i].test);
        suite_add_tcase(suite, one);
    }
    return suite;
}
