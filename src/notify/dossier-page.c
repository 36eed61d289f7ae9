/* The pages of an export: what a security officer opens offline. No script, nothing fetched; all text is somebody else's. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/clock.h"
#include "notify/dossier.h"

enum { LINKS = 20 };

static void put_escaped(struct buf *b, span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '<' || s.p[i] == '>' || s.p[i] == '&' || s.p[i] == '"')
			buf_printf(b, "&#%d;", s.p[i]);
		else
			buf_byte(b, s.p[i]);
}

static void put_text(struct buf *b, const char *s)
{
	if (s != NULL)
		put_escaped(b, span_str(s));
}

static const char *subject_of(const struct row *r) { return *r->subject != '\0' ? r->subject : "(no subject)"; }

static void put_head(struct buf *b, span title)
{
	buf_str(b, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	           "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<title>");
	put_escaped(b, title);
	buf_str(b, "</title>\n<style>:root{color-scheme:light dark}body{font:16px/1.5 sans-serif;max-width:75em;margin:2em auto;padding:0 1em}"
	           "div{overflow-x:auto}table{border-collapse:collapse;width:100%}caption{text-align:left;padding-bottom:.5em}"
	           "td,th{text-align:left;vertical-align:top;padding:.3em .6em;border-bottom:1px solid #999}td.day{white-space:nowrap}"
	           "pre{white-space:pre-wrap;overflow-wrap:anywhere}dt{font-weight:bold}dd{margin:0 0 .4em}.lead{font-size:1.15em}"
	           "@media print{tr{break-inside:avoid}}</style></head><body>\n");
}

/* ---- words ---------------------------------------------------------------------------------------------------- */

static const char *class_says(const char *class)
{
	static const struct { const char *class, *says; } words[] = {
	    {"password", "password"}, {"username_password", "user name and password"}, {"passcode_pin", "PIN or pass code"},
	    {"api_token", "API key or token"}, {"private_key", "private key"}, {"url_credentials", "password in a URL"},
	    {"connection_string", "connection string"}, {"otp_seed", "one-time password seed"}, {"payment_card", "payment card"},
	    {"bank_account", "bank account"}, {"national_id", "identity number"}, {"date_of_birth", "date of birth"},
	    {"vault", "password vault"}};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcmp(words[i].class, class) == 0)
			return words[i].says;
	return class;
}

static const char *verdict_says(int verdict)
{
	return verdict == VERDICT_ACCESSED ? "opened" : verdict == VERDICT_PRESUMED ? "must be presumed read" : "not known: act as if it was read";
}

/* Of the messages that it stands in, the gravest. */
static int verdict_of(const struct dossier *d, const struct exposure *x)
{
	int gravest = x->accessed ? VERDICT_ACCESSED : VERDICT_UNKNOWN;

	for (size_t i = 0; i < x->n_messages && gravest == VERDICT_UNKNOWN; i++)
		if (d->messages[x->messages[i]].verdict == VERDICT_PRESUMED)
			gravest = VERDICT_PRESUMED;
	return gravest;
}

/* ---- index.html ----------------------------------------------------------------------------------------------- */

static void put_td(struct buf *b, const char *s)
{
	buf_str(b, "<td>");
	put_text(b, s);
}

static void put_day(struct buf *b, int64_t when_utc)
{
	char text[TIME_TEXT];

	buf_printf(b, "<td class=\"day\">%s", when_utc != TIME_NONE ? time_date(when_utc, text) : "");
}

static void put_fact(struct buf *b, const char *what, const char *is)
{
	if (is == NULL || *is == '\0')
		return;
	buf_printf(b, "<dt>%s<dd>", what);
	put_text(b, is);
	buf_byte(b, '\n');
}

static void put_story(const struct dossier *d, struct buf *b)
{
	char from[TIME_TEXT], to[TIME_TEXT];
	size_t n[4] = {0};

	for (size_t i = 0; i < d->n_messages; i++)
		n[d->messages[i].verdict == VERDICT_ACCESSED ? 1 : d->messages[i].verdict == VERDICT_PRESUMED ? 2 : 3]++;
	buf_str(b, "<p class=\"lead\">An intruder had access to mailboxes of ");
	put_text(b, d->n->config->our_name);
	if (access_from(d) != TIME_NONE && access_to(d) != TIME_NONE)
		buf_printf(b, " from %s to %s", time_date(access_from(d), from), time_date(access_to(d), to));
	buf_printf(b, ". <strong>%zu %s you</strong>: %zu opened, %zu must be presumed read, %zu of which it is not known.\n",
	    d->n_messages, d->n_messages == 1 ? "message concerns" : "messages concern", n[1], n[2], n[3]);
	buf_str(b, "<p>What stands in brackets was masked, because it is somebody else's. Values are in"
	           " <a href=\"credentials.csv\">credentials.csv</a> and beside each message.\n");
}

