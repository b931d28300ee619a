#include "reports/pdf_parts.h"
#include "reports/pdf_plot.h"

#include <cairo-pdf.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* `--format pdf`: an A4 page a characteristic. */

enum { COUNT_CELLS = 5 }; /* figures that stand large, of a page of counts */
static const double page_width = 595.28, page_height = 841.89, margin = 40;

struct pdf {
    cairo_surface_t *surface;
    struct pen pen;
    const struct sheet *sheet;
    FILE *stream;
    int write_error; /* errno of the first write that failed */
};

static cairo_status_t write_stream(void *closure, const unsigned char *data, unsigned length)
{
    struct pdf *pdf = closure;
    if (fwrite(data, 1, length, pdf->stream) == length)
        return CAIRO_STATUS_SUCCESS;
    if (!pdf->write_error)
        pdf->write_error = errno;
    return CAIRO_STATUS_WRITE_ERROR;
}

void *pdf_begin(FILE *stream, const struct sheet *sheet)
{
    struct pdf *pdf = memory_zero(1, sizeof *pdf);
    char made[40];
    pdf->sheet = sheet;
    pdf->stream = stream;
    pdf->surface = cairo_pdf_surface_create_for_stream(write_stream, pdf, page_width, page_height);
    cairo_pdf_surface_set_metadata(pdf->surface, CAIRO_PDF_METADATA_TITLE, *sheet->name ? sheet->name : "Process capability report");
    cairo_pdf_surface_set_metadata(pdf->surface, CAIRO_PDF_METADATA_AUTHOR, sheet->plant->name);
    cairo_pdf_surface_set_metadata(pdf->surface, CAIRO_PDF_METADATA_SUBJECT, sheet->period.words);
    cairo_pdf_surface_set_metadata(pdf->surface, CAIRO_PDF_METADATA_CREATOR, "gemba " GEMBA_VERSION);
    cairo_pdf_surface_set_metadata(pdf->surface, CAIRO_PDF_METADATA_CREATE_DATE, text_time_iso(sheet->made_us, made, sizeof made));
    pdf->pen = pdf_draw_begin(pdf->surface);
    return pdf;
}

static void draw_head(struct pdf *pdf, const struct study *study)
{
    const struct pdf_style title = {.size = 15, .bold = true, .color = &color_ink}, plain = {.size = 8, .color = &color_soft, .align = PDF_RIGHT};
    const struct pdf_style name = {.size = 8, .bold = true, .color = &color_ink, .align = PDF_RIGHT};
    const struct pdf_style small = {.size = 9.5, .bold = true, .color = &color_ink};
    double right = page_width - margin, width = right - margin;
    if (pdf_draw_text_width(&pdf->pen, &title, study->characteristic->name) <= width * 0.62)
        pdf_draw_text(&pdf->pen, &title, margin, 52, 0, study->characteristic->name);
    else
        pdf_draw_paragraph(&pdf->pen, &small, margin, 32, width * 0.62, 2, study->characteristic->name);
    pdf_draw_text(&pdf->pen, &name, right, 42, width * 0.36, study->plant->name);
    pdf_draw_text(&pdf->pen, &plain, right, 53, width * 0.36, *pdf->sheet->name ? pdf->sheet->name : "process capability report");
    pdf_draw_line(&pdf->pen, &color_blue, 1.4, margin, 60, right, 60);
}

/* The specification in large figures: the first thing a customer checks. */
static void draw_specification(struct pdf *pdf, struct box box, const struct study *study)
{
    const struct pdf_style label = {.size = 6.5, .color = &color_soft};
    struct pdf_style value = {.size = 10, .bold = true, .color = &color_ink};
    struct fact facts[FACTS_MOST];
    int count = study->characteristic->chart->summarise ? facts_specification(study, facts) : COUNT_CELLS;
    double width = box.width / count;
    if (!study->characteristic->chart->summarise) /* counts have none: what was counted stands there */
        facts_statistics(study, facts);
    for (int i = 0; i < count; i++)
        while (value.size > 6 && pdf_draw_text_width(&pdf->pen, &value, facts[i].value) > width - 10)
            value.size -= 0.5;
    pdf_draw_fill(&pdf->pen, &color_pale, box);
    for (int i = 0; i < count; i++) {
        double x = box.x + width * i + 7;
        pdf_draw_text(&pdf->pen, &label, x, box.y + 13, width - 10, facts[i].label);
        pdf_draw_text(&pdf->pen, &value, x, box.y + 28, width - 10, facts[i].value);
    }
}

