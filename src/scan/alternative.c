#include "scan/alternative.h"
#include "mail/text.h"

/* A copy; p NULL: memory. */
static span without_space(struct arena *a, span s)
{
	unsigned char *v = arena_alloc(a, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; v != NULL && i < s.n; i++)
		if (!ascii_is_space(s.p[i]))
			v[n++] = s.p[i];
	return (span){v, n};
}

/* Of a text that was not read whole nobody knows what it lacks. */
static enum errc bare_read(struct arena *a, const struct message *m, const struct part *p, struct bare_text *out, struct err *e)
{
	struct part_text t;
	enum errc rc = part_text(a, m, p, NULL, &t, e);

	out->asked = true;
	if (rc != OK || t.outcome != TEXT_READ)
		return rc;
	out->text = without_space(a, t.utf8);
	return out->text.p == NULL ? err_memory(e) : OK;
}

enum errc other_text(struct arena *a, const struct message *m, const struct part *p, struct bare_text *bare, span *other, struct err *e)
{
	bool html = span_eq(p->type, SPAN_LIT("text/html"));
	size_t top = SIZE_MAX;

	*other = (span){0};
	if (p < m->parts || p >= m->parts + m->n_parts || p->filename.n > 0 || (!html && !span_eq(p->type, SPAN_LIT("text/plain"))))
		return OK;
	for (top = p->parent; top < m->n_parts && !span_eq(m->parts[top].type, SPAN_LIT("multipart/alternative")); top = m->parts[top].parent)
		;
	for (size_t i = top; i < m->n_parts; i++) {
		const struct part *q = &m->parts[i];
		size_t up = q->parent;
		enum errc rc = OK;

		while (up < m->n_parts && up != top)
			up = m->parts[up].parent;
		if (up != top || q->filename.n > 0 || !span_eq(q->type, html ? SPAN_LIT("text/plain") : SPAN_LIT("text/html")))
			continue;
		if (!bare[i].asked)
			rc = bare_read(a, m, q, &bare[i], e);
		*other = bare[i].text;
		return rc;
	}
	return OK;
}

const char *alternative_of(struct arena *a, const struct part *p, span value, span other)
{
	if ((value = without_space(a, value)).p == NULL)
		return NULL;
	if (span_find(other, value) < other.n)
		return "";
	return span_eq(p->type, SPAN_LIT("text/html")) ? "HTML text of the message, not in its plain text" :
	    "plain text of the message, not in its HTML text";
}
