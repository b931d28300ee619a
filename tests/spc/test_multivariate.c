#include "spc/multivariate.h"

#include "spc/msa_bias.h"
#include "tests/harness.h"
#include "tests/spc/reference.h"
#include "tests/spc/suites.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Vectors of p variables that share a common part. */
static void random_vectors(unsigned long long *seed, double *values, int count, int p)
{
    for (int i = 0; i < count; i++) {
        double common = random_normal(seed);
        for (int v = 0; v < p; v++)
            values[i * p + v] = 10 * (v + 1) + (v + 1) * (common + 0.5 * random_normal(seed));
    }
}

START_TEST(limits_of_individuals_meet_published_values)
{
    double values[30 * 4];
    unsigned long long seed = 2;
    random_vectors(&seed, values, 30, 4);
    struct t2_model two = t2_model(values, 20, 1, 2), four = t2_model(values, 30, 1, 4);
    ck_assert_close(1 - t2_alpha(2), 0.99460729, 1e-14);
    ck_assert_close(1 - t2_alpha(4), 0.989243661321144, 1e-14);
    ck_assert_close(t2_limit(&two, T2_MADE_THE_MODEL, t2_alpha(2)), 8.28592787636626, 1e-11);
    ck_assert_close(t2_limit(&four, T2_MADE_THE_MODEL, t2_alpha(4)), 11.1213684523803, 1e-11);
}
END_TEST

START_TEST(limits_of_subgroups_are_those_of_f)
{
    double values[6 * 5 * 3];
    unsigned long long seed = 3;
    random_vectors(&seed, values, 30, 3);
    struct t2_model one = t2_model(values, 6, 5, 1), three = t2_model(values, 6, 5, 3);
    double t = gsl_cdf_tdist_Qinv(0.005, 24), f = gsl_cdf_fdist_Qinv(0.01, 3, 22);
    ck_assert_close(t2_limit(&one, T2_FOLLOWS, 0.01), 7 / 6.0 * t * t, 1e-9);
    ck_assert_close(t2_limit(&three, T2_FOLLOWS, 0.01), 3.0 * 7 * 4 / (30 - 6 - 3 + 1) * f, 1e-9);
    ck_assert_close(t2_limit(&three, T2_MADE_THE_MODEL, 0.01), 3.0 * 5 * 4 / (30 - 6 - 3 + 1) * f, 1e-9);
}
END_TEST

START_TEST(limits_leave_alpha_above_whatever_the_design)
{
    for (int p = 1; p <= MULTIVARIATE_MAX; p += 3)
        for (int m = p + 4; m < 5000; m *= 3)
            for (double alpha = 1e-5; alpha < 1; alpha *= 7) {
                struct t2_model model = {.p = p, .m = m, .n = 1, .df = m - 1};
                double rest = m - p, follows = t2_limit(&model, T2_FOLLOWS, alpha), made = t2_limit(&model, T2_MADE_THE_MODEL, alpha);
                ck_assert_close(gsl_cdf_fdist_Q(follows / ((m + 1.0) / m * p * (m - 1) / rest), p, rest), alpha, 1e-9);
                ck_assert_close(gsl_cdf_beta_Q(made * m / ((m - 1.0) * (m - 1)), p / 2.0, (m - p - 1) / 2.0), alpha, 1e-9);
            }
}
END_TEST

START_TEST(t2_of_two_variables_is_its_closed_form)
{
    double values[40];
    unsigned long long seed = 9;
    random_vectors(&seed, values, 20, 2);
    struct t2_model model = t2_model(values, 20, 1, 2);
    double s1 = sqrt(model.covariance[0]), s2 = sqrt(model.covariance[3]), r = model.covariance[1] / s1 / s2, total = 0;
    ck_assert_double_eq(model.covariance[1], model.covariance[2]);
    ck_assert_close(model.determinant, s1 * s1 * s2 * s2 * (1 - r * r), 1e-13);
    for (int i = 0; i < 20; i++) {
        double a = (values[2 * i] - model.mean[0]) / s1, b = (values[2 * i + 1] - model.mean[1]) / s2;
        double t2 = t2_statistic(&model, values + 2 * i, 1);
        ck_assert_close(t2, (a * a + b * b - 2 * r * a * b) / (1 - r * r), 1e-11);
        total += t2;
    }
    ck_assert_close(total, 19 * 2, 1e-13); /* the points that made the model share (m - 1) p */
}
END_TEST

