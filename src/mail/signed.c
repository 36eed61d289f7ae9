#include "mail/signed.h"

#include <zlib.h>

#include "base/buf.h"

enum { SEQUENCE = 0x30, SET = 0x31, OID = 0x06, INTEGER = 0x02, OCTETS = 0x04, OCTETS_IN_PIECES = 0x24, EXPLICIT = 0xa0, DIGEST_ALGORITHM = 0xa1 };
enum { DEPTH_MAX = 16 };

/*
 * The beginning of a BER value of that tag: *in is what it holds, *rest what follows. Of one that does not say how long it is
 * (BER, as programs write that sign while they send) *in is all that follows, and *rest unknown: *open. What is cut short is
 * taken as far as it goes: *cut is set.
 */
static bool begin(span s, unsigned tag, span *in, span *rest, bool *open, bool *cut)
{
	size_t n, at = 2;

	if (s.n < 2 || s.p[0] != tag)
		return false;
	*open = s.p[1] == 0x80;
	n = s.p[1];
	if (n > 0x80 && n <= 0x88) {
		size_t k = n & 0x7f;

		for (n = 0; k > 0 && at < s.n && n <= SIZE_MAX >> 8; k--)
			n = n << 8 | s.p[at++];
		if (k != 0)
			return false;
	} else if (n > 0x80) {
		return false;
	}
	*cut |= !*open && n > s.n - at;
	*in = *open ? span_from(s, 2) : span_sub(s, at, n);
	*rest = *open ? SPAN_EMPTY : span_from(s, at + in->n);
	return true;
}

/* What follows one value, whatever it is. */
static bool skip(span s, unsigned depth, span *rest)
{
	bool open, cut = false;
	span in;

	if (s.n == 0 || depth == DEPTH_MAX || !begin(s, s.p[0], &in, rest, &open, &cut))
		return false;
	if (!open)
		return true;
	while (in.n >= 2 && !(in.p[0] == 0 && in.p[1] == 0))
		if (!skip(in, depth + 1, &in))
			return false;
	*rest = span_from(in, 2);
	return true;
}

/* What pieces hold, one behind the other; there is room for all of it. cut: there should be more. */
struct joined { unsigned char *p; size_t n; bool cut; };

/*
 * The pieces of an OCTET STRING, each of which may be in pieces itself (X.690 8.7.3.2). Of an open one *rest is what follows its end;
 * empty when that is not found.
 */
static void join(struct joined *to, span pieces, bool open, unsigned depth, span *rest)
{
	static const span end = SPAN_LIT("\0\0");
	bool within, whole;
	span in, next, behind;

	for (; pieces.n != 0 && !(open && span_starts(pieces, end)); pieces = next) {
		if (begin(pieces, OCTETS, &in, &next, &within, &to->cut) && !within) {
			if (in.n != 0)
				memcpy(to->p + to->n, in.p, in.n);
			to->n += in.n;
		} else if (depth < DEPTH_MAX && begin(pieces, OCTETS_IN_PIECES, &in, &next, &within, &to->cut)) {
			join(to, in, within, depth + 1, &behind);
			next = within ? behind : next;
		} else {
			break;
		}
	}
	whole = open ? span_starts(pieces, end) : pieces.n == 0;
	to->cut |= !whole;
	*rest = open && whole ? span_from(pieces, end.n) : SPAN_EMPTY;
}

/* What stands in a type between its version and what it encapsulates: values with these tags, those marked so where they are there. */
enum { OPTIONAL = 0x100 };
static const struct cms_type {
	unsigned char n, oid[11];
	enum cms kind;
	unsigned before[5];
} types[] = {
    {9, {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01}, CMS_OPEN, {0}},        /* data: nothing around it */
    {9, {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02}, CMS_OPEN, {SET}},      /* signed-data: algorithms */
    {9, {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x03}, CMS_ENCRYPTED, {0}},
    {9, {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x05}, CMS_OPEN, {SEQUENCE}}, /* digested-data: an algorithm */
    {9, {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x06}, CMS_ENCRYPTED, {0}},
    /* authenticated-data (9.1): who made it, who can check it, how; and how its digest is made */
    {11, {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x02}, CMS_OPEN,
	{EXPLICIT | OPTIONAL, SET, SEQUENCE, DIGEST_ALGORITHM | OPTIONAL}},
    {11, {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x09}, CMS_PACKED, {SEQUENCE}},
    {11, {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x17}, CMS_ENCRYPTED, {0}},
};
enum { N_TYPES = sizeof types / sizeof *types };

