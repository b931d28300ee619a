#include "reports/analysis.h"
#include "reports/output.h"

#include <stdio.h>

/* The points as CSV: a row for each point of each chart. */
struct analysis_row {
    const struct analysis *analysis;
    const struct analysis_panel *panel;
    const struct subgroup *point;
    const struct verdict *verdict;
    struct output *output;
    size_t i;
};

#define GET(name, statement)                                                                                                                         \
    static void get_##name(const void *data, struct cell *cell)                                                                                      \
    {                                                                                                                                                \
        const struct analysis_row *row = data;                                                                                                       \
        statement;                                                                                                                                   \
    }
GET(chart, snprintf(cell->text, sizeof cell->text, "%s", row->panel->name))
GET(point, cell->integer = (int64_t)row->i + 1)
GET(label, snprintf(cell->text, sizeof cell->text, "%s",
                    row->analysis->input->labels && row->analysis->input->labels[row->i] ? row->analysis->input->labels[row->i] : ""))
GET(n, cell->number = analysis_measures(row->analysis) || row->analysis->input->vector_p ? row->point->n : row->point->size)
GET(value, cell->number = row->verdict->plotted[row->panel->place])
GET(stream, snprintf(cell->text, sizeof cell->text, "%s", analysis_stream_name(row->analysis, row->panel, row->point, NULL)))
GET(center, cell->number = analysis_panel_line(row->panel, row->verdict)->center)
GET(lcl, cell->number = analysis_panel_line(row->panel, row->verdict)->lcl)
GET(ucl, cell->number = analysis_panel_line(row->panel, row->verdict)->ucl)
GET(excluded, cell->integer = row->point->excluded)

static void get_rules(const void *data, struct cell *cell)
{
    const struct analysis_row *row = data;
    uint32_t fired = analysis_panel_rules(row->panel, row->verdict);
    size_t used = 0;
    cell->text[0] = '\0';
    for (int rule = 1; rule <= row->analysis->rules->count; rule++)
        if (fired >> (rule - 1) & 1)
            used += (size_t)snprintf(cell->text + used, sizeof cell->text - used, "%s%d", used ? " " : "", rule);
}

static void get_contributing(const void *data, struct cell *cell)
{
    const struct analysis_row *row = data;
    cell->text[0] = '\0';
    if (row->panel->place == 0)
        analysis_blame_words(row->analysis, row->i, cell->text, sizeof cell->text);
}

static const struct column columns[] = {
    {"chart", "CHART", COLUMN_TEXT, -8, get_chart},
    {"point", "POINT", COLUMN_INTEGER, 8, get_point},
    {"label", "LABEL", COLUMN_TEXT, -16, get_label},
    {"n", "N", COLUMN_NUMBER, 8, get_n},
    {"value", "VALUE", COLUMN_NUMBER, 16, get_value},
    {"center", "CENTER", COLUMN_NUMBER, 16, get_center},
    {"lcl", "LCL", COLUMN_NUMBER, 16, get_lcl},
    {"ucl", "UCL", COLUMN_NUMBER, 16, get_ucl},
    {"excluded", "EXCLUDED", COLUMN_BOOLEAN, 8, get_excluded},
    {"rules", "RULES", COLUMN_LIST, -16, get_rules},
    {"stream", "STREAM", COLUMN_TEXT, -16, get_stream},
    {"contributing", "CONTRIBUTING", COLUMN_TEXT, -40, get_contributing},
};

static bool write_row(void *context, size_t i, const struct subgroup *point, const struct verdict *verdict)
{
    struct analysis_row *row = context;
    row->i = i;
    row->point = point;
    row->verdict = verdict;
    output_row(row->output, row);
    return true;
}

void analysis_csv(FILE *stream, const struct analysis *analysis)
{
    struct analysis_panel panels[3];
    int count = analysis_panels(analysis, panels);
    struct output *output = output_begin(stream, OUTPUT_CSV, columns, sizeof columns / sizeof columns[0]);
    for (int p = 0; p < count; p++)
        analysis_each(analysis, write_row, &(struct analysis_row){.analysis = analysis, .panel = &panels[p], .output = output});
    output_end(output, NULL);
}
