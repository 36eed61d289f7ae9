#include "case/clocks.h"

#include <stdlib.h>

#include "base/clock.h"
#include "case/private.h"

enum { DAY = 86400, MAX_CLOCKS = 500, MAX_PERIOD = 100000 };

const char *clock_state_name(enum clock_state state)
{
	switch (state) {
	case CLOCK_OFF: return "off";
	case CLOCK_WAITING: return "waiting";
	case CLOCK_RUNNING: return "running";
	case CLOCK_OVERDUE: return "overdue";
	case CLOCK_DONE: return "done";
	case CLOCK_DONE_LATE: return "done_late";
	}
	return "";
}

static const char *const whose_names[] = {[CLOCK_OURS] = "us", [CLOCK_RECIPIENTS] = "recipient", [CLOCK_PERSONS] = "person"};

const char *clock_whose_name(enum clock_whose whose) { return whose_names[whose]; }

const char *clock_period(struct arena *a, const struct clock *k)
{
	static const char *const units[] = {"", "hour", "day", "business day", "month"};

	if (k->unit == CLOCK_NO_DELAY)
		return "without undue delay";
	return arena_printf(a, "%u %s%s", k->n, units[k->unit], k->n == 1 ? "" : "s");
}

bool clock_is_compared(const struct clock *k) { return strcmp(k->checked, "never") != 0; }

/* Does the duty exist in that country ("DE")? An unknown country ("") has none. */
static bool clock_in(const struct clock *k, const char *country)
{
	for (size_t i = 0; i < k->where.n; i++)
		if (country[0] != '\0' && span_eq_nocase(span_str(k->where.v[i]), span_str(country)))
			return true;
	return k->where.n == 0;
}

bool clock_for_person(const struct clock *k, const struct clocks *all, const char *country)
{
	if (k->whose != CLOCK_PERSONS || k->state == CLOCK_OFF)
		return false;
	return country[0] != '\0' ? clock_in(k, country) : k->on || clock_in(k, all->country);
}

bool clock_told(const struct clock *k, const struct clocks *all, bool person, const char *country)
{
	return person ? clock_for_person(k, all, country) : k->whose == CLOCK_RECIPIENTS && k->state != CLOCK_OFF && clock_in(k, country);
}

/* ---- days ---------------------------------------------------------------------------------------------------------- */

static int64_t day_of(int year, int month, int day)
{
	return time_from_civil((struct civil){year, month, day, 0, 0, 0});
}

/* Western Easter Sunday (Meeus, Jones, Butcher). */
static int64_t easter(int y)
{
	int a = y % 19, b = y / 100, c = y % 100, d = b / 4, e = b % 4, f = (b + 8) / 25, g = (b - f + 1) / 3;
	int h = (19 * a + b - d - g + 15) % 30, i = c / 4, k = c % 4, l = (32 + 2 * e + 2 * i - h - k) % 7, m = (a + 11 * h + 22 * l) / 451;

	return day_of(y, (h + l - 7 * m + 114) / 31, (h + l - 7 * m + 114) % 31 + 1);
}

static int number_at(span s, size_t at, size_t n)
{
	int v = 0;

	for (size_t i = at; i < at + n; i++) {
		if (i >= s.n || !ascii_is_digit(s.p[i]))
			return -1;
		v = v * 10 + (s.p[i] - '0');
	}
	return v;
}

