/*
 * Passkeys: registered, used, removed. What a browser signs is parsed and checked by the auth process; here is
 * what it means.
 */
#include "serve/private.h"

#include <openssl/crypto.h>
#include <sodium.h>

#include "base/cursor.h"

enum { CREDENTIAL_MAX = 1023, CLIENT_DATA_MAX = 4096, ATTESTATION_MAX = 32768, AUTH_DATA_MAX = 2048,
    SIGNATURE_MAX = 1024, PASSKEYS_OF_ACCOUNT = 10, PASSKEYS_A_DAY = 50, ASSERTIONS_A_MINUTE = 60 };

static enum errc ask_auth(struct call *c, enum wire_kind kind, struct cursor *answer, bool *good, struct err *e)
{
	struct logic *l = c->l;
	enum errc rc;

	if ((rc = buf_check(&l->ask, e)) != OK || (rc = logic_ask(l, l->fds->auth, kind, e)) != OK)
		return rc;
	*answer = cursor_of(buf_span(&l->answer));
	*good = cursor_u8(answer) == 1 && !answer->bad;
	return OK;
}

/* A challenge of 256 bits, bound to the session and to what it is for. */
static enum errc challenge_make(struct call *c, const char *what, bool renew, struct err *e)
{
	unsigned char *p = arena_alloc(c->a, 32);

	if (p == NULL)
		return err_memory(e);
	randombytes_buf(p, 32);
	c->s.challenge = span_of(p, 32);
	c->s.challenge_for = what;
	c->s.challenge_at = c->l->now;
	if (renew)
		return session_renew(c, e);
	return sql_run(c->l->db, e, "UPDATE session SET challenge = ?, challenge_for = ?, challenge_at = ?, account ="
	    " ?, name = ? WHERE hash = ?", "btittb",
	    c->s.challenge, what, c->l->now, c->s.account, c->s.name, span_of(c->s.hash, sizeof c->s.hash));
}

/* Used once, right or wrong. Empty: there is none for this. */
static enum errc challenge_take(struct call *c, const char *what, span *out, struct err *e)
{
	enum errc rc;

	*out = SPAN_EMPTY;
	if (!c->has_session || c->s.challenge.n == 0)
		return OK;
	if (strcmp(c->s.challenge_for, what) == 0 && c->l->now - c->s.challenge_at < CHALLENGE_SECONDS)
		*out = c->s.challenge;
	c->s.challenge = SPAN_EMPTY;
	c->s.challenge_for = "";
	if ((rc = sql_run(c->l->db, e, "UPDATE session SET challenge = NULL, challenge_for = '' WHERE hash = ?", "b",
	    span_of(c->s.hash, sizeof c->s.hash))) != OK)
		return rc;
	return call_keep(c->l, e);
}

static void passkey_event(struct logic *l, const char *room, const char *account, span credential, const char *action)
{
	struct json j = event_begin(l, "passkey", room);
	struct digest d;

	sha256_of(credential, &d);
	json_str(&j, "account", account);
	json_digest(&j, "credential_sha256", &d);
	json_str(&j, "action", action);
	event_end(l, &j);
}

/* ---- registration ---- */

static enum errc credentials_json(struct call *c, struct json *j, const char *key, struct err *e)
{
	sqlite3_stmt *q = sql_query(c->l->db, e, "SELECT id FROM passkey WHERE account = ?", "t", c->s.account);
	enum errc rc;

	json_open(j, key, '[');
	while (sql_next(c->l->db, q, &rc, e)) {
		json_open(j, NULL, '{');
		json_str(j, "type", "public-key");
		json_str(j, "id", b64_text(c->a, sql_col(q, 0)));
		json_close(j, '}');
	}
	json_close(j, ']');
	return rc;
}

