/* The checked model of plant.yaml. Everything is owned by the plant and lives until plant_free; references are pointers inside it.
 * `id` fields are the store's stable ids, 0 until the store has identified the plant (storage/store.h). */
#ifndef GEMBA_CONFIG_PLANT_H
#define GEMBA_CONFIG_PLANT_H

#include "config/tag_type.h"
#include "spc/spc.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SHIFT_BREAKS = 8, STATE_VALUES = 16 };

struct shift {
    const char *name;
    int start_min, end_min; /* minutes after local midnight; end <= start: ends the next day */
    unsigned days;          /* bit 0 = Monday ... 6 = Sunday, of the day it starts on */
    struct {
        int from_min, to_min;
    } breaks[SHIFT_BREAKS];
    int n_breaks;
};

enum link_kind { LINK_TCP, LINK_RTU, LINK_RTU_TCP };

struct link {
    const char *name, *url;
    enum link_kind kind;
    const char *host; /* TCP, and RTU over TCP */
    int port;
    const char *device; /* RTU */
    int baud, data_bits, stop_bits; /* of the serial line; RTU over TCP: of the one behind it, baud 0 when not given */
    char parity;                    /* 'N' 'E' 'O' */
    int64_t timeout_us;             /* of one answer; this and all that follow: real time */
    int64_t connect_timeout_us;
    int64_t pause_us; /* between requests */
    int64_t pause_after_connect_us;
    int close_after_cycle; /* the connection is closed whenever no instrument is due */
    int connections;       /* at most, to one endpoint; each instrument stays on one */
    int64_t id;
};

/* The Modbus areas, numbered by the function code that reads them. */
enum area { AREA_COIL = 1, AREA_DISCRETE = 2, AREA_HOLDING = 3, AREA_INPUT = 4 };

/* A raw value that means "the sensor is broken": all bits of the value, or the number they say before scaling. */
struct sensor_fault {
    bool is_bits;
    uint64_t bits;
    double number;
};

/* What the values of an enumeration are called. */
struct value_name {
    int64_t value;
    const char *name;
};
struct value_names {
    const struct value_name *items;
    size_t count;
};

enum string_padding { PADDING_ZERO, PADDING_SPACE, PADDING_TERMINATED };

/* How a virtual tag is calculated (config/expression.h). */
struct formula {
    const char *text;
    const struct expression *expression;
    const struct tag **inputs; /* in the expression's order */
    size_t n_inputs;
    int64_t every_us; /* recorded so often; 0: whenever it changed, and at least once a period of its slowest input */
};

/* Which of its readings the store keeps. */
enum tag_record {
    RECORD_POLLS,   /* every one */
    RECORD_CHANGES, /* those that moved by more than the deadband, or whose quality changed */
    RECORD_NOTHING,
};

struct tag {
    const char *name;      /* "bore" */
    const char *full_name; /* "gauge-7.bore" */
    const struct instrument *instrument;
    size_t column; /* its place in instrument->tags, in a poll's readings and in a journal row */
    enum area area;
    int address; /* PDU address, 0..65535 */
    enum tag_type type;
    int bit, width;        /* TYPE_BIT, TYPE_BITS: lowest bit, 0..15 of the register; how many */
    enum byte_order order; /* of types that have one; for strings ABCD or BADC */
    uint8_t place[8];      /* ORDER_LETTERS: which byte of the registers, 0 the most significant, travels i-th */
    const char *letters;   /* ORDER_LETTERS: as it was written */
    enum byte_part part;   /* TYPE_U8, TYPE_I8, TYPE_BCD8: of the register, low unless high; TYPE_STRING: of each */
    int registers;         /* 1 to 4; strings: as their length needs; coils and discrete inputs: 1 */
    int length;            /* TYPE_STRING: bytes */
    enum string_padding padding;
    const struct sensor_fault *faults;
    size_t n_faults;
    struct value_names names;
    double scale, offset;  /* value = raw * scale + offset */
    const char *unit;      /* "" when none */
    int decimals;          /* for show; -1 = as many as needed */
    double low, high;      /* valid range, NAN = open; outside is bad quality */
    size_t schedule;       /* its place in instrument->schedules */
    int64_t frozen_after_us; /* unchanged for so long while it should move: uncertain; 0: never */
    enum tag_record record;
    double deadband;       /* RECORD_CHANGES: of the value; 0: any change */
    bool writable;         /* people may write it */
    int write_address;     /* where it is written, of the same area; mostly address */
    const struct formula *formula; /* of a virtual tag, else NULL */
    int64_t id;
};

