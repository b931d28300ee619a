#include "acquisition/import_rows.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_WRONG = 20 };

enum key {
    KEY_TIME,
    KEY_NAME,
    KEY_VALUE,
    KEY_QUALITY,
    KEY_REASON,
    KEY_SERIAL,
    KEY_LOT,
    KEY_ORDER,
    KEY_OPERATOR,
    KEY_GAUGE,
    KEY_ATTEMPT,
    KEY_SEQUENCE,
    KEYS
};
static const char *const keys[KEYS] = {"time", "name",  "value",    "quality", "reason",  "serial",
                                       "lot",  "order", "operator", "gauge",   "attempt", "sequence"};

struct source {
    struct import_rows *rows;
    const struct plant *plant;
    const struct import_naming *naming;
    const char *path;
    int wrong;
    const struct import_record *record;
    const struct import_field *fields[KEYS]; /* of the record at hand; NULL: not there */
};

static const char empty[] = "";

static const char *text_of(const struct source *source, enum key key)
{
    return source->fields[key] ? source->fields[key]->text : empty;
}

static int __attribute__((format(printf, 3, 4))) wrong(struct source *source, enum key key, const char *format, ...)
{
    char text[300];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    const struct import_field *field = source->fields[key];
    if (source->wrong++ < MOST_WRONG)
        fprintf(stderr, "%s:%lld:%d: %s: %s\n", source->path, (long long)source->record->line, field ? field->column : 1,
                field ? field->key : keys[key], text);
    return -1;
}

/* --- fields */

/* The name that the file has for one of ours. */
static const char *name_in_file(const struct source *source, enum key key)
{
    size_t length = strlen(keys[key]);
    for (size_t i = 0; source->naming->columns && i < source->naming->columns->count; i++) {
        const char *item = source->naming->columns->items[i];
        if (!strncmp(item, keys[key], length) && item[length] == '=')
            return item + length + 1;
    }
    return keys[key];
}

static void find_fields(struct source *source)
{
    for (enum key key = 0; key < KEYS; key++) {
        const char *name = name_in_file(source, key);
        source->fields[key] = NULL;
        for (size_t i = 0; i < source->record->count && !source->fields[key]; i++)
            if (!strcasecmp(source->record->fields[i].key, name))
                source->fields[key] = &source->record->fields[i];
    }
}

/* "21.11.2026 14:30[:05]", as German spreadsheets write it. */
static bool day_first(const char *text, char *iso, size_t size)
{
    int day, month, year, used = 0;
    if (sscanf(text, "%2d.%2d.%4d%n", &day, &month, &year, &used) != 3 || year < 1000)
        return false;
    const char *rest = text + used;
    snprintf(iso, size, "%04d-%02d-%02d%s%s", year, month, day, *rest == ' ' ? "T" : "", *rest == ' ' ? rest + 1 : rest);
    return true;
}

static int read_time(struct source *source, int64_t *time_us)
{
    const char *text = text_of(source, KEY_TIME);
    char iso[64];
    if (day_first(text, iso, sizeof iso))
        text = iso;
    if (*text && !text_time_parse(text, time_us))
        return 0;
    if (!*text)
        return wrong(source, KEY_TIME, "every row needs a time");
    return wrong(source, KEY_TIME, "'%.60s' is no time, such as 2026-11-02T14:30:05Z, 2026-11-02 14:30 (plant time) or 02.11.2026 14:30",
                 text_of(source, KEY_TIME));
}

static int read_name(struct source *source, struct import_row *row)
{
    const char *name = *text_of(source, KEY_NAME) ? text_of(source, KEY_NAME) : source->naming->name ? source->naming->name : empty;
    if (!*name)
        return wrong(source, KEY_NAME, "whose value is it? a column `name`, or --name CHARACTERISTIC for the whole file");
    row->characteristic = plant_characteristic(source->plant, name);
    row->tag = row->characteristic ? NULL : plant_tag(source->plant, name);
    if (row->characteristic && row->characteristic->n_streams)
        return wrong(source, KEY_NAME, "'%.60s' is charted by streams, and an import does not say whose a value is", name);
    if (row->characteristic || row->tag)
        return 0;
    size_t count = source->plant->n_characteristics;
    const char **names = memory_zero(count + 1, sizeof *names);
    for (size_t i = 0; i < count; i++)
        names[i] = source->plant->characteristics[i].name;
    const char *nearest = text_nearest(name, names, count);
    nearest = nearest ? nearest : plant_nearest_tag(source->plant, name);
    wrong(source, KEY_NAME, "the plant has no characteristic or tag '%.60s'%s%s%s", name, nearest ? ": did you mean '" : "", nearest ? nearest : "",
          nearest ? "'?" : "");
    free(names);
    return -1;
}

