/*
 * The facts that a supervisory authority asks for, in the order of GDPR article 33: a page of its own, for a person to complete and file. Like
 * the clocks it looks at the time of day, and so is no part of the report.
 */
#include "base/io.h"
#include "base/limits.h"
#include "case/clocks.h"
#include "report/page.h"

#define N_OF(array) (sizeof(array) / sizeof((array)[0]))

/* 18 September 2025, 10:40 UTC: days without a time stand beside it, and are written so. */
static void put_moment(struct page *p, int64_t when)
{
	char text[TIME_TEXT];

	if (when == TIME_NONE)
		return;
	page_date(p, when);
	buf_printf(&p->b, ", %.5s\xc2\xa0UTC", time_rfc3339(when, text) + 11);
}

/* A time of midnight is a date that somebody wrote. */
static void row_time(struct page *p, const char *name, int64_t when)
{
	page_fact(p, name);
	if (when == TIME_NONE)
		page_put(p, "not yet known");
	else if (when % 86400 == 0)
		page_date(p, when);
	else
		put_moment(p, when);
	page_fact_end(p);
}

static void row_count(struct page *p, const char *name, int64_t n)
{
	page_fact(p, name);
	page_number(p, n);
	page_fact_end(p);
}

static void row_text(struct page *p, const char *name, const char *text)
{
	page_fact(p, name);
	page_str(p, text);
	page_fact_end(p);
}

static enum errc nature(struct page *p, struct err *e)
{
	static const struct shown classes[] = {{"class", "Category", AS_CLASS}, {"exposures", "Distinct", AS_NUMBER}, {"findings", "Places", AS_NUMBER},
	    {"messages", "Messages", AS_NUMBER}};
	static const struct shown unread[] = {{"outcome", "Outcome", AS_WORD}, {"reason", "Reason", AS_TEXT}, {"parts", "Parts", AS_NUMBER},
	    {"messages", "Messages", AS_NUMBER}};
	const struct case_config *c = p->config;
	int64_t addresses = 0, ours = 0;
	enum errc rc = figures_addresses(p->run->store, &addresses, &ours, e);

	if (rc != OK)
		return rc;
	page_section(p, "nature", "Nature of the breach (GDPR 33(3)(a))");
	page_put(p, "<dl class=\"facts lines\">\n");
	row_text(p, "Incident", c->title);
	row_text(p, "Reference", c->reference);
	row_time(p, "First access", c->first_access_utc);
	row_time(p, "Last access", c->last_access_utc);
	row_time(p, "Noticed", c->detected_utc);
	row_time(p, "Contained", c->contained_utc);
	row_count(p, "Mailboxes in the evidence", p->f.mailboxes);
	row_count(p, "Messages (records) in scope", p->f.in_scope);
	row_count(p, "of these opened, as the logs show", p->f.accessed);
	row_count(p, "of these to be presumed read", p->f.presumed);
	row_count(p, "of these not known", p->f.unknown);
	row_count(p, "Messages proved untouched, not in scope", p->f.not_accessed);
	row_count(p, "Persons (mail addresses) among their senders and recipients", addresses);
	if (p->f.attributed != 0) {
		row_count(p, "of these our own people", ours);
		row_count(p, "of these private persons", p->f.persons);
		row_count(p, "of these others: people at organisations, lists, automatic senders", addresses > ours + p->f.persons ? addresses - ours - p->f.persons : 0);
	}
	row_count(p, "Organisations concerned", p->f.orgs);
	row_count(p, "Distinct secrets and personal data found", p->f.exposures);
	page_put(p, "</dl>\n<p>Numbers of persons are approximate: they count addresses, some of which are shared, and people who are only spoken "
		    "of in a text are not among them. ");
	page_number(p, p->f.unread_parts);
	page_put(p, p->f.unread_parts == 1 ? " part of a message was not read as text" : " parts of messages were not read as text");
	page_put(p, p->f.unread_parts != 0 ? "; the reasons stand below. Special" : ". Special");
	page_put(p, " categories of data (GDPR 9) are not recognised by a program: whether "
		    "there are any, a person has to say.</p>\n");
	rc = page_table(p, table_named("classes"), "Categories of data", "None found.", classes, N_OF(classes), 100, e);
	if (rc == OK && p->f.unread_parts + p->f.cut_parts != 0)
		rc = page_table(p, table_named("unread"), "Content that was not, or not wholly, read as text", "", unread, N_OF(unread), 40, e);
	page_section_end(p);
	return rc;
}

