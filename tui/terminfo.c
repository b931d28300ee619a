/* Apart from terminal.c because <term.h> defines common words (columns, lines) as macros. */
#include "tui/terminfo.h"

#include <curses.h>
#include <stdio.h>
#include <term.h>

bool terminfo_knows(const char *type)
{
    int status;
    if (setupterm(type, fileno(stdout), &status) != OK)
        return false;
    del_curterm(cur_term);
    return true;
}
