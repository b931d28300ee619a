#include "acquisition/write.h"

#include "acquisition/acquisition.h"
#include "acquisition/recorder.h"
#include "acquisition/write_post.h"
#include "tests/acquisition/bank.h"
#include "tests/acquisition/fixture.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

Suite *write_suite(void);

static struct plant *make_plant(int port)
{
    return fixture_plant("links:\n  hall: {url: \"tcp://127.0.0.1:%d\", timeout: 300ms}\ninstruments:\n  g:\n    link: hall\n    unit: %d\n"
                         "    every: 20ms\n    tags:\n"
                         "      word: {address: 40001, type: u16, writable: true}\n"
                         "      scaled: {address: 40002, type: i16, scale: 0.1, low: -50, high: 50, writable: true}\n"
                         "      float: {address: 40003, type: f32, order: CDAB, writable: true}\n"
                         "      big: {address: 40005, type: u64, writable: true}\n"
                         "      bit: {address: 40009, type: bit, bit: 4, writable: true}\n"
                         "      field: {address: 40010, type: bits, bit: 4, width: 4, writable: true, names: {1: slow, 2: fast}}\n"
                         "      text: {address: 40011, type: string, length: 6, writable: true}\n"
                         "      coil: {address: 1, writable: true}\n"
                         "      fixed: {address: 40020}\n"
                         "      apart: {address: 40031, write_address: 40131, writable: true}\n"
                         "      apart-bit: {address: 40032, write_address: 40132, type: bit, bit: 4, writable: true}\n"
                         "      beyond: {address: 40500, writable: true}\n",
                         port, BANK_UNIT);
}

struct line {
    struct plant *plant;
    struct bank *bank;
    struct transport *transport;
};

static void line_open(struct line *line, enum bank_manner manner)
{
    int port;
    line->bank = bank_start(&port, manner);
    line->plant = make_plant(port);
    line->transport = transport_create(&line->plant->links[0]);
    struct outcome outcome = transport_open(line->transport);
    ck_assert_msg(outcome.kind == OUTCOME_GOOD, "%s", outcome.text);
}

static void line_close(struct line *line)
{
    transport_destroy(line->transport);
    bank_stop(line->bank);
    plant_free(line->plant);
}

static struct write_job write_it(struct line *line, const char *name, const char *value)
{
    char full_name[64];
    snprintf(full_name, sizeof full_name, "g.%s", name);
    struct write_job job = {.tag = plant_tag(line->plant, full_name)};
    ck_assert_ptr_nonnull(job.tag);
    snprintf(job.value, sizeof job.value, "%s", value);
    write_tag(line->transport, &job);
    return job;
}

START_TEST(every_kind_is_written_and_read_back)
{
    static const struct {
        const char *tag, *value, *before, *after;
        int function;
    } rows[] = {
        {"word", "77", "1000", "77", 6},      {"scaled", "-12.5", "100.1", "-12.5", 6},
        {"float", "2.5", NULL, "2.5", 16},    {"big", "18446744073709551615", NULL, "18446744073709551615", 16},
        {"bit", "on", "0", "1", 22},          {"field", "fast", NULL, "2", 22},
        {"text", "abc", NULL, "\"abc\"", 16}, {"coil", "on", "0", "1", 5},
    };
    struct line line;
    line_open(&line, BANK_NORMAL);
    bank_registers(line.bank)[8] = 0x0f0f;
    bank_registers(line.bank)[9] = 0xabcd;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int before = bank_count(line.bank, rows[i].function);
        struct write_job job = write_it(&line, rows[i].tag, rows[i].value);
        ck_assert_msg(job.done, "%s: %s", rows[i].tag, job.words);
        ck_assert_str_eq(job.after, rows[i].after);
        ck_assert_msg(!rows[i].before || i == 1 || !strcmp(job.before, rows[i].before), "%s was %s", rows[i].tag, job.before);
        ck_assert_int_eq(bank_count(line.bank, rows[i].function), before + 1);
        ck_assert_str_eq(job.words, "written and read back");
    }
    ck_assert_uint_eq(bank_registers(line.bank)[8], 0x0f1f);
    ck_assert_uint_eq(bank_registers(line.bank)[9], 0xab2d);
    ck_assert_uint_eq(bank_registers(line.bank)[2], 0);
    ck_assert_uint_eq(bank_registers(line.bank)[3], 0x4020);
    line_close(&line);
}
END_TEST

