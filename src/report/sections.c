/* What the page says of the evidence and of what was found in it. */
#include "report/page.h"

#define N_OF(array) (sizeof(array) / sizeof((array)[0]))

static void tile(struct page *p, int64_t n, const char *one, const char *many, bool alarm)
{
	page_put(p, alarm && n != 0 ? "<li class=\"tile alarm\"><b>" : "<li class=\"tile\"><b>");
	page_number(p, n);
	page_put(p, "</b><span>");
	page_put(p, n == 1 ? one : many);
	page_put(p, "</span></li>\n");
}

/* What mail there is, in two sentences. */
static void sentences_mail(struct page *p)
{
	const struct figures *f = &p->f;

	page_put(p, "<p>This case holds ");
	if (f->mailboxes != 0) {
		page_put(p, "the mail of ");
		page_count(p, f->mailboxes, "mailbox", "mailboxes");
		page_put(p, ": ");
	}
	page_count(p, f->sources, "file", "files");
	page_put(p, " of evidence with ");
	page_bytes(p, f->source_bytes);
	page_put(p, f->sources == 1 ? ". It holds " : ". They hold ");
	page_count(p, f->items, "item", "items");
	page_put(p, ", which make ");
	page_count(p, f->messages, "distinct message", "distinct messages");
	if (p->n_days != 0) {
		bool all = p->days[0].day == p->first_day && p->days[p->n_days - 1].day == p->last_day;

		page_put(p, all ? ", dated from " : ", 99 in 100 of them dated from ");
		page_date(p, p->first_day * 86400);
		page_put(p, " to ");
		page_date(p, p->last_day * 86400);
	}
	page_put(p, ". ");
	if (f->locations > f->messages) {
		page_put(p, "They lie in ");
		page_number(p, f->locations);
		page_put(p, " places; a message that lies in several is counted once. ");
	}
	if (f->nested != 0) {
		page_count(p, f->nested, "of them came within another message", "of them came within other messages");
		page_put(p, ". ");
	}
	if (f->from_pieces != 0) {
		page_count(p, f->from_pieces, "of them was sent in pieces, which are messages too, and put together",
		    "of them were sent in pieces, which are messages too, and put together");
		page_put(p, ". ");
	}
	page_put(p, "</p>\n");
}

static void sentences_read(struct page *p)
{
	const struct figures *f = &p->f;

	page_put(p, "<p>");
	if (f->mail_unfinished != 0)
		page_put(p, "<strong>The reading of the mail was stopped before its end: there is more in the evidence than this page counts</strong> "
			    "(<a href=\"#questions\">Open questions</a>). ");
	if (f->failed + f->partial == 0) {
		page_put(p, "Everything that was met was read or, where it is no mail, recorded as such. ");
	} else {
		page_count(p, f->failed, "item", "items");
		page_put(p, " could not be read and ");
		page_count(p, f->partial, "item was", "items were");
		page_put(p, " read in part; each is recorded with its reason. ");
	}
	if (f->scanned != 0) {
		page_put(p, f->in_scope == f->messages ? "Of the content of the messages, <strong>" : "Of the content of the messages in scope, <strong>");
		page_percent(p, f->part_bytes - f->unread_bytes, f->part_bytes);
		page_put(p, "</strong> by bytes was read as text; ");
		page_count(p, f->unread_parts, "part", "parts");
		page_put(p, " (pictures, archives, documents of types that are not read) ");
		page_put(p, f->unread_parts == 1 ? "was not." : "were not.");
		if (f->cut_parts != 0) {
			page_put(p, " ");
			page_count(p, f->cut_parts, "part was", "parts were");
			page_put(p, " read in part.");
		}
		if (f->unscanned != 0) {
			page_put(p, " <strong>");
			page_count(p, f->unscanned, "message", "messages");
			page_put(p, f->unscanned == 1 ? " in scope was not read at all, or not yet.</strong>" : " in scope were not read at all, or not yet.</strong>");
		}
	} else {
		page_put(p, "Their content has not been scanned yet.");
	}
	page_put(p, "</p>\n");
}