static enum errc borders(struct page *p, struct err *e)
{
	static const struct shown countries[] = {{"country", "Country", AS_COUNTRY}, {"organisations", "Organisations", AS_NUMBER}};
	enum errc rc;

	page_section(p, "borders", "Across borders (GDPR 56)");
	rc = page_table(p, &page_countries, "Countries of the organisations concerned, as the directory says", "No organisation is concerned.", countries,
	    N_OF(countries), 100, e);
	page_section_end(p);
	return rc;
}

/* Ours that run in this case, with what was done of them. */
static enum errc times(struct page *p, const char *law, struct err *e)
{
	struct clocks c;
	size_t n = 0, midnight = 0;
	bool late = false, none = false;
	enum errc rc = clocks_read(p->a, law, p->config, time_now(), &c, e);

	if (rc != OK)
		return rc;
	page_section(p, "time", "Time (GDPR 33(1))");
	for (size_t i = 0; i < c.n; i++) {
		const struct clock *k = &c.v[i];

		if (k->whose != CLOCK_OURS || k->state == CLOCK_OFF)
			continue;
		midnight += clock_from_midnight(k);
		late |= strstr(k->id, "gdpr-33") != NULL && k->state == CLOCK_DONE_LATE;
		none |= strstr(k->id, "gdpr-33") != NULL && k->state == CLOCK_OVERDUE;
		page_put(p, n++ == 0 ? "<dl class=\"method\">\n<dt>" : "<dt>");
		page_str(p, k->law);
		page_put(p, ": ");
		page_str(p, k->does);
		page_put(p, "</dt><dd>");
		page_str(p, k->state == CLOCK_DONE_LATE ? "done late" : clock_state_name(k->state));
		if (k->done_utc != TIME_NONE) {
			page_put(p, " on ");
			put_moment(p, k->done_utc);
		}
		page_put(p, "; due ");
		if (k->unit == CLOCK_NO_DELAY || k->due_utc == TIME_NONE) {
			page_str(p, clock_due_text(p->a, k));
		} else if (k->due_by_day) {
			page_put(p, "by the end of ");
			page_date(p, k->due_utc);
		} else {
			put_moment(p, k->due_utc);
		}
		page_put(p, k->assumed ? ", counted from when it was noticed" : "");
		page_put(p, ". Evidence: ");
		page_str(p, k->evidence);
		page_put(p, ".</dd>\n");
	}
	page_put(p, n != 0 ? "</dl>\n" : "<p>No clock runs: case.yaml does not say our country (clocks, country), or all are off.</p>\n");
	if (midnight != 0)
		page_put(p, "<p>When it was noticed is a day without a time: its hours count from midnight UTC, which may not be the midnight of your country. Say "
			    "the time in case.yaml, with its zone.</p>\n");
	if (late)
		page_put(p, "<p><strong>A time of the GDPR was not kept: the reasons for the delay are to be said with the notification (33(1)).</strong></p>\n");
	if (none)
		page_put(p, "<p><strong>A time of the GDPR is over, and no notification is recorded in the case (case.yaml, clocks, done). If there was none in time, the "
			    "reasons for the delay are to be said with it (33(1)).</strong></p>\n");
	page_section_end(p);
	return buf_check(&p->b, e);
}

static void contact(struct page *p)
{
	const struct case_config *c = p->config;
	const struct { const char *text, *missing; } said[] = {{c->sender_name, "no name"}, {c->sender_title, "no title"}, {c->sender_phone, "no telephone"},
	    {c->sender_address, "no address (case.yaml, sender)"}};

	page_section(p, "contact", "Contact (33(3)(b))");
	page_put(p, "<p>");
	for (size_t i = 0; i < N_OF(said); i++) {
		page_put(p, i != 0 ? ", " : "");
		page_str(p, said[i].text[0] != '\0' ? said[i].text : said[i].missing);
	}
	page_put(p, "</p>\n<p>Whether this is the data protection officer, and another contact where there is one, a person has to say.</p>\n");
	page_section_end(p);
	page_section(p, "consequences", "Likely consequences (33(3)(c))");
	page_put(p, "<p>Credentials can be used until they are reset; account and identity numbers can be misused; whoever has read the mail can "
		    "imitate its writers. The table above says which categories, and how many of each, were in reach.</p>\n");
	page_section_end(p);
}

