#ifndef GEMBA_ACQUISITION_STREAM_H
#define GEMBA_ACQUISITION_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes to and from a descriptor that does not block: a socket or a serial line. Waits with poll, so any descriptor number will do. */
struct stream {
    int fd;
    bool socket;
    bool prompt; /* acknowledges at once, so that the other side holds nothing back (Nagle's algorithm) */
    void (*trace)(void *context, bool sent, const uint8_t *bytes, size_t count); /* or NULL */
    void *context;
};

/* Times are on the monotonic clock. 0, or ETIMEDOUT, ECONNRESET when the other side is gone, or another errno. */
int stream_send(struct stream *stream, const uint8_t *bytes, size_t count, int64_t until_us);
/* Waits for at least one byte; takes what is there, *got of at most room. What is there already is taken even after the deadline. */
int stream_receive(struct stream *stream, uint8_t *bytes, size_t room, int64_t until_us, size_t *got);
int stream_await(const struct stream *stream, short events, int64_t until_us);

#endif
