#include "scan/anchors.h"

#include "base/utf8.h"

/*
 * Anchors are found by a key: their first bytes, KEY_MAX at most, with FOLD set in each, which makes letters of both cases equal, and here
 * and there other characters.
 */
#define KEY_MAX 8
#define FOLD UINT64_C(0x2020202020202020)

#define SHORTEST 2
#define LONG 4 /* bytes of a longer key that are looked up first; of a shorter one all, and whatever is the third behind two */
/* Of what begins in a way: does one of them begin a word; may one stand within; and from here on, bit n for keys of SHORTEST + n, which are shorter than LONG */
enum { OF_WORD = 1, ANYWHERE = 2, SHORT_BITS = 2 };

/* An anchor: the bits of its first bytes that must be as they are, and how many bytes it has. */
struct entry { uint64_t bytes, mask; uint32_t id; uint8_t n; bool of_word; };

struct anchors {
	const struct anchor *v;
	uint8_t begins[1 << 16];       /* by a hash of three bytes: what may begin so */
	uint8_t behind[256];           /* and behind a byte: anything, or nothing that begins a word */
	uint8_t begins_long[1 << 16];  /* by a hash of LONG bytes: bit n for keys of LONG + n */
	uint64_t keys[1 << 11]; /* a bit for a hash of each key */
	struct entry *entries;  /* those of a slot stand together */
	uint32_t *slots;        /* by a hash of a key: where its entries begin, which end where those of the next do */
	unsigned shift;         /* of a hash, to a slot */
};

static uint64_t key_of(uint64_t w, unsigned n)
{
	static const uint64_t first[KEY_MAX + 1] = {0, 0xff, 0xffff, 0xffffff, 0xffffffff, 0xffffffffff, 0xffffffffffff, 0xffffffffffffff, UINT64_MAX};

	return w & first[n];
}

static size_t long_of(uint64_t w)
{
	return (uint32_t)((uint32_t)w * UINT32_C(0x9e3779b1)) >> 16;
}

static size_t short_of(uint64_t w)
{
	return (uint32_t)((uint32_t)w * UINT32_C(0x3779b100)) >> 16; /* of three bytes: the fourth is multiplied out */
}

static uint64_t hash_of(uint64_t key)
{
	return key * UINT64_C(0x9e3779b97f4a7c15); /* its high bits are taken, which come of all of the key */
}

/* The first eight bytes at p, and of s, as a number whose lowest byte is the first. */
static uint64_t eight_at(const unsigned char *p)
{
	return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24 | (uint64_t)p[4] << 32 | (uint64_t)p[5] << 40 |
	    (uint64_t)p[6] << 48 | (uint64_t)p[7] << 56;
}

static uint64_t bytes_of(span s)
{
	unsigned char first[KEY_MAX] = {0};

	for (size_t i = 0; i < s.n && i < KEY_MAX; i++)
		first[i] = s.p[i];
	return eight_at(first);
}

static bool begins_word(const struct anchor *n)
{
	return n->word_start && ascii_is_alnum(n->text.p[0]);
}

/* Do all that have the text of v[i] begin a word? */
static bool all_begin_word(const struct anchor *v, size_t n, size_t i)
{
	bool all = begins_word(&v[i]);

	while (++i < n && !v[i].first)
		all &= begins_word(&v[i]);
	return all;
}

static uint64_t key_of_anchor(const struct anchor *n)
{
	return key_of(bytes_of(n->text) | FOLD, n->text.n < KEY_MAX ? (unsigned)n->text.n : KEY_MAX);
}

static struct entry entry_of(const struct anchors *s, size_t n, size_t i)
{
	const struct anchor *v = &s->v[i];
	struct entry k = {.bytes = bytes_of(v->text), .id = (uint32_t)i, .n = (uint8_t)v->text.n, .of_word = all_begin_word(s->v, n, i)};

	for (size_t b = 0; b < KEY_MAX && b < v->text.n; b++)
		k.mask |= (uint64_t)(v->fold && ascii_is_alpha(v->text.p[b]) ? 0xff ^ 0x20 : 0xff) << 8 * b;
	return k;
}

/* What is looked at first says that the anchor is there. */
static void show(struct anchors *s, const struct entry *k, uint64_t key)
{
	unsigned key_n = k->n < KEY_MAX ? k->n : KEY_MAX;
	uint64_t hash = hash_of(key);

	if (key_n >= LONG)
		s->begins_long[long_of(key)] |= (uint8_t)(1u << (key_n - LONG));
	for (unsigned c = 0; c < (key_n == SHORTEST ? 256 : 1); c++) {
		size_t three = short_of(key_n == SHORTEST ? key | (c | 0x20) << 16 : key);

		s->begins[three] |= (uint8_t)((k->of_word ? OF_WORD : ANYWHERE) | (key_n < LONG ? 1u << (key_n - SHORTEST + SHORT_BITS) : 0));
	}
	s->keys[hash >> 53] |= UINT64_C(1) << (hash >> 47 & 63);
}

enum errc anchors_new(struct arena *a, const struct anchor *v, size_t n, struct anchors **out, struct err *e)
{
	struct anchors *s = arena_zero(a, 1, sizeof *s);
	size_t n_slots = 4;

