#include "tui/person.h"

#include "config/config.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { GROUPS = 256 };

/* Highest first. */
static const struct {
    const char *group;
    enum access access;
} grants[] = {{"gemba-engineer", ACCESS_ENGINEER}, {"gemba-operator", ACCESS_OPERATOR}};
enum { GRANTS = sizeof grants / sizeof grants[0] };

enum access person_access(const char *const *groups, size_t count, bool configured, bool may_write)
{
    if (!configured)
        return may_write ? ACCESS_ENGINEER : ACCESS_VIEWER;
    for (size_t i = 0; i < GRANTS; i++)
        for (size_t j = 0; j < count; j++)
            if (!strcmp(groups[j], grants[i].group))
                return grants[i].access;
    return ACCESS_VIEWER;
}

const char *person_access_name(enum access access)
{
    static const char *const names[] = {"viewer", "operator", "engineer"};
    return names[access];
}

struct person person_of_account(const char *store_path)
{
    struct person person = {.access = ACCESS_VIEWER};
    struct passwd *account = getpwuid(getuid());
    if (account)
        snprintf(person.name, sizeof person.name, "%s", account->pw_name);
    else
        snprintf(person.name, sizeof person.name, "uid %u", (unsigned)getuid());
    bool configured = false;
    for (size_t i = 0; i < GRANTS; i++)
        configured |= getgrnam(grants[i].group) != NULL;
    gid_t ids[GROUPS];
    int count = GROUPS;
    char *names[GROUPS];
    size_t known = 0;
    if (!account || getgrouplist(account->pw_name, account->pw_gid, ids, &count) < 0)
        count = 0;
    for (int i = 0; i < count; i++) {
        struct group *group = getgrgid(ids[i]);
        if (group)
            names[known++] = memory_text(group->gr_name);
    }
    person.access = person_access((const char *const *)names, known, configured, access(store_path, W_OK) == 0);
    while (known > 0)
        free(names[--known]);
    return person;
}