void prf_salt(const struct room *r, struct digest *out)
{
	unsigned char bytes[64];
	int n = snprintf((char *)bytes, sizeof bytes, "tocsin prf v1 %s", r->id);

	sha256_of(span_of(bytes, (size_t)n), out);
}

static enum errc creation_options(struct call *c, struct err *e)
{
	static const char *const algorithms[] = {"-7", "-8", "-257"};
	struct json j = json_to(c->out);
	struct digest salt;
	enum errc rc;

	json_open(&j, NULL, '{');
	json_open(&j, "publicKey", '{');
	json_str(&j, "challenge", b64_text(c->a, c->s.challenge));
	json_open(&j, "rp", '{');
	json_str(&j, "id", c->l->c->host);
	json_str(&j, "name", c->l->c->name);
	json_close(&j, '}');
	json_open(&j, "user", '{');
	json_str(&j, "id", b64_text(c->a, span_str(c->s.account)));
	json_str(&j, "name", c->s.name);
	json_str(&j, "displayName", c->s.name);
	json_close(&j, '}');
	json_open(&j, "pubKeyCredParams", '[');
	for (size_t i = 0; i < sizeof algorithms / sizeof algorithms[0]; i++) {
		json_open(&j, NULL, '{');
		json_str(&j, "type", "public-key");
		json_i64(&j, "alg", strtol(algorithms[i], NULL, 10));
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_str(&j, "attestation", "none");
	json_open(&j, "authenticatorSelection", '{');
	json_str(&j, "residentKey", "required");
	json_bool(&j, "requireResidentKey", true);
	json_str(&j, "userVerification", "required");
	json_close(&j, '}');
	if ((rc = credentials_json(c, &j, "excludeCredentials", e)) != OK)
		return rc;
	json_u64(&j, "timeout", CHALLENGE_SECONDS * 1000);
	json_close(&j, '}');
	prf_salt(&c->room, &salt);
	json_str(&j, "prf_salt", b64_text(c->a, digest_span(&salt)));
	json_close(&j, '}');
	return OK;
}

enum errc route_passkey_options(struct call *c, struct err *e)
{
	static const char *const names[] = {"name", NULL};
	char *id;
	enum errc rc;

	if (!body_only(c, names))
		return OK;
	if (c->s.kind == SESSION_ACCOUNT) {
		c->s.name = c->me.name;
	} else {
		if (json_member(c->body, "name") != NULL && !body_text(c, "name", TEXT_NAME, false, &c->s.name))
			return OK;
		if (c->s.name[0] == '\0')
			return refuse(c, BAD_REQUEST);
		if (c->s.account[0] == '\0') {
			if ((id = arena_alloc(c->a, ID_TEXT + 1)) == NULL)
				return err_memory(e);
			id_new(id);
			c->s.account = id;
		}
	}
	if ((rc = challenge_make(c, "register", false, e)) != OK)
		return rc;
	return creation_options(c, e);
}

static enum errc registered(struct call *c, span id, int64_t alg, span key, int64_t counter, struct err *e)
{
	bool ok = true, known = c->s.kind == SESSION_ACCOUNT;
	int64_t n;
	enum errc rc;

