/* A written wave's manifest, and an organisation's proof that it is in it. The same case gives the same bytes. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/json.h"
#include "base/limits.h"
#include "notify/private.h"
#include "notify/signing.h"
#include "proof/manifest.h"

struct entry { span text; unsigned char salt[MANIFEST_SALT]; struct digest leaf; const struct wave_told_row *row; };

/* A manifest while it is made: m.size entries, and for whom there is to be a proof, NULL for nobody. */
struct making {
	const struct notify *n;
	struct arena *a;
	struct signing k;
	struct manifest m;
	struct entry *v;
	const char *dir, *prove;
	struct notify_manifested *out;
};

/* Nobody who does not have it can tell whether a name that he guesses is in the tree. */
static enum errc salt_of(const struct notify *n, uint64_t wave, span entry, unsigned char out[MANIFEST_SALT], struct err *e)
{
	struct digest d;
	struct buf b;
	enum errc rc;

	buf_init(&b, 64 * KIB);
	buf_put(&b, SPAN_LIT("tocsin manifest salt v1\0"));
	buf_u64(&b, wave);
	buf_put(&b, entry);
	if ((rc = buf_check(&b, e)) == OK) {
		hmac_sha256(n->key, buf_span(&b), &d);
		memcpy(out, d.b, MANIFEST_SALT);
	}
	buf_free(&b);
	return rc;
}

static enum errc add_entry(struct making *x, const struct wave_told_row *r, struct err *e)
{
	struct entry *out = &x->v[x->m.size++];
	struct buf b;
	struct json j = json_to(&b);
	enum errc rc;

	buf_init(&b, 64 * KIB);
	json_open(&j, NULL, '{');
	json_u64(&j, "wave", x->m.wave);
	json_str(&j, "organisation", r->org);
	json_i64(&j, "version", r->version);
	json_i64(&j, "messages", r->messages);
	json_i64(&j, "exposures", r->exposures);
	json_bool(&j, "told", r->told);
	json_close(&j, '}');
	out->row = r;
	if ((rc = buf_check(&b, e)) == OK && (out->text = arena_copy(x->a, buf_span(&b))).p == NULL)
		rc = err_memory(e);
	buf_free(&b);
	if (rc != OK || (rc = salt_of(x->n, x->m.wave, out->text, out->salt, e)) != OK)
		return rc;
	manifest_leaf(out->salt, out->text, &out->leaf);
	return OK;
}

/* By their leaves: the order of names would tell something of them. */
static int by_leaf(const void *x, const void *y) { return memcmp(((const struct entry *)x)->leaf.b, ((const struct entry *)y)->leaf.b, DIGEST_SIZE); }

static enum errc put_file(const struct making *x, const char *name, span s, const char **path, struct err *e)
{
	*path = name != NULL ? arena_printf(x->a, "%s/%s", x->dir, name) : NULL;
	return *path == NULL ? err_memory(e) : io_write_file(*path, s, 0644, e);
}

static enum errc put_proof(const struct making *x, size_t i, const struct merkle_tree *tree, struct err *e)
{
	struct manifest_proof p = {.entry = x->v[i].text, .index = i};
	char hex[DIGEST_HEX];
	struct buf b;
	enum errc rc;

	memcpy(p.salt, x->v[i].salt, MANIFEST_SALT);
	merkle_prove(tree, i, tree->n, &p.path);
	buf_init(&b, MIB);
	manifest_proof_write(&p, &b);
	if ((rc = buf_check(&b, e)) == OK)
		rc = put_file(x, arena_printf(x->a, "wave-%" PRIu64 "-%.12s.proof", x->m.wave, digest_hex(&x->v[i].leaf, hex)), buf_span(&b), &x->out->proof, e);
	buf_free(&b);
	return rc;
}

static enum errc note_it(const struct notify *n, const struct manifest *m, struct err *e)
{
	char hex[DIGEST_HEX], wave[24], first[24], supplemented[24], anew[24], persons[24];

	(void)snprintf(wave, sizeof wave, "%" PRIu64, m->wave);
	(void)snprintf(first, sizeof first, "%" PRIu64, m->first);
	(void)snprintf(supplemented, sizeof supplemented, "%" PRIu64, m->supplemented);
	(void)snprintf(anew, sizeof anew, "%" PRIu64, m->anew);
	(void)snprintf(persons, sizeof persons, "%" PRIu64, m->persons);
	return ledger_say(n->store, "manifest signed", e, "wave", wave, "root", digest_hex(&m->root, hex), "told_first", first,
	    "supplemented", supplemented, "told_anew", anew, "persons", persons, NULL);
}

