/* Our simulator as clients that nobody here wrote see it: mbpoll and modbus-serial, over TCP and over a serial line. Left out where they are not
 * installed. */
#include "tests/harness.h"
#include "tests/system/process.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

Suite *clients_suite(void);

static const char yaml[] =
    "plant: {name: mbpoll}\n"
    "links:\n"
    "  net: {url: \"tcp://127.0.0.1:%s\"}\n"
    "  line: {url: \"rtu://%s?baud=19200&parity=none\"}\n"
    "instruments:\n"
    "  on-net: {link: net, unit: 3, tags: &tags {id: {address: 40001, type: u32}, set: {address: 40005, writable: true},\n"
    "    long: {address: 40007, type: i32, order: CDAB, writable: true}, real: {address: 40009, type: f32, order: CDAB, writable: true},\n"
    "    input: {address: 30001, type: u32}, coil: {address: \"coil:0\", writable: true}, contact: {address: 10001}}}\n"
    "  on-line: {link: line, unit: 3, tags: *tags}\n"
    "simulation: {signals: marked}\n";

static bool says_ready(void *context)
{
    return strstr(process_output(context), "ready") != NULL;
}

/* type: as in mbpoll -t; value: to write, or NULL; expected: a line of what it prints. */
static const struct {
    const char *type, *reference, *count, *value, *expected;
} steps[] = {
    {"4:hex", "1", "1", NULL, "[1]: \t0x0300"},
    {"3:hex", "1", "1", NULL, "[1]: \t0x0300"},
    {"1", "1", "1", NULL, "[1]: \t"},
    {"4", "5", "1", "4711", "Written 1 references."},
    {"4", "5", "1", NULL, "[5]: \t4711"},
    {"4:int", "7", "1", "-123456", "Written 1 references."},
    {"4:int", "7", "1", NULL, "[7]: \t-123456"},
    {"4:float", "9", "1", "24.5", "Written 1 references."},
    {"4:float", "9", "1", NULL, "[9]: \t24.5"},
    {"0", "1", "1", "1", "Written 1 references."},
    {"0", "1", "1", NULL, "[1]: \t1"},
    {"4", "400", "1", NULL, "Illegal data address"},
};
enum { STEPS = sizeof steps / sizeof steps[0] };

static void take(const char *mode, const char *port, const char *where, size_t step)
{
    const char *argv[32] = {
        "mbpoll", "-m", mode, "-p", port, "-b", "19200", "-P", "none", "-a", "3", "-t", steps[step].type, "-r", steps[step].reference};
    size_t count = 15;
    if (!steps[step].value) {
        argv[count++] = "-1";
        argv[count++] = "-c";
        argv[count++] = steps[step].count;
    }
    argv[count++] = where;
    if (steps[step].value) {
        argv[count++] = "--";
        argv[count++] = steps[step].value;
    }
    char *output, *errors;
    process_run(&output, &errors, argv);
    ck_assert_msg(strstr(output, steps[step].expected) || strstr(errors, steps[step].expected), "%s, step %zu: not '%s', but: %s%s", mode, step + 1,
                  steps[step].expected, output, errors);
}

static struct process start_simulator(char port[16], char line[400])
{
    char text[2048];
    snprintf(port, 16, "%d", process_free_port());
    snprintf(line, 400, "%s", test_path("line"));
    snprintf(text, sizeof text, yaml, port, line);
    struct process simulator = process_start(ARGV("gemba", "simulate", "-c", test_file("clients.yaml", text)));
    ck_assert_msg(process_wait_for(says_ready, &simulator, 10000), "no simulator: %s", process_errors(&simulator));
    return simulator;
}

static void end_simulator(const struct process *simulator)
{
    process_kill(simulator, SIGTERM);
    ck_assert_int_eq(process_wait(simulator, 5000), 0);
}

START_TEST(mbpoll_reads_and_writes)
{
    char port[16], line[400], *ignored;
    if (process_run(&ignored, NULL, ARGV("mbpoll", "-h")) == 127) {
        fprintf(stderr, "mbpoll is not installed: left out\n");
        return;
    }
    struct process simulator = start_simulator(port, line);
    for (size_t i = 0; i < STEPS; i++)
        take("tcp", port, "127.0.0.1", i);
    for (size_t i = 0; i < STEPS; i++)
        take("rtu", port, line, i);
    end_simulator(&simulator);
}
END_TEST

START_TEST(modbus_serial_reads_and_writes)
{
    char port[16], line[400], *output, *errors;
    setenv("NODE_PATH", "build/peers/node_modules", 0);
    if (process_run(&output, &errors, ARGV("node", "-e", "require('modbus-serial')"))) {
        fprintf(stderr, "modbus-serial is not installed, so it does not try the simulator (`make peers` installs it)\n");
        return;
    }
    struct process simulator = start_simulator(port, line);
    process_run(&output, &errors, ARGV("node", "tests/system/modbus_serial_client.js", "tcp", port));
    ck_assert_msg(!strcmp(output, "all right\n"), "tcp: %s%s", output, errors);
    process_run(&output, &errors, ARGV("node", "tests/system/modbus_serial_client.js", "rtu", line));
    ck_assert_msg(!strcmp(output, "all right\n"), "rtu: %s%s", output, errors);
    end_simulator(&simulator);
}
END_TEST

Suite *clients_suite(void)
{
    const struct named_test cases[] = {{"mbpoll reads and writes", mbpoll_reads_and_writes},
                                       {"modbus-serial reads and writes", modbus_serial_reads_and_writes}};
    return SUITE_OF("clients", 60, cases);
}
