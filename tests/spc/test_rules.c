#include "spc/rules.h"
#include "spc/streams.h"

#include "tests/harness.h"
#include "tests/spc/reference.h"
#include "tests/spc/suites.h"

#include <math.h>
#include <string.h>

enum { MOST_POINTS = 200 };

static const struct spc_rule_set *set_of(const char *id)
{
    const struct spc_rule_set *set = spc_rule_set_find(id);
    ck_assert_msg(set != NULL, "no rule set %s", id);
    return set;
}

static void judge_all(const struct spc_rule_set *set, enum rule_scope scope, const double *z, size_t count, uint32_t *fired)
{
    struct rule_state state = {0};
    for (size_t i = 0; i < count; i++) {
        fired[i] = 0;
        if (isnan(z[i]))
            rules_break(&state);
        else
            fired[i] = rules_judge(&state, set, scope, z[i], z[i]);
    }
}

static void check_vector(struct reference vector, const struct spc_rule_set *set, const char *key)
{
    double z[MOST_POINTS];
    uint32_t fired[MOST_POINTS], expected[MOST_POINTS] = {0};
    struct reference values = reference_at(vector, "z"), rules = reference_at(reference_at(vector, "expected_1based"), key);
    size_t count = reference_count(values);
    ck_assert_uint_le(count, MOST_POINTS);
    for (size_t i = 0; i < count; i++)
        z[i] = reference_number(reference_item(values, i));
    ck_assert_int_eq(reference_count(rules), set->count);
    for (int rule = 0; rule < set->count; rule++) {
        struct reference points = reference_item(rules, rule);
        for (size_t i = 0; i < reference_count(points); i++)
            expected[(int)reference_number(reference_item(points, i)) - 1] |= UINT32_C(1) << rule;
    }
    judge_all(set, RULES_ALL, z, count, fired);
    for (size_t i = 0; i < count; i++)
        ck_assert_msg(fired[i] == expected[i], "%s, %s, point %zu: rules %#x fired, expected %#x", reference_text(reference_at(vector, "id")),
                      set->id, i + 1, fired[i], expected[i]);
}

static const struct {
    const char *key, *id;
} vector_sets[] = {
    {"western_electric", "western-electric"},
    {"nelson", "nelson"},
    {"aiag_spc2", "aiag"},
    {"aiag_spc1", "aiag1"},
    {"juran", "juran"},
    {"montgomery", "montgomery"},
    {"ihi", "ihi"},
    {"westgard", "westgard"},
    {"iso8258_gbt4091_2001", "nelson"},
};

START_TEST(every_set_meets_every_reference_vector)
{
    struct reference root = reference_open("own/rules_vectors.json"), vectors = reference_at(root, "vectors");
    size_t sets = sizeof vector_sets / sizeof vector_sets[0];
    ck_assert_uint_eq(reference_count(vectors), 30);
    ck_assert_uint_eq(reference_count(reference_at(root, "meta/rules")), sets);
    for (size_t i = 0; i < reference_count(vectors); i++)
        for (size_t s = 0; s < sets; s++)
            check_vector(reference_item(vectors, i), set_of(vector_sets[s].id), vector_sets[s].key);
}
END_TEST

/* The vectors' expectations name rules in the order of meta.rules: a rule's number is its position there. */
START_TEST(the_reference_names_rules_in_the_order_of_their_numbers)
{
    struct reference root = reference_open("own/rules_vectors.json");
    for (size_t s = 0; s < sizeof vector_sets / sizeof vector_sets[0]; s++) {
        struct reference names = reference_at(reference_at(root, "meta/rules"), vector_sets[s].key);
        struct reference expected = reference_at(reference_at(root, "vectors/0/expected_1based"), vector_sets[s].key);
        ck_assert_uint_eq(reference_count(names), reference_count(expected));
        for (size_t i = 0; i < reference_count(names); i++)
            ck_assert_str_eq(reference_text(reference_at(reference_item(names, i), "name")), reference_key(expected, i));
    }
}
END_TEST

/* The definitions once more, read off the last n points each time. */
static bool beyond(double z, double s, int side)
{
    return side > 0 ? z > s : z < -s;
}

static bool naive_same_side(const struct rule *rule, const double *z, int available, int side)
{
    int hits = 0;
    for (int i = 0; i < rule->n && i < available; i++)
        hits += beyond(z[-i], rule->s, side);
    return beyond(z[0], rule->s, side) && hits >= rule->k;
}

static bool naive_steps(const double *z, int available, int steps, int direction, bool alternating)
{
    if (available < steps + 1)
        return false;
    for (int i = 0; i < steps; i++) {
        double step = (z[-i] - z[-i - 1]) * direction * (alternating && i % 2 ? -1 : 1);
        if (!(step > 0))
            return false;
    }
    return true;
}

