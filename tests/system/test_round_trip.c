/* What is exported can be imported: measurements and samples, CSV and JSON, judged like live values; files of other programs; refusals. */
#include "config/config.h"
#include "storage/storage.h"
#include "tests/harness.h"
#include "tests/system/process.h"

#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char plant[] = "plant: {name: Works, timezone: Europe/Berlin}\n"
                            "store: {path: %s}\n"
                            "links: {hall: {url: \"tcp://127.0.0.1:1\"}}\n"
                            "instruments:\n"
                            "  gauge:\n"
                            "    link: hall\n"
                            "    tags:\n"
                            "      bore:   {address: 40001, type: f64, unit: mm}\n"
                            "      depth:  {address: 40005, type: f32, unit: mm}\n"
                            "      total:  {address: 40007, type: u64}\n"
                            "      serial: {address: 40011, type: string, length: 16}\n"
                            "characteristics:\n"
                            "  bore-dia: {source: gauge.bore, serial: gauge.serial, lsl: 24, usl: 26, subgroup: 5, retest: 100}\n"
                            "  depth: {source: gauge.depth, lsl: 4, usl: 6}\n";

/* A plant with a store of that name. */
static const char *config_of(const char *store)
{
    char name[80], *text = memory_format(plant, store);
    snprintf(name, sizeof name, "%s.yaml", store);
    const char *path = test_file(name, text);
    free(text);
    return path;
}

static char *run(int status, const char *const *argv)
{
    char *output, *errors;
    int got = process_run(&output, &errors, argv);
    ck_assert_msg(got == status, "gemba %s: exit status %d, not %d: %s%s", argv[1], got, status, output, errors);
    return status == 0 ? output : errors;
}

static char *all_of(const char *config, const char *kind, const char *format)
{
    return run(0, ARGV("gemba", "export", kind, "--format", format, "-c", config));
}

static void has(const char *text, const char *words)
{
    ck_assert_msg(strstr(text, words) != NULL, "no '%s' in: %s", words, text);
}

/* A day of parts as a spreadsheet would have them, with all that may happen to a value. */
static const char *file_of_parts(int parts)
{
    char *text = memory_zero((size_t)parts + 10, 120), *at = text;
    at += sprintf(at, "time,name,value,quality,reason,serial,lot,order,operator,gauge\n");
    for (int i = 0; i < parts; i++) {
        int second = i * 7 % 60, minute = i * 7 / 60 % 60, hour = i * 7 / 3600;
        double value = 25 + (i * 7919 % 401 - 200) / 700.0;
        if (i % 50 == 49)
            at += sprintf(at, "2026-11-02T%02d:%02d:%02dZ,bore-dia,,bad,no answer within the timeout,,L1,O1,mei,caliper\n", hour, minute, second);
        else
            at += sprintf(at, "2026-11-02T%02d:%02d:%02dZ,bore-dia,%.17g,good,,\"S%d\",\"L%d, \"\"x\"\"\",O1,mei,caliper\n", hour, minute, second,
                          value, i - (i % 31 == 30), i / 100);
        if (i % 3 == 0)
            at += sprintf(at, "2026-11-02T%02d:%02d:%02dZ,depth,%g,,,,,,,\n", hour, minute, second, 5 + i % 17 * 0.01);
    }
    const char *path = test_file("parts.csv", text);
    free(text);
    return path;
}

static void pack(const char *database)
{
    struct store *store;
    struct error err;
    ck_assert_msg(!store_open(&store, database, STORE_RECORD, &err), "%s", err.text);
    for (bool more = true; more;)
        ck_assert_msg(!store_pack(store, 0, SECOND_US, &more, &err), "%s", err.text);
    store_close(store);
}

/* All that belongs to a part (who measured it with what, of which lot and order, which attempt, what people said of its point) is the same from
 * chunks as from rows: exported, traced, added up, reported. */
