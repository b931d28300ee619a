/* The commands that look after the store: verify, backup, trace, note, retain, and what export says about parts. */
#include "tests/harness.h"
#include "tests/reports/fixture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Two parts of one lot, five values each as one point of ring-dia; the second beyond USL. */
static struct fixture filled(void)
{
    struct fixture fixture = fixture_open();
    const struct characteristic *c = plant_characteristic(fixture.plant, "ring-dia");
    struct context context = {.lot = "L-7", .order = "O-1", .operator= "mei", .gauge = "gauge"};
    struct standing standing = {.characteristic = c->id, .points = 2};
    struct error err;
    int64_t id;
    ck_assert_int_eq(store_begin(fixture.store, &err), 0);
    ck_assert_msg(record_context(fixture.store, &context, &id, &err) == 0, "%s", err.text);
    for (int part = 0; part < 2; part++) {
        double values[5];
        struct point point = {.characteristic = c->id, .number = part + 1, .above = part == 1, .verdict = {.location = {74, 73.96, 74.04, 0.0133}}};
        for (int i = 0; i < 5; i++) {
            struct measurement m = {.characteristic = c->id, .point = part + 1, .context = id, .value = 74 + 0.01 * i + 0.1 * part};
            m.time_us = standing.time_us = point.time_us = FIXTURE_NOW - HOUR_US + (part * 5 + i) * SECOND_US;
            snprintf(m.serial, sizeof m.serial, "SN-%d", part + 1);
            values[i] = m.value;
            moments_add(&standing.moments, m.value);
            ck_assert_msg(record_measurement(fixture.store, &m, &err) == 0, "%s", err.text);
        }
        point.subgroup = c->chart->summarise(values, 5, NULL);
        point.verdict.location_rules = part == 1 ? 1 : 0;
        ck_assert_msg(record_point(fixture.store, &point, &err) == 0, "%s", err.text);
    }
    struct alarm_source source = {
        .kind = "specification", .key = "specification/ring-dia", .object = "ring-dia", .priority = ALARM_HIGH, .characteristic = c->id};
    ck_assert_int_eq(record_alarm_raise(fixture.store, FIXTURE_NOW - HOUR_US + 5 * SECOND_US, &source, "74.1 above USL 74.05", &err), 0);
    ck_assert_msg(record_standing(fixture.store, &standing, &err) == 0, "%s", err.text);
    ck_assert_int_eq(store_commit(fixture.store, &err), 0);
    ck_assert_msg(action_cause(fixture.store, c->id, 2, "tool worn", "changed", "li", FIXTURE_NOW, &err) == 0, "%s", err.text);
    return fixture;
}

static const char *output(void)
{
    return fixture_read(test_path("stdout"));
}

static void says(const char *words)
{
    ck_assert_msg(strstr(output(), words) != NULL, "no '%s' in: %s", words, output());
}

static void complains(const char *words)
{
    const char *text = fixture_read(test_path("stderr"));
    ck_assert_msg(strstr(text, words) != NULL, "no '%s' in: %s", words, text);
}

static void shell(const char *format, const char *path)
{
    char *command = memory_format(format, path), out[400];
    ck_assert_msg(fixture_shell(command, out, sizeof out) == 0, "%s: %s", command, out);
    free(command);
}

START_TEST(verify_whole)
{
    struct fixture fixture = filled();
    ck_assert_int_eq(fixture_run(&fixture, verify_command, "", false), 0);
    says("is whole");
    says("audit line 2 has the seal ");
    ck_assert_str_eq(fixture_read(test_path("stderr")), "");
    ck_assert_int_eq(fixture_run(&fixture, verify_command, "--format json", false), 0);
    ck_assert_str_eq(test_undocumented(fixture_read(test_path("stdout"))), "");
    says("\"whole\": true");
    says("\"check\": \"standings\"");
    fixture_close(&fixture);
}
END_TEST

