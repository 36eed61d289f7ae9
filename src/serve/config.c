#include "serve/config.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "base/yaml.h"
#include "proof/keys.h"
#include "proof/note.h"
#include "serve/host.h"

const char *const process_names[N_PROCESSES] = {"front", "logic", "auth", "fetch", "log"};

struct reader { struct arena *a; struct serve_config *c; };

static const char *text(struct reader *r, const struct yaml *y, const char *key)
{
	span s = yaml_text(y, key);

	return s.n == 0 ? NULL : arena_cstr(r->a, s);
}

static enum errc need(struct reader *r, const struct yaml *y, const char *key, const char **out, struct err *e)
{
	*out = text(r, y, key);
	return *out != NULL ? OK : yaml_err(y, e, "%s is missing", key);
}

static enum errc number(const struct yaml *y, const char *key, unsigned least, unsigned most, unsigned *out, struct err *e)
{
	span s = yaml_text(y, key);
	uint64_t v = 0;

	if (yaml_get(y, key) == NULL)
		return OK;
	if (span_digits(s, 9, &v) != s.n)
		return yaml_err(yaml_get(y, key), e, "%s is a number", key);
	if (s.n == 0 || v < least || v > most)
		return yaml_err(yaml_get(y, key), e, "%s is from %u to %u", key, least, most);
	*out = (unsigned)v;
	return OK;
}

/* A user by name or number. */
static enum errc user(const struct yaml *y, const char *name, uid_t *uid, gid_t *gid, struct err *e)
{
	struct passwd *p = getpwnam(name);
	uint64_t v = 0;

	if (p == NULL) {
		if (!span_number(span_str(name), UINT32_MAX - 1, &v))
			return yaml_err(y, e, "no user is called %s", name);
		*uid = (uid_t)v;
		if (gid != NULL)
			*gid = (gid_t)v;
		return OK;
	}
	*uid = p->pw_uid;
	if (gid != NULL)
		*gid = p->pw_gid;
	return OK;
}

/* Browsers write an origin in one way, and it is compared as it is: with small letters, and a port where it is not 443. */
static enum errc read_origin(struct reader *r, const struct yaml *y, struct err *e)
{
	char port_text[12] = "";
	enum errc rc;
	unsigned port;
	span s, host;

	if ((rc = need(r, y, "origin", &r->c->origin, e)) != OK)
		return rc;
	s = span_str(r->c->origin);
	if (!host_of(s, &host, &port))
		return yaml_err(yaml_get(y, "origin"), e, "origin is https://HOST or https://HOST:PORT, without a path");
	for (size_t i = 0; i < host.n; i++)
		if (!ascii_is_digit(host.p[i]) && !(host.p[i] >= 'a' && host.p[i] <= 'z') && host.p[i] != '.' && host.p[i] != '-')
			return yaml_err(yaml_get(y, "origin"), e, "origin has a host name in small letters");
	if (port != HTTPS_PORT)
		(void)snprintf(port_text, sizeof port_text, ":%u", port);
	if (!span_eq(span_from(s, strlen("https://") + host.n), span_str(port_text)))
		return yaml_err(yaml_get(y, "origin"), e, "origin is https://HOST or https://HOST:PORT, without a path, and without a port that is 443");
	r->c->host = arena_cstr(r->a, host);
	return r->c->host != NULL ? OK : err_memory(e);
}

static enum errc read_signer(struct reader *r, const struct yaml *y, struct err *e)
{
	enum errc rc;

	if ((rc = need(r, y, "signer", &r->c->signer_text, e)) != OK)
		return rc;
	if (verify_key_read(span_str(r->c->signer_text), &r->c->signer, NULL) != OK)
		return yaml_err(yaml_get(y, "signer"), e, "signer is the line of a minisign public key (RW...)");
	return OK;
}

static enum errc read_folders(struct reader *r, const struct yaml *y, struct err *e)
{
	struct serve_config *c = r->c;
	enum errc rc;

	if ((rc = need(r, y, "state", &c->state, e)) != OK || (rc = need(r, y, "drop", &c->drop, e)) != OK)
		return rc;
	c->socket = text(r, y, "socket");
	c->listen = text(r, y, "listen");
	if ((c->socket == NULL) == (c->listen == NULL))
		return yaml_err(y, e, "wants socket: PATH, or listen: 127.0.0.1:PORT for a test");
	if (yaml_get(y, "web") != NULL)
		c->web = text(r, y, "web");
	c->db_dir = arena_printf(r->a, "%s/db", c->state);
	c->sealed_dir = arena_printf(r->a, "%s/sealed", c->state);
	c->outbox_dir = arena_printf(r->a, "%s/outbox", c->state);
	c->log_dir = arena_printf(r->a, "%s/log", c->state);
	return c->db_dir == NULL || c->sealed_dir == NULL || c->outbox_dir == NULL ||
	    c->log_dir == NULL ? err_memory(e) : OK;
}

