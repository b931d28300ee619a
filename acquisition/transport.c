#include "acquisition/transport.h"

#include <modbus/modbus.h>

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

struct transport {
    const struct link *link;
    const struct transport_kind *kind;
    modbus_t *modbus;
    bool open;
    bool suspect; /* a late answer may still come */
};

/* What differs between kinds of link. */
struct transport_kind {
    modbus_t *(*create)(const struct link *link);
    int (*connect)(struct transport *transport, struct outcome *outcome); /* fills outcome when it fails */
    bool (*ready)(struct transport *transport);                           /* nothing unread, not hung up */
    void (*recover)(struct transport *transport, int error);              /* after a failed request */
};

/* --- what an error means */

static const struct {
    int error;
    enum outcome_kind kind;
    enum quality quality;
    const char *state, *text;
} meanings[] = {
    {EMBXILFUN, OUTCOME_EXCEPTION, QUALITY_BAD_CONFIGURATION, "online", "exception 1: illegal function; this unit does not read this area"},
    {EMBXILADD, OUTCOME_EXCEPTION, QUALITY_BAD_CONFIGURATION, "online", "exception 2: illegal data address; check the tag's address"},
    {EMBXILVAL, OUTCOME_EXCEPTION, QUALITY_BAD_CONFIGURATION, "online", "exception 3: illegal data value; lower max_registers"},
    {EMBXSFAIL, OUTCOME_EXCEPTION, QUALITY_BAD_DEVICE, "online", "exception 4: device failure"},
    {EMBXACK, OUTCOME_EXCEPTION, QUALITY_BAD_DEVICE, "online", "exception 5: acknowledged, still working"},
    {EMBXSBUSY, OUTCOME_EXCEPTION, QUALITY_BAD_DEVICE, "online", "exception 6: device busy"},
    {EMBXNACK, OUTCOME_EXCEPTION, QUALITY_BAD_DEVICE, "online", "exception 7: negative acknowledge"},
    {EMBXMEMPAR, OUTCOME_EXCEPTION, QUALITY_BAD_DEVICE, "online", "exception 8: memory parity error in the device"},
    {EMBXGPATH, OUTCOME_NO_UNIT, QUALITY_BAD_GATEWAY, "silent", "exception 10: the gateway has no path to this unit"},
    {EMBXGTAR, OUTCOME_NO_UNIT, QUALITY_BAD_GATEWAY, "silent", "exception 11: the unit behind the gateway does not answer"},
    {EMBBADCRC, OUTCOME_GARBAGE, QUALITY_BAD_PROTOCOL, "error", "garbage: checksum wrong; check wiring, baud and parity"},
    {EMBBADDATA, OUTCOME_GARBAGE, QUALITY_BAD_PROTOCOL, "error", "garbage: not the answer to this request"},
    {EMBBADEXC, OUTCOME_GARBAGE, QUALITY_BAD_PROTOCOL, "error", "garbage: an exception that Modbus does not know"},
    {EMBUNKEXC, OUTCOME_GARBAGE, QUALITY_BAD_PROTOCOL, "error", "garbage: an exception that Modbus does not know"},
    {EMBMDATA, OUTCOME_GARBAGE, QUALITY_BAD_PROTOCOL, "error", "garbage: more data than asked for"},
    {EMBBADSLAVE, OUTCOME_GARBAGE, QUALITY_BAD_PROTOCOL, "error", "garbage: another unit answered"},
    {ECONNREFUSED, OUTCOME_LOST, QUALITY_BAD_NOT_CONNECTED, "refused",
     "connection refused; is the port right, does the device allow one more client?"},
    {ECONNRESET, OUTCOME_LOST, QUALITY_BAD_NOT_CONNECTED, "error", "the device closed the connection"},
    {EPIPE, OUTCOME_LOST, QUALITY_BAD_NOT_CONNECTED, "error", "the device closed the connection"},
    {EHOSTUNREACH, OUTCOME_LOST, QUALITY_BAD_NOT_CONNECTED, "error", "no route to the device; check cable, address and network"},
    {ENETUNREACH, OUTCOME_LOST, QUALITY_BAD_NOT_CONNECTED, "error", "network unreachable; check this machine's network"},
    {ENOENT, OUTCOME_LOST, QUALITY_BAD_NOT_CONNECTED, "error", "no such serial device; is the adapter plugged in?"},
    {EACCES, OUTCOME_LOST, QUALITY_BAD_NOT_CONNECTED, "error", "no permission for the serial device; add this account to its group"},
    {EWOULDBLOCK, OUTCOME_LOST, QUALITY_BAD_NOT_CONNECTED, "error", "the serial device is in use by another program"},
    {EMFILE, OUTCOME_LOST, QUALITY_BAD_NOT_CONNECTED, "error", "too many open files; give this collector fewer links"},
};

