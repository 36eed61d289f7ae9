#include "base/bisect.h"
#include "base/utf8.h"
#include "seal/redact.h"

/* Bytes that an address takes (64, a sign and a host's 253: RFC 5321 4.5.3.1), with room to spare; and of how far back a blank is looked for. */
enum { NEAR = 4096 };

enum errc redact_cut(struct redactor *r, struct arena *a, span text, size_t most, span *out, struct err *e)
{
	size_t reach = redact_reach(r), end = utf8_first(text, most).n, blank = end, i;
	struct hits h;
	enum errc rc;

	*out = text;
	if (text.n <= most)
		return OK;
	/* What begins before the cut ends so near behind it that it is seen whole. */
	if ((rc = redact_find(r, a, utf8_first(text, most + (reach > NEAR ? reach : NEAR)), &h, e)) != OK)
		return rc;
	while (blank > 0 && end - blank < NEAR && !ascii_is_space(text.p[blank]))
		blank--;
	if (ascii_is_space(text.p[blank]))
		end = blank;
	BISECT(i, h.n, h.v[i].at < end);
	if (i != 0 && h.v[i - 1].at + h.v[i - 1].n > end)
		end = h.v[i - 1].at;
	*out = span_first(text, end);
	return OK;
}