START_TEST(t2_does_not_depend_on_units_or_on_which_sums_are_charted)
{
    enum { P = 5, M = 12, N = 4 };
    static double values[M * N * P], mixed[M * N * P];
    unsigned long long seed = 5;
    random_vectors(&seed, values, M * N, P);
    for (int i = 0; i < M * N; i++)
        for (int v = 0; v < P; v++)
            mixed[i * P + v] = 25.4 * values[i * P + v] + 3 * values[i * P + (v + 1) % P] - 1000;
    struct t2_model plain = t2_model(values, M, N, P), other = t2_model(mixed, M, N, P);
    ck_assert_ptr_null(plain.why);
    ck_assert_double_eq(plain.df, M * (N - 1));
    for (int i = 0; i < M * N; i++)
        ck_assert_close(t2_statistic(&plain, values + i * P, 1), t2_statistic(&other, mixed + i * P, 1), 1e-9);
}
END_TEST

/* The model without one variable. */
static struct t2_model without(const double *values, int m, int n, int p, int variable, double *fewer)
{
    for (int i = 0, k = 0; i < m * n * p; i++)
        if (i % p != variable)
            fewer[k++] = values[i];
    return t2_model(fewer, m, n, p - 1);
}

START_TEST(a_variable_adds_what_t2_loses_without_it)
{
    enum { P = 4, M = 15, N = 3 };
    static double values[M * N * P], fewer[M * N * P];
    unsigned long long seed = 6;
    random_vectors(&seed, values, M * N, P);
    struct t2_model model = t2_model(values, M, N, P);
    for (int i = 0; i < M; i++) {
        const double *x = values + i * N * P;
        struct t2_part parts[P];
        int guilty = t2_decompose(&model, x, N, T2_FOLLOWS, parts);
        for (int v = 0; v < P; v++) {
            struct t2_model rest = without(values, M, N, P, v, fewer);
            ck_assert_close(parts[v].given_others, t2_statistic(&model, x, N) - t2_statistic(&rest, fewer + i * N * (P - 1), N), 1e-9);
            double d = x[v] - model.mean[v];
            ck_assert_close(parts[v].alone, N * d * d / model.covariance[v * P + v], 1e-13);
            ck_assert(parts[guilty].given_others >= parts[v].given_others);
        }
    }
}
END_TEST

/* Of two variables the second given the first is the error of predicting it by their line. */
START_TEST(a_variables_p_is_that_of_its_prediction)
{
    enum { M = 12 };
    double values[2 * M], first[M], second[M], half_width;
    const double x[] = {12, 17};
    unsigned long long seed = 14;
    struct t2_part parts[2];
    random_vectors(&seed, values, M, 2);
    for (int i = 0; i < M; i++)
        first[i] = values[2 * i], second[i] = values[2 * i + 1];
    struct t2_model model = t2_model(values, M, 1, 2);
    struct line_fit line = line_fit(first, second, M);
    double error = x[1] - line_at(&line, x[0], 0.95, &half_width), d = x[0] - line.x_mean;
    double t = error / line.s / sqrt(1 + 1.0 / M + d * d / line.x_squares);
    t2_decompose(&model, x, 1, T2_FOLLOWS, parts);
    ck_assert_close(parts[1].p, 2 * gsl_cdf_tdist_Q(fabs(t), M - 2), 1e-9);
}
END_TEST

