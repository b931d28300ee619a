/* reports/: what we tell others: studies of a period, and their renderings.
 *
 * period.h      "last-month", "this-shift", "2026-10-01..2026-11-01" -> instants
 * study.h       everything about one characteristic in a period: points, limits, signals, histogram, capability
 * course.h      when a process changed, what happened near that time, where it drifts to
 * group_study.h the same of characteristics charted together
 * limits.h      what an engineer may decide about control limits; limits_command.c: `gemba limits`, `gemba exclude`; group_limits.h: of groups
 * machine.h     OEE of a machine in its shift
 * output.h      rows under columns -> text, CSV (libcsv), JSON: one column table drives all three
 * json_figures.h  indices and fits as JSON
 * report.c      `gemba report`: the command line -> jobs; report_job.c makes one job's files
 * render.h      the table of report formats; text_page.c, csv_page.c, pdf_page.c draw a study a page, text_group.c and pdf_group.c one of a group
 * capability_command.c  `gemba capability`: a line per characteristic
 * facts.h       the words and figures that all pages share; panel.h the charts before they are drawn
 * export.c      `gemba export`; export_state.h where one that is carried on stopped; part.h what a measurement came with
 * verify_command.c, backup_command.c, trace_command.c, note_command.c, retain_command.c  the commands of those names
 * study_command.c  `gemba study`: study_csv.h reads any spreadsheet, study_table.h makes subgroups of
 *                  its rows, analysis.h judges and renders them */
#ifndef GEMBA_REPORTS_H
#define GEMBA_REPORTS_H

#include "reports/facts.h"
#include "reports/group_limits.h"
#include "reports/group_study.h"
#include "reports/json_figures.h"
#include "reports/limits.h"
#include "reports/machine.h"
#include "reports/output.h"
#include "reports/period.h"
#include "reports/study.h"

int report_command(int argc, char **argv);
int capability_command(int argc, char **argv);
int export_command(int argc, char **argv);
int study_command(int argc, char **argv);
int verify_command(int argc, char **argv);
int backup_command(int argc, char **argv);
int trace_command(int argc, char **argv);
int retain_command(int argc, char **argv);
int note_command(int argc, char **argv);
int limits_command(int argc, char **argv);
int exclude_command(int argc, char **argv);

#endif
