#include "acquisition/link.h"

#include "acquisition/station.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { STACK_BYTES = 256 * 1024 };
static const int64_t backoff_least_us = SECOND_US / 2, backoff_most_us = 30 * SECOND_US;
static const int64_t backoff_serial_us = 5 * SECOND_US, silent_us = 5 * SECOND_US;

struct link_worker {
    const struct link *link;
    int connection; /* of the link's, from 0 */
    struct queue *queue;
    struct transport *transport;
    struct station *stations;
    size_t n_stations;
    int64_t backoff_us, retry_us; /* of the connection; retry_us on the monotonic clock */
    struct outcome lost;          /* why it is not connected */
    int64_t heard_us;             /* monotonic: when it was connected, or anything was answered */
    unsigned random;
    pthread_t thread;
    sem_t calling;         /* posted when there is something to write, or the worker is to end */
    pthread_mutex_t mutex; /* of what follows */
    bool end;
    struct link_status *statuses; /* copies of the stations' */
    struct write_job *asked, *written;
};

/* Sleeps until then, or not at all for 0; true when it was called before. */
static bool called(struct link_worker *worker, int64_t until_us)
{
    struct timespec until = {.tv_sec = until_us / SECOND_US, .tv_nsec = until_us % SECOND_US * 1000};
    int status;
    if (!until_us)
        return !sem_trywait(&worker->calling);
    while ((status = sem_clockwait(&worker->calling, CLOCK_MONOTONIC, &until)) && errno == EINTR)
        ;
    return !status;
}

/* When it wants the line. A poll in progress that need not wait goes on before anything else. */
static int64_t due_us(const struct station *station)
{
    int64_t ready_us = station->round.ready_us;
    return station->round.poll || ready_us > station->next_us ? ready_us : station->next_us;
}

static struct station *next_station(struct link_worker *worker)
{
    struct station *next = &worker->stations[0];
    for (size_t i = 1; i < worker->n_stations; i++)
        if (due_us(&worker->stations[i]) < due_us(next))
            next = &worker->stations[i];
    return next;
}

static void sleep_until(int64_t when_us)
{
    struct timespec when = {.tv_sec = when_us / SECOND_US, .tv_nsec = when_us % SECOND_US * 1000};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &when, NULL) == EINTR)
        ;
}

/* Connects when it is time to; afterwards worker->lost says why not. */
static bool connected(struct link_worker *worker)
{
    if (transport_is_open(worker->transport))
        return true;
    if (clock_monotonic_us() < worker->retry_us)
        return false;
    worker->lost = transport_open(worker->transport);
    if (worker->lost.kind == OUTCOME_GOOD) {
        worker->backoff_us = 0;
        worker->heard_us = clock_monotonic_us() + worker->link->pause_after_connect_us;
        sleep_until(worker->heard_us);
        return true;
    }
    worker->backoff_us = worker->backoff_us ? worker->backoff_us * 2 : backoff_least_us;
    int64_t most_us = worker->link->kind == LINK_RTU ? backoff_serial_us : backoff_most_us; /* a plug is cheap to look for */
    if (worker->backoff_us > most_us)
        worker->backoff_us = most_us;
    double jitter = 0.8 + 0.4 * rand_r(&worker->random) / RAND_MAX;
    worker->retry_us = clock_monotonic_us() + llround((double)worker->backoff_us * jitter);
    return false;
}

/* All of its instruments are silent, and for a while: the connection may be dead without a word, or the device ignore it. */
static bool all_silent(const struct link_worker *worker)
{
    for (size_t i = 0; i < worker->n_stations; i++)
        if (worker->stations[i].failures < 2)
            return false;
    return clock_monotonic_us() - worker->heard_us > silent_us;
}

static void after_poll(struct link_worker *worker, const struct outcome *outcome)
{
    if (outcome->kind != OUTCOME_TIMEOUT && outcome->kind != OUTCOME_LOST)
        worker->heard_us = clock_monotonic_us();
    else if (all_silent(worker))
        transport_close(worker->transport);
}

static int count_dead(const struct link_worker *worker)
{
    int dead = 0;
    for (size_t i = 0; i < worker->n_stations; i++)
        dead += worker->stations[i].failures > 0;
    return dead;
}

/* What came of a poll. asked: the instrument itself was asked. */
static void conclude(struct link_worker *worker, struct station *station, struct poll *poll, const struct outcome *outcome, bool asked)
{
    if (outcome->kind != OUTCOME_GOOD)
        station->probe.dead = count_dead(worker);
    if (station_note(station, poll, outcome, asked))
        queue_push(worker->queue, poll);
    else
        poll_free(poll);
    after_poll(worker, outcome);
}

