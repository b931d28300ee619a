/* Makes a store as large as a year's: 3,000 characteristics, a value each 120 s, until a moment ago; two of three from an instrument of three
 * decimals, the third full doubles. Times jitter by a millisecond, as polls do. All but the newest TAIL values of a characteristic are packed.
 * usage: fill DIR VALUES [CHARACTERISTICS]; makes DIR/plant.yaml and DIR/plant.db; prints "VALUES SECONDS BYTES_A_VALUE" */
#include "storage/chunk.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { TAGS = 10, SUBGROUP = 5, SLICE = 1000, TAIL = 250, AT_ONCE = 200 };
static const int64_t every_us = 120 * SECOND_US;
static struct error err;

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "fill: %s\n", what);
    exit(1);
}

#define DO(call)                                                                                                                                     \
    do {                                                                                                                                             \
        if (call)                                                                                                                                    \
            fail(err.text);                                                                                                                          \
    } while (0)

/* --- the plant */

static bool is_decimal(size_t index)
{
    return index % 3 != 2;
}

static struct plant *make_plant(const char *directory, size_t characteristics)
{
    char *path = memory_format("%s/plant.yaml", directory);
    FILE *file = fopen(path, "w");
    if (!file)
        fail("the directory cannot be written");
    fprintf(file, "plant: {name: Bench, timezone: UTC}\nstore: {path: plant.db}\nlinks:\n  hall: {url: \"tcp://127.0.0.1:502\"}\ninstruments:\n");
    for (size_t i = 0; i < (characteristics + TAGS - 1) / TAGS; i++) {
        fprintf(file, "  u%zu:\n    link: hall\n    unit: %zu\n    every: 120s\n    tags:\n", i, i % 240 + 1);
        for (int j = 0; j < TAGS; j++)
            fprintf(file, "      t%d: {address: %d, type: f64}\n", j, 40001 + 4 * j);
    }
    fprintf(file, "characteristics:\n");
    for (size_t i = 0; i < characteristics; i++)
        fprintf(file,
                "  c%zu: {source: u%zu.t%zu, every: 120s, nominal: %s, lsl: %s, usl: %s, chart: %s, subgroup: %d, rules: nelson, "
                "limits: {center: %s, sigma: %s}}\n",
                i, i / TAGS, i % TAGS, is_decimal(i) ? "25.03" : "10", is_decimal(i) ? "24.99" : "9.95", is_decimal(i) ? "25.07" : "10.05",
                is_decimal(i) ? "xbar-r" : "i-mr", is_decimal(i) ? SUBGROUP : 1, is_decimal(i) ? "25.03" : "10", is_decimal(i) ? "0.0092" : "0.0092");
    fclose(file);
    struct problems problems = {0};
    struct plant *plant = plant_load(path, &problems);
    if (!plant)
        fail(problems.count ? problems.items[0].text : "no plant");
    problems_free(&problems);
    free(path);
    return plant;
}

/* --- values */

static uint64_t mix(uint64_t x)
{
    x ^= x >> 31;
    x *= 0x94d049bb133111ebu;
    return x ^ x >> 29;
}

/* Sum of four uniform numbers: nearly normal, sd 9.2, mean 30. */
static double value_of(size_t index, int64_t i)
{
    uint64_t x = mix((uint64_t)i * 0x9e3779b97f4a7c15u + index * 0xbf58476d1ce4e5b9u);
    int sum = (int)((x & 15) + (x >> 4 & 15) + (x >> 8 & 15) + (x >> 12 & 15));
    if (is_decimal(index))
        return (double)(25000 + sum) / 1000;
    return 10 + ((double)(sum - 30) + (double)(mix(x) >> 11) * 0x1p-53) / 1000;
}

static int64_t time_of(int64_t start_us, size_t index, int64_t i)
{
    return start_us + i * every_us + (int64_t)index * 7919 + (int64_t)(mix((uint64_t)i ^ index << 40) % 2000);
}

/* --- a characteristic on its way */

struct state {
    const struct characteristic *characteristic;
    size_t index;
    struct chart_state chart;
    struct subgroup previous;
    struct standing standing;
    double values[SUBGROUP];
    int n_values;
    int64_t basis;
};

