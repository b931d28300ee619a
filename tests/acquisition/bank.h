#ifndef GEMBA_TESTS_BANK_H
#define GEMBA_TESTS_BANK_H

#include <stdbool.h>
#include <stdint.h>

/* A Modbus TCP server of libmodbus in a thread, on a free loopback port: BANK_SIZE of each area for the units BANK_UNIT and BANK_OTHER_UNIT; nobody
 * else answers. Whoever reads registers beyond gets exception 2. */
enum { BANK_SIZE = 200, BANK_UNIT = 3, BANK_OTHER_UNIT = 9 };
enum bank_manner {
    BANK_NORMAL,
    BANK_NO_MASK,   /* exception 1 for function 22 */
    BANK_NO_SINGLE, /* exception 1 for functions 5 and 6 */
    BANK_STUBBORN,  /* answers writes as done, and does nothing */
    BANK_HOLES,     /* holding registers 40..49 and 60 cannot be read */
};

struct bank;
struct bank *bank_start(int *port, enum bank_manner manner);
void bank_stop(struct bank *bank);

/* Registers and coils as they are now. */
uint16_t *bank_registers(struct bank *bank);
uint8_t *bank_coils(struct bank *bank);
/* Requests by function code. */
int bank_count(struct bank *bank, int function);

#endif
