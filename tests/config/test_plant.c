#include "config/address.h"
#include "config/url.h"
#include "tests/config/sample.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

Suite *plant_suite(void);

START_TEST(head)
{
    struct plant *plant = sample_load(sample_text);
    ck_assert_str_eq(plant->name, "Ningbo Works");
    ck_assert_str_eq(plant->timezone, "Asia/Shanghai");
    ck_assert_str_eq(plant->language, "zh_CN");
    ck_assert_str_eq(getenv("TZ"), "Asia/Shanghai");
    ck_assert_str_eq(plant->store_path, test_path("data/works.db"));
    ck_assert_str_eq(plant->text, sample_text);
    ck_assert(plant->simulated);
    ck_assert_double_eq(plant->simulation_speed, 20);
    ck_assert_uint_eq(plant->n_shifts, 2);
    ck_assert_int_eq(plant->shifts[0].start_min, 480);
    ck_assert_uint_eq(plant->shifts[0].days, 31);
    ck_assert_int_eq(plant->shifts[0].breaks[0].to_min, 765);
    ck_assert_int_eq(plant->shifts[1].n_breaks, 2);
    ck_assert_int_eq(plant->shifts[1].breaks[0].to_min, 15);
    plant_free(plant);
}
END_TEST

START_TEST(lines)
{
    struct plant *plant = sample_load(sample_text);
    const struct link *tcp = &plant->links[0], *rtu = &plant->links[1];
    ck_assert_int_eq(tcp->kind, LINK_TCP);
    ck_assert_str_eq(tcp->host, "10.0.3.17");
    ck_assert_int_eq(tcp->port, 502);
    ck_assert_int_eq(tcp->timeout_us, 500000);
    ck_assert_str_eq(rtu->device, "/dev/ttyUSB0");
    ck_assert_int_eq(rtu->baud, 9600);
    ck_assert_int_eq(rtu->parity, 'N');
    ck_assert_int_eq(rtu->stop_bits, 2);
    ck_assert_int_eq(rtu->pause_us, 20000);
    ck_assert_int_eq(plant->instruments[0].unit, 7);
    ck_assert_int_eq(plant->instruments[1].unit, 255);
    ck_assert_int_eq(plant->instruments[1].max_registers, 100);
    ck_assert_int_eq(plant->instruments[0].every_us, 500000);
    ck_assert_ptr_eq(plant->instruments[0].link, rtu);
    plant_free(plant);
}
END_TEST

START_TEST(tags)
{
    static const struct {
        const char *name;
        enum area area;
        int address;
        enum tag_type type;
        enum byte_order order;
        int registers;
    } expected[] = {
        {"gauge-7.sequence", AREA_HOLDING, 0, TYPE_U16, ORDER_ABCD, 1}, {"gauge-7.bore", AREA_HOLDING, 1, TYPE_F32, ORDER_CDAB, 2},
        {"gauge-7.depth", AREA_HOLDING, 16, TYPE_F32, ORDER_CDAB, 2},   {"gauge-7.serial", AREA_HOLDING, 29, TYPE_STRING, ORDER_BADC, 8},
        {"press-plc.state", AREA_INPUT, 0, TYPE_U16, ORDER_ABCD, 1},    {"press-plc.total", AREA_INPUT, 1, TYPE_U32, ORDER_ABCD, 2},
        {"press-plc.scrap", AREA_INPUT, 3, TYPE_U32, ORDER_DCBA, 2},    {"press-plc.temp", AREA_INPUT, 123, TYPE_I16, ORDER_ABCD, 1},
        {"press-plc.door", AREA_DISCRETE, 0, TYPE_BOOL, ORDER_ABCD, 1}, {"press-plc.alarm", AREA_HOLDING, 99, TYPE_BIT, ORDER_ABCD, 1},
    };
    struct plant *plant = sample_load(sample_text);
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        const struct tag *tag = plant_tag(plant, expected[i].name);
        ck_assert_msg(tag != NULL, "%s", expected[i].name);
        ck_assert_str_eq(tag->full_name, expected[i].name);
        ck_assert_ptr_eq(&tag->instrument->tags[tag->column], tag);
        ck_assert_int_eq(tag->area, expected[i].area);
        ck_assert_int_eq(tag->address, expected[i].address);
        ck_assert_int_eq(tag->type, expected[i].type);
        ck_assert_int_eq(tag->order, expected[i].order);
        ck_assert_int_eq(tag->registers, expected[i].registers);
    }
    const struct tag *temp = plant_tag(plant, "press-plc.temp"), *depth = plant_tag(plant, "gauge-7.depth");
    ck_assert_double_eq(temp->scale, 0.1);
    ck_assert_double_eq(temp->offset, -40);
    ck_assert_str_eq(temp->unit, "\u00b0C");
    ck_assert_int_eq(temp->decimals, -1);
    ck_assert(isnan(temp->low));
    ck_assert_str_eq(depth->unit, "mm"); /* merged */
    ck_assert_int_eq(depth->decimals, 2);
    ck_assert_double_eq(depth->high, 100);
    ck_assert_int_eq(plant_tag(plant, "press-plc.alarm")->bit, 15);
    ck_assert_int_eq(plant_tag(plant, "gauge-7.serial")->length, 15);
    ck_assert_ptr_null(plant_tag(plant, "gauge-7.bor"));
    ck_assert_ptr_null(plant_tag(plant, "gauge-7"));
    plant_free(plant);
}
END_TEST

