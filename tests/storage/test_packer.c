/* Packing holds nobody up: a step's work is bounded whatever waits to be packed, nobody who records copies the -wal, and beside it those who record
 * and those who read wait no longer than without. */
#include "storage/private.h"
#include "tests/storage/fixture.h"
#include "tests/storage/shim.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TAGS = 98 };

static struct plant *plant;
static struct store *store;
static int64_t series[2];
static struct error err;

static void setup(void)
{
    char *text = memory_zero(TAGS * 64 + 1, 1), *at = text;
    for (int i = 0; i < TAGS; i++)
        at += sprintf(at, "      t%d: {address: %d, type: f64}\n", i, 40001 + 4 * i);
    at += sprintf(at, "      bore: {address: 42001, type: f32}\n      depth: {address: 42003, type: f32}\n");
    plant = fixture_plant(text);
    free(text);
    store = fixture_store(STORE_RECORD, plant);
    series[0] = plant_characteristic(plant, "bore-dia")->id;
    series[1] = plant_characteristic(plant, "hole-depth")->id;
}

static void teardown(void)
{
    store_close(store);
    plant_free(plant);
}

static void put_values(int64_t from, int64_t count)
{
    for (int64_t i = from; i < from + count; i++)
        for (int k = 0; k < 2; k++) {
            struct measurement m = {
                .characteristic = series[k], .time_us = T0 + i * SECOND_US, .value = 25 + (double)(i * 7919 % 401) / 1000, .point = i + 1};
            struct point p = {.characteristic = series[k], .number = i + 1, .time_us = m.time_us};
            snprintf(m.serial, sizeof m.serial, "S-%06lld", (long long)i);
            p.subgroup = (struct subgroup){.n = 1, .location = m.value, .dispersion = 0.1, .mean = m.value};
            OK(record_measurement(store, &m, &err), err);
            OK(record_point(store, &p, &err), err);
        }
}

static void put_polls(int64_t from, int64_t count)
{
    struct reading readings[TAGS + 2] = {{0}};
    for (int64_t i = from; i < from + count; i++) {
        for (int j = 0; j < TAGS; j++)
            readings[j].value = (double)(i * 31 + j) / 3;
        OK(record_journal(store, &plant->instruments[0], T0 + i * SECOND_US, readings, &err), err);
    }
}

/* --- what a step costs */

struct cost {
    int64_t instructions, rows;
    int steps;
};

static int count_instruction(void *cost)
{
    ++*(int64_t *)cost;
    return 0;
}

/* The dearest step, until everything is packed: nobody's turn brings anything any more. */
static struct cost pack_and_count(void)
{
    struct cost most = {0};
    bool more;
    for (int idle = 0; idle < 10;) {
        int64_t instructions = 0, rows = sqlite3_total_changes(store->db), packed = store_packed(store);
        sqlite3_progress_handler(store->db, 1, count_instruction, &instructions);
        OK(store_pack(store, 0, 1, &more, &err), err);
        sqlite3_progress_handler(store->db, 0, NULL, NULL);
        rows = sqlite3_total_changes(store->db) - rows;
        most.instructions = instructions > most.instructions ? instructions : most.instructions;
        most.rows = rows > most.rows ? rows : most.rows;
        most.steps += store_packed(store) > packed;
        idle = store_packed(store) > packed ? 0 : idle + 1;
    }
    if (getenv("GEMBA_TEST_FIGURES"))
        fprintf(stderr, "%d steps: at most %lld instructions, %lld rows\n", most.steps, (long long)most.instructions, (long long)most.rows);
    return most;
}

START_TEST(test_step_is_bounded)
{
    fixture_begin(store);
    put_values(0, 3000);
    put_polls(0, 300);
    fixture_commit(store);
    struct cost few = pack_and_count();
    fixture_begin(store);
    put_values(3000, 30000);
    put_polls(300, 3000);
    fixture_commit(store);
    struct cost many = pack_and_count();
    ck_assert_int_ge(many.steps, 8 * few.steps);
    ck_assert_int_le(many.instructions, few.instructions * 6 / 5);
    ck_assert_int_le(many.rows, few.rows + 100);
    ck_assert_int_le(many.rows, 3000);
    ck_assert_int_le(many.instructions, 200000);
}
END_TEST

