#include "reports/json.h"
#include "reports/output.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* Bytes of the well-formed UTF-8 character at p, or 0 (overlong forms, surrogates and values beyond U+10FFFF are none). */
static int utf8_length(const unsigned char *p)
{
    static const struct {
        unsigned char low, high, second_low, second_high;
        int length;
    } forms[] = {
        {0x01, 0x7f, 0x00, 0xff, 1}, {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
        {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
        {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
    };
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (p[0] < forms[i].low || p[0] > forms[i].high)
            continue;
        if (forms[i].length > 1 && (p[1] < forms[i].second_low || p[1] > forms[i].second_high))
            return 0;
        for (int k = 2; k < forms[i].length; k++)
            if ((p[k] & 0xc0) != 0x80)
                return 0;
        return forms[i].length;
    }
    return 0;
}

static void put_character(FILE *stream, const unsigned char *p, int length)
{
    static const char short_names[] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r', ['"'] = '"', ['\\'] = '\\'};
    if (length == 0)
        fputs("\xef\xbf\xbd", stream);
    else if (*p < sizeof short_names && short_names[*p])
        fprintf(stream, "\\%c", short_names[*p]);
    else if (*p < 0x20 || *p == 0x7f)
        fprintf(stream, "\\u%04x", *p);
    else
        fwrite(p, 1, (size_t)length, stream);
}

void json_put_text(FILE *stream, const char *text)
{
    putc('"', stream);
    for (const unsigned char *p = (const unsigned char *)text; *p;) {
        int length = utf8_length(p);
        put_character(stream, p, length);
        p += length ? length : 1;
    }
    putc('"', stream);
}

void json_put_number(FILE *stream, double value)
{
    char text[32];
    fputs(isfinite(value) ? text_exact(value, text, sizeof text) : "null", stream);
}

void json_put_time(FILE *stream, int64_t time_us)
{
    char text[40];
    if (time_us == 0)
        fputs("null", stream);
    else
        fprintf(stream, "\"%s\"", text_time_iso(time_us, text, sizeof text));
}

/* What lies deeper than this stays on one line: an array of points has a line a point. */
enum { LINES_DEPTH = 2 };

static void new_line(struct json *json)
{
    if (json->depth > LINES_DEPTH)
        return;
    putc('\n', json->stream);
    for (int i = 0; i < json->depth; i++)
        fputs("  ", json->stream);
}

/* The comma, the line and the key before a value. */
static void before_value(struct json *json, const char *key)
{
    if (json->depth > 0) {
        if (!json->first[json->depth])
            fputs(json->depth > LINES_DEPTH ? ", " : ",", json->stream);
        json->first[json->depth] = false;
        new_line(json);
    }
    if (key) {
        json_put_text(json->stream, key);
        fputs(": ", json->stream);
    }
}

void json_open(struct json *json, const char *key, char bracket)
{
    before_value(json, key);
    putc(bracket, json->stream);
    json->depth++;
    assert(json->depth < (int)(sizeof json->first / sizeof json->first[0]));
    json->first[json->depth] = true;
}

void json_close(struct json *json, char bracket)
{
    bool empty = json->first[json->depth];
    bool lines = json->depth <= LINES_DEPTH;
    json->depth--;
    if (!empty && lines)
        new_line(json);
    putc(bracket, json->stream);
    if (json->depth == 0)
        putc('\n', json->stream);
}

void json_text(struct json *json, const char *key, const char *value)
{
    before_value(json, key);
    if (value)
        json_put_text(json->stream, value);
    else
        fputs("null", json->stream);
}

void json_number(struct json *json, const char *key, double value)
{
    before_value(json, key);
    json_put_number(json->stream, value);
}

void json_integer(struct json *json, const char *key, int64_t value)
{
    before_value(json, key);
    fprintf(json->stream, "%lld", (long long)value);
}

void json_boolean(struct json *json, const char *key, bool value)
{
    before_value(json, key);
    fputs(value ? "true" : "false", json->stream);
}

void json_time(struct json *json, const char *key, int64_t time_us)
{
    before_value(json, key);
    json_put_time(json->stream, time_us);
}

void json_rules(struct json *json, const char *key, uint32_t fired)
{
    json_open(json, key, '[');
    for (int rule = 1; rule <= RULES_MAX; rule++)
        if (fired >> (rule - 1) & 1)
            json_integer(json, NULL, rule);
    json_close(json, ']');
}