static enum errc read_users(struct reader *r, const struct yaml *y, struct err *e)
{
	static const char *const known[] = {"front", "logic", "auth", "fetch", "log", NULL};
	const struct yaml *users = yaml_get(y, "users");
	enum errc rc;

	if (users == NULL)
		return OK;
	if ((rc = yaml_only(users, known, e)) != OK)
		return rc;
	for (size_t i = 0; i < N_PROCESSES; i++) {
		const char *name;

		if ((rc = need(r, users, process_names[i], &name, e)) != OK ||
		    (rc = user(users, name, &r->c->users[i].uid, &r->c->users[i].gid, e)) != OK)
			return rc;
		if (r->c->users[i].uid == 0)
			return yaml_err(users, e, "%s may not be root", process_names[i]);
	}
	r->c->drops_rights = true;
	return OK;
}

static enum errc read_operators(struct reader *r, const struct yaml *y, struct err *e)
{
	const struct yaml *list = yaml_get(y, "operators");
	size_t n = 0;
	enum errc rc;

	r->c->operator_socket = text(r, y, "operator_socket");
	for (const struct yaml *o = list != NULL ? list->first : NULL; o != NULL; o = o->next)
		n++;
	if ((r->c->operators = arena_zero(r->a, n + 1, sizeof *r->c->operators)) == NULL)
		return err_memory(e);
	for (const struct yaml *o = list != NULL ? list->first : NULL; o != NULL; o = o->next) {
		struct operator_row *row = &r->c->operators[r->c->n_operators++];

		if ((row->name = arena_cstr(r->a, o->text)) == NULL)
			return err_memory(e);
		if ((rc = user(o, row->name, &row->uid, NULL, e)) != OK)
			return rc;
		for (size_t i = 0; i + 1 < r->c->n_operators; i++)
			if (r->c->operators[i].uid == row->uid)
				return yaml_err(o, e, "two operators are one user");
	}
	if ((r->c->n_operators == 0) != (r->c->operator_socket == NULL) || r->c->n_operators == 1)
		return yaml_err(y, e, "operators are two or more, with operator_socket: PATH to ask at");
	return OK;
}

/* An address of an issuer: https, a host in small letters, and OIDC_TENANT once at most, behind the host. */
static bool issuer_ok(span s, span *host)
{
	size_t at = span_find(s, SPAN_LIT(OIDC_TENANT));
	span after = span_from(s, at + strlen(OIDC_TENANT)), path;

	*host = span_from(s, strlen("https://"));
	path = span_from(*host, span_find_byte(*host, '/'));
	*host = span_first(*host, host->n - path.n);
	if (!span_starts(s, SPAN_LIT("https://")) || (at != s.n && (path.n == 0 || !span_has(path, SPAN_LIT(OIDC_TENANT)))) ||
	    span_has(after, SPAN_LIT(OIDC_TENANT)))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] >= 0x7f || ascii_is_one_of(s.p[i], "\"'<>\\?#@"))
			return false;
	*host = span_first(*host, span_find_byte(*host, ':'));
	for (size_t i = 0; i < host->n; i++)
		if (!ascii_is_digit(host->p[i]) && !(host->p[i] >= 'a' && host->p[i] <= 'z') && !ascii_is_one_of(host->p[i], ".-"))
			return false;
	return host->n != 0;
}

static enum errc read_hosts(struct reader *r, const struct yaml *list, span own, struct oidc_issuer *out, struct err *e)
{
	const char **hosts;
	size_t n = 1;

	if (list != NULL && list->kind != YAML_LIST)
		return yaml_err(list, e, "hosts is a list");
	for (const struct yaml *h = list != NULL ? list->first : NULL; h != NULL; h = h->next)
		n++;
	if ((hosts = arena_zero(r->a, n, sizeof *hosts)) == NULL || (hosts[0] = arena_cstr(r->a, own)) == NULL)
		return err_memory(e);
	out->hosts = hosts;
	out->n_hosts = 1;
	for (const struct yaml *h = list != NULL ? list->first : NULL; h != NULL; h = h->next) {
		if (h->kind != YAML_SCALAR || h->text.n == 0)
			return yaml_err(h, e, "hosts are names");
		if ((hosts[out->n_hosts++] = arena_cstr(r->a, h->text)) == NULL)
			return err_memory(e);
	}
	return OK;
}

/* What binds an account to an organisation is the issuer's tenant or a domain that it has verified: one of them, and no address. */
static enum errc read_issuer(struct reader *r, const struct yaml *y, struct oidc_issuer *out, struct err *e)
{
	static const char *const known[] = {"issuer", "name", "client_id", "client_secret_file", "domain_claim", "hosts", NULL};
	static const char *const people[] = {"email", "upn", "preferred_username", "unique_name", "sub", "name"};
	bool tenant;
	span host;
	enum errc rc;

