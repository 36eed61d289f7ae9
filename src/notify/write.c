#include <stdio.h>

#include "base/io.h"
#include "base/json.h"
#include "notify/private.h"

struct writer {
	const struct notify *n;
	const struct wave *w;
	size_t n_written;
};

/*
 * The rows are committed when all files are there: a run that was cut off leaves an approved wave, and the next run writes
 * the same bytes over what is there.
 */
static enum errc write_visit(void *ctx, const struct dossier_view *d, struct err *e)
{
	struct writer *x = ctx;
	enum errc rc = OK;

	for (size_t i = 0; i < d->n_letters && rc == OK; i++) {
		const struct letter_view *l = &d->letters[i];
		char file[64], path[4096];
		int n;

		if (l->notice->state == NOTICE_NO_CONTACT)
			continue;
		(void)snprintf(file, sizeof file, "out/wave-%lld/%.16s.eml", (long long)x->w->number, l->notice->id);
		n = snprintf(path, sizeof path, "%s/%s", x->n->config->dir, file);
		if (n < 0 || (size_t)n >= sizeof path)
			return err_set(e, ERR_USAGE, "%s: path too long", x->n->config->dir);
		if ((rc = io_write_file(path, l->eml, 0600, e)) == OK)
			rc = notice_set_written(x->n->store, l->notice->id, file, e);
		x->n_written++;
	}
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

static enum errc record(const struct writer *x, const struct digest *plan, struct err *e)
{
	struct buf b;
	struct json j = json_to(&b);
	enum errc rc;

	buf_init(&b, 65536);
	json_open(&j, NULL, '{');
	json_i64(&j, "wave", x->w->number);
	json_digest(&j, "plan", plan);
	json_u64(&j, "notices", x->n_written);
	json_close(&j, '}');
	if ((rc = buf_check(&b, e)) == OK)
		rc = ledger_add(x->n->store, "wave written", buf_cstr(&b), e);
	buf_free(&b);
	return rc;
}

enum errc notify_write(const struct notify *n, struct arena *a, uint64_t number, struct notify_written *out,
    struct err *e)
{
	struct approval_count c;
	struct digest plan, again;
	struct wave w;
	struct writer x = {.n = n, .w = &w};
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
	if ((rc = make_dirs(n, a, out->dir, e)) != OK || (rc = wave_walk(n, &w, NULL, true, write_visit, &x, &again, e)) != OK)
		return rc;
	/* The templates are files: they may have been changed between the two looks at them. */
	if (memcmp(&plan, &again, sizeof plan) != 0)
		return err_set(e, ERR_REFUSED, "the templates changed while wave %lld was written; approve and write it again",
		    (long long)w.number);
	out->n_written = x.n_written;
	if ((rc = wave_mark(n->store, w.number, WAVE_WRITTEN, &plan, e)) != OK || (rc = record(&x, &plan, e)) != OK)
		return rc;
	return store_commit(n->store, e);
}
