#include "tests/spc/textbook.h"

#include "tests/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char expected[] = "tests/reference/" TEXTBOOK "expected.csv";

bool textbook_here(void)
{
    return access(expected, R_OK) == 0;
}

double textbook_value(const char *id, const char *key, int index)
{
    char line[300], start[120];
    double value = 0;
    bool found = false;
    FILE *file = fopen(expected, "r");
    ck_assert_ptr_nonnull(file);
    snprintf(start, sizeof start, "exact,%s,%s,%d,", id, key, index);
    while (!found && fgets(line, sizeof line, file))
        if ((found = !strncmp(line, start, strlen(start))))
            value = strtod(line + strlen(start), NULL);
    fclose(file);
    ck_assert_msg(found, "no %s", start);
    return value;
}
