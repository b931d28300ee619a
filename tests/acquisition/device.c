#include "tests/acquisition/device.h"
#include "tests/acquisition/fixture.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HEADER = 7, REQUEST = 12, LATE_MS = 250, DRIP_MS = 40 };

struct device {
    int listener;
    pthread_t thread;
    atomic_int manner, requests;
    atomic_bool end;
};

/* Sleeps, unless the device is stopped meanwhile. */
static void pause_ms(struct device *device, int ms)
{
    for (; ms > 0 && !device->end; ms -= 10)
        usleep(10000);
}

static int exception_for(enum manner manner, int first, int count)
{
    if (manner == MANNER_FAILURE)
        return 4;
    if (manner == MANNER_NO_TARGET)
        return 11;
    if (manner == MANNER_SMALL && count > 8)
        return 3;
    return manner == MANNER_HOLE && first <= 50 && first + count > 50 ? 2 : 0;
}

static int compose(enum manner manner, const unsigned char *request, unsigned char *answer)
{
    int function = request[HEADER], first = request[8] << 8 | request[9], count = request[10] << 8 | request[11];
    int exception = exception_for(manner, first, count), length = HEADER + 2 + (exception ? 0 : 2 * count);
    memcpy(answer, request, HEADER);
    answer[1] = (unsigned char)(answer[1] + (manner == MANNER_OTHER_TRANSACTION));
    answer[4] = 0;
    answer[5] = (unsigned char)(length - 6);
    answer[HEADER] = (unsigned char)(exception ? function | 0x80 : function);
    answer[HEADER + 1] = (unsigned char)(exception ? exception : 2 * count);
    for (int i = 0; !exception && i < count; i++) {
        int value = 1000 * function + first + i;
        answer[HEADER + 2 + 2 * i] = (unsigned char)(value >> 8);
        answer[HEADER + 3 + 2 * i] = (unsigned char)value;
    }
    return length;
}

/* False when the connection is to be closed. */
static int reply(struct device *device, int fd, const unsigned char *request)
{
    enum manner manner = (enum manner)device->manner;
    unsigned char answer[300];
    int length = compose(manner, request, answer);
    device->requests++;
    switch (manner) {
    case MANNER_MUTE:
        return 1;
    case MANNER_GARBAGE:
        for (int i = 0; i < length; i++)
            answer[i] = (unsigned char)(i * 37 + 11);
        return send(fd, answer, (size_t)length, MSG_NOSIGNAL) == length;
    case MANNER_HALF:
        send(fd, answer, (size_t)length / 2, MSG_NOSIGNAL);
        return 0;
    case MANNER_LATE:
        pause_ms(device, LATE_MS);
        return send(fd, answer, (size_t)length, MSG_NOSIGNAL) == length;
    case MANNER_DRIP:
        for (int i = 0; i < length; i++) {
            if (send(fd, answer + i, 1, MSG_NOSIGNAL) != 1 || device->end)
                return 0;
            pause_ms(device, DRIP_MS);
        }
        return 1;
    default:
        return send(fd, answer, (size_t)length, MSG_NOSIGNAL) == length;
    }
}

static void *run(void *argument)
{
    struct device *device = argument;
    int client = -1;
    while (!device->end) {
        struct pollfd wait[2] = {{.fd = device->listener, .events = POLLIN}, {.fd = client, .events = POLLIN}};
        if (poll(wait, 2, 20) <= 0)
            continue;
        if (wait[1].revents) {
            unsigned char request[REQUEST];
            if (recv(client, request, REQUEST, MSG_WAITALL) != REQUEST || !reply(device, client, request)) {
                close(client);
                client = -1;
            }
        } else if (wait[0].revents) {
            if (client >= 0)
                close(client);
            client = accept(device->listener, NULL, NULL);
        }
    }
    if (client >= 0)
        close(client);
    return NULL;
}

struct device *device_start(int *port)
{
    struct device *device = memory_zero(1, sizeof *device);
    device->listener = fixture_listen(port);
    ck_assert_int_eq(pthread_create(&device->thread, NULL, run, device), 0);
    return device;
}

void device_behave(struct device *device, enum manner manner)
{
    device->manner = manner;
}
int device_requests(struct device *device)
{
    return device->requests;
}

void device_stop(struct device *device)
{
    device->end = true;
    pthread_join(device->thread, NULL);
    close(device->listener);
    free(device);
}
