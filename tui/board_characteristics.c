#include "tui/board.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct characteristic_row {
    const struct characteristic *characteristic; /* the plant's, which outlives the rows */
    struct board_indices indices;
    int64_t now_us;
    int open, new;
    bool stale;
};

#define ROW(name) const struct characteristic_row *name = data

/* New signals first, then old ones, then the lowest index. */
static int worst_first(const void *a, const void *b)
{
    const struct characteristic_row *left = a, *right = b;
    int rank[2] = {(left->new > 0) * 2 + (left->open > 0), (right->new > 0) * 2 + (right->open > 0)};
    if (rank[0] != rank[1])
        return rank[1] - rank[0];
    double x = left->indices.index.value, y = right->indices.index.value;
    if (isnan(x) != isnan(y))
        return isnan(x) ? 1 : -1;
    if (!isnan(x) && x != y)
        return x < y ? -1 : 1;
    return strcmp(left->characteristic->name, right->characteristic->name);
}

static int fill(const struct board_source *source, size_t i, void *data, struct error *err)
{
    (void)err;
    const struct characteristic *characteristic = &source->plant->characteristics[i];
    struct characteristic_row *row = data;
    *row = (struct characteristic_row){.characteristic = characteristic, .now_us = source->now_us};
    board_indices(&row->indices, source, characteristic);
    board_count_signals(source, characteristic->id, &row->open, &row->new);
    row->stale = board_characteristic_is_stale(source, characteristic, row->indices.standing.time_us);
    return 0;
}

static int load(const struct board_source *source, void **rows, size_t *count, struct error *err)
{
    const struct board_filling filling = {source->plant->n_characteristics, sizeof(struct characteristic_row), fill, worst_first};
    return board_load(&filling, source, rows, count, err);
}

/* One more decimal than the gauge gives, for means. */
static int decimals_of(const struct characteristic_row *row, int more)
{
    return row->characteristic->decimals < 0 ? -1 : row->characteristic->decimals + more;
}

#define GET(name, statements) CELL_GETTER(struct characteristic_row, name, statements)
GET(name, cell_text(cell, row->characteristic->name))
GET(part, cell_text(cell, row->characteristic->part))
GET(machine, cell_text(cell, row->characteristic->machine ? row->characteristic->machine->name : ""))
GET(unit, cell_text(cell, row->characteristic->unit))
GET(n, cell->integer = row->indices.standing.moments.n)
GET(last, cell_number(cell, row->indices.standing.moments.n ? row->indices.standing.last : NAN, decimals_of(row, 0)))
GET(mean, cell_number(cell, row->indices.standing.moments.n ? row->indices.standing.moments.mean : NAN, decimals_of(row, 1)))
GET(sd, cell_number(cell, row->indices.capability.sd, decimals_of(row, 2)))
GET(sigma, cell_number(cell, row->indices.capability.sigma_within, decimals_of(row, 2)))
GET(cp, cell_number(cell, row->indices.capability.cp.value, 2))
GET(cpk, cell_number(cell, row->indices.capability.cpk.value, 2))
GET(pp, cell_number(cell, row->indices.capability.pp.value, 2))
GET(ppk, cell_number(cell, row->indices.capability.ppk.value, 2))
GET(required, cell_number(cell, row->characteristic->required_cpk, 2))
GET(lsl, cell_number(cell, row->characteristic->lsl, decimals_of(row, 0)))
GET(usl, cell_number(cell, row->characteristic->usl, decimals_of(row, 0)))
GET(nominal, cell_number(cell, row->characteristic->nominal, decimals_of(row, 0)))
GET(verdict, cell_text(cell, requirement_words(row->indices.requirement)))
GET(used, cell_text(cell, row->indices.name))
GET(index, cell_number(cell, row->indices.index.value, 2))
GET(why, cell_text(cell, row->indices.why))
GET(signals, cell->integer = row->indices.standing.signals)
GET(alarms, cell->integer = row->open)
GET(violations, cell->integer = row->indices.standing.below + row->indices.standing.above)
GET(limits, cell_text(cell, row->indices.has_limits ? limits_state_name(row->indices.limits) : "none"))
GET(time, cell->integer = row->indices.standing.time_us)
GET(age, cell_number(cell, row->indices.standing.time_us ? (double)(row->now_us - row->indices.standing.time_us) / 1000 : NAN, -1))
GET(quality, cell_text(cell, quality_name(row->indices.standing.quality)))
GET(stale, cell->integer = row->stale)
GET(rules, cell_rules(cell, row->indices.standing.location_rules))
GET(dispersion_rules, cell_rules(cell, row->indices.standing.dispersion_rules))

static void get_index_words(const void *data, struct cell *cell)
{
    ROW(row);
    board_index_words(&row->indices, cell->text, sizeof cell->text);
}

