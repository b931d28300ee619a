#include "acquisition/acquisition.h"

#include "acquisition/scan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { UNIT_FIRST = 1, UNIT_LAST = 247, UNITS = 256, LOST_MOST = 3 };

static const enum area areas[] = {AREA_HOLDING, AREA_INPUT, AREA_COIL, AREA_DISCRETE};
enum { AREAS = sizeof areas / sizeof areas[0] };

struct scan {
    struct scout scout;
    bool wanted[UNITS], found[UNITS];
    int n_wanted, n_found, lost; /* lost: connections in a row */
    struct progress progress;
};

bool scan_answered(const struct outcome *outcome)
{
    return outcome->kind == OUTCOME_GOOD || outcome->kind == OUTCOME_EXCEPTION;
}

/* --- progress, on a terminal only */

void progress_begin(struct progress *progress, int64_t total)
{
    *progress = (struct progress){.shown = isatty(STDERR_FILENO), .begun_us = clock_monotonic_us(), .total = total};
}

void progress_clear(const struct progress *progress)
{
    if (progress->shown && progress->next_us)
        fputs("\r\033[K", stderr);
}

void progress_step(struct progress *progress, int64_t steps, const char *what)
{
    int64_t now_us = clock_monotonic_us();
    progress->done += steps;
    progress->requests++;
    if (!progress->shown || now_us < progress->next_us)
        return;
    char left[16];
    double elapsed_us = (double)(now_us - progress->begun_us), share = (double)progress->done / (double)progress->total;
    progress->next_us = now_us + SECOND_US / 5;
    text_age(share > 0 ? (int64_t)(elapsed_us / share - elapsed_us) : 0, left, sizeof left);
    fprintf(stderr, "\r\033[K%s: %.0f %%, %.1f requests a second, %s left", what, 100 * share,
            (double)progress->requests * SECOND_US / (elapsed_us > 0 ? elapsed_us : 1), left);
}

/* --- units */

static int parse_units(const struct option_list *list, struct scan *scan)
{
    for (size_t i = 0; i < list->count; i++) {
        int first, last, used = 0;
        if (sscanf(list->items[i], "%d%n", &first, &used) == 1 && !list->items[i][used])
            last = first;
        else if (sscanf(list->items[i], "%d-%d%n", &first, &last, &used) != 2 || list->items[i][used])
            first = -1;
        if (first < 0 || last < first || last >= UNITS) {
            fprintf(stderr, "gemba scan: --units '%.40s': numbers and ranges, as in 1-10,17\n", list->items[i]);
            return -1;
        }
        for (int unit = first; unit <= last; unit++)
            scan->wanted[unit] = true;
    }
    for (int unit = UNIT_FIRST; list->count == 0 && unit <= UNIT_LAST; unit++)
        scan->wanted[unit] = true;
    for (int unit = 0; unit < UNITS; unit++)
        scan->n_wanted += scan->wanted[unit];
    return 0;
}

/* What a unit that is there says to the first address of each area. */
static void describe(struct scan *scan, int unit)
{
    printf("unit %-3d", unit);
    for (int i = 0; i < AREAS; i++) {
        uint16_t value;
        struct outcome outcome = scout_read(&scan->scout, unit, areas[i], 0, 1, &value);
        printf("  %s:0 ", area_name(areas[i]));
        if (outcome.kind == OUTCOME_GOOD)
            printf("%-12d", value);
        else if (outcome.exception)
            printf("exception %-2d", outcome.exception);
        else
            printf("%-12s", outcome.kind == OUTCOME_TIMEOUT ? "silent" : "error");
    }
    putchar('\n');
    fflush(stdout);
}

