#ifndef GEMBA_ACQUISITION_IMPORT_ROWS_H
#define GEMBA_ACQUISITION_IMPORT_ROWS_H

#include "acquisition/import_read.h"
#include "storage/storage.h"

/* A file's rows, checked: each is a measurement of a characteristic or a reading of a tag. */
struct import_row {
    const struct characteristic *characteristic; /* one of the two */
    const struct tag *tag;
    int64_t time_us, line;
    double value; /* NAN: none, or a text */
    enum quality quality;
    const char *text;   /* a string tag's, or digits beyond a double */
    const char *serial; /* "" when it says none */
    struct context context;
    int64_t sequence; /* given, else its place among those of one instant */
    int attempt;      /* given, else -1 */
};

/* How a file's columns are named, where not as gemba names them. */
struct import_naming {
    const struct option_list *columns; /* "time=Datum" */
    const char *name;                  /* of the characteristic or tag, when there is no such column */
};

/* Reads and sorts a file's rows, however many, in bounded memory (import_sort.h); format "csv", "json", "copy", or NULL: by the file's name. Wrong
 * rows are printed to standard error as "file:line:column: what", at most 20 of them; then ERR_USAGE. path "-": standard input. NULL on error. */
struct import_rows;
struct import_rows *import_rows_read(const struct plant *plant, const char *path, const char *format, const struct import_naming *naming,
                                     struct error *err);
int64_t import_rows_count(const struct import_rows *rows);
/* By characteristic and instrument, each in order of time. 1 and the next row, valid until the next call; 0 at the end; -1. */
int import_rows_next(struct import_rows *rows, const struct import_row **row, struct error *err);
void import_rows_free(struct import_rows *rows); /* NULL is fine */

#endif
