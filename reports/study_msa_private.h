/* Private to study_msa*.c. */
#ifndef GEMBA_REPORTS_STUDY_MSA_PRIVATE_H
#define GEMBA_REPORTS_STUDY_MSA_PRIVATE_H

#include "reports/study_csv.h"
#include "reports/study_msa.h"
#include "spc/spc.h"

/* One study: its table, and the readings in the order that spc wants them. */
struct gauge {
    const struct msa_options *o;
    struct study_csv csv;
    int value, part, appraiser, trial, reference; /* columns; -1: none */
    double master;                                /* where reference is a number */
    double *readings;                             /* [(appraiser * parts + part) * trials + trial] */
    int *looks;                                   /* the same as categories */
    int appraisers, parts, trials;
    int *place; /* the part's number of each row: among all parts, or among its appraiser's */
};

/* Numbers the parts: among all, or nested, among those of their appraiser. */
int gauge_number_parts(struct gauge *gauge, bool nested, struct error *err);
/* Puts every row's reading in its place; categories: the rows' ratings, or NULL. An error names the part that was not measured as often as the
 * others. */
int gauge_arrange(struct gauge *gauge, const int *categories, struct error *err);
const char *gauge_name(const struct gauge *gauge, int column, size_t row);
const char *gauge_appraiser(const struct gauge *gauge, int appraiser);
/* "good", "conditional", "REJECT"; NULL without a value. */
const char *gauge_judged(enum msa_figure figure, double value);

/* The studies: each fills the sheet from what was read. */
int gauge_grr_anova(struct gauge *gauge, struct msa_sheet *sheet, struct error *err);
int gauge_grr_ranges(struct gauge *gauge, struct msa_sheet *sheet, struct error *err);
int gauge_grr_nested(struct gauge *gauge, struct msa_sheet *sheet, struct error *err);
int gauge_type1(struct gauge *gauge, struct msa_sheet *sheet, struct error *err);
int gauge_bias(struct gauge *gauge, struct msa_sheet *sheet, struct error *err);
int gauge_linearity(struct gauge *gauge, struct msa_sheet *sheet, struct error *err);
int gauge_attribute(struct gauge *gauge, struct msa_sheet *sheet, struct error *err);

#endif
