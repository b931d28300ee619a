#include "acquisition/write.h"

#include "acquisition/codec.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { REGISTERS_MAX = 125, EXCEPTION_FUNCTION = 1, WRITE_COIL = 5, WRITE_REGISTER = 6, WRITE_COILS = 15, WRITE_REGISTERS = 16, LOOKS = 4 };
static const int64_t settle_us = SECOND_US / 20;

struct write_job *write_job_create(const struct tag *tag, double value)
{
    struct write_job *job = memory_zero(1, sizeof *job);
    job->tag = tag;
    text_exact(value, job->value, sizeof job->value);
    snprintf(job->who, sizeof job->who, "gemba");
    return job;
}

void write_jobs_append(struct write_job **list, struct write_job *job)
{
    while (*list)
        list = &(*list)->next;
    job->next = NULL;
    *list = job;
}

struct write_job *write_jobs_take(struct write_job **list)
{
    struct write_job *job = *list;
    if (job) {
        *list = job->next;
        job->next = NULL;
    }
    return job;
}

void write_jobs_free(struct write_job *list)
{
    for (struct write_job *job; (job = write_jobs_take(&list));)
        free(job);
}

/* --- what people type */

int write_parse(const struct tag *tag, const char *text, double *value, char *words, size_t size)
{
    static const struct {
        const char *name;
        double value;
    } switches[] = {{"on", 1}, {"true", 1}, {"off", 0}, {"false", 0}};
    *value = NAN;
    if (tag->type == TYPE_STRING)
        return 0;
    bool is_switch = tag->type == TYPE_BOOL || tag->type == TYPE_BIT;
    for (size_t i = 0; is_switch && i < sizeof switches / sizeof switches[0]; i++)
        if (!strcasecmp(text, switches[i].name)) {
            *value = switches[i].value;
            return 0;
        }
    for (size_t i = 0; i < tag->names.count; i++)
        if (!strcmp(text, tag->names.items[i].name)) {
            *value = (double)tag->names.items[i].value;
            return 0;
        }
    char *end;
    *value = strtod(text, &end);
    if (*text && !*end && !text[strspn(text, "0123456789.+-eE")] && isfinite(*value))
        return 0;
    snprintf(words, size, "'%.40s' is no %s%s", text, is_switch ? "state: on, off, 1 or 0" : "number",
             strchr(text, ',') ? ": the decimal mark is a point" : "");
    return -1;
}

/* --- the exchange */

static bool is_coil(const struct tag *tag)
{
    return tag->area == AREA_COIL;
}

static void show(const struct tag *tag, const uint16_t *registers, char *text, size_t size)
{
    struct reading reading = codec_decode(tag, registers);
    if (tag->type == TYPE_STRING)
        snprintf(text, size, "\"%s\"", reading.text);
    else if (reading.text[0])
        snprintf(text, size, "%s", reading.text);
    else if (quality_is_bad(reading.quality))
        snprintf(text, size, "%s", quality_reason(reading.quality));
    else
        text_exact(reading.value, text, size);
}

/* Before each request; whoever asked before may have been the poll. */
static void leave_alone(const struct tag *tag)
{
    int64_t us = tag->instrument->min_interval_us;
    struct timespec time = {.tv_sec = us / SECOND_US, .tv_nsec = us % SECOND_US * 1000};
    while (us > 0 && nanosleep(&time, &time))
        ;
}

static struct outcome look(struct transport *transport, const struct tag *tag, uint16_t *registers)
{
    leave_alone(tag);
    return transport_read(transport, tag->instrument->unit, tag->area, tag->address, tag->registers, registers);
}

/* What the codec is given as text: of numbers only the digits that a double might not hold. */
static const char *exact_text(const struct tag *tag, const char *text)
{
    bool digits = tag->scale == 1 && tag->offset == 0 && *text && !text[strspn(text, "-0123456789")];
    return tag->type == TYPE_STRING || digits ? text : NULL;
}

/* The bits of a one-register tag's register that are its own. */
static uint16_t own_bits(const struct tag *tag, double value, const char *text)
{
    uint16_t clear = 0, set = 0xffff;
    if (is_coil(tag) || tag->registers != 1 || codec_encode(tag, value, text, &clear) || codec_encode(tag, value, text, &set))
        return 0xffff;
    return (uint16_t) ~(clear ^ set);
}

/* Writes count values from offset on, with the functions that the unit likes. */
static struct outcome send(struct transport *transport, const struct tag *tag, int offset, int count, const uint16_t *registers)
{
    enum write_manner manner = tag->instrument->write;
    int unit = tag->instrument->unit, first = tag->write_address + offset;
    int single = is_coil(tag) ? WRITE_COIL : WRITE_REGISTER, several = is_coil(tag) ? WRITE_COILS : WRITE_REGISTERS;
    if (count > 1 && manner == WRITE_SINGLE) {
        struct outcome outcome = send(transport, tag, offset, count - 1, registers);
        return outcome.kind == OUTCOME_GOOD ? send(transport, tag, offset + count - 1, 1, registers + count - 1) : outcome;
    }
    leave_alone(tag);
    if (count > 1 || manner == WRITE_MULTIPLE)
        return transport_write(transport, unit, several, first, count, registers);
    struct outcome outcome = transport_write(transport, unit, single, first, 1, registers);
    if (manner != WRITE_AUTO || outcome.exception != EXCEPTION_FUNCTION)
        return outcome;
    leave_alone(tag);
    return transport_write(transport, unit, several, first, 1, registers);
}

