#include "acquisition/batch.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { APART_US = 10000 };

struct group_model_row {
    struct group_model model;
    int64_t *number;
};

struct group_point_row {
    struct group_point point;
    size_t place; /* among the batch's models; or BATCH_NO_LIMITS */
    double vectors[GROUP_VECTORS];
};

struct group_standing_row {
    const struct group_standing *standing;
    int p;
};

struct limits_row {
    struct limits limits;
    int64_t *id;
};
struct point_row {
    struct point point;
    size_t place;
};
struct machine_row {
    int64_t machine, time_us;
    bool is_state;
    enum oee_state state;
    int64_t parts, rejects;
};
enum note_kind { NOTE_EVENT, NOTE_RAISE, NOTE_CLEAR };
struct note_row {
    enum note_kind kind;
    int64_t time_us;
    struct alarm_source source; /* of an event: kind and object */
    char key[128], object[96], text[192];
};

/* A growing array of one kind of row. */
struct rows {
    void *items;
    size_t count, room;
};

struct context_row {
    struct context context;
    int64_t id; /* while the batch is written */
};

struct batch {
    struct poll *polls, **polls_end;
    int64_t context; /* place + 1 of what measurements come with now; 0: nothing */
    struct rows contexts, measurements, limits, points, standings, machines, notes, group_models, group_points, group_standings;
    struct reading *readings; /* of one poll, while it is written: a row's, then all */
    size_t readings_room, n_readings, n_polls;
    int64_t number;
};

static void *add(struct rows *rows, size_t size)
{
    memory_grow(&rows->items, &rows->room, rows->count, size);
    return (char *)rows->items + size * rows->count++;
}

struct batch *batch_create(void)
{
    struct batch *batch = memory_zero(1, sizeof *batch);
    batch->polls_end = &batch->polls;
    batch->number = 1;
    return batch;
}

void batch_destroy(struct batch *batch)
{
    if (!batch)
        return;
    batch_reset(batch);
    struct rows *all[] = {&batch->contexts, &batch->measurements, &batch->limits, &batch->points, &batch->standings,
                          &batch->machines, &batch->notes, &batch->group_models, &batch->group_points, &batch->group_standings};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        free(all[i]->items);
    free(batch->readings);
    free(batch);
}

bool batch_is_empty(const struct batch *batch)
{
    return !batch->polls && !batch->measurements.count && !batch->limits.count && !batch->points.count && !batch->standings.count &&
           !batch->machines.count && !batch->notes.count && !batch->group_models.count && !batch->group_points.count && !batch->group_standings.count;
}

void batch_reset(struct batch *batch)
{
    for (struct poll *poll = batch->polls, *next; poll; poll = next) {
        next = poll->next;
        poll_free(poll);
    }
    batch->polls = NULL;
    batch->polls_end = &batch->polls;
    batch->n_readings = batch->n_polls = 0;
    batch->number++;
    batch->context = 0;
    batch->contexts.count = batch->measurements.count = batch->limits.count = batch->points.count = 0;
    batch->standings.count = batch->machines.count = batch->notes.count = batch->group_models.count = batch->group_points.count = batch->group_standings.count = 0;
}

void batch_poll(struct batch *batch, struct poll *poll)
{
    poll->next = NULL;
    *batch->polls_end = poll;
    batch->polls_end = &poll->next;
    batch->n_polls++;
    batch->n_readings += poll->instrument->n_tags;
    if (poll->instrument->n_tags > batch->readings_room) {
        batch->readings_room = poll->instrument->n_tags;
        batch->readings = memory_resize(batch->readings, 2 * batch->readings_room, sizeof *batch->readings);
    }
}

void batch_measurement(struct batch *batch, const struct measurement *measurement)
{
    struct measurement *row = add(&batch->measurements, sizeof *row);
    *row = *measurement;
    row->context = batch->context;
}

void batch_context(struct batch *batch, const struct context *context, struct batch_place *place)
{
    batch->context = 0;
    if (!context)
        return;
    const struct context_row *rows = batch->contexts.items;
    if (place->batch != batch->number || memcmp(&rows[place->place].context, context, sizeof *context) != 0) {
        ((struct context_row *)add(&batch->contexts, sizeof(struct context_row)))->context = *context;
        *place = (struct batch_place){batch->number, batch->contexts.count - 1};
    }
    batch->context = (int64_t)place->place + 1;
}

size_t batch_limits(struct batch *batch, const struct limits *limits, int64_t *id)
{
    *(struct limits_row *)add(&batch->limits, sizeof(struct limits_row)) = (struct limits_row){*limits, id};
    *id = 0;
    return batch->limits.count - 1;
}

void batch_point(struct batch *batch, const struct point *point, size_t place)
{
    *(struct point_row *)add(&batch->points, sizeof(struct point_row)) = (struct point_row){*point, place};
}

size_t batch_group_model(struct batch *batch, const struct group_model *model, int64_t *number)
{
    *(struct group_model_row *)add(&batch->group_models, sizeof(struct group_model_row)) = (struct group_model_row){*model, number};
    *number = 0;
    return batch->group_models.count - 1;
}

