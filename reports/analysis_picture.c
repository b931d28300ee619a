#include "reports/analysis_sixpack.h"
#include "reports/pdf_draw.h"
#include "reports/scale.h"

#include "config/config.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <math.h>
#include <string.h>

/* The charts of a study as a picture: PDF, SVG or PNG. */
enum { PAGE_WIDTH = 720, PAGE_HEAD = 64, FIRST_HEIGHT = 260, FURTHER_HEIGHT = 170, LAST_HEIGHT = 150, LEFT = 78, RIGHT = 92, FOOT = 34, TICKS = 10 };
static const double png_scale = 2;

struct frame {
    struct pen *pen;
    const struct analysis *analysis;
    const struct analysis_panel *panel;
    struct box box;
    double low, high;
    const struct analysis_panel *twin; /* drawn together with it, or NULL */
};

static double x_of(const struct frame *frame, double i)
{
    return frame->box.x + (i + 0.5) * frame->box.width / (double)frame->analysis->n_points;
}

static double y_of(const struct frame *frame, double value)
{
    return frame->box.y + (frame->high - value) / (frame->high - frame->low) * frame->box.height;
}

static void include(struct frame *frame, double value)
{
    if (isfinite(value)) {
        frame->low = fmin(frame->low, value);
        frame->high = fmax(frame->high, value);
    }
}

static bool set_range(struct frame *frame)
{
    frame->low = INFINITY;
    frame->high = -INFINITY;
    for (size_t i = 0; i < frame->analysis->n_points; i++) {
        const struct limit_line *line = analysis_line(frame->analysis, frame->panel, i);
        include(frame, analysis_value(frame->analysis, frame->panel, i));
        include(frame, line->lcl);
        include(frame, line->center);
        include(frame, line->ucl);
        if (frame->twin)
            include(frame, analysis_value(frame->analysis, frame->twin, i));
    }
    if (!(frame->high >= frame->low) || !isfinite(2 * frame->high - 2 * frame->low))
        return false;
    double margin = frame->high > frame->low ? (frame->high - frame->low) * (frame->analysis->input->n_streams ? 0.12 : 0.06)
                                             : 1; /* names of streams above and below */
    frame->low -= margin;
    frame->high += margin;
    return true;
}

/* The limits are steps: each point has its own. */
static void draw_step(struct frame *frame, size_t i, double value, double width)
{
    if (isfinite(value))
        pdf_draw_line(frame->pen, &color_blue, width, x_of(frame, (double)i - 0.5), y_of(frame, value), x_of(frame, (double)i + 0.5),
                      y_of(frame, value));
}

/* Whose point it is, above the largest and below the smallest: of every point where there is room, else of signals. */
static void draw_owner(struct frame *frame, const struct analysis_panel *panel, size_t i, const struct pdf_style *style, double x, double y)
{
    bool several = false, signal = analysis_rules(frame->analysis, panel, i) != 0;
    const char *name = analysis_stream_name(frame->analysis, panel, &frame->analysis->points[i], &several);
    double advance = frame->box.width / (double)frame->analysis->n_points;
    if (*name)
        name += text_common_prefix(frame->analysis->input->stream_names, (size_t)frame->analysis->input->n_streams);
    if (*name && (signal || (!several && advance > 4.0 * (double)strlen(name))))
        pdf_draw_text(frame->pen, style, x, y + (panel->place == STREAM_LOW ? signal ? 20 : 11 : signal ? -13 : -5), 0, name);
}

