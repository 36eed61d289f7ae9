#include "stream/decode.h"

#include "stream/uuencode.h"

enum encoding encoding_of(span token)
{
	static const struct { span name; enum encoding enc; } known[] = {
		{{(const unsigned char *)"7bit", 4}, ENCODING_IDENTITY},
		{{(const unsigned char *)"8bit", 4}, ENCODING_IDENTITY},
		{{(const unsigned char *)"binary", 6}, ENCODING_IDENTITY},
		{{(const unsigned char *)"base64", 6}, ENCODING_BASE64},
		{{(const unsigned char *)"quoted-printable", 16}, ENCODING_QUOTED_PRINTABLE},
		{{(const unsigned char *)"x-uuencode", 10}, ENCODING_UUENCODE},
		{{(const unsigned char *)"x-uue", 5}, ENCODING_UUENCODE},
		{{(const unsigned char *)"uuencode", 8}, ENCODING_UUENCODE},
		{{(const unsigned char *)"7-bit", 5}, ENCODING_IDENTITY},
		{{(const unsigned char *)"8-bit", 5}, ENCODING_IDENTITY},
	};

	token = span_trim(token);
	/* `"base64"`, `base64;` and `base64 (comment)` are all found. */
	if (token.n > 0 && token.p[0] == '"')
		token = span_from(token, 1);
	for (size_t i = 0; i < token.n; i++)
		if (token.p[i] == ';' || token.p[i] == '"' || token.p[i] == '(' || ascii_is_space(token.p[i])) {
			token = span_first(token, i);
			break;
		}
	if (token.n == 0)
		return ENCODING_IDENTITY;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (span_eq_nocase(token, known[i].name))
			return known[i].enc;
	return ENCODING_UNKNOWN;
}

const char *encoding_name(enum encoding enc)
{
	switch (enc) {
	case ENCODING_IDENTITY:
		return "identity";
	case ENCODING_BASE64:
		return "base64";
	case ENCODING_QUOTED_PRINTABLE:
		return "quoted-printable";
	case ENCODING_UUENCODE:
		return "uuencode";
	case ENCODING_UNKNOWN:
		return "unknown";
	}
	return "unknown";
}

enum errc decode(struct arena *a, enum encoding enc, span in, span *out, unsigned *problems, struct err *e)
{
	size_t n = 0, room = enc == ENCODING_UUENCODE ? UU_ROOM(in.n) : in.n;
	unsigned char *p;

	*out = in;
	if (enc == ENCODING_IDENTITY || enc == ENCODING_UNKNOWN || in.n == 0)
		return OK;
	if ((p = arena_alloc(a, room)) == NULL)
		return err_memory(e);
	switch (enc) {
	case ENCODING_BASE64:
		n = base64_decode(in, p, problems);
		break;
	case ENCODING_QUOTED_PRINTABLE:
		n = quoted_printable_decode(in, p, problems);
		break;
	case ENCODING_UUENCODE:
		n = uu_decode(in, p, problems);
		break;
	case ENCODING_IDENTITY:
	case ENCODING_UNKNOWN:
		break;
	}
	arena_shrink(a, p, room, n);
	*out = span_of(p, n);
	return OK;
}
