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

/* ---- words ---------------------------------------------------------------------------------------------------- */

struct page_value { const char *name; span text; bool markup; }; /* markup: ours, as it is */

static span word(const struct dossier *d, enum page_word w) { return d->language->page[w]; }
static void put_word(const struct dossier *d, enum page_word w, struct buf *b) { put_escaped(b, word(d, w)); }

/* A word with its {{values}}; values end with a name NULL. */
static void put_filled(const struct dossier *d, enum page_word w, const struct page_value *values, struct buf *b)
{
	span s = word(d, w);

	while (s.n != 0) {
		size_t at = span_find(s, SPAN_LIT("{{")), end = span_find(s, SPAN_LIT("}}"));
		span name;

		put_escaped(b, span_first(s, at));
		if (at == s.n || end <= at)
			return;
		name = span_sub(s, at + 2, end - at - 2);
		for (const struct page_value *v = values; v->name != NULL; v++)
			if (span_eq(name, span_str(v->name)))
				(v->markup ? buf_put : put_escaped)(b, v->text);
		s = span_from(s, end + 2);
	}
}

static void put_number(const struct dossier *d, enum page_word w, uint64_t n, struct buf *b)
{
	char digits[24];

	(void)snprintf(digits, sizeof digits, "%" PRIu64, n);
	put_filled(d, w, (const struct page_value[]){{"n", span_str(digits)}, {NULL, SPAN_EMPTY}}, b);
}

static void put_count(const struct dossier *d, enum page_word one, enum page_word many, uint64_t n, struct buf *b)
{
	put_number(d, n < 2 && d->language->one_at[n] ? one : many, n, b);
}

/* As the notice writes it. */
static span say_day(const struct dossier *d, int64_t when_utc, struct buf *b)
{
	span said;
	struct err e;

	if (say_date(d->a, d->language, when_utc, &said, &e) != OK)
		b->failed = true;
	return said;
}

static span subject_of(const struct dossier *d, const struct row *r)
{
	return *r->subject != '\0' ? span_str(r->subject) : word(d, r->subject_withheld ? PAGE_SUBJECT_WITHHELD : PAGE_NO_SUBJECT);
}

