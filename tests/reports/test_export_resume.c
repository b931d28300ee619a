/* `gemba export --resume`: whatever was recorded, packed and let go between the runs, and however they ended, each row comes exactly once. */
#include "tests/harness.h"
#include "tests/reports/fixture.h"

#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { IDS = 20000, ROUNDS = 6, STEPS = 70, RENAMES = 3 };

/* What is recorded has a number of its own as its value. */
static struct {
    struct fixture fixture;
    uint64_t random;
    int64_t now_us;
    int64_t points[3];
    int next;                /* number */
    unsigned char came[IDS]; /* times */
    bool recorded[IDS];
    int runs;
} bench;

static const char *const kinds[] = {"measurements", "samples", "signals"};
static const char *const names[] = {"force", "ring-dia", "empty"};

/* --- a run that is killed before or after a rename: those are where its result becomes that of the next run or not */

static int kill_before, kill_after; /* which; 0 none */

int rename(const char *from, const char *to)
{
    if (kill_before && --kill_before == 0)
        kill(getpid(), SIGKILL);
    int result = renameat(AT_FDCWD, from, AT_FDCWD, to);
    if (kill_after && --kill_after == 0)
        kill(getpid(), SIGKILL);
    return result;
}

static unsigned draw(unsigned below)
{
    bench.random = bench.random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(bench.random >> 33) % below;
}

/* --- recording */

static int64_t some_time(bool late)
{
    if (!late)
        return bench.now_us += 1 + draw(2 * 1000000);
    return FIXTURE_NOW - (int64_t)draw(10 * 86400) * SECOND_US - (int64_t)draw(1000000);
}

static int number(void)
{
    ck_assert_int_lt(bench.next, IDS);
    bench.recorded[bench.next] = true;
    return bench.next++;
}

static void record(bool late)
{
    struct error err;
    struct store *store = bench.fixture.store;
    unsigned which = draw(3), count = 1 + draw(20);
    const struct characteristic *c = plant_characteristic(bench.fixture.plant, names[which]);
    const struct instrument *gauge = plant_tag(bench.fixture.plant, "gauge.ring")->instrument;
    struct measurement together[MEASUREMENTS_TOGETHER] = {{0}};
    ck_assert_ptr_nonnull(c);
    ck_assert_int_eq(store_begin(store, &err), 0);
    for (unsigned i = 0; i < count; i++) {
        for (int j = 0; j < MEASUREMENTS_TOGETHER; j++) {
            together[j] =
                (struct measurement){.characteristic = c->id, .time_us = some_time(late), .value = number(), .point = bench.points[which] + 1};
            together[j].sequence = draw(3);
        }
        ck_assert_msg(record_measurements(store, together, i % 2 ? MEASUREMENTS_TOGETHER : 3, &err) == 0, "%s", err.text);
        for (int j = i % 2 ? MEASUREMENTS_TOGETHER : 3; j < MEASUREMENTS_TOGETHER; j++)
            bench.recorded[(int)together[j].value] = false;
        ck_assert_msg(record_measurements(store, together, 3, &err) == 0, "%s", err.text); /* once more: it is there already */
        struct point point = {
            .characteristic = c->id, .number = ++bench.points[which], .time_us = some_time(late && draw(2)), .verdict.location_rules = 1};
        point.subgroup = (struct subgroup){.n = 1, .location = number()};
        ck_assert_msg(record_point(store, &point, &err) == 0, "%s", err.text);
        struct reading readings[3] = {{.value = number()}, {.quality = QUALITY_ABSENT}, {.quality = QUALITY_ABSENT}};
        if (draw(2))
            readings[1] = (struct reading){.value = NAN, .quality = QUALITY_BAD_TIMEOUT};
        ck_assert_msg(record_journal(store, gauge, some_time(late), readings, &err) == 0, "%s", err.text);
    }
    if (draw(8) == 0) { /* it was not to be */
        store_rollback(store);
        bench.points[which] -= count;
        for (unsigned i = 0; i < 10 * count; i++)
            bench.recorded[bench.next - 1 - (int)i] = false;
    } else
        ck_assert_msg(store_commit(store, &err) == 0, "%s", err.text);
}

static void pack(void)
{
    struct error err;
    bool more;
    do
        ck_assert_msg(store_pack(bench.fixture.store, draw(2) ? 0 : 100, SECOND_US, &more, &err) == 0, "%s", err.text);
    while (more);
}

static void reopen(void)
{
    struct error err;
    store_close(bench.fixture.store);
    ck_assert_msg(store_open(&bench.fixture.store, bench.fixture.plant->store_path, STORE_RECORD, &err) == 0, "%s", err.text);
    ck_assert_msg(store_identify(bench.fixture.store, bench.fixture.plant, &err) == 0, "%s", err.text);
}

/* --- exporting */