	if ((rc = sql_int(c->l->db, &n, 0, e, "SELECT count(*) FROM passkey WHERE id = ?", "b", id)) != OK)
		return rc;
	if (n != 0)
		return refuse(c, REFUSED);
	if (known) {
		if ((rc = sql_int(c->l->db, &n, 0, e, "SELECT count(*) FROM passkey WHERE account = ?", "t",
		    c->s.account)) != OK)
			return rc;
		if (n >= PASSKEYS_OF_ACCOUNT)
			return refuse(c, LIMIT);
		/* Each is a mail to all who are named: nobody adds and removes them all day. */
		if ((rc = call_limit(c, "passkey", c->s.account, DAY, PASSKEYS_A_DAY, e)) != OK || c->refusal != FINE)
			return rc;
	} else if ((rc = c->s.kind == SESSION_CLAIM ? claimant_made(c, &ok, e) : invited_made(c, &ok, e)) != OK || !ok) {
		return rc != OK ? rc : refuse(c, REFUSED);
	}
	if ((rc = sql_run(c->l->db, e, "INSERT INTO passkey (id, room, account, alg, key, counter, added, used)"
	    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)", "bttibiii", id,
	         c->room.id, c->s.account, alg, key, counter, c->l->now, c->l->now)) != OK)
		return rc;
	passkey_event(c->l, c->room.id, c->s.account, id, "added");
	if (known && (rc = alert(c->l, c->a, &c->room, "passkey_added", (const struct alert_value[]){{"person", c->me.name}, {NULL, NULL}}, e)) != OK)
		return rc;
	c->s.kind = SESSION_ACCOUNT;
	c->s.passkey = id;
	c->s.fresh = c->l->now;
	if ((rc = session_renew(c, e)) != OK)
		return rc;
	return session_json(c, e);
}

enum errc route_passkey(struct call *c, struct err *e)
{
	static const char *const names[] = {"id", "clientDataJSON", "attestationObject", NULL};
	span id, client, attestation, challenge, got, key;
	struct cursor answer;
	int64_t alg;
	uint32_t counter;
	bool good;
	enum errc rc;

	if (!body_only(c, names) || !body_b64(c, "id", 1, CREDENTIAL_MAX, false, &id) ||
	    !body_b64(c, "clientDataJSON", 1, CLIENT_DATA_MAX, false, &client) ||
	    !body_b64(c, "attestationObject", 1, ATTESTATION_MAX, false, &attestation))
		return OK;
	if ((rc = challenge_take(c, "register", &challenge, e)) != OK)
		return rc;
	if (challenge.n == 0)
		return refuse(c, REFUSED);
	buf_clear(&c->l->ask);
	buf_bytes(&c->l->ask, challenge);
	buf_bytes(&c->l->ask, client);
	buf_bytes(&c->l->ask, attestation);
	if ((rc = ask_auth(c, WIRE_REGISTER, &answer, &good, e)) != OK)
		return rc;
	got = cursor_bytes(&answer);
	alg = (int64_t)cursor_u64(&answer);
	key = cursor_bytes(&answer);
	counter = cursor_u32(&answer);
	if (!good || answer.bad || !span_eq(got, id))
		return refuse(c, REFUSED);
	/* The answer's buffer is used again by the log. */
	if ((key = arena_copy(c->a, key)).p == NULL)
		return err_memory(e);
	return registered(c, id, alg, key, counter, e);
}

/* ---- assertion ---- */

struct assertion { span id, client, auth_data, signature, user; };

/* Whoever has no session may try, too, and each that is wrong is logged for good. */
static enum errc assertion_read(struct call *c, struct assertion *a, struct err *e)
{
	static const char *const names[] = {"id", "clientDataJSON", "authenticatorData", "signature", "userHandle", NULL};

	if (!body_only(c, names) || !body_b64(c, "id", 1, CREDENTIAL_MAX, false, &a->id) ||
	    !body_b64(c, "clientDataJSON", 1, CLIENT_DATA_MAX, false, &a->client) ||
	    !body_b64(c, "authenticatorData", 1, AUTH_DATA_MAX, false, &a->auth_data) ||
	    !body_b64(c, "signature", 1, SIGNATURE_MAX, false, &a->signature) || !body_b64(c, "userHandle", 0, 64, true, &a->user))
		return OK;
	return call_limit(c, "assertion", client_network(c->a, c->q->client), MINUTE, ASSERTIONS_A_MINUTE, e);
}

struct passkey_row { const char *room, *account; int64_t alg, counter; span key; bool found; };

