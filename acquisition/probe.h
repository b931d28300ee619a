#ifndef GEMBA_ACQUISITION_PROBE_H
#define GEMBA_ACQUISITION_PROBE_H

#include "acquisition/transport.h"

/* How an instrument that does not answer is asked: a request now and then, at pauses that grow until it costs a twentieth of a shared line's time,
 * but not so long that its return goes unnoticed for ten seconds. Where a gateway takes long to say that nobody answers both cannot be had: then one
 * dead unit costs up to an eighth, and so do several together. Pure; times are on the monotonic clock. */
struct probe {
    bool shared;       /* others wait while it is asked */
    int dead;          /* units of the line that do not answer, this one included */
    bool silent;       /* it gives no answer at all: probes wait briefly */
    int64_t due_us;    /* not asked before this; 0: at any time */
    int64_t pause_us;  /* 0: not in probe mode */
    int64_t noted_us;  /* the end of the last probe */
    int64_t credit_us; /* of the line's time, left for a probe with all patience */
    unsigned random;
};

/* unit: parts the probes of instruments that fell silent together. */
void probe_init(struct probe *probe, bool shared, int unit);
bool probe_is_due(const struct probe *probe, int64_t now_us);
/* How long the next request waits; 0: as long as the link says. typical_ms: what its answers took, 0 when there were none. */
int64_t probe_patience_us(const struct probe *probe, int64_t timeout_us, double typical_ms);
/* The instrument was asked and failed, not for the first time, and that took so long. */
void probe_failed(struct probe *probe, enum outcome_kind kind, int64_t now_us, int64_t cost_us);
void probe_answered(struct probe *probe);

#endif
