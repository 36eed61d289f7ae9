/*
 * XML (1.0, 5th edition) as programs write it, event by event over bytes in memory. Prefixes of names are cut off: who
 * reads a format knows its vocabulary. No entity but the predefined and numeric ones, no DTD, no validation: what is
 * wrong is passed over, so that a damaged part gives what it has.
 */
#ifndef TOCSIN_STREAM_XML_H
#define TOCSIN_STREAM_XML_H

#include "base/buf.h"

enum xml_event { XML_END, XML_OPEN, XML_CLOSE, XML_TEXT };

struct xml {
	span rest;
	span name;    /* of OPEN and CLOSE, without prefix */
	span attributes; /* of OPEN: the bytes between name and end */
	span text;    /* of TEXT, as written */
	bool cdata;   /* text has no entities */
	bool empty;   /* an OPEN whose CLOSE comes next, from "<x/>" */
	bool close_due;
};

static inline struct xml xml_of(span bytes) { return (struct xml){.rest = bytes}; }

enum xml_event xml_next(struct xml *x);
/* Of the element that was just opened, what lies within and its close, to be read later; x goes on behind it. */
struct xml xml_take(struct xml *x);
/* The value of the attribute with that name (without prefix), as written; p NULL when it is not there. */
span xml_attribute(const struct xml *x, const char *name);
/* Next name and value of `attributes`; false at the end. */
bool xml_attribute_next(span *attributes, span *name, span *value);
/* With entities undone, appended. */
void xml_unescape(struct buf *out, span written);
/* Is the event's name this one? */
static inline bool xml_is(const struct xml *x, const char *name) { return span_eq(x->name, span_str(name)); }

#endif