/* The quality that export printed: of its kind, with that reason. */
static int read_quality(struct source *source, struct import_row *row)
{
    const char *name = text_of(source, KEY_QUALITY), *reason = text_of(source, KEY_REASON);
    row->quality = QUALITY_GOOD;
    if (!*name || !strcmp(name, "good"))
        return 0;
    for (int quality = 1; quality < QUALITY_ABSENT; quality++)
        if (!strcmp(quality_name((enum quality)quality), name) && !strcmp(quality_reason((enum quality)quality), reason)) {
            row->quality = (enum quality)quality;
            return 0;
        }
    return wrong(source, *reason ? KEY_REASON : KEY_QUALITY, "'%.40s' with the reason '%.60s' is no quality: leave both out for a good value", name,
                 reason);
}

static const char *keep_text(struct import_rows *rows, const char *text)
{
    if (!*text)
        return empty;
    memory_grow((void **)&rows->texts, &rows->texts_room, rows->n_texts, sizeof *rows->texts);
    return rows->texts[rows->n_texts++] = memory_text(text);
}

static bool is_number(const struct source *source, const char *text, double *value)
{
    char copy[80], *end, *comma;
    snprintf(copy, sizeof copy, "%s", text);
    comma = source->record->decimal_comma && !strchr(copy, '.') ? strchr(copy, ',') : NULL;
    if (comma)
        *comma = '.';
    for (const char *p = copy; *p; p++)
        if (isalpha((unsigned char)*p) && *p != 'e' && *p != 'E')
            return false;
    *value = strtod(copy, &end);
    while (*end == ' ')
        end++;
    return end != copy && !*end && strlen(text) < sizeof copy && isfinite(*value);
}

static int read_value(struct source *source, struct import_row *row)
{
    const char *text = text_of(source, KEY_VALUE);
    bool bad = quality_is_bad(row->quality), is_text = row->tag && row->tag->type == TYPE_STRING,
         is_long = row->tag && (row->tag->type == TYPE_U64 || row->tag->type == TYPE_I64);
    row->value = NAN;
    row->text = empty;
    if (is_text) {
        row->text = keep_text(source->rows, text);
        return strlen(text) < READING_TEXT ? 0 : wrong(source, KEY_VALUE, "a text has up to %d bytes", READING_TEXT - 1);
    }
    if (!*text)
        return bad ? 0 : wrong(source, KEY_VALUE, "there is no value: a row without one needs a bad quality and its reason");
    if (!is_number(source, text, &row->value))
        return wrong(source, KEY_VALUE, "'%.40s' is no number", text);
    if (is_long && fabs(row->value) > 0x1p53)
        row->text = keep_text(source->rows, text);
    return 0;
}

static int read_part(struct source *source, struct import_row *row)
{
    struct context context = {0};
    const struct {
        enum key key;
        char *to;
    } places[] = {{KEY_LOT, context.lot}, {KEY_ORDER, context.order}, {KEY_OPERATOR, context.operator}, {KEY_GAUGE, context.gauge}};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        const char *text = text_of(source, places[i].key);
        if (strlen(text) >= READING_TEXT)
            return wrong(source, places[i].key, "a text has up to %d bytes", READING_TEXT - 1);
        memcpy(places[i].to, text, strlen(text));
    }
    if (!context.gauge[0]) /* not the characteristic's own instrument */
        strcpy(context.gauge, "import");
    if (strlen(text_of(source, KEY_SERIAL)) >= READING_TEXT)
        return wrong(source, KEY_SERIAL, "a serial number has up to %d bytes", READING_TEXT - 1);
    row->serial = keep_text(source->rows, text_of(source, KEY_SERIAL));
    struct import_rows *rows = source->rows;
    if (!rows->n_contexts || memcmp(rows->contexts[rows->n_contexts - 1], &context, sizeof context) != 0) {
        memory_grow((void **)&rows->contexts, &rows->contexts_room, rows->n_contexts, sizeof *rows->contexts);
        rows->contexts[rows->n_contexts] = memory_zero(1, sizeof context);
        memcpy(rows->contexts[rows->n_contexts++], &context, sizeof context);
    }
    row->context = rows->contexts[rows->n_contexts - 1];
    return 0;
}