static enum errc passkey_load(struct call *c, span id, struct passkey_row *p, struct err *e)
{
	/* On the curve, and nobody's: what an unknown credential is checked against, so that it takes the same time. */
	static const unsigned char nobody[64] = {
	    0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63, 0xa4, 0x40, 0xf2, 0x77,
	    0x03, 0x7d, 0x81, 0x2d, 0xeb,
	    0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96, 0x4f, 0xe3, 0x42, 0xe2, 0xfe, 0x1a, 0x7f,
	    0x9b, 0x8e, 0xe7, 0xeb, 0x4a,
	    0x7c, 0x0f, 0x9e, 0x16, 0x2b, 0xce, 0x33, 0x57, 0x6b, 0x31, 0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37,
	    0xbf, 0x51, 0xf5};
	sqlite3_stmt *q = sql_query(c->l->db, e, "SELECT room, account, alg, counter, key FROM passkey WHERE id = ?",
	    "b", id);
	enum errc rc;

	*p = (struct passkey_row){.room = "", .account = "", .alg = -7, .key = span_of(nobody, sizeof nobody)};
	if (!(p->found = sql_next(c->l->db, q, &rc, e)))
		return rc;
	p->room = sql_text(c->a, q, 0);
	p->account = sql_text(c->a, q, 1);
	p->alg = sql_col_int(q, 2);
	p->counter = sql_col_int(q, 3);
	p->key = arena_copy(c->a, sql_col(q, 4));
	sql_done(q);
	return p->room == NULL || p->account == NULL || p->key.p == NULL ? err_memory(e) : OK;
}

static void sign_in_event(struct call *c, const struct passkey_row *p, const char *result)
{
	struct json j = event_begin(c->l, "sign_in", p->found ? p->room : NULL);

	json_str(&j, "account", p->account);
	json_str(&j, "network", client_network(c->a, c->q->client));
	json_str(&j, "result", result);
	event_end(c->l, &j);
}

static enum errc sign_in_refused(struct call *c, const struct passkey_row *p, struct err *e)
{
	bool logged;
	enum errc rc = refusal_logged(c->l, &logged, e);

	if (rc != OK)
		return rc;
	if (logged)
		sign_in_event(c, p, "refused");
	(void)refuse(c, REFUSED);
	return call_keep(c->l, e);
}

static enum errc assertion_check(struct call *c, const struct assertion *a, const char *what,
    const struct passkey_row *p, bool *good, uint32_t *counter,
    struct err *e)
{
	struct cursor answer;
	char key[16 + DIGEST_HEX], hex[DIGEST_HEX];
	struct digest d;
	span challenge;
	int64_t wrong;
	bool over = false;
	enum errc rc;

	if ((rc = challenge_take(c, what, &challenge, e)) != OK)
		return rc;
	sha256_of(a->id, &d);
	(void)snprintf(key, sizeof key, "assert %s", digest_hex(&d, hex));
	if ((rc = sql_int(c->l->db, &wrong, 0, e, "SELECT n FROM tally WHERE key = ? AND slot = ? AND seconds = ?",
	    "tii", key, c->l->now / HOUR, (int64_t)HOUR)) != OK)
		return rc;
	buf_clear(&c->l->ask);
	buf_bytes(&c->l->ask, challenge);
	buf_bytes(&c->l->ask, a->client);
	buf_bytes(&c->l->ask, a->auth_data);
	buf_bytes(&c->l->ask, a->signature);
	buf_u64(&c->l->ask, (uint64_t)p->alg);
	buf_bytes(&c->l->ask, p->key);
	if ((rc = ask_auth(c, WIRE_ASSERT, &answer, good, e)) != OK)
		return rc;
	*counter = cursor_u32(&answer);
	*good = *good && !answer.bad && challenge.n != 0 && p->found && wrong < 10 &&
	    (a->user.n == 0 || span_eq(a->user, span_str(p->account)));
	return *good ? OK : limit_count(c->l, key, HOUR, 10, &over, NULL, e);
}

