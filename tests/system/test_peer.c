/* The whole program against a Modbus server that nobody here wrote: every type in every order arrives as it was served. */
#include "tests/harness.h"
#include "tests/system/process.h"

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *type, *value;
} types[] = {
    {"u16", "65535"},
    {"i16", "-12345"},
    {"u32", "4000000001"},
    {"i32", "-2000000001"},
    {"u64", "18446744073709551615"},
    {"i64", "-9007199254740993"},
    {"f32", "25.0126953125"},
    {"f64", "24.998700000000003"},
};
static const char *const orders[] = {"ABCD", "CDAB", "BADC", "DCBA"};

static char *write_config(int port)
{
    static char text[8192];
    int used = snprintf(text, sizeof text,
                        "plant: {name: Peer}\nlinks: {peer: {url: \"tcp://127.0.0.1:%d\"}}\ninstruments:\n"
                        "  holding:\n    {link: peer, unit: 1, every: 200ms, tags: {\n",
                        port);
    for (size_t t = 0; t < 8; t++)
        for (size_t o = 0; o < 4; o++)
            used += snprintf(text + used, sizeof text - (size_t)used, "      %s_%s: {address: \"holding:%zu\", type: %s, order: %s},\n",
                             types[t].type, orders[o], t * 16 + o * 4, types[t].type, orders[o]);
    snprintf(text + used, sizeof text - (size_t)used,
             "      serial: {address: 40201, type: string, length: 16}, flag: {address: 40211, type: bit, bit: 2}}}\n"
             "  others: {link: peer, unit: 1, every: 200ms, tags: {input: {address: 30001}, coil: {address: 2}, contact: {address: 10001}}}\n");
    return text;
}

static const char *config_path;

static bool arrived(void *context)
{
    char *quality = process_show_cell(config_path, "tags", context, "quality");
    bool good = !strcmp(quality, "good");
    return good;
}

/* What a tag shows: the exact text where a double cannot hold the number, else the number. */
static void expect(const char *tag, const char *wanted)
{
    char *text = process_show_cell(config_path, "tags", tag, "text"), *value = process_show_cell(config_path, "tags", tag, "value");
    ck_assert_msg(!strcmp(*text ? text : value, wanted), "%s: served %s, shown value '%s' text '%s'", tag, wanted, value, text);
}

START_TEST(every_type_and_order_from_pymodbus)
{
    int port = process_free_port();
    char port_text[8];
    snprintf(port_text, sizeof port_text, "%d", port);
    struct process server = process_start(ARGV("/usr/bin/python3", "tests/system/pymodbus_server.py", port_text));
    config_path = test_file("peer.yaml", write_config(port));
    struct process collector = process_start(ARGV("gemba", "collect", "-c", config_path));
    ck_assert_msg(process_wait_for(arrived, (void *)(uintptr_t) "holding.u16_ABCD", 30000), "nothing arrived: %s%s", process_errors(&server),
                  process_errors(&collector));
    ck_assert(process_wait_for(arrived, (void *)(uintptr_t) "others.coil", 10000));
    for (size_t t = 0; t < 8; t++)
        for (size_t o = 0; o < 4; o++) {
            char tag[32];
            snprintf(tag, sizeof tag, "holding.%s_%s", types[t].type, orders[o]);
            expect(tag, types[t].value);
        }
    expect("holding.serial", "A1047-000590");
    expect("holding.flag", "1");
    expect("others.input", "65535");
    expect("others.coil", "1");
    expect("others.contact", "0");
    process_kill(&collector, SIGTERM);
    ck_assert_int_eq(process_wait(&collector, 5000), 0);
    process_kill(&server, SIGKILL);
    process_wait(&server, 5000);
}
END_TEST

Suite *peer_suite(void)
{
    const struct named_test cases[] = {{"pymodbus", every_type_and_order_from_pymodbus}};
    return SUITE_OF("peer", 120, cases);
}
