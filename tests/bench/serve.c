/* N Modbus TCP devices in one epoll loop, as lean as can be, that note when each was asked: one yardstick for every client.
 * Listens at N free ports of 127.0.0.1 and prints them on a line. SIGUSR1: begins to count. SIGUSR2: prints a line
 * "REQUESTS DUE P50_MS P99_MS"; late is what a request came after the device's own best one-second grid.
 * usage: serve N */
#include <arpa/inet.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { ARRIVALS = 256, EVENTS = 64, HEADER = 7, REGISTERS_MAX = 125 };
static const int64_t second_ns = 1000000000;

struct device {
    int listener, arrivals;
    int64_t at_ns[ARRIVALS];
};

static struct device *devices;
static int count, epoll;
static int64_t began_ns;

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * second_ns + now.tv_nsec;
}

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

/* An event carries the device and the descriptor; device -1: the signals. */
static void watch(int device, int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = (uint64_t)(uint32_t)device << 32 | (uint32_t)fd};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event))
        fail("epoll_ctl");
}

static int listen_anywhere(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) || listen(fd, 8) || getsockname(fd, (struct sockaddr *)&address, &size))
        fail("listen");
    printf("%d ", ntohs(address.sin_port));
    return fd;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Milliseconds of each arrival after the best grid of its device, appended to late. */
static size_t lateness(const struct device *device, double *late)
{
    double best = 0;
    for (int i = 0; i < device->arrivals; i++) {
        int64_t since_ns = device->at_ns[i] - device->at_ns[0], period = (since_ns + second_ns / 2) / second_ns;
        late[i] = (double)(since_ns - period * second_ns) / 1e6;
        best = late[i] < best ? late[i] : best;
    }
    for (int i = 0; i < device->arrivals; i++)
        late[i] -= best;
    return (size_t)device->arrivals;
}

static void report(void)
{
    double *late = calloc((size_t)count * ARRIVALS, sizeof *late);
    size_t n = 0;
    for (int i = 0; i < count; i++)
        n += lateness(&devices[i], late + n);
    qsort(late, n, sizeof *late, compare);
    double due = (double)(now_ns() - began_ns) / (double)second_ns * count;
    printf("%zu %.0f %.3f %.3f\n", n, due, n ? late[n / 2] : 0, n ? late[n * 99 / 100] : 0);
    fflush(stdout);
    free(late);
}

static void handle_signal(int fd)
{
    struct signalfd_siginfo info;
    if (read(fd, &info, sizeof info) != sizeof info)
        fail("signal");
    if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT)
        exit(0);
    if (info.ssi_signo == SIGUSR2) {
        report();
        return;
    }
    began_ns = now_ns();
    for (int i = 0; i < count; i++)
        devices[i].arrivals = 0;
}

/* A client of these two sends whole requests of 12 bytes, one at a time. */
static void answer(int index, int fd)
{
    uint8_t request[260], reply[HEADER + 2 + 2 * REGISTERS_MAX];
    ssize_t got = recv(fd, request, sizeof request, 0);
    if (got < 12) {
        close(fd);
        return;
    }
    struct device *device = &devices[index];
    int64_t at_ns = now_ns();
    if (device->arrivals < ARRIVALS)
        device->at_ns[device->arrivals++] = at_ns;
    int first = request[8] << 8 | request[9], registers = request[10] << 8 | request[11];
    if (registers > REGISTERS_MAX)
        registers = REGISTERS_MAX;
    memcpy(reply, request, HEADER + 1);
    reply[4] = (uint8_t)((3 + 2 * registers) >> 8);
    reply[5] = (uint8_t)(3 + 2 * registers);
    reply[8] = (uint8_t)(2 * registers);
    uint32_t noise = (uint32_t)(at_ns >> 20) * 2654435761u + (uint32_t)index;
    for (int i = 0; i < registers; i++) {
        noise = noise * 1664525 + 1013904223;
        unsigned value = 1000 + (unsigned)(first + i) + (noise >> 26) % 40;
        reply[9 + 2 * i] = (uint8_t)(value >> 8);
        reply[10 + 2 * i] = (uint8_t)value;
    }
    send(fd, reply, (size_t)(9 + 2 * registers), MSG_NOSIGNAL);
}

int main(int argc, char **argv)
{
    count = argc == 2 ? atoi(argv[1]) : 0;
    if (count < 1 || count > 1000) {
        fprintf(stderr, "usage: %s N\n", argv[0]);
        return 2;
    }
    sigset_t signals;
    sigemptyset(&signals);
    static const int wanted[] = {SIGUSR1, SIGUSR2, SIGTERM, SIGINT};
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        sigaddset(&signals, wanted[i]);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    epoll = epoll_create1(0);
    watch(-1, signalfd(-1, &signals, 0));
    devices = calloc((size_t)count, sizeof *devices);
    for (int i = 0; i < count; i++)
        watch(i, devices[i].listener = listen_anywhere());
    puts("");
    fflush(stdout);
    for (;;) {
        struct epoll_event events[EVENTS];
        int ready = epoll_wait(epoll, events, EVENTS, -1);
        for (int i = 0; i < ready; i++) {
            int device = (int)(events[i].data.u64 >> 32), fd = (int)(uint32_t)events[i].data.u64;
            if (device < 0)
                handle_signal(fd);
            else if (fd == devices[device].listener)
                watch(device, accept(fd, NULL, NULL));
            else
                answer(device, fd);
        }
    }
}
