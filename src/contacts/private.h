/* Between the files of contacts: what an answer says, as the worker that parses it tells the keeper. */
#ifndef TOCSIN_CONTACTS_PRIVATE_H
#define TOCSIN_CONTACTS_PRIVATE_H

#include "base/cursor.h"
#include "base/progress.h"
#include "contacts/contacts.h"
#include "net/dns.h"
#include "stream/json-read.h"

enum answer_kind {
	ANSWER_SECURITY_TXT = 1, ANSWER_RDAP = 2,
	ANSWER_NETWORK = 3,   /* RDAP, of the network that a host of a domain is in */
	ANSWER_SIGNATURE = 4, /* the key that security.txt names: is the file signed with it? */
};

/* One contact that an answer names; text lives as long as the answer or the arena. */
struct said_contact { span address, role; bool mail; };
struct said {
	struct said_contact v[32]; /* LIMIT: more are passed over, and said so */
	size_t n;
	bool more;
	int64_t expires_utc;    /* TIME_NONE: it does not say */
	bool signed_text, canonical_other; /* an OpenPGP signature, which nobody has checked; Canonical names other places only */
	span encryption;        /* security.txt: where a key of theirs lies, the first with https; or empty */
	span name;              /* RDAP: what the network is called; or empty */
};

/* RFC 9116: any bytes. url is where it came from. */
void security_txt_read(span text, span url, struct said *out);
/* RFC 9083 with jCard (RFC 7095): any bytes. ERR_EVIDENCE when it is no JSON object. */
MUST_CHECK enum errc rdap_read(struct arena *a, span json, struct said *out, struct err *e);

/* Printable ASCII, and so short: the keeper shows it and asks for it. */
bool url_is_plain(span s);

/* An address that a notice can be sent to: dot-string characters, one @, a dot behind it (RFC 5321 4.1.2). */
bool address_is_plain(span s);

/* ---- worker.c: frames ---- */
void said_put(struct buf *b, const struct said *s);
bool said_get(struct cursor *c, struct said *s); /* spans into the frame */

/* What the key of a file says of its signature: one of enum openpgp_signature, and the fingerprint in hex. */
struct said_signature { uint8_t how; span fingerprint; };
bool said_signature_get(struct cursor *c, struct said_signature *s);

/* ---- bootstrap.c ---- */
struct bootstrap { const struct json_node **services; size_t n; };
/* IANA's files of domains and of networks (RFC 9224); ERR_USAGE: one is something else. */
MUST_CHECK enum errc bootstrap_read(struct arena *a, const struct text_list *files, struct bootstrap *out, struct err *e);
/* What to ask of a domain or an address: a URL; NULL: no server is known for it (or out of memory). */
const char *bootstrap_find(const struct bootstrap *b, struct arena *a, const char *asked);

/* ---- ask.c ---- */

/* One page to ask for, and what came of it. */
struct question {
	enum answer_kind kind;
	const char *domain, *url, *host;
	const struct contact_org *org;
	const char *about;     /* ANSWER_NETWORK: "mail host mx.b.example (192.0.2.7)" */
	size_t file;           /* ANSWER_SIGNATURE: the question whose page is signed */
	bool later;            /* not now: whether it is asked rests on others */
	bool asked, has_page;
	int status;            /* 0: no answer */
	span said, at;         /* what a worker read in the page, and the address of it */
	bool unread;           /* there is a page, and it is too large, or its reader died of it */
};
struct name_asked {
	const char *name;
	enum dns_type type;    /* MX, A or AAAA */
	bool known;            /* there is an answer */
	const char *found;     /* the first that is of use; NULL: none */
};
struct asking {
	struct store *st;
	const struct case_config *config;
	const struct contacts_discover *o;
	struct contacts_tally *tally;
	struct arena *scratch;
	struct progress progress;
	struct dns *dns;       /* opened by the first name; the caller closes it */
	size_t no_dns;         /* questions to the DNS without an answer, in a row */
};
/* Pages that are not asked yet, and not for later. The answers are in the case, and committed. */
MUST_CHECK enum errc pages_ask(struct asking *k, struct question *v, size_t n, struct err *e);
MUST_CHECK enum errc names_ask(struct asking *k, struct arena *a, struct name_asked *v, size_t n, struct err *e);

/* Are there two ways in that do not fail together? Different sources, or different domains. */
bool contacts_are_enough(const struct contact_known *c, size_t n);
/* One organisation's contacts, into found, unusable and thin. */
void contacts_count(const struct contact_known *c, size_t n, struct contacts_tally *tally);

#endif
