#include "spc/msa_grr.h"

#include "spc/constants.h"
#include "spc/d2star.h"

#include <math.h>
#include <stddef.h>

const char *const grr_source_names[GRR_SOURCES] = {
    [GRR_GAUGE] = "total gauge R&R", [GRR_REPEATABILITY] = "repeatability",  [GRR_REPRODUCIBILITY] = "reproducibility",
    [GRR_APPRAISER] = "appraiser",   [GRR_INTERACTION] = "appraiser x part", [GRR_PART] = "part to part",
    [GRR_TOTAL] = "total variation"};

static const char no_variation[] = "the readings do not vary";
static const char no_gauge_variation[] = "repeated readings do not vary: the gauge's resolution hides its spread";

/* Variances that a study estimates; those it cannot are NAN. */
struct variances {
    double repeatability, appraiser, interaction, part;
};

static double sum_known(double a, double b)
{
    return isnan(a) ? b : isnan(b) ? a : a + b;
}

static double clipped(double variance)
{
    return variance < 0 ? 0 : variance;
}

static struct grr_component component_of(double variance, double total, const struct grr_settings *settings)
{
    double sd = sqrt(variance), study = settings->multiplier * sd;
    return (struct grr_component){
        .variance = variance,
        .sd = sd,
        .study = study,
        .contribution = 100 * variance / total,
        .of_study = 100 * sqrt(variance / total),
        .of_tolerance = settings->tolerance > 0 ? 100 * study / settings->tolerance : NAN,
        .of_process = settings->process_sd > 0 ? 100 * sd / settings->process_sd : NAN,
    };
}

static struct grr_result nothing(const char *why)
{
    struct grr_result result = {.ndc_raw = NAN, .ndc = NAN, .why = why};
    for (int i = 0; i < GRR_SOURCES; i++)
        result.of[i] = (struct grr_component){NAN, NAN, NAN, NAN, NAN, NAN, NAN};
    return result;
}

static struct grr_result result_of(const struct variances *v, const struct grr_settings *settings)
{
    double values[GRR_SOURCES] = {
        [GRR_REPEATABILITY] = v->repeatability, [GRR_APPRAISER] = v->appraiser, [GRR_INTERACTION] = v->interaction, [GRR_PART] = v->part};
    values[GRR_REPRODUCIBILITY] = sum_known(v->appraiser, v->interaction);
    values[GRR_GAUGE] = sum_known(v->repeatability, values[GRR_REPRODUCIBILITY]);
    values[GRR_TOTAL] = values[GRR_GAUGE] + v->part;
    struct grr_result result = nothing(values[GRR_TOTAL] > 0 ? NULL : no_variation);
    if (result.why)
        return result;
    for (int i = 0; i < GRR_SOURCES; i++)
        result.of[i] = component_of(values[i], values[GRR_TOTAL], settings);
    if (!(values[GRR_GAUGE] > 0)) {
        result.why = no_gauge_variation;
        return result;
    }
    result.ndc_raw = 1.41 * result.of[GRR_PART].sd / result.of[GRR_GAUGE].sd;
    result.ndc = trunc(result.ndc_raw);
    return result;
}

static const double *readings(const struct grr_data *data, int appraiser, int part)
{
    return data->values + ((size_t)appraiser * (size_t)data->parts + (size_t)part) * (size_t)data->trials;
}

static const char *unfit(const struct grr_data *data)
{
    if (data->appraisers < 1)
        return "no appraiser";
    if (data->parts < 2)
        return "fewer than two parts";
    if (data->trials < 2)
        return "fewer than two trials: no repeatability";
    for (int i = 0; i < data->appraisers; i++)
        for (int j = 0; j < data->parts; j++)
            for (int k = 0; k < data->trials; k++)
                if (!isfinite(readings(data, i, j)[k]))
                    return "a reading is missing: every appraiser must measure every part equally often";
    return NULL;
}

struct span {
    double min, max, sum;
};

static struct span span_of(const double *values, int count)
{
    struct span span = {values[0], values[0], 0};
    for (int i = 0; i < count; i++) {
        span.min = fmin(span.min, values[i]);
        span.max = fmax(span.max, values[i]);
        span.sum += values[i];
    }
    return span;
}

void grr_appraiser(const struct grr_data *data, int appraiser, double *mean, double *range)
{
    double sum = 0, ranges = 0;
    for (int part = 0; part < data->parts; part++) {
        struct span span = span_of(readings(data, appraiser, part), data->trials);
        sum += span.sum;
        ranges += span.max - span.min;
    }
    *mean = sum / data->parts / data->trials;
    *range = ranges / data->parts;
}

