/*
 * What an organisation may not see in a text: names and domains of other organisations, addresses and names of other
 * people, secrets that are not its own. Each is replaced by a token in brackets that is the same wherever the same thing
 * stands, and counted under a reason. What is found is compared without regard to case, accents, and what stands between
 * letters, so that a line break or a hyphen hides nothing.
 *
 * It errs towards masking: any mail address and any host name that is not the reader's or ours is masked, known or not.
 * redact_check looks at what is to be given out once more; a part that does not pass it is withheld.
 */
#ifndef TOCSIN_SEAL_REDACT_H
#define TOCSIN_SEAL_REDACT_H

#include "base/arena.h"
#include "base/buf.h"

enum mask_reason {
	MASK_NONE = 0, MASK_ORGANISATION = 1, MASK_ADDRESS = 2, MASK_PERSON = 3, MASK_SECRET = 4, MASK_DATA = 5, MASK_OUTSIDE = 6,
	MASK_REASONS = 7,
};
const char *mask_reason_name(int v); /* "other_organisation" */

enum { REDACT_TOKEN_ID = 6, REDACT_TOKEN = 32 };

enum needle_kind {
	NEEDLE_NAME = 1,   /* words: of an organisation or a person */
	NEEDLE_DOMAIN = 2, /* a host name, or one below it */
	NEEDLE_VALUE = 3,  /* a secret or a datum, as it stands somewhere */
	NEEDLE_ADDRESS = 4, /* a whole mail address, of the reader: where the domain is not, as one of free mail */
};
struct needle {
	enum needle_kind kind;
	enum mask_reason reason;      /* MASK_NONE: the reader's own, which makes its surroundings worth showing */
	span text;
	char token[REDACT_TOKEN_ID];  /* "7QX4M": from redact_token_id */
};

struct redact_rules {
	const struct needle *needles; /* what to mask, and what is the reader's own */
	size_t n_needles;
	const struct needle *free;    /* names and domains that are never masked: ours */
	size_t n_free;
	span token_key;
};

/* Five characters for a thing of that kind ("organisation", "person", ...), keyed: the same thing has the same everywhere. */
void redact_token_id(span token_key, const char *kind, span thing, char out[REDACT_TOKEN_ID]);

struct redactor;
/* rules and what they point to must live as long as the arena. */
MUST_CHECK enum errc redactor_new(struct arena *a, const struct redact_rules *rules, struct redactor **out, struct err *e);

/* Bytes that the longest needle takes at most, however it is written. */
size_t redact_reach(const struct redactor *r);

struct hit { size_t at, n; enum mask_reason reason; char token[REDACT_TOKEN]; };
struct hits { struct hit *v; size_t n, cap; };
/* What must be masked in text (valid UTF-8, under 4 GiB): in the order of places, none overlapping. */
MUST_CHECK enum errc redact_find(struct redactor *r, struct arena *a, span text, struct hits *out, struct err *e);

struct redacted { span text; struct hit *marks; size_t n_marks; }; /* marks are places in text: its tokens */
/* The whole text with its tokens. */
MUST_CHECK enum errc redact_text(struct redactor *r, struct arena *a, span text, struct redacted *out, struct err *e);
/* Only what stands around the reader's own, "[...]" for the rest; text empty when nothing of its own is there. */
MUST_CHECK enum errc redact_around(struct redactor *r, struct arena *a, span text, struct redacted *out, struct err *e);

/*
 * At most so many bytes of its beginning, for any of these: it ends in the middle of nothing that must be masked, where there is a blank near
 * between words, and never within a character. Cut elsewhere, the first half of an address or a secret is none any more, and would be shown.
 */
MUST_CHECK enum errc redact_cut(struct redactor *r, struct arena *a, span text, size_t most, span *out, struct err *e);

/* True when nothing that must be masked is in text, tokens apart. */
MUST_CHECK enum errc redact_check(struct redactor *r, struct arena *a, span text, bool *clean, struct err *e);

#endif
