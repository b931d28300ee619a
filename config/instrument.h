/* Of the checked model: links, instruments on them, their tags, and when these are read. */
#ifndef GEMBA_CONFIG_INSTRUMENT_H
#define GEMBA_CONFIG_INSTRUMENT_H

#include "config/tag_type.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum link_kind { LINK_TCP, LINK_RTU, LINK_RTU_TCP };

struct link {
    const char *name, *url;
    enum link_kind kind;
    const char *host; /* TCP, and RTU over TCP */
    int port;
    const char *device;             /* RTU */
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
    double scale, offset;    /* value = raw * scale + offset */
    const char *unit;        /* "" when none */
    int decimals;            /* for show; -1 = as many as needed */
    double low, high;        /* valid range, NAN = open; outside is bad quality */
    size_t schedule;         /* its place in instrument->schedules */
    int64_t frozen_after_us; /* unchanged for so long while it should move: uncertain; 0: never */
    enum tag_record record;
    double deadband;               /* RECORD_CHANGES: of the value; 0: any change */
    bool writable;                 /* people may write it */
    int write_address;             /* where it is written, of the same area; mostly address */
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
    int unit;                /* 0..247, 255 */
    int64_t every_us;        /* plant time; the shortest of its schedules */
    int64_t min_interval_us; /* between two requests to it, real time */
    int max_registers;       /* of one request, 1..125 */
    int max_bits;            /* likewise, 1..2000 */
    int gaps;                /* requests may read over what no tag needs */
    int one_tag;             /* a request for each tag */
    int from_zero;           /* requests begin at address 0 */
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

#endif