START_TEST(packed_says_the_same)
{
    enum { ASKED = 7 };
    const char *a = config_of("a.db");
    const char *const *const asked[ASKED] = {
        ARGV("gemba", "export", "measurements", "--format", "json", "-c", a),
        ARGV("gemba", "export", "signals", "-c", a),
        ARGV("gemba", "trace", "S29", "--format", "json", "-c", a), /* measured twice */
        ARGV("gemba", "trace", "S12", "--format", "json", "-c", a), /* its point is excluded, with a cause */
        ARGV("gemba", "trace", "--order", "O1", "--format", "csv", "-c", a),
        ARGV("gemba", "capability", "--period", "all", "-c", a), /* as printed: sums of sums differ in the last bits */
        ARGV("gemba", "report", "--characteristic", "bore-dia", "--period", "all", "--format", "text", "-o", "-", "-c", a),
    };
    static const char *const needed[ASKED] = {"\"gauge\": \"caliper\"", "", "\"attempt\": 2", "\"cause\": \"chip\"", "caliper", "", ""};
    char *before[ASKED];
    struct store *store;
    struct error err;
    run(0, ARGV("gemba", "import", file_of_parts(1000), "-c", a));
    run(0, ARGV("gemba", "exclude", "bore-dia", "3", "--reason", "chip in the jaw", "-c", a));
    ck_assert_msg(!store_open(&store, test_path("a.db"), STORE_WRITE, &err), "%s", err.text);
    ck_assert_msg(!action_cause(store, 1, 3, "chip", "cleaned", "li", clock_now_us(), &err), "%s", err.text);
    store_close(store);
    for (int i = 0; i < ASKED; i++)
        has(before[i] = run(0, asked[i]), needed[i]);
    pack(test_path("a.db"));
    for (int i = 0; i < ASKED; i++)
        ck_assert_str_eq(run(0, asked[i]), before[i]);
    has(run(0, ARGV("gemba", "verify", "-c", a)), "is whole");
}
END_TEST

START_TEST(measurements_go_round)
{
    const char *a = config_of("a.db"), *b = config_of("b.db"), *c = config_of("c.db");
    has(run(0, ARGV("gemba", "import", file_of_parts(1000), "-c", a)), "1334 rows, 1334 added");
    char *csv = all_of(a, "measurements", "csv"), *json = all_of(a, "measurements", "json"), *signals = all_of(a, "signals", "csv");
    ck_assert_msg(strstr(signals, "bore-dia") != NULL, "nothing was judged: %s", signals);
    has(run(0, ARGV("gemba", "import", test_file("a.csv", csv), "-c", b)), "1334 rows, 1334 added");
    has(run(0, ARGV("gemba", "import", test_file("a.json", json), "-c", c)), "1334 rows, 1334 added");
    ck_assert_str_eq(all_of(b, "measurements", "csv"), csv);
    ck_assert_str_eq(all_of(c, "measurements", "csv"), csv);
    ck_assert_str_eq(all_of(b, "measurements", "json"), json);
    ck_assert_str_eq(all_of(b, "signals", "csv"), signals);
    ck_assert_str_eq(all_of(c, "signals", "csv"), signals);
    has(run(0, ARGV("gemba", "verify", "-c", b)), "is whole");
    has(run(0, ARGV("gemba", "trace", "S29", "-c", c)), "measured again (2)");
}
END_TEST

/* Lines of the audit chain about imports. */
static int lines_about_imports(const char *database)
{
    char *command = memory_format("sqlite3 '%s' \"SELECT count(*) FROM audit WHERE what = 'import' AND text LIKE 'a file of %% rows'\"", database);
    FILE *answer = popen(command, "r");
    int count = -1;
    ck_assert_int_eq(fscanf(answer, "%d", &count), 1);
    pclose(answer);
    free(command);
    return count;
}

START_TEST(the_same_again_adds_nothing)
{
    const char *a = config_of("a.db"), *parts = file_of_parts(300);
    run(0, ARGV("gemba", "import", parts, "-c", a));
    ck_assert_int_eq(lines_about_imports(test_path("a.db")), 1);
    char *before = all_of(a, "measurements", "csv");
    has(run(0, ARGV("gemba", "import", parts, "-c", a)), "400 rows, 0 added, 400 were there already");
    ck_assert_int_eq(lines_about_imports(test_path("a.db")), 1);
    ck_assert_str_eq(all_of(a, "measurements", "csv"), before);
    char *errors = run(1, ARGV("gemba", "import", test_file("other.csv", "time,name,value\n2026-11-02T00:00:00Z,depth,5.5\n"), "-c", a));
    has(errors, "other.csv:2: depth at 2026-11-02T00:00:00.000000Z has another value in the store, which stays");
    ck_assert_str_eq(all_of(a, "measurements", "csv"), before);
}
END_TEST

