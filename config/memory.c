#include "config/memory.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *checked(void *block, size_t count, size_t size)
{
    if (block)
        return block;
    fprintf(stderr, "gemba: out of memory (%zu x %zu bytes); the store keeps all up to its last commit\n", count, size);
    abort();
}

void *memory_zero(size_t count, size_t size)
{
    if (count == 0 || size == 0)
        count = size = 1;
    return checked(calloc(count, size), count, size);
}

void *memory_resize(void *old, size_t count, size_t size)
{
    if (count == 0 || size == 0)
        count = size = 1;
    return checked(count <= SIZE_MAX / size ? realloc(old, count * size) : NULL, count, size);
}

char *memory_text(const char *text)
{
    return text ? checked(strdup(text), strlen(text) + 1, 1) : NULL;
}

char *memory_format(const char *format, ...)
{
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    return checked(length < 0 ? NULL : text, 1, strlen(format));
}

void memory_grow(void **items, size_t *room, size_t count, size_t size)
{
    if (count < *room)
        return;
    *room = *room ? *room * 2 : 8;
    *items = memory_resize(*items, *room, size);
}
