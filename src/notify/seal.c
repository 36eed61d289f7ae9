/* notify seal: each organisation's dossier up to a wave as a sealed bundle, in the order of the organisations' keys. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/bisect.h"
#include "base/io.h"
#include "base/json.h"
#include "base/limits.h"
#include "evidence/spool.h"
#include "notify/dossier.h"

/* ---- the messages --------------------------------------------------------------------------------------------- */

static int by_message_id(const void *x, const void *y, void *ctx)
{
	const struct dossier *d = ctx;
	int64_t a = d->messages[*(const size_t *)x].id, b = d->messages[*(const size_t *)y].id;

	return a < b ? -1 : a > b;
}

static size_t position(const struct dossier *d, int64_t id)
{
	size_t i;

	BISECT(i, d->n_messages, d->messages[d->by_id[i]].id < id);
	return d->by_id[i];
}

static enum errc next_ids(void *ctx, int64_t *ids, size_t max, size_t *n, struct err *e)
{
	struct dossier *d = ctx;

	(void)e;
	for (*n = 0; *n < max && d->next_id < d->n_messages;)
		ids[(*n)++] = d->messages[d->by_id[d->next_id++]].id;
	return OK;
}

static enum errc input(void *ctx, int64_t id, struct buf *out, struct err *e) { return record_input(ctx, position(ctx, id), out, e); }

/* A record that is none costs its message, as a death of the worker's does. */
static enum errc on_message(void *ctx, int64_t id, span result, struct err *e)
{
	enum errc rc = record_take(ctx, position(ctx, id), result, e);

	return rc == ERR_EVIDENCE ? record_failed(ctx, position(ctx, id), e) : rc;
}

static enum errc on_failed(void *ctx, int64_t id, const char *reason, struct err *e)
{
	(void)reason; /* the record says that it could not be read; why stands in coverage or comes with verify */
	return record_failed(ctx, position(ctx, id), e);
}

static enum errc read_messages(struct dossier *d, const struct notify_seal *s, struct err *e)
{
	const struct evidence_run run = {.store = d->n->store, .case_dir = d->n->config->dir, .job = &seal_job, .init_fd = -1,
	    .n_workers = s->workers, .without_jail = s->without_jail, .progress = s->progress, .ctx = d, .next_ids = next_ids,
	    .input = input, .on_message = on_message, .on_failed = on_failed};
	enum errc rc = sealed_messages(d->n->store, d->a, d->org.id, d->wave, &d->messages, &d->n_messages, e);

	if (rc != OK)
		return rc;
	if ((d->rows = arena_zero(d->a, d->n_messages, sizeof *d->rows)) == NULL ||
	    (d->by_id = arena_zero(d->a, d->n_messages, sizeof *d->by_id)) == NULL)
		return err_memory(e);
	for (size_t i = 0; i < d->n_messages; i++) {
		d->by_id[i] = i;
		seal_record_id(d->n->key, &d->id, &d->messages[i].content, d->rows[i].record);
		d->rows[i].from = d->rows[i].to = d->rows[i].subject = "";
	}
	if (d->n_messages > 1)
		qsort_r(d->by_id, d->n_messages, sizeof *d->by_id, by_message_id, d);
	return evidence_read(&run, e);
}

/* ---- keys and notices ----------------------------------------------------------------------------------------- */

static enum errc seal_notice(const struct dossier *d, const char *id, span identity, struct bundle_notice *out, struct err *e)
{
	struct seal_key auth, kek_a, kek;
	char code[SEAL_CODE + 1];
	struct buf sealed;
	enum errc rc;

	buf_init(&sealed, 4 * MIB);
	(void)snprintf(out->id, sizeof out->id, "%s", id);
	seal_code(d->n->key, id, d->round.generation, code);
	seal_auth_a(id, code, &auth);
	seal_kek_a(id, code, &kek_a);
	seal_kek(&kek_a, &d->share_b, &d->id, &kek);
	sha256_of(span_of(auth.b, sizeof auth.b), &out->auth_sha256);
	if ((rc = seal_wrap_ck(&kek, &d->id, id, d->round, &d->ck, out->wrapped_ck, e)) == OK &&
	    (rc = seal_put_identity(&auth, &d->id, id, identity, &sealed, e)) == OK &&
	    (out->identity = arena_copy(d->a, buf_span(&sealed))).p == NULL)
		rc = err_memory(e);
	buf_free(&sealed);
	explicit_bzero(code, sizeof code);
	explicit_bzero(&auth, sizeof auth);
	explicit_bzero(&kek_a, sizeof kek_a);
	explicit_bzero(&kek, sizeof kek);
	return rc;
}

