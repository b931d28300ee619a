#ifndef GEMBA_ACQUISITION_IMPORT_READ_H
#define GEMBA_ACQUISITION_IMPORT_READ_H

#include "config/config.h"

#include <stdio.h>

/* Files of rows with named fields, as `gemba export` and spreadsheets write them: all formats give the same records. */
struct import_field {
    const char *key, *text; /* text "": nothing there */
    int column;             /* where it begins: CSV and COPY the field's number, JSON the letter's, all from 1 */
};
struct import_record {
    const struct import_field *fields;
    size_t count;
    int64_t line;       /* from 1 */
    bool decimal_comma; /* numbers may have one: the fields are not parted by commas */
};
/* Takes each record; what it is given lives until it returns. Nonzero ends the reading, with err filled. */
typedef int (*import_take)(void *context, const struct import_record *record, struct error *err);

/* name: the file's, for errors ("caliper.csv:12: ..."). */
int import_read_csv(FILE *stream, const char *name, import_take take, void *context, struct error *err);
/* An array of flat objects, or objects one after the other; values are texts, numbers, true, false and null. */
int import_read_json(FILE *stream, const char *name, import_take take, void *context, struct error *err);
/* PostgreSQL's COPY text; the columns are those of an export, which have no heading. */
int import_read_copy(FILE *stream, const char *name, import_take take, void *context, struct error *err);

#endif
