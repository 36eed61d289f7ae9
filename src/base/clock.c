#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z */
#define FIRST_UTC INT64_C(-62135596800)
#define LAST_UTC INT64_C(253402300799)

static int days_in_month(int y, int m)
{
	static const int n[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return m == 2 && y % 4 == 0 && (y % 100 != 0 || y % 400 == 0) ? 29 : n[m - 1];
}

int64_t time_from_civil(struct civil c)
{
	int64_t y = c.year, era, yoe, doy, doe;

	if (c.year < 1 || c.year > 9999 || c.month < 1 || c.month > 12 || c.day < 1 ||
	    c.day > days_in_month(c.year, c.month) || c.hour < 0 || c.hour > 23 || c.minute < 0 || c.minute > 59 ||
	    c.second < 0 || c.second > 60)
		return TIME_NONE;
	/* Days from the civil date with the year beginning in March, in eras of 400 years. */
	y -= c.month <= 2;
	era = y / 400;
	yoe = y - era * 400;
	doy = (153 * (c.month + (c.month > 2 ? -3 : 9)) + 2) / 5 + c.day - 1;
	doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
	return (era * 146097 + doe - 719468) * 86400 + c.hour * 3600 + c.minute * 60 + c.second;
}

struct civil time_to_civil(int64_t when_utc)
{
	int64_t days = when_utc / 86400, rest = when_utc % 86400, era, doe, yoe, doy, mp;
	struct civil c;

	if (rest < 0) {
		rest += 86400;
		days--;
	}
	days += 719468;
	era = (days >= 0 ? days : days - 146096) / 146097;
	doe = days - era * 146097;
	yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	mp = (5 * doy + 2) / 153;
	c.day = (int)(doy - (153 * mp + 2) / 5 + 1);
	c.month = (int)(mp < 10 ? mp + 3 : mp - 9);
	c.year = (int)(yoe + era * 400 + (c.month <= 2));
	c.hour = (int)(rest / 3600);
	c.minute = (int)(rest % 3600 / 60);
	c.second = (int)(rest % 60);
	return c;
}

int time_weekday(int64_t when_utc)
{
	int64_t days = when_utc / 86400 - (when_utc % 86400 < 0);

	return (int)(((days + 4) % 7 + 7) % 7);
}

/* How names of months begin, English ones first; then German, French, Spanish, Italian, Portuguese, Dutch, Scandinavian, Polish, Russian. */
static const struct { char stem[8]; unsigned char month; } MONTHS[] = {
    {"jan", 1}, {"feb", 2}, {"mar", 3}, {"apr", 4}, {"may", 5}, {"jun", 6}, {"jul", 7}, {"aug", 8}, {"sep", 9}, {"oct", 10},
    {"nov", 11}, {"dec", 12},
    {"jän", 1}, {"jaen", 1}, {"mär", 3}, {"maerz", 3}, {"mrz", 3}, {"mai", 5}, {"okt", 10}, {"dez", 12},
    {"fév", 2}, {"fev", 2}, {"avr", 4}, {"juin", 6}, {"juil", 7}, {"aoû", 8}, {"aout", 8}, {"déc", 12},
    {"ene", 1}, {"abr", 4}, {"ago", 8}, {"dic", 12},
    {"gen", 1}, {"mag", 5}, {"giu", 6}, {"lug", 7}, {"set", 9}, {"ott", 10}, {"out", 10},
    {"mrt", 3}, {"maart", 3}, {"mei", 5}, {"maj", 5},
    {"sty", 1}, {"lut", 2}, {"kwi", 4}, {"cze", 6}, {"lip", 7}, {"sie", 8}, {"wrz", 9}, {"paź", 10}, {"lis", 11}, {"gru", 12},
    {"янв", 1}, {"фев", 2}, {"мар", 3}, {"апр", 4}, {"мая", 5}, {"май", 5}, {"июн", 6}, {"июл", 7}, {"авг", 8}, {"сен", 9},
    {"окт", 10}, {"ноя", 11}, {"дек", 12},
};

int month_named(span word)
{
	for (size_t i = 0; i < sizeof MONTHS / sizeof MONTHS[0] && word.n != 0; i++)
		if (ascii_lower(word.p[0]) == (unsigned char)MONTHS[i].stem[0] && span_starts_nocase(word, span_str(MONTHS[i].stem)))
			return MONTHS[i].month;
	return 0;
}

int64_t time_of_serial(int64_t days, bool from_1904) { return (days - (from_1904 ? 24107 : 25569)) * 86400; }

const char *time_rfc3339(int64_t when_utc, char out[TIME_TEXT])
{
	struct civil c;

	out[0] = '\0';
	if (when_utc == TIME_NONE)
		return out;
	c = time_to_civil(when_utc);
	(void)snprintf(out, TIME_TEXT, "%04u-%02u-%02uT%02u:%02u:%02uZ", (unsigned)c.year % 10000u,
	    (unsigned)c.month % 100u, (unsigned)c.day % 100u, (unsigned)c.hour % 100u, (unsigned)c.minute % 100u,
	    (unsigned)c.second % 100u);
	return out;
}

const char *time_date(int64_t when_utc, char out[TIME_TEXT])
{
	(void)time_rfc3339(when_utc, out);
	if (out[0] != '\0')
		out[10] = '\0';
	return out;
}

const char *time_rfc5322(int64_t when_utc, char out[TIME_MAIL_TEXT])
{
	static const char days[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	struct civil c = time_to_civil(when_utc);

	(void)snprintf(out, TIME_MAIL_TEXT, "%s, %d %s %04d %02d:%02d:%02d +0000", days[time_weekday(when_utc)], c.day, months[c.month - 1],
	    c.year, c.hour, c.minute, c.second);
	return out;
}

static bool number(span *s, size_t digits, int *out)
{
	if (s->n < digits)
		return false;
	*out = 0;
	for (size_t i = 0; i < digits; i++) {
		if (!ascii_is_digit(s->p[i]))
			return false;
		*out = *out * 10 + (s->p[i] - '0');
	}
	*s = span_from(*s, digits);
	return true;
}

static bool literal(span *s, char c)
{
	if (s->n == 0 || ascii_lower(s->p[0]) != (unsigned char)c)
		return false;
	*s = span_from(*s, 1);
	return true;
}

bool time_parse(span s, int64_t *when_utc)
{
	struct civil c = {0};
	int hours = 0, minutes = 0;
	int64_t t;

	if (!number(&s, 4, &c.year) || !literal(&s, '-') || !number(&s, 2, &c.month) || !literal(&s, '-') ||
	    !number(&s, 2, &c.day))
		return false;
	if (s.n != 0) {
		if ((!literal(&s, 't') && !literal(&s, ' ')) || !number(&s, 2, &c.hour) || !literal(&s, ':') ||
		    !number(&s, 2, &c.minute))
			return false;
		if (literal(&s, ':') && !number(&s, 2, &c.second))
			return false;
		if (literal(&s, '.'))
			while (s.n != 0 && ascii_is_digit(s.p[0]))
				s = span_from(s, 1);
		if (s.n != 0 && (s.p[0] == '+' || s.p[0] == '-')) {
			int sign = s.p[0] == '+' ? 1 : -1;

			s = span_from(s, 1);
			if (!number(&s, 2, &hours) || !literal(&s, ':') || !number(&s, 2, &minutes) || hours > 23 || minutes > 59)
				return false;
			hours *= sign;
			minutes *= sign;
		} else {
			(void)literal(&s, 'z');
		}
	}
	if (s.n != 0 || (t = time_from_civil(c)) == TIME_NONE)
		return false;
	t -= hours * 3600 + minutes * 60;
	if (t < FIRST_UTC || t > LAST_UTC)
		return false;
	*when_utc = t;
	return true;
}

int64_t time_offset(span s)
{
	span zone = s.n > strlen("2024-03-01T09:30") ? span_from(s, s.n - strlen("+02:00")) : SPAN_EMPTY;
	int sign = zone.n != 0 && zone.p[0] == '+' ? 1 : zone.n != 0 && zone.p[0] == '-' ? -1 : 0, hours, minutes;

	if (sign == 0)
		return 0;
	zone = span_from(zone, 1);
	return number(&zone, 2, &hours) && literal(&zone, ':') && number(&zone, 2, &minutes) ? sign * (hours * 3600 + minutes * 60) : 0;
}

bool time_has_zone(span s)
{
	if (s.n <= strlen("2024-03-01"))
		return true;
	return span_ends_nocase(s, SPAN_LIT("z")) || (s.n > strlen("2024-03-01T09:30") && (s.p[s.n - 6] == '+' || s.p[s.n - 6] == '-'));
}

bool time_parse_end(span s, int64_t *when_utc)
{
	if (!time_parse(s, when_utc))
		return false;
	if (s.n == strlen("2024-03-01"))
		*when_utc += 86399;
	return true;
}

int64_t time_now(void)
{
	const char *fixed = getenv("TOCSIN_NOW");
	int64_t t;

	if (fixed != NULL && time_parse(span_str(fixed), &t))
		return t;
	return (int64_t)time(NULL);
}

uint64_t time_monotonic_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}
