#include "report/reveal.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/limits.h"
#include "evidence/reopen.h"
#include "evidence/values.h"
#include "evidence/worker.h"
#include "store/places.h"

/* All values of one case: a million of them are some 30 MB. */
#define REVEALED_BYTES (512 * MIB)

struct entry {
	int64_t finding_id;
	size_t at, n;
};
struct revealed {
	struct store *store;
	struct arena *a; /* of one message */
	struct buf values, entries;
	int64_t after;
	uint64_t n_read, n_failed;
	struct reopen reopen;
};

/* ---- the worker's side ---------------------------------------------------------------------------------------- */

/* Behind passwords for what was opened, a place comes in as path, at, n; a value goes out as 1 and bytes, or as 0 and nothing, in the same order. */
static enum errc reveal_start(void **state, span init, int init_fd, struct err *e)
{
	(void)init;
	(void)init_fd;
	(void)e;
	*state = NULL;
	return OK;
}

static enum errc reveal_message(void *state, struct arena *scratch, const struct message *m, span input, struct buf *out,
    struct err *e)
{
	struct wanted *v = arena_zero(scratch, input.n / 20 + 1, sizeof *v); /* a place takes 20 bytes and its path */
	struct cursor c = cursor_of(input);
	struct passwords passwords;
	size_t n = 0;
	enum errc rc = reopen_get(scratch, &c, &passwords, e);

	(void)state;
	if (v == NULL)
		return err_memory(e);
	if (rc != OK)
		return rc;
	while (c.rest.n != 0 && !c.bad) {
		struct wanted w = {.path = cursor_bytes(&c)};

		w.at = cursor_u64(&c);
		w.n = cursor_u64(&c);
		if (!c.bad)
			v[n++] = w;
	}
	if (c.bad)
		return err_set(e, ERR_EVIDENCE, "a task that makes no sense");
	if ((rc = values_read(scratch, m, &passwords, v, n, e)) != OK)
		return rc;
	for (size_t i = 0; i < n; i++) {
		buf_u8(out, v[i].known);
		buf_bytes(out, v[i].value);
	}
	return buf_check(out, e);
}

static const struct evidence_job reveal_evidence = {"reveal", reveal_start, reveal_message};
const struct jail_job reveal_job = EVIDENCE_JOB("reveal", &reveal_evidence);

/* ---- the keeper's side ---------------------------------------------------------------------------------------- */

static enum errc next_ids(void *ctx, int64_t *ids, size_t max, size_t *n, struct err *e)
{
	struct revealed *r = ctx;
	enum errc rc = places_messages(r->store, r->after, ids, max, n, e);

	if (rc == OK && *n != 0)
		r->after = ids[*n - 1];
	return rc;
}

static enum errc input(void *ctx, int64_t message_id, struct buf *out, struct err *e)
{
	struct revealed *r = ctx;
	struct place *places;
	size_t n;
	enum errc rc;

	arena_reset(r->a);
	if ((rc = places_of(r->store, r->a, message_id, &places, &n, e)) != OK)
		return rc;
	reopen_put(&r->reopen, message_id, out);
	for (size_t i = 0; i < n; i++) {
		buf_bytes(out, span_str(places[i].path));
		buf_u64(out, places[i].at_byte);
		buf_u64(out, places[i].n_bytes);
	}
	return buf_check(out, e);
}

static enum errc on_message(void *ctx, int64_t message_id, span result, struct err *e)
{
	struct revealed *r = ctx;
	struct cursor c = cursor_of(result);
	struct place *places;
	size_t n;
	enum errc rc;

	arena_reset(r->a);
	if ((rc = places_of(r->store, r->a, message_id, &places, &n, e)) != OK)
		return rc;
	for (size_t i = 0; i < n; i++) {
		bool known = cursor_u8(&c) == 1;
		span value = cursor_bytes(&c);
		struct entry entry = {places[i].finding_id, r->values.n, value.n};

		if (!known || c.bad) {
			r->n_failed++;
			continue;
		}
		r->n_read++;
		buf_put(&r->values, value);
		buf_put(&r->entries, span_of(&entry, sizeof entry));
	}
	return r->values.failed || r->entries.failed ? err_memory(e) : OK;
}

static enum errc on_failed(void *ctx, int64_t message_id, const char *reason, struct err *e)
{
	struct revealed *r = ctx;
	struct place *places;
	size_t n;
	enum errc rc;

	(void)reason;
	arena_reset(r->a);
	if ((rc = places_of(r->store, r->a, message_id, &places, &n, e)) == OK)
		r->n_failed += n;
	return rc;
}

static int by_finding(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	return (x->finding_id > y->finding_id) - (x->finding_id < y->finding_id);
}

static enum errc into_ledger(struct revealed *r, bool jailed, struct err *e)
{
	struct ledger_note note;
	enum errc rc;

	ledger_begin(&note);
	json_str(&note.j, "kind", "findings");
	json_u64(&note.j, "values", r->n_read);
	json_u64(&note.j, "not_readable", r->n_failed);
	json_bool(&note.j, "jailed", jailed);
	rc = ledger_end(&note, r->store, "reveal", e);
	return rc == OK ? store_commit(r->store, e) : rc;
}

enum errc reveal_values(struct revealed **out, const struct list_run *run, struct err *e)
{
	struct revealed *r = calloc(1, sizeof *r);
	const struct evidence_run read = {.store = run->store, .case_dir = run->case_dir, .job = &reveal_evidence, .init_fd = -1,
	    .n_workers = run->n_workers, .without_jail = run->without_jail, .progress = run->progress, .ctx = r,
	    .next_ids = next_ids, .input = input, .on_message = on_message, .on_failed = on_failed};
	enum errc rc;

	*out = NULL;
	if (r == NULL)
		return err_memory(e);
	r->store = run->store;
	r->reopen.all = run->passwords;
	buf_init(&r->values, REVEALED_BYTES);
	buf_init(&r->entries, REVEALED_BYTES);
	if ((rc = arena_new(&r->a, 64 * MIB, e)) == OK && (rc = evidence_read(&read, e)) == OK)
		rc = into_ledger(r, !run->without_jail, e);
	if (rc != OK) {
		reveal_free(r);
		return rc;
	}
	if (r->entries.n != 0)
		qsort(r->entries.p, r->entries.n / sizeof(struct entry), sizeof(struct entry), by_finding);
	*out = r;
	return OK;
}

bool reveal_value(const struct revealed *r, int64_t finding_id, span *value)
{
	const struct entry key = {finding_id, 0, 0}, *found = NULL;

	if (r->entries.n != 0)
		found = bsearch(&key, r->entries.p, r->entries.n / sizeof key, sizeof key, by_finding);
	if (found == NULL)
		return false;
	*value = span_sub(buf_span(&r->values), found->at, found->n);
	return true;
}

void reveal_free(struct revealed *r)
{
	if (r == NULL)
		return;
	buf_wipe(&r->values);
	buf_free(&r->entries);
	arena_free(r->a);
	free(r);
}
