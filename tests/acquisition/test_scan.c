#include "acquisition/acquisition.h"
#include "acquisition/trace.h"
#include "tests/acquisition/bank.h"
#include "tests/acquisition/fixture.h"
#include "tests/acquisition/line_device.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

Suite *scan_suite(void);

/* Runs a command with its output in files; returns its status. */
static int run(int (*command)(int argc, char **argv), char **argv, char *out, char *err, size_t size)
{
    static const char *const names[] = {"out", "err"};
    char *texts[] = {out, err};
    int argc = 0, saved[2];
    while (argv[argc])
        argc++;
    fflush(NULL);
    for (int i = 0; i < 2; i++) {
        saved[i] = dup(1 + i);
        int fd = open(test_path(names[i]), O_WRONLY | O_CREAT | O_TRUNC, 0600);
        dup2(fd, 1 + i);
        close(fd);
    }
    int status = command(argc, argv);
    fflush(NULL);
    for (int i = 0; i < 2; i++) {
        dup2(saved[i], 1 + i);
        close(saved[i]);
        FILE *file = fopen(test_path(names[i]), "r");
        texts[i][fread(texts[i], 1, size - 1, file)] = '\0';
        fclose(file);
    }
    return status;
}

START_TEST(scan_finds_units_and_ranges)
{
    char out[4000], err[1000], url[64];
    int port;
    struct bank *bank = bank_start(&port, BANK_HOLES);
    snprintf(url, sizeof url, "tcp://127.0.0.1:%d", port);
    char *arguments[] = {(char[]){"scan"},      url,
                         (char[]){"--units"},   (char[]){"2-4,9"},
                         (char[]){"--timeout"}, (char[]){"60ms"},
                         (char[]){"--ranges"},  (char[]){"--span"},
                         (char[]){"0-400"},     NULL};
    ck_assert_msg(run(scan_command, arguments, out, err, sizeof out) == 0, "%s", err);
    static const char *const expected[] = {
        "unit 3    holding:0 1000",       "unit 9    holding:0 1000",    "unit 3    holding:0..39  40", "unit 3    holding:50..59  10",
        "unit 3    holding:61..199  139", "unit 3    input:0..199  200", "unit 9    coil:0..199  200",  "unit 9    discrete:0..199  200",
    };
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++)
        ck_assert_msg(strstr(out, expected[i]) != NULL, "'%s' is not in\n%s", expected[i], out);
    ck_assert_ptr_null(strstr(out, "unit 2 "));
    ck_assert_ptr_null(strstr(out, "unit 4 "));
    ck_assert_str_eq(err, ""); /* progress is for terminals */
    bank_stop(bank);
}
END_TEST

START_TEST(scan_finds_nobody)
{
    char out[4000], err[1000], url[64];
    int port;
    struct bank *bank = bank_start(&port, BANK_NORMAL);
    snprintf(url, sizeof url, "tcp://127.0.0.1:%d", port);
    char *arguments[] = {(char[]){"scan"}, url, (char[]){"--units=5"}, (char[]){"--timeout=50ms"}, NULL};
    ck_assert_int_eq(run(scan_command, arguments, out, err, sizeof out), 2);
    ck_assert_ptr_nonnull(strstr(err, "nobody answers at tcp://127.0.0.1"));
    bank_stop(bank);
    ck_assert_int_eq(run(scan_command, arguments, out, err, sizeof out), 2);
    ck_assert_msg(strstr(err, "refused") != NULL, "%s", err);
    char *wrong[] = {(char[]){"scan"}, url, (char[]){"--units=5-x"}, NULL};
    ck_assert_int_eq(run(scan_command, wrong, out, err, sizeof out), 2);
    ck_assert_ptr_nonnull(strstr(err, "numbers and ranges, as in 1-10,17"));
}
END_TEST

START_TEST(scan_finds_the_settings_of_a_line)
{
    char out[4000], err[1000], url[200];
    const char *path;
    struct line_device *device = line_device_start(&path, NULL);
    for (int unit = 1; unit < 6; unit++)
        line_device_behave(device, unit, unit == 4 ? HABIT_NORMAL : HABIT_MUTE);
    snprintf(url, sizeof url, "rtu://%s", path);
    char *arguments[] = {(char[]){"scan"}, url, (char[]){"--units=4,5"}, (char[]){"--timeout=60ms"}, NULL};
    ck_assert_msg(run(scan_command, arguments, out, err, sizeof out) == 0, "%s", err);
    ck_assert_msg(strstr(out, "?baud=") && strstr(out, "&parity="), "%s", out);
    ck_assert_msg(strstr(out, "\nunit 4 ") && !strstr(out, "unit 5"), "%s", out);
    line_device_stop(device);
    char *nowhere[] = {(char[]){"scan"}, (char[]){"rtu:///dev/no-such-line"}, NULL};
    ck_assert_int_eq(run(scan_command, nowhere, out, err, sizeof out), 2);
    ck_assert_msg(strstr(err, "no such serial device") != NULL, "%s", err);
}
END_TEST

