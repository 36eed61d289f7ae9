/* Ingest behind the walls: files known by their content, mboxes cut into entries, messages taken apart. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "evidence/unit.h"
#include "ingest/private.h"
#include "mail/box.h"
#include "mail/emlx.h"
#include "mail/foreign.h"
#include "mail/mbox.h"
#include "mail/text-kind.h"
#include "mail/writing.h"
#include "stream/charset.h"

#define RESULT_ENOUGH (LIMIT_RESULT_BYTES / 2)

struct worker {
	struct arena *a; /* of one message */
	struct arena *rendered; /* of one file or member that is rendered */
	struct hashes h;
	struct text_list trusted;
	struct file_view view;
	bool ended_early; /* within an archive: the result is large enough for one task */
	uint64_t go_on_at;
};

static enum errc start(const void *ctx, void **state, span init, const int *fds, size_t n_fds, struct err *e)
{
	struct worker *w = calloc(1, sizeof *w);
	enum errc rc;

	(void)ctx;
	(void)fds;
	(void)n_fds;
	if (w == NULL)
		return err_memory(e);
	*state = w;
	digests_only();
	if ((rc = arena_new(&w->a, LIMIT_MESSAGE_ARENA, e)) != OK || (rc = arena_new(&w->rendered, LIMIT_MESSAGE_ARENA, e)) != OK ||
	    (rc = sha256_new(&w->h.raw, e)) != OK || (rc = sha256_new(&w->h.part, e)) != OK ||
	    (rc = sha256_new(&w->h.content, e)) != OK || (rc = charset_open(e)) != OK || (rc = units_warm(e)) != OK)
		return rc;
	return trusted_read(init, &w->trusted, e);
}

static void put_item(struct buf *out, uint32_t unit, int64_t member, span name, uint64_t at, uint64_t n,
    enum outcome outcome, span reason)
{
	buf_u8(out, RECORD_ITEM);
	buf_u32(out, unit);
	buf_u64(out, (uint64_t)member);
	buf_bytes(out, name);
	buf_u64(out, at);
	buf_u64(out, n);
	buf_u8(out, (uint8_t)outcome);
	buf_bytes(out, reason);
}

static void put_file(struct buf *out, uint32_t unit, enum source_kind kind, const struct digest *d, const char *note)
{
	buf_u8(out, RECORD_FILE);
	buf_u32(out, unit);
	buf_u8(out, (uint8_t)kind);
	buf_put(out, digest_span(d));
	buf_bytes(out, span_str(note));
}

/*
 * Where an item stands: which unit of the task, and how the unit is named in the case. note, where not NULL: what its
 * container says of it; partial: that not all of it is in its rendering; apple: that Apple Mail keeps it in a file of its own.
 */
struct where { uint32_t unit; int64_t member; span name; const char *note; bool partial, apple; };

/* Of a .partial.emlx Apple Mail keeps the attachments in files of their own and marks the parts that they are missing from. */
static bool has_parts_beside(const struct message *m)
{
	for (size_t i = 0; i < m->n_parts; i++)
		if (span_starts_nocase(m->parts[i].header, SPAN_LIT("X-Apple-Content-Length:")) ||
		    span_has_nocase(m->parts[i].header, SPAN_LIT("\nX-Apple-Content-Length:")))
			return true;
	return false;
}

/* A message of a unit, which is bytes [at, at + raw.n) of it, and its item's place. known: its digest, or NULL. */
struct found_message {
	uint64_t item_at, item_n;
	span raw;
	uint64_t at;
	bool from_quoted;
	const struct digest *known;
};

/* One message: an item of its own with the messages within it. */
static enum errc one_message(struct worker *w, struct jail_out *out, const struct where *in, const struct found_message *f, struct err *e)
{
	struct taken_list list;
	char reason[400];
	struct err why = {0};
	const char *note = in->note;
	bool partial = in->partial, beside = false;
	unsigned problems;
	enum errc rc;

