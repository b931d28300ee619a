/* Modbus servers that nobody here wrote, over TCP and over a serial line: every type arrives as they encoded it, and writes reach them. */
#include "acquisition/acquisition.h"
#include "acquisition/write.h"
#include "tests/acquisition/fixture.h"
#include "tests/acquisition/line_device.h"

#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TAGS_MAX = 200, EXPECTED = 32, TYPES_IN_ORDERS = 72 };

static const struct {
    const char *name, *program, *script;
    const char *probe; /* what succeeds where it is installed, or NULL: it must be */
    bool serial;
} servers[] = {
    {"pymodbus", "/usr/bin/python3", "tests/acquisition/pymodbus_server.py", NULL, false},
    {"pymodbus", "/usr/bin/python3", "tests/acquisition/pymodbus_server.py", NULL, true},
    {"modbus-serial", "node", "tests/acquisition/modbus_serial_server.js", "node -e 'require(\"modbus-serial\")' 2>/dev/null", false},
    {"modbus-serial", "node", "tests/acquisition/modbus_serial_server.js", "node -e 'require(\"modbus-serial\")' 2>/dev/null", true},
};

struct foreign {
    pid_t pid, relay;
    int input, port;
    char path[64]; /* of a serial line: our end */
    FILE *output;
    size_t count;
    char expected[TAGS_MAX][EXPECTED], type[TAGS_MAX][8], keys[TAGS_MAX][64];
    int address[TAGS_MAX];
};

/* --- a line between two terminals: what goes into one comes out of the other */

static void pass_on(int from, int to)
{
    char bytes[512];
    ssize_t count = read(from, bytes, sizeof bytes);
    if (count > 0 && write(to, bytes, (size_t)count) != count)
        _exit(1);
}

static pid_t lay_line(char ours[64], char theirs[64])
{
    const char *path;
    int ends[2], keepers[2];
    ends[0] = line_device_terminal(&keepers[0], &path);
    snprintf(ours, 64, "%s", path);
    ends[1] = line_device_terminal(&keepers[1], &path);
    snprintf(theirs, 64, "%s", path);
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        struct pollfd wait[2] = {{.fd = ends[0], .events = POLLIN}, {.fd = ends[1], .events = POLLIN}};
        while (poll(wait, 2, -1) > 0)
            for (int i = 0; i < 2; i++)
                if (wait[i].revents & POLLIN)
                    pass_on(ends[i], ends[1 - i]);
        _exit(0);
    }
    for (int i = 0; i < 2; i++) {
        close(ends[i]);
        close(keepers[i]);
    }
    return pid;
}

/* --- the server */

static void read_tags(struct foreign *foreign, const char *name)
{
    char line[200];
    ck_assert_msg(fgets(line, sizeof line, foreign->output) && sscanf(line, "%d", &foreign->port) == 1,
                  "the server of %s did not start: is it installed, is this the source directory?", name);
    while (fgets(line, sizeof line, foreign->output) && strcmp(line, "end\n") != 0) {
        size_t i = foreign->count++;
        ck_assert_uint_lt(i, TAGS_MAX);
        ck_assert_int_eq(
            sscanf(line, "%d\t%7[^\t]\t%63[^\t]\t%31[^\n]", &foreign->address[i], foreign->type[i], foreign->keys[i], foreign->expected[i]), 4);
    }
}

