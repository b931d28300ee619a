#include "reports/report_job.h"
#include "reports/reports.h"

#include <stdlib.h>
#include <string.h>

/* `gemba report`: what the command line asks for becomes jobs (report_job.h). Nothing is printed on success, so that cron stays quiet. */

enum { EXIT_FINE = 0, EXIT_MISSED = 1, EXIT_FAILED = 2 };

struct request {
    const char *config, *name, *period, *path;
    struct option_list characteristics, groups, formats;
    long worst, last;
    bool strict;
    unsigned format_bits;
};

static int parse(struct request *request, int argc, char **argv)
{
    const struct option_row rows[] = {
        OPTIONS_CONFIG(&request->config),
        {"characteristic", 0, OPTION_LIST, "C[,C..]", "these characteristics, instead of a configured report", &request->characteristics},
        {"group", 0, OPTION_LIST, "G[,G..]", "these groups, instead of a configured report", &request->groups},
        {"worst", 0, OPTION_INTEGER, "N", "only the N worst of them, the worst first", &request->worst},
        {"period", 'p', OPTION_TEXT, "PERIOD", "this-shift, last-month, 8h, 2026-10, FROM..TO, ... (default: the report's, else today)",
         &request->period},
        {"format", 'f', OPTION_LIST, "FORMAT", "text, csv, pdf (default: the report's, else by the name of FILE, else text)", &request->formats},
        {"output", 'o', OPTION_TEXT, "PATH", "a directory, a file, or - (default: the report's directory, else - for text and csv)", &request->path},
        {"last", 0, OPTION_INTEGER, "N", "only the newest N points of the period", &request->last},
        {"strict", 0, OPTION_FLAG, NULL, "exit 1 when a characteristic misses its requirement", &request->strict},
    };
    const struct command_line line = {
        .usage = "gemba report [NAME] [options]",
        .summary = "Quality reports of a period, a page a characteristic or group: the configured report NAME, or of any of these. Without a name and "
                   "without other choices than --period and --strict, all configured reports are made. Silent on success. Exit status: 0 made, "
                   "1 made but a requirement is missed (--strict), 2 not made.",
        .rows = rows,
        .count = sizeof rows / sizeof rows[0],
        .max_operands = 1,
    };
    const char *operands[1] = {NULL};
    int status = options_parse(&line, argc, argv, operands);
    request->name = operands[0];
    return status;
}

static int failed(const char *name, const struct error *err)
{
    fprintf(stderr, "gemba report%s%s: %s\n", name && *name ? " " : "", name ? name : "", err->text);
    return EXIT_FAILED;
}

/* What is left to be chosen for a configured report and for an ad-hoc one alike. */
static int make(struct report_job *job, const struct request *request, const char *period, struct store *store, const struct plant *plant)
{
    struct error err = {0};
    job->sheet.plant = plant;
    job->sheet.made_us = clock_now_us();
    job->last = request->last;
    job->worst = request->worst;
    job->strict = request->strict;
    if (period_parse(plant, request->period ? request->period : period, job->sheet.made_us, &job->sheet.period, &err) ||
        report_job_make(job, store, &err))
        return failed(job->sheet.name, &err);
    return job->missed ? EXIT_MISSED : EXIT_FINE;
}

static int make_configured(const struct report *report, const struct request *request, struct store *store, const struct plant *plant)
{
    unsigned by_name = report_job_format_of(request->path);
    char *directory = memory_format("%s/", report->directory); /* with the slash it is never a file of that name */
    struct report_job job = {
        .name = report->name,
        .sheet = {.name = report->name, .customer = report->customer ? report->customer : ""},
        .formats = request->format_bits ? request->format_bits
                   : by_name            ? by_name
                                        : report->formats,
        .path = request->path ? request->path : directory,
        .count = report->n_characteristics,
        .groups = report->groups,
        .n_groups = report->n_groups,
    };
    job.characteristics = memory_zero(job.count + 1, sizeof *job.characteristics);
    memcpy(job.characteristics, report->characteristics, job.count * sizeof *job.characteristics);
    int status = make(&job, request, report->period, store, plant);
    free(job.characteristics);
    free(directory);
    return status;
}

static int unknown_name(const char *what, const char *name, const char *const *names, size_t count)
{
    const char *nearest = text_nearest(name, names, count);
    if (nearest)
        fprintf(stderr, "gemba report: there is no %s '%s' in the configuration: did you mean '%s'?\n", what, name, nearest);
    else
        fprintf(stderr, "gemba report: there is no %s '%s' in the configuration\n", what, name);
    return -1;
}