void batch_group_point(struct batch *batch, const struct group_point *point, const double *vectors, int p, size_t place)
{
    struct group_point_row *row = add(&batch->group_points, sizeof *row);
    row->point = *point;
    row->place = place;
    memcpy(row->vectors, vectors, (size_t)point->n * (size_t)p * sizeof *vectors);
}

void batch_group_standing(struct batch *batch, const struct group_standing *standing, int p)
{
    *(struct group_standing_row *)add(&batch->group_standings, sizeof(struct group_standing_row)) = (struct group_standing_row){standing, p};
}

void batch_standing(struct batch *batch, const struct standing *standing)
{
    *(const struct standing **)add(&batch->standings, sizeof standing) = standing;
}

void batch_state(struct batch *batch, int64_t machine, int64_t time_us, enum oee_state state)
{
    *(struct machine_row *)add(&batch->machines, sizeof(struct machine_row)) =
        (struct machine_row){.machine = machine, .time_us = time_us, .is_state = true, .state = state};
}

void batch_count(struct batch *batch, int64_t machine, int64_t time_us, int64_t parts, int64_t rejects)
{
    *(struct machine_row *)add(&batch->machines, sizeof(struct machine_row)) =
        (struct machine_row){.machine = machine, .time_us = time_us, .parts = parts, .rejects = rejects};
}

static struct note_row *note(struct batch *batch, enum note_kind kind, int64_t time_us)
{
    struct note_row *row = add(&batch->notes, sizeof *row);
    *row = (struct note_row){.kind = kind, .time_us = time_us};
    return row;
}

void batch_event(struct batch *batch, int64_t time_us, const char *kind, const char *object, const char *format, ...)
{
    struct note_row *row = note(batch, NOTE_EVENT, time_us);
    row->source.kind = kind;
    snprintf(row->object, sizeof row->object, "%s", object);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(row->text, sizeof row->text, format, arguments);
    va_end(arguments);
}

void batch_raise(struct batch *batch, int64_t time_us, const struct alarm_source *source, const char *format, ...)
{
    struct note_row *row = note(batch, NOTE_RAISE, time_us);
    row->source = *source;
    snprintf(row->key, sizeof row->key, "%s", source->key);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(row->text, sizeof row->text, format, arguments);
    va_end(arguments);
}

void batch_clear(struct batch *batch, int64_t time_us, const char *key)
{
    struct note_row *row = note(batch, NOTE_CLEAR, time_us);
    snprintf(row->key, sizeof row->key, "%s", key);
}

static int write_note(struct store *store, struct note_row *row, struct error *err)
{
    switch (row->kind) {
    case NOTE_EVENT:
        return record_event(store, row->time_us, row->source.kind, row->object, row->text, err);
    case NOTE_RAISE:
        row->source.key = row->key;
        return record_alarm_raise(store, row->time_us, &row->source, row->text, err);
    case NOTE_CLEAR:
        return record_alarm_clear(store, row->time_us, row->key, err);
    }
    return 0;
}

static int write_machine(struct store *store, const struct machine_row *row, struct error *err)
{
    if (row->is_state)
        return record_machine_state(store, row->machine, row->time_us, row->state, err);
    return record_machine_count(store, row->machine, row->time_us, row->parts, row->rejects, err);
}

/* One row; but answers that came far apart, as on a slow line, have a row each, with their own time. */
static int write_poll(struct batch *batch, const struct poll *poll, struct store *store, struct error *err)
{
    const struct instrument *instrument = poll->instrument;
    struct reading *row = batch->readings, *all = row + batch->readings_room;
    int32_t shift_us = 0, last_us = 0;
    for (size_t i = 0; poll->shifts_us && i < instrument->n_tags; i++)
        last_us = poll->shifts_us[i] > last_us ? poll->shifts_us[i] : last_us;
    poll_decode(poll, last_us < APART_US ? row : all);
    if (last_us < APART_US)
        return record_journal(store, instrument, poll->time_us, row, err);
    for (;;) {
        int32_t next_us = INT32_MAX;
        for (size_t i = 0; i < instrument->n_tags; i++) {
            if (poll->shifts_us[i] > shift_us && poll->shifts_us[i] < next_us)
                next_us = poll->shifts_us[i];
            if (poll->shifts_us[i] == shift_us)
                row[i] = all[i];
            else
                row[i].quality = QUALITY_ABSENT;
        }
        if (record_journal(store, instrument, poll->time_us + shift_us, row, err))
            return -1;
        if (next_us == INT32_MAX)
            return 0;
        shift_us = next_us;
    }
}

/* Rows of a series lie together in the store: written one after the other they cost a third less than in the order in which they came. Equal ones
 * keep their order. */
static int compare_measurements(const void *a, const void *b)
{
    const struct measurement *x = *(const struct measurement *const *)a, *y = *(const struct measurement *const *)b;
    if (x->characteristic != y->characteristic)
        return x->characteristic < y->characteristic ? -1 : 1;
    return (x->time_us > y->time_us) - (x->time_us < y->time_us) ?: (x > y) - (x < y);
}

