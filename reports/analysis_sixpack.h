#ifndef GEMBA_REPORTS_ANALYSIS_SIXPACK_H
#define GEMBA_REPORTS_ANALYSIS_SIXPACK_H

#include "reports/analysis.h"
#include "reports/pdf_draw.h"

/* What stands under the control charts of measured values: histogram with fitted curves, probability plot, and the figures of capability. */
enum { SIXPACK_HEIGHT = 230 };
bool analysis_sixpack_has(const struct analysis *analysis);
void analysis_sixpack(struct pen *pen, const struct analysis *analysis, struct box box);

#endif
