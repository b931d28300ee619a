/* Whose turn it is to be packed: series after series, a few milliseconds at a time. */
#include "storage/packer_private.h"

#include <stdlib.h>

enum { TRANSACTION_US = 10000 };

static int list(struct store *store, enum query query, bool is_layout, struct error *err)
{
    sqlite3_stmt *statement = query_start(store, query, err, "");
    int more = statement ? 0 : -1;
    while (statement && (more = query_next(store, statement, err)) == 1) {
        memory_grow((void **)&store->turns, &store->turns_room, store->n_turns, sizeof *store->turns);
        store->turns[store->n_turns++] = (struct turn){sqlite3_column_int64(statement, 0), is_layout};
    }
    if (statement)
        query_end(statement);
    return more;
}

/* A round is over: series that have come meanwhile take part in the next; where rounds bring nothing they are looked for once a second. */
static int begin_round(struct store *store, int64_t keep, struct error *err)
{
    int64_t now_us = clock_monotonic_us();
    store->turn = 0;
    if (keep && store->n_turns && now_us < store->listed_us + SECOND_US)
        return 0;
    store->listed_us = now_us;
    store->n_turns = 0;
    return list(store, QUERY_CHARACTERISTICS, false, err) || list(store, QUERY_LAYOUTS, true, err) ? -1 : 0;
}

static int64_t *rows_missing(struct store *store, bool is_layout, int64_t id)
{
    struct missing *missing = &store->missing[is_layout];
    while (missing->count <= (size_t)id) {
        memory_grow((void **)&missing->rows, &missing->room, missing->count, sizeof *missing->rows);
        missing->rows[missing->count++] = 0;
    }
    return &missing->rows[id];
}

void packer_recorded(struct store *store, bool is_layout, int64_t id, int64_t rows)
{
    if ((size_t)id < store->missing[is_layout].count)
        store->missing[is_layout].rows[id] -= rows;
}

/* Inside a transaction: the next series is packed by one chunk when it has that much; then it stays its turn. *seen: series in a row without any. A
 * series that had too few rows is not looked at again before this connection has recorded as many as it lacked. */
static int step(struct store *store, int64_t keep, size_t *seen, struct error *err)
{
    if (store->turn >= store->n_turns && begin_round(store, keep, err))
        return -1;
    if (store->n_turns == 0)
        return 0;
    struct turn turn = store->turns[store->turn++];
    int64_t *missing = rows_missing(store, turn.is_layout, turn.id);
    if (keep && *missing > 0) {
        ++*seen;
        return 0;
    }
    if ((turn.is_layout ? packer_layout : packer_characteristic)(store, turn.id, keep, missing, err))
        return -1;
    bool packed = *missing == 0;
    *seen = packed ? 0 : *seen + 1;
    store->turn -= packed;
    store->packed += packed;
    return 0;
}

/* One transaction's worth. */
static int pack_some(struct store *store, int64_t keep, int64_t until_us, size_t *seen, struct error *err)
{
    if (store_begin(store, err))
        return -1;
    do {
        if (step(store, keep, seen, err)) {
            store_rollback(store);
            return -1;
        }
    } while (*seen < store->n_turns && clock_monotonic_us() < until_us);
    if (store_commit(store, err) == 0)
        return 0;
    store_rollback(store);
    return -1;
}

int store_pack(struct store *store, int64_t keep, int64_t budget_us, bool *more, struct error *err)
{
    size_t seen = 0;
    int64_t now_us = clock_monotonic_us(), end_us = now_us + budget_us;
    if (keep != store->missing_keep)
        store->missing[0].count = store->missing[1].count = 0;
    store->missing_keep = keep;
    int failed, busy_ms = store_patience(store, 0); /* whoever records has no time to wait for a lock that only packing needs */
    do {
        wal_settle(store, end_us);
        now_us = clock_monotonic_us();
        failed = pack_some(store, keep, now_us + TRANSACTION_US < end_us ? now_us + TRANSACTION_US : end_us, &seen, err);
        now_us = clock_monotonic_us();
    } while (!failed && seen < store->n_turns && now_us < end_us);
    store_patience(store, busy_ms);
    *more = !failed && seen < store->n_turns;
    return failed;
}

int64_t store_packed(const struct store *store)
{
    return store->packed;
}
