#include "tui/board.h"
#include "tui/capability_print.h"
#include "tui/chart.h"
#include "tui/group_chart.h"
#include "tui/tui.h"

#include <stdlib.h>
#include <string.h>

enum { CHART_POINTS = 60, TEXT_POINTS = 32, COLUMNS_MOST = 48 };

static const struct board *const boards[] = {
    &board_overview, &board_characteristics, &board_alarms, &board_links, &board_oee, &board_tags, &board_groups,
};
enum { BOARDS = sizeof boards / sizeof boards[0] };

struct request {
    struct plant *plant;
    struct store *store;
    const char *screen, *name;
    enum output_format format;
    bool history;
};

static int refuse(const char *what, const char *word, const char *const *names, size_t count)
{
    const char *nearest = text_nearest(word, names, count);
    if (nearest)
        fprintf(stderr, "gemba show: no %s '%s': did you mean '%s'?\n", what, word, nearest);
    else {
        fprintf(stderr, "gemba show: no %s '%s'; there are:", what, word);
        for (size_t i = 0; i < count; i++)
            fprintf(stderr, " %s", names[i]);
        fputc('\n', stderr);
    }
    return 2;
}

/* Columns without a key are the screen's only, those without a title the scripts' only. */
static size_t columns_for(enum output_format format, const struct board *board, struct column *out)
{
    size_t count = 0;
    for (size_t i = 0; i < board->n_columns && count < COLUMNS_MOST; i++)
        if (format == OUTPUT_TEXT ? board->columns[i].title != NULL : board->columns[i].key != NULL)
            out[count++] = board->columns[i];
    return count;
}

static int show_board(const struct request *request, const struct board *board)
{
    const struct board_source source = {.store = request->store, .plant = request->plant, .now_us = clock_now_us(), .history = request->history};
    struct column columns[COLUMNS_MOST];
    struct error err;
    void *rows;
    size_t count, n_columns = columns_for(request->format, board, columns), printed = 0;
    if (board->load(&source, &rows, &count, &err))
        return options_failed("show", &err);
    const char **names = memory_zero(count + 1, sizeof *names);
    struct output *output = NULL;
    for (size_t i = 0; i < count; i++) {
        const void *row = (char *)rows + i * board->row_size;
        names[i] = board->name(row);
        if (request->name && strcmp(request->name, names[i]))
            continue;
        if (!output)
            output = output_begin(stdout, request->format, columns, n_columns);
        output_row(output, row);
        printed++;
    }
    int status = 0;
    if (request->name && !printed)
        status = refuse("row", request->name, names, count);
    else if (output_end(output ? output : output_begin(stdout, request->format, columns, n_columns), &err))
        status = options_failed("show", &err);
    free(names);
    free(rows);
    return status;
}

/* Without a name: the first of the work list, which is the one that needs people most. */
static const struct characteristic *worst(const struct request *request, struct error *err)
{
    const struct board_source source = {.store = request->store, .plant = request->plant, .now_us = clock_now_us()};
    const struct characteristic *found = NULL;
    void *rows;
    size_t count;
    if (board_characteristics.load(&source, &rows, &count, err))
        return NULL;
    if (count)
        found = plant_characteristic(request->plant, board_characteristics.name(rows));
    else
        error_set(err, ERR_NOT_FOUND, "%s", board_characteristics.empty);
    free(rows);
    return found;
}

static int refuse_characteristic(const struct request *request)
{
    const struct plant *plant = request->plant;
    const char **names = memory_zero(plant->n_characteristics + 1, sizeof *names);
    for (size_t i = 0; i < plant->n_characteristics; i++)
        names[i] = plant->characteristics[i].name;
    int status = refuse("characteristic", request->name, names, plant->n_characteristics);
    free(names);
    return status;
}

static int flushed(int status, struct error *err)
{
    if (!status && (fflush(stdout) || ferror(stdout)))
        status = error_set(err, ERR_IO, "the output could not be written");
    return status ? options_failed("show", err) : 0;
}

static int show_group(const struct request *request, const struct characteristic_group *group)
{
    struct error err;
    struct group_chart chart = {0};
    int status = group_chart_load(&chart, request->store, request->plant, group, request->format == OUTPUT_TEXT ? TEXT_POINTS : CHART_POINTS, &err) ||
                 group_chart_print(&chart, request->format, stdout, &err);
    group_chart_free(&chart);
    return flushed(status, &err);
}

