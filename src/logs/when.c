/* Dates and addresses in the forms in which logs have them. */
#include <arpa/inet.h>

#include "logs/private.h"

struct scan { span s; size_t at; };

static bool take_number(struct scan *c, size_t max_digits, int *v, size_t *digits)
{
	size_t from = c->at;

	for (*v = 0; c->at < c->s.n && c->at - from < max_digits && ascii_is_digit(c->s.p[c->at]); c->at++)
		*v = *v * 10 + (c->s.p[c->at] - '0');
	if (digits != NULL)
		*digits = c->at - from;
	return c->at > from;
}

static unsigned char peek(const struct scan *c) { return c->at < c->s.n ? c->s.p[c->at] : 0; }

static bool take(struct scan *c, unsigned char ch)
{
	bool is = peek(c) == ch && ch != 0;

	c->at += is;
	return is;
}

static void take_spaces(struct scan *c)
{
	/* A narrow no-break space stands before AM and PM in what newer browsers export. */
	for (;;) {
		span rest = span_from(c->s, c->at);

		if (rest.n > 0 && ascii_is_space(rest.p[0]))
			c->at++;
		else if (span_starts(rest, SPAN_LIT("\xe2\x80\xaf")))
			c->at += 3;
		else if (span_starts(rest, SPAN_LIT("\xc2\xa0")))
			c->at += 2;
		else
			return;
	}
}

static void take_fraction(struct scan *c, uint32_t *nanos)
{
	uint32_t unit = 100000000;

	if (peek(c) != '.' && peek(c) != ',')
		return;
	if (c->at + 1 >= c->s.n || !ascii_is_digit(c->s.p[c->at + 1]))
		return;
	for (c->at++; ascii_is_digit(peek(c)); c->at++, unit /= 10)
		*nanos += unit * (uint32_t)(peek(c) - '0');
}

/*
 * What browsers, shells and Java write for a zone that means one alone. CST is also China's, IST also Ireland's, BST also of Bangladesh, PST also of
 * the Philippines: a time with one of these, or with letters that are not here, has no zone.
 */
static const struct { char name[5]; signed char hours; } zones[] = {
    {"WET", 0}, {"WEST", 1}, {"CET", 1}, {"MEZ", 1}, {"CEST", 2}, {"MESZ", 2}, {"EET", 2}, {"EEST", 3}, {"MSK", 3}, {"JST", 9}, {"KST", 9}, {"HKT", 8},
    {"SGT", 8}, {"AWST", 8}, {"AEST", 10}, {"AEDT", 11}, {"NZST", 12}, {"NZDT", 13}, {"EST", -5}, {"EDT", -4}, {"CDT", -5}, {"MST", -7}, {"MDT", -6},
    {"PDT", -7}, {"HST", -10}, {"BRT", -3},
};

static bool take_letters(struct scan *c, int *offset, enum when_zone *zone)
{
	size_t from = c->at, n;

	while (ascii_is_alpha(peek(c)))
		c->at++;
	n = c->at - from;
	*zone = WHEN_UNKNOWN;
	for (size_t i = 0; i < sizeof zones / sizeof zones[0]; i++)
		if (span_eq_nocase(span_sub(c->s, from, n), span_str(zones[i].name))) {
			*offset = zones[i].hours * 3600;
			*zone = WHEN_SAID;
		}
	return n >= 2 && n <= 5;
}

/* "Z", "UTC", "+02:00", "-0500", "GMT+2", "CEST"; nothing. Seconds east of UTC. */
static bool take_zone(struct scan *c, int *offset, enum when_zone *zone)
{
	int sign, h, m = 0;

	*offset = 0;
	take_spaces(c);
	if (take(c, 'Z') || take(c, 'z')) {
		*zone = WHEN_SAID;
		return true;
	}
	if (span_starts_nocase(span_from(c->s, c->at), SPAN_LIT("UTC")) ||
	    span_starts_nocase(span_from(c->s, c->at), SPAN_LIT("GMT"))) {
		c->at += 3;
		*zone = WHEN_SAID;
	} else if (ascii_is_alpha(peek(c)))
		return take_letters(c, offset, zone);
	if (peek(c) != '+' && peek(c) != '-')
		return true;
	sign = peek(c) == '-' ? -1 : 1;
	c->at++;
	if (!take_number(c, 2, &h, NULL))
		return false;
	take(c, ':');
	if (ascii_is_digit(peek(c)) && !take_number(c, 2, &m, NULL))
		return false;
	if (h > 15 || m > 59)
		return false;
	*offset = sign * (h * 3600 + m * 60);
	*zone = WHEN_SAID;
	return true;
}