static void draw_dot(struct frame *frame, const struct analysis_panel *panel, size_t i)
{
    double value = analysis_value(frame->analysis, panel, i), x = x_of(frame, (double)i), y = y_of(frame, value);
    int rule = rule_most_severe(frame->analysis->rules, analysis_rules(frame->analysis, panel, i));
    cairo_t *cairo = frame->pen->cairo;
    const struct color *color = rule ? &color_signal : &color_ink;
    if (!isfinite(value))
        return;
    cairo_new_path(cairo);
    cairo_arc(cairo, x, y, rule ? 3.2 : 2, 0, 2 * M_PI);
    pdf_draw_color(frame->pen, frame->analysis->points[i].excluded ? &color_paper : color);
    cairo_fill_preserve(cairo);
    pdf_draw_color(frame->pen, color);
    cairo_set_line_width(cairo, 0.7);
    cairo_stroke(cairo);
    if (rule) {
        char text[8];
        bool under = value < analysis_line(frame->analysis, frame->panel, i)->center;
        snprintf(text, sizeof text, "%d", rule);
        pdf_draw_halo_text(frame->pen, &(struct pdf_style){7.5, true, &color_signal, PDF_CENTER}, x, panel->with < 0 && !under ? y - 5 : y + 11,
                           text);
    }
    if (frame->analysis->input->n_streams)
        draw_owner(frame, panel, i, &(struct pdf_style){6, false, rule ? &color_signal : &color_soft, PDF_CENTER}, x, y);
}

/* The points of a chart and the line through them. */
static void draw_points(struct frame *frame, const struct analysis_panel *panel)
{
    double before = NAN;
    size_t n = frame->analysis->n_points;
    for (size_t i = 0; i < n; i++) {
        double value = analysis_value(frame->analysis, panel, i);
        if (isfinite(before) && isfinite(value))
            pdf_draw_line(frame->pen, &color_soft, 0.7, x_of(frame, (double)i - 1), y_of(frame, before), x_of(frame, (double)i), y_of(frame, value));
        before = value;
    }
    for (size_t i = 0; i < n; i++)
        draw_dot(frame, panel, i);
}

static void draw_axes(struct frame *frame)
{
    struct pdf_style style = {8, false, &color_soft, PDF_RIGHT};
    struct scale scale = scale_of(frame->low, frame->high, 6);
    char text[40];
    for (int i = 0; i < scale.count; i++) {
        double value = scale.first + i * scale.step;
        pdf_draw_line(frame->pen, &color_pale, 0.6, frame->box.x, y_of(frame, value), frame->box.x + frame->box.width, y_of(frame, value));
        pdf_draw_text(frame->pen, &style, frame->box.x - 5, y_of(frame, value) + 3, 0, text_number(value, scale.decimals, text, sizeof text));
    }
    size_t n = frame->analysis->n_points, step = (n + TICKS - 1) / TICKS;
    style.align = PDF_CENTER;
    for (size_t i = 0; i < n; i += step) {
        snprintf(text, sizeof text, "%zu", i + 1);
        pdf_draw_text(frame->pen, &style, x_of(frame, (double)i), frame->box.y + frame->box.height + 11, 0, text);
    }
    pdf_draw_frame(frame->pen, &color_line, 0.6, frame->box);
}

static void draw_label(struct frame *frame, const char *name, double value)
{
    char number[40], text[64];
    if (!isfinite(value))
        return;
    int decimals = scale_of(frame->low, frame->high, 6).decimals + 2;
    snprintf(text, sizeof text, "%s %s", name, text_number(value, decimals, number, sizeof number));
    pdf_draw_text(frame->pen, &(struct pdf_style){8, false, &color_blue, PDF_LEFT}, frame->box.x + frame->box.width + 5, y_of(frame, value) + 3,
                  RIGHT - 8, text);
}

static void draw_panel(struct frame *frame)
{
    size_t n = frame->analysis->n_points;
    const struct limit_line *last = analysis_line(frame->analysis, frame->panel, n - 1);
    char title[64];
    snprintf(title, sizeof title, "%s%s%s", frame->panel->name, frame->twin ? " and " : "", frame->twin ? frame->twin->name : "");
    pdf_draw_heading(frame->pen, frame->box.x, frame->box.y - 6, frame->box.width, title);
    if (!set_range(frame))
        return;
    draw_axes(frame);
    for (size_t i = 0; i < n; i++) {
        const struct limit_line *line = analysis_line(frame->analysis, frame->panel, i);
        draw_step(frame, i, line->center, 0.8);
        pdf_draw_dashes(frame->pen, 4, 2);
        draw_step(frame, i, line->lcl, 0.8);
        draw_step(frame, i, line->ucl, 0.8);
        pdf_draw_dashes(frame->pen, 0, 0);
    }
    draw_points(frame, frame->panel);
    if (frame->twin)
        draw_points(frame, frame->twin);
    draw_label(frame, "UCL", last->ucl);
    draw_label(frame, "CL", last->center);
    draw_label(frame, "LCL", last->lcl);
}