START_TEST(the_variable_that_broke_the_relation_is_named)
{
    enum { P = 3, M = 100 };
    static double values[M * P];
    unsigned long long seed = 7;
    for (int i = 0; i < M; i++) {
        double common = random_normal(&seed);
        for (int v = 0; v < P; v++)
            values[i * P + v] = common + 0.1 * random_normal(&seed);
    }
    struct t2_model model = t2_model(values, M, 1, P);
    struct t2_part parts[P];
    const double x[P] = {1, -1, 1}; /* each is usual; the second should be 1 */
    ck_assert_int_eq(t2_decompose(&model, x, 1, T2_FOLLOWS, parts), 1);
    ck_assert_double_gt(t2_statistic(&model, x, 1), t2_limit(&model, T2_FOLLOWS, 0.0027));
    for (int v = 0; v < P; v++)
        ck_assert_double_lt(parts[v].alone, 4);
    ck_assert_double_lt(parts[1].p, 1e-9);
    ck_assert_double_gt(parts[1].given_others, 2 * parts[0].given_others);
}
END_TEST

START_TEST(points_that_follow_pass_the_limit_as_often_as_said)
{
    enum { P = 3, M = 12, ROUNDS = 20000 };
    double values[M * P], x[P];
    unsigned long long seed = 10;
    int beyond = 0, guilty = 0, made = 0, guilty_made = 0, alone = 0, alone_made = 0;
    for (int round = 0; round < ROUNDS; round++) {
        struct t2_part parts[P];
        random_vectors(&seed, values, M, P);
        random_vectors(&seed, x, 1, P);
        struct t2_model model = t2_model(values, M, 1, P);
        beyond += t2_statistic(&model, x, 1) > t2_limit(&model, T2_FOLLOWS, 0.05);
        made += t2_statistic(&model, values, 1) > t2_limit(&model, T2_MADE_THE_MODEL, 0.05);
        t2_decompose(&model, x, 1, T2_FOLLOWS, parts);
        guilty += parts[1].p < 0.05;
        ck_assert((parts[1].p < 0.05) == (parts[1].given_others > parts[1].limit));
        alone += parts[1].alone > parts[1].alone_limit;
        t2_decompose(&model, values, 1, T2_MADE_THE_MODEL, parts);
        guilty_made += parts[1].p < 0.05;
        alone_made += parts[1].alone > parts[1].alone_limit;
    }
    ck_assert_double_eq_tol((double)guilty_made / ROUNDS, 0.05, 0.007);
    ck_assert_double_eq_tol((double)alone / ROUNDS, 0.05, 0.007);
    ck_assert_double_eq_tol((double)alone_made / ROUNDS, 0.05, 0.007);
    ck_assert_double_eq_tol((double)beyond / ROUNDS, 0.05, 0.007);
    ck_assert_double_eq_tol((double)made / ROUNDS, 0.05, 0.007);
    ck_assert_double_eq_tol((double)guilty / ROUNDS, 0.05, 0.007);
}
END_TEST

/* A table that numpy and scipy were given too. */
static void fixed_vectors(double *values, int count, int p)
{
    unsigned long long state = 12345;
    double common = 0;
    for (int i = 0; i < count; i++)
        for (int v = 0; v <= p; v++) {
            state = (state * 1103515245 + 12345) % (1ull << 31);
            double x = (double)state / (double)(1ull << 31);
            if (v == 0)
                common = x;
            else
                values[i * p + v - 1] = round((v * 10 + (common + 0.4 * x) * v) * 1000) / 1000;
        }
}

static void check_part(const struct t2_part *part, const double expected[5])
{
    ck_assert_close(part->given_others, expected[0], 1e-9);
    ck_assert_close(part->limit, expected[1], 1e-9);
    ck_assert_close(part->p, expected[2], 1e-9);
    ck_assert_close(part->alone, expected[3], 1e-9);
    ck_assert_close(part->alone_limit, expected[4], 1e-9);
}

