/*
 * What a case keeps of a message's header: identity, date, subject, parties and the traits that say what kind of
 * mail it is. Made from header fields alone.
 */
#ifndef TOCSIN_MAIL_SUMMARY_H
#define TOCSIN_MAIL_SUMMARY_H

#include "mail/mime.h"

/* Numbers of enum party_role in case/names.h, which this folder does not include; a test of ingest holds them equal. */
enum summary_role {
	ROLE_FROM = 1, ROLE_SENDER = 2, ROLE_REPLY_TO = 3, ROLE_TO = 4, ROLE_CC = 5, ROLE_BCC = 6, ROLE_RESENT_FROM = 7,
	ROLE_RESENT_TO = 8, ROLE_RESENT_CC = 9, ROLE_LIST = 10, ROLE_DELIVERED_TO = 11,
	ROLE_ORIGINAL_FROM = 12,
};
/*
 * Bits of enum message_trait, likewise. BULK: List-Unsubscribe, Feedback-ID, Precedence: bulk or junk. LIST: List-Id,
 * List-Post, X-Mailing-List, X-BeenThere, Precedence: list. AUTOMATIC: Auto-Submitted other than "no", X-Autoreply,
 * X-Autorespond, Precedence: auto_reply, an empty Return-Path, multipart/report. JUNK: X-Spam-Flag, X-Spam-Status or
 * X-Spam that begin with "yes", SFV:SPM in X-Forefront-Antispam-Report. TWO_IDS: a second Message-ID that differs, of which RFC 5322 3.6
 * allows one: servers may go by either.
 */
enum { SUMMARY_BULK = 1 << 0, SUMMARY_LIST = 1 << 1, SUMMARY_AUTOMATIC = 1 << 2, SUMMARY_JUNK = 1 << 3, SUMMARY_TWO_IDS = 1 << 8 };

/*
 * When a message came to where it lies: the earliest of the stamps down to and including that of the topmost server that
 * gives its name. What stands above a stamp of our own server no sender can have written, so where `by` is ours, the
 * message came not before when_utc; the sender's Date, and stamps further down, can say anything. Whose `by` is, the
 * caller knows. Stamps of programs that fetch mail from elsewhere, of addresses and of names without a dot settle nothing
 * and are passed over; they count for the earliest. An mbox's From_ line and a Maildir's file name are not looked at:
 * copying sets them anew.
 */
struct arrival {
	int64_t when_utc; /* TIME_NONE when no stamp has a date */
	span by;          /* borrowed; "" when no server gives its name */
};

struct party {
	int role;
	span address; /* lower-case domain; VERP, SRS and the like undone (address_unwrap); of a List-Id a domain alone */
	span domain;
	span name;    /* decoded */
};

struct summary {
	span rfc822_id;       /* without angle brackets; "" when none */
	int64_t when_utc;     /* Date, else TIME_NONE */
	span subject;         /* decoded */
	struct party *parties; /* in the order of the roles above, within a role in the order of the message */
	size_t n_parties;
	bool cut;             /* LIMIT_ADDRESSES was hit: further parties are left out */
	unsigned traits;
	struct arrival arrival;
	span verified_domain; /* of From, when a trusted host's Authentication-Results passed it (RFC 8601), else "" */
};

/* trusted: names of our own mail servers as they stand in Authentication-Results. Everything in the arena or in m. */
MUST_CHECK enum errc summary_read(struct arena *a, const struct message *m, const char *const *trusted, size_t n_trusted,
    struct summary *out, struct err *e);

void arrival_read(const struct headers *h, struct arrival *out);

/*
 * The address behind a rewritten one: SRS0=, SRS1=, prvs=, IMCEASMTP- and the like, "user=40dom@dmarc.list", "user=dom@groups.io",
 * "user@dom.invalid", but of a sender's not VERP "bounces+user=dom@list"; else the address itself.
 */
MUST_CHECK span address_unwrap(struct arena *a, span address, bool sender); /* p NULL: memory */

/*
 * RFC 8601. from_domain itself when a trusted host's Authentication-Results says that DMARC passed for it, or DKIM
 * or SPF for a domain aligned with it (equal, or one below the other); else "". Only the topmost field of a trusted
 * host counts, with those that follow it before the next Received: what stands further down may have come with
 * the message. An empty name in `trusted` stands for fields without a host, as Microsoft 365 writes them. p NULL:
 * memory.
 */
MUST_CHECK span auth_results_domain(struct arena *a, const struct headers *h, const char *const *trusted,
    size_t n_trusted, span from_domain);

#endif