/* A counter that goes backwards may be a copied key, or a synced one: told, not refused. */
static enum errc passkey_used(struct call *c, span id, const struct passkey_row *p, uint32_t counter, struct err *e)
{
	enum errc rc;

	if (counter <= p->counter && p->counter != 0 && counter != 0) {
		sign_in_event(c, p, "counter");
		if ((rc = alert(c->l, c->a, &c->room, "passkey_copied", NULL, e)) != OK)
			return rc;
	}
	return sql_run(c->l->db, e, "UPDATE passkey SET used = ?, counter = ? WHERE id = ?", "iib", c->l->now,
	    (int64_t)counter, id);
}

static enum errc request_options(struct call *c, bool own, struct err *e)
{
	struct json j = json_to(c->out);
	struct digest salt;
	enum errc rc = OK;

	json_open(&j, NULL, '{');
	json_open(&j, "publicKey", '{');
	json_str(&j, "challenge", b64_text(c->a, c->s.challenge));
	json_str(&j, "rpId", c->l->c->host);
	json_str(&j, "userVerification", "required");
	if (own) {
		rc = credentials_json(c, &j, "allowCredentials", e);
	} else {
		json_open(&j, "allowCredentials", '[');
		json_close(&j, ']');
	}
	json_u64(&j, "timeout", CHALLENGE_SECONDS * 1000);
	json_close(&j, '}');
	if (own) {
		prf_salt(&c->room, &salt);
		json_str(&j, "prf_salt", b64_text(c->a, digest_span(&salt)));
	}
	json_close(&j, '}');
	return rc;
}

enum errc route_sign_in_options(struct call *c, struct err *e)
{
	static const char *const names[] = {NULL};
	unsigned char hash[sizeof c->s.hash];
	enum errc rc;

	if (!body_only(c, names))
		return OK;
	if ((rc = call_limit(c, "sign-in", client_network(c->a, c->q->client), MINUTE, ASSERTIONS_A_MINUTE, e)) != OK || c->refusal != FINE)
		return rc;
	/* Signing in begins anew: whatever session there was, which its hash names, ends with it. */
	if (c->has_session)
		streams_end(c->l, c->s.hash);
	memcpy(hash, c->s.hash, sizeof hash);
	c->s = (struct session){.room = "", .subject = "", .account = "", .name = "", .made = c->l->now};
	memcpy(c->s.hash, hash, sizeof hash);
	if ((rc = challenge_make(c, "sign-in", true, e)) != OK)
		return rc;
	return request_options(c, false, e);
}

enum errc route_sign_in(struct call *c, struct err *e)
{
	struct passkey_row p;
	struct assertion a;
	uint32_t counter;
	bool good, found = false;
	enum errc rc;

	if ((rc = assertion_read(c, &a, e)) != OK || c->refusal != FINE)
		return rc;
	if ((rc = passkey_load(c, a.id, &p, e)) != OK ||
	    (rc = assertion_check(c, &a, "sign-in", &p, &good, &counter, e)) != OK)
		return rc;
	if (good && (rc = account_load(c->l, c->a, p.room, span_str(p.account), &c->me, &found, e)) != OK)
		return rc;
	if (good && found && (rc = room_load(c->l, c->a, p.room, &c->room, &found, e)) != OK)
		return rc;
	if (!good || !found || strcmp(c->me.status, "removed") == 0 || (c->route->states & 1u << c->room.state) == 0)
		return sign_in_refused(c, &p, e);
	if ((rc = passkey_used(c, a.id, &p, counter, e)) != OK)
		return rc;
	sign_in_event(c, &p, "ok");
	c->s.kind = SESSION_ACCOUNT;
	c->s.room = p.room;
	c->s.account = p.account;
	c->s.passkey = a.id;
	c->s.made = c->s.fresh = c->l->now;
	if ((rc = session_renew(c, e)) != OK)
		return rc;
	return session_json(c, e);
}

