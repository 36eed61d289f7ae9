/* The keeper's loop: rules, then each message in scope that they have not read, then what is left of it in rows. */
#include "scan/scan.h"

#include <inttypes.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/io.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "case/names.h"
#include "mail/text.h"
#include "scan/ocr.h"
#include "scan/private.h"
#include "scan/unlock.h"
#include "store/findings.h"
#include "store/scope.h"

#define COMMIT_EVERY 20000 /* messages */

struct keeper {
	struct store *store;
	struct arena *scratch; /* of one message */
	const struct rule_set *set;
	struct scan_tally *tally;
	int64_t ruleset_id, last_id;
	bool fresh;            /* nothing was ever scanned: nothing to forget */
	uint64_t uncommitted;
	struct unlock *unlock; /* in the second look; else NULL */
	struct buf init;       /* what workers are told at their start: see scan_start */
};

static enum errc packed_fd(span packed, int *fd, struct err *e)
{
	if ((*fd = memfd_create("rules", MFD_CLOEXEC)) < 0)
		return err_sys(e, "rules");
	return io_write(*fd, packed, e);
}

static enum errc next_ids(void *ctx, int64_t *ids, size_t max, size_t *n, struct err *e)
{
	struct keeper *k = ctx;
	enum errc rc = findings_due(k->store, k->ruleset_id, k->last_id, ids, max, n, e);

	if (rc == OK && *n > 0)
		k->last_id = ids[*n - 1];
	return rc;
}

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

static enum errc take_coverage(struct keeper *k, int64_t id, struct cursor *c, struct err *e)
{
	struct coverage_row row = {.path = clean(k, c, PATH_MAX_BYTES), .type = clean(k, c, 200), .filename = clean(k, c, 1000)};

	row.n_bytes = cursor_u64(c);
	row.outcome = cursor_u8(c);
	row.reason = clean(k, c, 400);
	if (c->bad || row.outcome < COVERAGE_PARTIAL || row.outcome > COVERAGE_FAILED || row.n_bytes > INT64_MAX)
		return err_set(e, ERR_EVIDENCE, "the worker's answer makes no sense");
	k->tally->unread++;
	return findings_coverage(k->store, id, &row, e);
}

static enum errc take_finding(struct keeper *k, int64_t id, struct cursor *c, struct err *e)
{
	struct finding f = {.path = clean(k, c, PATH_MAX_BYTES), .part_type = clean(k, c, 200)};
	uint32_t rule;
	span digest;
	enum errc rc;

	f.at_byte = cursor_u64(c);
	f.n_bytes = cursor_u64(c);
	rule = cursor_u32(c);
	f.certainty = cursor_u8(c);
	f.masked = clean(k, c, MASK_TEXT);
	f.host = clean(k, c, 253);
	f.place = clean(k, c, 400);
	digest = cursor_take(c, DIGEST_SIZE);
	if (c->bad || rule >= k->set->n_rules || f.certainty < CERTAINTY_LOW || f.certainty > CERTAINTY_HIGH ||
	    f.at_byte > INT64_MAX || f.n_bytes > INT64_MAX)
		return err_set(e, ERR_EVIDENCE, "the worker's answer makes no sense");
	memcpy(f.exposure.b, digest.p, DIGEST_SIZE);
	f.class = class_name(k->set->rules[rule].class);
	f.detector = k->set->rules[rule].id;
	f.severity = k->set->rules[rule].severity;
	k->tally->findings++;
	if (span_eq(f.path, SPAN_LIT(SUBJECT_PATH)) &&
	    (rc = findings_mask_subject(k->store, id, f.at_byte, f.n_bytes, e)) != OK)
		return rc;
	return findings_put(k->store, id, &f, e);
}

/* What a password opened: in the ledger, without it. */
static enum errc take_opened(struct keeper *k, int64_t id, struct cursor *c, struct err *e)
{
	span path = clean(k, c, PATH_MAX_BYTES);
	uint32_t number = cursor_u32(c);
	struct json j;
	struct buf b;
	int64_t from;
	enum errc rc;

