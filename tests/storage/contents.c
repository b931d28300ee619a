#include "tests/storage/contents.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BATCH = CONTENTS_BATCH };

/* --- one batch, as a recorder writes it */

static int record_values(struct store *store, const struct plant *plant, int64_t batch, struct error *err)
{
    const struct instrument *gauge = &plant->instruments[0];
    int64_t bore = plant->characteristics[0].id, time_us = T0 + batch * 5 * SECOND_US;
    for (int64_t i = batch * BATCH; i < (batch + 1) * BATCH; i++) {
        struct reading readings[4] = {{.value = 25.25}, {.value = 5.5}, {.value = (double)(i % 100)}, {.value = (double)__builtin_nan("")}};
        snprintf(readings[3].text, sizeof readings[3].text, "S%lld", (long long)i);
        struct measurement m = fixture_measurement(bore, i);
        if (record_journal(store, gauge, m.time_us, readings, err) || record_measurement(store, &m, err))
            return -1;
    }
    struct limits limits = {
        .characteristic = bore, .time_us = time_us, .state = LIMITS_TRIAL, .center = 25, .sigma = 0.1, .points = 25, .source = "t"};
    struct standing standing = {.characteristic = bore, .time_us = time_us, .last = 25, .points = batch + 1};
    struct point point = fixture_point(bore, batch + 1);
    return record_limits(store, &limits, err) || record_point(store, &point, err) || record_standing(store, &standing, err);
}

static int record_rest(struct store *store, const struct plant *plant, int64_t batch, struct error *err)
{
    int64_t press = plant->machines[0].id, time_us = T0 + batch * 5 * SECOND_US;
    struct alarm_source source = {.kind = "signal", .key = "signal/bore-dia", .object = "bore-dia", .priority = ALARM_HIGH};
    struct link_status link = {.instrument = plant->instruments[0].id, .time_us = time_us, .state = "online", .address = "127.0.0.1:502"};
    struct collector_status status = {.time_us = time_us, .started_us = T0, .commits = batch + 1};
    return record_machine_state(store, press, time_us, batch % 2 ? OEE_RUNNING : OEE_IDLE, err) ||
           record_machine_count(store, press, time_us, 1, 0, err) || record_event(store, time_us, "counter", "gauge-7", "jumped", err) ||
           record_alarm_raise(store, time_us, &source, "rule 1", err) || record_link_status(store, &link, err) ||
           record_collector_status(store, &status, err);
}

int contents_record(struct store *store, const struct plant *plant, int64_t batch, struct error *err)
{
    if (store_begin(store, err))
        return -1;
    if (record_values(store, plant, batch, err) || record_rest(store, plant, batch, err) || store_commit(store, err)) {
        store_rollback(store);
        return -1;
    }
    return 0;
}

static int record_judged(struct store *store, const struct characteristic *c, int points, struct error *err)
{
    struct standing standing = {.characteristic = c->id, .quality = QUALITY_GOOD, .points = points};
    for (int64_t number = 1; number <= points; number++) {
        double values[5];
        struct point p = {.characteristic = c->id, .number = number, .verdict = {.location = {25, 24.1, 25.9, 0.3}}};
        for (int i = 0; i < 5; i++) {
            struct measurement m = fixture_measurement(c->id, (number - 1) * 5 + i);
            m.point = number;
            values[i] = m.value;
            p.time_us = standing.time_us = m.time_us;
            moments_add(&standing.moments, m.value);
            if (record_measurement(store, &m, err))
                return -1;
        }
        p.subgroup = c->chart->summarise(values, 5, NULL);
        if (record_point(store, &p, err))
            return -1;
    }
    return record_standing(store, &standing, err);
}

int contents_judged(struct store *store, const struct plant *plant, int points, struct error *err)
{
    if (store_begin(store, err))
        return -1;
    if (record_judged(store, &plant->characteristics[0], points, err) || store_commit(store, err)) {
        store_rollback(store);
        return -1;
    }
    return 0;
}

/* --- all there is to read */

static int read_values(struct store *store, const struct plant *plant, struct contents *all, struct error *err)
{
    struct measurement_cursor *measurements;
    struct point_cursor *points;
    struct sample_cursor *samples;
    struct measurement m;
    struct point p;
    struct sample s;
    int more;
    int64_t bore = plant->characteristics[0].id;
    if (measurement_cursor_open(&measurements, store, bore, 0, INT64_MAX, 0, err))
        return -1;
    while ((more = measurement_cursor_next(measurements, &m, err)) == 1) {
        all->ordered &= m.time_us == T0 + all->measurements++ * SECOND_US;
        all->sum += m.value;
    }
    measurement_cursor_close(measurements);
    if (more || point_cursor_open(&points, store, bore, 0, INT64_MAX, 0, err))
        return -1;
    while ((more = point_cursor_next(points, &p, err)) == 1)
        all->ordered &= p.number == ++all->points;
    point_cursor_close(points);
    if (more || sample_cursor_open(&samples, store, 0, 0, INT64_MAX, err))
        return -1;
    while ((more = sample_cursor_next(samples, &s, err)) == 1) {
        all->samples++;
        all->sum += s.reading.text[0] ? (double)strlen(s.reading.text) : s.reading.value;
    }
    sample_cursor_close(samples);
    return more;
}

static int read_rest(struct store *store, const struct plant *plant, struct contents *all, struct error *err)
{
    struct event *events;
    struct alarm *alarms;
    struct standing standing;
    struct collector_status status;
    size_t count;
    int64_t rejects, time_us;
    struct reading readings[4];
    if (store_events(store, 0, INT64_MAX, 1000, &events, &count, err))
        return -1;
    all->events = (int64_t)count;
    free(events);
    if (store_alarms(store, true, 10, &alarms, &count, err))
        return -1;
    all->recurrences = count ? alarms[0].count : 0;
    free(alarms);
    if (store_machine_counts(store, plant->machines[0].id, 0, INT64_MAX, &all->parts, &rejects, err) ||
        store_standing(store, plant->characteristics[0].id, &standing, err) || store_collector_status(store, &status, err) ||
        store_latest(store, &plant->instruments[0], readings, &time_us, err))
        return -1;
    all->standing = standing.points;
    all->commits = status.commits;
    all->ordered &= time_us == T0 + (all->samples / 4 - 1) * SECOND_US;
    return 0;
}

int contents_read(const char *path, struct plant *plant, struct contents *all, struct error *err)
{
    struct store *store;
    *all = (struct contents){.ordered = true};
    if (store_open(&store, path, STORE_READ, err))
        return -1;
    int failed = store_identify(store, plant, err) || read_values(store, plant, all, err) || read_rest(store, plant, all, err) ? -1 : 0;
    store_close(store);
    return failed;
}

void contents_copy(const char *from, const char *to)
{
    static const char *const ends[] = {"-wal", "-shm", "-journal"};
    for (int i = 0; i < 3; i++) {
        char *beside = memory_format("%s%s", to, ends[i]);
        unlink(beside);
        free(beside);
    }
    char buffer[65536];
    FILE *in = fopen(from, "r"), *out = fopen(to, "w");
    ck_assert(in && out);
    for (size_t got; (got = fread(buffer, 1, sizeof buffer, in)) > 0;)
        ck_assert_uint_eq(fwrite(buffer, 1, got, out), got);
    fclose(in);
    ck_assert_int_eq(fclose(out), 0);
}
