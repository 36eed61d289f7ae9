/*
 * Binary property lists of Apple (CFBinaryPList.c, version 00): settings, locations of the web, pages saved by Safari. All keys of a dictionary
 * stand in the file before all its values: read in the order of the file, a password is nowhere near the word that says it is one. Here each
 * value stands behind its key, a line each.
 */
#include <inttypes.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "document/legacy.h"

enum {
	HEAD = 8, TRAILER = 32, DEPTH = 64, BYTES_A_STEP = 16 /* of data, which is seldom text */,
	SINGLES = 0, INTEGER = 1, REAL = 2, DATE = 3, DATA = 4, ASCII = 5, WIDE = 6, ARRAY = 10, ORDERED = 11, SET = 12, DICTIONARY = 13,
	COUNT_FOLLOWS = 15, NO_KEY = -1,
};
#define EPOCH_2001 978307200

struct plist {
	struct layout *l;
	span file;
	uint64_t n, table;       /* objects; where the places of all of them stand */
	unsigned place, ref;     /* bytes of a place there, and of the number of an object */
	bool *met;               /* containers that were read */
	uint64_t left;           /* LIMIT_PLIST_STEPS, what is left of them */
	unsigned depth;
	uint32_t line;
	bool begun;              /* the group of the lines, to which a file in the list puts an end */
};

/* What an object is, and the bytes of its content: as far as they are there. */
struct object { unsigned kind; uint64_t count; span content; };

static uint64_t number(span s, size_t at, unsigned size)
{
	uint64_t v = 0;

	for (span digits = span_sub(s, at, size); digits.n > 0; digits = span_from(digits, 1))
		v = v << 8 | digits.p[0];
	return v;
}

/* Bytes of one of so many, 0 where there are none of the kind. */
static unsigned width_of(const struct plist *p, unsigned kind)
{
	return kind == DATA || kind == ASCII ? 1 : kind == WIDE ? 2 : kind == DICTIONARY ? 2 * p->ref : kind >= ARRAY && kind < DICTIONARY ? p->ref : 0;
}

static struct object object_at(const struct plist *p, uint64_t i)
{
	uint64_t at = i < p->n ? number(p->file, (size_t)(p->table + i * p->place), p->place) : UINT64_MAX;
	span s = at >= HEAD && at < p->table ? span_sub(p->file, (size_t)at, (size_t)(p->table - at)) : SPAN_EMPTY;
	struct object o = {.kind = s.n > 0 ? s.p[0] >> 4 : SINGLES, .count = s.n > 0 ? s.p[0] & 15U : 0, .content = span_from(s, 1)};
	unsigned width = width_of(p, o.kind);

	if (width > 0 && o.count == COUNT_FOLLOWS) {
		unsigned size = o.content.n > 0 ? 1U << (o.content.p[0] & 3U) : 0;

		o.count = number(o.content, 1, size);
		o.content = span_from(o.content, 1 + size);
	}
	if (s.n == 0 || (width > 0 && o.count > o.content.n / width)) {
		layout_problem(p->l, "a damaged property list");
		o.count = width > 0 ? o.content.n / width : 0;
	}
	return o;
}

static bool spend(struct plist *p, uint64_t n)
{
	if (n > p->left)
		layout_limit(p->l, "more in a property list than is read of one");
	p->left -= n <= p->left ? n : p->left;
	return p->left > 0 && !p->l->text.failed;
}

static void put_string(struct plist *p, const struct object *o)
{
	uint32_t high = 0;

	if ((o->kind != ASCII && o->kind != WIDE) || !spend(p, o->count))
		return;
	if (o->kind == ASCII)
		layout_text(p->l, span_first(o->content, (size_t)o->count));
	for (uint64_t i = 0; o->kind == WIDE && i < o->count; i++) {
		uint32_t c = (uint32_t)number(o->content, (size_t)(2 * i), 2);
		unsigned char out[4];

		if (utf16_ends(&high, &c))
			layout_text(p->l, span_of(out, utf8_write(out, c)));
	}
}

static void line_begin(struct plist *p, int64_t key)
{
	struct object o = key != NO_KEY ? object_at(p, (uint64_t)key) : (struct object){0};

	if (!p->begun)
		layout_group(p->l, false, "property list", SPAN_EMPTY);
	p->begun = true;
	layout_at(p->l, ++p->line, 0);
	put_string(p, &o);
	if (o.count > 0 && (o.kind == ASCII || o.kind == WIDE))
		layout_text(p->l, SPAN_LIT(": "));
}

