/* What SQLite reports, as words for the people at the plant. */
#include "storage/private.h"

#include <errno.h>
#include <string.h>

static const struct {
    int rc;
    enum error_code code;
    const char *words;
} faults[] = {
    {SQLITE_BUSY, ERR_LOCKED, "is locked by another program: is a second collector running, or a database tool open on it?"},
    {SQLITE_LOCKED, ERR_LOCKED, "is locked by another program: is a second collector running, or a database tool open on it?"},
    {SQLITE_FULL, ERR_FULL, "cannot grow, the disk (or a quota) is full: free some space; what was committed is safe"},
    {SQLITE_READONLY, ERR_READ_ONLY, "cannot be written: check the owner and permissions of the file and of its directory"},
    {SQLITE_PERM, ERR_READ_ONLY, "cannot be written: check the owner and permissions of the file and of its directory"},
    {SQLITE_CANTOPEN, ERR_IO, "cannot be opened: check that its directory exists and who may read and write there"},
    {SQLITE_AUTH, ERR_IO, "cannot be opened: permission denied"},
    {SQLITE_NOTADB, ERR_NOT_GEMBA, "is not a gemba store (not a database at all): set store: {path: ...} in the configuration"},
    {SQLITE_CORRUPT, ERR_CORRUPT, "is damaged: stop the collector, keep the file, and restore a backup (sqlite3's .recover saves what can be read)"},
    {SQLITE_IOERR, ERR_IO, "cannot be read or written, the disk reports an error: check the disk and `dmesg`"},
    {SQLITE_NOMEM, ERR_MEMORY, "cannot be used now, the machine has no memory left: what uses so much (`top`)?"},
};

int fault_set(struct error *err, const char *path, sqlite3 *db, int rc)
{
    int extended = db ? sqlite3_extended_errcode(db) : rc;
    if (rc != SQLITE_OK && (extended & 0xff) != (rc & 0xff))
        extended = rc;
    int failed_with = db ? sqlite3_system_errno(db) : 0;
    /* Quotas and file size limits; after SQLite's own rollback the errno is gone. A failing disk shows when reading or syncing. */
    if (extended == SQLITE_IOERR_WRITE && (failed_with == 0 || failed_with == EDQUOT || failed_with == EFBIG))
        extended = SQLITE_FULL;
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        if (faults[i].rc != (extended & 0xff))
            continue;
        bool says_why = failed_with != 0 && (faults[i].code == ERR_IO || faults[i].code == ERR_READ_ONLY);
        return error_set(err, faults[i].code, "the store %s %s%s%s%s", path, faults[i].words, says_why ? " (" : "",
                         says_why ? strerror(failed_with) : "", says_why ? ")" : "");
    }
    return error_set(err, ERR_INTERNAL, "the store %s refused: %s (SQLite %d); `gemba verify` says whether it is damaged", path, db ? sqlite3_errmsg(db) : sqlite3_errstr(rc), extended);
}
