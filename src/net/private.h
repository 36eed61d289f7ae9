/* What http and smtp share: libcurl, made ready once. */
#ifndef TOCSIN_NET_PRIVATE_H
#define TOCSIN_NET_PRIVATE_H

#include "base/err.h"

MUST_CHECK enum errc net_ready(struct err *e);

#endif