	if (s == NULL)
		return err_memory(e);
	for (s->shift = 62; n_slots < 2 * n; n_slots *= 2)
		s->shift--;
	s->v = v;
	for (unsigned c = 0; c < 256; c++)
		s->behind[c] = ascii_is_alnum((unsigned char)c) ? ANYWHERE : OF_WORD | ANYWHERE;
	if ((s->entries = arena_zero(a, n + 1, sizeof *s->entries)) == NULL || (s->slots = arena_zero(a, n_slots + 1, sizeof *s->slots)) == NULL)
		return err_memory(e);
	for (size_t i = 0; i < n; i++)
		s->slots[hash_of(key_of_anchor(&v[i])) >> s->shift] += v[i].first;
	for (size_t i = 0; i < n_slots; i++)
		s->slots[i + 1] += s->slots[i];
	/* from the last to the first, so that each slot ends up where its entries begin */
	for (size_t i = n; i-- > 0;) {
		uint64_t key = key_of_anchor(&v[i]);

		if (v[i].first) {
			struct entry *k = &s->entries[--s->slots[hash_of(key) >> s->shift]];

			*k = entry_of(s, n, i);
			show(s, k, key);
		}
	}
	*out = s;
	return OK;
}

/* The text under way. Anchors that were found wait for those that end before them: one that begins later may be shorter. */
#define WAITING_ENDS 256
struct search {
	span text;
	anchor_found found;
	void *ctx;
	struct { size_t end; uint32_t id; } waiting[WAITING_ENDS];
	size_t n_waiting;
};

/* Those that end at `end` or before. */
static bool ends_tell(struct search *f, size_t end)
{
	size_t n = 0;

	while (n < f->n_waiting && f->waiting[n].end <= end) {
		if (!f->found(f->ctx, f->waiting[n].id, f->waiting[n].end))
			return false;
		n++;
	}
	memmove(f->waiting, f->waiting + n, (f->n_waiting - n) * sizeof *f->waiting);
	f->n_waiting -= n;
	return true;
}

/* One that begins at `at`: whatever ends there and before can be told. */
static bool ends_add(struct search *f, size_t at, size_t end, uint32_t id)
{
	size_t i;

	if (!ends_tell(f, at) || (f->n_waiting == WAITING_ENDS && !ends_tell(f, f->waiting[0].end)))
		return false;
	for (i = f->n_waiting++; i > 0 && f->waiting[i - 1].end > end; i--)
		f->waiting[i] = f->waiting[i - 1];
	f->waiting[i].end = end;
	f->waiting[i].id = id;
	return true;
}

/* The anchors with that hash of their key at `at`, where the text has w. */
static bool key_tell(const struct anchors *s, struct search *f, size_t at, uint64_t w, uint64_t hash)
{
	const uint32_t *slot = &s->slots[hash >> s->shift];

	for (const struct entry *k = s->entries + slot[0]; k < s->entries + slot[1]; k++) {
		if (((w ^ k->bytes) & k->mask) != 0 || k->n > f->text.n - at || (k->of_word && at > 0 && ascii_is_alnum(f->text.p[at - 1])))
			continue;
		if (k->n > KEY_MAX) {
			span is = s->v[k->id].text, has = span_sub(f->text, at, k->n);

			if (s->v[k->id].fold ? !span_ends_nocase(has, is) : !span_eq(has, is))
				continue;
		}
		if (!ends_add(f, at, at + k->n, k->id))
			return false;
	}
	return true;
}

/* How long the keys are that stand where the text has w: bit n for SHORTEST + n. Mostly none does, and the loop that asks wants the registers. */
static __attribute__((noinline)) unsigned lengths_at(const struct anchors *s, uint64_t w)
{
	uint64_t folded = w | FOLD;
	unsigned may = s->begins[short_of(folded)] >> SHORT_BITS | (unsigned)s->begins_long[long_of(folded)] << (LONG - SHORTEST), are = 0;

	for (; may != 0; may &= may - 1) {
		uint64_t hash = hash_of(key_of(folded, SHORTEST + (unsigned)__builtin_ctz(may)));

		if ((s->keys[hash >> 53] >> (hash >> 47 & 63) & 1) != 0)
			are |= may & -may;
	}
	return are;
}

/* The anchors whose keys are that long and begin at `at`, where the text has w. */
static bool place_tell(const struct anchors *s, struct search *f, size_t at, uint64_t w, unsigned lengths)
{
	for (; lengths != 0; lengths &= lengths - 1)
		if (!key_tell(s, f, at, w, hash_of(key_of(w | FOLD, SHORTEST + (unsigned)__builtin_ctz(lengths)))))
			return false;
	return true;
}

/* May an anchor begin where the text has w, with FOLD, behind that byte? */
static inline bool may_begin(const struct anchors *s, unsigned char before, uint64_t w)
{
	return (s->begins[short_of(w)] & s->behind[before]) != 0;
}

bool anchors_find(const struct anchors *s, span text, anchor_found found, void *ctx)
{
	enum { AT_ONCE = KEY_MAX - 2 }; /* of eight bytes so many are the first of three */
	UNFILLED struct search f;
	unsigned char before = ' ';
	unsigned lengths;
	size_t at = 0;

	f.text = text;
	f.found = found;
	f.ctx = ctx;
	f.n_waiting = 0;
	for (; text.n - at >= AT_ONCE + KEY_MAX; at += AT_ONCE) {
		uint64_t w = eight_at(text.p + at) | FOLD;

		for (size_t i = 0; i < AT_ONCE; i++) {
			if (may_begin(s, before, w >> 8 * i) && (lengths = lengths_at(s, eight_at(text.p + at + i))) != 0 &&
			    !place_tell(s, &f, at + i, eight_at(text.p + at + i), lengths))
				return false;
			before = text.p[at + i];
		}
	}
	for (; at < text.n; before = text.p[at++]) {
		uint64_t w = bytes_of(span_from(text, at));

		if (may_begin(s, before, w | FOLD) && (lengths = lengths_at(s, w)) != 0 && !place_tell(s, &f, at, w, lengths))
			return false;
	}
	return ends_tell(&f, SIZE_MAX);
}
