/* Rules made ready for a run: from their files, or as they were prepared when the program was built. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>

#include "base/cursor.h"
#include "base/io.h"
#include "base/limits.h"
#include "scan/private.h"

static int is_rule_file(const struct dirent *d)
{
	return span_ends_nocase(span_str(d->d_name), SPAN_LIT(".yaml")) && d->d_name[0] != '.';
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

enum errc rules_files(struct arena *a, const char *dir, struct rule_files *out, struct err *e)
{
	struct dirent **names = NULL;
	int n = scandir(dir, &names, is_rule_file, by_bytes);
	enum errc rc = OK;

	out->n = 0;
	if (n < 0 && (errno == ENOENT || errno == ENOTDIR))
		return err_set(e, ERR_USAGE, "%s: no such folder of rules", dir);
	if (n < 0)
		return err_sys(e, "%s", dir);
	if (n == 0)
		rc = err_set(e, ERR_USAGE, "%s: no rule files (*.yaml)", dir);
	else if (n > LIMIT_RULE_FILES)
		rc = err_set(e, ERR_USAGE, "%s: more than %d rule files", dir, LIMIT_RULE_FILES);
	for (int i = 0; i < n && rc == OK; i++) {
		struct rule_file *f = &out->v[out->n++];

		f->path = arena_printf(a, "%s/%s", dir, names[i]->d_name);
		rc = f->path != NULL ? io_read_file(a, f->path, LIMIT_YAML_BYTES, &f->text, e) : err_memory(e);
	}
	for (int i = 0; i < n; i++)
		free(names[i]);
	free(names);
	return rc;
}

/* Of what a prepared set was made: every byte of every file, in their order. */
static enum errc files_digest(const struct rule_files *files, struct digest *out, struct err *e)
{
	struct sha256 *h = NULL;
	enum errc rc = sha256_new(&h, e);
	struct buf n;

	if (rc != OK)
		return rc;
	buf_init(&n, LIMIT_RULE_FILES * sizeof(uint64_t));
	sha256_start(h);
	for (size_t i = 0; i < files->n; i++) {
		buf_u64(&n, files->v[i].text.n);
		sha256_add(h, files->v[i].text);
	}
	if ((rc = buf_check(&n, e)) == OK) {
		sha256_add(h, buf_span(&n));
		sha256_done(h, out);
	}
	buf_free(&n);
	sha256_free(h);
	return rc;
}

/* digest of the files, u32 examples, then the packed set; out->set stays NULL when it is of other files. */
static enum errc take_prepared(struct arena *a, span prepared, const struct digest *files, struct rules_ready *out, struct err *e)
{
	struct cursor c = cursor_of(prepared);
	span made_of = cursor_take(&c, DIGEST_SIZE);
	enum errc rc;

	out->n_examples = cursor_u32(&c);
	if (c.bad || !span_eq(made_of, digest_span(files)))
		return OK;
	out->packed = c.rest;
	if ((rc = rules_unpack(a, out->packed, &out->set, e)) == OK)
		sha256_of(out->packed, &out->digest);
	return rc;
}

static enum errc make(struct arena *a, const struct rule_files *files, struct rules_ready *out, struct err *e)
{
	struct buf packed;
	enum errc rc;

	buf_init(&packed, 64 * MIB);
	if ((rc = rules_parse(a, files, &out->set, e)) == OK && out->set->n_rules == 0)
		rc = err_set(e, ERR_USAGE, "%s: no rule in it, nor in any file beside it", files->v[0].path);
	if (rc == OK && (rc = rules_pack(out->set, &packed, &out->digest, e)) == OK &&
	    (rc = rules_test(out->set, buf_span(&packed), &out->n_examples, NULL, e)) == OK &&
	    (out->packed = arena_copy(a, buf_span(&packed))).p == NULL)
		rc = err_memory(e);
	buf_free(&packed);
	return rc;
}

enum errc rules_ready(struct arena *a, const char *dir, span prepared, struct rules_ready *out, struct err *e)
{
	struct rule_files files;
	struct digest of;
	enum errc rc;

	*out = (struct rules_ready){0};
	if ((rc = rules_files(a, dir, &files, e)) != OK)
		return rc;
	if (prepared.n != 0 && ((rc = files_digest(&files, &of, e)) != OK || (rc = take_prepared(a, prepared, &of, out, e)) != OK))
		return rc;
	return out->set != NULL ? OK : make(a, &files, out, e);
}

enum errc rules_prepare(struct arena *a, const char *dir, span *out, struct err *e)
{
	struct rule_files files;
	struct rules_ready r;
	struct digest of;
	struct buf b;
	enum errc rc;

	if ((rc = rules_files(a, dir, &files, e)) != OK || (rc = make(a, &files, &r, e)) != OK || (rc = files_digest(&files, &of, e)) != OK)
		return rc;
	buf_init(&b, 64 * MIB);
	buf_put(&b, digest_span(&of));
	buf_u32(&b, (uint32_t)r.n_examples);
	buf_put(&b, r.packed);
	if ((rc = buf_check(&b, e)) == OK && (*out = arena_copy(a, buf_span(&b))).p == NULL)
		rc = err_memory(e);
	buf_free(&b);
	return rc;
}
