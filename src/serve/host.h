/* The host of an https address, read one way by whoever checks an address and whoever asks there. */
#ifndef TOCSIN_SERVE_HOST_H
#define TOCSIN_SERVE_HOST_H

#include "base/span.h"

enum { HTTPS_PORT = 443 };

/*
 * "host" of "https://host[:port]/...", which *port is of (443 where none stands). False: another scheme, no host, a port that is none,
 * or an '@': what stands before one is no host, and readers differ about it.
 */
bool host_of(span address, span *host, unsigned *port);
bool host_among(span host, const char *const *hosts, size_t n);

#endif
