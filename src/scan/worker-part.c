/* One part of a message: its text through the engine, places and digests of what is found, and pictures with their text. */
#include "base/limits.h"
#include "case/names.h"
#include "scan/worker-private.h"

/* Words that may hold the name of a file. */
static void put_words(struct worker *w, span words)
{
	span s = starred_in(&w->names, words);

	if (s.p != NULL)
		s = starred_in(&w->said, s);
	if (s.p == NULL && words.n != 0)
		w->out->failed = true;
	else
		buf_bytes(w->out, s);
}

static void put_coverage(struct worker *w, const struct part *p, uint64_t n_bytes, enum coverage outcome, const char *reason)
{
	buf_bytes(w->out, span_str(p->path));
	buf_bytes(w->out, p->type);
	put_words(w, p->filename);
	buf_u64(w->out, n_bytes);
	buf_u8(w->out, (uint8_t)outcome);
	put_words(w, span_str(reason));
	w->count.covered++;
}

/*
 * The name of the host or account beside a value. Who makes the account's name the password tells both with one word: where it holds the
 * value it has stars. The name of a host stays, unless it is the value; the domain behind either says whose it is.
 */
static void put_beside(struct worker *w, span beside, span value)
{
	size_t at = span_find_byte(beside, '@'), dot = span_find_byte(beside, '.');
	bool same = span_eq(beside, value);
	span name = span_first(beside, at < beside.n ? at : same || dot == beside.n ? dot : 0);
	unsigned char *stars;

	if (value.n == 0 || name.n == 0 || (!same && !span_has(name, value))) {
		buf_bytes(w->out, beside);
		return;
	}
	if ((stars = arena_alloc(w->scratch, beside.n)) == NULL) {
		w->out->failed = true;
		return;
	}
	memcpy(stars, beside.p, beside.n);
	if (same)
		memset(stars, '*', name.n);
	for (size_t i = 0; i < name.n && value.n <= name.n - i; i++)
		if (span_starts(span_from(name, i), value))
			memset(stars + i, '*', value.n);
	buf_bytes(w->out, span_of(stars, beside.n));
}

static void put_finding(struct worker *w, const struct part *p, const struct part_text *t, const struct hit *h, const char *where)
{
	const struct rule *r = engine_rule(w->engine, h->rule);
	span value = span_sub(t->utf8, h->key_at, h->key_n);
	char masked[MASK_TEXT];
	uint64_t at, n;
	struct digest d;

	part_text_place(t, h->at, h->n, &at, &n);
	buf_clear(&w->form);
	form_value((enum form)r->form, value, &w->form);
	hmac_sha256(span_of(w->key, sizeof w->key), w->form.n > 0 ? buf_span(&w->form) : value, &d);
	explicit_bzero(w->form.p, w->form.n);
	mask_value((enum mask)r->mask, value, masked);
	buf_bytes(w->out, span_str(p->path));
	buf_bytes(w->out, p->type);
	buf_u64(w->out, at);
	buf_u64(w->out, n);
	buf_u32(w->out, h->rule);
	buf_u8(w->out, h->certainty);
	buf_bytes(w->out, span_str(masked));
	put_beside(w, span_sub(t->utf8, h->host_at, h->host_n), value);
	if (t->document != NULL) /* else it says no names */
		put_words(w, span_str(where));
	else
		buf_bytes(w->out, span_str(where));
	buf_put(w->out, digest_span(&d));
	w->count.findings++;
}

static bool is_password(const struct rule *r)
{
	return r->class == CLASS_PASSWORD || r->class == CLASS_USERNAME_PASSWORD || r->class == CLASS_PASSCODE_PIN;
}

/* The value itself, for the keeper to hand to who tries it: never to be written down. */
static void put_value(struct worker *w, const struct part_text *t, const struct hit *h)
{
	if (w->count.findings >= LIMIT_PASSWORDS_NEAR || !is_password(engine_rule(w->engine, h->rule)))
		return;
	buf_bytes(w->out, span_sub(t->utf8, h->key_at, h->key_n));
	w->count.findings++;
}

