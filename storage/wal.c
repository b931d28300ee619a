/* Keeps the -wal file short under readers that never pause: SQLite's own checkpoints begin it anew only when nobody happens to read. */
#include "storage/private.h"

enum {
    PASSIVE_FRAMES = 4000,  /* of 4 KiB: from here on every commit copies what no reader is in the way of */
    RESTART_FRAMES = 8000,  /* from here on the recorder waits for its readers, a little, so that the file begins anew */
    WARNING_FRAMES = 65536, /* 256 MiB: somebody holds a view for very long */
    WAIT_MS = 100,          /* per RESTART_FRAMES: the longer the file, the more it is worth */
    WAIT_MOST_MS = 1000,
};
static const int64_t first_pause_us = SECOND_US / 5, longest_pause_us = 16 * SECOND_US;

/* Readers that come while this waits read the file itself and are in nobody's way; so it ends when the readers of now have ended, or gives up. */
static void restart(struct store *store, int frames)
{
    int wait_ms = WAIT_MS * (frames / RESTART_FRAMES);
    sqlite3_busy_timeout(store->db, wait_ms < WAIT_MOST_MS ? wait_ms : WAIT_MOST_MS);
    bool done = sqlite3_wal_checkpoint_v2(store->db, "main", SQLITE_CHECKPOINT_RESTART, NULL, NULL) == SQLITE_OK;
    sqlite3_busy_timeout(store->db, RECORD_BUSY_MS);
    int64_t pause_us = 2 * store->restart_pause_us;
    store->restart_pause_us = done || pause_us < first_pause_us ? first_pause_us : pause_us > longest_pause_us ? longest_pause_us : pause_us;
    store->restart_due_us = done ? 0 : clock_monotonic_us() + store->restart_pause_us;
}

static int after_commit(void *context, sqlite3 *db, const char *name, int frames)
{
    struct store *store = context;
    if (frames >= WARNING_FRAMES && !store->wal_warned)
        log_warning("%s-wal has grown to %d MB: a report or a database tool has held one view of the store for long; it shrinks when that ends",
                    store->path, frames / 256);
    store->wal_warned = frames >= WARNING_FRAMES;
    if (frames >= RESTART_FRAMES && clock_monotonic_us() >= store->restart_due_us)
        restart(store, frames);
    else if (frames >= PASSIVE_FRAMES)
        sqlite3_wal_checkpoint_v2(db, name, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    return SQLITE_OK; /* the commit is done, whatever became of the checkpoint */
}

void wal_watch(struct store *store)
{
    sqlite3_wal_hook(store->db, after_commit, store);
}
