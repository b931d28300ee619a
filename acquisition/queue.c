#include "acquisition/queue.h"

#include <pthread.h>
#include <stdlib.h>

struct queue {
    pthread_mutex_t mutex;
    struct poll *head, *tail;
    size_t polls, bytes, most_polls, most_bytes;
    int64_t dropped;
};

struct queue *queue_create(size_t most_polls, size_t most_bytes)
{
    struct queue *queue = memory_zero(1, sizeof *queue);
    queue->most_polls = most_polls;
    queue->most_bytes = most_bytes;
    pthread_mutex_init(&queue->mutex, NULL);
    return queue;
}

static struct poll *take_first(struct queue *queue)
{
    struct poll *poll = queue->head;
    queue->head = poll->next;
    if (!queue->head)
        queue->tail = NULL;
    queue->polls--;
    queue->bytes -= poll->size;
    poll->next = NULL;
    return poll;
}

void queue_destroy(struct queue *queue)
{
    if (!queue)
        return;
    while (queue->head)
        poll_free(take_first(queue));
    pthread_mutex_destroy(&queue->mutex);
    free(queue);
}

void queue_push(struct queue *queue, struct poll *poll)
{
    struct poll *old = NULL;
    pthread_mutex_lock(&queue->mutex);
    while (queue->polls && (queue->polls + 1 > queue->most_polls || queue->bytes + poll->size > queue->most_bytes)) {
        struct poll *oldest = take_first(queue);
        oldest->next = old;
        old = oldest;
        queue->dropped++;
    }
    poll->next = NULL;
    if (queue->tail)
        queue->tail->next = poll;
    else
        queue->head = poll;
    queue->tail = poll;
    queue->polls++;
    queue->bytes += poll->size;
    pthread_mutex_unlock(&queue->mutex);
    while (old) {
        struct poll *next = old->next;
        poll_free(old);
        old = next;
    }
}

struct poll *queue_take(struct queue *queue, size_t most, size_t most_bytes, int64_t *dropped)
{
    pthread_mutex_lock(&queue->mutex);
    struct poll *first = NULL, **end = &first;
    size_t bytes = 0;
    for (size_t i = 0; i < most && bytes < most_bytes && queue->head; i++) {
        *end = take_first(queue);
        bytes += (*end)->size;
        end = &(*end)->next;
    }
    *dropped = queue->dropped;
    queue->dropped = 0;
    pthread_mutex_unlock(&queue->mutex);
    return first;
}

int64_t queue_clear(struct queue *queue)
{
    int64_t dropped;
    struct poll *next, *poll = queue_take(queue, SIZE_MAX, SIZE_MAX, &dropped);
    for (; poll; poll = next, dropped++) {
        next = poll->next;
        poll_free(poll);
    }
    return dropped;
}

size_t queue_length(struct queue *queue)
{
    pthread_mutex_lock(&queue->mutex);
    size_t polls = queue->polls;
    pthread_mutex_unlock(&queue->mutex);
    return polls;
}
