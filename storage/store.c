/* Opening, closing, transactions. */
#include "storage/private.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
    int flags, busy_timeout_ms;
    const char *pragmas;
} modes[] = {
    [STORE_READ] = {SQLITE_OPEN_READONLY, 2000, "PRAGMA query_only = 1;"},
    [STORE_WRITE] = {SQLITE_OPEN_READWRITE, 5000, "PRAGMA synchronous = FULL; PRAGMA foreign_keys = 1;"},
    [STORE_RECORD] = {SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, 2000,
                      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = 1;"
                      "PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 33554432; PRAGMA cache_size = -16000;"},
};

/* "file:" and the path with what a URI would misread escaped. */
static char *immutable_uri(const char *path)
{
    char *uri = memory_zero(strlen(path) * 3 + 32, 1), *out = uri + sprintf(uri, "file:");
    for (; *path; path++)
        out += sprintf(out, strchr("%?#", *path) ? "%%%02X" : "%c", (unsigned char)*path);
    strcpy(out, "?immutable=1");
    return uri;
}

static int connect_to(struct store *store, bool immutable, struct error *err)
{
    char *uri = immutable ? immutable_uri(store->path) : NULL;
    int rc = sqlite3_open_v2(uri ? uri : store->path, &store->db, modes[store->mode].flags | SQLITE_OPEN_NOMUTEX | (uri ? SQLITE_OPEN_URI : 0), NULL);
    free(uri);
    if (rc != SQLITE_OK)
        return fault_set(err, store->path, store->db, rc);
    store->immutable = immutable;
    sqlite3_extended_result_codes(store->db, 1);
    sqlite3_busy_timeout(store->db, modes[store->mode].busy_timeout_ms);
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

static bool has_wal(const struct store *store)
{
    char *wal = memory_format("%s-wal", store->path);
    struct stat st;
    bool found = stat(wal, &st) == 0 && st.st_size > 0;
    free(wal);
    return found;
}

/* A reader without write permission cannot make the -shm file that WAL needs. When there is no -wal either, the file alone is complete. */
static int connect_reader(struct store *store, struct error *err)
{
    struct error first;
    if (!connect_to(store, false, &first) && !schema_prepare(store, &first))
        return 0;
    if (first.code != ERR_IO && first.code != ERR_READ_ONLY) {
        if (err)
            *err = first;
        return -1;
    }
    disconnect(store);
    if (stat(store->path, &store->seen) || has_wal(store)) {
        if (err)
            *err = first;
        return -1;
    }
    return connect_to(store, true, err) || schema_prepare(store, err);
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
    if (connect_to(store, false, err))
        return -1;
    if (sqlite3_db_readonly(store->db, "main") == 1)
        return fault_set(err, store->path, NULL, SQLITE_READONLY);
    /* The pragmas of a collector would turn another program's database into a WAL database: look before. */
    int64_t version;
    if (schema_inspect(store, &version, err))
        return -1;
    if (sqlite3_exec(store->db, modes[store->mode].pragmas, NULL, NULL, NULL) != SQLITE_OK)
        return fault_set(err, store->path, store->db, SQLITE_OK);
    return schema_prepare(store, err);
}

int store_open(struct store **out, const char *path, enum store_mode mode, struct error *err)
{
    *out = NULL;
    struct stat st;
    if (stat(path, &st) && errno == ENOENT && mode != STORE_RECORD)
        return error_set(err, ERR_NOT_FOUND, "there is no store %s yet: `gemba collect` makes it", path);
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
    disconnect(store);
    layouts_forget(store);
    free(store->layouts);
    free(store->bases);
    rule_sets_free(store);
    for (size_t i = 0; i < store->n_names; i++)
        free(store->names[i].text);
    free(store->names);
    free(store->path);
    free(store);
}

int store_begin(struct store *store, struct error *err)
{
    return query_run(store, QUERY_BEGIN, err, "");
}

int store_commit(struct store *store, struct error *err)
{
    if (sqlite3_get_autocommit(store->db))
        return error_set(err, ERR_INTERNAL, "the store %s has no open transaction: what was recorded since it failed must be recorded again",
                         store->path);
    return query_run(store, QUERY_COMMIT, err, "");
}

void store_rollback(struct store *store)
{
    if (!sqlite3_get_autocommit(store->db))
        query_run(store, QUERY_ROLLBACK, NULL, "");
    if (store->mode != STORE_RECORD)
        return;
    layouts_forget(store);
    for (size_t i = 0; i < store->n_bases; i++)
        store->bases[i].id = 0;
}

int store_snapshot_begin(struct store *store, struct error *err)
{
    return query_run(store, QUERY_BEGIN_READ, err, "");
}

void store_snapshot_end(struct store *store)
{
    if (!sqlite3_get_autocommit(store->db))
        query_run(store, QUERY_COMMIT, NULL, "");
}

static bool file_changed(const struct store *store)
{
    struct stat st;
    return has_wal(store) || stat(store->path, &st) || st.st_mtim.tv_sec != store->seen.st_mtim.tv_sec ||
           st.st_mtim.tv_nsec != store->seen.st_mtim.tv_nsec || st.st_size != store->seen.st_size || st.st_ino != store->seen.st_ino;
}

int64_t store_generation(struct store *store)
{
    if (store->immutable && sqlite3_get_autocommit(store->db) && file_changed(store)) {
        disconnect(store);
        store->reopened++;
        if (connect_reader(store, NULL))
            store->immutable = true; /* not yet: the next call tries again */
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
