/* The pieces of the page: words, numbers and tables. */
#include "report/page.h"

#include <inttypes.h>
#include <stdio.h>

#include "case/names.h"

void page_put(struct page *p, const char *html) { buf_str(&p->b, html); }
void page_text(struct page *p, span s) { html_text_of(&p->b, s); }
void page_str(struct page *p, const char *s) { html_text_of(&p->b, span_str(s)); }

void page_number(struct page *p, int64_t n)
{
	char digits[32];
	int len = snprintf(digits, sizeof digits, "%" PRId64, n);

	for (int i = 0; i < len; i++) {
		buf_byte(&p->b, (unsigned char)digits[i]);
		if ((len - i) % 3 == 1 && i + 1 < len && digits[i] != '-')
			buf_byte(&p->b, ',');
	}
}

void page_count(struct page *p, int64_t n, const char *one, const char *many)
{
	page_number(p, n);
	page_put(p, "\xc2\xa0");
	page_put(p, n == 1 ? one : many);
}

void page_bytes(struct page *p, int64_t n)
{
	static const char *const units[] = {"KB", "MB", "GB", "TB", "PB"};
	int64_t unit = 1000;
	size_t i = 0;

	if (n < 1000) {
		page_count(p, n, "byte", "bytes");
		return;
	}
	while (i < 4 && n / unit >= 1000) {
		unit *= 1000;
		i++;
	}
	/* One digit behind the point below 10, none above. */
	if (n / unit < 10)
		buf_printf(&p->b, "%" PRId64 ".%" PRId64 "\xc2\xa0%s", n / unit, n % unit / (unit / 10), units[i]);
	else
		buf_printf(&p->b, "%" PRId64 "\xc2\xa0%s", n / unit, units[i]);
}

void page_percent(struct page *p, int64_t part, int64_t whole)
{
	int64_t tenths;

	if (whole <= 0 || part <= 0) {
		page_put(p, "0\xc2\xa0%");
		return;
	}
	if (part >= whole) {
		page_put(p, "100\xc2\xa0%");
		return;
	}
	tenths = (int64_t)((double)part / (double)whole * 1000 + 0.5);
	if (tenths > 999)
		tenths = 999;
	if (tenths == 0)
		page_put(p, "under 0.1\xc2\xa0%");
	else
		buf_printf(&p->b, "%" PRId64 ".%" PRId64 "\xc2\xa0%%", tenths / 10, tenths % 10);
}

void page_date(struct page *p, int64_t when_utc)
{
	static const char *const months[] = {"January", "February", "March", "April", "May", "June", "July", "August",
	    "September", "October", "November", "December"};
	struct civil c;

	if (when_utc == TIME_NONE)
		return;
	c = time_to_civil(when_utc);
	buf_printf(&p->b, "%d\xc2\xa0%s\xc2\xa0%d", c.day, months[(c.month + 11) % 12], c.year);
}

void page_time(struct page *p, int64_t when_utc)
{
	char text[TIME_TEXT];

	(void)time_rfc3339(when_utc, text);
	if (text[0] == '\0')
		return;
	buf_printf(&p->b, "<time datetime=\"%s\">%.10s\xc2\xa0%.5s</time>", text, text, text + 11);
}

void page_section(struct page *p, const char *id, const char *title)
{
	buf_printf(&p->b, "<section id=\"%s\" aria-labelledby=\"%s-h\">\n<h2 id=\"%s-h\">%s</h2>\n", id, id, id, title);
}

void page_fact(struct page *p, const char *name)
{
	page_put(p, "<div><dt>");
	page_put(p, name);
	page_put(p, "</dt><dd>");
}

void page_fact_end(struct page *p) { page_put(p, "</dd></div>\n"); }

void page_section_end(struct page *p) { page_put(p, "</section>\n"); }

/* ---- tables --------------------------------------------------------------------------------------------------- */

struct filling {
	struct page *p;
	const char *caption;
	const struct shown *columns;
	size_t n_columns;
	int64_t cap, rows;
};

/* The cell of that name; a name that the table does not have is our own mistake. */
static size_t index_of(const struct table *t, const char *name)
{
	for (size_t i = 0; i < t->n_columns; i++)
		if (strcmp(t->columns[i].name, name) == 0)
			return i;
	assert(false && "a column of the table");
	return 0;
}

static int64_t number_of(const struct table *t, const struct cell *cells, const char *name)
{
	return cells[index_of(t, name)].number;
}

static span text_of(const struct table *t, const struct cell *cells, const char *name)
{
	return cells[index_of(t, name)].text;
}

