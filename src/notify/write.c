#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/json.h"
#include "base/limits.h"
#include "notify/private.h"
#include "notify/statements.h"

struct writer {
	const struct notify *n;
	const struct wave *w;
	struct arena *a;          /* of the whole run */
	struct signing signing;
	struct statements s;      /* in the order of the walk */
	size_t at, n_written, n_held;
};

/* The first walk: what each notice states of itself goes into the notice log. */
static enum errc state_visit(void *ctx, const struct dossier_view *d, struct err *e)
{
	struct writer *x = ctx;
	enum errc rc = OK;

	for (size_t i = 0; i < d->n_letters && rc == OK; i++) {
		const struct letter_view *l = &d->letters[i];
		const struct case_config *c = x->n->config;
		struct statement v = {.domain = x->signing.domain, .id = span_str(l->notice->id), .issued_utc = x->w->planned_utc,
		    .organisation = span_str(d->org->name), .portal = span_str(c->portal)};
		struct buf signer;

		if (l->notice->state == NOTICE_NO_CONTACT)
			continue;
		buf_init(&signer, 4096);
		buf_printf(&signer, "%s <%s>", c->sender_name, c->sender_address);
		v.signer = buf_span(&signer);
		if ((rc = buf_check(&signer, e)) == OK && (rc = statement_text_digest(l->text, &v.text_sha256, e)) == OK)
			rc = statements_add(&x->s, x->a, &x->signing, &v, e);
		buf_free(&signer);
	}
	return rc;
}

static enum errc put_encrypted(struct writer *x, const struct letter_view *l, span mail, struct buf *out, struct err *e)
{
	if (l->key.bytes.n != 0)
		return recipient_encrypt(&x->signing, l->mail, mail, &l->key, out, e);
	buf_put(out, mail);
	return buf_check(out, e);
}

/*
 * The bytes of one notice: as it was approved, or with what its signatures add. Approval is of text and header fields;
 * statement and signatures follow from these and the keys, and the public halves of the keys stand in the text.
 */
static enum errc put_mail(struct writer *x, const struct letter_view *l, struct buf *out, struct err *e)
{
	struct proof_row row = {.id = l->notice->id};
	struct signed_statement v;
	struct arena *scratch;
	struct buf mail;
	enum errc rc;

	if (x->signing.notice == NULL) {
		buf_put(out, l->eml);
		return buf_check(out, e);
	}
	if ((rc = arena_new(&scratch, MIB, e)) != OK)
		return rc;
	buf_init(&mail, 16 * LIMIT_NOTICE_BYTES);
	if ((rc = statements_get(&x->s, scratch, &x->signing, x->at++, span_str(l->notice->id), &v, &row, e)) == OK &&
	    (rc = signing_compose(&x->signing, l->mail, span_str(l->notice->id), &v, &mail, e)) == OK && (rc = put_encrypted(x, l, buf_span(&mail), out, e)) == OK) {
		sha256_of(buf_span(out), &row.file_sha256);
		rc = proof_put(x->n->store, &row, e);
	}
	buf_free(&mail);
	arena_free(scratch);
	return rc;
}

/*
 * The rows are committed when all files are there and on the disk: a run that was cut off leaves an approved wave, and the next run writes
 * the same bytes over what is there.
 */
static enum errc write_visit(void *ctx, const struct dossier_view *d, struct err *e)
{
	struct writer *x = ctx;
	struct buf mail;
	enum errc rc = OK;

	buf_init(&mail, 32 * LIMIT_NOTICE_BYTES);
	for (size_t i = 0; i < d->n_letters && rc == OK; i++) {
		const struct letter_view *l = &d->letters[i];
		char file[64], path[4096];
		int n;

		if (l->notice->state == NOTICE_NO_CONTACT)
			continue;
		(void)snprintf(file, sizeof file, "out/wave-%lld/%.16s.eml", (long long)x->w->number, l->notice->id);
		n = snprintf(path, sizeof path, "%s/%s", x->n->config->dir, file);
		if (n < 0 || (size_t)n >= sizeof path) {
			rc = err_set(e, ERR_USAGE, "%s: path too long", x->n->config->dir);
			break;
		}
		buf_clear(&mail);
		if ((rc = put_mail(x, l, &mail, e)) == OK && (rc = io_write_unsynced(path, buf_span(&mail), 0600, e)) == OK)
			rc = notice_set_written(x->n->store, l->notice->id, file, e);
		x->n_written++;
		x->n_held += hold_now(d->org, x->n->now_utc) != 0;
	}
	buf_free(&mail);
	return rc;
}

/* Both walks over an approved wave; *again is the digest of what the second one wrote. */
static enum errc write_all(struct writer *x, struct digest *again, struct err *e)
{
	enum errc rc;

