/* What people write: each action is one short transaction with its line in the audit table. */
#include "storage/private.h"

#include <stdio.h>

/* Ends an action's transaction: all of it or nothing. */
static int finish(struct store *store, int result, struct error *err)
{
    if (result == 0 && store_commit(store, err) == 0)
        return 0;
    store_rollback(store);
    return -1;
}

/* Inside a transaction. */
static int acknowledge(struct store *store, int64_t alarm, const char *who, int64_t time_us, struct error *err)
{
    int64_t acknowledged_us = 0;
    char key[128];
    sqlite3_stmt *statement = query_start(store, QUERY_ALARM_KEY, err, "i", alarm);
    if (!statement)
        return -1;
    int found = query_next(store, statement, err);
    if (found == 1)
        query_row(statement, "it", &acknowledged_us, key, sizeof key);
    query_end(statement);
    if (found < 0)
        return -1;
    if (found == 0)
        return error_set(err, ERR_NOT_FOUND, "there is no alarm number %lld", (long long)alarm);
    if (acknowledged_us)
        return 0;
    if (query_run(store, QUERY_ALARM_ACKNOWLEDGE, err, "iit", alarm, time_us, who))
        return -1;
    return audit_add(store, time_us, who, "acknowledge", key, "", err);
}

int action_acknowledge_alarm(struct store *store, int64_t alarm, const char *who, int64_t time_us, struct error *err)
{
    if (store_begin(store, err))
        return -1;
    return finish(store, acknowledge(store, alarm, who, time_us, err), err);
}

int action_acknowledge_characteristic(struct store *store, int64_t characteristic, const char *who, int64_t time_us, int *count, struct error *err)
{
    *count = 0;
    if (store_begin(store, err))
        return -1;
    int64_t alarm = 0;
    int found;
    while ((found = query_integer(store, QUERY_ALARMS_OF_CHARACTERISTIC, &alarm, err, "i", characteristic)) == 1) {
        if (acknowledge(store, alarm, who, time_us, err)) {
            found = -1;
            break;
        }
        ++*count;
    }
    if (finish(store, found, err) == 0)
        return 0;
    *count = 0;
    return -1;
}

int action_cause(struct store *store, int64_t characteristic, int64_t point, const char *cause, const char *action, const char *who, int64_t time_us,
                 struct error *err)
{
    if (!cause || !*cause)
        return error_set(err, ERR_USAGE, "a cause is needed: what was it? (the action may follow later)");
    action = action ? action : "";
    if (store_begin(store, err))
        return -1;
    const char *name;
    int found = characteristic_name(store, characteristic, &name, err) ? -1 : point_exists(store, characteristic, point, err);
    if (found == 0)
        error_set(err, ERR_NOT_FOUND, "%s has no point %lld", name, (long long)point);
    if (found == 1) {
        char object[160], text[300];
        snprintf(object, sizeof object, "%s/%lld", name, (long long)point);
        snprintf(text, sizeof text, "%s%s%s", cause, *action ? "; " : "", action);
        if (query_run(store, QUERY_CAUSE_ADD, err, "iiittt", characteristic, point, time_us, who, cause, action) ||
            audit_add(store, time_us, who, "cause", object, text, err))
            found = -1;
    }
    return finish(store, found == 1 ? 0 : -1, err);
}

int action_note(struct store *store, const char *object, const char *text, int64_t about_us, const char *who, int64_t time_us, struct error *err)
{
    if (!object || !*object || !text || !*text)
        return error_set(err, ERR_USAGE, "a note needs what it is about and a text");
    if (store_begin(store, err))
        return -1;
    int failed = query_run(store, QUERY_NOTE_ADD, err, "iittt", about_us, time_us, object, who, text);
    return finish(store, failed || audit_add(store, time_us, who, "note", object, text, err) ? -1 : 0, err);
}
