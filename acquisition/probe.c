#include "acquisition/probe.h"

#include <stdlib.h>

enum { SHARE = 24, SLOW = 3 };
static const int64_t least_us = SECOND_US / 2, alone_us = 2 * SECOND_US, most_us = MINUTE_US, brief_us = 300000, notice_us = 7 * SECOND_US;

void probe_init(struct probe *probe, bool shared, int unit)
{
    *probe = (struct probe){.shared = shared, .random = (unsigned)unit * 2654435761u};
}

bool probe_is_due(const struct probe *probe, int64_t now_us)
{
    return now_us >= probe->due_us;
}

/* Whoever answers at all mostly does at once, so probes of a silent unit are brief, and the others have the line; now and then, when enough of its
 * share is left, one waits as long as the link allows. Known slow ones are always waited for. */
int64_t probe_patience_us(const struct probe *probe, int64_t timeout_us, double typical_ms)
{
    if (!probe->shared || !probe->pause_us || !probe->silent || timeout_us <= brief_us || SLOW * typical_ms * 1000 > (double)brief_us)
        return 0;
    return probe->credit_us >= timeout_us - brief_us ? 0 : brief_us;
}

/* The pause after which this probe will have cost its share, or else a return would go unnoticed. One that waited on credit was paid before. */
static int64_t longest_us(struct probe *probe, int64_t now_us, int64_t cost_us)
{
    bool paid = probe->silent && probe->credit_us >= cost_us - brief_us && cost_us > brief_us;
    if (probe->noted_us)
        probe->credit_us += (now_us - probe->noted_us) / SHARE - cost_us;
    probe->noted_us = now_us;
    int64_t pause_us = SHARE * (paid ? brief_us : cost_us), noticed_us = (probe->dead > 1 ? probe->dead : 1) * notice_us;
    if (pause_us > noticed_us)
        pause_us = noticed_us;
    return pause_us < most_us ? pause_us : most_us;
}

void probe_failed(struct probe *probe, enum outcome_kind kind, int64_t now_us, int64_t cost_us)
{
    int64_t longest = probe->shared ? longest_us(probe, now_us, cost_us) : alone_us;
    probe->silent = kind == OUTCOME_TIMEOUT;
    probe->pause_us = probe->pause_us ? 2 * probe->pause_us : least_us;
    if (probe->pause_us > longest)
        probe->pause_us = longest;
    double spread = 0.5 + 0.7 * rand_r(&probe->random) / RAND_MAX; /* units that fell silent together part */
    probe->due_us = now_us + (int64_t)((double)probe->pause_us * spread);
}

void probe_answered(struct probe *probe)
{
    probe->due_us = probe->pause_us = probe->noted_us = probe->credit_us = 0;
    probe->silent = false;
}
