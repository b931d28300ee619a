#include "tui/screen.h"

#include <string.h>

struct list *screen_list(struct console *console)
{
    return &console->lists[console->screen - ACTION_OVERVIEW];
}

int screen_list_load(struct console *console, enum action screen, struct error *err)
{
    const struct board *board = screen_of(screen)->board;
    struct board_source source = console_source(console);
    void *rows;
    size_t count;
    if (board->load(&source, &rows, &count, err))
        return -1;
    list_set(&console->lists[screen - ACTION_OVERVIEW], board, rows, count);
    return 0;
}

int screen_list_load_current(struct console *console, struct error *err)
{
    return console->screen == ACTION_OVERVIEW ? 0 : screen_list_load(console, console->screen, err);
}

void screen_list_draw(struct console *console, struct rect area)
{
    list_draw(screen_list(console), area, true);
}

void screen_list_detail(const struct console *console, char *out, size_t size)
{
    const struct list *list = &console->lists[console->screen - ACTION_OVERVIEW];
    const void *row = list->board ? list_row(list) : NULL;
    out[0] = 0;
    if (row)
        list->board->detail(row, out, size);
}

static void open_target(struct console *console)
{
    const struct list *list = screen_list(console);
    const void *row = list->board ? list_row(list) : NULL;
    const char *target = row && list->board->target ? list->board->target(row) : NULL;
    const struct characteristic *found = target ? plant_characteristic(console->plant, target) : NULL;
    if (!found) {
        console_say(console, LOOK_DEFAULT, "nothing more to open here");
        return;
    }
    console->characteristic = found;
    console->cursor = console->anchor = 0;
    console_go(console, ACTION_CHART);
}

static void acknowledge(struct console *console)
{
    const void *row = screen_list(console)->board ? list_row(screen_list(console)) : NULL;
    if (!row)
        return;
    if (console->screen == ACTION_ALARMS)
        writing_acknowledge_alarm(console, ((const struct alarm_row *)row)->alarm.id);
    else
        writing_acknowledge_characteristic(console, plant_characteristic(console->plant, screen_list(console)->board->name(row)));
}

static void ask(struct console *console, enum action asking)
{
    const struct list *list = screen_list(console);
    console->asking = asking;
    prompt_open(&console->prompt, asking == ACTION_FILTER ? "filter: " : "search: ", asking == ACTION_FILTER ? list->filter : list->search);
}

static void search(struct console *console, int direction)
{
    struct list *list = screen_list(console);
    if (!list->search[0])
        ask(console, ACTION_SEARCH);
    else if (!list_search(list, direction))
        console_say(console, LOOK_WARN, "no row holds '%s'", list->search);
}

void screen_list_prompted(struct console *console, enum action asking, const char *text)
{
    struct list *list = screen_list(console);
    if (asking == ACTION_FILTER) {
        list_set_filter(list, text);
        return;
    }
    snprintf(list->search, sizeof list->search, "%s", text);
    if (*text)
        search(console, 0);
}

static void say_order(struct console *console)
{
    const struct list *list = screen_list(console);
    const char *title = list_sort_title(list);
    console_say(console, LOOK_DEFAULT, "sorted %s%s%s", *title ? "by " : "as a work list", title, list->reverse ? ", turned round" : "");
}

unsigned screen_list_act(struct console *console, enum action action)
{
    struct list *list = screen_list(console);
    long page = console_layout(console).body.rows - 1;
    const struct {
        enum action action;
        long by;
    } moves[] = {
        {ACTION_UP, -1},
        {ACTION_DOWN, 1},
        {ACTION_PAGE_UP, -page},
        {ACTION_PAGE_DOWN, page},
        {ACTION_HALF_UP, -page / 2},
        {ACTION_HALF_DOWN, page / 2},
        {ACTION_FIRST, -(long)list->count},
        {ACTION_LAST, (long)list->count},
    };
    for (size_t i = 0; i < sizeof moves / sizeof moves[0]; i++)
        if (moves[i].action == action) {
            list_move(list, moves[i].by);
            return SCREEN_HANDLED;
        }
    switch (action) {
    case ACTION_LEFT:
        list->scroll -= list->scroll > 0;
        return SCREEN_HANDLED;
    case ACTION_RIGHT:
        list->scroll += list->board && list->scroll < (int)list->board->n_columns - 4;
        return SCREEN_HANDLED;
    case ACTION_ENTER:
        return open_target(console), SCREEN_HANDLED;
    case ACTION_ACKNOWLEDGE:
        return acknowledge(console), SCREEN_HANDLED | SCREEN_RELOAD;
    case ACTION_SEARCH:
    case ACTION_FILTER:
        return ask(console, action), SCREEN_HANDLED;
    case ACTION_SEARCH_NEXT:
        return search(console, 1), SCREEN_HANDLED;
    case ACTION_SEARCH_BACK:
        return search(console, -1), SCREEN_HANDLED;
    case ACTION_SORT:
        list_next_sort(list);
        return say_order(console), SCREEN_HANDLED;
    case ACTION_REVERSE:
        list_reverse(list);
        return say_order(console), SCREEN_HANDLED;
    case ACTION_HISTORY:
        console->history = !console->history;
        console_say(console, LOOK_DEFAULT, console->history ? "all alarms, newest first" : "open alarms");
        return SCREEN_HANDLED | SCREEN_RELOAD;
    default:
        return 0;
    }
}
