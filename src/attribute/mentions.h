/*
 * Organisations in a text: names of the directory by the token hash, its domains as hosts, and e-mail addresses of
 * anybody. Only what stands in the text is told here; whose an address or a host is, and whether a weak name counts,
 * the keeper decides.
 */
#ifndef TOCSIN_ATTRIBUTE_MENTIONS_H
#define TOCSIN_ATTRIBUTE_MENTIONS_H

#include "attribute/dictionary.h"
#include "attribute/names.h"
#include "mail/hostname.h"

enum mention_kind {
	MENTION_NAME = 1,
	MENTION_HOST = 2,    /* a host name, alone or in a URL */
	MENTION_ADDRESS = 3,
	MENTION_QUOTED = 4,  /* an address in a quoted or forwarded header line */
};

struct mention {
	enum mention_kind kind;
	bool weak;          /* a name that needs another sign of the same organisation */
	uint32_t org;       /* of a name; ORG_MASK otherwise */
	uint32_t at, n;     /* its bytes in the text */
};

struct mentions { struct mention *v; size_t n, cap; };

/* The number of the first that may reach behind `from`. */
size_t mentions_behind(const struct mentions *l, size_t from);
/* As it stands; of a host within a link, without escapes. */
span mention_text(span text, const struct mention *m, char plain[HOST_NAME_LONGEST]);

/* Appends all that text holds, in the order of their places. text.n < 4 GiB. Of v, legal forms and given names. */
MUST_CHECK enum errc mentions_read(struct arena *a, const struct dictionary *d, const struct words *v, span text,
    struct mentions *out, struct err *e);

#endif