static int64_t instructions_of_a_look(void)
{
    int64_t instructions = 0;
    bool more;
    sqlite3_progress_handler(store->db, 1, count_instruction, &instructions);
    OK(store_pack(store, 256, SECOND_US, &more, &err), err);
    sqlite3_progress_handler(store->db, 0, NULL, NULL);
    ck_assert(!more);
    return instructions;
}

/* With thousands of series that fill slowly, looking at all of them again and again would be most of the work, and each would wait long for its turn.
 */
START_TEST(test_looks_when_it_is_time)
{
    fixture_begin(store);
    put_values(0, 256 + 1024);
    put_polls(0, 256 + 81);
    fixture_commit(store);
    ck_assert_int_gt(instructions_of_a_look(), 3000);
    ck_assert_int_lt(instructions_of_a_look(), 300);
    ck_assert_int_eq(store_packed(store), 0);
    fixture_begin(store);
    put_values(256 + 1024, 1);
    fixture_commit(store);
    instructions_of_a_look();
    ck_assert_int_eq(store_packed(store), 2);
    fixture_begin(store);
    put_polls(256 + 81, 1);
    fixture_commit(store);
    instructions_of_a_look();
    ck_assert_int_eq(store_packed(store), 3);
}
END_TEST

/* Between a recorder's transactions: 60 MB go through a -wal that begins anew, and none of it into the file by the recorder's own hand. */
START_TEST(test_recorder_does_not_copy)
{
    struct stat st;
    int64_t most_wal = 0, polls = 0;
    char *wal = memory_format("%s-wal", store->path);
    bool more;
    teardown();
    shim_install();
    setup();
    long before = shim_database_writes();
    for (int i = 0; i < 150; i++, polls += 500) {
        fixture_begin(store);
        put_polls(polls, 500);
        fixture_commit(store);
        OK(store_pack(store, 256, SECOND_US / 50, &more, &err), err);
        wal_settle(store, INT64_MAX);
        if (!stat(wal, &st) && st.st_size > most_wal)
            most_wal = st.st_size;
    }
    ck_assert_int_eq(shim_database_writes(), before);
    ck_assert_int_lt(most_wal, 32 << 20);
    ck_assert_int_eq(stat(store->path, &st), 0);
    ck_assert_int_gt(st.st_size, 8 << 20);
    free(wal);
}
END_TEST

/* --- side by side */

enum { SAMPLES = 20000, BLOCK = 10, BLOCKS = 16, TICK_US = 25000 };
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
enum { SLACK_US = 500000 }; /* everything takes ten times as long */
#else
enum { SLACK_US = 50000 };
#endif
static struct shared {
    volatile int packing, ready, ended;
    struct waits {
        int64_t us[SAMPLES];
        int count;
    } reads[2], commits[2], late[2];
} * shared;

static void add_wait(struct waits *waits, int64_t us)
{
    if (waits->count < SAMPLES)
        waits->us[waits->count++] = us;
}

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static int64_t p97(struct waits *waits)
{
    ck_assert_int_gt(waits->count, 20);
    qsort(waits->us, (size_t)waits->count, sizeof *waits->us, compare);
    return waits->us[waits->count - 1 - waits->count / 32];
}

/* A dashboard that draws one chart after the other. */
static void read_on(const char *path)
{
    struct store *reader;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (store_open(&reader, path, STORE_READ, &err))
        _exit(10);
    for (int i = 0; !shared->ended; i++, shared->ready = 1) {
        int packing = shared->packing, points = 0;
        int64_t begun_us = clock_monotonic_us();
        struct point_cursor *cursor;
        struct point point;
        if (point_cursor_open(&cursor, reader, 1 + i % 2, 0, INT64_MAX, 125, &err))
            _exit(11);
        while (point_cursor_next(cursor, &point, &err) == 1)
            points++;
        point_cursor_close(cursor);
        if (points != 125)
            _exit(12);
        add_wait(&shared->reads[packing], clock_monotonic_us() - begun_us);
        usleep(1000);
    }
    store_close(reader);
    _exit(0);
}