static bool naive_row(const struct rule *rule, const double *z, int available)
{
    int above = 0, below = 0, inside = 0;
    for (int i = 0; i < rule->n && i < available; i++) {
        above += z[-i] > rule->s;
        below += z[-i] < -rule->s;
        inside += fabs(z[-i]) < rule->s;
    }
    if (rule->primitive == RULE_RUN)
        return above == rule->n || below == rule->n;
    if (rule->primitive == RULE_INSIDE)
        return inside == rule->n;
    return above + below == rule->n && (!rule->both_sides || (above && below));
}

static bool naive_fires(const struct rule *rule, const double *z, int available)
{
    int steps = rule->steps ? rule->n : rule->n - 1;
    switch (rule->primitive) {
    case RULE_BEYOND:
        return fabs(z[0]) > rule->s;
    case RULE_K_OF_N:
        return naive_same_side(rule, z, available, 1) || naive_same_side(rule, z, available, -1);
    case RULE_TREND:
        return naive_steps(z, available, steps, 1, false) || naive_steps(z, available, steps, -1, false);
    case RULE_ALTERNATE:
        return naive_steps(z, available, steps, 1, true) || naive_steps(z, available, steps, -1, true);
    case RULE_RANGE:
        return available > 1 && ((z[0] > rule->s && z[-1] < -rule->s) || (z[0] < -rule->s && z[-1] > rule->s));
    case RULE_RUN:
    case RULE_INSIDE:
    case RULE_OUTSIDE:
        return naive_row(rule, z, available);
    case RULE_SAME: /* of streams only: test_streams.c */
        break;
    }
    return false;
}

/* Values that make every rule fire now and then: coarse steps for ties and points on limits, slow drifts, quiet and loud spells, zigzags, gaps. */
static void lively(double *z, size_t count, unsigned long long *seed)
{
    double level = 0, spread = 1;
    int zigzag = 0;
    for (size_t i = 0; i < count; i++) {
        if (random_below(seed, 40) == 0) {
            level = random_below(seed, 5) - 2;
            spread = (double[]){0.2, 0.5, 1, 3}[random_below(seed, 4)];
            zigzag = random_below(seed, 4) == 0;
        }
        double value = level + (zigzag ? (i % 2 ? 1.2 : -1.2) : 0) + spread * random_normal(seed) + (spread < 0.3 ? (double)(i % 9) / 4 : 0);
        z[i] = random_below(seed, 60) == 0 ? NAN : rint(value * 4) / 4;
    }
}

enum { LIVELY = 10000 };

/* Asks the engine and the definitions about every point; returns the rules that ever fired. */
static uint32_t agree(const struct spc_rule_set *set, const double *z)
{
    static uint32_t fired[LIVELY];
    uint32_t ever = 0;
    int available = 0;
    judge_all(set, RULES_ALL, z, LIVELY, fired);
    for (int i = 0; i < LIVELY; i++) {
        available = isnan(z[i]) ? 0 : available + 1;
        for (int rule = 0; rule < set->count; rule++) {
            bool expected = available && naive_fires(&set->rules[rule], &z[i], available);
            if (expected != (fired[i] >> rule & 1))
                ck_abort_msg("%s rule %d (%s) at point %d", set->id, rule + 1, set->rules[rule].words, i + 1);
        }
        ever |= fired[i];
    }
    return ever;
}

START_TEST(the_engine_agrees_with_the_definitions_on_random_data)
{
    static double z[LIVELY];
    unsigned long long seed = 42;
    lively(z, LIVELY, &seed);
    for (size_t s = 0; s < spc_rule_set_count; s++) {
        uint32_t ever = agree(&spc_rule_sets[s], z);
        ck_assert_msg(ever == (UINT32_C(1) << spc_rule_sets[s].count) - 1, "%s: some rule never fired: %#x", spc_rule_sets[s].id, ever);
    }
}
END_TEST

