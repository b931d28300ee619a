#include "spc/rules.h"

#include <math.h>
#include <string.h>

/* n in 1..32 */
static inline uint32_t newest(int n)
{
    return UINT32_MAX >> (RULES_WINDOW - n);
}

static inline bool all(uint32_t history, int n)
{
    return !(~history & newest(n));
}

/* The ones of a window: in line, where the compiler's own would be a call. */
static inline int bits(uint32_t window)
{
    uint32_t pairs = window - (window >> 1 & 0x55555555), fours = (pairs & 0x33333333) + (pairs >> 2 & 0x33333333);
    return (int)(((fours + (fours >> 4)) & 0x0f0f0f0f) * 0x01010101 >> 24);
}

static inline bool same_side(const struct rule *rule, const struct rule_history *history)
{
    uint32_t above = history->above[rule->zone], side = above & 1 ? above : history->below[rule->zone]; /* both cannot be beyond at once */
    return (side & 1) & (bits(side & newest(rule->n)) >= rule->k);
}

static bool outside(const struct rule *rule, uint32_t above, uint32_t below)
{
    uint32_t window = newest(rule->n);
    return all(above | below, rule->n) && (!rule->both_sides || ((above & window) && (below & window)));
}

/* Of a trend or an alternation: n points are n - 1 steps, and n - 2 turns. */
static int steps_of(const struct rule *rule)
{
    return rule->n - !rule->steps - (rule->primitive == RULE_ALTERNATE);
}