START_TEST(samples_go_round)
{
    const char *a = config_of("a.db"), *b = config_of("b.db");
    const char *samples = test_file(
        "samples.json", "[{\"time\": \"2026-11-02T10:00:00.123456Z\", \"name\": \"gauge.bore\", \"value\": 0.1},\n"
                        " {\"time\": \"2026-11-02T10:00:00.123456Z\", \"name\": \"gauge.depth\", \"value\": null, \"quality\": \"bad\","
                        " \"reason\": \"not connected\"},\n"
                        " {\"time\": \"2026-11-02T10:00:00.123456Z\", \"name\": \"gauge.total\", \"value\": \"18446744073709551615\"},\n"
                        " {\"time\": \"2026-11-02T10:00:00.123456Z\", \"name\": \"gauge.serial\", \"value\": \"\\u00c4\\\"\\\\ \\ud83d\\ude00\"},\n"
                        " {\"time\": \"2026-11-02T10:00:01Z\", \"name\": \"gauge.bore\", \"value\": -1.5e-300}]\n");
    has(run(0, ARGV("gemba", "import", samples, "-c", a)), "5 rows, 5 added");
    char *csv = all_of(a, "samples", "csv");
    has(csv, "\"gauge.total\",\"18446744073709551615\",\"good\"");
    has(csv, "\"gauge.serial\",\"\xc3\x84\"\"\\ \xf0\x9f\x98\x80\",\"good\"");
    has(run(0, ARGV("gemba", "import", test_file("s.csv", csv), "-c", b)), "5 rows, 5 added");
    ck_assert_str_eq(all_of(b, "samples", "csv"), csv);
    has(run(0, ARGV("gemba", "import", samples, "-c", b)), "5 rows, 0 added, 5 were there already");
}
END_TEST

/* All that a value and what it came with may be, through every format, byte for byte. */
START_TEST(nothing_is_lost_on_the_way)
{
    static const char *const formats[] = {"csv", "json", "copy"};
    const char *a = config_of("a.db");
    const char *all =
        test_file("all.csv", "time,name,value,quality,reason,serial,lot,order,operator,gauge\n"
                             "2026-11-02T10:00:00.000001Z,depth,-0,good,,\"S \"\"1\"\", a\",,,,\n"
                             "2026-11-02T10:00:00.000002Z,depth,5e-324,good,,\"line\nfeed\",\"t\tb\",\\N,\\.,\n"
                             "2026-11-02T10:00:00.999999Z,depth,2.2250738585072009e-308,good,,\"\xe4\xb8\xad\xe6\x96\x87\",back\\slash,,,\n"
                             "2026-11-02T10:00:01Z,depth,1.7976931348623157e308,good,,\"\r\n\",,,,\n"
                             "2026-11-02T10:00:02Z,depth,0.1,uncertain,no newer value in time,,,,,\n"
                             "2026-11-02T10:00:02Z,depth,0.30000000000000004,good,,,,,,\n"
                             "2026-11-02T10:00:02Z,depth,123456789012345678,good,,{},[],null,true,\n"
                             "2026-11-02T10:00:03Z,depth,,bad,no answer within the timeout,,,,,\n");
    run(0, ARGV("gemba", "import", all, "-c", a));
    char *csv = all_of(a, "measurements", "csv");
    has(csv, "\"-0\"");
    has(csv, "\"4.94065645841247e-324\"");
    has(csv, "\"2.225073858507201e-308\"");
    has(csv, "\"0.30000000000000004\"");
    has(csv, "\"line\nfeed\",\"t\tb\",\"\\N\",\"\\.\"");
    has(csv, "10:00:00.999999Z");
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        char name[40], *text = all_of(a, "measurements", formats[i]);
        snprintf(name, sizeof name, "%s.db", formats[i]);
        const char *b = config_of(name);
        snprintf(name, sizeof name, "rows.%s", formats[i]);
        has(run(0, ARGV("gemba", "import", test_file(name, text), "-c", b)), "8 rows, 8 added\n");
        ck_assert_str_eq(all_of(b, "measurements", formats[i]), text);
        ck_assert_str_eq(all_of(b, "measurements", "csv"), csv);
        has(run(0, ARGV("gemba", "import", test_path(name), "-c", b)), "8 rows, 0 added, 8 were there already\n");
    }
}
END_TEST

