#ifndef GEMBA_REPORTS_STUDY_TABLE_H
#define GEMBA_REPORTS_STUDY_TABLE_H

#include "reports/analysis.h"
#include "reports/study_csv.h"

#include "config/config.h"

/* Which columns of a table are what, and how its rows make subgroups. */
struct study_columns {
    const char *value, *count;  /* one of them, or neither: the first column of numbers */
    const char *time;           /* with gap_us: when a row was measured */
    int64_t gap_us;             /* > 0: a longer pause than this begins a subgroup */
    const char *by, *stage;     /* names */
    const char *stream_of;      /* names: whose each value is (group); points are --by's, or rounds in which each stream has `subgroup` values */
    bool streams;               /* wide: each column is a stream, `subgroup` rows a point */
    const char *size;           /* a column, or a number */
    bool wide;                  /* each row is a subgroup; of t2 and mewma, a vector of one */
    struct option_list columns; /* wide: of these; none: of all columns of numbers */
    long subgroup;              /* > 0: so many rows in a row */
    bool parts, runs;           /* `by` names parts (Z-MR), not subgroups; each run of a part counts by itself */
    bool stream;                /* the study can do with values that are not held: no names, stages, sizes or fits */
    struct option_list exclude;
};

struct study_table {
    struct study_csv csv;
    int value, by, size, stage, time, stream; /* columns; -1: none */
    int *wide;
    const char **names; /* of the wide columns */
    size_t n_wide;
    size_t *first_rows; /* of the points of streams, or NULL */
    double fixed_size;
    struct spool spool; /* of the value column */
};

/* Reads the file and groups its rows; the labels of input live as long as the table. Free both, also after an error. */
int study_table_read(struct study_table *table, struct analysis_input *input, const char *path, const struct study_columns *columns,
                     struct error *err);
void study_table_free(struct study_table *table, struct analysis_input *input);

#endif