static struct outcome outcome_of(const struct link *link, int error, const char *waiting_for)
{
    struct outcome outcome = {.kind = OUTCOME_LOST, .quality = QUALITY_BAD_NOT_CONNECTED, .state = "error"};
    if (error == ETIMEDOUT) {
        outcome = (struct outcome){.kind = OUTCOME_TIMEOUT, .quality = QUALITY_BAD_TIMEOUT, .state = "silent"};
        snprintf(outcome.text, sizeof outcome.text, "no %s within %g s", waiting_for, (double)link->timeout_us / SECOND_US);
        return outcome;
    }
    for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++) {
        if (meanings[i].error != error)
            continue;
        outcome = (struct outcome){.kind = meanings[i].kind, .quality = meanings[i].quality, .state = meanings[i].state};
        snprintf(outcome.text, sizeof outcome.text, "%s", meanings[i].text);
        if (error > MODBUS_ENOBASE && error <= EMBXGTAR)
            outcome.exception = error - MODBUS_ENOBASE;
        return outcome;
    }
    char buffer[64];
    snprintf(outcome.text, sizeof outcome.text, "%s", strerror_r(error, buffer, sizeof buffer));
    return outcome;
}

static void shut(struct transport *transport)
{
    if (transport->open || modbus_get_socket(transport->modbus) >= 0)
        modbus_close(transport->modbus);
    modbus_set_socket(transport->modbus, -1);
    transport->open = false;
}

/* --- TCP */

static modbus_t *tcp_create(const struct link *link)
{
    return modbus_new_tcp("127.0.0.1", link->port); /* a place holder: we connect ourselves */
}

static void tcp_options(int fd, int64_t timeout_us)
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
    struct pollfd wait = {.fd = fd, .events = POLLOUT};
    int ready;
    do {
        int64_t left_us = until_us - clock_monotonic_us();
        ready = poll(&wait, 1, left_us > 0 ? (int)(left_us / 1000) + 1 : 0);
    } while (ready < 0 && errno == EINTR);
    if (ready <= 0)
        return ready ? errno : ETIMEDOUT;
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
    return error;
}

static int connect_one(const struct addrinfo *address, int64_t until_us, int *connected)
{
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return errno;
    int error = fd >= FD_SETSIZE ? EMFILE : 0;
    if (!error && connect(fd, address->ai_addr, address->ai_addrlen))
        error = errno == EINPROGRESS ? await_connection(fd, until_us) : errno;
    if (error) {
        close(fd);
        return error;
    }
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
    *connected = fd;
    return 0;
}

static int tcp_connect(struct transport *transport, struct outcome *outcome)
{
    const struct link *link = transport->link;
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV}, *addresses;
    char port[16];
    snprintf(port, sizeof port, "%d", link->port);
    int unknown = getaddrinfo(link->host, port, &hints, &addresses);
    if (unknown) {
        *outcome = outcome_of(link, EHOSTUNREACH, "connection");
        snprintf(outcome->text, sizeof outcome->text, "host name %.40s: %.40s", link->host, gai_strerror(unknown));
        return -1;
    }
    int64_t until_us = clock_monotonic_us() + link->timeout_us;
    int error = ECONNREFUSED, fd = -1;
    for (const struct addrinfo *address = addresses; address && fd < 0; address = address->ai_next)
        error = connect_one(address, until_us, &fd);
    freeaddrinfo(addresses);
    if (fd < 0) {
        *outcome = outcome_of(link, error, "connection");
        return -1;
    }
    tcp_options(fd, link->timeout_us);
    modbus_set_socket(transport->modbus, fd);
    return 0;
}

