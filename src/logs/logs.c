#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "logs/private.h"
#include "stream/charset.h"
#include "stream/csv.h"

struct logs {
	span given, text; /* the file; and as UTF-8 */
	struct arena *a;  /* program: the names, the converted text */
	struct arena *scratch; /* of a record that is looked at before it is read; NULL: not needed yet */
	struct charset_places *places; /* NULL when the text is the file */
	size_t skipped;   /* a BOM */
	enum { JSON, CSV, XML, LINES, HEADED, JOURNAL, CEF, TABBED } form;
	struct walk walk;
	struct rows rows;
	struct xml_log xml;
	struct lines lines;
	struct field_table table;
	enum log_envelope envelope;
	unsigned date_forms; /* WHEN_, of the first rows of a CSV */
};

#define SNIFF_BYTES (256 * KIB)
#define SNIFF_RECORDS 20
#define SNIFF_DATES (4 * MIB)
#define SNIFF_LINES (16 * MIB) /* a mail server writes more of what it sends than of who reads */

static bool has_lines(unsigned form) { return form == LINES || form == HEADED || form == JOURNAL || form == CEF || form == TABBED; }

static bool looks_json(span s)
{
	s = span_trim(span_first(s, SNIFF_BYTES));
	if (s.n > 0 && s.p[0] == 0x1e)
		s = span_from(s, 1);
	return s.n > 0 && (s.p[0] == '{' || s.p[0] == '[');
}

/* Does JSON begin at a line behind others, as where a shell's warnings went into the same file? */
static bool json_below(span s)
{
	s = span_first(s, SNIFF_BYTES);
	for (size_t n; (n = span_find_byte(s, '\n')) < s.n;) {
		s = span_from(s, n + 1);
		if (span_starts(s, SPAN_LIT("{\"")) || span_starts(s, SPAN_LIT("[{\"")))
			return true;
	}
	return false;
}

static enum log_envelope envelope_of(const struct making *m, enum log_product product)
{
	switch (product) {
	case LOG_PRODUCT_NONE: return LOG_ENVELOPE_NONE;
	case LOG_M365:
		if (m->envelope == LOG_ENVELOPE_NONE && making_text(m, F_officeworkload).n != 0)
			return LOG_ENVELOPE_SENTINEL;
		if (m->envelope == LOG_ENVELOPE_NONE && is_mailbox_audit(m))
			return LOG_ENVELOPE_MAILBOX_AUDIT;
		if (m->envelope == LOG_ENVELOPE_NONE && is_admin_audit(m))
			return LOG_ENVELOPE_ADMIN_AUDIT;
		return m->envelope != LOG_ENVELOPE_NONE ? m->envelope : LOG_ENVELOPE_M365_JSON;
	case LOG_ENTRA_SIGN_IN: return m->envelope == LOG_ENVELOPE_SPLUNK ? m->envelope : LOG_ENVELOPE_ENTRA_SIGN_IN;
	case LOG_ENTRA_AUDIT: return m->envelope == LOG_ENVELOPE_SPLUNK ? m->envelope : LOG_ENVELOPE_ENTRA_AUDIT;
	case LOG_GRAPH_ACTIVITY: return LOG_ENVELOPE_GRAPH_ACTIVITY;
	case LOG_GOOGLE: return m->envelope == LOG_ENVELOPE_SPLUNK ? m->envelope : LOG_ENVELOPE_GOOGLE;
	case LOG_DOVECOT: return LOG_ENVELOPE_DOVECOT;
	case LOG_EXCHANGE: return LOG_ENVELOPE_EXCHANGE;
	case LOG_LIST: return LOG_ENVELOPE_LIST;
	case LOG_ID_MAP: return LOG_ENVELOPE_ID_MAP;
	}
	return LOG_ENVELOPE_NONE;
}

