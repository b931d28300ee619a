#include "tests/harness.h"

Suite *pure_suite(void);
Suite *keys_suite(void);
Suite *groups_suite(void);
Suite *limits_suite(void);
Suite *glass_suite(void);
Suite *show_suite(void);
Suite *terminal_suite(void);

const suite_maker suites[] = {pure_suite, keys_suite, limits_suite, groups_suite, glass_suite, show_suite, terminal_suite, NULL};