/* Ticks of a recorder; in every other block of them a step of packing follows each. */
static void run_ticks(int64_t *at)
{
    int64_t due_us = clock_monotonic_us();
    for (int i = 0; i < BLOCKS * BLOCK; i++, *at += 10) {
        int64_t now_us = clock_monotonic_us();
        bool more;
        if (now_us < due_us)
            usleep((useconds_t)(due_us - now_us));
        int64_t begun_us = clock_monotonic_us();
        fixture_begin(store);
        put_values(*at, 10);
        put_polls(*at, 10);
        fixture_commit(store);
        add_wait(&shared->commits[shared->packing], clock_monotonic_us() - begun_us);
        add_wait(&shared->late[shared->packing], begun_us > due_us ? begun_us - due_us : 0); /* what the step before took too long */
        shared->packing = i / BLOCK % 2;
        due_us = begun_us + TICK_US;
        if (shared->packing)
            OK(store_pack(store, 200, 1, &more, &err), err);
    }
}

static bool is_held_up(const char *what, struct waits waits[2], char *words, size_t size)
{
    int64_t without_us = p97(&waits[0]), with_us = p97(&waits[1]);
    if (getenv("GEMBA_TEST_FIGURES"))
        fprintf(stderr, "%s: p97 %.1f ms without packing (%d), %.1f ms with (%d)\n", what, (double)without_us / 1000, waits[0].count,
                (double)with_us / 1000, waits[1].count);
    if (with_us <= without_us + SLACK_US)
        return false;
    snprintf(words, size, "%s: p97 %lld us without packing, %lld us with it", what, (long long)without_us, (long long)with_us);
    return true;
}

/* A busy machine may stop anybody for that long, but hardly each of three times only those beside whom something is packed. */
START_TEST(test_holds_nobody_up)
{
    char path[400], words[200] = "";
    int64_t at = 0;
    int status, held_up = 1;
    snprintf(path, sizeof path, "%s", store->path);
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert(shared != MAP_FAILED);
    fixture_begin(store);
    put_values(0, 20000);
    put_polls(0, 9000);
    fixture_commit(store);
    store_close(store);
    pid_t reader = fork(); /* before this process has the file open */
    if (reader == 0)
        read_on(path);
    store = fixture_store(STORE_RECORD, plant);
    at = 20000;
    for (int64_t give_up_us = clock_monotonic_us() + 20 * SECOND_US; !shared->ready && clock_monotonic_us() < give_up_us;)
        usleep(1000);
    for (int turn = 0; turn < 3 && held_up; turn++) {
        for (int i = 0; i < 2; i++)
            shared->reads[i].count = shared->commits[i].count = shared->late[i].count = 0;
        int64_t packed = store_packed(store);
        run_ticks(&at);
        ck_assert_int_gt(store_packed(store) - packed, 20);
        shared->packing = 0;
        held_up = is_held_up("a commit", shared->commits, words, sizeof words) | is_held_up("lateness", shared->late, words, sizeof words) |
                  is_held_up("125 points", shared->reads, words, sizeof words);
    }
    shared->ended = 1;
    ck_assert_int_eq(waitpid(reader, &status, 0), reader);
    ck_assert_msg(status == 0, "the reader ended with %x", (unsigned)status);
    ck_assert_msg(!held_up, "%s", words);
}
END_TEST

/* --- letting go of what is old */

enum { OLD_POLLS = 120000 };

static void let_go(const char *path)
{
    struct store *other;
    struct retained went;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (store_open(&other, path, STORE_WRITE, &err))
        _exit(10);
    while (!shared->ready)
        usleep(1000);
    if (store_retain(other, KEEP_READINGS, T0 + OLD_POLLS * SECOND_US, false, "mei", &went, &err) || went.rows != OLD_POLLS)
        _exit(11);
    store_close(other);
    shared->ended = 1;
    _exit(0);
}

