#include "tests/config/sample.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

Suite *ground_suite(void);

START_TEST(errors)
{
    struct error err = {0};
    ck_assert_int_eq(error_set(&err, ERR_FULL, "%s is full", "/var"), -1);
    ck_assert_int_eq(err.code, ERR_FULL);
    ck_assert_int_eq(error_set(&err, ERR_IO, "wrapped: %s", err.text), -1);
    ck_assert_str_eq(err.text, "wrapped: /var is full");
    ck_assert_int_eq(error_set(NULL, ERR_IO, "nobody listens"), -1);
}
END_TEST

START_TEST(memory)
{
    int *items = NULL;
    size_t room = 0;
    for (size_t i = 0; i < 1000; i++) {
        void *block = items;
        memory_grow(&block, &room, i, sizeof *items);
        items = block;
        items[i] = (int)i;
    }
    ck_assert_int_eq(items[999], 999);
    ck_assert_uint_ge(room, 1000);
    free(items);
    char *text = memory_format("%d-%s", 7, "x");
    ck_assert_str_eq(text, "7-x");
    free(text);
    ck_assert_ptr_null(memory_text(NULL));
}
END_TEST

static int64_t fixed(void)
{
    return 42;
}

START_TEST(clocks)
{
    ck_assert(!clock_is_simulated());
    int64_t real_us = clock_now_us();
    clock_set_anchor((struct clock_anchor){real_us, 1000, 60});
    ck_assert(clock_is_simulated());
    ck_assert_int_lt(clock_now_us(), 1000 + 60 * 10 * SECOND_US);
    ck_assert_int_ge(clock_now_us(), 1000);
    ck_assert_int_eq(clock_real_us(MINUTE_US), SECOND_US);
    setenv("GEMBA_CLOCK", "1:2:0", 1);
    ck_assert(!clock_set_from_environment());
    setenv("GEMBA_CLOCK", "1:2:3x", 1);
    ck_assert(!clock_set_from_environment());
    setenv("GEMBA_CLOCK", "100:200:2.5", 1);
    ck_assert(clock_set_from_environment());
    ck_assert_int_eq(clock_anchor().plant_us, 200);
    clock_set_source(fixed);
    ck_assert_int_eq(clock_now_us(), 42);
    clock_set_source(NULL);
    ck_assert_int_ne(clock_now_us(), 42);
    int64_t before = clock_monotonic_us();
    ck_assert_int_ge(clock_monotonic_us(), before);
}
END_TEST

static const char *const locales[] = {"C", "C.UTF-8"};

static int64_t machine_us;
static int64_t machine_clock(void)
{
    return machine_us;
}

START_TEST(clock_set_back)
{
    machine_us = 100 * HOUR_US;
    clock_set_source(machine_clock);
    clock_keep_forward(machine_us - MINUTE_US);
    ck_assert_int_eq(clock_now_us(), machine_us);
    machine_us -= HOUR_US; /* within two hours: nearly stands still, at half the speed of the monotonic clock */
    int64_t before_us = 100 * HOUR_US;
    for (int i = 0; i < 1000; i++) {
        int64_t now_us = clock_now_us();
        ck_assert_int_ge(now_us, before_us);
        ck_assert_int_lt(now_us, 100 * HOUR_US + MINUTE_US);
        before_us = now_us;
    }
    ck_assert_int_eq(clock_system_us(), 99 * HOUR_US);
    machine_us = 200 * HOUR_US; /* forward: at once */
    ck_assert_int_eq(clock_now_us(), machine_us);
    machine_us -= 3 * HOUR_US; /* too far to wait for */
    ck_assert_int_eq(clock_now_us(), machine_us);
}
END_TEST

START_TEST(columns)
{
    char out[32];
    ck_assert_ptr_nonnull(setlocale(LC_CTYPE, locales[_i]));
    ck_assert_int_eq(text_columns("bore"), 4);
    ck_assert_int_eq(text_columns("内径"), 4);
    ck_assert_int_eq(text_columns("Ø25 µm"), 6);
    ck_assert_int_eq(text_columns("e\u0301"), 1);
    ck_assert_int_eq(text_columns("\xff\xe5\x86"), 3);
    ck_assert_int_eq(text_columns("\x1b[m"), 3);
    ck_assert_int_eq(text_fit(out, sizeof out, "bore", 4), 4);
    ck_assert_str_eq(out, "bore");
    ck_assert_int_eq(text_fit(out, sizeof out, "bore-dia", 5), 5);
    ck_assert_str_eq(out, "bore~");
    ck_assert_int_eq(text_fit(out, sizeof out, "内径测量", 5), 5);
    ck_assert_str_eq(out, "内径~");
    ck_assert_int_eq(text_fit(out, sizeof out, "内径测量", 4), 3);
    ck_assert_str_eq(out, "内~");
    ck_assert_int_eq(text_fit(out, 4, "内径", 10), 1);
    ck_assert_str_eq(out, "~");
    ck_assert_int_eq(text_fit(out, sizeof out, "a\x1b[31m", 10), 6);
    ck_assert_str_eq(out, "a?[31m");
    ck_assert_int_eq(text_fit(out, sizeof out, "abc", 0), 0);
    ck_assert_str_eq(out, "");
    ck_assert_int_eq(text_fit(out, sizeof out, "abc", 1), 1);
    ck_assert_str_eq(out, "~");
}
END_TEST

