/* Behind the walls: one message's parts to text, the text through the engine, places and digests back. */
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "case/case.h"
#include "case/names.h"
#include "mail/text.h"
#include "mail/volumes.h"
#include "scan/alternative.h"
#include "scan/ocr.h"
#include "scan/private.h"
#include "scan/scan.h"
#include "scan/starred.h"
#include "scan/task.h"

struct worker {
	struct engine *engine;
	struct ocr *ocr;      /* NULL: pictures are not read */
	unsigned char key[CASE_KEY_SIZE];
	struct buf form;      /* the value on its way into the digest; wiped after each */
	/* of the message under way */
	const struct message *message;
	struct arena *scratch;
	struct bare_text *bare; /* beside the parts */
	span subject;         /* empty when no secret is told around what it says */
	struct starred names; /* secrets in names: those of the message's files, n_names of them, and of what lies in the part under way */
	size_t n_names;
	struct buf findings;  /* of the block under way */
	uint64_t n_text;
	size_t n_findings;
	uint32_t n_covered, n_parts, n_members; /* of parts, those that have an outcome */
	span *given;          /* passwords to try on whatever asks for one */
	uint32_t n_given;
	struct passwords passwords;
	struct buf opened;    /* what a password opened: path, number of the password */
	uint32_t n_opened;
	bool told;            /* the part under way has an outcome */
	enum ask ask;         /* with ASK_VALUES nothing else is wanted */
	struct cursor paths;  /* with ASK_PARTS: of the parts that are wanted */
	uint32_t n_paths;
	struct buf *out;
};

/* Behind the key: the languages of pictures that are to be read, "" for not. */
static enum errc languages_read(struct worker *w, struct cursor *c, struct err *e)
{
	span languages = cursor_bytes(c);
	char text[100];

	if (c->bad || languages.n >= sizeof text)
		return err_set(e, ERR_USAGE, "scan worker: bad start");
	if (languages.n == 0)
		return OK;
	memcpy(text, languages.p, languages.n);
	text[languages.n] = '\0';
	return ocr_open(&w->ocr, text, e);
}

/* Behind them: how many passwords somebody gave, and each; nothing when there are none. */
static enum errc given_read(struct worker *w, span init, struct err *e)
{
	struct cursor c = cursor_of(init);
	uint32_t n = init.n != 0 ? cursor_u32(&c) : 0;
	struct arena *a;
	enum errc rc = OK;

	if (n == 0)
		return OK;
	/* For as long as the process lives; it is wiped with it. */
	if ((rc = arena_new(&a, init.n + 64 * (size_t)n + MIB, e)) != OK)
		return rc;
	if (n > init.n / 4 || (w->given = arena_zero(a, n, sizeof *w->given)) == NULL || (init = arena_copy(a, init)).p == NULL)
		return err_set(e, ERR_USAGE, "scan worker: bad start");
	c = cursor_of(span_from(init, 4));
	for (; w->n_given < n && !c.bad; w->n_given++)
		w->given[w->n_given] = cursor_bytes(&c);
	return cursor_done(&c) ? OK : err_set(e, ERR_USAGE, "scan worker: bad start");
}

static enum errc scan_start(void **state, span init, int init_fd, struct err *e)
{
	struct worker *w = calloc(1, sizeof *w);
	struct cursor c;
	struct stat s;
	void *map;
	enum errc rc;

