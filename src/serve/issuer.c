/*
 * Proof by an account with the organisation's own issuer of identities: the claimant is sent there and comes back with a code,
 * which fetch exchanges for an ID token and auth checks. It makes no session and no account: it says that whoever claims is
 * somebody of the organisation, which never opens a case alone (stands.c).
 */
#include "serve/private.h"

#include <openssl/crypto.h>
#include <sodium.h>

#include "base/utf8.h"

enum { SIGN_ON_SECONDS = 10 * MINUTE, STARTS_A_MINUTE = 6, STARTS_A_DAY = 50, SECRET = 32, CODE_MAX = 4096, REASON_MAX = 200 };

struct sign_on {
	const char *claim, *room, *domain, *state;
	span tag, secret;
	size_t issuer;                     /* n_issuers: it is configured no more */
	const char *iss, *tenant, *authorization, *token, *jwks;
	int64_t asked;
	bool found;
};

#define COLUMNS "claim, room, domain, state, tag, secret, issuer, iss, tenant, authorization, token, jwks, coalesce(asked, 0)"

static size_t issuer_index(const struct logic *l, span name)
{
	size_t i = 0;

	while (i < l->c->n_issuers && !span_eq(span_str(l->c->issuers[i].issuer), name))
		i++;
	return i;
}

/* The one row of that query. */
static enum errc sign_on_read(struct logic *l, sqlite3_stmt *q, struct sign_on *s, struct err *e)
{
	enum errc rc;

	*s = (struct sign_on){0};
	if (!sql_next(l->db, q, &rc, e))
		return rc;
	s->found = true;
	s->claim = sql_text(l->a, q, 0);
	s->room = sql_text(l->a, q, 1);
	s->domain = sql_text(l->a, q, 2);
	s->state = sql_text(l->a, q, 3);
	s->tag = arena_copy(l->a, sql_col(q, 4));
	s->secret = arena_copy(l->a, sql_col(q, 5));
	s->issuer = issuer_index(l, sql_col(q, 6));
	s->iss = sql_text(l->a, q, 7);
	s->tenant = sql_text(l->a, q, 8);
	s->authorization = sql_text(l->a, q, 9);
	s->token = sql_text(l->a, q, 10);
	s->jwks = sql_text(l->a, q, 11);
	s->asked = sql_col_int(q, 12);
	sql_done(q);
	return s->claim == NULL || s->room == NULL || s->domain == NULL || s->state == NULL || s->tag.p == NULL ||
	    s->secret.p == NULL || s->iss == NULL || s->tenant == NULL || s->authorization == NULL || s->token == NULL ||
	    s->jwks == NULL ? err_memory(e) : OK;
}

static enum errc of_claimant(struct call *c, struct sign_on *s, struct err *e)
{
	return sign_on_read(c->l, sql_query(c->l->db, e, "SELECT " COLUMNS " FROM sign_on WHERE room = ?1 AND made > ?3 AND claim ="
	    " (SELECT id FROM claim WHERE room = ?1 AND account = ?2)", "tti", c->room.id, c->me.id, c->l->now - SIGN_ON_SECONDS),
	    s, e);
}

static enum errc of_tag(struct logic *l, span tag, const char *state, struct sign_on *s, struct err *e)
{
	return sign_on_read(l, sql_query(l->db, e, "SELECT " COLUMNS " FROM sign_on WHERE tag = ? AND state = ?", "bt", tag, state),
	    s, e);
}

/* state, nonce and verifier: 256 bits each, of the one secret; none says anything of the others. NULL when out of memory. */
static const char *word_of(struct arena *a, const char *what, span secret)
{
	struct digest d;

	hmac_sha256(secret, span_str(what), &d);
	return b64_text(a, digest_span(&d));
}

/* ---- on the way there ----------------------------------------------------------------------------------------------- */

static void query(struct buf *b, const char *key, const char *value)
{
	buf_printf(b, "&%s=", key);
	buf_percent(b, span_str(value));
}

/* Where the claimant's browser goes (Core 3.1.2.1, RFC 7636): asked to sign in anew, since a session may be a thief's. */
static enum errc address(struct call *c, const struct sign_on *s, const char **out, struct err *e)
{
	const char *verifier = word_of(c->a, "verifier", s->secret), *state = word_of(c->a, "state", s->secret);
	const char *nonce = word_of(c->a, "nonce", s->secret), *challenge;
	const char *back = arena_printf(c->a, "%s" OIDC_RETURN, c->l->c->origin);
	struct digest d;
	struct buf b;
	enum errc rc = OK;

