/*
 * Reads one header section, once: into an array for a message, and in passing the five fields that MIME wants.
 * For the rooms' own use (mime.c, mbox.c): others see struct headers.
 */
#ifndef TOCSIN_MAIL_FIELDS_H
#define TOCSIN_MAIL_FIELDS_H

#include "base/utf8.h"
#include "mail/header.h"

/* The first field of each name, and a second Content-Transfer-Encoding and -Disposition; p NULL when there is none. */
struct mime_fields { span type, encoding, disposition, id, location, encoding_again, disposition_again; };

struct section {
	span text;             /* what lies before this section's end at most (the message) */
	size_t at;             /* where it begins */
	/* Does a MIME boundary stand at this line, so that the section ends here? NULL: no boundaries. */
	bool (*stops)(const void *ctx, size_t line_at);
	const void *ctx;
	struct headers *fields; /* filled in where not NULL */
	struct mime_fields mime;
	size_t n_fields;
	size_t end;            /* of the section, without the empty line */
	size_t body_at;        /* behind the empty line; == end where there was none */
	unsigned problems;     /* enum mime_problem */
};

MUST_CHECK enum errc section_read(struct arena *a, struct section *s, struct err *e);

/* How many bytes a UTF-8 byte order mark takes at the beginning of a file, as some exports have it: 3 or 0. */
static inline size_t bom_length(span file) { return span_starts(file, SPAN_LIT(UTF8_MARK)) ? 3 : 0; }

/* Does a header field begin here: name of printable ASCII, colon? *name without white space behind it. */
bool field_begins(span text, span *name);

/* Is it a name that fields of mail have? */
bool field_is_known(span name);

#endif
