#include "acquisition/link.h"

#include "acquisition/station.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>

enum { STACK_BYTES = 256 * 1024 };
static const int64_t backoff_least_us = SECOND_US / 2, backoff_most_us = 30 * SECOND_US;
static const int64_t pause_shared_us = 10 * SECOND_US, pause_alone_us = 2 * SECOND_US;

struct link_worker {
    const struct link *link;
    struct queue *queue;
    struct transport *transport;
    struct station *stations;
    size_t n_stations;
    int64_t backoff_us, retry_us; /* of the connection; retry_us on the monotonic clock */
    struct outcome lost;          /* why it is not connected */
    unsigned random;
    pthread_t thread;
    sem_t ending;                 /* posted when the worker is to end */
    pthread_mutex_t mutex;        /* of what follows */
    struct link_status *statuses; /* copies of the stations' */
};

/* Sleeps until then; true when the worker is to end. */
static bool wait_until(struct link_worker *worker, int64_t until_us)
{
    struct timespec until = {.tv_sec = until_us / SECOND_US, .tv_nsec = until_us % SECOND_US * 1000};
    int status;
    while ((status = sem_clockwait(&worker->ending, CLOCK_MONOTONIC, &until)) && errno == EINTR)
        ;
    return !status;
}

static struct station *next_station(struct link_worker *worker)
{
    struct station *next = &worker->stations[0];
    for (size_t i = 1; i < worker->n_stations; i++)
        if (worker->stations[i].next_us < next->next_us)
            next = &worker->stations[i];
    return next;
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
        return true;
    }
    worker->backoff_us = worker->backoff_us ? worker->backoff_us * 2 : backoff_least_us;
    if (worker->backoff_us > backoff_most_us)
        worker->backoff_us = backoff_most_us;
    double jitter = 0.8 + 0.4 * rand_r(&worker->random) / RAND_MAX;
    worker->retry_us = clock_monotonic_us() + llround((double)worker->backoff_us * jitter);
    return false;
}

static void poll_station(struct link_worker *worker, struct station *station)
{
    struct poll *poll;
    struct outcome outcome;
    bool fresh = !transport_is_open(worker->transport), asked = connected(worker);
    if (asked) {
        outcome = station_read(station, worker->transport, &poll);
        if (outcome.kind == OUTCOME_LOST && !fresh && connected(worker)) { /* closed while idle: the first retry is at once */
            poll_free(poll);
            outcome = station_read(station, worker->transport, &poll);
        }
    } else {
        outcome = worker->lost;
        poll = station_unread(station, &outcome);
    }
    if (station_note(station, poll, &outcome, asked, worker->n_stations > 1 ? pause_shared_us : pause_alone_us))
        queue_push(worker->queue, poll);
    else
        poll_free(poll);
}

static void publish(struct link_worker *worker, const struct station *station)
{
    pthread_mutex_lock(&worker->mutex);
    worker->statuses[station - worker->stations] = station->status;
    pthread_mutex_unlock(&worker->mutex);
}

static void *run(void *argument)
{
    struct link_worker *worker = argument;
    for (;;) {
        struct station *station = next_station(worker);
        if (wait_until(worker, station->next_us))
            break;
        int64_t now_us = clock_monotonic_us();
        if (now_us >= station->probe_us) {
            station_late(station, now_us - station->next_us);
            poll_station(worker, station);
        }
        station_schedule(station, clock_monotonic_us());
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

static void add_stations(struct link_worker *worker, const struct plant *plant)
{
    int64_t now_us = clock_monotonic_us();
    size_t count = 0;
    for (size_t i = 0; i < plant->n_instruments; i++)
        count += plant->instruments[i].link == worker->link;
    worker->stations = memory_zero(count + 1, sizeof *worker->stations);
    worker->statuses = memory_zero(count + 1, sizeof *worker->statuses);
    for (size_t i = 0; i < plant->n_instruments; i++) {
        const struct instrument *instrument = &plant->instruments[i];
        if (instrument->link != worker->link)
            continue;
        size_t at = worker->n_stations++;
        station_init(&worker->stations[at], plant, instrument, now_us + phase_us(i, clock_real_us(instrument->every_us)));
        worker->statuses[at] = worker->stations[at].status;
    }
}

void link_destroy(struct link_worker *worker)
{
    for (size_t i = 0; i < worker->n_stations; i++)
        station_clear(&worker->stations[i]);
    transport_destroy(worker->transport);
    sem_destroy(&worker->ending);
    pthread_mutex_destroy(&worker->mutex);
    free(worker->stations);
    free(worker->statuses);
    free(worker);
}

struct link_worker *link_start(const struct plant *plant, const struct link *link, struct queue *queue, struct error *err)
{
    struct link_worker *worker = memory_zero(1, sizeof *worker);
    worker->link = link;
    worker->queue = queue;
    worker->random = (unsigned)(link - plant->links) * 2654435761u + (unsigned)clock_monotonic_us();
    worker->transport = transport_create(link);
    pthread_mutex_init(&worker->mutex, NULL);
    sem_init(&worker->ending, 0, 0);
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
    sem_post(&worker->ending);
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
