#ifndef GEMBA_ACQUISITION_TRACE_H
#define GEMBA_ACQUISITION_TRACE_H

#include "config/config.h"

#include <stdio.h>

/* Prints what goes over a link: each frame in hexadecimal, with what it says. */
enum { TRACE_FRAME = 600 };
struct trace {
    FILE *stream;
    bool framed; /* Modbus TCP; else RTU */
    int64_t begun_us;
    uint8_t held[TRACE_FRAME]; /* received since the last request */
    size_t n_held;
};

void trace_init(struct trace *trace, enum link_kind kind, FILE *stream);
/* For transport_trace; context is a struct trace. What is received is printed with the next request, or by trace_flush. */
void trace_bytes(void *context, bool sent, const uint8_t *bytes, size_t count);
void trace_flush(struct trace *trace);

/* What one frame says: "transaction 1, unit 1, read 10 holding registers from 0". Pure. */
char *trace_words(bool framed, bool sent, const uint8_t *frame, size_t length, char *out, size_t size);

#endif
