/* Polls come back as they were recorded, whatever happens to the configuration. */
#include "storage/private.h"
#include "tests/storage/fixture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char all_types[] = "      b: {address: \"coil:0\", type: bool}\n"
                                "      bit: {address: 40001, type: bit, bit: 3}\n"
                                "      u16: {address: 40002, type: u16}\n"
                                "      i16: {address: 40003, type: i16}\n"
                                "      u32: {address: 40004, type: u32}\n"
                                "      i32: {address: 40006, type: i32}\n"
                                "      u64: {address: 40008, type: u64}\n"
                                "      i64: {address: 40012, type: i64}\n"
                                "      f32: {address: 40016, type: f32}\n"
                                "      f64: {address: 40018, type: f64}\n"
                                "      scaled: {address: 40022, type: u16, scale: 0.1}\n"
                                "      bore: {address: 40024, type: f32}\n"
                                "      depth: {address: 40026, type: f32}\n"
                                "      text: {address: 40030, type: string, length: 16}\n"
                                "      bits: {address: 40040, type: bits, bit: 2, width: 8}\n"
                                "      field: {address: 40040, type: bits, bit: 2, width: 14}\n"
                                "      u8: {address: 40041, type: u8}\n"
                                "      i8: {address: 40041, type: i8, byte: high}\n"
                                "      u24: {address: 40042, type: u24}\n"
                                "      i24: {address: 40044, type: i24}\n"
                                "      u48: {address: 40046, type: u48}\n"
                                "      i48: {address: 40050, type: i48}\n"
                                "      bcd8: {address: 40054, type: bcd8}\n"
                                "      bcd16: {address: 40055, type: bcd16}\n"
                                "      bcd24: {address: 40056, type: bcd24}\n"
                                "      bcd32: {address: 40058, type: bcd32}\n"
                                "      sm16: {address: 40060, type: sm16}\n"
                                "      sm32: {address: 40062, type: sm32}\n"
                                "      f16: {address: 40064, type: f16}\n";
enum {
    B,
    BIT,
    U16,
    I16,
    U32,
    I32,
    U64,
    I64,
    F32,
    F64,
    SCALED,
    BORE,
    DEPTH,
    TEXT,
    BITS,
    FIELD,
    U8,
    I8,
    U24,
    I24,
    U48,
    I48,
    BCD8,
    BCD16,
    BCD24,
    BCD32,
    SM16,
    SM32,
    F16,
    ALL
};

static void check_reading(const struct reading *got, const struct reading *expected, size_t column)
{
    bool same = (isnan(got->value) && isnan(expected->value)) || memcmp(&got->value, &expected->value, sizeof got->value) == 0;
    ck_assert_msg(same, "column %zu: %.17g instead of %.17g", column, got->value, expected->value);
    ck_assert_int_eq(got->quality, expected->quality);
    ck_assert_str_eq(got->text, expected->text);
}

/* Records one poll and reads it back through a second connection, both ways. */
static void round_trip(const struct reading *readings)
{
    struct plant *plant = fixture_plant(all_types);
    const struct instrument *gauge = &plant->instruments[0];
    ck_assert_uint_eq(gauge->n_tags, ALL);
    struct store *store = fixture_store(STORE_RECORD, plant), *reader;
    struct error err;
    fixture_begin(store);
    OK(record_journal(store, gauge, T0, readings, &err), err);
    fixture_commit(store);
    reader = fixture_store(STORE_READ, plant);

    struct reading latest[ALL];
    int64_t time_us;
    OK(store_latest(reader, gauge, latest, &time_us, &err), err);
    ck_assert_int_eq(time_us, T0);
    struct sample_cursor *cursor;
    struct sample sample;
    OK(sample_cursor_open(&cursor, reader, 0, 0, INT64_MAX, &err), err);
    for (size_t i = 0; i < ALL; i++) {
        check_reading(&latest[i], &readings[i], i);
        ck_assert_int_eq(sample_cursor_next(cursor, &sample, &err), 1);
        ck_assert_str_eq(sample.name, gauge->tags[i].full_name);
        ck_assert_int_eq(sample.tag, gauge->tags[i].id);
        ck_assert_int_eq(sample.time_us, T0);
        check_reading(&sample.reading, &readings[i], i);
    }
    ck_assert_int_eq(sample_cursor_next(cursor, &sample, &err), 0);
    sample_cursor_close(cursor);
    store_close(reader);
    store_close(store);
    plant_free(plant);
}

