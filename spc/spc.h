/* spc/: what the numbers mean. Pure functions on numbers: no I/O, no clock, no allocation hidden from the caller; includes no other folder.
 *
 * moments.h     n, mean, M2..M4, min, max in one pass; merging
 * constants.h   d2 d3 d4 c4 and the classic factors, exact
 * rules.h       primitives, the named rule sets, and the O(1) engine that judges a point
 * chart.h       the table of charts: statistic, estimators, limits
 * chart_settings.h  what a chart may be told beside its points; attribute charts; Z-MR's parts
 * streams.h     group charts: many streams of one process, spindles or cavities, on one chart
 * sigma.h       the table of estimators of sigma
 * capability.h  Cp Cpk Pp Ppk with intervals, ppm, verdict
 * histogram.h   classes for the histogram
 * oee.h         OEE of a machine from minutes and counts
 * anova.h       one-way, two-way, nested analysis of variance
 * msa.h         gauge studies: repeatability and reproducibility, type 1, bias, linearity, attribute agreement
 * multivariate.h  T2 and its guilty variable, generalised variance, MEWMA
 * quantile.h    chi-square quantiles for any degrees of freedom
 * distribution.h, fit.h, anderson.h  the table of distributions, their fits and ranking, Anderson-Darling for each; Box-Cox, Johnson
 * normality.h, outlier.h  tests of normality; Grubbs, autocorrelation and resolution warnings
 * percentile.h  capability of any distribution (ISO 22514-2, Z-score), Cpm, Z.bench, between/within, machine capability
 * timemodel.h   how the process moves in time: A1 .. D of ISO 22514-2
 * drift.h       when a change began (step, drift), and when a trend meets a limit
 * runlength.h   average run length of a design: Shewhart with rules, CUSUM, EWMA, MEWMA
 *
 * A figure that the data cannot support is NAN, and a `why` says the reason in words. */
#ifndef GEMBA_SPC_H
#define GEMBA_SPC_H

#include "spc/anderson.h"
#include "spc/anova.h"
#include "spc/capability.h"
#include "spc/chart.h"
#include "spc/chart_settings.h"
#include "spc/chart_vector.h"
#include "spc/constants.h"
#include "spc/d2star.h"
#include "spc/distribution.h"
#include "spc/drift.h"
#include "spc/fit.h"
#include "spc/histogram.h"
#include "spc/moments.h"
#include "spc/msa.h"
#include "spc/multivariate.h"
#include "spc/normality.h"
#include "spc/oee.h"
#include "spc/outlier.h"
#include "spc/percentile.h"
#include "spc/quantile.h"
#include "spc/rules.h"
#include "spc/runlength.h"
#include "spc/sigma.h"
#include "spc/streams.h"
#include "spc/timemodel.h"

#endif
