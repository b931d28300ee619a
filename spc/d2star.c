#include "spc/d2star.h"

#include "spc/constants.h"

#include <math.h>

double d2star(int m, int g)
{
    double d2 = constant_d2(m), d3 = constant_d3(m);
    return g < 1 ? NAN : sqrt(d2 * d2 + d3 * d3 / g);
}

double d2star_df(int m, int g)
{
    double ratio = constant_d2(m) / d2star(m, g);
    if (isnan(ratio))
        return NAN;
    /* c4 grows with the degrees of freedom; one range of two is one degree of freedom exactly, and nothing has less. */
    double low = 1, high = 2;
    while (constant_c4(high + 1) < ratio)
        low = high, high *= 2;
    for (int i = 0; i < 60; i++) {
        double middle = (low + high) / 2;
        if (constant_c4(middle + 1) < ratio)
            low = middle;
        else
            high = middle;
    }
    return low;
}
