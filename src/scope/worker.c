/* Scope behind the walls: log files known by their content, and their records in one form. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/limits.h"
#include "evidence/unit.h"
#include "scope/private.h"

/* Scratch of one record: its bounds are those of logs/. */
#define RECORD_ARENA (256 * MIB)
/* What is no log is looked through for names in such pieces. */
#define NAMES_PIECE MIB

/*
 * A member of an archive that fills one result after the other: it stays mapped, so that a log is decompressed once and
 * not once a result. The spool that holds it is the keeper's and lives as long as its task.
 */
struct held {
	struct file_view view;
	span bytes;
	char *name;
	int64_t member;
	uint32_t unit;
	ino_t file, spool;  /* of which task */
	dev_t disk;
};

struct worker {
	struct arena *a;
	struct sha256 *h;
	struct file_view view;
	struct buf body, detail;
	uint32_t unit;      /* being read */
	enum task_how how;  /* for the first unit */
	struct logs_mark mark;
	uint64_t until;
	struct held held;   /* bytes.n 0: none */
};

static enum errc start(const void *ctx, void **state, span init, const int *fds, size_t n_fds, struct err *e)
{
	struct worker *w = calloc(1, sizeof *w);
	enum errc rc;

	(void)ctx;
	(void)init;
	(void)fds;
	(void)n_fds;
	if (w == NULL)
		return err_memory(e);
	digests_only();
	if ((rc = arena_new(&w->a, RECORD_ARENA, e)) != OK || (rc = sha256_new(&w->h, e)) != OK || (rc = units_warm(e)) != OK)
		return rc;
	buf_init(&w->body, LIMIT_FRAME_BYTES / 2);
	buf_init(&w->detail, LIMIT_FRAME_BYTES / 4);
	*state = w;
	return OK;
}

/* ---- one record ---- */

static void put_rule(struct json *j, const struct log_rule *r)
{
	json_open(j, "rule", '{');
	json_span(j, "name", r->name);
	if (r->id.n != 0)
		json_span(j, "id", r->id);
	json_bool(j, "removed", r->removed);
	json_bool(j, "changed", r->changed);
	if (r->renamed)
		json_bool(j, "renamed", true);
	json_bool(j, "deletes", r->deletes);
	json_bool(j, "marks_read", r->marks_read);
	json_span(j, "move_to", r->move_to);
	json_open(j, "conditions", '{');
	for (size_t i = 0; i < r->n_conditions; i++) {
		char name[64];
		size_t n = r->conditions[i].name.n < sizeof name - 1 ? r->conditions[i].name.n : sizeof name - 1;

		memcpy(name, r->conditions[i].name.n != 0 ? (const char *)r->conditions[i].name.p : "", n);
		name[n] = '\0';
		json_span(j, name, r->conditions[i].value);
	}
	json_close(j, '}');
	json_close(j, '}');
}

static void put_some(struct json *j, const char *key, span s)
{
	if (s.n != 0)
		json_span(j, key, s);
}

/* What only a person reads, or the rules of forwarding. */
static void put_detail(struct buf *out, const struct log_record *r)
{
	struct json j = json_to(out);

	json_open(&j, NULL, '{');
	if (r->kind == LOG_INBOX_RULE || r->rule.name.n != 0 || r->rule.id.n != 0 || r->rule.n_conditions != 0)
		put_rule(&j, &r->rule);
	if (r->n_targets != 0) {
		json_open(&j, "targets", '[');
		for (size_t i = 0; i < r->n_targets; i++)
			json_span(&j, NULL, r->targets[i]);
		json_close(&j, ']');
	}
	put_some(&j, "result", r->result);
	put_some(&j, "target_folder", r->target_folder.path.n != 0 ? r->target_folder.path : r->target_folder.name);
	put_some(&j, "request_method", r->request_method);
	put_some(&j, "request_uri", r->request_uri);
	put_some(&j, "batch", r->batch);
	put_some(&j, "query", r->query);
	put_some(&j, "search", r->search);
	if (r->audit_too)
		json_bool(&j, "audit_too", true);
	if (r->audit_on)
		json_bool(&j, "audit_on", true);
	if (r->search_made)
		json_bool(&j, "search_made", true);
	if (r->search_anywhere)
		json_bool(&j, "search_anywhere", true);
	if (r->kind != LOG_BIND && r->kind != LOG_SYNC)
		put_some(&j, "object", r->object);
	put_some(&j, "grantee", r->grantee);
	put_some(&j, "role", r->role);
	put_some(&j, "resource", r->resource);
	put_some(&j, "target_app_id", r->target_app_id);
	put_some(&j, "target_name", r->target_name);
	put_some(&j, "ip_logged", r->ip_logged);
	json_close(&j, '}');
}

