#include "seal/bundle-write.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/list.h"
#include "proof/text64.h"

struct entry { char record[BUNDLE_RECORD_MAX]; unsigned rank; uint64_t order, at, length; struct digest sha256; };
struct seal_writer {
	int spool;
	uint64_t n_spooled;
	struct entry *v;
	size_t n, cap;
	struct entry export;
	struct sha256 *h;
};

enum { PIECE = 256 * 1024 };

enum errc seal_writer_new(struct seal_writer **out, int spool, struct err *e)
{
	struct seal_writer *w = calloc(1, sizeof *w);
	enum errc rc;

	*out = NULL;
	if (w == NULL)
		return err_memory(e);
	w->spool = spool;
	if ((rc = sha256_new(&w->h, e)) != OK) {
		free(w);
		return rc;
	}
	sha256_start(w->h);
	*out = w;
	return OK;
}

void seal_writer_free(struct seal_writer *w)
{
	if (w == NULL)
		return;
	sha256_free(w->h);
	free(w->v);
	free(w);
}

enum errc seal_writer_add(struct seal_writer *w, const char *record, uint64_t order, span sealed, struct err *e)
{
	struct entry *v;

	if (!ROOM(w->v, w->n, w->cap))
		return err_memory(e);
	assert(strlen(record) < BUNDLE_RECORD_MAX && w->export.length == 0);
	v = &w->v[w->n++];
	*v = (struct entry){.rank = strcmp(record, "index") == 0 ? 0 : strncmp(record, "list-", 5) == 0 ? 1 : 2, .order = order,
	    .at = w->n_spooled, .length = sealed.n};
	(void)snprintf(v->record, sizeof v->record, "%s", record);
	sha256_of(sealed, &v->sha256);
	w->n_spooled += sealed.n;
	return io_write(w->spool, sealed, e);
}

enum errc seal_writer_export(struct seal_writer *w, span piece, struct err *e)
{
	if (w->export.length == 0)
		w->export.at = w->n_spooled;
	w->export.length += piece.n;
	w->n_spooled += piece.n;
	sha256_add(w->h, piece);
	return io_write(w->spool, piece, e);
}

