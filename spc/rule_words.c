#include "spc/rules.h"

#include <stdio.h>
#include <string.h>

/* Rules as people write them: the words in which a signal is told are the words in which a plant defines its own sets. */

/* One way to say a primitive. In pattern k, n and s stand for its numbers. */
struct phrase {
    const char *pattern;
    struct rule rule;
    int least_n;
};
static const struct phrase phrases[] = {
    {"beyond s sigma", {.primitive = RULE_BEYOND, .k = 1, .n = 1}, 1},
    {"k of n beyond s sigma", {.primitive = RULE_K_OF_N}, 1},
    {"n in a row on one side", {.primitive = RULE_RUN}, 2},
    {"n points rising or falling", {.primitive = RULE_TREND}, 3},
    {"n steps rising or falling", {.primitive = RULE_TREND, .steps = true}, 2},
    {"n points alternating", {.primitive = RULE_ALTERNATE}, 4},
    {"n steps alternating", {.primitive = RULE_ALTERNATE, .steps = true}, 3},
    {"n in a row within s sigma", {.primitive = RULE_INSIDE}, 2},
    {"n in a row beyond s sigma", {.primitive = RULE_OUTSIDE}, 2},
    {"n in a row beyond s sigma, both sides", {.primitive = RULE_OUTSIDE, .both_sides = true}, 2},
    {"n in a row beyond s sigma, opposite sides", {.primitive = RULE_RANGE}, 2},
    {"n in a row of one stream", {.primitive = RULE_SAME}, 2},
};

static bool fits(const char *pattern, const char *words, struct rule *rule)
{
    for (; *pattern; pattern++) {
        bool alone = pattern[1] == ' ' && (pattern[-1] == ' ' || pattern[-1] == '\0');
        int used = 0;
        if (alone && *pattern == 's' && sscanf(words, "%lf%n", &rule->s, &used) == 1)
            words += used;
        else if (alone && (*pattern == 'k' || *pattern == 'n') && sscanf(words, "%d%n", *pattern == 'k' ? &rule->k : &rule->n, &used) == 1)
            words += used;
        else if (*words++ != *pattern)
            return false;
    }
    return !*words;
}

static const struct phrase *phrase_of(const char *words, struct rule *rule)
{
    for (size_t i = 0; i < sizeof phrases / sizeof phrases[0]; i++) {
        char pattern[64] = ""; /* a NUL before it: what stands before its first letter */
        snprintf(pattern + 1, sizeof pattern - 1, "%s", phrases[i].pattern);
        *rule = phrases[i].rule;
        if (fits(pattern + 1, words, rule))
            return &phrases[i];
    }
    return NULL;
}

/* The place of a distance in the set, or a new one; -1 when there is no room. */
static int zone_of(struct spc_rule_set *set, double s)
{
    for (int i = 1; i < RULE_ZONES; i++) {
        if (set->distances[i] == 0)
            set->distances[i] = s;
        if (set->distances[i] == s)
            return i;
    }
    return -1;
}

const char *rule_set_add(struct spc_rule_set *set, const char *words)
{
    struct rule rule;
    const struct phrase *phrase = phrase_of(words, &rule);
    if (!phrase)
        return "it is none of: beyond 3 sigma, 2 of 3 beyond 2 sigma, 9 in a row on one side, 6 points (or steps) rising or falling, 14 points (or "
               "steps) alternating, 15 in a row within 1 sigma, 8 in a row beyond 1 sigma (', both sides'), 2 in a row beyond 2 sigma, opposite "
               "sides, 4 in a row of one stream";
    bool far = strstr(phrase->pattern, " s sigma") != NULL;
    if (set->count == RULES_MAX)
        return "a set has at most 16 rules";
    if (rule.n < phrase->least_n || rule.n > RULES_WINDOW)
        return "so many points make no such pattern: at most 32, and a trend takes 3 points, an alternation 4, the others 2";
    if (rule.primitive == RULE_K_OF_N && (rule.k < 1 || rule.k > rule.n))
        return "more points are wanted than are looked at";
    if (rule.primitive == RULE_RANGE && rule.n != 2)
        return "points on opposite sides are two";
    if (far && !(rule.s > 0 && rule.s <= 10))
        return "the distance must lie above 0 and not above 10 sigma";
    if (far && (rule.zone = zone_of(set, rule.s)) < 0)
        return "the rules of a set may name three different distances";
    rule.words = words;
    set->rules[set->count++] = rule;
    return NULL;
}

char *rule_set_words(const struct spc_rule_set *set, char *out, size_t size)
{
    int used = snprintf(out, size, "%s:", set->id);
    for (int i = 0; i < set->count && used > 0 && (size_t)used < size; i++)
        used += snprintf(out + used, size - (size_t)used, "%s %s", i ? ";" : "", set->rules[i].words);
    return out;
}

int rule_set_read(struct spc_rule_set *set, char *text)
{
    char *words = strchr(text, ':'), *next;
    *set = (struct spc_rule_set){.id = text, .name = text};
    if (!words)
        return -1;
    *words++ = '\0';
    for (; words; words = next) {
        if ((next = strchr(words, ';')))
            *next++ = '\0';
        if (rule_set_add(set, words + strspn(words, " ")))
            return -1;
    }
    return 0;
}
