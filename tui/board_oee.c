#include "tui/board.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROW(name) const struct oee_row *name = data

static int fill(const struct board_source *source, size_t i, void *data, struct error *err)
{
    const struct machine *machine = &source->plant->machines[i];
    struct oee_row *row = data;
    struct machine_study study;
    int64_t data_us;
    if (machine_study_make(&study, source->store, source->plant, machine, source->now_us, err))
        return -1;
    *row = (struct oee_row){.state = study.state, .from_us = study.from_us, .to_us = study.to_us, .since_us = study.since_us, .oee = study.oee};
    memcpy(row->seconds, study.facts.seconds, sizeof row->seconds);
    board_text(row->name, sizeof row->name, machine->name);
    board_text(row->line, sizeof row->line, machine->line);
    board_text(row->shift, sizeof row->shift, study.shift.name);
    row->stale = board_machine_is_stale(source, machine, &data_us);
    machine_study_free(&study);
    return 0;
}

static int load(const struct board_source *source, void **rows, size_t *count, struct error *err)
{
    const struct board_filling filling = {source->plant->n_machines, sizeof(struct oee_row), fill, NULL};
    return board_load(&filling, source, rows, count, err);
}

#define GET(name, statements) CELL_GETTER(struct oee_row, name, statements)
#define TEXT(value) cell_text(cell, value)
GET(machine, TEXT(row->name))
GET(line, TEXT(row->line))
GET(shift, TEXT(row->shift))
GET(state, TEXT(oee_state_name(row->state)))
GET(label, snprintf(cell->text, sizeof cell->text, "%c%s",
                    row->stale || row->state == OEE_NO_DATA ? '?'
                    : row->state == OEE_FAULT               ? '!'
                                                            : ' ',
                    oee_state_label(row->state)))
GET(oee, cell_number(cell, row->oee.oee, 3))
GET(availability, cell_number(cell, row->oee.availability, 3))
GET(performance, cell_number(cell, row->oee.performance, 3))
GET(quality, cell_number(cell, row->oee.quality, 3))
GET(oee_percent, cell_number(cell, 100 * row->oee.oee, 1))
GET(a_percent, cell_number(cell, 100 * row->oee.availability, 1))
GET(p_percent, cell_number(cell, 100 * row->oee.performance, 1))
GET(q_percent, cell_number(cell, 100 * row->oee.quality, 1))
GET(parts, cell->integer = row->oee.parts)
GET(good, cell->integer = row->oee.good)
GET(rejects, cell->integer = row->oee.rejects)
GET(planned, cell_number(cell, row->oee.planned_parts, 0))
GET(planned_busy, cell_number(cell, row->oee.planned_busy_s, 0))
GET(running, cell_number(cell, row->oee.actual_production_s, 0))
GET(planned_down, cell_number(cell, row->oee.planned_down_s, 0))
GET(no_data, cell_number(cell, row->oee.no_data_s, 0))
GET(availability_loss, cell_number(cell, row->oee.availability_loss_s, 0))
GET(performance_loss, cell_number(cell, row->oee.performance_loss_s, 0))
GET(quality_loss, cell_number(cell, row->oee.quality_loss_s, 0))
GET(productive, cell_number(cell, row->oee.productive_s, 0))
GET(lost_minutes, cell_number(cell, (row->oee.planned_busy_s - row->oee.productive_s) / 60, 1))
GET(idle, cell_number(cell, row->seconds[OEE_IDLE], 0))
GET(blocked, cell_number(cell, row->seconds[OEE_BLOCKED], 0))
GET(setup, cell_number(cell, row->seconds[OEE_SETUP], 0))
GET(fault, cell_number(cell, row->seconds[OEE_FAULT], 0))
GET(off, cell_number(cell, row->seconds[OEE_OFF], 0))
GET(from, cell->integer = row->from_us)
GET(to, cell->integer = row->to_us)
GET(stale, cell->integer = row->stale)
GET(since, cell->integer = row->since_us)
GET(why, TEXT(row->oee.why ? row->oee.why : row->oee.warning))

