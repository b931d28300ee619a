#ifndef GEMBA_TUI_TERMINAL_H
#define GEMBA_TUI_TERMINAL_H

#include "config/config.h"
#include "tui/look.h"

#include <stdio.h>

/* The terminal, of which a process has one. Only terminal.c speaks curses; everybody else draws with these words. */

struct terminal_options {
    const char *type; /* NULL: $TERM */
    FILE *out, *in;   /* NULL: standard output and input */
    bool ascii;       /* the lowest tier from the start */
    bool kiosk;       /* neither ^C nor ^Z end or suspend it */
};

/* Opens the terminal and sees to it that it is restored on every way out: terminal_close, exit, a signal, a crash. */
int terminal_open(const struct terminal_options *options, struct error *err);
void terminal_close(void);
/* A signal asked the program to end. */
bool terminal_ended(void);

void terminal_size(int *rows, int *columns);
enum tier terminal_tier(void);
void terminal_next_tier(void); /* and from the highest to the lowest */

void terminal_erase(void);
/* Draws a text, cut to `columns` terminal columns and to the screen, padded with blanks when pad. Returns the columns used. */
int terminal_put(int row, int column, int columns, bool pad, enum look look, const char *utf8);
void terminal_glyph(int row, int column, int times, enum look look, enum glyph glyph);
void terminal_braille(int row, int column, enum look look, unsigned char dots);
void terminal_cursor(int row, int column); /* where a prompt is typed; row -1: hidden */
/* Sends the frame. False when the line still carries the one before: this one is left out. */
bool terminal_show(void);
void terminal_repaint(void); /* the next frame is sent whole: the user saw rubbish */
/* The next key, or PRESS_NONE after timeout_ms. */
int terminal_key(int timeout_ms);
/* Puts a text on the clipboard of the person's own machine (OSC 52). */
void terminal_copy(const char *text);

#endif
