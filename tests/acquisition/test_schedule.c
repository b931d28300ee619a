#include "acquisition/link.h"
#include "acquisition/station.h"
#include "tests/acquisition/device.h"
#include "tests/acquisition/fixture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { FAST, SLOW, RARE, FOLLOW, HOLE, TAGS };

/* A unit on TCP whose tags have schedules of their own, and what came of each. */
struct works {
    struct plant *plant;
    struct device *device;
    struct queue *queue;
    struct link_worker *worker;
    int came[TAGS], mixed, all_bad;
    enum quality quality[TAGS];
    int64_t off_us; /* of aligned polls: the furthest from their instant */
    struct lessons lessons;
};

static void works_start(struct works *works, enum manner manner, const char *fast)
{
    int port;
    ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
    *works = (struct works){.device = device_start(&port), .queue = queue_create(10000, 1 << 20)};
    device_behave(works->device, manner);
    works->plant = fixture_plant("links: {hall: {url: \"tcp://127.0.0.1:%d\", timeout: 120ms}}\ninstruments:\n  g:\n    link: hall\n    unit: 1\n"
                                 "    every: 200ms\n    tags:\n"
                                 "      fast: {address: \"holding:10\", %s}\n      slow: {address: \"holding:11\"}\n"
                                 "      rare: {address: \"holding:12\", every: 1h}\n      follow: {address: \"holding:13\", on_change: g.fast}\n"
                                 "      hole: {address: \"holding:50\", %s}\n",
                                 port, fast, fast);
    struct error err;
    works->worker = link_start(works->plant, &works->plant->links[0], 0, works->queue, &err);
    ck_assert_ptr_nonnull(works->worker);
}

static void works_stop(struct works *works)
{
    link_end(works->worker);
    link_destroy(works->worker);
    queue_destroy(works->queue);
    device_stop(works->device);
    plant_free(works->plant);
}

static void take(struct works *works, const struct poll *poll)
{
    int schedules = 0, bad = 0;
    for (int i = 0; i < TAGS; i++) {
        if (poll->quality[i] == QUALITY_ABSENT)
            continue;
        works->came[i]++;
        works->quality[i] = poll->quality[i];
        bad += quality_is_bad(poll->quality[i]);
        schedules |= 1 << poll->instrument->tags[i].schedule;
    }
    works->all_bad |= bad == TAGS;
    works->mixed += bad < TAGS && (schedules & (schedules - 1)) != 0;
    int64_t off_us = poll->time_us % 50000;
    if (poll->quality[FAST] != QUALITY_ABSENT && off_us > works->off_us)
        works->off_us = off_us;
    if (poll->lessons)
        works->lessons = *poll->lessons;
}

static void drain(struct works *works)
{
    int64_t dropped;
    struct poll *next, *poll = queue_take(works->queue, 1000, SIZE_MAX, &dropped);
    for (; poll; poll = next) {
        next = poll->next;
        take(works, poll);
        poll_free(poll);
    }
}

static int seen_often(void *context)
{
    struct works *works = context;
    drain(works);
    return works->came[FAST] > 40 && works->came[SLOW] > 3;
}

START_TEST(each_at_its_own_time)
{
    struct works works;
    works_start(&works, MANNER_NORMAL, "every: 20ms");
    fixture_wait(seen_often, &works, "40 polls");
    works_stop(&works);
    ck_assert_int_eq(works.mixed, 0);
    ck_assert_int_le(works.came[SLOW], works.came[FAST] / 5);
    ck_assert_int_le(works.came[RARE], 1);   /* not twice within an hour */
    ck_assert_int_eq(works.came[FOLLOW], 1); /* what it follows never changes */
}
END_TEST

static int rarely_off(void *context)
{
    struct works *works = context;
    drain(works);
    return works->came[FAST] > 20;
}

START_TEST(aligned_to_the_clock)
{
    struct works works;
    works_start(&works, MANNER_NORMAL, "every: 50ms, aligned: true");
    fixture_wait(rarely_off, &works, "20 polls");
    works_stop(&works);
    ck_assert_msg(works.off_us < 25000, "%lld us after its instant", (long long)works.off_us);
}
END_TEST

