#include "tui/board.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct group_row {
    const struct characteristic_group *group;
    struct group_point newest; /* number 0: none */
    const char *limits;        /* their state; "none" */
    int64_t incomplete;        /* parts that could not be judged */
    char why[200];             /* there are no limits, or the newest part is not judged; "" */
    int open, new;             /* alarms */
    char members[160];
};

#define ROW(name) const struct group_row *name = data

static int newest_point(struct group_row *row, struct store *store, struct error *err)
{
    struct group_point *points;
    size_t count;
    if (!row->group->id)
        return 0;
    if (store_group_points(store, row->group->id, 0, INT64_MAX, 1, &points, &count, err))
        return -1;
    if (count)
        row->newest = points[0];
    free(points);
    return 0;
}

/* The limits in force, and what keeps parts from being judged. */
static int load_standing(struct group_row *row, struct store *store, struct error *err)
{
    struct group_model model;
    struct group_standing standing;
    struct error why = {0};
    row->limits = "none";
    if (!row->group->id)
        return 0;
    if (store_group_model(store, row->group->id, 0, &model, &why) == 0) {
        if (group_fits(&model, row->group))
            row->limits = limits_state_name(model.state);
    } else if (why.code != ERR_NOT_FOUND)
        return error_set(err, why.code, "%s", why.text);
    if (store_group_standing(store, row->group->id, (int)row->group->n_members, &standing, &why))
        return why.code == ERR_NOT_FOUND ? 0 : error_set(err, why.code, "%s", why.text);
    row->incomplete = standing.incomplete;
    if (standing.incomplete_us > row->newest.time_us)
        board_text(row->why, sizeof row->why, standing.lacks);
    else if (*standing.no_model)
        snprintf(row->why, sizeof row->why, "no limits: %.180s", standing.no_model);
    return 0;
}

static void name_members(struct group_row *row)
{
    size_t used = 0;
    for (size_t i = 0; i < row->group->n_members && used < sizeof row->members; i++)
        used += (size_t)snprintf(row->members + used, sizeof row->members - used, "%s%s", i ? " " : "", row->group->members[i]->name);
}

static int fill(const struct board_source *source, size_t i, void *data, struct error *err)
{
    struct group_row *row = data;
    *row = (struct group_row){.group = &source->plant->groups[i], .newest = {.statistic = NAN, .ucl = NAN, .dispersion = NAN}};
    name_members(row);
    for (size_t k = 0; k < source->n_alarms; k++)
        if (!strcmp(source->alarms[k].kind, "signal") && !strcmp(source->alarms[k].object, row->group->name)) {
            row->open++;
            row->new += alarm_is_new(&source->alarms[k]);
        }
    return newest_point(row, source->store, err) || load_standing(row, source->store, err) ? -1 : 0;
}

static int load(const struct board_source *source, void **rows, size_t *count, struct error *err)
{
    const struct board_filling filling = {source->plant->n_groups, sizeof(struct group_row), fill, NULL};
    return board_load(&filling, source, rows, count, err);
}

#define GET(name, statements) CELL_GETTER(struct group_row, name, statements)
GET(name, cell_text(cell, row->group->name))
GET(chart, cell_text(cell, group_statistic(row->group)))
GET(points, cell->integer = row->newest.number)
GET(statistic, cell_number(cell, row->newest.statistic, 2))
GET(ucl, cell_number(cell, row->newest.ucl, 2))
GET(alarms, cell->integer = row->open)
GET(limits, cell_text(cell, row->limits))
GET(incomplete, cell->integer = row->incomplete)
GET(why, cell_text(cell, row->why))
GET(model, cell->integer = row->newest.model)
GET(dispersion, cell_number(cell, row->newest.dispersion, 4))
GET(time, cell->integer = row->newest.time_us)
GET(members, cell_text(cell, row->members))

static void get_signal_words(const void *data, struct cell *cell)
{
    ROW(row);
    snprintf(cell->text, sizeof cell->text, row->new ? "%d new" : row->open ? "%d open" : "-", row->new ? row->new : row->open);
}

static const struct column columns[] = {
    {"name", "NAME", COLUMN_TEXT, -16, get_name},
    {"chart", "CHART", COLUMN_TEXT, -6, get_chart},
    {NULL, "SIGNALS", COLUMN_TEXT, -7, get_signal_words},
    {"statistic", "VALUE", COLUMN_NUMBER, 8, get_statistic},
    {"ucl", "UCL", COLUMN_NUMBER, 8, get_ucl},
    {"points", "POINTS", COLUMN_INTEGER, 7, get_points},
    {"limits", "LIMITS", COLUMN_TEXT, -11, get_limits},
    {"members", "MEMBERS", COLUMN_LIST, -40, get_members},
    {"alarms", NULL, COLUMN_INTEGER, 5, get_alarms},
    {"time", NULL, COLUMN_TIME, 8, get_time},
    {"dispersion", NULL, COLUMN_NUMBER, 10, get_dispersion},
    {"model", NULL, COLUMN_INTEGER, 5, get_model},
    {"incomplete", NULL, COLUMN_INTEGER, 10, get_incomplete},
    {"why", NULL, COLUMN_TEXT, -40, get_why},
};

static const char *name(const void *data)
{
    ROW(row);
    return row->group->name;
}

static enum look look(const void *data)
{
    ROW(row);
    return row->new ? LOOK_WARN : LOOK_DEFAULT;
}

static void detail(const void *data, char *out, size_t size)
{
    ROW(row);
    size_t used = (size_t)snprintf(out, size, "%s: %s", row->group->name, *row->why ? row->why : row->members);
    if (row->incomplete && used < size)
        snprintf(out + used, size - used, "  (%lld incomplete)", (long long)row->incomplete);
}

const struct board board_groups = {
    "groups",
    "no characteristics are charted together: add `characteristic_groups:` to the configuration",
    columns,
    sizeof columns / sizeof columns[0],
    sizeof(struct group_row),
    load,
    name,
    look,
    detail,
    NULL,
};
