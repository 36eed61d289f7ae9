/* Records: what a worker answered of a message, as JSON, mail and page. The answer is hostile. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/cursor.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "mail/text.h"
#include "notify/dossier.h"

/* ---- exposures over all messages ------------------------------------------------------------------------------ */

static enum errc exposure_of(struct dossier *d, const struct sealed_finding *f, struct exposure **out, struct err *e)
{
	struct exposure *x;

	for (size_t i = 0; i < d->n_exposures; i++)
		if (d->exposures[i].id == f->exposure_id) {
			*out = &d->exposures[i];
			return OK;
		}
	if ((x = arena_grow(d->a, d->exposures, d->n_exposures, &d->cap_exposures, sizeof *x, 32)) == NULL)
		return err_memory(e);
	d->exposures = x;
	x = *out = &d->exposures[d->n_exposures++];
	*x = (struct exposure){.id = f->exposure_id, .severity = f->severity, .version = UINT32_MAX, .theirs = f->theirs,
	    .personal = class_is_personal(f->class), .told_utc = TIME_NONE, .opened_utc = TIME_NONE, .first_utc = TIME_NONE, .from_utc = TIME_NONE, .to_utc = TIME_NONE};
	seal_exposure_id(d->n->key, &d->id, &f->exposure, x->name);
	x->class = arena_cstr(d->a, span_str(f->class));
	x->masked = arena_cstr(d->a, span_str(f->masked));
	return x->class == NULL || x->masked == NULL ? err_memory(e) : OK;
}

/* One password can be that of several accounts: each is to be changed, so each is named, in the order in which they are met. */
static enum errc beside_seen(struct arena *a, struct exposure *x, span beside, struct err *e)
{
	static const span between = SPAN_LIT("; ");
	span rest = x->beside != NULL ? span_str(x->beside) : SPAN_EMPTY;

	if (beside.n == 0 || x->n_beside > LIMIT_SEALED_BESIDE)
		return OK;
	while (rest.n != 0) {
		const span one = span_first(rest, span_find(rest, between));

		if (span_eq(one, beside))
			return OK;
		rest = span_from(rest, one.n < rest.n ? one.n + between.n : rest.n);
	}
	if (++x->n_beside > LIMIT_SEALED_BESIDE)
		beside = SPAN_LIT("...");
	x->beside = x->beside == NULL ? arena_cstr(a, beside) : arena_printf(a, "%s; %.*s", x->beside, (int)beside.n, (const char *)beside.p);
	return x->beside != NULL ? OK : err_memory(e);
}

/* ---- from the worker ------------------------------------------------------------------------------------------ */

struct part_said { span path, type, text, html; bool cut, has_html; size_t n_marks; struct { uint64_t at, n; int reason; } *marks; };
struct finding_said { bool known; span value, where, beside; uint32_t part; uint64_t at; };
struct attachment_said { span path, name, type, content; uint64_t bytes; struct digest sha256; int why; char export[96]; };
struct said {
	struct { span name, value; } *headers;
	struct part_said *parts;
	struct finding_said *findings;
	struct attachment_said *attachments;
	struct { span path; int what, why; } *withheld;
	size_t n_headers, n_parts, n_findings, n_attachments, n_withheld;
	uint64_t masked[MASK_REASONS];
};

/* When it could be read, by all that was done to the message. */
static void exposure_reached(struct exposure *x, const struct sealed_verdict *v, size_t n_v)
{
	for (size_t i = 0; i < n_v; i++) {
		x->from_utc = earlier(x->from_utc, v[i].first_utc);
		x->to_utc = later(x->to_utc, v[i].last_utc);
	}
}

/* In message `at`: as the case has it, and as the worker does. */
static enum errc exposure_seen(struct dossier *d, struct exposure *x, const struct sealed_finding *f, const struct finding_said *said, size_t at,
    struct err *e)
{
	const struct sealed_message *m = &d->messages[at];
	const bool shown = f->theirs && said->known && said->value.n != 0;
	size_t *more;
	enum errc rc;

