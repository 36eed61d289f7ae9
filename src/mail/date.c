#include "mail/header.h"

#include "base/clock.h"

/* What was found so far; -1 where nothing was. */
struct found {
	int day, month, year, hour, minute, second;
	int zone;     /* seconds east of UTC */
	bool zoned, pm, am;
};

static bool is_letter(unsigned char c) { return ascii_is_alpha(c) || c >= 0x80; }

/* RFC 5322 4.3, and names that real mail has; letters of the military zones are UTC, since they were misused. */
static const struct { char name[32]; int minutes; } ZONES[] = {
    {"UT", 0}, {"UTC", 0}, {"GMT", 0}, {"Z", 0}, {"EST", -300}, {"EDT", -240}, {"CST", -360}, {"CDT", -300},
    {"MST", -420}, {"MDT", -360}, {"PST", -480}, {"PDT", -420}, {"AST", -240}, {"ADT", -180}, {"AKST", -540},
    {"AKDT", -480}, {"HST", -600}, {"NST", -210}, {"NDT", -150}, {"WET", 0}, {"WEST", 60}, {"BST", 60},
    {"CET", 60}, {"CEST", 120}, {"MET", 60}, {"MEST", 120}, {"MET DST", 120}, {"MEZ", 60}, {"MESZ", 120}, {"EET", 120},
    {"EEST", 180}, {"SAST", 120}, {"MSK", 180}, {"MSD", 240}, {"PKT", 300}, {"IST", 330}, {"WIB", 420}, {"SGT", 480},
    {"HKT", 480}, {"AWST", 480}, {"KST", 540}, {"JST", 540}, {"ACST", 570}, {"AEST", 600}, {"ACDT", 630}, {"AEDT", 660},
    {"NZST", 720}, {"NZDT", 780}, {"BRT", -180}, {"BRST", -120},
    {"Eastern Standard Time", -300}, {"Eastern Daylight Time", -240}, {"Central Standard Time", -360},
    {"Central Daylight Time", -300}, {"Mountain Standard Time", -420}, {"Mountain Daylight Time", -360},
    {"Pacific Standard Time", -480}, {"Pacific Daylight Time", -420}, {"Greenwich Mean Time", 0},
    {"GMT Standard Time", 0}, {"GMT Daylight Time", 60}, {"W. Europe Standard Time", 60}, {"W. Europe Daylight Time", 120},
    {"Romance Standard Time", 60}, {"Romance Daylight Time", 120}, {"Central European Time", 60},
    {"Central European Standard Time", 60}, {"Central European Summer Time", 120},
};

/* The longest name of a zone that `s` begins with, as whole words: its length, 0 when none. */
static size_t zone_of(span s, int *seconds)
{
	size_t n = 0;

	for (size_t i = 0; i < sizeof ZONES / sizeof ZONES[0]; i++) {
		span name = span_str(ZONES[i].name);

		if (name.n > n && span_starts_nocase(s, name) && (s.n == name.n || !ascii_is_alpha(s.p[name.n]))) {
			*seconds = ZONES[i].minutes * 60;
			n = name.n;
		}
	}
	return n;
}

/* "AM", "p.m.": its length, 0 when none. */
static size_t half_day(span s, bool *pm)
{
	size_t n = s.n > 2 && s.p[1] == '.' ? 3 : 2;
	unsigned char c = s.n >= n ? ascii_lower(s.p[0]) : '\0';

	*pm = c == 'p';
	return (c == 'a' || c == 'p') && ascii_lower(s.p[n - 1]) == 'm' && (s.n == n || !ascii_is_alpha(s.p[n])) ? n : 0;
}

