#include "reports/study_msa_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* People as gauges. */

/* Ratings and standards are words of two columns: one list of categories for both. Returns each row's. */
static int *categories_of(const struct gauge *gauge, int column, const struct csv_column *first, int *count)
{
    const struct csv_column *names = &gauge->csv.columns[column];
    int *map = memory_zero(names->n_names + 1, sizeof *map), *rows = memory_zero(gauge->csv.rows + 1, sizeof *rows);
    for (size_t i = 0; i < names->n_names; i++) {
        size_t k = 0;
        while (first && k < first->n_names && strcmp(first->names[k], names->names[i]))
            k++;
        map[i] = first && k < first->n_names ? (int)k : (*count)++;
    }
    for (size_t row = 0; row < gauge->csv.rows; row++)
        rows[row] = names->labels[row] < 0 ? -1 : map[names->labels[row]];
    free(map);
    return rows;
}

/* Those of the ratings, then those that only the reference has. */
static const char **category_names(const struct gauge *gauge, int count)
{
    const struct csv_column *ratings = &gauge->csv.columns[gauge->value];
    const char **names = memory_zero((size_t)count + 1, sizeof *names);
    int at = 0;
    for (size_t i = 0; i < ratings->n_names; i++)
        names[at++] = ratings->names[i];
    const struct csv_column *standards = gauge->reference >= 0 ? &gauge->csv.columns[gauge->reference] : NULL;
    for (size_t i = 0; standards && i < standards->n_names && at < count; i++) {
        size_t k = 0;
        while (k < ratings->n_names && strcmp(ratings->names[k], standards->names[i]))
            k++;
        if (k == ratings->n_names)
            names[at++] = standards->names[i];
    }
    return names;
}

static int read_standard(const struct gauge *gauge, int *count, int **out, struct error *err)
{
    *out = NULL;
    if (gauge->reference < 0)
        return 0;
    int *rows = categories_of(gauge, gauge->reference, &gauge->csv.columns[gauge->value], count),
        *standard = memory_zero((size_t)gauge->parts, sizeof *standard);
    int status = 0;
    for (int part = 0; part < gauge->parts; part++)
        standard[part] = -1;
    for (size_t row = 0; row < gauge->csv.rows && !status; row++) {
        int *mine = &standard[gauge->place[row]];
        if (rows[row] < 0 || (*mine >= 0 && *mine != rows[row]))
            status = error_set(err, ERR_CONFIG, "data row %zu: part '%.40s' has %s", row + 1, gauge_name(gauge, gauge->part, row),
                               rows[row] < 0 ? "no reference" : "another reference than before");
        *mine = rows[row];
    }
    free(rows);
    *out = standard;
    return status;
}

static void put_agreement(struct msa_sheet *sheet, const char *name, const struct agreement *agreement, enum msa_figure figure, bool judge)
{
    msa_row(sheet, name,
            agreement->why ? agreement->why
            : judge        ? gauge_judged(figure, agreement->percent)
                           : NULL,
            (double[]){agreement->matched, agreement->inspected, agreement->percent, agreement->lower, agreement->upper});
}

static void put_kappa(struct msa_sheet *sheet, const char *name, struct kappa kappa)
{
    msa_row(sheet, name, kappa.why ? kappa.why : gauge_judged(MSA_KAPPA, kappa.value), (double[]){kappa.value, kappa.se, kappa.z, kappa.p});
}

/* Overall, and of three categories or more also of each against the rest: of two, each has the same kappa. */
static void put_fleiss(const struct gauge *gauge, struct msa_sheet *sheet, const struct attribute_data *data, const char *const *categories,
                       enum attribute_comparison comparison, int appraiser)
{
    const char *name = comparison == ATTRIBUTE_WITHIN || comparison == ATTRIBUTE_STANDARD ? gauge_appraiser(gauge, appraiser) : "all";
    put_kappa(sheet, name, attribute_fleiss(data, comparison, appraiser, KAPPA_OVERALL));
    for (int category = 0; data->categories > 2 && category < data->categories; category++) {
        char *of_category = memory_format("%s: %s", name, categories[category]);
        put_kappa(sheet, of_category, attribute_fleiss(data, comparison, appraiser, category));
        free(of_category);
    }
}

/* Look by look: each appraiser against the reference, and every two against each other. */
static void put_cohen(const struct gauge *gauge, struct msa_sheet *sheet, const struct attribute_data *data, const char *const *kappas)
{
    if (data->standard)
        msa_section(sheet, "cohen_standard", "Cohen's kappa, each with the reference", kappas, 4);
    for (int a = 0; data->standard && a < data->appraisers; a++)
        put_kappa(sheet, gauge_appraiser(gauge, a), attribute_cohen_standard(data, a));
    if (data->appraisers > 1)
        msa_section(sheet, "cohen_pairs", "Cohen's kappa, in pairs", kappas, 4);
    for (int a = 0; a < data->appraisers; a++)
        for (int b = a + 1; b < data->appraisers; b++) {
            char *pair = memory_format("%s - %s", gauge_appraiser(gauge, a), gauge_appraiser(gauge, b));
            put_kappa(sheet, pair, attribute_cohen_pair(data, a, b));
            free(pair);
        }
}