	x->version = (uint32_t)f->version < x->version ? (uint32_t)f->version : x->version;
	x->theirs = x->theirs || f->theirs;
	x->maybe = x->maybe || f->maybe;
	x->accessed = x->accessed || m->verdict == VERDICT_ACCESSED;
	x->told_utc = earlier(x->told_utc, f->told_utc);
	x->opened_utc = earlier(x->opened_utc, f->opened_utc);
	x->first_utc = earlier(x->first_utc, m->when_utc);
	if (x->value == NULL && shown && (x->value = arena_cstr(d->a, said->value)) == NULL)
		return err_memory(e);
	if (x->n_messages == 0 && said->where.n != 0 && (x->where = arena_cstr(d->a, said->where)) == NULL)
		return err_memory(e);
	if ((rc = beside_seen(d->a, x, said->beside, e)) != OK)
		return rc;
	if (x->n_messages != 0 && x->messages[x->n_messages - 1] == at)
		return OK;
	if ((more = arena_grow(d->a, x->messages, x->n_messages, &x->cap, sizeof *more, 4)) == NULL)
		return err_memory(e);
	x->messages = more;
	x->messages[x->n_messages++] = at;
	return OK;
}

static void *counted(struct arena *a, struct cursor *c, size_t least, size_t size, size_t *n)
{
	void *v;

	*n = cursor_u32(c);
	if (*n > c->rest.n / least)
		c->bad = true;
	if (c->bad)
		*n = 0;
	if ((v = arena_zero(a, *n, size)) == NULL)
		c->bad = true;
	return v;
}

static span clean(struct arena *a, struct cursor *c)
{
	span s = utf8_clean(a, cursor_bytes(c));

	if (s.p == NULL)
		c->bad = true;
	return s;
}

/* As a name is shown: an end of line is a blank, and what turns the direction of letters, so that "exe" is read as "pdf", is U+FFFD. */
static span name_shown(struct arena *a, struct cursor *c)
{
	span name = cursor_bytes(c), s;
	struct buf b;

	buf_init(&b, MIB);
	utf8_show(&b, name);
	s = arena_copy(a, buf_span(&b));
	if (b.failed || s.p == NULL)
		c->bad = true;
	buf_free(&b);
	return s;
}

static enum errc said_read(struct arena *a, span result, size_t n_findings, struct said *s, struct err *e)
{
	struct cursor c = cursor_of(result);

	*s = (struct said){.n_findings = n_findings};
	s->headers = counted(a, &c, 8, sizeof *s->headers, &s->n_headers);
	for (size_t i = 0; i < s->n_headers && !c.bad; i++) {
		s->headers[i].name = clean(a, &c);
		s->headers[i].value = name_shown(a, &c);
	}
	s->parts = counted(a, &c, 22, sizeof *s->parts, &s->n_parts);
	for (size_t i = 0; i < s->n_parts && !c.bad; i++) {
		struct part_said *p = &s->parts[i];

		p->path = clean(a, &c);
		p->type = clean(a, &c);
		p->cut = cursor_u8(&c) != 0;
		p->text = clean(a, &c);
		p->has_html = cursor_u8(&c) != 0;
		p->html = clean(a, &c);
		p->marks = counted(a, &c, 17, sizeof *p->marks, &p->n_marks);
		for (size_t k = 0; k < p->n_marks && !c.bad; k++) {
			p->marks[k].at = cursor_u64(&c);
			p->marks[k].n = cursor_u64(&c);
			p->marks[k].reason = cursor_u8(&c);
		}
	}
	if ((s->findings = arena_zero(a, n_findings, sizeof *s->findings)) == NULL)
		return err_memory(e);
	for (size_t i = 0; i < n_findings && !c.bad; i++) {
		s->findings[i].known = cursor_u8(&c) != 0;
		s->findings[i].value = clean(a, &c);
		s->findings[i].part = cursor_u32(&c);
		s->findings[i].at = cursor_u64(&c);
		s->findings[i].where = name_shown(a, &c);
		s->findings[i].beside = name_shown(a, &c);
	}
	s->attachments = counted(a, &c, 57, sizeof *s->attachments, &s->n_attachments);
	for (size_t i = 0; i < s->n_attachments && !c.bad; i++) {
		struct attachment_said *t = &s->attachments[i];
		span sha;

		t->path = clean(a, &c);
		t->name = name_shown(a, &c);
		t->type = name_shown(a, &c);
		t->bytes = cursor_u64(&c);
		sha = cursor_take(&c, DIGEST_SIZE);
		if (sha.n == DIGEST_SIZE)
			memcpy(t->sha256.b, sha.p, DIGEST_SIZE);
		t->why = cursor_u8(&c);
		t->content = cursor_bytes(&c);
	}
	s->withheld = counted(a, &c, 6, sizeof *s->withheld, &s->n_withheld);
	for (size_t i = 0; i < s->n_withheld && !c.bad; i++) {
		s->withheld[i].path = clean(a, &c);
		s->withheld[i].what = cursor_u8(&c);
		s->withheld[i].why = cursor_u8(&c);
	}
	for (size_t i = 0; i < MASK_REASONS; i++)
		s->masked[i] = cursor_u32(&c);
	return cursor_done(&c) ? OK : err_set(e, ERR_EVIDENCE, "a worker sent a record that is none");
}

