/* Groups: models have a history that nobody overwrites, points keep their vectors, and where the collector stands is read back as it was. */
#include "tests/storage/fixture.h"

#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct plant *plant;
static struct store *store;
static const struct characteristic_group *group;
static struct error err;

static void setup(void)
{
    plant = fixture_plant(fixture_tags);
    store = fixture_store(STORE_RECORD, plant);
    group = plant_group(plant, "pair");
}

static void teardown(void)
{
    store_close(store);
    plant_free(plant);
}

static struct group_model model_of(double ucl)
{
    static const double base[] = {1, 2, 2, 1, 3, 5, 4, 4, 6, 5, 5, 7};
    struct group_model model = {.group = group->id,
                                .time_us = T0,
                                .first_point = 1,
                                .last_point = 3,
                                .center = 2,
                                .ucl = ucl,
                                .alpha = group->alpha,
                                .state = LIMITS_TRIAL,
                                .t2 = t2_model(base, 3, 2, 2)};
    ck_assert_ptr_null(model.t2.why);
    group_settings(group, model.settings, sizeof model.settings);
    return model;
}

static int64_t record(double ucl)
{
    struct group_model model = model_of(ucl);
    fixture_begin(store);
    OK(record_group_model(store, &model, &err), err);
    fixture_commit(store);
    return model.number;
}

static int64_t decide(double ucl, enum limits_state state, int64_t seen)
{
    struct group_model model = model_of(ucl);
    model.state = state;
    snprintf(model.who, sizeof model.who, "wang");
    snprintf(model.why, sizeof model.why, "after the new tool");
    OK(action_group_limits(store, &model, seen, &err), err);
    return model.number;
}

START_TEST(test_models_supersede_and_stay)
{
    struct group_model model, *all;
    size_t count;
    FAILS(store_group_model(store, group->id, 0, &model, &err), err, ERR_NOT_FOUND, "no limits yet");
    ck_assert_int_eq(record(7), 1);
    ck_assert_int_eq(decide(8, LIMITS_APPROVED, 1), 2);
    OK(store_group_model(store, group->id, 0, &model, &err), err);
    ck_assert_int_eq(model.number, 2);
    ck_assert_int_eq(model.state, LIMITS_APPROVED);
    ck_assert_str_eq(model.why, "after the new tool");
    ck_assert(group_fits(&model, group));
    struct group_model expected = model_of(8);
    ck_assert(!memcmp(model.t2.covariance, expected.t2.covariance, sizeof model.t2.covariance));
    ck_assert(!memcmp(model.t2.root, expected.t2.root, sizeof model.t2.root));
    ck_assert_double_eq(model.t2.determinant, expected.t2.determinant);
    ck_assert_double_eq(model.alpha, group->alpha);
    char words[200];
    ck_assert_ptr_nonnull(strstr(group_model_words(&model, words, sizeof words), "by wang: after the new tool; calculated from points 1-3"));
    ck_assert_ptr_nonnull(strstr(words, "provisional: 3"));
    OK(store_group_models(store, group->id, &all, &count, &err), err);
    ck_assert_uint_eq(count, 2);
    ck_assert_int_eq(all[0].superseded_by, 2);
    ck_assert_double_eq(all[0].ucl, 7);
    ck_assert_int_eq(all[0].state, LIMITS_TRIAL);
    free(all);
}
END_TEST

START_TEST(test_a_calculated_model_gives_way_to_a_decided_one)
{
    struct group_model model;
    struct decisions before, after;
    OK(store_decisions(store, &before, &err), err);
    decide(8, LIMITS_LOCKED, 0);
    OK(store_decisions(store, &after, &err), err);
    ck_assert_int_ne(before.group_limits, after.group_limits);
    ck_assert_int_eq(record(9), 2);
    OK(store_group_model(store, group->id, 0, &model, &err), err);
    ck_assert_int_eq(model.number, 1);
    OK(store_group_model(store, group->id, 2, &model, &err), err);
    ck_assert_int_eq(model.superseded_by, 1);
}
END_TEST

START_TEST(test_decisions_need_a_reason_and_what_was_seen)
{
    struct group_model model = model_of(8);
    FAILS(action_group_limits(store, &model, 0, &err), err, ERR_USAGE, "a reason is needed");
    snprintf(model.why, sizeof model.why, "new tool");
    FAILS(action_group_limits(store, &model, 0, &err), err, ERR_USAGE, "somebody must decide");
    snprintf(model.who, sizeof model.who, "wang");
    FAILS(action_group_limits(store, &model, 4, &err), err, ERR_USAGE, "the limits changed meanwhile");
    OK(action_group_limits(store, &model, 0, &err), err);
}
END_TEST

static struct group_point point_of(int64_t number, const double *vectors)
{
    struct group_point point = {.group = group->id,
                                .number = number,
                                .time_us = T0 + number * SECOND_US,
                                .n = 2,
                                .statistic = NAN,
                                .center = NAN,
                                .ucl = NAN,
                                .dispersion = 0.5,
                                .spread = {1, 0, 0.25, NAN}};
    for (int v = 0; v < MULTIVARIATE_MAX; v++)
        point.vector[v] = NAN;
    vector_mean(vectors, 2, 2, point.vector);
    return point;
}

