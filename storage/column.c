/* Columns of numbers and texts as few bytes as they need. Every column begins with a byte that says how it is kept. */
#include "storage/column_private.h"

#include "config/config.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK = 64 };

/* Stored: never renumber. */
enum { LINE = 0, BLOCKS = 1 /* + order 0, 1, 2 */, LIKE = 255 };

void bytes_put(struct bytes *bytes, const void *data, size_t size)
{
    while (bytes->room - bytes->size < size) {
        bytes->room = bytes->room ? bytes->room * 2 : 1024;
        bytes->data = memory_resize(bytes->data, bytes->room, 1);
    }
    if (size)
        memcpy(bytes->data + bytes->size, data, size);
    bytes->size += size;
}

void column_put_byte(struct bytes *out, int byte)
{
    bytes_put(out, &(unsigned char){(unsigned char)byte}, 1);
}

int column_get_byte(struct column_reader *in)
{
    return in->at < in->end ? *in->at++ : -1;
}

/* Seven bits a byte, lowest first; signed numbers with their sign as the lowest bit. */
static void put_number(struct bytes *out, int64_t number)
{
    uint64_t bits = (uint64_t)number << 1 ^ (uint64_t)(number >> 63);
    for (; bits >= 128; bits >>= 7)
        column_put_byte(out, (int)(bits & 127) | 128);
    column_put_byte(out, (int)bits);
}

static int get_number(struct column_reader *in, int64_t *number)
{
    uint64_t bits = 0;
    int byte = 128;
    for (int shift = 0; byte & 128; shift += 7) {
        if (shift > 63 || (byte = column_get_byte(in)) < 0)
            return -1;
        bits |= (uint64_t)(byte & 127) << shift;
    }
    *number = (int64_t)(bits >> 1 ^ (0 - (bits & 1)));
    return 0;
}

static size_t number_size(int64_t number)
{
    uint64_t bits = (uint64_t)number << 1 ^ (uint64_t)(number >> 63);
    size_t size = 1;
    for (; bits >= 128; bits >>= 7)
        size++;
    return size;
}

/* --- whole numbers */

/* What is left of the values from `order` on when those before foretell them: 0 nothing, 1 the value, 2 value and step. */
static int64_t residual(const int64_t *values, size_t i, int order)
{
    if (order == 0)
        return values[i];
    int64_t step = less(values[i], values[i - 1]);
    return order == 1 ? step : less(step, less(values[i - 1], values[i - 2]));
}

struct block {
    int64_t low;
    int width;
};

static struct block measure_block(const int64_t *residuals, size_t n)
{
    int64_t low = residuals[0], high = residuals[0];
    for (size_t i = 1; i < n; i++) {
        low = residuals[i] < low ? residuals[i] : low;
        high = residuals[i] > high ? residuals[i] : high;
    }
    uint64_t span = (uint64_t)high - (uint64_t)low;
    return (struct block){low, span ? 64 - __builtin_clzll(span) : 0};
}

static void put_bits(struct bytes *out, const int64_t *residuals, size_t n, struct block block)
{
    unsigned __int128 bits = 0;
    int held = 0;
    for (size_t i = 0; i < n; i++) {
        bits |= (unsigned __int128)((uint64_t)residuals[i] - (uint64_t)block.low) << held;
        for (held += block.width; held >= 8; held -= 8, bits >>= 8)
            column_put_byte(out, (int)(bits & 255));
    }
    if (held)
        column_put_byte(out, (int)bits);
}

/* The values as blocks of this order; out NULL: only how many bytes that takes. */
static size_t blocks(struct bytes *out, const int64_t *values, size_t n, int order)
{
    int64_t residuals[BLOCK];
    size_t size = 1, i = 0;
    if (out)
        column_put_byte(out, BLOCKS + order);
    for (; i < (size_t)order && i < n; i++) {
        size += number_size(values[i]);
        if (out)
            put_number(out, values[i]);
    }
    while (i < n) {
        size_t count = n - i < BLOCK ? n - i : BLOCK;
        for (size_t j = 0; j < count; j++)
            residuals[j] = residual(values, i + j, order);
        struct block block = measure_block(residuals, count);
        size += 1 + number_size(block.low) + (count * (size_t)block.width + 7) / 8;
        if (out) {
            column_put_byte(out, block.width);
            put_number(out, block.low);
            if (block.width)
                put_bits(out, residuals, count, block);
        }
        i += count;
    }
    return size;
}

static bool is_line(const int64_t *values, size_t n)
{
    for (size_t i = 2; i < n; i++)
        if (residual(values, i, 2))
            return false;
    return true;
}

static void put_plain(struct bytes *out, const int64_t *values, size_t n)
{
    if (is_line(values, n)) {
        column_put_byte(out, LINE);
        put_number(out, n > 0 ? values[0] : 0);
        put_number(out, n > 1 ? less(values[1], values[0]) : 0);
        return;
    }
    int best = 0;
    size_t least = SIZE_MAX;
    for (int order = 0; order < 3; order++) {
        size_t size = blocks(NULL, values, n, order);
        if (size < least) {
            least = size;
            best = order;
        }
    }
    blocks(out, values, n, best);
}

