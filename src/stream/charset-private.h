/* What the two halves of charset share: which charsets there are (charset-names.c), and how they are read. */
#ifndef TOCSIN_STREAM_CHARSET_PRIVATE_H
#define TOCSIN_STREAM_CHARSET_PRIVATE_H

#include "stream/charset.h"

enum charset_kind {
	CHARSET_GUESS, /* "unknown-8bit", "": charset_guess decides for each text */
	CHARSET_UTF8,
	CHARSET_TABLE,
	CHARSET_EBCDIC, /* a table of all bytes: its letters are not where ASCII has them */
	CHARSET_UTF16, /* byte order by BOM, else by where the zeros stand */
	CHARSET_UTF16LE,
	CHARSET_UTF16BE,
	CHARSET_UTF32,
	CHARSET_UTF32LE,
	CHARSET_UTF32BE,
	CHARSET_UTF7,
	CHARSET_2022JP, /* escape sequences between sets, whose pairs are those of EUC-JP */
	CHARSET_HZ,     /* the same of GB 2312 (RFC 1843) */
	CHARSET_EUC_0213,  /* JIS X 0213 by a table of ours */
	CHARSET_SJIS_0213,
	CHARSET_ICONV,
};

struct charset {
	const char *name;
	const char *key; /* letters and digits of the name */
	enum charset_kind kind;
	const uint16_t *high;   /* CHARSET_TABLE: what bytes 0x80 to 0xff mean; CHARSET_EBCDIC: 0 to 0xff */
	const char *iconv_name; /* CHARSET_ICONV */
	size_t slot;            /* CHARSET_ICONV, 2022JP, HZ: its descriptor */
	bool shifts;            /* CHARSET_ICONV: escape sequences change what ASCII bytes mean */
	bool remembers;         /* CHARSET_ICONV: its descriptor has a state within some letters: see is_resumable */
};

enum { SLOT_GB18030, SLOT_BIG5, SLOT_CP932, SLOT_EUC_JP, SLOT_JOHAB, SLOT_CP949, SLOT_2022KR, ICONV_SLOTS };

/* A text being converted, so that it can be done in pieces. */
struct run {
	const struct charset *c;
	span in;
	size_t at;  /* bytes of `in` used */
	size_t bad; /* places replaced by U+FFFD */
	/* ISO-2022-JP, HZ: what the bytes mean now, an enum set */
	unsigned char set;
	bool shifted; /* out, by SO, to katakana or to Korean */
	unsigned char single; /* ISO-2022-JP: the set of single characters, or SET_ASCII for none */
	/* UTF-7 */
	bool in_base64;
	uint32_t bits;
	unsigned n_bits;
	uint32_t high; /* first half of a pair of surrogates */
};

/* A step writes at most this many bytes, so that a piece may run over its end by as many. */
enum { STEP_MAX = 8, REPLACEMENT = 0xfffd };

/* A character of a text, or U+FFFD, noted, where it is none; how many bytes it took. */
size_t charset_put(struct run *r, unsigned char *out, uint32_t c, bool good);
/* One character of the charset in the slot of r->c, which keeps no state; room for STEP_MAX. */
size_t charset_one(struct run *r, unsigned char *out, const unsigned char *bytes, size_t n_bytes);

/* The same of a slot that is not its own. */
size_t charset_one_of(struct run *r, size_t slot, unsigned char *out, const unsigned char *bytes, size_t n_bytes);

/*
 * Rows 89 to 92 of JIS are what NEC chose of IBM's kanji, and Windows writes its mail so, names such as Takahashi in them. iconv's EUC-JP has
 * private characters there, of three bytes; CP932 knows them, and all of its own have as many. What EUC-JP became is made good.
 */
void charset_fill_nec(unsigned char *out, size_t n);

/* charset-shift.c: about `stop` bytes, as the other kinds are read. */
size_t charset_fill_2022jp(struct run *r, unsigned char *out, size_t stop);
size_t charset_fill_hz(struct run *r, unsigned char *out, size_t stop);
size_t charset_fill_0213(struct run *r, unsigned char *out, size_t stop);
/* Of ISO-2022-KR, so that it can be gone on with: whether SO or SI stood last in what is read now, up to `end`. */
void charset_note_shift(struct run *r, size_t end);

/* charset-guess.c: of text that is no UTF-8, by how languages write. */
const struct charset *charset_by_letters(span bytes);

/* Whatever its descriptor: NULL only for a name that nobody knows. */
const struct charset *charset_named(span name);
const struct charset *charset_of_kind(enum charset_kind kind); /* not for TABLE, EBCDIC and ICONV */
static inline bool charset_needs_iconv(const struct charset *c)
{
	return c->kind == CHARSET_ICONV || c->kind == CHARSET_2022JP || c->kind == CHARSET_HZ;
}
const struct charset *charset_of_slot(size_t slot);

/* A character of JIS X 0213, its row and cell from 0 on; 0 when there is none. *second is what follows it, or 0. */
uint32_t charset_jisx0213(unsigned plane, unsigned row, unsigned cell, uint32_t *second);

#endif
