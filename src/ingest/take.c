/* What workers send, written into the store: sources, items, messages. Every record is hostile until checked. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/list.h"
#include "evidence/unit.h"
#include "ingest/keeper.h"

/* It costs what the worker was on (spoiled): whatever has taken one over can say anything, and no word of it may end the run. */
static enum errc bad(struct err *e, const char *what) { return err_set(e, ERR_EVIDENCE, "a worker sent %s", what); }

/* ---- items and messages ---- */

static enum errc item_add(struct keeper *k, const struct item_row *i, struct err *e)
{
	k->tally->items++;
	k->rows_open++;
	switch (i->outcome) {
	case OUTCOME_PARSED:
		k->tally->parsed++;
		break;
	case OUTCOME_PARTIAL:
		k->tally->partial++;
		break;
	case OUTCOME_FAILED:
		k->tally->failed++;
		break;
	case OUTCOME_SKIPPED:
		k->tally->skipped++;
		break;
	}
	return store_item_add(k->store, i, &k->item_id, e);
}

/* The item that waits, with its message or, when the next record shows that it has none, without: at is NULL. */
static enum errc item_write(struct keeper *k, const struct location_row *at, struct err *e)
{
	enum errc rc;

	if (!k->item_waits)
		return OK;
	k->item_waits = false;
	k->item.message_id = at != NULL ? at->message_id : 0;
	rc = item_add(k, &k->item, e);
	return rc == OK && at != NULL ? store_mailbox_met(k->store, k->open.mailbox_id, at, e) : rc;
}

/* What was read of a file is not replaced by not reading it: that reading stays as it is, and this one says so. */
static enum errc keep_reading(struct keeper *k, size_t file, const char **why, struct err *e)
{
	struct source_row read;
	bool found = false;
	enum errc rc = OK;

	if (k->replaces[file] == 0 || (rc = store_source_read(k->store, k->scratch, k->files.v[file].path, &read, &found, e)) != OK || !found)
		return rc;
	k->replaces[file] = 0;
	if ((rc = store_source_failures_end(k->store, k->files.v[file].path, e)) != OK)
		return rc;
	return (*why = arena_printf(k->a, "%s: not looked at again, and what was read of it before stays", *why)) != NULL ? OK : err_memory(e);
}

/* A file that was not read at all, as one item over all of it. */
static enum errc file_failed(struct keeper *k, size_t file, const char *why, struct err *e)
{
	struct digest none = {{0}};
	struct item_row item = {.member = UNIT_FILE, .n_bytes = k->files.v[file].n_bytes,
	    .outcome = k->files.v[file].no_file ? OUTCOME_SKIPPED : OUTCOME_FAILED};
	bool unchanged;
	enum errc rc;

	arena_reset(k->scratch);
	if ((rc = keep_reading(k, file, &why, e)) != OK)
		return rc;
	item.reason = span_str(why);
	if ((rc = keeper_source_begin(k, file, SOURCE_UNKNOWN, &none, SOURCE_FAILED, why, &unchanged, e)) != OK)
		return rc;
	item.source_id = k->open.id;
	if ((rc = item_add(k, &item, e)) != OK)
		return rc;
	return keeper_source_end(k, e);
}

/* To k->parties those of one message, as its record says; each takes 13 bytes of it at least. */
static enum errc parties_read(struct keeper *k, struct message_record *m, struct err *e)
{
	struct cursor *c = &m->rest;

	if (m->n_parties > c->rest.n / 13)
		return bad(e, "parties that are none");
	if (m->n_parties > k->cap_parties) {
		struct mail_party *v = reallocarray(k->parties, m->n_parties, sizeof *v);

		if (v == NULL)
			return err_memory(e);
		k->parties = v;
		k->cap_parties = m->n_parties;
	}
	for (uint32_t i = 0; i < m->n_parties; i++) {
		struct mail_party *p = &k->parties[i];
		int role = cursor_u8(c);

		p->role = (enum party_role)role;
		p->address = cursor_bytes(c);
		p->domain = cursor_bytes(c);
		p->name = cursor_bytes(c);
		if (c->bad || role < PARTY_FROM || role > PARTY_ORIGINAL_FROM)
			return bad(e, "a party that is none");
	}
	return OK;
}

