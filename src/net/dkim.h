/*
 * DKIM signatures (RFC 6376), RSA and Ed25519 (RFC 8463), over OpenSSL: made relaxed/relaxed, checked in all four forms.
 * Wire format only: which keys there are, and what a failed check means, is for others to say.
 *
 * From, To, Subject, Date and Reply-To are signed once more than they occur, so that none can be added. Both kinds of
 * signature are deterministic: the same message, key and time give the same bytes. Messages may have LF or CRLF line ends; what is
 * signed is CRLF. What is checked is hostile: fields, tags and keys are bounded, a signature over a part of the body (l=)
 * does not count.
 */
#ifndef TOCSIN_NET_DKIM_H
#define TOCSIN_NET_DKIM_H

#include "base/arena.h"
#include "base/buf.h"

enum dkim_algorithm { DKIM_RSA, DKIM_ED25519 };

struct dkim_key; /* secret */
MUST_CHECK enum errc dkim_key_new(enum dkim_algorithm algorithm, struct dkim_key **out, struct err *e); /* RSA: 2048 bits */
MUST_CHECK enum errc dkim_key_read(span pem, struct dkim_key **out, struct err *e); /* PKCS#8; RSA of less than 2048 bits is refused */
MUST_CHECK enum errc dkim_key_write(const struct dkim_key *k, struct buf *pem, struct err *e); /* release with buf_wipe */
void dkim_key_free(struct dkim_key *k);
/* Appends the text of its DNS record: "v=DKIM1; k=rsa; p=...". */
MUST_CHECK enum errc dkim_key_record(const struct dkim_key *k, struct buf *out, struct err *e);

struct dkim_signer { const struct dkim_key *key; span domain, selector; int64_t when_utc; };
/* Appends the DKIM-Signature fields that go in front of the message, one a signer. */
MUST_CHECK enum errc dkim_sign(span message, const struct dkim_signer *v, size_t n, struct buf *out, struct err *e);

struct dkim_signature {
	span domain, selector;
	enum dkim_algorithm algorithm;
	const char *wrong;  /* why it cannot be checked at all, or NULL */
	span field;         /* the whole field, as it stands */
	size_t index;       /* of the field in the message */
};
enum { DKIM_SIGNATURES = 16 };
/* In the order of the message; further ones than DKIM_SIGNATURES are not looked at. */
MUST_CHECK enum errc dkim_signatures(struct arena *a, span message, struct dkim_signature **out, size_t *n, struct err *e);

/* What OpenSSL opens and looks up, before the walls of a worker that checks. */
MUST_CHECK enum errc dkim_ready(struct err *e);
/* record: the TXT record of selector._domainkey.domain. *why is NULL when it passes, else in words, static. */
MUST_CHECK enum errc dkim_check(struct arena *a, span message, const struct dkim_signature *s, span record,
    const char **why, struct err *e);

#endif
