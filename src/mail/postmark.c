#include "mail/postmark.h"

static bool word_of(span token, const char *names, size_t n)
{
	if (token.n < 3 || !ascii_is_alpha(token.p[0]))
		return false;
	for (size_t i = 0; i < n; i++)
		if (span_starts_nocase(token, span_of(names + 3 * i, 3)))
			return true;
	return false;
}

static bool is_weekday(span t) { return t.n <= 4 && word_of(t, "sunmontuewedthufrisat", 7); }
static bool is_month(span t) { return t.n <= 4 && word_of(t, "janfebmaraprmayjunjulaugsepoctnovdec", 12); }

static bool all_digits(span t)
{
	for (size_t i = 0; i < t.n; i++)
		if (!ascii_is_digit(t.p[i]))
			return false;
	return t.n != 0;
}

static bool is_day(span t)
{
	return t.n <= 2 && all_digits(t);
}

static bool is_year(span t)
{
	return t.n == 4 && all_digits(t) && (span_starts(t, SPAN_LIT("19")) || span_starts(t, SPAN_LIT("20")));
}

static bool is_time(span t) /* h:mm, hh:mm:ss */
{
	size_t colon = span_find_byte(t, ':');
	span rest = span_from(t, colon + 1);

	return colon >= 1 && colon <= 2 && is_day(span_first(t, colon)) && rest.n >= 2 && is_day(span_first(rest, 2)) &&
	       (rest.n == 2 || rest.p[2] == ':');
}

static bool is_iso_day(span t) /* 2024-03-01 */
{
	return t.n >= strlen("2024-03-01") && is_year(span_first(t, 4)) && t.p[4] == '-' && t.p[7] == '-' && is_day(span_sub(t, 8, 2));
}

static bool is_iso(span t) /* 2024-03-01T09:30:00Z */
{
	return t.n >= strlen("2024-03-01T09:30") && is_iso_day(t) && (t.p[10] == 'T' || t.p[10] == 't') && is_time(span_sub(t, 11, 5));
}

static bool token_next(span *rest, span *token)
{
	size_t n = 0;

	while (rest->n != 0 && (rest->p[0] == ' ' || rest->p[0] == '\t' || rest->p[0] == ','))
		*rest = span_from(*rest, 1);
	while (n < rest->n && rest->p[n] != ' ' && rest->p[n] != '\t')
		n++;
	*token = span_first(*rest, n);
	*rest = span_from(*rest, n);
	if (token->n != 0 && token->p[token->n - 1] == ',')
		token->n--;
	return n != 0;
}

enum { TOKENS = 24 };

enum postmark postmark(span line)
{
	span rest = span_from(line, 5), token[TOKENS] = {0};
	size_t n = 0, month = 0, time = 0, year = 0;
	bool usual;

	if (line.n > 512) /* an address has at most 254 bytes */
		return POSTMARK_NONE;
	while (n < TOKENS && token_next(&rest, &token[n])) {
		if (month == 0 && n != 0 && is_month(token[n]))
			month = n;
		else if (time == 0 && n != 0 && is_time(token[n]))
			time = n;
		else if (year == 0 && n != 0 && is_year(token[n]))
			year = n;
		n++;
	}
	if (n == 1 && span_eq(token[0], SPAN_LIT("-")))
		return POSTMARK_DASH;
	if (n == 0 || (n == 1 && span_find_byte(token[0], '@') < token[0].n))
		return POSTMARK_BARE;
	if ((n == 2 && is_iso(token[1])) || ((n == 3 || n == 4) && token[1].n == 10 && is_iso_day(token[1]) && is_time(token[2])))
		return POSTMARK_BARE;
	if (month == 0 || time == 0)
		return POSTMARK_NONE;
	usual = month >= 2 && month <= 4 && is_weekday(token[month - 1]) && is_day(token[month + 1]) && time == month + 2;
	if (year == 0) /* of two digits, as before 2000 */
		return usual && n == time + 2 && token[time + 1].n == 2 && is_day(token[time + 1]) ? POSTMARK_BARE : POSTMARK_NONE;
	return usual && year > time && year <= time + 2 ? POSTMARK_STRICT : POSTMARK_LOOSE;
}
