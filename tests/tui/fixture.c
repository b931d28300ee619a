#include "tests/tui/fixture.h"

#include "tui/terminal.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const int64_t fixture_now_us = INT64_C(1793601127) * SECOND_US; /* 2026-11-02T06:32:07Z */

static const char plant_text[] = "plant: {name: Ningbo Works, timezone: Asia/Shanghai}\n"
                                 "store: {path: fixture.db}\n"
                                 "shifts:\n"
                                 "  day: {start: \"08:00\", end: \"20:00\", breaks: [\"12:00-12:45\"]}\n"
                                 "  night: {start: \"20:00\", end: \"08:00\"}\n"
                                 "links:\n"
                                 "  hall: {url: \"tcp://127.0.0.1:1502\", timeout: 500ms}\n"
                                 "  bench: {url: \"tcp://127.0.0.1:1503\", timeout: 500ms}\n"
                                 "instruments:\n"
                                 "  plc:\n"
                                 "    link: hall\n"
                                 "    unit: 1\n"
                                 "    every: 1s\n"
                                 "    tags:\n"
                                 "      state-1: {address: 40001, type: u16, names: {2: running, 3: fault}}\n"
                                 "      state-2: {address: 40002, type: u16}\n"
                                 "      total-1: {address: 40003, type: u16}\n"
                                 "      total-2: {address: 40004, type: u16}\n"
                                 "      temperature: {address: 40005, type: i16, scale: 0.1, unit: degC, decimals: 1}\n"
                                 "  gauge:\n"
                                 "    link: bench\n"
                                 "    unit: 2\n"
                                 "    every: 1s\n"
                                 "    tags:\n"
                                 "      state-3: {address: 40001, type: u16}\n"
                                 "      bore: {address: 40002, type: f32, unit: mm, decimals: 3}\n"
                                 "machines:\n"
                                 "  press-1: {line: L1, ideal_cycle: 4s, state: {tag: plc.state-1, running: [2], fault: [3]}, parts: plc.total-1}\n"
                                 "  press-2: {line: L1, ideal_cycle: 4s, state: {tag: plc.state-2, running: [2], fault: [3]}, parts: plc.total-2}\n"
                                 "  grind-1: {line: L2, state: {tag: gauge.state-3, running: [2], fault: [3]}}\n"
                                 "characteristics:\n"
                                 "  bore-dia: {part: A-1047, machine: press-1, source: gauge.bore, every: 60s, nominal: 25, lsl: 24.94, usl: 25.06,\n"
                                 "             chart: xbar-r, subgroup: 5, rules: nelson, required_cpk: 1.33}\n"
                                 "  face-dia: {part: A-1047, machine: press-1, source: gauge.bore, every: 60s, nominal: 25, lsl: 24.9, usl: 25.1,\n"
                                 "             chart: i-mr, rules: western-electric, required_cpk: 1.33}\n"
                                 "  seat-dia: {part: B-2, machine: press-2, source: gauge.bore, every: 60s, nominal: 25, lsl: 24.985, usl: 25.015,\n"
                                 "             chart: xbar-r, subgroup: 5, rules: nelson, required_cpk: 1.33}\n"
                                 "  burr: {part: B-2, machine: press-2, source: gauge.bore, every: 60s, nominal: 25, lsl: 24.9, usl: 25.1,\n"
                                 "         chart: i-mr, rules: nelson}\n"
                                 "characteristic_groups:\n"
                                 "  dias: {characteristics: [bore-dia, face-dia], baseline: 30}\n";

static int64_t now_us;

static int64_t read_now(void)
{
    return now_us;
}

void fixture_set_now(int64_t to_us)
{
    now_us = to_us;
}

static void must(int status, const struct error *err)
{
    ck_assert_msg(status == 0, "%s", err->text);
}

/* Always the same values, of about this sigma. */
static double noise(unsigned *seed, double sigma)
{
    double sum = 0;
    for (int i = 0; i < 12; i++) {
        *seed = *seed * 1103515245u + 12345u;
        sum += (*seed >> 16 & 0x7FFF) / 32768.0;
    }
    return (sum - 6) * sigma;
}

struct maker {
    struct store *store;
    const struct characteristic *characteristic;
    struct chart_state state;
    struct standing standing;
    struct limits limits;
    struct subgroup previous;
    unsigned seed;
};

