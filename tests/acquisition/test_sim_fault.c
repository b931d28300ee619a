/* Each fault of the simulator, byte by byte, as a client sees it. */
#include "config/config.h"
#include "tests/acquisition/simulated.h"
#include "tests/harness.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { QUIET_MS = 150, ANSWER_MAX = 600 };

static const char yaml[] = "plant: {name: Faults}\n"
                           "links:\n"
                           "  net: {url: \"tcp://127.0.0.1:%d\", timeout: 100ms}\n"
                           "  serial-server: {url: \"rtutcp://127.0.0.1:%d\", timeout: 100ms}\n"
                           "  line: {url: \"rtu://%s?baud=115200&parity=none\", timeout: 100ms}\n"
                           "instruments:\n"
                           "  one: {link: net, unit: 1, tags: {x: {address: \"holding:10\", type: u32}, y: {address: \"holding:20\"}}}\n"
                           "  two: {link: net, unit: 2, tags: {x: {address: \"holding:10\", type: u32}}}\n"
                           "  served: {link: serial-server, unit: 1, tags: {x: {address: \"holding:10\", type: u32}}}\n"
                           "  lined: {link: line, unit: 1, tags: {x: {address: \"holding:10\", type: u32}, y: {address: \"holding:20\"}}}\n"
                           "  other: {link: line, unit: 2, tags: {x: {address: \"holding:10\", type: u32}}}\n"
                           "simulation:\n  speed: 100\n  signals: marked\n  faults: {%s}\n";

static struct bench {
    pid_t pid;
    int out, port, serial_port;
    char line[256], log[256];
} bench;

static void start(const char *faults)
{
    char text[4096], said[4096];
    bench = (struct bench){.port = simulated_port(), .serial_port = simulated_port()};
    snprintf(bench.line, sizeof bench.line, "%s", test_path("line"));
    snprintf(bench.log, sizeof bench.log, "%s", test_path("served.csv"));
    snprintf(text, sizeof text, yaml, bench.port, bench.serial_port, bench.line, faults);
    bench.pid = simulated_start(test_file("plant.yaml", text), bench.log, &bench.out);
    ck_assert_msg(simulated_says(bench.out, "ready\n", said, sizeof said), "not ready: %s", said);
}

static void stop(void)
{
    kill(bench.pid, SIGTERM);
    ck_assert_int_eq(simulated_end(bench.pid), 0);
    close(bench.out);
}

static int try_to_connect(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((uint16_t)port)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    ck_assert_int_ge(fd, 0);
    if (!connect(fd, (struct sockaddr *)&address, sizeof address))
        return fd;
    close(fd);
    return -1;
}

static int reach(int port)
{
    int fd = try_to_connect(port);
    ck_assert_msg(fd >= 0, "no connection: %s", strerror(errno));
    return fd;
}

static int plug_in(void)
{
    int fd = open(bench.line, O_RDWR | O_NOCTTY);
    ck_assert_msg(fd >= 0, "%s: %s", bench.line, strerror(errno));
    return fd;
}

/* What comes until it is quiet; -1: nothing, and the connection is over. *took_ms: until the last byte. */
static int hear(int fd, uint8_t *bytes, int *took_ms)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    int64_t asked_us = clock_monotonic_us();
    int count = 0;
    *took_ms = 0;
    while (count < ANSWER_MAX && poll(&wait, 1, QUIET_MS) > 0) {
        ssize_t got = read(fd, bytes + count, (size_t)(ANSWER_MAX - count));
        if (got <= 0)
            return count ? count : -1;
        count += (int)got;
        *took_ms = (int)((clock_monotonic_us() - asked_us) / 1000);
    }
    return count;
}

static int ask_tcp(int fd, int unit, int address, int count, uint8_t *answer, int *took_ms)
{
    const uint8_t request[] = {0x12, 0x34, 0, 0, 0, 6, (uint8_t)unit, 3, 0, (uint8_t)address, 0, (uint8_t)count};
    ck_assert_int_eq(send(fd, request, sizeof request, 0), sizeof request);
    return hear(fd, answer, took_ms);
}

static unsigned checksum(const uint8_t *bytes, int count)
{
    unsigned crc = 0xffff;
    for (int i = 0; i < 8 * count; i++) {
        unsigned bit = (crc ^ bytes[i / 8] >> i % 8) & 1;
        crc = crc >> 1 ^ (bit ? 0xa001 : 0);
    }
    return crc;
}

static bool is_sound(const uint8_t *frame, int length)
{
    return checksum(frame, length - 2) == (unsigned)(frame[length - 2] | frame[length - 1] << 8);
}

static int ask_serial(int fd, int unit, uint8_t *answer)
{
    uint8_t request[8] = {(uint8_t)unit, 3, 0, 10, 0, 2};
    int took_ms;
    unsigned crc = checksum(request, 6);
    request[6] = (uint8_t)crc, request[7] = (uint8_t)(crc >> 8);
    ck_assert_int_eq(write(fd, request, sizeof request), sizeof request);
    return hear(fd, answer, &took_ms);
}

