#include "mail/pst-nodes.h"

#include <stdlib.h>
#include <zlib.h>

#include "base/bisect.h"
#include "base/cursor.h"
#include "base/limits.h"

enum { PAGE_OF_NODES = 0x81, VERSION_AT = 10, DEPTH_MAX = 16 };

/* Where things lie in a page (MS-PST 2.2.2.7.7.1) and in the header before it (2.2.2.6); of 4K pages as libpff has found out. */
struct layout {
	size_t page, count_at, size_at, level_at, type_at, crc_at, crc_n; /* crc_n 0: not known what it is over */
	size_t word;    /* bytes of a number of a block and of a place */
	size_t root_at; /* of the index of nodes, in the header */
};

static const struct layout ansi = {512, 496, 498, 499, 500, 508, 500, 4, 188}, unicode = {512, 488, 490, 491, 496, 500, 496, 8, 224},
    large = {4096, 4056, 4060, 4061, 4072, 4076, 0, 8, 224};

struct walk {
	struct arena *a;
	span file;
	const struct layout *of;
	struct pst_nodes *out;
	size_t cap, n_pages; /* that may still be met: a page that is met twice costs no more than one more page */
};

static const struct layout *layout_of(span file)
{
	struct cursor c = cursor_of(span_from(file, VERSION_AT));
	unsigned version = cursor_u16(&c);

	if (c.bad || !span_starts(file, SPAN_LIT("!BDN")))
		return NULL;
	if (version == 14 || version == 15)
		return &ansi;
	return version >= 36 ? &large : version >= 20 ? &unicode : NULL;
}

static uint64_t number(span s, size_t at, size_t n)
{
	struct cursor c = cursor_of(span_from(s, at));

	return n == 4 ? cursor_u32(&c) : cursor_u64(&c);
}

/* MS-PST 5.3: as everywhere, but begun with zero and not turned at the end. */
static bool sum_is_right(const struct layout *l, span page)
{
	return l->crc_n == 0 ||
	       (crc32(0xffffffff, page.p, (unsigned)l->crc_n) ^ 0xffffffff) == (uint32_t)number(page, l->crc_at, 4);
}

static enum errc leaf(struct walk *w, span entry, struct err *e)
{
	struct pst_node n = {(uint32_t)number(entry, 0, 4), (uint32_t)number(entry, 3 * w->of->word, 4)};
	struct pst_node *more;

	if (w->out->n == LIMIT_PST_NODES) {
		w->out->cut = true;
		return OK;
	}
	if ((more = arena_grow(w->a, w->out->v, w->out->n, &w->cap, sizeof *more, 256)) == NULL)
		return err_memory(e);
	w->out->v = more;
	more[w->out->n++] = n;
	return OK;
}

/* level: what the page above says, so that none is below itself; DEPTH_MAX for the root, which says it itself. */
static enum errc page_read(struct walk *w, uint64_t at, unsigned level, struct err *e)
{
	const struct layout *l = w->of;
	span page = at < w->file.n && at % 64 == 0 ? span_sub(w->file, (size_t)at, l->page) : SPAN_EMPTY;
	size_t n, size, least;
	enum errc rc = OK;

	if (w->n_pages == 0 || page.n < l->page || page.p[l->type_at] != PAGE_OF_NODES ||
	    (level != DEPTH_MAX ? page.p[l->level_at] != level : page.p[l->level_at] >= DEPTH_MAX)) {
		w->out->n_damaged++;
		return OK;
	}
	w->n_pages--;
	level = page.p[l->level_at];
	n = l == &large ? (size_t)(page.p[l->count_at] | page.p[l->count_at + 1] << 8) : page.p[l->count_at];
	size = page.p[l->size_at];
	least = level == 0 ? 3 * l->word + 4 : 3 * l->word;
	if (size < least || n > l->count_at / size || !sum_is_right(l, page))
		w->out->n_damaged++;
	for (size_t i = 0; i < n && rc == OK && !w->out->cut && size >= least && (i + 1) * size <= l->count_at; i++) {
		span entry = span_sub(page, i * size, size);

		rc = level == 0 ? leaf(w, entry, e) : page_read(w, number(entry, 2 * l->word, l->word), level - 1, e);
	}
	return rc;
}

static int by_id(const void *x, const void *y)
{
	const struct pst_node *a = x, *b = y;

	return a->id != b->id ? (a->id < b->id ? -1 : 1) : (a->parent > b->parent) - (a->parent < b->parent);
}

enum errc pst_nodes_read(struct arena *a, span file, struct pst_nodes *out, struct err *e)
{
	struct walk w = {.a = a, .file = file, .of = layout_of(file), .out = out};
	size_t n = 0;
	enum errc rc;

	*out = (struct pst_nodes){0};
	if (w.of == NULL)
		return err_set(e, ERR_EVIDENCE, "no PST of a version that is known");
	w.n_pages = file.n / w.of->page + 1;
	if ((rc = page_read(&w, number(file, w.of->root_at, w.of->word), DEPTH_MAX, e)) != OK)
		return rc;
	if (out->n > 1)
		qsort(out->v, out->n, sizeof *out->v, by_id);
	for (size_t i = 0; i < out->n; i++)
		if (n == 0 || out->v[n - 1].id != out->v[i].id)
			out->v[n++] = out->v[i];
	out->n = n;
	return OK;
}

const struct pst_node *pst_nodes_find(const struct pst_nodes *nodes, uint32_t id)
{
	size_t i;

	BISECT(i, nodes->n, nodes->v[i].id < id);
	return i < nodes->n && nodes->v[i].id == id ? &nodes->v[i] : NULL;
}
