/* When a process changed, what happened near that time, and where it is going. */
#include "tests/harness.h"
#include "tests/reports/fixture.h"

#include <math.h>
#include <string.h>

enum { POINTS = 60, SIZE = 5, CHANGE = 41 };

static struct study *study_of(struct fixture *fixture, const char *name)
{
    const struct period all = {0, INT64_MAX, "all"};
    struct study *study;
    struct error err;
    ck_assert_int_eq(study_make(&study, fixture->store, fixture->plant, plant_characteristic(fixture->plant, name), &all, 0, &err), 0);
    ck_assert_msg(study_course(study, fixture->store, &err) == 0, "%s", err.text);
    return study;
}

static int64_t time_of(int point)
{
    return FIXTURE_NOW - HOUR_US + ((int64_t)point * SIZE - 1) * SECOND_US;
}

/* The mean moves by `step` from point CHANGE on, or by `slope` a point from there. */
static void fill(struct fixture *fixture, double step, double slope)
{
    double values[POINTS * SIZE];
    fixture_normal(values, POINTS * SIZE, 74, 0.005);
    for (int i = (CHANGE - 1) * SIZE; i < POINTS * SIZE; i++)
        values[i] += step + slope * (i / SIZE - CHANGE + 2);
    fixture_record(fixture, "ring-dia", values, POINTS * SIZE, FIXTURE_NOW - HOUR_US, SECOND_US, 74, 0.005);
}

static void happen(struct fixture *fixture)
{
    struct error err;
    int64_t machine = plant_machine(fixture->plant, "press")->id;
    ck_assert_int_eq(store_begin(fixture->store, &err), 0);
    ck_assert_int_eq(record_machine_state(fixture->store, machine, time_of(1), OEE_RUNNING, &err), 0);
    ck_assert_int_eq(record_machine_state(fixture->store, machine, time_of(10), OEE_FAULT, &err), 0); /* long before */
    ck_assert_int_eq(record_machine_state(fixture->store, machine, time_of(11), OEE_RUNNING, &err), 0);
    ck_assert_int_eq(record_machine_state(fixture->store, machine, time_of(CHANGE - 1) + SECOND_US, OEE_SETUP, &err), 0);
    struct collector_status collector = {.time_us = FIXTURE_NOW, .started_us = FIXTURE_NOW - 2 * HOUR_US, .pid = 1};
    ck_assert_int_eq(record_collector_status(fixture->store, &collector, &err), 0);
    ck_assert_int_eq(store_commit(fixture->store, &err), 0);
    ck_assert_int_eq(action_note(fixture->store, "ring-dia", "new insert", time_of(CHANGE) - SECOND_US, "li", FIXTURE_NOW, &err), 0);
}

START_TEST(a_step_and_what_stood_beside_it)
{
    struct fixture fixture = fixture_open();
    char words[400];
    fill(&fixture, 0.012, 0);
    happen(&fixture);
    struct study *study = study_of(&fixture, "ring-dia");
    const struct course *course = &study->course;
    ck_assert_ptr_null(course->change.why);
    ck_assert_int_eq(course->change.kind, CHANGE_STEP);
    ck_assert_int_eq(course->point, CHANGE);
    ck_assert_int_eq(course->time_us, time_of(CHANGE));
    ck_assert_int_le(course->first_point, CHANGE);
    ck_assert_int_ge(course->last_point, CHANGE);
    ck_assert_double_eq_tol(course->change.after - course->change.before, 0.012, 0.003);
    ck_assert_int_eq(course->n_events, 2);
    course_events_words(course, words, sizeof words);
    ck_assert_msg(strstr(words, "press setup ") != NULL, "%s", words);
    ck_assert_msg(strstr(words, "note: new insert (li) ") != NULL, "%s", words);
    ck_assert_ptr_null(strstr(words, "fault"));
    course_change_words(course, 4, words, sizeof words);
    ck_assert_msg(!strncmp(words, "Step up by 0.0", 14) && strstr(words, " at point 41, "), "%s", words);
    ck_assert_uint_eq(course->n_notes, 1);
    ck_assert_str_eq(course->notes[0].text, "new insert");
    study_free(study);
    fixture_close(&fixture);
}
END_TEST

