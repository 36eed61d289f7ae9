/*
 * Files for any web server: the notice log's checkpoint, leaves and tiles, a page a notice, the list of what was withdrawn; DNS lines. Each
 * is there whole or not at all, and the checkpoint comes last: a run that was cut off leaves the old log with more leaves behind it
 * than it speaks of, and the next one ends what it began. What has not changed is not written.
 */
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/limits.h"
#include "notify/private.h"
#include "notify/statements.h"
#include "proof/tiles.h"

struct publisher {
	const struct notify *n;
	struct arena *a;
	struct signing k;
	struct merkle_log *log;
	struct merkle_tree tree;
	struct buf origin, dns, withdrawn;
	struct buf waiting; /* paths of files that have still to take their places */
	const char *dir;
	bool before; /* there is a checkpoint in dir, of a tree of n_before */
	uint64_t n_before;
	struct digest root_before;
	size_t n_withdrawn;
};

/* Beside what is there, until all of it is on the disk: files_take. */
static enum errc put_file(struct publisher *p, const char *name, span s, struct err *e)
{
	enum errc rc;

	const char *path = name != NULL ? arena_printf(p->a, "%s/%s", p->dir, name) : NULL;
	struct err none;
	struct stat sb;
	span old;

	if (path == NULL)
		return err_memory(e);
	if (lstat(path, &sb) == 0 && S_ISREG(sb.st_mode) && (uint64_t)sb.st_size == s.n &&
	    io_read_file(p->a, path, s.n, &old, &none) == OK && span_eq(old, s))
		return OK;
	if ((rc = io_write_new(path, s, 0644, e)) != OK)
		return rc;
	buf_put(&p->waiting, span_of(&path, sizeof path));
	return buf_check(&p->waiting, e);
}

static const char *const *files_waiting(const struct publisher *p, size_t *n)
{
	*n = p->waiting.n / sizeof(const char *);
	return (const char *const *)(const void *)p->waiting.p;
}

/* All are on the disk before the first takes its place, in the order in which they were put, and have theirs before the next is written. */
static enum errc files_take(struct publisher *p, struct err *e)
{
	size_t n;
	const char *const *paths = files_waiting(p, &n);
	enum errc rc = n > 0 ? io_sync(p->dir, e) : OK;

	for (size_t i = 0; i < n && rc == OK; i++)
		rc = io_take_new(paths[i], e);
	if (rc != OK || n == 0)
		return rc;
	buf_clear(&p->waiting);
	return io_sync(p->dir, e);
}

/* Of a run that failed. Those that took their places have no such file any more. */
static void files_drop(const struct publisher *p)
{
	size_t n;
	const char *const *paths = files_waiting(p, &n);

	for (size_t i = 0; i < n; i++)
		io_drop_new(paths[i]);
}

/* Says no more than that the number was issued, when, for what digest, and whether it still holds. */
static enum errc put_page(struct publisher *p, const struct proof_row *r, struct err *e)
{
	char hex[DIGEST_HEX], issued[TIME_TEXT] = "", gone[TIME_TEXT];
	struct digest d;
	span at = span_from(span_str(r->statement), span_find(span_str(r->statement), SPAN_LIT("\"issued\":\"")) + 10);
	struct buf b;
	enum errc rc;

	sha256_of(span_str(r->statement), &d);
	(void)snprintf(issued, sizeof issued, "%.*s", (int)span_find_byte(span_first(at, 20), '"'), (const char *)at.p);
	(void)digest_hex(&d, hex);
	buf_printf(&p->dns, "%s._notice.%.*s. IN TXT \"v=TN1; h=sha256:%s%s\"\n", r->id, (int)p->k.domain.n, (const char *)p->k.domain.p,
	    hex, r->withdrawn_utc == TIME_NONE ? "" : "; s=withdrawn");
	buf_init(&b, 65536);
	buf_printf(&b, "Notice %s\nissued %s\nsha256 %s\n%s%s\n", r->id, issued, hex,
	    r->withdrawn_utc == TIME_NONE ? "valid" : "WITHDRAWN ", r->withdrawn_utc == TIME_NONE ? "" : time_date(r->withdrawn_utc, gone));
	if ((rc = buf_check(&b, e)) == OK)
		rc = put_file(p, arena_printf(p->a, "%s.txt", r->id), buf_span(&b), e);
	buf_free(&b);
	if (r->withdrawn_utc != TIME_NONE) {
		buf_printf(&p->withdrawn, "%s %s\n", r->id, gone);
		p->n_withdrawn++;
	}
	return rc;
}