START_TEST(refused_before_anything_is_sent)
{
    static const struct {
        const char *tag, *value, *words;
    } rows[] = {
        {"fixed", "1", "writable: true"},
        {"word", "70000", "cannot hold '70000'"},
        {"word", "1,5", "the decimal mark is a point"},
        {"word", "", "is no number"},
        {"word", "nan", "is no number"},
        {"scaled", "51", "outside the valid range of g.scaled, -50 to 50"},
        {"text", "longer than it", "cannot hold"},
        {"coil", "maybe", "is no state"},
        {"beyond", "1", "could not be read, so nothing was written: exception 2"},
    };
    struct line line;
    line_open(&line, BANK_NORMAL);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct write_job job = write_it(&line, rows[i].tag, rows[i].value);
        ck_assert(!job.done);
        ck_assert_msg(strstr(job.words, rows[i].words) != NULL, "%s: %s", rows[i].tag, job.words);
    }
    ck_assert_int_eq(bank_count(line.bank, 5) + bank_count(line.bank, 6) + bank_count(line.bank, 16) + bank_count(line.bank, 22), 0);
    line_close(&line);
}
END_TEST

START_TEST(without_mask_write_the_register_is_written_whole)
{
    struct line line;
    line_open(&line, BANK_NO_MASK);
    bank_registers(line.bank)[8] = 0xa5a5;
    struct write_job job = write_it(&line, "bit", "1");
    ck_assert_msg(job.done, "%s", job.words);
    ck_assert_ptr_nonnull(strstr(job.words, "no mask write (function 22)"));
    ck_assert_uint_eq(bank_registers(line.bank)[8], 0xa5b5);
    ck_assert_int_eq(bank_count(line.bank, 6), 1);
    line_close(&line);
}
END_TEST

START_TEST(without_single_writes_the_plural_is_used)
{
    struct line line;
    line_open(&line, BANK_NO_SINGLE);
    ck_assert(write_it(&line, "word", "5").done);
    ck_assert(write_it(&line, "coil", "1").done);
    ck_assert_uint_eq(bank_registers(line.bank)[0], 5);
    ck_assert_uint_eq(bank_coils(line.bank)[0], 1);
    ck_assert_int_eq(bank_count(line.bank, 16), 1);
    ck_assert_int_eq(bank_count(line.bank, 15), 1);
    line_close(&line);
}
END_TEST

/* Only one way of writing is known to some units: words go one by one, or even one word as several. */
START_TEST(units_that_like_one_way_of_writing)
{
    static const struct {
        const char *write;
        int sixes, sixteens, fives, fifteens;
    } rows[] = {{"single", 3, 0, 1, 0}, {"multiple", 0, 2, 0, 1}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct line line;
        line_open(&line, BANK_NORMAL);
        line.plant->instruments[0].write = i ? WRITE_MULTIPLE : WRITE_SINGLE;
        ck_assert(write_it(&line, "word", "5").done);
        ck_assert(write_it(&line, "float", "2.5").done);
        ck_assert(write_it(&line, "coil", "on").done);
        ck_assert_uint_eq(bank_registers(line.bank)[0], 5);
        ck_assert_uint_eq(bank_registers(line.bank)[3], 0x4020);
        ck_assert_int_eq(bank_count(line.bank, 6), rows[i].sixes);
        ck_assert_int_eq(bank_count(line.bank, 16), rows[i].sixteens);
        ck_assert_int_eq(bank_count(line.bank, 5), rows[i].fives);
        ck_assert_int_eq(bank_count(line.bank, 15), rows[i].fifteens);
        line_close(&line);
    }
}
END_TEST

