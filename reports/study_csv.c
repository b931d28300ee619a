#include "reports/study_csv.h"

#include "config/config.h"

#include <csv.h>
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* CELL: the longest number is that of the smallest double written out in full. */
enum { CHUNK = 1 << 16, HEAD_MOST = 1 << 26, NAME = 80, CELL = 1100 };

/* --- the file and its first look */

struct csv_source {
    FILE *stream;
    char name[256];
    char separator;
    char *head; /* the first chunk, without byte order mark and "sep=" line */
    size_t length;
    int64_t first_line; /* number of the header's line */
    /* while reading */
    struct study_csv *csv;
    struct error *err;
    bool looking, failed, decimal_comma, streams;
    int64_t line, row_line; /* row_line: where the record began */
    size_t field;
    bool after_return, any;
    size_t blank; /* blank lines that may be missing values, if more follows */
    struct {
        uint64_t *hashes; /* hash, then place + 1 */
        size_t size;
    } * indexes; /* by column, for labels */
};

/* cell NULL: it is not about one. */
static int fail(struct csv_source *source, size_t column, const char *what, const char *cell)
{
    if (source->failed)
        return -1;
    source->failed = true;
    const char *name = column < source->csv->n_columns ? source->csv->columns[column].name : "beyond the header";
    return error_set(source->err, ERR_CONFIG, cell ? "%s:%lld, column %zu (%.60s): '%.40s' %s" : "%s:%lld, column %zu (%.60s): %.0s%s", source->name,
                     (long long)source->row_line, column + 1, name, cell ? cell : "", what);
}

/* The separator that the first line has most of, outside quotes; none: semicolon, so that a single column may have decimal commas. */
static char find_separator(const char *text, size_t length)
{
    static const char candidates[] = ";\t,";
    size_t counts[3] = {0}, best = 0;
    bool quoted = false;
    for (size_t i = 0; i < length && (quoted || (text[i] != '\n' && text[i] != '\r')); i++) {
        quoted ^= text[i] == '"';
        const char *found = quoted || !text[i] ? NULL : strchr(candidates, text[i]);
        if (found)
            counts[found - candidates]++;
    }
    for (size_t i = 1; i < 3; i++)
        if (counts[i] > counts[best])
            best = i;
    return candidates[best];
}

static int look_at_head(struct csv_source *source, struct error *err)
{
    unsigned char *head = (unsigned char *)source->head;
    size_t skip = 0;
    if (source->length >= 2 && ((head[0] == 0xff && head[1] == 0xfe) || (head[0] == 0xfe && head[1] == 0xff)))
        return error_set(err, ERR_CONFIG, "%s: this is UTF-16 text: save it as \"CSV UTF-8\"", source->name);
    if (source->length >= 3 && !memcmp(head, "\xef\xbb\xbf", 3))
        skip = 3;
    source->first_line = 1;
    source->separator = 0;
    if (source->length > skip + 5 && !memcmp(head + skip, "sep=", 4)) {
        source->separator = (char)head[skip + 4];
        for (skip += 5; skip < source->length && head[skip - 1] != '\n' && head[skip - 1] != '\r';)
            skip++;
        skip += skip < source->length && head[skip - 1] == '\r' && head[skip] == '\n';
        source->first_line = 2;
    }
    source->length -= skip;
    memmove(source->head, source->head + skip, source->length);
    if (!source->separator)
        source->separator = find_separator(source->head, source->length);
    source->decimal_comma = source->separator != ',';
    return source->length ? 0 : error_set(err, ERR_CONFIG, "%s: is empty: a header row and at least one value are needed", source->name);
}

/* --- cells */

