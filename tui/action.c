#include "tui/action.h"

#include "config/config.h"
#include "tui/terminal.h"

#include <stdio.h>
#include <string.h>

#define CTRL(letter) ((letter)&0x1F)
#define F(number) (PRESS_F0 + (number))

const struct action_row actions[ACTIONS] = {
    [ACTION_NONE] = {"", {0}, 0, ACCESS_VIEWER, NULL, ""},
    [ACTION_OVERVIEW] = {"overview", {'1'}, ON_ALL, ACCESS_VIEWER, "Plant", "the plant: one row a machine, worst first"},
    [ACTION_CHARACTERISTICS] = {"characteristics", {'2'}, ON_ALL, ACCESS_VIEWER, "Chars", "all characteristics, those that need you first"},
    [ACTION_CHART] = {"chart", {'3'}, ON_ALL, ACCESS_VIEWER, "Chart", "control chart; `:chart NAME` opens one by name"},
    [ACTION_ALARMS] = {"alarms", {'4'}, ON_ALL, ACCESS_VIEWER, "Alarm", "open alarms; H shows their history"},
    [ACTION_LINKS] = {"links", {'5'}, ON_ALL, ACCESS_VIEWER, "Links", "instruments and their lines: state, times, errors"},
    [ACTION_OEE] = {"oee", {'6'}, ON_ALL, ACCESS_VIEWER, "OEE", "availability, performance, quality and losses of the shift"},
    [ACTION_TAGS] = {"tags", {'7'}, ON_ALL, ACCESS_VIEWER, "Tags", "every value as it was read"},
    [ACTION_GROUPS] = {"groups", {'M'}, ON_ALL, ACCESS_VIEWER, "Groups", "characteristics charted together: T2, MEWMA, and who made the signal"},
    [ACTION_LIMITS] = {"limits", {'L'}, ON_CHART | ON_GROUPS | ON_LIMITS, ACCESS_VIEWER, "Limits", "control limits of the chart: what holds, their history, decisions"},
    [ACTION_CAPABILITY] = {"capability",
                           {'C'},
                           ON_CHART | ON_CAPABILITY,
                           ACCESS_VIEWER,
                           "Capab",
                           "capability of the chart's characteristic: histogram with its curve, indices, ppm"},
    [ACTION_HELP] = {"help", {'?', F(1)}, ON_ALL, ACCESS_VIEWER, "Help", "this page"},
    [ACTION_UP] = {"up", {PRESS_UP, 'k'}, ON_ALL, ACCESS_VIEWER, NULL, "the row above"},
    [ACTION_DOWN] = {"down", {PRESS_DOWN, 'j'}, ON_ALL, ACCESS_VIEWER, NULL, "the row below"},
    [ACTION_LEFT] = {"left", {PRESS_LEFT, 'h'}, ON_ALL & ~ON_LIMITS, ACCESS_VIEWER, NULL, "chart: the point before; lists: columns to the left"},
    [ACTION_RIGHT] = {"right", {PRESS_RIGHT, 'l'}, ON_ALL & ~ON_LIMITS, ACCESS_VIEWER, NULL, "chart: the point after; lists: columns to the right"},
    [ACTION_PAGE_UP] = {"page-up", {PRESS_PAGE_UP, CTRL('B')}, ON_ALL, ACCESS_VIEWER, NULL, "a page up; chart: older points"},
    [ACTION_PAGE_DOWN] = {"page-down", {PRESS_PAGE_DOWN, CTRL('F')}, ON_ALL, ACCESS_VIEWER, NULL, "a page down; chart: newer points"},
    [ACTION_HALF_UP] = {"half-up", {CTRL('U')}, ON_ALL, ACCESS_VIEWER, NULL, "half a page up"},
    [ACTION_HALF_DOWN] = {"half-down", {CTRL('D')}, ON_ALL, ACCESS_VIEWER, NULL, "half a page down"},
    [ACTION_FIRST] = {"first", {PRESS_HOME, 'g'}, ON_ALL, ACCESS_VIEWER, NULL, "the first row or point"},
    [ACTION_LAST] = {"last", {PRESS_END, 'G'}, ON_ALL, ACCESS_VIEWER, NULL, "the last row; chart: follow the newest point"},
    [ACTION_ENTER] = {"enter", {PRESS_ENTER}, ON_ALL, ACCESS_VIEWER, NULL, "open what is selected"},
    [ACTION_BACK] =
        {"back", {'q', PRESS_ESCAPE, PRESS_BACKSPACE, F(10)}, ON_ALL, ACCESS_VIEWER, NULL, "back; q on the plant screen ends the console"},
    [ACTION_NEXT_SCREEN] = {"next-screen", {'\t'}, ON_ALL, ACCESS_VIEWER, NULL, "the next screen"},
    [ACTION_PREVIOUS_SCREEN] = {"previous-screen", {PRESS_SHIFT_TAB}, ON_ALL, ACCESS_VIEWER, NULL, "the screen before"},
    [ACTION_ACKNOWLEDGE] = {"acknowledge",
                            {'a', F(7)},
                            ON_CHART | ON(ACTION_CHARACTERISTICS) | ON(ACTION_ALARMS),
                            ACCESS_OPERATOR,
                            "Ack",
                            "I have seen it: takes the [new] off the alarm, or off all of a characteristic"},
    [ACTION_CAUSE] = {"cause", {'c'}, ON_CHART, ACCESS_OPERATOR, "Cause", "write down the cause and the action for the point under the cursor"},
    [ACTION_NOTE] = {"note", {'w'}, ON_CHART, ACCESS_OPERATOR, "Note", "write a note about the characteristic at the point under the cursor"},
    [ACTION_EXCLUDE] = {"exclude", {'x'}, ON_CHART | ON_GROUPS, ACCESS_ENGINEER, "Excl", "the point under the cursor no longer counts, with a reason; again: it does"},
    [ACTION_CALCULATE_LIMITS] = {"calculate-limits", {'c'}, ON_LIMITS, ACCESS_ENGINEER, "Calculate", "new limits from a range of points"},
    [ACTION_APPROVE_LIMITS] = {"approve-limits", {'a'}, ON_LIMITS, ACCESS_ENGINEER, "Approve", "the limits in force are the right ones"},
    [ACTION_LOCK_LIMITS] = {"lock-limits", {'l'}, ON_LIMITS, ACCESS_ENGINEER, "Lock", "nobody changes the limits until they are unlocked"},
    [ACTION_UNLOCK_LIMITS] = {"unlock-limits", {'u'}, ON_LIMITS, ACCESS_ENGINEER, "Unlock", "locked limits may be changed again"},
    [ACTION_ENTER_LIMITS] = {"enter-limits", {'e'}, ON_LIMITS, ACCESS_ENGINEER, "Enter", "limits by hand: centre and sigma, or lcl and ucl"},
    [ACTION_PREVIOUS] = {"previous", {'[', 'p'}, ON_CHART | ON_CAPABILITY | ON_LIMITS, ACCESS_VIEWER, NULL, "the characteristic before; limits: the part before"},
    [ACTION_NEXT] = {"next", {']', 'n'}, ON_CHART | ON_CAPABILITY | ON_LIMITS, ACCESS_VIEWER, "Next", "the next characteristic; limits: the next part"},
    [ACTION_WIDER] = {"wider", {'+', '='}, ON_CHART | ON_GROUPS, ACCESS_VIEWER, NULL, "fewer points, further apart"},
    [ACTION_NARROWER] = {"narrower", {'-'}, ON_CHART | ON_GROUPS, ACCESS_VIEWER, NULL, "more points, closer together"},
    [ACTION_FREEZE] = {"freeze", {' ', F(8)}, ON_ALL, ACCESS_VIEWER, NULL, "hold the picture still, and go on"},
    [ACTION_SEARCH] = {"search", {'/', F(3)}, ON_LISTS, ACCESS_VIEWER, NULL, "find a row by a piece of its text"},
    [ACTION_SEARCH_NEXT] = {"search-next", {'n'}, ON_LISTS, ACCESS_VIEWER, NULL, "the next row found"},
    [ACTION_SEARCH_BACK] = {"search-back", {'N'}, ON_LISTS, ACCESS_VIEWER, NULL, "the row found before"},
    [ACTION_FILTER] = {"filter", {'\\', F(4)}, ON_LISTS, ACCESS_VIEWER, "Filter", "show only rows that hold a text; empty shows all"},
    [ACTION_SORT] = {"sort", {'s', F(6)}, ON_LISTS, ACCESS_VIEWER, "Sort", "by the next column; after the last one, worst first again"},
    [ACTION_REVERSE] = {"reverse", {'r'}, ON_LISTS, ACCESS_VIEWER, NULL, "turn the order round"},
    [ACTION_HISTORY] = {"history", {'H'}, ON(ACTION_ALARMS), ACCESS_VIEWER, "History", "closed alarms too, newest first"},
    [ACTION_ZONE] = {"zone", {'Z'}, ON_ALL, ACCESS_VIEWER, NULL, "times in the plant's zone or in UTC"},
    [ACTION_GLYPHS] = {"glyphs", {'~'}, ON_ALL, ACCESS_VIEWER, NULL, "how lines are drawn: ASCII, line drawing, blocks, braille"},
    [ACTION_COPY] = {"copy", {'y'}, ON_ALL, ACCESS_VIEWER, NULL, "put the selected row or point on your clipboard (OSC 52)"},
    [ACTION_RELOAD] = {"reload", {'R'}, ON_ALL, ACCESS_VIEWER, NULL, "read the store again now"},
    [ACTION_REPAINT] = {"repaint", {CTRL('L')}, ON_ALL, ACCESS_VIEWER, NULL, "draw the whole screen anew"},
    [ACTION_COMMAND] = {"command", {':'}, ON_ALL, ACCESS_VIEWER, NULL, "any action by its name"},
    [ACTION_QUIT] = {"quit", {CTRL('X')}, ON_ALL, ACCESS_VIEWER, NULL, "end the console; the collector goes on"},
};