static void count_rows(const char *path, int kind)
{
    FILE *file = fopen(path, "r");
    char line[1000], name[64];
    double value;
    if (!file)
        return;
    while (fgets(line, sizeof line, file))
        if (sscanf(line, "%*[^\t]\t%63[^\t]\t%lf", name, &value) == 2 && (kind != 1 || !strcmp(name, "gauge.ring"))) {
            ck_assert(value >= 0 && value < bench.next);
            bench.came[(int)value]++;
        }
    fclose(file);
}

/* Exit status; -1 when it was killed. */
static int run(int kind, const char *path, int before, int after, int64_t most_bytes, int kill_us)
{
    int status;
    const char *complaints = test_path("stderr"); /* the child would have a directory of its own */
    char *words = memory_format("export %s -c %s --resume %s --format copy -o %s", kinds[kind], bench.fixture.config, test_path(kinds[kind]), path);
    fflush(NULL);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        char *argv[12];
        int argc = 0;
        for (char *rest = words, *word; (word = strtok_r(rest, " ", &rest));)
            argv[argc++] = word;
        if (most_bytes >= 0) {
            signal(SIGXFSZ, SIG_IGN);
            setrlimit(RLIMIT_FSIZE, &(struct rlimit){(rlim_t)most_bytes, (rlim_t)most_bytes});
        }
        kill_before = before;
        kill_after = after;
        signal(SIGALRM, SIG_DFL); /* which is what kill -9 does: it ends at once */
        if (kill_us)
            setitimer(ITIMER_REAL, &(struct itimerval){.it_value.tv_usec = kill_us}, NULL);
        bool ready = freopen(complaints, "w", stderr) != NULL;
        int result = ready ? export_command(argc, argv) : 99;
        fflush(NULL);
        _exit(result);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    free(words);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void export(int kind, bool whole)
{
    char *path = memory_format("%s-%d", test_path("rows"), bench.runs++);
    unsigned how = whole ? 0 : draw(5);
    int before = how == 1 ? 1 + (int)draw(RENAMES) : 0, after = how == 2 ? 1 + (int)draw(RENAMES) : 0;
    int status = run(kind, path, before, after, how == 3 ? (int64_t)draw(3000) : -1, how == 4 ? 1 + (int)draw(15000) : 0);
    if (how == 0)
        ck_assert_msg(status == 0, "%s", fixture_read(test_path("stderr")));
    if (how == 1 || how == 2)
        ck_assert_msg(status == -1, "status %d: %s", status, fixture_read(test_path("stderr")));
    if (how == 3)
        ck_assert_int_ge(status, 0);
    count_rows(path, kind);
    free(path);
}

static void retain(void)
{
    struct error err;
    struct retained retained;
    for (int kind = 0; kind < 3; kind++)
        export(kind, true);
    enum keep_class class = draw(2) ? KEEP_VALUES : KEEP_READINGS;
    ck_assert_msg(store_retain(bench.fixture.store, class, some_time(draw(2)), false, "cron", &retained, &err) == 0, "%s", err.text);
}

START_TEST(exactly_once)
{
    bench.fixture = fixture_open();
    bench.random = (uint64_t)_i + 1;
    bench.now_us = FIXTURE_NOW;
    for (int step = 0; step < STEPS; step++) {
        unsigned what = draw(12);
        if (what < 5)
            record(what < 2);
        else if (what < 7)
            pack();
        else if (what < 10)
            export((int)draw(3), false);
        else if (what == 10)
            reopen();
        else if (draw(2))
            retain();
    }
    for (int kind = 0; kind < 3; kind++)
        export(kind, true);
    for (int i = 0; i < bench.next; i++)
        ck_assert_msg(bench.came[i] == bench.recorded[i], "seed %d: row %d came %d times", _i + 1, i, bench.came[i]);
    ck_assert_int_gt(bench.next, 500);
    fixture_close(&bench.fixture);
}
END_TEST

/* As after an old backup was restored. */
START_TEST(store_went_back)
{
    bench.fixture = fixture_open();
    bench.now_us = FIXTURE_NOW;
    bench.random = 3;
    record(false);
    export(0, true);
    store_close(bench.fixture.store);
    ck_assert_int_eq(unlink(bench.fixture.plant->store_path), 0);
    struct error err;
    ck_assert_int_eq(store_open(&bench.fixture.store, bench.fixture.plant->store_path, STORE_RECORD, &err), 0);
    ck_assert_int_eq(store_identify(bench.fixture.store, bench.fixture.plant, &err), 0);
    ck_assert_int_eq(run(0, test_path("again"), 0, 0, -1, 0), 2);
    const char *text = fixture_read(test_path("stderr"));
    ck_assert_msg(strstr(text, "holds less than was exported from it") && strstr(text, "remove "), "%s", text);
    fixture_close(&bench.fixture);
}
END_TEST

Suite *export_resume_suite(void);
Suite *export_resume_suite(void)
{
    Suite *suite = suite_create("export resumed");
    TCase *tcase = tcase_create("exactly_once");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, exactly_once, 0, ROUNDS);
    suite_add_tcase(suite, tcase);
    fixture_add(suite, store_went_back);
    return suite;
}
