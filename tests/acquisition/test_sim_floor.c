/* The simulator's shop floor: what it plays, in this process and on a clock of the test's own. */
#include "acquisition/codec.h"
#include "acquisition/sim_answer.h"
#include "acquisition/sim_floor.h"
#include "acquisition/sim_random.h"
#include "acquisition/sim_scenario.h"
#include "acquisition/sim_signal.h"
#include "tests/acquisition/fixture.h"
#include "tests/acquisition/simulated.h"
#include "tests/harness.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const yaml = "plant: {name: Test}\n"
                                "links: {bench: {url: \"tcp://127.0.0.1:%d\", timeout: 200ms}}\n"
                                "instruments:\n"
                                "  gauge:\n"
                                "    link: bench\n"
                                "    unit: 1\n"
                                "    tags:\n"
                                "      sequence: {address: 40001, type: u16}\n"
                                "      bore: {address: 40002, type: f32, order: CDAB, unit: mm}\n"
                                "      width: {address: 40004, type: i16, scale: 0.001, unit: mm}\n"
                                "      serial: {address: 40010, type: string, length: 12}\n"
                                "  plc:\n"
                                "    link: bench\n"
                                "    unit: 2\n"
                                "    tags:\n"
                                "      state: {address: 30001, type: u16}\n"
                                "      total: {address: 30002, type: u16}\n"
                                "      scrap: {address: 30003, type: u16}\n"
                                "      lamp: {address: 10001}\n"
                                "      air: {address: 30010, type: f32, unit: bar}\n"
                                "  hall:\n"
                                "    link: bench\n"
                                "    unit: 3\n"
                                "    tags: {warmth: {address: 40001, type: i16, scale: 0.1, unit: degC}}\n"
                                "machines:\n"
                                "  lathe:\n"
                                "    ideal_cycle: 4s\n"
                                "    state: {tag: plc.state, running: [7], idle: [1], fault: [9]}\n"
                                "    parts: plc.total\n"
                                "    rejects: plc.scrap\n"
                                "    counter_modulus: 1000\n"
                                "characteristics:\n"
                                "  bore: {part: P1, machine: lathe, source: gauge.bore, on_new: gauge.sequence, serial: gauge.serial, nominal: 25, "
                                "lsl: 24.9, usl: 25.1, limits: {center: 25.01, sigma: 0.01}}\n"
                                "  width: {part: P1, machine: lathe, source: gauge.width, on_new: gauge.sequence, usl: 0.8}\n"
                                "  warmth: {source: hall.warmth, every: 5s, lsl: 18, usl: 26}\n"
                                "simulation:\n"
                                "  speed: 200\n"
                                "  scenarios:\n%s";

enum { START_S = 1000000 };

const char *const simulated_nothing = "    quiet: {of: warmth, kind: shift, after: 300d, size: 1}\n";

const char *simulated_plant(int port, const char *scenarios)
{
    char text[4096];
    snprintf(text, sizeof text, yaml, port, scenarios);
    return test_file("plant.yaml", text);
}

struct play {
    struct plant *plant;
    struct sim_banks *banks;
    struct sim_floor *floor;
};

static struct play play_open(const char *scenarios, uint64_t seed)
{
    struct problems problems = {0};
    struct play play = {.plant = plant_load(simulated_plant(15020, scenarios), &problems)};
    ck_assert_msg(play.plant != NULL, "line %d: %s", problems.count ? problems.items[0].line : 0, problems.count ? problems.items[0].text : "");
    play.banks = sim_banks_create(play.plant);
    play.floor = sim_floor_create(play.plant, play.banks, seed, START_S * SECOND_US);
    return play;
}

static void play_to(struct play *play, double seconds)
{
    sim_floor_advance(play->floor, START_S * SECOND_US + (int64_t)(seconds * (double)SECOND_US));
}

static void play_close(struct play *play)
{
    sim_floor_free(play->floor);
    sim_banks_free(play->banks);
    plant_free(play->plant);
}