	if (c->bad || k->unlock == NULL)
		return err_set(e, ERR_EVIDENCE, "the worker's answer makes no sense");
	if ((rc = unlock_from(k->unlock, id, number, &from, e)) != OK)
		return rc;
	buf_init(&b, MIB);
	j = json_to(&b);
	json_open(&j, NULL, '{');
	json_i64(&j, "message", id);
	json_span(&j, "part", path);
	if (from != 0)
		json_i64(&j, "password_found_in_message", from);
	else
		json_u64(&j, "password_given_in_line", number + 1);
	json_close(&j, '}');
	k->tally->opened++;
	rc = ledger_add(k->store, "open", buf_cstr(&b), e);
	buf_free(&b);
	return rc;
}

static enum errc settled(struct keeper *k, struct err *e)
{
	arena_reset(k->scratch);
	if (++k->uncommitted < COMMIT_EVERY)
		return OK;
	k->uncommitted = 0;
	return store_commit(k->store, e);
}

static enum errc failed(struct keeper *k, int64_t id, const char *reason, struct err *e)
{
	struct coverage_row row = {.outcome = COVERAGE_FAILED, .reason = utf8_clean(k->scratch, span_str(reason))};
	enum errc rc;

	/* Not marked as scanned: the next run tries again, when the source may be back. */
	if ((rc = findings_forget(k->store, id, e)) != OK || (rc = findings_coverage(k->store, id, &row, e)) != OK)
		return rc;
	k->tally->failed++;
	return settled(k, e);
}

static enum errc on_failed(void *ctx, int64_t id, const char *reason, struct err *e)
{
	struct keeper *k = ctx;

	if (k->unlock == NULL)
		return failed(k, id, reason, e);
	/* A second look that fails takes nothing away: what the first found, and what asks for a password, stays as it is. */
	k->tally->failed++;
	return OK;
}

static enum errc on_message(void *ctx, int64_t id, span result, struct err *e)
{
	struct keeper *k = ctx;
	struct cursor c = cursor_of(result);
	struct scan_tally before = *k->tally;
	uint32_t n;
	uint64_t findings = 0, unread = 0;
	struct scanned scanned = {0};
	enum errc rc = k->unlock != NULL ? findings_counts(k->store, id, &findings, &unread, e) : OK;

	if (rc == OK && (!k->fresh || k->unlock != NULL))
		rc = findings_forget(k->store, id, e);

	n = cursor_u32(&c);
	for (uint32_t i = 0; i < n && rc == OK; i++)
		rc = take_coverage(k, id, &c, e);
	if (rc == OK) {
		scanned.n_text = cursor_u64(&c);
		scanned.n_parts = cursor_u32(&c);
		scanned.n_members = cursor_u32(&c);
		n = cursor_u32(&c);
	}
	for (uint32_t i = 0; i < n && rc == OK; i++)
		rc = take_finding(k, id, &c, e);
	n = rc == OK ? cursor_u32(&c) : 0;
	for (uint32_t i = 0; i < n && rc == OK; i++)
		rc = take_opened(k, id, &c, e);
	if (rc == OK && (!cursor_done(&c) || scanned.n_text > INT64_MAX))
		rc = err_set(e, ERR_EVIDENCE, "the worker's answer makes no sense");
	if (rc == ERR_EVIDENCE) {
		*k->tally = before;
		return failed(k, id, e->text, e);
	}
	if (rc != OK || (rc = findings_scanned(k->store, id, k->ruleset_id, &scanned, e)) != OK)
		return rc;
	if (k->unlock == NULL) {
		k->tally->messages++;
		k->tally->text_bytes += scanned.n_text;
	} else {
		/* Read before, in this run or an earlier one. */
		k->tally->findings = k->tally->findings > findings ? k->tally->findings - findings : 0;
		k->tally->unread = k->tally->unread > unread ? k->tally->unread - unread : 0;
	}
	return settled(k, e);
}