/* A chain that was cut off so that nothing shows, even the number of its newest line. */
START_TEST(verify_a_kept_seal)
{
    struct fixture fixture = filled();
    char arguments[200];
    long long number;
    ck_assert_int_eq(fixture_run(&fixture, verify_command, "--only audit", false), 0);
    const char *line = strstr(output(), "audit line ");
    strcpy(arguments, "--only audit --seal ");
    ck_assert_int_eq(sscanf(line, "audit line %lld has the seal %64s", &number, arguments + 22), 2);
    arguments[20] = (char)('0' + number);
    arguments[21] = ':';
    ck_assert_int_eq(fixture_run(&fixture, verify_command, arguments, false), 0);
    shell("sqlite3 '%s' 'DROP TRIGGER audit_stays; DELETE FROM audit WHERE id = 2; UPDATE sqlite_sequence SET seq = 1 WHERE name = \"audit\"' 2>&1",
          fixture.plant->store_path);
    ck_assert_int_eq(fixture_run(&fixture, verify_command, "--only audit", false), 0); /* who does not know sees nothing */
    ck_assert_int_eq(fixture_run(&fixture, verify_command, arguments, false), 1);
    says("the line whose seal was kept is missing");
    ck_assert_int_eq(fixture_run(&fixture, note_command, "press oiled", false), 0);
    ck_assert_int_eq(fixture_run(&fixture, verify_command, arguments, false), 1);
    says("the line has another seal than the one that was kept");
    ck_assert_int_eq(fixture_run(&fixture, verify_command, "--seal 2:12", false), 2);
    complains("a line's number and its seal");
    fixture_close(&fixture);
}
END_TEST

START_TEST(verify_says_where)
{
    struct fixture fixture = filled();
    shell("sqlite3 '%s' 'UPDATE measurement SET value = 75 WHERE serial = \"SN-2\" AND value = 74.1' 2>&1", fixture.plant->store_path);
    ck_assert_int_eq(fixture_run(&fixture, verify_command, "--only points", false), 1);
    says("1 thing is wrong");
    says("points: point ring-dia 2026-11-05T13:00:09.000000Z row 2: point 2 stands at 74.1199999");
    ck_assert_int_eq(fixture_run(&fixture, verify_command, "-f json", false), 1);
    ck_assert_str_eq(test_undocumented(fixture_read(test_path("stdout"))), "");
    says("\"whole\": false");
    says("\"series\": \"ring-dia\", \"time\": \"2026-11-05T13:00:09.000000Z\", \"row\": 2");
    shell("sqlite3 '%s' 'UPDATE measurement SET characteristic = 99 WHERE serial = \"SN-1\"' 2>&1", fixture.plant->store_path);
    ck_assert_int_eq(fixture_run(&fixture, verify_command, "--only references", false), 1);
    says("references: measurement: it names a row of characteristic that is not there");
    says("restore a backup for which `gemba verify FILE` finds nothing");
    fixture_close(&fixture);
}
END_TEST

START_TEST(verify_wrong_words)
{
    struct fixture fixture = filled();
    ck_assert_int_eq(fixture_run(&fixture, verify_command, "--only ponits", false), 2);
    complains("did you mean 'points'?");
    ck_assert_int_eq(fixture_run(&fixture, verify_command, "--format csv", false), 2);
    complains("text or json");
    ck_assert_int_eq(fixture_run(&fixture, verify_command, "/nowhere/x.db", false), 2);
    complains("/nowhere/x.db");
    const char *text =
        test_file("text.db", "this is no database, it is a text that is long enough to be taken for one ..............................");
    char arguments[400];
    snprintf(arguments, sizeof arguments, "%s", text);
    ck_assert_int_eq(fixture_run(&fixture, verify_command, arguments, false), 2);
    complains("not a gemba store");
    fixture_close(&fixture);
}
END_TEST

START_TEST(backup_and_refusals)
{
    struct fixture fixture = filled();
    char copy[400], arguments[500];
    snprintf(copy, sizeof copy, "%s", test_path("copy.db"));
    ck_assert_int_eq(fixture_run(&fixture, backup_command, copy, false), 0);
    says("copy.db");
    says(", whole");
    ck_assert_int_eq(fixture_run(&fixture, verify_command, copy, false), 0);
    ck_assert_int_eq(fixture_run(&fixture, backup_command, copy, false), 2);
    complains("--force");
    snprintf(arguments, sizeof arguments, "--force -q %s", copy);
    ck_assert_int_eq(fixture_run(&fixture, backup_command, arguments, false), 0);
    ck_assert_str_eq(output(), "");
    ck_assert_int_eq(fixture_run(&fixture, backup_command, fixture.plant->store_path, false), 2);
    complains("is the store itself");
    ck_assert_int_eq(fixture_run(&fixture, backup_command, test_directory(), false), 2);
    complains("is a directory");
    ck_assert_int_eq(fixture_run(&fixture, backup_command, "", false), 2);
    complains("to which file?");
    ck_assert_int_eq(fixture_run(&fixture, backup_command, "/nowhere/copy.db", false), 2);
    complains("/nowhere/copy.db");
    char found[300], *command = memory_format("ls %s | grep -c part-", test_directory());
    fixture_shell(command, found, sizeof found);
    free(command);
    ck_assert_str_eq(found, "0\n"); /* nothing half is left lying */
    fixture_close(&fixture);
}
END_TEST

