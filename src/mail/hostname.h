/*
 * Host names in running text, as people write them: in ASCII or with the letters of their language. Where one begins and ends,
 * and nothing of whose it is. What stands beside them without a blank, as in East Asian text, is no part of them. Links within
 * links, which mail gateways make of all that they see, have them behind escapes: "url=https%3A%2F%2Fportal.b.example%2F", and in
 * Proofpoint's second form "u=https-3A__portal.b-2Dc.example_x".
 */
#ifndef TOCSIN_MAIL_HOSTNAME_H
#define TOCSIN_MAIL_HOSTNAME_H

#include "base/span.h"

enum { HOST_NAME_LONGEST = 253 }; /* RFC 1035 2.3.4 */

/* The length of the letter past ASCII that s begins with, and that host names are written with; 0: none. */
size_t host_name_letter(span s);
/* Where the host name ends that begins at `at`, without marks at its end. */
size_t host_name_end(span text, size_t at);
/* The dotted run around text.p[dot], cut to what can be a host name. False when it cannot be one; *to is behind it anyway. */
bool host_name_around(span text, size_t dot, size_t *from, size_t *to);
/* How many bytes at `at`, not past `to`, belong to an escape that began before them: 2 in "%2Fb.example" behind the mark, 4 of "%252F". */
size_t host_name_escape(span text, size_t at, size_t to);
/* Is what stands there the end of an address: "a@b.example", "a%40b.example"? */
bool host_name_of_address(span text, size_t at);
/* The host at text[at, at + n) without escapes of its own; in out where it has some. */
span host_name_plain(span text, size_t at, size_t n, char out[HOST_NAME_LONGEST]);
/*
 * Does the word before it in its line say that what stands at text[at, at + n) is the name of an account: "User: anna.weber", "su usuario es
 * jose.black"? Both are spelled as hosts are, below domains that there are.
 */
bool host_name_is_account(span text, size_t at, size_t n);
/* The next one, of anybody, in text[from, to). */
bool host_name_next(span text, size_t *from, size_t to, size_t *at, size_t *n);

#endif
