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

static void say_links(const struct plant *plant)
{
    for (size_t i = 0; i < plant->n_links; i++) {
        const struct link *link = &plant->links[i];
        if (link->kind != LINK_TCP) {
            printf("%s: %s is left out: the simulator serves TCP links only\n", link->name, link->url);
            continue;
        }
        printf("%s: listening at %s port %d for", link->name, link->host, link->port);
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

static int simulate(const struct plant *plant, uint64_t seed, int64_t for_us, bool quiet)
{
    struct error err;
    struct sim_server *server = sim_server_create(plant, &err);
    if (!server) {
        fprintf(stderr, "gemba simulate: %s\n", err.text);
        return 2;
    }
    struct simulation simulation = {.banks = sim_banks_create(plant)};
    simulation.floor = sim_floor_create(plant, simulation.banks, seed, clock_now_us());
    simulation.signals = sim_signals_create(plant, simulation.banks);
    if (!quiet)
        say_links(plant);
    int failed = sim_server_run(server, for_us ? clock_monotonic_us() + for_us : INT64_MAX, look_up, &simulation, &err);
    if (failed)
        fprintf(stderr, "gemba simulate: %s\n", err.text);
    sim_signals_free(simulation.signals);
    sim_floor_free(simulation.floor);
    sim_banks_free(simulation.banks);
    sim_server_free(server);
    return failed ? 2 : 0;
}

int simulate_command(int argc, char **argv)
{
    const char *config = NULL;
    int64_t for_us = 0;
    long seed = 11;
    bool quiet = false;
    const struct option_row rows[] = {
        OPTIONS_CONFIG(&config),
        {"for", 0, OPTION_DURATION, "DURATION", "end after that much of your time (default: when told to)", &for_us},
        {"seed", 0, OPTION_INTEGER, "N", "another course of events (default 11)", &seed},
        {"quiet", 'q', OPTION_FLAG, NULL, "print nothing", &quiet},
    };
    const struct command_line line = {
        "gemba simulate [-c FILE] [--for DURATION] [--seed N] [--quiet]",
        "Answers as the plant's instruments would, at their links' TCP addresses: machines make parts, gauges measure them, "
        "and what `simulation:` lists goes wrong. Prints 'ready' when everybody can connect.",
        rows, sizeof rows / sizeof rows[0], 0};
    int parsed = options_parse(&line, argc, argv, NULL);
    if (parsed)
        return parsed < 0 ? 2 : 0;
    struct plant *plant = plant_open(config);
    if (!plant)
        return 2;
    log_quiet(quiet);
    int status = simulate(plant, (uint64_t)seed, for_us, quiet);
    plant_free(plant);
    return status;
}