/* "password_hint" as "password hint". */
static void put_word(struct page *p, span s)
{
	for (size_t at; s.n != 0; s = span_from(s, at + 1)) {
		at = span_find_byte(s, '_');
		page_text(p, span_first(s, at));
		if (at < s.n)
			buf_byte(&p->b, ' ');
	}
}

void page_class(struct page *p, span class)
{
	static const struct { const char *class, *says; } words[] = {
	    {"username_password", "user name with password"}, {"passcode_pin", "PIN or access code"}, {"api_token", "API key or token"},
	    {"url_credentials", "web address with password"}, {"connection_string", "connection with password"}, {"otp_seed", "authenticator secret"},
	    {"vault", "password safe"}, {"payment_card", "payment card"}, {"national_id", "identity or tax number"}};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (span_eq(class, span_str(words[i].class))) {
			page_put(p, words[i].says);
			return;
		}
	put_word(p, class);
}

/* What was wrong with mail, a code a problem ("nul,bare_cr"), as sentences; another reason as it stands. */
static void put_reason(struct page *p, span reason)
{
	static const struct { const char *code, *says; } words[] = {
	    {"no_headers", "it has no headers"}, {"bad_header_line", "a header line without a colon"},
	    {"header_8bit", "headers that are not ASCII, which they should be"}, {"nul", "zero bytes"}, {"bare_cr", "lines that end in a bare CR"}, {"utf_16", "all of it in UTF-16"},
	    {"no_boundary", "several parts, but nothing that parts them"}, {"boundary_missing", "the parts that it announces are not there"},
	    {"boundary_unclosed", "the last part has no end"}, {"unknown_encoding", "an unknown transfer encoding, read as it stands"},
	    {"bad_encoding", "an encoding with errors, read as far as it goes"}, {"bad_charset", "characters that its character set does not have"},
	    {"limit_depth", "parts nested too deep"}, {"limit_parts", "too many parts"}, {"limit_headers", "too many headers"},
	    {"limit_size", "too large"}, {"truncated", "it is cut off"}, {"limit_nest", "messages nested too deep"},
	    {"limit_addresses", "too many addresses"}, {"damaged", "a message within it that is damaged, read in part"}};

	for (span rest = reason, one; rest.n != 0;) {
		const char *says = NULL;
		size_t n = span_find_byte(rest, ',');

		one = span_first(rest, n);
		for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
			if (span_eq(one, span_str(words[i].code)))
				says = words[i].says;
		if (says == NULL) {
			page_text(p, rest);
			return;
		}
		page_put(p, says);
		rest = span_from(rest, n + 1);
		page_put(p, rest.n != 0 ? "; " : "");
	}
}

/* A verdict's reason, by its code. */
static void put_because(struct page *p, span code)
{
	for (int v = REASON_NO_LOGS; v <= REASON_ARRIVED_AFTER; v++)
		if (span_eq(code, span_str(verdict_reason_name(v))))
			page_put(p, verdict_reason_says((enum verdict_reason)v));
}

static void put_severity(struct page *p, span s)
{
	if (s.n == 0) {
		page_put(p, "<span class=\"soft\">none</span>");
		return;
	}
	page_put(p, "<span class=\"sev ");
	page_text(p, s);
	page_put(p, "\">");
	page_text(p, s);
	page_put(p, "</span>");
}

/* An organisation by name, with its key behind it where that says more. */
static void put_name(struct page *p, const struct table *t, const struct cell *cells)
{
	span name = text_of(t, cells, "name"), key = text_of(t, cells, "org");

	page_text(p, name.n != 0 ? name : key);
	if (name.n != 0 && !span_eq_nocase(name, key)) {
		page_put(p, " <span class=\"soft\">");
		page_text(p, key);
		page_put(p, "</span>");
	}
}

/* May be broken behind the @. */
static void put_address(struct page *p, span s)
{
	size_t at = span_find_byte(s, '@');

	page_text(p, span_first(s, at + 1));
	page_put(p, "<wbr>");
	page_text(p, span_from(s, at + 1));
}

static void put_contact(struct page *p, const struct table *t, const struct cell *cells)
{
	const struct cell *c = &cells[index_of(t, "contacts")];

	if (c->n == 0) {
		page_put(p, "<strong class=\"bad\">none</strong>");
		return;
	}
	put_address(p, c->rows[0].text);
	if (c->n > 1) {
		page_put(p, " <span class=\"soft\">and\xc2\xa0");
		page_number(p, (int64_t)c->n - 1);
		page_put(p, "\xc2\xa0more</span>");
	}
}

