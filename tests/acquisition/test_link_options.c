/* What a link and its units can be told about how they like to be asked: seen from the other end of the line. */
#include "acquisition/connect.h"
#include "acquisition/link.h"
#include "acquisition/transport.h"
#include "tests/acquisition/fixture.h"
#include "tests/acquisition/hall.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ENTRIES = 4000, WORKERS = 4, READ = 3, WRITE = 6 };

/* A hall, asked by a link with the given options and instruments. */
struct visit {
    struct hall *hall;
    struct plant *plant;
    struct queue *queue;
    struct link_worker *workers[WORKERS];
    int n_workers;
    struct hall_entry diary[ENTRIES];
    int entries, function, wanted; /* waited for: so many entries of a function */
};

/* refusals: codes with which holding:1 is refused at first (hall_refuse), or NULL. */
static struct visit *visit_refused(const int *refusals, int64_t delay_us, const char *options, const char *instruments)
{
    struct visit *visit = memory_zero(1, sizeof *visit);
    struct error err;
    int port;
    ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
    visit->hall = hall_start(&port, delay_us);
    if (refusals)
        hall_refuse(visit->hall, 1, refusals);
    visit->queue = queue_create(10000, 1 << 20);
    visit->plant = fixture_plant("links: {hall: {url: \"tcp://127.0.0.1:%d\", %s}}\ninstruments:\n%s", port, options, instruments);
    visit->n_workers = visit->plant->links[0].connections;
    for (int i = 0; i < visit->n_workers; i++)
        ck_assert_ptr_nonnull(visit->workers[i] = link_start(visit->plant, &visit->plant->links[0], i, visit->queue, &err));
    return visit;
}

static struct visit *visit_start(int64_t delay_us, const char *options, const char *instruments)
{
    return visit_refused(NULL, delay_us, options, instruments);
}

static int has_come(void *context)
{
    struct visit *visit = context;
    int found = 0;
    visit->entries = hall_diary(visit->hall, visit->diary, ENTRIES);
    for (int i = 0; i < visit->entries; i++)
        found += visit->diary[i].function == visit->function;
    return found >= visit->wanted;
}

static void await_entries(struct visit *visit, int function, int wanted)
{
    visit->function = function;
    visit->wanted = wanted;
    fixture_wait(has_come, visit, "requests");
}

static void visit_end(struct visit *visit)
{
    for (int i = 0; i < visit->n_workers; i++) {
        link_end(visit->workers[i]);
        link_destroy(visit->workers[i]);
    }
    visit->entries = hall_diary(visit->hall, visit->diary, ENTRIES);
    hall_stop(visit->hall);
    queue_destroy(visit->queue);
    plant_free(visit->plant);
    free(visit);
}

static const char units[] = "  a: {link: hall, unit: 1, every: 20ms, tags: {v: {address: \"holding:1\"}}}\n"
                            "  b: {link: hall, unit: 2, every: 20ms, tags: {v: {address: \"holding:2\"}}}\n"
                            "  c: {link: hall, unit: 3, every: 20ms, tags: {v: {address: \"holding:3\"}}}\n"
                            "  d: {link: hall, unit: 4, every: 20ms, tags: {v: {address: \"holding:4\"}}}\n"
                            "  e: {link: hall, unit: 5, every: 20ms, tags: {v: {address: \"holding:5\"}}}\n";

/* _i: connections. */
START_TEST(connections_share_the_units)
{
    char options[40];
    int client_of[6] = {0}, clients = 0;
    snprintf(options, sizeof options, "connections: %d", _i);
    struct visit *visit = visit_start(0, options, units);
    await_entries(visit, READ, 200);
    for (int i = 0; i < visit->entries; i++) {
        const struct hall_entry *entry = &visit->diary[i];
        ck_assert_int_ge(entry->function, 0); /* nobody hangs up */
        clients += entry->function == 0;
        if (!entry->function)
            continue;
        ck_assert_int_eq(entry->unit, entry->address);
        if (!client_of[entry->unit])
            client_of[entry->unit] = entry->client;
        ck_assert_int_eq(client_of[entry->unit], entry->client);
    }
    ck_assert_int_eq(clients, _i);
    for (int unit = 1; unit <= 5; unit++)
        ck_assert_int_ge(client_of[unit], 1);
    visit_end(visit);
}
END_TEST

START_TEST(closed_after_each_cycle)
{
    struct visit *visit = visit_start(0, "close_after_cycle: true",
                                      "  a: {link: hall, every: 100ms, one_tag: true, tags: {v: {address: \"holding:1\"},"
                                      " w: {address: \"holding:9\"}}}\n");
    int open = 0, reads = 0;
    await_entries(visit, -1, 5);
    for (int i = 0; i < visit->entries; i++) {
        int function = visit->diary[i].function;
        open += function == 0 ? 1 : function == -1 ? -1 : 0;
        ck_assert_int_le(open, 1);
        ck_assert_int_ge(open, 0);
        if (function == -1)
            ck_assert_int_eq(reads, 2);
        reads = function == READ ? reads + 1 : 0;
    }
    ck_assert_int_eq(visit->diary[1].unit, 255); /* the device itself, when no unit is given */
    visit_end(visit);
}
END_TEST

