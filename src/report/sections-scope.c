/* What the page says of the logs: what the intruder reached, when and how, and how far the logs can be believed. */
#include "report/page.h"

#define N_OF(array) (sizeof(array) / sizeof((array)[0]))

static void dwell(struct page *p)
{
	const struct figures *f = &p->f;
	const int64_t day = 86400;
	int64_t until = p->config->contained_by_utc;

	if (f->intruder_first_utc == 0)
		return;
	page_put(p, "<p>The first record of the intruder is of ");
	page_time(p, f->intruder_first_utc);
	page_put(p, " and the last of ");
	page_time(p, f->intruder_last_utc);
	if (f->read_first_utc != 0) {
		page_put(p, "; mail was read from ");
		page_time(p, f->read_first_utc);
		page_put(p, " to ");
		page_time(p, f->read_last_utc);
	}
	page_put(p, ". ");
	if (p->config->detected_utc != TIME_NONE && p->config->detected_utc > f->intruder_first_utc) {
		page_put(p, "From the first record to detection passed ");
		page_count(p, (p->config->detected_utc - f->intruder_first_utc) / day, "day", "days");
		page_put(p, ". ");
	}
	if (until != TIME_NONE && f->intruder_last_utc > until)
		page_put(p, "<strong class=\"bad\">There are records of the intruder after the containment.</strong>");
	page_put(p, "</p>\n");
}

static void logs_read(struct page *p)
{
	const struct figures *f = &p->f;

	page_put(p, "<p>");
	page_count(p, f->log_sources, "log file was", "log files were");
	page_put(p, " read, with ");
	page_count(p, f->log_records, "record", "records");
	page_put(p, "; ");
	page_count(p, f->log_duplicates, "of them stood there twice and counts once", "of them stood there before and count once");
	page_put(p, ". ");
	if (f->log_failed != 0) {
		page_count(p, f->log_failed, "record", "records");
		page_put(p, " could not be read, each with its place and reason in <code>tocsin list log_failures</code>. ");
	} else {
		page_put(p, "Every record could be read. ");
	}
	if (f->log_problems != 0) {
		page_count(p, f->log_problems, "record is not as it should be", "records are not as they should be");
		page_put(p, " (a count that differs, no date): <code>tocsin list log_problems</code>. ");
	}
	if (f->log_skipped != 0) {
		page_count(p, f->log_skipped, "file is no log", "files are no logs");
		page_put(p, ". ");
	}
	page_put(p, "</p>\n");
}

static enum errc verdicts(struct page *p, struct err *e)
{
	static const struct shown reasons[] = {
	    {"verdict", "Verdict", AS_WORD}, {"reason", "Because", AS_BECAUSE}, {"messages", "Messages", AS_NUMBER},
	    {"mailboxes", "Mailboxes", AS_NUMBER}, {"first", "First record", AS_TIME}, {"last", "Last record", AS_TIME}};
	const struct figures *f = &p->f;
	const struct slice by_verdict[] = {{"opened, proved (accessed)", "exposed", f->accessed}, {"presumed", "high", f->presumed},
	    {"not known (unknown)", "medium", f->unknown}, {"proved untouched (not accessed)", "bar", f->not_accessed}};

	chart_share(p, "Messages by verdict", by_verdict, N_OF(by_verdict));
	return page_table(p, table_named("verdict_reasons"), "Verdicts by reason; a message that lies in several mailboxes counts in each",
	    "No verdict has been given yet.", reasons, N_OF(reasons), 40, e);
}

static enum errc steps(struct page *p, struct err *e)
{
	static const struct shown columns[] = {
	    {"first", "First", AS_TIME}, {"last", "Last", AS_TIME}, {"what", "What", AS_TEXT}, {"mailbox", "Mailbox", AS_ADDRESS},
	    {"user", "As", AS_ADDRESS}, {"records", "Records", AS_NUMBER}, {"ip", "From", AS_TEXT}};
	enum errc rc;

	page_put(p, "<h3>What the intruder did</h3>\n");
	dwell(p);
	if ((rc = chart_volume(p, e)) == OK)
		rc = page_table(p, table_named("incident_steps"), "Steps of the intruder", "No record is the intruder's.", columns, N_OF(columns), 60, e);
	return rc;
}

static enum errc missing(struct page *p, struct err *e)
{
	static const struct shown columns[] = {
	    {"message_id", "Message-ID", AS_TEXT}, {"mailbox", "Mailbox", AS_ADDRESS}, {"reason", "Because", AS_BECAUSE},
	    {"first", "First record", AS_TIME}, {"last", "Last record", AS_TIME}};

	if (p->f.not_in_evidence == 0)
		return OK;
	page_put(p, "<h3>Reached, and not in evidence</h3>\n<p>Records name these messages, and no mail that was read has their "
		    "Message-ID: mail that was destroyed, or an export that is missing. What stood in them is not in this report.</p>\n");
	return page_table(p, table_named("not_in_evidence"), "Reached, and not in evidence", "", columns, N_OF(columns), 60, e);
}

static enum errc coverage(struct page *p, struct err *e)
{
	static const struct shown columns[] = {
	    {"path", "File", AS_TEXT}, {"envelope", "What it is", AS_TEXT}, {"outcome", "Outcome", AS_WORD}, {"records", "Records", AS_NUMBER},
	    {"duplicates", "Repeated", AS_NUMBER}, {"partial", "In part", AS_NUMBER}, {"failed", "Not read", AS_NUMBER}, {"note", "Note", AS_TEXT}};
	enum errc rc;

	page_put(p, "<h3>What the logs cover</h3>\n<p>That a message was not opened can only be said for days on which reading is logged. "
		    "A mailbox without a record on a day may have been quiet, or its records are missing: nothing is taken as proved then.</p>\n");
	logs_read(p);
	if ((rc = chart_log_days(p, e)) == OK)
		rc = page_table(p, table_named("log_sources"), "Log files", "", columns, N_OF(columns), 40, e);
	return rc;
}

enum errc section_scope(struct page *p, struct err *e)
{
	enum errc rc;

	page_section(p, "scope", "Scope: what did the intruder reach?");
	if (p->f.log_sources + p->f.log_skipped == 0) {
		page_put(p, "<p class=\"none\">No audit log has been read: of no message is it known whether it was opened, and all are treated as "
			    "exposed.</p>\n");
		page_section_end(p);
		return buf_check(&p->b, e);
	}
	if ((rc = verdicts(p, e)) == OK && (rc = steps(p, e)) == OK && (rc = missing(p, e)) == OK)
		rc = coverage(p, e);
	page_section_end(p);
	return rc;
}