/* The bank does not copy what is written elsewhere, so reading back tells that both places were used. */
START_TEST(an_address_of_its_own_for_writing)
{
    static const struct {
        const char *tag, *value;
    } rows[] = {{"apart", "5"}, {"apart-bit", "on"}};
    struct line line;
    line_open(&line, BANK_NORMAL);
    for (size_t i = 0; i < 2; i++) {
        struct write_job job = write_it(&line, rows[i].tag, rows[i].value);
        ck_assert(!job.done);
        ck_assert_msg(strstr(job.words, "reads back") != NULL, "%s", job.words);
    }
    ck_assert_uint_eq(bank_registers(line.bank)[30], 1030);
    ck_assert_uint_eq(bank_registers(line.bank)[130], 5);
    ck_assert_uint_eq(bank_registers(line.bank)[131], 1131 | 1 << 4);
    line_close(&line);
}
END_TEST

START_TEST(what_reads_back_otherwise_has_failed)
{
    struct line line;
    line_open(&line, BANK_STUBBORN);
    struct write_job job = write_it(&line, "word", "5");
    ck_assert(!job.done);
    ck_assert_msg(strstr(job.words, "reads back 1000") != NULL, "%s", job.words);
    line_close(&line);
}
END_TEST

/* --- by way of the store */

struct works {
    struct plant *plant;
    struct bank *bank;
    struct store *store, *people;
    struct queue *queue;
    struct recorder *recorder;
    struct link_worker *workers[1];
    struct write_request request;
    const char *who;
};

static void works_open(struct works *works)
{
    struct error err;
    int port;
    log_quiet(1);
    works->who = "li.wei";
    works->bank = bank_start(&port, BANK_NORMAL);
    works->plant = make_plant(port);
    ck_assert_msg(!store_open(&works->store, works->plant->store_path, STORE_RECORD, &err), "%s", err.text);
    ck_assert(!store_identify(works->store, works->plant, &err));
    ck_assert_msg(!store_open(&works->people, works->plant->store_path, STORE_WRITE, &err), "%s", err.text);
    works->queue = queue_create(1000, 1 << 20);
}

static void works_start(struct works *works)
{
    struct error err;
    works->recorder = recorder_start(works->plant, works->store, works->queue, &err);
    ck_assert_msg(works->recorder != NULL, "%s", err.text);
    works->workers[0] = link_start(works->plant, &works->plant->links[0], 0, works->queue, &err);
    ck_assert_ptr_nonnull(works->workers[0]);
    recorder_watch(works->recorder, works->workers, 1);
}

static void works_close(struct works *works)
{
    link_end(works->workers[0]);
    ck_assert_uint_eq(recorder_stop(works->recorder, 10 * SECOND_US), 0);
    link_destroy(works->workers[0]);
    queue_destroy(works->queue);
    store_close(works->people);
    store_close(works->store);
    bank_stop(works->bank);
    plant_free(works->plant);
}

static void works_ask(struct works *works, const char *tag, const char *value, int64_t patience_us)
{
    struct error err;
    int64_t now_us = clock_now_us();
    works->request = (struct write_request){.tag = plant_tag(works->plant, tag)->id, .time_us = now_us, .until_us = now_us + patience_us};
    snprintf(works->request.value, sizeof works->request.value, "%s", value);
    snprintf(works->request.who, sizeof works->request.who, "%s", works->who);
    ck_assert_msg(!action_write(works->people, &works->request, &err), "%s", err.text);
}

static int is_settled(void *context)
{
    struct works *works = context;
    struct error err;
    ck_assert(!store_write_request(works->people, works->request.id, &works->request, &err));
    return works->request.state == WRITE_DONE || works->request.state == WRITE_FAILED;
}

/* This process alone sees a file of groups in which only daemon is an engineer; false where the kernel does not let us. */
static bool have_groups(void)
{
    const char *groups = test_file("group", "root:x:0:\ngemba-engineer:x:4711:daemon\ngemba-operator:x:4712:\n");
    return !unshare(CLONE_NEWNS) && !mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) && !mount(groups, "/etc/group", NULL, MS_BIND, NULL);
}

