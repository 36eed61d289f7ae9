/*
 * HTML of a mail as markup that is safe to show: parsed as a browser does (gumbo), and written anew from a short list of
 * elements without attributes, URLs, style or script. Links and images become text. What comes out is text and tags of
 * this file only, and parsing it again gives the same bytes: html_safe goes on until that holds, or refuses.
 *
 * It comes as pieces, markup and text by turns, so that text can be masked across tags ("Nord<b>wind</b>").
 */
#ifndef TOCSIN_SEAL_SANITIZE_H
#define TOCSIN_SEAL_SANITIZE_H

#include "base/arena.h"

struct html_piece {
	const char *tag;  /* "<b>", "</td>"; NULL: text */
	bool apart;       /* of a tag: words before and behind it are different words */
	span text;        /* not escaped */
};
struct html_pieces { struct html_piece *v; size_t n, cap; };

/* Once, before the walls and before html_safe. ERR_WORLD: the library is not there. */
MUST_CHECK enum errc html_load(struct err *e);

/*
 * in: valid UTF-8. ERR_LIMIT: larger than LIMIT_SAFE_HTML_BYTES, or a tree that takes more memory than any honest mail.
 * ERR_EVIDENCE: it does not settle. Whatever else is wrong with it is the reader's display only.
 */
MUST_CHECK enum errc html_safe(struct arena *a, span in, struct html_pieces *out, struct err *e);

/* The text of the pieces alone, a line end where a tag parts words. */
MUST_CHECK enum errc html_flat(struct arena *a, const struct html_pieces *p, span *out, struct err *e);
/* The markup. */
MUST_CHECK enum errc html_write(struct arena *a, const struct html_pieces *p, span *out, struct err *e);

#endif