/* Each T2 by numpy's solve on the variables that it is of; F and beta by scipy 1.10. */
START_TEST(parts_of_t2_and_their_limits_meet_scipy)
{
    static const double follows[3][5] = {{50.448370743291534, 16.02435314539169, 0.001706197016213466, 9.581576704012596, 5.149518989032328},
                                         {74.28789411665518, 9.328429286129962, 1.9151121190534476e-05, 3.0387822940778335, 5.149518989032328},
                                         {0.4523593913052082, 30.066978076967704, 0.7981617401562593, 3.6017716349763544, 5.149518989032328}};
    static const double made[3][5] = {{50.448370743291534, 14.339103716266807, 0.0010847664600991528, 9.581576704012596, 3.6782278493088056},
                                      {74.28789411665518, 7.643179857005081, 6.008476426329315e-06, 3.0387822940778335, 3.6782278493088056},
                                      {0.4523593913052082, 28.38172864784282, 0.7924015875665368, 3.6017716349763544, 3.6782278493088056}};
    static const double singles[3][5] = {{0.20721181830338953, 2.7360682612751375, 0.6308981188260487, 3.302347602929082, 3.345210373432073},
                                         {0.02851245760571519, 2.6647147417107346, 0.8576257253381024, 2.968732993885532, 3.345210373432073},
                                         {0.06809199502473584, 2.6805185995787886, 0.781911722720297, 2.899741455112598, 3.345210373432073}};
    double values[24 * 3], x[] = {10.2, 21.9, 31.1};
    struct t2_part parts[3];
    fixed_vectors(values, 24, 3);
    struct t2_model model = t2_model(values, 6, 4, 3), of_singles = t2_model(values, 12, 1, 3);
    ck_assert_close(t2_statistic(&model, x, 4), 86.49993664845074, 1e-10);
    ck_assert_int_eq(t2_decompose(&model, x, 4, T2_FOLLOWS, parts), 1);
    for (int v = 0; v < 3; v++)
        check_part(&parts[v], follows[v]);
    t2_decompose(&model, x, 4, T2_MADE_THE_MODEL, parts);
    for (int v = 0; v < 3; v++)
        check_part(&parts[v], made[v]);
    t2_decompose(&of_singles, values + 4 * 3, 1, T2_MADE_THE_MODEL, parts);
    for (int v = 0; v < 3; v++)
        check_part(&parts[v], singles[v]);
    ck_assert_int_eq(t2_blame(&model, x, 4, T2_FOLLOWS, parts), 2); /* the third is not to be named */
    ck_assert_int_eq(parts[0].variable, 1);
    ck_assert_int_eq(parts[1].variable, 0);
    ck_assert_int_eq(parts[2].variable, 2);
}
END_TEST

START_TEST(generalised_variance_meets_numpy)
{
    double values[24 * 3], lcl, center, ucl;
    fixed_vectors(values, 24, 3);
    struct t2_model model = t2_model(values, 6, 4, 3);
    ck_assert_close(model.determinant, 0.001405631582902066, 1e-10);
    ck_assert_close(generalised_variance(values, 4, 3), 1.853337930083368e-05, 1e-9);
    ck_assert(generalised_variance_limits(&model, &lcl, &center, &ucl));
    ck_assert_close(center, 0.00037207894841525277, 1e-10);
    ck_assert_close(ucl, 0.0037207894841525284, 1e-10);
    ck_assert_double_eq(lcl, 0);
    /* Subgroups of ten and two variables: b1 = 72 / 81, b2 = 72 (110 - 72) / 81^2; the model has 2 (10 - 1) degrees of freedom. */
    struct t2_model two = t2_model(values, 2, 10, 2), single = t2_model(values, 10, 1, 2);
    double b1 = 72 / 81.0, b2 = 72 * 38 / 6561.0, sigma = two.determinant / (18 * 17 / (18.0 * 18));
    ck_assert(generalised_variance_limits(&two, &lcl, &center, &ucl));
    ck_assert_close(center, b1 * sigma, 1e-14);
    ck_assert_close(ucl, sigma * (b1 + 3 * sqrt(b2)), 1e-14);
    ck_assert_close(generalised_variance(values, 10, 2), single.determinant, 1e-13);
    ck_assert_double_nan(generalised_variance(values, 2, 2));
    static const double line[] = {1, 2, 2, 4, 3, 6, 4, 8};
    ck_assert_double_eq(generalised_variance(line, 4, 2), 0);
    ck_assert(!generalised_variance_limits(&single, &lcl, &center, &ucl));
    ck_assert_double_nan(ucl);
}
END_TEST

