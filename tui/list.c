#include "tui/list.h"
#include "tui/terminal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *row_at(const struct list *list, size_t place)
{
    return list->rows + list->order[place] * list->board->row_size;
}

static const struct column *shown_column(const struct board *board, int place)
{
    for (size_t i = 0; i < board->n_columns; i++)
        if (board->columns[i].title && place-- == 0)
            return &board->columns[i];
    return NULL;
}

static struct cell cell_of(const struct column *column, const void *row)
{
    struct cell cell = {.number = NAN};
    column->get(row, &cell);
    return cell;
}

void list_cell(const struct list *list, const struct column *column, const void *row, char *out, size_t size)
{
    struct cell cell = cell_of(column, row);
    if (column->kind != COLUMN_TIME || !list->utc || !cell.integer) {
        output_cell_text(column, &cell, out, size);
        return;
    }
    char iso[40], part[40];
    text_time_iso(cell.integer, iso, sizeof iso);
    snprintf(part, sizeof part, "%.5s %.8s", iso + 5, iso + 11);
    snprintf(out, size, "%*s", column->width, abs(column->width) >= 14 ? part : part + 6);
}

/* The sort compares what stands in the cells; qsort has no argument for it, so qsort_r. */
struct sorting {
    const struct list *list;
    const struct column *column;
};

static int compare(const void *a, const void *b, void *data)
{
    const struct sorting *sorting = data;
    const struct list *list = sorting->list;
    size_t left = *(const size_t *)a, right = *(const size_t *)b;
    int result = 0;
    if (sorting->column) {
        struct cell x = cell_of(sorting->column, list->rows + left * list->board->row_size);
        struct cell y = cell_of(sorting->column, list->rows + right * list->board->row_size);
        if (sorting->column->kind == COLUMN_NUMBER)
            result = isnan(x.number) || isnan(y.number) ? isnan(x.number) - isnan(y.number) : (x.number > y.number) - (x.number < y.number);
        else if (sorting->column->kind == COLUMN_TEXT || sorting->column->kind == COLUMN_LIST)
            result = strverscmp(x.text, y.text);
        else
            result = (x.integer > y.integer) - (x.integer < y.integer);
    }
    if (!result)
        result = (left > right) - (left < right);
    return list->reverse ? -result : result;
}

static bool holds(const struct list *list, const void *row, const char *text)
{
    char cell[256];
    for (size_t i = 0; i < list->board->n_columns; i++) {
        list_cell(list, &list->board->columns[i], row, cell, sizeof cell);
        if (strcasestr(cell, text))
            return true;
    }
    return false;
}

static void remember(struct list *list)
{
    const void *row = list_row(list);
    if (row)
        snprintf(list->selected_name, sizeof list->selected_name, "%s", list->board->name(row));
}

/* Which rows are shown, in which order; the selection goes where its item went, or stays at its place when the item is gone. */
static void arrange(struct list *list)
{
    list->shown = 0;
    for (size_t i = 0; i < list->count; i++)
        if (!list->filter[0] || holds(list, list->rows + i * list->board->row_size, list->filter))
            list->order[list->shown++] = i;
    struct sorting sorting = {list, list->sort ? shown_column(list->board, list->sort - 1) : NULL};
    qsort_r(list->order, list->shown, sizeof *list->order, compare, &sorting);
    if (!list->selected_name[0] || !list_select(list, list->selected_name)) {
        if (list->selected >= list->shown)
            list->selected = list->shown ? list->shown - 1 : 0;
        remember(list);
    }
}

void list_set(struct list *list, const struct board *board, void *rows, size_t count)
{
    free(list->rows);
    free(list->order);
    list->board = board;
    list->rows = rows;
    list->count = count;
    list->order = memory_zero(count + 1, sizeof *list->order);
    arrange(list);
}

void list_free(struct list *list)
{
    free(list->rows);
    free(list->order);
    *list = (struct list){0};
}

const void *list_row(const struct list *list)
{
    return list->shown ? row_at(list, list->selected) : NULL;
}

