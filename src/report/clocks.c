/* What is due when, and the facts that a supervisory authority asks for. Both look at the clock of the day: they are no part of the report. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "case/clocks.h"
#include "report/page.h"

static const char *due_text(struct arena *a, const struct clock *k)
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
	json_str(j, "whose", k->recipient ? "recipient" : "us");
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

	buf_printf(out, "%-9s %-22s %s\n", clock_state_name(k->state), k->law, k->does);
	buf_printf(out, "%-9s due %s", "", due_text(a, k));
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
	size_t n = 0, off = 0, unchecked = 0;
	enum errc rc = clocks_read(a, law, config, time_now(), &c, e);

	*overdue = 0;
	if (rc != OK)
		return rc;
	if ((v = arena_zero(a, c.n + 1, sizeof *v)) == NULL)
		return err_memory(e);
	for (size_t i = 0; i < c.n; i++) {
		*overdue += c.v[i].state == CLOCK_OVERDUE;
		off += c.v[i].state == CLOCK_OFF && !c.v[i].recipient;
		if (all || (c.v[i].state != CLOCK_OFF && !c.v[i].recipient))
			v[n++] = &c.v[i];
	}
	qsort(v, n, sizeof *v, by_due);
	for (size_t i = 0; i < n; i++)
		unchecked += !clock_is_compared(v[i]);
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
	buf_str(out, "This is arithmetic on dates and no legal advice. Times are UTC; a day ends where the law says.\n");
	return buf_check(out, e);
}

/* ---- for an authority ------------------------------------------------------------------------------------------------ */

static void row(struct page *p, const char *name)
{
	page_put(p, "<div><dt>");
	page_put(p, name);
	page_put(p, "</dt><dd>");
}

static void row_end(struct page *p)
{
	page_put(p, "</dd></div>\n");
}

static void row_time(struct page *p, const char *name, int64_t when)
{
	row(p, name);
	if (when == TIME_NONE)
		page_put(p, "not yet known");
	else
		page_time(p, when);
	row_end(p);
}

static void row_count(struct page *p, const char *name, int64_t n)
{
	row(p, name);
	page_number(p, n);
	row_end(p);
}

static void nature(struct page *p)
{
	const struct case_config *c = p->config;

	page_section(p, "nature", "Nature of the breach (GDPR 33(3)(a))");
	page_put(p, "<dl class=\"facts\">\n");
	row(p, "Incident");
	page_str(p, c->title);
	row_end(p);
	row(p, "Reference");
	page_str(p, c->reference);
	row_end(p);
	row_time(p, "First access", c->first_access_utc);
	row_time(p, "Last access", c->last_access_utc);
	row_time(p, "Noticed", c->detected_utc);
	row_time(p, "Contained", c->contained_utc);
	row_count(p, "Mailboxes read", p->f.mailboxes);
	row_count(p, "Messages (records) in scope", p->f.in_scope);
	row_count(p, "of these opened, as the logs show", p->f.accessed);
	row_count(p, "to be presumed read", p->f.presumed);
	row_count(p, "not known", p->f.unknown);
	row_count(p, "proved untouched, not in scope", p->f.not_accessed);
	row_count(p, "Organisations concerned", p->f.orgs);
	row_count(p, "Private persons among senders and recipients", p->f.persons);
	row_count(p, "Distinct secrets and personal data found", p->f.exposures);
	page_put(p, "</dl>\n<p>Numbers of persons are approximate: they count addresses, and people who are only spoken of in a text are "
		    "not among them. ");
	page_number(p, p->f.unread_parts);
	page_put(p, " parts of messages could not be read as text.</p>\n");
}

enum errc report_regulator(const struct report_run *run, struct err *e)
{
	static const struct shown classes[] = {{"class", "Category", AS_WORD}, {"exposures", "Distinct", AS_NUMBER}, {"findings", "Places", AS_NUMBER},
	    {"messages", "Messages", AS_NUMBER}};
	static const struct shown waves[] = {{"wave", "Wave", AS_NUMBER}, {"state", "State", AS_WORD}, {"planned", "Planned", AS_TIME}, {"organisations", "Organisations", AS_NUMBER},
	    {"new", "Told first", AS_NUMBER}, {"supplements", "Supplements", AS_NUMBER}, {"no_contact", "No contact", AS_NUMBER}};
	struct page p = {.run = run, .config = run->config};
	enum errc rc;

	buf_init(&p.b, 16 * MIB);
	if ((rc = arena_new(&p.a, 64 * MIB, e)) != OK || (rc = figures_read(run->store, &p.f, e)) != OK)
		goto out;
	page_put(&p, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		     "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
		     "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Facts for an authority</title>\n<style>\n");
	page_put(&p, page_style);
	page_put(&p, "</style>\n</head>\n<body>\n<header><p class=\"kind\">Facts for a supervisory authority</p>\n<h1>");
	page_str(&p, run->config->our_name);
	page_put(&p, "</h1></header>\n<main>\n");
	nature(&p);
	if ((rc = page_table(&p, table_named("classes"), "Categories of data", "None found.", classes, sizeof classes / sizeof *classes, 100, e)) != OK)
		goto out;
	page_section_end(&p);
	page_section(&p, "contact", "Contact (33(3)(b))");
	page_put(&p, "<p>");
	page_str(&p, run->config->sender_name);
	page_put(&p, ", ");
	page_str(&p, run->config->sender_title);
	page_put(&p, ", ");
	page_str(&p, run->config->sender_phone);
	page_put(&p, ", ");
	page_str(&p, run->config->sender_address);
	page_put(&p, "</p>\n");
	page_section_end(&p);
	page_section(&p, "consequences", "Likely consequences (33(3)(c))");
	page_put(&p, "<p>Credentials can be used until they are reset; account and identity numbers can be misused; whoever has read the mail can "
		     "imitate its writers. The table above says which categories, and how many of each, were in reach.</p>\n");
	page_section_end(&p);
	page_section(&p, "measures", "Measures (33(3)(d))");
	page_put(&p, "<p>");
	page_str(&p, run->config->measures[0] != '\0' ? run->config->measures : "What was done against the breach itself is not said: case.yaml, incident, measures.");
	page_put(&p, "</p>\n<p>Of the organisations concerned, ");
	page_number(&p, p.f.told_orgs);
	page_put(&p, " were told in ");
	page_count(&p, p.f.waves_written, "wave", "waves");
	page_put(&p, " of ");
	page_count(&p, p.f.told_messages, "message", "messages");
	page_put(&p, " and ");
	page_count(&p, p.f.told_exposures, "exposure", "exposures");
	page_put(&p, "; ");
	page_number(&p, p.f.untold_orgs);
	page_put(&p, " are not told yet, and ");
	page_number(&p, p.f.orgs_without_contact);
	page_put(&p, " have no contact.</p>\n");
	if ((rc = page_table(&p, table_named("waves"), "Waves of notices", "No notice has been planned.", waves, sizeof waves / sizeof *waves, 100, e)) != OK)
		goto out;
	page_section_end(&p);
	page_put(&p, "</main>\n<footer><p>Made by tocsin from the rows of the case; tocsin report --check recomputes what it counts.</p></footer>\n</body>\n</html>\n");
	if ((rc = buf_check(&p.b, e)) == OK)
		rc = io_write_file(run->output, buf_span(&p.b), 0600, e);
out:
	arena_free(p.a);
	buf_free(&p.b);
	return rc;
}
