/* What is due when. It looks at the clock of the day: it is no part of the report. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/json.h"
#include "case/clocks.h"
#include "report/private.h"

const char *clock_due_text(struct arena *a, const struct clock *k)
{
	char t[TIME_TEXT];

	if (k->unit == CLOCK_NO_DELAY)
		return "without undue delay";
	if (k->due_utc == TIME_NONE)
		return "when its date is known";
	return k->due_by_day ? arena_printf(a, "end of %s", time_date(k->due_utc, t)) : arena_printf(a, "%s", time_rfc3339(k->due_utc, t));
}

static void clock_object(struct json *j, struct arena *a, const struct clock *k)
{
	char t[TIME_TEXT];

	json_open(j, NULL, '{');
	json_str(j, "clock", k->id);
	json_str(j, "law", k->law);
	json_str(j, "whose", clock_whose_name(k->whose));
	json_str(j, "does", k->does);
	json_str(j, "to", k->to);
	json_str(j, "from", k->from);
	json_time(j, "from_time", k->from_utc);
	json_bool(j, "from_assumed", k->assumed);
	json_str(j, "period", clock_period(a, k));
	if (k->due_by_day && k->due_utc != TIME_NONE)
		json_str(j, "due_day", time_date(k->due_utc, t));
	else
		json_time(j, "due", k->due_utc);
	json_str(j, "state", clock_state_name(k->state));
	json_str(j, "why_off", k->why_off);
	json_time(j, "done", k->done_utc);
	json_str(j, "evidence", k->evidence);
	json_str(j, "source", k->source);
	json_str(j, "checked", k->checked);
	json_bool(j, "compared", clock_is_compared(k));
	json_str(j, "compared_with", k->compared);
	json_close(j, '}');
}

static void clock_lines(struct buf *out, struct arena *a, const struct clock *k)
{
	char from[TIME_TEXT];

	buf_printf(out, "%-9s %-22s %s\n", k->state == CLOCK_DONE_LATE ? "done late" : clock_state_name(k->state), k->law, k->does);
	buf_printf(out, "%-9s %sdue %s", "", k->state == CLOCK_OFF ? "would be " : "", clock_due_text(a, k));
	if (k->unit != CLOCK_NO_DELAY)
		buf_printf(out, ": %s", clock_period(a, k));
	if (k->assumed)
		buf_printf(out, " from when it was noticed (%s): case.yaml does not say when it was %s (clocks, dates)", time_rfc3339(k->from_utc, from), k->from);
	else if (k->from_utc != TIME_NONE)
		buf_printf(out, " from %s (%s)", k->from, time_rfc3339(k->from_utc, from));
	else if (k->after_clock)
		buf_printf(out, " from %s, which case.yaml does not say to be done (clocks, done)", k->from);
	else
		buf_printf(out, " from %s, which case.yaml does not say (clocks, dates)", k->from);
	buf_printf(out, "\n%-9s to %s; evidence: %s\n%-9s source: %s; %s\n", "", k->to, k->evidence, "", k->source, k->id);
	if (clock_is_compared(k))
		buf_printf(out, "%-9s compared with its source on %s%s%s\n\n", "", k->checked, k->compared[0] != '\0' ? ": " : "", k->compared);
	else
		buf_printf(out, "%-9s NOT CHECKED: nobody has compared this entry with its source\n\n", "");
}

static int by_due(const void *va, const void *vb)
{
	const struct clock *const *a = va, *const *b = vb;
	int64_t x = (*a)->due_utc == TIME_NONE ? INT64_MAX : (*a)->due_utc, y = (*b)->due_utc == TIME_NONE ? INT64_MAX : (*b)->due_utc;

	return x != y ? (x > y) - (x < y) : strcmp((*a)->id, (*b)->id);
}

enum errc report_clocks(struct arena *a, const struct case_config *config, const char *law, bool all, bool as_json, struct buf *out,
    unsigned *overdue, struct err *e)
{
	struct json j = json_to(out);
	struct clocks c;
	const struct clock **v;
	size_t n = 0, off = 0, unchecked = 0, midnight = 0;
	enum errc rc = clocks_read(a, law, config, time_now(), &c, e);

	*overdue = 0;
	if (rc != OK)
		return rc;
	if ((v = arena_zero(a, c.n + 1, sizeof *v)) == NULL)
		return err_memory(e);
	for (size_t i = 0; i < c.n; i++) {
		*overdue += c.v[i].state == CLOCK_OVERDUE;
		off += c.v[i].state == CLOCK_OFF && c.v[i].whose == CLOCK_OURS;
		if (all || (c.v[i].state != CLOCK_OFF && c.v[i].whose == CLOCK_OURS))
			v[n++] = &c.v[i];
	}
	qsort(v, n, sizeof *v, by_due);
	for (size_t i = 0; i < n; i++) {
		unchecked += !clock_is_compared(v[i]);
		midnight += v[i]->state != CLOCK_OFF && clock_from_midnight(v[i]);
	}
	if (as_json) {
		json_open(&j, NULL, '{');
		json_str(&j, "country", c.country);
		json_open(&j, "clocks", '[');
		for (size_t i = 0; i < n; i++)
			clock_object(&j, a, v[i]);
		json_close(&j, ']');
		json_u64(&j, "not_compared", unchecked);
		json_close(&j, '}');
		json_end_line(&j);
		return buf_check(out, e);
	}
	for (size_t i = 0; i < n; i++) {
		clock_lines(out, a, v[i]);
		if (v[i]->state == CLOCK_OFF) {
			out->n--; /* the empty line */
			buf_printf(out, "%-9s off: %s\n\n", "", v[i]->why_off);
		}
	}
	if (n == 0)
		buf_str(out, "No clock runs.\n");
	if (c.country[0] == '\0')
		buf_str(out, "case.yaml does not say our country: clocks, country. Without it only clocks that are switched on run.\n");
	if (!all && off > 0)
		buf_printf(out, "%zu more are off; --all shows them, and those of the organisations that are told.\n", off);
	if (unchecked != 0)
		buf_printf(out, "%zu of these %zu entries %s never compared with the law that %s: read the law before you rely on a date.\n",
		    unchecked, n, unchecked == 1 ? "was" : "were", unchecked == 1 ? "it names" : "they name");
	if (midnight != 0)
		buf_str(out, "Hours that count from a day alone count from its midnight in UTC: say the time and its zone in case.yaml (2025-09-18T09:30:00+02:00).\n");
	buf_str(out, "This is arithmetic on dates and no legal advice. Times are UTC; days are those of the zone that the time in case.yaml has.\n");
	return buf_check(out, e);
}