	arena_reset(w->a);
	if (f->raw.n > LIMIT_MESSAGE_BYTES) {
		put_item(jail_buf(out), in->unit, in->member, in->name, f->item_at, f->item_n, OUTCOME_FAILED,
		    SPAN_LIT("larger than one message may be"));
		return jail_flush(out, e);
	}
	rc = message_take(w->a, &w->h, f->raw, f->from_quoted, f->known, &w->trusted, &list, &why);
	if (rc != OK) {
		put_item(jail_buf(out), in->unit, in->member, in->name, f->item_at, f->item_n, OUTCOME_FAILED, span_str(why.text));
		return jail_flush(out, e);
	}
	/* What a limit cut off, here or in a message within it, is partly read; other faults are only noted. */
	problems = list.v[0]->problems;
	for (size_t i = 1; i < list.n; i++)
		problems |= list.v[i]->problems & MIME_LIMIT_ANY;
	for (size_t i = 0; i < list.n && in->apple && !beside; i++)
		beside = has_parts_beside(list.v[i]->m);
	if (beside) {
		note = "attachments are not in this file but beside it (Apple Mail, .partial.emlx): export the mailbox there to have them";
		partial = true;
	}
	mime_problem_names(problems, reason, sizeof reason);
	if (note != NULL && note[0] != '\0') {
		size_t n = strlen(reason);

		(void)snprintf(reason + n, sizeof reason - n, "%s%s", n != 0 ? "; " : "", note);
	}
	put_item(jail_buf(out), in->unit, in->member, in->name, f->item_at, f->item_n,
	    partial || (problems & MIME_LIMIT_ANY) != 0 ? OUTCOME_PARTIAL : OUTCOME_PARSED, span_str(reason));
	for (size_t i = 0; i < list.n; i++) {
		struct taken *t = list.v[i];

		if (t->at >= 0)
			t->at += (int64_t)f->at;
		message_write(jail_buf(out), t);
	}
	return jail_flush(out, e);
}

/* Whoever writes an mbox ends its last line. A message alone, as mail programs save it, need not. */
static bool cut_off(span file, const struct mbox_entry *entry)
{
	const unsigned char last = file.p[file.n - 1];

	return entry->at != 0 && !entry->framed && entry->at + entry->n == file.n && last != '\n' && last != '\r' && last != '\0';
}

/*
 * What stands before the first From_ line of an mbox whose beginning is lost: the rest of a message, where it is text. *note: what to say of it.
 */
static bool is_rest(span text, bool first, const char **note)
{
	*note = message_sniff(text) ? "" : "no From_ line and no header: the beginning of the mbox is missing or damaged";
	return first && span_trim(text).n != 0 && text_looks(span_first(text, 4096));
}