static span words_of(struct arena *a, const struct log_record *r)
{
	struct buf b;
	span s;

	buf_init(&b, 4096);
	for (unsigned i = 0; i < 32; i++)
		if ((r->problems & 1u << i) != 0) {
			buf_str(&b, b.n != 0 ? "; " : "");
			buf_str(&b, log_problem_text(1u << i));
		}
	s = arena_copy(a, b.n != 0 ? buf_span(&b) : span_str(r->reason != NULL ? r->reason : ""));
	buf_free(&b);
	return s;
}

static void put_context(struct buf *b, const struct log_record *r)
{
	const span texts[CONTEXT_TEXTS] = {r->user, r->user_id, r->service_principal, r->ip, r->user_agent, r->client_info,
	    r->session_id, r->aad_session_id, r->unique_token_id, r->token_object_id, r->app_id, r->client_app_id, r->app_name,
	    r->country};

	for (size_t i = 0; i < CONTEXT_TEXTS; i++)
		buf_bytes(b, texts[i]);
	buf_u32(b, r->logon_type);
	buf_u32(b, r->user_type);
	buf_u8(b, r->external_access);
}

static span lowered(struct arena *a, span s)
{
	span copy = arena_copy(a, s);

	for (size_t i = 0; i < copy.n; i++)
		((unsigned char *)(uintptr_t)copy.p)[i] = ascii_lower(copy.p[i]);
	return copy;
}

/* The body: what the digest of the content covers. Its reader is event_read in read.c. */
static enum errc put_body(struct worker *w, const struct log_record *r, struct err *e)
{
	struct buf *b = &w->body;
	span mailbox = lowered(w->a, r->mailbox), words = words_of(w->a, r);

	if (mailbox.p == NULL || words.p == NULL)
		return err_memory(e);
	buf_clear(b);
	buf_clear(&w->detail);
	put_detail(&w->detail, r);
	buf_bytes(b, span_str(log_product_name(r->product)));
	buf_bytes(b, span_str(log_kind_name(r->kind)));
	buf_u32(b, r->record_type);
	buf_bytes(b, r->operation);
	buf_bytes(b, r->id);
	buf_u64(b, (uint64_t)r->when_utc);
	buf_u8(b, (uint8_t)r->success);
	buf_u32(b, r->problems);
	buf_u64(b, (uint64_t)r->last_utc);
	buf_u8(b, r->years_back);
	buf_bytes(b, mailbox);
	buf_bytes(b, r->mailbox_guid);
	put_context(b, r);
	buf_u8(b, r->is_throttled);
	buf_u64(b, r->has_operation_count && r->operation_count < INT64_MAX ? r->operation_count : UINT64_MAX);
	buf_bytes(b, words);
	buf_bytes(b, buf_span(&w->detail));
	buf_u32(b, (uint32_t)r->n_folders);
	for (size_t i = 0; i < r->n_folders; i++) {
		buf_bytes(b, r->folders[i].id);
		buf_bytes(b, r->folders[i].path);
		buf_bytes(b, r->folders[i].name);
	}
	buf_u32(b, (uint32_t)r->n_items);
	for (size_t i = 0; i < r->n_items; i++) {
		buf_bytes(b, r->items[i].message_id);
		buf_bytes(b, r->items[i].item_id);
		buf_bytes(b, r->items[i].immutable_id);
		buf_u32(b, r->items[i].folder);
	}
	return buf_check(&w->detail, e) != OK ? e->code : buf_check(b, e);
}