static void plain(struct reading *r)
{
    memset(r, 0, ALL * sizeof *r);
    for (size_t i = 0; i < ALL; i++)
        r[i].value = i < U16;
    r[TEXT].value = NAN;
    strcpy(r[TEXT].text, "A-1047/33");
}

START_TEST(test_largest)
{
    struct reading r[ALL];
    plain(r);
    r[U16].value = 65535;
    r[I16].value = 32767;
    r[U32].value = 4294967295.0;
    r[I32].value = 2147483647;
    r[U64].value = 18446744073709551615.0;
    strcpy(r[U64].text, "18446744073709551615");
    r[I64].value = 9223372036854775807.0;
    strcpy(r[I64].text, "9223372036854775807");
    r[F32].value = 0x1.fffffep127;
    r[F64].value = 0x1.fffffffffffffp1023;
    r[SCALED].value = 65535 * 0.1;
    static const double rest[] = {255,  16383,  255,      127,   16777215,   8388607, 281474976710655.0, 140737488355327.0, 99,
                                  9999, 999999, 99999999, 32767, 2147483647, 65504};
    for (size_t i = BITS; i < ALL; i++)
        r[i].value = rest[i - BITS];
    round_trip(r);
}
END_TEST

START_TEST(test_smallest)
{
    struct reading r[ALL];
    plain(r);
    r[I16].value = -32768;
    r[I32].value = -2147483648.0;
    r[I64].value = -9223372036854775808.0;
    strcpy(r[I64].text, "-9223372036854775808");
    r[F32].value = 0x1p-149;
    r[F64].value = 0x1p-1074;
    r[BORE].value = -0.0;
    r[SCALED].value = -0.0;
    r[I8].value = -128;
    r[I24].value = -8388608;
    r[I48].value = -140737488355328.0;
    r[SM16].value = -32767;
    r[SM32].value = -2147483647;
    r[F16].value = -0x1p-24;
    r[TEXT].text[0] = '\0';
    round_trip(r);
}
END_TEST

START_TEST(test_at_2_53)
{
    struct reading r[ALL];
    plain(r);
    r[U64].value = 9007199254740992.0;
    r[I64].value = -9007199254740992.0;
    round_trip(r);
    r[U64].value = 9007199254740994.0; /* a double holds it: no digits given, none come back */
    strcpy(r[I64].text, "9007199254740993");
    r[I64].value = 9007199254740992.0;
    unlink(test_path("plant.db"));
    round_trip(r);
}
END_TEST

START_TEST(test_unfitting)
{
    struct reading r[ALL];
    plain(r);
    r[U16].value = 1.5; /* entered by hand, say */
    r[U16].quality = QUALITY_UNCERTAIN_SUBSTITUTED;
    r[I16].value = -0.0;
    r[F32].value = 0.1;
    r[U32].value = -1;
    r[F64].value = INFINITY;
    strcpy(r[BORE].text, "why not");
    r[I24].value = 8388608;
    r[U48].value = -1;
    r[F16].value = 0.1;
    r[U8].value = 256;
    r[TEXT].value = 3;
    memset(r[DEPTH].text, 'x', READING_TEXT - 1);
    round_trip(r);
}
END_TEST

