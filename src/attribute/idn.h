/*
 * Domain names past ASCII as the DNS has them (RFC 5891): "bücher.example" and "xn--bcher-kva.example" are one domain. Folded
 * to lower case, not normalised: evidence has nearly always composed letters.
 */
#ifndef TOCSIN_ATTRIBUTE_IDN_H
#define TOCSIN_ATTRIBUTE_IDN_H

#include "base/span.h"

/* Are there letters past ASCII in it? */
bool idn_is_wide(span host);
/* host in lower case and A-labels into out, NUL behind it. Its length; 0 when it does not fit or cannot be one. */
size_t idn_ascii(span host, char *out, size_t size);

#endif