static int weekday_named(span s)
{
	static const char *const names[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

	for (int i = 0; i < 7; i++)
		if (span_eq(s, span_str(names[i])))
			return i;
	return -1;
}

/* "3 mon 01", "last mon 05" */
static int64_t nth_weekday(span s, int year)
{
	size_t space = span_find_byte(s, ' ');
	span rest = span_from(s, space + 1);
	int nth = span_starts(s, SPAN_LIT("last ")) ? 0 : number_at(s, 0, space), weekday = weekday_named(span_first(rest, 3));
	int month = number_at(rest, 4, 2);
	int64_t day;

	if (nth < 0 || nth > 5 || weekday < 0 || month < 1 || month > 12)
		return TIME_NONE;
	if (nth == 0) {
		day = day_of(month == 12 ? year + 1 : year, month == 12 ? 1 : month + 1, 1) - DAY;
		while (time_weekday(day) != weekday)
			day -= DAY;
		return day;
	}
	day = day_of(year, month, 1);
	while (time_weekday(day) != weekday)
		day += DAY;
	return day + (nth - 1) * 7 * DAY;
}

/* The day of a holiday in that year; TIME_NONE when it is written wrongly. */
static int64_t holiday_in(span s, int year)
{
	bool observed = s.n > 0 && s.p[s.n - 1] == '*';
	int month = number_at(s, 0, 2), dom = number_at(s, 3, 2);
	int64_t day;

	if (span_starts(s, SPAN_LIT("easter"))) {
		int by = number_at(s, 7, s.n - 7);

		return s.n < 8 || by < 0 ? TIME_NONE : easter(year) + (s.p[6] == '-' ? -by : by) * DAY;
	}
	if (s.n >= 10 && s.p[4] == '-') { /* one day of one year: "2025-06-06" */
		return time_parse(s, &day) ? day : TIME_NONE;
	}
	if (s.n < 5 || s.p[2] != '-' || month < 1 || month > 12 || dom < 1 || dom > 31)
		return nth_weekday(s, year);
	day = day_of(year, month, dom);
	if (observed && day != TIME_NONE)
		day += time_weekday(day) == 6 ? -DAY : time_weekday(day) == 0 ? DAY : 0;
	return day;
}

static bool is_working(const struct yaml *holidays, int64_t day)
{
	int year = time_to_civil(day).year, weekday = time_weekday(day);

	if (weekday == 0 || weekday == 6)
		return false;
	for (const struct yaml *h = holidays != NULL ? holidays->first : NULL; h != NULL; h = h->next)
		/* A holiday observed the Friday before may lie in the year before. */
		if (holiday_in(h->text, year) == day || holiday_in(h->text, year + 1) == day)
			return false;
	return true;
}

static int64_t months_later(int64_t day, unsigned n)
{
	struct civil c = time_to_civil(day);
	int month = c.month - 1 + (int)n, year = c.year + month / 12, last;
	int64_t first;

	month = month % 12 + 1;
	first = day_of(year, month, 1);
	last = (int)((day_of(month == 12 ? year + 1 : year, month == 12 ? 1 : month + 1, 1) - first) / DAY);
	return first + ((c.day < last ? c.day : last) - 1) * DAY;
}

int64_t clock_due(const struct clock *k, int64_t from_utc, int64_t offset_s, bool *by_day)
{
	int64_t day = from_utc + offset_s - ((from_utc + offset_s) % DAY + DAY) % DAY;

	*by_day = k->unit != CLOCK_HOURS;
	switch (k->unit) {
	case CLOCK_NO_DELAY:
		return TIME_NONE;
	case CLOCK_HOURS:
		return from_utc + (int64_t)k->n * 3600;
	case CLOCK_BUSINESS_DAYS:
		for (unsigned left = k->n; left > 0;) {
			day += DAY;
			left -= is_working(k->holidays, day);
		}
		return day;
	case CLOCK_DAYS:
		day += (int64_t)k->n * DAY;
		break;
	case CLOCK_MONTHS:
		day = months_later(day, k->n);
		break;
	}
	/* 1182/71, 3(4); where the law does not say so, there is no calendar. */
	while (k->holidays != NULL && !is_working(k->holidays, day))
		day += DAY;
	return day;
}

bool clock_from_midnight(const struct clock *k)
{
	return k->unit == CLOCK_HOURS && k->from_utc != TIME_NONE && k->from_offset_s == 0 && k->from_utc % DAY == 0;
}

/* ---- the data ------------------------------------------------------------------------------------------------------- */

struct reader { struct arena *a; const struct yaml *groups, *calendars, *own_holidays; struct clocks *out; };

/* "72 hours", "4 business days", "1 months", "without undue delay" */
static enum errc period_of(const struct yaml *y, struct clock *k, struct err *e)
{
	static const struct { const char *word; enum clock_unit unit; } units[] = {
	    {"hours", CLOCK_HOURS}, {"days", CLOCK_DAYS}, {"business days", CLOCK_BUSINESS_DAYS}, {"months", CLOCK_MONTHS}};
	span s = yaml_text(y, "period");
	size_t space = span_find_byte(s, ' ');
	int n = space <= 6 ? number_at(s, 0, space) : -1;

	if (span_eq(s, SPAN_LIT("without undue delay")))
		return OK;
	for (size_t i = 0; i < sizeof units / sizeof *units && n > 0 && n < MAX_PERIOD; i++)
		if (span_eq(span_from(s, space + 1), span_str(units[i].word))) {
			k->unit = units[i].unit;
			k->n = (unsigned)n;
			return OK;
		}
	return yaml_err(y, e, "a period is \"72 hours\", \"30 days\", \"4 business days\", \"1 months\" or \"without undue delay\"");
}

/* Nobody named: us. */
static enum errc whose_of(const struct yaml *y, enum clock_whose *out, struct err *e)
{
	span who = yaml_text(y, "who");

	for (size_t i = 0; i < sizeof whose_names / sizeof *whose_names && who.n > 0; i++)
		if (span_eq(who, span_str(whose_names[i]))) {
			*out = (enum clock_whose)i;
			return OK;
		}
	return who.n > 0 ? yaml_err(y, e, "who is us, recipient or person") : OK;
}

static enum errc countries_of(struct reader *r, const struct yaml *list, struct text_list *out, struct err *e)
{
	size_t n = 0;

	for (const struct yaml *v = list != NULL ? list->first : NULL; v != NULL; v = v->next) {
		const struct yaml *group = NULL;

		for (const struct yaml *g = r->groups != NULL ? r->groups->first : NULL; g != NULL; g = g->next)
			if (span_eq(g->key, v->text))
				group = g;
		n += 1;
		for (const struct yaml *c = group != NULL ? group->first : NULL; c != NULL; c = c->next)
			n++;
	}
	if ((out->v = arena_zero(r->a, n + 1, sizeof *out->v)) == NULL)
		return err_memory(e);
	for (const struct yaml *v = list != NULL ? list->first : NULL; v != NULL; v = v->next) {
		const struct yaml *members = NULL;

		for (const struct yaml *g = r->groups != NULL ? r->groups->first : NULL; g != NULL; g = g->next)
			if (span_eq(g->key, v->text))
				members = g->first;
		if (members == NULL && v->text.n != 2)
			return yaml_err(v, e, "where wants countries of two letters, or groups");
		if (members == NULL && (out->v[out->n++] = arena_cstr(r->a, v->text)) == NULL)
			return err_memory(e);
		for (; members != NULL; members = members->next)
			if ((out->v[out->n++] = arena_cstr(r->a, members->text)) == NULL)
				return err_memory(e);
	}
	return OK;
}

/* A calendar's holidays with the case's own behind them. */
static enum errc holidays_of(struct reader *r, const struct yaml *y, const struct yaml **out, struct err *e)
{
	span name = yaml_text(y, "calendar");
	struct yaml *all, **tail;

	if (name.n == 0)
		return OK;
	for (const struct yaml *c = r->calendars != NULL ? r->calendars->first : NULL; c != NULL; c = c->next) {
		if (!span_eq(c->key, name))
			continue;
		if ((all = arena_zero(r->a, 1, sizeof *all)) == NULL)
			return err_memory(e);
		*all = (struct yaml){.kind = YAML_LIST, .line = c->line, .file = c->file};
		tail = &all->first;
		for (const struct yaml *from = c; from != NULL; from = from == c ? r->own_holidays : NULL)
			for (const struct yaml *h = from->first; h != NULL; h = h->next) {
				if (holiday_in(h->text, 2024) == TIME_NONE)
					return yaml_err(h, e, "a holiday is \"12-25\", \"12-25*\", \"3 mon 01\", \"last mon 05\", \"easter+1\" or a date");
				if ((*tail = arena_zero(r->a, 1, sizeof **tail)) == NULL)
					return err_memory(e);
				**tail = *h;
				(*tail)->next = NULL;
				tail = &(*tail)->next;
			}
		*out = all;
		return OK;
	}
	return yaml_err(y, e, "no calendar of that name");
}

static enum errc clock_read(struct reader *r, const struct yaml *y, struct err *e)
{
	static const char *const keys[] = {"id", "law", "does", "to", "who", "where", "from", "period", "calendar", "evidence", "source",
	    "checked", "compared", "off", "notice", NULL};
	struct clock *k = &r->out->v[r->out->n];
	enum errc rc;

	if (r->out->n == MAX_CLOCKS)
		return yaml_err(y, e, "more than %d clocks", MAX_CLOCKS);
	*k = (struct clock){.from_utc = TIME_NONE, .due_utc = TIME_NONE, .done_utc = TIME_NONE, .notice = yaml_get(y, "notice")};
	if ((rc = yaml_only(y, keys, e)) != OK || (rc = conf_text(r->a, y, "id", &k->id, e)) != OK || (rc = conf_text(r->a, y, "law", &k->law, e)) != OK ||
	    (rc = conf_text(r->a, y, "does", &k->does, e)) != OK || (rc = conf_text(r->a, y, "to", &k->to, e)) != OK ||
	    (rc = conf_text(r->a, y, "from", &k->from, e)) != OK || (rc = conf_text(r->a, y, "evidence", &k->evidence, e)) != OK ||
	    (rc = conf_text(r->a, y, "source", &k->source, e)) != OK || (rc = conf_text(r->a, y, "checked", &k->checked, e)) != OK ||
	    (rc = conf_text(r->a, y, "compared", &k->compared, e)) != OK || (rc = conf_text(r->a, y, "off", &k->why_off, e)) != OK || (rc = period_of(y, k, e)) != OK ||
	    (rc = countries_of(r, yaml_get(y, "where"), &k->where, e)) != OK || (rc = holidays_of(r, y, &k->holidays, e)) != OK)
		return rc;
	if (k->id[0] == '\0' || k->does[0] == '\0' || k->from[0] == '\0')
		return yaml_err(y, e, "a clock has an id, does something, and counts from something");
	r->out->n++;
	return whose_of(y, &k->whose, e);
}

/* ---- the case ------------------------------------------------------------------------------------------------------- */

/* offset_s as in struct clock, NULL where it is not needed; both stay where the map has no such key. */
static enum errc date_of(const struct yaml *map, const char *key, int64_t *out, int64_t *offset_s, struct err *e)
{
	int64_t when;
	enum errc rc = yaml_time(map, key, time_parse, &when, e);

	if (rc != OK || when == TIME_NONE)
		return rc;
	*out = when;
	if (offset_s != NULL)
		*offset_s = time_offset(yaml_text(map, key));
	return OK;
}

static bool names(const struct yaml *list, const char *id)
{
	for (const struct yaml *v = list != NULL ? list->first : NULL; v != NULL; v = v->next)
		if (span_eq(v->text, span_str(id)))
			return true;
	return false;
}

/* A name in on or off that no clock has is a mistake that would go unseen. */
static enum errc check_names(const struct clocks *c, const struct yaml *list, bool map, struct err *e)
{
	for (const struct yaml *v = list != NULL ? list->first : NULL; v != NULL; v = v->next) {
		bool known = false;

		for (size_t i = 0; i < c->n; i++)
			known |= span_eq(map ? v->key : v->text, span_str(c->v[i].id));
		if (!known)
			return yaml_err(v, e, "no clock of that name");
	}
	return OK;
}

/* When the clock begins. Aware is when it was noticed, unless the case says otherwise; so is determined, which cannot have been before. */
static enum errc begins(struct clock *k, const struct clocks *all, const struct yaml *y, const struct case_config *c, struct err *e)
{
	const struct yaml *dates = yaml_get(y, "dates");
	bool determined = strcmp(k->from, "determined") == 0;
	enum errc rc;

	for (size_t i = 0; i < all->n; i++)
		if (strcmp(all->v[i].id, k->from) == 0) {
			k->after_clock = true;
			return date_of(yaml_get(y, "done"), k->from, &k->from_utc, &k->from_offset_s, e);
		}
	if (determined || strcmp(k->from, "aware") == 0) {
		k->from_utc = c->detected_utc;
		k->from_offset_s = c->offset_s.detected;
		if ((rc = date_of(dates, "aware", &k->from_utc, &k->from_offset_s, e)) != OK)
			return rc;
	}
	k->assumed = determined && yaml_get(dates, k->from) == NULL && k->from_utc != TIME_NONE;
	return date_of(dates, k->from, &k->from_utc, &k->from_offset_s, e);
}

static enum errc apply(struct clock *k, const struct clocks *all, const struct yaml *y, const struct case_config *c, int64_t now, struct err *e)
{
	const bool off = names(yaml_get(y, "off"), k->id);
	const char *country = all->country;
	int64_t ends_utc;
	enum errc rc;

	if ((rc = begins(k, all, y, c, e)) != OK || (rc = date_of(yaml_get(y, "done"), k->id, &k->done_utc, NULL, e)) != OK)
		return rc;
	k->on = names(yaml_get(y, "on"), k->id);
	if (off)
		k->why_off = "switched off in case.yaml";
	else if (k->on)
		k->why_off = "";
	else if (k->why_off[0] == '\0' && k->whose == CLOCK_OURS && !clock_in(k, country))
		k->why_off = country[0] != '\0' ? "not a law of our country" : "case.yaml does not say our country (clocks, country)";
	if (k->from_utc != TIME_NONE)
		k->due_utc = clock_due(k, k->from_utc, k->from_offset_s, &k->due_by_day);
	if (k->why_off[0] != '\0') {
		k->state = CLOCK_OFF;
		return OK;
	}
	ends_utc = k->due_utc != TIME_NONE && k->due_by_day ? k->due_utc + DAY - k->from_offset_s : k->due_utc;
	if (k->done_utc != TIME_NONE)
		k->state = k->due_utc != TIME_NONE && k->done_utc >= ends_utc + !k->due_by_day ? CLOCK_DONE_LATE : CLOCK_DONE;
	else if (k->from_utc == TIME_NONE)
		k->state = CLOCK_WAITING;
	else
		k->state = k->due_utc != TIME_NONE && now >= ends_utc ? CLOCK_OVERDUE : CLOCK_RUNNING;
	return OK;
}

enum errc clocks_read(struct arena *a, const char *dir, const struct case_config *c, int64_t now_utc, struct clocks *out,
    struct err *e)
{
	static const char *const top[] = {"calendars", "groups", "clocks", NULL};
	static const char *const ours[] = {"country", "dates", "on", "off", "done", "holidays", "own", NULL};
	const struct yaml *mine = c->clocks;
	struct reader r = {.a = a, .out = out, .own_holidays = yaml_get(mine, "holidays")};
	const char *path = arena_printf(a, "%s/clocks.yaml", dir);
	struct yaml *y;
	enum errc rc;

	*out = (struct clocks){arena_zero(a, MAX_CLOCKS, sizeof *out->v), 0, ""};
	if (path == NULL || out->v == NULL)
		return err_memory(e);
	if ((rc = yaml_read_file(a, path, &y, e)) != OK || (rc = yaml_only(y, top, e)) != OK ||
	    (mine != NULL && (rc = yaml_only(mine, ours, e)) != OK))
		return rc;
	r.groups = yaml_get(y, "groups");
	r.calendars = yaml_get(y, "calendars");
	if ((rc = conf_text(a, mine, "country", &out->country, e)) != OK)
		return rc;
	if (out->country[0] != '\0' && (strlen(out->country) != 2 || strspn(out->country, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 2))
		return yaml_err(yaml_get(mine, "country"), e, "country wants the two capitals of ISO 3166: IE, not \"%s\"", out->country);
	for (const struct yaml *list = yaml_get(y, "clocks"); list != NULL; list = list->file == y->file ? yaml_get(mine, "own") : NULL)
		for (const struct yaml *v = list->first; v != NULL; v = v->next)
			if ((rc = clock_read(&r, v, e)) != OK)
				return rc;
	if ((rc = check_names(out, yaml_get(mine, "on"), false, e)) != OK || (rc = check_names(out, yaml_get(mine, "off"), false, e)) != OK ||
	    (rc = check_names(out, yaml_get(mine, "done"), true, e)) != OK)
		return rc;
	for (size_t i = 0; i < out->n; i++)
		if ((rc = apply(&out->v[i], out, mine, c, now_utc, e)) != OK)
			return rc;
	return OK;
}
