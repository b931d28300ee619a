#ifndef GEMBA_STORAGE_VALUE_H
#define GEMBA_STORAGE_VALUE_H

#include "config/config.h"

/* Quality of a value, with its reason. Stored as these numbers: never renumber. */
enum quality {
    QUALITY_GOOD = 0,
    QUALITY_UNCERTAIN_STALE = 64,
    QUALITY_UNCERTAIN_AFTER_TIMEOUT = 65,
    QUALITY_UNCERTAIN_SUBSTITUTED = 66,
    QUALITY_UNCERTAIN_FROZEN = 67,
    QUALITY_BAD_NEVER_READ = 128,
    QUALITY_BAD_CONFIGURATION = 129, /* exceptions 01 02 03 */
    QUALITY_BAD_DEVICE = 130,        /* exceptions 04 07 08 */
    QUALITY_BAD_NOT_CONNECTED = 131, /* refused, unreachable, reset */
    QUALITY_BAD_TIMEOUT = 132,
    QUALITY_BAD_PROTOCOL = 133, /* garbage, wrong transaction, CRC */
    QUALITY_BAD_RANGE = 134,
    QUALITY_BAD_SENSOR = 135,  /* NaN, infinity, no digits, a raw value that the tag calls a fault */
    QUALITY_BAD_GATEWAY = 136, /* exceptions 0A 0B: the unit behind a gateway is dead */
    QUALITY_ABSENT = 255,      /* not asked for in this poll: never stored */
};
const char *quality_name(enum quality quality);   /* "good", "uncertain", "bad" */
const char *quality_reason(enum quality quality); /* "no answer within the timeout", ...; "" when good */
static inline bool quality_is_good(enum quality quality)
{
    return quality < QUALITY_UNCERTAIN_STALE;
}
static inline bool quality_is_bad(enum quality quality)
{
    return quality >= QUALITY_BAD_NEVER_READ;
}

enum { READING_TEXT = 64 };

/* One tag at one instant. value is NAN when bad or text. text: a string tag's text, or the exact decimal digits of a 64-bit integer that a
 * double cannot hold; "" otherwise. */
struct reading {
    double value;
    enum quality quality;
    char text[READING_TEXT];
};

/* A serial number, a lot, a part's name: the name of the value, its text, or its digits; "" when it is bad. Returns out. */
char *reading_words(const struct tag *tag, const struct reading *reading, char *out, size_t size);

/* One measured value of a characteristic: one part's. Key: (characteristic, time_us, sequence). */
struct measurement {
    int64_t characteristic;
    int64_t time_us;
    double value; /* NAN when bad */
    enum quality quality;
    char serial[READING_TEXT];
    int64_t point;    /* number of the point (subgroup) it belongs to; 0 when it belongs to none (bad quality) */
    int64_t sequence; /* 0; 1, 2, ... for further parts measured at the same instant */
    int64_t context;  /* id of what it came with (store_context); 0 when nothing is known */
    int attempt;      /* 0 the first; 1, 2, ... of the same part measured again: kept, and not judged */
};

/* What many measurements share. */
struct context {
    char lot[READING_TEXT], order[READING_TEXT], operator[READING_TEXT], gauge[READING_TEXT];
};

/* Stored as these numbers: never renumber. */
enum limits_state { LIMITS_PROVISIONAL, LIMITS_TRIAL, LIMITS_LOCKED, LIMITS_SUPERSEDED, LIMITS_APPROVED };
const char *limits_state_name(enum limits_state state);

/* Limits in force from time_us on; never overwritten. */
struct limits {
    int64_t id;
    int64_t characteristic;
    int64_t time_us;
    enum limits_state state;
    double center, sigma;            /* of the process, within */
    double extra;                    /* chart_estimate.extra; NAN: none */
    double lcl, ucl;                 /* entered instead of calculated (may be one, may be asymmetric); NAN: from center and sigma */
    int64_t points;                  /* they were calculated from; 0 = entered in the config */
    int64_t first_point, last_point; /* those points; 0 none */
    char source[96];                 /* "calculated from points 1-25", "config" */
    char who[32], why[128];          /* of a person's decision; "" otherwise */
    int64_t superseded_by;           /* id of the limits that followed; 0: in force */
    char part[READING_TEXT];         /* z-mr that learns its parts: whose they are; "" of all */
    char made[96];                   /* limits_made of the characteristic as it then was; "" unknown */
};
/* There are numbers: a baseline that has only begun has none, and stands in the history for what ended the limits before it. */
bool limits_are_known(const struct limits *limits);
/* What calculated limits depend on: "xbar-r, subgroup 5, sigma rbar, constants exact". Returns out. */
char *limits_made(const struct characteristic *characteristic, char *out, size_t size);
/* Whether limits that were made for something else mean the same for the characteristic as it is now: numbers that somebody entered or locked do,
 * where centre and sigma are those of the values on both charts. */
bool limits_fit(const struct limits *limits, const struct characteristic *characteristic);
/* Never re-based by the collector: a person decided, or the baseline is complete. */
bool limits_are_final(const struct limits *limits);
/* What chart_judge_with takes. */
struct chart_estimate limits_estimate(const struct limits *limits);
/* "approved 2026-11-20 14:05 by wang: after new tool; calculated from points 1-25 (provisional: 12 subgroups)". Returns out. */
enum { LIMITS_FEW = 20 }; /* subgroups, below which limits are provisional whoever approved them */
char *limits_words(const struct limits *limits, char *out, size_t size);

enum { POINT_SETTINGS = 192, STREAM_NAME = 32 };
/* One chart point with its verdict. */
struct point {
    int64_t characteristic;
    int64_t number;  /* 1, 2, ... per characteristic, never reused */
    int64_t time_us; /* of its last value */
    struct subgroup subgroup;
    struct verdict verdict;    /* rules that fired, limits that held (NAN lines: none yet) */
    int64_t limits;            /* id; 0 none */
    bool below, above;         /* a value of it beyond lsl / usl */
    char serial[READING_TEXT]; /* of its last value */
    char part[READING_TEXT];   /* of z-mr: which part it is, by what `by` said; "" */
    /* read only: what it was judged by (NULL: unknown to this gemba), whatever the config says today */
    const struct spc_chart *chart;
    const struct spc_rule_set *rules;
    char settings[POINT_SETTINGS]; /* of the chart, as printed; "" in points of old */
    char streams[3][STREAM_NAME];  /* of group: whose the largest, the smallest, the widest is, by the names of then */
    /* read only: written by people */
    char cause[128], action[128], who[32];
};

/* The present of a characteristic, one row, updated with each point: what the lists show. */
struct standing {
    int64_t characteristic;
    int64_t time_us; /* of the last value */
    double last;     /* last good value */
    enum quality quality;
    int64_t points;
    struct moments moments; /* of all good values */
    struct within within;
    int64_t below, above;                      /* values beyond lsl, usl */
    int64_t signals;                           /* points with a rule fired, ever */
    uint32_t location_rules, dispersion_rules; /* of the newest point */
    int64_t limits;                            /* id in force */
    int64_t exclusion;                         /* id of the newest exclusion that the figures know, */
    int64_t exclusion_point;                   /* ... and the newest point when they were told: points up to it were judged without knowing */
};

#endif
