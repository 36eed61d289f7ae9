/* What the page says of what was done: waves, what is open, and the proof. */
#include <inttypes.h>

#include "report/page.h"

#define N_OF(array) (sizeof(array) / sizeof((array)[0]))

enum errc section_waves(struct page *p, struct err *e)
{
	static const struct shown columns[] = {
	    {"wave", "Wave", AS_NUMBER}, {"state", "State", AS_WORD}, {"planned", "Planned", AS_TIME},
	    {"organisations", "Organisations", AS_NUMBER}, {"new", "new", AS_NUMBER}, {"supplements", "supplements", AS_NUMBER},
	    {"anew", "told anew", AS_NUMBER}, {"withdrawn", "of these withdrawn", AS_NUMBER}, {"no_contact", "Without contact", AS_NUMBER}, {"persons", "Private persons", AS_NUMBER},
	    {"written", "Notices written", AS_NUMBER}, {"messages", "Messages", AS_NUMBER}, {"exposures", "Exposures", AS_NUMBER}, {"reason", "Why", AS_TEXT}, {"approvals", "Approved by", AS_APPROVALS}};
	enum errc rc;

	page_section(p, "waves", "Waves of notices");
	page_put(p, "<p>A wave tells each organisation what it is due less what it was told before. Nothing is written before ");
	page_number(p, p->config->approvals);
	page_put(p, " different people have approved the wave as it is. A wave's numbers are those of organisations that have a notice, and of what the notices "
		    "tell; what was written stays as it was, and of how many it was withdrawn, or taken back by a later plan, stands beside it. Written is not sent.</p>\n");
	rc = page_table(p, table_named("waves"), "Waves", "No wave is planned yet.", columns, N_OF(columns), 100, e);
	page_section_end(p);
	return rc;
}

enum errc section_deliveries(struct page *p, struct err *e)
{
	static const struct shown counts[] = {{"state", "State", AS_WORD}, {"notices", "Notices", AS_NUMBER}, {"organisations", "Organisations", AS_NUMBER}};
	static const struct shown mails[] = {
	    {"org_name", "Organisation", AS_TEXT}, {"address", "Address", AS_ADDRESS}, {"notice", "Notice", AS_TEXT}, {"state", "State", AS_WORD},
	    {"handed_over", "Handed over", AS_TIME}, {"note", "What was said", AS_TEXT}};
	static const struct shown heard[] = {
	    {"sent", "Sent", AS_TIME}, {"kind", "Kind", AS_WORD}, {"notice", "Notice", AS_TEXT}, {"org", "Organisation", AS_TEXT},
	    {"sender", "From", AS_ADDRESS}, {"status", "What it says", AS_TEXT}, {"certain", "Counts", AS_TEXT}, {"how", "Known by", AS_TEXT}};
	static const struct shown tasks[] = {
	    {"due", "Due", AS_DATE}, {"org_name", "Organisation", AS_TEXT}, {"what", "What", AS_TEXT}, {"owner", "Owner", AS_TEXT},
	    {"done", "Done", AS_TIME}, {"done_by", "by", AS_TEXT}};
	static const struct shown withdrawals[] = {
	    {"when", "Said", AS_TIME}, {"by", "by", AS_TEXT}, {"notice", "Notice", AS_TEXT}, {"org_name", "Organisation", AS_TEXT}, {"why", "Why", AS_TEXT},
	    {"withdrawn", "Withdrawn", AS_TEXT}, {"told_anew", "Told anew", AS_TEXT}};
	enum errc rc;

	page_section(p, "deliveries", "Deliveries");
	page_put(p, "<p>How the notices left and what was heard of them. Only mail that carries a mark of ours, or whose sender our own mail "
		    "server vouches for, counts; an organisation that does not answer is written to at its next address, and then it is a "
		    "person's task.</p>\n");
	if ((rc = page_table(p, table_named("delivery_counts"), "Notices by where they stand",
	         p->f.by_hand_orgs != 0 ? "tocsin has sent no notice: they were handed over by a person." : "No notice has been sent.", counts, N_OF(counts), 20, e)) == OK &&
	    (rc = page_table(p, table_named("deliveries"), "Notices sent", "", mails, N_OF(mails), 200, e)) == OK &&
	    (rc = page_table(p, table_named("withdrawals"), "Notices that no longer hold: withdrawn when two people have said so", "", withdrawals, N_OF(withdrawals), 100, e)) == OK &&
	    (rc = page_table(p, table_named("heard"), "Mail that came back", "No mail was collected.", heard, N_OF(heard), 200, e)) == OK)
		rc = page_table(p, table_named("tasks"), "What people have to do", "There is no task.", tasks, N_OF(tasks), 200, e);
	page_section_end(p);
	return rc;
}