/* What was published before must be the beginning of what is published now. */
static enum errc check_growth(struct publisher *p, struct err *e)
{
	const char *path = arena_printf(p->a, "%s/checkpoint", p->dir);
	struct checkpoint old;
	struct digest root;
	FILE *f = path != NULL ? fopen(path, "r") : NULL;
	span note;
	enum errc rc;

	if (f == NULL)
		return path == NULL ? err_memory(e) : OK;
	(void)fclose(f);
	if ((rc = io_read_file(p->a, path, NOTE_MAX, &note, e)) != OK || (rc = note_text(note, &note, e)) != OK ||
	    (rc = checkpoint_read(note, &old, e)) != OK)
		return rc;
	if (old.size <= p->tree.n)
		merkle_tree_root(&p->tree, old.size, &root);
	if (old.size > p->tree.n || memcmp(&root, &old.root, sizeof root) != 0 || !span_eq(old.origin, buf_span(&p->origin)))
		return err_set(e, ERR_REFUSED, "%s is of a log that this one does not go on from", path);
	p->before = true;
	p->n_before = old.size;
	p->root_before = old.root;
	return OK;
}

/* For who keeps an older checkpoint: that the log of the new one begins with it. One file a step; they stay. */
static enum errc put_growth(struct publisher *p, const struct digest *root, span checkpoint, struct err *e)
{
	struct merkle_proof proof;
	char was[DIGEST_HEX];
	struct buf b;
	enum errc rc;

	if (!p->before || p->n_before == 0 || p->n_before == p->tree.n)
		return OK;
	merkle_prove_growth(&p->tree, p->n_before, p->tree.n, &proof);
	if (!merkle_check_growth(p->n_before, &p->root_before, p->tree.n, root, &proof))
		return err_set(e, ERR_REFUSED, "the notice log does not go on from what was published");
	buf_init(&b, NOTE_MAX);
	buf_printf(&b, "tocsin log growth v1\nfrom %" PRIu64 " %s\n", p->n_before, digest_hex(&p->root_before, was));
	for (size_t i = 0; i < proof.n; i++)
		buf_printf(&b, "path %s\n", digest_hex(&proof.v[i], was));
	buf_byte(&b, '\n');
	buf_put(&b, checkpoint);
	if ((rc = buf_check(&b, e)) == OK)
		rc = put_file(p, arena_printf(p->a, "growth-%" PRIu64 "-%" PRIu64, p->n_before, p->tree.n), buf_span(&b), e);
	buf_free(&b);
	return rc;
}

/* A tile's folders are made as it needs them; one that was published for an older checkpoint stays, for who still has that. */
static enum errc put_tiles(struct publisher *p, struct err *e)
{
	struct arena *scratch = NULL;
	char name[TILE_PATH];
	enum errc rc = arena_new(&scratch, 64 * KIB, e);

	for (struct tile t = {0}; rc == OK && tile_next(&p->tree, &t); arena_reset(scratch)) {
		(void)tile_path(&t, name);
		for (char *slash = strchr(name, '/'); slash != NULL && rc == OK; slash = strchr(slash + 1, '/')) {
			const char *dir;

			*slash = '\0';
			dir = arena_printf(scratch, "%s/%s", p->dir, name);
			rc = dir != NULL ? io_make_dir(dir, 0755, e) : err_memory(e);
			*slash = '/';
		}
		if (rc == OK)
			rc = put_file(p, name, span_of(t.v, t.n * sizeof *t.v), e);
	}
	arena_free(scratch);
	return rc;
}

