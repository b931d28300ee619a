#ifndef GEMBA_REPORTS_STUDY_MSA_H
#define GEMBA_REPORTS_STUDY_MSA_H

#include "reports/msa_sheet.h"

/* `gemba study --msa KIND`: a gauge study of a table. Columns by name or number; NAN: not said. */
struct msa_options {
    const char *kind;
    const char *part, *appraiser, *trial, *value, *reference; /* reference: a column, or one number */
    const char *bad;                                          /* attribute: the category of a bad part */
    const char *method;                                       /* bias: sd or range */
    double tolerance, process_sd, resolution;
    double multiplier, percent, pool; /* study variation in sigmas; type 1: share of the tolerance; p above which the interaction is dropped */
    double confidence;
    bool published;
};

/* The kinds that study_msa makes ("stability" is a chart, and not its own); NULL-terminated. */
extern const char *const study_msa_kinds[];
/* Reads the file, computes. Free the sheet with msa_sheet_free, also after an error. */
int study_msa(struct msa_sheet *sheet, const char *path, const struct msa_options *options, struct error *err);

#endif