START_TEST(what_a_measurement_comes_with_and_how_long_it_stays)
{
    struct plant *plant = sample_load("plant: {name: X}\nlinks: {a: {url: \"tcp://h\"}}\nstore: {keep: {readings: 90d, values: 2y}}\ninstruments:\n  g:\n"
                                      "    link: a\n    tags: {v: {address: 40001}, s: {address: 40010, type: string, length: 8}, n: {address: 40020}}\n"
                                      "characteristics:\n  c: {source: g.v, serial: g.s, lot: g.n, order: g.s, operator: g.n, retest: 500}\n"
                                      "  d: {source: g.v}\n");
    const struct characteristic *c = &plant->characteristics[0], *d = &plant->characteristics[1];
    ck_assert_str_eq(c->lot->full_name, "g.n");
    ck_assert_str_eq(c->order->full_name, "g.s");
    ck_assert_str_eq(c->operator->full_name, "g.n");
    ck_assert_int_eq(c->retest, 500);
    ck_assert_ptr_null(d->lot);
    ck_assert_int_eq(d->retest, 0);
    ck_assert_int_eq(plant->keep_us[KEEP_READINGS], 90 * DAY_US);
    ck_assert_int_eq(plant->keep_us[KEEP_VALUES], 730 * DAY_US);
    ck_assert_int_eq(plant->keep_us[KEEP_EVENTS], 0);
    plant_free(plant);
}
END_TEST

START_TEST(quirks_of_writing)
{
    struct plant *plant = sample_load("plant: {name: X}\nlinks: {a: {url: \"tcp://h\"}}\ninstruments:\n"
                                      "  g: {link: a, write: single, refusals: passing, address_base: 1, tags: {t: {address: \"holding:1\"},"
                                      " w: {address: 40001, write_address: 40513, writable: true},"
                                      " b: {address: \"coil:3\", write_address: \"coil:9\", writable: true}}}\n"
                                      "  h: {link: a, tags: {t: {address: 40002, writable: true}}}\n");
    ck_assert_int_eq(plant->instruments[0].write, WRITE_SINGLE);
    ck_assert_int_eq(plant->instruments[0].refusals_pass, 1);
    ck_assert_int_eq(plant->instruments[1].write, WRITE_AUTO);
    ck_assert_int_eq(plant->instruments[1].refusals_pass, 0);
    ck_assert_int_eq(plant_tag(plant, "g.t")->write_address, 0);
    ck_assert_int_eq(plant_tag(plant, "g.w")->write_address, 512);
    ck_assert_int_eq(plant_tag(plant, "g.b")->write_address, 8);
    ck_assert_int_eq(plant_tag(plant, "h.t")->write_address, 1);
    plant_free(plant);
}
END_TEST

