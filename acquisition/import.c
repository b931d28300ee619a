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

enum { ROWS_A_COMMIT = 20000, JUDGES_A_COMMIT = 2000, CONFLICTS_SHOWN = 10 };

/* Sequence numbers of a part measured again at one instant with its first measurement. */
enum { AGAIN = 1000 };

/* What find_measurement and find_sample say beside -1; GONE: retention let values of that time go, and their figures have it. */
enum { NOT_THERE = 0, THERE = 1, DIFFERENT = 2, GONE = 3 };

struct counts {
    int64_t added, known, gone, late, different, again;
};

/* What the store has of the series at hand, read on as the file's rows come, which are in the same order. */
struct stored {
    struct measurement_cursor *measurements;
    struct measurement *instant; /* all of one time */
    size_t count, room;
    struct measurement next; /* the first behind them, when has_next */
    struct sample_cursor *samples;
    struct sample sample; /* the one it stands on, when has_next */
    bool has_next;
};

struct import {
    const struct plant *plant;
    struct store *store;
    struct batch *batch;
    const char *path;
    struct counts counts, kept; /* of all rows so far; as they were when the last transaction ended */
    bool told;                  /* the audit chain knows of the file */
    int64_t rows;               /* of the file */
    size_t waiting;             /* rows in the batch, polls in the transaction */
    struct stored stored;
    struct judge **ended; /* their standings are written with the batch */
    size_t n_ended, ended_room;
    /* of the characteristic at hand */
    struct judge *judge;
    struct retest *retest;
    int64_t gone_us, newest_us;
    struct import_row before; /* the row before, without its texts */
};

/* --- what is there already */

/* Forgets where it stands: nothing may be written while the store is being read. */
static void stored_close(struct stored *stored)
{
    measurement_cursor_close(stored->measurements);
    sample_cursor_close(stored->samples);
    stored->measurements = NULL;
    stored->samples = NULL;
    stored->count = 0;
    stored->has_next = false;
}

static int next_measurement(struct stored *stored, struct error *err)
{
    int more = measurement_cursor_next(stored->measurements, &stored->next, err);
    stored->has_next = more == 1;
    return more < 0 ? -1 : 0;
}

/* All measurements of the row's instant, into stored->instant. */
static int read_instant(struct import *import, const struct import_row *row, struct error *err)
{
    struct stored *stored = &import->stored;
    if (!stored->measurements &&
        (measurement_cursor_open(&stored->measurements, import->store, row->characteristic->id, row->time_us, import->newest_us + 1, 0, err) ||
         next_measurement(stored, err)))
        return -1;
    if (stored->count && stored->instant[0].time_us == row->time_us)
        return 0;
    stored->count = 0;
    while (stored->has_next && stored->next.time_us <= row->time_us) {
        memory_grow((void **)&stored->instant, &stored->room, stored->count, sizeof *stored->instant);
        if (stored->next.time_us == row->time_us)
            stored->instant[stored->count++] = stored->next;
        if (next_measurement(stored, err))
            return -1;
    }
    return 0;
}

