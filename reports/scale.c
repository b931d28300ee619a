#include "reports/scale.h"

#include <math.h>

struct scale scale_of(double low, double high, int most)
{
    static const double nice[] = {1, 2, 2.5, 5, 10};
    struct scale scale = {.first = low};
    if (!(high > low) || most < 2)
        return scale;
    double decade = pow(10, floor(log10((high - low) / most)));
    for (int i = 0; i < 5; i++) {
        scale.step = nice[i] * decade;
        if ((high - low) / scale.step <= most)
            break;
    }
    /* a hair of tolerance: an end that is a round number belongs to the axis */
    double hair = 1e-9 * (high - low);
    scale.first = ceil((low - hair) / scale.step) * scale.step;
    scale.count = (int)floor((high + hair - scale.first) / scale.step) + 1;
    int digits = (int)ceil(-log10(scale.step) - 1e-9);
    double scaled = scale.step * pow(10, digits);
    if (fabs(scaled - round(scaled)) > 1e-6)
        digits++;
    scale.decimals = digits > 0 ? digits : 0;
    return scale;
}