/* A recorder whose disk is busy with dropping 120,000 polls gets its turn between two steps of that. */
START_TEST(test_retention_lets_record)
{
    char path[400];
    struct reading reading[TAGS + 2] = {{0}};
    int64_t most_us = 0, n = 0;
    int status;
    snprintf(path, sizeof path, "%s", store->path);
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert(shared != MAP_FAILED);
    for (int i = 3; i < TAGS + 2; i++)
        reading[i].quality = QUALITY_ABSENT;
    fixture_begin(store);
    for (int64_t i = 0; i < OLD_POLLS; i++)
        OK(record_journal(store, &plant->instruments[0], T0 + i * SECOND_US, reading, &err), err);
    fixture_commit(store);
    store_close(store);
    pid_t pid = fork();
    if (pid == 0)
        let_go(path);
    store = fixture_store(STORE_RECORD, plant);
    shared->ready = 1;
    for (; !shared->ended && !waitpid(pid, &status, WNOHANG); n++, usleep(5000)) {
        int64_t begun_us = clock_monotonic_us();
        fixture_begin(store);
        OK(record_journal(store, &plant->instruments[0], T0 + (OLD_POLLS + n) * SECOND_US, reading, &err), err);
        fixture_commit(store);
        int64_t took_us = clock_monotonic_us() - begun_us;
        most_us = took_us > most_us ? took_us : most_us;
    }
    if (getenv("GEMBA_TEST_FIGURES"))
        fprintf(stderr, "%lld commits beside retention, the slowest %.1f ms\n", (long long)n, (double)most_us / 1000);
    ck_assert_int_eq(shared->ended, 1);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_eq(status, 0);
    ck_assert_int_gt(n, 10);
    ck_assert_int_lt(most_us, SECOND_US);
}
END_TEST

/* Instructions inside transactions, where others wait. */
static int count_locked(void *count)
{
    *(int64_t *)count += !sqlite3_get_autocommit(store->db);
    return 0;
}

static void meddle(const char *sql, int rows)
{
    char *text = memory_format("WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %d) %s", rows - 1, sql);
    ck_assert_msg(sqlite3_exec(store->db, text, NULL, NULL, NULL) == SQLITE_OK, "%s", sqlite3_errmsg(store->db));
    free(text);
}

/* Lets go of the same little beside so much that stays. */
static int64_t cost_of_letting_go(int kept)
{
    struct retained went;
    int64_t instructions = 0;
    fixture_begin(store);
    meddle("INSERT OR IGNORE INTO machine_count SELECT 1 + i / 300 % 2, 1000000 + i, 1, 0 FROM n", kept);
    meddle("INSERT OR IGNORE INTO machine_count SELECT 2, i, 1, 0 FROM n", 50);
    meddle("INSERT INTO journal_data(id, data) SELECT 1000 + i, x'00' FROM n WHERE true ON CONFLICT DO NOTHING", kept);
    meddle("INSERT INTO journal_chunk SELECT 1 + i % 2, 1000000 + i, 1000000 + i, 1000 + i, 1, 1 FROM n WHERE true ON CONFLICT DO NOTHING", kept);
    meddle("INSERT INTO journal_data(id, data) SELECT 10 + i, x'00' FROM n", 50);
    meddle("INSERT INTO journal_chunk SELECT 2, i, i, 10 + i, 1, 1 FROM n", 50);
    fixture_commit(store);
    sqlite3_progress_handler(store->db, 1, count_locked, &instructions);
    OK(store_retain(store, KEEP_READINGS, 500000, false, "mei", &went, &err), err);
    ck_assert_int_eq(went.rows, 50);
    OK(store_retain(store, KEEP_COUNTS, 500000, false, "mei", &went, &err), err);
    ck_assert_int_eq(went.rows, 50);
    sqlite3_progress_handler(store->db, 0, NULL, NULL);
    return instructions;
}

START_TEST(test_retention_is_bounded)
{
    fixture_begin(store);
    meddle("INSERT INTO layout(instrument, columns) SELECT 1, '1:u16' FROM n", 2);
    fixture_commit(store);
    int64_t few = cost_of_letting_go(100), many = cost_of_letting_go(30000);
    if (getenv("GEMBA_TEST_FIGURES"))
        fprintf(stderr, "letting go beside 100: %lld instructions under the lock, beside 30,000: %lld\n", (long long)few, (long long)many);
    ck_assert_int_le(many, few * 6 / 5);
}
END_TEST

Suite *packer_suite(void);
Suite *packer_suite(void)
{
    const struct fixture_test tests[] = {
        {"packer: a step's work is bounded", test_step_is_bounded},
        {"packer: looks at a series when it is time", test_looks_when_it_is_time},
        {"packer: who records does not copy the -wal", test_recorder_does_not_copy},
        {"packer: holds nobody up", test_holds_nobody_up},
        {"retain: lets a recorder in", test_retention_lets_record},
        {"retain: what stays costs those who record nothing", test_retention_is_bounded},
    };
    return fixture_suite("packer", tests, sizeof tests / sizeof tests[0], setup, teardown);
}
