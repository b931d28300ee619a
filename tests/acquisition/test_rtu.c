#include "acquisition/link.h"
#include "acquisition/rtu.h"
#include "acquisition/transport.h"
#include "tests/acquisition/fixture.h"
#include "tests/acquisition/line_device.h"

#include <modbus/modbus.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The two far places need a request each, and their answers look alike. */
static const char tags[] = "    tags:\n      a: {address: \"holding:10\"}\n      b: {address: \"input:20\"}\n      c: {address: \"holding:300\"}\n";
static const struct {
    int function, address;
} places[] = {{3, 10}, {4, 20}, {3, 300}};
enum { TAGS = 3, UNIT = 3, OTHER = 7, TIMEOUT_MS = 120 };

struct bench {
    struct plant *plant;
    struct queue *queue;
    struct link_worker *worker;
    int unit, quality;     /* waited for: all tags of a unit */
    int latest[OTHER + 1]; /* quality of all tags in a unit's last poll, unless it was waited for already; -1: different or none */
    struct link_status status;
};

/* url: with %s's place filled. Two units share the line. */
static void bench_start(struct bench *bench, const char *url)
{
    ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
    *bench = (struct bench){.plant = fixture_plant("links:\n  bus: {url: \"%s\", timeout: %dms}\ninstruments:\n"
                                                   "  g:\n    link: bus\n    unit: %d\n    every: 30ms\n%s"
                                                   "  h:\n    link: bus\n    unit: %d\n    every: 30ms\n%s",
                                                   url, TIMEOUT_MS, UNIT, tags, OTHER, tags),
                            .queue = queue_create(10000, 1 << 20)};
    memset(bench->latest, -1, sizeof bench->latest);
    struct error err;
    bench->worker = link_start(bench->plant, &bench->plant->links[0], 0, bench->queue, &err);
    ck_assert_ptr_nonnull(bench->worker);
}

static void take_status(const struct link_status *status, void *context)
{
    struct bench *bench = context;
    if (strstr(status->address, bench->unit == UNIT ? "unit 3" : "unit 7"))
        bench->status = *status;
}

static void bench_stop(struct bench *bench)
{
    link_end(bench->worker);
    bench->unit = UNIT;
    link_each_status(bench->worker, take_status, bench);
    link_destroy(bench->worker);
    queue_destroy(bench->queue);
    plant_free(bench->plant);
}

/* Takes what came; whatever happens on the line, a value is right or bad. Ready when all tags of the unit have the awaited quality. */
static int seen(void *context)
{
    struct bench *bench = context;
    int64_t dropped;
    struct poll *next, *poll = queue_take(bench->queue, 1000, SIZE_MAX, &dropped);
    for (; poll; poll = next) {
        struct reading readings[TAGS];
        int same = 0, unit = poll->instrument->unit;
        next = poll->next;
        poll_decode(poll, readings);
        for (int i = 0; i < TAGS; i++) {
            int right = line_device_value(unit, places[i].function, places[i].address);
            ck_assert_msg(quality_is_bad(readings[i].quality) || readings[i].value == right, "tag %d of unit %d is %g instead of %d", i, unit,
                          readings[i].value, right);
            same += readings[i].quality == readings[0].quality;
        }
        bench->latest[unit] = same == TAGS ? (int)readings[0].quality : -1;
        poll_free(poll);
    }
    if (bench->latest[bench->unit] != bench->quality)
        return 0;
    bench->latest[bench->unit] = -1;
    return 1;
}

static void await_quality(struct bench *bench, int unit, enum quality quality)
{
    bench->unit = unit;
    bench->quality = (int)quality;
    fixture_wait(seen, bench, quality_is_good(quality) ? "good values" : quality_reason(quality));
}

/* --- habits of a unit */

