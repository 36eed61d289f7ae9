/* What a court asks of the page: which evidence, who decided, how it was done and where that ends. */
#include "report/page.h"
#include "store/store.h"

#define N_OF(array) (sizeof(array) / sizeof((array)[0]))

enum errc section_evidence(struct page *p, struct err *e)
{
	static const struct shown files[] = {
	    {"path", "File", AS_TEXT}, {"kind", "Kind", AS_WORD}, {"state", "State", AS_WORD}, {"n_bytes", "Size", AS_BYTES}, {"items", "Items", AS_NUMBER},
	    {"sha256", "SHA-256", AS_TEXT}};
	static const struct shown logs[] = {
	    {"path", "File", AS_TEXT}, {"member", "Member", AS_TEXT}, {"n_bytes", "Size", AS_BYTES}, {"records", "Records", AS_NUMBER}, {"sha256", "SHA-256", AS_TEXT}};
	enum errc rc;

	page_section(p, "evidence", "Evidence");
	page_put(p, "<p>Each file was digested as it was read, is not copied and was not written to; whoever holds it can compute its digest "
		    "again (<code>sha256sum</code>), and <code>tocsin verify --evidence</code> does so for all. Paths are those of the machine "
		    "on which it was read.</p>\n");
	if ((rc = page_table(p, table_named("sources"), "Files of mail", "No mail has been read.", files, N_OF(files), 200, e)) == OK)
		rc = page_table(p, table_named("log_sources"), "Files of audit logs", "No audit log has been read.", logs, N_OF(logs), 200, e);
	page_section_end(p);
	return rc;
}

/* Who was taken for the intruder, and who vouched for the logs: word for word, since every verdict rests on it. */
static enum errc actor_file(struct page *p, struct err *e)
{
	const char *text;
	enum errc rc = store_setting(p->run->store, p->a, "scope_actor", &text, e);

	if (rc != OK || text == NULL)
		return rc;
	page_put(p, "<h3>Who was taken for the intruder, and who vouches for the logs: the actor file, as it was given last</h3>\n<pre>");
	for (span rest = span_str(text), line; span_line(&rest, &line);) {
		page_text(p, line);
		page_put(p, "\n");
	}
	page_put(p, "</pre>\n");
	return OK;
}

void page_withheld(struct page *p)
{
	const struct withheld_totals *t = &p->withheld;

	if (t->messages + t->exposures == 0)
		return;
	page_put(p, "<p>Told to nobody by decision of a person: ");
	page_count(p, t->messages, "message", "messages");
	page_put(p, " and ");
	page_count(p, t->exposures, "exposure", "exposures");
	if (t->within != 0) {
		page_put(p, "; ");
		page_count(p, t->within, "more exposure stands in such messages alone", "more exposures stand in such messages alone");
	}
	page_put(p, ". ");
	page_count(p, t->orgs, "organisation is", "organisations are");
	page_put(p, " told nothing because of it");
	if (t->persons != 0) {
		page_put(p, ", nor ");
		page_count(p, t->persons, "private person is", "private persons are");
	}
	page_put(p, ". What was told before such a decision stays told.</p>\n");
}

enum errc page_withheld_table(struct page *p, struct err *e)
{
	static const struct shown columns[] = {
	    {"when", "When", AS_TIME}, {"by", "By", AS_TEXT}, {"kind", "What", AS_WORD}, {"class", "Class", AS_CLASS}, {"message_sha256", "Message", AS_DIGEST},
	    {"exposure", "Exposure", AS_DIGEST}, {"told", "Told before", AS_NUMBER}, {"why", "Why", AS_TEXT}};

	return page_table(p, table_named("withheld"), "Told to nobody by decision", "", columns, N_OF(columns), 200, e);
}

enum errc section_decisions(struct page *p, struct err *e)
{
	static const struct shown columns[] = {
	    {"seq", "Entry", AS_NUMBER}, {"when", "When", AS_TIME}, {"by", "By", AS_TEXT}, {"what", "What", AS_TEXT}, {"of", "Of", AS_TEXT}, {"why", "Why", AS_TEXT}};
	enum errc rc;

	page_section(p, "decisions", "Decisions");
	page_put(p, "<p>What people decided and did, from the ledger: the runs that only read evidence are left out here and stand there. Where "
		    "no person was named, the account that ran the program stands; a name is what was typed there.</p>\n");
	page_withheld(p);
	if ((rc = page_withheld_table(p, e)) == OK &&
	    (rc = page_table(p, &page_decisions, "Who decided what, and when", "Nothing has been decided yet.", columns, N_OF(columns), 200, e)) == OK)
		rc = actor_file(p, e);
	page_section_end(p);
	return rc;
}

enum errc section_method(struct page *p, struct err *e)
{
	page_section(p, "method", "Method, and where it ends");
	page_put(p,
	    "<dl class=\"method\">\n"
	    "<dt>What is counted once</dt><dd>A message counts once by its content, however often it lies in the evidence; a secret or datum once "
	    "by its value, however often it stands there. Where a table goes by mailbox, by role or by organisation, one message stands in several of "
	    "its lines, and their sum is more than the number of messages.</dd>\n"
	    "<dt>What was reached</dt><dd><em>Accessed</em>: a record of the intruder's names the message. <em>Presumed</em>: the intruder took the "
	    "folder in which it lay, or records are missing by which it could be told. <em>Unknown</em>: the logs do not reach so far; it is treated as "
	    "exposed. <em>Not accessed</em> is said only where the logs of that mailbox and time are whole. Which records are the intruder's follows "
	    "from what the investigators said of him; tocsin-verdicts(5) has each rule with its source.</dd>\n"
	    "<dt>What was found</dt><dd>Passwords, keys and numbers are found by rules: by their form, their checksums and the words beside them. Such "
	    "rules miss some and take others wrongly; a person can look at each (<code>tocsin list findings</code>). What is sensitive by its "
	    "meaning alone &ndash; health, opinions, trade secrets, the categories of GDPR article 9 &ndash; is not looked for: for that, people have to "
	    "read. No credential was tried.</dd>\n"
	    "<dt>What was not read</dt><dd>Encrypted parts without their password, pictures where text in them was not asked for, and what the tables "
	    "under <a href=\"#coverage\">Coverage</a> list. What the evidence lacks, nobody has looked at: mail that was destroyed, mailboxes that "
	    "were not handed over.</dd>\n"
	    "<dt>Whose it is</dt><dd>An organisation is concerned by the domains and names of the directory, or by its own domain. Who is only spoken of "
	    "under another name, and private persons who neither sent nor received, are not found.</dd>\n"
	    "<dt>What a notice proves</dt><dd>A wave that is written is not yet sent, what is sent is not yet delivered, and what is delivered may not "
	    "have been read: <a href=\"#deliveries\">Deliveries</a> says which.</dd>\n"
	    "</dl>\n");
	page_section_end(p);
	return buf_check(&p->b, e);
}
