#include "acquisition/trace.h"

#include <stdarg.h>
#include <string.h>

enum { HEADER = 7, EXCEPTION = 0x80, BYTES_A_LINE = 24 };

static const struct {
    int function;
    const char *name;
    bool reads; /* its answer brings values; else it repeats the request */
} functions[] = {
    {1, "read coils", true},           {2, "read discrete inputs", true}, {3, "read holding registers", true},
    {4, "read input registers", true}, {5, "write coil", false},          {6, "write register", false},
    {15, "write coils", false},        {16, "write registers", false},    {22, "mask write register", false},
};
enum { FUNCTIONS = sizeof functions / sizeof functions[0] };

static const char *const exceptions[] = {
    [1] = "illegal function",     [2] = "illegal data address",
    [3] = "illegal data value",   [4] = "device failure",
    [5] = "acknowledged",         [6] = "busy",
    [7] = "negative acknowledge", [8] = "memory parity error",
    [10] = "gateway has no path", [11] = "gateway's unit does not answer",
};

struct text {
    char *out;
    size_t size, used;
};

__attribute__((format(printf, 2, 3))) static void say(struct text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text->out + text->used, text->size - text->used, format, arguments);
    va_end(arguments);
    text->used = length < 0 || text->used + (size_t)length >= text->size ? text->size - 1 : text->used + (size_t)length;
}

static int word(const uint8_t *bytes)
{
    return bytes[0] << 8 | bytes[1];
}

/* CRC-16/MODBUS: polynomial 0xA001, reflected, from 0xFFFF. */
static unsigned checksum(const uint8_t *bytes, size_t count)
{
    unsigned crc = 0xffff;
    for (size_t i = 0; i < count; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc & 1 ? crc >> 1 ^ 0xa001 : crc >> 1;
    }
    return crc;
}

static void say_exception(struct text *text, int code)
{
    const char *name = code < (int)(sizeof exceptions / sizeof exceptions[0]) ? exceptions[code] : NULL;
    say(text, "exception %d: %s", code, name ? name : "unknown to Modbus");
}

static void say_request(struct text *text, size_t row, const uint8_t *pdu, size_t length)
{
    int function = functions[row].function;
    if (length < 5 || (function == 22 && length < 7))
        say(text, "%s, but too short", functions[row].name);
    else if (function == 22)
        say(text, "%s %d: and 0x%04x, or 0x%04x", functions[row].name, word(pdu + 1), word(pdu + 3), word(pdu + 5));
    else if (function == 5 || function == 6)
        say(text, "%s %d: 0x%04x", functions[row].name, word(pdu + 1), word(pdu + 3));
    else
        say(text, "%s %d..%d", functions[row].name, word(pdu + 1), word(pdu + 1) + word(pdu + 3) - 1);
}

static void say_answer(struct text *text, size_t row, const uint8_t *pdu, size_t length)
{
    if (!functions[row].reads) {
        say_request(text, row, pdu, length);
        say(text, ", done");
    } else if (length < 2 || length != 2u + pdu[1])
        say(text, "%s, but its length is wrong", functions[row].name);
    else if (functions[row].function < 3)
        say(text, "%s: %d bytes of bits", functions[row].name, pdu[1]);
    else {
        say(text, "%s:", functions[row].name);
        for (size_t i = 2; i + 1 < length; i += 2)
            say(text, " %d", word(pdu + i));
    }
}

static void say_pdu(struct text *text, bool sent, const uint8_t *pdu, size_t length)
{
    size_t row = 0;
    while (row < FUNCTIONS && functions[row].function != (pdu[0] & ~EXCEPTION))
        row++;
    if (!sent && pdu[0] & EXCEPTION && length > 1)
        say_exception(text, pdu[1]);
    else if (row == FUNCTIONS)
        say(text, "function %d, %zu bytes of data", pdu[0], length - 1);
    else if (sent)
        say_request(text, row, pdu, length);
    else
        say_answer(text, row, pdu, length);
}

char *trace_words(bool framed, bool sent, const uint8_t *frame, size_t length, char *out, size_t size)
{
    struct text text = {out, size, 0};
    out[0] = '\0';
    if (framed && length > HEADER) {
        say(&text, "transaction %d, unit %d: ", word(frame), frame[6]);
        say_pdu(&text, sent, frame + HEADER, length - HEADER);
        if (word(frame + 2))
            say(&text, ", but protocol %d is not Modbus", word(frame + 2));
        if ((size_t)word(frame + 4) + 6 != length)
            say(&text, ", but it says it has %d bytes", word(frame + 4) + 6);
    } else if (!framed && length > 3) {
        say(&text, "unit %d: ", frame[0]);
        say_pdu(&text, sent, frame + 1, length - 3);
        if (checksum(frame, length - 2) != (unsigned)(frame[length - 2] | frame[length - 1] << 8))
            say(&text, ", checksum wrong");
    } else
        say(&text, "%zu bytes, too short for a frame", length);
    return out;
}

void trace_init(struct trace *trace, enum link_kind kind, FILE *stream)
{
    *trace = (struct trace){.stream = stream, .framed = kind == LINK_TCP, .begun_us = clock_monotonic_us()};
}

static void print_frame(const struct trace *trace, bool sent, const uint8_t *frame, size_t length)
{
    char words[800];
    fprintf(trace->stream, "%9.3f ms %s", (double)(clock_monotonic_us() - trace->begun_us) / 1000, sent ? "->" : "<-");
    for (size_t i = 0; i < length; i++)
        fprintf(trace->stream, "%s %02x", i && i % BYTES_A_LINE == 0 ? "\n               " : "", frame[i]);
    fprintf(trace->stream, "\n                %s\n", trace_words(trace->framed, sent, frame, length, words, sizeof words));
}

void trace_flush(struct trace *trace)
{
    size_t from = 0;
    while (from < trace->n_held) {
        size_t length = trace->n_held - from;
        if (trace->framed && length > HEADER && (size_t)word(trace->held + from + 4) + 6 < length)
            length = (size_t)word(trace->held + from + 4) + 6;
        print_frame(trace, false, trace->held + from, length);
        from += length;
    }
    trace->n_held = 0;
}

void trace_bytes(void *context, bool sent, const uint8_t *bytes, size_t count)
{
    struct trace *trace = context;
    if (sent) {
        trace_flush(trace);
        print_frame(trace, true, bytes, count);
        return;
    }
    if (trace->n_held + count > TRACE_FRAME)
        trace_flush(trace);
    if (count > TRACE_FRAME)
        count = TRACE_FRAME;
    memcpy(trace->held + trace->n_held, bytes, count);
    trace->n_held += count;
}