/* To whom this copy was delivered: the topmost Delivered-To is the last server's. */
static enum errc delivered_to(struct keeper *k, const struct message_record *m, int64_t *address_id, struct err *e)
{
	*address_id = 0;
	for (uint32_t i = 0; i < m->n_parties; i++)
		if (k->parties[i].role == PARTY_DELIVERED_TO)
			return store_address(k->store, &k->parties[i], address_id, e);
	return OK;
}

static struct part_row part_read(struct cursor *c)
{
	struct part_row p = {.path = cursor_bytes(c), .type = cursor_bytes(c), .content_type = cursor_bytes(c), .filename = cursor_bytes(c),
	    .encoding = cursor_u8(c), .n_bytes = cursor_u64(c)};
	span digest = cursor_take(c, DIGEST_SIZE);

	p.problems = cursor_u32(c);
	if (!c->bad)
		memcpy(p.sha256.b, digest.p, DIGEST_SIZE);
	return p;
}

/* Asked before anything of the message is written: half of one is none. */
static bool parts_are_whole(const struct message_record *m)
{
	struct cursor c = m->rest;

	for (uint32_t i = 0; i < m->n_parts && !c.bad; i++)
		(void)part_read(&c);
	return !c.bad;
}

static enum errc parts_add(struct keeper *k, int64_t id, struct message_record *m, struct err *e)
{
	enum errc rc = OK;

	for (uint32_t i = 0; i < m->n_parts && rc == OK; i++) {
		const struct part_row p = part_read(&m->rest);

		rc = store_part_add(k->store, id, i, &p, e);
	}
	return rc;
}

enum errc keeper_message_put(struct keeper *k, struct message_record *m, struct location_row *at, struct err *e)
{
	struct message_row row = {.content_digest = m->content, .sha256 = m->sha256, .rfc822_id = m->rfc822_id,
	    .subject = m->subject, .verified_domain = m->verified, .when_utc = m->when_utc, .n_bytes = m->n,
	    .traits = m->traits, .problems = m->problems};
	bool is_new;
	enum errc rc;

	k->tally->messages_met++;
	if ((m->traits & TRAIT_PIECE) != 0 && !k->pieces_met) {
		k->pieces_met = true;
		if ((rc = store_set(k->store, PIECES_DUE, "1", e)) != OK)
			return rc;
	}
	if ((rc = parties_read(k, m, e)) != OK)
		return rc;
	if (!parts_are_whole(m))
		return bad(e, "a part that is none");
	if ((rc = store_message_put(k->store, &row, &at->message_id, &is_new, e)) != OK ||
	    (rc = delivered_to(k, m, &at->delivered_id, e)) != OK)
		return rc;
	at->n_bytes = m->n;
	at->sha256 = m->sha256;
	at->from_quoted = m->from_quoted;
	at->received_utc = m->received_utc;
	at->received_by = m->received_by;
	at->traits = m->traits;
	if (!is_new)
		return store_parties_join(k->store, at->message_id, k->parties, m->n_parties, e);
	k->tally->messages_new++;
	rc = store_parties_put(k->store, at->message_id, k->parties, m->n_parties, e);
	return rc != OK ? rc : parts_add(k, at->message_id, m, e);
}

static enum errc message_add(struct keeper *k, struct message_record *m, unsigned of_folder, struct err *e)
{
	struct location_row at = {.nest = m->nest, .at_byte = m->at};
	enum errc rc;

