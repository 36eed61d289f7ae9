/* What the two halves of charset share: which charsets there are (charset-names.c), and how they are read. */
#ifndef TOCSIN_STREAM_CHARSET_PRIVATE_H
#define TOCSIN_STREAM_CHARSET_PRIVATE_H

#include "stream/charset.h"

enum charset_kind {
	CHARSET_GUESS, /* "unknown-8bit", "": charset_guess decides for each text */
	CHARSET_UTF8,
	CHARSET_TABLE,
	CHARSET_UTF16, /* byte order by BOM, else by where the zeros stand */
	CHARSET_UTF16LE,
	CHARSET_UTF16BE,
	CHARSET_UTF32,
	CHARSET_UTF32LE,
	CHARSET_UTF32BE,
	CHARSET_UTF7,
	CHARSET_ICONV,
};

struct charset {
	const char *name;
	const char *key; /* letters and digits of the name */
	enum charset_kind kind;
	const uint16_t *high;   /* CHARSET_TABLE: what bytes 0x80 to 0xff mean */
	const char *iconv_name; /* CHARSET_ICONV */
	size_t slot;            /* CHARSET_ICONV: its descriptor */
	bool shifts;            /* CHARSET_ICONV: escape sequences change what ASCII bytes mean */
};

enum { ICONV_SLOTS = 7 };

/* Whatever its descriptor: NULL only for a name that nobody knows. */
const struct charset *charset_named(span name);
const struct charset *charset_of_kind(enum charset_kind kind); /* not for TABLE and ICONV */
const struct charset *charset_of_slot(size_t slot);

#endif
