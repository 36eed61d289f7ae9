/*
 * The keys that notices are signed with, in the case's folder keys/ (0700, secret files 0600):
 *
 *     notice.key, notice.pub               Ed25519 in minisign's format: statements and the notice log
 *     dkim-rsa.pem, dkim-ed25519.pem       DKIM, under selectors made of the notice key's id; not with `dkim: mta`
 *     smime.pem, smime.key                 the sender's S/MIME certificate with its chain, and its key: the operator puts them there
 *     old-<key id>/                        what was there before a rotation
 *
 * Without notice.key notices are written unsigned.
 */
#ifndef TOCSIN_NOTIFY_SIGNING_H
#define TOCSIN_NOTIFY_SIGNING_H

#include "case/case.h"
#include "net/cms.h"
#include "net/dkim.h"
#include "notify/eml.h"
#include "proof/keys.h"

/* What a notice says of its signatures; part of its text, and so of what is approved. */
struct signing_words { char key[VERIFY_KEY_TEXT]; bool dkim, smime; }; /* key "": not signed */
MUST_CHECK enum errc signing_words_read(const struct case_config *c, struct signing_words *out, struct err *e);

struct signing {
	struct sign_key *notice; /* NULL: not signed */
	struct verify_key public;
	struct dkim_key *rsa, *ed25519; /* NULL: the MTA signs */
	char selector[2][40];           /* of rsa, of ed25519 */
	struct cms_identity *smime;     /* NULL: none */
	span domain;                    /* of the sender's address: borrowed from the configuration */
};
MUST_CHECK enum errc signing_load(struct arena *a, const struct case_config *c, struct signing *out, struct err *e);
void signing_close(struct signing *s);
/* Makes what is missing; with rotate moves the old keys away first. *made: something was. */
MUST_CHECK enum errc signing_make(struct arena *a, const struct case_config *c, bool rotate, bool *made, struct err *e);
/* Appends the DNS records to publish, as lines of a zone file. */
MUST_CHECK enum errc signing_records(const struct signing *s, struct buf *out, struct err *e);

/* Lines of base64, as MIME has them. */
void compose_base64(struct buf *b, span s);

/* The statement of a notice and its signature file. */
struct signed_statement { span statement, signature; };
/* Appends the whole mail: m as it was approved, its statement attached, signed in each way that there are keys for. */
MUST_CHECK enum errc signing_compose(const struct signing *s, const struct eml *m, span id,
    const struct signed_statement *v, struct buf *out, struct err *e);

#endif
