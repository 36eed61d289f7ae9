/*
 * Is this notice real? For those who got one: a mail as it lies in a file, and whatever they have to check it with; no case, no
 * network. The mail is hostile: it is taken apart in a jailed worker. Only what is checked with something that did not come in the mail
 * (a key, an authority's certificate, DNS records) makes a notice genuine; anything that does not fit makes it not genuine.
 */
#ifndef TOCSIN_VERIFY_VERIFY_H
#define TOCSIN_VERIFY_VERIFY_H

#include "base/arena.h"
#include "jail/jail.h"
#include "proof/manifest.h"

extern const struct jail_job verify_job;

struct verify_with {
	span mail;
	span key;       /* minisign public key file, or empty */
	span ca;        /* PEM certificates, or empty */
	span dkim, dns; /* lines of a zone file: NAME ... TXT "..."; DKIM keys, and what stands there of the notice */
	span withdrawn; /* the log's signed list of withdrawn notices, or empty */
	span proof;     /* of inclusion, in place of the one that came in the mail, or empty */
	span checkpoint, leaves; /* of the log as it is published, or both empty */
	bool without_jail;
};

enum verify_check { CHECK_FORM, CHECK_TEXT, CHECK_STATEMENT, CHECK_LOG, CHECK_PUBLISHED, CHECK_SMIME, CHECK_DKIM_RSA, CHECK_DKIM_ED25519,
	CHECK_DNS, CHECK_WITHDRAWN, N_CHECKS };
enum verify_outcome { VERIFY_NOT_CHECKED = 0, VERIFY_PASS, VERIFY_FAIL };

struct verify_result {
	const char *id, *organisation, *domain, *issued, *from; /* as the mail says; "" when it does not */
	const char *listed; /* when the list of withdrawn notices was made that the notice is not on; "" when none was looked at */
	const char *selectors; /* names of the sender's DKIM records that the mail asks for, a line each */
	struct { enum verify_outcome outcome; const char *why; } check[N_CHECKS];
	const char *withdrawn_on; /* the day, as the list of withdrawn notices has it; "" when it is not on one */
	bool no_mail; /* the file has no header of one: nothing was looked at */
	bool genuine, refuted, withdrawn; /* withdrawn: it was genuine, and the sender has taken it back. None: there was nothing to check it with */
};
MUST_CHECK enum errc verify_notice(const struct verify_with *w, struct arena *a, struct verify_result *out, struct err *e);
/*
 * Asks a DNS server ("system": this machine's) for the names that r, the result with w, has in the sender's domain, and looks at the
 * notice again with the answers; they are in w then. ERR_WORLD when there is none, or a forged one. Out of the worker, which has no network.
 */
MUST_CHECK enum errc verify_resolve(const char *server, struct verify_with *w, struct arena *a, struct verify_result *r, struct err *e);
const char *verify_check_name(enum verify_check c);

/*
 * A wave's manifest by any of the keys (minisign files, one behind the other), and, when proof is not empty, an organisation's proof. No
 * worker: what is read before the signature held is the lines of a note. ERR_EVIDENCE, with the reason: it is not real.
 */
struct verify_manifest_result { struct manifest m; struct manifest_proof p; bool in_it; };
MUST_CHECK enum errc verify_manifest(span note, span keys, span proof, struct verify_manifest_result *out, struct err *e);

#endif
