#include "reports/study_table.h"

#include "config/config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int find_column(struct study_table *table, const char *name, enum csv_use use, int *at, struct error *err)
{
    *at = -1;
    if (!name)
        return 0;
    if ((*at = study_csv_find(&table->csv, name, err)) < 0)
        return -1;
    if (table->csv.columns[*at].use != CSV_UNUSED)
        return error_set(err, ERR_USAGE, "column '%.60s' is asked for twice", table->csv.columns[*at].name);
    table->csv.columns[*at].use = use;
    return 0;
}

/* The first column of numbers that nothing else is asked of; what cannot be told yet will be told when it is read. */
static int default_value(struct study_table *table, struct error *err)
{
    for (size_t i = 0; i < table->csv.n_columns; i++)
        if (table->csv.columns[i].use == CSV_UNUSED && (table->csv.columns[i].numeric || table->csv.rows == 0)) {
            table->csv.columns[i].use = CSV_NUMBER;
            table->value = (int)i;
            return 0;
        }
    return error_set(err, ERR_CONFIG, "there is no column of numbers: name it with --value");
}

static int choose_columns(struct study_table *table, const struct study_columns *o, struct error *err)
{
    char *end = NULL;
    table->fixed_size = o->size ? strtod(o->size, &end) : NAN;
    bool number = o->size && !*end && table->fixed_size > 0;
    if (find_column(table, o->value ? o->value : o->count, CSV_NUMBER, &table->value, err) || find_column(table, o->by, CSV_LABEL, &table->by, err) ||
        find_column(table, o->time, CSV_LABEL, &table->time, err) || find_column(table, o->stage, CSV_LABEL, &table->stage, err) ||
        find_column(table, o->stream_of, CSV_LABEL, &table->stream, err) ||
        find_column(table, number ? NULL : o->size, CSV_NUMBER, &table->size, err))
        return -1;
    table->wide = memory_zero(table->csv.n_columns + o->columns.count, sizeof *table->wide);
    for (size_t i = 0; i < o->columns.count; i++)
        if (find_column(table, o->columns.items[i], CSV_NUMBER, &table->wide[table->n_wide++], err))
            return -1;
    for (size_t i = 0; o->wide && !o->columns.count && i < table->csv.n_columns; i++)
        if (table->csv.columns[i].use == CSV_UNUSED && table->csv.columns[i].numeric) {
            table->csv.columns[i].use = CSV_NUMBER;
            table->wide[table->n_wide++] = (int)i;
        }
    table->names = memory_zero(table->n_wide + 1, sizeof *table->names);
    for (size_t i = 0; i < table->n_wide; i++)
        table->names[i] = table->csv.columns[table->wide[i]].name;
    if (o->wide)
        return table->n_wide ? 0 : error_set(err, ERR_CONFIG, "there is no column of numbers");
    return table->value < 0 ? default_value(table, err) : 0;
}

static void group_wide(const struct study_table *table, size_t together, struct analysis_input *input)
{
    size_t rows = table->csv.rows, n = table->n_wide;
    input->points = (rows + together - 1) / together;
    input->values = memory_zero(rows * n + 1, sizeof *input->values);
    input->starts = memory_zero(rows + 1, sizeof *input->starts);
    for (size_t row = 0; row < rows; row++) {
        for (size_t k = 0; k < n; k++)
            input->values[row * n + k] = table->csv.columns[table->wide[k]].numbers[row];
        input->starts[row / together + 1] = (row + 1) * n;
    }
}

static void group_by_count(struct study_table *table, size_t size, struct analysis_input *input)
{
    size_t rows = table->csv.rows;
    input->points = (rows + size - 1) / size;
    input->values = memory_zero(rows + 1, sizeof *input->values);
    input->starts = memory_zero(input->points + 1, sizeof *input->starts);
    if (table->csv.columns[table->value].spool)
        spool_read(&table->spool, 0, input->values, rows);
    else if (rows)
        memcpy(input->values, table->csv.columns[table->value].numbers, rows * sizeof *input->values);
    for (size_t i = 1; i <= input->points; i++)
        input->starts[i] = i * size < rows ? i * size : rows;
}

