#ifndef GEMBA_CONFIG_MEMORY_H
#define GEMBA_CONFIG_MEMORY_H

#include <stddef.h>

/* Like malloc's family, but on failure they print one line and abort: the store's last commit is the state to go on from.
 * The caller frees the result with free(). */
void *memory_zero(size_t count, size_t size);
void *memory_resize(void *old, size_t count, size_t size);
char *memory_text(const char *text);                                                /* strdup; NULL stays NULL */
char *memory_format(const char *format, ...) __attribute__((format(printf, 1, 2))); /* asprintf */

/* Makes room for one more element in a growing array: *items has *room places, count are used. Doubles. */
void memory_grow(void **items, size_t *room, size_t count, size_t size);

#endif
