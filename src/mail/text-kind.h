/* What a part is: by its declared type, its file name, and its first bytes. */
#ifndef TOCSIN_MAIL_TEXT_KIND_H
#define TOCSIN_MAIL_TEXT_KIND_H

#include "base/span.h"
#include "stream/openpgp.h"

enum declared {
	DECLARED_NOTHING, /* application/octet-stream and the like: the bytes decide */
	DECLARED_TEXT,
	DECLARED_HTML,
	DECLARED_OTHER, /* a type of its own that is no text */
};

/* By type ("text/plain", lower case), and where that says nothing by the file name. */
enum declared text_declared(span type, span filename);

/* JSON, or lines of it. */
bool text_is_json(span type, span filename);

/* Do these first bytes of a part look like text of some charset? */
bool text_looks(span head);

/*
 * What the first bytes of something that is no text show it to be ("PDF document"); NULL for nothing known.
 * Static. *certain: text never begins like this.
 */
const char *text_kind(span head, bool *certain);

/* What the first bytes of a file of OpenPGP show it to be: one that is called so, or is armoured. NONE: nothing of that. */
enum openpgp_kind text_openpgp(span head, span filename);
/* The same in words: why it is not read as text. Static; NULL for NONE. */
const char *text_openpgp_says(enum openpgp_kind kind);

/* The type of what its first bytes show it to be ("application/pdf"), whatever was declared; "" where that says it best. Static. */
const char *text_kind_type(span head, span type, span filename);

/* What is left to say when the bytes show nothing: by the file name or the declared type. Static. */
const char *text_kind_by_type(span type, span filename);

/* Does it begin like a page of HTML? */
bool text_is_html(span head);

#endif
