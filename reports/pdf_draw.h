#ifndef GEMBA_REPORTS_PDF_DRAW_H
#define GEMBA_REPORTS_PDF_DRAW_H

#include <pango/pangocairo.h>

#include <stdbool.h>

/* The drawing kit of the PDF page: lengths in points, y downwards, text by its baseline. Colours are told apart without colour sight
 * (Okabe and Ito's blue and vermillion) and by their grey. */
struct color {
    double red, green, blue;
};
extern const struct color color_ink, color_soft, color_line, color_blue, color_pale, color_signal, color_paper;

struct box {
    double x, y, width, height;
};

enum pdf_align { PDF_LEFT, PDF_CENTER, PDF_RIGHT };
struct pdf_style {
    double size;
    bool bold;
    const struct color *color;
    enum pdf_align align;
};

struct pen {
    cairo_t *cairo;
    PangoLayout *layout;
    PangoFontDescription *font, *bold;
};
struct pen pdf_draw_begin(cairo_surface_t *surface);
void pdf_draw_end(struct pen *pen);

/* Text on one line, at most `width` wide (0: as wide as it is), cut with an ellipsis. x is the left, the middle or the right by style.align. */
void pdf_draw_text(struct pen *pen, const struct pdf_style *style, double x, double baseline, double width, const char *text);
/* Centred on x, with a white edge: readable on top of a line. */
void pdf_draw_halo_text(struct pen *pen, const struct pdf_style *style, double x, double baseline, const char *text);
double pdf_draw_text_width(struct pen *pen, const struct pdf_style *style, const char *text);
/* Text on as many lines as it needs, at most `lines`; returns the height used. */
double pdf_draw_paragraph(struct pen *pen, const struct pdf_style *style, double x, double top, double width, int lines, const char *text);

void pdf_draw_line(struct pen *pen, const struct color *color, double line_width, double x1, double y1, double x2, double y2);
void pdf_draw_dashes(struct pen *pen, double on, double off); /* for the lines that follow; 0 0: solid */
void pdf_draw_fill(struct pen *pen, const struct color *color, struct box box);
void pdf_draw_frame(struct pen *pen, const struct color *color, double line_width, struct box box);
void pdf_draw_color(struct pen *pen, const struct color *color);

/* A small heading over a block. */
void pdf_draw_heading(struct pen *pen, double x, double baseline, double width, const char *text);

#endif