static double part_mean(const struct grr_data *data, int part)
{
    double sum = 0;
    for (int appraiser = 0; appraiser < data->appraisers; appraiser++)
        sum += span_of(readings(data, appraiser, part), data->trials).sum;
    return sum / data->appraisers / data->trials;
}

static double factor(double d2, bool published)
{
    return published ? round(1e4 / d2) / 1e4 : 1 / d2;
}

/* K1 is of the mean of as many ranges as appraisers times parts; of more than 15 AIAG's table takes d2 for d2*, and its sheet always does. */
static double repeatability_factor(const struct grr_data *data, bool published)
{
    enum { MANY = 15 };
    long ranges = (long)data->appraisers * data->parts;
    bool many = published || ranges > MANY;
    return factor(many ? constant_d2(data->trials) : d2star(data->trials, (int)ranges), published);
}

static void measure_ranges(struct grr_ranges *study, const struct grr_data *data)
{
    struct span means = {INFINITY, -INFINITY, 0}, parts = means;
    study->mean_range = 0;
    for (int i = 0; i < data->appraisers; i++) {
        double mean, range;
        grr_appraiser(data, i, &mean, &range);
        study->mean_range += range / data->appraisers;
        means.min = fmin(means.min, mean);
        means.max = fmax(means.max, mean);
    }
    for (int j = 0; j < data->parts; j++) {
        double mean = part_mean(data, j);
        parts.min = fmin(parts.min, mean);
        parts.max = fmax(parts.max, mean);
    }
    study->mean_difference = means.max - means.min;
    study->part_range = parts.max - parts.min;
    study->range_ucl = study->mean_range * (1 + 3 * constant_d3(data->trials) / constant_d2(data->trials));
}

struct grr_ranges grr_ranges(const struct grr_data *data, const struct grr_settings *settings)
{
    struct grr_ranges study = {nothing(unfit(data)), NAN, NAN, NAN, NAN, NAN, NAN, NAN};
    if (!study.result.why && (data->appraisers > CONSTANTS_MAX || data->parts > CONSTANTS_MAX || data->trials > CONSTANTS_MAX))
        study.result.why = "more than 100 appraisers, parts or trials: use the ANOVA method";
    if (study.result.why)
        return study;
    measure_ranges(&study, data);
    study.k1 = repeatability_factor(data, settings->published);
    study.k2 = factor(d2star(data->appraisers, 1), settings->published);
    study.k3 = factor(d2star(data->parts, 1), settings->published);
    double ev = study.mean_range * study.k1, between = study.mean_difference * study.k2, pv = study.part_range * study.k3;
    struct variances v = {
        .repeatability = ev * ev,
        .appraiser = clipped(between * between - ev * ev / ((double)data->parts * data->trials)),
        .interaction = NAN,
        .part = pv * pv,
    };
    study.result = result_of(&v, settings);
    return study;
}

struct grr_anova grr_anova(const struct grr_data *data, const struct grr_settings *settings)
{
    struct grr_anova study = {.result = nothing(unfit(data))};
    study.full = anova_two_way(data->values, data->appraisers, data->parts, data->trials, ANOVA_RANDOM);
    study.without = anova_without_interaction(&study.full);
    if (study.result.why)
        return study;
    /* An interaction that cannot be tested is kept, unless there is none to keep. */
    study.dropped = data->appraisers < 2 || study.full.interaction.p > settings->alpha;
    const struct anova_two_way *table = study.dropped ? &study.without : &study.full;
    double residual = study.dropped ? table->error.ms : table->interaction.ms, trials = data->trials;
    struct variances v = {
        .repeatability = table->error.ms,
        .appraiser = clipped((table->a.ms - residual) / (data->parts * trials)),
        .interaction = study.dropped ? 0 : clipped((table->interaction.ms - table->error.ms) / trials),
        .part = clipped((table->b.ms - residual) / (data->appraisers * trials)),
    };
    if (data->appraisers < 2)
        v.interaction = NAN;
    study.result = result_of(&v, settings);
    return study;
}

struct grr_nested grr_nested(const struct grr_data *data, const struct grr_settings *settings)
{
    struct grr_nested study = {.result = nothing(unfit(data))};
    study.table = anova_nested(data->values, data->appraisers, data->parts, data->trials);
    if (study.result.why)
        return study;
    struct variances v = {
        .repeatability = study.table.error.ms,
        .appraiser = clipped((study.table.a.ms - study.table.b.ms) / ((double)data->parts * data->trials)),
        .interaction = NAN,
        .part = clipped((study.table.b.ms - study.table.error.ms) / data->trials),
    };
    study.result = result_of(&v, settings);
    return study;
}
