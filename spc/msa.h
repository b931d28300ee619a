/* Measurement system analysis: is the gauge good enough to judge the parts by? AIAG MSA 4th edition, ISO 22514-7, and the makers' booklets.
 *
 * msa_grr.h        repeatability and reproducibility: crossed (average and range, ANOVA), nested
 * msa_bias.h       type 1 (Cg, Cgk), bias, linearity
 * msa_attribute.h  people as gauges: agreement, kappa, miss and false alarm rates
 *
 * A stability study is a chart of subgroups of readings of one master over time: chart.h, with the rules of a location and a dispersion chart.
 * What the readings cannot support is NAN, and a `why` says the reason. */
#ifndef GEMBA_SPC_MSA_H
#define GEMBA_SPC_MSA_H

#include "spc/msa_attribute.h"
#include "spc/msa_bias.h"
#include "spc/msa_grr.h"

/* How a figure is taken by custom: AIAG MSA's guide lines; Cg and Cgk of the makers' booklets. NAN is unknown. */
enum msa_figure {
    MSA_GRR_PERCENT,           /* of study variation, tolerance or process: below 10 good, to 30 conditional */
    MSA_NDC,                   /* 5 or more good */
    MSA_CG,                    /* 1.33 or more good; Cgk alike */
    MSA_EFFECTIVENESS_PERCENT, /* 90 or more good, from 80 conditional */
    MSA_MISS_PERCENT,          /* to 2 good, to 5 conditional */
    MSA_FALSE_ALARM_PERCENT,   /* to 5 good, to 10 conditional */
    MSA_KAPPA,                 /* above 0.75 good, from 0.40 conditional */
};
enum msa_acceptance { MSA_UNKNOWN, MSA_GOOD, MSA_CONDITIONAL, MSA_REJECT };
enum msa_acceptance msa_judge(enum msa_figure figure, double value);
const char *msa_acceptance_words(enum msa_acceptance acceptance); /* "good", "conditional", "REJECT", "cannot be judged" */

#endif
