/* Mailboxes as logs call them: addresses, names, GUIDs, and which of ours these are. */
#include <stdlib.h>

#include "base/bisect.h"
#include "scope/judge.h"

static bool is_owner(span owner, span text)
{
	size_t a = span_find_byte(owner, '@'), b = span_find_byte(text, '@');

	if (owner.n == 0 || text.n == 0)
		return false;
	/* The same name at another domain of the tenant's may be the same mailbox: alice@corp.onmicrosoft.com. */
	return span_eq_nocase(owner, text) || (a < owner.n && b < text.n && span_eq_nocase(span_first(owner, a), span_first(text, b)));
}

static bool is_local_part(span owner, span text)
{
	size_t at = span_find_byte(owner, '@');

	return text.n != 0 && at < owner.n && span_eq_nocase(span_first(owner, at), text);
}

/* "ada+lists@us.example" is delivered to ada (RFC 5233), who may log in so. */
static bool is_detail(span owner, span text)
{
	size_t plus = span_find_byte(text, '+');

	return plus < span_find_byte(text, '@') && is_local_part(owner, span_first(text, plus));
}

static bool is_alias(const struct judge *j, span owner, span text)
{
	for (size_t i = 0; j->actor != NULL && i < j->actor->n_aliases; i++)
		if (span_eq_nocase(span_str(j->actor->aliases[i].also), text) &&
		    span_eq_nocase(span_str(j->actor->aliases[i].mailbox), owner))
			return true;
	return false;
}

enum errc known_in(void *ctx, const struct known_as *k, struct err *e)
{
	struct judge *j = ctx;
	enum errc rc;

	if (!ROOM(j->known, j->n_known, j->cap_known))
		return err_memory(e);
	if ((rc = judge_copy(j, k->id, &j->known[j->n_known].id, e)) != OK || (rc = judge_copy(j, k->address, &j->known[j->n_known].address, e)) != OK)
		return rc;
	j->n_renamed += j->n_known != 0 && span_is_guid(k->id) && span_eq(j->known[j->n_known - 1].id, k->id);
	j->n_known++;
	return OK;
}

/* A GUID or other id is the mailbox that other records know by it; *known: they say whose, ours or not. */
static bool known_as(const struct judge *j, span id, span owner, bool *known)
{
	size_t lo;
	bool ours = false;

	BISECT(lo, j->n_known, span_cmp(j->known[lo].id, id) < 0);
	for (; lo < j->n_known && span_eq(j->known[lo].id, id); lo++) {
		*known = true;
		ours = ours || is_owner(owner, j->known[lo].address);
	}
	return ours;
}

static void box_add(struct ident *d, uint32_t box)
{
	for (size_t i = 0; i < d->n_boxes; i++)
		if (d->boxes[i] == box)
			return;
	d->boxes[d->n_boxes++] = box;
}

/* Mailboxes that records know by one GUID under this address, too: they were renamed. Addresses of people change, as with marriages and domains. */
static void add_renamed(const struct judge *j, struct ident *d, span address)
{
	bool known;

	for (size_t i = 0; i < j->n_known && j->n_renamed != 0; i++)
		for (size_t b = 0; span_eq_nocase(j->known[i].address, address) && span_is_guid(j->known[i].id) && b < j->n_boxes; b++)
			if (known_as(j, j->known[i].id, j->boxes[b].owner, &known))
				box_add(d, (uint32_t)b);
}

/* Those of our mailboxes that one name means. */
static void name_resolve(const struct judge *j, struct ident *d, span text)
{
	bool exact = false, address = span_find_byte(text, '@') < text.n, known = address;
	size_t before = d->n_boxes;

	for (size_t i = 0; i < j->n_boxes; i++)
		exact = exact || (text.n != 0 && (span_eq_nocase(j->boxes[i].owner, text) || is_alias(j, j->boxes[i].owner, text)));
	for (size_t i = 0; i < j->n_boxes && !exact && !address; i++)
		if (known_as(j, text, j->boxes[i].owner, &known))
			box_add(d, (uint32_t)i);
	/* An alias is the name before the @ unless somebody gave it another one. */
	for (size_t i = 0; i < j->n_boxes && !exact && !known; i++)
		if (is_local_part(j->boxes[i].owner, text))
			box_add(d, (uint32_t)i);
	known = known || d->n_boxes != before;
	if (!exact && address)
		add_renamed(j, d, text);
	for (size_t i = 0; i < j->n_boxes && !exact && address; i++)
		if (is_detail(j->boxes[i].owner, text))
			box_add(d, (uint32_t)i);
	/* Nothing says whose: it may be any. */
	d->any = d->any || (!exact && !known);
	if (!exact && !address && !d->any)
		return;
	for (size_t i = 0; i < j->n_boxes; i++) {
		span owner = j->boxes[i].owner;

		if (d->any ? true : exact ? span_eq_nocase(owner, text) || is_alias(j, owner, text) : is_owner(owner, text))
			box_add(d, (uint32_t)i);
	}
}

