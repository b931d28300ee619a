#include "tests/reports/fixture.h"
#include "tests/harness.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char config[] =
    "plant: {name: \"Werk \\u00d6st\", timezone: Europe/Berlin}\n"
    "shifts:\n"
    "  day:   {start: \"06:00\", end: \"14:00\", days: [mon, tue, wed, thu, fri], breaks: [\"09:00-09:30\"]}\n"
    "  late:  {start: \"14:00\", end: \"22:00\", days: [mon, tue, wed, thu, fri], breaks: [\"14:30-14:45\"]}\n"
    "links: {hall: {url: \"tcp://127.0.0.1:1502\"}}\n"
    "instruments:\n"
    "  gauge:\n"
    "    link: hall\n"
    "    tags:\n"
    "      ring:   {address: 40001, type: f32, unit: mm, decimals: 3}\n"
    "      force:  {address: 40003, type: f32, unit: N, decimals: 1}\n"
    "      serial: {address: 40010, type: string, length: 16}\n"
    "  plc:\n"
    "    link: hall\n"
    "    tags: {state: {address: 40001}, total: {address: 40002}, scrap: {address: 40003}}\n"
    "machines:\n"
    "  press:\n"
    "    line: L1\n"
    "    ideal_cycle: 4s\n"
    "    state: {tag: plc.state, running: [2], idle: [1], fault: [3], off: [0]}\n"
    "    parts: plc.total\n"
    "    rejects: plc.scrap\n"
    "characteristics:\n"
    "  ring-dia:\n"
    "    {part: P-100, description: \"piston ring, inside diameter\", machine: press, source: gauge.ring, nominal: 74, lsl: 73.95, usl: 74.05,\n"
    "     class: critical, chart: xbar-r, subgroup: 5, rules: nelson, required_cpk: 1.33}\n"
    "  force:\n"
    "    {part: P-100, source: gauge.force, lsl: 100, class: major, chart: i-mr, rules: western-electric, required_cpk: 1.67}\n"
    "  empty: {part: P-200, source: gauge.force, lsl: 90, usl: 110}\n"
    "characteristic_groups:\n"
    "  trio: {characteristics: [ring-dia, force, empty], baseline: 30}\n"
    "  fives: {characteristics: [ring-dia, force], subgroup: 5, baseline: 20}\n"
    "reports:\n"
    "  acme: {customer: \"ACME, \\\"GmbH\\\"\", characteristics: [ring-dia, force, empty], period: this-month, formats: [text, csv, pdf]}\n"
    "  shifty: {characteristics: [force], period: all, formats: [csv]}\n";

static int64_t now(void)
{
    return FIXTURE_NOW;
}

struct fixture fixture_open(void)
{
    struct fixture fixture = {0};
    struct problems problems = {0};
    struct error err;
    snprintf(fixture.config, sizeof fixture.config, "%s", test_file("plant.yaml", config));
    clock_set_source(now);
    fixture.plant = plant_load(fixture.config, &problems);
    ck_assert_msg(fixture.plant != NULL, "%s", problems.count ? problems.items[0].text : "no plant");
    problems_free(&problems);
    ck_assert_msg(store_open(&fixture.store, fixture.plant->store_path, STORE_RECORD, &err) == 0, "%s", err.text);
    ck_assert_msg(store_identify(fixture.store, fixture.plant, &err) == 0, "%s", err.text);
    return fixture;
}

void fixture_close(struct fixture *fixture)
{
    store_close(fixture->store);
    plant_free(fixture->plant);
    *fixture = (struct fixture){0};
}

static void record_limits_of(struct fixture *fixture, const struct characteristic *c, int64_t time_us, double center, double sigma,
                             struct limits *limits)
{
    struct error err;
    *limits = (struct limits){.characteristic = c->id,
                              .extra = NAN,
                              .lcl = NAN,
                              .ucl = NAN,
                              .time_us = time_us,
                              .state = LIMITS_TRIAL,
                              .center = center,
                              .sigma = sigma,
                              .points = 25};
    strcpy(limits->source, "calculated from points 1-25");
    if (!isnan(center))
        ck_assert_msg(record_limits(fixture->store, limits, &err) == 0, "%s", err.text);
}

int64_t fixture_record(struct fixture *fixture, const char *name, const double *values, int n, int64_t from_us, int64_t step_us, double center,
                       double sigma)
{
    const struct characteristic *c = plant_characteristic(fixture->plant, name);
    struct chart_state state = {0};
    struct subgroup previous;
    struct limits limits;
    struct error err;
    double group[25];
    int64_t number = 1;
    int filled = 0;
    bool has_previous = false, below = false, above = false;
    ck_assert_ptr_nonnull(c);
    ck_assert_int_eq(store_begin(fixture->store, &err), 0);
    record_limits_of(fixture, c, from_us, center, sigma, &limits);
    for (int i = 0; i < n; i++) {
        bool bad = isnan(values[i]);
        struct measurement m = {.characteristic = c->id, .time_us = from_us + i * step_us, .value = values[i], .point = bad ? 0 : number};
        m.quality = bad ? QUALITY_BAD_TIMEOUT : QUALITY_GOOD;
        ck_assert_msg(record_measurement(fixture->store, &m, &err) == 0, "%s", err.text);
        has_previous = has_previous && !bad;
        if (bad)
            continue;
        group[filled++] = values[i];
        below |= values[i] < c->lsl;
        above |= values[i] > c->usl;
        if (filled < c->subgroup)
            continue;
        struct point point = {.characteristic = c->id, .number = number++, .time_us = m.time_us, .limits = limits.id, .below = below, .above = above};
        point.subgroup = c->chart->summarise(group, filled, has_previous ? &previous : NULL);
        point.subgroup.excluded = point.number == fixture->exclude;
        point.verdict = chart_judge(&state, c->chart, c->rules, &point.subgroup, center, sigma);
        ck_assert_msg(record_point(fixture->store, &point, &err) == 0, "%s", err.text);
        previous = point.subgroup;
        has_previous = true;
        below = above = false;
        filled = 0;
    }
    ck_assert_msg(store_commit(fixture->store, &err) == 0, "%s", err.text);
    return number - 1;
}

