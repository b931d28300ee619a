#ifndef GEMBA_TUI_GROUP_CHART_H
#define GEMBA_TUI_GROUP_CHART_H

#include "reports/reports.h"
#include "tui/plot.h"

/* The T2 or MEWMA chart of a group as the screen and the script show it. Zero-initialised is empty. */
struct group_chart {
    const struct characteristic_group *group;
    struct group_study *study;        /* owned */
    const struct group_point *points; /* its points, oldest first */
    size_t count;
    struct plot_point *plot, *spread; /* one a point, of the statistic and of |S|; owned */
};

int group_chart_load(struct group_chart *chart, struct store *store, const struct plant *plant, const struct characteristic_group *group,
                     int64_t last, struct error *err);
void group_chart_free(struct group_chart *chart);

/* "trial 2026-11-20; calculated from points 1-50; T2 n=1 alpha 0.0081: bore-dia, face-dia; ..." */
void group_chart_title(const struct group_chart *chart, char *out, size_t size);
/* "#118  T2 23.1  UCL 16.2  serial S-118", and what contributes, the guiltiest first. */
void group_chart_readout(const struct group_chart *chart, const struct group_point *point, const char *time, char *out, size_t size);
/* "contributes most: face-dia 25.031 (p 0.0001)", or why there is nothing to say. */
void group_chart_blame(const struct group_chart *chart, const struct group_point *point, char *out, size_t size);

/* As text, one JSON object, or its points as CSV. */
int group_chart_print(const struct group_chart *chart, enum output_format format, FILE *stream, struct error *err);

#endif
