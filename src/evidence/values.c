#include "evidence/values.h"

#include <stdlib.h>

#include "base/bisect.h"
#include "evidence/evidence.h"

/* v: by path, then by place: texts are walked once. */
struct values { struct arena *a; struct wanted **v; size_t n; struct member_names names; };

static int by_place(const void *a, const void *b)
{
	const struct wanted *x = *(struct wanted *const *)a, *y = *(struct wanted *const *)b;
	int order = span_cmp(x->path, y->path);

	if (order == 0)
		order = (x->at > y->at) - (x->at < y->at);
	return order != 0 ? order : (x > y) - (x < y);
}

/* The first whose path is not before that one. */
static size_t first_from(const struct values *l, span path)
{
	size_t low;

	BISECT(low, l->n, span_cmp(l->v[low]->path, path) < 0);
	return low;
}

/* The values that stand in one text of the message. */
static enum errc values_in(void *ctx, const struct part *p, const struct part_text *t, struct err *e)
{
	struct values *l = ctx;
	span path = span_str(p->path), value;
	enum errc rc = evidence_beat(e);

	for (size_t i = t->outcome != TEXT_NOT ? first_from(l, path) : l->n; i < l->n && rc == OK && span_eq(l->v[i]->path, path); i++) {
		struct wanted *w = l->v[i];

		if (w->at > t->content.n || w->n > t->content.n - w->at)
			continue;
		/* The text of an archive's member lives only now. */
		if ((rc = part_text_value(t, w->at, w->n, &value, e)) == OK && (w->value = arena_copy(l->a, value)).p == NULL)
			rc = err_memory(e);
		w->known = rc == OK;
	}
	return rc;
}

static enum errc name_in(void *ctx, const char *holder, span name, uint64_t index, span *shown, struct err *e)
{
	struct values *l = ctx;
	span stars = member_name_in(&l->names, holder, name, index);

	(void)e;
	if (stars.n != 0)
		*shown = stars;
	return OK;
}

/* Does one of the paths lead to this part, or into it? Others may stand between ("2", "2!/a"). */
static bool is_wanted(const struct values *l, span path)
{
	for (size_t i = first_from(l, path); i < l->n && span_starts(l->v[i]->path, path); i++)
		if (l->v[i]->path.n == path.n || span_starts(span_from(l->v[i]->path, path.n), SPAN_LIT("!/")))
			return true;
	return false;
}

enum errc values_read(struct arena *a, const struct message *m, struct passwords *passwords, struct wanted *v, size_t n, struct err *e)
{
	struct values l = {.a = a, .v = arena_zero(a, n, sizeof *l.v), .n = n};
	struct part_text text;
	enum errc rc = OK;

	if (l.v == NULL)
		return err_memory(e);
	for (size_t i = 0; i < n; i++)
		l.v[i] = &v[i];
	if (n > 1)
		qsort(l.v, n, sizeof *l.v, by_place);
	for (size_t i = 0; i < n && rc == OK; i++)
		rc = member_names_add(a, &l.names, l.v[i]->path, e);
	member_names_sort(&l.names);
	for (size_t i = 0; i < LOOSE_PATHS && rc == OK; i++) {
		const struct part loose = {.path = loose_paths[i]};

		if (is_wanted(&l, span_str(loose.path)) && (rc = loose_text(a, m, span_str(loose.path), &text, e)) == OK)
			rc = values_in(&l, &loose, &text, e);
	}
	for (size_t i = 0; i < m->n_parts && rc == OK; i++) {
		if (m->parts[i].kind == PART_LEAF && is_wanted(&l, span_str(m->parts[i].path)))
			rc = part_texts(a, m, &m->parts[i], passwords, values_in, name_in, &l, e);
		if (rc == ERR_LIMIT || rc == ERR_EVIDENCE)
			rc = OK; /* what it gave so far counts */
	}
	return rc;
}
