/* What the readers of documents share: the text under way, and one function a format. */
#ifndef TOCSIN_DOCUMENT_PRIVATE_H
#define TOCSIN_DOCUMENT_PRIVATE_H

#include <stdio.h>

#include "base/buf.h"
#include "document/document.h"
#include "stream/passwords.h"
#include "stream/xml.h"
#include "document/zip.h"

#define IS_ANY(name, ...) span_is_one_of(name, SPAN_WORDS(__VA_ARGS__))

/* ---- layout.c: the text under way --------------------------------------------------------------------------- */

/* Ranges of hidden columns that are told of a sheet; what lies in others has its cell all the same. */
enum { LAYOUT_HIDDEN = 32 };

struct layout {
	struct arena *a;             /* of the reading: what is left of it is in others */
	struct buf text, places, groups;
	struct buf sheets;           /* their names, a line each */
	uint32_t group, row, column; /* where what is written now stands */
	bool moved;                  /* since the last byte was written */
	bool row_hidden;
	struct columns { uint32_t from, to; } hidden[LAYOUT_HIDDEN]; /* ranges of columns */
	size_t n_hidden;
	const char *problem;
	bool cut;                    /* one of its problems was a limit of ours */
	span prefix;                 /* of the names of groups: "embedded file x.xlsx, " */
	struct passwords *passwords;  /* to try; may be NULL */
	unsigned depth;              /* documents within documents */
};

void layout_init(struct layout *l, struct arena *a);
/* Moves the text into that arena and releases the rest; ERR_EVIDENCE without any text but with a problem. */
MUST_CHECK enum errc layout_done(struct layout *l, struct arena *a, struct document *out, struct err *e);
/* What follows stands in a new group. name is copied. */
void layout_group(struct layout *l, bool cells, const char *kind, span name);
/* The same, and its rows are lines of the file. */
void layout_lines(struct layout *l, const char *kind, span name);
/* The cells of a sheet. Its name, which a person may have chosen, is text at the end of the document. */
void layout_sheet(struct layout *l, bool hidden, span name);
void layout_at(struct layout *l, uint32_t row, uint32_t column);
/* Of the sheet under way, from 1: rows from now on are shown or not; those columns are not. A new group forgets both. */
void layout_hide_rows(struct layout *l, bool hidden);
void layout_hide_columns(struct layout *l, uint32_t from, uint32_t to);
/* Valid UTF-8 is kept, anything else becomes U+FFFD; what nobody sees, such as a soft hyphen, is left out; control characters but tab and line end become blanks. */
void layout_text(struct layout *l, span utf8);
void layout_byte(struct layout *l, unsigned char c);
/* Takes blanks off the end; what stood at them stands at the end. */
void layout_unblank(struct layout *l);
/* Ends the line, unless nothing stands on it. */
void layout_line(struct layout *l);
/* ---- pdf-earlier.c */
/*
 * What an earlier version of a file said, which `read` puts into a layout of its own: the lines of it that the text from `before` on does
 * not have, in a group of their own. That it cannot be read is a problem of the file, no error.
 */
typedef enum errc earlier_fn(void *ctx, struct layout *was, struct err *e);
MUST_CHECK enum errc earlier_read(struct layout *l, size_t before, earlier_fn *read, void *ctx, struct err *e);

/* The first problem is kept. */
void layout_problem(struct layout *l, const char *problem);
/* The same, where more is there and was not read. */
void layout_limit(struct layout *l, const char *problem);

/* ---- beside.c: what is said beside the running text, and is put behind it ------------------------------------- */

struct beside_said { uint32_t group, row, column; span name, text; bool was; };
struct beside {
	struct layout *l;
	struct beside_said *said;
	size_t n, cap;
	struct buf before; /* the paragraph under way, without its tracked changes */
	bool changed;      /* by tracked changes */
	bool failed;       /* memory */
};

void beside_init(struct beside *b, struct layout *l);
/* Where the layout stands now, as written in XML that lives on; "name: " goes before it. */
void beside_say(struct beside *b, span name, span written);
/* A piece of the paragraph as it was before its changes. */
void beside_before(struct beside *b, span text);
void beside_unblank(struct beside *b);
/* The paragraph ends: what it was is kept, if it was changed. */
void beside_paragraph(struct beside *b);
/* Puts all of it, each kind in groups of its own, and releases. */
MUST_CHECK enum errc beside_done(struct beside *b, struct err *e);
/* Does a person write such an attribute, of OOXML, OpenDocument or Office 2003? */
bool attribute_says(const struct xml *x, span attribute);
/* The name of a shape, picture or bookmark that a person gave it. */
bool names_shape(const struct xml *x, span attribute, span value);
/* All such attributes of the element. */
void attributes_say(struct beside *b, const struct xml *x);

