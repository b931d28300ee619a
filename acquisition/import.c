/* `gemba import`: rows of files into the store, judged like live values. */
#include "acquisition/acquisition.h"
#include "acquisition/import_rows.h"
#include "acquisition/judge.h"
#include "acquisition/lock.h"
#include "acquisition/retest.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROWS_A_COMMIT = 20000, CONFLICTS_SHOWN = 10 };

/* Sequence numbers of a part measured again at one instant with its first measurement. */
enum { AGAIN = 1000 };

/* What find_measurement and find_sample say beside -1; GONE: retention let values of that time go, and their figures have it. */
enum { NOT_THERE = 0, THERE = 1, DIFFERENT = 2, GONE = 3 };

struct counts {
    int64_t added, known, gone, late, different, again;
};

struct import {
    const struct plant *plant;
    struct store *store;
    struct batch *batch;
    const char *path;
    struct counts counts;
    size_t waiting; /* rows in the batch */
};

/* --- what is there already */

static int find_measurement(struct import *import, const struct import_row *row, int64_t gone_us, struct error *err)
{
    struct measurement_cursor *cursor;
    struct measurement m;
    int more, found = NOT_THERE;
    if (measurement_cursor_open(&cursor, import->store, row->characteristic->id, row->time_us, row->time_us + 1, 0, err))
        return -1;
    while ((more = measurement_cursor_next(cursor, &m, err)) == 1 && !found)
        if (m.sequence == row->sequence || (m.attempt && m.sequence == row->sequence + AGAIN))
            found = m.quality == row->quality && (m.value == row->value || (isnan(m.value) && isnan(row->value))) ? THERE : DIFFERENT;
    measurement_cursor_close(cursor);
    return more < 0 ? -1 : found == NOT_THERE && row->time_us < gone_us ? GONE : found;
}

static int find_sample(struct import *import, const struct import_row *row, struct error *err)
{
    struct sample_cursor *cursor;
    struct sample sample;
    int more, found = NOT_THERE;
    if (!row->tag->id)
        return NOT_THERE;
    if (sample_cursor_open(&cursor, import->store, row->tag->id, row->time_us, row->time_us + 1, err))
        return -1;
    while ((more = sample_cursor_next(cursor, &sample, err)) == 1 && !found) {
        const struct reading *r = &sample.reading;
        bool same = r->quality == row->quality && !strcmp(r->text, row->text) && (r->value == row->value || (isnan(r->value) && isnan(row->value)));
        found = same ? THERE : DIFFERENT;
    }
    sample_cursor_close(cursor);
    return more < 0 ? -1 : found;
}

static void note_found(struct import *import, const struct import_row *row, int found)
{
    import->counts.known += found == THERE;
    import->counts.gone += found == GONE;
    if (found != DIFFERENT || import->counts.different++ >= CONFLICTS_SHOWN)
        return;
    char when[32];
    fprintf(stderr, "%s:%lld: %s at %s has another value in the store, which stays\n", import->path, (long long)row->line,
            row->characteristic ? row->characteristic->name : row->tag->full_name, text_time_iso(row->time_us, when, sizeof when));
}

/* --- writing */

static int commit(struct import *import, struct error *err)
{
    if (batch_is_empty(import->batch))
        return 0;
    if (store_begin(import->store, err))
        return -1;
    if (batch_write(import->batch, import->store, err) || store_commit(import->store, err)) {
        store_rollback(import->store);
        return -1;
    }
    batch_reset(import->batch);
    import->waiting = 0;
    return 0;
}

static void keep_unjudged(struct import *import, const struct import_row *row, int64_t sequence, int attempt)
{
    struct measurement m = {.characteristic = row->characteristic->id,
                            .time_us = row->time_us,
                            .value = row->value,
                            .quality = row->quality,
                            .sequence = sequence,
                            .attempt = attempt};
    snprintf(m.serial, sizeof m.serial, "%s", row->serial);
    batch_measurement(import->batch, &m);
}

/* Subgroups end with the lot where the lot is what ends them; counts without a size are of the configured one. */
static struct arrival arrival_of(const struct import_row *row)
{
    const struct characteristic *c = row->characteristic;
    bool by_lot = c->by && c->by == c->lot && row->context;
    return (struct arrival){row->serial, by_lot ? row->context->lot : "", chart_is_attribute(c->chart) ? c->fixed_size : 1, NULL};
}