/* Begins the poll that is due; false when there is no connection to ask on. */
static bool begin_poll(struct link_worker *worker, struct station *station)
{
    bool fresh = !transport_is_open(worker->transport);
    if (connected(worker)) {
        station_begin(station, fresh);
        return true;
    }
    conclude(worker, station, station_unread(station, &worker->lost), &worker->lost, false);
    return false;
}

/* Sends one request of its poll; true when the poll is over. */
static bool poll_on(struct link_worker *worker, struct station *station)
{
    if (!station_step(station, worker->transport))
        return false;
    struct outcome outcome = station->round.result;
    if (outcome.kind == OUTCOME_LOST && !station->round.fresh && connected(worker)) { /* closed while idle: the first retry is at once */
        station_begin(station, true);
        return false;
    }
    conclude(worker, station, station_end(station), &outcome, true);
    return true;
}

static void publish(struct link_worker *worker, const struct station *station)
{
    pthread_mutex_lock(&worker->mutex);
    worker->statuses[station - worker->stations] = station->status;
    pthread_mutex_unlock(&worker->mutex);
}

/* --- writing, between two requests */

/* The oldest job asked for, or NULL; *end: whether the worker is to end. */
static struct write_job *next_job(struct link_worker *worker, bool *end)
{
    pthread_mutex_lock(&worker->mutex);
    struct write_job *job = write_jobs_take(&worker->asked);
    *end = worker->end;
    pthread_mutex_unlock(&worker->mutex);
    return job;
}

/* The poll of a unit that was just written to waits as after a request of its own. */
static void leave_alone(struct link_worker *worker, const struct instrument *instrument)
{
    int64_t ready_us = instrument->min_interval_us ? clock_monotonic_us() + instrument->min_interval_us : 0;
    for (size_t i = 0; i < worker->n_stations; i++)
        if (worker->stations[i].instrument == instrument && worker->stations[i].round.ready_us < ready_us)
            worker->stations[i].round.ready_us = ready_us;
}

static void write_job(struct link_worker *worker, struct write_job *job)
{
    bool fresh = !transport_is_open(worker->transport);
    if (!connected(worker)) {
        snprintf(job->words, sizeof job->words, "not connected, so nothing was written: %s", worker->lost.text);
        return;
    }
    transport_set_patience(worker->transport, 0);
    struct outcome outcome = write_tag(worker->transport, job);
    if (outcome.kind == OUTCOME_LOST && !fresh && !job->before[0] && connected(worker)) /* closed while idle */
        write_tag(worker->transport, job);
    leave_alone(worker, job->tag->instrument);
}

/* Does what was asked for; true when the worker is to end. */
static bool write_jobs(struct link_worker *worker)
{
    struct write_job *job;
    bool end;
    while ((job = next_job(worker, &end))) {
        if (end)
            snprintf(job->words, sizeof job->words, "the collector is ending, so nothing was written");
        else
            write_job(worker, job);
        pthread_mutex_lock(&worker->mutex);
        write_jobs_append(&worker->written, job);
        pthread_mutex_unlock(&worker->mutex);
    }
    return end;
}

/* The instrument's next request, or its first when it is due; true when its poll is over. */
static bool serve(struct link_worker *worker, struct station *station)
{
    if (station->round.poll)
        return poll_on(worker, station);
    int64_t now_us = clock_monotonic_us();
    if (!probe_is_due(&station->probe, now_us))
        return true;
    station_late(station, now_us - station->next_us);
    return !begin_poll(worker, station) || poll_on(worker, station);
}

static bool is_idle(struct link_worker *worker)
{
    for (size_t i = 0; i < worker->n_stations; i++)
        if (worker->stations[i].round.poll)
            return false;
    return next_station(worker)->next_us > clock_monotonic_us();
}

static void *run(void *argument)
{
    struct link_worker *worker = argument;
    for (;;) {
        struct station *station = next_station(worker);
        if (called(worker, due_us(station))) {
            if (write_jobs(worker))
                break;
            continue;
        }
        if (!serve(worker, station))
            continue;
        station_schedule(station, clock_monotonic_us());
        if (worker->link->close_after_cycle && is_idle(worker))
            transport_close(worker->transport);
        publish(worker, station);
    }
    return NULL;
}

