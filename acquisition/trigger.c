#include "acquisition/trigger.h"

#include <stddef.h>

static struct trigger_result moved(struct trigger *trigger, enum trigger_kind kind, int64_t parts, int64_t value)
{
    struct trigger_result result = {kind, parts, trigger->last};
    trigger->last = value;
    trigger->at_zero = false;
    return result;
}

static struct trigger_result stood(const struct trigger *trigger)
{
    return (struct trigger_result){TRIGGER_NONE, 0, trigger->last};
}

void trigger_base(struct trigger *trigger, int64_t value)
{
    trigger->last = trigger->modulus > 1 && value < 0 ? value + trigger->modulus : value;
    trigger->based = true;
    trigger->at_zero = false;
}

static struct trigger_result step_bit(struct trigger *trigger, int64_t value)
{
    bool rise = value && !trigger->last;
    return moved(trigger, rise ? TRIGGER_NEW : TRIGGER_NONE, rise, value);
}

static struct trigger_result step_up(struct trigger *trigger, int64_t value)
{
    int64_t ahead = value - trigger->last;
    if (trigger->modulus && ahead > trigger->modulus / 2) /* a small step back over zero looks like a large one forward */
        return moved(trigger, TRIGGER_BACKWARDS, 0, value);
    return moved(trigger, ahead == 1 ? TRIGGER_NEW : TRIGGER_JUMP, ahead, value);
}

static struct trigger_result step_down(struct trigger *trigger, int64_t value)
{
    int64_t back = trigger->last - value, over = trigger->modulus - back;
    bool upper_half = trigger->modulus && trigger->last >= trigger->modulus / 2;
    if (upper_half && over <= trigger->modulus / 2)
        return moved(trigger, TRIGGER_ROLLOVER, over, value);
    if (value <= trigger->last / 2)
        return moved(trigger, TRIGGER_RESET, value, value);
    return moved(trigger, TRIGGER_BACKWARDS, 0, value);
}

struct trigger_result trigger_step(struct trigger *trigger, int64_t value)
{
    if (trigger->modulus > 1 && value < 0)
        value += trigger->modulus; /* a signed register */
    if (!trigger->based) {
        trigger_base(trigger, value);
        return (struct trigger_result){TRIGGER_BASE, 0, value};
    }
    if (trigger->modulus == 1)
        return step_bit(trigger, value);
    bool exact_rollover = trigger->modulus && trigger->last == trigger->modulus - 1;
    if (value == 0 && trigger->last > 0 && !exact_rollover && !trigger->at_zero) {
        trigger->at_zero = true;
        return stood(trigger);
    }
    if (value == trigger->last) {
        trigger->at_zero = false;
        return stood(trigger);
    }
    return value > trigger->last ? step_up(trigger, value) : step_down(trigger, value);
}

const char *trigger_words(enum trigger_kind kind)
{
    static const char *const words[] = {
        [TRIGGER_JUMP] = "jumped",
        [TRIGGER_ROLLOVER] = "rolled over",
        [TRIGGER_RESET] = "was reset",
        [TRIGGER_BACKWARDS] = "went backwards",
    };
    return (size_t)kind < sizeof words / sizeof words[0] ? words[kind] : NULL;
}
