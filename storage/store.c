/* Opening, closing, transactions. */
#include "storage/chunk.h"
#include "storage/late.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
    int flags, busy_timeout_ms;
    const char *pragmas;
} modes[] = {
    [STORE_READ] = {SQLITE_OPEN_READONLY, 2000, NULL},
    [STORE_WRITE] = {SQLITE_OPEN_READWRITE, 5000, "PRAGMA synchronous = FULL; PRAGMA foreign_keys = 1;"},
    [STORE_RECORD] = {SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, RECORD_BUSY_MS,
                      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = 1;"
                      "PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -16000;"},
};

int store_patience(struct store *store, int busy_ms)
{
    int before_ms = store->busy_ms;
    store->busy_ms = busy_ms;
    sqlite3_busy_timeout(store->db, busy_ms);
    return before_ms;
}

/* "file:" and the path with what a URI would misread escaped. */
static char *uri_of(const char *path, const char *parameter)
{
    char *uri = memory_zero(strlen(path) * 3 + 32, 1), *out = uri + sprintf(uri, "file:");
    for (; *path; path++)
        out += sprintf(out, strchr("%?#", *path) ? "%%%02X" : "%c", (unsigned char)*path);
    sprintf(out, "?%s", parameter);
    return uri;
}

/* Counting SQLite's memory takes a lock at every allocation, 5 % of recording. */
static void configure(void)
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

/* alone: NULL, or the URI parameter for a file that nobody has open and that cannot be locked. */
static int connect_to(struct store *store, const char *alone, struct error *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, configure);
    char *uri = alone ? uri_of(store->path, alone) : NULL;
    int rc = sqlite3_open_v2(uri ? uri : store->path, &store->db, modes[store->mode].flags | SQLITE_OPEN_NOMUTEX | (uri ? SQLITE_OPEN_URI : 0), NULL);
    free(uri);
    if (rc != SQLITE_OK)
        return fault_set(err, store->path, store->db, rc);
    store->alone = alone != NULL;
    sqlite3_extended_result_codes(store->db, 1);
    store_patience(store, modes[store->mode].busy_timeout_ms);
    return 0;
}

static void disconnect(struct store *store)
{
    for (size_t i = 0; i < QUERY_COUNT; i++) {
        sqlite3_finalize(store->statements[i]);
        store->statements[i] = NULL;
    }
    /* v2: a cursor that is still open keeps the old connection until it is closed */
    sqlite3_close_v2(store->db);
    store->db = NULL;
}

/* All zero when there is none, or an empty one. */
static struct stat wal_of(const struct store *store)
{
    char *wal = memory_format("%s-wal", store->path);
    struct stat st;
    bool found = stat(wal, &st) == 0 && st.st_size > 0;
    free(wal);
    return found ? st : (struct stat){0};
}

static bool has_index(const struct store *store)
{
    char *index = memory_format("%s-shm", store->path);
    bool found = access(index, F_OK) == 0;
    free(index);
    return found;
}

/* A reader without write permission cannot make the -shm file that WAL needs. When there is no -wal either, the file alone is complete; when there
 * is one, as beside a copy, nobody has the two open, and an index in this process's own memory does. */
static int connect_reader(struct store *store, struct error *err)
{
    struct error first;
    if (!connect_to(store, NULL, &first) && !schema_prepare(store, &first))
        return 0;
    disconnect(store);
    store->seen_wal = wal_of(store);
    bool is_alone = !store->seen_wal.st_size || !has_index(store);
    if ((first.code != ERR_IO && first.code != ERR_READ_ONLY) || !is_alone || stat(store->path, &store->seen)) {
        if (err)
            *err = first;
        return -1;
    }
    if (connect_to(store, store->seen_wal.st_size ? "vfs=unix-none" : "immutable=1", err))
        return -1;
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    if (sqlite3_exec(store->db, "PRAGMA locking_mode = EXCLUSIVE", NULL, NULL, NULL) != SQLITE_OK)
        return fault_set(err, store->path, store->db, SQLITE_OK);
    return schema_prepare(store, err);
}

static bool forbidden(const char *path)
{
    return faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) && (errno == EACCES || errno == EROFS || errno == EPERM);
}

/* SQLite says only "unable to open" when a directory forbids a new file. Sets err anew when that is why. */
static int explain_forbidden(const struct store *store, struct error *err)
{
    char *copy = memory_text(store->path);
    if (err && err->code == ERR_IO && (forbidden(store->path) || forbidden(dirname(copy))))
        fault_set(err, store->path, NULL, SQLITE_READONLY);
    free(copy);
    return -1;
}

static int connect_writer(struct store *store, struct error *err)
{
    if (connect_to(store, NULL, err))
        return -1;
    if (sqlite3_db_readonly(store->db, "main") == 1)
        return fault_set(err, store->path, NULL, SQLITE_READONLY);
    /* The pragmas of a collector would turn another program's database into a WAL database: look before. */
    int64_t version;
    if (schema_inspect(store, &version, err))
        return -1;
    if (sqlite3_exec(store->db, modes[store->mode].pragmas, NULL, NULL, NULL) != SQLITE_OK)
        return fault_set(err, store->path, store->db, SQLITE_OK);
    if (store->mode == STORE_RECORD)
        wal_watch(store);
    return schema_prepare(store, err);
}

