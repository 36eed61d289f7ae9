/*
 * What would make these notices look like phishing, asked of the DNS as a receiver asks it, before the first one leaves. Each check is a row;
 * sending refuses while one has failed and no two people have said why it may.
 */
#include "base/limits.h"
#include "base/utf8.h"
#include "case/people.h"
#include "deliver/private.h"
#include "deliver/spf.h"
#include "net/dns.h"

struct preflight { const struct deliver *d; struct arena *a; struct dns *dns; struct deliver_preflight *out; int64_t seq; const char *domain; };

static enum errc row(struct preflight *p, const char *name, enum preflight_state state, const char *advice, struct err *e, const char *found)
{
	struct check_row c = {.name = name, .advice = advice, .state = state, .when_utc = p->d->now_utc};
	struct buf shown;
	enum errc rc;

	if (name == NULL || found == NULL || advice == NULL)
		return err_memory(e);
	/* Whoever has a name in the DNS writes what is found there. */
	buf_init(&shown, 4096);
	utf8_show(&shown, span_first(span_str(found), 1000));
	c.found = buf_cstr(&shown);
	p->out->n++;
	p->out->n_failed += state == PREFLIGHT_FAILED;
	if ((rc = buf_check(&shown, e)) == OK)
		rc = preflight_put(p->d->store, p->seq++, &c, e);
	buf_free(&shown);
	return rc;
}

static enum errc ask(struct preflight *p, const char *name, enum dns_type type, struct dns_answer *out, struct err *e)
{
	return dns_ask(p->dns, p->a, name, type, out, e);
}

/* The one TXT record that begins so; n is how many do. */
static span txt_of(const struct dns_answer *x, const char *begin, size_t *n)
{
	span found = SPAN_EMPTY;

	*n = 0;
	for (size_t i = 0; i < x->n; i++)
		if (span_starts_nocase(x->v[i].data, span_str(begin)) && (*n)++ == 0)
			found = x->v[i].data;
	return found;
}

/* "p" of "v=DMARC1; p=reject; adkim=s" */
static span tag_of(span record, const char *tag)
{
	while (record.n > 0) {
		span one = span_trim(span_first(record, span_find_byte(record, ';')));
		size_t equals = span_find_byte(one, '=');

		if (span_eq_nocase(span_trim(span_first(one, equals)), span_str(tag)))
			return span_trim(span_from(one, equals + 1));
		record = span_from(record, span_find_byte(record, ';') + 1);
	}
	return SPAN_EMPTY;
}

static enum errc check_spf(struct preflight *p, struct err *e)
{
	const struct delivery_config *c = &p->d->config->delivery;
	const char *at = strrchr(c->return_address, '@'), *domain = at != NULL ? at + 1 : p->domain;
	enum errc rc = OK;

	if (c->leaves_from.n == 0)
		return row(p, "spf", PREFLIGHT_FAILED, "name the addresses that your mail leaves from: case.yaml, delivery, leaves_from", e, "not known from where mail leaves");
	for (size_t i = 0; i < c->leaves_from.n && rc == OK; i++) {
		enum spf_result r;
		const char *why;

		if ((rc = spf_check(p->dns, p->a, c->leaves_from.v[i], domain, &r, &why, e)) != OK)
			return rc;
		rc = row(p, arena_printf(p->a, "spf %s", c->leaves_from.v[i]), r == SPF_PASS ? PREFLIGHT_PASSED : PREFLIGHT_FAILED,
		    arena_printf(p->a, "let the SPF record of %s cover %s", domain, c->leaves_from.v[i]), e,
		    arena_printf(p->a, "%s for %s: %s", spf_result_name(r), domain, why));
	}
	return rc;
}

static enum errc check_dmarc(struct preflight *p, struct err *e)
{
	struct dns_answer x;
	size_t n;
	span record, policy;
	enum errc rc = ask(p, arena_printf(p->a, "_dmarc.%s", p->domain), DNS_TXT, &x, e);
	bool strict;

	if (rc != OK)
		return rc;
	record = txt_of(&x, "v=DMARC1", &n);
	policy = tag_of(record, "p");
	strict = n == 1 && (span_eq_nocase(policy, SPAN_LIT("reject")) || span_eq_nocase(policy, SPAN_LIT("quarantine")));
	return row(p, "dmarc", strict ? PREFLIGHT_PASSED : PREFLIGHT_FAILED,
	    arena_printf(p->a, "publish at _dmarc.%s: v=DMARC1; p=reject; adkim=s; aspf=s", p->domain), e,
	    n == 0 ? arena_printf(p->a, "no DMARC record at %s%s%s", p->domain, x.why[0] != '\0' ? ": " : "", x.why)
		   : arena_printf(p->a, "%.*s%s", (int)(record.n < 200 ? record.n : 200), (const char *)record.p, n > 1 ? ", and another one" : ""));
}