START_TEST(read_shows_every_type_and_order)
{
    char out[8000], err[1000], url[64];
    int port;
    struct bank *bank = bank_start(&port, BANK_NORMAL);
    static const uint16_t registers[] = {0x42c8, 0x0000, 0x1234, 0xfffe};
    memcpy(bank_registers(bank) + 10, registers, sizeof registers);
    snprintf(url, sizeof url, "tcp://127.0.0.1:%d", port);
    char *arguments[] = {(char[]){"read"}, url, (char[]){"40011"}, (char[]){"--unit"}, (char[]){"3"}, (char[]){"--trace"}, NULL};
    ck_assert_msg(run(read_command, arguments, out, err, sizeof out) == 0, "%s", err);
    static const char *const expected[] = {
        "unit 3, holding:10, 4 registers",
        "holding:12    0x1234  0001 0010 0011 0100  4660",
        "f32     100 ",
        "u32     1120403456            17096 ",
        "u16     17096",
        "0a 00 04",
        "unit 3: read holding registers 10..13",
        "unit 3: read holding registers: 17096 0 4660 65534",
    };
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++)
        ck_assert_msg(strstr(out, expected[i]) != NULL, "'%s' is not in\n%s", expected[i], out);
    char *last[] = {(char[]){"read"}, url, (char[]){"holding:199"}, (char[]){"--unit=3"}, NULL};
    ck_assert_int_eq(run(read_command, last, out, err, sizeof out), 0);
    ck_assert_ptr_nonnull(strstr(out, "holding:199, 1 register "));
    char *beyond[] = {(char[]){"read"}, url, (char[]){"holding:199"}, (char[]){"--unit=3"}, (char[]){"--count=2"}, NULL};
    ck_assert_int_eq(run(read_command, beyond, out, err, sizeof out), 2);
    ck_assert_ptr_nonnull(strstr(err, "exception 2"));
    char *coils[] = {(char[]){"read"}, url, (char[]){"coil:0"}, (char[]){"--unit=3"}, (char[]){"--count=20"}, NULL};
    ck_assert_int_eq(run(read_command, coils, out, err, sizeof out), 0);
    ck_assert_ptr_nonnull(strstr(out, "20 bits"));
    bank_stop(bank);
}
END_TEST

START_TEST(trace_says_what_frames_are)
{
    static const struct {
        bool framed, sent;
        uint8_t frame[20];
        size_t length;
        const char *words;
    } rows[] = {
        {true, true, {0, 1, 0, 0, 0, 6, 3, 3, 0, 10, 0, 4}, 12, "transaction 1, unit 3: read holding registers 10..13"},
        {true, false, {0, 1, 0, 0, 0, 3, 3, 0x83, 2}, 9, "transaction 1, unit 3: exception 2: illegal data address"},
        {true, false, {0, 2, 0, 0, 0, 5, 3, 3, 2, 0, 7}, 11, "transaction 2, unit 3: read holding registers: 7"},
        {true,
         false,
         {0, 2, 0, 1, 0, 9, 3, 3, 2, 0, 7},
         11,
         "transaction 2, unit 3: read holding registers: 7, but protocol 1 is not Modbus, but it says it has 15 bytes"},
        {true, true, {0, 3, 0, 0, 0, 6, 3, 6, 0, 1, 0x12, 0x34}, 12, "transaction 3, unit 3: write register 1: 0x1234"},
        {true, true, {0, 3, 0, 0, 0, 8, 3, 22, 0, 8, 0xff, 0xef, 0, 0x10}, 14, "mask write register 8: and 0xffef, or 0x0010"},
        {false, true, {1, 3, 0, 0, 0, 10, 0xc5, 0xcd}, 8, "unit 1: read holding registers 0..9"},
        {false, true, {1, 3, 0, 0, 0, 10, 0xc5, 0xce}, 8, "unit 1: read holding registers 0..9, checksum wrong"},
        {false, false, {1, 3, 4}, 3, "3 bytes, too short for a frame"},
        {true, true, {0, 3, 0, 0, 0, 2, 3, 43}, 8, "function 43, 0 bytes of data"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char words[300];
        trace_words(rows[i].framed, rows[i].sent, rows[i].frame, rows[i].length, words, sizeof words);
        ck_assert_msg(strstr(words, rows[i].words) != NULL, "%zu: %s", i, words);
    }
}
END_TEST

/* Any bytes: words, inside their bounds. */
START_TEST(trace_survives_anything)
{
    unsigned long long seed = 99;
    for (int round = 0; round < 20000; round++) {
        uint8_t frame[40];
        char words[60];
        seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
        size_t length = 1 + (seed >> 33) % sizeof frame;
        for (size_t i = 0; i < length; i++) {
            seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
            frame[i] = (uint8_t)(i == 1 || i == 7 ? seed >> 33 & 0x97 : seed >> 33);
        }
        uint8_t *exact = memory_zero(length, 1);
        memcpy(exact, frame, length);
        trace_words(round % 2, round % 3, exact, length, words, sizeof words);
        ck_assert_str_ne(words, "");
        free(exact);
    }
}
END_TEST

Suite *scan_suite(void)
{
    const struct named_test tests[] = {
        {"scan finds units and ranges", scan_finds_units_and_ranges},
        {"scan finds nobody", scan_finds_nobody},
        {"scan finds the settings of a line", scan_finds_the_settings_of_a_line},
        {"read shows every type and order", read_shows_every_type_and_order},
        {"trace says what frames are", trace_says_what_frames_are},
        {"trace survives anything", trace_survives_anything},
    };
    return SUITE_OF("scan", 20, tests);
}
