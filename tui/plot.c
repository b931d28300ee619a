#include "tui/plot.h"

#include <math.h>
#include <string.h>

enum { ROOMY = 10, DOT_ROWS = 4, DOT_COLUMNS = 2 };

static bool has_limits(const struct limit_line *line)
{
    return isfinite(line->ucl) || isfinite(line->lcl);
}

static struct plot_scale scale_of_values(const struct plot_point *points, size_t count, int rows, enum plot_bound bound)
{
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < count; i++)
        if (isfinite(points[i].value)) {
            low = fmin(low, points[i].value);
            high = fmax(high, points[i].value);
        }
    if (low > high)
        return (struct plot_scale){0, 1, rows, false};
    double margin = high > low ? (high - low) / 10 : fmax(fabs(high) * 1e-6, 1e-9);
    return (struct plot_scale){bound == PLOT_FLOOR ? 0 : low - margin, bound == PLOT_CEILING ? 0 : high + margin, rows, false};
}

/* The newest limits, and the widest of those about the same centre: subgroups may differ in size. */
static bool widest_line(const struct plot_point *points, size_t count, enum plot_bound bound, struct limit_line *line)
{
    bool found = false;
    *line = (struct limit_line){NAN, NAN, NAN, NAN};
    for (size_t i = count; i-- > 0;) {
        const struct limit_line *here = &points[i].line;
        if (!has_limits(here) || (found && here->center != line->center))
            continue;
        if (!found)
            *line = *here;
        line->ucl = fmax(line->ucl, here->ucl);
        line->lcl = fmin(line->lcl, here->lcl);
        found = true;
    }
    if (found && isnan(line->lcl))
        line->lcl = bound == PLOT_FLOOR ? 0 : 2 * line->center - line->ucl;
    if (found && isnan(line->ucl))
        line->ucl = bound == PLOT_CEILING ? 0 : 2 * line->center - line->lcl;
    return found && line->ucl > line->lcl;
}

struct plot_scale plot_scale_of(const struct plot_point *points, size_t count, int rows, enum plot_bound bound)
{
    struct limit_line line;
    if (!widest_line(points, count, bound, &line))
        return scale_of_values(points, count, rows, bound);
    int margin = rows >= ROOMY ? 2 : rows >= 5 ? 1 : 0;
    int above = bound == PLOT_CEILING && line.ucl >= 0 ? 0 : margin, below = bound == PLOT_FLOOR && line.lcl <= 0 ? 0 : margin;
    if (rows - 1 - above - below < 2)
        return (struct plot_scale){line.lcl, line.ucl, rows, true};
    double per_row = (line.ucl - line.lcl) / (rows - 1 - above - below);
    return (struct plot_scale){line.lcl - below * per_row, line.ucl + above * per_row, rows, true};
}

int plot_row(const struct plot_scale *scale, double value)
{
    if (isnan(value))
        return scale->rows;
    double row = (scale->high - value) / (scale->high - scale->low) * (scale->rows - 1);
    if (row < -0.5)
        return -1;
    return row > scale->rows - 0.5 ? scale->rows : (int)lrint(fmin(fmax(row, 0), scale->rows - 1));
}

double plot_value(const struct plot_scale *scale, int row)
{
    return scale->rows < 2 ? scale->high : scale->high - (scale->high - scale->low) * row / (scale->rows - 1);
}

char plot_rule_mark(int rule)
{
    return rule <= 0 ? ' ' : rule <= 9 ? (char)('0' + rule) : (char)('a' + (rule - 10) % 26);
}

static void draw_line(struct plot_cell *cells, const struct plot_scale *scale, int columns, int from, int to, double value, enum plot_kind kind)
{
    int row = plot_row(scale, value);
    if (row < 0 || row >= scale->rows)
        return;
    for (int column = from; column < to; column++) {
        struct plot_cell *cell = &cells[row * columns + column];
        if (cell->kind < kind)
            cell->kind = (unsigned char)kind;
    }
}

/* Where the k-th zone above or below the centre ends; NAN: at the limits, or there are no zones. */
static double zone_value(const struct plot_point *point, int k)
{
    double sigmas = k * (point->zone > 0 ? point->zone : 1);
    return fabs(sigmas) < 3 ? point->line.center + sigmas * point->line.sigma : NAN;
}

/* The limits that held for a point, over its own columns: a change of limits is a step. */
static void draw_lines(struct plot_cell *cells, const struct plot_scale *scale, int columns, int from, int to, const struct plot_point *point)
{
    const struct limit_line *line = &point->line;
    draw_line(cells, scale, columns, from, to, line->ucl, PLOT_LIMIT);
    draw_line(cells, scale, columns, from, to, line->lcl, PLOT_LIMIT);
    draw_line(cells, scale, columns, from, to, line->center, PLOT_CENTER);
    for (int k = -2; k <= 2 && scale->rows >= ROOMY; k++) {
        double value = zone_value(point, k);
        if (k && value > line->lcl)
            draw_line(cells, scale, columns, from, to, value, PLOT_ZONE);
    }
}

