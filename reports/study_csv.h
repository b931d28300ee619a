#ifndef GEMBA_REPORTS_STUDY_CSV_H
#define GEMBA_REPORTS_STUDY_CSV_H

#include "reports/spool.h"

#include "config/config.h"

#include <stdbool.h>
#include <stddef.h>

/* A table from a spreadsheet: comma, semicolon or tab (found from the header row, or Excel's "sep=;" line), quotes, byte order mark, CRLF. With any
 * separator but the comma, a decimal comma is one. An empty cell, NA or NaN is a missing value. Columns that nobody wants are not kept. */
enum csv_use { CSV_UNUSED, CSV_NUMBER, CSV_LABEL };

struct csv_column {
    char *name;
    bool numeric; /* its first cell that is not empty reads as a number */
    enum csv_use use;
    double *numbers; /* CSV_NUMBER: NAN where missing; NULL where a spool takes them */
    struct spool *spool;
    int *labels;  /* CSV_LABEL: place in names, -1 where missing */
    char **names; /* in order of appearance */
    size_t n_names;
    size_t room, names_room;
};

struct study_csv {
    struct csv_column *columns;
    size_t n_columns, rows; /* rows: before reading, those seen at a first look */
    int64_t *lines;         /* where each row begins; NULL where a spool takes values */
    size_t lines_room;
    struct csv_source *source;
};

/* path "-": standard input. Reads the header; then set `use` of the columns wanted, and read. Errors name file, line and column. */
int study_csv_open(struct study_csv *csv, const char *path, struct error *err);
/* The column of this name (or number, from 1); -1 with an error that names the nearest. */
int study_csv_find(const struct study_csv *csv, const char *name, struct error *err);
int study_csv_read(struct study_csv *csv, struct error *err);
/* "data.csv:4, column 2 (x)", of a row that was read and held. Returns out. */
enum { CSV_PLACE = 360 };
char *study_csv_place(const struct study_csv *csv, size_t row, int column, char out[CSV_PLACE]);
void study_csv_free(struct study_csv *csv);

#endif
