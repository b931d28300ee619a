#include "reports/machine.h"
#include "tests/harness.h"
#include "tests/reports/fixture.h"

#include <math.h>

/* 15:00 in Berlin, in the late shift (14:00-22:00) with its break 14:30-14:45. */
static const int64_t shift_start = FIXTURE_NOW - HOUR_US;

static struct machine_study study_at(struct fixture *fixture, int64_t now_us)
{
    struct machine_study study;
    struct error err;
    int status = machine_study_make(&study, fixture->store, fixture->plant, plant_machine(fixture->plant, "press"), now_us, &err);
    ck_assert_msg(status == 0, "%s", err.text);
    return study;
}

static void record_states(struct fixture *fixture, const enum oee_state *states, const int *minutes, int count, int64_t parts, int64_t rejects)
{
    struct error err;
    int64_t machine = plant_machine(fixture->plant, "press")->id;
    ck_assert_int_eq(store_begin(fixture->store, &err), 0);
    for (int i = 0; i < count; i++)
        ck_assert_msg(record_machine_state(fixture->store, machine, shift_start + minutes[i] * MINUTE_US, states[i], &err) == 0, "%s", err.text);
    if (parts)
        ck_assert_msg(record_machine_count(fixture->store, machine, shift_start + MINUTE_US, parts, rejects, &err) == 0, "%s", err.text);
    struct collector_status status = {.time_us = FIXTURE_NOW, .started_us = shift_start, .pid = 1};
    ck_assert_msg(record_collector_status(fixture->store, &status, &err) == 0, "%s", err.text);
    ck_assert_msg(store_commit(fixture->store, &err) == 0, "%s", err.text);
}

/* Runs 20 min, stands idle 20 min of which 10 lie in the break, runs on from minute 40. */
START_TEST(a_break_is_planned_time)
{
    struct fixture fixture = fixture_open();
    const enum oee_state states[] = {OEE_RUNNING, OEE_IDLE, OEE_RUNNING};
    const int minutes[] = {0, 20, 40};
    record_states(&fixture, states, minutes, 3, 500, 25);
    struct machine_study study = study_at(&fixture, FIXTURE_NOW);
    ck_assert_str_eq(study.shift.name, "late");
    ck_assert_int_eq(study.from_us, shift_start);
    ck_assert_double_eq(study.facts.seconds[OEE_RUNNING], 40 * 60);
    ck_assert_double_eq(study.facts.seconds[OEE_IDLE], 10 * 60);
    ck_assert_double_eq(study.facts.seconds[OEE_PLANNED], 10 * 60);
    ck_assert_double_eq(study.oee.planned_busy_s, 50 * 60);
    ck_assert_close(study.oee.availability, 0.8, 1e-12);
    ck_assert_close(study.oee.performance, 500 * 4.0 / 2400, 1e-12);
    ck_assert_close(study.oee.quality, 475.0 / 500, 1e-12);
    ck_assert_close(study.oee.oee, 475 * 4.0 / 3000, 1e-12);
    ck_assert_int_eq(study.oee.rejects, 25);
    ck_assert_int_eq(study.state, OEE_RUNNING);
    ck_assert_int_eq(study.since_us, shift_start + 40 * MINUTE_US);
    ck_assert_uint_eq(study.n_intervals, 3);
    machine_study_free(&study);
    fixture_close(&fixture);
}
END_TEST

START_TEST(a_machine_that_runs_through_the_break)
{
    struct fixture fixture = fixture_open();
    const enum oee_state states[] = {OEE_RUNNING};
    const int minutes[] = {0};
    record_states(&fixture, states, minutes, 1, 100, 0);
    struct machine_study study = study_at(&fixture, FIXTURE_NOW);
    ck_assert_double_eq(study.facts.seconds[OEE_PLANNED], 0);
    ck_assert_double_eq(study.facts.seconds[OEE_RUNNING], 3600);
    ck_assert_close(study.oee.availability, 1, 1e-12);
    machine_study_free(&study);
    fixture_close(&fixture);
}
END_TEST

START_TEST(nothing_known_is_no_data)
{
    struct fixture fixture = fixture_open();
    struct machine_study study = study_at(&fixture, FIXTURE_NOW);
    ck_assert_double_eq(study.facts.seconds[OEE_NO_DATA], 3600);
    ck_assert_double_eq(study.oee.planned_busy_s, 0);
    ck_assert(isnan(study.oee.oee));
    ck_assert_int_eq(study.state, OEE_NO_DATA);
    ck_assert_int_eq(study.since_us, 0);
    machine_study_free(&study);
    fixture_close(&fixture);
}
END_TEST

/* Known from minute 30 on only: the half hour before is neither loss nor production. */
START_TEST(partly_known)
{
    struct fixture fixture = fixture_open();
    const enum oee_state states[] = {OEE_RUNNING, OEE_FAULT};
    const int minutes[] = {45, 50};
    record_states(&fixture, states, minutes, 2, 0, 0);
    struct machine_study study = study_at(&fixture, FIXTURE_NOW);
    ck_assert_double_eq(study.facts.seconds[OEE_NO_DATA], 45 * 60);
    ck_assert_double_eq(study.facts.seconds[OEE_RUNNING], 5 * 60);
    ck_assert_double_eq(study.facts.seconds[OEE_FAULT], 10 * 60);
    ck_assert_close(study.oee.availability, 1.0 / 3, 1e-12);
    ck_assert_int_eq(study.oee.parts, 0);
    machine_study_free(&study);
    fixture_close(&fixture);
}
END_TEST

/* From 22:00 to 06:00 there is no shift. */
START_TEST(idle_without_a_shift_is_off)
{
    struct fixture fixture = fixture_open();
    const enum oee_state states[] = {OEE_IDLE, OEE_FAULT};
    const int minutes[] = {0, 540};
    record_states(&fixture, states, minutes, 2, 0, 0);
    struct machine_study study = study_at(&fixture, shift_start + 9 * HOUR_US); /* 23:00 */
    ck_assert(!study.shift.working);
    ck_assert_double_eq(study.facts.seconds[OEE_IDLE], 0);
    ck_assert_double_eq(study.facts.seconds[OEE_OFF], 3600);
    machine_study_free(&study);
    fixture_close(&fixture);
}
END_TEST

Suite *machine_suite(void);
Suite *machine_suite(void)
{
    Suite *suite = suite_create("machine");
    fixture_add(suite, a_break_is_planned_time);
    fixture_add(suite, a_machine_that_runs_through_the_break);
    fixture_add(suite, nothing_known_is_no_data);
    fixture_add(suite, partly_known);
    fixture_add(suite, idle_without_a_shift_is_off);
    return suite;
}
