#include "spc/rules.h"

#include <math.h>

static uint64_t newest(int n)
{
    return (UINT64_C(1) << n) - 1;
}

static bool all(uint64_t history, int n)
{
    return (~history & newest(n)) == 0;
}

static bool fires_beyond(const struct rule *rule, const struct rule_state *state)
{
    return (state->above[rule->zone] | state->below[rule->zone]) & 1;
}

static bool same_side(const struct rule *rule, uint64_t history)
{
    return (history & 1) && __builtin_popcountll(history & newest(rule->n)) >= rule->k;
}

static bool fires_k_of_n(const struct rule *rule, const struct rule_state *state)
{
    return same_side(rule, state->above[rule->zone]) || same_side(rule, state->below[rule->zone]);
}

static bool fires_run(const struct rule *rule, const struct rule_state *state)
{
    return all(state->above[0], rule->n) | all(state->below[0], rule->n);
}

/* n points are n - 1 steps, and n - 2 turns. */
static bool fires_trend(const struct rule *rule, const struct rule_state *state)
{
    int steps = rule->steps ? rule->n : rule->n - 1;
    return all(state->rising, steps) | all(state->falling, steps);
}

static bool fires_alternate(const struct rule *rule, const struct rule_state *state)
{
    return all(state->turning, rule->steps ? rule->n - 1 : rule->n - 2);
}

static bool fires_inside(const struct rule *rule, const struct rule_state *state)
{
    return all(state->inside[rule->zone], rule->n);
}

static bool fires_outside(const struct rule *rule, const struct rule_state *state)
{
    uint64_t above = state->above[rule->zone], below = state->below[rule->zone], window = newest(rule->n);
    return all(above | below, rule->n) && (!rule->both_sides || ((above & window) && (below & window)));
}

static bool fires_range(const struct rule *rule, const struct rule_state *state)
{
    uint64_t above = state->above[rule->zone], below = state->below[rule->zone];
    return ((above & 1) && (below & 2)) || ((below & 1) && (above & 2));
}

/* By enum rule_primitive. rank: how severe, 0 first. */
static const struct {
    bool (*fires)(const struct rule *rule, const struct rule_state *state);
    bool for_dispersion;
    int rank;
} primitives[] = {
    [RULE_BEYOND] = {fires_beyond, true, 0},    [RULE_K_OF_N] = {fires_k_of_n, false, 1}, [RULE_RUN] = {fires_run, true, 2},
    [RULE_TREND] = {fires_trend, true, 3},      [RULE_RANGE] = {fires_range, false, 4},   [RULE_ALTERNATE] = {fires_alternate, true, 5},
    [RULE_OUTSIDE] = {fires_outside, false, 6}, [RULE_INSIDE] = {fires_inside, false, 7},
};

static void remember(struct rule_state *state, const struct spc_rule_set *set, double value, double z)
{
    for (int i = 0; i < RULE_ZONES; i++) {
        double distance = set->distances[i];
        state->above[i] = state->above[i] << 1 | (z > distance);
        state->below[i] = state->below[i] << 1 | (z < -distance);
        state->inside[i] = state->inside[i] << 1 | (fabs(z) < distance);
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
    uint32_t fired = 0;
    for (int i = 0; i < set->count; i++) {
        const struct rule *rule = &set->rules[i];
        if (scope == RULES_DISPERSION && !primitives[rule->primitive].for_dispersion)
            continue;
        fired |= (uint32_t)primitives[rule->primitive].fires(rule, state) << i;
    }
    return fired;
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
        int rank = primitives[rule->primitive].rank, lead = leader ? primitives[leader->primitive].rank : 99;
        if (rank < lead || (rank == lead && rule->s > leader->s))
            best = i + 1;
    }
    return best;
}
