#ifndef GEMBA_ACQUISITION_TRIGGER_H
#define GEMBA_ACQUISITION_TRIGGER_H

#include <stdbool.h>
#include <stdint.h>

/* What a counter's new value means. Pure. */
enum trigger_kind {
    TRIGGER_NONE,      /* unchanged, or a zero that may be a hiccup: decided at the next value */
    TRIGGER_BASE,      /* the first value: nothing can be said yet */
    TRIGGER_NEW,       /* one more */
    TRIGGER_JUMP,      /* several more: all but the last were not seen */
    TRIGGER_ROLLOVER,  /* one or more, over the modulus */
    TRIGGER_RESET,     /* started again from zero; parts: those since */
    TRIGGER_BACKWARDS, /* stepped back: a correction, no parts */
};

struct trigger {
    int64_t modulus; /* counts 0 .. modulus - 1; 0: never rolls over; 1: a bit, whose rise is a part */
    bool based, at_zero;
    int64_t last;
};

struct trigger_result {
    enum trigger_kind kind;
    int64_t parts; /* made since the value before */
    int64_t from;  /* the value before */
};

/* The counter stood at value when last seen: what a restart goes on from. */
void trigger_base(struct trigger *trigger, int64_t value);
struct trigger_result trigger_step(struct trigger *trigger, int64_t value);

/* "jumped", "rolled over", ...; NULL for what is not worth an event. */
const char *trigger_words(enum trigger_kind kind);

#endif
