#include "acquisition/scout.h"

int scout_open(struct scout *scout, const char *url, int64_t timeout_us, struct error *err)
{
    char why[240];
    *scout = (struct scout){.arena = arena_create(), .link = {.timeout_us = timeout_us, .connect_timeout_us = 3 * SECOND_US, .connections = 1}};
    scout->link.name = scout->link.url = arena_text(scout->arena, url);
    if (url_parse(url, &scout->link, scout->arena, why, sizeof why))
        error_set(err, ERR_USAGE, "%s", why);
    else {
        scout->transport = transport_create(&scout->link);
        struct outcome outcome = transport_open(scout->transport);
        if (outcome.kind == OUTCOME_GOOD)
            return 0;
        error_set(err, ERR_COMMUNICATION, "%.200s: %s", url, outcome.text);
    }
    scout_close(scout);
    return -1;
}

void scout_close(struct scout *scout)
{
    transport_destroy(scout->transport);
    arena_destroy(scout->arena);
    *scout = (struct scout){0};
}

struct outcome scout_read(struct scout *scout, int unit, enum area area, int first, int count, uint16_t *registers)
{
    if (!transport_is_open(scout->transport)) {
        struct outcome outcome = transport_open(scout->transport);
        if (outcome.kind != OUTCOME_GOOD)
            return outcome;
    }
    return transport_read(scout->transport, unit, area, first, count, registers);
}