static enum errc check_dkim(struct preflight *p, struct err *e)
{
	const struct text_list *s = &p->d->config->delivery.selectors;
	enum errc rc = OK;

	if (s->n == 0)
		return row(p, "dkim", PREFLIGHT_FAILED, "name the selectors in case.yaml, delivery, selectors: tocsin notify keys prints ours", e, "no selector is known");
	for (size_t i = 0; i < s->n && rc == OK; i++) {
		const char *name = arena_printf(p->a, "%s._domainkey.%s", s->v[i], p->domain);
		struct dns_answer x;
		span key, kind;
		size_t n = 0;
		bool good;

		if ((rc = ask(p, name, DNS_TXT, &x, e)) != OK)
			return rc;
		key = x.n > 0 ? tag_of(x.v[0].data, "p") : SPAN_EMPTY;
		kind = x.n > 0 ? tag_of(x.v[0].data, "k") : SPAN_EMPTY;
		n = key.n * 3 / 4;
		/* An RSA key of 2,048 bits takes some 294 bytes, one of Ed25519 takes 32 (RFC 8463). */
		good = x.n == 1 && (span_eq_nocase(kind, SPAN_LIT("ed25519")) ? n >= 32 : n >= 270);
		rc = row(p, arena_printf(p->a, "dkim %s", s->v[i]), good ? PREFLIGHT_PASSED : PREFLIGHT_FAILED,
		    arena_printf(p->a, "publish the key at %s: tocsin notify keys prints the record", name), e,
		    x.n == 0 ? "no key is published" : good ? arena_printf(p->a, "a key of %zu bytes", n) : "the key is revoked, weak or not alone");
	}
	return rc;
}

static enum errc check_hosts(struct preflight *p, struct err *e)
{
	const struct text_list *from = &p->d->config->delivery.leaves_from;
	struct dns_answer x, back;
	enum errc rc = ask(p, p->domain, DNS_MX, &x, e);

	if (rc != OK || (rc = row(p, "mx", x.n > 0 ? PREFLIGHT_PASSED : PREFLIGHT_FAILED, "answers must be able to come back: publish an MX record", e,
	    x.n > 0 ? arena_printf(p->a, "%zu, first %s", x.n, x.v[0].text) : "no MX record")) != OK)
		return rc;
	for (size_t i = 0; i < from->n && rc == OK; i++) {
		const char *name = dns_reverse_name(p->a, from->v[i]);
		bool good = false;

		if (name == NULL)
			continue;
		if ((rc = ask(p, name, DNS_PTR, &x, e)) != OK)
			return rc;
		for (size_t k = 0; k < x.n && k < 4 && !good; k++) {
			if ((rc = ask(p, x.v[k].text, strchr(from->v[i], ':') != NULL ? DNS_AAAA : DNS_A, &back, e)) != OK)
				return rc;
			for (size_t j = 0; j < back.n; j++)
				good |= strcmp(back.v[j].text, from->v[i]) == 0;
		}
		rc = row(p, arena_printf(p->a, "ptr %s", from->v[i]), good ? PREFLIGHT_PASSED : PREFLIGHT_WARNED,
		    "a reverse name that leads back: some receivers refuse mail without", e, x.n > 0 ? x.v[0].text : "no reverse name");
	}
	return rc;
}

static enum errc check_names(struct preflight *p, struct err *e)
{
	const char *portal = p->d->config->portal;
	size_t n = strlen(portal), m = strlen(p->domain);
	bool below = n >= m && strcasecmp(portal + n - m, p->domain) == 0 && (n == m || portal[n - m - 1] == '.');
	struct dns_answer x;
	enum errc rc;

	if ((rc = row(p, "portal", n == 0 || below ? PREFLIGHT_PASSED : PREFLIGHT_FAILED, "the name in the notices belongs below the sender's own domain", e,
		 n == 0 ? "none is named" : portal)) != OK || (rc = ask(p, p->domain, DNS_DS, &x, e)) != OK ||
	    (rc = row(p, "dnssec", x.secure ? PREFLIGHT_PASSED : PREFLIGHT_WARNED, "sign the zone, so that nobody can forge what receivers find", e, x.secure ? "signed" : "not signed, or not validated here")) != OK ||
	    (rc = ask(p, arena_printf(p->a, "_mta-sts.%s", p->domain), DNS_TXT, &x, e)) != OK)
		return rc;
	return row(p, "mta-sts", x.n > 0 ? PREFLIGHT_PASSED : PREFLIGHT_WARNED, "publish an MTA-STS policy for the answers that come back (RFC 8461)", e, x.n > 0 ? "published" : "not published");
}

