#ifndef GEMBA_STORAGE_QUERY_H
#define GEMBA_STORAGE_QUERY_H

#include "config/config.h"

#include <sqlite3.h>

/* Every question the store is asked: one text each, in query.c. */
enum query {
    QUERY_BEGIN,
    QUERY_BEGIN_READ,
    QUERY_COMMIT,
    QUERY_ROLLBACK,
    QUERY_DATA_VERSION,
    QUERY_APPLICATION_ID,
    QUERY_USER_VERSION,
    QUERY_HAS_TABLES,
    QUERY_LINK_ADD,
    QUERY_LINK_ID,
    QUERY_INSTRUMENT_ADD,
    QUERY_INSTRUMENT_ID,
    QUERY_TAG_ADD,
    QUERY_TAG_ID,
    QUERY_MACHINE_ADD,
    QUERY_MACHINE_ID,
    QUERY_CHARACTERISTIC_ADD,
    QUERY_CHARACTERISTIC_ID,
    QUERY_CHARACTERISTIC_NAME,
    QUERY_REVISION_ADD,
    QUERY_REVISION_NEWEST,
    QUERY_ANCHOR_SET,
    QUERY_ANCHOR,
    QUERY_STATE_LOST,
    QUERY_LAYOUT_ADD,
    QUERY_LAYOUT_FIND,
    QUERY_LAYOUT,
    QUERY_TAG_NAME,
    QUERY_TAG_INSTRUMENT,
    QUERY_INSTRUMENTS,
    QUERY_JOURNAL_ADD,
    QUERY_JOURNAL,
    QUERY_JOURNAL_NEWEST,
    QUERY_MEASUREMENT_ADD,
    QUERY_CONTEXT_ADD,
    QUERY_CONTEXT_FIND,
    QUERY_CONTEXT,
    QUERY_MEASUREMENTS,
    QUERY_MEASUREMENTS_LAST,
    QUERY_MEASUREMENTS_ALL,
    QUERY_MEASUREMENTS_ALL_LAST,
    QUERY_PENDING,
    QUERY_BASIS_ADD,
    QUERY_BASIS_FIND,
    QUERY_POINT_ADD,
    QUERY_POINTS,
    QUERY_POINTS_LAST,
    QUERY_POINT_NEWEST,
    QUERY_POINT_EXISTS,
    QUERY_LIMITS_ADD,
    QUERY_LIMITS_SUPERSEDE,
    QUERY_LIMITS_DECIDED,
    QUERY_LIMITS_YIELD,
    QUERY_LIMITS_HISTORY,
    QUERY_DECISIONS,
    QUERY_GROUP_ADD,
    QUERY_GROUP_ID,
    QUERY_GROUP_MODEL_ADD,
    QUERY_GROUP_MODEL,
    QUERY_GROUP_POINT_ADD,
    QUERY_GROUP_POINTS,
    QUERY_POINT_IS_EXCLUDED,
    QUERY_EXCLUSION_ADD,
    QUERY_EXCLUSION,
    QUERY_EXCLUSION_OLDEST,
    QUERY_EXCLUSION_NEWEST,
    QUERY_LIMITS,
    QUERY_LIMITS_IN_FORCE,
    QUERY_STANDING_SET,
    QUERY_STANDING,
    QUERY_MACHINE_STATE_ADD,
    QUERY_MACHINE_STATES,
    QUERY_MACHINE_STATE_AT,
    QUERY_MACHINE_COUNT_ADD,
    QUERY_MACHINE_COUNTS,
    QUERY_EVENT_ADD,
    QUERY_EVENTS,
    QUERY_ALARM_NEWEST,
    QUERY_ALARM_ADD,
    QUERY_ALARM_AGAIN,
    QUERY_ALARM_CLEAR,
    QUERY_ALARMS_OPEN,
    QUERY_ALARMS_HISTORY,
    QUERY_ALARM_KEY,
    QUERY_ALARM_ACKNOWLEDGE,
    QUERY_ALARMS_OF_CHARACTERISTIC,
    QUERY_CAUSE_ADD,
    QUERY_AUDIT_ADD,
    QUERY_WRITE_ADD,
    QUERY_WRITE,
    QUERY_WRITE_END,
    QUERY_WRITES_WAITING,
    QUERY_WRITES_FORGET,
    QUERY_LINK_STATUS_SET,
    QUERY_LINK_STATUS,
    QUERY_LESSONS_FORGET,
    QUERY_LESSON_ADD,
    QUERY_LESSONS,
    QUERY_NEWEST_SET,
    QUERY_NEWEST,
    QUERY_COLLECTOR_STATUS_SET,
    QUERY_COLLECTOR_STATUS,
    QUERY_COUNT,
};

struct store;

/* Values are bound by letters: i int64_t, n int64_t whose 0 means NULL, w int, d double (NaN: NULL), t text, b blob (pointer, size_t).
 * They must live until the statement is ended. */

/* Runs a statement that gives no rows. */
int query_run(struct store *store, enum query query, struct error *err, const char *letters, ...);
/* Starts the store's own statement: one use at a time, ended with query_end. NULL on error. */
sqlite3_stmt *query_start(struct store *store, enum query query, struct error *err, const char *letters, ...);
void query_end(sqlite3_stmt *statement);
/* A statement of the caller's own, for cursors; ended with sqlite3_finalize. */
sqlite3_stmt *query_open(struct store *store, enum query query, struct error *err, const char *letters, ...);
/* 1 a row, 0 the end, -1 an error. */
int query_next(struct store *store, sqlite3_stmt *statement, struct error *err);
/* The columns of a row by letters: i int64_t *, w int *, u unsigned *, b bool *, d double * (NULL: NaN), t char *, size_t. */
void query_row(sqlite3_stmt *statement, const char *letters, ...);
/* One row of the store's own statement: 1 it was there and is in *integer, 0 there is none, -1. */
int query_integer(struct store *store, enum query query, int64_t *integer, struct error *err, const char *letters, ...);

#endif