static void sentences_found(struct page *p)
{
	const struct figures *f = &p->f;

	if (f->scanned == 0)
		return;
	page_put(p, "<p>The messages give away <strong>");
	page_count(p, f->exposures, "distinct secret or personal datum", "distinct secrets and personal data");
	page_put(p, "</strong>, found at ");
	page_count(p, f->findings, "place", "places");
	page_put(p, " in ");
	page_count(p, f->messages_exposed, "message", "messages");
	page_put(p, ". ");
	page_number(p, f->critical);
	page_put(p, f->critical == 1 ? " of them is critical and " : " of them are critical and ");
	page_number(p, f->high);
	page_put(p, " high. By their form and what stands around them ");
	page_number(p, f->sure);
	page_put(p, f->sure == 1 ? " is certain" : " are certain");
	page_put(p, f->unsure != 0 ? ", " : " and ");
	page_number(p, f->exposures - f->sure - f->unsure);
	page_put(p, " likely");
	if (f->unsure != 0) {
		page_put(p, " and ");
		page_number(p, f->unsure);
		page_put(p, " possible");
	}
	page_put(p, ".</p>\n");
}

static void sentences_told(struct page *p)
{
	const struct figures *f = &p->f;

	if (f->attributed == 0)
		return;
	page_put(p, "<p>The messages concern <strong>");
	page_count(p, f->orgs, "organisation", "organisations");
	page_put(p, "</strong> besides ourselves");
	if (f->persons != 0) {
		page_put(p, " and ");
		page_count(p, f->persons, "private person", "private persons");
	}
	page_put(p, ". ");
	if (f->waves == 0)
		page_put(p, "No wave of notices is planned yet.");
	else if (f->told_orgs + f->held_orgs + f->withdrawn_orgs + f->past_orgs + f->told_persons == 0)
		page_put(p, "Notices are planned; none is written yet.");
	else {
		page_put(p, "Notices were written to ");
		page_number(p, f->told_orgs);
		page_put(p, " of them in ");
		page_count(p, f->waves_written, "wave", "waves");
		page_put(p, " (");
		page_count(p, f->told_messages, "message", "messages");
		page_put(p, ", ");
		page_count(p, f->told_exposures, "exposure", "exposures");
		page_put(p, ")");
		if (f->told_persons != 0) {
			page_put(p, " and to ");
			page_count(p, f->told_persons, "private person", "private persons");
		}
		page_past(p);
		if (f->held_orgs != 0) {
			page_put(p, "; for ");
			page_number(p, f->held_orgs);
			page_put(p, " more a notice is written and nothing has left, since somebody has said so (held or ceased)");
		}
		page_put(p, f->untold_orgs == 0 ? f->held_orgs == 0 ? "; each of them has one." : "." : "; ");
		if (f->untold_orgs != 0) {
			page_number(p, f->untold_orgs);
			page_put(p, f->untold_orgs == 1 ? " has none yet" : " have none yet");
			page_withdrawn(p);
			if (f->orgs_without_contact == f->untold_orgs) {
				page_put(p, f->untold_orgs == 1 ? ", since no address of it is known" : ", since no address of theirs is known");
			} else if (f->orgs_without_contact != 0) {
				page_put(p, "; of ");
				page_number(p, f->orgs_without_contact);
				page_put(p, " no address is known");
			}
			page_put(p, ".");
		}
	}
	page_put(p, "</p>\n");
}

void page_withdrawn(struct page *p)
{
	if (p->f.withdrawn_orgs == 0)
		return;
	page_put(p, " (of ");
	page_number(p, p->f.withdrawn_orgs);
	page_put(p, " it was withdrawn, or taken back to be told anew)");
}

void page_past(struct page *p)
{
	if (p->f.past_orgs != 0) {
		page_put(p, "; ");
		page_count(p, p->f.past_orgs, "other has one whom no message concerns any more", "others have one whom no message concerns any more");
	}
	if (p->f.joined_orgs != 0) {
		page_put(p, "; ");
		page_count(p, p->f.joined_orgs, "that had one is counted with another, with whom it is one now", "that had one are counted with others, with whom they are one now");
	}
}

