/* How a value is shown without being told, and how its spellings are made one before it is digested. */
#include <stdio.h>

#include "base/utf8.h"
#include "scan/private.h"

/* The last n letters and digits of the value, in order, into out. */
static void last_of(span v, size_t n, char *out)
{
	size_t k = n;

	for (size_t i = v.n; i > 0 && k > 0; i--)
		if (ascii_is_alnum(v.p[i - 1]))
			out[--k] = (char)v.p[i - 1];
	memmove(out, out + k, n - k);
	out[n - k] = '\0';
}

/* Passwords tell nothing but how long they are, roughly: an exact length helps a guesser. */
static const char *length_class(size_t n)
{
	return n < 8 ? "under 8" : n < 12 ? "8 to 11" : n < 16 ? "12 to 15" : "16 or more";
}

void mask_value(enum mask how, span value, char out[MASK_TEXT])
{
	char tail[8], head[8];
	size_t n = 0;

	switch (how) {
	case MASK_SECRET:
		snprintf(out, MASK_TEXT, "******** (%s characters)", length_class(value.n));
		return;
	case MASK_KEY:
		/* The vendor's prefix says nothing; two characters at the end tell keys apart. */
		while (n < 4 && n < value.n / 6 && value.p[n] >= 0x20 && value.p[n] < 0x7f) {
			head[n] = (char)value.p[n];
			n++;
		}
		head[n] = '\0';
		if (value.n >= 16)
			last_of(value, 2, tail);
		else
			tail[0] = '\0';
		snprintf(out, MASK_TEXT, "%s********%s", head, tail);
		return;
	case MASK_LAST4:
		for (size_t i = 0; i < value.n; i++)
			n += ascii_is_alnum(value.p[i]);
		last_of(value, n >= 12 ? 4 : n >= 8 ? 3 : 2, tail);
		snprintf(out, MASK_TEXT, "********%s", tail);
		return;
	case MASK_IBAN:
		last_of(value, 4, tail);
		snprintf(out, MASK_TEXT, "%.2s** **** %s", value.n >= 2 ? (const char *)value.p : "??", tail);
		return;
	case MASK_PRIVATE_KEY:
		snprintf(out, MASK_TEXT, "private key, %zu bytes", value.n);
		return;
	case MASK_DATE:
		snprintf(out, MASK_TEXT, "**/**/****");
		return;
	case MASK_VAULT:
		/* What kind it is, without its digest. */
		snprintf(out, MASK_TEXT, "%.*s", (int)span_find_byte(span_first(value, MASK_TEXT - 1), ','), (const char *)value.p);
		return;
	case N_MASKS:
		break;
	}
	out[0] = '\0';
}

void form_value(enum form how, span value, struct buf *out)
{
	bool line_start = true;

	if (how == FORM_EXACT) {
		buf_put(out, value);
		return;
	}
	for (size_t i = 0; i < value.n; i++) {
		unsigned char c = value.p[i];

		if (c == '\n')
			line_start = true;
		else if (how == FORM_DIGITS && ascii_is_digit(c))
			buf_byte(out, c);
		else if (how == FORM_ALNUM && ascii_is_alnum(c))
			buf_byte(out, ascii_is_digit(c) ? c : (unsigned char)(c & ~32));
		else if (how == FORM_KEY && !ascii_is_space(c) && !(line_start && c == '>')) {
			buf_byte(out, c);
			line_start = false;
		}
	}
}
