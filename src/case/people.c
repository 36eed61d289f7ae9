#include "case/people.h"

#include "base/utf8.h"

void person_fold(struct buf *b, span name)
{
	bool blank = false;

	name = span_trim(name);
	for (size_t at = 0, n; at < name.n; at += n) {
		uint32_t c = utf8_get(span_from(name, at), &n);

		if (c == ' ' || c == '\t' || c == 0xa0) {
			blank = true;
			continue;
		}
		if (blank)
			buf_byte(b, ' ');
		blank = false;
		utf8_put(b, utf8_fold(c));
	}
}

enum errc person_same(const char *x, const char *y, bool *same, struct err *e)
{
	struct buf a, b;
	enum errc rc;

	buf_init(&a, 4096);
	buf_init(&b, 4096);
	person_fold(&a, span_str(x));
	person_fold(&b, span_str(y));
	*same = span_eq(buf_span(&a), buf_span(&b));
	if ((rc = buf_check(&a, e)) == OK)
		rc = buf_check(&b, e);
	buf_free(&a);
	buf_free(&b);
	return rc;
}
