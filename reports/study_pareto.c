#include "reports/study_pareto.h"

#include "reports/study_csv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct cause {
    const char *name;
    double count;
    size_t order; /* of appearance, which parts causes alike */
};

static int most_first(const void *a, const void *b)
{
    const struct cause *x = a, *y = b;
    return x->count != y->count ? (x->count < y->count ? 1 : -1) : (x->order > y->order) - (x->order < y->order);
}

static void write_rows(struct msa_sheet *sheet, struct cause *causes, size_t n, double total)
{
    static const char *const columns[] = {"count", "percent", "cumulated"};
    static const char bar[] = "########################################";
    double sum = 0;
    char text[sizeof bar];
    msa_section(sheet, "causes", "Causes, most first", columns, 3);
    for (size_t i = 0; i < n; i++) {
        double share = 100 * causes[i].count / total;
        sum += causes[i].count;
        snprintf(text, sizeof text, "%.*s", (int)lround(share * (double)(sizeof bar - 1) / 100), bar);
        msa_row(sheet, causes[i].name, text, (double[]){causes[i].count, share, 100 * sum / total});
    }
}

static int add_up(const struct study_csv *csv, int name, int count, struct cause *causes, double *total, struct error *err)
{
    for (size_t row = 0; row < csv->rows; row++) {
        int at = csv->columns[name].labels[row];
        double value = count < 0 ? 1 : csv->columns[count].numbers[row];
        if (at < 0 || isnan(value))
            continue;
        if (value < 0)
            return error_set(err, ERR_CONFIG, "data row %zu: a count of %g", row + 1, value);
        causes[at].count += value;
        *total += value;
    }
    return *total > 0 ? 0 : error_set(err, ERR_CONFIG, "column '%.60s' names no cause that was counted", csv->columns[name].name);
}

int study_pareto(struct msa_sheet *sheet, const char *path, const char *name, const char *count, struct error *err)
{
    struct study_csv csv;
    struct cause *causes = NULL;
    int at = -1, of = -1, status = -1;
    double total = 0;
    *sheet = (struct msa_sheet){.kind = "pareto"};
    if (!study_csv_open(&csv, path, err) && (at = study_csv_find(&csv, name, err)) >= 0 && (!count || (of = study_csv_find(&csv, count, err)) >= 0)) {
        csv.columns[at].use = CSV_LABEL;
        if (of >= 0)
            csv.columns[of].use = CSV_NUMBER;
        status = of == at ? error_set(err, ERR_USAGE, "column '%.60s' is asked for twice", name) : study_csv_read(&csv, err);
    }
    if (!status) {
        size_t n = csv.columns[at].n_names;
        causes = memory_zero(n + 1, sizeof *causes);
        for (size_t i = 0; i < n; i++)
            causes[i] = (struct cause){csv.columns[at].names[i], 0, i};
        status = add_up(&csv, at, of, causes, &total, err);
        if (!status) {
            qsort(causes, n, sizeof *causes, most_first);
            sheet->title = memory_format("Pareto of %s: %zu causes, %g in all", csv.columns[at].name, n, total);
            sheet->settings = memory_format("%s%s", of < 0 ? "rows counted" : "sum of ", of < 0 ? "" : csv.columns[of].name);
            write_rows(sheet, causes, n, total);
        }
    }
    free(causes);
    study_csv_free(&csv);
    return status;
}
