#ifndef GEMBA_REPORTS_ANALYSIS_SIXPACK_H
#define GEMBA_REPORTS_ANALYSIS_SIXPACK_H

#include "reports/analysis.h"
#include "reports/pdf_draw.h"

/* What stands with the control charts of measured values and makes of them the capability six-pack: the single values of the last subgroups in a
 * plot's box; and a row of histogram with fitted curves, probability plot, and the figures of capability. */
enum { SIXPACK_HEIGHT = 230 };
bool analysis_sixpack_has(const struct analysis *analysis);
void analysis_sixpack_last(struct pen *pen, const struct analysis *analysis, struct box box);
void analysis_sixpack(struct pen *pen, const struct analysis *analysis, struct box box);

#endif
