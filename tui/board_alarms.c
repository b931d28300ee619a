#include "tui/board.h"

#include <stdlib.h>
#include <string.h>

#define ROW(name) const struct alarm_row *name = data

enum { ROWS_MOST = 1000 };

static int load(const struct board_source *source, void **rows, size_t *count, struct error *err)
{
    struct alarm *alarms = NULL;
    if (store_alarms(source->store, !source->history, ROWS_MOST, &alarms, count, err))
        return -1;
    struct alarm_row *out = memory_zero(*count + 1, sizeof *out);
    for (size_t i = 0; i < *count; i++) {
        out[i].alarm = alarms[i];
        snprintf(out[i].name, sizeof out[i].name, "%lld", (long long)alarms[i].id);
    }
    free(alarms);
    *rows = out;
    return 0;
}

static const char *priority_name(enum alarm_priority priority)
{
    static const char *const names[] = {"", "low", "medium", "high"};
    return priority >= ALARM_LOW && priority <= ALARM_HIGH ? names[priority] : "";
}

static const char *state_words(const struct alarm *alarm)
{
    return alarm_is_active(alarm) ? alarm_is_new(alarm) ? "NEW" : "active" : alarm_is_new(alarm) ? "gone" : "closed";
}

#define GET(name, expression)                                                                                                                        \
    static void get_##name(const void *data, struct cell *cell)                                                                                      \
    {                                                                                                                                                \
        ROW(row);                                                                                                                                    \
        const struct alarm *alarm = &row->alarm;                                                                                                     \
        expression;                                                                                                                                  \
    }
#define TEXT(value) cell_text(cell, value)
GET(id, cell->integer = alarm->id)
GET(time, cell->integer = alarm->raised_us)
GET(last, cell->integer = alarm->last_us)
GET(cleared, cell->integer = alarm->cleared_us)
GET(state, TEXT(state_words(alarm)))
GET(kind, TEXT(alarm->kind))
GET(priority, TEXT(priority_name(alarm->priority)))
GET(object, TEXT(alarm->object))
GET(machine, TEXT(alarm->machine))
GET(text, TEXT(alarm->text))
GET(active, cell->integer = alarm_is_active(alarm))
GET(acknowledged, cell->integer = !alarm_is_new(alarm))
GET(acknowledged_time, cell->integer = alarm->acknowledged_us)
GET(by, TEXT(alarm->acknowledged_by))
GET(count, cell->integer = alarm->count)
GET(point, cell->integer = alarm->point)

static const struct column columns[] = {
    {"time", "SINCE", COLUMN_TIME, -14, get_time},
    {NULL, "STATE", COLUMN_TEXT, -6, get_state},
    {"priority", "PRIO", COLUMN_TEXT, -6, get_priority},
    {"object", "OBJECT", COLUMN_TEXT, -16, get_object},
    {"text", "WHAT", COLUMN_TEXT, -36, get_text},
    {"count", "TIMES", COLUMN_INTEGER, 5, get_count},
    {"machine", "MACHINE", COLUMN_TEXT, -12, get_machine},
    {"kind", "KIND", COLUMN_TEXT, -13, get_kind},
    {"by", "SEEN BY", COLUMN_TEXT, -12, get_by},
    {"acknowledged_time", "SEEN", COLUMN_TIME, -14, get_acknowledged_time},
    {"id", NULL, COLUMN_INTEGER, 6, get_id},
    {"active", NULL, COLUMN_BOOLEAN, 6, get_active},
    {"acknowledged", NULL, COLUMN_BOOLEAN, 6, get_acknowledged},
    {"last_time", NULL, COLUMN_TIME, 8, get_last},
    {"cleared_time", NULL, COLUMN_TIME, 8, get_cleared},
    {"point", NULL, COLUMN_INTEGER, 6, get_point},
};

static const char *name(const void *data)
{
    ROW(row);
    return row->name;
}

static enum look look(const void *data)
{
    ROW(row);
    return alarm_is_new(&row->alarm) ? LOOK_WARN : alarm_is_active(&row->alarm) ? LOOK_DEFAULT : LOOK_DIM;
}

static void detail(const void *data, char *out, size_t size)
{
    ROW(row);
    const struct alarm *alarm = &row->alarm;
    snprintf(out, size, "%s: %s%s%s", alarm->object, alarm->text, alarm_is_new(alarm) ? "" : "  seen by ", alarm->acknowledged_by);
}

static const char *target(const void *data)
{
    ROW(row);
    return row->alarm.characteristic ? row->alarm.object : NULL;
}

const struct board board_alarms = {
    "alarms", "no alarms", columns, sizeof columns / sizeof columns[0], sizeof(struct alarm_row), load, name, look, detail, target,
};