START_TEST(nearest)
{
    static const char *const names[] = {"format", "period", "strict", "tcp", "x"};
    static const char *const rows[][2] = {{"formt", "format"}, {"foramt", "format"}, {"FORMAT", "format"}, {"form", "format"}, {"perid", "period"},
                                          {"tpc", "tcp"},      {"tcpp", "tcp"},      {"rtu", NULL},        {"y", NULL},        {"completely", NULL}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *found = text_nearest(rows[i][0], names, 5);
        if (rows[i][1]) {
            ck_assert_msg(found != NULL, "%s", rows[i][0]);
            ck_assert_str_eq(found, rows[i][1]);
        } else
            ck_assert_msg(!found, "%s: %s", rows[i][0], found);
    }
}
END_TEST

START_TEST(durations)
{
    static const struct {
        const char *text;
        int64_t us; /* -1: refused */
    } rows[] = {{"500ms", 500000},
                {"4.2s", 4200000},
                {"5min", 5 * MINUTE_US},
                {"8h", 8 * HOUR_US},
                {"2d", 2 * DAY_US},
                {"250us", 250},
                {"0s", 0},
                {"1.5 h", 90 * MINUTE_US},
                {"5", -1},
                {"-5s", -1},
                {"s", -1},
                {"5m", -1},
                {"1e3s", -1},
                {"0x5s", -1},
                {"1.2.3s", -1},
                {".5s", -1},
                {"5s ", -1},
                {"", -1},
                {"99999999d", -1},
                {"nans", -1},
                {" 5s", -1}};
    char out[32];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t us = -1;
        int result = text_duration_parse(rows[i].text, &us);
        ck_assert_msg(us == rows[i].us && result == (rows[i].us < 0 ? -1 : 0), "'%s': %lld", rows[i].text, (long long)us);
    }
    ck_assert_str_eq(text_duration(761 * SECOND_US, out, sizeof out), "00:12:41");
    ck_assert_str_eq(text_duration(2 * DAY_US + 190 * MINUTE_US, out, sizeof out), "2d 03:10");
    ck_assert_str_eq(text_duration(-61 * SECOND_US, out, sizeof out), "-00:01:01");
    ck_assert_str_eq(text_age(1500000, out, sizeof out), "1 s");
    ck_assert_str_eq(text_age(80 * SECOND_US, out, sizeof out), "80 s");
    ck_assert_str_eq(text_age(5 * MINUTE_US, out, sizeof out), "5 min");
    ck_assert_str_eq(text_age(3 * HOUR_US, out, sizeof out), "3 h");
    ck_assert_str_eq(text_age(2 * DAY_US, out, sizeof out), "2 d");
    ck_assert_str_eq(text_age(-5, out, sizeof out), "0 s");
}
END_TEST

START_TEST(times)
{
    static const struct {
        const char *text, *iso; /* NULL: refused; the zone is Asia/Shanghai */
    } rows[] = {
        {"2026-11-02T14:31:55.123456Z", "2026-11-02T14:31:55.123456Z"},
        {"2026-11-02", "2026-11-01T16:00:00.000000Z"},
        {"2026-11-02 08:00", "2026-11-02T00:00:00.000000Z"},
        {"2026-11-02T08:00:00+01:00", "2026-11-02T07:00:00.000000Z"},
        {"2026-11-02T08:00-0330", "2026-11-02T11:30:00.000000Z"},
        {"2026-11-02T08:00:00.5+08", "2026-11-02T00:00:00.500000Z"},
        {"2024-02-29T24:00Z", "2024-03-01T00:00:00.000000Z"},
        {"1969-12-31T23:59:59.25Z", "1969-12-31T23:59:59.250000Z"},
        {"2026-02-29", NULL},
        {"2026-13-01", NULL},
        {"2026-11-02T25:00", NULL},
        {"2026-11-02T24:01", NULL},
        {"2026-11-02T08", NULL},
        {"2026-11-02T08:00:00.", NULL},
        {"2026-11-02x", NULL},
        {"26-11-02", NULL},
        {"", NULL},
        {"2026-11-02T08:00ZZ", NULL},
        {"2026-00-01", NULL},
    };
    char out[40];
    ck_assert_int_eq(text_set_timezone("Asia/Shanghai"), 0);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t time_us = 0;
        int result = text_time_parse(rows[i].text, &time_us);
        ck_assert_msg(result == (rows[i].iso ? 0 : -1), "'%s'", rows[i].text);
        if (rows[i].iso)
            ck_assert_str_eq(text_time_iso(time_us, out, sizeof out), rows[i].iso);
    }
    ck_assert_str_eq(text_time_local(0, "%Y-%m-%d %H:%M %Z", out, sizeof out), "1970-01-01 08:00 CST");
    ck_assert_str_eq(text_time_local(-1, "%H:%M:%S", out, sizeof out), "07:59:59");
    ck_assert_int_eq(text_set_timezone("Asia/Shangai"), -1);
    ck_assert_int_eq(text_set_timezone("../../../etc/passwd"), -1);
    ck_assert_int_eq(text_set_timezone("Europe"), -1);
    ck_assert_int_eq(text_set_timezone(""), -1);
    ck_assert_str_eq(getenv("TZ"), "Asia/Shanghai");
    ck_assert_int_eq(text_set_timezone("UTC"), 0);
}
END_TEST

