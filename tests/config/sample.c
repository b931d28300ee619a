#include "tests/config/sample.h"

#include <stdio.h>

const char sample_text[] = "# a small works\n"
                           "plant: {name: Ningbo Works, timezone: Asia/Shanghai, language: zh_CN}\n"
                           "store: {path: data/works.db}\n"
                           "shifts:\n"
                           "  day:   {start: \"08:00\", end: \"20:00\", days: [mon, tue, wed, thu, fri], breaks: [\"12:00-12:45\"]}\n"
                           "  night: {start: \"20:00\", end: \"08:00\", breaks: [\"23:45-00:15\", \"04:00-04:30\"], days: [mon, tue, wed, thu]}\n"
                           "links:\n"
                           "  press-hall: {url: \"tcp://10.0.3.17\", timeout: 500ms}\n"
                           "  gauge-bus:  {url: \"rtu:///dev/ttyUSB0?baud=9600&parity=none&stop=2\", pause: 20ms}\n"
                           "instruments:\n"
                           "  gauge-7:\n"
                           "    link: gauge-bus\n"
                           "    unit: 7\n"
                           "    every: 500ms\n"
                           "    tags:\n"
                           "      sequence: {address: 40001, type: u16}\n"
                           "      bore:     &bore {address: 40002, type: f32, order: CDAB, unit: mm, decimals: 4, low: 0, high: 100}\n"
                           "      depth:    {<<: *bore, address: holding:0x10, decimals: 2}\n"
                           "      serial:   {address: 40030, type: string, length: 15, order: BADC}\n"
                           "  press-plc:\n"
                           "    link: press-hall\n"
                           "    max_registers: 100\n"
                           "    tags:\n"
                           "      state:  {address: 30001}\n"
                           "      total:  {address: 300002, type: u32}\n"
                           "      scrap:  {address: input:3, type: u32, order: DCBA}\n"
                           "      temp:   {address: input:0123, type: i16, scale: 1e-1, offset: -40, unit: \"\\u00b0C\"}\n"
                           "      door:   {address: 10001}\n"
                           "      alarm:  {address: 40100, type: bit, bit: 15}\n"
                           "machines:\n"
                           "  press-1:\n"
                           "    line: L1\n"
                           "    ideal_cycle: 4.2s\n"
                           "    state: {tag: press-plc.state, running: [2, 8], idle: 1, fault: [3, 4], off: [0]}\n"
                           "    parts: press-plc.total\n"
                           "    rejects: press-plc.scrap\n"
                           "    counter_modulus: 1000000\n"
                           "characteristics:\n"
                           "  bore-dia:\n"
                           "    part: A-1047\n"
                           "    machine: press-1\n"
                           "    source: gauge-7.bore\n"
                           "    on_new: gauge-7.sequence\n"
                           "    serial: gauge-7.serial\n"
                           "    nominal: 25.000\n"
                           "    lsl: 24.980\n"
                           "    usl: 25.020\n"
                           "    class: critical\n"
                           "    subgroup: 5\n"
                           "    rules: nelson\n"
                           "    limits: {center: 25.001, sigma: 0.004}\n"
                           "    required_cpk: 1.33\n"
                           "  coolant: {source: press-plc.temp, usl: 60}\n"
                           "reports:\n"
                           "  acme: {customer: ACME, characteristics: [bore-dia], formats: [pdf, csv], directory: out}\n"
                           "  week: {characteristics: [all], period: 2026-10-01..}\n"
                           "simulation:\n"
                           "  speed: 20\n"
                           "  scenarios:\n"
                           "    wear: {of: bore-dia, kind: drift, after: 10min}\n"
                           "    mute: {of: gauge-7, kind: silence, after: 1h, lasts: 5min, every: 2h}\n"
                           "    jam:  {of: press-1, kind: stop}\n";

struct plant *sample_load(const char *text)
{
    struct problems problems = {0};
    struct plant *plant = plant_load(test_file("plant.yaml", text), &problems);
    for (size_t i = 0; i < problems.count; i++)
        fprintf(stderr, "%d:%d: %s\n", problems.items[i].line, problems.items[i].column, problems.items[i].text);
    ck_assert_int_eq((int)problems.count, 0);
    ck_assert_ptr_nonnull(plant);
    problems_free(&problems);
    return plant;
}

struct problems sample_problems(const char *text)
{
    struct problems problems = {0};
    ck_assert_ptr_null(plant_load(test_file("plant.yaml", text), &problems));
    ck_assert_int_gt((int)problems.count, 0);
    return problems;
}

void suite_add(Suite *suite, const char *name, const TTest *test)
{
    TCase *one = tcase_create(name);
    tcase_set_timeout(one, 120);
    tcase_add_test(one, test);
    suite_add_tcase(suite, one);
}
