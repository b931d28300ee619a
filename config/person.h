#ifndef GEMBA_CONFIG_PERSON_H
#define GEMBA_CONFIG_PERSON_H

#include <stdbool.h>
#include <stddef.h>

/* Who sits at the terminal or gave the command, and what that allows. */
enum access { ACCESS_VIEWER, ACCESS_OPERATOR, ACCESS_ENGINEER };
struct person {
    char name[32]; /* the account's */
    enum access access;
};

/* From the names of the account's groups. configured: one of the groups gemba-operator, gemba-engineer exists on this machine; when neither does,
 * whoever may write the store is engineer. */
enum access person_access(const char *const *groups, size_t count, bool configured, bool may_write);
/* root is always engineer. */
struct person person_of_account(const char *store_path);
/* Of somebody who wrote into the store under this account's name, by its groups of this moment. */
enum access person_access_of(const char *name);
const char *person_access_name(enum access access);

#endif
