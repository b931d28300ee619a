#include "tests/harness.h"

Suite *codec_suite(void);
Suite *plan_suite(void);
Suite *trigger_suite(void);
Suite *measure_suite(void);
Suite *schedule_suite(void);
Suite *probe_suite(void);
Suite *link_suite(void);
Suite *link_options_suite(void);
Suite *rtu_suite(void);
Suite *judge_suite(void);
Suite *retest_suite(void);
Suite *group_suite(void);
Suite *decisions_suite(void);
Suite *judge_charts_suite(void);
Suite *counting_suite(void);
Suite *recorder_suite(void);
Suite *write_suite(void);
Suite *virtual_suite(void);
Suite *scan_suite(void);
Suite *collect_suite(void);
Suite *foreign_suite(void);
Suite *simulate_suite(void);
Suite *streams_suite(void);
Suite *judge_parts_suite(void);

const suite_maker suites[] = {codec_suite,    plan_suite,      trigger_suite,      measure_suite,      schedule_suite,
                              probe_suite,    link_suite,      link_options_suite, rtu_suite,          judge_suite,
                              retest_suite,   decisions_suite, group_suite,        judge_charts_suite, counting_suite,
                              recorder_suite, write_suite,     virtual_suite,      scan_suite,         collect_suite,
                              foreign_suite,  simulate_suite,  streams_suite,      judge_parts_suite,  NULL};
