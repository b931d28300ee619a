#include "acquisition/sim_server.h"

#include "acquisition/sim_channel.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS = 64, IDLE_MS = 1000, ALERT_MS = 10, GATEWAY_TARGET = 0x0b };

/* A descriptor that is waited for: the signals (no endpoint), a listener (no channel), a connection or a line. */
struct watch {
    struct endpoint *endpoint;
    struct sim_channel *channel;
    int fd;
    struct watch *next; /* of the endpoint's clients */
};

struct endpoint {
    struct sim_door door;
    struct watch listener;
    struct watch *clients;
    int64_t closed_until_us; /* an adapter that was pulled out, monotonic */
};

struct sim_server {
    const struct sim_play *play;
    struct endpoint *endpoints; /* of each link of the plant */
    size_t n_endpoints;
    const struct plant *plant;
    struct watch signals;
    int epoll;
    int64_t next_us; /* when an answer is due, monotonic; INT64_MAX: none waits */
};

static int watch(struct sim_server *server, struct watch *item)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = item};
    return epoll_ctl(server->epoll, EPOLL_CTL_ADD, item->fd, &event);
}

/* --- clients */

static struct watch *add_client(struct sim_server *server, struct endpoint *endpoint, int fd)
{
    struct watch *client = memory_zero(1, sizeof *client);
    *client = (struct watch){endpoint, sim_channel_create(endpoint->door.link, fd), fd, endpoint->clients};
    endpoint->clients = client;
    watch(server, client);
    return client;
}

/* A line's descriptor is its door's. */
static void remove_client(struct sim_server *server, struct watch *client)
{
    struct watch **place = &client->endpoint->clients;
    while (*place != client)
        place = &(*place)->next;
    *place = client->next;
    epoll_ctl(server->epoll, EPOLL_CTL_DEL, client->fd, NULL);
    if (!sim_door_is_line(client->endpoint->door.link))
        close(client->fd);
    sim_channel_free(client->channel);
    free(client);
}

/* A client that is gone before it is accepted, or one too many, is no reason to stop serving the others. */
static void accept_client(struct sim_server *server, struct endpoint *endpoint)
{
    int yes = 1, fd = accept4(endpoint->door.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0)
        return;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    add_client(server, endpoint, fd);
}

static void shut_endpoint(struct sim_server *server, struct endpoint *endpoint)
{
    while (endpoint->clients)
        remove_client(server, endpoint->clients);
    sim_door_close(&endpoint->door);
}

static int open_endpoint(struct sim_server *server, struct endpoint *endpoint, struct error *err)
{
    if (sim_door_open(&endpoint->door, err))
        return -1;
    if (sim_door_is_line(endpoint->door.link)) {
        add_client(server, endpoint, endpoint->door.fd);
        return 0;
    }
    endpoint->listener = (struct watch){.endpoint = endpoint, .fd = endpoint->door.fd};
    return watch(server, &endpoint->listener) ? error_set(err, ERR_INTERNAL, "cannot watch a port: %s", strerror(errno)) : 0;
}

/* --- requests */

static int compose(struct sim_server *server, struct sim_bank *bank, const struct sim_request *request, const struct fault *fault, uint8_t *pdu)
{
    struct sim_span span;
    if (fault && (fault->kind == FAULT_EXCEPTION || fault->kind == FAULT_ILLEGAL))
        return sim_answer_exception(request->pdu, fault->code, pdu);
    int length = sim_answer(bank, request->pdu, request->length, pdu);
    bool served = pdu[0] == request->pdu[0] && !(fault && (fault->kind == FAULT_DROP || fault->kind == FAULT_DISCONNECT));
    if (served && sim_answer_span(request->pdu, request->length, &span))
        sim_log_served(server->play->log, bank, &span, clock_now_us(), fault ? fault_kind_name(fault->kind) : "");
    return length;
}

