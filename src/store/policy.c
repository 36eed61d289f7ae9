/* Which verdicts are in scope: one SQL function, so that every stage asks the same question. */
#include <stdio.h>

#include "base/json.h"
#include "base/limits.h"
#include "case/names.h"
#include "store/db.h"

#define ALL_IN_SCOPE (1u << VERDICT_UNKNOWN | 1u << VERDICT_ACCESSED | 1u << VERDICT_PRESUMED)

static void in_scope(sqlite3_context *ctx, int n, sqlite3_value **v)
{
	const struct store *st = sqlite3_user_data(ctx);
	sqlite3_int64 verdict = sqlite3_value_int64(v[0]);

	(void)n;
	/* What is no verdict, in a damaged case, is not to be left out. */
	sqlite3_result_int(ctx, verdict < 0 || verdict > VERDICT_NOT_ACCESSED || (st->scope >> verdict & 1) != 0);
}

enum errc scope_policy_install(struct store *st, struct err *e)
{
	st->scope = ALL_IN_SCOPE;
	if (sqlite3_create_function_v2(st->sql->db, "in_scope", 1, SQLITE_UTF8 | SQLITE_INNOCUOUS, st, in_scope, NULL, NULL, NULL) != SQLITE_OK)
		return sql_failed(st->sql, e, "in_scope");
	return OK;
}

void scope_policy_set(struct store *st, unsigned verdicts) { st->scope = verdicts & ALL_IN_SCOPE; }

/* "accessed,presumed,unknown" */
static void words(unsigned verdicts, char out[64])
{
	static const enum verdict order[] = {VERDICT_ACCESSED, VERDICT_PRESUMED, VERDICT_UNKNOWN};
	struct buf b;

	buf_init(&b, 64);
	for (size_t i = 0; i < sizeof order / sizeof *order; i++)
		if ((verdicts >> order[i] & 1) != 0) {
			buf_str(&b, b.n != 0 ? "," : "");
			buf_str(&b, verdict_name((int)order[i]));
		}
	(void)snprintf(out, 64, "%s", buf_cstr(&b));
	buf_free(&b);
}

static unsigned bits(const char *text)
{
	return (strstr(text, "accessed") != NULL ? 1u << VERDICT_ACCESSED : 0) | (strstr(text, "presumed") != NULL ? 1u << VERDICT_PRESUMED : 0) |
	       (strstr(text, "unknown") != NULL ? 1u << VERDICT_UNKNOWN : 0);
}

enum errc scope_policy_note(struct store *st, struct err *e)
{
	struct arena *a = NULL;
	const char *kept;
	char before[64], after[64];
	int64_t entered, left;
	unsigned was;
	struct ledger_note note;
	enum errc rc;

	if ((rc = arena_new(&a, 64 * KIB, e)) != OK || (rc = store_setting(st, a, "scope_policy", &kept, e)) != OK)
		goto out;
	was = kept != NULL ? bits(kept) : ALL_IN_SCOPE;
	if (was == st->scope)
		goto out;
	words(was, before);
	words(st->scope, after);
	if ((rc = sql_int(st->sql, &entered, 0, e, "SELECT count(*) FROM message WHERE in_scope(verdict) AND NOT ?1 >> verdict & 1", "i",
		 (int64_t)was)) != OK ||
	    (rc = sql_int(st->sql, &left, 0, e, "SELECT count(*) FROM message WHERE NOT in_scope(verdict) AND ?1 >> verdict & 1", "i",
		 (int64_t)was)) != OK)
		goto out;
	if ((rc = store_set(st, "scope_policy", after, e)) != OK)
		goto out;
	ledger_begin(&note);
	json_str(&note.j, "before", before);
	json_str(&note.j, "after", after);
	json_i64(&note.j, "entered_scope", entered);
	json_i64(&note.j, "left_scope", left);
	rc = ledger_end(&note, st, "scope policy", e);
out:
	arena_free(a);
	return rc;
}

/* ---- whose the mail is, by case.yaml ------------------------------------------------------------------------- */

void parties_set(struct store *st, const struct digest *now) { (void)digest_hex(now, st->parties); }

enum errc parties_attributed(struct store *st, struct err *e)
{
	return st->parties[0] != '\0' ? store_set(st, ATTRIBUTED_BY_KEY, st->parties, e) : OK;
}

enum errc parties_changed(struct store *st, bool *changed, struct err *e)
{
	int64_t n;
	enum errc rc = sql_int(st->sql, &n, 0, e, "SELECT EXISTS (SELECT 1 FROM setting WHERE key = '" ATTRIBUTED_BY_KEY "' AND value <> ?1 AND ?1 <> '')"
	    " AND EXISTS (SELECT 1 FROM attributed)", "t", st->parties);

	*changed = rc == OK && n != 0;
	return rc;
}