static void foreign_start(struct foreign *foreign, int server)
{
    int in[2], out[2];
    char theirs[64] = "";
    *foreign = (struct foreign){0};
    if (servers[server].serial)
        foreign->relay = lay_line(foreign->path, theirs);
    ck_assert(!pipe(in) && !pipe(out));
    foreign->pid = fork();
    if (foreign->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        dup2(in[0], 0);
        dup2(out[1], 1);
        close(in[1]);
        execlp(servers[server].program, servers[server].program, servers[server].script, *theirs ? theirs : NULL, NULL);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    foreign->input = in[1];
    foreign->output = fdopen(out[0], "r");
    read_tags(foreign, servers[server].name);
}

static void foreign_stop(struct foreign *foreign)
{
    int status;
    close(foreign->input);
    waitpid(foreign->pid, &status, 0);
    fclose(foreign->output);
    ck_assert_int_eq(status, 0);
    if (!foreign->relay)
        return;
    kill(foreign->relay, SIGKILL);
    waitpid(foreign->relay, &status, 0);
}

static struct plant *foreign_plant(const struct foreign *foreign)
{
    char tags[40000] = "", url[96];
    if (foreign->relay)
        snprintf(url, sizeof url, "rtu://%s?baud=115200&parity=none", foreign->path);
    else
        snprintf(url, sizeof url, "tcp://127.0.0.1:%d", foreign->port);
    for (size_t i = 0; i < foreign->count; i++)
        snprintf(tags + strlen(tags), sizeof tags - strlen(tags), "      t%zu: {address: \"%s:%d\", type: %s, %s}\n", i, i % 2 ? "holding" : "input",
                 foreign->address[i], foreign->type[i], foreign->keys[i]);
    return fixture_plant(
        "links:\n  hall: {url: \"%s\", timeout: 5s}\ninstruments:\n  g:\n    link: hall\n    unit: 1\n    every: 200ms\n    tags:\n%s"
        "      coil: {address: \"coil:2\", type: bool, writable: true}\n      input: {address: \"discrete:1\", type: bool}\n"
        "      word: {address: \"holding:0\", writable: true}\n"
        "      real: {address: \"holding:2\", type: f32, order: CDAB, writable: true}\n"
        "      bit: {address: \"holding:1\", type: bit, bit: 3, writable: true}\n",
        url, tags);
}

/* --- what arrives, and what is written */

static void check_readings(const struct foreign *foreign, const struct reading *readings)
{
    for (size_t i = 0; i < foreign->count; i++) {
        enum quality quality = strcmp(foreign->expected[i], "bad") ? QUALITY_GOOD : QUALITY_BAD_SENSOR;
        ck_assert_msg(readings[i].quality == quality, "%s %s: %s", foreign->type[i], foreign->keys[i], quality_reason(readings[i].quality));
        if (quality_is_bad(quality))
            ck_assert(isnan(readings[i].value));
        else if (!strcmp(foreign->type[i], "string"))
            ck_assert_str_eq(readings[i].text, foreign->expected[i]);
        else
            ck_assert_msg(readings[i].value == strtod(foreign->expected[i], NULL), "%s %s: %.17g instead of %s", foreign->type[i], foreign->keys[i],
                          readings[i].value, foreign->expected[i]);
    }
    ck_assert_double_eq(readings[foreign->count].value, 1);
    ck_assert_double_eq(readings[foreign->count + 1].value, 0);
}

static void check_writes(struct plant *plant)
{
    static const struct {
        const char *tag, *value, *after;
    } writes[] = {{"g.coil", "off", "0"}, {"g.word", "4711", "4711"}, {"g.real", "24.5", "24.5"}, {"g.bit", "on", "1"}, {"g.bit", "off", "0"}};
    struct transport *transport = transport_create(&plant->links[0]);
    ck_assert_int_eq(transport_open(transport).kind, OUTCOME_GOOD);
    for (size_t i = 0; i < sizeof writes / sizeof writes[0]; i++) {
        struct write_job job = {.tag = plant_tag(plant, writes[i].tag)};
        snprintf(job.value, sizeof job.value, "%s", writes[i].value);
        struct outcome outcome = write_tag(transport, &job);
        ck_assert_msg(outcome.kind == OUTCOME_GOOD && job.done, "%s: %s", writes[i].tag, job.words);
        ck_assert_str_eq(job.after, writes[i].after);
    }
    transport_destroy(transport);
}

START_TEST(every_type)
{
    struct foreign foreign;
    struct store *store;
    struct reading readings[TAGS_MAX + 5];
    int64_t time_us;
    struct error err;
    setenv("NODE_PATH", "build/peers/node_modules", 0);
    if (servers[_i].probe && system(servers[_i].probe)) {
        fprintf(stderr, "%s is not installed, so gemba is not tried against it (`make peers` installs it)\n", servers[_i].name);
        return;
    }
    foreign_start(&foreign, _i);
    ck_assert_uint_ge(foreign.count, TYPES_IN_ORDERS); /* eighteen in four orders each; and parts of registers, strings */
    struct plant *plant = foreign_plant(&foreign);
    const char *arguments[] = {"collect", "-c", plant->file, "--quiet", "--for", "1s", NULL};
    ck_assert_int_eq(collect_command(6, (char **)arguments), 0);
    ck_assert_msg(!store_open(&store, plant->store_path, STORE_READ, &err), "%s", err.text);
    ck_assert(!store_identify(store, plant, &err));
    ck_assert(!store_latest(store, &plant->instruments[0], readings, &time_us, &err));
    check_readings(&foreign, readings);
    check_writes(plant);
    foreign_stop(&foreign);
    store_close(store);
    plant_free(plant);
}
END_TEST

Suite *foreign_suite(void);
Suite *foreign_suite(void)
{
    Suite *suite = suite_create("foreign");
    TCase *tcase = tcase_create("every type from servers that nobody here wrote");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, every_type, 0, sizeof servers / sizeof servers[0]);
    suite_add_tcase(suite, tcase);
    return suite;
}
