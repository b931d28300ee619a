#ifndef GEMBA_CONFIG_URL_H
#define GEMBA_CONFIG_URL_H

#include "config/arena.h"
#include "config/plant.h"

/* Fills kind and place of a link from "tcp://host[:502]" "rtu:///dev/...?baud=19200&parity=even&data=8&stop=1"
 * or "rtutcp://host:port", with the same parameters. Texts are the arena's.
 * -1 with the reason and the way out in why. */
int url_parse(const char *url, struct link *link, struct arena *arena, char *why, size_t size);

#endif