/* Rows in their order; where the time jumps, also back, by more than the gap, a subgroup begins. */
static int group_by_gap(const struct study_table *table, int64_t gap_us, struct analysis_input *input, struct error *err)
{
    const struct csv_column *times = &table->csv.columns[table->time];
    size_t rows = table->csv.rows;
    int64_t before = 0, now;
    char place[CSV_PLACE];
    input->values = memory_zero(rows + 1, sizeof *input->values);
    input->starts = memory_zero(rows + 1, sizeof *input->starts);
    memcpy(input->values, table->csv.columns[table->value].numbers, rows * sizeof *input->values);
    for (size_t row = 0; row < rows; row++) {
        const char *text = times->labels[row] < 0 ? "" : times->names[times->labels[row]];
        if (text_time_parse(text, &now))
            return error_set(err, ERR_CONFIG, "%s: '%.40s' is no time such as 2026-11-02 14:30:05",
                             study_csv_place(&table->csv, row, table->time, place), text);
        if (row == 0 || llabs(now - before) > gap_us)
            input->starts[input->points++] = row;
        before = now;
    }
    input->starts[input->points] = rows;
    return 0;
}

/* All rows with the same name are one subgroup, wherever they stand; rows without a name are none. */
static void group_by_name(const struct study_table *table, struct analysis_input *input)
{
    const struct csv_column *names = &table->csv.columns[table->by], *values = &table->csv.columns[table->value];
    size_t rows = table->csv.rows, count = names->n_names;
    input->points = count;
    input->values = memory_zero(rows + 1, sizeof *input->values);
    input->starts = memory_zero(count + 1, sizeof *input->starts);
    size_t *next = memory_zero(count + 1, sizeof *next);
    for (size_t row = 0; row < rows; row++)
        if (names->labels[row] >= 0)
            input->starts[names->labels[row] + 1]++;
    for (size_t i = 0; i < count; i++) {
        input->starts[i + 1] += input->starts[i];
        next[i] = input->starts[i];
    }
    for (size_t row = 0; row < rows; row++)
        if (names->labels[row] >= 0)
            input->values[next[names->labels[row]]++] = values->numbers[row];
    free(next);
    input->labels = memory_zero(count + 1, sizeof *input->labels);
    for (size_t i = 0; i < count; i++)
        input->labels[i] = names->names[i];
}

/* Z-MR: a part, or each run of a part, by name. */
static int name_parts(const struct study_table *table, bool runs, struct analysis_input *input, struct error *err)
{
    const struct csv_column *names = &table->csv.columns[table->by];
    int run = -1;
    input->parts = memory_zero(input->points + 1, sizeof *input->parts);
    input->labels = memory_zero(input->points + 1, sizeof *input->labels);
    for (size_t i = 0; i < input->points; i++) {
        if (names->labels[i] < 0)
            return error_set(err, ERR_CONFIG, "%s: the name is missing that says whose part it is",
                             study_csv_place(&table->csv, i, table->by, (char[CSV_PLACE]){0}));
        run += i == 0 || names->labels[i] != names->labels[i - 1];
        input->parts[i] = runs ? run : names->labels[i];
        input->labels[i] = names->names[names->labels[i]];
    }
    input->n_parts = runs ? (size_t)run + 1 : names->n_names;
    return 0;
}

/* --- streams: each point has `n` places for each of them, which stay NAN where nothing came */

static void begin_streams(struct analysis_input *input, const char **names, size_t streams, size_t n, size_t points)
{
    size_t all = streams * n;
    input->n_streams = (int)streams;
    input->stream_n = (int)n;
    input->stream_names = names;
    input->points = points;
    input->values = memory_zero(points * all + 1, sizeof *input->values);
    input->starts = memory_zero(points + 1, sizeof *input->starts);
    for (size_t i = 0; i < points * all; i++)
        input->values[i] = NAN;
    for (size_t i = 0; i <= points; i++)
        input->starts[i] = i * all;
}

static void group_stream_columns(const struct study_table *table, size_t n, struct analysis_input *input)
{
    size_t rows = table->csv.rows, streams = table->n_wide;
    begin_streams(input, table->names, streams, n, (rows + n - 1) / n);
    for (size_t row = 0; row < rows; row++)
        for (size_t s = 0; s < streams; s++)
            input->values[input->starts[row / n] + s * n + row % n] = table->csv.columns[table->wide[s]].numbers[row];
}

