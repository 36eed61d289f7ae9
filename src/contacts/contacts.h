/*
 * contacts: whom an organisation's notice goes to.
 *
 * In the order of rank: what the directory or the operator gives; security.txt (RFC 9116); RDAP's contacts of the domain (RFC 9083);
 * the roles that each domain should have (RFC 2142); the CSIRT of its country, as a relay; people of its own who took part in the
 * exposed mail, for a person to judge. Discovery alone uses the network: https to the organisation's own domains and to hosts that
 * case.yaml allows, and DNS. Each answer is kept in the case, so that everything else works without a network. Answers are
 * hostile: they are parsed in a worker.
 */
#ifndef TOCSIN_CONTACTS_CONTACTS_H
#define TOCSIN_CONTACTS_CONTACTS_H

#include "base/buf.h"
#include "case/case.h"
#include "jail/jail.h"
#include "store/contacts.h"

struct contacts_discover {
	const char *org;      /* only this one, by key, name or domain; NULL: all that mail in scope concerns */
	const char *csirts;   /* CSV: country, name, address, source, checked */
	int64_t now_utc, stale_utc; /* answers older than stale_utc are asked for again */
	bool progress, without_jail;
};
struct contacts_tally {
	uint64_t orgs, domains, asked, cached, failed; /* failed: no answer at all */
	uint64_t unread;                               /* answers that are too large, whose reader died, or that name more contacts than are taken */
	uint64_t found, unusable;                      /* addresses: to be written to; expired, relays, for review */
	uint64_t thin;                                 /* organisations with fewer than two independent addresses */
};
MUST_CHECK enum errc contacts_discover(struct store *st, const struct case_config *config, const struct contacts_discover *o,
    struct contacts_tally *tally, struct err *e);

/*
 * Contacts that the operator has: CSV with columns organisation or domain, address, role, note; or JSON, a list of objects with members of these
 * names. ERR_USAGE with the place of what cannot be: an organisation that the case does not know, an address that is none.
 */
MUST_CHECK enum errc contacts_import(struct store *st, const char *path, int64_t now_utc, uint64_t *n, struct err *e);

struct contacts_show {
	const char *org;   /* NULL: all */
	bool thin;         /* only those that need a telephone call or a letter */
	bool tasks;        /* only those for whom somebody has to call or write, or will have to when their wave is written */
	bool as_json;
	const char *owner; /* whose such tasks are, and due after how many days: policy */
	unsigned days;
	int64_t now_utc;
};
/* Ranked, as text or as one JSON object. */
MUST_CHECK enum errc contacts_show(struct store *st, const struct contacts_show *o, struct buf *out, struct err *e);

extern const struct jail_job contacts_job;

#endif