static const struct {
    enum habit habit;
    enum quality quality;
} habits[] = {
    {HABIT_MUTE, QUALITY_BAD_TIMEOUT},
    {HABIT_LATE, QUALITY_BAD_TIMEOUT},
    {HABIT_DOUBLE, QUALITY_GOOD},
    {HABIT_CUT, QUALITY_BAD_PROTOCOL},
    {HABIT_DRIP, QUALITY_BAD_PROTOCOL},
    {HABIT_CHECKSUM, QUALITY_BAD_PROTOCOL},
    {HABIT_OTHER_UNIT, QUALITY_BAD_PROTOCOL},
    {HABIT_OTHER_FUNCTION, QUALITY_BAD_PROTOCOL},
    {HABIT_NOISE, QUALITY_BAD_PROTOCOL},
    {HABIT_CROWD, QUALITY_GOOD},
    {HABIT_NO_TARGET, QUALITY_BAD_GATEWAY},
};
enum { HABITS = sizeof habits / sizeof habits[0] };

static void misbehave(struct line_device *device, const char *url, int at)
{
    struct bench bench;
    bench_start(&bench, url);
    await_quality(&bench, UNIT, QUALITY_GOOD);
    await_quality(&bench, OTHER, QUALITY_GOOD);
    line_device_behave(device, UNIT, habits[at].habit);
    int asked = line_device_requests(device, UNIT);
    while (line_device_requests(device, UNIT) < asked + 2)
        await_quality(&bench, OTHER, QUALITY_GOOD);
    await_quality(&bench, UNIT, habits[at].quality);
    await_quality(&bench, OTHER, QUALITY_GOOD);
    line_device_behave(device, UNIT, HABIT_NORMAL);
    await_quality(&bench, UNIT, QUALITY_GOOD);
    bench_stop(&bench);
    ck_assert_str_eq(bench.status.state, "online");
}

START_TEST(on_a_line)
{
    const char *path;
    struct line_device *device = line_device_start(&path, NULL);
    char url[96];
    snprintf(url, sizeof url, "rtu://%s?baud=115200&parity=none", path);
    misbehave(device, url, _i);
    line_device_stop(device);
}
END_TEST

START_TEST(over_tcp)
{
    int port;
    struct line_device *device = line_device_start(NULL, &port);
    char url[96];
    snprintf(url, sizeof url, "rtutcp://127.0.0.1:%d", port);
    misbehave(device, url, _i);
    line_device_stop(device);
}
END_TEST

/* --- transport by itself */

static struct link link_to(const char *path)
{
    return (struct link){.name = "bus",
                         .kind = LINK_RTU,
                         .device = path,
                         .baud = 115200,
                         .data_bits = 8,
                         .stop_bits = 1,
                         .parity = 'N',
                         .timeout_us = TIMEOUT_MS * 1000};
}

START_TEST(uncertain_after_timeout)
{
    const char *path;
    struct line_device *device = line_device_start(&path, NULL);
    struct link link = link_to(path);
    struct transport *transport = transport_create(&link);
    uint16_t value[2];
    ck_assert_int_eq(transport_open(transport).kind, OUTCOME_GOOD);
    line_device_behave(device, UNIT, HABIT_MUTE);
    ck_assert_int_eq(transport_read(transport, UNIT, AREA_HOLDING, 1, 2, value).kind, OUTCOME_TIMEOUT);
    ck_assert(transport_is_open(transport));
    line_device_behave(device, UNIT, HABIT_NORMAL);
    ck_assert_int_eq(transport_read(transport, OTHER, AREA_HOLDING, 1, 2, value).quality, QUALITY_GOOD);
    ck_assert_int_eq(transport_read(transport, UNIT, AREA_HOLDING, 1, 2, value).quality, QUALITY_UNCERTAIN_AFTER_TIMEOUT);
    ck_assert_int_eq(value[1], line_device_value(UNIT, 3, 2));
    ck_assert_int_eq(transport_read(transport, UNIT, AREA_HOLDING, 1, 2, value).quality, QUALITY_GOOD);
    transport_destroy(transport);
    line_device_stop(device);
}
END_TEST

