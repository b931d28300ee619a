#include "acquisition/transport.h"

#include "acquisition/connect.h"
#include "acquisition/mbap.h"
#include "acquisition/outcome.h"
#include "acquisition/rtu.h"

#include <errno.h>
#include <modbus/modbus.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { UNITS = 256, STRANGERS_MAX = 3 };

struct transport {
    const struct link *link;
    const struct transport_kind *kind;
    struct stream stream; /* fd -1: closed */
    struct mbap mbap;
    struct rtu rtu;
    int64_t patience_us; /* 0: the link's */
    int64_t ended_us;    /* of the request before, monotonic */
    int strangers;       /* requests in a row that something else answered */
    bool suspect[UNITS]; /* had a timeout: nothing in its answer says that it is not late */
};

/* What differs between kinds of link. */
struct transport_kind {
    int (*connect)(const struct link *link, const char **unknown);
    int (*exchange)(struct transport *transport, int unit, const struct pdu *request, struct pdu *answer, int64_t patience_us);
    void (*release)(int fd);
    bool socket, numbered; /* answers carry the number of their request */
};

/* --- kinds */

static int open_serial(const struct link *link, const char **unknown)
{
    (void)unknown;
    return connect_serial(link);
}

static void release_socket(int fd)
{
    close(fd);
}

static int ask_tcp(struct transport *transport, int unit, const struct pdu *request, struct pdu *answer, int64_t patience_us)
{
    int64_t until_us = clock_monotonic_us() + patience_us;
    return mbap_exchange(&transport->mbap, &transport->stream, unit, request, answer, until_us);
}

static int ask_rtu(struct transport *transport, int unit, const struct pdu *request, struct pdu *answer, int64_t patience_us)
{
    int error = rtu_exchange(&transport->rtu, &transport->stream, unit, request, answer, patience_us);
    return error == ECONNRESET && !transport->stream.socket ? EIO : error;
}

static const struct transport_kind kinds[] = {
    [LINK_TCP] = {connect_tcp, ask_tcp, release_socket, true, true},
    [LINK_RTU] = {open_serial, ask_rtu, connect_release_serial, false, false},
    [LINK_RTU_TCP] = {connect_tcp, ask_rtu, release_socket, true, false},
};

/* --- opening and closing */

struct transport *transport_create(const struct link *link)
{
    struct transport *transport = memory_zero(1, sizeof *transport);
    transport->link = link;
    transport->kind = &kinds[link->kind];
    transport->stream = (struct stream){.fd = -1, .socket = kinds[link->kind].socket, .prompt = link->kind == LINK_RTU_TCP};
    if (link->baud > 0)
        transport->rtu.character_us = (1 + link->data_bits + (link->parity != 'N') + link->stop_bits) * 1e6 / link->baud;
    return transport;
}

void transport_destroy(struct transport *transport)
{
    if (!transport)
        return;
    transport_close(transport);
    free(transport);
}

bool transport_is_open(const struct transport *transport)
{
    return transport->stream.fd >= 0;
}

void transport_close(struct transport *transport)
{
    if (transport_is_open(transport))
        transport->kind->release(transport->stream.fd);
    transport->stream.fd = -1;
    transport->mbap.n_held = 0;
    transport->strangers = 0;
}

struct outcome transport_open(struct transport *transport)
{
    const char *unknown = NULL;
    transport_close(transport);
    errno = 0;
    transport->stream.fd = transport->kind->connect(transport->link, &unknown);
    if (transport_is_open(transport))
        return (struct outcome){.kind = OUTCOME_GOOD, .state = "online"};
    struct outcome outcome = outcome_of(errno, "connection", transport->link->connect_timeout_us);
    outcome.kind = OUTCOME_LOST;
    if (unknown)
        snprintf(outcome.text, sizeof outcome.text, "host name %.40s: %.40s", transport->link->host, unknown);
    return outcome;
}

void transport_set_patience(struct transport *transport, int64_t patience_us)
{
    transport->patience_us = patience_us;
}

void transport_trace(struct transport *transport, void (*trace)(void *context, bool sent, const uint8_t *bytes, size_t count), void *context)
{
    transport->stream.trace = trace;
    transport->stream.context = context;
}

/* --- asking */

void transport_await_pause(const struct transport *transport)
{
    int64_t until_us = transport->ended_us + transport->link->pause_us;
    if (clock_monotonic_us() >= until_us)
        return;
    struct timespec until = {.tv_sec = until_us / SECOND_US, .tv_nsec = until_us % SECOND_US * 1000};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
        ;
}

static struct outcome succeed(struct transport *transport, int unit, const struct pdu *answer)
{
    transport->strangers = 0;
    if (pdu_exception(answer))
        return outcome_of_exception(pdu_exception(answer));
    struct outcome good = {.kind = OUTCOME_GOOD, .state = "online", .quality = QUALITY_GOOD};
    if (transport->suspect[unit])
        good.quality = QUALITY_UNCERTAIN_AFTER_TIMEOUT;
    transport->suspect[unit] = false;
    return good;
}

static struct outcome fail(struct transport *transport, int unit, int error, int64_t patience_us)
{
    struct outcome outcome = outcome_of(error, "answer", patience_us);
    bool *late = transport->kind->numbered ? &transport->mbap.late : &transport->rtu.late;
    if (outcome.kind == OUTCOME_TIMEOUT) {
        transport->suspect[unit] = !transport->kind->numbered;
        if (*late)
            snprintf(outcome.text + strlen(outcome.text), sizeof outcome.text - strlen(outcome.text), "; earlier ones came late: raise timeout");
        *late = false;
    }
    transport->strangers = outcome.kind == OUTCOME_GARBAGE ? transport->strangers + 1 : 0;
    bool no_modbus = error == EMBMDATA || transport->strangers >= STRANGERS_MAX;
    if (outcome.kind == OUTCOME_LOST || (no_modbus && transport->stream.socket))
        transport_close(transport);
    return outcome;
}

struct outcome transport_exchange(struct transport *transport, int unit, const struct pdu *request, struct pdu *answer)
{
    if (!transport_is_open(transport))
        return outcome_of(ECONNRESET, "answer", 0);
    int64_t patience_us = transport->patience_us ? transport->patience_us : transport->link->timeout_us;
    transport_await_pause(transport);
    int error = transport->kind->exchange(transport, unit, request, answer, patience_us);
    transport->ended_us = clock_monotonic_us();
    return error ? fail(transport, unit, error, patience_us) : succeed(transport, unit, answer);
}

struct outcome transport_read(struct transport *transport, int unit, enum area area, int first, int count, uint16_t *registers)
{
    struct pdu request = pdu_read(area, first, count), answer;
    struct outcome outcome = transport_exchange(transport, unit, &request, &answer);
    if (outcome.kind == OUTCOME_GOOD)
        pdu_values(&request, &answer, registers);
    return outcome;
}

struct outcome transport_write(struct transport *transport, int unit, int function, int first, int count, const uint16_t *registers)
{
    struct pdu request = pdu_write(function, first, count, registers), answer;
    return transport_exchange(transport, unit, &request, &answer);
}

struct outcome transport_write_masked(struct transport *transport, int unit, int address, uint16_t mask, uint16_t bits)
{
    struct pdu request = pdu_write_masked(address, mask, bits), answer;
    return transport_exchange(transport, unit, &request, &answer);
}