enum errc section_resets(struct page *p, struct err *e)
{
	static const struct shown columns[] = {
	    {"org", "Organisation", AS_TEXT}, {"state", "Reading room", AS_TEXT}, {"told", "Notice dated", AS_DATE}, {"claimed", "Claimed", AS_TIME},
	    {"read", "Read", AS_TIME}, {"exposed", "Credentials exposed", AS_NUMBER}, {"reset", "reset", AS_NUMBER},
	    {"needs_no_reset", "need no reset", AS_NUMBER}, {"open", "open", AS_NUMBER}, {"questions", "Open questions", AS_NUMBER}};
	enum errc rc;

	page_section(p, "resets", "Resets");
	page_put(p, "<p>What organisations did with the credentials that they were told of, and we with our own, as far as the reading room's log was "
		    "collected or a person said so. What is overdue depends on the day: <code>tocsin report resets</code>.</p>\n");
	rc = page_table(p, table_named("reset_counts"), "Resets by organisation", "Nobody has been told yet.", columns, N_OF(columns), 200, e);
	page_section_end(p);
	return rc;
}

/* ---- open questions ------------------------------------------------------------------------------------------- */

static bool question(struct page *p, int64_t n, const char *one, const char *many)
{
	if (n == 0)
		return false;
	page_put(p, "<h3>");
	page_count(p, n, one, many);
	page_put(p, "</h3>\n");
	return true;
}

static void short_questions(struct page *p)
{
	const struct figures *f = &p->f;

	if (question(p, f->mail_unfinished, "file or folder of mail whose reading was stopped", "files and folders of mail whose reading was stopped"))
		page_put(p, "<p>Mail in it may be missing from all that stands here. <code>tocsin status</code> says which command goes on; then scan, "
			    "attribute and plan again.</p>\n");
	if (question(p, f->logs_unfinished, "file or folder of logs whose reading was stopped", "files and folders of logs whose reading was stopped"))
		page_put(p, "<p>What is proved rests on the records that were read until then: what records that were not read show may not be in it. "
			    "<code>tocsin status</code> says which command goes on.</p>\n");
	if (case_access_is_short(p->config, f->read_first_utc, f->read_last_utc))
		page_put(p, "<h3>Dates of the access that the logs refute</h3>\n<p>The intruder read mail before <code>first_access</code> or behind "
			    "<code>last_access</code> of case.yaml, which every notice tells: see <a href=\"#scope\">Scope</a>.</p>\n");
	if (question(p, f->not_in_evidence, "message that the intruder reached and that is not in evidence", "messages that the intruder reached and that are not in evidence"))
		page_put(p, "<p>Whoever they concern is told nothing of them. They are listed under <a href=\"#scope\">Scope</a>, with their mailboxes: is there a "
			    "backup, or another copy, to ingest?</p>\n");
	if (question(p, f->unknown, "message of which it is not known whether it was opened",
		"messages of which it is not known whether they were opened"))
		page_put(p, "<p>They are treated as exposed. Audit logs of the mail service may prove some of them untouched.</p>\n");
	if (question(p, f->failed + f->partial, "item that was not wholly read", "items that were not wholly read"))
		page_put(p, "<p>They are listed under <a href=\"#coverage\">Coverage</a>. What stands in the unread bytes is not known.</p>\n");
	if (question(p, f->unread_parts, "part that was not read as text", "parts that were not read as text"))
		page_put(p, "<p>Secrets in them are not in this report. A person can open the ones that matter; "
			    "<code>tocsin list coverage</code> names them.</p>\n");
	if (question(p, f->unlocked_parts, "part that a password opened", "parts that a password opened"))
		page_put(p, "<p>Secrets in them are in this report, and attribution reads their text where it has the passwords once more. Dossiers do "
			    "not show it: a person opens them by hand. Entries <code>open</code> of <code>tocsin list ledger</code> name them.</p>\n");
	if (question(p, f->persons - f->told_persons, "private person who was not told", "private persons who were not told")) {
		page_put(p, "<p>Addresses at free-mail services are persons, not organisations. They are listed by <code>tocsin list persons</code>. ");
		page_put(p, p->config->notify_persons ? "Those who write only in mail that the intruder sent may be himself and are not written to; others go with the next plan.</p>\n" :
			    "Whether they are told is for counsel to decide: <code>notify_persons</code> in case.yaml.</p>\n");
	}
	if (question(p, f->sources_failed, "source that could not be read", "sources that could not be read"))
		page_put(p, "<p><code>tocsin list sources</code> names them and <code>tocsin list item_problems</code> says why.</p>\n");
	if (question(p, f->without_walls, "run without walls", "runs without walls"))
		page_put(p, "<p>Evidence was parsed with <code>--without-jail</code>. What a hostile message could have done to this case, "
			    "the checks below do not show; the ledger says which runs.</p>\n");
	if (question(p, f->sources_replaced, "source that changed between two readings", "sources that changed between two readings"))
		page_put(p, "<p>Both readings are kept, with their digests: <code>tocsin list sources</code>.</p>\n");
}

