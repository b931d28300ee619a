/* An online copy through SQLite's backup interface. */
#include "storage/backup.h"

#include "storage/private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PAGES_A_STEP = 1024 };

static int copy_pages(struct store *store, sqlite3 *copy, const char *path, void (*progress)(int64_t done, int64_t total, void *context),
                      void *context, struct error *err)
{
    sqlite3_backup *backup = sqlite3_backup_init(copy, "main", store->db, "main");
    if (!backup)
        return fault_set(err, path, copy, SQLITE_OK);
    int rc;
    while ((rc = sqlite3_backup_step(backup, PAGES_A_STEP)) == SQLITE_OK)
        if (progress) {
            int64_t total = sqlite3_backup_pagecount(backup);
            progress(total - sqlite3_backup_remaining(backup), total, context);
        }
    int ended = sqlite3_backup_finish(backup);
    if (rc == SQLITE_DONE && ended == SQLITE_OK)
        return 0;
    /* An error may be of either side: the one whose connection knows it says so. */
    bool ours = sqlite3_errcode(copy) != SQLITE_OK && sqlite3_errcode(copy) != SQLITE_DONE;
    return fault_set(err, ours ? path : store->path, NULL, rc == SQLITE_DONE ? ended : rc);
}

static int sync_file(const char *path, struct error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int failed = fd < 0 || fsync(fd);
    if (failed)
        error_set(err, ERR_IO, "the copy %s cannot be synced to the disk: %s", path, strerror(errno));
    if (fd >= 0)
        close(fd);
    return failed ? -1 : 0;
}

static int copy_to(struct store *store, const char *path, void (*progress)(int64_t done, int64_t total, void *context), void *context,
                   struct error *err)
{
    sqlite3 *copy = NULL;
    int rc = sqlite3_open_v2(path, &copy, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL), failed;
    if (rc != SQLITE_OK)
        failed = fault_set(err, path, copy, rc);
    else {
        sqlite3_extended_result_codes(copy, 1);
        /* A copy that is not finished is thrown away: it needs no journal of its own. */
        sqlite3_exec(copy, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;", NULL, NULL, NULL);
        failed = copy_pages(store, copy, path, progress, context, err);
    }
    sqlite3_close(copy);
    return failed || sync_file(path, err) ? -1 : 0;
}

int store_backup(struct store *store, const char *path, void (*progress)(int64_t done, int64_t total, void *context), void *context,
                 struct error *err)
{
    int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0640);
    if (fd < 0)
        return error_set(err, errno == EACCES || errno == EROFS ? ERR_READ_ONLY : ERR_IO, "cannot make the copy %s: %s", path, strerror(errno));
    close(fd);
    /* A snapshot that is held keeps the copy from beginning again at each commit of others. */
    int64_t version;
    int failed = store_snapshot_begin(store, err);
    if (!failed) {
        failed = query_integer(store, QUERY_HAS_TABLES, &version, err, "") < 0 || copy_to(store, path, progress, context, err);
        store_snapshot_end(store);
    }
    if (failed)
        unlink(path);
    return failed ? -1 : 0;
}
