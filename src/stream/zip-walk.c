#include "stream/zip-walk.h"

enum {
	CENTRAL = 0x02014b50, END = 0x06054b50, END64 = 0x06064b50, LOCATOR64 = 0x07064b50, /* "PK\1\2", "PK\5\6", "PK\6\6", "PK\6\7" */
	LOCAL_BYTES = 30, CENTRAL_BYTES = 46, END_BYTES = 22, COMMENT_MAX = 65535, END64_BYTES = 56, LOCATOR64_BYTES = 20, DESCRIPTOR_BYTES = 16,
	EXTRA_ZIP64 = 1, FLAG_ENCRYPTED = 1, FLAG_SIZES_BEHIND = 8,
};

unsigned zip_u16(span s, size_t at)
{
	return s.n >= at + 2 ? (unsigned)s.p[at] | (unsigned)s.p[at + 1] << 8 : 0;
}

uint32_t zip_u32(span s, size_t at)
{
	return (uint32_t)zip_u16(s, at) | (uint32_t)zip_u16(s, at + 2) << 16;
}

static uint64_t u64(span s, size_t at) { return zip_u32(s, at) | (uint64_t)zip_u32(s, at + 4) << 32; }

/* ---- the directory ---- */

/* The end record lies behind everything but a comment, and what else was put behind the file. SIZE_MAX when there is none. */
static size_t end_find(span s)
{
	size_t least = s.n > END_BYTES + COMMENT_MAX ? s.n - END_BYTES - COMMENT_MAX : 0;

	for (size_t at = s.n >= END_BYTES ? s.n - END_BYTES + 1 : 0; at-- > least;)
		if (zip_u32(s, at) == END)
			return at;
	return SIZE_MAX;
}

static uint64_t back(uint64_t end, uint64_t n) { return n <= end ? end - n : UINT64_MAX; }

bool zip_directory_find(span s, struct zip_directory *out)
{
	size_t end = end_find(s);
	span locator, end64;

	if (end == SIZE_MAX)
		return false;
	*out = (struct zip_directory){.n = zip_u16(s, end + 10), .at = zip_u32(s, end + 16), .at_by_size = back(end, zip_u32(s, end + 12))};
	if (out->n != UINT16_MAX && out->at != UINT32_MAX)
		return true;
	locator = end >= LOCATOR64_BYTES ? span_from(s, end - LOCATOR64_BYTES) : SPAN_EMPTY;
	end64 = zip_u32(locator, 0) == LOCATOR64 && u64(locator, 8) < s.n ? span_from(s, (size_t)u64(locator, 8)) : SPAN_EMPTY;
	if (end64.n >= END64_BYTES && zip_u32(end64, 0) == END64)
		*out = (struct zip_directory){.n = u64(end64, 32), .at = u64(end64, 48), .at_by_size = back(u64(locator, 8), u64(end64, 40))};
	return true;
}

/* What does not fit into 32 bits stands in an extra field, in this order. */
static void sizes64(span extra, struct zip_member *m)
{
	uint64_t *wide[] = {&m->n_bytes, &m->n_packed, &m->at};

	while (extra.n >= 4) {
		span field = span_sub(extra, 4, zip_u16(extra, 2));

		for (size_t i = 0, at = 0; zip_u16(extra, 0) == EXTRA_ZIP64 && i < 3; i++)
			if (*wide[i] == UINT32_MAX && field.n >= at + 8) {
				*wide[i] = u64(field, at);
				at += 8;
			}
		extra = span_from(extra, 4 + field.n);
	}
}

bool zip_directory_next(span bytes, uint64_t *at, struct zip_member *out)
{
	span h = *at <= bytes.n ? span_from(bytes, (size_t)*at) : SPAN_EMPTY;
	size_t name_n = zip_u16(h, 28), more = name_n + zip_u16(h, 30) + zip_u16(h, 32);

	if (h.n < CENTRAL_BYTES || zip_u32(h, 0) != CENTRAL || more > h.n - CENTRAL_BYTES)
		return false;
	*out = (struct zip_member){.name = span_sub(h, CENTRAL_BYTES, name_n), .n_packed = zip_u32(h, 20), .n_bytes = zip_u32(h, 24),
	    .at = zip_u32(h, 42), .method = zip_u16(h, 10), .encrypted = (zip_u16(h, 8) & FLAG_ENCRYPTED) != 0};
	sizes64(span_sub(h, CENTRAL_BYTES + name_n, zip_u16(h, 30)), out);
	*at += CENTRAL_BYTES + more;
	return true;
}

bool zip_ends(span bytes)
{
	struct zip_directory d;
	struct zip_member m;

	return zip_directory_find(bytes, &d) && (zip_directory_next(bytes, &d.at_by_size, &m) || zip_directory_next(bytes, &d.at, &m));
}