START_TEST(numbers)
{
    char out[40];
    static const double hard[] = {0.1, 1.0 / 3, 5e-324, 1.7976931348623157e308, 25.000000000000004, -0.0, 123456789012345678.0};
    for (size_t i = 0; i < sizeof hard / sizeof hard[0]; i++)
        ck_assert(strtod(text_exact(hard[i], out, sizeof out), NULL) == hard[i]);
    ck_assert_str_eq(text_exact(0.1, out, sizeof out), "0.1");
    ck_assert_str_eq(text_exact(0.1 + 0.2, out, sizeof out), "0.30000000000000004");
    ck_assert_str_eq(text_exact(NAN, out, sizeof out), "");
    ck_assert_str_eq(text_number(NAN, 3, out, sizeof out), "--");
    ck_assert_str_eq(text_number(25.0004, 3, out, sizeof out), "25.000");
    ck_assert_str_eq(text_number(-0.0004, 3, out, sizeof out), "0.000");
    ck_assert_str_eq(text_number(-0.5, 1, out, sizeof out), "-0.5");
    ck_assert_str_eq(text_number(4.9312e-12, 14, out, sizeof out), "4.93e-12");
    ck_assert_str_eq(text_number(-1e-11, 12, out, sizeof out), "-1.0e-11");
    ck_assert_str_eq(text_number(1e-15, 12, out, sizeof out), "1e-15");
    ck_assert_str_eq(text_number(0, 12, out, sizeof out), "0");
    ck_assert_str_eq(text_number((double)25.003f, -1, out, sizeof out), "25.003");
    ck_assert_str_eq(text_number(4294967295.0, -1, out, sizeof out), "4294967295");
    ck_assert_str_eq(text_number(0.1, -1, out, sizeof out), "0.1");
}
END_TEST

START_TEST(halves)
{
    static const struct {
        uint16_t bits;
        double value;
    } known[] = {{0x3c00, 1}, {0xc000, -2}, {0x7bff, 65504}, {0x0001, 0x1p-24}, {0x0400, 0x1p-14}, {0x3555, 0.333251953125}, {0x0000, 0}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        ck_assert_double_eq(half_value(known[i].bits), known[i].value);
        ck_assert_uint_eq(half_bits(known[i].value), known[i].bits);
    }
    for (unsigned bits = 0; bits <= 0x7c00; bits++) {
        ck_assert_uint_eq(half_bits(half_value((uint16_t)bits)), bits);
        ck_assert_uint_eq(half_bits(-half_value((uint16_t)bits)), bits | 0x8000);
        if (bits >= 0x7bff)
            continue;
        double low = half_value((uint16_t)bits), high = half_value((uint16_t)(bits + 1)), middle = (low + high) / 2;
        ck_assert_double_gt(high, low);
        ck_assert_uint_eq(half_bits(middle), bits + bits % 2); /* a tie goes to the even one */
        ck_assert_uint_eq(half_bits(nextafter(middle, low)), bits);
        ck_assert_uint_eq(half_bits(nextafter(middle, high)), bits + 1);
    }
    ck_assert(isnan(half_value(0x7c01)) && isnan(half_value(half_bits(NAN))) && isinf(half_value(half_bits(65520))));
    ck_assert_double_eq(half_value(half_bits(65519)), 65504);
}
END_TEST

Suite *ground_suite(void)
{
    Suite *suite = suite_create("ground");
    suite_add(suite, "errors", errors);
    suite_add(suite, "memory", memory);
    suite_add(suite, "clocks", clocks);
    suite_add(suite, "a clock that is set back", clock_set_back);
    TCase *widths = tcase_create("terminal columns");
    tcase_add_loop_test(widths, columns, 0, 2);
    suite_add_tcase(suite, widths);
    suite_add(suite, "nearest names", nearest);
    suite_add(suite, "durations", durations);
    suite_add(suite, "times", times);
    suite_add(suite, "numbers", numbers);
    suite_add(suite, "16-bit floats", halves);
    return suite;
}