static void make_point(struct maker *maker, int64_t time_us, double center, double sigma)
{
    const struct characteristic *c = maker->characteristic;
    struct standing *standing = &maker->standing;
    struct error err;
    double values[5];
    struct point point = {.characteristic = c->id, .number = standing->points + 1, .time_us = time_us, .limits = maker->limits.id};
    snprintf(point.serial, sizeof point.serial, "SN%05d", (int)point.number);
    for (int i = 0; i < c->subgroup; i++) {
        values[i] = center + noise(&maker->seed, sigma);
        moments_add(&standing->moments, values[i]);
        point.below |= values[i] < c->lsl;
        point.above |= values[i] > c->usl;
        standing->below += values[i] < c->lsl;
        standing->above += values[i] > c->usl;
        struct measurement measurement = {
            .characteristic = c->id, .time_us = time_us - (c->subgroup - 1 - i) * SECOND_US, .value = values[i], .point = point.number};
        must(record_measurement(maker->store, &measurement, &err), &err);
    }
    point.subgroup = c->chart->summarise(values, c->subgroup, standing->points ? &maker->previous : NULL);
    if (c->subgroup > 1)
        within_add_subgroup(&standing->within, values, c->subgroup);
    else if (standing->points)
        within_add_moving_range(&standing->within, point.subgroup.dispersion);
    point.verdict = chart_judge(&maker->state, c->chart, c->rules, &point.subgroup, maker->limits.center, maker->limits.sigma);
    standing->signals += (point.verdict.location_rules | point.verdict.dispersion_rules) != 0;
    standing->location_rules = point.verdict.location_rules;
    standing->dispersion_rules = point.verdict.dispersion_rules;
    standing->points++;
    standing->time_us = time_us;
    standing->last = values[c->subgroup - 1];
    standing->limits = maker->limits.id;
    maker->previous = point.subgroup;
    must(record_point(maker->store, &point, &err), &err);
    must(record_standing(maker->store, standing, &err), &err);
}

static struct maker maker_of(struct store *store, const struct characteristic *characteristic, unsigned seed)
{
    struct error err;
    struct maker maker = {.store = store, .characteristic = characteristic, .seed = seed};
    maker.standing.characteristic = characteristic->id;
    maker.limits = (struct limits){.characteristic = characteristic->id,
                                   .extra = NAN,
                                   .lcl = NAN,
                                   .ucl = NAN,
                                   .time_us = fixture_now_us - 2 * HOUR_US,
                                   .state = LIMITS_LOCKED,
                                   .center = 25,
                                   .sigma = 0.01,
                                   .points = 25,
                                   .source = "config"};
    must(record_limits(store, &maker.limits, &err), &err);
    return maker;
}

static struct maker bore; /* goes on in fixture_add_point */

static void make_points(struct store *store, const struct plant *plant)
{
    struct maker face = maker_of(store, plant_characteristic(plant, "face-dia"), 7);
    struct maker seat = maker_of(store, plant_characteristic(plant, "seat-dia"), 11);
    bore = maker_of(store, plant_characteristic(plant, "bore-dia"), 3);
    for (int i = 1; i <= FIXTURE_POINTS; i++) {
        int64_t time_us = fixture_now_us - (FIXTURE_POINTS - i) * MINUTE_US - 5 * SECOND_US;
        make_point(&bore, time_us, i == FIXTURE_SIGNAL ? 25 + 7 * 0.01 / sqrt(5) : 25, 0.01);
        make_point(&face, time_us, 25, 0.01);
        make_point(&seat, time_us, 25, 0.01);
    }
}

static void make_alarms(struct store *store, const struct plant *plant)
{
    struct error err;
    const struct alarm_source signal = {
        "signal", "signal/bore-dia/1", "bore-dia", "press-1", ALARM_HIGH, plant_characteristic(plant, "bore-dia")->id, FIXTURE_SIGNAL};
    const struct alarm_source link = {"link", "link/gauge", "gauge", NULL, ALARM_MEDIUM, 0, 0};
    must(record_alarm_raise(store, fixture_now_us - 10 * MINUTE_US, &signal, "rule 1: beyond 3 sigma (Xbar)", &err), &err);
    must(record_alarm_raise(store, fixture_now_us - 80 * SECOND_US, &link, "no answer within 500 ms", &err), &err);
}

static void make_machines(struct store *store, const struct plant *plant)
{
    struct error err;
    const struct machine *press_1 = plant_machine(plant, "press-1"), *press_2 = plant_machine(plant, "press-2");
    int64_t start_us = fixture_now_us - 6 * HOUR_US;
    must(record_machine_state(store, press_1->id, start_us, OEE_RUNNING, &err), &err);
    must(record_machine_count(store, press_1->id, start_us + HOUR_US * 2, 4600, 12, &err), &err);
    must(record_machine_state(store, press_2->id, start_us, OEE_RUNNING, &err), &err);
    must(record_machine_count(store, press_2->id, start_us + HOUR_US * 2, 4000, 30, &err), &err);
    must(record_machine_state(store, press_2->id, fixture_now_us - 761 * SECOND_US, OEE_FAULT, &err), &err);
    must(record_machine_state(store, plant_machine(plant, "grind-1")->id, start_us, OEE_RUNNING, &err), &err);
}

