#include "tests/tui/fixture.h"
#include "tui/capability_print.h"
#include "tui/tui.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <yaml.h>

struct shown {
    int status;
    char out[200000], err[4000];
};
static struct shown shown;

static void read_file(const char *path, char *text, size_t size)
{
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    text[fread(text, 1, size - 1, file)] = 0;
    fclose(file);
}

static void show(const char *config, const char *screen, const char *name, const char *format)
{
    const char *line[] = {
        "show", screen, name ? name : "--format", name ? "--format" : format, name ? format : "-c", name ? "-c" : config, name ? config : NULL, NULL};
    char out[400], err[400];
    snprintf(out, sizeof out, "%s", test_path("shown"));
    snprintf(err, sizeof err, "%s", test_path("said"));
    fflush(stdout);
    fflush(stderr);
    int old_out = dup(1), old_err = dup(2);
    ck_assert_ptr_nonnull(freopen(out, "w", stdout));
    ck_assert_ptr_nonnull(freopen(err, "w", stderr));
    shown.status = show_command(name ? 7 : 6, (char **)line);
    fflush(stdout);
    fflush(stderr);
    dup2(old_out, 1);
    dup2(old_err, 2);
    close(old_out);
    close(old_err);
    read_file(out, shown.out, sizeof shown.out);
    read_file(err, shown.err, sizeof shown.err);
}

/* JSON is YAML: a document of libyaml's says whether it is well formed, and what is in it. */
static yaml_document_t document;

static void parse(void)
{
    yaml_parser_t parser;
    ck_assert(yaml_parser_initialize(&parser));
    yaml_parser_set_input_string(&parser, (const unsigned char *)shown.out, strlen(shown.out));
    ck_assert_msg(yaml_parser_load(&parser, &document), "%s at line %zu:\n%s", parser.problem, parser.problem_mark.line + 1, shown.out);
    yaml_parser_delete(&parser);
}

static yaml_node_t *get(yaml_node_t *map, const char *key)
{
    ck_assert_int_eq(map->type, YAML_MAPPING_NODE);
    for (yaml_node_pair_t *pair = map->data.mapping.pairs.start; pair < map->data.mapping.pairs.top; pair++)
        if (!strcmp((char *)yaml_document_get_node(&document, pair->key)->data.scalar.value, key))
            return yaml_document_get_node(&document, pair->value);
    ck_abort_msg("no key %s in\n%s", key, shown.out);
}

static yaml_node_t *item(yaml_node_t *list, int i)
{
    ck_assert_int_eq(list->type, YAML_SEQUENCE_NODE);
    ck_assert_int_lt(i, (int)(list->data.sequence.items.top - list->data.sequence.items.start));
    return yaml_document_get_node(&document, list->data.sequence.items.start[i]);
}

static const char *value(yaml_node_t *map, const char *key)
{
    return (const char *)get(map, key)->data.scalar.value;
}

static const struct {
    const char *screen;
    int rows;
    const char *keys[32];
} required[] = {
    {"overview",
     3,
     {"machine", "line", "state", "since", "oee", "availability", "performance", "quality", "good", "planned", "cpk", "signals", "age_ms"}},
    {"characteristics", 4, {"name",         "part",         "n",       "last", "mean",   "cp",         "cpk",     "ppk",
                            "signals",      "limits",       "machine", "unit", "lsl",    "usl",        "nominal", "sd",
                            "sigma_within", "required_cpk", "verdict", "time", "age_ms", "violations", "alarms",  "rules"}},
    {"alarms", 2, {"id", "time", "kind", "priority", "object", "machine", "text", "active", "acknowledged", "by", "count"}},
    {"links",
     2,
     {"instrument", "link", "address", "state", "requests", "answers", "timeouts", "exceptions", "disconnects", "rtt_ms", "rtt_mean_ms", "last_error",
      "last_error_time", "age_ms"}},
    {"oee",
     3,
     {"machine", "line", "state", "planned_busy_s", "running_s", "availability", "performance", "quality", "oee", "availability_loss_s",
      "performance_loss_s", "quality_loss_s", "productive_s"}},
    {"tags", 7, {"name", "value", "value_name", "quality", "unit", "time", "age_ms", "reason", "text"}},
};
enum { REQUIRED = sizeof required / sizeof required[0] };

