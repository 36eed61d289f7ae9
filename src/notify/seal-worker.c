/*
 * One message as one organisation may see it, made behind the walls: header, text, HTML, the places of what was found, and
 * what may go along as an attachment. Everything is masked here and then looked at again; what does not pass is withheld.
 */
#include "notify/seal.h"

#include <stdlib.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "evidence/evidence.h"
#include "evidence/values.h"
#include "mail/text.h"
#include "notify/notify.h"
#include "seal/sanitize.h"

const char *withheld_name(int v)
{
	static const char *const names[WITHHELD_REASONS] = {"no", "not_checked", "names_others", "leak", "too_large", "not_theirs",
	    "unreadable"};

	return v > 0 && v < WITHHELD_REASONS ? names[v] : "?";
}

struct told_finding { span path; uint64_t at, n; bool theirs; span value, where, beside; uint32_t part; size_t shown_at; };
struct sealing {
	struct arena *a;
	const struct message *m;
	bool full;
	struct redactor *r;
	struct told_finding *findings;
	size_t n_findings;
	span *unread, *failed; /* parts not wholly read; those of them that ended a worker, and would end this one */
	size_t n_unread, n_failed;
	uint32_t masked[MASK_REASONS];
	/* what goes out */
	struct buf headers, parts, attachments, withheld;
	uint32_t n_headers, n_parts, n_attachments, n_withheld;
	size_t n_content;      /* bytes of attachments so far */
};

/* ---- what the keeper said ------------------------------------------------------------------------------------- */

static void token_of(struct cursor *c, char out[REDACT_TOKEN_ID])
{
	span s = cursor_bytes(c);

	memset(out, 0, REDACT_TOKEN_ID);
	if (s.n < REDACT_TOKEN_ID && s.n != 0)
		memcpy(out, s.p, s.n);
}

/* n counted things, each of at least `least` bytes: what a hostile count can cost is bounded by what was sent. */
static void *counted(struct sealing *s, struct cursor *c, size_t least, size_t size, uint32_t *n)
{
	void *v;

	*n = cursor_u32(c);
	if (*n > c->rest.n / least)
		c->bad = true;
	if (c->bad)
		*n = 0;
	v = arena_zero(s->a, *n, size);
	if (v == NULL)
		c->bad = true;
	return v;
}

static span *read_paths(struct sealing *s, struct cursor *c, size_t *n)
{
	uint32_t count;
	span *v = counted(s, c, 4, sizeof *v, &count);

	for (uint32_t i = 0; i < count && !c->bad; i++)
		v[i] = cursor_bytes(c);
	*n = count;
	return v;
}

static enum errc find_values(struct sealing *s, struct err *e)
{
	struct wanted *v = arena_zero(s->a, s->n_findings, sizeof *v);
	enum errc rc;

	if (v == NULL)
		return err_memory(e);
	for (size_t i = 0; i < s->n_findings; i++)
		v[i] = (struct wanted){.path = s->findings[i].path, .at = s->findings[i].at, .n = s->findings[i].n};
	rc = values_read(s->a, s->m, NULL, v, s->n_findings, e);
	for (size_t i = 0; i < s->n_findings; i++)
		s->findings[i].value = v[i].value;
	return rc;
}

static enum errc read_input(struct sealing *s, span input, struct err *e)
{
	struct cursor c = cursor_of(input);
	struct redact_rules rules = {0};
	struct needle *needles, *all, *ours;
	struct { uint8_t reason; char token[REDACT_TOKEN_ID]; } *how;
	uint32_t n_needles, n_ours, n_findings;
	enum errc rc = OK;