struct mails { struct preflight *p; struct arena *scratch; size_t n, wrong; const char *first; };

/* A link anywhere in a mail is what phishing has; the files are what two people approved. */
static enum errc mail_visit(void *ctx, const struct delivery *d, struct err *e)
{
	struct mails *m = ctx;
	struct err why = {0};
	span mail = SPAN_EMPTY;
	bool wrong;

	arena_reset(m->scratch);
	wrong = mail_read(m->p->d, m->scratch, d, &mail, &why) != OK || span_find_nocase(mail, SPAN_LIT("http://")) < mail.n ||
		span_find_nocase(mail, SPAN_LIT("https://")) < mail.n || span_find_nocase(mail, SPAN_LIT("href=")) < mail.n;
	m->n++;
	m->wrong += wrong;
	if (wrong && m->first == NULL && (m->first = arena_printf(m->p->a, "%s", d->file)) == NULL)
		return err_memory(e);
	return OK;
}

static enum errc check_mails(struct preflight *p, struct err *e)
{
	struct mails m = {.p = p};
	struct err why = {0};
	struct wave w;
	int64_t n_new;
	enum errc rc = wave_to_send(p->d, 0, &w, &why);

	if (rc == ERR_USAGE || rc == ERR_REFUSED)
		return row(p, "notices", PREFLIGHT_FAILED, "tocsin notify write", e, "no wave is written");
	if (rc != OK) {
		*e = why;
		return rc;
	}
	if ((rc = arena_new(&m.scratch, 16 * MIB, e)) != OK)
		return rc;
	if ((rc = deliveries_enlist(p->d->store, w.number, p->d->config->delivery.at_once, &n_new, e)) == OK &&
	    (rc = deliveries_each(p->d->store, w.number, p->d->now_utc, mail_visit, &m, e)) == OK)
		rc = row(p, "notices", m.wrong == 0 && m.n > 0 ? PREFLIGHT_PASSED : PREFLIGHT_FAILED, "the files must be what was approved, without a link: tocsin notify write anew", e,
		    m.wrong == 0 ? arena_printf(p->a, "%zu mails as approved, no link in any", m.n) : arena_printf(p->a, "%zu of %zu are not, the first is %s", m.wrong, m.n, m.first));
	arena_free(m.scratch);
	return rc;
}

enum errc deliver_preflight(const struct deliver *d, struct arena *a, struct deliver_preflight *out, struct err *e)
{
	const struct network_config *net = &d->config->network;
	const struct dns_options o = {.server = net->dns_server[0] != '\0' ? net->dns_server : NULL,
	    .trust_anchor = net->dns_trust_anchor[0] != '\0' ? net->dns_trust_anchor : NULL};
	const char *at = strrchr(d->config->sender_address, '@');
	struct preflight p = {.d = d, .a = a, .out = out, .domain = at != NULL ? at + 1 : ""};
	enum errc rc;

	*out = (struct deliver_preflight){0};
	if (d->config->delivery.by == DELIVERY_NOT_SET)
		return err_set(e, ERR_USAGE, "case.yaml does not say how mail leaves: give it a delivery section, see tocsin-case(5)");
	if ((rc = preflight_clear(d->store, e)) != OK || (rc = dns_open(&p.dns, &o, e)) != OK)
		return rc;
	if ((rc = check_mails(&p, e)) == OK && (rc = check_spf(&p, e)) == OK && (rc = check_dkim(&p, e)) == OK && (rc = check_dmarc(&p, e)) == OK &&
	    (rc = check_hosts(&p, e)) == OK && (rc = check_names(&p, e)) == OK)
		rc = store_commit(d->store, e);
	dns_close(p.dns);
	return rc;
}

enum errc deliver_override(const struct deliver *d, const char *name, const char *why, const char *first, const char *second, struct err *e)
{
	bool same;
	enum errc rc;

	if (name == NULL || why == NULL || first == NULL || second == NULL)
		return err_set(e, ERR_USAGE, "an override wants its check, --why, and two different people: --by NAME --by NAME");
	if ((rc = person_same(first, second, &same, e)) != OK)
		return rc;
	if (same || span_trim(span_str(first)).n == 0 || span_trim(span_str(second)).n == 0)
		return err_set(e, ERR_USAGE, "an override wants its check, --why, and two different people: --by NAME --by NAME");
	if ((rc = preflight_override(d->store, name, why, first, second, d->now_utc, e)) != OK ||
	    (rc = ledger_say(d->store, "preflight override", e, "check", name, "why", why, "by", first, "and", second, NULL)) != OK)
		return rc;
	return store_commit(d->store, e);
}