START_TEST(test_qualities)
{
    struct reading r[ALL];
    plain(r);
    for (size_t i = 0; i < ALL; i++)
        r[i] = (struct reading){.value = NAN, .quality = QUALITY_BAD_TIMEOUT};
    round_trip(r);
    plain(r);
    r[BIT] = (struct reading){.value = NAN, .quality = QUALITY_BAD_GATEWAY};
    r[U32].quality = QUALITY_UNCERTAIN_AFTER_TIMEOUT;
    r[TEXT] = (struct reading){.value = NAN, .quality = QUALITY_BAD_SENSOR};
    unlink(test_path("plant.db"));
    round_trip(r);
}
END_TEST

/* A row is a byte of flags, one of quality, and of each value the bytes that its type needs. */
START_TEST(test_compact)
{
    static const size_t bytes[ALL] = {1, 1, 2, 2, 4, 4, 8, 8, 4, 8, 2, 4, 4, 10, 1, 2, 1, 1, 3, 3, 6, 6, 1, 2, 3, 4, 2, 4, 2};
    struct plant *plant = fixture_plant(all_types);
    struct reading r[ALL];
    unsigned char out[PACK_MAX(ALL)];
    struct column codes[ALL];
    size_t expected = 2;
    plain(r);
    for (size_t i = 0; i < ALL; i++) {
        codes[i] = pack_code(&plant->instruments[0].tags[i]);
        expected += bytes[i];
    }
    ck_assert_uint_eq(pack_readings(codes, ALL, r, out), expected);
    plant_free(plant);
}
END_TEST

/* What an instrument sends as whole numbers is stored as such, and comes back to the last bit of the scaled value. */
START_TEST(test_scaled)
{
    static const struct {
        enum tag_type type;
        double scale, offset, least, most;
        size_t bytes;
    } rows[] = {{TYPE_U16, 0.01, 0, 0, 65535, 2},           {TYPE_I16, 0.1, -40, -32768, 32767, 2}, {TYPE_U16, -1 / 3.0, 273.15, 0, 65535, 2},
                {TYPE_I16, 1, 1e6, -32768, 32767, 2},       {TYPE_U8, 1e-9, 0, 0, 255, 1},          {TYPE_I24, 0.001, 0.5, -8388608, 8388607, 3},
                {TYPE_U48, 1e-3, 0, 0, 281474976710655, 6}, {TYPE_F32, 0.1, 0, -1e6, 1e6, 8}};
    char text[PACK_CODE_TEXT];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct tag tag = {.type = rows[i].type, .scale = rows[i].scale, .offset = rows[i].offset};
        struct column column = pack_code(&tag), again;
        ck_assert_int_eq(pack_code_parse(pack_code_text(column, text), &again), (int)strlen(text));
        ck_assert(pack_code_same(column, again));
        for (int step = 0; step <= 70000; step++) {
            double raw = rows[i].least + floor((rows[i].most - rows[i].least) * step / 70000);
            struct reading in = {.value = raw * tag.scale + tag.offset}, out;
            unsigned char bytes[PACK_MAX(1)];
            ck_assert_uint_eq(pack_readings(&column, 1, &in, bytes), 2 + rows[i].bytes);
            ck_assert_int_eq(pack_unpack(&again, 1, bytes, 2 + rows[i].bytes, &out), 0);
            ck_assert_msg(memcmp(&in.value, &out.value, sizeof in.value) == 0, "%s: %.17g is not %.17g", text, out.value, in.value);
        }
    }
    static const char *const damaged[] = {"", "*2", "u17", "u16*", "u16*2", "u16*x+1", "u16*2+", "f32*2+1"};
    struct column column;
    for (size_t i = 0; i < sizeof damaged / sizeof damaged[0]; i++)
        ck_assert_int_eq(pack_code_parse(damaged[i], &column), 0);
}
END_TEST