enum action action_of_key(int key, enum action screen)
{
    for (enum action action = ACTION_NONE + 1; action < ACTIONS; action++)
        for (int i = 0; i < ACTION_KEYS && actions[action].keys[i]; i++)
            if (actions[action].keys[i] == key && actions[action].where & ON(screen))
                return action;
    return ACTION_NONE;
}

enum action action_of_name(const char *name, const char **nearest)
{
    const char *names[ACTIONS];
    for (enum action action = ACTION_NONE + 1; action < ACTIONS; action++) {
        names[action - 1] = actions[action].name;
        if (!strcmp(actions[action].name, name))
            return action;
    }
    if (nearest)
        *nearest = text_nearest(name, names, ACTIONS - 1);
    return ACTION_NONE;
}

const char *action_refusal(enum action action, enum action screen, enum access access, bool kiosk)
{
    if (kiosk && (action == ACTION_QUIT || action == ACTION_COMMAND))
        return "not on a kiosk terminal";
    if (!(actions[action].where & ON(screen)))
        return "not on this screen";
    if (access >= actions[action].access)
        return NULL;
    return actions[action].access == ACCESS_OPERATOR ? "for operators: your account needs the group gemba-operator and a store it may write"
                                                     : "for engineers: your account needs the group gemba-engineer and a store it may write";
}

char *action_key_name(int key, char *out, size_t size)
{
    static const struct {
        int key;
        const char *name;
    } names[] = {
        {PRESS_UP, "Up"},        {PRESS_DOWN, "Down"},           {PRESS_LEFT, "Left"},           {PRESS_RIGHT, "Right"},
        {PRESS_PAGE_UP, "PgUp"}, {PRESS_PAGE_DOWN, "PgDn"},      {PRESS_HOME, "Home"},           {PRESS_END, "End"},
        {PRESS_ENTER, "Enter"},  {PRESS_ESCAPE, "Esc"},          {PRESS_BACKSPACE, "Backspace"}, {'\t', "Tab"},
        {' ', "Space"},          {PRESS_SHIFT_TAB, "Shift-Tab"},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].key == key) {
            snprintf(out, size, "%s", names[i].name);
            return out;
        }
    if (key > PRESS_F0)
        snprintf(out, size, "F%d", key - PRESS_F0);
    else if (key < ' ')
        snprintf(out, size, "^%c", key + '@');
    else
        snprintf(out, size, "%c", key);
    return out;
}