static void put_told(struct page *p, const struct table *t, const struct cell *cells)
{
	int64_t first = number_of(t, cells, "told_first"), last = number_of(t, cells, "told_last"),
		planned = number_of(t, cells, "planned_wave");

	if (first != 0)
		buf_printf(&p->b, "%s\xc2\xa0%" PRId64, last > first ? "waves" : "wave", first);
	if (last > first)
		buf_printf(&p->b, "\xc2\xa0to\xc2\xa0%" PRId64, last);
	if (planned != 0)
		buf_printf(&p->b, "%s<span class=\"soft\">wave\xc2\xa0%" PRId64 "\xc2\xa0planned</span>", first != 0 ? ", " : "", planned);
	if (first == 0 && planned == 0)
		page_put(p, "<strong class=\"bad\">not\xc2\xa0told</strong>");
	if (number_of(t, cells, "hold") != 0) /* notify hold, cease: nothing leaves for it */
		buf_printf(&p->b, ", %s", hold_state_name((int)number_of(t, cells, "hold")));
}

static void put_approvals(struct page *p, const struct cell *c)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct cell *row = &c->rows[i * 3];

		if (i != 0)
			page_put(p, "<br>");
		page_text(p, row[0].text);
		page_put(p, " <span class=\"soft\">");
		page_time(p, row[1].number);
		page_put(p, row[2].number != 0 ? "</span>" : ", of an earlier plan</span>");
	}
	if (c->n == 0)
		page_put(p, "<span class=\"soft\">nobody yet</span>");
}

enum { LIST_SHOWN = 3 };

static void put_list(struct page *p, const struct cell *c)
{
	for (size_t i = 0; i < c->n && i < LIST_SHOWN; i++) {
		page_put(p, i != 0 ? "; " : "");
		page_text(p, c->list[i]);
	}
	if (c->n > LIST_SHOWN) {
		page_put(p, " <span class=\"soft\">and\xc2\xa0");
		page_number(p, (int64_t)(c->n - LIST_SHOWN));
		page_put(p, "\xc2\xa0more</span>");
	}
}

/* Owners of an exposure, and behind them the hosts and accounts that it stood beside. */
static void put_whose(struct page *p, const struct table *t, const struct cell *cells)
{
	const struct cell *owners = &cells[index_of(t, "owners")], *hosts = &cells[index_of(t, "hosts")];

	put_list(p, owners);
	if (hosts->n == 0)
		return;
	page_put(p, owners->n != 0 ? "<br><span class=\"soft\">" : "<span class=\"soft\">");
	put_list(p, hosts);
	page_put(p, "</span>");
}

/* How sure it is, in the words of the summary, below how bad it is. */
static void put_sure(struct page *p, span severity, span certainty)
{
	put_severity(p, severity);
	page_put(p, "<br><span class=\"soft\">");
	page_put(p, span_eq(certainty, SPAN_LIT("high")) ? "certain" : span_eq(certainty, SPAN_LIT("medium")) ? "likely" : "possible");
	page_put(p, "</span>");
}

static void put_place(struct page *p, const struct table *t, const struct cell *cells)
{
	const struct cell *member = &cells[index_of(t, "member")];

	page_text(p, text_of(t, cells, "source"));
	if (member->kind != CELL_NULL) {
		page_put(p, ", member ");
		page_text(p, text_of(t, cells, "member_name"));
	}
}

/* As the CSV file has it. */
static void put_as_text(struct page *p, const struct column *column, const struct cell *c)
{
	struct buf text;

	buf_init(&text, p->b.max);
	cell_text(&text, column, c);
	page_text(p, buf_span(&text));
	buf_free(&text);
}

static void put_code(struct page *p, const struct column *column, const struct cell *c)
{
	page_put(p, "<code>");
	put_as_text(p, column, c);
	page_put(p, "</code>");
}

static void put_day(struct page *p, int64_t when_utc)
{
	char text[TIME_TEXT];

	buf_printf(&p->b, "<time>%s</time>", time_date(when_utc, text));
}

/* Enough of a digest to tell it from its neighbours; all of it is in the CSV file. */
static void put_digest(struct page *p, span digest)
{
	enum { SHOWN = 4 };
	char hex[2 * SHOWN + 1];

	hex_write(hex, span_first(digest, SHOWN));
	buf_printf(&p->b, "<code>%s</code>", hex);
}

