/*
 * A writer of compound files for tests, here and in mail/: streams by path, storages made as they are named. Written
 * straight, or scattered: each sector's successor lies before it, so that no chain is a run.
 */
#ifndef TOCSIN_STREAM_TEST_COMPOUND_H
#define TOCSIN_STREAM_TEST_COMPOUND_H

#include "base/buf.h"
#include "base/test.h"

enum { CFB_MAX = 512 };

struct cfb_node { char name[33]; bool stream; size_t parent; span bytes; uint32_t first; };
struct cfb {
	struct cfb_node v[CFB_MAX];
	size_t n;
	size_t sector;  /* 512 or 4096 */
	bool scattered;
	struct buf out;
	uint32_t fat[65536];
	uint32_t n_sectors;
};

static inline struct cfb *cfb_new(size_t sector, bool scattered)
{
	struct cfb *w = calloc(1, sizeof *w);

	assert_non_null(w);
	w->sector = sector;
	w->scattered = scattered;
	w->n = 1;
	(void)strcpy(w->v[0].name, "Root Entry");
	buf_init(&w->out, (size_t)256 << 20);
	return w;
}

static inline void cfb_free(struct cfb *w)
{
	buf_free(&w->out);
	free(w);
}

static inline size_t cfb_node(struct cfb *w, size_t parent, span name, bool stream)
{
	for (size_t i = 1; i < w->n; i++)
		if (w->v[i].parent == parent && span_eq(span_str(w->v[i].name), name))
			return i;
	assert_true(w->n < CFB_MAX && name.n < sizeof w->v->name);
	memcpy(w->v[w->n].name, name.p, name.n);
	w->v[w->n].parent = parent;
	w->v[w->n].stream = stream;
	return w->n++;
}

/* bytes must live until cfb_done. */
static inline void cfb_stream(struct cfb *w, const char *path, span bytes)
{
	span rest = span_str(path);
	size_t at = 0;

	for (;;) {
		span step = span_first(rest, span_find_byte(rest, '/'));

		rest = span_from(rest, step.n + 1);
		at = cfb_node(w, at, step, rest.n == 0);
		if (rest.n == 0)
			break;
	}
	w->v[at].bytes = bytes;
}

/* Room for n bytes: sectors chained; returns the first. The bytes are put where the chain says. */
static inline uint32_t cfb_put(struct cfb *w, span bytes)
{
	uint32_t n = (uint32_t)((bytes.n + w->sector - 1) / w->sector), base = w->n_sectors;

	if (n == 0)
		return 0xfffffffeu;
	assert_true(base + n < sizeof w->fat / sizeof *w->fat);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t at = w->scattered ? base + n - 1 - i : base + i;
		uint32_t next = w->scattered ? at - 1 : at + 1;
		span s = span_sub(bytes, i * w->sector, w->sector);

		w->fat[at] = i + 1 == n ? 0xfffffffeu : next;
		while (w->out.n < ((size_t)base + n + 1) * w->sector)
			buf_byte(&w->out, 0);
		memcpy(w->out.p + ((size_t)at + 1) * w->sector, s.p, s.n);
	}
	w->n_sectors += n;
	return w->scattered ? base + n - 1 : base;
}

static inline int cfb_cmp(const struct cfb_node *a, const struct cfb_node *b)
{
	size_t n = strlen(a->name), m = strlen(b->name);

	return n != m ? (n < m ? -1 : 1) : strcasecmp(a->name, b->name);
}

/* The siblings of one storage as a list to the right, in their order. */
static inline uint32_t cfb_siblings(struct cfb *w, size_t parent, uint32_t *right)
{
	uint32_t first = 0xffffffffu;

	for (size_t i = 1; i < w->n; i++) {
		uint32_t *at = &first;

		if (w->v[i].parent != parent)
			continue;
		while (*at != 0xffffffffu && cfb_cmp(&w->v[*at], &w->v[i]) < 0)
			at = &right[*at];
		right[i] = *at;
		*at = (uint32_t)i;
	}
	return first;
}