	s->full = cursor_u8(&c) != 0;
	rules.token_key = cursor_bytes(&c);
	needles = counted(s, &c, 10, sizeof *needles, &n_needles);
	for (uint32_t i = 0; i < n_needles && !c.bad; i++) {
		needles[i].kind = cursor_u8(&c);
		needles[i].reason = cursor_u8(&c);
		token_of(&c, needles[i].token);
		needles[i].text = cursor_bytes(&c);
	}
	ours = counted(s, &c, 5, sizeof *ours, &n_ours);
	for (uint32_t i = 0; i < n_ours && !c.bad; i++) {
		ours[i].kind = cursor_u8(&c);
		ours[i].text = cursor_bytes(&c);
	}
	s->findings = counted(s, &c, 34, sizeof *s->findings, &n_findings);
	how = arena_zero(s->a, n_findings, sizeof *how);
	for (uint32_t i = 0; i < n_findings && !c.bad && how != NULL; i++) {
		s->findings[i].path = cursor_bytes(&c);
		s->findings[i].at = cursor_u64(&c);
		s->findings[i].n = cursor_u64(&c);
		s->findings[i].theirs = cursor_u8(&c) != 0;
		s->findings[i].part = UINT32_MAX;
		how[i].reason = cursor_u8(&c);
		token_of(&c, how[i].token);
		s->findings[i].where = cursor_bytes(&c);
		s->findings[i].beside = cursor_bytes(&c);
	}
	s->unread = read_paths(s, &c, &s->n_unread);
	s->failed = read_paths(s, &c, &s->n_failed);
	if (!cursor_done(&c))
		return err_set(e, ERR_EVIDENCE, "a task that makes no sense");
	s->n_findings = n_findings;
	if ((all = arena_zero(s->a, (size_t)n_needles + n_findings, sizeof *all)) == NULL || how == NULL)
		return err_memory(e);
	if (n_needles != 0)
		memcpy(all, needles, n_needles * sizeof *all);
	rules.n_needles = n_needles;
	rc = find_values(s, e);
	for (uint32_t i = 0; i < n_findings && rc == OK; i++) {
		struct needle *n = &all[rules.n_needles];

		if (span_trim(s->findings[i].value).n == 0)
			continue;
		*n = (struct needle){NEEDLE_VALUE, s->findings[i].theirs ? MASK_NONE : how[i].reason, s->findings[i].value, ""};
		memcpy(n->token, how[i].token, sizeof n->token);
		rules.n_needles++;
	}
	rules.needles = all;
	rules.free = ours;
	rules.n_free = n_ours;
	return rc == OK ? redactor_new(s->a, &rules, &s->r, e) : rc;
}

/* ---- header --------------------------------------------------------------------------------------------------- */

static void count_marks(struct sealing *s, const struct redacted *r)
{
	for (size_t i = 0; i < r->n_marks; i++)
		s->masked[r->marks[i].reason]++;
}

/* Masked and looked at again; *clean false: it must not be given. */
static enum errc masked(struct sealing *s, span in, bool whole, struct redacted *out, bool *clean, struct err *e)
{
	enum errc rc = whole ? redact_text(s->r, s->a, in, out, e) : redact_around(s->r, s->a, in, out, e);

	return rc == OK ? redact_check(s->r, s->a, out->text, clean, e) : rc;
}

static void withhold(struct sealing *s, span path, int what, enum withheld why)
{
	buf_bytes(&s->withheld, path);
	buf_u8(&s->withheld, (uint8_t)what);
	buf_u8(&s->withheld, (uint8_t)why);
	s->n_withheld++;
}

static enum errc put_headers(struct sealing *s, struct err *e)
{
	static const char *const shown[] = {"From", "Sender", "Reply-To", "To", "Cc", "Date", "Subject", "Message-ID", "In-Reply-To"};
	enum errc rc = OK;

	for (size_t i = 0; i < sizeof shown / sizeof shown[0] && rc == OK; i++) {
		const struct field *f = headers_get(&s->m->headers, shown[i]);
		bool date = strcmp(shown[i], "Date") == 0, subject = strcmp(shown[i], "Subject") == 0, clean;
		struct redacted r;
		span text;

		if (f == NULL || (!s->full && !date && !subject))
			continue;
		text = header_text(s->a, f->value, s->m->headers.charset);
		if (text.p == NULL)
			return err_memory(e);
		if ((rc = redact_cut(s->r, s->a, text, LIMIT_SEALED_FIELD, &text, e)) != OK ||
		    (rc = masked(s, text, s->full || date, &r, &clean, e)) != OK)
			return rc;
		if (!clean) {
			withhold(s, span_str(subject ? SUBJECT_PATH : shown[i]), WHAT_TEXT, WITHHELD_LEAK);
			continue;
		}
		count_marks(s, &r);
		buf_bytes(&s->headers, span_str(shown[i]));
		buf_bytes(&s->headers, r.text);
		s->n_headers++;
	}
	return rc;
}

