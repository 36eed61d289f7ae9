#include "mail/summary.h"

#include "base/digest.h"
#include "mail/words.h"

static bool is_domain(span s)
{
	bool dot = false;

	for (size_t i = 0; i < s.n; i++) {
		if (!ascii_is_alnum(s.p[i]) && s.p[i] != '-' && s.p[i] != '.')
			return false;
		dot |= s.p[i] == '.' && i != 0 && i != s.n - 1;
	}
	return dot;
}

static span joined(struct arena *a, span local, span domain)
{
	struct text t = {.arena = a};

	text_put(&t, local);
	text_byte(&t, '@');
	for (size_t i = 0; i < domain.n; i++)
		text_byte(&t, ascii_lower(domain.p[i]));
	return text_span(&t);
}

/* Takes what stands before the next '=' off; false when there is none. */
static bool take_token(span *rest, span *token)
{
	size_t n = span_find_byte(*rest, '=');

	if (n == rest->n)
		return false;
	*token = span_first(*rest, n);
	*rest = span_from(*rest, n + 1);
	return true;
}

/* "SRS0=hash=tt=domain=local"; "SRS1=hash=host==hash=tt=domain=local" */
static bool srs(span local, span *domain, span *user)
{
	span token, rest = span_from(local, 5);
	bool twice = span_starts_nocase(local, SPAN_LIT("SRS1"));

	if (!span_starts_nocase(local, SPAN_LIT("SRS0")) && !twice)
		return false;
	if (local.n < 6 || !ascii_is_one_of(local.p[4], "=+-"))
		return false;
	if (twice) {
		if (!take_token(&rest, &token) || !take_token(&rest, &token))
			return false;
		rest = span_from(rest, 1); /* the second separator */
	}
	if (!take_token(&rest, &token) || !take_token(&rest, &token) || !take_token(&rest, domain))
		return false;
	*user = rest;
	return user->n != 0 && is_domain(*domain);
}

/* "prvs=tag=local", and the older "prvs=local/tag" */
static bool batv(span local, span *user)
{
	size_t mark;

	if (span_starts_nocase(local, SPAN_LIT("msprvs1=")))
		local = span_from(local, 3 + 5);
	else if (span_starts_nocase(local, SPAN_LIT("prvs=")) || span_starts_nocase(local, SPAN_LIT("btv1=")))
		local = span_from(local, 5);
	else
		return false;
	while (local.n != 0 && local.p[0] == '=') /* "btv1==tag==local" */
		local = span_from(local, 1);
	if ((mark = span_find_byte(local, '=')) < local.n) {
		*user = span_from(local, mark + 1);
		while (user->n != 0 && user->p[0] == '=')
			*user = span_from(*user, 1);
	} else {
		*user = span_first(local, span_find_byte(local, '/'));
	}
	return user->n != 0;
}

/* "bounces+jane=host.example", "bounce-123-jane=host.example" */
static bool verp(span local, span *domain, span *user)
{
	size_t equals = local.n, from;

	while (equals != 0 && local.p[equals - 1] != '=')
		equals--;
	if (equals < 2 || !is_domain(*domain = span_from(local, equals)))
		return false;
	*user = span_first(local, equals - 1);
	if ((from = span_find_byte(*user, '+')) < user->n)
		*user = span_from(*user, from + 1);
	else if ((from = span_find_byte(*user, '-')) < user->n &&
	    (span_starts_nocase(*user, SPAN_LIT("bounce")) || span_starts_nocase(*user, SPAN_LIT("return"))))
		*user = span_from(*user, from + 1);
	/* numbers of the mailing and short tags before the address: "123456-9f3a-jane" */
	while ((from = span_find_byte(*user, '-')) < user->n && from != 0 && ascii_is_digit(user->p[0]))
		*user = span_from(*user, from + 1);
	return user->n != 0 && span_find_byte(*user, '=') == user->n;
}

/* A list's own spelling of its author, where DMARC forbids it his address: "jane=40host.example@dmarc.list.example". */
static bool dmarc(span local, span host, span *domain, span *user)
{
	size_t equals = local.n;
	bool listed = span_starts_nocase(host, SPAN_LIT("dmarc."));

	if (!listed && !span_eq_nocase(host, SPAN_LIT("groups.io")))
		return false;
	while (equals != 0 && local.p[equals - 1] != '=')
		equals--;
	if (equals < 2)
		return false;
	*user = span_first(local, equals - 1);
	*domain = span_from(local, equals);
	if (listed && span_starts(*domain, SPAN_LIT("40")))
		*domain = span_from(*domain, 2);
	return is_domain(*domain);
}

/*
 * "IMCEASMTP-jane+40host+2Eexample@exchange.example", Exchange's address for one of another kind, letter by letter; of Notes with a name
 * ("+22Jane+22+20+3Cjane+40host+2Eexample+3E") and its own domain behind it ("+40ACME"). False when it holds no address of the Internet.
 */
static bool imcea(struct arena *a, span local, span *domain, span *user)
{
	struct text t = {.arena = a};
	size_t at;
	span s;
	unsigned char b;

	if (!span_starts_nocase(local, SPAN_LIT("IMCEA")))
		return false;
	local = span_from(local, span_find_byte(local, '-') + 1);
	for (size_t i = 0; i < local.n; i++) {
		bool coded = local.p[i] == '+' && hex_read(span_sub(local, i + 1, 2), &b, 1);

		text_byte(&t, coded ? b : local.p[i] == '_' ? '/' : local.p[i]);
		i += coded ? 2 : 0;
	}
	s = text_span(&t);
	while ((at = span_find_last(s, '@')) < s.n) {
		*domain = span_from(s, at + 1);
		if (span_ends_nocase(*domain, SPAN_LIT(">")))
			domain->n--;
		*user = span_first(s, at);
		if (is_domain(*domain)) {
			size_t open = span_find_byte(*user, '<');

			*user = open < user->n ? span_from(*user, open + 1) : *user;
			return user->n != 0 && span_find_byte(*user, ' ') == user->n && span_find_byte(*user, '@') == user->n;
		}
		s = *user;
	}
	return false;
}

span address_unwrap(struct arena *a, span address, bool sender)
{
	size_t at = address.n;
	span local, user, domain;

	while (at != 0 && address.p[at - 1] != '@')
		at--;
	if (address.p == NULL)
		return SPAN_LIT("");
	if (at == 0)
		return address;
	local = span_first(address, at - 1);
	domain = span_from(address, at);
	if (span_ends_nocase(domain, SPAN_LIT(".invalid")) && is_domain(span_first(domain, domain.n - 8)))
		return joined(a, local, span_first(domain, domain.n - 8));
	if (imcea(a, local, &domain, &user))
		return joined(a, user, domain);
	domain = span_from(address, at);
	if (span_find_byte(address, '=') == address.n)
		return address;
	if (dmarc(local, domain, &domain, &user))
		return joined(a, user, domain);
	if (srs(local, &domain, &user))
		return joined(a, user, domain);
	if (batv(local, &user))
		return joined(a, user, span_from(address, at));
	/* VERP has in it who the mail went to, not who sent it. */
	return !sender && verp(local, &domain, &user) ? joined(a, user, domain) : address;
}
