#include "acquisition/outcome.h"

#include <errno.h>
#include <modbus/modbus.h>
#include <stdio.h>
#include <string.h>

static const struct {
    int error;
    enum outcome_kind kind;
    enum quality quality;
    const char *state, *text;
} meanings[] = {
    {EMBXILFUN, OUTCOME_EXCEPTION, QUALITY_BAD_CONFIGURATION, "online", "exception 1: illegal function; this unit does not read this area"},
    {EMBXILADD, OUTCOME_EXCEPTION, QUALITY_BAD_CONFIGURATION, "online", "exception 2: illegal data address; check the tag's address"},
    {EMBXILVAL, OUTCOME_EXCEPTION, QUALITY_BAD_CONFIGURATION, "online", "exception 3: illegal data value; lower max_registers"},
    {EMBXSFAIL, OUTCOME_EXCEPTION, QUALITY_BAD_DEVICE, "online", "exception 4: device failure"},
    {EMBXACK, OUTCOME_EXCEPTION, QUALITY_BAD_DEVICE, "online", "exception 5: acknowledged, still working"},
    {EMBXSBUSY, OUTCOME_EXCEPTION, QUALITY_BAD_DEVICE, "online", "exception 6: device busy"},
    {EMBXNACK, OUTCOME_EXCEPTION, QUALITY_BAD_DEVICE, "online", "exception 7: negative acknowledge"},
    {EMBXMEMPAR, OUTCOME_EXCEPTION, QUALITY_BAD_DEVICE, "online", "exception 8: memory parity error in the device"},
    {EMBXGPATH, OUTCOME_NO_UNIT, QUALITY_BAD_GATEWAY, "silent", "exception 10: the gateway has no path to this unit"},
    {EMBXGTAR, OUTCOME_NO_UNIT, QUALITY_BAD_GATEWAY, "silent", "exception 11: the unit behind the gateway does not answer"},
    {EMBBADCRC, OUTCOME_GARBAGE, QUALITY_BAD_PROTOCOL, "error", "garbage: checksum wrong; check wiring, baud and parity"},
    {EMBBADDATA, OUTCOME_GARBAGE, QUALITY_BAD_PROTOCOL, "error", "garbage: not the answer to this request"},
    {EMBBADEXC, OUTCOME_GARBAGE, QUALITY_BAD_PROTOCOL, "error", "garbage: an exception that Modbus does not know"},
    {EMBUNKEXC, OUTCOME_GARBAGE, QUALITY_BAD_PROTOCOL, "error", "garbage: an exception that Modbus does not know"},
    {EMBMDATA, OUTCOME_GARBAGE, QUALITY_BAD_PROTOCOL, "error", "garbage: what comes is no Modbus; is this the right port, or line?"},
    {EMBBADSLAVE, OUTCOME_GARBAGE, QUALITY_BAD_PROTOCOL, "error", "garbage: another unit answered"},
    {ECONNREFUSED, OUTCOME_LOST, QUALITY_BAD_NOT_CONNECTED, "refused",
     "connection refused; is the port right, does the device allow one more client?"},
    {ECONNRESET, OUTCOME_LOST, QUALITY_BAD_NOT_CONNECTED, "error", "the device closed the connection"},
    {EPIPE, OUTCOME_LOST, QUALITY_BAD_NOT_CONNECTED, "error", "the device closed the connection"},
    {EHOSTUNREACH, OUTCOME_LOST, QUALITY_BAD_NOT_CONNECTED, "error", "no route to the device; check cable, address and network"},
    {ENETUNREACH, OUTCOME_LOST, QUALITY_BAD_NOT_CONNECTED, "error", "network unreachable; check this machine's network"},
    {EIO, OUTCOME_LOST, QUALITY_BAD_NOT_CONNECTED, "error", "the serial device is gone; is the adapter plugged in?"},
    {ENXIO, OUTCOME_LOST, QUALITY_BAD_NOT_CONNECTED, "error", "the serial device is gone; is the adapter plugged in?"},
    {ENODEV, OUTCOME_LOST, QUALITY_BAD_NOT_CONNECTED, "error", "the serial device is gone; is the adapter plugged in?"},
    {ENOENT, OUTCOME_LOST, QUALITY_BAD_NOT_CONNECTED, "error", "no such serial device; is the adapter plugged in?"},
    {EACCES, OUTCOME_LOST, QUALITY_BAD_NOT_CONNECTED, "error", "no permission for the serial device; add this account to its group"},
    {EWOULDBLOCK, OUTCOME_LOST, QUALITY_BAD_NOT_CONNECTED, "error", "the serial device is in use by another program"},
    {EBUSY, OUTCOME_LOST, QUALITY_BAD_NOT_CONNECTED, "error", "the serial device is in use by another program"},
    {EINVAL, OUTCOME_LOST, QUALITY_BAD_NOT_CONNECTED, "error", "the serial device does not take these settings; check baud, parity and stop"},
    {EMFILE, OUTCOME_LOST, QUALITY_BAD_NOT_CONNECTED, "error",
     "too many open files; raise the limit (LimitNOFILE=) or give this collector fewer links"},
};

static struct outcome make(size_t row)
{
    struct outcome outcome = {.kind = meanings[row].kind, .quality = meanings[row].quality, .state = meanings[row].state};
    snprintf(outcome.text, sizeof outcome.text, "%s", meanings[row].text);
    return outcome;
}

struct outcome outcome_of(int error, const char *waiting_for, int64_t patience_us)
{
    struct outcome outcome = {.kind = OUTCOME_LOST, .quality = QUALITY_BAD_NOT_CONNECTED, .state = "error"};
    if (error == ETIMEDOUT) {
        outcome = (struct outcome){.kind = OUTCOME_TIMEOUT, .quality = QUALITY_BAD_TIMEOUT, .state = "silent"};
        snprintf(outcome.text, sizeof outcome.text, "no %s within %g s", waiting_for, (double)patience_us / SECOND_US);
        return outcome;
    }
    for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++)
        if (meanings[i].error == error)
            return make(i);
    char buffer[64];
    snprintf(outcome.text, sizeof outcome.text, "%s", strerror_r(error, buffer, sizeof buffer));
    return outcome;
}

struct outcome outcome_of_exception(int code)
{
    bool known = code > 0 && MODBUS_ENOBASE + code <= EMBXGTAR && code != MODBUS_EXCEPTION_NOT_DEFINED;
    struct outcome outcome = outcome_of(known ? MODBUS_ENOBASE + code : EMBBADEXC, "answer", 0);
    outcome.exception = known ? code : 0;
    return outcome;
}