/* By name, or the one that needs people most; NULL: said why. */
static const struct characteristic *wanted(const struct request *request)
{
    struct error err = {0};
    const struct characteristic *characteristic = request->name ? plant_characteristic(request->plant, request->name) : worst(request, &err);
    if (!characteristic)
        request->name ? refuse_characteristic(request) : options_failed("show", &err);
    return characteristic;
}

static int print_json(const struct request *request, const struct chart *chart, struct error *err)
{
    struct study *capability;
    if (capability_study(&capability, request->store, request->plant, chart->characteristic, err))
        return -1;
    chart_print_json(chart, capability, stdout);
    study_free(capability);
    return 0;
}

static int show_chart(const struct request *request)
{
    struct error err = {0};
    const struct characteristic_group *group = request->name ? plant_group(request->plant, request->name) : NULL;
    if (group)
        return show_group(request, group);
    struct chart chart = {0};
    const struct characteristic *characteristic = wanted(request);
    if (!characteristic)
        return 2;
    int points = request->format == OUTPUT_TEXT ? TEXT_POINTS : CHART_POINTS;
    if (chart_load(&chart, request->store, request->plant, characteristic, points, 0, clock_now_us(), &err))
        return options_failed("show", &err);
    int status = 0;
    if (request->format == OUTPUT_TEXT)
        chart_print_text(&chart, stdout);
    else
        status = request->format == OUTPUT_JSON ? print_json(request, &chart, &err) : chart_print_csv(&chart, stdout, &err);
    chart_free(&chart);
    return flushed(status, &err);
}

static int show_capability(const struct request *request)
{
    struct error err = {0};
    struct study *study;
    const struct characteristic *characteristic = wanted(request);
    if (!characteristic)
        return 2;
    if (capability_study(&study, request->store, request->plant, characteristic, &err))
        return options_failed("show", &err);
    int status = capability_print(study, request->format, stdout, &err);
    study_free(study);
    return flushed(status, &err);
}

static int show(struct request *request)
{
    for (size_t i = 0; i < BOARDS; i++)
        if (!strcmp(request->screen, boards[i]->id))
            return show_board(request, boards[i]);
    return strcmp(request->screen, "chart") ? show_capability(request) : show_chart(request);
}

static bool known_screen(const char *screen)
{
    const char *names[BOARDS + 2];
    for (size_t i = 0; i < BOARDS; i++)
        names[i] = boards[i]->id;
    names[BOARDS] = "chart";
    names[BOARDS + 1] = "capability";
    for (size_t i = 0; i < BOARDS + 2; i++)
        if (!strcmp(screen, names[i]))
            return true;
    return refuse("screen", screen, names, BOARDS + 2), false;
}

int show_command(int argc, char **argv)
{
    const char *config = NULL, *format = "text", *operands[2];
    struct request request = {0};
    struct error err;
    const struct option_row rows[] = {
        OPTIONS_CONFIG(&config),
        {"format", 'f', OPTION_TEXT, "FORMAT", "text, csv or json", &format},
        {"history", 0, OPTION_FLAG, NULL, "alarms: closed ones too", &request.history},
    };
    const struct command_line line = {
        .usage = "gemba show SCREEN [NAME] [options]",
        .summary =
            "Prints once what a screen shows: overview, characteristics, chart, capability, alarms, links, oee, tags or groups; with NAME that "
            "row only. "
            "A chart or capability without NAME is that of the characteristic that needs people most.",
        .rows = rows,
        .count = sizeof rows / sizeof rows[0],
        .max_operands = 2,
    };
    int status = options_parse(&line, argc, argv, operands);
    if (status)
        return status < 0 ? 2 : 0;
    request.screen = operands[0] ? operands[0] : "overview";
    request.name = operands[1];
    if (output_format_parse(format, &request.format, &err))
        return options_failed("show", &err);
    if (!known_screen(request.screen) || !(request.plant = plant_open(config)))
        return 2;
    request.store = store_open_plant(request.plant, STORE_READ);
    status = request.store ? show(&request) : 2;
    store_close(request.store);
    plant_free(request.plant);
    return status;
}
