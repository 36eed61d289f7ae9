/* Answers of workers, hostile until checked, into rows. */
#include "base/cursor.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "case/names.h"
#include "mail/text.h"
#include "scan/keeper.h"
#include "scan/task.h"
#include "store/parties.h"
#include "store/pieces.h"

/* Of a member of an attached archive: its part, its name, and those of the archives around it. */
enum { PATH_MAX_BYTES = 4000 };

/* Text that a worker sent, fit for the store. */
static span clean(struct keeper *k, struct cursor *c, size_t max)
{
	span s = cursor_bytes(c);

	if (s.n > max)
		s.n = max;
	s = utf8_clean(k->scratch, s);
	if (s.p == NULL && s.n > 0)
		c->bad = true;
	return s;
}

/* May a row of that part have this path? Any, where the whole message was asked for. */
static bool path_fits(span path, span part)
{
	return part.n == 0 || span_eq(path, part) || (path.n > part.n && span_starts(path, part) && path.p[part.n] == '!');
}

static enum errc take_coverage(struct keeper *k, int64_t id, span part, struct cursor *c, struct err *e)
{
	struct coverage_row row = {.path = clean(k, c, PATH_MAX_BYTES), .type = clean(k, c, 200), .filename = clean(k, c, 1000)};
	bool joined;
	span why;
	enum errc rc;

	row.n_bytes = cursor_u64(c);
	row.outcome = cursor_u8(c);
	row.reason = clean(k, c, 400);
	if (c->bad || !path_fits(row.path, part) || row.outcome < COVERAGE_PARTIAL || row.outcome > COVERAGE_FAILED ||
	    row.n_bytes > LIMIT_MESSAGE_BYTES)
		return err_set(e, ERR_EVIDENCE, "the worker's answer makes no sense");
	/* A piece of a message that was put together has its text there. */
	if (row.outcome == COVERAGE_PARTIAL && span_eq(row.type, SPAN_LIT(PIECE_SAYS)) && span_eq(row.path, SPAN_LIT("1"))) {
		if ((rc = store_piece_fate(k->store, k->scratch, id, &joined, &why, e)) != OK || joined)
			return rc;
		row.reason = why.n != 0 ? why : row.reason;
	}
	k->tally->unread++;
	return findings_coverage(k->store, id, &row, e);
}

static enum errc take_finding(struct keeper *k, int64_t id, span part, struct cursor *c, struct err *e)
{
	struct finding f = {.path = clean(k, c, PATH_MAX_BYTES), .part_type = clean(k, c, 200)};
	uint32_t rule;
	span digest;

	f.at_byte = cursor_u64(c);
	f.n_bytes = cursor_u64(c);
	rule = cursor_u32(c);
	f.certainty = cursor_u8(c);
	f.masked = clean(k, c, MASK_TEXT);
	f.host = clean(k, c, 253);
	f.place = clean(k, c, 400);
	digest = cursor_take(c, DIGEST_SIZE);
	if (c->bad || !path_fits(f.path, part) || rule >= k->set->n_rules || f.certainty < CERTAINTY_LOW || f.certainty > CERTAINTY_HIGH ||
	    f.at_byte > LIMIT_MESSAGE_BYTES || f.n_bytes > LIMIT_MESSAGE_BYTES)
		return err_set(e, ERR_EVIDENCE, "the worker's answer makes no sense");
	memcpy(f.exposure.b, digest.p, DIGEST_SIZE);
	f.class = class_name(k->set->rules[rule].class);
	f.detector = k->set->rules[rule].id;
	f.severity = k->set->rules[rule].severity;
	k->tally->findings++;
	return findings_put(k->store, id, &f, e);
}

/* What a password opened: in the ledger, without it. A part that several have opened is counted once. */
static enum errc take_opened(struct keeper *k, int64_t id, struct cursor *c, span *before, struct err *e)
{
	span path = clean(k, c, PATH_MAX_BYTES);
	uint32_t number = cursor_u32(c);
	struct ledger_note note;
	int64_t from;
	enum errc rc;

	if (c->bad || k->unlock == NULL)
		return err_set(e, ERR_EVIDENCE, "the worker's answer makes no sense");
	if ((rc = unlock_from(k->unlock, id, number, &from, e)) != OK)
		return rc;
	ledger_begin(&note);
	json_i64(&note.j, "message", id);
	json_span(&note.j, "part", path);
	if (from != 0)
		json_i64(&note.j, "password_found_in_message", from);
	else
		json_u64(&note.j, "password_given_in_line", number + 1);
	k->tally->opened += !span_eq(path, *before);
	*before = path;
	return ledger_end(&note, k->store, "open", e);
}