static struct reading read_tag(struct play *play, const char *name)
{
    const struct tag *tag = plant_tag(play->plant, name);
    modbus_mapping_t *mapping = sim_bank_of(play->banks, tag->instrument)->mapping;
    if (tag->area == AREA_COIL)
        return codec_decode(tag, &(uint16_t){mapping->tab_bits[tag->address - mapping->start_bits]});
    const uint16_t *registers = tag->area == AREA_HOLDING ? &mapping->tab_registers[tag->address - mapping->start_registers]
                                                          : &mapping->tab_input_registers[tag->address - mapping->start_input_registers];
    return codec_decode(tag, registers);
}

static struct play play_plant(struct plant *plant)
{
    struct play play = {.plant = plant, .banks = sim_banks_create(plant)};
    play.floor = sim_floor_create(plant, play.banks, 5, START_S * SECOND_US);
    return play;
}

/* Streams with a tag each are all measured, about one centre; where a tag says whose the value is, they take turns. */
START_TEST(every_stream_is_measured)
{
    struct play play = play_plant(fixture_plant("links: {hall: {url: \"tcp://127.0.0.1:502\"}}\ninstruments:\n  m:\n    link: hall\n    tags:\n"
                                                "      %s {address: 40001, type: f32}\n      c-2: {address: 40003, type: f32}\n"
                                                "      torque: {address: 40005, type: f32}\n      spindle: {address: 40007, type: u16}\n"
                                                "characteristics:\n"
                                                "  weight: {source: m.c-1, streams: [m.c-1, m.c-2], chart: group, lsl: 49, usl: 51}\n"
                                                "  torque: {source: m.torque, stream: m.spindle, streams: [7, 8, 9], chart: group, lsl: 4, usl: 6}\n",
                                                "c-1:"));
    int turns[10] = {0}, differ = 0;
    for (int i = 1; i <= 12; i++) {
        play_to(&play, 5 * i + 1);
        double one = read_tag(&play, "m.c-1").value, two = read_tag(&play, "m.c-2").value;
        ck_assert_msg(fabs(one - 50) < 2 && fabs(two - 50) < 2, "%g %g", one, two);
        differ += one != two;
        double whose = read_tag(&play, "m.spindle").value;
        ck_assert(whose >= 7 && whose <= 9);
        turns[(int)whose]++;
    }
    ck_assert_int_ge(differ, 10);
    ck_assert_msg(turns[7] >= 3 && turns[8] >= 3 && turns[9] >= 3, "%d %d %d", turns[7], turns[8], turns[9]);
    play_close(&play);
}
END_TEST

START_TEST(random_streams_repeat_by_seed_and_name)
{
    struct sim_random a, b, c, d;
    sim_random_seed(&a, 5, "x"), sim_random_seed(&b, 5, "x"), sim_random_seed(&c, 5, "y"), sim_random_seed(&d, 6, "x");
    int same_name = 0, same_seed = 0;
    for (int i = 0; i < 100; i++) {
        double value = sim_random_uniform(&a);
        ck_assert(value >= 0 && value < 1);
        ck_assert_double_eq(value, sim_random_uniform(&b));
        same_name += value == sim_random_uniform(&d);
        same_seed += value == sim_random_uniform(&c);
    }
    ck_assert_int_eq(same_name + same_seed, 0);
}
END_TEST

START_TEST(normal_deviates_are_normal)
{
    struct sim_random random;
    struct moments moments = {0};
    sim_random_seed(&random, 1, "normal");
    int beyond = 0;
    enum { N = 200000 };
    for (int i = 0; i < N; i++) {
        double value = sim_random_normal(&random);
        moments_add(&moments, value);
        beyond += fabs(value) > 1.959963985;
    }
    ck_assert(fabs(moments.mean) < 4 / sqrt(N));
    ck_assert(fabs(moments_sd(&moments) - 1) < 4 / sqrt(2.0 * N));
    ck_assert(fabs(moments_kurtosis(&moments)) < 4 * sqrt(24.0 / N));
    ck_assert(abs(beyond - N / 20) < 4 * sqrt(N * 0.05 * 0.95));
}
END_TEST