/* The line of a text that is attached as a file, counted from the place asked for last; the text of a mail has none. NULL: memory. */
struct lines { size_t at; unsigned number; };
static const char *where_of(struct worker *w, const struct part *p, const struct part_text *t, size_t at, struct lines *l)
{
	if (t->document != NULL)
		return document_where(w->scratch, t->document, at);
	if (t->names && span_ends_nocase(span_str(p->path), SPAN_LIT(MEMBER_NAME)))
		return "name";
	if (p->filename.n == 0 || t->html)
		return "";
	if (at < l->at)
		*l = (struct lines){0, 0};
	for (; l->at < at; l->at++)
		l->number += t->utf8.p[l->at] == '\n';
	return arena_printf(w->scratch, "line %u", l->number + 1);
}

/* The hits of a part's text: of what the mail's writer wrote below the subject, of a file's with what may be all that it holds. */
static enum errc part_detect(struct worker *w, const struct part *p, const struct part_text *t, struct hits *out, struct err *e)
{
	bool plain = t->document == NULL && !t->names && (p->filename.n > 0 || span_starts(p->type, SPAN_LIT("text/")));

	return plain ? opening_detect(w->engine, w->scratch, p->filename.n > 0 ? SPAN_EMPTY : w->subject, t->utf8, out, e)
	             : engine_detect(w->engine, t->utf8, out, e);
}

/* Read, but as what is only likely. */
static enum errc put_guess(struct worker *w, const struct part *p, const struct part_text *t, struct err *e)
{
	const char *reason = arena_printf(w->scratch, "%s, read as %s", t->guess, charset_name(t->charset));

	if (reason == NULL)
		return err_memory(e);
	put_coverage(w, p, t->content.n, COVERAGE_PARTIAL, reason);
	return OK;
}

/* What was found in names, and in what the case keeps of the message, has stars there. */
static enum errc put_stars(struct worker *w, const struct part *p, const struct part_text *t, struct hits *hits, struct err *e)
{
	enum errc rc = span_eq(p->type, SPAN_LIT(SUBJECT_TYPE)) ? starred_add(&w->said, t->utf8, hits, e) : starred_add_odd(&w->said, t->utf8, hits, e);

	if (rc == OK && t->names)
		rc = starred_add(&w->names, t->utf8, hits, e);
	else if (rc == OK && t->document != NULL && hits->n > 0 && w->ask != ASK_VALUES)
		rc = starred_document(&w->names, w->engine, t->document, hits, e);
	return rc;
}

static enum errc put_findings(struct worker *w, const struct part *p, const struct part_text *t, struct hits *hits, struct err *e)
{
	struct buf *out = w->out;
	struct lines lines = {0, 0};
	bool *both = NULL;
	enum errc rc = OK;

	if (hits->n > 0 && t->document == NULL)
		rc = alternative_find(w->scratch, w->message, p, w->bare, t->utf8, hits, &both, e);
	w->out = &w->findings;
	for (size_t i = 0; rc == OK && i < hits->n && w->count.findings < LIMIT_FINDINGS; i++) {
		const struct hit *h = &hits->v[i];
		const char *where = both != NULL ? (both[i] ? "" : alternative_words(p)) : where_of(w, p, t, h->key_at, &lines);

		if (where == NULL) {
			rc = err_memory(e);
		} else {
			put_finding(w, p, t, h, where);
			rc = evidence_beat(e); /* its place in the part may be far from the last one's */
		}
	}
	w->out = out;
	return rc;
}

enum errc scan_text(struct worker *w, const struct part *p, const struct part_text *t, struct err *e)
{
	bool too_long = false; /* of a subject */
	struct hits hits;
	enum errc rc;