/* The covariance's inverse by numpy, F by scipy 1.10. */
START_TEST(who_made_a_generalised_variance_meets_scipy)
{
    static const double shifts[] = {1.5, -2.0, 1.0, -1.2};
    double values[24 * 3], point[4 * 3];
    struct spread_part parts[3];
    fixed_vectors(values, 24, 3);
    struct t2_model model = t2_model(values, 6, 4, 3);
    memcpy(point, values, sizeof point);
    for (int k = 0; k < 4; k++)
        point[k * 3 + 1] += shifts[k];
    ck_assert_close(generalised_variance(point, 4, 3), 0.005730451003213352, 1e-9);
    ck_assert_int_eq(generalised_variance_blame(&model, point, parts), 1);
    ck_assert_int_eq(parts[0].variable, 1);
    ck_assert_close(parts[0].ratio, 65.38856597279103, 1e-9);
    ck_assert_close(parts[0].p, 1.9293278370767344e-06, 1e-9);
    ck_assert_int_eq(parts[1].variable, 0);
    ck_assert_close(parts[1].ratio, 0.32879798023361123, 1e-9);
    ck_assert_close(parts[1].p, 0.7817051104980227, 1e-9);
    ck_assert_int_eq(parts[2].variable, 2);
    for (int k = 0; k < 4; k++) /* follows from the others: no residual, but it spreads */
        point[k * 3 + 2] = point[k * 3 + 1] + 10;
    ck_assert_int_ge(generalised_variance_blame(&model, point, parts), 1);
    ck_assert_int_eq(parts[0].variable, 1);
}
END_TEST

/* The centre line is where the points lie: without b1 it would be four times as high here. */
START_TEST(generalised_variances_scatter_about_their_centre)
{
    enum { P = 3, M = 25, N = 4, ROUNDS = 20000 };
    static double values[M * N * P];
    const double sigma = 36 * 0.0625 * 3.25; /* |Sigma| of random_vectors: units 1, 2, 3, own parts 1/4, a common part 1 */
    unsigned long long seed = 21;
    double sum = 0, squares = 0, centers = 0, widths = 0;
    for (int round = 0; round < ROUNDS; round++) {
        double next[N * P], lcl, center, ucl;
        random_vectors(&seed, next, N, P);
        double s = generalised_variance(next, N, P) / sigma;
        sum += s;
        squares += s * s;
        if (round % 20)
            continue;
        random_vectors(&seed, values, M * N, P);
        struct t2_model model = t2_model(values, M, N, P);
        generalised_variance_limits(&model, &lcl, &center, &ucl);
        centers += center / sigma * 20;
        widths += (ucl - center) / sigma * 20;
    }
    double mean = sum / ROUNDS, sd = sqrt(squares / ROUNDS - mean * mean);
    ck_assert_double_eq_tol(mean, 2 / 9.0, 0.01);
    ck_assert_double_eq_tol(centers / ROUNDS, 2 / 9.0, 0.01);
    ck_assert_double_eq_tol(widths / ROUNDS, 3 * sd, 0.1 * 3 * sd);
}
END_TEST

START_TEST(mewma_with_its_exact_covariance_starts_as_t2)
{
    double values[20 * 3];
    unsigned long long seed = 13;
    random_vectors(&seed, values, 20, 3);
    struct t2_model model = t2_model(values, 20, 1, 3);
    struct mewma_state state = {0}, all = {0}, long_run = {0};
    for (int i = 0; i < 20; i++) {
        double *x = values + 3 * i, t2 = t2_statistic(&model, x, 1);
        double next = mewma_next(&state, &model, x, 1, 0.2, false);
        ck_assert_close(mewma_next(&long_run, &model, x, 1, 0.2, true), next * (1 - pow(0.8, 2 * (i + 1))), 1e-12);
        ck_assert_close(mewma_next(&all, &model, x, 1, 1, true), t2, 1e-12);
        if (i == 0)
            ck_assert_close(next, t2, 1e-12);
    }
}
END_TEST

