/* Whatever order values come in, and whenever they are packed: clocks that are set back and forward, late values, several at an instant, the same
 * again, bad ones, exclusions that change. What the cursors give is a sorted array of what was recorded; a period's figures are those of its values,
 * one by one, by any specification. Each run of the test is another history. */
#include "storage/private.h"
#include "tests/storage/fixture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS = 3000, PERIODS = 30, RUNS = 5, SUBGROUP = 3 };

/* A characteristic and what is known to have been recorded of it; k 0: subgroups, 1: single values. */
struct model {
    int64_t id, time_us, points;
    struct measurement *values;
    struct point *items;
    size_t n_values, values_room, n_items, items_room;
    double subgroup[SUBGROUP];
    int n;
};

static struct plant *plant;
static struct store *store;
static struct model models[2];
static struct error err;

static void setup(void)
{
    plant = fixture_plant(fixture_tags);
    store = fixture_store(STORE_RECORD, plant);
    models[0] = (struct model){.id = plant_characteristic(plant, "bore-dia")->id, .time_us = T0};
    models[1] = (struct model){.id = plant_characteristic(plant, "hole-depth")->id, .time_us = T0};
}

static void teardown(void)
{
    for (int k = 0; k < 2; k++) {
        free(models[k].values);
        free(models[k].items);
    }
    store_close(store);
    plant_free(plant);
}

static bool one_in(int n)
{
    return rand() % n == 0;
}

/* --- what happens */

static void put(struct model *model, int64_t time_us, double value, enum quality quality, int64_t point)
{
    struct measurement m = {.characteristic = model->id, .time_us = time_us, .value = value, .quality = quality, .point = point};
    for (size_t i = 0; i < model->n_values; i++)
        if (model->values[i].time_us == time_us && model->values[i].sequence >= m.sequence)
            m.sequence = model->values[i].sequence + 1;
    snprintf(m.serial, sizeof m.serial, "S%zu", model->n_values);
    OK(record_measurement(store, &m, &err), err);
    memory_grow((void **)&model->values, &model->values_room, model->n_values, sizeof m);
    model->values[model->n_values++] = m;
}

static void put_point(struct model *model, struct subgroup subgroup)
{
    struct point p = {.characteristic = model->id, .number = ++model->points, .time_us = model->time_us, .subgroup = subgroup};
    p.subgroup.excluded = one_in(40);
    p.verdict.location_rules = one_in(30);
    p.verdict.location.center = one_in(500) ? (double)NAN : 25;
    OK(record_point(store, &p, &err), err);
    memory_grow((void **)&model->items, &model->items_room, model->n_items, sizeof p);
    model->items[model->n_items++] = p;
}

/* The next good value, and the point that it completes. */
static void put_good(struct model *model, bool single)
{
    double value = 25 + (double)(rand() % 2001 - 1000) / 1000 * (one_in(2) ? 1 : 0.1);
    put(model, model->time_us, value, one_in(100) ? QUALITY_UNCERTAIN_STALE : QUALITY_GOOD, model->points + 1);
    model->subgroup[model->n++] = value;
    if (single)
        put_point(model, (struct subgroup){.n = 1, .location = value, .dispersion = one_in(30) ? (double)NAN : 0.1, .mean = value});
    else if (model->n == SUBGROUP)
        put_point(model, spc_chart_find("xbar-r")->summarise(model->subgroup, SUBGROUP, NULL));
    model->n = single || model->n == SUBGROUP ? 0 : model->n;
}

static void exclude(struct model *model)
{
    if (!model->n_items)
        return;
    struct point *point = &model->items[(size_t)rand() % model->n_items];
    point->subgroup.excluded = one_in(2);
    char *text = memory_format("INSERT INTO exclusion(characteristic, point, time_us, who, excluded, reason) VALUES (%lld, %lld, 1, 'mei', %d, 'x')",
                               (long long)model->id, (long long)point->number, point->subgroup.excluded);
    ck_assert_int_eq(sqlite3_exec(store->db, text, NULL, NULL, NULL), SQLITE_OK);
    free(text);
}

static void happen(struct model *model, bool single)
{
    model->time_us += one_in(6) ? 0 : rand() % 3000000; /* sometimes several at an instant */
    if (one_in(400))
        model->time_us += rand() % 7200 * SECOND_US - HOUR_US; /* the clock is set */
    if (one_in(60))
        put(model, model->time_us, NAN, QUALITY_BAD_TIMEOUT, 0);
    else if (one_in(60)) /* late: kept, and not judged */
        put(model, T0 + (int64_t)((double)(model->time_us - T0) * (rand() % 1000) / 1000), 25.5, QUALITY_GOOD, 0);
    else
        put_good(model, single);
    if (one_in(10)) { /* the same again */
        struct measurement *again = &model->values[(size_t)rand() % model->n_values];
        OK(record_measurement(store, again, &err), err);
    }
    if (one_in(150))
        exclude(model);
}

