/* What the workers found, into rows: log files, their records with contexts and what each names, failures. */
#include "base/clock.h"
#include "base/limits.h"
#include "evidence/unit.h"
#include "scope/read.h"

static int64_t *known(struct known_id *table, const struct digest *d, bool *is)
{
	size_t i = ((size_t)d->b[0] << 8 | d->b[1]) % KNOWN_SLOTS;

	*is = table[i].id != 0 && memcmp(&table[i].d, d, sizeof *d) == 0;
	if (!*is)
		table[i] = (struct known_id){*d, 0};
	return &table[i].id;
}

/* It costs the log that it was said of, as a death does: whoever takes a worker over must not end the run by it. */
static enum errc senseless(struct err *e) { return err_set(e, ERR_EVIDENCE, "the worker sent what is no record"); }

/* ---- units ---- */

/* Microsoft's portal exports no more, nor does a session of Search-UnifiedAuditLog return more, and neither says that it left any out. */
enum { EXPORT_ROWS = 50000 };

enum errc unit_end(struct reader *r, const struct digest *d, struct err *e)
{
	struct log_source_row *s = &r->open;
	enum errc rc;

	if (s->id == 0)
		return OK;
	s->state = s->outcome == OUTCOME_FAILED ? SOURCE_FAILED : SOURCE_DONE;
	if (d != NULL)
		s->sha256 = *d;
	if (s->outcome == OUTCOME_PARSED && s->n_failed + s->n_partial != 0)
		s->outcome = OUTCOME_PARTIAL;
	if (s->n_records + s->n_failed == EXPORT_ROWS && r->is_export) {
		s->note = SPAN_LIT("50,000 records, which is as many as one export of the portal or one search gives: there may have been more");
		r->tally->full++;
	}
	r->tally->files_skipped += s->outcome == OUTCOME_SKIPPED;
	r->tally->files_failed += s->outcome == OUTCOME_FAILED;
	rc = log_source_set(r->store, s, e);
	*s = (struct log_source_row){0};
	return rc;
}

/*
 * When a log was written last. Copying changes the time of a file, but an archive keeps its members' and gzip that of what it packed, and
 * no log holds what came after that. What is of no use as a date (ZIP's 1980, a tar of nobody's time) says nothing.
 */
static int64_t written_of(const struct reader *r, const struct walked_file *f, int64_t member)
{
	static const int64_t of_use = 631152000; /* 1990 */
	int64_t file = f->mtime_ns / 1000000000;

	if (r->o->written_utc != TIME_NONE)
		return r->o->written_utc;
	return member > of_use && member < file ? member : file;
}

/* What is no log may be called by whom it is about: from the last folder on that was given. */
static enum errc path_named(struct reader *r, const struct walked_file *f, struct err *e)
{
	struct log_names names = {.a = r->a};
	span path = span_str(f->path), given = span_first(path, f->base_n);
	size_t slash;
	enum errc rc = OK;

	while (given.n != 0 && given.p[given.n - 1] == '/')
		given.n--;
	slash = span_find_last(given, '/');
	log_names_take_path(&names, slash < given.n ? span_from(path, slash + 1) : path);
	for (size_t i = 0; i < names.n && rc == OK; i++)
		rc = log_name_add(r->store, r->open.id, names.v[i], e);
	return rc;
}

static enum errc unit_begin(struct reader *r, const struct walked_file *f, struct cursor *c, struct err *e)
{
	struct log_source_row *s = &r->open;
	int outcome;
	span note;
	enum errc rc;

	if ((rc = unit_end(r, NULL, e)) != OK)
		return rc;
	arena_reset(r->a);
	*s = (struct log_source_row){.path = f->path, .mtime_ns = f->mtime_ns, .state = SOURCE_OPEN};
	s->member = (int64_t)cursor_u64(c);
	s->member_name = cursor_bytes(c);
	s->n_bytes = cursor_u64(c);
	r->written_utc = written_of(r, f, (int64_t)cursor_u64(c));
	outcome = cursor_u8(c);
	s->envelope = cursor_bytes(c);
	note = cursor_bytes(c);
	r->is_export = span_eq(s->envelope, span_str(log_envelope_name(LOG_ENVELOPE_M365_EXPORT)));
	if (c->bad || outcome < OUTCOME_PARSED || outcome > OUTCOME_SKIPPED || s->n_bytes > INT64_MAX)
		return senseless(e);
	s->outcome = (enum outcome)outcome;
	if (s->member == UNIT_FILE && s->n_bytes == 0)
		s->n_bytes = f->n_bytes;
	if (s->member == UNIT_FILE && span_eq(s->envelope, SPAN_LIT(ENVELOPE_ARCHIVE)))
		r->in_archive = true;
	else
		r->n_units++;
	if ((s->note = arena_copy(r->a, note)).p == NULL)
		return err_memory(e);
	r->tally->files += s->member == UNIT_FILE;
	if ((rc = log_source_put(r->store, s, &s->id, e)) != OK || s->outcome != OUTCOME_SKIPPED || s->n_bytes == 0)
		return rc;
	return path_named(r, f, e);
}

