#define NCURSES_WIDECHAR 1
#include "tui/terminal.h"
#include "tui/terminfo.h"

#include <curses.h>
#include <errno.h>
#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

enum { BACKLOG_BYTES = 256, ESCAPE_MS = 50, ESCAPE_SLOW_MS = 100, PLAIN = -1 };

/* Blue against orange, which colour-blind people can tell apart; the attribute alone must do in monochrome. */
static const struct {
    attr_t attribute, monochrome;
    short ink8, paper8, ink256, paper256;
} looks[LOOKS] = {
    [LOOK_DEFAULT] = {A_NORMAL, A_NORMAL, PLAIN, PLAIN, PLAIN, PLAIN},
    [LOOK_DIM] = {A_DIM, A_DIM, PLAIN, PLAIN, 244, PLAIN},
    [LOOK_TITLE] = {A_REVERSE, A_REVERSE, PLAIN, PLAIN, PLAIN, PLAIN},
    [LOOK_HEADER] = {A_BOLD, A_BOLD, PLAIN, PLAIN, PLAIN, PLAIN},
    [LOOK_OK] = {A_NORMAL, A_NORMAL, COLOR_CYAN, PLAIN, 33, PLAIN},
    [LOOK_WARN] = {A_NORMAL, A_BOLD, COLOR_YELLOW, PLAIN, 172, PLAIN},
    [LOOK_ALARM] = {A_BOLD, A_BOLD | A_REVERSE, COLOR_BLACK, COLOR_YELLOW, 16, 208},
    [LOOK_SELECTED] = {A_REVERSE, A_REVERSE, PLAIN, PLAIN, PLAIN, PLAIN},
    [LOOK_KEY] = {A_BOLD, A_BOLD, PLAIN, PLAIN, PLAIN, PLAIN},
    [LOOK_LINE] = {A_NORMAL, A_NORMAL, COLOR_CYAN, PLAIN, 67, PLAIN},
    [LOOK_BANNER] = {A_BOLD, A_BOLD | A_REVERSE, COLOR_BLACK, COLOR_YELLOW, 16, 214},
};

static struct {
    SCREEN *screen;
    int fd;
    bool tty, colours, utf8;
    enum tier tier, highest;
    struct termios before;
    char restore[128]; /* what a crash handler writes */
    size_t restore_size;
    int cursor_row, cursor_column;
} terminal;

static volatile sig_atomic_t ended;

/* WACS_* are expressions over an array of the open screen, so a table holds functions. */
#define ACS_GLYPH(name)                                                                                                                              \
    static const cchar_t *acs_##name(void)                                                                                                           \
    {                                                                                                                                                \
        return WACS_##name;                                                                                                                          \
    }
ACS_GLYPH(HLINE)
ACS_GLYPH(PLUS)
ACS_GLYPH(VLINE)

static const struct {
    char ascii;
    const cchar_t *(*acs)(void);
    wchar_t block;
} glyphs[GLYPHS] = {
    [GLYPH_LIMIT] = {'-', acs_HLINE, 0}, [GLYPH_CENTER] = {'=', NULL, 0},    [GLYPH_ZONE] = {'.', NULL, 0},     [GLYPH_AXIS] = {'-', acs_HLINE, 0},
    [GLYPH_TICK] = {'+', acs_PLUS, 0},   [GLYPH_EDGE] = {'|', acs_VLINE, 0}, [GLYPH_BAR] = {'#', NULL, 0x2588}, [GLYPH_REST] = {'.', NULL, 0},
};

static void on_end(int number)
{
    (void)number;
    ended = 1;
}

/* Only calls that are safe in a handler: the terminal's own strings were made ready when it was opened. */
static void on_crash(int number)
{
    if (terminal.screen && terminal.tty) {
        ssize_t ignored = write(terminal.fd, terminal.restore, terminal.restore_size);
        (void)ignored;
        tcsetattr(terminal.fd, TCSANOW, &terminal.before);
    }
    signal(number, SIG_DFL);
    raise(number);
}

static void catch_signals(bool kiosk)
{
    static const int ends[] = {SIGTERM, SIGHUP, SIGINT}, crashes[] = {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL};
    struct sigaction action = {.sa_handler = on_end};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        sigaction(ends[i], &action, NULL);
    action.sa_handler = on_crash;
    action.sa_flags = SA_RESETHAND;
    for (size_t i = 0; i < sizeof crashes / sizeof crashes[0]; i++)
        sigaction(crashes[i], &action, NULL);
    action = (struct sigaction){.sa_handler = SIG_IGN};
    sigaction(SIGPIPE, &action, NULL);
    if (kiosk) {
        sigaction(SIGINT, &action, NULL);
        sigaction(SIGQUIT, &action, NULL);
        sigaction(SIGTSTP, &action, NULL);
    }
}