/* One poll under each configuration; old rows stay readable under the new one. */
static void poll(const char *tags, int64_t time_us, double first, struct plant **out)
{
    struct plant *plant = fixture_plant(tags);
    struct store *store = fixture_store(STORE_RECORD, plant);
    struct error err;
    struct reading r[8] = {{.value = first}, {.value = first + 1}, {.value = first + 2}, {.value = first + 3}, {.value = first + 4}};
    fixture_begin(store);
    OK(record_journal(store, &plant->instruments[0], time_us, r, &err), err);
    fixture_commit(store);
    store_close(store);
    if (out)
        *out = plant;
    else
        plant_free(plant);
}

/* A scale that is changed holds from then on: what was stored before is what was measured then. */
START_TEST(test_scale_edits)
{
    struct error err;
    struct plant *plant;
    poll("      bore: {address: 40001, type: i16, scale: 0.01}\n      depth: {address: 40002, type: f64}\n", T0, 12.34, NULL);
    poll("      bore: {address: 40001, type: i16, scale: 0.1, offset: 5}\n      depth: {address: 40002, type: f64}\n", T0 + SECOND_US, 99.5, &plant);
    struct store *store = fixture_store(STORE_READ, plant);
    struct sample_cursor *cursor;
    struct sample s;
    OK(sample_cursor_open(&cursor, store, plant_tag(plant, "gauge-7.bore")->id, 0, INT64_MAX, &err), err);
    ck_assert_int_eq(sample_cursor_next(cursor, &s, &err), 1);
    ck_assert_double_eq(s.reading.value, 12.34);
    ck_assert_int_eq(sample_cursor_next(cursor, &s, &err), 1);
    ck_assert_double_eq(s.reading.value, 99.5);
    ck_assert_int_eq(sample_cursor_next(cursor, &s, &err), 0);
    sample_cursor_close(cursor);
    store_close(store);
    plant_free(plant);
}
END_TEST

START_TEST(test_config_edits)
{
    static const char before[] =
        "      bore: {address: 40001, type: f32}\n      depth: {address: 40003, type: u16}\n      gone: {address: 40005, type: u16}\n";
    static const char after[] =
        "      depth: {address: 40003, type: f64}\n      fresh: {address: 40010, type: i16}\n      bore: {address: 40001, type: f32}\n";
    struct plant *plant;
    struct error err;
    poll(before, T0, 10, NULL);
    poll(after, T0 + SECOND_US, 20.5, &plant);
    struct store *store = fixture_store(STORE_READ, plant);
    static const struct {
        const char *name;
        double value;
    } expected[] = {{"gauge-7.bore", 10},    {"gauge-7.depth", 11},   {"gauge-7.gone", 12},
                    {"gauge-7.depth", 20.5}, {"gauge-7.fresh", 21.5}, {"gauge-7.bore", 22.5}};
    struct sample_cursor *cursor;
    struct sample s;
    OK(sample_cursor_open(&cursor, store, 0, 0, INT64_MAX, &err), err);
    for (size_t i = 0; i < 6; i++) {
        ck_assert_int_eq(sample_cursor_next(cursor, &s, &err), 1);
        ck_assert_str_eq(s.name, expected[i].name);
        ck_assert_double_eq(s.reading.value, expected[i].value);
    }
    ck_assert_int_eq(sample_cursor_next(cursor, &s, &err), 0);
    sample_cursor_close(cursor);

    OK(sample_cursor_open(&cursor, store, plant_tag(plant, "gauge-7.depth")->id, 0, INT64_MAX, &err), err);
    ck_assert_int_eq(sample_cursor_next(cursor, &s, &err), 1);
    ck_assert_double_eq(s.reading.value, 11);
    ck_assert_int_eq(sample_cursor_next(cursor, &s, &err), 1);
    ck_assert_double_eq(s.reading.value, 20.5);
    ck_assert_int_eq(sample_cursor_next(cursor, &s, &err), 0);
    sample_cursor_close(cursor);
    store_close(store);
    plant_free(plant);
}
END_TEST