START_TEST(pause_after_connect)
{
    struct visit *visit = visit_start(0, "pause_after_connect: 150ms, close_after_cycle: true",
                                      "  a: {link: hall, every: 300ms, tags: {v: {address: \"holding:1\"}}}\n");
    await_entries(visit, READ, 3);
    for (int i = 0; i + 1 < visit->entries; i++)
        if (visit->diary[i].function == 0 && visit->diary[i + 1].function == READ)
            ck_assert_int_ge(visit->diary[i + 1].time_us - visit->diary[i].time_us, 120000); /* the server sees it a little late */
    visit_end(visit);
}
END_TEST

static const char three[] = "  a: {link: hall, unit: 1, every: 50ms, one_tag: true, tags: {u: {address: \"holding:1\"}, v: {address: \"holding:3\"},"
                            " w: {address: \"holding:5\"}}}\n";

START_TEST(pause_between_requests)
{
    struct visit *visit = visit_start(0, "pause: 40ms", three);
    await_entries(visit, READ, 8);
    for (int i = 2; i < visit->entries; i++)
        ck_assert_int_ge(visit->diary[i].time_us - visit->diary[i - 1].answered_us, 30000);
    visit_end(visit);
}
END_TEST

/* One unit wants to be left alone; meanwhile the line is another's. */
START_TEST(interval_of_one_unit)
{
    struct visit *visit =
        visit_start(0, "pause: 0s",
                    "  a: {link: hall, unit: 1, every: 50ms, min_interval: 120ms, one_tag: true, tags: {u: {address: \"holding:1\", writable: true},"
                    " v: {address: \"holding:3\"}}}\n  b: {link: hall, unit: 2, every: 10ms, tags: {v: {address: \"holding:2\"}}}\n");
    int64_t last_us = 0;
    int others = 0, asked = 0, most = 0;
    await_entries(visit, READ, 60);
    ck_assert(link_write(visit->workers[0], write_job_create(plant_tag(visit->plant, "a.u"), 5))); /* writes keep to it, too */
    await_entries(visit, WRITE, 1);
    await_entries(visit, READ, 120);
    for (int i = 0; i < visit->entries; i++) {
        const struct hall_entry *entry = &visit->diary[i];
        others += entry->unit == 2;
        if (entry->unit != 1)
            continue;
        ck_assert_msg(!last_us || entry->time_us - last_us > 100000, "%lld us", (long long)(entry->time_us - last_us));
        most = asked++ && others > most ? others : most;
        others = 0;
        last_us = entry->time_us;
    }
    ck_assert_int_ge(asked, 3);
    ck_assert_int_ge(most, 5);
    visit_end(visit);
}
END_TEST

/* _i: exception 5 or 6, three times in a row. */
START_TEST(busy_units_are_asked_again)
{
    const int codes[] = {_i, _i, _i, 0};
    struct visit *visit = visit_refused(codes, 0, "pause: 0s",
                                        "  a: {link: hall, unit: 1, every: 30s, tags: {v: {address: \"holding:1\"}}}\n"
                                        "  b: {link: hall, unit: 2, every: 10ms, tags: {v: {address: \"holding:2\"}}}\n");
    int64_t last_us = 0, dropped;
    int tries = 0, others = 0, good = 0;
    while (!good) {
        int64_t until_us = clock_monotonic_us() + 15 * SECOND_US;
        struct poll *poll = queue_take(visit->queue, 1, SIZE_MAX, &dropped);
        for (; !poll && clock_monotonic_us() < until_us; poll = queue_take(visit->queue, 1, SIZE_MAX, &dropped))
            usleep(1000);
        ck_assert_ptr_nonnull(poll);
        if (poll->instrument->unit == 1) {
            ck_assert_int_eq(poll->quality[0], QUALITY_GOOD); /* the first poll is the one that was put off */
            ck_assert_int_eq(poll->registers[0], 1);
            good = 1;
        }
        poll_free(poll);
    }
    await_entries(visit, READ, 1);
    for (int i = 0; i < visit->entries; i++) {
        const struct hall_entry *entry = &visit->diary[i];
        others += entry->unit == 2 && tries > 0 && tries < 4;
        if (entry->unit != 1)
            continue;
        ck_assert(!tries || entry->time_us - last_us >= 80000);
        last_us = entry->time_us;
        tries++;
    }
    ck_assert_int_eq(tries, 4);
    ck_assert_int_ge(others, 3);
    visit_end(visit);
}
END_TEST

/* Quality of the first tag of the next poll. */
static enum quality next_quality(struct visit *visit)
{
    int64_t dropped, until_us = clock_monotonic_us() + 10 * SECOND_US;
    struct poll *poll = queue_take(visit->queue, 1, SIZE_MAX, &dropped);
    for (; !poll && clock_monotonic_us() < until_us; poll = queue_take(visit->queue, 1, SIZE_MAX, &dropped))
        usleep(1000);
    ck_assert_ptr_nonnull(poll);
    ck_assert_ptr_null(poll->lessons);
    enum quality quality = poll->quality[0];
    poll_free(poll);
    return quality;
}