static bool fires(const struct rule *rule, const struct rule_history *history)
{
    uint32_t above = history->above[rule->zone], below = history->below[rule->zone];
    switch (rule->primitive) {
    case RULE_BEYOND:
        return (above | below) & 1;
    case RULE_K_OF_N:
        return same_side(rule, history);
    case RULE_RUN:
        return all(history->above[0], rule->n) || all(history->below[0], rule->n);
    case RULE_TREND:
        return all(history->rising, steps_of(rule)) || all(history->falling, steps_of(rule));
    case RULE_ALTERNATE:
        return all(history->turning, steps_of(rule));
    case RULE_INSIDE:
        return all(history->inside[rule->zone], rule->n);
    case RULE_OUTSIDE:
        return outside(rule, above, below);
    case RULE_SAME:
        return all(history->same, rule->n - 1);
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

/* --- what to look for before the rules are asked one by one: most points stir none of them, which a few vector comparisons find out */

static void look(uint32_t *mask, int n)
{
    *mask = *mask ? *mask & newest(n) : newest(n);
}

static void look_for(struct rule_least *mask, const struct rule *rule)
{
    struct rule_history *history = &mask->history;
    switch (rule->primitive) {
    case RULE_BEYOND:
    case RULE_RANGE:
        look(&history->above[rule->zone], 1);
        look(&history->below[rule->zone], 1);
        break;
    case RULE_RUN:
        look(&history->above[0], rule->n);
        look(&history->below[0], rule->n);
        break;
    case RULE_TREND:
        look(&history->rising, steps_of(rule));
        look(&history->falling, steps_of(rule));
        break;
    case RULE_ALTERNATE:
        look(&history->turning, steps_of(rule));
        break;
    case RULE_INSIDE:
        look(&history->inside[rule->zone], rule->n);
        break;
    case RULE_OUTSIDE:
        look(&mask->outside[rule->zone], rule->n);
        break;
    case RULE_SAME:
        look(&history->same, rule->n - 1);
        break;
    case RULE_K_OF_N: /* has no shortest row */
        break;
    }
}

__attribute__((noinline)) static void watch_begin(struct rule_watch *watch, const struct spc_rule_set *set, enum rule_scope scope)
{
    uint32_t words[sizeof(struct rule_least) / sizeof(uint32_t)];
    *watch = (struct rule_watch){.set = set, .scope = scope};
    for (int i = 0; i < set->count; i++) {
        if (!(scopes[scope] >> set->rules[i].primitive & 1))
            continue;
        uint32_t *kind = set->rules[i].primitive == RULE_K_OF_N ? &watch->counts : &watch->rows;
        *kind |= UINT32_C(1) << i;
        look_for(&watch->mask, &set->rules[i]);
    }
    memcpy(words, &watch->mask, sizeof words);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        words[i] = words[i] ? words[i] : 1; /* nothing of a history where nothing is looked for is never 1 */
    memcpy(&watch->must, words, sizeof words);
}

/* Four histories side by side, and their distances in pairs, as every processor's vector unit has them. A yes is -1. */
typedef double distances __attribute__((vector_size(16)));
typedef int32_t answers __attribute__((vector_size(16)));
typedef uint32_t histories __attribute__((vector_size(16)));

static inline histories load(const uint32_t *from)
{
    histories loaded;
    memcpy(&loaded, from, sizeof loaded);
    return loaded;
}

static inline void append(uint32_t *to, answers near, answers far)
{
    histories history = load(to);
    history = history + history - (histories)__builtin_shuffle(near, far, (answers){0, 2, 4, 6});
    memcpy(to, &history, sizeof history);
}

static inline histories met(histories history, const uint32_t *mask, const uint32_t *must)
{
    return (histories)((history & load(mask)) == load(must));
}

/* Whether any rule in a row may fire. The steps one by one: they were just written so, and a wide load would wait for all of them. */
static inline bool stirs(const struct rule_history *history, const struct rule_watch *watch)
{
    const struct rule_least *mask = &watch->mask, *must = &watch->must;
    histories above = load(history->above), below = load(history->below), inside = load(history->inside);
    histories any = met(above, mask->history.above, must->history.above) | met(below, mask->history.below, must->history.below) |
                    met(inside, mask->history.inside, must->history.inside) | met(above | below, mask->outside, must->outside);
    uint64_t halves[2];
    memcpy(halves, &any, sizeof halves);
    return (halves[0] | halves[1]) | ((history->rising & mask->history.rising) == must->history.rising) |
           ((history->falling & mask->history.falling) == must->history.falling) |
           ((history->turning & mask->history.turning) == must->history.turning) | ((history->same & mask->history.same) == must->history.same);
}

static void remember(struct rule_state *state, const struct spc_rule_set *set, double value, double z)
{
    struct rule_history *history = &state->history;
    const double size = fabs(z);
    distances near, far, up = {z, z}, down = {-z, -z}, either = {size, size};
    memcpy(&near, set->distances, sizeof near);
    memcpy(&far, set->distances + 2, sizeof far);
    append(history->above, (answers)(up > near), (answers)(up > far));
    append(history->below, (answers)(down > near), (answers)(down > far));
    append(history->inside, (answers)(either < near), (answers)(either < far));
    unsigned rose = state->has_previous & (value > state->previous), fell = state->has_previous & (value < state->previous);
    history->turning = history->turning << 1 | (rose & history->falling) | (fell & history->rising);
    history->rising = history->rising << 1 | rose;
    history->falling = history->falling << 1 | fell;
    state->previous = value;
    state->has_previous = true;
}

/* Seldom wanted, and kept out of the way of what is done at every point. */
__attribute__((noinline)) static uint32_t ask(const struct rule_state *state, uint32_t rules)
{
    uint32_t fired = 0;
    for (; rules; rules &= rules - 1) {
        int i = __builtin_ctz(rules);
        fired |= (uint32_t)fires(&state->watch.set->rules[i], &state->history) << i;
    }
    return fired;
}

uint32_t rules_judge(struct rule_state *state, const struct spc_rule_set *set, enum rule_scope scope, double value, double z)
{
    if (state->watch.set != set || state->watch.scope != scope)
        watch_begin(&state->watch, set, scope);
    remember(state, set, value, z);
    uint32_t fired = stirs(&state->history, &state->watch) ? ask(state, state->watch.rows) : 0;
    for (uint32_t counts = state->watch.counts; counts; counts &= counts - 1) {
        int i = __builtin_ctz(counts);
        fired |= (uint32_t)same_side(&set->rules[i], &state->history) << i;
    }
    return fired;
}

uint32_t rules_in_scope(const struct spc_rule_set *set, enum rule_scope scope)
{
    uint32_t apply = 0;
    for (int i = 0; i < set->count; i++)
        apply |= (uint32_t)(scopes[scope] >> set->rules[i].primitive & 1) << i;
    return apply;
}

void rules_stream(struct rule_state *state, int stream)
{
    state->history.same = state->history.same << 1 | (stream > 0 && stream == state->stream);
    state->stream = stream;
}

void rules_break(struct rule_state *state)
{
    *state = (struct rule_state){.watch = state->watch};
}

const char *rule_words(const struct spc_rule_set *set, int number)
{
    return number >= 1 && number <= set->count ? set->rules[number - 1].words : NULL;
}

/* How severe, 0 first. */
static const int ranks[] = {
    [RULE_BEYOND] = 0, [RULE_K_OF_N] = 1,    [RULE_RUN] = 2,     [RULE_SAME] = 2,   [RULE_TREND] = 3,
    [RULE_RANGE] = 4,  [RULE_ALTERNATE] = 5, [RULE_OUTSIDE] = 6, [RULE_INSIDE] = 7,
};
_Static_assert(sizeof ranks / sizeof ranks[0] == RULE_SAME + 1, "each primitive has its rank");

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
