/*
 * Contacts besides those of the directory: where each comes from, how good it is, and what discovery was answered, so that all
 * but discovery works without a network. They go by domain, not by organisation: an attribution made anew keeps them.
 */
#ifndef TOCSIN_STORE_CONTACTS_H
#define TOCSIN_STORE_CONTACTS_H

#include "base/arena.h"
#include "case/names.h"
#include "store/store.h"

/* An organisation that mail in scope concerns; ourselves are none. */
struct contact_org { int64_t id; const char *key, *name, *country; const char **domains; size_t n_domains; };
/* All of them by key, in the arena; or with org not NULL the one that is called so (org_named), else ERR_USAGE. */
MUST_CHECK enum errc contact_orgs(struct store *st, struct arena *a, const char *org, struct contact_org **out, size_t *n,
    struct err *e);

struct contact_known {
	enum contact_source source;
	const char *address, *role, *ground, *note;
	int64_t seen_utc, expires_utc; /* TIME_NONE: of the directory; it does not say */
	enum contact_state state;
	bool mail;                     /* an address that mail can be sent to, and not a telephone number or a page */
};
/* Of one organisation: rank, then address. */
MUST_CHECK enum errc contacts_of(struct store *st, struct arena *a, int64_t org_id, struct contact_known **out, size_t *n,
    struct err *e);
/* What that source said of a domain before is forgotten: what it says now is put. */
MUST_CHECK enum errc contacts_forget(struct store *st, const char *whose, enum contact_source source, struct err *e);
MUST_CHECK enum errc contact_put(struct store *st, const char *whose, const struct contact_known *c, struct err *e);
/* All that a source says of a domain, as far as it was usable: now that, and why. */
MUST_CHECK enum errc contacts_judge(struct store *st, const char *whose, enum contact_source source, enum contact_state state,
    const char *note, struct err *e);
/* Addresses at those domains of which mail in scope was sent by or to, the most frequent first; in the arena. */
struct correspondent { const char *address; int64_t messages; };
MUST_CHECK enum errc contact_correspondents(struct store *st, struct arena *a, int64_t org_id, struct correspondent **out, size_t *n,
    struct err *e);

struct fetched { const char *url, *final_url, *type, *note; int64_t when_utc; int status; span body; };
/* out->url NULL when it was never asked. */
MUST_CHECK enum errc fetched_get(struct store *st, struct arena *a, const char *url, struct fetched *out, struct err *e);
/* Of it what decides whether it is asked for again, without its page; when_utc TIME_NONE when it was never asked. */
struct fetched_outline { int64_t when_utc; int status; bool has_page, too_large; }; /* too_large: there is a page, and it was not kept */
MUST_CHECK enum errc fetched_outline(struct store *st, const char *url, struct fetched_outline *out, struct err *e);
MUST_CHECK enum errc fetched_put(struct store *st, const struct fetched *f, struct err *e);

#endif