enum errc route_assert_options(struct call *c, struct err *e)
{
	static const char *const names[] = {NULL};
	enum errc rc;

	if (!body_only(c, names))
		return OK;
	if ((rc = challenge_make(c, "assert", false, e)) != OK)
		return rc;
	return request_options(c, true, e);
}

enum errc route_assert(struct call *c, struct err *e)
{
	struct passkey_row p;
	struct assertion a;
	struct json j;
	uint32_t counter;
	bool good;
	enum errc rc;

	if ((rc = assertion_read(c, &a, e)) != OK || c->refusal != FINE)
		return rc;
	if ((rc = passkey_load(c, a.id, &p, e)) != OK ||
	    (rc = assertion_check(c, &a, "assert", &p, &good, &counter, e)) != OK)
		return rc;
	if (!good || strcmp(p.account, c->s.account) != 0)
		return sign_in_refused(c, &p, e);
	if ((rc = passkey_used(c, a.id, &p, counter, e)) != OK)
		return rc;
	c->s.fresh = c->l->now;
	c->s.passkey = a.id;
	if ((rc = session_renew(c, e)) != OK)
		return rc;
	j = json_to(c->out);
	json_open(&j, NULL, '{');
	json_time(&j, "fresh_until", c->s.fresh + SESSION_FRESH);
	json_close(&j, '}');
	return OK;
}

/* ---- listed and removed ---- */

enum errc route_passkeys(struct call *c, struct err *e)
{
	sqlite3_stmt *q = sql_query(c->l->db, e, "SELECT id, added, used FROM passkey WHERE account = ? ORDER BY"
	    " added, id", "t", c->s.account);
	struct json j = json_to(c->out);
	enum errc rc;

	json_open(&j, NULL, '{');
	json_open(&j, "passkeys", '[');
	while (sql_next(c->l->db, q, &rc, e)) {
		json_open(&j, NULL, '{');
		json_str(&j, "credential", b64_text(c->a, sql_col(q, 0)));
		json_time(&j, "added", sql_col_int(q, 1));
		json_time(&j, "used", sql_col_int(q, 2));
		json_bool(&j, "this", span_eq(sql_col(q, 0), c->s.passkey));
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_close(&j, '}');
	return rc;
}

enum errc route_passkey_remove(struct call *c, struct err *e)
{
	static const char *const names[] = {"credential", NULL};
	int64_t mine, all;
	span id;
	enum errc rc;

	if (!body_only(c, names) || !body_b64(c, "credential", 1, CREDENTIAL_MAX, false, &id))
		return OK;
	if ((rc = sql_int(c->l->db, &mine, 0, e, "SELECT count(*) FROM passkey WHERE id = ? AND account = ?", "bt",
	    id, c->s.account)) != OK ||
	    (rc = sql_int(c->l->db, &all, 0, e, "SELECT count(*) FROM passkey WHERE account = ?", "t", c->s.account)) != OK)
		return rc;
	if (mine == 0)
		return not_ours(c, "credential", "SELECT count(*) FROM passkey WHERE id = ?", id, e);
	if (all == 1)
		return refuse(c, WRONG_STATE);
	if ((rc = sql_run(c->l->db, e, "DELETE FROM passkey WHERE id = ?", "b", id)) != OK ||
	    (rc = sql_run(c->l->db, e, "DELETE FROM session WHERE account = ? AND passkey = ?", "tb", c->s.account,
	    id)) != OK ||
	    (rc = sql_run(c->l->db, e, "DELETE FROM wrap WHERE account = ? AND credential = ?", "tt", c->s.account,
	    b64_text(c->a, id))) != OK)
		return rc;
	passkey_event(c->l, c->room.id, c->s.account, id, "removed");
	return alert(c->l, c->a, &c->room, "passkey_removed", (const struct alert_value[]){{"person", c->me.name}, {NULL, NULL}}, e);
}