START_TEST(types_and_orders)
{
    static const struct {
        const char *keys;
        int registers;
        const char *order;
    } cases[] = {
        {"type: bits, bit: 4, width: 12", 1, ""},
        {"type: u8", 1, ""},
        {"type: bcd8, byte: high", 1, ""},
        {"type: i24, order: CBA", 2, "CBA"},
        {"type: u48, order: EFCDAB", 3, "CDAB"},
        {"type: bcd32, order: BDAC", 2, "BDAC"},
        {"type: sm16, order: BA", 1, "BADC"},
        {"type: f16", 1, "ABCD"},
        {"type: f64, order: EFGHABCD", 4, "EFGHABCD"},
        {"type: string, length: 7, padding: space", 4, "ABCD"},
        {"type: string, length: 7, byte: high, padding: terminated", 7, "ABCD"},
    };
    enum { COUNT = sizeof cases / sizeof cases[0] };
    char text[4000];
    int used = snprintf(text, sizeof text, "plant: {name: X}\nlinks: {a: {url: \"tcp://h\"}}\ninstruments:\n  g:\n    link: a\n    tags:\n");
    for (size_t i = 0; i < COUNT; i++)
        used += snprintf(text + used, sizeof text - (size_t)used, "      t%zu: {address: %zu, %s}\n", i, 40001 + 10 * i, cases[i].keys);
    struct plant *plant = sample_load(text);
    const struct tag *tag = plant->instruments[0].tags;
    for (size_t i = 0; i < COUNT; i++) {
        ck_assert_msg(tag[i].registers == cases[i].registers, "%s: %d registers", cases[i].keys, tag[i].registers);
        ck_assert_str_eq(tag_order_name(&tag[i]), cases[i].order);
    }
    ck_assert_int_eq(tag[0].bit, 4);
    ck_assert_int_eq(tag[0].width, 12);
    ck_assert_int_eq(tag[1].part, BYTE_BOTH);
    ck_assert_int_eq(tag[2].part, BYTE_HIGH);
    ck_assert_mem_eq(tag[3].place, "\0\3\2\1", 4);
    ck_assert_mem_eq(tag[8].place, "\4\5\6\7\0\1\2\3", 8);
    ck_assert_int_eq(tag[9].padding, PADDING_SPACE);
    ck_assert_int_eq(tag[10].padding, PADDING_TERMINATED);
    plant_free(plant);
}
END_TEST

START_TEST(faults_and_names)
{
    struct plant *plant = sample_load("plant: {name: X}\nlinks: {a: {url: \"tcp://h\"}}\ninstruments:\n  g:\n    link: a\n    tags:\n"
                                      "      t: {address: 40001, type: i24, sensor_fault: [0x800000, -1, 100]}\n"
                                      "      u: {address: 40003, type: u64, sensor_fault: 18446744073709551615}\n"
                                      "      f: {address: 40007, type: f32, sensor_fault: [nan, -9.99e2, 0x7f7fffff]}\n"
                                      "      s: {address: 40009, names: {0: off, 2: in Betrieb, 10: \"\\u8fd0\\u884c\"}}\n");
    const struct tag *t = plant_tag(plant, "g.t"), *u = plant_tag(plant, "g.u"), *f = plant_tag(plant, "g.f"), *s = plant_tag(plant, "g.s");
    ck_assert_uint_eq(t->n_faults, 3);
    ck_assert(t->faults[0].is_bits && t->faults[1].is_bits);
    ck_assert_uint_eq(t->faults[0].bits, 0x800000);
    ck_assert_uint_eq(t->faults[1].bits, 0xffffff);
    ck_assert_uint_eq(t->faults[2].bits, 100);
    ck_assert_uint_eq(u->faults[0].bits, UINT64_MAX);
    ck_assert_uint_eq(f->n_faults, 2);
    ck_assert(!f->faults[0].is_bits && f->faults[1].is_bits);
    ck_assert_double_eq(f->faults[0].number, -999);
    ck_assert_uint_eq(s->names.count, 3);
    ck_assert_str_eq(tag_value_name(s, 0), "off");
    ck_assert_str_eq(tag_value_name(s, 2), "in Betrieb");
    ck_assert_str_eq(tag_value_name(s, 10), "\u8fd0\u884c");
    ck_assert_ptr_null(tag_value_name(s, 1));
    plant_free(plant);
}
END_TEST