static void remember_restore(void)
{
    static const char *const names[] = {"sgr0", "op", "cnorm", "rmkx", "rmcup"};
    terminal.restore_size = 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *text = tigetstr(names[i]);
        size_t size = text && text != (char *)-1 ? strlen(text) : 0;
        if (size && terminal.restore_size + size < sizeof terminal.restore) {
            memcpy(terminal.restore + terminal.restore_size, text, size);
            terminal.restore_size += size;
        }
    }
}

/* The Linux console and serial terminals lack block and braille fonts; without UTF-8 nobody has them. */
static enum tier highest_tier(const char *type)
{
    if (!strcmp(type, "dumb"))
        return TIER_ASCII;
    bool fonts = terminal.utf8 && strncmp(type, "linux", 5) && strncmp(type, "vt", 2);
    return fonts ? TIER_BRAILLE : TIER_ACS;
}

/* Braille is for fast lines only; and where the locale is not UTF-8 but the terminal is (PuTTY), line drawing would come out as letters. */
static enum tier first_tier(bool ascii)
{
    if (ascii || !terminal.utf8)
        return TIER_ASCII;
    return terminal.highest > TIER_BLOCKS ? TIER_BLOCKS : terminal.highest;
}

static void start_colours(void)
{
    const char *no_colour = getenv("NO_COLOR");
    terminal.colours = !(no_colour && *no_colour) && has_colors() && start_color() == OK && use_default_colors() == OK;
    if (!terminal.colours)
        return;
    for (short i = 1; i < LOOKS; i++)
        init_pair(i, COLORS >= 256 ? looks[i].ink256 : looks[i].ink8, COLORS >= 256 ? looks[i].paper256 : looks[i].paper8);
}

/* PuTTY sends F1..F4 as ESC [ 11~ .. 14~, VT terminals as ESC O P .. S, whatever terminfo says. */
static void define_function_keys(void)
{
    for (int i = 1; i <= 4; i++) {
        char sequence[8];
        snprintf(sequence, sizeof sequence, "\033[1%d~", i);
        define_key(sequence, KEY_F(i));
        snprintf(sequence, sizeof sequence, "\033O%c", 'O' + i);
        define_key(sequence, KEY_F(i));
    }
}

static void set_modes(void)
{
    cbreak();
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    intrflush(stdscr, FALSE);
    curs_set(0);
    if (!getenv("ESCDELAY"))
        set_escdelay(terminal.tty && baudrate() <= 19200 ? ESCAPE_SLOW_MS : ESCAPE_MS);
}

int terminal_open(const struct terminal_options *options, struct error *err)
{
    const char *type = options->type ? options->type : getenv("TERM");
    FILE *out = options->out ? options->out : stdout, *in = options->in ? options->in : stdin;
    if (!type || !*type)
        return error_set(err, ERR_USAGE, "TERM is not set: run gemba in a terminal, or `gemba show overview` for plain text");
    terminal.fd = fileno(out);
    terminal.tty = isatty(terminal.fd) && !tcgetattr(terminal.fd, &terminal.before);
    if (!options->out && !terminal.tty)
        return error_set(err, ERR_USAGE, "standard output is no terminal: `gemba show overview` prints the same as text");
    terminal.screen = terminfo_knows(type) ? newterm(type, out, in) : NULL;
    if (!terminal.screen)
        return error_set(err, ERR_USAGE, "unknown terminal '%s': try TERM=xterm-256color, or install the package ncurses-term", type);
    static bool registered;
    if (!registered)
        registered = !atexit(terminal_close);
    catch_signals(options->kiosk);
    remember_restore();
    terminal.utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8");
    terminal.highest = highest_tier(type);
    terminal.tier = first_tier(options->ascii);
    terminal.cursor_row = -1;
    ended = 0;
    set_modes();
    start_colours();
    define_function_keys();
    return 0;
}

void terminal_close(void)
{
    if (!terminal.screen)
        return;
    endwin();
    delscreen(terminal.screen);
    terminal.screen = NULL;
}

bool terminal_ended(void)
{
    return ended;
}

void terminal_size(int *rows, int *columns)
{
    *rows = LINES;
    *columns = COLS;
}

enum tier terminal_tier(void)
{
    return terminal.tier;
}

void terminal_next_tier(void)
{
    terminal.tier = terminal.tier >= terminal.highest ? TIER_ASCII : terminal.tier + 1;
}

void terminal_erase(void)
{
    erase();
    terminal.cursor_row = -1;
}

static void set_look(enum look look)
{
    if (terminal.colours)
        attr_set(looks[look].attribute, (short)look, NULL);
    else
        attr_set(looks[look].monochrome, 0, NULL);
}

/* Where the locale is not UTF-8, each character beyond ASCII becomes a '?'. */
static void to_ascii(char *text)
{
    char *to = text;
    for (const char *from = text; *from; from++)
        if ((*from & 0x80) == 0)
            *to++ = *from;
        else if ((*from & 0xC0) == 0xC0)
            *to++ = '?';
    *to = 0;
}

