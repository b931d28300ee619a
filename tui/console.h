#ifndef GEMBA_TUI_CONSOLE_H
#define GEMBA_TUI_CONSOLE_H

#include "tui/action.h"
#include "tui/chart.h"
#include "tui/facts.h"
#include "tui/group_chart.h"
#include "tui/list.h"
#include "tui/prompt.h"

/* The console without its terminal: what is open, selected and typed. Keys and ticks change it, frame_draw shows it. */

enum { SCREENS = ACTION_SCREEN_LAST - ACTION_OVERVIEW + 1, BACK_MOST = 16 };

struct console {
    struct plant *plant;
    struct person person;
    bool kiosk, utc, help, ended;
    int rows, columns;

    struct store *store; /* NULL: not there, see store_error */
    struct error store_error;
    int64_t now_us, generation, loaded_us, opened_us, pressed_us; /* the last three monotonic */
    int64_t frozen_us;                                            /* 0: live */

    enum action screen, back[BACK_MOST];
    int n_back;
    struct list lists[SCREENS]; /* by screen; the chart's place is empty */
    bool history;

    const struct characteristic *characteristic; /* on the chart screen; NULL: the first of the list */
    struct chart charts[LAYOUT_CHARTS];
    int n_charts, step;
    int64_t cursor, anchor; /* point numbers; 0: the newest */

    struct {
        struct limits *history; /* oldest first; owned */
        size_t count;
        const struct characteristic_group *group; /* it was opened from the groups screen; else NULL, and the chart's characteristic */
        struct group_model *models;               /* ... its limits, oldest first; owned */
        struct group_proposal group_proposal;     /* ... waits for its reason */
        int top;
        int64_t newest;                   /* point */
        char part[READING_TEXT];          /* where each has limits of its own: whose are shown; "" the sigma that all share */
        bool part_chosen;                 /* by hand, or as that of the point under the cursor; until the screen is left */
        struct limits_proposal proposal;  /* waits for its reason, when proposed */
        bool proposed;
    } limits;
    bool excluding; /* the point under the cursor, or bringing it back */
    char suggestion[160]; /* about the limits of the shown chart; "" */

    struct group_chart group; /* of the group selected on the groups screen */
    int64_t group_cursor;     /* points before the newest */

    struct study *capability; /* of the characteristic on the chart, on the capability screen; owned */
    int64_t capability_points;

    struct machine_study timeline; /* of the machine selected on the OEE screen */

    struct prompt prompt;
    enum action asking; /* what the prompt is for */
    char cause[PROMPT_TEXT];
    int64_t cause_point, note_us;
    char message[200];
    enum look message_look;

    struct facts facts;
    int help_top;
};

/* The plant stays the caller's. */
struct console *console_create(struct plant *plant, struct person person, bool kiosk);
void console_free(struct console *console);

/* Reads the store anew when it changed, a second passed, or force; opens it when it was missing. True when there is something to draw. */
bool console_tick(struct console *console, bool force);
void console_resize(struct console *console, int rows, int columns);
void console_press(struct console *console, int key);
void console_do(struct console *console, enum action action);
void console_go(struct console *console, enum action screen);
void console_back(struct console *console);
void console_say(struct console *console, enum look look, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* A time as the screen shows it now: plant zone or UTC; strftime format. */
char *console_time(const struct console *console, int64_t time_us, const char *format, char *out, size_t size);
/* The banner's words, or NULL. */
const char *console_banner(const struct console *console, char *out, size_t size);
struct layout console_layout(const struct console *console);
struct board_source console_source(const struct console *console);

/* Draws everything onto the terminal, without sending it. */
void frame_draw(struct console *console);

#endif