START_TEST(machines_and_characteristics)
{
    struct plant *plant = sample_load(sample_text);
    const struct machine *press = plant_machine(plant, "press-1");
    const struct characteristic *bore = plant_characteristic(plant, "bore-dia"), *coolant = plant_characteristic(plant, "coolant");
    ck_assert_double_eq(press->ideal_cycle_s, 4.2);
    ck_assert_int_eq(press->n_states, 6);
    ck_assert_int_eq(press->states[1].value, 8);
    ck_assert_int_eq(press->states[1].state, OEE_RUNNING);
    ck_assert_int_eq(press->states[5].state, OEE_OFF);
    ck_assert_int_eq(press->counter_modulus, 1000000);
    ck_assert_ptr_eq(press->rejects, plant_tag(plant, "press-plc.scrap"));
    ck_assert_ptr_eq(bore->machine, press);
    ck_assert_ptr_eq(bore->on_new, plant_tag(plant, "gauge-7.sequence"));
    ck_assert_str_eq(bore->chart->id, "xbar-r");
    ck_assert_str_eq(bore->rules->id, "nelson");
    ck_assert_double_eq(bore->target, 25);
    ck_assert_double_eq(bore->locked_sigma, 0.004);
    ck_assert_int_eq(bore->decimals, 4);
    ck_assert_int_eq(bore->class, CLASS_CRITICAL);
    ck_assert_str_eq(bore->unit, "mm");
    ck_assert_str_eq(coolant->chart->id, "i-mr");
    ck_assert_str_eq(coolant->rules->id, "western-electric");
    ck_assert_int_eq(coolant->every_us, SECOND_US);
    ck_assert_int_eq(coolant->decimals, 3);
    ck_assert_int_eq(coolant->baseline, 25);
    ck_assert_int_eq(coolant->class, CLASS_MAJOR);
    ck_assert(isnan(coolant->lsl) && isnan(coolant->target) && isnan(coolant->locked_center) && isnan(coolant->required_cpk));
    ck_assert_str_eq(coolant->part, "");
    plant_free(plant);
}
END_TEST

START_TEST(faults_of_a_simulation)
{
    struct plant *plant = sample_load("plant: {name: X}\nlinks: {a: {url: \"tcp://h\", timeout: 2s}, b: {url: \"rtu:///dev/x\"}}\n"
                                      "instruments:\n  g: {link: a, tags: {n: {address: 40001}}}\n  h: {link: b, tags: {n: {address: 40001}}}\n"
                                      "simulation:\n  signals: marked\n  faults:\n    late: {of: g, kind: delay, probability: 0.25}\n"
                                      "    hole: {of: b, kind: illegal, address: 40011, count: 3}\n"
                                      "    noise: {of: h, kind: garble, size: 2, after: 1min, lasts: 10s, every: 1h}\n"
                                      "    busy: {of: a, kind: exception, code: 6, address: 30005}\n");
    const struct fault *late = &plant->faults[0], *hole = &plant->faults[1], *noise = &plant->faults[2], *busy = &plant->faults[3];
    ck_assert(plant->simulation_marked);
    ck_assert_uint_eq(plant->n_faults, 4);
    ck_assert_ptr_eq(late->instrument, &plant->instruments[0]);
    ck_assert_ptr_eq(late->link, &plant->links[0]);
    ck_assert_int_eq(late->delay_us, 3 * SECOND_US);
    ck_assert_int_eq(late->count, 0);
    ck_assert_ptr_null(hole->instrument);
    ck_assert_ptr_eq(hole->link, &plant->links[1]);
    ck_assert(hole->area == AREA_HOLDING && hole->address == 10 && hole->count == 3 && hole->code == 2);
    ck_assert(noise->after_us == MINUTE_US && noise->lasts_us == 10 * SECOND_US && noise->every_us == HOUR_US && noise->size == 2);
    ck_assert(busy->area == AREA_INPUT && busy->address == 4 && busy->count == 1 && busy->code == 6);
    ck_assert_double_eq(busy->probability, 1);
    ck_assert_str_eq(fault_kind_name(noise->kind), "garble");
    plant_free(plant);
}
END_TEST

