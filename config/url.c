#include "config/url.h"

#include "config/text.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reason {
    char *text;
    size_t size;
};

__attribute__((format(printf, 2, 3))) static int fail(const struct reason *reason, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reason->text, reason->size, format, arguments);
    va_end(arguments);
    return -1;
}

/* Decimal digits only; -1 when it is anything else. */
static int number(const char *text)
{
    size_t length = strlen(text);
    return length > 0 && length <= 7 && strspn(text, "0123456789") == length ? atoi(text) : -1;
}

/* HOST[:port]; standard_port 0: it must be given. */
static int read_host(const char *rest, int standard_port, struct link *link, struct arena *arena, const struct reason *why)
{
    char *host = arena_text(arena, rest), *port = NULL;
    size_t length = strlen(host);
    if (length > 0 && host[length - 1] == '/')
        host[length - 1] = '\0';
    if (host[0] == '[') {
        char *end = strchr(host, ']');
        if (!end || (end[1] && end[1] != ':') || end == host + 1 || strspn(host + 1, "0123456789abcdefABCDEF:.%") != (size_t)(end - host - 1))
            return fail(why, "'%.80s' is no IPv6 address in brackets; like tcp://[fd00::17]:502", rest);
        port = end[1] ? end + 2 : NULL;
        *end = '\0';
        host++;
    } else {
        port = strchr(host, ':');
        if (port && strchr(port + 1, ':'))
            return fail(why, "an IPv6 address goes into brackets: tcp://[fd00::17]:502");
        if (port)
            *port++ = '\0';
        for (const char *c = host; *c; c++)
            if (!isalnum((unsigned char)*c) && !strchr(".-_", *c))
                return fail(why, "'%c' cannot be in a host name; like tcp://10.0.3.17:502", *c);
    }
    if (!*host)
        return fail(why, "there is no host; like tcp://10.0.3.17:502");
    link->host = host;
    link->port = port ? number(port) : standard_port;
    if (!port && !standard_port)
        return fail(why, "there is no port; like rtutcp://10.0.3.17:4001, where the serial server listens");
    if (link->port < 1 || link->port > 65535)
        return fail(why, "'%.20s' is no port: 1 to 65535, usually 502", port);
    return 0;
}

static int read_tcp(const char *rest, struct link *link, struct arena *arena, const struct reason *why)
{
    link->kind = LINK_TCP;
    return read_host(rest, 502, link, arena, why);
}

/* libmodbus 3.1.6 opens the line at 9600 when it does not know the rate, and says nothing: each of these was read back from a terminal. */
static const int known_bauds[] = {110,    300,    600,    1200,   2400,    4800,    9600,    19200,   38400,   57600,   115200, 230400,
                                  460800, 500000, 576000, 921600, 1000000, 1152000, 1500000, 2500000, 3000000, 3500000, 4000000};

static int read_baud(const char *value, struct link *link, const struct reason *why)
{
    int baud = number(value), nearest = known_bauds[0];
    for (size_t i = 0; i < sizeof known_bauds / sizeof known_bauds[0]; i++) {
        if (known_bauds[i] == baud) {
            link->baud = baud;
            return 0;
        }
        if (abs(known_bauds[i] - baud) < abs(nearest - baud))
            nearest = known_bauds[i];
    }
    if (baud < 0)
        return fail(why, "baud '%.20s' is no number; usually 9600, 19200, 38400 or 115200", value);
    return fail(why, "baud %d is not supported (the line would silently run at 9600): the nearest is %d", baud, nearest);
}

static int read_parity(const char *value, struct link *link, const struct reason *why)
{
    static const char *const names[] = {"none", "even", "odd"};
    for (size_t i = 0; i < 3; i++)
        if (!strcmp(value, names[i])) {
            link->parity = (char)toupper((unsigned char)names[i][0]);
            return 0;
        }
    return fail(why, "parity '%.20s' is none of none, even and odd", value);
}

static int read_data(const char *value, struct link *link, const struct reason *why)
{
    link->data_bits = number(value);
    return link->data_bits == 8 ? 0 : fail(why, "data '%.20s': Modbus RTU has 8 data bits", value);
}

