#include "tui/board.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct link_row {
    const struct instrument *instrument; /* the plant's */
    struct link_status status;
    struct lessons lessons;
    int64_t now_us;
    double shared_use; /* of its link, by all its units together: 0 to 1 */
    bool known, stale;
};

#define ROW(name) const struct link_row *name = data

static bool online(const struct link_row *row)
{
    return row->known && !strcmp(row->status.state, "online");
}

static int worst_first(const void *a, const void *b)
{
    const struct link_row *left = a, *right = b;
    int rank = (online(left) && !left->stale) - (online(right) && !right->stale);
    return rank ? rank : strcmp(left->instrument->name, right->instrument->name);
}

/* A link's connections are lines of their own; its units are spread over them evenly. */
static void add_up(const struct plant *plant, struct link_row *rows, size_t count)
{
    double *uses = memory_zero(plant->n_links + 1, sizeof *uses);
    for (size_t i = 0; i < count; i++)
        if (rows[i].known && isfinite(rows[i].status.line_use))
            uses[rows[i].instrument->link - plant->links] += rows[i].status.line_use / rows[i].instrument->link->connections;
    for (size_t i = 0; i < count; i++)
        rows[i].shared_use = uses[rows[i].instrument->link - plant->links];
    free(uses);
}

static int load(const struct board_source *source, void **rows, size_t *count, struct error *err)
{
    (void)err;
    const struct plant *plant = source->plant;
    struct link_row *out = memory_zero(plant->n_instruments + 1, sizeof *out);
    *count = 0;
    for (size_t i = 0; i < plant->n_instruments; i++) {
        if (plant->instruments[i].tags[0].formula)
            continue; /* calculated, on no link */
        struct link_row *row = &out[(*count)++];
        row->instrument = &plant->instruments[i];
        row->now_us = source->now_us;
        row->known = row->instrument->id && !store_link_status(source->store, row->instrument->id, &row->status, NULL);
        if (!row->known || store_lessons(source->store, row->instrument->id, &row->lessons, NULL))
            row->lessons.count = 0;
        row->stale = !row->known || store_is_stale(row->status.last_answer_us, row->instrument->every_us, source->now_us);
    }
    add_up(plant, out, *count);
    qsort(out, *count, sizeof *out, worst_first);
    *rows = out;
    return 0;
}

static void put(struct cell *cell, const struct link_row *row, double number, int decimals)
{
    cell->number = row->known ? number : NAN;
    cell->decimals = decimals;
}

/* A round-trip; NAN before there was one. */
static double known(const struct link_row *row, double ms)
{
    return row->status.answers && ms > 0 ? ms : NAN;
}

static void put_address(struct cell *cell, const struct link_row *row)
{
    if (row->status.address[0])
        cell_text(cell, row->status.address);
    else
        snprintf(cell->text, sizeof cell->text, "%s unit %d", row->instrument->link->url, row->instrument->unit);
}

static void put_age(struct cell *cell, const struct link_row *row)
{
    char age[24];
    if (row->status.last_answer_us)
        snprintf(cell->text, sizeof cell->text, "%s%s", text_age(row->now_us - row->status.last_answer_us, age, sizeof age), row->stale ? " ?" : "");
    else
        cell_text(cell, "never ?");
}

static void put_next(struct cell *cell, const struct link_row *row)
{
    double wait_s = (double)(row->status.next_us - row->now_us) / SECOND_US;
    if (row->status.next_us && wait_s > 0)
        snprintf(cell->text, sizeof cell->text, "in %.*f s", wait_s < 9.95, wait_s);
    else
        cell_text(cell, row->status.next_us ? "now" : "--");
}

static int64_t errors(const struct link_status *status)
{
    return status->timeouts + status->exceptions + status->disconnects + status->protocol_errors;
}

