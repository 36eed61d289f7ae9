/*
 * The export: its files lie in a spool (a file without a name in the case folder) until all are there; then they are
 * written as a tar archive twice, first for its digest, which gives the age file's keys, and then into the age file.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "notify/dossier.h"
#include "seal/age.h"
#include "seal/tar.h"

enum { PIECE = 256 * 1024 };

enum errc export_file(struct dossier *d, unsigned rank, uint64_t order, const char *name, span bytes, struct err *e)
{
	struct file *f;

	if ((f = arena_grow(d->a, d->files, d->n_files, &d->cap_files, sizeof *f, 64)) == NULL)
		return err_memory(e);
	d->files = f;
	f = &d->files[d->n_files++];
	*f = (struct file){.name = arena_cstr(d->a, span_str(name)), .rank = rank, .order = order, .at = d->n_plain, .n = bytes.n};
	if (f->name == NULL)
		return err_memory(e);
	sha256_of(bytes, &f->sha256);
	d->n_plain += bytes.n;
	return io_write(d->plain, bytes, e);
}

static int by_rank(const void *x, const void *y)
{
	const struct file *a = x, *b = y;

	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	if (a->order != b->order)
		return a->order < b->order ? -1 : 1;
	return strcmp(a->name, b->name);
}

/* ---- tables ------------------------------------------------------------------------------------------ */

/* RFC 4180; what a spreadsheet would take for a formula gets an apostrophe. */
static void put_cell(struct buf *b, const char *s, bool last)
{
	span v = span_str(s);

	buf_byte(b, '"');
	if (v.n != 0 && ascii_is_one_of(v.p[0], "=+-@\t\r"))
		buf_byte(b, '\'');
	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] == '"')
			buf_byte(b, '"');
		buf_byte(b, v.p[i]);
	}
	buf_str(b, last ? "\"\r\n" : "\",");
}

static const char *time_or_none(int64_t t, char out[TIME_TEXT]) { return t != TIME_NONE ? time_rfc3339(t, out) : ""; }

static void put_messages(const struct dossier *d, const struct exposure **sorted, struct buf *b)
{
	char when[TIME_TEXT], number[32];

	(void)sorted;
	buf_str(b, UTF8_MARK "record,when,from,to,subject,verdict,credentials,personal,attachments,withheld,version\r\n");
	for (size_t i = 0; i < d->n_messages; i++) {
		const struct sealed_message *m = &d->messages[i];
		const struct row *r = &d->rows[i];

		put_cell(b, r->record, false);
		put_cell(b, time_or_none(m->when_utc, when), false);
		put_cell(b, r->from, false);
		put_cell(b, r->to, false);
		put_cell(b, r->subject, false);
		put_cell(b, verdict_name(m->verdict), false);
		for (int k = 0; k < 3; k++) {
			(void)snprintf(number, sizeof number, "%u", k == 0 ? r->credentials : k == 1 ? r->personal : r->attachments);
			put_cell(b, number, false);
		}
		put_cell(b, r->withheld ? "yes" : "no", false);
		(void)snprintf(number, sizeof number, "%d", m->version);
		put_cell(b, number, true);
	}
}

static void put_credentials(const struct dossier *d, const struct exposure **sorted, struct buf *b)
{
	char when[TIME_TEXT], number[32];

	buf_str(b, UTF8_MARK "exposure,class,severity,masked,ours,value,messages,first,accessed,due,record,where,beside\r\n");
	for (size_t i = 0; i < d->n_exposures; i++) {
		const struct exposure *x = sorted[i];

		put_cell(b, x->name, false);
		put_cell(b, x->class, false);
		put_cell(b, severity_name(x->severity), false);
		put_cell(b, x->masked, false);
		put_cell(b, !x->theirs ? "no" : x->maybe ? "possibly" : "yes", false);
		put_cell(b, x->value != NULL ? x->value : "", false);
		(void)snprintf(number, sizeof number, "%zu", x->n_messages);
		put_cell(b, number, false);
		put_cell(b, time_or_none(x->first_utc, when), false);
		put_cell(b, x->accessed ? "yes" : "no", false);
		put_cell(b, x->personal ? "" : time_or_none(exposure_due(d, x), when), false);
		put_cell(b, x->n_messages != 0 ? d->rows[x->messages[0]].record : "", false);
		put_cell(b, x->where != NULL ? x->where : "", false);
		put_cell(b, x->beside != NULL ? x->beside : "", true);
	}
}