static void put_attribute(struct gauge *gauge, struct msa_sheet *sheet, const struct attribute_data *data, const char *const *categories)
{
    static const char *const agreements[] = {"matched", "inspected", "percent", "lower", "upper"}, *const kappas[] = {"kappa", "se", "z", "p"};
    static const struct {
        enum attribute_comparison comparison;
        const char *key, *title, *kappa_key, *kappa_title;
        bool standard, each;
    } comparisons[] = {
        {ATTRIBUTE_WITHIN, "within", "Each appraiser with himself (%)", "kappa_within", "Fleiss' kappa, each with himself", false, true},
        {ATTRIBUTE_STANDARD, "standard", "Each appraiser with the reference: effectiveness (%)", "kappa_standard",
         "Fleiss' kappa, each with the reference", true, true},
        {ATTRIBUTE_BETWEEN, "between", "All appraisers with each other (%)", "kappa_between", "Fleiss' kappa, all with each other", false, false},
        {ATTRIBUTE_ALL, "all", "All appraisers with the reference (%)", "kappa_all", "Fleiss' kappa, all with the reference", true, false},
    };
    double confidence = gauge->o->confidence;
    for (size_t i = 0; i < sizeof comparisons / sizeof comparisons[0]; i++) {
        if (comparisons[i].standard && !data->standard)
            continue;
        int count = comparisons[i].each ? data->appraisers : 1;
        msa_section(sheet, comparisons[i].key, comparisons[i].title, agreements, 5);
        for (int a = 0; a < count; a++) {
            struct agreement agreement = attribute_agreement(data, comparisons[i].comparison, a, confidence);
            put_agreement(sheet, comparisons[i].each ? gauge_appraiser(gauge, a) : "all", &agreement, MSA_EFFECTIVENESS_PERCENT,
                          comparisons[i].standard);
        }
        msa_section(sheet, comparisons[i].kappa_key, comparisons[i].kappa_title, kappas, 4);
        for (int a = 0; a < count; a++)
            put_fleiss(gauge, sheet, data, categories, comparisons[i].comparison, a);
    }
    put_cohen(gauge, sheet, data, kappas);
}

int gauge_attribute(struct gauge *gauge, struct msa_sheet *sheet, struct error *err)
{
    int categories = 0, *standard = NULL, bad = -1;
    if (gauge_number_parts(gauge, false, err))
        return -1;
    int *rows = categories_of(gauge, gauge->value, NULL, &categories);
    int status = gauge_arrange(gauge, rows, err) || read_standard(gauge, &categories, &standard, err) ? -1 : 0;
    const struct csv_column *names = &gauge->csv.columns[gauge->value];
    for (size_t i = 0; gauge->o->bad && i < names->n_names; i++)
        if (!strcmp(names->names[i], gauge->o->bad))
            bad = (int)i;
    if (!status && gauge->o->bad && bad < 0)
        status = error_set(err, ERR_USAGE, "--bad '%.40s': no rating says so; the first is '%.40s'", gauge->o->bad, names->names[0]);
    if (!status && gauge->o->bad && !standard)
        status = error_set(err, ERR_USAGE, "--bad needs the parts' true state: --reference COLUMN");
    if (!status) {
        struct attribute_data data = {gauge->looks, standard, gauge->appraisers, gauge->parts, gauge->trials, categories};
        sheet->title = memory_format("Attribute agreement: %d appraisers, %d parts, %d trials, %d categories", data.appraisers, data.parts,
                                     data.trials, data.categories);
        sheet->settings = memory_format("confidence %g %% (Clopper-Pearson); kappa by Fleiss and by Cohen", 100 * gauge->o->confidence);
        static const char *const columns[] = {"misses", "of_bad", "miss_percent", "false_alarms", "of_good", "false_alarm_percent"};
        if (bad >= 0)
            msa_section(sheet, "errors", "Bad parts passed, good parts rejected", columns, 6);
        for (int a = 0; bad >= 0 && a < data.appraisers; a++) {
            struct attribute_errors e = attribute_errors(&data, a, bad);
            char words[80];
            snprintf(words, sizeof words, "miss %s, false alarm %s", msa_acceptance_words(msa_judge(MSA_MISS_PERCENT, e.miss_percent)),
                     msa_acceptance_words(msa_judge(MSA_FALSE_ALARM_PERCENT, e.false_alarm_percent)));
            msa_row(sheet, gauge_appraiser(gauge, a), e.why ? e.why : words,
                    (double[]){e.misses, e.bad_looks, e.miss_percent, e.false_alarms, e.good_looks, e.false_alarm_percent});
        }
        const char **all = category_names(gauge, categories);
        put_attribute(gauge, sheet, &data, all);
        free(all);
    }
    free(rows);
    free(standard);
    return status;
}