/* Written, sent and answered are three things, and an authority is told which. */
static void telling(struct page *p)
{
	const struct figures *f = &p->f;

	page_put(p, "<p>Of the ");
	page_count(p, f->orgs, "organisation", "organisations");
	page_put(p, " concerned, notices are written to ");
	page_number(p, f->told_orgs);
	page_put(p, " in ");
	page_count(p, f->waves_written, "wave", "waves");
	page_put(p, ", of ");
	page_count(p, f->told_messages, "message", "messages");
	page_put(p, " and ");
	page_count(p, f->told_exposures, "exposure", "exposures");
	page_past(p);
	if (f->held_orgs != 0) {
		page_put(p, "; for ");
		page_number(p, f->held_orgs);
		page_put(p, " more one is written and nothing has left, since somebody has said so (held or ceased)");
	}
	page_put(p, "; ");
	page_number(p, f->untold_orgs);
	page_put(p, " have none yet");
	page_withdrawn(p);
	page_put(p, "; ");
	page_number(p, f->orgs_without_contact);
	page_put(p, f->orgs_without_contact == 1 ? " has no contact. " : " have no contact. ");
	if (f->by_hand_orgs != 0)
		page_count(p, f->by_hand_orgs, "organisation was handed its notices by a person. ", "organisations were handed their notices by a person. ");
	if (f->mails_left == 0) {
		page_put(p, "<strong>None was sent by tocsin yet.</strong>");
	} else {
		page_put(p, "Mail has left for ");
		page_number(p, f->sent_orgs);
		page_put(p, ", and ");
		page_number(p, f->answered_orgs);
		page_put(p, f->answered_orgs == 1 ? " has answered; " : " have answered; ");
		page_number(p, f->unreached_orgs);
		page_put(p, " could not be reached by mail.");
	}
	page_put(p, "</p>\n<p>Communication to persons (GDPR 34): ");
	page_number(p, f->told_persons);
	page_put(p, " of ");
	page_count(p, f->persons, "private person", "private persons");
	page_put(p, f->told_persons == 1 ? " has a letter of his or her own" : " have a letter of their own");
	page_put(p, p->config->notify_persons ? "." : "; that persons are told is not decided (case.yaml, policy, notify_persons).");
	page_put(p, " Whether the organisations concerned tell the persons whose data it is, and which of us must, the case does not know.</p>\n");
}

static enum errc measures(struct page *p, struct err *e)
{
	static const struct shown waves[] = {{"wave", "Wave", AS_NUMBER}, {"state", "State", AS_WORD}, {"planned", "Planned", AS_TIME}, {"organisations", "Organisations", AS_NUMBER},
	    {"supplements", "of these told more", AS_NUMBER}, {"anew", "of these told anew", AS_NUMBER}, {"withdrawn", "of these withdrawn since", AS_NUMBER}, {"messages", "Messages", AS_NUMBER}, {"persons", "Private persons", AS_NUMBER}, {"written", "Notices written", AS_NUMBER}};
	static const struct shown counts[] = {{"state", "State", AS_WORD}, {"notices", "Notices", AS_NUMBER}, {"organisations", "Organisations", AS_NUMBER}};
	enum errc rc;

	page_section(p, "measures", "Measures (33(3)(d))");
	page_put(p, "<p>");
	page_str(p, p->config->measures[0] != '\0' ? p->config->measures : "What was done against the breach itself is not said: case.yaml, incident, measures.");
	page_put(p, "</p>\n");
	telling(p);
	page_withheld(p);
	if ((rc = page_withheld_table(p, e)) == OK && (rc = page_table(p, table_named("waves"), "Waves of notices", "No notice has been planned.", waves, N_OF(waves), 100, e)) == OK)
		rc = page_table(p, table_named("delivery_counts"), "Notices by where they stand", "", counts, N_OF(counts), 20, e);
	page_section_end(p);
	return rc;
}

static void line(struct page *p, int64_t n, const char *one, const char *many)
{
	if (n == 0)
		return;
	page_put(p, "<li>");
	page_count(p, n, one, many);
	page_put(p, "</li>\n");
}

