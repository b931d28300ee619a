/* One Modbus RTU unit at the end of a serial line, on a pseudo-terminal that takes its time: a character has 11 bits, the unit notices the end of a
 * request by 3.5 characters of silence, works a while, and sends its answer a character at a time. Register a holds (7 * a + 11) & 0x7fff.
 * Prints the line's path. SIGUSR1: begins to count. SIGUSR2: prints a line "CYCLES MEDIAN_MS REQUESTS" of whole cycles; a cycle is what passes
 * between two requests for the lowest register.
 * usage: line BAUD TURNAROUND_MS LOWEST_REGISTER */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { REQUEST = 8, FRAME = 5 + 2 * 125, CYCLES = 4096 };
static const int64_t second_ns = 1000000000;

static struct {
    int64_t character_ns, turnaround_ns;
    int lowest;
} line;
static int64_t began_ns[CYCLES];
static int cycles, requests, within; /* requests since the first cycle began, and those before the latest began */

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * second_ns + now.tv_nsec;
}

static void sleep_until(int64_t when_ns)
{
    struct timespec when = {when_ns / second_ns, when_ns % second_ns};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &when, NULL) == EINTR)
        ;
}

static unsigned checksum(const uint8_t *bytes, int length)
{
    unsigned crc = 0xffff;
    for (int i = 0; i < length; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc & 1 ? crc >> 1 ^ 0xa001 : crc >> 1;
    }
    return crc;
}

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void report(void)
{
    static int64_t took_ns[CYCLES];
    int n = cycles - 1;
    for (int i = 0; i < n; i++)
        took_ns[i] = began_ns[i + 1] - began_ns[i];
    qsort(took_ns, n > 0 ? (size_t)n : 0, sizeof took_ns[0], compare);
    printf("%d %.3f %d\n", n, n > 0 ? (double)took_ns[n / 2] / 1e6 : 0, within);
    fflush(stdout);
}

static void handle_signal(int fd)
{
    struct signalfd_siginfo info;
    if (read(fd, &info, sizeof info) != sizeof info || info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT)
        exit(0);
    if (info.ssi_signo == SIGUSR2)
        report();
    else
        cycles = requests = within = 0;
}

/* The whole answer, as the line would carry it; begun_ns: when the request's first character was on it. */
static void answer(int fd, const uint8_t *request, int64_t begun_ns)
{
    uint8_t frame[FRAME] = {request[0], request[1]};
    int first = request[2] << 8 | request[3], count = request[4] << 8 | request[5], length = 3 + 2 * count;
    if (first == line.lowest && cycles < CYCLES) {
        began_ns[cycles++] = begun_ns;
        within = requests;
    }
    requests += cycles > 0;
    frame[2] = (uint8_t)(2 * count);
    for (int i = 0; i < count; i++) {
        unsigned value = (7 * (unsigned)(first + i) + 11) & 0x7fff;
        frame[3 + 2 * i] = (uint8_t)(value >> 8);
        frame[4 + 2 * i] = (uint8_t)value;
    }
    unsigned crc = checksum(frame, length);
    frame[length] = (uint8_t)crc;
    frame[length + 1] = (uint8_t)(crc >> 8);
    int64_t starts_ns = begun_ns + REQUEST * line.character_ns + line.character_ns * 7 / 2 + line.turnaround_ns;
    for (int i = 0; i < length + 2; i++) {
        sleep_until(starts_ns + (i + 1) * line.character_ns);
        if (write(fd, frame + i, 1) != 1)
            exit(1);
    }
}

/* Takes what has come; a whole, sound read of registers is answered, and anything else forgotten once it is too long for one. */
static void receive(int fd)
{
    static uint8_t held[REQUEST];
    static int count;
    static int64_t begun_ns;
    if (!count)
        begun_ns = now_ns();
    ssize_t got = read(fd, held + count, (size_t)(REQUEST - count));
    if (got <= 0)
        return;
    count += (int)got;
    if (count < REQUEST)
        return;
    count = 0;
    if (checksum(held, REQUEST - 2) == (unsigned)(held[6] | held[7] << 8) && held[4] == 0 && held[5] <= 125)
        answer(fd, held, begun_ns);
}

static int open_line(void)
{
    struct termios raw;
    int fd = posix_openpt(O_RDWR | O_NOCTTY);
    if (fd < 0 || grantpt(fd) || unlockpt(fd))
        return -1;
    int keeper = open(ptsname(fd), O_RDWR | O_NOCTTY); /* else the line ends with its first client */
    if (keeper < 0 || tcgetattr(keeper, &raw))
        return -1;
    cfmakeraw(&raw);
    return tcsetattr(keeper, TCSANOW, &raw) ? -1 : fd;
}

int main(int argc, char **argv)
{
    double baud = argc == 4 ? atof(argv[1]) : 0;
    if (baud <= 0) {
        fprintf(stderr, "usage: %s BAUD TURNAROUND_MS LOWEST_REGISTER\n", argv[0]);
        return 2;
    }
    line.character_ns = (int64_t)(11e9 / baud);
    line.turnaround_ns = (int64_t)(atof(argv[2]) * 1e6);
    line.lowest = atoi(argv[3]);
    sigset_t signals;
    sigemptyset(&signals);
    static const int wanted[] = {SIGUSR1, SIGUSR2, SIGTERM, SIGINT};
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        sigaddset(&signals, wanted[i]);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    struct pollfd wait[2] = {{.fd = open_line(), .events = POLLIN}, {.fd = signalfd(-1, &signals, 0), .events = POLLIN}};
    if (wait[0].fd < 0) {
        perror("pseudo-terminal");
        return 1;
    }
    puts(ptsname(wait[0].fd));
    fflush(stdout);
    for (;;) {
        if (poll(wait, 2, -1) < 0 && errno != EINTR)
            return 1;
        if (wait[1].revents)
            handle_signal(wait[1].fd);
        if (wait[0].revents & POLLIN)
            receive(wait[0].fd);
    }
}
