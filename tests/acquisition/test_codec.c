#include "acquisition/codec.h"
#include "tests/harness.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct tag tag_of(enum tag_type type, enum byte_order order)
{
    int registers = type == TYPE_STRING ? 4 : tag_types[type].registers;
    return (struct tag){.name = "t", .type = type, .order = order, .registers = registers, .length = 8, .scale = 1, .low = NAN, .high = NAN};
}

static struct tag tag_in(enum tag_type type, const char *order)
{
    struct tag tag = tag_of(type, ORDER_ABCD);
    char why[200] = "";
    ck_assert_msg(byte_order_parse(order, type, &tag.order, tag.place, why, sizeof why) == 0, "%s", why);
    return tag;
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
    {TYPE_U8, ORDER_ABCD, {0x00fe}, 254},
    {TYPE_I8, ORDER_ABCD, {0x00fe}, -2},
    {TYPE_U24, ORDER_ABCD, {0x0001, 0x0203}, 66051},
    {TYPE_U24, ORDER_CDAB, {0x0203, 0x0001}, 66051},
    {TYPE_I24, ORDER_BADC, {0xff00, 0xfeff}, -2},
    {TYPE_I24, ORDER_DCBA, {0xfeff, 0xff00}, -2},
    {TYPE_U48, ORDER_ABCD, {0x0001, 0x0002, 0x0003}, 4295098371.0},
    {TYPE_U48, ORDER_CDAB, {0x0003, 0x0002, 0x0001}, 4295098371.0},
    {TYPE_U48, ORDER_DCBA, {0x0300, 0x0200, 0x0100}, 4295098371.0},
    {TYPE_I48, ORDER_BADC, {0xffff, 0xffff, 0xfeff}, -2},
    {TYPE_BCD8, ORDER_ABCD, {0x0042}, 42},
    {TYPE_BCD16, ORDER_ABCD, {0x9876}, 9876},
    {TYPE_BCD16, ORDER_BADC, {0x7698}, 9876},
    {TYPE_BCD24, ORDER_ABCD, {0x0012, 0x3456}, 123456},
    {TYPE_BCD32, ORDER_CDAB, {0x5678, 0x1234}, 12345678},
    {TYPE_SM16, ORDER_ABCD, {0x8002}, -2},
    {TYPE_SM16, ORDER_ABCD, {0x7fff}, 32767},
    {TYPE_SM32, ORDER_CDAB, {0x0002, 0x8000}, -2},
    {TYPE_F16, ORDER_ABCD, {0x3c00}, 1},
    {TYPE_F16, ORDER_ABCD, {0xc580}, -5.5},
    {TYPE_F16, ORDER_BADC, {0xff7b}, 65504},
    {TYPE_F16, ORDER_ABCD, {0x0001}, 0x1p-24},
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

/* Any bits that are a number come back as they were. Two ways of writing nothing are one number: -0 in sign and magnitude. */
static void check_bits(const struct tag *tag, unsigned *seed)
{
    uint16_t registers[4] = {0}, again[4];
    for (int i = 0; i < tag->registers; i++)
        registers[i] = (uint16_t)(rand_r(seed) >> 3);
    if (tag->type == TYPE_BOOL)
        registers[0] &= 1;
    for (int i = 0; i < tag->registers; i++) /* what shares its registers leaves the rest; what does not writes all of it */
        again[i] = codec_shares(tag) ? registers[i] : (uint16_t)~registers[i];
    struct reading reading = codec_decode(tag, registers);
    if (quality_is_bad(reading.quality) || (tag_types[tag->type].kind == KIND_SIGN_MAGNITUDE && reading.value == 0))
        return;
    ck_assert_int_eq(codec_encode(tag, reading.value, reading.text, again), 0);
    ck_assert_msg(!memcmp(registers, again, (size_t)tag->registers * 2), "type %d order %d: %g", tag->type, tag->order, reading.value);
}

/* Any number that fits comes back, whatever stood in the registers; they keep what is not its own. */
static void check_value(const struct tag *tag, unsigned *seed)
{
    const struct tag_type_info *info = &tag_types[tag->type];
    double part = (double)rand_r(seed) / RAND_MAX, beyond = tag->type == TYPE_BITS ? ldexp(1, tag->width) : info->beyond;
    double value = info->kind == KIND_FLOAT ? (double)(rand_r(seed) % 2048 - 1024) / 32 : floor(info->least + part * (beyond - 1 - info->least));
    uint16_t ones[4], zeros[4] = {0};
    int differ = 0;
    memset(ones, 0xff, sizeof ones);
    ck_assert_int_eq(codec_encode(tag, value, NULL, ones), 0);
    ck_assert_int_eq(codec_encode(tag, value, NULL, zeros), 0);
    struct reading reading = codec_decode(tag, ones);
    ck_assert_msg(reading.value == value, "type %d: %.17g instead of %.17g", tag->type, reading.value, value);
    ck_assert(codec_decode(tag, zeros).value == value);
    for (int i = 0; i < tag->registers; i++)
        differ |= ones[i] ^ zeros[i];
    ck_assert_int_eq(differ != 0, codec_shares(tag));
}

START_TEST(every_type_and_order_comes_back)
{
    unsigned seed = 7;
    for (enum tag_type type = TYPE_BOOL; type <= TYPE_F64; type++)
        for (enum byte_order order = ORDER_ABCD; order <= ORDER_DCBA; order++)
            for (int round = 0; round < 500; round++) {
                struct tag tag = tag_of(type, order);
                tag.bit = rand_r(&seed) % 16;
                tag.width = 1 + rand_r(&seed) % (16 - tag.bit);
                tag.part = rand_r(&seed) % 2 ? BYTE_HIGH : BYTE_LOW;
                check_bits(&tag, &seed);
                check_value(&tag, &seed);
            }
}
END_TEST

/* Every permutation of 1, 2, 3, 4 and 6 letters, and many of 8: a byte stands where its letter does. */
static void check_letters(enum tag_type type, const char *letters, unsigned *seed)
{
    int bytes = tag_types[type].bytes, unused = 2 * tag_types[type].registers - bytes;
    struct tag tag = tag_in(type, letters);
    uint64_t expected = 0;
    uint16_t registers[4] = {0};
    for (int i = 0; i < bytes; i++) {
        uint64_t byte = (uint64_t)rand_r(seed) % 255 + 1;
        int at = (int)(strchr(letters, 'A' + i) - letters) + ((int)strlen(letters) == bytes ? unused : 0);
        expected = expected << 8 | byte;
        registers[at / 2] |= (uint16_t)(at % 2 ? byte : byte << 8);
    }
    ck_assert_msg(codec_decode(&tag, registers).value == (double)expected, "%s: %.0f instead of %llu", letters, codec_decode(&tag, registers).value,
                  (unsigned long long)expected);
    check_bits(&tag, seed);
    check_value(&tag, seed);
}

static int permute(enum tag_type type, char *letters, int from, unsigned *seed)
{
    int count = 0, length = (int)strlen(letters);
    if (from == length) {
        check_letters(type, letters, seed);
        return 1;
    }
    for (int i = from; i < length; i++) {
        char c = letters[from];
        letters[from] = letters[i], letters[i] = c;
        count += permute(type, letters, from + 1, seed);
        c = letters[from], letters[from] = letters[i], letters[i] = c;
    }
    return count;
}

START_TEST(any_order_of_letters)
{
    unsigned seed = 11;
    ck_assert_int_eq(permute(TYPE_U16, (char[]){"AB"}, 0, &seed), 2);
    ck_assert_int_eq(permute(TYPE_U24, (char[]){"ABC"}, 0, &seed), 6);
    ck_assert_int_eq(permute(TYPE_U24, (char[]){"-ABC"}, 0, &seed), 24);
    ck_assert_int_eq(permute(TYPE_U32, (char[]){"ABCD"}, 0, &seed), 24);
    ck_assert_int_eq(permute(TYPE_U48, (char[]){"ABCDEF"}, 0, &seed), 720);
    ck_assert_int_eq(permute(TYPE_U64, (char[]){"ABCDEFGH"}, 0, &seed), 40320);
}
END_TEST

START_TEST(names_and_letters_are_one)
{
    static const struct {
        enum tag_type type;
        const char *letters;
        enum byte_order order;
    } same[] = {
        {TYPE_U16, "AB", ORDER_ABCD},       {TYPE_U16, "BA", ORDER_BADC},       {TYPE_U32, "CDAB", ORDER_CDAB},
        {TYPE_U24, "ABC", ORDER_ABCD},      {TYPE_U24, "BC-A", ORDER_CDAB},     {TYPE_U24, "CBA-", ORDER_DCBA},
        {TYPE_U24, "CBA", ORDER_LETTERS},   {TYPE_U48, "EFCDAB", ORDER_CDAB},   {TYPE_U48, "FEDCBA", ORDER_DCBA},
        {TYPE_F64, "ABCDEFGH", ORDER_ABCD}, {TYPE_F64, "GHEFCDAB", ORDER_CDAB}, {TYPE_F64, "BADCFEHG", ORDER_BADC},
        {TYPE_F64, "HGFEDCBA", ORDER_DCBA}, {TYPE_F64, "CDAB", ORDER_CDAB},     {TYPE_F64, "EFGHABCD", ORDER_LETTERS},
    };
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
        ck_assert_msg(tag_in(same[i].type, same[i].letters).order == same[i].order, "%s", same[i].letters);
    static const struct {
        enum tag_type type;
        const char *letters;
    } wrong[] = {{TYPE_U32, "ABCC"}, {TYPE_U32, "ABCE"}, {TYPE_U32, "AB"},     {TYPE_U32, "abcd"},   {TYPE_U32, "-ABC"},
                 {TYPE_U24, "--AB"}, {TYPE_U24, "AB"},   {TYPE_U24, "A-B"},    {TYPE_U48, "ABCDE-"}, {TYPE_F64, "DCAB"},
                 {TYPE_U16, "ABC"},  {TYPE_U32, ""},     {TYPE_STRING, "CDAB"}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        enum byte_order order;
        uint8_t place[8];
        char why[200] = "";
        ck_assert_msg(byte_order_parse(wrong[i].letters, wrong[i].type, &order, place, why, sizeof why) == -1, "%s", wrong[i].letters);
        ck_assert_str_ne(why, "");
    }
}
END_TEST

START_TEST(bits_and_bytes_leave_the_rest)
{
    struct tag bits = tag_of(TYPE_BITS, ORDER_ABCD), high = tag_of(TYPE_I8, ORDER_ABCD), bit = tag_of(TYPE_BIT, ORDER_ABCD);
    bits.bit = 4, bits.width = 3, high.part = BYTE_HIGH, bit.bit = 15;
    uint16_t registers[1] = {0xa55a};
    ck_assert_double_eq(codec_decode(&bits, registers).value, 5);
    ck_assert_double_eq(codec_decode(&high, registers).value, -91);
    ck_assert_double_eq(codec_decode(&bit, registers).value, 1);
    ck_assert_int_eq(codec_encode(&bits, 2, NULL, registers), 0);
    ck_assert_uint_eq(registers[0], 0xa52a);
    ck_assert_int_eq(codec_encode(&high, -1, NULL, registers), 0);
    ck_assert_uint_eq(registers[0], 0xff2a);
    ck_assert_int_eq(codec_encode(&bit, 0, NULL, registers), 0);
    ck_assert_uint_eq(registers[0], 0x7f2a);
    ck_assert_int_eq(codec_encode(&bits, 8, NULL, registers), -1);
    ck_assert_uint_eq(registers[0], 0x7f2a);
    ck_assert_int_eq((int)codec_modulus(&bits), 8);
}
END_TEST

START_TEST(raw_values_that_mean_a_broken_sensor)
{
    static const struct sensor_fault i16_faults[] = {{true, 0x8000, 0}, {true, 0x7fff, 0}};
    static const struct sensor_fault f32_faults[] = {{false, 0, -9999.9}, {true, 0x7f7fffff, 0}};
    static const struct sensor_fault bcd_faults[] = {{false, 0, 9999}};
    struct tag i16 = tag_of(TYPE_I16, ORDER_BADC), f32 = tag_of(TYPE_F32, ORDER_CDAB), bcd = tag_of(TYPE_BCD16, ORDER_ABCD);
    i16.faults = i16_faults, i16.n_faults = 2, i16.scale = 0.1;
    f32.faults = f32_faults, f32.n_faults = 2;
    bcd.faults = bcd_faults, bcd.n_faults = 1;
    const struct {
        const struct tag *tag;
        uint16_t registers[2];
        enum quality quality;
    } cases[] = {
        {&i16, {0x0080, 0}, QUALITY_BAD_SENSOR},
        {&i16, {0xff7f, 0}, QUALITY_BAD_SENSOR},
        {&i16, {0x8000, 0}, QUALITY_GOOD},
        {&f32, {0x3f9a, 0xc61c}, QUALITY_BAD_SENSOR},
        {&f32, {0xffff, 0x7f7f}, QUALITY_BAD_SENSOR},
        {&f32, {0x3f9b, 0xc61c}, QUALITY_GOOD},
        {&bcd, {0x9999, 0}, QUALITY_BAD_SENSOR},
        {&bcd, {0x9998, 0}, QUALITY_GOOD},
        {&bcd, {0x99a0, 0}, QUALITY_BAD_SENSOR},
        {&bcd, {0xffff, 0}, QUALITY_BAD_SENSOR},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct reading reading = codec_decode(cases[i].tag, cases[i].registers);
        ck_assert_msg(reading.quality == cases[i].quality, "case %zu: %s", i, quality_reason(reading.quality));
        ck_assert(isnan(reading.value) == quality_is_bad(reading.quality));
    }
    uint16_t registers[2] = {7, 7}; /* what would be read as a fault is not written */
    ck_assert_int_eq(codec_encode(&i16, -3276.8, NULL, registers), -1);
    ck_assert_int_eq(codec_encode(&f32, -9999.9, NULL, registers), -1);
    ck_assert_uint_eq(registers[0], 7);
}
END_TEST

START_TEST(names_write_their_values)
{
    static const struct value_name names[] = {{0, "off"}, {1, "idle"}, {5, "running"}};
    struct tag tag = tag_of(TYPE_U16, ORDER_ABCD);
    tag.names = (struct value_names){names, 3};
    uint16_t registers[1] = {9};
    ck_assert_int_eq(codec_encode(&tag, NAN, "running", registers), 0);
    ck_assert_uint_eq(registers[0], 5);
    ck_assert_str_eq(tag_value_name(&tag, codec_decode(&tag, registers).value), "running");
    ck_assert_ptr_null(tag_value_name(&tag, 2));
    ck_assert_ptr_null(tag_value_name(&tag, NAN));
    ck_assert_int_eq(codec_encode(&tag, NAN, "standing", registers), -1);
}
END_TEST

START_TEST(counters_roll_over)
{
    static const struct {
        enum tag_type type;
        int64_t modulus;
    } cases[] = {{TYPE_BIT, 1},
                 {TYPE_U8, 256},
                 {TYPE_I16, 65536},
                 {TYPE_U24, 1 << 24},
                 {TYPE_U32, INT64_C(1) << 32},
                 {TYPE_U48, INT64_C(1) << 48},
                 {TYPE_BCD16, 10000},
                 {TYPE_BCD32, 100000000},
                 {TYPE_SM16, 32768},
                 {TYPE_U64, 0},
                 {TYPE_F32, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct tag tag = tag_of(cases[i].type, ORDER_ABCD);
        ck_assert_int_eq(codec_modulus(&tag), cases[i].modulus);
    }
}
END_TEST

START_TEST(not_numbers_are_bad)
{
    const double wrong[] = {NAN, INFINITY, -INFINITY};
    for (int i = 0; i < 3; i++)
        for (enum tag_type type = TYPE_F16; type <= TYPE_F64; type++) {
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
    } wrong[] = {{TYPE_U16, -1},     {TYPE_U16, 65536},  {TYPE_I16, 32768},       {TYPE_U32, 4294967296.0}, {TYPE_I32, -2147483649.0},
                 {TYPE_U64, 0x1p64}, {TYPE_I64, 0x1p63}, {TYPE_F32, 1e300},       {TYPE_U16, NAN},          {TYPE_BOOL, 2},
                 {TYPE_U8, 256},     {TYPE_I8, -129},    {TYPE_U24, 0x1p24},      {TYPE_I24, 0x1p23},       {TYPE_U48, 0x1p48},
                 {TYPE_BCD8, 100},   {TYPE_BCD8, -1},    {TYPE_BCD32, 100000000}, {TYPE_SM16, -32768},      {TYPE_SM16, 32768},
                 {TYPE_F16, 65520},  {TYPE_I48, NAN},    {TYPE_BCD24, NAN},       {TYPE_SM32, INFINITY}};
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

START_TEST(string_layouts)
{
    static const struct {
        enum byte_part part;
        enum byte_order order;
        enum string_padding padding;
        uint16_t registers[4];
    } layouts[] = {
        {BYTE_BOTH, ORDER_ABCD, PADDING_ZERO, {'A' << 8 | 'B', 'C' << 8}},
        {BYTE_BOTH, ORDER_BADC, PADDING_ZERO, {'B' << 8 | 'A', 'C'}},
        {BYTE_BOTH, ORDER_ABCD, PADDING_SPACE, {'A' << 8 | 'B', 'C' << 8 | ' '}},
        {BYTE_BOTH, ORDER_BADC, PADDING_SPACE, {'B' << 8 | 'A', ' ' << 8 | 'C'}},
        {BYTE_BOTH, ORDER_ABCD, PADDING_TERMINATED, {'A' << 8 | 'B', 'C' << 8}},
        {BYTE_HIGH, ORDER_ABCD, PADDING_ZERO, {'A' << 8 | 0xee, 'B' << 8 | 0xee, 'C' << 8 | 0xee, 0xee}},
        {BYTE_LOW, ORDER_ABCD, PADDING_SPACE, {0xee00 | 'A', 0xee00 | 'B', 0xee00 | 'C', 0xee00 | ' '}},
    };
    for (size_t i = 0; i < sizeof layouts / sizeof layouts[0]; i++) {
        struct tag tag = tag_of(TYPE_STRING, layouts[i].order);
        tag.part = layouts[i].part, tag.padding = layouts[i].padding, tag.length = 4, tag.registers = tag.part == BYTE_BOTH ? 2 : 4;
        uint16_t registers[4] = {0xeeee, 0xeeee, 0xeeee, 0xeeee};
        ck_assert_int_eq(codec_encode(&tag, NAN, "ABC", registers), 0);
        ck_assert_mem_eq(registers, layouts[i].registers, (size_t)tag.registers * 2);
        ck_assert_str_eq(codec_decode(&tag, registers).text, "ABC");
        ck_assert_int_eq(codec_encode(&tag, NAN, "ABCD", registers), tag.padding == PADDING_TERMINATED ? -1 : 0);
        ck_assert_int_eq(codec_encode(&tag, NAN, "ABCDE", registers), -1);
    }
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
                {"any order of letters", any_order_of_letters},
                {"names and letters of orders are one", names_and_letters_are_one},
                {"bits and bytes leave the rest", bits_and_bytes_leave_the_rest},
                {"raw values that mean a broken sensor", raw_values_that_mean_a_broken_sensor},
                {"names write their values", names_write_their_values},
                {"counters roll over", counters_roll_over},
                {"string layouts", string_layouts},
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