/* ---- records ---- */

static enum errc context_of(struct reader *r, struct cursor *c, int64_t *id, struct err *e)
{
	const unsigned char *from = c->rest.p;
	struct context_row row;
	struct digest d;
	int64_t *slot;
	bool is;
	enum errc rc;
	uint32_t n;

	for (size_t i = 0; i < CONTEXT_TEXTS; i++)
		row.text[i] = cursor_bytes(c);
	n = cursor_u32(c);
	row.logon_type = n == LOG_LOGON_UNSAID ? -1 : (int64_t)n;
	n = cursor_u32(c);
	row.user_type = n == LOG_LOGON_UNSAID ? -1 : (int64_t)n;
	row.external = cursor_u8(c) != 0;
	if (c->bad)
		return OK;
	sha256_of(span_of(from, (size_t)(c->rest.p - from)), &d);
	slot = known(r->contexts, &d, &is);
	if (!is && (rc = context_put(r->store, &row, &d, slot, e)) != OK)
		return rc;
	*id = *slot;
	return OK;
}

static enum errc folder_of(struct reader *r, struct cursor *c, int64_t *id, struct err *e)
{
	const unsigned char *from = c->rest.p;
	span folder_id = cursor_bytes(c), path = cursor_bytes(c), name = cursor_bytes(c);
	struct digest d;
	int64_t *slot;
	bool is;
	enum errc rc;

	if (c->bad)
		return OK;
	sha256_of(span_of(from, (size_t)(c->rest.p - from)), &d);
	slot = known(r->folders, &d, &is);
	if (!is && (rc = log_folder_put(r->store, folder_id, path, name, slot, e)) != OK)
		return rc;
	*id = *slot;
	return OK;
}

/* Folders and items. Written only when the record is new (event not 0), read in any case. */
static enum errc accesses(struct reader *r, struct cursor *c, int64_t event, struct err *e)
{
	uint32_t n_folders = cursor_u32(c), n_items;
	int64_t seq = 0, *folders;
	bool *named;
	enum errc rc = OK;

	if (n_folders > c->rest.n)
		c->bad = true;
	if (c->bad)
		return OK;
	folders = arena_zero(r->a, n_folders + 1, sizeof *folders);
	named = arena_zero(r->a, n_folders + 1, sizeof *named);
	if (folders == NULL || named == NULL)
		return err_memory(e);
	for (uint32_t i = 0; i < n_folders && rc == OK; i++)
		rc = folder_of(r, c, &folders[i], e);
	n_items = cursor_u32(c);
	for (uint32_t i = 0; i < n_items && rc == OK && !c->bad; i++) {
		span id = cursor_bytes(c), item = cursor_bytes(c), immutable = cursor_bytes(c);
		uint32_t f = cursor_u32(c);
		bool in = f < n_folders;

		if (in)
			named[f] = true;
		if (event != 0 && !c->bad)
			rc = access_add(r->store, event, seq++, id, item, immutable, in ? folders[f] : 0, e);
	}
	/* A folder without items is named as a whole. */
	for (uint32_t i = 0; i < n_folders && rc == OK && !c->bad && event != 0; i++)
		if (!named[i])
			rc = access_add(r->store, event, seq++, SPAN_EMPTY, SPAN_EMPTY, SPAN_EMPTY, folders[i], e);
	r->rows += (uint64_t)seq;
	return rc;
}

static void take_digest(struct cursor *c, struct digest *out)
{
	span s = cursor_take(c, DIGEST_SIZE);

	*out = (struct digest){{0}};
	if (s.n == DIGEST_SIZE)
		memcpy(out->b, s.p, DIGEST_SIZE);
}

static enum errc event_read(struct reader *r, struct cursor *c, struct err *e)
{
	struct event_row v = {.source_id = r->open.id};
	uint64_t count;
	int outcome, years_back;
	int64_t id, last_utc;
	enum errc rc;

