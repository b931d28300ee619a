#include "config/expression.h"

#include "tests/config/sample.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Suite *expression_suite(void);

enum { MOST = 16 };

/* Its value with inputs 1, 2, 3, ... in the order of their first use. */
static double value_of(const char *text)
{
    struct arena *arena = arena_create();
    double inputs[MOST];
    char why[300] = "";
    size_t at;
    struct expression *expression = expression_parse(text, arena, &at, why, sizeof why);
    ck_assert_msg(expression != NULL, "%s: at %zu: %s", text, at, why);
    for (int i = 0; i < MOST; i++)
        inputs[i] = i + 1;
    double value = expression_value(expression, inputs);
    arena_destroy(arena);
    return value;
}

START_TEST(values)
{
    static const struct {
        const char *text;
        double value;
    } rows[] = {
        {"1 + 2 * 3", 7},
        {"(1 + 2) * 3", 9},
        {"10 - 4 - 3", 3},
        {"24 / 4 / 2", 3},
        {"2 ^ 3 ^ 2", 512},
        {"-2 ^ 2", -4},
        {"2 ^ -1", 0.5},
        {"--3", 3},
        {"2 * -3", -6},
        {"1e3 + .5 - 2.5e-1", 1000.25},
        {"1 < 2", 1},
        {"2 <= 1", 0},
        {"1 + 1 = 2", 1},
        {"1 == 2", 0},
        {"1 != 2", 1},
        {"1 <> 1", 0},
        {"3 >= 3", 1},
        {"3 > 3", 0},
        {"(1 < 2) + (2 < 3)", 2},
        {"min(3, 1, 2)", 1},
        {"max(3)", 3},
        {"abs(-1.5)", 1.5},
        {"sqrt(16)", 4},
        {"if(1 > 2, 10, 20)", 20},
        {"if(0.5, 10, 20)", 10},
        {"a.x", 1},
        {"a.x + b.y + a.x", 4},
        {"(gauge-7.bore - gauge-7.offset) * 2", -2},
        {"'7-gauge.x' + 1", 2},
        {"a.b - 1", 0},
        {"a.b -1", 0},
        {"min (a.b, 5)", 1},
        {"\t1 +\t1 ", 2},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        double value = value_of(rows[i].text);
        ck_assert_msg(value == rows[i].value, "%s is %g, not %g", rows[i].text, value, rows[i].value);
    }
    ck_assert(isnan(value_of("1 / 0")));
    ck_assert(isnan(value_of("0 / 0")));
    ck_assert(isnan(value_of("sqrt(-1)")));
    ck_assert(!isfinite(value_of("10 ^ 400")));
}
END_TEST

START_TEST(inputs)
{
    struct arena *arena = arena_create();
    char why[300];
    size_t at;
    struct expression *expression = expression_parse("b.y * (a.x + b.y) - 'c d.z'", arena, &at, why, sizeof why);
    static const struct {
        const char *name;
        size_t at;
    } expected[] = {{"b.y", 0}, {"a.x", 7}, {"c d.z", 20}};
    ck_assert_uint_eq(expression_inputs(expression), 3);
    for (size_t i = 0; i < 3; i++) {
        ck_assert_str_eq(expression_input(expression, i, &at), expected[i].name);
        ck_assert_uint_eq(at, expected[i].at);
    }
    arena_destroy(arena);
}
END_TEST

