#ifndef GEMBA_STORAGE_RECORD_H
#define GEMBA_STORAGE_RECORD_H

#include "storage/store.h"
#include "storage/value.h"

/* All of these need an open transaction (store_begin) on a STORE_RECORD store. The same key twice replaces nothing: the first row stays. */

/* One poll of an instrument: readings[n_tags] in the order of its tags; those of QUALITY_ABSENT are left out. Values are packed into one row;
 * lossless. */
int record_journal(struct store *store, const struct instrument *instrument, int64_t time_us, const struct reading *readings, struct error *err);
/* The id of a context, found or added; 0 for an empty one. */
int record_context(struct store *store, const struct context *context, int64_t *id, struct error *err);
/* For the audit chain: a file of so many rows comes in. */
int record_import(struct store *store, int64_t time_us, const char *who, const char *file, int64_t rows, struct error *err);
int record_measurement(struct store *store, const struct measurement *measurement, struct error *err);
/* Several, best MEASUREMENTS_TOGETHER at a time, which costs less than one each. */
enum { MEASUREMENTS_TOGETHER = 8 };
int record_measurements(struct store *store, const struct measurement *measurements, size_t count, struct error *err);
int record_point(struct store *store, const struct point *point, struct error *err);
/* Sets limits->id; the limits in force before become superseded, but calculated ones (points > 0, nobody's) give way to those a person decided on. */
int record_limits(struct store *store, struct limits *limits, struct error *err);
int record_standing(struct store *store, const struct standing *standing, struct error *err);

/* A machine's state from time_us on; the same state again adds nothing. */
int record_machine_state(struct store *store, int64_t machine, int64_t time_us, enum oee_state state, struct error *err);
/* Parts and rejects made, added to the minute that holds time_us. */
int record_machine_count(struct store *store, int64_t machine, int64_t time_us, int64_t parts, int64_t rejects, struct error *err);

/* Something worth a line in the plant's log: a counter that jumped, a reset, dropped values. object: "press-1", "gauge-7.sequence". */
int record_event(struct store *store, int64_t time_us, const char *kind, const char *object, const char *text, struct error *err);

enum alarm_priority { ALARM_LOW = 1, ALARM_MEDIUM = 2, ALARM_HIGH = 3 };
/* ISA-18.2 with two memories (active, unacknowledged). key names the alarm for ever ("signal/bore-dia/5"): raising an active one counts its
 * recurrence and keeps its first time, and one that cleared before anybody acknowledged it becomes active again; else a new row starts. */
struct alarm_source {
    const char *kind;   /* "signal", "specification", "capability", "link", "store" */
    const char *key;
    const char *object; /* "bore-dia", "gauge-7" */
    const char *machine; /* or NULL */
    enum alarm_priority priority;
    int64_t characteristic, point; /* 0 when of none */
};
int record_alarm_raise(struct store *store, int64_t time_us, const struct alarm_source *source, const char *text, struct error *err);
int record_alarm_clear(struct store *store, int64_t time_us, const char *key, struct error *err);

/* The present of an instrument on its link (one row each, replaced): what the links screen shows. */
struct link_status {
    int64_t instrument;
    int64_t time_us;         /* of this status */
    int64_t last_answer_us;  /* plant time of the last good answer; 0 never */
    int64_t last_error_us;   /* 0 never */
    char state[16];          /* "online", "silent", "refused", "connecting", "error" */
    char last_error[128];
    int64_t requests, answers, timeouts, exceptions, disconnects, protocol_errors; /* since the collector's start */
    int64_t skipped;         /* polls left out because the one before took too long */
    double rtt_ms, rtt_mean_ms, rtt_max_ms;
    double lateness_p99_ms;  /* start of poll against its schedule */
    int64_t next_us;         /* plant time of the next poll */
    char address[48];        /* "127.0.0.1:5020 unit 1" */
    double requests_s;       /* lately, in real time */
    double line_use;         /* 0..1: lately, of the line's time */
    double rtt_p50_ms, rtt_p99_ms;
    double turnaround_ms;    /* serial: from the end of a request to its answer, lately; NAN: not measured */
    int plan_requests, plan_registers; /* of one round through its tags */
    char rtt_histogram[256]; /* "0.1:12 0.14:230": round-trips of up to so many ms */
};
int record_link_status(struct store *store, const struct link_status *status, struct error *err);

/* All lessons of an instrument, instead of those before. */
int record_lessons(struct store *store, int64_t instrument, const struct lessons *lessons, struct error *err);

/* That the collector is alive, and its own figures. */
struct collector_status {
    int64_t time_us, started_us, pid;
    int64_t queued, dropped, commits, readings, measurements;
    double commit_ms_mean, commit_ms_max;
};
int record_collector_status(struct store *store, const struct collector_status *status, struct error *err);

#endif
