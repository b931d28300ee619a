#include "tui/layout.h"

enum {
    TABLE_COLUMNS = 44,
    LABEL_COLUMNS = 15,
    HEADER_ROWS = 2,
    READOUT_ROWS = 3,
    FOUR_ROWS = 34, /* below that, four charts would be too low: two */
    SETTINGS_FROM = 22, /* a chart so high has a row for what it was told; below, zones are worth more */
    DETAIL_ROWS = 11,
};

static int least(int a, int b)
{
    return a < b ? a : b;
}

struct layout layout_of(int rows, int columns, bool banner)
{
    struct layout layout = {.tiny = rows < LAYOUT_ROWS || columns < LAYOUT_COLUMNS};
    layout.title = (struct rect){0, 0, rows > 0, columns};
    if (layout.tiny)
        return layout;
    int top = banner ? 2 : 1;
    layout.body = (struct rect){top, 0, rows - top - 3, columns};
    layout.alarm = (struct rect){rows - 3, 0, 1, columns};
    layout.status = (struct rect){rows - 2, 0, 1, columns};
    layout.keys = (struct rect){rows - 1, 0, 1, columns};
    return layout;
}

struct chart_grid layout_charts(struct rect body)
{
    struct chart_grid grid = {.count = 1};
    struct rect charts = body;
    if (body.columns >= LAYOUT_SIDE) {
        grid.table = (struct rect){body.row, body.column, body.rows, TABLE_COLUMNS};
        charts.column += TABLE_COLUMNS + 1;
        charts.columns -= TABLE_COLUMNS + 1;
    }
    int across = body.columns >= LAYOUT_FOUR ? 2 : 1, down = across == 2 && body.rows >= FOUR_ROWS ? 2 : 1;
    grid.count = across * down;
    for (int i = 0; i < grid.count; i++) {
        int columns = charts.columns / across, rows = charts.rows / down;
        bool last_column = i % across == across - 1, last_row = i / across == down - 1;
        grid.charts[i] = (struct rect){
            charts.row + i / across * rows,
            charts.column + i % across * columns,
            last_row ? charts.rows - (down - 1) * rows : rows,
            last_column ? charts.columns - (across - 1) * columns : columns - 1,
        };
    }
    return grid;
}

struct chart_areas layout_chart(struct rect area, bool full, int plots)
{
    struct chart_areas areas = {.labels = LABEL_COLUMNS};
    int header = area.rows < 15 ? 1 : full && area.rows >= SETTINGS_FROM ? HEADER_ROWS + 1 : HEADER_ROWS, readout = full ? READOUT_ROWS : 0;
    int rows = area.rows - header - readout - 1, other = plots > 2 ? rows * 2 / 7 : rows / 3, row = area.row + header;
    areas.header = (struct rect){area.row, area.column, header, area.columns};
    for (int i = 0; i < plots && i < LAYOUT_PLOTS; i++) {
        areas.plots[i] = (struct rect){row, area.column, i ? other : rows - (plots - 1) * other, area.columns};
        row += areas.plots[i].rows;
    }
    areas.axis = (struct rect){row, area.column, 1, area.columns};
    areas.readout = (struct rect){areas.axis.row + 1, area.column, readout, area.columns};
    return areas;
}

void layout_overview(struct rect body, int machines, struct rect *list, struct rect *characteristics, struct rect *alarms)
{
    enum { TALL = 25, WORTH = 5 };
    int left = body.rows - (machines + 1) - 2; /* a blank row above each of the two */
    *list = body;
    *characteristics = *alarms = (struct rect){body.row + body.rows, body.column, 0, body.columns};
    if (body.rows < TALL || left < 2 * WORTH)
        return;
    int half = left / 2;
    list->rows = machines + 1;
    *characteristics = (struct rect){body.row + list->rows + 1, body.column, left - half, body.columns};
    *alarms = (struct rect){characteristics->row + characteristics->rows + 1, body.column, half, body.columns};
}

void layout_oee(struct rect body, int machines, struct rect *list, struct rect *detail)
{
    int detail_rows = least(DETAIL_ROWS, body.rows - 4);
    int list_rows = least(machines + 1, body.rows - detail_rows);
    if (list_rows < 2)
        list_rows = 2;
    *list = (struct rect){body.row, body.column, list_rows, body.columns};
    *detail = (struct rect){body.row + list_rows, body.column, body.rows - list_rows, body.columns};
}
