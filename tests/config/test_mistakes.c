#include "tests/config/sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Suite *mistakes_suite(void);

struct expected {
    int line, column;
    const char *words;
};

static void expect(const char *text, const struct expected *expected, size_t count)
{
    struct problems problems = sample_problems(text);
    for (size_t i = 0; i < problems.count; i++) {
        const struct problem *problem = &problems.items[i];
        ck_assert_msg(i < count && problem->line == expected[i].line && problem->column == expected[i].column &&
                          strstr(problem->text, expected[i].words) != NULL,
                      "problem %zu: %d:%d: %s", i + 1, problem->line, problem->column, problem->text);
    }
    ck_assert_uint_eq(problems.count, count);
    problems_free(&problems);
}

#define BASE                                                                                                                                         \
    "plant: {name: X}\nlinks:\n  a: {url: \"tcp://h\"}\n  bus: {url: \"rtu:///dev/x\"}\ninstruments:\n  g:\n    link: a\n    tags:\n"                \
    "      n: {address: 40001}\n      v: {address: 40002, type: f32}\n      s: {address: 40010, type: string, length: 8}\n"

START_TEST(ten)
{
    static const char text[] = "plant: {name: Works, timezone: Asia/Shangai}\n" /* 1 */
                               "links:\n"
                               "  hall: {url: \"tcp://10.0.0.1\", timeot: 1s}\n"  /* 2 */
                               "  bus:  {url: \"rtu:///dev/ttyS0?baud=12345\"}\n" /* 3 */
                               "instruments:\n"
                               "  gauge:\n"
                               "    link: hal\n" /* 4 */
                               "    every: 10\n" /* 5 */
                               "    tags:\n"
                               "      bore: {address: 40001, type: f31}\n" /* 6 */
                               "      bore: {address: 40003}\n"            /* 7 */
                               "      door: {address: 10001, type: u32}\n" /* 8 */
                               "characteristics:\n"
                               "  dia:\n"
                               "    source: gauge.bora\n" /* 9 */
                               "    lsl: 2.5\n"
                               "    usl: 1.5\n" /* 10, at lsl */;
    static const struct expected expected[] = {
        {1, 32, "'Asia/Shangai' is no zone"},
        {3, 33, "links.hall: unknown key 'timeot': did you mean 'timeout'?"},
        {4, 15, "baud 12345 is not supported"},
        {7, 11, "there is no 'hal' in links: did you mean 'hall'?"},
        {8, 12, "'10' has no unit"},
        {10, 36, "'f31' is unknown: did you mean 'f32'?"},
        {11, 7, "'bore' is given twice: the first is at line 10"},
        {12, 36, "u32 needs registers, but 10001 is a discrete input"},
        {15, 13, "'gauge' has no tag 'bora': did you mean 'gauge.bore'?"},
        {16, 10, "2.5 is not below usl, 1.5"},
    };
    expect(text, expected, 10);
}
END_TEST