static void sentences_sent(struct page *p)
{
	const struct figures *f = &p->f;

	if (f->by_hand_orgs != 0) {
		page_put(p, "<p>");
		page_count(p, f->by_hand_orgs, "organisation was handed its notices by a person", "organisations were handed their notices by a person");
		page_put(p, ", as <a href=\"#decisions\">Decisions</a> say.</p>\n");
	}
	if (f->mails_left == 0) {
		if (f->told_orgs + f->told_persons != 0)
			page_put(p, "<p><strong>No notice was sent by tocsin yet.</strong></p>\n");
		return;
	}
	page_put(p, "<p>");
	page_count(p, f->mails_left, "mail", "mails");
	page_put(p, " left for ");
	page_count(p, f->sent_orgs, "organisation", "organisations");
	page_put(p, "; ");
	page_number(p, f->answered_orgs);
	page_put(p, f->answered_orgs == 1 ? " has answered" : " have answered");
	if (f->unreached_orgs != 0) {
		page_put(p, ", ");
		page_number(p, f->unreached_orgs);
		page_put(p, " could not be reached by mail");
	}
	if (f->open_tasks != 0) {
		page_put(p, "; ");
		page_count(p, f->open_tasks, "call or letter or reply is", "calls, letters and replies are");
		page_put(p, " open");
	}
	page_put(p, ": <a href=\"#deliveries\">Deliveries</a>.</p>\n");
}

enum errc section_summary(struct page *p, struct err *e)
{
	const struct figures *f = &p->f;

	page_section(p, "summary", "Summary");
	page_put(p, "<ul class=\"tiles\">\n");
	tile(p, f->messages, "distinct message", "distinct messages", false);
	tile(p, f->exposures, "distinct exposure", "distinct exposures", false);
	tile(p, f->critical + f->high, "of them critical or high", "of them critical or high", true);
	tile(p, f->orgs, "organisation concerned", "organisations concerned", false);
	if (f->mails_left != 0)
		tile(p, f->sent_orgs, "organisation written to", "organisations written to", false);
	else if (f->by_hand_orgs != 0)
		tile(p, f->by_hand_orgs, "organisation was handed a notice", "organisations were handed a notice", false);
	if (f->mails_left == 0 && f->told_orgs > f->by_hand_orgs)
		tile(p, f->told_orgs - f->by_hand_orgs, "organisation has a notice, not sent", "organisations have a notice, not sent", false);
	tile(p, f->untold_orgs, "organisation without a notice", "organisations without a notice", true);
	page_put(p, "</ul>\n");
	sentences_mail(p);
	sentences_read(p);
	if (f->unknown != 0 && f->unknown == f->messages) {
		page_put(p, "<p>Which of these messages the intruder opened is not known: no audit log has been read. <strong>All ");
		page_number(p, f->in_scope);
		page_put(p, " are treated as exposed.</strong></p>\n");
	} else {
		page_put(p, "<p>The intruder is proved to have opened ");
		page_count(p, f->accessed, "message", "messages");
		page_put(p, " and presumed to have opened ");
		page_number(p, f->presumed);
		page_put(p, " more");
		if (f->unknown != 0) {
			page_put(p, "; for ");
			page_number(p, f->unknown);
			page_put(p, f->unknown == 1 ? " it is not known, and it is treated as exposed" : " it is not known, and they are treated as exposed");
		}
		page_put(p, ". ");
		if (f->not_accessed != 0)
			page_count(p, f->not_accessed, "message is", "messages are");
		page_put(p, f->not_accessed != 0 ? " proved untouched and left out.</p>\n" : "None is proved untouched.</p>\n");
	}
	sentences_found(p);
	sentences_told(p);
	page_withheld(p);
	sentences_sent(p);
	page_section_end(p);
	return buf_check(&p->b, e);
}

