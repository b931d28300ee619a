/* The sections and keys of plant.yaml. */
#include "config/schema.h"

#include "config/draft.h"
#include "config/text.h"

#include <stdio.h>
#include <string.h>

const struct word schema_areas[] = {{"coil", AREA_COIL}, {"discrete", AREA_DISCRETE}, {"holding", AREA_HOLDING}, {"input", AREA_INPUT}, {NULL, 0}};

const struct word schema_types[] = {{"bool", TYPE_BOOL},     {"bit", TYPE_BIT},
                                    {"bits", TYPE_BITS},     {"u8", TYPE_U8},
                                    {"i8", TYPE_I8},         {"u16", TYPE_U16},
                                    {"i16", TYPE_I16},       {"u24", TYPE_U24},
                                    {"i24", TYPE_I24},       {"u32", TYPE_U32},
                                    {"i32", TYPE_I32},       {"u48", TYPE_U48},
                                    {"i48", TYPE_I48},       {"u64", TYPE_U64},
                                    {"i64", TYPE_I64},       {"f16", TYPE_F16},
                                    {"f32", TYPE_F32},       {"f64", TYPE_F64},
                                    {"bcd8", TYPE_BCD8},     {"bcd16", TYPE_BCD16},
                                    {"bcd24", TYPE_BCD24},   {"bcd32", TYPE_BCD32},
                                    {"sm16", TYPE_SM16},     {"sm32", TYPE_SM32},
                                    {"string", TYPE_STRING}, {NULL, 0}};

const struct word schema_periods[] = {{"this-shift", 0}, {"last-shift", 0}, {"today", 0},      {"yesterday", 0}, {"this-week", 0},
                                      {"last-week", 0},  {"this-month", 0}, {"last-month", 0}, {"all", 0},       {NULL, 0}};

static const struct word bytes[] = {{"low", BYTE_LOW}, {"high", BYTE_HIGH}, {NULL, 0}};
static const struct word paddings[] = {{"zero", PADDING_ZERO}, {"space", PADDING_SPACE}, {"terminated", PADDING_TERMINATED}, {NULL, 0}};
static const struct word write_manners[] = {{"auto", WRITE_AUTO}, {"single", WRITE_SINGLE}, {"multiple", WRITE_MULTIPLE}, {NULL, 0}};
static const struct word refusals[] = {{"lasting", 0}, {"passing", 1}, {NULL, 0}};
static const struct word switches[] = {{"true", 1}, {"false", 0}, {NULL, 0}};
static const struct word records[] = {{"poll", RECORD_POLLS}, {"change", RECORD_CHANGES}, {"none", RECORD_NOTHING}, {NULL, 0}};
static const struct word z_methods[] = {{"parts", Z_BY_PARTS}, {"runs", Z_BY_RUNS}, {"constant", Z_CONSTANT}, {"relative", Z_RELATIVE}, {NULL, 0}};
static const struct word constants[] = {{"exact", 0}, {"published3", 1}, {NULL, 0}};
static const struct word counts[] = {{"running", 1}, {"sample", 0}, {NULL, 0}};
static const struct word languages[] = {{"en", 0}, {"zh_CN", 0}, {NULL, 0}};
static const struct word days[] = {{"mon", 1}, {"tue", 2}, {"wed", 4}, {"thu", 8}, {"fri", 16}, {"sat", 32}, {"sun", 64}, {NULL, 0}};
static const struct word bounds[] = {{"lsl", 1}, {"usl", 2}, {NULL, 0}};
static const struct word classes[] = {{"minor", CLASS_MINOR}, {"major", CLASS_MAJOR}, {"critical", CLASS_CRITICAL}, {NULL, 0}};
static const struct word group_charts[] = {{"t2", GROUP_T2}, {"mewma", GROUP_MEWMA}, {NULL, 0}};
static const struct word formats[] = {{"text", REPORT_TEXT}, {"csv", REPORT_CSV}, {"pdf", REPORT_PDF}, {NULL, 0}};
static const struct word scenarios[] = {{"drift", SCENARIO_DRIFT},     {"shift", SCENARIO_SHIFT}, {"spread", SCENARIO_SPREAD},
                                        {"outlier", SCENARIO_OUTLIER}, {"wear", SCENARIO_WEAR},   {"stick", SCENARIO_STICK},
                                        {"silence", SCENARIO_SILENCE}, {"stop", SCENARIO_STOP},   {NULL, 0}};

static const struct word signals[] = {{"believable", 0}, {"marked", 1}, {NULL, 0}};
const struct word schema_faults[] = {{"delay", FAULT_DELAY},           {"drop", FAULT_DROP},
                                     {"garble", FAULT_GARBLE},         {"crc", FAULT_CRC},
                                     {"wrong-unit", FAULT_WRONG_UNIT}, {"wrong-transaction", FAULT_WRONG_TRANSACTION},
                                     {"duplicate", FAULT_DUPLICATE},   {"truncate", FAULT_TRUNCATE},
                                     {"exception", FAULT_EXCEPTION},   {"drip", FAULT_DRIP},
                                     {"disconnect", FAULT_DISCONNECT}, {"refuse", FAULT_REFUSE},
                                     {"illegal", FAULT_ILLEGAL},       {NULL, 0}};

#define RANGE(from, to) .least = from, .most = to
#define ANY RANGE(-1e300, 1e300)
#define AT(draft, member) offsetof(struct draft, member)
#define SECTION(example, rows, draft)                                                                                                                \
    {                                                                                                                                                \
        example, rows, sizeof(struct draft)                                                                                                          \
    }