static int get_line(struct column_reader *in, int64_t *values, size_t n)
{
    int64_t value, step;
    if (get_number(in, &value) || get_number(in, &step))
        return -1;
    for (size_t i = 0; i < n; i++, value = plus(value, step))
        values[i] = value;
    return 0;
}

static int get_block(struct column_reader *in, int64_t *residuals, size_t n)
{
    int64_t low;
    int width = column_get_byte(in);
    if (width < 0 || width > 64 || get_number(in, &low) || (size_t)(in->end - in->at) < (n * (size_t)width + 7) / 8)
        return -1;
    uint64_t mask = width == 64 ? UINT64_MAX : (UINT64_C(1) << width) - 1;
    unsigned __int128 bits = 0;
    int held = 0;
    for (size_t i = 0; i < n; i++) {
        for (; held < width; held += 8)
            bits |= (unsigned __int128)*in->at++ << held;
        residuals[i] = plus(low, (int64_t)((uint64_t)bits & mask));
        bits >>= width;
        held -= width;
    }
    return 0;
}

static int get_blocks(struct column_reader *in, int order, int64_t *values, size_t n)
{
    size_t first = n < (size_t)order ? n : (size_t)order;
    for (size_t i = 0; i < first; i++)
        if (get_number(in, &values[i]))
            return -1;
    for (size_t i = first; i < n; i += BLOCK)
        if (get_block(in, values + i, n - i < BLOCK ? n - i : BLOCK))
            return -1;
    for (size_t i = first; order > 0 && i < n; i++) {
        int64_t before = values[i - 1], step = order == 2 ? less(before, values[i - 2]) : 0;
        values[i] = plus(plus(values[i], step), before);
    }
    return 0;
}

static int get_plain(struct column_reader *in, int64_t *values, size_t n)
{
    int kind = column_get_byte(in);
    if (kind == LINE)
        return get_line(in, values, n);
    return kind >= BLOCKS && kind <= BLOCKS + 2 ? get_blocks(in, kind - BLOCKS, values, n) : -1;
}

/* --- like another column: where it differs, and what is there */

bool differences_find(struct differences *differences, size_t n, bool (*same)(const void *a, const void *b, size_t i), const void *a, const void *b)
{
    *differences = (struct differences){0};
    if (!b || n == 0)
        return false;
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += !same(a, b, i);
    if (count > n / 4)
        return false;
    differences->places = memory_zero(count + 1, sizeof *differences->places);
    for (size_t i = 0; i < n; i++)
        if (!same(a, b, i))
            differences->places[differences->count++] = (int64_t)i;
    return true;
}

void differences_put(struct bytes *out, const struct differences *differences)
{
    column_put_byte(out, LIKE);
    put_number(out, (int64_t)differences->count);
    if (differences->count)
        put_plain(out, differences->places, differences->count);
}

int differences_get(struct column_reader *in, bool has_like, size_t n, struct differences *differences)
{
    int64_t count;
    *differences = (struct differences){0};
    if (!column_needs_like(in))
        return 0;
    in->at++;
    if (!has_like || get_number(in, &count) || count < 0 || (uint64_t)count > n)
        return -1;
    differences->count = (size_t)count;
    differences->places = memory_zero((size_t)count + 1, sizeof *differences->places);
    bool sound = count == 0 || get_plain(in, differences->places, differences->count) == 0;
    for (size_t i = 0; sound && i < differences->count; i++)
        sound = differences->places[i] >= 0 && (uint64_t)differences->places[i] < n;
    if (sound)
        return 1;
    free(differences->places);
    return -1;
}

bool column_needs_like(const struct column_reader *in)
{
    return in->at < in->end && *in->at == LIKE;
}

static bool same_integers(const void *a, const void *b, size_t i)
{
    return ((const int64_t *)a)[i] == ((const int64_t *)b)[i];
}

void column_put_integers(struct bytes *out, const int64_t *values, const int64_t *like, size_t n)
{
    struct differences differences;
    if (!differences_find(&differences, n, same_integers, values, like)) {
        put_plain(out, values, n);
        return;
    }
    int64_t *others = memory_zero(differences.count + 1, sizeof *others);
    for (size_t i = 0; i < differences.count; i++)
        others[i] = values[differences.places[i]];
    differences_put(out, &differences);
    put_plain(out, others, differences.count);
    free(others);
    free(differences.places);
}

int column_get_integers(struct column_reader *in, const int64_t *like, int64_t *values, size_t n)
{
    struct differences differences;
    int found = differences_get(in, like != NULL, n, &differences);
    if (found != 1)
        return found < 0 ? -1 : get_plain(in, values, n);
    int64_t *others = memory_zero(differences.count + 1, sizeof *others);
    int failed = get_plain(in, others, differences.count);
    memcpy(values, like, n * sizeof *values);
    for (size_t i = 0; !failed && i < differences.count; i++)
        values[differences.places[i]] = others[i];
    free(others);
    free(differences.places);
    return failed;
}