/* -1 when the endpoint itself is lost. */
static int ask_unit(struct scan *scan, int unit, enum area area)
{
    uint16_t value;
    char what[64];
    struct outcome outcome = scout_read(&scan->scout, unit, area, 0, 1, &value);
    snprintf(what, sizeof what, "unit %d by %s, %d found", unit, area_name(area), scan->n_found);
    progress_step(&scan->progress, 1, what);
    scan->lost = outcome.kind == OUTCOME_LOST ? scan->lost + 1 : 0;
    if (scan->lost > LOST_MOST) {
        progress_clear(&scan->progress);
        fprintf(stderr, "gemba scan: %s: %s\n", scan->scout.link.url, outcome.text);
        return -1;
    }
    if (!scan_answered(&outcome))
        return 0;
    scan->found[unit] = true;
    scan->n_found++;
    progress_clear(&scan->progress);
    describe(scan, unit);
    return 0;
}

static int scan_units(struct scan *scan)
{
    progress_begin(&scan->progress, (int64_t)scan->n_wanted * AREAS);
    for (int i = 0; i < AREAS; i++)
        for (int unit = 0; unit < UNITS; unit++)
            if (scan->wanted[unit] && !scan->found[unit] && ask_unit(scan, unit, areas[i]))
                return -1;
            else if (scan->wanted[unit] && scan->found[unit])
                scan->progress.done += i > 0;
    progress_clear(&scan->progress);
    if (scan->n_found == scan->n_wanted && scan->n_found > 16)
        printf("every unit answers: the device does not look at the unit's number\n");
    return 0;
}

/* --- the whole */

static int scan_all(struct scan *scan, bool ranges, int first, int last)
{
    if (scan_units(scan))
        return 2;
    if (scan->n_found == 0) {
        fprintf(stderr, "gemba scan: nobody answers at %s%s\n", scan->scout.link.url,
                scan->scout.link.kind == LINK_TCP ? "" : ": check the wiring (A and B swapped?), the termination and the power of the devices");
        return 2;
    }
    for (int unit = 0; ranges && unit < UNITS; unit++)
        for (int i = 0; scan->found[unit] && i < AREAS; i++)
            if (scan_range(&scan->scout, unit, areas[i], first, last))
                return 2;
    return 0;
}

int scan_command(int argc, char **argv)
{
    const char *operands[1] = {NULL}, *span = "0-9999";
    struct option_list units = {0};
    struct scan scan = {0};
    int64_t timeout_us = 3 * SECOND_US / 10;
    bool ranges = false;
    int first, last, used = 0;
    const struct option_row rows[] = {
        {"units", 'u', OPTION_LIST, "LIST", "units to ask, as in 1-10,17; default 1-247", &units},
        {"ranges", 'r', OPTION_FLAG, NULL, "find what each unit lets be read, too", &ranges},
        {"span", 's', OPTION_TEXT, "FROM-TO", "addresses that --ranges looks at; default 0-9999", &span},
        {"timeout", 't', OPTION_DURATION, "DURATION", "how long an answer may take; default 300ms", &timeout_us},
    };
    const struct command_line line = {
        "gemba scan URL [--units LIST] [--ranges] [--span FROM-TO] [--timeout 300ms]",
        "Finds the units on a link, without any configuration: each number is asked for a holding register, an input register, a coil and a discrete "
        "input; any answer counts, an exception too. On a serial line whose URL does not say them, baud rate and parity are found first. "
        "Only reads. Exit status: 0 somebody answers, 2 nobody.",
        rows, sizeof rows / sizeof rows[0], 1};
    int parsed = options_parse(&line, argc, argv, operands);
    if (parsed)
        return parsed > 0 ? 0 : 2;
    if (!operands[0] || sscanf(span, "%d-%d%n", &first, &last, &used) != 2 || span[used] || first < 0 || last < first || last > 65535) {
        fprintf(stderr, operands[0] ? "gemba scan: --span is as in 0-9999, at most 0-65535\n"
                                    : "gemba scan: a URL is wanted, as in `gemba scan tcp://10.0.3.17` or `gemba scan rtu:///dev/ttyUSB0`\n");
        return 2;
    }
    struct error err;
    if (parse_units(&units, &scan))
        return 2;
    if (scan_open(&scan.scout, operands[0], scan.wanted, timeout_us, &err))
        return options_failed("scan", &err);
    int status = scan_all(&scan, ranges, first, last);
    scout_close(&scan.scout);
    return status;
}
