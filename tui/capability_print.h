#ifndef GEMBA_TUI_CAPABILITY_PRINT_H
#define GEMBA_TUI_CAPABILITY_PRINT_H

#include "reports/reports.h"

/* What the capability screen stands on: the newest points of a characteristic with its distribution fitted. *study is the caller's. */
int capability_study(struct study **study, struct store *store, const struct plant *plant, const struct characteristic *characteristic,
                     struct error *err);

/* The screen's figures as rows: one a figure, under a stable key. */
int capability_print(const struct study *study, enum output_format format, FILE *stream, struct error *err);
/* The distribution of the values and the indices by its percentiles, as the object "fit"; null without values. */
void capability_put_fit(struct json *json, const struct study *study);

#endif
