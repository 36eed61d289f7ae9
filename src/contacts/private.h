/* Between the files of contacts: what an answer says, as the worker that parses it tells the keeper. */
#ifndef TOCSIN_CONTACTS_PRIVATE_H
#define TOCSIN_CONTACTS_PRIVATE_H

#include "base/cursor.h"
#include "contacts/contacts.h"

enum answer_kind { ANSWER_SECURITY_TXT = 1, ANSWER_RDAP = 2 };

/* One contact that an answer names; text lives as long as the answer or the arena. */
struct said_contact { span address, role; bool mail; };
struct said {
	struct said_contact v[32]; /* LIMIT: more are passed over, and said so */
	size_t n;
	bool more, is_one;      /* is_one: the file is what it was asked for */
	int64_t expires_utc;    /* TIME_NONE: it does not say */
	bool signed_text, canonical_other; /* an OpenPGP signature, which nobody has checked; Canonical names other places only */
};

/* RFC 9116: any bytes. url is where it came from. */
void security_txt_read(span text, span url, struct said *out);
/* RFC 9083 with jCard (RFC 7095): any bytes. ERR_EVIDENCE when it is no JSON object. */
MUST_CHECK enum errc rdap_read(struct arena *a, span json, struct said *out, struct err *e);

/* An address that a notice can be sent to: dot-string characters, one @, a dot behind it (RFC 5321 4.1.2). */
bool address_is_plain(span s);

/* ---- worker.c: frames ---- */
void said_put(struct buf *b, const struct said *s);
bool said_get(struct cursor *c, struct said *s); /* spans into the frame */

/* Are there two ways in that do not fail together? Different sources, or different domains. */
bool contacts_are_enough(const struct contact_known *c, size_t n);
/* One organisation's contacts, into found, unusable and thin. */
void contacts_count(const struct contact_known *c, size_t n, struct contacts_tally *tally);

#endif
