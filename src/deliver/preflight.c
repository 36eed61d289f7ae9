/*
 * What would make these notices look like phishing, asked of the DNS as a receiver asks it, before the first one leaves. Each check is a row;
 * sending refuses while one has failed and no two people have said why it may.
 */
#include "base/limits.h"
#include "base/utf8.h"
#include "case/people.h"
#include "deliver/preflight.h"
#include "deliver/spf.h"

enum errc preflight_row(struct preflight *p, const char *name, enum preflight_state state, const char *advice, struct err *e,
    const char *found)
{
	struct check_row c = {.name = name, .advice = advice, .state = (int)state, .when_utc = p->d->now_utc};
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

const char *preflight_none(struct preflight *p, const struct dns_answer *x, const char *what)
{
	if (x->outcome == DNS_FORGED)
		return arena_printf(p->a, "forged, or signed wrongly: %s", x->why);
	return x->outcome == DNS_FAILED ? arena_printf(p->a, "the DNS does not say: %s", x->why) : arena_printf(p->a, "no %s is published", what);
}

const char *preflight_todo(const struct dns_answer *x, const char *advice)
{
	return x->outcome == DNS_FAILED   ? "whether it is published is not known: see that the name server answers (case.yaml, network, dns_server), and check again"
	       : x->outcome == DNS_FORGED ? "sign the zone anew: who checks signatures does not find what is published"
					  : advice;
}

enum errc preflight_ask(struct preflight *p, const char *name, enum dns_type type, struct dns_answer *out, struct err *e)
{
	return name == NULL ? err_memory(e) : dns_ask(p->dns, p->a, name, type, out, e);
}

span preflight_txt(const struct dns_answer *x, const char *begin, size_t *n)
{
	span found = SPAN_EMPTY;

	*n = 0;
	for (size_t i = 0; i < x->n; i++)
		if (span_starts_nocase(x->v[i].data, span_str(begin)) && (*n)++ == 0)
			found = x->v[i].data;
	return found;
}

span preflight_tag(span record, const char *tag)
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
		return preflight_row(p, "spf", PREFLIGHT_FAILED, "name the addresses that your mail leaves from: case.yaml, delivery, leaves_from", e, "not known from where mail leaves");
	for (size_t i = 0; i < c->leaves_from.n && rc == OK; i++) {
		enum spf_result r;
		const char *why;

		if ((rc = spf_check(p->dns, p->a, c->leaves_from.v[i], domain, &r, &why, e)) != OK)
			return rc;
		rc = preflight_row(p, arena_printf(p->a, "spf %s", c->leaves_from.v[i]), r == SPF_PASS ? PREFLIGHT_PASSED : PREFLIGHT_FAILED,
		    r == SPF_TEMPERROR ? "whether it covers the address is not known: see that the name servers answer, and check again"
				       : arena_printf(p->a, "let the SPF record of %s cover %s", domain, c->leaves_from.v[i]), e,
		    arena_printf(p->a, "%s for %s: %s", spf_result_name(r), domain, why));
	}
	return rc;
}

/* DMARC believes SPF only where the return address is of the sender's domain; "relaxed" allows one below the other (RFC 7489 3.1.2). */
static enum errc check_alignment(struct preflight *p, bool strict, struct err *e)
{
	const char *at = strrchr(p->d->config->delivery.return_address, '@'), *back = at != NULL ? at + 1 : "";
	bool same = strcasecmp(back, p->domain) == 0, near = domain_is_within(span_str(back), span_str(p->domain)) || domain_is_within(span_str(p->domain), span_str(back));

	return preflight_row(p, "alignment", same || (near && !strict) ? PREFLIGHT_PASSED : PREFLIGHT_FAILED,
	    arena_printf(p->a, "in case.yaml, delivery, let return_address be at %s", p->domain), e, arena_printf(p->a, "mail comes from %s and returns to %s", p->domain, back));
}

/* The record of the domain, or else of the closest one above it that has one: what it says of names below it is sp= (RFC 7489 6.6.3). */
static enum errc find_dmarc(struct preflight *p, struct dns_answer *x, bool *above, struct err *e)
{
	const char *domain = p->domain, *up;
	size_t n;
	enum errc rc;

	for (*above = false;; *above = true, domain = up + 1) {
		if ((rc = preflight_ask(p, arena_printf(p->a, "_dmarc.%s", domain), DNS_TXT, x, e)) != OK)
			return rc;
		(void)preflight_txt(x, "v=DMARC1", &n);
		up = strchr(domain, '.');
		if (n != 0 || x->outcome == DNS_FAILED || x->outcome == DNS_FORGED || up == NULL || strchr(up + 1, '.') == NULL)
			return OK;
	}
}

static enum errc check_dmarc(struct preflight *p, struct err *e)
{
	struct dns_answer x;
	size_t n;
	span record, policy, part;
	bool strict, above;
	enum errc rc = find_dmarc(p, &x, &above, e);

