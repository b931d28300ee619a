/* PostgreSQL's COPY text: a line a row, fields parted by tabs, \N where there is nothing. */
#include "acquisition/import_read.h"

#include <stdlib.h>
#include <string.h>

/* As `gemba export --format copy` writes them: samples have the first five, measurements all. */
static const char *const columns[] = {"time", "name",  "value",    "quality", "reason",  "serial",
                                      "lot",  "order", "operator", "gauge",   "attempt", "sequence"};
enum { COLUMNS = sizeof columns / sizeof columns[0], OF_SAMPLES = 5, OF_SIGNALS = 8 };

/* In place. -1: an escape that COPY does not know. */
static int unescape(char *text)
{
    static const char from[] = "btnvfr\\", to[] = "\b\t\n\v\f\r\\";
    char *out = text;
    if (!strcmp(text, "\\N"))
        *text = '\0';
    for (char *at = text; *at; at++) {
        const char *known = *at == '\\' && at[1] ? strchr(from, at[1]) : NULL;
        if (*at == '\\' && !known)
            return -1;
        *out++ = known ? to[known - from] : *at;
        at += known != NULL;
    }
    *out = '\0';
    return 0;
}

static int take_line(char *line, int64_t number, const char *name, import_take take, void *context, struct error *err)
{
    struct import_field fields[COLUMNS];
    struct import_record record = {fields, 0, number, false};
    for (char *next = line; next;) {
        char *text = next, *tab = strchr(text, '\t');
        next = tab ? tab + 1 : NULL;
        if (tab)
            *tab = '\0';
        if (record.count == COLUMNS)
            return error_set(err, ERR_USAGE, "%s:%lld: has more than %d fields", name, (long long)number, COLUMNS);
        if (unescape(text))
            return error_set(err, ERR_USAGE, "%s:%lld:%zu: no such escape in a field", name, (long long)number, record.count + 1);
        fields[record.count] = (struct import_field){columns[record.count], text, (int)record.count + 1};
        record.count++;
    }
    if (record.count == OF_SIGNALS)
        return error_set(err, ERR_USAGE, "%s holds signals, which follow from measurements: import those", name);
    if (record.count != OF_SAMPLES && record.count != COLUMNS)
        return error_set(err, ERR_USAGE, "%s:%lld: has %zu fields: samples have %d, measurements %d, parted by tabs", name, (long long)number,
                         record.count, OF_SAMPLES, COLUMNS);
    return take(context, &record, err);
}

int import_read_copy(FILE *stream, const char *name, import_take take, void *context, struct error *err)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t length;
    int failed = 0;
    for (int64_t number = 1; !failed && (length = getline(&line, &room, stream)) > 0; number++) {
        if (line[length - 1] == '\n')
            line[--length] = '\0';
        if (!strcmp(line, "\\."))
            break;
        if (strlen(line) != (size_t)length)
            failed = error_set(err, ERR_USAGE, "%s:%lld: holds a byte of zero", name, (long long)number);
        else
            failed = take_line(line, number, name, take, context, err);
    }
    if (!failed && ferror(stream))
        failed = error_set(err, ERR_IO, "%s cannot be read", name);
    free(line);
    return failed;
}
