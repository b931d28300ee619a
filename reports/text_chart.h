#ifndef GEMBA_REPORTS_TEXT_CHART_H
#define GEMBA_REPORTS_TEXT_CHART_H

#include "reports/study.h"

#include <stdio.h>

/* The control charts and the histogram of a study in plain ASCII, within 80 columns. */
void text_chart(FILE *stream, const struct study *study);
void text_chart_histogram(FILE *stream, const struct study *study);

#endif
