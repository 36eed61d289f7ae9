/* The keeper's loop: rules, then each message in scope that they have not read, then what is left of it in rows. */
#include "scan/scan.h"

#include <sys/mman.h>
#include <unistd.h>

#include "base/io.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "case/names.h"
#include "scan/ocr.h"
#include "scan/keeper.h"
#include "scan/task.h"
#include "store/pieces.h"
#include "store/scope.h"

#define COMMIT_EVERY 20000 /* messages */

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

enum errc keeper_settled(struct keeper *k, struct err *e)
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
	return keeper_settled(k, e);
}

static enum errc on_failed(void *ctx, int64_t id, const char *reason, struct err *e)
{
	struct keeper *k = ctx;
	enum errc rc;

	if (k->unlock == NULL)
		return failed(k, id, reason, e);
	/* A second look that fails takes nothing away: what the first found stays, and what asks for a password says that it was cut short. */
	k->tally->failed++;
	if ((rc = findings_untried(k->store, id, utf8_clean(k->scratch, span_str(reason)), e)) != OK)
		return rc;
	return keeper_settled(k, e);
}

static enum errc on_message(void *ctx, int64_t id, span result, struct err *e)
{
	struct keeper *k = ctx;
	struct scan_tally before = *k->tally;
	uint64_t findings = 0, unread = 0;
	struct scanned scanned = {0};
	enum errc rc = k->unlock != NULL ? findings_counts(k->store, id, &findings, &unread, e) : OK;

	if (rc == OK && (!k->fresh || k->unlock != NULL))
		rc = findings_forget(k->store, id, e);
	if (rc == OK)
		rc = answer_message(k, id, result, &scanned, e);
	if (rc == ERR_EVIDENCE) {
		*k->tally = before;
		return failed(k, id, e->text, e);
	}
	if (rc != OK || (rc = findings_scanned(k->store, id, k->ruleset_id, &scanned, e)) != OK ||
	    (k->unlock != NULL && (rc = findings_whose_again(k->store, id, e)) != OK))
		return rc;
	if (k->unlock == NULL) {
		k->tally->messages++;
		k->tally->text_bytes += scanned.n_text;
	} else {
		/* Read before, in this run or an earlier one. */
		k->tally->findings = k->tally->findings > findings ? k->tally->findings - findings : 0;
		k->tally->unread = k->tally->unread > unread ? k->tally->unread - unread : 0;
	}
	return keeper_settled(k, e);
}

static enum errc on_ended(void *ctx, int64_t id, const char *reason, struct err *e)
{
	struct keeper *k = ctx;

	buf_put(&k->ended, span_of(&id, sizeof id));
	return failed(k, id, reason, e);
}

static enum errc ended_ids(void *ctx, int64_t *ids, size_t max, size_t *n, struct err *e)
{
	struct keeper *k = ctx;
	span rest = span_first(span_from(buf_span(&k->ended), k->at_ended), max * sizeof *ids);

	(void)e;
	if (rest.n > 0)
		memcpy(ids, rest.p, rest.n);
	*n = rest.n / sizeof *ids;
	k->at_ended += rest.n;
	k->tally->failed -= *n; /* each is told of anew */
	return OK;
}

static enum errc ask_mail(void *ctx, int64_t id, struct buf *out, struct err *e)
{
	(void)ctx;
	(void)id;
	buf_u8(out, ASK_MAIL);
	buf_u32(out, 0);
	return buf_check(out, e);
}

/* An attachment that is small is read with its mail, and may have been what ended the worker: that is to cost itself. */
static enum errc ended_read(struct keeper *k, struct evidence_run run, struct err *e)
{
	enum errc rc = buf_check(&k->ended, e);

	if (rc != OK || k->ended.n == 0)
		return rc;
	k->fresh = false;
	run.next_ids = ended_ids;
	run.input = ask_mail;
	run.on_ended = NULL;
	run.all_bytes = 0;
	return evidence_read(&run, e);
}

static enum errc read_all(struct keeper *k, const struct case_config *config, const struct scan_options *o, int fd,
    struct err *e)
{
	struct evidence_workers workers = {0};
	struct evidence_run run = {
	    .store = k->store, .case_dir = config->dir, .job = &scan_job, .init = buf_span(&k->init), .init_fd = fd,
	    .n_workers = o->n_workers, .workers = &workers, .without_jail = o->without_jail, .progress = o->progress, .ctx = k,
	    .doing = "scan, text", .next_ids = next_ids, .on_message = on_message, .on_failed = on_failed, .on_ended = on_ended};
	enum errc rc = OK;

	if ((!o->progress || (rc = findings_due_bytes(k->store, k->ruleset_id, &run.all_bytes, e)) == OK) &&
	    (rc = evidence_read(&run, e)) == OK && (rc = ended_read(k, run, e)) == OK) {
		run.on_ended = NULL;
		run.all_bytes = 0; /* of these messages only some parts are read */
		rc = attachments_read(k, &run, e);
	}
	evidence_workers_end(&workers, rc != OK);
	return rc;
}

