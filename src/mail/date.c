#include "mail/header.h"

#include "base/clock.h"

/* What was found so far; -1 where nothing was. */
struct found {
	int day, month, year, hour, minute, second;
	int zone;     /* seconds east of UTC */
	bool zoned, pm, am;
};

static const char MONTHS[] = "janfebmaraprmayjunjulaugsepoctnovdec";

static int month_of(span word)
{
	if (word.n < 3)
		return -1;
	for (int i = 0; i < 12; i++)
		if (span_starts_nocase(word, span_of(MONTHS + 3 * i, 3)))
			return i + 1;
	return -1;
}

/* RFC 5322 4.3, and names that real mail has; letters of the military zones are UTC, since they were misused. */
static bool zone_of(span word, int *seconds)
{
	static const struct { char name[5]; int minutes; } zones[] = {
	    {"UT", 0}, {"UTC", 0}, {"GMT", 0}, {"Z", 0}, {"EST", -300}, {"EDT", -240}, {"CST", -360}, {"CDT", -300},
	    {"MST", -420}, {"MDT", -360}, {"PST", -480}, {"PDT", -420}, {"AST", -240}, {"ADT", -180}, {"AKST", -540},
	    {"AKDT", -480}, {"HST", -600}, {"NST", -210}, {"NDT", -150}, {"WET", 0}, {"WEST", 60}, {"BST", 60},
	    {"CET", 60}, {"CEST", 120}, {"MET", 60}, {"MEST", 120}, {"MEZ", 60}, {"MESZ", 120}, {"EET", 120},
	    {"EEST", 180}, {"MSK", 180}, {"MSD", 240}, {"IST", 330}, {"SGT", 480}, {"HKT", 480}, {"KST", 540},
	    {"JST", 540}, {"AEST", 600}, {"AEDT", 660}, {"NZST", 720}, {"NZDT", 780},
	};

	for (size_t i = 0; i < sizeof zones / sizeof zones[0]; i++) {
		if (span_eq_nocase(word, span_str(zones[i].name))) {
			*seconds = zones[i].minutes * 60;
			return true;
		}
	}
	return false;
}

static void take_word(struct found *f, span word)
{
	int month = month_of(word), zone;

	if (span_eq_nocase(word, SPAN_LIT("am")))
		f->am = true;
	else if (span_eq_nocase(word, SPAN_LIT("pm")))
		f->pm = true;
	else if (month > 0 && f->month < 0)
		f->month = month;
	else if (!f->zoned && f->hour >= 0 && zone_of(word, &zone)) {
		f->zone = zone;
		f->zoned = true;
	}
}

/* A run of digits at *at; at most nine count. */
static int take_number(span s, size_t *at, size_t *n_digits)
{
	int v = 0;
	size_t from = *at;

	for (; *at < s.n && ascii_is_digit(s.p[*at]); ++*at)
		if (*at - from < 9)
			v = v * 10 + (s.p[*at] - '0');
	*n_digits = *at - from;
	return v;
}

/* "+0100", "-05:00", "+1": behind a time only. */
static bool take_zone(struct found *f, span s, size_t *at)
{
	size_t i = *at + 1, n;
	int v, minutes, sign = s.p[*at] == '-' ? -1 : 1;

	/* "GMT+0100" is JavaScript's way, and GMT's alone. */
	if (f->hour < 0 || (f->zoned && (f->zone != 0 || ascii_is_space(s.p[*at - 1]))) || i >= s.n || !ascii_is_digit(s.p[i]))
		return false;
	v = take_number(s, &i, &n);
	minutes = n <= 2 ? v * 60 : v / 100 * 60 + v % 100;
	if (n <= 2 && s.n - i > 2 && s.p[i] == ':' && ascii_is_digit(s.p[i + 1])) {
		i++;
		minutes += take_number(s, &i, &n);
	} else if (n < 2 || n > 4) {
		return false;
	}
	*at = i;
	if (minutes <= 15 * 60) { /* else nonsense: the time is taken as UTC */
		f->zone = sign * minutes * 60;
		f->zoned = true;
	}
	return true;
}

static int full_year(int v) /* RFC 5322 4.3; "0001" was written by a mailer of 2001 */
{
	return v < 50 ? v + 2000 : v < 1000 ? v + 1900 : v;
}