/* -1: the connection is to be closed instead. */
static int answer(struct sim_server *server, struct watch *client, const struct sim_request *request, struct sim_bank *bank)
{
    const struct link *link = client->endpoint->door.link;
    uint8_t pdu[SIM_PDU_MAX], frame[SIM_FRAME_MAX];
    const struct fault *fault = bank ? sim_faults_draw(server->play->faults, link, request, clock_now_us()) : NULL;
    int length = bank ? compose(server, bank, request, fault, pdu) : sim_answer_exception(request->pdu, GATEWAY_TARGET, pdu);
    int64_t now_us = clock_monotonic_us();
    if (fault && fault->kind == FAULT_DISCONNECT) {
        client->endpoint->closed_until_us = now_us + fault->delay_us;
        return -1;
    }
    if (fault && fault->kind == FAULT_DROP)
        return 0;
    length = sim_frame_wrap(link, request, pdu, length, frame);
    int64_t due_us = now_us + sim_frame_line_us(link, request->length + length);
    if (fault)
        length = sim_faults_alter(server->play->faults, fault, link, frame, length);
    int64_t delay_us = fault && fault->kind == FAULT_DELAY ? fault->delay_us : 0, step_us = fault && fault->kind == FAULT_DRIP ? fault->delay_us : 0;
    sim_channel_answer(client->channel, request->unit, frame, length, due_us + delay_us, step_us);
    if (fault && fault->kind == FAULT_DUPLICATE)
        sim_channel_answer(client->channel, request->unit, frame, length, due_us + fault->delay_us, 0);
    return 0;
}

/* -1: the connection is over. */
static int serve(struct sim_server *server, struct watch *client)
{
    struct sim_request request;
    if (sim_channel_receive(client->channel, clock_monotonic_us()))
        return -1;
    const struct link *link = client->endpoint->door.link;
    while (sim_channel_request(client->channel, &request)) {
        struct sim_bank *bank = server->play->bank(server->play->context, link, request.unit);
        bool silent = bank ? bank->mute : sim_frame_is_serial(link);
        if (!silent && answer(server, client, &request, bank))
            return -1;
    }
    int64_t next_us = sim_channel_send(client->channel, clock_monotonic_us());
    if (next_us >= 0 && next_us < server->next_us)
        server->next_us = next_us;
    return next_us < 0 ? -1 : 0;
}

static void end_client(struct sim_server *server, struct watch *client)
{
    struct endpoint *endpoint = client->endpoint;
    if (sim_door_is_line(endpoint->door.link))
        shut_endpoint(server, endpoint);
    else
        remove_client(server, client);
}

/* --- time */

static void send_due(struct sim_server *server)
{
    int64_t now_us = clock_monotonic_us(), first_us = INT64_MAX;
    if (now_us < server->next_us)
        return;
    for (size_t i = 0; i < server->n_endpoints; i++)
        for (struct watch *client = server->endpoints[i].clients, *next; client; client = next) {
            next = client->next;
            int64_t next_us = sim_channel_send(client->channel, now_us);
            if (next_us < 0)
                end_client(server, client);
            else if (next_us < first_us)
                first_us = next_us;
        }
    server->next_us = first_us;
}

/* Opens and closes doors as the faults want it; true when some may change soon. */
static bool mind_doors(struct sim_server *server)
{
    bool alert = sim_faults_can_refuse(server->play->faults);
    int64_t now_us = clock_monotonic_us(), plant_us = clock_now_us();
    struct error err;
    for (size_t i = 0; i < server->n_endpoints; i++) {
        struct endpoint *endpoint = &server->endpoints[i];
        bool refuse = alert && sim_faults_refuse(server->play->faults, endpoint->door.link, plant_us), open = endpoint->door.fd >= 0;
        if (refuse && open)
            shut_endpoint(server, endpoint);
        else if (!refuse && !open && now_us >= endpoint->closed_until_us && open_endpoint(server, endpoint, &err)) {
            log_warning("%s", err.text);
            endpoint->closed_until_us = now_us + SECOND_US;
        }
    }
    for (size_t i = 0; i < server->n_endpoints; i++)
        alert = alert || server->endpoints[i].door.fd < 0;
    return alert;
}

