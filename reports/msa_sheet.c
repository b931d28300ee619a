#include "reports/msa_sheet.h"

#include "reports/output.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void msa_section(struct msa_sheet *sheet, const char *key, const char *title, const char *const *columns, int n)
{
    struct msa_section *section = &sheet->sections[sheet->n_sections++];
    *section = (struct msa_section){.key = key, .title = title, .n_columns = n};
    memcpy(section->columns, columns, (size_t)n * sizeof *columns);
}

void msa_row(struct msa_sheet *sheet, const char *name, const char *words, const double *values)
{
    struct msa_section *section = &sheet->sections[sheet->n_sections - 1];
    memory_grow((void **)&section->rows, &section->room, section->n_rows, sizeof *section->rows);
    struct msa_row *row = &section->rows[section->n_rows++];
    *row = (struct msa_row){.name = memory_text(name), .words = words ? memory_text(words) : NULL};
    memcpy(row->values, values, (size_t)section->n_columns * sizeof *values);
}

/* Five significant digits, and "--" for what is missing. */
static const char *figure(double value, char *out, size_t size)
{
    if (isfinite(value))
        snprintf(out, size, "%.5g", value);
    else
        snprintf(out, size, "--");
    return out;
}

/* A column's key as a heading: "of_tolerance" is "% tol.". */
static const char *heading(const char *key)
{
    static const char *const shorter[][2] = {{"contribution", "% contr."}, {"of_study", "% study"},    {"of_tolerance", "% tol."},
                                             {"of_process", "% proc."},    {"mean_range", "range"},    {"of_bad", "of bad"},
                                             {"of_good", "of good"},       {"miss_percent", "% miss"}, {"false_alarm_percent", "% alarm"},
                                             {"false_alarms", "alarms"}};
    for (size_t i = 0; i < sizeof shorter / sizeof shorter[0]; i++)
        if (!strcmp(key, shorter[i][0]))
            return shorter[i][1];
    return key;
}

static bool has_figures(const struct msa_section *section, int column)
{
    for (size_t i = 0; i < section->n_rows; i++)
        if (isfinite(section->rows[i].values[column]))
            return true;
    return false;
}

/* Columns without a figure are left out, so that the others have room. */
static void section_text(FILE *stream, const struct msa_section *section)
{
    enum { NAME = 24, CELL = 11, LINE = 78 };
    char text[64];
    int name = 0, shown = 0;
    for (size_t i = 0; i < section->n_rows; i++)
        name = (int)strlen(section->rows[i].name) > name ? (int)strlen(section->rows[i].name) : name;
    for (int k = 0; k < section->n_columns; k++)
        shown += has_figures(section, k);
    name = name > NAME ? NAME : name;
    int width = shown && (LINE - 2 - name) / shown < CELL ? (LINE - 2 - name) / shown : CELL;
    fprintf(stream, "\n%s\n", section->title);
    if (section->n_columns > 1) {
        fprintf(stream, "  %-*s", name, "");
        for (int k = 0; k < section->n_columns; k++)
            if (has_figures(section, k))
                fprintf(stream, " %*.*s", width - 1, width - 1, heading(section->columns[k]));
        putc('\n', stream);
    }
    for (size_t i = 0; i < section->n_rows; i++) {
        const struct msa_row *row = &section->rows[i];
        fprintf(stream, "  %-*.*s", name, name, row->name);
        for (int k = 0; k < section->n_columns; k++)
            if (has_figures(section, k))
                fprintf(stream, " %*s", width - 1, figure(row->values[k], text, sizeof text));
        fprintf(stream, "%s%s\n", row->words ? "  " : "", row->words ? row->words : "");
    }
}

void msa_text(FILE *stream, const struct msa_sheet *sheet)
{
    fprintf(stream, "%s\n%s\n", sheet->title, sheet->settings);
    for (int i = 0; i < sheet->n_sections; i++)
        section_text(stream, &sheet->sections[i]);
}

void msa_json(FILE *stream, const struct msa_sheet *sheet)
{
    struct json json = {.stream = stream};
    json_open(&json, NULL, '{');
    json_text(&json, strcmp(sheet->kind, "pareto") ? "msa" : "study", sheet->kind);
    json_text(&json, "title", sheet->title);
    json_text(&json, "settings", sheet->settings);
    for (int i = 0; i < sheet->n_sections; i++) {
        const struct msa_section *section = &sheet->sections[i];
        json_open(&json, section->key, '[');
        for (size_t r = 0; r < section->n_rows; r++) {
            json_open(&json, NULL, '{');
            json_text(&json, "name", section->rows[r].name);
            for (int k = 0; k < section->n_columns; k++)
                json_number(&json, section->columns[k], section->rows[r].values[k]);
            if (section->rows[r].words)
                json_text(&json, "words", section->rows[r].words);
            json_close(&json, '}');
        }
        json_close(&json, ']');
    }
    json_close(&json, '}');
}

struct csv_row {
    const char *section, *name, *figure, *words;
    double value;
};

#define GET(key, statement)                                                                                                                          \
    static void get_##key(const void *data, struct cell *cell)                                                                                       \
    {                                                                                                                                                \
        const struct csv_row *row = data;                                                                                                            \
        statement;                                                                                                                                   \
    }
GET(section, snprintf(cell->text, sizeof cell->text, "%s", row->section))
GET(name, snprintf(cell->text, sizeof cell->text, "%s", row->name))
GET(figure, snprintf(cell->text, sizeof cell->text, "%s", row->figure))
GET(value, cell->number = row->value)
GET(words, snprintf(cell->text, sizeof cell->text, "%s", row->words ? row->words : ""))

void msa_csv(FILE *stream, const struct msa_sheet *sheet)
{
    static const struct column columns[] = {
        {"section", NULL, COLUMN_TEXT, 16, get_section}, {"name", NULL, COLUMN_TEXT, 16, get_name},   {"figure", NULL, COLUMN_TEXT, 16, get_figure},
        {"value", NULL, COLUMN_NUMBER, 16, get_value},   {"words", NULL, COLUMN_TEXT, 16, get_words},
    };
    struct output *output = output_begin(stream, OUTPUT_CSV, columns, sizeof columns / sizeof columns[0]);
    for (int i = 0; i < sheet->n_sections; i++)
        for (size_t r = 0; r < sheet->sections[i].n_rows; r++)
            for (int k = 0; k < sheet->sections[i].n_columns; k++) {
                const struct msa_section *section = &sheet->sections[i];
                const struct msa_row *row = &section->rows[r];
                output_row(output, &(struct csv_row){section->key, row->name, section->columns[k], row->words, row->values[k]});
            }
    output_end(output, NULL);
}

void msa_sheet_free(struct msa_sheet *sheet)
{
    for (int i = 0; i < sheet->n_sections; i++) {
        for (size_t r = 0; r < sheet->sections[i].n_rows; r++) {
            free(sheet->sections[i].rows[r].name);
            free(sheet->sections[i].rows[r].words);
        }
        free(sheet->sections[i].rows);
    }
    free(sheet->title);
    free(sheet->settings);
}
