/*
 * What the files of the MIME parser share: its state, and how a part is added. encoded.c says what a part is
 * encoded in, boundary.c where it ends, within.c finds what lies in a text, mime.c does the rest.
 */
#ifndef TOCSIN_MAIL_MIME_PRIVATE_H
#define TOCSIN_MAIL_MIME_PRIVATE_H

#include "base/limits.h"
#include "mail/fields.h"
#include "mail/mime.h"

#define NONE SIZE_MAX /* no part */

/* A multipart whose end has not been seen. */
struct open_multipart {
	size_t part;      /* its index */
	span boundary;
	unsigned n_children;
	bool digest;
};

struct reader {
	struct arena *arena;
	struct message *m;
	span text;               /* the message, or its view (writing.h) */
	bool utf8;               /* it is the view of one in UTF-16 */
	size_t cap;              /* of m->parts */
	struct open_multipart open[LIMIT_MIME_DEPTH];
	size_t n_open;
	size_t leaf;             /* the part being passed over, or NONE */
	size_t *room;            /* for what comes out of compressed parts, of all these messages */
	unsigned nest;           /* how many TNEF or signed parts this message is what they hold of, one within the other */
};

/* A new part at the end of the list, zeroed; NULL when out of memory. */
struct part *part_add(struct reader *r);
/* The path of a part's child, mark before its number; NULL when out of memory. */
const char *path_child(struct arena *a, const char *parent, unsigned number, const char *mark);
/*
 * Where the header section begins: behind a byte order mark and a From_ line that an mbox left there, and behind
 * empty lines where a message certainly follows.
 */
size_t message_begin(span raw);
enum delimiter { DELIMITER_NONE, DELIMITER_NEXT, DELIMITER_CLOSE };
/* The boundary and blanks (boundary.c). A line of two bytes at least, which are "--". */
enum delimiter delimiter_is(span line, span boundary);
/*
 * Of what a parameter may mean that has a space before it, a comma behind it or a backslash in it, or that is there twice: the first that occurs in the body. A message
 * begins with words for programs that know no MIME; few parts do.
 */
MUST_CHECK enum errc boundary_settle(struct arena *a, span type, span body, bool whole, span *boundary, struct err *e);

/* What its header fields say of a part; *boundary is empty where they give none. */
MUST_CHECK enum errc part_fields(struct arena *a, struct part *p, const struct mime_fields *f, span charset, span *boundary,
    struct err *e);
/* "base64 (comment)", "7bit;" and the like, down to the word. */
span encoding_word(span value);
/* Nothing but letters of base64, and blanks around. */
bool is_base64_line(span line);
/* Of two encodings the first counts, unless it says that nothing is encoded and the body is as the second says. */
void encoding_again(struct part *p, span value);
/*
 * Text that calls itself base64 and was never encoded is read as it stands: no line of its beginning is of base64, it has what that has not,
 * and decoded it would be no text. Mail programs decode it all the same and show noise.
 */
void encoding_doubt(struct part *p);
/* Where the base64 of a text begins: behind what a program on the way put before it, as it stands; 0 where nothing of that kind is there. */
size_t base64_text_begin(span body);
/* Is its last line that is not empty of base64? */
bool base64_ends(span body);
/* Where the base64 of a text ends and what a mailing list put behind it, as it stands, begins; body.n where nothing of that kind follows. */
size_t base64_text_end(span body);

/* Is a body nothing but lines of base64, all but the last as long as the first, that text or a file of a known kind comes of? A lost label, and
 * no word of somebody's. text: it calls itself that, else there has to be more of it. */
bool base64_is_known(span body, bool text);

/* What lies encoded within the text that part `i` is, as further parts behind it. */
MUST_CHECK enum errc file_parts(struct reader *r, size_t i, struct err *e);
/* The same of what stands behind the last part of the message. */
MUST_CHECK enum errc epilogue_parts(struct reader *r, struct err *e);

#endif
