/* Columns of texts: serial numbers are a beginning that many share and a number that counts. */
#include "storage/column.h"

#include "config/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PLAIN = 0, LIKE = 255 };
enum { DIGITS_MOST = 18 };

void texts_set(struct texts *texts, size_t i, const char *text)
{
    size_t size = strlen(text) + 1;
    if (i > 0 && !strcmp(texts->heap + texts->at[i - 1], text)) {
        texts->at[i] = texts->at[i - 1];
        return;
    }
    while (texts->room - texts->used < size) {
        texts->room = texts->room ? texts->room * 2 : 64;
        texts->heap = memory_resize(texts->heap, texts->room, 1);
    }
    memcpy(texts->heap + texts->used, text, size);
    texts->at[i] = (uint32_t)texts->used;
    texts->used += size;
}

size_t text_digits(const char *text, int64_t *number)
{
    size_t length = strlen(text), first = length;
    while (first > 0 && length - first < DIGITS_MOST && text[first - 1] >= '0' && text[first - 1] <= '9')
        first--;
    *number = 0;
    for (size_t i = first; i < length; i++)
        *number = *number * 10 + (text[i] - '0');
    return first;
}

/* The distinct beginnings, found by hash. */
struct beginnings {
    const char **texts;
    size_t *lengths;
    size_t count;
    uint32_t *slots; /* 1 + place; 0 free */
    size_t mask;
};

static size_t hash_of(const char *text, size_t length)
{
    uint64_t hash = length;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)text[i]) * UINT64_C(0x100000001b3);
    return (size_t)(hash ^ hash >> 29);
}

static size_t beginning_of(struct beginnings *all, const char *text, size_t length)
{
    size_t slot = hash_of(text, length) & all->mask;
    for (; all->slots[slot]; slot = (slot + 1) & all->mask) {
        size_t place = all->slots[slot] - 1;
        if (all->lengths[place] == length && !memcmp(all->texts[place], text, length))
            return place;
    }
    all->texts[all->count] = text;
    all->lengths[all->count] = length;
    all->slots[slot] = (uint32_t)++all->count;
    return all->count - 1;
}

static void put_beginnings(struct bytes *out, const struct beginnings *all)
{
    int64_t count = (int64_t)all->count;
    column_put_integers(out, &count, NULL, 1);
    int64_t *lengths = memory_zero(all->count + 1, sizeof *lengths);
    for (size_t i = 0; i < all->count; i++)
        lengths[i] = (int64_t)all->lengths[i];
    column_put_integers(out, lengths, NULL, all->count);
    for (size_t i = 0; i < all->count; i++)
        bytes_put(out, all->texts[i], all->lengths[i]);
    free(lengths);
}

/* Texts of the places, or of the first n. */
static void put_plain(struct bytes *out, const struct texts *values, const int64_t *places, size_t n)
{
    struct beginnings all = {.mask = 63};
    while (all.mask < 2 * n)
        all.mask = all.mask * 2 + 1;
    all.slots = memory_zero(all.mask + 1, sizeof *all.slots);
    all.texts = memory_zero(n + 1, sizeof(char *));
    all.lengths = memory_zero(n + 1, sizeof *all.lengths);
    int64_t *which = memory_zero(3 * n + 3, sizeof *which), *widths = which + n + 1, *numbers = widths + n + 1;
    for (size_t i = 0; i < n; i++) {
        const char *text = values->heap + values->at[places ? (size_t)places[i] : i];
        size_t first = text_digits(text, &numbers[i]);
        widths[i] = (int64_t)(strlen(text) - first);
        if (!widths[i] && i > 0)
            numbers[i] = numbers[i - 1];
        which[i] = (int64_t)beginning_of(&all, text, first);
    }
    bytes_put(out, &(unsigned char){PLAIN}, 1);
    put_beginnings(out, &all);
    column_put_integers(out, which, NULL, n);
    column_put_integers(out, widths, NULL, n);
    column_put_integers(out, numbers, NULL, n);
    free(which);
    free(all.slots);
    free(all.texts);
    free(all.lengths);
}