START_TEST(test_json_has_every_key)
{
    struct fixture f = fixture_open();
    show(f.config, required[_i].screen, NULL, "json");
    ck_assert_int_eq(shown.status, 0);
    ck_assert_str_eq(test_undocumented(shown.out), "");
    parse();
    yaml_node_t *root = yaml_document_get_root_node(&document);
    ck_assert_int_eq((int)(root->data.sequence.items.top - root->data.sequence.items.start), required[_i].rows);
    for (int row = 0; row < required[_i].rows; row++)
        for (int i = 0; required[_i].keys[i]; i++)
            ck_assert_ptr_nonnull(get(item(root, row), required[_i].keys[i]));
    yaml_document_delete(&document);
    fixture_close(&f);
}
END_TEST

static size_t lines(const char *text)
{
    size_t count = 0;
    for (; *text; text++)
        count += *text == '\n';
    return count;
}

START_TEST(test_csv_and_text_have_the_same_rows)
{
    struct fixture f = fixture_open();
    show(f.config, required[_i].screen, NULL, "csv");
    ck_assert_int_eq(shown.status, 0);
    ck_assert_uint_eq(lines(shown.out), (size_t)required[_i].rows + 1);
    for (int i = 0; required[_i].keys[i]; i++) {
        char field[64];
        snprintf(field, sizeof field, "\"%s\"", required[_i].keys[i]);
        ck_assert_msg(strstr(shown.out, field) && strstr(shown.out, field) < strchr(shown.out, '\n'), "no %s in %s", field, shown.out);
    }
    show(f.config, required[_i].screen, NULL, "text");
    ck_assert_int_eq(shown.status, 0);
    ck_assert_uint_eq(lines(shown.out), (size_t)required[_i].rows + 1);
    fixture_close(&f);
}
END_TEST

START_TEST(test_values_are_the_stores)
{
    struct fixture f = fixture_open();
    show(f.config, "tags", "plc.temperature", "json");
    parse();
    yaml_node_t *tag = item(yaml_document_get_root_node(&document), 0);
    ck_assert_double_eq(atof(value(tag, "value")), 21.5);
    ck_assert_str_eq(value(tag, "quality"), "good");
    ck_assert_str_eq(value(tag, "time"), "2026-11-02T06:32:06.000000Z");
    ck_assert_double_eq(atof(value(tag, "age_ms")), 1000);
    yaml_document_delete(&document);
    show(f.config, "tags", "gauge.bore", "json");
    parse();
    tag = item(yaml_document_get_root_node(&document), 0);
    ck_assert_str_eq(value(tag, "value"), "null");
    ck_assert_str_eq(value(tag, "quality"), "bad");
    ck_assert_str_ne(value(tag, "reason"), "");
    yaml_document_delete(&document);
    fixture_close(&f);
}
END_TEST

/* Units that share a line share its time; a link's connections are lines of their own. */
START_TEST(test_a_links_own_use_is_its_units_together)
{
    static const double use[4] = {0.25, 0.1, 0.5, 0.25}, together[4] = {35, 35, 37.5, 37.5};
    static const char *const names[4] = {"a", "b", "c", "d"};
    struct problems problems = {0};
    struct store *store;
    struct error err;
    char config[400];
    snprintf(config, sizeof config, "%s",
             test_file("shared.yaml", "plant: {name: X}\nstore: {path: shared.db}\n"
                                      "links: {bus: {url: \"rtu:///dev/null\"}, net: {url: \"tcp://h\", connections: 2}}\ninstruments:\n"
                                      "  a: {link: bus, unit: 1, tags: {t: {address: 1}}}\n  b: {link: bus, unit: 2, tags: {t: {address: 1}}}\n"
                                      "  c: {link: net, unit: 1, tags: {t: {address: 1}}}\n  d: {link: net, unit: 2, tags: {t: {address: 1}}}\n"));
    struct plant *plant = plant_load(config, &problems);
    ck_assert_ptr_nonnull(plant);
    ck_assert(!store_open(&store, plant->store_path, STORE_RECORD, &err) && !store_identify(store, plant, &err));
    for (int i = 0; i < 4; i++) {
        struct link_status status = {.instrument = plant->instruments[i].id, .time_us = 1, .state = "online", .line_use = use[i]};
        ck_assert(!record_link_status(store, &status, &err));
    }
    store_close(store);
    plant_free(plant);
    for (int i = 0; i < 4; i++) {
        show(config, "links", names[i], "json");
        parse();
        yaml_node_t *row = item(yaml_document_get_root_node(&document), 0);
        ck_assert_double_eq(atof(value(row, "line_use_percent")), 100 * use[i]);
        ck_assert_double_eq_tol(atof(value(row, "link_use_percent")), together[i], 1e-9);
        yaml_document_delete(&document);
    }
}
END_TEST