static bool tcp_ready(struct transport *transport)
{
    char byte;
    return recv(modbus_get_socket(transport->modbus), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

static void tcp_recover(struct transport *transport, int error)
{
    (void)error;
    shut(transport);
}

/* --- serial lines */

static modbus_t *rtu_create(const struct link *link)
{
    return modbus_new_rtu(link->device, link->baud, link->parity, link->data_bits, link->stop_bits);
}

static int rtu_connect(struct transport *transport, struct outcome *outcome)
{
    errno = 0;
    if (modbus_connect(transport->modbus)) {
        *outcome = outcome_of(transport->link, errno ? errno : EIO, "device");
        return -1;
    }
    int fd = modbus_get_socket(transport->modbus);
    int error = fd >= FD_SETSIZE ? EMFILE : flock(fd, LOCK_EX | LOCK_NB) ? EWOULDBLOCK : 0;
    if (error) {
        *outcome = outcome_of(transport->link, error, "device");
        return -1;
    }
    return 0;
}

/* Discards what comes until the line was silent for 3.5 characters, for at most a second. */
static bool rtu_ready(struct transport *transport)
{
    int fd = modbus_get_socket(transport->modbus);
    int silence_ms = transport->suspect ? 4 + 38500 / transport->link->baud : 0;
    int64_t until_us = clock_monotonic_us() + SECOND_US;
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    char waste[256];
    while (poll(&wait, 1, silence_ms) > 0) {
        if ((wait.revents & (POLLERR | POLLHUP | POLLNVAL)) || read(fd, waste, sizeof waste) <= 0 || clock_monotonic_us() > until_us)
            return false;
        silence_ms = 4 + 38500 / transport->link->baud;
    }
    return true;
}

static void rtu_recover(struct transport *transport, int error)
{
    transport->suspect = true;
    if (error == EIO || error == ENXIO || error == EBADF || error == ENODEV || error == ECONNRESET || !rtu_ready(transport))
        shut(transport);
}

static const struct transport_kind kinds[] = {
    [LINK_TCP] = {tcp_create, tcp_connect, tcp_ready, tcp_recover},
    [LINK_RTU] = {rtu_create, rtu_connect, rtu_ready, rtu_recover},
};

/* --- any link */

struct transport *transport_create(const struct link *link)
{
    struct transport *transport = memory_zero(1, sizeof *transport);
    transport->link = link;
    transport->kind = &kinds[link->kind];
    return transport;
}

static void forget(struct transport *transport)
{
    if (!transport->modbus)
        return;
    shut(transport);
    modbus_free(transport->modbus);
    transport->modbus = NULL;
}

void transport_destroy(struct transport *transport)
{
    if (!transport)
        return;
    forget(transport);
    free(transport);
}

bool transport_is_open(const struct transport *transport)
{
    return transport->open;
}

struct outcome transport_open(struct transport *transport)
{
    const struct link *link = transport->link;
    struct outcome outcome = {.kind = OUTCOME_GOOD, .state = "online"};
    if (!transport->modbus && !(transport->modbus = transport->kind->create(link)))
        return outcome_of(link, errno ? errno : ENOMEM, "device");
    shut(transport);
    if (transport->kind->connect(transport, &outcome)) {
        shut(transport);
        return outcome;
    }
    int64_t frame_us = link->kind == LINK_RTU ? INT64_C(256) * 11 * SECOND_US / link->baud : 0;
    int64_t timeout_us = link->timeout_us + frame_us;
    modbus_set_response_timeout(transport->modbus, (uint32_t)(timeout_us / SECOND_US), (uint32_t)(timeout_us % SECOND_US));
    modbus_set_byte_timeout(transport->modbus, 0, 0); /* makes the response timeout a hard deadline */
    modbus_set_error_recovery(transport->modbus, MODBUS_ERROR_RECOVERY_NONE);
    transport->open = true;
    return outcome;
}

static int read_bits(modbus_t *modbus, enum area area, int first, int count, uint16_t *registers)
{
    uint8_t bits[MODBUS_MAX_READ_BITS];
    int got = area == AREA_COIL ? modbus_read_bits(modbus, first, count, bits) : modbus_read_input_bits(modbus, first, count, bits);
    for (int i = 0; i < got; i++)
        registers[i] = bits[i];
    return got;
}

struct outcome transport_read(struct transport *transport, int unit, enum area area, int first, int count, uint16_t *registers)
{
    if (!transport->open)
        return outcome_of(transport->link, ECONNRESET, "answer");
    if (!transport->kind->ready(transport)) {
        shut(transport);
        return outcome_of(transport->link, ECONNRESET, "answer");
    }
    int got;
    errno = 0;
    modbus_set_slave(transport->modbus, unit);
    if (area == AREA_HOLDING)
        got = modbus_read_registers(transport->modbus, first, count, registers);
    else if (area == AREA_INPUT)
        got = modbus_read_input_registers(transport->modbus, first, count, registers);
    else
        got = read_bits(transport->modbus, area, first, count, registers);
    if (got == count) {
        struct outcome good = {.kind = OUTCOME_GOOD, .state = "online", .quality = QUALITY_GOOD};
        if (transport->suspect)
            good.quality = QUALITY_UNCERTAIN_AFTER_TIMEOUT;
        transport->suspect = false;
        return good;
    }
    int error = errno ? errno : EMBBADDATA;
    struct outcome outcome = outcome_of(transport->link, error, "answer");
    if (outcome.kind != OUTCOME_EXCEPTION && outcome.kind != OUTCOME_NO_UNIT)
        transport->kind->recover(transport, error);
    return outcome;
}
