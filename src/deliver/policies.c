#include "deliver/policies.h"

#include "base/clock.h"

/* "name: value" of the next line that is one; lines end in LF or CRLF. */
static bool field_next(span *rest, span *name, span *value)
{
	span line;

	while (span_line(rest, &line)) {
		size_t colon = span_find_byte(line, ':');

		if (colon == line.n || line.p[0] == '#')
			continue;
		*name = span_first(line, colon);
		*value = span_trim(span_from(line, colon + 1));
		return true;
	}
	return false;
}

/* The value of the first field of that name (RFC 8461 3.2), empty when there is none. */
static span value_of(span text, span wanted)
{
	span name, value;

	while (field_next(&text, &name, &value))
		if (span_eq(name, wanted))
			return value;
	return SPAN_EMPTY;
}

bool mta_sts_matches(span pattern, span host)
{
	if (span_starts(pattern, SPAN_LIT("*.")))
		return span_find_byte(host, '.') < host.n && span_eq_nocase(span_from(host, span_find_byte(host, '.') + 1), span_from(pattern, 2));
	return pattern.n != 0 && span_eq_nocase(pattern, host);
}

bool mta_sts_is_testing(span policy) { return span_eq(value_of(policy, SPAN_LIT("mode")), SPAN_LIT("testing")); }

const char *mta_sts_wrong(span policy, const struct dns_answer *mx)
{
	span mode = value_of(policy, SPAN_LIT("mode")), age = value_of(policy, SPAN_LIT("max_age"));
	bool number = age.n != 0 && age.n <= 10;

	for (size_t i = 0; i < age.n && number; i++)
		number = ascii_is_digit(age.p[i]);
	if (!span_eq(value_of(policy, SPAN_LIT("version")), SPAN_LIT("STSv1")))
		return "the policy has no version: STSv1";
	if (!number)
		return "the policy has no max_age";
	if (span_eq(mode, SPAN_LIT("none")))
		return "the policy's mode is none";
	if (!span_eq(mode, SPAN_LIT("enforce")) && !span_eq(mode, SPAN_LIT("testing")))
		return "the policy has no mode";
	for (size_t i = 0; i < mx->n; i++) {
		span rest = policy, name, value;
		bool named = false;

		while (!named && field_next(&rest, &name, &value))
			named = span_eq(name, SPAN_LIT("mx")) && mta_sts_matches(value, span_str(mx->v[i].text));
		if (!named)
			return "the policy does not name each of the MX hosts";
	}
	return NULL;
}

const char *security_txt_wrong(span text, int64_t now_utc)
{
	unsigned n_contacts = 0, n_expires = 0;
	int64_t expires_utc = TIME_NONE;
	span name, value;

	while (field_next(&text, &name, &value)) {
		if (span_eq_nocase(name, SPAN_LIT("Contact")))
			n_contacts += span_starts_nocase(value, SPAN_LIT("https://")) || span_starts_nocase(value, SPAN_LIT("mailto:")) ||
				      span_starts_nocase(value, SPAN_LIT("tel:"));
		if (span_eq_nocase(name, SPAN_LIT("Expires"))) {
			n_expires++;
			if (!time_parse(value, &expires_utc))
				expires_utc = TIME_NONE;
		}
	}
	if (n_contacts == 0)
		return "no Contact that is an address";
	if (n_expires != 1 || expires_utc == TIME_NONE)
		return "no Expires, more than one, or no date in it";
	return expires_utc <= now_utc ? "it has expired" : NULL;
}
