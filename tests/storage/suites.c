#include "tests/harness.h"

Suite *journal_suite(void);
Suite *record_suite(void);
Suite *state_suite(void);
Suite *open_suite(void);
Suite *survival_suite(void);
Suite *lesson_suite(void);
Suite *fault_suite(void);
Suite *fault_each_suite(void);
Suite *migration_suite(void);
Suite *readers_suite(void);
Suite *fuzz_suite(void);
Suite *column_suite(void);
Suite *chunk_suite(void);
Suite *summary_suite(void);
Suite *audit_suite(void);
Suite *trace_suite(void);
Suite *limits_suite(void);
Suite *packer_suite(void);
Suite *group_suite(void);
Suite *any_order_suite(void);

const suite_maker suites[] = {journal_suite, record_suite, state_suite, open_suite, survival_suite, lesson_suite, fault_suite, fault_each_suite, migration_suite, readers_suite, fuzz_suite, column_suite, chunk_suite, summary_suite, audit_suite, trace_suite, limits_suite, packer_suite, group_suite, any_order_suite, NULL};
