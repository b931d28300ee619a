#include "tests/acquisition/hall.h"

#include "tests/acquisition/fixture.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CLIENTS = 8, ENTRIES = 4000, HEADER = 7, REQUEST = 12, REGISTERS = 1000, CODES = 8 };

struct hall {
    int listener, fds[CLIENTS], numbers[CLIENTS], came;
    int64_t delay_us;
    pthread_t thread;
    atomic_bool end;
    uint16_t registers[REGISTERS];
    pthread_mutex_t mutex; /* of what follows */
    struct hall_entry diary[ENTRIES];
    int entries, refused, codes[CODES];
};

static struct hall_entry *note(struct hall *hall, struct hall_entry entry)
{
    entry.time_us = clock_monotonic_us();
    pthread_mutex_lock(&hall->mutex);
    struct hall_entry *at = &hall->diary[hall->entries < ENTRIES - 1 ? hall->entries++ : ENTRIES - 1];
    *at = entry;
    pthread_mutex_unlock(&hall->mutex);
    return at;
}

static int exception_for(struct hall *hall, int address)
{
    pthread_mutex_lock(&hall->mutex);
    int code = address == hall->refused ? hall->codes[0] : 0;
    if (code)
        memmove(hall->codes, hall->codes + 1, (CODES - 1) * sizeof *hall->codes);
    pthread_mutex_unlock(&hall->mutex);
    return code;
}

/* The answer's length. */
static size_t compose(struct hall *hall, const uint8_t *request, uint8_t *answer)
{
    int address = request[8] << 8 | request[9], count = request[10] << 8 | request[11], code = exception_for(hall, address);
    memcpy(answer, request, REQUEST);
    if (code) {
        answer[5] = 3;
        answer[HEADER] |= 0x80;
        answer[HEADER + 1] = (uint8_t)code;
        return HEADER + 2;
    }
    if (request[HEADER] == 6) {
        hall->registers[address] = (uint16_t)count;
        return REQUEST;
    }
    answer[5] = (uint8_t)(3 + 2 * count);
    answer[HEADER + 1] = (uint8_t)(2 * count);
    for (int i = 0; i < count; i++) {
        answer[HEADER + 2 + 2 * i] = (uint8_t)(hall->registers[address + i] >> 8);
        answer[HEADER + 3 + 2 * i] = (uint8_t)hall->registers[address + i];
    }
    return (size_t)(HEADER + 2 + 2 * count);
}

static void serve(struct hall *hall, int client)
{
    uint8_t request[REQUEST], answer[300];
    if (recv(hall->fds[client], request, REQUEST, MSG_WAITALL) != REQUEST) {
        note(hall, (struct hall_entry){.client = hall->numbers[client], .function = -1});
        close(hall->fds[client]);
        hall->fds[client] = -1;
        return;
    }
    struct hall_entry *entry =
        note(hall, (struct hall_entry){
                       .client = hall->numbers[client], .unit = request[6], .function = request[HEADER], .address = request[8] << 8 | request[9]});
    size_t length = compose(hall, request, answer);
    usleep((useconds_t)hall->delay_us);
    pthread_mutex_lock(&hall->mutex);
    entry->answered_us = clock_monotonic_us();
    pthread_mutex_unlock(&hall->mutex);
    if (send(hall->fds[client], answer, length, MSG_NOSIGNAL) < 0)
        return;
}

static void welcome(struct hall *hall)
{
    int client = 0;
    while (client < CLIENTS - 1 && hall->fds[client] >= 0)
        client++;
    hall->fds[client] = accept(hall->listener, NULL, NULL);
    hall->numbers[client] = ++hall->came;
    note(hall, (struct hall_entry){.client = hall->came});
}

static void *run(void *argument)
{
    struct hall *hall = argument;
    while (!hall->end) {
        struct pollfd wait[CLIENTS + 1] = {{.fd = hall->listener, .events = POLLIN}};
        for (int i = 0; i < CLIENTS; i++)
            wait[i + 1] = (struct pollfd){.fd = hall->fds[i], .events = POLLIN};
        if (poll(wait, CLIENTS + 1, 20) <= 0)
            continue;
        for (int i = 0; i < CLIENTS; i++)
            if (wait[i + 1].revents)
                serve(hall, i);
        if (wait[0].revents)
            welcome(hall);
    }
    return NULL;
}

struct hall *hall_start(int *port, int64_t delay_us)
{
    struct hall *hall = memory_zero(1, sizeof *hall);
    hall->listener = fixture_listen(port);
    hall->delay_us = delay_us;
    for (int i = 0; i < CLIENTS; i++)
        hall->fds[i] = -1;
    for (int i = 0; i < REGISTERS; i++)
        hall->registers[i] = (uint16_t)i;
    pthread_mutex_init(&hall->mutex, NULL);
    ck_assert_int_eq(pthread_create(&hall->thread, NULL, run, hall), 0);
    return hall;
}

void hall_stop(struct hall *hall)
{
    hall->end = true;
    pthread_join(hall->thread, NULL);
    for (int i = 0; i < CLIENTS; i++)
        if (hall->fds[i] >= 0)
            close(hall->fds[i]);
    close(hall->listener);
    pthread_mutex_destroy(&hall->mutex);
    free(hall);
}

void hall_refuse(struct hall *hall, int address, const int *codes)
{
    pthread_mutex_lock(&hall->mutex);
    hall->refused = address;
    for (int i = 0; i < CODES - 1 && (i == 0 || codes[i - 1]); i++)
        hall->codes[i] = codes[i];
    pthread_mutex_unlock(&hall->mutex);
}

int hall_diary(struct hall *hall, struct hall_entry *entries, int most)
{
    pthread_mutex_lock(&hall->mutex);
    int count = hall->entries < most ? hall->entries : most;
    memcpy(entries, hall->diary, (size_t)count * sizeof *entries);
    pthread_mutex_unlock(&hall->mutex);
    return count;
}
