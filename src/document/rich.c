/* RTF as a document: its text, and the objects of other programs that lie in it as hexadecimal digits (MS-OLEDS 2.2.5). */
#include "base/digest.h"
#include "base/limits.h"
#include "document/legacy.h"
#include "stream/html.h"
#include "stream/rtf.h"

enum { OBJECTS = 1000 };

/* The bytes of one object's digits, which may be broken by line ends and by groups without meaning. */
static void undo_hex(span s, struct buf *out)
{
	int high = -1;

	for (size_t i = 0; i < s.n && s.p[i] != '}' && s.p[i] != '\\'; i++) {
		int d = hex_value(s.p[i]);

		if (d < 0)
			continue;
		if (high >= 0)
			buf_byte(out, (unsigned char)(high << 4 | d));
		high = high >= 0 ? -1 : d;
	}
}

/* Names with their length, then the native bytes: a package, a compound file, or anything. */
static enum errc object_read(struct layout *l, span bytes, struct err *e)
{
	struct cursor c = cursor_of(bytes);
	span class, native;

	if (cursor_u32(&c) == 0 || cursor_u32(&c) != 2)
		return OK;
	class = cursor_bytes(&c);
	(void)cursor_bytes(&c);
	(void)cursor_bytes(&c);
	native = cursor_bytes(&c);
	if (c.bad) {
		layout_problem(l, "damaged: an embedded object is cut off");
		return OK;
	}
	/* A package has no length of its own here; ole_package_read passes over one. */
	if (span_starts_nocase(class, SPAN_LIT("Package")) && native.p - bytes.p >= 4)
		return ole_package_read(l, span_of(native.p - 4, native.n + 4), e);
	return embedded_read(l, SPAN_LIT("object"), native, e);
}

static enum errc objects_read(struct layout *l, span s, struct err *e)
{
	struct buf bytes;
	enum errc rc = OK;

	buf_init(&bytes, LIMIT_TEXT_BYTES);
	for (unsigned i = 0; i < OBJECTS && rc == OK; i++) {
		s = span_from(s, span_find(s, SPAN_LIT("\\objdata")));
		if (s.n == 0)
			break;
		s = span_from(s, 8);
		buf_clear(&bytes);
		undo_hex(s, &bytes);
		rc = bytes.failed ? err_memory(e) : object_read(l, buf_span(&bytes), e);
	}
	buf_wipe(&bytes);
	return rc;
}

enum errc rich_read(struct layout *l, span content, struct err *e)
{
	enum rtf_kind kind = RTF_IS_RTF;
	unsigned problems = 0;
	uint32_t paragraph = 0;
	span text, line;
	enum errc rc = rtf_text(l->a, content, &kind, &text, &problems, e);

	if (rc == OK && kind == RTF_IS_HTML)
		rc = html_text(l->a, text, &text, e);
	if (rc != OK)
		return rc;
	if ((problems & RTF_TRUNCATED) != 0)
		layout_problem(l, "damaged: its groups do not end");
	if ((problems & RTF_LIMIT) != 0)
		layout_problem(l, "longer or deeper than what is read of a document");
	layout_group(l, false, "text", SPAN_EMPTY);
	while (span_line(&text, &line)) {
		layout_at(l, ++paragraph, 0);
		layout_text(l, line);
		layout_byte(l, '\n');
	}
	return objects_read(l, content, e);
}