/* What is wrong in the store is wrong in the copy: it gets no name, and a good one before it stays. */
START_TEST(backup_of_a_damaged_store)
{
    struct fixture fixture = filled();
    char arguments[500];
    snprintf(arguments, sizeof arguments, "%s", test_path("copy.db"));
    ck_assert_int_eq(fixture_run(&fixture, backup_command, arguments, false), 0);
    shell("sqlite3 '%s' 'DROP TRIGGER audit_is_fixed; UPDATE audit SET who = \"eve\"' 2>&1", fixture.plant->store_path);
    snprintf(arguments, sizeof arguments, "--force %s", test_path("copy.db"));
    ck_assert_int_eq(fixture_run(&fixture, backup_command, arguments, false), 2);
    complains("the copy is not whole");
    snprintf(arguments, sizeof arguments, "%s", test_path("copy.db"));
    ck_assert_int_eq(fixture_run(&fixture, verify_command, arguments, false), 0);
    fixture_close(&fixture);
}
END_TEST

START_TEST(trace_a_part)
{
    struct fixture fixture = filled();
    ck_assert_int_eq(fixture_run(&fixture, note_command, "SN-2 scratched", false), 0);
    ck_assert_int_eq(fixture_run(&fixture, trace_command, "SN-2", false), 0);
    says("above USL");
    says("mei");
    says("tool worn");
    says(": scratched");
    ck_assert_ptr_null(strstr(output(), "SN-1"));
    says("    gauge gauge  operator mei  lot L-7  order O-1  machine press");
    for (const char *line = output(), *end; (end = strchr(line, '\n')); line = end + 1)
        ck_assert_msg(end - line <= 80, "too wide: %.*s", (int)(end - line), line);
    ck_assert_int_eq(fixture_run(&fixture, trace_command, "SN-2 --format json", false), 0);
    ck_assert_str_eq(test_undocumented(fixture_read(test_path("stdout"))), "");
    says("\"value\": 74.1, \"unit\": \"mm\", \"verdict\": \"above USL\", \"gauge\": \"gauge\", \"operator\": \"mei\", \"lot\": \"L-7\", \"order\": "
         "\"O-1\", "
         "\"machine\": \"press\", \"cause\": \"tool worn\", \"action\": \"changed\", \"who\": \"li\", \"part\": \"P-100\"");
    says("\"attempt\": 1, \"point\": 2, \"rules\": [\"1\"]");
    says("\"ucl\": 74.04");
    says("\"alarms\": \"74.1 above USL 74.05\", \"notes\": \"scratched (");
    ck_assert_int_eq(fixture_run(&fixture, trace_command, "--lot L-7 --format csv", false), 0);
    says("\"SN-1\"");
    says("\"SN-2\"");
    ck_assert_int_eq(fixture_run(&fixture, trace_command, "--order O-1", false), 0);
    says("in control");
    fixture_close(&fixture);
}
END_TEST

START_TEST(trace_nothing)
{
    struct fixture fixture = filled();
    ck_assert_int_eq(fixture_run(&fixture, trace_command, "SN-3", false), 1);
    complains("nothing was measured of a part with the serial number 'SN-3'");
    ck_assert_int_eq(fixture_run(&fixture, trace_command, "", false), 2);
    complains("--lot LOT or --order ORDER");
    ck_assert_int_eq(fixture_run(&fixture, trace_command, "SN-1 --lot L-7", false), 2);
    fixture_close(&fixture);
}
END_TEST

