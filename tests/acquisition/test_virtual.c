#include "acquisition/virtual.h"

#include "acquisition/desk.h"
#include "tests/acquisition/fixture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

Suite *virtual_suite(void);

static const char text[] = "links:\n  hall: {url: \"tcp://127.0.0.1:502\"}\ninstruments:\n"
                           "  g: {link: hall, every: 1s, tags: {seq: {address: 40001}, bore: {address: 40002}, offset: {address: 40003}}}\n"
                           "  h: {link: hall, unit: 2, every: 2s, tags: {ref: {address: 40001}}}\n"
                           "virtual:\n"
                           "  wall: {value: \"(g.bore - g.offset) * 2\", unit: mm}\n"
                           "  share: {value: \"g.bore / h.ref\"}\n"
                           "  twice: {value: \"virtual.wall * 2 + h.ref\"}\n"
                           "  slow: {value: g.bore, every: 5s}\n"
                           "characteristics:\n"
                           "  wall: {source: virtual.wall, on_new: g.seq, lsl: 0, usl: 100}\n";

struct bench {
    struct plant *plant;
    struct virtuals *virtuals;
    int64_t now_us;
};

static void bench_open(struct bench *bench)
{
    *bench = (struct bench){.plant = fixture_plant("%s", text), .now_us = 1000 * SECOND_US};
    bench->virtuals = virtuals_create(bench->plant);
}

static void bench_close(struct bench *bench)
{
    virtuals_destroy(bench->virtuals);
    plant_free(bench->plant);
}

static void see_g(struct bench *bench, double bore, double offset, enum quality quality)
{
    struct reading readings[3] = {{.value = 1}, {.value = bore, .quality = quality}, {.value = offset}};
    bench->now_us += SECOND_US;
    virtuals_see(bench->virtuals, &bench->plant->instruments[0], bench->now_us, readings);
}

static void see_h(struct bench *bench, double ref)
{
    struct reading reading = {.value = ref};
    virtuals_see(bench->virtuals, &bench->plant->instruments[1], ++bench->now_us, &reading);
}

static const struct reading *reading_of(struct bench *bench, const char *name)
{
    const struct tag *tag = plant_tag(bench->plant, name);
    ck_assert_ptr_nonnull(tag);
    return virtuals_reading(bench->virtuals, tag);
}

/* How many polls of a virtual tag are to be recorded; all are taken. */
static int taken(struct bench *bench, const char *name)
{
    int count = 0;
    struct poll *poll;
    while ((poll = virtuals_next(bench->virtuals))) {
        struct reading reading;
        poll_decode(poll, &reading);
        const struct reading *now = virtuals_reading(bench->virtuals, &poll->instrument->tags[0]);
        ck_assert_int_eq(reading.quality, now->quality);
        ck_assert_close(reading.value, now->value, 0);
        ck_assert_int_eq(poll->time_us, bench->now_us);
        count += poll->instrument == plant_tag(bench->plant, name)->instrument;
        poll_free(poll);
    }
    return count;
}

START_TEST(calculated_when_inputs_arrive)
{
    struct bench bench;
    bench_open(&bench);
    see_g(&bench, 12, 2, QUALITY_GOOD);
    ck_assert_close(reading_of(&bench, "virtual.wall")->value, 20, 0);
    ck_assert_int_eq(reading_of(&bench, "virtual.share")->quality, QUALITY_BAD_NEVER_READ);
    ck_assert_int_eq(taken(&bench, "virtual.share"), 0);
    see_h(&bench, 4);
    ck_assert_close(reading_of(&bench, "virtual.share")->value, 3, 0);
    ck_assert_close(reading_of(&bench, "virtual.twice")->value, 44, 0);
    ck_assert_int_eq(taken(&bench, "virtual.twice"), 1);
    see_g(&bench, 13, 2, QUALITY_GOOD);
    ck_assert_close(reading_of(&bench, "virtual.twice")->value, 48, 0);
    bench_close(&bench);
}
END_TEST

