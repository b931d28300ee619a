/* The checked model of plant.yaml. Everything is owned by the plant and lives until plant_free; references are pointers inside it.
 * `id` fields are the store's stable ids, 0 until the store has identified the plant (storage/store.h). */
#ifndef GEMBA_CONFIG_PLANT_H
#define GEMBA_CONFIG_PLANT_H

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

enum link_kind { LINK_TCP, LINK_RTU };

struct link {
    const char *name, *url;
    enum link_kind kind;
    const char *host; /* TCP */
    int port;
    const char *device; /* RTU */
    int baud, data_bits, stop_bits;
    char parity;        /* 'N' 'E' 'O' */
    int64_t timeout_us; /* of one answer; real time */
    int64_t pause_us;   /* between requests; real time */
    int64_t id;
};

/* The Modbus areas, numbered by the function code that reads them. */
enum area { AREA_COIL = 1, AREA_DISCRETE = 2, AREA_HOLDING = 3, AREA_INPUT = 4 };

enum tag_type { TYPE_BOOL, TYPE_BIT, TYPE_U16, TYPE_I16, TYPE_U32, TYPE_I32, TYPE_U64, TYPE_I64, TYPE_F32, TYPE_F64, TYPE_STRING };

enum byte_order { ORDER_ABCD, ORDER_CDAB, ORDER_BADC, ORDER_DCBA };

struct tag {
    const char *name;      /* "bore" */
    const char *full_name; /* "gauge-7.bore" */
    const struct instrument *instrument;
    size_t column; /* its place in instrument->tags, in a poll's readings and in a journal row */
    enum area area;
    int address; /* PDU address, 0..65535 */
    enum tag_type type;
    int bit;               /* TYPE_BIT: 0..15 of the register */
    enum byte_order order; /* of 2 and 4 register values; for strings ABCD or BADC */
    int registers;         /* 1, 2, 4; strings: their length / 2 rounded up; coils and discrete inputs: 1 */
    int length;            /* TYPE_STRING: bytes */
    double scale, offset;  /* value = raw * scale + offset */
    const char *unit;      /* "" when none */
    int decimals;          /* for show; -1 = as many as needed */
    double low, high;      /* valid range, NAN = open; outside is bad quality */
    int64_t id;
};

struct instrument {
    const char *name;
    const struct link *link;
    int unit;          /* 0..247, 255 */
    int64_t every_us;  /* plant time */
    int max_registers; /* of one request, 1..125 */
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
    int64_t every_us;                 /* ... a measurement every so often, plant time */
    const struct tag *serial;         /* or NULL; same instrument as source */
    double nominal, lsl, usl, target; /* NAN = absent; target defaults to nominal */
    const char *unit;                 /* the source's */
    int decimals;
    enum characteristic_class class;
    const struct spc_chart *chart;
    int subgroup; /* values in a subgroup; 1 for i-mr */
    const struct spc_rule_set *rules;
    double locked_center, locked_sigma; /* both NAN: limits are calculated from the first `baseline` subgroups */
    int baseline;
    double required_cpk; /* NAN = none */
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

struct plant {
    const char *file; /* as opened */
    const char *text; /* the whole file, for the store's config revisions */
    const char *name, *timezone, *language;
    const char *store_path;  /* resolved beside the config file */
    bool simulated;          /* has a simulation section */
    double simulation_speed; /* plant seconds per second; 1 by default */
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
    struct report *reports;
    size_t n_reports;
    struct scenario *scenarios;
    size_t n_scenarios;
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

/* By name; NULL when absent. */
const struct characteristic *plant_characteristic(const struct plant *plant, const char *name);
const struct machine *plant_machine(const struct plant *plant, const char *name);
const struct tag *plant_tag(const struct plant *plant, const char *full_name);

/* Names for show, check and the schema: "holding", "f32", "CDAB", "critical". */
const char *area_name(enum area area);
const char *tag_type_name(enum tag_type type);
const char *byte_order_name(enum byte_order order);

#endif