/* A row that is not there yet. What is older than what was judged cannot be judged any more: it would change verdicts that people acted on. */
static void take_measurement(struct import *import, struct judge *judge, struct retest *retest, const struct import_row *row)
{
    bool good = quality_is_good(row->quality);
    int attempt = row->attempt >= 0 ? row->attempt : good ? retest_attempt(retest, row->serial) : 0;
    int64_t judged_us = judge_standing(judge)->time_us;
    struct batch_place place = {0};
    batch_context(import->batch, row->context, &place);
    import->counts.added++;
    if (row->time_us < judged_us) {
        import->counts.late++;
        keep_unjudged(import, row, row->sequence, attempt);
    } else if (attempt) {
        import->counts.again++;
        keep_unjudged(import, row, row->attempt < 0 && row->time_us == judged_us ? row->sequence + AGAIN : row->sequence, attempt);
    } else {
        struct reading reading = {.value = row->value, .quality = row->quality};
        struct arrival arrival = arrival_of(row);
        judge_measure(judge, row->time_us, &reading, &arrival, import->batch);
    }
    batch_context(import->batch, NULL, NULL);
    import->waiting++;
}

/* All rows of one characteristic. */
static int import_characteristic(struct import *import, const struct import_row *rows, size_t count, struct error *err)
{
    struct judge *judge = judge_create(rows->characteristic);
    struct retest *retest = retest_create(rows->characteristic);
    int64_t gone_us;
    int failed = judge_restore(judge, import->store, import->batch, rows->time_us, err) || retest_restore(retest, import->store, err) ||
                 store_dropped_until(import->store, rows->characteristic->id, &gone_us, err);
    int64_t newest_us = judge_standing(judge)->time_us;
    for (size_t i = 0; i < count && !failed; i++) {
        int found = rows[i].time_us <= newest_us ? find_measurement(import, &rows[i], gone_us, err) : NOT_THERE;
        failed = found < 0;
        if (found)
            note_found(import, &rows[i], found);
        else
            take_measurement(import, judge, retest, &rows[i]);
        if (!failed && import->waiting >= ROWS_A_COMMIT)
            failed = commit(import, err);
    }
    failed = failed || commit(import, err); /* the standing is read from the judge */
    judge_destroy(judge);
    retest_destroy(retest);
    return failed ? -1 : 0;
}

/* Rows of one instrument and instant are one poll. */
static int import_poll(struct import *import, const struct import_row *rows, size_t count, struct reading *readings, struct error *err)
{
    const struct instrument *instrument = rows->tag->instrument;
    size_t fresh = 0;
    for (size_t i = 0; i < instrument->n_tags; i++)
        readings[i].quality = QUALITY_ABSENT;
    for (size_t i = 0; i < count; i++) {
        int found = find_sample(import, &rows[i], err);
        if (found < 0)
            return -1;
        if (found)
            note_found(import, &rows[i], found);
        struct reading *reading = &readings[rows[i].tag->column];
        if (found || reading->quality != QUALITY_ABSENT)
            continue;
        *reading = (struct reading){.value = rows[i].value, .quality = rows[i].quality};
        snprintf(reading->text, sizeof reading->text, "%s", rows[i].text);
        fresh++;
    }
    if (!fresh)
        return 0;
    if (store_begin(import->store, err))
        return -1;
    if (record_journal(import->store, instrument, rows->time_us, readings, err) || store_commit(import->store, err)) {
        store_rollback(import->store);
        return -1;
    }
    import->counts.added += (int64_t)fresh;
    return 0;
}

static bool same_group(const struct import_row *a, const struct import_row *b)
{
    if (a->characteristic || b->characteristic)
        return a->characteristic == b->characteristic;
    return a->tag->instrument == b->tag->instrument && a->time_us == b->time_us;
}

static int import_all(struct import *import, const struct import_rows *rows, struct error *err)
{
    size_t most_tags = 1;
    for (size_t i = 0; i < import->plant->n_instruments; i++)
        most_tags = import->plant->instruments[i].n_tags > most_tags ? import->plant->instruments[i].n_tags : most_tags;
    struct reading *readings = memory_zero(most_tags, sizeof *readings);
    int failed = 0;
    for (size_t i = 0, next; i < rows->count && !failed; i = next) {
        for (next = i + 1; next < rows->count && same_group(&rows->items[i], &rows->items[next]);)
            next++;
        failed = rows->items[i].characteristic ? import_characteristic(import, &rows->items[i], next - i, err)
                                               : import_poll(import, &rows->items[i], next - i, readings, err);
    }
    free(readings);
    return failed;
}

