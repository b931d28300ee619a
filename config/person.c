#include "config/person.h"

#include "config/memory.h"

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

static bool is_configured(void)
{
    bool configured = false;
    for (size_t i = 0; i < GRANTS; i++)
        configured |= getgrnam(grants[i].group) != NULL;
    return configured;
}

/* account: NULL for one that the machine does not know. */
static enum access access_of(const struct passwd *account, bool may_write)
{
    gid_t ids[GROUPS];
    int count = GROUPS;
    char *names[GROUPS];
    size_t known = 0;
    if (account && account->pw_uid == 0)
        return ACCESS_ENGINEER;
    if (!account || getgrouplist(account->pw_name, account->pw_gid, ids, &count) < 0)
        count = 0;
    for (int i = 0; i < count; i++) {
        struct group *group = getgrgid(ids[i]);
        if (group)
            names[known++] = memory_text(group->gr_name);
    }
    enum access access = person_access((const char *const *)names, known, is_configured(), may_write);
    while (known > 0)
        free(names[--known]);
    return access;
}

enum access person_access_of(const char *name)
{
    return access_of(getpwnam(name), true);
}

struct person person_of_account(const char *store_path)
{
    struct person person = {.access = ACCESS_VIEWER};
    struct passwd *account = getpwuid(getuid());
    if (account)
        snprintf(person.name, sizeof person.name, "%s", account->pw_name);
    else
        snprintf(person.name, sizeof person.name, "uid %u", (unsigned)getuid());
    person.access = access_of(account, access(store_path, W_OK) == 0);
    if (getuid() == 0)
        person.access = ACCESS_ENGINEER;
    return person;
}