enum errc export_tables(struct dossier *d, struct err *e)
{
	static const struct { unsigned rank; const char *name; void (*put)(const struct dossier *, const struct exposure **, struct buf *); } files[] = {
	    {FILE_PAGE, "index.html", page_index}, {FILE_TABLE, "messages.csv", put_messages}, {FILE_TABLE, "credentials.csv", put_credentials}};
	const struct exposure **sorted = exposures_sorted(d);
	enum errc rc = sorted != NULL ? OK : err_memory(e);

	for (size_t i = 0; i < sizeof files / sizeof files[0] && rc == OK; i++) {
		struct buf b;

		buf_init(&b, 512 * MIB);
		files[i].put(d, sorted, &b);
		if ((rc = buf_check(&b, e)) == OK)
			rc = export_file(d, files[i].rank, i, files[i].name, buf_span(&b), e);
		buf_wipe(&b);
	}
	free(sorted);
	return rc;
}

/* ---- the archive ---------------------------------------------------------------------------------------------- */

static enum errc put_manifest(struct dossier *d, struct buf *manifest, struct buf *signature, struct err *e)
{
	struct json j = json_to(manifest);
	char comment[160];
	enum errc rc;

	json_open(&j, NULL, '{');
	json_u64(&j, "v", 1);
	json_str(&j, "case", d->id_hex);
	json_u64(&j, "generation", d->round.generation);
	json_u64(&j, "version", d->round.version);
	json_time(&j, "created", d->created_utc);
	json_open(&j, "files", '[');
	for (size_t i = 0; i < d->n_files; i++) {
		json_open(&j, NULL, '{');
		json_str(&j, "name", d->files[i].name);
		json_u64(&j, "bytes", d->files[i].n);
		json_digest(&j, "sha256", &d->files[i].sha256);
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_close(&j, '}');
	json_end_line(&j);
	if ((rc = buf_check(manifest, e)) != OK)
		return rc;
	(void)snprintf(comment, sizeof comment, "tocsin export %s generation %u version %u", d->id_hex, d->round.generation,
	    d->round.version);
	return sign_put(d->signer, buf_span(manifest), comment, signature, e);
}

struct sink { age_sink *put; void *ctx; uint64_t n; };

static enum errc sink_put(struct sink *s, span bytes, struct err *e)
{
	s->n += bytes.n;
	return s->put(s->ctx, bytes, e);
}

static enum errc put_zeros(struct sink *s, uint64_t n, struct err *e)
{
	static const unsigned char zeros[4096];
	enum errc rc = OK;

	while (rc == OK && n != 0) {
		size_t k = n < sizeof zeros ? (size_t)n : sizeof zeros;

		rc = sink_put(s, span_of(zeros, k), e);
		n -= k;
	}
	return rc;
}

static enum errc put_entry(struct sink *s, const char *name, uint64_t n, struct err *e)
{
	unsigned char header[TAR_BLOCK];

	tar_header(name, n, header);
	return sink_put(s, span_of(header, sizeof header), e);
}

static enum errc put_spooled(const struct dossier *d, struct sink *s, const struct file *f, struct err *e)
{
	unsigned char *b = malloc(PIECE);
	uint64_t done = 0;
	enum errc rc = b != NULL ? put_entry(s, f->name, f->n, e) : err_memory(e);