static bool is_missing(const char *cell)
{
    static const char *const words[] = {"", "NA", "N/A", "NaN", "nan", "null", "-"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (!strcmp(cell, words[i]))
            return true;
    return false;
}

/* What most cells are: a sign, up to 15 digits, a point. Whole number and power of ten are exact, so their quotient is the nearest double. */
static bool plain_number(const char *cell, double *value)
{
    static const double powers[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    bool negative = *cell == '-';
    const char *p = cell + (negative || *cell == '+'), *first = p, *point = NULL;
    int64_t whole = 0;
    for (; (*p >= '0' && *p <= '9') || (*p == '.' && !point); p++)
        if (*p == '.')
            point = p;
        else if (p - first < 16)
            whole = 10 * whole + (*p - '0');
    long digits = p - first - (point != NULL);
    if (*p || digits < 1 || digits > 15)
        return false;
    *value = (double)whole / powers[point ? p - point - 1 : 0];
    *value = negative ? -*value : *value;
    return true;
}

static bool number_of(const struct csv_source *source, const char *cell, double *value)
{
    char text[CELL], *end;
    if (plain_number(cell, value))
        return true;
    size_t length = strlen(cell);
    if (!length || length >= sizeof text || cell[strspn(cell, "0123456789+-.,eE")])
        return false;
    memcpy(text, cell, length + 1);
    char *comma = strchr(text, ',');
    if (comma && (!source->decimal_comma || strchr(text, '.') || strchr(comma + 1, ',')))
        return false;
    if (comma)
        *comma = '.';
    *value = strtod(text, &end);
    return !*end && isfinite(*value);
}

static uint64_t hash_of(const char *text)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
    return hash;
}

/* Open addressing over the column's names; grows at half full. */
static int label_of(struct csv_source *source, size_t at, const char *cell)
{
    struct csv_column *column = &source->csv->columns[at];
    if (2 * (column->n_names + 1) > source->indexes[at].size) {
        size_t size = source->indexes[at].size ? 2 * source->indexes[at].size : 256;
        uint64_t *slots = memory_zero(size, sizeof *slots);
        for (size_t i = 0; i < column->n_names; i++) {
            size_t slot = hash_of(column->names[i]) & (size - 1);
            while (slots[slot])
                slot = (slot + 1) & (size - 1);
            slots[slot] = i + 1;
        }
        free(source->indexes[at].hashes);
        source->indexes[at].hashes = slots;
        source->indexes[at].size = size;
    }
    size_t mask = source->indexes[at].size - 1, slot = hash_of(cell) & mask;
    uint64_t *slots = source->indexes[at].hashes;
    for (; slots[slot]; slot = (slot + 1) & mask)
        if (!strcmp(column->names[slots[slot] - 1], cell))
            return (int)slots[slot] - 1;
    memory_grow((void **)&column->names, &column->names_room, column->n_names, sizeof *column->names);
    column->names[column->n_names++] = memory_text(cell);
    slots[slot] = column->n_names;
    return (int)column->n_names - 1;
}

/* One cell of a data row; cell NULL: the row ended before it. */
static void put_cell(struct csv_source *source, size_t at, const char *cell)
{
    struct csv_column *column = &source->csv->columns[at];
    double number = NAN;
    if (column->use == CSV_NUMBER) {
        if (cell && !number_of(source, cell, &number) && !is_missing(cell))
            fail(source, at, source->decimal_comma || !strchr(cell, ',') ? "is not a number" : "is not a number (the comma parts the columns)", cell);
        if (column->spool) {
            spool_add(column->spool, number);
            return;
        }
        memory_grow((void **)&column->numbers, &column->room, source->csv->rows, sizeof *column->numbers);
        column->numbers[source->csv->rows] = number;
    } else if (column->use == CSV_LABEL) {
        memory_grow((void **)&column->labels, &column->room, source->csv->rows, sizeof *column->labels);
        column->labels[source->csv->rows] = cell && *cell ? label_of(source, at, cell) : -1;
    }
}

/* --- libcsv's calls */

static void end_row(struct csv_source *source)
{
    struct study_csv *csv = source->csv;
    for (size_t at = source->field; at < csv->n_columns; at++)
        put_cell(source, at, NULL);
    if (!source->streams) {
        memory_grow((void **)&csv->lines, &csv->lines_room, csv->rows, sizeof *csv->lines);
        csv->lines[csv->rows] = source->row_line;
    }
    csv->rows++;
}

/* Blank lines in a file of one column are missing values; at its end they are nothing. */
static void put_blank(struct csv_source *source)
{
    for (; source->blank && !source->looking; source->blank--) {
        source->field = 0;
        if (source->csv->n_columns == 1)
            end_row(source);
    }
}

/* libcsv leaves blanks within quotes. */
static char *trimmed(char *cell, size_t length)
{
    while (length && strchr(" \t", cell[length - 1]))
        cell[--length] = '\0';
    return cell + strspn(cell, " \t");
}

static void on_field(void *data, size_t length, void *user)
{
    struct csv_source *source = user;
    char *cell = length ? data : (char[]){""};
    size_t at = source->field++;
    bool header = source->row_line == source->first_line;
    source->any = true;
    source->after_return = false;
    for (const char *p = cell; (p = memchr(p, '\n', length - (size_t)(p - cell))); p++)
        source->line++;
    if (source->failed)
        return;
    cell = trimmed(cell, length);
    if (header && source->looking) {
        struct csv_column **columns = &source->csv->columns;
        *columns = memory_resize(*columns, source->csv->n_columns + 1, sizeof **columns);
        (*columns)[source->csv->n_columns++] = (struct csv_column){.name = memory_format("%.*s", NAME, cell)};
    } else if (header) {
        return;
    } else if (source->looking) {
        double number;
        struct csv_column *column = at < source->csv->n_columns ? &source->csv->columns[at] : NULL;
        if (column && column->use == CSV_UNUSED && !is_missing(cell)) {
            column->numeric = number_of(source, cell, &number);
            column->use = CSV_LABEL; /* seen */
        }
    } else if (at < source->csv->n_columns) {
        if (at == 0)
            put_blank(source), source->field = 1;
        put_cell(source, at, cell);
    } else if (*cell)
        fail(source, at, "stands where the header has no column", cell);
}

/* A line ends with \n, \r or both; libcsv reports each of them. */
static void on_end(int character, void *user)
{
    struct csv_source *source = user;
    if (character == '\n' && source->after_return) {
        source->after_return = false;
        return;
    }
    source->after_return = character == '\r';
    bool header = source->row_line == source->first_line;
    if (source->any && !header && source->looking)
        source->csv->rows++; /* seen */
    else if (source->any && !header && !source->failed)
        end_row(source);
    else if (!source->any && !header)
        source->blank++;
    source->any = false;
    source->field = 0;
    source->row_line = ++source->line;
}

static int parse(struct csv_source *source, struct error *err)
{
    struct csv_parser parser;
    char *buffer = memory_zero(CHUNK, 1);
    csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL | CSV_REPALL_NL);
    csv_set_delim(&parser, (unsigned char)source->separator);
    csv_set_blk_size(&parser, CHUNK); /* a long cell grows by this: 128 bytes at a time would be moved too often */
    source->line = source->row_line = source->first_line;
    source->err = err;
    source->blank = source->field = 0;
    source->any = source->after_return = false;
    const char *data = source->head;
    size_t length = source->length;
    while (length && !source->failed) {
        if (csv_parse(&parser, data, length, on_field, on_end, source) != length) {
            fail(source, source->field, "a quote stands where none can be: a cell that has one is quoted whole, with its own quotes doubled", NULL);
            break;
        }
        if (source->looking)
            break;
        length = fread(buffer, 1, CHUNK, source->stream);
        data = buffer;
    }
    if (!source->looking && !source->failed && csv_fini(&parser, on_field, on_end, source))
        fail(source, source->field, "the cell begins with a quote that does not end", NULL);
    if (!source->failed && !source->looking && ferror(source->stream)) {
        source->failed = true;
        error_set(err, ERR_IO, "%s: cannot be read: %s", source->name, strerror(errno));
    }
    csv_free(&parser);
    free(buffer);
    return source->failed ? -1 : 0;
}

