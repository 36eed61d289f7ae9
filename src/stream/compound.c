#include "stream/compound.h"

#include "base/bisect.h"
#include "base/cursor.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "stream/charset.h"

enum { HEADER = 512, ENTRY = 128, DIFAT_IN_HEADER = 109 };
#define SECTOR_MAX 0xfffffffau  /* MAXREGSECT: larger numbers are marks */
#define NO_STREAM 0xffffffffu

static const unsigned char magic[8] = {0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1};

bool compound_sniff(span file) { return file.n >= sizeof magic && memcmp(file.p, magic, sizeof magic) == 0; }

static uint32_t u32_at(span s, size_t at)
{
	struct cursor c = cursor_of(span_from(s, at));

	return cursor_u32(&c);
}

static unsigned u16_at(span s, size_t at) { return u32_at(s, at) & 0xffff; }

/* Sector i; shorter than a sector, or empty, at the end of the file. The header takes the place before sector 0. */
static span sector_of(const struct compound *c, uint32_t i)
{
	return span_sub(c->file, ((size_t)i + 1) * c->sector, c->sector);
}

static size_t n_sectors(const struct compound *c)
{
	return c->file.n <= c->sector ? 0 : (c->file.n - 1) / c->sector;
}

/*
 * The chain that begins at `first`, up to `size` bytes. Where its sectors lie side by side the answer is borrowed. `room` is
 * what the sectors lie in, from sector 0 on.
 */
struct chain { span room; size_t sector; const uint32_t *table; size_t n_table; };

/* The sectors from `at` on that lie side by side, up to `size` bytes; *next is the one behind them. */
static span run_of(const struct chain *h, uint32_t at, uint64_t size, uint32_t *next)
{
	size_t n = 1;

	while (n * h->sector < size && at + n - 1 < h->n_table && h->table[at + n - 1] == at + n)
		n++;
	*next = at + n - 1 < h->n_table ? h->table[at + n - 1] : NO_STREAM;
	return span_sub(h->room, (size_t)at * h->sector, n * h->sector < size ? n * h->sector : (size_t)size);
}

static enum errc chain_read(struct arena *a, const struct chain *h, uint32_t first, uint64_t size, span *out,
    unsigned *problems, struct err *e)
{
	uint32_t next = first;
	unsigned char *copy;
	size_t n = 0;
	span run;

	*out = SPAN_EMPTY;
	if (size > h->room.n) {
		size = h->room.n;
		*problems |= COMPOUND_CHAIN;
	}
	if (size == 0)
		return OK;
	if (first >= h->n_table) {
		*problems |= COMPOUND_CHAIN;
		return OK;
	}
	run = run_of(h, first, size, &next);
	if (run.n == size) {
		*out = run;
		return OK;
	}
	if ((copy = arena_alloc(a, (size_t)size)) == NULL)
		return err_memory(e);
	for (next = first; n < size && next < h->n_table; n += run.n) {
		size_t whole;
		uint32_t here = next;

		run = run_of(h, here, size - n, &next);
		if (run.n != 0)
			memcpy(copy + n, run.p, run.n);
		whole = (run.n + h->sector - 1) / h->sector * h->sector;
		if (run.n == 0 || (run.n < size - n && run.n != whole)) {
			*problems |= COMPOUND_TRUNCATED;
			n += run.n;
			break;
		}
	}
	if (n < size)
		*problems |= COMPOUND_CHAIN;
	arena_shrink(a, copy, (size_t)size, n);
	*out = span_of(copy, n);
	return OK;
}

static struct chain regular(const struct compound *c)
{
	return (struct chain){span_from(c->file, c->sector), c->sector, c->fat, c->n_fat};
}

/* ---- the allocation tables ---- */

