/* What surrounds every screen: title, banner, alarm line, status, key bar, help. */
#include "tui/screen.h"
#include "tui/terminal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { NAME_LEAST = 12 }; /* columns that the plant's name keeps before the lines give way */

static void title_lines(const struct console *console, char *out, size_t size)
{
    out[0] = 0;
    for (int i = 0; i < console->facts.n_lines; i++) {
        char number[24];
        size_t used = strlen(out);
        double percent = 100 * console->facts.lines[i].oee;
        snprintf(out + used, size - used, "%s %s %s%s", i ? "" : "  OEE", console->facts.lines[i].name,
                 text_number(percent, 1, number, sizeof number), i + 1 == console->facts.n_lines ? " %" : "");
    }
}

static void title_alarms(const struct console *console, char *out, size_t size)
{
    if (!console->facts.open)
        snprintf(out, size, "  no alarms");
    else if (console->facts.new)
        snprintf(out, size, "  ALARMS %d (%d new)", console->facts.open, console->facts.new);
    else
        snprintf(out, size, "  alarms %d (seen)", console->facts.open);
}

/* Name, lines, alarms to the left, the time to the right; what does not fit goes in this order: the program's name, the end of the plant's name, the
 * lines. */
static void draw_title(const struct console *console, struct rect area)
{
    char name[160], lines[400] = "", alarms[64] = "", time[64], right[120];
    console_time(console, console->now_us, "%H:%M:%S %Z", time, sizeof time);
    if (clock_is_simulated())
        snprintf(right, sizeof right, "  SIM x%.4g  %s ", clock_speed(), time);
    else
        snprintf(right, sizeof right, "  %s ", time);
    const char *plant = console->plant->name ? console->plant->name : "";
    snprintf(name, sizeof name, " gemba  %s", plant);
    if (console->store) {
        title_lines(console, lines, sizeof lines);
        title_alarms(console, alarms, sizeof alarms);
    }
    int right_columns = text_columns(right), room = area.columns - right_columns, fixed = text_columns(alarms);
    if (text_columns(name) + text_columns(lines) + fixed > room)
        snprintf(name, sizeof name, " %s", plant);
    int most = room - fixed - text_columns(lines);
    if (most < NAME_LEAST)
        lines[0] = 0;
    int left = room - fixed - text_columns(lines);
    if (left > text_columns(name))
        left = text_columns(name);
    terminal_put(area.row, 0, area.columns, true, LOOK_TITLE, "");
    int at = terminal_put(area.row, 0, left, false, LOOK_TITLE, name);
    at += terminal_put(area.row, at, room - at, false, LOOK_TITLE, lines);
    terminal_put(area.row, at, room - at, false, console->facts.new && console->store ? LOOK_ALARM : LOOK_TITLE, alarms);
    terminal_put(area.row, room > 0 ? room : 0, right_columns, false, LOOK_TITLE, right);
}

static void draw_alarm(const struct console *console, struct rect area)
{
    char text[400], time[24];
    if (!console->store)
        return;
    const struct alarm *alarm = &console->facts.newest;
    if (!console->facts.open) {
        terminal_put(area.row, 1, area.columns - 1, false, LOOK_DIM, "no alarms");
        return;
    }
    snprintf(text, sizeof text, " ALARM %s %s %s: %s",
             alarm_is_new(alarm)      ? "[new]"
             : alarm_is_active(alarm) ? "[seen]"
                                      : "[gone]",
             console_time(console, alarm->raised_us, "%H:%M:%S", time, sizeof time), alarm->object, alarm->text);
    terminal_put(area.row, 0, area.columns, false, alarm_is_new(alarm) ? LOOK_ALARM : LOOK_WARN, text);
}

static void draw_status(struct console *console, struct rect area)
{
    char text[400];
    if (console->prompt.label) {
        int at = terminal_put(area.row, 1, area.columns - 1, false, LOOK_KEY, console->prompt.label) + 1;
        char head[PROMPT_TEXT];
        snprintf(head, sizeof head, "%.*s", (int)console->prompt.cursor, console->prompt.text);
        terminal_put(area.row, at, area.columns - at, false, LOOK_DEFAULT, console->prompt.text);
        int column = at + text_columns(head);
        terminal_cursor(area.row, column < area.columns ? column : area.columns - 1);
        return;
    }
    if (console->message[0]) {
        terminal_put(area.row, 1, area.columns - 1, false, console->message_look, console->message);
        return;
    }
    if (console->screen == ACTION_CHART && console->suggestion[0])
        snprintf(text, sizeof text, "%s", console->suggestion);
    else if (console->screen == ACTION_CHART)
        snprintf(text, sizeof text, "Left/Right point  [ ] characteristic  +/- width  x exclude  L limits%s", console->anchor ? "  (not following)" : "");
    else
        screen_of(console->screen)->detail(console, text, sizeof text);
    terminal_put(area.row, 1, area.columns - 1, false, LOOK_DIM, text);
    const struct list *list = screen_list(console);
    if (list->filter[0]) {
        snprintf(text, sizeof text, " filter '%s' ", list->filter);
        terminal_put(area.row, area.columns - text_columns(text), text_columns(text), false, LOOK_BANNER, text);
    }
}