	w->count.text += t->utf8.n;
	if ((rc = part_detect(w, p, t, &hits, e)) != OK)
		return rc;
	if (span_eq(span_str(p->path), SPAN_LIT(SUBJECT_PATH)) && hits.spoken) {
		too_long = t->utf8.n > LIMIT_SUBJECT_BEFORE;
		w->subject = too_long ? SPAN_EMPTY : t->utf8;
	}
	if ((rc = put_stars(w, p, t, &hits, e)) != OK)
		return rc;
	if (w->ask == ASK_VALUES) {
		for (size_t i = 0; i < hits.n; i++)
			put_value(w, t, &hits.v[i]);
		return OK;
	}
	if ((rc = put_findings(w, p, t, &hits, e)) != OK)
		return rc;
	if (hits.cut || w->count.findings == LIMIT_FINDINGS)
		put_coverage(w, p, t->content.n, COVERAGE_PARTIAL, "more findings, or places to look at, than one message is given");
	else if (t->outcome == TEXT_PARTIAL)
		put_coverage(w, p, t->content.n, COVERAGE_PARTIAL, t->reason != NULL ? t->reason : "damaged");
	else if (hits.given_up)
		put_coverage(w, p, t->content.n, COVERAGE_PARTIAL, "a place that takes longer to look at than one is given");
	else if (too_long)
		put_coverage(w, p, t->content.n, COVERAGE_PARTIAL, "a subject too long to be read once more before each text");
	else if (t->guess != NULL)
		return put_guess(w, p, t, e);
	return OK;
}

/* What asks for a password says so when not all were tried. */
static enum errc put_not(struct worker *w, const struct part *p, uint64_t n_bytes, const char *reason, struct err *e)
{
	if ((w->ask == ASK_ALL_CUT || w->passwords.cut) && strstr(reason, "needs a password") != NULL &&
	    (reason = arena_printf(w->scratch, "%s; there were more than were tried", reason)) == NULL)
		return err_memory(e);
	put_coverage(w, p, n_bytes, COVERAGE_NOT_READ, reason);
	return OK;
}

static bool is_picture_reason(const char *reason) { return span_ends_nocase(span_str(reason), SPAN_LIT("image")); }

/* The text that was read in a picture: a document with one group, so that a finding says where it stands. */
static enum errc picture_text(struct worker *w, const struct part *p, const char *what, span text, struct err *e)
{
	const struct document_group group = {.name = span_str(what), .lines = true};
	struct part_text t = {.outcome = TEXT_PARTIAL, .reason = "the text of a picture, as tesseract reads it: it may be wrong",
	    .charset = charset_utf8(), .content = text, .source = text, .utf8 = text};
	struct document d = {.text = text, .groups = &group, .n_groups = 1};
	struct document_place *places;
	size_t n = 1;

	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == '\n';
	if ((places = arena_zero(w->scratch, n, sizeof *places)) == NULL)
		return err_memory(e);
	for (span rest = text, line; rest.n > 0; d.n_places++) {
		places[d.n_places] = (struct document_place){(size_t)(rest.p - text.p), 1, (uint32_t)d.n_places + 1, 0, 0};
		if (!span_line(&rest, &line))
			break;
	}
	d.places = places;
	t.document = &d;
	return scan_text(w, p, &t, e);
}

static enum errc scan_picture(struct worker *w, const struct part *p, span picture, const char *kind, struct err *e)
{
	const char *why = NULL;
	span text;
	enum errc rc;

	if (w->ocr == NULL) {
		kind = arena_printf(w->scratch, "%s; text in it was not looked for (scan --ocr)", kind);
		return kind == NULL ? err_memory(e) : put_not(w, p, picture.n, kind, e);
	}
	if ((rc = ocr_read(w->ocr, w->scratch, picture, &text, &why, e)) != OK)
		return rc;
	if (why != NULL || span_trim(text).n == 0)
		return put_not(w, p, picture.n, why != NULL ? why : "a picture in which no text was found", e);
	return picture_text(w, p, "picture", text, e);
}

/* A picture in a document is a part of its own, as a member of an archive is; one without text is decoration. */
struct in_document { struct worker *w; const struct part *p; };
static enum errc document_picture(void *ctx, size_t number, span picture, struct err *e)
{
	struct in_document *d = ctx;
	struct worker *w = d->w;
	struct part in = {.path = arena_printf(w->scratch, "%s!/picture %zu", d->p->path, number), .type = SPAN_LIT("image")};
	const char *why = NULL;
	span text;
	enum errc rc;