/* ---- JSON ----------------------------------------------------------------------------------------------------- */

static void put_verdicts(struct json *j, const struct sealed_verdict *v, size_t n)
{
	json_open(j, "verdicts", '[');
	for (size_t i = 0; i < n; i++) {
		json_open(j, NULL, '{');
		json_str(j, "mailbox", v[i].mailbox);
		json_str(j, "verdict", verdict_name(v[i].verdict));
		json_str(j, "reason", verdict_reason_name(v[i].reason));
		json_str(j, "certainty", certainty_name(v[i].certainty));
		json_i64(j, "records", v[i].n_records);
		json_time(j, "first", v[i].first_utc);
		json_time(j, "last", v[i].last_utc);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void put_parts(struct json *j, const struct said *s, bool full)
{
	json_open(j, "parts", '[');
	for (size_t i = 0; i < s->n_parts; i++) {
		const struct part_said *p = &s->parts[i];

		json_open(j, NULL, '{');
		json_span(j, "path", p->path);
		json_span(j, "type", p->type);
		json_str(j, "view", full ? "full" : "spans");
		json_span(j, "text", p->text);
		if (p->has_html)
			json_span(j, "html", p->html);
		else
			json_null(j, "html");
		json_bool(j, "cut", p->cut);
		json_open(j, "marks", '[');
		for (size_t k = 0; k < p->n_marks; k++) {
			json_open(j, NULL, '{');
			json_u64(j, "at", p->marks[k].at);
			json_u64(j, "n", p->marks[k].n);
			json_str(j, "reason", mask_reason_name(p->marks[k].reason));
			json_close(j, '}');
		}
		json_close(j, ']');
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void put_exposure(struct json *j, const struct said *s, size_t i, const struct sealed_finding *f, const struct exposure *x)
{
	bool shown = f->theirs && s->findings[i].known;
	bool placed = shown && s->findings[i].part < s->n_parts;

	json_open(j, NULL, '{');
	json_str(j, "exposure", x->name);
	json_str(j, "class", x->class);
	json_str(j, "severity", severity_name(x->severity));
	json_str(j, "masked", x->masked);
	json_bool(j, "ours", f->theirs);
	json_bool(j, "guessed", f->maybe);
	/* Of what lies in an archive or mailbox file only that part: names of members may be others'. */
	json_span(j, "path", span_first(span_str(f->path), span_find(span_str(f->path), SPAN_LIT("!/"))));
	if (s->findings[i].beside.n != 0)
		json_span(j, "beside", s->findings[i].beside);
	else
		json_null(j, "beside");
	if (s->findings[i].where.n != 0)
		json_span(j, "where", s->findings[i].where);
	else
		json_null(j, "where");
	if (shown)
		json_span(j, "value", s->findings[i].value);
	if (placed) {
		json_u64(j, "at", s->findings[i].at);
		json_u64(j, "n", s->findings[i].value.n);
	} else {
		json_null(j, "at");
		json_null(j, "n");
	}
	json_close(j, '}');
}

static void put_attachments(struct json *j, const struct said *s)
{
	json_open(j, "attachments", '[');
	for (size_t i = 0; i < s->n_attachments; i++) {
		const struct attachment_said *t = &s->attachments[i];

		json_open(j, NULL, '{');
		json_span(j, "path", t->path);
		json_span(j, "name", t->name);
		json_span(j, "type", t->type);
		json_u64(j, "bytes", t->bytes);
		json_digest(j, "sha256", &t->sha256);
		json_str(j, "export", t->why == WITHHELD_NOT ? t->export : NULL);
		json_str(j, "withheld", t->why == WITHHELD_NOT ? NULL : withheld_name(t->why));
		json_close(j, '}');
	}
	json_close(j, ']');
	json_open(j, "withheld", '[');
	for (size_t i = 0; i < s->n_withheld; i++) {
		json_open(j, NULL, '{');
		json_span(j, "path", s->withheld[i].path);
		json_str(j, "what", s->withheld[i].what == WHAT_HTML ? "html" : "text");
		json_str(j, "reason", withheld_name(s->withheld[i].why));
		json_close(j, '}');
	}
	json_close(j, ']');
}

/* ---- the message as mail and as a page, for the export -------------------------------------------------------- */

static void put_line(struct buf *b, span name, span value)
{
	buf_put(b, name);
	buf_str(b, ": ");
	for (size_t i = 0; i < value.n; i++)
		buf_byte(b, value.p[i] < 0x20 || value.p[i] == 0x7f ? ' ' : value.p[i]);
	buf_str(b, "\r\n");
}

static void put_mail_text(struct buf *b, const char *type, span text)
{
	buf_printf(b, "Content-Type: %s; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n", type);
	compose_base64(b, text);
}

/* RFC 5322 with UTF-8 fields (RFC 6532); parts in base64, so that no line of theirs is a boundary. */
static void mail_write(const struct dossier *d, const struct said *s, const char *record, struct buf *b)
{
	/* An identifier with a token in it is none, and mail programs stumble over it. */
	for (size_t i = 0; i < s->n_headers; i++)
		if (!span_ends_nocase(s->headers[i].name, SPAN_LIT("-ID")) && !span_ends_nocase(s->headers[i].name, SPAN_LIT("-To")))
			put_line(b, s->headers[i].name, s->headers[i].value);
		else if (span_find_byte(s->headers[i].value, '[') == s->headers[i].value.n)
			put_line(b, s->headers[i].name, s->headers[i].value);
	buf_printf(b, "MIME-Version: 1.0\r\nX-Tocsin-Record: %s\r\nContent-Type: multipart/mixed; boundary=\"tocsin-%s\"\r\n\r\n",
	    record, record);
	buf_put(b, d->language->page[PAGE_IN_MAIL]);
	buf_str(b, "\r\n");
	for (size_t i = 0; i < s->n_parts; i++) {
		buf_printf(b, "\r\n--tocsin-%s\r\n", record);
		if (s->parts[i].has_html)
			put_mail_text(b, "text/html", s->parts[i].html);
		else
			put_mail_text(b, "text/plain", s->parts[i].text);
	}
	if (s->n_parts == 0) {
		buf_printf(b, "\r\n--tocsin-%s\r\n", record);
		put_mail_text(b, "text/plain", SPAN_LIT("[nothing of the text of this message is given: see its record]\n"));
	}
	buf_printf(b, "\r\n--tocsin-%s--\r\n", record);
}

static void page_write(const struct dossier *d, size_t at, const struct said *s, struct buf *b)
{
	page_message_begin(d, at, b);
	for (size_t i = 0; i < s->n_headers; i++)
		page_message_header(s->headers[i].name, s->headers[i].value, b);
	buf_str(b, "</dl>\n");
	for (size_t i = 0; i < s->n_parts; i++)
		page_message_part(d, s->n_parts == 1, s->parts[i].path, s->parts[i].text, b);
	for (size_t i = 0; i < s->n_attachments; i++) {
		const struct attachment_said *a = &s->attachments[i];

		page_message_attachment(d, a->name, a->type, a->bytes, a->why == WITHHELD_NOT ? a->export : NULL, b);
	}
	buf_str(b, "</main></body></html>\n");
}

static enum errc record_files(struct dossier *d, size_t at, const struct said *s, span json, struct err *e)
{
	const char *record = d->rows[at].record;
	char name[128];
	struct buf mail;
	enum errc rc;

	buf_init(&mail, 256 * MIB);
	mail_write(d, s, record, &mail);
	(void)snprintf(name, sizeof name, "records/%s.json", record);
	if ((rc = buf_check(&mail, e)) == OK && (rc = export_file(d, FILE_RECORD, at, name, json, e)) == OK) {
		(void)snprintf(name, sizeof name, "messages/%s.eml", record);
		rc = export_file(d, FILE_MAIL, at, name, buf_span(&mail), e);
	}
	if (rc == OK) {
		buf_clear(&mail);
		page_write(d, at, s, &mail);
		(void)snprintf(name, sizeof name, "text/%s.html", record);
		if ((rc = buf_check(&mail, e)) == OK)
			rc = export_file(d, FILE_TEXT, at, name, buf_span(&mail), e);
	}
	for (size_t i = 0; i < s->n_attachments && rc == OK; i++)
		if (s->attachments[i].why == WITHHELD_NOT)
			rc = export_file(d, FILE_ATTACHMENT, at, s->attachments[i].export, s->attachments[i].content, e);
	buf_wipe(&mail);
	return rc;
}

/* ---- one record ----------------------------------------------------------------------------------------------- */

static enum errc keep(struct dossier *d, span s, const char **out, struct err *e)
{
	struct buf b;
	enum errc rc = OK;

	buf_init(&b, 4 * KIB);
	utf8_show(&b, utf8_first(s, 600));
	*out = arena_cstr(d->a, buf_span(&b));
	if (*out == NULL)
		rc = err_memory(e);
	buf_free(&b);
	return rc;
}

static enum errc row_fill(struct dossier *d, struct row *r, bool party, const struct said *s, struct err *e)
{
	enum errc rc = OK;

	for (size_t i = 0; i < s->n_headers && rc == OK; i++) {
		span name = s->headers[i].name;

		if (span_eq(name, SPAN_LIT("From")))
			rc = keep(d, s->headers[i].value, &r->from, e);
		else if (span_eq(name, SPAN_LIT("To")))
			rc = keep(d, s->headers[i].value, &r->to, e);
		else if (span_eq(name, SPAN_LIT("Subject")))
			rc = keep(d, s->headers[i].value, &r->subject, e);
		/* To who is no party of the message only what of it is about him is said. */
		r->subject_withheld |= !party && span_eq(name, SPAN_LIT("Subject")) && s->headers[i].value.n == 0;
	}
	for (size_t i = 0; i < s->n_withheld; i++)
		r->subject_withheld |= span_eq(s->withheld[i].path, SPAN_LIT(SUBJECT_PATH));
	r->attachments = (uint32_t)s->n_attachments;
	for (size_t i = 0; i < s->n_attachments; i++)
		if (s->attachments[i].why != WITHHELD_NOT) {
			r->withheld = true;
			d->n_withheld++;
		}
	r->withheld = r->withheld || s->n_withheld != 0;
	d->n_withheld += s->n_withheld;
	for (size_t i = 0; i < MASK_REASONS; i++)
		d->masked[i] += s->masked[i];
	return rc;
}

/* A name for a file that a path of parts gives: digits, letters and dots, never "..". */
static void name_attachments(const struct row *r, struct said *s)
{
	for (size_t i = 0; i < s->n_attachments; i++)
		(void)snprintf(s->attachments[i].export, sizeof s->attachments[i].export, "attachments/%s/%zu", r->record, i + 1);
}

static enum errc seal_record(struct dossier *d, const char *record, uint64_t order, span json, struct err *e)
{
	struct buf sealed;
	enum errc rc;

	buf_init(&sealed, GIB);
	if ((rc = seal_put_record(&d->ck, &d->id, record, json, &sealed, e)) == OK)
		rc = seal_writer_add(d->bundle, record, order, buf_span(&sealed), e);
	buf_free(&sealed);
	return rc;
}

static enum errc put_record(struct dossier *d, size_t at, struct said *s, const struct sealed_finding *f, struct buf *out,
    struct err *e)
{
	const struct sealed_message *m = &d->messages[at];
	struct row *r = &d->rows[at];
	struct json j = json_to(out);
	struct sealed_verdict *v;
	size_t n_v;
	enum errc rc = sealed_verdicts(d->n->store, d->scratch, m->id, &v, &n_v, e);

	if (rc != OK)
		return rc;
	json_open(&j, NULL, '{');
	json_u64(&j, "v", 1);
	json_str(&j, "record", r->record);
	json_i64(&j, "version", m->version);
	json_time(&j, "when", m->when_utc);
	json_str(&j, "view", message_is_full(m) ? "full" : "spans");
	json_roles(&j, m->roles);
	if (message_is_full(m)) {
		json_open(&j, "message", '{');
		json_digest(&j, "sha256", &m->sha256);
		json_close(&j, '}');
	}
	json_open(&j, "headers", '[');
	for (size_t i = 0; i < s->n_headers; i++) {
		json_open(&j, NULL, '{');
		json_span(&j, "name", s->headers[i].name);
		json_span(&j, "value", s->headers[i].value);
		json_close(&j, '}');
	}
	json_close(&j, ']');
	put_verdicts(&j, v, n_v);
	put_parts(&j, s, message_is_full(m));
	json_open(&j, "exposures", '[');
	for (size_t i = 0; i < s->n_findings && rc == OK; i++) {
		struct exposure *x = NULL;
		size_t before;

		if (f[i].version == 0)
			continue;
		if ((rc = exposure_of(d, &f[i], &x, e)) != OK)
			break;
		before = x->n_messages;
		exposure_reached(x, v, n_v);
		if ((rc = exposure_seen(d, x, &f[i], &s->findings[i], at, e)) != OK)
			break;
		put_exposure(&j, s, i, &f[i], x);
		/* Where it stands twice in the message it is one all the same, as in the counts of the dossier. */
		r->personal += x->personal && x->n_messages != before;
		r->credentials += !x->personal && x->n_messages != before;
	}
	json_close(&j, ']');
	name_attachments(r, s);
	put_attachments(&j, s);
	json_masking(&j, s->masked);
	json_close(&j, '}');
	return rc == OK ? buf_check(out, e) : rc;
}

enum errc record_take(struct dossier *d, size_t at, span result, struct err *e)
{
	struct sealed_finding *f;
	struct said s;
	struct buf json;
	size_t n;
	enum errc rc;

	arena_reset(d->scratch);
	buf_init(&json, 512 * MIB);
	if ((rc = sealed_findings(d->n->store, d->scratch, d->messages[at].id, d->org.id, d->wave, &f, &n, e)) != OK ||
	    (rc = said_read(d->scratch, result, n, &s, e)) != OK || (rc = put_record(d, at, &s, f, &json, e)) != OK ||
	    (rc = row_fill(d, &d->rows[at], message_is_full(&d->messages[at]), &s, e)) != OK ||
	    (rc = seal_record(d, d->rows[at].record, at, buf_span(&json), e)) != OK)
		goto out;
	rc = record_files(d, at, &s, buf_span(&json), e);
out:
	buf_wipe(&json);
	return rc;
}

/* The evidence could not be read again: the record says so, with what the case knows. */
enum errc record_failed(struct dossier *d, size_t at, struct err *e)
{
	struct buf b;
	enum errc rc;
	struct sealed_finding *f;
	size_t n;

	arena_reset(d->scratch);
	buf_init(&b, MIB);
	d->rows[at].failed = true;
	if ((rc = sealed_findings(d->n->store, d->scratch, d->messages[at].id, d->org.id, d->wave, &f, &n, e)) != OK)
		goto out;
	buf_u32(&b, 0);
	buf_u32(&b, 0);
	for (size_t i = 0; i < n; i++) {
		buf_u8(&b, 0);
		buf_bytes(&b, SPAN_EMPTY);
		buf_u32(&b, UINT32_MAX);
		buf_u64(&b, 0);
		buf_bytes(&b, SPAN_EMPTY);
		buf_bytes(&b, SPAN_EMPTY);
	}
	buf_u32(&b, 0);
	buf_u32(&b, 1);
	buf_bytes(&b, SPAN_EMPTY);
	buf_u8(&b, WHAT_TEXT);
	buf_u8(&b, WITHHELD_UNREADABLE);
	for (size_t i = 0; i < MASK_REASONS; i++)
		buf_u32(&b, 0);
	if ((rc = buf_check(&b, e)) == OK) {
		span s = arena_copy(d->a, buf_span(&b)); /* scratch is used again */

		rc = s.p != NULL ? record_take(d, at, s, e) : err_memory(e);
	}
out:
	buf_free(&b);
	return rc;
}
