#include "acquisition/acquisition.h"

#include "acquisition/plan.h"

#include <stdio.h>

struct totals {
    double requests_s;
    int torn;
};

static void check_link(const struct plant *plant, const struct link *link, struct totals *totals)
{
    int64_t line_us = 0;
    double used = 0;
    printf("%s  %s\n", link->name, link->url);
    for (size_t i = 0; i < plant->n_instruments; i++) {
        const struct instrument *instrument = &plant->instruments[i];
        if (instrument->link != link)
            continue;
        struct plan *plan = plan_build(plant, instrument);
        totals->requests_s += plan_print(plan, stdout);
        totals->torn += plan_print_torn(plan, plant, stdout);
        line_us = 0;
        for (size_t j = 0; j < plan->n_requests; j++)
            line_us += plan_line_us(link, &plan->requests[j]);
        used += (double)line_us / (double)clock_real_us(instrument->every_us);
        plan_free(plan);
    }
    if (link->kind == LINK_RTU)
        printf("  line used %.0f %%%s\n", 100 * used, used > 1 ? ": more than there is; poll less often, or raise the baud rate" : "");
}

static int check_plant(const struct plant *plant)
{
    struct totals totals = {0};
    size_t tags = 0;
    for (size_t i = 0; i < plant->n_instruments; i++)
        tags += plant->instruments[i].n_tags;
    printf("%s: %s, %zu links, %zu instruments, %zu tags, %zu machines, %zu characteristics, %zu reports\n", plant->file, plant->name, plant->n_links,
           plant->n_instruments, tags, plant->n_machines, plant->n_characteristics, plant->n_reports);
    printf("store %s, time zone %s", plant->store_path, plant->timezone);
    if (plant->simulated)
        printf(", simulated at %g times the speed", plant->simulation_speed);
    printf("\n\n");
    for (size_t i = 0; i < plant->n_links; i++)
        check_link(plant, &plant->links[i], &totals);
    printf("\n%.1f requests a second in all\n", totals.requests_s);
    if (totals.torn)
        printf("warning: %d group%s of tags that belong together cannot be read in one request\n", totals.torn, totals.torn == 1 ? "" : "s");
    return 0;
}

int check_command(int argc, char **argv)
{
    const char *config = NULL, *operands[1] = {NULL};
    bool keys = false;
    const struct option_row rows[] = {
        OPTIONS_CONFIG(&config),
        {"keys", 'k', OPTION_FLAG, NULL, "print every section and key with its type, unit and default, as an example file", &keys},
    };
    const struct command_line line = {
        "gemba check [-c FILE] [--keys]",
        "Reads the configuration, says every error with its line, and prints how the instruments will be polled. Exit status: "
        "0 fine, 1 errors.",
        rows, sizeof rows / sizeof rows[0], 1};
    int parsed = options_parse(&line, argc, argv, operands);
    if (parsed)
        return parsed > 0 ? 0 : 2;
    if (keys) {
        plant_print_schema();
        return 0;
    }
    struct plant *plant = plant_open(config ? config : operands[0]);
    if (!plant)
        return 1;
    int status = check_plant(plant);
    plant_free(plant);
    return status;
}
