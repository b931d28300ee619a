/* One link as fast as it goes: 100 registers a request, a bare libmodbus loop and ours in turns, against the same device.
 * usage: saturate PORT; prints "BARE OURS" in requests a second, the medians of five turns of half a second. */
#include "acquisition/transport.h"

#include <modbus/modbus.h>
#include <stdio.h>
#include <stdlib.h>

enum { REGISTERS = 100, TURNS = 5, CHECK_EACH = 64 };
static const int64_t turn_us = SECOND_US / 2;

static bool ask_bare(void *client, uint16_t *registers)
{
    return modbus_read_registers(client, 0, REGISTERS, registers) == REGISTERS;
}

static bool ask_ours(void *client, uint16_t *registers)
{
    return transport_read(client, 1, AREA_HOLDING, 0, REGISTERS, registers).kind == OUTCOME_GOOD;
}

static double rate(bool (*ask)(void *client, uint16_t *registers), void *client)
{
    uint16_t registers[MODBUS_MAX_READ_REGISTERS];
    int64_t begun_us = clock_monotonic_us(), now_us;
    long done = 0;
    do {
        for (int i = 0; i < CHECK_EACH; i++, done++)
            if (!ask(client, registers)) {
                fprintf(stderr, "saturate: a read failed\n");
                exit(1);
            }
    } while ((now_us = clock_monotonic_us()) < begun_us + turn_us);
    return (double)done * SECOND_US / (double)(now_us - begun_us);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    struct link link = {.kind = LINK_TCP, .host = "127.0.0.1", .timeout_us = SECOND_US, .connect_timeout_us = SECOND_US};
    link.port = argc == 2 ? atoi(argv[1]) : 0;
    modbus_t *bare = modbus_new_tcp(link.host, link.port);
    struct transport *ours = transport_create(&link);
    if (!bare || modbus_set_slave(bare, 1) || modbus_connect(bare) || transport_open(ours).kind != OUTCOME_GOOD) {
        fprintf(stderr, "usage: %s PORT, where a device listens\n", argv[0]);
        return 2;
    }
    double rates[2][TURNS];
    for (int i = 0; i < TURNS; i++) {
        rates[0][i] = rate(ask_bare, bare);
        rates[1][i] = rate(ask_ours, ours);
    }
    qsort(rates[0], TURNS, sizeof rates[0][0], compare);
    qsort(rates[1], TURNS, sizeof rates[1][0], compare);
    printf("%.0f %.0f\n", rates[0][TURNS / 2], rates[1][TURNS / 2]);
    modbus_close(bare);
    modbus_free(bare);
    transport_destroy(ours);
    return 0;
}