	if (rc != OK)
		return rc;
	record = preflight_txt(&x, "v=DMARC1", &n);
	policy = preflight_tag(record, above && preflight_tag(record, "sp").n != 0 ? "sp" : "p");
	part = preflight_tag(record, "pct");
	strict = n == 1 && (span_eq_nocase(policy, SPAN_LIT("reject")) || span_eq_nocase(policy, SPAN_LIT("quarantine"))) &&
		 (part.n == 0 || span_eq(part, SPAN_LIT("100")));
	if ((rc = preflight_row(p, "dmarc", strict ? PREFLIGHT_PASSED : PREFLIGHT_FAILED,
		 preflight_todo(&x, arena_printf(p->a, "publish at _dmarc.%s: v=DMARC1; p=reject; adkim=s; aspf=s", p->domain)), e,
		 n == 0 ? preflight_none(p, &x, "DMARC record")
			: arena_printf(p->a, "%.*s%s", (int)(record.n < 200 ? record.n : 200), (const char *)record.p, n > 1 ? ", and another one" : ""))) != OK)
		return rc;
	return check_alignment(p, span_eq_nocase(preflight_tag(record, "aspf"), SPAN_LIT("s")), e);
}

static enum errc check_dkim(struct preflight *p, struct err *e)
{
	const struct text_list *s = &p->d->config->delivery.selectors;
	enum errc rc = OK;

	if (s->n == 0 && p->verified)
		return preflight_row(p, "dkim", PREFLIGHT_PASSED, "", e, "the keys that the mails name are published");
	if (s->n == 0)
		return preflight_row(p, "dkim", PREFLIGHT_FAILED, "name the selectors in case.yaml, delivery, selectors: tocsin notify keys prints ours", e, "no selector is known");
	for (size_t i = 0; i < s->n && rc == OK; i++) {
		const char *name = arena_printf(p->a, "%s._domainkey.%s", s->v[i], p->domain);
		struct dns_answer x;
		span key, kind;
		size_t n = 0;
		bool good;

		if ((rc = preflight_ask(p, name, DNS_TXT, &x, e)) != OK)
			return rc;
		key = x.n > 0 ? preflight_tag(x.v[0].data, "p") : SPAN_EMPTY;
		kind = x.n > 0 ? preflight_tag(x.v[0].data, "k") : SPAN_EMPTY;
		n = key.n * 3 / 4;
		/* An RSA key of 2,048 bits takes some 294 bytes, one of Ed25519 takes 32 (RFC 8463). */
		good = x.n == 1 && (span_eq_nocase(kind, SPAN_LIT("ed25519")) ? n >= 32 : n >= 270);
		rc = preflight_row(p, arena_printf(p->a, "dkim %s", s->v[i]), good ? PREFLIGHT_PASSED : PREFLIGHT_FAILED,
		    preflight_todo(&x, arena_printf(p->a, p->d->config->dkim_mta ? "publish the key that the mail server signs with at %s"
										   : "publish the key at %s: tocsin notify keys prints the record", name)), e,
		    x.n == 0   ? preflight_none(p, &x, "key")
		    : x.n > 1  ? arena_printf(p->a, "%zu records stand there, and there may be one", x.n)
		    : good     ? arena_printf(p->a, "a key of %zu bytes", n)
		    : n == 0   ? "the key is withdrawn, or none (p= is empty)"
			       : arena_printf(p->a, "a key of %zu bytes is too weak, or cut off: RSA wants 2048 bits", n));
	}
	return rc;
}

/* Without a server whose word is taken, collect makes a task of every answer: better known before hundreds of them come. */
static enum errc check_answers(struct preflight *p, struct err *e)
{
	size_t n = p->d->config->trusted_hosts.n;

	return preflight_row(p, "answers", n != 0 ? PREFLIGHT_PASSED : PREFLIGHT_WARNED,
	    "name your mail servers as they do in Authentication-Results: case.yaml, trusted_hosts", e,
	    n != 0 ? "a mail server vouches for who answers" : "no answer will prove by itself who sent it: each will be a task for a person");
}

static enum errc check_hosts(struct preflight *p, struct err *e)
{
	const struct text_list *from = &p->d->config->delivery.leaves_from;
	struct dns_answer x, back;
	bool takes_mail;
	enum errc rc = preflight_ask(p, p->domain, DNS_MX, &p->mx, e);

