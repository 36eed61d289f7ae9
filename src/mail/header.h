/* Header fields and what stands in them: unfolding, encoded words (RFC 2047), parameters (RFC 2231), addresses
 * (RFC 5322 3.4 and the obsolete forms), Message-IDs and dates, all as lenient as the mail that exists. */
#ifndef TOCSIN_MAIL_HEADER_H
#define TOCSIN_MAIL_HEADER_H

#include "base/arena.h"

struct field {
	span name;  /* as written, without the colon or space before it */
	span value; /* raw: folded, without the leading space and the final line end */
};

struct headers {
	struct field *fields; /* in the order of the message */
	size_t n;
	span raw;             /* the section, up to but without the empty line */
	span charset;         /* of the body: of the first part that is text and names one; empty when none does */
};

/* The first field of that name (any case), or NULL; headers_next finds the one after `f`. */
const struct field *headers_get(const struct headers *h, const char *name);
const struct field *headers_next(const struct headers *h, const struct field *f);

/* Line ends of folding removed, white space around trimmed; borrowed where nothing was folded. p NULL: memory. */
MUST_CHECK span header_unfold(struct arena *a, span value);

/*
 * For people: unfolded, encoded words decoded (adjacent ones of one charset joined before decoding), 8-bit bytes taken as UTF-8,
 * else in the charset of the body (its name, or empty) where they are valid in it, else guessed; valid UTF-8. p NULL: memory.
 */
MUST_CHECK span header_text(struct arena *a, span value, span charset);

struct param { span name, value; }; /* name lower case; value decoded UTF-8 (RFC 2231 charset and continuation) */

/* "type/subtype; a=b; c*0=..." of Content-Type and Content-Disposition. Of name and filename all forms are there, RFC 2231's first. *first in lower case. Its own charset goes before the one given. */
MUST_CHECK enum errc header_params(struct arena *a, span value, span charset, span *first, struct param **params, size_t *n,
    struct err *e);
span param_get(const struct param *params, size_t n, const char *name);

struct address {
	span name;    /* display name or comment, decoded UTF-8; may be empty */
	span address; /* "local@domain": domain in lower case, quotes of the local part kept only where needed */
	span domain;  /* the part behind the last "@"; empty for an address without one */
	span group;   /* name of the group it stands in, or empty */
};

/*
 * Appends to *list (grown in the arena), LIMIT_ADDRESSES in all: a list that has so many may have been cut. Text that
 * is no address is passed over; no error but memory. One word without "@" is an address without domain, as are
 * Exchange's "/O=.../CN=..."; "Doe, Jane <jane@host.example>" is one address; ";" parts addresses too. Where a comma is missing
 * between two in angle brackets, or a quote has no other, each is read all the same. charset: as of header_text.
 */
struct address_list { struct address *v; size_t n, cap; };
MUST_CHECK enum errc header_addresses(struct arena *a, span value, span charset, struct address_list *list, struct err *e);

/* What stands between < and >, or the bare token; trimmed, and without the folding within. Empty when there is none. Comments dropped. p NULL: memory. */
MUST_CHECK span header_message_id(struct arena *a, span value);

/* RFC 5322 3.3 and 4.3 and what else is found (two-digit years, missing seconds, zone names, asctime order,
 * ISO 8601, months in other languages); UTF-8. What has no zone is taken as UTC. */
int64_t header_date(span value); /* TIME_NONE when hopeless */

#endif
