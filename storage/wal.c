/* Keeps the -wal file short, and those who record away from the disk: what they committed is copied into the file by a thread of its own, between
 * their transactions. SQLite begins the -wal anew when all of it is copied and nobody who reads it is left; readers that never pause have to be
 * waited for. */
#include "storage/private.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum {
    COPY_FRAMES = 3000,     /* of 4 KiB: from here on what is committed is copied */
    LONG_FRAMES = 4000,     /* from here on packing waits for the copy before it adds more */
    RESTART_FRAMES = 8000,  /* from here on the recorder waits for its readers, a little, so that the file begins anew */
    WARNING_FRAMES = 65536, /* 256 MiB: somebody holds a view for very long */
    FRAMES_PER_MS = 80,     /* of waiting: the longer the file, the more it is worth */
    WAIT_MOST_MS = 1000,
    STACK = 256 << 10,
};

struct wal_copier {
    sqlite3 *db; /* of its thread */
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool wanted, copying, end;
};

static void *copy(void *argument)
{
    struct wal_copier *copier = argument;
    pthread_mutex_lock(&copier->mutex);
    for (;;) {
        while (!copier->wanted && !copier->end)
            pthread_cond_wait(&copier->changed, &copier->mutex);
        if (copier->end)
            break;
        copier->wanted = false;
        copier->copying = true;
        pthread_mutex_unlock(&copier->mutex);
        sqlite3_wal_checkpoint_v2(copier->db, "main", SQLITE_CHECKPOINT_PASSIVE, NULL, NULL); /* what stays is copied after the next commit */
        pthread_mutex_lock(&copier->mutex);
        copier->copying = false;
        pthread_cond_broadcast(&copier->changed);
    }
    pthread_mutex_unlock(&copier->mutex);
    return NULL;
}

static void destroy(struct wal_copier *copier)
{
    pthread_cond_destroy(&copier->changed);
    pthread_mutex_destroy(&copier->mutex);
    sqlite3_close(copier->db);
    free(copier);
}

/* NULL when there is no thread or file to be had. */
static struct wal_copier *create(const char *path)
{
    struct wal_copier *copier = memory_zero(1, sizeof *copier);
    pthread_attr_t attributes;
    pthread_condattr_t monotonic;
    pthread_mutex_init(&copier->mutex, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&copier->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK);
    bool made = sqlite3_open_v2(path, &copier->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK &&
                sqlite3_exec(copier->db, "PRAGMA schema_version", NULL, NULL, NULL) == SQLITE_OK && /* until it has read it knows of no -wal */
                !pthread_create(&copier->thread, &attributes, copy, copier);
    pthread_attr_destroy(&attributes);
    if (made)
        return copier;
    destroy(copier);
    return NULL;
}

static void ask(struct wal_copier *copier)
{
    pthread_mutex_lock(&copier->mutex);
    copier->wanted = true;
    pthread_cond_broadcast(&copier->changed);
    pthread_mutex_unlock(&copier->mutex);
}

/* Until what was asked for is copied; INT64_MAX: however long it takes. */
static void wait_for(struct wal_copier *copier, int64_t until_us)
{
    const struct timespec until = {.tv_sec = until_us / SECOND_US, .tv_nsec = until_us % SECOND_US * 1000};
    pthread_mutex_lock(&copier->mutex);
    while ((copier->wanted || copier->copying) && !pthread_cond_timedwait(&copier->changed, &copier->mutex, &until))
        ;
    pthread_mutex_unlock(&copier->mutex);
}

/* Readers that come while this waits read the file itself and are in nobody's way; so it ends when the readers of now have ended, or gives up until
 * the file is half as long again: who holds a view for minutes costs the recorder a few waits, not one after the other. */
static void restart(struct store *store, int frames)
{
    int wait_ms = frames / FRAMES_PER_MS;
    if (store->copier)
        wait_for(store->copier, INT64_MAX); /* two cannot copy at once */
    sqlite3_busy_timeout(store->db, wait_ms < WAIT_MOST_MS ? wait_ms : WAIT_MOST_MS);
    bool done = sqlite3_wal_checkpoint_v2(store->db, "main", SQLITE_CHECKPOINT_RESTART, NULL, NULL) == SQLITE_OK;
    sqlite3_busy_timeout(store->db, store->busy_ms);
    store->restart_frames = done ? 0 : frames + frames / 2;
}

static int after_commit(void *context, sqlite3 *db, const char *name, int frames)
{
    struct store *store = context;
    if (frames >= WARNING_FRAMES && !store->wal_warned)
        log_warning("%s-wal has grown to %d MB: a report or a database tool has held one view of the store for long; it shrinks when that ends",
                    store->path, frames / 256);
    store->wal_warned = frames >= WARNING_FRAMES;
    store->wal_frames = frames;
    if (frames < RESTART_FRAMES)
        store->restart_frames = 0;
    if (frames >= COPY_FRAMES && !store->copier)
        store->copier = create(store->path);
    if (frames >= RESTART_FRAMES && store->busy_ms && frames >= store->restart_frames)
        restart(store, frames);
    else if (frames >= COPY_FRAMES && store->copier)
        ask(store->copier);
    else if (frames >= LONG_FRAMES)
        sqlite3_wal_checkpoint_v2(db, name, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    return SQLITE_OK; /* the commit is done, whatever became of the checkpoint */
}

void wal_watch(struct store *store)
{
    sqlite3_wal_hook(store->db, after_commit, store);
}

void wal_settle(struct store *store, int64_t until_us)
{
    if (store->wal_frames >= LONG_FRAMES && store->copier)
        wait_for(store->copier, until_us);
    store->wal_frames = 0;
}

void wal_unwatch(struct store *store)
{
    struct wal_copier *copier = store->copier;
    if (!copier)
        return;
    pthread_mutex_lock(&copier->mutex);
    copier->end = true;
    pthread_cond_broadcast(&copier->changed);
    pthread_mutex_unlock(&copier->mutex);
    pthread_join(copier->thread, NULL);
    destroy(copier);
    store->copier = NULL;
}