/* ---- the local headers ---- */

/* Entries that are there, up to the first that is none: libarchive goes by them, and not by how many the end record says. */
static uint64_t listed(span bytes, uint64_t at)
{
	struct zip_member m;
	uint64_t n = 0;

	while (zip_directory_next(bytes, &at, &m))
		n++;
	return n;
}

/* The bytes of a member whose size stands behind them, with that (4.3.9); 0: not found. */
static size_t described(span data)
{
	for (size_t at = 0; at < data.n; at++) {
		at += span_find(span_from(data, at), SPAN_LIT("PK\7\10"));
		if (data.n - at >= DESCRIPTOR_BYTES && zip_u32(data, at + 8) == at)
			return at + DESCRIPTOR_BYTES;
	}
	return 0;
}

uint64_t zip_n_members(span bytes)
{
	struct zip_directory d;
	uint64_t there, counted;

	if (!zip_directory_find(bytes, &d))
		return 0;
	there = listed(bytes, d.at);
	counted = listed(bytes, d.at_by_size);
	return there > counted ? there : counted;
}

/*
 * How many members lie one behind the other from the beginning; *rest: what is behind them. False where that cannot be said; *cut: the bytes end
 * before the last of them does.
 */
static bool members_pass(span bytes, uint64_t *n, span *rest, bool *cut)
{
	span s = bytes;

	*cut = false;
	for (*n = 0; s.n >= LOCAL_BYTES && span_starts(s, SPAN_LIT("PK\3\4")); ++*n) {
		uint32_t size = zip_u32(s, 18);
		span data = span_from(s, LOCAL_BYTES + zip_u16(s, 26) + zip_u16(s, 28));
		size_t skip = size;

		/* ZIP64 has its sizes elsewhere: then nothing can be said. */
		if (size == UINT32_MAX)
			return false;
		*cut = (size == 0 && (zip_u16(s, 6) & FLAG_SIZES_BEHIND) != 0 && (skip = described(data)) == 0) || skip > data.n;
		if (*cut)
			return false;
		s = span_from(data, skip);
		if (size != 0 && (s.n >= DESCRIPTOR_BYTES && span_starts(s, SPAN_LIT("PK\7\10"))))
			s = span_from(s, DESCRIPTOR_BYTES);
	}
	*rest = s;
	return true;
}

size_t zip_end(span bytes)
{
	struct zip_member m;
	uint64_t n, at = 0;
	bool cut;
	span rest;

	if (!span_starts(bytes, SPAN_LIT("PK\3\4")) || !members_pass(bytes, &n, &rest, &cut))
		return bytes.n;
	while (zip_directory_next(rest, &at, &m))
		;
	rest = span_from(rest, (size_t)at);
	if (zip_u32(rest, 0) == END64 && u64(rest, 4) < rest.n)
		rest = span_from(rest, 12 + (size_t)u64(rest, 4));
	if (zip_u32(rest, 0) == LOCATOR64)
		rest = span_from(rest, LOCATOR64_BYTES);
	if (at == 0 || rest.n < END_BYTES || zip_u32(rest, 0) != END)
		return bytes.n;
	return bytes.n - span_from(rest, END_BYTES + zip_u16(rest, 20)).n;
}

/* Does each entry of the directory at `at` lead to a local header, and that of its name? */
static bool leads(span bytes, uint64_t at)
{
	struct zip_member m;

	while (zip_directory_next(bytes, &at, &m)) {
		span h = m.at < bytes.n ? span_from(bytes, (size_t)m.at) : SPAN_EMPTY;

		if (!span_starts(h, SPAN_LIT("PK\3\4")) || !span_eq_nocase(span_sub(h, LOCAL_BYTES, zip_u16(h, 26)), m.name))
			return false;
	}
	return true;
}

bool zip_forgets(span bytes)
{
	struct zip_directory d;
	uint64_t n, there, counted;
	bool by_size, passed, cut;
	span rest;

	if (!span_starts(bytes, SPAN_LIT("PK\3\4")) || !zip_directory_find(bytes, &d))
		return false;
	if (!(passed = members_pass(bytes, &n, &rest, &cut)) && !cut)
		return false;
	there = listed(bytes, d.at);
	counted = listed(bytes, d.at_by_size);
	/* Where the two places differ, bytes may stand before the archive: then one of them is nothing. */
	if ((by_size = there == 0 || (counted > 0 && counted < there)))
		there = counted;
	/* Of an archive that is cut the directory is gone: what is found is that of one that lies in it as it is. */
	if (!passed)
		return there == 0 || !leads(bytes, by_size ? d.at_by_size : d.at);
	return n > d.n || n > there || (n == there && !leads(bytes, by_size ? d.at_by_size : d.at));
}