static int read_stop(const char *value, struct link *link, const struct reason *why)
{
    link->stop_bits = number(value);
    return link->stop_bits == 1 || link->stop_bits == 2 ? 0 : fail(why, "stop '%.20s' is neither 1 nor 2", value);
}

static const struct parameter {
    const char *name;
    int (*read)(const char *value, struct link *link, const struct reason *why);
} parameters[] = {{"baud", read_baud}, {"parity", read_parity}, {"data", read_data}, {"stop", read_stop}};
enum { PARAMETERS = sizeof parameters / sizeof parameters[0] };

static int read_parameter(char *text, unsigned *seen, struct link *link, const struct reason *why)
{
    const char *names[PARAMETERS];
    char *value = strchr(text, '=');
    if (!value)
        return fail(why, "'%.40s' has no value; like baud=19200", text);
    *value++ = '\0';
    for (size_t i = 0; i < PARAMETERS; i++) {
        names[i] = parameters[i].name;
        if (strcmp(text, names[i]) != 0)
            continue;
        if (*seen & 1u << i)
            return fail(why, "'%s' is given twice", text);
        *seen |= 1u << i;
        return parameters[i].read(value, link, why);
    }
    const char *nearest = text_nearest(text, names, PARAMETERS);
    if (nearest)
        return fail(why, "unknown parameter '%.40s': did you mean '%s'?", text, nearest);
    return fail(why, "unknown parameter '%.40s': known are baud, parity, data and stop", text);
}

static int read_parameters(char *query, struct link *link, const struct reason *why)
{
    unsigned seen = 0;
    for (char *parameter = strsep(&query, "&"); parameter; parameter = strsep(&query, "&"))
        if (read_parameter(parameter, &seen, link, why) != 0)
            return -1;
    return 0;
}

static int read_rtu(const char *rest, struct link *link, struct arena *arena, const struct reason *why)
{
    char *device = arena_text(arena, rest), *query = strchr(device, '?');
    if (query)
        *query++ = '\0';
    if (device[0] != '/' || !device[1])
        return fail(why, "'%.80s' is no path of a device; like rtu:///dev/ttyUSB0 (three slashes)", device);
    link->kind = LINK_RTU;
    link->device = device;
    link->baud = 19200, link->parity = 'E', link->data_bits = 8, link->stop_bits = 1;
    return read_parameters(query, link, why);
}

/* The parameters are those of the line behind the serial server, which is set up there: they say how long a frame takes. */
static int read_rtutcp(const char *rest, struct link *link, struct arena *arena, const struct reason *why)
{
    char *host = arena_text(arena, rest), *query = strchr(host, '?');
    if (query)
        *query++ = '\0';
    link->kind = LINK_RTU_TCP;
    link->baud = 0, link->parity = 'E', link->data_bits = 8, link->stop_bits = 1;
    if (read_host(host, 0, link, arena, why) != 0)
        return -1;
    return read_parameters(query, link, why);
}

static const struct {
    const char *scheme;
    int (*read)(const char *rest, struct link *link, struct arena *arena, const struct reason *why);
} schemes[] = {{"tcp://", read_tcp}, {"rtu://", read_rtu}, {"rtutcp://", read_rtutcp}};

int url_parse(const char *url, struct link *link, struct arena *arena, char *why, size_t size)
{
    const struct reason reason = {why, size};
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
        if (!strncmp(url, schemes[i].scheme, strlen(schemes[i].scheme)))
            return schemes[i].read(url + strlen(schemes[i].scheme), link, arena, &reason);
    const char *end = strstr(url, "://");
    if (!end)
        return fail(&reason, "'%.80s' has no scheme; tcp://10.0.3.17:502 or rtu:///dev/ttyUSB0", url);
    return fail(&reason, "unknown scheme '%.*s': known are tcp://HOST[:502], rtu:///dev/... and rtutcp://HOST:PORT",
                end - url > 20 ? 20 : (int)(end - url), url);
}