	if (m->parent > k->n_item_messages || (m->parent == 0) != k->item_waits)
		return bad(e, "a message within none");
	if (m->parent == 0)
		m->traits |= of_folder;
	if ((rc = keeper_message_put(k, m, &at, e)) != OK)
		return rc;
	if (m->parent != 0)
		at.parent_id = k->item_messages[m->parent - 1];
	if (!ROOM(k->item_messages, k->n_item_messages, k->cap_item_messages))
		return err_memory(e);
	k->item_messages[k->n_item_messages++] = at.message_id;
	if ((rc = item_write(k, &at, e)) != OK)
		return rc;
	at.item_id = k->item_id;
	return store_location_add(k->store, &at, e);
}

/* ---- the records of a task ---- */

/* Where a task begins: what lies before that is done. */
struct begin { uint32_t unit; uint64_t from; };

static struct begin begin_of(span payload)
{
	struct cursor c = cursor_of(span_from(payload, 1));
	uint32_t unit = cursor_u32(&c);

	return (struct begin){unit, cursor_u64(&c)};
}

struct reading {
	struct keeper *k;
	const struct ingest_task *job;
	struct begin begin;
	size_t file;  /* that the records are about now; SIZE_MAX before the first */
	uint32_t unit;   /* which of the task's files that is, or the member of an archive */
	uint64_t behind; /* the byte of it behind what was said */
	bool skip;    /* its rows are there already, or come in a later round */
	span member_name; /* of the last item */
	bool more;        /* the worker ended early, to go on at: */
	uint32_t more_unit;
	uint64_t more_from;
};

static void cut_add(struct keeper *k, size_t file, uint64_t at)
{
	struct big_file *b = keeper_big(k, file);
	uint64_t *v = b != NULL ? realloc(b->cuts, (b->n_cuts + 1) * sizeof *v) : NULL;

	/* Without room for a cut the segment before it is only longer. */
	if (v == NULL)
		return;
	b->cuts = v;
	if (at > (b->n_cuts != 0 ? b->cuts[b->n_cuts - 1] : 0) && at < k->files.v[file].n_bytes)
		b->cuts[b->n_cuts++] = at;
}

static bool is_open(const struct keeper *k, size_t file) { return k->open.id != 0 && k->open.path == k->files.v[file].path; }

static enum errc file_record(struct reading *r, struct cursor *c, struct err *e)
{
	struct keeper *k = r->k;
	uint32_t unit = cursor_u32(c);
	enum source_kind kind = (enum source_kind)cursor_u8(c);
	span digest = cursor_take(c, DIGEST_SIZE), note = cursor_bytes(c);
	struct digest sha256;
	char *text;
	enum errc rc;

	if (c->bad || kind > SOURCE_LAST || unit >= r->job->n_files)
		return bad(e, "a file that is none");
	memcpy(sha256.b, digest.p, DIGEST_SIZE);
	if ((rc = item_write(k, NULL, e)) != OK)
		return rc;
	r->file = r->job->files[unit];
	r->unit = unit;
	r->behind = unit == r->begin.unit ? r->begin.from : 0;
	r->skip = false;
	/* One that goes on has its row. */
	if (r->job->kind == TASK_FILES && is_open(k, r->file))
		return OK;
	if ((rc = keeper_source_end(k, e)) != OK)
		return rc;
	if (r->job->kind == TASK_SURVEY) {
		struct big_file *b = keeper_big(k, r->file);

		if (b != NULL)
			b->kind = kind;
		return OK;
	}
	k->sha256[r->file] = sha256;
	if (r->job->kind == TASK_HASH)
		return OK;
	if (source_has_members(kind)) {
		k->todo[r->file] = todo_of(kind);
		r->skip = true;
		return OK;
	}
	arena_reset(k->scratch);
	if ((text = arena_cstr(k->scratch, note)) == NULL)
		return err_memory(e);
	return keeper_source_begin(k, r->file, kind, &sha256, SOURCE_DONE, text, &r->skip, e);
}

static enum errc item_record(struct reading *r, struct cursor *c, struct err *e)
{
	uint32_t unit = cursor_u32(c);
	struct item_row i = {.source_id = r->k->open.id, .member = (int64_t)cursor_u64(c), .member_name = cursor_bytes(c),
	    .at_byte = cursor_u64(c), .n_bytes = cursor_u64(c), .outcome = (enum outcome)cursor_u8(c),
	    .reason = cursor_bytes(c)};
	enum errc rc = item_write(r->k, NULL, e);

