/*
 * The page in the making: a growing HTML text, the numbers its sentences are made of, and the pieces that its sections
 * share. Evidence gets into it through page_text alone.
 */
#ifndef TOCSIN_REPORT_PAGE_H
#define TOCSIN_REPORT_PAGE_H

#include "base/clock.h"
#include "report/private.h"
#include "store/figures.h"
#include "store/withheld.h"

struct page {
	struct buf b;
	const struct report_run *run;
	const struct case_config *config;
	struct figures f;
	struct withheld_totals withheld;
	struct day *days; /* those with messages */
	size_t n_days;
	int64_t first_day, last_day; /* between them lie all but one in two hundred messages at either end */
	struct arena *a;
};

/* Our own markup and words. */
void page_put(struct page *p, const char *html);
/* Evidence, or words of case.yaml: shown and escaped. */
void page_text(struct page *p, span s);
void page_str(struct page *p, const char *s);
void page_number(struct page *p, int64_t n);                                     /* 12,345 */
/* Beside those without a notice, and those who have one: how many of them had one; how many more have one that no message concerns any more. Or nothing. */
void page_withdrawn(struct page *p);
void page_past(struct page *p);
void page_count(struct page *p, int64_t n, const char *one, const char *many);    /* "1 message", "12,345 messages" */
void page_bytes(struct page *p, int64_t n);                                       /* 1.2 GB */
void page_percent(struct page *p, int64_t part, int64_t whole);                   /* 93 %; never 100 or 0 unless it is all or none */
void page_date(struct page *p, int64_t when_utc);                                 /* 1 March 2024 */
void page_time(struct page *p, int64_t when_utc);                                 /* 2024-03-01 09:30 UTC */

/* A name and what stands beside it, in a <dl class="facts">. */
void page_fact(struct page *p, const char *name);
void page_fact_end(struct page *p);

void page_section(struct page *p, const char *id, const char *title);
void page_section_end(struct page *p);

/* How a column of a table stands on the page. */
enum shown_as { AS_TEXT, AS_NUMBER, AS_BYTES, AS_TIME, AS_DATE, AS_WHOSE, AS_CODE, AS_WORD, AS_SEVERITY, AS_SURE, AS_NAME, AS_CONTACT,
	AS_TOLD, AS_APPROVALS, AS_PLACE, AS_ADDRESS, AS_DIGEST, AS_REASON, AS_BECAUSE, AS_CLASS, AS_COUNTRY };
struct shown {
	const char *column;
	const char *title;
	enum shown_as as;
};
/*
 * A table with its caption; nothing but the sentence `none` when there are no rows. After cap rows it says how
 * many more there are and in which CSV file.
 */
MUST_CHECK enum errc page_table(struct page *p, const struct table *t, const char *caption, const char *none,
    const struct shown *columns, size_t n_columns, int64_t cap, struct err *e);

/* How much nobody is told of by decision, in a paragraph; nothing where there is none. And who decided what, and why. */
void page_withheld(struct page *p);
MUST_CHECK enum errc page_withheld_table(struct page *p, struct err *e);

/* Our names of the classes, for people who do not know them; one of a rule file of the case as it stands. */
void page_class(struct page *p, span class);

/* A country by its name, with its code: "Ireland (IE)"; what is no code of one, as it stands. */
void page_country(struct page *p, span code);

/* Charts: inline SVG with a title for those who cannot see it. */
struct slice { const char *name, *class; int64_t n; };
void chart_share(struct page *p, const char *title, const struct slice *slices, size_t n);
/* A rectangle in hundredths of a unit of the drawing; v of whole as a length out of `of`: something is never drawn as nothing. */
void chart_rect(struct page *p, const char *class, int64_t x, int64_t y, int64_t w, int64_t h);
int64_t chart_scaled(int64_t v, int64_t whole, int64_t of);
MUST_CHECK enum errc chart_classes(struct page *p, struct err *e);
MUST_CHECK enum errc chart_timeline(struct page *p, struct err *e);
MUST_CHECK enum errc chart_volume(struct page *p, struct err *e);   /* the intruder's reading by hour or day */
MUST_CHECK enum errc chart_log_days(struct page *p, struct err *e); /* what the logs hold of each mailbox and day */
/* Reads the days and finds the period that matters: a wrong Date of 1970 or 2098 must not stand for all. */
MUST_CHECK enum errc page_period(struct page *p, struct err *e);

/* The sections, in the order of the page. */
MUST_CHECK enum errc section_summary(struct page *p, struct err *e);
MUST_CHECK enum errc section_coverage(struct page *p, struct err *e);
MUST_CHECK enum errc section_scope(struct page *p, struct err *e);
MUST_CHECK enum errc section_exposures(struct page *p, struct err *e);
MUST_CHECK enum errc section_orgs(struct page *p, struct err *e);
MUST_CHECK enum errc section_timeline(struct page *p, struct err *e);
MUST_CHECK enum errc section_waves(struct page *p, struct err *e);
MUST_CHECK enum errc section_deliveries(struct page *p, struct err *e);
MUST_CHECK enum errc section_resets(struct page *p, struct err *e);
MUST_CHECK enum errc section_questions(struct page *p, struct err *e);
MUST_CHECK enum errc section_decisions(struct page *p, struct err *e);
MUST_CHECK enum errc section_evidence(struct page *p, struct err *e);
MUST_CHECK enum errc section_method(struct page *p, struct err *e);
MUST_CHECK enum errc section_proof(struct page *p, struct err *e);

extern const char page_style[];

#endif
