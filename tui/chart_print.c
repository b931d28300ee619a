/* A chart as plain text of 80 columns: the same picture as on the screen. */
#include "tui/chart.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_COLUMNS = 80, LABELS = 15, LOCATION_ROWS = 13, OTHER_ROWS = 6, STEP = 2 };

static char character_of(const struct plot_cell *cell)
{
    static const char marks[] = {[PLOT_EMPTY] = ' ', [PLOT_ZONE] = ' ', [PLOT_CENTER] = '-', [PLOT_LIMIT] = '='};
    return cell->kind < sizeof marks ? marks[cell->kind] : cell->mark;
}

static void print_plot(const struct chart *chart, int panel, int rows, FILE *stream)
{
    const struct plot_point *points = chart->plots[panel];
    int columns = TEXT_COLUMNS - LABELS - 1;
    struct plot_cell *cells = memory_zero((size_t)(rows * columns), sizeof *cells);
    struct plot_scale scale = chart_scale(chart, panel, rows);
    struct plot_label labels[PLOT_LABELS];
    int n_labels = chart->count ? plot_labels(labels, &scale, &points[chart->count - 1]) : 0;
    chart_plot(chart, panel, &scale, columns, STEP, cells);
    for (int row = 0; row < rows; row++) {
        char line[TEXT_COLUMNS + 40], number[32];
        line[0] = '|';
        for (int column = 0; column < columns; column++)
            line[column + 1] = character_of(&cells[row * columns + column]);
        line[columns + 1] = 0;
        for (int i = 0; i < n_labels; i++)
            if (labels[i].row == row)
                snprintf(line + columns + 1, sizeof line - (size_t)columns - 1, " %-3s %s", labels[i].name,
                         text_number(labels[i].value, chart_decimals(chart), number, sizeof number));
        size_t length = strlen(line);
        while (length > 1 && line[length - 1] == ' ')
            line[--length] = 0;
        fprintf(stream, "%s\n", line);
    }
    free(cells);
}

static void print_axis(const struct chart *chart, FILE *stream)
{
    char line[TEXT_COLUMNS + 1], time[24];
    memset(line, ' ', sizeof line);
    line[TEXT_COLUMNS] = 0;
    for (size_t i = 0; i < chart->count; i += 6) {
        text_time_local(chart->points[i].time_us, "%H:%M", time, sizeof time);
        if (1 + i * STEP + strlen(time) < TEXT_COLUMNS - LABELS)
            memcpy(line + 1 + i * STEP, time, strlen(time));
    }
    text_time_local(chart->now_us, "%Z", time, sizeof time);
    snprintf(line + TEXT_COLUMNS - LABELS + 1, LABELS, "%.*s", LABELS - 1, time);
    fprintf(stream, "%s\n", line);
}

static void print_signals(const struct chart *chart, FILE *stream)
{
    for (size_t i = 0; i < chart->count; i++) {
        const struct point *point = &chart->points[i];
        char words[400], line[320], time[24];
        if (!(study_rules(point, 0) | study_rules(point, 1) | study_rules(point, 2)) && !point->below && !point->above)
            continue;
        text_time_local(point->time_us, "%H:%M:%S", time, sizeof time);
        chart_readout(chart, point, time, line, sizeof line);
        fprintf(stream, "%s\n", line);
        if (*study_rule_words(chart->study, point, words, sizeof words))
            fprintf(stream, "     %s\n", words);
        if (point->cause[0])
            fprintf(stream, "     cause: %s  action: %s  (%s)\n", point->cause, point->action, point->who);
    }
}

static void print_course(const struct chart *chart, FILE *stream)
{
    const struct course *course = &chart->study->course;
    int decimals = chart_decimals(chart);
    char line[800], time[24];
    if (*course_change_words(course, decimals, line, sizeof line))
        fprintf(stream, "%s\n", line);
    if (*line && *course_events_words(course, line, sizeof line))
        fprintf(stream, "     near it: %s\n", line);
    if (*course_forecast_words(course, decimals - 1, line, sizeof line))
        fprintf(stream, "%s\n", line);
    for (size_t i = 0; i < course->n_notes; i++)
        fprintf(stream, "note %s: %s (%s)\n", text_time_local(course->notes[i].time_us, "%m-%d %H:%M:%S", time, sizeof time), course->notes[i].text,
                course->notes[i].who);
}

void chart_print_text(const struct chart *chart, FILE *stream)
{
    char line[400];
    chart_title(chart, line, sizeof line);
    fprintf(stream, "%s\n", line);
    chart_verdict(chart, line, sizeof line);
    fprintf(stream, "%s\n\n", line);
    if (!chart->count) {
        fprintf(stream, "no points yet\n");
        return;
    }
    for (int i = 0; i < chart->n_panels; i++) {
        char name[48];
        if (chart->panels[i].inside)
            continue;
        fprintf(stream, "%s\n", study_panel_title(chart->panels, i, name, sizeof name));
        print_plot(chart, i, i ? OTHER_ROWS : LOCATION_ROWS, stream);
    }
    print_axis(chart, stream);
    fprintf(stream, "\n");
    print_signals(chart, stream);
    print_course(chart, stream);
    fprintf(stream, "%s\n", chart->study->settings);
}
