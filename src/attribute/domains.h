/*
 * Whose a host or an address is: ours, an organisation's of the directory, a private person's at a free-mail
 * provider, or of an organisation that nobody listed, known by its registrable domain (public suffix list).
 * Answers are cached by host, since mail names the same few thousand hosts over and over.
 */
#ifndef TOCSIN_ATTRIBUTE_DOMAINS_H
#define TOCSIN_ATTRIBUTE_DOMAINS_H

#include "attribute/dictionary.h"
#include "attribute/words.h"

enum whose {
	WHOSE_NOBODY = 0,     /* no domain name: an IP address, a bare host name, an unknown top-level domain */
	WHOSE_OURS,
	WHOSE_LISTED,
	WHOSE_CONFLICT,       /* two organisations of the directory claim it */
	WHOSE_PERSON,         /* free mail */
	WHOSE_DERIVED,
	WHOSE_INFRASTRUCTURE, /* schemas, name spaces, public clouds: says nothing of an organisation */
};

struct whose_is {
	enum whose whose;
	uint32_t org;       /* of WHOSE_LISTED, and of a tenant */
	bool tenant;        /* of WHOSE_INFRASTRUCTURE: a host that a provider gives to one customer, who is org */
	const char *domain; /* that decided; NUL-terminated, lives as long as struct domains */
	int64_t org_id;     /* the keeper's, of its row in the store; 0 until it has one */
};

struct domains;

/* dictionary, freemail and infrastructure must outlive it. */
MUST_CHECK enum errc domains_new(struct domains **out, const struct dictionary *dictionary,
    const struct words *freemail, const struct words *infrastructure, struct err *e);
void domains_free(struct domains *d);

/* host in any case, perhaps with a dot at the end. The answer stays in the cache; NULL: out of memory. */
MUST_CHECK struct whose_is *domains_host(struct domains *d, span host);
/* As of the host behind its "@", but an address that the directory lists itself is that organisation's. */
MUST_CHECK struct whose_is *domains_address(struct domains *d, span address);

#endif