START_TEST(reports_and_scenarios)
{
    struct plant *plant = sample_load(sample_text);
    ck_assert_uint_eq(plant->reports[0].formats, REPORT_PDF | REPORT_CSV);
    ck_assert_str_eq(plant->reports[0].directory, test_path("out"));
    ck_assert_str_eq(plant->reports[0].period, "last-month");
    ck_assert_uint_eq(plant->reports[1].n_characteristics, 2);
    ck_assert_uint_eq(plant->reports[1].formats, REPORT_PDF);
    ck_assert_uint_eq(plant->n_scenarios, 3);
    ck_assert_ptr_eq(plant->scenarios[0].characteristic, plant_characteristic(plant, "bore-dia"));
    ck_assert_double_eq(plant->scenarios[0].size, 1);
    ck_assert_int_eq(plant->scenarios[0].after_us, 10 * MINUTE_US);
    ck_assert_ptr_eq(plant->scenarios[1].instrument, &plant->instruments[0]);
    ck_assert_ptr_eq(plant->scenarios[2].machine, plant_machine(plant, "press-1"));
    plant_free(plant);
}
END_TEST

START_TEST(addresses)
{
    static const struct {
        const char *text;
        int area, address; /* area 0: refused */
    } rows[] = {
        {"40001", AREA_HOLDING, 0},
        {"49999", AREA_HOLDING, 9998},
        {"30001", AREA_INPUT, 0},
        {"10001", AREA_DISCRETE, 0},
        {"1", AREA_COIL, 0},
        {"9999", AREA_COIL, 9998},
        {"00017", AREA_COIL, 16},
        {"400001", AREA_HOLDING, 0},
        {"465536", AREA_HOLDING, 65535},
        {"365536", AREA_INPUT, 65535},
        {"100001", AREA_DISCRETE, 0},
        {"000001", AREA_COIL, 0},
        {"065536", AREA_COIL, 65535},
        {"holding:0", AREA_HOLDING, 0},
        {"input:16", AREA_INPUT, 16},
        {"coil:0x1F", AREA_COIL, 31},
        {"discrete:65535", AREA_DISCRETE, 65535},
        {"holding:007", AREA_HOLDING, 7},
        {"40000", 0, 0},
        {"0", 0, 0},
        {"465537", 0, 0},
        {"50001", 0, 0},
        {"20001", 0, 0},
        {"4000001", 0, 0},
        {"", 0, 0},
        {"holding:65536", 0, 0},
        {"holding:-1", 0, 0},
        {"holding:", 0, 0},
        {"holding:0x", 0, 0},
        {"holdin:1", 0, 0},
        {"4x0001", 0, 0},
        {"40001 ", 0, 0},
        {"input:1e3", 0, 0},
        {"input:99999999999", 0, 0},
        {":5", 0, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum area area;
        int address;
        char why[240] = "";
        int result = address_parse(rows[i].text, &area, &address, why, sizeof why);
        ck_assert_msg(result == (rows[i].area ? 0 : -1), "%s: %d %s", rows[i].text, result, why);
        if (result == 0) {
            ck_assert_msg((int)area == rows[i].area && address == rows[i].address, "%s: %d %d", rows[i].text, area, address);
        } else
            ck_assert_str_ne(why, "");
    }
}
END_TEST

START_TEST(urls)
{
    static const struct {
        const char *url, *why; /* NULL: good */
    } rows[] = {
        {"tcp://plc.works:1502", NULL},
        {"tcp://[fd00::17]:502", NULL},
        {"tcp://10.0.0.1/", NULL},
        {"rtu:///dev/serial/by-id/usb-FTDI", NULL},
        {"rtu:///dev/ttyS0?baud=4000000&parity=odd&data=8&stop=1", NULL},
        {"rtutcp://moxa.works:4001", NULL},
        {"rtutcp://[fd00::17]:4001?baud=9600&parity=none&stop=2", NULL},
        {"rtutcp://moxa.works", "there is no port"},
        {"rtutcp://moxa.works:4001?baud=14400", "nearest is 9600"},
        {"tcp://", "there is no host"},
        {"tcp://h:0", "no port"},
        {"tcp://h:65536", "no port"},
        {"tcp://h:", "no port"},
        {"tcp://a b", "cannot be in a host name"},
        {"tcp://fd00::17", "brackets"},
        {"tcp://[fd00::17", "no IPv6 address"},
        {"rtu://dev/ttyS0", "three slashes"},
        {"rtu:///dev/x?baud=14400", "nearest is 9600"},
        {"rtu:///dev/x?baud=2000000", "nearest is"},
        {"rtu:///dev/x?baud=fast", "no number"},
        {"rtu:///dev/x?boud=9600", "did you mean 'baud'"},
        {"rtu:///dev/x?baud=9600&baud=9600", "twice"},
        {"rtu:///dev/x?parity=E", "none, even and odd"},
        {"rtu:///dev/x?data=7", "8 data bits"},
        {"rtu:///dev/x?stop=3", "neither 1 nor 2"},
        {"rtu:///dev/x?stop", "no value"},
        {"udp://h", "unknown scheme 'udp': known are tcp://"},
        {"10.0.0.1", "no scheme"},
    };
    struct arena *arena = arena_create();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct link link = {0};
        char why[200] = "";
        int result = url_parse(rows[i].url, &link, arena, why, sizeof why);
        ck_assert_msg(result == (rows[i].why ? -1 : 0), "%s: %s", rows[i].url, why);
        if (rows[i].why)
            ck_assert_msg(strstr(why, rows[i].why) != NULL, "%s: %s", rows[i].url, why);
    }
    struct link link = {0};
    char why[200];
    ck_assert_int_eq(url_parse("tcp://[fd00::17]:1502", &link, arena, why, sizeof why), 0);
    ck_assert_str_eq(link.host, "fd00::17");
    ck_assert_int_eq(link.port, 1502);
    ck_assert_int_eq(url_parse("rtu:///dev/ttyS0", &link, arena, why, sizeof why), 0);
    ck_assert_int_eq(link.baud, 19200);
    ck_assert_int_eq(link.parity, 'E');
    arena_destroy(arena);
}
END_TEST