START_TEST(test_names_stand_beside_their_values)
{
    struct fixture f = fixture_open();
    show(f.config, "tags", "plc.state-1", "json");
    parse();
    yaml_node_t *tag = item(yaml_document_get_root_node(&document), 0);
    ck_assert_double_eq(atof(value(tag, "value")), 2);
    ck_assert_str_eq(value(tag, "value_name"), "running");
    yaml_document_delete(&document);
    show(f.config, "tags", "plc.state-1", "text");
    ck_assert_msg(strstr(shown.out, " 2 running ") != NULL, "%s", shown.out);
    show(f.config, "tags", "plc.state-2", "text");
    ck_assert_msg(strstr(shown.out, "running") == NULL, "%s", shown.out);
    fixture_close(&f);
}
END_TEST

START_TEST(test_chart_of_the_worst_and_by_name)
{
    struct fixture f = fixture_open();
    char *config = memory_text(f.config); /* paths of tests are a ring */
    show(config, "chart", NULL, "json");
    ck_assert_msg(shown.status == 0, "%s", shown.err);
    ck_assert_str_eq(test_undocumented(shown.out), "");
    parse();
    yaml_node_t *root = yaml_document_get_root_node(&document);
    ck_assert_str_eq(value(root, "name"), "bore-dia");
    ck_assert_str_eq(value(root, "chart"), "xbar-r");
    ck_assert_double_le(atof(value(get(get(root, "capability"), "ppk"), "lower")), atof(value(get(get(root, "capability"), "ppk"), "value")));
    ck_assert_str_eq(value(get(get(root, "capability"), "cpk"), "value"), "null");
    ck_assert_str_eq(value(get(get(root, "capability"), "cpk"), "why"), "not in control");
    ck_assert_str_eq(value(get(root, "capability"), "judged_by"), "Ppk");
    yaml_node_t *fit = get(root, "fit");
    ck_assert_str_eq(value(fit, "distribution"), "normal");
    ck_assert_double_eq_tol(atof(value(get(fit, "parameters"), "mean")), 25, 0.01);
    ck_assert_double_gt(atof(value(fit, "p")), 0);
    ck_assert_int_eq(atoi(value(fit, "n")), 5 * FIXTURE_POINTS);
    yaml_node_t *points = get(root, "points");
    ck_assert_int_eq((int)(points->data.sequence.items.top - points->data.sequence.items.start), FIXTURE_POINTS);
    yaml_node_t *signal = item(points, FIXTURE_SIGNAL - 1);
    ck_assert_int_eq(atoi(value(signal, "number")), FIXTURE_SIGNAL);
    ck_assert_str_eq((char *)item(get(signal, "rules"), 0)->data.scalar.value, "1");
    ck_assert(strstr(value(signal, "words"), "rule 1"));
    ck_assert_double_gt(atof(value(signal, "location")), atof(value(signal, "ucl")));
    ck_assert_str_eq(value(signal, "serial"), "SN00050");
    yaml_document_delete(&document);
    show(config, "chart", "face-dia", "text");
    ck_assert_int_eq(shown.status, 0);
    ck_assert(strstr(shown.out, "face-dia  A-1047") && strstr(shown.out, "UCL 25.0300"));
    for (char *line = strtok(strstr(shown.out, "\nI\n"), "\n"); line && strncmp(line, "I-MR 3 sigma", 12); line = strtok(NULL, "\n"))
        ck_assert_msg(strlen(line) <= 80, "%s", line);
    show(config, "chart", "face-dia", "json");
    ck_assert_str_eq(test_undocumented(shown.out), "");
    show(config, "chart", "dias", "json");
    ck_assert_msg(shown.status == 0, "%s", shown.err);
    ck_assert_str_eq(test_undocumented(shown.out), "");
    show(config, "chart", "face-dia", "csv");
    ck_assert_uint_eq(lines(shown.out), FIXTURE_POINTS + 1);
    free(config);
    fixture_close(&f);
}
END_TEST

