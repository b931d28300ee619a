#ifndef GEMBA_TUI_LIST_H
#define GEMBA_TUI_LIST_H

#include "tui/board.h"
#include "tui/layout.h"

/* A scrolling list over a board's rows: sorted, filtered, searched. The selection stays with the item, not with the line. Zero-initialised is
 * empty. Everything but list_draw is pure. */
struct list {
    const struct board *board;
    char *rows; /* owned */
    size_t count;
    size_t *order; /* shown rows, in order */
    size_t shown;
    size_t selected, top; /* places in order */
    char selected_name[BOARD_NAME];
    int sort; /* place of the column among the shown ones + 1; 0: as loaded, worst first */
    bool reverse, utc;
    int scroll; /* columns left out on the left, after the first */
    char filter[BOARD_NAME], search[BOARD_NAME];
};

/* Takes over freshly loaded rows. */
void list_set(struct list *list, const struct board *board, void *rows, size_t count);
void list_free(struct list *list);
/* NULL when nothing is shown. */
const void *list_row(const struct list *list);
bool list_select(struct list *list, const char *name);
void list_move(struct list *list, long by); /* rows, clamped */
void list_set_filter(struct list *list, const char *text);
/* Moves to the next (1) or previous (-1) row that holds list->search; 0: this one counts too. False when there is none. */
bool list_search(struct list *list, int direction);
void list_next_sort(struct list *list);
void list_reverse(struct list *list);
const char *list_sort_title(const struct list *list); /* "" when as loaded */
/* A cell as the screen shows it, times in the plant's zone or UTC; padded to the column's width. */
void list_cell(const struct list *list, const struct column *column, const void *row, char *out, size_t size);
/* Draws titles and rows into the area, scrolled so that the selection is seen. cursor: the selection is marked. */
void list_draw(struct list *list, struct rect area, bool cursor);

#endif
