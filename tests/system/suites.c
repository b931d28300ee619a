#include "tests/harness.h"

Suite *command_line_suite(void);
Suite *plant_suite(void);
Suite *decisions_suite(void);
Suite *faults_suite(void);
Suite *fault_run_suite(void);
Suite *clients_suite(void);
Suite *peer_suite(void);
Suite *demo_suite(void);
Suite *kill_suite(void);
Suite *outage_suite(void);
Suite *clock_steps_suite(void);
Suite *damage_suite(void);
Suite *round_trip_suite(void);
Suite *retain_suite(void);

const suite_maker suites[] = {command_line_suite, plant_suite, decisions_suite, faults_suite, fault_run_suite,
                              clients_suite,      peer_suite,  demo_suite, kill_suite, outage_suite, clock_steps_suite, damage_suite, round_trip_suite, retain_suite, NULL};
