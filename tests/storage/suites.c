#include "tests/harness.h"

Suite *journal_suite(void);
Suite *record_suite(void);
Suite *state_suite(void);
Suite *open_suite(void);
Suite *survival_suite(void);
Suite *lesson_suite(void);
Suite *limits_suite(void);

const suite_maker suites[] = {journal_suite, record_suite, state_suite, open_suite, survival_suite, lesson_suite, limits_suite, NULL};