/* One mistake added to a plant that is right: one problem, at the place that @ marks. */
static const struct {
    const char *text, *words;
} singles[] = {
    {"      @b: {address: 40020, type: bit}\n", "'bit' is missing"},
    {"      b: {address: 40020, type: bit, bit: @16}\n", "16 is out of range: 0 to 15"},
    {"      b: {address: 40020, bit: @3}\n", "a u16 has no bit"},
    {"      b: {address: 40020, type: bit, bit: 3, order: @CDAB}\n", "a bit has no order"},
    {"      b: {address: 40020, type: string, length: 8, order: @CDAB}\n", "order of a string"},
    {"      b: {address: 40020, type: u32, order: @ABCC}\n", "'ABCC' is no order of 4 bytes"},
    {"      b: {address: 40020, type: f64, order: @DCAB}\n", "each letter from A to H once"},
    {"      b: {address: 40020, type: u24, order: @AABC}\n", "and - for the byte that is not used"},
    {"      b: {address: 40020, type: u8, order: @BA}\n", "a u8 has no order"},
    {"      b: {address: 40020, byte: @high}\n", "a u16 has no byte"},
    {"      b: {address: 40020, every: @5ms}\n", "out of range: 10ms"},
    {"      b: {address: 40020, every: 1s, phase: @2s}\n", "the phase must be shorter than the period"},
    {"      b: {address: 40020, aligned: @maybe}\n", "it is one of true or false"},
    {"      b: {address: 40020, on_change: g.n, every: @2s}\n", "either so often or on_change"},
    {"      b: {address: 40020, on_change: @g.c}\n      c: {address: 40021, on_change: g.n}\n", "itself read only on change"},
    {"      b: {address: 40020}\ncharacteristics: {c: {source: g.v, each: @5}}\n", "goes with on_new"},
    {"      b: {address: 40020}\ncharacteristics: {c: {source: g.v, on_new: g.n, acknowledge: @g.b}}\n", "is not writable"},
    {"      b: {address: 40020, writable: true, write_address: @30020}\n", "both must be of one area"},
    {"      b: {address: 40020, writable: true, type: u32, write_address: @49999x}\n", "49999x"},
    {"      b: {address: 40020, writable: true, type: u32, write_address: @465536}\n", "there is no place for it"},
    {"      b: {address: 40020, write_address: @40120}\n", "not writable: true"},
    {"      b: {address: 40020, type: u8, byte: @upper}\n", "it is one of low or high"},
    {"      @b: {address: 40020, type: bits, bit: 3}\n", "'width' is missing"},
    {"      b: {address: 40020, type: bits, bit: 12, width: @5}\n", "end beyond the register's last"},
    {"      b: {address: 40020, type: bit, bit: 3, width: @2}\n", "write type: bits"},
    {"      b: {address: 40020, type: string, length: 8, byte: low, order: @BA}\n", "one character a register has no order"},
    {"      b: {address: 40020, type: string, length: @1, padding: terminated}\n", "the zero that ends it"},
    {"      b: {address: 40020, padding: @zero}\n", "a u16 has no padding"},
    {"      b: {address: 40020, type: i16, sensor_fault: [@0x10000]}\n", "'0x10000' is no raw value of a i16"},
    {"      b: {address: 40020, sensor_fault: [0xffff, @-1]}\n", "'-1' is no raw value of a u16"},
    {"      b: {address: 40020, type: f32, sensor_fault: @off}\n", "no raw value of a f32"},
    {"      b: {address: 40020, sensor_fault: @nan}\n", "no raw value of a u16"},
    {"      b: {address: 40020, type: i64, sensor_fault: @9223372036854775808}\n", "no raw value of a i64"},
    {"      b: {address: 40020, type: bcd16, sensor_fault: @10000}\n", "no raw value of a bcd16"},
    {"      b: {address: 40020, type: bits, bit: 0, width: 4, sensor_fault: @16}\n", "no raw value of a bits"},
    {"      b: {address: 40020, type: string, length: 8, sensor_fault: @[0]}\n", "a string has no sensor_fault"},
    {"      b: {address: 40020, names: {0: off, @x: idle}}\n", "'x' is no whole number"},
    {"      b: {address: 40020, names: {0: off, 1: @[]}}\n", "a name is a text"},
    {"      b: {address: 40020, names: {0: off, @00: idle}}\n", "00 has a name already"},
    {"      b: {address: 40020, names: @{0: off, 1: off}}\n", "0 and 1 are both 'off'"},
    {"      b: {address: 40020, names: @{-1: off}}\n", "-1, 'off', is no value of a u16"},
    {"      b: {address: 40020, type: bits, bit: 0, width: 2, names: @{4: off}}\n", "4, 'off', is no value of a bits"},
    {"      b: {address: 40020, scale: 2, names: @{0: off}}\n", "a scaled value has no names"},
    {"      b: {address: 40020, type: f32, names: @{0: off}}\n", "only whole numbers have them"},
    {"      b: {address: 40020, names: @off}\n", "a map is wanted"},
    {"      b: {address: 40020, type: u32, length: @8}\n", "a u32 has no length"},
    {"      @b: {address: 40020, type: string}\n", "'length' is missing"},
    {"      b: {address: 40020, type: @bool}\n", "type: bit"},
    {"      b: {address: @holding:65533, type: f64}\n", "end beyond the last one"},
    {"      b: {address: 40020, type: string, length: 8, scale: @2}\n", "a string is no number"},
    {"      b: {address: 40020, scale: @0}\n", "0 would make every value the same"},
    {"      b: {address: 40020, scale: @nan}\n", "'nan' is no number"},
    {"      b: {address: 40020, scale: @1e400}\n", "out of range"},
    {"      b: {address: 40020, scale: @0x10}\n", "'0x10' is no number"},
    {"      b: {address: 40020, scale: @\"1,5\"}\n", "the decimal mark is a point"},
    {"      b: {address: 40020, low: @5, high: 5}\n", "5 is not below high, 5"},
    {"      b: {address: 40020, unit: @[mm]}\n", "a list, but one value is wanted"},
    {"      b: {address: 40020, unit: @}\n", "nothing is given"},
    {"      b: {address: 40020, unit: @\"a\\0b\"}\n", "control character"},
    {"      @b.c: {address: 40020}\n", "has a dot"},
    {"      @\"b c\": {address: 40020}\n", "is no name"},
    {"      b: @40020\n", "a text, but a map of settings is wanted"},
    {"  h: {link: bus, unit: @255, tags: {n: {address: 1}}}\n", "255 gets no answer on a serial line"},
    {"  h: {link: a, unit: @250, tags: {n: {address: 1}}}\n", "250 is reserved"},
    {"  h: {link: a, every: @-1s, tags: {n: {address: 1}}}\n", "is no duration"},
    {"  h: {link: a, every: @1ms, tags: {n: {address: 1}}}\n", "out of range: 10ms to 1d"},
    {"  h: {link: a, max_registers: 2, tags: {@n: {address: 40001, type: f64}}}\n", "does not fit in one request"},
    {"  h: {link: a, tags: @{}}\n", "an instrument has at least one"},
    {"  @h: {link: a}\n", "'tags' is missing"},
    {"@plants: {name: Y}\n", "unknown key 'plants': did you mean 'plant'?"},
    {"shifts: {a: {start: \"06:00\", end: \"14:00\"}, @b: {start: \"13:00\", end: \"22:00\"}}\n", "overlaps the shift 'a' on Monday at 13:00"},
    {"shifts: {a: {start: @\"6am\", end: \"14:00\"}}\n", "'6am' is no time of day"},
    {"shifts: {a: {start: \"06:00\", end: \"14:00\", breaks: [@\"13:30-14:30\"]}}\n", "is not within the shift"},
    {"shifts: {a: {start: \"06:00\", end: \"14:00\", days: [mon, @tus]}}\n", "did you mean 'tue'?"},
    {"machines: {m: {state: {tag: g.n, running: [2], idle: [1, @2]}}}\n", "the value 2 means 'running' already"},
    {"machines: {m: {state: {tag: @g.v, running: [2]}}}\n", "a state word is an integer"},
    {"machines: {m: {parts: @g.v}}\n", "a counter is an integer"},
    {"machines: {m: {rejects: @g.n}}\n", "'parts' is missing"},
    {"machines: {m: {ideal_cycle: @0s}}\n", "out of range"},
    {"characteristics: {c: {source: @g.s}}\n", "only numbers can be judged"},
    {"characteristics: {c: {source: @v}}\n", "is no INSTRUMENT.TAG"},
    {"characteristics: {c: {source: @h.v}}\n", "there is no 'h' in instruments"},
    {"characteristics: {c: {source: g.v, on_new: @g.v}}\n", "a counter (an integer) or a handshake bit"},
    {"characteristics: {c: {source: g.v, on_new: g.n, every: @5s}}\n", "not both"},
    {"characteristics: {c: {source: g.v, retest: @10}}\n", "goes with serial"},
    {"characteristics: {c: {source: g.v, serial: g.s, retest: @-1}}\n", "out of range"},
    {"characteristics: {c: {source: g.v, lot: @h.s}}\n", "there is no 'h' in instruments"},
    {"characteristics: {c: {source: g.v, operator: @g.x}}\n", "'g' has no tag 'x'"},
    {"store: {keep: {readings: @10s}}\n", "out of range"},
    {"store: {keep: {@verdicts: 1y}}\n", "unknown key 'verdicts'"},
    {"characteristics: {c: {source: g.v, every: @100ms}}\n", "shorter than the period"},
    {"characteristics: {c: {source: g.v, lsl: 1, usl: 2, nominal: @3}}\n", "3 is above usl, 2"},
    {"characteristics: {c: {source: g.v, required_cpk: @1.33}}\n", "no Cpk without a specification limit"},
    {"characteristics: {@c: {source: g.v, chart: xbar-r}}\n", "does not fit the chart xbar-r"},
    {"characteristics: {c: {source: g.v, chart: @xbar-e}}\n", "did you mean 'xbar-"},
    {"characteristics: {c: {source: g.v, rules: @nelsen}}\n", "did you mean 'nelson'?"},
    {"characteristics: {c: {source: g.v, limits: {center: 1, sigma: @0}}}\n", "it must be above 0"},
    {"characteristics: {c: {source: g.v, limits: @{center: 1}}}\n", "'sigma' is missing"},
    {"characteristics: {c: {source: g.v, class: @urgent}}\n", "it is one of minor, major or critical"},
    {"characteristics: {@all: {source: g.v}}\n", "means all characteristics"},
    {"characteristics: {c: {source: g.v, machine: @m}}\n", "there is no 'm' in machines"},
    {"characteristics: {c: {source: g.v}}\nreports: {r: {characteristics: [c, @c]}}\n", "'c' is given twice"},
    {"characteristics: {c: {source: g.v}, d: {source: g.v}}\ncharacteristic_groups: {pair: {characteristics: [c, d]}}\n"
     "reports: {r: {groups: [@pari]}}\n",
     "there is no group 'pari': did you mean 'pair'?"},
    {"characteristics: {c: {source: g.v}, d: {source: g.v}}\ncharacteristic_groups: {pair: {characteristics: [c, d]}}\n"
     "reports: {r: {groups: [pair, @pair]}}\n",
     "'pair' is given twice"},
    {"characteristics: {c: {source: g.v}}\nreports: {@r: {period: all}}\n", "it is of nothing: name `characteristics`, `groups`, or both"},
    {"characteristics: {c: {source: g.v}}\nreports: {r: {characteristics: [c], period: @last-moth}}\n", "did you mean 'last-month'?"},
    {"characteristics: {c: {source: g.v}}\nreports: {r: {characteristics: [c], period: @2026-10-01..2026-09-01}}\n", "ends before it begins"},
    {"characteristics: {c: {source: g.v}}\nreports: {r: {characteristics: [c], formats: [pdf, @xls]}}\n", "text, csv or pdf"},
    {"      b: {address: 40020, record: @often}\n", "poll, change or none"},
    {"      b: {address: 40020, deadband: @0.5}\n", "say `record: change` too"},
    {"      w: {address: 30001, writable: @true}\n", "an input register cannot be written"},
    {"virtual: {w: {value: g.v, deadband: @1}}\n", "say `record: change` too"},
    {"virtual: {w: {value: g.v, record: @never}}\n", "never"},
    {"virtual: {w: {value: g.v +@ }}\n", "ends where a value is wanted"},
    {"virtual: {w: {value: 2 * @g.w}}\n", "'g' has no tag 'w'"},
    {"virtual: {w: {value: \"2 * @gg.v\"}}\n", "there is no 'gg' in instruments: did you mean 'g'?"},
    {"virtual: {w: {value: 1 + @g.s}}\n", "formulas are made of numbers"},
    {"virtual: {w: {value: @1 + 2}}\n", "no tag is in it"},
    {"virtual: {w: {value: g.v + @virtual.w}}\n", "stands below"},
    {"virtual: {w: {value: g.v * @(2}}\n", "is not closed"},
    {"virtual: {@w: {unit: mm}}\n", "'value' is missing"},
    {"virtual: {w: {value: g.v}}\ncharacteristics: {c: {source: @virtual.v}}\n", "there is no 'v' in virtual"},
    {"virtual: {w: {value: g.v}}\ncharacteristics: {c: {source: g.v, on_new: @virtual.w}}\n", "both must come in one answer"},
    {"simulation: {scenarios: {s: {of: @g, kind: stop}}}\n", "there is no 'g' in machines"},
    {"simulation: {scenarios: {s: {of: g, kind: silence, size: @3}}}\n", "have no size"},
    {"characteristics: {c: {source: g.v}}\nsimulation: {scenarios: {@s: {of: c, kind: wear}}}\n", "how long does a tool last?"},
    {"characteristics: {c: {source: g.v}}\nsimulation: {scenarios: {s: {of: c, kind: stick, size: @1}}}\n", "have no size"},
    {"simulation: {speed: @0}\n", "0 is out of range: 0.001 to 1000"},
    {"simulation: {faults: {f: {of: @h, kind: drop}}}\n", "there is no 'h' in instruments or links"},
    {"simulation: {faults: {f: {of: g, kind: @dropp}}}\n", "did you mean 'drop'?"},
    {"simulation: {faults: {f: {of: g, kind: @crc}}}\n", "Modbus TCP has no checksum of its own"},
    {"simulation: {faults: {f: {of: bus, kind: @wrong-transaction}}}\n", "only Modbus TCP numbers its requests"},
    {"simulation: {faults: {f: {of: @g, kind: refuse}}}\n", "name the link"},
    {"simulation: {faults: {f: {of: g, kind: drop, delay: @1s}}}\n", "this kind of fault has none"},
    {"simulation: {faults: {@f: {of: g, kind: illegal}}}\n", "which addresses do not exist?"},
    {"simulation: {faults: {f: {of: g, kind: drop, count: @2}}}\n", "'address' is missing"},
    {"simulation: {faults: {f: {of: g, kind: drop, address: @49999x}}}\n", "49999x"},
    {"simulation: {faults: {f: {of: g, kind: drop, every: @1s}}}\n", "needs a lasts that is not longer"},
    {"simulation: {faults: {f: {of: g, kind: drop, probability: @1.5}}}\n", "out of range"},
};

