/* Whose mailbox is it? Owners inferred from the mail, for mailboxes that nobody named. */
#include <stdio.h>
#include <stdlib.h>

#include "base/bisect.h"
#include "base/list.h"
#include "store/db.h"
#include "store/mail.h"

enum { PATH_MAX_KEPT = 4096 };

/* "alice@a.example" out of ".../alice@a.example.mbox" or ".../alice@a.example/", or false. */
static bool address_in_name(span root, char out[256])
{
	span name = root;
	size_t at, end;

	for (size_t i = 0; i < root.n; i++)
		if (root.p[i] == '/' && i + 1 < root.n)
			name = span_from(root, i + 1);
	at = span_find_byte(name, '@');
	if (at == 0 || at >= name.n || name.n >= 256)
		return false;
	for (size_t i = 0; i < name.n; i++)
		if (!ascii_is_alnum(name.p[i]) && !ascii_is_one_of(name.p[i], "@.-_+"))
			return false;
	end = name.n;
	for (const char *const *ext = (const char *const[]){".mbox", ".mbx", ".eml", ".tar", ".zip", NULL}; *ext != NULL; ext++)
		if (span_ends_nocase(name, span_str(*ext)))
			end = name.n - strlen(*ext);
	if (span_find_byte(span_from(span_first(name, end), at), '.') == end - at)
		return false;
	for (size_t i = 0; i < end; i++)
		out[i] = (char)ascii_lower(name.p[i]);
	out[end] = '\0';
	return true;
}

/* How often each address, by its id, which are dense, stands in the parties that one way asks. */
struct counts { uint32_t *of; int64_t *met; size_t n_met; int64_t n; };
enum { BY_DELIVERED, BY_SENT, BY_RECEIVED, WAYS };
static const struct { const char *what; int64_t percent; } ways[WAYS] = {
    [BY_DELIVERED] = {"Delivered-To", 50}, [BY_SENT] = {"From in sent mail", 50}, [BY_RECEIVED] = {"To and Cc", 0}};
struct tally { struct counts way[WAYS]; int64_t max_id; };

static enum errc tally_new(struct store *st, struct tally *t, struct err *e)
{
	enum errc rc = sql_int(st->sql, &t->max_id, 0, e, "SELECT max(id) FROM address", "");

	for (int w = 0; w < WAYS && rc == OK; w++) {
		t->way[w].of = calloc((size_t)t->max_id + 1, sizeof *t->way[w].of);
		t->way[w].met = calloc((size_t)t->max_id + 1, sizeof *t->way[w].met);
		if (t->way[w].of == NULL || t->way[w].met == NULL)
			rc = err_memory(e);
	}
	return rc;
}

static void tally_clear(struct tally *t)
{
	for (int w = 0; w < WAYS; w++) {
		struct counts *c = &t->way[w];

		for (size_t i = 0; i < c->n_met; i++)
			c->of[c->met[i]] = 0;
		c->n_met = 0;
		c->n = 0;
	}
}

static int way_of(enum party_role role, bool sent)
{
	return role == PARTY_FROM && sent ? BY_SENT : (role == PARTY_TO || role == PARTY_CC) && !sent ? BY_RECEIVED : WAYS;
}

static void tally_add(struct tally *t, int w, int64_t id, uint32_t n)
{
	struct counts *c = &t->way[w != WAYS ? w : 0];

	if (w == WAYS || id > t->max_id)
		return;
	if (c->of[id] == 0)
		c->met[c->n_met++] = id;
	c->of[id] += n;
	c->n += n;
}

/* ---- counted as it comes ---- */

struct often { int64_t id; uint32_t way, n; }; /* n is 0: free */
struct coming {
	int64_t mailbox;
	struct often *v;
	size_t n, cap;
	struct again { int64_t message; bool sent; } *again; /* that were in the case already: these are read back */
	size_t n_again, cap_again;
};
struct tallies {
	struct coming *v; /* by the mailbox's id */
	size_t n, cap, kept;
	bool too_many;
};
/* Counts and messages of all mailboxes together. */
enum { KEPT_MAX = 1 << 18 };

static void coming_free(struct tallies *t)
{
	for (size_t i = 0; i < t->n; i++) {
		free(t->v[i].v);
		free(t->v[i].again);
	}
	t->n = 0;
}

void tallies_free(struct store *st)
{
	if (st->tallies == NULL)
		return;
	coming_free(st->tallies);
	free(st->tallies->v);
	free(st->tallies);
}

enum errc store_mailbox_new(struct store *st, int64_t id, span root, struct err *e)
{
	char owner[256];
	struct tallies *t;