/* How a verdict looks: readable in grey too, because the words say it. */
static const struct verdict_look {
    const struct color *fill, *frame, *text;
} looks[] = {
    [REQUIREMENT_NONE] = {&color_paper, &color_line, &color_soft},       [REQUIREMENT_MET] = {&color_blue, &color_blue, &color_paper},
    [REQUIREMENT_MET_UNSURE] = {&color_paper, &color_blue, &color_blue}, [REQUIREMENT_MISSED] = {&color_signal, &color_signal, &color_paper},
    [REQUIREMENT_UNKNOWN] = {&color_paper, &color_soft, &color_ink},
};

static void draw_verdict(struct pdf *pdf, struct box box, const struct study *study)
{
    const struct verdict_look *look = &looks[study->requirement];
    const struct pdf_style word = {.size = 10, .bold = true, .color = look->text, .align = PDF_CENTER};
    const struct pdf_style basis = {.size = 6.5, .color = look->text, .align = PDF_CENTER};
    double center = box.x + box.width / 2;
    char text[160];
    pdf_draw_fill(&pdf->pen, look->fill, box);
    pdf_draw_frame(&pdf->pen, look->frame, 1.2, box);
    pdf_draw_text(&pdf->pen, &word, center, box.y + 14, box.width - 8, facts_verdict(study));
    pdf_draw_text(&pdf->pen, &basis, center, box.y + 24, box.width - 8, facts_verdict_basis(study, text, sizeof text));
    pdf_draw_text(&pdf->pen, &basis, center, box.y + 33, box.width - 4, study->index_reason);
}

static void draw_signatures(struct pdf *pdf, double baseline)
{
    static const char *const words[] = {"Prepared", "Checked", "Approved by the customer"};
    const struct pdf_style style = {.size = 6.5, .color = &color_soft};
    double width = (page_width - 2 * margin) / 3;
    for (int i = 0; i < 3; i++) {
        double x = margin + width * i;
        pdf_draw_line(&pdf->pen, &color_soft, 0.5, x, baseline, x + width - 16, baseline);
        pdf_draw_text(&pdf->pen, &style, x, baseline + 9, 0, words[i]);
    }
}

static void draw_foot(struct pdf *pdf, const struct study *study, int number)
{
    const struct pdf_style left = {.size = 6.5, .color = &color_soft}, right = {.size = 6.5, .color = &color_soft, .align = PDF_RIGHT};
    double baseline = page_height - 16, width = page_width - 2 * margin;
    char text[64], foot[192];
    snprintf(foot, sizeof foot, "gemba %s  \u00b7  %.60s  \u00b7  %.96s", GEMBA_VERSION, study->characteristic->name, study->period.words);
    snprintf(text, sizeof text, "page %d of %d", number, pdf->sheet->pages);
    pdf_draw_line(&pdf->pen, &color_line, 0.5, margin, baseline - 9, page_width - margin, baseline - 9);
    pdf_draw_text(&pdf->pen, &left, margin, baseline, width * 0.8, foot);
    pdf_draw_text(&pdf->pen, &right, page_width - margin, baseline, 0, text);
}

/* What makes of the page a capability six-pack: needs measured values that vary. */
static bool shows_values(const struct study *study)
{
    return study->characteristic->chart->summarise && study->sorted && study->n_values > 1 && study->capability.sd > 0;
}

static void draw_statistics(struct pdf *pdf, struct box box, const struct study *study)
{
    struct fact facts[FACTS_MOST];
    int count = facts_statistics(study, facts) - shows_values(study); /* how they are distributed stands over their plot */
    pdf_draw_heading(&pdf->pen, box.x, box.y + 7, box.width, "STATISTICS");
    pdf_table_facts(&pdf->pen, (struct box){box.x, box.y + 13, box.width, box.height - 13}, facts, count, 3, 62);
}

static void draw_values(struct pdf *pdf, struct box box, const struct study *study)
{
    const struct characteristic *c = study->characteristic;
    const struct capability *figures = &study->capability;
    char words[160];
    double left = 42, right = 26, half = box.width * 0.47, height = box.height - 26;
    struct box last = {box.x + left, box.y + 13, half - left - right, height};
    struct box probability = {box.x + box.width - half + left, box.y + 13, half - left, height};
    pdf_plot_last_subgroups(&pdf->pen, last, 6.5, &(struct last_values){&study->last, study->values, figures->mean, c->lsl, c->usl});
    pdf_plot_probability(&pdf->pen, probability, 6.5,
                         &(struct probability_plot){study->sorted, study->n_values, study_is_fitted(study) ? &study->fit : NULL, figures->mean,
                                                    figures->sd, study_fit_words(study, words, sizeof words)});
}