static const struct field plant_fields[] = {
    {"name", FIELD_TEXT, AT(plant_draft, name), .required = true, .example = "Ningbo Works", .help = "as shown and printed"},
    {"timezone", FIELD_TEXT, AT(plant_draft, timezone), .standard = "UTC", .example = "Asia/Shanghai",
     .help = "of shifts, reports and screens; a name of the tz database"},
    {"language", FIELD_TEXT, AT(plant_draft, language), .standard = "en", .words = languages, .example = "zh_CN", .help = "of screens and reports"},
    {0},
};
static const struct section plant_section = SECTION(NULL, plant_fields, plant_draft);

static const struct field keep_fields[] = {
    {"readings", FIELD_DURATION, AT(keep_draft, us[KEEP_READINGS]), RANGE(3600, 86400 * 36500.0), .example = "90d",
     .help = "what polls brought, of every tag; default: for ever"},
    {"values", FIELD_DURATION, AT(keep_draft, us[KEEP_VALUES]), RANGE(3600, 86400 * 36500.0), .example = "10y",
     .help = "single measurements; their points, verdicts and figures stay; default: for ever"},
    {"events", FIELD_DURATION, AT(keep_draft, us[KEEP_EVENTS]), RANGE(3600, 86400 * 36500.0), .example = "2y",
     .help = "the plant's log; default: for ever"},
    {"counts", FIELD_DURATION, AT(keep_draft, us[KEEP_COUNTS]), RANGE(3600, 86400 * 36500.0), .example = "10y",
     .help = "parts and rejects by the minute; default: for ever"},
    {0},
};
static const struct section keep_section = SECTION(NULL, keep_fields, keep_draft);

static const struct field store_fields[] = {
    {"path", FIELD_TEXT, AT(store_draft, path), .standard = "gemba.db", .example = "/var/lib/gemba/gemba.db",
     .help = "the database file; beside this file unless it begins with /"},
    {"keep", FIELD_RECORD, AT(store_draft, keep), .section = &keep_section, .help = "how long, for `gemba retain`"},
    {0},
};
static const struct section store_section = SECTION(NULL, store_fields, store_draft);

static const struct field shift_fields[] = {
    {"start", FIELD_CLOCK, AT(shift_draft, shift.start_min), .required = true, .example = "\"08:00\"", .help = "local time"},
    {"end", FIELD_CLOCK, AT(shift_draft, shift.end_min), .required = true, .example = "\"20:00\"",
     .help = "local time; not after start: on the next day"},
    {"days", FIELD_WORDS, AT(shift_draft, shift.days), .standard = "mon,tue,wed,thu,fri,sat,sun", .words = days,
     .example = "[mon, tue, wed, thu, fri, sat]", .help = "on which it starts"},
    {"breaks", FIELD_TEXTS, AT(shift_draft, breaks), .example = "[\"12:00-12:45\"]", .help = "planned breaks, at most 8"},
    {0},
};
static const struct section shift_section = SECTION("day", shift_fields, shift_draft);

static const struct field link_fields[] = {
    {"url", FIELD_TEXT, AT(link_draft, link.url), .required = true, .example = "tcp://10.0.3.17:502",
     .help = "tcp://HOST[:502], rtu:///dev/serial/by-id/...?baud=19200&parity=even&data=8&stop=1, or rtutcp://HOST:PORT[?baud=19200...]"},
    {"timeout", FIELD_DURATION, AT(link_draft, link.timeout_us), .standard = "1s", RANGE(0.01, 60), .example = "1s",
     .help = "how long an answer may take; behind a gateway longer than the gateway's own"},
    {"connect_timeout", FIELD_DURATION, AT(link_draft, link.connect_timeout_us), .standard = "3s", RANGE(0.01, 60), .example = "3s",
     .help = "how long a TCP connection may take"},
    {"pause", FIELD_DURATION, AT(link_draft, link.pause_us), .standard = "0s", RANGE(0, 10), .example = "20ms",
     .help = "silence between two requests, for slow devices"},
    {"pause_after_connect", FIELD_DURATION, AT(link_draft, link.pause_after_connect_us), .standard = "0s", RANGE(0, 60), .example = "500ms",
     .help = "before the first request on a new connection"},
    {"close_after_cycle", FIELD_WORD, AT(link_draft, link.close_after_cycle), .standard = "false", .words = switches, .example = "false",
     .help = "true: the connection is closed until the next poll, for devices that allow only one client"},
    {"connections", FIELD_INTEGER, AT(link_draft, link.connections), .standard = "1", RANGE(1, 4), .example = "1",
     .help = "TCP connections to this endpoint at once; its instruments are dealt out to them"},
    {0},
};
static const struct section link_section = SECTION("press-hall", link_fields, link_draft);

