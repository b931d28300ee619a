#ifndef GEMBA_REPORTS_PDF_PARTS_H
#define GEMBA_REPORTS_PDF_PARTS_H

#include "reports/group_facts.h"
#include "reports/pdf_draw.h"

/* The parts of a PDF page, each drawn into its box. */

/* pdf_chart.c: the location chart over the dispersion chart, one time axis. */
void pdf_chart(struct pen *pen, struct box box, const struct study *study);
/* pdf_histogram.c: classes, fitted normal curves, specification. */
void pdf_histogram(struct pen *pen, struct box box, const struct study *study);
/* pdf_table.c */
void pdf_table_facts(struct pen *pen, struct box box, const struct fact *facts, int count, int columns, double label_width);
void pdf_table_indices(struct pen *pen, struct box box, const struct study *study);
void pdf_table_signals(struct pen *pen, struct box box, const struct study *study);
/* pdf_group.c: returns the height used; as many of the newest signals as there is room for. */
double pdf_group_height(const struct group_study *study); /* that both want */
double pdf_group_members(struct pen *pen, struct box box, const struct group_study *study);
void pdf_group_signals(struct pen *pen, struct box box, const struct group_study *study);

#endif
