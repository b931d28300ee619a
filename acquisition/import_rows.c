#include "acquisition/import_sort.h"

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

struct import_rows {
    struct import_sort *sort;
    struct import_row row;
    struct {
        const struct characteristic *characteristic;
        int64_t time_us, sequence;
    } before;
};

/* A name of the plant, for millions of rows. */
struct named {
    const char *name;
    const struct characteristic *characteristic;
    const struct tag *tag;
};

struct source {
    struct import_sort *sort;
    struct named *named; /* by name; a characteristic before a tag */
    size_t n_named;
    const char *names[KEYS]; /* of our keys, in the file */
    size_t places[KEYS];     /* where each was found last */
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
    const struct import_record *record = source->record;
    for (enum key key = 0; key < KEYS; key++) {
        const char *name = source->names[key];
        size_t i = source->places[key];
        if (i >= record->count || strcasecmp(record->fields[i].key, name) != 0)
            for (i = 0; i < record->count && strcasecmp(record->fields[i].key, name) != 0;)
                i++;
        source->fields[key] = i < record->count ? &record->fields[i] : NULL;
        source->places[key] = i;
    }
}

static int by_name(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    return order ? order : (x->tag != NULL) - (y->tag != NULL);
}

static void list_names(struct source *source)
{
    const struct plant *plant = source->plant;
    size_t count = plant->n_characteristics;
    for (size_t i = 0; i < plant->n_instruments; i++)
        count += plant->instruments[i].n_tags;
    source->named = memory_zero(count + 1, sizeof *source->named);
    for (size_t i = 0; i < plant->n_characteristics; i++)
        source->named[source->n_named++] = (struct named){plant->characteristics[i].name, &plant->characteristics[i], NULL};
    for (size_t i = 0; i < plant->n_instruments; i++)
        for (size_t k = 0; k < plant->instruments[i].n_tags; k++)
            source->named[source->n_named++] = (struct named){plant->instruments[i].tags[k].full_name, NULL, &plant->instruments[i].tags[k]};
    if (source->n_named)
        qsort(source->named, source->n_named, sizeof *source->named, by_name);
}

/* NULL: the plant has no such name. */
static const struct named *find_name(const struct source *source, const char *name)
{
    size_t low = 0, high = source->n_named;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(source->named[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < source->n_named && !strcmp(source->named[low].name, name) ? &source->named[low] : NULL;
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
    const struct named *named = find_name(source, name);
    row->characteristic = named ? named->characteristic : NULL;
    row->tag = named ? named->tag : plant_tag(source->plant, name);
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
        row->text = text;
        return strlen(text) < READING_TEXT ? 0 : wrong(source, KEY_VALUE, "a text has up to %d bytes", READING_TEXT - 1);
    }
    if (!*text)
        return bad ? 0 : wrong(source, KEY_VALUE, "there is no value: a row without one needs a bad quality and its reason");
    if (!is_number(source, text, &row->value))
        return wrong(source, KEY_VALUE, "'%.40s' is no number", text);
    if (is_long && fabs(row->value) > 0x1p53)
        row->text = text;
    return 0;
}

static int read_part(struct source *source, struct import_row *row)
{
    struct context *context = &row->context;
    const struct {
        enum key key;
        char *to;
    } places[] = {{KEY_LOT, context->lot}, {KEY_ORDER, context->order}, {KEY_OPERATOR, context->operator}, {KEY_GAUGE, context->gauge}};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        const char *text = text_of(source, places[i].key);
        if (strlen(text) >= READING_TEXT)
            return wrong(source, places[i].key, "a text has up to %d bytes", READING_TEXT - 1);
        memcpy(places[i].to, text, strlen(text));
    }
    if (!context->gauge[0]) /* not the characteristic's own instrument */
        strcpy(context->gauge, "import");
    row->serial = text_of(source, KEY_SERIAL);
    return strlen(row->serial) < READING_TEXT ? 0 : wrong(source, KEY_SERIAL, "a serial number has up to %d bytes", READING_TEXT - 1);
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
    struct import_row row = {.line = record->line, .text = empty};
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
    return source->wrong ? 0 : import_sort_add(source->sort, &row, err);
}

/* --- files */

typedef int (*read_file)(FILE *stream, const char *name, import_take take, void *context, struct error *err);

static read_file reader_of(const char *path, const char *format)
{
    static const struct {
        const char *name;
        read_file read;
    } formats[] = {{"csv", import_read_csv}, {"json", import_read_json}, {"copy", import_read_copy}};
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (format ? !strcmp(format, formats[i].name) : dot && !strcasecmp(dot + 1, formats[i].name))
            return formats[i].read;
    return import_read_csv;
}

struct import_rows *import_rows_read(const struct plant *plant, const char *path, const char *format, const struct import_naming *naming,
                                     struct error *err)
{
    bool is_standard = !strcmp(path, "-");
    FILE *stream = is_standard ? stdin : fopen(path, "r");
    if (!stream) {
        error_set(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "%s cannot be opened: %s", path, strerror(errno));
        return NULL;
    }
    struct import_rows *rows = memory_zero(1, sizeof *rows);
    rows->sort = import_sort_create();
    struct source source = {.sort = rows->sort, .plant = plant, .naming = naming, .path = is_standard ? "standard input" : path};
    for (enum key key = 0; key < KEYS; key++)
        source.names[key] = name_in_file(&source, key);
    list_names(&source);
    int failed = reader_of(path, format)(stream, source.path, take_record, &source, err);
    free(source.named);
    if (!is_standard)
        fclose(stream);
    if (!failed && source.wrong)
        failed =
            error_set(err, ERR_USAGE, "%s: %d row%s wrong, nothing was imported", source.path, source.wrong, source.wrong == 1 ? " is" : "s are");
    if (!failed && !import_sort_finish(rows->sort, err))
        return rows;
    import_rows_free(rows);
    return NULL;
}

int64_t import_rows_count(const struct import_rows *rows)
{
    return import_sort_count(rows->sort);
}

int import_rows_next(struct import_rows *rows, const struct import_row **out, struct error *err)
{
    struct import_row *row = &rows->row;
    int more = import_sort_next(rows->sort, row, err);
    if (more != 1)
        return more;
    bool same = row->characteristic && rows->before.characteristic == row->characteristic && rows->before.time_us == row->time_us;
    if (row->sequence < 0)
        row->sequence = same ? rows->before.sequence + 1 : 0;
    rows->before.characteristic = row->characteristic;
    rows->before.time_us = row->time_us;
    rows->before.sequence = row->sequence;
    *out = row;
    return 1;
}

void import_rows_free(struct import_rows *rows)
{
    if (!rows)
        return;
    import_sort_free(rows->sort);
    free(rows);
}