/* What a printer puts on standard output; freed by the caller. */
static char *printed(void (*print)(void))
{
    const char *path = test_path("printed.txt");
    char *text = memory_zero(1, 100000);
    ck_assert_ptr_nonnull(freopen(path, "w", stdout));
    print();
    fflush(stdout);
    FILE *file = fopen(path, "r");
    ck_assert_uint_gt(fread(text, 1, 99999, file), 1000);
    fclose(file);
    return text;
}

/* Every key of the commented example is an entry of the manual, and stands there once a section. */
START_TEST(manual_has_every_key)
{
    char *schema_text = printed(plant_print_schema), *manual = printed(plant_print_manual), *rest = schema_text;
    int keys = 0, entries = 0;
    for (char *line; (line = strsep(&rest, "\n"));) {
        char entry[100], *key = line + strspn(line, " #");
        if (!strstr(key, " # ") || strstr(line, "; names") || strstr(line, "; settings") || !strchr(key, ':'))
            continue;
        snprintf(entry, sizeof entry, ".It Cm %.*s\n", (int)strcspn(key, ":"), key);
        ck_assert_msg(strstr(manual, entry) != NULL, "no %s", entry);
        keys++;
    }
    for (const char *at = manual; (at = strstr(at, "\n.It Cm ")); at++)
        entries++;
    ck_assert_int_gt(keys, 100);
    ck_assert_int_eq(entries, keys);
    ck_assert_ptr_nonnull(strstr(manual, ".Ss instruments.NAME.tags.NAME\n"));
    free(schema_text);
    free(manual);
}
END_TEST

/* Prints the schema into a file; active: with what is commented out made active, but for the keys that exclude others. */
static void schema(const char *path, bool active)
{
    char line[600], *text = memory_zero(1, 100000);
    const char *plain = test_path("schema.txt");
    ck_assert_ptr_nonnull(freopen(plain, "w", stdout));
    plant_print_schema();
    fflush(stdout);
    FILE *file = fopen(plain, "r");
    long parts = -1; /* of z-mr alone: left out with all that is in them */
    while (fgets(line, sizeof line, file)) {
        char *mark = line + strspn(line, " "), *end = *mark ? strstr(mark + 1, " # ") : NULL;
        bool key = mark[0] == '#' && end;
        if (active && key && strstr(line, "on_new:"))
            continue;
        if (active && parts >= 0 && mark - line > parts)
            continue;
        parts = (strstr(line, "# parts:") && strstr(line, "of z-mr")) || strstr(line, "# characteristic_groups:") ? mark - line : -1;
        if (active && parts >= 0)
            continue;
        bool has_example = mark[strcspn(mark + 2, ":") + 4] != ' ', is_section = strstr(line, "; names") || strstr(line, "; settings");
        if (active && key && !has_example && !is_section)
            continue;
        bool table_name = mark[0] == '#' && mark[1] == ' ' && strlen(line) < 40 && line[strlen(line) - 2] == ':';
        if (active && (key || table_name))
            memmove(mark, mark + 2, strlen(mark + 2) + 1);
        strcat(text, line);
    }
    fclose(file);
    file = fopen(path, "w");
    fputs(text, file);
    fclose(file);
    free(text);
}

