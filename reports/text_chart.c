#include "reports/text_chart.h"
#include "reports/facts.h"
#include "reports/panel.h"

#include <math.h>
#include <string.h>

enum { COLUMNS = 60, ROWS_MOST = 13, LOCATION_ROWS = 13, OTHER_ROWS = 7, CLASSES = 14, BAR = 44, LABEL = 19 };

struct grid {
    int rows;
    char cells[ROWS_MOST][COLUMNS];
    char labels[ROWS_MOST][LABEL + 1];
};

static int row_of(const struct grid *grid, const struct panel *panel, double value)
{
    return (int)lround((panel->high - value) / (panel->high - panel->low) * (grid->rows - 1));
}

static int column_of(const struct panel *panel, size_t i)
{
    size_t n = panel->study->n_points;
    return n <= COLUMNS ? (int)((i * 2 + 1) * COLUMNS / (n * 2)) : (int)(i * COLUMNS / n);
}

static void draw_line(struct grid *grid, const struct panel *panel, size_t i, double value, char mark)
{
    if (isnan(value))
        return;
    size_t n = panel->study->n_points;
    int row = row_of(grid, panel, value), end = (int)((i + 1) * COLUMNS / n);
    for (int column = (int)(i * COLUMNS / n); column < end; column++)
        grid->cells[row][column] = mark;
}

/* A signal is never hidden by its neighbours in the same cell. */
static void draw_point(struct grid *grid, const struct panel *panel, size_t i, char own)
{
    const struct point *point = &panel->study->points[i];
    double value = panel_value(panel, i);
    if (isnan(value))
        return;
    int number = rule_most_severe(study_rule_set(panel->study, point), panel_rules(panel, i));
    bool beyond = panel->place == 0 && (point->below || point->above);
    char mark = beyond ? '!' : number > 9 ? '#' : number > 0 ? (char)('0' + number) : point->subgroup.excluded ? 'o' : own;
    char *cell = &grid->cells[row_of(grid, panel, value)][column_of(panel, i)];
    if (*cell == ' ' || *cell == '-' || *cell == '.' || mark == '!' || (number > 0 && *cell != '!'))
        *cell = mark;
}

static void label(struct grid *grid, const struct panel *panel, const char *name, double value, int decimals)
{
    char number[32];
    if (isnan(value))
        return;
    text_number(value, decimals, number, sizeof number);
    int row = row_of(grid, panel, value);
    for (int other = row; other >= 0 && other < grid->rows; other += other < grid->rows / 2 ? 1 : -1) {
        if (!*grid->labels[other]) {
            snprintf(grid->labels[other], sizeof grid->labels[other], "%s %.14s", name, number);
            return;
        }
        if (other == grid->rows / 2)
            return;
    }
}

static void draw_panel(FILE *stream, const struct panel *panel, const char *title, int rows)
{
    struct grid grid = {.rows = rows};
    memset(grid.cells, ' ', sizeof grid.cells);
    for (size_t i = 0; i < panel->study->n_points; i++) {
        const struct limit_line *line = panel_line(panel, i);
        draw_line(&grid, panel, i, line->center, '.');
        draw_line(&grid, panel, i, line->ucl, '-');
        if (panel_has_lcl(panel, line))
            draw_line(&grid, panel, i, line->lcl, '-');
    }
    for (size_t i = 0; i < panel->study->n_points; i++)
        draw_point(&grid, panel, i, panel->twin < 0 ? '*' : '^');
    if (panel->twin >= 0) {
        struct panel twin = panel_twin(panel);
        for (size_t i = 0; i < twin.study->n_points; i++)
            draw_point(&grid, &twin, i, 'v');
    }
    int decimals = panel->decimals;
    label(&grid, panel, "UCL", panel->newest.ucl, decimals);
    if (panel_has_lcl(panel, &panel->newest))
        label(&grid, panel, "LCL", panel->newest.lcl, decimals);
    label(&grid, panel, "CL ", panel->newest.center, decimals);
    if (isnan(panel->newest.center)) {
        label(&grid, panel, "to ", panel->high, decimals);
        label(&grid, panel, "from", panel->low, decimals);
    }
    fprintf(stream, "%s chart\n", title);
    for (int row = 0; row < rows; row++) {
        int used = COLUMNS;
        while (!*grid.labels[row] && used > 0 && grid.cells[row][used - 1] == ' ')
            used--;
        fprintf(stream, "|%.*s%s%s\n", used, grid.cells[row], *grid.labels[row] ? " " : "", grid.labels[row]);
    }
}

static void draw_axis(FILE *stream, const struct panel *panel)
{
    struct panel_tick ticks[PANEL_TICKS];
    char line[COLUMNS + 32];
    int count = panel_ticks(panel->study, 4, ticks), used = 0;
    memset(line, ' ', sizeof line);
    for (int i = 0; i < count; i++) {
        int length = (int)strlen(ticks[i].text), column = 1 + column_of(panel, ticks[i].point) - (i ? i + 1 == count ? length - 1 : length / 2 : 0);
        if (column < used + (i > 0))
            continue;
        memcpy(line + column, ticks[i].text, (size_t)length);
        used = column + length;
    }
    fprintf(stream, "%.*s\n", used, line);
}

void text_chart(FILE *stream, const struct study *study)
{
    if (study->n_points == 0) {
        fputs("No points in the period: nothing to draw.\n", stream);
        return;
    }
    struct study_panel panels[STUDY_PANELS];
    int count = study_panels(study->characteristic->chart, panels);
    for (int i = 0; i < count; i++) {
        if (panels[i].inside)
            continue;
        struct panel panel = panel_of(study, &panels[i]);
        char title[48];
        draw_panel(stream, &panel, study_panel_title(panels, i, title, sizeof title), i ? OTHER_ROWS : LOCATION_ROWS);
        if (i + 1 == count)
            draw_axis(stream, &panel);
    }
    if (panels[0].twin >= 0)
        fputs("^ largest stream   v smallest stream\n", stream);
    fputs("* point   1-9 rule that fired   ! beyond specification   o excluded\n", stream);
}

/* A line between two classes where a limit of the specification lies. */
static void limit_between(FILE *stream, const char *name, double limit, double above, double edge, int decimals)
{
    char number[32];
    if (limit > above && limit <= edge)
        fprintf(stream, "%14s %s\n", text_number(limit, decimals, number, sizeof number), name);
}

void text_chart_histogram(FILE *stream, const struct study *study)
{
    struct histogram histogram = histogram_of(study->values, study->n_values, CLASSES);
    const struct characteristic *c = study->characteristic;
    int decimals = facts_decimals(study) + 1;
    double before = -INFINITY;
    char edge[32];
    if (histogram.classes == 0)
        return;
    for (int i = 0; i < histogram.classes; i++) {
        double low = histogram.low + i * histogram.width;
        int bar = (int)lround((double)histogram.counts[i] * BAR / (double)histogram.largest);
        limit_between(stream, "-- LSL", c->lsl, before, low, decimals);
        limit_between(stream, "-- USL", c->usl, before, low, decimals);
        fprintf(stream, "%14s |%.*s%s%lld\n", text_number(low, decimals, edge, sizeof edge), bar,
                "##################################################", bar ? " " : "", (long long)histogram.counts[i]);
        before = low;
    }
    limit_between(stream, "-- LSL", c->lsl, before, INFINITY, decimals);
    limit_between(stream, "-- USL", c->usl, before, INFINITY, decimals);
}