START_TEST(mistakes)
{
    static const struct {
        const char *text, *words; /* @ marks the place */
    } rows[] = {
        {"@", "ends where a value is wanted"},
        {"1 +@", "ends where a value is wanted"},
        {"1 + @* 2", "'*' stands where a value is wanted"},
        {"@(1 + 2", "this '(' is not closed"},
        {"1 + 2@)", "this ')' closes nothing"},
        {"1 @2", "an operator is missing before '2'"},
        {"@mix(1, 2)", "unknown function 'mix': did you mean 'min'?"},
        {"@foobar(1)", "known are min, max, abs, sqrt and if"},
        {"@abs(1, 2)", "abs takes 1 value"},
        {"@if(1, 2)", "if takes 3 values"},
        {"@min()", "min takes one value or more"},
        {"min(1 @2)", "',' or ')' is missing"},
        {"@7gauge.x", "is no number"},
        {"@0x10", "is no number"},
        {"@1.2.3", "is no number"},
        {"@1e999", "too large"},
        {"@'a.b", "ends with a quote"},
        {"1 < 2 @< 3", "not chained"},
        {"a.b @& 1", "an operator is missing before '& 1'"},
        {"@$", "'$' stands where a value is wanted"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[100], why[300] = "";
        struct arena *arena = arena_create();
        size_t at = 999;
        snprintf(text, sizeof text, "%s", rows[i].text);
        char *mark = strchr(text, '@');
        memmove(mark, mark + 1, strlen(mark));
        ck_assert_ptr_null(expression_parse(text, arena, &at, why, sizeof why));
        ck_assert_msg(strstr(why, rows[i].words) != NULL, "%s: %s", text, why);
        ck_assert_msg(at == (size_t)(mark - text), "%s: at %zu, not %zu: %s", text, at, (size_t)(mark - text), why);
        arena_destroy(arena);
    }
}
END_TEST

/* Nothing that is long or deep breaks it. */
START_TEST(bounds)
{
    static const char *const pieces[] = {"(", "-", "1+", "min(", "a.b^", "1,", "if(1,"};
    char text[8000], why[300];
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++)
        for (int closed = 0; closed < 2; closed++) {
            struct arena *arena = arena_create();
            size_t at = 0, length = 0;
            int count = 0;
            for (; length + strlen(pieces[i]) + 3000 < sizeof text; count++)
                length += (size_t)sprintf(text + length, "%s", pieces[i]);
            text[length++] = '1';
            for (int k = 0; closed && k < count && length + 1 < sizeof text; k++)
                text[length++] = ')';
            text[length] = '\0';
            ck_assert_ptr_null(expression_parse(text, arena, &at, why, sizeof why));
            ck_assert_uint_le(at, length);
            arena_destroy(arena);
        }
}
END_TEST

static unsigned long long seed = 4711;

static unsigned roll(unsigned below)
{
    seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return (unsigned)(seed >> 33) % below;
}

/* Whatever a text is: a formula with a value, or words and a place inside it. */
START_TEST(fuzz)
{
    static const char *const words[] = {"1",    "2.5",   "a.b", "c-d.e", "'x y'", "+", "-",  "*", "/", "^", "(",        ")", ",",   "min(",  "max(",
                                        "abs(", "sqrt(", "if(", "<",     "<=",    "=", "!=", " ", "e", ".", "\xc3\xa4", "#", "(1)", "(a.b)", " - "};
    int good = 0, bad = 0;
    double numbers[64];
    for (int i = 0; i < 64; i++)
        numbers[i] = i - 5;
    for (int round = 0; round < 40000; round++) {
        char text[200] = "", why[300] = "";
        struct arena *arena = arena_create();
        size_t at = 9999;
        for (unsigned i = roll(14); i > 0; i--)
            strcat(text, words[roll(sizeof words / sizeof words[0])]);
        struct expression *expression = expression_parse(text, arena, &at, why, sizeof why);
        if (expression) {
            volatile double value = expression_value(expression, numbers);
            (void)value;
            good++;
        } else {
            ck_assert_msg(*why && at <= strlen(text), "%s: %zu %s", text, at, why);
            bad++;
        }
        arena_destroy(arena);
    }
    ck_assert_int_gt(good, 1000);
    ck_assert_int_gt(bad, 1000);
}
END_TEST

Suite *expression_suite(void)
{
    Suite *suite = suite_create("expression");
    suite_add(suite, "values", values);
    suite_add(suite, "inputs", inputs);
    suite_add(suite, "mistakes", mistakes);
    suite_add(suite, "bounds", bounds);
    suite_add(suite, "fuzz", fuzz);
    return suite;
}