START_TEST(quality_is_the_worst_of_the_inputs)
{
    struct bench bench;
    bench_open(&bench);
    see_h(&bench, 4);
    see_g(&bench, 12, 2, QUALITY_UNCERTAIN_AFTER_TIMEOUT);
    ck_assert_int_eq(reading_of(&bench, "virtual.wall")->quality, QUALITY_UNCERTAIN_AFTER_TIMEOUT);
    ck_assert_close(reading_of(&bench, "virtual.wall")->value, 20, 0);
    ck_assert_int_eq(reading_of(&bench, "virtual.twice")->quality, QUALITY_UNCERTAIN_AFTER_TIMEOUT);
    see_g(&bench, NAN, 2, QUALITY_BAD_TIMEOUT);
    ck_assert_int_eq(reading_of(&bench, "virtual.wall")->quality, QUALITY_BAD_TIMEOUT);
    ck_assert(isnan(reading_of(&bench, "virtual.wall")->value));
    ck_assert_int_eq(reading_of(&bench, "virtual.twice")->quality, QUALITY_BAD_TIMEOUT);
    see_g(&bench, 12, 2, QUALITY_GOOD);
    see_h(&bench, 0);
    ck_assert_int_eq(reading_of(&bench, "virtual.share")->quality, QUALITY_BAD_SENSOR); /* 12 / 0 */
    ck_assert_int_eq(reading_of(&bench, "virtual.wall")->quality, QUALITY_GOOD);
    for (int i = 0; i < 8; i++)
        see_g(&bench, 12, 2, QUALITY_GOOD);
    ck_assert_int_eq(reading_of(&bench, "virtual.twice")->quality, QUALITY_UNCERTAIN_STALE); /* h is 8 s old, and polled every 2 s */
    bench_close(&bench);
}
END_TEST

START_TEST(absent_inputs_keep_their_value)
{
    struct bench bench;
    bench_open(&bench);
    see_g(&bench, 12, 2, QUALITY_GOOD);
    struct reading readings[3] = {{.quality = QUALITY_ABSENT}, {.quality = QUALITY_ABSENT}, {.value = 5}};
    virtuals_see(bench.virtuals, &bench.plant->instruments[0], ++bench.now_us, readings);
    ck_assert_close(reading_of(&bench, "virtual.wall")->value, 14, 0);
    bench_close(&bench);
}
END_TEST

START_TEST(recorded_on_change_or_every_so_often)
{
    struct bench bench;
    bench_open(&bench);
    see_h(&bench, 4);
    int slow = 0, same = 0, moving = 0;
    for (int i = 0; i < 20; i++) {
        see_g(&bench, 12 + i, 2 + i, QUALITY_GOOD); /* wall stays, slow and share move */
        int before = 0;
        struct poll *poll;
        while ((poll = virtuals_next(bench.virtuals))) {
            const char *name = poll->instrument->name;
            slow += !strcmp(name, "virtual.slow");
            moving += !strcmp(name, "virtual.share");
            same += !strcmp(name, "virtual.wall");
            poll_free(poll);
            before++;
        }
        ck_assert_int_ge(before, 1);
    }
    ck_assert_int_eq(slow, 4);
    ck_assert_int_eq(moving, 20);
    ck_assert_int_eq(same, 20); /* at least once a period of its inputs, so that it is never stale */
    for (int i = 0; i < 3; i++) {
        see_h(&bench, 4 + i / 2); /* in the middle of a period: only what changed */
        ck_assert_int_eq(taken(&bench, "virtual.wall"), 0);
    }
    bench_close(&bench);
}
END_TEST

/* The value of the very poll whose counter says that a part is new. */
START_TEST(measured_with_a_part_counter)
{
    struct plant *plant = fixture_plant("%s", text);
    struct store *store;
    struct error err;
    ck_assert_msg(!store_open(&store, plant->store_path, STORE_RECORD, &err), "%s", err.text);
    ck_assert(!store_identify(store, plant, &err));
    struct batch *batch = batch_create();
    struct desk *desk = desk_create(plant, store, batch, &err);
    ck_assert_ptr_nonnull(desk);
    struct plan *plan = plan_build(plant, &plant->instruments[0]);
    static const uint16_t polls[][3] = {{7, 12, 2}, {8, 13, 2}, {8, 90, 2}, {9, 30, 10}};
    for (size_t i = 0; i < sizeof polls / sizeof polls[0]; i++) {
        struct poll *poll = poll_create(plan);
        poll->time_us = (int64_t)(1000 + i) * SECOND_US;
        for (int k = 0; k < 3; k++) {
            poll->quality[k] = QUALITY_GOOD;
            poll->registers[k] = polls[i][k];
        }
        desk_poll(desk, poll, batch);
    }
    ck_assert(!store_begin(store, &err));
    ck_assert_msg(!batch_write(batch, store, &err), "%s", err.text);
    ck_assert(!store_commit(store, &err));
    struct measurement_cursor *cursor;
    struct measurement measurement;
    static const double expected[] = {22, 40};
    int count = 0;
    ck_assert(!measurement_cursor_open(&cursor, store, plant->characteristics[0].id, 0, INT64_MAX, 0, &err));
    for (; measurement_cursor_next(cursor, &measurement, &err) == 1; count++)
        ck_assert_close(measurement.value, expected[count], 0);
    ck_assert_int_eq(count, 2);
    measurement_cursor_close(cursor);
    struct reading latest;
    int64_t time_us;
    ck_assert(!store_latest(store, plant_tag(plant, "virtual.wall")->instrument, &latest, &time_us, &err));
    ck_assert_close(latest.value, 40, 0);
    ck_assert_int_eq(time_us, 1003 * SECOND_US);
    plan_free(plan);
    desk_destroy(desk);
    batch_destroy(batch);
    store_close(store);
    plant_free(plant);
}
END_TEST

