#include "acquisition/stream.h"

#include "config/config.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

int stream_await(const struct stream *stream, short events, int64_t until_us)
{
    struct pollfd wait = {.fd = stream->fd, .events = events};
    for (;;) {
        int64_t left_us = until_us - clock_monotonic_us();
        if (left_us < 0)
            left_us = 0;
        struct timespec left = {.tv_sec = left_us / SECOND_US, .tv_nsec = left_us % SECOND_US * 1000};
        int ready = ppoll(&wait, 1, &left, NULL);
        if (ready > 0)
            return 0;
        if (!ready)
            return ETIMEDOUT;
        if (errno != EINTR)
            return errno;
    }
}

int stream_send(struct stream *stream, const uint8_t *bytes, size_t count, int64_t until_us)
{
    for (size_t done = 0; done < count;) {
        ssize_t sent = stream->socket ? send(stream->fd, bytes + done, count - done, MSG_NOSIGNAL) : write(stream->fd, bytes + done, count - done);
        if (sent > 0) {
            done += (size_t)sent;
            continue;
        }
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0 && errno != EAGAIN)
            return errno;
        int error = stream_await(stream, POLLOUT, until_us);
        if (error)
            return error;
    }
    if (stream->trace)
        stream->trace(stream->context, true, bytes, count);
    return 0;
}

int stream_receive(struct stream *stream, uint8_t *bytes, size_t room, int64_t until_us, size_t *got)
{
    for (;;) {
        int error = stream_await(stream, POLLIN, until_us);
        if (error)
            return error;
        ssize_t count = read(stream->fd, bytes, room);
        if (count > 0) {
            if (stream->prompt)
                setsockopt(stream->fd, IPPROTO_TCP, TCP_QUICKACK, &(int){1}, sizeof(int));
            *got = (size_t)count;
            if (stream->trace)
                stream->trace(stream->context, false, bytes, *got);
            return 0;
        }
        if (!count)
            return ECONNRESET;
        if (errno != EINTR && errno != EAGAIN)
            return errno;
    }
}
