/* What a page has and does not show: its comments and scripts. */
#include "base/buf.h"
#include "base/limits.h"
#include "stream/html.h"

enum errc html_hidden(struct arena *a, span in, span *out, struct err *e)
{
	struct buf b;
	bool closes = true; /* some '>' is left: looked for once in vain, it is not looked for again */
	enum errc rc = OK;

	*out = SPAN_EMPTY;
	buf_init(&b, LIMIT_TEXT_BYTES);
	for (size_t at = 0; (at += span_find_byte(span_from(in, at), '<')) < in.n; at++) {
		span rest = span_from(in, at), end = SPAN_LIT("-->");
		size_t n = 4;

		if (closes && span_starts_nocase(rest, SPAN_LIT("<script"))) {
			n = span_find_byte(rest, '>') + 1;
			closes = n <= rest.n;
			end = SPAN_LIT("</script");
		} else if (!span_starts(rest, SPAN_LIT("<!--"))) {
			continue;
		}
		rest = span_from(rest, n);
		n = span_find_nocase(rest, end);
		if (span_trim(span_first(rest, n)).n == 0)
			continue;
		buf_put(&b, span_trim(span_first(rest, n)));
		buf_byte(&b, '\n');
		at = (size_t)(rest.p - in.p) + (n < rest.n ? n : rest.n) - 1;
	}
	if (b.n > 0 && (*out = arena_copy(a, buf_span(&b))).p == NULL)
		rc = err_memory(e);
	buf_wipe(&b);
	return rc;
}
