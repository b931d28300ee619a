#ifndef GEMBA_REPORTS_LIMITS_H
#define GEMBA_REPORTS_LIMITS_H

#include "storage/storage.h"

/* What an engineer may decide about control limits, worked out before it is written: what holds, what would hold, and what that would say. */
enum limits_decision { LIMITS_CALCULATE, LIMITS_APPROVE, LIMITS_LOCK, LIMITS_UNLOCK, LIMITS_ENTER, LIMITS_DECISIONS };
extern const char *const limits_decisions[LIMITS_DECISIONS]; /* "calculate", ... */

/* Numbers that a decision takes. calculate: first..last points. enter: NAN or 0 where nothing was given. */
struct limits_wish {
    int64_t first, last;
    double center, sigma, lcl, ucl;
    double extra;     /* sigma within of three-way charts, sigma z of Laney's */
    const char *part; /* of z-mr that learns its parts: whose limits; NULL where they share a sigma: that */
};
extern const struct limits_wish limits_no_wish;

struct limits_proposal {
    enum limits_decision decision;
    const struct characteristic *characteristic;
    struct limits now, then;           /* now.id 0: none */
    struct limits pool;                /* of z-mr whose parts share a sigma: it; id 0: none yet */
    int64_t judged;                    /* the newest points, not excluded, that were judged again */
    int64_t signals_now, signals_then; /* how many of them signalled, and how many would */
};
/* ERR_USAGE with the reason in words when it cannot be decided: plant.yaml locks these limits (it wins), others are locked, the points give no sigma.
 */
int limits_propose(struct limits_proposal *proposal, struct store *store, const struct characteristic *characteristic, enum limits_decision decision,
                   const struct limits_wish *wish, struct error *err);
/* Writes it on a STORE_WRITE store, proposal->then gets its id, time, who and why; the running collector takes it over at its next point. */
int limits_decide(struct limits_proposal *proposal, struct store *store, const char *who, const char *reason, struct error *err);

/* The state that approving, locking or unlocking leads to; ERR_USAGE with words where limits in this one cannot. */
int limits_restate(const char *name, enum limits_decision decision, enum limits_state now, enum limits_state *then, struct error *err);

/* The limits of the location chart that these give for subgroups of the characteristic's size, or the chart and size that they were made for when
 * they are superseded; NAN where there is none. */
struct limit_line limits_line(const struct characteristic *characteristic, const struct limits *limits);
/* Their centre in the unit of the values: relative z-mr keeps its logarithm. */
double limits_center(const struct limits *limits);
/* "center 25.0003  sigma 0.0101  LCL 24.9867  UCL 25.0139". Returns out. */
char *limits_numbers(const struct characteristic *characteristic, const struct limits *limits, char *out, size_t size);
/* "of the newest 60 points 1 signalled; 5 would under these". Returns out. */
char *limits_effect(const struct limits_proposal *proposal, char *out, size_t size);

/* When the newest `baseline` points ran without a signal of their own, but about another centre or with another sigma than the limits say (either
 * by a test at 0.27 %): those, as a suggestion. False: nothing to suggest. Pure. */
bool limits_suggest(const struct characteristic *characteristic, const struct limits *now, const struct point *points, size_t count,
                    struct limits *suggested);

#endif