/* --- the command */

static void print_counts(const struct import *import, size_t rows)
{
    const struct counts *c = &import->counts;
    printf("%s: %zu rows, %lld added", import->path, rows, (long long)c->added);
    if (c->known)
        printf(", %lld were there already", (long long)c->known);
    if (c->gone)
        printf(", %lld are of a time whose values retention let go: not added, their figures are kept", (long long)c->gone);
    if (c->different)
        printf(", %lld refused: the store has another value", (long long)c->different);
    if (c->late)
        printf("; %lld are older than what was judged: kept, not judged", (long long)c->late);
    if (c->again)
        printf("; %lld are parts measured again: kept, not judged", (long long)c->again);
    printf("\n");
}

static int failed(const struct error *err)
{
    fprintf(stderr, "gemba import: %s\n", err->text);
    return 2;
}

static int import_file(struct import *import, const char *path, const char *format, const struct import_naming *naming)
{
    struct error err = {0};
    struct import_rows rows = {0};
    int status = 0;
    import->path = !strcmp(path, "-") ? "standard input" : path;
    import->counts = (struct counts){0};
    if (import_rows_read(&rows, import->plant, path, format, naming, &err))
        status = failed(&err);
    else {
        import_rows_sort(&rows);
        status = import_all(import, &rows, &err) ? failed(&err) : import->counts.different ? 1 : 0;
        print_counts(import, rows.count);
    }
    import_rows_free(&rows);
    return status;
}

static int run(struct plant *plant, const char *const *paths, const char *format, const struct import_naming *naming)
{
    struct import import = {.plant = plant};
    struct error err;
    int status = 0, lock = lock_store(plant->store_path, &err);
    if (lock < 0 && err.code == ERR_LOCKED)
        error_set(&err, ERR_LOCKED,
                  "the collector is running, and it is the one that judges: stop it (systemctl stop gemba), import, start it again");
    if (lock < 0)
        return failed(&err);
    import.store = store_open_plant(plant, STORE_RECORD);
    if (import.store) {
        import.batch = batch_create();
        for (; *paths && status < 2; paths++) {
            int result = import_file(&import, *paths, format, naming);
            status = result > status ? result : status;
        }
        batch_destroy(import.batch);
    } else
        status = 2;
    store_close(import.store);
    close(lock);
    return status;
}

int import_command(int argc, char **argv)
{
    const char *config = NULL, *format = NULL, *operands[65] = {NULL};
    struct option_list columns = {0};
    struct import_naming naming = {.columns = &columns};
    const struct option_row rows[] = {
        OPTIONS_CONFIG(&config),
        {"format", 'f', OPTION_TEXT, "FORMAT", "csv or json (default: by the file's name, csv otherwise)", &format},
        {"name", 'n', OPTION_TEXT, "NAME", "the characteristic (or tag) of all rows that name none", &naming.name},
        {"column", 0, OPTION_LIST, "OURS=THEIRS,...", "how the file calls a column: --column time=Datum,value=Messwert", &columns},
    };
    const struct command_line line = {
        .usage = "gemba import FILE... [options]",
        .summary =
            "Adds the rows of CSV or JSON files (- is standard input), as `gemba export` and spreadsheets write them, and judges measurements\n"
            "like live values. Columns: time, value, name, and those of gemba export; others are passed over. What is there already is not\n"
            "added again; a row with another value than the store's is refused. A file with a wrong row is refused whole, with\n"
            "file:line:column of each. The collector must not be running.\n"
            "Exit status: 0 done, 1 rows were refused because the store has another value, 2 an error.",
        .rows = rows,
        .count = sizeof rows / sizeof rows[0],
        .max_operands = 64,
    };
    struct error err;
    int parsed = options_parse(&line, argc, argv, operands);
    if (parsed)
        return parsed > 0 ? 0 : 2;
    if (!operands[0] || (format && strcmp(format, "csv") != 0 && strcmp(format, "json") != 0)) {
        error_set(&err, ERR_USAGE, operands[0] ? "a file is csv or json" : "which file? gemba import FILE...");
        return failed(&err);
    }
    struct plant *plant = plant_open(config);
    int status = plant ? run(plant, operands, format, &naming) : 2;
    plant_free(plant);
    return status;
}
