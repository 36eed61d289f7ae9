/*
 * Where records of anybody's show a message: mail is moved, and what a synchronised folder held then may lie elsewhere now. Only folders that
 * the intruder synchronised or opened are looked at, and only messages that the evidence has in another one.
 */
#include <stdlib.h>

#include "base/bisect.h"
#include "base/clock.h"
#include "scope/judge.h"

/* The same folder in two records, by its path or its id. */
static bool is_same(const struct log_folder_seen *a, const struct log_folder_seen *b)
{
	return a == b || (a->path.n != 0 && span_eq_nocase(a->path, b->path)) || (a->folder_id.n != 0 && span_eq(a->folder_id, b->folder_id));
}

/* Each folder of the logs as the first group has it that is of the same one; 0: none is. */
static enum errc reached_as(struct judge *j, bool *any, struct err *e)
{
	j->reached_as = arena_zero(j->a, j->n_log_folders + 1, sizeof *j->reached_as);
	if (j->reached_as == NULL)
		return err_memory(e);
	for (size_t k = 0; k < j->n_groups; k++) {
		const struct log_folder_seen *of = log_folder(j, j->groups[k].folder);

		if (of == NULL || j->reached_as[of - j->log_folders] != 0)
			continue;
		*any = true;
		for (size_t i = 0; i < j->n_log_folders; i++)
			if (j->reached_as[i] == 0 && is_same(&j->log_folders[i], of))
				j->reached_as[i] = of->id;
	}
	return OK;
}

static int64_t as_reached(const struct judge *j, int64_t folder)
{
	const struct log_folder_seen *f = log_folder(j, folder);

	return f != NULL ? j->reached_as[f - j->log_folders] : 0;
}

static enum errc lain_in(void *ctx, const struct folder_named *v, struct err *e)
{
	struct judge *j = ctx;
	struct lain l = {.folder = as_reached(j, v->folder), .until = v->when_utc == TIME_NONE ? ALWAYS - CLOCK_SLACK : v->when_utc, .left = v->left};
	uint32_t ident, m;
	bool whole;
	enum errc rc;

	if (l.folder == 0 || (m = message_by_rfc822(j, v->rfc822_id, false)) == 0)
		return OK;
	if ((rc = ident_of(j, v->mailbox, &ident, e)) != OK)
		return rc;
	for (; m != 0; m = j->messages[m - 1].next_same)
		for (size_t k = j->places_of[m - 1]; k < j->places_of[m]; k++) {
			const struct place *p = &j->places[l.place = j->by_outer[k]];

			if (!in_ident(&j->idents[ident], p->box) || folder_fit(j, l.folder, j->folders[p->folder].path, &whole) == FOLDER_WHOLE)
				continue;
			if (!ROOM(j->lain, j->n_lain, j->cap_lain))
				return err_memory(e);
			j->lain[j->n_lain++] = l;
		}
	return OK;
}

static int by_place(const void *a, const void *b)
{
	const struct lain *x = a, *y = b;

	if (x->place != y->place)
		return x->place < y->place ? -1 : 1;
	if (x->folder != y->folder)
		return x->folder < y->folder ? -1 : 1;
	if (x->until != y->until)
		return x->until < y->until ? -1 : 1;
	return x->left - y->left;
}

enum errc lain_load(struct judge *j, struct err *e)
{
	bool any = false;
	enum errc rc = reached_as(j, &any, e);

	if (rc != OK || !any || (rc = folders_named_walk(j->st, lain_in, j, e)) != OK)
		return rc;
	if (j->n_lain != 0)
		qsort(j->lain, j->n_lain, sizeof *j->lain, by_place);
	return OK;
}

/* Where it lay, at the latest as far as records say, before or while the folder was reached first. */
enum lay lain_when(const struct judge *j, const struct place *p, int64_t folder, int64_t reached)
{
	uint32_t place = (uint32_t)(p - j->places);
	int64_t as = j->n_lain != 0 ? as_reached(j, folder) : 0;
	size_t lo;

	BISECT(lo, j->n_lain, j->lain[lo].place < place || (j->lain[lo].place == place && j->lain[lo].folder <= as));
	if (as == 0 || lo == 0 || j->lain[lo - 1].place != place || j->lain[lo - 1].folder != as)
		return LAY_UNSAID;
	if (reached <= j->lain[lo - 1].until + CLOCK_SLACK)
		return LAY_THERE;
	return j->lain[lo - 1].left ? LAY_UNSAID : LAY_BEFORE;
}
