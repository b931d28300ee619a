#include "acquisition/codec.h"
#include "tests/harness.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct tag tag_of(enum tag_type type, enum byte_order order)
{
    static const int registers[] = {[TYPE_BOOL] = 1, [TYPE_BIT] = 1, [TYPE_U16] = 1, [TYPE_I16] = 1, [TYPE_U32] = 2,   [TYPE_I32] = 2,
                                    [TYPE_U64] = 4,  [TYPE_I64] = 4, [TYPE_F32] = 2, [TYPE_F64] = 4, [TYPE_STRING] = 4};
    return (struct tag){.name = "t", .type = type, .order = order, .registers = registers[type], .length = 8, .scale = 1, .low = NAN, .high = NAN};
}

/* Values as devices send them, each worked out by hand from its type's definition. */
static const struct {
    enum tag_type type;
    enum byte_order order;
    uint16_t registers[4];
    double value;
} vectors[] = {
    {TYPE_U16, ORDER_ABCD, {0xfffe}, 65534},
    {TYPE_I16, ORDER_ABCD, {0xfffe}, -2},
    {TYPE_U32, ORDER_ABCD, {0x0001, 0x86a0}, 100000},
    {TYPE_U32, ORDER_CDAB, {0x86a0, 0x0001}, 100000},
    {TYPE_U32, ORDER_BADC, {0x0100, 0xa086}, 100000},
    {TYPE_U32, ORDER_DCBA, {0xa086, 0x0100}, 100000},
    {TYPE_I32, ORDER_CDAB, {0x7960, 0xfffe}, -100000},
    {TYPE_F32, ORDER_ABCD, {0x47f1, 0x2000}, 123456},
    {TYPE_F32, ORDER_CDAB, {0x2000, 0x47f1}, 123456},
    {TYPE_F32, ORDER_BADC, {0xf147, 0x0020}, 123456},
    {TYPE_F32, ORDER_DCBA, {0x0020, 0xf147}, 123456},
    {TYPE_F64, ORDER_ABCD, {0x400a, 0x0000, 0x0000, 0x0000}, 3.25},
    {TYPE_F64, ORDER_CDAB, {0x0000, 0x0000, 0x0000, 0x400a}, 3.25},
    {TYPE_F64, ORDER_BADC, {0x0a40, 0x0000, 0x0000, 0x0000}, 3.25},
    {TYPE_F64, ORDER_DCBA, {0x0000, 0x0000, 0x0000, 0x0a40}, 3.25},
    {TYPE_U64, ORDER_ABCD, {0x0001, 0x0002, 0x0003, 0x0004}, 281483566841860.0},
    {TYPE_U64, ORDER_CDAB, {0x0004, 0x0003, 0x0002, 0x0001}, 281483566841860.0},
    {TYPE_I64, ORDER_ABCD, {0xffff, 0xffff, 0xffff, 0xfff6}, -10},
    {TYPE_BOOL, ORDER_ABCD, {1}, 1},
};

START_TEST(known_registers)
{
    struct tag tag = tag_of(vectors[_i].type, vectors[_i].order);
    struct reading reading = codec_decode(&tag, vectors[_i].registers);
    ck_assert_int_eq(reading.quality, QUALITY_GOOD);
    ck_assert_double_eq(reading.value, vectors[_i].value);
    uint16_t registers[4] = {0};
    ck_assert_int_eq(codec_encode(&tag, vectors[_i].value, NULL, registers), 0);
    ck_assert_mem_eq(registers, vectors[_i].registers, (size_t)tag.registers * 2);
}
END_TEST

START_TEST(every_type_and_order_comes_back)
{
    unsigned seed = 7;
    for (enum tag_type type = TYPE_BOOL; type <= TYPE_F64; type++)
        for (enum byte_order order = ORDER_ABCD; order <= ORDER_DCBA; order++)
            for (int round = 0; round < 500; round++) {
                struct tag tag = tag_of(type, order);
                uint16_t registers[4], again[4] = {0};
                for (int i = 0; i < 4; i++)
                    registers[i] = (uint16_t)(rand_r(&seed) >> 3);
                if (type == TYPE_BOOL)
                    registers[0] &= 1;
                tag.bit = (int)(seed % 16);
                if (type == TYPE_BIT)
                    again[0] = (uint16_t)(registers[0] & ~(1u << tag.bit));
                struct reading reading = codec_decode(&tag, registers);
                if (quality_is_bad(reading.quality))
                    continue;
                ck_assert_int_eq(codec_encode(&tag, reading.value, reading.text, again), 0);
                ck_assert_msg(!memcmp(registers, again, (size_t)tag.registers * 2), "type %d order %d: %g", type, order, reading.value);
            }
}
END_TEST

START_TEST(not_numbers_are_bad)
{
    const double wrong[] = {NAN, INFINITY, -INFINITY};
    for (int i = 0; i < 3; i++)
        for (enum tag_type type = TYPE_F32; type <= TYPE_F64; type++) {
            struct tag tag = tag_of(type, ORDER_CDAB);
            uint16_t registers[4];
            ck_assert_int_eq(codec_encode(&tag, wrong[i], NULL, registers), 0);
            struct reading reading = codec_decode(&tag, registers);
            ck_assert_int_eq(reading.quality, QUALITY_BAD_SENSOR);
            ck_assert(isnan(reading.value));
        }
}
END_TEST

