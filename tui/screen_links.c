/* The links, and below them all that is known about the selected one. */
#include "tui/screen.h"
#include "tui/terminal.h"

enum { PANEL_LEAST = 6, PANEL_MOST = 20, LIST_LEAST = 8 };

static void draw_panel(struct rect area, const void *row)
{
    char text[400];
    terminal_glyph(area.row, area.column, area.columns, LOOK_LINE, GLYPH_AXIS);
    for (int i = 0; i < area.rows && board_links_line(row, i, text, sizeof text); i++)
        terminal_put(area.row + i, area.column + (i ? 1 : 2), area.columns - 4, false, i ? LOOK_DEFAULT : LOOK_HEADER, text);
}

void screen_links_draw(struct console *console, struct rect area)
{
    struct list *links = &console->lists[ACTION_LINKS - ACTION_OVERVIEW];
    struct rect list = area, panel = area;
    panel.rows = area.rows - (int)links->shown - 2;
    if (panel.rows < PANEL_LEAST)
        panel.rows = PANEL_LEAST;
    if (panel.rows > PANEL_MOST)
        panel.rows = PANEL_MOST;
    const void *row = links->board ? list_row(links) : NULL;
    int least = links->shown < LIST_LEAST ? (int)links->shown + 1 : LIST_LEAST;
    if (!row || area.rows - panel.rows < least) {
        list_draw(links, area, true);
        return;
    }
    list.rows -= panel.rows;
    panel.row += list.rows;
    list_draw(links, list, true);
    draw_panel(panel, row);
}
