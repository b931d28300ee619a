#include "tui/screen.h"
#include "tui/terminal.h"
#include "tui/tui.h"

#include <stdio.h>
#include <string.h>

enum { TICK_MS = 500 };

static enum action screen_named(const char *name)
{
    const char *names[SCREENS];
    for (enum action screen = ACTION_OVERVIEW; screen <= ACTION_SCREEN_LAST; screen++) {
        names[screen - ACTION_OVERVIEW] = actions[screen].name;
        if (!strcmp(name, actions[screen].name))
            return screen;
    }
    const char *nearest = text_nearest(name, names, SCREENS);
    fprintf(stderr, nearest ? "gemba: no screen '%s': did you mean '%s'?\n" : "gemba: no screen '%s': `gemba show --help` lists them\n", name,
            nearest);
    return ACTION_NONE;
}

/* A key at once, else a tick twice a second. A frame that the line could not take is drawn at the next turn. */
static void run(struct console *console)
{
    bool due = true;
    console_tick(console, true);
    while (!console->ended && !terminal_ended()) {
        int rows, columns;
        terminal_size(&rows, &columns);
        console_resize(console, rows, columns);
        if (due) {
            frame_draw(console);
            due = !terminal_show();
        }
        int key = terminal_key(TICK_MS);
        if (key != PRESS_NONE)
            console_press(console, key);
        due |= console_tick(console, false) || key != PRESS_NONE;
    }
}

int dashboard_command(int argc, char **argv)
{
    const char *config = NULL, *first = "overview", *operands[1];
    bool kiosk = false, ascii = false;
    struct error err;
    const struct option_row rows[] = {
        OPTIONS_CONFIG(&config),
        {"screen", 's', OPTION_TEXT, "NAME", "the screen to begin with: overview, characteristics, chart, alarms, links, oee, tags", &first},
        {"kiosk", 0, OPTION_FLAG, NULL, "for a terminal on the shop floor: no quit, no commands, back to the overview after 60 s", &kiosk},
        {"ascii", 0, OPTION_FLAG, NULL, "plain characters only (~ changes it)", &ascii},
    };
    const struct command_line line = {
        .usage = "gemba [dashboard] [options]",
        .summary = "The console: the plant, its charts, alarms, links and OEE, twice a second. ? lists the keys.",
        .rows = rows,
        .count = sizeof rows / sizeof rows[0],
    };
    int status = options_parse(&line, argc, argv, operands);
    if (status)
        return status < 0 ? 2 : 0;
    enum action screen = screen_named(first);
    if (screen == ACTION_NONE)
        return 2;
    struct plant *plant = plant_open(config);
    if (!plant)
        return 2;
    const struct terminal_options options = {.ascii = ascii, .kiosk = kiosk};
    if (terminal_open(&options, &err)) {
        fprintf(stderr, "gemba: %s\n", err.text);
        plant_free(plant);
        return 2;
    }
    struct console *console = console_create(plant, person_of_account(plant->store_path), kiosk);
    console_go(console, screen);
    run(console);
    terminal_close();
    console_free(console);
    plant_free(plant);
    return 0;
}