enum errc section_questions(struct page *p, struct err *e)
{
	static const struct shown conflicts[] = {
	    {"domain", "Domain", AS_TEXT}, {"first", "One", AS_TEXT}, {"second", "Other", AS_TEXT}};
	static const struct shown orgs[] = {
	    {"name", "Organisation", AS_NAME}, {"severity", "Worst", AS_SEVERITY}, {"exposures", "Exposures", AS_NUMBER},
	    {"messages", "Messages", AS_NUMBER}};
	static const struct shown mailboxes[] = {
	    {"root", "Mailbox", AS_TEXT}, {"owner", "Owner", AS_TEXT}, {"grade", "Grade", AS_WORD}, {"ground", "Ground", AS_TEXT}};
	static const struct shown exposures[] = {
	    {"severity", "Severity", AS_SURE}, {"class", "Class", AS_CLASS}, {"masked", "Masked", AS_CODE}, {"messages", "Messages", AS_NUMBER},
	    {"last_date", "Last seen", AS_DATE}, {"last_from", "In mail from", AS_ADDRESS}, {"exposure", "Reference", AS_DIGEST}};
	static const struct shown files[] = {
	    {"path", "File", AS_TEXT}, {"note", "What it looks like", AS_TEXT}, {"mailboxes", "Mailboxes", AS_NUMBER}, {"verdicts", "Verdicts", AS_NUMBER}};
	const struct figures *f = &p->f;
	int64_t untold = f->waves != 0 ? f->exposures_untold : 0;
	enum errc rc = OK;