/* However often a unit is late, and whatever is asked meanwhile, no answer is taken for another. */
START_TEST(never_out_of_step)
{
    const char *path;
    struct line_device *device = line_device_start(&path, NULL);
    struct link link = link_to(path);
    struct transport *transport = transport_create(&link);
    unsigned random = 7;
    int good = 0;
    ck_assert_int_eq(transport_open(transport).kind, OUTCOME_GOOD);
    for (int i = 0; i < 60; i++) {
        int first = 10 + rand_r(&random) % 200, count = 1 + rand_r(&random) % 3;
        uint16_t values[3];
        line_device_behave(device, UNIT, i < 50 && rand_r(&random) % 6 == 0 ? HABIT_LATE : HABIT_NORMAL);
        if (transport_read(transport, UNIT, AREA_HOLDING, first, count, values).kind != OUTCOME_GOOD)
            continue;
        good++;
        for (int k = 0; k < count; k++)
            ck_assert_int_eq(values[k], line_device_value(UNIT, 3, first + k));
    }
    ck_assert_int_ge(good, 20);
    transport_destroy(transport);
    line_device_stop(device);
}
END_TEST

/* --- a unit that is dead costs the others next to nothing */

static int probed_often(void *device)
{
    return line_device_requests(device, UNIT) >= 8;
}

START_TEST(dead_unit_is_cheap)
{
    const char *path;
    struct line_device *device = line_device_start(&path, NULL);
    struct bench bench;
    char url[96];
    snprintf(url, sizeof url, "rtu://%s?baud=115200&parity=none", path);
    bench_start(&bench, url);
    await_quality(&bench, UNIT, QUALITY_GOOD);
    line_device_behave(device, UNIT, HABIT_MUTE);
    int before = line_device_requests(device, UNIT);
    ck_assert_int_ge(before, 1);
    fixture_wait(probed_often, device, "pauses to grow");
    await_quality(&bench, UNIT, QUALITY_BAD_TIMEOUT);
    int64_t grown_us = clock_monotonic_us() + 6 * SECOND_US;
    while (clock_monotonic_us() < grown_us)
        await_quality(&bench, OTHER, QUALITY_GOOD);
    int64_t begun_us = clock_monotonic_us();
    int begun = line_device_requests(device, UNIT), others = line_device_requests(device, OTHER);
    while (clock_monotonic_us() < begun_us + 8 * SECOND_US)
        await_quality(&bench, OTHER, QUALITY_GOOD);
    double seconds = (double)(clock_monotonic_us() - begun_us) / SECOND_US;
    int probes = line_device_requests(device, UNIT) - begun;
    ck_assert_int_ge(probes, 2);
    ck_assert_msg((probes - 1) * TIMEOUT_MS / 1000.0 <= 0.05 * seconds, "%d probes in %.1f s", probes, seconds);
    ck_assert_int_ge(line_device_requests(device, OTHER) - others, (int)(seconds * 60));
    line_device_behave(device, UNIT, HABIT_NORMAL);
    int64_t returned_us = clock_monotonic_us();
    await_quality(&bench, UNIT, QUALITY_GOOD);
    ck_assert_int_lt(clock_monotonic_us() - returned_us, 10 * SECOND_US);
    bench_stop(&bench);
    line_device_stop(device);
}
END_TEST

/* --- unplugged, and back at the same path */

START_TEST(unplugged_and_back)
{
    const char *path, *plug = test_path("usb-adapter");
    struct bench bench;
    char url[512];
    struct line_device *device = line_device_start(&path, NULL);
    ck_assert_int_eq(symlink(path, plug), 0);
    snprintf(url, sizeof url, "rtu://%s?baud=19200&parity=none", plug);
    bench_start(&bench, url);
    await_quality(&bench, UNIT, QUALITY_GOOD);
    line_device_stop(device);
    ck_assert_int_eq(unlink(plug), 0);
    await_quality(&bench, UNIT, QUALITY_BAD_NOT_CONNECTED);
    await_quality(&bench, OTHER, QUALITY_BAD_NOT_CONNECTED);
    device = line_device_start(&path, NULL);
    ck_assert_int_eq(symlink(path, plug), 0);
    await_quality(&bench, UNIT, QUALITY_GOOD);
    await_quality(&bench, OTHER, QUALITY_GOOD);
    bench_stop(&bench);
    line_device_stop(device);
    ck_assert_ptr_nonnull(strstr(bench.status.last_error, "plugged in"));
}
END_TEST

