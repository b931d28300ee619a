#include "spc/rules.h"

#include <math.h>
#include <string.h>

static inline uint64_t newest(int n)
{
    return (UINT64_C(1) << n) - 1;
}

/* The newest n are all set: counted by the first that is not, which costs less than a window. */
static inline bool all(uint64_t history, int n)
{
    return __builtin_ctzll(~history | UINT64_C(1) << 63) >= n;
}

/* The ones of a window of 32: in line, where the compiler's own would be a call. */
static inline int bits(uint64_t window)
{
    uint32_t pairs = (uint32_t)window - ((uint32_t)window >> 1 & 0x55555555), fours = (pairs & 0x33333333) + (pairs >> 2 & 0x33333333);
    return (int)(((fours + (fours >> 4)) & 0x0f0f0f0f) * 0x01010101 >> 24);
}

static inline bool same_side(const struct rule *rule, uint64_t history)
{
    return (history & 1) & (bits(history & newest(rule->n)) >= rule->k);
}

static inline bool outside(const struct rule *rule, uint64_t above, uint64_t below)
{
    uint64_t window = newest(rule->n);
    return all(above | below, rule->n) && (!rule->both_sides || ((above & window) && (below & window)));
}

/* One switch for all: this is asked of every rule at every point, and calls cost more than what they would do. n points are n - 1 steps, and
 * n - 2 turns. */
static inline bool fires(const struct rule *rule, const struct rule_state *state)
{
    uint64_t above = state->above[rule->zone], below = state->below[rule->zone];
    switch (rule->primitive) {
    case RULE_BEYOND:
        return (above | below) & 1;
    case RULE_K_OF_N:
        return same_side(rule, above & 1 ? above : below); /* both sides cannot be beyond at once */
    case RULE_RUN:
        return all(state->above[0], rule->n) | all(state->below[0], rule->n);
    case RULE_TREND:
        return all(state->rising, rule->n - !rule->steps) | all(state->falling, rule->n - !rule->steps);
    case RULE_ALTERNATE:
        return all(state->turning, rule->n - 1 - !rule->steps);
    case RULE_INSIDE:
        return all(state->inside[rule->zone], rule->n);
    case RULE_OUTSIDE:
        return outside(rule, above, below);
    case RULE_SAME:
        return all(state->same, rule->n - 1);
    case RULE_RANGE:
        return ((above & 1) && (below & 2)) || ((below & 1) && (above & 2));
    }
    return false;
}

/* A bit for each primitive that means something in a scope. */
static const unsigned scopes[] = {
    [RULES_ALL] = ~0u,
    [RULES_DISPERSION] = 1u << RULE_BEYOND | 1u << RULE_RUN | 1u << RULE_TREND | 1u << RULE_ALTERNATE | 1u << RULE_SAME,
};

/* How severe, 0 first. */
static const int ranks[] = {
    [RULE_BEYOND] = 0,    [RULE_K_OF_N] = 1,  [RULE_RUN] = 2,    [RULE_TREND] = 3, [RULE_RANGE] = 4,
    [RULE_ALTERNATE] = 5, [RULE_OUTSIDE] = 6, [RULE_INSIDE] = 7, [RULE_SAME] = 2,
};

/* Two zones side by side, as every processor's vector unit has them. A yes is -1. */
enum { LANES = 2 };
typedef double zones __attribute__((vector_size(8 * LANES)));
typedef int64_t answers __attribute__((vector_size(8 * LANES)));
typedef uint64_t bits_of_zones __attribute__((vector_size(8 * LANES)));

static inline void append(uint64_t *histories, answers yes)
{
    bits_of_zones history;
    memcpy(&history, histories, sizeof history);
    history = history + history - (bits_of_zones)yes;
    memcpy(histories, &history, sizeof history);
}

static void remember(struct rule_state *state, const struct spc_rule_set *set, double value, double z)
{
    const double size = fabs(z);
    for (int i = 0; i < RULE_ZONES; i += LANES) {
        zones distance;
        memcpy(&distance, set->distances + i, sizeof distance);
        append(state->above + i, (zones){z, z} > distance);
        append(state->below + i, (zones){-z, -z} > distance);
        append(state->inside + i, (zones){size, size} < distance);
    }
    unsigned rose = state->has_previous & (value > state->previous), fell = state->has_previous & (value < state->previous);
    state->turning = state->turning << 1 | (rose & state->falling) | (fell & state->rising);
    state->rising = state->rising << 1 | rose;
    state->falling = state->falling << 1 | fell;
    state->previous = value;
    state->has_previous = true;
    state->seen += state->seen < RULES_WINDOW;
}

uint32_t rules_judge(struct rule_state *state, const struct spc_rule_set *set, enum rule_scope scope, double value, double z)
{
    remember(state, set, value, z);
    const unsigned apply = scopes[scope];
    uint32_t fired = 0;
    for (int i = 0; i < set->count; i++)
        if (apply >> set->rules[i].primitive & 1)
            fired |= (uint32_t)fires(&set->rules[i], state) << i;
    return fired;
}

void rules_stream(struct rule_state *state, int stream)
{
    state->same = state->same << 1 | (stream > 0 && stream == state->stream);
    state->stream = stream;
}

void rules_break(struct rule_state *state)
{
    *state = (struct rule_state){0};
}

const char *rule_words(const struct spc_rule_set *set, int number)
{
    return number >= 1 && number <= set->count ? set->rules[number - 1].words : NULL;
}

int rule_most_severe(const struct spc_rule_set *set, uint32_t fired)
{
    int best = 0;
    for (int i = 0; i < set->count; i++) {
        if (!(fired >> i & 1))
            continue;
        const struct rule *rule = &set->rules[i], *leader = best ? &set->rules[best - 1] : NULL;
        int rank = ranks[rule->primitive], lead = leader ? ranks[leader->primitive] : 99;
        if (rank < lead || (rank == lead && rule->s > leader->s))
            best = i + 1;
    }
    return best;
}