static const struct field tag_fields[] = {
    {"address", FIELD_TEXT, AT(tag_draft, address), .required = true, .example = "40001",
     .help = "40001, 400001, or holding:0, input:16, discrete:3, coil:0x1f (from 0)"},
    {"type", FIELD_WORD, AT(tag_draft, type), .words = schema_types, .example = "u16",
     .help = "default: u16 in registers, bool in coils and discrete inputs"},
    {"bit", FIELD_INTEGER, AT(tag_draft, tag.bit), RANGE(0, 15), .help = "of the register, 0 = lowest; types bit and bits only"},
    {"width", FIELD_INTEGER, AT(tag_draft, tag.width), RANGE(1, 16), .help = "bits, from `bit` upwards; type bits only"},
    {"byte", FIELD_WORD, AT(tag_draft, byte), .words = bytes,
     .help = "of the register; u8, i8, bcd8: default low; a string: it has one character a register"},
    {"order", FIELD_TEXT, AT(tag_draft, order), .example = "CDAB",
     .help = "of the bytes, default ABCD: high first; CDAB: low word first; BADC; DCBA; or any other, a letter a byte, as in GHEFCDAB"},
    {"length", FIELD_INTEGER, AT(tag_draft, tag.length), RANGE(1, 63), .help = "bytes of a string; type string only, and needed there"},
    {"padding", FIELD_WORD, AT(tag_draft, padding), .words = paddings,
     .help = "what fills a string that is written, default zero; terminated: a zero must end it; as read it ends at a zero, without blanks"},
    {"scale", FIELD_REAL, AT(tag_draft, tag.scale), .standard = "1", ANY, .example = "0.001", .help = "value = raw x scale + offset; not 0"},
    {"offset", FIELD_REAL, AT(tag_draft, tag.offset), .standard = "0", ANY, .example = "0", .help = "added after scaling"},
    {"unit", FIELD_TEXT, AT(tag_draft, tag.unit), .standard = "", .example = "mm", .help = "for show"},
    {"decimals", FIELD_INTEGER, AT(tag_draft, tag.decimals), RANGE(0, 10), .example = "3", .help = "for show; default: as many as needed"},
    {"low", FIELD_REAL, AT(tag_draft, tag.low), ANY, .example = "0", .help = "a value below is of bad quality"},
    {"high", FIELD_REAL, AT(tag_draft, tag.high), ANY, .example = "100", .help = "a value above is of bad quality"},
    {"every", FIELD_DURATION, AT(tag_draft, own.every_us), RANGE(0.01, 86400), .example = "100ms",
     .help = "its own period of polling; default: the instrument's"},
    {"phase", FIELD_DURATION, AT(tag_draft, own.phase_us), RANGE(0, 86400), .example = "50ms",
     .help = "of its period, after the start or the aligned time; default: the instrument's"},
    {"aligned", FIELD_WORD, AT(tag_draft, own.aligned), .words = switches, .example = "true",
     .help = "read at multiples of its period after local midnight; default: the instrument's"},
    {"on_change", FIELD_TEXT, AT(tag_draft, on_change),
     .help = "read only when this INSTRUMENT.TAG of the same instrument has changed; not together with every"},
    {"frozen_after", FIELD_DURATION, AT(tag_draft, tag.frozen_after_us), RANGE(1, 86400 * 7), .example = "10min",
     .help = "a value that stands still this long while its machine runs is uncertain, and an alarm"},
    {"record", FIELD_WORD, AT(tag_draft, recorded), .standard = "poll", .words = records, .example = "change",
     .help = "which readings are stored: of every poll; change: those that changed by more than deadband; none (charts and machines still see it)"},
    {"deadband", FIELD_REAL, AT(tag_draft, tag.deadband), .standard = "0", RANGE(0, 1e300), .example = "0.05",
     .help = "with record: change, how far the value must move from the one recorded last"},
    {"sensor_fault", FIELD_TEXTS, AT(tag_draft, faults), .example = "[0x8000, 0xffff]",
     .help = "raw values that mean a broken sensor: bits as 0x8000, or numbers before scaling; NaN always does"},
    {"names", FIELD_NAMES, AT(tag_draft, tag.names), .help = "of whole numbers, shown beside them: {0: off, 1: idle, 2: running}"},
    {"writable", FIELD_WORD, AT(tag_draft, writable), .standard = "false", .words = switches, .example = "false",
     .help = "true: engineers may write it with `gemba write`; holding registers and coils only"},
    {"write_address", FIELD_TEXT, AT(tag_draft, write_address),
     .help = "where it is written, of the same area; default: its address, where it is always read"},
    {0},
};
static const struct section tag_section = SECTION("total", tag_fields, tag_draft);

