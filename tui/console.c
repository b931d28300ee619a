#include "tui/console.h"

#include "tui/screen.h"
#include "tui/terminal.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const int64_t reopen_us = 2 * SECOND_US, reload_us = SECOND_US, collector_late_us = 5 * SECOND_US, kiosk_home_us = 60 * SECOND_US;

struct console *console_create(struct plant *plant, struct person person, bool kiosk)
{
    struct console *console = memory_zero(1, sizeof *console);
    console->plant = plant;
    console->person = person;
    console->kiosk = kiosk;
    console->screen = ACTION_OVERVIEW;
    console->rows = 24;
    console->columns = 80;
    console->step = 2;
    console->pressed_us = clock_monotonic_us();
    error_set(&console->store_error, ERR_NOT_FOUND, "not opened yet");
    return console;
}

static void close_screens(struct console *console)
{
    for (int i = 0; i < SCREENS; i++)
        if (screens[i].close)
            screens[i].close(console);
}

void console_free(struct console *console)
{
    if (!console)
        return;
    close_screens(console);
    for (int i = 0; i < SCREENS; i++)
        list_free(&console->lists[i]);
    store_close(console->store);
    free(console);
}

void console_say(struct console *console, enum look look, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(console->message, sizeof console->message, format, arguments);
    va_end(arguments);
    console->message_look = look;
}

char *console_time(const struct console *console, int64_t time_us, const char *format, char *out, size_t size)
{
    if (!console->utc)
        return text_time_local(time_us, format, out, size);
    time_t seconds = (time_t)(time_us / SECOND_US);
    struct tm utc;
    if (!strftime(out, size, format, gmtime_r(&seconds, &utc)) && size)
        out[0] = 0;
    char *zone = strstr(out, "GMT");
    if (zone)
        memcpy(zone, "UTC", 3);
    return out;
}

const char *console_banner(const struct console *console, char *out, size_t size)
{
    char time[32], age[24];
    int64_t silent_us = clock_real_us(console->now_us - console->facts.collector_us);
    if (!console->store)
        snprintf(out, size, "NO STORE: %s%s", console->store_error.text, console->store_error.code == ERR_NOT_FOUND ? "; start `gemba collect`" : "");
    else if (console->store_error.code)
        snprintf(out, size, "STORE: %s; what you see is older", console->store_error.text);
    else if (console->frozen_us)
        snprintf(out, size, "FROZEN since %s: Space goes on", console_time(console, console->frozen_us, "%H:%M:%S %Z", time, sizeof time));
    else if (!console->facts.collector_us)
        snprintf(out, size, "NO COLLECTOR has written to this store: start `gemba collect`");
    else if (silent_us > collector_late_us)
        snprintf(out, size, "COLLECTOR NOT RUNNING since %s (%s): start `gemba collect`",
                 console_time(console, console->facts.collector_us, "%m-%d %H:%M:%S %Z", time, sizeof time), text_age(silent_us, age, sizeof age));
    else
        return NULL;
    return out;
}

struct layout console_layout(const struct console *console)
{
    char words[8];
    return layout_of(console->rows, console->columns, console_banner(console, words, sizeof words) != NULL);
}

struct board_source console_source(const struct console *console)
{
    return (struct board_source){.store = console->store, .plant = console->plant, .now_us = console->now_us, .history = console->history};
}

static void open_store(struct console *console)
{
    int64_t now_us = clock_monotonic_us();
    struct clock_anchor anchor;
    if (console->opened_us && now_us - console->opened_us < reopen_us)
        return;
    console->opened_us = now_us;
    console->store_error = (struct error){0};
    if (store_open(&console->store, console->plant->store_path, STORE_READ, &console->store_error)) {
        console->store = NULL;
        return;
    }
    if (store_identify(console->store, console->plant, &console->store_error) || store_anchor(console->store, &anchor, &console->store_error)) {
        store_close(console->store);
        console->store = NULL;
        return;
    }
    if (console->plant->simulated && anchor.real_us)
        clock_set_anchor(anchor);
    console->now_us = clock_now_us();
    console->loaded_us = 0;
}

static void load(struct console *console)
{
    const struct screen *screen = screen_of(console->screen);
    struct error err = {0};
    console->now_us = console->frozen_us ? console->frozen_us : clock_now_us();
    console->generation = store_generation(console->store);
    console->loaded_us = clock_monotonic_us();
    if (store_snapshot_begin(console->store, &err) == 0) {
        if (screen_list_load(console, ACTION_OVERVIEW, &err) == 0 &&
            facts_load(&console->facts, console->store, console->plant, &console->lists[0], &err) == 0)
            screen->load(console, &err);
        store_snapshot_end(console->store);
    }
    console->store_error = err;
    if (err.code == ERR_NOT_FOUND || err.code == ERR_CORRUPT || err.code == ERR_NOT_GEMBA) {
        store_close(console->store);
        console->store = NULL;
    }
}

bool console_tick(struct console *console, bool force)
{
    int64_t monotonic_us = clock_monotonic_us();
    if (console->kiosk && console->screen != ACTION_OVERVIEW && monotonic_us - console->pressed_us > kiosk_home_us)
        console_go(console, ACTION_OVERVIEW);
    if (console->frozen_us && !force)
        return false;
    if (!console->store)
        open_store(console);
    if (!console->store) {
        console->now_us = clock_now_us();
        return true;
    }
    if (force || !console->loaded_us || monotonic_us - console->loaded_us >= reload_us || store_generation(console->store) != console->generation)
        load(console);
    else
        console->now_us = clock_now_us();
    return true;
}

void console_resize(struct console *console, int rows, int columns)
{
    if (rows == console->rows && columns == console->columns)
        return;
    console->rows = rows;
    console->columns = columns;
    if (console->store)
        load(console);
}

void console_go(struct console *console, enum action screen)
{
    if (screen == console->screen)
        return;
    if (screen == ACTION_OVERVIEW)
        console->n_back = 0;
    else {
        if (console->n_back == BACK_MOST)
            memmove(console->back, console->back + 1, sizeof console->back[0] * --console->n_back);
        console->back[console->n_back++] = console->screen;
    }
    console->screen = screen;
    console->limits.part_chosen = false; /* that of the point under the cursor, again */
    console->frozen_us = 0;
    console->message[0] = 0;
    if (console->store)
        load(console);
}

void console_back(struct console *console)
{
    if (console->n_back) {
        console->screen = console->back[--console->n_back];
        console->frozen_us = 0;
        console->message[0] = 0;
        if (console->store)
            load(console);
    } else if (console->screen != ACTION_OVERVIEW)
        console_go(console, ACTION_OVERVIEW);
}