START_TEST(notes)
{
    struct fixture fixture = filled();
    ck_assert_int_eq(fixture_run(&fixture, note_command, "press oiled --at 2026-11-05T10:00:00Z", false), 0);
    ck_assert_int_eq(fixture_run(&fixture, note_command, "ring-dia checked", false), 0);
    ck_assert_int_eq(fixture_run(&fixture, note_command, "-f csv", false), 0);
    says("\"2026-11-05T10:00:00.000000Z\",\"press\"");
    says("\"checked\"");
    ck_assert_int_eq(fixture_run(&fixture, note_command, "press", false), 0);
    says("oiled");
    ck_assert_ptr_null(strstr(output(), "checked"));
    fixture_close(&fixture);
}
END_TEST

static struct fixture keeping(const char *keep)
{
    struct fixture fixture = filled();
    char *text = memory_format("%sstore: {keep: {%s}}\n", fixture_read(fixture.config), keep);
    snprintf(fixture.config, sizeof fixture.config, "%s", test_file("keeping.yaml", text));
    free(text);
    return fixture;
}

START_TEST(retain_events)
{
    struct fixture fixture = keeping("events: 2h");
    struct error err;
    ck_assert_int_eq(store_begin(fixture.store, &err), 0);
    for (int hour = 1; hour <= 4; hour++)
        ck_assert_int_eq(record_event(fixture.store, FIXTURE_NOW - hour * HOUR_US - 1, "counter", "press", "jumped", &err), 0);
    ck_assert_int_eq(store_commit(fixture.store, &err), 0);
    ck_assert_int_eq(fixture_run(&fixture, retain_command, "--dry-run -f csv", false), 0);
    says("\"events\",\"0.0833333 d\",\"3\"");
    says("\"values\",\"for ever\",\"0\"");
    ck_assert_int_eq(fixture_run(&fixture, retain_command, "-f csv", false), 0);
    says("\"events\",\"0.0833333 d\",\"3\"");
    ck_assert_int_eq(fixture_run(&fixture, retain_command, "-f csv", false), 0);
    says("\"events\",\"0.0833333 d\",\"0\"");
    ck_assert_int_eq(fixture_run(&fixture, retain_command, "--quiet", false), 0);
    ck_assert_str_eq(output(), "");
    ck_assert_int_eq(fixture_run(&fixture, verify_command, "", false), 0);
    fixture_close(&fixture);
}
END_TEST

START_TEST(export_parts_and_copy)
{
    struct fixture fixture = filled();
    ck_assert_int_eq(fixture_run(&fixture, export_command, "measurements", false), 0);
    says("\"ring-dia\",\"74.1\",\"good\",\"\",\"SN-2\",\"L-7\",\"O-1\",\"mei\",\"gauge\",\"0\",\"0\"\n");
    ck_assert_int_eq(fixture_run(&fixture, export_command, "measurements --format copy", false), 0);
    ck_assert_int_eq(strncmp(output(), "2026-11-05T13:00:00.000000Z\tring-dia\t74\tgood\t\tSN-1\tL-7\tO-1\tmei\tgauge\t0\t0\n", 73), 0);
    ck_assert_int_eq(fixture_run(&fixture, export_command, "measurements --period 30min", false), 0);
    ck_assert_ptr_null(strstr(output(), "ring-dia"));
    fixture_close(&fixture);
}
END_TEST

START_TEST(export_copy_escapes)
{
    struct fixture fixture = fixture_open();
    struct error err;
    const struct instrument *gauge = plant_tag(fixture.plant, "gauge.ring")->instrument;
    struct reading readings[3] = {{.value = NAN, .quality = QUALITY_BAD_TIMEOUT}, {.value = 1}, {.value = NAN, .text = "a\tb\\c\nd"}};
    ck_assert_int_eq(store_begin(fixture.store, &err), 0);
    ck_assert_int_eq(record_journal(fixture.store, gauge, FIXTURE_NOW, readings, &err), 0);
    ck_assert_int_eq(store_commit(fixture.store, &err), 0);
    ck_assert_int_eq(fixture_run(&fixture, export_command, "samples --format copy", false), 0);
    says("gauge.ring\t\\N\tbad\tno answer within the timeout\n");
    says("gauge.serial\ta\\tb\\\\c\\nd\tgood\t\n");
    fixture_close(&fixture);
}
END_TEST

