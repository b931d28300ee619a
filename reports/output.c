#include "reports/output.h"
#include "reports/json.h"

#include <csv.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* How a format begins, writes a row and ends: adding a format is one row of `formats`. */
struct output {
    FILE *stream;
    const struct column *columns;
    size_t count;
    const struct format *format;
    int64_t rows;
    int width; /* of text; 0: as wide as it is */
};
struct format {
    const char *name;
    void (*begin)(struct output *output);
    void (*row)(struct output *output, const void *row);
    void (*end)(struct output *output);
};

enum { PIPE_WIDTH = 80, LEAST_WIDTH = 60 };
enum { CELL_TEXT = sizeof((struct cell *)0)->text };

static struct cell cell_of(const struct column *column, const void *row)
{
    struct cell cell; /* its text is long: only the first byte is cleared */
    cell.number = NAN;
    cell.integer = cell.decimals = 0;
    cell.text[0] = '\0';
    column->get(row, &cell);
    return cell;
}

/* What a cell is shown as: a COLUMN_VALUE is text or a number from row to row. */
static enum column_kind kind_of(const struct column *column, const struct cell *cell)
{
    if (column->kind != COLUMN_VALUE)
        return column->kind;
    return cell->text[0] ? COLUMN_TEXT : COLUMN_NUMBER;
}

void cell_text(struct cell *cell, const char *text)
{
    snprintf(cell->text, sizeof cell->text, "%s", text ? text : "");
}

void cell_number(struct cell *cell, double number, int decimals)
{
    cell->number = number;
    cell->decimals = decimals;
}

void cell_rules(struct cell *cell, uint32_t fired)
{
    size_t used = 0;
    cell->text[0] = '\0';
    for (int rule = 1; fired && used < sizeof cell->text; rule++, fired >>= 1)
        if (fired & 1)
            used += (size_t)snprintf(cell->text + used, sizeof cell->text - used, "%s%d", used ? " " : "", rule);
}

/* --- text: aligned columns */

static const char *local_format(int width)
{
    return width >= 19 ? "%Y-%m-%d %H:%M:%S" : width >= 14 ? "%m-%d %H:%M:%S" : "%H:%M:%S";
}

/* A cut number would be a wrong one. */
static void too_wide(int width, char *out)
{
    memset(out, '#', (size_t)width);
    out[width] = '\0';
}

/* Drops decimals before digits. */
static void number_text(double number, int decimals, int width, char *out, size_t size)
{
    if (!isfinite(number)) {
        text_number(number, 0, out, size);
        return;
    }
    if (decimals < 0) {
        text_exact(number, out, size);
        if ((int)strlen(out) <= width)
            return;
        decimals = width;
    }
    for (int d = decimals; d >= 0; d--) {
        text_number(number, d, out, size);
        if ((int)strlen(out) <= width)
            return;
    }
    too_wide(width, out);
}

static void plain_text(const struct column *column, const struct cell *cell, int width, char *out, size_t size)
{
    switch (kind_of(column, cell)) {
    case COLUMN_NUMBER:
        number_text(cell->number, cell->decimals, width, out, size);
        break;
    case COLUMN_INTEGER:
        if (snprintf(out, size, "%lld", (long long)cell->integer) > width)
            too_wide(width, out);
        break;
    case COLUMN_TIME:
        if (cell->integer)
            text_time_local(cell->integer, local_format(width), out, size);
        else
            snprintf(out, size, "--");
        break;
    case COLUMN_BOOLEAN:
        snprintf(out, size, "%s", cell->integer ? "yes" : "no");
        break;
    case COLUMN_TEXT:
    case COLUMN_LIST:
    case COLUMN_VALUE:
        snprintf(out, size, "%s", cell->text);
        break;
    }
}

