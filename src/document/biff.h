/*
 * Records of a workbook of Excel 2 to 2003 (MS-XLS 2.1.4): u16 type, u16 length, content. What does not fit into one record
 * goes on in Continue records, and a string that is cut there says anew how wide its characters are (2.5.293); this reader
 * hides both. Nothing here is trusted: what lies past the end reads as zero and sets `bad`.
 */
#ifndef TOCSIN_DOCUMENT_BIFF_H
#define TOCSIN_DOCUMENT_BIFF_H

#include "base/buf.h"

struct biff {
	span rest;     /* behind the record and its continuations */
	unsigned type;
	span record;   /* its content, without continuations */
	span here;     /* what is unread of the record or continuation under way */
	span more;     /* Continue records to come */
	bool bad;
};

static inline struct biff biff_of(span stream) { return (struct biff){.rest = stream}; }
/* False at the end of the stream. */
bool biff_next(struct biff *b);

unsigned biff_u8(struct biff *b);
unsigned biff_u16(struct biff *b);
uint32_t biff_u32(struct biff *b);
double biff_double(struct biff *b);
void biff_skip(struct biff *b, size_t n);
/* Does the record, with its continuations, hold more? */
bool biff_more(const struct biff *b);

/* n characters of a string, two bytes each when wide, appended as UTF-8; narrow ones are the low byte of UTF-16. */
void biff_chars(struct biff *b, size_t n, bool wide, struct buf *out);
/* XLUnicodeRichExtendedString (2.5.293) and, with n given, its short forms: flags first, formatting passed over. */
void biff_string(struct biff *b, size_t n, struct buf *out);

#endif
