#include "acquisition/sim_channel.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ANSWERS_MAX = 64, UNITS = 256, ROOM = 2 * SIM_FRAME_MAX };
static const int64_t silence_us = 50000, full_us = 5000;

struct answer {
    struct answer *next;
    int64_t due_us, step_us;
    int length, sent;
    uint8_t frame[SIM_FRAME_MAX];
};

struct sim_channel {
    const struct link *link;
    int fd;
    bool broken;
    int64_t heard_us;
    int count; /* of bytes that have come */
    uint8_t bytes[ROOM];
    struct answer *answers; /* by due_us */
    int n_answers;
    int64_t busy_us[UNITS]; /* until when each unit of a serial line has something to send */
};

struct sim_channel *sim_channel_create(const struct link *link, int fd)
{
    struct sim_channel *channel = memory_zero(1, sizeof *channel);
    channel->link = link;
    channel->fd = fd;
    return channel;
}

static void drop_first(struct sim_channel *channel)
{
    struct answer *answer = channel->answers;
    channel->answers = answer->next;
    channel->n_answers--;
    free(answer);
}

void sim_channel_free(struct sim_channel *channel)
{
    if (!channel)
        return;
    while (channel->answers)
        drop_first(channel);
    free(channel);
}

int sim_channel_receive(struct sim_channel *channel, int64_t now_us)
{
    if (channel->broken)
        return -1;
    if (sim_frame_is_serial(channel->link) && now_us - channel->heard_us > silence_us)
        channel->count = 0;
    channel->heard_us = now_us;
    ssize_t got = read(channel->fd, channel->bytes + channel->count, (size_t)(ROOM - channel->count));
    if (got > 0)
        channel->count += (int)got;
    return got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR)) ? 0 : -1;
}

bool sim_channel_request(struct sim_channel *channel, struct sim_request *request)
{
    int used = sim_frame_take(channel->link, channel->bytes, channel->count, request);
    if (used > 0) {
        channel->count -= used;
        memmove(channel->bytes, channel->bytes + used, (size_t)channel->count);
    } else if (used < 0) {
        channel->count = 0;
        channel->broken = !sim_frame_is_serial(channel->link);
    } else if (channel->count == ROOM)
        channel->count = 0;
    return used > 0;
}

void sim_channel_answer(struct sim_channel *channel, int unit, const uint8_t *frame, int length, int64_t due_us, int64_t step_us)
{
    if (channel->n_answers >= ANSWERS_MAX || length <= 0)
        return;
    if (sim_frame_is_serial(channel->link) && due_us < channel->busy_us[unit])
        due_us = channel->busy_us[unit];
    channel->busy_us[unit] = due_us + step_us * length;
    struct answer *answer = memory_zero(1, sizeof *answer), **place = &channel->answers;
    answer->due_us = due_us;
    answer->step_us = step_us;
    answer->length = length;
    memcpy(answer->frame, frame, (size_t)length);
    while (*place && ((*place)->sent || (*place)->due_us <= due_us))
        place = &(*place)->next;
    answer->next = *place;
    *place = answer;
    channel->n_answers++;
}

int64_t sim_channel_send(struct sim_channel *channel, int64_t now_us)
{
    while (channel->answers && channel->answers->due_us <= now_us) {
        struct answer *answer = channel->answers;
        int most = answer->step_us ? 1 : answer->length - answer->sent;
        ssize_t sent = write(channel->fd, answer->frame + answer->sent, (size_t)most);
        if (sent < 0 && errno != EAGAIN && errno != EINTR)
            return -1;
        answer->sent += sent > 0 ? (int)sent : 0;
        if (answer->sent == answer->length)
            drop_first(channel);
        else
            answer->due_us = now_us + (sent < most ? full_us : answer->step_us);
    }
    return channel->answers ? channel->answers->due_us : INT64_MAX;
}
