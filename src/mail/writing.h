/*
 * How the bytes of mail are written. Almost always as RFC 5322 has them; but a mail saved as "Unicode text" is in UTF-16, and one of an
 * old Macintosh has lines that end in CR alone. Both are read through a view, UTF-8 with lines that end in LF; digests, sizes and places of
 * messages stay those of the bytes themselves. Whether bytes are so written is a question to their beginning alone, so that ingest and every
 * later reading answer it alike.
 */
#ifndef TOCSIN_MAIL_WRITING_H
#define TOCSIN_MAIL_WRITING_H

#include "base/arena.h"
#include "stream/charset.h"

struct writing {
	const struct charset *charset; /* UTF-16 in one of its byte orders; NULL for bytes */
	bool cr;                       /* lines end in CR alone */
};

/* Anything but plain only where a header field begins the bytes, or a From_ line and behind it one. */
struct writing writing_of(span bytes);
static inline bool writing_is_plain(struct writing w) { return w.charset == NULL && !w.cr; }

/* The beginning as a view, for a look at it: as much as fits. What is not ASCII is one byte 0x80. Plain bytes are given as they are. */
span writing_head(struct writing w, span bytes, unsigned char *room, size_t n);

struct writing_view {
	struct writing writing;
	span bytes, text;            /* text is bytes itself where they are plain */
	struct charset_places *places;
};

MUST_CHECK enum errc writing_view(struct arena *a, span bytes, struct writing_view *out, struct err *e);
/* Where in the bytes stands what is at `at` of the text, and the other way. Cheap in the order of the text. */
size_t writing_place(const struct writing_view *v, size_t at);
size_t writing_text_at(const struct writing_view *v, size_t at);

#endif
