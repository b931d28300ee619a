/* Capability of the characteristic on the chart: the histogram with its curve, how well the curve fits, and the indices. */
#include "tui/capability_print.h"
#include "tui/screen.h"
#include "tui/terminal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FIGURES_COLUMNS = 38, WIDE_COLUMNS = 60, LABEL_COLUMNS = 11, COUNT_COLUMNS = 6, HISTOGRAM_MOST = 25, QUANTILES_FROM = 34, FIGURES_ROWS = 22 };

int screen_capability_load(struct console *console, struct error *err)
{
    const struct characteristic *c = console->characteristic;
    struct standing standing = {0};
    if (!c) {
        screen_capability_close(console);
        return 0;
    }
    if (screen_list_load(console, ACTION_CHARACTERISTICS, err))
        return -1;
    list_select(&console->lists[ACTION_CHARACTERISTICS - ACTION_OVERVIEW], c->name);
    store_standing(console->store, c->id, &standing, NULL);
    const struct study *shown = console->capability;
    if (shown && shown->characteristic == c && console->capability_points == standing.points)
        return 0;
    screen_capability_close(console);
    if (capability_study(&console->capability, console->store, console->plant, c, err))
        return -1;
    console->capability_points = standing.points;
    return 0;
}

void screen_capability_close(struct console *console)
{
    study_free(console->capability);
    console->capability = NULL;
}

unsigned screen_capability_act(struct console *console, enum action action)
{
    if (action != ACTION_PREVIOUS && action != ACTION_NEXT && action != ACTION_UP && action != ACTION_DOWN)
        return 0;
    return screen_chart_act(console, action);
}

/* --- the curve */

static const struct distribution *curve_of(const struct study *study, double parameters[DISTRIBUTION_PARAMETERS])
{
    parameters[0] = study->capability.mean;
    parameters[1] = study->capability.sd;
    if (!study_is_fitted(study))
        return study->capability.sd > 0 ? distribution_find("normal") : NULL;
    memcpy(parameters, study->fit.parameters, sizeof study->fit.parameters);
    return study->fit.distribution;
}

/* --- histogram: a row a class, the curve as a mark at the count that it expects */

static void class_row(const struct study *study, const struct histogram *histogram, int i, struct rect area)
{
    const struct characteristic *c = study->characteristic;
    double parameters[DISTRIBUTION_PARAMETERS], low = histogram->low + i * histogram->width, high = low + histogram->width;
    const struct distribution *curve = curve_of(study, parameters);
    int room = area.columns - LABEL_COLUMNS - COUNT_COLUMNS - 6, row = area.row + i;
    double scale = (double)room / (double)histogram->largest;
    int bar = (int)lround((double)histogram->counts[i] * scale);
    char text[48], number[32];
    snprintf(text, sizeof text, "%*s", LABEL_COLUMNS - 1, text_number(low + histogram->width / 2, facts_decimals(study) + 1, number, sizeof number));
    terminal_put(row, area.column, LABEL_COLUMNS, false, LOOK_DIM, text);
    terminal_glyph(row, area.column + LABEL_COLUMNS, 1, LOOK_LINE, GLYPH_EDGE);
    for (int k = 0; k < bar && k < room; k++)
        terminal_put(row, area.column + LABEL_COLUMNS + 1 + k, 1, false, high < c->lsl || low > c->usl ? LOOK_ALARM : LOOK_DEFAULT, "#");
    snprintf(text, sizeof text, "%lld", (long long)histogram->counts[i]);
    terminal_put(row, area.column + area.columns - COUNT_COLUMNS, COUNT_COLUMNS, false, LOOK_DIM, text);
    if (curve) {
        double share = distribution_below(curve, parameters, high) - distribution_below(curve, parameters, low);
        int at = (int)lround(share * (double)histogram->total * scale);
        if (at >= 0 && at <= room)
            terminal_put(row, area.column + LABEL_COLUMNS + 1 + at, 1, false, LOOK_HEADER, "*");
    }
    const char *limit = c->lsl >= low && c->lsl < high ? "LSL" : c->usl >= low && c->usl < high ? "USL" : "";
    terminal_put(row, area.column + area.columns - COUNT_COLUMNS - 4, 3, false, LOOK_WARN, limit);
}

static void draw_histogram(const struct study *study, struct rect area)
{
    struct histogram histogram = histogram_of(study->values, study->n_values, area.rows < HISTOGRAM_MOST ? area.rows : HISTOGRAM_MOST);
    for (int i = 0; i < histogram.classes && i < area.rows; i++)
        class_row(study, &histogram, i, area);
}