static void put_failure(struct buf *out, uint64_t at, uint64_t n, uint64_t line, span reason)
{
	buf_u8(out, RECORD_FAILURE);
	buf_u64(out, at);
	buf_u64(out, n);
	buf_u64(out, line);
	buf_bytes(out, reason);
}

static enum errc put_event(struct worker *w, struct buf *out, const struct log_record *r, struct err *e)
{
	struct digest key, content;
	enum errc rc;

	if (r->outcome == LOG_FAILED) {
		put_failure(out, r->at_byte, r->n_bytes, r->line, span_str(r->reason != NULL ? r->reason : "not read"));
		return OK;
	}
	if ((rc = put_body(w, r, e)) != OK) {
		put_failure(out, r->at_byte, r->n_bytes, r->line, span_str(e->text));
		return rc == ERR_MEMORY || rc == ERR_LIMIT ? OK : rc;
	}
	sha256_of(buf_span(&w->body), &content);
	key = content;
	if (r->id.n != 0) {
		sha256_start(w->h);
		sha256_add(w->h, span_str(log_product_name(r->product)));
		sha256_add(w->h, SPAN_LIT("\n"));
		sha256_add(w->h, r->id);
		sha256_done(w->h, &key);
	}
	buf_u8(out, RECORD_EVENT);
	buf_put(out, digest_span(&key));
	buf_put(out, digest_span(&content));
	buf_u64(out, r->at_byte);
	buf_u64(out, r->n_bytes);
	buf_u8(out, r->outcome == LOG_PARTIAL ? OUTCOME_PARTIAL : OUTCOME_PARSED);
	buf_put(out, buf_span(&w->body));
	return OK;
}

/* ---- one file or member ---- */

static void put_unit(struct buf *out, const struct unit *u, enum outcome outcome, const char *envelope, const char *note)
{
	buf_u8(out, RECORD_UNIT);
	buf_u64(out, (uint64_t)u->member);
	buf_bytes(out, u->name);
	buf_u64(out, u->bytes.n);
	buf_u64(out, (uint64_t)u->written_utc);
	buf_u8(out, (uint8_t)outcome);
	buf_bytes(out, span_str(envelope));
	buf_bytes(out, span_str(note));
}

static enum errc put_end(struct worker *w, struct jail_out *out, span bytes, struct err *e)
{
	struct digest d;
	enum errc rc = OK;

	sha256_start(w->h);
	for (span rest = bytes; rest.n != 0 && rc == OK; rest = span_from(rest, 64 * MIB)) {
		sha256_add(w->h, span_first(rest, 64 * MIB));
		rc = jail_beat(out, e);
	}
	sha256_done(w->h, &d);
	buf_u8(jail_buf(out), RECORD_END);
	buf_put(jail_buf(out), digest_span(&d));
	return rc == OK ? jail_flush(out, e) : rc;
}

static void put_more(struct worker *w, struct buf *out, const struct logs_mark *m, const struct log_record *r, bool full)
{
	buf_u8(out, RECORD_MORE);
	buf_u32(out, w->unit);
	put_mark(out, m);
	buf_u64(out, r->at_byte);
	buf_u64(out, r->line);
	buf_u8(out, full);
}

/* *more: the result is large enough, or the rest is another task's. */
static enum errc records_of(struct worker *w, struct jail_out *out, struct logs *l, bool range, bool *more, struct err *e)
{
	uint64_t made = 0, k = 0;
	enum errc rc = OK;

