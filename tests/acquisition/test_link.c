#include "acquisition/link.h"
#include "tests/acquisition/device.h"
#include "tests/acquisition/fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static const char tags[] = "      a: {address: \"holding:10\", type: u16}\n      b: {address: \"holding:11\", type: u16}\n"
                           "      c: {address: \"input:20\", type: u16}\n      far: {address: \"holding:60\", type: u16}\n"
                           "      hole: {address: \"holding:50\", type: u16}\n";
enum { A, B, C, FAR, HOLE, TAGS };
static const double right[TAGS] = {3010, 3011, 4020, 3060, 3050};

struct bench {
    struct plant *plant;
    struct queue *queue;
    struct link_worker *worker;
    int tag, quality; /* waited for; tag TAGS: all */
    int polls;
    struct link_status status;
};

static void bench_start(struct bench *bench, int port)
{
    ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
    *bench = (struct bench){
        .plant = fixture_plant("links:\n  hall: {url: \"tcp://127.0.0.1:%d\", timeout: 120ms}\ninstruments:\n  g:\n    link: hall\n    unit: 1\n"
                               "    every: 20ms\n    tags:\n%s",
                               port, tags),
        .queue = queue_create(10000, 1 << 20)};
    struct error err;
    bench->worker = link_start(bench->plant, &bench->plant->links[0], 0, bench->queue, &err);
    ck_assert_ptr_nonnull(bench->worker);
}

static void take_status(const struct link_status *status, void *context)
{
    ((struct bench *)context)->status = *status;
}

static void bench_stop(struct bench *bench)
{
    link_end(bench->worker);
    link_each_status(bench->worker, take_status, bench);
    link_destroy(bench->worker);
    queue_destroy(bench->queue);
    plant_free(bench->plant);
}

/* Takes what came; whatever the device does, a value is right or bad. Ready when the awaited quality was seen. */
static int seen(void *context)
{
    struct bench *bench = context;
    int64_t dropped;
    int found = 0;
    struct poll *next, *poll = queue_take(bench->queue, 1000, SIZE_MAX, &dropped);
    for (; poll; poll = next) {
        struct reading readings[TAGS];
        int matching = 0;
        next = poll->next;
        poll_decode(poll, readings);
        for (int i = 0; i < TAGS; i++) {
            ck_assert_msg(quality_is_bad(readings[i].quality) || readings[i].value == right[i], "tag %d is %g instead of %g", i, readings[i].value,
                          right[i]);
            matching += (int)readings[i].quality == bench->quality && (bench->tag == TAGS || bench->tag == i);
        }
        found |= matching == (bench->tag == TAGS ? TAGS : 1);
        bench->polls++;
        poll_free(poll);
    }
    return found;
}

static void await_quality(struct bench *bench, int tag, enum quality quality)
{
    bench->tag = tag;
    bench->quality = (int)quality;
    fixture_wait(seen, bench, quality_is_good(quality) ? "good values" : quality_reason(quality));
}

static const struct {
    enum manner manner;
    enum quality quality;
    const char *state;
} manners[] = {
    {MANNER_MUTE, QUALITY_BAD_TIMEOUT, "silent"},
    {MANNER_LATE, QUALITY_BAD_TIMEOUT, "silent"},
    {MANNER_DRIP, QUALITY_BAD_TIMEOUT, "silent"},
    {MANNER_GARBAGE, QUALITY_BAD_PROTOCOL, "error"},
    {MANNER_OTHER_TRANSACTION, QUALITY_BAD_PROTOCOL, "error"},
    {MANNER_OTHER_UNIT, QUALITY_BAD_PROTOCOL, "error"},
    {MANNER_OTHER_FUNCTION, QUALITY_BAD_PROTOCOL, "error"},
    {MANNER_DOUBLE, QUALITY_GOOD, "online"},
    {MANNER_STRANGERS, QUALITY_GOOD, "online"},
    {MANNER_HALF, QUALITY_BAD_NOT_CONNECTED, "error"},
    {MANNER_FAILURE, QUALITY_BAD_DEVICE, "online"},
    {MANNER_NO_TARGET, QUALITY_BAD_GATEWAY, "silent"},
};

START_TEST(bad_manners)
{
    struct bench bench;
    int port;
    struct device *device = device_start(&port);
    bench_start(&bench, port);
    await_quality(&bench, TAGS, QUALITY_GOOD);
    device_behave(device, manners[_i].manner);
    await_quality(&bench, TAGS, manners[_i].quality);
    link_each_status(bench.worker, take_status, &bench);
    device_behave(device, MANNER_NORMAL);
    await_quality(&bench, TAGS, QUALITY_GOOD);
    bench_stop(&bench);
    device_stop(device);
    ck_assert_str_eq(bench.status.state, "online");
    bool flawless = bench.status.requests == bench.status.answers; /* what was garbled once and then good is told, too */
    ck_assert(flawless || (bench.status.last_error_us > 0 && bench.status.last_error[0]));
    ck_assert(quality_is_good(manners[_i].quality) || bench.status.last_error_us > 0);
    ck_assert_int_eq(bench.status.requests, bench.status.answers + bench.status.timeouts + bench.status.exceptions + bench.status.disconnects +
                                                bench.status.protocol_errors);
}
END_TEST

START_TEST(refused_then_there)
{
    struct bench bench;
    bench_start(&bench, fixture_free_port());
    await_quality(&bench, TAGS, QUALITY_BAD_NOT_CONNECTED);
    bench_stop(&bench);
    ck_assert_str_eq(bench.status.state, "refused");
    ck_assert_int_eq(bench.status.answers, 0);
}
END_TEST