static void put_head(const struct dossier *d, span title, struct buf *b)
{
	buf_printf(b, "<!DOCTYPE html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	           "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<title>", d->language->code);
	put_escaped(b, title);
	buf_str(b, "</title>\n<style>:root{color-scheme:light dark;--ink:#1b1f24;--paper:#fff;--link:#0b5394}"
	           "@media (prefers-color-scheme:dark){:root{--ink:#e6e9ec;--paper:#14181c;--link:#8ec1f5}}"
	           "body{color:var(--ink);background:var(--paper);font:16px/1.5 sans-serif;max-width:75em;margin:2em auto;padding:0 1em}a{color:var(--link)}"
	           "div{overflow-x:auto}table{border-collapse:collapse;width:100%}caption{text-align:left;padding-bottom:.5em}"
	           "td,th{text-align:left;vertical-align:top;padding:.3em .6em;border-bottom:1px solid #999}td.day{white-space:nowrap}td.long{overflow-wrap:anywhere;min-width:11em}"
	           "pre{white-space:pre-wrap}h1,td,dd,pre{unicode-bidi:plaintext}h1,h2,p,pre,li,dt,dd{overflow-wrap:anywhere}dt{font-weight:bold}dd{margin:0 0 .4em}.lead{font-size:1.15em}"
	           "@media print{tr{break-inside:avoid}h2{break-after:avoid}body{color:#000;background:#fff;font-size:9pt;margin:0;padding:0}div{overflow:visible}"
	           "td,th{padding:.2em .4em}}</style></head><body><main>\n");
}

/* Whoever has no name for a class has "other"; the class itself says more. */
static span class_says(const struct dossier *d, const char *class)
{
	const struct class_words *w = language_class(d->language, class);

	return strcmp(w->class, class) == 0 ? w->name : span_str(class);
}

static enum page_word verdict_word(int verdict)
{
	return verdict == VERDICT_ACCESSED ? PAGE_ACCESSED : verdict == VERDICT_PRESUMED ? PAGE_PRESUMED : PAGE_UNKNOWN;
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

static void put_td(struct buf *b, span s)
{
	buf_str(b, "<td>");
	put_escaped(b, s);
}

static void put_heads(const struct dossier *d, const enum page_word *v, size_t n, struct buf *b)
{
	buf_str(b, "<div><table><tr>");
	for (size_t i = 0; i < n; i++) {
		buf_str(b, "<th>");
		put_word(d, v[i], b);
	}
	buf_byte(b, '\n');
}

static void put_title(const struct dossier *d, enum page_word w, struct buf *b)
{
	buf_str(b, "<h2>");
	put_word(d, w, b);
	buf_str(b, "</h2>\n");
}

static void put_day(const struct dossier *d, struct buf *b, int64_t when_utc)
{
	buf_str(b, "<td class=\"day\">");
	put_escaped(b, say_day(d, when_utc, b));
}

static void put_fact(const struct dossier *d, enum page_word what, span is, struct buf *b)
{
	if (is.n == 0)
		return;
	buf_str(b, "<dt>");
	put_word(d, what, b);
	buf_str(b, "<dd>");
	put_escaped(b, is);
	buf_byte(b, '\n');
}

static void put_story(const struct dossier *d, struct buf *b)
{
	const struct case_config *c = d->n->config;
	const int64_t first = case_local(c->first_access_utc, c->offset_s.first_access);
	const int64_t last = case_local(c->last_access_utc, c->offset_s.last_access);
	const bool dated = first != TIME_NONE && last != TIME_NONE;
	char digits[3][24];
	size_t n[3] = {0};

	for (size_t i = 0; i < d->n_messages; i++)
		n[d->messages[i].verdict == VERDICT_ACCESSED ? 0 : d->messages[i].verdict == VERDICT_PRESUMED ? 1 : 2]++;
	for (size_t i = 0; i < 3; i++)
		(void)snprintf(digits[i], sizeof digits[i], "%zu", n[i]);
	buf_str(b, "<p class=\"lead\">");
	put_filled(d, dated ? PAGE_STORY : PAGE_STORY_UNDATED, (const struct page_value[]){{"us", span_str(d->n->config->our_name)},
	    {"from", say_day(d, first, b)}, {"to", say_day(d, last, b)}, {NULL, SPAN_EMPTY}}, b);
	buf_str(b, " <strong>");
	put_count(d, PAGE_CONCERNS_ONE, PAGE_CONCERNS_MANY, d->n_messages, b);
	buf_str(b, "</strong>. ");
	put_filled(d, PAGE_VERDICTS, (const struct page_value[]){{"accessed", span_str(digits[0])}, {"presumed", span_str(digits[1])},
	    {"unknown", span_str(digits[2])}, {NULL, SPAN_EMPTY}}, b);
	buf_str(b, "\n<p>");
	put_filled(d, PAGE_BRACKETS, (const struct page_value[]){{"file", SPAN_LIT("<a href=\"credentials.csv\">credentials.csv</a>"), true},
	    {NULL, SPAN_EMPTY}}, b);
	buf_byte(b, '\n');
}

static void put_where(const struct dossier *d, const struct exposure *x, struct buf *b)
{
	span place;
	struct err e;

	buf_str(b, "<td>");
	for (size_t k = 0; k < x->n_messages && k < LINKS; k++) {
		const struct row *r = &d->rows[x->messages[k]];

		buf_printf(b, "%s<a href=\"text/%s.html\">", k != 0 ? ", " : "", r->record);
		put_escaped(b, subject_of(d, r));
		buf_str(b, "</a>");
	}
	if (x->n_messages > LINKS) {
		buf_byte(b, ' ');
		put_number(d, PAGE_MORE, x->n_messages - LINKS, b);
	}
	if (x->where != NULL) {
		buf_str(b, "<br>");
		put_escaped(b, say_place(d->a, d->language, span_str(x->where), &place, &e) == OK ? place : span_str(x->where));
	}
	buf_byte(b, '\n');
}

static void put_exposure(const struct dossier *d, const struct exposure *x, struct buf *b)
{
	static const enum page_word severities[] = {[SEVERITY_LOW] = PAGE_LOW, [SEVERITY_MEDIUM] = PAGE_MEDIUM, [SEVERITY_HIGH] = PAGE_HIGH,
	    [SEVERITY_CRITICAL] = PAGE_CRITICAL};
	span masked;
	struct err e;

	buf_str(b, "<tr>");
	put_td(b, class_says(d, x->class));
	if (x->maybe) {
		buf_str(b, " (");
		put_word(d, PAGE_POSSIBLY, b);
		buf_byte(b, ')');
	}
	if (!x->personal && x->theirs)
		put_td(b, x->beside != NULL ? span_str(x->beside) : SPAN_EMPTY);
	put_td(b, say_masked(d->a, d->language, span_str(x->masked), &masked, &e) == OK ? masked : span_str(x->masked));
	put_td(b, word(d, severities[x->severity]));
	put_day(d, b, x->from_utc != TIME_NONE ? x->from_utc : window_from(d));
	put_td(b, word(d, verdict_word(verdict_of(d, x))));
	if (!x->personal && x->theirs)
		put_day(d, b, exposure_due(d, x));
	put_where(d, x, b);
}

/* Of each kind of credential once: beside each it would be most of the page. */
static void put_advice(const struct dossier *d, const struct exposure **sorted, struct buf *b)
{
	const struct class_words *said[32];
	size_t n = 0;

	for (size_t i = 0; i < d->n_exposures; i++) {
		const struct class_words *w = language_class(d->language, sorted[i]->class);
		size_t k = 0;

		while (k < n && said[k] != w)
			k++;
		if (sorted[i]->personal || !sorted[i]->theirs || k < n || n == sizeof said / sizeof *said)
			continue;
		buf_str(b, n == 0 ? "<dl>\n<dt>" : "<dt>");
		said[n++] = w;
		put_escaped(b, class_says(d, sorted[i]->class));
		buf_str(b, "<dd>");
		put_escaped(b, w->advice);
		buf_byte(b, '\n');
	}
	if (n != 0)
		buf_str(b, "</dl>\n");
}

enum { LIST_RESET, LIST_PERSONAL, LIST_OTHERS };

/* Credentials have a day by which, personal data have none; nor has what is another's: the reader cannot change it. */
static void put_exposures(const struct dossier *d, const struct exposure **sorted, int list, struct buf *b)
{
	static const enum page_word heads[] = {PAGE_WHAT, PAGE_BESIDE, PAGE_MASKED_FORM, PAGE_SEVERITY, PAGE_EXPOSED, PAGE_VERDICT, PAGE_DUE, PAGE_WHERE},
	    of_personal[] = {PAGE_WHAT, PAGE_MASKED_FORM, PAGE_SEVERITY, PAGE_EXPOSED, PAGE_VERDICT, PAGE_WHERE};
	size_t n = 0;

	for (size_t i = 0; i < d->n_exposures; i++) {
		if ((!sorted[i]->theirs ? LIST_OTHERS : sorted[i]->personal ? LIST_PERSONAL : LIST_RESET) != list)
			continue;
		if (n++ == 0) {
			put_title(d, list == LIST_OTHERS ? PAGE_NOT_YOURS : list == LIST_PERSONAL ? PAGE_PERSONAL : PAGE_TO_RESET, b);
			if (list == LIST_OTHERS) {
				buf_str(b, "<p>");
				put_word(d, PAGE_NOT_YOURS_SAYS, b);
				buf_byte(b, '\n');
			}
			if (list != LIST_RESET)
				put_heads(d, of_personal, sizeof of_personal / sizeof of_personal[0], b);
			else
				put_heads(d, heads, sizeof heads / sizeof heads[0], b);
		}
		put_exposure(d, sorted[i], b);
	}
	if (n != 0)
		buf_str(b, "</table></div>\n");
	if (n != 0 || list != LIST_RESET)
		return;
	put_title(d, PAGE_NOTHING_TITLE, b);
	buf_str(b, "<p>");
	put_word(d, PAGE_NOTHING, b);
	buf_byte(b, '\n');
}

static void put_tasks(const struct dossier *d, const struct exposure **sorted, struct buf *b)
{
	bool dated = window_from(d) != TIME_NONE && window_to(d) != TIME_NONE;

	put_title(d, PAGE_TO_DO, b);
	put_advice(d, sorted, b);
	buf_str(b, "<ul><li>");
	put_filled(d, dated ? PAGE_LOGS : PAGE_LOGS_UNDATED, (const struct page_value[]){
	    {"from", say_day(d, window_from(d), b)}, {"to", say_day(d, window_to(d), b)}, {"due", say_day(d, task_due(d, true), b)}, {NULL, SPAN_EMPTY}}, b);
	buf_str(b, "\n<li>");
	put_filled(d, PAGE_CONTENT, (const struct page_value[]){{"due", say_day(d, task_due(d, false), b)}, {NULL, SPAN_EMPTY}}, b);
	buf_str(b, "</ul>\n");
}

static void put_held(const struct dossier *d, enum page_word one, enum page_word many, uint32_t n, struct buf *b)
{
	if (n == 0)
		return;
	put_count(d, one, many, n, b);
	buf_str(b, "<br>");
}

static void put_messages(const struct dossier *d, struct buf *b)
{
	static const enum page_word heads[] = {PAGE_DATE, PAGE_FROM, PAGE_TO, PAGE_SUBJECT, PAGE_VERDICT, PAGE_HOLDS, PAGE_ADDRESS};

	bool all_full = true;

	put_title(d, PAGE_MESSAGES, b);
	for (size_t i = 0; i < d->n_messages; i++)
		all_full = all_full && message_is_full(&d->messages[i]);
	if (!all_full) {
		buf_str(b, "<p>");
		put_word(d, PAGE_NO_PARTY, b);
		buf_byte(b, '\n');
	}
	put_heads(d, heads, sizeof heads / sizeof heads[0], b);
	for (size_t i = 0; i < d->n_messages; i++) {
		const struct row *r = &d->rows[i];

		buf_str(b, "<tr>");
		put_day(d, b, d->messages[i].when_utc);
		buf_str(b, "<td class=\"long\">");
		put_escaped(b, span_str(r->from));
		buf_str(b, "<td class=\"long\">");
		put_escaped(b, span_str(r->to));
		buf_printf(b, "<td><a href=\"text/%s.html\">", r->record);
		put_escaped(b, subject_of(d, r));
		buf_str(b, "</a>");
		put_td(b, word(d, verdict_word(d->messages[i].verdict)));
		buf_str(b, "<td>");
		put_held(d, PAGE_CREDENTIAL_ONE, PAGE_CREDENTIAL_MANY, r->credentials, b);
		put_held(d, PAGE_PERSONAL_ONE, PAGE_PERSONAL_MANY, r->personal, b);
		put_held(d, PAGE_ATTACHMENT_ONE, PAGE_ATTACHMENT_MANY, r->attachments, b);
		if (r->withheld)
			put_word(d, PAGE_WITHHELD_PART, b);
		buf_printf(b, "<td><a href=\"messages/%s.eml\">", r->record);
		put_word(d, PAGE_MAIL_FILE, b);
		buf_str(b, "</a>\n");
	}
	buf_str(b, "</table></div>\n");
}

static void put_masking(const struct dossier *d, struct buf *b)
{
	static const enum page_word says[MASK_REASONS] = {[MASK_ORGANISATION] = PAGE_OTHER_ORGANISATION, [MASK_ADDRESS] = PAGE_OTHER_ADDRESS,
	    [MASK_PERSON] = PAGE_OTHER_PERSON, [MASK_SECRET] = PAGE_OTHER_SECRET, [MASK_DATA] = PAGE_OTHER_DATA, [MASK_OUTSIDE] = PAGE_OUTSIDE};
	bool any = false;

	for (int i = 1; i < MASK_REASONS; i++) {
		if (d->masked[i] == 0)
			continue;
		if (!any) {
			put_title(d, PAGE_WHY_MASKED, b);
			buf_str(b, "<p>");
			put_word(d, PAGE_SAME_TOKEN, b);
			buf_str(b, "\n<ul>");
		}
		buf_str(b, "<li>");
		put_word(d, says[i], b);
		buf_printf(b, " (%" PRIu64 ")\n", d->masked[i]);
		any = true;
	}
	buf_str(b, any ? "</ul>\n" : "");
}

static void put_about(const struct dossier *d, struct buf *b)
{
	const struct case_config *c = d->n->config;
	char id[KEY_ID_TEXT], version[24];

	(void)snprintf(version, sizeof version, "%u", d->round.version);
	put_title(d, PAGE_ABOUT, b);
	buf_str(b, "<dl>");
	put_fact(d, PAGE_INCIDENT, case_said(c->titles, d->language->code, c->title), b);
	put_fact(d, PAGE_REFERENCE, span_str(c->reference), b);
	put_fact(d, PAGE_SENDER, span_str(c->our_name), b);
	put_fact(d, PAGE_QUESTIONS, span_str(c->sender_name), b);
	put_fact(d, PAGE_TELEPHONE, span_str(c->sender_phone), b);
	put_fact(d, PAGE_ADDRESS, span_str(c->sender_address), b);
	buf_str(b, "<dt>");
	put_word(d, PAGE_VERSION, b);
	buf_str(b, "<dd>");
	put_filled(d, PAGE_VERSION_OF, (const struct page_value[]){{"n", span_str(version)}, {"date", say_day(d, d->created_utc, b)},
	    {NULL, SPAN_EMPTY}}, b);
	buf_str(b, "\n<dt>");
	put_word(d, PAGE_SIGNED, b);
	buf_str(b, "<dd>");
	put_filled(d, PAGE_COMPARE, (const struct page_value[]){{"key", span_str(key_id_text(d->signer->public.id, id))}, {NULL, SPAN_EMPTY}}, b);
	buf_str(b, "\n</dl>\n");
}

void page_index(const struct dossier *d, const struct exposure **sorted, struct buf *b)
{
	put_head(d, span_str(d->org.name), b);
	buf_str(b, "<h1>");
	put_text(b, d->org.name);
	buf_str(b, "</h1>\n");
	put_story(d, b);
	put_exposures(d, sorted, LIST_RESET, b);
	put_tasks(d, sorted, b);
	put_exposures(d, sorted, LIST_PERSONAL, b);
	put_exposures(d, sorted, LIST_OTHERS, b);
	put_messages(d, b);
	put_masking(d, b);
	put_about(d, b);
	buf_str(b, "</main></body></html>\n");
}

/* ---- text/RECORD.html ----------------------------------------------------------------------------------------- */

void page_message_begin(const struct dossier *d, size_t at, struct buf *b)
{
	const struct row *r = &d->rows[at];
	span title = subject_of(d, r);

	put_head(d, title, b);
	buf_str(b, "<p><a href=\"../index.html\">");
	put_word(d, PAGE_ALL, b);
	buf_str(b, "</a>\n<h1>");
	put_escaped(b, title);
	buf_str(b, "</h1>\n<p><strong>");
	put_word(d, verdict_word(d->messages[at].verdict), b);
	buf_printf(b, "</strong> · <a href=\"../messages/%s.eml\">", r->record);
	put_word(d, PAGE_AS_MAIL, b);
	buf_str(b, "</a>\n<dl>");
}

void page_message_header(span name, span value, struct buf *b)
{
	buf_str(b, "<dt>");
	put_escaped(b, name);
	buf_str(b, "<dd>");
	put_escaped(b, value);
	buf_byte(b, '\n');
}

void page_message_part(const struct dossier *d, bool alone, span path, span text, struct buf *b)
{
	if (!alone) {
		buf_str(b, "<h2>");
		put_filled(d, PAGE_PART, (const struct page_value[]){{"path", path}, {NULL, SPAN_EMPTY}}, b);
		buf_str(b, "</h2>\n");
	}
	buf_str(b, "<pre>");
	put_escaped(b, text);
	buf_str(b, "</pre>\n");
}

void page_message_attachment(const struct dossier *d, span name, span type, uint64_t n_bytes, const char *file, struct buf *b)
{
	buf_str(b, "<p>");
	put_word(d, PAGE_ATTACHMENT, b);
	if (file != NULL) {
		buf_str(b, " <a href=\"../");
		put_text(b, file);
		buf_str(b, "\">");
	} else {
		buf_byte(b, ' ');
	}
	put_escaped(b, name.n != 0 ? name : word(d, PAGE_NO_NAME));
	buf_str(b, file != NULL ? "</a> (" : " (");
	put_escaped(b, type);
	buf_str(b, ", ");
	put_number(d, PAGE_BYTES, n_bytes, b);
	if (file == NULL) {
		buf_str(b, ", ");
		put_word(d, PAGE_WITHHELD, b);
	}
	buf_str(b, ")\n");
}