	if (rc != OK)
		return rc;
	if (c->bad || i.outcome < OUTCOME_PARSED || i.outcome > OUTCOME_SKIPPED || r->file == SIZE_MAX ||
	    (r->job->kind == TASK_FILES && (unit >= r->job->n_files || r->job->files[unit] != r->file)))
		return bad(e, "an item that is none");
	r->member_name = i.member_name;
	if (r->job->kind == TASK_ARCHIVE)
		r->unit = (uint32_t)i.member;
	else
		r->behind = i.n_bytes <= UINT64_MAX - i.at_byte ? i.at_byte + i.n_bytes : UINT64_MAX;
	r->k->item = i;
	r->k->item_waits = !r->skip;
	r->k->n_item_messages = 0;
	return OK;
}

static enum errc message_record(struct reading *r, struct cursor *c, struct err *e)
{
	struct message_record m;
	struct keeper *k = r->k;
	unsigned traits;

	message_read(c, &m);
	if (c->bad || r->file == SIZE_MAX)
		return bad(e, "a message that is none");
	if (r->skip)
		return OK;
	/* In an archive the member's name says the folder. */
	traits = r->member_name.n != 0 ? folder_traits(folder_path_kind(r->member_name)) : k->folder_traits;
	return message_add(k, &m, traits, e);
}

/* Always forward: a worker that says otherwise would be asked for ever. */
static bool is_behind(struct begin b, uint64_t unit, uint64_t from) { return unit > b.unit || (unit == b.unit && from > b.from); }

static enum errc rest_record(struct reading *r, struct cursor *c, struct err *e)
{
	r->more_unit = cursor_u32(c);
	r->more_from = cursor_u64(c);
	r->more = true;
	if (c->bad || c->rest.n != 0 || r->job->kind != TASK_ARCHIVE || !is_behind(r->begin, r->more_unit, r->more_from))
		return bad(e, "an end that is none");
	return OK;
}

static enum errc records(struct reading *r, span bytes, struct err *e)
{
	struct cursor c = cursor_of(bytes);
	enum errc rc = OK;

	while (rc == OK && c.rest.n != 0 && !c.bad) {
		switch ((enum record_kind)cursor_u8(&c)) {
		case RECORD_FILE:
			rc = file_record(r, &c, e);
			break;
		case RECORD_ITEM:
			rc = item_record(r, &c, e);
			break;
		case RECORD_MESSAGE:
			rc = message_record(r, &c, e);
			break;
		case RECORD_CUT:
			cut_add(r->k, r->job->files[0], cursor_u64(&c));
			break;
		case RECORD_REST:
			rc = rest_record(r, &c, e);
			break;
		default:
			rc = bad(e, "a record that is none");
		}
	}
	if (rc == OK && c.bad)
		return bad(e, "half a record");
	return rc == OK ? item_write(r->k, NULL, e) : rc;
}

/* ---- crashes ---- */

static enum errc failed_item(struct keeper *k, int64_t member, uint64_t at, uint64_t n, const char *why, struct err *e)
{
	struct item_row i = {.source_id = k->open.id, .member = member, .at_byte = at, .n_bytes = n,
	    .outcome = OUTCOME_FAILED, .reason = span_str(why)};

	return item_add(k, &i, e);
}

/* The task again from byte `from` of unit `unit` on: the first bytes of its payload say so. */
static void rest_put(struct buf *rest, span payload, uint32_t unit, uint64_t from)
{
	buf_put(rest, span_first(payload, 1));
	buf_u32(rest, unit);
	buf_u64(rest, from);
	buf_put(rest, span_from(payload, 13));
}

/*
 * A worker died in a file or a segment: the item is failed, what is behind it is still to do. One that had announced no place, or none that
 * can be, costs the file from where it went on.
 */