static const struct field instrument_fields[] = {
    {"link", FIELD_TEXT, AT(instrument_draft, link), .required = true, .example = "press-hall", .help = "a name of links"},
    {"unit", FIELD_INTEGER, AT(instrument_draft, instrument.unit), RANGE(0, 255), .example = "1",
     .help = "its number on the link; default 1 on rtu, 255 on tcp"},
    {"every", FIELD_DURATION, AT(instrument_draft, instrument.every_us), .standard = "1s", RANGE(0.01, 86400), .example = "1s",
     .help = "period of polling"},
    {"max_registers", FIELD_INTEGER, AT(instrument_draft, instrument.max_registers), .standard = "125", RANGE(1, 125), .example = "125",
     .help = "that one request may ask for"},
    {"min_interval", FIELD_DURATION, AT(instrument_draft, instrument.min_interval_us), .standard = "0s", RANGE(0, 10), .example = "50ms",
     .help = "between the starts of two requests to it"},
    {"max_bits", FIELD_INTEGER, AT(instrument_draft, instrument.max_bits), .standard = "2000", RANGE(1, 2000), .example = "2000",
     .help = "coils or discrete inputs that one request may ask for"},
    {"gaps", FIELD_WORD, AT(instrument_draft, instrument.gaps), .standard = "true", .words = switches, .example = "true",
     .help = "false: requests never read over registers that no tag needs"},
    {"one_tag", FIELD_WORD, AT(instrument_draft, instrument.one_tag), .standard = "false", .words = switches, .example = "false",
     .help = "true: a request asks for one tag only"},
    {"from_zero", FIELD_WORD, AT(instrument_draft, instrument.from_zero), .standard = "false", .words = switches, .example = "false",
     .help = "true: every request must begin at address 0"},
    {"write", FIELD_WORD, AT(instrument_draft, instrument.write), .standard = "auto", .words = write_manners, .example = "auto",
     .help = "single: only with functions 5 and 6, a register at a time; multiple: only with 15 and 16"},
    {"refusals", FIELD_WORD, AT(instrument_draft, instrument.refusals_pass), .standard = "lasting", .words = refusals, .example = "lasting",
     .help = "passing: exception 2 means `not now`, so requests are not cut and nothing is remembered"},
    {"address_base", FIELD_INTEGER, AT(instrument_draft, instrument.address_base), .standard = "0", RANGE(0, 1), .example = "0",
     .help = "1: its manual counts addresses like holding:N from 1"},
    {"phase", FIELD_DURATION, AT(instrument_draft, own.phase_us), RANGE(0, 86400), .example = "200ms",
     .help = "of the period, after the start or the aligned time; default: spread evenly"},
    {"aligned", FIELD_WORD, AT(instrument_draft, own.aligned), .standard = "false", .words = switches, .example = "false",
     .help = "true: read at multiples of the period after local midnight"},
    {"tags", FIELD_TABLE, AT(instrument_draft, tags), .section = &tag_section, .required = true, .help = "what it measures"},
    {0},
};
static const struct section instrument_section = SECTION("press-plc", instrument_fields, instrument_draft);

static const struct field virtual_fields[] = {
    {"value", FIELD_TEXT, AT(virtual_draft, value), .required = true, .example = "max(press-plc.total, 0) * 2",
     .help = "+ - * / ^ ( ) = != < <= > >= min max abs sqrt if(when, then, else), numbers and INSTRUMENT.TAG; blanks around a minus"},
    {"unit", FIELD_TEXT, AT(virtual_draft, tag.unit), .standard = "", .example = "mm", .help = "for show"},
    {"decimals", FIELD_INTEGER, AT(virtual_draft, tag.decimals), RANGE(0, 10), .example = "3", .help = "for show; default: as many as needed"},
    {"every", FIELD_DURATION, AT(virtual_draft, formula.every_us), RANGE(0.01, 86400), .example = "5s",
     .help = "recorded so often; default: whenever it changed, and at least once a period of its slowest input"},
    {"record", FIELD_WORD, AT(virtual_draft, recorded), .standard = "poll", .words = records, .example = "change",
     .help = "which of these are stored: poll, all; change: those that changed by more than deadband; none (charts and machines still see it)"},
    {"deadband", FIELD_REAL, AT(virtual_draft, tag.deadband), .standard = "0", RANGE(0, 1e300), .example = "0.05",
     .help = "with record: change, how far the value must move from the one recorded last"},
    {0},
};
static const struct section virtual_section = SECTION("scrap-weight", virtual_fields, virtual_draft);

#define STATE_ROW(key, state, sample, words)                                                                                                         \
    {                                                                                                                                                \
        key, FIELD_NUMBERS, AT(state_draft, values[state]), .example = sample, .help = words                                                         \
    }
static const struct field state_fields[] = {
    {"tag", FIELD_TEXT, AT(state_draft, tag), .required = true, .example = "press-plc.total",
     .help = "INSTRUMENT.TAG of the state word; its values:"},
    {"running", FIELD_NUMBERS, AT(state_draft, values[OEE_RUNNING]), .required = true, .example = "[2]", .help = "produces"},
    STATE_ROW("idle", OEE_IDLE, "[1]", "able, but without work"),
    STATE_ROW("blocked", OEE_BLOCKED, "[5]", "its output is full"),
    STATE_ROW("setup", OEE_SETUP, "[6]", "changed over"),
    STATE_ROW("fault", OEE_FAULT, "[3, 4]", "down, unplanned"),
    STATE_ROW("planned", OEE_PLANNED, "[7]", "down as planned: maintenance"),
    STATE_ROW("off", OEE_OFF, "[0]", "switched off"),
    {0},
};
static const struct section state_section = SECTION(NULL, state_fields, state_draft);

static const struct field machine_fields[] = {
    {"line", FIELD_TEXT, AT(machine_draft, machine.line), .standard = "", .example = "L1", .help = "the line it belongs to"},
    {"ideal_cycle", FIELD_SECONDS, AT(machine_draft, machine.ideal_cycle_s), RANGE(0.001, 86400), .example = "4.2s",
     .help = "of one part at best; without it there is no OEE"},
    {"state", FIELD_RECORD, AT(machine_draft, state), .section = &state_section, .help = "how its state is known"},
    {"parts", FIELD_TEXT, AT(machine_draft, parts), .example = "press-plc.total", .help = "INSTRUMENT.TAG that counts all parts made"},
    {"rejects", FIELD_TEXT, AT(machine_draft, rejects), .example = "press-plc.total", .help = "INSTRUMENT.TAG that counts the rejects of these"},
    {"counter_modulus", FIELD_COUNT, AT(machine_draft, machine.counter_modulus), RANGE(2, 9007199254740992.0), .example = "1000000",
     .help = "where the counters start again at 0; default: by the tag's type"},
    {0},
};
static const struct section machine_section = SECTION("press-1", machine_fields, machine_draft);

