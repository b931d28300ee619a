#ifndef GEMBA_TUI_TERMINFO_H
#define GEMBA_TUI_TERMINFO_H

#include <stdbool.h>

/* Whether the terminal database knows this type. newterm alone would leave its memory behind when it does not. */
bool terminfo_knows(const char *type);

#endif
