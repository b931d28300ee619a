#include "tests/acquisition/line_device.h"

#include "acquisition/rtu.h"
#include "tests/acquisition/fixture.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

enum { REQUEST = 8, FRAME = 300, UNITS = 256, LATE_MS = 250, DRIP_MS = 40 };

struct line_device {
    int fd, keeper, listener;
    char path[64];
    pthread_t thread;
    atomic_int habits[UNITS], requests[UNITS];
    atomic_bool end;
};

int line_device_value(int unit, int function, int address)
{
    return (10000 * unit + 1000 * function + address) & 0xffff;
}

/* Sleeps, unless the device is stopped meanwhile. */
static void pause_ms(struct line_device *device, int ms)
{
    for (; ms > 0 && !device->end; ms -= 10)
        usleep(10000);
}

static int seal(unsigned char *frame, int length)
{
    uint16_t crc = rtu_crc(frame, (size_t)length);
    frame[length] = (unsigned char)crc;
    frame[length + 1] = (unsigned char)(crc >> 8);
    return length + 2;
}

static int compose(int unit, int function, const unsigned char *request, unsigned char *answer)
{
    int first = request[2] << 8 | request[3], count = request[4] << 8 | request[5];
    answer[0] = (unsigned char)unit;
    answer[1] = (unsigned char)function;
    answer[2] = (unsigned char)(2 * count);
    for (int i = 0; i < count; i++) {
        int value = line_device_value(unit, function, first + i);
        answer[3 + 2 * i] = (unsigned char)(value >> 8);
        answer[4 + 2 * i] = (unsigned char)value;
    }
    return seal(answer, 3 + 2 * count);
}

static void say(struct line_device *device, const unsigned char *bytes, int count)
{
    ssize_t put = device->listener >= 0 ? send(device->fd, bytes, (size_t)count, MSG_NOSIGNAL) : write(device->fd, bytes, (size_t)count);
    (void)put; /* a client that went away is the client's matter */
}

static void put_noise(struct line_device *device)
{
    static const unsigned char noise[] = {0, 0xff, 0x55, 3, 1, 2, 3};
    say(device, noise, sizeof noise);
}

static void drip(struct line_device *device, const unsigned char *bytes, int count)
{
    for (int i = 0; i < count && !device->end; i++) {
        say(device, bytes + i, 1);
        pause_ms(device, DRIP_MS);
    }
}

static void reply(struct line_device *device, const unsigned char *request)
{
    int unit = request[0], function = request[1];
    enum habit habit = (enum habit)device->habits[unit];
    unsigned char answer[FRAME], other[FRAME];
    int length = compose(unit, function, request, answer), other_length = compose((unit + 1) & 0xff, function, request, other);
    device->requests[unit]++;
    switch (habit) {
    case HABIT_MUTE:
        return;
    case HABIT_CUT:
        return say(device, answer, length / 2);
    case HABIT_DRIP:
        return drip(device, answer, length);
    case HABIT_NOISE:
        return put_noise(device);
    case HABIT_OTHER_UNIT:
        return say(device, other, other_length);
    case HABIT_OTHER_FUNCTION:
        return say(device, other, compose(unit, 7 - function, request, other));
    case HABIT_NO_TARGET:
        return say(device, other, seal(memcpy(other, (unsigned char[]){request[0], (unsigned char)(function | 0x80), 11}, 3), 3));
    case HABIT_CROWD:
        put_noise(device);
        say(device, request, REQUEST);
        say(device, other, other_length);
        break;
    case HABIT_CHECKSUM:
        answer[4] ^= 4;
        break;
    case HABIT_LATE:
        pause_ms(device, LATE_MS);
        break;
    case HABIT_DOUBLE:
        say(device, answer, length);
        break;
    case HABIT_NORMAL:
        break;
    }
    say(device, answer, length);
}

/* One whole request, or false after silence in the middle of it. */
static bool take_request(struct line_device *device, unsigned char *request)
{
    for (int got = 0; got < REQUEST;) {
        struct pollfd wait = {.fd = device->fd, .events = POLLIN};
        if (poll(&wait, 1, 200) <= 0)
            return false;
        ssize_t count = read(device->fd, request + got, (size_t)(REQUEST - got));
        if (count <= 0) {
            if (device->listener >= 0) {
                close(device->fd);
                device->fd = -1;
            }
            return false;
        }
        got += (int)count;
    }
    return true;
}

static void *run(void *argument)
{
    struct line_device *device = argument;
    while (!device->end) {
        struct pollfd wait[2] = {{.fd = device->fd, .events = POLLIN}, {.fd = device->listener, .events = POLLIN}};
        unsigned char request[REQUEST];
        if (poll(wait, 2, 20) <= 0)
            continue;
        if (wait[1].revents) {
            if (device->fd >= 0)
                close(device->fd);
            device->fd = accept(device->listener, NULL, NULL);
        } else if (take_request(device, request))
            reply(device, request);
    }
    return NULL;
}

int line_device_terminal(int *keeper, const char **path)
{
    static char name[64];
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    ck_assert_int_ge(master, 0);
    ck_assert_int_eq(grantpt(master) || unlockpt(master) || ptsname_r(master, name, sizeof name), 0);
    struct termios settings;
    *keeper = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    ck_assert_int_eq(tcgetattr(*keeper, &settings), 0);
    cfmakeraw(&settings);
    ck_assert_int_eq(tcsetattr(*keeper, TCSANOW, &settings), 0);
    *path = name;
    return master;
}

struct line_device *line_device_start(const char **path, int *port)
{
    struct line_device *device = memory_zero(1, sizeof *device);
    device->fd = device->keeper = device->listener = -1;
    if (path)
        device->fd = line_device_terminal(&device->keeper, path);
    else
        device->listener = fixture_listen(port);
    ck_assert_int_eq(pthread_create(&device->thread, NULL, run, device), 0);
    return device;
}

void line_device_behave(struct line_device *device, int unit, enum habit habit)
{
    device->habits[unit] = (int)habit;
}
int line_device_requests(struct line_device *device, int unit)
{
    return device->requests[unit];
}

void line_device_stop(struct line_device *device)
{
    device->end = true;
    pthread_join(device->thread, NULL);
    const int fds[] = {device->fd, device->keeper, device->listener};
    for (size_t i = 0; i < sizeof fds / sizeof fds[0]; i++)
        if (fds[i] >= 0)
            close(fds[i]);
    free(device);
}
