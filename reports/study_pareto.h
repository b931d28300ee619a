#ifndef GEMBA_REPORTS_STUDY_PARETO_H
#define GEMBA_REPORTS_STUDY_PARETO_H

#include "reports/msa_sheet.h"

/* `gemba study --pareto COLUMN`: how often each name stands in a column, or the sum of count (a column of numbers; NULL: 1 a row), most first, with
 * the share and the cumulated share. Rows without a name are left out. Free the sheet with msa_sheet_free, also after an error. */
int study_pareto(struct msa_sheet *sheet, const char *path, const char *name, const char *count, struct error *err);

#endif
