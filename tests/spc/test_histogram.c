#include "spc/histogram.h"

#include "tests/harness.h"
#include "tests/spc/reference.h"
#include "tests/spc/suites.h"

#include <math.h>
#include <stdbool.h>

static void sound(const struct histogram *histogram, const double *values, size_t count, int max_classes)
{
    int64_t total = 0, largest = 0;
    double high = histogram->low + histogram->classes * histogram->width, least = values[0], most = values[0];
    for (size_t i = 0; i < count; i++) {
        least = fmin(least, values[i]);
        most = fmax(most, values[i]);
    }
    ck_assert_int_ge(histogram->classes, 5);
    ck_assert_int_le(histogram->classes, max_classes);
    ck_assert_double_gt(histogram->width, 0);
    ck_assert_double_le(histogram->low, least + 1e-8 * histogram->width);
    ck_assert_double_ge(high, most - 1e-8 * histogram->width);
    for (int i = 0; i < histogram->classes; i++) {
        total += histogram->counts[i];
        largest = histogram->counts[i] > largest ? histogram->counts[i] : largest;
    }
    ck_assert_int_eq(total, count);
    ck_assert_int_eq(histogram->total, count);
    ck_assert_int_eq(histogram->largest, largest);
}

static bool round_number(double width)
{
    double mantissa = width / pow(10, floor(log10(width * (1 + 1e-9))));
    return fabs(mantissa - 1) < 1e-6 || fabs(mantissa - 2) < 1e-6 || fabs(mantissa - 5) < 1e-6;
}

START_TEST(classes_cover_all_values_on_round_edges_for_any_data)
{
    unsigned long long seed = 8;
    for (int round = 0; round < 3000; round++) {
        double values[400], scale = pow(10, random_below(&seed, 13) - 6), shift = random_normal(&seed) * scale * random_below(&seed, 300);
        size_t count = 1 + (size_t)random_below(&seed, 400);
        int most = 12 + random_below(&seed, 29);
        for (size_t i = 0; i < count; i++)
            values[i] = shift + scale * random_normal(&seed);
        struct histogram histogram = histogram_of(values, count, most);
        sound(&histogram, values, count, most);
        double edge = histogram.low / histogram.width;
        ck_assert_msg(round_number(histogram.width), "width %.17g", histogram.width);
        ck_assert_double_eq_tol(edge, rint(edge), 1e-6);
    }
}
END_TEST

START_TEST(readings_on_an_edge_belong_to_the_class_above_it)
{
    double values[100];
    for (int i = 0; i < 100; i++)
        values[i] = 24.9 + i / 1000.0;
    struct histogram histogram = histogram_of(values, 100, 12);
    ck_assert_close(histogram.width, 0.01, 1e-12);
    ck_assert_int_eq(histogram.classes, 10);
    for (int i = 0; i < 10; i++)
        ck_assert_int_eq(histogram.counts[i], 10);
}
END_TEST

START_TEST(the_last_class_is_closed)
{
    struct histogram histogram = histogram_of((double[]){0, 1, 2, 3, 4, 5}, 6, 40);
    ck_assert_int_eq(histogram.classes, 5);
    ck_assert_int_eq(histogram.counts[4], 2);
    ck_assert_double_eq(histogram.low, 0);
    ck_assert_double_eq(histogram.width, 1);
}
END_TEST

START_TEST(equal_extreme_and_no_values_have_a_histogram)
{
    static const double same[] = {25.02, 25.02, 25.02}, zero[] = {0, 0};
    struct histogram histogram = histogram_of(same, 3, 20);
    sound(&histogram, same, 3, 20);
    ck_assert_int_eq(histogram.largest, 3);
    histogram = histogram_of(zero, 2, 20);
    sound(&histogram, zero, 2, 20);
    static const double hair[] = {0, 4.9e-324}, wide[] = {-1e300, 1e300};
    histogram = histogram_of(hair, 2, 20);
    sound(&histogram, hair, 2, 20);
    histogram = histogram_of(wide, 2, 20);
    sound(&histogram, wide, 2, 20);
    ck_assert_int_eq(histogram_of(same, 0, 20).classes, 0);
    ck_assert_int_eq(histogram_of(same, 0, 20).total, 0);
}
END_TEST

START_TEST(the_normal_density_integrates_to_one)
{
    double sum = 0;
    for (int i = -800; i <= 800; i++)
        sum += normal_density(25 + i * 0.0025, 25, 0.2) * 0.0025;
    ck_assert_double_eq_tol(sum, 1, 1e-12);
    ck_assert_close(normal_density(3, 3, 2), 0.19947114020071635, 1e-15);
    ck_assert_close(normal_density(5, 3, 2), 0.12098536225957168, 1e-15);
}
END_TEST

Suite *histogram_suite(void)
{
    Suite *suite = suite_create("histogram");
    add_test(suite, classes_cover_all_values_on_round_edges_for_any_data);
    add_test(suite, readings_on_an_edge_belong_to_the_class_above_it);
    add_test(suite, the_last_class_is_closed);
    add_test(suite, equal_extreme_and_no_values_have_a_histogram);
    add_test(suite, the_normal_density_integrates_to_one);
    return suite;
}