enum errc section_coverage(struct page *p, struct err *e)
{
	static const struct shown outcomes[] = {
	    {"outcome", "Outcome", AS_WORD}, {"reason", "What is to be said of it", AS_REASON}, {"items", "Items", AS_NUMBER},
	    {"n_bytes", "Size", AS_BYTES}};
	static const struct shown types[] = {
	    {"type", "Type", AS_TEXT}, {"parts", "Parts", AS_NUMBER}, {"n_bytes", "Size", AS_BYTES},
	    {"unread_parts", "Not wholly read", AS_NUMBER}, {"unread_bytes", "Size of these", AS_BYTES}};
	static const struct shown unread[] = {
	    {"outcome", "Outcome", AS_WORD}, {"reason", "Reason", AS_TEXT}, {"parts", "Parts", AS_NUMBER},
	    {"messages", "Messages", AS_NUMBER}, {"n_bytes", "Size", AS_BYTES}};
	static const struct shown items[] = {
	    {"source", "Where", AS_PLACE}, {"outcome", "Outcome", AS_WORD}, {"at_byte", "At byte", AS_NUMBER}, {"n_bytes", "Size", AS_BYTES},
	    {"reason", "Why", AS_REASON}};
	const struct figures *f = &p->f;
	const struct slice by_outcome[] = {{"read (parsed)", "bar", f->parsed}, {"read in part (partial)", "medium", f->partial},
	    {"could not be read (failed)", "exposed", f->failed}, {"no mail (skipped)", "idle", f->skipped}};
	const struct slice by_bytes[] = {
	    {"read as text", "bar", f->part_bytes - f->unread_bytes}, {"not read", "idle", f->unread_bytes}};
	enum errc rc;

	page_section(p, "coverage", "Coverage: was all of it read?");
	page_put(p, "<p>Every byte of every source belongs to an item, and every item has an outcome; the proof is at the end of this "
		    "page.</p>\n");
	chart_share(p, "Items by outcome", by_outcome, N_OF(by_outcome));
	rc = page_table(p, table_named("item_outcomes"), "Items by outcome and reason", "No evidence has been read yet.", outcomes,
	    N_OF(outcomes), 40, e);
	if (rc == OK && f->failed + f->partial != 0)
		rc = page_table(p, table_named("item_problems"), "Items that were not wholly read", "", items, N_OF(items), 50, e);
	if (f->in_scope < f->messages) {
		page_put(p, "<p>The next figures are of the ");
		page_count(p, f->in_scope, "message", "messages");
		page_put(p, " in scope; what is out of it was not looked through.</p>\n");
	}
	if (f->scanned != 0)
		chart_share(p, "Content of the messages by bytes", by_bytes, N_OF(by_bytes));
	if (rc == OK)
		rc = page_table(p, table_named("part_types"), "Parts of messages in scope by type", "No parts are recorded.", types, N_OF(types), 25, e);
	if (rc == OK && f->members != 0) {
		page_put(p, "<p>In attached archives ");
		page_count(p, f->members, "file was met", "files were met");
		page_put(p, "; ");
		page_number(p, f->unread_members);
		page_put(p, " of them could not be read, or not wholly.</p>\n");
	}
	if (rc == OK)
		rc = page_table(p, table_named("unread"), "Content that was not, or not wholly, read as text",
		    f->scanned != 0 ? "All content was read as text." : "The messages have not been scanned yet.", unread, N_OF(unread), 40, e);
	page_section_end(p);
	return rc;
}

enum errc section_exposures(struct page *p, struct err *e)
{
	static const struct shown classes[] = {
	    {"class", "Class", AS_CLASS}, {"critical", "Critical", AS_NUMBER}, {"high", "High", AS_NUMBER},
	    {"medium", "Medium", AS_NUMBER}, {"low", "Low", AS_NUMBER}, {"exposures", "Distinct", AS_NUMBER},
	    {"findings", "Findings", AS_NUMBER}, {"messages", "Messages", AS_NUMBER}};
	static const struct shown exposures[] = {
	    {"severity", "Severity", AS_SURE}, {"class", "Class", AS_CLASS}, {"masked", "Masked", AS_CODE},
	    {"messages", "Messages", AS_NUMBER}, {"last_date", "Last seen", AS_DATE}, {"last_from", "In mail from", AS_ADDRESS}, {"last_where", "Where in it", AS_TEXT},
	    {"owners", "Whose, and found beside what", AS_WHOSE}, {"exposure", "Reference", AS_DIGEST}};
	enum errc rc;

