/*
 * Searches over mailboxes by administrators: content searches and eDiscovery (Microsoft, "Search for eDiscovery activities in the
 * audit log"), and the older commands of Exchange. A search shows counts and lists, what it shows is not logged; a result that is
 * opened or copied is mail that was read, without its name.
 */
#include "base/buf.h"
#include "logs/private.h"

static const struct { const char *operation; enum log_kind kind; } activities[] = {
	{"SearchCreated", LOG_SEARCH}, {"SearchUpdated", LOG_SEARCH}, {"SearchStarted", LOG_SEARCH}, {"SearchPreviewed", LOG_SEARCH},
	{"ViewedSearchPreviewed", LOG_SEARCH}, {"PreviewItemListed", LOG_SEARCH}, {"New-ComplianceSearch", LOG_SEARCH},
	{"Set-ComplianceSearch", LOG_SEARCH}, {"Start-ComplianceSearch", LOG_SEARCH},
	{"SearchExported", LOG_EXPORT}, {"SearchExportDownloaded", LOG_EXPORT}, {"ViewedSearchExported", LOG_EXPORT},
	{"SearchResultsPurged", LOG_HARD_DELETE}, {"PreviewItemRendered", LOG_BIND}, {"PreviewItemDownloaded", LOG_BIND},
	{"AdminMailAccess", LOG_BIND},
};
/* Of review sets: their names are plain words, so that they count in their workload only. */
static const struct { const char *operation; enum log_kind kind; } reviews[] = {
	{"AddQueryToWorkingSet", LOG_SEARCH}, {"SearchResultsSentToZoom", LOG_SEARCH}, {"PreviewWorkingSetSearch", LOG_SEARCH},
	{"ViewDocument", LOG_BIND}, {"DownloadDocument", LOG_BIND}, {"ExportJob", LOG_EXPORT},
};

enum log_kind search_kind(const struct log_record *r)
{
	span op = r->operation;

	for (size_t i = 0; i < sizeof activities / sizeof *activities; i++)
		if (span_eq_nocase(op, span_str(activities[i].operation)))
			return activities[i].kind;
	for (size_t i = 0; span_eq_nocase(r->workload, SPAN_LIT("SecurityComplianceCenter")) && i < sizeof reviews / sizeof *reviews; i++)
		if (span_eq_nocase(op, span_str(reviews[i].operation)))
			return reviews[i].kind;
	if (span_eq_nocase(op, SPAN_LIT("New-ComplianceSearchAction"))) {
		if (log_has_pair(r, "Purge"))
			return LOG_HARD_DELETE;
		return log_has_pair(r, "Export") ? LOG_EXPORT : LOG_SEARCH;
	}
	/* With a mailbox to copy to, these copy what they find. */
	if (span_eq_nocase(op, SPAN_LIT("Search-Mailbox")) || span_eq_nocase(op, SPAN_LIT("New-MailboxSearch")))
		return log_has_pair(r, "TargetMailbox") && !text_is_true(log_pair_get(r, "LogOnly")) &&
		               !text_is_true(log_pair_get(r, "EstimateOnly")) && !text_is_true(log_pair_get(r, "EstimateResultOnly"))
		           ? LOG_EXPORT : LOG_SEARCH;
	return LOG_OTHER;
}

/* The mailboxes that a list names, parted by ';'; empty when one of them is no address ("All"), or none is named: then it may be any. */
static span named(struct making *m, span list)
{
	struct buf b;
	span s;

	buf_init(&b, LIMIT_LOG_RECORD_BYTES);
	while ((list = span_trim(list)).n != 0) {
		size_t n = 0;

		while (n < list.n && list.p[n] != ';' && list.p[n] != ',' && !ascii_is_space(list.p[n]))
			n++;
		s = span_first(list, n);
		list = span_from(list, n + 1);
		if (n == 0)
			continue;
		if (span_find_byte(s, '@') == s.n) {
			buf_clear(&b);
			break;
		}
		if (b.n != 0)
			buf_byte(&b, ';');
		buf_put(&b, s);
	}
	s = making_copy(m, buf_span(&b));
	m->no_memory = m->no_memory || b.failed;
	buf_free(&b);
	return s;
}

/* A content search has its locations where it was made; what is done with it names it, and hardly ever them. */
static void name_search(struct making *m, bool located)
{
	struct log_record *r = m->r;
	bool cmdlet = span_has_nocase(r->operation, SPAN_LIT("-ComplianceSearch"));

	if (!cmdlet && (span_has(r->operation, SPAN_LIT("-")) || !span_has_nocase(r->operation, SPAN_LIT("Search"))))
		return;
	r->search = cmdlet ? pair_first(r, (const char *const[]){"SearchName", "Name", "Identity", NULL}) : r->object;
	r->search_made = span_eq_nocase(r->operation, SPAN_LIT("SearchCreated")) || span_eq_nocase(r->operation, SPAN_LIT("New-ComplianceSearch"));
	r->search_anywhere = r->mailbox.n == 0 && (located || r->search_made);
}

/* A message that an administrator opened in Defender: among its ExtendedProperties are its mailbox and, escaped as in an URI, its Message-ID. */
static void make_opened(struct making *m)
{
	struct log_record *r = m->r;

	for (size_t i = 0; i < r->n_pairs; i++) {
		span v = uri_unescaped(m, span_trim(r->pairs[i].value));
		bool bracket = span_starts(v, SPAN_LIT("<")), address = span_find_byte(v, '@') < v.n && span_find_byte(v, ' ') == v.n;
		struct log_item *it;

		if (address && !bracket && r->mailbox.n == 0 && !span_has_nocase(r->pairs[i].name, SPAN_LIT("MessageId")))
			r->mailbox = v;
		else if (address && r->n_items == 0 && (it = making_item(m, LOG_FOLDER_NONE)) != NULL)
			it->message_id = message_id_bare(v);
	}
}

void make_search(struct making *m)
{
	struct log_record *r = m->r;
	span where = making_joined(m, m->f[F_exchangelocations]), one;

	if (where.n == 0)
		where = pair_first(r, (const char *const[]){"ExchangeLocation", "AddExchangeLocation", "SourceMailboxes", NULL});
	if (where.n == 0 && span_eq_nocase(r->operation, SPAN_LIT("Search-Mailbox")))
		where = log_pair_get(r, "Identity");
	r->mailbox = named(m, where);
	/* Search-Mailbox takes one mailbox, which may be called by its alias; where its results go was not searched. */
	one = span_eq_nocase(r->operation, SPAN_LIT("Search-Mailbox")) ? span_trim(where) : SPAN_EMPTY;
	if (r->mailbox.n == 0 && !span_has_one_of_nocase(one, SPAN_WORDS(";", ",", " ", "/", "\\", "*")))
		r->mailbox = one;
	if (span_eq_nocase(r->operation, SPAN_LIT("AdminMailAccess")))
		make_opened(m);
	name_search(m, where.n != 0);
	r->query = TEXT_OF(m, F_query, F_searchquerytext);
	if (r->query.n == 0)
		r->query = pair_first(r, (const char *const[]){"ContentMatchQuery", "SearchQuery", NULL});
}