/* Which point each row belongs to, and the how manieth of its stream there: rounds end when a stream that has its values comes again. */
struct row_place {
    size_t point, at;
};

static size_t place_in_rounds(const struct study_table *table, size_t n, struct row_place *places)
{
    const struct csv_column *names = &table->csv.columns[table->stream];
    size_t *filled = memory_zero(names->n_names + 1, sizeof *filled), point = 0;
    for (size_t row = 0; row < table->csv.rows; row++) {
        int stream = names->labels[row];
        if (filled[stream] == n) {
            memset(filled, 0, names->n_names * sizeof *filled);
            point++;
        }
        places[row] = (struct row_place){point, filled[stream]++};
    }
    free(filled);
    return point + 1;
}

/* Returns the most values that a stream has at a point. */
static size_t place_by_name(const struct study_table *table, struct row_place *places)
{
    const struct csv_column *names = &table->csv.columns[table->stream], *by = &table->csv.columns[table->by];
    size_t *filled = memory_zero(names->n_names * by->n_names + 1, sizeof *filled), most = 1;
    for (size_t row = 0; row < table->csv.rows; row++) {
        size_t *at = &filled[(size_t)by->labels[row] * names->n_names + (size_t)names->labels[row]];
        places[row] = (struct row_place){(size_t)by->labels[row], (*at)++};
        most = *at > most ? *at : most;
    }
    free(filled);
    return most;
}

static int check_named(const struct csv_column *names, size_t rows, const char *what, struct error *err)
{
    for (size_t row = 0; row < rows; row++)
        if (names->labels[row] < 0)
            return error_set(err, ERR_CONFIG, "data row %zu has no name in column '%.60s', which says %s", row + 1, names->name, what);
    return 0;
}

static int group_stream_names(struct study_table *table, size_t n, struct analysis_input *input, struct error *err)
{
    const struct csv_column *names = &table->csv.columns[table->stream], *by = table->by >= 0 ? &table->csv.columns[table->by] : NULL;
    size_t rows = table->csv.rows, points;
    if (check_named(names, rows, "whose value it is", err) || (by && check_named(by, rows, "when it was measured", err)))
        return -1;
    struct row_place *places = memory_zero(rows + 1, sizeof *places);
    if (by)
        n = place_by_name(table, places);
    points = by ? by->n_names : place_in_rounds(table, n, places);
    begin_streams(input, (const char **)names->names, names->n_names, n, points);
    table->first_rows = memory_zero(points + 1, sizeof *table->first_rows);
    for (size_t row = rows; row-- > 0;) {
        table->first_rows[places[row].point] = row;
        input->values[input->starts[places[row].point] + (size_t)names->labels[row] * n + places[row].at] =
            table->csv.columns[table->value].numbers[row];
    }
    free(places);
    input->labels = by ? memory_zero(points + 1, sizeof *input->labels) : NULL;
    for (size_t i = 0; i < points && by; i++)
        input->labels[i] = by->names[i];
    return 0;
}

static int group_streams(struct study_table *table, const struct study_columns *o, size_t n, struct analysis_input *input, struct error *err)
{
    if (o->wide)
        group_stream_columns(table, n, input);
    else if (group_stream_names(table, n, input, err))
        return -1;
    if (input->n_streams < 2 || input->n_streams > STREAMS_MAX)
        return error_set(err, ERR_CONFIG, "a group chart has 2 to %d streams, not %d%s", STREAMS_MAX, input->n_streams,
                         o->wide ? ": each column of numbers is one; name them with --columns" : "");
    return 0;
}

/* The first row of every point: what it has its size and stage from. */
static size_t *first_rows(const struct study_table *table, const struct analysis_input *input, const struct study_columns *columns)
{
    size_t *first = memory_zero(input->points + 1, sizeof *first), next = 0;
    bool named = table->by >= 0 && !columns->parts && !table->first_rows;
    for (size_t i = 0; i < input->points && !named; i++)
        first[i] = table->first_rows ? table->first_rows[i] : columns->wide ? input->starts[i] / table->n_wide : input->starts[i];
    for (size_t row = 0; row < table->csv.rows && named; row++) /* names are numbered as they appear */
        if (table->csv.columns[table->by].labels[row] == (int)next)
            first[next++] = row;
    return first;
}