static const char *unknown_members(struct arena *a, const struct json_node *n, const char *what)
{
	struct buf b;
	const char *s;
	unsigned shown = 0;

	buf_init(&b, 4 * KIB);
	for (const struct json_node *c = n->child; c != NULL && shown < 8; c = c->next, shown++) {
		buf_str(&b, shown != 0 ? ", " : "");
		buf_put(&b, span_first(c->key, 40));
	}
	if (n->n > shown)
		buf_str(&b, " ...");
	s = arena_printf(a, "%s %s", what, b.n != 0 ? buf_cstr(&b) : "(none)");
	buf_free(&b);
	return s;
}

/* What is known before the record is read; what was wrong with reading it. */
static enum log_product make(struct making *m, const struct raw *raw)
{
	struct log_record *r = m->r;
	enum log_product product = LOG_PRODUCT_NONE;

	if (raw->node == NULL) {
		r->outcome = LOG_FAILED;
		r->reason = raw->reason;
		return product;
	}
	if (raw->reason != NULL) {
		r->outcome = LOG_PARTIAL;
		r->reason = raw->reason;
	}
	if (!making_unwrap(m, raw->node))
		return product;
	product = making_product(m);
	if (product == LOG_PRODUCT_NONE) {
		bool damaged = r->outcome == LOG_PARTIAL;

		r->outcome = LOG_FAILED;
		if (damaged)
			return product;
		r->problems |= LOG_ODD_SHAPE;
		r->reason = m->f[F_operations] != NULL ? "AuditData is empty or was left out"
		                                       : unknown_members(m->a, raw->node, "no audit record: members");
		if (r->reason == NULL)
			m->no_memory = true;
	}
	return product;
}

static void make_product(struct making *m, enum log_product product)
{
	m->r->product = product;
	switch (product) {
	case LOG_PRODUCT_NONE: return;
	case LOG_M365: make_m365(m); return;
	case LOG_ENTRA_SIGN_IN: make_entra_sign_in(m); return;
	case LOG_ENTRA_AUDIT: make_entra_audit(m); return;
	case LOG_GRAPH_ACTIVITY: make_graph_activity(m); return;
	case LOG_GOOGLE: make_google(m); return;
	case LOG_DOVECOT:
		if (m->f[F_dovecottext] != NULL)
			make_dovecot(m);
		else
			make_dovecot_event(m);
		return;
	case LOG_EXCHANGE: make_exchange(m); return;
	case LOG_LIST: make_list(m); return;
	case LOG_ID_MAP: make_id_map(m); return;
	}
}

/* What the columns around a record that was not read still say: when, who, what. */
static void make_failed(struct making *m)
{
	struct log_record *r = m->r;

	r->when_utc = TIME_NONE;
	r->logon_type = r->user_type = LOG_LOGON_UNSAID;
	r->operation = TEXT_OF(m, F_operation, F_operations);
	r->user = TEXT_OF(m, F_userid, F_userids);
	r->id = TEXT_OF(m, F_identity, F_id);
	if (TEXT_OF(m, F_creationdate, F_creationtime).n != 0) {
		enum when_zone zone;
		bool ambiguous;

		(void)when_parse(TEXT_OF(m, F_creationdate, F_creationtime), m->date_forms, &r->when_utc, &r->when_nanos, &zone, &ambiguous);
	}
}

/* Is the last row of a table not that of the last result, and has it fewer rows than there were results? */
static void check_results(struct making *m, uint64_t n_rows)
{
	uint64_t at, count;

	if (text_u64(making_text(m, F_resultindex), &at) && text_u64(making_text(m, F_resultcount), &count) && at < count && n_rows < count)
		making_problem(m, LOG_RESULTS_CUT, NULL);
}

static enum log_product make_record(struct making *m, const struct raw *raw)
{
	struct log_record *r = m->r;
	enum log_product product;