START_TEST(the_collector_asks_who_asked)
{
    struct works works;
    if (!have_groups()) {
        fprintf(stderr, "this machine does not let a test have groups of its own, so the collector's question who asked is not tried\n");
        return;
    }
    works_open(&works);
    works_start(&works);
    works_ask(&works, "g.word", "1", 10 * SECOND_US);
    fixture_wait(is_settled, &works, "the refusal");
    ck_assert_int_eq(works.request.state, WRITE_FAILED);
    ck_assert_str_eq(works.request.result, "li.wei is not in group gemba-engineer, so nothing was written");
    ck_assert_int_eq(bank_count(works.bank, 6), 0);
    works.who = "daemon"; /* an account that every Linux has */
    works_ask(&works, "g.word", "1", 10 * SECOND_US);
    fixture_wait(is_settled, &works, "the write");
    ck_assert_int_eq(works.request.state, WRITE_DONE);
    works_close(&works);
}
END_TEST

START_TEST(a_request_in_the_store_is_done_and_audited)
{
    struct works works;
    works_open(&works);
    works_start(&works);
    works_ask(&works, "g.word", "4711", 10 * SECOND_US);
    fixture_wait(is_settled, &works, "the write");
    ck_assert_int_eq(works.request.state, WRITE_DONE);
    ck_assert_str_eq(works.request.result, "written and read back");
    ck_assert_uint_eq(bank_registers(works.bank)[0], 4711);
    works_ask(&works, "g.beyond", "1", 10 * SECOND_US);
    fixture_wait(is_settled, &works, "the refusal");
    ck_assert_int_eq(works.request.state, WRITE_FAILED);
    ck_assert_ptr_nonnull(strstr(works.request.result, "exception 2"));
    works_close(&works);
    char *command =
             memory_format("sqlite3 '%s' \"SELECT who, what, object, text FROM audit WHERE what = 'write' ORDER BY id\"", test_path("plant.db")),
         line[300];
    FILE *rows = popen(command, "r");
    ck_assert_ptr_nonnull(fgets(line, sizeof line, rows));
    ck_assert_str_eq(line, "li.wei|write|g.word|from 1000 to 4711: done, reads 4711\n");
    ck_assert_ptr_nonnull(fgets(line, sizeof line, rows));
    ck_assert_ptr_nonnull(strstr(line, "li.wei|write|g.beyond|from unknown to 1: failed: it could not be read"));
    pclose(rows);
    free(command);
}
END_TEST

START_TEST(several_requests_at_once_are_all_settled)
{
    struct works works;
    struct write_request asked[3];
    static const char *const tags[3] = {"g.word", "g.scaled", "g.coil"};
    works_open(&works);
    for (int i = 0; i < 3; i++) {
        works_ask(&works, tags[i], "1", 10 * SECOND_US);
        asked[i] = works.request;
    }
    works_start(&works);
    for (int i = 0; i < 3; i++) {
        works.request = asked[i];
        fixture_wait(is_settled, &works, tags[i]);
        ck_assert_int_eq(works.request.state, WRITE_DONE);
    }
    works_close(&works);
}
END_TEST

START_TEST(an_old_request_is_not_done)
{
    struct works works;
    works_open(&works);
    works_ask(&works, "g.word", "1", -1);
    struct write_request old = works.request;
    works_ask(&works, "g.word", "2", 10 * SECOND_US);
    works_start(&works);
    fixture_wait(is_settled, &works, "the second write");
    ck_assert_int_eq(works.request.state, WRITE_DONE);
    works.request = old;
    ck_assert(is_settled(&works));
    ck_assert_int_eq(works.request.state, WRITE_FAILED);
    ck_assert_ptr_nonnull(strstr(works.request.result, "waited too long"));
    ck_assert_int_eq(bank_count(works.bank, 6), 1);
    works_close(&works);
}
END_TEST

START_TEST(what_a_dead_collector_took_is_settled_by_the_next)
{
    struct works works;
    struct error err;
    struct write_request taken[4];
    int count;
    works_open(&works);
    works_ask(&works, "g.word", "1", 10 * SECOND_US);
    ck_assert(!record_write_take(works.store, clock_now_us(), taken, 4, &count, &err));
    ck_assert_int_eq(count, 1);
    ck_assert(!action_write_withdraw(works.people, &works.request, "too slow", &err));
    ck_assert_int_eq(works.request.state, WRITE_TAKEN); /* it is on its way: too late to take it back */
    works_start(&works);
    fixture_wait(is_settled, &works, "the request to be settled");
    ck_assert_int_eq(works.request.state, WRITE_FAILED);
    ck_assert_ptr_nonnull(strstr(works.request.result, "the collector ended"));
    ck_assert_int_eq(bank_count(works.bank, 6), 0);
    works_close(&works);
}
END_TEST