/* When tags of an instrument are read: those of one schedule together, those of different ones never in one request. */
struct schedule {
    int64_t every_us;            /* plant time; 0: only when on_change changes */
    int64_t phase_us;            /* -1: spread by the collector */
    int aligned;                 /* at multiples of every_us after local midnight, and phase_us */
    const struct tag *on_change; /* of the same instrument, in a periodic schedule; or NULL */
};

/* What a unit taught by refusing requests. */
enum lesson_kind {
    LESSON_LIMIT,   /* exception 03: no request larger than `last`, and `first` was refused (0: not known); area holding stands for registers, coil
                       for bits */
    LESSON_GAP,     /* exception 02: no request over first..last (empty when last < first: over that border), which no tag needs */
    LESSON_REFUSED, /* exception 02 for a tag alone: asked for only now and then */
};
struct lesson {
    enum lesson_kind kind;
    enum area area;
    int first, last;
    int64_t time_us; /* when it was learned; lessons are tried again after a day */
};
enum { LESSONS_MOST = 24 };
struct lessons {
    struct lesson items[LESSONS_MOST];
    int count;
};

/* How a single register or coil is written: with function 6 or 5, else with 16 or 15 if the unit does not know these; only with the former, several
 * registers one after the other; or only with the latter. */
enum write_manner { WRITE_AUTO, WRITE_SINGLE, WRITE_MULTIPLE };

/* Virtual tags, `virtual.NAME`, have an instrument of their own each, of the same name, behind all others; its link is not in plant->links. */
struct instrument {
    const char *name;
    const struct link *link;
    int unit;          /* 0..247, 255 */
    int64_t every_us;  /* plant time; the shortest of its schedules */
    int64_t min_interval_us; /* between two requests to it, real time */
    int max_registers; /* of one request, 1..125 */
    int max_bits;      /* likewise, 1..2000 */
    int gaps;          /* requests may read over what no tag needs */
    int one_tag;       /* a request for each tag */
    int from_zero;     /* requests begin at address 0 */
    enum write_manner write;
    int refusals_pass; /* exception 2 means "not now": nothing is learned from it */
    int address_base;  /* what "holding:N" counts from; tags' addresses are from 0 already */
    struct schedule *schedules;
    size_t n_schedules;
    struct lessons lessons; /* of earlier runs; filled by the store */
    struct tag *tags;
    size_t n_tags;
    int64_t id;
};

struct machine {
    const char *name, *line;
    double ideal_cycle_s; /* NAN when not given: no performance, no OEE */
    const struct tag *state;
    struct {
        int64_t value;
        enum oee_state state;
    } states[STATE_VALUES];
    int n_states;
    const struct tag *parts, *rejects; /* counters of all parts made and of rejects; NULL when absent */
    int64_t counter_modulus;           /* 65536, 2^32, 10^n: where the counters roll over; 0 = by the tag's type */
    int64_t id;
};

enum characteristic_class { CLASS_MINOR, CLASS_MAJOR, CLASS_CRITICAL };

