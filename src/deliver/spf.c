#include "deliver/spf.h"

#include <arpa/inet.h>

enum { LOOKUPS = 10, VOID_LOOKUPS = 2, DEPTH = 10, MX_HOSTS = 10 };

struct address { unsigned char b[16]; unsigned bits; }; /* 32 or 128 */
struct spf { struct dns *dns; struct arena *a; struct address from; unsigned lookups, voids; const char *why; struct err *e; enum errc rc; };

const char *spf_result_name(enum spf_result r)
{
	static const char *const names[] = {"none", "neutral", "pass", "fail", "softfail", "temperror", "permerror", "unsure"};

	return names[r];
}

static bool address_read(const char *text, struct address *out)
{
	*out = (struct address){0};
	if (inet_pton(AF_INET, text, out->b) == 1)
		out->bits = 32;
	else if (inet_pton(AF_INET6, text, out->b) == 1)
		out->bits = 128;
	return out->bits != 0;
}

static bool within(const struct address *x, const struct address *net, unsigned prefix)
{
	unsigned whole = prefix / 8, rest = prefix % 8;

	if (x->bits != net->bits || prefix > x->bits || memcmp(x->b, net->b, whole) != 0)
		return false;
	return rest == 0 || (x->b[whole] ^ net->b[whole]) >> (8 - rest) == 0;
}

/* One question that counts; false when the check ends with *out. */
static bool ask(struct spf *s, const char *name, enum dns_type type, struct dns_answer *answer, enum spf_result *out)
{
	if ((s->rc = dns_ask(s->dns, s->a, name, type, answer, s->e)) != OK)
		return false;
	if (answer->outcome == DNS_FAILED || answer->outcome == DNS_FORGED) {
		s->why = arena_printf(s->a, "%s: %s", name, answer->why);
		*out = SPF_TEMPERROR;
		return false;
	}
	if (answer->n == 0 && ++s->voids > VOID_LOOKUPS) {
		s->why = "more than two lookups that find nothing (RFC 7208 4.6.4)";
		*out = SPF_PERMERROR;
		return false;
	}
	return true;
}

static bool counted(struct spf *s, enum spf_result *out)
{
	if (++s->lookups <= LOOKUPS)
		return true;
	s->why = "more than ten lookups (RFC 7208 4.6.4)";
	*out = SPF_PERMERROR;
	return false;
}

/* A mechanism (5) as it stands in a record. */
struct term {
	enum kind { ALL, INCLUDE, A, MX, PTR, IP4, IP6, EXISTS, N_KINDS } kind;
	unsigned char sign;      /* of "+-~?" */
	span text;               /* without the sign */
	const char *target;      /* what stands behind ":"; or NULL */
	struct address net;      /* of IP4 and IP6 */
	unsigned prefix4, prefix6;
};

/* What each may have: something behind ":" (or must), and the length of a prefix of which kind. */
static const struct { const char *name; bool takes, needs, cidr4, cidr6; } mechanisms[] = {
	[ALL] = {"all", false, false, false, false},
	[INCLUDE] = {"include", true, true, false, false},
	[A] = {"a", true, false, true, true},
	[MX] = {"mx", true, false, true, true},
	[PTR] = {"ptr", true, false, false, false},
	[IP4] = {"ip4", true, true, true, false},
	[IP6] = {"ip6", true, true, false, true},
	[EXISTS] = {"exists", true, true, false, false},
};

/* Takes "/24" or, doubled, "//64" off the front of *rest; without one *out stays. False for what is none (5.6). */
static bool prefix_take(span *rest, bool doubled, unsigned most, unsigned *out)
{
	size_t slashes = doubled ? 2 : 1, n = slashes;
	unsigned v = 0;

	if (!span_starts(*rest, doubled ? SPAN_LIT("//") : SPAN_LIT("/")) || (!doubled && span_starts(*rest, SPAN_LIT("//"))))
		return true;
	for (; n < rest->n && n - slashes < 3 && ascii_is_digit(rest->p[n]); n++)
		v = v * 10 + (unsigned)(rest->p[n] - '0');
	*rest = span_from(*rest, n);
	*out = v;
	return n > slashes && v <= most;
}