static int compare_points(const void *a, const void *b)
{
    const struct point *x = &(*(const struct point_row *const *)a)->point, *y = &(*(const struct point_row *const *)b)->point;
    if (x->characteristic != y->characteristic)
        return x->characteristic < y->characteristic ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number) ?: (x > y) - (x < y);
}

/* The addresses of all rows, sorted; the caller frees them. */
static void *in_order(const struct rows *rows, size_t size, int (*compare)(const void *a, const void *b))
{
    const char **order = memory_zero(rows->count + 1, sizeof *order);
    for (size_t i = 0; i < rows->count; i++)
        order[i] = (const char *)rows->items + i * size;
    qsort(order, rows->count, sizeof *order, compare);
    return order;
}

static int write_measurements(struct batch *batch, struct store *store, struct error *err)
{
    const struct context_row *contexts = batch->contexts.items;
    const struct measurement **order = in_order(&batch->measurements, sizeof(struct measurement), compare_measurements);
    struct measurement together[MEASUREMENTS_TOGETHER];
    size_t count = batch->measurements.count, n = 0;
    int failed = 0;
    for (size_t i = 0; i < count && !failed; i++) {
        together[n] = *order[i];
        together[n].context = together[n].context ? contexts[together[n].context - 1].id : 0;
        if (++n < MEASUREMENTS_TOGETHER && i + 1 < count)
            continue;
        failed = record_measurements(store, together, n, err);
        n = 0;
    }
    free(order);
    return failed;
}

static int write_points(struct batch *batch, struct store *store, struct error *err)
{
    const struct limits_row *limits = batch->limits.items;
    struct point_row **order = in_order(&batch->points, sizeof(struct point_row), compare_points);
    int failed = 0;
    for (size_t i = 0; i < batch->points.count && !failed; i++) {
        if (order[i]->place != BATCH_NO_LIMITS)
            order[i]->point.limits = limits[order[i]->place].limits.id;
        failed = record_point(store, &order[i]->point, err);
    }
    free(order);
    return failed;
}

static int write_values(struct batch *batch, struct store *store, struct error *err)
{
    for (const struct poll *poll = batch->polls; poll; poll = poll->next)
        if (write_poll(batch, poll, store, err) || (poll->lessons && record_lessons(store, poll->instrument->id, poll->lessons, err)))
            return -1;
    struct context_row *contexts = batch->contexts.items;
    for (size_t i = 0; i < batch->contexts.count; i++)
        if (record_context(store, &contexts[i].context, &contexts[i].id, err))
            return -1;
    return write_measurements(batch, store, err);
}

static int write_verdicts(struct batch *batch, struct store *store, struct error *err)
{
    struct limits_row *limits = batch->limits.items;
    for (size_t i = 0; i < batch->limits.count; i++) {
        if (record_limits(store, &limits[i].limits, err))
            return -1;
        *limits[i].id = limits[i].limits.id;
    }
    if (write_points(batch, store, err))
        return -1;
    const struct standing **standings = batch->standings.items;
    for (size_t i = 0; i < batch->standings.count; i++)
        if (record_standing(store, standings[i], err))
            return -1;
    return 0;
}

static int write_groups(struct batch *batch, struct store *store, struct error *err)
{
    struct group_model_row *models = batch->group_models.items;
    for (size_t i = 0; i < batch->group_models.count; i++) {
        if (record_group_model(store, &models[i].model, err))
            return -1;
        *models[i].number = models[i].model.number;
    }
    struct group_point_row *points = batch->group_points.items;
    for (size_t i = 0; i < batch->group_points.count; i++) {
        if (points[i].place != BATCH_NO_LIMITS)
            points[i].point.model = models[points[i].place].model.number;
        if (record_group_point(store, &points[i].point, points[i].vectors, err))
            return -1;
    }
    const struct group_standing_row *standings = batch->group_standings.items;
    for (size_t i = 0; i < batch->group_standings.count; i++)
        if (record_group_standing(store, standings[i].standing, standings[i].p, err))
            return -1;
    return 0;
}

int batch_write(struct batch *batch, struct store *store, struct error *err)
{
    if (write_values(batch, store, err) || write_verdicts(batch, store, err) || write_groups(batch, store, err))
        return -1;
    struct machine_row *machines = batch->machines.items;
    for (size_t i = 0; i < batch->machines.count; i++)
        if (write_machine(store, &machines[i], err))
            return -1;
    struct note_row *notes = batch->notes.items;
    for (size_t i = 0; i < batch->notes.count; i++)
        if (write_note(store, &notes[i], err))
            return -1;
    return 0;
}

int64_t batch_number(const struct batch *batch)
{
    return batch->number;
}

size_t batch_polls(const struct batch *batch)
{
    return batch->n_polls;
}

size_t batch_readings(const struct batch *batch)
{
    return batch->n_readings;
}

size_t batch_measurements(const struct batch *batch)
{
    return batch->measurements.count;
}
