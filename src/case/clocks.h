/*
 * Legal clocks: duties to tell somebody by some time, as data (law/clocks.yaml) and as a case knows them (case.yaml, clocks). A clock
 * begins with a date of the case and ends after hours, days, business days or months, counted as its calendar says. What
 * this computes is arithmetic; whether a duty applies is for a lawyer, which is why a case can switch each on or off.
 */
#ifndef TOCSIN_CASE_CLOCKS_H
#define TOCSIN_CASE_CLOCKS_H

#include "base/yaml.h"
#include "case/case.h"

enum clock_unit { CLOCK_NO_DELAY, CLOCK_HOURS, CLOCK_DAYS, CLOCK_BUSINESS_DAYS, CLOCK_MONTHS };
enum clock_whose {
	CLOCK_OURS,
	CLOCK_RECIPIENTS, /* a duty of the organisations that are told */
	CLOCK_PERSONS,    /* what letters to private persons have to say: `notice` is a part of them */
};
enum clock_state {
	CLOCK_OFF,     /* not in force in this case; `why_off` says why */
	CLOCK_WAITING, /* its date is not known */
	CLOCK_RUNNING,
	CLOCK_OVERDUE,
	CLOCK_DONE,
	CLOCK_DONE_LATE,
};

struct clock {
	const char *id, *law, *does, *to, *evidence, *source, *checked, *compared, *why_off;
	const char *from;       /* "aware", "determined", "classified", "material", "told", a date of the case's own, or another clock's id */
	bool after_clock;       /* `from` is another clock's id: it counts from when that was done */
	bool assumed;           /* the case does not say when it was determined: counted from when it was noticed, which is never later */
	enum clock_whose whose;
	struct text_list where; /* countries; empty: everywhere */
	enum clock_unit unit;
	unsigned n;
	const struct yaml *holidays; /* of its calendar; NULL: weekends only count where the unit says so */
	const struct yaml *notice;   /* a line for notices, by language; NULL when none */
	/* in this case */
	int64_t from_utc, due_utc, done_utc; /* TIME_NONE when not known */
	int64_t from_offset_s;  /* seconds east of UTC that the case says from_utc with */
	bool due_by_day;        /* due at the end of the day that is due_utc's in UTC, where from_offset_s is the time */
	bool on;                /* case.yaml names it in clocks, on */
	enum clock_state state;
};
struct clocks { struct clock *v; size_t n; const char *country; };

/*
 * Reads the data and applies the case: dates, country, what is on, off, done and the case's own clocks. `now_utc` tells running
 * from overdue. All of it lives in the arena. ERR_USAGE with file and line for a mistake in either file.
 */
MUST_CHECK enum errc clocks_read(struct arena *a, const char *dir, const struct case_config *c, int64_t now_utc,
    struct clocks *out, struct err *e);

/* When a period ends that begins at from_utc, offset_s east of UTC, where days are counted; *by_day as in struct clock. */
int64_t clock_due(const struct clock *k, int64_t from_utc, int64_t offset_s, bool *by_day);
/* Does it count hours from a day alone, or from a midnight? */
bool clock_from_midnight(const struct clock *k);
/*
 * Is it to be said to a private person of that country? Where the country is not known ("", an address at a .com), ours counts, and that
 * the case switched it on.
 */
bool clock_for_person(const struct clock *k, const struct clocks *all, const char *country);
/* Does a notice to that reader, a private person or an organisation, say it? */
bool clock_told(const struct clock *k, const struct clocks *all, bool person, const char *country);
/* With the text of the law, by a person. */
bool clock_is_compared(const struct clock *k);
const char *clock_state_name(enum clock_state state);
const char *clock_whose_name(enum clock_whose whose); /* as the data has it: "us", "recipient", "person" */
/* "72 hours", "4 business days", "without undue delay" */
const char *clock_period(struct arena *a, const struct clock *k);

#endif