static enum errc died_in_file(struct reading *r, const struct task_result *t, struct buf *rest, struct err *e)
{
	const struct ingest_task *job = r->job;
	struct keeper *k = r->k;
	struct begin b = {r->begin.unit, r->begin.from > job->from ? r->begin.from : job->from};
	bool known = t->known && t->place.unit < job->n_files &&
	    (t->place.unit > b.unit || (t->place.unit == b.unit && t->place.at >= b.from));
	uint32_t unit = known ? (uint32_t)t->place.unit : b.unit;
	size_t file = job->files[unit];
	uint64_t size = k->files.v[file].n_bytes, end = job->kind == TASK_SEGMENT ? job->to : size;
	uint64_t from = unit > b.unit ? 0 : b.from;
	uint64_t at = known ? t->place.at : from, n = known ? t->place.n : end - from;
	const char *why = t->died;
	bool unchanged;
	enum errc rc = OK;

	if (at > size || n > size - at || n == 0) {
		at = from;
		n = end - at;
	}
	/* Its rows are there already, or come in a later round; those of what is behind it do not. */
	if ((r->skip && r->file == file) || (job->kind == TASK_FILES && todo_members(k->todo[file]))) {
		if (unit + 1 < job->n_files)
			rest_put(rest, t->payload, unit + 1, 0);
		return OK;
	}
	if (job->kind == TASK_FILES && !is_open(k, file)) {
		struct digest none = {{0}};

		arena_reset(k->scratch);
		if ((rc = keeper_source_end(k, e)) != OK || (at == 0 && n == size && (rc = keep_reading(k, file, &why, e)) != OK) ||
		    (rc = keeper_source_begin(k, file, SOURCE_UNKNOWN, &none, SOURCE_FAILED, why, &unchanged, e)) != OK)
			return rc;
	}
	if ((rc = failed_item(k, UNIT_FILE, at, n, why, e)) != OK)
		return rc;
	if (at + n < end)
		rest_put(rest, t->payload, unit, at + n);
	else if (job->kind == TASK_FILES && unit + 1 < job->n_files)
		rest_put(rest, t->payload, unit + 1, 0);
	return OK;
}

/* An archive from byte `from` of unit `unit` on; the n bytes before it killed a worker (0: none did). */
static enum errc archive_rest(const struct task_result *t, struct buf *rest, uint32_t unit, uint64_t from, uint64_t n,
    const char *died, struct err *e)
{
	struct cursor task = cursor_of(span_from(t->payload, 1 + 4 + 8 + 8));

	(void)cursor_bytes(&task);
	buf_put(rest, span_first(t->payload, 1));
	buf_u32(rest, unit);
	buf_u64(rest, from);
	buf_u64(rest, n);
	buf_bytes(rest, span_str(died));
	buf_u32(rest, cursor_u32(&task));
	return buf_check(rest, e);
}

static enum errc member_failed(struct reading *r, uint64_t member, const char *why, struct err *e)
{
	char text[sizeof e->text];

	(void)snprintf(text, sizeof text, "member %" PRIu64 " of the archive and what follows: %s", member, why);
	return failed_item(r->k, UNIT_FILE, 0, 0, text, e);
}

static enum errc died_in_archive(struct reading *r, const struct task_result *t, struct buf *rest, struct err *e)
{
	struct begin b = r->begin;
	uint64_t behind;
	bool within = t->known && t->place.n != 0 && t->place.unit <= UINT32_MAX &&
	    !__builtin_add_overflow(t->place.at, t->place.n, &behind) && is_behind(b, t->place.unit, behind);

	/* Within a member: the worker that goes on knows its name and writes its item. */
	return within ? archive_rest(t, rest, (uint32_t)t->place.unit, behind, t->place.n, t->died, e)
	              : member_failed(r, t->known ? t->place.unit : b.unit, t->died, e);
}

/*
 * A record that is none: those before it are whole, and are kept. The item that it came behind is failed, and so is what of its file was not
 * told of; what is behind that is still to do.
 */