static enum errc read_all(struct keeper *k, const struct case_config *config, const struct scan_options *o, int fd,
    struct err *e)
{
	struct evidence_run run = {
	    .store = k->store, .case_dir = config->dir, .job = &scan_job, .init = buf_span(&k->init), .init_fd = fd,
	    .n_workers = o->n_workers, .without_jail = o->without_jail, .progress = o->progress, .ctx = k,
	    .next_ids = next_ids, .on_message = on_message, .on_failed = on_failed};

	return evidence_read(&run, e);
}

static enum errc next_sealed(void *ctx, int64_t *ids, size_t max, size_t *n, struct err *e)
{
	struct keeper *k = ctx;

	(void)e;
	unlock_next(k->unlock, ids, max, n);
	return OK;
}

static enum errc passwords_of(void *ctx, int64_t id, struct buf *out, struct err *e)
{
	struct keeper *k = ctx;

	return unlock_input(k->unlock, id, out, e);
}

static enum errc wants_values(void *ctx, int64_t id, struct buf *out, struct err *e)
{
	(void)ctx;
	(void)id;
	(void)e;
	buf_u8(out, UNLOCK_WANTED);
	buf_u32(out, 0);
	return OK;
}

static enum errc on_values(void *ctx, int64_t id, span result, struct err *e)
{
	struct keeper *k = ctx;

	return unlock_values(k->unlock, id, result, e);
}

static enum errc no_values(void *ctx, int64_t id, const char *reason, struct err *e)
{
	(void)ctx;
	(void)id;
	(void)reason;
	(void)e;
	return OK;
}

/* What asks for a password is looked at again with those that there are. */
static enum errc open_sealed(struct keeper *k, const struct case_config *config, const struct scan_options *o, int fd,
    struct err *e)
{
	struct unlock u;
	struct evidence_run run = {
	    .store = k->store, .case_dir = config->dir, .job = &scan_job, .init = buf_span(&k->init), .init_fd = fd,
	    .n_workers = o->n_workers, .without_jail = o->without_jail, .progress = o->progress, .ctx = k, .next_ids = next_sealed};
	size_t n = 0;
	enum errc rc = unlock_open(&u, k->store, o->passwords, config->try_passwords, e);

	if (rc != OK || (rc = unlock_sealed(&u, &n, e)) != OK || n == 0)
		goto out;
	k->unlock = &u;
	if (u.near) {
		run.input = wants_values;
		run.on_message = on_values;
		run.on_failed = no_values;
		if ((rc = unlock_near(&u, e)) != OK || (rc = evidence_read(&run, e)) != OK || (rc = unlock_sealed(&u, &n, e)) != OK)
			goto out;
	}
	buf_put(&k->init, buf_span(&u.given));
	if ((rc = buf_check(&k->init, e)) != OK)
		goto out;
	run.init = buf_span(&k->init);
	run.input = passwords_of;
	run.on_message = on_message;
	run.on_failed = on_failed;
	rc = evidence_read(&run, e);
out:
	k->unlock = NULL;
	unlock_close(&u);
	return rc;
}

static enum errc write_down(struct keeper *k, const struct digest *rules, bool jailed, struct err *e)
{
	struct scan_tally *t = k->tally;
	char hex[DIGEST_HEX], *detail;
	enum errc rc;

	if ((rc = findings_finish(k->store, &t->exposures, e)) != OK)
		return rc;
	if (t->messages + t->failed + t->opened > 0) {
		detail = arena_printf(k->scratch, "{\"rules\":\"%s\",\"messages\":%" PRIu64 ",\"failed\":%" PRIu64 ",\"findings\":%" PRIu64
		    ",\"jailed\":%s}", digest_hex(rules, hex), t->messages, t->failed, t->findings, jailed ? "true" : "false");
		if (detail == NULL)
			return err_memory(e);
		if ((rc = ledger_add(k->store, "scan", detail, e)) != OK)
			return rc;
	}
	return store_commit(k->store, e);
}