int store_open(struct store **out, const char *path, enum store_mode mode, struct error *err)
{
    *out = NULL;
    struct stat st;
    int missing = stat(path, &st);
    if (missing && errno == ENOENT && mode != STORE_RECORD)
        return error_set(err, ERR_NOT_FOUND, "there is no store %s yet: `gemba collect` makes it", path);
    if (!missing && S_ISDIR(st.st_mode))
        return error_set(err, ERR_NOT_GEMBA, "the store %s is a directory: name a file in it, store: {path: ...}", path);
    struct store *store = memory_zero(1, sizeof *store);
    store->path = memory_text(path);
    store->mode = mode;
    if (mode == STORE_READ ? connect_reader(store, err) : connect_writer(store, err) ? explain_forbidden(store, err) : 0) {
        store_close(store);
        return -1;
    }
    *out = store;
    return 0;
}

void store_close(struct store *store)
{
    if (!store)
        return;
    wal_unwatch(store);
    disconnect(store);
    layouts_forget(store);
    free(store->layouts);
    free(store->bases);
    chunk_forget(store);
    free(store->horizons);
    free(store->turns);
    free(store->missing[0].rows);
    free(store->missing[1].rows);
    rule_sets_free(store);
    late_free(store);
    for (size_t i = 0; i < store->n_names; i++)
        free(store->names[i].text);
    free(store->names);
    free(store->path);
    free(store);
}

/* Without memory also this may fail: a transaction that nobody knows of must not stay open. */
static void leave(struct store *store, enum query query)
{
    for (int tries = 0; tries < 3 && !sqlite3_get_autocommit(store->db); tries++)
        query_run(store, query, NULL, "");
}

static int enter(struct store *store, enum query query, struct error *err)
{
    bool was_free = sqlite3_get_autocommit(store->db);
    if (!query_run(store, query, err, ""))
        return 0;
    if (was_free)
        leave(store, QUERY_ROLLBACK);
    return -1;
}

int store_begin(struct store *store, struct error *err)
{
    store->in_transaction = false;
    if (enter(store, QUERY_BEGIN, err))
        return -1;
    store->in_transaction = true;
    int64_t version = store_generation(store);
    if (version != store->horizons_version) {
        chunk_forget(store);
        late_forget(store);
    }
    store->horizons_version = version;
    return 0;
}

int store_commit(struct store *store, struct error *err)
{
    if (sqlite3_get_autocommit(store->db))
        return error_set(err, ERR_INTERNAL, "the store %s has no open transaction: what was recorded since it failed must be recorded again",
                         store->path);
    if (late_write(store, err) || query_run(store, QUERY_COMMIT, err, ""))
        return -1;
    store->in_transaction = false;
    return 0;
}

void store_rollback(struct store *store)
{
    store->in_transaction = false;
    leave(store, QUERY_ROLLBACK);
    if (store->mode != STORE_RECORD)
        return;
    layouts_forget(store);
    for (size_t i = 0; i < store->n_bases; i++)
        store->bases[i].id = 0;
    chunk_forget(store);
    late_forget(store);
}

int store_snapshot_begin(struct store *store, struct error *err)
{
    return enter(store, QUERY_BEGIN_READ, err);
}

void store_snapshot_end(struct store *store)
{
    if (store->db)
        leave(store, QUERY_COMMIT);
}

static bool same_file(const struct stat *a, const struct stat *b)
{
    return a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec && a->st_size == b->st_size && a->st_ino == b->st_ino;
}

static bool file_changed(const struct store *store)
{
    struct stat st, wal = wal_of(store);
    return stat(store->path, &st) || !same_file(&st, &store->seen) || !same_file(&wal, &store->seen_wal);
}

int64_t store_generation(struct store *store)
{
    if (store->alone && (!store->db || sqlite3_get_autocommit(store->db)) && file_changed(store)) {
        disconnect(store);
        store->reopened++;
        if (connect_reader(store, NULL))
            store->alone = true; /* not yet: the next call tries again */
    }
    int64_t version = 0;
    query_integer(store, QUERY_DATA_VERSION, &version, NULL, "");
    return version + (store->reopened << 32);
}

struct store *store_open_plant(struct plant *plant, enum store_mode mode)
{
    struct error err;
    struct store *store;
    struct clock_anchor anchor;
    if (store_open(&store, plant->store_path, mode, &err)) {
        fprintf(stderr, "gemba: %s\n", err.text);
        return NULL;
    }
    if (store_identify(store, plant, &err) || store_anchor(store, &anchor, &err)) {
        fprintf(stderr, "gemba: %s\n", err.text);
        store_close(store);
        return NULL;
    }
    if (plant->simulated && anchor.real_us)
        clock_set_anchor(anchor);
    return store;
}