START_TEST(a_request_is_taken_back_before_it_is_begun)
{
    struct works works;
    struct error err;
    works_open(&works);
    works_ask(&works, "g.word", "1", 10 * SECOND_US);
    ck_assert(!action_write_withdraw(works.people, &works.request, "taken back", &err));
    ck_assert_int_eq(works.request.state, WRITE_FAILED);
    ck_assert_str_eq(works.request.result, "taken back");
    works_start(&works);
    works_ask(&works, "g.coil", "1", 10 * SECOND_US);
    fixture_wait(is_settled, &works, "another write");
    ck_assert_int_eq(bank_count(works.bank, 6), 0);
    works_close(&works);
}
END_TEST

static int has_status(void *context)
{
    struct works *works = context;
    struct collector_status status;
    struct error err;
    return !store_collector_status(works->people, &status, &err);
}

static int command(const char *tag, const char *value)
{
    char words[4][300] = {"write"}, *argv[] = {words[0], words[1], words[2], words[3], NULL};
    snprintf(words[1], sizeof words[1], "--config=%s", test_path("plant.yaml"));
    snprintf(words[2], sizeof words[2], "%s", tag);
    snprintf(words[3], sizeof words[3], "%s", value);
    return write_command(4, argv);
}

START_TEST(the_command)
{
    struct works works;
    works_open(&works);
    ck_assert_ptr_nonnull(freopen(test_path("out"), "w", stdout));
    ck_assert_ptr_nonnull(freopen(test_path("err"), "w", stderr));
    ck_assert_int_eq(command("g.word", "4711"), 2); /* no collector */
    works_start(&works);
    fixture_wait(has_status, &works, "the collector's status");
    ck_assert_int_eq(command("g.word", "4711"), 0);
    ck_assert_uint_eq(bank_registers(works.bank)[0], 4711);
    ck_assert_int_eq(command("g.fixed", "1"), 2);
    ck_assert_int_eq(command("g.wort", "1"), 2);
    ck_assert_int_eq(command("g.scaled", "99"), 2);
    ck_assert_int_eq(command("g.coil", "perhaps"), 2);
    ck_assert_int_eq(command("g.coil", "on"), 0);
    works_close(&works);
    fflush(NULL);
    char text[2000];
    FILE *file = fopen(test_path("err"), "r");
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    static const char *const expected[] = {"no collector runs on this store", "g.fixed is not marked `writable: true`",
                                           "there is no tag 'g.wort': did you mean 'g.word'?", "99 is outside the valid range of g.scaled",
                                           "'perhaps' is no state"};
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++)
        ck_assert_msg(strstr(text, expected[i]) != NULL, "'%s' is not in\n%s", expected[i], text);
}
END_TEST

Suite *write_suite(void)
{
    const struct named_test tests[] = {
        {"every kind is written and read back", every_kind_is_written_and_read_back},
        {"refused before anything is sent", refused_before_anything_is_sent},
        {"without mask write", without_mask_write_the_register_is_written_whole},
        {"without single writes", without_single_writes_the_plural_is_used},
        {"what reads back otherwise has failed", what_reads_back_otherwise_has_failed},
        {"one way of writing", units_that_like_one_way_of_writing},
        {"an address for writing", an_address_of_its_own_for_writing},
        {"the collector asks who asked", the_collector_asks_who_asked},
        {"a request in the store", a_request_in_the_store_is_done_and_audited},
        {"several at once", several_requests_at_once_are_all_settled},
        {"an old request is not done", an_old_request_is_not_done},
        {"what a dead collector took", what_a_dead_collector_took_is_settled_by_the_next},
        {"the command", the_command},
        {"taken back", a_request_is_taken_back_before_it_is_begun},
    };
    return SUITE_OF("write", 20, tests);
}
