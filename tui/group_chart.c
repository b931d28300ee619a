#include "tui/group_chart.h"

#include "tui/board.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int group_chart_load(struct group_chart *chart, struct store *store, const struct plant *plant, const struct characteristic_group *group,
                     int64_t last, struct error *err)
{
    const struct period all = {.to_us = INT64_MAX, .words = "all"};
    group_chart_free(chart);
    if (group_study_make(&chart->study, store, plant, group, &all, last, err))
        return -1;
    chart->group = group;
    chart->points = chart->study->points;
    chart->count = chart->study->n_points;
    chart->plot = memory_zero(chart->count + 1, sizeof *chart->plot);
    chart->spread = memory_zero(chart->count + 1, sizeof *chart->spread);
    for (size_t i = 0; i < chart->count; i++) {
        const struct group_point *point = &chart->points[i];
        struct limit_line line = {point->center, NAN, point->ucl, NAN};
        chart->plot[i] = (struct plot_point){.value = point->statistic, .line = line, .rule = group_signals_mean(point), .excluded = point->excluded};
        chart->spread[i] =
            (struct plot_point){.value = point->dispersion, .line = point->spread, .rule = group_signals_spread(point), .excluded = point->excluded};
    }
    return 0;
}

void group_chart_free(struct group_chart *chart)
{
    group_study_free(chart->study);
    free(chart->plot);
    free(chart->spread);
    *chart = (struct group_chart){0};
}

void group_chart_title(const struct group_chart *chart, char *out, size_t size)
{
    snprintf(out, size, "%s", chart->study->settings);
}

void group_chart_blame(const struct group_chart *chart, const struct group_point *point, char *out, size_t size)
{
    char words[300];
    if (point->excluded)
        snprintf(out, size, "excluded: it stays drawn and no longer counts");
    else if (group_signals(point) && *group_study_who(chart->study, point, words, sizeof words))
        snprintf(out, size, "contributes most: %s", words);
    else if (*group_study_blame(chart->study, point, words, sizeof words))
        snprintf(out, size, "contributes most: %s", words);
    else if (*chart->study->why)
        snprintf(out, size, "%s", chart->study->why);
    else
        snprintf(out, size, "not judged: the baseline is not complete");
}

void group_chart_readout(const struct group_chart *chart, const struct group_point *point, const char *time, char *out, size_t size)
{
    char statistic[32], ucl[32], spread[80] = "";
    if (!isnan(point->dispersion))
        snprintf(spread, sizeof spread, "  |S| %.3g UCL %.3g", point->dispersion, point->spread.ucl);
    snprintf(out, size, "#%lld %s  %s %s  UCL %s%s%s%s%s", (long long)point->number, time, group_statistic(chart->group),
             text_number(point->statistic, 2, statistic, sizeof statistic), text_number(point->ucl, 2, ucl, sizeof ucl), spread,
             group_signals(point) ? "  SIGNAL" : "", point->serial[0] ? "  serial " : "", point->serial);
}

/* --- for scripts */

struct row {
    const struct group_chart *chart;
    const struct group_point *point;
};

#define GET(name, expression)                                                                                                                        \
    static void get_##name(const void *data, struct cell *cell)                                                                                      \
    {                                                                                                                                                \
        const struct group_point *point = ((const struct row *)data)->point;                                                                         \
        expression;                                                                                                                                  \
    }
GET(number, cell->integer = point->number)
GET(time, cell->integer = point->time_us)
GET(n, cell->integer = point->n)
GET(statistic, cell_number(cell, point->statistic, 2))
GET(center, cell_number(cell, point->center, 2))
GET(ucl, cell_number(cell, point->ucl, 2))
GET(dispersion, cell->number = point->dispersion)
GET(dispersion_center, cell->number = point->spread.center)
GET(dispersion_lcl, cell->number = point->spread.lcl)
GET(dispersion_ucl, cell->number = point->spread.ucl)
GET(excluded, cell->integer = point->excluded)
GET(signal, cell->integer = group_signals(point))
GET(model, cell->integer = point->model)
GET(serial, cell_text(cell, point->serial))
GET(blame,
    (group_signals(point) ? group_study_who : group_study_blame)(((const struct row *)data)->chart->study, point, cell->text, sizeof cell->text))

