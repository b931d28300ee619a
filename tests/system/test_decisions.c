/* `gemba limits`, `gemba exclude` and a group of characteristics, with a collector that runs meanwhile. */
#include "tests/harness.h"
#include "tests/system/process.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char plant_yaml[] =
    "plant: {name: Test Works, timezone: UTC}\n"
    "links: {bench: {url: \"tcp://127.0.0.1:%d\", timeout: 500ms}}\n"
    "instruments:\n"
    "  gauge: {link: bench, unit: 1, every: 50ms, tags: {sequence: {address: 40001}, bore: {address: 40002, type: f32},\n"
    "    seat: {address: 40004, type: f32}}}\n"
    "  plc: {link: bench, unit: 2, every: 50ms, tags: {state: {address: 40001}, total: {address: 40002, type: u32}}}\n"
    "machines:\n"
    "  press: {line: L1, ideal_cycle: 100ms, state: {tag: plc.state, running: [2], idle: [1]}, parts: plc.total}\n"
    "characteristics:\n"
    "  bore: {part: A-1, machine: press, source: gauge.bore, on_new: gauge.sequence, nominal: 25, lsl: 24.9, usl: 25.1, baseline: 10,\n"
    "    chart: i-mr}\n"
    "  seat: {part: A-1, machine: press, source: gauge.seat, on_new: gauge.sequence, nominal: 10, lsl: 9.9, usl: 10.1, chart: i-mr,\n"
    "    limits: {center: 10, sigma: 0.02}}\n"
    "characteristic_groups: {both: {characteristics: [bore, seat], baseline: 12}}\n"
    "simulation: {speed: 1}\n";

struct bench {
    const char *config;
    struct process simulator, collector;
};

static bool says_ready(void *context)
{
    return strstr(process_output(context), "ready") != NULL;
}

static struct bench start(void)
{
    char text[4096];
    snprintf(text, sizeof text, plant_yaml, process_free_port());
    struct bench bench = {.config = test_file("plant.yaml", text)};
    bench.simulator = process_start(ARGV("gemba", "simulate", "-c", bench.config));
    ck_assert_msg(process_wait_for(says_ready, &bench.simulator, 10000), "the simulator did not start: %s", process_errors(&bench.simulator));
    bench.collector = process_start(ARGV("gemba", "collect", "-c", bench.config));
    return bench;
}

static void stop(struct bench *bench)
{
    process_kill(&bench->collector, SIGTERM);
    ck_assert_msg(process_wait(&bench->collector, 5000) == 0, "the collector did not end well: %s", process_errors(&bench->collector));
    process_kill(&bench->simulator, SIGTERM);
    ck_assert_int_eq(process_wait(&bench->simulator, 5000), 0);
}

struct wanted {
    const char *config, *screen, *name, *column, *text;
    double at_least;
};

static bool reached(void *context)
{
    const struct wanted *wanted = context;
    const char *cell = process_show_cell(wanted->config, wanted->screen, wanted->name, wanted->column);
    return wanted->text ? strcmp(cell, wanted->text) == 0 : *cell && strtod(cell, NULL) >= wanted->at_least;
}

static void wait_for(struct wanted wanted)
{
    ck_assert_msg(process_wait_for(reached, &wanted, 20000), "%s of %s: %s", wanted.column, wanted.name,
                  process_show_cell(wanted.config, wanted.screen, wanted.name, wanted.column));
}

/* Runs `gemba limits bore ...` and returns what it printed, on either stream. */
static char *limits(const struct bench *bench, int status, const char *const *more)
{
    const char *argv[20] = {"gemba", "limits", "bore", "-c", bench->config};
    char *output, *errors;
    for (size_t i = 0; more[i]; i++)
        argv[5 + i] = more[i];
    int found = process_run(&output, &errors, argv);
    ck_assert_msg(found == status, "exit status %d, printed: %s%s", found, output, errors);
    if (!status)
        ck_assert_str_eq(test_undocumented(output), "");
    return *errors ? errors : output;
}

static void see(const char *text, const char *words)
{
    ck_assert_msg(strstr(text, words) != NULL, "'%s' is missing in: %s", words, text);
}

