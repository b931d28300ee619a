#include "tui/screen.h"

static struct list *list_of(struct console *console, enum action screen)
{
    return &console->lists[screen - ACTION_OVERVIEW];
}

static void lay_out(struct console *console, struct rect body, struct rect *machines, struct rect *characteristics, struct rect *alarms)
{
    layout_overview(body, (int)list_of(console, ACTION_OVERVIEW)->shown, machines, characteristics, alarms);
}

/* The machines are always loaded: the title line shows them too. */
int screen_overview_load(struct console *console, struct error *err)
{
    struct rect machines, characteristics, alarms;
    lay_out(console, console_layout(console).body, &machines, &characteristics, &alarms);
    if (!characteristics.rows)
        return 0;
    return screen_list_load(console, ACTION_CHARACTERISTICS, err) || screen_list_load(console, ACTION_ALARMS, err) ? -1 : 0;
}

void screen_overview_draw(struct console *console, struct rect area)
{
    struct rect machines, characteristics, alarms;
    lay_out(console, area, &machines, &characteristics, &alarms);
    list_draw(list_of(console, ACTION_OVERVIEW), machines, true);
    list_draw(list_of(console, ACTION_CHARACTERISTICS), characteristics, false);
    list_draw(list_of(console, ACTION_ALARMS), alarms, false);
}
