#include "reports/pdf_draw.h"

const struct color color_ink = {0.11, 0.13, 0.16};
const struct color color_soft = {0.38, 0.41, 0.45};
const struct color color_line = {0.74, 0.76, 0.79};
const struct color color_blue = {0.0, 0.35, 0.58};
const struct color color_pale = {0.93, 0.955, 0.975};
const struct color color_signal = {0.835, 0.369, 0.0};
const struct color color_paper = {1, 1, 1};

struct pen pdf_draw_begin(cairo_surface_t *surface)
{
    struct pen pen = {.cairo = cairo_create(surface)};
    pen.layout = pango_cairo_create_layout(pen.cairo);
    pen.font = pango_font_description_from_string("Sans");
    pen.bold = pango_font_description_from_string("Sans Bold");
    return pen;
}

void pdf_draw_end(struct pen *pen)
{
    pango_font_description_free(pen->font);
    pango_font_description_free(pen->bold);
    g_object_unref(pen->layout);
    cairo_destroy(pen->cairo);
}

void pdf_draw_color(struct pen *pen, const struct color *color)
{
    cairo_set_source_rgb(pen->cairo, color->red, color->green, color->blue);
}

/* A name that is no UTF-8 (a config saved in another encoding) still prints, with its bad bytes marked. */
static void set_text(struct pen *pen, const struct pdf_style *style, const char *text)
{
    PangoFontDescription *font = style->bold ? pen->bold : pen->font;
    pango_font_description_set_absolute_size(font, style->size * PANGO_SCALE);
    pango_layout_set_font_description(pen->layout, font);
    char *valid = g_utf8_make_valid(text, -1);
    pango_layout_set_text(pen->layout, valid, -1);
    g_free(valid);
    pdf_draw_color(pen, style->color);
}

void pdf_draw_text(struct pen *pen, const struct pdf_style *style, double x, double baseline, double width, const char *text)
{
    pango_layout_set_width(pen->layout, -1);
    pango_layout_set_height(pen->layout, -1);
    set_text(pen, style, text);
    int used;
    pango_layout_get_size(pen->layout, &used, NULL);
    if (width > 0 && used > width * PANGO_SCALE) {
        pango_layout_set_ellipsize(pen->layout, PANGO_ELLIPSIZE_END);
        pango_layout_set_width(pen->layout, (int)(width * PANGO_SCALE));
        pango_layout_get_size(pen->layout, &used, NULL);
    } else
        pango_layout_set_ellipsize(pen->layout, PANGO_ELLIPSIZE_NONE);
    double left = x - (style->align == PDF_LEFT ? 0 : style->align == PDF_CENTER ? 0.5 : 1) * used / PANGO_SCALE;
    cairo_move_to(pen->cairo, left, baseline - (double)pango_layout_get_baseline(pen->layout) / PANGO_SCALE);
    pango_cairo_show_layout(pen->cairo, pen->layout);
}

void pdf_draw_halo_text(struct pen *pen, const struct pdf_style *style, double x, double baseline, const char *text)
{
    double left = x - pdf_draw_text_width(pen, style, text) / 2;
    pdf_draw_color(pen, &color_paper);
    cairo_move_to(pen->cairo, left, baseline - (double)pango_layout_get_baseline(pen->layout) / PANGO_SCALE);
    pango_cairo_layout_path(pen->cairo, pen->layout);
    cairo_set_line_width(pen->cairo, 1.6);
    cairo_stroke(pen->cairo);
    pdf_draw_text(pen, style, x, baseline, 0, text);
}

double pdf_draw_text_width(struct pen *pen, const struct pdf_style *style, const char *text)
{
    int used;
    pango_layout_set_width(pen->layout, -1);
    pango_layout_set_ellipsize(pen->layout, PANGO_ELLIPSIZE_NONE);
    set_text(pen, style, text);
    pango_layout_get_size(pen->layout, &used, NULL);
    return (double)used / PANGO_SCALE;
}

double pdf_draw_paragraph(struct pen *pen, const struct pdf_style *style, double x, double top, double width, int lines, const char *text)
{
    int height;
    pango_layout_set_ellipsize(pen->layout, PANGO_ELLIPSIZE_END);
    pango_layout_set_width(pen->layout, (int)(width * PANGO_SCALE));
    pango_layout_set_height(pen->layout, -lines);
    set_text(pen, style, text);
    pango_layout_get_size(pen->layout, NULL, &height);
    cairo_move_to(pen->cairo, x, top);
    pango_cairo_show_layout(pen->cairo, pen->layout);
    return (double)height / PANGO_SCALE;
}

void pdf_draw_line(struct pen *pen, const struct color *color, double line_width, double x1, double y1, double x2, double y2)
{
    pdf_draw_color(pen, color);
    cairo_set_line_width(pen->cairo, line_width);
    cairo_move_to(pen->cairo, x1, y1);
    cairo_line_to(pen->cairo, x2, y2);
    cairo_stroke(pen->cairo);
}

void pdf_draw_dashes(struct pen *pen, double on, double off)
{
    const double dashes[] = {on, off};
    cairo_set_dash(pen->cairo, dashes, on > 0 ? 2 : 0, 0);
}

void pdf_draw_fill(struct pen *pen, const struct color *color, struct box box)
{
    pdf_draw_color(pen, color);
    cairo_rectangle(pen->cairo, box.x, box.y, box.width, box.height);
    cairo_fill(pen->cairo);
}

void pdf_draw_frame(struct pen *pen, const struct color *color, double line_width, struct box box)
{
    pdf_draw_color(pen, color);
    cairo_set_line_width(pen->cairo, line_width);
    cairo_rectangle(pen->cairo, box.x, box.y, box.width, box.height);
    cairo_stroke(pen->cairo);
}

void pdf_draw_heading(struct pen *pen, double x, double baseline, double width, const char *text)
{
    const struct pdf_style style = {.size = 7.5, .bold = true, .color = &color_blue};
    pdf_draw_text(pen, &style, x, baseline, width, text);
    pdf_draw_line(pen, &color_line, 0.5, x, baseline + 3, x + width, baseline + 3);
}