START_TEST(single)
{
    char text[4000];
    struct expected expected = {1, 1, singles[_i].words};
    snprintf(text, sizeof text, "%s%s", BASE, singles[_i].text);
    char *mark = strchr(text, '@');
    for (const char *c = text; c < mark; c++) {
        expected.column = *c == '\n' ? 1 : expected.column + 1;
        expected.line += *c == '\n';
    }
    memmove(mark, mark + 1, strlen(mark));
    expect(text, &expected, 1);
}
END_TEST

START_TEST(links_share_no_endpoint)
{
    static const struct expected expected[] = {{4, 12, "is the endpoint of link 'a' already"}};
    expect("plant: {name: X}\nlinks:\n  a: {url: \"tcp://h\"}\n  b: {url: \"tcp://H:502\"}\ninstruments: {g: {link: a, tags: {n: {address: 1}}}}\n",
           expected, 1);
}
END_TEST

START_TEST(sections_missing)
{
    static const struct expected empty[] = {{1, 1, "the file is empty"}};
    static const struct expected most[] = {{1, 1, "'instruments' is missing"}, {1, 1, "'links' is missing"}, {1, 8, "plant: 'name' is missing"}};
    static const struct expected list[] = {{1, 1, "a list, but a map of settings is wanted"}};
    expect("# nothing\n", empty, 1);
    expect("plant: {}\n", most, 3);
    expect("- plant\n", list, 1);
}
END_TEST

