/* Whose mailbox is it? Owners inferred from the mail, for mailboxes that nobody named. */
#include <stdio.h>
#include <stdlib.h>

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

static void tally_party(struct tally *t, const struct party_seen *p, bool sent)
{
	int w = p->role == PARTY_DELIVERED_TO                     ? BY_DELIVERED
	    : p->role == PARTY_FROM && sent                       ? BY_SENT
	    : (p->role == PARTY_TO || p->role == PARTY_CC) && !sent ? BY_RECEIVED
								  : WAYS;
	struct counts *c = &t->way[w != WAYS ? w : 0];

	if (w == WAYS || p->address_id > t->max_id)
		return;
	if (c->of[p->address_id]++ == 0)
		c->met[c->n_met++] = p->address_id;
	c->n++;
}

/* CROSS JOIN keeps SQLite at this order: without it each mailbox of thousands began with every message of the case. */
static enum errc tally_mailbox(struct store *st, int64_t mailbox, struct tally *t, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT m.traits, l.list FROM source s CROSS JOIN item i ON i.source_id = s.id"
	    " CROSS JOIN message m ON m.id = i.message_id CROSS JOIN party_list l ON l.message_id = m.id"
	    " WHERE s.mailbox_id = ?1 AND s.state <> 2", "i", mailbox);
	struct party_seen p;
	enum errc rc;

	tally_clear(t);
	while (sql_next(st->sql, q, &rc, e)) {
		bool sent = (sqlite3_column_int64(q, 0) & TRAIT_SENT) != 0;
		span list = sql_col(q, 1);

		while (party_next(&list, &p))
			tally_party(t, &p, sent);
		if ((rc = party_end(list, e)) != OK)
			break;
	}
	sql_done(q);
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
	enum errc rc;

	if (address_in_name(root, owner))
		return sql_run(st->sql, e, "UPDATE mailbox SET owner = ?, grade = 2, ground = 'its name is an address' WHERE id = ?",
		    "ti", owner, id);
	if ((rc = tally_mailbox(st, id, t, e)) != OK)
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