static enum errc take_block(struct keeper *k, int64_t id, span part, struct cursor *c, struct scanned *s, struct err *e)
{
	uint32_t n = cursor_u32(c);
	span opened = SPAN_EMPTY;
	enum errc rc = OK;

	for (uint32_t i = 0; i < n && rc == OK; i++)
		rc = take_coverage(k, id, part, c, e);
	if (rc != OK)
		return rc;
	s->n_text = cursor_u64(c);
	s->n_parts = cursor_u32(c);
	s->n_members = cursor_u32(c);
	n = cursor_u32(c);
	for (uint32_t i = 0; i < n && rc == OK; i++)
		rc = take_finding(k, id, part, c, e);
	n = rc == OK ? cursor_u32(c) : 0;
	for (uint32_t i = 0; i < n && rc == OK; i++)
		rc = take_opened(k, id, c, &opened, e);
	if (rc == OK && (c->bad || s->n_text > LIMIT_MESSAGE_TEXT))
		rc = err_set(e, ERR_EVIDENCE, "the worker's answer makes no sense");
	return rc;
}

enum errc answer_star(struct keeper *k, int64_t id, span what, uint64_t at, uint64_t bytes, struct party_stars *parties, struct err *e)
{
	struct party_star *more;
	uint64_t party;

	if (at > LIMIT_MESSAGE_BYTES || bytes > LIMIT_MESSAGE_BYTES)
		return err_set(e, ERR_EVIDENCE, "the worker's answer makes no sense");
	if (span_eq(what, SPAN_LIT(SUBJECT_PATH)))
		return findings_mask_subject(k->store, id, at, bytes, e);
	if (!span_starts(what, SPAN_LIT(KEPT_PARTY)) || span_digits(span_from(what, sizeof KEPT_PARTY - 1), 9, &party) == 0)
		return findings_mask_name(k->store, id, what, at, bytes, e);
	if ((more = arena_grow(parties->a, parties->v, parties->n, &parties->cap, sizeof *more, 16)) == NULL)
		return err_memory(e);
	parties->v = more;
	parties->v[parties->n++] = (struct party_star){(size_t)party, (size_t)at, (size_t)bytes};
	return OK;
}

enum errc answer_stars_end(struct keeper *k, int64_t id, struct party_stars *parties, struct err *e)
{
	enum errc rc = parties->n != 0 ? store_parties_mask(k->store, id, parties->v, parties->n, e) : OK;

	parties->n = 0;
	return rc;
}

/* Before what waits: its key has the name in it. */
static enum errc take_names(struct keeper *k, int64_t id, struct cursor *c, struct err *e)
{
	struct party_stars parties = {.a = k->scratch};
	uint32_t n = cursor_u32(c);
	enum errc rc = OK;

	for (uint32_t i = 0; i < n && rc == OK && !c->bad; i++) {
		span what = clean(k, c, PATH_MAX_BYTES);
		uint64_t at = cursor_u64(c), bytes = cursor_u64(c);

		rc = c->bad ? err_set(e, ERR_EVIDENCE, "the worker's answer makes no sense") : answer_star(k, id, what, at, bytes, &parties, e);
	}
	return rc == OK ? answer_stars_end(k, id, &parties, e) : rc;
}

enum errc answer_part(struct keeper *k, int64_t id, span path, bool last, struct cursor *c, struct scanned *s, struct err *e)
{
	enum errc rc = take_block(k, id, path, c, s, e);

	if (rc == OK)
		rc = take_names(k, id, c, e);
	return rc == OK && (c->bad || s->n_parts > 1 || (last && !cursor_done(c))) ? err_set(e, ERR_EVIDENCE, "the worker's answer makes no sense") : rc;
}

enum errc answer_message(struct keeper *k, int64_t id, span answer, struct scanned *s, struct err *e)
{
	struct cursor c = cursor_of(answer);
	enum errc rc = take_block(k, id, SPAN_EMPTY, &c, s, e);
	uint32_t n;

	if (rc == OK)
		rc = take_names(k, id, &c, e);
	n = rc == OK && k->unlock == NULL ? cursor_u32(&c) : 0;
	for (uint32_t i = 0; i < n && rc == OK && !c.bad; i++) {
		span path = clean(k, &c, PATH_MAX_BYTES), charset = clean(k, &c, 200);

		rc = waiting_put(k->store, id, path, charset, e);
	}
	return rc == OK && !cursor_done(&c) ? err_set(e, ERR_EVIDENCE, "the worker's answer makes no sense") : rc;
}
