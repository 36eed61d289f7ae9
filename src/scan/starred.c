#include "scan/starred.h"

#include "mail/text.h"

enum errc starred_add(struct starred *s, span names, const struct hits *hits, struct err *e)
{
	for (size_t i = 0; i < hits->n; i++) {
		span value = span_sub(names, hits->v[i].at, hits->v[i].n), line;

		while (span_line(&value, &line)) {
			span *more = arena_grow(s->a, s->v, s->n, &s->cap, sizeof *s->v, 8);

			if (more == NULL)
				return err_memory(e);
			s->v = more;
			if (line.n > 0)
				s->v[s->n++] = line;
		}
	}
	return OK;
}

enum errc starred_message(struct starred *s, struct engine *en, const struct message *m, struct err *e)
{
	struct part_text t;
	struct hits hits;
	enum errc rc = loose_text(s->a, m, SPAN_LIT(NAMES_PATH), &t, e);

	if (rc != OK || t.outcome == TEXT_NOT || (rc = engine_detect(en, t.utf8, &hits, e)) != OK)
		return rc;
	return starred_add(s, t.utf8, &hits, e);
}

span starred_in(const struct starred *s, span words)
{
	unsigned char *out = NULL;

	for (size_t i = 0; i < s->n; i++)
		for (size_t at = 0, n; (n = span_find(span_from(words, at), s->v[i])) < words.n - at; at += n + s->v[i].n) {
			if (out == NULL) {
				if ((out = arena_alloc(s->a, words.n)) == NULL)
					return (span){NULL, words.n};
				memcpy(out, words.p, words.n);
				words.p = out;
			}
			memset(out + at + n, '*', s->v[i].n);
		}
	return words;
}

static size_t runs_put(const char *path, span name, span stars, struct buf *out)
{
	size_t n = 0;

	for (size_t at = 0, end; at < name.n; at = end) {
		end = at + 1;
		if (stars.p[at] == name.p[at])
			continue;
		while (end < name.n && stars.p[end] != name.p[end])
			end++;
		buf_bytes(out, span_str(path));
		buf_u64(out, at);
		buf_u64(out, end - at);
		n++;
	}
	return n;
}

enum errc starred_put(const struct starred *s, const struct message *m, struct buf *out, struct err *e)
{
	size_t at = out->n, n = 0;

	buf_u32(out, 0);
	for (size_t i = 0; i < m->n_parts; i++) {
		const struct part *p = &m->parts[i];
		span stars = starred_in(s, p->filename);

		if (stars.p == NULL && p->filename.n != 0)
			return err_memory(e);
		n += runs_put(p->path, p->filename, stars, out);
	}
	if (!out->failed)
		buf_set_u32(out, at, (uint32_t)n);
	return OK;
}
