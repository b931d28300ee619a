#ifndef GEMBA_TUI_PROMPT_H
#define GEMBA_TUI_PROMPT_H

#include <stddef.h>

/* A line that a person types. Zero-initialised is closed. */
enum { PROMPT_TEXT = 120 };
struct prompt {
    const char *label; /* NULL: closed */
    char text[PROMPT_TEXT];
    size_t length, cursor; /* bytes; never within a character */
};

enum prompt_result { PROMPT_OPEN, PROMPT_DONE, PROMPT_CANCELLED };

void prompt_open(struct prompt *prompt, const char *label, const char *text);
/* One key. DONE and CANCELLED close the prompt; the text stays readable. */
enum prompt_result prompt_key(struct prompt *prompt, int key);

#endif