/* False when the text is no mechanism. */
static bool term_read(struct spf *s, span text, struct term *out)
{
	size_t n = 0, value;
	span rest;

	*out = (struct term){.sign = '+', .prefix4 = 32, .prefix6 = 128};
	if (ascii_is_one_of(text.p[0], "+-~?")) {
		out->sign = text.p[0];
		text = span_from(text, 1);
	}
	out->text = text;
	while (n < text.n && text.p[n] != ':' && text.p[n] != '/')
		n++;
	while (out->kind < N_KINDS && !span_eq_nocase(span_first(text, n), span_str(mechanisms[out->kind].name)))
		out->kind++;
	if (out->kind == N_KINDS)
		return false;
	rest = span_from(text, n);
	if (rest.n > 0 && rest.p[0] == ':') {
		rest = span_from(rest, 1);
		value = out->kind == EXISTS || out->kind == INCLUDE || out->kind == PTR ? rest.n : span_find_byte(rest, '/');
		if (value == 0 || !mechanisms[out->kind].takes)
			return false;
		if ((out->target = arena_cstr(s->a, span_first(rest, value))) == NULL) {
			s->rc = err_memory(s->e);
			return false;
		}
		rest = span_from(rest, value);
	} else if (mechanisms[out->kind].needs) {
		return false;
	}
	if (out->kind == IP4 || out->kind == IP6) {
		unsigned bits = out->kind == IP4 ? 32 : 128, *prefix = out->kind == IP4 ? &out->prefix4 : &out->prefix6;

		return address_read(out->target, &out->net) && out->net.bits == bits && prefix_take(&rest, false, bits, prefix) &&
		    rest.n == 0;
	}
	return (!mechanisms[out->kind].cidr4 || prefix_take(&rest, false, 32, &out->prefix4)) &&
	    (!mechanisms[out->kind].cidr6 || prefix_take(&rest, true, 128, &out->prefix6)) && rest.n == 0;
}

/* Does one of the host's addresses, with that prefix, hold ours? */
static bool host_matches(struct spf *s, const char *host, unsigned prefix, bool *match, enum spf_result *out)
{
	struct dns_answer answer;
	struct address x;

	*match = false;
	if (!ask(s, host, s->from.bits == 32 ? DNS_A : DNS_AAAA, &answer, out))
		return false;
	for (size_t i = 0; i < answer.n && !*match; i++)
		*match = address_read(answer.v[i].text, &x) && within(&s->from, &x, prefix);
	return true;
}

static bool mx_matches(struct spf *s, const char *domain, unsigned prefix, bool *match, enum spf_result *out)
{
	struct dns_answer answer;

	*match = false;
	if (!ask(s, domain, DNS_MX, &answer, out))
		return false;
	if (answer.n > MX_HOSTS) {
		s->why = "mx with more than ten hosts (RFC 7208 4.6.4)";
		*out = SPF_PERMERROR;
		return false;
	}
	for (size_t i = 0; i < answer.n && !*match; i++)
		if (!host_matches(s, answer.v[i].text, prefix, match, out))
			return false;
	return true;
}

static enum spf_result evaluate(struct spf *s, const char *domain, unsigned depth);

/* Does it hold for our address? False when the check ends with *out. */
static bool term_asked(struct spf *s, const struct term *t, const char *domain, unsigned depth, bool *match, enum spf_result *out)
{
	const char *target = t->target != NULL ? t->target : domain;
	unsigned prefix = s->from.bits == 32 ? t->prefix4 : t->prefix6;
	struct dns_answer answer;
	enum spf_result inner;

	*match = false;
	if (t->kind == ALL || t->kind == IP4 || t->kind == IP6) {
		*match = t->kind == ALL || within(&s->from, &t->net, prefix);
		return true;
	}
	if (strchr(target, '%') != NULL) {
		s->why = arena_printf(s->a, "%.*s has macros", (int)t->text.n, (const char *)t->text.p);
		*out = SPF_UNSURE;
		return false;
	}
	if (!counted(s, out))
		return false;
	switch (t->kind) {
	case A: return host_matches(s, target, prefix, match, out);
	case MX: return mx_matches(s, target, prefix, match, out);
	case INCLUDE:
		inner = evaluate(s, target, depth + 1);
		*match = inner == SPF_PASS;
		*out = inner == SPF_NONE ? SPF_PERMERROR : inner;
		return inner == SPF_PASS || inner == SPF_FAIL || inner == SPF_SOFTFAIL || inner == SPF_NEUTRAL;
	case EXISTS:
		if (!ask(s, target, DNS_A, &answer, out))
			return false;
		*match = answer.n > 0;
		return true;
	case PTR: /* not to be used (5.5): taken as no match */
	case ALL:
	case IP4:
	case IP6:
	case N_KINDS: break;
	}
	return true;
}