/* Whether the header and a row, by which columns are told apart, are there to their ends. */
static bool shows_a_row(const char *text, size_t length)
{
    bool quoted = false, filled = false;
    int rows = 0;
    for (size_t i = 0; i < length && rows < 2; i++) {
        bool end = !quoted && (text[i] == '\n' || text[i] == '\r');
        quoted ^= text[i] == '"';
        rows += end && filled;
        filled = !end;
    }
    return rows >= 2;
}

/* The first look: a chunk, or more where the lines are longer. */
static int read_head(struct csv_source *source, struct error *err)
{
    size_t room = CHUNK;
    source->head = memory_zero(room + 1, 1);
    for (;;) {
        source->length += fread(source->head + source->length, 1, room - source->length, source->stream);
        if (ferror(source->stream))
            return error_set(err, ERR_IO, "%s: cannot be read: %s", source->name, strerror(errno));
        if (source->length < room || shows_a_row(source->head, source->length))
            return 0;
        if (room >= HEAD_MOST)
            return error_set(err, ERR_CONFIG, "%s: its first two lines are longer than %d MiB: that is no table", source->name, HEAD_MOST >> 20);
        room *= 2;
        source->head = memory_resize(source->head, room + 1, 1);
    }
}

int study_csv_open(struct study_csv *csv, const char *path, struct error *err)
{
    struct csv_source *source = memory_zero(1, sizeof *source);
    *csv = (struct study_csv){.source = source};
    source->csv = csv;
    source->stream = strcmp(path, "-") ? fopen(path, "rb") : stdin;
    snprintf(source->name, sizeof source->name, "%s", strcmp(path, "-") ? path : "standard input");
    if (!source->stream)
        return error_set(err, ERR_NOT_FOUND, "%s: cannot be opened: %s", path, strerror(errno));
    if (read_head(source, err) || look_at_head(source, err))
        return -1;
    bool whole = feof(source->stream);
    source->looking = true;
    if (whole && source->head[source->length - 1] != '\n')
        source->head[source->length++] = '\n';
    if (parse(source, err))
        return -1;
    source->looking = false;
    size_t numbers = 0;
    for (size_t i = 0; i < csv->n_columns; i++) {
        double number;
        numbers += number_of(source, csv->columns[i].name, &number);
        csv->columns[i].use = CSV_UNUSED;
    }
    if (csv->n_columns == 0 || numbers == csv->n_columns)
        return error_set(err, ERR_CONFIG, "%s:%lld: the first row must name the columns", source->name, (long long)source->first_line);
    return 0;
}