/* The sectors of one table sector, appended to it. */
static void table_add(struct compound *c, uint32_t sector)
{
	span s = sector_of(c, sector);
	size_t have = n_sectors(c);

	if (s.n < c->sector)
		c->problems |= COMPOUND_TRUNCATED;
	for (size_t at = 0; at + 4 <= s.n && c->n_fat < have; at += 4)
		c->fat[c->n_fat++] = u32_at(s, at);
}

static enum errc read_fat(struct arena *a, struct compound *c, struct err *e)
{
	size_t have = n_sectors(c), per = c->sector / 4 - 1;
	uint32_t difat = u32_at(c->file, 68);

	if ((c->fat = arena_alloc(a, have * sizeof *c->fat)) == NULL)
		return err_memory(e);
	for (size_t i = 0; i < DIFAT_IN_HEADER; i++) {
		uint32_t s = u32_at(c->file, 76 + 4 * i);

		if (s <= SECTOR_MAX && s < have)
			table_add(c, s);
	}
	for (size_t turns = 0; difat < have && c->n_fat < have; turns++) {
		span s = sector_of(c, difat);

		if (turns == have) {
			c->problems |= COMPOUND_CHAIN;
			break;
		}
		for (size_t i = 0; i < per && 4 * i + 4 <= s.n; i++)
			if (u32_at(s, 4 * i) < have)
				table_add(c, u32_at(s, 4 * i));
		difat = s.n == c->sector ? u32_at(s, 4 * per) : NO_STREAM;
	}
	return OK;
}

static enum errc read_mini_fat(struct arena *a, struct compound *c, struct err *e)
{
	struct chain h = regular(c);
	uint64_t size = (uint64_t)u32_at(c->file, 64) * c->sector;
	span table;
	enum errc rc;

	if (size == 0 || u32_at(c->file, 60) > SECTOR_MAX)
		return OK;
	if ((rc = chain_read(a, &h, u32_at(c->file, 60), size, &table, &c->problems, e)) != OK)
		return rc;
	c->n_mini_fat = table.n / 4;
	if ((c->mini_fat = arena_alloc(a, c->n_mini_fat * sizeof *c->mini_fat)) == NULL)
		return err_memory(e);
	for (size_t i = 0; i < c->n_mini_fat; i++)
		c->mini_fat[i] = u32_at(table, 4 * i);
	return OK;
}

/* ---- the directory ---- */

/* The directory's bytes: its chain says how long it is. */
static enum errc directory_bytes(struct arena *a, struct compound *c, span *out, struct err *e)
{
	struct chain h = regular(c);
	uint32_t first = u32_at(c->file, 48), at = first;
	size_t n = 0;

	while (at < c->n_fat && n <= c->n_fat) {
		n++;
		at = c->fat[at];
	}
	if (n > c->n_fat) {
		c->problems |= COMPOUND_CHAIN;
		n = c->n_fat;
	}
	return chain_read(a, &h, first, (uint64_t)n * c->sector, out, &c->problems, e);
}

struct walk {
	struct arena *a;
	struct compound *c;
	const struct charset *utf16;
	span directory;
	size_t n_slots;
	unsigned char *met;
	uint64_t left; /* bytes that streams may still have */
};

static enum errc entry_add(struct walk *w, uint32_t slot, size_t parent, unsigned depth, struct err *e)
{
	struct compound *c = w->c;
	span s = span_sub(w->directory, (size_t)slot * ENTRY, ENTRY);
	struct compound_entry *n = &c->entries[c->n_entries];
	size_t name_n = u16_at(s, 64);
	enum errc rc;

	*n = (struct compound_entry){.kind = (enum compound_kind)s.p[66], .parent = parent, .depth = depth, .first = u32_at(s, 116),
	    .size = u32_at(s, 120)};
	if (c->sector != 512)
		n->size |= (uint64_t)u32_at(s, 124) << 32;
	name_n = name_n >= 2 && name_n <= 64 ? name_n - 2 : 0;
	if ((rc = charset_to_utf8(w->a, w->utf16, span_first(s, name_n), &n->name, NULL, e)) != OK)
		return rc;
	if (n->name.n == 0)
		n->name = SPAN_LIT("");
	if (n->kind == COMPOUND_STREAM) {
		if (n->size > w->left) {
			n->size = w->left;
			n->problems = COMPOUND_LIMIT;
			c->problems |= COMPOUND_LIMIT;
		}
		w->left -= n->size;
	}
	c->n_entries++;
	return OK;
}

