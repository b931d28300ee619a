#include "tests/reports/sound.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *json_value(const char *p);

static const char *json_blanks(const char *p)
{
    return p + strspn(p, " \n\r\t");
}

static const char *json_string(const char *p)
{
    if (!p || *p++ != '"')
        return NULL;
    for (; *p != '"'; p++)
        if ((unsigned char)*p < 0x20 || (*p == '\\' && !*++p))
            return NULL;
    return p + 1;
}

/* From behind the bracket that opens to behind the one that closes. */
static const char *json_members(const char *p, char close)
{
    p = json_blanks(p);
    if (*p == close)
        return p + 1;
    for (;; p++) {
        if (close == '}') {
            p = json_string(json_blanks(p));
            p = p ? json_blanks(p) : NULL;
            if (!p || *p++ != ':')
                return NULL;
        }
        p = json_value(p);
        p = p ? json_blanks(p) : NULL;
        if (!p || *p == close)
            return p ? p + 1 : NULL;
        if (*p != ',')
            return NULL;
    }
}

static const char *json_value(const char *p)
{
    static const char *const words[] = {"null", "true", "false"};
    char *end;
    p = json_blanks(p);
    if (*p == '{' || *p == '[')
        return json_members(p + 1, *p == '{' ? '}' : ']');
    if (*p == '"')
        return json_string(p);
    for (int i = 0; i < 3; i++)
        if (!strncmp(p, words[i], strlen(words[i])))
            return p + strlen(words[i]);
    if (*p != '-' && !isdigit((unsigned char)*p))
        return NULL;
    double value = strtod(p, &end);
    return isfinite(value) ? end : NULL;
}

bool sound_json(const char *text)
{
    const char *end = json_value(text);
    return end && *json_blanks(end) == '\0';
}

const char *sound_unnumber(const char *text)
{
    static const char *const words[] = {"nan", "inf"};
    for (const char *p = text; *p; p++)
        for (int i = 0; i < 2 && (p == text || !isalpha((unsigned char)p[-1])); i++)
            if (!strncasecmp(p, words[i], 3) && !isalpha((unsigned char)p[3]))
                return p;
    return NULL;
}

static const char *reasonless(const char *json, const char *key)
{
    for (const char *p = strstr(json, key); p; p = strstr(p + 1, key)) {
        const char *end = strchr(p, '}'), *why = strstr(p, "why\"");
        if (end && !(why && why < end))
            return p;
    }
    return NULL;
}

const char *sound_absence(const char *json)
{
    const char *found = reasonless(json, "\"lower_bound\": null");
    return found ? found : reasonless(json, "\"p\": null");
}
