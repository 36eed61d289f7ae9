/*
 * Whose case it is: what only auth_A opens, and the portal learns with a claim. It keeps the key to the
 * identity, not auth_A, so that a later version of the dossier can tell it which credentials are new. What that
 * key opens lies open in the state by then.
 */
#include "serve/private.h"

#include <openssl/crypto.h>

#include "base/clock.h"

static enum errc due_put(struct logic *l, const struct room *r, span what, span when, struct err *e)
{
	int64_t at;

	if (!time_parse(when, &at))
		return OK;
	return sql_run(l->db, e, "INSERT OR REPLACE INTO due (room, what, at) VALUES (?, ?, ?)", "tsi", r->id, what, at);
}

static enum errc exposures_put(struct logic *l, const struct room *r, const struct json_node *tree, struct err *e)
{
	const struct json_node *list = json_member(tree, "credentials"), *due = json_member(tree, "due");
	enum errc rc = OK;

	due = due != NULL ? due->child : NULL;
	for (const struct json_node *x = list != NULL ? list->child : NULL; x != NULL && rc == OK; x = x->next) {
		rc = sql_run(l->db, e, "INSERT OR IGNORE INTO exposure (room, id) VALUES (?, ?)", "ts", r->id, x->text);
		if (rc == OK)
			rc = due_put(l, r, x->text, json_text(due), e);
		due = due != NULL ? due->next : NULL;
	}
	if (rc == OK)
		rc = due_put(l, r, SPAN_LIT("logs"), json_text(json_member(tree, "logs_due")), e);
	return rc == OK ? due_put(l, r, SPAN_LIT("content"), json_text(json_member(tree, "content_due")), e) : rc;
}

/* *ok: it was sealed under this key, for this notice, and is an identity. */
static enum errc take(struct logic *l, struct arena *a, struct room *r, span notice, span sealed,
    const struct seal_key *key, bool *ok, struct err *e)
{
	char id[SEAL_NOTICE_ID + 1];
	const struct json_node *tree = NULL;
	struct case_id c;
	struct buf aad, plain;
	enum errc rc = OK;

	*ok = false;
	buf_init(&aad, 256);
	buf_init(&plain, 4u << 20);
	(void)snprintf(id, sizeof id, "%.*s", (int)notice.n, (const char *)notice.p);
	if (sealed.n > SEAL_OVERHEAD && hex_read(span_str(r->id), c.b, sizeof c.b)) {
		seal_aad_identity(&aad, &c, id, sealed.n - SEAL_OVERHEAD);
		if (seal_open(key, buf_span(&aad), sealed, &plain, NULL) == OK) {
			r->identity = arena_copy(a, span_trim(buf_span(&plain)));
			tree = r->identity.p != NULL ? room_identity(a, r) : NULL;
		}
	}
	buf_free(&aad);
	buf_wipe(&plain);
	if (tree == NULL)
		return OK;
	*ok = true;
	r->two_nominators = json_member(tree, "two_nominators") != NULL &&
	    json_member(tree, "two_nominators")->type == JSON_TRUE;
	if ((rc = sql_run(l->db, e, "UPDATE room SET identity = ?, two_nominators = ?, messages = CAST(? AS INTEGER)"
	    " WHERE id = ?", "sist", r->identity, (int64_t)r->two_nominators,
	         json_text(json_member(tree, "messages")), r->id)) != OK)
		return rc;
	return exposures_put(l, r, tree, e);
}

enum errc identity_open(struct logic *l, struct arena *a, struct room *r, span notice, span sealed, span auth,
    bool *ok, struct err *e)
{
	struct seal_key auth_a, key;
	struct case_id c;
	enum errc rc;

	*ok = false;
	if (!hex_read(span_str(r->id), c.b, sizeof c.b) || auth.n != sizeof auth_a.b)
		return OK;
	memcpy(auth_a.b, auth.p, sizeof auth_a.b);
	seal_identity_key(&auth_a, &c, &key);
	if ((rc = take(l, a, r, notice, sealed, &key, ok, e)) == OK && *ok)
		rc = sql_run(l->db, e, "UPDATE notice SET identity_key = ? WHERE id = ?", "bs",
		    span_of(key.b, sizeof key.b), notice);
	OPENSSL_cleanse(&auth_a, sizeof auth_a);
	OPENSSL_cleanse(&key, sizeof key);
	return rc;
}

enum errc identity_again(struct logic *l, struct arena *a, struct room *r, struct err *e)
{
	sqlite3_stmt *q = sql_query(l->db, e, "SELECT id, identity, identity_key FROM notice WHERE room = ? AND"
	    " identity_key IS NOT NULL LIMIT 1", "t", r->id);
	span notice = SPAN_EMPTY, sealed = SPAN_EMPTY;
	struct seal_key key = {{0}};
	bool ok = false;
	enum errc rc;

	if (sql_next(l->db, q, &rc, e)) {
		notice = arena_copy(a, sql_col(q, 0));
		sealed = arena_copy(a, sql_col(q, 1));
		if (sql_col(q, 2).n == sizeof key.b)
			memcpy(key.b, sql_col(q, 2).p, sizeof key.b);
		sql_done(q);
	}
	if (rc == OK && notice.n != 0)
		rc = take(l, a, r, notice, sealed, &key, &ok, e);
	OPENSSL_cleanse(&key, sizeof key);
	return rc;
}
