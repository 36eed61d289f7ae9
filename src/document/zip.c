#include "document/zip.h"

#include <zlib.h>

enum {
	LOCAL = 0x04034b50, /* "PK\3\4" */
	LOCAL_BYTES = 30, HEAD_BYTES = 65536,
	FLAG_ENCRYPTED = 1, FLAG_SIZES_BEHIND = 8, STORED = 0, DEFLATED = 8, DEFLATE_MOST = 1032 /* to one */,
	ROOM = 258, /* zlib has a quick loop for as long as there is room for the longest match */
};

static bool member_add(struct arena *a, struct zip *z, size_t *cap, struct zip_member m)
{
	struct zip_member *v = arena_grow(a, z->members, z->n_members, cap, sizeof *v, 32);

	if (v == NULL)
		return false;
	z->members = v;
	z->members[z->n_members++] = m;
	return true;
}

bool zip_has(span bytes, span name)
{
	struct zip_member m;
	struct zip_directory d;

	if (!zip_directory_find(bytes, &d))
		return false;
	for (; d.n > 0 && zip_directory_next(bytes, &d.at, &m); d.n--)
		if (span_eq_nocase(m.name, name))
			return true;
	return false;
}

bool zip_any(span bytes, bool (*is)(span name))
{
	struct zip_member m;
	struct zip_directory d;

	if (zip_u32(bytes, 0) != LOCAL)
		return false;
	if (!zip_directory_find(bytes, &d)) {
		for (uint64_t at = 0; at < bytes.n && at < HEAD_BYTES; at += 4) {
			at += span_find(span_from(bytes, (size_t)at), SPAN_LIT("PK\3\4"));
			if (is(span_sub(bytes, (size_t)at + LOCAL_BYTES, zip_u16(bytes, (size_t)at + 26))))
				return true;
		}
		return false;
	}
	for (; d.n > 0 && zip_directory_next(bytes, &d.at, &m); d.n--)
		if (is(m.name))
			return true;
	return false;
}

static enum errc by_directory(struct arena *a, struct zip *z, size_t max, struct err *e)
{
	struct zip_member m;
	struct zip_directory d;
	size_t cap = 0;

	if (!zip_directory_find(z->bytes, &d)) {
		z->damaged = true;
		return OK;
	}
	for (uint64_t i = 0; i < d.n; i++) {
		if (!zip_directory_next(z->bytes, &d.at, &m)) {
			z->damaged = true;
			break;
		}
		if (i == max) {
			z->cut = true;
			break;
		}
		if (!member_add(a, z, &cap, m))
			return err_memory(e);
	}
	return OK;
}

/* Without a directory: each local header that makes sense. */
static enum errc by_headers(struct arena *a, struct zip *z, size_t max, struct err *e)
{
	size_t at = 0, cap = 0;

	z->n_members = 0;
	while (at < z->bytes.n) {
		span h;
		size_t name_n;
		struct zip_member m;

		at += span_find(span_from(z->bytes, at), SPAN_LIT("PK\3\4"));
		h = span_from(z->bytes, at);
		if (h.n < LOCAL_BYTES)
			break;
		name_n = zip_u16(h, 26);
		m = (struct zip_member){.name = span_sub(h, LOCAL_BYTES, name_n), .n_packed = zip_u32(h, 18), .n_bytes = zip_u32(h, 22),
		    .at = at, .method = zip_u16(h, 8), .encrypted = (zip_u16(h, 6) & FLAG_ENCRYPTED) != 0};
		if (m.name.n == name_n && name_n > 0 && (m.method == STORED || m.method == DEFLATED)) {
			if (zip_u16(h, 6) & FLAG_SIZES_BEHIND || m.n_packed > h.n)
				m.n_packed = h.n; /* a deflated stream knows its end */
			if ((z->cut = z->n_members == max))
				break;
			if (!member_add(a, z, &cap, m))
				return err_memory(e);
		}
		at += 4;
	}
	return OK;
}

/* The slot of that name, or the one for it. */
static uint32_t *slot_of(const struct zip *z, span name)
{
	size_t at = span_hash_own_nocase(name) & (z->n_slots - 1);

	while (z->slots[at] != 0 && !span_eq_nocase(z->members[z->slots[at] - 1].name, name))
		at = (at + 1) & (z->n_slots - 1);
	return &z->slots[at];
}

/* Whoever has many members asks for one by its name for many of them. */
enum errc zip_index(struct arena *a, struct zip *z, struct err *e)
{
	for (z->n_slots = 16; z->n_slots < 2 * z->n_members;)
		z->n_slots *= 2;
	if ((z->slots = arena_zero(a, z->n_slots, sizeof *z->slots)) == NULL)
		return err_memory(e);
	for (size_t i = 0; i < z->n_members; i++) {
		uint32_t *slot = slot_of(z, z->members[i].name);

		if (*slot == 0)
			*slot = (uint32_t)i + 1;
	}
	return OK;
}

