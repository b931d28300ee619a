/* Characteristics charted together. */
#include "tests/config/sample.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char head[] = "plant: {name: W}\n"
                           "links: {hall: {url: \"tcp://127.0.0.1:502\"}}\n"
                           "instruments:\n"
                           "  g: {link: hall, unit: 1, tags: {n: {address: 40001}, a: {address: 40002}, b: {address: 40003}, s: {address: 40004}}}\n"
                           "  h: {link: hall, unit: 2, tags: {n: {address: 40001}, c: {address: 40002}, s: {address: 40004}}}\n"
                           "characteristics:\n"
                           "  one: {source: g.a, on_new: g.n}\n"
                           "  two: {source: g.b, on_new: g.n}\n"
                           "  three: {source: h.c, on_new: h.n}\n"
                           "  s-one: {source: g.a, on_new: g.n, serial: g.s}\n"
                           "  s-three: {source: h.c, on_new: h.n, serial: h.s}\n"
                           "  faults: {source: g.n, chart: c, every: 10s}\n"
                           "characteristic_groups:\n";

static char *with(const char *groups)
{
    static char text[4096];
    snprintf(text, sizeof text, "%s%s", head, groups);
    return text;
}

START_TEST(groups_are_resolved)
{
    struct plant *plant =
        sample_load(with("  pair: {characteristics: [two, one]}\n"
                         "  far: {characteristics: [s-one, s-three], chart: mewma, lambda: 0.2, alpha: 0.01, baseline: 30, subgroup: 4}\n"));
    ck_assert_uint_eq(plant->n_groups, 2);
    const struct characteristic_group *pair = plant_group(plant, "pair"), *far = plant_group(plant, "far");
    ck_assert_ptr_eq(pair->members[0], plant_characteristic(plant, "two"));
    ck_assert_ptr_eq(pair->members[1], plant_characteristic(plant, "one"));
    ck_assert_int_eq(pair->chart, GROUP_T2);
    ck_assert_int_eq(pair->subgroup, 1);
    ck_assert_int_eq(pair->baseline, 50);
    ck_assert(!pair->by_serial);
    ck_assert_double_eq(pair->alpha, t2_alpha(2));
    ck_assert_int_eq(far->chart, GROUP_MEWMA);
    ck_assert_double_eq(far->lambda, 0.2);
    ck_assert_double_eq(far->alpha, 0.01);
    ck_assert(far->by_serial);
    ck_assert_ptr_null(plant_group(plant, "none"));
    plant_free(plant);
    plant = sample_load(with("  pair: {characteristics: [two, one]}\n  far: {characteristics: [s-one, s-three]}\n"
                             "reports:\n  some: {groups: [far], characteristics: [one]}\n  every: {groups: [all]}\n"));
    ck_assert_uint_eq(plant->reports[0].n_groups, 1);
    ck_assert_ptr_eq(plant->reports[0].groups[0], plant_group(plant, "far"));
    ck_assert_uint_eq(plant->reports[1].n_groups, 2);
    ck_assert_uint_eq(plant->reports[1].n_characteristics, 0);
    plant_free(plant);
}
END_TEST

static const struct {
    const char *groups, *words;
} mistakes[] = {
    {"  x: {characteristics: [one]}\n", "1 are no group: 2 to 16 can be charted together"},
    {"  x: {characteristics: [one, tow]}\n", "there is no 'tow' in characteristics: did you mean 'two'?"},
    {"  x: {characteristics: [one, two, one]}\n", "'one' is given twice"},
    {"  x: {characteristics: [one, faults]}\n", "'faults' is counted: a group takes measured values"},
    {"  x: {characteristics: [one, three]}\n", "they come from different instruments: give each of them `serial`"},
    {"  x: {characteristics: [one, s-three]}\n", "give each of them `serial`"},
    {"  x: {characteristics: [one, two], baseline: 3}\n", "3 is too short for 2 characteristics: at least 4"},
    {"  x: {characteristics: [one, two], chart: t3}\n", "t2"},
    {"  x: {characteristics: [one, two], lambda: 2}\n", "out of range"},
    {"  one: {characteristics: [one, two]}\n", "a characteristic has this name already"},
};
enum { MISTAKES = sizeof mistakes / sizeof mistakes[0] };

START_TEST(mistakes_are_named)
{
    struct problems problems = sample_problems(with(mistakes[_i].groups));
    ck_assert_int_eq((int)problems.count, 1);
    ck_assert_int_eq(problems.items[0].line, 14);
    ck_assert_msg(strstr(problems.items[0].text, mistakes[_i].words) != NULL, "%s", problems.items[0].text);
    problems_free(&problems);
}
END_TEST

Suite *groups_suite(void);
Suite *groups_suite(void)
{
    Suite *suite = suite_create("groups");
    suite_add(suite, "groups are resolved", groups_are_resolved);
    TCase *one = tcase_create("mistakes in groups");
    tcase_add_loop_test(one, mistakes_are_named, 0, MISTAKES);
    suite_add_tcase(suite, one);
    return suite;
}
