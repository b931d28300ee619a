/* Alarms with two memories: active, and not yet acknowledged. At most one row of a key is either; it is the newest. */
#include "storage/private.h"

#include <string.h>

int record_alarm_raise(struct store *store, int64_t time_us, const struct alarm_source *s, const char *text, struct error *err)
{
    int64_t id = 0, cleared_us = 0, acknowledged_us = 0;
    sqlite3_stmt *statement = query_start(store, QUERY_ALARM_NEWEST, err, "t", s->key);
    if (!statement)
        return -1;
    int found = query_next(store, statement, err);
    if (found == 1)
        query_row(statement, "iii", &id, &cleared_us, &acknowledged_us);
    query_end(statement);
    if (found < 0)
        return -1;
    if (found == 1 && (cleared_us == 0 || acknowledged_us == 0))
        return query_run(store, QUERY_ALARM_AGAIN, err, "itwii", id, text, (int)s->priority, s->point, time_us);
    return query_run(store, QUERY_ALARM_ADD, err, "tttttwnii", s->kind, s->key, s->object, s->machine, text, (int)s->priority, s->characteristic,
                     s->point, time_us);
}

int record_alarm_clear(struct store *store, int64_t time_us, const char *key, struct error *err)
{
    return query_run(store, QUERY_ALARM_CLEAR, err, "ti", key, time_us);
}

int alarm_rows(struct store *store, sqlite3_stmt *statement, struct alarm **alarms, size_t *count, struct error *err)
{
    *alarms = NULL;
    *count = 0;
    if (!statement)
        return -1;
    size_t room = 0;
    int more;
    while ((more = query_next(store, statement, err)) == 1) {
        memory_grow((void **)alarms, &room, *count, sizeof **alarms);
        struct alarm *a = &(*alarms)[(*count)++];
        query_row(statement, "itttttuiiiiiiti", &a->id, a->kind, sizeof a->kind, a->key, sizeof a->key, a->object, sizeof a->object, a->machine,
                  sizeof a->machine, a->text, sizeof a->text, &a->priority, &a->characteristic, &a->point, &a->raised_us, &a->last_us, &a->cleared_us,
                  &a->acknowledged_us, a->acknowledged_by, sizeof a->acknowledged_by, &a->count);
    }
    query_end(statement);
    return more;
}

int store_alarms(struct store *store, bool open, int most, struct alarm **alarms, size_t *count, struct error *err)
{
    return alarm_rows(store, query_start(store, open ? QUERY_ALARMS_OPEN : QUERY_ALARMS_HISTORY, err, "w", most), alarms, count, err);
}