static const struct field limits_fields[] = {
    {"center", FIELD_REAL, AT(limits_draft, center), ANY, .required = true, .example = "25.001", .help = "of the process"},
    {"sigma", FIELD_REAL, AT(limits_draft, sigma), RANGE(1e-300, 1e300), .example = "0.004",
     .help = "of single values, within subgroups; of charts of counts it follows from the centre"},
    {"within", FIELD_REAL, AT(limits_draft, within), RANGE(1e-300, 1e300), .help = "of i-mr-r and i-mr-s: sigma within, sigma being that of means"},
    {"sigma_z", FIELD_REAL, AT(limits_draft, sigma_z), RANGE(1e-300, 1e300), .help = "of laney-p and laney-u"},
    {0},
};
static const struct section limits_section = SECTION(NULL, limits_fields, limits_draft);

#define DESIGN(member) AT(design_draft, settings.member)
static const struct field design_fields[] = {
    {"sigma", FIELD_TEXT, AT(design_draft, sigma), .example = "pooled",
     .help = "how it is estimated: rbar sbar pooled mr median-mr sqrt-mssd nelson-mr overall; default: the chart's own"},
    {"constants", FIELD_WORD, AT(design_draft, constants), .standard = "exact", .words = constants, .example = "exact",
     .help = "published3: d2 to 3 decimals, as printed tables have it"},
    {"alpha", FIELD_REAL, DESIGN(alpha), RANGE(1e-9, 0.5), .help = "limits by probability: chance of a point outside both; default: 3 sigma"},
    {"lambda", FIELD_REAL, DESIGN(lambda), .standard = "0.2", RANGE(0.001, 1), .help = "ewma: weight of the newest subgroup"},
    {"width", FIELD_REAL, DESIGN(width), .standard = "3", RANGE(0.1, 10), .help = "ewma: limits in sigmas of what is plotted"},
    {"k", FIELD_REAL, DESIGN(k), .standard = "0.5", RANGE(0, 10), .help = "cusum: reference value in sigmas of the mean, half the shift to be found"},
    {"h", FIELD_REAL, DESIGN(h), .standard = "5", RANGE(0.1, 100), .help = "cusum: decision interval in sigmas of the mean"},
    {"head", FIELD_REAL, DESIGN(head), .standard = "0", RANGE(0, 100), .help = "cusum: head start of both sums (FIR), at most h"},
    {"target", FIELD_REAL, DESIGN(target), ANY, .help = "cusum: what it sums distances from; default: the centre"},
    {"span", FIELD_INTEGER, DESIGN(span), .standard = "3", RANGE(2, CHART_SPAN_MAX), .help = "ma: subgroups in the average"},
    {"accept", FIELD_REAL, DESIGN(accept), .standard = "0.00135", RANGE(1e-9, 0.5),
     .help = "acceptance: fraction beyond a specification limit that is still good"},
    {"accept_alpha", FIELD_REAL, DESIGN(accept_alpha), .standard = "0.00135", RANGE(1e-9, 0.5), .help = "acceptance: chance to reject that"},
    {"reject", FIELD_REAL, DESIGN(reject), RANGE(1e-9, 0.5), .help = "acceptance: instead, the fraction that must be found"},
    {"reject_beta", FIELD_REAL, DESIGN(reject_beta), RANGE(1e-9, 0.5), .help = "acceptance: and the chance to miss it"},
    {"z", FIELD_WORD, AT(design_draft, z), .standard = "parts", .words = z_methods,
     .help = "z-mr that learns its parts: each has its own sigma; constant: all share one; relative: all share one of ln x, as sigma grows with the "
             "mean; runs: in gemba study alone"},
    {"opportunities", FIELD_REAL, DESIGN(opportunities), .standard = "1", RANGE(1e-9, 1e12), .help = "dpmo: chances for a defect in one unit"},
    {0},
};
static const struct section design_section = SECTION(NULL, design_fields, design_draft);

static const struct field part_fields[] = {
    {"center", FIELD_REAL, AT(part_draft, center), ANY, .required = true, .example = "25.0", .help = "what the part is made to"},
    {"sigma", FIELD_REAL, AT(part_draft, sigma), RANGE(1e-300, 1e300), .required = true, .example = "0.01", .help = "what it varies by"},
    {0},
};
static const struct section part_section = SECTION("A-1047", part_fields, part_draft);

static const struct field rule_set_fields[] = {
    {"name", FIELD_TEXT, AT(rule_set_draft, name), .example = "our own", .help = "in words; default: its name here"},
    {"rules", FIELD_TEXTS, AT(rule_set_draft, rules), .required = true, .example = "[beyond 3 sigma, 2 of 3 beyond 2 sigma]",
     .help = "rule 1, 2, ...: beyond S sigma, K of N beyond S sigma, N in a row on one side, N points (or steps) rising or falling, N points (or"
             " steps) alternating, N in a row within S sigma, N in a row beyond S sigma (', both sides'), 2 in a row beyond S sigma, opposite sides,"
             " N in a row of one stream (group)"},
    {0},
};
static const struct section rule_set_section = SECTION("our-set", rule_set_fields, rule_set_draft);