/* A signal of bore-dia is open: what counts is Ppk, and nothing is called Cpk. face-dia is in control. */
START_TEST(test_an_index_is_called_cpk_only_in_control)
{
    struct fixture f = fixture_open();
    char *config = memory_text(f.config);
    show(config, "characteristics", "bore-dia", "json");
    parse();
    yaml_node_t *row = item(yaml_document_get_root_node(&document), 0);
    ck_assert_str_eq(value(row, "judged_by"), "Ppk");
    ck_assert_str_eq(value(row, "judged_by_why"), "not in control");
    ck_assert_str_eq(value(row, "index_value"), value(row, "ppk"));
    ck_assert_str_eq(value(row, "cpk"), "null");
    ck_assert_str_eq(value(row, "cp"), "null");
    yaml_document_delete(&document);
    show(config, "characteristics", "face-dia", "json");
    parse();
    row = item(yaml_document_get_root_node(&document), 0);
    ck_assert_str_eq(value(row, "judged_by"), "Cpk");
    ck_assert_str_eq(value(row, "judged_by_why"), "");
    ck_assert_str_eq(value(row, "index_value"), value(row, "cpk"));
    yaml_document_delete(&document);
    show(config, "characteristics", NULL, "text");
    ck_assert(strstr(shown.out, " Ppk 1.") && strstr(shown.out, " Cpk "));
    show(config, "overview", "press-1", "json");
    parse();
    row = item(yaml_document_get_root_node(&document), 0);
    ck_assert_str_eq(value(row, "worst"), "bore-dia");
    ck_assert_str_eq(value(row, "judged_by"), "Ppk");
    ck_assert_str_eq(value(row, "cpk"), "null");
    yaml_document_delete(&document);
    free(config);
    fixture_close(&f);
}
END_TEST

/* Lists go by running sums, which know the normal distribution only: none of its indices stands for another one's. */
START_TEST(test_a_fitted_characteristic_has_no_normal_index)
{
    struct fixture f = fixture_open();
    char text[8192], *place;
    FILE *file = fopen(f.config, "r");
    size_t length = fread(text, 1, sizeof text - 40, file);
    fclose(file);
    text[length] = 0;
    ck_assert_ptr_nonnull(place = strstr(text, "chart: i-mr, rules: western-electric"));
    memmove(place + 23, place, strlen(place) + 1);
    memcpy(place, "distribution: weibull, ", 23);
    ck_assert_ptr_nonnull(file = fopen(f.config, "w"));
    fputs(text, file);
    fclose(file);
    char *config = memory_text(f.config);
    show(config, "characteristics", "face-dia", "json");
    parse();
    yaml_node_t *row = item(yaml_document_get_root_node(&document), 0);
    static const char *const absent[] = {"index_value", "cp", "cpk", "ppk"};
    for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++)
        ck_assert_str_eq(value(row, absent[i]), "null");
    ck_assert_ptr_nonnull(strstr(value(row, "judged_by_why"), "fitted on the capability screen"));
    yaml_document_delete(&document);
    free(config);
    fixture_close(&f);
}
END_TEST

static yaml_node_t *figure(const char *key)
{
    yaml_node_t *root = yaml_document_get_root_node(&document);
    int count = (int)(root->data.sequence.items.top - root->data.sequence.items.start);
    for (int i = 0; i < count; i++)
        if (!strcmp(value(item(root, i), "figure"), key))
            return item(root, i);
    ck_abort_msg("no figure %s", key);
}