/* 0.0015 a point towards USL 74.05 from 74.03 on: some 13 points, give or take the noise of 20 means. */
START_TEST(a_drift_meets_its_limit)
{
    struct fixture fixture = fixture_open();
    char words[400];
    fill(&fixture, 0, 0.0015);
    struct study *study = study_of(&fixture, "ring-dia");
    const struct course *course = &study->course;
    ck_assert_ptr_null(course->change.why);
    ck_assert_int_eq(course->change.kind, CHANGE_DRIFT);
    ck_assert_ptr_null(course->forecast.why);
    ck_assert_int_eq(course->forecast.limit, 1);
    ck_assert_double_eq_tol(course->forecast.distance, (74.05 - 74.030) / 0.0015, 4);
    ck_assert(course->forecast.lower < course->forecast.distance && course->forecast.distance < course->forecast.upper);
    ck_assert_double_eq(course->interval_s, SIZE);
    course_forecast_words(course, 3, words, sizeof words);
    ck_assert_msg(strstr(words, "At this trend the mean meets USL 74.050 in ") && strstr(words, ", about "), "%s", words);
    study_free(study);
    fixture_close(&fixture);
}
END_TEST

START_TEST(a_quiet_process_has_no_story)
{
    struct fixture fixture = fixture_open();
    char words[400];
    fill(&fixture, 0, 0);
    struct study *study = study_of(&fixture, "ring-dia");
    ck_assert_ptr_nonnull(study->course.change.why);
    ck_assert_ptr_nonnull(study->course.forecast.why);
    ck_assert_int_eq(study->course.n_events, 0);
    ck_assert_str_eq(course_change_words(&study->course, 3, words, sizeof words), "");
    ck_assert_str_eq(course_forecast_words(&study->course, 3, words, sizeof words), "");
    study_free(study);
    study = study_of(&fixture, "empty");
    ck_assert_ptr_nonnull(study->course.change.why);
    study_free(study);
    fixture_close(&fixture);
}
END_TEST

/* A customer sees the change and the forecast, on the page and as text; what people noted stays in the plant unless it stands beside the change. */
START_TEST(the_page_tells_it)
{
    struct fixture fixture = fixture_open();
    char out[20000], command[400];
    fill(&fixture, 0, 0.0015);
    snprintf(command, sizeof command, "--characteristic ring-dia --period all --format pdf -o %s", test_path("c.pdf"));
    ck_assert_int_eq(fixture_run(&fixture, report_command, command, false), 0);
    snprintf(command, sizeof command, "pdftotext -layout %s - | tr -s ' '", test_path("c.pdf"));
    ck_assert_int_eq(fixture_shell(command, out, sizeof out), 0);
    ck_assert_msg(strstr(out, "Drift up by ") && strstr(out, "At this trend the mean meets USL 74.050") && strstr(out, "change"), "%s", out);
    ck_assert_int_eq(fixture_run(&fixture, report_command, "--characteristic ring-dia --period all --format text", false), 0);
    const char *text = fixture_read(test_path("stdout"));
    ck_assert_msg(strstr(text, "Drift up by ") && strstr(text, "At this trend the mean meets USL 74.050"), "%s", text);
    fixture_close(&fixture);
}
END_TEST

Suite *course_suite(void);
Suite *course_suite(void)
{
    Suite *suite = suite_create("course");
    fixture_add(suite, a_step_and_what_stood_beside_it);
    fixture_add(suite, a_drift_meets_its_limit);
    fixture_add(suite, a_quiet_process_has_no_story);
    fixture_add(suite, the_page_tells_it);
    return suite;
}