static enum errc head_of(struct dossier *d, struct seal_bundle *head, struct err *e)
{
	struct buf identity;
	enum errc rc = OK;

	*head = (struct seal_bundle){.id = d->id, .round = d->round, .wave = d->wave, .created_utc = d->created_utc, .share_b = d->share_b,
	    .n_notices = d->n_notices, .n_earlier = d->round.version - 1};
	if ((head->notices = arena_zero(d->a, head->n_notices, sizeof *head->notices)) == NULL ||
	    (head->earlier = arena_zero(d->a, head->n_earlier, sizeof *head->earlier)) == NULL)
		return err_memory(e);
	buf_init(&identity, LIMIT_BUNDLE_IDENTITY);
	identity_write(d, &identity);
	rc = buf_check(&identity, e);
	for (size_t i = 0; i < d->n_notices && rc == OK; i++)
		rc = seal_notice(d, d->notices[i].id, buf_span(&identity), &head->notices[i], e);
	for (uint32_t v = 1; v < d->round.version && rc == OK; v++) {
		struct seal_key before;

		seal_ck(d->n->key, &d->id, (struct seal_round){d->round.generation, v}, &before);
		head->earlier[v - 1].version = v;
		rc = seal_wrap_next(&before, &d->id, d->round.generation, v, d->round.version, &d->ck, head->earlier[v - 1].wrapped_ck, e);
		explicit_bzero(&before, sizeof before);
	}
	buf_free(&identity);
	return rc;
}

/* ---- one organisation ----------------------------------------------------------------------------------------- */

static enum errc add_json(struct dossier *d, const char *record, uint64_t order, const struct buf *json, struct err *e)
{
	struct buf sealed;
	enum errc rc = buf_check(json, e);

	buf_init(&sealed, GIB);
	if (rc == OK && (rc = seal_put_record(&d->ck, &d->id, record, buf_span(json), &sealed, e)) == OK)
		rc = seal_writer_add(d->bundle, record, order, buf_span(&sealed), e);
	buf_free(&sealed);
	return rc;
}

static enum errc add_index(struct dossier *d, struct err *e)
{
	struct buf b;
	enum errc rc;

	buf_init(&b, 512 * MIB);
	index_write(d, &b);
	if ((rc = add_json(d, "index", 0, &b, e)) == OK)
		rc = export_file(d, FILE_INDEX, 0, "index.json", buf_span(&b), e);
	for (size_t i = 0; rc == OK && i * ROWS_A_LIST < d->n_messages; i++) {
		size_t to = (i + 1) * ROWS_A_LIST;
		char name[BUNDLE_RECORD_MAX];

		buf_clear(&b);
		list_write(d, i * ROWS_A_LIST, to < d->n_messages ? to : d->n_messages, &b);
		(void)snprintf(name, sizeof name, "list-%zu", i);
		rc = add_json(d, name, i, &b, e);
	}
	buf_wipe(&b);
	return rc;
}

static enum errc note_sealed(struct dossier *d, const struct digest *sha256, struct err *e)
{
	const struct sealed_row r = {.org_id = d->org.id, .wave = d->wave, .generation = d->round.generation,
	    .version = d->round.version, .case_id = d->id_hex, .sha256 = *sha256, .n_messages = (int64_t)d->n_messages,
	    .n_exposures = (int64_t)d->n_exposures, .n_withheld = (int64_t)d->n_withheld, .when_utc = d->n->now_utc};
	enum errc rc = sealed_put(d->n->store, &r, e);

	for (size_t i = 0; i < d->n_messages && rc == OK; i++)
		rc = sealed_put_record(d->n->store, d->org.id, d->rows[i].record, d->messages[i].id, e);
	for (size_t i = 0; i < d->n_exposures && rc == OK; i++)
		rc = sealed_put_exposure(d->n->store, d->org.id, d->exposures[i].name, d->exposures[i].id, e);
	return rc;
}

static enum errc seal_dossier(struct dossier *d, const struct notify_seal *s, struct notify_sealed *out, struct err *e)
{
	struct seal_bundle head;
	struct digest sha256;
	uint64_t n_bytes;
	char path[4096];
	int n;
	enum errc rc;

