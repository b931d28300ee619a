#include "reports/study_msa_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One master read many times, and several over the range of the gauge. */

/* Readings that are there, in place. */
static int gather(struct gauge *gauge, double **values)
{
    double *all = gauge->csv.columns[gauge->value].numbers;
    int n = 0;
    for (size_t row = 0; row < gauge->csv.rows; row++)
        if (!isnan(all[row]))
            all[n++] = all[row];
    *values = all;
    return n;
}

static int need_master(const struct gauge *gauge, struct error *err)
{
    return isnan(gauge->master) ? error_set(err, ERR_USAGE, "what is the master's true value? --reference NUMBER") : 0;
}

static const char *const one_value[] = {"value"};

/* A figure that is absent says why. */
static void put(struct msa_sheet *sheet, const char *name, double value, const char *why, const char *words)
{
    msa_row(sheet, name, isnan(value) ? why : words, &value);
}

int gauge_type1(struct gauge *gauge, struct msa_sheet *sheet, struct error *err)
{
    const struct msa_options *o = gauge->o;
    double *values;
    if (need_master(gauge, err))
        return -1;
    if (!(o->tolerance > 0))
        return error_set(err, ERR_USAGE, "a type 1 study needs the tolerance: --tolerance X (USL - LSL)");
    int n = gather(gauge, &values);
    struct type1_settings settings = {gauge->master, o->tolerance, o->percent, isnan(o->multiplier) ? 6 : o->multiplier, o->resolution};
    struct type1 study = type1_study(values, n, &settings);
    sheet->title = memory_format("Type 1 gauge study: %d readings of a master of %g", n, gauge->master);
    sheet->settings =
        memory_format("%g %% of the tolerance %g over %g sigma; wanted: 1.33", settings.percent, settings.tolerance, settings.multiplier);
    msa_section(sheet, "figures", "Figures", one_value, 1);
    put(sheet, "n", study.n, study.why, NULL);
    put(sheet, "mean", study.mean, study.why, NULL);
    put(sheet, "sd", study.sd, study.why, NULL);
    put(sheet, "bias", study.bias, study.why, NULL);
    put(sheet, "t", study.t, study.why, NULL);
    put(sheet, "p", study.p, study.why, study.p < 0.05 ? "the bias is more than chance" : NULL);
    put(sheet, "Cg", study.cg, study.why, gauge_judged(MSA_CG, study.cg));
    put(sheet, "Cgk", study.cgk, study.why, gauge_judged(MSA_CG, study.cgk));
    put(sheet, "% of tolerance, spread", study.of_tolerance, study.why, NULL);
    put(sheet, "% of tolerance, and bias", study.of_tolerance_biased,
        study.why ? study.why : "the bias alone takes more than the tolerance lent to the gauge", NULL);
    put(sheet, "coarsest resolution", study.resolution_max, NULL, study.resolution_poor ? "the display is coarser than 5 % of the tolerance" : NULL);
    return 0;
}

int gauge_bias(struct gauge *gauge, struct msa_sheet *sheet, struct error *err)
{
    const struct msa_options *o = gauge->o;
    double *values;
    if (need_master(gauge, err))
        return -1;
    bool range = o->method && !strcmp(o->method, "range");
    if (o->method && !range && strcmp(o->method, "sd"))
        return error_set(err, ERR_USAGE, "--method is sd or range, not '%.40s'", o->method);
    int n = gather(gauge, &values);
    struct bias study = bias_study(values, n, gauge->master, range ? BIAS_RANGE : BIAS_SD, o->confidence);
    sheet->title = memory_format("Bias: %d readings of a master of %g", n, gauge->master);
    sheet->settings = memory_format("spread by %s; confidence %g %%", range ? "range / d2*" : "standard deviation", 100 * o->confidence);
    msa_section(sheet, "figures", "Figures", one_value, 1);
    put(sheet, "n", study.n, study.why, NULL);
    put(sheet, "mean", study.mean, study.why, NULL);
    put(sheet, "bias", study.bias, study.why, study.why ? study.why : study.acceptable ? "none is shown" : "more than chance: adjust the gauge");
    put(sheet, "lower", study.lower, study.why, NULL);
    put(sheet, "upper", study.upper, study.why, NULL);
    put(sheet, "sd", study.sd, study.why, NULL);
    put(sheet, "sd of the mean", study.sd_mean, study.why, NULL);
    put(sheet, "df", study.df, study.why, NULL);
    put(sheet, "t", study.t, study.why, NULL);
    put(sheet, "p", study.p, study.why, NULL);
    return 0;
}

static void put_references(struct msa_sheet *sheet, const double *references, const double *values, int n, double confidence, double *scratch)
{
    static const char *const columns[] = {"reference", "n", "bias", "lower", "upper", "p"};
    msa_section(sheet, "references", "Bias at each reference", columns, 6);
    for (int i = 0; i < n; i++) {
        int count = 0, seen = 0;
        for (int k = 0; k < n; k++) {
            seen |= k < i && references[k] == references[i];
            if (references[k] == references[i])
                scratch[count++] = values[k];
        }
        struct bias study = bias_study(scratch, count, references[i], BIAS_SD, confidence);
        char name[40];
        snprintf(name, sizeof name, "%g", references[i]);
        if (!seen)
            msa_row(sheet, name,
                    study.why          ? study.why
                    : study.acceptable ? NULL
                                       : "more than chance",
                    (double[]){references[i], count, study.bias, study.lower, study.upper, study.p});
    }
}

int gauge_linearity(struct gauge *gauge, struct msa_sheet *sheet, struct error *err)
{
    static const char *const columns[] = {"value", "se", "t", "p"};
    if (gauge->reference < 0)
        return error_set(err, ERR_USAGE, "which column has the true values? --reference COLUMN");
    double *references = gauge->csv.columns[gauge->reference].numbers, *values = gauge->csv.columns[gauge->value].numbers;
    double *scratch = memory_zero(gauge->csv.rows + 1, sizeof *scratch);
    int n = 0;
    for (size_t row = 0; row < gauge->csv.rows; row++)
        if (!isnan(references[row]) && !isnan(values[row])) {
            references[n] = references[row];
            values[n++] = values[row];
        }
    struct linearity study = linearity_study(references, values, n, gauge->o->confidence, scratch);
    sheet->title = memory_format("Linearity: %d readings", n);
    sheet->settings = memory_format("bias on reference by least squares; confidence %g %%", 100 * gauge->o->confidence);
    msa_section(sheet, "line", "The line of the bias", columns, 4);
    const struct line_fit *line = &study.line;
    msa_row(sheet, "slope",
            study.why          ? study.why
            : study.acceptable ? "no bias over the range is shown"
                               : "biased within the range: REJECT",
            (double[]){line->slope, line->slope_se, line->slope_t, line->slope_p});
    msa_row(sheet, "intercept", study.why, (double[]){line->intercept, line->intercept_se, line->intercept_t, line->intercept_p});
    msa_section(sheet, "figures", "Figures", one_value, 1);
    put(sheet, "mean bias", study.bias, study.why, NULL);
    put(sheet, "sd about the line", line->s, study.why, NULL);
    put(sheet, "R2", line->r2, study.why ? study.why : "the bias is the same everywhere: there is nothing to explain", NULL);
    put(sheet, "linearity %", study.percent, study.why, NULL);
    put_references(sheet, references, values, n, gauge->o->confidence, scratch);
    free(scratch);
    return 0;
}
