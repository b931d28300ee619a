#ifndef GEMBA_TUI_SCREEN_H
#define GEMBA_TUI_SCREEN_H

#include "tui/console.h"

/* What handling an action asks of the console. */
enum { SCREEN_HANDLED = 1, SCREEN_RELOAD = 2 };

/* A screen is a row of this table, at the place of its action. Only the frame calls draw. */
struct screen {
    const char *title;
    const struct board *board; /* NULL: not a plain list */
    int (*load)(struct console *console, struct error *err);
    unsigned (*act)(struct console *console, enum action action); /* 0: not mine */
    void (*draw)(struct console *console, struct rect area);
    void (*detail)(const struct console *console, char *out, size_t size); /* the status line */
    void (*close)(struct console *console);
};
extern const struct screen screens[SCREENS];
const struct screen *screen_of(enum action action);

/* The prompt for a screen's action was ended with Enter. */
void screen_prompted(struct console *console, enum action asking, const char *text);

/* The overview. */
int screen_overview_load(struct console *console, struct error *err);
void screen_overview_draw(struct console *console, struct rect area);

/* Lists. */
struct list *screen_list(struct console *console);
int screen_list_load(struct console *console, enum action screen, struct error *err);
int screen_list_load_current(struct console *console, struct error *err);
unsigned screen_list_act(struct console *console, enum action action);
void screen_list_draw(struct console *console, struct rect area);
void screen_list_detail(const struct console *console, char *out, size_t size);
void screen_list_prompted(struct console *console, enum action asking, const char *text);

/* The chart. */
int screen_chart_load(struct console *console, struct error *err);
unsigned screen_chart_act(struct console *console, enum action action);
void screen_chart_draw(struct console *console, struct rect area);
void screen_chart_detail(const struct console *console, char *out, size_t size);
void screen_chart_prompted(struct console *console, enum action asking, const char *text);
void screen_chart_close(struct console *console);
const struct point *screen_chart_point(const struct console *console); /* under the cursor, or NULL */
/* One cell of any chart. */
void chart_draw_cell(int row, int column, const struct plot_cell *cell, bool cursor);
void chart_draw(const struct console *console, const struct chart *chart, struct rect area, bool full);

/* Limits of the characteristic on the chart. */
int screen_limits_load(struct console *console, struct error *err);
unsigned screen_limits_act(struct console *console, enum action action);
void screen_limits_draw(struct console *console, struct rect area);
void screen_limits_detail(const struct console *console, char *out, size_t size);
void screen_limits_prompted(struct console *console, enum action asking, const char *text);
void screen_limits_close(struct console *console);

/* Groups. */
int screen_groups_load(struct console *console, struct error *err);
unsigned screen_groups_act(struct console *console, enum action action);
void screen_groups_draw(struct console *console, struct rect area);
void screen_groups_prompted(struct console *console, const char *text);
void screen_groups_close(struct console *console);

/* Capability of the characteristic on the chart. */
int screen_capability_load(struct console *console, struct error *err);
unsigned screen_capability_act(struct console *console, enum action action);
void screen_capability_draw(struct console *console, struct rect area);
void screen_capability_detail(const struct console *console, char *out, size_t size);
void screen_capability_close(struct console *console);

/* OEE. */
int screen_oee_load(struct console *console, struct error *err);
unsigned screen_oee_act(struct console *console, enum action action);
void screen_oee_draw(struct console *console, struct rect area);
void screen_links_draw(struct console *console, struct rect area);
void screen_oee_close(struct console *console);

/* What people write; each opens the store for writing for just that moment. */
void writing_acknowledge_alarm(struct console *console, int64_t alarm);
void writing_acknowledge_characteristic(struct console *console, const struct characteristic *characteristic);
void writing_exclusion(struct console *console, int64_t point, bool excluded, const char *reason);
/* True when it was written. */
void writing_group_exclusion(struct console *console, const struct characteristic_group *group, int64_t point, bool excluded, const char *reason);
bool writing_group_limits(struct console *console, struct group_proposal *proposal, const char *reason);
bool writing_limits(struct console *console, struct limits_proposal *proposal, const char *reason);
void writing_note(struct console *console, const struct characteristic *characteristic, int64_t about_us, const char *text);
void writing_cause(struct console *console, int64_t point, const char *cause, const char *action);

#endif