	if (w == NULL)
		return err_memory(e);
	if (init.n < CASE_KEY_SIZE || init_fd < 0 || fstat(init_fd, &s) != 0 || s.st_size <= 0 || s.st_size > (off_t)(64 * MIB)) {
		free(w);
		return err_set(e, ERR_USAGE, "scan worker: no key or no rules");
	}
	memcpy(w->key, init.p, CASE_KEY_SIZE);
	c = cursor_of(span_from(init, CASE_KEY_SIZE));
	if ((rc = languages_read(w, &c, e)) != OK || (rc = given_read(w, c.rest, e)) != OK) {
		free(w);
		return rc;
	}
	buf_init(&w->form, LIMIT_PEM_BYTES);
	buf_init(&w->opened, MIB);
	buf_init(&w->findings, LIMIT_FRAME_BYTES);
	map = mmap(NULL, (size_t)s.st_size, PROT_READ, MAP_PRIVATE, init_fd, 0);
	if (map == MAP_FAILED) {
		free(w);
		return err_sys(e, "scan worker: rules");
	}
	/* The engine borrows the tables for as long as the process lives. */
	if ((rc = engine_open(&w->engine, span_of(map, (size_t)s.st_size), e)) != OK) {
		free(w);
		return rc;
	}
	*state = w;
	return OK;
}

/* Words that may hold the name of a file. */
static void put_words(struct worker *w, span words)
{
	span s = starred_in(&w->names, words);

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
	w->n_covered++;
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
	buf_bytes(w->out, span_sub(t->utf8, h->host_at, h->host_n));
	if (t->document != NULL) /* else it says no names */
		put_words(w, span_str(where));
	else
		buf_bytes(w->out, span_str(where));
	buf_put(w->out, digest_span(&d));
	w->n_findings++;
}

static bool is_password(const struct rule *r)
{
	return r->class == CLASS_PASSWORD || r->class == CLASS_USERNAME_PASSWORD || r->class == CLASS_PASSCODE_PIN;
}

