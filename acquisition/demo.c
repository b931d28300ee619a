/* `gemba demo`: a simulated plant, its collector and the console, in one go. */
#include "acquisition/acquisition.h"

#include "acquisition/demo_child.h"
#include "acquisition/demo_plant.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static const int64_t patience_us = 15 * SECOND_US, look_us = 50000, quiet_run_us = 20 * SECOND_US;

struct demo {
    struct demo_plant own;
    struct demo_child simulator, collector;
    int signal; /* that ends it */
};

/* --- start */

/* All processes of the demo share one clock, which begins with the shift that holds now: its OEE is whole from the first minute on. */
static void set_clock(const struct plant *plant)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    int64_t real_us = now.tv_sec * SECOND_US + now.tv_nsec / 1000;
    struct clock_anchor anchor = {real_us, shift_at(plant, real_us).from_us, plant->simulation_speed};
    char text[96];
    snprintf(text, sizeof text, "%lld:%lld:%.17g", (long long)anchor.real_us, (long long)anchor.plant_us, anchor.speed);
    setenv("GEMBA_CLOCK", text, 1);
    clock_set_anchor(anchor);
}

static bool simulator_listens(struct demo *demo)
{
    return demo_child_said(&demo->simulator, "ready");
}

/* The collector has committed readings. */
static bool store_has_values(struct demo *demo)
{
    struct store *store;
    struct collector_status status;
    if (store_open(&store, demo->own.plant->store_path, STORE_READ, NULL))
        return false;
    bool has = !store_collector_status(store, &status, NULL) && status.readings > 0;
    store_close(store);
    return has;
}

/* 0 as soon as it is so; -1 when the child has ended, a signal came, or nothing came for too long. */
static int wait_until(struct demo *demo, bool (*is_so)(struct demo *demo), struct demo_child *child, struct error *err)
{
    int64_t until_us = clock_monotonic_us() + patience_us;
    while (!is_so(demo)) {
        if (!demo_child_runs(child))
            return error_set(err, ERR_INTERNAL, "gemba %s ended at its start", child->command);
        if (clock_monotonic_us() >= until_us)
            return error_set(err, ERR_INTERNAL, "gemba %s is not ready after %d s", child->command, (int)(patience_us / SECOND_US));
        int signal = demo_child_wait_signal(clock_monotonic_us() + look_us);
        if (signal && signal != SIGCHLD) {
            demo->signal = signal;
            return error_set(err, ERR_NONE, "ended by a signal");
        }
    }
    return 0;
}

static int start(struct demo *demo, struct error *err)
{
    const char *directory = demo->own.directory, *config = demo->own.config;
    if (demo_child_start(&demo->simulator, (const char *const[]){"simulate", "-c", config, NULL}, directory, err) ||
        wait_until(demo, simulator_listens, &demo->simulator, err))
        return -1;
    demo_plant_release_ports(&demo->own);
    if (demo_child_start(&demo->collector, (const char *const[]){"collect", "--quiet", "-c", config, NULL}, directory, err) ||
        wait_until(demo, store_has_values, &demo->collector, err))
        return -1;
    return 0;
}

/* --- run */

/* Runs a command with the terminal, or whatever standard output is, to its end. */
static int run(struct demo *demo, const char *const *argv, int64_t until_us, struct error *err)
{
    struct demo_child child;
    if (demo_child_start(&child, argv, NULL, err))
        return -1;
    int status = demo_child_wait(&child, until_us, &demo->signal);
    bool ended_here = demo->signal || clock_monotonic_us() >= until_us;
    return status && !ended_here ? error_set(err, ERR_INTERNAL, "gemba %s ended with status %d", argv[0], status) : 0;
}

static int run_dashboard(struct demo *demo, int64_t for_us, struct error *err)
{
    struct termios sane;
    bool known = !tcgetattr(STDIN_FILENO, &sane);
    int failed = run(demo, (const char *const[]){"dashboard", "-c", demo->own.config, NULL}, for_us ? clock_monotonic_us() + for_us : INT64_MAX, err);
    if (known && (failed || demo->signal))
        tcsetattr(STDIN_FILENO, TCSADRAIN, &sane);
    return failed;
}

/* The lowest Cpk; *worst stays NULL when nothing has one yet. */
static int find_worst(struct demo *demo, const char **worst, struct error *err)
{
    struct plant *plant = demo->own.plant;
    struct store *store;
    if (store_open(&store, plant->store_path, STORE_READ, err))
        return -1;
    int failed = store_identify(store, plant, err);
    double lowest = INFINITY;
    for (size_t i = 0; i < plant->n_characteristics && !failed; i++) {
        const struct characteristic *c = &plant->characteristics[i];
        struct standing standing;
        if (store_standing(store, c->id, &standing, NULL))
            continue;
        struct specification specification = characteristic_specification(c);
        double cpk = capability_of(&standing.moments, &standing.within, specification, standing.below, standing.above, 0.95).cpk.value;
        if (cpk < lowest) {
            lowest = cpk;
            *worst = c->name;
        }
    }
    store_close(store);
    return failed;
}

