#ifndef GEMBA_TUI_CHART_H
#define GEMBA_TUI_CHART_H

#include "tui/board_indices.h"
#include "tui/plot.h"

/* One characteristic's control chart as the screen and the script show it. Zero-initialised is empty. */
struct chart {
    const struct characteristic *characteristic;
    struct study *study;        /* owned; its points are the shown ones and, when scrolled back, newer ones */
    const struct point *points; /* shown, in the study */
    size_t count;
    struct study_panel panels[STUDY_PANELS];
    int n_panels;
    struct plot_point *plots[STUDY_PANELS]; /* of each panel, one a shown point; owned */
    struct board_indices indices;           /* of all values, as in the lists */
    int64_t now_us;
    bool stale;
};

/* The number of the first point shown of `newest` points in `slots` places. anchor 0: follows the newest by pages of a quarter of the width, so
 * that most new points only add themselves at the right; else the last point shown is anchor. */
int64_t chart_first(int64_t newest, int64_t anchor, int slots);

int chart_load(struct chart *chart, struct store *store, const struct plant *plant, const struct characteristic *characteristic, int slots,
               int64_t anchor, int64_t now_us, struct error *err);
void chart_free(struct chart *chart);

/* The place of a point number among the shown ones; the last one for 0; -1 when it is not shown. */
long chart_place(const struct chart *chart, int64_t number);

/* What a shown point is marked with: 'C' the mean changed there, 'N' somebody wrote a note since the point before; 0 nothing. */
char chart_mark(const struct chart *chart, size_t place);
/* What was noted at a shown point: "tool changed (wang)"; ""; and what happened near a change. */
void chart_notes(const struct chart *chart, size_t place, char *out, size_t size);
/* When the mean changed and where it drifts to, what presses first; "" when there is nothing to say. */
void chart_course(const struct chart *chart, char *out, size_t size);

/* Where the values of a panel can lie. */
enum plot_bound chart_bound(const struct chart *chart, int panel);

/* A panel and what is drawn into it: its scale, and cells[rows * columns] of it. */
struct plot_scale chart_scale(const struct chart *chart, int panel, int rows);
void chart_plot(const struct chart *chart, int panel, const struct plot_scale *scale, int columns, int step, struct plot_cell *cells);

/* Header lines: who it is, and how it stands. Whole words, for any width. */
void chart_title(const struct chart *chart, char *out, size_t size);
void chart_verdict(const struct chart *chart, char *out, size_t size);
/* "#118 13:41:07  Xbar 25.0124  R 0.008  serial A1047-000590"; the time by the caller. */
void chart_readout(const struct chart *chart, const struct point *point, const char *time, char *out, size_t size);
/* What a chart is told, the price of its rules first, because on a narrow screen the end is cut off. Returns out. */
char *chart_told(const struct characteristic *characteristic, char *out, size_t size);
int chart_decimals(const struct chart *chart); /* of what is plotted: one more than the gauge's */

/* The whole chart as plain text of 80 columns, as one JSON object, or its points as CSV. */
void chart_print_text(const struct chart *chart, FILE *stream);
/* capability: of the same characteristic (capability_study). */
void chart_print_json(const struct chart *chart, const struct study *capability, FILE *stream);
int chart_print_csv(const struct chart *chart, FILE *stream, struct error *err);

#endif