/* The value itself, for the keeper to hand to who tries it: never to be written down. */
static void put_value(struct worker *w, const struct part_text *t, const struct hit *h)
{
	if (w->n_findings >= LIMIT_PASSWORDS_NEAR || !is_password(engine_rule(w->engine, h->rule)))
		return;
	buf_bytes(w->out, span_sub(t->utf8, h->key_at, h->key_n));
	w->n_findings++;
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

static enum errc scan_text(struct worker *w, const struct part *p, const struct part_text *t, struct err *e)
{
	struct buf *out = w->out;
	struct lines lines = {0, 0};
	struct hits hits;
	bool *both = NULL;
	bool too_long = false; /* of a subject */
	enum errc rc;

	w->n_text += t->utf8.n;
	if ((rc = part_detect(w, p, t, &hits, e)) != OK)
		return rc;
	if (span_eq(span_str(p->path), SPAN_LIT(SUBJECT_PATH)) && hits.spoken) {
		too_long = t->utf8.n > LIMIT_SUBJECT_BEFORE;
		w->subject = too_long ? SPAN_EMPTY : t->utf8;
	}
	if (t->names)
		rc = starred_add(&w->names, t->utf8, &hits, e);
	else if (t->document != NULL && hits.n > 0 && w->ask != ASK_VALUES)
		rc = starred_document(&w->names, w->engine, t->document, &hits, e);
	if (rc != OK)
		return rc;
	for (size_t i = 0; i < hits.n && w->ask == ASK_VALUES; i++)
		put_value(w, t, &hits.v[i]);
	if (w->ask == ASK_VALUES)
		return OK;
	if (hits.n > 0 && t->document == NULL && (rc = alternative_find(w->scratch, w->message, p, w->bare, t->utf8, &hits, &both, e)) != OK)
		return rc;
	w->out = &w->findings;
	for (size_t i = 0; i < hits.n && w->n_findings < LIMIT_FINDINGS && rc == OK; i++) {
		const struct hit *h = &hits.v[i];
		const char *where = both != NULL ? (both[i] ? "" : alternative_words(p)) : where_of(w, p, t, h->key_at, &lines);

		if (where == NULL) {
			rc = err_memory(e);
		} else {
			put_finding(w, p, t, h, where);
			rc = evidence_beat(e); /* its place in the part may be far from the last one's */
		}
	}
	w->out = out;
	if (rc != OK)
		return rc;
	if (hits.cut || w->n_findings == LIMIT_FINDINGS)
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
	w->n_members++;
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

static enum errc member_name(void *ctx, const char *holder, span name, uint64_t index, span *shown, struct err *e)
{
	struct worker *w = ctx;
	span text = member_name_text(w->scratch, name);

	(void)holder;
	(void)index;
	return text.p != NULL ? starred_learn(&w->names, w->engine, text, shown, e) : err_memory(e);
}

/* One text of a part: its own, or that of a member of the archive that it is. */
static enum errc scan_part(void *ctx, const struct part *p, const struct part_text *t, struct err *e)
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
	w->n_members += span_has(span_str(p->path), SPAN_LIT("!/"));
	for (size_t i = 0; i < w->passwords.n_used; i++, w->n_opened++) {
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

/* Subject, names of files, further fields, preamble and epilogue are read as parts of their own. */
static enum errc scan_loose(struct worker *w, struct err *e)
{
	enum errc rc = OK;

	for (size_t i = 0; i < LOOSE_PATHS && rc == OK; i++) {
		const struct part p = {.path = loose_paths[i], .type = i < LOOSE_OF_HEADER ? SPAN_LIT(SUBJECT_TYPE) : SPAN_LIT("text/plain")};
		struct part_text t;

		if ((rc = loose_text(w->scratch, w->message, span_str(loose_paths[i]), &t, e)) == OK && t.outcome != TEXT_NOT)
			rc = scan_text(w, &p, &t, e);
	}
	w->n_names = w->names.n;
	return rc;
}

/* One part of the message; what holds others has its outcome in them. */
static enum errc parts_outcome(struct worker *w, const struct part *p, struct err *e)
{
	enum errc rc = OK;

	w->told = p->kind != PART_LEAF;
	starred_forget(&w->names, w->n_names);
	w->passwords.cut = false;
	if (p->kind == PART_LEAF)
		rc = part_texts(w->scratch, w->message, p, &w->passwords, scan_part, member_name, w, e);
	w->n_parts += w->told;
	return rc;
}

/* Is it to be read behind the text of all mail? What is small, or is a picture of which only that is said, is done at once. */
static bool part_waits(const struct worker *w, const struct part *p)
{
	struct volume v;

	/* What a volume says depends on the others beside it, so it is nothing that is read once for all messages. */
	return !volume_of(w->message, p, &v) && p->kind == PART_LEAF && (w->ask == ASK_MAIL || p->body.n >= LIMIT_SMALL_ATTACHMENT) && !span_starts(p->type, SPAN_LIT("text/")) &&
	       (w->ocr != NULL || !span_starts(p->type, SPAN_LIT("image/"))) && part_sealed(p) == NULL;
}

/* ---- questions and answers: see task.h ------------------------------------------------------------------------------ */

static enum errc read_passwords(struct worker *w, struct cursor *c, uint32_t n, struct err *e)
{
	span *v;

	if (n > c->rest.n / 4 || (v = arena_zero(w->scratch, (size_t)w->n_given + n + 1, sizeof *v)) == NULL)
		return err_set(e, ERR_USAGE, "scan worker: bad task");
	if (w->n_given != 0)
		memcpy(v, w->given, w->n_given * sizeof *v);
	for (uint32_t i = 0; i < n; i++)
		v[w->n_given + i] = cursor_bytes(c);
	w->passwords.v = v;
	w->passwords.n = c->bad ? 0 : (size_t)w->n_given + n;
	return OK;
}

static enum errc read_question(struct worker *w, span input, struct err *e)
{
	struct cursor c = cursor_of(input);
	uint32_t n;

	w->passwords = (struct passwords){.work = LIMIT_PASSWORD_ROUNDS};
	w->ask = ASK_TEXT;
	if (input.n == 0)
		return OK;
	w->ask = cursor_u8(&c);
	n = cursor_u32(&c);
	if (w->ask != ASK_PARTS)
		return read_passwords(w, &c, n, e);
	w->paths = c;
	w->n_paths = n;
	return OK;
}

static bool puts_off(const struct worker *w) { return w->ask == ASK_TEXT || w->ask == ASK_MAIL; }

static size_t block_begin(struct worker *w)
{
	buf_clear(&w->findings);
	buf_clear(&w->opened);
	w->n_opened = w->n_covered = w->n_parts = w->n_members = 0;
	w->n_findings = 0;
	w->n_text = 0;
	buf_u32(w->out, 0);
	return w->out->n - 4;
}

static void block_end(struct worker *w, size_t at)
{
	if (w->findings.failed || w->opened.failed)
		w->out->failed = true;
	if (w->out->failed)
		return;
	buf_set_u32(w->out, at, w->n_covered);
	buf_u64(w->out, w->n_text);
	buf_u32(w->out, w->n_parts);
	buf_u32(w->out, w->n_members);
	buf_u32(w->out, (uint32_t)w->n_findings);
	buf_put(w->out, buf_span(&w->findings));
	buf_u32(w->out, w->n_opened);
	buf_put(w->out, buf_span(&w->opened));
}

/* The message whole, or without what waits. */
static enum errc answer_whole(struct worker *w, struct err *e)
{
	const struct message *m = w->message;
	size_t at = block_begin(w);
	uint32_t n_waiting = 0;
	enum errc rc = scan_loose(w, e);

	for (size_t i = 0; i < m->n_parts && rc == OK; i++) {
		if (puts_off(w) && part_waits(w, &m->parts[i]))
			n_waiting++;
		else
			rc = parts_outcome(w, &m->parts[i], e);
	}
	if (rc != OK)
		return rc;
	if (w->ask == ASK_VALUES) {
		buf_set_u32(w->out, at, (uint32_t)w->n_findings);
		return OK;
	}
	block_end(w, at);
	starred_forget(&w->names, w->n_names);
	if ((rc = starred_put(&w->names, m, w->out, e)) != OK || !puts_off(w))
		return rc;
	buf_u32(w->out, n_waiting);
	for (size_t i = 0; i < m->n_parts && n_waiting > 0; i++)
		if (part_waits(w, &m->parts[i])) {
			buf_bytes(w->out, span_str(m->parts[i].path));
			buf_bytes(w->out, m->parts[i].charset);
			n_waiting--;
		}
	return OK;
}

static enum errc answer_parts(struct worker *w, struct err *e)
{
	const struct message *m = w->message;
	enum errc rc = starred_message(&w->names, w->engine, m, e);

	w->n_names = w->names.n;
	for (uint32_t n = 0; n < w->n_paths && rc == OK; n++) {
		span path = cursor_bytes(&w->paths);
		size_t at = block_begin(w), i = 0;

		while (i < m->n_parts && (m->parts[i].kind != PART_LEAF || !span_eq(span_str(m->parts[i].path), path)))
			i++;
		if (w->paths.bad || i == m->n_parts)
			return err_set(e, ERR_EVIDENCE, "the message no longer has this part");
		rc = parts_outcome(w, &m->parts[i], e);
		block_end(w, at);
	}
	return rc;
}

static enum errc scan_message(void *state, struct arena *scratch, const struct message *m, span input, struct buf *out,
    struct err *e)
{
	struct worker *w = state;
	enum errc rc;

	w->out = out;
	w->message = m;
	w->scratch = scratch;
	w->subject = SPAN_EMPTY;
	w->names = (struct starred){.a = scratch};
	w->n_names = 0;
	if ((w->bare = arena_zero(scratch, m->n_parts + 1, sizeof *w->bare)) == NULL)
		return err_memory(e);
	if ((rc = read_question(w, input, e)) != OK)
		return rc;
	return w->ask == ASK_PARTS ? answer_parts(w, e) : answer_whole(w, e);
}

const struct evidence_job scan_job = {.name = "scan", .start = scan_start, .message = scan_message};