static void put_scalar(struct plist *p, const struct object *o, int64_t key)
{
	unsigned size = 1U << (o->count & 7U);
	uint64_t bits = number(o->content, 0, size);
	char text[TIME_TEXT > 32 ? TIME_TEXT : 32] = "";
	uint32_t half = (uint32_t)bits;
	double real;
	float single;

	memcpy(&real, &bits, sizeof real);
	memcpy(&single, &half, sizeof single);
	if (size == sizeof half)
		real = (double)single;
	if (o->kind == INTEGER && size <= 8)
		(void)snprintf(text, sizeof text, "%" PRId64, (int64_t)bits);
	else if (o->kind == SINGLES && (o->count == 8 || o->count == 9))
		(void)snprintf(text, sizeof text, "%s", o->count == 9 ? "true" : "false");
	else if (o->kind == REAL)
		(void)snprintf(text, sizeof text, "%.15g", real);
	else if (o->kind == DATE && real > -1e10 && real < 1e10)
		(void)time_date((int64_t)real + EPOCH_2001, text);
	if (text[0] == '\0' && o->kind != ASCII && o->kind != WIDE)
		return;
	line_begin(p, key);
	put_string(p, o);
	layout_text(p->l, span_str(text));
	layout_byte(p->l, '\n');
}

static enum errc put_object(struct plist *p, uint64_t i, int64_t key, struct err *e);

static enum errc put_members(struct plist *p, const struct object *o, int64_t key, struct err *e)
{
	enum errc rc = OK;

	for (uint64_t i = 0; i < o->count && rc == OK && spend(p, 1); i++) {
		int64_t named = o->kind == DICTIONARY ? (int64_t)number(o->content, (size_t)(i * p->ref), p->ref) : key;

		rc = put_object(p, number(o->content, (size_t)((o->kind == DICTIONARY ? o->count + i : i) * p->ref), p->ref), named, e);
	}
	return rc;
}

/* A page that was saved is the data of its list; so is another list. */
static enum errc put_data(struct plist *p, const struct object *o, int64_t key, struct err *e)
{
	struct object name = key != NO_KEY ? object_at(p, (uint64_t)key) : (struct object){0};
	enum errc rc;

	if (!spend(p, 1 + o->count / BYTES_A_STEP))
		return OK;
	rc = embedded_read(p->l, name.kind == ASCII ? span_first(name.content, (size_t)name.count) : SPAN_LIT("data"),
	    span_first(o->content, (size_t)o->count), e);
	layout_line(p->l);
	p->begun = false;
	return rc;
}

static enum errc put_object(struct plist *p, uint64_t i, int64_t key, struct err *e)
{
	struct object o = object_at(p, i);
	enum errc rc = OK;

	if (o.kind < ARRAY && o.kind != DATA) {
		put_scalar(p, &o, key);
		return OK;
	}
	/* Programs give each container one place: a list that leads to itself would have no end. */
	if (i >= p->n || p->met[i])
		return OK;
	p->met[i] = true;
	if (o.kind == DATA)
		return put_data(p, &o, key, e);
	if (p->depth == DEPTH) {
		layout_problem(p->l, "lists within lists, deeper than is read");
		return OK;
	}
	p->depth++;
	rc = put_members(p, &o, key, e);
	p->depth--;
	return rc;
}

enum errc plist_read(struct layout *l, span file, struct err *e)
{
	span trailer = span_from(file, file.n > HEAD + TRAILER ? file.n - TRAILER : file.n);
	struct plist p = {.l = l, .file = file, .left = LIMIT_PLIST_STEPS, .n = number(trailer, 8, 8), .table = number(trailer, 24, 8), .place = (unsigned)number(trailer, 6, 1),
	    .ref = (unsigned)number(trailer, 7, 1)};

	if (p.place == 0 || p.place > 8 || p.ref == 0 || p.ref > 8 || p.table > file.n || p.n > (file.n - p.table) / p.place) {
		layout_problem(l, "a damaged property list of Apple: the letters in it were read, not their order");
		layout_group(l, false, "letters", SPAN_EMPTY);
		letters_put(l, span_from(file, HEAD));
		return OK;
	}
	if ((p.met = arena_zero(l->a, (size_t)p.n + 1, sizeof *p.met)) == NULL)
		return err_memory(e);
	return put_object(&p, number(trailer, 16, 8), NO_KEY, e);
}