static bool take_clock(struct scan *c, struct civil *t, uint32_t *nanos)
{
	unsigned char half;

	if (!take_number(c, 2, &t->hour, NULL) || !take(c, ':') || !take_number(c, 2, &t->minute, NULL))
		return false;
	if (take(c, ':') && !take_number(c, 2, &t->second, NULL))
		return false;
	take_fraction(c, nanos);
	take_spaces(c);
	half = ascii_lower(peek(c));
	if ((half == 'a' || half == 'p') && c->at + 1 < c->s.n && ascii_lower(c->s.p[c->at + 1]) == 'm') {
		if (t->hour < 1 || t->hour > 12)
			return false;
		t->hour = t->hour % 12 + (half == 'p' ? 12 : 0);
		c->at += 2;
	}
	return true;
}

/* Seconds, milliseconds, microseconds or 100 ns since 1970, by their size; "/Date(1620000000000)/" of .NET too. */
static bool epoch(span s, int64_t *when, uint32_t *nanos)
{
	uint64_t v, unit = 1;
	size_t i;

	if (span_starts(s, SPAN_LIT("/Date(")))
		s = span_from(s, 6);
	i = span_digits(s, 19, &v);
	if (i < 9 || i == 19 || (i < s.n && s.p[i] != '.' && s.p[i] != ')'))
		return false;
	while (i > 11 && unit < 1000000000 && v / unit > 99999999999)
		unit *= 1000;
	*when = (int64_t)(v / unit);
	*nanos = (uint32_t)(v % unit * (1000000000 / unit));
	return *when <= 253402300799; /* the year 9999 */
}

/*
 * A date as Excel counts it: days since the end of 1899, and the time as a fraction of one. 1982 to 2119, so that nothing else is taken
 * for one.
 */
static bool serial(span s, int64_t *when)
{
	uint64_t days = 0, part = 0, unit = 1;
	size_t i = 0;

	for (; i < s.n && i < 5 && ascii_is_digit(s.p[i]); i++)
		days = days * 10 + (uint64_t)(s.p[i] - '0');
	if (i != 5 || days < 30000 || days > 80000 || (i < s.n && s.p[i] != '.' && s.p[i] != ','))
		return false;
	for (i++; i < s.n && ascii_is_digit(s.p[i]); i++)
		if (unit < 1000000000000) {
			part = part * 10 + (uint64_t)(s.p[i] - '0');
			unit *= 10;
		}
	*when = time_of_serial((int64_t)days, false) + (int64_t)((part * 86400 + unit / 2) / unit);
	return i >= s.n;
}

/*
 * forms: how dates of the same file are written. Where some of them have the month first beyond doubt, a spreadsheet with other habits
 * may have turned the rest around: those that it took for dates, and it did not for those whose day is above 12.
 */
static bool take_date(struct scan *c, struct civil *t, unsigned forms, bool *ambiguous)
{
	size_t digits;
	int a, b;
	unsigned char sep;
	bool day_first;

	if (!take_number(c, 5, &a, &digits))
		return false;
	sep = peek(c);
	if (sep != '-' && sep != '/' && sep != '.')
		return false;
	c->at++;
	if (!take_number(c, 2, &b, NULL) || !take(c, sep))
		return false;
	if (digits == 4) {
		t->year = a;
		t->month = b;
		if (!take_number(c, 2, &t->day, NULL))
			return false;
		*ambiguous = (forms & WHEN_MONTH_FIRST) != 0 && t->day <= 12 && t->day != b && peek(c) != 'T';
		return true;
	}
	if (digits > 2 || !take_number(c, 4, &t->year, &digits) || digits % 2 != 0)
		return false;
	t->year += digits == 2 ? 2000 : 0;
	/* 14.05.2021 is of Europe; of 5/14/2021 and 14/5/2021 the larger is the day; 5/4/2021 is taken as May 4. */
	day_first = sep == '.' || a > 12 || (forms & (WHEN_DAY_FIRST | WHEN_MONTH_FIRST)) == WHEN_DAY_FIRST;
	t->month = day_first ? b : a;
	t->day = day_first ? a : b;
	*ambiguous = a <= 12 && b <= 12 && a != b &&
	    (sep == '.' ? (forms & WHEN_MONTH_FIRST) != 0 : forms == 0 || forms == (WHEN_DAY_FIRST | WHEN_MONTH_FIRST));
	return true;
}

