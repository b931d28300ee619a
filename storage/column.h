#ifndef GEMBA_STORAGE_COLUMN_H
#define GEMBA_STORAGE_COLUMN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* n values of one column <-> bytes, without loss. `like`: another column of n that the reader will know too, or NULL; what is equal to it costs
 * nothing. How many values there are is not kept: the reader says it. */

struct bytes { /* grows; data is freed by its owner */
    unsigned char *data;
    size_t size, room;
};
void bytes_put(struct bytes *bytes, const void *data, size_t size);

/* Reads on from `at`. Whatever the bytes are, nothing is read beyond the end; a reader that ran against it fails from then on. */
struct column_reader {
    const unsigned char *at, *end;
};

/* Texts without their own allocation: the i-th is heap + at[i]. at has room for all; the heap grows. */
enum { COLUMN_TEXT_MOST = 255 };
struct texts {
    uint32_t *at;
    char *heap;
    size_t used, room;
};
void texts_set(struct texts *texts, size_t i, const char *text);

/* Whole numbers: a straight line, or blocks of 64 as few bits each as their values, steps, or changes of step need. */
void column_put_integers(struct bytes *out, const int64_t *values, const int64_t *like, size_t n);
/* Doubles, bit by bit; NAN: absent, whatever its payload. Decimals are whole numbers and a few last bits, others their own bits. */
void column_put_doubles(struct bytes *out, const double *values, const double *like, size_t n);
/* Texts up to COLUMN_TEXT_MOST bytes: distinct beginnings, and the numbers they end with. */
void column_put_texts(struct bytes *out, const struct texts *values, const struct texts *like, size_t n);

/* 0, or -1 when the bytes are damaged. */
int column_get_integers(struct column_reader *in, const int64_t *like, int64_t *values, size_t n);
int column_get_doubles(struct column_reader *in, const double *like, double *values, size_t n);
int column_get_texts(struct column_reader *in, const struct texts *like, struct texts *values, size_t n);
/* The column that begins here needs its `like` to be read. */
bool column_needs_like(const struct column_reader *in);

/* The closing digits of a text, at most 18: where they begin, and their number (0 without any). */
size_t text_digits(const char *text, int64_t *number);

#endif