/* The next value; 1 when it completes a point. */
static int step(struct state *s, double value, int64_t time_us, struct measurement *m, struct point *p)
{
    const struct characteristic *c = s->characteristic;
    struct standing *standing = &s->standing;
    *m = (struct measurement){.characteristic = c->id, .time_us = time_us, .value = value, .point = standing->points + 1};
    moments_add(&standing->moments, value);
    standing->time_us = time_us;
    standing->last = value;
    standing->below += value < c->lsl;
    standing->above += value > c->usl;
    s->values[s->n_values++] = value;
    if (s->n_values < c->subgroup)
        return 0;
    *p = (struct point){.characteristic = c->id, .number = ++standing->points, .time_us = time_us, .limits = standing->limits};
    p->subgroup = c->chart->summarise(s->values, s->n_values, standing->points > 1 ? &s->previous : NULL);
    p->verdict = chart_judge(&s->chart, c->chart, c->rules, &p->subgroup, c->locked_center, c->locked_sigma);
    for (int i = 0; i < s->n_values; i++) {
        p->below |= s->values[i] < c->lsl;
        p->above |= s->values[i] > c->usl;
    }
    if (s->n_values > 1)
        within_add_subgroup(&standing->within, s->values, (size_t)s->n_values);
    else if (!isnan(p->subgroup.dispersion))
        within_add_moving_range(&standing->within, p->subgroup.dispersion);
    standing->location_rules = p->verdict.location_rules;
    standing->dispersion_rules = p->verdict.dispersion_rules;
    standing->signals += (standing->location_rules | standing->dispersion_rules) != 0;
    s->previous = p->subgroup;
    s->n_values = 0;
    return 1;
}

static void put_value(struct frame *frame, const struct measurement *m)
{
    frame_grow(frame, 1);
    size_t i = frame->count++;
    for (int column = 0; column < VALUE_INTEGERS; column++)
        frame->integers[column][i] = 0;
    frame->integers[VALUE_TIME][i] = m->time_us;
    frame->integers[VALUE_POINT][i] = m->point;
    frame->doubles[0][i] = m->value;
    texts_set(&frame->texts, i, "");
}

static void put_point(struct frame *frame, const struct point *p, int64_t basis)
{
    frame_grow(frame, 1);
    size_t i = frame->count++;
    const int64_t integers[POINT_INTEGERS] = {
        [POINT_NUMBER] = p->number,
        [POINT_TIME] = p->time_us,
        [POINT_N] = p->subgroup.n,
        [POINT_LOCATION_RULES] = p->verdict.location_rules,
        [POINT_DISPERSION_RULES] = p->verdict.dispersion_rules,
        [POINT_BASIS] = basis,
        [POINT_LIMITS] = p->limits,
        [POINT_BELOW] = p->below,
        [POINT_ABOVE] = p->above,
    };
    for (int column = 0; column < POINT_INTEGERS; column++)
        frame->integers[column][i] = integers[column];
    const double *plotted = p->verdict.plotted;
    const double doubles[POINT_DOUBLES] = {p->subgroup.location, p->subgroup.dispersion, plotted[0],      plotted[1],
                                           plotted[2],           p->subgroup.count,      p->subgroup.size};
    for (int column = 0; column < POINT_DOUBLES; column++)
        frame->doubles[column][i] = doubles[column];
    texts_set(&frame->texts, i, "");
}

/* Packs values [from, to) of a characteristic: whole subgroups. */
static void pack_slice(struct store *store, struct state *s, int64_t start_us, int64_t from, int64_t to, struct frame *values, struct frame *points)
{
    struct measurement m;
    struct point p;
    frame_clear(values);
    frame_clear(points);
    for (int64_t i = from; i < to; i++) {
        int complete = step(s, value_of(s->index, i), time_of(start_us, s->index, i), &m, &p);
        put_value(values, &m);
        if (complete)
            put_point(points, &p, s->basis);
    }
    const struct characteristic *c = s->characteristic;
    struct chunk chunk = {.characteristic = c->id,
                          .first_us = values->integers[VALUE_TIME][0],
                          .last_us = values->integers[VALUE_TIME][values->count - 1],
                          .count = to - from,
                          .points = (int64_t)points->count,
                          .first_point = points->integers[POINT_NUMBER][0],
                          .last_point = points->integers[POINT_NUMBER][points->count - 1],
                          .regular = true,
                          .lsl = c->lsl,
                          .usl = c->usl};
    struct tally_run run;
    struct exclusions none = {0};
    tally_begin(&run, c->lsl, c->usl);
    DO(chunk_tally(store, values, points, 0, INT64_MAX, &none, &run, &err));
    chunk.tally = tally_end(&run);
    DO(chunk_add(store, &chunk, values, points, &err));
}