/* ---- text and HTML -------------------------------------------------------------------------------------------- */

/* Tokens into the pieces of text, also where what they stand for went across tags. */
static enum errc mask_pieces(struct sealing *s, struct html_pieces *p, const struct hits *h, struct err *e)
{
	size_t flat = 0, next = 0;

	for (size_t i = 0; i < p->n; i++) {
		struct html_piece *v = &p->v[i];
		size_t n = v->tag != NULL ? v->apart : v->text.n, from = flat;
		struct buf b;

		flat += n;
		while (next < h->n && h->v[next].at + h->v[next].n <= from)
			next++;
		if (v->tag != NULL || next == h->n || h->v[next].at >= flat)
			continue;
		buf_init(&b, 64 * MIB);
		for (size_t k = next; k < h->n && h->v[k].at < flat; k++) {
			const struct hit *x = &h->v[k];
			size_t end = x->at + x->n < flat ? x->at + x->n : flat;

			if (x->at >= from) { /* it begins here: else the token stands in an earlier piece */
				buf_put(&b, span_sub(v->text, from - (flat - n), x->at - from));
				buf_str(&b, x->token);
			}
			from = end;
		}
		buf_put(&b, span_from(v->text, from - (flat - n)));
		v->text = arena_copy(s->a, buf_span(&b));
		buf_wipe(&b);
		if (v->text.p == NULL)
			return err_memory(e);
	}
	return OK;
}

/* Sanitised and masked HTML, or why there is none. */
static enum errc safe_html(struct sealing *s, span source, span *html, enum withheld *why, struct err *e)
{
	struct html_pieces p, again;
	struct hits h;
	span flat, twice;
	bool clean;
	enum errc rc = html_safe(s->a, source, &p, e);

	*html = SPAN_EMPTY;
	*why = WITHHELD_NOT;
	if (rc == ERR_LIMIT || rc == ERR_EVIDENCE) {
		*why = rc == ERR_LIMIT ? WITHHELD_TOO_LARGE : WITHHELD_NOT_CHECKED;
		return OK;
	}
	if (rc != OK || (rc = html_flat(s->a, &p, &flat, e)) != OK || (rc = redact_find(s->r, s->a, flat, &h, e)) != OK ||
	    (rc = mask_pieces(s, &p, &h, e)) != OK || (rc = html_write(s->a, &p, html, e)) != OK)
		return rc;
	/* What will be shown is what a parser makes of the bytes: that is looked at, not what we meant. */
	rc = html_safe(s->a, *html, &again, e);
	if (rc == ERR_LIMIT || rc == ERR_EVIDENCE) {
		*why = WITHHELD_NOT_CHECKED;
		return OK;
	}
	if (rc != OK)
		return rc;
	if ((rc = html_write(s->a, &again, &twice, e)) != OK || (rc = html_flat(s->a, &again, &flat, e)) != OK ||
	    (rc = redact_check(s->r, s->a, flat, &clean, e)) != OK)
		return rc;
	if (!span_eq(*html, twice))
		*html = twice;
	if (!clean)
		*why = WITHHELD_LEAK;
	return OK;
}

/* Where the reader's own values stand in the text that is shown. */
static void place_findings(struct sealing *s, span path, span text)
{
	for (size_t i = 0; i < s->n_findings; i++) {
		struct told_finding *f = &s->findings[i];
		size_t at;

		if (!f->theirs || f->part != UINT32_MAX || f->value.n == 0 || !span_eq(f->path, path))
			continue;
		if ((at = span_find(text, f->value)) < text.n) {
			f->part = s->n_parts;
			f->shown_at = at;
		}
	}
}