static void put_where(const struct dossier *d, const struct exposure *x, struct buf *b)
{
	buf_str(b, "<td>");
	for (size_t k = 0; k < x->n_messages && k < LINKS; k++) {
		const struct row *r = &d->rows[x->messages[k]];

		buf_printf(b, "%s<a href=\"text/%s.html\">", k != 0 ? ", " : "", r->record);
		put_text(b, subject_of(r));
		buf_str(b, "</a>");
	}
	if (x->n_messages > LINKS)
		buf_printf(b, " and %zu more (index.json)", x->n_messages - LINKS);
	if (x->where != NULL) {
		buf_str(b, "<br>");
		put_text(b, x->where);
	}
	buf_byte(b, '\n');
}

/* Credentials have a day by which, personal data have none. */
static void put_exposures(const struct dossier *d, const struct exposure **sorted, bool personal, struct buf *b)
{
	size_t n = 0;

	for (size_t i = 0; i < d->n_exposures; i++) {
		const struct exposure *x = sorted[i];

		if (x->personal != personal)
			continue;
		if (n++ == 0)
			buf_printf(b, "<h2>%s</h2>\n<div><table><tr><th>What<th>Masked<th>Severity<th>%s<th>Verdict<th>%s<th>In\n",
			    personal ? "Personal data" : "To reset, most urgent first", "Exposed since", personal ? "" : "Due");
		buf_str(b, "<tr>");
		put_td(b, class_says(x->class));
		put_td(b, x->masked);
		put_td(b, severity_name(x->severity));
		put_day(b, x->from_utc != TIME_NONE ? x->from_utc : window_from(d));
		put_td(b, verdict_says(verdict_of(d, x)));
		put_day(b, personal ? TIME_NONE : exposure_due(d, x));
		put_where(d, x, b);
	}
	buf_str(b, n != 0 ? "</table></div>\n" : personal ? "" : "<h2>To reset</h2>\n<p>No credential of yours was found. The search is done by program and"
	                                                         " can miss some: please read the messages.\n");
}

static void put_tasks(const struct dossier *d, struct buf *b)
{
	char from[TIME_TEXT], to[TIME_TEXT], due[TIME_TEXT];

	buf_str(b, "<h2>To do</h2>\n<ul><li>Review your own logs for the use of these credentials");
	if (window_from(d) != TIME_NONE && window_to(d) != TIME_NONE)
		buf_printf(b, ": from %s to %s, when the intruder was about, and on until each was reset", time_date(window_from(d), from),
		    time_date(window_to(d), to));
	buf_printf(b, " (due %s).\n", time_date(task_due(d, true), due));
	buf_printf(b, "<li>Read the whole content, not only what was found (due %s).</ul>\n", time_date(task_due(d, false), due));
}

static void put_messages(const struct dossier *d, struct buf *b)
{
	buf_str(b, "<h2>Messages</h2>\n<div><table><tr><th>Date<th>From<th>To<th>Subject<th>Verdict<th>Holds<th>Mail\n");
	for (size_t i = 0; i < d->n_messages; i++) {
		const struct row *r = &d->rows[i];

		buf_str(b, "<tr>");
		put_day(b, d->messages[i].when_utc);
		put_td(b, r->from);
		put_td(b, r->to);
		buf_printf(b, "<td><a href=\"text/%s.html\">", r->record);
		put_text(b, subject_of(r));
		buf_str(b, "</a>");
		put_td(b, verdict_says(d->messages[i].verdict));
		buf_str(b, "<td>");
		if (r->credentials != 0)
			buf_printf(b, "%u %s<br>", r->credentials, r->credentials == 1 ? "credential" : "credentials");
		if (r->personal != 0)
			buf_printf(b, "%u personal %s<br>", r->personal, r->personal == 1 ? "datum" : "data");
		if (r->attachments != 0)
			buf_printf(b, "%u %s<br>", r->attachments, r->attachments == 1 ? "attachment" : "attachments");
		buf_printf(b, "%s<td><a href=\"messages/%s.eml\">mail</a>\n", r->withheld ? "withheld in part" : "", r->record);
	}
	buf_str(b, "</table></div>\n");
}

