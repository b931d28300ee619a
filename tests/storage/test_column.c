/* Columns come back bit by bit, whatever is in them, and damaged bytes are never read beyond. */
#include "storage/frame.h"
#include "tests/storage/fixture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 700 };

static uint64_t state = 88172645463325252u;
static uint64_t any(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static int64_t below(int64_t n)
{
    return (int64_t)(any() % (uint64_t)n);
}

/* --- whole numbers */

static size_t integers(const int64_t *values, const int64_t *like, size_t n)
{
    struct bytes bytes = {0};
    int64_t got[MOST];
    column_put_integers(&bytes, values, like, n);
    struct column_reader in = {bytes.data, bytes.data + bytes.size};
    ck_assert_int_eq(column_get_integers(&in, like, got, n), 0);
    ck_assert(in.at == in.end);
    ck_assert_mem_eq(got, values, n * sizeof *values);
    free(bytes.data);
    return bytes.size;
}

START_TEST(test_integers)
{
    int64_t values[MOST], like[MOST];
    for (int round = 0; round < 300; round++) {
        size_t n = (size_t)below(MOST);
        int width = (int)below(64) + 1, kind = (int)below(4);
        for (size_t i = 0; i < n; i++) {
            int64_t next = (int64_t)(any() >> (64 - width));
            like[i] = values[i] = kind == 0 || i == 0 ? next : kind == 1 ? values[i - 1] + next % 1000 : kind == 2 ? values[i - 1] : (int64_t)any();
            if (below(20) == 0)
                like[i]++;
        }
        integers(values, NULL, n);
        integers(values, like, n);
    }
    int64_t corners[] = {INT64_MIN, INT64_MAX, 0, -1, 1, INT64_MAX, INT64_MIN, INT64_MIN};
    integers(corners, NULL, sizeof corners / sizeof *corners);
    integers(corners, NULL, 1);
    integers(corners, NULL, 2);
}
END_TEST

/* A poll a second that jitters by 200 us, and values of 16 bits. */
START_TEST(test_sizes)
{
    int64_t times[MOST], line[MOST];
    double decimals[MOST], noisy[MOST], products[MOST];
    for (size_t i = 0; i < MOST; i++) {
        line[i] = T0 + (int64_t)i * SECOND_US;
        times[i] = line[i] + below(200);
        decimals[i] = (double)(24000 + below(1024)) / 1000;
        products[i] = (double)(24000 + below(1024)) * 0.001;
        noisy[i] = 25 + 1e-9 * (double)below(1 << 30) * M_PI;
    }
    struct bytes bytes = {0};
    ck_assert_int_le((int)integers(line, NULL, MOST), 20);
    ck_assert_int_le((int)integers(times, NULL, MOST), MOST * 3 / 2);
    column_put_doubles(&bytes, decimals, NULL, MOST);
    ck_assert_int_le((int)bytes.size, MOST * 3 / 2);
    bytes.size = 0;
    column_put_doubles(&bytes, products, NULL, MOST);
    ck_assert_int_le((int)bytes.size, MOST * 2);
    bytes.size = 0;
    column_put_doubles(&bytes, noisy, NULL, MOST);
    ck_assert_int_le((int)bytes.size, MOST * 8);
    free(bytes.data);
}
END_TEST

/* --- doubles */

static void doubles(const double *values, const double *like, size_t n)
{
    struct bytes bytes = {0};
    double got[MOST];
    column_put_doubles(&bytes, values, like, n);
    struct column_reader in = {bytes.data, bytes.data + bytes.size};
    ck_assert_int_eq(column_get_doubles(&in, like, got, n), 0);
    ck_assert(in.at == in.end);
    for (size_t i = 0; i < n; i++)
        ck_assert_msg(isnan(values[i]) ? isnan(got[i]) : !memcmp(&values[i], &got[i], sizeof got[i]), "%a came back as %a", values[i], got[i]);
    free(bytes.data);
}

static double nasty(int kind)
{
    static const double corners[] = {0.0,      -0.0,      5e-324, -5e-324, 0x1p-1022,          0x1.fffffffffffffp1023,
                                     INFINITY, -INFINITY, 0.1,    1e22,    9007199254740993.0, -1};
    uint64_t bits = any();
    double value;
    switch (kind) {
    case 0:
        return corners[below(sizeof corners / sizeof *corners)];
    case 1: /* any bits, NaNs among them */
        memcpy(&value, &bits, sizeof value);
        return value;
    case 2:
        return (double)below(65536) / 100;
    case 3:
        return (double)below(65536) * 0.01 + 20;
    case 4:
        return (double)(float)((double)below(1 << 24) / 333333);
    case 5:
        return (double)(below(2000) - 1000) / 7;
    case 6:
        return below(10) ? 25.5 : NAN;
    default:
        return (double)(below(2000) - 1000);
    }
}

START_TEST(test_doubles)
{
    double values[MOST], like[MOST];
    for (int round = 0; round < 400; round++) {
        size_t n = (size_t)below(MOST);
        int kind = (int)below(9);
        for (size_t i = 0; i < n; i++) {
            like[i] = values[i] = nasty(kind == 8 ? (int)below(8) : kind);
            if (below(20) == 0)
                like[i] = nasty(1);
        }
        doubles(values, NULL, n);
        doubles(values, like, n);
    }
}
END_TEST

/* --- texts */

static size_t texts(const struct texts *values, const struct texts *like, size_t n)
{
    struct bytes bytes = {0};
    struct texts got = {.at = memory_zero(MOST, sizeof(uint32_t))};
    column_put_texts(&bytes, values, like, n);
    struct column_reader in = {bytes.data, bytes.data + bytes.size};
    ck_assert_int_eq(column_get_texts(&in, like, &got, n), 0);
    ck_assert(in.at == in.end);
    for (size_t i = 0; i < n; i++)
        ck_assert_str_eq(got.heap + got.at[i], values->heap + values->at[i]);
    free(bytes.data);
    free(got.at);
    free(got.heap);
    return bytes.size;
}

static void a_serial(int kind, int64_t i, char *out, size_t size)
{
    switch (kind) {
    case 0:
        snprintf(out, size, "A-1047-%06lld", (long long)i);
        break;
    case 1:
        snprintf(out, size, "%016llx", (unsigned long long)any());
        break;
    case 2:
        snprintf(out, size, "%s", below(3) ? "" : "LOT 7");
        break;
    case 3:
        snprintf(out, size, "00000000000000000000%lld00", (long long)below(100000));
        break;
    default:
        snprintf(out, size, "\xe6\x89\xb9%lld-%c", (long long)i / 10, (char)('A' + below(3)));
    }
}

START_TEST(test_texts)
{
    char text[64];
    for (int round = 0; round < 200; round++) {
        struct texts values = {.at = memory_zero(MOST, sizeof(uint32_t))}, like = {.at = memory_zero(MOST, sizeof(uint32_t))};
        size_t n = (size_t)below(MOST);
        int kind = (int)below(6);
        for (size_t i = 0; i < n; i++) {
            a_serial(kind == 5 ? (int)below(5) : kind, (int64_t)i, text, sizeof text);
            texts_set(&values, i, text);
            texts_set(&like, i, below(30) ? text : "other");
        }
        size_t size = texts(&values, NULL, n);
        if (kind == 0)
            ck_assert_int_le((int)size, 48); /* a beginning and a number that counts */
        texts(&values, &like, n);
        free(values.at);
        free(values.heap);
        free(like.at);
        free(like.heap);
    }
}
END_TEST

/* Every byte changed, every length cut: an answer or a refusal, never a read beyond (the copies are as long as what they hold). */
START_TEST(test_damage)
{
    double values[MOST], got[MOST];
    int64_t numbers[MOST];
    struct texts some = {.at = memory_zero(MOST, sizeof(uint32_t))}, back = {.at = memory_zero(MOST, sizeof(uint32_t))};
    char text[64];
    size_t n = 150;
    for (size_t i = 0; i < n; i++) {
        values[i] = nasty((int)below(8));
        a_serial((int)below(5), (int64_t)i, text, sizeof text);
        texts_set(&some, i, text);
    }
    struct bytes bytes = {0}, letters = {0};
    column_put_doubles(&bytes, values, NULL, n);
    column_put_texts(&letters, &some, NULL, n);
    for (int round = 0; round < 20000; round++) {
        const struct bytes *from = round % 2 ? &bytes : &letters;
        size_t size = below(2) ? from->size : (size_t)below((int64_t)from->size);
        unsigned char *copy = memory_zero(size + 1, 1);
        copy = memory_resize(copy, size ? size : 1, 1);
        memcpy(copy, from->data, size);
        for (int64_t changes = below(4); size && changes >= 0; changes--)
            copy[below((int64_t)size)] = (unsigned char)any();
        struct column_reader a = {copy, copy + size}, b = a, c = a;
        back.used = 0;
        column_get_doubles(&a, round % 3 ? NULL : values, got, n);
        column_get_integers(&b, NULL, numbers, n);
        column_get_texts(&c, round % 3 ? NULL : &some, &back, n);
        ck_assert(a.at <= a.end && b.at <= b.end && c.at <= c.end);
        free(copy);
    }
    free(bytes.data);
    free(letters.data);
    free(some.at);
    free(some.heap);
    free(back.at);
    free(back.heap);
}
END_TEST

START_TEST(test_blob)
{
    struct bytes bytes = {0};
    struct blob blob;
    int64_t values[] = {5, 7, 11};
    blob_begin(&bytes, 2, 3);
    column_put_integers(&bytes, values, NULL, 3);
    blob_end_column(&bytes, 0);
    blob_end_column(&bytes, 1);
    blob_seal(&bytes, 42);
    ck_assert_int_eq(blob_open(&blob, bytes.data, bytes.size, 42), 0);
    ck_assert_int_eq((int)blob.rows, 3);
    ck_assert_int_eq((int)blob.columns, 2);
    ck_assert_int_eq(blob_open(&blob, bytes.data, bytes.size, 43), -1);
    for (size_t size = 0; size < bytes.size; size++)
        ck_assert_int_eq(blob_open(&blob, bytes.data, size, 42), -1);
    for (size_t i = 0; i < bytes.size * 8; i++) {
        bytes.data[i / 8] ^= (unsigned char)(1 << i % 8);
        ck_assert_int_eq(blob_open(&blob, bytes.data, bytes.size, 42), -1);
        bytes.data[i / 8] ^= (unsigned char)(1 << i % 8);
    }
    free(bytes.data);
}
END_TEST

Suite *column_suite(void);
Suite *column_suite(void)
{
    const struct fixture_test tests[] = {
        {"column: whole numbers come back", test_integers},
        {"column: as few bytes as it takes", test_sizes},
        {"column: every double comes back", test_doubles},
        {"column: texts come back", test_texts},
        {"column: damaged bytes", test_damage},
        {"column: a blob knows when it is damaged", test_blob},
    };
    return fixture_suite("column", tests, sizeof tests / sizeof tests[0], NULL, NULL);
}
