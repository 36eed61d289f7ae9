#include "mail/summary.h"

#include "mail/words.h"

/* Comments out, white space as single spaces, quotes kept; unfolded. */
static span plain(struct arena *a, span value)
{
	struct text t = {.arena = a};
	unsigned depth = 0;
	bool quoted = false;

	for (size_t i = 0; i < value.n; i++) {
		unsigned char c = value.p[i];

		if (c == '"' && depth == 0)
			quoted = !quoted;
		if (c == '(' && !quoted)
			depth++;
		else if (c == ')' && !quoted && depth != 0)
			depth--;
		else if (depth == 0)
			text_byte(&t, ascii_is_space(c) ? ' ' : c);
	}
	return text_span(&t);
}

static span token_take(span *rest, const char *ends)
{
	size_t n = 0;
	span token;

	while (rest->n != 0 && rest->p[0] == ' ')
		*rest = span_from(*rest, 1);
	while (n < rest->n && !ascii_is_one_of(rest->p[n], ends))
		n++;
	token = span_trim(span_first(*rest, n));
	*rest = span_from(*rest, n);
	if (token.n >= 2 && token.p[0] == '"' && token.p[token.n - 1] == '"')
		token = span_sub(token, 1, token.n - 2);
	return token;
}

/* Is one equal to the other or below it? The upper one has a dot: nobody signs for a whole top-level domain. */
static bool aligned(span one, span other)
{
	span upper = one.n < other.n ? one : other, lower = one.n < other.n ? other : one;

	return span_find_byte(upper, '.') < upper.n && span_ends_nocase(lower, upper) &&
	       (lower.n == upper.n || lower.p[lower.n - upper.n - 1] == '.');
}

enum word { WORD_NONE, WORD_VOUCHES, WORD_DENIES };

/*
 * "dkim=pass header.d=host.example": what does it say of the domain? A failed DMARC denies it: it is what all the others
 * come to, so one that passed beside it was not written by the same host.
 */
static enum word result_says(span result, span domain)
{
	span method = token_take(&result, " ="), value, name;
	const char *wanted = NULL, *second = NULL;
	enum word word = WORD_VOUCHES;

	if (span_eq_nocase(method, SPAN_LIT("dmarc")))
		wanted = "header.from";
	else if (span_eq_nocase(method, SPAN_LIT("dkim")))
		wanted = "header.d", second = "header.i";
	else if (span_eq_nocase(method, SPAN_LIT("spf")))
		wanted = "smtp.mailfrom", second = "smtp.mail";
	if (wanted == NULL || (value = token_take(&result, "="), result.n == 0))
		return WORD_NONE;
	result = span_from(result, 1);
	value = token_take(&result, " ");
	if (span_eq_nocase(method, SPAN_LIT("dmarc")) && span_eq_nocase(value, SPAN_LIT("fail")))
		word = WORD_DENIES;
	else if (!span_eq_nocase(value, SPAN_LIT("pass")))
		return WORD_NONE;
	while (result.n != 0) {
		size_t at;

		name = token_take(&result, "=");
		result = span_from(result, 1);
		value = token_take(&result, " ");
		if (!span_eq_nocase(name, span_str(wanted)) && (second == NULL || !span_eq_nocase(name, span_str(second))))
			continue;
		if ((at = span_find_byte(value, '@')) < value.n)
			value = span_from(value, at + 1);
		if (aligned(value, domain))
			return word;
	}
	return WORD_NONE;
}

static bool is_trusted(span host, const char *const *trusted, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (span_eq_nocase(host, span_str(trusted[i])))
			return true;
	return false;
}

span auth_results_domain(struct arena *a, const struct headers *h, const char *const *trusted,
    size_t n_trusted, span from_domain)
{
	bool begun = false, vouched = false;

	if (from_domain.n == 0)
		return SPAN_LIT("");
	for (size_t i = 0; i < h->n; i++) {
		const struct field *f = &h->fields[i];
		span rest, host, token;

		if (begun && span_eq_nocase(f->name, SPAN_LIT("received")))
			break;
		if (!span_eq_nocase(f->name, SPAN_LIT("authentication-results")))
			continue;
		if ((rest = plain(a, f->value)).p == NULL)
			return SPAN_EMPTY;
		host = rest;
		token = token_take(&host, " ;=");
		if (host.n != 0 && span_trim(host).n != 0 && span_trim(host).p[0] == '=')
			token = SPAN_LIT(""); /* no host: the first result stands in its place */
		else
			rest = span_from(rest, span_find_byte(rest, ';') + 1);
		if (!is_trusted(token, trusted, n_trusted))
			continue;
		begun = true;
		while (rest.n != 0) {
			enum word word = result_says(token_take(&rest, ";"), from_domain);

			if (word == WORD_DENIES)
				return SPAN_LIT("");
			vouched |= word == WORD_VOUCHES;
			rest = span_from(rest, 1);
		}
	}
	return vouched ? from_domain : SPAN_LIT("");
}