	if ((rc = wave_contacts(d->n->store, d->a, d->org.id, &d->contacts, &d->n_contacts, e)) != OK ||
	    (rc = read_messages(d, s, e)) != OK || (rc = add_index(d, e)) != OK || (rc = export_tables(d, e)) != OK ||
	    (rc = export_write(d, e)) != OK || (rc = head_of(d, &head, e)) != OK)
		return rc;
	n = snprintf(path, sizeof path, "%s/%s.bundle", s->out, d->id_hex);
	if (n < 0 || (size_t)n >= sizeof path)
		return err_set(e, ERR_USAGE, "%s: path too long", s->out);
	if ((rc = seal_writer_write(d->bundle, &head, d->signer, path, &sha256, &n_bytes, e)) != OK ||
	    (rc = note_sealed(d, &sha256, e)) != OK)
		return rc;
	out->n_bundles++;
	out->n_messages += d->n_messages;
	out->n_exposures += d->n_exposures;
	out->n_withheld += d->n_withheld;
	out->n_bytes += n_bytes;
	for (size_t i = 0; i < d->n_messages; i++)
		out->n_failed += d->rows[i].failed;
	for (size_t i = 0; i < MASK_REASONS; i++)
		out->n_masked += d->masked[i];
	return OK;
}

/* What the dossiers of a wave have in common. */
struct sealing {
	const struct notify *n;
	const struct notify_seal *s;
	struct notify_sealed *out;
	struct wave w;
	struct languages languages;
	struct seal_signer signer;
	int64_t first_utc, last_utc; /* of the intruder's records */
};

static enum errc seal_org(struct sealing *p, const struct wave_org *org, struct err *e)
{
	const struct notify *n = p->n;
	struct dossier d = {.n = n, .wave = p->w.number, .created_utc = p->w.planned_utc, .records_from_utc = p->first_utc,
	    .records_to_utc = p->last_utc, .signer = &p->signer, .language = language_for(&p->languages, org, n->config), .plain = -1};
	int sealed_spool = -1;
	enum errc rc;

	if ((rc = arena_new(&d.a, 4 * GIB, e)) != OK || (rc = arena_new(&d.scratch, 2 * GIB, e)) != OK ||
	    (rc = sealed_org(n->store, d.a, org->id, &d.org, e)) != OK ||
	    (rc = sealed_notices(n->store, d.a, org->id, p->w.number, &d.notices, &d.n_notices, e)) != OK ||
	    (rc = sealed_generation(n->store, org->id, &d.round.generation, e)) != OK)
		goto out;
	if (d.n_notices == 0) { /* nobody could be told of it: there is no code that opens it */
		p->out->n_without_notice++;
		goto out;
	}
	d.round.version = (uint32_t)org->version;
	/* The name in the directory may have changed since. */
	if (!hex_read(span_str(d.org.case_id), d.id.b, sizeof d.id.b))
		seal_case_id(n->key, d.org.key, &d.id);
	hex_write(d.id_hex, span_of(d.id.b, sizeof d.id.b));
	seal_ck(n->key, &d.id, d.round, &d.ck);
	seal_share_b(n->key, &d.id, d.round, &d.share_b);
	hkdf_sha256(n->key, span_of(d.id.b, sizeof d.id.b), SPAN_LIT("tocsin tokens v1"), d.token_key.b, sizeof d.token_key.b);
	if ((rc = spool_open(n->config->dir, &d.plain, e)) == OK && (rc = spool_open(n->config->dir, &sealed_spool, e)) == OK &&
	    (rc = seal_writer_new(&d.bundle, sealed_spool, e)) == OK)
		rc = seal_dossier(&d, p->s, p->out, e);
	if (rc != OK)
		err_in(e, "%s", d.org.key);
out:
	seal_writer_free(d.bundle);
	if (d.plain >= 0)
		(void)close(d.plain);
	if (sealed_spool >= 0)
		(void)close(sealed_spool);
	explicit_bzero(&d.ck, sizeof d.ck);
	explicit_bzero(&d.share_b, sizeof d.share_b);
	arena_free(d.a);
	arena_free(d.scratch);
	return rc;
}

/* ---- all of them ---------------------------------------------------------------------------------------------- */

/* New keys are new codes: they go into a file of their own, for whoever has proved anew who they are. */
static enum errc renew(const struct notify *n, const struct wave *w, const struct wave_org *org, const char **file, struct arena *a,
    struct err *e)
{
	struct sealed_notice *notices;
	uint32_t generation;
	size_t n_notices;
	struct buf b;
	enum errc rc;

