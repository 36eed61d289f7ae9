/*
 * Files that were given as logs and are none that is known here. Nobody has read what they say: while one names a message or its mailbox, that
 * it was not accessed is not proved.
 */
#include <stdlib.h>

#include "base/bisect.h"
#include "scope/judge.h"

/* slots: by the hash of the name before the @, a box from 1; next: by box, the next of that hash. */
struct naming {
	struct judge *j;
	uint32_t *slots, *next;
	size_t n_slots;
	int64_t source;
	bool is_at, named; /* the file has an address of the intruder's; a mailbox's name */
};

static span local_part(span address) { return span_first(address, span_find_byte(address, '@')); }

static uint32_t *slot_of(const struct naming *n, span address)
{
	return &n->slots[span_hash_own_nocase(local_part(address)) & (n->n_slots - 1)];
}

static enum errc index_boxes(struct naming *n, struct err *e)
{
	const struct judge *j = n->j;

	for (n->n_slots = 64; n->n_slots < 2 * j->n_boxes;)
		n->n_slots *= 2;
	n->slots = arena_zero(j->a, n->n_slots, sizeof *n->slots);
	n->next = arena_zero(j->a, j->n_boxes + 1, sizeof *n->next);
	if (n->slots == NULL || n->next == NULL)
		return err_memory(e);
	for (size_t i = j->n_boxes; i-- > 0;) {
		uint32_t *slot = slot_of(n, j->boxes[i].owner);

		n->next[i] = *slot;
		*slot = (uint32_t)i + 1;
	}
	return OK;
}

/* The first file by its path stays. */
static void mark(uint32_t *unread, size_t file)
{
	if (*unread == 0)
		*unread = (uint32_t)file;
}

/* ours: the same name at another domain is the same mailbox, too. */
static void mark_boxes(struct naming *n, span address, bool ours)
{
	for (uint32_t i = *slot_of(n, address); i != 0; i = n->next[i - 1]) {
		struct box *b = &n->j->boxes[i - 1];

		if (b->owner.n == 0 || !(ours ? span_eq_nocase(local_part(b->owner), local_part(address)) : span_eq_nocase(b->owner, address)))
			continue;
		mark(&b->unread, n->j->n_unread);
		n->named = true;
	}
}

static void mark_messages(struct naming *n, span id)
{
	struct judge *j = n->j;

	for (size_t i = span_hash_own_nocase(id) & (j->cap_ids - 1); j->id_slots[i] != 0; i = (i + 1) & (j->cap_ids - 1)) {
		if (!span_eq_nocase(j->messages[j->id_slots[i] - 1].rfc822_id, id))
			continue;
		for (uint32_t m = j->id_slots[i]; m != 0; m = j->messages[m - 1].next_same)
			mark(&j->messages[m - 1].unread, j->n_unread);
	}
}

/* Who is there under names that are no addresses was some mailbox's intruder, and it is not known whose. */
static void source_end(struct naming *n)
{
	if (n->is_at && !n->named)
		mark(&n->j->unread_all, n->j->n_unread);
	n->is_at = n->named = false;
}

static enum errc name_in(void *ctx, const struct log_name_seen *v, struct err *e)
{
	struct naming *n = ctx;
	struct judge *j = n->j;
	span name = v->name, domain = span_from(name, span_find_byte(name, '@') + 1);
	size_t lo;

	if (v->source_id != n->source) {
		source_end(n);
		if (!ROOM(j->unread, j->n_unread, j->cap_unread))
			return err_memory(e);
		j->unread[j->n_unread++] = n->source = v->source_id;
	}
	if (name.n == 0)
		mark(&j->unread_all, j->n_unread);
	for (size_t i = 0; i < j->actor->n_aliases; i++)
		if (span_eq_nocase(span_str(j->actor->aliases[i].also), name))
			mark_boxes(n, span_str(j->actor->aliases[i].mailbox), false);
	if (name.n > 1 && name.p[0] == '\\') { /* of Windows: its domain is not one of mail */
		mark_boxes(n, span_from(name, 1), true);
		return OK;
	}
	n->is_at |= domain.n == 0 && actor_is_at(j->actor, name);
	if (domain.n != 0) {
		mark_boxes(n, name, is_in_our_domains(j, name) || domain_is_within(domain, SPAN_LIT("onmicrosoft.com")));
		mark_messages(n, name);
		return OK;
	}
	BISECT(lo, j->n_known, span_cmp(j->known[lo].id, name) < 0);
	for (; lo < j->n_known && span_eq(j->known[lo].id, name); lo++)
		mark_boxes(n, j->known[lo].address, true);
	return OK;
}

enum errc unread_load(struct judge *j, struct err *e)
{
	struct naming n = {.j = j};
	enum errc rc;

	if (j->actor == NULL || j->actor->accept_unreadable)
		return OK;
	if ((rc = index_boxes(&n, e)) == OK && (rc = log_names_walk(j->st, name_in, &n, e)) == OK)
		source_end(&n);
	return rc;
}

static uint32_t earlier(uint32_t a, uint32_t b) { return a == 0 || (b != 0 && b < a) ? b : a; }

uint32_t unread_of(const struct judge *j, const struct place *p)
{
	uint32_t of_messages = earlier(j->messages[p->message].unread, j->messages[p->outer].unread);

	return earlier(earlier(j->boxes[p->box].unread, of_messages), j->unread_all);
}