static int read_count(struct source *source, enum key key, int64_t *count)
{
    const char *text = text_of(source, key);
    char *end;
    *count = -1;
    if (!*text)
        return 0;
    errno = 0;
    *count = strtoll(text, &end, 10);
    return !errno && end != text && !*end && *count >= 0 && *count < 1000000 ? 0 : wrong(source, key, "'%.40s' is no whole number from 0", text);
}

static int take_record(void *context, const struct import_record *record, struct error *err)
{
    struct source *source = context;
    struct import_row row = {.line = record->line};
    int64_t attempt;
    source->record = record;
    find_fields(source);
    for (size_t i = 0; i < record->count; i++)
        if (!strcmp(record->fields[i].key, "rule"))
            return error_set(err, ERR_USAGE, "%s holds signals, which follow from measurements: import those", source->path);
    if (read_time(source, &row.time_us) | read_name(source, &row) | read_quality(source, &row) | read_count(source, KEY_SEQUENCE, &row.sequence) |
        read_count(source, KEY_ATTEMPT, &attempt))
        return 0;
    if (read_value(source, &row) | read_part(source, &row))
        return 0;
    row.attempt = (int)attempt;
    memory_grow((void **)&source->rows->items, &source->rows->room, source->rows->count, sizeof row);
    source->rows->items[source->rows->count++] = row;
    return 0;
}

/* --- files */

static bool is_json(const char *path, const char *format)
{
    const char *dot = strrchr(path, '.');
    return format ? !strcmp(format, "json") : dot && !strcasecmp(dot, ".json");
}

int import_rows_read(struct import_rows *rows, const struct plant *plant, const char *path, const char *format, const struct import_naming *naming,
                     struct error *err)
{
    bool is_standard = !strcmp(path, "-");
    FILE *stream = is_standard ? stdin : fopen(path, "r");
    if (!stream)
        return error_set(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "%s cannot be opened: %s", path, strerror(errno));
    struct source source = {.rows = rows, .plant = plant, .naming = naming, .path = is_standard ? "standard input" : path};
    int failed = (is_json(path, format) ? import_read_json : import_read_csv)(stream, source.path, take_record, &source, err);
    if (!is_standard)
        fclose(stream);
    if (!failed && source.wrong)
        failed =
            error_set(err, ERR_USAGE, "%s: %d row%s wrong, nothing was imported", source.path, source.wrong, source.wrong == 1 ? " is" : "s are");
    return failed;
}

/* Readings of an instrument lie together; of measurements of one instant a part measured again comes last. */
static int in_order(const void *a, const void *b)
{
    const struct import_row *x = a, *y = b;
    const char *p = x->characteristic ? (const char *)x->characteristic : (const char *)x->tag->instrument;
    const char *q = y->characteristic ? (const char *)y->characteristic : (const char *)y->tag->instrument;
    if (p != q)
        return p < q ? -1 : 1;
    if (x->time_us != y->time_us)
        return x->time_us < y->time_us ? -1 : 1;
    if (x->sequence != y->sequence && x->sequence >= 0 && y->sequence >= 0)
        return x->sequence < y->sequence ? -1 : 1;
    return x->line < y->line ? -1 : x->line > y->line;
}

void import_rows_sort(struct import_rows *rows)
{
    if (rows->count)
        qsort(rows->items, rows->count, sizeof *rows->items, in_order);
    for (size_t i = 0; i < rows->count; i++) {
        struct import_row *row = &rows->items[i], *before = i ? &rows->items[i - 1] : NULL;
        bool same = before && before->characteristic && before->characteristic == row->characteristic && before->time_us == row->time_us;
        if (row->sequence < 0)
            row->sequence = same ? before->sequence + 1 : 0;
    }
}

void import_rows_free(struct import_rows *rows)
{
    for (size_t i = 0; i < rows->n_texts; i++)
        free(rows->texts[i]);
    for (size_t i = 0; i < rows->n_contexts; i++)
        free(rows->contexts[i]);
    free(rows->texts);
    free(rows->contexts);
    free(rows->items);
    *rows = (struct import_rows){0};
}
