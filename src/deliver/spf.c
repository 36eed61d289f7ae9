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

/* "/24", "//64", "/24//64" behind a mechanism's name or domain; the prefix for our kind of address. */
static bool prefix_of(span s, unsigned bits, unsigned *out)
{
	size_t two = span_find(s, SPAN_LIT("//"));
	span part = bits == 128 ? span_from(s, two == s.n ? s.n : two + 2) : span_from(span_first(s, two), 1);
	unsigned v = 0;

	*out = bits;
	if (part.n == 0)
		return true;
	for (size_t i = 0; i < part.n; i++) {
		if (!ascii_is_digit(part.p[i]) || i > 2)
			return false;
		v = v * 10 + (unsigned)(part.p[i] - '0');
	}
	*out = v;
	return v <= bits;
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

/* One mechanism; *match whether it does. False when the check ends with *out. */
static bool mechanism(struct spf *s, span term, const char *domain, unsigned depth, bool *match, enum spf_result *out)
{
	size_t n = 0;
	span name, rest, value, cidr;
	const char *target;
	struct address net;
	unsigned prefix;

	*match = false;
	while (n < term.n && term.p[n] != ':' && term.p[n] != '/')
		n++;
	name = span_first(term, n);
	rest = span_from(term, n);
	value = rest.n > 0 && rest.p[0] == ':' ? span_from(rest, 1) : SPAN_EMPTY;
	cidr = rest.n > 0 && rest.p[0] == ':' ? span_from(value, span_find_byte(value, '/')) : rest;
	if (span_eq_nocase(name, SPAN_LIT("all"))) {
		*match = true;
		return true;
	}
	if (span_eq_nocase(name, SPAN_LIT("ip4")) || span_eq_nocase(name, SPAN_LIT("ip6"))) {
		unsigned bits = name.p[2] == '4' ? 32 : 128;

		target = arena_cstr(s->a, span_first(value, span_find_byte(value, '/')));
		if (target == NULL || !address_read(target, &net) || net.bits != bits ||
		    !prefix_of(bits == 128 && cidr.n > 0 ? span_str(arena_printf(s->a, "/%.*s", (int)cidr.n, (const char *)cidr.p)) : cidr, bits, &prefix)) {
			s->why = arena_printf(s->a, "%.*s is no address", (int)term.n, (const char *)term.p);
			*out = SPF_PERMERROR;
			return false;
		}
		*match = within(&s->from, &net, prefix);
		return true;
	}
	if (span_find_byte(value, '%') < value.n) {
		s->why = arena_printf(s->a, "%.*s has macros", (int)term.n, (const char *)term.p);
		*out = SPF_UNSURE;
		return false;
	}
	target = span_first(value, span_find_byte(value, '/')).n > 0 ? arena_cstr(s->a, span_first(value, span_find_byte(value, '/'))) : domain;
	if (target == NULL || !prefix_of(cidr, s->from.bits, &prefix)) {
		s->why = arena_printf(s->a, "%.*s is no mechanism", (int)term.n, (const char *)term.p);
		*out = SPF_PERMERROR;
		return false;
	}
	if (!counted(s, out))
		return false;
	if (span_eq_nocase(name, SPAN_LIT("a")))
		return host_matches(s, target, prefix, match, out);
	if (span_eq_nocase(name, SPAN_LIT("mx")))
		return mx_matches(s, target, prefix, match, out);
	if (span_eq_nocase(name, SPAN_LIT("include"))) {
		enum spf_result inner = evaluate(s, target, depth + 1);

		*match = inner == SPF_PASS;
		*out = inner == SPF_NONE ? SPF_PERMERROR : inner;
		return inner == SPF_PASS || inner == SPF_FAIL || inner == SPF_SOFTFAIL || inner == SPF_NEUTRAL;
	}
	if (span_eq_nocase(name, SPAN_LIT("exists"))) {
		struct dns_answer answer;

		if (!ask(s, target, DNS_A, &answer, out))
			return false;
		*match = answer.n > 0;
		return true;
	}
	if (span_eq_nocase(name, SPAN_LIT("ptr")))
		return true; /* not to be used (RFC 7208 5.5): taken as no match */
	s->why = arena_printf(s->a, "%.*s is no mechanism", (int)term.n, (const char *)term.p);
	*out = SPF_PERMERROR;
	return false;
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

static enum spf_result evaluate(struct spf *s, const char *domain, unsigned depth)
{
	enum spf_result out = SPF_PERMERROR;
	const char *redirect = NULL;
	span record = SPAN_EMPTY;

	if (depth > DEPTH || !record_of(s, domain, &record, &out))
		return out;
	while ((record = span_trim(record)).n > 0) {
		span term = span_first(record, span_find_byte(record, ' '));
		size_t equals = span_find_byte(term, '='), colon = span_find_byte(term, ':');
		unsigned char sign = '+';
		bool match;

		record = span_from(record, term.n);
		if (equals < term.n && equals < colon) {
			if (span_starts_nocase(term, SPAN_LIT("redirect=")))
				redirect = arena_cstr(s->a, span_from(term, 9));
			continue;
		}
		if (ascii_is_one_of(term.p[0], "+-~?")) {
			sign = term.p[0];
			term = span_from(term, 1);
		}
		if (!mechanism(s, term, domain, depth, &match, &out))
			return out;
		if (!match)
			continue;
		s->why = arena_printf(s->a, "%c%.*s of %s", sign, (int)term.n, (const char *)term.p, domain);
		return sign == '+' ? SPF_PASS : sign == '-' ? SPF_FAIL : sign == '~' ? SPF_SOFTFAIL : SPF_NEUTRAL;
	}
	if (redirect != NULL && counted(s, &out)) {
		out = evaluate(s, redirect, depth + 1);
		return out == SPF_NONE ? SPF_PERMERROR : out;
	}
	return redirect != NULL ? out : SPF_NEUTRAL;
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
