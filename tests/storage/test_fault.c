/* The n-th call of the system, or of the allocator, fails, for n = 1 until nothing fails any more. Never a crash, never half a transaction, never
 * fewer rows than there are without an error; and the next try succeeds. */
#include "storage/packer.h"
#include "tests/storage/contents.h"
#include "tests/storage/shim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BATCH = CONTENTS_BATCH, BEFORE = 8, CALLS_MAX = 20000 };

static struct plant *plant;
static struct error err;
static char path[400], base[400];

static void holds(int64_t batches)
{
    struct contents all;
    OK(contents_read(path, plant, &all, &err), err);
    ck_assert(all.ordered);
    ck_assert_int_eq(all.measurements, batches * BATCH);
    ck_assert_int_eq(all.samples, batches * BATCH * 4);
    ck_assert_int_eq(all.points, batches);
    ck_assert_int_eq(all.events, batches);
    ck_assert_int_eq(all.recurrences, batches);
    ck_assert_int_eq(all.parts, batches);
    ck_assert_int_eq(all.commits, batches);
    ck_assert_int_eq(all.standing, batches);
}

static void setup(void)
{
    shim_install();
    plant = fixture_plant(fixture_tags);
    snprintf(path, sizeof path, "%s", test_path("plant.db"));
    snprintf(base, sizeof base, "%s", test_path("base.db"));
    struct store *store = fixture_store(STORE_RECORD, plant);
    for (int64_t i = 0; i < BEFORE; i++)
        OK(contents_record(store, plant, i, &err), err);
    store_close(store);
    contents_copy(path, base);
}

static void teardown(void)
{
    plant_free(plant);
}

/* --- what is tried */

static void says_something(void)
{
    ck_assert_msg(err.code != ERR_NONE && strstr(err.text, "plant.db") && !strstr(err.text, "not an error"), "code %d: %s", err.code, err.text);
}

/* Opens, records a batch, closes; the n-th call of these kinds fails somewhere. Then all goes well again, and the same recorder tries again, as does
 * one that could not even open the file. False when no call failed. */
static bool record_with_failure(unsigned kinds, int n, enum shim_way way)
{
    struct store *store;
    contents_copy(base, path);
    err = (struct error){0};
    shim_arm(kinds, n, way);
    bool opened = !store_open(&store, path, STORE_RECORD, &err);
    bool known = opened && !store_identify(store, plant, &err);
    bool recorded = known && !contents_record(store, plant, BEFORE, &err);
    bool failed = shim_disarm();
    if (!recorded)
        says_something();
    if (!opened)
        OK(store_open(&store, path, STORE_RECORD, &err), err);
    if (!known)
        OK(store_identify(store, plant, &err), err);
    if (!recorded)
        OK(contents_record(store, plant, BEFORE, &err), err);
    holds(BEFORE + 1);
    store_close(store);
    holds(BEFORE + 1);
    return failed;
}

static int record_for_every_n(unsigned kinds, enum shim_way way, int step)
{
    int n = 1;
    while (record_with_failure(kinds, n, way)) {
        n += step;
        ck_assert_int_lt(n, CALLS_MAX);
    }
    ck_assert_int_gt(n, 1);
    return n;
}

START_TEST(test_io_once)
{
    record_for_every_n(SHIM_DISK, SHIM_ONCE, 1);
}
END_TEST

START_TEST(test_io_stays)
{
    record_for_every_n(SHIM_DISK, SHIM_STAYS, 1);
}
END_TEST

/* GEMBA_TEST_EVERY_CALL: really every one. */
static int step(int usual)
{
    return getenv("GEMBA_TEST_EVERY_CALL") ? 1 : usual;
}

START_TEST(test_memory_recording)
{
    record_for_every_n(SHIM_MEMORY, SHIM_ONCE, step(3));
}
END_TEST

/* Everything that can be packed, packed: 0, or -1 with err. */
static int pack_all(struct store *store)
{
    bool more = true;
    while (more)
        if (store_pack(store, 0, SECOND_US, &more, &err))
            return -1;
    return 0;
}

START_TEST(test_packing)
{
    static const unsigned kinds[] = {SHIM_DISK, SHIM_DISK, SHIM_MEMORY};
    static const enum shim_way ways[] = {SHIM_ONCE, SHIM_STAYS, SHIM_ONCE};
    for (int i = 0; i < 3; i++) {
        bool failed = true;
        int n = 1;
        for (; failed; n += step(1 + n / 16)) {
            struct store *store;
            contents_copy(base, path);
            OK(store_open(&store, path, STORE_RECORD, &err), err);
            OK(store_identify(store, plant, &err), err);
            err = (struct error){0};
            shim_arm(kinds[i], n, ways[i]);
            int result = pack_all(store);
            failed = shim_disarm();
            if (result)
                says_something();
            holds(BEFORE);
            OK(pack_all(store), err);
            OK(contents_record(store, plant, BEFORE, &err), err);
            OK(pack_all(store), err);
            store_close(store);
            holds(BEFORE + 1);
        }
        ck_assert_int_gt(n, 5);
    }
}
END_TEST

START_TEST(test_death_while_packing)
{
    int status = 0, n = 1;
    do {
        contents_copy(base, path);
        pid_t child = fork();
        if (child == 0) {
            struct store *store;
            if (store_open(&store, path, STORE_RECORD, &err) || store_identify(store, plant, &err))
                _exit(1);
            shim_arm(SHIM_WRITE | SHIM_SYNC | SHIM_TRUNCATE | SHIM_DELETE, n, SHIM_DIES);
            if (pack_all(store))
                _exit(1);
            store_close(store);
            _exit(0);
        }
        ck_assert_int_eq(waitpid(child, &status, 0), child);
        ck_assert(WIFEXITED(status) && (WEXITSTATUS(status) == SHIM_DIED || WEXITSTATUS(status) == 0));
        holds(BEFORE);
    } while (WEXITSTATUS(status) && ++n < CALLS_MAX);
    ck_assert_int_gt(n, 5);
}
END_TEST