/* What can be done everywhere first, then what can be done here, opening the rarer screens last. What a role lacks stands in brackets. */
static int bar_rank(enum action action)
{
    return action == ACTION_LIMITS || action == ACTION_CAPABILITY || action == ACTION_GROUPS ? 2 : actions[action].where == ON_ALL ? 0 : 1;
}

static int draw_key(const struct console *console, struct rect area, int at, enum action action)
{
    const struct action_row *row = &actions[action];
    char key[16], text[64];
    bool refused = action_refusal(action, console->screen, console->person.access, console->kiosk), here = action == console->screen;
    action_key_name(row->keys[0], key, sizeof key);
    snprintf(text, sizeof text, refused ? "(%s)" : "%s", row->bar);
    if (at + (int)(strlen(key) + 1 + strlen(text)) > area.columns)
        return area.columns;
    at += terminal_put(area.row, at, area.columns - at, false, refused ? LOOK_DIM : LOOK_DEFAULT, key) + 1;
    return at + terminal_put(area.row, at, area.columns - at, false, here ? LOOK_TITLE : refused ? LOOK_DIM : LOOK_DEFAULT, text) + 1;
}

static void draw_keys(const struct console *console, struct rect area)
{
    int at = 1;
    for (int rank = 0; rank <= 2; rank++)
        for (enum action action = ACTION_NONE + 1; action < ACTIONS; action++)
            if (actions[action].bar && actions[action].where & ON(console->screen) && bar_rank(action) == rank)
                at = draw_key(console, area, at, action);
}

static void help_line(const struct console *console, enum action action, char *out, size_t size)
{
    char keys[80] = "", name[16];
    for (int i = 0; i < ACTION_KEYS && actions[action].keys[i]; i++) {
        size_t used = strlen(keys);
        snprintf(keys + used, sizeof keys - used, "%s%s", used ? " " : "", action_key_name(actions[action].keys[i], name, sizeof name));
    }
    const char *refusal = action_refusal(action, console->screen, console->person.access, console->kiosk);
    bool wide = console->columns >= 100;
    snprintf(out, size, "%-*s %-*s%s%s%s%s", wide ? 20 : 16, keys, wide ? 17 : 0, wide ? actions[action].name : "", actions[action].help,
             refusal ? " (" : "", refusal ? refusal : "", refusal ? ")" : "");
}

static void draw_help(struct console *console, struct rect area)
{
    static const char *const legend[] = {
        "Marks: ? old or bad, dimmed; ! stopped or below the requirement; X out of control, with the rule's number; ^ v beyond the picture;",
        "o excluded or in line-drawing tiers a point; -- not known. Ages are since the instrument's last good answer.",
    };
    enum { LEGEND = sizeof legend / sizeof legend[0] };
    int total = ACTIONS - 1 + LEGEND, most = total - (area.rows - 1);
    if (console->help_top > most)
        console->help_top = most > 0 ? most : 0;
    char text[400];
    snprintf(text, sizeof text, "Help: %s (%s, %s)  any other key closes, Down goes on", screen_of(console->screen)->title, console->person.name,
             person_access_name(console->person.access));
    terminal_put(area.row, 1, area.columns - 1, false, LOOK_HEADER, text);
    for (int i = 0; i < area.rows - 1 && console->help_top + i < total; i++) {
        int line = console->help_top + i;
        bool refused = false;
        if (line < ACTIONS - 1) {
            enum action action = (enum action)(line + 1);
            help_line(console, action, text, sizeof text);
            refused = action_refusal(action, console->screen, console->person.access, console->kiosk);
        } else
            snprintf(text, sizeof text, "%s", legend[line - (ACTIONS - 1)]);
        terminal_put(area.row + 1 + i, 1, area.columns - 1, false, refused ? LOOK_DIM : LOOK_DEFAULT, text);
    }
}

static void draw_no_store(const struct console *console, struct rect area)
{
    terminal_put(area.row + 1, 2, area.columns - 3, false, LOOK_DEFAULT, console->store_error.text);
    char text[400];
    snprintf(text, sizeof text, "store: %s", console->plant->store_path);
    terminal_put(area.row + 3, 2, area.columns - 3, false, LOOK_DIM, text);
    if (console->store_error.code == ERR_NOT_FOUND)
        terminal_put(area.row + 4, 2, area.columns - 3, false, LOOK_DIM, "`gemba collect` makes it and fills it; this screen follows by itself.");
}

void frame_draw(struct console *console)
{
    char banner[400];
    const char *words = console_banner(console, banner, sizeof banner);
    struct layout layout = layout_of(console->rows, console->columns, words != NULL);
    terminal_erase();
    draw_title(console, layout.title);
    if (layout.tiny)
        return;
    if (words)
        terminal_put(1, 0, console->columns, true, LOOK_BANNER, words);
    if (console->help)
        draw_help(console, layout.body);
    else if (!console->store)
        draw_no_store(console, layout.body);
    else
        screen_of(console->screen)->draw(console, layout.body);
    draw_alarm(console, layout.alarm);
    draw_status(console, layout.status);
    draw_keys(console, layout.keys);
}
