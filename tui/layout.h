#ifndef GEMBA_TUI_LAYOUT_H
#define GEMBA_TUI_LAYOUT_H

#include <stdbool.h>

struct rect {
    int row, column, rows, columns;
};

/* Where things go on a screen of so many rows and columns: pure. */
enum { LAYOUT_ROWS = 17, LAYOUT_COLUMNS = 60, LAYOUT_SIDE = 120, LAYOUT_FOUR = 160, LAYOUT_CHARTS = 4 };

struct layout {
    bool tiny; /* below 60x17: one status line, everything else empty */
    struct rect title, body, alarm, status, keys;
};
struct layout layout_of(int rows, int columns, bool banner);

/* The chart screen's body: a table beside the charts from 120 columns on (else empty), and 1, 2 or 4 charts, the first one with the cursor. */
struct chart_grid {
    struct rect table;
    struct rect charts[LAYOUT_CHARTS];
    int count;
};
struct chart_grid layout_charts(struct rect body);

/* Inside one chart of so many plots, the first the highest. full: with the readout of the point under the cursor. */
enum { LAYOUT_PLOTS = 3 };
struct chart_areas {
    struct rect header, plots[LAYOUT_PLOTS], axis, readout;
    int labels; /* columns kept at the right edge for the lines' names and values */
};
struct chart_areas layout_chart(struct rect area, bool full, int plots);

/* The overview's body: all machines, and on a tall screen below them the characteristics and alarms that need somebody most; rects without rows
 * are not drawn. */
void layout_overview(struct rect body, int machines, struct rect *list, struct rect *characteristics, struct rect *alarms);

/* The OEE screen's body: machines above, the selected one's figures below. */
void layout_oee(struct rect body, int machines, struct rect *list, struct rect *detail);

#endif
