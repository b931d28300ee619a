#ifndef GEMBA_SPC_HISTOGRAM_H
#define GEMBA_SPC_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

enum { HISTOGRAM_CLASSES = 40 };

/* Equal classes over [low, high); class i is [low + i width, low + (i + 1) width), the last one closed. */
struct histogram {
    double low, width;
    int classes;
    int64_t counts[HISTOGRAM_CLASSES];
    int64_t total, largest;
};

/* Class count by sqrt(n) within 5..max_classes, edges on round numbers that cover all values; a reading on an edge
 * up to rounding belongs to the class above. count 0, or a value that is not finite: classes 0. */
struct histogram histogram_of(const double *values, size_t count, int max_classes);

/* Density of the normal distribution, for the fitted curve. */
double normal_density(double x, double mean, double sd);

#endif
