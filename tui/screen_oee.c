#include "tui/screen.h"
#include "tui/terminal.h"
#include "tui/timeline.h"

#include <math.h>
#include <string.h>

enum { BAR_LABEL = 14, CELLS_MOST = 512 };

static const struct oee_row *selected(const struct console *console)
{
    const struct list *list = &console->lists[ACTION_OEE - ACTION_OVERVIEW];
    return list->board ? list_row(list) : NULL;
}

int screen_oee_load(struct console *console, struct error *err)
{
    if (screen_list_load(console, ACTION_OEE, err))
        return -1;
    machine_study_free(&console->timeline);
    const struct oee_row *row = selected(console);
    const struct machine *machine = row ? plant_machine(console->plant, row->name) : NULL;
    return machine ? machine_study_make(&console->timeline, console->store, console->plant, machine, console->now_us, err) : 0;
}

unsigned screen_oee_act(struct console *console, enum action action)
{
    unsigned flags = screen_list_act(console, action);
    return flags | (flags ? SCREEN_RELOAD : 0u);
}

static void draw_bar(int row, struct rect area, const char *name, double ratio)
{
    char text[40], number[32];
    int columns = area.columns - BAR_LABEL - 2, filled = isnan(ratio) ? 0 : (int)lrint(fmin(fmax(ratio, 0), 1) * columns);
    snprintf(text, sizeof text, "%-4s %6s %%", name, text_number(100 * ratio, 1, number, sizeof number));
    terminal_put(row, area.column + 1, BAR_LABEL, false, LOOK_DEFAULT, text);
    terminal_glyph(row, area.column + BAR_LABEL, filled, LOOK_OK, GLYPH_BAR);
    terminal_glyph(row, area.column + BAR_LABEL + filled, columns - filled, LOOK_DIM, GLYPH_REST);
}

/* The shift from its start to its end, with its local hours below. */
static void draw_timeline(const struct console *console, int row, struct rect area)
{
    const struct machine_study *study = &console->timeline;
    int cells[CELLS_MOST], columns = area.columns - 2 < CELLS_MOST ? area.columns - 2 : CELLS_MOST, free_from = 0;
    timeline_cells(cells, columns, study->intervals, study->n_intervals, study->shift.from_us, study->shift.to_us);
    for (int i = 0; i < columns; i++) {
        char mark[2] = {timeline_mark(cells[i]), 0};
        enum look look = cells[i] == OEE_RUNNING ? LOOK_OK : cells[i] == OEE_FAULT ? LOOK_ALARM : cells[i] <= OEE_NO_DATA ? LOOK_DIM : LOOK_DEFAULT;
        if (cells[i] >= 0)
            terminal_put(row, area.column + 1 + i, 1, false, look, mark);
    }
    int64_t length_us = study->shift.to_us - study->shift.from_us;
    for (int64_t at = study->shift.from_us; at < study->shift.to_us && length_us > 0; at += HOUR_US) {
        int column = (int)(columns * (at - study->shift.from_us) / length_us);
        char time[16];
        if (column < free_from || column + 5 > columns)
            continue;
        terminal_put(row + 1, area.column + 1 + column, 5, false, LOOK_DIM, console_time(console, at, "%H:%M", time, sizeof time));
        free_from = column + 7;
    }
}

/* Where the minutes went, longest first; what took none is left out. */
static void state_minutes(const struct oee_row *data, char *out, size_t size)
{
    bool told[OEE_STATES] = {false};
    size_t used = (size_t)snprintf(out, size, "minutes:");
    for (int i = 0; i < OEE_STATES; i++) {
        int longest = -1;
        for (int state = 0; state < OEE_STATES; state++)
            if (!told[state] && data->seconds[state] > 0 && (longest < 0 || data->seconds[state] > data->seconds[longest]))
                longest = state;
        if (longest < 0 || used >= size)
            return;
        told[longest] = true;
        used += (size_t)snprintf(out + used, size - used, "  %s %.1f", oee_state_name((enum oee_state)longest), data->seconds[longest] / 60);
    }
}

static void draw_losses(int row, struct rect area, const struct oee_row *data)
{
    char text[240], lost[4][24];
    const struct oee *oee = &data->oee;
    const double losses_s[4] = {oee->productive_s, oee->availability_loss_s, oee->performance_loss_s, oee->quality_loss_s};
    for (int i = 0; i < 4; i++)
        text_number(losses_s[i] / 60, 1, lost[i], sizeof lost[i]);
    snprintf(text, sizeof text, "%.1f min = %s good + %s stopped + %s slow + %s scrap", oee->planned_busy_s / 60, lost[0], lost[1], lost[2], lost[3]);
    terminal_put(row, area.column + 1, area.columns - 1, false, LOOK_DEFAULT, text);
    state_minutes(data, text, sizeof text);
    terminal_put(row + 1, area.column + 1, area.columns - 1, false, LOOK_DEFAULT, text);
}

static void draw_detail(const struct console *console, struct rect area)
{
    const struct oee_row *data = selected(console);
    char text[200], from[32], to[32];
    if (!data)
        return;
    snprintf(text, sizeof text, "%s  shift %s %s-%s  %lld parts, %lld rejects", data->name, data->shift,
             console_time(console, console->timeline.shift.from_us, "%m-%d %H:%M", from, sizeof from),
             console_time(console, console->timeline.shift.to_us, "%H:%M %Z", to, sizeof to), (long long)data->oee.parts,
             (long long)data->oee.rejects);
    terminal_glyph(area.row, area.column, area.columns, LOOK_LINE, GLYPH_AXIS);
    terminal_put(area.row, area.column + 2, area.columns - 4, false, LOOK_HEADER, text);
    const struct {
        const char *name;
        double ratio;
    } bars[] = {{"OEE", data->oee.oee}, {"A", data->oee.availability}, {"P", data->oee.performance}, {"Q", data->oee.quality}};
    int row = area.row + 1, end = area.row + area.rows;
    for (int i = 0; i < 4 && row < end; i++)
        draw_bar(row++, area, bars[i].name, bars[i].ratio);
    if (row + 2 <= end)
        draw_timeline(console, row, area);
    if (row + 4 <= end)
        draw_losses(row + 2, area, data);
    if (row + 5 <= end)
        terminal_put(row + 4, area.column + 1, area.columns - 1, false, LOOK_DIM,
                     "= running  ! fault  i idle  b blocked  s setup  p planned  o off  ? no data");
}

void screen_oee_draw(struct console *console, struct rect area)
{
    struct rect list, detail;
    struct list *machines = &console->lists[ACTION_OEE - ACTION_OVERVIEW];
    layout_oee(area, (int)machines->shown, &list, &detail);
    list_draw(machines, list, true);
    draw_detail(console, detail);
}

void screen_oee_close(struct console *console)
{
    machine_study_free(&console->timeline);
}
