/* The control words of RTF that rtf.c knows: where a group's text belongs, and which stand for a character. */
#ifndef TOCSIN_STREAM_RTF_WORDS_H
#define TOCSIN_STREAM_RTF_WORDS_H

#include "stream/rtf.h"

/* What the bytes of a group are to us. */
enum destination {
	TEXT = 0,
	SKIP,       /* pictures, tables of styles, what nobody knows */
	FONTS,
	LINK,       /* the instruction of a field: its target is text */
	HTML_TAG,   /* of encapsulated HTML: verbatim */
	LINES,      /* a property of the document: a line of its own */
	ASIDE,      /* a note, a box: text that stands beside that around it */
	REMARK,     /* a comment and who made it: anchored at a place within a word, and put behind its paragraph */
	NOTE,       /* a note or a box, likewise a remark; within one, text of its own */
	NAME,       /* of a property of a shape: it says whether its value is read */
	TWICE,      /* \upr: what follows comes again as \ud */
};

/* Each word is compared with a hundred: most differ in their first letter. */
static inline bool rtf_is(span word, const char *name)
{
	return word.n > 0 && word.p[0] == (unsigned char)name[0] && span_eq(word, span_str(name));
}

/* False: it begins no destination. */
bool rtf_destination(span word, enum destination *to);
/* 0: it is none. A line end is '\n', whatever ends there. */
uint32_t rtf_character(span word);

#endif