	page_section(p, "exposures", "Exposures");
	page_put(p, "<p>How severe a kind of secret is, its rule says. Critical opens much or is worth money by itself: private keys, second factors, "
		    "payment cards, keys of whole accounts. High opens one account or can be misused as it stands; medium helps or runs out; low opens "
		    "little. Certain, likely and possible say how surely it is what it looks like.</p>\n");
	if ((rc = chart_classes(p, e)) == OK)
		rc = page_table(p, table_named("classes"), "Exposures by class",
		    p->f.scanned != 0 ? "Nothing was found." : "The messages have not been scanned yet.", classes, N_OF(classes), 100, e);
	if (rc == OK && p->f.exposures != 0) {
		page_put(p, "<h3>What to reset first</h3>\n<p>The most severe come first. Whoever owns a credential should replace it, whatever its "
			    "age; it was readable to the intruder. Date and sender are those of the newest message with it; by its reference it is found in "
			    "<code>tocsin list findings</code>.</p>\n");
		rc = page_table(p, table_named("exposures"), "Exposures, most severe first", "", exposures, N_OF(exposures), 60, e);
	}
	page_section_end(p);
	return rc;
}

enum errc section_orgs(struct page *p, struct err *e)
{
	static const struct shown columns[] = {
	    {"name", "Organisation", AS_NAME}, {"severity", "Worst", AS_SEVERITY}, {"exposures", "Exposures", AS_NUMBER},
	    {"messages", "Messages", AS_NUMBER}, {"sender", "as sender", AS_NUMBER}, {"recipient", "as recipient", AS_NUMBER},
	    {"mentioned", "mentioned", AS_NUMBER}, {"owner", "owner of a secret", AS_NUMBER}, {"contacts", "Contact", AS_CONTACT},
	    {"told_first", "Told", AS_TOLD}};
	const struct figures *f = &p->f;
	enum errc rc;

	page_section(p, "organisations", "Organisations");
	if (f->orgs != 0) {
		page_put(p, "<p>");
		page_count(p, f->orgs, "organisation is", "organisations are");
		page_put(p, " concerned: ");
		page_number(p, f->orgs_directory);
		page_put(p, " known to the directory and ");
		page_number(p, f->orgs_derived);
		page_put(p, " named by their domain alone. ");
		page_number(p, f->orgs_exposed);
		page_put(p, " have exposures to be told of. Exposures are those in mail that the organisation sent or received, and its own "
			    "wherever they stood. One message can stand in several roles.</p>\n");
	}
	if (f->bulk != 0) {
		page_put(p, "<p class=\"note\">");
		page_count(p, f->bulk, "message is", "messages are");
		page_put(p, " bulk or automatic mail, which makes nobody a party.</p>\n");
	}
	rc = page_table(p, &page_orgs, "Organisations by exposure",
	    f->attributed != 0 ? "No organisation is concerned." : "The messages have not been attributed yet.", columns, N_OF(columns), 200, e);
	page_section_end(p);
	return rc;
}

enum errc section_timeline(struct page *p, struct err *e)
{
	enum errc rc;

	page_section(p, "timeline", "Timeline");
	if ((rc = chart_timeline(p, e)) == OK && p->f.undated != 0) {
		page_put(p, "<p class=\"note\">");
		page_count(p, p->f.undated, "message has", "messages have");
		page_put(p, " no date that makes sense.</p>\n");
	}
	if (p->f.messages == p->f.undated)
		page_put(p, "<p class=\"none\">There is no dated message.</p>\n");
	page_section_end(p);
	return rc;
}
