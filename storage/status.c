/* The present: links, collector, the plant's log, standings. */
#include "storage/private.h"

#include <string.h>

int record_event(struct store *store, int64_t time_us, const char *kind, const char *object, const char *text, struct error *err)
{
    return query_run(store, QUERY_EVENT_ADD, err, "ittt", time_us, kind, object, text);
}

int store_events(struct store *store, int64_t from_us, int64_t to_us, int most, struct event **events, size_t *count, struct error *err)
{
    *events = NULL;
    *count = 0;
    sqlite3_stmt *statement = query_start(store, QUERY_EVENTS, err, "iiw", from_us, to_us, most);
    if (!statement)
        return -1;
    size_t room = 0;
    int more;
    while ((more = query_next(store, statement, err)) == 1) {
        memory_grow((void **)events, &room, *count, sizeof **events);
        struct event *event = &(*events)[(*count)++];
        query_row(statement, "ittt", &event->time_us, event->kind, sizeof event->kind, event->object, sizeof event->object, event->text,
                  sizeof event->text);
    }
    query_end(statement);
    return more;
}

int record_link_status(struct store *store, const struct link_status *s, struct error *err)
{
    return query_run(store, QUERY_LINK_STATUS_SET, err, "iiiittiiiiiiidddditdddddwwt", s->instrument, s->time_us, s->last_answer_us, s->last_error_us,
                     s->state, s->last_error, s->requests, s->answers, s->timeouts, s->exceptions, s->disconnects, s->protocol_errors, s->skipped,
                     s->rtt_ms, s->rtt_mean_ms, s->rtt_max_ms, s->lateness_p99_ms, s->next_us, s->address, s->requests_s, s->line_use,
                     s->rtt_p50_ms, s->rtt_p99_ms, s->turnaround_ms, s->plan_requests, s->plan_registers, s->rtt_histogram);
}

int store_link_status(struct store *store, int64_t instrument, struct link_status *s, struct error *err)
{
    memset(s, 0, sizeof *s);
    sqlite3_stmt *statement = query_start(store, QUERY_LINK_STATUS, err, "i", instrument);
    if (!statement)
        return -1;
    int found = query_next(store, statement, err);
    if (found == 1)
        query_row(statement, "iiiittiiiiiiidddditdddddwwt", &s->instrument, &s->time_us, &s->last_answer_us, &s->last_error_us, s->state, sizeof s->state,
                  s->last_error, sizeof s->last_error, &s->requests, &s->answers, &s->timeouts, &s->exceptions, &s->disconnects, &s->protocol_errors,
                  &s->skipped, &s->rtt_ms, &s->rtt_mean_ms, &s->rtt_max_ms, &s->lateness_p99_ms, &s->next_us, s->address, sizeof s->address, &s->requests_s,
                  &s->line_use, &s->rtt_p50_ms, &s->rtt_p99_ms, &s->turnaround_ms, &s->plan_requests, &s->plan_registers, s->rtt_histogram,
                  sizeof s->rtt_histogram);
    query_end(statement);
    return found == 0 ? error_set(err, ERR_NOT_FOUND, "instrument %lld has not been polled yet", (long long)instrument) : found < 0 ? -1 : 0;
}

int record_collector_status(struct store *store, const struct collector_status *s, struct error *err)
{
    return query_run(store, QUERY_COLLECTOR_STATUS_SET, err, "iiiiiiiidd", s->time_us, s->started_us, s->pid, s->queued, s->dropped, s->commits,
                     s->readings, s->measurements, s->commit_ms_mean, s->commit_ms_max);
}

int store_collector_status(struct store *store, struct collector_status *s, struct error *err)
{
    memset(s, 0, sizeof *s);
    sqlite3_stmt *statement = query_start(store, QUERY_COLLECTOR_STATUS, err, "");
    if (!statement)
        return -1;
    int found = query_next(store, statement, err);
    if (found == 1)
        query_row(statement, "iiiiiiiidd", &s->time_us, &s->started_us, &s->pid, &s->queued, &s->dropped, &s->commits, &s->readings, &s->measurements,
                  &s->commit_ms_mean, &s->commit_ms_max);
    query_end(statement);
    return found == 0 ? error_set(err, ERR_NOT_FOUND, "no collector has run on %s yet: `gemba collect` starts one", store->path) : found < 0 ? -1 : 0;
}

int record_standing(struct store *store, const struct standing *s, struct error *err)
{
    const struct moments *m = &s->moments;
    const struct within *w = &s->within;
    return query_run(store, QUERY_STANDING_SET, err, "iidwiiddddddidddiiiiiinii", s->characteristic, s->time_us, s->last, (int)s->quality, s->points,
                     m->n, m->mean, m->m2, m->m3, m->m4, m->min, m->max, w->subgroups, w->ss, w->ss_df, w->mr_sum, w->mr_count, s->below, s->above,
                     s->signals, (int64_t)s->location_rules, (int64_t)s->dispersion_rules, s->limits, s->exclusion, s->exclusion_point);
}

int store_standing(struct store *store, int64_t characteristic, struct standing *s, struct error *err)
{
    memset(s, 0, sizeof *s);
    struct moments *m = &s->moments;
    struct within *w = &s->within;
    sqlite3_stmt *statement = query_start(store, QUERY_STANDING, err, "i", characteristic);
    if (!statement)
        return -1;
    int found = query_next(store, statement, err);
    if (found == 1)
        query_row(statement, "iiduiiddddddidddiiiiuuiii", &s->characteristic, &s->time_us, &s->last, &s->quality, &s->points, &m->n, &m->mean, &m->m2,
                  &m->m3, &m->m4, &m->min, &m->max, &w->subgroups, &w->ss, &w->ss_df, &w->mr_sum, &w->mr_count, &s->below, &s->above, &s->signals,
                  &s->location_rules, &s->dispersion_rules, &s->limits, &s->exclusion, &s->exclusion_point);
    query_end(statement);
    return found == 0 ? error_set(err, ERR_NOT_FOUND, "characteristic %lld has no values yet", (long long)characteristic) : found < 0 ? -1 : 0;
}

bool store_is_stale(int64_t time_us, int64_t every_us, int64_t now_us)
{
    double on_the_way_us = 2 * (double)SECOND_US * clock_speed();
    return time_us == 0 || (double)(now_us - time_us) > 2.5 * (double)every_us + on_the_way_us;
}
