#include "config/arena.h"

#include "config/memory.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Memory comes in chunks: thousands of small pieces lie together instead of between what libyaml frees. */
enum { CHUNK_BYTES = 64 * 1024, ALIGNMENT = _Alignof(max_align_t) };

struct block {
    struct block *next;
    max_align_t data[];
};
struct arena {
    struct block *blocks;
    char *free;
    size_t left;
};

struct arena *arena_create(void)
{
    return memory_zero(1, sizeof(struct arena));
}

void arena_destroy(struct arena *arena)
{
    if (!arena)
        return;
    for (struct block *block = arena->blocks, *next; block; block = next) {
        next = block->next;
        free(block);
    }
    free(arena);
}

static void *add_block(struct arena *arena, size_t bytes)
{
    struct block *block = memory_zero(1, bytes > SIZE_MAX - sizeof *block ? SIZE_MAX : sizeof *block + bytes);
    block->next = arena->blocks;
    arena->blocks = block;
    return block->data;
}

void *arena_zero(struct arena *arena, size_t count, size_t size)
{
    size_t bytes = size && count > (SIZE_MAX - ALIGNMENT) / size ? SIZE_MAX - ALIGNMENT : count * size;
    bytes = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (bytes > CHUNK_BYTES / 4)
        return add_block(arena, bytes);
    if (bytes > arena->left) {
        arena->free = add_block(arena, CHUNK_BYTES);
        arena->left = CHUNK_BYTES;
    }
    void *place = arena->free;
    arena->free += bytes;
    arena->left -= bytes;
    return place;
}

char *arena_text(struct arena *arena, const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(arena_zero(arena, size, 1), text, size);
}

char *arena_format(struct arena *arena, const char *format, ...)
{
    char most[200];
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(most, sizeof most, format, arguments);
    size_t size = length < 0 ? 1 : (size_t)length + 1;
    char *text = arena_zero(arena, size, 1);
    if (size <= sizeof most)
        memcpy(text, most, length < 0 ? 0 : size);
    else
        vsnprintf(text, size, format, again);
    va_end(again);
    va_end(arguments);
    return text;
}