	if (verifier == NULL || state == NULL || nonce == NULL || back == NULL)
		return err_memory(e);
	sha256_of(span_str(verifier), &d);
	if ((challenge = b64_text(c->a, digest_span(&d))) == NULL)
		return err_memory(e);
	buf_init(&b, 16 * KIB);
	buf_printf(&b, "%s%cresponse_type=code", s->authorization, strchr(s->authorization, '?') != NULL ? '&' : '?');
	query(&b, "client_id", c->l->c->issuers[s->issuer].client_id);
	query(&b, "redirect_uri", back);
	query(&b, "scope", "openid profile");
	query(&b, "state", state);
	query(&b, "nonce", nonce);
	query(&b, "code_challenge", challenge);
	query(&b, "code_challenge_method", "S256");
	query(&b, "prompt", "login");
	if ((rc = buf_check(&b, e)) == OK && (*out = arena_cstr(c->a, buf_span(&b))) == NULL)
		rc = err_memory(e);
	buf_free(&b);
	return rc;
}

static enum errc answer(struct call *c, const char *state, const char *url)
{
	struct json j = json_to(c->out);

	if (strcmp(state, "working") == 0)
		c->answer.status = 202;
	json_open(&j, NULL, '{');
	json_str(&j, "state", state);
	if (url != NULL)
		json_str(&j, "url", url);
	json_close(&j, '}');
	return OK;
}

static enum errc begin(struct call *c, size_t issuer, const char *domain, struct err *e)
{
	struct logic *l = c->l;
	unsigned char tag[ID_BYTES], secret[SECRET];
	enum errc rc;

	if ((rc = call_limit(c, "oidc", c->room.id, MINUTE, STARTS_A_MINUTE, e)) != OK || c->refusal != FINE ||
	    (rc = call_limit(c, "oidc", c->room.id, DAY, STARTS_A_DAY, e)) != OK || c->refusal != FINE)
		return rc;
	randombytes_buf(tag, sizeof tag);
	randombytes_buf(secret, sizeof secret);
	if ((rc = sql_run(l->db, e, "INSERT OR REPLACE INTO sign_on (claim, room, tag, issuer, domain, state, made, secret)"
	    " SELECT id, room, ?1, ?2, ?3, 'asked', ?4, ?5 FROM claim WHERE room = ?6 AND account = ?7", "bttibtt",
	    span_of(tag, sizeof tag), l->c->issuers[issuer].issuer, domain, l->now, span_of(secret, sizeof secret), c->room.id,
	    c->me.id)) != OK)
		return rc;
	buf_clear(&l->ask);
	buf_bytes(&l->ask, span_of(tag, sizeof tag));
	buf_u32(&l->ask, (uint32_t)issuer);
	buf_bytes(&l->ask, span_str(domain));
	if ((rc = buf_check(&l->ask, e)) != OK)
		return rc;
	return logic_send(l, WIRE_ISSUER, e);
}

/* Asked again until there is an address to go to: the issuer has to be asked for it first. */
enum errc route_oidc_start(struct call *c, struct err *e)
{
	static const char *const names[] = {"issuer", "domain", NULL};
	const char *issuer, *domain, *url = NULL;
	struct sign_on s;
	size_t i;
	enum errc rc;

	if (!body_only(c, names) || !body_text(c, "issuer", 1000, false, &issuer) || !body_text(c, "domain", 253, false, &domain))
		return OK;
	if ((i = issuer_index(c->l, span_str(issuer))) == c->l->c->n_issuers || !domain_is_ours(c, domain))
		return refuse(c, NOT_FOUND);
	if ((rc = of_claimant(c, &s, e)) != OK)
		return rc;
	if (s.found && s.issuer == i && strcmp(s.domain, domain) == 0) {
		if (strcmp(s.state, "asked") == 0)
			return answer(c, "working", NULL);
		if (strcmp(s.state, "failed") == 0) {
			if ((rc = sql_run(c->l->db, e, "DELETE FROM sign_on WHERE claim = ?", "t", s.claim)) != OK)
				return rc;
			return answer(c, "failed", NULL);
		}
		if (strcmp(s.state, "ready") == 0) {
			if ((rc = address(c, &s, &url, e)) != OK || (rc = sql_run(c->l->db, e, "UPDATE sign_on SET asked = ? WHERE"
			    " claim = ?", "it", c->l->now, s.claim)) != OK)
				return rc;
			return answer(c, "ready", url);
		}
	}
	if ((rc = begin(c, i, domain, e)) != OK || c->refusal != FINE)
		return rc;
	return answer(c, "working", NULL);
}

enum errc issuer_metadata(struct logic *l, span found, struct err *e)
{
	struct cursor c = cursor_of(found);
	span tag = cursor_bytes(&c);
	bool there = cursor_u8(&c) == 1;
	struct oidc_said m = {0};
	struct sign_on s;
	enum errc rc;

