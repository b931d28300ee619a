#ifndef GEMBA_STORAGE_STORE_H
#define GEMBA_STORAGE_STORE_H

#include "config/config.h"

struct store; /* one connection; used by one thread at a time */

enum store_mode {
    STORE_READ,   /* dashboards, reports: never writes; works without write permission, with and without a running collector */
    STORE_WRITE,  /* short writes of people; the file must exist */
    STORE_RECORD, /* the collector: creates and migrates */
};

/* Opens the file. Errors say which file and what to do: ERR_NOT_FOUND, ERR_NOT_GEMBA (application_id), ERR_TOO_NEW (user_version), ERR_LOCKED,
 * ERR_READ_ONLY, ERR_FULL, ERR_CORRUPT. The store is owned by the caller. */
int store_open(struct store **store, const char *path, enum store_mode mode, struct error *err);
void store_close(struct store *store); /* NULL is fine */

/* One transaction at a time. commit returning ERR_LOCKED leaves it open: commit again. After any other error of a call inside it (ERR_FULL: the disk
 * is full) nothing of it was kept and it is over: store_rollback, which never fails, then begin and record the whole batch again, later. */
int store_begin(struct store *store, struct error *err);
int store_commit(struct store *store, struct error *err);
void store_rollback(struct store *store);

/* Gives every instrument, tag, link, machine and characteristic of the plant its stable id by name, and instruments the lessons of their units. STORE_RECORD: unknown names are added and the
 * config text is kept as a revision, with its SHA-256 in the audit chain; other modes: ids of unknown things stay 0. Uses its own transaction.
 * ERR_CONFIG: the file is another plant's, by its name and by all that is in it. */
int store_identify(struct store *store, struct plant *plant, struct error *err);

/* The plant clock of a simulated plant, so that dashboards show its time. speed 1 when the plant is real. */
int store_set_anchor(struct store *store, struct clock_anchor anchor, struct error *err);
int store_anchor(struct store *store, struct clock_anchor *anchor, struct error *err);

/* Changes whenever another connection committed: dashboards reload only then. */
int64_t store_generation(struct store *store);

/* For readers: a consistent view over several queries. */
int store_snapshot_begin(struct store *store, struct error *err);
void store_snapshot_end(struct store *store);

/* Opens and identifies for a command that reads (STORE_READ) or writes, sets the plant clock to the store's, prints any error to standard error. NULL on error. */
struct store *store_open_plant(struct plant *plant, enum store_mode mode);

#endif