static inline void cfb_directory(struct cfb *w, struct buf *b, uint32_t mini_first, size_t mini_n)
{
	uint32_t right[CFB_MAX], child[CFB_MAX];

	for (size_t i = 0; i < CFB_MAX; i++)
		right[i] = child[i] = 0xffffffffu;
	for (size_t i = 0; i < w->n; i++)
		child[i] = w->v[i].stream ? 0xffffffffu : cfb_siblings(w, i, right);
	for (size_t i = 0; i < w->n; i++) {
		struct cfb_node *v = &w->v[i];
		size_t n = strlen(v->name), at = b->n;

		for (size_t k = 0; k < 32; k++) {
			buf_byte(b, k < n ? (unsigned char)v->name[k] : 0);
			buf_byte(b, 0);
		}
		buf_u32(b, (uint32_t)(2 * n + 2) | (i == 0 ? 5u : v->stream ? 2u : 1u) << 16 | 1u << 24);
		buf_u32(b, 0xffffffffu);
		buf_u32(b, right[i]);
		buf_u32(b, child[i]);
		while (b->n < at + 116)
			buf_byte(b, 0);
		buf_u32(b, i == 0 ? mini_first : v->stream ? v->first : 0);
		buf_u64(b, i == 0 ? mini_n : v->bytes.n);
		assert_int_equal(b->n, at + 128);
	}
	while (b->n % w->sector != 0)
		buf_byte(b, 0);
}

/* The whole file, valid until cfb_free. */
static inline span cfb_done(struct cfb *w)
{
	static const unsigned char head[] = {0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1};
	struct buf mini, mini_fat, dir, fat;
	uint32_t mini_first, mini_fat_first, dir_first, fat_first, n_fat;

	buf_init(&mini, (size_t)64 << 20);
	buf_init(&mini_fat, (size_t)64 << 20);
	buf_init(&dir, (size_t)64 << 20);
	buf_init(&fat, (size_t)64 << 20);
	for (size_t i = 1; i < w->n; i++) {
		struct cfb_node *v = &w->v[i];
		uint32_t n = (uint32_t)((v->bytes.n + 63) / 64);

		if (!v->stream || v->bytes.n >= 4096) {
			v->first = v->stream ? cfb_put(w, v->bytes) : 0;
			continue;
		}
		v->first = n == 0 ? 0xfffffffeu : (uint32_t)(mini.n / 64);
		for (uint32_t k = 0; k < n; k++)
			buf_u32(&mini_fat, k + 1 == n ? 0xfffffffeu : v->first + k + 1);
		buf_put(&mini, v->bytes);
		while (mini.n % 64 != 0)
			buf_byte(&mini, 0);
	}
	while (mini_fat.n % w->sector != 0)
		buf_u32(&mini_fat, 0xffffffffu);
	mini_first = cfb_put(w, buf_span(&mini));
	mini_fat_first = cfb_put(w, buf_span(&mini_fat));
	cfb_directory(w, &dir, mini_first, mini.n);
	dir_first = cfb_put(w, buf_span(&dir));
	n_fat = 1;
	while (n_fat * (w->sector / 4) < w->n_sectors + n_fat)
		n_fat++;
	assert_true(n_fat <= 109);
	fat_first = w->n_sectors;
	for (uint32_t i = 0; i < n_fat; i++)
		w->fat[fat_first + i] = 0xfffffffdu;
	for (uint32_t i = 0; i < n_fat * (w->sector / 4); i++)
		buf_u32(&fat, i < fat_first + n_fat ? w->fat[i] : 0xffffffffu);
	while (w->out.n < (size_t)(fat_first + 1) * w->sector)
		buf_byte(&w->out, 0);
	buf_put(&w->out, buf_span(&fat));

	memcpy(w->out.p, head, sizeof head);
	buf_set_u32(&w->out, 24, 0x003e | (w->sector == 512 ? 3u : 4u) << 16);
	buf_set_u32(&w->out, 28, 0xfffe | (w->sector == 512 ? 9u : 12u) << 16);
	buf_set_u32(&w->out, 32, 6);
	buf_set_u32(&w->out, 40, w->sector == 512 ? 0 : (uint32_t)(dir.n / w->sector));
	buf_set_u32(&w->out, 44, n_fat);
	buf_set_u32(&w->out, 48, dir_first);
	buf_set_u32(&w->out, 56, 4096);
	buf_set_u32(&w->out, 60, mini_fat_first);
	buf_set_u32(&w->out, 64, (uint32_t)(mini_fat.n / w->sector));
	buf_set_u32(&w->out, 68, 0xfffffffeu);
	for (uint32_t i = 0; i < 109; i++)
		buf_set_u32(&w->out, 76 + 4 * i, i < n_fat ? fat_first + i : 0xffffffffu);
	buf_free(&mini);
	buf_free(&mini_fat);
	buf_free(&dir);
	buf_free(&fat);
	assert_false(w->out.failed);
	return buf_span(&w->out);
}

#endif
