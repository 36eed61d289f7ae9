/*
 * Whom a message names, in its header's order. A message has about ten parties and a row each was most of a case, so they
 * are one value: a JSON list of [role, address id, "display name"], the name left out where there is none. SQL reads it
 * as the view `party` (store.c); what goes over every message reads it here. Addresses have a row each, numbered as met.
 */
#ifndef TOCSIN_STORE_PARTIES_H
#define TOCSIN_STORE_PARTIES_H

#include "case/names.h"
#include "store/store.h"

struct mail_party { enum party_role role; span address, domain, name; };
/* All parties of a message that has none yet. */
MUST_CHECK enum errc store_parties_put(struct store *st, int64_t message_id, const struct mail_party *p, size_t n, struct err *e);
/*
 * Those of another copy of the message: whom only this one names (the Bcc of the sender's own copy) is a party from now on, behind the others
 * and by address alone. Names are looked through for secrets in the copy that is scanned.
 */
MUST_CHECK enum errc store_parties_join(struct store *st, int64_t message_id, const struct mail_party *p, size_t n, struct err *e);
MUST_CHECK enum errc store_address(struct store *st, const struct mail_party *p, int64_t *id, struct err *e);

/* A secret in what party number `index`, from 0, is called: n bytes of its name. */
struct party_star { size_t index, at, n; };
/* They become stars, as in a subject. By index and place. */
MUST_CHECK enum errc store_parties_mask(struct store *st, int64_t message_id, const struct party_star *v, size_t n, struct err *e);

struct party_seen {
	enum party_role role; /* 0: none that there is */
	int64_t address_id;
	span json_name;       /* as it stands in the list */
};
/* Takes the next party off the list; false at the end and where the list is damaged. party_end tells which. */
bool party_next(span *list, struct party_seen *out);
MUST_CHECK enum errc party_end(span list, struct err *e);
/* The display name, in the arena; NULL when out of memory. */
const char *party_name(struct arena *a, const struct party_seen *p);

#endif
