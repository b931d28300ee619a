/* A refusing, a mute and a garbage-talking instrument cost their own values only. */
#include "tests/harness.h"
#include "tests/system/process.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* Accepts clients and answers each request with nothing, or with bytes that are no Modbus. */
static pid_t misbehave(int *port, bool garbage)
{
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    ck_assert_int_eq(bind(listener, (struct sockaddr *)&address, size), 0);
    ck_assert_int_eq(listen(listener, 8), 0);
    getsockname(listener, (struct sockaddr *)&address, &size);
    *port = ntohs(address.sin_port);
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        signal(SIGPIPE, SIG_IGN);
        for (;;) {
            int client = accept(listener, NULL, NULL);
            char request[260], answer[64];
            for (unsigned seed = 1; recv(client, request, sizeof request, 0) > 0;) {
                for (size_t i = 0; i < sizeof answer; i++)
                    answer[i] = (char)(seed = seed * 1103515245 + 12345);
                if (garbage && send(client, answer, sizeof answer, 0) < 0)
                    break;
            }
            close(client);
        }
    }
    close(listener);
    return pid;
}

static const char *config_path;
static struct process simulator;

static bool all_judged(void *context)
{
    (void)context;
    static const char *const expected[][2] = {{"good.t", "good"}, {"refused.t", "bad"}, {"mute.t", "bad"}, {"garbage.t", "bad"}};
    for (size_t i = 0; i < 4; i++) {
        char *quality = process_show_cell(config_path, "tags", expected[i][0], "quality");
        bool right = !strcmp(quality, expected[i][1]);
        if (!right)
            return false;
    }
    return true;
}

static bool simulator_ready(void *context)
{
    (void)context;
    char *output = process_output(&simulator);
    bool ready = strstr(output, "ready") != NULL;
    return ready;
}

static int count_of(const char *text, const char *word)
{
    int count = 0;
    for (const char *p = text; (p = strstr(p, word)); p += strlen(word))
        count++;
    return count;
}

START_TEST(bad_instruments_cost_only_themselves)
{
    int mute_port, garbage_port, good_port = process_free_port(), refused_port = process_free_port();
    pid_t mute = misbehave(&mute_port, false), garbage = misbehave(&garbage_port, true);
    char text[2048], only_good[1024];
    snprintf(only_good, sizeof only_good,
             "plant: {name: W}\nlinks: {good: {url: \"tcp://127.0.0.1:%d\"}}\n"
             "instruments: {good: {link: good, unit: 1, every: 100ms, tags: {t: {address: 40001}}}}\nsimulation: {speed: 1}\n",
             good_port);
    snprintf(text, sizeof text,
             "plant: {name: W}\nstore: {path: faults.db}\n"
             "links: {good: {url: \"tcp://127.0.0.1:%d\"}, refused: {url: \"tcp://127.0.0.1:%d\"}, mute: {url: \"tcp://127.0.0.1:%d\", timeout: "
             "200ms},\n"
             "        garbage: {url: \"tcp://127.0.0.1:%d\", timeout: 200ms}}\n"
             "instruments:\n  good: {link: good, unit: 1, every: 100ms, tags: {t: {address: 40001}}}\n"
             "  refused: {link: refused, every: 100ms, tags: {t: {address: 40001}}}\n"
             "  mute: {link: mute, every: 100ms, tags: {t: {address: 40001}}}\n"
             "  garbage: {link: garbage, every: 100ms, tags: {t: {address: 40001}}}\n",
             good_port, refused_port, mute_port, garbage_port);
    simulator = process_start(ARGV("gemba", "simulate", "-c", test_file("good.yaml", only_good)));
    ck_assert_msg(process_wait_for(simulator_ready, NULL, 10000), "no simulator: %s", process_errors(&simulator));
    config_path = test_file("faults.yaml", text);
    struct process collector = process_start(ARGV("gemba", "collect", "-c", config_path, "--for", "5s"));
    ck_assert_msg(process_wait_for(all_judged, NULL, 20000), "qualities are not as they should be: %s", process_errors(&collector));
    static const char *const bad[] = {"refused.t", "mute.t", "garbage.t"};
    for (size_t i = 0; i < 3; i++) {
        char *reason = process_show_cell(config_path, "tags", bad[i], "reason");
        ck_assert_msg(*reason, "%s is bad without a reason", bad[i]);
    }
    ck_assert_int_eq(process_wait(&collector, 15000), 0);
    char *samples;
    ck_assert_int_eq(process_run(&samples, NULL, ARGV("gemba", "export", "samples", "--format", "csv", "-c", config_path)), 0);
    int good = count_of(samples, "\"good.t\"");
    ck_assert_msg(good >= 40 && good <= 60, "the good instrument was polled %d times in 5 s at 100 ms", good);
    process_kill(&simulator, SIGTERM);
    process_wait(&simulator, 5000);
    kill(mute, SIGKILL);
    kill(garbage, SIGKILL);
}
END_TEST

Suite *faults_suite(void)
{
    const struct named_test cases[] = {{"refusing, mute, garbage", bad_instruments_cost_only_themselves}};
    return SUITE_OF("faults", 90, cases);
}
