#include "spc/histogram.h"

#include <math.h>

/* The first width of the 1, 2, 5 series that is at least `width`. */
static double round_width(double width)
{
    static const double steps[] = {1, 2, 5};
    double decade = pow(10, floor(log10(width)));
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        if (steps[i] * decade >= width * (1 - 1e-9))
            return steps[i] * decade;
    return 10 * decade;
}

/* Readings sit on decimal places, and so do edges: what is closer to an edge than this part of a width is on it. */
static const double on_edge = 1e-9;

static void cover(struct histogram *histogram, double width, double min, double max)
{
    histogram->width = width;
    histogram->low = floor(min / width + on_edge) * width;
    histogram->classes = (int)fmin(ceil((max - histogram->low) / width - on_edge), 1e6);
    if (histogram->classes < 1)
        histogram->classes = 1;
}

static void choose_classes(struct histogram *histogram, double min, double max, int wanted, int most)
{
    struct histogram wide = {0};
    double span = max - min;
    cover(histogram, round_width(span / most), min, max);
    while (histogram->classes > most)
        cover(histogram, round_width(histogram->width * 1.5), min, max);
    cover(&wide, round_width(histogram->width * 1.5), min, max);
    while (histogram->classes > wanted && wide.classes >= 5) {
        *histogram = wide;
        cover(&wide, round_width(wide.width * 1.5), min, max);
    }
}

/* Half of what is added to a span too small for classes of its own. */
static double margin(double min, double max)
{
    double magnitude = fmax(fabs(min), fabs(max));
    if (max - min > fmax(1e-12 * magnitude, 1e-200))
        return 0;
    return magnitude > 1e-200 ? 1e-3 * magnitude : 1;
}

static void count_values(struct histogram *histogram, const double *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int class = (int)floor((values[i] - histogram->low) / histogram->width + on_edge);
        class = class < 0 ? 0 : class >= histogram->classes ? histogram->classes - 1 : class;
        histogram->counts[class]++;
        if (histogram->counts[class] > histogram->largest)
            histogram->largest = histogram->counts[class];
    }
    histogram->total = (int64_t)count;
}

struct histogram histogram_of(const double *values, size_t count, int max_classes)
{
    struct histogram histogram = {0};
    if (!count)
        return histogram;
    double min = values[0], max = values[0];
    for (size_t i = 1; i < count; i++) {
        min = fmin(min, values[i]);
        max = fmax(max, values[i]);
    }
    if (!isfinite(max - min))
        return histogram;
    int most = max_classes > HISTOGRAM_CLASSES ? HISTOGRAM_CLASSES : max_classes < 5 ? 5 : max_classes;
    int wanted = (int)fmin(fmax(ceil(sqrt((double)count)), 5), most);
    double around = margin(min, max);
    choose_classes(&histogram, min - around, max + around, wanted, most);
    count_values(&histogram, values, count);
    return histogram;
}

double normal_density(double x, double mean, double sd)
{
    double z = (x - mean) / sd;
    return exp(-z * z / 2) / (sd * sqrt(2 * M_PI));
}