static void put_masking(const struct dossier *d, struct buf *b)
{
	static const char *const says[MASK_REASONS] = {[MASK_ORGANISATION] = "another organisation", [MASK_ADDRESS] = "an address of somebody else",
	    [MASK_PERSON] = "somebody who is not of your organisation", [MASK_SECRET] = "a credential of another organisation",
	    [MASK_DATA] = "personal data of somebody else", [MASK_OUTSIDE] = "text that is not about you"};
	bool any = false;

	for (int i = 1; i < MASK_REASONS; i++) {
		if (d->masked[i] == 0)
			continue;
		buf_str(b, any ? "" : "<h2>Why something is masked</h2>\n<p>The same token is the same thing everywhere in your dossier.\n<ul>");
		buf_printf(b, "<li>%s: %" PRIu64 "\n", says[i], d->masked[i]);
		any = true;
	}
	buf_str(b, any ? "</ul>\n" : "");
}

void page_index(const struct dossier *d, const struct exposure **sorted, struct buf *b)
{
	const struct case_config *c = d->n->config;
	char made[TIME_TEXT], id[KEY_ID_TEXT];

	put_head(b, span_str(d->org.name));
	buf_str(b, "<h1>");
	put_text(b, d->org.name);
	buf_str(b, "</h1>\n");
	put_story(d, b);
	put_exposures(d, sorted, false, b);
	put_tasks(d, b);
	put_exposures(d, sorted, true, b);
	put_messages(d, b);
	put_masking(d, b);
	buf_str(b, "<h2>About this dossier</h2>\n<dl>");
	put_fact(b, "Incident", c->title);
	put_fact(b, "Reference", c->reference);
	put_fact(b, "From", c->our_name);
	put_fact(b, "Questions", c->sender_name);
	put_fact(b, "Telephone", c->sender_phone);
	put_fact(b, "Mail", c->sender_address);
	buf_printf(b, "<dt>Version<dd>%u, made %s\n<dt>Signed with key<dd>%s: compare it with one from a source that you trust\n</dl>\n</body></html>\n",
	    d->round.version, time_date(d->created_utc, made), key_id_text(d->signer->public.id, id));
}

/* ---- text/RECORD.html ----------------------------------------------------------------------------------------- */

void page_message_begin(const struct dossier *d, size_t at, struct buf *b)
{
	const struct row *r = &d->rows[at];
	span title = span_str(subject_of(r));

	put_head(b, title);
	buf_str(b, "<p><a href=\"../index.html\">all messages</a>\n<h1>");
	put_escaped(b, title);
	buf_printf(b, "</h1>\n<p><strong>%s</strong>", verdict_says(d->messages[at].verdict));
	buf_printf(b, " · <a href=\"../messages/%s.eml\">as mail</a>\n<dl>", r->record);
}

void page_message_header(span name, span value, struct buf *b)
{
	buf_str(b, "<dt>");
	put_escaped(b, name);
	buf_str(b, "<dd>");
	put_escaped(b, value);
	buf_byte(b, '\n');
}

void page_message_part(bool alone, span path, span text, struct buf *b)
{
	if (!alone) {
		buf_str(b, "<h2>Part ");
		put_escaped(b, path);
		buf_str(b, "</h2>\n");
	}
	buf_str(b, "<pre>");
	put_escaped(b, text);
	buf_str(b, "</pre>\n");
}

void page_message_attachment(span name, span type, uint64_t n_bytes, const char *file, struct buf *b)
{
	buf_str(b, "<p>Attachment: ");
	if (file != NULL) {
		buf_str(b, "<a href=\"../");
		put_text(b, file);
		buf_str(b, "\">");
	}
	put_escaped(b, name.n != 0 ? name : SPAN_LIT("(no name)"));
	buf_str(b, file != NULL ? "</a> (" : " (");
	put_escaped(b, type);
	buf_printf(b, ", %" PRIu64 " bytes%s)\n", n_bytes, file != NULL ? "" : ", withheld");
}