/* A search may name several mailboxes, parted by ';'. */
static enum errc ident_resolve(struct judge *j, struct ident *d, struct err *e)
{
	span rest = d->text;

	if ((d->boxes = arena_zero(j->a, j->n_boxes + 1, sizeof *d->boxes)) == NULL)
		return err_memory(e);
	do {
		size_t n = span_find_byte(rest, ';');

		name_resolve(j, d, span_first(rest, n));
		rest = span_from(rest, n + 1);
	} while (rest.n != 0);
	return OK;
}

enum errc ident_of(struct judge *j, span text, uint32_t *out, struct err *e)
{
	size_t i;
	enum errc rc;

	if (2 * j->n_idents >= j->cap_slots) {
		free(j->ident_slots);
		j->cap_slots = j->cap_slots != 0 ? 2 * j->cap_slots : 1024;
		if ((j->ident_slots = calloc(j->cap_slots, sizeof *j->ident_slots)) == NULL)
			return err_memory(e);
		for (size_t k = 0; k < j->n_idents; k++) {
			for (i = span_hash_own(j->idents[k].text) & (j->cap_slots - 1); j->ident_slots[i] != 0;)
				i = (i + 1) & (j->cap_slots - 1);
			j->ident_slots[i] = (uint32_t)k + 1;
		}
	}
	for (i = span_hash_own(text) & (j->cap_slots - 1); j->ident_slots[i] != 0; i = (i + 1) & (j->cap_slots - 1))
		if (span_eq(j->idents[j->ident_slots[i] - 1].text, text)) {
			*out = j->ident_slots[i] - 1;
			return OK;
		}
	if (!ROOM(j->idents, j->n_idents, j->cap_idents))
		return err_memory(e);
	if ((rc = judge_copy(j, text, &j->idents[j->n_idents].text, e)) != OK ||
	    (rc = ident_resolve(j, &j->idents[j->n_idents], e)) != OK)
		return rc;
	*out = (uint32_t)j->n_idents++;
	j->ident_slots[i] = *out + 1;
	return OK;
}

/* ---- groups: asked of searches only, since it looks through all who act ---- */

/* Somebody acts, or has a mailbox, under this address: it is no group's. The actor file can say so, too. */
static bool is_somebodys(const struct judge *j, span address)
{
	for (size_t i = 0; i < j->n_boxes; i++)
		if (span_eq_nocase(j->boxes[i].owner, address))
			return true;
	for (size_t i = 0; i < j->n_known; i++)
		if (span_eq_nocase(j->known[i].address, address))
			return true;
	for (size_t i = 0; i < j->n_contexts; i++)
		if (span_eq_nocase(j->contexts[i].text[C_USER], address))
			return true;
	for (size_t i = 0; j->actor != NULL && i < j->actor->n_aliases; i++)
		if (span_eq_nocase(span_str(j->actor->aliases[i].also), address) || span_eq_nocase(span_str(j->actor->aliases[i].mailbox), address))
			return true;
	return false;
}

bool is_in_our_domains(const struct judge *j, span address)
{
	for (size_t i = 0; i < j->config->our_domains.n; i++)
		if (domain_is_within(span_from(address, span_find_byte(address, '@') + 1), span_str(j->config->our_domains.v[i])))
			return true;
	return false;
}

bool ident_may_be_group(const struct judge *j, const struct ident *d)
{
	span rest = d->text;

	while (rest.n != 0) {
		span text = span_first(rest, span_find_byte(rest, ';'));

		if (span_find_byte(text, '@') < text.n && is_in_our_domains(j, text) && !is_somebodys(j, text))
			return true;
		rest = span_from(rest, text.n + 1);
	}
	return false;
}
