/* `gemba simulate` as its clients see it: the command in a process of its own, and libmodbus. */
#include "acquisition/acquisition.h"
#include "tests/acquisition/simulated.h"
#include "tests/harness.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <modbus/modbus.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

Suite *simulate_suite(void);

static int free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, size), 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    close(fd);
    return ntohs(address.sin_port);
}

struct served {
    pid_t pid;
    int port, out;
    modbus_t *client;
};

static pid_t start_command(const char *config, int *out)
{
    int ends[2];
    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
    pid_t parent = getpid(), pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(99);
        dup2(ends[1], STDOUT_FILENO), dup2(ends[1], STDERR_FILENO);
        char name[] = "simulate", c[] = "-c", file[512], seed[] = "--seed", two[] = "2";
        snprintf(file, sizeof file, "%s", config);
        char *argv[] = {name, c, file, seed, two, NULL};
        int status = simulate_command(5, argv);
        fflush(NULL);
        _exit(status);
    }
    close(ends[1]);
    *out = ends[0];
    return pid;
}

/* Reads until the text or the end comes; the test's own timeout is the deadline. */
static bool read_until(int fd, const char *wanted, char *all, size_t size)
{
    size_t used = 0;
    ssize_t got;
    all[0] = 0;
    while (!strstr(all, wanted) && used < size - 1 && (got = read(fd, all + used, size - 1 - used)) > 0)
        all[used += (size_t)got] = 0;
    return strstr(all, wanted) != NULL;
}

static modbus_t *connect_client(int port, int unit)
{
    modbus_t *client = modbus_new_tcp("127.0.0.1", port);
    modbus_set_response_timeout(client, 0, 300000);
    modbus_set_slave(client, unit);
    ck_assert_int_eq(modbus_connect(client), 0);
    return client;
}

static struct served serve(const char *scenarios)
{
    struct served served = {.port = free_port()};
    char said[4096];
    served.pid = start_command(simulated_plant(served.port, scenarios), &served.out);
    ck_assert_msg(read_until(served.out, "ready\n", said, sizeof said), "not ready: %s", said);
    served.client = connect_client(served.port, 1);
    return served;
}

static int end_status(pid_t pid)
{
    int status;
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void stop(struct served *served)
{
    modbus_close(served->client);
    modbus_free(served->client);
    close(served->out);
    kill(served->pid, SIGTERM);
    ck_assert_int_eq(end_status(served->pid), 0);
}

START_TEST(value_serial_and_counter_of_one_request_belong_together)
{
    struct served served = serve(simulated_nothing);
    uint16_t registers[15], last[15] = {0};
    long offset = 0;
    int changes = 0;
    for (bool first = true; changes < 40; first = false, memcpy(last, registers, sizeof last)) {
        ck_assert_msg(modbus_read_registers(served.client, 0, 15, registers) == 15, "%s", modbus_strerror(errno));
        char serial[13] = {0};
        for (int i = 0; i < 12; i++)
            serial[i] = (char)(registers[9 + i / 2] >> (i % 2 ? 0 : 8));
        ck_assert_msg(!strncmp(serial, "P1-", 3), "serial '%s'", serial);
        long ahead = strtol(serial + 3, NULL, 10) - registers[0];
        if (first)
            offset = ahead;
        ck_assert_int_eq(ahead, offset);
        double bore = modbus_get_float_cdab(&registers[1]);
        ck_assert_msg(fabs(bore - 25.01) < 0.06, "bore %g", bore);
        bool same_part = registers[0] == last[0], same_value = registers[1] == last[1] && registers[2] == last[2];
        ck_assert(first || same_part == same_value);
        changes += !first && !same_part;
    }
    stop(&served);
}
END_TEST

START_TEST(several_clients_read_several_units)
{
    struct served served = serve(simulated_nothing);
    modbus_t *others[3];
    uint16_t registers[16];
    uint8_t bits[1];
    for (int i = 0; i < 3; i++)
        others[i] = connect_client(served.port, 2);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(modbus_read_input_registers(others[i], 0, 3, registers), 3);
        ck_assert_int_eq(registers[0], 7);
        ck_assert_int_eq(modbus_read_input_bits(others[i], 0, 1, bits), 1);
        ck_assert_int_eq(modbus_read_registers(served.client, 0, 1, registers), 1);
    }
    modbus_set_slave(others[0], 3);
    ck_assert_int_eq(modbus_read_registers(others[0], 0, 1, registers), 1);
    ck_assert(registers[0] > 180 && registers[0] < 260);
    for (int i = 0; i < 3; i++) {
        modbus_close(others[i]);
        modbus_free(others[i]);
    }
    stop(&served);
}
END_TEST