static bool same_value(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static int find_measurement(struct import *import, const struct import_row *row, struct error *err)
{
    const struct import_row *before = &import->before;
    const struct stored *stored = &import->stored;
    if (before->characteristic && before->time_us == row->time_us && before->sequence == row->sequence) /* the file says it twice */
        return before->quality == row->quality && same_value(before->value, row->value) ? THERE : DIFFERENT;
    if (row->time_us > import->newest_us)
        return NOT_THERE;
    if (read_instant(import, row, err))
        return -1;
    for (size_t i = 0; i < stored->count; i++) {
        const struct measurement *m = &stored->instant[i];
        if (m->sequence == row->sequence || (m->attempt && m->sequence == row->sequence + AGAIN))
            return m->quality == row->quality && same_value(m->value, row->value) ? THERE : DIFFERENT;
    }
    return row->time_us < import->gone_us ? GONE : NOT_THERE;
}

static int next_sample(struct stored *stored, struct error *err)
{
    int more = sample_cursor_next(stored->samples, &stored->sample, err);
    stored->has_next = more == 1;
    return more < 0 ? -1 : 0;
}

/* What the store has of an instrument at an instant, by column; QUALITY_ABSENT where there is nothing. */
static int read_poll(struct import *import, const struct instrument *instrument, int64_t time_us, struct reading *readings, struct error *err)
{
    struct stored *stored = &import->stored;
    for (size_t i = 0; i < instrument->n_tags; i++)
        readings[i].quality = QUALITY_ABSENT;
    if (!instrument->id)
        return 0;
    if (!stored->samples &&
        (sample_cursor_open_instrument(&stored->samples, import->store, instrument->id, time_us, INT64_MAX, err) || next_sample(stored, err)))
        return -1;
    while (stored->has_next && stored->sample.time_us <= time_us) {
        for (size_t i = 0; i < instrument->n_tags && stored->sample.time_us == time_us; i++)
            if (instrument->tags[i].id == stored->sample.tag)
                readings[i] = stored->sample.reading;
        if (next_sample(stored, err))
            return -1;
    }
    return 0;
}

static int find_sample(const struct import_row *row, const struct reading *stored)
{
    if (stored->quality == QUALITY_ABSENT)
        return NOT_THERE;
    return stored->quality == row->quality && !strcmp(stored->text, row->text) && same_value(stored->value, row->value) ? THERE : DIFFERENT;
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

/* Ends a transaction; that of the file's first rows tells the audit chain of it. */
static int finish(struct import *import, int failed, bool adds, struct error *err)
{
    bool tells = adds && !import->told;
    if (!failed && tells)
        failed = record_import(import->store, clock_now_us(), person_of_account(import->plant->store_path).name, import->path, import->rows, err);
    if (failed || store_commit(import->store, err)) {
        store_rollback(import->store);
        return -1;
    }
    import->told |= tells;
    import->kept = import->counts;
    return 0;
}

static void destroy_ended(struct import *import)
{
    for (size_t i = 0; i < import->n_ended; i++)
        judge_destroy(import->ended[i]);
    import->n_ended = 0;
}

static int commit(struct import *import, struct error *err)
{
    if (!batch_is_empty(import->batch)) {
        stored_close(&import->stored);
        if (store_begin(import->store, err) || finish(import, batch_write(import->batch, import->store, err), import->counts.added > 0, err))
            return -1;
        batch_reset(import->batch);
        import->waiting = 0;
    }
    destroy_ended(import);
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
    bool by_lot = c->by && c->by == c->lot;
    return (struct arrival){.serial = row->serial,
                            .key = by_lot ? row->context.lot : "",
                            .size = chart_is_attribute(c->chart) ? c->fixed_size : 1,
                            .sequence = row->sequence};
}

/* A row that is not there yet. What is older than what was judged cannot be judged any more: it would change verdicts that people acted on. */
static void take_measurement(struct import *import, const struct import_row *row)
{
    bool good = quality_is_good(row->quality);
    int attempt = row->attempt >= 0 ? row->attempt : good ? retest_attempt(import->retest, row->serial) : 0;
    int64_t judged_us = judge_standing(import->judge)->time_us;
    struct batch_place place = {0};
    batch_context(import->batch, &row->context, &place);
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
        judge_measure(import->judge, row->time_us, &reading, &arrival, import->batch);
    }
    batch_context(import->batch, NULL, NULL);
    import->waiting++;
}

/* --- series by series */

static int begin_characteristic(struct import *import, const struct import_row *row, struct error *err)
{
    const struct characteristic *c = row->characteristic;
    import->before = (struct import_row){0};
    import->judge = judge_create(c);
    import->retest = retest_create(c);
    if (judge_restore(import->judge, import->store, import->batch, row->time_us, err) || retest_restore(import->retest, import->store, err) ||
        store_dropped_until(import->store, c->id, &import->gone_us, err))
        return -1;
    import->newest_us = judge_standing(import->judge)->time_us;
    return 0;
}

/* The next one's rows go into the same transaction, a sync of the disk for each would take longer than all else. The batch reads standing and ids of
 * limits from the judge, which must stay until then. */
static int end_characteristic(struct import *import, struct error *err)
{
    stored_close(&import->stored);
    retest_destroy(import->retest);
    import->retest = NULL;
    memory_grow((void **)&import->ended, &import->ended_room, import->n_ended, sizeof *import->ended);
    import->ended[import->n_ended++] = import->judge;
    import->judge = NULL;
    return batch_is_empty(import->batch) || import->n_ended >= JUDGES_A_COMMIT ? commit(import, err) : 0;
}

/* All rows of one characteristic, the first of which is at hand; then *row is the one behind them. */
static int import_characteristic(struct import *import, struct import_rows *rows, const struct import_row **row, struct error *err)
{
    const struct characteristic *c = (*row)->characteristic;
    int more = begin_characteristic(import, *row, err) ? -1 : 1;
    while (more == 1 && (*row)->characteristic == c) {
        int found = find_measurement(import, *row, err);
        if (found)
            note_found(import, *row, found);
        else
            take_measurement(import, *row);
        import->before = **row;
        if (found < 0 || (import->waiting >= ROWS_A_COMMIT && commit(import, err)))
            more = -1;
        else
            more = import_rows_next(rows, row, err);
    }
    return more < 0 || end_characteristic(import, err) ? -1 : more;
}

static int commit_polls(struct import *import, struct error *err)
{
    int failed = import->waiting ? finish(import, 0, true, err) : 0;
    import->waiting = 0;
    return failed;
}

static int write_poll(struct import *import, const struct instrument *instrument, int64_t time_us, const struct reading *readings, struct error *err)
{
    if (!import->waiting) {
        stored_close(&import->stored);
        if (store_begin(import->store, err))
            return -1;
    }
    if (record_journal(import->store, instrument, time_us, readings, err))
        return -1;
    return ++import->waiting >= ROWS_A_COMMIT ? commit_polls(import, err) : 0;
}

/* Rows of one instrument and instant are one poll. */
static int import_poll(struct import *import, struct import_rows *rows, const struct import_row **row, struct reading *stored, struct error *err)
{
    const struct instrument *instrument = (*row)->tag->instrument;
    struct reading *fresh = stored + instrument->n_tags;
    int64_t time_us = (*row)->time_us, added = 0;
    int more = 1;
    if (read_poll(import, instrument, time_us, stored, err))
        return -1;
    for (size_t i = 0; i < instrument->n_tags; i++)
        fresh[i].quality = QUALITY_ABSENT;
    while (more == 1 && (*row)->tag && (*row)->tag->instrument == instrument && (*row)->time_us == time_us) {
        size_t column = (*row)->tag->column;
        int found = find_sample(*row, fresh[column].quality == QUALITY_ABSENT ? &stored[column] : &fresh[column]);
        if (found)
            note_found(import, *row, found);
        else {
            fresh[column] = (struct reading){.value = (*row)->value, .quality = (*row)->quality};
            snprintf(fresh[column].text, sizeof fresh[column].text, "%s", (*row)->text);
            added++;
        }
        more = import_rows_next(rows, row, err);
    }
    import->counts.added += added;
    return more < 0 || (added && write_poll(import, instrument, time_us, fresh, err)) ? -1 : more;
}

/* All polls of one instrument. */
static int import_instrument(struct import *import, struct import_rows *rows, const struct import_row **row, struct error *err)
{
    const struct instrument *instrument = (*row)->tag->instrument;
    struct reading *readings = memory_zero(2 * instrument->n_tags, sizeof *readings);
    int more = commit(import, err) ? -1 : 1; /* polls are written into a transaction of their own */
    while (more == 1 && (*row)->tag && (*row)->tag->instrument == instrument)
        more = import_poll(import, rows, row, readings, err);
    if (more >= 0 && commit_polls(import, err))
        more = -1;
    stored_close(&import->stored);
    free(readings);
    return more;
}

static int import_all(struct import *import, struct import_rows *rows, struct error *err)
{
    const struct import_row *row;
    int more = import_rows_next(rows, &row, err);
    while (more == 1)
        more = row->characteristic ? import_characteristic(import, rows, &row, err) : import_instrument(import, rows, &row, err);
    if (more == 0 && !commit(import, err)) {
        import->kept = import->counts;
        return 0;
    }
    store_rollback(import->store);
    batch_reset(import->batch);
    import->waiting = 0;
    stored_close(&import->stored);
    judge_destroy(import->judge);
    retest_destroy(import->retest);
    import->judge = NULL;
    import->retest = NULL;
    destroy_ended(import);
    return -1;
}

/* --- the command */

static void print_counts(const struct import *import)
{
    const struct counts *c = &import->kept;
    printf("%s: %lld %s, %lld added", import->path, (long long)import->rows, import->rows == 1 ? "row" : "rows", (long long)c->added);
    const struct {
        int64_t rows;
        const char *before, *one, *many;
    } others[] = {
        {c->known, ", ", "was there already", "were there already"},
        {c->gone, ", ", "is of a time whose values retention let go: not added, the figures have it already",
         "are of a time whose values retention let go: not added, the figures have them already"},
        {c->different, ", ", "refused: the store has another value, which stays", "refused: the store has other values, which stay"},
        {c->late, "; ", "is older than what was judged: kept, not judged", "are older than what was judged: kept, not judged"},
        {c->again, "; ", "is a part measured again: kept, not judged", "are parts measured again: kept, not judged"},
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (others[i].rows)
            printf("%s%lld %s", others[i].before, (long long)others[i].rows, others[i].rows == 1 ? others[i].one : others[i].many);
    printf("\n");
}

static int import_file(struct import *import, const char *path, const char *format, const struct import_naming *naming)
{
    struct error err = {0};
    int status;
    import->path = !strcmp(path, "-") ? "standard input" : path;
    import->counts = import->kept = (struct counts){0};
    struct import_rows *rows = import_rows_read(import->plant, path, format, naming, &err);
    if (!rows)
        return options_failed("import", &err);
    import->rows = import_rows_count(rows);
    import->told = false;
    if (import_all(import, rows, &err)) {
        status = options_failed("import", &err);
        if (import->kept.added)
            fprintf(stderr,
                    "gemba import: %lld rows of %s were added before that, and stay; put this right and import it again, no row is added twice\n",
                    (long long)import->kept.added, import->path);
        else
            fprintf(stderr, "gemba import: nothing of %s was added: put this right and import it again\n", import->path);
    } else
        status = import->counts.different ? 1 : 0;
    print_counts(import);
    import_rows_free(rows);
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
        return options_failed("import", &err);
    import.store = store_open_plant(plant, STORE_RECORD);
    if (import.store) {
        import.batch = batch_create();
        for (; *paths && status < 2; paths++) {
            int result = import_file(&import, *paths, format, naming);
            status = result > status ? result : status;
        }
        batch_destroy(import.batch);
        free(import.stored.instant);
        free(import.ended);
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
        {"format", 'f', OPTION_TEXT, "FORMAT", "csv, json or copy (default: by the file's name, csv otherwise)", &format},
        {"name", 'n', OPTION_TEXT, "NAME", "the characteristic (or tag) of all rows that name none", &naming.name},
        {"column", 0, OPTION_LIST, "OURS=THEIRS,...", "how the file calls a column: --column time=Datum,value=Messwert", &columns},
    };
    const struct command_line line = {
        .usage = "gemba import FILE... [options]",
        .summary =
            "Adds the rows of CSV, JSON or COPY files (- is standard input), as `gemba export` and spreadsheets write them, and judges measurements\n"
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
    if (!operands[0] || (format && strcmp(format, "csv") != 0 && strcmp(format, "json") != 0 && strcmp(format, "copy") != 0)) {
        error_set(&err, ERR_USAGE, operands[0] ? "a file is csv, json or copy" : "which file? gemba import FILE...");
        return options_failed("import", &err);
    }
    struct plant *plant = plant_open(config);
    int status = plant ? run(plant, operands, format, &naming) : 2;
    plant_free(plant);
    return status;
}
