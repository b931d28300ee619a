#ifndef GEMBA_TUI_LOOK_H
#define GEMBA_TUI_LOOK_H

/* The words in which everybody speaks of the terminal: meanings, glyphs, keys. */

/* What a piece of text means; how that looks (attributes, colours) is one table in terminal.c. */
enum look {
    LOOK_DEFAULT,
    LOOK_DIM,    /* old, bad or of no importance now */
    LOOK_TITLE,  /* the top line */
    LOOK_HEADER, /* column titles */
    LOOK_OK,
    LOOK_WARN,
    LOOK_ALARM,    /* unacknowledged or out of control */
    LOOK_SELECTED, /* the row or point under the cursor */
    LOOK_KEY,      /* a key in the bar */
    LOOK_LINE,     /* limits, frames, axes */
    LOOK_BANNER,   /* frozen, no collector, no store */
    LOOKS,
};

/* What the terminal can draw, least first; data are ASCII in every tier. */
enum tier { TIER_ASCII, TIER_ACS, TIER_BLOCKS, TIER_BRAILLE, TIERS };

enum glyph { GLYPH_LIMIT, GLYPH_CENTER, GLYPH_ZONE, GLYPH_AXIS, GLYPH_TICK, GLYPH_EDGE, GLYPH_BAR, GLYPH_REST, GLYPHS };

/* Keys that are no characters; characters are their Unicode number. */
enum press {
    PRESS_NONE = 0,
    PRESS_ENTER = '\r',
    PRESS_ESCAPE = 27,
    PRESS_UP = 0x200000,
    PRESS_DOWN,
    PRESS_LEFT,
    PRESS_RIGHT,
    PRESS_PAGE_UP,
    PRESS_PAGE_DOWN,
    PRESS_HOME,
    PRESS_END,
    PRESS_BACKSPACE,
    PRESS_DELETE,
    PRESS_SHIFT_TAB,
    PRESS_RESIZE,
    PRESS_F0 = 0x200100, /* F1 is PRESS_F0 + 1 */
};

#endif
