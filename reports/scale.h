#ifndef GEMBA_REPORTS_SCALE_H
#define GEMBA_REPORTS_SCALE_H

/* Round numbers for an axis: first, first + step, ... count of them, all within [low, high]; decimals that show them. Pure. */
struct scale {
    double first, step;
    int count, decimals;
};
struct scale scale_of(double low, double high, int most);

#endif
