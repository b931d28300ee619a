#ifndef GEMBA_CONFIG_ARENA_H
#define GEMBA_CONFIG_ARENA_H

#include <stddef.h>

/* Memory that is given back all at once. */
struct arena;
struct arena *arena_create(void);
void arena_destroy(struct arena *arena); /* NULL is fine */

void *arena_zero(struct arena *arena, size_t count, size_t size); /* never NULL */
char *arena_text(struct arena *arena, const char *text);
char *arena_format(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
