#include "acquisition/trigger.h"
#include "tests/harness.h"

enum { STEPS = 8 };

/* What a counter shows, and what each value means. */
static const struct {
    const char *name;
    int64_t modulus;
    int count;
    struct {
        int64_t value;
        enum trigger_kind kind;
        int64_t parts;
    } steps[STEPS];
} stories[] = {
    {"one by one", 65536, 5, {{7, TRIGGER_BASE, 0}, {7, TRIGGER_NONE, 0}, {8, TRIGGER_NEW, 1}, {8, TRIGGER_NONE, 0}, {9, TRIGGER_NEW, 1}}},
    {"a jump", 65536, 2, {{7, TRIGGER_BASE, 0}, {10, TRIGGER_JUMP, 3}}},
    {"exact rollover", 65536, 3, {{65535, TRIGGER_BASE, 0}, {0, TRIGGER_ROLLOVER, 1}, {1, TRIGGER_NEW, 1}}},
    {"rollover over zero", 65536, 2, {{65534, TRIGGER_BASE, 0}, {2, TRIGGER_ROLLOVER, 4}}},
    {"rollover of decimals", 10000, 2, {{9998, TRIGGER_BASE, 0}, {1, TRIGGER_ROLLOVER, 3}}},
    {"rollover of 32 bits", INT64_C(1) << 32, 2, {{4294967295, TRIGGER_BASE, 0}, {1, TRIGGER_ROLLOVER, 2}}},
    {"a signed register", 65536, 4, {{32767, TRIGGER_BASE, 0}, {-32768, TRIGGER_NEW, 1}, {-1, TRIGGER_JUMP, 32767}, {0, TRIGGER_ROLLOVER, 1}}},
    {"a reset", 65536, 3, {{812, TRIGGER_BASE, 0}, {3, TRIGGER_RESET, 3}, {4, TRIGGER_NEW, 1}}},
    {"a reset that is seen at zero", 65536, 4, {{812, TRIGGER_BASE, 0}, {0, TRIGGER_NONE, 0}, {0, TRIGGER_RESET, 0}, {1, TRIGGER_NEW, 1}}},
    {"a reset seen at zero, then counting", 65536, 3, {{812, TRIGGER_BASE, 0}, {0, TRIGGER_NONE, 0}, {2, TRIGGER_RESET, 2}}},
    {"a zero that was a hiccup", 65536, 4, {{812, TRIGGER_BASE, 0}, {0, TRIGGER_NONE, 0}, {812, TRIGGER_NONE, 0}, {813, TRIGGER_NEW, 1}}},
    {"a hiccup, and a part meanwhile", 65536, 3, {{812, TRIGGER_BASE, 0}, {0, TRIGGER_NONE, 0}, {813, TRIGGER_NEW, 1}}},
    {"a correction", 65536, 3, {{812, TRIGGER_BASE, 0}, {810, TRIGGER_BACKWARDS, 0}, {811, TRIGGER_NEW, 1}}},
    {"a step back over zero", 65536, 2, {{1, TRIGGER_BASE, 0}, {65535, TRIGGER_BACKWARDS, 0}}},
    {"without a modulus", 0, 4, {{70000, TRIGGER_BASE, 0}, {70001, TRIGGER_NEW, 1}, {5, TRIGGER_RESET, 5}, {4, TRIGGER_BACKWARDS, 0}}},
    {"a bit counts when it rises",
     1,
     5,
     {{0, TRIGGER_BASE, 0}, {1, TRIGGER_NEW, 1}, {1, TRIGGER_NONE, 0}, {0, TRIGGER_NONE, 0}, {1, TRIGGER_NEW, 1}}},
};

START_TEST(story)
{
    struct trigger trigger = {.modulus = stories[_i].modulus};
    for (int i = 0; i < stories[_i].count; i++) {
        struct trigger_result result = trigger_step(&trigger, stories[_i].steps[i].value);
        ck_assert_msg(result.kind == stories[_i].steps[i].kind && result.parts == stories[_i].steps[i].parts,
                      "%s, value %d: kind %d, %d parts instead of kind %d, %d parts", stories[_i].name, i + 1, result.kind, (int)result.parts,
                      stories[_i].steps[i].kind, (int)stories[_i].steps[i].parts);
    }
}
END_TEST

START_TEST(restart_goes_on)
{
    struct trigger trigger = {.modulus = 65536};
    trigger_base(&trigger, 65535);
    ck_assert_int_eq(trigger_step(&trigger, 65535).kind, TRIGGER_NONE);
    struct trigger_result result = trigger_step(&trigger, 1);
    ck_assert_int_eq(result.kind, TRIGGER_ROLLOVER);
    ck_assert_int_eq(result.parts, 2);
    ck_assert_int_eq(result.from, 65535);
}
END_TEST

Suite *trigger_suite(void);
Suite *trigger_suite(void)
{
    Suite *suite = suite_create("trigger");
    TCase *counters = tcase_create("what counters do");
    tcase_add_loop_test(counters, story, 0, sizeof stories / sizeof stories[0]);
    suite_add_tcase(suite, counters);
    TCase *restart = tcase_create("a restart invents nothing");
    tcase_add_test(restart, restart_goes_on);
    suite_add_tcase(suite, restart);
    return suite;
}
