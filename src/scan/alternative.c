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

/*
 * The text beside that part, in the arena; p NULL where there is none. bare keeps what was asked for, as many parts may have the same text
 * beside them.
 */
static enum errc other_text(struct arena *a, const struct message *m, const struct part *p, struct bare_text *bare, span *other, struct err *e)
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

/*
 * Many values in one text: Aho and Corasick, "Efficient string matching" (1975). Nodes are prefixes of values; `fail` is the longest
 * other prefix that a node ends with, `ends` the longest value. Children of a node are a list, those of the root a table.
 */
enum { FEW = 16, NODES = 1 << 20 };
struct node { uint32_t child, next, fail, ends; unsigned char byte; bool value, seen; };
struct tree { struct node *v; uint32_t n, root[256]; uint32_t *queue; };

static uint32_t child_of(const struct tree *t, uint32_t at, unsigned char byte)
{
	if (at == 0)
		return t->root[byte];
	for (at = t->v[at].child; at != 0 && t->v[at].byte != byte;)
		at = t->v[at].next;
	return at;
}

static uint32_t step(const struct tree *t, uint32_t at, unsigned char byte)
{
	uint32_t to;

	while ((to = child_of(t, at, byte)) == 0 && at != 0)
		at = t->v[at].fail;
	return to;
}

/* The node of a value. */
static uint32_t value_add(struct tree *t, span value)
{
	uint32_t at = 0, to;

	for (size_t i = 0; i < value.n; i++, at = to) {
		if ((to = child_of(t, at, value.p[i])) != 0)
			continue;
		to = t->n++;
		t->v[to] = (struct node){.byte = value.p[i]};
		if (at == 0) {
			t->root[value.p[i]] = to;
		} else {
			t->v[to].next = t->v[at].child;
			t->v[at].child = to;
		}
	}
	t->v[at].value = true;
	return at;
}

/* Shorter prefixes first: `fail` is always shorter. */
static void link_nodes(struct tree *t)
{
	uint32_t n = 0;

	for (size_t b = 0; b < 256; b++)
		if (t->root[b] != 0)
			t->queue[n++] = t->root[b];
	for (uint32_t i = 0; i < n; i++) {
		struct node *v = &t->v[t->queue[i]];

		v->ends = v->value ? t->queue[i] : t->v[v->fail].ends;
		for (uint32_t c = v->child; c != 0; c = t->v[c].next) {
			t->v[c].fail = step(t, v->fail, t->v[c].byte);
			t->queue[n++] = c;
		}
	}
}

static void find_values(struct tree *t, span text)
{
	uint32_t at = 0;

	for (size_t i = 0; i < text.n; i++) {
		at = step(t, at, text.p[i]);
		for (uint32_t v = t->v[at].ends; v != 0 && !t->v[v].seen; v = t->v[t->v[v].fail].ends)
			t->v[v].seen = true;
	}
}

/* As many of the values as a tree of that size has, *n of them. */
static enum errc find_some(struct arena *a, span other, const span *values, size_t *n, bool *has, struct err *e)
{
	struct tree *t = arena_zero(a, 1, sizeof *t);
	size_t n_nodes = 1, k = 0;
	uint32_t *node;

	while (k < *n && (k == 0 || n_nodes + values[k].n <= NODES))
		n_nodes += values[k++].n;
	*n = k;
	if (t == NULL || n_nodes > UINT32_MAX || (t->v = arena_zero(a, n_nodes, sizeof *t->v)) == NULL ||
	    (t->queue = arena_zero(a, n_nodes, sizeof *t->queue)) == NULL || (node = arena_zero(a, k, sizeof *node)) == NULL)
		return err_memory(e);
	t->n = 1;
	for (size_t i = 0; i < k; i++)
		node[i] = value_add(t, values[i]);
	link_nodes(t);
	find_values(t, other);
	for (size_t i = 0; i < k; i++)
		has[i] = node[i] == 0 || t->v[node[i]].seen;
	return OK;
}

enum errc alternative_find(struct arena *a, const struct message *m, const struct part *p, struct bare_text *bare, span text,
    const struct hits *hits, bool **both, struct err *e)
{
	span other, *values;
	enum errc rc = other_text(a, m, p, bare, &other, e);

	*both = NULL;
	if (rc != OK || other.p == NULL)
		return rc;
	if ((values = arena_zero(a, hits->n, sizeof *values)) == NULL || (*both = arena_zero(a, hits->n, sizeof **both)) == NULL)
		return err_memory(e);
	for (size_t i = 0; i < hits->n; i++)
		if ((values[i] = without_space(a, span_sub(text, hits->v[i].key_at, hits->v[i].key_n))).p == NULL)
			return err_memory(e);
	for (size_t i = 0; hits->n <= FEW && i < hits->n; i++)
		(*both)[i] = span_has(other, values[i]);
	for (size_t i = 0, some = hits->n; hits->n > FEW && i < hits->n && rc == OK; i += some, some = hits->n - i)
		rc = find_some(a, other, values + i, &some, *both + i, e);
	return rc;
}

const char *alternative_words(const struct part *p)
{
	return span_eq(p->type, SPAN_LIT("text/html")) ? "HTML text of the message, not in its plain text" :
	    "plain text of the message, not in its HTML text";
}