/* "2024-03-01", "3/1/2024" (month first unless that cannot be), "1-3-2024": numbers with one separator. */
static bool take_numeric_date(struct found *f, span s, size_t *at, int first, size_t n_first, size_t i)
{
	unsigned char sep = i < s.n ? s.p[i] : '\0';
	size_t n_second, n_third;
	int second, third;

	if ((sep != '-' && sep != '/' && sep != '.') || f->day >= 0)
		return false;
	i++;
	second = take_number(s, &i, &n_second);
	if (n_second == 0 || i >= s.n || s.p[i] != sep)
		return false;
	i++;
	third = take_number(s, &i, &n_third);
	if (n_third == 0)
		return false;
	*at = i;
	if (n_first == 4)
		*f = (struct found){third, second, first, f->hour, f->minute, f->second, f->zone, f->zoned, f->pm, f->am};
	else if (sep == '/' && first <= 12)
		f->month = first, f->day = second, f->year = full_year(third);
	else
		f->day = first, f->month = second, f->year = full_year(third);
	return true;
}

/* Past white space and a comment: RFC 5322 4.3 allows them around the colons of a time. */
static size_t skip_blank(span s, size_t at)
{
	while (at < s.n && (ascii_is_space(s.p[at]) || s.p[at] == '(')) {
		if (s.p[at] == '(')
			at += span_find_byte(span_from(s, at), ')');
		at++;
	}
	return at < s.n ? at : s.n;
}

/* ":30" (or ".30") at *at; false when it does not follow. */
static bool take_colon(span s, size_t *at, unsigned char colon, int *out)
{
	size_t i = skip_blank(s, *at), n;

	if (i >= s.n || s.p[i] != colon)
		return false;
	i = skip_blank(s, i + 1);
	if (i >= s.n || !ascii_is_digit(s.p[i]))
		return false;
	*out = take_number(s, &i, &n);
	*at = i;
	return true;
}

static void take_digits(struct found *f, span s, size_t *at)
{
	size_t i = *at, n;
	int v = take_number(s, &i, &n), fraction;
	unsigned char colon = i < s.n && s.p[i] == '.' ? '.' : ':';

	if (take_numeric_date(f, s, at, v, n, i))
		return;
	*at = i;
	if (n <= 2 && f->hour < 0 && take_colon(s, &i, colon, &f->minute)) {
		f->hour = v;
		f->second = 0;
		if (take_colon(s, &i, colon, &f->second) && i < s.n && (s.p[i] == '.' || s.p[i] == ','))
			(void)take_colon(s, &i, s.p[i], &fraction);
		if (f->second == 60) /* a leap second */
			f->second = 59;
		*at = i;
	} else if (n <= 2 && f->day < 0) {
		f->day = v;
	} else if (n >= 2 && n <= 4 && f->year < 0) {
		f->year = full_year(v);
	}
}

int64_t header_date(span value)
{
	struct found f = {-1, -1, -1, -1, -1, -1, 0, false, false, false};
	int64_t when;

	value = span_first(span_trim(value), 200); /* no date is longer */
	for (size_t i = 0; i < value.n;) {
		unsigned char c = value.p[i];
		size_t from = i;

		if (c == '(') { /* no nesting in what dates carry: "(CET)" */
			i += span_find_byte(span_from(value, i), ')');
		} else if (ascii_is_alpha(c)) {
			while (i < value.n && ascii_is_alpha(value.p[i]))
				i++;
			take_word(&f, span_sub(value, from, i - from));
		} else if (ascii_is_digit(c)) {
			take_digits(&f, value, &i);
		} else if ((c != '+' && c != '-') || !take_zone(&f, value, &i)) {
			i++;
		}
	}
	if (f.day < 0 || f.month < 0 || f.year < 0)
		return TIME_NONE;
	if ((f.pm || f.am) && f.hour >= 1 && f.hour <= 12)
		f.hour = f.hour % 12 + (f.pm ? 12 : 0);
	when = time_from_civil((struct civil){f.year, f.month, f.day, f.hour < 0 ? 0 : f.hour,
	    f.minute < 0 ? 0 : f.minute, f.second < 0 ? 0 : f.second});
	if (when == TIME_NONE || f.year < 1970 || f.year > 2100)
		return TIME_NONE;
	return when - f.zone;
}