	if (in.path == NULL)
		return err_memory(e);
	if ((rc = evidence_beat(e)) != OK || (rc = ocr_read(w->ocr, w->scratch, picture, &text, &why, e)) != OK)
		return rc;
	if (number == LIMIT_DOCUMENT_PICTURES)
		why = "more pictures than are read of a document: those behind it are not";
	if (why == ocr_too_small || (why == NULL && span_trim(text).n == 0))
		return OK;
	w->count.members++;
	return why != NULL ? put_not(w, &in, picture.n, why, e) : picture_text(w, &in, "text", text, e);
}

/* Also of a PDF that is nothing but pictures of its pages, and has no text. */
static enum errc document_pictures_read(struct worker *w, const struct part *p, struct err *e)
{
	struct in_document d = {w, p};
	struct arena *own;
	unsigned ignored = 0;
	struct err why = {0};
	span content;
	enum errc rc = arena_new(&own, LIMIT_DOCUMENT_ARENA, e);

	if (rc != OK)
		return rc;
	if ((rc = part_content(own, w->message, p, &content, &ignored, &why)) == OK)
		rc = document_pictures(own, content, document_picture, &d, &why);
	arena_free(own);
	/* A document that takes too much has said so when its text was read. */
	return rc == OK || rc == ERR_MEMORY || rc == ERR_LIMIT ? OK : err_set(e, rc, "%s", why.text);
}

enum errc scan_member_name(void *ctx, const char *holder, span name, uint64_t index, span *shown, struct err *e)
{
	struct worker *w = ctx;
	span text = member_name_text(w->scratch, name), *more;
	enum errc rc;

	(void)holder;
	(void)index;
	if (text.p == NULL)
		return err_memory(e);
	if ((rc = starred_learn(&w->names, w->engine, text, shown, e)) != OK)
		return rc;
	if ((*shown = starred_in(&w->said, *shown)).p == NULL && name.n != 0)
		return err_memory(e);
	if (!span_eq(*shown, name))
		return OK;
	if ((more = arena_grow(w->scratch, w->shown, w->n_shown, &w->cap_shown, sizeof *more, 16)) == NULL)
		return err_memory(e);
	w->shown = more;
	w->shown[w->n_shown++] = text;
	return OK;
}

enum errc scan_part(void *ctx, const struct part *p, const struct part_text *t, struct err *e)
{
	struct worker *w = ctx;
	unsigned problems = 0;
	span content = SPAN_EMPTY;
	enum errc rc = evidence_beat(e);

	if (rc != OK)
		return rc;
	if (t->names)
		return scan_text(w, p, t, e);
	w->told = true;
	w->count.members += span_has(span_str(p->path), SPAN_LIT("!/"));
	for (size_t i = 0; i < w->passwords.n_used; i++, w->count.opened++) {
		buf_bytes(&w->opened, span_str(p->path));
		buf_u32(&w->opened, (uint32_t)w->passwords.used[i]);
	}
	w->passwords.n_used = 0;
	if (w->ask == ASK_VALUES && t->outcome == TEXT_NOT)
		return OK;
	if (t->outcome == TEXT_NOT) {
		/* Its size is of interest, its decoding is not: a part that cannot be decoded keeps its encoded size. */
		if (t->reason == NULL)
			return OK;
		if (part_content(w->scratch, w->message, p, &content, &problems, NULL) != OK)
			content = p->body;
		else if (is_picture_reason(t->reason))
			return scan_picture(w, p, content, t->reason, e);
		rc = put_not(w, p, content.n, t->reason, e);
		return rc == OK && w->ocr != NULL ? document_pictures_read(w, p, e) : rc;
	}
	rc = scan_text(w, p, t, e);
	return rc == OK && w->ocr != NULL && t->document != NULL && w->ask != ASK_VALUES ? document_pictures_read(w, p, e) : rc;
}
