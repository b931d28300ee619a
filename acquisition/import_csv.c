/* CSV through libcsv. The first record names the columns; semicolon, tab or comma parts them, whichever the first line has most of. */
#include "acquisition/import_read.h"

#include <csv.h>
#include <stdlib.h>
#include <string.h>

struct source {
    const char *name;
    import_take take;
    void *context;
    struct error *err;
    char **keys; /* of the header */
    size_t n_keys, keys_room;
    char **texts; /* of the record being read */
    struct import_field *fields;
    size_t n_fields, texts_room, fields_room;
    int64_t line, first_line; /* first_line: where the record began */
    bool has_header, failed;
    char separator;
};

static void clear_record(struct source *source)
{
    for (size_t i = 0; i < source->n_fields; i++)
        free(source->texts[i]);
    source->n_fields = 0;
}

static void take_field(void *text, size_t length, void *context)
{
    struct source *source = context;
    memory_grow((void **)&source->texts, &source->texts_room, source->n_fields, sizeof *source->texts);
    source->texts[source->n_fields] = memory_zero(length + 1, 1);
    if (length)
        memcpy(source->texts[source->n_fields], text, length);
    source->n_fields++;
}

static void keep_header(struct source *source)
{
    for (size_t i = 0; i < source->n_fields; i++) {
        memory_grow((void **)&source->keys, &source->keys_room, source->n_keys, sizeof *source->keys);
        source->keys[source->n_keys++] = memory_text(source->texts[i]);
    }
    source->has_header = true;
}

static int give_record(struct source *source)
{
    if (source->n_fields > source->n_keys)
        return error_set(source->err, ERR_USAGE, "%s:%lld: has %zu fields, the heading names %zu", source->name, (long long)source->first_line,
                         source->n_fields, source->n_keys);
    source->fields = memory_resize(source->fields, source->n_fields + 1, sizeof *source->fields);
    for (size_t i = 0; i < source->n_fields; i++)
        source->fields[i] = (struct import_field){source->keys[i], source->texts[i], (int)i + 1};
    struct import_record record = {source->fields, source->n_fields, source->first_line, source->separator != ','};
    return source->take(source->context, &record, source->err);
}

static void end_record(int end, void *context)
{
    struct source *source = context;
    (void)end;
    bool blank = source->n_fields == 0 || (source->n_fields == 1 && !source->texts[0][0] && source->n_keys > 1);
    if (!source->has_header && !blank)
        keep_header(source);
    else if (!blank && !source->failed && give_record(source))
        source->failed = true;
    clear_record(source);
    source->first_line = source->line + 1;
}

static char find_separator(const char *line)
{
    static const char candidates[] = ",;\t";
    size_t most = 0;
    char best = ',';
    for (const char *c = candidates; *c; c++) {
        size_t count = 0;
        bool quoted = false;
        for (const char *p = line; *p; p++) {
            quoted ^= *p == '"';
            count += !quoted && *p == *c;
        }
        if (count > most) {
            most = count;
            best = *c;
        }
    }
    return best;
}

/* A byte order mark, and Excel's "sep=;" line, are no data. */
static char *begin_of(struct source *source, char *line, bool *skip)
{
    if (!strncmp(line, "\xef\xbb\xbf", 3))
        line += 3;
    *skip = !strncmp(line, "sep=", 4);
    source->separator = *skip && line[4] ? line[4] : find_separator(line);
    return line;
}

static int read_lines(struct source *source, FILE *stream, struct csv_parser *parser)
{
    char *buffer = NULL;
    size_t room = 0;
    ssize_t length;
    bool skip = false, parted = false;
    source->first_line = 1;
    while (!source->failed && (length = getline(&buffer, &room, stream)) > 0) {
        char *line = buffer;
        source->line++;
        if (!parted || skip) {
            char fixed = skip ? source->separator : '\0';
            line = begin_of(source, buffer, &skip);
            source->separator = fixed ? fixed : source->separator;
            csv_set_delim(parser, (unsigned char)source->separator);
            parted = true;
            if (skip) {
                source->first_line = source->line + 1;
                continue;
            }
        }
        size_t size = (size_t)length - (size_t)(line - buffer);
        if (csv_parse(parser, line, size, take_field, end_record, source) != size && !source->failed) {
            source->failed = true;
            error_set(source->err, ERR_USAGE, "%s:%lld: a quote (\") within a field must be doubled, and one at its end must be the last",
                      source->name, (long long)source->line);
        }
    }
    free(buffer);
    if (ferror(stream) && !source->failed) {
        source->failed = true;
        error_set(source->err, ERR_IO, "%s cannot be read", source->name);
    }
    if (!source->failed && csv_fini(parser, take_field, end_record, source) && !source->failed) {
        source->failed = true;
        error_set(source->err, ERR_USAGE, "%s:%lld: a quote (\") that is opened here is never closed", source->name, (long long)source->first_line);
    }
    return source->failed ? -1 : 0;
}

int import_read_csv(FILE *stream, const char *name, import_take take, void *context, struct error *err)
{
    struct source source = {.name = name, .take = take, .context = context, .err = err, .separator = ','};
    struct csv_parser parser;
    if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI))
        return error_set(err, ERR_INTERNAL, "%s cannot be read: libcsv gives no parser", name);
    int failed = read_lines(&source, stream, &parser);
    if (!failed && !source.has_header)
        failed = error_set(err, ERR_USAGE, "%s is empty: the first line names the columns", name);
    csv_free(&parser);
    clear_record(&source);
    for (size_t i = 0; i < source.n_keys; i++)
        free(source.keys[i]);
    free(source.keys);
    free(source.texts);
    free(source.fields);
    return failed;
}