static void draw_page(struct pen *pen, const struct analysis *analysis, double height)
{
    struct analysis_panel panels[3];
    struct frame frame = {.pen = pen, .analysis = analysis};
    char text[320];
    int count = analysis_panels(analysis, panels);
    double top = PAGE_HEAD + 14;
    pdf_draw_fill(pen, &color_paper, (struct box){0, 0, PAGE_WIDTH, height});
    snprintf(text, sizeof text, "%s chart of %zu points, %zu signal%s", analysis->request.chart->name, analysis->n_points, analysis->signals,
             analysis->signals == 1 ? "" : "s");
    pdf_draw_text(pen, &(struct pdf_style){14, true, &color_ink, PDF_LEFT}, LEFT, 28, PAGE_WIDTH - LEFT - 20, text);
    pdf_draw_paragraph(pen, &(struct pdf_style){8, false, &color_soft, PDF_LEFT}, LEFT, 36, PAGE_WIDTH - LEFT - 20, 2,
                       analysis_settings(analysis, text, sizeof text));
    for (int i = 0; i < count; i++) {
        double box = i ? FURTHER_HEIGHT : FIRST_HEIGHT;
        if (panels[i].with >= 0)
            continue;
        frame.panel = &panels[i];
        frame.twin = i + 1 < count && panels[i + 1].with == panels[i].place ? &panels[i + 1] : NULL;
        frame.box = (struct box){LEFT, top, PAGE_WIDTH - LEFT - RIGHT, box - FOOT};
        draw_panel(&frame);
        top += box + 6;
    }
    if (!analysis_sixpack_has(analysis))
        return;
    analysis_sixpack_last(pen, analysis, (struct box){LEFT, top, PAGE_WIDTH - LEFT - RIGHT, LAST_HEIGHT - FOOT});
    top += LAST_HEIGHT - 4;
    analysis_sixpack(pen, analysis, (struct box){LEFT, top, PAGE_WIDTH - LEFT - 20, SIXPACK_HEIGHT});
}

static cairo_status_t write_bytes(void *stream, const unsigned char *data, unsigned length)
{
    return fwrite(data, 1, length, stream) == length ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

int analysis_picture(FILE *stream, const struct analysis *analysis, const char *format, struct error *err)
{
    struct analysis_panel panels[3];
    int count = analysis_panels(analysis, panels), together = 0;
    for (int i = 0; i < count; i++)
        together += panels[i].with >= 0;
    double height = PAGE_HEAD + FIRST_HEIGHT + (count - together - 1) * (FURTHER_HEIGHT + 6) + 20;
    height += analysis_sixpack_has(analysis) ? LAST_HEIGHT + SIXPACK_HEIGHT : 0;
    bool png = !strcmp(format, "png");
    cairo_surface_t *surface = png ? cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)(PAGE_WIDTH * png_scale), (int)(height * png_scale))
                               : !strcmp(format, "svg") ? cairo_svg_surface_create_for_stream(write_bytes, stream, PAGE_WIDTH, height)
                                                        : cairo_pdf_surface_create_for_stream(write_bytes, stream, PAGE_WIDTH, height);
    if (png)
        cairo_surface_set_device_scale(surface, png_scale, png_scale);
    struct pen pen = pdf_draw_begin(surface);
    draw_page(&pen, analysis, height);
    if (!png)
        cairo_show_page(pen.cairo);
    pdf_draw_end(&pen);
    cairo_status_t status = png ? cairo_surface_write_to_png_stream(surface, write_bytes, stream) : CAIRO_STATUS_SUCCESS;
    cairo_surface_finish(surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    return status == CAIRO_STATUS_SUCCESS ? 0 : error_set(err, ERR_IO, "the picture could not be written: %s", cairo_status_to_string(status));
}
