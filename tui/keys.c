/* From a key to what it does: prompt, help overlay, the screen's own actions, the console's. */
#include "tui/screen.h"
#include "tui/terminal.h"

#include <stdlib.h>
#include <string.h>

static void freeze(struct console *console)
{
    console->frozen_us = console->frozen_us ? 0 : console->now_us;
    if (!console->frozen_us)
        console_tick(console, true);
}

static void copy_row(struct console *console)
{
    char text[400];
    screen_of(console->screen)->detail(console, text, sizeof text);
    terminal_copy(text);
    console_say(console, LOOK_OK, "copied: %s", text);
}

static void turn_zone(struct console *console)
{
    console->utc = !console->utc;
    for (int i = 0; i < SCREENS; i++)
        console->lists[i].utc = console->utc;
    console_say(console, LOOK_DEFAULT, "times in %s",
                console->utc               ? "UTC"
                : console->plant->timezone ? console->plant->timezone
                                           : "the plant's zone");
}

static void next_screen(struct console *console, int by)
{
    enum action screen = console->screen;
    do
        screen = ACTION_OVERVIEW + (enum action)(((int)screen - ACTION_OVERVIEW + by + SCREENS) % SCREENS);
    while (actions[screen].where != ON_ALL);
    console_go(console, screen);
}

static void open_help(struct console *console)
{
    console->help = true;
    console->help_top = 0;
}

static void ask_command(struct console *console)
{
    console->asking = ACTION_COMMAND;
    prompt_open(&console->prompt, ":", "");
}

static void quit(struct console *console)
{
    console->ended = true;
}

static void reload(struct console *console)
{
    console_tick(console, true);
    console_say(console, LOOK_DEFAULT, "read again");
}

static void next(struct console *console)
{
    next_screen(console, 1);
}

static void previous(struct console *console)
{
    next_screen(console, -1);
}

static const struct {
    enum action action;
    void (*run)(struct console *console);
} common[] = {
    {ACTION_BACK, console_back}, {ACTION_NEXT_SCREEN, next}, {ACTION_PREVIOUS_SCREEN, previous}, {ACTION_FREEZE, freeze},  {ACTION_ZONE, turn_zone},
    {ACTION_COPY, copy_row},     {ACTION_RELOAD, reload},    {ACTION_COMMAND, ask_command},      {ACTION_HELP, open_help}, {ACTION_QUIT, quit},
};

void console_do(struct console *console, enum action action)
{
    const char *refusal = action_refusal(action, console->screen, console->person.access, console->kiosk);
    console->message[0] = 0;
    if (refusal) {
        console_say(console, LOOK_WARN, "%s: %s", actions[action].name, refusal);
        return;
    }
    if (action >= ACTION_OVERVIEW && action <= ACTION_SCREEN_LAST) {
        console_go(console, action);
        return;
    }
    if (action == ACTION_GLYPHS)
        terminal_next_tier();
    if (action == ACTION_REPAINT)
        terminal_repaint();
    for (size_t i = 0; i < sizeof common / sizeof common[0]; i++)
        if (common[i].action == action) {
            common[i].run(console);
            return;
        }
    if (screen_of(console->screen)->act(console, action) & SCREEN_RELOAD && console->store)
        console_tick(console, true);
}

static const struct characteristic *find_characteristic(struct console *console, const char *name)
{
    const struct plant *plant = console->plant;
    const struct characteristic *found = plant_characteristic(plant, name);
    if (found)
        return found;
    const char *nearest = plant_nearest_characteristic(plant, name);
    console_say(console, LOOK_WARN, nearest ? "no characteristic '%s': did you mean '%s'?" : "no characteristic '%s'%s", name,
                nearest ? nearest : "");
    return NULL;
}

/* ":chart bore-dia", ":freeze", ":q". */
static void run_command(struct console *console, const char *line)
{
    char word[PROMPT_TEXT];
    const char *rest = line + strcspn(line, " "), *nearest = NULL;
    snprintf(word, sizeof word, "%.*s", (int)(rest - line), line);
    rest += strspn(rest, " ");
    enum action action = !strcmp(word, "q") ? ACTION_QUIT : action_of_name(word, &nearest);
    if (!*word)
        return;
    if (action == ACTION_NONE) {
        console_say(console, LOOK_WARN, nearest ? "no command '%s': did you mean '%s'?" : "no command '%s'%s: ? lists them", word,
                    nearest ? nearest : "");
        return;
    }
    if (action == ACTION_CHART && *rest) {
        const struct characteristic *found = find_characteristic(console, rest);
        if (!found)
            return;
        console->characteristic = found;
        console->cursor = console->anchor = 0;
        if (console->screen == ACTION_CHART)
            console_tick(console, true);
    }
    console_do(console, action);
}

static void press_in_prompt(struct console *console, int key)
{
    enum prompt_result result = prompt_key(&console->prompt, key);
    if (result == PROMPT_CANCELLED)
        console_say(console, LOOK_DEFAULT, "left as it was");
    if (result != PROMPT_DONE)
        return;
    if (console->asking == ACTION_COMMAND)
        run_command(console, console->prompt.text);
    else
        screen_prompted(console, console->asking, console->prompt.text);
}

static void press_in_help(struct console *console, int key)
{
    switch (action_of_key(key, console->screen)) {
    case ACTION_UP:
        console->help_top -= console->help_top > 0;
        break;
    case ACTION_DOWN:
        console->help_top++;
        break;
    case ACTION_PAGE_UP:
        console->help_top = console->help_top > 10 ? console->help_top - 10 : 0;
        break;
    case ACTION_PAGE_DOWN:
        console->help_top += 10;
        break;
    default:
        console->help = false;
    }
}

void console_press(struct console *console, int key)
{
    console->pressed_us = clock_monotonic_us();
    if (key == PRESS_NONE || key == PRESS_RESIZE)
        return;
    if (console->prompt.label) {
        press_in_prompt(console, key);
        return;
    }
    if (console->help) {
        press_in_help(console, key);
        return;
    }
    if (key == 'q' && console->screen == ACTION_OVERVIEW && !console->n_back) {
        console_do(console, ACTION_QUIT);
        return;
    }
    enum action action = action_of_key(key, console->screen);
    if (action != ACTION_NONE)
        console_do(console, action);
}
