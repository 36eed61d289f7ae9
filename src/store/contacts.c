#include "store/contacts.h"

#include "base/clock.h"
#include "store/db.h"
#include "store/named.h"

/* Room for one more, doubling; the list is the newest of the arena or lies about unused. */
static void *more(struct arena *a, void *list, size_t n, size_t size)
{
	void *v;

	if (n != 0 && (n & (n - 1)) != 0)
		return list;
	if ((v = arena_zero(a, n != 0 ? 2 * n : 1, size)) != NULL && n != 0)
		memcpy(v, list, n * size);
	return v;
}

static enum errc domains_of(struct store *st, struct arena *a, struct contact_org *o, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT domain FROM org_domain WHERE org_id = ? ORDER BY domain", "i", o->id);
	enum errc rc;

	while (sql_next(st->sql, q, &rc, e)) {
		if ((o->domains = more(a, o->domains, o->n_domains, sizeof *o->domains)) == NULL ||
		    (o->domains[o->n_domains++] = sql_text(a, q, 0)) == NULL) {
			sql_done(q);
			return err_memory(e);
		}
	}
	return rc;
}

enum errc contact_orgs(struct store *st, struct arena *a, const char *org, struct contact_org **out, size_t *n, struct err *e)
{
	struct org_named named = {0};
	sqlite3_stmt *q;
	enum errc rc;

	*out = NULL;
	*n = 0;
	if (org != NULL && (rc = org_named(st, a, org, &named, e)) != OK)
		return rc;
	q = sql_query(st->sql, e, "SELECT o.id, o.key, o.name, o.country" CONCERNED " AND ?1 IN (0, o.id) ORDER BY o.key", "i", named.id);
	while (sql_next(st->sql, q, &rc, e)) {
		struct contact_org *o;

		if ((*out = more(a, *out, *n, sizeof **out)) == NULL)
			goto memory;
		o = &(*out)[(*n)++];
		*o = (struct contact_org){.id = sqlite3_column_int64(q, 0), .key = sql_text(a, q, 1), .name = sql_text(a, q, 2), .country = sql_text(a, q, 3)};
		if (o->key == NULL || o->name == NULL || o->country == NULL)
			goto memory;
	}
	for (size_t i = 0; i < *n && rc == OK; i++)
		rc = domains_of(st, a, &(*out)[i], e);
	if (rc == OK && org != NULL && *n == 0)
		return err_set(e, ERR_USAGE, "no mail in scope concerns %.100s, so nobody is to be written to there", named.key);
	return rc;
memory:
	sql_done(q);
	return err_memory(e);
}

enum errc contacts_of(struct store *st, struct arena *a, int64_t org_id, struct contact_known **out, size_t *n, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e,
	    "SELECT 1 AS source, address, role, 'directory' AS ground, NULL AS seen, NULL AS expires, 1 AS state, '' AS note, seq FROM contact"
	    " WHERE org_id = ?1 UNION ALL SELECT source, address, role, ground, seen_utc, expires_utc, state, note, 1000 FROM contact_known"
	    " WHERE org_id = ?1 ORDER BY source, seq, state, address", "i", org_id);
	enum errc rc;

	*out = NULL;
	*n = 0;
	while (sql_next(st->sql, q, &rc, e)) {
		struct contact_known *c;

		if ((*out = more(a, *out, *n, sizeof **out)) == NULL)
			goto memory;
		c = &(*out)[(*n)++];
		*c = (struct contact_known){(enum contact_source)sqlite3_column_int(q, 0), sql_text(a, q, 1), sql_text(a, q, 2), sql_text(a, q, 3),
		    sql_text(a, q, 7), sql_time(q, 4), sql_time(q, 5), (enum contact_state)sqlite3_column_int(q, 6), false};
		if (c->address == NULL || c->role == NULL || c->ground == NULL || c->note == NULL)
			goto memory;
		c->mail = strchr(c->address, '@') != NULL && strncmp(c->address, "https:", 6) != 0;
	}
	return rc;
memory:
	sql_done(q);
	return err_memory(e);
}

enum errc contacts_forget(struct store *st, const char *whose, enum contact_source source, struct err *e)
{
	return sql_run(st->sql, e, "DELETE FROM contact_found WHERE whose = ? AND source = ?", "ti", whose, (int64_t)source);
}