static enum errc put_part(struct sealing *s, const struct part *p, struct err *e)
{
	span path = span_str(p->path), html = SPAN_EMPTY, text;
	enum withheld why = WITHHELD_NOT;
	struct part_text t;
	struct redacted r;
	bool cut, clean;
	bool failed = span_among(s->failed, s->n_failed, path);
	enum errc rc = failed ? OK : part_text(s->a, s->m, p, NULL, &t, e);

	if (failed || rc == ERR_LIMIT || rc == ERR_EVIDENCE || (rc == OK && t.outcome == TEXT_NOT)) {
		withhold(s, path, WHAT_TEXT, s->full ? WITHHELD_NOT_CHECKED : WITHHELD_NOT_THEIRS);
		return OK;
	}
	if (rc != OK)
		return rc;
	if ((rc = redact_cut(s->r, s->a, t.utf8, LIMIT_SEALED_TEXT, &text, e)) != OK)
		return rc;
	cut = t.outcome == TEXT_PARTIAL || text.n < t.utf8.n;
	if ((rc = masked(s, text, s->full, &r, &clean, e)) != OK)
		return rc;
	if (!clean) {
		withhold(s, path, WHAT_TEXT, WITHHELD_LEAK);
		return OK;
	}
	if (!s->full && r.text.n == 0)
		return OK;
	if (s->full && t.html) {
		if ((rc = safe_html(s, t.source, &html, &why, e)) != OK)
			return rc;
		if (why != WITHHELD_NOT)
			withhold(s, path, WHAT_HTML, why);
	}
	count_marks(s, &r);
	place_findings(s, path, r.text);
	buf_bytes(&s->parts, path);
	buf_bytes(&s->parts, p->type);
	buf_u8(&s->parts, cut);
	buf_bytes(&s->parts, r.text);
	buf_u8(&s->parts, s->full && t.html && why == WITHHELD_NOT);
	buf_bytes(&s->parts, why == WITHHELD_NOT ? html : SPAN_EMPTY);
	buf_u32(&s->parts, (uint32_t)r.n_marks);
	for (size_t i = 0; i < r.n_marks; i++) {
		buf_u64(&s->parts, r.marks[i].at);
		buf_u64(&s->parts, r.marks[i].n);
		buf_u8(&s->parts, (uint8_t)r.marks[i].reason);
	}
	s->n_parts++;
	return OK;
}

/* ---- attachments ---------------------------------------------------------------------------------------------- */

static bool is_body(const struct part *p)
{
	return p->kind == PART_LEAF && !p->uuencoded && p->filename.n == 0 && !span_eq(p->disposition, SPAN_LIT("attachment")) &&
	       (span_eq(p->type, SPAN_LIT("text/plain")) || span_eq(p->type, SPAN_LIT("text/html")));
}

static bool path_within(span path, span part)
{
	return span_starts(path, part) && (path.n == part.n || (path.p[part.n] != '.' && !ascii_is_digit(path.p[part.n])));
}

/* May the reader have its bytes? Only what was read as text, wholly, and has nothing in it that would be masked. */
static enum errc may_have(struct sealing *s, const struct part *p, enum withheld *why, struct err *e)
{
	span path = span_str(p->path);
	struct part_text t;
	struct hits h;
	enum errc rc;

	*why = WITHHELD_NOT_CHECKED;
	for (size_t i = 0; i < s->n_findings; i++)
		if (!s->findings[i].theirs && path_within(s->findings[i].path, path)) {
			*why = WITHHELD_NAMES_OTHERS;
			return OK;
		}
	for (size_t i = 0; i < s->n_unread; i++)
		if (s->unread[i].n == 0 || path_within(s->unread[i], path))
			return OK;
	rc = part_text(s->a, s->m, p, NULL, &t, e);
	/* The text of a document is not all that is in it: who wrote it, what was deleted, what lies in it unseen. */
	if (rc == ERR_LIMIT || rc == ERR_EVIDENCE || (rc == OK && (t.outcome != TEXT_READ || t.document != NULL)))
		return OK;
	/* The source, too: a comment or an attribute may say what the text does not. */
	if (rc != OK || (rc = redact_find(s->r, s->a, t.utf8, &h, e)) != OK)
		return rc;
	if (h.n == 0 && t.html)
		rc = redact_find(s->r, s->a, t.source, &h, e);
	if (rc == OK)
		*why = h.n != 0 ? WITHHELD_NAMES_OTHERS : WITHHELD_NOT;
	return rc;
}

