/* One part's history: its measurements wherever they lie, the points they became, the alarms of that time, the notes about it. */
#include "storage/trace.h"

#include "storage/chunk.h"
#include "storage/private.h"

#include <stdlib.h>
#include <string.h>

struct list {
    struct measurement *items;
    size_t count, room;
};

static struct measurement *list_add(struct list *list)
{
    memory_grow((void **)&list->items, &list->room, list->count, sizeof *list->items);
    return &list->items[list->count++];
}

/* --- rows, and chunks */

static void read_row(sqlite3_stmt *statement, struct measurement *m)
{
    query_row(statement, "iidutiiiw", &m->characteristic, &m->time_us, &m->value, &m->quality, m->serial, sizeof m->serial, &m->point, &m->sequence,
              &m->context, &m->attempt);
}

static int take_rows(struct store *store, sqlite3_stmt *statement, struct list *list, struct error *err)
{
    if (!statement)
        return -1;
    int more;
    while ((more = query_next(store, statement, err)) == 1)
        read_row(statement, list_add(list));
    query_end(statement);
    return more;
}

/* Those of a chunk with that serial number, or (serial NULL) that context. */
static int take_chunk(struct store *store, int64_t id, const char *serial, int64_t context, struct list *list, struct error *err)
{
    struct chunk chunk;
    struct frame values = {.shape = &value_shape};
    int found = chunk_find(store, id, &chunk, err);
    if (found != 1 || chunk_values(store, &chunk, &values, err)) {
        frame_free(&values);
        return found == 0 ? 0 : -1;
    }
    for (size_t i = 0; i < values.count; i++)
        if (serial ? !strcmp(frame_text(&values, i), serial) : values.integers[VALUE_CONTEXT][i] == context)
            chunk_measurement(&values, i, chunk.characteristic, list_add(list));
    frame_free(&values);
    return 0;
}

static int take_chunks(struct store *store, sqlite3_stmt *chunks, const char *serial, int64_t context, struct list *list, struct error *err)
{
    if (!chunks)
        return -1;
    int more;
    while ((more = query_next(store, chunks, err)) == 1)
        if (take_chunk(store, sqlite3_column_int64(chunks, 0), serial, context, list, err)) {
            more = -1;
            break;
        }
    sqlite3_finalize(chunks);
    return more;
}

static int trace_serial(struct store *store, const char *serial, struct list *list, struct error *err)
{
    struct serial_place place = chunk_serial_place(serial);
    char *prefix = memory_format("%.*s", (int)place.prefix_length, serial);
    int failed = take_rows(store, query_start(store, QUERY_MEASUREMENTS_SERIAL, err, "t", serial), list, err) ||
                 take_chunks(store, query_open(store, QUERY_CHUNKS_SERIAL, err, "ti", prefix, place.block), serial, 0, list, err);
    free(prefix);
    return failed ? -1 : 0;
}

/* --- lots and orders are contexts */

static int trace_contexts(struct store *store, enum query query, const char *text, struct list *list, struct error *err)
{
    sqlite3_stmt *contexts = query_open(store, query, err, "t", text);
    if (!contexts)
        return -1;
    int more;
    while ((more = query_next(store, contexts, err)) == 1) {
        int64_t context = sqlite3_column_int64(contexts, 0);
        if (take_rows(store, query_start(store, QUERY_MEASUREMENTS_CONTEXT, err, "i", context), list, err) ||
            take_chunks(store, query_open(store, QUERY_CHUNKS_CONTEXT, err, "i", context), NULL, context, list, err)) {
            more = -1;
            break;
        }
    }
    sqlite3_finalize(contexts);
    return more;
}

static int in_time(const void *a, const void *b)
{
    const struct measurement *x = a, *y = b;
    if (x->time_us != y->time_us)
        return x->time_us < y->time_us ? -1 : 1;
    if (x->characteristic != y->characteristic)
        return x->characteristic < y->characteristic ? -1 : 1;
    return (x->sequence > y->sequence) - (x->sequence < y->sequence);
}

