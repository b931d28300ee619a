#ifndef GEMBA_REPORTS_PANEL_H
#define GEMBA_REPORTS_PANEL_H

#include "reports/study.h"

/* One of the up to three charts of a study, ready to be drawn: what the text and the PDF chart share. Pure. */
struct panel {
    const struct study *study;
    int place;                /* in verdict.plotted */
    int twin;                 /* place of what is drawn into it; -1: nothing */
    bool floor, ceiling;      /* nothing can be below, or above, 0 */
    const char *title;        /* "Xbar", "R" */
    const char *unit;         /* "mm", "sigma", "" */
    int decimals;             /* of its numbers */
    double low, high;         /* range of the values and the limits, with a margin; high > low always */
    struct limit_line newest; /* the limits that hold at the end; NAN lines: none */
    int64_t gap_us;           /* neighbours farther apart are not connected */
};
struct panel panel_of(const struct study *study, const struct study_panel *which);
struct panel panel_twin(const struct panel *panel); /* on the same scale */

double panel_value(const struct panel *panel, size_t i); /* NAN: nothing to draw */
const struct limit_line *panel_line(const struct panel *panel, size_t i);
/* A lower limit of 0 is none: nothing can be below. */
bool panel_has_lcl(const struct panel *panel, const struct limit_line *line);
uint32_t panel_rules(const struct panel *panel, size_t i);
/* No line from point i - 1 to point i: values are missing between them. */
bool panel_is_gap(const struct panel *panel, size_t i);

/* At most `most` points whose time stands under the charts, in the plant's zone. */
enum { PANEL_TICKS = 8 };
struct panel_tick {
    size_t point;
    char text[24];
};
int panel_ticks(const struct study *study, int most, struct panel_tick ticks[PANEL_TICKS]);

#endif