int terminal_put(int row, int column, int columns, bool pad, enum look look, const char *utf8)
{
    if (row < 0 || row >= LINES || column < 0 || column >= COLS)
        return 0;
    char text[1024], plain[1024];
    snprintf(plain, sizeof plain, "%s", utf8);
    for (char *c = plain; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7F)
            *c = ' ';
    if (!terminal.utf8)
        to_ascii(plain);
    int used = text_fit(text, sizeof text, plain, columns < COLS - column ? columns : COLS - column);
    set_look(look);
    mvaddstr(row, column, text);
    for (int i = used; pad && i < columns && column + i < COLS; i++)
        mvaddch(row, column + i, ' ');
    return used;
}

static void put_character(int row, int column, wchar_t character)
{
    attr_t attribute;
    short pair;
    attr_get(&attribute, &pair, NULL);
    cchar_t cell;
    setcchar(&cell, (wchar_t[]){character, 0}, attribute, pair, NULL);
    mvadd_wch(row, column, &cell);
}

void terminal_glyph(int row, int column, int times, enum look look, enum glyph glyph)
{
    set_look(look);
    for (int i = 0; i < times && column + i < COLS && row < LINES; i++) {
        if (terminal.tier >= TIER_BLOCKS && glyphs[glyph].block)
            put_character(row, column + i, glyphs[glyph].block);
        else if (terminal.tier >= TIER_ACS && glyphs[glyph].acs)
            mvadd_wch(row, column + i, glyphs[glyph].acs());
        else
            mvaddch(row, column + i, (chtype)glyphs[glyph].ascii);
    }
}

void terminal_braille(int row, int column, enum look look, unsigned char dots)
{
    set_look(look);
    put_character(row, column, (wchar_t)(0x2800 + dots));
}

void terminal_cursor(int row, int column)
{
    terminal.cursor_row = row;
    terminal.cursor_column = column;
}

static bool line_is_busy(void)
{
    if (!terminal.tty)
        return false;
    int waiting = 0;
    if (!ioctl(terminal.fd, TIOCOUTQ, &waiting) && waiting > BACKLOG_BYTES)
        return true;
    struct pollfd writable = {.fd = terminal.fd, .events = POLLOUT};
    return poll(&writable, 1, 0) == 0;
}

bool terminal_show(void)
{
    if (line_is_busy())
        return false;
    bool typing = terminal.cursor_row >= 0;
    curs_set(typing);
    leaveok(stdscr, !typing); /* a hidden cursor may stay where it is: less to send */
    if (typing)
        move(terminal.cursor_row, terminal.cursor_column);
    wnoutrefresh(stdscr);
    doupdate();
    return true;
}

void terminal_repaint(void)
{
    clearok(curscr, TRUE);
}

int terminal_key(int timeout_ms)
{
    static const struct {
        int curses;
        enum press press;
    } presses[] = {
        {KEY_UP, PRESS_UP},         {KEY_DOWN, PRESS_DOWN},           {KEY_LEFT, PRESS_LEFT}, {KEY_RIGHT, PRESS_RIGHT},
        {KEY_PPAGE, PRESS_PAGE_UP}, {KEY_NPAGE, PRESS_PAGE_DOWN},     {KEY_HOME, PRESS_HOME}, {KEY_END, PRESS_END},
        {KEY_ENTER, PRESS_ENTER},   {KEY_BACKSPACE, PRESS_BACKSPACE}, {KEY_DC, PRESS_DELETE}, {KEY_BTAB, PRESS_SHIFT_TAB},
        {KEY_RESIZE, PRESS_RESIZE},
    };
    wint_t key;
    timeout(timeout_ms);
    int kind = get_wch(&key);
    if (kind == ERR)
        return PRESS_NONE;
    if (kind == OK)
        return key == '\n' ? PRESS_ENTER : key == 0x7F || key == '\b' ? PRESS_BACKSPACE : (int)key;
    for (size_t i = 0; i < sizeof presses / sizeof presses[0]; i++)
        if ((int)key == presses[i].curses)
            return presses[i].press;
    if (key > KEY_F(0) && key <= KEY_F(12))
        return PRESS_F0 + (int)(key - KEY_F(0));
    return PRESS_NONE;
}

void terminal_copy(const char *text)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char out[1500] = "\033]52;c;";
    size_t size = strlen(text), at = strlen(out);
    for (size_t i = 0; i < size && at + 8 < sizeof out; i += 3) {
        unsigned long bits = (unsigned long)(unsigned char)text[i] << 16;
        bits |= i + 1 < size ? (unsigned long)(unsigned char)text[i + 1] << 8 : 0;
        bits |= i + 2 < size ? (unsigned char)text[i + 2] : 0;
        for (int j = 0; j < 4; j++)
            out[at++] = i + (size_t)j > size ? '=' : digits[bits >> (18 - 6 * j) & 63];
    }
    out[at++] = '\a';
    if (terminal.tty) {
        ssize_t ignored = write(terminal.fd, out, at);
        (void)ignored;
    }
}