static void pack(void)
{
    static const int64_t keeps[] = {0, 0, 30, 256};
    int64_t keep = keeps[rand() % 4];
    bool more = true;
    for (int turns = one_in(3) ? 1 : 1000; more && turns > 0; turns--)
        OK(store_pack(store, keep, 2000, &more, &err), err);
}

/* --- what is expected */

static int by_key(const void *a, const void *b)
{
    const struct measurement *x = a, *y = b;
    return x->time_us != y->time_us ? (x->time_us > y->time_us) - (x->time_us < y->time_us)
                                    : (x->sequence > y->sequence) - (x->sequence < y->sequence);
}

static int by_time(const void *a, const void *b)
{
    const struct point *x = a, *y = b;
    return x->time_us != y->time_us ? (x->time_us > y->time_us) - (x->time_us < y->time_us) : (x->number > y->number) - (x->number < y->number);
}

static bool is_in(int64_t time_us, int64_t from_us, int64_t to_us)
{
    return time_us >= from_us && time_us < to_us;
}

/* Both cursors, of a period or of its newest `last`, against the sorted arrays. */
static void same_order(const struct measurement *values, size_t n_values, const struct point *items, size_t n_items, int64_t id, int64_t from_us,
                       int64_t to_us, int64_t last)
{
    struct measurement_cursor *cursor;
    struct point_cursor *points;
    struct measurement m;
    struct point p;
    size_t at = 0, end = n_values;
    while (at < end && values[at].time_us < from_us)
        at++;
    while (end > at && values[end - 1].time_us >= to_us)
        end--;
    at = last && end - at > (size_t)last ? end - (size_t)last : at;
    OK(measurement_cursor_open(&cursor, store, id, from_us, to_us, last, &err), err);
    for (; measurement_cursor_next(cursor, &m, &err) == 1; at++) {
        ck_assert_uint_lt(at, end);
        const struct measurement *v = &values[at];
        ck_assert_msg(m.time_us == v->time_us && m.sequence == v->sequence && m.point == v->point && m.quality == v->quality &&
                          (m.value == v->value || (isnan(m.value) && isnan(v->value))) && !strcmp(m.serial, v->serial),
                      "value %zu is %s of %lld, not %s of %lld", at, m.serial, (long long)m.time_us, v->serial, (long long)v->time_us);
    }
    ck_assert_uint_eq(at, end);
    measurement_cursor_close(cursor);
    for (at = 0, end = n_items; at < end && items[at].time_us < from_us;)
        at++;
    while (end > at && items[end - 1].time_us >= to_us)
        end--;
    at = last && end - at > (size_t)last ? end - (size_t)last : at;
    OK(point_cursor_open(&points, store, id, from_us, to_us, last, &err), err);
    for (; point_cursor_next(points, &p, &err) == 1; at++) {
        ck_assert_uint_lt(at, end);
        ck_assert_int_eq(p.number, items[at].number);
        ck_assert_int_eq(p.time_us, items[at].time_us);
        ck_assert_int_eq(p.subgroup.excluded, items[at].subgroup.excluded);
        ck_assert_double_eq(p.subgroup.location, items[at].subgroup.location);
    }
    ck_assert_uint_eq(at, end);
    point_cursor_close(points);
}

struct figures {
    double *kept;
    size_t n;
    struct within within;
    int64_t bad, below, above, count;
};

static void end_run(struct figures *figures, size_t first)
{
    if (figures->n - first > 1)
        within_add_subgroup(&figures->within, figures->kept + first, (int)(figures->n - first));
}

/* One by one. A subgroup is what of a point stands side by side. */
static struct figures figures_of(const struct model *model, bool single, const struct measurement *values, int64_t from_us, int64_t to_us, double lsl,
                                 double usl)
{
    struct figures f = {.kept = memory_zero(model->n_values + 1, sizeof(double))};
    double previous = NAN;
    int64_t at_point = 0;
    size_t first = 0;
    for (size_t i = 0; i < model->n_values; i++) {
        const struct measurement *m = &values[i];
        if (!is_in(m->time_us, from_us, to_us))
            continue;
        f.count++;
        if (!m->point || quality_is_bad(m->quality)) {
            f.bad++;
            previous = quality_is_bad(m->quality) ? (double)NAN : previous;
            continue;
        }
        const struct point *p = m->point <= model->points ? &model->items[m->point - 1] : NULL;
        p = p && is_in(p->time_us, from_us, to_us) ? p : NULL;
        if (!single && m->point != at_point) {
            end_run(&f, first);
            first = f.n;
        }
        at_point = m->point;
        if (p && p->subgroup.excluded) {
            previous = NAN;
            continue;
        }
        if (single && !isnan(previous) && !isnan(p->subgroup.dispersion))
            within_add_moving_range(&f.within, fabs(m->value - previous));
        previous = m->value;
        f.below += m->value < lsl;
        f.above += m->value > usl;
        f.kept[f.n++] = m->value;
    }
    if (!single)
        end_run(&f, first);
    return f;
}

