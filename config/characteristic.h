/* Of the checked model: machines, characteristics and how they are charted, reports. */
#ifndef GEMBA_CONFIG_CHARACTERISTIC_H
#define GEMBA_CONFIG_CHARACTERISTIC_H

#include "config/instrument.h"
#include "spc/spc.h"

enum { STATE_VALUES = 16 };

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
    const struct tag *on_new;                 /* a counter whose change says "a new part was measured", of the same instrument; or NULL: */
    int64_t each;                             /* ... every so many of them, from 1 */
    int64_t counter_modulus;                  /* where on_new rolls over; 0 = by its type */
    const struct tag *acknowledge;            /* written when a new part's value is recorded; or NULL */
    int64_t every_us;                         /* without on_new: a measurement every so often, plant time */
    const struct tag *serial;                 /* or NULL; same instrument as source */
    const struct tag *lot, *order, *operator; /* likewise */
    int64_t retest;                           /* parts among which a serial number that comes again is the same part measured again; 0: none */
    double nominal, lsl, usl, target;         /* NAN = absent; target defaults to nominal */
    bool lsl_natural, usl_natural;            /* a limit that nothing can pass, as 0 of a roughness: no index on that side */
    const char *unit;                         /* the source's */
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
    bool learns_parts;              /* z-mr with `by` and no parts: each part has limits of its own, learned from its first `baseline` points;
                                     * with one sigma for all of them where z_is_pooled(settings) */
    const struct tag *stream;       /* group: says whose a value is; NULL: each stream has a tag of its own, */
    const struct tag **stream_tags; /* ... these, all read with source */
    const char **streams;           /* group: what they are called, in the order of their places */
    int n_streams;                  /* 0 of other charts; subgroup is then of all streams together */
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
enum { GROUP_SUBGROUP_MAX = 25 };
struct characteristic_group {
    const char *name;
    const struct characteristic **members; /* 2 .. MULTIVARIATE_MAX */
    size_t n_members;
    enum group_method chart;
    int subgroup;   /* parts of which one point is the mean */
    int baseline;   /* points that the model comes from */
    double lambda;  /* of MEWMA */
    double alpha;   /* chance of a false alarm at a point */
    bool by_serial; /* values of one part carry its serial number; else they come in one answer */
    int64_t id;
};

struct report {
    const char *name, *customer;
    const struct characteristic **characteristics;
    size_t n_characteristics;
    const struct characteristic_group **groups;
    size_t n_groups;
    const char *period;    /* "last-month", "this-shift", ... (reports/period.h) */
    unsigned formats;      /* bits of enum report_format */
    const char *directory; /* where the files go, resolved beside the config file */
};
enum report_format { REPORT_TEXT = 1, REPORT_CSV = 2, REPORT_PDF = 4 };

#endif
