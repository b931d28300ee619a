#include "storage/frame.h"

#include "config/config.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

/* --- rows as columns */

void frame_grow(struct frame *frame, size_t more)
{
    size_t room = frame->room ? frame->room : 64;
    if (frame->count + more <= frame->room)
        return;
    while (room < frame->count + more)
        room *= 2;
    for (int i = 0; i < frame->shape->integers; i++)
        frame->integers[i] = memory_resize(frame->integers[i], room, sizeof(int64_t));
    for (int i = 0; i < frame->shape->doubles; i++)
        frame->doubles[i] = memory_resize(frame->doubles[i], room, sizeof(double));
    frame->texts.at = memory_resize(frame->texts.at, room, sizeof *frame->texts.at);
    frame->room = room;
}

void frame_copy(struct frame *to, const struct frame *from, size_t row)
{
    frame_grow(to, 1);
    for (int i = 0; i < to->shape->integers; i++)
        to->integers[i][to->count] = from->integers[i][row];
    for (int i = 0; i < to->shape->doubles; i++)
        to->doubles[i][to->count] = from->doubles[i][row];
    texts_set(&to->texts, to->count++, frame_text(from, row));
}

const char *frame_text(const struct frame *frame, size_t row)
{
    return frame->texts.heap + frame->texts.at[row];
}

static void reverse(void *column, size_t count, size_t size)
{
    char kept[sizeof(int64_t)];
    for (size_t low = 0, high = count; low + 1 < high; low++, high--) {
        char *first = (char *)column + low * size, *last = (char *)column + (high - 1) * size;
        memcpy(kept, first, size);
        memcpy(first, last, size);
        memcpy(last, kept, size);
    }
}

void frame_reverse(struct frame *frame)
{
    for (int i = 0; i < frame->shape->integers; i++)
        reverse(frame->integers[i], frame->count, sizeof *frame->integers[i]);
    for (int i = 0; i < frame->shape->doubles; i++)
        reverse(frame->doubles[i], frame->count, sizeof *frame->doubles[i]);
    reverse(frame->texts.at, frame->count, sizeof *frame->texts.at);
}

void frame_clear(struct frame *frame)
{
    frame->count = 0;
    frame->texts.used = 0;
}

void frame_free(struct frame *frame)
{
    for (int i = 0; i < frame->shape->integers; i++)
        free(frame->integers[i]);
    for (int i = 0; i < frame->shape->doubles; i++)
        free(frame->doubles[i]);
    free(frame->texts.at);
    free(frame->texts.heap);
    *frame = (struct frame){.shape = frame->shape};
}

/* --- columns as bytes */

enum { VERSION = 1, HEAD = 12, CHECKSUM = 8 }; /* version, columns, rows: 4 bytes each */

static void set_word(unsigned char *at, size_t word)
{
    uint32_t bytes = htole32((uint32_t)word);
    memcpy(at, &bytes, sizeof bytes);
}

static size_t get_word(const unsigned char *at)
{
    uint32_t bytes;
    memcpy(&bytes, at, sizeof bytes);
    return le32toh(bytes);
}

/* Every step can be undone, so that two texts which differ in one 8-byte word only never have the same sum; others do by a chance of 2^-64. */
static uint64_t checksum(const unsigned char *data, size_t size, uint64_t seed)
{
    uint64_t sum = seed ^ size;
    for (size_t i = 0; i < size; i += 8) {
        uint64_t word = 0;
        memcpy(&word, data + i, size - i < 8 ? size - i : 8);
        sum = (sum ^ le64toh(word)) * UINT64_C(0x9e3779b97f4a7c15);
        sum ^= sum >> 29;
    }
    return sum;
}

void blob_begin(struct bytes *out, size_t columns, size_t rows)
{
    unsigned char word[4];
    size_t head[] = {VERSION, columns, rows};
    for (size_t i = 0; i < 3 + columns; i++) {
        set_word(word, i < 3 ? head[i] : 0);
        bytes_put(out, word, sizeof word);
    }
}

void blob_end_column(struct bytes *out, size_t column)
{
    set_word(out->data + HEAD + 4 * column, out->size);
}

void blob_seal(struct bytes *out, uint64_t seed)
{
    uint64_t sum = htole64(checksum(out->data, out->size, seed));
    bytes_put(out, &sum, sizeof sum);
}

int blob_open(struct blob *blob, const void *data, size_t size, uint64_t seed)
{
    *blob = (struct blob){.data = data, .size = size - CHECKSUM};
    if (!data || size < HEAD + CHECKSUM || get_word(blob->data) != VERSION)
        return -1;
    uint64_t sum;
    memcpy(&sum, blob->data + blob->size, sizeof sum);
    blob->columns = get_word(blob->data + 4);
    blob->rows = get_word(blob->data + 8);
    size_t end = HEAD + 4 * blob->columns;
    if (le64toh(sum) != checksum(blob->data, blob->size, seed) || blob->rows > FRAME_MOST || end > blob->size)
        return -1;
    for (size_t i = 0; i < blob->columns; i++) {
        size_t next = get_word(blob->data + HEAD + 4 * i);
        if (next < end || next > blob->size)
            return -1;
        end = next;
    }
    return end == blob->size ? 0 : -1;
}

struct column_reader blob_column(const struct blob *blob, size_t column)
{
    size_t begin = column ? get_word(blob->data + HEAD + 4 * (column - 1)) : HEAD + 4 * blob->columns;
    return (struct column_reader){blob->data + begin, blob->data + get_word(blob->data + HEAD + 4 * column)};
}