START_TEST(schema_is_a_plant)
{
    for (int active = 0; active < 2; active++) {
        struct problems problems = {0};
        const char *path = test_path(active ? "all.yaml" : "least.yaml");
        schema(path, active);
        struct plant *plant = plant_load(path, &problems);
        ck_assert_msg(plant != NULL, "%d:%d: %s", problems.items[0].line, problems.items[0].column, problems.items[0].text);
        ck_assert_uint_eq(plant->n_characteristics, active ? 1 : 0);
        ck_assert_int_eq(plant->simulated, active);
        plant_free(plant);
        problems_free(&problems);
    }
}
END_TEST

START_TEST(opening_says_where_it_looked)
{
    char text[2000] = "";
    const char *said = test_path("stderr");
    ck_assert_int_eq(chdir(test_directory()), 0);
    unsetenv("GEMBA_CONFIG");
    if (access("/etc/gemba/plant.yaml", F_OK) == 0)
        return;
    ck_assert_ptr_nonnull(freopen(said, "w", stderr));
    ck_assert_ptr_null(plant_open(NULL));
    ck_assert_ptr_null(plant_open(test_path("absent.yaml")));
    ck_assert_ptr_null(plant_open(test_file("bad.yaml", "plant: {name: X\nlinks: [")));
    fflush(stderr);
    FILE *file = fopen(said, "r");
    ck_assert_uint_gt(fread(text, 1, sizeof text - 1, file), 0);
    fclose(file);
    ck_assert_ptr_nonnull(strstr(text, "$GEMBA_CONFIG (not set), ./plant.yaml and /etc/gemba/plant.yaml"));
    ck_assert_ptr_nonnull(strstr(text, "absent.yaml: cannot be opened: No such file"));
    ck_assert_ptr_nonnull(strstr(text, "bad.yaml:2:"));
    ck_assert_ptr_nonnull(strstr(text, "1 problem: nothing was started\n"));
}
END_TEST

START_TEST(opening_sets_the_clock)
{
    const char *path = test_file("plant.yaml", sample_text);
    setenv("GEMBA_CLOCK", "1000000:5000000:3", 1);
    struct plant *plant = plant_open(path);
    ck_assert_int_eq(clock_anchor().plant_us, 5000000);
    ck_assert_double_eq(clock_speed(), 3);
    plant_free(plant);
    unsetenv("GEMBA_CLOCK");
    clock_set_anchor((struct clock_anchor){0, 0, 1});
    setenv("GEMBA_CONFIG", path, 1);
    plant = plant_open(NULL);
    ck_assert_double_eq(clock_speed(), 20);
    ck_assert(clock_is_simulated());
    ck_assert_int_eq(clock_real_us(20 * SECOND_US), SECOND_US);
    plant_free(plant);
}
END_TEST

Suite *plant_suite(void)
{
    Suite *suite = suite_create("plant");
    suite_add(suite, "head of a plant", head);
    suite_add(suite, "links and instruments", lines);
    suite_add(suite, "tags", tags);
    suite_add(suite, "the manual has every key", manual_has_every_key);
    suite_add(suite, "quirks of writing", quirks_of_writing);
    suite_add(suite, "types and orders of tags", types_and_orders);
    suite_add(suite, "what a measurement comes with", what_a_measurement_comes_with_and_how_long_it_stays);
    suite_add(suite, "sensor faults and names of tags", faults_and_names);
    suite_add(suite, "machines and characteristics", machines_and_characteristics);
    suite_add(suite, "reports and scenarios", reports_and_scenarios);
    suite_add(suite, "faults of a simulation", faults_of_a_simulation);
    suite_add(suite, "addresses", addresses);
    suite_add(suite, "link URLs", urls);
    suite_add(suite, "the printed schema is a plant", schema_is_a_plant);
    suite_add(suite, "plant_open says where it looked", opening_says_where_it_looked);
    suite_add(suite, "plant_open sets the clock", opening_sets_the_clock);
    return suite;
}
