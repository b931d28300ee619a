/* The main path with real parts: simulator, collector, store, screens' rows, reports; and a collector that is killed in the middle. */
#include "tests/harness.h"
#include "tests/system/process.h"

#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char plant_yaml[] =
    "plant: {name: Test Works, timezone: UTC}\n"
    "links: {bench: {url: \"tcp://127.0.0.1:%d\", timeout: 500ms}}\n"
    "instruments:\n"
    "  gauge:\n"
    "    {link: bench, unit: 1, every: 50ms, tags: {sequence: {address: 40001}, bore: {address: 40002, type: f32, order: CDAB,\n"
    "     unit: mm, decimals: 4}, width: {address: 40004, type: f32}, serial: {address: 40010, type: string, length: 16}}}\n"
    "  plc: {link: bench, unit: 2, every: 50ms, tags: {state: {address: 40001}, total: {address: 40002, type: u32},\n"
    "     scrap: {address: 40004}}}\n"
    "machines:\n"
    "  press: {line: L1, ideal_cycle: 200ms, state: {tag: plc.state, running: [2], idle: [1], fault: [3], setup: [4], off: [0]},\n"
    "    parts: plc.total, rejects: plc.scrap}\n"
    "characteristics:\n"
    "  bore-dia: {part: A-1, machine: press, source: gauge.bore, on_new: gauge.sequence, serial: gauge.serial, nominal: 25, lsl: 24.98,\n"
    "    usl: 25.02, limits: {center: 25, sigma: 0.004}, required_cpk: 1.33, rules: nelson}\n"
    "  width: {part: A-1, machine: press, source: gauge.width, on_new: gauge.sequence, nominal: 10, lsl: 9.9, usl: 10.1,\n"
    "    limits: {center: 10, sigma: 0.02}, required_cpk: 1.33, rules: western-electric}\n"
    "reports: {acme: {customer: ACME, characteristics: [all], period: all, formats: [text, csv, pdf]}}\n"
    "simulation: {speed: 1, scenarios: {batch: {of: width, kind: shift, after: 2s, size: 4}}}\n";

struct bench {
    const char *config;
    struct process simulator, collector;
};

static bool says_ready(void *context)
{
    char *output = process_output(context);
    bool ready = strstr(output, "ready") != NULL;
    return ready;
}

static void start_collector(struct bench *bench)
{
    bench->collector = process_start(ARGV("gemba", "collect", "-c", bench->config));
}

static struct bench bench_start(void)
{
    char text[4096];
    snprintf(text, sizeof text, plant_yaml, process_free_port());
    struct bench bench = {.config = test_file("plant.yaml", text)};
    bench.simulator = process_start(ARGV("gemba", "simulate", "-c", bench.config));
    ck_assert_msg(process_wait_for(says_ready, &bench.simulator, 10000), "the simulator did not start: %s", process_errors(&bench.simulator));
    start_collector(&bench);
    return bench;
}

static void bench_stop(struct bench *bench)
{
    process_kill(&bench->collector, SIGTERM);
    ck_assert_msg(process_wait(&bench->collector, 5000) == 0, "the collector did not end well: %s", process_errors(&bench->collector));
    process_kill(&bench->simulator, SIGTERM);
    ck_assert_int_eq(process_wait(&bench->simulator, 5000), 0);
}

/* measured(config, name, n): the characteristic has at least n values. */
struct wanted {
    const char *config, *screen, *name, *column;
    double at_least;
};

static bool reached(void *context)
{
    struct wanted *wanted = context;
    char *cell = process_show_cell(wanted->config, wanted->screen, wanted->name, wanted->column);
    bool enough = *cell && strtod(cell, NULL) >= wanted->at_least;
    return enough;
}

static void wait_for(const char *config, const char *screen, const char *name, const char *column, double at_least)
{
    struct wanted wanted = {config, screen, name, column, at_least};
    ck_assert_msg(process_wait_for(reached, &wanted, 30000), "show %s: %s of %s did not reach %g", screen, column, name, at_least);
}

START_TEST(values_travel_from_register_to_report)
{
    struct bench bench = bench_start();
    wait_for(bench.config, "characteristics", "width", "signals", 1);
    wait_for(bench.config, "characteristics", "bore-dia", "n", 20);
    wait_for(bench.config, "oee", "press", "oee", 0.01);

    char *quality = process_show_cell(bench.config, "tags", "gauge.bore", "quality");
    ck_assert_str_eq(quality, "good");
    char *value = process_show_cell(bench.config, "tags", "gauge.bore", "value");
    ck_assert(strtod(value, NULL) > 24.9 && strtod(value, NULL) < 25.1);
    char *alarms;
    ck_assert_int_eq(process_run(&alarms, NULL, ARGV("gemba", "show", "alarms", "-c", bench.config, "--format", "csv")), 0);
    ck_assert_msg(strstr(alarms, "width") != NULL, "no alarm of width: %s", alarms);
    bench_stop(&bench);

    char out[512];
    snprintf(out, sizeof out, "%s", test_directory());
    char *output, *errors;
    ck_assert_msg(process_run(&output, &errors, ARGV("gemba", "report", "acme", "-c", bench.config, "-o", out)) == 0, "report: %s", errors);
    ck_assert_str_eq(output, "");
    ck_assert_str_eq(errors, "");
    static const char *const suffixes[] = {"pdf", "csv", "txt"};
    for (size_t i = 0; i < 3; i++) {
        char pattern[600];
        glob_t found;
        snprintf(pattern, sizeof pattern, "%s/acme*.%s", out, suffixes[i]);
        ck_assert_msg(glob(pattern, 0, NULL, &found) == 0, "no %s", pattern);
        globfree(&found);
    }
    /* shifted by 4 sigma of 0.02 within +-0.1: width misses 1.33 */
    ck_assert_int_eq(process_run(NULL, &errors, ARGV("gemba", "report", "acme", "--strict", "-c", bench.config, "-o", out)), 1);
    ck_assert_ptr_nonnull(strstr(errors, "width"));
}
END_TEST

