/* tui/: what people see. The only code that speaks curses, and only terminal.c opens and closes it.
 *
 * terminal.c   the terminal: open, restore on every way out, colour roles, glyph tiers, back-pressure
 * layout.c     where things go for (rows, columns): pure
 * action.c     the table of actions: keys, role, help; key bar, help overlay and `:` commands come from it
 * screen.h     the table of screens; screen_*.c one each: load rows, draw, keys
 * list.c       the list widget: one column table drives screen and script
 * group_chart.c  the chart of characteristics charted together
 * plot.c       values -> cells of a control chart: pure
 * dashboard.c  the loop      show.c  `gemba show SCREEN --format text|csv|json` */
#ifndef GEMBA_TUI_H
#define GEMBA_TUI_H

#include "reports/reports.h"

int dashboard_command(int argc, char **argv);
int show_command(int argc, char **argv);

#endif
