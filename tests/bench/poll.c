/* The baseline: libmodbus alone, a thread a device, its registers each second on a staggered absolute grid. Nothing is decoded or kept.
 * usage: poll SECONDS REGISTERS PORT... */
#include <errno.h>
#include <modbus/modbus.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const int64_t second_ns = 1000000000;

struct device {
    pthread_t thread;
    int port, registers;
    int64_t first_ns, end_ns;
    long polls, failures;
};

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * second_ns + now.tv_nsec;
}

static void sleep_until(int64_t when_ns)
{
    struct timespec when = {when_ns / second_ns, when_ns % second_ns};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &when, NULL) == EINTR)
        ;
}

/* As few requests as Modbus allows; returns how many failed. */
static long read_all(modbus_t *modbus, int count)
{
    uint16_t registers[MODBUS_MAX_READ_REGISTERS];
    long failures = 0;
    for (int first = 0, n; first < count; first += n) {
        n = count - first < MODBUS_MAX_READ_REGISTERS ? count - first : MODBUS_MAX_READ_REGISTERS;
        failures += modbus_read_registers(modbus, first, n, registers) != n;
    }
    return failures;
}

static void *poll_device(void *argument)
{
    struct device *device = argument;
    modbus_t *modbus = modbus_new_tcp("127.0.0.1", device->port);
    modbus_set_slave(modbus, 1);
    if (modbus_connect(modbus)) {
        fprintf(stderr, "port %d: %s\n", device->port, modbus_strerror(errno));
        exit(1);
    }
    for (int64_t due_ns = device->first_ns; due_ns < device->end_ns; due_ns += second_ns) {
        sleep_until(due_ns);
        device->polls++;
        device->failures += read_all(modbus, device->registers);
    }
    modbus_close(modbus);
    modbus_free(modbus);
    return NULL;
}

int main(int argc, char **argv)
{
    int count = argc - 3;
    if (count < 1) {
        fprintf(stderr, "usage: %s SECONDS REGISTERS PORT...\n", argv[0]);
        return 2;
    }
    struct device *devices = calloc((size_t)count, sizeof *devices);
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 65536);
    int64_t start_ns = now_ns() + second_ns / 2;
    long failures = 0;
    for (int i = 0; i < count; i++) {
        devices[i].port = atoi(argv[i + 3]);
        devices[i].registers = atoi(argv[2]);
        devices[i].first_ns = start_ns + i * second_ns / count;
        devices[i].end_ns = start_ns + atoi(argv[1]) * second_ns;
        if (pthread_create(&devices[i].thread, &small, poll_device, &devices[i])) {
            fprintf(stderr, "no thread for device %d\n", i);
            return 1;
        }
    }
    for (int i = 0; i < count; i++) {
        pthread_join(devices[i].thread, NULL);
        failures += devices[i].failures;
    }
    free(devices);
    if (failures)
        fprintf(stderr, "%ld reads failed\n", failures);
    return failures != 0;
}