	if ((rc = signing_load(x->a, x->n->config, &x->signing, e)) != OK)
		return rc;
	if (x->signing.notice != NULL &&
	    ((rc = statements_open(&x->s, x->n->config, &x->signing, e)) != OK ||
	        (rc = wave_walk(x->n, x->w, NULL, true, state_visit, x, NULL, e)) != OK ||
	        (rc = statements_sign(&x->s, &x->signing, e)) != OK))
		goto out;
	rc = wave_walk(x->n, x->w, NULL, true, write_visit, x, again, e);
out:
	statements_close(&x->s);
	signing_close(&x->signing);
	return rc;
}

static enum errc make_dirs(const struct notify *n, struct arena *a, const char *dir, struct err *e)
{
	const char *out = arena_printf(a, "%s/out", n->config->dir);
	enum errc rc;

	if (out == NULL)
		return err_memory(e);
	rc = io_make_dir(out, 0700, e);
	return rc == OK ? io_make_dir(dir, 0700, e) : rc;
}

/* "TN-7Q4K-2M9D.eml", and what it is called while it is written */
static bool is_notice_file(span name)
{
	size_t n = sizeof "TN-7Q4K-2M9D" - 1;
	span end = span_from(name, n);

	return span_starts(name, SPAN_LIT("TN-")) && (span_eq(end, SPAN_LIT(".eml")) || span_eq(end, SPAN_LIT(".eml.new")));
}

/*
 * Signed mails of a run that was cut off: the wave may have been planned anew since and tell others. Whoever hands the folder over hands over
 * all that is in it.
 */
static enum errc remove_unfinished(const char *dir, struct err *e)
{
	DIR *d = opendir(dir);
	enum errc rc = OK;

	if (d == NULL)
		return err_sys(e, "%s", dir);
	for (struct dirent *x; rc == OK && (x = readdir(d)) != NULL;)
		if (is_notice_file(span_str(x->d_name)) && unlinkat(dirfd(d), x->d_name, 0) != 0 && errno != ENOENT && errno != EISDIR)
			rc = err_sys(e, "%s/%s", dir, x->d_name);
	(void)closedir(d);
	return rc;
}

static enum errc record(const struct writer *x, const struct digest *plan, struct err *e)
{
	struct ledger_note note;
	struct wave_numbers c;
	enum errc rc = wave_numbers(x->n->store, x->w->number, &c, e);

	if (rc != OK)
		return rc;
	ledger_begin(&note);
	json_i64(&note.j, "wave", x->w->number);
	json_digest(&note.j, "plan", plan);
	json_i64(&note.j, "organisations", c.organisations);
	json_i64(&note.j, "no_contact", c.no_contact);
	json_i64(&note.j, "persons", c.persons);
	json_i64(&note.j, "notices", c.notices);
	json_i64(&note.j, "messages", c.messages);
	json_i64(&note.j, "exposures", c.exposures);
	return ledger_end(&note, x->n->store, "wave written", e);
}

enum errc notify_write(const struct notify *n, struct arena *a, uint64_t number, struct notify_written *out,
    struct err *e)
{
	struct approval_count c;
	struct digest plan, again;
	struct wave w;
	struct writer x = {.n = n, .w = &w, .a = a};
	enum errc rc;

	*out = (struct notify_written){0};
	if ((rc = wave_find(n, number, &w, e)) != OK)
		return rc;
	out->wave = w.number;
	if ((out->dir = arena_printf(a, "%s/out/wave-%lld", n->config->dir, (long long)w.number)) == NULL)
		return err_memory(e);
	if (w.state == WAVE_WRITTEN) {
		out->before = true;
		return OK;
	}
	if ((rc = wave_recheck(n, &w, &plan, e)) != OK || (rc = approvals_count(n, &w, &plan, &c, e)) != OK)
		return rc;
	if (c.valid < c.needed)
		return err_set(e, ERR_REFUSED, "wave %lld has %u of %u approvals%s: tocsin notify approve --by NAME", (long long)w.number,
		    c.valid, c.needed, c.outdated != 0 ? " (others were given before the plan changed)" : "");
	if ((rc = make_dirs(n, a, out->dir, e)) != OK || (rc = remove_unfinished(out->dir, e)) != OK || (rc = write_all(&x, &again, e)) != OK)
		return rc;
	/* The templates are files: they may have been changed between the two looks at them. */
	if (memcmp(&plan, &again, sizeof plan) != 0)
		return err_set(e, ERR_REFUSED, "the templates changed while wave %lld was written; approve and write it again",
		    (long long)w.number);
	out->n_written = x.n_written;
	out->n_held = x.n_held;
	if ((rc = io_sync(out->dir, e)) != OK ||
	    (rc = wave_written(n->store, w.number, &plan, n->config->delivery.by == DELIVERY_NOT_SET, n->now_utc, e)) != OK || (rc = record(&x, &plan, e)) != OK)
		return rc;
	return store_commit(n->store, e);
}
