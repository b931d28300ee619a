/* Polls: recording them, reading them back, the newest one. */
#include "storage/late.h"
#include "storage/polls.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Those that are not absent: the array itself when all are there, else a copy that the caller frees. */
static const struct reading *present(const struct instrument *instrument, const struct reading *readings, struct reading **copy)
{
    size_t there = 0;
    *copy = NULL;
    for (size_t i = 0; i < instrument->n_tags; i++)
        there += readings[i].quality != QUALITY_ABSENT;
    if (there == instrument->n_tags)
        return readings;
    *copy = memory_zero(there + 1, sizeof **copy);
    there = 0;
    for (size_t i = 0; i < instrument->n_tags; i++)
        if (readings[i].quality != QUALITY_ABSENT)
            (*copy)[there++] = readings[i];
    return *copy;
}

/* One row of those that are not absent. */
static int record_row(struct store *store, const struct instrument *instrument, int64_t time_us, const struct reading *readings, struct error *err)
{
    const struct layout *layout = layout_for(store, instrument, readings, err);
    if (!layout)
        return -1;
    int packed = poll_chunk_has(store, layout, time_us, err);
    if (packed || layout->count == 0)
        return packed < 0 ? -1 : 0;
    struct late_key newest;
    if (late_newest(store, LATE_POLLS, layout->id, &newest, err))
        return -1;
    struct reading *some;
    readings = present(instrument, readings, &some);
    unsigned char small[4096], *bytes = PACK_MAX(layout->count) <= sizeof small ? small : memory_zero(PACK_MAX(layout->count), 1);
    size_t size = pack_readings(layout->codes, layout->count, readings, bytes);
    packer_recorded(store, true, layout->id, 1);
    int result = query_run(store, QUERY_JOURNAL_ADD, err, "iiib", instrument->id, time_us, layout->id, (const void *)bytes, size);
    if (!result && sqlite3_changes(store->db))
        late_added(store, LATE_POLLS, layout->id, newest, (struct late_key){time_us, 0});
    if (!result && some)
        result = query_run(store, QUERY_NEWEST_SET, err, "iii", layout->id, instrument->id, time_us);
    if (bytes != small)
        free(bytes);
    free(some);
    return result;
}

static bool any_present(const struct instrument *instrument, const struct reading *readings, enum tag_record record)
{
    for (size_t i = 0; i < instrument->n_tags; i++)
        if (readings[i].quality != QUALITY_ABSENT && instrument->tags[i].record == record)
            return true;
    return false;
}

/* Tags that are recorded on change have a row each: every mixture of those that changed would be a layout of its own. */
static int record_apart(struct store *store, const struct instrument *instrument, int64_t time_us, const struct reading *readings, struct error *err)
{
    struct reading *row = memory_zero(instrument->n_tags + 1, sizeof *row);
    bool others = any_present(instrument, readings, RECORD_POLLS);
    for (size_t i = 0; i < instrument->n_tags; i++) {
        row[i] = readings[i];
        if (instrument->tags[i].record == RECORD_CHANGES)
            row[i].quality = QUALITY_ABSENT;
    }
    int failed = others ? record_row(store, instrument, time_us, row, err) : 0;
    for (size_t i = 0; i < instrument->n_tags; i++)
        row[i].quality = QUALITY_ABSENT;
    for (size_t i = 0; !failed && i < instrument->n_tags; i++) {
        if (instrument->tags[i].record != RECORD_CHANGES || readings[i].quality == QUALITY_ABSENT)
            continue;
        row[i] = readings[i];
        failed = record_row(store, instrument, time_us, row, err);
        row[i].quality = QUALITY_ABSENT;
    }
    free(row);
    return failed;
}

int record_journal(struct store *store, const struct instrument *instrument, int64_t time_us, const struct reading *readings, struct error *err)
{
    if (any_present(instrument, readings, RECORD_CHANGES))
        return record_apart(store, instrument, time_us, readings, err);
    return any_present(instrument, readings, RECORD_POLLS) ? record_row(store, instrument, time_us, readings, err) : 0;
}

int journal_unpack(struct store *store, const struct layout *layout, int64_t time_us, const void *data, size_t size, struct reading *readings,
                   struct error *err)
{
    if (pack_unpack(layout->codes, layout->count, data, size, readings) == 0)
        return 0;
    char when[32];
    return error_set(err, ERR_CORRUPT, "the store %s is damaged: the poll at %s cannot be unpacked; restore a backup", store->path,
                     text_time_iso(time_us, when, sizeof when));
}

