/*
 * The source text of macros (MS-OVBA): a storage VBA whose stream `dir` names the modules and where in its stream the source of
 * each begins. Source and dir are compressed (2.4.1): chunks of 4,096 bytes of literals and copies.
 */
#include <stdio.h>

#include "base/limits.h"
#include "document/legacy.h"

enum { CHUNK = 4096, D_CODEPAGE = 3, D_MODULE = 0x19, D_STREAM = 0x1a, D_OFFSET = 0x31, D_MODULE_END = 0x2b, D_VERSION = 9 };

/* One chunk of literals and copies into out. */
static bool chunk(span s, struct buf *out)
{
	size_t begin = out->n;

	while (s.n > 0 && out->n - begin < CHUNK) {
		unsigned flags = s.p[0];

		s = span_from(s, 1);
		for (unsigned bit = 0; bit < 8 && s.n > 0 && out->n - begin < CHUNK; bit++, flags >>= 1) {
			size_t length, distance, here = out->n - begin;
			unsigned token, bits = 4;

			if ((flags & 1) == 0) {
				buf_byte(out, s.p[0]);
				s = span_from(s, 1);
				continue;
			}
			if (s.n < 2)
				return false;
			token = (unsigned)s.p[0] | (unsigned)s.p[1] << 8;
			s = span_from(s, 2);
			/* The further in the chunk, the more bits are the distance's (2.4.1.3.19.1). */
			while (((size_t)1 << bits) < here)
				bits++;
			length = (token & (0xffffu >> bits)) + 3;
			distance = (token >> (16 - bits)) + 1;
			if (distance > here || length > CHUNK - here || !buf_room(out, length))
				return false;
			for (size_t i = 0; i < length; i++, out->n++)
				out->p[out->n] = out->p[out->n - distance];
		}
	}
	return !out->failed;
}

bool vba_unpack(span s, struct buf *out)
{
	if (s.n == 0 || s.p[0] != 1)
		return false;
	s = span_from(s, 1);
	while (s.n >= 2) {
		unsigned head = (unsigned)s.p[0] | (unsigned)s.p[1] << 8;
		size_t n = (head & 0xfff) + 1;

		if ((head >> 12 & 7) != 3)
			return out->n > 0;
		if ((head & 0x8000) == 0) {
			buf_put(out, span_sub(s, 2, CHUNK));
			s = span_from(s, 2 + CHUNK);
			continue;
		}
		if (!chunk(span_sub(s, 2, n), out))
			return false;
		s = span_from(s, 2 + n);
	}
	return !out->failed;
}

struct project {
	struct layout *l;
	const struct compound *c;
	const struct compound_entry *vba;
	const struct charset *charset;
	struct buf source;
};

static enum errc module_read(struct project *p, span name, span stream, uint32_t at, struct err *e)
{
	const struct compound_entry *entry = compound_find(p->c, p->vba, stream);
	span bytes = SPAN_EMPTY, text;
	enum errc rc;

	if (entry != NULL && (rc = compound_read(p->l->a, p->c, entry, &bytes, NULL, e)) != OK)
		return rc;
	buf_clear(&p->source);
	if (!vba_unpack(span_from(bytes, at), &p->source))
		layout_problem(p->l, "damaged: a module of its macros cannot be unpacked");
	if ((rc = charset_to_utf8(p->l->a, p->charset, buf_span(&p->source), &text, NULL, e)) != OK)
		return rc;
	if (text.n == 0)
		return OK;
	layout_lines(p->l, "macro module", name);
	for (uint32_t line = 1; text.n > 0; line++) {
		span s;

		if (!span_line(&text, &s))
			break;
		layout_at(p->l, line, 0);
		layout_text(p->l, s);
		layout_byte(p->l, '\n');
	}
	return OK;
}

static enum errc utf8_of(struct project *p, span bytes, span *out, struct err *e)
{
	enum errc rc = charset_to_utf8(p->l->a, p->charset, bytes, out, NULL, e);

	if (rc == OK && (*out = arena_copy(p->l->a, *out)).p == NULL)
		rc = err_memory(e);
	return rc;
}

/* Records of dir: u16 id, u32 length, content; that of the version says it is four bytes and has six. */
static enum errc modules_read(struct project *p, span dir, struct err *e)
{
	span name = SPAN_EMPTY, stream = SPAN_EMPTY;
	struct cursor c = cursor_of(dir);
	uint32_t at = 0;
	enum errc rc = OK;

	while (rc == OK && !c.bad && c.rest.n >= 6) {
		span id_bytes = cursor_take(&c, 2), content;
		unsigned id = (unsigned)id_bytes.p[0] | (unsigned)id_bytes.p[1] << 8;
		uint32_t n = cursor_u32(&c);
		struct cursor in;

		content = cursor_take(&c, id == D_VERSION ? 6 : n);
		in = cursor_of(content);
		switch (id) {
		case D_CODEPAGE: {
			char page[24];
			const struct charset *found;

			(void)snprintf(page, sizeof page, "windows-%u", content.n >= 2 ? (unsigned)content.p[0] | (unsigned)content.p[1] << 8 : 1252u);
			if ((found = charset_find(span_str(page))) != NULL)
				p->charset = found;
			break;
		}
		case D_MODULE: rc = utf8_of(p, content, &name, e); break;
		case D_STREAM: rc = utf8_of(p, content, &stream, e); break;
		case D_OFFSET: at = cursor_u32(&in); break;
		case D_MODULE_END:
			rc = module_read(p, name, stream.n > 0 ? stream : name, at, e);
			stream = SPAN_EMPTY;
			break;
		default: break;
		}
	}
	return rc;
}

enum errc vba_read(struct layout *l, const struct compound *c, const struct compound_entry *vba, struct err *e)
{
	struct project p = {.l = l, .c = c, .vba = vba, .charset = charset_find(SPAN_LIT("windows-1252"))};
	const struct compound_entry *entry = compound_find(c, vba, SPAN_LIT("dir"));
	struct buf dir;
	span bytes;
	enum errc rc;

	if (entry == NULL)
		return OK;
	buf_init(&dir, 16 * MIB);
	buf_init(&p.source, 16 * MIB);
	if ((rc = compound_read(l->a, c, entry, &bytes, NULL, e)) == OK) {
		if (!vba_unpack(bytes, &dir))
			layout_problem(l, "damaged: the list of its macros cannot be unpacked");
		rc = modules_read(&p, buf_span(&dir), e);
	}
	buf_free(&dir);
	buf_wipe(&p.source);
	return rc;
}
