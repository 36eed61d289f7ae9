#include "mail/pieces.h"

#include "mail/fields.h"

static uint32_t number_of(span s)
{
	uint64_t n;

	(void)span_number(s, 999999999, &n);
	return (uint32_t)n;
}

bool part_is_piece(const struct part *p, struct piece *out)
{
	if (!span_eq(p->type, SPAN_LIT("message/partial")))
		return false;
	*out = (struct piece){p->piece_id, number_of(p->piece), number_of(p->pieces)};
	return true;
}

bool message_is_piece(const struct message *m, struct piece *out)
{
	return m->parts[0].kind == PART_LEAF && m->parts[0].depth == 0 && part_is_piece(&m->parts[0], out);
}

/* RFC 2046 5.2.2.1: fields that the message in the pieces has of its own; all others are those of the first piece. */
static bool is_inner(const struct field *f)
{
	return span_starts_nocase(f->name, SPAN_LIT("Content-")) || span_eq_nocase(f->name, SPAN_LIT("Subject")) ||
	    span_eq_nocase(f->name, SPAN_LIT("Message-ID")) || span_eq_nocase(f->name, SPAN_LIT("Encrypted")) ||
	    span_eq_nocase(f->name, SPAN_LIT("MIME-Version"));
}

/* Those of one kind as they are written, at `to`, which has room for what they lie in and a byte more for each. */
static size_t fields_copy(unsigned char *to, const struct headers *h, bool inner)
{
	size_t n = 0;

	for (size_t i = 0; i < h->n; i++) {
		const struct field *f = &h->fields[i];
		size_t field_n = (size_t)(f->value.p + f->value.n - f->name.p);

		if (is_inner(f) != inner)
			continue;
		memcpy(to + n, f->name.p, field_n);
		n += field_n;
		to[n++] = '\n';
	}
	return n;
}

enum errc piece_outer(struct arena *a, const struct message *first, span *out, struct err *e)
{
	unsigned char *p = arena_alloc(a, first->headers.raw.n + first->headers.n + 1);

	if (p == NULL)
		return err_memory(e);
	*out = span_of(p, fields_copy(p, &first->headers, false));
	return OK;
}

/* The pieces one behind the other. */
static enum errc bodies_copy(struct arena *a, const span *bodies, size_t n, span *out, struct err *e)
{
	size_t total = n;
	unsigned char *p;

	for (size_t i = 0; i < n; i++)
		total += bodies[i].n;
	if ((p = arena_alloc(a, total)) == NULL)
		return err_memory(e);
	*out = span_of(p, 0);
	for (size_t i = 0; i < n; i++) {
		if (bodies[i].n != 0)
			memcpy(p + out->n, bodies[i].p, bodies[i].n);
		out->n += bodies[i].n;
		/* Pieces are cut at the ends of lines alone. */
		if (i + 1 < n && bodies[i].n != 0 && p[out->n - 1] != '\n')
			p[out->n++] = '\n';
	}
	return OK;
}

enum errc pieces_join(struct arena *a, span outer, const span *bodies, size_t n, span *out, struct err *e)
{
	struct headers inner = {0};
	struct section s = {.fields = &inner};
	unsigned char *p;
	size_t at;
	span body;
	enum errc rc;

	if ((rc = bodies_copy(a, bodies, n, &s.text, e)) != OK || (rc = section_read(a, &s, e)) != OK)
		return rc;
	body = span_from(s.text, s.body_at);
	if ((p = arena_alloc(a, outer.n + s.end + inner.n + 1 + body.n)) == NULL)
		return err_memory(e);
	if (outer.n != 0)
		memcpy(p, outer.p, outer.n);
	at = outer.n + fields_copy(p + outer.n, &inner, true);
	p[at++] = '\n';
	if (body.n != 0)
		memcpy(p + at, body.p, body.n);
	*out = span_of(p, at + body.n);
	return OK;
}
