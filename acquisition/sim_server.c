#include "acquisition/sim_server.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 16, EVENTS = 64, IDLE_MS = 1000, HALF_FRAME_US = 100000 };

struct endpoint {
    const struct link *link;
    modbus_t *modbus; /* lent to one connection after the other */
    int listener;
};

/* What an event is about. */
struct watch {
    struct endpoint *endpoint; /* NULL: the signals */
    int fd;
};

struct sim_server {
    struct endpoint *endpoints;
    size_t n_endpoints;
    struct watch **watches; /* by descriptor */
    int epoll;
};

static int watch(struct sim_server *server, struct endpoint *endpoint, int fd, struct error *err)
{
    if (fd >= FD_SETSIZE) /* libmodbus waits with select */
        return error_set(err, ERR_IO, "more than %d connections at once are too many for the simulator", FD_SETSIZE);
    struct watch *item = memory_zero(1, sizeof *item);
    *item = (struct watch){endpoint, fd};
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = item};
    if (epoll_ctl(server->epoll, EPOLL_CTL_ADD, fd, &event)) {
        free(item);
        return error_set(err, ERR_IO, "cannot watch a connection: %s", strerror(errno));
    }
    server->watches[fd] = item;
    return 0;
}

static void unwatch(struct sim_server *server, int fd)
{
    free(server->watches[fd]);
    server->watches[fd] = NULL;
    close(fd);
}

static int explain(const struct link *link, int reason, struct error *err)
{
    const char *host = link->host, *name = link->name;
    if (reason == EADDRINUSE)
        return error_set(err, ERR_COMMUNICATION,
                         "link '%s': port %d at %s is in use, perhaps by another simulator: end it, or give the link another port", name, link->port,
                         host);
    if (reason == EACCES || reason == EPERM)
        return error_set(err, ERR_COMMUNICATION, "link '%s': port %d at %s is not for ordinary accounts: give the link a port from 1024 on", name,
                         link->port, host);
    if (reason == EADDRNOTAVAIL || reason == ECONNREFUSED)
        return error_set(err, ERR_COMMUNICATION,
                         "link '%s': %s is no address of this machine: to simulate the plant here, give the link a url such as tcp://127.0.0.1:%d",
                         name, host, link->port > 1023 ? link->port : 15020);
    return error_set(err, ERR_COMMUNICATION, "link '%s': cannot listen at %s, port %d: %s", name, host, link->port, modbus_strerror(reason));
}

static int listen_at(struct sim_server *server, const struct link *link, struct error *err)
{
    char port[16];
    snprintf(port, sizeof port, "%d", link->port);
    struct endpoint *endpoint = &server->endpoints[server->n_endpoints++];
    *endpoint = (struct endpoint){link, modbus_new_tcp_pi(link->host, port), -1};
    if (!endpoint->modbus)
        return explain(link, errno, err);
    modbus_set_byte_timeout(endpoint->modbus, 0, HALF_FRAME_US);
    modbus_set_response_timeout(endpoint->modbus, 0, 1000); /* what libmodbus sleeps before it refuses a malformed request */
    endpoint->listener = modbus_tcp_pi_listen(endpoint->modbus, BACKLOG);
    if (endpoint->listener < 0)
        return explain(link, errno, err);
    return watch(server, endpoint, endpoint->listener, err);
}

static int watch_signals(struct sim_server *server, struct error *err)
{
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGHUP);
    sigprocmask(SIG_BLOCK, &ends, NULL);
    int fd = signalfd(-1, &ends, SFD_CLOEXEC);
    if (fd < 0)
        return error_set(err, ERR_INTERNAL, "cannot wait for signals: %s", strerror(errno));
    return watch(server, NULL, fd, err);
}

struct sim_server *sim_server_create(const struct plant *plant, struct error *err)
{
    struct sim_server *server = memory_zero(1, sizeof *server);
    server->endpoints = memory_zero(plant->n_links + 1, sizeof *server->endpoints);
    server->watches = memory_zero(FD_SETSIZE, sizeof(struct watch *));
    server->epoll = epoll_create1(EPOLL_CLOEXEC);
    int failed = server->epoll < 0 ? error_set(err, ERR_INTERNAL, "cannot wait for requests: %s", strerror(errno)) : watch_signals(server, err);
    for (size_t i = 0; i < plant->n_links && !failed; i++)
        if (plant->links[i].kind == LINK_TCP)
            failed = listen_at(server, &plant->links[i], err);
    if (!failed)
        return server;
    sim_server_free(server);
    return NULL;
}

void sim_server_free(struct sim_server *server)
{
    if (!server)
        return;
    for (int fd = 0; fd < FD_SETSIZE; fd++)
        if (server->watches[fd])
            unwatch(server, fd);
    for (size_t i = 0; i < server->n_endpoints; i++)
        if (server->endpoints[i].modbus)
            modbus_free(server->endpoints[i].modbus);
    if (server->epoll >= 0)
        close(server->epoll);
    free(server->watches);
    free(server->endpoints);
    free(server);
}

/* A client that is gone before it is accepted, or one too many, is no reason to stop serving the others. */
static void accept_client(struct sim_server *server, struct endpoint *endpoint)
{
    int fd = accept4(endpoint->listener, NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0)
        return;
    struct timeval patience = {.tv_usec = HALF_FRAME_US};
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    struct error err;
    if (!watch(server, endpoint, fd, &err))
        return;
    log_warning("link '%s': connection refused: %s", endpoint->link->name, err.text);
    close(fd);
}

/* -1: the connection is over. */
static int serve(struct endpoint *endpoint, int fd, sim_lookup lookup, void *context)
{
    uint8_t request[MODBUS_TCP_MAX_ADU_LENGTH];
    modbus_set_socket(endpoint->modbus, fd);
    int length = modbus_receive(endpoint->modbus, request);
    if (length <= 0)
        return length;
    int unit = request[modbus_get_header_length(endpoint->modbus) - 1];
    struct sim_bank *bank = lookup(context, endpoint->link, unit);
    if (!bank)
        return modbus_reply_exception(endpoint->modbus, request, MODBUS_EXCEPTION_GATEWAY_TARGET);
    if (bank->mute)
        return 0;
    return modbus_reply(endpoint->modbus, request, length, bank->mapping);
}

int sim_server_run(struct sim_server *server, int64_t until_us, sim_lookup lookup, void *context, struct error *err)
{
    for (;;) {
        int64_t left_ms = (until_us - clock_monotonic_us() + 999) / 1000;
        if (until_us != INT64_MAX && left_ms <= 0)
            return 0;
        struct epoll_event events[EVENTS];
        int count = epoll_wait(server->epoll, events, EVENTS, until_us != INT64_MAX && left_ms < IDLE_MS ? (int)left_ms : IDLE_MS);
        if (count < 0 && errno != EINTR)
            return error_set(err, ERR_INTERNAL, "cannot wait for requests: %s", strerror(errno));
        if (count <= 0)
            lookup(context, NULL, -1);
        for (int i = 0; i < count; i++) {
            const struct watch *item = events[i].data.ptr;
            if (!item->endpoint)
                return 0;
            if (item->fd == item->endpoint->listener)
                accept_client(server, item->endpoint);
            else if (serve(item->endpoint, item->fd, lookup, context) < 0)
                unwatch(server, item->fd);
        }
    }
}