/* The entries of an mbox that begin in [from, to). */
static enum errc mbox_entries(struct worker *w, struct jail_out *out, const struct where *in, span file, uint64_t from,
    uint64_t to, struct err *e)
{
	struct writing_view view;
	struct mbox_entry entry;
	const char *note;
	size_t text_at;
	span text;
	enum errc rc = OK;

	arena_reset(w->rendered);
	if (writing_view(w->rendered, file, &view, e) != OK) {
		put_item(jail_buf(out), in->unit, in->member, in->name, from, to - from, OUTCOME_FAILED,
		    SPAN_LIT("an mbox in UTF-16 or with lines that end in CR alone, too large to be read at once: convert it to UTF-8 with LF"));
		return jail_flush(out, e);
	}
	text_at = writing_text_at(&view, (size_t)from);
	while (rc == OK && from < to) {
		if (in->member != UNIT_FILE && jail_given(out) > RESULT_ENOUGH) {
			w->ended_early = true;
			w->go_on_at = from;
			break;
		}
		if ((rc = jail_item(out, (struct jail_place){in->unit, from, to - from}, e)) != OK)
			break;
		if (!mbox_view_next(&view, &text_at, &entry) || entry.at >= to)
			break;
		if ((rc = jail_item(out, (struct jail_place){in->unit, entry.at, entry.n}, e)) != OK)
			break;
		text = span_sub(file, entry.at, entry.n);
		if (entry.message_n == 0 && is_rest(text, entry.at == 0, &note)) {
			struct where here = *in;

			here.note = note;
			here.partial = note[0] != '\0';
			rc = one_message(w, out, &here, &(struct found_message){entry.at, entry.n, text, 0, true, NULL}, e);
		} else if (entry.message_n == 0) {
			put_item(jail_buf(out), in->unit, in->member, in->name, entry.at, entry.n,
			    span_trim(text).n == 0 ? OUTCOME_SKIPPED : OUTCOME_FAILED,
			    span_trim(text).n == 0 ? SPAN_LIT("empty lines between messages")
						   : SPAN_LIT("bytes that belong to no message of the mbox"));
		} else if (entry.framed && archive_sniff(span_sub(file, entry.message_at, entry.message_n))) {
			put_item(jail_buf(out), in->unit, in->member, in->name, entry.at, entry.n, OUTCOME_FAILED,
			    SPAN_LIT("a message that the mail server compressed: have doveadm(1) write the mailbox as Maildir or mbox"));
		} else {
			struct where here = *in;

			if (cut_off(file, &entry)) {
				here.note = "the mbox ends within a line: was it copied whole?";
				here.partial = true;
			}
			rc = one_message(w, out, &here, &(struct found_message){entry.at, entry.n, span_sub(file, entry.message_at, entry.message_n),
			    entry.message_at, entry.from_quoted, NULL}, e);
		}
		from = entry.at + entry.n;
	}
	return rc;
}

/* One message in a form of its own, as its rendering. */
static enum errc rendered_message(struct worker *w, struct jail_out *out, const struct where *in, span file, struct err *e)
{
	struct where at = *in;
	struct err why = {0};
	struct foreign f;
	enum errc rc;

	arena_reset(w->rendered);
	rc = foreign_read(w->rendered, file, &f, &why);
	if (rc == OK && f.form != NULL) {
		at.note = f.missing;
		at.partial = f.missing[0] != '\0';
		return one_message(w, out, &at, &(struct found_message){.item_n = file.n, .raw = f.rendered}, e);
	}
	put_item(jail_buf(out), in->unit, in->member, in->name, 0, file.n, OUTCOME_FAILED,
	    rc != OK ? span_str(why.text) : SPAN_LIT("no message any more"));
	return OK;
}

/* A whole unit from byte `from` on. */
static enum errc whole_unit(struct worker *w, struct jail_out *out, const struct where *in, span file,
    enum source_kind kind, const char *note, uint64_t from, const struct digest *known, struct err *e)
{
	struct where kept = *in;
	size_t at, n;

	switch (kind) {
	case SOURCE_MBOX:
		return mbox_entries(w, out, in, file, from, file.n, e);
	case SOURCE_MESSAGE:
		if (mbox_sniff(file))
			return mbox_entries(w, out, in, file, from, file.n, e);
		if (from != 0)
			return OK;
		if (emlx_message(file, &at, &n)) {
			kept.apple = true;
			return one_message(w, out, &kept, &(struct found_message){.item_n = file.n, .raw = span_sub(file, at, n), .at = at}, e);
		}
		return one_message(w, out, in, &(struct found_message){.item_n = file.n, .raw = file, .known = known}, e);
	case SOURCE_FOREIGN:
	case SOURCE_QUEUE:
		return from != 0 ? OK : rendered_message(w, out, in, file, e);
	case SOURCE_UNKNOWN:
		put_item(jail_buf(out), in->unit, in->member, in->name, 0, file.n, OUTCOME_SKIPPED, span_str(note));
		break;
	case SOURCE_ARCHIVE:
	case SOURCE_PST:
	case SOURCE_OLM:
		break; /* a task of its own */
	}
	return OK;
}

static void hash_file(struct worker *w, span file, struct digest *out)
{
	sha256_start(w->h.raw);
	sha256_add(w->h.raw, file);
	sha256_done(w->h.raw, out);
}

