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
		if (!ascii_is_alnum(name.p[i]) && strchr("@.-_+", name.p[i]) == NULL)
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

/* How often each address stands in one role: by its id, which are dense. */
struct counts { uint32_t *of; int64_t *met; size_t n_met; int64_t max_id; };

static enum errc counts_new(struct store *st, struct counts *c, struct err *e)
{
	enum errc rc = db_int(st, &c->max_id, 0, e, "SELECT max(id) FROM address", "");

	if (rc != OK)
		return rc;
	c->of = calloc((size_t)c->max_id + 1, sizeof *c->of);
	c->met = calloc((size_t)c->max_id + 1, sizeof *c->met);
	return c->of == NULL || c->met == NULL ? err_memory(e) : OK;
}

static enum errc count(struct store *st, const char *sql, int64_t mailbox, struct counts *c, int64_t *of, struct err *e)
{
	sqlite3_stmt *q = db_prepare(st, sql, e);
	enum errc rc;

	*of = 0;
	c->n_met = 0;
	if (q == NULL)
		return e->code;
	if ((rc = db_bind(st, q, e, "i", mailbox)) != OK)
		return rc;
	while (db_row(st, q, &rc, e)) {
		int64_t id = sqlite3_column_int64(q, 0);

		if (id < 0 || id > c->max_id)
			continue;
		if (c->of[id]++ == 0)
			c->met[c->n_met++] = id;
		++*of;
	}
	return rc;
}

static enum errc first_by_name(struct store *st, int64_t id, char out[256], bool *any, struct err *e)
{
	sqlite3_stmt *q = db_prepare(st, "SELECT address FROM address WHERE id = ?", e);
	enum errc rc;

	if (q == NULL)
		return e->code;
	if ((rc = db_bind(st, q, e, "i", id)) != OK || !db_row(st, q, &rc, e))
		return rc;
	if (!*any || span_cmp(db_col(q, 0), span_str(out)) < 0)
		(void)snprintf(out, 256, "%.*s", (int)db_col(q, 0).n, (const char *)db_col(q, 0).p);
	*any = true;
	(void)sqlite3_reset(q);
	return OK;
}

/* The address that stands most often in one role, and in how many of how many messages. */
static enum errc most(struct store *st, const char *sql, int64_t mailbox, struct counts *c, char out[256], int64_t *n,
    int64_t *of, struct err *e)
{
	enum errc rc = count(st, sql, mailbox, c, of, e);
	bool any = false;

	*n = 0;
	for (size_t i = 0; i < c->n_met && rc == OK; i++)
		if (c->of[c->met[i]] > *n)
			*n = c->of[c->met[i]];
	/* Of those that stand equally often, the first by name. */
	for (size_t i = 0; i < c->n_met && rc == OK; i++)
		if (c->of[c->met[i]] == *n)
			rc = first_by_name(st, c->met[i], out, &any, e);
	for (size_t i = 0; i < c->n_met; i++)
		c->of[c->met[i]] = 0;
	return rc;
}

/* CROSS JOIN keeps SQLite at this order: without it each mailbox of thousands began with every party of the case. */
#define OF_MAILBOX(condition)                                                                                    \
	"SELECT p.address_id FROM source s CROSS JOIN item i ON i.source_id = s.id "                             \
	"CROSS JOIN message m ON m.id = i.message_id CROSS JOIN party p ON p.message_id = m.id "                 \
	"WHERE s.mailbox_id = ?1 AND s.state <> 2 AND " condition

static enum errc infer_one(struct store *st, int64_t id, span root, struct counts *c, struct err *e)
{
	static const struct { const char *sql, *what; int64_t percent; } ways[] = {
	    {OF_MAILBOX("p.role = 11"), "Delivered-To", 50},
	    {OF_MAILBOX("p.role = 1 AND m.traits & 32 <> 0"), "From in sent mail", 50},
	    {OF_MAILBOX("p.role IN (4, 5) AND m.traits & 32 = 0"), "To and Cc", 0},
	};
	char owner[256] = "", ground[400];
	int64_t n, of;
	enum errc rc;

	if (address_in_name(root, owner))
		return db_run(st, e, "UPDATE mailbox SET owner = ?, grade = 2, ground = 'its name is an address' WHERE id = ?",
		    "ti", owner, id);
	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
		if ((rc = most(st, ways[i].sql, id, c, owner, &n, &of, e)) != OK)
			return rc;
		if (n == 0 || n * 100 < of * ways[i].percent)
			continue;
		(void)snprintf(ground, sizeof ground, "%s: %lld of %lld", ways[i].what, (long long)n, (long long)of);
		return db_run(st, e, "UPDATE mailbox SET owner = ?, grade = 2, ground = ? WHERE id = ?", "tti", owner, ground, id);
	}
	return db_run(st, e, "UPDATE mailbox SET owner = NULL, grade = 0, ground = 'nothing in it says whose it is' WHERE id = ?",
	    "i", id);
}

static enum errc infer_all(struct store *st, struct counts *c, struct err *e)
{
	int64_t after = 0;

	for (;;) {
		sqlite3_stmt *q = db_prepare(st, "SELECT id, root FROM mailbox WHERE id > ? AND ground = '' AND grade <> 1 ORDER BY id LIMIT 1", e);
		char root[PATH_MAX_KEPT];
		size_t n;
		enum errc rc;

		if (q == NULL)
			return e->code;
		if ((rc = db_bind(st, q, e, "i", after)) != OK || !db_row(st, q, &rc, e))
			return rc;
		after = sqlite3_column_int64(q, 0);
		n = db_col(q, 1).n < sizeof root ? db_col(q, 1).n : sizeof root;
		if (n != 0)
			memcpy(root, db_col(q, 1).p, n);
		(void)sqlite3_reset(q);
		if ((rc = infer_one(st, after, span_of(root, n), c, e)) != OK)
			return rc;
	}
}

enum errc store_mailbox_infer(struct store *st, struct err *e)
{
	struct counts c = {0};
	enum errc rc = counts_new(st, &c, e);

	if (rc == OK)
		rc = infer_all(st, &c, e);
	free(c.of);
	free(c.met);
	return rc;
}