	buf_init(&b, MIB);
	if ((rc = sealed_generation(n->store, org->id, &generation, e)) != OK ||
	    (rc = sealed_set_generation(n->store, org->id, ++generation, e)) != OK ||
	    (rc = sealed_notices(n->store, a, org->id, w->number, &notices, &n_notices, e)) != OK)
		goto out;
	for (size_t i = 0; i < n_notices; i++) {
		char code[SEAL_CODE + 1], text[SEAL_CODE_TEXT];

		seal_code(n->key, notices[i].id, generation, code);
		code_text(notices[i].id, code, text);
		buf_printf(&b, "%s  %s  %s\n", notices[i].id, text, notices[i].address);
		explicit_bzero(code, sizeof code);
		explicit_bzero(text, sizeof text);
	}
	if ((*file = arena_printf(a, "%s/out/codes-%s-%u.txt", n->config->dir, notices != NULL ? notices[0].id : "none", generation)) == NULL)
		rc = err_memory(e);
	else if ((rc = buf_check(&b, e)) == OK)
		rc = io_write_file(*file, buf_span(&b), 0600, e);
out:
	buf_wipe(&b);
	return rc;
}

static enum errc put_public(const struct notify_seal *s, const struct seal_signer *signer, struct err *e)
{
	char path[4096];
	struct buf b;
	int n = snprintf(path, sizeof path, "%s/tocsin.pub", s->out);
	enum errc rc;

	if (n < 0 || (size_t)n >= sizeof path)
		return err_set(e, ERR_USAGE, "%s: path too long", s->out);
	buf_init(&b, 4 * KIB);
	verify_key_write(&signer->public, &b);
	if ((rc = io_make_dir(s->out, 0700, e)) == OK && (rc = buf_check(&b, e)) == OK)
		rc = io_write_file(path, buf_span(&b), 0644, e);
	buf_free(&b);
	return rc;
}

static enum errc record(const struct notify *n, const struct notify_sealed *out, const char *renewed, struct err *e)
{
	struct ledger_note note;

	ledger_begin(&note);
	json_i64(&note.j, "wave", out->wave);
	json_u64(&note.j, "bundles", out->n_bundles);
	json_u64(&note.j, "messages", out->n_messages);
	json_u64(&note.j, "masked", out->n_masked);
	json_u64(&note.j, "withheld", out->n_withheld);
	if (renewed != NULL)
		json_str(&note.j, "new_keys", renewed);
	return ledger_end(&note, n->store, renewed != NULL ? "sealed with new keys" : "sealed", e);
}

enum errc notify_seal(const struct notify *n, struct arena *a, const struct notify_seal *s, struct notify_sealed *out,
    struct err *e)
{
	struct sealing p = {.n = n, .s = s, .out = out};
	struct wave_org *orgs;
	const char *renewed = NULL;
	size_t n_orgs;
	bool met = false;
	enum errc rc;

	*out = (struct notify_sealed){0};
	if ((rc = wave_find(n, s->wave, &p.w, e)) != OK)
		return rc;
	out->wave = p.w.number;
	if (p.w.state != WAVE_WRITTEN)
		return err_set(e, ERR_REFUSED, "wave %lld is not written: only what people approved is sealed", (long long)p.w.number);
	if (s->new_keys != NULL && (rc = wave_org_named(n, a, p.w.number, s->new_keys, &renewed, e)) != OK)
		return rc;
	if ((rc = sign_derive(n->key, &p.signer, e)) != OK || (rc = wave_orgs(n->store, a, p.w.number, &orgs, &n_orgs, e)) != OK ||
	    (rc = languages_load(a, n->templates, &p.languages, e)) != OK ||
	    (rc = sealed_timeline(n->store, &p.first_utc, &p.last_utc, e)) != OK || (rc = put_public(s, &p.signer, e)) != OK)
		goto out;
	(void)key_id_text(p.signer.public.id, out->signer);
	for (size_t i = 0; i < n_orgs && rc == OK; i++) {
		if (orgs[i].track != TRACK_NOTIFIED || (renewed != NULL && strcmp(orgs[i].key, renewed) != 0))
			continue;
		met = true;
		if (renewed != NULL && (rc = renew(n, &p.w, &orgs[i], &out->codes, a, e)) != OK)
			break;
		if ((rc = seal_org(&p, &orgs[i], e)) == OK)
			rc = store_commit(n->store, e);
	}
	if (rc == OK && renewed != NULL && !met)
		rc = err_set(e, ERR_USAGE, "nothing of %.100s is sealed: only what organisations are told is", renewed);
	if (rc == OK && (rc = record(n, out, renewed, e)) == OK)
		rc = store_commit(n->store, e);
out:
	explicit_bzero(&p.signer, sizeof p.signer);
	return rc;
}
