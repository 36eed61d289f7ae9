/*
 * Header lines within a text, as mail programs put them above what they quote or forward: "From: ", "> Von: ", "De : ", "... wrote:".
 */
#ifndef TOCSIN_MAIL_QUOTED_H
#define TOCSIN_MAIL_QUOTED_H

#include "base/span.h"

/* Does the address text[at, to) stand in one? *is_id: in one of Message-IDs, which are no addresses. */
bool in_quoted_header(span text, size_t at, size_t to, bool *is_id);

/* "At noon Acme wrote:", "Acme schrieb:", with no address. */
bool says_who_wrote(span line);

#endif