void column_put_texts(struct bytes *out, const struct texts *values, const struct texts *like, size_t n)
{
    int64_t *places = memory_zero(n + 1, sizeof *places), count = 0;
    for (size_t i = 0; i < n && like; i++)
        if (strcmp(values->heap + values->at[i], like->heap + like->at[i]))
            places[count++] = (int64_t)i;
    if (!like || n == 0 || (size_t)count > n / 4)
        put_plain(out, values, NULL, n);
    else {
        bytes_put(out, &(unsigned char){LIKE}, 1);
        column_put_integers(out, &count, NULL, 1);
        column_put_integers(out, places, NULL, (size_t)count);
        put_plain(out, values, places, (size_t)count);
    }
    free(places);
}

/* A beginning as it lies in the bytes. */
struct piece {
    const unsigned char *at;
    size_t length;
};

static int get_beginnings(struct column_reader *in, struct piece **pieces, int64_t *count, size_t n)
{
    *pieces = NULL;
    if (column_get_integers(in, NULL, count, 1) || *count < 0 || (uint64_t)*count > n)
        return -1;
    int64_t *lengths = memory_zero((size_t)*count + 1, sizeof *lengths);
    *pieces = memory_zero((size_t)*count + 1, sizeof **pieces);
    int failed = column_get_integers(in, NULL, lengths, (size_t)*count);
    for (int64_t i = 0; !failed && i < *count; i++) {
        if (lengths[i] < 0 || lengths[i] > COLUMN_TEXT_MOST || lengths[i] > in->end - in->at) {
            failed = -1;
            break;
        }
        (*pieces)[i] = (struct piece){in->at, (size_t)lengths[i]};
        in->at += lengths[i];
    }
    free(lengths);
    return failed;
}

/* Gives n texts to the places, or to the first n. */
static int get_plain(struct column_reader *in, struct texts *values, const int64_t *places, size_t n)
{
    if (in->at == in->end || *in->at++ != PLAIN)
        return -1;
    struct piece *pieces;
    int64_t count, *which = memory_zero(3 * n + 3, sizeof *which), *widths = which + n + 1, *numbers = widths + n + 1;
    int failed = get_beginnings(in, &pieces, &count, n) || column_get_integers(in, NULL, which, n) || column_get_integers(in, NULL, widths, n) ||
                 column_get_integers(in, NULL, numbers, n);
    for (size_t i = 0; !failed && i < n; i++) {
        char text[COLUMN_TEXT_MOST + DIGITS_MOST + 8];
        if (which[i] < 0 || which[i] >= count || widths[i] < 0 || widths[i] > DIGITS_MOST || numbers[i] < 0) {
            failed = -1;
            break;
        }
        struct piece piece = pieces[which[i]];
        memcpy(text, piece.at, piece.length);
        text[piece.length] = '\0';
        if (widths[i])
            snprintf(text + piece.length, sizeof text - piece.length, "%0*lld", (int)widths[i], (long long)numbers[i]);
        texts_set(values, places ? (size_t)places[i] : i, text);
    }
    free(pieces);
    free(which);
    return failed ? -1 : 0;
}

int column_get_texts(struct column_reader *in, const struct texts *like, struct texts *values, size_t n)
{
    if (!column_needs_like(in))
        return get_plain(in, values, NULL, n);
    in->at++;
    int64_t count;
    if (!like || column_get_integers(in, NULL, &count, 1) || count < 0 || (uint64_t)count > n)
        return -1;
    int64_t *places = memory_zero((size_t)count + 1, sizeof *places);
    int failed = column_get_integers(in, NULL, places, (size_t)count);
    for (int64_t i = 0; !failed && i < count; i++)
        failed = places[i] < 0 || (uint64_t)places[i] >= n ? -1 : 0;
    for (size_t i = 0; !failed && i < n; i++)
        texts_set(values, i, like->heap + like->at[i]);
    if (!failed)
        failed = get_plain(in, values, places, (size_t)count);
    free(places);
    return failed;
}