struct characteristic {
    const char *name, *part, *description;
    const struct machine *machine; /* or NULL */
    const struct tag *source;
    const struct tag *on_new;         /* a counter whose change says "a new part was measured", of the same instrument; or NULL: */
    int64_t each;                     /* ... every so many of them, from 1 */
    int64_t counter_modulus;          /* where on_new rolls over; 0 = by its type */
    const struct tag *acknowledge;    /* written when a new part's value is recorded; or NULL */
    int64_t every_us;                 /* without on_new: a measurement every so often, plant time */
    const struct tag *serial;         /* or NULL; same instrument as source */
    const struct tag *lot, *order, *operator; /* likewise */
    int64_t retest;                   /* parts among which a serial number that comes again is the same part measured again; 0: none */
    double nominal, lsl, usl, target; /* NAN = absent; target defaults to nominal */
    bool lsl_natural, usl_natural;    /* a limit that nothing can pass, as 0 of a roughness: no index on that side */
    const char *unit;                 /* the source's */
    int decimals;
    enum characteristic_class class;
    const struct spc_chart *chart;
    struct chart_settings settings; /* of the chart */
    int subgroup;                   /* values in a subgroup, at most where `by` or `gap_us` end it; 1 for i-mr and charts of counts */
    const struct tag *by;           /* whose change ends a subgroup (a lot); of z-mr: the part that is made; or NULL */
    int64_t gap_us;                 /* a pause so long between two values ends a subgroup; 0: never */
    bool running;                   /* counts: source and size go on counting, and what was added is the sample; else each value is one */
    const struct tag *size;         /* charts of counts: where the sample's size, or the counter of parts, stands; NULL: */
    double fixed_size;              /* ... always so many */
    const char **parts;             /* z-mr: what `by` calls the parts of settings.parts */
    size_t n_parts;
    const struct distribution *distribution; /* its capability goes by; NULL: normal */
    bool fitted;                             /* by the one that fits best */
    const struct spc_rule_set *rules;
    double locked_center, locked_sigma; /* both NAN: limits are calculated from the first `baseline` subgroups */
    double locked_extra;                /* what chart_estimate.extra is of the chart; NAN */
    int baseline;
    double required_cpk; /* NAN = none */
    int64_t id;
};

/* Characteristics measured on the same part, charted together. */
enum group_method { GROUP_T2, GROUP_MEWMA };
struct characteristic_group {
    const char *name;
    const struct characteristic **members; /* 2 .. MULTIVARIATE_MAX */
    size_t n_members;
    enum group_method chart;
    int subgroup;  /* parts of which one point is the mean */
    int baseline;  /* points that the model comes from */
    double lambda; /* of MEWMA */
    double alpha;  /* chance of a false alarm at a point */
    bool by_serial; /* values of one part carry its serial number; else they come in one answer */
    int64_t id;
};

struct report {
    const char *name, *customer;
    const struct characteristic **characteristics;
    size_t n_characteristics;
    const char *period;    /* "last-month", "this-shift", ... (reports/period.h) */
    unsigned formats;      /* bits of enum report_format */
    const char *directory; /* where the files go, resolved beside the config file */
};
enum report_format { REPORT_TEXT = 1, REPORT_CSV = 2, REPORT_PDF = 4 };

/* What the simulator plays, `simulation:` in plant.yaml; a real plant has none. */
enum scenario_kind {
    SCENARIO_DRIFT,   /* size: sigmas an hour of plant time */
    SCENARIO_SHIFT,   /* size: sigmas, from `after` on, for `lasts` */
    SCENARIO_SPREAD,  /* size: factor on sigma */
    SCENARIO_OUTLIER, /* size: sigmas, one value each `every` */
    SCENARIO_WEAR,    /* size: sigmas when the tool is changed, each `every` */
    SCENARIO_STICK,   /* the value stays what it was, while parts go on */
    SCENARIO_SILENCE, /* of an instrument: it stops answering */
    SCENARIO_STOP,    /* of a machine: it goes to its fault state */
};
struct scenario {
    const char *name;
    enum scenario_kind kind;
    const struct characteristic *characteristic; /* exactly one of the three */
    const struct instrument *instrument;
    const struct machine *machine;
    int64_t after_us, lasts_us, every_us; /* plant time; lasts 0 = for ever; every 0 = once */
    double size;
};

/* How a simulated line misbehaves: each answer is its victim with some probability. */
enum fault_kind {
    FAULT_DELAY, /* comes delay later */
    FAULT_DROP,
    FAULT_GARBLE,            /* TCP: a byte before the values is another; serial: size neighbours anywhere are */
    FAULT_CRC,               /* its checksum is wrong */
    FAULT_WRONG_UNIT,        /* carries the number of another unit */
    FAULT_WRONG_TRANSACTION, /* carries the number of another request */
    FAULT_DUPLICATE,         /* comes twice, the second time delay later */
    FAULT_TRUNCATE,          /* its last size bytes are missing */
    FAULT_EXCEPTION,         /* is exception code instead */
    FAULT_DRIP,              /* comes byte by byte, delay apart */
    FAULT_DISCONNECT,        /* the connection is closed instead; a serial adapter is unplugged for delay */
    FAULT_REFUSE,            /* of a link: nobody can connect */
    FAULT_ILLEGAL,           /* is exception 2: the addresses do not exist */
};
struct fault {
    const char *name;
    enum fault_kind kind;
    const struct link *link;
    const struct instrument *instrument;  /* NULL: every unit of the link */
    int64_t after_us, lasts_us, every_us; /* plant time; lasts 0 = for ever; every 0 = once */
    int64_t delay_us;                     /* real time, as a link's timeout */
    double probability;
    enum area area; /* with count > 0: only requests that touch these addresses */
    int address, count;
    int size, code;
};

