#ifndef GEMBA_SPC_RULES_H
#define GEMBA_SPC_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The primitives. Strict comparisons; the current point must itself be beyond for k-of-n; a point on the centre breaks a run, a tie breaks
 * a trend. Definitions: SPC.md "Rules". */
enum rule_primitive {
    RULE_BEYOND,    /* 1 point beyond s sigma */
    RULE_K_OF_N,    /* k of n beyond s sigma, same side */
    RULE_RUN,       /* n in a row on one side of the centre */
    RULE_TREND,     /* n points (or steps) rising or falling */
    RULE_ALTERNATE, /* n points (or steps) alternating up and down */
    RULE_INSIDE,    /* n in a row within s sigma */
    RULE_OUTSIDE,   /* n in a row beyond s sigma, either side; both_sides: and both sides occur */
    RULE_RANGE,     /* one beyond +s and the one before or after beyond -s (R_4s) */
    RULE_SAME,      /* the same stream n in a row: only where points name one (rules_stream) */
};

struct rule {
    enum rule_primitive primitive;
    int k, n;
    double s;
    int zone;          /* the place of s in the set's distances; 0 without s */
    bool steps;        /* trend, alternate: n counts steps, not points */
    bool both_sides;   /* outside */
    const char *words; /* "2 of 3 beyond 2 sigma" */
};

enum { RULES_MAX = 16, RULES_WINDOW = 32, RULE_ZONES = 4 };

struct spc_rule_set {
    const char *id;               /* "nelson" */
    const char *name;             /* "Nelson 1984 (ISO 8258, GB/T 4091-2001)" */
    double distances[RULE_ZONES]; /* [0] is 0, the centre; then the sigma distances that its rules name */
    int count;
    struct rule rules[RULES_MAX]; /* a rule's number is its place + 1 */
    double arl[2];                /* points to a false alarm, by enum rule_scope; 0: not known (runlength.h finds it) */
};

/* The table of named sets. */
extern const struct spc_rule_set spc_rule_sets[];
extern const size_t spc_rule_set_count;
const struct spc_rule_set *spc_rule_set_find(const char *id); /* NULL when unknown */

/* Adds a rule, in the words that the named sets have for theirs ("2 of 3 beyond 2 sigma"), which the set keeps; starts from {.count = 0}. Returns
 * NULL, or why not. */
const char *rule_set_add(struct spc_rule_set *set, const char *words);
/* "our-set: beyond 3 sigma; 9 in a row on one side", and back: the set then points into text, which is cut up. -1 when it is none. */
enum { RULE_SET_WORDS = 1024 };
char *rule_set_words(const struct spc_rule_set *set, char *out, size_t size);
int rule_set_read(struct spc_rule_set *set, char *text);

/* Which rules apply: all for a location chart of variables; beyond, run, trend, alternate for dispersion and attribute charts. */
enum rule_scope { RULES_ALL, RULES_DISPERSION };
uint32_t rules_in_scope(const struct spc_rule_set *set, enum rule_scope scope); /* bit i = rule i + 1 */

/* The points since the last break, one bit a point, newest lowest: per distance of the set, and per step. */
struct rule_history {
    uint32_t above[RULE_ZONES], below[RULE_ZONES], inside[RULE_ZONES];
    uint32_t rising, falling, turning, same;
};
/* What must be there before any rule can fire: the newest points of each history that are looked at (as a mask), and what they must be. Made once
 * for a set; the rules are asked one by one only where it is met. */
struct rule_watch {
    const struct spc_rule_set *set;
    enum rule_scope scope;
    uint32_t rows, counts; /* the rules that apply; those that count k of n have no shortest row and are asked always */
    struct rule_least {
        struct rule_history history;
        uint32_t outside[RULE_ZONES];
    } mask, must;
};
/* What the engine remembers of the points before; fixed size, zero-initialised is "nothing yet" (also what a stage boundary does). It may be used
 * with one set, which must outlive it. */
struct rule_state {
    struct rule_history history;
    struct rule_watch watch;
    int stream; /* that the newest point named; 0: none */
    double previous;
    bool has_previous;
};

/* Judges the next point in O(1). value: the statistic (for trends and ties); z: (value - center) / sigma with the point's own sigma, upper or
 * lower. Returns a bit set: bit i = rule i + 1 of the set fires at this point. An excluded point must not be passed (it is bridged). */
uint32_t rules_judge(struct rule_state *state, const struct spc_rule_set *set, enum rule_scope scope, double value, double z);
/* Which stream the next point is of, from 1; 0: none, or several at once, which ends a row of one. To be told before rules_judge. */
void rules_stream(struct rule_state *state, int stream);
/* A missing point breaks every pattern. */
void rules_break(struct rule_state *state);

/* The rule's words; number from 1. NULL when the set has no such rule. */
const char *rule_words(const struct spc_rule_set *set, int number);
/* The most severe of a bit set: beyond before k-of-n before run before the rest. 0 when none. */
int rule_most_severe(const struct spc_rule_set *set, uint32_t fired);

#endif
