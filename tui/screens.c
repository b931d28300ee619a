#include "tui/screen.h"

#define LIST(title, board)                                                                                                                           \
    {                                                                                                                                                \
        title, board, screen_list_load_current, screen_list_act, screen_list_draw, screen_list_detail, NULL                                          \
    }

const struct screen screens[SCREENS] = {
    [ACTION_OVERVIEW - ACTION_OVERVIEW] = {"Plant", &board_overview, screen_overview_load, screen_list_act, screen_overview_draw, screen_list_detail,
                                           NULL},
    [ACTION_CHARACTERISTICS - ACTION_OVERVIEW] = LIST("Characteristics", &board_characteristics),
    [ACTION_CHART -
        ACTION_OVERVIEW] = {"Chart", NULL, screen_chart_load, screen_chart_act, screen_chart_draw, screen_chart_detail, screen_chart_close},
    [ACTION_ALARMS - ACTION_OVERVIEW] = LIST("Alarms", &board_alarms),
    [ACTION_LINKS -
        ACTION_OVERVIEW] = {"Links", &board_links, screen_list_load_current, screen_list_act, screen_links_draw, screen_list_detail, NULL},
    [ACTION_OEE - ACTION_OVERVIEW] = {"OEE", &board_oee, screen_oee_load, screen_oee_act, screen_oee_draw, screen_list_detail, screen_oee_close},
    [ACTION_TAGS - ACTION_OVERVIEW] = LIST("Tags", &board_tags),
    [ACTION_GROUPS - ACTION_OVERVIEW] = {"Groups", &board_groups, screen_groups_load, screen_groups_act, screen_groups_draw, screen_list_detail,
                                         screen_groups_close},
    [ACTION_CAPABILITY - ACTION_OVERVIEW] = {"Capability", NULL, screen_capability_load, screen_capability_act, screen_capability_draw,
                                             screen_capability_detail, screen_capability_close},
    [ACTION_LIMITS - ACTION_OVERVIEW] = {"Limits", NULL, screen_limits_load, screen_limits_act, screen_limits_draw, screen_limits_detail,
                                         screen_limits_close},
};

const struct screen *screen_of(enum action action)
{
    return &screens[action - ACTION_OVERVIEW];
}

void screen_prompted(struct console *console, enum action asking, const char *text)
{
    if (asking == ACTION_EXCLUDE && console->screen == ACTION_GROUPS)
        screen_groups_prompted(console, text);
    else if (asking == ACTION_CAUSE || asking == ACTION_EXCLUDE || asking == ACTION_NOTE)
        screen_chart_prompted(console, asking, text);
    else if (actions[asking].where == ON_LIMITS)
        screen_limits_prompted(console, asking, text);
    else
        screen_list_prompted(console, asking, text);
}
