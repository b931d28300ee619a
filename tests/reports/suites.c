#include "tests/harness.h"

Suite *output_suite(void);
Suite *period_suite(void);
Suite *study_suite(void);
Suite *machine_suite(void);
Suite *chart_suite(void);
Suite *report_suite(void);
Suite *export_suite(void);
Suite *export_resume_suite(void);
Suite *study_command_suite(void);
Suite *store_commands_suite(void);
Suite *study_msa_suite(void);
Suite *capability_command_suite(void);
Suite *study_data_suite(void);
Suite *course_suite(void);
Suite *group_report_suite(void);
Suite *study_fuzz_suite(void);
Suite *study_streams_suite(void);
Suite *limits_parts_suite(void);

const suite_maker suites[] = {
    output_suite, period_suite,        study_suite,          machine_suite,       chart_suite,         report_suite,
    export_suite, study_command_suite, store_commands_suite, study_msa_suite,     study_data_suite,    capability_command_suite,
    course_suite, group_report_suite,  study_fuzz_suite,     export_resume_suite, study_streams_suite, limits_parts_suite,
    NULL};