	r->when_utc = TIME_NONE;
	r->logon_type = r->user_type = LOG_LOGON_UNSAID;
	r->problems = raw->problems;
	r->last_utc = raw->last_utc != 0 ? raw->last_utc : TIME_NONE;
	r->years_back = raw->years_back;
	product = make(m, raw);
	if (product == LOG_PRODUCT_NONE) {
		make_failed(m);
		return product;
	}
	make_product(m, product);
	r->mailbox = mailbox_bare(r->mailbox);
	if (raw->n_rows != 0)
		check_results(m, raw->n_rows);
	if ((raw->problems & LOG_RESULTS_CUT) != 0)
		making_problem(m, LOG_RESULTS_CUT, NULL);
	if (r->outcome == LOG_PARSED && (r->problems & (LOG_LIMITED | LOG_DUPLICATE_KEY | LOG_BAD_UTF8)) != 0) {
		unsigned bits = r->problems & (LOG_LIMITED | LOG_DUPLICATE_KEY | LOG_BAD_UTF8);

		r->outcome = LOG_PARTIAL;
		r->reason = log_problem_text((enum log_problem)(bits & -bits));
	}
	return product;
}

static enum errc next_raw(struct logs *l, struct arena *a, struct raw *raw, struct err *e)
{
	switch (l->form) {
	case JSON: return walk_next(&l->walk, a, raw, e);
	case CSV: return rows_next(&l->rows, a, raw, e);
	case XML: return xml_log_next(&l->xml, a, raw, e);
	case LINES: return dovecot_next(&l->lines, a, raw, e);
	case HEADED: return headed_next(&l->lines, a, raw, e);
	case JOURNAL: return journal_next(&l->lines, a, raw, e);
	case CEF: return cef_next(&l->lines, a, raw, e);
	case TABBED: return tabbed_next(&l->lines, a, raw, e);
	}
	return OK;
}

static size_t stands_at(const struct logs *l)
{
	return l->form == CSV ? l->rows.at : l->form == XML ? l->xml.at : has_lines(l->form) ? l->lines.at : l->walk.at;
}

/* Looks at the first records, with readers of its own; at more where they hold lines of a syslog. */
static enum errc sniff(struct logs *l, span text, struct err *e)
{
	struct logs probe = {.form = l->form, .walk = {.file = text}, .xml = {.file = text}, .lines = {.file = span_first(text, SNIFF_LINES), .line = 1}};
	struct arena *names = NULL, *a = NULL;
	unsigned without_data = 0;
	bool lines = false;
	enum errc rc;

	if ((rc = arena_new(&names, 256 * MIB, e)) != OK || (rc = arena_new(&a, 256 * MIB, e)) != OK)
		goto out;
	probe.walk.a = names;
	if (probe.form == CSV && rows_open(&probe.rows, names, &l->table, text, e) != OK)
		goto out;
	/* An export that found nothing is one all the same, and so is one that was made without AuditData: each of its rows lacks what was done. */
	for (size_t i = 0; probe.form == CSV && i < probe.rows.n_names; i++) {
		enum log_field f = field_find(&l->table, probe.rows.names[i]);

		without_data |= f == F_operations ? 1u : f == F_userids || f == F_creationdate ? 2u : 0;
		if (f == F_auditdata || without_data == 3)
			l->envelope = LOG_ENVELOPE_M365_EXPORT;
	}
	for (unsigned i = 0; (i < SNIFF_RECORDS || (lines && stands_at(&probe) < SNIFF_LINES)) && l->envelope == LOG_ENVELOPE_NONE; i++) {
		struct log_record r = {0};
		struct making m = {.a = a, .table = &l->table, .r = &r};
		struct raw raw;

		arena_reset(a);
		if ((rc = next_raw(&probe, a, &raw, e)) != OK || raw.n == 0)
			break;
		l->envelope = envelope_of(&m, make(&m, &raw));
		lines = m.has_line;
	}
out:
	walk_close(&probe.walk);
	arena_free(a);
	arena_free(names);
	return rc;
}

