#include "tui/board.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROW(name) const struct overview_row *name = data

static bool stopped(enum oee_state state)
{
    return state == OEE_FAULT || state == OEE_BLOCKED;
}

/* How much a machine needs somebody, most first: stopped, silent, new signals, known signals, a missed requirement. */
static int urgency(const struct overview_row *row)
{
    return 1000 * stopped(row->state) + 500 * (row->stale || row->state == OEE_NO_DATA) + 100 * (row->new_signals > 0) + 10 * (row->signals > 0) +
           5 * row->missed;
}

static int worst_first(const void *a, const void *b)
{
    const struct overview_row *left = a, *right = b;
    int difference = urgency(right) - urgency(left);
    return difference ? difference : strcmp(left->name, right->name);
}

static void add_characteristic(struct overview_row *row, const struct board_source *source, const struct characteristic *characteristic)
{
    struct board_indices indices;
    int open, new;
    board_count_signals(source, characteristic->id, &open, &new);
    row->signals += open;
    row->new_signals += new;
    board_indices(&indices, source, characteristic);
    row->missed |= indices.requirement == REQUIREMENT_MISSED;
    if (isnan(row->index.index.value) || indices.index.value < row->index.index.value) {
        row->index = indices;
        board_text(row->worst, sizeof row->worst, isnan(indices.index.value) ? "" : characteristic->name);
    }
}

static int fill(const struct board_source *source, size_t place, void *data, struct error *err)
{
    struct overview_row *row = data;
    const struct machine *machine = &source->plant->machines[place];
    struct machine_study study;
    const struct plant *plant = source->plant;
    if (machine_study_make(&study, source->store, plant, machine, source->now_us, err))
        return -1;
    *row = (struct overview_row){.state = study.state, .now_us = source->now_us, .since_us = study.since_us, .oee = study.oee};
    row->index.index.value = NAN;
    row->index.name = row->index.why = "";
    board_text(row->name, sizeof row->name, machine->name);
    board_text(row->line, sizeof row->line, machine->line);
    row->planned = floor(study.oee.planned_parts);
    row->stale = board_machine_is_stale(source, machine, &row->data_us);
    if (row->stale) {
        row->state = OEE_NO_DATA;
        row->since_us = row->data_us;
    }
    for (size_t i = 0; i < plant->n_characteristics; i++)
        if (plant->characteristics[i].machine == machine)
            add_characteristic(row, source, &plant->characteristics[i]);
    machine_study_free(&study);
    return 0;
}

static int load(const struct board_source *source, void **rows, size_t *count, struct error *err)
{
    const struct board_filling filling = {source->plant->n_machines, sizeof(struct overview_row), fill, worst_first};
    return board_load(&filling, source, rows, count, err);
}

static void get_machine(const void *data, struct cell *cell)
{
    ROW(row);
    cell_text(cell, row->name);
}

static void get_line(const void *data, struct cell *cell)
{
    ROW(row);
    cell_text(cell, row->line);
}

static void get_state(const void *data, struct cell *cell)
{
    ROW(row);
    cell_text(cell, oee_state_name(row->state));
}

/* The mark in front says it without colour. */
static void get_label(const void *data, struct cell *cell)
{
    ROW(row);
    char mark = row->stale || row->state == OEE_NO_DATA ? '?' : stopped(row->state) ? '!' : ' ';
    snprintf(cell->text, sizeof cell->text, "%c%s", mark, oee_state_label(row->state));
}

static void get_since(const void *data, struct cell *cell)
{
    ROW(row);
    cell->integer = row->since_us;
}

static void get_duration(const void *data, struct cell *cell)
{
    ROW(row);
    if (row->since_us)
        text_duration(row->now_us - row->since_us, cell->text, sizeof cell->text);
    else
        cell_text(cell, "--");
}

/* What a silent machine does now is not known, so neither are its figures. */
static void put_ratio(struct cell *cell, const struct overview_row *row, double ratio)
{
    cell->number = row->stale ? NAN : ratio;
    cell->decimals = 3;
}

static void put_percent(struct cell *cell, const struct overview_row *row, double ratio, int decimals)
{
    cell->number = row->stale ? NAN : 100 * ratio;
    cell->decimals = decimals;
}

static bool is_cpk(const struct overview_row *row)
{
    return !strcmp(row->index.name, "Cpk");
}

#define GET(name, statements) CELL_GETTER(struct overview_row, name, statements)
GET(oee, put_ratio(cell, row, row->oee.oee))
GET(availability, put_ratio(cell, row, row->oee.availability))
GET(performance, put_ratio(cell, row, row->oee.performance))
GET(quality, put_ratio(cell, row, row->oee.quality))
GET(oee_percent, put_percent(cell, row, row->oee.oee, 1))
GET(a_percent, put_percent(cell, row, row->oee.availability, 0))
GET(p_percent, put_percent(cell, row, row->oee.performance, 0))
GET(q_percent, put_percent(cell, row, row->oee.quality, 0))
GET(good, cell->integer = row->oee.good)
GET(signals, cell->integer = row->signals)
GET(new_signals, cell->integer = row->new_signals)
GET(worst, cell_text(cell, row->worst))
GET(cpk, cell_number(cell, is_cpk(row) ? row->index.index.value : NAN, 2))
GET(index, cell_number(cell, row->index.index.value, 2))
GET(judged_by, cell_text(cell, row->worst[0] ? row->index.name : ""))
GET(stale, cell->integer = row->stale)

