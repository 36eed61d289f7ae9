/*
 * Content searches of Purview: the record that makes one has its mailboxes, those that start, preview and export it have its name. Where
 * it was made is in the logs, and no record of it says that it is of all mailboxes, the others are of the same ones.
 */
#include <stdlib.h>

#include "scope/judge.h"

static size_t slot_of(const struct judge *j, span name)
{
	size_t i = span_hash_own_nocase(name) & (j->cap_search_slots - 1);

	while (j->search_slots[i] != 0 && !span_eq_nocase(j->searches[j->search_slots[i] - 1].name, name))
		i = (i + 1) & (j->cap_search_slots - 1);
	return i;
}

static struct content_search *search_of(const struct judge *j, span name)
{
	uint32_t k = j->n_searches != 0 ? j->search_slots[slot_of(j, name)] : 0;

	return k != 0 ? &j->searches[k - 1] : NULL;
}

static enum errc search_add(struct judge *j, span name, struct content_search **out, struct err *e)
{
	if (!ROOM(j->searches, j->n_searches, j->cap_searches))
		return err_memory(e);
	*out = &j->searches[j->n_searches++];
	(*out)->name = name;
	if (2 * j->n_searches <= j->cap_search_slots) {
		j->search_slots[slot_of(j, name)] = (uint32_t)j->n_searches;
		return OK;
	}
	free(j->search_slots);
	j->cap_search_slots = j->cap_search_slots != 0 ? 2 * j->cap_search_slots : 64;
	if ((j->search_slots = calloc(j->cap_search_slots, sizeof *j->search_slots)) == NULL)
		return err_memory(e);
	for (size_t k = 0; k < j->n_searches; k++)
		j->search_slots[slot_of(j, j->searches[k].name)] = (uint32_t)k + 1;
	return OK;
}

/* Is it one of those, or several that stand there in a row? "ann@a.example" is none of "joann@a.example". */
static bool said_before(span list, span where)
{
	for (size_t at = span_find(list, where), end; at < list.n; at += span_find(span_from(list, at), where)) {
		end = at + where.n;
		if ((at == 0 || list.p[at - 1] == ';') && (end == list.n || list.p[end] == ';'))
			return true;
		at++;
	}
	return false;
}

static enum errc where_add(struct judge *j, struct content_search *s, span where, struct err *e)
{
	size_t n = s->where.n;

	if (said_before(s->where, where))
		return OK;
	while (s->cap_where <= n + where.n) /* and the ';' */
		if ((s->text = arena_grow(j->a, s->text, s->cap_where, &s->cap_where, 1, 256)) == NULL)
			return err_memory(e);
	if (n != 0)
		s->text[n++] = ';';
	memcpy(s->text + n, where.p, where.n);
	s->where = (span){s->text, n + where.n};
	return OK;
}

enum errc search_in(struct judge *j, const struct event_seen *v, span *search, struct err *e)
{
	struct content_search *s;
	const char *name;
	enum errc rc;

	if (!span_has(v->detail, SPAN_LIT("\"search\":")) || failed_change(v))
		return OK;
	if ((rc = detail_text(j->st, j->a, v->id, "$.search", &name, e)) != OK)
		return rc;
	if ((s = search_of(j, span_str(name))) == NULL && (rc = search_add(j, span_str(name), &s, e)) != OK)
		return rc;
	s->made = s->made || span_has(v->detail, SPAN_LIT("\"search_made\":true"));
	s->anywhere = s->anywhere || span_has(v->detail, SPAN_LIT("\"search_anywhere\":true"));
	if (v->mailbox.n != 0)
		return where_add(j, s, v->mailbox, e);
	*search = s->name;
	return OK;
}

/* Results have the search's name with what they are: "s1_Export". */
static struct content_search *made_as(struct judge *j, span name)
{
	static const char *const endings[] = {"_Export", "_Preview", "_Report", "_Purge"};
	struct content_search *s = search_of(j, name);

	for (size_t i = 0; i < sizeof endings / sizeof *endings && (s == NULL || !s->made); i++)
		if (span_ends_nocase(name, span_str(endings[i])))
			s = search_of(j, span_first(name, name.n - strlen(endings[i])));
	return s != NULL && s->made ? s : NULL;
}

enum errc searches_join(struct judge *j, struct err *e)
{
	enum errc rc = OK;

	for (size_t i = 0; i < j->n_suspects && rc == OK; i++) {
		struct suspect *of = &j->suspects[i];
		const struct content_search *s = of->search.n != 0 ? made_as(j, of->search) : NULL;

		if (s != NULL && !s->anywhere && s->where.n != 0)
			rc = ident_of(j, s->where, &of->ident, e);
	}
	return rc;
}