	if (there) {
		m.issuer = cursor_bytes(&c);
		m.tenant = cursor_bytes(&c);
		m.authorization = cursor_bytes(&c);
		m.token = cursor_bytes(&c);
		m.jwks = cursor_bytes(&c);
	}
	if ((rc = of_tag(l, tag, "asked", &s, e)) != OK || !s.found)
		return rc;
	/* fetch has met the network: what it says goes to a browser only when it is of this issuer. */
	there = there && cursor_done(&c) && s.issuer < l->c->n_issuers && oidc_metadata_ok(&l->c->issuers[s.issuer], &m);
	if (!there)
		m = (struct oidc_said){0};
	return sql_run(l->db, e, "UPDATE sign_on SET state = ?, iss = ?, tenant = ?, authorization = ?, token = ?, jwks = ? WHERE"
	    " claim = ?", "tssssst", there ? "ready" : "failed", m.issuer, m.tenant, m.authorization, m.token, m.jwks, s.claim);
}

/* ---- and back --------------------------------------------------------------------------------------------------------- */

/* What came back is ours to use: the state of this claimant's sign-on, and where the issuer names itself (RFC 9207), that one. */
static bool came_from(struct call *c, const struct sign_on *s, const char *state, const char *iss)
{
	const char *want = s->found && strcmp(s->state, "ready") == 0 ? word_of(c->a, "state", s->secret) : NULL;

	return want != NULL && s->issuer < c->l->c->n_issuers && strlen(want) == strlen(state) &&
	    CRYPTO_memcmp(want, state, strlen(want)) == 0 && (iss == NULL || strcmp(iss, s->iss) == 0);
}

enum errc route_oidc_finish(struct call *c, struct err *e)
{
	static const char *const names[] = {"state", "code", "iss", NULL};
	const struct json_node *said = json_member(c->body, "iss");
	const char *state, *code, *iss = NULL, *verifier;
	struct logic *l = c->l;
	struct sign_on s;
	enum errc rc;

	if (!body_only(c, names) || !body_text(c, "state", 64, false, &state) || !body_text(c, "code", CODE_MAX, false, &code) ||
	    (said != NULL && said->type != JSON_NULL && !body_text(c, "iss", 1000, false, &iss)))
		return OK;
	if ((rc = of_claimant(c, &s, e)) != OK)
		return rc;
	if (!came_from(c, &s, state, iss))
		return refuse(c, REFUSED);
	/* Once: whatever comes of it, this sign-on cannot be ended again. Without a code it is over, and the next one begins anew. */
	if ((rc = code[0] != '\0' ? sql_run(l->db, e, "UPDATE sign_on SET state = 'ending' WHERE claim = ?", "t", s.claim)
	                          : sql_run(l->db, e, "DELETE FROM sign_on WHERE claim = ?", "t", s.claim)) != OK || (rc = sql_run(l->db, e, "INSERT INTO proof (room, claim, method, target, state, made) VALUES (?, ?,"
	    " 'oidc', ?, ?, ?) ON CONFLICT DO UPDATE SET state = excluded.state WHERE state <> 'proven'", "ttsti", s.room, s.claim,
	    span_str(s.domain), code[0] != '\0' ? "working" : "failed", l->now)) != OK)
		return rc;
	if (code[0] == '\0')
		return answer(c, "failed", NULL);
	if ((verifier = word_of(c->a, "verifier", s.secret)) == NULL)
		return err_memory(e);
	buf_clear(&l->ask);
	buf_bytes(&l->ask, s.tag);
	buf_u32(&l->ask, (uint32_t)s.issuer);
	buf_bytes(&l->ask, span_str(s.token));
	buf_bytes(&l->ask, span_str(s.jwks));
	buf_bytes(&l->ask, span_str(code));
	buf_bytes(&l->ask, span_str(verifier));
	if ((rc = buf_check(&l->ask, e)) != OK || (rc = logic_send(l, WIRE_TOKEN, e)) != OK)
		return rc;
	return answer(c, "working", NULL);
}

static enum errc verify(struct logic *l, const struct sign_on *s, span jwks, span token, bool *good, span *said, struct err *e)
{
	const struct oidc_issuer *i = &l->c->issuers[s->issuer];
	const char *nonce = word_of(l->a, "nonce", s->secret);
	struct cursor c;
	enum errc rc;

	if (nonce == NULL)
		return err_memory(e);
	buf_clear(&l->ask);
	buf_bytes(&l->ask, jwks);
	buf_bytes(&l->ask, token);
	buf_bytes(&l->ask, span_str(s->iss));
	buf_bytes(&l->ask, span_str(i->client_id));
	buf_bytes(&l->ask, span_str(nonce));
	buf_bytes(&l->ask, span_str(i->domain_claim));
	buf_bytes(&l->ask, span_str(s->domain));
	buf_bytes(&l->ask, span_str(s->tenant));
	buf_u64(&l->ask, (uint64_t)l->now);
	buf_u64(&l->ask, (uint64_t)s->asked);
	if ((rc = buf_check(&l->ask, e)) != OK || (rc = logic_ask(l, l->fds->auth, WIRE_ID_TOKEN, e)) != OK)
		return rc;
	c = cursor_of(buf_span(&l->answer));
	*good = cursor_u8(&c) == 1;
	*said = cursor_bytes(&c);
	*good = *good && cursor_done(&c) && said->n != 0;
	return OK;
}

