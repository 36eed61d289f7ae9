/* What the readers of documents share: the text under way, and one function a format. */
#ifndef TOCSIN_DOCUMENT_PRIVATE_H
#define TOCSIN_DOCUMENT_PRIVATE_H

#include <stdio.h>

#include "base/buf.h"
#include "document/document.h"
#include "stream/passwords.h"
#include "document/xml.h"
#include "document/zip.h"

/* ---- layout.c: the text under way --------------------------------------------------------------------------- */

struct layout {
	struct arena *a;
	struct buf text, places, groups;
	uint32_t group, row, column; /* where what is written now stands */
	bool moved;                  /* since the last byte was written */
	const char *problem;
	span prefix;                 /* of the names of groups: "embedded file x.xlsx, " */
	struct passwords *passwords;  /* to try; may be NULL */
	unsigned depth;              /* documents within documents */
};

void layout_init(struct layout *l, struct arena *a);
/* Moves the text into the arena and releases the rest; ERR_EVIDENCE without any text but with a problem. */
MUST_CHECK enum errc layout_done(struct layout *l, struct document *out, struct err *e);
/* What follows stands in a new group. name is copied. */
void layout_group(struct layout *l, bool cells, const char *kind, span name);
/* The same, and its rows are lines of the file. */
void layout_lines(struct layout *l, const char *kind, span name);
void layout_at(struct layout *l, uint32_t row, uint32_t column);
/* Valid UTF-8 is kept, anything else becomes U+FFFD; control characters but tab and line end become blanks. */
void layout_text(struct layout *l, span utf8);
void layout_byte(struct layout *l, unsigned char c);
/* Takes blanks off the end; what stood at them stands at the end. */
void layout_unblank(struct layout *l);
/* Ends the line, unless nothing stands on it. */
void layout_line(struct layout *l);
/* The first problem is kept. */
void layout_problem(struct layout *l, const char *problem);

/* ---- one file a format -------------------------------------------------------------------------------------- */

MUST_CHECK enum errc ooxml_read(struct layout *l, span content, struct err *e);
MUST_CHECK enum errc sheets_read(struct layout *l, const struct zip *z, struct err *e); /* xl/ of an OOXML package */
MUST_CHECK enum errc odf_read(struct layout *l, span content, struct err *e);
MUST_CHECK enum errc pdf_read(struct layout *l, span content, struct err *e);
/* A document within one, by its content; what is none is passed over. */
MUST_CHECK enum errc embedded_read(struct layout *l, span name, span content, struct err *e);

/* A member as XML in UTF-8; *out is empty when it is not there or cannot be read (a problem then). */
MUST_CHECK enum errc package_xml(struct layout *l, const struct zip *z, span name, span *out, struct err *e);
/* Words that stand in an attribute, apart from what stands around the element. */
void attribute_words(struct layout *l, span written);
/* rest.c: what nobody asked for by name. */
MUST_CHECK enum errc package_rest_read(struct layout *l, const struct zip *z, struct err *e);
/* Each element's text as "name: value": properties. */
MUST_CHECK enum errc properties_read(struct layout *l, const struct zip *z, span name, struct err *e);

#endif