START_TEST(mewma_of_one_variable_is_the_square_of_ewma)
{
    static const double values[] = {1, 3, 2, 5, 4, 4, 6, 2};
    struct t2_model model = t2_model(values, 8, 1, 1);
    struct mewma_state state = {0};
    double z = 0;
    for (int i = 0; i < 8; i++) {
        z = 0.3 * (values[i] - model.mean[0]) + 0.7 * z;
        ck_assert_close(mewma_next(&state, &model, values + i, 1, 0.3, true), z * z / (0.3 / 1.7 * model.covariance[0]), 1e-13);
    }
}
END_TEST

START_TEST(mewma_limits_meet_the_reference_design)
{
    size_t n;
    const char *file = "own/arl_design.csv";
    double *lambda = reference_column(file, "param1", &n), *p = reference_column(file, "param2", &n);
    double *arl = reference_column(file, "ARL0", &n), *limit = reference_column(file, "limit", &n);
    int seen = 0;
    for (size_t i = 0; i < n; i++)
        if (p[i] >= 2) { /* only MEWMA has a number of variables */
            ck_assert_close(mewma_limit((int)p[i], lambda[i], arl[i]), limit[i], 1e-10);
            ck_assert_close(mewma_arl((int)p[i], lambda[i], limit[i]), arl[i], 1e-9);
            seen++;
        }
    ck_assert_int_ge(seen, 40);
    free(lambda), free(p), free(arl), free(limit);
}
END_TEST

START_TEST(mewma_limits_hold_at_the_ends_of_lambda)
{
    ck_assert_close(mewma_limit(3, 1, 370), gsl_cdf_chisq_Qinv(1 / 370.0, 3), 1e-14);
    ck_assert_close(mewma_arl(3, 0.9999, 14), 1 / gsl_cdf_chisq_Q(14, 3), 1e-6);
    for (int p = 2; p <= MULTIVARIATE_MAX; p += 7) {
        double before = 0;
        for (double lambda = 0.01; lambda < 1; lambda *= 2.5) {
            double h = mewma_limit(p, lambda, 370);
            ck_assert_double_gt(h, before);
            ck_assert_close(mewma_arl(p, lambda, h), 370, 1e-9);
            before = h;
        }
    }
    ck_assert_double_nan(mewma_limit(1, 0.2, 370));
    ck_assert_double_nan(mewma_limit(2, 0.001, 370));
    ck_assert_double_nan(mewma_limit(2, 0.2, 1));
    ck_assert_double_nan(mewma_arl(2, 0.2, 0));
}
END_TEST

/* Rigdon 1995 (p = 4, run length 500), Knoth 2017 table 2 (p = 3, 1000), and Prabhu and Runger 1997 (200), whose Markov chain is good to some 0.1 %.
 */