static enum errc do_files(struct worker *w, struct jail_out *out, struct cursor *c, uint32_t unit, uint64_t from,
    const int *fds, size_t n_fds, struct err *e)
{
	uint32_t n = cursor_u32(c);
	enum errc rc = OK;

	for (uint32_t i = 0; i < n && rc == OK; i++, from = i > unit ? 0 : from) {
		uint64_t size = cursor_u64(c);
		enum named named = (enum named)cursor_u8(c);
		struct digest digest = {{0}};
		const char *note;
		enum source_kind kind;
		span file;

		if (i < unit)
			continue;
		if (c->bad || i >= n_fds)
			return err_set(e, ERR_USAGE, "ingest worker: bad task");
		if ((rc = jail_item(out, (struct jail_place){i, i == unit ? from : 0, size}, e)) != OK)
			break;
		if (file_view(&w->view, fds[i], size, &file, e) != OK) {
			put_file(jail_buf(out), i, SOURCE_UNKNOWN, &digest, e->text);
			put_item(jail_buf(out), i, UNIT_FILE, SPAN_EMPTY, 0, size, OUTCOME_FAILED, span_str(e->text));
			continue;
		}
		hash_file(w, file, &digest);
		kind = kind_of(w->rendered, file, named, &note);
		put_file(jail_buf(out), i, kind, &digest, note);
		rc = whole_unit(w, out, &(struct where){.unit = i, .member = UNIT_FILE}, file, kind, note, i == unit ? from : 0, &digest,
		    e);
	}
	return rc;
}

static enum errc do_segment(struct worker *w, struct jail_out *out, struct cursor *c, uint64_t from, int fd, struct err *e)
{
	uint64_t size = cursor_u64(c), begin = cursor_u64(c), to = cursor_u64(c);
	span file;
	enum errc rc;

	if (c->bad)
		return err_set(e, ERR_USAGE, "ingest worker: bad task");
	if (from < begin)
		from = begin;
	if (file_view(&w->view, fd, size, &file, e) != OK) {
		put_item(jail_buf(out), 0, UNIT_FILE, SPAN_EMPTY, from, to - from, OUTCOME_FAILED, span_str(e->text));
		return OK;
	}
	rc = mbox_entries(w, out, &(struct where){.member = UNIT_FILE}, file, from, to, e);
	return rc;
}

static enum outcome outcome_of(enum member_outcome o)
{
	switch (o) {
	case MEMBER_READ:
		return OUTCOME_PARSED;
	case MEMBER_PARTIAL:
		return OUTCOME_PARTIAL;
	case MEMBER_NOT_FILE:
		return OUTCOME_SKIPPED;
	case MEMBER_ENCRYPTED:
	case MEMBER_LIMIT:
	case MEMBER_FAILED:
		return OUTCOME_FAILED;
	}
	return OUTCOME_FAILED;
}

/* Where a task begins in its archive, and what the bytes before that did to the worker that read them. */
struct archive_from { uint32_t unit; uint64_t at, failed_n; span failed_why; };

/* Member k of the archive: read, or an item that says why not. */
static enum errc archive_member(struct worker *w, struct jail_out *out, uint32_t k, const struct unit *m, bool alone,
    const struct archive_from *f, struct err *e)
{
	uint64_t from = k == f->unit ? f->at : 0;
	const char *note;
	enum source_kind kind;

	if (k == f->unit && f->failed_n != 0) {
		put_item(jail_buf(out), k, m->member, m->name, from - f->failed_n, f->failed_n, OUTCOME_FAILED, f->failed_why);
		if (alone)
			return jail_flush(out, e);
	}
	if (m->outcome != MEMBER_READ && m->outcome != MEMBER_PARTIAL) {
		put_item(jail_buf(out), k, m->member, m->name, 0, 0, outcome_of(m->outcome), span_str(m->reason));
		return jail_flush(out, e);
	}
	if (m->message)
		return one_message(w, out,
		    &(struct where){k, m->member, m->name, m->reason, m->outcome == MEMBER_PARTIAL, false},
		    &(struct found_message){.item_n = m->bytes.n, .raw = m->bytes}, e);
	if (m->outcome == MEMBER_PARTIAL && from == 0)
		put_item(jail_buf(out), k, m->member, m->name, m->bytes.n, 0, OUTCOME_FAILED, span_str(m->reason));
	if (source_has_members(kind = kind_of(w->rendered, m->bytes, name_says(m->name), &note))) {
		kind = SOURCE_UNKNOWN;
		note = "an archive that could not be opened";
	}
	return whole_unit(w, out, &(struct where){.unit = k, .member = m->member, .name = m->name}, m->bytes, kind, note, from, NULL, e);
}

