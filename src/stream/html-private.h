/* The pieces of the HTML stripper: tags and attributes (html-tag.c), cells that span others (html-cells.c), names of characters (html-entities.c). */
#ifndef TOCSIN_STREAM_HTML_PRIVATE_H
#define TOCSIN_STREAM_HTML_PRIVATE_H

#include "base/span.h"

/* What an element means to the text around it. */
enum html_kind {
	HTML_INLINE, /* and every element that nobody knows */
	HTML_BLOCK,
	HTML_BREAK,
	HTML_ROW,
	HTML_CELL,
	HTML_PRE,
	HTML_HIDDEN, /* script, style: what is in it is no text */
	HTML_ANCHOR, /* its href comes behind its text */
	HTML_FIELD,  /* inline, with attributes that a person may see or that name a place */
};

struct html_tag {
	enum html_kind kind;
	bool closing;
	span name;
	size_t attributes, end; /* where they begin; behind the ">" */
};

/*
 * What was searched for in vain in the rest of a text and so is not searched for again: this makes the whole
 * linear, whatever the text.
 */
struct html_missing {
	bool tag_end;     /* no ">" any more */
	bool quoted_end;  /* a tag had its end only within its quotes: quotes mean nothing from there on */
	bool comment_end, cdata_end, script_end, style_end;
};

/* The tag whose "<" is at `at`; false when it is none, and then the "<" is text. */
bool html_tag(span in, size_t at, struct html_missing *missing, struct html_tag *t);

struct html_attribute { span name, value; };
/* The attribute at or after *at within the tag; false at its end. */
bool html_attribute(span in, const struct html_tag *t, size_t *at, struct html_attribute *a);
/* "<meta name=Generator content=...>": is it what a program says of itself? */
bool html_names_program(span in, const struct html_tag *t);
/* A field that shows what is typed in it, which the attribute value is. */
bool html_shows_typed(span in, const struct html_tag *t);

/*
 * A cell over several rows or columns leaves its place in them empty: what stands below or behind keeps the column that it has on the
 * screen. No more than so many are kept in mind: what is given for a row is never more than its tags are long.
 */
enum { HTML_SPANS = 4, HTML_COLSPAN_MAX = 8, HTML_ROWSPAN_MAX = 1000 };
struct html_cells {
	unsigned column, owed; /* of the next cell, when nothing is above it; empty ones before it, of a cell that is wider */
	unsigned n;
	struct { unsigned column, rows; } above[HTML_SPANS];
};
/* A row begins; a table begins or ends. */
void html_cells_row(struct html_cells *c);
void html_cells_end(struct html_cells *c);
/* The next cell: how many empty ones stand before it. */
unsigned html_cells_next(struct html_cells *c, span in, const struct html_tag *t);

/* The character of that name (without "&" and ";"), or 0. */
uint32_t html_entity(span name);

/* "&...;" at `at`: *c and how long it is written; 0 when it is none. */
size_t html_reference(span in, size_t at, bool in_attribute, uint32_t *c);

#endif