static const struct field characteristic_fields[] = {
    {"part", FIELD_TEXT, AT(characteristic_draft, characteristic.part), .standard = "", .example = "A-1047", .help = "the part number"},
    {"description", FIELD_TEXT, AT(characteristic_draft, characteristic.description), .standard = "", .example = "bore diameter", .help = "in words"},
    {"machine", FIELD_TEXT, AT(characteristic_draft, machine), .example = "press-1", .help = "a name of machines: where it is made"},
    {"source", FIELD_TEXT, AT(characteristic_draft, source), .required = true, .example = "press-plc.total", .help = "INSTRUMENT.TAG of the value"},
    {"on_new", FIELD_TEXT, AT(characteristic_draft, on_new), .help = "INSTRUMENT.TAG that counts measured parts; not together with every"},
    {"every", FIELD_DURATION, AT(characteristic_draft, characteristic.every_us), RANGE(0.01, 86400 * 7), .example = "5s",
     .help = "default: the source's; not together with on_new"},
    {"each", FIELD_COUNT, AT(characteristic_draft, characteristic.each), .standard = "1", RANGE(1, 1e6),
     .help = "with on_new: every so many parts one is measured"},
    {"counter_modulus", FIELD_COUNT, AT(characteristic_draft, characteristic.counter_modulus), RANGE(2, 9007199254740992.0),
     .help = "where the on_new counter starts again at 0; default: by its type"},
    {"acknowledge", FIELD_TEXT, AT(characteristic_draft, acknowledge),
     .help = "INSTRUMENT.TAG, writable: set to 1 when the value is recorded (a counter's value where on_new counts), and back to 0 with the bit"},
    {"serial", FIELD_TEXT, AT(characteristic_draft, serial), .example = "press-plc.total", .help = "INSTRUMENT.TAG of the part's serial number"},
    {"lot", FIELD_TEXT, AT(characteristic_draft, lot), .example = "press-plc.total", .help = "INSTRUMENT.TAG of its lot or batch"},
    {"order", FIELD_TEXT, AT(characteristic_draft, order), .example = "press-plc.total", .help = "INSTRUMENT.TAG of its work order"},
    {"operator", FIELD_TEXT, AT(characteristic_draft, operator), .example = "press-plc.total", .help = "INSTRUMENT.TAG of who made or measured it"},
    {"retest", FIELD_COUNT, AT(characteristic_draft, characteristic.retest), .standard = "0", RANGE(0, 100000),
     .help = "a serial number that comes again among the last so many parts is the same part measured again: its first value is judged, "
             "later ones are only kept"},
    {"nominal", FIELD_REAL, AT(characteristic_draft, characteristic.nominal), ANY, .example = "25.000", .help = "of the drawing"},
    {"lsl", FIELD_REAL, AT(characteristic_draft, characteristic.lsl), ANY, .example = "24.980", .help = "lower specification limit"},
    {"usl", FIELD_REAL, AT(characteristic_draft, characteristic.usl), ANY, .example = "25.020", .help = "upper specification limit"},
    {"target", FIELD_REAL, AT(characteristic_draft, characteristic.target), ANY, .example = "25.000", .help = "default: nominal"},
    {"natural", FIELD_WORD, AT(characteristic_draft, natural), .words = bounds,
     .help = "the limit that nothing can pass, as an lsl of 0 of a roughness: no index on that side"},
    {"decimals", FIELD_INTEGER, AT(characteristic_draft, characteristic.decimals), RANGE(0, 10), .example = "3",
     .help = "for show; default: the source's, else 3"},
    {"class", FIELD_WORD, AT(characteristic_draft, class), .standard = "major", .words = classes, .example = "critical",
     .help = "how much it matters"},
    {"chart", FIELD_TEXT, AT(characteristic_draft, chart), .example = "xbar-r",
     .help =
         "i-mr xbar-r xbar-s median-r i-mr-r i-mr-s run ewma cusum ma z-mr acceptance pre-control group p np c u laney-p laney-u dpmo g t; default:"
         " i-mr, or xbar-r when subgroup is above 1"},
    {"design", FIELD_RECORD, AT(characteristic_draft, design), .section = &design_section, .help = "what the chart is told beside its values"},
    {"subgroup", FIELD_INTEGER, AT(characteristic_draft, characteristic.subgroup), .standard = "1", RANGE(1, 1000), .example = "5",
     .help = "values in a subgroup, of group in each stream's; with by or gap: at most (default: as many as the chart takes)"},
    {"by", FIELD_TEXT, AT(characteristic_draft, by),
     .help = "INSTRUMENT.TAG whose change ends a subgroup, as a lot's number; of z-mr: which of parts is made"},
    {"gap", FIELD_DURATION, AT(characteristic_draft, characteristic.gap_us), RANGE(0.1, 86400 * 7),
     .help = "a pause so long between two values ends a subgroup"},
    {"parts", FIELD_TABLE, AT(characteristic_draft, parts), .section = &part_section,
     .help = "of z-mr: what each part is made to, by what `by` says; default: learned from each part's first baseline values"},
    {"stream", FIELD_TEXT, AT(characteristic_draft, stream),
     .help = "of group: INSTRUMENT.TAG that says whose a value is, spindle or cavity; default: each of streams has its own tag"},
    {"streams", FIELD_TEXTS, AT(characteristic_draft, streams),
     .help =
         "of group: what `stream` calls them, [1, 2, 3, 4]; without `stream` the INSTRUMENT.TAGs of their values, read together, source among them"},
    {"size", FIELD_TEXT, AT(characteristic_draft, sample),
     .help = "of charts of counts: the sample, a number or an INSTRUMENT.TAG; of g: the counter of parts between events"},
    {"counts", FIELD_WORD, AT(characteristic_draft, counts), .standard = "running", .words = counts,
     .help = "of charts of counts: source and size go on counting, or each value is one sample's"},
    {"distribution", FIELD_TEXT, AT(characteristic_draft, distribution), .standard = "normal", .example = "normal",
     .help = "of the values, for capability: normal, auto (normal unless a test says no, then the best fit), lognormal, weibull, gamma, ... (`man "
             "gemba`)"},
    {"rules", FIELD_TEXT, AT(characteristic_draft, rules), .standard = "western-electric", .example = "nelson",
     .help = "the set of run rules: a named one, or one of rules below"},
    {"limits", FIELD_RECORD, AT(characteristic_draft, limits), .section = &limits_section, .help = "locked; default: calculated from the baseline"},
    {"baseline", FIELD_INTEGER, AT(characteristic_draft, characteristic.baseline), .standard = "25", RANGE(2, 1000), .example = "25",
     .help = "subgroups that limits are calculated from"},
    {"required_cpk", FIELD_REAL, AT(characteristic_draft, characteristic.required_cpk), RANGE(0.01, 10), .example = "1.33",
     .help = "what the customer asks for"},
    {0},
};
static const struct section characteristic_section = SECTION("bore-dia", characteristic_fields, characteristic_draft);