/* What is refused for the moment is asked for again as it was, and nothing is learned. */
START_TEST(refusals_that_pass)
{
    struct visit *visit = visit_start(0, "pause: 0s",
                                      "  a: {link: hall, unit: 1, every: 20ms, refusals: passing, tags: {u: {address: \"holding:1\"},"
                                      " v: {address: \"holding:3\"}}}\n");
    const int codes[] = {2, 2, 2, 0};
    while (next_quality(visit) != QUALITY_GOOD)
        ;
    hall_refuse(visit->hall, 1, codes);
    while (next_quality(visit) != QUALITY_BAD_DEVICE)
        ;
    while (next_quality(visit) != QUALITY_GOOD)
        ;
    await_entries(visit, READ, 5);
    for (int i = 1; i < visit->entries; i++)
        ck_assert_int_eq(visit->diary[i].address, 1);
    visit_end(visit);
}
END_TEST

/* A poll of forty slow requests is interrupted after the one at hand. */
START_TEST(writes_go_between_two_requests)
{
    char instruments[4000];
    int used = snprintf(instruments, sizeof instruments,
                        "  a: {link: hall, unit: 1, every: 10s, one_tag: true, tags: {set: {address: \"holding:200\","
                        " writable: true}");
    for (int i = 0; i < 40; i++)
        used += snprintf(instruments + used, sizeof instruments - (size_t)used, ", t%d: {address: \"holding:%d\"}", i, 2 * i);
    snprintf(instruments + used, sizeof instruments - (size_t)used, "}}\n");
    struct visit *visit = visit_start(20000, "pause: 0s", instruments);
    await_entries(visit, READ, 5);
    struct write_job *job = write_job_create(plant_tag(visit->plant, "a.set"), 4711), *done = NULL;
    int64_t asked_us = clock_monotonic_us();
    ck_assert(link_write(visit->workers[0], job));
    await_entries(visit, WRITE, 1);
    await_entries(visit, READ, 41 + 2); /* its own two, before and after, and the rest of the poll */
    while (!done)
        done = link_written(visit->workers[0]);
    ck_assert_msg(done->done, "%s", done->words);
    int before = 0, at = 0;
    for (; visit->diary[at].function != WRITE; at++)
        before += visit->diary[at].function == READ && visit->diary[at].time_us > asked_us;
    ck_assert_int_le(before, 2); /* one more of the poll at most, and what is in the tag */
    ck_assert_int_lt(visit->diary[at].time_us - asked_us, 300000);
    free(done);
    visit_end(visit);
}
END_TEST

START_TEST(dead_peers_are_noticed)
{
    static const struct {
        int level, name, value;
    } options[] = {{IPPROTO_TCP, TCP_NODELAY, 1},   {SOL_SOCKET, SO_KEEPALIVE, 1}, {IPPROTO_TCP, TCP_KEEPIDLE, 5},
                   {IPPROTO_TCP, TCP_KEEPINTVL, 2}, {IPPROTO_TCP, TCP_KEEPCNT, 3}, {IPPROTO_TCP, TCP_USER_TIMEOUT, 7500}};
    int port, listener = fixture_listen(&port);
    const char *unknown = NULL;
    struct link link = {.kind = LINK_TCP, .host = "127.0.0.1", .port = port, .timeout_us = 2500000, .connect_timeout_us = SECOND_US};
    int fd = connect_tcp(&link, &unknown);
    ck_assert_int_ge(fd, 0);
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        int value = -1;
        socklen_t size = sizeof value;
        ck_assert_int_eq(getsockopt(fd, options[i].level, options[i].name, &value, &size), 0);
        ck_assert_int_eq(value, options[i].value);
    }
    close(fd);
    close(listener);
}
END_TEST

Suite *link_options_suite(void);
Suite *link_options_suite(void)
{
    const struct named_test tests[] = {
        {"a connection is closed after each cycle", closed_after_each_cycle},
        {"a pause after connecting", pause_after_connect},
        {"a pause between requests", pause_between_requests},
        {"one unit's interval is the others' time", interval_of_one_unit},
        {"refusals that pass", refusals_that_pass},
        {"a write goes between two requests of a poll", writes_go_between_two_requests},
        {"the socket notices a dead peer", dead_peers_are_noticed},
    };
    Suite *suite = SUITE_OF("link options", 30, tests);
    TCase *connections = tcase_create("connections share the units"), *busy = tcase_create("busy units are asked again");
    tcase_set_timeout(connections, 30);
    tcase_set_timeout(busy, 30);
    tcase_add_loop_test(connections, connections_share_the_units, 1, 5);
    tcase_add_loop_test(busy, busy_units_are_asked_again, 5, 7);
    suite_add_tcase(suite, connections);
    suite_add_tcase(suite, busy);
    return suite;
}