/* Text in exactly |width| columns; control characters would break the line and become blanks. */
static void pad(const char *text, int width, char *out, size_t size)
{
    char fitted[CELL_TEXT], clean[CELL_TEXT];
    snprintf(clean, sizeof clean, "%s", text);
    for (char *p = clean; *p; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            *p = ' ';
    int columns = abs(width);
    int blanks = columns - text_fit(fitted, sizeof fitted, clean, columns);
    if (width < 0)
        snprintf(out, size, "%s%*s", fitted, blanks, "");
    else
        snprintf(out, size, "%*s%s", blanks, "", fitted);
}

void output_cell_text(const struct column *column, const struct cell *cell, char *out, size_t size)
{
    char plain[CELL_TEXT];
    plain_text(column, cell, abs(column->width) < 200 ? abs(column->width) : 200, plain, sizeof plain);
    pad(plain, column->width, out, size);
}

/* Columns from here on stand below the line. */
static size_t output_fitting(const struct output *output)
{
    int at = 0;
    for (size_t i = 0; i < output->count; i++) {
        at += output->columns[i].title ? abs(output->columns[i].width) + (at > 0) : 0;
        if (output->width && i && at > output->width)
            return i;
    }
    return output->count;
}

/* One line of cells: of a row, or of the titles when row is NULL. */
static void text_line(struct output *output, const void *row)
{
    char line[4096] = "", text[CELL_TEXT + 8];
    size_t used = 0;
    for (size_t i = 0; i < output->count; i++) {
        const struct column *column = &output->columns[i];
        if (!column->title || i >= output_fitting(output))
            continue;
        if (row) {
            struct cell cell = cell_of(column, row);
            output_cell_text(column, &cell, text, sizeof text);
        } else
            pad(column->title, column->width, text, sizeof text);
        int written = snprintf(line + used, sizeof line - used, "%s%s", used ? " " : "", text);
        if (written < 0 || used + (size_t)written >= sizeof line)
            break;
        used += (size_t)written;
    }
    while (used && line[used - 1] == ' ')
        line[--used] = '\0';
    fprintf(output->stream, "%s\n", line);
}

static void nothing(struct output *output)
{
    (void)output;
}

static void text_begin(struct output *output)
{
    text_line(output, NULL);
}

/* Words on the lines below a row, two blanks from what stands before, together on a line where they can be. */
static void put_words(const struct output *output, char *words, int *at)
{
    enum { INDENT = 4 };
    int blanks = 2, whole = text_columns(words);
    if (*at && *at + blanks + whole > output->width && INDENT + whole <= output->width) {
        putc('\n', output->stream);
        *at = 0;
    }
    for (char *rest = words, *word; (word = strtok_r(rest, " ", &rest)); blanks = 1) {
        int columns = text_columns(word);
        if (*at && *at + blanks + columns > output->width) {
            putc('\n', output->stream);
            *at = 0;
        }
        blanks = *at ? blanks : INDENT;
        fprintf(output->stream, "%*s%s", blanks, "", word);
        *at += blanks + columns;
    }
}

/* What did not fit on the line and says something. */
static void text_rest(const struct output *output, const void *row)
{
    int at = 0;
    for (size_t i = output_fitting(output); i < output->count; i++) {
        const struct column *column = &output->columns[i];
        char text[CELL_TEXT], words[CELL_TEXT + 40];
        struct cell cell = cell_of(column, row);
        plain_text(column, &cell, CELL_TEXT / 2, text, sizeof text);
        if (!column->title || !text[0] || !strcmp(text, "--"))
            continue;
        snprintf(words, sizeof words, "%s %s", column->title, text);
        for (char *p = words; *p && *p != ' '; p++)
            *p = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
        put_words(output, words, &at);
    }
    if (at)
        putc('\n', output->stream);
}

static void text_row(struct output *output, const void *row)
{
    text_line(output, row);
    text_rest(output, row);
}

/* --- CSV, every field through libcsv; an absent value is an empty field without quotes */

static void csv_field(struct output *output, size_t i, const char *text)
{
    if (i)
        putc(',', output->stream);
    if (text)
        csv_fwrite2(output->stream, text, strlen(text), '"');
    if (i + 1 == output->count)
        putc('\n', output->stream);
}

static const char *csv_text(const struct column *column, const struct cell *cell, char *out, size_t size)
{
    switch (kind_of(column, cell)) {
    case COLUMN_NUMBER:
        return isfinite(cell->number) ? text_exact(cell->number, out, size) : NULL;
    case COLUMN_INTEGER:
        snprintf(out, size, "%lld", (long long)cell->integer);
        return out;
    case COLUMN_TIME:
        return cell->integer ? text_time_iso(cell->integer, out, size) : NULL;
    case COLUMN_BOOLEAN:
        return cell->integer ? "true" : "false";
    case COLUMN_TEXT:
    case COLUMN_LIST:
    case COLUMN_VALUE:
        break;
    }
    return cell->text;
}

static void csv_begin(struct output *output)
{
    for (size_t i = 0; i < output->count; i++)
        csv_field(output, i, output->columns[i].key);
}

static void csv_row(struct output *output, const void *row)
{
    char text[40];
    for (size_t i = 0; i < output->count; i++) {
        struct cell cell = cell_of(&output->columns[i], row);
        csv_field(output, i, csv_text(&output->columns[i], &cell, text, sizeof text));
    }
}

/* --- JSON: an array with one object a line */

static void put_list(FILE *stream, char *words)
{
    const char *separator = "";
    putc('[', stream);
    for (char *rest = words, *word; (word = strtok_r(rest, " ", &rest));) {
        fputs(separator, stream);
        json_put_text(stream, word);
        separator = ", ";
    }
    putc(']', stream);
}

static void put_value(FILE *stream, const struct column *column, struct cell *cell)
{
    switch (kind_of(column, cell)) {
    case COLUMN_NUMBER:
        json_put_number(stream, cell->number);
        break;
    case COLUMN_INTEGER:
        fprintf(stream, "%lld", (long long)cell->integer);
        break;
    case COLUMN_TIME:
        json_put_time(stream, cell->integer);
        break;
    case COLUMN_BOOLEAN:
        fputs(cell->integer ? "true" : "false", stream);
        break;
    case COLUMN_TEXT:
    case COLUMN_VALUE:
        json_put_text(stream, cell->text);
        break;
    case COLUMN_LIST:
        put_list(stream, cell->text);
        break;
    }
}

static void json_begin(struct output *output)
{
    putc('[', output->stream);
}

static void json_row(struct output *output, const void *row)
{
    fputs(output->rows ? ",\n  {" : "\n  {", output->stream);
    for (size_t i = 0; i < output->count; i++) {
        struct cell cell = cell_of(&output->columns[i], row);
        fputs(i ? ", " : "", output->stream);
        json_put_text(output->stream, output->columns[i].key);
        fputs(": ", output->stream);
        put_value(output->stream, &output->columns[i], &cell);
    }
    putc('}', output->stream);
}

static void json_end(struct output *output)
{
    fputs(output->rows ? "\n]\n" : "]\n", output->stream);
}

/* --- PostgreSQL's COPY text: fields parted by tabs, \\N where there is none */

static void copy_text(FILE *stream, const char *text)
{
    static const char escaped[] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\v'] = 'v', ['\f'] = 'f', ['\r'] = 'r', ['\\'] = '\\'};
    for (const unsigned char *p = (const unsigned char *)text; *p; p++)
        if (*p < sizeof escaped && escaped[*p])
            fprintf(stream, "\\%c", escaped[*p]);
        else
            putc(*p, stream);
}

static void copy_row(struct output *output, const void *row)
{
    char text[40];
    for (size_t i = 0; i < output->count; i++) {
        struct cell cell = cell_of(&output->columns[i], row);
        const char *field = csv_text(&output->columns[i], &cell, text, sizeof text);
        if (i)
            putc('\t', output->stream);
        copy_text(output->stream, field ? field : "");
        if (!field)
            fputs("\\N", output->stream);
    }
    putc('\n', output->stream);
}

static const struct format formats[] = {
    [OUTPUT_TEXT] = {"text", text_begin, text_row, nothing},
    [OUTPUT_CSV] = {"csv", csv_begin, csv_row, nothing},
    [OUTPUT_JSON] = {"json", json_begin, json_row, json_end},
    [OUTPUT_COPY] = {"copy", nothing, copy_row, nothing},
};
enum { FORMATS = sizeof formats / sizeof formats[0] };

int output_format_parse(const char *name, enum output_format *format, struct error *err)
{
    const char *names[FORMATS];
    for (size_t i = 0; i < FORMATS; i++) {
        names[i] = formats[i].name;
        if (!strcmp(name, names[i])) {
            *format = (enum output_format)i;
            return 0;
        }
    }
    const char *nearest = text_nearest(name, names, FORMATS);
    return error_set(err, ERR_USAGE, "unknown format '%s'%s%s%s: text, csv, json or copy", name, nearest ? ": did you mean '" : "",
                     nearest ? nearest : "", nearest ? "'" : "");
}

struct output *output_begin_within(FILE *stream, enum output_format format, const struct column *columns, size_t count, int width)
{
    struct output *output = memory_zero(1, sizeof *output);
    *output = (struct output){.stream = stream, .columns = columns, .count = count, .format = &formats[format], .width = width};
    output->format->begin(output);
    return output;
}

struct output *output_begin(FILE *stream, enum output_format format, const struct column *columns, size_t count)
{
    return output_begin_within(stream, format, columns, count, 0);
}

int output_width(FILE *stream)
{
    struct winsize size;
    const char *columns = getenv("COLUMNS");
    if (isatty(fileno(stream)) && !ioctl(fileno(stream), TIOCGWINSZ, &size) && size.ws_col)
        return size.ws_col < LEAST_WIDTH ? LEAST_WIDTH : size.ws_col;
    int width = columns ? atoi(columns) : PIPE_WIDTH;
    return width < LEAST_WIDTH ? LEAST_WIDTH : width;
}

size_t output_fit(const struct column *columns, size_t count, int width, struct column *fitting)
{
    size_t fit = 0;
    int at = 0;
    for (size_t i = 0; i < count; i++) {
        int more = abs(columns[i].width) + (at > 0);
        if (width > 0 && at && at + more > width)
            continue;
        at += more;
        fitting[fit++] = columns[i];
    }
    return fit;
}

void output_row(struct output *output, const void *row)
{
    output->format->row(output, row);
    output->rows++;
}

int output_end(struct output *output, struct error *err)
{
    output->format->end(output);
    FILE *stream = output->stream;
    free(output);
    if (fflush(stream) == 0 && !ferror(stream))
        return 0;
    bool full = errno == ENOSPC;
    return error_set(err, full ? ERR_FULL : ERR_IO, "the output could not be written: %s%s", strerror(errno), full ? ": free some space" : "");
}