const struct zip_member *zip_find(const struct zip *z, span name)
{
	uint32_t found = *slot_of(z, name);

	return found != 0 ? &z->members[found - 1] : NULL;
}

enum errc zip_open(struct arena *a, span bytes, size_t max, uint64_t most, struct zip *out, struct err *e)
{
	enum errc rc;

	*out = (struct zip){.bytes = bytes, .left = arena_alloc(a, sizeof *out->left)};
	if (out->left == NULL)
		return err_memory(e);
	*out->left = most;
	if ((rc = by_directory(a, out, max, e)) != OK)
		return rc;
	/* Whoever hides a member leaves it out of the directory. */
	out->damaged |= zip_forgets(bytes);
	if (out->damaged && (rc = by_headers(a, out, max, e)) != OK)
		return rc;
	if (out->n_members == 0)
		return err_set(e, ERR_EVIDENCE, "a damaged ZIP file: no member can be found in it");
	return zip_index(a, out, e);
}

/* `says` is how many bytes the directory promises: room for them is made at once, where deflate can keep the promise. */
enum errc zip_inflate(struct arena *a, span in, uint64_t says, size_t max, span *out, const char **why, struct err *e)
{
	size_t cap = says / DEFLATE_MOST > in.n ? (in.n < max / 4 ? 4 * in.n + 1024 : max) : says < max ? (size_t)says + ROOM : max, n = 0;
	unsigned char *p;
	z_stream s = {.next_in = (unsigned char *)(uintptr_t)in.p, .avail_in = (uInt)(in.n < UINT32_MAX ? in.n : UINT32_MAX)};
	int rc = Z_OK;

	if (cap > max)
		cap = max;
	if ((p = arena_alloc(a, cap)) == NULL || inflateInit2(&s, -MAX_WBITS) != Z_OK)
		return err_memory(e);
	for (;;) {
		unsigned char *more;

		s.next_out = p + n;
		s.avail_out = (uInt)(cap - n < UINT32_MAX ? cap - n : UINT32_MAX);
		rc = inflate(&s, Z_NO_FLUSH);
		n = (size_t)(s.next_out - p);
		if (rc != Z_OK || n < cap)
			break;
		if (cap == max) {
			*why = "a member is larger than what is read of one";
			break;
		}
		cap = cap > max / 2 ? max : 2 * cap;
		if ((more = arena_alloc(a, cap)) == NULL) {
			(void)inflateEnd(&s);
			return err_memory(e);
		}
		memcpy(more, p, n);
		p = more;
	}
	(void)inflateEnd(&s);
	if (rc == Z_MEM_ERROR)
		return err_memory(e);
	if (rc != Z_STREAM_END && *why == NULL)
		*why = "a member is damaged";
	arena_shrink(a, p, cap, n);
	*out = span_of(p, n);
	return OK;
}

span zip_packed(const struct zip *z, const struct zip_member *m)
{
	span h = m->at <= z->bytes.n ? span_from(z->bytes, (size_t)m->at) : SPAN_EMPTY;

	if (h.n < LOCAL_BYTES || zip_u32(h, 0) != LOCAL)
		return SPAN_EMPTY;
	return span_first(span_from(h, LOCAL_BYTES + zip_u16(h, 26) + zip_u16(h, 28)), m->n_packed < h.n ? (size_t)m->n_packed : h.n);
}

static enum errc unpack(struct arena *a, const struct zip *z, const struct zip_member *m, size_t max, span *out,
    const char **why, struct err *e)
{
	span h = m->at <= z->bytes.n ? span_from(z->bytes, (size_t)m->at) : SPAN_EMPTY, packed;

	*out = SPAN_EMPTY;
	*why = NULL;
	if (m->opened.n > 0)
		return zip_inflate(a, m->opened, 2 * (uint64_t)m->opened.n, max, out, why, e);
	if (m->encrypted) {
		*why = "encrypted";
		return OK;
	}
	if (h.n < LOCAL_BYTES || zip_u32(h, 0) != LOCAL) {
		*why = "a member is not where the directory says";
		return OK;
	}
	packed = zip_packed(z, m);
	if (m->n_packed > packed.n)
		*why = "the file ends within a member";
	if (m->method == DEFLATED)
		return zip_inflate(a, packed, m->n_bytes, max, out, why, e);
	if (m->method != STORED) {
		*why = "a member is packed by a method that is not read";
		return OK;
	}
	if (packed.n > max)
		*why = "a member is larger than what is read of one";
	*out = span_first(packed, max);
	return OK;
}

enum errc zip_read(struct arena *a, const struct zip *z, const struct zip_member *m, size_t max, span *out,
    const char **why, struct err *e)
{
	bool short_of = *z->left < max;
	enum errc rc = unpack(a, z, m, short_of ? (size_t)*z->left : max, out, why, e);

	if (rc == OK && short_of && out->n == *z->left && *why != NULL)
		*why = "more in it, unpacked, than is read of a document";
	*z->left -= out->n;
	return rc;
}