static bool is_time(enum log_field f)
{
	static const enum log_field times[] = {F_creationdate, F_creationtime, F_lastaccessed, F_timegenerated, F_createddatetime, F_date,
	    F_dateutc, F_datetime, F_time, F_timestamp, F_when};

	for (size_t i = 0; i < sizeof times / sizeof *times; i++)
		if (times[i] == f)
			return true;
	return false;
}

/* Whether its dates have the day or the month first: 5/4/2024 does not say, 5/14/2024 in another row does. */
static enum errc sniff_dates(struct logs *l, struct err *e)
{
	struct arena *a;
	struct rows rows;
	struct raw raw;
	enum errc rc;

	if ((rc = arena_new(&a, 256 * MIB, e)) != OK)
		return rc;
	rc = rows_open(&rows, a, &l->table, span_first(l->text, SNIFF_DATES), e);
	while (rc == OK && (rc = rows_next(&rows, a, &raw, e)) == OK && raw.n != 0)
		for (const struct json_node *c = raw.node != NULL ? raw.node->child : NULL; c != NULL; c = c->next)
			if (is_time(field_find(&l->table, c->key)))
				l->date_forms |= when_form(c->text);
	arena_free(a);
	return rc;
}

static enum errc to_text(struct logs *l, struct err *e)
{
	const struct charset *c = charset_told(span_first(l->given, 4 * KIB));
	span given = l->given;
	enum errc rc;

	l->text = given;
	if (span_starts(given, SPAN_LIT(UTF8_MARK))) {
		l->skipped = 3;
		l->text = span_from(given, 3);
		return OK;
	}
	if (c == NULL || !span_starts_nocase(span_str(charset_name(c)), SPAN_LIT("utf-16")))
		return OK;
	if (given.n > LIMIT_LOG_UTF16_BYTES)
		return err_set(e, ERR_LIMIT, "UTF-16 of more than %zu MiB: convert it to UTF-8 first",
		    LIMIT_LOG_UTF16_BYTES / MIB);
	if ((rc = charset_to_utf8(l->a, c, given, &l->text, NULL, e)) != OK)
		return rc;
	return charset_places_new(l->a, c, given, &l->places, e);
}

enum errc logs_open(struct logs **out, span file, span name, struct err *e)
{
	struct logs *l = calloc(1, sizeof *l);
	enum errc rc;

	(void)name;
	*out = NULL;
	if (l == NULL)
		return err_memory(e);
	l->given = file;
	field_table_init(&l->table);
	if ((rc = arena_new(&l->a, 4 * GIB, e)) != OK || (rc = to_text(l, e)) != OK)
		goto out;
	l->form = looks_json(l->text) ? JSON : xml_log_sniff(l->text) ? XML : journal_sniff(l->text) ? JOURNAL : tabbed_sniff(l->text) ? TABBED : CSV;
	if ((rc = sniff(l, l->text, e)) != OK)
		goto out;
	if (l->envelope == LOG_ENVELOPE_NONE && l->form == CSV && json_below(l->text)) {
		l->form = JSON; /* what stands before it comes out as a record that was not read */
		if ((rc = sniff(l, l->text, e)) != OK)
			goto out;
	}
	if (l->envelope == LOG_ENVELOPE_NONE && l->form == CSV) {
		l->form = HEADED;
		if ((rc = sniff(l, l->text, e)) != OK)
			goto out;
		l->form = l->envelope != LOG_ENVELOPE_NONE ? HEADED : CSV;
	}
	if (l->envelope == LOG_ENVELOPE_NONE && l->form == CSV && cef_sniff(span_first(l->text, SNIFF_LINES))) {
		l->form = CEF;
		l->envelope = LOG_ENVELOPE_CEF;
	}
	if (l->envelope == LOG_ENVELOPE_NONE && l->form == CSV && dovecot_sniff(span_first(l->text, SNIFF_LINES))) {
		l->form = LINES;
		l->envelope = LOG_ENVELOPE_DOVECOT;
	}
	if (l->envelope == LOG_ENVELOPE_NONE) {
		rc = err_set(e, ERR_EVIDENCE, "no log that is known here: %s", logs_looks_like(l->a, file));
		goto out;
	}
	if (l->form == CSV && ((rc = rows_open(&l->rows, l->a, &l->table, l->text, e)) != OK || (rc = sniff_dates(l, e)) != OK))
		goto out;
	l->walk.file = l->xml.file = l->text;
	l->lines = (struct lines){.file = l->text, .line = 1};
	if (l->form == LINES)
		lines_find_turns(&l->lines);
	l->walk.a = l->a;
	*out = l;
	return OK;
out:
	logs_close(l);
	return rc;
}