START_TEST(limits_are_decided_while_the_collector_runs)
{
    struct bench bench = start();
    wait_for((struct wanted){bench.config, "characteristics", "bore", "n", NULL, 15});
    wait_for((struct wanted){bench.config, "characteristics", "bore", "limits", "trial", 0});
    see(limits(&bench, 0, ARGV("show")), "trial 20");
    see(limits(&bench, 0, ARGV("calculate", "--from", "1", "--to", "12", "--try")), "provisional: under 20 subgroups");
    see(limits(&bench, 2, ARGV("approve")), "a reason is needed");
    see(limits(&bench, 2, ARGV("aprove")), "did you mean 'approve'");
    see(limits(&bench, 1, ARGV("unlock", "--reason", "x")), "are trial, not locked");
    see(limits(&bench, 1, ARGV("calculate", "--from", "900", "--to", "901", "--reason", "x")), "has no points 900 to 901");
    see(limits(&bench, 1, ARGV("enter", "--center", "25", "--reason", "x")), "a centre and a sigma");
    see(limits(&bench, 0, ARGV("enter", "--lcl", "24.95", "--ucl", "25.06", "--reason", "from the drawing")), "written");
    see(limits(&bench, 0, ARGV("lock", "--reason", "released")), "before  trial");
    wait_for((struct wanted){bench.config, "characteristics", "bore", "limits", "locked", 0});
    see(limits(&bench, 1, ARGV("calculate", "--from", "1", "--to", "5", "--reason", "x")), "are locked by");
    char *history = limits(&bench, 0, ARGV("history", "--format", "json"));
    see(history, "\"state\": \"locked\"");
    see(history, "\"why\": \"from the drawing\"");
    see(history, "\"ucl\": 25.06");
    char *output;
    ck_assert_int_eq(process_run(&output, NULL, ARGV("gemba", "show", "chart", "bore", "-c", bench.config)), 0);
    see(output, "released; entered");
    ck_assert_int_eq(process_run(NULL, &output, ARGV("gemba", "limits", "seat", "approve", "--reason", "x", "-c", bench.config)), 1);
    see(output, "plant.yaml locks the limits of seat, and it wins");
    stop(&bench);
}
END_TEST

/* --- without a collector: what each chart takes, on imported values */

static const char charts_yaml[] =
    "plant: {name: Test Works, timezone: UTC}\n"
    "links: {bench: {url: \"tcp://127.0.0.1:1\"}}\n"
    "instruments:\n"
    "  a: {link: bench, unit: 1, tags: {x: {address: 40001, type: f32}, k: {address: 40003, type: u32}, n: {address: 40005, type: u32}}}\n"
    "characteristics:\n"
    "  slow: {source: a.x, chart: xbar-s, subgroup: 3, design: {sigma: pooled}}\n"
    "  middle: {source: a.x, chart: median-r, subgroup: 3}\n"
    "  three: {source: a.x, chart: i-mr-r, subgroup: 3}\n"
    "  bad: {source: a.k, chart: p, size: 100, counts: sample}\n"
    "  laney: {source: a.k, chart: laney-p, size: 100, counts: sample}\n"
    "  rare: {source: a.k, chart: g, size: a.n}\n"
    "  gates: {source: a.x, chart: pre-control, lsl: 0, usl: 9}\n";

/* Values 12 hours apart, so that a subgroup takes more than a day. */
static const char *import_values(const char *config)
{
    enum { SUBGROUPS = 230 };
    FILE *file = fopen(test_path("values.csv"), "w");
    ck_assert_ptr_nonnull(file);
    fputs("name,time,value\n", file);
    for (int i = 0; i < 3 * SUBGROUPS; i++) {
        int day = i / 2, hour = i % 2 * 12, mean = i / 3 * 7 % 11;
        char time[40];
        snprintf(time, sizeof time, "%04d-%02d-%02dT%02d:00:00Z", 2020 + day / 336, day / 28 % 12 + 1, day % 28 + 1, hour);
        fprintf(file, "slow,%s,%d\n", time, mean + i % 3);
        if (i < 30)
            fprintf(file, "bad,%s,%d\nrare,%s,%d\n", time, i * 5 % 13, time, i * 37 % 90);
    }
    fclose(file);
    ck_assert_int_eq(process_run(NULL, NULL, ARGV("gemba", "import", test_path("values.csv"), "-c", config)), 0);
    return config;
}

