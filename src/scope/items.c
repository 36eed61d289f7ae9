/*
 * Ids of items: Exchange's in AuditData, EWS' and Graph's in request URIs, and what a map says of them. The first three
 * carry the same entry id in other wrappings, so that a request is joined to a record without any map.
 */
#include <stdlib.h>

#include "base/bisect.h"
#include "base/digest.h"
#include "base/limits.h"
#include "scope/judge.h"
#include "stream/decode.h"

enum { ID_MAX = 2048, ENTRY_ID = 70 };

/* "%2B" as in URIs, and the characters of the URL-safe alphabet as those of the other; false when it is too long. */
static bool id_plain(span s, unsigned char out[ID_MAX], size_t *n)
{
	*n = 0;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = s.p[i], b;

		if (*n == ID_MAX)
			return false;
		if (percent_read(s, i, &b)) {
			c = b;
			i += 2;
		}
		/* Graph's ids have "_" for "+" and "-" for "/"; RFC 4648's URL-safe alphabet has them the other way round. */
		out[(*n)++] = c == '-' ? '/' : c == '_' ? '+' : c;
	}
	return true;
}

static size_t u16le(const unsigned char *p) { return (size_t)p[0] | (size_t)p[1] << 8; }

/*
 * The same for all ids of one item that carry its entry id; p NULL: memory.
 * AuditData: u16 length, entry id, at times a byte of type. EWS and Graph ([MS-OXWSITEMID]): u8 compression 0, u8 storage
 * type 3, u16 length and mailbox GUID as text, u8 instruction, u16 length, entry id.
 */
static span item_key(struct arena *a, span id)
{
	unsigned char plain[ID_MAX], raw[ID_MAX + 4];
	size_t n, bytes, at = 0;
	unsigned problems = 0;

	if (id.n == 0 || !id_plain(id, plain, &n))
		return arena_copy(a, id);
	bytes = base64_decode(span_of(plain, n), raw, &problems);
	if (bytes > 43 && raw[0] == 0 && raw[1] == 3 && u16le(raw + 2) == 36)
		at = 4 + 36 + 1;
	if (bytes >= at + 2 + ENTRY_ID && u16le(raw + at) == ENTRY_ID)
		return arena_copy(a, span_of(raw + at + 2, ENTRY_ID));
	return arena_copy(a, span_of(plain, n));
}

static enum errc id_add(struct judge *j, span id, const struct item_seen *v, struct err *e)
{
	struct item_name *to;

	if (id.n == 0)
		return OK;
	if (!ROOM(j->items, j->n_items, j->cap_items))
		return err_memory(e);
	to = &j->items[j->n_items];
	*to = (struct item_name){item_key(j->a, id), arena_copy(j->a, v->rfc822_id)};
	if (to->key.p == NULL || to->rfc822_id.p == NULL)
		return err_memory(e);
	j->n_items++;
	return OK;
}

static enum errc item_in(void *ctx, const struct item_seen *v, struct err *e)
{
	enum errc rc = id_add(ctx, v->item_id, v, e);

	return rc != OK ? rc : id_add(ctx, v->immutable_id, v, e);
}

static int by_key(const void *a, const void *b)
{
	const struct item_name *x = a, *y = b;
	int c = span_cmp(x->key, y->key);

	return c != 0 ? c : span_cmp(x->rfc822_id, y->rfc822_id);
}

enum errc items_load(struct judge *j, struct err *e)
{
	enum errc rc = j->has_ids ? items_walk(j->st, item_in, j, e) : OK;

	if (rc == OK && j->n_items != 0)
		qsort(j->items, j->n_items, sizeof *j->items, by_key);
	return rc;
}

/* What the id is of, whichever it may be. */
static enum errc reach_key(struct judge *j, struct suspect *s, span id, bool *found, struct err *e)
{
	span key = item_key(j->a, id), last = SPAN_EMPTY;
	size_t lo;
	enum errc rc = OK;

	if (key.p == NULL)
		return err_memory(e);
	if (key.n == 0)
		return OK;
	BISECT(lo, j->n_items, span_cmp(j->items[lo].key, key) < 0);
	for (; lo < j->n_items && span_eq(j->items[lo].key, key) && rc == OK; lo++) {
		if (*found && span_eq(j->items[lo].rfc822_id, last))
			continue;
		last = j->items[lo].rfc822_id;
		*found = true;
		rc = reach_named(j, s, last, e);
	}
	return rc;
}

/* Else a request of Graph's has a row of its own, and what names no message besides is by judge_load of the whole mailbox. */
enum errc reach_item(struct judge *j, struct suspect *s, span item_id, span immutable_id, struct err *e)
{
	bool found = false;
	span kept;
	enum errc rc = reach_key(j, s, item_id, &found, e);

	/* An item that was moved has another id, and the same immutable one. */
	if (rc == OK && !found)
		rc = reach_key(j, s, immutable_id, &found, e);
	s->has_access = s->has_access || found;
	if (rc != OK || found)
		return rc;
	s->unresolved = s->unresolved || s->by_ids || s->kind == S_IDS;
	if (s->truth != TRUTH_YES || s->kind != S_IDS)
		return OK;
	if (!ROOM(j->absents, j->n_absents, j->cap_absents) || (kept = arena_copy(j->a, item_id)).p == NULL)
		return err_memory(e);
	j->absents[j->n_absents++] = (struct absent){.ident = s->ident, .item_id = kept, .rfc822_id = SPAN_LIT(""), .when = s->when,
	    .event = s->event, .reason = REASON_NOT_IDENTIFIED, .confidence = s->confidence};
	return OK;
}
