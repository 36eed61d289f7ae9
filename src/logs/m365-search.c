/*
 * Searches over mailboxes by administrators: content searches and eDiscovery (Microsoft, "Search for eDiscovery activities in the
 * audit log"), and the older commands of Exchange. A search shows counts and lists, what it shows is not logged; a result that is
 * opened or copied is mail that was read, without its name.
 */
#include "logs/private.h"

static const struct { const char *operation; enum log_kind kind; } activities[] = {
	{"SearchCreated", LOG_SEARCH}, {"SearchUpdated", LOG_SEARCH}, {"SearchStarted", LOG_SEARCH}, {"SearchPreviewed", LOG_SEARCH},
	{"ViewedSearchPreviewed", LOG_SEARCH}, {"PreviewItemListed", LOG_SEARCH}, {"New-ComplianceSearch", LOG_SEARCH},
	{"Set-ComplianceSearch", LOG_SEARCH}, {"Start-ComplianceSearch", LOG_SEARCH},
	{"SearchExported", LOG_EXPORT}, {"SearchExportDownloaded", LOG_EXPORT}, {"ViewedSearchExported", LOG_EXPORT},
	{"SearchResultsPurged", LOG_HARD_DELETE}, {"PreviewItemRendered", LOG_BIND}, {"PreviewItemDownloaded", LOG_BIND},
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

/* The only mailbox of a list of them; empty when there are several, all, or none is named: then it may be any. */
static span only_one(span s)
{
	s = span_trim(s);
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == ';' || s.p[i] == ',' || ascii_is_space(s.p[i]))
			return SPAN_EMPTY;
	return span_find_byte(s, '@') < s.n ? s : SPAN_EMPTY;
}

void make_search(struct making *m)
{
	struct log_record *r = m->r;
	span where = making_joined(m, m->f[F_exchangelocations]);

	if (where.n == 0)
		where = pair_first(r, (const char *const[]){"ExchangeLocation", "SourceMailboxes", NULL});
	if (where.n == 0 && span_eq_nocase(r->operation, SPAN_LIT("Search-Mailbox")))
		where = log_pair_get(r, "Identity");
	r->mailbox = only_one(where);
	r->query = TEXT_OF(m, F_query, F_searchquerytext);
	if (r->query.n == 0)
		r->query = pair_first(r, (const char *const[]){"ContentMatchQuery", "SearchQuery", NULL});
}