/* The capability screen's figures, the same as the study's that it draws. */
START_TEST(test_capability_has_the_fit)
{
    static const char *const formats[] = {"json", "csv", "text"};
    struct fixture f = fixture_open();
    char *config = memory_text(f.config);
    struct study *study;
    struct error err;
    show(config, "capability", "face-dia", "json");
    ck_assert_int_eq(shown.status, 0);
    parse();
    ck_assert_int_eq(capability_study(&study, f.console->store, f.plant, plant_characteristic(f.plant, "face-dia"), &err), 0);
    ck_assert_str_eq(value(figure("distribution"), "words"), "normal");
    ck_assert_double_eq(atof(value(figure("parameter_mean"), "value")), study->capability.mean);
    ck_assert_double_eq(atof(value(figure("parameter_sd"), "value")), study->capability.sd);
    ck_assert_double_eq(atof(value(figure("ad"), "value")), study->normality.statistic);
    ck_assert_double_eq(atof(value(figure("ad_p"), "value")), study->normality.p.p);
    ck_assert_double_eq(atof(value(figure("ppk"), "lower")), study->capability.ppk.lower);
    ck_assert_double_eq(atof(value(figure("ppm_overall_above"), "value")), study->capability.overall.above);
    ck_assert_int_eq(atoi(value(figure("n"), "value")), FIXTURE_POINTS);
    yaml_document_delete(&document);
    study_free(study);
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        show(config, "capability", "face-dia", formats[i]);
        ck_assert_msg(shown.status == 0 && strstr(shown.out, "parameter_sd") && strstr(shown.out, "judged_by"), "%d %s: %s", shown.status, shown.err,
                      shown.out);
    }
    for (char *line = strtok(shown.out, "\n"); line; line = strtok(NULL, "\n"))
        ck_assert_msg(strlen(line) <= 80, "%s", line);
    free(config);
    fixture_close(&f);
}
END_TEST

START_TEST(test_unknown_names_are_errors_that_help)
{
    struct fixture f = fixture_open();
    show(f.config, "chart", "seat-dai", "json");
    ck_assert_int_eq(shown.status, 2);
    ck_assert_str_eq(shown.out, "");
    ck_assert(strstr(shown.err, "did you mean 'seat-dia'"));
    show(f.config, "alarm", NULL, "json");
    ck_assert_int_eq(shown.status, 2);
    ck_assert(strstr(shown.err, "did you mean 'alarms'"));
    show(f.config, "overview", "pres-1", "text");
    ck_assert_int_eq(shown.status, 2);
    ck_assert(strstr(shown.err, "did you mean 'press-"));
    show(f.config, "overview", NULL, "jsn");
    ck_assert_int_eq(shown.status, 2);
    ck_assert(strstr(shown.err, "json"));
    fixture_close(&f);
}
END_TEST

START_TEST(test_missing_store_says_what_to_do)
{
    const char *config;
    struct plant *plant = fixture_plant(&config);
    show(config, "overview", NULL, "text");
    ck_assert_int_eq(shown.status, 2);
    ck_assert_str_eq(shown.out, "");
    ck_assert(strstr(shown.err, "gemba collect"));
    plant_free(plant);
}
END_TEST

Suite *show_suite(void);
Suite *show_suite(void)
{
    const struct {
        const char *name;
        const TTest *test;
        int times;
    } tests[] = {
        {"json has every key", test_json_has_every_key, REQUIRED},
        {"csv and text have the same rows", test_csv_and_text_have_the_same_rows, REQUIRED},
        {"values are the store's", test_values_are_the_stores, 1},
        {"the own use of a link", test_a_links_own_use_is_its_units_together, 1},
        {"names stand beside their values", test_names_stand_beside_their_values, 1},
        {"chart of the worst, and by name", test_chart_of_the_worst_and_by_name, 1},
        {"an index is called Cpk only in control", test_an_index_is_called_cpk_only_in_control, 1},
        {"a fitted characteristic has no normal index", test_a_fitted_characteristic_has_no_normal_index, 1},
        {"capability has the fit", test_capability_has_the_fit, 1},
        {"unknown names are errors that help", test_unknown_names_are_errors_that_help, 1},
        {"missing store says what to do", test_missing_store_says_what_to_do, 1},
    };
    Suite *suite = suite_create("tui: show");
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++) {
        TCase *tcase = tcase_create(tests[i].name);
        tcase_add_loop_test(tcase, tests[i].test, 0, tests[i].times);
        suite_add_tcase(suite, tcase);
    }
    return suite;
}