START_TEST(syntax)
{
    static const struct expected unclosed[] = {{3, 6, "flow mapping that begins at line 1"}}, second[] = {{3, 1, "a second document begins here"}};
    static const struct expected tab[] = {{2, 1, "a tab is in the indentation"}};
    static const struct expected bytes[] = {{2, 4, "this is not UTF-8 text"}}, alias[] = {{1, 8, "undefined alias"}};
    static const struct expected anchor[] = {{3, 8, "found duplicate anchor; first occurrence that begins at line 1"}};
    expect("plant: {name: X,\n  timezone: UTC\nlinks: x\n", unclosed, 1);
    expect("plant: {name: X}\n---\nlinks: {}\n", second, 1);
    expect("a: b\nc: \xff\n", bytes, 1);
    expect("plant: *p\n", alias, 1);
    expect("plant: &p {name: X}\nstore: *p\nlinks: &p {}\n", anchor, 1);
    expect("plant: {name: X}\n\tlinks: 3\n", tab, 1);
}
END_TEST

/* Aliases make much of little: a bomb must end soon, with words. */
START_TEST(alias_bombs)
{
    char *text = memory_text("a0: &a0 {x: 1}\n");
    for (int i = 1; i < 40; i++) {
        char *longer = memory_format("%sa%d: &a%d {<<: [*a%d, *a%d, *a%d]}\n", text, i, i, i - 1, i - 1, i - 1);
        free(text);
        text = longer;
    }
    char *bomb = memory_format("%splant: *a39\ninstruments: &i {<<: *i}\nlinks: &l {b: *l}\n", text);
    struct problems problems = sample_problems(bomb);
    ck_assert_uint_gt(problems.count, 3);
    problems_free(&problems);
    free(text);
    free(bomb);
}
END_TEST

