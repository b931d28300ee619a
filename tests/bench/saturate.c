/* One link as fast as it goes: 100 registers a request, a bare libmodbus loop and ours in turns, against the same device.
 * usage: saturate PORT; prints "BARE OURS" in requests a second, the best of five turns of half a second each:
 * what else runs on the machine can only slow a turn down. */
#include "acquisition/transport.h"

#include <math.h>
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
    double best_bare = 0, best_ours = 0;
    for (int i = 0; i < TURNS; i++) {
        best_bare = fmax(best_bare, rate(ask_bare, bare));
        best_ours = fmax(best_ours, rate(ask_ours, ours));
    }
    printf("%.0f %.0f\n", best_bare, best_ours);
    modbus_close(bare);
    modbus_free(bare);
    transport_destroy(ours);
    return 0;
}
