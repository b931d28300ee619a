#include "tests/acquisition/bank.h"

#include "tests/acquisition/fixture.h"

#include <modbus/modbus.h>

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HEADER = 7 };

struct bank {
    int listener, client;
    enum bank_manner manner;
    modbus_t *modbus;
    modbus_mapping_t *mapping;
    pthread_t thread;
    atomic_int counts[256];
    atomic_bool end;
};

static bool is_hole(const uint8_t *request)
{
    int first = request[HEADER + 1] << 8 | request[HEADER + 2], end = first + (request[HEADER + 3] << 8 | request[HEADER + 4]);
    return request[HEADER] == 3 && ((first < 50 && end > 40) || (first <= 60 && end > 60));
}

static int refusal(const struct bank *bank, const uint8_t *request)
{
    int function = request[HEADER];
    if ((bank->manner == BANK_NO_MASK && function == 22) || (bank->manner == BANK_NO_SINGLE && (function == 5 || function == 6)))
        return 1;
    return bank->manner == BANK_HOLES && is_hole(request) ? 2 : 0;
}

static void answer(struct bank *bank, const uint8_t *request, int length)
{
    int function = request[HEADER], unit = request[HEADER - 1], exception = refusal(bank, request);
    bank->counts[function]++;
    if (unit != BANK_UNIT && unit != BANK_OTHER_UNIT)
        return;
    modbus_mapping_t *mapping = bank->mapping, *copy = NULL;
    if (bank->manner == BANK_STUBBORN && function > 4)
        mapping = copy = modbus_mapping_new(BANK_SIZE, BANK_SIZE, BANK_SIZE, BANK_SIZE);
    if (exception)
        modbus_reply_exception(bank->modbus, request, (unsigned)exception);
    else
        modbus_reply(bank->modbus, request, length, mapping);
    if (copy)
        modbus_mapping_free(copy);
}

static void hang_up(struct bank *bank)
{
    if (bank->client >= 0)
        close(bank->client);
    bank->client = -1;
}

static void *run(void *argument)
{
    struct bank *bank = argument;
    while (!bank->end) {
        struct pollfd wait[2] = {{.fd = bank->listener, .events = POLLIN}, {.fd = bank->client, .events = POLLIN}};
        if (poll(wait, 2, 20) <= 0)
            continue;
        uint8_t request[MODBUS_TCP_MAX_ADU_LENGTH];
        if (wait[1].revents) {
            modbus_set_socket(bank->modbus, bank->client);
            int length = modbus_receive(bank->modbus, request);
            if (length > 0)
                answer(bank, request, length);
            else
                hang_up(bank);
        } else if (wait[0].revents) {
            hang_up(bank);
            bank->client = accept(bank->listener, NULL, NULL);
        }
    }
    return NULL;
}

struct bank *bank_start(int *port, enum bank_manner manner)
{
    struct bank *bank = memory_zero(1, sizeof *bank);
    bank->listener = fixture_listen(port);
    bank->client = -1;
    bank->manner = manner;
    bank->modbus = modbus_new_tcp("127.0.0.1", *port);
    bank->mapping = modbus_mapping_new(BANK_SIZE, BANK_SIZE, BANK_SIZE, BANK_SIZE);
    for (int i = 0; i < BANK_SIZE; i++)
        bank->mapping->tab_registers[i] = (uint16_t)(1000 + i);
    ck_assert_int_eq(pthread_create(&bank->thread, NULL, run, bank), 0);
    return bank;
}

void bank_stop(struct bank *bank)
{
    bank->end = true;
    pthread_join(bank->thread, NULL);
    hang_up(bank);
    close(bank->listener);
    modbus_mapping_free(bank->mapping);
    modbus_set_socket(bank->modbus, -1);
    modbus_free(bank->modbus);
    free(bank);
}

uint16_t *bank_registers(struct bank *bank)
{
    return bank->mapping->tab_registers;
}
uint8_t *bank_coils(struct bank *bank)
{
    return bank->mapping->tab_bits;
}
int bank_count(struct bank *bank, int function)
{
    return bank->counts[function];
}