static enum errc write_all(struct making *x, struct err *e)
{
	const size_t n = x->m.size;
	struct digest *leaves = arena_zero(x->a, n + 1, sizeof *leaves);
	struct merkle_tree tree;
	struct buf b;
	enum errc rc;

	if (leaves == NULL)
		return err_memory(e);
	if (n > 1)
		qsort(x->v, n, sizeof *x->v, by_leaf);
	for (size_t i = 0; i < n; i++)
		leaves[i] = x->v[i].leaf;
	if ((rc = merkle_tree_make(x->a, leaves, n, &tree, e)) != OK || (rc = io_make_dir(x->dir, 0755, e)) != OK)
		return rc;
	merkle_tree_root(&tree, n, &x->m.root);
	buf_init(&b, MIB);
	if ((rc = manifest_sign(x->k.notice, &x->m, &b, e)) == OK)
		rc = put_file(x, arena_printf(x->a, "wave-%" PRIu64 ".manifest", x->m.wave), buf_span(&b), &x->out->file, e);
	buf_free(&b);
	for (size_t i = 0; rc == OK && x->prove != NULL && i < n; i++)
		if (strcmp(x->v[i].row->key, x->prove) == 0)
			rc = put_proof(x, i, &tree, e);
	if (rc == OK && x->prove != NULL && x->out->proof == NULL)
		return err_set(e, ERR_USAGE, "wave %" PRIu64 " tells %.100s nothing: tocsin notify show --wave %" PRIu64, x->m.wave, x->prove, x->m.wave);
	return rc == OK ? note_it(x->n, &x->m, e) : rc;
}

enum errc notify_manifest(const struct notify *n, struct arena *a, uint64_t wave, const char *dir, const char *prove,
    struct notify_manifested *out, struct err *e)
{
	char planned[TIME_TEXT], from[TIME_TEXT] = "", to[TIME_TEXT] = "";
	struct making x = {.n = n, .a = a, .dir = dir, .out = out};
	struct wave_told_row *rows;
	struct wave_numbers c;
	struct wave w;
	size_t n_all;
	enum errc rc;

	*out = (struct notify_manifested){0};
	if ((rc = wave_find(n, wave, &w, e)) != OK || (prove != NULL && (rc = wave_org_named(n, a, w.number, prove, &prove, e)) != OK))
		return rc;
	if (w.state != WAVE_WRITTEN)
		return err_set(e, ERR_REFUSED, "wave %" PRId64 " is not written yet: tocsin notify write", w.number);
	if ((rc = signing_load(a, n->config, &x.k, e)) != OK)
		return rc;
	if (x.k.notice == NULL) {
		rc = err_set(e, ERR_USAGE, "there is no key to sign it with: tocsin notify keys");
		goto out;
	}
	if ((rc = wave_numbers(n->store, w.number, &c, e)) != OK || (rc = wave_told_rows(n->store, a, w.number, &rows, &n_all, e)) != OK)
		goto out;
	x.m = (struct manifest){.domain = x.k.domain, .wave = (uint64_t)w.number, .planned = span_str(time_rfc3339(w.planned_utc, planned)),
	    .first = (uint64_t)c.first, .supplemented = (uint64_t)c.supplements, .anew = (uint64_t)c.anew, .unreachable = (uint64_t)c.no_contact,
	    .persons = (uint64_t)c.persons, .notices = (uint64_t)c.notices, .messages = (uint64_t)c.messages, .exposures = (uint64_t)c.exposures};
	if (c.from_utc != TIME_NONE) {
		x.m.from = span_str(time_date(c.from_utc, from));
		x.m.to = span_str(time_date(c.to_utc, to));
	}
	x.prove = prove;
	if ((x.v = arena_zero(a, n_all + 1, sizeof *x.v)) == NULL) {
		rc = err_memory(e);
		goto out;
	}
	for (size_t i = 0; i < n_all && rc == OK; i++)
		if (rows[i].track == TRACK_NOTIFIED)
			rc = add_entry(&x, &rows[i], e);
	*out = (struct notify_manifested){.wave = x.m.wave, .first = x.m.first, .supplemented = x.m.supplemented, .anew = x.m.anew,
	    .unreachable = x.m.unreachable, .persons = x.m.persons};
	if (rc == OK && (rc = write_all(&x, e)) == OK)
		rc = store_commit(n->store, e);
out:
	signing_close(&x.k);
	return rc;
}
