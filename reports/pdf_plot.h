#ifndef GEMBA_REPORTS_PDF_PLOT_H
#define GEMBA_REPORTS_PDF_PLOT_H

#include "reports/last_subgroups.h"
#include "reports/pdf_draw.h"
#include "spc/spc.h"

/* The plots that `gemba study` and the report's pages both draw. The box is the plot itself: the heading stands above it, the scale's numbers below
 * and to its left. */
struct pdf_plot {
    struct pen *pen;
    struct box box;
    double low, high; /* of the values on its axis */
    double size;      /* of the text */
};

/* Round numbers, at most so many: under the box along x, or left of it along y with pale lines through it. */
void pdf_plot_axis_below(const struct pdf_plot *plot, int most);
void pdf_plot_axis_left(const struct pdf_plot *plot, int most);

/* The single values of the last subgroups, each subgroup a column, about the mean of all. low, high: limits of the specification, NAN: none. */
struct last_values {
    const struct last_subgroups *last;
    const double *values;
    double mean, lsl, usl;
};
void pdf_plot_last_subgroups(struct pen *pen, struct box box, double size, const struct last_values *values);

/* Sorted values against a distribution, on probability paper: what follows it lies on the line. fit NULL: normal of this mean and sd. words, or
 * NULL, say how well it follows. */
struct probability_plot {
    const double *sorted;
    size_t n;
    const struct fit *fit;
    double mean, sd;
    const char *words;
};
void pdf_plot_probability(struct pen *pen, struct box box, double size, const struct probability_plot *plot);

#endif