START_TEST(samples_go_round_as_copy)
{
    const char *a = config_of("a.db"), *b = config_of("b.db");
    run(0, ARGV("gemba", "import", "--format", "copy",
                test_file("s.txt",
                          "2026-11-02T10:00:00Z\tgauge.serial\t\\\\N\\t\\n\tgood\t\n2026-11-02T10:00:00Z\tgauge.bore\t\\N\tbad\tnot connected\n"),
                "-c", a));
    char *copy = all_of(a, "samples", "copy");
    has(copy, "\tgauge.serial\t\\\\N\\t\\n\tgood\t\n");
    has(run(0, ARGV("gemba", "import", test_file("s.copy", copy), "-c", b)), "2 rows, 2 added\n");
    ck_assert_str_eq(all_of(b, "samples", "copy"), copy);
}
END_TEST

/* Local times of the hour that comes twice, and a day whose hour is missing: an offset tells them apart. */
START_TEST(local_times)
{
    const char *a = config_of("a.db");
    run(0, ARGV("gemba", "import",
                test_file("dst.csv", "time,name,value\n2026-10-25T02:30:00+02:00,depth,1\n2026-10-25T02:30:00+01:00,depth,2\n"
                                     "2026-10-25 03:30,depth,3\n2026-07-01 12:00:00.5,depth,4\n"),
                "-c", a));
    char *csv = all_of(a, "measurements", "csv");
    has(csv, "\"2026-10-25T00:30:00.000000Z\",\"depth\",\"1\"");
    has(csv, "\"2026-10-25T01:30:00.000000Z\",\"depth\",\"2\"");
    has(csv, "\"2026-10-25T02:30:00.000000Z\",\"depth\",\"3\"");
    has(csv, "\"2026-07-01T10:00:00.500000Z\",\"depth\",\"4\"");
}
END_TEST

/* More rows than the memory for sorting them, in no order, with tags between them; then once more, backwards. */
START_TEST(many_rows)
{
    enum { ROWS = 100000 };
    const char *a = config_of("a.db"), *directory = test_path("none");
    for (int turn = 0; turn < 2; turn++) {
        FILE *file = fopen(test_path("many.csv"), "w");
        ck_assert_ptr_nonnull(file);
        fprintf(file, "time,name,value,serial\n");
        for (int i = 0; i < ROWS; i++) {
            int64_t n = (int64_t)(turn ? ROWS - 1 - i : i) * 7919 % ROWS; /* 7919 is prime: each number once */
            char when[32];
            text_time_iso(INT64_C(1793600000000000) + n * 1000, when, sizeof when);
            if (n % 10 == 9)
                fprintf(file, "%s,gauge.bore,%lld,\n", when, (long long)n);
            else
                fprintf(file, "%s,%s,%lld,S%lld\n", when, n % 3 ? "depth" : "bore-dia", (long long)n, (long long)n);
        }
        ck_assert_int_eq(fclose(file), 0);
        if (!turn) {
            setenv("TMPDIR", directory, 1);
            has(run(2, ARGV("gemba", "import", test_path("many.csv"), "-c", a)), "nothing was imported: free some space, or set TMPDIR");
            unsetenv("TMPDIR");
            ck_assert_ptr_null(strstr(all_of(a, "measurements", "csv"), "depth"));
        }
        has(run(0, ARGV("gemba", "import", test_path("many.csv"), "-c", a)),
            turn ? "100000 rows, 0 added, 100000 were there already\n" : "100000 rows, 100000 added\n");
    }
    char *copy = all_of(a, "measurements", "copy");
    int64_t n = -1, rows = 0, wrong = 0;
    for (char *line = copy; *line; line = strchr(line, '\n') + 1, rows++) { /* of each characteristic all, in order */
        long long value;
        char name[20];
        if (sscanf(line, "%*s %19s %lld", name, &value) != 2 || value < n)
            n = -1;
        for (n++; n % 10 == 9 || (n % 3 == 0) != !strcmp(name, "bore-dia");)
            n++;
        wrong += value != n;
    }
    ck_assert_int_eq(wrong, 0);
    ck_assert_int_eq(rows, ROWS / 10 * 9);
    has(run(0, ARGV("gemba", "verify", "-c", a)), "is whole");
}
END_TEST