	for (;; k++) {
		const struct log_record *r;
		struct logs_mark before = logs_mark(l);
		size_t given = jail_buf(out)->n;

		arena_reset(w->a);
		if ((rc = jail_item(out, (struct jail_place){w->unit, k, logs_at(l)}, e)) != OK ||
		    (rc = logs_next(l, w->a, &r, e)) != OK)
			break;
		if (r == NULL)
			return OK;
		if (range && k == 0) {
			buf_u8(jail_buf(out), RECORD_START);
			buf_u64(jail_buf(out), r->at_byte);
			buf_u64(jail_buf(out), r->line);
		}
		if (r->at_byte >= w->until || made >= RESULT_BYTES) {
			put_more(w, jail_buf(out), &before, r, r->at_byte < w->until);
			*more = true;
			return OK;
		}
		if ((rc = put_event(w, jail_buf(out), r, e)) != OK)
			return rc;
		made += jail_buf(out)->n - given;
		if ((rc = jail_flush(out, e)) != OK)
			return rc;
	}
	/* A record that is too large for the arena ends the file: what follows cannot be found without it. */
	if (rc == ERR_MEMORY || rc == ERR_LIMIT || rc == ERR_EVIDENCE) {
		put_failure(jail_buf(out), logs_at(l), 0, 0, SPAN_LIT("the rest of the file was not read: no memory for the record"));
		rc = OK;
	}
	return rc;
}

/* What is left of a file that was begun cannot be read any more: it shrank, or is another. */
static enum errc put_lost(struct worker *w, struct jail_out *out, const char *why, struct err *e)
{
	put_failure(jail_buf(out), w->mark.at, 0, 0, span_str(why));
	return put_end(w, out, SPAN_EMPTY, e);
}

static void put_kind(struct jail_out *out, enum file_kind kind)
{
	buf_u8(jail_buf(out), RECORD_KIND);
	buf_u8(jail_buf(out), (uint8_t)kind);
}

/* What a unit names that nobody reads. What all units of a task name stays below the wall of its result; then a unit counts as naming all. */
static enum errc put_named(struct worker *w, struct jail_out *out, const struct unit *u, struct err *e)
{
	span bytes = u->bytes;
	struct log_names names = {.a = w->a, .over = jail_given(out) >= RESULT_BYTES || logs_hides_names(u->bytes)};
	enum errc rc = OK;

	if (bytes.n != 0)
		log_names_take_path(&names, u->name);
	for (; bytes.n != 0 && !names.over && rc == OK; bytes = span_from(bytes, NAMES_PIECE)) {
		log_names_take(&names, span_first(bytes, NAMES_PIECE + 2 * LIMIT_LOG_NAME));
		rc = jail_beat(out, e);
	}
	if (names.over)
		names.n = 0;
	for (size_t i = 0; i < names.n + names.over && rc == OK; i++) {
		buf_u8(jail_buf(out), RECORD_NAMED);
		buf_bytes(jail_buf(out), names.over ? SPAN_EMPTY : names.v[i]);
		rc = jail_flush(out, e);
	}
	return rc;
}

static enum errc one_unit(struct worker *w, struct jail_out *out, const struct unit *u, bool *more, struct err *e)
{
	enum task_how how = w->how;
	struct logs *l = NULL;
	struct logs_mark mark;
	struct err why = {0};
	enum errc rc;

