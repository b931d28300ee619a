#ifndef GEMBA_REPORTS_MSA_SHEET_H
#define GEMBA_REPORTS_MSA_SHEET_H

#include "config/config.h"

#include <stdio.h>

/* What a gauge study found: tables of named rows and columns, that one writer each turns into text, JSON and CSV. */
enum { MSA_COLUMNS = 8, MSA_SECTIONS = 14 };
struct msa_row {
    char *name, *words; /* words: a judgement, or the reason why a figure is missing; NULL: none */
    double values[MSA_COLUMNS];
};
struct msa_section {
    const char *key, *title; /* "components", "Components of variation" */
    const char *columns[MSA_COLUMNS];
    int n_columns;
    struct msa_row *rows;
    size_t n_rows, room;
};
struct msa_sheet {
    const char *kind; /* "grr"; "pareto", which is no gauge study, but a table alike */
    char *title, *settings;
    struct msa_section sections[MSA_SECTIONS];
    int n_sections;
};

/* columns: keys, n of them. Rows go to the newest section; name and words are copied, values has as many as it has columns. */
void msa_section(struct msa_sheet *sheet, const char *key, const char *title, const char *const *columns, int n);
void msa_row(struct msa_sheet *sheet, const char *name, const char *words, const double *values);

void msa_text(FILE *stream, const struct msa_sheet *sheet);
void msa_json(FILE *stream, const struct msa_sheet *sheet); /* {msa (or study), title, settings, KEY: [{name, COLUMN..., words}, ...], ...} */
void msa_csv(FILE *stream, const struct msa_sheet *sheet);  /* section, name, figure, value */
void msa_sheet_free(struct msa_sheet *sheet);

#endif