/* A word begins `s`; how much of it was read. */
static size_t take_word(struct found *f, span s)
{
	size_t n;
	int month, zone;
	bool pm;

	if ((n = half_day(s, &pm)) != 0) {
		f->pm = f->pm || pm;
		f->am = f->am || !pm;
		return n;
	}
	if (!f->zoned && f->hour >= 0 && (n = zone_of(s, &zone)) != 0) {
		f->zone = zone;
		f->zoned = true;
		return n;
	}
	for (n = 1; n < s.n && is_letter(s.p[n]); n++)
		;
	month = month_named(span_first(s, n));
	if (month > 0 && (f->month < 0 || (f->year < 0 && f->hour < 0))) /* "mar, 4 oct": Tuesday */
		f->month = month;
	return n;
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

/* "+0100", "-05:00", "GMT+1": behind a time only. */
static bool take_zone(struct found *f, span s, size_t *at)
{
	size_t i = *at + 1, n;
	int v, minutes, sign = s.p[*at] == '-' ? -1 : 1;

	/* "GMT+0100" is JavaScript's way, and GMT's alone; "GMT +0100" is the same. */
	if (f->hour < 0 || (f->zoned && f->zone != 0) || i >= s.n || !ascii_is_digit(s.p[i]))
		return false;
	v = take_number(s, &i, &n);
	minutes = n <= 2 ? v * 60 : v / 100 * 60 + v % 100;
	if (n <= 2 && s.n - i > 2 && s.p[i] == ':' && ascii_is_digit(s.p[i + 1])) {
		i++;
		minutes += take_number(s, &i, &n);
	} else if ((n < 2 && !f->zoned) || n > 4) {
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

/* "2024-03-01", "3/1/2024" (month first unless that cannot be), "1-3-2024" (day first unless that cannot be): numbers with one separator. */
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
	else if (first <= 12 && (sep == '/' || second > 12))
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

/* Digits from *at on; the sum that they spell. */
static int take_some(span s, size_t *at, size_t n)
{
	int v = 0;

	for (size_t end = *at + n; *at < end; ++*at)
		v = v * 10 + (s.p[*at] - '0');
	return v;
}

/* "20240301", "20240301T093000", "20240301093000" (ISO 8601 basic, and without its T): n digits at *at. */
static bool take_basic(struct found *f, span s, size_t *at, size_t n)
{
	size_t i = *at + 8, n_time = n - 8;

	if ((n != 8 && n != 14) || f->day >= 0)
		return false;
	if (n == 8 && i < s.n && s.p[i] == 'T') {
		i++;
		while (i + n_time < s.n && n_time < 7 && ascii_is_digit(s.p[i + n_time]))
			n_time++;
	}
	f->year = take_some(s, at, 4);
	f->month = take_some(s, at, 2);
	f->day = take_some(s, at, 2);
	if (n_time == 4 || n_time == 6) {
		f->hour = take_some(s, &i, 2);
		f->minute = take_some(s, &i, 2);
		f->second = n_time == 6 ? take_some(s, &i, 2) : 0;
		*at = i;
	}
	return true;
}

static void take_digits(struct found *f, span s, size_t *at)
{
	size_t from = *at, i = from, n;
	int v = take_number(s, &i, &n), fraction;
	unsigned char colon = i < s.n && (s.p[i] == '.' || s.p[i] == 'h') ? s.p[i] : ':'; /* "14h30" is French */
	bool pm;

	if (take_numeric_date(f, s, at, v, n, i) || take_basic(f, s, at, n))
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
	} else if (n <= 2 && f->hour < 0 && f->day >= 0 && half_day(span_from(s, skip_blank(s, i)), &pm) != 0) { /* "2 PM" */
		f->hour = v;
	} else if (n <= 2 && f->day < 0) {
		f->day = v;
	} else if (n >= 2 && n <= 4 && f->year < 0) {
		f->year = full_year(v);
	} else if (n == 4 && f->hour >= 0 && !f->zoned && ascii_is_space(s.p[from - 1]) && v <= 1400 && v % 100 < 60) { /* "0100": the sign is lost */
		f->zone = (v / 100 * 60 + v % 100) * 60;
		f->zoned = true;
	}
}

/* "(CET)" counts where nothing else says the zone. */
static void take_comment(struct found *f, span comment)
{
	span s = span_trim(comment);
	size_t n;
	int zone;

	if (f->zoned || f->hour < 0 || (n = zone_of(s, &zone)) == 0)
		return;
	f->zone = zone;
	f->zoned = true;
	if (n < s.n && (s.p[n] == '+' || s.p[n] == '-'))
		(void)take_zone(f, s, &n);
}

/* What stands in comments, where it may count, is put into *comment. */
static struct found read_all(span value, span *comment)
{
	struct found f = {-1, -1, -1, -1, -1, -1, 0, false, false, false};

	for (size_t i = 0; i < value.n;) {
		unsigned char c = value.p[i];
		size_t from = i;

		if (c == '(') { /* no nesting in what dates carry: "(CET)" */
			i += span_find_byte(span_from(value, i), ')');
			*comment = span_sub(value, from + 1, i - from - 1);
		} else if (is_letter(c)) {
			i += take_word(&f, span_from(value, i));
		} else if (ascii_is_digit(c)) {
			take_digits(&f, value, &i);
		} else if ((c != '+' && c != '-') || !take_zone(&f, value, &i)) {
			i++;
		}
	}
	return f;
}

int64_t header_date(span value)
{
	span comment = SPAN_EMPTY;
	struct found f;
	int64_t when;

	value = span_first(span_trim(value), 200); /* no date is longer */
	f = read_all(value, &comment);
	take_comment(&f, comment);
	if (f.day < 0 || f.month < 0 || f.year < 0)
		return TIME_NONE;
	if ((f.pm || f.am) && f.hour >= 1 && f.hour <= 12)
		f.hour = f.hour % 12 + (f.pm ? 12 : 0);
	if (f.hour == 24 && f.minute <= 0 && f.second <= 0) { /* the end of the day, ISO 8601 */
		f.hour = 0;
		f.zone -= 86400;
	}
	when = time_from_civil((struct civil){f.year, f.month, f.day, f.hour < 0 ? 0 : f.hour,
	    f.minute < 0 ? 0 : f.minute, f.second < 0 ? 0 : f.second});
	if (when == TIME_NONE || f.year < 1970 || f.year > 2100)
		return TIME_NONE;
	return when - f.zone;
}
