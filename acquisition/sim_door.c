#include "acquisition/sim_door.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

enum { BACKLOG = 64 };

bool sim_door_is_line(const struct link *link)
{
    return link->device != NULL;
}

void sim_door_init(struct sim_door *door, const struct link *link)
{
    *door = (struct sim_door){.link = link, .fd = -1, .slave = -1};
}

/* --- sockets */

static int explain(const struct link *link, int reason, struct error *err)
{
    const char *host = link->host, *name = link->name;
    if (reason == EADDRINUSE)
        return error_set(err, ERR_COMMUNICATION,
                         "link '%s': port %d at %s is in use, perhaps by another simulator: end it, or give the link another port", name, link->port,
                         host);
    if (reason == EACCES || reason == EPERM)
        return error_set(err, ERR_COMMUNICATION, "link '%s': port %d at %s is not for ordinary accounts: give the link a port from 1024 on", name,
                         link->port, host);
    if (reason == EADDRNOTAVAIL)
        return error_set(err, ERR_COMMUNICATION,
                         "link '%s': %s is no address of this machine: to simulate the plant here, give the link a url such as tcp://127.0.0.1:%d",
                         name, host, link->port > 1023 ? link->port : 15020);
    return error_set(err, ERR_COMMUNICATION, "link '%s': cannot listen at %s, port %d: %s", name, host, link->port, strerror(reason));
}

/* 0 or an errno. */
static int listen_at(const struct addrinfo *address, int *listener)
{
    int yes = 1, fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return errno;
    if (!setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) && !bind(fd, address->ai_addr, address->ai_addrlen) && !listen(fd, BACKLOG)) {
        *listener = fd;
        return 0;
    }
    int reason = errno;
    close(fd);
    return reason;
}

static int open_listener(struct sim_door *door, struct error *err)
{
    const struct link *link = door->link;
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV}, *addresses;
    char port[16];
    snprintf(port, sizeof port, "%d", link->port);
    if (getaddrinfo(link->host, port, &hints, &addresses))
        return explain(link, EADDRNOTAVAIL, err);
    int reason = EADDRNOTAVAIL;
    for (const struct addrinfo *address = addresses; address && door->fd < 0; address = address->ai_next)
        reason = listen_at(address, &door->fd);
    freeaddrinfo(addresses);
    return door->fd >= 0 ? 0 : explain(link, reason, err);
}

/* --- serial lines */

static bool is_left_over(const char *path)
{
    char target[16];
    ssize_t length = readlink(path, target, sizeof target - 1);
    target[length > 0 ? length : 0] = '\0';
    return !strncmp(target, "/dev/pts/", 9) && access(path, F_OK) != 0;
}

static bool give_name(const char *device, const char *path)
{
    struct stat st;
    if (!strncmp(device, "/dev/", 5))
        return false;
    if (!lstat(device, &st) && (!is_left_over(device) || unlink(device)))
        return false;
    return symlink(path, device) == 0;
}

/* Bytes as they are, no echo: clients set the rest. */
static int open_slave(struct sim_door *door)
{
    struct termios raw;
    door->slave = open(door->path, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (door->slave < 0 || tcgetattr(door->slave, &raw))
        return -1;
    cfmakeraw(&raw);
    return tcsetattr(door->slave, TCSANOW, &raw);
}

static int open_line(struct sim_door *door, struct error *err)
{
    door->fd = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (door->fd < 0 || grantpt(door->fd) || unlockpt(door->fd) || ptsname_r(door->fd, door->path, sizeof door->path) || open_slave(door)) {
        error_set(err, ERR_IO, "link '%s': no pseudo-terminal to be had for it: %s", door->link->name, strerror(errno));
        sim_door_close(door);
        return -1;
    }
    door->named = give_name(door->link->device, door->path);
    return 0;
}

int sim_door_open(struct sim_door *door, struct error *err)
{
    return sim_door_is_line(door->link) ? open_line(door, err) : open_listener(door, err);
}

void sim_door_close(struct sim_door *door)
{
    if (door->named)
        unlink(door->link->device);
    if (door->slave >= 0)
        close(door->slave);
    if (door->fd >= 0)
        close(door->fd);
    sim_door_init(door, door->link);
}
