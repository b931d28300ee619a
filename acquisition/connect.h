#ifndef GEMBA_ACQUISITION_CONNECT_H
#define GEMBA_ACQUISITION_CONNECT_H

#include "config/config.h"

/* How a link's descriptor comes to be. Each returns it, not blocking and closed on exec, or -1 with errno. */

/* A TCP connection to the link's host within its connect_timeout, trying one of its addresses after the other. errno EADDRNOTAVAIL with *unknown set:
 * the name is not known, *unknown says why. */
int connect_tcp(const struct link *link, const char **unknown);

/* The link's serial device, at its settings, for this process alone. EWOULDBLOCK and EBUSY: another program has it. */
int connect_serial(const struct link *link);
void connect_release_serial(int fd);

#endif