static void put_rest(struct buf *out, uint32_t unit, uint64_t from)
{
	buf_u8(out, RECORD_REST);
	buf_u32(out, unit);
	buf_u64(out, from);
}

/* What an archive asks for too much of costs what follows in it, not the run. */
static void put_what_follows(struct buf *out, uint32_t k, const char *why)
{
	char reason[500];

	(void)snprintf(reason, sizeof reason, "member %" PRIu32 " of the archive and what follows: %s", k, why);
	put_item(out, k, UNIT_FILE, SPAN_EMPTY, 0, 0, OUTCOME_FAILED, span_str(reason));
}

static enum errc do_archive(struct worker *w, struct jail_out *out, struct cursor *c, uint32_t unit, uint64_t from,
    const int *fds, size_t n_fds, struct err *e)
{
	struct archive_from first = {.unit = unit, .at = from, .failed_n = cursor_u64(c), .failed_why = cursor_bytes(c)};
	uint32_t to = cursor_u32(c), k; /* units are counted for the keeper: the number of a member may not fit */
	struct units *u = NULL;
	struct unit m;
	bool end = false, alone;
	enum errc rc;

	if (c->bad || n_fds != 1 + UNIT_SPOOLS)
		return err_set(e, ERR_USAGE, "ingest worker: bad task");
	rc = units_open(&u, fds[0], fds + 1, e);
	if (rc == ERR_EVIDENCE || rc == ERR_LIMIT) {
		put_item(jail_buf(out), 0, UNIT_FILE, SPAN_EMPTY, 0, 0, OUTCOME_FAILED, span_str(e->text));
		return OK;
	}
	if (rc != OK)
		return rc;
	for (k = units_seek(u, unit) ? unit : 0; rc == OK && (to == 0 || k < to); k++) {
		if (k > unit && jail_given(out) > RESULT_ENOUGH) {
			put_rest(jail_buf(out), k, 0);
			break;
		}
		/* What stands alone can be passed over when it brings a worker down: it is announced as one byte. */
		alone = units_stand_alone(u);
		units_want(u, k < unit ? UNIT_PASSED : k == unit && first.failed_n != 0 ? UNIT_DEADLY : UNIT_WHOLE);
		if ((rc = jail_item(out, (struct jail_place){k, k == unit ? from : 0, alone}, e)) != OK)
			break;
		rc = units_next(u, &m, &end, e);
		if (rc == ERR_LIMIT || rc == ERR_MEMORY || rc == ERR_EVIDENCE) {
			put_what_follows(jail_buf(out), k++, e->text);
			rc = OK;
			break;
		}
		if (rc != OK || end)
			break;
		w->ended_early = false;
		if (k >= unit && (rc = archive_member(w, out, k, &m, alone, &first, e)) == OK && w->ended_early) {
			put_rest(jail_buf(out), k, w->go_on_at);
			break;
		}
	}
	units_close(u);
	if (rc == OK && end && k == 0)
		put_item(jail_buf(out), 0, UNIT_FILE, SPAN_EMPTY, 0, 0, OUTCOME_SKIPPED, SPAN_LIT("an archive with nothing in it"));
	return rc;
}

/* Each piece opens the file anew, which takes a while for a large one: so there are few. One that cannot be opened is not cut. */
static enum errc box_cuts(struct jail_out *out, span file, uint64_t step)
{
	enum { PIECES = 16 };
	struct err why = {0};
	struct box *box;
	uint64_t n, pieces = file.n / step < PIECES ? file.n / step : PIECES;