static const uint8_t clean[] = {0x12, 0x34, 0, 0, 0, 7, 1, 3, 4, 1, 10};
enum { CLEAN = 13 };

static const struct {
    const char *fault;
    int length, differs, value; /* of the answer; the byte that is not as in a clean one, and what it is */
    int least_ms;
} network[] = {
    {"f: {of: two, kind: drop}", CLEAN, -1, 0, 0},
    {"f: {of: one, kind: drop, after: 1h}", CLEAN, -1, 0, 0},
    {"f: {of: one, kind: drop, probability: 0}", CLEAN, -1, 0, 0},
    {"f: {of: one, kind: drop}", 0, -1, 0, 0},
    {"f: {of: net, kind: delay, delay: 80ms}", CLEAN, -1, 0, 80},
    {"f: {of: one, kind: wrong-unit}", CLEAN, 6, 2, 0},
    {"f: {of: one, kind: wrong-transaction}", CLEAN, 1, 0x33, 0},
    {"f: {of: one, kind: duplicate, delay: 60ms}", 2 * CLEAN, -1, 0, 60},
    {"f: {of: one, kind: truncate, size: 2}", CLEAN - 2, -1, 0, 0},
    {"f: {of: one, kind: drip, delay: 5ms}", CLEAN, -1, 0, 60},
    {"f: {of: one, kind: disconnect}", -1, -1, 0, 0},
};

START_TEST(a_fault_of_a_network_link)
{
    uint8_t answer[ANSWER_MAX];
    int took_ms;
    start(network[_i].fault);
    int fd = reach(bench.port), length = ask_tcp(fd, 1, 10, 2, answer, &took_ms);
    ck_assert_int_eq(length, network[_i].length);
    ck_assert_int_ge(took_ms, network[_i].least_ms);
    for (int i = 0; i < length && i < (int)sizeof clean; i++)
        ck_assert_msg(answer[i] == (i == network[_i].differs ? network[_i].value : clean[i]), "byte %d is %02x", i, answer[i]);
    for (int i = CLEAN; i < length; i++)
        ck_assert_int_eq(answer[i], answer[i - CLEAN]);
    close(fd);
    stop();
}
END_TEST

START_TEST(garble_touches_what_a_client_can_check)
{
    uint8_t answer[ANSWER_MAX];
    int took_ms;
    start("f: {of: one, kind: garble}");
    int fd = reach(bench.port);
    for (int request = 1; request <= 5; request++) {
        int differ = 0;
        ck_assert_int_eq(ask_tcp(fd, 1, 10, 2, answer, &took_ms), CLEAN);
        for (int i = 0; i < 9; i++)
            differ += answer[i] != clean[i];
        ck_assert_int_eq(differ, 1);
        ck_assert_int_eq(answer[11] << 8 | answer[12], request);
    }
    close(fd);
    stop();
}
END_TEST

START_TEST(exceptions_and_holes)
{
    static const struct {
        const char *fault;
        int first, count, code;
    } cases[] = {{"f: {of: one, kind: exception, code: 6}", 10, 2, 6},
                 {"f: {of: one, kind: illegal, address: \"holding:15\", count: 3}", 10, 6, 2},
                 {"f: {of: one, kind: illegal, address: \"holding:15\", count: 3}", 17, 2, 2},
                 {"f: {of: one, kind: illegal, address: \"holding:15\", count: 3}", 10, 5, 0},
                 {"f: {of: one, kind: illegal, address: \"holding:15\", count: 3}", 18, 3, 0}};
    uint8_t answer[ANSWER_MAX];
    int took_ms;
    start(cases[_i].fault);
    int fd = reach(bench.port), length = ask_tcp(fd, 1, cases[_i].first, cases[_i].count, answer, &took_ms);
    ck_assert_int_eq(length, cases[_i].code ? 9 : 9 + 2 * cases[_i].count);
    ck_assert_int_eq(answer[7], cases[_i].code ? 0x83 : 3);
    ck_assert_int_eq(answer[8], cases[_i].code ? cases[_i].code : 2 * cases[_i].count);
    close(fd);
    stop();
}
END_TEST

static int came_and_went(void *context)
{
    int *seen = context, fd = try_to_connect(bench.port);
    if (fd >= 0)
        close(fd);
    *seen += (*seen % 2 == 0) == (fd >= 0);
    return *seen >= 3;
}

START_TEST(a_link_that_refuses_comes_back)
{
    int seen = 0;
    start("f: {of: net, kind: refuse, after: 30s, lasts: 20s}");
    int fd = reach(bench.port), served = reach(bench.serial_port), took_ms;
    uint8_t answer[ANSWER_MAX];
    while (!came_and_went(&seen))
        usleep(5000);
    ck_assert_int_eq(hear(fd, answer, &took_ms), -1);
    ck_assert_int_eq(ask_serial(served, 1, answer), 9);
    close(fd), close(served);
    stop();
}
END_TEST