START_TEST(a_signal_is_on_the_screens_within_a_second)
{
    struct bench bench = bench_start();
    wait_for(bench.config, "characteristics", "width", "signals", 1);
    char *raised = process_show_cell(bench.config, "characteristics", "width", "age_ms");
    ck_assert_msg(strtod(raised, NULL) < 1000, "the newest value is %s ms old", raised);
    bench_stop(&bench);
}
END_TEST

static char *export_measurements(const char *config)
{
    char *output, *errors;
    ck_assert_msg(process_run(&output, &errors, ARGV("gemba", "export", "measurements", "--format", "csv", "-c", config)) == 0, "export: %s", errors);
    return output;
}

static int count_lines(const char *text)
{
    int lines = 0;
    for (; *text; text++)
        lines += *text == '\n';
    return lines;
}

/* Each line of one is a line of the other; an export goes series by series. */
static bool has_lines(const char *all, const char *lines)
{
    for (const char *end; (end = strchr(lines, '\n')); lines = end + 1) {
        char line[1000];
        snprintf(line, sizeof line, "\n%.*s", (int)(end + 1 - lines), lines);
        if (!strstr(all, line) && strncmp(all, line + 1, strlen(line + 1)) != 0)
            return false;
    }
    return true;
}

START_TEST(killed_collector_loses_nothing_committed)
{
    struct bench bench = bench_start();
    for (int round = 0; round < 3; round++) {
        wait_for(bench.config, "characteristics", "bore-dia", "n", 10 * (round + 1));
        char *before = export_measurements(bench.config);
        process_kill(&bench.collector, SIGKILL);
        ck_assert_int_eq(process_wait(&bench.collector, 5000), 128 + SIGKILL);
        char *after = export_measurements(bench.config);
        ck_assert_msg(has_lines(after, before), "rows that were committed are missing after kill -9");
        start_collector(&bench);
    }
    wait_for(bench.config, "characteristics", "bore-dia", "n", 40);
    bench_stop(&bench);

    /* Points are numbered without gap or repetition over all restarts: nothing is judged twice, nothing is left out. */
    char *output;
    ck_assert_int_eq(process_run(&output, NULL, ARGV("gemba", "show", "chart", "bore-dia", "--format", "csv", "-c", bench.config)), 0);
    long number = 0;
    for (char *line = strchr(output, '\n'); line && line[1]; line = strchr(line + 1, '\n')) {
        long next = strtol(line + 1 + (line[1] == '"'), NULL, 10);
        ck_assert_msg(number == 0 || next == number + 1, "point %ld follows %ld", next, number);
        number = next;
    }
    ck_assert_int_ge(number, 40);
    ck_assert_int_ge(count_lines(output), 25);
}
END_TEST

START_TEST(two_collectors_do_not_share_a_store)
{
    struct bench bench = bench_start();
    wait_for(bench.config, "characteristics", "bore-dia", "n", 1);
    char *errors;
    ck_assert_int_eq(process_run(NULL, &errors, ARGV("gemba", "collect", "-c", bench.config)), 2);
    char pid[16];
    snprintf(pid, sizeof pid, "%d", (int)bench.collector.pid);
    ck_assert_msg(strstr(errors, pid) != NULL, "does not name the other collector's pid: %s", errors);
    bench_stop(&bench);
}
END_TEST

static bool refused_the_bad_file(void *context)
{
    struct bench *bench = context;
    return strstr(process_errors(&bench->collector), "stays") != NULL;
}

START_TEST(a_reload_takes_a_good_file_and_refuses_a_bad_one)
{
    struct bench bench = bench_start();
    wait_for(bench.config, "characteristics", "bore-dia", "n", 5);
    char good[4096];
    FILE *file = fopen(bench.config, "r+");
    good[fread(good, 1, sizeof good - 1, file)] = '\0';
    fputs("links: {bench: {url: \"tcp://127.0.0.1:1\"}}\n", file); /* a second section of that name */
    fclose(file);
    process_kill(&bench.collector, SIGHUP);
    ck_assert_msg(process_wait_for(refused_the_bad_file, &bench, 10000), "did not refuse: %s", process_errors(&bench.collector));

    file = fopen(bench.config, "w");
    char *serial = strstr(good, "serial: {address");
    fprintf(file, "%.*sagain: {address: 40001}, %s", (int)(serial - good), good, serial);
    fclose(file);
    process_kill(&bench.collector, SIGHUP);
    wait_for(bench.config, "tags", "gauge.again", "value", 1);
    bench_stop(&bench);
}
END_TEST

Suite *plant_suite(void)
{
    const struct named_test cases[] = {
        {"register to report", values_travel_from_register_to_report}, {"within a second", a_signal_is_on_the_screens_within_a_second},
        {"kill -9", killed_collector_loses_nothing_committed},         {"two collectors", two_collectors_do_not_share_a_store},
        {"reload", a_reload_takes_a_good_file_and_refuses_a_bad_one},
    };
    return SUITE_OF("plant", 120, cases);
}
