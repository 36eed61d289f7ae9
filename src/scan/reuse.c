#include "scan/reuse.h"

#include <stdlib.h>

#include "base/cursor.h"
#include "base/limits.h"

/* base64 of a page of text: below it nothing is slow. */
enum { SMALL = 4096, SLOTS = 1 << 14 };

struct kept { struct digest key; struct part_result result; }; /* the records follow it */
struct reuse {
	struct sha256 *hash;
	struct kept *slots[SLOTS];
	size_t n, n_bytes;
};

enum errc reuse_new(struct reuse **out, struct err *e)
{
	struct reuse *r = calloc(1, sizeof *r);

	if (r == NULL)
		return err_memory(e);
	*out = r;
	return sha256_new(&r->hash, e);
}

bool reuse_fits(const struct part *p)
{
	return p->kind == PART_LEAF && p->encoding == ENCODING_BASE64 && p->body.n >= SMALL && p->body.n <= LIMIT_ATTACHED_MEMBER &&
	       part_sealed(p) == NULL;
}

static void add(struct sha256 *h, span s)
{
	unsigned char n[8];

	for (unsigned i = 0; i < 8; i++)
		n[i] = (unsigned char)((uint64_t)s.n >> 8 * i);
	sha256_add(h, span_of(n, sizeof n));
	sha256_add(h, s);
}

enum errc reuse_key(struct reuse *r, struct arena *a, const struct message *m, const struct part *p, struct digest *key,
    struct err *e)
{
	unsigned problems = 0;
	span content;
	enum errc rc = part_content(a, m, p, &content, &problems, e);

	if (rc != OK)
		return rc;
	sha256_start(r->hash);
	add(r->hash, p->type);
	add(r->hash, p->charset);
	add(r->hash, p->filename);
	/* Damaged encoding is said of the part, and what is looked at first depends on its length. */
	sha256_add(r->hash, problems != 0 ? SPAN_LIT("damaged") : SPAN_LIT("whole"));
	if (problems != 0)
		add(r->hash, p->body);
	sha256_add(r->hash, content);
	sha256_done(r->hash, key);
	if (content.n != 0)
		arena_shrink(a, (void *)(uintptr_t)content.p, content.n, 0);
	return OK;
}

static size_t slot_of(const struct reuse *r, const struct digest *key)
{
	size_t i;

	memcpy(&i, key->b, sizeof i);
	for (i %= SLOTS; r->slots[i] != NULL && memcmp(&r->slots[i]->key, key, sizeof *key) != 0;)
		i = (i + 1) % SLOTS;
	return i;
}

const struct part_result *reuse_find(const struct reuse *r, const struct digest *key)
{
	const struct kept *k = r->slots[slot_of(r, key)];

	return k != NULL ? &k->result : NULL;
}

static void forget_all(struct reuse *r)
{
	for (size_t i = 0; i < SLOTS; i++) {
		free(r->slots[i]);
		r->slots[i] = NULL;
	}
	r->n = r->n_bytes = 0;
}

void reuse_keep(struct reuse *r, const struct digest *key, const struct part_result *result)
{
	size_t n = sizeof(struct kept) + result->coverage.n + result->findings.n;
	struct kept *k;
	unsigned char *p;

	if (n > LIMIT_REUSE_BYTES / 4)
		return;
	if (r->n >= SLOTS / 2 || n > LIMIT_REUSE_BYTES - r->n_bytes)
		forget_all(r);
	if ((k = malloc(n)) == NULL)
		return;
	p = (unsigned char *)(k + 1);
	*k = (struct kept){*key, *result};
	if (result->coverage.n != 0)
		memcpy(p, result->coverage.p, result->coverage.n);
	if (result->findings.n != 0)
		memcpy(p + result->coverage.n, result->findings.p, result->findings.n);
	k->result.coverage = span_of(p, result->coverage.n);
	k->result.findings = span_of(p + result->coverage.n, result->findings.n);
	r->slots[slot_of(r, key)] = k;
	r->n++;
	r->n_bytes += n;
}

/* How many bytes of a record stand behind its path; see put_coverage and put_finding in worker.c. */
static void record_pass(struct cursor *c, enum record_kind kind)
{
	(void)cursor_bytes(c); /* type */
	if (kind == RECORD_COVERAGE) {
		(void)cursor_bytes(c);
		(void)cursor_take(c, 8 + 1);
		(void)cursor_bytes(c);
		return;
	}
	(void)cursor_take(c, 8 + 8 + 4 + 1);
	for (int i = 0; i < 3; i++) /* masked, host, place */
		(void)cursor_bytes(c);
	(void)cursor_take(c, DIGEST_SIZE);
}

enum errc reuse_replay(struct buf *out, span records, enum record_kind kind, size_t path_n, const char *path, struct err *e)
{
	struct cursor c = cursor_of(records);

	while (c.rest.n != 0 && !c.bad) {
		span was = cursor_bytes(&c), rest = c.rest;

		record_pass(&c, kind);
		if (c.bad || was.n < path_n)
			return err_set(e, ERR_WORLD, "scan worker: a kept result that is none");
		buf_u32(out, (uint32_t)(strlen(path) + was.n - path_n));
		buf_str(out, path);
		buf_put(out, span_from(was, path_n));
		buf_put(out, span_first(rest, rest.n - c.rest.n));
	}
	return buf_check(out, e);
}
