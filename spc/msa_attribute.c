#include "spc/msa_attribute.h"

#include "spc/tail.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>

static const char one_category[] = "only one category was given: agreement beyond chance has no meaning";

static int rating(const struct attribute_data *data, int appraiser, int part, int trial)
{
    return data->ratings[((size_t)appraiser * (size_t)data->parts + (size_t)part) * (size_t)data->trials + (size_t)trial];
}

/* The appraisers [from, to) that a comparison takes, and whether with the standard. */
struct scope {
    int from, to;
    bool standard;
};

static struct scope scope_of(const struct attribute_data *data, enum attribute_comparison comparison, int appraiser)
{
    bool all = comparison == ATTRIBUTE_BETWEEN || comparison == ATTRIBUTE_ALL;
    return (struct scope){
        .from = all ? 0 : appraiser,
        .to = all ? data->appraisers : appraiser + 1,
        .standard = comparison == ATTRIBUTE_STANDARD || comparison == ATTRIBUTE_ALL,
    };
}

static bool known(const struct attribute_data *data, int category)
{
    return category >= 0 && category < data->categories;
}

static const char *unrated(const struct attribute_data *data, const struct scope *scope)
{
    for (int part = 0; part < data->parts; part++) {
        if (scope->standard && !known(data, data->standard[part]))
            return "a part's standard is missing";
        for (int appraiser = scope->from; appraiser < scope->to; appraiser++)
            for (int trial = 0; trial < data->trials; trial++)
                if (!known(data, rating(data, appraiser, part, trial)))
                    return "a rating is missing";
    }
    return NULL;
}

static const char *unfit(const struct attribute_data *data, const struct scope *scope)
{
    if (data->parts < 1 || data->trials < 1)
        return "no ratings";
    if (scope->from < 0 || scope->to > data->appraisers || scope->from >= scope->to)
        return "no such appraiser";
    if (scope->standard && !data->standard)
        return "the standard is not known";
    return unrated(data, scope);
}

/* Ratings compared with each other must be two at least. */
static const char *incomparable(const struct attribute_data *data, const struct scope *scope)
{
    const char *why = unfit(data, scope);
    if (!why && !scope->standard && (scope->to - scope->from) * data->trials < 2)
        why = "one rating a part: nothing to compare it with";
    return why;
}

struct agreement agreement_of(int matched, int inspected, double confidence)
{
    struct agreement result = {matched, inspected, NAN, NAN, NAN, inspected < 1 ? "no parts" : NULL};
    if (result.why)
        return result;
    double tail = (1 - confidence) / 2, x = matched, n = inspected;
    result.percent = 100 * x / n;
    result.lower = matched > 0 ? 100 * tail_beta(tail, false, x, n - x + 1) : 0;
    result.upper = matched < inspected ? 100 * tail_beta(tail, true, x + 1, n - x) : 100;
    if (isnan(result.lower) || isnan(result.upper))
        result.why = "too many parts for the exact interval";
    return result;
}

static bool part_agrees(const struct attribute_data *data, const struct scope *scope, int part)
{
    int expected = scope->standard ? data->standard[part] : rating(data, scope->from, part, 0);
    for (int appraiser = scope->from; appraiser < scope->to; appraiser++)
        for (int trial = 0; trial < data->trials; trial++)
            if (rating(data, appraiser, part, trial) != expected)
                return false;
    return true;
}

struct agreement attribute_agreement(const struct attribute_data *data, enum attribute_comparison comparison, int appraiser, double confidence)
{
    struct scope scope = scope_of(data, comparison, appraiser);
    const char *why = incomparable(data, &scope);
    if (why)
        return (struct agreement){0, 0, NAN, NAN, NAN, why};
    int matched = 0;
    for (int part = 0; part < data->parts; part++)
        matched += part_agrees(data, &scope, part);
    return agreement_of(matched, data->parts, confidence);
}

struct attribute_errors attribute_errors(const struct attribute_data *data, int appraiser, int bad_category)
{
    struct scope scope = scope_of(data, ATTRIBUTE_STANDARD, appraiser);
    struct attribute_errors errors = {.miss_percent = NAN, .false_alarm_percent = NAN, .why = unfit(data, &scope)};
    if (errors.why)
        return errors;
    for (int part = 0; part < data->parts; part++) {
        bool bad = data->standard[part] == bad_category;
        *(bad ? &errors.bad_looks : &errors.good_looks) += data->trials;
        for (int trial = 0; trial < data->trials; trial++)
            if ((rating(data, appraiser, part, trial) == bad_category) != bad)
                ++*(bad ? &errors.misses : &errors.false_alarms);
    }
    errors.why = !errors.bad_looks    ? "no bad part: misses cannot be counted"
                 : !errors.good_looks ? "no good part: false alarms cannot be counted"
                                      : NULL;
    if (errors.bad_looks)
        errors.miss_percent = 100.0 * errors.misses / errors.bad_looks;
    if (errors.good_looks)
        errors.false_alarm_percent = 100.0 * errors.false_alarms / errors.good_looks;
    return errors;
}

static const struct kappa no_kappa = {NAN, NAN, NAN, NAN, NULL};

static struct kappa kappa_of(double value, double se)
{
    return (struct kappa){value, se, value / se, gsl_cdf_ugaussian_Q(value / se), NULL};
}

/* Ratings of one part in one category: one trial and the standard, or all in scope (trial < 0). */
struct raters {
    struct scope scope;
    int trial;
};

static int raters_count(const struct attribute_data *data, const struct raters *raters)
{
    return raters->trial >= 0 ? 2 : (raters->scope.to - raters->scope.from) * data->trials;
}