	w->how = TASK_BEGIN;
	arena_reset(w->a);
	if ((rc = logs_open(&l, u->bytes, u->name, &why)) != OK) {
		const char *looks = rc == ERR_EVIDENCE ? logs_looks_like(w->a, u->bytes) : why.text;

		if (how == TASK_PROBE || how == TASK_RANGE)
			return OK;
		if (how == TASK_GO_ON)
			return put_lost(w, out, looks != NULL ? looks : why.text, e);
		/* What a damaged archive still gives of a log may be too little to tell that it is one. */
		if (u->outcome == MEMBER_PARTIAL)
			put_unit(jail_buf(out), u, OUTCOME_FAILED, "", u->reason);
		else
			put_unit(jail_buf(out), u, rc == ERR_EVIDENCE ? OUTCOME_SKIPPED : OUTCOME_FAILED, "", looks != NULL ? looks : why.text);
		/* What failed hinders every proof. */
		if (u->outcome != MEMBER_PARTIAL && rc == ERR_EVIDENCE && (rc = put_named(w, out, u, e)) != OK)
			return rc;
		return put_end(w, out, u->bytes, e);
	}
	if (how == TASK_PROBE) {
		put_kind(out, logs_border(l, RANGE_BYTES, &mark) ? FILE_SPLITS : FILE_WHOLE);
		logs_close(l);
		return OK;
	}
	if (how == TASK_BEGIN) {
		put_unit(jail_buf(out), u, u->outcome == MEMBER_PARTIAL ? OUTCOME_PARTIAL : OUTCOME_PARSED,
		    log_envelope_name(logs_envelope(l)), u->outcome == MEMBER_PARTIAL ? u->reason : "");
		if (u->outcome == MEMBER_PARTIAL)
			put_failure(jail_buf(out), u->bytes.n, 0, 0, span_str(u->reason));
	} else if (how == TASK_GO_ON) {
		logs_go(l, &w->mark);
	} else if (logs_border(l, w->mark.at, &mark)) {
		logs_go(l, &mark);
	} else {
		/* No line begins here: the task before has it all, or this is read again behind it. */
		logs_close(l);
		return OK;
	}
	rc = records_of(w, out, l, how == TASK_RANGE, more, e);
	/* An archive that was cut has said so, at the same place. */
	if (rc == OK && !*more && u->outcome != MEMBER_PARTIAL && logs_cut(l))
		put_failure(jail_buf(out), u->bytes.n, 0, 0, SPAN_LIT("the file ends within a record or within the list of them: what came behind is missing"));
	logs_close(l);
	return rc == OK && !*more ? put_end(w, out, u->bytes, e) : rc;
}

/* ---- archives ---- */

static void held_drop(struct worker *w)
{
	file_view_done(&w->held.view);
	free(w->held.name);
	w->held = (struct held){0};
}

/* The unit whose result is full. Without memory for it, it is decompressed again. */
static void held_take(struct worker *w, struct units *us, const struct unit *u, const int *fds)
{
	struct held *h = &w->held;
	struct stat file, spool;

	held_drop(w);
	if (!units_keep(us, &h->view) || fstat(fds[0], &file) != 0 || fstat(fds[1], &spool) != 0 ||
	    (h->name = strndup((const char *)u->name.p, u->name.n)) == NULL) {
		held_drop(w);
		return;
	}
	h->bytes = u->bytes;
	h->member = u->member;
	h->unit = w->unit;
	h->file = file.st_ino;
	h->spool = spool.st_ino;
	h->disk = file.st_dev;
}

static bool held_is(const struct worker *w, uint32_t unit, const int *fds)
{
	const struct held *h = &w->held;
	struct stat file, spool;

	return h->bytes.n != 0 && h->unit == unit && w->how == TASK_GO_ON && fstat(fds[0], &file) == 0 && fstat(fds[1], &spool) == 0 &&
	    h->file == file.st_ino && h->disk == file.st_dev && h->spool == spool.st_ino;
}

/* The member that is held, to its end or until the result is full again. */
static enum errc held_read(struct worker *w, struct jail_out *out, bool *full, struct err *e)
{
	struct unit u = {.member = w->held.member, .name = span_str(w->held.name), .bytes = w->held.bytes, .outcome = MEMBER_READ};

	w->unit = w->held.unit;
	return one_unit(w, out, &u, full, e);
}