static struct outcome put(struct transport *transport, struct write_job *job, uint16_t mask, const uint16_t *registers)
{
    const struct tag *tag = job->tag;
    if (mask == 0xffff)
        return send(transport, tag, 0, tag->registers, registers);
    leave_alone(tag);
    struct outcome outcome = transport_write_masked(transport, tag->instrument->unit, tag->write_address, mask, registers[0]);
    if (outcome.exception != EXCEPTION_FUNCTION)
        return outcome;
    uint16_t whole;
    outcome = look(transport, tag, &whole);
    if (outcome.kind != OUTCOME_GOOD)
        return outcome;
    whole = (uint16_t)((whole & ~mask) | (registers[0] & mask));
    snprintf(job->words, sizeof job->words, "; the device has no mask write (function 22): its whole register was written as it was read");
    return send(transport, tag, 0, 1, &whole);
}

static bool is_written(const struct tag *tag, uint16_t mask, const uint16_t *wanted, const uint16_t *found)
{
    if (mask != 0xffff)
        return !((wanted[0] ^ found[0]) & mask);
    return !memcmp(wanted, found, (size_t)tag->registers * sizeof *wanted);
}

/* Some devices take a moment to show what they took. */
static struct outcome confirm(struct transport *transport, const struct tag *tag, uint16_t mask, const uint16_t *wanted, uint16_t *found, bool *same)
{
    struct outcome outcome = {.kind = OUTCOME_GOOD};
    struct timespec settle = {.tv_nsec = settle_us * 1000};
    *same = false;
    for (int i = 0; i < LOOKS && !*same && outcome.kind == OUTCOME_GOOD; i++) {
        if (i)
            nanosleep(&settle, NULL);
        outcome = look(transport, tag, found);
        *same = outcome.kind == OUTCOME_GOOD && is_written(tag, mask, wanted, found);
    }
    return outcome;
}

static void refuse(struct write_job *job, const char *why)
{
    job->done = false;
    snprintf(job->words, sizeof job->words, "%s", why);
}

/* The registers to write over those that were read; false with words when the tag cannot hold the value. */
static bool encode(struct write_job *job, double value, uint16_t *registers)
{
    const struct tag *tag = job->tag;
    if (value < tag->low || value > tag->high) {
        snprintf(job->words, sizeof job->words, "%s is outside the valid range of %s, %g to %g: nothing was written", job->value, tag->full_name,
                 tag->low, tag->high);
        return false;
    }
    if (codec_encode(tag, value, exact_text(tag, job->value), registers)) {
        snprintf(job->words, sizeof job->words, "a %s cannot hold '%s': nothing was written", tag_type_name(tag->type), job->value);
        return false;
    }
    return true;
}

static struct outcome write_over(struct transport *transport, struct write_job *job, double value, uint16_t *registers)
{
    const struct tag *tag = job->tag;
    uint16_t found[REGISTERS_MAX];
    uint16_t mask = own_bits(tag, value, exact_text(tag, job->value));
    bool same;
    struct outcome outcome = put(transport, job, mask, registers);
    if (outcome.kind != OUTCOME_GOOD) {
        snprintf(job->words, sizeof job->words, "%s%s", outcome.text,
                 outcome.kind == OUTCOME_EXCEPTION ? ": the device refused it" : "; whether it was written is not known: read the tag");
        return outcome;
    }
    outcome = confirm(transport, tag, mask, registers, found, &same);
    if (outcome.kind != OUTCOME_GOOD) {
        snprintf(job->words, sizeof job->words, "written, but it could not be read back: %s", outcome.text);
        return outcome;
    }
    char how[sizeof job->words];
    snprintf(how, sizeof how, "%s", job->words);
    show(tag, found, job->after, sizeof job->after);
    job->done = same;
    if (same)
        snprintf(job->words, sizeof job->words, "written and read back%.150s", how);
    else
        snprintf(job->words, sizeof job->words, "the device answered that it wrote, but reads back %.40s: it may limit or protect this value",
                 job->after);
    return outcome;
}

struct outcome write_tag(struct transport *transport, struct write_job *job)
{
    const struct tag *tag = job->tag;
    uint16_t registers[REGISTERS_MAX];
    double value;
    struct outcome outcome = {.kind = OUTCOME_GOOD, .state = "online"};
    job->done = false;
    job->words[0] = '\0';
    if (!tag->writable) {
        refuse(job, "the tag is not marked `writable: true` in the configuration");
        return outcome;
    }
    if (write_parse(tag, job->value, &value, job->words, sizeof job->words))
        return outcome;
    outcome = look(transport, tag, registers);
    if (outcome.kind != OUTCOME_GOOD) {
        snprintf(job->words, sizeof job->words, "it could not be read, so nothing was written: %s", outcome.text);
        return outcome;
    }
    show(tag, registers, job->before, sizeof job->before);
    return encode(job, value, registers) ? write_over(transport, job, value, registers) : outcome;
}
