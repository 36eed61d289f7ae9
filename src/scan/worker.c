/* Behind the walls: what the keeper asks of a message, and the answer, part by part. What is found in one is worker-part.c's. */
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "mail/volumes.h"
#include "scan/worker-private.h"

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

/* Does the name of a member, as it was shown, hold what was found behind it? */
static bool shown_in_clear(const struct worker *w)
{
	for (size_t i = 0; i < w->n_shown; i++)
		if (!span_eq(starred_in(&w->said, w->shown[i]), w->shown[i]))
			return true;
	return false;
}

static enum errc leaf_texts(struct worker *w, const struct part *p, struct err *e)
{
	w->n_shown = 0;
	starred_forget(&w->names, w->n_names);
	w->passwords.cut = false;
	return part_texts(w->scratch, w->message, p, &w->passwords, scan_part, scan_member_name, w, e);
}

/*
 * Paths have the names of members, and are written with what was found: where such a name holds what only the text below it tells, all of the part
 * is read once more, as if nothing of it had been read.
 */
static enum errc leaf_outcome(struct worker *w, const struct part *p, struct err *e)
{
	const struct counts count = w->count;
	const struct passwords passwords = w->passwords;
	size_t said = w->said.n, out = w->out->n, findings = w->findings.n, opened = w->opened.n;
	enum errc rc = leaf_texts(w, p, e);

	if (rc != OK || w->said.n == said || w->ask == ASK_VALUES || !shown_in_clear(w))
		return rc;
	w->out->n = out;
	w->findings.n = findings;
	w->opened.n = opened;
	w->count = count;
	w->passwords = passwords;
	w->told = false;
	return leaf_texts(w, p, e);
}

/* One part of the message; what holds others has its outcome in them. */
static enum errc parts_outcome(struct worker *w, const struct part *p, struct err *e)
{
	enum errc rc = OK;

	w->told = p->kind != PART_LEAF;
	if (p->kind == PART_LEAF)
		rc = leaf_outcome(w, p, e);
	w->count.parts += w->told;
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
	w->count = (struct counts){0};
	buf_u32(w->out, 0);
	return w->out->n - 4;
}

static void block_end(struct worker *w, size_t at)
{
	if (w->findings.failed || w->opened.failed)
		w->out->failed = true;
	if (w->out->failed)
		return;
	buf_set_u32(w->out, at, w->count.covered);
	buf_u64(w->out, w->count.text);
	buf_u32(w->out, w->count.parts);
	buf_u32(w->out, w->count.members);
	buf_u32(w->out, w->count.findings);
	buf_put(w->out, buf_span(&w->findings));
	buf_u32(w->out, w->count.opened);
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
		buf_set_u32(w->out, at, w->count.findings);
		return OK;
	}
	block_end(w, at);
	if ((rc = starred_put(&w->said, m, w->out, e)) != OK || !puts_off(w))
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
		if ((rc = parts_outcome(w, &m->parts[i], e)) == OK) {
			block_end(w, at);
			rc = starred_put(&w->said, m, w->out, e);
		}
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
	w->names = w->said = (struct starred){.a = scratch};
	w->shown = NULL;
	w->cap_shown = 0;
	w->n_names = 0;
	if ((w->bare = arena_zero(scratch, m->n_parts + 1, sizeof *w->bare)) == NULL)
		return err_memory(e);
	if ((rc = read_question(w, input, e)) != OK)
		return rc;
	return w->ask == ASK_PARTS ? answer_parts(w, e) : answer_whole(w, e);
}

const struct evidence_job scan_job = {.name = "scan", .start = scan_start, .message = scan_message};