START_TEST(the_same_seed_plays_the_same_plant_however_often_it_is_asked)
{
    struct play once = play_open("    jump: {of: bore, kind: shift, after: 60s, size: 3}\n", 3),
                often = play_open("    jump: {of: bore, kind: shift, after: 60s, size: 3}\n", 3);
    struct play other = play_open("    jump: {of: bore, kind: shift, after: 60s, size: 3}\n", 4);
    play_to(&once, 3000);
    play_to(&other, 3000);
    for (double seconds = 0; seconds <= 3000; seconds += 0.25)
        play_to(&often, seconds);
    static const char *const names[] = {"gauge.bore", "gauge.width", "gauge.sequence", "plc.total", "plc.scrap", "plc.state", "hall.warmth"};
    int different = 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        ck_assert_double_eq(read_tag(&once, names[i]).value, read_tag(&often, names[i]).value);
        different += read_tag(&once, names[i]).value != read_tag(&other, names[i]).value;
    }
    ck_assert_str_eq(read_tag(&once, "gauge.serial").text, read_tag(&often, "gauge.serial").text);
    ck_assert_int_gt(different, 2);
    play_close(&once), play_close(&often), play_close(&other);
}
END_TEST

/* Mean and spread of a tag over the parts made in [from, to). */
static struct moments watch(struct play *play, const char *name, double from, double to)
{
    struct moments moments = {0};
    double last = read_tag(play, "gauge.sequence").value;
    for (double seconds = from; seconds < to; seconds += 0.5) {
        play_to(play, seconds);
        double sequence = read_tag(play, "gauge.sequence").value;
        if (sequence != last)
            moments_add(&moments, read_tag(play, name).value);
        last = sequence;
    }
    return moments;
}

START_TEST(values_follow_the_locked_limits_or_the_specification)
{
    struct play play = play_open(simulated_nothing, 1);
    struct moments bore = watch(&play, "gauge.bore", 0, 4000);
    ck_assert_int_gt(bore.n, 500);
    ck_assert(fabs(bore.mean - 25.01) < 0.002);
    ck_assert(moments_sd(&bore) > 0.007 && moments_sd(&bore) < 0.0105);
    struct moments width = watch(&play, "gauge.width", 4000, 8000);
    ck_assert(width.max < 0.8 && width.min > 0 && moments_sd(&width) > 0.01);
    double warmth = read_tag(&play, "hall.warmth").value;
    ck_assert(warmth > 18 && warmth < 26);
    play_close(&play);
}
END_TEST

START_TEST(shift_spread_and_outlier_change_the_values)
{
    struct play play = play_open("    jump: {of: bore, kind: shift, after: 2000s, lasts: 2000s, size: 3}\n"
                                 "    wide: {of: bore, kind: spread, after: 4000s, lasts: 2000s, size: 2}\n"
                                 "    once: {of: bore, kind: outlier, after: 6000s, size: 12}\n",
                                 1);
    struct moments before = watch(&play, "gauge.bore", 0, 1990), shifted = watch(&play, "gauge.bore", 2010, 3990),
                   wide = watch(&play, "gauge.bore", 4010, 5990), outlier = watch(&play, "gauge.bore", 5999, 7999);
    double sd = moments_sd(&before);
    ck_assert(fabs(shifted.mean - before.mean - 3 * sd) < 0.5 * sd);
    ck_assert(moments_sd(&wide) > 1.6 * sd && moments_sd(&wide) < 2.4 * sd);
    ck_assert(outlier.max > 25.01 + 8 * sd);
    ck_assert(fabs(outlier.mean - before.mean) < 0.5 * sd);
    play_close(&play);
}
END_TEST

START_TEST(a_drift_walks_away_and_is_corrected)
{
    struct play play = play_open("    wear: {of: bore, kind: drift, after: 0s, lasts: 50min, every: 1h, size: 6}\n", 1);
    struct moments early = watch(&play, "gauge.bore", 0, 600), late = watch(&play, "gauge.bore", 2400, 3000),
                   corrected = watch(&play, "gauge.bore", 3010, 3600);
    ck_assert(late.mean - early.mean > 0.025);
    ck_assert(fabs(corrected.mean - early.mean) < 0.01);
    play_close(&play);
}
END_TEST

