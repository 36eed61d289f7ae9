#include "stream/decode.h"

#include "base/limits.h"
#include "stream/binhex.h"
#include "stream/uuencode.h"
#include "stream/yenc.h"

/* Letters and digits of the token up to a parameter, a comment or (first_word) white space, in lower case. */
static size_t letters(span token, bool first_word, char out[20])
{
	size_t n = 0;

	for (size_t i = 0; i < token.n && n < 19; i++) {
		unsigned char c = token.p[i];

		if (c == ';' || c == '(' || (first_word && n > 0 && ascii_is_space(c)))
			break;
		if (ascii_is_alnum(c))
			out[n++] = (char)ascii_lower(c);
	}
	out[n] = '\0';
	return n;
}

static enum encoding by_letters(const char *token)
{
	static const struct { const char *name; enum encoding enc; } known[] = {
		{"7bit", ENCODING_IDENTITY}, {"8bit", ENCODING_IDENTITY}, {"binary", ENCODING_IDENTITY},
		{"base64", ENCODING_BASE64}, {"xbase64", ENCODING_BASE64}, {"b", ENCODING_BASE64}, /* as encoded words call it */
		{"quotedprintable", ENCODING_QUOTED_PRINTABLE}, {"xquotedprintable", ENCODING_QUOTED_PRINTABLE},
		{"q", ENCODING_QUOTED_PRINTABLE}, {"qp", ENCODING_QUOTED_PRINTABLE},
		{"xuuencode", ENCODING_UUENCODE}, {"xuue", ENCODING_UUENCODE}, {"uuencode", ENCODING_UUENCODE},
		{"uue", ENCODING_UUENCODE}, {"xuu", ENCODING_UUENCODE}, {"uu", ENCODING_UUENCODE}, {"xyencode", ENCODING_YENC}, {"xyenc", ENCODING_YENC}, {"yenc", ENCODING_YENC},
		{"binhex", ENCODING_BINHEX}, {"binhex40", ENCODING_BINHEX}, {"xbinhex", ENCODING_BINHEX}, {"macbinhex40", ENCODING_BINHEX},
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcmp(token, known[i].name) == 0)
			return known[i].enc;
	return ENCODING_UNKNOWN;
}

enum encoding encoding_of(span token)
{
	char name[20];
	enum encoding enc;

	if (letters(token, false, name) == 0)
		return ENCODING_IDENTITY;
	/* "Quoted Printable" and "7-bit" are found as well as "base64 or so". */
	if ((enc = by_letters(name)) == ENCODING_UNKNOWN && letters(token, true, name) != 0)
		enc = by_letters(name);
	return enc;
}

enum errc decode(struct arena *a, enum encoding enc, span in, span *out, unsigned *problems, struct err *e)
{
	size_t n = 0, room = in.n;
	unsigned char *p;

	*out = in;
	if (enc == ENCODING_IDENTITY || enc == ENCODING_UNKNOWN || in.n == 0)
		return OK;
	if (enc == ENCODING_UUENCODE)
		room = UU_ROOM(in.n);
	else if (enc == ENCODING_BINHEX)
		room = binhex_size(in, 4 * in.n + MIB) /* runs may make a mountain of little: the rest is missing, and noted */;
	if ((p = arena_alloc(a, room)) == NULL)
		return err_memory(e);
	switch (enc) {
	case ENCODING_BASE64:
		n = base64_decode_either(in, p, problems);
		break;
	case ENCODING_QUOTED_PRINTABLE:
		n = quoted_printable_decode(in, p, problems);
		break;
	case ENCODING_UUENCODE:
		n = uu_decode(in, p, problems);
		break;
	case ENCODING_YENC:
		n = yenc_decode(in, p, problems);
		break;
	case ENCODING_BINHEX:
		n = binhex_decode(in, p, room, problems);
		break;
	case ENCODING_IDENTITY:
	case ENCODING_UNKNOWN:
		break;
	}
	arena_shrink(a, p, room, n);
	*out = span_of(p, n);
	return OK;
}