static void open_points(struct page *p)
{
	const struct figures *f = &p->f;

	page_section(p, "open", "What is not known yet (33(4))");
	page_put(p, "<ul>\n<li>Whether the intruder kept copies or passed them on.</li>\n");
	line(p, f->mail_unfinished, "file or folder of mail whose reading was stopped before its end: all numbers here may grow",
	    "files and folders of mail whose reading was stopped before its end: all numbers here may grow");
	line(p, f->logs_unfinished, "file or folder of logs whose reading was stopped before its end", "files and folders of logs whose reading was stopped before its end");
	line(p, f->unknown, "message of which it is not known whether it was opened", "messages of which it is not known whether they were opened");
	line(p, f->not_in_evidence, "message that was reached and is not in evidence", "messages that were reached and are not in evidence");
	line(p, f->failed + f->partial, "item of evidence that was not wholly read", "items of evidence that were not wholly read");
	line(p, f->unread_parts, "part of a message that was not read as text", "parts of messages that were not read as text");
	line(p, f->orgs_without_contact, "organisation without a contact", "organisations without a contact");
	line(p, f->open_tasks, "call, letter or reply that is open", "calls, letters and replies that are open");
	page_put(p, "</ul>\n<p>The evidence, with a digest of each file, who decided what, the method and where it ends stand in the report of the case "
		    "(<code>tocsin report</code>).</p>\n");
	page_section_end(p);
}

/* What authorities ask besides, and no row of the case says. */
static void missing(struct page *p)
{
	page_section(p, "missing", "What is not on this page");
	page_put(p, "<p>The case does not know it, or only in part; a person adds what the authority asks for.</p>\n<ul>\n"
		    "<li>GDPR 33(3)(a): the categories of the persons concerned (staff, customers, patients, applicants ...): mail does not say what somebody is.</li>\n"
		    "<li>Whether we are controller or processor of each kind of data, and which other controllers and authorities are concerned.</li>\n"
		    "<li>GDPR 33(1) and 33(5): the reasons for a delay; what was documented of effects and remedies.</li>\n"
		    "<li>NIS 2, article 23(4): severity and impact on services, the root cause, and what is still being done. That unlawful acts are suspected and "
		    "which countries are concerned stands above; indicators of compromise are in the report of the case, under Scope, and in the actor file.</li>\n"
		    "<li>US states: how many of their residents are concerned (the case knows the countries of organisations, and of persons no residence), a sample of "
		    "the letter (<code>tocsin notify show --text</code>), whether credit monitoring is offered and whether law enforcement asked for a delay.</li>\n</ul>\n");
	page_section_end(p);
}

static void head(struct page *p)
{
	page_put(p, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
		    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Facts for an authority</title>\n<style>\n");
	page_put(p, page_style);
	page_put(p, "</style>\n</head>\n<body>\n<header><p class=\"kind\">Facts for a supervisory authority</p>\n<h1>");
	page_str(p, p->config->our_name);
	page_put(p, "</h1>\n<p class=\"who\">Made on ");
	put_moment(p, time_now());
	if (p->f.ledger_utc != TIME_NONE) {
		page_put(p, ", from the case as it stood on ");
		put_moment(p, p->f.ledger_utc);
	}
	page_put(p, "</p>\n<p>For a person to complete and file: it is no filing, and no legal advice.</p></header>\n<main>\n");
}

enum errc report_regulator(const struct report_run *run, const char *law, struct err *e)
{
	struct page p = {.run = run, .config = run->config};
	enum errc rc;

	buf_init(&p.b, 16 * MIB);
	if ((rc = arena_new(&p.a, 64 * MIB, e)) != OK || (rc = figures_read(run->store, &p.f, e)) != OK ||
	    (rc = withheld_totals(run->store, run->config->notify_mentioned, &p.withheld, e)) != OK)
		goto out;
	head(&p);
	if ((rc = nature(&p, e)) != OK || (rc = borders(&p, e)) != OK || (rc = times(&p, law, e)) != OK)
		goto out;
	contact(&p);
	if ((rc = measures(&p, e)) != OK)
		goto out;
	open_points(&p);
	missing(&p);
	page_put(&p, "</main>\n<footer><p>Made by tocsin from the rows of the case; tocsin report --check recomputes what it counts. All times are UTC.</p></footer>\n</body>\n</html>\n");
	if ((rc = buf_check(&p.b, e)) == OK)
		rc = out_page(run->output, buf_span(&p.b), e);
out:
	arena_free(p.a);
	buf_free(&p.b);
	return rc;
}