/* The domain's one record; a second makes both wrong (4.5). */
static bool record_of(struct spf *s, const char *domain, span *record, enum spf_result *out)
{
	struct dns_answer answer;
	size_t found = 0;

	if (!ask(s, domain, DNS_TXT, &answer, out))
		return false;
	for (size_t i = 0; i < answer.n; i++) {
		span t = answer.v[i].data;

		if (span_starts_nocase(t, SPAN_LIT("v=spf1")) && (t.n == 6 || t.p[6] == ' ') && found++ == 0)
			*record = span_from(t, 6);
	}
	*out = found == 0 ? SPF_NONE : SPF_PERMERROR;
	if (found > 1)
		s->why = arena_printf(s->a, "%s has %zu SPF records", domain, found);
	return found == 1;
}

static bool next_term(span *record, span *term)
{
	*record = span_trim(*record);
	*term = span_first(*record, span_find_byte(*record, ' '));
	*record = span_from(*record, term->n);
	return term->n > 0;
}

static bool is_modifier(span term)
{
	size_t equals = span_find_byte(term, '=');

	return equals < term.n && equals < span_find_byte(term, ':') && equals < span_find_byte(term, '/');
}

/* What a record says: its mechanisms in order, and where it sends on to. */
struct policy { struct term *v; size_t n, cap; const char *redirect; };

/* A record with a mistake anywhere is wrong, whatever stands before it (4.6): then false, or out of memory. */
static bool policy_read(struct spf *s, span record, struct policy *out)
{
	struct term *v;
	span text;

	*out = (struct policy){0};
	while (next_term(&record, &text)) {
		if (is_modifier(text)) {
			if (span_starts_nocase(text, SPAN_LIT("redirect=")) && (out->redirect = arena_cstr(s->a, span_from(text, 9))) == NULL)
				s->rc = err_memory(s->e);
		} else if ((v = arena_grow(s->a, out->v, out->n, &out->cap, sizeof *v, 8)) == NULL) {
			s->rc = err_memory(s->e);
		} else if (term_read(s, text, &v[out->n])) {
			out->v = v;
			out->n++;
		} else {
			s->why = arena_printf(s->a, "%.*s is no mechanism", (int)text.n, (const char *)text.p);
			return false;
		}
		if (s->rc != OK)
			return false;
	}
	return true;
}

static enum spf_result evaluate(struct spf *s, const char *domain, unsigned depth)
{
	enum spf_result out = SPF_PERMERROR;
	span record = SPAN_EMPTY;
	struct policy p;

	if (depth > DEPTH || !record_of(s, domain, &record, &out))
		return out;
	if (!policy_read(s, record, &p))
		return SPF_PERMERROR;
	for (size_t i = 0; i < p.n; i++) {
		const struct term *t = &p.v[i];
		bool match;

		if (!term_asked(s, t, domain, depth, &match, &out))
			return out;
		if (!match)
			continue;
		s->why = arena_printf(s->a, "%c%.*s of %s", t->sign, (int)t->text.n, (const char *)t->text.p, domain);
		return t->sign == '+' ? SPF_PASS : t->sign == '-' ? SPF_FAIL : t->sign == '~' ? SPF_SOFTFAIL : SPF_NEUTRAL;
	}
	if (p.redirect != NULL && counted(s, &out)) {
		out = evaluate(s, p.redirect, depth + 1);
		return out == SPF_NONE ? SPF_PERMERROR : out;
	}
	return p.redirect != NULL ? out : SPF_NEUTRAL;
}

enum errc spf_check(struct dns *d, struct arena *a, const char *address, const char *domain, enum spf_result *out,
    const char **why, struct err *e)
{
	struct spf s = {.dns = d, .a = a, .e = e};

	*why = "";
	*out = SPF_PERMERROR;
	if (!address_read(address, &s.from))
		return err_set(e, ERR_USAGE, "%s is no IP address", address);
	*out = evaluate(&s, domain, 0);
	if (s.why != NULL)
		*why = s.why;
	return s.rc;
}