/* A rule a plant may write: any primitive, from the shortest window to the longest. */
static void any_rule(char *words, size_t size, unsigned long long *seed)
{
    int n = random_below(seed, 3) ? 4 + random_below(seed, 9) : 4 + random_below(seed, RULES_WINDOW - 3), k = 1 + random_below(seed, n);
    double s = (double[]){0.5, 1.25, 2}[random_below(seed, 3)];
    switch (random_below(seed, 11)) {
    case 0:
        snprintf(words, size, "beyond %g sigma", s);
        break;
    case 1:
    case 2:
        snprintf(words, size, "%d of %d beyond %g sigma", k, n, s);
        break;
    case 3:
        snprintf(words, size, "2 in a row beyond %g sigma, opposite sides", s);
        break;
    case 4:
        snprintf(words, size, "%d in a row within %g sigma", n, s);
        break;
    case 5:
    case 6:
        snprintf(words, size, "%d in a row beyond %g sigma%s", n, s, random_below(seed, 2) ? ", both sides" : "");
        break;
    case 7:
        snprintf(words, size, "%d in a row on one side", n);
        break;
    case 8:
        snprintf(words, size, "%d %s rising or falling", n, random_below(seed, 2) ? "points" : "steps");
        break;
    default:
        snprintf(words, size, "%d %s alternating", n, random_below(seed, 2) ? "points" : "steps");
    }
}

START_TEST(so_it_does_on_sets_that_plants_define)
{
    static double z[LIVELY];
    unsigned long long seed = 7;
    int fired = 0, rules = 0;
    for (int turn = 0; turn < 60; turn++) {
        char words[RULES_MAX][64];
        struct spc_rule_set set = {.id = "ours"};
        lively(z, LIVELY, &seed);
        int count = 1 + random_below(&seed, RULES_MAX);
        for (int i = 0; i < count; i++) {
            any_rule(words[i], sizeof words[i], &seed);
            const char *why = rule_set_add(&set, words[i]);
            ck_assert_msg(!why, "%s: %s", words[i], why);
        }
        rules += count;
        fired += __builtin_popcount(agree(&set, z));
    }
    ck_assert_int_gt(fired, rules / 2);
}
END_TEST

START_TEST(minitab_counts_steps_where_nelson_counts_points)
{
    double rising[8], zigzag[16];
    uint32_t fired[16];
    for (int i = 0; i < 8; i++)
        rising[i] = -0.5 + 0.1 * i;
    for (int i = 0; i < 16; i++)
        zigzag[i] = i % 2 ? 0.1 : -0.1;
    judge_all(set_of("nelson"), RULES_ALL, rising, 8, fired);
    ck_assert(!(fired[4] & 4) && (fired[5] & 4));
    judge_all(set_of("minitab"), RULES_ALL, rising, 8, fired);
    ck_assert(!(fired[5] & 4) && (fired[6] & 4));
    judge_all(set_of("nelson"), RULES_ALL, zigzag, 16, fired);
    ck_assert(!(fired[12] & 8) && (fired[13] & 8));
    judge_all(set_of("minitab"), RULES_ALL, zigzag, 16, fired);
    ck_assert(!(fired[13] & 8) && (fired[14] & 8));
}
END_TEST

/* The trend looks at values, the zones at z: a chart with step limits may have one without the other. */
START_TEST(trends_look_at_values_and_zones_at_z)
{
    struct rule_state state = {0};
    uint32_t fired = 0;
    for (int i = 0; i < 6; i++)
        fired = rules_judge(&state, set_of("nelson"), RULES_ALL, 10 + i, i % 2 ? 3.5 : -0.5);
    ck_assert_uint_eq(fired, 1 << 0 | 1 << 2 | 1 << 4);
}
END_TEST

START_TEST(dispersion_charts_use_beyond_run_trend_and_alternate_only)
{
    enum { N = 5000 };
    static double z[N];
    static uint32_t every[N], some[N];
    unsigned long long seed = 7;
    lively(z, N, &seed);
    judge_all(set_of("nelson"), RULES_ALL, z, N, every);
    judge_all(set_of("nelson"), RULES_DISPERSION, z, N, some);
    for (int i = 0; i < N; i++)
        ck_assert_uint_eq(some[i], every[i] & 0xf);
}
END_TEST

START_TEST(a_break_forgets_and_only_a_break_does)
{
    struct rule_state state = {0};
    const struct spc_rule_set *set = set_of("western-electric");
    for (int i = 0; i < 7; i++)
        ck_assert_uint_eq(rules_judge(&state, set, RULES_ALL, 0.5, 0.5), 0);
    rules_break(&state);
    for (int i = 0; i < 7; i++)
        ck_assert_uint_eq(rules_judge(&state, set, RULES_ALL, 0.5, 0.5), 0);
    ck_assert_uint_eq(rules_judge(&state, set, RULES_ALL, 0.5, 0.5), 1 << 3);
    for (int i = 0; i < 100; i++)
        ck_assert_uint_eq(rules_judge(&state, set, RULES_ALL, 0.5, 0.5), 1 << 3);
}
END_TEST

