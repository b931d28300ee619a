/* An external merge sort: runs of one buffer each, then the first of all runs through a heap. */
#include "acquisition/import_sort.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TEXTS = 6, BUFFER = 8 << 20, RUN_BUFFER = 64 << 10 };

/* A row in a buffer or file, its texts behind it; only this process reads it, so the plant's addresses stay as they are. */
struct packed {
    const struct characteristic *characteristic;
    const struct tag *tag;
    int64_t time_us, line;
    double value;
    int64_t sequence;
    int32_t quality, attempt;
    uint32_t size; /* with the texts */
};

struct run {
    off_t at, end; /* in the file: what is not in the buffer yet */
    char *buffer;
    size_t used, place;
};

struct import_sort {
    char *buffer;
    size_t used, room;
    struct packed **order; /* of the buffer's rows */
    size_t n_order, order_room, next;
    size_t *offsets; /* of the buffer's rows, as they came */
    size_t n_offsets, offsets_room;
    int64_t count;
    int file; /* -1: none */
    off_t size;
    struct run *runs;
    size_t n_runs, runs_room;
    struct run **heap;
    size_t n_heap;
    bool stale; /* the first run must step on */
};

struct import_sort *import_sort_create(void)
{
    struct import_sort *sort = memory_zero(1, sizeof *sort);
    sort->file = -1;
    return sort;
}

void import_sort_free(struct import_sort *sort)
{
    for (size_t i = 0; i < sort->n_runs; i++)
        free(sort->runs[i].buffer);
    if (sort->file >= 0)
        close(sort->file);
    free(sort->runs);
    free(sort->heap);
    free(sort->buffer);
    free(sort->order);
    free(sort->offsets);
    free(sort);
}

int64_t import_sort_count(const struct import_sort *sort)
{
    return sort->count;
}

/* --- order */

static const char *series_of(const struct packed *row)
{
    return row->characteristic ? (const char *)row->characteristic : (const char *)row->tag->instrument;
}

/* Readings of an instrument lie together; of measurements of one instant a part measured again comes last. */
static int compare(const struct packed *x, const struct packed *y)
{
    const char *p = series_of(x), *q = series_of(y);
    if (p != q)
        return p < q ? -1 : 1;
    if (x->time_us != y->time_us)
        return x->time_us < y->time_us ? -1 : 1;
    if (x->sequence != y->sequence && x->sequence >= 0 && y->sequence >= 0)
        return x->sequence < y->sequence ? -1 : 1;
    return x->line < y->line ? -1 : x->line > y->line;
}

static int in_order(const void *a, const void *b)
{
    return compare(*(struct packed *const *)a, *(struct packed *const *)b);
}

static void sort_buffer(struct import_sort *sort)
{
    sort->n_order = sort->next = 0;
    for (size_t i = 0; i < sort->n_offsets; i++) {
        memory_grow((void **)&sort->order, &sort->order_room, sort->n_order, sizeof(struct packed *));
        sort->order[sort->n_order++] = (struct packed *)(sort->buffer + sort->offsets[i]);
    }
    if (sort->n_order)
        qsort(sort->order, sort->n_order, sizeof(struct packed *), in_order);
}

/* --- runs */

static int failed(const char *doing, const char *directory, struct error *err)
{
    return error_set(err, errno == ENOSPC ? ERR_FULL : ERR_IO,
                     "the rows cannot be %s a temporary file in %s: %s; nothing was imported: free some space, or set TMPDIR", doing, directory,
                     strerror(errno));
}

static const char *directory_of_runs(void)
{
    const char *directory = getenv("TMPDIR");
    return directory && *directory ? directory : "/var/tmp";
}

static int open_file(struct import_sort *sort, struct error *err)
{
    char *name = memory_format("%s/gemba-import-XXXXXX", directory_of_runs());
    sort->file = mkstemp(name);
    if (sort->file >= 0)
        unlink(name);
    free(name);
    return sort->file < 0 ? failed("sorted with", directory_of_runs(), err) : 0;
}

