#include "tui/board.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct characteristic_row {
    const struct characteristic *characteristic; /* the plant's, which outlives the rows */
    struct standing standing;
    struct capability capability;
    enum requirement requirement;
    const char *used; /* the index it was judged by */
    int64_t now_us;
    int open, new;
    enum limits_state limits;
    bool has_limits, stale;
};

#define ROW(name) const struct characteristic_row *name = data

/* New signals first, then old ones, then the lowest Cpk. */
static int worst_first(const void *a, const void *b)
{
    const struct characteristic_row *left = a, *right = b;
    int rank[2] = {(left->new > 0) * 2 + (left->open > 0), (right->new > 0) * 2 + (right->open > 0)};
    if (rank[0] != rank[1])
        return rank[1] - rank[0];
    double x = left->capability.cpk.value, y = right->capability.cpk.value;
    if (isnan(x) != isnan(y))
        return isnan(x) ? 1 : -1;
    if (!isnan(x) && x != y)
        return x < y ? -1 : 1;
    return strcmp(left->characteristic->name, right->characteristic->name);
}

static void load_one(struct characteristic_row *row, const struct board_source *source, const struct characteristic *characteristic,
                     const struct alarm *alarms, size_t n_alarms)
{
    struct limits limits;
    *row = (struct characteristic_row){.characteristic = characteristic, .now_us = source->now_us};
    board_capability(source->store, characteristic, &row->standing, &row->capability);
    board_count_signals(alarms, n_alarms, characteristic->id, &row->open, &row->new);
    row->requirement = board_requirement(characteristic, &row->capability, alarms, n_alarms, &row->used);
    bool found = characteristic->id && (characteristic->learns_parts /* those of the part that is made */
                                            ? row->standing.limits && !store_limits(source->store, row->standing.limits, &limits, NULL)
                                            : !store_limits_in_force(source->store, characteristic->id, &limits, NULL));
    row->has_limits = found && limits_are_known(&limits);
    if (row->has_limits)
        row->limits = limits.state;
    row->stale = board_characteristic_is_stale(source, characteristic, row->standing.time_us);
}

static int load(const struct board_source *source, void **rows, size_t *count, struct error *err)
{
    const struct plant *plant = source->plant;
    struct alarm *alarms = NULL;
    size_t n_alarms = 0;
    if (board_open_alarms(source->store, &alarms, &n_alarms, err))
        return -1;
    struct characteristic_row *out = memory_zero(plant->n_characteristics + 1, sizeof *out);
    for (size_t i = 0; i < plant->n_characteristics; i++)
        load_one(&out[i], source, &plant->characteristics[i], alarms, n_alarms);
    free(alarms);
    qsort(out, plant->n_characteristics, sizeof *out, worst_first);
    *rows = out;
    *count = plant->n_characteristics;
    return 0;
}

static void put_text(struct cell *cell, const char *text)
{
    board_text(cell->text, sizeof cell->text, text);
}

/* One more decimal than the gauge gives, for means. */
static int decimals_of(const struct characteristic_row *row, int more)
{
    return row->characteristic->decimals < 0 ? -1 : row->characteristic->decimals + more;
}

#define GET(name, expression)                                                                                                                        \
    static void get_##name(const void *data, struct cell *cell)                                                                                      \
    {                                                                                                                                                \
        ROW(row);                                                                                                                                    \
        expression;                                                                                                                                  \
    }
