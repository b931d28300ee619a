#include "tests/config/sample.h"

#include <stdlib.h>
#include <string.h>

Suite *shift_suite(void);

#define HEAD "links: {a: {url: \"tcp://h\"}}\ninstruments: {g: {link: a, tags: {n: {address: 1}}}}\n"
#define BERLIN "plant: {name: X, timezone: Europe/Berlin}\n" HEAD
#define THREE                                                                                                                                        \
    BERLIN "shifts:\n  early: {start: \"06:00\", end: \"14:00\"}\n  late: {start: \"14:00\", end: \"22:00\"}\n"                                      \
           "  night: {start: \"22:00\", end: \"06:00\", breaks: [\"01:45-02:45\"]}\n"

static int64_t at(const char *text)
{
    int64_t time_us;
    ck_assert_msg(text_time_parse(text, &time_us) == 0, "%s", text);
    return time_us;
}

static void expect(const struct plant *plant, const char *time, const char *name, const char *from, const char *to)
{
    struct shift_window window = shift_at(plant, at(time));
    char from_text[40], to_text[40];
    text_time_iso(window.from_us, from_text, sizeof from_text);
    text_time_iso(window.to_us, to_text, sizeof to_text);
    ck_assert_msg(!strcmp(window.name, name) && window.from_us == at(from) && window.to_us == at(to), "at %s: %s %s .. %s", time, window.name,
                  from_text, to_text);
}

START_TEST(clocks_change)
{
    struct plant *plant = sample_load(THREE);
    expect(plant, "2026-03-28T23:00:00Z", "night", "2026-03-28T21:00:00Z", "2026-03-29T04:00:00Z"); /* 7 h */
    expect(plant, "2026-03-29T04:00:00Z", "early", "2026-03-29T04:00:00Z", "2026-03-29T12:00:00Z");
    expect(plant, "2026-10-25T01:30:00Z", "night", "2026-10-24T20:00:00Z", "2026-10-25T05:00:00Z"); /* 9 h */
    expect(plant, "2026-11-02T12:59:59.999999Z", "early", "2026-11-02T05:00:00Z", "2026-11-02T13:00:00Z");
    expect(plant, "2026-11-02T13:00:00Z", "late", "2026-11-02T13:00:00Z", "2026-11-02T21:00:00Z");
    plant_free(plant);
}
END_TEST

START_TEST(breaks_over_the_change)
{
    struct plant *plant = sample_load(THREE);
    struct shift_window spring = shift_at(plant, at("2026-03-29T00:00:00Z")), winter = shift_at(plant, at("2026-11-02T00:00:00Z"));
    struct shift_window autumn = shift_at(plant, at("2026-10-25T00:00:00Z"));
    ck_assert_int_eq(shift_break_us(&winter, winter.from_us, winter.to_us), 60 * MINUTE_US);
    ck_assert_int_eq(shift_break_us(&spring, spring.from_us, spring.to_us), 15 * MINUTE_US); /* 02:45 does not exist */
    ck_assert_int_eq(shift_break_us(&autumn, autumn.from_us, autumn.to_us), 60 * MINUTE_US); /* 02:45 the first time */
    ck_assert_int_eq(shift_break_us(&winter, winter.breaks[0].from_us + 10 * MINUTE_US, winter.breaks[0].to_us - 5 * MINUTE_US), 45 * MINUTE_US);
    ck_assert_int_eq(shift_break_us(&winter, winter.from_us, winter.breaks[0].from_us), 0);
    plant_free(plant);
}
END_TEST

START_TEST(no_shifts_is_a_day)
{
    struct plant *plant = sample_load(BERLIN);
    expect(plant, "2026-03-29T10:00:00Z", "day", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z");
    expect(plant, "2026-10-25T10:00:00Z", "day", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z");
    plant_free(plant);
}
END_TEST

START_TEST(gaps)
{
    struct plant *plant = sample_load(BERLIN "shifts:\n  day: {start: \"08:00\", end: \"16:00\", days: [mon, tue, wed, thu, fri]}\n");
    expect(plant, "2026-11-06T20:00:00Z", "no shift", "2026-11-06T15:00:00Z", "2026-11-09T07:00:00Z");
    expect(plant, "2026-11-08T20:00:00Z", "no shift", "2026-11-06T15:00:00Z", "2026-11-09T07:00:00Z");
    ck_assert(!shift_at(plant, at("2026-11-08T20:00:00Z")).working);
    ck_assert(shift_at(plant, at("2026-11-09T07:00:00Z")).working);
    plant_free(plant);
    plant = sample_load(BERLIN "shifts:\n  clean: {start: \"20:00\", end: \"04:00\", days: [sat]}\n");
    expect(plant, "2026-11-04T12:00:00Z", "no shift", "2026-11-01T03:00:00Z", "2026-11-07T19:00:00Z");
    expect(plant, "2026-11-01T02:00:00Z", "clean", "2026-10-31T19:00:00Z", "2026-11-01T03:00:00Z");
    plant_free(plant);
}
END_TEST

/* Over a year with edges inside the hours that are missing or come twice, each window begins where the one before ended. */
START_TEST(windows_join)
{
    static const char *const zones[] = {"Europe/Berlin", "America/New_York", "Asia/Shanghai", "Australia/Lord_Howe", "America/Santiago"};
    for (size_t z = 0; z < sizeof zones / sizeof zones[0]; z++) {
        char *text = memory_format("plant: {name: X, timezone: %s}\n" HEAD "shifts:\n  a: {start: \"00:10\", end: \"02:10\"}\n"
                                   "  b: {start: \"02:10\", end: \"02:40\"}\n  c: {start: \"02:40\", end: \"23:50\", days: [mon, wed, sun]}\n",
                                   zones[z]);
        struct plant *plant = sample_load(text);
        int64_t now_us = at("2026-01-01T00:00:00Z"), end_us = at("2027-01-10T00:00:00Z");
        int windows = 0;
        for (struct shift_window window = shift_at(plant, now_us); window.to_us < end_us; windows++) {
            struct shift_window next = shift_at(plant, window.to_us);
            ck_assert_int_gt(next.to_us, next.from_us);
            ck_assert_msg(next.from_us == window.to_us, "%s: %s then %s, %lld us apart", zones[z], window.name, next.name,
                          (long long)(next.from_us - window.to_us));
            struct shift_window same = shift_at(plant, next.to_us - 1);
            ck_assert(same.from_us == next.from_us && same.to_us == next.to_us && !strcmp(same.name, next.name));
            window = next;
        }
        ck_assert_int_gt(windows, 1000);
        plant_free(plant);
        free(text);
    }
}
END_TEST

Suite *shift_suite(void)
{
    Suite *suite = suite_create("shift");
    suite_add(suite, "shifts over a change of the clocks", clocks_change);
    suite_add(suite, "breaks over a change of the clocks", breaks_over_the_change);
    suite_add(suite, "without shifts a day is one", no_shifts_is_a_day);
    suite_add(suite, "gaps between shifts", gaps);
    suite_add(suite, "windows join", windows_join);
    return suite;
}
