/*
 * HTML to the text that a person would read, fast and without a tree. Tags vanish, so that one within a word does
 * not hide it; block elements and <br> become line ends, table cells are apart by a tab, characters by name or
 * number are decoded, white space is collapsed outside <pre> (blanks that do not break to two), what nobody sees (utf8_unseen) is dropped. Scripts,
 * styles and comments are left out. Attributes that may hold a secret or name an organisation (href, src, value,
 * content, alt, title) come behind their element as " <...>", but not what a program says of itself. Nothing ever fails: what is no HTML is text.
 */
#ifndef TOCSIN_STREAM_HTML_H
#define TOCSIN_STREAM_HTML_H

#include "base/arena.h"

/* in is valid UTF-8, and *out is. */
MUST_CHECK enum errc html_text(struct arena *a, span in, span *out, struct err *e);

/*
 * What html_text leaves out and a person may have written, a line each: comments, scripts, what fields are filled with ("name: value"),
 * attributes with words in them. *cut: there is more of it than LIMIT_TEXT_BYTES, since fields in a comment are given with it and again.
 */
MUST_CHECK enum errc html_hidden(struct arena *a, span in, span *out, bool *cut, struct err *e);

/*
 * Where the text came from. Questions in the order of the text cost one walk over it together; one that goes back
 * walks from the beginning. in must live as long.
 */
struct html_places;
MUST_CHECK enum errc html_places_new(struct arena *a, span in, struct html_places **out, struct err *e);

/* Bytes [at, at + n) of html_text's output (n > 0) came from [*from, *to) of `in`; both in.n past the end. */
void html_place(struct html_places *h, size_t at, size_t n, size_t *from, size_t *to);

/* The other way: what came from bytes [from, to) of `in` is [*at, *at + *n) of the output; *n 0 for nothing. */
void html_find(struct html_places *h, size_t from, size_t to, size_t *at, size_t *n);

#endif
