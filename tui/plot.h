#ifndef GEMBA_TUI_PLOT_H
#define GEMBA_TUI_PLOT_H

#include "spc/spc.h"

/* A control chart in cells: pure. The domain comes from the limits, never from the data, so that a picture means the same tomorrow. */

struct plot_point {
    double value;           /* NAN: a gap */
    struct limit_line line; /* NAN where there is none; zones only with a sigma */
    int rule;               /* the most severe that fired; 0 none */
    bool excluded;
    double zone; /* sigmas from one zone to the next; 0: 1 */
    char mark;   /* of its own, while it is neither a signal nor excluded; 0: none */
};

struct plot_scale {
    double low, high;
    int rows;
    bool limits; /* made from limits; false: from the values, for want of limits */
};
/* What can be: anything, nothing below 0, nothing above 0. */
enum plot_bound { PLOT_FREE, PLOT_FLOOR, PLOT_CEILING };
/* The upper limit lands on a row of its own, the lower one too; one or two rows are left beyond each. A limit that is not there is as far away as the
 * other, or where nothing can be beyond. */
struct plot_scale plot_scale_of(const struct plot_point *points, size_t count, int rows, enum plot_bound bound);
/* 0 is the top row; -1 above the domain, rows below it or NAN. */
int plot_row(const struct plot_scale *scale, double value);
/* The value in the middle of a row. */
double plot_value(const struct plot_scale *scale, int row);

enum plot_kind { PLOT_EMPTY, PLOT_ZONE, PLOT_CENTER, PLOT_LIMIT, PLOT_POINT, PLOT_EXCLUDED, PLOT_SIGNAL, PLOT_RULE };
struct plot_cell {
    unsigned char kind;
    char mark;          /* of points, signals and rule numbers: '.', 'o', 'X', '^' or 'v' beyond the domain, '1'..'9', 'a'.. */
    unsigned char dots; /* braille dots of the line that joins the points */
};

/* Fills cells[rows * columns]. Point i stands in column i * step; step >= 1. Points that do not fit are left out. */
void plot_draw(struct plot_cell *cells, const struct plot_scale *scale, int columns, int step, const struct plot_point *points, size_t count);

/* The same points without their limits, into cells that are drawn already. */
void plot_add(struct plot_cell *cells, const struct plot_scale *scale, int columns, int step, const struct plot_point *points, size_t count);

/* A line's name and value for the right edge, one a row, most important first: "UCL 25.0113". Returns how many; rows are distinct. */
enum { PLOT_LABELS = 7 };
struct plot_label {
    int row;
    double value;
    const char *name; /* "UCL", "+2s", "CL" */
    enum plot_kind kind;
};
int plot_labels(struct plot_label *labels, const struct plot_scale *scale, const struct plot_point *newest);

/* How a rule number is drawn in one cell. */
char plot_rule_mark(int rule);

#endif