static void say_what_runs(const struct plant *plant, int64_t for_us)
{
    printf("%s: %zu machines, %zu instruments, %zu characteristics, played at %g times real time; here is what it looks like after %g s.\n\n",
           plant->name, plant->n_machines, plant->n_instruments, plant->n_characteristics, plant->simulation_speed,
           (double)for_us / (double)SECOND_US);
    fflush(stdout);
}

static int pass_time(struct demo *demo, int64_t for_us, struct error *err)
{
    for (int64_t until_us = clock_monotonic_us() + for_us; clock_monotonic_us() < until_us;) {
        int signal = demo_child_wait_signal(until_us);
        if (signal && signal != SIGCHLD) {
            demo->signal = signal;
            return error_set(err, ERR_NONE, "ended by a signal");
        }
        if (!demo_child_runs(&demo->simulator) || !demo_child_runs(&demo->collector))
            return error_set(err, ERR_INTERNAL, "a part of the plant ended too early");
    }
    return 0;
}

static int print_screens(struct demo *demo, int64_t for_us, struct error *err)
{
    say_what_runs(demo->own.plant, for_us);
    if (pass_time(demo, for_us, err))
        return -1;
    const char *config = demo->own.config, *worst = NULL;
    if (find_worst(demo, &worst, err))
        return -1;
    const char *const commands[][12] = {
        {"show", "overview", "-c", config},
        {"show", "characteristics", "-c", config},
        {"show", "chart", worst, "-c", config},
        {"report", "--characteristic", worst, "--period", "all", "--format", "text", "-o", "-", "-c", config},
    };
    size_t count = worst ? sizeof commands / sizeof commands[0] : 2;
    for (size_t i = 0; i < count; i++) {
        if (run(demo, commands[i], INT64_MAX, err) || demo->signal)
            return -1;
        puts("");
    }
    if (!worst)
        puts("No characteristic has a Cpk yet, so there is no chart: let it run longer, with --for.");
    return 0;
}

/* --- end */

static int end(struct demo *demo, int failed, const struct error *err)
{
    struct demo_child *children[] = {&demo->collector, &demo->simulator};
    for (size_t i = 0; i < 2; i++) {
        bool by_itself = children[i]->command && !demo_child_runs(children[i]);
        if (by_itself)
            fprintf(stderr, "gemba demo: gemba %s ended before its time, status %d\n", children[i]->command, children[i]->status);
        demo_child_end(children[i]);
        if (children[i]->command && !demo->signal && (by_itself || failed))
            demo_child_print_tail(children[i]);
        failed = failed || by_itself;
    }
    if (err->code != ERR_NONE)
        fprintf(stderr, "gemba demo: %s\n", err->text);
    if (demo->own.keep)
        printf("kept: %s\n", demo->own.directory);
    demo_plant_remove(&demo->own);
    return demo->signal ? 128 + demo->signal : failed ? 2 : 0;
}

int demo_command(int argc, char **argv)
{
    const char *config = NULL, *keep = NULL;
    int64_t for_us = 0;
    const struct option_row rows[] = {
        {"config", 'c', OPTION_TEXT, "FILE", "another simulated plant (default: the demo plant that comes with gemba)", &config},
        {"for", 0, OPTION_DURATION, "DURATION", "end after that much of your time (default: 20s without a terminal)", &for_us},
        {"keep", 0, OPTION_TEXT, "DIRECTORY", "leave config, store and logs there", &keep},
    };
    const struct command_line line = {
        "gemba demo [--for DURATION] [--keep DIRECTORY] [-c FILE]",
        "Plays a whole plant on this machine, collects from it and shows it; leaves nothing behind. Without a terminal it "
        "prints the screens as text.",
        rows, sizeof rows / sizeof rows[0], 0};
    int parsed = options_parse(&line, argc, argv, NULL);
    if (parsed)
        return parsed < 0 ? 2 : 0;
    struct demo demo = {0};
    struct error err = {0};
    demo_child_hold_signals();
    if (demo_plant_make(&demo.own, config, keep, &err)) {
        fprintf(stderr, "gemba demo: %s\n", err.text);
        return 2;
    }
    set_clock(demo.own.plant);
    bool terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
    int failed = start(&demo, &err);
    if (!failed)
        failed = terminal ? run_dashboard(&demo, for_us, &err) : print_screens(&demo, for_us ? for_us : quiet_run_us, &err);
    if (!failed)
        err = (struct error){0};
    return end(&demo, failed, &err);
}