static enum errc put_log(struct publisher *p, struct err *e)
{
	struct checkpoint c = {.origin = buf_span(&p->origin), .size = p->tree.n};
	char hex[DIGEST_HEX];
	struct buf b;
	enum errc rc;

	buf_init(&b, GIB);
	for (uint64_t i = 0; i < p->tree.n; i++)
		buf_printf(&b, "%s\n", digest_hex(&merkle_log_leaves(p->log)[i], hex));
	if ((rc = buf_check(&b, e)) == OK && (rc = put_file(p, "leaves", buf_span(&b), e)) == OK && (rc = put_tiles(p, e)) == OK) {
		buf_clear(&b);
		merkle_log_root(p->log, &c.root);
		if ((rc = checkpoint_sign(p->k.notice, &c, &b, e)) == OK && (rc = put_growth(p, &c.root, buf_span(&b), e)) == OK &&
		    (rc = files_take(p, e)) == OK && (rc = put_file(p, "checkpoint", buf_span(&b), e)) == OK)
			rc = files_take(p, e);
	}
	buf_free(&b);
	return rc;
}

static enum errc put_lists(struct publisher *p, struct err *e)
{
	struct buf b, name;
	enum errc rc;

	buf_init(&b, NOTE_MAX);
	buf_init(&name, 1024);
	buf_put(&name, buf_span(&p->origin));
	buf_str(&name, "/withdrawn");
	if ((rc = buf_check(&p->dns, e)) == OK && (rc = buf_check(&p->withdrawn, e)) == OK &&
	    (rc = note_sign(p->k.notice, buf_span(&name), buf_span(&p->withdrawn), &b, e)) == OK &&
	    (rc = put_file(p, "withdrawn", buf_span(&b), e)) == OK)
		rc = put_file(p, "dns.txt", buf_span(&p->dns), e);
	buf_free(&b);
	buf_free(&name);
	return rc;
}

enum errc notify_publish(const struct notify *n, struct arena *a, const char *dir, struct notify_published *out, struct err *e)
{
	struct publisher p = {.n = n, .a = a, .dir = dir};
	const char *path = arena_printf(a, "%s/notices.log", n->config->dir);
	struct proof_row *rows;
	char now[TIME_TEXT];
	size_t n_rows;
	enum errc rc;

	*out = (struct notify_published){0};
	buf_init(&p.origin, 1024);
	buf_init(&p.dns, 256 * MIB);
	buf_init(&p.withdrawn, NOTE_MAX);
	buf_init(&p.waiting, 64 * MIB);
	if (path == NULL) {
		rc = err_memory(e);
		goto out;
	}
	if ((rc = signing_load(a, n->config, &p.k, e)) != OK)
		goto out;
	if (p.k.notice == NULL) {
		rc = err_set(e, ERR_USAGE, "there are no keys yet: tocsin notify keys");
		goto out;
	}
	statement_origin(p.k.domain, &p.origin);
	buf_printf(&p.withdrawn, "withdrawn as of %s\n", time_rfc3339(n->now_utc, now));
	if (access(path, F_OK) != 0) {
		rc = err_set(e, ERR_USAGE, "no notice was signed yet: tocsin notify write signs those of a wave, once there are keys");
		goto out;
	}
	if ((rc = merkle_log_open(&p.log, path, LOG_READ, e)) != OK)
		goto out;
	merkle_log_tree(p.log, &p.tree);
	if ((rc = proofs_all(n->store, a, &rows, &n_rows, e)) != OK || (rc = io_make_dir(dir, 0755, e)) != OK ||
	    (rc = check_growth(&p, e)) != OK)
		goto out;
	for (size_t i = 0; i < n_rows && rc == OK; i++)
		rc = put_page(&p, &rows[i], e);
	if (rc == OK && (rc = put_lists(&p, e)) == OK)
		rc = put_log(&p, e);
	*out = (struct notify_published){n_rows, p.n_withdrawn, p.tree.n};
out:
	merkle_log_close(p.log);
	signing_close(&p.k);
	buf_free(&p.origin);
	buf_free(&p.dns);
	buf_free(&p.withdrawn);
	files_drop(&p);
	buf_free(&p.waiting);
	return rc;
}