/* What a chart cannot use is said, with the way out. */
START_TEST(charts)
{
    static const char text[] = BASE "      k: {address: 40020, type: u16}\n"                                          /* 12 */
                                    "rules:\n"                                                                        /* 13 */
                                    "  nelson: {rules: [beyond 3 sigma]}\n"                                           /* 14 */
                                    "  ours: {rules: [beyond 3 sigma, 3 of 2 beyond 1 sigma, often wrong]}\n"         /* 15 */
                                    "characteristics:\n"                                                              /* 16 */
                                    "  a: {source: g.v, chart: i-mr, design: {lambda: 0.1}}\n"                        /* 17 */
                                    "  b: {source: g.k, chart: p, every: 60s}\n"                                      /* 18 */
                                    "  c: {source: g.k, chart: c, every: 60s, lsl: 1}\n"                              /* 19 */
                                    "  d: {source: g.v, chart: u, every: 60s, size: 20}\n"                            /* 20 */
                                    "  e: {source: g.v, chart: i-mr, design: {sigma: pooled}}\n"                      /* 21 */
                                    "  f: {source: g.v, chart: pre-control, lsl: 1}\n"                                /* 22 */
                                    "  h: {source: g.v, rules: our}\n"                                                /* 23 */
                                    "  i: {source: g.v, chart: z-mr, by: g.k, limits: {center: 1, sigma: 1}}\n"       /* 24 */
                                    "  j: {source: g.v, chart: i-mr-r, subgroup: 3, limits: {center: 1, sigma: 2}}\n" /* 25 */
                                    "  l: {source: g.v, distribution: weibul}\n"                                      /* 26 */
                                    "  m: {source: g.v, chart: cusum, design: {h: 4, head: 5}}\n"                     /* 27 */
                                    "  o: {source: g.k, chart: t, every: 60s}\n"                                      /* 28 */
                                    "  p: {source: g.v, natural: lsl}\n"                                              /* 29 */
                                    "  q: {source: g.v, natural: usl, usl: 3, required_cpk: 1}\n"                     /* 30 */
                                    "  r: {source: g.v, chart: acceptance, natural: lsl, lsl: 0}\n"                   /* 31 */
                                    "  s: {source: g.k, chart: t, limits: {center: 3}}\n" /* 32 */;
    static const struct expected expected[] = {
        {14, 3, "a published set of this name"},
        {15, 34, "more points are wanted than are looked at"},
        {15, 57, "it is none of: beyond 3 sigma"},
        {17, 50, "means nothing on the chart i-mr, only on ewma: leave it out"},
        {18, 27, "a share has a sample: give its size"},
        {19, 47, "means nothing on the chart c: leave it out"},
        {20, 15, "an integer or a bit (or say `counts: sample`)"},
        {21, 49, "pooled looks within subgroups"},
        {22, 27, "pre-control divides the tolerance: give lsl and usl"},
        {23, 27, "did you mean 'ours'?"},
        {24, 50, "each part has its own: leave it out"},
        {25, 56, "'within' is missing, which the chart i-mr-r needs"},
        {26, 34, "did you mean 'weibull'?"},
        {27, 55, "5 is above h, 4"},
        {28, 37, "an event of the chart t is when the source counts on"},
        {29, 29, "says that lsl cannot be passed: give it"},
        {30, 56, "without a specification limit beside the natural bound"},
        {31, 27, "acceptance limits come from the specification"},
        {32, 38, "are percentiles of the distribution that its baseline is fitted to"},
    };
    expect(text, expected, sizeof expected / sizeof expected[0]);
}
END_TEST