/* --- quantiles: each value against what the curve expects at its place; on the line they agree */

static void draw_quantiles(const struct study *study, struct rect area)
{
    double parameters[DISTRIBUTION_PARAMETERS];
    const struct distribution *curve = curve_of(study, parameters);
    size_t n = study->n_values;
    char title[120];
    if (area.rows < 6 || !curve || n < 3 || !study->sorted)
        return;
    snprintf(title, sizeof title, "VALUES against the quantiles of the %s distribution", curve->name);
    terminal_put(area.row, area.column, area.columns, false, LOOK_HEADER, title);
    double low = study->sorted[0], high = study->sorted[n - 1];
    double from = distribution_quantile(curve, parameters, 0.5 / (double)n), to = distribution_quantile(curve, parameters, 1 - 0.5 / (double)n);
    low = fmin(low, from);
    high = fmax(high, to);
    int rows = area.rows - 1, columns = area.columns - 2;
    for (int column = 0; column < columns; column += 2) {
        int row = rows - 1 - (int)lround((double)column / (columns - 1) * (rows - 1));
        terminal_put(area.row + 1 + row, area.column + 1 + column, 1, false, LOOK_DIM, ".");
    }
    for (size_t i = 0; i < n; i++) {
        double expected = distribution_quantile(curve, parameters, ((double)i + 0.5) / (double)n);
        int column = (int)lround((expected - low) / (high - low) * (columns - 1)),
            row = rows - 1 - (int)lround((study->sorted[i] - low) / (high - low) * (rows - 1));
        if (column >= 0 && column < columns && row >= 0 && row < rows)
            terminal_put(area.row + 1 + row, area.column + 1 + column, 1, false, LOOK_DEFAULT, "o");
    }
}

/* --- figures */

static int put_line(struct rect area, int row, enum look look, const char *text)
{
    if (row < area.rows)
        terminal_put(area.row + row, area.column, area.columns, false, look, text);
    return row + 1;
}

static void draw_figures(const struct study *study, struct rect area)
{
    struct fact_index indices[FACTS_INDICES];
    struct fact_ppm ppm[FACTS_PPM];
    char text[256], a[32], b[32], c[32];
    int row = put_line(area, 0, study->requirement == REQUIREMENT_MISSED ? LOOK_ALARM : LOOK_HEADER, facts_verdict(study));
    row = put_line(area, row, LOOK_DEFAULT, facts_verdict_basis(study, text, sizeof text));
    row = put_line(area, row, LOOK_DIM, study->index_reason) + (area.rows > 18);
    facts_indices(study, indices);
    for (int i = 0; i < FACTS_INDICES; i++) {
        const struct index *index = &indices[i].index;
        if (isnan(index->value))
            snprintf(text, sizeof text, "%-4s    --  %s", indices[i].name, index->why ? index->why : "");
        else if (isnan(index->lower))
            snprintf(text, sizeof text, "%-4s %6s", indices[i].name, facts_index_text(index->value, a, sizeof a));
        else
            snprintf(text, sizeof text, "%-4s %6s  %s to %s", indices[i].name, facts_index_text(index->value, a, sizeof a),
                     facts_index_text(index->lower, b, sizeof b), facts_index_text(index->upper, c, sizeof c));
        row = put_line(area, row, LOOK_DEFAULT, text);
    }
    facts_ppm(study, ppm);
    row = put_line(area, row, LOOK_HEADER, "ppm             below LSL  above USL");
    for (int i = 0; i < FACTS_PPM; i++) {
        snprintf(text, sizeof text, "%-16s %8s  %9s", ppm[i].name, text_number(ppm[i].below, 1, a, sizeof a),
                 text_number(ppm[i].above, 1, b, sizeof b));
        row = put_line(area, row, LOOK_DEFAULT, text);
    }
    int decimals = facts_decimals(study);
    snprintf(text, sizeof text, "LSL %s  USL %s", text_number(study->characteristic->lsl, decimals, a, sizeof a),
             text_number(study->characteristic->usl, decimals, b, sizeof b));
    row = put_line(area, row, LOOK_DEFAULT, text);
    snprintf(text, sizeof text, "n %lld  mean %s  s %s", (long long)study->n_values, text_number(study->capability.mean, decimals + 1, a, sizeof a),
             text_number(study->capability.sd, decimals + 2, b, sizeof b));
    row = put_line(area, row, LOOK_DEFAULT, text);
    row = put_line(area, row, LOOK_DIM, study_fit_words(study, text, sizeof text));
    if (text_columns(text) > area.columns && strchr(text, ';')) /* what does not fit goes on below */
        put_line(area, row, LOOK_DIM, strchr(text, ';') + 2);
}

