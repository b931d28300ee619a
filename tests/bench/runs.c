/* The baseline on a serial line: libmodbus alone, one request per run of adjacent registers, round and round until it is ended.
 * usage: runs PATH BAUD REGISTER... in rising order */
#include <errno.h>
#include <modbus/modbus.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    uint16_t registers[MODBUS_MAX_READ_REGISTERS];
    modbus_t *modbus = argc > 3 ? modbus_new_rtu(argv[1], atoi(argv[2]), 'N', 8, 2) : NULL; /* two stop bits: 11 bits a character */
    if (!modbus) {
        fprintf(stderr, "usage: %s PATH BAUD REGISTER...\n", argv[0]);
        return 2;
    }
    modbus_set_slave(modbus, 1);
    modbus_set_response_timeout(modbus, 2, 0);
    if (modbus_connect(modbus)) {
        fprintf(stderr, "%s: %s\n", argv[1], modbus_strerror(errno));
        return 1;
    }
    for (;;)
        for (int i = 3, next; i < argc; i = next) {
            int first = atoi(argv[i]), count = 1;
            for (next = i + 1; next < argc && atoi(argv[next]) == first + count; next++)
                count++;
            if (modbus_read_registers(modbus, first, count, registers) != count) {
                fprintf(stderr, "register %d: %s\n", first, modbus_strerror(errno));
                return 1;
            }
        }
}