START_TEST(learns_the_limit)
{
    struct bench bench;
    int port;
    struct device *device = device_start(&port);
    device_behave(device, MANNER_SMALL);
    bench_start(&bench, port);
    await_quality(&bench, TAGS, QUALITY_GOOD);
    bench_stop(&bench);
    device_stop(device);
    ck_assert_int_ge(bench.status.exceptions, 1);
}
END_TEST

START_TEST(learns_holes)
{
    struct bench bench;
    int port;
    struct device *device = device_start(&port);
    device_behave(device, MANNER_HOLE);
    bench_start(&bench, port);
    await_quality(&bench, FAR, QUALITY_GOOD);
    await_quality(&bench, HOLE, QUALITY_BAD_CONFIGURATION);
    await_quality(&bench, A, QUALITY_GOOD);
    bench_stop(&bench);
    device_stop(device);
    ck_assert_str_eq(bench.status.state, "online");
    ck_assert_ptr_nonnull(strstr(bench.status.last_error, "exception 2"));
}
END_TEST

/* libmodbus would abort: it waits with select. */
START_TEST(descriptors_above_a_thousand)
{
    struct bench bench;
    struct rlimit limit;
    int port, top = 0;
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = limit.rlim_max;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    struct device *device = device_start(&port);
    while (top < 1100)
        ck_assert_int_ge(top = dup(0), 0);
    bench_start(&bench, port);
    await_quality(&bench, TAGS, QUALITY_GOOD);
    bench_stop(&bench);
    device_stop(device);
}
END_TEST

/* A gateway says who answered; a device asked directly, as unit 255, may say what it likes. */
START_TEST(direct_devices_name_any_unit)
{
    int port;
    struct device *device = device_start(&port);
    struct link link = {.name = "hall", .kind = LINK_TCP, .host = "127.0.0.1", .port = port, .timeout_us = 120000, .connect_timeout_us = SECOND_US};
    struct transport *transport = transport_create(&link);
    uint16_t value;
    ck_assert_int_eq(transport_open(transport).kind, OUTCOME_GOOD);
    device_behave(device, MANNER_OTHER_UNIT);
    ck_assert_int_eq(transport_read(transport, 255, AREA_HOLDING, 10, 1, &value).kind, OUTCOME_GOOD);
    ck_assert_int_eq(transport_read(transport, 9, AREA_HOLDING, 10, 1, &value).kind, OUTCOME_GARBAGE);
    ck_assert(transport_is_open(transport));
    device_behave(device, MANNER_NORMAL);
    ck_assert_int_eq(transport_read(transport, 9, AREA_HOLDING, 10, 1, &value).quality, QUALITY_GOOD);
    ck_assert_int_eq(value, 3010);
    transport_destroy(transport);
    device_stop(device);
}
END_TEST

static int asked_often(void *device)
{
    return device_requests(device) > 60;
}

START_TEST(keeps_its_grid)
{
    struct bench bench;
    int port;
    struct device *device = device_start(&port);
    int64_t begun_us = clock_monotonic_us();
    bench_start(&bench, port);
    fixture_wait(asked_often, device, "60 requests");
    int64_t periods = (clock_monotonic_us() - begun_us) / 20000;
    bench_stop(&bench);
    int polls = device_requests(device) / 2; /* two areas */
    device_stop(device);
    ck_assert_int_le(polls, periods + 2); /* never a burst */
    ck_assert_int_ge(polls + bench.status.skipped, periods - 2);
}
END_TEST

START_TEST(full_queue_drops_the_oldest)
{
    struct plant *plant =
        fixture_plant("links:\n  hall: {url: \"tcp://127.0.0.1:502\"}\ninstruments:\n  g:\n    link: hall\n    unit: 1\n    tags:\n%s", tags);
    struct plan *plan = plan_build(plant, &plant->instruments[0]);
    struct queue *queue = queue_create(3, 1 << 20);
    for (int i = 0; i < 5; i++) {
        struct poll *poll = poll_create(plan);
        poll->time_us = i;
        queue_push(queue, poll);
    }
    int64_t dropped;
    struct poll *list = queue_take(queue, 2, SIZE_MAX, &dropped);
    ck_assert_int_eq(dropped, 2);
    ck_assert_int_eq(list->time_us, 2);
    ck_assert_int_eq(list->next->time_us, 3);
    ck_assert_ptr_null(list->next->next);
    ck_assert_uint_eq(queue_length(queue), 1);
    poll_free(list->next);
    poll_free(list);
    queue_destroy(queue);
    plan_free(plan);
    plant_free(plant);
}
END_TEST

Suite *link_suite(void);
Suite *link_suite(void)
{
    Suite *suite = suite_create("link");
    TCase *bad = tcase_create("a device with bad manners never gives a wrong value");
    tcase_set_timeout(bad, 30);
    tcase_add_loop_test(bad, bad_manners, 0, sizeof manners / sizeof manners[0]);
    suite_add_tcase(suite, bad);
    const struct {
        const char *name;
        const TTest *test;
    } rest[] = {{"a refused connection", refused_then_there},
                {"the limit of a device is learned", learns_the_limit},
                {"holes are learned", learns_holes},
                {"descriptors above 1000", descriptors_above_a_thousand},
                {"a direct device may name any unit", direct_devices_name_any_unit},
                {"polls keep their grid", keeps_its_grid},
                {"a full queue drops the oldest", full_queue_drops_the_oldest}};
    for (size_t i = 0; i < sizeof rest / sizeof rest[0]; i++) {
        TCase *tcase = tcase_create(rest[i].name);
        tcase_set_timeout(tcase, 30);
        tcase_add_test(tcase, rest[i].test);
        suite_add_tcase(suite, tcase);
    }
    return suite;
}