int study_csv_find(const struct study_csv *csv, const char *name, struct error *err)
{
    const char **names = memory_zero(csv->n_columns, sizeof *names);
    char *end;
    long number = strtol(name, &end, 10);
    int found = -1;
    for (size_t i = 0; i < csv->n_columns; i++) {
        names[i] = csv->columns[i].name;
        if (found < 0 && !strcmp(name, names[i]))
            found = (int)i;
        else if (found >= 0 && !strcmp(name, names[i])) {
            error_set(err, ERR_USAGE, "%s has the column '%.60s' twice: say %d or %zu, its place", csv->source->name, name, found + 1, i + 1);
            free(names);
            return -1;
        }
    }
    if (found < 0 && !*end && number >= 1 && (size_t)number <= csv->n_columns)
        found = (int)number - 1;
    const char *nearest = found < 0 ? text_nearest(name, names, csv->n_columns) : NULL;
    if (nearest)
        error_set(err, ERR_USAGE, "%s has no column '%.60s': did you mean '%.60s'?", csv->source->name, name, nearest);
    else if (found < 0)
        error_set(err, ERR_USAGE, "%s has no column '%.60s': the first of its %zu is '%.60s'", csv->source->name, name, csv->n_columns, names[0]);
    free(names);
    return found;
}

int study_csv_read(struct study_csv *csv, struct error *err)
{
    csv->source->indexes = memory_zero(csv->n_columns, sizeof *csv->source->indexes);
    csv->rows = 0;
    for (size_t i = 0; i < csv->n_columns; i++)
        csv->source->streams |= csv->columns[i].spool != NULL;
    if (parse(csv->source, err))
        return -1;
    return csv->rows ? 0 : error_set(err, ERR_CONFIG, "%s has a header but no values", csv->source->name);
}

char *study_csv_place(const struct study_csv *csv, size_t row, int column, char out[CSV_PLACE])
{
    snprintf(out, CSV_PLACE, "%s:%lld, column %d (%.60s)", csv->source->name, (long long)csv->lines[row], column + 1, csv->columns[column].name);
    return out;
}

void study_csv_free(struct study_csv *csv)
{
    if (!csv->source) /* never opened */
        return;
    for (size_t i = 0; i < csv->n_columns; i++) {
        struct csv_column *column = &csv->columns[i];
        for (size_t k = 0; k < column->n_names; k++)
            free(column->names[k]);
        free(column->name);
        free(column->numbers);
        free(column->labels);
        free(column->names);
        if (csv->source->indexes)
            free(csv->source->indexes[i].hashes);
    }
    free(csv->columns);
    free(csv->lines);
    if (csv->source->stream && csv->source->stream != stdin)
        fclose(csv->source->stream);
    free(csv->source->indexes);
    free(csv->source->head);
    free(csv->source);
}