	page_section(p, "questions", "Open questions");
	if (f->mail_unfinished + f->logs_unfinished + untold + f->conflicts + f->orgs_without_contact + f->mailboxes_inferred + f->mailboxes_unknown + f->log_unread + f->not_in_evidence + f->unknown + f->failed +
		f->partial + f->unread_parts + f->unlocked_parts + f->persons + f->sources_replaced + f->sources_failed + f->without_walls == 0 &&
	    !case_access_is_short(p->config, f->read_first_utc, f->read_last_utc))
		page_put(p, "<p class=\"none\">None.</p>\n");
	if (question(p, f->conflicts, "conflict in the directory", "conflicts in the directory")) {
		page_put(p, "<p>A domain given to two organisations is settled by a person, in the directory, not guessed.</p>\n");
		rc = page_table(p, table_named("conflicts"), "Domains given to two organisations", "", conflicts, N_OF(conflicts), 50, e);
	}
	if (rc == OK && question(p, f->orgs_without_contact, "organisation without a contact", "organisations without a contact")) {
		page_put(p, "<p>Nobody can be told until the directory has an address. They are in no written notice.</p>\n");
		rc = page_table(p, &page_orgs_without_contact, "Organisations without a contact", "", orgs, N_OF(orgs), 50, e);
	}
	if (rc == OK && question(p, untold, "exposure that no wave tells anybody of", "exposures that no wave tells anybody of")) {
		page_put(p, "<p>Found since the last wave was planned; or in mail of private persons who are not told, or of robots; or in mail that only "
			    "mentions an organisation. Somebody has to say whose they are; what is our own we reset ourselves.</p>\n");
		rc = page_table(p, &page_exposures_untold, "Exposures that no wave tells anybody of", "", exposures, N_OF(exposures), 50, e);
	}
	if (rc == OK && question(p, f->mailboxes_inferred + f->mailboxes_unknown, "file or folder of mail whose owner nobody gave",
		"files and folders of mail whose owner nobody gave"))
		rc = page_table(p, &page_mailboxes, "Mailbox owners that were inferred, and why", "", mailboxes, N_OF(mailboxes), 50, e);
	if (rc == OK && question(p, f->log_unread, "file that was given as a log and that nobody has read", "files that were given as logs and that nobody has read")) {
		page_put(p, "<p>Each names mailboxes or messages of which nothing else says that they were opened. Does it show that somebody read them? Then "
			    "it is told as a list of accesses; else <code>accept_unreadable</code> in the actor file says that a person has looked.</p>\n");
		rc = page_table(p, &page_unread_files, "Files that were not read and hinder a proof", "", files, N_OF(files), 50, e);
	}
	short_questions(p);
	page_section_end(p);
	return rc;
}

/* ---- proof ---------------------------------------------------------------------------------------------------- */

static enum errc check_row(void *ctx, const struct check_result *r, struct err *e)
{
	static const char *const classes[] = {[CHECK_OK] = "good", [CHECK_NOT_YET] = "soft", [CHECK_BROKEN] = "bad"};
	struct page *p = ctx;

	buf_printf(&p->b, "<tr><th scope=\"row\"><code>%s</code></th><td>%s", r->name, r->says);
	if (r->state == CHECK_NOT_YET)
		buf_printf(&p->b, " <span class=\"soft\">(%s)</span>", r->why);
	buf_printf(&p->b, "</td><td class=\"state %s\">%s", classes[r->state], check_state_name(r->state));
	if (r->n_broken != 0) {
		page_put(p, ": ");
		page_count(p, r->n_broken, "row", "rows");
	}
	page_put(p, "</td></tr>\n");
	return buf_check(&p->b, e);
}

enum errc section_proof(struct page *p, struct err *e)
{
	char hex[DIGEST_HEX];
	enum errc rc;

	page_section(p, "proof", "Proof");
	page_put(p, "<p>Each line is a statement about every row of the case, checked when this page was made. "
		    "<code>tocsin report --check</code> checks them again and names the rows that break one.</p>\n"
		    "<div class=\"scroll\" role=\"region\" aria-label=\"Checks\" tabindex=\"0\"><table>\n<caption>Checks</caption>\n<thead><tr>"
		    "<th scope=\"col\">Check</th><th scope=\"col\">What must hold</th><th scope=\"col\">Result</th></tr></thead>\n<tbody>\n");
	rc = checks_run(p->run->store, policy_of(p->config), check_row, p, e);
	page_put(p, "</tbody>\n</table></div>\n<h3>The ledger</h3>\n<p>Who did what in this case stands in ");
	page_count(p, p->f.ledger_entries, "entry", "entries");
	page_put(p, ", each with a hash over itself and the one before. The last hash is</p>\n<p><code>");
	page_put(p, digest_hex(&p->f.ledger_hash, hex));
	page_put(p, "</code></p>\n<p>Whoever has this page can tell later whether the ledger up to here was changed: "
		    "<code>tocsin verify</code> recomputes the chain, <code>tocsin verify --evidence</code> every digest of the evidence, and "
		    "<code>tocsin list ledger</code> shows the entries.</p>\n");
	page_section_end(p);
	return rc;
}