static const struct field group_fields[] = {
    {"characteristics", FIELD_TEXTS, AT(group_draft, characteristics), .required = true, .example = "[bore-dia, seat-dia]",
     .help = "names of 2 to 16, measured on the same part: in one answer, or each with its serial"},
    {"chart", FIELD_WORD, AT(group_draft, chart), .standard = "t2", .words = group_charts, .example = "t2", .help = "Hotelling's T2, or MEWMA"},
    {"subgroup", FIELD_INTEGER, AT(group_draft, group.subgroup), .standard = "1", RANGE(1, GROUP_SUBGROUP_MAX),
     .help = "parts of which one point is the mean"},
    {"baseline", FIELD_INTEGER, AT(group_draft, group.baseline), .standard = "50", RANGE(3, 1000),
     .help = "points that means and covariances come from"},
    {"lambda", FIELD_REAL, AT(group_draft, group.lambda), .standard = "0.1", RANGE(0.01, 1), .help = "weight of the newest point, of mewma"},
    {"alpha", FIELD_REAL, AT(group_draft, group.alpha), RANGE(1e-9, 0.5), .example = "0.0054",
     .help = "chance of a false alarm at a point; default: that of a chart of 3 sigma for each"},
    {0},
};
static const struct section group_section = SECTION("bore-and-seat", group_fields, group_draft);

static const struct field report_fields[] = {
    {"customer", FIELD_TEXT, AT(report_draft, report.customer), .standard = "", .example = "ACME", .help = "for its head"},
    {"characteristics", FIELD_TEXTS, AT(report_draft, characteristics), .example = "[all]", .help = "names of characteristics, or all"},
    {"groups", FIELD_TEXTS, AT(report_draft, groups), .example = "[all]",
     .help = "names of characteristic_groups, or all: a page each, behind the characteristics"},
    {"period", FIELD_TEXT, AT(report_draft, report.period), .standard = "last-month", .example = "last-month",
     .help = "this-shift last-shift today yesterday this-week last-week this-month last-month all, 8h, or FROM..TO"},
    {"formats", FIELD_WORDS, AT(report_draft, report.formats), .standard = "pdf", .words = formats, .example = "[pdf, csv]", .help = "of the files"},
    {"directory", FIELD_TEXT, AT(report_draft, report.directory), .standard = ".", .example = "reports",
     .help = "of the files; beside this file unless it begins with /"},
    {0},
};
static const struct section report_section = SECTION("acme-monthly", report_fields, report_draft);

static const struct field scenario_fields[] = {
    {"of", FIELD_TEXT, AT(scenario_draft, of), .required = true, .example = "bore-dia",
     .help = "a characteristic; for silence an instrument, for stop a machine"},
    {"kind", FIELD_WORD, AT(scenario_draft, kind), .words = scenarios, .required = true, .example = "drift",
     .help = "what happens to it; wear: its tool wears off and is changed each `every`; stick: its value stands still while parts go on"},
    {"after", FIELD_DURATION, AT(scenario_draft, scenario.after_us), .standard = "0s", RANGE(0, 86400 * 366), .example = "10min",
     .help = "from the start"},
    {"lasts", FIELD_DURATION, AT(scenario_draft, scenario.lasts_us), .standard = "0s", RANGE(0, 86400 * 366), .example = "30min",
     .help = "0s: for ever"},
    {"every", FIELD_DURATION, AT(scenario_draft, scenario.every_us), .standard = "0s", RANGE(0, 86400 * 366), .example = "2h",
     .help = "again; 0s: once; wear: a tool's life, needed"},
    {"size", FIELD_REAL, AT(scenario_draft, scenario.size), RANGE(-1000, 1000), .example = "1.5",
     .help = "drift: sigmas an hour (1); shift (2) and outlier (6): sigmas; wear: sigmas of a worn tool (3); spread: factor on sigma (2)"},
    {0},
};
static const struct section scenario_section = SECTION("tool-wear", scenario_fields, scenario_draft);