/*
 * What is anchored at a place of a paragraph and stands apart from it, such as a note or a text box: that place may be within a word or before a
 * value, so the element is kept as it was opened and read once the paragraph, or the table that it is in, has ended.
 */
struct anchored { struct xml at; uint32_t row, column; bool row_hidden; };
struct anchors { struct anchored *v; size_t n, cap; unsigned depth; /* anchored within anchored */ };
/* x, just opened, goes on behind it; false: it is to be read where it stands. */
bool anchor_take(struct anchors *k, struct layout *l, struct xml *x);

/* ---- one file a format -------------------------------------------------------------------------------------- */

MUST_CHECK enum errc ooxml_read(struct layout *l, span content, struct err *e);
MUST_CHECK enum errc sheets_read(struct layout *l, const struct zip *z, struct err *e); /* xl/ of an OOXML package */
MUST_CHECK enum errc odf_read(struct layout *l, span content, struct err *e);
/* Opens what its manifest says is encrypted, with one of the passwords; *sealed: the text is encrypted and was not opened. */
MUST_CHECK enum errc odf_unlock(struct layout *l, struct zip *z, span manifest, const char **sealed, struct err *e);
MUST_CHECK enum errc pdf_read(struct layout *l, span content, struct err *e);
/* All of a document of that kind, into the text under way. */
MUST_CHECK enum errc document_read_into(struct layout *l, enum document_kind kind, span content, struct err *e);
MUST_CHECK enum errc flat_read(struct layout *l, span content, struct err *e);
bool flat_is(span content);
/* What is no running text in one file of XML: files in it, links that lead out, and, where it is asked for, words of other elements. */
MUST_CHECK enum errc others_read(struct layout *l, span bytes, bool words, struct err *e);
MUST_CHECK enum errc xps_read(struct layout *l, const struct zip *z, struct err *e); /* pages of an XML paper specification */

/* A document within one, by its content; what is none is passed over. */
MUST_CHECK enum errc embedded_read(struct layout *l, span name, span content, struct err *e);
/*
 * The text of an element may be a file in base64: when it is a document or archive, it is read like any that is embedded; where it
 * stands for files, as whatever it is.
 */
MUST_CHECK enum errc base64_read(struct layout *l, span name, span text, bool is_file, bool *taken, struct err *e);

/* The bytes of a member, as far as they are read; what is missing of them is a problem. */
MUST_CHECK enum errc package_member(struct arena *a, struct layout *l, const struct zip *z, const struct zip_member *m, span *out, struct err *e);
/* parts.c: what relationships call parts gets the name by which it is asked for. */
MUST_CHECK enum errc parts_name(struct layout *l, struct zip *z, struct err *e);
/* What the relation of the main part of that id points to, as the name of a member; empty when nothing. */
span package_target(struct arena *a, const struct zip *z, span relations, span id);
/* A member as XML in UTF-8; *out is empty when it is not there or cannot be read (a problem then). */
MUST_CHECK enum errc package_xml(struct arena *a, struct layout *l, const struct zip *z, span name, span *out, struct err *e);
/* The same of one that was found: of several by one name each is another. */
MUST_CHECK enum errc package_member_xml(struct arena *a, struct layout *l, const struct zip *z, const struct zip_member *m, span *out,
    struct err *e);
/* Paragraphs and tables of WordprocessingML or DrawingML, as a group of its own. */
MUST_CHECK enum errc flow_bytes_read(struct layout *l, span bytes, const char *kind, span name, struct err *e);
/* "_x000B_" in what a string of OOXML holds from there on: that character (ECMA-376 part 1, 22.9.2.19). */
void string_unescape(struct buf *b, size_t from);
/* Appends s: what stands behind a backslash stands for itself, but n and N for a new line where that is so (RFC 5545 3.3.11). */
void backslash_unescape(struct buf *b, span s, bool n_is_line);
/* Is the text of such an element among its words? */
bool flow_takes(span element);
/* Paragraphs and tables of OpenDocument, packed or flat. */
MUST_CHECK enum errc odf_bytes_read(struct layout *l, span bytes, const char *kind, struct err *e);
/* rest.c: what nobody asked for by name. */
MUST_CHECK enum errc package_rest_read(struct layout *l, const struct zip *z, struct err *e);
/* Each element's text as "name: value": properties. */
MUST_CHECK enum errc properties_read(struct layout *l, const struct zip *z, span name, struct err *e);

#endif