/* What lies encoded in a text stands there in letters in which nothing can be masked: does it hold what belongs to others? */
static enum errc hides(struct sealing *s, const struct part *p, bool *out, struct err *e)
{
	size_t n = strlen(p->path);
	enum withheld why = WITHHELD_NOT;
	enum errc rc = OK;

	*out = false;
	for (size_t i = 0; i < s->m->n_parts && rc == OK && !*out; i++) {
		const struct part *in = &s->m->parts[i];

		if (!in->uuencoded || strncmp(in->path, p->path, n) != 0 || in->path[n] != '.' || in->path[n + 1] != 'u')
			continue;
		rc = may_have(s, in, &why, e);
		*out = why == WITHHELD_NAMES_OTHERS;
	}
	return rc;
}

static enum errc put_attachment(struct sealing *s, const struct part *p, struct err *e)
{
	enum withheld why;
	struct redacted name;
	struct digest sha256;
	span content = SPAN_EMPTY, filename;
	unsigned problems = 0;
	bool clean, hidden;
	enum errc rc = part_content(s->a, s->m, p, &content, &problems, e);

	if (rc == ERR_LIMIT || rc == ERR_EVIDENCE) {
		withhold(s, span_str(p->path), WHAT_TEXT, WITHHELD_TOO_LARGE);
		return OK;
	}
	if (rc != OK || (rc = redact_cut(s->r, s->a, p->filename, LIMIT_SEALED_NAME, &filename, e)) != OK || (rc = masked(s, filename, true, &name, &clean, e)) != OK ||
	    (rc = may_have(s, p, &why, e)) != OK || (rc = hides(s, p, &hidden, e)) != OK)
		return rc;
	if (hidden)
		why = WITHHELD_NAMES_OTHERS;
	if (p->kind == PART_MESSAGE)
		why = WITHHELD_NOT_CHECKED; /* a message of its own, with a record of its own where it is theirs */
	if (why == WITHHELD_NOT && content.n > LIMIT_SEALED_ATTACHMENTS - s->n_content)
		why = WITHHELD_TOO_LARGE;
	sha256_of(content, &sha256);
	if (clean)
		count_marks(s, &name);
	buf_bytes(&s->attachments, span_str(p->path));
	buf_bytes(&s->attachments, clean ? name.text : SPAN_EMPTY);
	buf_bytes(&s->attachments, p->type);
	buf_u64(&s->attachments, content.n);
	buf_put(&s->attachments, digest_span(&sha256));
	buf_u8(&s->attachments, (uint8_t)why);
	buf_bytes(&s->attachments, why == WITHHELD_NOT ? content : SPAN_EMPTY);
	s->n_content += why == WITHHELD_NOT ? content.n : 0;
	s->n_attachments++;
	return OK;
}

/* The text of an attachment can be masked and shown where the attachment cannot be given. */
static enum errc put_attached_text(struct sealing *s, const struct part *p, struct err *e)
{
	struct part_text t;
	enum errc rc;

	if (p->kind != PART_LEAF || span_among(s->failed, s->n_failed, span_str(p->path)))
		return OK;
	rc = part_text(s->a, s->m, p, NULL, &t, e);
	if (rc == ERR_LIMIT || rc == ERR_EVIDENCE || (rc == OK && (t.outcome == TEXT_NOT || span_trim(t.utf8).n == 0)))
		return OK; /* said of the attachment already */
	return rc == OK ? put_part(s, p, e) : rc;
}

static enum errc put_parts(struct sealing *s, struct err *e)
{
	enum errc rc = OK;