START_TEST(test_latest_after_an_edit)
{
    static const char after[] =
        "      fresh: {address: 40010, type: i16}\n      depth: {address: 40003, type: u16}\n      bore: {address: 40001, type: f32}\n";
    struct error err;
    poll("      bore: {address: 40001, type: f32}\n      depth: {address: 40003, type: u16}\n", T0, 10, NULL);
    struct plant *plant = fixture_plant(after);
    struct store *store = fixture_store(STORE_RECORD, plant);
    struct reading r[3];
    int64_t time_us;
    OK(store_latest(store, &plant->instruments[0], r, &time_us, &err), err);
    ck_assert_int_eq(time_us, T0);
    ck_assert_int_eq(r[0].quality, QUALITY_BAD_NEVER_READ);
    ck_assert_double_eq(r[1].value, 11);
    ck_assert_double_eq(r[2].value, 10);
    store_close(store);
    plant_free(plant);
}
END_TEST

START_TEST(test_period_and_first_row_stays)
{
    struct plant *plant = fixture_plant(fixture_tags);
    const struct instrument *gauge = &plant->instruments[0];
    struct store *store = fixture_store(STORE_RECORD, plant);
    struct error err;
    struct reading r[4] = {{.value = 1}, {.value = 2}, {.value = 3}, {.value = NAN}};
    fixture_begin(store);
    for (int i = 0; i < 10; i++) {
        r[0].value = i;
        OK(record_journal(store, gauge, T0 + i, r, &err), err);
    }
    r[0].value = 77;
    OK(record_journal(store, gauge, T0 + 5, r, &err), err);
    fixture_commit(store);
    struct sample_cursor *cursor;
    struct sample s;
    OK(sample_cursor_open(&cursor, store, gauge->tags[0].id, T0 + 3, T0 + 6, &err), err);
    for (int i = 3; i < 6; i++) {
        ck_assert_int_eq(sample_cursor_next(cursor, &s, &err), 1);
        ck_assert_int_eq(s.time_us, T0 + i);
        ck_assert_double_eq(s.reading.value, i);
    }
    ck_assert_int_eq(sample_cursor_next(cursor, &s, &err), 0);
    sample_cursor_close(cursor);
    store_close(store);
    plant_free(plant);
}
END_TEST

START_TEST(test_never_read)
{
    struct plant *plant = fixture_plant(fixture_tags);
    struct store *store = fixture_store(STORE_RECORD, plant);
    struct error err;
    struct reading r[4];
    int64_t time_us = 1;
    OK(store_latest(store, &plant->instruments[0], r, &time_us, &err), err);
    ck_assert_int_eq(time_us, 0);
    ck_assert_int_eq(r[3].quality, QUALITY_BAD_NEVER_READ);
    ck_assert(store_is_stale(0, SECOND_US, T0));
    ck_assert(!store_is_stale(T0, SECOND_US, T0 + 4500000));
    ck_assert(store_is_stale(T0, SECOND_US, T0 + 4500001));
    store_close(store);
    plant_free(plant);
}
END_TEST

Suite *journal_suite(void);
Suite *journal_suite(void)
{
    const struct fixture_test tests[] = {
        {"journal: the largest value of every type", test_largest},
        {"journal: the smallest value of every type", test_smallest},
        {"journal: 64-bit integers around 2^53", test_at_2_53},
        {"journal: values a column's type cannot hold", test_unfitting},
        {"journal: equal and mixed qualities", test_qualities},
        {"journal: each type in its own bytes", test_compact},
        {"journal: scaled whole numbers as they were sent", test_scaled},
        {"journal: a scale that is changed", test_scale_edits},
        {"journal: rows stay readable after config edits", test_config_edits},
        {"journal: newest readings after a config edit", test_latest_after_an_edit},
        {"journal: periods; the first row of a time stays", test_period_and_first_row_stays},
        {"journal: an instrument never read; staleness", test_never_read},
    };
    return fixture_suite("journal", tests, sizeof tests / sizeof tests[0], NULL, NULL);
}