/* The units behind a member, without decompressing those before it where the archive allows; else all of them. */
static enum errc units_behind(struct worker *w, const int *fds, int64_t member, uint32_t index, struct units **us, struct err *e)
{
	struct unit u;
	bool found = false;
	enum errc rc = units_open(us, fds[0], fds + 1, e);

	w->unit = index + 1;
	if (rc != OK || ((rc = units_find(*us, member, &u, &found, e)) == OK && found) || (rc != OK && rc != ERR_EVIDENCE))
		return rc;
	units_close(*us);
	w->unit = 0;
	return units_open(us, fds[0], fds + 1, e);
}

static enum errc archive_units(struct worker *w, struct jail_out *out, const int *fds, uint32_t first, struct err *e)
{
	struct units *us = NULL;
	bool end = false, full = false;
	struct unit u;
	enum errc rc;

	w->unit = 0;
	if (held_is(w, first, fds)) {
		int64_t member = w->held.member;

		if ((rc = held_read(w, out, &full, e)) != OK || full)
			return rc;
		rc = units_behind(w, fds, member, first++, &us, e);
	} else {
		rc = units_open(&us, fds[0], fds + 1, e);
	}
	held_drop(w);
	for (; rc == OK && !full; w->unit++) {
		if ((rc = jail_item(out, (struct jail_place){w->unit, 0, 0}, e)) != OK || (rc = units_next(us, &u, &end, e)) != OK || end)
			break;
		if (w->unit < first)
			continue;
		if (u.outcome == MEMBER_READ || u.outcome == MEMBER_PARTIAL) {
			if ((rc = one_unit(w, out, &u, &full, e)) == OK && full)
				held_take(w, us, &u, fds);
			continue;
		}
		u.bytes = SPAN_EMPTY;
		put_unit(jail_buf(out), &u, u.outcome == MEMBER_NOT_FILE ? OUTCOME_SKIPPED : OUTCOME_FAILED, "", u.reason);
		rc = put_end(w, out, SPAN_EMPTY, e);
	}
	units_close(us);
	return rc;
}

static enum errc task(void *state, struct jail_out *out, span payload, const int *fds, size_t n_fds, struct err *e)
{
	struct worker *w = state;
	struct cursor c = cursor_of(payload);
	bool full = false;
	uint64_t n_bytes = cursor_u64(&c);
	uint32_t first = cursor_u32(&c);
	struct unit u = {.member = UNIT_FILE, .name = SPAN_EMPTY, .outcome = MEMBER_READ};
	enum errc rc;

	w->how = (enum task_how)cursor_u8(&c);
	w->mark = take_mark(&c);
	w->until = cursor_u64(&c);
	w->unit = 0;
	if (c.bad || w->how > TASK_PROBE)
		return err_set(e, ERR_USAGE, "scope worker: bad task");
	if (n_fds == 0)
		return OK;
	if (file_view(&w->view, fds[0], n_bytes, &u.bytes, e) != OK) {
		if (w->how == TASK_PROBE || w->how == TASK_RANGE)
			return OK;
		if (w->how == TASK_GO_ON)
			return put_lost(w, out, e->text, e);
		put_unit(jail_buf(out), &u, OUTCOME_FAILED, "", e->text);
		return put_end(w, out, SPAN_EMPTY, e);
	}
	if (!archive_sniff(u.bytes))
		return one_unit(w, out, &u, &full, e);
	if (w->how == TASK_PROBE) {
		put_kind(out, FILE_ARCHIVE);
		return OK;
	}
	if (n_fds != 1 + UNIT_SPOOLS)
		return err_set(e, ERR_USAGE, "scope worker: bad task");
	if (first == 0 && w->how == TASK_BEGIN) {
		put_unit(jail_buf(out), &u, OUTCOME_PARSED, ENVELOPE_ARCHIVE, "");
		if ((rc = put_end(w, out, u.bytes, e)) != OK)
			return rc;
	}
	return archive_units(w, out, fds, first, e);
}

const struct jail_job scope_job = {"scope", NULL, start, task};