/* A line that another program, or this one, used before with the same settings; a pseudo-terminal takes all of them but the parity. */
START_TEST(opened_again_and_again)
{
    static const char *const parities[] = {"even", "odd", "none"};
    const char *path;
    struct line_device *device = line_device_start(&path, NULL);
    for (int i = 0; i < 9; i++) {
        char line[512];
        struct bench bench;
        snprintf(line, sizeof line, "rtu://%s?baud=19200&parity=%s", path, parities[i / 3]);
        bench_start(&bench, line);
        await_quality(&bench, UNIT, QUALITY_GOOD);
        bench_stop(&bench);
    }
    line_device_stop(device);
}
END_TEST

/* --- a server that is not ours */

struct peer {
    int fd;
    modbus_t *modbus;
    modbus_mapping_t *mapping;
    atomic_bool end;
    pthread_t thread;
};

static void *serve(void *argument)
{
    struct peer *peer = argument;
    while (!peer->end) {
        struct pollfd wait = {.fd = peer->fd, .events = POLLIN};
        uint8_t query[MODBUS_RTU_MAX_ADU_LENGTH];
        int length = poll(&wait, 1, 20) > 0 ? modbus_receive(peer->modbus, query) : 0;
        if (length > 0)
            modbus_reply(peer->modbus, query, length, peer->mapping);
    }
    return NULL;
}

START_TEST(libmodbus_serves)
{
    const char *path;
    int keeper;
    struct peer peer = {.fd = line_device_terminal(&keeper, &path),
                        .modbus = modbus_new_rtu("/dev/null", 9600, 'N', 8, 1),
                        .mapping = modbus_mapping_new(40, 40, 200, 200)};
    modbus_set_slave(peer.modbus, UNIT);
    modbus_set_socket(peer.modbus, peer.fd);
    for (int i = 0; i < 200; i++)
        peer.mapping->tab_registers[i] = (uint16_t)(700 * i), peer.mapping->tab_input_registers[i] = (uint16_t)(i + 1);
    for (int i = 0; i < 40; i++)
        peer.mapping->tab_bits[i] = i % 3 == 0, peer.mapping->tab_input_bits[i] = i % 5 == 0;
    ck_assert_int_eq(pthread_create(&peer.thread, NULL, serve, &peer), 0);
    struct link link = link_to(path);
    struct transport *transport = transport_create(&link);
    uint16_t got[125];
    ck_assert_int_eq(transport_open(transport).kind, OUTCOME_GOOD);
    ck_assert_int_eq(transport_read(transport, UNIT, AREA_HOLDING, 3, 125, got).kind, OUTCOME_GOOD);
    for (int i = 0; i < 125; i++)
        ck_assert_int_eq(got[i], (uint16_t)(700 * (i + 3)));
    ck_assert_int_eq(transport_read(transport, UNIT, AREA_INPUT, 190, 10, got).kind, OUTCOME_GOOD);
    ck_assert_int_eq(got[9], 200);
    ck_assert_int_eq(transport_read(transport, UNIT, AREA_COIL, 1, 39, got).kind, OUTCOME_GOOD);
    for (int i = 0; i < 39; i++)
        ck_assert_int_eq(got[i], (i + 1) % 3 == 0);
    ck_assert_int_eq(transport_read(transport, UNIT, AREA_DISCRETE, 5, 1, got).kind, OUTCOME_GOOD);
    ck_assert_int_eq(got[0], 1);
    ck_assert_int_eq(transport_read(transport, UNIT, AREA_HOLDING, 150, 100, got).exception, MODBUS_EXCEPTION_ILLEGAL_DATA_ADDRESS);
    const uint16_t words[2] = {0xbeef, 2}, bits[9] = {1, 0, 1, 1, 0, 0, 0, 0, 1};
    ck_assert_int_eq(transport_write(transport, UNIT, 16, 7, 2, words).kind, OUTCOME_GOOD);
    ck_assert_int_eq(transport_write(transport, UNIT, 6, 9, 1, words).kind, OUTCOME_GOOD);
    ck_assert_int_eq(transport_write_masked(transport, UNIT, 7, 0x00f0, 0x0010).kind, OUTCOME_GOOD);
    ck_assert_int_eq(transport_write(transport, UNIT, 15, 2, 9, bits).kind, OUTCOME_GOOD);
    ck_assert_int_eq(transport_write(transport, UNIT, 5, 1, 1, bits).kind, OUTCOME_GOOD);
    peer.end = true;
    pthread_join(peer.thread, NULL);
    ck_assert_int_eq(peer.mapping->tab_registers[7], 0xbe1f);
    ck_assert_int_eq(peer.mapping->tab_registers[8], 2);
    ck_assert_int_eq(peer.mapping->tab_registers[9], 0xbeef);
    ck_assert_int_eq(peer.mapping->tab_bits[1], 1);
    for (int i = 0; i < 9; i++)
        ck_assert_int_eq(peer.mapping->tab_bits[2 + i], bits[i]);
    transport_destroy(transport);
    modbus_mapping_free(peer.mapping);
    modbus_free(peer.modbus);
    close(keeper);
    close(peer.fd);
}
END_TEST

