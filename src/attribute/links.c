#include "attribute/private.h"

/* A log that names thousands of organisations is one message: beyond a few links they are found by hash. */
enum { FEW = 16 };

static size_t slot_of(const struct links *l, int64_t org_id, enum link_role role)
{
	size_t at = (size_t)((uint64_t)org_id * 0x9e3779b97f4a7c15u >> 32) & (l->n_slots - 1);

	while (l->slots[at] != 0 && (l->v[l->slots[at] - 1].org_id != org_id || (role != 0 && l->v[l->slots[at] - 1].role != role)))
		at = (at + 1) & (l->n_slots - 1);
	return at;
}

/* The link of that role, of any role for 0; NULL when there is none. */
static struct link_row *find(const struct links *l, int64_t org_id, enum link_role role)
{
	if (l->n_slots != 0) {
		uint32_t at = l->slots[slot_of(l, org_id, role)];

		return at != 0 ? &l->v[at - 1] : NULL;
	}
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].org_id == org_id && (role == 0 || l->v[i].role == role))
			return &l->v[i];
	return NULL;
}

static enum errc grow(struct arena *a, struct links *l, struct err *e)
{
	struct link_row *more = arena_grow(a, l->v, l->n, &l->cap, sizeof *more, FEW);

	if (more == NULL)
		return err_memory(e);
	l->v = more;
	if (l->cap == FEW)
		return OK;
	if ((l->slots = arena_zero(a, 4 * l->cap, sizeof *l->slots)) == NULL)
		return err_memory(e);
	l->n_slots = 4 * l->cap;
	for (size_t i = 0; i < l->n; i++)
		l->slots[slot_of(l, l->v[i].org_id, l->v[i].role)] = (uint32_t)i + 1;
	return OK;
}

bool links_had(struct links *l, const struct link_row *link)
{
	struct link_row *was = find(l, link->org_id, link->role);

	if (was == NULL || (link->counts && !was->counts))
		return false;
	if (link->certainty > was->certainty && link->counts == was->counts)
		was->certainty = link->certainty;
	return true;
}

enum errc links_add(struct arena *a, struct links *l, const struct link_row *link, struct err *e)
{
	struct link_row *was;
	enum errc rc;

	if (links_had(l, link))
		return OK;
	if ((was = find(l, link->org_id, link->role)) != NULL) {
		*was = *link;
		return OK;
	}
	if (l->n == l->cap && (rc = grow(a, l, e)) != OK)
		return rc;
	l->v[l->n++] = *link;
	if (l->n_slots != 0)
		l->slots[slot_of(l, link->org_id, link->role)] = (uint32_t)l->n;
	return OK;
}

bool links_have(const struct links *l, int64_t org_id) { return find(l, org_id, 0) != NULL; }
