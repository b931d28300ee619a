#include "acquisition/acquisition.h"

#include "acquisition/plan.h"

#include <stdio.h>

struct totals {
    double requests_s;
    int torn;
};

/* The part of the line's time that polling takes. */
static double line_use(const struct plan *plan)
{
    double used = 0;
    for (size_t i = 0; i < plan->n_requests; i++) {
        const struct request *request = &plan->requests[i];
        int64_t every_us = plan->instrument->schedules[request->schedule].every_us;
        if (every_us && !request->refused)
            used += (double)plan_line_us(plan->instrument->link, request, PLAN_TURNAROUND_US) / (double)clock_real_us(every_us);
    }
    return used;
}

static void check_link(const struct plant *plant, const struct link *link, bool each, struct totals *totals)
{
    double used = 0;
    printf("%s  %s\n", link->name, link->url);
    for (size_t i = 0; i < plant->n_instruments; i++) {
        const struct instrument *instrument = &plant->instruments[i];
        if (instrument->link != link)
            continue;
        struct plan *plan = plan_build(plant, instrument);
        totals->requests_s += plan_print(plan, each, stdout);
        totals->torn += plan_print_torn(plan, plant, stdout);
        used += line_use(plan);
        plan_free(plan);
    }
    if (link->kind != LINK_TCP && link->baud)
        printf("  line used %.0f %%%s\n", 100 * used, used > 1 ? ": more than there is; poll less often, or raise the baud rate" : "");
}

static int check_plant(const struct plant *plant, bool each)
{
    struct totals totals = {0};
    size_t tags = 0;
    for (size_t i = 0; i < plant->n_instruments; i++)
        tags += plant->instruments[i].n_tags;
    const struct {
        const char *one;
        size_t count;
    } counts[] = {{"link", plant->n_links},       {"instrument", plant->n_instruments},         {"tag", tags},
                  {"machine", plant->n_machines}, {"characteristic", plant->n_characteristics}, {"report", plant->n_reports}};
    printf("%s: %s", plant->file, plant->name);
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        printf(", %zu %s%s", counts[i].count, counts[i].one, counts[i].count == 1 ? "" : "s");
    printf("\n");
    printf("store %s, time zone %s", plant->store_path, plant->timezone);
    if (plant->simulated)
        printf(", simulated at %g times the speed", plant->simulation_speed);
    printf("\n\n");
    for (size_t i = 0; i < plant->n_links; i++)
        check_link(plant, &plant->links[i], each, &totals);
    printf("\n%.1f requests a second in all\n", totals.requests_s);
    if (totals.torn)
        printf("warning: %d group%s of tags that belong together cannot be read in one request\n", totals.torn, totals.torn == 1 ? "" : "s");
    return 0;
}

int check_command(int argc, char **argv)
{
    const char *config = NULL, *operands[1] = {NULL};
    bool keys = false, manual = false, each = false;
    const struct option_row rows[] = {
        OPTIONS_CONFIG(&config),
        {"keys", 'k', OPTION_FLAG, NULL, "print every section and key with its type, unit and default, as an example file", &keys},
        {"manual", 'm', OPTION_FLAG, NULL, "print the same as a section of the manual page", &manual},
        {"requests", 'r', OPTION_FLAG, NULL, "print each request with its registers and tags", &each},
    };
    const struct command_line line = {
        "gemba check [-c FILE] [--requests] [--keys] [--manual]",
        "Reads the configuration, says every error with its line, and prints how the instruments will be polled. Exit status: "
        "0 fine, 1 errors.",
        rows, sizeof rows / sizeof rows[0], 1};
    int parsed = options_parse(&line, argc, argv, operands);
    if (parsed)
        return parsed > 0 ? 0 : 2;
    if (keys || manual) {
        (manual ? plant_print_manual : plant_print_schema)();
        return 0;
    }
    struct plant *plant = plant_open(config ? config : operands[0]);
    if (!plant)
        return 1;
    int status = check_plant(plant, each);
    plant_free(plant);
    return status;
}
