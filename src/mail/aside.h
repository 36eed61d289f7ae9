/*
 * What is near a secret and yet beside the point, for who asks whose it is.
 *
 * Links that stand beside a secret and say nothing of whose it is: pictures, and what HTML has behind the words of a footer ("Unsubscribe
 * <https://...>", "Follow us <https://...>"). HTML's paragraphs and cells are lines without a blank one between them, so that they are near.
 */
#ifndef TOCSIN_MAIL_ASIDE_H
#define TOCSIN_MAIL_ASIDE_H

#include "base/span.h"

/*
 * Is the link with the host at text[at], or the host alone, one of these, for the secret in text[from, to)? A link that is not shown, but
 * stands in angle brackets behind what is, counts in the secret's own line; above it, when it has words; below it, when they are about
 * access.
 */
bool link_is_aside(span text, size_t at, size_t from, size_t to);
/*
 * The same of the address at text[at]: as a link that is not shown ("Questions? Write to us <mailto:help@b.example>"), or without a label
 * in a line below the secret's: somebody else who was asked, or who signs.
 */
bool address_is_aside(span text, size_t at, size_t from, size_t to);

/* "Server sftp.acme.example", "https://...", "Host: ...", a cell: not somewhere in a sentence. Ask once for each host and secret. */
bool is_labelled(span text, size_t at);

/* Does the line end at text[at] stand above the "-- " of a signature (RFC 3676 4.3), quote marks before it or not? It is of who signs. */
bool signature_begins(span text, size_t at);

/* How deeply the line is quoted that begins at text[at]; DEPTH_NONE where it is empty but for the marks. */
enum { DEPTH_NONE = -1 };
int quote_depth(span text, size_t at);
/*
 * Is the line with the line end at text[lf] quoted otherwise than the next one, by the ">" before them (RFC 3676 4.5)? Then the two are of
 * different mail. Empty lines have no depth. Asks for some of both lines, and a line that is too long to see its beginning differs.
 */
bool quote_changes(span text, size_t lf);

/*
 * Does text[at] stand in another row of the table that text[from] is in, and in another column? Rows have as many cells, three or more, apart by
 * tabs, bars, semicolons, or commas with no blank behind them; one that begins with an empty cell is as the one above it. The same of lines of a
 * list that each say "password", and begin with whose it is.
 */
bool in_other_row(span text, size_t at, size_t from);

#endif
