/* Damaged files: cut off, with flipped bits, with pages in the wrong place. Reading and recording end with rows or with words, never with a crash. */
#include "storage/packer.h"
#include "tests/storage/contents.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MUTATIONS = 400, BATCHES = 60, PACKED = 40, PAGE = 4096, CPU_S = 20 };

static struct plant *plant;
static struct error err;
static char path[400], base[400];
static int64_t size;

static void setup(void)
{
    struct stat st;
    plant = fixture_plant(fixture_tags);
    snprintf(path, sizeof path, "%s", test_path("plant.db"));
    snprintf(base, sizeof base, "%s", test_path("base.db"));
    struct store *store = fixture_store(STORE_RECORD, plant);
    for (int64_t i = 0; i < BATCHES; i++) { /* some in chunks, the rest in rows */
        OK(contents_record(store, plant, i, &err), err);
        for (bool more = i + 1 == PACKED; more;)
            OK(store_pack(store, 0, SECOND_US, &more, &err), err);
    }
    store_close(store);
    contents_copy(path, base);
    ck_assert_int_eq(stat(base, &st), 0);
    size = st.st_size;
}

static void teardown(void)
{
    plant_free(plant);
}

/* --- kinds of damage; at: somewhere in the file */

static void flip_bits(int fd, int64_t at)
{
    unsigned char byte;
    for (int i = rand() % 8; i >= 0; i--, at = (at + rand() % 64) % size) {
        ck_assert_int_eq(pread(fd, &byte, 1, at), 1);
        byte ^= (unsigned char)(1 << rand() % 8);
        ck_assert_int_eq(pwrite(fd, &byte, 1, at), 1);
    }
}

static void cut_off(int fd, int64_t at)
{
    ck_assert_int_eq(ftruncate(fd, at), 0);
}

static void clear_page(int fd, int64_t at)
{
    static const unsigned char zeroes[PAGE];
    ck_assert_int_eq(pwrite(fd, zeroes, PAGE, at / PAGE * PAGE), PAGE);
}

static void move_page(int fd, int64_t at)
{
    unsigned char page[PAGE];
    ck_assert_int_eq(pread(fd, page, PAGE, rand() % (size / PAGE) * PAGE), PAGE);
    ck_assert_int_eq(pwrite(fd, page, PAGE, at / PAGE * PAGE), PAGE);
}

static void scribble(int fd, int64_t at)
{
    unsigned char noise[32];
    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (unsigned char)rand();
    ck_assert_int_eq(pwrite(fd, noise, sizeof noise, at % (size - (int64_t)sizeof noise)), sizeof noise);
}

static void (*const kinds[])(int fd, int64_t at) = {flip_bits, cut_off, clear_page, move_page, scribble};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static void damage(int number)
{
    srand((unsigned)number);
    contents_copy(base, path);
    int fd = open(path, O_RDWR);
    ck_assert_int_ge(fd, 0);
    /* The header and the schema are a small part of the file, and a large part of what can go wrong. */
    int64_t at = number / KINDS % 4 == 0 ? rand() % (2 * PAGE) : rand() % size;
    kinds[number % KINDS](fd, at);
    close(fd);
}

/* --- in a process of its own, whose end tells how it went */

enum { ENDED_WELL = 0, ENDED_WITH_WORDS = 50, ENDED_WITHOUT_WORDS = 51 }; /* no sanitizer ends with one of these */

static int ending(int failed)
{
    if (!failed)
        return ENDED_WELL;
    bool words = err.code == ERR_NOT_FOUND || /* the row is gone: "has no values yet" */
                 (err.code != ERR_NONE && strstr(err.text, "plant.db") &&
                  (strstr(err.text, "damaged") || strstr(err.text, "not a gemba store") || strstr(err.text, "another program") ||
                   strstr(err.text, "newer gemba") || strstr(err.text, "older gemba") || strstr(err.text, "is empty")));
    if (!words)
        fprintf(stderr, "code %d: %s\n", err.code, err.text);
    if (getenv("GEMBA_TEST_FIGURES"))
        fprintf(stderr, "%s\n", strstr(err.text, "plant.db"));
    return words ? ENDED_WITH_WORDS : ENDED_WITHOUT_WORDS;
}

static int read_it(void)
{
    struct contents all;
    return ending(contents_read(path, plant, &all, &err));
}

static int record_it(void)
{
    struct store *store;
    if (store_open(&store, path, STORE_RECORD, &err))
        return ending(-1);
    int failed = store_identify(store, plant, &err) || contents_record(store, plant, BATCHES, &err);
    store_close(store);
    return ending(failed);
}

static int in_a_child(int (*work)(void), int number)
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        setrlimit(RLIMIT_CPU, &(struct rlimit){CPU_S, CPU_S});
        setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
        _exit(work());
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(WIFEXITED(status), "mutation %d (%d): ended by signal %d", number, number % KINDS, WTERMSIG(status));
    int end = WEXITSTATUS(status);
    ck_assert_msg(end == ENDED_WELL || end == ENDED_WITH_WORDS, "mutation %d (%d): %s %d", number, number % KINDS,
                  end == ENDED_WITHOUT_WORDS ? "no clear words" : "ended with", end);
    return end;
}

static void for_each_mutation(int (*work)(void))
{
    const char *many = getenv("GEMBA_TEST_MUTATIONS");
    int mutations = many ? atoi(many) : MUTATIONS, well = 0;
    for (int number = 0; number < mutations; number++) {
        damage(number);
        well += in_a_child(work, number) == ENDED_WELL;
    }
    ck_assert_int_gt(well, 0);
    ck_assert_int_lt(well, mutations - mutations / 10);
}

START_TEST(test_reading)
{
    for_each_mutation(read_it);
}
END_TEST

START_TEST(test_recording)
{
    for_each_mutation(record_it);
}
END_TEST

Suite *fuzz_suite(void);
Suite *fuzz_suite(void)
{
    const struct fixture_test tests[] = {
        {"fuzz: reading a damaged store", test_reading},
        {"fuzz: recording into a damaged store", test_recording},
    };
    return fixture_suite("fuzz", tests, sizeof tests / sizeof tests[0], setup, teardown);
}