	if (st->tallies == NULL && (st->tallies = calloc(1, sizeof *st->tallies)) == NULL)
		return err_memory(e);
	t = st->tallies;
	if (t->too_many || address_in_name(root, owner))
		return OK;
	if (!ROOM(t->v, t->n, t->cap))
		return err_memory(e);
	t->v[t->n++] = (struct coming){.mailbox = id};
	return OK;
}

static struct coming *coming_of(const struct store *st, int64_t mailbox)
{
	struct tallies *t = st->tallies;
	size_t i;

	if (t == NULL || t->n == 0)
		return NULL;
	if (t->v[t->n - 1].mailbox == mailbox)
		return &t->v[t->n - 1];
	BISECT(i, t->n, t->v[i].mailbox < mailbox);
	return i < t->n && t->v[i].mailbox == mailbox ? &t->v[i] : NULL;
}

static struct often *often_of(const struct coming *c, int64_t id, uint32_t way)
{
	size_t i = (size_t)(((uint64_t)id * 4 + way) * 0x9e3779b97f4a7c15u >> 32) & (c->cap - 1);

	while (c->v[i].n != 0 && !(c->v[i].id == id && c->v[i].way == way))
		i = (i + 1) & (c->cap - 1);
	return &c->v[i];
}

static enum errc often_room(struct coming *c, struct err *e)
{
	struct coming old = *c;

	if (2 * (c->n + 1) <= c->cap)
		return OK;
	c->cap = old.cap != 0 ? 2 * old.cap : 64;
	if ((c->v = calloc(c->cap, sizeof *c->v)) == NULL) {
		*c = old;
		return err_memory(e);
	}
	for (size_t i = 0; i < old.cap; i++)
		if (old.v[i].n != 0)
			*often_of(c, old.v[i].id, old.v[i].way) = old.v[i];
	free(old.v);
	return OK;
}

static enum errc often_add(struct tallies *t, struct coming *c, int64_t id, int way, struct err *e)
{
	struct often *o;
	enum errc rc;

	if (way == WAYS)
		return OK;
	if ((rc = often_room(c, e)) != OK)
		return rc;
	o = often_of(c, id, (uint32_t)way);
	if (o->n == 0) {
		*o = (struct often){.id = id, .way = (uint32_t)way};
		c->n++;
		t->kept++;
	}
	o->n++;
	return OK;
}

enum errc store_mailbox_met(struct store *st, int64_t mailbox_id, const struct location_row *l, struct err *e)
{
	struct coming *c = coming_of(st, mailbox_id);
	const struct newest *m = &st->newest;
	bool sent = (l->traits & TRAIT_SENT) != 0;
	enum errc rc = OK;

	if (c == NULL)
		return OK;
	if (m->message != l->message_id) {
		if (!ROOM(c->again, c->n_again, c->cap_again))
			return err_memory(e);
		c->again[c->n_again++] = (struct again){l->message_id, sent};
		st->tallies->kept++;
	}
	if (l->delivered_id != 0)
		rc = often_add(st->tallies, c, l->delivered_id, BY_DELIVERED, e);
	for (size_t i = 0; rc == OK && i < m->n && m->message == l->message_id; i++)
		rc = often_add(st->tallies, c, m->v[i].id, way_of(m->v[i].role, sent), e);
	if (st->tallies->kept > KEPT_MAX) {
		st->tallies->too_many = true;
		coming_free(st->tallies);
	}
	return rc;
}

/* ---- read back ---- */

/* Rows of the traits of a copy, to whom it was delivered, and the list of parties of its message. */
static enum errc tally_rows(struct store *st, sqlite3_stmt *q, struct tally *t, struct err *e)
{
	struct party_seen p;
	enum errc rc;

	while (sql_next(st->sql, q, &rc, e)) {
		bool sent = (sqlite3_column_int64(q, 0) & TRAIT_SENT) != 0;
		span list = sql_col(q, 2);

		if (sqlite3_column_int64(q, 1) != 0)
			tally_add(t, BY_DELIVERED, sqlite3_column_int64(q, 1), 1);
		if (list.n == 0)
			continue;
		while (party_next(&list, &p))
			tally_add(t, way_of(p.role, sent), p.address_id, 1);
		if ((rc = party_end(list, e)) != OK)
			break;
	}
	sql_done(q);
	return rc;
}

/* CROSS JOIN keeps SQLite at this order: without it each mailbox of thousands began with every message of the case. */
static enum errc tally_mailbox(struct store *st, int64_t mailbox, struct tally *t, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT o.traits, o.delivered_id, l.list FROM source s CROSS JOIN item i ON i.source_id = s.id"
	    " CROSS JOIN location o ON o.message_id = i.message_id AND o.item_id = i.id AND o.nest = '' LEFT JOIN party_list l ON l.message_id = o.message_id"
	    " WHERE s.mailbox_id = ?1 AND s.state <> 2", "i", mailbox);

	return tally_rows(st, q, t, e);
}

