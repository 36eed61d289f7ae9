#include "store/named.h"

#include <stdio.h>

#include "base/near.h"
#include "base/utf8.h"
#include "store/db.h"

enum { MAY_BE_KEYS = 160 };

static bool same_letters(span a, span b)
{
	while (a.n != 0 && b.n != 0) {
		size_t n_a, n_b;

		if (utf8_fold(utf8_get(a, &n_a)) != utf8_fold(utf8_get(b, &n_b)))
			return false;
		a = span_from(a, n_a);
		b = span_from(b, n_b);
	}
	return a.n == 0 && b.n == 0;
}

static bool begins(span word, span with)
{
	return with.n > 2 && word.n > with.n && same_letters(span_first(word, with.n), with);
}

static bool org_take(struct arena *a, sqlite3_stmt *q, struct org_named *out)
{
	*out = (struct org_named){sqlite3_column_int64(q, 0), sql_text(a, q, 1), sql_text(a, q, 2), sqlite3_column_int(q, 3)};
	return out->key != NULL && out->name != NULL;
}

struct naming {
	span called;
	struct near near;
	struct org_named beginning; /* of the only one, as far as is known, that is called so and more */
	bool beginnings;            /* there are several */
	size_t n;                   /* that are called so */
	char may_be[MAY_BE_KEYS];
};

static void may_be(struct naming *x, const char *key)
{
	size_t n = strlen(x->may_be);

	(void)snprintf(x->may_be + n, sizeof x->may_be - n, "%s%s", n != 0 ? "; " : "", key != NULL ? key : "");
}

/* Rows come by organisation: each word that one is called by. */
static enum errc try_all(struct store *st, struct arena *a, struct naming *x, struct org_named *out, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT o.id, o.key, o.name, o.origin, s.said FROM (SELECT id, key AS said FROM org UNION SELECT id, name FROM org"
	    " UNION SELECT org_id, name FROM org_name UNION SELECT org_id, domain FROM org_domain) s JOIN org o ON o.id = s.id ORDER BY o.key, s.said", "");
	enum errc rc;

	while (sql_next(st->sql, q, &rc, e)) {
		int64_t id = sqlite3_column_int64(q, 0);
		span word = sql_col(q, 4);
		bool enough = true;

		near_try(&x->near, word);
		if (x->near.away != 0 && x->near.best.p == word.p) /* only as long as the row */
			enough = (x->near.best = arena_copy(a, word)).p != NULL;
		if (same_letters(word, x->called) && (x->n == 0 || id != out->id)) {
			x->n++;
			enough = enough && org_take(a, q, out);
			may_be(x, out->key);
		}
		if (begins(word, x->called) && x->beginning.id != id) {
			x->beginnings = x->beginning.id != 0;
			enough = enough && org_take(a, q, &x->beginning);
		}
		if (!enough) {
			sql_done(q);
			return err_memory(e);
		}
	}
	return rc;
}

enum errc org_named(struct store *st, struct arena *a, const char *called, struct org_named *out, struct err *e)
{
	struct naming x = {.called = span_trim(span_str(called)), .near = near_to(span_trim(span_str(called)))};
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT id, key, name, origin FROM org WHERE key = ?", "t", called);
	enum errc rc;

	*out = (struct org_named){0};
	if (sql_next(st->sql, q, &rc, e)) {
		bool taken = org_take(a, q, out);

		sql_done(q);
		return taken ? OK : err_memory(e);
	}
	if (rc != OK || (rc = try_all(st, a, &x, out, e)) != OK || x.n == 1)
		return rc;
	if (x.n > 1)
		return err_set(e, ERR_USAGE, "\"%.100s\" is what %zu organisations are called: say which by its key: %s", called, x.n, x.may_be);
	if (x.near.away == 0 && x.beginning.id != 0 && !x.beginnings)
		return err_set(e, ERR_USAGE, "no organisation is called \"%.100s\" (did you mean %.100s?): tocsin list orgs", called, x.beginning.key);
	return err_set(e, ERR_USAGE, "no organisation is called \"%.100s\"%s: tocsin list orgs", called, near_says(&x.near));
}

enum errc org_of_domain(struct store *st, const char *domain, int64_t *id, struct err *e)
{
	return sql_int(st->sql, id, 0, e, "SELECT org_id FROM org_domain WHERE domain = lower(?)", "t", domain);
}

enum errc org_waves(struct store *st, struct arena *a, int64_t id, const char **out, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT coalesce(group_concat(wave, ', '), '') FROM (SELECT wave FROM wave_org WHERE org_id = ? ORDER BY wave)",
	    "i", id);
	enum errc rc;

	*out = "";
	if (sql_next(st->sql, q, &rc, e)) {
		*out = sql_text(a, q, 0);
		sql_done(q);
	}
	return *out != NULL ? rc : err_memory(e);
}
