#include "tui/group_chart.h"

#include "tui/board.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct group_model *model_of(const struct group_chart *chart, int64_t number)
{
    for (size_t i = 0; i < chart->n_models; i++)
        if (chart->models[i].number == number)
            return &chart->models[i];
    return NULL;
}

static int load_models(struct group_chart *chart, struct store *store, struct error *err)
{
    size_t room = 0;
    for (size_t i = 0; i < chart->count; i++) {
        int64_t number = chart->points[i].model;
        if (!number || model_of(chart, number))
            continue;
        memory_grow((void **)&chart->models, &room, chart->n_models, sizeof *chart->models);
        if (store_group_model(store, chart->group->id, number, &chart->models[chart->n_models], err))
            return -1;
        chart->n_models++;
    }
    return 0;
}

int group_chart_load(struct group_chart *chart, struct store *store, const struct characteristic_group *group, int64_t last, struct error *err)
{
    group_chart_free(chart);
    chart->group = group;
    if (group->id &&
        (store_group_points(store, group->id, 0, INT64_MAX, last, &chart->points, &chart->count, err) || load_models(chart, store, err))) {
        group_chart_free(chart);
        return -1;
    }
    chart->plot = memory_zero(chart->count + 1, sizeof *chart->plot);
    for (size_t i = 0; i < chart->count; i++) {
        const struct group_point *point = &chart->points[i];
        struct limit_line line = {point->center, NAN, point->ucl, NAN};
        chart->plot[i] = (struct plot_point){.value = point->statistic, .line = line, .rule = group_signals(point)};
    }
    return 0;
}

void group_chart_free(struct group_chart *chart)
{
    free(chart->points);
    free(chart->plot);
    free(chart->models);
    *chart = (struct group_chart){0};
}

void group_chart_title(const struct group_chart *chart, char *out, size_t size)
{
    char settings[400], when[24], from[120] = "no points yet";
    const struct group_point *newest = chart->count ? &chart->points[chart->count - 1] : NULL;
    const struct group_model *model = newest ? model_of(chart, newest->model) : NULL;
    if (model)
        snprintf(from, sizeof from, "limits %s, calculated from points %lld-%lld", text_time_local(model->time_us, "%Y-%m-%d", when, sizeof when),
                 (long long)model->first_point, (long long)model->last_point);
    else if (newest)
        snprintf(from, sizeof from, "no limits yet: it learns from its first %d points", chart->group->baseline);
    snprintf(out, size, "%s; %s", from, group_settings(chart->group, settings, sizeof settings));
}

char *group_chart_blame(const struct group_chart *chart, const struct group_point *point, char *out, size_t size)
{
    const struct group_model *model = model_of(chart, point->model);
    out[0] = 0;
    return model ? group_words(chart->group, model, point, out, size) : out;
}

void group_chart_readout(const struct group_chart *chart, const struct group_point *point, const char *time, char *out, size_t size)
{
    char statistic[32], ucl[32];
    snprintf(out, size, "#%lld %s  %s %s  UCL %s%s%s%s", (long long)point->number, time, group_statistic(chart->group),
             text_number(point->statistic, 2, statistic, sizeof statistic), text_number(point->ucl, 2, ucl, sizeof ucl),
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
GET(signal, cell->integer = group_signals(point))
GET(model, cell->integer = point->model)
GET(serial, cell_text(cell, point->serial))
GET(blame, group_chart_blame(((const struct row *)data)->chart, point, cell->text, sizeof cell->text))

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

static void put_point(struct json *json, const struct group_chart *chart, const struct group_point *point)
{
    struct t2_part parts[MULTIVARIATE_MAX];
    int order[MULTIVARIATE_MAX];
    const struct group_model *model = model_of(chart, point->model);
    size_t p = chart->group->n_members;
    bool blamed = model && (size_t)model->t2.p == p && group_blame(model, point, parts, order);
    json_open(json, NULL, '{');
    json_integer(json, "number", point->number);
    json_time(json, "time", point->time_us);
    json_integer(json, "n", point->n);
    json_number(json, "statistic", point->statistic);
    json_number(json, "center", point->center);
    json_number(json, "ucl", point->ucl);
    json_boolean(json, "signal", group_signals(point));
    json_integer(json, "model", point->model);
    json_text(json, "serial", point->serial);
    json_open(json, "variables", '[');
    for (size_t i = 0; i < p; i++) {
        int v = blamed ? order[i] : (int)i;
        json_open(json, NULL, '{');
        json_text(json, "name", chart->group->members[v]->name);
        json_number(json, "value", point->vector[v]);
        json_number(json, "given_others", blamed ? parts[v].given_others : NAN);
        json_number(json, "alone", blamed ? parts[v].alone : NAN);
        json_number(json, "p", blamed ? parts[v].p : NAN);
        json_close(json, '}');
    }
    json_close(json, ']');
    json_close(json, '}');
}

static void print_json(const struct group_chart *chart, FILE *stream)
{
    char settings[600];
    struct json json = {.stream = stream, .first = {true}};
    json_open(&json, NULL, '{');
    json_text(&json, "name", chart->group->name);
    json_text(&json, "chart", chart->group->chart == GROUP_MEWMA ? "mewma" : "t2");
    group_chart_title(chart, settings, sizeof settings);
    json_text(&json, "settings", settings);
    json_number(&json, "alpha", chart->group->alpha);
    json_open(&json, "points", '[');
    for (size_t i = 0; i < chart->count; i++)
        put_point(&json, chart, &chart->points[i]);
    json_close(&json, ']');
    json_close(&json, '}');
}

int group_chart_print(const struct group_chart *chart, enum output_format format, FILE *stream, struct error *err)
{
    char title[600];
    if (format == OUTPUT_JSON) {
        print_json(chart, stream);
        return 0;
    }
    group_chart_title(chart, title, sizeof title);
    if (format == OUTPUT_TEXT)
        fprintf(stream, "%s  %s\n\n", chart->group->name, title);
    return print_rows(chart, format, stream, err);
}