static enum errc passwords_of(void *ctx, int64_t id, struct buf *out, struct err *e)
{
	struct keeper *k = ctx;

	return unlock_input(k->unlock, id, out, e);
}

/* What asks for a password is looked at again with those that there are. */
static enum errc open_sealed(struct keeper *k, const struct case_config *config, const struct scan_options *o, int fd,
    struct err *e)
{
	struct unlock u;
	struct evidence_run run = unlock_run(k, config, o, fd);
	size_t n = 0;
	enum errc rc = unlock_open(&u, k->store, o->passwords, config->try_passwords, e);

	if (rc != OK || (rc = unlock_sealed(&u, &n, e)) != OK || n == 0)
		goto out;
	k->unlock = &u;
	if (u.near && ((rc = unlock_near(&u, e)) != OK || (rc = evidence_read(&run, e)) != OK || (rc = unlock_sealed(&u, &n, e)) != OK))
		goto out;
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
	struct ledger_note note;
	enum errc rc;

	if ((rc = findings_finish(k->store, &t->exposures, e)) != OK)
		return rc;
	if (t->messages + t->failed + t->opened + t->attachments > 0) {
		ledger_begin(&note);
		json_digest(&note.j, "rules", rules);
		json_u64(&note.j, "messages", t->messages);
		json_u64(&note.j, "attachments", t->attachments);
		json_u64(&note.j, "failed", t->failed + t->attachments_failed);
		json_u64(&note.j, "findings", t->findings);
		json_bool(&note.j, "jailed", jailed);
		if ((rc = ledger_end(&note, k->store, "scan", e)) != OK)
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

/*
 * The digest of what messages are scanned with: the rules, the program, and the languages of pictures. With another of them they are
 * scanned again. METHOD grows when the same program version finds other things with the same rules.
 */
#define METHOD TOCSIN_VERSION " 33"
static enum errc scanned_with(struct digest *rules, const char *languages, struct err *e)
{
	struct sha256 *h;
	enum errc rc = sha256_new(&h, e);

	if (rc != OK)
		return rc;
	sha256_start(h);
	sha256_add(h, digest_span(rules));
	sha256_add(h, SPAN_LIT(METHOD));
	sha256_add(h, span_str(languages));
	sha256_done(h, rules);
	sha256_free(h);
	return OK;
}

enum errc keeper_init(struct keeper *k, struct arena *a, const struct case_config *config, const struct scan_options *o,
    struct rules_ready *rules, int *fd, struct err *e)
{
	unsigned char key[CASE_KEY_SIZE] = {0};
	enum errc rc = rules_ready(a, o->rules_dir, o->prepared, rules, e);

	if (rc == OK && (rc = packed_fd(rules->packed, fd, e)) == OK && (rc = case_key(config->dir, key, e)) == OK) {
		k->set = rules->set;
		buf_put(&k->init, span_of(key, CASE_KEY_SIZE));
		buf_bytes(&k->init, span_str(o->ocr != NULL ? o->ocr : ""));
		rc = buf_check(&k->init, e);
	}
	explicit_bzero(key, sizeof key);
	return rc;
}

enum errc scan_run(struct store *st, const struct case_config *config, const struct scan_options *o,
    struct scan_tally *tally, struct err *e)
{
	struct keeper k = {.store = st, .tally = tally};
	struct arena *a = NULL;
	struct rules_ready rules;
	int fd = -1;
	enum errc rc;

	*tally = (struct scan_tally){0};
	buf_init(&k.init, LIMIT_FRAME_BYTES / 2);
	buf_init(&k.ended, LIMIT_FRAME_BYTES);
	if ((rc = ocr_possible(o, e)) != OK || (rc = arena_new(&a, 64 * MIB, e)) != OK || (rc = arena_new(&k.scratch, 64 * MIB, e)) != OK ||
	    (rc = arena_new(&k.asking, MIB, e)) != OK || (rc = keeper_init(&k, a, config, o, &rules, &fd, e)) != OK ||
	    (rc = scanned_with(&rules.digest, o->ocr != NULL ? o->ocr : "", e)) != OK)
		goto out;
	tally->rules = rules.set->n_rules;
	if ((rc = findings_begin(st, &rules.digest, rules.set->n_rules, &k.ruleset_id, &k.fresh, e)) != OK ||
	    (rc = scope_drop_findings(st, e)) != OK || (rc = waiting_begin(st, e)) != OK || (rc = store_piece_coverage(st, e)) != OK ||
	    (rc = findings_done(st, k.ruleset_id, &tally->unchanged, e)) != OK ||
	    (rc = read_all(&k, config, o, fd, e)) != OK ||
	    ((o->passwords != NULL || config->try_passwords) && (rc = open_sealed(&k, config, o, fd, e)) != OK))
		goto out;
	if (tally->messages + tally->attachments != 0 && (rc = known_star(&k, e)) != OK)
		goto out;
	rc = write_down(&k, &rules.digest, !o->without_jail, e);
out:
	buf_wipe(&k.init);
	buf_free(&k.ended);
	if (fd >= 0)
		close(fd);
	arena_free(k.scratch);
	arena_free(k.asking);
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