/* "Jun 11 10:00:00" of RFC 3164, which has no year: that of a leap year. "Jun 11, 2025 @ 10:00:00" and without @ of tables, "Jun 11 2025 10:00:00 UTC" of CEF. */
static bool take_syslog(struct scan *c, struct civil *t)
{
	static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";
	char word[3];
	size_t at, behind_day;
	bool comma;
	int year;

	if (c->s.n < 15)
		return false;
	for (size_t i = 0; i < 3; i++)
		word[i] = (char)ascii_lower(c->s.p[i]);
	if ((at = span_find(span_str(months), span_of(word, 3))) % 3 != 0 || at >= sizeof months - 1)
		return false;
	t->year = NO_YEAR;
	t->month = (int)(at / 3) + 1;
	c->at = 3;
	take_spaces(c);
	if (!take_number(c, 2, &t->day, NULL))
		return false;
	comma = take(c, ',');
	behind_day = c->at;
	take_spaces(c);
	if (take_number(c, 4, &year, &at) && at == 4 && peek(c) != ':') {
		t->year = year;
		return true;
	}
	c->at = behind_day;
	return !comma;
}

unsigned when_form(span s)
{
	struct scan c = {.s = span_trim(s)};
	int a, b;

	if (!take_number(&c, 2, &a, NULL) || !(take(&c, '/') || take(&c, '-')) || !take_number(&c, 2, &b, NULL))
		return 0;
	return a > 12 && b <= 12 ? WHEN_DAY_FIRST : a <= 12 && b > 12 ? WHEN_MONTH_FIRST : 0;
}

int64_t when_before(int64_t when, int64_t last, unsigned years_back, int64_t end)
{
	struct civil c = time_to_civil(when);
	int64_t at;

	if (last != TIME_NONE && (last = when_before(last, TIME_NONE, 0, end)) == TIME_NONE)
		return TIME_NONE;
	c.year = last != TIME_NONE ? time_to_civil(last).year - (int)years_back : time_to_civil(end).year + 1;
	for (; c.year > 1970; c.year--)
		if ((at = time_from_civil(c)) != TIME_NONE && (last != TIME_NONE || at <= end + 86400))
			return at;
	return TIME_NONE;
}

bool when_parse(span s, unsigned forms, int64_t *when_utc, uint32_t *nanos, enum when_zone *zone, bool *ambiguous)
{
	struct scan c = {.s = span_trim(s)};
	struct civil t = {0};
	int offset = 0;

	*when_utc = TIME_NONE;
	*nanos = 0;
	*zone = WHEN_NOT_SAID;
	*ambiguous = false;
	if (epoch(c.s, when_utc, nanos)) {
		*zone = WHEN_SAID;
		return true;
	}
	*nanos = 0;
	if (serial(c.s, when_utc))
		return true;
	*when_utc = TIME_NONE;
	if (!take_syslog(&c, &t) && !take_date(&c, &t, forms, ambiguous))
		return false;
	take(&c, ',');
	take_spaces(&c);
	if (take(&c, '@')) /* Kibana's */
		take_spaces(&c);
	take(&c, 'T');
	if (c.at < c.s.n && (!take_clock(&c, &t, nanos) || !take_zone(&c, &offset, zone)))
		return false;
	take_spaces(&c);
	if (c.at < c.s.n || (*when_utc = time_from_civil(t)) == TIME_NONE)
		return false;
	*when_utc -= offset;
	return true;
}

/* An IPv4 address carried in IPv6 is the IPv4 address. */
static span ip_text(const char *s, char out[64])
{
	static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};
	unsigned char b[16];

	if (inet_pton(AF_INET, s, b) == 1)
		return span_str(inet_ntop(AF_INET, b, out, 64));
	if (inet_pton(AF_INET6, s, b) != 1)
		return SPAN_EMPTY;
	if (memcmp(b, mapped, 12) == 0)
		return span_str(inet_ntop(AF_INET, b + 12, out, 64));
	return span_str(inet_ntop(AF_INET6, b, out, 64));
}

span ip_parse(span s, char out[64])
{
	char text[64];
	size_t end, colons = 0;

	/* Of several that stand in a row the first is the client's, the others are proxies. */
	s = span_trim(span_first(s, span_find_byte(s, ',')));
	if (s.n > 0 && s.p[0] == '[') {
		s = span_from(s, 1);
		if ((end = span_find_byte(s, ']')) == s.n)
			return SPAN_EMPTY;
		s = span_first(s, end);
	}
	s = span_first(s, span_find_byte(s, '%'));
	for (size_t i = 0; i < s.n; i++)
		colons += s.p[i] == ':';
	if (colons == 1)
		s = span_first(s, span_find_byte(s, ':'));
	if (s.n == 0 || s.n >= sizeof text)
		return SPAN_EMPTY;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	return ip_text(text, out);
}
