/* N Modbus TCP devices in one epoll loop, as lean as can be, that note when each was polled: one yardstick for every client.
 * Listens at N free ports of 127.0.0.1 and prints them on a line. SIGUSR1: begins to count. SIGUSR2: prints a line
 * "POLLS DUE P50_MS P99_MS EVER" of the live devices; late is what a poll came after the device's own best one-second grid. A poll is a request
 * for register 0; EVER counts them from the start.
 * usage: serve N u16|f32 [DEAD mute|refused|dropped]
 * u16: every register is a noisy number. f32: registers 2t and 2t + 1 hold the float device * 16384 + t * 128 + poll % 128, which tells of
 * every value that comes out at the other end where it belongs. The first DEAD devices accept and never answer; refuse; or drop every SYN. */
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { ARRIVALS = 256, EVENTS = 64, HEADER = 7, REGISTERS_MAX = 125, DEVICES_MAX = 1000, FILLERS = 4 };
enum death { ALIVE, MUTE, REFUSED, DROPPED, DEATHS };
static const char *const deaths[DEATHS] = {[MUTE] = "mute", [REFUSED] = "refused", [DROPPED] = "dropped"};
static const int64_t second_ns = 1000000000;

struct device {
    int listener, arrivals;
    unsigned polls;
    int64_t at_ns[ARRIVALS];
};

static struct device *devices;
static int count, dead, epoll;
static enum death death;
static int64_t began_ns;
static uint16_t (*value_of)(int device, int address, int64_t at_ns);

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

/* A full backlog makes the kernel drop whatever SYN comes next. */
static void fill_backlog(const struct sockaddr_in *address)
{
    for (int i = 0; i < FILLERS; i++) {
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        if (fd < 0 || (connect(fd, (const struct sockaddr *)address, sizeof *address) && errno != EINPROGRESS))
            fail("connect");
    }
}

static void open_device(int index)
{
    enum death way = index < dead ? death : ALIVE;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) || getsockname(fd, (struct sockaddr *)&address, &size))
        fail("bind");
    if (way != REFUSED && listen(fd, way == DROPPED ? 0 : 8)) /* a port that is bound and does not listen refuses */
        fail("listen");
    if (way == DROPPED)
        fill_backlog(&address);
    else if (way != REFUSED)
        watch(index, fd);
    devices[index].listener = fd;
    printf("%d ", ntohs(address.sin_port));
}

/* --- how punctual the client is */

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
    size_t n = 0, ever = 0;
    for (int i = dead; i < count; i++) {
        n += lateness(&devices[i], late + n);
        ever += devices[i].polls;
    }
    qsort(late, n, sizeof *late, compare);
    double due = (double)(now_ns() - began_ns) / (double)second_ns * (count - dead);
    printf("%zu %.0f %.3f %.3f %zu\n", n, due, n ? late[n / 2] : 0, n ? late[n * 99 / 100] : 0, ever);
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

/* --- answers */

static uint16_t noise(int device, int address, int64_t at_ns)
{
    uint32_t mixed = ((uint32_t)(at_ns >> 20) * 2654435761u + (uint32_t)(device + 31 * address)) * 1664525u + 1013904223u;
    return (uint16_t)(1000 + address + (int)(mixed >> 26) % 40);
}

static uint16_t float_half(int device, int address, int64_t at_ns)
{
    (void)at_ns;
    float value = (float)(device << 14 | address / 2 << 7 | (int)(devices[device].polls & 127));
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return (uint16_t)(address % 2 ? bits : bits >> 16);
}

/* A client of these sends whole requests of 12 bytes, one at a time. */
static void answer(int index, int fd)
{
    uint8_t request[260], reply[HEADER + 2 + 2 * REGISTERS_MAX];
    ssize_t got = recv(fd, request, sizeof request, 0);
    if (got < 12) {
        close(fd);
        return;
    }
    if (index < dead)
        return;
    struct device *device = &devices[index];
    int64_t at_ns = now_ns();
    int first = request[8] << 8 | request[9], registers = request[10] << 8 | request[11];
    if (first == 0) {
        device->polls++;
        if (device->arrivals < ARRIVALS)
            device->at_ns[device->arrivals++] = at_ns;
    }
    if (registers > REGISTERS_MAX)
        registers = REGISTERS_MAX;
    memcpy(reply, request, HEADER + 1);
    reply[4] = (uint8_t)((3 + 2 * registers) >> 8);
    reply[5] = (uint8_t)(3 + 2 * registers);
    reply[8] = (uint8_t)(2 * registers);
    for (int i = 0; i < registers; i++) {
        uint16_t value = value_of(index, first + i, at_ns);
        reply[9 + 2 * i] = (uint8_t)(value >> 8);
        reply[10 + 2 * i] = (uint8_t)value;
    }
    send(fd, reply, (size_t)(9 + 2 * registers), MSG_NOSIGNAL);
}

static int read_arguments(int argc, char **argv)
{
    if (argc != 3 && argc != 5)
        return -1;
    count = atoi(argv[1]);
    value_of = !strcmp(argv[2], "u16") ? noise : !strcmp(argv[2], "f32") ? float_half : NULL;
    if (argc == 5) {
        dead = atoi(argv[3]);
        for (int i = MUTE; i < DEATHS; i++)
            if (!strcmp(argv[4], deaths[i]))
                death = (enum death)i;
    }
    return count > 0 && count <= DEVICES_MAX && dead >= 0 && dead < count && value_of && (argc == 3) == !death ? 0 : -1;
}

static void prepare(void)
{
    sigset_t signals;
    static const int wanted[] = {SIGUSR1, SIGUSR2, SIGTERM, SIGINT};
    sigemptyset(&signals);
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        sigaddset(&signals, wanted[i]);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    epoll = epoll_create1(0);
    watch(-1, signalfd(-1, &signals, 0));
    devices = calloc((size_t)count, sizeof *devices);
}

int main(int argc, char **argv)
{
    if (read_arguments(argc, argv)) {
        fprintf(stderr, "usage: %s N u16|f32 [DEAD mute|refused|dropped]\n", argv[0]);
        return 2;
    }
    prepare();
    for (int i = 0; i < count; i++)
        open_device(i);
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
