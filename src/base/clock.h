/* Time as seconds since 1970-01-01T00:00:00Z in int64_t, UTC only, years 1 to 9999. */
#ifndef TOCSIN_BASE_CLOCK_H
#define TOCSIN_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

#define TIME_NONE INT64_MIN /* no date, or one that makes no sense */

struct civil {
	int year, month, day; /* month and day from 1 */
	int hour, minute, second;
};

/* Proleptic Gregorian; fields need not be checked by the caller: TIME_NONE when out of range. */
int64_t time_from_civil(struct civil c);
struct civil time_to_civil(int64_t when_utc);
int time_weekday(int64_t when_utc); /* 0 is Sunday */
/* The month, from 1, whose name begins the word, in the languages of mail (UTF-8); 0 when none. */
int month_named(span word);
/* Midnight of a spreadsheet's day, from 30 December 1899, so that the leap day that 1900 did not have is right from March on, or from 1904. */
int64_t time_of_serial(int64_t days, bool from_1904);

#define TIME_TEXT 32
/* "2024-03-01T09:30:00Z" into out; "" for TIME_NONE. Returns out. */
const char *time_rfc3339(int64_t when_utc, char out[TIME_TEXT]);
/* "2024-03-01" */
const char *time_date(int64_t when_utc, char out[TIME_TEXT]);
#define TIME_MAIL_TEXT 80
/* "Fri, 1 Mar 2024 09:30:00 +0000" (RFC 5322 3.3) into out. Returns out. */
const char *time_rfc5322(int64_t when_utc, char out[TIME_MAIL_TEXT]);
/* RFC 3339 5.6, or a date alone (midnight UTC). */
bool time_parse(span s, int64_t *when_utc);
/* Seconds east of UTC that such a time says; 0 for Z, and where it says none. */
int64_t time_offset(span s);
/* Has such a time "Z" or an offset behind it? A date alone wants none. */
bool time_has_zone(span s);
/* The end of a period: the same, but a date alone is the last second of its day. */
bool time_parse_end(span s, int64_t *when_utc);

/* Now, or $TOCSIN_NOW (RFC 3339) where it is set: tests hold the clock still with it. */
int64_t time_now(void);
/* For progress and time limits only; never in a row. */
uint64_t time_monotonic_ms(void);

#endif
