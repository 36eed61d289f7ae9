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

#endif
