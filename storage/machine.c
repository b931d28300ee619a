/* Machine states and part counts. */
#include "storage/private.h"

#include <stdlib.h>

#define SILENCE_US (10 * SECOND_US)

int record_machine_state(struct store *store, int64_t machine, int64_t time_us, enum oee_state state, struct error *err)
{
    return query_run(store, QUERY_MACHINE_STATE_ADD, err, "iiw", machine, time_us, (int)state);
}

int record_machine_count(struct store *store, int64_t machine, int64_t time_us, int64_t parts, int64_t rejects, struct error *err)
{
    int64_t minute_us = time_us - time_us % MINUTE_US;
    return query_run(store, QUERY_MACHINE_COUNT_ADD, err, "iiii", machine, minute_us, parts, rejects);
}

int store_known_until(struct store *store, int64_t newest_us, int64_t *until_us, struct error *err)
{
    struct collector_status status = {0};
    struct error missing;
    struct clock_anchor anchor;
    if (store_collector_status(store, &status, &missing) && missing.code != ERR_NOT_FOUND) {
        if (err)
            *err = missing;
        return -1;
    }
    if (store_anchor(store, &anchor, err))
        return -1;
    int64_t last_us = status.time_us > newest_us ? status.time_us : newest_us;
    int64_t real_us = anchor.speed > 1 ? (int64_t)(2 * SECOND_US * anchor.speed) : 0;
    *until_us = last_us ? last_us + SILENCE_US + real_us : 0;
    return 0;
}

/* 1 and the state that holds at an instant with the time it came, 0 when there is none before, -1. */
static int state_at(struct store *store, int64_t machine, int64_t time_us, int64_t *since_us, enum oee_state *state, struct error *err)
{
    sqlite3_stmt *statement = query_start(store, QUERY_MACHINE_STATE_AT, err, "ii", machine, time_us);
    if (!statement)
        return -1;
    int found = query_next(store, statement, err);
    if (found == 1)
        query_row(statement, "iu", since_us, state);
    query_end(statement);
    return found;
}

struct interval_list {
    struct state_interval *items;
    size_t count, room;
};

/* The next interval; one of the same state as the last one lengthens it. */
static void interval_add(struct interval_list *list, int64_t from_us, int64_t to_us, enum oee_state state)
{
    if (from_us >= to_us)
        return;
    if (list->count && list->items[list->count - 1].state == state) {
        list->items[list->count - 1].to_us = to_us;
        return;
    }
    memory_grow((void **)&list->items, &list->room, list->count, sizeof *list->items);
    list->items[list->count++] = (struct state_interval){from_us, to_us, state};
}

int store_machine_states(struct store *store, int64_t machine, int64_t from_us, int64_t to_us, struct state_interval **intervals, size_t *count,
                         struct error *err)
{
    *intervals = NULL;
    *count = 0;
    struct interval_list list = {0};
    enum oee_state state = OEE_NO_DATA, newest;
    int64_t at_us = from_us, time_us = 0, newest_us = 0, until_us;
    if (state_at(store, machine, INT64_MAX, &newest_us, &newest, err) < 0 || store_known_until(store, newest_us, &until_us, err) ||
        state_at(store, machine, from_us, &time_us, &state, err) < 0)
        return -1;
    sqlite3_stmt *statement = query_start(store, QUERY_MACHINE_STATES, err, "iii", machine, from_us, to_us);
    if (!statement)
        return -1;
    int more;
    while ((more = query_next(store, statement, err)) == 1) {
        enum oee_state next;
        query_row(statement, "iu", &time_us, &next);
        interval_add(&list, at_us, time_us, state);
        at_us = time_us;
        state = next;
    }
    query_end(statement);
    if (more < 0) {
        free(list.items);
        return -1;
    }
    int64_t known_us = until_us < at_us ? at_us : until_us < to_us ? until_us : to_us;
    interval_add(&list, at_us, known_us, state);
    interval_add(&list, known_us, to_us, OEE_NO_DATA);
    *intervals = list.items;
    *count = list.count;
    return 0;
}

int store_machine_state(struct store *store, int64_t machine, enum oee_state *state, int64_t *since_us, struct error *err)
{
    *state = OEE_NO_DATA;
    *since_us = 0;
    int64_t until_us;
    int found = state_at(store, machine, INT64_MAX, since_us, state, err);
    if (found != 1)
        return found;
    if (store_known_until(store, *since_us, &until_us, err))
        return -1;
    if (until_us < clock_now_us() && *state != OEE_NO_DATA) {
        *state = OEE_NO_DATA;
        *since_us = until_us;
    }
    return 0;
}

int store_machine_counts(struct store *store, int64_t machine, int64_t from_us, int64_t to_us, int64_t *parts, int64_t *rejects, struct error *err)
{
    sqlite3_stmt *statement = query_start(store, QUERY_MACHINE_COUNTS, err, "iii", machine, from_us, to_us);
    if (!statement)
        return -1;
    int found = query_next(store, statement, err);
    if (found == 1)
        query_row(statement, "ii", parts, rejects);
    query_end(statement);
    return found < 0 ? -1 : 0;
}