static void set_dot(struct plot_cell *cells, int rows, int columns, int x, int y)
{
    static const unsigned char bits[DOT_ROWS][DOT_COLUMNS] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
    if (x >= 0 && y >= 0 && x < columns * DOT_COLUMNS && y < rows * DOT_ROWS)
        cells[y / DOT_ROWS * columns + x / DOT_COLUMNS].dots |= bits[y % DOT_ROWS][x % DOT_COLUMNS];
}

static double dot_height(const struct plot_scale *scale, double value)
{
    double row = (scale->high - value) / (scale->high - scale->low) * (scale->rows - 1);
    return fmin(fmax(row, -0.5), scale->rows - 0.5) * DOT_ROWS + (DOT_ROWS - 1) / 2.0;
}

static void join(struct plot_cell *cells, const struct plot_scale *scale, int columns, int from_column, double from, int to_column, double to)
{
    double y0 = dot_height(scale, from), y1 = dot_height(scale, to);
    int x0 = from_column * DOT_COLUMNS, x1 = to_column * DOT_COLUMNS, steps = (int)fmax(x1 - x0, fabs(y1 - y0)) + 1;
    for (int i = 0; i <= steps; i++)
        set_dot(cells, scale->rows, columns, (int)lrint(x0 + (double)(x1 - x0) * i / steps), (int)lrint(y0 + (y1 - y0) * i / steps));
}

static void draw_point(struct plot_cell *cells, const struct plot_scale *scale, int columns, int column, int step, const struct plot_point *point)
{
    int row = plot_row(scale, point->value), rows = scale->rows;
    bool above = row < 0, below = row >= rows;
    row = above ? 0 : below ? rows - 1 : row;
    struct plot_cell *cell = &cells[row * columns + column];
    bool outside = above || below, signal = point->rule && !point->excluded;
    cell->kind = signal ? PLOT_SIGNAL : point->excluded ? PLOT_EXCLUDED : PLOT_POINT;
    cell->mark = above ? '^' : below ? 'v' : signal ? 'X' : point->excluded ? 'o' : point->mark ? point->mark : '.';
    if (outside && !signal)
        cell->kind = PLOT_POINT;
    if (!signal)
        return;
    int beside = step >= 2 && column + 1 < columns, up = row > 0 && (point->value >= point->line.center || row == rows - 1);
    struct plot_cell *number = beside ? cell + 1 : up ? cell - columns : row + 1 < rows ? cell + columns : cell;
    *number = (struct plot_cell){.kind = PLOT_RULE, .mark = plot_rule_mark(point->rule)};
}

static size_t fitting(size_t count, int columns, int step)
{
    size_t fit = (size_t)((columns + step - 1) / step);
    return count < fit ? count : fit;
}

void plot_add(struct plot_cell *cells, const struct plot_scale *scale, int columns, int step, const struct plot_point *points, size_t count)
{
    count = fitting(count, columns, step);
    for (size_t i = 1; i < count; i++)
        if (!isnan(points[i - 1].value) && !isnan(points[i].value))
            join(cells, scale, columns, (int)(i - 1) * step, points[i - 1].value, (int)i * step, points[i].value);
    for (size_t i = 0; i < count; i++)
        if (!isnan(points[i].value))
            draw_point(cells, scale, columns, (int)i * step, step, &points[i]);
}

void plot_draw(struct plot_cell *cells, const struct plot_scale *scale, int columns, int step, const struct plot_point *points, size_t count)
{
    memset(cells, 0, sizeof *cells * (size_t)(scale->rows * columns));
    size_t fit = fitting(count, columns, step);
    for (size_t i = 0; i < fit; i++) {
        int from = (int)i * step, to = from + step < columns ? from + step : columns;
        draw_lines(cells, scale, columns, from, i + 1 == fit ? columns : to, &points[i]);
    }
    plot_add(cells, scale, columns, step, points, fit);
}

int plot_labels(struct plot_label *labels, const struct plot_scale *scale, const struct plot_point *newest)
{
    const struct limit_line *line = &newest->line;
    bool half = newest->zone > 1; /* pre-control's lines between green and yellow */
    const struct plot_label wanted[PLOT_LABELS] = {
        {0, line->ucl, "UCL", PLOT_LIMIT},
        {0, line->lcl, "LCL", PLOT_LIMIT},
        {0, line->center, "CL", PLOT_CENTER},
        {0, zone_value(newest, 2), "+2s", PLOT_ZONE},
        {0, zone_value(newest, -2), "-2s", PLOT_ZONE},
        {0, zone_value(newest, 1), half ? "+PC" : "+1s", PLOT_ZONE},
        {0, zone_value(newest, -1), half ? "-PC" : "-1s", PLOT_ZONE},
    };
    int count = 0;
    for (int i = 0; i < PLOT_LABELS; i++) {
        int row = plot_row(scale, wanted[i].value);
        bool taken = row < 0 || row >= scale->rows || (wanted[i].kind == PLOT_ZONE && (scale->rows < ROOMY || wanted[i].value <= line->lcl));
        for (int j = 0; j < count && !taken; j++)
            taken = labels[j].row == row;
        if (taken)
            continue;
        labels[count] = wanted[i];
        labels[count++].row = row;
    }
    return count;
}