	if (y->kind != YAML_MAP)
		return yaml_err(y, e, "oidc is a list of issuers");
	if ((rc = yaml_only(y, known, e)) != OK || (rc = need(r, y, "issuer", &out->issuer, e)) != OK ||
	    (rc = need(r, y, "name", &out->name, e)) != OK || (rc = need(r, y, "client_id", &out->client_id, e)) != OK)
		return rc;
	out->secret_file = text(r, y, "client_secret_file");
	out->domain_claim = text(r, y, "domain_claim");
	if (!issuer_ok(span_str(out->issuer), &host))
		return yaml_err(yaml_get(y, "issuer"), e, "issuer is https://HOST/..., as its tokens say it, with "
		    OIDC_TENANT " where each tenant has its own");
	tenant = span_has(span_str(out->issuer), SPAN_LIT(OIDC_TENANT));
	if (tenant == (out->domain_claim != NULL))
		return yaml_err(y, e, "an issuer has either " OIDC_TENANT " in its address or a domain_claim");
	for (size_t i = 0; out->domain_claim != NULL && i < sizeof people / sizeof people[0]; i++)
		if (strcmp(out->domain_claim, people[i]) == 0)
			return yaml_err(yaml_get(y, "domain_claim"), e, "%s says who somebody is, not which domain the issuer"
			    " has verified", people[i]);
	return read_hosts(r, yaml_get(y, "hosts"), host, out, e);
}

static enum errc read_issuers(struct reader *r, const struct yaml *list, struct err *e)
{
	struct serve_config *c = r->c;
	size_t n = 0;
	enum errc rc = OK;

	if (list != NULL && list->kind != YAML_LIST)
		return yaml_err(list, e, "oidc is a list of issuers");
	for (const struct yaml *y = list != NULL ? list->first : NULL; y != NULL; y = y->next)
		n++;
	if ((c->issuers = arena_zero(r->a, n + 1, sizeof *c->issuers)) == NULL)
		return err_memory(e);
	for (const struct yaml *y = list != NULL ? list->first : NULL; y != NULL && rc == OK; y = y->next)
		rc = read_issuer(r, y, &c->issuers[c->n_issuers++], e);
	return rc;
}

static enum errc read_proofs(struct reader *r, const struct yaml *y, struct err *e)
{
	static const char *const known[] = {"resolver", "second_resolver", "trust_anchor", "checks", "over_minutes",
	    "objection_hours", "ca_file", "oidc", NULL};
	const struct yaml *p = yaml_get(y, "proofs");
	struct serve_config *c = r->c;
	unsigned minutes = 10, hours = 24;
	enum errc rc;

	c->checks = 3;
	if (p != NULL && ((rc = yaml_only(p, known, e)) != OK || (rc = number(p, "checks", 3, 100, &c->checks, e)) != OK ||
	    (rc = number(p, "over_minutes", 10, 10080, &minutes, e)) != OK ||
	    (rc = number(p, "objection_hours", 24, 720, &hours, e)) != OK))
		return rc;
	c->resolver = text(r, p, "resolver");
	c->second_resolver = text(r, p, "second_resolver");
	c->trust_anchor = text(r, p, "trust_anchor");
	c->ca_file = text(r, p, "ca_file");
	c->checks_seconds = 60 * minutes;
	c->objection_seconds = 3600 * hours;
	c->check_pause = 60;
	c->leap_seconds = 3600;
	return read_issuers(r, yaml_get(p, "oidc"), e);
}

/* The second host, which sees that the log only grows. */
static enum errc read_witness(struct reader *r, const struct yaml *l, struct err *e)
{
	struct serve_config *c = r->c;
	span name, host;
	enum errc rc;

	c->witness = text(r, l, "witness");
	c->witness_hours = 3;
	if ((c->witness == NULL) != (yaml_get(l, "witness_key") == NULL))
		return yaml_err(l, e, "a witness has an address and a witness_key");
	if (c->witness == NULL)
		return OK;
	if (!issuer_ok(span_str(c->witness), &host) || strchr(c->witness, '{') != NULL)
		return yaml_err(yaml_get(l, "witness"), e, "witness is https://HOST/..., a host in small letters");
	if (cosign_key_read(yaml_text(l, "witness_key"), &name, c->witness_key, NULL) != OK)
		return yaml_err(yaml_get(l, "witness_key"), e, "witness_key is the key line of a witness (name+hash+key)");
	if ((rc = number(l, "witness_hours", 1, 168, &c->witness_hours, e)) != OK)
		return rc;
	c->witness_name = arena_cstr(r->a, name);
	return c->witness_name != NULL ? OK : err_memory(e);
}