GET(name, put_text(cell, row->characteristic->name))
GET(part, put_text(cell, row->characteristic->part))
GET(machine, put_text(cell, row->characteristic->machine ? row->characteristic->machine->name : ""))
GET(unit, put_text(cell, row->characteristic->unit))
GET(n, cell->integer = row->standing.moments.n)
GET(last, board_number(cell, row->standing.moments.n ? row->standing.last : NAN, decimals_of(row, 0)))
GET(mean, board_number(cell, row->standing.moments.n ? row->standing.moments.mean : NAN, decimals_of(row, 1)))
GET(sd, board_number(cell, row->capability.sd, decimals_of(row, 2)))
GET(sigma, board_number(cell, row->capability.sigma_within, decimals_of(row, 2)))
GET(cp, board_number(cell, row->capability.cp.value, 2))
GET(cpk, board_number(cell, row->capability.cpk.value, 2))
GET(pp, board_number(cell, row->capability.pp.value, 2))
GET(ppk, board_number(cell, row->capability.ppk.value, 2))
GET(required, board_number(cell, row->characteristic->required_cpk, 2))
GET(lsl, board_number(cell, row->characteristic->lsl, decimals_of(row, 0)))
GET(usl, board_number(cell, row->characteristic->usl, decimals_of(row, 0)))
GET(nominal, board_number(cell, row->characteristic->nominal, decimals_of(row, 0)))
GET(verdict, put_text(cell, requirement_words(row->requirement)))
GET(used, put_text(cell, isnan(row->characteristic->required_cpk) ? "" : row->used))
GET(signals, cell->integer = row->standing.signals)
GET(alarms, cell->integer = row->open)
GET(violations, cell->integer = row->standing.below + row->standing.above)
GET(limits, put_text(cell, row->has_limits ? limits_state_name(row->limits) : "none"))
GET(time, cell->integer = row->standing.time_us)
GET(age, board_number(cell, row->standing.time_us ? (double)(row->now_us - row->standing.time_us) / 1000 : NAN, -1))
GET(quality, put_text(cell, quality_name(row->standing.quality)))
GET(stale, cell->integer = row->stale)
GET(rules, board_rules(cell, row->standing.location_rules))
GET(dispersion_rules, board_rules(cell, row->standing.dispersion_rules))

static void get_cpk_mark(const void *data, struct cell *cell)
{
    ROW(row);
    char number[32];
    bool missed = row->requirement == REQUIREMENT_MISSED; /* by the index that counts: Ppk where it is not in control */
    snprintf(cell->text, sizeof cell->text, "%s%c", text_number(row->capability.cpk.value, 2, number, sizeof number), missed ? '!' : ' ');
}

static void get_signal_words(const void *data, struct cell *cell)
{
    ROW(row);
    if (row->new)
        snprintf(cell->text, sizeof cell->text, "%d new", row->new);
    else if (row->open)
        snprintf(cell->text, sizeof cell->text, "%d open", row->open);
    else
        put_text(cell, "-");
}

static void get_age_words(const void *data, struct cell *cell)
{
    ROW(row);
    if (!row->standing.time_us)
        put_text(cell, "never ?");
    else {
        char age[24];
        text_age(row->now_us - row->standing.time_us, age, sizeof age);
        snprintf(cell->text, sizeof cell->text, "%s%s", age, row->stale ? " ?" : "");
    }
}

static const struct column columns[] = {
    {"name", "NAME", COLUMN_TEXT, -16, get_name},
    {NULL, "SIGNALS", COLUMN_TEXT, -7, get_signal_words},
    {NULL, "CPK", COLUMN_TEXT, 6, get_cpk_mark},
    {"last", "LAST", COLUMN_NUMBER, 9, get_last},
    {"unit", "UNIT", COLUMN_TEXT, -5, get_unit},
    {NULL, "AGE", COLUMN_TEXT, 8, get_age_words},
    {"n", "N", COLUMN_INTEGER, 7, get_n},
    {"mean", "MEAN", COLUMN_NUMBER, 10, get_mean},
    {"part", "PART", COLUMN_TEXT, -10, get_part},
    {"machine", "MACHINE", COLUMN_TEXT, -10, get_machine},
    {"limits", "LIMITS", COLUMN_TEXT, -11, get_limits},
    {"ppk", "PPK", COLUMN_NUMBER, 5, get_ppk},
    {"required_cpk", "REQ", COLUMN_NUMBER, 5, get_required},
    {"verdict", "VERDICT", COLUMN_TEXT, -22, get_verdict},
    {"judged_by", "BY", COLUMN_TEXT, -3, get_used},
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
    return row->stale ? LOOK_DIM : row->new || row->requirement == REQUIREMENT_MISSED ? LOOK_WARN : LOOK_DEFAULT;
}

/* Why, one key away: quality, requirement, or the reason for an index that cannot be given. */
static void detail(const void *data, char *out, size_t size)
{
    ROW(row);
    const struct characteristic *c = row->characteristic;
    const char *reason = quality_reason(row->standing.quality);
    snprintf(out, size, "%s %s%s%s  Cpk %s%s%s", c->name, c->description && *c->description ? c->description : c->part,
             row->stale ? "  OLD: "
             : *reason  ? "  "
                        : "",
             row->stale && !*reason ? "nothing new from the instrument, see Links" : reason, requirement_words(row->requirement),
             isnan(row->capability.cpk.value) && row->capability.cpk.why ? ": " : "",
             isnan(row->capability.cpk.value) && row->capability.cpk.why ? row->capability.cpk.why : "");
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