/* The entries of one storage, its tree walked in order with a stack of our own. */
static enum errc storage_walk(struct walk *w, uint32_t top, size_t parent, unsigned depth, uint32_t *children, struct err *e)
{
	struct compound *c = w->c;
	uint32_t *stack, at = top;
	size_t n = 0, cap = 64;
	enum errc rc;

	if ((stack = arena_alloc(w->a, cap * sizeof *stack)) == NULL)
		return err_memory(e);
	while (at < w->n_slots || n != 0) {
		const unsigned char *p;

		while (at < w->n_slots) {
			if (w->met[at]) {
				c->problems |= COMPOUND_TREE;
				break;
			}
			w->met[at] = 1;
			if (n == cap) {
				uint32_t *more = arena_alloc(w->a, 2 * cap * sizeof *more);

				if (more == NULL)
					return err_memory(e);
				memcpy(more, stack, n * sizeof *stack);
				stack = more;
				cap *= 2;
			}
			stack[n++] = at;
			at = u32_at(w->directory, (size_t)at * ENTRY + 68);
		}
		if (n == 0)
			break;
		at = stack[--n];
		p = w->directory.p + (size_t)at * ENTRY;
		if (p[66] != COMPOUND_STORAGE && p[66] != COMPOUND_STREAM) {
			c->problems |= COMPOUND_TREE;
		} else if (c->n_entries == LIMIT_COMPOUND_ENTRIES) {
			c->problems |= COMPOUND_LIMIT;
			return OK;
		} else {
			children[c->n_entries] = p[66] == COMPOUND_STORAGE ? u32_at(w->directory, (size_t)at * ENTRY + 76) : NO_STREAM;
			if ((rc = entry_add(w, at, parent, depth, e)) != OK)
				return rc;
		}
		at = u32_at(w->directory, (size_t)at * ENTRY + 72);
	}
	return OK;
}

static enum errc read_directory(struct walk *w, struct err *e)
{
	struct compound *c = w->c;
	uint32_t *children;
	size_t max;
	enum errc rc;

	if ((rc = directory_bytes(w->a, c, &w->directory, e)) != OK)
		return rc;
	w->n_slots = w->directory.n / ENTRY;
	if (w->n_slots == 0 || w->directory.p[66] != COMPOUND_ROOT)
		return err_set(e, ERR_EVIDENCE, "compound file without a root");
	max = w->n_slots < LIMIT_COMPOUND_ENTRIES ? w->n_slots : LIMIT_COMPOUND_ENTRIES;
	w->utf16 = charset_find(SPAN_LIT("utf-16le"));
	if ((w->met = arena_zero(w->a, w->n_slots, 1)) == NULL ||
	    (children = arena_alloc(w->a, max * sizeof *children)) == NULL ||
	    (c->entries = arena_zero(w->a, max, sizeof *c->entries)) == NULL)
		return err_memory(e);
	w->met[0] = 1;
	children[0] = u32_at(w->directory, 76);
	if ((rc = entry_add(w, 0, 0, 0, e)) != OK)
		return rc;
	/* Those met in a storage stand behind all that was met before it: a queue that is its own result. */
	for (size_t i = 0; i < c->n_entries; i++) {
		if (children[i] == NO_STREAM)
			continue;
		if (c->entries[i].depth == LIMIT_COMPOUND_DEPTH) {
			c->problems |= COMPOUND_LIMIT;
			continue;
		}
		if ((rc = storage_walk(w, children[i], i, c->entries[i].depth + 1, children, e)) != OK)
			return rc;
	}
	return OK;
}