/* A row of QUERY_JOURNAL or QUERY_JOURNAL_NEWEST; *readings is grown to hold it. */
static const struct layout *read_row(struct store *store, sqlite3_stmt *statement, int64_t *time_us, struct reading **readings, struct error *err)
{
    *time_us = sqlite3_column_int64(statement, 0);
    const struct layout *layout = layout_get(store, sqlite3_column_int64(statement, 1), err);
    if (!layout)
        return NULL;
    *readings = memory_resize(*readings, layout->count + 1, sizeof **readings);
    const void *data = sqlite3_column_blob(statement, 2);
    size_t size = (size_t)sqlite3_column_bytes(statement, 2);
    return journal_unpack(store, layout, *time_us, data, size, *readings, err) ? NULL : layout;
}

/* Readings of a row for the tags that have none yet. */
static void take_row(const struct layout *layout, const struct instrument *instrument, const struct reading *stored, int64_t time_us,
                     struct reading *readings, int64_t *times_us)
{
    for (size_t i = 0; i < instrument->n_tags; i++)
        for (size_t j = 0; j < layout->count && !times_us[i]; j++) {
            size_t k = (i + j) % layout->count; /* mostly its own place */
            if (layout->tags[k] != instrument->tags[i].id)
                continue;
            readings[i] = stored[k];
            times_us[i] = time_us;
        }
}

static int take_rows(struct store *store, enum query query, const struct instrument *instrument, struct reading *readings, int64_t *times_us,
                     struct error *err)
{
    sqlite3_stmt *statement = query_start(store, query, err, "i", instrument->id);
    if (!statement)
        return -1;
    struct reading *stored = NULL;
    const struct layout *layout = NULL;
    int64_t time_us;
    int found;
    while ((found = query_next(store, statement, err)) == 1 && (layout = read_row(store, statement, &time_us, &stored, err)))
        take_row(layout, instrument, stored, time_us, readings, times_us);
    query_end(statement);
    free(stored);
    return found ? -1 : 0;
}

/* A tag that is recorded on change holds its value for as long as its instrument answers. */
static int hold_unchanged(struct store *store, const struct instrument *instrument, const struct reading *readings, int64_t *times_us,
                          struct error *err)
{
    struct link_status status = {0};
    struct error missing;
    bool any = false;
    for (size_t i = 0; i < instrument->n_tags; i++)
        any |= instrument->tags[i].record == RECORD_CHANGES;
    if (!any || (store_link_status(store, instrument->id, &status, &missing) && missing.code == ERR_NOT_FOUND))
        return 0;
    if (!status.time_us) {
        if (err)
            *err = missing;
        return -1;
    }
    for (size_t i = 0; i < instrument->n_tags; i++)
        if (instrument->tags[i].record == RECORD_CHANGES && times_us[i] && !quality_is_bad(readings[i].quality) &&
            times_us[i] < status.last_answer_us)
            times_us[i] = status.last_answer_us;
    return 0;
}

int store_latest_each(struct store *store, const struct instrument *instrument, struct reading *readings, int64_t *times_us, struct error *err)
{
    for (size_t i = 0; i < instrument->n_tags; i++) {
        readings[i] = (struct reading){.value = NAN, .quality = QUALITY_BAD_NEVER_READ};
        times_us[i] = 0;
    }
    if (take_rows(store, QUERY_JOURNAL_NEWEST, instrument, readings, times_us, err))
        return -1;
    return take_rows(store, QUERY_NEWEST, instrument, readings, times_us, err) || hold_unchanged(store, instrument, readings, times_us, err) ? -1 : 0;
}

int store_latest(struct store *store, const struct instrument *instrument, struct reading *readings, int64_t *time_us, struct error *err)
{
    int64_t *times_us = memory_zero(instrument->n_tags + 1, sizeof *times_us);
    int failed = store_latest_each(store, instrument, readings, times_us, err);
    *time_us = 0;
    for (size_t i = 0; i < instrument->n_tags; i++)
        *time_us = times_us[i] > *time_us ? times_us[i] : *time_us;
    free(times_us);
    return failed;
}