/* How parts of z-mr share a sigma: what a live chart cannot know is refused with what to choose instead. */
START_TEST(z_methods)
{
    static const char text[] = BASE "      k: {address: 40020, type: u16}\n"                                        /* 12 */
                                    "characteristics:\n"                                                            /* 13 */
                                    "  a: {source: g.v, chart: z-mr, by: g.k, design: {z: runs}}\n"                 /* 14 */
                                    "  b: {source: g.v, chart: z-mr, design: {z: relative}}\n"                      /* 15 */
                                    "  c: {source: g.v, chart: z-mr, by: g.k, parts: {1: {center: 1, sigma: 1}},\n" /* 16 */
                                    "      design: {z: constant}}\n"                                                /* 17 */
                                    "  d: {source: g.v, chart: i-mr, design: {z: constant}}\n"                      /* 18 */
                                    "  e: {source: g.v, chart: z-mr, by: g.k, design: {z: lots}}\n" /* 19 */;
    static const struct expected expected[] = {
        {14, 54, "none can be judged before the run has ended. Choose constant"},
        {15, 45, "without by there is one: leave it out"},
        {17, 19, "but parts says what it is of each: leave it out"},
        {18, 45, "means nothing on the chart i-mr, only on z-mr"},
        {19, 54, "parts, runs, constant or relative"},
    };
    expect(text, expected, sizeof expected / sizeof expected[0]);
}
END_TEST