/* Spreads phases evenly whatever their number: the fractional parts of multiples of the golden ratio. */
static int64_t phase_us(size_t index, int64_t period_us)
{
    double whole;
    return (int64_t)(modf((double)index * 0.6180339887498949, &whole) * (double)period_us);
}

/* The instruments of a link are dealt out to its connections. */
static bool is_mine(const struct link_worker *worker, const struct instrument *instrument, int *dealt)
{
    if (instrument->link != worker->link)
        return false;
    int connections = worker->link->connections > 1 ? worker->link->connections : 1;
    return (*dealt)++ % connections == worker->connection;
}

static void add_stations(struct link_worker *worker, const struct plant *plant)
{
    int64_t now_us = clock_monotonic_us();
    size_t count = 0;
    int dealt = 0;
    for (size_t i = 0; i < plant->n_instruments; i++)
        count += is_mine(worker, &plant->instruments[i], &dealt);
    dealt = 0;
    worker->stations = memory_zero(count + 1, sizeof *worker->stations);
    worker->statuses = memory_zero(count + 1, sizeof *worker->statuses);
    for (size_t i = 0; i < plant->n_instruments; i++) {
        const struct instrument *instrument = &plant->instruments[i];
        if (!is_mine(worker, instrument, &dealt))
            continue;
        size_t at = worker->n_stations++;
        station_init(&worker->stations[at], plant, instrument, now_us + phase_us(i, clock_real_us(instrument->every_us)), count > 1);
        worker->statuses[at] = worker->stations[at].status;
    }
}

void link_destroy(struct link_worker *worker)
{
    for (size_t i = 0; i < worker->n_stations; i++)
        station_clear(&worker->stations[i]);
    write_jobs_free(worker->asked);
    write_jobs_free(worker->written);
    transport_destroy(worker->transport);
    sem_destroy(&worker->calling);
    pthread_mutex_destroy(&worker->mutex);
    free(worker->stations);
    free(worker->statuses);
    free(worker);
}

static void allow_descriptors(void)
{
    struct rlimit limit;
    if (!getrlimit(RLIMIT_NOFILE, &limit) && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

struct link_worker *link_start(const struct plant *plant, const struct link *link, int connection, struct queue *queue, struct error *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, allow_descriptors);
    struct link_worker *worker = memory_zero(1, sizeof *worker);
    worker->link = link;
    worker->connection = connection;
    worker->queue = queue;
    worker->random = (unsigned)(link - plant->links) * 2654435761u + (unsigned)clock_monotonic_us();
    worker->transport = transport_create(link);
    pthread_mutex_init(&worker->mutex, NULL);
    sem_init(&worker->calling, 0, 0);
    add_stations(worker, plant);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    int error = worker->n_stations ? pthread_create(&worker->thread, &attributes, run, worker) : 0;
    pthread_attr_destroy(&attributes);
    if (!error)
        return worker;
    error_set(err, ERR_INTERNAL, "link %s: no thread for it (%s); raise the account's process limit", link->name, strerror(error));
    link_destroy(worker);
    return NULL;
}

void link_ask_to_end(struct link_worker *worker)
{
    pthread_mutex_lock(&worker->mutex);
    worker->end = true;
    pthread_mutex_unlock(&worker->mutex);
    sem_post(&worker->calling);
}

void link_end(struct link_worker *worker)
{
    link_ask_to_end(worker);
    if (worker->n_stations)
        pthread_join(worker->thread, NULL);
}

void link_each_status(struct link_worker *worker, void (*take)(const struct link_status *status, void *context), void *context)
{
    for (size_t i = 0; i < worker->n_stations; i++) {
        pthread_mutex_lock(&worker->mutex);
        struct link_status status = worker->statuses[i];
        pthread_mutex_unlock(&worker->mutex);
        take(&status, context);
    }
}

bool link_write(struct link_worker *worker, struct write_job *job)
{
    size_t at = 0;
    while (at < worker->n_stations && worker->stations[at].instrument != job->tag->instrument)
        at++;
    if (at == worker->n_stations)
        return false;
    pthread_mutex_lock(&worker->mutex);
    write_jobs_append(&worker->asked, job);
    pthread_mutex_unlock(&worker->mutex);
    sem_post(&worker->calling);
    return true;
}

struct write_job *link_written(struct link_worker *worker)
{
    pthread_mutex_lock(&worker->mutex);
    struct write_job *jobs = worker->written;
    worker->written = NULL;
    pthread_mutex_unlock(&worker->mutex);
    return jobs;
}
