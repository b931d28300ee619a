#ifndef GEMBA_REPORTS_OUTPUT_H
#define GEMBA_REPORTS_OUTPUT_H

#include "config/config.h"

#include <stdio.h>

/* One column table drives the aligned text, the CSV and the JSON, and (in tui/) the list on the screen: they cannot disagree. */
enum column_kind {
    COLUMN_TEXT,    /* cell.text */
    COLUMN_NUMBER,  /* cell.number: fixed decimals in text, 17 digits in CSV and JSON; NaN: "--", empty, null */
    COLUMN_INTEGER, /* cell.integer */
    COLUMN_TIME,    /* cell.integer, us UTC; 0 = none: local in text, ISO 8601 UTC elsewhere */
    COLUMN_BOOLEAN, /* cell.integer */
    COLUMN_LIST,    /* cell.text: words parted by single blanks; a JSON array of strings */
    COLUMN_VALUE,   /* cell.text when there is one, else as COLUMN_NUMBER: a tag's value, which may be a serial number */
};
struct cell {
    double number;
    int64_t integer;
    int decimals;
    char text[512];
};
/* Fill a cell: text, cut where it is too long (NULL: ""); a number; the numbers of a bit set of rules, parted by blanks. */
void cell_text(struct cell *cell, const char *text);
void cell_number(struct cell *cell, double number, int decimals);
void cell_rules(struct cell *cell, uint32_t fired);
/* A column's getter get_NAME: statements about `row`, a const TYPE *, and `cell`. */
#define CELL_GETTER(TYPE, NAME, STATEMENTS)                                                                                                          \
    static void get_##NAME(const void *cell_row, struct cell *cell)                                                                                  \
    {                                                                                                                                                \
        const TYPE *row = cell_row;                                                                                                                  \
        STATEMENTS;                                                                                                                                  \
    }

struct column {
    const char *key;   /* "cpk": JSON key and CSV header, snake_case, stable */
    const char *title; /* "CPK": text header; NULL: only in CSV and JSON */
    enum column_kind kind;
    int width; /* terminal columns in text; negative: aligned left */
    void (*get)(const void *row, struct cell *cell);
};

enum output_format { OUTPUT_TEXT, OUTPUT_CSV, OUTPUT_JSON, OUTPUT_COPY }; /* COPY: what PostgreSQL reads, no heading */
int output_format_parse(const char *name, enum output_format *format, struct error *err); /* nearest name in the error */

/* Writes rows one by one, so that exports stream. */
struct output;
struct output *output_begin(FILE *stream, enum output_format format, const struct column *columns, size_t count);
/* As output_begin, but text keeps to width columns: what no longer fits on the row's line and says something stands below it, "gauge g-7  lot A12". */
struct output *output_begin_within(FILE *stream, enum output_format format, const struct column *columns, size_t count, int width);
/* The columns of the terminal that the stream is, or of $COLUMNS, or 80; 60 at least. */
int output_width(FILE *stream);
/* The first columns, and further ones while they fit within width (0: all), for text that leaves the rest to CSV and JSON. Returns how many. */
size_t output_fit(const struct column *columns, size_t count, int width, struct column *fitting);
void output_row(struct output *output, const void *row);
/* Ends the array, frees, and returns 0, or -1 when anything could not be written. */
int output_end(struct output *output, struct error *err);

/* One cell as the text format shows it, in |width| columns; for the screens. */
void output_cell_text(const struct column *column, const struct cell *cell, char *out, size_t size);

/* For JSON objects that are no flat rows (a chart, a study): a small writer that keeps commas and escapes right. */
struct json {
    FILE *stream;
    int depth;
    bool first[16];
};
void json_open(struct json *json, const char *key, char bracket); /* '{' or '['; key NULL inside arrays and at the top */
void json_close(struct json *json, char bracket);
void json_text(struct json *json, const char *key, const char *value);
void json_number(struct json *json, const char *key, double value); /* 17 digits; null for NaN and infinities */
void json_integer(struct json *json, const char *key, int64_t value);
void json_boolean(struct json *json, const char *key, bool value);
void json_time(struct json *json, const char *key, int64_t time_us); /* ISO 8601 UTC; null for 0 */
void json_rules(struct json *json, const char *key, uint32_t fired); /* the numbers of a bit set of rules, as an array */

/* A file that appears whole or not at all: written beside its place under a temporary name, fsynced, renamed. path "-": standard output. */
struct output_file {
    FILE *stream;
    char *path, *temporary;
};
int output_file_open(struct output_file *file, const char *path, struct error *err);
int output_file_commit(struct output_file *file, struct error *err); /* closes too */
void output_file_abandon(struct output_file *file); /* frees; after output_file_publish only that */
/* The same in two steps: everything is on the disk under the temporary name; it gets its own. */
int output_file_settle(struct output_file *file, struct error *err);
int output_file_publish(struct output_file *file, struct error *err);

#endif