enum errc contact_put(struct store *st, const char *whose, const struct contact_known *c, struct err *e)
{
	return sql_run(st->sql, e, "INSERT INTO contact_found (whose, source, address, role, ground, seen_utc, state, note, expires_utc)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (whose, source, address) DO UPDATE SET role = ?4, ground = ?5,"
	    " seen_utc = ?6, state = ?7, note = ?8, expires_utc = ?9", "titttiitu", whose, (int64_t)c->source, c->address, c->role,
	    c->ground, c->seen_utc, (int64_t)c->state, c->note, c->expires_utc);
}

enum errc contacts_judge(struct store *st, const char *whose, enum contact_source source, enum contact_state state, const char *note,
    struct err *e)
{
	return sql_run(st->sql, e, "UPDATE contact_found SET state = ?, note = ? WHERE whose = ? AND source = ? AND state = ?", "ittii",
	    (int64_t)state, note, whose, (int64_t)source, (int64_t)CONTACT_USABLE);
}

enum errc contact_correspondents(struct store *st, struct arena *a, int64_t org_id, struct correspondent **out, size_t *n,
    struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e,
	    "SELECT a.address, count(DISTINCT p.message_id) AS n FROM link l JOIN message m ON m.id = l.message_id AND in_scope(m.verdict)"
	    " JOIN party p ON p.message_id = m.id JOIN address a ON a.id = p.address_id JOIN org_domain d ON d.org_id = l.org_id"
	    " AND (a.domain = d.domain OR a.domain LIKE '%.' || d.domain) WHERE l.org_id = ?1 AND l.counts AND l.role IN (1, 2)"
	    " GROUP BY a.address ORDER BY n DESC, a.address LIMIT 5", "i", org_id);
	enum errc rc;

	*out = NULL;
	*n = 0;
	while (sql_next(st->sql, q, &rc, e)) {
		const char *address = sql_text(a, q, 0);

		if (address == NULL || (*out = more(a, *out, *n, sizeof **out)) == NULL) {
			sql_done(q);
			return err_memory(e);
		}
		(*out)[(*n)++] = (struct correspondent){address, sqlite3_column_int64(q, 1)};
	}
	return rc;
}

enum errc fetched_get(struct store *st, struct arena *a, const char *url, struct fetched *out, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT when_utc, status, final_url, type, body, note FROM fetched WHERE url = ?", "t", url);
	enum errc rc;

	*out = (struct fetched){0};
	if (sql_next(st->sql, q, &rc, e)) {
		*out = (struct fetched){url, sql_text(a, q, 2), sql_text(a, q, 3), sql_text(a, q, 5), sqlite3_column_int64(q, 0),
		    sqlite3_column_int(q, 1), arena_copy(a, sql_col(q, 4))};
		sql_done(q);
		if (out->final_url == NULL || out->type == NULL || out->note == NULL || out->body.p == NULL)
			return err_memory(e);
	}
	return rc;
}

enum errc fetched_outline(struct store *st, const char *url, struct fetched_outline *out, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT when_utc, status, status = 200 AND length(body) <> 0,"
	    " status = 200 AND length(body) = 0 AND note <> '' FROM fetched WHERE url = ?", "t", url);
	enum errc rc;

	*out = (struct fetched_outline){.when_utc = TIME_NONE};
	if (sql_next(st->sql, q, &rc, e)) {
		*out = (struct fetched_outline){sqlite3_column_int64(q, 0), sqlite3_column_int(q, 1), sqlite3_column_int(q, 2) != 0,
		    sqlite3_column_int(q, 3) != 0};
		sql_done(q);
	}
	return rc;
}

enum errc fetched_put(struct store *st, const struct fetched *f, struct err *e)
{
	return sql_run(st->sql, e, "INSERT OR REPLACE INTO fetched (url, when_utc, status, final_url, type, body, note) VALUES (?, ?, ?, ?, ?, ?, ?)",
	    "tiittbt", f->url, f->when_utc, (int64_t)f->status, f->final_url, f->type, f->body.n != 0 ? f->body : SPAN_LIT(""), f->note);
}