/* The small streams' room. The root's size is no stream's: it is taken before the walk counts. */
static enum errc read_mini(struct arena *a, struct compound *c, struct err *e)
{
	struct chain h = regular(c);
	struct compound_entry *root = &c->entries[0];

	if (root->size == 0 || root->first > SECTOR_MAX)
		return OK;
	return chain_read(a, &h, root->first, root->size, &c->mini, &root->problems, e);
}

enum errc compound_open(struct arena *a, span file, struct compound **out, struct err *e)
{
	struct compound *c = arena_zero(a, 1, sizeof *c);
	struct walk w = {.a = a, .c = c, .left = file.n};
	unsigned shift, mini_shift;
	enum errc rc;

	*out = NULL;
	if (c == NULL)
		return err_memory(e);
	if (!compound_sniff(file))
		return err_set(e, ERR_EVIDENCE, "no compound file");
	shift = u16_at(file, 30);
	mini_shift = u16_at(file, 32);
	if (file.n < HEADER || (shift != 9 && shift != 12) || mini_shift != 6)
		return err_set(e, ERR_EVIDENCE, "compound file with a damaged header");
	c->file = file;
	c->sector = (size_t)1 << shift;
	c->mini_sector = (size_t)1 << mini_shift;
	c->mini_cutoff = u32_at(file, 56);
	if (c->mini_cutoff == 0 || c->mini_cutoff > 65536)
		c->mini_cutoff = 4096;
	if ((rc = read_fat(a, c, e)) != OK || (rc = read_directory(&w, e)) != OK ||
	    (rc = read_mini_fat(a, c, e)) != OK || (rc = read_mini(a, c, e)) != OK)
		return rc;
	c->problems |= c->entries[0].problems;
	*out = c;
	return OK;
}

/* ---- what callers ask ---- */

const struct compound_entry *compound_child(const struct compound *c, const struct compound_entry *in,
    const struct compound_entry *before)
{
	size_t parent = (size_t)(in - c->entries);
	size_t i = before != NULL ? (size_t)(before - c->entries) + 1 : parent + 1;

	if (before == NULL) {
		/* Parents ascend along the list: the first child by halves. */
		size_t n;

		BISECT(n, c->n_entries - i, c->entries[i + n].parent < parent);
		i += n;
	}
	return i < c->n_entries && c->entries[i].parent == parent ? &c->entries[i] : NULL;
}

const struct compound_entry *compound_find(const struct compound *c, const struct compound_entry *in, span name)
{
	const struct compound_entry *at = NULL;

	while ((at = compound_child(c, in, at)) != NULL)
		if (span_eq_nocase(at->name, name))
			return at;
	return NULL;
}

const struct compound_entry *compound_path(const struct compound *c, const char *path)
{
	const struct compound_entry *at = &c->entries[0];

	for (span rest = span_str(path); rest.n != 0 && at != NULL;) {
		span step = span_first(rest, span_find_byte(rest, '/'));

		rest = span_from(rest, step.n + 1);
		at = compound_find(c, at, step);
	}
	return at;
}

static enum errc read_some(struct arena *a, const struct compound *c, const struct compound_entry *s, uint64_t size,
    span *out, unsigned *problems, struct err *e)
{
	struct chain h = regular(c);

	if (s->size < c->mini_cutoff)
		h = (struct chain){c->mini, c->mini_sector, c->mini_fat, c->n_mini_fat};
	return chain_read(a, &h, s->first, size, out, problems, e);
}

enum errc compound_read(struct arena *a, const struct compound *c, const struct compound_entry *stream, span *out,
    unsigned *problems, struct err *e)
{
	unsigned bits = stream->problems;
	enum errc rc;

	*out = SPAN_EMPTY;
	if (stream->kind != COMPOUND_STREAM)
		return OK;
	rc = read_some(a, c, stream, stream->size, out, &bits, e);
	if (problems != NULL)
		*problems |= bits;
	return rc;
}
