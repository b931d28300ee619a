/* The oldest polls of a layout become a chunk. */
#include "storage/packer_private.h"
#include "storage/polls.h"

#include <stdlib.h>

/* Enough for a column to be packed well, few enough for a chunk to be read at once, and packed in a few milliseconds. */
static int64_t polls_of_chunk(const struct layout *layout)
{
    enum { VALUES = 8192, MOST = 1024, LEAST = 64 };
    int64_t polls = VALUES / (int64_t)(layout->count + 1);
    return polls > MOST ? MOST : polls < LEAST ? LEAST : polls;
}

static int load_oldest(struct store *store, const struct layout *layout, int64_t before_us, int64_t most, struct polls *polls, struct error *err)
{
    struct reading *readings = memory_zero(layout->count + 1, sizeof *readings);
    sqlite3_stmt *statement = query_start(store, QUERY_JOURNAL_OLDEST, err, "iiii", layout->instrument, layout->id, before_us, most);
    int more = statement ? 0 : -1;
    while (statement && (more = query_next(store, statement, err)) == 1) {
        int64_t time_us = sqlite3_column_int64(statement, 0);
        if (journal_unpack(store, layout, time_us, sqlite3_column_blob(statement, 1), (size_t)sqlite3_column_bytes(statement, 1), readings, err)) {
            more = -1;
            break;
        }
        polls_add(polls, time_us, readings);
    }
    if (statement)
        query_end(statement);
    free(readings);
    return more;
}

/* Late polls and the chunk they belong to, as one. */
static int repack(struct store *store, const struct layout *layout, const struct poll_chunk *chunk, const struct polls *late, struct error *err)
{
    struct polls old, both;
    size_t a = 0, b = 0;
    polls_init(&old, layout->count);
    polls_init(&both, layout->count);
    int failed = poll_chunk_read(store, chunk, layout, 0, &old, err);
    while (!failed && (a < old.count || b < late->count)) {
        bool first = b == late->count || (a < old.count && old.times[a] <= late->times[b]);
        polls_copy(&both, first ? &old : late, first ? a++ : b++);
    }
    failed = failed || poll_chunk_remove(store, chunk, err) || poll_chunk_add(store, layout->id, &both, err);
    polls_free(&old);
    polls_free(&both);
    return failed ? -1 : 0;
}

int packer_layout(struct store *store, int64_t id, int64_t keep, int64_t *missing, struct error *err)
{
    const struct layout *layout = layout_get(store, id, err);
    if (!layout)
        return -1;
    int64_t most = polls_of_chunk(layout), first_us, until_us = INT64_MAX;
    if (query_integer(store, QUERY_JOURNAL_ROOM, missing, err, "iii", layout->instrument, id, keep ? keep + most + 1 : 2) != 1)
        return -1;
    if (*missing)
        return 0;
    *missing = 1;
    if (query_integer(store, QUERY_JOURNAL_FIRST, &first_us, err, "ii", layout->instrument, id) != 1)
        return -1;
    if (!keep && query_integer(store, QUERY_JOURNAL_LAST, &until_us, err, "ii", layout->instrument, id) < 0)
        return -1; /* the newest stays: it is the present */
    struct poll_chunk chunk;
    int found = poll_chunk_at(store, id, first_us, &chunk, err);
    bool late = found == 1 && chunk.first_us <= first_us;
    if (found == 1)
        until_us = late ? (chunk.last_us < until_us ? chunk.last_us + 1 : until_us) : chunk.first_us < until_us ? chunk.first_us : until_us;
    struct polls polls;
    polls_init(&polls, layout->count);
    int failed = found < 0 || load_oldest(store, layout, until_us, most, &polls, err);
    if (!failed && polls.count) {
        failed = (late ? repack(store, layout, &chunk, &polls, err) : poll_chunk_add(store, id, &polls, err)) ||
                 query_run(store, QUERY_JOURNAL_FORGET, err, "iii", layout->instrument, id, polls.times[polls.count - 1]);
        *missing = 0;
    }
    polls_free(&polls);
    return failed ? -1 : 0;
}
