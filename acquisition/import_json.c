/* JSON of the shape that exports have: flat objects. */
#include "acquisition/import_read.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { FIELDS = 64, WORD = 4096 };

struct source {
    FILE *stream;
    const char *name;
    struct error *err;
    int64_t line;
    int column, next;        /* of the character read last; the one that is to be read */
    char *words[2 * FIELDS]; /* keys and texts of the object being read */
    size_t n_words;
};

static int fail(struct source *source, const char *what)
{
    return error_set(source->err, ERR_USAGE, "%s:%lld:%d: %s", source->name, (long long)source->line, source->column + 1, what);
}

/* The next character becomes the one read last. */
static void step(struct source *source)
{
    if (source->next == '\n') {
        source->line++;
        source->column = 0;
    } else
        source->column++;
    source->next = getc(source->stream);
}

static void skip_blanks(struct source *source)
{
    while (source->next == ' ' || source->next == '\t' || source->next == '\n' || source->next == '\r')
        step(source);
}

static bool take(struct source *source, char wanted)
{
    skip_blanks(source);
    if (source->next != wanted)
        return false;
    step(source);
    return true;
}

static size_t put_utf8(char *out, uint32_t code)
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    size_t more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const unsigned char heads[] = {0, 0xc0, 0xe0, 0xf0};
    for (size_t i = more; i > 0; i--, code >>= 6)
        out[i] = (char)(0x80 | (code & 0x3f));
    out[0] = (char)(heads[more] | code);
    return more + 1;
}

static int read_hex(struct source *source, uint32_t *code)
{
    *code = 0;
    for (int i = 0; i < 4; i++) {
        if (!isxdigit(source->next))
            return fail(source, "\\u needs four hexadecimal digits");
        *code = *code * 16 + (uint32_t)(isdigit(source->next) ? source->next - '0' : tolower(source->next) - 'a' + 10);
        step(source);
    }
    return 0;
}

static int read_unicode(struct source *source, char *out, size_t *used)
{
    uint32_t code, low;
    if (read_hex(source, &code))
        return -1;
    if (code >= 0xd800 && code < 0xdc00) {
        if (source->next != '\\')
            return fail(source, "half of a surrogate pair");
        step(source);
        if (source->next != 'u')
            return fail(source, "half of a surrogate pair");
        step(source);
        if (read_hex(source, &low))
            return -1;
        if (low < 0xdc00 || low > 0xdfff)
            return fail(source, "half of a surrogate pair");
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    } else if (code == 0 || (code >= 0xdc00 && code < 0xe000))
        return fail(source, "no such character");
    *used += put_utf8(out + *used, code);
    return 0;
}

static int read_escape(struct source *source, char *out, size_t *used)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    const char *at = source->next > 0 ? strchr(from, source->next) : NULL;
    if (source->next == 'u') {
        step(source);
        return read_unicode(source, out, used);
    }
    if (!at || !*at)
        return fail(source, "no such escape in a text");
    out[(*used)++] = to[at - from];
    step(source);
    return 0;
}

static int read_text(struct source *source, char *out)
{
    size_t used = 0;
    step(source);
    while (source->next != '"') {
        if (source->next == EOF || source->next < 0x20)
            return fail(source, "a text is not closed");
        if (used > WORD - 8)
            return fail(source, "a text is too long");
        if (source->next == '\\') {
            step(source);
            if (read_escape(source, out, &used))
                return -1;
        } else {
            out[used++] = (char)source->next;
            step(source);
        }
    }
    step(source);
    out[used] = '\0';
    return 0;
}

/* A number, true, false or null: "" for null. */
static int read_bare(struct source *source, char *out)
{
    size_t used = 0;
    while (source->next != EOF && (isalnum(source->next) || strchr("+-.", source->next))) {
        if (used > 60)
            return fail(source, "no number is so long");
        out[used++] = (char)source->next;
        step(source);
    }
    out[used] = '\0';
    if (used == 0)
        return fail(source, source->next == '{' || source->next == '[' ? "a field holds one value, no object or array" : "a value is missing");
    bool word = !strcmp(out, "true") || !strcmp(out, "false") || !strcmp(out, "null");
    if (!word && !isdigit((unsigned char)out[0]) && out[0] != '-')
        return fail(source, "only texts in quotes, numbers, true, false and null are values");
    if (!strcmp(out, "null"))
        out[0] = '\0';
    return 0;
}

static int read_word(struct source *source, char *out)
{
    skip_blanks(source);
    return source->next == '"' ? read_text(source, out) : read_bare(source, out);
}

static const char *keep(struct source *source, const char *word)
{
    return source->words[source->n_words++] = memory_text(word);
}

static int read_object(struct source *source, struct import_field *fields, size_t *count)
{
    char word[WORD];
    *count = 0;
    if (take(source, '}'))
        return 0;
    do {
        if (*count == FIELDS)
            return fail(source, "an object has too many fields");
        skip_blanks(source);
        if (source->next != '"')
            return fail(source, "a field's name in quotes is missing");
        struct import_field *field = &fields[*count];
        if (read_text(source, word))
            return -1;
        field->key = keep(source, word);
        if (!take(source, ':'))
            return fail(source, "':' is missing after a field's name");
        skip_blanks(source);
        field->column = source->column + 1;
        if (read_word(source, word))
            return -1;
        field->text = keep(source, word);
        ++*count;
    } while (take(source, ','));
    return take(source, '}') ? 0 : fail(source, "',' or '}' is missing");
}

static void forget_words(struct source *source)
{
    while (source->n_words)
        free(source->words[--source->n_words]);
}

static int read_objects(struct source *source, import_take take_record, void *context)
{
    bool in_array = take(source, '['), first = true;
    for (;; first = false) {
        skip_blanks(source);
        if (in_array && take(source, ']')) {
            skip_blanks(source);
            return source->next == EOF ? 0 : fail(source, "something follows the end of the array");
        }
        if (!in_array && source->next == EOF)
            return 0;
        if (in_array && !first && !take(source, ','))
            return fail(source, "',' or ']' is missing");
        skip_blanks(source);
        struct import_field fields[FIELDS];
        struct import_record record = {fields, 0, source->line, false};
        if (!take(source, '{'))
            return fail(source, "an object is missing: {\"time\": ..., \"name\": ..., \"value\": ...}");
        int failed = read_object(source, fields, &record.count) || take_record(context, &record, source->err);
        forget_words(source);
        if (failed)
            return -1;
    }
}

int import_read_json(FILE *stream, const char *name, import_take take_record, void *context, struct error *err)
{
    struct source source = {.stream = stream, .name = name, .err = err, .line = 1};
    source.next = getc(stream);
    int failed = read_objects(&source, take_record, context);
    forget_words(&source);
    return failed ? -1 : 0;
}