/* In Berlin: 24 h and 4 h keep to the time of day when the clocks change, quarters of an hour go on. */
START_TEST(aligned_when_the_clocks_change)
{
    static const struct {
        int every_min, phase_min;
        int64_t from_s, next_s;
    } rows[] = {
        {1440, 360, 1792843200, 1792904400}, /* 2026-10-24T12:00Z to 2026-10-25T05:00Z */
        {1440, 360, 1774699200, 1774756800}, /* 2026-03-28T12:00Z to 2026-03-29T04:00Z */
        {15, 0, 1792889400, 1792890000},     /* 2026-10-25T00:50Z to 2026-10-25T01:00Z */
        {15, 0, 1792890000, 1792890900},     /* 2026-10-25T01:00Z to 2026-10-25T01:15Z */
        {15, 0, 1774745400, 1774746000},     /* 2026-03-29T00:50Z to 2026-03-29T01:00Z */
        {240, 0, 1792882800, 1792897200},    /* 2026-10-24T23:00Z to 2026-10-25T03:00Z */
        {240, 0, 1774740600, 1774749600},    /* 2026-03-28T23:30Z to 2026-03-29T02:00Z */
        {1440, 150, 1774699200, 1774747800}, /* 2026-03-28T12:00Z to 2026-03-29T01:30Z */
        {1440, 360, 1782907200, 1782964800}, /* 2026-07-01T12:00Z to 2026-07-02T04:00Z */
    };
    setenv("TZ", "Europe/Berlin", 1);
    tzset();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct schedule schedule = {.every_us = rows[i].every_min * MINUTE_US, .phase_us = rows[i].phase_min * MINUTE_US, .aligned = 1};
        ck_assert_msg(station_aligned(&schedule, rows[i].from_s * SECOND_US) == rows[i].next_s * SECOND_US, "row %zu: %lld", i,
                      (long long)(station_aligned(&schedule, rows[i].from_s * SECOND_US) / SECOND_US));
    }
}
END_TEST

static int all_bad(void *context)
{
    struct works *works = context;
    drain(works);
    return works->all_bad;
}

static int all_good(void *context)
{
    struct works *works = context;
    drain(works);
    int good = 0;
    for (int i = 0; i < TAGS; i++)
        good += works->came[i] && quality_is_good(works->quality[i]);
    return good == TAGS;
}

START_TEST(silence_is_of_all_tags)
{
    struct works works;
    works_start(&works, MANNER_NORMAL, "every: 20ms");
    fixture_wait(seen_often, &works, "40 polls");
    device_behave(works.device, MANNER_MUTE);
    fixture_wait(all_bad, &works, "a poll in which all is bad");
    device_behave(works.device, MANNER_NORMAL);
    fixture_wait(all_good, &works, "all tags, long before the hour is over");
    works_stop(&works);
}
END_TEST

static int learned(void *context)
{
    struct works *works = context;
    drain(works);
    return works->lessons.count > 0;
}

START_TEST(refused_tag_is_left_out)
{
    struct works works;
    works_start(&works, MANNER_HOLE, "every: 20ms");
    fixture_wait(learned, &works, "a lesson");
    ck_assert_int_eq(works.lessons.count, 1);
    ck_assert_int_eq(works.lessons.items[0].kind, LESSON_REFUSED);
    ck_assert_int_eq(works.lessons.items[0].first, 50);
    int asked = device_requests(works.device), came = works.came[FAST] + works.came[SLOW] + works.came[RARE] + works.came[FOLLOW];
    works.came[FAST] = works.came[SLOW] = works.came[RARE] = works.came[FOLLOW] = 0;
    fixture_wait(seen_often, &works, "40 polls");
    asked = device_requests(works.device) - asked;
    drain(&works);
    works_stop(&works);
    ck_assert_int_gt(came, 0);
    ck_assert_int_le(asked, works.came[FAST] + works.came[SLOW] + works.came[RARE] + works.came[FOLLOW] + 5); /* a request a poll */
    ck_assert_int_eq(works.quality[HOLE], QUALITY_BAD_CONFIGURATION);
    ck_assert_int_eq(works.quality[FAST], QUALITY_GOOD);
}
END_TEST

Suite *schedule_suite(void);
Suite *schedule_suite(void)
{
    const struct named_test tests[] = {{"each schedule at its own time", each_at_its_own_time},
                                       {"aligned to the clock", aligned_to_the_clock},
                                       {"aligned when the clocks change", aligned_when_the_clocks_change},
                                       {"a silent unit is so for all its tags", silence_is_of_all_tags},
                                       {"a refused tag is left out", refused_tag_is_left_out}};
    return SUITE_OF("schedule", 30, tests);
}