static int write_all(struct import_sort *sort, const char *data, size_t size, struct error *err)
{
    while (size) {
        ssize_t written = write(sort->file, data, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return failed("written to", directory_of_runs(), err);
        data += written;
        size -= (size_t)written;
        sort->size += written;
    }
    return 0;
}

/* The buffer becomes a run. */
static int spill(struct import_sort *sort, struct error *err)
{
    char *block = memory_zero(RUN_BUFFER, 1);
    size_t used = 0;
    struct run run = {.at = sort->size};
    int result = sort->file < 0 ? open_file(sort, err) : 0;
    sort_buffer(sort);
    for (size_t i = 0; i < sort->n_order && !result; i++) {
        const struct packed *row = sort->order[i];
        if (used + row->size > RUN_BUFFER) {
            result = write_all(sort, block, used, err);
            used = 0;
        }
        memcpy(block + used, row, row->size);
        used += row->size;
    }
    result = result || write_all(sort, block, used, err) ? -1 : 0;
    free(block);
    run.end = sort->size;
    memory_grow((void **)&sort->runs, &sort->runs_room, sort->n_runs, sizeof run);
    sort->runs[sort->n_runs++] = run;
    sort->used = sort->n_offsets = 0;
    return result;
}

int import_sort_add(struct import_sort *sort, const struct import_row *row, struct error *err)
{
    const char *texts[TEXTS] = {row->text, row->serial, row->context.lot, row->context.order, row->context.operator, row->context.gauge };
    size_t lengths[TEXTS], size = sizeof(struct packed);
    for (int i = 0; i < TEXTS; i++)
        size += lengths[i] = strlen(texts[i]) + 1;
    size = (size + 7) / 8 * 8;
    if (sort->used + size > BUFFER && spill(sort, err))
        return -1;
    if (sort->used + size > sort->room) {
        sort->room = sort->room ? 2 * sort->room : 1 << 16;
        sort->buffer = memory_resize(sort->buffer, sort->room, 1);
    }
    struct packed packed = {row->characteristic,   row->tag,     row->time_us,  row->line, row->value, row->sequence,
                            (int32_t)row->quality, row->attempt, (uint32_t)size};
    char *at = sort->buffer + sort->used;
    memcpy(at, &packed, sizeof packed);
    at += sizeof packed;
    for (int i = 0; i < TEXTS; at += lengths[i++])
        memcpy(at, texts[i], lengths[i]);
    memory_grow((void **)&sort->offsets, &sort->offsets_room, sort->n_offsets, sizeof *sort->offsets);
    sort->offsets[sort->n_offsets++] = sort->used;
    sort->used += size;
    sort->count++;
    return 0;
}

/* --- merging */

static const struct packed *row_of(const struct run *run)
{
    return (const struct packed *)(run->buffer + run->place);
}

static void sink(struct import_sort *sort)
{
    for (size_t i = 0, least;; i = least) {
        least = i;
        for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < sort->n_heap; child++)
            if (compare(row_of(sort->heap[child]), row_of(sort->heap[least])) < 0)
                least = child;
        if (least == i)
            return;
        struct run *run = sort->heap[i];
        sort->heap[i] = sort->heap[least];
        sort->heap[least] = run;
    }
}

/* Has a whole row at its place: 1, 0 at its end, -1. */
static int fill(struct import_sort *sort, struct run *run, struct error *err)
{
    size_t left = run->used - run->place;
    if (left >= sizeof(struct packed) && left >= row_of(run)->size)
        return 1;
    memmove(run->buffer, run->buffer + run->place, left);
    run->used = left;
    run->place = 0;
    while (run->at < run->end && run->used < RUN_BUFFER) {
        size_t room = RUN_BUFFER - run->used, there = (size_t)(run->end - run->at);
        ssize_t got = pread(sort->file, run->buffer + run->used, room < there ? room : there, run->at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return failed("read from", directory_of_runs(), err);
        run->at += got;
        run->used += (size_t)got;
    }
    return run->used > 0;
}

int import_sort_finish(struct import_sort *sort, struct error *err)
{
    if (!sort->n_runs) {
        sort_buffer(sort);
        return 0;
    }
    if (spill(sort, err))
        return -1;
    free(sort->buffer);
    free(sort->order);
    free(sort->offsets);
    sort->buffer = NULL;
    sort->order = NULL;
    sort->offsets = NULL;
    sort->heap = memory_zero(sort->n_runs + 1, sizeof(struct run *));
    for (size_t i = 0; i < sort->n_runs; i++) {
        sort->runs[i].buffer = memory_zero(RUN_BUFFER, 1);
        if (fill(sort, &sort->runs[i], err) < 0)
            return -1;
    }
    for (size_t i = sort->n_runs; i-- > 0;) { /* the heap grows at its root */
        memmove(sort->heap + 1, sort->heap, sort->n_heap++ * sizeof(struct run *));
        sort->heap[0] = &sort->runs[i];
    }
    for (size_t i = 0; i < sort->n_heap; i++) /* few runs: insertion sort makes a heap */
        for (size_t j = i; j > 0 && compare(row_of(sort->heap[j]), row_of(sort->heap[j - 1])) < 0; j--) {
            struct run *run = sort->heap[j];
            sort->heap[j] = sort->heap[j - 1];
            sort->heap[j - 1] = run;
        }
    return 0;
}

static void unpack(const struct packed *packed, struct import_row *row)
{
    *row = (struct import_row){.characteristic = packed->characteristic,
                               .tag = packed->tag,
                               .time_us = packed->time_us,
                               .line = packed->line,
                               .value = packed->value,
                               .quality = (enum quality)packed->quality,
                               .sequence = packed->sequence,
                               .attempt = packed->attempt};
    const char *text = (const char *)(packed + 1);
    char *places[] = {row->context.lot, row->context.order, row->context.operator, row->context.gauge };
    row->text = text;
    row->serial = text += strlen(text) + 1;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        text += strlen(text) + 1;
        strcpy(places[i], text);
    }
}

int import_sort_next(struct import_sort *sort, struct import_row *row, struct error *err)
{
    if (!sort->n_runs) {
        if (sort->next == sort->n_order)
            return 0;
        unpack(sort->order[sort->next++], row);
        return 1;
    }
    if (sort->stale) {
        struct run *first = sort->heap[0];
        first->place += row_of(first)->size;
        int more = fill(sort, first, err);
        if (more < 0)
            return -1;
        if (!more)
            sort->heap[0] = sort->heap[--sort->n_heap];
        sink(sort);
    }
    sort->stale = sort->n_heap > 0;
    if (sort->n_heap == 0)
        return 0;
    unpack(row_of(sort->heap[0]), row);
    return 1;
}