	if (rc != OK)
		return rc;
	takes_mail = p->mx.n > 0 && p->mx.v[0].text[0] != '\0'; /* RFC 7505: "." says that none is taken */
	if ((rc = preflight_row(p, "mx", takes_mail ? PREFLIGHT_PASSED : PREFLIGHT_FAILED, preflight_todo(&p->mx, "answers must be able to come back: publish an MX record"), e,
		 takes_mail ? arena_printf(p->a, "%zu, first %s", p->mx.n, p->mx.v[0].text) : p->mx.n > 0 ? "it says that no mail is taken" : preflight_none(p, &p->mx, "MX record"))) != OK ||
	    (rc = check_answers(p, e)) != OK)
		return rc;
	for (size_t i = 0; i < from->n && rc == OK; i++) {
		const char *name = dns_reverse_name(p->a, from->v[i]);
		bool good = false;

		if (name == NULL)
			continue;
		if ((rc = preflight_ask(p, name, DNS_PTR, &x, e)) != OK)
			return rc;
		for (size_t k = 0; k < x.n && k < 4 && !good; k++) {
			if ((rc = preflight_ask(p, x.v[k].text, strchr(from->v[i], ':') != NULL ? DNS_AAAA : DNS_A, &back, e)) != OK)
				return rc;
			for (size_t j = 0; j < back.n; j++)
				good |= strcmp(back.v[j].text, from->v[i]) == 0;
		}
		rc = preflight_row(p, arena_printf(p->a, "ptr %s", from->v[i]), good ? PREFLIGHT_PASSED : PREFLIGHT_WARNED,
		    preflight_todo(&x, "a reverse name that leads back: some receivers refuse mail without"), e,
		    x.n > 0 ? x.v[0].text : x.outcome == DNS_FAILED ? preflight_none(p, &x, "") : "no reverse name");
	}
	return rc;
}

enum errc deliver_preflight(const struct deliver *d, struct arena *a, const char *received, struct deliver_preflight *out, struct err *e)
{
	const struct network_config *net = &d->config->network;
	const struct dns_options o = {.server = net->dns_server[0] != '\0' ? net->dns_server : NULL,
	    .trust_anchor = net->dns_trust_anchor[0] != '\0' ? net->dns_trust_anchor : NULL};
	const char *at = strrchr(d->config->sender_address, '@');
	struct preflight p = {.d = d, .a = a, .out = out, .received = received, .domain = at != NULL ? at + 1 : ""};
	enum errc rc;

	*out = (struct deliver_preflight){0};
	if (d->config->delivery.by == DELIVERY_NOT_SET)
		return err_set(e, ERR_USAGE, "case.yaml does not say how mail leaves: give it a delivery section, see tocsin-case(5)");
	if ((rc = preflight_clear(d->store, e)) != OK || (rc = dns_open(&p.dns, &o, e)) != OK)
		return rc;
	if ((rc = preflight_mails(&p, e)) == OK && (rc = check_spf(&p, e)) == OK && (rc = check_dkim(&p, e)) == OK && (rc = check_dmarc(&p, e)) == OK &&
	    (rc = check_hosts(&p, e)) == OK && (rc = preflight_names(&p, e)) == OK)
		rc = store_commit(d->store, e);
	dns_close(p.dns);
	return rc;
}

struct wanted { const char *name; struct arena *a; const char *found; int state; };

static enum errc wanted_visit(void *ctx, const struct check_row *c, struct err *e)
{
	struct wanted *w = ctx;

	if (strcmp(c->name, w->name) != 0)
		return OK;
	w->state = c->state;
	w->found = arena_cstr(w->a, span_str(c->found));
	return w->found != NULL ? OK : err_memory(e);
}

enum errc deliver_override(const struct deliver *d, struct arena *a, const char *name, const char *why, const char *first, const char *second,
    struct err *e)
{
	struct wanted w = {.name = name, .a = a};
	bool same;
	enum errc rc;

	if (name == NULL || why == NULL || first == NULL || second == NULL || span_trim(span_str(why)).n == 0)
		return err_set(e, ERR_USAGE, "an override wants its check, --why, and two different people: --by NAME --by NAME");
	if ((rc = person_same(first, second, &same, e)) != OK)
		return rc;
	if (same || span_trim(span_str(first)).n == 0 || span_trim(span_str(second)).n == 0)
		return err_set(e, ERR_USAGE, "an override wants its check, --why, and two different people: --by NAME --by NAME");
	if ((rc = preflight_each(d->store, wanted_visit, &w, e)) != OK)
		return rc;
	if (w.found == NULL)
		return err_set(e, ERR_USAGE, "the last preflight has no check %s; tocsin notify preflight names them", name);
	if (w.state != PREFLIGHT_FAILED)
		return err_set(e, ERR_USAGE, "the check %s did not fail: there is nothing to override", name);
	if ((rc = preflight_override(d->store, name, w.found, why, first, second, d->now_utc, e)) != OK ||
	    (rc = ledger_say(d->store, "preflight override", e, "check", name, "found", w.found, "why", why, "by", first, "and", second, NULL)) != OK)
		return rc;
	return store_commit(d->store, e);
}
