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

/* A round is over: what has come meanwhile takes part in the next. */
static int begin_round(struct store *store, struct error *err)
{
    store->turn = store->n_turns = 0;
    return list(store, QUERY_CHARACTERISTICS, false, err) || list(store, QUERY_LAYOUTS, true, err) ? -1 : 0;
}

/* Inside a transaction: the next series is packed by one chunk when it has that much; then it stays its turn. *seen: series in a row without any. */
static int step(struct store *store, int64_t keep, size_t *seen, struct error *err)
{
    bool packed;
    if (store->turn >= store->n_turns && begin_round(store, err))
        return -1;
    if (store->n_turns == 0)
        return 0;
    struct turn turn = store->turns[store->turn++];
    if ((turn.is_layout ? packer_layout : packer_characteristic)(store, turn.id, keep, &packed, err))
        return -1;
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