static void make_links(struct store *store, const struct plant *plant)
{
    struct error err;
    const struct instrument *plc = plant->instruments[0].n_tags == 5 ? &plant->instruments[0] : &plant->instruments[1];
    const struct instrument *gauge = plc == plant->instruments ? &plant->instruments[1] : &plant->instruments[0];
    struct link_status good = {.instrument = plc->id,
                               .time_us = fixture_now_us,
                               .last_answer_us = fixture_now_us - SECOND_US,
                               .state = "online",
                               .requests = 3600,
                               .answers = 3599,
                               .timeouts = 1,
                               .rtt_ms = 1.5,
                               .rtt_mean_ms = 1.4,
                               .rtt_max_ms = 9,
                               .rtt_histogram = "1.28:40 2.56:10",
                               .next_us = fixture_now_us + SECOND_US / 2,
                               .address = "127.0.0.1:1502 unit 1"};
    struct link_status silent = {.instrument = gauge->id,
                                 .time_us = fixture_now_us,
                                 .last_answer_us = fixture_now_us - 80 * SECOND_US,
                                 .last_error_us = fixture_now_us - 3 * SECOND_US,
                                 .state = "silent",
                                 .last_error = "no answer within 500 ms",
                                 .requests = 3600,
                                 .answers = 3520,
                                 .timeouts = 80,
                                 .address = "127.0.0.1:1503 unit 2"};
    must(record_link_status(store, &good, &err), &err);
    must(record_link_status(store, &silent, &err), &err);
    const struct reading values[5] = {
        {2, QUALITY_GOOD, ""}, {3, QUALITY_GOOD, ""}, {4600, QUALITY_GOOD, ""}, {4000, QUALITY_GOOD, ""}, {21.5, QUALITY_GOOD, ""}};
    const struct reading bad[2] = {{NAN, QUALITY_BAD_TIMEOUT, ""}, {NAN, QUALITY_BAD_TIMEOUT, ""}};
    must(record_journal(store, plc, fixture_now_us - SECOND_US, values, &err), &err);
    must(record_journal(store, gauge, fixture_now_us - SECOND_US, bad, &err), &err);
}

struct plant *fixture_plant(const char **config)
{
    struct problems problems = {0};
    now_us = fixture_now_us;
    clock_set_source(read_now);
    *config = test_file("plant.yaml", plant_text);
    struct plant *plant = plant_load(*config, &problems);
    ck_assert_msg(plant != NULL, "line %d: %s", problems.count ? problems.items[0].line : 0, problems.count ? problems.items[0].text : "?");
    return plant;
}

struct fixture fixture_open(void)
{
    struct fixture fixture;
    struct store *store;
    struct error err = {0};
    fixture.plant = fixture_plant(&fixture.config);
    must(store_open(&store, fixture.plant->store_path, STORE_RECORD, &err), &err);
    must(store_identify(store, fixture.plant, &err), &err);
    must(store_begin(store, &err), &err);
    make_points(store, fixture.plant);
    make_alarms(store, fixture.plant);
    make_machines(store, fixture.plant);
    make_links(store, fixture.plant);
    struct collector_status collector = {.time_us = fixture_now_us - SECOND_US, .started_us = fixture_now_us - HOUR_US, .pid = 1};
    must(record_collector_status(store, &collector, &err), &err);
    must(store_commit(store, &err), &err);
    store_close(store);
    fixture.console = console_create(fixture.plant, (struct person){"li.wei", ACCESS_ENGINEER}, false);
    console_tick(fixture.console, true);
    return fixture;
}

void fixture_close(struct fixture *fixture)
{
    terminal_close();
    console_free(fixture->console);
    plant_free(fixture->plant);
}

void fixture_add_shifted_point(struct fixture *fixture, double center)
{
    struct error err;
    now_us += MINUTE_US;
    must(store_open(&bore.store, fixture->plant->store_path, STORE_RECORD, &err), &err);
    must(store_begin(bore.store, &err), &err);
    make_point(&bore, now_us, center, 0.01);
    must(store_commit(bore.store, &err), &err);
    store_close(bore.store);
}

void fixture_add_point(struct fixture *fixture)
{
    now_us -= MINUTE_US;
    fixture_add_shifted_point(fixture, 25);
}

void fixture_type(struct fixture *fixture, const char *keys)
{
    for (; *keys; keys++)
        console_press(fixture->console, (unsigned char)*keys);
}
