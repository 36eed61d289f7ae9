#include "notify/statements.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/bisect.h"
#include "base/list.h"

struct entered { struct digest leaf; uint64_t index; };

static int entered_order(const void *x, const void *y)
{
	const struct entered *a = x, *b = y;
	int c = memcmp(&a->leaf, &b->leaf, sizeof a->leaf);

	return c != 0 ? c : (a->index > b->index) - (a->index < b->index);
}

/* A log of many waves is looked through once, not for each notice. */
static enum errc entered_sort(struct statements *s, struct err *e)
{
	if (s->n_before == 0)
		return OK;
	if ((s->before = calloc(s->n_before, sizeof *s->before)) == NULL)
		return err_memory(e);
	for (uint64_t i = 0; i < s->n_before; i++)
		s->before[i] = (struct entered){merkle_log_leaves(s->log)[i], i};
	qsort(s->before, s->n_before, sizeof *s->before, entered_order);
	return OK;
}

/* The first entry of that leaf, or n_before. */
static uint64_t entered_find(const struct statements *s, const struct digest *leaf)
{
	uint64_t at;

	BISECT(at, s->n_before, memcmp(&s->before[at].leaf, leaf, sizeof *leaf) < 0);
	return at < s->n_before && memcmp(&s->before[at].leaf, leaf, sizeof *leaf) == 0 ? s->before[at].index : s->n_before;
}

/* Nobody without the key can foresee it, and it is the same each time. */
static void statement_salt(const struct signing *k, span id, unsigned char salt[LOG_SALT])
{
	unsigned char signature[SIGNATURE_SIZE];
	struct digest d;
	struct buf b;

	buf_init(&b, 256);
	buf_str(&b, "tocsin notice salt ");
	buf_put(&b, span_first(id, 64));
	sign_bytes(k->notice, buf_span(&b), signature);
	sha256_of(span_of(signature, sizeof signature), &d);
	memcpy(salt, d.b, LOG_SALT);
	buf_free(&b);
}

enum errc statements_open(struct statements *s, const struct case_config *c, const struct signing *k, struct err *e)
{
	char path[4096];
	int n = snprintf(path, sizeof path, "%s/notices.log", c->dir);
	enum errc rc;

	*s = (struct statements){0};
	buf_init(&s->origin, 1024);
	buf_init(&s->checkpoint, NOTE_MAX);
	statement_origin(k->domain, &s->origin);
	if (n < 0 || (size_t)n >= sizeof path)
		return err_set(e, ERR_USAGE, "%s: path too long", c->dir);
	if ((rc = merkle_log_open(&s->log, path, LOG_APPEND, e)) != OK)
		return rc;
	s->n_before = merkle_log_size(s->log);
	return entered_sort(s, e);
}

void statements_close(struct statements *s)
{
	merkle_log_close(s->log);
	free(s->v);
	free(s->before);
	buf_free(&s->origin);
	buf_free(&s->checkpoint);
	*s = (struct statements){0};
}

enum errc statements_add(struct statements *s, struct arena *a, const struct signing *k, const struct statement *v,
    struct err *e)
{
	unsigned char salt[LOG_SALT];
	struct logged l = {0};
	struct digest leaf;
	struct buf b;
	enum errc rc;

	if (!ROOM(s->v, s->n, s->cap))
		return err_memory(e);
	buf_init(&b, LOG_LINE_MAX);
	if ((rc = statement_write(v, &b, e)) == OK && (l.line = arena_copy(a, buf_span(&b))).p == NULL)
		rc = err_memory(e);
	buf_free(&b);
	if (rc != OK)
		return rc;
	statement_salt(k, v->id, salt);
	merkle_log_leaf(salt, l.line, &leaf);
	l.index = entered_find(s, &leaf);
	if (l.index == s->n_before)
		rc = merkle_log_append(s->log, l.line, salt, &l.index, e);
	if (rc == OK)
		s->v[s->n++] = l;
	return rc;
}

enum errc statements_sign(struct statements *s, const struct signing *k, struct err *e)
{
	struct checkpoint c = {.origin = buf_span(&s->origin), .size = merkle_log_size(s->log)};
	enum errc rc = merkle_log_sync(s->log, e);

	if (rc != OK)
		return rc;
	merkle_log_tree(s->log, &s->tree);
	merkle_log_root(s->log, &c.root);
	return checkpoint_sign(k->notice, &c, &s->checkpoint, e);
}

enum errc statements_get(const struct statements *s, struct arena *a, const struct signing *k, size_t i, span id,
    struct signed_statement *out, struct proof_row *row, struct err *e)
{
	struct bundle b = {.salted = true, .checkpoint = buf_span(&s->checkpoint)};
	struct buf file, comment;
	enum errc rc;

	if (i >= s->n)
		return err_set(e, ERR_REFUSED, "the wave changed while it was written; approve and write it again");
	*out = (struct signed_statement){.statement = s->v[i].line};
	row->statement = arena_cstr(a, s->v[i].line);
	row->log_index = (int64_t)(b.index = s->v[i].index);
	statement_salt(k, id, b.salt);
	merkle_prove(&s->tree, b.index, s->tree.n, &b.proof);
	buf_init(&file, 65536);
	buf_init(&comment, 1024);
	buf_str(&comment, "notice ");
	buf_put(&comment, id);
	buf_str(&comment, " of ");
	buf_put(&comment, k->domain);
	if ((rc = buf_check(&comment, e)) == OK &&
	    (rc = minisign_write(k->notice, out->statement, buf_span(&comment), &file, e)) == OK &&
	    (rc = bundle_write(&b, &file, e)) == OK) {
		out->signature = arena_copy(a, buf_span(&file));
		if (out->signature.p == NULL || row->statement == NULL)
			rc = err_memory(e);
	}
	buf_free(&file);
	buf_free(&comment);
	return rc;
}