static void same_figures(const struct model *model, bool single, const struct measurement *values, int64_t from_us, int64_t to_us, double lsl,
                         double usl)
{
    struct summary s;
    struct figures f = figures_of(model, single, values, from_us, to_us, lsl, usl);
    struct moments m = moments_of(f.kept, f.n);
    OK(store_summary(store, model->id, from_us, to_us, lsl, usl, &s, &err), err);
    ck_assert_int_eq(s.tally.count, f.count);
    ck_assert_int_eq(s.tally.bad, f.bad);
    ck_assert_int_eq(s.tally.below, f.below);
    ck_assert_int_eq(s.tally.above, f.above);
    ck_assert_int_eq(s.tally.moments.n, m.n);
    ck_assert_close(s.tally.moments.mean, m.mean, 1e-12);
    ck_assert_close(s.tally.moments.m2, m.m2, 1e-12);
    ck_assert_close(s.tally.moments.m4, m.m4, 1e-12);
    ck_assert(fabs(s.tally.moments.m3 - m.m3) <= 1e-12 * (1 + pow(m.m2, 1.5)));
    ck_assert_close(s.tally.moments.min, m.min, 0);
    ck_assert_close(s.tally.moments.max, m.max, 0);
    ck_assert_int_eq(s.tally.within.subgroups, f.within.subgroups);
    ck_assert_close(s.tally.within.ss, f.within.ss, 1e-12);
    ck_assert_int_eq(s.tally.within.mr_count, f.within.mr_count);
    ck_assert_close(s.tally.within.mr_sum, f.within.mr_sum, 1e-12);
    ck_assert_int_eq(s.coarse, 0);
    free(f.kept);
}

static void check(struct model *model, bool single, int periods)
{
    if (!model->n_items)
        return;
    struct measurement *values = memory_zero(model->n_values, sizeof *values);
    struct point *items = memory_zero(model->n_items, sizeof *items);
    memcpy(values, model->values, model->n_values * sizeof *values);
    memcpy(items, model->items, model->n_items * sizeof *items);
    qsort(values, model->n_values, sizeof *values, by_key);
    qsort(items, model->n_items, sizeof *items, by_time);
    int64_t begin_us = values[0].time_us, end_us = values[model->n_values - 1].time_us + 1;
    for (int i = 0; i < periods; i++) {
        int64_t from_us = begin_us + (int64_t)((double)(end_us - begin_us) * (rand() % 1000) / 1000);
        int64_t to_us = from_us + (int64_t)((double)(end_us - from_us) * (rand() % 1000) / 1000);
        if (i % 3 == 1) { /* at a value's own instant: the first belongs to it, the last does not */
            from_us = values[(size_t)rand() % model->n_values].time_us;
            to_us = values[(size_t)rand() % model->n_values].time_us;
        }
        from_us = i == 0 ? 0 : from_us;
        to_us = i == 0 ? INT64_MAX : to_us;
        same_order(values, model->n_values, items, model->n_items, model->id, from_us, to_us, i % 2 ? rand() % 1500 + 1 : 0);
        same_figures(model, single, values, from_us, to_us, i % 4 == 3 ? 24.5 : 24.02, i % 5 == 4 ? (double)NAN : 25.98);
    }
    free(values);
    free(items);
}

START_TEST(test_any_order)
{
    srand(100 + (unsigned)_i);
    for (int step = 0; step < STEPS;) {
        fixture_begin(store);
        for (int end = step + rand() % 400 + 1; step < end && step < STEPS; step++)
            for (int k = 0; k < 2; k++)
                happen(&models[k], k);
        fixture_commit(store);
        if (!one_in(3))
            pack();
        for (int k = 0; k < 2; k++)
            check(&models[k], k, 3);
    }
    for (int k = 0; k < 2; k++)
        check(&models[k], k, PERIODS);
    for (int round = 0; round < 2; round++) {
        bool more = true;
        while (more)
            OK(store_pack(store, round ? 0 : 256, SECOND_US, &more, &err), err);
        for (int k = 0; k < 2; k++)
            check(&models[k], k, PERIODS);
    }
}
END_TEST