/* Said before anything is changed: workers would each say it. */
static enum errc ocr_possible(const struct scan_options *o, struct err *e)
{
	struct ocr *ocr;
	enum errc rc;

	if (o->ocr == NULL)
		return OK;
	for (const char *p = o->ocr; *p != '\0'; p++)
		if (!ascii_is_alnum((unsigned char)*p) && *p != '_' && *p != '+')
			return err_set(e, ERR_USAGE, "--ocr-language %s: names of languages with + between them", o->ocr);
	rc = ocr_open(&ocr, o->ocr, e);
	if (rc == OK)
		ocr_close(ocr);
	return rc;
}

/* The digest of what messages are scanned with: the rules, and the languages of pictures. */
static enum errc rules_with(struct digest *rules, const char *languages, struct err *e)
{
	struct sha256 *h;
	enum errc rc = sha256_new(&h, e);

	if (rc != OK)
		return rc;
	sha256_start(h);
	sha256_add(h, digest_span(rules));
	sha256_add(h, span_str(languages));
	sha256_done(h, rules);
	sha256_free(h);
	return OK;
}

enum errc scan_run(struct store *st, const struct case_config *config, const struct scan_options *o,
    struct scan_tally *tally, struct err *e)
{
	struct keeper k = {.store = st, .tally = tally};
	unsigned char key[CASE_KEY_SIZE] = {0};
	struct arena *a = NULL;
	struct rules_ready rules;
	int fd = -1;
	enum errc rc;

	*tally = (struct scan_tally){0};
	buf_init(&k.init, LIMIT_FRAME_BYTES / 2);
	if ((rc = ocr_possible(o, e)) != OK || (rc = arena_new(&a, 64 * MIB, e)) != OK || (rc = arena_new(&k.scratch, 64 * MIB, e)) != OK ||
	    (rc = rules_ready(a, o->rules_dir, o->prepared, &rules, e)) != OK ||
	    (rc = packed_fd(rules.packed, &fd, e)) != OK || (rc = case_key(config->dir, key, e)) != OK)
		goto out;
	k.set = rules.set;
	buf_put(&k.init, span_of(key, CASE_KEY_SIZE));
	buf_bytes(&k.init, o->ocr != NULL ? span_str(o->ocr) : SPAN_EMPTY);
	/* What was read without pictures is read again with them. */
	if ((rc = buf_check(&k.init, e)) != OK || (o->ocr != NULL && (rc = rules_with(&rules.digest, o->ocr, e)) != OK))
		goto out;
	tally->rules = rules.set->n_rules;
	if ((rc = findings_begin(st, &rules.digest, rules.set->n_rules, &k.ruleset_id, &k.fresh, e)) != OK ||
	    (rc = scope_drop_findings(st, e)) != OK || (rc = findings_done(st, k.ruleset_id, &tally->unchanged, e)) != OK ||
	    (rc = read_all(&k, config, o, fd, e)) != OK ||
	    ((o->passwords != NULL || config->try_passwords) && (rc = open_sealed(&k, config, o, fd, e)) != OK))
		goto out;
	rc = write_down(&k, &rules.digest, !o->without_jail, e);
out:
	explicit_bzero(key, sizeof key);
	buf_wipe(&k.init);
	if (fd >= 0)
		close(fd);
	arena_free(k.scratch);
	arena_free(a);
	return rc;
}

enum errc scan_test_rules(const char *rules_dir, size_t *n_rules, size_t *n_examples, struct err *e)
{
	struct arena *a = NULL;
	struct rules_ready r;
	enum errc rc;

	if ((rc = arena_new(&a, 64 * MIB, e)) == OK && (rc = rules_ready(a, rules_dir, SPAN_EMPTY, &r, e)) == OK) {
		*n_rules = r.set->n_rules;
		*n_examples = r.n_examples;
	}
	arena_free(a);
	return rc;
}