/* Samples of a tag that are stored. */
static int stored(struct store *store, const struct tag *tag)
{
    struct sample_cursor *cursor;
    struct sample sample;
    struct error err;
    int count = 0;
    ck_assert(!sample_cursor_open(&cursor, store, tag->id, 0, INT64_MAX, &err));
    while (sample_cursor_next(cursor, &sample, &err) == 1)
        count++;
    sample_cursor_close(cursor);
    return count;
}

/* Every one, those that moved by more than the deadband, none: a characteristic sees them all. */
START_TEST(what_the_plant_wants_recorded)
{
    static const char *const kinds[] = {"virtual.all", "virtual.moved", "virtual.never"};
    static const int values[] = {10, 11, 12, 13, 13, 9, 9, 20}, expected[] = {8, 4, 0};
    enum { VALUES = sizeof values / sizeof values[0] };
    struct plant *plant = fixture_plant("links: {hall: {url: \"tcp://127.0.0.1:502\"}}\n"
                                        "instruments: {g: {link: hall, unit: 1, every: 1s, tags: {a: {address: 40001}}}}\n"
                                        "virtual: {all: {value: g.a * 1}, moved: {value: g.a * 1, record: change, deadband: 2},\n"
                                        "          never: {value: g.a * 1, record: none}}\n"
                                        "characteristics: {c: {source: virtual.never, every: 1s}}\n");
    struct store *store;
    struct error err;
    ck_assert_msg(!store_open(&store, plant->store_path, STORE_RECORD, &err), "%s", err.text);
    ck_assert(!store_identify(store, plant, &err));
    struct batch *batch = batch_create();
    struct desk *desk = desk_create(plant, store, batch, &err);
    struct plan *plan = plan_build(plant, &plant->instruments[0]);
    for (int i = 0; i < VALUES; i++) {
        struct poll *poll = poll_create(plan);
        poll->time_us = (1000 + i) * SECOND_US;
        poll->quality[0] = QUALITY_GOOD;
        poll->registers[0] = (uint16_t)values[i];
        desk_poll(desk, poll, batch);
    }
    ck_assert(!store_begin(store, &err));
    ck_assert_msg(!batch_write(batch, store, &err) && !store_commit(store, &err), "%s", err.text);
    for (int i = 0; i < 3; i++)
        ck_assert_msg(stored(store, plant_tag(plant, kinds[i])) == expected[i], "%s: %d", kinds[i], stored(store, plant_tag(plant, kinds[i])));
    struct standing standing;
    ck_assert(!store_standing(store, plant->characteristics[0].id, &standing, &err));
    ck_assert_int_eq(standing.moments.n, VALUES);
    plan_free(plan);
    desk_destroy(desk);
    batch_destroy(batch);
    store_close(store);
    plant_free(plant);
}
END_TEST

Suite *virtual_suite(void)
{
    const struct named_test tests[] = {
        {"calculated when inputs arrive", calculated_when_inputs_arrive},
        {"quality is the worst of the inputs", quality_is_the_worst_of_the_inputs},
        {"absent inputs keep their value", absent_inputs_keep_their_value},
        {"recorded on change or every so often", recorded_on_change_or_every_so_often},
        {"measured with a part counter", measured_with_a_part_counter},
        {"what the plant wants recorded", what_the_plant_wants_recorded},
    };
    return SUITE_OF("virtual", 10, tests);
}