	while (rc == OK && done < f->n) {
		ssize_t got = pread(d->plain, b, f->n - done < PIECE ? (size_t)(f->n - done) : PIECE, (off_t)(f->at + done));

		if (got <= 0)
			rc = got == 0 ? err_set(e, ERR_WORLD, "the spool of an export is cut off") : err_sys(e, "the spool of an export");
		else if ((rc = sink_put(s, span_of(b, (size_t)got), e)) == OK)
			done += (uint64_t)got;
	}
	if (b != NULL)
		explicit_bzero(b, PIECE);
	free(b);
	return rc == OK ? put_zeros(s, (TAR_BLOCK - f->n % TAR_BLOCK) % TAR_BLOCK, e) : rc;
}

static enum errc put_bytes(struct sink *s, const char *name, span bytes, struct err *e)
{
	enum errc rc = put_entry(s, name, bytes.n, e);

	if (rc == OK)
		rc = sink_put(s, bytes, e);
	return rc == OK ? put_zeros(s, (TAR_BLOCK - bytes.n % TAR_BLOCK) % TAR_BLOCK, e) : rc;
}

static enum errc put_archive(const struct dossier *d, span manifest, span signature, struct sink *s, struct err *e)
{
	enum errc rc = put_bytes(s, "manifest.json", manifest, e);

	if (rc == OK)
		rc = put_bytes(s, "manifest.json.minisig", signature, e);
	for (size_t i = 0; i < d->n_files && rc == OK; i++)
		rc = put_spooled(d, s, &d->files[i], e);
	if (rc == OK)
		rc = put_zeros(s, 2 * (uint64_t)TAR_BLOCK, e);
	return rc == OK ? put_zeros(s, seal_padded((size_t)s->n) - s->n, e) : rc;
}

static enum errc to_digest(void *ctx, span bytes, struct err *e)
{
	(void)e;
	sha256_add(ctx, bytes);
	return OK;
}
static enum errc to_age(void *ctx, span bytes, struct err *e) { return age_put(ctx, bytes, e); }
static enum errc to_bundle(void *ctx, span bytes, struct err *e) { return seal_writer_export(ctx, bytes, e); }

static void fresh_of(const struct dossier *d, const struct digest *digest, struct age_fresh *out)
{
	span ck = span_of(d->ck.b, sizeof d->ck.b);

	hkdf_sha256(ck, digest_span(digest), SPAN_LIT("tocsin age file key v1"), out->file_key, sizeof out->file_key);
	hkdf_sha256(ck, digest_span(digest), SPAN_LIT("tocsin age share v1"), out->share, sizeof out->share);
	hkdf_sha256(ck, digest_span(digest), SPAN_LIT("tocsin age nonce v1"), out->nonce, sizeof out->nonce);
}

enum errc export_write(struct dossier *d, struct err *e)
{
	struct buf manifest, signature;
	struct age_writer w = {0};
	struct age_fresh fresh;
	struct seal_key secret;
	struct sha256 *h = NULL;
	struct sink first = {.put = to_digest}, second = {.put = to_age, .ctx = &w};
	struct digest digest;
	enum errc rc;

	buf_init(&manifest, 512 * MIB);
	buf_init(&signature, 4 * KIB);
	if (d->n_files > 1)
		qsort(d->files, d->n_files, sizeof *d->files, by_rank);
	if ((rc = put_manifest(d, &manifest, &signature, e)) != OK || (rc = sha256_new(&h, e)) != OK)
		goto out;
	sha256_start(h);
	first.ctx = h;
	if ((rc = put_archive(d, buf_span(&manifest), buf_span(&signature), &first, e)) != OK)
		goto out;
	sha256_done(h, &digest);
	fresh_of(d, &digest, &fresh);
	seal_export_key(&d->ck, &d->id, &secret);
	if ((rc = age_begin(&w, &secret, &fresh, to_bundle, d->bundle, e)) == OK &&
	    (rc = put_archive(d, buf_span(&manifest), buf_span(&signature), &second, e)) == OK)
		rc = age_end(&w, e);
	age_close(&w);
	explicit_bzero(&fresh, sizeof fresh);
	explicit_bzero(&secret, sizeof secret);
out:
	sha256_free(h);
	buf_free(&manifest);
	buf_free(&signature);
	return rc;
}
