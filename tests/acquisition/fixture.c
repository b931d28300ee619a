#include "tests/acquisition/fixture.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

struct plant *fixture_plant(const char *format, ...)
{
    char *body;
    va_list arguments;
    va_start(arguments, format);
    ck_assert_int_gt(vasprintf(&body, format, arguments), 0);
    va_end(arguments);
    char *text = memory_format("plant: {name: Test Works, timezone: UTC}\nstore: {path: plant.db}\n%s", body);
    struct problems problems = {0};
    struct plant *plant = plant_load(test_file("plant.yaml", text), &problems);
    ck_assert_msg(plant != NULL, "line %d: %s", problems.count ? problems.items[0].line : 0, problems.count ? problems.items[0].text : "");
    problems_free(&problems);
    free(text);
    free(body);
    return plant;
}

void fixture_wait(int (*ready)(void *context), void *context, const char *what)
{
    int64_t until_us = clock_monotonic_us() + 10 * SECOND_US;
    while (!ready(context)) {
        ck_assert_msg(clock_monotonic_us() < until_us, "waited 10 s for %s", what);
        usleep(2000);
    }
}

int fixture_listen(int *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, size), 0);
    ck_assert_int_eq(listen(fd, 8), 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    *port = ntohs(address.sin_port);
    return fd;
}

int fixture_free_port(void)
{
    int port, fd = fixture_listen(&port);
    close(fd);
    return port;
}