/* From a new tool to a worn one 6 sigmas away, again and again. */
START_TEST(a_tool_wears_off_and_is_changed)
{
    struct play play = play_open("    tool: {of: bore, kind: wear, every: 1000s, size: 6}\n", 1);
    for (int tool = 0; tool < 3; tool++) {
        struct moments fresh = watch(&play, "gauge.bore", tool * 1000 + 4, tool * 1000 + 200),
                       worn = watch(&play, "gauge.bore", tool * 1000 + 800, tool * 1000 + 999);
        ck_assert(fabs(fresh.mean - (25.01 + 0.1 * 0.06)) < 0.006);
        ck_assert(fabs(worn.mean - (25.01 + 0.9 * 0.06)) < 0.006);
    }
    play_close(&play);
}
END_TEST

START_TEST(a_value_that_sticks_stands_still_while_parts_go_on)
{
    struct play play = play_open("    stuck: {of: bore, kind: stick, after: 100s, lasts: 400s}\n", 1);
    play_to(&play, 110);
    double value = read_tag(&play, "gauge.bore").value, sequence = read_tag(&play, "gauge.sequence").value;
    struct moments other = watch(&play, "gauge.width", 111, 490);
    ck_assert_double_eq(read_tag(&play, "gauge.bore").value, value);
    ck_assert(read_tag(&play, "gauge.sequence").value > sequence + 20);
    ck_assert(other.max > other.min);
    play_to(&play, 600);
    ck_assert_double_ne(read_tag(&play, "gauge.bore").value, value);
    play_close(&play);
}
END_TEST

/* With each function that writes: the setting has an address for writing and another for reading. */
START_TEST(what_is_written_apart_is_taken_over)
{
    struct problems problems = {0};
    const char *config = test_file("apart.yaml", "plant: {name: Apart}\n"
                                                 "links: {l: {url: \"tcp://127.0.0.1:15020\"}}\n"
                                                 "instruments: {g: {link: l, tags: {\n"
                                                 " w: {address: 40001, write_address: 40101, writable: true},\n"
                                                 " f: {address: 40002, type: f32, write_address: 40102, writable: true},\n"
                                                 " b: {address: 40004, type: bit, bit: 4, write_address: 40104, writable: true},\n"
                                                 " n: {address: 40004, type: bits, bit: 0, width: 4},\n"
                                                 " c: {address: \"coil:0\", write_address: \"coil:9\", writable: true}}}}\n");
    struct play play = {.plant = plant_load(config, &problems)};
    ck_assert_ptr_nonnull(play.plant);
    play.banks = sim_banks_create(play.plant);
    play.floor = sim_floor_create(play.plant, play.banks, 1, START_S * SECOND_US);
    sim_bank_write(play.banks, plant_tag(play.plant, "g.n"), 5, NULL);
    static const struct {
        uint8_t pdu[12];
        int length;
        const char *tag;
        double value;
    } rows[] = {
        {{6, 0, 100, 0x12, 0x34}, 5, "g.w", 0x1234},
        {{16, 0, 100, 0, 3, 6, 0, 7, 0x40, 0x20, 0, 0}, 12, "g.w", 7},
        {{16, 0, 101, 0, 2, 4, 0x40, 0x60, 0, 0}, 10, "g.f", 3.5},
        {{22, 0, 103, 0xff, 0xef, 0, 0x10}, 7, "g.b", 1},
        {{5, 0, 9, 0xff, 0}, 5, "g.c", 1},
        {{15, 0, 9, 0, 1, 1, 0}, 7, "g.c", 0},
        {{6, 0, 0, 0, 99}, 5, "g.w", 99}, /* where it is read, it is only a register */
    };
    struct sim_bank *bank = sim_bank_of(play.banks, &play.plant->instruments[0]);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t answer[SIM_PDU_MAX];
        ck_assert_int_gt(sim_answer(bank, rows[i].pdu, rows[i].length, answer), 0);
        ck_assert_uint_eq(answer[0], rows[i].pdu[0]);
        ck_assert_double_eq(read_tag(&play, rows[i].tag).value, rows[i].value);
        ck_assert_double_eq(read_tag(&play, "g.n").value, 5);
    }
    play_close(&play);
}
END_TEST

