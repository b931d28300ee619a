#include "tests/harness.h"
#include "tests/reports/fixture.h"

#include <math.h>
#include <string.h>

static struct fixture filled(void)
{
    struct fixture fixture = fixture_open();
    const struct instrument *gauge = plant_tag(fixture.plant, "gauge.ring")->instrument;
    const double forces[] = {112.25, NAN, 130.5};
    struct error err;
    struct reading readings[3] = {{.value = 74.25}, {.value = NAN, .quality = QUALITY_BAD_TIMEOUT}, {.value = NAN, .text = "SN \"7\", A"}};
    ck_assert_uint_eq(gauge->n_tags, 3);
    ck_assert_int_eq(store_begin(fixture.store, &err), 0);
    ck_assert_msg(record_journal(fixture.store, gauge, FIXTURE_NOW + 123456, readings, &err) == 0, "%s", err.text);
    ck_assert_msg(record_journal(fixture.store, gauge, FIXTURE_NOW + SECOND_US, readings, &err) == 0, "%s", err.text);
    ck_assert_int_eq(store_commit(fixture.store, &err), 0);
    fixture_record(&fixture, "force", forces, 3, FIXTURE_NOW, SECOND_US, 112, 2);
    return fixture;
}

static const char *exported(const char *arguments, int status)
{
    struct fixture fixture = filled();
    ck_assert_int_eq(fixture_run(&fixture, export_command, arguments, false), status);
    fixture_close(&fixture);
    return fixture_read(test_path(status ? "stderr" : "stdout"));
}

START_TEST(samples_csv)
{
    const char *text = exported("samples --to 2026-11-05T14:00:01Z", 0);
    ck_assert_msg(!strncmp(text, "\"time\",\"name\",\"value\",\"quality\",\"reason\"\n", 41), "%s", text);
    ck_assert_ptr_nonnull(strstr(text, "\"2026-11-05T14:00:00.123456Z\",\"gauge.ring\",\"74.25\",\"good\",\"\"\n"));
    ck_assert_ptr_nonnull(strstr(text, "\"2026-11-05T14:00:00.123456Z\",\"gauge.force\",,\"bad\",\""));
    ck_assert_ptr_nonnull(strstr(text, "\"2026-11-05T14:00:00.123456Z\",\"gauge.serial\",\"SN \"\"7\"\", A\",\"good\",\"\"\n"));
    ck_assert_ptr_null(strstr(text, "14:00:01"));
}
END_TEST

START_TEST(samples_json)
{
    const char *text = exported("samples --format json --from 2026-11-05T14:00:01Z", 0);
    ck_assert_ptr_nonnull(strstr(
        text, "{\"time\": \"2026-11-05T14:00:01.000000Z\", \"name\": \"gauge.ring\", \"value\": 74.25, \"quality\": \"good\", \"reason\": \"\"}"));
    ck_assert_ptr_nonnull(strstr(text, "\"value\": null, \"quality\": \"bad\", \"reason\": \"no "));
    ck_assert_ptr_nonnull(strstr(text, "\"value\": \"SN \\\"7\\\", A\""));
    ck_assert_int_eq(text[0], '[');
    ck_assert_str_eq(text + strlen(text) - 3, "\n]\n");
}
END_TEST

START_TEST(measurements_csv)
{
    const char *text = exported("measurements", 0);
    ck_assert_ptr_nonnull(strstr(text, "\"2026-11-05T14:00:00.000000Z\",\"force\",\"112.25\",\"good\",\"\",\"\",\"\",\"\",\"\",\"gauge\",\"0\",\"0\"\n"));
    ck_assert_ptr_nonnull(strstr(text, "\"2026-11-05T14:00:01.000000Z\",\"force\",,\"bad\",\"no "));
    ck_assert_ptr_nonnull(strstr(text, "\"130.5\""));
}
END_TEST

START_TEST(signals_json)
{
    const char *text = exported("signals --format json", 0);
    ck_assert_str_eq(text, "[\n  {\"time\": \"2026-11-05T14:00:02.000000Z\", \"name\": \"force\", \"value\": 130.5, \"quality\": \"good\", "
                           "\"reason\": \"beyond 3 sigma\", \"chart\": \"I\", \"rule\": 1, \"point\": 2}\n]\n");
}
END_TEST

START_TEST(wrong_words)
{
    ck_assert_ptr_nonnull(strstr(exported("sampels", 2), "did you mean 'samples'?"));
    ck_assert_ptr_nonnull(strstr(exported("", 2), "samples, measurements or signals"));
    ck_assert_ptr_nonnull(strstr(exported("samples --format jsno", 2), "did you mean 'json'"));
    ck_assert_ptr_nonnull(strstr(exported("samples --from tomorrow", 2), "--from"));
    ck_assert_ptr_nonnull(strstr(exported("samples -o /nowhere/x.csv", 2), "/nowhere/x.csv"));
    ck_assert_ptr_nonnull(strstr(exported("samples -o /dev/full", 2), "could not be written"));
}
END_TEST

START_TEST(into_a_file)
{
    struct fixture fixture = filled();
    char arguments[500];
    snprintf(arguments, sizeof arguments, "measurements -o %s", test_path("m.csv"));
    ck_assert_int_eq(fixture_run(&fixture, export_command, arguments, false), 0);
    ck_assert_str_eq(fixture_read(test_path("stdout")), "");
    ck_assert_ptr_nonnull(strstr(fixture_read(test_path("m.csv")), "\"112.25\""));
    fixture_close(&fixture);
}
END_TEST

Suite *export_suite(void);
Suite *export_suite(void)
{
    Suite *suite = suite_create("export");
    fixture_add(suite, samples_csv);
    fixture_add(suite, samples_json);
    fixture_add(suite, measurements_csv);
    fixture_add(suite, signals_json);
    fixture_add(suite, wrong_words);
    fixture_add(suite, into_a_file);
    return suite;
}