static const struct column columns[] = {
    {"number", "POINT", COLUMN_INTEGER, 6, get_number},
    {"time", "TIME", COLUMN_TIME, 8, get_time},
    {"n", NULL, COLUMN_INTEGER, 3, get_n},
    {"statistic", "VALUE", COLUMN_NUMBER, 9, get_statistic},
    {"center", NULL, COLUMN_NUMBER, 9, get_center},
    {"ucl", "UCL", COLUMN_NUMBER, 9, get_ucl},
    {"signal", "SIGNAL", COLUMN_BOOLEAN, 6, get_signal},
    {"model", NULL, COLUMN_INTEGER, 5, get_model},
    {"contributing", "CONTRIBUTING", COLUMN_TEXT, -40, get_blame},
    {"serial", NULL, COLUMN_TEXT, -16, get_serial},
    {"dispersion", NULL, COLUMN_NUMBER, 9, get_dispersion},
    {"dispersion_center", NULL, COLUMN_NUMBER, 9, get_dispersion_center},
    {"dispersion_lcl", NULL, COLUMN_NUMBER, 9, get_dispersion_lcl},
    {"dispersion_ucl", NULL, COLUMN_NUMBER, 9, get_dispersion_ucl},
    {"excluded", NULL, COLUMN_BOOLEAN, 8, get_excluded},
};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

static int print_rows(const struct group_chart *chart, enum output_format format, FILE *stream, struct error *err)
{
    struct column shown[COLUMNS];
    size_t n = 0;
    for (size_t i = 0; i < COLUMNS; i++)
        if (format != OUTPUT_TEXT || columns[i].title)
            shown[n++] = columns[i];
    struct output *output = output_begin(stream, format, shown, n);
    for (size_t i = 0; i < chart->count; i++)
        output_row(output, &(struct row){chart, &chart->points[i]});
    return output_end(output, err);
}

static void put_variables(struct json *json, const struct group_chart *chart, const struct group_point *point)
{
    struct t2_part parts[MULTIVARIATE_MAX];
    const struct group_model *model = group_study_model(chart->study, point);
    size_t p = chart->group->n_members;
    bool blamed = model && (size_t)model->t2.p == p && group_blame(model, point, parts);
    json_open(json, "variables", '[');
    for (size_t i = 0; i < p; i++) {
        int v = blamed ? parts[i].variable : (int)i;
        json_open(json, NULL, '{');
        json_text(json, "name", chart->group->members[v]->name);
        json_number(json, "value", point->vector[v]);
        json_number(json, "given_others", blamed ? parts[i].given_others : NAN);
        json_number(json, "limit", blamed ? parts[i].limit : NAN);
        json_number(json, "p", blamed ? parts[i].p : NAN);
        json_number(json, "alone", blamed ? parts[i].alone : NAN);
        json_number(json, "alone_limit", blamed ? parts[i].alone_limit : NAN);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void put_spread(struct json *json, const struct group_point *point)
{
    json_open(json, "generalised_variance", '{');
    json_number(json, "value", point->dispersion);
    json_number(json, "center", point->spread.center);
    json_number(json, "lcl", point->spread.lcl);
    json_number(json, "ucl", point->spread.ucl);
    json_boolean(json, "signal", group_signals_spread(point));
    json_close(json, '}');
}

static void put_point(struct json *json, const struct group_chart *chart, const struct group_point *point)
{
    json_open(json, NULL, '{');
    json_integer(json, "number", point->number);
    json_time(json, "time", point->time_us);
    json_integer(json, "n", point->n);
    json_number(json, "statistic", point->statistic);
    json_number(json, "center", point->center);
    json_number(json, "ucl", point->ucl);
    json_boolean(json, "signal", group_signals(point));
    json_boolean(json, "excluded", point->excluded);
    if (group_chart_of(chart->group)->dispersion)
        put_spread(json, point);
    json_integer(json, "model", point->model);
    json_text(json, "serial", point->serial);
    put_variables(json, chart, point);
    json_close(json, '}');
}

static void print_json(const struct group_chart *chart, FILE *stream)
{
    char settings[700];
    struct json json = {.stream = stream, .first = {true}};
    json_open(&json, NULL, '{');
    json_text(&json, "name", chart->group->name);
    json_text(&json, "chart", chart->group->chart == GROUP_MEWMA ? "mewma" : "t2");
    group_chart_title(chart, settings, sizeof settings);
    json_text(&json, "settings", settings);
    json_number(&json, "alpha", chart->group->alpha);
    json_text(&json, "limits", chart->study->model ? limits_state_name(chart->study->model->state) : "none");
    json_integer(&json, "incomplete", chart->study->incomplete);
    json_text(&json, "why", chart->study->why);
    json_open(&json, "points", '[');
    for (size_t i = 0; i < chart->count; i++)
        put_point(&json, chart, &chart->points[i]);
    json_close(&json, ']');
    json_close(&json, '}');
}

int group_chart_print(const struct group_chart *chart, enum output_format format, FILE *stream, struct error *err)
{
    char title[700];
    if (format == OUTPUT_JSON) {
        print_json(chart, stream);
        return 0;
    }
    group_chart_title(chart, title, sizeof title);
    if (format == OUTPUT_TEXT)
        fprintf(stream, "%s  %s\n\n", chart->group->name, title);
    return print_rows(chart, format, stream, err);
}
