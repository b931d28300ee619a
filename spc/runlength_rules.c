/* Average run lengths of rule sets, by the judge of the live charts itself. */
#include "spc/runlength.h"
#include "spc/standard.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <string.h>

/* The strips of z between the distances that a set names; one representative value of each, and its probability. */
enum { STRIPS = 2 * RULE_ZONES + 2 };
struct strips {
    int count;
    double z[STRIPS], chance[STRIPS];
};

static struct strips strips_of(const struct spc_rule_set *rules, double shift)
{
    double edges[STRIPS + 1];
    int count = 0;
    struct strips strips = {0};
    edges[count++] = -INFINITY;
    for (int sign = -1; sign <= 1; sign += 2)
        for (int i = 0; i < RULE_ZONES; i++) {
            double edge = sign * rules->distances[sign < 0 ? RULE_ZONES - 1 - i : i];
            int place = count;
            for (; place > 0 && edges[place - 1] > edge; place--)
                edges[place] = edges[place - 1];
            edges[place] = edge;
            count++;
        }
    edges[count++] = INFINITY;
    for (int i = 1; i < count; i++) {
        double low = edges[i - 1], high = edges[i], side = low + high > 2 * shift ? -1 : 1;
        if (!(high > low))
            continue;
        strips.z[strips.count] = isinf(low) ? high - 1 : isinf(high) ? low + 1 : (low + high) / 2;
        strips.chance[strips.count++] = fabs(standard_normal.below(0, side * (high - shift)) - standard_normal.below(0, side * (low - shift)));
    }
    return strips;
}

/* What of a history of n points can still matter to "k of n": a mark counts only while enough later points can join it. */
static uint32_t alive_k_of_n(uint32_t history, int k, int n)
{
    uint32_t alive = 0;
    for (int age = 1, marks = 0; age < n; age++) {
        uint32_t bit = history & UINT32_C(1) << (age - 1);
        marks += bit != 0;
        if (bit && marks + n - age >= k)
            alive |= bit;
    }
    return alive;
}

/* Of a run only the unbroken newest part, at most n - 1 points, matters. */
static uint32_t alive_run(uint32_t history, int n)
{
    return history & ~(history + 1) & ((UINT32_C(1) << (n - 1)) - 1);
}

/* Forgets everything that cannot matter to any rule of the set, so that histories with the same future are the same state. */
static void forget(struct rule_state *state, const struct spc_rule_set *rules)
{
    struct rule_state kept = {.watch = state->watch};
    for (int i = 0; i < rules->count; i++) {
        const struct rule *rule = &rules->rules[i];
        int zone = rule->zone;
        uint32_t above = state->history.above[zone], below = state->history.below[zone], both;
        switch (rule->primitive) {
        case RULE_K_OF_N:
            kept.history.above[zone] |= alive_k_of_n(above, rule->k, rule->n);
            kept.history.below[zone] |= alive_k_of_n(below, rule->k, rule->n);
            break;
        case RULE_RUN:
            kept.history.above[0] |= alive_run(state->history.above[0], rule->n);
            kept.history.below[0] |= alive_run(state->history.below[0], rule->n);
            break;
        case RULE_INSIDE:
            kept.history.inside[zone] |= alive_run(state->history.inside[zone], rule->n);
            break;
        case RULE_OUTSIDE:
            both = alive_run(above | below, rule->n);
            kept.history.above[zone] |= above & both;
            kept.history.below[zone] |= below & both;
            break;
        case RULE_RANGE:
            kept.history.above[zone] |= above & 1;
            kept.history.below[zone] |= below & 1;
            break;
        default:
            break;
        }
    }
    *state = kept;
}

struct node {
    struct rule_state state;
    double mass, coming; /* chance of being here without a signal, now and at the next point */
    int next[STRIPS];    /* -1: a signal */
};

/* The chain in the caller's room: nodes, then an open-addressing index of twice as many places. */
struct chain {
    struct node *nodes;
    int *index;
    int count, most;
};

size_t runlength_room(int states)
{
    return (size_t)states * (sizeof(struct node) + 2 * sizeof(int)) + 2 * sizeof(struct node);
}

static bool same_state(const struct rule_state *a, const struct rule_state *b)
{
    return !memcmp(&a->history, &b->history, sizeof a->history);
}

static uint64_t hash_of(const struct rule_state *state)
{
    uint64_t hash = 0;
    for (int i = 0; i < RULE_ZONES; i++) {
        hash = (hash ^ state->history.above[i]) * UINT64_C(0x9e3779b97f4a7c15);
        hash = (hash ^ hash >> 29 ^ state->history.below[i]) * UINT64_C(0xbf58476d1ce4e5b9);
        hash = (hash ^ hash >> 31 ^ state->history.inside[i]) * UINT64_C(0x94d049bb133111eb);
    }
    return hash ^ hash >> 32;
}

/* The number of a state, new or old; -1 when there is no room for a new one. */
static int number_of(struct chain *chain, const struct rule_state *state)
{
    size_t places = 2 * (size_t)chain->most, place = hash_of(state) % places;
    for (; chain->index[place] >= 0; place = (place + 1) % places)
        if (same_state(&chain->nodes[chain->index[place]].state, state))
            return chain->index[place];
    if (chain->count == chain->most)
        return -1;
    chain->nodes[chain->count] = (struct node){.state = *state};
    chain->index[place] = chain->count;
    return chain->count++;
}