static bool has_begun(void *store)
{
    char *wal = memory_format("%s-wal", (const char *)store);
    struct stat st;
    bool begun = stat(wal, &st) == 0 && st.st_size > 3 << 20; /* some of its transactions */
    free(wal);
    return begun;
}

/* kill -9 in the middle: the same file again adds the rest, with the verdicts that it would have had. */
START_TEST(killed_and_repeated)
{
    enum { ROWS = 60000 };
    const char *a = config_of("a.db"), *b = config_of("b.db");
    FILE *file = fopen(test_path("many.csv"), "w");
    ck_assert_ptr_nonnull(file);
    fprintf(file, "time,name,value\n");
    for (int64_t n = 0; n < ROWS; n++) {
        char when[32];
        fprintf(file, "%s,bore-dia,%g\n", text_time_iso(INT64_C(1793600000000000) + n * 1000, when, sizeof when),
                25 + (double)(n * 7919 % 401 - 200) / 700);
    }
    ck_assert_int_eq(fclose(file), 0);
    struct process import = process_start(ARGV("gemba", "import", test_path("many.csv"), "-c", a));
    char store[300];
    snprintf(store, sizeof store, "%s", test_path("a.db"));
    ck_assert(process_wait_for(has_begun, store, 30000));
    process_kill(&import, SIGKILL);
    process_wait(&import, 20000);
    char *rest = run(0, ARGV("gemba", "import", test_path("many.csv"), "-c", a));
    has(rest, "were there already");
    has(run(0, ARGV("gemba", "import", test_path("many.csv"), "-c", a)), "60000 rows, 0 added, 60000 were there already");
    has(run(0, ARGV("gemba", "import", test_path("many.csv"), "-c", b)), "60000 rows, 60000 added\n");
    ck_assert(!strcmp(all_of(a, "measurements", "csv"), all_of(b, "measurements", "csv")));
    ck_assert(!strcmp(all_of(a, "signals", "csv"), all_of(b, "signals", "csv")));
    ck_assert_str_eq(run(0, ARGV("gemba", "capability", "--period", "all", "-c", a)),
                     run(0, ARGV("gemba", "capability", "--period", "all", "-c", b)));
    has(run(0, ARGV("gemba", "verify", "-c", a)), "is whole");
}
END_TEST

