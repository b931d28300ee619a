/* Writes into devices: asked for by people, done by the collector, each with its line in the audit table. */
#include "storage/write_request.h"

#include "storage/private.h"

#include <stdio.h>
#include <string.h>

static int finish(struct store *store, int failed, struct error *err)
{
    if (!failed && !store_commit(store, err))
        return 0;
    store_rollback(store);
    return -1;
}

static void read_row(sqlite3_stmt *statement, struct write_request *request)
{
    unsigned state;
    query_row(statement, "iiiittut", &request->id, &request->tag, &request->time_us, &request->until_us, request->value, sizeof request->value,
              request->who, sizeof request->who, &state, request->result, sizeof request->result);
    request->state = (enum write_state)state;
}

int action_write(struct store *store, struct write_request *request, struct error *err)
{
    if (store_begin(store, err))
        return -1;
    int failed = query_run(store, QUERY_WRITE_ADD, err, "iiitt", request->tag, request->time_us, request->until_us, request->value, request->who);
    request->id = sqlite3_last_insert_rowid(store->db);
    request->state = WRITE_WAITING;
    return finish(store, failed, err);
}

int store_write_request(struct store *store, int64_t id, struct write_request *request, struct error *err)
{
    sqlite3_stmt *statement = query_start(store, QUERY_WRITE, err, "i", id);
    if (!statement)
        return -1;
    int found = query_next(store, statement, err);
    if (found == 1)
        read_row(statement, request);
    query_end(statement);
    return found == 0 ? error_set(err, ERR_NOT_FOUND, "there is no write request number %lld", (long long)id) : found < 0 ? -1 : 0;
}

int action_write_withdraw(struct store *store, struct write_request *request, const char *words, struct error *err)
{
    if (store_begin(store, err))
        return -1;
    int failed = query_run(store, QUERY_WRITE_END, err, "iwtw", request->id, (int)WRITE_FAILED, words, (int)WRITE_WAITING);
    return finish(store, failed || store_write_request(store, request->id, request, err), err);
}

static int read_waiting(struct store *store, struct write_request *requests, int most, int *count, struct error *err)
{
    int more = 0;
    *count = 0;
    sqlite3_stmt *statement = query_start(store, QUERY_WRITES_WAITING, err, "");
    if (!statement)
        return -1;
    while (*count < most && (more = query_next(store, statement, err)) == 1)
        read_row(statement, &requests[(*count)++]);
    query_end(statement);
    return more < 0 ? -1 : 0;
}

static int take_one(struct store *store, int64_t now_us, const struct write_request *request, struct error *err)
{
    bool late = now_us > request->until_us;
    const char *words = late ? "it waited too long for the collector: nothing was written" : "";
    return query_run(store, QUERY_WRITE_END, err, "iwtw", request->id, (int)(late ? WRITE_FAILED : WRITE_TAKEN), words, (int)WRITE_WAITING);
}

int record_write_take(struct store *store, int64_t now_us, struct write_request *requests, int most, int *count, struct error *err)
{
    int failed = read_waiting(store, requests, most, count, err), kept = 0;
    if (failed || *count == 0)
        return failed;
    if (store_begin(store, err))
        return -1;
    for (int i = 0; i < *count && !failed; i++) {
        failed = take_one(store, now_us, &requests[i], err);
        if (now_us <= requests[i].until_us)
            requests[kept++] = requests[i];
    }
    *count = kept;
    return finish(store, failed, err);
}

int record_write_forget(struct store *store, struct error *err)
{
    return query_run(store, QUERY_WRITES_FORGET, err, "wtw", (int)WRITE_FAILED,
                     "the collector ended before it could say what became of it: read the tag", (int)WRITE_TAKEN);
}

int record_write_result(struct store *store, const struct write_result *result, struct error *err)
{
    char text[400];
    snprintf(text, sizeof text, "from %s to %s: %s%s%s%s", result->before[0] ? result->before : "unknown", result->value,
             result->done ? "done" : "failed", result->after[0] ? ", reads " : "", result->after, result->done ? "" : ": ");
    size_t used = strlen(text);
    if (!result->done)
        snprintf(text + used, sizeof text - used, "%s", result->words);
    if (store_begin(store, err))
        return -1;
    int failed = audit_add(store, result->time_us, result->who, "write", result->tag, text, err);
    if (!failed && result->id)
        failed = query_run(store, QUERY_WRITE_END, err, "iwtw", result->id, (int)(result->done ? WRITE_DONE : WRITE_FAILED), result->words,
                           (int)WRITE_TAKEN);
    return finish(store, failed, err);
}
