#include "reports/period.h"
#include "tests/harness.h"
#include "tests/reports/fixture.h"

#include <string.h>

static const struct shift shifts[] = {
    {.name = "day", .start_min = 6 * 60, .end_min = 14 * 60, .days = 0x1f},
    {.name = "night", .start_min = 22 * 60, .end_min = 6 * 60, .days = 0x1f},
};
static const struct plant berlin = {.name = "x", .timezone = "Europe/Berlin", .shifts = (struct shift *)shifts, .n_shifts = 2};
static const struct plant no_shifts = {.name = "x", .timezone = "Europe/Berlin"};

static int64_t at(const char *text)
{
    int64_t time_us;
    ck_assert_msg(text_time_parse(text, &time_us) == 0, "%s", text);
    return time_us;
}

static const struct {
    const char *now, *words, *from, *to, *name, *slug;
} cases[] = {
    {"2026-11-05T14:00:00Z", "today", "2026-11-04T23:00:00Z", "2026-11-05T23:00:00Z", "2026-11-05", "2026-11-05"},
    {"2026-11-05T14:00:00Z", "yesterday", "2026-11-03T23:00:00Z", "2026-11-04T23:00:00Z", "2026-11-04", "2026-11-04"},
    {"2026-11-05T23:30:00Z", "today", "2026-11-05T23:00:00Z", "2026-11-06T23:00:00Z", "2026-11-06", "2026-11-06"},
    /* summer time began on 2026-03-29: a day of 23 hours; and ended on 2026-10-25: 25 hours */
    {"2026-03-29T12:00:00Z", "today", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", "2026-03-29", "2026-03-29"},
    {"2026-10-25T12:00:00Z", "today", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", "2026-10-25", "2026-10-25"},
    {"2026-11-05T14:00:00Z", "this-month", "2026-10-31T23:00:00Z", "2026-11-30T23:00:00Z", "November 2026", "2026-11"},
    {"2026-11-05T14:00:00Z", "last-month", "2026-09-30T22:00:00Z", "2026-10-31T23:00:00Z", "October 2026", "2026-10"},
    {"2027-01-31T14:00:00Z", "last-month", "2026-11-30T23:00:00Z", "2026-12-31T23:00:00Z", "December 2026", "2026-12"},
    {"2028-03-31T14:00:00Z", "last-month", "2028-01-31T23:00:00Z", "2028-02-29T23:00:00Z", "February 2028", "2028-02"},
    {"2026-11-05T14:00:00Z", "this-week", "2026-11-01T23:00:00Z", "2026-11-08T23:00:00Z", "week 45 of 2026, 2026-11-02 to 2026-11-08", "2026-W45"},
    {"2026-11-01T14:00:00Z", "this-week", "2026-10-25T23:00:00Z", "2026-11-01T23:00:00Z", "week 44 of 2026, 2026-10-26 to 2026-11-01", "2026-W44"},
    {"2026-11-01T14:00:00Z", "last-week", "2026-10-18T22:00:00Z", "2026-10-25T23:00:00Z", "week 43 of 2026, 2026-10-19 to 2026-10-25", "2026-W43"},
    {"2027-01-02T14:00:00Z", "this-week", "2026-12-27T23:00:00Z", "2027-01-03T23:00:00Z", "week 53 of 2026, 2026-12-28 to 2027-01-03", "2026-W53"},
    {"2026-11-05T10:00:00Z", "this-shift", "2026-11-05T05:00:00Z", "2026-11-05T13:00:00Z", "day shift 2026-11-05 06:00-14:00", "2026-11-05-0600"},
    {"2026-11-05T10:00:00Z", "last-shift", "2026-11-04T21:00:00Z", "2026-11-05T05:00:00Z", "night shift 2026-11-04 22:00-06:00", "2026-11-04-2200"},
    /* Monday morning: the last shift is Friday's night */
    {"2026-11-09T10:00:00Z", "last-shift", "2026-11-06T21:00:00Z", "2026-11-07T05:00:00Z", "night shift 2026-11-06 22:00-06:00", "2026-11-06-2200"},
    {"2026-11-05T14:00:00Z", "8h", "2026-11-05T06:00:00Z", "2026-11-05T14:00:00Z", "8h until 2026-11-05 15:00", "2026-11-05-0700"},
    {"2026-11-05T14:00:00Z", "2026-10", "2026-09-30T22:00:00Z", "2026-10-31T23:00:00Z", "October 2026", "2026-10"},
    {"2026-11-05T14:00:00Z", "2026-10-25", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", "2026-10-25", "2026-10-25"},
    {"2026-11-05T14:00:00Z", "2026-10-01..2026-11-01", "2026-09-30T22:00:00Z", "2026-10-31T23:00:00Z", "2026-10-01 00:00 to 2026-11-01 00:00",
     "2026-10"},
    {"2026-11-05T14:00:00Z", "2026-11-05T06:00:00Z..2026-11-05T07:00:00Z", "2026-11-05T06:00:00Z", "2026-11-05T07:00:00Z",
     "2026-11-05 07:00 to 2026-11-05 08:00", "2026-11-05-0700"},
};

START_TEST(periods)
{
    struct period period;
    struct error err;
    char slug[32];
    text_set_timezone("Europe/Berlin");
    ck_assert_msg(period_parse(&berlin, cases[_i].words, at(cases[_i].now), &period, &err) == 0, "%s", err.text);
    ck_assert_int_eq(period.from_us, at(cases[_i].from));
    ck_assert_int_eq(period.to_us, at(cases[_i].to));
    ck_assert_str_eq(period.words, cases[_i].name);
    ck_assert_str_eq(period_slug(&period, slug, sizeof slug), cases[_i].slug);
}
END_TEST

START_TEST(open_ends)
{
    struct period period;
    struct error err;
    text_set_timezone("Europe/Berlin");
    ck_assert_int_eq(period_parse(&berlin, "all", FIXTURE_NOW, &period, &err), 0);
    ck_assert(period.from_us == 0 && period.to_us == INT64_MAX);
    ck_assert_int_eq(period_parse(&berlin, "..", FIXTURE_NOW, &period, &err), 0);
    ck_assert_str_eq(period.words, "all data");
    ck_assert_int_eq(period_parse(&berlin, "2026-11-01..", FIXTURE_NOW, &period, &err), 0);
    ck_assert(period.from_us == at("2026-10-31T23:00:00Z") && period.to_us == INT64_MAX);
    ck_assert_str_eq(period.words, "from 2026-11-01 00:00");
    ck_assert_int_eq(period_parse(&berlin, "..2026-11-01", FIXTURE_NOW, &period, &err), 0);
    ck_assert(period.from_us == 0 && period.to_us == at("2026-10-31T23:00:00Z"));
}
END_TEST

START_TEST(a_plant_without_shifts_has_days)
{
    struct period period;
    struct error err;
    text_set_timezone("Europe/Berlin");
    ck_assert_int_eq(period_parse(&no_shifts, "this-shift", FIXTURE_NOW, &period, &err), 0);
    ck_assert_int_eq(period.from_us, at("2026-11-04T23:00:00Z"));
    ck_assert_int_eq(period.to_us, at("2026-11-05T23:00:00Z"));
    ck_assert_int_eq(period_parse(&no_shifts, "last-shift", FIXTURE_NOW, &period, &err), 0);
    ck_assert_int_eq(period.to_us, at("2026-11-04T23:00:00Z"));
}
END_TEST

static const struct {
    const char *text, *words;
} wrong[] = {
    {"last-mont", "did you mean 'last-month'"},
    {"fortnight", "this-shift, last-shift, today"},
    {"2026-13", "unknown period"},
    {"2026-11-02..2026-11-01", "ends before"},
    {"x..2026-11-01", "'x' is no time"},
    {"0h", "unknown period"},
};

START_TEST(wrong_periods)
{
    struct period period;
    struct error err = {0};
    text_set_timezone("Europe/Berlin");
    ck_assert_int_eq(period_parse(&berlin, wrong[_i].text, FIXTURE_NOW, &period, &err), -1);
    ck_assert_int_eq(err.code, ERR_USAGE);
    ck_assert_msg(strstr(err.text, wrong[_i].words) != NULL, "%s", err.text);
}
END_TEST

Suite *period_suite(void);
Suite *period_suite(void)
{
    Suite *suite = suite_create("period");
    TCase *right = tcase_create("periods"), *bad = tcase_create("wrong_periods");
    tcase_add_loop_test(right, periods, 0, sizeof cases / sizeof cases[0]);
    tcase_add_loop_test(bad, wrong_periods, 0, sizeof wrong / sizeof wrong[0]);
    suite_add_tcase(suite, right);
    suite_add_tcase(suite, bad);
    fixture_add(suite, open_ends);
    fixture_add(suite, a_plant_without_shifts_has_days);
    return suite;
}
