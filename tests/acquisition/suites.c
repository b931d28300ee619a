#include "tests/harness.h"

Suite *codec_suite(void);
Suite *plan_suite(void);
Suite *trigger_suite(void);
Suite *link_suite(void);
Suite *judge_suite(void);
Suite *recorder_suite(void);
Suite *collect_suite(void);
Suite *simulate_suite(void);

const suite_maker suites[] = {codec_suite, plan_suite, trigger_suite, link_suite, judge_suite, recorder_suite, collect_suite, simulate_suite, NULL};
