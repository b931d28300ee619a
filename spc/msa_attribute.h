#ifndef GEMBA_SPC_MSA_ATTRIBUTE_H
#define GEMBA_SPC_MSA_ATTRIBUTE_H

/* ratings[(appraiser * parts + part) * trials + trial]: a category, 0 .. categories - 1. standard[part]: the true one, or NULL when unknown. */
struct attribute_data {
    const int *ratings, *standard;
    int appraisers, parts, trials, categories;
};

/* What is compared: one appraiser's trials with each other, or with the standard; all appraisers' with each other, or with the standard. */
enum attribute_comparison { ATTRIBUTE_WITHIN, ATTRIBUTE_STANDARD, ATTRIBUTE_BETWEEN, ATTRIBUTE_ALL };

/* Parts on which every rating compared is the same. With the standard, percent is the appraiser's effectiveness. The interval is Clopper and
 * Pearson's, exact and two-sided. */
struct agreement {
    int matched, inspected;
    double percent, lower, upper; /* in percent */
    const char *why;
};
struct agreement agreement_of(int matched, int inspected, double confidence);
/* appraiser is ignored where all are compared. */
struct agreement attribute_agreement(const struct attribute_data *data, enum attribute_comparison comparison, int appraiser, double confidence);

/* 1 is agreement beyond chance, 0 is chance; se, z and p (one-sided) are those under chance. */
struct kappa {
    double value, se, z, p;
    const char *why;
};
enum { KAPPA_OVERALL = -1 };
/* Fleiss 1971; Fleiss, Levin, Paik 2003 ch. 18: of one category against the rest, or overall. With the standard it is the mean over all trials
 * of the trial against the standard. */
struct kappa attribute_fleiss(const struct attribute_data *data, enum attribute_comparison comparison, int appraiser, int category);
/* Cohen 1960, se of Fleiss, Cohen, Everitt 1969: trials of an appraiser against the standard, or trial by trial against another appraiser, all
 * in one cross table (AIAG). */
struct kappa attribute_cohen_standard(const struct attribute_data *data, int appraiser);
struct kappa attribute_cohen_pair(const struct attribute_data *data, int appraiser, int other);

/* Good and bad only: bad parts passed and good parts rejected, of all looks at them. */
struct attribute_errors {
    int misses, bad_looks, false_alarms, good_looks;
    double miss_percent, false_alarm_percent;
    const char *why;
};
struct attribute_errors attribute_errors(const struct attribute_data *data, int appraiser, int bad_category);

#endif