static enum errc tally_coming(struct store *st, const struct coming *c, struct tally *t, struct err *e)
{
	enum errc rc = OK;

	for (size_t i = 0; i < c->cap; i++)
		if (c->v[i].n != 0)
			tally_add(t, (int)c->v[i].way, c->v[i].id, c->v[i].n);
	for (size_t i = 0; i < c->n_again && rc == OK; i++)
		rc = tally_rows(st, sql_query(st->sql, e, "SELECT ?2, 0, list FROM party_list WHERE message_id = ?1", "ii",
		    c->again[i].message, (int64_t)(c->again[i].sent ? TRAIT_SENT : 0)), t, e);
	return rc;
}

static enum errc first_by_name(struct store *st, int64_t id, char out[256], bool *any, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT address FROM address WHERE id = ?", "i", id);
	enum errc rc;

	if (!sql_next(st->sql, q, &rc, e))
		return rc;
	if (!*any || span_cmp(sql_col(q, 0), span_str(out)) < 0)
		(void)snprintf(out, 256, "%.*s", (int)sql_col(q, 0).n, (const char *)sql_col(q, 0).p);
	*any = true;
	sql_done(q);
	return OK;
}

/* The address that stands most often, and how often; of those that stand equally often, the first by name. */
static enum errc most(struct store *st, const struct counts *c, char out[256], int64_t *n, struct err *e)
{
	enum errc rc = OK;
	bool any = false;

	*n = 0;
	for (size_t i = 0; i < c->n_met; i++)
		if (c->of[c->met[i]] > *n)
			*n = c->of[c->met[i]];
	for (size_t i = 0; i < c->n_met && rc == OK; i++)
		if (c->of[c->met[i]] == *n)
			rc = first_by_name(st, c->met[i], out, &any, e);
	return rc;
}

static enum errc infer_one(struct store *st, int64_t id, span root, struct tally *t, struct err *e)
{
	char owner[256] = "", ground[400];
	const struct coming *c;
	enum errc rc;

	if (address_in_name(root, owner))
		return sql_run(st->sql, e, "UPDATE mailbox SET owner = ?, grade = 2, ground = 'its name is an address' WHERE id = ?",
		    "ti", owner, id);
	tally_clear(t);
	c = coming_of(st, id);
	if ((rc = c != NULL ? tally_coming(st, c, t, e) : tally_mailbox(st, id, t, e)) != OK)
		return rc;
	for (int w = 0; w < WAYS; w++) {
		int64_t of = t->way[w].n, n;

		if ((rc = most(st, &t->way[w], owner, &n, e)) != OK)
			return rc;
		if (n == 0 || n * 100 < of * ways[w].percent)
			continue;
		(void)snprintf(ground, sizeof ground, "%s: %lld of %lld", ways[w].what, (long long)n, (long long)of);
		return sql_run(st->sql, e, "UPDATE mailbox SET owner = ?, grade = 2, ground = ? WHERE id = ?", "tti", owner, ground, id);
	}
	return sql_run(st->sql, e, "UPDATE mailbox SET owner = NULL, grade = 0, ground = 'nothing in it says whose it is' WHERE id = ?",
	    "i", id);
}

static enum errc infer_all(struct store *st, struct tally *t, struct err *e)
{
	int64_t after = 0;

	for (;;) {
		sqlite3_stmt *q = sql_query(st->sql, e,
		    "SELECT id, root FROM mailbox WHERE id > ? AND ground = '' AND grade <> 1 ORDER BY id LIMIT 1", "i", after);
		char root[PATH_MAX_KEPT];
		size_t n;
		enum errc rc;

		if (!sql_next(st->sql, q, &rc, e))
			return rc;
		after = sqlite3_column_int64(q, 0);
		n = sql_col(q, 1).n < sizeof root ? sql_col(q, 1).n : sizeof root;
		if (n != 0)
			memcpy(root, sql_col(q, 1).p, n);
		sql_done(q);
		if ((rc = infer_one(st, after, span_of(root, n), t, e)) != OK)
			return rc;
	}
}

enum errc store_mailbox_infer(struct store *st, struct err *e)
{
	struct tally t = {0};
	enum errc rc = tally_new(st, &t, e);

	if (rc == OK)
		rc = infer_all(st, &t, e);
	for (int w = 0; w < WAYS; w++) {
		free(t.way[w].of);
		free(t.way[w].met);
	}
	return rc;
}
