#ifndef GEMBA_STORAGE_TRACE_H
#define GEMBA_STORAGE_TRACE_H

#include "storage/state.h"
#include "storage/store.h"
#include "storage/value.h"

/* One part's history, found without reading through the store. Lists are allocated for the caller, who frees them with free(). */

enum trace_key { TRACE_SERIAL, TRACE_LOT, TRACE_ORDER };

/* Every measurement of a serial number, lot or work order, in order of time. */
int store_trace(struct store *store, enum trace_key key, const char *text, struct measurement **measurements, size_t *count, struct error *err);

/* The points that measurements became part of, asked for in order of time: it reads on where the last answer of a characteristic stood. */
struct point_finder;
struct point_finder *point_finder_create(struct store *store);
void point_finder_destroy(struct point_finder *finder); /* NULL is fine */
/* 1, 0 when there is none (yet), -1. */
int point_finder_find(struct point_finder *finder, const struct measurement *measurement, struct point *point, struct error *err);

/* Alarms about a characteristic that were active at some moment of [from_us, to_us], oldest first. */
int store_alarms_at(struct store *store, int64_t characteristic, int64_t from_us, int64_t to_us, struct alarm **alarms, size_t *count,
                    struct error *err);

/* What people wrote about a thing ("SN-4711", "bore-dia", "press-1"), oldest first. time_us: what it is about; written_us: when. */
struct note {
    int64_t id, time_us, written_us;
    char object[96], who[32], text[512];
};
/* object NULL: about anything, the newest `most` of the period [from_us, to_us), newest first. */
int store_notes(struct store *store, const char *object, int64_t from_us, int64_t to_us, int most, struct note **notes, size_t *count,
                struct error *err);

#endif
