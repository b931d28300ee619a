#ifndef GEMBA_TUI_ACTION_H
#define GEMBA_TUI_ACTION_H

#include "config/config.h"

/* Everything a person can do, one row each: the keys, the key bar, the help overlay and the `:` commands come from this table. */

enum action {
    ACTION_NONE,
    /* the screens, in the order of their keys 1..7 */
    ACTION_OVERVIEW,
    ACTION_CHARACTERISTICS,
    ACTION_CHART,
    ACTION_ALARMS,
    ACTION_LINKS,
    ACTION_OEE,
    ACTION_TAGS,
    ACTION_GROUPS,
    ACTION_LIMITS, /* of the chart; opened from there */
    ACTION_CAPABILITY, /* likewise */
    ACTION_SCREEN_LAST = ACTION_CAPABILITY,
    ACTION_HELP,
    ACTION_UP,
    ACTION_DOWN,
    ACTION_LEFT,
    ACTION_RIGHT,
    ACTION_PAGE_UP,
    ACTION_PAGE_DOWN,
    ACTION_HALF_UP,
    ACTION_HALF_DOWN,
    ACTION_FIRST,
    ACTION_LAST,
    ACTION_ENTER,
    ACTION_BACK,
    ACTION_NEXT_SCREEN,
    ACTION_PREVIOUS_SCREEN,
    ACTION_ACKNOWLEDGE,
    ACTION_CAUSE,
    ACTION_NOTE,
    ACTION_EXCLUDE,
    ACTION_CALCULATE_LIMITS,
    ACTION_APPROVE_LIMITS,
    ACTION_LOCK_LIMITS,
    ACTION_UNLOCK_LIMITS,
    ACTION_ENTER_LIMITS,
    ACTION_PREVIOUS,
    ACTION_NEXT,
    ACTION_WIDER,
    ACTION_NARROWER,
    ACTION_FREEZE,
    ACTION_SEARCH,
    ACTION_SEARCH_NEXT,
    ACTION_SEARCH_BACK,
    ACTION_FILTER,
    ACTION_SORT,
    ACTION_REVERSE,
    ACTION_HISTORY,
    ACTION_ZONE,
    ACTION_GLYPHS,
    ACTION_COPY,
    ACTION_RELOAD,
    ACTION_REPAINT,
    ACTION_COMMAND,
    ACTION_QUIT,
    ACTIONS
};

/* On which screens an action means something: bit n is the screen of ACTION_OVERVIEW + n. */
#define ON(action) (1u << ((action)-ACTION_OVERVIEW))
#define ON_ALL ((1u << (ACTION_SCREEN_LAST - ACTION_OVERVIEW + 1)) - 1)
#define ON_CHART ON(ACTION_CHART)
#define ON_GROUPS ON(ACTION_GROUPS)
#define ON_LIMITS ON(ACTION_LIMITS)
#define ON_CAPABILITY ON(ACTION_CAPABILITY)
#define ON_LISTS (ON_ALL & ~ON_CHART & ~ON_LIMITS & ~ON_CAPABILITY)

enum { ACTION_KEYS = 4 };
struct action_row {
    const char *name;      /* the `:` command */
    int keys[ACTION_KEYS]; /* 0 ends */
    unsigned where;        /* screens */
    enum access access;    /* who may */
    const char *bar;       /* its word in the key bar; NULL: not there */
    const char *help;
};
extern const struct action_row actions[ACTIONS];

/* The action of a key on a screen (its action's number), or ACTION_NONE. */
enum action action_of_key(int key, enum action screen);
/* By name; nearest: the name most like it, or NULL. */
enum action action_of_name(const char *name, const char **nearest);
/* Why it cannot be done now, or NULL. */
const char *action_refusal(enum action action, enum action screen, enum access access, bool kiosk);
/* A key as people write it: "F7", "PgDn", "^L", "a". Returns out. */
char *action_key_name(int key, char *out, size_t size);

#endif