static const struct {
    const char *fault;
    int length, unit;
    bool sound;
} serial[] = {
    {"", 9, 1, true},
    {"f: {of: lined, kind: crc}, g: {of: served, kind: crc}", 9, 1, false},
    {"f: {of: lined, kind: wrong-unit}, g: {of: served, kind: wrong-unit}", 9, 2, true},
    {"f: {of: lined, kind: drop}, g: {of: served, kind: drop}", 0, 0, true},
    {"f: {of: lined, kind: truncate, size: 4}, g: {of: served, kind: truncate, size: 4}", 5, 1, false},
    {"f: {of: lined, kind: exception, code: 4}, g: {of: served, kind: exception}", 5, 1, true},
};

START_TEST(a_fault_of_a_serial_line)
{
    uint8_t answer[ANSWER_MAX];
    start(serial[_i].fault);
    int fds[] = {plug_in(), reach(bench.serial_port)};
    for (int i = 0; i < 2; i++) {
        int length = ask_serial(fds[i], 1, answer);
        ck_assert_int_eq(length, serial[_i].length);
        ck_assert(!length || (answer[0] == serial[_i].unit && is_sound(answer, length) == serial[_i].sound));
        ck_assert_int_eq(ask_serial(fds[i], 77, answer), 0);
        close(fds[i]);
    }
    stop();
    ck_assert_int_eq(access(bench.line, F_OK), -1);
}
END_TEST

START_TEST(noise_on_a_line_is_forgotten)
{
    uint8_t answer[ANSWER_MAX];
    int took_ms;
    start("");
    int fd = plug_in();
    ck_assert_int_eq(write(fd, "\1\3\0\12\0\2\1\1", 8), 8); /* a wrong checksum */
    ck_assert_int_eq(hear(fd, answer, &took_ms), 0);
    ck_assert_int_eq(write(fd, "\1\3\0", 3), 3);
    ck_assert_int_eq(hear(fd, answer, &took_ms), 0);
    ck_assert_int_eq(ask_serial(fd, 2, answer), 9);
    ck_assert_int_eq(answer[0], 2);
    close(fd);
    stop();
}
END_TEST

START_TEST(an_adapter_is_pulled_out_and_put_back)
{
    uint8_t answer[ANSWER_MAX];
    start("f: {of: other, kind: disconnect, delay: 500ms}");
    int fd = plug_in();
    ck_assert_int_eq(ask_serial(fd, 2, answer), -1);
    close(fd);
    ck_assert_int_eq(access(bench.line, F_OK), -1);
    while (access(bench.line, F_OK))
        usleep(2000);
    fd = plug_in();
    ck_assert_int_eq(ask_serial(fd, 1, answer), 9);
    close(fd);
    stop();
}
END_TEST

START_TEST(the_log_says_what_was_served)
{
    uint8_t answer[ANSWER_MAX];
    int took_ms;
    char text[4096] = "", expected[256];
    start("f: {of: two, kind: wrong-unit}, g: {of: lined, kind: drop}");
    int fd = reach(bench.port), line = plug_in();
    ck_assert_int_eq(ask_tcp(fd, 1, 10, 11, answer, &took_ms), 31);
    int y = answer[29] << 8 | answer[30];
    ck_assert_int_eq(ask_tcp(fd, 2, 10, 2, answer, &took_ms), CLEAN);
    ck_assert_int_eq(ask_serial(line, 1, answer), 0);
    close(fd), close(line);
    stop();
    FILE *file = fopen(bench.log, "r");
    ck_assert_ptr_nonnull(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    snprintf(expected, sizeof expected, ",one.y,1,holding,20,%04x,\n", y);
    ck_assert_ptr_nonnull(strstr(text, ",one.x,1,holding,10,010a0001,\n"));
    ck_assert_ptr_nonnull(strstr(text, expected));
    ck_assert_ptr_nonnull(strstr(text, ",two.x,2,holding,10,020a0001,wrong-unit\n"));
    ck_assert_ptr_null(strstr(text, "lined"));
}
END_TEST

void simulated_fault_cases(Suite *suite)
{
    const struct {
        const char *name;
        const TTest *test;
        int rounds;
    } cases[] = {
        {"fault network", a_fault_of_a_network_link, sizeof network / sizeof network[0]},
        {"fault garble", garble_touches_what_a_client_can_check, 1},
        {"fault exceptions", exceptions_and_holes, 5},
        {"fault refuse", a_link_that_refuses_comes_back, 1},
        {"fault serial", a_fault_of_a_serial_line, sizeof serial / sizeof serial[0]},
        {"fault noise", noise_on_a_line_is_forgotten, 1},
        {"fault adapter", an_adapter_is_pulled_out_and_put_back, 1},
        {"fault log", the_log_says_what_was_served, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        TCase *tcase = tcase_create(cases[i].name);
        tcase_set_timeout(tcase, 20);
        tcase_add_loop_test(tcase, cases[i].test, 0, cases[i].rounds);
        suite_add_tcase(suite, tcase);
    }
}