static void put_cell(struct page *p, const struct table *t, const struct cell *cells, const struct shown *s)
{
	size_t i = index_of(t, s->column);
	const struct cell *c = &cells[i];

	if (c->kind == CELL_NULL && (s->as == AS_NUMBER || s->as == AS_TIME || s->as == AS_DATE))
		return;
	switch (s->as) {
	case AS_NUMBER: page_number(p, c->number); break;
	case AS_BYTES: page_bytes(p, c->number); break;
	case AS_TIME: page_time(p, c->number); break;
	case AS_DATE: put_day(p, c->number); break;
	case AS_WHOSE: put_whose(p, t, cells); break;
	case AS_WORD: put_word(p, c->text); break;
	case AS_CLASS: page_class(p, c->text); break;
	case AS_COUNTRY: page_country(p, c->text); break;
	case AS_SEVERITY: put_severity(p, c->text); break;
	case AS_SURE: put_sure(p, c->text, text_of(t, cells, "certainty")); break;
	case AS_NAME: put_name(p, t, cells); break;
	case AS_CONTACT: put_contact(p, t, cells); break;
	case AS_TOLD: put_told(p, t, cells); break;
	case AS_APPROVALS: put_approvals(p, c); break;
	case AS_PLACE: put_place(p, t, cells); break;
	case AS_ADDRESS: put_address(p, c->text); break;
	case AS_DIGEST: put_digest(p, c->text); break;
	case AS_REASON: put_reason(p, c->text); break;
	case AS_BECAUSE: put_because(p, c->text); break;
	case AS_TEXT: put_as_text(p, &t->columns[i], c); break;
	case AS_CODE: put_code(p, &t->columns[i], c); break;
	}
}

static bool is_number(enum shown_as as) { return as == AS_NUMBER || as == AS_BYTES; }

/* Numbers to the right; words of evidence may be broken anywhere, so that one cannot widen the page. */
static const char *class_of(enum shown_as as)
{
	switch (as) {
	case AS_NUMBER:
	case AS_BYTES:
		return " class=\"n\"";
	case AS_CONTACT:
	case AS_ADDRESS:
		return " class=\"c\"";
	case AS_TEXT:
	case AS_PLACE:
	case AS_NAME:
	case AS_WHOSE:
	case AS_REASON:
	case AS_BECAUSE:
		return " class=\"t\"";
	case AS_TIME:
	case AS_DATE:
	case AS_CODE:
	case AS_WORD:
	case AS_CLASS:
	case AS_COUNTRY:
	case AS_SEVERITY:
	case AS_SURE:
	case AS_TOLD:
	case AS_APPROVALS:
	case AS_DIGEST:
		break;
	}
	return "";
}

static void table_head(struct filling *f)
{
	struct page *p = f->p;

	buf_printf(&p->b, "<div class=\"scroll\" role=\"region\" aria-label=\"%s\" tabindex=\"0\"><table>\n<caption>%s</caption>\n<thead><tr>",
	    f->caption, f->caption);
	for (size_t i = 0; i < f->n_columns; i++)
		buf_printf(&p->b, "<th scope=\"col\"%s>%s</th>", is_number(f->columns[i].as) ? " class=\"n\"" : "",
		    f->columns[i].title);
	page_put(p, "</tr></thead>\n<tbody>\n");
}

static enum errc table_row(void *ctx, const struct table *t, int64_t id, const struct cell *cells, struct err *e)
{
	struct filling *f = ctx;
	struct page *p = f->p;

	(void)id;
	if (f->rows == 0)
		table_head(f);
	if (f->rows++ >= f->cap)
		return OK;
	page_put(p, "<tr>");
	for (size_t i = 0; i < f->n_columns; i++) {
		page_put(p, i == 0 ? "<th scope=\"row\"" : "<td");
		page_put(p, class_of(f->columns[i].as));
		page_put(p, ">");
		put_cell(p, t, cells, &f->columns[i]);
		page_put(p, i == 0 ? "</th>" : "</td>");
	}
	page_put(p, "</tr>\n");
	return buf_check(&p->b, e);
}

enum errc page_table(struct page *p, const struct table *t, const char *caption, const char *none,
    const struct shown *columns, size_t n_columns, int64_t cap, struct err *e)
{
	struct filling f = {.p = p, .caption = caption, .columns = columns, .n_columns = n_columns, .cap = cap};
	enum errc rc = rows_walk(p->run->store, t, table_row, &f, e);

	if (rc != OK)
		return rc;
	if (f.rows == 0) {
		buf_printf(&p->b, "<p class=\"none\">%s</p>\n", none);
		return OK;
	}
	page_put(p, "</tbody>\n</table></div>\n");
	if (f.rows > f.cap) {
		page_put(p, "<p class=\"more\">");
		page_number(p, f.rows - f.cap);
		buf_printf(&p->b, " more, not shown here: all are in <code>report-csv/%s.csv</code> "
				  "(<code>tocsin report --format csv</code>).</p>\n", t->name);
	}
	return OK;
}
