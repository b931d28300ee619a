#include "config/half.h"

#include <math.h>

enum { MANTISSA = 10, BIAS = 15, INFINITE = 0x7c00, QUIET = 0x7e00 };

double half_value(uint16_t bits)
{
    int exponent = bits >> MANTISSA & 31, mantissa = bits & 1023;
    double size = exponent == 31  ? mantissa ? NAN : INFINITY
                  : exponent == 0 ? ldexp(mantissa, 1 - BIAS - MANTISSA)
                                  : ldexp(1024 + mantissa, exponent - BIAS - MANTISSA);
    return bits & 0x8000 ? -size : size;
}

uint16_t half_bits(double value)
{
    int exponent;
    unsigned sign = signbit(value) ? 0x8000 : 0, bits;
    double size = fabs(value), fraction = frexp(size, &exponent); /* size = fraction * 2^exponent, fraction in [1/2, 1) */
    if (isnan(value))
        bits = QUIET;
    else if (size >= 65520)
        bits = INFINITE;
    else if (size < 0x1p-14)
        bits = (unsigned)nearbyint(ldexp(size, BIAS - 1 + MANTISSA));
    else /* a mantissa that rounds up to 2048 carries into the exponent, as it should */
        bits = (unsigned)((exponent - 1 + BIAS) << MANTISSA) + (unsigned)nearbyint(ldexp(fraction, MANTISSA + 1)) - 1024;
    return (uint16_t)(sign | bits);
}
