#ifndef GEMBA_SPC_ANOVA_H
#define GEMBA_SPC_ANOVA_H

/* Analysis of variance. A table without data enough has NAN in what is missing and says why; a mean square of 0 degrees of freedom and an F
 * against a mean square of 0 are NAN. Values are taken relative to their mean, so a large offset costs only what the doubles themselves lost. */
struct anova_row {
    double df, ss, ms, f, p;
};

struct anova_one_way {
    struct anova_row between, within, total;
    double r2, sd; /* share of the total that lies between; residual standard deviation */
    const char *why;
};
/* values: group after group, sizes[groups] of them in each. */
struct anova_one_way anova_one_way(const double *values, const int *sizes, int groups);

/* Balanced tables take values[(i * b + j) * replicates + k]: level i of a, level j of b, replicate k. */
struct anova_two_way {
    struct anova_row a, b, interaction, error, total;
    const char *why;
};
/* What the main effects are tested against: the error where the levels are all there are, the interaction where they are a random choice (as
 * appraisers and parts are). The interaction is tested against the error. */
enum anova_effects { ANOVA_FIXED, ANOVA_RANDOM };
struct anova_two_way anova_two_way(const double *values, int a, int b, int replicates, enum anova_effects effects);
/* The same without the interaction: its sum of squares is error, and the main effects are tested against that. */
struct anova_two_way anova_without_interaction(const struct anova_two_way *full);

/* b nested in a (each appraiser has parts of his own): a is tested against b, b against the error. */
struct anova_nested {
    struct anova_row a, b, error, total;
    const char *why;
};
struct anova_nested anova_nested(const double *values, int a, int b, int replicates);

#endif