void logs_close(struct logs *l)
{
	if (l == NULL)
		return;
	walk_close(&l->walk);
	arena_free(l->scratch);
	arena_free(l->a);
	free(l);
}

enum log_envelope logs_envelope(const struct logs *l) { return l->envelope; }

static uint64_t place(const struct logs *l, uint64_t at)
{
	return l->places != NULL ? charset_place(l->places, (size_t)at) : at + l->skipped;
}

uint64_t logs_at(const struct logs *l)
{
	size_t at = stands_at(l);

	return l->places != NULL ? (uint64_t)at * 2 : at + l->skipped;
}

/* The walk's brackets as bits: how many, which are tails, and behind how many the rows of a table are. */
struct logs_mark logs_mark(const struct logs *l)
{
	struct logs_mark m = {.at = stands_at(l), .line = has_lines(l->form) ? l->lines.line : l->rows.line, .columns = l->form == CSV ? l->rows.names_at : l->walk.columns_at};

	if (l->form == JSON)
		m.line = l->walk.list.n != 0 ? l->walk.list_read : l->walk.list_skip;
	m.state = l->walk.depth | l->walk.rows_depth << 8;
	for (unsigned i = 0; i < l->walk.depth; i++)
		m.state |= (uint32_t)l->walk.tail[i] << (16 + i);
	return m;
}

void logs_go(struct logs *l, const struct logs_mark *m)
{
	size_t n = l->text.n, at = m->at < n ? (size_t)m->at : n;
	struct err ignored;

	l->rows.at = l->walk.at = l->xml.at = l->lines.at = at;
	l->rows.line = l->lines.line = m->line;
	l->lines.list_end = 0;
	l->rows.entered = true;
	l->walk.list = SPAN_EMPTY;
	l->walk.list_skip = l->form == JSON ? m->line : 0;
	if (l->form == CSV && m->columns != l->rows.names_at && (m->columns >= n || rows_names(&l->rows, (size_t)m->columns, &ignored) != OK))
		l->rows.at = n;
	l->walk.depth = (m->state & 0xff) <= WALK_DEPTH ? m->state & 0xff : 0;
	for (unsigned i = 0; i < l->walk.depth; i++)
		l->walk.tail[i] = (m->state >> (16 + i) & 1) != 0;
	l->walk.rows_depth = m->state >> 8 & 0xff;
	if (l->walk.rows_depth != 0 && (m->columns >= n || walk_columns(&l->walk, (size_t)m->columns, &ignored) != OK))
		l->walk.rows_depth = 0;
}

/* Objects, a line each or more, and nothing around them. */
static bool is_lines(span s)
{
	size_t n;

	s = span_trim(span_first(s, LIMIT_LOG_RECORD_BYTES));
	if (s.n == 0 || s.p[0] != '{' || (n = json_extent(s)) == 0)
		return false;
	s = span_from(s, n);
	n = span_find_byte(s, '\n');
	return n < s.n && span_trim(span_first(s, n)).n == 0 && span_trim(span_from(s, n)).n != 0 && span_trim(span_from(s, n)).p[0] == '{';
}