/* Runs `gemba limits NAME ... --try --format json` and returns what it printed, on either stream. */
static char *tried(const char *config, int status, const char *name, const char *const *more)
{
    const char *argv[20] = {"gemba", "limits", name, "-c", config, "--try", "--format", "json"};
    char *output, *errors;
    for (size_t i = 0; more[i]; i++)
        argv[8 + i] = more[i];
    int found = process_run(&output, &errors, argv);
    ck_assert_msg(found == status, "%s: exit status %d, printed: %s%s", name, found, output, errors);
    return *errors ? errors : output;
}

static double after(const char *json, const char *key)
{
    char quoted[40];
    snprintf(quoted, sizeof quoted, "\"%s\": ", key);
    const char *place = strstr(json, "\"after\"");
    ck_assert_ptr_nonnull(place);
    place = strstr(place, quoted);
    ck_assert_msg(place != NULL, "no %s in %s", key, json);
    return strtod(place + strlen(quoted), NULL);
}

START_TEST(every_chart_takes_the_limits_that_fit_it)
{
    const char *config = import_values(test_file("charts.yaml", charts_yaml));
    /* 31 subgroups of m, m + 1, m + 2: S pooled is 1; c4(63) */
    ck_assert_close(after(tried(config, 0, "slow", ARGV("calculate", "--from", "10", "--to", "40")), "sigma"), 1.0040402230742103, 1e-12);
    ck_assert_double_gt(after(tried(config, 0, "rare", ARGV("calculate", "--from", "1", "--to", "30")), "center"), 0);
    see(tried(config, 1, "rare", ARGV("enter", "--center", "30", "--sigma", "1")), "calculate them");
    see(tried(config, 1, "gates", ARGV("enter", "--center", "30", "--sigma", "1")), "the specification");
    see(tried(config, 1, "bad", ARGV("enter", "--center", "2")), "2 is no share between 0 and 1");
    see(tried(config, 1, "bad", ARGV("enter", "--center", "0.1", "--sigma", "3")), "enter that alone");
    ck_assert_close(after(tried(config, 0, "bad", ARGV("enter", "--center", "0.1")), "sigma"), 0.3, 1e-14);
    see(tried(config, 1, "laney", ARGV("enter", "--center", "0.1")), "needs sigma-z");
    ck_assert_close(after(tried(config, 0, "laney", ARGV("enter", "--center", "0.1", "--sigma-z", "1.5")), "sigma"), 0.3, 1e-14);
    see(tried(config, 1, "three", ARGV("enter", "--center", "5", "--sigma", "2")), "needs within");
    ck_assert_close(after(tried(config, 0, "three", ARGV("enter", "--center", "5", "--sigma", "2", "--within", "1")), "ucl"), 11, 1e-14);
    see(tried(config, 1, "bad", ARGV("enter", "--center", "0.1", "--within", "3")), "mean nothing");
    ck_assert_close(after(tried(config, 0, "three", ARGV("enter", "--lcl", "2", "--ucl", "8", "--within", "1")), "sigma"), 1, 1e-14);
    /* the median of three varies by 0.66983 sigma */
    ck_assert_close(after(tried(config, 0, "middle", ARGV("enter", "--lcl", "2", "--ucl", "8")), "sigma"), 1 / 0.669829160740414, 1e-12);
}
END_TEST

START_TEST(points_are_excluded_and_groups_learn)
{
    struct bench bench = start();
    char *output;
    wait_for((struct wanted){bench.config, "groups", "both", "points", NULL, 16});
    ck_assert_int_eq(process_run(&output, NULL, ARGV("gemba", "exclude", "bore", "3", "--reason", "dropped", "-c", bench.config)), 0);
    ck_assert_int_eq(process_run(NULL, &output, ARGV("gemba", "exclude", "bore", "3", "--reason", "dropped", "-c", bench.config)), 1);
    see(output, "excluded already");
    ck_assert_int_eq(process_run(NULL, NULL, ARGV("gemba", "exclude", "bore", "3", "--undo", "--reason", "found", "-c", bench.config)), 0);
    ck_assert_int_eq(process_run(NULL, &output, ARGV("gemba", "exclude", "bore", "99999", "--reason", "x", "-c", bench.config)), 2);
    see(output, "no point 99999");
    ck_assert_int_eq(process_run(NULL, &output, ARGV("gemba", "exclude", "bore", "3", "-c", bench.config)), 2);
    see(output, "a reason is needed");
    ck_assert_int_eq(process_run(&output, NULL, ARGV("gemba", "show", "chart", "both", "-c", bench.config)), 0);
    see(output, "calculated from points 1-12 (provisional: 12 subgroups); T2 n=1");
    ck_assert_int_eq(process_run(&output, NULL, ARGV("gemba", "show", "chart", "both", "--format", "json", "-c", bench.config)), 0);
    see(output, "\"given_others\": ");
    ck_assert_int_eq(process_run(&output, NULL, ARGV("gemba", "show", "chart", "both", "--format", "csv", "-c", bench.config)), 0);
    see(output, "\"number\",\"time\",\"n\",\"statistic\"");
    stop(&bench);
}
END_TEST