void pdf_page(void *rendering, const struct study *study, int number)
{
    struct pdf *pdf = rendering;
    struct fact facts[FACTS_MOST];
    const struct pdf_style settings = {.size = 6.5, .color = &color_soft};
    double width = page_width - 2 * margin, half = width * 0.47, verdict = 196;
    char place[48];
    snprintf(place, sizeof place, "page=%d pos=[0 0]", number);
    cairo_pdf_surface_add_outline(pdf->surface, CAIRO_PDF_OUTLINE_ROOT, study->characteristic->name, place, 0);
    draw_head(pdf, study);
    int count = facts_identity(pdf->sheet, study, facts);
    pdf_table_facts(&pdf->pen, (struct box){margin, 65, width, 68}, facts, count, 2, 62);
    draw_specification(pdf, (struct box){margin, 138, width - verdict - 10, 38}, study);
    draw_verdict(pdf, (struct box){margin + width - verdict, 138, verdict, 38}, study);
    double values = shows_values(study) ? 104 : 0;
    pdf_chart(&pdf->pen, (struct box){margin, 184, width, 280 - values}, study);
    if (values > 0)
        draw_values(pdf, (struct box){margin, 364, width, values}, study);
    pdf_histogram(&pdf->pen, (struct box){margin, 470, half, 156}, study);
    pdf_table_indices(&pdf->pen, (struct box){margin + width - half, 470, half, 156}, study);
    draw_statistics(pdf, (struct box){margin, 632, width, 56}, study);
    pdf_table_signals(&pdf->pen, (struct box){margin, 694, width, 66}, study);
    pdf_draw_paragraph(&pdf->pen, &settings, margin, 764, width, 2, study->settings);
    draw_signatures(pdf, 804);
    draw_foot(pdf, study, number);
    cairo_show_page(pdf->pen.cairo);
}

void pdf_group_page(void *rendering, const struct group_study *study, int number)
{
    struct pdf *pdf = rendering;
    struct fact facts[FACTS_MOST];
    const struct pdf_style settings = {.size = 6.5, .color = &color_soft};
    double width = page_width - 2 * margin, chart = fmin(400, fmax(220, 756 - 186 - 7 - pdf_group_height(study))), top = 186 + chart + 7;
    char place[48];
    snprintf(place, sizeof place, "page=%d pos=[0 0]", number);
    cairo_pdf_surface_add_outline(pdf->surface, CAIRO_PDF_OUTLINE_ROOT, study->group->name, place, 0);
    draw_head(pdf, &study->chart);
    int count = group_facts_identity(pdf->sheet, study, facts);
    pdf_table_facts(&pdf->pen, (struct box){margin, 65, width, 56}, facts, count, 2, 62);
    pdf_draw_heading(&pdf->pen, margin, 132, width, "STATISTICS");
    count = group_facts_statistics(study, facts);
    pdf_table_facts(&pdf->pen, (struct box){margin, 138, width, 38}, facts, count, 3, 62);
    pdf_chart(&pdf->pen, (struct box){margin, 186, width, chart}, &study->chart);
    top += pdf_group_members(&pdf->pen, (struct box){margin, top, width, 0}, study);
    pdf_group_signals(&pdf->pen, (struct box){margin, top + 4, width, 756 - top}, study);
    pdf_draw_paragraph(&pdf->pen, &settings, margin, 764, width, 2, study->settings);
    draw_signatures(pdf, 804);
    draw_foot(pdf, &study->chart, number);
    cairo_show_page(pdf->pen.cairo);
}

int pdf_end(void *rendering, struct error *err)
{
    struct pdf *pdf = rendering;
    pdf_draw_end(&pdf->pen);
    cairo_surface_finish(pdf->surface);
    cairo_status_t status = cairo_surface_status(pdf->surface);
    cairo_surface_destroy(pdf->surface);
    int number = pdf->write_error;
    free(pdf);
    if (number)
        return error_set(err, number == ENOSPC ? ERR_FULL : ERR_IO, "the PDF could not be written: %s%s", strerror(number),
                         number == ENOSPC ? ": free some space" : "");
    if (status != CAIRO_STATUS_SUCCESS)
        return error_set(err, ERR_INTERNAL, "the PDF could not be made: %s", cairo_status_to_string(status));
    return 0;
}