static int wait_ms(const struct sim_server *server, int64_t until_us, bool alert)
{
    int64_t end_us = server->next_us < until_us ? server->next_us : until_us, most_ms = alert ? ALERT_MS : IDLE_MS;
    if (end_us == INT64_MAX)
        return (int)most_ms;
    int64_t left_ms = (end_us - clock_monotonic_us() + 999) / 1000;
    return left_ms < 0 ? 0 : left_ms < most_ms ? (int)left_ms : (int)most_ms;
}

int sim_server_run(struct sim_server *server, int64_t until_us, struct error *err)
{
    bool can_refuse = sim_faults_can_refuse(server->play->faults), alert = can_refuse;
    for (;;) {
        struct epoll_event events[EVENTS];
        int count = epoll_wait(server->epoll, events, EVENTS, wait_ms(server, until_us, alert));
        if (count < 0 && errno != EINTR)
            return error_set(err, ERR_INTERNAL, "cannot wait for requests: %s", strerror(errno));
        if (until_us != INT64_MAX && clock_monotonic_us() >= until_us)
            return 0;
        if (count <= 0) {
            server->play->bank(server->play->context, NULL, -1);
            sim_log_flush(server->play->log);
        }
        for (int i = 0; i < count; i++) {
            struct watch *item = events[i].data.ptr;
            if (!item->endpoint)
                return 0;
            if (!item->channel)
                accept_client(server, item->endpoint);
            else if (serve(server, item)) {
                alert = alert || sim_door_is_line(item->endpoint->door.link);
                end_client(server, item);
            }
        }
        send_due(server);
        if (alert)
            alert = mind_doors(server);
    }
}

/* --- beginning and end */

static int watch_signals(struct sim_server *server, struct error *err)
{
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGHUP);
    sigprocmask(SIG_BLOCK, &ends, NULL);
    signal(SIGPIPE, SIG_IGN);
    server->signals.fd = signalfd(-1, &ends, SFD_CLOEXEC);
    if (server->signals.fd < 0 || watch(server, &server->signals))
        return error_set(err, ERR_INTERNAL, "cannot wait for signals: %s", strerror(errno));
    return 0;
}

static void allow_many_clients(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit))
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

struct sim_server *sim_server_create(const struct plant *plant, const struct sim_play *play, struct error *err)
{
    struct sim_server *server = memory_zero(1, sizeof *server);
    server->play = play;
    server->plant = plant;
    server->next_us = INT64_MAX;
    server->signals.fd = -1;
    server->endpoints = memory_zero(plant->n_links + 1, sizeof *server->endpoints);
    server->epoll = epoll_create1(EPOLL_CLOEXEC);
    allow_many_clients();
    int failed = server->epoll < 0 ? error_set(err, ERR_INTERNAL, "cannot wait for requests: %s", strerror(errno)) : watch_signals(server, err);
    for (size_t i = 0; i < plant->n_links && !failed; i++) {
        struct endpoint *endpoint = &server->endpoints[server->n_endpoints++];
        sim_door_init(&endpoint->door, &plant->links[i]);
        failed = open_endpoint(server, endpoint, err);
    }
    if (!failed)
        return server;
    sim_server_free(server);
    return NULL;
}

void sim_server_free(struct sim_server *server)
{
    if (!server)
        return;
    for (size_t i = 0; i < server->n_endpoints; i++)
        shut_endpoint(server, &server->endpoints[i]);
    if (server->signals.fd >= 0)
        close(server->signals.fd);
    if (server->epoll >= 0)
        close(server->epoll);
    free(server->endpoints);
    free(server);
}

const struct sim_door *sim_server_door(const struct sim_server *server, const struct link *link)
{
    return &server->endpoints[link - server->plant->links].door;
}