static const struct column columns[] = {
    {"machine", "MACHINE", COLUMN_TEXT, -12, get_machine},
    {"line", "LINE", COLUMN_TEXT, -6, get_line},
    {NULL, "STATE", COLUMN_TEXT, -8, get_label},
    {NULL, "OEE %", COLUMN_NUMBER, 6, get_oee_percent},
    {NULL, "A %", COLUMN_NUMBER, 6, get_a_percent},
    {NULL, "P %", COLUMN_NUMBER, 6, get_p_percent},
    {NULL, "Q %", COLUMN_NUMBER, 6, get_q_percent},
    {"good", "GOOD", COLUMN_INTEGER, 6, get_good},
    {"rejects", "REJECT", COLUMN_INTEGER, 6, get_rejects},
    {NULL, "LOST min", COLUMN_NUMBER, 8, get_lost_minutes},
    {"shift", "SHIFT", COLUMN_TEXT, -10, get_shift},
    {"planned", "PLAN", COLUMN_NUMBER, 6, get_planned},
    {"state", NULL, COLUMN_TEXT, -8, get_state},
    {"since", NULL, COLUMN_TIME, 8, get_since},
    {"from", NULL, COLUMN_TIME, 8, get_from},
    {"to", NULL, COLUMN_TIME, 8, get_to},
    {"oee", NULL, COLUMN_NUMBER, 6, get_oee},
    {"availability", NULL, COLUMN_NUMBER, 6, get_availability},
    {"performance", NULL, COLUMN_NUMBER, 6, get_performance},
    {"quality", NULL, COLUMN_NUMBER, 6, get_quality},
    {"parts", NULL, COLUMN_INTEGER, 6, get_parts},
    {"planned_busy_s", NULL, COLUMN_NUMBER, 8, get_planned_busy},
    {"running_s", NULL, COLUMN_NUMBER, 8, get_running},
    {"idle_s", NULL, COLUMN_NUMBER, 8, get_idle},
    {"blocked_s", NULL, COLUMN_NUMBER, 8, get_blocked},
    {"setup_s", NULL, COLUMN_NUMBER, 8, get_setup},
    {"fault_s", NULL, COLUMN_NUMBER, 8, get_fault},
    {"off_s", NULL, COLUMN_NUMBER, 8, get_off},
    {"planned_down_s", NULL, COLUMN_NUMBER, 8, get_planned_down},
    {"no_data_s", NULL, COLUMN_NUMBER, 8, get_no_data},
    {"availability_loss_s", NULL, COLUMN_NUMBER, 8, get_availability_loss},
    {"performance_loss_s", NULL, COLUMN_NUMBER, 8, get_performance_loss},
    {"quality_loss_s", NULL, COLUMN_NUMBER, 8, get_quality_loss},
    {"productive_s", NULL, COLUMN_NUMBER, 8, get_productive},
    {"stale", NULL, COLUMN_BOOLEAN, 5, get_stale},
    {"remark", NULL, COLUMN_TEXT, -20, get_why},
};

static const char *name(const void *data)
{
    ROW(row);
    return row->name;
}

static enum look look(const void *data)
{
    ROW(row);
    return row->stale || row->state == OEE_NO_DATA ? LOOK_DIM : row->state == OEE_FAULT ? LOOK_WARN : LOOK_DEFAULT;
}

static void detail(const void *data, char *out, size_t size)
{
    ROW(row);
    const char *words = row->oee.why ? row->oee.why : row->oee.warning;
    snprintf(out, size, "%s: %s%s%s%s", row->name, row->shift, row->stale ? ", OLD: no answer, see Links" : "", words ? ", " : "",
             words ? words : "");
}

const struct board board_oee = {
    "oee",
    "the plant has no machines: add `machines:` to its configuration",
    columns,
    sizeof columns / sizeof columns[0],
    sizeof(struct oee_row),
    load,
    name,
    look,
    detail,
    NULL,
};