static void record_rest(struct store *store, struct state *s, int64_t start_us, int64_t from, int64_t to)
{
    struct measurement m;
    struct point p;
    for (int64_t i = from; i < to; i++) {
        int complete = step(s, value_of(s->index, i), time_of(start_us, s->index, i), &m, &p);
        DO(record_measurement(store, &m, &err));
        if (complete)
            DO(record_point(store, &p, &err));
    }
    DO(record_standing(store, &s->standing, &err));
}

/* Limits, and the row that says what points were judged by: a point is recorded and taken back. */
static void prepare(struct store *store, struct state *s, int64_t start_us)
{
    const struct characteristic *c = s->characteristic;
    struct limits limits = {
        .characteristic = c->id, .time_us = start_us, .state = LIMITS_LOCKED, .center = c->locked_center, .sigma = c->locked_sigma};
    snprintf(limits.source, sizeof limits.source, "config");
    DO(record_limits(store, &limits, &err));
    struct state trial = *s;
    struct measurement m;
    struct point p;
    for (int64_t i = 0; !step(&trial, value_of(s->index, i), start_us + i, &m, &p); i++)
        ;
    DO(record_point(store, &p, &err));
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(store->db, "SELECT basis FROM point WHERE characteristic = ?1", -1, &statement, NULL) != SQLITE_OK)
        fail(sqlite3_errmsg(store->db));
    sqlite3_bind_int64(statement, 1, c->id);
    s->basis = sqlite3_step(statement) == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
    sqlite3_finalize(statement);
    s->standing.limits = limits.id;
}

static void fill(struct store *store, const struct plant *plant, int64_t each, int64_t start_us)
{
    size_t count = plant->n_characteristics;
    struct state *states = memory_zero(count, sizeof *states);
    struct frame values = {.shape = &value_shape}, points = {.shape = &point_shape};
    DO(store_begin(store, &err));
    for (size_t i = 0; i < count; i++) {
        states[i] = (struct state){.characteristic = &plant->characteristics[i], .index = i};
        states[i].standing.characteristic = plant->characteristics[i].id;
        prepare(store, &states[i], start_us);
    }
    if (sqlite3_exec(store->db, "DELETE FROM point", NULL, NULL, NULL) != SQLITE_OK)
        fail(sqlite3_errmsg(store->db));
    DO(store_commit(store, &err));
    int64_t packed = each > TAIL ? (each - TAIL) / SUBGROUP * SUBGROUP : 0;
    for (int64_t from = 0; from < packed; from += SLICE) /* slice by slice, as they would have come */
        for (size_t i = 0; i < count; i++) {
            if (i % AT_ONCE == 0)
                DO(store_begin(store, &err));
            pack_slice(store, &states[i], start_us, from, from + SLICE < packed ? from + SLICE : packed, &values, &points);
            if (i % AT_ONCE == AT_ONCE - 1 || i + 1 == count)
                DO(store_commit(store, &err));
        }
    DO(store_begin(store, &err));
    for (size_t i = 0; i < count; i++)
        record_rest(store, &states[i], start_us, packed, each);
    DO(store_commit(store, &err));
    frame_free(&values);
    frame_free(&points);
    free(states);
}

int main(int argc, char **argv)
{
    int64_t total = argc > 2 ? atoll(argv[2]) : 0, characteristics = argc > 3 ? atoll(argv[3]) : 3000;
    if (total < characteristics || characteristics < 1)
        fail("usage: fill DIR VALUES [CHARACTERISTICS]");
    int64_t each = total / characteristics / SUBGROUP * SUBGROUP, begun_us = clock_monotonic_us();
    struct plant *plant = make_plant(argv[1], (size_t)characteristics);
    struct store *store;
    DO(store_open(&store, plant->store_path, STORE_RECORD, &err));
    DO(store_identify(store, plant, &err));
    fill(store, plant, each, clock_now_us() - each * every_us);
    store_close(store);
    struct stat st;
    if (stat(plant->store_path, &st))
        fail("no store was made");
    double values = (double)(each * characteristics);
    printf("%.0f %.1f %.2f\n", values, (double)(clock_monotonic_us() - begun_us) / SECOND_US, (double)st.st_size / values);
    plant_free(plant);
    return 0;
}