START_TEST(a_stop_holds_the_machine_in_its_fault_state)
{
    struct play play = play_open("    crash: {of: lathe, kind: stop, after: 100s, lasts: 200s}\n", 1);
    play_to(&play, 90);
    ck_assert_double_eq(read_tag(&play, "plc.state").value, 7);
    play_to(&play, 110);
    double parts = read_tag(&play, "plc.total").value;
    ck_assert_double_eq(read_tag(&play, "plc.state").value, 9);
    play_to(&play, 290);
    ck_assert_double_eq(read_tag(&play, "plc.state").value, 9);
    ck_assert_double_eq(read_tag(&play, "plc.total").value, parts);
    play_to(&play, 305);
    ck_assert_double_eq(read_tag(&play, "plc.state").value, 7);
    play_close(&play);
}
END_TEST

START_TEST(counters_roll_over_at_their_modulus)
{
    struct play play = play_open(simulated_nothing, 1);
    double last = read_tag(&play, "plc.total").value;
    int rolled = 0;
    for (double seconds = 0; seconds < 12000; seconds++) {
        play_to(&play, seconds);
        double total = read_tag(&play, "plc.total").value;
        ck_assert(total < 1000);
        ck_assert(total == last || total == last + 1 || (last == 999 && total == 0));
        rolled += total < last;
        last = total;
    }
    ck_assert_int_ge(rolled, 1);
    play_close(&play);
}
END_TEST

START_TEST(a_handshake_bit_rises_with_each_part)
{
    struct problems problems = {0};
    const char *config = test_file("bit.yaml", "plant: {name: Bit}\n"
                                               "links: {l: {url: \"tcp://127.0.0.1:15020\"}}\n"
                                               "instruments: {g: {link: l, tags: {ready: {address: 40001}, x: {address: 40002}}}}\n"
                                               "characteristics: {c: {source: g.x, on_new: g.ready, lsl: 100, usl: 200}}\n");
    struct play play = {.plant = plant_load(config, &problems)};
    ck_assert_ptr_nonnull(play.plant);
    struct tag *ready = &play.plant->instruments[0].tags[0];
    ready->type = TYPE_BIT;
    ready->bit = 4;
    play.banks = sim_banks_create(play.plant);
    play.floor = sim_floor_create(play.plant, play.banks, 1, START_S * SECOND_US);
    int rises = 0;
    double last = read_tag(&play, "g.ready").value;
    for (double seconds = 0; seconds < 500; seconds += 0.5) {
        play_to(&play, seconds);
        double now = read_tag(&play, "g.ready").value;
        rises += now > last;
        last = now;
    }
    ck_assert_int_ge(rises, 99);
    ck_assert_int_le(rises, 101);
    play_close(&play);
}
END_TEST

START_TEST(scenarios_come_last_and_come_again)
{
    struct scenario scenario = {.kind = SCENARIO_SHIFT, .after_us = 10, .lasts_us = 5, .every_us = 20};
    static const struct {
        int64_t elapsed, occurrence, into;
    } rows[] = {{9, -1, -1}, {10, 0, 0}, {14, 0, 4}, {15, -1, 5}, {29, -1, 19}, {30, 1, 0}, {54, 2, 4}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t into;
        ck_assert_int_eq(sim_scenario_occurrence(&scenario, rows[i].elapsed, &into), rows[i].occurrence);
        ck_assert_int_eq(into, rows[i].into);
    }
}
END_TEST

