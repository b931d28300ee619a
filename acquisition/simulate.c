/* `gemba simulate`: the plant's instruments, played. */
#include "acquisition/acquisition.h"

#include "acquisition/sim_floor.h"
#include "acquisition/sim_server.h"
#include "acquisition/sim_signal.h"

#include <stdio.h>

struct simulation {
    struct sim_banks *banks;
    struct sim_floor *floor;
    struct sim_signals *signals;
};

static struct sim_bank *look_up(void *context, const struct link *link, int unit)
{
    struct simulation *simulation = context;
    int64_t now_us = clock_now_us();
    sim_floor_advance(simulation->floor, now_us);
    struct sim_bank *bank = link ? sim_bank_find(simulation->banks, link, unit) : NULL;
    if (bank)
        sim_signals_refresh(simulation->signals, bank, now_us);
    return bank;
}

static void say_line(const struct link *link, const struct sim_door *door)
{
    if (door->named)
        printf("%s: serial line %s, which leads to %s, for", link->name, link->device, door->path);
    else
        printf("%s: serial line %s (%s is left alone: give clients the url rtu://%s) for", link->name, door->path, link->device, door->path);
}

static void say_links(const struct plant *plant, const struct sim_server *server)
{
    for (size_t i = 0; i < plant->n_links; i++) {
        const struct link *link = &plant->links[i];
        if (sim_door_is_line(link))
            say_line(link, sim_server_door(server, link));
        else
            printf("%s: listening at %s port %d%s for", link->name, link->host, link->port, sim_frame_is_serial(link) ? " (RTU frames)" : "");
        for (size_t k = 0; k < plant->n_instruments; k++)
            if (plant->instruments[k].link == link)
                printf(" %s (unit %d)", plant->instruments[k].name, plant->instruments[k].unit);
        printf("\n");
    }
    if (clock_speed() != 1)
        printf("plant time runs %g times as fast as yours\n", clock_speed());
    printf("ready\n");
    fflush(stdout);
}

struct wishes {
    int64_t for_us;
    uint64_t seed;
    bool quiet;
    const char *log;
};

static int serve(const struct plant *plant, const struct wishes *wishes, struct error *err)
{
    struct simulation simulation = {.banks = sim_banks_create(plant)};
    int64_t start_us = clock_now_us();
    simulation.floor = sim_floor_create(plant, simulation.banks, wishes->seed, start_us);
    simulation.signals = sim_signals_create(plant, simulation.banks);
    struct sim_play play = {look_up, &simulation, sim_faults_create(plant, wishes->seed, start_us), NULL};
    struct sim_server *server = NULL;
    int failed = wishes->log && !(play.log = sim_log_open(plant, wishes->log, err));
    if (!failed)
        failed = !(server = sim_server_create(plant, &play, err));
    if (!failed && !wishes->quiet)
        say_links(plant, server);
    if (!failed)
        failed = sim_server_run(server, wishes->for_us ? clock_monotonic_us() + wishes->for_us : INT64_MAX, err);
    sim_server_free(server);
    failed = sim_log_close(play.log, failed ? NULL : err) || failed;
    sim_faults_free(play.faults);
    sim_signals_free(simulation.signals);
    sim_floor_free(simulation.floor);
    sim_banks_free(simulation.banks);
    return failed ? -1 : 0;
}

int simulate_command(int argc, char **argv)
{
    const char *config = NULL;
    struct wishes wishes = {0};
    long seed = 11;
    const struct option_row rows[] = {
        OPTIONS_CONFIG(&config),
        {"for", 0, OPTION_DURATION, "DURATION", "end after that much of your time (default: when told to)", &wishes.for_us},
        {"seed", 0, OPTION_INTEGER, "N", "another course of events (default 11)", &seed},
        {"log", 0, OPTION_TEXT, "FILE", "write every value that was served there, and the fault that hit it, as CSV", &wishes.log},
        {"quiet", 'q', OPTION_FLAG, NULL, "print nothing", &wishes.quiet},
    };
    const struct command_line line = {
        "gemba simulate [-c FILE] [--for DURATION] [--seed N] [--log FILE] [--quiet]",
        "Answers as the plant's instruments would, at their links' addresses and on pseudo-terminals for their serial lines: machines make "
        "parts, gauges measure them, and what `simulation:` lists goes wrong. Prints 'ready' when everybody can connect.",
        rows, sizeof rows / sizeof rows[0], 0};
    int parsed = options_parse(&line, argc, argv, NULL);
    if (parsed)
        return parsed < 0 ? 2 : 0;
    struct plant *plant = plant_open(config);
    if (!plant)
        return 2;
    log_quiet(wishes.quiet);
    wishes.seed = (uint64_t)seed;
    struct error err;
    int status = serve(plant, &wishes, &err) ? options_failed("simulate", &err) : 0;
    plant_free(plant);
    return status;
}