START_TEST(checksum_of_the_specification)
{
    static const uint8_t frame[] = {0x02, 0x07};
    ck_assert_uint_eq(rtu_crc(frame, sizeof frame), 0x1241); /* low byte first on the line: 41 12 */
}
END_TEST

START_TEST(settings_are_said)
{
    struct link link = link_to(test_path("nothing-here"));
    struct transport *transport = transport_create(&link);
    struct outcome outcome = transport_open(transport);
    ck_assert_int_eq(outcome.kind, OUTCOME_LOST);
    ck_assert_ptr_nonnull(strstr(outcome.text, "plugged in"));
    transport_destroy(transport);
}
END_TEST

START_TEST(one_program_a_line)
{
    const char *path;
    struct line_device *device = line_device_start(&path, NULL);
    struct link link = link_to(path);
    struct transport *first = transport_create(&link), *second = transport_create(&link);
    ck_assert_int_eq(transport_open(first).kind, OUTCOME_GOOD);
    struct outcome outcome = transport_open(second);
    ck_assert_int_eq(outcome.kind, OUTCOME_LOST);
    ck_assert_ptr_nonnull(strstr(outcome.text, "another program"));
    transport_close(first);
    ck_assert_int_eq(transport_open(second).kind, OUTCOME_GOOD);
    transport_destroy(first);
    transport_destroy(second);
    line_device_stop(device);
}
END_TEST

Suite *rtu_suite(void);
Suite *rtu_suite(void)
{
    const struct named_test tests[] = {
        {"the first value after a timeout is uncertain", uncertain_after_timeout},
        {"late answers never put a line out of step", never_out_of_step},
        {"a dead unit costs a shared line little", dead_unit_is_cheap},
        {"an adapter unplugged and back", unplugged_and_back},
        {"opened again and again", opened_again_and_again},
        {"libmodbus serves all areas and writes", libmodbus_serves},
        {"the checksum of the specification's example", checksum_of_the_specification},
        {"a missing device says so", settings_are_said},
        {"a line belongs to one program", one_program_a_line},
    };
    Suite *suite = SUITE_OF("rtu", 60, tests);
    TCase *line = tcase_create("units with bad habits on a line never give a wrong value"), *tcp = tcase_create("... and over TCP");
    tcase_set_timeout(line, 40);
    tcase_set_timeout(tcp, 40);
    tcase_add_loop_test(line, on_a_line, 0, HABITS);
    tcase_add_loop_test(tcp, over_tcp, 0, HABITS);
    suite_add_tcase(suite, line);
    suite_add_tcase(suite, tcp);
    return suite;
}
