#include "acquisition/connect.h"

#include "acquisition/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <modbus/modbus.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <unistd.h>

/* --- TCP */

/* A dead peer is noticed within some seconds, whether it owes an answer or an acknowledgement. */
static void set_options(int fd, int64_t timeout_us)
{
    const struct {
        int level, name, value;
    } options[] = {
        {IPPROTO_TCP, TCP_NODELAY, 1},   {SOL_SOCKET, SO_KEEPALIVE, 1}, {IPPROTO_TCP, TCP_KEEPIDLE, 5},
        {IPPROTO_TCP, TCP_KEEPINTVL, 2}, {IPPROTO_TCP, TCP_KEEPCNT, 3}, {IPPROTO_TCP, TCP_USER_TIMEOUT, (int)(timeout_us / 1000) + 5000},
    };
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
        setsockopt(fd, options[i].level, options[i].name, &options[i].value, sizeof options[i].value);
}

/* Waits until a connection that was begun is there. 0 or an errno. */
static int await_connection(int fd, int64_t until_us)
{
    struct stream stream = {.fd = fd};
    int error = stream_await(&stream, POLLOUT, until_us), result = 0;
    socklen_t size = sizeof result;
    if (!error)
        getsockopt(fd, SOL_SOCKET, SO_ERROR, &result, &size);
    return error ? error : result;
}

static int connect_one(const struct addrinfo *address, int64_t until_us)
{
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    int error = 0;
    if (connect(fd, address->ai_addr, address->ai_addrlen))
        error = errno == EINPROGRESS ? await_connection(fd, until_us) : errno;
    if (!error)
        return fd;
    close(fd);
    errno = error;
    return -1;
}

int connect_tcp(const struct link *link, const char **unknown)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV}, *addresses;
    char port[16];
    snprintf(port, sizeof port, "%d", link->port);
    int status = getaddrinfo(link->host, port, &hints, &addresses);
    if (status) {
        *unknown = gai_strerror(status);
        errno = EADDRNOTAVAIL;
        return -1;
    }
    int64_t until_us = clock_monotonic_us() + link->connect_timeout_us;
    int fd = -1;
    for (const struct addrinfo *address = addresses; address && fd < 0; address = address->ai_next)
        fd = connect_one(address, until_us);
    int error = errno;
    freeaddrinfo(addresses);
    if (fd >= 0)
        set_options(fd, link->timeout_us);
    errno = error;
    return fd;
}

/* --- serial lines */

/* A pseudo-terminal has no parity, and the C library calls settings refused when nothing came of them: on one that has the others already, from the
 * program before. So one of them is changed first. True when it was. */
static bool unsettle(const char *device)
{
    enum { PTY_FIRST = 136, PTY_LAST = 143 };
    int fd = open(device, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    struct stat st;
    struct termios settings;
    bool done = false;
    if (fd >= 0 && !fstat(fd, &st) && major(st.st_rdev) >= PTY_FIRST && major(st.st_rdev) <= PTY_LAST && !tcgetattr(fd, &settings)) {
        settings.c_iflag ^= IGNBRK;
        done = !tcsetattr(fd, TCSANOW, &settings);
    }
    if (fd >= 0)
        close(fd);
    return done;
}

/* libmodbus sets the line up; its reading waits with select and ends at another unit's answer, so the descriptor is all that is taken of it. */
int connect_serial(const struct link *link)
{
    modbus_t *modbus = modbus_new_rtu(link->device, link->baud, link->parity, link->data_bits, link->stop_bits);
    if (!modbus)
        return -1;
    errno = 0;
    int failed = modbus_connect(modbus);
    if (failed && errno == EINVAL && unsettle(link->device))
        failed = modbus_connect(modbus);
    int fd = failed ? -1 : modbus_get_socket(modbus);
    int error = errno ? errno : EIO;
    modbus_free(modbus);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB)) {
        error = EWOULDBLOCK;
        close(fd);
        fd = -1;
    }
    if (fd >= 0) {
        ioctl(fd, TIOCEXCL);
        fcntl(fd, F_SETFD, FD_CLOEXEC);
        fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    }
    errno = error;
    return fd;
}

void connect_release_serial(int fd)
{
    ioctl(fd, TIOCNXCL);
    close(fd);
}