static int read_for_every_n(unsigned kinds, enum shim_way way, int step)
{
    struct contents whole, all;
    int n = 1;
    contents_copy(base, path);
    OK(contents_read(path, plant, &whole, &err), err);
    for (bool failed = true; failed; n += step) {
        err = (struct error){0};
        shim_arm(kinds, n, way);
        int result = contents_read(path, plant, &all, &err);
        failed = shim_disarm();
        if (result)
            says_something();
        else
            ck_assert_msg(!memcmp(&all, &whole, sizeof all), "call %d failed, and what was read is not whole", n);
        ck_assert_int_lt(n, CALLS_MAX);
    }
    return n;
}

START_TEST(test_io_reading)
{
    read_for_every_n(SHIM_DISK, SHIM_ONCE, 1);
    read_for_every_n(SHIM_DISK, SHIM_STAYS, 1);
}
END_TEST

START_TEST(test_memory_reading)
{
    read_for_every_n(SHIM_MEMORY, SHIM_ONCE, 1);
}
END_TEST

/* A process that ends at its n-th write, sync or truncation, in the middle of it. */
START_TEST(test_death)
{
    int status = 0, n = 1, whole = 0;
    do {
        contents_copy(base, path);
        pid_t child = fork();
        if (child == 0) {
            struct store *store;
            shim_arm(SHIM_WRITE | SHIM_SYNC | SHIM_TRUNCATE | SHIM_DELETE, n, SHIM_DIES);
            if (store_open(&store, path, STORE_RECORD, &err) || store_identify(store, plant, &err) || contents_record(store, plant, BEFORE, &err))
                _exit(1);
            store_close(store);
            _exit(0);
        }
        ck_assert_int_eq(waitpid(child, &status, 0), child);
        ck_assert(WIFEXITED(status) && (WEXITSTATUS(status) == SHIM_DIED || WEXITSTATUS(status) == 0));
        struct contents all;
        OK(contents_read(path, plant, &all, &err), err);
        whole += all.points > BEFORE;
        holds(all.points > BEFORE ? BEFORE + 1 : BEFORE);
    } while (WEXITSTATUS(status) && ++n < CALLS_MAX);
    ck_assert_int_gt(n, 5);
    ck_assert_int_gt(whole, 1); /* some died after the commit */
}
END_TEST

enum { POWER_BATCHES = 6 };

/* Records and packs until the power goes; tells each batch whose commit returned. */
static void record_until_the_power_goes(int n, int told)
{
    struct store *store;
    srand((unsigned)n);
    shim_arm(SHIM_WRITE | SHIM_SYNC | SHIM_TRUNCATE | SHIM_DELETE, n, SHIM_CUTS);
    if (store_open(&store, path, STORE_RECORD, &err) || store_identify(store, plant, &err))
        _exit(1);
    for (int64_t batch = BEFORE; batch < BEFORE + POWER_BATCHES; batch++) {
        if (contents_record(store, plant, batch, &err) || write(told, &batch, sizeof batch) != sizeof batch)
            _exit(1);
        if (batch % 3 == 2 && pack_all(store))
            _exit(1);
    }
    store_close(store); /* copies the -wal into the file, and deletes it */
    _exit(0);
}

/* A commit that was told is on the disk, whatever the disk kept only in its memory. */
START_TEST(test_power)
{
    int status = 0, n = 1;
    do {
        int told[2];
        int64_t batch, last = BEFORE - 1;
        contents_copy(base, path);
        ck_assert_int_eq(pipe(told), 0);
        pid_t child = fork();
        if (child == 0)
            record_until_the_power_goes(n, told[1]);
        close(told[1]);
        ck_assert_int_eq(waitpid(child, &status, 0), child);
        ck_assert(WIFEXITED(status) && (WEXITSTATUS(status) == SHIM_DIED || WEXITSTATUS(status) == 0));
        while (read(told[0], &batch, sizeof batch) == sizeof batch)
            last = batch;
        close(told[0]);
        struct contents all;
        OK(contents_read(path, plant, &all, &err), err);
        ck_assert_msg(all.points > last, "the power went at write %d: batch %d was committed, and %d are there", n, (int)last, (int)all.points);
        holds(all.points);
    } while (WEXITSTATUS(status) && (n += step(1 + n / 24)) < CALLS_MAX);
    ck_assert_int_gt(n, 100);
}
END_TEST

Suite *fault_suite(void);
Suite *fault_suite(void)
{
    const struct fixture_test tests[] = {
        {"fault: the n-th call of the disk fails", test_io_once},
        {"fault: the disk fails from the n-th call on", test_io_stays},
        {"fault: no memory at the n-th call while recording", test_memory_recording},
        {"fault: the disk fails at the n-th call of a reader", test_io_reading},
        {"fault: no memory at the n-th call of a reader", test_memory_reading},
        {"fault: the recorder dies at its n-th write", test_death},
        {"fault: the power goes at the n-th write", test_power},
        {"fault: the n-th call fails while packing", test_packing},
        {"fault: the packer dies at its n-th write", test_death_while_packing},
    };
    return fixture_suite("fault", tests, sizeof tests / sizeof tests[0], setup, teardown);
}