bool list_select(struct list *list, const char *name)
{
    for (size_t i = 0; i < list->shown; i++)
        if (!strcmp(list->board->name(row_at(list, i)), name)) {
            list->selected = i;
            remember(list);
            return true;
        }
    return false;
}

void list_move(struct list *list, long by)
{
    long place = (long)list->selected + by, last = (long)list->shown - 1;
    list->selected = last < 0 || place < 0 ? 0 : (size_t)(place > last ? last : place);
    remember(list);
}

void list_set_filter(struct list *list, const char *text)
{
    snprintf(list->filter, sizeof list->filter, "%s", text);
    if (list->board)
        arrange(list);
}

bool list_search(struct list *list, int direction)
{
    size_t n = list->shown;
    for (size_t i = direction ? 1 : 0; i < n + (direction ? 1 : 0); i++) {
        size_t place = (list->selected + (direction < 0 ? n - i % n : i)) % n;
        if (holds(list, row_at(list, place), list->search)) {
            list->selected = place;
            remember(list);
            return true;
        }
    }
    return false;
}

void list_next_sort(struct list *list)
{
    list->sort = list->board && shown_column(list->board, list->sort) ? list->sort + 1 : 0;
    if (list->board)
        arrange(list);
}

void list_reverse(struct list *list)
{
    list->reverse = !list->reverse;
    if (list->board)
        arrange(list);
}

const char *list_sort_title(const struct list *list)
{
    return list->sort ? shown_column(list->board, list->sort - 1)->title : "";
}

/* One line of the columns that fit, the first always, then from list->scroll on. The last may be cut when it is text. */
static void compose(const struct list *list, int columns, const void *data, char *out, size_t size)
{
    int at = 0, place = 0;
    size_t used = 0;
    out[0] = 0;
    for (size_t i = 0; i < list->board->n_columns && used < size; i++) {
        const struct column *column = &list->board->columns[i];
        char text[320];
        if (!column->title || (place++ > 0 && place <= list->scroll + 1))
            continue;
        int width = abs(column->width);
        bool cut = at + width > columns;
        if (cut && (column->width > 0 || columns - at < 10))
            break;
        if (data)
            list_cell(list, column, data, text, sizeof text);
        else
            snprintf(text, sizeof text, "%*s", column->width, column->title);
        used += (size_t)snprintf(out + used, size - used, "%s%s", at ? " " : "", text);
        at += width + 1;
        if (cut)
            break;
    }
}

static void draw_line(const struct list *list, struct rect area, int row, enum look look, const void *data)
{
    char text[1024];
    compose(list, area.columns - 1, data, text, sizeof text);
    size_t length = strlen(text);
    while (length && text[length - 1] == ' ')
        text[--length] = 0;
    terminal_put(row, area.column + 1, area.columns - 1, look == LOOK_SELECTED, look, text);
}

static void scroll_to_selection(struct list *list, size_t rows)
{
    if (list->selected < list->top)
        list->top = list->selected;
    if (rows && list->selected >= list->top + rows)
        list->top = list->selected - rows + 1;
    if (list->top + rows > list->shown)
        list->top = list->shown > rows ? list->shown - rows : 0;
}

void list_draw(struct list *list, struct rect area, bool cursor)
{
    if (!list->board || area.rows < 2)
        return;
    size_t rows = (size_t)area.rows - 1;
    scroll_to_selection(list, rows);
    draw_line(list, area, area.row, LOOK_HEADER, NULL);
    if (!list->shown)
        terminal_put(area.row + 2, area.column + 2, area.columns - 2, false, LOOK_DIM,
                     list->filter[0] ? "no row holds the filter's text" : list->board->empty);
    for (size_t i = 0; i < rows && list->top + i < list->shown; i++) {
        const void *data = row_at(list, list->top + i);
        bool here = cursor && list->top + i == list->selected;
        int row = area.row + 1 + (int)i;
        draw_line(list, area, row, here ? LOOK_SELECTED : list->board->look(data), data);
        if (here)
            terminal_put(row, area.column, 1, false, LOOK_KEY, ">");
    }
}
