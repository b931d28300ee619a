#include "tui/prompt.h"

#include "config/config.h"
#include "tui/terminal.h"

#include <stdio.h>
#include <string.h>

#define CTRL(letter) ((letter)&0x1F)

void prompt_open(struct prompt *prompt, const char *label, const char *text)
{
    prompt->label = label;
    text_fit(prompt->text, sizeof prompt->text, text ? text : "", PROMPT_TEXT);
    prompt->length = prompt->cursor = strlen(prompt->text);
}

static bool continues(char byte)
{
    return (byte & 0xC0) == 0x80;
}

static size_t before(const struct prompt *prompt, size_t at)
{
    while (at > 0 && continues(prompt->text[--at]))
        ;
    return at;
}

static size_t after(const struct prompt *prompt, size_t at)
{
    if (at < prompt->length)
        while (++at < prompt->length && continues(prompt->text[at]))
            ;
    return at;
}

static void cut(struct prompt *prompt, size_t from, size_t to)
{
    memmove(prompt->text + from, prompt->text + to, prompt->length - to + 1);
    prompt->length -= to - from;
    prompt->cursor = from;
}

static size_t encode(int character, char out[4])
{
    if (character < 0x80)
        return out[0] = (char)character, 1;
    size_t size = character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    for (size_t i = size - 1; i > 0; i--, character >>= 6)
        out[i] = (char)(0x80 | (character & 0x3F));
    out[0] = (char)(0xF00 >> size | character);
    return size;
}

static void insert(struct prompt *prompt, int character)
{
    char bytes[4];
    if (character < ' ' || character == 0x7F || character >= 0x110000)
        return;
    size_t size = encode(character, bytes);
    if (prompt->length + size >= sizeof prompt->text)
        return;
    memmove(prompt->text + prompt->cursor + size, prompt->text + prompt->cursor, prompt->length - prompt->cursor + 1);
    memcpy(prompt->text + prompt->cursor, bytes, size);
    prompt->length += size;
    prompt->cursor += size;
}

enum prompt_result prompt_key(struct prompt *prompt, int key)
{
    switch (key) {
    case PRESS_ENTER:
        prompt->label = NULL;
        return PROMPT_DONE;
    case PRESS_ESCAPE:
        prompt->label = NULL;
        return PROMPT_CANCELLED;
    case PRESS_BACKSPACE:
        cut(prompt, before(prompt, prompt->cursor), prompt->cursor);
        break;
    case PRESS_DELETE:
        cut(prompt, prompt->cursor, after(prompt, prompt->cursor));
        break;
    case CTRL('U'):
        cut(prompt, 0, prompt->cursor);
        break;
    case PRESS_LEFT:
        prompt->cursor = before(prompt, prompt->cursor);
        break;
    case PRESS_RIGHT:
        prompt->cursor = after(prompt, prompt->cursor);
        break;
    case PRESS_HOME:
        prompt->cursor = 0;
        break;
    case PRESS_END:
        prompt->cursor = prompt->length;
        break;
    default:
        insert(prompt, key);
    }
    return PROMPT_OPEN;
}
