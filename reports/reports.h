/* reports/: what we tell others: studies of a period, and their renderings.
 *
 * period.h   "last-month", "this-shift", "2026-10-01..2026-11-01" -> instants
 * study.h    everything about one characteristic in a period: points, limits, signals, histogram, capability
 * machine.h  OEE of a machine, of a line, in a window
 * output.h   rows under columns -> text, CSV (libcsv), JSON: one column table drives all three
 * report.c   `gemba report`: text.c, csv.c, pdf.c each render a study
 * export.c   `gemba export` */
#ifndef GEMBA_REPORTS_H
#define GEMBA_REPORTS_H

#include "reports/machine.h"
#include "reports/output.h"
#include "reports/period.h"
#include "reports/study.h"

int report_command(int argc, char **argv);
int export_command(int argc, char **argv);

#endif