	for (size_t i = 0; i < s->m->n_parts && rc == OK; i++) {
		const struct part *p = &s->m->parts[i];
		bool hidden = false;

		if (p->kind == PART_MULTIPART)
			continue;
		if (s->full && p->kind == PART_LEAF && (rc = hides(s, p, &hidden, e)) != OK)
			break;
		if (hidden)
			withhold(s, span_str(p->path), WHAT_TEXT, WITHHELD_NAMES_OTHERS);
		if (hidden && !is_body(p))
			rc = put_attachment(s, p, e);
		if (hidden)
			continue;
		if (is_body(p))
			rc = put_part(s, p, e);
		else if (s->full && (rc = put_attachment(s, p, e)) == OK)
			rc = put_attached_text(s, p, e);
		else if (rc == OK)
			rc = put_part(s, p, e); /* what is about them in an attachment that has text */
	}
	return rc;
}

/* ---- the answer ----------------------------------------------------------------------------------------------- */

/* A word about a finding, masked; what cannot be said is empty. */
static enum errc put_sayable(struct sealing *s, span word, struct buf *out, struct err *e)
{
	bool sayable = false;
	struct redacted r;
	enum errc rc = masked(s, word, true, &r, &sayable, e);

	if (rc != OK)
		return rc;
	if (sayable)
		count_marks(s, &r);
	buf_bytes(out, sayable ? r.text : SPAN_EMPTY);
	return OK;
}

static enum errc put_findings(struct sealing *s, struct buf *out, struct err *e)
{
	for (size_t i = 0; i < s->n_findings; i++) {
		const struct told_finding *f = &s->findings[i];
		bool clean = false;
		enum errc rc;

		if (f->theirs && f->value.n != 0 && (rc = redact_check(s->r, s->a, f->value, &clean, e)) != OK)
			return rc;
		buf_u8(out, clean);
		buf_bytes(out, clean ? f->value : SPAN_EMPTY);
		buf_u32(out, clean ? f->part : UINT32_MAX);
		buf_u64(out, f->shown_at);
		if ((rc = put_sayable(s, f->where, out, e)) != OK || (rc = put_sayable(s, f->beside, out, e)) != OK)
			return rc;
	}
	return OK;
}

static enum errc seal_start(void **state, span init, int init_fd, struct err *e)
{
	(void)init;
	(void)init_fd;
	*state = NULL;
	return html_load(e);
}

static enum errc seal_message(void *state, struct arena *scratch, const struct message *m, span input, struct buf *out,
    struct err *e)
{
	struct sealing s = {.a = scratch, .m = m};
	enum errc rc;

	(void)state;
	buf_init(&s.headers, MIB);
	buf_init(&s.parts, LIMIT_FRAME_BYTES);
	buf_init(&s.attachments, LIMIT_FRAME_BYTES);
	buf_init(&s.withheld, 4 * MIB);
	if ((rc = read_input(&s, input, e)) != OK || (rc = put_headers(&s, e)) != OK || (rc = put_parts(&s, e)) != OK)
		goto end;
	buf_u32(out, s.n_headers);
	buf_put(out, buf_span(&s.headers));
	buf_u32(out, s.n_parts);
	buf_put(out, buf_span(&s.parts));
	if ((rc = put_findings(&s, out, e)) != OK)
		goto end;
	buf_u32(out, s.n_attachments);
	buf_put(out, buf_span(&s.attachments));
	buf_u32(out, s.n_withheld);
	buf_put(out, buf_span(&s.withheld));
	for (size_t i = 0; i < MASK_REASONS; i++)
		buf_u32(out, s.masked[i]);
	if (s.headers.failed || s.parts.failed || s.attachments.failed || s.withheld.failed)
		rc = err_set(e, ERR_LIMIT, "more than fits into a record");
	else
		rc = buf_check(out, e);
end:
	buf_wipe(&s.headers);
	buf_wipe(&s.parts);
	buf_wipe(&s.attachments);
	buf_free(&s.withheld);
	return rc;
}

const struct evidence_job seal_job = {"seal", seal_start, seal_message};