static int by_order(const void *x, const void *y)
{
	const struct entry *a = x, *b = y;

	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

static void put_b64(struct json *j, const char *key, span s)
{
	struct buf b;

	buf_init(&b, 2 * s.n + 16);
	text64_url_put(&b, s);
	json_span(j, key, buf_span(&b));
	if (b.failed)
		j->out->failed = true;
	buf_free(&b);
}

static void put_place(struct json *j, uint64_t offset, uint64_t length, const struct digest *sha256)
{
	json_u64(j, "offset", offset);
	json_u64(j, "length", length);
	json_digest(j, "sha256", sha256);
	json_close(j, '}');
}

static void put_manifest(struct buf *out, const struct seal_writer *w, const struct seal_bundle *head, const struct seal_signer *signer)
{
	struct json j = json_to(out);
	uint64_t offset = 0;
	char hex[SEAL_CASE_HEX], id[KEY_ID_TEXT];

	hex_write(hex, span_of(head->id.b, sizeof head->id.b));
	json_open(&j, NULL, '{');
	json_str(&j, "format", "tocsin-bundle");
	json_u64(&j, "v", 1);
	json_str(&j, "case", hex);
	json_u64(&j, "generation", head->round.generation);
	json_u64(&j, "version", head->round.version);
	json_i64(&j, "wave", head->wave);
	json_time(&j, "created", head->created_utc);
	json_str(&j, "signer", key_id_text(signer->public.id, id));
	put_b64(&j, "share_b", span_of(head->share_b.b, SEAL_KEY));
	json_open(&j, "notices", '[');
	for (size_t i = 0; i < head->n_notices; i++) {
		const struct bundle_notice *n = &head->notices[i];

		json_open(&j, NULL, '{');
		json_str(&j, "notice", n->id);
		json_digest(&j, "auth_sha256", &n->auth_sha256);
		put_b64(&j, "wrapped_ck", span_of(n->wrapped_ck, SEAL_WRAPPED));
		put_b64(&j, "identity", n->identity);
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_open(&j, "earlier", '[');
	for (size_t i = 0; i < head->n_earlier; i++) {
		json_open(&j, NULL, '{');
		json_u64(&j, "version", head->earlier[i].version);
		put_b64(&j, "wrapped_ck", span_of(head->earlier[i].wrapped_ck, SEAL_WRAPPED));
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_open(&j, "records", '[');
	for (size_t i = 0; i < w->n; i++) {
		json_open(&j, NULL, '{');
		json_str(&j, "record", w->v[i].record);
		put_place(&j, offset, w->v[i].length, &w->v[i].sha256);
		offset += w->v[i].length;
	}
	json_close(&j, ']');
	json_open(&j, "export", '{');
	put_place(&j, offset, w->export.length, &w->export.sha256);
	json_close(&j, '}');
}

/* Bytes to the file and into its digest. */
static enum errc put(struct seal_writer *w, int fd, span s, uint64_t *n, struct err *e)
{
	sha256_add(w->h, s);
	*n += s.n;
	return io_write(fd, s, e);
}

static enum errc copy(struct seal_writer *w, int fd, const struct entry *v, uint64_t *n, struct err *e)
{
	unsigned char *b = malloc(PIECE);
	uint64_t done = 0;
	enum errc rc = b != NULL ? OK : err_memory(e);

	while (rc == OK && done < v->length) {
		size_t want = v->length - done < PIECE ? (size_t)(v->length - done) : PIECE;
		ssize_t got = pread(w->spool, b, want, (off_t)(v->at + done));

		if (got <= 0)
			rc = got == 0 ? err_set(e, ERR_WORLD, "the spool of a bundle is cut off") : err_sys(e, "the spool of a bundle");
		else if ((rc = put(w, fd, span_of(b, (size_t)got), n, e)) == OK)
			done += (uint64_t)got;
	}
	free(b);
	return rc;
}

static enum errc write_all(struct seal_writer *w, int fd, span head, uint64_t *n, struct err *e)
{
	enum errc rc;

	sha256_start(w->h);
	*n = 0;
	rc = put(w, fd, head, n, e);
	for (size_t i = 0; i < w->n && rc == OK; i++)
		rc = copy(w, fd, &w->v[i], n, e);
	if (rc == OK)
		rc = copy(w, fd, &w->export, n, e);
	return rc == OK && fsync(fd) != 0 ? err_sys(e, "fsync") : rc;
}

enum errc seal_writer_write(struct seal_writer *w, const struct seal_bundle *head, const struct seal_signer *signer, const char *path,
    struct digest *sha256, uint64_t *n_bytes, struct err *e)
{
	char temporary[4096], comment[160], hex[SEAL_CASE_HEX];
	struct buf manifest, signature, front;
	int fd = -1, n = snprintf(temporary, sizeof temporary, "%s.part", path);
	enum errc rc;

	buf_init(&manifest, LIMIT_BUNDLE_MANIFEST);
	buf_init(&signature, 4 * KIB);
	buf_init(&front, LIMIT_BUNDLE_MANIFEST + 64 * KIB);
	sha256_done(w->h, &w->export.sha256);
	if (n < 0 || (size_t)n >= sizeof temporary) {
		rc = err_set(e, ERR_USAGE, "%s: path too long", path);
		goto out;
	}
	if (w->n > 1)
		qsort(w->v, w->n, sizeof *w->v, by_order);
	put_manifest(&manifest, w, head, signer);
	hex_write(hex, span_of(head->id.b, sizeof head->id.b));
	(void)snprintf(comment, sizeof comment, "tocsin bundle %s generation %u version %u", hex, head->round.generation,
	    head->round.version);
	if ((rc = buf_check(&manifest, e)) != OK || (rc = sign_put(signer, buf_span(&manifest), comment, &signature, e)) != OK)
		goto out;
	buf_str(&front, BUNDLE_MAGIC);
	buf_bytes(&front, buf_span(&manifest));
	buf_bytes(&front, buf_span(&signature));
	if ((rc = buf_check(&front, e)) != OK)
		goto out;
	/* Sealed, it may be seen by who carries it: the drop folder's group is kept by a copy, and the portal is in it. */
	if ((fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640)) < 0) {
		rc = err_sys(e, "%s", temporary);
		goto out;
	}
	if ((rc = write_all(w, fd, buf_span(&front), n_bytes, e)) == OK && rename(temporary, path) != 0)
		rc = err_sys(e, "%s", path);
	if (rc != OK)
		(void)unlink(temporary);
	sha256_done(w->h, sha256);
out:
	if (fd >= 0)
		(void)close(fd);
	buf_free(&manifest);
	buf_free(&signature);
	buf_free(&front);
	return rc;
}