int fixture_reference(const char *name, double *values, int most)
{
    char path[300], line[64];
    int n = 0;
    snprintf(path, sizeof path, "tests/reference/own/%s.csv", name);
    FILE *file = fopen(path, "r");
    ck_assert_msg(file != NULL, "%s: run from the top of the tree", path);
    ck_assert_ptr_nonnull(fgets(line, sizeof line, file));
    while (n < most && fgets(line, sizeof line, file))
        values[n++] = strtod(line, NULL);
    fclose(file);
    return n;
}

static double uniform(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return ((double)(*state >> 11) + 0.5) / 9007199254740992.0;
}

void fixture_normal(double *values, int n, double mean, double sd)
{
    uint64_t state = 20261105;
    for (int i = 0; i < n; i++)
        values[i] = mean + sd * sqrt(-2 * log(uniform(&state))) * cos(2 * M_PI * uniform(&state));
}

const char *fixture_read(const char *path)
{
    static char *text;
    FILE *file = fopen(path, "r");
    ck_assert_msg(file != NULL, "%s is not there", path);
    ck_assert_int_eq(fseek(file, 0, SEEK_END), 0);
    size_t size = (size_t)ftell(file) + 1;
    rewind(file);
    free(text);
    text = memory_zero(size, 1);
    size_t length = fread(text, 1, size - 1, file);
    text[length] = '\0';
    fclose(file);
    return text;
}

static int run_child(int (*command)(int argc, char **argv), int argc, char **argv, const char *out, const char *err, bool as_nobody)
{
    pid_t child = fork();
    int status;
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        bool ready = freopen(out, "w", stdout) && freopen(err, "w", stderr);
        if (ready && as_nobody && geteuid() == 0)
            ready = setgid(65534) == 0 && setuid(65534) == 0;
        int result = ready ? command(argc, argv) : 99;
        fflush(NULL);
        _exit(result);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(WIFEXITED(status), "the command ended by signal %d", WTERMSIG(status));
    return WEXITSTATUS(status);
}

int fixture_run(const struct fixture *fixture, int (*command)(int argc, char **argv), const char *arguments, bool as_nobody)
{
    char copy[600], *argv[24], name[] = "command", option[] = "-c";
    int argc = 0;
    argv[argc++] = name;
    snprintf(copy, sizeof copy, "%s", arguments);
    for (char *rest = copy, *word; (word = strtok_r(rest, " ", &rest)) && argc < 21;)
        argv[argc++] = word;
    argv[argc++] = option;
    argv[argc++] = (char *)fixture->config;
    return run_child(command, argc, argv, test_path("stdout"), test_path("stderr"), as_nobody);
}

int fixture_shell(const char *command, char *out, size_t size)
{
    FILE *pipe = popen(command, "r");
    ck_assert_ptr_nonnull(pipe);
    size_t length = fread(out, 1, size - 1, pipe);
    out[length] = '\0';
    int status = pclose(pipe);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void fixture_add_case(Suite *suite, const char *name, const TTest *test)
{
    TCase *tcase = tcase_create(name);
    tcase_add_test(tcase, test);
    suite_add_tcase(suite, tcase);
}

const char *fixture_study(const char *arguments, int status)
{
    char copy[600], *argv[32], name[] = "study";
    int argc = 0, got;
    argv[argc++] = name;
    snprintf(copy, sizeof copy, "%s", arguments);
    for (char *rest = copy, *word; (word = strtok_r(rest, " ", &rest)) && argc < 31;)
        argv[argc++] = word;
    argv[argc] = NULL;
    const char *out = test_path("stdout"), *err = test_path("stderr");
    fflush(NULL);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        if (!freopen(out, "w", stdout) || !freopen(err, "w", stderr))
            _exit(99);
        int code = study_command(argc, argv);
        fflush(NULL);
        _exit(code);
    }
    ck_assert_int_eq(waitpid(child, &got, 0), child);
    int code = WIFEXITED(got) ? WEXITSTATUS(got) : -1;
    bool either = status == FIXTURE_EITHER && (code == 0 || (code == 2 && !strncmp(fixture_read(err), "gemba study: ", 13)));
    ck_assert_msg(either || code == status, "gemba study %s: status %d, signal %d, %s", arguments, code, WIFSIGNALED(got) ? WTERMSIG(got) : 0,
                  fixture_read(err));
    const char *said = fixture_read(code ? err : out);
    if (!code && !either && (*said == '{' || *said == '['))
        ck_assert_str_eq(test_undocumented(said), "");
    return said;
}
