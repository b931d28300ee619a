#ifndef GEMBA_ACQUISITION_IMPORT_ROWS_H
#define GEMBA_ACQUISITION_IMPORT_ROWS_H

#include "acquisition/import_read.h"
#include "storage/storage.h"

/* A file's rows, checked: each is a measurement of a characteristic or a reading of a tag. Texts belong to the rows. */
struct import_row {
    const struct characteristic *characteristic; /* one of the two */
    const struct tag *tag;
    int64_t time_us, line;
    double value; /* NAN: none, or a text */
    enum quality quality;
    const char *text;   /* a string tag's, or digits beyond a double */
    const char *serial; /* "" when it says none */
    const struct context *context;
    int64_t sequence; /* given, else -1; after import_rows_sort: its place among those of one instant */
    int attempt;      /* given, else -1 */
};
struct import_rows {
    struct import_row *items;
    size_t count, room;
    void **texts, **contexts; /* all that are owned */
    size_t n_texts, texts_room, n_contexts, contexts_room;
};

/* How a file's columns are named, where not as gemba names them. */
struct import_naming {
    const struct option_list *columns; /* "time=Datum" */
    const char *name;                  /* of the characteristic or tag, when there is no such column */
};

/* Adds a file's rows; format "csv", "json", or NULL: by the file's name. Wrong rows are printed to standard error as "file:line: column: what", at
 * most 20 of them; then ERR_USAGE. path "-": standard input. */
int import_rows_read(struct import_rows *rows, const struct plant *plant, const char *path, const char *format, const struct import_naming *naming,
                     struct error *err);
/* By characteristic and tag, each in order of time. */
void import_rows_sort(struct import_rows *rows);
void import_rows_free(struct import_rows *rows);

#endif
