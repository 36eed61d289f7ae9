#include "scan/starred.h"

static bool has(const struct starred *s, span value)
{
	for (size_t i = 0; i < s->n; i++)
		if (span_eq(s->v[i], value))
			return true;
	return false;
}

enum errc starred_add(struct starred *s, span names, const struct hits *hits, struct err *e)
{
	for (size_t i = 0; i < hits->n; i++) {
		span value = span_sub(names, hits->v[i].at, hits->v[i].n), line;

		while (span_line(&value, &line)) {
			span *more = arena_grow(s->a, s->v, s->n, &s->cap, sizeof *s->v, 8), copy = arena_copy(s->a, line);

			if (more == NULL || copy.p == NULL)
				return err_memory(e);
			s->v = more;
			if (copy.n > 0 && !has(s, copy))
				s->v[s->n++] = copy;
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

enum errc starred_learn(struct starred *s, struct engine *en, span name, span *shown, struct err *e)
{
	struct starred own = {.a = s->a};
	struct hits hits;
	enum errc rc = engine_detect(en, name, &hits, e);

	if (rc != OK || hits.n == 0 || (rc = starred_add(&own, name, &hits, e)) != OK || (rc = starred_add(s, name, &hits, e)) != OK)
		return rc;
	*shown = starred_in(&own, *shown);
	return shown->p != NULL ? OK : err_memory(e);
}

/* Sheets are found by their names beside each other, too: "Passwords", and the next one is called what it is. */
enum errc starred_document(struct starred *s, struct engine *en, const struct document *d, struct hits *hits, struct err *e)
{
	struct hit *kept = arena_alloc(s->a, (hits->n + 1) * sizeof *kept);
	struct hits own = {0};
	enum errc rc = OK;

	if (kept == NULL)
		return err_memory(e);
	for (size_t i = 0; i < hits->n; i++) {
		const char *where = document_where(s->a, d, hits->v[i].key_at);

		kept[i] = hits->v[i];
		own.v = &hits->v[i];
		own.n = where != NULL && span_eq(span_str(where), SPAN_LIT(DOCUMENT_SHEETS));
		if (where == NULL)
			return err_memory(e);
		if ((rc = starred_add(s, d->text, &own, e)) != OK)
			return rc;
	}
	hits->v = kept;
	for (size_t i = 0; i < d->n_groups && rc == OK; i++)
		if ((rc = engine_detect(en, d->groups[i].name, &own, e)) == OK)
			rc = starred_add(s, d->groups[i].name, &own, e);
	return rc;
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