START_TEST(test_points_keep_their_vectors)
{
    struct group_point *points;
    double vectors[4], *found;
    size_t count;
    fixture_begin(store);
    for (int i = 1; i <= 6; i++) {
        for (int k = 0; k < 4; k++)
            vectors[k] = i + 0.1 * k;
        struct group_point point = point_of(i, vectors);
        point.n = i == 2 ? 3 : 2; /* of another subgroup: left out */
        double more[6] = {vectors[0], vectors[1], vectors[2], vectors[3], 1, 1};
        OK(record_group_point(store, &point, more, &err), err);
    }
    fixture_commit(store);
    OK(store_group_vectors(store, group, 1, 5, 4, &points, &found, &count, &err), err);
    ck_assert_uint_eq(count, 3); /* 2 to 5, less 2 */
    ck_assert_int_eq(points[0].number, 3);
    ck_assert_double_eq(found[0], 3);
    ck_assert_double_eq(found[3], 3 + 0.1 * 3);
    ck_assert_double_eq(found[8 + 1], 5.1);
    ck_assert_double_eq(points[0].dispersion, 0.5);
    ck_assert_double_eq(points[0].spread.ucl, 0.25);
    ck_assert(group_signals_spread(&points[0]) && !group_signals_mean(&points[0]));
    free(points);
    free(found);
}
END_TEST

START_TEST(test_points_are_excluded_and_come_back)
{
    const double vectors[] = {1, 2, 3, 4};
    struct group_point point = point_of(1, vectors), *points;
    struct exclusion exclusion = {group->id, 1, T0, true, "wang", " "};
    struct decisions before, after;
    size_t count;
    int64_t newest;
    fixture_begin(store);
    OK(record_group_point(store, &point, vectors, &err), err);
    fixture_commit(store);
    OK(store_decisions(store, &before, &err), err);
    FAILS(action_group_exclude(store, &exclusion, &err), err, ERR_USAGE, "a reason is needed");
    snprintf(exclusion.reason, sizeof exclusion.reason, "wrong part");
    OK(action_group_exclude(store, &exclusion, &err), err);
    FAILS(action_group_exclude(store, &exclusion, &err), err, ERR_USAGE, "point 1 of pair is excluded already");
    OK(store_decisions(store, &after, &err), err);
    ck_assert_int_ne(before.group_exclusion, after.group_exclusion);
    OK(store_group_points(store, group->id, 0, INT64_MAX, 0, &points, &count, &err), err);
    ck_assert(count == 1 && points[0].excluded && !group_signals(&points[0]));
    free(points);
    exclusion.excluded = false;
    OK(action_group_exclude(store, &exclusion, &err), err);
    OK(store_group_points(store, group->id, 0, INT64_MAX, 0, &points, &count, &err), err);
    ck_assert(!points[0].excluded && group_signals(&points[0]));
    free(points);
    OK(store_group_newest_exclusion(store, group->id, &newest, &err), err);
    ck_assert_int_eq(newest, 2);
    exclusion.point = 9;
    FAILS(action_group_exclude(store, &exclusion, &err), err, ERR_NOT_FOUND, "pair has no point 9");
}
END_TEST

START_TEST(test_a_standing_is_read_back_as_it_was)
{
    static struct group_standing written, found;
    FAILS(store_group_standing(store, group->id, 2, &found, &err), err, ERR_NOT_FOUND, "no values");
    for (int round = 1; round <= 2; round++) {
        written = (struct group_standing){.group = group->id,
                                          .first_point = 3,
                                          .model = round,
                                          .stage_point = 5,
                                          .exclusion = 2,
                                          .incomplete = 4,
                                          .incomplete_us = T0,
                                          .n_vectors = 1,
                                          .vectors = {0.1, 5e-324},
                                          .arrivals = 9};
        snprintf(written.settings, sizeof written.settings, "T2 n=2");
        snprintf(written.lacks, sizeof written.lacks, "seat did not come");
        snprintf(written.no_model, sizeof written.no_model, "seat does not vary");
        written.memory = (struct mewma_state){{0.25, -1}, 7};
        written.waiting[0] = (struct group_part){"S-1", 8, 2, {0, 1.5}};
        fixture_begin(store);
        OK(record_group_standing(store, &written, 2, &err), err);
        fixture_commit(store);
        OK(store_group_standing(store, group->id, 2, &found, &err), err);
        ck_assert(!memcmp(&written, &found, sizeof found));
    }
}
END_TEST

Suite *group_suite(void);
Suite *group_suite(void)
{
    const struct fixture_test tests[] = {
        {"group: models supersede and stay", test_models_supersede_and_stay},
        {"group: calculated gives way to decided", test_a_calculated_model_gives_way_to_a_decided_one},
        {"group: decisions need a reason", test_decisions_need_a_reason_and_what_was_seen},
        {"group: points keep their vectors", test_points_keep_their_vectors},
        {"group: points are excluded", test_points_are_excluded_and_come_back},
        {"group: a standing is read back", test_a_standing_is_read_back_as_it_was},
    };
    return fixture_suite("group", tests, sizeof tests / sizeof tests[0], setup, teardown);
}