/* Transactions in a -wal: its frames that say how large the file is after them. */
static int transactions_in(const char *wal)
{
    enum { HEADER = 32, FRAME_HEADER = 24, PAGE = 4096 };
    unsigned char header[HEADER], frame[FRAME_HEADER];
    int count = 0;
    FILE *file = fopen(wal, "rb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fread(header, 1, HEADER, file), HEADER);
    while (fread(frame, 1, FRAME_HEADER, file) == FRAME_HEADER && !memcmp(frame + 8, header + 16, 8)) {
        count += (frame[4] | frame[5] | frame[6] | frame[7]) != 0;
        ck_assert_int_eq(fseek(file, PAGE, SEEK_CUR), 0);
    }
    fclose(file);
    return count;
}

enum { SERIES = 24, SERIES_ROWS = 50 };

/* Characteristics c0, c1, ...: a plant of them, and its rows; of one of them, or with -1 of all. */
static void write_series_plant(const char *yaml, const char *store)
{
    char *text = memory_zero(SERIES + 10, 200), *at = text;
    at += sprintf(
        at, "plant: {name: Works}\nstore: {path: %s}\nlinks: {hall: {url: \"tcp://127.0.0.1:1\"}}\ninstruments:\n  g:\n    link: hall\n    tags:\n",
        store);
    for (int i = 0; i < SERIES; i++)
        at += sprintf(at, "      t%d: {address: %d, type: f64, unit: mm}\n", i, 40001 + 4 * i);
    at += sprintf(at, "characteristics:\n");
    for (int i = 0; i < SERIES; i++)
        at += sprintf(at, "  c%d: {source: g.t%d, lsl: 24, usl: 26, subgroup: 5}\n", i, i);
    test_file(yaml, text);
    free(text);
}

static const char *rows_of_series(int series)
{
    char *text = memory_zero(SERIES * SERIES_ROWS + 1, 60), *at = text;
    at += sprintf(at, "time,name,value\n");
    for (int i = 0; i < SERIES * SERIES_ROWS; i++)
        if (series < 0 || i % SERIES == series)
            at += sprintf(at, "2026-01-02T00:%02d:00Z,c%d,%g\n", i / SERIES, i % SERIES, 25 + (double)(i * 7919 % 401 - 200) / 300);
    const char *path = test_file("series.csv", text);
    free(text);
    return path;
}

/* A disk's sync for each characteristic would take longer than all else. Their verdicts are those that they have one by one. */
START_TEST(many_series_in_a_transaction)
{
    write_series_plant("many.yaml", "many.db");
    write_series_plant("one.yaml", "one.db");
    char *many = memory_text(test_path("many.yaml")), *one = memory_text(test_path("one.yaml"));
    char *first = memory_text(test_file("first.csv", "time,name,value\n2026-01-01T00:00:00Z,c0,25\n"));
    run(0, ARGV("gemba", "import", first, "-c", many));
    run(0, ARGV("gemba", "import", first, "-c", one));
    sqlite3 *db;
    ck_assert_int_eq(sqlite3_open(test_path("many.db"), &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db, "BEGIN; SELECT count(*) FROM measurement", NULL, NULL, NULL), SQLITE_OK); /* the -wal stays */
    has(run(0, ARGV("gemba", "import", rows_of_series(-1), "-c", many)), "1200 rows, 1200 added\n");
    ck_assert_int_lt(transactions_in(test_path("many.db-wal")), SERIES / 2);
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
    for (int i = 0; i < SERIES; i++)
        run(0, ARGV("gemba", "import", rows_of_series(i), "-c", one));
    ck_assert_str_eq(all_of(many, "signals", "csv"), all_of(one, "signals", "csv"));
    ck_assert_str_eq(run(0, ARGV("gemba", "capability", "--period", "all", "-c", many)),
                     run(0, ARGV("gemba", "capability", "--period", "all", "-c", one)));
    has(run(0, ARGV("gemba", "verify", "-c", many)), "is whole");
    free(many);
    free(one);
    free(first);
}
END_TEST

/* What was judged and could not be written is not there, and is not counted. */
START_TEST(what_fails_is_not_counted)
{
    char *output, *errors;
    write_series_plant("many.yaml", "many.db");
    const char *many = test_path("many.yaml"), *rows = rows_of_series(-1);
    run(0, ARGV("gemba", "import", test_file("first.csv", "time,name,value\n2026-01-01T00:00:00Z,c0,25\n"), "-c", many));
    sqlite3 *db;
    ck_assert_int_eq(sqlite3_open(test_path("many.db"), &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db,
                                  "CREATE TRIGGER fails BEFORE INSERT ON measurement WHEN new.characteristic > 20 BEGIN"
                                  " SELECT raise(ABORT, 'no'); END",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    ck_assert_int_eq(process_run(&output, &errors, ARGV("gemba", "import", rows, "-c", many)), 2);
    has(output, "1200 rows, 0 added\n");
    has(errors, "nothing of");
    has(errors, "import it again");
    ck_assert_int_eq(sqlite3_exec(db, "DROP TRIGGER fails", NULL, NULL, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
    has(run(0, ARGV("gemba", "import", rows, "-c", many)), "1200 rows, 1200 added\n");
}
END_TEST

/* A caliper's readings as a German Excel saves them. */
START_TEST(a_spreadsheet)
{
    const char *a = config_of("a.db");
    const char *sheet = test_file("mess.csv", "\xef\xbb\xbfsep=;\r\nDatum;Messwert;Teil;Bemerkung\r\n02.11.2026 14:30;25,013;T1;ok\r\n"
                                              "02.11.2026 14:31:30;24,98;T2;\"Grat;\nentfernt\"\r\n");
    has(run(0, ARGV("gemba", "import", sheet, "-c", a, "--name", "bore-dia", "--column", "time=Datum,value=Messwert,serial=Teil")),
        "2 rows, 2 added");
    char *csv = all_of(a, "measurements", "csv");
    has(csv, "\"2026-11-02T13:30:00.000000Z\",\"bore-dia\",\"25.013\",\"good\",\"\",\"T1\"");
    has(csv, "\"2026-11-02T13:31:30.000000Z\",\"bore-dia\",\"24.98\",\"good\",\"\",\"T2\",\"\",\"\",\"\",\"import\"");
}
END_TEST

/* Each wrong row is said with its place, and nothing of the file comes in. */
START_TEST(wrong_rows)
{
    const char *a = config_of("a.db");
    char *errors = run(2, ARGV("gemba", "import",
                               test_file("wrong.csv", "time,name,value,quality,reason\n"
                                                      "2026-11-02T10:00:00Z,bore-dia,25,,\n"
                                                      "yesterday,bore-dia,25,,\n"
                                                      "2026-11-02T10:00:02Z,bore-dai,25,,\n"
                                                      "2026-11-02T10:00:03Z,bore-dia,\"2,5\",,\n"
                                                      "2026-11-02T10:00:04Z,bore-dia,,,\n"
                                                      "2026-11-02T10:00:05Z,bore-dia,1,bad,bad luck\n"),
                               "-c", a));
    has(errors, "wrong.csv:3:1: time: 'yesterday' is no time");
    has(errors, "wrong.csv:4:2: name: the plant has no characteristic or tag 'bore-dai': did you mean 'bore-dia'?");
    has(errors, "wrong.csv:5:3: value: '2,5' is no number");
    has(errors, "wrong.csv:6:3: value: there is no value");
    has(errors, "wrong.csv:7:5: reason: 'bad' with the reason 'bad luck' is no quality");
    has(errors, "5 rows are wrong, nothing was imported");
    ck_assert_ptr_null(strstr(all_of(a, "measurements", "csv"), "bore-dia"));
}
END_TEST

static const struct {
    const char *name, *text, *words;
} broken[] = {
    {"a.json", "[{\"time\": \"2026-11-02\", \"name\" \"depth\"}]", "a.json:1:32: ':' is missing"},
    {"b.json", "[{\"time\": \"2026-11-02\",\n \"value\": [1]}]", "b.json:2:11: a field holds one value"},
    {"c.json", "[{\"time\": \"2026", "a text is not closed"},
    {"d.json", "[{\"name\": \"\\ud800\"}]", "surrogate"},
    {"e.json", "[{}] x", "follows the end"},
    {"f.json", "hello", "an object is missing"},
    {"g.csv", "", "g.csv is empty"},
    {"h.csv", "time,name,value\n2026-11-02,depth,\"5", "is never closed"},
    {"i.csv", "time,name,value\n2026-11-02,depth,5,6\n", "i.csv:2: has 4 fields"},
    {"k.copy", "2026-11-02T00:00:00Z\tdepth\n", "k.copy:1: has 2 fields: samples have 5, measurements 12"},
    {"l.copy", "2026-11-02T00:00:00Z\tdepth\t1\tgood\t\\x\n", "l.copy:1:5: no such escape"},
    {"m.copy", "2026-11-02T00:00:00Z\tdepth\tx\tgood\t\n", "m.copy:1:3: value: 'x' is no number"},
    {"n.copy", "2026-11-02T00:00:00Z\tdepth\t1\tgood\tr\tI\t1\t5\n", "holds signals"},
    {"j.csv", "time,name,value,chart,rule\n2026-11-02,depth,5,I,1\n", "signals, which follow from measurements"},
};

START_TEST(broken_files)
{
    const char *a = config_of("a.db");
    has(run(2, ARGV("gemba", "import", test_file(broken[_i].name, broken[_i].text), "-c", a)), broken[_i].words);
}
END_TEST

START_TEST(older_values_are_kept_unjudged)
{
    const char *a = config_of("a.db");
    run(0, ARGV("gemba", "import", file_of_parts(100), "-c", a));
    char *signals = all_of(a, "signals", "csv");
    has(run(0, ARGV("gemba", "import", test_file("old.csv", "time,name,value\n2026-11-01T00:00:00Z,bore-dia,99\n"), "-c", a)),
        "1 row, 1 added; 1 is older than what was judged: kept, not judged\n");
    has(all_of(a, "measurements", "csv"), "\"2026-11-01T00:00:00.000000Z\",\"bore-dia\",\"99\"");
    ck_assert_str_eq(all_of(a, "signals", "csv"), signals);
    has(run(0, ARGV("gemba", "verify", "-c", a)), "is whole");
}
END_TEST

/* Retention lets values go and keeps their figures: the same file again must not count twice. */
START_TEST(what_was_let_go_stays_gone)
{
    const char *a = config_of("a.db"), *parts = file_of_parts(1000);
    struct store *store;
    struct retained went;
    struct error err;
    run(0, ARGV("gemba", "import", parts, "-c", a));
    char *figures = run(0, ARGV("gemba", "capability", "--period", "all", "-f", "csv", "-c", a));
    pack(test_path("a.db"));
    ck_assert_msg(store_open(&store, test_path("a.db"), STORE_WRITE, &err) == 0, "%s", err.text);
    ck_assert_msg(store_retain(store, KEEP_VALUES, clock_now_us(), false, "mei", &went, &err) == 0, "%s", err.text);
    store_close(store);
    ck_assert_int_gt(went.rows, 1000);
    ck_assert_str_eq(run(0, ARGV("gemba", "capability", "--period", "all", "-f", "csv", "-c", a)), figures);
    char *again = run(0, ARGV("gemba", "import", parts, "-c", a));
    has(again, "1334 rows, 0 added");
    has(again, "are of a time whose values retention let go: not added, the figures have them already");
    ck_assert_str_eq(run(0, ARGV("gemba", "capability", "--period", "all", "-f", "csv", "-c", a)), figures);
}
END_TEST

static bool is_collecting(void *process)
{
    return strstr(process_errors(process), "collecting") != NULL;
}

START_TEST(not_beside_a_collector)
{
    const char *a = config_of("a.db"), *parts = file_of_parts(10);
    struct process collector = process_start(ARGV("gemba", "collect", "-c", a));
    ck_assert_msg(process_wait_for(is_collecting, &collector, 20000), "%s", process_errors(&collector));
    has(run(2, ARGV("gemba", "import", parts, "-c", a)), "the collector is running");
    char copy[300];
    snprintf(copy, sizeof copy, "%s", test_path("copy.db"));
    has(run(0, ARGV("gemba", "backup", copy, "-c", a)), "whole");
    process_kill(&collector, SIGTERM);
    ck_assert_int_eq(process_wait(&collector, 20000), 0);
    has(run(0, ARGV("gemba", "import", parts, "-c", a)), "14 rows, 14 added");
    /* Restored: the copy in the store's place; the collector goes on in it. */
    const char *const ends[] = {"a.db", "a.db-wal", "a.db-shm"};
    for (size_t i = 0; i < 3; i++)
        unlink(test_path(ends[i]));
    ck_assert_int_eq(rename(copy, test_path("a.db")), 0);
    has(run(0, ARGV("gemba", "verify", "-c", a)), "is whole");
    collector = process_start(ARGV("gemba", "collect", "-c", a));
    ck_assert_msg(process_wait_for(is_collecting, &collector, 20000), "%s", process_errors(&collector));
    process_kill(&collector, SIGTERM);
    ck_assert_int_eq(process_wait(&collector, 20000), 0);
    has(run(0, ARGV("gemba", "verify", "-c", a)), "is whole");
}
END_TEST

Suite *round_trip_suite(void);
Suite *round_trip_suite(void)
{
    const struct named_test cases[] = {
        {"round trip: measurements", measurements_go_round},
        {"round trip: packed", packed_says_the_same},
        {"round trip: the same again", the_same_again_adds_nothing},
        {"round trip: samples", samples_go_round},
        {"round trip: nothing is lost", nothing_is_lost_on_the_way},
        {"round trip: samples as copy", samples_go_round_as_copy},
        {"import: local times", local_times},
        {"import: many rows", many_rows},
        {"import: killed and repeated", killed_and_repeated},
        {"import: many series", many_series_in_a_transaction},
        {"import: what fails", what_fails_is_not_counted},
        {"import: a spreadsheet", a_spreadsheet},
        {"import: wrong rows", wrong_rows},
        {"import: what was let go", what_was_let_go_stays_gone},
        {"import: older values", older_values_are_kept_unjudged},
        {"import: beside a collector", not_beside_a_collector},
    };
    Suite *suite = SUITE_OF("round trip", 120, cases);
    TCase *each = tcase_create("import: broken files");
    tcase_set_timeout(each, 60);
    tcase_add_loop_test(each, broken_files, 0, sizeof broken / sizeof broken[0]);
    suite_add_tcase(suite, each);
    return suite;
}
