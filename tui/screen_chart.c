#include "tui/screen.h"
#include "tui/terminal.h"

#include <string.h>

static struct list *work_list(struct console *console)
{
    return &console->lists[ACTION_CHARACTERISTICS - ACTION_OVERVIEW];
}

static int slots_of(const struct console *console, struct rect area)
{
    struct chart_areas areas = layout_chart(area, true, 1);
    int slots = (area.columns - areas.labels - 1 + console->step - 1) / console->step;
    return slots < 1 ? 1 : slots;
}

/* The characteristic `by` places after the shown one in the work list, round the end. */
static const struct characteristic *neighbour(const struct console *console, long by)
{
    const struct list *list = &console->lists[ACTION_CHARACTERISTICS - ACTION_OVERVIEW];
    long n = (long)list->shown;
    if (!n)
        return console->characteristic;
    long place = ((long)list->selected + by % n + n) % n;
    return plant_characteristic(console->plant, list->board->name(list->rows + list->order[place] * list->board->row_size));
}

/* The chart shows what the work list beside it has selected, and the other way round. */
static void follow(struct console *console)
{
    struct list *list = work_list(console);
    if (console->characteristic && !list_select(list, console->characteristic->name)) {
        list_set_filter(list, "");
        list_select(list, console->characteristic->name);
    }
    if (!console->characteristic)
        console->characteristic = neighbour(console, 0);
}

/* A suggestion at most: limits are never changed by themselves. */
static void suggest(struct console *console)
{
    const struct chart *chart = &console->charts[0];
    struct limits suggested;
    char numbers[80];
    console->suggestion[0] = 0;
    if (!console->n_charts || console->anchor ||
        !limits_suggest(chart->characteristic, &chart->study->limits, chart->study->points, chart->study->n_points, &suggested))
        return;
    int decimals = chart_decimals(chart);
    char center[32], sigma[32];
    snprintf(numbers, sizeof numbers, "%s, sigma %s", text_number(suggested.center, decimals, center, sizeof center),
             text_number(suggested.sigma, decimals + 1, sigma, sizeof sigma));
    snprintf(console->suggestion, sizeof console->suggestion, "Suggestion: points %lld-%lld ran steadily at %s: L for new limits",
             (long long)suggested.first_point, (long long)suggested.last_point, numbers);
}

int screen_chart_load(struct console *console, struct error *err)
{
    if (screen_list_load(console, ACTION_CHARACTERISTICS, err))
        return -1;
    follow(console);
    struct chart_grid grid = layout_charts(console_layout(console).body);
    console->n_charts = 0;
    for (int i = 0; i < grid.count && i < (int)work_list(console)->shown; i++) {
        const struct characteristic *characteristic = i ? neighbour(console, i) : console->characteristic;
        if (!characteristic)
            continue;
        if (chart_load(&console->charts[i], console->store, console->plant, characteristic, slots_of(console, grid.charts[i]),
                       i ? 0 : console->anchor, console->now_us, err))
            return -1;
        console->n_charts = i + 1;
    }
    suggest(console);
    return 0;
}

const struct point *screen_chart_point(const struct console *console)
{
    const struct chart *chart = &console->charts[0];
    long place = console->n_charts ? chart_place(chart, console->cursor) : -1;
    if (place < 0 && console->n_charts)
        place = (long)chart->count - 1;
    return place < 0 ? NULL : &chart->points[place];
}

static void choose(struct console *console, long by)
{
    console->characteristic = neighbour(console, by);
    console->cursor = console->anchor = 0;
}

/* Moves the cursor by points; at the edges the window moves along, and at the newest point it follows again. */
static void move_cursor(struct console *console, int64_t by)
{
    const struct point *here = screen_chart_point(console);
    const struct chart *chart = &console->charts[0];
    if (!here)
        return;
    int64_t number = here->number + by, newest = chart->indices.standing.points;
    if (number < 1)
        number = 1;
    if (number >= newest) {
        console->cursor = console->anchor = 0;
        return;
    }
    console->cursor = number;
    int64_t first = chart->points[0].number, last = chart->points[chart->count - 1].number;
    int64_t page = (last - first + 1) / 4 + 1;
    if (number < first)
        console->anchor = last - page > number ? last - page : number + (last - first) / 2;
    if (number < first && console->anchor - (last - first) > number)
        console->anchor = number + (last - first);
    if (number > last)
        console->anchor = number + page < newest ? number + page : 0;
}

static void ask_cause(struct console *console)
{
    const struct point *point = screen_chart_point(console);
    if (!point)
        return;
    console->cause_point = point->number;
    console->cause[0] = 0;
    console->asking = ACTION_CAUSE;
    prompt_open(&console->prompt, "cause: ", point->cause);
}

static void ask_exclusion(struct console *console)
{
    const struct point *point = screen_chart_point(console);
    if (!point)
        return;
    console->cause_point = point->number;
    console->excluding = !point->subgroup.excluded;
    console->asking = ACTION_EXCLUDE;
    prompt_open(&console->prompt, console->excluding ? "why does this point not count: " : "why does it count again: ", "");
}

