#include "reports/pdf_parts.h"

#include <math.h>
#include <string.h>

enum { SIGNALS = 5 };
static const double row_height = 11;

static const struct pdf_style head_left = {.size = 6.5, .color = &color_soft}, head_right = {.size = 6.5, .color = &color_soft, .align = PDF_RIGHT};
static const struct pdf_style cell_left = {.size = 7.5, .color = &color_ink}, cell_right = {.size = 7.5, .color = &color_ink, .align = PDF_RIGHT};
static const struct pdf_style bold_left = {.size = 7.5, .bold = true, .color = &color_ink};
static const struct pdf_style bold_right = {.size = 7.5, .bold = true, .color = &color_ink, .align = PDF_RIGHT};

/* Down the first column, then the next: neighbours in meaning stay together. */
void pdf_table_facts(struct pen *pen, struct box box, const struct fact *facts, int count, int columns, double label_width)
{
    const struct pdf_style label = {.size = 7, .color = &color_soft}, value = {.size = 8, .color = &color_ink};
    int rows = (count + columns - 1) / columns;
    double width = box.width / columns, height = box.height / rows;
    for (int i = 0; i < count; i++) {
        double x = box.x + width * (i / rows), baseline = box.y + height * (i % rows) + height * 0.7;
        pdf_draw_text(pen, &label, x, baseline, label_width - 3, facts[i].label);
        pdf_draw_text(pen, &value, x + label_width, baseline, width - label_width - 6, facts[i].value);
    }
}

/* Right edges of the columns of figures, as parts of the width. */
static const double index_edges[] = {0.36, 0.76, 1.0}, ppm_edges[] = {0.58, 0.79, 1.0};

static void draw_index(struct pen *pen, struct box box, double baseline, const struct fact_index *row, bool used)
{
    const struct index *index = &row->index;
    char value[32], lower[32], upper[32], interval[80];
    pdf_draw_text(pen, used ? &bold_left : &cell_left, box.x, baseline, 0, row->name);
    if (isnan(index->value)) {
        pdf_draw_text(pen, &cell_right, box.x + box.width * index_edges[0], baseline, 0, "--");
        pdf_draw_text(pen, &head_right, box.x + box.width, baseline, box.width * 0.6, index->why ? index->why : "");
        return;
    }
    const struct pdf_style *style = used ? &bold_right : &cell_right;
    pdf_draw_text(pen, style, box.x + box.width * index_edges[0], baseline, 0, facts_index_text(index->value, value, sizeof value));
    if (!isnan(index->lower)) {
        snprintf(interval, sizeof interval, "%s \u2013 %s", facts_index_text(index->lower, lower, sizeof lower),
                 facts_index_text(index->upper, upper, sizeof upper));
        pdf_draw_text(pen, style, box.x + box.width * index_edges[1], baseline, 0, interval);
    }
    if (!isnan(index->bound))
        pdf_draw_text(pen, style, box.x + box.width * index_edges[2], baseline, 0, facts_index_text(index->bound, value, sizeof value));
}

static double draw_ppm(struct pen *pen, struct box box, double baseline, const struct study *study)
{
    struct fact_ppm rows[FACTS_PPM];
    static const char *const heads[] = {"below LSL", "above USL", "total"};
    char text[32];
    facts_ppm(study, rows);
    pdf_draw_text(pen, &head_left, box.x, baseline, 0, "PPM");
    for (int k = 0; k < 3; k++)
        pdf_draw_text(pen, &head_right, box.x + box.width * ppm_edges[k], baseline, 0, heads[k]);
    for (int i = 0; i < FACTS_PPM; i++) {
        const double figures[] = {rows[i].below, rows[i].above, rows[i].total};
        baseline += row_height;
        pdf_draw_text(pen, &cell_left, box.x, baseline, 0, rows[i].name);
        for (int k = 0; k < 3; k++)
            pdf_draw_text(pen, &cell_right, box.x + box.width * ppm_edges[k], baseline, 0, text_number(figures[k], 1, text, sizeof text));
    }
    return baseline;
}

void pdf_table_indices(struct pen *pen, struct box box, const struct study *study)
{
    struct fact_index rows[FACTS_INDICES];
    char interval[48];
    if (!study->characteristic->chart->summarise) {
        pdf_draw_heading(pen, box.x, box.y + 7, box.width, "CAPABILITY");
        pdf_draw_paragraph(
            pen, &cell_left, box.x, box.y + 14, box.width, 4,
            "Counts have no specification limits and so no indices: the chart says how the process stands, STATISTICS what was counted.");
        return;
    }
    facts_indices(study, rows);
    snprintf(interval, sizeof interval, "%.0f %% interval", 100 * study->capability.confidence);
    pdf_draw_heading(pen, box.x, box.y + 7, box.width, "CAPABILITY AND PERFORMANCE");
    double baseline = box.y + 19;
    pdf_draw_text(pen, &head_left, box.x, baseline, 0, "Index");
    pdf_draw_text(pen, &head_right, box.x + box.width * index_edges[0], baseline, 0, "value");
    pdf_draw_text(pen, &head_right, box.x + box.width * index_edges[1], baseline, 0, interval);
    pdf_draw_text(pen, &head_right, box.x + box.width * index_edges[2], baseline, 0, "lower bound");
    for (int i = 0; i < FACTS_INDICES; i++) {
        baseline += row_height;
        bool used = study->index_used && !strcmp(study->index_used, rows[i].name);
        if (i == FACTS_INDICES / 2)
            pdf_draw_line(pen, &color_line, 0.4, box.x, baseline - 8.6, box.x + box.width, baseline - 8.6);
        draw_index(pen, box, baseline, &rows[i], used);
    }
    baseline += row_height + 4;
    pdf_draw_line(pen, &color_line, 0.4, box.x, baseline - 9.5, box.x + box.width, baseline - 9.5);
    draw_ppm(pen, box, baseline, study);
}

void pdf_table_signals(struct pen *pen, struct box box, const struct study *study)
{
    const struct point *points[SIGNALS];
    size_t total = facts_signal_count(study), count = facts_signals(study, points, SIGNALS);
    char heading[64], time[32], number[32], words[448], cause[320];
    const double time_width = 88, point_width = 38, cause_width = box.width * 0.3;
    snprintf(heading, sizeof heading, count < total ? "SIGNALS AND VIOLATIONS (the newest %zu of %zu)" : "SIGNALS AND VIOLATIONS", count, total);
    pdf_draw_heading(pen, box.x, box.y + 7, box.width, heading);
    double baseline = box.y + 19;
    if (count == 0)
        pdf_draw_text(pen, &cell_left, box.x, baseline, 0, study->n_points ? "none in the period" : "--");
    for (size_t i = 0; i < count; i++, baseline += row_height) {
        double x = box.x;
        text_time_local(points[i]->time_us, "%Y-%m-%d %H:%M:%S", time, sizeof time);
        snprintf(number, sizeof number, "%lld", (long long)points[i]->number);
        pdf_draw_text(pen, &cell_left, x, baseline, time_width, time);
        pdf_draw_text(pen, &cell_right, x + time_width + point_width - 8, baseline, point_width, number);
        x += time_width + point_width;
        pdf_draw_text(pen, &cell_left, x, baseline, box.width - time_width - point_width - cause_width - 8,
                      facts_signal_words(study, points[i], words, sizeof words));
        facts_cause(points[i], cause, sizeof cause);
        pdf_draw_text(pen, *cause ? &cell_left : &head_left, box.x + box.width - cause_width, baseline, cause_width,
                      *cause ? cause : "no cause entered");
    }
}
