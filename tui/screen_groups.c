/* Characteristics charted together: the groups above, the selected one's chart below. */
#include "tui/screen.h"
#include "tui/terminal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LIST_MOST = 6, LABELS = 15, READOUT = 2, POINTS_MOST = 2000 };

static struct list *groups(struct console *console)
{
    return &console->lists[ACTION_GROUPS - ACTION_OVERVIEW];
}

static struct rect chart_area(const struct console *console, struct rect body)
{
    int rows = (int)console->lists[ACTION_GROUPS - ACTION_OVERVIEW].shown + 1;
    rows = rows > LIST_MOST ? LIST_MOST : rows < 2 ? 2 : rows;
    return (struct rect){body.row + rows, body.column, body.rows - rows, body.columns};
}

int screen_groups_load(struct console *console, struct error *err)
{
    if (screen_list_load(console, ACTION_GROUPS, err))
        return -1;
    const struct list *list = groups(console);
    const void *row = list->shown ? list_row(list) : NULL;
    const struct characteristic_group *group = row ? plant_group(console->plant, list->board->name(row)) : NULL;
    if (!group) {
        group_chart_free(&console->group);
        return 0;
    }
    if (group != console->group.group)
        console->group_cursor = 0;
    int columns = chart_area(console, console_layout(console).body).columns - LABELS - 1;
    int64_t slots = columns / console->step > 1 ? columns / console->step : 1, back = console->group_cursor;
    return group_chart_load(&console->group, console->store, console->plant, group, slots + back > POINTS_MOST ? POINTS_MOST : slots + back, err);
}

/* group_cursor: how many points before the newest. */
static const struct group_point *cursor_point(const struct console *console)
{
    const struct group_chart *chart = &console->group;
    if (!chart->count)
        return NULL;
    size_t back = (size_t)console->group_cursor < chart->count ? (size_t)console->group_cursor : chart->count - 1;
    return &chart->points[chart->count - 1 - back];
}

static void ask_exclusion(struct console *console)
{
    const struct group_point *point = cursor_point(console);
    if (!point)
        return;
    console->cause_point = point->number;
    console->excluding = !point->excluded;
    console->asking = ACTION_EXCLUDE;
    prompt_open(&console->prompt, console->excluding ? "why does this point not count: " : "why does it count again: ", "");
}

void screen_groups_prompted(struct console *console, const char *text)
{
    writing_group_exclusion(console, console->group.group, console->cause_point, console->excluding, text);
    if (console->store)
        console_tick(console, true);
}

unsigned screen_groups_act(struct console *console, enum action action)
{
    int64_t newest = console->group.count ? console->group.points[console->group.count - 1].number : 0;
    switch (action) {
    case ACTION_LEFT:
        console->group_cursor += console->group_cursor + 1 < newest;
        return SCREEN_HANDLED | SCREEN_RELOAD;
    case ACTION_RIGHT:
        console->group_cursor -= console->group_cursor > 0;
        return SCREEN_HANDLED | SCREEN_RELOAD;
    case ACTION_WIDER:
        console->step += console->step < 6;
        return SCREEN_HANDLED | SCREEN_RELOAD;
    case ACTION_NARROWER:
        console->step -= console->step > 1;
        return SCREEN_HANDLED | SCREEN_RELOAD;
    case ACTION_EXCLUDE:
        return ask_exclusion(console), SCREEN_HANDLED;
    default: {
        unsigned flags = screen_list_act(console, action);
        return flags | (flags ? SCREEN_RELOAD : 0u);
    }
    }
}

static void draw_points(const struct console *console, struct rect area, const struct plot_point *points, size_t from, size_t count, const char *name)
{
    int columns = area.columns - LABELS - 1;
    struct plot_scale scale = plot_scale_of(points + from, count, area.rows, PLOT_FLOOR);
    struct plot_cell *cells = memory_zero((size_t)(area.rows * columns), sizeof *cells);
    struct plot_label labels[PLOT_LABELS];
    long cursor = cursor_point(console) - (console->group.points + from);
    plot_draw(cells, &scale, columns, console->step, points + from, count);
    for (int row = 0; row < area.rows; row++) {
        terminal_glyph(area.row + row, area.column, 1, LOOK_LINE, GLYPH_EDGE);
        for (int column = 0; column < columns; column++)
            chart_draw_cell(area.row + row, area.column + 1 + column, &cells[row * columns + column],
                            console->group_cursor && column == cursor * console->step);
    }
    free(cells);
    const struct limit_line *line = &points[from + count - 1].line;
    int n = plot_labels(labels, &scale, &points[from + count - 1]);
    for (int i = 0; i < n; i++) {
        char text[64];
        snprintf(text, sizeof text, line->ucl < 1 ? "%-3s %.3g" : "%-3s %.2f", labels[i].name, labels[i].value);
        terminal_put(area.row + labels[i].row, area.column + columns + 2, LABELS - 1, false, LOOK_DEFAULT, text);
    }
    terminal_put(area.row, area.column, 8, false, LOOK_HEADER, name);
}

/* |S| below, where there is room for both. */
static void draw_panels(const struct console *console, struct rect area, size_t from, size_t count)
{
    enum { ROOM = 9 };
    const struct spc_chart *chart = group_chart_of(console->group.group);
    int second = chart->dispersion && area.rows >= ROOM ? area.rows * 2 / 5 : 0;
    struct rect upper = {area.row, area.column, area.rows - second, area.columns};
    draw_points(console, upper, console->group.plot, from, count, chart->location);
    if (second)
        draw_points(console, (struct rect){area.row + upper.rows, area.column, second, area.columns}, console->group.spread, from, count,
                    chart->dispersion);
}

static void draw_chart(const struct console *console, struct rect area)
{
    const struct group_chart *chart = &console->group;
    const struct group_point *point = cursor_point(console);
    char text[700], time[32];
    int rows = area.rows - 1 - READOUT, columns = area.columns - LABELS - 1;
    group_chart_title(chart, text, sizeof text);
    terminal_glyph(area.row, area.column, area.columns, LOOK_LINE, GLYPH_AXIS);
    terminal_put(area.row, area.column + 2, area.columns - 4, false, LOOK_HEADER, text);
    if (!point || rows < 3 || columns < 4)
        return;
    size_t fit = (size_t)(columns / console->step), at = (size_t)(point - chart->points), from = chart->count > fit ? chart->count - fit : 0;
    if (at < from)
        from = at;
    size_t end = from + fit < chart->count ? from + fit : chart->count;
    draw_panels(console, (struct rect){area.row + 1, area.column, rows, area.columns}, from, end - from);
    group_chart_readout(chart, point, console_time(console, point->time_us, "%m-%d %H:%M:%S", time, sizeof time), text, sizeof text);
    terminal_put(area.row + 1 + rows, area.column + 1, area.columns - 1, false, group_signals(point) ? LOOK_ALARM : LOOK_DEFAULT, text);
    group_chart_blame(chart, point, text, sizeof text);
    terminal_put(area.row + 2 + rows, area.column + 1, area.columns - 1, false, LOOK_DIM, text);
}

void screen_groups_draw(struct console *console, struct rect area)
{
    struct rect chart = chart_area(console, area);
    list_draw(groups(console), (struct rect){area.row, area.column, chart.row - area.row, area.columns}, true);
    if (console->group.group)
        draw_chart(console, chart);
}

void screen_groups_close(struct console *console)
{
    group_chart_free(&console->group);
}
