#include "tests/harness.h"

Suite *ground_suite(void);
Suite *log_suite(void);
Suite *options_suite(void);
Suite *plant_suite(void);
Suite *mistakes_suite(void);
Suite *shift_suite(void);
Suite *fuzz_suite(void);
Suite *expression_suite(void);
Suite *groups_suite(void);

const suite_maker suites[] = {ground_suite, log_suite,  options_suite,    plant_suite,  mistakes_suite,
                              shift_suite,  fuzz_suite, expression_suite, groups_suite, NULL};
