#ifndef GEMBA_TESTS_TUI_FIXTURE_H
#define GEMBA_TESTS_TUI_FIXTURE_H

#include "tests/harness.h"
#include "tui/screen.h"

/* A small plant with a real store, at 14:32:07 in Shanghai on 2 November 2026: press-1 runs, press-2 stands on a fault, grind-1 answers no more.
 * bore-dia (Xbar-R, n = 5) has 60 points, the 50th (7 sigma up) out of control and its alarm new; face-dia (I-MR) is steady and capable;
 * seat-dia misses its requirement; burr has no values. */
struct fixture {
    struct plant *plant;
    struct console *console;
    const char *config;
};

enum { FIXTURE_POINTS = 60, FIXTURE_SIGNAL = 50 };
extern const int64_t fixture_now_us;

struct fixture fixture_open(void);                /* with a store and a console on it, as an engineer */
struct plant *fixture_plant(const char **config); /* without a store */
void fixture_close(struct fixture *fixture);
/* Adds one point in control to bore-dia, as the collector would. */
void fixture_add_point(struct fixture *fixture);
/* A minute later, with another mean. */
void fixture_add_shifted_point(struct fixture *fixture, double center);
void fixture_set_now(int64_t now_us);
/* Presses each character; "\r" is Enter, "\033" Escape. */
void fixture_type(struct fixture *fixture, const char *keys);

/* A terminal of this size on a file, and libvterm reading that file: what a person sees. */
extern const char *glass_locale;
void glass_open(const char *type, int rows, int columns, bool ascii);
void glass_draw(struct console *console); /* one frame */
const char *glass_row(int row);
bool glass_shows(const char *text);
int glass_find(const char *text); /* the row, or -1 */
bool glass_is_reverse(int row, int column);
long glass_bytes(void); /* of the last frame */
void glass_resize(int rows, int columns);
void glass_print(void);

#endif