static enum errc read_log(struct reader *r, const struct yaml *y, struct err *e)
{
	static const char *const known[] = {"origin", "key_file", "witness", "witness_key", "witness_hours", NULL};
	const struct yaml *l = yaml_get(y, "log");
	enum errc rc;

	if (l == NULL)
		return yaml_err(y, e, "log is missing");
	if ((rc = yaml_only(l, known, e)) != OK || (rc = need(r, l, "origin", &r->c->log_origin, e)) != OK)
		return rc;
	if ((r->c->log_key = text(r, l, "key_file")) == NULL)
		r->c->log_key = arena_printf(r->a, "%s/secret.key", r->c->log_dir);
	return r->c->log_key != NULL ? read_witness(r, l, e) : err_memory(e);
}

/* Tests shorten what protects people, so they say that they are tests, and the page's users are told by /api/about. */
static enum errc read_testing(struct reader *r, const struct yaml *y, struct err *e)
{
	static const char *const known[] = {"clock_file", "over_seconds", "objection_seconds", "check_pause", "leap_seconds", "web_port", NULL};
	const struct yaml *t = yaml_get(y, "testing");
	struct serve_config *c = r->c;
	enum errc rc;

	if (t == NULL)
		return OK;
	if (t->kind != YAML_MAP)
		return yaml_err(t, e, "testing is a list of settings");
	c->leap_seconds = 0;
	if ((rc = yaml_only(t, known, e)) != OK || (rc = number(t, "over_seconds", 0, 86400, &c->checks_seconds, e)) != OK ||
	    (rc = number(t, "objection_seconds", 0, 864000, &c->objection_seconds, e)) != OK ||
	    (rc = number(t, "check_pause", 0, 60, &c->check_pause, e)) != OK ||
	    (rc = number(t, "leap_seconds", 0, 86400, &c->leap_seconds, e)) != OK ||
	    (rc = number(t, "web_port", 1, 65535, &c->web_port, e)) != OK)
		return rc;
	c->testing = true;
	c->local = c->web_port != 0;
	c->clock_file = text(r, t, "clock_file");
	return OK;
}

static enum errc read_rest(struct reader *r, const struct yaml *y, struct err *e)
{
	static const char *const mail_keys[] = {"from", "phone", NULL};
	const struct yaml *mail = yaml_get(y, "mail");
	struct serve_config *c = r->c;
	const char *proxy;
	enum errc rc;

	if ((rc = need(r, y, "name", &c->name, e)) != OK || (rc = need(r, y, "proxy_user", &proxy, e)) != OK ||
	    (rc = user(y, proxy, &c->proxy_uid, NULL, e)) != OK)
		return rc;
	if (mail == NULL)
		return yaml_err(y, e, "mail is missing");
	if ((rc = yaml_only(mail, mail_keys, e)) != OK || (rc = need(r, mail, "from", &c->mail_from, e)) != OK ||
	    (rc = need(r, mail, "phone", &c->mail_phone, e)) != OK)
		return rc;
	return OK;
}

enum errc config_parse(struct arena *a, span file, const char *path, const char *web, struct serve_config *out, struct err *e)
{
	static const char *const known[] = {"origin", "name", "state", "drop", "socket", "listen", "web", "signer",
	    "proxy_user", "operators", "operator_socket", "users", "proofs",
	    "log", "mail", "testing", NULL};
	struct reader r = {a, out};
	struct yaml *y;
	enum errc rc;

	*out = (struct serve_config){.web = web};
	if ((rc = yaml_read(a, file, path, &y, e)) != OK || (rc = yaml_only(y, known, e)) != OK)
		return rc;
	sha256_of(file, &out->sha256);
	if ((rc = read_origin(&r, y, e)) != OK || (rc = read_signer(&r, y, e)) != OK ||
	    (rc = read_folders(&r, y, e)) != OK ||
	    (rc = read_users(&r, y, e)) != OK || (rc = read_operators(&r, y, e)) != OK ||
	    (rc = read_proofs(&r, y, e)) != OK || (rc = read_log(&r, y, e)) != OK || (rc = read_rest(&r, y, e)) != OK ||
	    (rc = read_testing(&r, y, e)) != OK)
		return rc;
	if (out->listen != NULL && !out->testing)
		return yaml_err(yaml_get(y, "listen"), e,
		    "listen is for tests: say testing:, or give socket: and put a proxy before it");
	if (geteuid() == 0 && !out->drops_rights && !out->testing)
		return err_set(e, ERR_USAGE, "%s: started as root, so users: must say who each process is to be", path);
	return OK;
}

enum errc config_read(struct arena *a, const char *path, const char *web, struct serve_config *out, struct err *e)
{
	enum errc rc;
	span file;

	if ((rc = io_read_file(a, path, LIMIT_YAML_BYTES, &file, e)) != OK)
		return rc;
	return config_parse(a, file, path, web, out, e);
}