	take_digest(c, &v.key);
	take_digest(c, &v.content);
	v.at_byte = cursor_u64(c);
	v.n_bytes = cursor_u64(c);
	outcome = cursor_u8(c);
	v.product = cursor_bytes(c);
	v.kind = cursor_bytes(c);
	v.record_type = cursor_u32(c);
	v.operation = cursor_bytes(c);
	v.record_id = cursor_bytes(c);
	v.when_utc = (int64_t)cursor_u64(c);
	v.success = cursor_u8(c);
	v.problems = cursor_u32(c);
	last_utc = (int64_t)cursor_u64(c);
	years_back = cursor_u8(c);
	if ((v.problems & LOG_NO_YEAR) != 0 && v.when_utc != TIME_NONE)
		v.when_utc = when_before(v.when_utc, last_utc, (unsigned)years_back, r->written_utc);
	v.mailbox = cursor_bytes(c);
	v.mailbox_guid = cursor_bytes(c);
	if ((rc = context_of(r, c, &v.context_id, e)) != OK)
		return rc;
	v.throttled = cursor_u8(c) != 0;
	count = cursor_u64(c);
	v.operation_count = count == UINT64_MAX ? -1 : (int64_t)count;
	v.reason = cursor_bytes(c);
	v.detail = cursor_bytes(c);
	if (c->bad)
		return OK;
	arena_reset(r->a);
	r->open.note = SPAN_EMPTY; /* it stood in the arena; a log that has records has none */
	if ((rc = event_store(r->store, &v, &id, e)) != OK || (rc = accesses(r, c, id, e)) != OK)
		return rc;
	r->open.n_records++;
	r->open.n_partial += outcome == OUTCOME_PARTIAL;
	r->open.n_duplicates += id == 0;
	r->tally->records++;
	r->tally->duplicates += id == 0;
	r->tally->partial += outcome == OUTCOME_PARTIAL;
	r->rows++;
	return OK;
}

static enum errc failure_read(struct reader *r, struct cursor *c, struct err *e)
{
	uint64_t at = cursor_u64(c), n = cursor_u64(c), line = cursor_u64(c);
	span reason = cursor_bytes(c);

	if (c->bad || at > INT64_MAX || n > INT64_MAX || line > INT64_MAX)
		return senseless(e);
	r->open.n_failed++;
	r->tally->failed++;
	return log_failure_add(r->store, r->open.id, at, n, line != 0 ? line + r->line_base : 0, reason, e);
}

static enum errc name_read(struct reader *r, struct cursor *c, struct err *e)
{
	span name = cursor_bytes(c);

	if (c->bad || name.n > LIMIT_LOG_NAME)
		return senseless(e);
	r->rows++;
	return log_name_add(r->store, r->open.id, name, e);
}

static enum errc more_read(struct reader *r, struct cursor *c, struct err *e)
{
	struct stopped *s = &r->stopped;

	s->unit = cursor_u32(c);
	s->mark = take_mark(c);
	s->at = cursor_u64(c);
	s->line = cursor_u64(c) + r->line_base;
	s->full = cursor_u8(c) != 0;
	s->mark.line += r->line_base;
	r->more = true;
	return c->bad || c->rest.n != 0 ? senseless(e) : OK;
}

enum errc result_take(struct reader *r, const struct walked_file *f, struct cursor c, struct err *e)
{
	struct digest d;
	enum errc rc = OK;

	r->n_units = r->open.id != 0;
	r->in_archive = r->open.id != 0 && r->open.member != UNIT_FILE;
	while (rc == OK && c.rest.n != 0) {
		int kind = cursor_u8(&c);

		if (kind != RECORD_UNIT && r->open.id == 0)
			return senseless(e);
		switch (kind) {
		case RECORD_UNIT:
			rc = unit_begin(r, f, &c, e);
			break;
		case RECORD_EVENT:
			rc = event_read(r, &c, e);
			break;
		case RECORD_FAILURE:
			rc = failure_read(r, &c, e);
			break;
		case RECORD_NAMED:
			rc = name_read(r, &c, e);
			break;
		case RECORD_END:
			take_digest(&c, &d);
			rc = unit_end(r, &d, e);
			break;
		case RECORD_MORE:
			rc = more_read(r, &c, e);
			break;
		default:
			rc = senseless(e);
		}
		if (rc == OK && c.bad)
			rc = senseless(e);
	}
	return rc;
}
