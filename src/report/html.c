/* The page: its head, its sections in order, and the file. */
#include "base/io.h"
#include "base/limits.h"
#include "report/page.h"

/* Tables are capped, so that a page of the largest case stays far below it. */
#define PAGE_BYTES (64 * MIB)

static void title_of(struct page *p)
{
	page_str(p, p->config->title[0] != '\0' ? p->config->title : "A compromised mailbox");
}

static void head(struct page *p)
{
	page_put(p, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
		    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		    "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n<title>");
	title_of(p);
	page_put(p, " \xe2\x80\x93 report</title>\n<style>\n");
	page_put(p, page_style);
	page_put(p, "</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#summary\">To the summary</a>\n");
}

static void fact(struct page *p, const char *name, int64_t when_utc)
{
	page_fact(p, name);
	if (when_utc == TIME_NONE)
		page_put(p, "<span class=\"soft\">not known</span>");
	else
		page_date(p, when_utc);
	page_fact_end(p);
}

static void banner(struct page *p)
{
	const struct case_config *c = p->config;

	page_put(p, "<header>\n<p class=\"kind\">Report of a disclosure case");
	if (c->reference[0] != '\0') {
		page_put(p, " \xc2\xb7 ");
		page_str(p, c->reference);
	}
	page_put(p, "</p>\n<h1>");
	title_of(p);
	page_put(p, "</h1>\n");
	if (c->our_name[0] != '\0') {
		page_put(p, "<p class=\"who\">");
		page_str(p, c->our_name);
		page_put(p, "</p>\n");
	}
	page_put(p, "<dl class=\"facts\">\n");
	fact(p, "First access", case_local(c->first_access_utc, c->offset_s.first_access));
	fact(p, "Last access", case_local(c->last_access_utc, c->offset_s.last_access));
	fact(p, "Detected", case_local(c->detected_utc, c->offset_s.detected));
	fact(p, "Contained", case_local(c->contained_utc, c->offset_s.contained));
	fact(p, "State of the case as of", p->f.ledger_utc);
	page_put(p, "</dl>\n<p class=\"kind\">All times on this page are UTC; the days of the incident above are those of the zone that case.yaml gives.</p>\n</header>\n"
		    "<nav aria-label=\"Contents\"><a href=\"#summary\">Summary</a> <a href=\"#coverage\">Coverage</a> <a href=\"#scope\">Scope</a> "
		    "<a href=\"#exposures\">Exposures</a> <a href=\"#organisations\">Organisations</a> "
		    "<a href=\"#timeline\">Timeline</a> <a href=\"#waves\">Waves</a> <a href=\"#deliveries\">Deliveries</a> <a href=\"#resets\">Resets</a> <a href=\"#questions\">Open questions</a> "
		    "<a href=\"#decisions\">Decisions</a> <a href=\"#evidence\">Evidence</a> <a href=\"#method\">Method</a> <a href=\"#proof\">Proof</a></nav>\n<main>\n");
}

static void foot(struct page *p)
{
	page_put(p, "</main>\n<footer>\n<p>Made by tocsin from the rows of the case alone: the same case gives the same page. "
		    "Secrets are shown masked; none is stored in the case. "
		    "This page loads nothing and runs no script.</p>\n</footer>\n</body>\n</html>\n");
}

enum errc report_html(const struct report_run *run, struct err *e)
{
	static enum errc (*const sections[])(struct page *, struct err *) = {section_summary, section_coverage, section_scope,
	    section_exposures, section_orgs, section_timeline, section_waves, section_deliveries, section_resets, section_questions,
	    section_decisions, section_evidence, section_method, section_proof};
	struct page p = {.run = run, .config = run->config};
	enum errc rc;

	buf_init(&p.b, PAGE_BYTES);
	if ((rc = arena_new(&p.a, 256 * MIB, e)) != OK || (rc = figures_read(run->store, &p.f, e)) != OK ||
	    (rc = withheld_totals(run->store, run->config->notify_mentioned, &p.withheld, e)) != OK ||
	    (rc = page_period(&p, e)) != OK)
		goto out;
	head(&p);
	banner(&p);
	for (size_t i = 0; i < sizeof sections / sizeof sections[0] && rc == OK; i++)
		rc = sections[i](&p, e);
	foot(&p);
	if (rc == OK && (rc = buf_check(&p.b, e)) == OK)
		rc = out_page(run->output, buf_span(&p.b), e);
out:
	arena_free(p.a);
	buf_free(&p.b);
	return rc;
}
