/* Columns of doubles: absent ones apart, the others as decimals or as their own bits. */
#include "storage/column_private.h"

#include "config/config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Stored: never renumber. */
enum { NONE_PRESENT = 0, ALL_PRESENT = 1, SOME_PRESENT = 2 };
enum { DECIMAL_MOST = 15, OWN_BITS = 64 /* + bits that are 0 in all */ };

static uint64_t bits_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static double double_of(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* Neighbouring doubles as neighbouring integers, -0 just below 0. */
static int64_t place_of(double value, int shift)
{
    uint64_t bits = bits_of(value), size = (bits & INT64_MAX) >> shift;
    return (int64_t)(bits >> 63 ? ~size : size);
}

static double at_place(int64_t place, int shift)
{
    uint64_t bits = (uint64_t)place;
    return double_of(place < 0 ? ((~bits << shift) & INT64_MAX) | UINT64_C(1) << 63 : (bits << shift) & INT64_MAX);
}

static const double tens[DECIMAL_MOST + 1] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

static int64_t decimal_of(double value, int digits)
{
    double scaled = value * tens[digits];
    return fabs(scaled) < 0x1p53 ? llrint(scaled) : 0;
}

/* How far a value is from the nearest decimal, in doubles between. */
static int64_t off_decimal(double value, int64_t decimal, int digits)
{
    return less(place_of(value, 0), place_of((double)decimal / tens[digits], 0));
}

/* The digits after the point with which most of the values are decimals, or nearly. */
static int digits_of(const double *values, size_t n)
{
    enum { TRIED = 32, NEARLY = 8 };
    size_t step = n / TRIED + 1, fewest = SIZE_MAX;
    int best = 0;
    for (int digits = 0; digits <= DECIMAL_MOST && fewest; digits++) {
        size_t misses = 0;
        for (size_t i = 0; i < n; i += step) {
            int64_t off = off_decimal(values[i], decimal_of(values[i], digits), digits);
            misses += off > NEARLY || off < -NEARLY;
        }
        if (misses < fewest) {
            fewest = misses;
            best = digits;
        }
    }
    return best;
}

static void put_decimals(struct bytes *out, const double *values, size_t n, int64_t *room)
{
    int digits = digits_of(values, n);
    column_put_byte(out, digits);
    for (size_t i = 0; i < n; i++)
        room[i] = decimal_of(values[i], digits);
    column_put_integers(out, room, NULL, n);
    for (size_t i = 0; i < n; i++)
        room[i] = off_decimal(values[i], room[i], digits);
    column_put_integers(out, room, NULL, n);
}

static void put_own_bits(struct bytes *out, const double *values, size_t n, int64_t *room)
{
    uint64_t any = 0;
    for (size_t i = 0; i < n; i++)
        any |= bits_of(values[i]) & INT64_MAX;
    int shift = any ? __builtin_ctzll(any) : 0;
    column_put_byte(out, OWN_BITS + shift);
    for (size_t i = 0; i < n; i++)
        room[i] = place_of(values[i], shift);
    column_put_integers(out, room, NULL, n);
}

static void put_present(struct bytes *out, const double *values, size_t n)
{
    int64_t *room = memory_zero(n + 1, sizeof *room);
    struct bytes decimals = {0}, own = {0};
    put_decimals(&decimals, values, n, room);
    put_own_bits(&own, values, n, room);
    struct bytes *best = decimals.size < own.size ? &decimals : &own;
    bytes_put(out, best->data, best->size);
    free(decimals.data);
    free(own.data);
    free(room);
}

static void put_plain_doubles(struct bytes *out, const double *values, size_t n)
{
    double *present = memory_zero(n + 1, sizeof *present);
    int64_t *is_present = memory_zero(n + 1, sizeof *is_present);
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        is_present[i] = !isnan(values[i]);
        if (is_present[i])
            present[count++] = values[i];
    }
    column_put_byte(out, count == 0 ? NONE_PRESENT : count == n ? ALL_PRESENT : SOME_PRESENT);
    if (count && count < n)
        column_put_integers(out, is_present, NULL, n);
    if (count)
        put_present(out, present, count);
    free(is_present);
    free(present);
}

static bool same_doubles(const void *a, const void *b, size_t i)
{
    double x = ((const double *)a)[i], y = ((const double *)b)[i];
    return bits_of(x) == bits_of(y) || (isnan(x) && isnan(y));
}

void column_put_doubles(struct bytes *out, const double *values, const double *like, size_t n)
{
    struct differences differences;
    if (!differences_find(&differences, n, same_doubles, values, like)) {
        put_plain_doubles(out, values, n);
        return;
    }
    double *others = memory_zero(differences.count + 1, sizeof *others);
    for (size_t i = 0; i < differences.count; i++)
        others[i] = values[differences.places[i]];
    differences_put(out, &differences);
    put_plain_doubles(out, others, differences.count);
    free(others);
    free(differences.places);
}

static int get_present(struct column_reader *in, double *values, size_t n)
{
    int kind = column_get_byte(in);
    bool decimals = kind >= 0 && kind <= DECIMAL_MOST;
    if (!decimals && (kind < OWN_BITS || kind >= OWN_BITS + 63))
        return -1;
    int64_t *numbers = memory_zero(n + 1, sizeof *numbers), *off = memory_zero(n + 1, sizeof *off);
    int failed = column_get_integers(in, NULL, numbers, n) || (decimals && column_get_integers(in, NULL, off, n)) ? -1 : 0;
    for (size_t i = 0; !failed && i < n; i++)
        values[i] = decimals ? at_place(plus(place_of((double)numbers[i] / tens[kind], 0), off[i]), 0) : at_place(numbers[i], kind - OWN_BITS);
    free(numbers);
    free(off);
    return failed;
}

static int get_plain_doubles(struct column_reader *in, double *values, size_t n)
{
    int kind = column_get_byte(in);
    if (kind == ALL_PRESENT)
        return get_present(in, values, n);
    if (kind != NONE_PRESENT && kind != SOME_PRESENT)
        return -1;
    int64_t *is_present = memory_zero(n + 1, sizeof *is_present);
    size_t count = 0;
    int failed = kind == SOME_PRESENT ? column_get_integers(in, NULL, is_present, n) : 0;
    for (size_t i = 0; i < n; i++)
        count += is_present[i] != 0;
    double *present = memory_zero(count + 1, sizeof *present);
    if (!failed && count)
        failed = get_present(in, present, count);
    for (size_t i = 0, next = 0; !failed && i < n; i++)
        values[i] = is_present[i] ? present[next++] : (double)NAN;
    free(present);
    free(is_present);
    return failed;
}

int column_get_doubles(struct column_reader *in, const double *like, double *values, size_t n)
{
    struct differences differences;
    int found = differences_get(in, like != NULL, n, &differences);
    if (found != 1)
        return found < 0 ? -1 : get_plain_doubles(in, values, n);
    double *others = memory_zero(differences.count + 1, sizeof *others);
    int failed = get_plain_doubles(in, others, differences.count);
    memcpy(values, like, n * sizeof *values);
    for (size_t i = 0; !failed && i < differences.count; i++)
        values[differences.places[i]] = others[i];
    free(others);
    free(differences.places);
    return failed;
}