static void attach(const struct study_table *table, struct analysis_input *input, const struct study_columns *columns)
{
    size_t *first = first_rows(table, input, columns);
    if (table->size >= 0 || !isnan(table->fixed_size))
        input->sizes = memory_zero(input->points + 1, sizeof *input->sizes);
    if (table->stage >= 0)
        input->stages = memory_zero(input->points + 1, sizeof *input->stages);
    for (size_t i = 0; i < input->points && (input->sizes || input->stages); i++) {
        if (input->sizes)
            input->sizes[i] = table->size >= 0 ? table->csv.columns[table->size].numbers[first[i]] : table->fixed_size;
        if (input->stages)
            input->stages[i] = table->csv.columns[table->stage].labels[first[i]];
    }
    free(first);
}

static int exclude(struct analysis_input *input, const struct option_list *list, struct error *err)
{
    if (list->count)
        input->excluded = memory_zero(input->points + 1, sizeof *input->excluded);
    for (size_t i = 0; i < list->count; i++) {
        char *end;
        long point = strtol(list->items[i], &end, 10);
        if (*end || point < 1 || (size_t)point > input->points)
            return error_set(err, ERR_USAGE, "--exclude %.40s: there are points 1 to %zu", list->items[i], input->points);
        input->excluded[point - 1] = true;
    }
    return 0;
}

/* Nothing is held: the analysis reads the values as often as it needs them. */
static void group_stream(struct study_table *table, size_t size, struct analysis_input *input)
{
    input->points = (table->csv.rows + size - 1) / size;
    input->spool = &table->spool;
    input->group = size;
}

static int group(struct study_table *table, const struct study_columns *o, struct analysis_input *input, struct error *err)
{
    size_t size = o->subgroup > 0 ? (size_t)o->subgroup : 1;
    if (o->streams) {
        if (group_streams(table, o, size, input, err))
            return -1;
    } else if (o->wide)
        group_wide(table, size, input);
    else if (o->stream && table->spool.file) {
        group_stream(table, size, input);
        return 0;
    } else if (o->gap_us > 0) {
        if (group_by_gap(table, o->gap_us, input, err))
            return -1;
    } else if (table->by >= 0 && !o->parts)
        group_by_name(table, input);
    else
        group_by_count(table, size, input);
    if (o->parts && table->by >= 0 && name_parts(table, o->runs, input, err))
        return -1;
    attach(table, input, o);
    return exclude(input, &o->exclude, err);
}

/* Counts stand one to a row; under --by they are numbered as their names appear. */
static char *place_of(const void *from, size_t point, bool size, char *out, size_t room)
{
    const struct study_table *table = from;
    size_t row = point;
    int column = size && table->size >= 0 ? table->size : table->value;
    char place[CSV_PLACE];
    if (table->by >= 0)
        for (row = 0; row < table->csv.rows && table->csv.columns[table->by].labels[row] != (int)point;)
            row++;
    if (column < 0 || row >= table->csv.rows || !table->csv.lines)
        return out;
    snprintf(out, room, "%s, ", study_csv_place(&table->csv, row, column, place));
    return out;
}

int study_table_read(struct study_table *table, struct analysis_input *input, const char *path, const struct study_columns *columns,
                     struct error *err)
{
    *table = (struct study_table){.value = -1, .by = -1, .size = -1, .stage = -1, .time = -1, .stream = -1, .fixed_size = NAN};
    *input = (struct analysis_input){.place = place_of, .table = table};
    if (study_csv_open(&table->csv, path, err) || choose_columns(table, columns, err))
        return -1;
    if (columns->stream && table->value >= 0)
        table->csv.columns[table->value].spool = &table->spool;
    if (study_csv_read(&table->csv, err) || spool_end(&table->spool, err))
        return -1;
    return group(table, columns, input, err);
}

void study_table_free(struct study_table *table, struct analysis_input *input)
{
    free(input->values);
    free(input->sizes);
    free(input->starts);
    free(input->parts);
    free(input->stages);
    free(input->labels);
    free(input->excluded);
    free(table->wide);
    free(table->names);
    free(table->first_rows);
    spool_free(&table->spool);
    study_csv_free(&table->csv);
}