START_TEST(mewma_limits_meet_published_tables)
{
    static const struct {
        int p;
        double lambda, arl, limit, tolerance;
    } rows[] = {{4, 0.25, 500, 16.38, 0.005}, {3, 0.25, 1000, 15.82, 0.005}, {3, 0.2, 1000, 15.62, 0.005}, {3, 0.15, 1000, 15.31, 0.005},
                {3, 0.1, 1000, 14.76, 0.005}, {3, 0.05, 1000, 13.60, 0.005}, {2, 0.1, 200, 8.64, 0.01},    {4, 0.1, 200, 12.73, 0.01},
                {6, 0.2, 200, 17.51, 0.01},   {10, 0.1, 200, 22.67, 0.02},   {15, 0.1, 200, 30.03, 0.02}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        ck_assert_double_eq_tol(mewma_limit(rows[i].p, rows[i].lambda, rows[i].arl), rows[i].limit, rows[i].tolerance);
}
END_TEST

/* Runs of the chart itself about a model that is known: 4000 of them have a standard error of some 1.5 %. */
START_TEST(mewma_signals_as_often_as_its_limit_says)
{
    enum { P = 3, RUNS = 4000 };
    unsigned long long seed = 31;
    double limit = mewma_limit(P, 0.15, 100), steps = 0;
    struct t2_model model = {.p = P, .m = 1000000, .n = 1, .df = 999999, .root = {[0] = 1, [4] = 1, [8] = 1}};
    for (int run = 0; run < RUNS; run++) {
        struct mewma_state state = {0};
        double x[P], statistic;
        do {
            for (int v = 0; v < P; v++)
                x[v] = random_normal(&seed);
            statistic = mewma_next(&state, &model, x, 1, 0.15, true);
            steps++;
        } while (statistic <= limit);
    }
    ck_assert_double_eq_tol(steps / RUNS, 100, 6);
}
END_TEST

START_TEST(no_model_no_figure)
{
    double values[] = {1, 2, 2, 4, 3, 6, 4, 8, 5, 10};
    struct t2_part parts[2];
    struct mewma_state state = {0};
    struct t2_model model = t2_model(values, 5, 1, 2);
    static const char *const names[] = {"bore", "seat"};
    char why[80];
    ck_assert_str_eq(model.why, "a variable follows from the others");
    ck_assert_str_eq(t2_why(&model, names, why, sizeof why), "seat follows from the others");
    ck_assert_double_nan(t2_statistic(&model, values, 1));
    ck_assert_double_nan(t2_limit(&model, T2_FOLLOWS, 0.01));
    ck_assert_double_nan(mewma_next(&state, &model, values, 1, 0.2, true));
    ck_assert_int_eq(t2_decompose(&model, values, 1, T2_FOLLOWS, parts), -1);
    ck_assert_str_eq(t2_model(values, 2, 1, 2).why, "too few values for so many variables");
    ck_assert_str_eq(t2_model(values, 1, 5, 2).why, "fewer than two points");
    ck_assert_str_eq(t2_model(values, 5, 1, 17).why, "one to sixteen variables can be charted together");
    for (int i = 0; i < 5; i++)
        values[2 * i] = 7;
    model = t2_model(values, 5, 1, 2);
    ck_assert_str_eq(t2_why(&model, names, why, sizeof why), "bore does not vary");
    ck_assert_int_eq(t2_blame(&model, values, 1, T2_FOLLOWS, parts), 0);
    values[3] = NAN;
    model = t2_model(values, 5, 1, 2);
    ck_assert_str_eq(t2_why(&model, names, why, sizeof why), "a value is missing");
    ck_assert_double_nan(generalised_variance(values, 5, 2));
}
END_TEST

Suite *multivariate_suite(void)
{
    Suite *suite = suite_create("multivariate");
    add_test(suite, limits_of_individuals_meet_published_values);
    add_test(suite, limits_of_subgroups_are_those_of_f);
    add_test(suite, limits_leave_alpha_above_whatever_the_design);
    add_test(suite, t2_of_two_variables_is_its_closed_form);
    add_test(suite, t2_does_not_depend_on_units_or_on_which_sums_are_charted);
    add_test(suite, a_variable_adds_what_t2_loses_without_it);
    add_test(suite, a_variables_p_is_that_of_its_prediction);
    add_test(suite, the_variable_that_broke_the_relation_is_named);
    add_test(suite, points_that_follow_pass_the_limit_as_often_as_said);
    add_test(suite, parts_of_t2_and_their_limits_meet_scipy);
    add_test(suite, generalised_variance_meets_numpy);
    add_test(suite, who_made_a_generalised_variance_meets_scipy);
    add_test(suite, generalised_variances_scatter_about_their_centre);
    add_test(suite, mewma_with_its_exact_covariance_starts_as_t2);
    add_test(suite, mewma_of_one_variable_is_the_square_of_ewma);
    add_test(suite, mewma_limits_meet_the_reference_design);
    add_test(suite, mewma_limits_hold_at_the_ends_of_lambda);
    add_test(suite, mewma_limits_meet_published_tables);
    add_test(suite, mewma_signals_as_often_as_its_limit_says);
    add_test(suite, no_model_no_figure);
    return suite;
}