static void get_planned(const void *data, struct cell *cell)
{
    ROW(row);
    cell->number = row->planned;
    cell->decimals = 0;
}

static void get_good_planned(const void *data, struct cell *cell)
{
    ROW(row);
    char planned[32];
    snprintf(cell->text, sizeof cell->text, "%lld/%s", (long long)row->oee.good, text_number(row->planned, 0, planned, sizeof planned));
}

/* Of 6 columns: "C1.12", "P0.94!". */
static void get_index_mark(const void *data, struct cell *cell)
{
    ROW(row);
    double value = row->index.index.value;
    char number[32];
    if (isnan(value))
        cell_text(cell, "-- ");
    else
        snprintf(cell->text, sizeof cell->text, "%c%s%c", is_cpk(row) ? 'C' : 'P',
                 text_number(value, value < 10 && value > 0 ? 2 : 0, number, sizeof number), row->missed ? '!' : ' ');
}

static void get_signal_words(const void *data, struct cell *cell)
{
    ROW(row);
    if (row->new_signals)
        snprintf(cell->text, sizeof cell->text, "%d new", row->new_signals);
    else if (row->signals)
        snprintf(cell->text, sizeof cell->text, "%d", row->signals);
    else
        cell_text(cell, "-");
}

static void get_age(const void *data, struct cell *cell)
{
    ROW(row);
    cell->number = row->data_us ? (double)(row->now_us - row->data_us) / 1000 : NAN;
}

static void get_age_words(const void *data, struct cell *cell)
{
    ROW(row);
    if (row->data_us)
        text_age(row->now_us - row->data_us, cell->text, sizeof cell->text);
    else
        cell_text(cell, "never");
    if (row->stale)
        strncat(cell->text, "?", sizeof cell->text - strlen(cell->text) - 1);
}

static const struct column columns[] = {
    {"machine", "MACHINE", COLUMN_TEXT, -10, get_machine},
    {NULL, "STATE", COLUMN_TEXT, -8, get_label},
    {NULL, "SINCE", COLUMN_TEXT, 8, get_duration},
    {NULL, "OEE", COLUMN_NUMBER, 5, get_oee_percent},
    {NULL, "A", COLUMN_NUMBER, 3, get_a_percent},
    {NULL, "P", COLUMN_NUMBER, 3, get_p_percent},
    {NULL, "Q", COLUMN_NUMBER, 3, get_q_percent},
    {NULL, "GOOD/PLAN", COLUMN_TEXT, 11, get_good_planned},
    {NULL, "INDEX", COLUMN_TEXT, 6, get_index_mark},
    {NULL, "SIGNAL", COLUMN_TEXT, -6, get_signal_words},
    {NULL, "DATA", COLUMN_TEXT, 6, get_age_words},
    {"line", "LINE", COLUMN_TEXT, -8, get_line},
    {"state", NULL, COLUMN_TEXT, -8, get_state},
    {"since", NULL, COLUMN_TIME, 8, get_since},
    {"oee", NULL, COLUMN_NUMBER, 5, get_oee},
    {"availability", NULL, COLUMN_NUMBER, 5, get_availability},
    {"performance", NULL, COLUMN_NUMBER, 5, get_performance},
    {"quality", NULL, COLUMN_NUMBER, 5, get_quality},
    {"good", NULL, COLUMN_INTEGER, 6, get_good},
    {"planned", NULL, COLUMN_NUMBER, 6, get_planned},
    {"cpk", NULL, COLUMN_NUMBER, 5, get_cpk},
    {"index_value", NULL, COLUMN_NUMBER, 5, get_index},
    {"judged_by", NULL, COLUMN_TEXT, -3, get_judged_by},
    {"worst", "LOWEST INDEX", COLUMN_TEXT, -16, get_worst},
    {"signals", NULL, COLUMN_INTEGER, 3, get_signals},
    {"new_signals", NULL, COLUMN_INTEGER, 3, get_new_signals},
    {"age_ms", NULL, COLUMN_NUMBER, 8, get_age},
    {"stale", NULL, COLUMN_BOOLEAN, 5, get_stale},
};

static const char *name(const void *data)
{
    ROW(row);
    return row->name;
}

static enum look look(const void *data)
{
    ROW(row);
    if (stopped(row->state))
        return LOOK_WARN;
    return row->stale || row->state == OEE_NO_DATA ? LOOK_DIM : LOOK_DEFAULT;
}

static void detail(const void *data, char *out, size_t size)
{
    ROW(row);
    const char *words = row->stale ? "no answer: see Links" : row->oee.why ? row->oee.why : row->oee.warning ? row->oee.warning : "";
    char index[40];
    snprintf(out, size, "%s  line %s  rejects %lld%s%s%s%s%s%s", row->name, row->line, (long long)row->oee.rejects, row->worst[0] ? "  lowest: " : "",
             row->worst, row->worst[0] ? " " : "", row->worst[0] ? board_index_words(&row->index, index, sizeof index) : "", *words ? "  " : "",
             words);
}

static const char *target(const void *data)
{
    ROW(row);
    return row->worst[0] ? row->worst : NULL;
}

const struct board board_overview = {
    "overview",
    "the plant has no machines: add `machines:` to its configuration",
    columns,
    sizeof columns / sizeof columns[0],
    sizeof(struct overview_row),
    load,
    name,
    look,
    detail,
    target,
};