/* Run after run brings every row once, also one that is recorded later and is older. */
START_TEST(export_resumed)
{
    struct fixture fixture = filled();
    char arguments[500];
    struct error err;
    const struct characteristic *c = plant_characteristic(fixture.plant, "ring-dia");
    const int64_t begun_us = FIXTURE_NOW - HOUR_US;
    snprintf(arguments, sizeof arguments, "measurements --to 2026-11-05T13:00:05Z --resume %s", test_path("state"));
    ck_assert_int_eq(fixture_run(&fixture, export_command, arguments, false), 0);
    says("SN-1");
    ck_assert_ptr_null(strstr(output(), "SN-2"));
    ck_assert_int_eq(fixture_run(&fixture, export_command, arguments, false), 0);
    ck_assert_ptr_null(strstr(output(), "SN-1"));
    for (int i = 0; i < 2; i++) {
        struct measurement m = {.characteristic = c->id, .time_us = begun_us + (i ? 10 * SECOND_US : -1), .value = 100 + i};
        ck_assert_int_eq(store_begin(fixture.store, &err), 0);
        ck_assert_int_eq(record_measurement(fixture.store, &m, &err), 0);
        ck_assert_int_eq(store_commit(fixture.store, &err), 0);
    }
    snprintf(arguments, sizeof arguments, "measurements --resume %s -o %s", test_path("state"), test_path("rows.csv"));
    ck_assert_int_eq(fixture_run(&fixture, export_command, arguments, false), 0);
    const char *rows = fixture_read(test_path("rows.csv"));
    ck_assert_ptr_null(strstr(rows, "SN-1"));
    ck_assert(strstr(rows, "SN-2") && strstr(rows, "\"ring-dia\",\"100\"") && strstr(rows, "\"ring-dia\",\"101\""));
    ck_assert_int_eq(fixture_run(&fixture, export_command, arguments, false), 2);
    complains("rows.csv is there from a run before, and its rows come only once");
    snprintf(arguments, sizeof arguments, "samples --resume %s", test_path("state"));
    ck_assert_int_eq(fixture_run(&fixture, export_command, arguments, false), 2);
    complains("is of an export of measurements, not of samples");
    const char *senseless[] = {"hello\n", "gemba export samples of each series\n1 2 3\nend\n", "gemba export samples of each series\n1 2 3 4\n",
                               "gemba export samples of each series\n2 2 3 4\n1 2 3 4\nend\n", ""};
    for (size_t i = 0; i < sizeof senseless / sizeof senseless[0]; i++) {
        snprintf(arguments, sizeof arguments, "samples --resume %s", test_file("other", senseless[i]));
        ck_assert_int_eq(fixture_run(&fixture, export_command, arguments, false), 2);
        complains("does not say where an export stopped");
    }
    /* of a gemba before: up to a time */
    snprintf(arguments, sizeof arguments, "measurements --resume %s",
             test_file("old", "gemba export measurements until 2026-11-05T13:00:05.000000Z\n"));
    ck_assert_int_eq(fixture_run(&fixture, export_command, arguments, false), 0);
    says("SN-2");
    says("\"ring-dia\",\"100\""); /* it came late */
    ck_assert_ptr_null(strstr(output(), "SN-1"));
    ck_assert_int_eq(fixture_run(&fixture, export_command, arguments, false), 0);
    ck_assert_ptr_null(strstr(output(), "SN-2"));
    fixture_close(&fixture);
}
END_TEST

Suite *store_commands_suite(void);
Suite *store_commands_suite(void)
{
    Suite *suite = suite_create("store commands");
    fixture_add(suite, verify_whole);
    fixture_add(suite, verify_a_kept_seal);
    fixture_add(suite, verify_says_where);
    fixture_add(suite, verify_wrong_words);
    fixture_add(suite, backup_and_refusals);
    fixture_add(suite, backup_of_a_damaged_store);
    fixture_add(suite, trace_a_part);
    fixture_add(suite, trace_nothing);
    fixture_add(suite, notes);
    fixture_add(suite, retain_events);
    fixture_add(suite, export_parts_and_copy);
    fixture_add(suite, export_copy_escapes);
    fixture_add(suite, export_resumed);
    return suite;
}