/* --- the single values of the last subgroups, each two columns, about the mean */

static void draw_last(const struct study *study, struct rect area)
{
    const struct last_subgroups *last = &study->last;
    double low = study->capability.mean, high = low;
    char text[64];
    int rows = area.rows - 2;
    if (rows < 5 || last->count < 2 || area.columns < LABEL_COLUMNS + 2 * last->count - 1)
        return;
    size_t first = last->of[0].first, end = last->of[last->count - 1].first + last->of[last->count - 1].n;
    for (size_t i = first; i < end; i++) {
        low = fmin(low, study->values[i]);
        high = fmax(high, study->values[i]);
    }
    if (!(high > low))
        return;
    snprintf(text, sizeof text, "LAST %d subgroups: their values", last->count);
    terminal_put(area.row, area.column, area.columns, false, LOOK_HEADER, text);
    for (int row = 0; row < rows; row++) {
        double value = high - (high - low) * row / (rows - 1);
        bool center = lround((high - study->capability.mean) / (high - low) * (rows - 1)) == row;
        char number[32];
        if (row == 0 || row == rows - 1 || center) {
            snprintf(text, sizeof text, "%*s", LABEL_COLUMNS - 1,
                     text_number(center ? study->capability.mean : value, facts_decimals(study) + 1, number, sizeof number));
            terminal_put(area.row + 1 + row, area.column, LABEL_COLUMNS, false, LOOK_DIM, text);
        }
        for (int column = 0; center && column < 2 * last->count - 1; column++)
            terminal_glyph(area.row + 1 + row, area.column + LABEL_COLUMNS + column, 1, LOOK_LINE, GLYPH_CENTER);
    }
    for (int i = 0; i < last->count; i++)
        for (size_t k = 0; k < last->of[i].n; k++) {
            double value = study->values[last->of[i].first + k];
            const struct characteristic *c = study->characteristic;
            terminal_put(area.row + 1 + (int)lround((high - value) / (high - low) * (rows - 1)), area.column + LABEL_COLUMNS + 2 * i, 1, false,
                         value < c->lsl || value > c->usl ? LOOK_ALARM : LOOK_DEFAULT, "o");
        }
}

void screen_capability_draw(struct console *console, struct rect area)
{
    const struct study *study = console->capability;
    char text[256];
    if (!study) {
        terminal_put(area.row + 2, area.column + 2, area.columns, false, LOOK_DIM, "no characteristic is chosen: 3 shows the chart of one");
        return;
    }
    const struct characteristic *c = study->characteristic;
    snprintf(text, sizeof text, "%s  %s  %s  %s", c->name, c->part, c->unit, c->description);
    terminal_put(area.row, area.column + 1, area.columns - 1, false, LOOK_HEADER, text);
    if (!c->chart->summarise || !study->n_values) {
        terminal_put(area.row + 2, area.column + 2, area.columns - 2, false, LOOK_DIM,
                     c->chart->summarise ? "no values yet" : "counts have no specification, and so no capability: the chart says how they stand");
        return;
    }
    int wide = area.columns >= LAYOUT_SIDE ? WIDE_COLUMNS : FIGURES_COLUMNS;
    struct rect body = {area.row + 1, area.column + 1, area.rows - 2, area.columns - wide - 3};
    struct rect figures = {area.row + 1, area.column + area.columns - wide, area.rows - 2, wide};
    bool roomy = area.rows >= QUANTILES_FROM;
    struct rect histogram = body, quantiles = body;
    if (roomy) {
        histogram.rows = body.rows / 2 < HISTOGRAM_MOST ? body.rows / 2 : HISTOGRAM_MOST;
        quantiles.row += histogram.rows + 1;
        quantiles.rows -= histogram.rows + 1;
        draw_quantiles(study, quantiles);
    }
    draw_histogram(study, histogram);
    draw_figures(study, figures);
    if (roomy)
        draw_last(study, (struct rect){figures.row + FIGURES_ROWS, figures.column, figures.rows - FIGURES_ROWS, figures.columns});
    terminal_put(area.row + area.rows - 1, area.column + 1, area.columns - 1, false, LOOK_DIM, study->settings);
}

void screen_capability_detail(const struct console *console, char *out, size_t size)
{
    const struct study *study = console->capability;
    out[0] = 0;
    if (study)
        snprintf(out, size, "# values  * what the curve expects  [ ] characteristic  the newest %zu points", study->n_points);
}
