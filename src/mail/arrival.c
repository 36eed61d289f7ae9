/* When a message arrived, by the stamps of the servers that it passed: trace fields of RFC 5321 4.4. */
#include "base/clock.h"
#include "mail/summary.h"

/* The name behind "by" of a Received field, outside comments; empty when it has none. */
static span received_by(span value)
{
	unsigned depth = 0;

	for (size_t i = 0; i < value.n; i++) {
		bool start = i == 0 || ascii_is_space(value.p[i - 1]);

		if (value.p[i] == '(')
			depth++;
		else if (value.p[i] == ')' && depth != 0)
			depth--;
		else if (value.p[i] == ';' && depth == 0)
			break;
		else if (depth == 0 && start && span_starts_nocase(span_from(value, i), SPAN_LIT("by")) && i + 2 < value.n &&
		    ascii_is_space(value.p[i + 2])) {
			span rest = span_trim(span_from(value, i + 2));
			size_t n = 0;

			while (n < rest.n && !ascii_is_space(rest.p[n]) && rest.p[n] != ';' && rest.p[n] != '(')
				n++;
			return span_first(rest, n);
		}
	}
	return SPAN_EMPTY;
}

/* Says which system it was: not an address, not a name without a dot as machines have behind a firewall. */
static bool names_a_host(span s)
{
	bool letter = false;

	if (s.n == 0 || s.p[0] == '[' || span_find_byte(s, ':') < s.n || span_find_byte(s, '.') == s.n)
		return false;
	for (size_t i = 0; i < s.n; i++)
		letter = letter || !(ascii_is_digit(s.p[i]) || s.p[i] == '.');
	return letter && !span_starts_nocase(s, SPAN_LIT("localhost"));
}

/* fetchmail, getmail and the like: mail that lay in another mailbox before. */
static bool is_fetched(span value)
{
	return span_has_one_of_nocase(value, SPAN_WORDS(" with IMAP", " with POP", "fetchmail", "getmail"));
}

static int64_t stamp_of(const struct field *f)
{
	size_t semicolon = f->value.n;

	if (!span_eq_nocase(f->name, SPAN_LIT("received")))
		return header_date(span_trim(f->value));
	while (semicolon > 0 && f->value.p[semicolon - 1] != ';')
		semicolon--;
	return semicolon == 0 ? TIME_NONE : header_date(span_trim(span_from(f->value, semicolon)));
}

void arrival_read(const struct headers *h, struct arrival *out)
{
	*out = (struct arrival){TIME_NONE, SPAN_LIT("")};
	for (size_t i = 0; i < h->n; i++) {
		const struct field *f = &h->fields[i];
		bool received = span_eq_nocase(f->name, SPAN_LIT("received"));
		int64_t when;
		span by;

		if (!received && !span_eq_nocase(f->name, SPAN_LIT("delivery-date")) && !span_eq_nocase(f->name, SPAN_LIT("x-delivery-date")))
			continue;
		when = stamp_of(f);
		if (when != TIME_NONE && (out->when_utc == TIME_NONE || when < out->when_utc))
			out->when_utc = when;
		if (!received || is_fetched(f->value) || !names_a_host(by = received_by(f->value)))
			continue;
		out->by = by;
		return;
	}
}
