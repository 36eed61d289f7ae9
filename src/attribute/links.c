#include "attribute/private.h"

enum errc links_add(struct arena *a, struct links *l, const struct link_row *link, struct err *e)
{
	for (size_t i = 0; i < l->n; i++) {
		struct link_row *was = &l->v[i];

		if (was->org_id != link->org_id || was->role != link->role)
			continue;
		if (link->counts && !was->counts)
			*was = *link;
		else if (link->certainty > was->certainty && link->counts == was->counts)
			was->certainty = link->certainty;
		return OK;
	}
	if (l->n == l->cap) {
		size_t cap = l->cap != 0 ? 2 * l->cap : 16;
		struct link_row *more = arena_alloc(a, cap * sizeof *more);

		if (more == NULL)
			return err_memory(e);
		if (l->n != 0)
			memcpy(more, l->v, l->n * sizeof *more);
		l->v = more;
		l->cap = cap;
	}
	l->v[l->n++] = *link;
	return OK;
}

bool links_have(const struct links *l, int64_t org_id)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].org_id == org_id)
			return true;
	return false;
}