START_TEST(the_most_severe_rule_is_beyond_then_zones_then_run_then_trend)
{
    const struct spc_rule_set *nelson = set_of("nelson"), *westgard = set_of("westgard");
    ck_assert_int_eq(rule_most_severe(nelson, 0), 0);
    ck_assert_int_eq(rule_most_severe(nelson, 0xff), 1);
    ck_assert_int_eq(rule_most_severe(nelson, 0xfe), 5);
    ck_assert_int_eq(rule_most_severe(nelson, 0xee), 6);
    ck_assert_int_eq(rule_most_severe(nelson, 0xce), 2);
    ck_assert_int_eq(rule_most_severe(nelson, 0xcc), 3);
    ck_assert_int_eq(rule_most_severe(nelson, 0xc8), 4);
    ck_assert_int_eq(rule_most_severe(streams_rules(4), 3), 1); /* a row of one stream comes after a point beyond */
    ck_assert_int_eq(rule_most_severe(streams_rules(4), 2), 2);
    ck_assert_int_eq(rule_most_severe(westgard, 3), 2);
    ck_assert_int_eq(rule_most_severe(westgard, 1), 1);
}
END_TEST

START_TEST(rules_have_words_and_sets_are_sound)
{
    ck_assert_str_eq(rule_words(set_of("nelson"), 5), "2 of 3 beyond 2 sigma");
    ck_assert_str_eq(rule_words(set_of("nelson"), 1), "beyond 3 sigma");
    ck_assert_ptr_null(rule_words(set_of("nelson"), 0));
    ck_assert_ptr_null(rule_words(set_of("nelson"), 9));
    ck_assert_ptr_null(spc_rule_set_find("nelsen"));
    ck_assert_uint_eq(spc_rule_set_count, 11);
    for (size_t s = 0; s < spc_rule_set_count; s++) {
        const struct spc_rule_set *set = &spc_rule_sets[s];
        ck_assert_ptr_eq(spc_rule_set_find(set->id), set);
        ck_assert_int_le(set->count, RULES_MAX);
        for (int i = 0; i < set->count; i++) {
            const struct rule *rule = &set->rules[i];
            ck_assert_int_gt(strlen(rule->words), 5);
            ck_assert(rule->n >= 1 && rule->n <= RULES_WINDOW && rule->k <= rule->n);
            ck_assert(rule->zone >= 0 && rule->zone < RULE_ZONES);
            ck_assert_double_eq(set->distances[rule->zone], rule->s);
        }
    }
}
END_TEST

/* Run lengths in control: 370.4 points for the limits alone, 91.75 for the four Western Electric rules (Champ and Woodall 1987). */
START_TEST(false_alarms_come_as_often_as_theory_says)
{
    enum { N = 1000000, RUNS = 5000 };
    unsigned long long seed = 2026;
    struct rule_state state = {0};
    int alarms = 0;
    for (int i = 0; i < N; i++) {
        double z = random_normal(&seed);
        alarms += rules_judge(&state, set_of("aiag1"), RULES_ALL, z, z) & 1;
    }
    double p = erfc(3 * M_SQRT1_2), deviation = sqrt(p / N);
    ck_assert_double_eq_tol(1 / p, 370.398, 0.001);
    ck_assert_msg(fabs((double)alarms / N - p) < 4 * deviation, "%d false alarms in %d points, expected %.0f", alarms, N, p * N);
    double points = 0;
    for (int run = 0; run < RUNS; run++) {
        rules_break(&state);
        for (uint32_t fired = 0; !fired; points++) {
            double z = random_normal(&seed);
            fired = rules_judge(&state, set_of("western-electric"), RULES_ALL, z, z);
        }
    }
    ck_assert_double_eq_tol(points / RUNS, 91.75, 4 * 91 / sqrt(RUNS));
}
END_TEST

Suite *rules_suite(void)
{
    Suite *suite = suite_create("rules");
    add_test(suite, every_set_meets_every_reference_vector);
    add_test(suite, the_reference_names_rules_in_the_order_of_their_numbers);
    add_test(suite, the_engine_agrees_with_the_definitions_on_random_data);
    add_test(suite, so_it_does_on_sets_that_plants_define);
    add_test(suite, minitab_counts_steps_where_nelson_counts_points);
    add_test(suite, trends_look_at_values_and_zones_at_z);
    add_test(suite, dispersion_charts_use_beyond_run_trend_and_alternate_only);
    add_test(suite, a_break_forgets_and_only_a_break_does);
    add_test(suite, the_most_severe_rule_is_beyond_then_zones_then_run_then_trend);
    add_test(suite, rules_have_words_and_sets_are_sound);
    add_test(suite, false_alarms_come_as_often_as_theory_says);
    return suite;
}
