/*
 * Text in any charset to UTF-8. UTF-8, ASCII, UTF-16 and the single-byte charsets are ours (tables made at build
 * time from iconv); the multi-byte ones are iconv's, opened once by charset_open before the walls go up, because
 * iconv loads its modules from disk. A byte that is wrong in its charset becomes U+FFFD and is noted.
 */
#ifndef TOCSIN_STREAM_CHARSET_H
#define TOCSIN_STREAM_CHARSET_H

#include "base/arena.h"

struct charset; /* immutable once found; lives as long as the program */

/* Opens what needs the disk. Call once at the start of a worker, before the walls. */
MUST_CHECK enum errc charset_open(struct err *e);

/*
 * By a name as mail spells it ("windows-1252", "latin1", "x-unknown", "\"utf8\"" ...); NULL when unknown.
 * An empty name is what charset_guess makes of the bytes.
 */
const struct charset *charset_find(span name);
const struct charset *charset_utf8(void);
/* Is it one of the names of ASCII, which says of text with bytes past it only that the name is wrong? */
bool charset_is_ascii(span name);

/* By the number of a Windows code page (1252, 65001 ...), as RTF and MAPI name charsets; NULL when unknown. */
const struct charset *charset_find_page(unsigned page);
/* The code page of a font by the number that Windows has for its charset; 0 for ANSI, default and symbol: the document's. */
unsigned charset_page_of_font(long number);

/* What text without a charset says of itself: by BOM, by zero bytes (UTF-16), by escape sequences, valid UTF-8; NULL: nothing. */
const struct charset *charset_told(span bytes);

/*
 * For text without a charset: as it says of itself; UTF-8 with some damage; else the charset in which its bytes are likeliest
 * written, windows-1252 where nothing speaks for another one. It looks at all bytes: those of a part of a text may say otherwise.
 */
const struct charset *charset_guess(span bytes);
/*
 * For text that is declared in a charset, since mail programs put the one that they were made for, or a Western one where they know none: the
 * one that it clearly is in instead, or NULL. UTF-8 is not asked about: its bytes say themselves whether they are.
 */
const struct charset *charset_instead(const struct charset *declared, span bytes);
const char *charset_name(const struct charset *c);

/*
 * *out is valid UTF-8 without BOM; it is `in` itself when nothing had to change. *bad (may be NULL) counts the
 * places replaced.
 */
MUST_CHECK enum errc charset_to_utf8(struct arena *a, const struct charset *c, span in, span *out, size_t *bad,
    struct err *e);

/*
 * Where, in the bytes before conversion, the characters of the text stood. Questions in the order of the text
 * cost one walk over it together (but not for Big5 and ISO-2022-KR); one that goes back starts again.
 */
struct charset_places;
MUST_CHECK enum errc charset_places_new(struct arena *a, const struct charset *c, span in, struct charset_places **out,
    struct err *e);

/* Of the character that begins at byte `at` of the converted text; its length gives in.n. */
size_t charset_place(struct charset_places *p, size_t at);

/* The other way: how many bytes of the converted text come of the first `at` bytes. */
size_t charset_text_at(struct charset_places *p, size_t at);

#endif