/* Of the newest point it is about now: what was done since then is what people note. */
static void ask_note(struct console *console)
{
    const struct point *point = screen_chart_point(console);
    console->note_us = console->cursor && point ? point->time_us : clock_now_us();
    console->asking = ACTION_NOTE;
    prompt_open(&console->prompt, "note: ", "");
}

static void note(struct console *console, const char *text)
{
    if (!*text || !console->characteristic) {
        console_say(console, LOOK_WARN, "a note has words: nothing written");
        return;
    }
    writing_note(console, console->characteristic, console->note_us, text);
    if (console->store)
        console_tick(console, true);
}

static void exclude(struct console *console, const char *reason)
{
    writing_exclusion(console, console->cause_point, console->excluding, reason);
    if (console->store)
        console_tick(console, true);
}

/* First the cause, then the action taken. */
void screen_chart_prompted(struct console *console, enum action asking, const char *text)
{
    const struct point *point = screen_chart_point(console);
    if (asking == ACTION_EXCLUDE || asking == ACTION_NOTE) {
        (asking == ACTION_NOTE ? note : exclude)(console, text);
        return;
    }
    if (!console->cause[0]) {
        if (!*text) {
            console_say(console, LOOK_WARN, "a cause has words: nothing written");
            return;
        }
        snprintf(console->cause, sizeof console->cause, "%s", text);
        console->asking = asking;
        prompt_open(&console->prompt, "action taken: ", point ? point->action : "");
        return;
    }
    writing_cause(console, console->cause_point, console->cause, text);
    if (console->store)
        console_tick(console, true);
}

unsigned screen_chart_act(struct console *console, enum action action)
{
    int64_t page = console->n_charts && console->charts[0].count ? (int64_t)console->charts[0].count : 1;
    switch (action) {
    case ACTION_LEFT:
        return move_cursor(console, -1), SCREEN_HANDLED | SCREEN_RELOAD;
    case ACTION_RIGHT:
        return move_cursor(console, 1), SCREEN_HANDLED | SCREEN_RELOAD;
    case ACTION_PAGE_UP:
        return move_cursor(console, -page), SCREEN_HANDLED | SCREEN_RELOAD;
    case ACTION_PAGE_DOWN:
        return move_cursor(console, page), SCREEN_HANDLED | SCREEN_RELOAD;
    case ACTION_HALF_UP:
        return move_cursor(console, -page / 2), SCREEN_HANDLED | SCREEN_RELOAD;
    case ACTION_HALF_DOWN:
        return move_cursor(console, page / 2), SCREEN_HANDLED | SCREEN_RELOAD;
    case ACTION_FIRST:
        return move_cursor(console, -console->charts[0].indices.standing.points), SCREEN_HANDLED | SCREEN_RELOAD;
    case ACTION_LAST:
        console->cursor = console->anchor = 0;
        return SCREEN_HANDLED | SCREEN_RELOAD;
    case ACTION_UP:
    case ACTION_PREVIOUS:
        return choose(console, -1), SCREEN_HANDLED | SCREEN_RELOAD;
    case ACTION_DOWN:
    case ACTION_NEXT:
        return choose(console, 1), SCREEN_HANDLED | SCREEN_RELOAD;
    case ACTION_WIDER:
        console->step += console->step < 6;
        return SCREEN_HANDLED | SCREEN_RELOAD;
    case ACTION_NARROWER:
        console->step -= console->step > 1;
        return SCREEN_HANDLED | SCREEN_RELOAD;
    case ACTION_ACKNOWLEDGE:
        if (console->characteristic)
            writing_acknowledge_characteristic(console, console->characteristic);
        return SCREEN_HANDLED | SCREEN_RELOAD;
    case ACTION_CAUSE:
        return ask_cause(console), SCREEN_HANDLED;
    case ACTION_NOTE:
        return ask_note(console), SCREEN_HANDLED;
    case ACTION_EXCLUDE:
        return ask_exclusion(console), SCREEN_HANDLED;
    default:
        return 0;
    }
}

void screen_chart_detail(const struct console *console, char *out, size_t size)
{
    const struct point *point = screen_chart_point(console);
    char time[32];
    out[0] = 0;
    if (point)
        chart_readout(&console->charts[0], point, console_time(console, point->time_us, "%m-%d %H:%M:%S", time, sizeof time), out, size);
}

void screen_chart_draw(struct console *console, struct rect area)
{
    struct chart_grid grid = layout_charts(area);
    if (grid.table.columns) {
        list_draw(work_list(console), grid.table, true);
        for (int row = 0; row < area.rows; row++)
            terminal_glyph(area.row + row, grid.table.column + grid.table.columns, 1, LOOK_LINE, GLYPH_EDGE);
    }
    if (!console->n_charts)
        terminal_put(area.row + 2, grid.charts[0].column + 2, area.columns, false, LOOK_DIM, board_characteristics.empty);
    for (int i = 0; i < console->n_charts; i++)
        chart_draw(console, &console->charts[i], grid.charts[i], i == 0);
}

void screen_chart_close(struct console *console)
{
    for (int i = 0; i < LAYOUT_CHARTS; i++)
        chart_free(&console->charts[i]);
    console->n_charts = 0;
}