#define GET(name, statements) CELL_GETTER(struct link_row, name, statements)
#define TEXT(value) cell_text(cell, value)
GET(instrument, TEXT(row->instrument->name))
GET(link, TEXT(row->instrument->link->name))
GET(address, put_address(cell, row))
GET(state, TEXT(row->known ? row->status.state : "unknown"))
GET(label, snprintf(cell->text, sizeof cell->text, "%c%s", online(row) ? ' ' : row->known ? '!' : '?', row->known ? row->status.state : "unknown"))
GET(requests, cell->integer = row->status.requests)
GET(answers, cell->integer = row->status.answers)
GET(timeouts, cell->integer = row->status.timeouts)
GET(exceptions, cell->integer = row->status.exceptions)
GET(disconnects, cell->integer = row->status.disconnects)
GET(protocol_errors, cell->integer = row->status.protocol_errors)
GET(skipped, cell->integer = row->status.skipped)
GET(errors, cell->integer = errors(&row->status))
GET(rtt, put(cell, row, known(row, row->status.rtt_ms), 2))
GET(rtt_mean, put(cell, row, known(row, row->status.rtt_mean_ms), 2))
GET(rtt_max, put(cell, row, known(row, row->status.rtt_max_ms), 1))
GET(lateness, put(cell, row, row->status.lateness_p99_ms, 2))
GET(rtt_p50, put(cell, row, known(row, row->status.rtt_p50_ms), 2))
GET(rtt_p99, put(cell, row, known(row, row->status.rtt_p99_ms), 2))
GET(turnaround, put(cell, row, row->status.turnaround_ms, 1))
GET(rate, put(cell, row, row->status.requests_s, 1))
GET(use, put(cell, row, 100 * row->status.line_use, 0))
GET(shared_use, put(cell, row, 100 * row->shared_use, 0))
GET(plan_requests, cell->integer = row->status.plan_requests)
GET(plan_registers, cell->integer = row->status.plan_registers)
GET(histogram, TEXT(row->status.rtt_histogram))
GET(learned, lessons_words(&row->lessons, cell->text, sizeof cell->text))
GET(last_error, TEXT(row->status.last_error))
GET(last_error_time, cell->integer = row->status.last_error_us)
GET(last_answer, cell->integer = row->status.last_answer_us)
GET(next, cell->integer = row->status.next_us)
GET(next_words, put_next(cell, row))
GET(age_words, put_age(cell, row))
GET(age, put(cell, row, row->status.last_answer_us ? (double)(row->now_us - row->status.last_answer_us) / 1000 : NAN, -1))
GET(stale, cell->integer = row->stale)

static const struct column columns[] = {
    {"instrument", "INSTRUMENT", COLUMN_TEXT, -12, get_instrument},
    {NULL, "STATE", COLUMN_TEXT, -11, get_label},
    {NULL, "ANSWER", COLUMN_TEXT, 8, get_age_words},
    {"rtt_ms", "RTT ms", COLUMN_NUMBER, 6, get_rtt},
    {"rtt_p99_ms", "P99 ms", COLUMN_NUMBER, 6, get_rtt_p99},
    {"requests_s", "REQ/s", COLUMN_NUMBER, 6, get_rate},
    {"line_use_percent", "LINE%", COLUMN_NUMBER, 5, get_use},
    {"link_use_percent", "ALL%", COLUMN_NUMBER, 4, get_shared_use},
    {NULL, "ERRORS", COLUMN_INTEGER, 6, get_errors},
    {"timeouts", "TIMEOUT", COLUMN_INTEGER, 7, get_timeouts},
    {NULL, "NEXT", COLUMN_TEXT, 9, get_next_words},
    {"requests", "REQUESTS", COLUMN_INTEGER, 9, get_requests},
    {"exceptions", "EXCEPT", COLUMN_INTEGER, 6, get_exceptions},
    {"disconnects", "DISCON", COLUMN_INTEGER, 6, get_disconnects},
    {"protocol_errors", "GARBLED", COLUMN_INTEGER, 7, get_protocol_errors},
    {"address", "ADDRESS", COLUMN_TEXT, -24, get_address},
    {"last_error", "LAST ERROR", COLUMN_TEXT, -40, get_last_error},
    {"link", "LINK", COLUMN_TEXT, -12, get_link},
    {"learned", "LEARNED", COLUMN_TEXT, -40, get_learned},
    {"turnaround_ms", "TURN ms", COLUMN_NUMBER, 7, get_turnaround},
    {"state", NULL, COLUMN_TEXT, -10, get_state},
    {"answers", NULL, COLUMN_INTEGER, 9, get_answers},
    {"skipped", NULL, COLUMN_INTEGER, 7, get_skipped},
    {"rtt_mean_ms", NULL, COLUMN_NUMBER, 6, get_rtt_mean},
    {"rtt_p50_ms", NULL, COLUMN_NUMBER, 6, get_rtt_p50},
    {"rtt_histogram", NULL, COLUMN_TEXT, -40, get_histogram},
    {"plan_requests", NULL, COLUMN_INTEGER, 6, get_plan_requests},
    {"plan_registers", NULL, COLUMN_INTEGER, 6, get_plan_registers},
    {"rtt_max_ms", NULL, COLUMN_NUMBER, 6, get_rtt_max},
    {"lateness_p99_ms", NULL, COLUMN_NUMBER, 6, get_lateness},
    {"last_error_time", NULL, COLUMN_TIME, 8, get_last_error_time},
    {"last_answer_time", NULL, COLUMN_TIME, 8, get_last_answer},
    {"next_time", NULL, COLUMN_TIME, 8, get_next},
    {"age_ms", NULL, COLUMN_NUMBER, 8, get_age},
    {"stale", NULL, COLUMN_BOOLEAN, 5, get_stale},
};

static const char *name(const void *data)
{
    ROW(row);
    return row->instrument->name;
}

