#include "tests/storage/fixture.h"

#include <math.h>
#include <string.h>

static const char tags[] = "      fast: {address: 40001, every: 100ms}\n      slow: {address: 40002, every: 1h}\n      bore: {address: 40003}\n"
                           "      depth: {address: 40004}\n";
enum { FAST, SLOW, BORE, DEPTH, TAGS };

/* A poll that brings only one tag. */
static void record_one(struct store *store, const struct instrument *instrument, int64_t time_us, int tag, double value)
{
    struct error err;
    struct reading readings[TAGS];
    for (int i = 0; i < TAGS; i++)
        readings[i] = (struct reading){.value = NAN, .quality = QUALITY_ABSENT};
    readings[tag] = (struct reading){.value = value};
    OK(record_journal(store, instrument, time_us, readings, &err), err);
}

START_TEST(polls_of_some_tags)
{
    struct error err;
    struct plant *plant = fixture_plant(tags);
    const struct instrument *gauge = &plant->instruments[0];
    struct store *store = fixture_store(STORE_RECORD, plant);
    fixture_begin(store);
    record_one(store, gauge, T0, SLOW, 7);
    for (int i = 1; i <= 100; i++)
        record_one(store, gauge, T0 + i, FAST, i);
    record_one(store, gauge, T0 + 101, BORE, 25);
    fixture_commit(store);
    struct reading readings[TAGS];
    int64_t times_us[TAGS], newest_us;
    OK(store_latest_each(store, gauge, readings, times_us, &err), err);
    ck_assert_double_eq(readings[SLOW].value, 7);
    ck_assert_double_eq(readings[FAST].value, 100);
    ck_assert_double_eq(readings[BORE].value, 25);
    ck_assert_int_eq(times_us[SLOW], T0);
    ck_assert_int_eq(times_us[FAST], T0 + 100);
    ck_assert_int_eq(times_us[DEPTH], 0);
    ck_assert_int_eq(readings[DEPTH].quality, QUALITY_BAD_NEVER_READ);
    OK(store_latest(store, gauge, readings, &newest_us, &err), err);
    ck_assert_int_eq(newest_us, T0 + 101);
    struct sample_cursor *cursor;
    struct sample sample;
    int count = 0;
    OK(sample_cursor_open(&cursor, store, gauge->tags[FAST].id, T0, T0 + 1000, &err), err);
    while (sample_cursor_next(cursor, &sample, &err) == 1)
        ck_assert_double_eq(sample.reading.value, ++count);
    sample_cursor_close(cursor);
    ck_assert_int_eq(count, 100);
    store_close(store);
    plant_free(plant);
}
END_TEST

START_TEST(lessons_come_back)
{
    struct error err;
    struct plant *plant = fixture_plant(tags);
    struct store *store = fixture_store(STORE_RECORD, plant);
    const struct lessons learned = {
        .count = 3,
        .items = {{LESSON_LIMIT, AREA_HOLDING, 0, 62, T0}, {LESSON_GAP, AREA_HOLDING, 50, 59, T0 + 1}, {LESSON_REFUSED, AREA_INPUT, 7, 7, T0 + 2}}};
    fixture_begin(store);
    OK(record_lessons(store, plant->instruments[0].id, &learned, &err), err);
    OK(record_lessons(store, plant->instruments[0].id, &learned, &err), err);
    fixture_commit(store);
    store_close(store);
    plant_free(plant);
    plant = fixture_plant(tags);
    store = fixture_store(STORE_RECORD, plant);
    const struct lessons *again = &plant->instruments[0].lessons;
    ck_assert_int_eq(again->count, learned.count);
    ck_assert_mem_eq(again->items, learned.items, 3 * sizeof learned.items[0]);
    char words[128];
    ck_assert_str_eq(lessons_words(again, words, sizeof words), "at most 62 registers; not over holding:50..59; input:7 refused");
    fixture_begin(store);
    OK(record_lessons(store, plant->instruments[0].id, &(struct lessons){0}, &err), err);
    fixture_commit(store);
    struct lessons none = learned;
    OK(store_lessons(store, plant->instruments[0].id, &none, &err), err);
    ck_assert_int_eq(none.count, 0);
    store_close(store);
    plant_free(plant);
}
END_TEST

Suite *lesson_suite(void);
Suite *lesson_suite(void)
{
    const struct fixture_test tests[] = {{"polls of some tags only", polls_of_some_tags}, {"lessons come back", lessons_come_back}};
    return fixture_suite("lesson", tests, sizeof tests / sizeof tests[0], NULL, NULL);
}
