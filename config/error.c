#include "config/error.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

int error_set(struct error *err, enum error_code code, const char *format, ...)
{
    if (!err)
        return -1;
    /* The arguments may be the old text of the same error, so it is made aside. */
    char text[sizeof err->text];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    err->code = code;
    snprintf(err->text, sizeof err->text, "%s", text);
    return -1;
}