static enum look look(const void *data)
{
    ROW(row);
    return !row->known ? LOOK_DIM : !online(row) ? LOOK_WARN : row->stale ? LOOK_DIM : LOOK_DEFAULT;
}

static void detail(const void *data, char *out, size_t size)
{
    ROW(row);
    struct cell address = {0};
    char age[24], when[40] = "";
    put_address(&address, row);
    if (row->status.last_error_us)
        snprintf(when, sizeof when, " (%s ago)", text_age(row->now_us - row->status.last_error_us, age, sizeof age));
    char trips[80] = "", learned[200] = "", words[160];
    if (row->known && row->status.answers)
        snprintf(trips, sizeof trips, "  round-trips %.3g ms, 99 %% within %.3g ms", row->status.rtt_p50_ms, row->status.rtt_p99_ms);
    if (row->lessons.count)
        snprintf(learned, sizeof learned, "  learned: %s", lessons_words(&row->lessons, words, sizeof words));
    snprintf(out, size, "%s  %s  %s%s%s%s", row->instrument->name, address.text,
             !row->known                 ? "the collector has not reported it yet"
             : row->status.last_error[0] ? row->status.last_error
                                         : "no errors",
             when, trips, learned);
}

/* --- all about one */

static void say_plan(const struct link_row *row, char *out, size_t size)
{
    const struct link_status *status = &row->status;
    snprintf(out, size, "%s on %s: %s  %d request%s, %d register%s  %lld skipped  late p99 %.3g ms", row->instrument->name,
             row->instrument->link->name, row->known ? status->state : "unknown", status->plan_requests, &"s"[status->plan_requests == 1],
             status -> plan_registers, &"s"[status->plan_registers == 1], (long long)status -> skipped, status -> lateness_p99_ms);
}

static void say_trips(const struct link_row *row, char *out, size_t size)
{
    const double ms[] = {row->status.rtt_ms, row->status.rtt_p50_ms, row->status.rtt_p99_ms, row->status.rtt_max_ms, row->status.turnaround_ms};
    static const char *const names[] = {"last", "p50", "p99", "max", "turn"};
    size_t used = (size_t)snprintf(out, size, "round-trip ms");
    for (size_t i = 0; i < sizeof ms / sizeof ms[0] && used < size; i++) {
        if (isnan(known(row, ms[i])))
            used += (size_t)snprintf(out + used, size - used, "  %s --", names[i]);
        else
            used += (size_t)snprintf(out + used, size - used, "  %s %.3g", names[i], ms[i]);
    }
}

static void say_errors(const struct link_row *row, char *out, size_t size)
{
    const struct link_status *status = &row->status;
    snprintf(out, size, "errors  timeouts %lld  exceptions %lld  broken %lld  garbled %lld  requests %lld", (long long)status->timeouts,
             (long long)status->exceptions, (long long)status->disconnects, (long long)status->protocol_errors, (long long)status->requests);
}

static void say_last(const struct link_row *row, char *out, size_t size)
{
    char age[24];
    if (row->status.last_error_us)
        snprintf(out, size, "last error  %s ago: %s", text_age(row->now_us - row->status.last_error_us, age, sizeof age), row->status.last_error);
    else
        snprintf(out, size, "last error  none");
}

static void say_learned(const struct link_row *row, char *out, size_t size)
{
    char words[300];
    snprintf(out, size, "learned  %s", row->lessons.count ? lessons_words(&row->lessons, words, sizeof words) : "no limits, no holes");
}

/* The line of the histogram's class: "up to 1.3 ms  #####  1234". False when there are no more. */
static bool say_class(const struct link_row *row, int place, char *out, size_t size)
{
    enum { BAR = 40 };
    const char *at = row->status.rtt_histogram;
    double ms, own_ms = 0;
    long long count, own = -1, most = 0;
    int used;
    for (int i = 0; sscanf(at, "%lf:%lld%n", &ms, &count, &used) == 2; i++, at += used) {
        most = count > most ? count : most;
        if (i == place)
            own = count, own_ms = ms;
    }
    if (own < 0)
        return false;
    int length = (int)((double)own * BAR / (double)(most ? most : 1) + 0.999);
    snprintf(out, size, "up to %6.3g ms  %-*.*s  %lld", own_ms, BAR, length, "########################################", own);
    return true;
}

bool board_links_line(const void *data, int line, char *out, size_t size)
{
    static void (*const lines[])(const struct link_row *row, char *out, size_t size) = {say_plan, say_trips, say_errors, say_last, say_learned};
    enum { LINES = sizeof lines / sizeof lines[0] };
    ROW(row);
    if (line >= LINES)
        return say_class(row, line - LINES, out, size);
    lines[line](row, out, size);
    return true;
}

const struct board board_links = {
    "links",
    "the plant has no instruments: add `instruments:` to its configuration",
    columns,
    sizeof columns / sizeof columns[0],
    sizeof(struct link_row),
    load,
    name,
    look,
    detail,
    NULL,
};