static const struct field fault_fields[] = {
    {"of", FIELD_TEXT, AT(fault_draft, of), .required = true, .example = "press-hall", .help = "an instrument, or a link: all units on it"},
    {"kind", FIELD_WORD, AT(fault_draft, kind), .words = schema_faults, .required = true, .example = "delay", .help = "what happens to its answers"},
    {"probability", FIELD_REAL, AT(fault_draft, fault.probability), .standard = "1", RANGE(0, 1), .example = "0.05",
     .help = "that it hits an answer"},
    {"after", FIELD_DURATION, AT(fault_draft, fault.after_us), .standard = "0s", RANGE(0, 86400 * 366), .example = "10min", .help = "from the start"},
    {"lasts", FIELD_DURATION, AT(fault_draft, fault.lasts_us), .standard = "0s", RANGE(0, 86400 * 366), .example = "30s", .help = "0s: for ever"},
    {"every", FIELD_DURATION, AT(fault_draft, fault.every_us), .standard = "0s", RANGE(0, 86400 * 366), .example = "10min",
     .help = "again; 0s: once"},
    {"delay", FIELD_DURATION, AT(fault_draft, fault.delay_us), RANGE(0.0001, 3600), .example = "1500ms",
     .help = "real time: delay (1.5 timeouts), duplicate (0), drip (20ms a byte), disconnect of a serial adapter (1s)"},
    {"address", FIELD_TEXT, AT(fault_draft, address), .example = "40001", .help = "only of requests that touch it"},
    {"count", FIELD_INTEGER, AT(fault_draft, fault.count), RANGE(1, 65536), .example = "1", .help = "of addresses from there on (1)"},
    {"size", FIELD_INTEGER, AT(fault_draft, fault.size), RANGE(1, 255), .help = "bytes: truncate (half of the answer), garble (1)"},
    {"code", FIELD_INTEGER, AT(fault_draft, fault.code), RANGE(1, 255), .help = "of the exception (4)"},
    {0},
};
static const struct section fault_section = SECTION("late-answers", fault_fields, fault_draft);

static const struct field simulation_fields[] = {
    {"speed", FIELD_REAL, AT(simulation_draft, speed), .standard = "1", RANGE(1e-3, 1000), .example = "20", .help = "plant seconds per second"},
    {"signals", FIELD_WORD, AT(simulation_draft, signals), .standard = "believable", .words = signals, .example = "believable",
     .help = "of tags that nothing drives; marked: their unit, address and request, for tests"},
    {"scenarios", FIELD_TABLE, AT(simulation_draft, scenarios), .section = &scenario_section, .help = "what goes wrong in the plant"},
    {"faults", FIELD_TABLE, AT(simulation_draft, faults), .section = &fault_section, .help = "what goes wrong on the lines"},
    {0},
};
static const struct section simulation_section = SECTION(NULL, simulation_fields, simulation_draft);

static const struct field file_fields[] = {
    {"plant", FIELD_RECORD, AT(file_draft, plant), .section = &plant_section, .required = true, .help = "who and where"},
    {"store", FIELD_RECORD, AT(file_draft, store), .section = &store_section, .help = "the database"},
    {"shifts", FIELD_TABLE, AT(file_draft, shifts), .section = &shift_section, .help = "without any, a day is one shift"},
    {"links", FIELD_TABLE, AT(file_draft, links), .section = &link_section, .required = true, .help = "network addresses and serial lines"},
    {"instruments", FIELD_TABLE, AT(file_draft, instruments), .section = &instrument_section, .required = true, .help = "what is polled over them"},
    {"virtual", FIELD_TABLE, AT(file_draft, virtuals), .section = &virtual_section,
     .help = "tags calculated from others; used as virtual.NAME, also by those below"},
    {"machines", FIELD_TABLE, AT(file_draft, machines), .section = &machine_section, .help = "for OEE"},
    {"rules", FIELD_TABLE, AT(file_draft, rule_sets), .section = &rule_set_section, .help = "the plant's own sets of run rules"},
    {"characteristics", FIELD_TABLE, AT(file_draft, characteristics), .section = &characteristic_section, .help = "what is judged"},
    {"characteristic_groups", FIELD_TABLE, AT(file_draft, groups), .section = &group_section, .help = "characteristics charted together"},
    {"reports", FIELD_TABLE, AT(file_draft, reports), .section = &report_section, .help = "for customers"},
    {"simulation", FIELD_RECORD, AT(file_draft, simulation), .section = &simulation_section,
     .help = "makes this a simulated plant: only for trying things out"},
    {0},
};
const struct section schema_file = SECTION(NULL, file_fields, file_draft);

const struct field *section_field(const struct section *section, const char *key)
{
    for (const struct field *field = section->fields; field->key; field++)
        if (*field->key == *key && !strcmp(field->key, key))
            return field;
    return NULL;
}

const char *word_name(const struct word *words, int value)
{
    for (; words->name; words++)
        if (words->value == value)
            return words->name;
    return "?";
}

const struct word *word_find(const struct word *words, const char *name, const char **nearest)
{
    const char *names[40];
    size_t count = 0;
    for (const struct word *word = words; word->name; word++) {
        if (!strcmp(word->name, name))
            return word;
        if (count < sizeof names / sizeof names[0])
            names[count++] = word->name;
    }
    *nearest = text_nearest(name, names, count);
    return NULL;
}

char *word_list(const struct word *words, char *out, size_t size)
{
    size_t used = 0;
    for (const struct word *word = words; word->name && used < size; word++)
        used += (size_t)snprintf(out + used, size - used, "%s%s", word == words ? "" : word[1].name ? ", " : " or ", word->name);
    return out;
}