	if (box_open(&box, file, &why) != OK)
		return OK;
	n = box_apart(box);
	box_close(box);
	for (uint64_t i = 1; i < pieces && n / pieces > 0 && n < UINT32_MAX; i++) {
		buf_u8(jail_buf(out), RECORD_CUT);
		buf_u64(jail_buf(out), n / pieces * i);
	}
	return OK;
}

/* A large file: what it is and, for an mbox, where it can be cut into segments of about `step` bytes. */
static enum errc do_survey(struct worker *w, struct jail_out *out, struct cursor *c, int fd, struct err *e)
{
	uint64_t size = cursor_u64(c), step = cursor_u64(c), cut = 0;
	struct digest none = {{0}};
	struct mbox_entry entry;
	const char *note;
	enum source_kind kind;
	enum errc rc = OK;
	span file;

	if (c->bad || step == 0)
		return err_set(e, ERR_USAGE, "ingest worker: bad task");
	if (file_view(&w->view, fd, size, &file, e) != OK) {
		put_file(jail_buf(out), 0, SOURCE_UNKNOWN, &none, e->text);
		return OK;
	}
	kind = kind_of(w->rendered, file, NAMED_NOTHING, &note);
	put_file(jail_buf(out), 0, kind, &none, note);
	if (kind == SOURCE_PST)
		return box_cuts(out, file, step);
	/* What is read through a view of all of it is not cut. */
	for (uint64_t at = 0; kind == SOURCE_MBOX && writing_is_plain(writing_of(file)) && rc == OK && mbox_next(file, (size_t)at, &entry); at = entry.at + entry.n) {
		if (entry.at - cut < step)
			continue;
		cut = entry.at;
		buf_u8(jail_buf(out), RECORD_CUT);
		buf_u64(jail_buf(out), cut);
		rc = jail_beat(out, e);
	}
	return rc;
}

static enum errc do_hash(struct worker *w, struct jail_out *out, struct cursor *c, int fd, struct err *e)
{
	uint64_t size = cursor_u64(c);
	struct digest digest = {{0}};
	const char *note = "";
	enum errc rc = OK;
	span file;

	if (file_view(&w->view, fd, size, &file, e) != OK)
		note = e->text;
	sha256_start(w->h.raw);
	for (span rest = file; rest.n != 0 && rc == OK; rest = span_from(rest, 64 * MIB)) {
		sha256_add(w->h.raw, span_first(rest, 64 * MIB));
		rc = jail_beat(out, e);
	}
	sha256_done(w->h.raw, &digest);
	put_file(jail_buf(out), 0, SOURCE_UNKNOWN, &digest, note);
	return rc;
}

static enum errc task(void *state, struct jail_out *out, span payload, const int *fds, size_t n_fds, struct err *e)
{
	struct worker *w = state;
	struct cursor c = cursor_of(payload);
	enum task_kind kind = (enum task_kind)cursor_u8(&c);
	uint32_t unit = cursor_u32(&c);
	uint64_t from = cursor_u64(&c);

	/* A task without descriptors stands for files that could not be opened: nothing to do here. */
	if (c.bad || n_fds == 0)
		return c.bad ? err_set(e, ERR_USAGE, "ingest worker: bad task") : OK;
	switch (kind) {
	case TASK_FILES:
		return do_files(w, out, &c, unit, from, fds, n_fds, e);
	case TASK_SEGMENT:
		return do_segment(w, out, &c, from, fds[0], e);
	case TASK_ARCHIVE:
		return do_archive(w, out, &c, unit, from, fds, n_fds, e);
	case TASK_SURVEY:
		return do_survey(w, out, &c, fds[0], e);
	case TASK_HASH:
		return do_hash(w, out, &c, fds[0], e);
	}
	return err_set(e, ERR_USAGE, "ingest worker: no such task");
}

const struct jail_job ingest_job = {"ingest", NULL, start, task};