int store_trace(struct store *store, enum trace_key key, const char *text, struct measurement **measurements, size_t *count, struct error *err)
{
    struct list list = {0};
    *measurements = NULL;
    *count = 0;
    if (!text[0])
        return error_set(err, ERR_USAGE, "an empty text names no part");
    int failed = key == TRACE_SERIAL ? trace_serial(store, text, &list, err)
                                     : trace_contexts(store, key == TRACE_LOT ? QUERY_CONTEXTS_LOT : QUERY_CONTEXTS_ORDER, text, &list, err);
    if (failed) {
        free(list.items);
        return -1;
    }
    if (list.count)
        qsort(list.items, list.count, sizeof *list.items, in_time);
    *measurements = list.items;
    *count = list.count;
    return 0;
}

/* --- what belongs to a measurement */

/* Points that may lie between a value and the point it became part of: more only where a clock was set back. */
enum { NEAR_POINTS = 64 };

struct place {
    int64_t characteristic;
    struct point_cursor *cursor; /* NULL: not open */
    struct point point;          /* its newest; number 0: none yet */
};
struct point_finder {
    struct store *store;
    struct place *places;
    size_t count, room;
};

struct point_finder *point_finder_create(struct store *store)
{
    struct point_finder *finder = memory_zero(1, sizeof *finder);
    finder->store = store;
    return finder;
}

void point_finder_destroy(struct point_finder *finder)
{
    if (!finder)
        return;
    for (size_t i = 0; i < finder->count; i++)
        point_cursor_close(finder->places[i].cursor);
    free(finder->places);
    free(finder);
}

static struct place *place_of(struct point_finder *finder, int64_t characteristic)
{
    for (size_t i = 0; i < finder->count; i++)
        if (finder->places[i].characteristic == characteristic)
            return &finder->places[i];
    memory_grow((void **)&finder->places, &finder->room, finder->count, sizeof *finder->places);
    finder->places[finder->count] = (struct place){.characteristic = characteristic};
    return &finder->places[finder->count++];
}

/* Reads on to the point: 1, 0 it does not lie near, -1. */
static int read_on(struct place *place, int64_t number, struct error *err)
{
    for (int i = 0; i < NEAR_POINTS && place->point.number != number; i++) {
        int more = point_cursor_next(place->cursor, &place->point, err);
        if (more != 1)
            return more;
    }
    return place->point.number == number;
}

int point_finder_find(struct point_finder *finder, const struct measurement *m, struct point *point, struct error *err)
{
    if (m->point == 0)
        return 0;
    struct place *place = place_of(finder, m->characteristic);
    int found = place->cursor && m->point >= place->point.number && m->point - place->point.number < NEAR_POINTS ? read_on(place, m->point, err) : 0;
    if (found == 0) { /* from here on anew */
        point_cursor_close(place->cursor);
        place->point.number = 0;
        if (point_cursor_open(&place->cursor, finder->store, m->characteristic, m->time_us, INT64_MAX, 0, err))
            return -1;
        found = read_on(place, m->point, err);
    }
    if (found == 1)
        *point = place->point;
    return found;
}

int store_alarms_at(struct store *store, int64_t characteristic, int64_t from_us, int64_t to_us, struct alarm **alarms, size_t *count,
                    struct error *err)
{
    return alarm_rows(store, query_start(store, QUERY_ALARMS_AT, err, "iii", characteristic, from_us, to_us), alarms, count, err);
}

int store_notes(struct store *store, const char *object, int64_t from_us, int64_t to_us, int most, struct note **notes, size_t *count,
                struct error *err)
{
    *notes = NULL;
    *count = 0;
    sqlite3_stmt *statement = object ? query_start(store, QUERY_NOTES_OBJECT, err, "tiiw", object, from_us, to_us, most)
                                     : query_start(store, QUERY_NOTES, err, "iiw", from_us, to_us, most);
    if (!statement)
        return -1;
    size_t room = 0;
    int more;
    while ((more = query_next(store, statement, err)) == 1) {
        memory_grow((void **)notes, &room, *count, sizeof **notes);
        struct note *note = &(*notes)[(*count)++];
        query_row(statement, "iiittt", &note->id, &note->time_us, &note->written_us, note->object, sizeof note->object, note->who, sizeof note->who,
                  note->text, sizeof note->text);
    }
    query_end(statement);
    if (more == 0)
        return 0;
    free(*notes);
    *notes = NULL;
    return -1;
}