static void get_signal_words(const void *data, struct cell *cell)
{
    ROW(row);
    if (row->new)
        snprintf(cell->text, sizeof cell->text, "%d new", row->new);
    else if (row->open)
        snprintf(cell->text, sizeof cell->text, "%d open", row->open);
    else
        cell_text(cell, "-");
}

static void get_age_words(const void *data, struct cell *cell)
{
    ROW(row);
    if (!row->indices.standing.time_us)
        cell_text(cell, "never ?");
    else {
        char age[24];
        text_age(row->now_us - row->indices.standing.time_us, age, sizeof age);
        snprintf(cell->text, sizeof cell->text, "%s%s", age, row->stale ? " ?" : "");
    }
}

static const struct column columns[] = {
    {"name", "NAME", COLUMN_TEXT, -16, get_name},
    {NULL, "SIGNALS", COLUMN_TEXT, -7, get_signal_words},
    {NULL, "INDEX", COLUMN_TEXT, 9, get_index_words},
    {"last", "LAST", COLUMN_NUMBER, 9, get_last},
    {"unit", "UNIT", COLUMN_TEXT, -5, get_unit},
    {NULL, "AGE", COLUMN_TEXT, 8, get_age_words},
    {"n", "N", COLUMN_INTEGER, 7, get_n},
    {"mean", "MEAN", COLUMN_NUMBER, 10, get_mean},
    {"part", "PART", COLUMN_TEXT, -10, get_part},
    {"machine", "MACHINE", COLUMN_TEXT, -10, get_machine},
    {"limits", "LIMITS", COLUMN_TEXT, -11, get_limits},
    {"index_value", NULL, COLUMN_NUMBER, 5, get_index},
    {"ppk", "PPK", COLUMN_NUMBER, 5, get_ppk},
    {"required_cpk", "REQ", COLUMN_NUMBER, 5, get_required},
    {"verdict", "VERDICT", COLUMN_TEXT, -22, get_verdict},
    {"judged_by", NULL, COLUMN_TEXT, -3, get_used},
    {"judged_by_why", NULL, COLUMN_TEXT, -24, get_why},
    {"lsl", "LSL", COLUMN_NUMBER, 9, get_lsl},
    {"usl", "USL", COLUMN_NUMBER, 9, get_usl},
    {"nominal", NULL, COLUMN_NUMBER, 9, get_nominal},
    {"sd", NULL, COLUMN_NUMBER, 9, get_sd},
    {"sigma_within", NULL, COLUMN_NUMBER, 9, get_sigma},
    {"cp", NULL, COLUMN_NUMBER, 5, get_cp},
    {"cpk", NULL, COLUMN_NUMBER, 5, get_cpk},
    {"pp", NULL, COLUMN_NUMBER, 5, get_pp},
    {"signals", NULL, COLUMN_INTEGER, 5, get_signals},
    {"alarms", NULL, COLUMN_INTEGER, 5, get_alarms},
    {"violations", NULL, COLUMN_INTEGER, 5, get_violations},
    {"rules", NULL, COLUMN_LIST, 5, get_rules},
    {"dispersion_rules", NULL, COLUMN_LIST, 5, get_dispersion_rules},
    {"quality", NULL, COLUMN_TEXT, -9, get_quality},
    {"time", NULL, COLUMN_TIME, 8, get_time},
    {"age_ms", NULL, COLUMN_NUMBER, 8, get_age},
    {"stale", NULL, COLUMN_BOOLEAN, 5, get_stale},
};

static const char *name(const void *data)
{
    ROW(row);
    return row->characteristic->name;
}

static enum look look(const void *data)
{
    ROW(row);
    return row->stale ? LOOK_DIM : row->new || row->indices.requirement == REQUIREMENT_MISSED ? LOOK_WARN : LOOK_DEFAULT;
}

/* Why, one key away: quality, requirement, or the reason for an index that cannot be given. */
static void detail(const void *data, char *out, size_t size)
{
    ROW(row);
    const struct characteristic *c = row->characteristic;
    const char *reason = quality_reason(row->indices.standing.quality);
    const char *why = isnan(row->indices.index.value) && row->indices.index.why ? row->indices.index.why : row->indices.why;
    snprintf(out, size, "%s %s%s%s  required %s%s%s%s", c->name, c->description && *c->description ? c->description : c->part,
             row->stale ? "  OLD: "
             : *reason  ? "  "
                        : "",
             row->stale && !*reason ? "nothing new from the instrument, see Links" : reason, requirement_words(row->indices.requirement),
             *why ? "  " : "",
             !*why || !*row->indices.name      ? ""
             : isnan(row->indices.index.value) ? "no index: "
                                               : "no Cpk: ",
             why);
}

const struct board board_characteristics = {
    "characteristics",
    "the plant has no characteristics: add `characteristics:` to its configuration",
    columns,
    sizeof columns / sizeof columns[0],
    sizeof(struct characteristic_row),
    load,
    name,
    look,
    detail,
    name,
};