/* Which type it is; NULL for none. *rest is behind its name; *outer: something is cut, of what lies around. */
static const struct cms_type *type_of(span cms, span *rest, bool *outer)
{
	bool open;
	span in;

	if (!begin(cms, SEQUENCE, &in, rest, &open, outer) || !begin(in, OID, &in, rest, &open, outer) || open)
		return NULL;
	for (size_t i = 0; i < N_TYPES; i++)
		if (span_eq(in, span_of(types[i].oid, types[i].n)))
			return &types[i];
	return NULL;
}

enum cms cms_kind(span head)
{
	bool outer = false;
	span rest;
	const struct cms_type *t = type_of(head, &rest, &outer);

	return t != NULL ? t->kind : CMS_NONE;
}

/* From behind the name of its type to the OCTET STRING that it encapsulates: in [0], and but for data in an object with a version. */
static bool encapsulated(const struct cms_type *t, span s, span *in, bool *outer)
{
	bool open;
	span rest;

	if (!begin(s, EXPLICIT, in, &rest, &open, outer))
		return false;
	if (t == &types[0])
		return true;
	if (!begin(*in, SEQUENCE, in, &rest, &open, outer) || !begin(*in, INTEGER, in, &rest, &open, outer) || open)
		return false;
	for (const unsigned *tag = t->before; *tag != 0; tag++) {
		bool there = rest.n != 0 && rest.p[0] == (*tag & 0xff);

		if (!there && (*tag & OPTIONAL) == 0)
			return false;
		if (there && !skip(rest, 0, &rest))
			return false;
	}
	return begin(rest, SEQUENCE, in, &rest, &open, outer) && begin(*in, OID, in, &rest, &open, outer) && !open &&
	       begin(rest, EXPLICIT, in, &rest, &open, outer);
}

enum errc cms_content(struct arena *a, span cms, span *out, enum cms *kind, bool *cut, struct err *e)
{
	bool open, outer = false; /* what is cut off behind the content is no loss */
	struct joined to = {0};
	const struct cms_type *t;
	span in, rest;

	*out = SPAN_EMPTY;
	*cut = false;
	t = type_of(cms, &rest, &outer);
	*kind = t != NULL ? t->kind : CMS_NONE;
	if (*kind == CMS_NONE || *kind == CMS_ENCRYPTED || !encapsulated(t, rest, &in, &outer))
		return OK;
	if (begin(in, OCTETS, out, &rest, &open, cut))
		return OK;
	if (!begin(in, OCTETS_IN_PIECES, &in, &rest, &open, cut))
		return OK;
	if ((to.p = arena_alloc(a, in.n)) == NULL)
		return err_memory(e);
	join(&to, in, open, 0, &rest);
	*cut |= to.cut;
	*out = span_of(to.p, to.n);
	return OK;
}

enum errc compressed_content(struct arena *a, span packed, size_t *room, span *out, bool *cut, struct err *e)
{
	enum { PIECE = 16 * 1024 };
	z_stream z = {.next_in = (unsigned char *)(uintptr_t)packed.p, .avail_in = (uInt)packed.n};
	struct buf plain;
	int got = Z_OK;
	enum errc rc = OK;

	*out = SPAN_EMPTY;
	*cut = true;
	if (packed.n > UINT32_MAX)
		return OK;
	if (inflateInit(&z) != Z_OK)
		return err_memory(e);
	buf_init(&plain, *room);
	while (got == Z_OK && buf_room(&plain, PIECE)) {
		z.next_out = plain.p + plain.n;
		z.avail_out = PIECE;
		got = inflate(&z, Z_NO_FLUSH);
		plain.n += PIECE - z.avail_out;
	}
	(void)inflateEnd(&z);
	*cut = got != Z_STREAM_END;
	*room -= plain.n;
	if (got == Z_MEM_ERROR || (plain.n != 0 && (*out = arena_copy(a, buf_span(&plain))).p == NULL))
		rc = err_memory(e);
	buf_wipe(&plain);
	return rc;
}