/* Runs `gemba limits both ...`. */
static char *group_limits(const struct bench *bench, int status, const char *const *more)
{
    const char *argv[20] = {"gemba", "limits", "both", "-c", bench->config};
    char *output, *errors;
    for (size_t i = 0; more[i]; i++)
        argv[5 + i] = more[i];
    int found = process_run(&output, &errors, argv);
    ck_assert_msg(found == status, "exit status %d, printed: %s%s", found, output, errors);
    return *errors ? errors : output;
}

START_TEST(limits_of_a_group_are_decided_while_the_collector_runs)
{
    struct bench bench = start();
    char *output;
    wait_for((struct wanted){bench.config, "groups", "both", "points", NULL, 25});
    see(group_limits(&bench, 2, ARGV("approve")), "a reason is needed");
    see(group_limits(&bench, 0, ARGV("show")), "calculated from points 1-12 (provisional: 12 subgroups)");
    see(group_limits(&bench, 1, ARGV("unlock", "--reason", "x")), "the limits of both are trial, not locked");
    see(group_limits(&bench, 1, ARGV("enter", "--center", "1", "--sigma", "1", "--reason", "x")), "calculated from points, not entered");
    see(group_limits(&bench, 1, ARGV("calculate", "--from", "1", "--to", "2", "--reason", "x")),
        "give no limits: too few values for so many variables");
    see(group_limits(&bench, 1, ARGV("calculate", "--from", "90000", "--to", "90009", "--reason", "x")), "has no points 90000 to 90009 that count");
    ck_assert_int_eq(process_run(&output, NULL, ARGV("gemba", "exclude", "both", "3", "--reason", "dropped", "-c", bench.config)), 0);
    see(output, "point 3 of both is excluded");
    ck_assert_int_eq(process_run(NULL, &output, ARGV("gemba", "exclude", "both", "3", "--reason", "dropped", "-c", bench.config)), 1);
    see(group_limits(&bench, 0, ARGV("calculate", "--from", "1", "--to", "22", "--try")), "only tried: nothing was written");
    see(group_limits(&bench, 0, ARGV("calculate", "--from", "1", "--to", "22", "--reason", "more points")), "21 points of 1");
    see(group_limits(&bench, 0, ARGV("lock", "--reason", "released")), "before  trial");
    see(group_limits(&bench, 1, ARGV("calculate", "--from", "1", "--to", "22", "--reason", "x")), "are locked by");
    wait_for((struct wanted){bench.config, "groups", "both", "limits", "locked", 0});
    wait_for((struct wanted){bench.config, "groups", "both", "model", NULL, 3}); /* the collector judges by them */
    char *history = group_limits(&bench, 0, ARGV("history", "--format", "json"));
    see(history, "\"superseded_by\": 2");
    see(history, "\"why\": \"released\"");
    see(history, "\"covariance\": [[");
    stop(&bench);
}
END_TEST

Suite *decisions_suite(void);
Suite *decisions_suite(void)
{
    const struct named_test tests[] = {
        {"limits are decided while the collector runs", limits_are_decided_while_the_collector_runs},
        {"every chart takes the limits that fit it", every_chart_takes_the_limits_that_fit_it},
        {"points are excluded and groups learn", points_are_excluded_and_groups_learn},
        {"limits of a group are decided", limits_of_a_group_are_decided_while_the_collector_runs},
    };
    return SUITE_OF("decisions", 120, tests);
}