/* The characteristics asked for, or all. */
static int choose(struct report_job *job, const struct request *request, const struct plant *plant)
{
    const struct option_list *list = &request->characteristics;
    if (plant->n_characteristics == 0) {
        fputs("gemba report: the plant has no characteristics: add `characteristics:` to its configuration\n", stderr);
        return -1;
    }
    if (list->count == 0 && request->groups.count == 0) {
        for (size_t i = 0; i < plant->n_characteristics; i++)
            job->characteristics[job->count++] = &plant->characteristics[i];
        return 0;
    }
    for (size_t i = 0; i < list->count; i++) {
        const struct characteristic *c = plant_characteristic(plant, list->items[i]);
        if (!c) {
            const char **names = memory_zero(plant->n_characteristics + 1, sizeof *names);
            for (size_t k = 0; k < plant->n_characteristics; k++)
                names[k] = plant->characteristics[k].name;
            unknown_name("characteristic", list->items[i], names, plant->n_characteristics);
            free(names);
            return -1;
        }
        job->characteristics[job->count++] = c;
    }
    return 0;
}

/* NULL-terminated; NULL when one is unknown. */
static const struct characteristic_group **choose_groups(const struct request *request, const struct plant *plant)
{
    const struct option_list *list = &request->groups;
    const struct characteristic_group **groups = memory_zero(list->count + 1, sizeof *groups);
    for (size_t i = 0; i < list->count; i++)
        if (!(groups[i] = plant_group(plant, list->items[i]))) {
            const char **names = memory_zero(plant->n_groups + 1, sizeof *names);
            for (size_t k = 0; k < plant->n_groups; k++)
                names[k] = plant->groups[k].name;
            unknown_name("group", list->items[i], names, plant->n_groups);
            free(names);
            free(groups);
            return NULL;
        }
    return groups;
}

static int make_ad_hoc(const struct request *request, struct store *store, const struct plant *plant)
{
    unsigned by_name = report_job_format_of(request->path);
    struct report_job job = {.name = "report", .sheet = {.name = "", .customer = ""}};
    job.formats = request->format_bits ? request->format_bits : by_name ? by_name : REPORT_TEXT;
    bool printable = job.formats == REPORT_TEXT || job.formats == REPORT_CSV;
    job.path = request->path ? request->path : printable ? "-" : ".";
    job.characteristics = memory_zero(plant->n_characteristics + request->characteristics.count + 1, sizeof *job.characteristics);
    const struct characteristic_group **groups = choose_groups(request, plant);
    int status = EXIT_FAILED;
    job.groups = groups;
    job.n_groups = request->groups.count;
    if (groups && choose(&job, request, plant) == 0) {
        if (job.count + job.n_groups == 1)
            job.name = job.count ? job.characteristics[0]->name : groups[0]->name;
        status = make(&job, request, "today", store, plant);
    }
    free(groups);
    free(job.characteristics);
    return status;
}

static int make_named(const struct request *request, struct store *store, const struct plant *plant)
{
    const char **names = memory_zero(plant->n_reports + 1, sizeof *names);
    int status = EXIT_FAILED;
    const struct report *found = NULL;
    for (size_t i = 0; i < plant->n_reports; i++) {
        names[i] = plant->reports[i].name;
        if (!strcmp(names[i], request->name))
            found = &plant->reports[i];
    }
    if (found)
        status = make_configured(found, request, store, plant);
    else
        unknown_name("report", request->name, names, plant->n_reports);
    free(names);
    return status;
}

static int make_all(const struct request *request, struct store *store, const struct plant *plant)
{
    int worst = EXIT_FINE;
    for (size_t i = 0; i < plant->n_reports; i++) {
        int status = make_configured(&plant->reports[i], request, store, plant);
        worst = status > worst ? status : worst;
    }
    return worst;
}

static int run(const struct request *request, struct store *store, const struct plant *plant)
{
    bool choices = request->characteristics.count || request->groups.count || request->worst || request->path || request->format_bits || request->last;
    if (request->name)
        return make_named(request, store, plant);
    if (plant->n_reports && !choices)
        return make_all(request, store, plant);
    return make_ad_hoc(request, store, plant);
}

static int check_request(struct request *request, struct error *err)
{
    if (request->formats.count && !(request->format_bits = report_job_formats(request->formats.items, request->formats.count, err)))
        return -1;
    if (request->worst < 0 || request->last < 0)
        return error_set(err, ERR_USAGE, "--worst and --last count from 1");
    if (request->name && (request->characteristics.count || request->groups.count))
        return error_set(err, ERR_USAGE, "give the name of a configured report or --characteristic and --group, not both");
    return 0;
}

int report_command(int argc, char **argv)
{
    struct request request = {0};
    struct error err = {0};
    int parsed = parse(&request, argc, argv);
    if (parsed)
        return parsed > 0 ? EXIT_FINE : EXIT_FAILED;
    if (check_request(&request, &err))
        return failed(NULL, &err);
    struct plant *plant = plant_open(request.config);
    struct store *store = plant ? store_open_plant(plant, STORE_READ) : NULL;
    int status = store ? run(&request, store, plant) : EXIT_FAILED;
    store_close(store);
    plant_free(plant);
    return status;
}
