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
	FILLED,     /* what a field of a form holds before it is filled in, or gives to choose from */
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

struct word { span name; bool has_value; long value; };
/* A control word at *rest, which begins behind the backslash; the one space that ends it belongs to it. */
void rtf_word_read(span *rest, struct word *w);

/* False: it begins no destination. */
bool rtf_destination(span word, enum destination *to);
/* 0: it is none. A line end is '\n', whatever ends there. */
uint32_t rtf_character(span word);

/* What is of interest of a field's instruction: the target of HYPERLINK "http://...", what FORMTEXT helps with, a source; else empty. */
span rtf_field_says(span instruction);

#endif