/* People are known by issuer and subject; the log gets a digest of the two, which says whether it was the same one again. */
static void told(struct logic *l, const struct sign_on *s, bool good, span said)
{
	struct json j = event_begin(l, "proof", s->room);
	struct digest d;

	json_str(&j, "method", "oidc");
	json_str(&j, "domain", s->domain);
	json_bool(&j, "found", good);
	json_str(&j, "issuer", s->iss);
	if (good) {
		hmac_sha256(span_str(s->iss), said, &d);
		json_digest(&j, "subject_sha256", &d);
	} else {
		json_span(&j, "reason", text_fits(said, REASON_MAX, false) ? said : SPAN_EMPTY);
	}
	event_end(l, &j);
}

enum errc issuer_token(struct logic *l, span found, struct err *e)
{
	struct cursor c = cursor_of(found);
	span tag = cursor_bytes(&c), jwks = SPAN_EMPTY, token = SPAN_EMPTY, said = SPAN_LIT("sign-on: the issuer gave no token");
	bool good = false;
	struct sign_on s;
	enum errc rc;

	if (cursor_u8(&c) == 1) {
		jwks = cursor_bytes(&c);
		token = cursor_bytes(&c);
	}
	if ((rc = of_tag(l, tag, "ending", &s, e)) != OK || !s.found)
		return rc;
	if (s.issuer < l->c->n_issuers && token.n != 0 && cursor_done(&c) &&
	    (rc = verify(l, &s, jwks, token, &good, &said, e)) != OK)
		return rc;
	told(l, &s, good, said);
	if ((rc = sql_run(l->db, e, "DELETE FROM sign_on WHERE claim = ?", "t", s.claim)) != OK ||
	    (rc = sql_run(l->db, e, "UPDATE proof SET state = ? WHERE claim = ? AND method = 'oidc' AND target = ? AND state ="
	    " 'working'", "ttt", good ? "proven" : "failed", s.claim, s.domain)) != OK)
		return rc;
	return good ? claim_stands(l, s.room, s.claim, e) : OK;
}

enum errc sign_ons_expire(struct logic *l, struct err *e)
{
	enum errc rc;

	if ((rc = sql_run(l->db, e, "UPDATE proof SET state = 'failed' WHERE method = 'oidc' AND state = 'working' AND claim IN"
	    " (SELECT claim FROM sign_on WHERE made <= ?)", "i", l->now - SIGN_ON_SECONDS)) != OK)
		return rc;
	return sql_run(l->db, e, "DELETE FROM sign_on WHERE made <= ?", "i", l->now - SIGN_ON_SECONDS);
}

/* ---- shown -------------------------------------------------------------------------------------------------------------- */

enum errc sign_on_json(struct call *c, struct json *j, span claim, const struct json_node *domains, struct err *e)
{
	int64_t proven, working, failed;
	enum errc rc;

	if ((rc = sql_int(c->l->db, &proven, 0, e, "SELECT count(*) FROM proof WHERE claim = ? AND method = 'oidc' AND state ="
	    " 'proven'", "s", claim)) != OK ||
	    (rc = sql_int(c->l->db, &working, 0, e, "SELECT count(*) FROM proof WHERE claim = ? AND method = 'oidc' AND state ="
	    " 'working'", "s", claim)) != OK ||
	    (rc = sql_int(c->l->db, &failed, 0, e, "SELECT count(*) FROM proof WHERE claim = ? AND method = 'oidc' AND state ="
	    " 'failed'", "s", claim)) != OK)
		return rc;
	json_open(j, "oidc", '{');
	json_open(j, "issuers", '[');
	for (size_t i = 0; i < c->l->c->n_issuers; i++)
		for (const struct json_node *d = domains != NULL ? domains->child : NULL; d != NULL; d = d->next) {
			json_open(j, NULL, '{');
			json_str(j, "issuer", c->l->c->issuers[i].issuer);
			json_str(j, "name", c->l->c->issuers[i].name);
			json_span(j, "domain", d->text);
			json_close(j, '}');
		}
	json_close(j, ']');
	json_str(j, "state", proven != 0 ? "proven" : working != 0 ? "working" : failed != 0 ? "failed" : "none");
	json_close(j, '}');
	return OK;
}