START_TEST(streams)
{
    static const char text[] = BASE "      k: {address: 40020, type: u16}\n"                                                     /* 12 */
                                    "      w: {address: 40030, type: f32}\n"                                                     /* 13 */
                                    "characteristics:\n"                                                                         /* 14 */
                                    "  a: {source: g.v, chart: group}\n"                                                         /* 15 */
                                    "  b: {source: g.v, chart: group, streams: [g.w, g.k]}\n"                                    /* 16 */
                                    "  c: {source: g.v, chart: group, streams: [g.v, g.u]}\n"                                    /* 17 */
                                    "  d: {source: g.v, chart: group, stream: g.k, streams: [1, 2, 1]}\n"                        /* 18 */
                                    "  e: {source: g.v, chart: group, stream: g.k, streams: [1, 2], design: {sigma: sbar}}\n"    /* 19 */
                                    "  f: {source: g.v, chart: xbar-r, subgroup: 2, streams: [1, 2]}\n"                          /* 20 */
                                    "  h: {source: g.v, chart: group, streams: [g.v, g.w], subgroup: 3, limits: {center: 1}}\n"; /* 21 */
    static const struct expected expected[] = {
        {15, 27, "a group chart compares 2 to 200 streams: list them in streams"},
        {16, 43, "is without the source 'g.v'"},
        {17, 43, "'g' has no tag 'u'"},
        {18, 56, "'1' stands there twice"},
        {19, 80, "rbar or pooled, of single values mr"},
        {20, 57, "means nothing on the chart xbar-r, only on group"},
        {21, 76, "'sigma' is missing"},
    };
    expect(text, expected, sizeof expected / sizeof expected[0]);
}
END_TEST

Suite *mistakes_suite(void)
{
    Suite *suite = suite_create("mistakes");
    suite_add(suite, "ten mistakes, ten messages", ten);
    TCase *one = tcase_create("single mistakes");
    tcase_add_loop_test(one, single, 0, sizeof singles / sizeof singles[0]);
    suite_add_tcase(suite, one);
    suite_add(suite, "links share no endpoint", links_share_no_endpoint);
    suite_add(suite, "missing sections", sections_missing);
    suite_add(suite, "charts and what they are told", charts);
    suite_add(suite, "streams of a group chart", streams);
    suite_add(suite, "parts of z-mr", z_methods);
    suite_add(suite, "YAML syntax", syntax);
    suite_add(suite, "alias bombs", alias_bombs);
    return suite;
}
