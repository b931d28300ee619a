#include "tui/screen.h"
#include "tui/terminal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { AXIS_LABEL = 7 }; /* columns from one time to the next, at least */

void chart_draw_cell(int row, int column, const struct plot_cell *cell, bool cursor)
{
    static const enum glyph lines[] = {[PLOT_EMPTY] = GLYPHS, [PLOT_ZONE] = GLYPH_ZONE, [PLOT_CENTER] = GLYPH_CENTER, [PLOT_LIMIT] = GLYPH_LIMIT};
    static const enum look looks[] = {[PLOT_POINT] = LOOK_DEFAULT, [PLOT_EXCLUDED] = LOOK_DIM, [PLOT_SIGNAL] = LOOK_ALARM, [PLOT_RULE] = LOOK_ALARM};
    if (cell->kind >= PLOT_POINT) {
        char mark[2] = {cell->mark == '.' && terminal_tier() > TIER_ASCII ? 'o' : cell->mark, 0};
        terminal_put(row, column, 1, false, cursor && cell->kind != PLOT_RULE ? LOOK_SELECTED : looks[cell->kind], mark);
    } else if (cell->dots && terminal_tier() == TIER_BRAILLE)
        terminal_braille(row, column, LOOK_DEFAULT, cell->dots);
    else if (cell->kind == PLOT_ZONE ? column % 4 == 0 : cell->kind != PLOT_EMPTY)
        terminal_glyph(row, column, 1, cell->kind == PLOT_ZONE ? LOOK_DIM : LOOK_LINE, lines[cell->kind]);
}

static void draw_labels(const struct chart *chart, const struct plot_scale *scale, const struct plot_point *newest, struct rect area, int column)
{
    struct plot_label labels[PLOT_LABELS];
    int n = plot_labels(labels, scale, newest);
    for (int i = 0; i < n; i++) {
        char number[32], text[64];
        snprintf(text, sizeof text, "%-3s %s", labels[i].name, text_number(labels[i].value, chart_decimals(chart), number, sizeof number));
        terminal_put(area.row + labels[i].row, column + 1, area.columns - column + area.column - 1, false,
                     labels[i].kind == PLOT_ZONE ? LOOK_DIM : LOOK_DEFAULT, text);
    }
}

static void draw_plot(const struct console *console, const struct chart *chart, int panel, struct rect area, int labels, long cursor)
{
    const struct plot_point *points = chart->plots[panel];
    char name[48];
    int columns = area.columns - labels - 1;
    if (area.rows < 1 || columns < 1)
        return;
    struct plot_scale scale = chart_scale(chart, panel, area.rows);
    struct plot_cell *cells = memory_zero((size_t)(area.rows * columns), sizeof *cells);
    chart_plot(chart, panel, &scale, columns, console->step, cells);
    for (int row = 0; row < area.rows; row++) {
        terminal_glyph(area.row + row, area.column, 1, LOOK_LINE, GLYPH_EDGE);
        for (int column = 0; column < columns; column++)
            chart_draw_cell(area.row + row, area.column + 1 + column, &cells[row * columns + column],
                            console->cursor && column == cursor * console->step);
    }
    free(cells);
    if (chart->count)
        draw_labels(chart, &scale, &points[chart->count - 1], area, area.column + 1 + columns);
    if (!scale.limits && isnan(points[chart->count - 1].line.center))
        terminal_put(area.row, area.column + 1 + columns, labels, false, LOOK_WARN, " no limits yet");
    study_panel_title(chart->panels, panel, name, sizeof name);
    terminal_put(area.row, area.column, (int)strlen(name), false, LOOK_HEADER, name);
}

/* In the top row of the first plot, above the limits, where nothing else stands. */
static void draw_marks(const struct console *console, const struct chart *chart, struct rect area, int labels, long cursor)
{
    int columns = area.columns - labels - 1;
    for (size_t i = 0; i < chart->count; i++) {
        char mark[2] = {chart_mark(chart, i), 0};
        int at = (int)i * console->step;
        if (mark[0] && at < columns)
            terminal_put(area.row, area.column + 1 + at, 1, false, (long)i == cursor && console->cursor ? LOOK_SELECTED : LOOK_WARN, mark);
    }
}

static void draw_axis(const struct console *console, const struct chart *chart, struct rect area, int labels, long cursor)
{
    int columns = area.columns - labels - 1, free_from = 0;
    char text[32];
    bool dated = chart->count && chart->points[chart->count - 1].time_us - chart->points[0].time_us > DAY_US;
    terminal_glyph(area.row, area.column, 1, LOOK_LINE, GLYPH_TICK);
    for (size_t i = 0; i < chart->count; i++) {
        int at = (int)i * console->step;
        if (at < free_from || at + AXIS_LABEL > columns + 1)
            continue;
        console_time(console, chart->points[i].time_us, dated ? "%m-%d" : "%H:%M", text, sizeof text);
        terminal_put(area.row, area.column + 1 + at, columns - at, false, LOOK_DIM, text);
        free_from = at + (AXIS_LABEL + console->step) / console->step * console->step + console->step;
    }
    if (cursor >= 0)
        terminal_put(area.row, area.column + 1 + (int)cursor * console->step, 1, false, LOOK_DEFAULT, "^");
    console_time(console, console->now_us, "%Z", text, sizeof text);
    terminal_put(area.row, area.column + columns + 2, labels, false, LOOK_DIM, text);
}