/* --- polls: of two tags always, of a third now and then, so that there are two layouts */

enum { POLLS = 6000 };
struct poll_model {
    int64_t time_us;
    double values[3];
    enum quality qualities[3];
};
static struct poll_model polls[POLLS];
static size_t n_polls;

static int by_poll_time(const void *a, const void *b)
{
    int64_t x = ((const struct poll_model *)a)->time_us, y = ((const struct poll_model *)b)->time_us;
    return (x > y) - (x < y);
}

static void put_poll(const struct poll_model *poll)
{
    struct reading readings[4] = {[3] = {.value = NAN, .quality = QUALITY_ABSENT}};
    for (int i = 0; i < 3; i++)
        readings[i] = (struct reading){.value = poll->values[i], .quality = poll->qualities[i]};
    OK(record_journal(store, &plant->instruments[0], poll->time_us, readings, &err), err);
}

static void happen_to_poll(int64_t *time_us)
{
    struct poll_model *poll = &polls[n_polls];
    *time_us += rand() % 2000000 + 1;
    if (one_in(500))
        *time_us += rand() % 7200 * SECOND_US - HOUR_US;
    poll->time_us = one_in(50) ? T0 + (int64_t)((double)(*time_us - T0) * (rand() % 1000) / 1000) : *time_us;
    for (size_t i = 0; i < n_polls; i++)
        if (polls[i].time_us == poll->time_us)
            return;
    bool bad = one_in(50);
    poll->values[0] = (double)(float)(rand() % 1000) / 8;
    poll->values[1] = bad ? (double)NAN : 5;
    poll->qualities[1] = bad ? QUALITY_BAD_TIMEOUT : QUALITY_GOOD;
    poll->values[2] = rand() % 4;
    poll->qualities[2] = one_in(5) ? QUALITY_GOOD : QUALITY_ABSENT;
    put_poll(poll);
    n_polls++;
    if (one_in(10)) { /* the same again, which says something else: the first stays */
        struct poll_model again = polls[(size_t)rand() % n_polls];
        again.values[0] += 1;
        put_poll(&again);
    }
}

static void check_polls(void)
{
    qsort(polls, n_polls, sizeof *polls, by_poll_time);
    for (int look = 0; look < 6; look++) {
        int64_t from_us = look < 3 ? 0 : polls[(size_t)rand() % n_polls].time_us,
                to_us = look < 3 ? INT64_MAX : polls[(size_t)rand() % n_polls].time_us;
        struct sample_cursor *cursor;
        struct sample sample = {0};
        OK(sample_cursor_open(&cursor, store, plant->instruments[0].tags[look % 3].id, from_us, to_us, &err), err);
        for (size_t i = 0; i < n_polls; i++) {
            if (polls[i].qualities[look % 3] == QUALITY_ABSENT || !is_in(polls[i].time_us, from_us, to_us))
                continue;
            ck_assert_int_eq(sample_cursor_next(cursor, &sample, &err), 1);
            ck_assert_int_eq(sample.time_us, polls[i].time_us);
            ck_assert_int_eq((int)sample.reading.quality, (int)polls[i].qualities[look % 3]);
            ck_assert_close(sample.reading.value, polls[i].values[look % 3], 0);
        }
        ck_assert_int_eq(sample_cursor_next(cursor, &sample, &err), 0);
        sample_cursor_close(cursor);
    }
}

START_TEST(test_polls_in_any_order)
{
    int64_t time_us = T0;
    srand(500 + (unsigned)_i);
    n_polls = 0;
    while (n_polls < POLLS - 500) {
        fixture_begin(store);
        for (int n = rand() % 400 + 1; n > 0; n--)
            happen_to_poll(&time_us);
        fixture_commit(store);
        if (!one_in(3))
            pack();
        if (one_in(3))
            check_polls();
    }
    check_polls();
    bool more = true;
    while (more)
        OK(store_pack(store, 0, SECOND_US, &more, &err), err);
    check_polls();
}
END_TEST

Suite *any_order_suite(void);
Suite *any_order_suite(void)
{
    Suite *suite = suite_create("any order");
    TCase *each = tcase_create("any order");
    tcase_add_checked_fixture(each, setup, teardown);
    tcase_set_timeout(each, 120);
    tcase_add_loop_test(each, test_any_order, 0, RUNS);
    suite_add_tcase(suite, each);
    TCase *of_polls = tcase_create("any order of polls");
    tcase_add_checked_fixture(of_polls, setup, teardown);
    tcase_set_timeout(of_polls, 60);
    tcase_add_loop_test(of_polls, test_polls_in_any_order, 0, RUNS);
    suite_add_tcase(suite, of_polls);
    return suite;
}
