#include "reports/study_msa_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Repeatability and reproducibility. */

static void put_components(struct msa_sheet *sheet, const struct grr_result *result)
{
    static const char *const columns[] = {"variance", "contribution", "sd", "study", "of_study", "of_tolerance", "of_process"};
    msa_section(sheet, "components", "Components of variation (contribution and shares in %)", columns, 7);
    for (int i = 0; i < GRR_SOURCES; i++) {
        const struct grr_component *c = &result->of[i];
        if (isnan(c->variance) && i != GRR_GAUGE)
            continue;
        double share = isnan(c->of_tolerance) ? c->of_study : c->of_tolerance;
        msa_row(sheet, grr_source_names[i], i == GRR_GAUGE ? gauge_judged(MSA_GRR_PERCENT, share) : NULL,
                (double[]){c->variance, c->contribution, c->sd, c->study, c->of_study, c->of_tolerance, c->of_process});
    }
    static const char *const one[] = {"value"};
    msa_section(sheet, "ndc", "Distinct categories (truncated; 5 or more are wanted)", one, 1);
    msa_row(sheet, "ndc", result->why ? result->why : gauge_judged(MSA_NDC, result->ndc), &result->ndc);
    msa_row(sheet, "before truncation", NULL, &result->ndc_raw);
}

static void put_anova_row(struct msa_sheet *sheet, const char *name, const struct anova_row *row)
{
    bool tested = strcmp(name, "repeatability") != 0 && strcmp(name, "total") != 0;
    const char *why = !(row->df > 0) ? "one only: nothing to compare" : "what it would be tested against does not vary, or is not there";
    msa_row(sheet, name, tested && isnan(row->f) ? why : NULL, (double[]){row->df, row->ss, row->ms, row->f, row->p});
}

static const char *const anova_columns[] = {"df", "ss", "ms", "f", "p"};

static struct grr_data data_of(const struct gauge *gauge)
{
    return (struct grr_data){gauge->readings, gauge->appraisers, gauge->parts, gauge->trials};
}

static struct grr_settings settings_of(const struct gauge *gauge)
{
    const struct msa_options *o = gauge->o;
    return (struct grr_settings){o->tolerance, o->process_sd, isnan(o->multiplier) ? 6 : o->multiplier, o->pool, o->published};
}

static int prepare(struct gauge *gauge, bool nested, struct error *err)
{
    return gauge_number_parts(gauge, nested, err) || gauge_arrange(gauge, NULL, err) ? -1 : 0;
}

static void title_grr(struct gauge *gauge, struct msa_sheet *sheet, const char *method)
{
    struct grr_settings settings = settings_of(gauge);
    sheet->title = memory_format("Gauge R&R: %d appraisers, %d parts, %d trials", gauge->appraisers, gauge->parts, gauge->trials);
    sheet->settings = memory_format("%s; study variation %g sigma; a negative variance is 0", method, settings.multiplier);
}

int gauge_grr_anova(struct gauge *gauge, struct msa_sheet *sheet, struct error *err)
{
    if (prepare(gauge, false, err))
        return -1;
    struct grr_data data = data_of(gauge);
    struct grr_settings settings = settings_of(gauge);
    struct grr_anova grr = grr_anova(&data, &settings);
    char method[120], p[40];
    snprintf(p, sizeof p, isnan(grr.full.interaction.p) ? "cannot be tested" : "p %.4g", grr.full.interaction.p);
    snprintf(method, sizeof method, "crossed, ANOVA; interaction %s (%s, limit %g)", grr.dropped ? "dropped" : "kept", p, settings.alpha);
    title_grr(gauge, sheet, method);
    if (grr.result.why)
        return error_set(err, ERR_CONFIG, "no gauge study: %s", grr.result.why);
    for (int i = 0; i <= grr.dropped; i++) {
        const struct anova_two_way *table = i ? &grr.without : &grr.full;
        msa_section(sheet, i ? "anova_without_interaction" : "anova", i ? "Analysis of variance without the interaction" : "Analysis of variance",
                    anova_columns, 5);
        put_anova_row(sheet, "part", &table->b);
        put_anova_row(sheet, "appraiser", &table->a);
        if (!i)
            put_anova_row(sheet, "interaction", &table->interaction);
        put_anova_row(sheet, "repeatability", &table->error);
        put_anova_row(sheet, "total", &table->total);
    }
    put_components(sheet, &grr.result);
    return 0;
}

int gauge_grr_ranges(struct gauge *gauge, struct msa_sheet *sheet, struct error *err)
{
    if (prepare(gauge, false, err))
        return -1;
    struct grr_data data = data_of(gauge);
    struct grr_settings settings = settings_of(gauge);
    struct grr_ranges grr = grr_ranges(&data, &settings);
    title_grr(gauge, sheet,
              settings.published ? "crossed, average and range; constants as published" : "crossed, average and range; constants exact");
    if (grr.result.why)
        return error_set(err, ERR_CONFIG, "no gauge study: %s", grr.result.why);
    static const char *const one[] = {"value"}, *const two[] = {"mean", "mean_range"};
    msa_section(sheet, "ranges", "Averages and ranges", one, 1);
    msa_row(sheet, "mean range", NULL, &grr.mean_range);
    msa_row(sheet, "difference of appraisers", NULL, &grr.mean_difference);
    msa_row(sheet, "range of parts", NULL, &grr.part_range);
    msa_row(sheet, "range limit", NULL, &grr.range_ucl);
    msa_row(sheet, "K1", NULL, &grr.k1);
    msa_row(sheet, "K2", isnan(grr.k2) ? "one appraiser" : NULL, &grr.k2);
    msa_row(sheet, "K3", NULL, &grr.k3);
    msa_section(sheet, "appraisers", "Appraisers", two, 2);
    for (int i = 0; i < gauge->appraisers; i++) {
        double figures[2];
        grr_appraiser(&data, i, &figures[0], &figures[1]);
        msa_row(sheet, gauge->appraiser < 0 ? "1" : gauge->csv.columns[gauge->appraiser].names[i], NULL, figures);
    }
    put_components(sheet, &grr.result);
    return 0;
}

int gauge_grr_nested(struct gauge *gauge, struct msa_sheet *sheet, struct error *err)
{
    if (prepare(gauge, true, err))
        return -1;
    struct grr_data data = data_of(gauge);
    struct grr_settings settings = settings_of(gauge);
    struct grr_nested grr = grr_nested(&data, &settings);
    title_grr(gauge, sheet, "nested, ANOVA: each appraiser has parts of his own");
    if (grr.result.why)
        return error_set(err, ERR_CONFIG, "no gauge study: %s", grr.result.why);
    msa_section(sheet, "anova", "Analysis of variance", anova_columns, 5);
    put_anova_row(sheet, "appraiser", &grr.table.a);
    put_anova_row(sheet, "part (of the appraiser)", &grr.table.b);
    put_anova_row(sheet, "repeatability", &grr.table.error);
    put_anova_row(sheet, "total", &grr.table.total);
    put_components(sheet, &grr.result);
    return 0;
}
