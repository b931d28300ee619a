#ifndef GEMBA_SPC_STREAMS_H
#define GEMBA_SPC_STREAMS_H

#include "spc/chart.h"

/* Group charts: one process of many streams that do the same, spindles, cavities, filling heads. At each time every stream brings n values; plotted
 * are the largest and the smallest of their means, and the largest range, each with the stream it is of. Names of streams are the caller's: here
 * they are places from 0. Source: Boyd 1950; Nelson 1986; Montgomery 2009 ch. 10.3. */
enum { STREAMS_MAX = 200 };

/* The point of one time. values[streams * n], those of stream s from s * n on; NAN: missing. A stream that brings fewer than others does not count
 * at that time; fewer than two that count make a missing point. before[streams], of the caller (n 1): what each was at the time before, NAN for none,
 * for its moving range; set to the present. NULL: no moving ranges.
 * Filled: high, low, location (the mean of all), dispersion (the largest range or moving range), range (their mean; steps: of how many), ss (within
 * the streams), size (streams that count), count (which streams: streams_at). */
struct subgroup streams_summarise(const double *values, int streams, int n, double *before);
/* No point was, or none that counts: no moving range reaches over it. */
void streams_forget(double *before, int streams);

/* Which stream the largest, the smallest, the widest is; -1: unknown. several: others are exactly as large, so that no row of one stream goes on. */
enum stream_place { STREAM_HIGH, STREAM_LOW, STREAM_WIDEST };
int streams_at(const struct subgroup *point, enum stream_place place, bool *several);

/* So many times in a row a stream is the largest (the smallest) by chance less often than a point falls beyond 3 sigma: the least r whose mean run
 * length (s^r - 1) / (s - 1) is 1 / 0.0027 or more. Source: Nelson 1986; the table of Montgomery 2009 ch. 10.3 comes out of it. */
int streams_row(int streams);
/* "group-4": beyond 3 sigma; 4 in a row of one stream. For 2 .. STREAMS_MAX streams. */
const struct spc_rule_set *streams_rules(int streams);
bool streams_rules_are(const struct spc_rule_set *rules); /* a set with rows of one stream; NULL is none */
/* Mean number of times until the first false alarm of largest and smallest together, for independent, normal streams that are alike: exact. */
double streams_false_alarms(int streams, const struct spc_rule_set *rules, double alpha);

#endif
