/* Mail addresses and host names in a text, listed or not: whatever a reader would take for one. */
#ifndef TOCSIN_SEAL_HOSTS_H
#define TOCSIN_SEAL_HOSTS_H

#include "base/span.h"

struct host_place {
	size_t at, n;    /* the address or the host */
	size_t host_at;  /* its host, as long as *n says from there */
	bool address;
};
/* The next one in text from *from on; false when there is none. */
bool host_place_next(span text, size_t *from, struct host_place *out);

#endif