/* Behind its root there is nothing more to come. */
static bool root_closes(span s)
{
	size_t at = 0, n;

	s = span_trim(s);
	while (at + 1 < s.n && !(s.p[at] == '<' && ascii_is_alpha(s.p[at + 1])))
		at++;
	for (n = ++at; n < s.n && !ascii_is_space(s.p[n]) && s.p[n] != '>' && s.p[n] != '/';)
		n++;
	n -= at;
	return (s.n > n + 3 && s.p[s.n - 1] == '>' && span_eq(span_sub(s, s.n - n - 1, n), span_sub(s, at, n)) && s.p[s.n - n - 2] == '/') ||
	       span_find_byte(span_from(s, at), '>') + at + 1 >= s.n;
}

bool logs_cut(const struct logs *l)
{
	if (stands_at(l) < span_trim(l->text).n)
		return false;
	return l->form == JSON ? l->walk.cut || l->walk.depth > 0 : l->form == XML ? !root_closes(l->text) : l->form == CSV && l->rows.cut;
}

bool logs_border(const struct logs *l, uint64_t from, struct logs_mark *out)
{
	span s = l->text;
	size_t at, n;

	if (l->places != NULL || from <= l->skipped || from - l->skipped >= s.n || l->form == XML || l->form == JOURNAL || (l->form == JSON && !is_lines(s)))
		return false;
	at = (size_t)(from - l->skipped) - 1;
	s = span_sub(s, at, LIMIT_LOG_RECORD_BYTES);
	n = span_find_byte(s, '\n');
	at += n + 1;
	*out = (struct logs_mark){.at = at, .line = 1};
	return n < s.n && at < l->text.n;
}

/*
 * Whole records of a journal or the like that hold no line of Dovecot's, as lines of other programs in a syslog. There may be a million
 * of them, so each is looked at in memory of its own, and what is not one is read once more.
 */
static enum errc pass_over(struct logs *l, struct err *e)
{
	enum errc rc;

	if (l->scratch == NULL && (rc = arena_new(&l->scratch, LIMIT_LOG_ARENA, e)) != OK)
		return rc;
	for (;;) {
		const struct walk walk = l->walk;
		struct arena *inside;
		const struct rows rows = l->rows;
		const struct lines lines = l->lines;
		struct log_record r = {0};
		struct making m = {.a = l->scratch, .table = &l->table, .r = &r, .date_forms = l->date_forms};
		struct raw raw;

		arena_reset(l->scratch);
		rc = next_raw(l, l->scratch, &raw, e);
		if (rc == OK && raw.n != 0 && raw.node != NULL && raw.reason == NULL && make_record(&m, &raw) == LOG_PRODUCT_NONE &&
		    !m.no_memory && (r.problems & LOG_TRUNCATED) == 0)
			continue;
		inside = l->walk.inside;
		l->walk = walk;
		l->walk.inside = inside;
		l->rows = rows;
		l->lines = lines;
		return rc;
	}
}

enum errc logs_next(struct logs *l, struct arena *a, const struct log_record **out, struct err *e)
{
	struct log_record *r = arena_zero(a, 1, sizeof *r);
	struct making m = {.a = a, .table = &l->table, .r = r, .date_forms = l->date_forms};
	struct raw raw;
	enum errc rc;

	*out = NULL;
	if (r == NULL)
		return err_memory(e);
	if (l->envelope == LOG_ENVELOPE_DOVECOT && l->form != LINES && (rc = pass_over(l, e)) != OK)
		return rc;
	if ((rc = next_raw(l, a, &raw, e)) != OK)
		return rc;
	if (raw.n == 0)
		return OK;
	r->at_byte = place(l, raw.at);
	r->n_bytes = place(l, raw.at + raw.n) - r->at_byte;
	r->line = raw.line;
	(void)make_record(&m, &raw);
	if (m.no_memory)
		return err_memory(e);
	*out = r;
	return OK;
}

enum log_envelope logs_sniff(span file)
{
	struct logs *l;
	struct err e;
	enum log_envelope v;

	if (logs_open(&l, span_first(file, SNIFF_BYTES), SPAN_EMPTY, &e) != OK)
		return LOG_ENVELOPE_NONE;
	v = l->envelope;
	logs_close(l);
	return v;
}