START_TEST(signals_nobody_drives_swing_where_their_unit_says)
{
    struct play play = play_open(simulated_nothing, 1);
    const struct tag *air = plant_tag(play.plant, "plc.air"), *lamp = plant_tag(play.plant, "plc.lamp");
    struct moments moments = {0};
    int lit = 0;
    for (int64_t second = 0; second < 3600; second++) {
        moments_add(&moments, sim_signal_at(air, second * SECOND_US));
        double on = sim_signal_at(lamp, second * SECOND_US);
        ck_assert(on == 0 || on == 1);
        lit += on == 1;
    }
    ck_assert(moments.min > 5.5 && moments.max < 6.5 && moments.max - moments.min > 0.2);
    ck_assert(lit > 100 && lit < 3500);
    struct sim_signals *signals = sim_signals_create(play.plant, play.banks);
    sim_signals_refresh(signals, sim_bank_of(play.banks, air->instrument), START_S * SECOND_US);
    ck_assert_double_eq_tol(read_tag(&play, "plc.air").value, sim_signal_at(air, START_S * SECOND_US), 1e-6);
    sim_signals_free(signals);
    play_close(&play);
}
END_TEST

/* Enumerations go from name to name, and narrow types and ranges are kept. */
START_TEST(signals_stay_within_their_type)
{
    static const struct {
        const char *name;
        double least, most;
        int distinct;
    } rows[] = {{"mode", 1, 9, 3}, {"field", 0, 7, 3}, {"fine", -32.768, 32.767, 100}, {"range", 2, 4, 3}, {"byte", 0, 99, 5}};
    struct plant *plant = fixture_plant("links: {a: {url: \"tcp://h\"}}\ninstruments:\n  g: {link: a, tags: {\n"
                                        "    mode: {address: 40001, names: {1: slow, 4: fast, 9: stopped}},\n"
                                        "    field: {address: 40002, type: bits, bit: 3, width: 3},\n"
                                        "    fine: {address: 40003, type: i16, scale: 0.001},\n"
                                        "    range: {address: 40004, low: 2, high: 4},\n    byte: {address: 40005, type: bcd8}}}\n");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct tag *tag = &plant->instruments[0].tags[i];
        double seen[100];
        int distinct = 0;
        for (int64_t second = 0; second < 3600; second++) {
            uint16_t word = 0;
            ck_assert_int_eq(codec_encode(tag, sim_signal_at(tag, second * SECOND_US), NULL, &word), 0);
            double value = codec_decode(tag, &word).value;
            ck_assert_msg(value >= rows[i].least && value <= rows[i].most, "%s is %g", rows[i].name, value);
            ck_assert(i || tag_value_name(tag, value));
            int at = 0;
            while (at < distinct && seen[at] != value)
                at++;
            if (at == distinct && distinct < 100)
                seen[distinct++] = value;
        }
        ck_assert_msg(distinct >= rows[i].distinct, "%s takes only %d values", rows[i].name, distinct);
    }
    plant_free(plant);
}
END_TEST

void simulated_floor_cases(Suite *suite)
{
    const struct {
        const char *name;
        const TTest *test;
    } cases[] = {
        {"random streams", random_streams_repeat_by_seed_and_name},
        {"streams are measured", every_stream_is_measured},
        {"random normal", normal_deviates_are_normal},
        {"floor repeats", the_same_seed_plays_the_same_plant_however_often_it_is_asked},
        {"floor values", values_follow_the_locked_limits_or_the_specification},
        {"floor scenarios", shift_spread_and_outlier_change_the_values},
        {"floor drift", a_drift_walks_away_and_is_corrected},
        {"floor wear", a_tool_wears_off_and_is_changed},
        {"floor stick", a_value_that_sticks_stands_still_while_parts_go_on},
        {"write address", what_is_written_apart_is_taken_over},
        {"floor stop", a_stop_holds_the_machine_in_its_fault_state},
        {"floor counters", counters_roll_over_at_their_modulus},
        {"floor handshake", a_handshake_bit_rises_with_each_part},
        {"scenario times", scenarios_come_last_and_come_again},
        {"signals within types", signals_stay_within_their_type},
        {"signals", signals_nobody_drives_swing_where_their_unit_says},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        TCase *tcase = tcase_create(cases[i].name);
        tcase_add_test(tcase, cases[i].test);
        suite_add_tcase(suite, tcase);
    }
}