START_TEST(a_unit_that_is_not_there_is_a_gateways_exception)
{
    struct served served = serve(simulated_nothing);
    uint16_t registers[1];
    modbus_set_slave(served.client, 9);
    ck_assert_int_eq(modbus_read_registers(served.client, 0, 1, registers), -1);
    ck_assert_int_eq(errno, EMBXGTAR);
    modbus_set_slave(served.client, 1);
    ck_assert_int_eq(modbus_read_registers(served.client, 500, 1, registers), -1);
    ck_assert_int_eq(errno, EMBXILADD);
    stop(&served);
}
END_TEST

START_TEST(a_silent_instrument_is_mute_and_comes_back)
{
    struct served served = serve("    cable: {of: gauge, kind: silence, after: 100s, lasts: 300s}\n");
    modbus_t *other = connect_client(served.port, 2);
    uint16_t registers[1];
    int timeouts = 0, answers_after = 0;
    while (!answers_after) {
        int got = modbus_read_registers(served.client, 0, 1, registers);
        if (got == 1) {
            answers_after += timeouts > 0;
            continue;
        }
        ck_assert_int_eq(errno, ETIMEDOUT);
        ck_assert_int_eq(modbus_read_input_registers(other, 0, 1, registers), 1);
        timeouts++;
    }
    ck_assert_int_ge(timeouts, 2);
    modbus_close(other);
    modbus_free(other);
    stop(&served);
}
END_TEST

START_TEST(half_a_request_delays_nobody_for_long)
{
    struct served served = serve(simulated_nothing);
    modbus_t *rude = connect_client(served.port, 1);
    ck_assert_int_eq(send(modbus_get_socket(rude), "\0\1\0\0\0", 5, 0), 5);
    uint16_t registers[1];
    for (int i = 0; i < 20; i++)
        ck_assert_int_eq(modbus_read_registers(served.client, 0, 1, registers), 1);
    modbus_close(rude);
    modbus_free(rude);
    stop(&served);
}
END_TEST

START_TEST(a_port_in_use_is_said_in_words)
{
    struct served served = serve(simulated_nothing);
    char said[4096];
    int out;
    pid_t second = start_command(test_path("plant.yaml"), &out);
    ck_assert_msg(read_until(out, "in use", said, sizeof said), "%s", said);
    ck_assert_ptr_nonnull(strstr(said, "link 'bench'"));
    ck_assert_int_eq(end_status(second), 2);
    close(out);
    stop(&served);
}
END_TEST

START_TEST(sigterm_ends_it_and_frees_the_port)
{
    struct served served = serve(simulated_nothing);
    int port = served.port;
    stop(&served);
    modbus_t *client = modbus_new_tcp("127.0.0.1", port);
    ck_assert_int_eq(modbus_connect(client), -1);
    ck_assert_int_eq(errno, ECONNREFUSED);
    modbus_free(client);
}
END_TEST

Suite *simulate_suite(void)
{
    const struct {
        const char *name;
        const TTest *test;
    } cases[] = {
        {"server one request", value_serial_and_counter_of_one_request_belong_together},
        {"server clients", several_clients_read_several_units},
        {"server wrong unit", a_unit_that_is_not_there_is_a_gateways_exception},
        {"server silence", a_silent_instrument_is_mute_and_comes_back},
        {"server half request", half_a_request_delays_nobody_for_long},
        {"server port in use", a_port_in_use_is_said_in_words},
        {"server end", sigterm_ends_it_and_frees_the_port},
    };
    Suite *suite = suite_create("simulate");
    simulated_floor_cases(suite);
    simulated_demo_cases(suite);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        TCase *tcase = tcase_create(cases[i].name);
        tcase_set_timeout(tcase, 20);
        tcase_add_test(tcase, cases[i].test);
        suite_add_tcase(suite, tcase);
    }
    return suite;
}
