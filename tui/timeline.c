#include "tui/timeline.h"

static int64_t overlap(int64_t from, int64_t to, const struct state_interval *interval)
{
    int64_t low = interval->from_us > from ? interval->from_us : from, high = interval->to_us < to ? interval->to_us : to;
    return high > low ? high - low : 0;
}

void timeline_cells(int *cells, int columns, const struct state_interval *intervals, size_t count, int64_t from_us, int64_t to_us)
{
    for (int i = 0; i < columns; i++) {
        int64_t held[OEE_STATES] = {0}, from = from_us + (to_us - from_us) * i / columns, to = from_us + (to_us - from_us) * (i + 1) / columns;
        cells[i] = -1;
        for (size_t j = 0; j < count; j++)
            held[intervals[j].state] += overlap(from, to, &intervals[j]);
        for (int state = 0; state < OEE_STATES; state++)
            if (held[state] > 0 && (cells[i] < 0 || held[state] > held[cells[i]]))
                cells[i] = state;
        if (held[OEE_FAULT] > 0)
            cells[i] = OEE_FAULT;
    }
}

char timeline_mark(int state)
{
    static const char marks[OEE_STATES] = {
        [OEE_NO_DATA] = '?', [OEE_RUNNING] = '=', [OEE_IDLE] = 'i',    [OEE_BLOCKED] = 'b',
        [OEE_SETUP] = 's',   [OEE_FAULT] = '!',   [OEE_PLANNED] = 'p', [OEE_OFF] = 'o',
    };
    return state < 0 ? ' ' : marks[state];
}