static enum errc spoiled(struct reading *r, const struct task_result *t, const char *why, struct buf *rest, struct err *e)
{
	const struct ingest_task *job = r->job;
	struct keeper *k = r->k;
	struct task_result at = *t;
	uint64_t end;
	enum errc rc;

	if (k->item_waits) {
		k->item.outcome = OUTCOME_FAILED;
		k->item.reason = span_str(why);
		if ((rc = item_write(k, NULL, e)) != OK)
			return rc;
	}
	if (job->kind == TASK_SURVEY || job->kind == TASK_HASH)
		return OK;
	if (job->kind == TASK_ARCHIVE)
		return r->skip ? OK : member_failed(r, r->unit, why, e);
	end = job->kind == TASK_SEGMENT ? job->to : k->files.v[job->files[r->unit]].n_bytes;
	if (r->behind < end) {
		at.died = why;
		at.known = true;
		at.place = (struct jail_place){r->unit, r->behind, end - r->behind};
		return r->skip && job->kind == TASK_SEGMENT ? OK : died_in_file(r, &at, rest, e);
	}
	if (job->kind == TASK_FILES && r->unit + 1 < job->n_files)
		rest_put(rest, t->payload, r->unit + 1, 0);
	return OK;
}

/* ---- a task ---- */

/* The source row of a segment's or archive's file, at the first task that reads it. */
static enum errc begin(struct reading *r, struct err *e)
{
	struct keeper *k = r->k;
	const struct ingest_task *job = r->job;
	size_t file = job->files[0];
	enum source_kind kind;
	enum errc rc;

	r->file = file;
	if (!job->first || k->open.id != 0) {
		r->skip = k->open.id == 0;
		return OK;
	}
	arena_reset(k->scratch);
	kind = job->kind != TASK_ARCHIVE ? SOURCE_MBOX : k->todo[file] == TODO_PST ? SOURCE_PST :
	    k->todo[file] == TODO_OLM ? SOURCE_OLM : SOURCE_ARCHIVE;
	if ((rc = keeper_source_begin(k, file, kind, &k->sha256[file],
		 SOURCE_OPEN, "", &r->skip, e)) != OK)
		return rc;
	return OK;
}

enum errc keeper_take(struct keeper *k, const struct ingest_task *job, const struct task_result *t, struct buf *rest,
    struct err *e)
{
	const struct begin b = begin_of(t->payload);
	struct reading r = {.k = k, .job = job, .begin = b, .file = SIZE_MAX, .unit = b.unit,
	    .behind = b.from > job->from ? b.from : job->from};
	bool whole = job->kind == TASK_SEGMENT || job->kind == TASK_ARCHIVE;
	enum errc rc;

	if (job->cannot != NULL)
		return file_failed(k, job->files[0], job->cannot, e);
	if (whole && (rc = begin(&r, e)) != OK)
		return rc;
	if ((rc = records(&r, t->bytes, e)) == ERR_EVIDENCE) {
		struct err why = *e;

		*e = (struct err){0};
		if ((rc = spoiled(&r, t, why.text, rest, e)) != OK)
			return rc;
		return rest->n != 0 || (whole && !job->last) ? OK : keeper_source_end(k, e);
	}
	if (rc != OK)
		return rc;
	if (t->died != NULL && (job->kind == TASK_SURVEY || job->kind == TASK_HASH))
		return OK; /* the file is read in one piece, and fails where it fails */
	if (t->died != NULL && (!r.skip || job->kind == TASK_FILES) &&
	    (rc = job->kind == TASK_ARCHIVE ? died_in_archive(&r, t, rest, e) : died_in_file(&r, t, rest, e)) != OK)
		return rc;
	if (t->died == NULL && r.more && !r.skip)
		return archive_rest(t, rest, r.more_unit, r.more_from, 0, "", e);
	if (rest->n != 0)
		return OK;
	return whole && !job->last ? OK : keeper_source_end(k, e);
}