/* What the store lets go of when it is old (`gemba retain`). */
enum keep_class {
    KEEP_READINGS, /* what polls brought */
    KEEP_VALUES,   /* single measurements */
    KEEP_EVENTS,   /* the plant's log */
    KEEP_COUNTS,   /* parts and rejects by the minute */
    KEEP_CLASSES,
};

struct plant {
    const char *file; /* as opened */
    const char *text; /* the whole file, for the store's config revisions */
    const char *name, *timezone, *language;
    const char *store_path;  /* resolved beside the config file */
    int64_t keep_us[KEEP_CLASSES]; /* 0: for ever */
    bool simulated;          /* has a simulation section */
    double simulation_speed; /* plant seconds per second; 1 by default */
    bool simulation_marked;  /* tags that nothing drives hold a mark of unit, address and request instead of believable values */
    struct shift *shifts;
    size_t n_shifts;
    struct link *links;
    size_t n_links;
    struct instrument *instruments;
    size_t n_instruments;
    struct machine *machines;
    size_t n_machines;
    struct characteristic *characteristics;
    size_t n_characteristics;
    struct characteristic_group *groups;
    size_t n_groups;
    struct report *reports;
    size_t n_reports;
    struct spc_rule_set *rule_sets; /* the plant's own */
    size_t n_rule_sets;
    struct scenario *scenarios;
    size_t n_scenarios;
    struct fault *faults;
    size_t n_faults;
    void *arena; /* private */
};

/* Everything that is wrong with a file, in the order of its lines. */
struct problem {
    int line, column;
    char *text; /* what is wrong, and what would be right */
};
struct problems {
    struct problem *items;
    size_t count, room;
};
void problems_free(struct problems *problems);

/* Reads and checks a file. Returns the plant, owned by the caller, or NULL with at least one problem (a file that cannot be read is one
 * problem at line 0). Also sets the process's time zone to the plant's. */
struct plant *plant_load(const char *path, struct problems *problems);
void plant_free(struct plant *plant);

/* What commands call: finds the file (path, else $GEMBA_CONFIG, ./plant.yaml, /etc/gemba/plant.yaml), loads it, and prints each problem to
 * standard error as "file:line:column: text". NULL when there were any. In a simulated plant it sets the clock: from GEMBA_CLOCK, else from now on at
 * the plant's speed. */
struct plant *plant_open(const char *path);

/* Prints every section and key with type, unit, default and help, as a commented example plant.yaml (generated from the schema). */
void plant_print_schema(void);
/* Likewise, as a section of the manual page. */
void plant_print_manual(void);

/* By name; NULL when absent. */
const struct characteristic *plant_characteristic(const struct plant *plant, const char *name);
const struct characteristic_group *plant_group(const struct plant *plant, const char *name);
const struct machine *plant_machine(const struct plant *plant, const char *name);
const struct tag *plant_tag(const struct plant *plant, const char *full_name);
/* A named set, or one of the plant's own. */
const struct spc_rule_set *plant_rule_set(const struct plant *plant, const char *id);
/* What indices are made from: without its natural bounds. */
struct specification characteristic_specification(const struct characteristic *characteristic);
/* The name of a tag that may have been meant, or NULL. */
const char *plant_nearest_tag(const struct plant *plant, const char *word);

/* Names for show, check and the schema: "holding", "f32". */
const char *area_name(enum area area);
const char *keep_class_name(enum keep_class class);
const char *fault_kind_name(enum fault_kind kind);
const char *tag_type_name(enum tag_type type);
/* "CDAB", "GHEFCDAB"; "" of a type without one. */
const char *tag_order_name(const struct tag *tag);
/* "idle", or NULL when the value has no name. */
const char *tag_value_name(const struct tag *tag, double value);

#endif