/* Every state that can be reached from nothing; false when they do not fit. */
static bool explore(struct chain *chain, const struct spc_rule_set *rules, const struct strips *strips)
{
    struct rule_state fresh = {0};
    number_of(chain, &fresh);
    for (int i = 0; i < chain->count; i++)
        for (int s = 0; s < strips->count; s++) {
            struct rule_state state = chain->nodes[i].state;
            bool signal = rules_judge(&state, rules, RULES_ALL, strips->z[s], strips->z[s]) != 0;
            forget(&state, rules);
            int next = signal ? -1 : number_of(chain, &state);
            if (!signal && next < 0)
                return false;
            chain->nodes[i].next[s] = next;
        }
    return true;
}

/* One point more: where the chance of no signal yet, *left, moves to. Returns the chance of a signal at this point. */
static double advance(struct chain *chain, const struct strips *strips, double *left)
{
    double signal = 0;
    *left = 0;
    for (int i = 0; i < chain->count; i++)
        for (int s = 0; s < strips->count; s++) {
            int next = chain->nodes[i].next[s];
            double moved = chain->nodes[i].mass * strips->chance[s];
            if (next < 0)
                signal += moved;
            else
                chain->nodes[next].coming += moved;
        }
    for (int i = 0; i < chain->count; i++) {
        *left += chain->nodes[i].mass = chain->nodes[i].coming;
        chain->nodes[i].coming = 0;
    }
    return signal;
}

/* Sum of the chances of no signal yet. Once what a chart remembers has forgotten the start, the chance of a signal at the next point stays the same,
 * and the rest is a geometric series. */
static double mean_length(struct chain *chain, const struct strips *strips)
{
    enum { POINTS = 100000, STEADY = 2 * RULES_WINDOW };
    double left = 1, sum = 1, hazard = 0;
    chain->nodes[0].mass = 1;
    for (int point = 0, steady = 0; point < POINTS && steady < STEADY && left > 1e-300; point++) {
        double before = left, signal = advance(chain, strips, &left), now = signal / before;
        steady = fabs(now - hazard) <= 1e-14 * now ? steady + 1 : 0;
        hazard = now;
        sum += left;
    }
    return sum + left * (1 - hazard) / hazard;
}

static struct runlength no_runlength(const char *why)
{
    return (struct runlength){.arl = NAN, .error = NAN, .why = why};
}

struct runlength runlength_chain(const struct spc_rule_set *rules, double shift, void *room, size_t bytes)
{
    for (int i = 0; i < rules->count; i++)
        if (rules->rules[i].primitive == RULE_TREND || rules->rules[i].primitive == RULE_ALTERNATE)
            return no_runlength("trend and alternate rules remember values: simulate");
    int most = 0;
    while (runlength_room(most + 1) <= bytes && most < RUNLENGTH_STATES)
        most++;
    struct chain chain = {.nodes = room, .index = (int *)((struct node *)room + most), .most = most};
    struct strips strips = strips_of(rules, shift);
    for (int i = 0; i < 2 * most; i++)
        chain.index[i] = -1;
    if (most < 1 || !explore(&chain, rules, &strips))
        return no_runlength("more states than there is room for: simulate");
    return (struct runlength){.arl = mean_length(&chain, &strips), .states = chain.count};
}

/* splitmix64, and Marsaglia's polar method. */
static double uniform(uint64_t *seed)
{
    uint64_t z = *seed += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return ((double)((z ^ z >> 31) >> 11) + 0.5) * 0x1p-53;
}

static double normal(uint64_t *seed, double *spare)
{
    if (!isnan(*spare)) {
        double held = *spare;
        *spare = NAN;
        return held;
    }
    double x, y, square;
    do {
        x = 2 * uniform(seed) - 1;
        y = 2 * uniform(seed) - 1;
        square = x * x + y * y;
    } while (square >= 1 || square == 0);
    double radius = sqrt(-2 * log(square) / square);
    *spare = y * radius;
    return x * radius;
}

struct runlength runlength_simulated(const struct spc_rule_set *rules, enum rule_scope scope, double shift, int runs, uint64_t seed)
{
    enum { POINTS = 20000000, FEWEST = 50 };
    double sum = 0, squares = 0, spare = NAN;
    int done = 0;
    if (runs < 2)
        return no_runlength("fewer than two runs");
    for (; done < runs && sum < POINTS; done++) {
        struct rule_state state = {0};
        int length = 0;
        for (uint32_t fired = 0; !fired; length++) {
            if (sum + length >= POINTS && done < FEWEST)
                return no_runlength("signals are too seldom to be counted");
            double z = shift + normal(&seed, &spare);
            fired = rules_judge(&state, rules, scope, z, z);
        }
        sum += length;
        squares += (double)length * length;
    }
    double mean = sum / done;
    return (struct runlength){.arl = mean, .error = sqrt(fmax(0, squares / done - mean * mean) / (done - 1))};
}
