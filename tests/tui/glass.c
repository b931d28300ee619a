/* Sees the screen as a person would: curses writes to a file, libvterm reads it. */
#include "tests/tui/fixture.h"

#include "tui/terminal.h"

#include <curses.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vterm.h>

const char *glass_locale = "C.UTF-8";
static FILE *out;
static VTerm *vterm;
static VTermScreen *screen;
static long seen, last_bytes;
static int glass_rows, glass_columns;

static void feed(void)
{
    char buffer[4096];
    size_t size;
    fflush(out);
    long end = (fseek(out, 0, SEEK_END), ftell(out));
    last_bytes = end - seen;
    fseek(out, seen, SEEK_SET);
    while ((size = fread(buffer, 1, sizeof buffer, out)) > 0)
        vterm_input_write(vterm, buffer, size);
    seen = end;
    fseek(out, 0, SEEK_END);
    vterm_screen_flush_damage(screen);
}

void glass_open(const char *type, int rows, int columns, bool ascii)
{
    char text[16];
    struct error err;
    setlocale(LC_CTYPE, glass_locale);
    snprintf(text, sizeof text, "%d", rows);
    setenv("LINES", text, 1);
    snprintf(text, sizeof text, "%d", columns);
    setenv("COLUMNS", text, 1);
    setenv("ESCDELAY", "50", 1);
    out = fopen(test_path("glass"), "w+");
    FILE *in = fopen("/dev/null", "r");
    ck_assert(out && in);
    const struct terminal_options options = {.type = type, .out = out, .in = in, .ascii = ascii};
    ck_assert_msg(terminal_open(&options, &err) == 0, "%s", err.text);
    vterm = vterm_new(rows, columns);
    vterm_set_utf8(vterm, 1);
    screen = vterm_obtain_screen(vterm);
    vterm_screen_enable_altscreen(screen, 1);
    vterm_screen_reset(screen, 1);
    glass_rows = rows;
    glass_columns = columns;
    seen = 0;
}

void glass_draw(struct console *console)
{
    console_resize(console, glass_rows, glass_columns);
    frame_draw(console);
    ck_assert(terminal_show());
    feed();
}

static size_t put_utf8(char *text, uint32_t c)
{
    if (c < 0x80)
        return text[0] = (char)c, 1;
    if (c < 0x800)
        return text[0] = (char)(0xC0 | c >> 6), text[1] = (char)(0x80 | (c & 0x3F)), 2;
    text[0] = (char)(0xE0 | c >> 12);
    text[1] = (char)(0x80 | (c >> 6 & 0x3F));
    text[2] = (char)(0x80 | (c & 0x3F));
    return 3;
}

const char *glass_row(int row)
{
    static char text[2048];
    size_t at = 0;
    for (int column = 0; column < glass_columns; column++) {
        VTermScreenCell cell;
        vterm_screen_get_cell(screen, (VTermPos){row, column}, &cell);
        if (cell.chars[0] == (uint32_t)-1)
            continue;
        at += put_utf8(text + at, cell.chars[0] ? cell.chars[0] : ' ');
    }
    while (at && text[at - 1] == ' ')
        at--;
    text[at] = 0;
    return text;
}

int glass_find(const char *text)
{
    for (int row = 0; row < glass_rows; row++)
        if (strstr(glass_row(row), text))
            return row;
    return -1;
}

bool glass_shows(const char *text)
{
    return glass_find(text) >= 0;
}

bool glass_is_reverse(int row, int column)
{
    VTermScreenCell cell;
    vterm_screen_get_cell(screen, (VTermPos){row, column}, &cell);
    return cell.attrs.reverse;
}

long glass_bytes(void)
{
    return last_bytes;
}

void glass_resize(int rows, int columns)
{
    resizeterm(rows, columns);
    vterm_set_size(vterm, rows, columns);
    glass_rows = rows;
    glass_columns = columns;
}

void glass_print(void)
{
    for (int row = 0; row < glass_rows; row++)
        printf("%s\n", glass_row(row));
}