START_TEST(scale_and_range)
{
    struct tag tag = tag_of(TYPE_I16, ORDER_ABCD);
    tag.scale = 0.1, tag.offset = -40, tag.low = -40, tag.high = 60;
    uint16_t registers[1] = {653};
    ck_assert_double_eq_tol(codec_decode(&tag, registers).value, 25.3, 1e-12);
    ck_assert_int_eq(codec_encode(&tag, 25.3, NULL, registers), 0);
    ck_assert_uint_eq(registers[0], 653);
    registers[0] = 1001;
    struct reading reading = codec_decode(&tag, registers);
    ck_assert_int_eq(reading.quality, QUALITY_BAD_RANGE);
    ck_assert(isnan(reading.value));
    registers[0] = 0;
    ck_assert_int_eq(codec_decode(&tag, registers).quality, QUALITY_GOOD);
}
END_TEST

START_TEST(what_does_not_fit_is_refused)
{
    uint16_t registers[4] = {7, 7, 7, 7};
    const struct {
        enum tag_type type;
        double value;
    } wrong[] = {{TYPE_U16, -1},     {TYPE_U16, 65536},  {TYPE_I16, 32768}, {TYPE_U32, 4294967296.0}, {TYPE_I32, -2147483649.0},
                 {TYPE_U64, 0x1p64}, {TYPE_I64, 0x1p63}, {TYPE_F32, 1e300}, {TYPE_U16, NAN},          {TYPE_BOOL, 2}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct tag tag = tag_of(wrong[i].type, ORDER_ABCD);
        ck_assert_int_eq(codec_encode(&tag, wrong[i].value, NULL, registers), -1);
        ck_assert_uint_eq(registers[0], 7);
    }
}
END_TEST

START_TEST(large_integers_keep_their_digits)
{
    struct tag u64 = tag_of(TYPE_U64, ORDER_DCBA), i64 = tag_of(TYPE_I64, ORDER_ABCD);
    uint16_t registers[4];
    ck_assert_int_eq(codec_encode(&u64, 0, "18446744073709551615", registers), 0);
    ck_assert_str_eq(codec_decode(&u64, registers).text, "18446744073709551615");
    ck_assert_int_eq(codec_encode(&i64, 0, "-9007199254740993", registers), 0);
    ck_assert_str_eq(codec_decode(&i64, registers).text, "-9007199254740993");
    ck_assert_int_eq(codec_encode(&u64, 9007199254740992.0, NULL, registers), 0);
    ck_assert_str_eq(codec_decode(&u64, registers).text, "");
    ck_assert_int_eq(codec_encode(&u64, 0, "18446744073709551616", registers), -1);
}
END_TEST

static void check_text(const char *sent, size_t length, const char *expected)
{
    for (enum byte_order order = ORDER_ABCD; order <= ORDER_BADC; order += 2) {
        struct tag tag = tag_of(TYPE_STRING, order);
        uint16_t registers[8] = {0};
        tag.length = (int)length;
        for (size_t i = 0; i < length; i++)
            registers[i / 2] |= (uint16_t)((unsigned char)sent[i] << ((i % 2 == 0) == (order == ORDER_ABCD) ? 8 : 0));
        struct reading reading = codec_decode(&tag, registers);
        ck_assert_str_eq(reading.text, expected);
        ck_assert_int_eq(reading.quality, QUALITY_GOOD);
    }
}

START_TEST(strings)
{
    check_text("SN-00042", 8, "SN-00042");
    check_text("AB  \0xyz", 8, "AB");
    check_text("AB      ", 8, "AB");
    check_text("A\001B\xff"
               "C",
               5, "A?B?C");
    check_text("\xe5\xae\x81z", 4, "\xe5\xae\x81z");
    check_text("z\xe5\xae", 3, "z??");
    check_text("\xc0\x80q", 3, "??q");
    struct tag tag = tag_of(TYPE_STRING, ORDER_BADC);
    uint16_t registers[4];
    ck_assert_int_eq(codec_encode(&tag, 0, "AB-7", registers), 0);
    ck_assert_uint_eq(registers[0], 'B' << 8 | 'A');
    ck_assert_str_eq(codec_decode(&tag, registers).text, "AB-7");
    ck_assert_int_eq(codec_encode(&tag, 0, "too long for it", registers), -1);
}
END_TEST

START_TEST(long_strings_end_on_a_character)
{
    struct tag tag = tag_of(TYPE_STRING, ORDER_ABCD);
    uint16_t registers[40];
    tag.length = 80, tag.registers = 40;
    for (int i = 0; i < 40; i++) /* two bytes a character, one register each */
        registers[i] = 0xc3a4;
    struct reading reading = codec_decode(&tag, registers);
    ck_assert_uint_eq(strlen(reading.text), 62);
}
END_TEST

Suite *codec_suite(void);
Suite *codec_suite(void)
{
    Suite *suite = suite_create("codec");
    TCase *known = tcase_create("known registers decode and encode");
    tcase_add_loop_test(known, known_registers, 0, sizeof vectors / sizeof vectors[0]);
    suite_add_tcase(suite, known);
    const struct {
        const char *name;
        const TTest *test;
    } rest[] = {{"every type and order comes back", every_type_and_order_comes_back},
                {"NaN and infinities are bad", not_numbers_are_bad},
                {"scale, offset and range", scale_and_range},
                {"what does not fit is refused", what_does_not_fit_is_refused},
                {"large integers keep their digits", large_integers_keep_their_digits},
                {"strings", strings},
                {"long strings end on a character", long_strings_end_on_a_character}};
    for (size_t i = 0; i < sizeof rest / sizeof rest[0]; i++) {
        TCase *tcase = tcase_create(rest[i].name);
        tcase_add_test(tcase, rest[i].test);
        suite_add_tcase(suite, tcase);
    }
    return suite;
}