static void draw_settings(const struct chart *chart, int row, int column, int columns)
{
    char text[480];
    terminal_put(row, column, columns, false, LOOK_DIM, chart_told(chart->characteristic, text, sizeof text));
}

/* told: its settings stand above. */
static void draw_readout(const struct console *console, const struct chart *chart, const struct point *point, struct rect area, bool told)
{
    char text[800], words[300], time[32];
    if (!point || area.rows < 3)
        return;
    chart_readout(chart, point, console_time(console, point->time_us, "%H:%M:%S", time, sizeof time), text, sizeof text);
    terminal_put(area.row, area.column + 1, area.columns - 1, false, LOOK_DEFAULT, text);
    study_rule_words(chart->study, point, words, sizeof words);
    bool signal = *words != 0;
    if (signal)
        words[0] = 'R'; /* a sentence of its own */
    const char *unjudged = "not judged: no limits held for this point";
    if (!signal && point->part[0] && isnan(point->verdict.location.center)) {
        snprintf(words, sizeof words, "not judged: no limits for part %s yet, they come from its first %d values", point->part,
                 chart->characteristic->baseline);
        unjudged = words;
    }
    terminal_put(area.row + 1, area.column + 1, area.columns - 1, false, signal ? LOOK_ALARM : LOOK_DIM,
                 signal                                                    ? words
                 : point->limits && !isnan(point->verdict.location.center) ? "in control: no rule fires"
                                                                           : unjudged);
    snprintf(text, sizeof text, "cause: %s%s%s%s%s%s", point->cause[0] ? point->cause : "(none)", point->action[0] ? "  action: " : "", point->action,
             point->who[0] ? "  (" : "", point->who, point->who[0] ? ")" : "");
    int used = terminal_put(area.row + 2, area.column + 1, area.columns - 1, false, point->cause[0] ? LOOK_DEFAULT : LOOK_DIM, text) + 3;
    chart_notes(chart, (size_t)(point - chart->points), text, sizeof text);
    if (*text && used < area.columns) {
        terminal_put(area.row + 2, area.column + used, area.columns - used, false, LOOK_WARN, text);
        return;
    }
    if (!told && !point->cause[0] && used < area.columns)
        draw_settings(chart, area.row + 2, area.column + used, area.columns - used);
}

static void draw_header(const struct console *console, const struct chart *chart, struct rect area)
{
    char text[400], age[24];
    chart_title(chart, text, sizeof text);
    terminal_put(area.row, area.column + 1, area.columns - 1, false, LOOK_HEADER, text);
    if (area.rows < 2)
        return;
    chart_verdict(chart, text, sizeof text);
    enum look look = chart->indices.requirement == REQUIREMENT_MISSED ? LOOK_WARN : LOOK_DEFAULT;
    int used = terminal_put(area.row + 1, area.column + 1, area.columns - 1, false, look, text);
    if (area.rows > 2)
        draw_settings(chart, area.row + 2, area.column + 1, area.columns - 1);
    if (chart->indices.standing.time_us && used + 12 < area.columns) {
        snprintf(text, sizeof text, chart->stale ? "OLD ? %s" : "%s old",
                 text_age(console->now_us - chart->indices.standing.time_us, age, sizeof age));
        terminal_put(area.row + 1, area.column + area.columns - (int)strlen(text) - 1, (int)strlen(text), false, chart->stale ? LOOK_WARN : LOOK_DIM,
                     text);
    }
}

void chart_draw(const struct console *console, const struct chart *chart, struct rect area, bool full)
{
    int drawn = 0;
    for (int i = 0; i < chart->n_panels; i++)
        drawn += !chart->panels[i].inside;
    struct chart_areas areas = layout_chart(area, full, drawn);
    const struct point *point = full ? screen_chart_point(console) : NULL;
    long cursor = point ? (long)(point - chart->points) : -1;
    if (!chart->study)
        return;
    draw_header(console, chart, areas.header);
    if (!chart->count) {
        terminal_put(areas.plots[0].row + 1, area.column + 2, area.columns - 2, false, LOOK_DIM,
                     chart->indices.standing.moments.n ? "the first subgroup is not full yet" : "no measurements yet");
        return;
    }
    for (int i = 0, at = 0; i < chart->n_panels; i++)
        if (!chart->panels[i].inside)
            draw_plot(console, chart, i, areas.plots[at++], areas.labels, cursor);
    draw_marks(console, chart, areas.plots[0], areas.labels, cursor);
    draw_axis(console, chart, areas.axis, areas.labels, cursor);
    if (full)
        draw_readout(console, chart, point, areas.readout, areas.header.rows > 2);
}