static int votes(const struct attribute_data *data, const struct raters *raters, int part, int category)
{
    if (raters->trial >= 0)
        return (rating(data, raters->scope.from, part, raters->trial) == category) + (data->standard[part] == category);
    int count = 0;
    for (int appraiser = raters->scope.from; appraiser < raters->scope.to; appraiser++)
        for (int trial = 0; trial < data->trials; trial++)
            count += rating(data, appraiser, part, trial) == category;
    return count;
}

/* For one category: p (1 - p), what chance disagrees; its share of the disagreeing pairs; and the term of the standard error. */
struct fleiss_sums {
    double chance, disagreement, skew;
};

static void fleiss_add(struct fleiss_sums *sums, const struct attribute_data *data, const struct raters *raters, int category)
{
    double m = raters_count(data, raters), n = data->parts, total = 0, mixed = 0;
    for (int part = 0; part < data->parts; part++) {
        double x = votes(data, raters, part, category);
        total += x;
        mixed += x * (m - x);
    }
    double p = total / (n * m), q = 1 - p;
    sums->chance += p * q;
    sums->disagreement += mixed / (n * m * (m - 1));
    sums->skew += p * q * (q - p);
}

static struct kappa fleiss(const struct attribute_data *data, const struct raters *raters, int category)
{
    double m = raters_count(data, raters), n = data->parts;
    bool overall = category == KAPPA_OVERALL;
    struct fleiss_sums sums = {0};
    for (int i = overall ? 0 : category; i < (overall ? data->categories : category + 1); i++)
        fleiss_add(&sums, data, raters, i);
    if (sums.chance == 0) {
        struct kappa none = no_kappa;
        none.why = overall ? one_category : "the category was given always or never";
        return none;
    }
    double se = sqrt(2 / (n * m * (m - 1)));
    if (overall)
        se *= sqrt(sums.chance * sums.chance - sums.skew) / sums.chance;
    return kappa_of(1 - sums.disagreement / sums.chance, se);
}

/* Independent trials, each against the standard: kappas are averaged, and their variances added. */
static struct kappa fleiss_standard(const struct attribute_data *data, const struct scope *scope, int category)
{
    double sum = 0, variance = 0, count = (double)(scope->to - scope->from) * data->trials;
    for (int appraiser = scope->from; appraiser < scope->to; appraiser++)
        for (int trial = 0; trial < data->trials; trial++) {
            struct raters raters = {{appraiser, appraiser + 1, true}, trial};
            struct kappa one = fleiss(data, &raters, category);
            if (one.why)
                return one;
            sum += one.value;
            variance += one.se * one.se;
        }
    return kappa_of(sum / count, sqrt(variance) / count);
}

struct kappa attribute_fleiss(const struct attribute_data *data, enum attribute_comparison comparison, int appraiser, int category)
{
    struct scope scope = scope_of(data, comparison, appraiser);
    struct kappa none = no_kappa;
    none.why = category != KAPPA_OVERALL && !known(data, category) ? "no such category" : incomparable(data, &scope);
    if (none.why)
        return none;
    if (scope.standard)
        return fleiss_standard(data, &scope, category);
    return fleiss(data, &(struct raters){scope, -1}, category);
}

/* What the second rater of a cross table said: another appraiser, or the standard (other < 0). */
static int other_rating(const struct attribute_data *data, int other, int part, int trial)
{
    return other < 0 ? data->standard[part] : rating(data, other, part, trial);
}

struct shares {
    double rows, columns, both; /* said by the first, by the second, by both of one look */
};

static struct shares shares_of(const struct attribute_data *data, int appraiser, int other, int category)
{
    double looks = (double)data->parts * data->trials;
    int rows = 0, columns = 0, both = 0;
    for (int part = 0; part < data->parts; part++)
        for (int trial = 0; trial < data->trials; trial++) {
            bool first = rating(data, appraiser, part, trial) == category, second = other_rating(data, other, part, trial) == category;
            rows += first, columns += second, both += first && second;
        }
    return (struct shares){rows / looks, columns / looks, both / looks};
}

static struct kappa cohen(const struct attribute_data *data, int appraiser, int other)
{
    double observed = 0, chance = 0, skew = 0, looks = (double)data->parts * data->trials;
    for (int category = 0; category < data->categories; category++) {
        struct shares shares = shares_of(data, appraiser, other, category);
        observed += shares.both;
        chance += shares.rows * shares.columns;
        skew += shares.rows * shares.columns * (shares.rows + shares.columns);
    }
    if (1 - chance < 1e-12)
        return (struct kappa){NAN, NAN, NAN, NAN, one_category};
    return kappa_of((observed - chance) / (1 - chance), sqrt(chance + chance * chance - skew) / ((1 - chance) * sqrt(looks)));
}

struct kappa attribute_cohen_standard(const struct attribute_data *data, int appraiser)
{
    struct scope scope = {appraiser, appraiser + 1, true};
    struct kappa none = no_kappa;
    none.why = unfit(data, &scope);
    return none.why ? none : cohen(data, appraiser, -1);
}

struct kappa attribute_cohen_pair(const struct attribute_data *data, int appraiser, int other)
{
    struct scope first = {appraiser, appraiser + 1, false}, second = {other, other + 1, false};
    struct kappa none = no_kappa;
    none.why = appraiser == other ? "an appraiser cannot be compared with himself" : unfit(data, &first);
    if (!none.why)
        none.why = unfit(data, &second);
    return none.why ? none : cohen(data, appraiser, other);
}
